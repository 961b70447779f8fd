package office

import (
	"context"
	"net/http"
	"slices"
	"strings"

	"github.com/gin-gonic/gin"

	"github.com/temadag/temadag/internal/domain"
	"github.com/temadag/temadag/internal/export"
	"github.com/temadag/temadag/internal/i18n"
	"github.com/temadag/temadag/internal/service"
	"github.com/temadag/temadag/internal/view"
)

// paperPage is what is to be printed: the list at the door, badges, or a list of one's own.
type paperPage struct {
	Back    view.Crumb
	Kind    string // "door", "badges" or "list"
	Heading string
	Lead    string // how to print it
	Name    string
	Lang    domain.Lang // of the name, where it is not the page's
	When    string
	Where   string
	Purpose string
	Made    string
	Count   string
	Erase   string
	SignIn  []export.SignInPage
	Badges  []export.BadgePage
	Head    []string
	Rows    [][]string
	Wide    bool // more columns than stand beside each other on an upright paper
}

// paperShow shows what was made to be printed, to whoever made it, for a short while.
func (o *Office) paperShow(c *gin.Context) error {
	k, err := o.works.find(signedIn(c), c.Param("id"))
	if err != nil {
		return err
	}
	if k.state() != workDone || k.out.Paper == nil {
		return domain.NotFound("page.not_found")
	}
	paper := *k.out.Paper
	paper.route, paper.args = "office_paper", []string{k.id}
	return o.write(c, http.StatusOK, paper)
}

// takePaper takes a paper of the day: the list at the door, or badges.
func (o *Office) takePaper(c *gin.Context, l listPlace, kind string) error {
	p, in := o.printer(c), signedIn(c)
	back := view.Crumb{URL: o.path(c, l.route, l.slug), Label: p.T("lists.heading")}
	work := func(ctx context.Context, _ tell) (outcome, error) {
		head, rows, err := o.Exports.Door(ctx, in.Actor, l.slug, p.T("lists.purpose."+kind))
		if err != nil {
			return outcome{}, err
		}
		if len(rows) > mostPrinted {
			return outcome{}, &domain.Error{Code: domain.CodeClosed, Key: "lists.too_long", Args: map[string]any{"max": mostPrinted}}
		}
		body := newPaper(p, head, kind, back)
		body.Count = p.T("lists.paper.count", "count", len(rows))
		if kind == stepBadges {
			body.Badges = export.Badges(rows, export.BadgesOnAPage, export.BlankBadges)
		} else {
			body.SignIn = export.SignIn(rows, export.SignInLines, export.SignInBlank)
		}
		return outcome{To: back.URL, Paper: body.page()}, nil
	}
	return o.begin(c, p.T("lists.ready."+kind), back, work, func(refusal error) error { return o.showLists(c, refusal, l, firstChoice(), nil) })
}

func newPaper(p *i18n.Printer, head domain.Export, kind string, back view.Crumb) paperPage {
	body := paperPage{
		Back: back, Kind: kind, Heading: p.T("lists.paper." + kind), Lead: p.T("lists.paper." + kind + "_lead"), Name: head.Title.In(p.Lang()),
		Purpose: head.Spec.Purpose, Made: p.T("lists.paper.made", "at", head.MadeAt, "by", head.MadeBy), Erase: p.T("lists.paper.personal"),
	}
	if len(head.Events) == 1 {
		e := head.Events[0].Event
		body.Name, body.When, body.Where = eventName(p, e), p.When(e), whereOf(p, e)
		if d := e.ErasedOn(); !d.IsZero() {
			body.Erase = p.T("lists.paper.erase", "day", p.DateNoWeekday(d))
		}
	}
	return body
}

func (b paperPage) page() *page {
	return &page{template: "paper", menu: "office_events", Page: view.Page{Title: b.Heading + " – " + b.Name, Body: b}}
}

func whereOf(p *i18n.Printer, e domain.Event) string {
	switch {
	case e.Online:
		return p.T("where.online")
	case e.Venue.IsZero():
		return p.T("where.undecided")
	}
	return strings.Trim(e.Venue.Name+", "+e.Venue.Address, ", ")
}

// listPaper is a list of one's own on paper.
func (o *Office) listPaper(ctx context.Context, l listPlace, head domain.Export, rows service.ExportRows, options export.ChoiceOptions) (*page, error) {
	p := options.Printer
	back := view.Crumb{URL: o.Paths.For(p.Lang(), l.route, l.slug), Label: p.T("lists.heading")}
	body, texts := newPaper(p, head, "list", back), export.NewTexts(head, options)
	body.Head = texts.Heads()
	body.Wide = len(body.Head) > 5
	err := texts.Each(ctx, export.ExportRows(rows), func(cells []string) error {
		if body.Rows = append(body.Rows, cells); len(body.Rows) > mostPrinted {
			return &domain.Error{Code: domain.CodeClosed, Key: "lists.too_long", Args: map[string]any{"max": mostPrinted}}
		}
		return nil
	})
	body.Count = p.T("lists.paper.count", "count", len(body.Rows))
	return body.page(), err
}

// venuePage is what a venue is told: numbers, and nothing of anyone.
type venuePage struct {
	domain.VenueSummary
	Back   view.Crumb
	Name   string
	Where  string
	When   string
	Facts  []fact
	Tables []numbers
	Text   string // the same as text, to copy
	Lines  int
	Made   string
}

func (o *Office) venueShow(c *gin.Context) error {
	p, in := o.printer(c), signedIn(c)
	v, err := o.Exports.Venue(c.Request.Context(), in.Actor, c.Param("slug"))
	if err != nil {
		return err
	}
	e := v.Event
	body := venuePage{
		VenueSummary: v, Back: view.Crumb{URL: o.path(c, "office_lists", e.Slug), Label: p.T("lists.heading")}, Name: eventName(p, e),
		Where: whereOf(p, e), When: p.When(e), Facts: venueFacts(p, v), Made: p.T("lists.venue.made", "at", o.Now()),
	}
	if len(v.Sessions) > 0 {
		t := numbers{Caption: p.T("lists.venue.sessions"), Head: []string{p.T("lists.venue.session"), p.T("office.plot.n")}}
		for _, s := range v.Sessions {
			t.Rows = append(t.Rows, []string{s.Session.Title.In(p.Lang()), p.Value(s.Taken)})
		}
		body.Tables = append(body.Tables, t)
	}
	if in.Actor.MayAt(domain.PermCountNeeds, e) && e.AsksNeeds() {
		sheet, err := o.Registrations.Kitchen(c.Request.Context(), in.Actor, e.Slug)
		if err != nil {
			return err
		}
		body.Tables = append(body.Tables, needTables(p, sheet)...)
	}
	body.Text = venueText(p, body)
	body.Lines = min(strings.Count(body.Text, "\n")+2, 30)
	return o.write(c, http.StatusOK, page{
		template: "venue", route: "office_venue", args: []string{e.Slug}, menu: "office_events",
		Page: view.Page{Title: p.T("lists.venue.heading") + " – " + body.Name, Body: body},
	})
}

func venueFacts(p *i18n.Printer, v domain.VenueSummary) []fact {
	e := v.Event
	out := []fact{{p.T("lists.venue.coming"), p.Value(v.Coming)}}
	if v.Offered > 0 {
		out = append(out, fact{p.T("lists.venue.offered"), p.Value(v.Offered)})
	}
	if e.Capacity > 0 {
		out = append(out, fact{p.T("lists.venue.most"), p.Value(int(e.Capacity))})
	}
	if e.Arrival.Known() {
		out = append(out, fact{p.T("lists.venue.arrival"), p.T("lists.venue.from", "at", e.Arrival)})
	}
	contact := slices.DeleteFunc([]string{e.Contact.Name, e.Contact.Phone, e.Contact.Email}, func(s string) bool { return s == "" })
	if len(contact) > 0 {
		out = append(out, fact{p.T("lists.venue.contact"), strings.Join(contact, ", ")})
	}
	return out
}

// needTables are what someone is to prepare for; what nobody needs is left out.
func needTables(p *i18n.Printer, n domain.NeedsSheet) []numbers {
	var food, access [][]string
	for _, d := range domain.Diets() {
		if n.Diets[d] > 0 {
			food = append(food, []string{p.T("diet." + string(d)), p.Value(n.Diets[d])})
		}
	}
	for _, a := range domain.AccessNeeds() {
		if n.AccessNeeds[a] > 0 {
			access = append(access, []string{p.T("access_need." + string(a)), p.Value(n.AccessNeeds[a])})
		}
	}
	var out []numbers
	for _, t := range []struct {
		key  string
		rows [][]string
	}{{"office.kitchen.food", food}, {"office.kitchen.access", access}} {
		if len(t.rows) > 0 {
			out = append(out, numbers{Caption: p.T(t.key), Head: []string{p.T("office.kitchen.need"), p.T("office.plot.n")}, Rows: t.rows})
		}
	}
	return out
}

// venueText is the page as someone would write it in a letter.
func venueText(p *i18n.Printer, v venuePage) string {
	lines := []string{v.Name, v.When, v.Where, ""}
	for _, f := range v.Facts {
		lines = append(lines, f.Label+": "+f.Value)
	}
	for _, t := range v.Tables {
		lines = append(lines, "", t.Caption)
		for _, r := range t.Rows {
			lines = append(lines, r[0]+": "+r[1])
		}
	}
	return strings.Join(append(lines, "", v.Made), "\n")
}
