package office

import (
	"net/http"
	"net/url"

	"github.com/gin-gonic/gin"

	"github.com/temadag/temadag/internal/domain"
	"github.com/temadag/temadag/internal/i18n"
	"github.com/temadag/temadag/internal/server"
	"github.com/temadag/temadag/internal/service"
	"github.com/temadag/temadag/internal/view"
)

func (o *Office) publishRoutes() []server.Route {
	const may = domain.PermEditProgramme
	const sv, en = "/tillfalle/:slug", "/event/:slug"
	var all []server.Route
	for _, rows := range [][]server.Route{
		change("office_publish", sv+"/publicera", en+"/publish", may, o.publishShow, o.publishDo),
		change("office_unpublish", sv+"/avpublicera", en+"/unpublish", may, o.unpublishShow, o.unpublishDo),
		change("office_documents", sv+"/dokument", en+"/documents", may, o.documentsShow, o.documentsDo),
		change("office_document", sv+"/dokument/:name", en+"/documents/:name", may, o.documentShow, o.documentDo),
		read("office_document_file", sv+"/dokument/:name/fil", en+"/documents/:name/file", may, o.documentFile),
		post("office_document_move", sv+"/dokument/:name/flytta", en+"/documents/:name/move", may, server.ClassStaff, o.documentMove),
		change("office_document_remove", sv+"/dokument/:name/ta-bort", en+"/documents/:name/remove", may, o.documentRemoveShow, o.documentRemoveDo),
		change("office_share", sv+"/medarrangorer", en+"/co-organisers", may, o.shareShow, o.shareDo),
		change("office_unshare", sv+"/medarrangorer/:name", en+"/co-organisers/:name", may, o.unshareShow, o.unshareDo),
	} {
		all = append(all, rows...)
	}
	for i := range all {
		if all[i].Name == "office_documents" && all[i].Method == http.MethodPost {
			all[i].MaxBody = mostUploaded
		}
	}
	return all
}

// draft is the event of the page with all that its editor may know of it.
func (o *Office) draft(c *gin.Context) (service.EventEditing, error) {
	return o.Events.Draft(c.Request.Context(), signedIn(c).Actor, c.Param("slug"))
}

// publishPage is what stands between a draft and everyone; of a published event, how to spread it.
type publishPage struct {
	Back    view.Crumb
	Notice  *view.Notice
	Name    string
	Heading string
	Lead    string
	Public  bool
	Address string // the public page, whole
	Page    string // its path
	Blocks  checkList
	Advice  checkList
	Fine    string
	Action  string // "" where it cannot be published
	Edit    string
	Preview string
	Ways    []view.Crumb
	Theme   *themeShown // nil where publishing shows no theme that nobody sees now
}

// themeShown is the theme of the event, whose page is shown with it.
type themeShown struct {
	Title, Lead domain.Text
	Body        domain.Text // "" for none
	Edit        string
}

func (o *Office) publishShow(c *gin.Context) error {
	d, err := o.draft(c)
	if err != nil {
		return err
	}
	return o.showPublish(c, http.StatusOK, nil, d)
}

// publishDo asks once more what everyone will see, and then shows it to them.
func (o *Office) publishDo(c *gin.Context) error {
	d, err := o.draft(c)
	if err != nil {
		return err
	}
	in, err := server.ReadForm(c, []string{fieldStep})
	if err != nil {
		return err
	}
	if in.Get(fieldStep) != stepConfirm && d.Event.State == domain.EventDraft && mayPublish(d.Checks) {
		return o.askPublish(c, d)
	}
	err = o.Events.Publish(c.Request.Context(), signedIn(c).Actor, d.Event.Slug)
	if err == nil {
		return o.lead(c, o.path(c, "office_publish", d.Event.Slug)+"?"+fieldDone+"=published")
	}
	return o.publishRefused(c, err, d)
}

// publishRefused shows the checklist again, which tells what is missing.
func (o *Office) publishRefused(c *gin.Context, err error, d service.EventEditing) error {
	p := o.printer(c)
	if domain.CodeOf(err) == domain.CodeInvalid {
		return o.showPublish(c, http.StatusUnprocessableEntity, &view.Notice{Kind: "warning", Title: p.T("office.publish.not_ready")}, d)
	}
	if faults := faultsOf(err); len(faults) == 1 && faults[0].Code != domain.CodeNotFound {
		status, notice := o.refused(c, faults[0])
		return o.showPublish(c, status, notice, d)
	}
	return err
}

func mayPublish(checks []domain.Check) bool {
	return domain.Publishable(checks) || domain.Announceable(checks)
}

func (o *Office) showPublish(c *gin.Context, status int, notice *view.Notice, d service.EventEditing) error {
	p, e := o.printer(c), d.Event
	if notice == nil {
		notice = done(p, c)
	}
	body := publishPage{
		Back: *o.backTo(c, e), Notice: notice, Name: eventName(p, e), Public: e.State != domain.EventDraft,
		Page: o.path(c, "event", e.Slug), Edit: o.path(c, "office_edit", e.Slug), Preview: o.path(c, "office_preview", e.Slug), Fine: fineWords(p, d.Checks),
	}
	body.Address = o.BaseURL + body.Page
	body.Blocks, body.Advice = o.checkLists(c, d)
	if t := d.Theme; t != nil {
		body.Theme = &themeShown{Title: t.Title, Lead: t.Lead, Body: t.Body, Edit: o.path(c, "office_series", t.Slug)}
	}
	switch {
	case e.State == domain.EventPublished:
		body.Heading, body.Lead = p.T("office.publish.public"), o.registering(p, d)
		body.Ways = o.afterPublish(c, d)
	case e.State == domain.EventCancelled:
		body.Heading, body.Lead = p.T("office.publish.cancelled"), p.T("office.publish.cancelled_lead")
		body.Blocks, body.Advice, body.Fine = checkList{}, checkList{}, ""
	case domain.Publishable(d.Checks):
		body.Heading, body.Lead, body.Action = p.T("office.publish.heading"), p.T("office.publish.ready"), o.path(c, "office_publish", e.Slug)
	case domain.Announceable(d.Checks):
		body.Heading, body.Lead, body.Action = p.T("office.publish.heading"), p.T("office.publish.announce"), o.path(c, "office_publish", e.Slug)
	default:
		body.Heading, body.Lead = p.T("office.publish.heading"), p.T("office.publish.missing", "count", len(body.Blocks.Lines))
	}
	return o.write(c, status, page{
		template: "publish", route: "office_publish", args: []string{e.Slug}, menu: "office_events",
		Page: view.Page{Title: body.Heading + " – " + body.Name, Body: body},
	})
}

// afterPublish is what is done next with a published event.
func (o *Office) afterPublish(c *gin.Context, d service.EventEditing) []view.Crumb {
	p, a := o.printer(c), signedIn(c).Actor
	out := []view.Crumb{{URL: o.path(c, "office_documents", d.Event.Slug), Label: p.T("office.way.office_documents")}}
	if d.Shares {
		out = append(out, view.Crumb{URL: o.path(c, "office_share", d.Event.Slug), Label: p.T("office.way.office_share")})
	}
	if a.MayAt(domain.PermRegisterOther, d.Event) {
		out = append(out, view.Crumb{URL: o.path(c, "office_register", d.Event.Slug), Label: p.T("office.way.office_register")})
	}
	if d.Holdings.Ever == 0 {
		out = append(out, view.Crumb{URL: o.path(c, "office_unpublish", d.Event.Slug), Label: p.T("office.way.office_unpublish")})
	}
	return out
}

// registering is when one can register, in a sentence.
func (o *Office) registering(p *i18n.Printer, d service.EventEditing) string {
	e, now := d.Event, o.Now()
	switch {
	case e.RegisterUntil.IsZero() || e.Capacity <= 0:
		return p.T("office.publish.register_later")
	case e.RegisterUntil.Before(domain.DateIn(now)):
		return p.T("office.publish.register_past", "until", e.RegisterUntil)
	case now.Before(e.OpensAt):
		return p.T("office.publish.register_from", "from", e.OpensAt, "until", e.RegisterUntil)
	}
	return p.T("office.publish.register_now", "until", e.RegisterUntil)
}

// askPublish tells what everyone will be able to see, and when one can register.
func (o *Office) askPublish(c *gin.Context, d service.EventEditing) error {
	p, e := o.printer(c), d.Event
	facts := []fact{
		{p.T("office.publish.address"), o.BaseURL + o.path(c, "event", e.Slug)},
		{p.T("office.fact.when"), p.When(e)},
		{p.T("office.fact.where"), whereWords(p, e)},
		{p.T("office.publish.register"), o.registering(p, d)},
		{p.T("office.publish.shown"), p.T("office.publish.shown_texts")},
	}
	if n := len(e.Programme); n > 0 {
		facts = append(facts, fact{p.T("edit.field.programme"), p.T("office.publish.sessions", "count", n)})
	}
	if n := len(e.Documents); n > 0 {
		facts = append(facts, fact{p.T("office.way.office_documents"), p.T("office.publish.documents", "count", n)})
	}
	facts = append(facts,
		fact{p.T("office.publish.contact"), onLines(e.Contact.Name, e.Contact.Phone, e.Contact.Email)},
		fact{p.T("office.publish.found"), p.T("office.publish.found_in")})
	if t := d.Theme; t != nil {
		facts = append(facts, fact{p.T("office.publish.theme"), onLines(t.Title.In(p.Lang()), t.Lead.In(p.Lang()))})
	}
	self := view.Crumb{URL: o.path(c, "office_publish", e.Slug), Label: p.T("office.publish.to_list")}
	return o.answer(c, nil, "office_publish", "office_events", formPage{
		Back: &self, Heading: p.T("office.publish.ask"), Lead: eventName(p, e), Facts: facts, Action: self.URL,
		Buttons: []button{{Name: fieldStep, Value: stepConfirm, Label: p.T("office.publish.button")}}, Keep: &self,
	}, e.Slug)
}

func (o *Office) unpublishShow(c *gin.Context) error {
	d, err := o.draft(c)
	if err != nil {
		return err
	}
	var refusal error
	if d.Event.State == domain.EventPublished && d.Holdings.Ever > 0 {
		refusal = &domain.Error{Code: domain.CodeConflict, Key: "event.has_registrations", Args: map[string]any{"count": d.Holdings.Ever}}
	}
	return o.showUnpublish(c, refusal, d)
}

func (o *Office) unpublishDo(c *gin.Context) error {
	d, err := o.draft(c)
	if err != nil {
		return err
	}
	if _, err := server.ReadForm(c, nil); err != nil {
		return err
	}
	if err := o.Events.Unpublish(c.Request.Context(), signedIn(c).Actor, d.Event.Slug); err != nil {
		return o.showUnpublish(c, err, d)
	}
	return o.lead(c, o.path(c, "office_publish", d.Event.Slug)+"?"+url.Values{fieldDone: {"unpublished"}}.Encode())
}

func (o *Office) showUnpublish(c *gin.Context, refusal error, d service.EventEditing) error {
	p := o.printer(c)
	back := view.Crumb{URL: o.path(c, "office_publish", d.Event.Slug), Label: p.T("office.way.office_publish")}
	body := formPage{
		Back: &back, Heading: p.T("office.unpublish.heading"), Lead: eventName(p, d.Event),
		Action: o.path(c, "office_unpublish", d.Event.Slug),
	}
	if refusal == nil {
		body.Text = []string{p.T("office.unpublish.text")}
		body.Buttons, body.Keep = []button{{Label: p.T("office.unpublish.button")}}, &view.Crumb{URL: back.URL, Label: p.T("office.keep")}
	} else if d.Event.State == domain.EventPublished {
		body.Links = []view.Crumb{{URL: o.path(c, "office_call_off", d.Event.Slug), Label: p.T("office.way.office_call_off")}}
	}
	return o.answer(c, refusal, "office_unpublish", "office_events", body, d.Event.Slug)
}
