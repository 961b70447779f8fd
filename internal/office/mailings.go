package office

import (
	"net/http"
	"net/url"
	"strconv"

	"github.com/gin-gonic/gin"

	"github.com/temadag/temadag/internal/domain"
	"github.com/temadag/temadag/internal/i18n"
	"github.com/temadag/temadag/internal/server"
	"github.com/temadag/temadag/internal/service"
	"github.com/temadag/temadag/internal/view"
)

// What staff write to many goes in three steps: whom it goes to (mailings_audience.go), the words and the files
// (mailings_text.go), and a look at it as it will be, where it is let go (mailings_look.go). A draft is kept
// from the first step on and can be left and found again by everyone who may write to its events. Whatever has
// been let go belongs to delivery.go.

func (o *Office) mailingRoutes() []server.Route {
	reads, writes := domain.PermReadMail, domain.PermWriteMail
	var all []server.Route
	for _, rows := range [][]server.Route{
		read("office_mailings", "/utskick", "/mailings", reads, o.mailingsShow),
		read("office_event_mailings", "/tillfalle/:slug/utskick", "/event/:slug/mailings", reads, o.eventMailingsShow),
		post("office_mailing_people", "/tillfalle/:slug/utskick/valda", "/event/:slug/mailings/chosen", writes, server.ClassStaff, o.mailingPeopleDo),
		change("office_mailing_new", "/utskick/nytt", "/mailings/new", writes, o.mailingNewShow, o.mailingNewDo),
		read("office_mailing", "/utskick/:id", "/mailings/:id", reads, o.mailingShow),
		change("office_mailing_audience", "/utskick/:id/mottagare", "/mailings/:id/recipients", writes, o.mailingAudienceShow, o.mailingAudienceDo),
		change("office_mailing_text", "/utskick/:id/text", "/mailings/:id/text", writes, o.mailingTextShow, o.mailingTextDo),
		change("office_mailing_file", "/utskick/:id/text/fil/:name", "/mailings/:id/text/file/:name", writes, o.mailingFileShow, o.mailingFileDo),
		change("office_mailing_look", "/utskick/:id/granska", "/mailings/:id/review", writes, o.mailingLookShow, o.mailingLookDo),
		read("office_mailing_letter", "/utskick/:id/granska/:name", "/mailings/:id/review/:name", writes, o.mailingLetterShow),
		post("office_mailing_test", "/utskick/:id/testmejl", "/mailings/:id/test", writes, server.ClassStaff, o.mailingTestDo),
		change("office_mailing_drop", "/utskick/:id/kasta", "/mailings/:id/discard", writes, o.mailingDropShow, o.mailingDropDo),
	} {
		all = append(all, rows...)
	}
	for i := range all {
		if all[i].Name == "office_mailing_text" && all[i].Method == http.MethodPost {
			all[i].MaxBody = mostMailed
		}
		if m := all[i].Name; (m == "office_mailing_people" || m == "office_mailing_audience") && all[i].Method == http.MethodPost {
			all[i].MaxBody = mostChosen
		}
	}
	return all
}

const (
	mostMailed = 2*domain.MailingFiles + 1<<20 // a file that is too large is told of at its field
	mostChosen = 1 << 20
)

// mailingsPage is mailings, those that wait for somebody first.
type mailingsPage struct {
	Back    *view.Crumb
	Notice  *view.Notice
	Heading string
	Lead    string
	New     string // "" where the actor may not write, or where there is nothing to write about
	Hint    string
	Groups  []mailingGroup
	Next    string
	First   string
	Links   []view.Crumb
}

type mailingGroup struct {
	ID, Heading string
	Rows        []mailingRow
}

type mailingRow struct {
	URL, Subject, To, State, When string
}

const findBefore = "before"

func (o *Office) mailingsShow(c *gin.Context) error {
	p := o.printer(c)
	body := mailingsPage{
		Notice: done(p, c), Heading: p.T("office.mailings.heading"), Lead: p.T("office.mailings.lead"), Hint: p.T("office.mailings.new_hint"),
	}
	if signedIn(c).Actor.May(domain.PermWriteMail) {
		body.Links = append(body.Links, view.Crumb{URL: o.path(c, "office_events"), Label: p.T("office.mailings.choose")})
	}
	if _, err := o.Mailings.Counties(c.Request.Context(), signedIn(c).Actor); err == nil {
		body.Links = append(body.Links, view.Crumb{URL: o.path(c, "office_suppressed"), Label: p.T("office.way.office_suppressed")})
	}
	if _, err := o.Subscribers.Numbers(c.Request.Context(), signedIn(c).Actor); err == nil {
		body.Links = append(body.Links, view.Crumb{URL: o.path(c, "office_subscribers"), Label: p.T("office.way.office_subscribers")})
	}
	return o.showMailings(c, "", "office_mailings", nil, body)
}

func (o *Office) eventMailingsShow(c *gin.Context) error {
	desk, err := o.deskFor(c, domain.PermReadMail)
	if err != nil {
		return err
	}
	p, event := o.printer(c), desk.Event
	body := mailingsPage{Back: o.backTo(c, event), Notice: done(p, c), Heading: p.T("office.mailings.event_heading"), Lead: eventName(p, event)}
	if signedIn(c).Actor.MayAt(domain.PermWriteMail, event) && event.State != domain.EventDraft {
		body.New = withQuery(o.path(c, "office_mailing_new"), url.Values{mailEvent: {event.Slug}})
		body.Links = append(body.Links, view.Crumb{URL: o.path(c, "office_people", event.Slug), Label: p.T("office.mailings.some")})
		if desk.SeriesSlug != "" {
			body.Links = append(body.Links, view.Crumb{
				URL: withQuery(o.path(c, "office_mailing_new"), url.Values{mailSeries: {desk.SeriesSlug}}), Label: p.T("office.mailings.whole_series"),
			})
		}
	}
	return o.showMailings(c, event.Slug, "office_event_mailings", []string{event.Slug}, body)
}

func (o *Office) showMailings(c *gin.Context, slug, route string, args []string, body mailingsPage) error {
	p := o.printer(c)
	before, _ := strconv.ParseInt(c.Query(findBefore), 10, 64)
	all, err := o.Mailings.List(c.Request.Context(), signedIn(c).Actor, slug, domain.MailingID(max(before, 0)))
	if err != nil {
		return err
	}
	self := o.path(c, route, args...)
	if before > 0 {
		body.First = self
	}
	if len(all) == service.MailingsOnAPage {
		body.Next = self + "?" + findBefore + "=" + strconv.FormatInt(int64(all[len(all)-1].ID), 10)
	}
	groups := []struct {
		id     string
		states []domain.MailingState
	}{
		{"drafts", []domain.MailingState{domain.MailingDraft}},
		{"going", []domain.MailingState{domain.MailingPaused, domain.MailingWaiting, domain.MailingSending}},
		{"ended", []domain.MailingState{domain.MailingDone, domain.MailingStopped}},
	}
	names := o.scopeNames(c)
	for _, g := range groups {
		group := mailingGroup{ID: g.id, Heading: p.T("office.mailings.group_" + g.id)}
		for _, state := range g.states {
			for _, m := range all {
				if m.State == state {
					group.Rows = append(group.Rows, o.mailingRow(c, m, names(m.Audience.Scope)))
				}
			}
		}
		if len(group.Rows) > 0 {
			body.Groups = append(body.Groups, group)
		}
	}
	return o.write(c, http.StatusOK, page{
		template: "mailings", route: route, args: args, menu: menuOf(route), Page: view.Page{Title: titled(body.Heading, body.Back != nil, body.Lead), Body: body},
	})
}

func menuOf(route string) string {
	if route == "office_event_mailings" {
		return "office_events"
	}
	return "office_mailings"
}

func titled(heading string, of bool, what string) string {
	if !of {
		return heading
	}
	return heading + " – " + what
}

func (o *Office) mailingRow(c *gin.Context, m domain.Mailing, scope string) mailingRow {
	p := o.printer(c)
	row := mailingRow{
		URL: o.path(c, "office_mailing", m.UID), Subject: o.mailingTitle(c, m), To: scope, State: o.sentState(p, m),
	}
	switch {
	case m.State == domain.MailingDraft:
		at := m.Changed
		if at.IsZero() {
			at = m.Created
		}
		row.When = p.T("office.mailings.saved", "who", m.By, "at", p.Instant(at))
	case m.State == domain.MailingWaiting:
		row.When = p.T("office.mailings.goes", "count", m.Recipients, "at", p.Instant(m.SendAt))
	default:
		row.When = p.T("office.mailings.went", "count", m.Recipients, "at", p.Instant(m.SendAt))
	}
	return row
}

// mailingName is what a mailing is called: its subject, or that it has none.
func mailingName(p *i18n.Printer, m domain.Mailing) string {
	if s := m.Subject.In(p.Lang()); s != "" {
		return s
	}
	return p.T("office.mailings.no_subject")
}

// scopeNames names what a mailing is about, and asks for each but once.
func (o *Office) scopeNames(c *gin.Context) func(domain.ListScope) string {
	p, known := o.printer(c), make(map[domain.ListScope]string)
	return func(s domain.ListScope) string {
		name, ok := known[s]
		if ok {
			return name
		}
		switch {
		case s.Event != "":
			if e, err := o.Desk.Facts(c.Request.Context(), signedIn(c).Actor, s.Event); err == nil {
				name = eventName(p, e)
			}
		case s.Series != "":
			if all, err := o.Programme.Series(c.Request.Context(), s.Series); err == nil {
				name = p.T("office.mailings.series", "title", all.Title.In(p.Lang()))
			}
		default:
			name = p.T("office.mailings.county")
		}
		known[s] = name
		return name
	}
}

// mailingDraftPage is a draft with its three steps.
type mailingDraftPage struct {
	Back    view.Crumb
	Notice  *view.Notice
	Heading string
	Lead    string
	Steps   []mailingStep
	Drop    string // "" where the actor may not write
}

type mailingStep struct {
	URL, Label, Text string
	Done             bool
}

// mailingShow is where a mailing stands: the steps of a draft, or how far it has come.
func (o *Office) mailingShow(c *gin.Context) error {
	ctx, a := c.Request.Context(), signedIn(c).Actor
	m, n, err := o.Mailings.Mailing(ctx, a, c.Param("id"))
	if err != nil {
		return err
	}
	if m.State != domain.MailingDraft {
		return o.mailingSent(c, m, n)
	}
	all, err := o.Mailings.Recipients(ctx, a, m.UID)
	if err != nil && domain.CodeOf(err) != domain.CodeConflict {
		return err
	}
	p := o.printer(c)
	body := mailingDraftPage{
		Back: o.backToMailings(c), Notice: done(p, c), Heading: o.mailingTitle(c, m), Lead: p.T("office.mailing_state.draft") + " – " + o.scopeNames(c)(m.Audience.Scope),
	}
	may := false
	if _, err := o.Mailings.Draft(ctx, a, m.UID); err == nil {
		may = true
	}
	step := func(route, word, text string, finished bool) {
		s := mailingStep{Label: p.T("office.mailing_step." + word), Text: text, Done: finished}
		if may {
			s.URL = o.path(c, route, m.UID)
		}
		body.Steps = append(body.Steps, s)
	}
	ready := o.Mailings.Ready(ctx, a, m.UID)
	step("office_mailing_audience", "audience", p.T("office.mailing.to", "count", reached(all)), reached(all) > 0)
	text := p.T("office.mailing.text_ready")
	if ready != nil {
		text = p.T("office.mailing.text_lacks", "count", max(1, len(faultsOf(ready))))
	}
	step("office_mailing_text", "text", text, ready == nil)
	step("office_mailing_look", "look", p.T("office.mailing.look_text"), false)
	if may {
		body.Drop = o.path(c, "office_mailing_drop", m.UID)
	}
	return o.write(c, http.StatusOK, page{
		template: "mailing_draft", route: "office_mailing", args: []string{m.UID}, menu: "office_mailings", Page: view.Page{Title: body.Heading, Body: body},
	})
}

func (o *Office) backToMailings(c *gin.Context) view.Crumb {
	return view.Crumb{URL: o.path(c, "office_mailings"), Label: o.printer(c).T("office.mailings.heading")}
}

func (o *Office) backToMailing(c *gin.Context, m domain.Mailing) view.Crumb {
	return view.Crumb{URL: o.path(c, "office_mailing", m.UID), Label: o.mailingTitle(c, m)}
}

// draftOf is the draft that the address names. One that has been let go leads to where it stands.
func (o *Office) draftOf(c *gin.Context) (m domain.Mailing, gone bool, err error) {
	m, err = o.Mailings.Draft(c.Request.Context(), signedIn(c).Actor, c.Param("id"))
	if letGo(err) {
		return m, true, o.lead(c, o.path(c, "office_mailing", m.UID))
	}
	return m, false, err
}

// letGo reports whether a refusal says that the mailing is no draft any more.
func letGo(err error) bool { return domain.CodeOf(err) == domain.CodeClosed }

// reached is how many of the recipients get it.
func reached(all []domain.Recipient) int {
	n := 0
	for _, r := range all {
		if r.Refusal == "" {
			n++
		}
	}
	return n
}

func (o *Office) mailingDropShow(c *gin.Context) error {
	m, gone, err := o.draftOf(c)
	if err != nil || gone {
		return err
	}
	return o.askDrop(c, nil, m)
}

func (o *Office) mailingDropDo(c *gin.Context) error {
	m, gone, err := o.draftOf(c)
	if err != nil || gone {
		return err
	}
	if _, err := server.ReadForm(c, nil); err != nil {
		return err
	}
	if err := o.Mailings.Drop(c.Request.Context(), signedIn(c).Actor, m.UID); err != nil {
		return o.askDrop(c, err, m)
	}
	return o.lead(c, o.path(c, "office_mailings")+"?"+fieldDone+"=mailing_dropped")
}

func (o *Office) askDrop(c *gin.Context, refusal error, m domain.Mailing) error {
	p := o.printer(c)
	back := o.backToMailing(c, m)
	return o.answer(c, refusal, "office_mailing_drop", "office_mailings", formPage{
		Back: &back, Heading: p.T("office.mailing_drop.heading"), Lead: mailingName(p, m), Text: []string{p.T("office.mailing_drop.text")},
		Action: o.path(c, "office_mailing_drop", m.UID), Buttons: []button{{Label: p.T("office.mailing_drop.button"), Kind: "danger"}},
		Keep: &view.Crumb{URL: back.URL, Label: p.T("office.mailing_drop.keep")},
	}, m.UID)
}
