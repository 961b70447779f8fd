package office

import (
	"net/http"
	"net/url"
	"reflect"
	"strconv"

	"github.com/gin-gonic/gin"

	"github.com/temadag/temadag/internal/domain"
	"github.com/temadag/temadag/internal/server"
	"github.com/temadag/temadag/internal/view"
)

// mailingAudiencePage is the first step: whom it goes to, how many they are, and who they are.
type mailingAudiencePage struct {
	Back    view.Crumb
	Step    string
	Faults  []view.Fault
	Notice  *view.Notice
	Heading string
	Lead    string
	Action  string
	Seen    string
	Scope   []hidden
	Who     *view.Field // nil where nobody was chosen one by one
	Groups  []view.Field
	Open    bool
	More    []mailingCondition
	Kept    bool // the draft exists, and its recipients are told
	To      recipientsPart
	Next    string
	Drop    string
}

// recipientsPart is who gets a mailing and who does not.
type recipientsPart struct {
	Count   string
	Rows    []recipientRow
	Place   string
	Before  string
	After   string
	Left    string
	LeftOut []recipientGroup
}

type recipientRow struct{ Who, Work, Event, Status string }

// recipientGroup is those who get nothing for one reason.
type recipientGroup struct {
	Why  string
	Rows []recipientRow
	More string
}

// The fields of the first step, and what the address of a new mailing tells.
const (
	mailEvent  = "event"
	mailSeries = "series"
	mailFrom   = "from"
)

// mostRecipientsShown is how many recipients are named on a page; the next ones are a link away.
const mostRecipientsShown = 200

func (o *Office) mailingNewShow(c *gin.Context) error {
	scope := domain.ListScope{Event: c.Query(mailEvent)}
	if scope.Event == "" {
		scope.Series = c.Query(mailSeries)
	}
	if scope == (domain.ListScope{}) {
		return o.lead(c, o.path(c, "office_mailings"))
	}
	first := domain.Audience{Scope: scope, Filter: domain.PeopleFilter{Statuses: []domain.RegistrationStatus{domain.Confirmed}}}
	return o.showAudience(c, nil, nil, first)
}

func (o *Office) mailingNewDo(c *gin.Context) error {
	in, err := server.ReadForm(c, audienceFieldNames(), audienceSeveral()...)
	if err != nil {
		return err
	}
	audience, err := readAudience(in, domain.ListScope{Event: in.Get(mailEvent), Series: in.Get(mailSeries)})
	var uid string
	if err == nil {
		uid, err = o.Mailings.Begin(c.Request.Context(), signedIn(c).Actor, domain.MailingEntry{Audience: audience})
	}
	if err != nil {
		return o.showAudience(c, err, nil, audience)
	}
	return o.lead(c, o.path(c, "office_mailing_audience", uid)+"#to")
}

// mailingPeopleDo begins a mailing to those who were ticked in the list of participants, or to everyone that
// the list found. What the list found is kept one by one: it goes to those who were seen.
func (o *Office) mailingPeopleDo(c *gin.Context) error {
	event, err := o.eventFor(c, domain.PermWriteMail)
	if err != nil {
		return err
	}
	in, err := server.ReadForm(c, []string{bulkWho, bulkQuery}, bulkRef)
	if err != nil {
		return err
	}
	ids, query, err := o.whom(c, event.Slug, bulkForm{refs: in[bulkRef], who: in.Get(bulkWho), query: in.Get(bulkQuery)})
	ctx, a := c.Request.Context(), signedIn(c).Actor
	if err == nil && query != nil {
		if ids, err = o.Mailings.Choose(ctx, a, *query); err == nil && len(ids) == 0 {
			err = &domain.Error{Code: domain.CodeConflict, Key: "mailing.nobody_chosen"}
		}
	}
	var uid string
	if err == nil {
		uid, err = o.Mailings.Begin(ctx, a, domain.MailingEntry{Audience: domain.Audience{Scope: domain.ListScope{Event: event.Slug}, Chosen: ids}})
	}
	if err == nil {
		return o.lead(c, o.path(c, "office_mailing_audience", uid)+"#to")
	}
	p, list := o.printer(c), o.path(c, "office_people", event.Slug)
	if values, err := url.ParseQuery(in.Get(bulkQuery)); err == nil {
		list = withQuery(list, values)
	}
	back := view.Crumb{URL: list, Label: p.T("manage.bulk.to_list")}
	return o.answer(c, err, "office_people", "office_events", formPage{
		Back: &back, Heading: p.T("office.mailing_audience.heading"), Lead: eventName(p, event), Links: []view.Crumb{back},
	}, event.Slug)
}

func (o *Office) mailingAudienceShow(c *gin.Context) error {
	m, gone, err := o.draftOf(c)
	if err != nil || gone {
		return err
	}
	return o.showAudience(c, nil, &m, m.Audience)
}

func (o *Office) mailingAudienceDo(c *gin.Context) error {
	m, gone, err := o.draftOf(c)
	if err != nil || gone {
		return err
	}
	in, err := server.ReadForm(c, audienceFieldNames(), audienceSeveral()...)
	if err != nil {
		return err
	}
	if m.Kind == domain.MailingInvitation { // whom it goes to is not chosen here
		return o.lead(c, o.path(c, "office_mailing_text", m.UID))
	}
	audience, err := readAudience(in, m.Audience.Scope)
	audience.Swedish = m.Audience.Swedish // which is chosen where the words are
	if in.Get(mailFrom) == whoSome {
		audience.Chosen, audience.Filter = m.Audience.Chosen, domain.PeopleFilter{}
	}
	if err == nil {
		entry := m.MailingEntry
		entry.Audience = audience
		err = o.saveAudience(c, m, entry, in.Get(fieldSeen))
	}
	switch {
	case letGo(err):
		return o.lead(c, o.path(c, "office_mailing", m.UID))
	case err != nil:
		if now, gone := o.Mailings.Draft(c.Request.Context(), signedIn(c).Actor, m.UID); gone == nil {
			m = now
		}
		return o.showAudience(c, err, &m, audience)
	case in.Get(fieldStep) == stepNext:
		return o.lead(c, o.path(c, "office_mailing_text", m.UID))
	}
	return o.lead(c, o.path(c, "office_mailing_audience", m.UID)+"#to")
}

// saveAudience keeps whom it goes to. Where somebody has chosen the very same meanwhile, it is a button that
// was pressed twice.
func (o *Office) saveAudience(c *gin.Context, m domain.Mailing, entry domain.MailingEntry, seen string) error {
	ctx, a := c.Request.Context(), signedIn(c).Actor
	revision, _ := strconv.Atoi(seen)
	err := o.Mailings.Save(ctx, a, m.UID, revision, entry)
	if domain.CodeOf(err) != domain.CodeConflict {
		return err
	}
	if clean, wrong := domain.NewMailing(entry); wrong == nil && reflect.DeepEqual(clean.Audience, m.Audience) {
		return nil
	}
	return err
}

// stepNext is the value of the button that goes on to the step after.
const stepNext = "next"

// showAudience shows the choice, and of a draft whom it finds. m is nil before there is a draft.
func (o *Office) showAudience(c *gin.Context, refusal error, m *domain.Mailing, a domain.Audience) error {
	p, status := o.printer(c), http.StatusOK
	body := mailingAudiencePage{
		Back: o.backToMailings(c), Step: stepOf(p, 1), Heading: p.T("office.mailing_audience.heading"), Notice: done(p, c),
		Action: o.path(c, "office_mailing_new"), Kept: m != nil,
	}
	to := page{template: "mailing_audience", route: "office_mailing_new", menu: "office_mailings"}
	if m != nil {
		body.Action, body.Seen = o.path(c, "office_mailing_audience", m.UID), strconv.Itoa(m.Revision)
		body.Back, body.Drop = o.backToMailing(c, *m), o.path(c, "office_mailing_drop", m.UID)
		to.route, to.args = "office_mailing_audience", []string{m.UID}
	} else {
		for name, value := range map[string]string{mailEvent: a.Scope.Event, mailSeries: a.Scope.Series} {
			if value != "" {
				body.Scope, to.query = []hidden{{name, shown(value)}}, "?"+url.Values{name: {value}}.Encode()
			}
		}
	}
	if err := o.audienceForm(c, m, a, &body); err != nil {
		return err
	}
	if m != nil && refusal == nil { // what stands in a refused form has found nobody yet
		if err := o.tellRecipients(c, *m, &body); err != nil {
			return err
		}
	}
	if refusal != nil {
		form := formPage{Fields: body.Groups}
		var err error
		if status, err = o.faulty(c, refusal, &form); err != nil {
			return err
		}
		body.Faults, body.Notice = form.Faults, form.Notice
	}
	to.Page = view.Page{Title: titled(body.Heading, body.Lead != "", body.Lead), Errors: len(body.Faults), Body: body}
	return o.write(c, status, to)
}

func (o *Office) audienceForm(c *gin.Context, m *domain.Mailing, a domain.Audience, body *mailingAudiencePage) error {
	p := o.printer(c)
	events, err := o.Mailings.Offer(c.Request.Context(), signedIn(c).Actor, a.Scope)
	if err != nil {
		return err
	}
	body.Lead = o.scopeNames(c)(a.Scope)
	if m != nil && m.Kind == domain.MailingInvitation {
		return nil
	}
	if m != nil && len(m.Audience.Chosen) > 0 {
		picked := whoSome
		if len(a.Chosen) == 0 {
			picked = whoAll
		}
		body.Who = &view.Field{
			Kind: view.FieldRadios, Name: mailFrom, Label: p.T("office.mailing_audience.from"), Values: []string{picked},
			Options: []view.Option{
				{Value: whoSome, Label: p.T("office.mailing_audience.from_some", "count", len(m.Audience.Chosen))},
				{Value: whoAll, Label: p.T("office.mailing_audience.from_all")},
			},
		}
	}
	if len(a.Chosen) > 0 && len(a.Filter.Statuses) == 0 {
		a.Filter.Statuses = []domain.RegistrationStatus{domain.Confirmed} // what is ticked when she chooses otherwise
	}
	body.Groups = []view.Field{statusField(p, a.Filter, events)}
	body.More = conditionFields(p, a.Filter, events)
	for _, condition := range body.More {
		body.Open = body.Open || condition.Set
	}
	return nil
}

// tellRecipients adds how many get it and who they are, and who does not and why.
func (o *Office) tellRecipients(c *gin.Context, m domain.Mailing, body *mailingAudiencePage) error {
	all, err := o.Mailings.Recipients(c.Request.Context(), signedIn(c).Actor, m.UID)
	if domain.CodeOf(err) == domain.CodeConflict { // there are too many
		_, body.Notice = o.refused(c, asError(err))
		return nil
	}
	if err != nil {
		return err
	}
	body.To = o.recipientsOf(c, m, all, o.path(c, "office_mailing_audience", m.UID))
	if reached(all) > 0 {
		body.Next = o.path(c, "office_mailing_text", m.UID)
	}
	return nil
}
