package office

import (
	"slices"

	"github.com/gin-gonic/gin"

	"github.com/temadag/temadag/internal/domain"
	"github.com/temadag/temadag/internal/i18n"
	"github.com/temadag/temadag/internal/server"
	"github.com/temadag/temadag/internal/view"
)

// Those who have asked for invitations are numbers here and nothing else: how many there are stands on a page,
// who they are on none. Inviting them to an event begins a draft, which goes the way of every mailing.

func (o *Office) subscriberRoutes() []server.Route {
	numbers := change("office_subscribers", "/inbjudningar", "/subscribers", domain.PermReadMail, o.subscribersShow, o.subscribersDo)
	numbers[1].Permission = domain.PermWriteMail // whoever only reads ends nothing for anybody
	return append(numbers,
		change("office_invitation_mail", "/tillfalle/:slug/bjud-in", "/event/:slug/invite", domain.PermWriteMail, o.inviteMailShow, o.inviteMailDo)...)
}

// subscribersPage is how many have asked each county, and ends it for somebody who has asked staff to.
type subscribersPage struct {
	formPage
	Rows []subscribersRow
	Ask  string // the public page where one asks
}

type subscribersRow struct {
	County                    string
	Invited, English, Waiting string
}

func (o *Office) subscribersShow(c *gin.Context) error { return o.showSubscribers(c, nil, "", "") }

func (o *Office) showSubscribers(c *gin.Context, refusal error, email, county string) error {
	p, a := o.printer(c), signedIn(c).Actor
	all, err := o.Subscribers.Numbers(c.Request.Context(), a)
	if err != nil {
		return err
	}
	body := subscribersPage{formPage: formPage{
		Heading: p.T("office.subscribers.heading"), Lead: p.T("office.subscribers.lead"), Notice: done(p, c), Action: o.path(c, "office_subscribers"),
	}, Ask: o.path(c, "invitations")}
	var mine []view.Option
	for _, n := range all {
		body.Rows = append(body.Rows, subscribersRow{n.County.Short, p.Value(n.Invited), p.Value(n.English), p.Value(n.Waiting)})
		if a.MayIn(domain.PermWriteMail, n.County.Code) {
			mine = append(mine, view.Option{Value: string(n.County.Code), Label: n.County.Short})
		}
	}
	if len(mine) > 0 {
		o.removal(p, &body.formPage, mine, email, county)
	}
	status, err := o.faulty(c, refusal, &body.formPage)
	if err != nil {
		return err
	}
	return o.write(c, status, page{
		template: "subscribers", route: "office_subscribers", menu: "office_mailings",
		Page: view.Page{Title: body.Heading, Errors: len(body.Faults), Body: body},
	})
}

// everyCounty is the choice that ends the invitations of each county that the actor writes mail for.
const everyCounty = "all"

// removal is the form that ends the invitations to one address.
func (o *Office) removal(p *i18n.Printer, form *formPage, mine []view.Option, email, county string) {
	form.Fields = []view.Field{{
		Kind: view.FieldEmail, Name: fieldEmail, Label: p.T("office.subscribers.email"), Value: shown(email), NoSpelling: true, Width: "wide",
	}}
	form.Buttons = []button{{Label: p.T("office.subscribers.remove")}}
	if len(mine) == 1 {
		form.Hidden = []hidden{{fieldCounty, mine[0].Value}}
		return
	}
	all := []view.Option{{Label: p.T("office.subscribers.county_none")}, {Value: everyCounty, Label: p.T("office.subscribers.county_all")}}
	form.Fields = append(form.Fields, view.Field{
		Kind: view.FieldSelect, Name: fieldCounty, Label: p.T("office.subscribers.county"), Values: []string{shown(county)}, Options: append(all, mine...),
	})
}

func (o *Office) subscribersDo(c *gin.Context) error {
	in, err := server.ReadForm(c, []string{fieldEmail, fieldCounty})
	if err != nil {
		return err
	}
	a, counties := signedIn(c).Actor, []domain.OrganiserCode{domain.OrganiserCode(in.Get(fieldCounty))}
	if in.Get(fieldCounty) == everyCounty {
		if counties, err = o.counties(c); err != nil {
			return err
		}
	}
	if err := o.Subscribers.Remove(c.Request.Context(), a, counties, in.Get(fieldEmail)); err != nil {
		return o.showSubscribers(c, err, in.Get(fieldEmail), in.Get(fieldCounty))
	}
	return o.lead(c, o.path(c, "office_subscribers")+"?"+fieldDone+"=subscriber_removed")
}

// counties are those that the actor writes mail for.
func (o *Office) counties(c *gin.Context) ([]domain.OrganiserCode, error) {
	mine, err := o.Mailings.Counties(c.Request.Context(), signedIn(c).Actor)
	out := make([]domain.OrganiserCode, len(mine))
	for i, m := range mine {
		out[i] = m.Code
	}
	return out, err
}

// fieldCounties are the counties whose subscribers are invited.
const fieldCounties = "counties"

func (o *Office) inviteMailShow(c *gin.Context) error {
	event, err := o.eventFor(c, domain.PermWriteMail)
	if err != nil {
		return err
	}
	return o.showInviteMail(c, event, nil, nil)
}

// showInviteMail tells to how many an invitation would go, county by county where more than one arranges the event.
func (o *Office) showInviteMail(c *gin.Context, event domain.Event, chosen []domain.OrganiserCode, refusal error) error {
	p, a, ctx := o.printer(c), signedIn(c).Actor, c.Request.Context()
	if len(chosen) == 0 {
		chosen = []domain.OrganiserCode{event.Owner.Code}
	}
	body := formPage{
		Back: o.backTo(c, event), Heading: p.T("office.invite.heading"), Lead: eventName(p, event), Action: o.path(c, "office_invitation_mail", event.Slug),
		Links: []view.Crumb{{URL: o.path(c, "office_subscribers"), Label: p.T("office.invite.numbers")}},
	}
	reach, err := o.Mailings.WouldReach(ctx, a, event.Slug, chosen)
	if err != nil {
		if domain.CodeOf(err) != domain.CodeClosed {
			return err
		}
		body.Text = []string{p.T("invite.not_public")}
		return o.answer(c, nil, "office_invitation_mail", "office_events", body, event.Slug)
	}
	body.Text = inviteText(p, reach)
	if all := event.InvitingCounties(); len(all) > 1 {
		f := view.Field{Kind: view.FieldCheckboxes, Name: fieldCounties, Label: p.T("office.invite.counties"), Hint: p.T("office.invite.counties_hint")}
		for _, code := range all {
			f.Options = append(f.Options, view.Option{Value: string(code), Label: countyName(code)})
			if slices.Contains(chosen, code) {
				f.Values = append(f.Values, string(code))
			}
		}
		body.Fields = []view.Field{f}
		body.Buttons = []button{
			{Name: fieldStep, Value: stepNext, Label: p.T("office.invite.button")}, {Name: fieldStep, Value: stepCount, Label: p.T("office.invite.count"), Kind: "quiet"},
		}
	} else if reach.Goes > 0 {
		body.Buttons = []button{{Name: fieldStep, Value: stepNext, Label: p.T("office.invite.button")}}
	}
	return o.answer(c, refusal, "office_invitation_mail", "office_events", body, event.Slug)
}

// stepCount is the value of the button that counts again.
const stepCount = "count"

// inviteText tells how many get it, and why others do not.
func inviteText(p *i18n.Printer, r domain.InvitationReach) []string {
	if r.Asked == 0 {
		return []string{p.T("office.invite.nobody"), p.T("office.invite.consent")}
	}
	out := []string{p.T("office.invite.goes", "count", r.Goes)}
	for _, left := range []struct {
		key string
		n   int
	}{{"registered", r.Registered}, {"suppressed", r.Suppressed}, {"twice", r.Twice}} {
		if left.n > 0 {
			out = append(out, p.T("office.invite.left_"+left.key, "count", left.n))
		}
	}
	if r.English > 0 {
		out = append(out, p.T("office.invite.english", "count", r.English))
	}
	return append(out, p.T("office.invite.consent"))
}

// inviteMailDo begins the draft, with words made of what is known of the event.
func (o *Office) inviteMailDo(c *gin.Context) error {
	event, err := o.eventFor(c, domain.PermWriteMail)
	if err != nil {
		return err
	}
	in, err := server.ReadForm(c, []string{fieldStep}, fieldCounties)
	if err != nil {
		return err
	}
	chosen := make([]domain.OrganiserCode, len(in[fieldCounties]))
	for i, code := range in[fieldCounties] {
		chosen[i] = domain.OrganiserCode(code)
	}
	if in.Get(fieldStep) == stepCount {
		return o.showInviteMail(c, event, chosen, nil)
	}
	subject, body, err := o.proposeInvitation(c, event.Slug)
	if err != nil {
		return err
	}
	uid, err := o.Mailings.Invite(c.Request.Context(), signedIn(c).Actor, event.Slug, chosen, subject, body)
	if err != nil {
		return o.showInviteMail(c, event, chosen, err)
	}
	return o.lead(c, o.path(c, "office_mailing_text", uid))
}
