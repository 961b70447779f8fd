package office

import (
	"errors"
	"net/http"
	"net/url"
	"slices"
	"strings"

	"github.com/gin-gonic/gin"

	"github.com/temadag/temadag/internal/domain"
	"github.com/temadag/temadag/internal/i18n"
	"github.com/temadag/temadag/internal/server"
	"github.com/temadag/temadag/internal/service"
	"github.com/temadag/temadag/internal/view"
)

// clashPage is what two editors have made of one event: for each field that both have changed, one of the
// two is chosen.
type clashPage struct {
	Back    view.Crumb
	Heading string
	Lead    string
	Saves   []string
	Faults  []view.Fault
	Action  string
	Seen    string
	Fields  []clashField
	Theirs  []clashLine // what she has not touched, and is taken over as it is
	Drop    view.Crumb
}

type clashField struct {
	Name, Label, Error string
	Was, Theirs, Mine  string
	Chosen             string
}

type clashLine struct{ Label, Was, Theirs string }

// The answers to which of two is to stand.
const (
	clashMine   = "mine"
	clashTheirs = "theirs"
)

func clashName(field string) string { return "pick_" + field }

// clash is where the actor's draft and what others have saved meet; nil where they do not.
func (o *Office) clash(c *gin.Context) (editing, *domain.EditClash, error) {
	v, err := o.editing(c)
	if err != nil || v.Mine == nil {
		return v, nil, err
	}
	_, err = o.Events.ReviewChange(c.Request.Context(), signedIn(c).Actor, service.ChangeInput{
		EditInput: service.EditInput{Slug: v.Event.Slug, Seen: v.seen, Entry: v.base},
	})
	var clash *domain.EditClash
	if errors.As(err, &clash) {
		return v, clash, nil
	}
	if err != nil && faultsOf(err) == nil {
		return v, nil, err
	}
	return v, nil, nil
}

func (o *Office) editClashShow(c *gin.Context) error {
	v, clash, err := o.clash(c)
	switch {
	case err != nil:
		return err
	case clash == nil:
		return o.lead(c, o.path(c, "office_edit", v.Event.Slug))
	}
	return o.showClash(c, http.StatusOK, v, clash, nil, nil)
}

// editClashDo saves both: hers, theirs, and of what both have changed what she has chosen. Where others have
// saved once more, the page asks again.
func (o *Office) editClashDo(c *gin.Context) error {
	v, clash, err := o.clash(c)
	if err != nil {
		return err
	}
	single := []string{editSeen}
	for _, name := range domain.EventFieldNames() {
		single = append(single, clashName(name))
	}
	in, err := server.ReadForm(c, single)
	switch {
	case err != nil:
		return err
	case clash == nil:
		return o.lead(c, o.path(c, "office_edit", v.Event.Slug))
	}
	var missing []string
	for _, f := range clash.Fields {
		pick := in.Get(clashName(f.Field))
		switch {
		case !f.Both || pick == clashMine:
		case pick == clashTheirs:
			clash.Merged.Take(v.Entry, f.Field)
		default:
			missing = append(missing, f.Field)
		}
	}
	if len(missing) > 0 || in.Get(editSeen) != clash.Mark {
		return o.showClash(c, http.StatusUnprocessableEntity, v, clash, in, missing)
	}
	e := service.EditInput{Slug: v.Event.Slug, Seen: clash.Mark, Entry: clash.Merged}
	if err := o.Events.Save(c.Request.Context(), signedIn(c).Actor, e); err != nil {
		return o.showRefused(c, err, v, firstPart(clash.Fields), e)
	}
	return o.lead(c, o.path(c, "office_edit", v.Event.Slug)+"?"+fieldDone+"=merged")
}

// firstPart is the section of the first field that two have changed.
func firstPart(fields []domain.FieldClash) string {
	for _, f := range fields {
		if part := partOf(f.Field); part != "" {
			return part
		}
	}
	return partBasics
}

func (o *Office) showClash(c *gin.Context, status int, v editing, clash *domain.EditClash, in url.Values, missing []string) error {
	p, slug := o.printer(c), v.Event.Slug
	body := clashPage{
		Back: *o.backTo(c, v.Event), Heading: p.T("office.clash.heading"), Lead: p.T("office.clash.lead"),
		Action: o.path(c, "office_edit_clash", slug), Seen: clash.Mark,
		Drop: view.Crumb{URL: o.path(c, "office_edit_drop", slug), Label: p.T("office.clash.drop")},
	}
	for _, s := range clash.Saves {
		body.Saves = append(body.Saves, p.T("office.clash.save", "name", s.By, "at", p.Instant(s.At)))
	}
	today := domain.DateIn(o.Now())
	for _, f := range clash.Fields {
		said := func(s string) string { return fieldInWords(p, f.Field, s, today) }
		label := p.T("edit.field." + f.Field)
		if !f.Both {
			body.Theirs = append(body.Theirs, clashLine{label, said(f.Was), said(f.Theirs)})
			continue
		}
		one := clashField{
			Name: clashName(f.Field), Label: label, Was: said(f.Was), Theirs: said(f.Theirs), Mine: said(f.Mine), Chosen: in.Get(clashName(f.Field)),
		}
		if slices.Contains(missing, f.Field) {
			one.Error = p.T("office.clash.missing")
			body.Faults = append(body.Faults, view.Fault{Field: one.Name, Text: label + ": " + one.Error})
		}
		body.Fields = append(body.Fields, one)
	}
	return o.write(c, status, page{
		template: "edit_clash", route: "office_edit_clash", args: []string{slug}, menu: "office_events",
		Page: view.Page{Title: body.Heading + " – " + eventName(p, v.Event), Errors: len(body.Faults), Body: body},
	})
}

// fieldInWords is what stands in a field, for somebody who compares.
func fieldInWords(p *i18n.Printer, field, value string, today domain.Date) string {
	value = shown(value)
	has := func(key string) (string, bool) { return p.T(key), true }
	text, ok := "", false
	switch {
	case value == "" && slices.Contains(knownFields(), field):
		text, ok = has("office.edit.known.unknown")
	case value == "":
		text, ok = has("office.clash.empty")
	case value == "yes" || value == "no":
		text, ok = has("office.edit.known." + value)
	case slices.Contains(dateFields(), field):
		d, _, read := domain.ReadDateInput(value, today)
		text, ok = p.Date(d), read
	case slices.Contains(clockFields(), field):
		at, _, read := domain.ReadClockInput(value)
		text, ok = p.Hours(at, domain.NoClock), read
	case field == "kind" && p.Has("kind."+value):
		text, ok = has("kind." + value)
	case field == "language" && p.Has("lang."+value):
		text, ok = has("lang." + value)
	case field == "after_cancel" && p.Has("rules.after."+value):
		text, ok = has("rules.after." + value)
	}
	if ok {
		return text
	}
	return strings.TrimSpace(value)
}

func (o *Office) editDropShow(c *gin.Context) error {
	v, err := o.editing(c)
	switch {
	case err != nil:
		return err
	case v.Mine == nil:
		return o.lead(c, o.path(c, "office_edit", v.Event.Slug))
	}
	p, today := o.printer(c), domain.DateIn(o.Now())
	body := formPage{
		Back: o.backTo(c, v.Event), Heading: p.T("office.edit.drop"), Lead: p.T("office.edit.drop_lead"),
		Action: o.path(c, "office_edit_drop", v.Event.Slug), Buttons: []button{{Label: p.T("office.edit.drop_button"), Kind: "danger"}},
		Keep: &view.Crumb{URL: o.path(c, "office_edit", v.Event.Slug), Label: p.T("office.edit.drop_keep")},
	}
	for _, field := range v.changed {
		body.Facts = append(body.Facts, fact{p.T("edit.field." + field), fieldInWords(p, field, v.base.Shown(field), today)})
	}
	return o.answer(c, nil, "office_edit_drop", "office_events", body, v.Event.Slug)
}

func (o *Office) editDropDo(c *gin.Context) error {
	if _, err := server.ReadForm(c, nil); err != nil {
		return err
	}
	slug := c.Param("slug")
	if err := o.Events.DropDraft(c.Request.Context(), signedIn(c).Actor, slug); err != nil {
		return err
	}
	return o.lead(c, o.path(c, "office_edit", slug)+"?"+fieldDone+"=dropped")
}
