package office

import (
	"context"
	"net/http"
	"slices"
	"strconv"

	"github.com/gin-gonic/gin"

	"github.com/temadag/temadag/internal/domain"
	"github.com/temadag/temadag/internal/i18n"
	"github.com/temadag/temadag/internal/server"
	"github.com/temadag/temadag/internal/view"
)

// What one page tells at most. The numbers above it are of all.
const (
	mostFaultsTold = 200
	mostRowsTold   = 100
)

const importQueue = "queue"

// checkPage is what an import would do, or did.
type checkPage struct {
	Back    view.Crumb
	Notice  *view.Notice
	Step    string
	Heading string
	Lead    string
	Numbers []fact
	Text    []string
	Faults  []rowFault
	More    string // how many faults stand not here
	Rows    []importLine
	Left    string // how many rows stand not here
	Action  string
	Queue   int
	Button  string // "" where it cannot be done
	Links   []view.Crumb
}

// rowFault is what is wrong in a cell, and how to mend it.
type rowFault struct {
	Line   string
	Column string
	Value  string
	Text   string
}

// importLine is a row, and what becomes of it.
type importLine struct{ Line, Who, Work, What string }

func (o *Office) checkShow(c *gin.Context) error {
	e, d, err := o.importOf(c)
	if err != nil {
		return err
	}
	return o.showCheck(c, nil, e, d)
}

// checkDo registers all, or nobody.
func (o *Office) checkDo(c *gin.Context) error {
	e, d, err := o.importOf(c)
	if err != nil {
		return err
	}
	in, err := server.ReadForm(c, []string{importQueue, fieldStep})
	if err != nil {
		return err
	}
	id := c.Param("id")
	if !d.ready || in.Get(fieldStep) != stepConfirm {
		return o.lead(c, o.path(c, "office_import_check", e.Slug, id))
	}
	actor, input := signedIn(c).Actor, d.input(e.Slug, id, o.typeWords())
	input.Queue, _ = strconv.Atoi(in.Get(importQueue))
	to := o.path(c, "office_import_done", e.Slug, id)
	run := func(ctx context.Context, tell tell) (outcome, error) {
		result, err := o.Importing.Run(ctx, actor, input, tell)
		if err != nil {
			return outcome{}, err
		}
		done := d
		done.result = &result
		o.shelf.replace(id, done)
		return outcome{To: to}, nil
	}
	back := view.Crumb{URL: o.path(c, "office_import_check", e.Slug, id), Label: o.printer(c).T("import.check")}
	return o.begin(c, o.printer(c).T("import.going", "event", eventName(o.printer(c), e)), back, run, func(refusal error) error {
		return o.showCheck(c, refusal, e, d)
	})
}

// typeWords are the words for kinds of organisation, in every language.
func (o *Office) typeWords() map[string]domain.OrganisationType {
	out := make(map[string]domain.OrganisationType)
	for _, t := range domain.OrganisationTypes() {
		out[domain.SearchKey(string(t))] = t
		for _, l := range domain.Langs() {
			out[domain.SearchKey(o.Catalogue.For(l).T("organisation_type."+string(t)))] = t
		}
	}
	return out
}

func (o *Office) showCheck(c *gin.Context, refusal error, e domain.Event, d importDraft) error {
	id := c.Param("id")
	if !d.ready {
		return o.lead(c, o.path(c, "office_import_columns", e.Slug, id))
	}
	if d.result != nil && refusal == nil {
		return o.lead(c, o.path(c, "office_import_done", e.Slug, id))
	}
	plan, err := o.Importing.Preview(c.Request.Context(), signedIn(c).Actor, d.input(e.Slug, id, o.typeWords()))
	if err != nil {
		if domain.CodeOf(err) == domain.CodeInvalid {
			return o.showColumns(c, atField(err, columnField(0)), e, d)
		}
		return err
	}
	p, status := o.printer(c), http.StatusOK
	body := o.checkBody(c, p, e, d, plan)
	switch faults := faultsOf(refusal); {
	case refusal == nil:
	case len(faults) == 0 || domain.CodeOf(refusal) == domain.CodeNotFound:
		return refusal
	default:
		status, body.Notice = o.refused(c, faults[0])
	}
	return o.write(c, status, page{
		template: "import_check", route: "office_import_check", args: []string{e.Slug, id}, menu: "office_events",
		Page: view.Page{Title: body.Heading + " – " + eventName(p, e), Body: body},
	})
}

func (o *Office) checkBody(c *gin.Context, p *i18n.Printer, e domain.Event, d importDraft, plan domain.Import) checkPage {
	id := c.Param("id")
	columns := view.Crumb{URL: o.path(c, "office_import_columns", e.Slug, id), Label: p.T("import.back_columns")}
	body := checkPage{
		Back: columns, Step: p.T("registration.step", "step", "3", "of", "3"), Heading: p.T("import.check"), Lead: eventName(p, e),
		Numbers: importNumbers(p, plan), Action: o.path(c, "office_import_check", e.Slug, id), Queue: plan.Queued,
		Links: []view.Crumb{columns, {URL: o.path(c, "office_import", e.Slug), Label: p.T("import.anew")}},
	}
	fresh := plan.Confirmed + plan.Queued + plan.Pending
	body.Faults, body.More = rowFaults(p, e, d, plan)
	switch {
	case plan.Faulty > 0:
		body.Notice = &view.Notice{Kind: "warning", Title: p.T("import.mend", "count", plan.Faulty), Text: p.T("import.mend_text")}
	case plan.Refusal != "":
		body.Notice = &view.Notice{Kind: "warning", Title: p.T("import.no_room"), Text: p.T(ofStaff(p, plan.Refusal))}
	case fresh == 0:
		body.Notice = &view.Notice{Kind: "info", Title: p.T("import.nobody_new"), Text: p.T("import.nobody_new_text")}
	default:
		body.Button = p.T("import.button", "count", fresh)
		body.Text = importTold(p, d, plan)
	}
	body.Rows, body.Left = importLines(p, plan)
	return body
}

// importTold is what happens to everyone when the button is pressed.
func importTold(p *i18n.Printer, d importDraft, plan domain.Import) []string {
	out := []string{p.T("import.letters_told")}
	if d.withhold {
		out = []string{p.T("import.letters_not_told")}
	}
	if plan.Queued > 0 {
		out = append(out, p.T("import.queue_told", "count", plan.Queued))
	}
	return append(out, p.T("import.all_or_nothing"))
}

func importNumbers(p *i18n.Printer, plan domain.Import) []fact {
	out := []fact{{p.T("import.number.confirmed"), p.Value(plan.Confirmed)}}
	add := func(key string, n int, always bool) {
		if n > 0 || always {
			out = append(out, fact{p.T("import.number." + key), p.Value(n)})
		}
	}
	add("queued", plan.Queued, true)
	add("pending", plan.Pending, false)
	add("twins", plan.Twins, true)
	add("faulty", plan.Faulty, plan.Faulty > 0)
	return out
}

// rowFaults tells what is wrong row by row: where it stands, and how to mend it.
func rowFaults(p *i18n.Printer, e domain.Event, d importDraft, plan domain.Import) (out []rowFault, more string) {
	all := 0
	for _, r := range plan.Rows {
		for _, f := range r.Faults {
			if all++; all > mostFaultsTold {
				continue
			}
			out = append(out, rowFault{Line: p.Value(r.Line), Column: faultColumn(p, e, d, f.Field), Value: brief(domain.MaskPersonalNumbers(importTyped(r.Typed, f.Field))), Text: p.T(ofImport(p, f.Key), f.Args)})
		}
	}
	if all > mostFaultsTold {
		more = p.T("import.more_faults", "count", all-mostFaultsTold)
	}
	return out, more
}

// ofImport is the key of a text in the words for whoever has the table before her.
func ofImport(p *i18n.Printer, key string) string {
	if p.Has("import." + key) {
		return "import." + key
	}
	return ofStaff(p, key)
}

// faultColumn is the column that holds the field, or what is missing.
func faultColumn(p *i18n.Printer, e domain.Event, d importDraft, field string) string {
	name := ""
	if slices.Contains(e.ImportFields(), domain.ImportField(field)) {
		name = importFieldName(p, e, domain.ImportField(field))
	}
	i := slices.Index(d.mapping, domain.ImportField(field))
	if i < 0 && (field == string(domain.ImportGivenName) || field == string(domain.ImportFamilyName)) {
		i = slices.Index(d.mapping, domain.ImportName)
	}
	switch {
	case i >= 0:
		return p.T("import.column_named", "letter", columnLetter(i), "name", name)
	case name != "":
		return p.T("import.column_none", "name", name)
	}
	return p.T("import.column_row")
}

func importTyped(t domain.Entry, field string) string {
	switch domain.ImportField(field) {
	case domain.ImportGivenName:
		return t.GivenName
	case domain.ImportFamilyName:
		return t.FamilyName
	case domain.ImportEmail:
		return t.Email
	case domain.ImportPhone:
		return t.Phone
	case domain.ImportOrganisation:
		return t.Organisation
	case domain.ImportOrganisationType:
		return t.OrganisationType
	case domain.ImportTitle:
		return t.Title
	case domain.ImportMunicipality:
		return t.Municipality
	}
	return ""
}

// importLines is what becomes of each row.
func importLines(p *i18n.Printer, plan domain.Import) (out []importLine, left string) {
	for _, r := range plan.Rows[:min(len(plan.Rows), mostRowsTold)] {
		line := importLine{Line: p.Value(r.Line), Who: r.Person.Name(), Work: r.Person.Organisation, What: p.T("import.becomes.none")}
		switch {
		case len(r.Faults) > 0:
			line.Who, line.What = brief(r.Typed.GivenName+" "+r.Typed.FamilyName), p.T("import.becomes.faulty")
		case r.Left():
			line.What = p.T("import.twin." + string(r.Twin))
		case r.Status != "":
			line.What = p.T("import.becomes." + string(r.Status))
		}
		out = append(out, line)
	}
	if n := len(plan.Rows) - mostRowsTold; n > 0 {
		left = p.T("import.more_rows", "count", n)
	}
	return out, left
}

// importedShow tells what was done, to whoever did it.
func (o *Office) importedShow(c *gin.Context) error {
	e, d, err := o.importOf(c)
	if err == nil && d.result == nil {
		err = domain.NotFound("page.not_found")
	}
	if err != nil {
		return err
	}
	p := o.printer(c)
	body := checkPage{
		Back: *o.backTo(c, e), Heading: p.T("import.done"), Lead: eventName(p, e), Numbers: importNumbers(p, *d.result),
		Notice: &view.Notice{Kind: "done", Title: p.T("import.done_title", "count", d.result.Confirmed+d.result.Queued+d.result.Pending)},
		Links: []view.Crumb{
			{URL: o.path(c, "office_people", e.Slug) + "?" + findBy + "=" + string(d.channel), Label: p.T("import.see_people")},
			{URL: o.path(c, "office_import", e.Slug), Label: p.T("import.another")},
		},
	}
	if d.withhold {
		body.Notice.Text = p.T("import.done_withheld")
	} else {
		body.Notice.Text = p.T("import.done_letters")
	}
	left := *d.result
	left.Rows = slices.DeleteFunc(slices.Clone(left.Rows), func(r domain.ImportRow) bool { return !r.Left() })
	body.Rows, body.Left = importLines(p, left)
	return o.write(c, http.StatusOK, page{
		template: "import_check", route: "office_import_done", args: []string{e.Slug, c.Param("id")}, menu: "office_events",
		Page: view.Page{Title: body.Heading + " – " + body.Lead, Body: body},
	})
}
