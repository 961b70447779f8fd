package office

import (
	"net/url"
	"slices"

	"github.com/gin-gonic/gin"

	"github.com/temadag/temadag/internal/domain"
	"github.com/temadag/temadag/internal/i18n"
	"github.com/temadag/temadag/internal/server"
	"github.com/temadag/temadag/internal/view"
)

// protected is the person of the page, for those who may protect her.
func (o *Office) protected(c *gin.Context) (domain.PersonView, error) {
	v, err := o.person(c)
	if err == nil && !signedIn(c).Actor.MayAt(domain.PermProtect, v.Event) {
		err = domain.NotFound("registration.not_found")
	}
	return v, err
}

// personBack is the way back to a person's page.
func (o *Office) personBack(c *gin.Context, v domain.PersonView) view.Crumb {
	return view.Crumb{URL: o.path(c, "office_person", v.Event.Slug, v.Ref), Label: whoIs(o.printer(c), v.Registration)}
}

func (o *Office) protectShow(c *gin.Context) error {
	v, err := o.protected(c)
	if err != nil {
		return err
	}
	return o.showProtect(c, nil, v)
}

func (o *Office) protectDo(c *gin.Context) error {
	v, err := o.protected(c)
	if err != nil {
		return err
	}
	if _, err := server.ReadForm(c, nil); err != nil {
		return err
	}
	if err := o.People.Protect(c.Request.Context(), signedIn(c).Actor, v.ID); err != nil {
		return o.showProtect(c, err, v)
	}
	return o.lead(c, o.path(c, "office_person", v.Event.Slug, v.Ref)+"?"+fieldDone+"=office_protect")
}

func (o *Office) showProtect(c *gin.Context, refusal error, v domain.PersonView) error {
	p, back := o.printer(c), o.personBack(c, v)
	body := formPage{
		Back: &back, Heading: p.T("manage.protect.heading", "who", whoIs(p, v.Registration)), Lead: eventName(p, v.Event),
		Text:   []string{p.T("manage.protect.means"), p.T("manage.protect.for_good")},
		Action: o.path(c, "office_protect", v.Event.Slug, v.Ref), Keep: &view.Crumb{URL: back.URL, Label: p.T("office.keep")},
	}
	if v.Protected {
		body.Text, body.Notice = nil, &view.Notice{Kind: "info", Title: p.T("manage.protect.already")}
	} else {
		body.Buttons = []button{{Label: p.T("manage.protect.button")}}
	}
	return o.answer(c, refusal, "office_protect", "office_events", body, v.Event.Slug, v.Ref)
}

const fieldWhy = "why"

// proved reports whether she has shown lately that it is she; where not, she has been led to the page that
// asks.
func (o *Office) proved(c *gin.Context) (bool, error) {
	if signedIn(c).Recent(o.Now()) {
		return true, nil
	}
	return false, o.lead(c, o.path(c, "office_prove")+"?"+url.Values{fieldNext: {toHere(c)}}.Encode())
}

func (o *Office) revealShow(c *gin.Context) error {
	v, err := o.protected(c)
	if err != nil {
		return err
	}
	if ok, err := o.proved(c); !ok {
		return err
	}
	return o.showReveal(c, nil, v, "")
}

// revealDo shows who it is, once: the answer is the page, and it is kept nowhere. That it was looked at, by
// whom and why, is in the audit log before.
func (o *Office) revealDo(c *gin.Context) error {
	v, err := o.protected(c)
	if err != nil {
		return err
	}
	in, err := server.ReadForm(c, []string{fieldWhy})
	if err != nil {
		return err
	}
	if ok, err := o.proved(c); !ok {
		return err
	}
	why := domain.RevealReason(in.Get(fieldWhy))
	if !slices.Contains(domain.RevealReasons(), why) {
		return o.showReveal(c, &domain.Error{Code: domain.CodeInvalid, Key: "manage.reveal.why_missing", Field: fieldWhy}, v, in.Get(fieldWhy))
	}
	open, err := o.People.Reveal(c.Request.Context(), signedIn(c).Actor, v.ID, why)
	if err != nil {
		return o.showReveal(c, err, v, in.Get(fieldWhy))
	}
	p := o.printer(c)
	return o.drawPerson(c, open, "person", "office_reveal", &view.Notice{
		Kind: "warning", Title: p.T("manage.reveal.shown"), Text: p.T("manage.reveal.shown_text"),
	})
}

func (o *Office) showReveal(c *gin.Context, refusal error, v domain.PersonView, why string) error {
	p, back := o.printer(c), o.personBack(c, v)
	body := formPage{
		Back: &back, Heading: p.T("manage.reveal.heading"), Lead: eventName(p, v.Event), Text: []string{p.T("manage.reveal.logged")},
		Facts:  []fact{{p.T("office.person.reference"), v.Ref}, {p.T("office.person.status"), p.T("status." + string(v.Status))}},
		Action: o.path(c, "office_reveal", v.Event.Slug, v.Ref), Keep: &view.Crumb{URL: back.URL, Label: p.T("manage.reveal.leave")},
	}
	if !v.Protected {
		body.Text, body.Facts = nil, nil
		body.Notice = &view.Notice{Kind: "info", Title: p.T("manage.reveal.open_already")}
		return o.answer(c, refusal, "office_reveal", "office_events", body, v.Event.Slug, v.Ref)
	}
	ask := revealForm(p, why)
	body.Fields, body.Buttons = ask.Fields, ask.Buttons
	return o.answer(c, refusal, "office_reveal", "office_events", body, v.Event.Slug, v.Ref)
}

// revealForm asks why someone with protected identity is to be shown.
func revealForm(p *i18n.Printer, why string) formPage {
	f := view.Field{Kind: view.FieldRadios, Name: fieldWhy, Label: p.T("manage.reveal.why"), Values: []string{why}}
	for _, r := range domain.RevealReasons() {
		f.Options = append(f.Options, view.Option{Value: string(r), Label: p.T("manage.reveal.why_" + string(r))})
	}
	return formPage{Fields: []view.Field{f}, Buttons: []button{{Label: p.T("manage.reveal.button")}}}
}

// revealable reports whether the page of someone offers to show who she is.
func revealable(a domain.Actor, v domain.PersonView) bool {
	return v.Hidden && a.MayAt(domain.PermProtect, v.Event)
}
