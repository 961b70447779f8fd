package office

import (
	"net/http"
	"strings"

	"github.com/gin-gonic/gin"

	"github.com/temadag/temadag/internal/domain"
	"github.com/temadag/temadag/internal/i18n"
	"github.com/temadag/temadag/internal/view"
)

// editOverview is the sections of the editor, each with what is filled in and what is missing.
type editOverview struct {
	editFrame
	Sections []editSection
	Ready    string // whether it can be published, in words
}

type editSection struct {
	editPart
	Facts   []fact
	Missing []editFault // duties
	Advice  []editFault
}

func (o *Office) editShow(c *gin.Context) error {
	v, err := o.editing(c)
	if err != nil {
		return err
	}
	p := o.printer(c)
	e, readable := o.as(v)
	checks := e.Checklist(o.Now())
	body := editOverview{editFrame: o.frameOf(c, v, "")}
	body.Heading, body.Lead = p.T("office.edit.heading"), eventName(p, e)
	switch {
	case !readable:
		body.Ready = p.T("office.edit.unreadable")
	case domain.Publishable(checks):
		body.Ready = p.T("office.edit.ready")
	default:
		body.Ready = p.T("office.edit.not_ready")
	}
	for _, part := range body.Parts {
		s := editSection{editPart: part, Facts: o.partFacts(p, e, part.Name)}
		for _, check := range checks {
			field := domain.FormField(check.Field)
			if partOf(field) != part.Name {
				continue
			}
			one := editFault{o.fieldPath(c, e.Slug, field), checkText(p, check)}
			if check.Level == domain.Blocks {
				s.Missing = append(s.Missing, one)
			} else {
				s.Advice = append(s.Advice, one)
			}
		}
		body.Sections = append(body.Sections, s)
	}
	return o.write(c, http.StatusOK, page{
		template: "edit", route: "office_edit", args: []string{v.Event.Slug}, menu: "office_events",
		Page: view.Page{Title: body.Heading + " – " + body.Lead, Body: body},
	})
}

// partFacts is what is filled in of a section, briefly.
func (o *Office) partFacts(p *i18n.Printer, e domain.Event, part string) []fact {
	var out []fact
	add := func(label, value string) {
		if value == "" {
			value = p.T("office.undecided")
		}
		out = append(out, fact{p.T(label), value})
	}
	number := func(key string, n int) string {
		if n == 0 {
			return ""
		}
		return p.T(key, "count", n)
	}
	switch part {
	case partBasics:
		add("edit.field.kind", p.T("kind."+string(e.Kind)))
		add("office.edit.fact.title", p.Value(e.Title))
		add("edit.field.target_group", number("office.edit.fact.groups", len(e.TargetGroup)))
		add("office.edit.fact.english", map[bool]string{true: p.T("office.edit.known.yes"), false: p.T("office.edit.known.no")}[e.Title.En != ""])
	case partWhen:
		add("office.fact.when", strings.TrimSpace(p.When(e)))
		add("office.fact.where", editWhere(p, e))
	case partPlaces:
		add("edit.field.capacity", number("office.edit.fact.places", int(e.Capacity)))
		add("office.fact.register_until", p.Date(e.RegisterUntil))
		add("office.fact.cancel_until", p.Date(e.CancelUntil))
	case partProgramme:
		add("edit.field.programme", number("office.edit.fact.sessions", len(e.Programme)))
	case partQuestions:
		add("edit.field.questions", p.T("office.edit.fact.questions", "count", len(e.Questions)))
	case partContact:
		add("edit.field.contact_name", e.Contact.Name)
		add("edit.field.case_number", e.CaseNumber)
	}
	return out
}

// editWhere is the place of an event in one line; "" where nothing is decided.
func editWhere(p *i18n.Printer, e domain.Event) string {
	if e.Online {
		return p.T("where.online")
	}
	var parts []string
	for _, s := range []string{e.Venue.Name, e.Venue.Address, e.Town} {
		if s != "" {
			parts = append(parts, s)
		}
	}
	return strings.Join(parts, ", ")
}
