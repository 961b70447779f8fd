package office

import (
	"net/http"
	"net/url"

	"github.com/gin-gonic/gin"

	"github.com/temadag/temadag/internal/domain"
	"github.com/temadag/temadag/internal/i18n"
	"github.com/temadag/temadag/internal/server"
	"github.com/temadag/temadag/internal/view"
)

// seriesPage is the words that the occasions of a series have in common, and those occasions.
type seriesPage struct {
	Back     *view.Crumb
	Notice   *view.Notice
	Faults   []view.Fault
	Heading  string
	Action   string
	Hidden   []hidden
	Fields   []view.Field
	Theirs   []fact // what somebody else has saved meanwhile
	Events   []seriesRow
	Public   string // "" as long as nothing of it is published
	Anew     string // the page with what is saved now
	Conflict bool

	Elsewhere string // where others show the text too; "" for nowhere
}

type seriesRow struct {
	domain.Event
	URL, Name, State, When string
}

// fieldWordsSeen is the mark of the words that the editor began with.
const fieldWordsSeen = "seen"

// seriesWords are the fields of the words in their order.
func seriesWords() []string {
	return []string{"title_sv", "title_en", "kicker_sv", "kicker_en", "lead_sv", "lead_en", "body_sv", "body_en"}
}

func wordsOf(s domain.Series) url.Values {
	return url.Values{
		"title_sv": {s.Title.Sv}, "title_en": {s.Title.En}, "kicker_sv": {s.Kicker.Sv}, "kicker_en": {s.Kicker.En},
		"lead_sv": {s.Lead.Sv}, "lead_en": {s.Lead.En}, "body_sv": {s.Body.Sv}, "body_en": {s.Body.En},
	}
}

func seriesOf(in url.Values) domain.Series {
	text := func(name string) domain.Text { return domain.Text{Sv: in.Get(name + "_sv"), En: in.Get(name + "_en")} }
	return domain.Series{Title: text("title"), Kicker: text("kicker"), Lead: text("lead"), Body: text("body")}
}

func (o *Office) seriesShow(c *gin.Context) error {
	s, mark, err := o.Events.Series(c.Request.Context(), signedIn(c).Actor, c.Param("slug"))
	if err != nil {
		return err
	}
	in := wordsOf(s)
	in.Set(fieldWordsSeen, mark)
	return o.showSeries(c, nil, s, in)
}

func (o *Office) seriesDo(c *gin.Context) error {
	s, mark, err := o.Events.Series(c.Request.Context(), signedIn(c).Actor, c.Param("slug"))
	if err != nil {
		return err
	}
	in, err := server.ReadForm(c, append(seriesWords(), fieldWordsSeen))
	if err != nil {
		return err
	}
	err = o.Events.SaveSeries(c.Request.Context(), signedIn(c).Actor, s.Slug, in.Get(fieldWordsSeen), seriesOf(in))
	if err == nil {
		return o.lead(c, o.path(c, "office_series", s.Slug)+"?"+fieldDone+"=series_saved")
	}
	seen := in.Get(fieldWordsSeen)
	if domain.CodeOf(err) == domain.CodeConflict {
		in.Set(fieldWordsSeen, mark) // she has now been shown what the other wrote: saving again is her choice
	}
	return o.showSeriesAfter(c, err, s, in, seen != mark)
}

func (o *Office) showSeries(c *gin.Context, refusal error, s domain.Series, in url.Values) error {
	return o.showSeriesAfter(c, refusal, s, in, false)
}

func (o *Office) showSeriesAfter(c *gin.Context, refusal error, s domain.Series, in url.Values, changed bool) error {
	status, faults, notice, err := o.objections(c, refusal)
	if err != nil {
		return err
	}
	p := o.printer(c)
	if notice == nil {
		notice = done(p, c)
	}
	fields := seriesFields(p, in)
	body := seriesPage{
		Back: &view.Crumb{URL: o.path(c, "office_events"), Label: p.T("office.events.heading")}, Notice: notice, Heading: s.Title.In(p.Lang()),
		Action: o.path(c, "office_series", s.Slug), Hidden: []hidden{{fieldWordsSeen, in.Get(fieldWordsSeen)}}, Faults: toldSomewhere(p, fields, faults), Fields: fields,
	}
	if changed && status == http.StatusConflict {
		body.Conflict, body.Anew = true, body.Action
		now := wordsOf(s)
		for _, name := range seriesWords() {
			if now.Get(name) != in.Get(name) && now.Get(name) != "" {
				body.Theirs = append(body.Theirs, fact{p.T("office.series." + name), now.Get(name)})
			}
		}
	}
	body.Elsewhere = elsewhere(p, s.Others)
	for _, e := range s.Events {
		body.Events = append(body.Events, seriesRow{
			Event: e, URL: o.path(c, "office_event", e.Slug), Name: eventName(p, e), State: p.T("state." + string(e.State)), When: p.When(e),
		})
		if e.State != domain.EventDraft {
			body.Public = o.path(c, "series", s.Slug)
		}
	}
	return o.write(c, status, page{
		template: "series", route: "office_series", args: []string{s.Slug}, menu: "office_events",
		Page: view.Page{Title: p.T("office.series.heading") + " – " + body.Heading, Errors: len(body.Faults), Body: body},
	})
}

// elsewhere tells where the text is shown too, of towns that others look after; "" for none.
func elsewhere(p *i18n.Printer, others []domain.Event) string {
	var towns []string
	for _, e := range others {
		towns = append(towns, e.Town+" ("+e.Owner.Region+")")
	}
	if len(towns) == 0 {
		return ""
	}
	return p.T("office.series.elsewhere", "towns", inARow(p, towns))
}

func seriesFields(p *i18n.Printer, in url.Values) []view.Field {
	var out []view.Field
	for _, name := range seriesWords() {
		f := view.Field{Name: name, Label: p.T("office.series." + name), Value: shown(in.Get(name)), Optional: name != fieldTitle}
		if key := "office.series." + name + "_hint"; p.Has(key) {
			f.Hint = p.T(key)
		}
		switch name {
		case "lead_sv", "lead_en":
			f.Kind, f.Max = view.FieldLongText, domain.MaxEventLead
		case "body_sv", "body_en":
			f.Kind, f.Max = view.FieldLongText, domain.MaxEventBody
		}
		out = append(out, f)
	}
	return out
}
