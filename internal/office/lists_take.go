package office

import (
	"context"
	"errors"
	"io"
	"slices"
	"strings"

	"github.com/gin-gonic/gin"

	"github.com/temadag/temadag/internal/domain"
	"github.com/temadag/temadag/internal/export"
	"github.com/temadag/temadag/internal/i18n"
	"github.com/temadag/temadag/internal/server"
	"github.com/temadag/temadag/internal/service"
	"github.com/temadag/temadag/internal/view"
)

// What the buttons of the page send.
const (
	stepRegistered = "registered"
	stepDoor       = "door"
	stepBadges     = "badges"
	stepSince      = "since"
	stepTake       = "take"
	stepAnyway     = "anyway" // with contact details, to others
	stepPlain      = "plain"  // without them
	stepArrange    = "arrange"
	stepKeep       = "keep"
	stepUp         = "up:"
	stepDown       = "down:"
)

func (o *Office) doLists(c *gin.Context, l listPlace) error {
	in, err := server.ReadForm(c, []string{
		fieldStep, fieldPurpose, fieldFormat, fieldSort, fieldSince, fieldShare, fieldName,
	}, fieldColumns, fieldStatuses)
	if err != nil {
		return err
	}
	step := in.Get(fieldStep)
	switch {
	case !l.series() && (step == stepDoor || step == stepBadges):
		return o.takePaper(c, l, step)
	case len(l.events) == 0:
		return domain.NotFound("list.not_found")
	case step == stepRegistered || step == stepSince:
		return o.takeReady(c, l, step)
	}
	return o.doOwnList(c, l, readChoice(in), step)
}

// takeReady takes a list for which nothing needs to be chosen.
func (o *Office) takeReady(c *gin.Context, l listPlace, step string) error {
	spec := domain.ExportSpec{
		Purpose: o.printer(c).T("lists.purpose." + step), Format: domain.FormatWorkbook, Columns: domain.DefaultColumns(), Since: step == stepSince,
	}
	return o.takeList(c, l, spec, step, func(refusal error) error { return o.showLists(c, refusal, l, firstChoice(), nil) })
}

// doOwnList does with the form what its button says.
func (o *Office) doOwnList(c *gin.Context, l listPlace, choice listChoice, step string) error {
	if column, ok := strings.CutPrefix(step, stepUp); ok {
		c.Set(movedColumn, column)
		return o.showLists(c, nil, l, choice.move(column, -1), nil)
	}
	if column, ok := strings.CutPrefix(step, stepDown); ok {
		c.Set(movedColumn, column)
		return o.showLists(c, nil, l, choice.move(column, 1), nil)
	}
	switch step {
	case stepArrange:
		return o.showLists(c, nil, l, choice, nil)
	case stepPlain:
		choice.columns = slices.DeleteFunc(choice.columns, func(name string) bool { return domain.ExportColumn(name).Contact() })
	}
	spec, err := choice.spec()
	_, wrong := spec.Read(l.events)
	if all := allFaults(err, wrong); len(all.Faults) > 0 {
		return o.showLists(c, all, l, choice, nil)
	}
	switch {
	case step == stepKeep:
		return o.keepTemplate(c, l, choice, spec)
	case choice.share && spec.Contact() && step != stepAnyway:
		return o.askContact(c, l, choice)
	case spec.Contact() && !signedIn(c).Recent(o.Now()):
		return o.lead(c, o.withChoice(c, l, choice))
	}
	return o.takeList(c, l, spec, "list", func(refusal error) error { return o.showLists(c, refusal, l, choice, nil) })
}

// askContact asks once more before addresses and telephone numbers go to others.
func (o *Office) askContact(c *gin.Context, l listPlace, choice listChoice) error {
	p := o.printer(c)
	body := formPage{
		Back: &view.Crumb{URL: o.path(c, l.route, l.slug), Label: p.T("lists.heading")}, Heading: p.T("lists.share.ask"),
		Lead: p.T("lists.share.ask_text"), Action: o.path(c, l.route, l.slug),
		Buttons: []button{
			{Name: fieldStep, Value: stepPlain, Label: p.T("lists.share.plain")},
			{Name: fieldStep, Value: stepAnyway, Label: p.T("lists.share.anyway"), Kind: "quiet"},
		},
	}
	values := choice.values()
	for _, name := range []string{fieldColumns, fieldStatuses, fieldPurpose, fieldFormat, fieldSort, fieldSince, fieldShare} {
		for _, v := range values[name] {
			body.Hidden = append(body.Hidden, hidden{name, v})
		}
	}
	body.Buttons = append(body.Buttons, button{Name: fieldStep, Value: stepArrange, Label: p.T("office.back"), Kind: "quiet"})
	return o.answer(c, nil, l.route, "office_events", body, l.slug)
}

// mostPrinted is more rows than anyone carries.
const mostPrinted = 5000

// takeList takes a list, as a file or as a page to be printed. It is called after everything else has been
// asked, and never for contact details without a recent proof of who asks.
func (o *Office) takeList(c *gin.Context, l listPlace, spec domain.ExportSpec, kind string, refused func(error) error) error {
	p, in := o.printer(c), signedIn(c)
	if spec.Contact() && !in.Recent(o.Now()) {
		return o.lead(c, o.withChoice(c, l, choiceOf(spec)))
	}
	back := view.Crumb{URL: o.path(c, l.route, l.slug), Label: p.T("lists.heading")}
	work := func(ctx context.Context, tell tell) (out outcome, err error) {
		out.To = back.URL
		_, err = o.Exports.Take(ctx, in.Actor, l.scope, spec, func(head domain.Export, rows service.ExportRows) (err error) {
			options := export.ChoiceOptions{Printer: p, BaseURL: o.BaseURL, Progress: func(done int) { tell(done, max(head.Rows, done)) }}
			if spec.Format == domain.FormatPrint {
				out.Paper, err = o.listPaper(ctx, l, head, rows, options)
				return err
			}
			out.File, err = o.listFile(ctx, p, l, kind, head, rows, options)
			return err
		})
		if err != nil && out.File != nil { // it was made, and may not be given to anyone
			err = errors.Join(err, out.File.content.Close())
			out.File = nil
		}
		return out, err
	}
	return o.begin(c, p.T("lists.work", "name", l.name), back, work, refused)
}

// listFile makes the file of a list.
func (o *Office) listFile(ctx context.Context, p *i18n.Printer, l listPlace, kind string, head domain.Export, rows service.ExportRows, options export.ChoiceOptions) (*workFile, error) {
	name := p.T("lists.file."+kind) + "-" + l.slug + "-" + domain.DateIn(head.MadeAt).String()
	if head.Spec.Format == domain.FormatCSV {
		return newWorkFile(name+".csv", "text/csv; charset=utf-8", func(w io.Writer) error {
			return export.CSV(ctx, w, head, export.ExportRows(rows), options)
		})
	}
	return newWorkFile(name+".xlsx", "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet", func(w io.Writer) error {
		return export.WriteChoice(ctx, w, head, export.ExportRows(rows), options)
	})
}

// newsText says what has happened since a list was last taken.
func newsText(p *i18n.Printer, n domain.ExportNews) string {
	switch {
	case n.Taken.IsZero():
		return p.T("lists.since.never")
	case len(n.Changes) == 0:
		return p.T("lists.since.nothing", "at", n.Taken)
	}
	var parts []string
	for _, ch := range []domain.ExportChange{domain.ChangeNew, domain.ChangeChanged, domain.ChangeHandedOver, domain.ChangeCancelled} {
		if k := n.Changes[ch]; k > 0 {
			parts = append(parts, p.T("lists.since."+string(ch), "count", k))
		}
	}
	return p.T("lists.since.some", "at", n.Taken, "changes", strings.Join(parts, ", "))
}
