package office

import (
	"slices"
	"strings"
	"unicode"
	"unicode/utf8"

	"github.com/gin-gonic/gin"

	"github.com/temadag/temadag/internal/domain"
	"github.com/temadag/temadag/internal/i18n"
	"github.com/temadag/temadag/internal/view"
)

// changePage is a step of the wizard for changing what people have bound themselves to, or for calling it
// off.
type changePage struct {
	formPage

	Changes   []beforeAfter
	Also      string // what else changes, in a sentence
	Concerned []fact // how many, by how they stand
	Told      []string
	Letter    []fact
}

// beforeAfter is a part of what people are bound to, as it was and as it will be.
type beforeAfter struct{ Label, Was, Will string }

func (o *Office) writeChange(c *gin.Context, refusal error, e domain.Event, body changePage) error {
	status, err := o.faulty(c, refusal, &body.formPage)
	if err != nil {
		return err
	}
	return o.write(c, status, page{
		template: "change", route: "office_change", args: []string{e.Slug}, menu: "office_events",
		Page: view.Page{Title: body.Heading + " – " + eventName(o.printer(c), e), Errors: len(body.Faults), Body: body},
	})
}

// changesOf is what changes, part for part, in words.
func changesOf(p *i18n.Printer, plan domain.ChangePlan) []beforeAfter {
	var out []beforeAfter
	for _, part := range plan.Parts {
		row := beforeAfter{Label: p.T("office.change.part_label." + part)}
		switch part {
		case domain.BoundDay:
			row.Was, row.Will = daysWords(p, plan.Was), daysWords(p, plan.Will)
		case domain.BoundHours:
			row.Was, row.Will = hoursWords(p, plan.Was), hoursWords(p, plan.Will)
		default:
			row.Was, row.Will = whereWords(p, plan.Was), whereWords(p, plan.Will)
		}
		out = append(out, row)
	}
	return out
}

func daysWords(p *i18n.Printer, e domain.Event) string {
	switch {
	case e.Day.IsZero():
		return p.T("office.undecided")
	case e.FinalDay() != e.Day:
		return p.Date(e.Day) + " – " + p.Date(e.FinalDay())
	}
	return p.Date(e.Day)
}

func hoursWords(p *i18n.Printer, e domain.Event) string {
	if s := p.Hours(e.Starts, e.Ends); s != "" {
		return s
	}
	return p.T("office.undecided")
}

// whereWords is where an event is held, the whole address on one line.
func whereWords(p *i18n.Printer, e domain.Event) string {
	if e.Online {
		return p.T("where.online")
	}
	o := e.Occasion()
	town := strings.TrimSpace(o.PostalCode + " " + o.VenueTown)
	if o.Venue == "" {
		town = o.Town
	}
	var said []string
	for _, s := range []string{o.Venue, o.Address, town} {
		if s != "" && !slices.Contains(said, s) {
			said = append(said, s)
		}
	}
	switch {
	case len(said) == 0:
		return p.T("where.undecided")
	case o.Venue == "":
		said = append(said, p.T("office.change.house_undecided"))
	}
	return strings.Join(said, ", ")
}

// alsoChanged names what else the edit changes, "" for nothing.
func alsoChanged(p *i18n.Printer, fields []string) string {
	bound := []string{
		"day", "last_day", "starts", "ends", "town", "online", "venue", "address", "postal_code", "venue_town",
	}
	var words []string
	for _, f := range fields {
		if key := "edit.field." + f; !slices.Contains(bound, f) && p.Has(key) {
			words = append(words, lowered(p.T(key)))
		}
	}
	if len(words) == 0 {
		return ""
	}
	return p.T("office.change.also", "what", inARow(p, words))
}

// mendLinks are the ways to the fields of the editor that have faults, each with what is wrong.
func (o *Office) mendLinks(c *gin.Context, slug string, faults []*domain.Error) []view.Crumb {
	p := o.printer(c)
	var out []view.Crumb
	for _, f := range faults {
		key := ofStaff(p, f.Key)
		if f.Field == "" || partOf(f.Field) == "" || !p.Has(key) {
			continue
		}
		said := p.T(key, f.Args)
		if label := "edit.field." + f.Field; p.Has(label) {
			said = p.T(label) + ": " + said
		}
		out = append(out, view.Crumb{URL: o.path(c, "office_edit_part", slug, partOf(f.Field)) + "#" + f.Field, Label: said})
	}
	return out
}

// lowered is the name of a field within a sentence.
func lowered(s string) string {
	first, size := utf8.DecodeRuneInString(s)
	return string(unicode.ToLower(first)) + s[size:]
}

// concernedBy is how many are concerned, by how they stand.
func concernedBy(p *i18n.Printer, h domain.Holdings) []fact {
	var out []fact
	for _, n := range []struct {
		key   string
		count int
	}{
		{"office.concerned.confirmed", h.Confirmed},
		{"office.concerned.offered", h.Offered},
		{"office.concerned.waiting", h.Waiting},
		{"office.concerned.pending", h.Pending},
		{"office.concerned.no_email", h.NoEmail},
	} {
		if n.count > 0 {
			out = append(out, fact{p.T(n.key), p.Value(n.count)})
		}
	}
	return out
}

// onLines is what is said of several things, one on each line.
func onLines(said ...string) string {
	return strings.Join(slices.DeleteFunc(said, func(s string) bool { return s == "" }), "\n")
}
