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

// reachPage is how far what was told of a change or a cancellation has come, and who is left to call.
type reachPage struct {
	Back    view.Crumb
	Notice  *view.Notice
	Heading string
	Name    string
	When    string
	Lead    string
	Numbers []fact
	Lists   []reachList
	Reveal  string // "" where nobody is hidden, or the actor may not see her
	Shown   bool   // people with protected identity are shown
	Print   bool
}

type reachList struct {
	ID, Heading, Lead, Caption string
	Rows                       []reachRow
}

type reachRow struct {
	domain.Unreached
	Who, Reason, State string
	Mark               string // that the identity is protected
	URL                string
}

func (o *Office) reachShow(c *gin.Context) error { return o.showReach(c, false) }

// reachDo shows people with protected identity too, once she has proved who she is; it is in the audit log.
func (o *Office) reachDo(c *gin.Context) error {
	event, err := o.eventFor(c, domain.PermReadRegistrations)
	if err != nil {
		return err
	}
	if _, err := server.ReadForm(c, []string{fieldStep}); err != nil {
		return err
	}
	if in := signedIn(c); in.Actor.MayAt(domain.PermProtect, event) && !in.Recent(o.Now()) {
		return o.lead(c, o.path(c, "office_prove")+"?"+url.Values{fieldNext: {o.path(c, "office_reach", event.Slug)}}.Encode())
	}
	return o.showReach(c, true)
}

func (o *Office) showReach(c *gin.Context, reveal bool) error {
	event, err := o.eventFor(c, domain.PermReadRegistrations)
	if err != nil {
		return err
	}
	a, p := signedIn(c).Actor, o.printer(c)
	r, err := o.Events.Reach(c.Request.Context(), a, event.Slug, reveal)
	if err != nil {
		return err
	}
	body := reachPage{
		Back: *o.backTo(c, event), Notice: done(p, c), Heading: p.T("office.reach.heading"), Name: eventName(p, event), When: p.When(event),
		Shown: reveal && a.MayAt(domain.PermProtect, event),
	}
	switch r.Kind {
	case domain.LetterEventCancelled:
		body.Lead = p.T("office.reach.cancelled", "day", r.At)
	case domain.LetterEventChanged:
		body.Lead = p.T("office.reach.changed", "day", r.At)
	default:
		body.Lead = p.T("office.reach.nothing")
	}
	if r.Total > 0 {
		body.Numbers = []fact{
			{p.T("office.reach.total"), p.Value(r.Total)},
			{p.T("office.reach.accepted"), p.Value(r.Accepted)},
			{p.T("office.reach.on_the_way"), p.Value(r.OnTheWay)},
			{p.T("office.reach.unreached"), p.Value(len(r.Unreached))},
		}
		body.Lists = o.reachLists(c, event.Slug, r)
		body.Print = len(r.Unreached)+len(r.Waiting) > 0
	}
	if hidesAny(r) && a.MayAt(domain.PermProtect, event) {
		body.Reveal = o.path(c, "office_reach", event.Slug)
	}
	return o.write(c, http.StatusOK, page{
		template: "reach", route: "office_reach", args: []string{event.Slug}, menu: "office_events",
		Page: view.Page{Title: body.Heading + " – " + body.Name, Body: body},
	})
}

func hidesAny(r domain.Reach) bool {
	for _, all := range [][]domain.Unreached{r.Unreached, r.Waiting} {
		for _, u := range all {
			if u.Hidden {
				return true
			}
		}
	}
	return false
}

func (o *Office) reachLists(c *gin.Context, slug string, r domain.Reach) []reachList {
	p := o.printer(c)
	lists := []reachList{
		{ID: "unreached", Heading: p.T("office.reach.call"), Lead: p.T("office.reach.call_lead"), Rows: o.reachRows(c, slug, r.Unreached)},
		{ID: "waiting", Heading: p.T("office.reach.waiting"), Lead: p.T("office.reach.waiting_lead"), Rows: o.reachRows(c, slug, r.Waiting)},
	}
	if len(r.Unreached) == 0 {
		lists[0].Lead = p.T("office.reach.call_nobody")
	}
	if len(r.Waiting) == 0 {
		lists = lists[:1]
	}
	for i := range lists {
		lists[i].Caption = p.T("office.people.found", "count", len(lists[i].Rows))
	}
	return lists
}

func (o *Office) reachRows(c *gin.Context, slug string, people []domain.Unreached) []reachRow {
	p := o.printer(c)
	var out []reachRow
	for _, u := range people {
		row := reachRow{Unreached: u, Who: reachedName(p, u), Reason: p.T("office.reach.why." + string(u.Why)), State: p.T("status." + string(u.Status))}
		if row.URL = o.path(c, "office_person", slug, u.Ref); u.Protected && !u.Hidden {
			row.Mark = p.T("office.people.protected")
		}
		out = append(out, row)
	}
	return out
}

// reachedName is whom to call: of a place without a name the contact person of its group.
func reachedName(p *i18n.Printer, u domain.Unreached) string {
	if u.Contact != "" {
		return p.T("office.reach.contact", "name", u.Contact, "reference", u.Ref)
	}
	return listName(p, u.Registration)
}
