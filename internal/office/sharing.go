package office

import (
	"slices"

	"github.com/gin-gonic/gin"

	"github.com/temadag/temadag/internal/domain"
	"github.com/temadag/temadag/internal/server"
	"github.com/temadag/temadag/internal/service"
	"github.com/temadag/temadag/internal/view"
)

// shared is the event of the page for whoever may say which other counties see it, and all organisers.
func (o *Office) shared(c *gin.Context) (service.EventEditing, []domain.Organiser, error) {
	d, err := o.draft(c)
	if err == nil && !d.Shares {
		err = domain.NotFound("event.not_found")
	}
	if err != nil {
		return d, nil, err
	}
	all, err := o.Programme.Organisers(c.Request.Context())
	return d, all, err
}

func (o *Office) shareShow(c *gin.Context) error {
	d, all, err := o.shared(c)
	if err != nil {
		return err
	}
	return o.showShare(c, nil, d.Event, all, "")
}

// shareDo asks once more what the other county will see, and then shows it.
func (o *Office) shareDo(c *gin.Context) error {
	d, all, err := o.shared(c)
	if err != nil {
		return err
	}
	in, err := server.ReadForm(c, []string{"county", fieldStep})
	if err != nil {
		return err
	}
	code := domain.OrganiserCode(in.Get("county"))
	i := slices.IndexFunc(all, func(org domain.Organiser) bool { return org.Code == code && code != d.Event.Owner.Code })
	if i < 0 {
		wrong := &domain.Error{Code: domain.CodeInvalid, Key: "edit.county.wrong", Field: "county"}
		return o.showShare(c, wrong, d.Event, all, in.Get("county"))
	}
	if in.Get(fieldStep) != stepConfirm {
		return o.askShare(c, d.Event, all[i])
	}
	if err := o.Events.Share(c.Request.Context(), signedIn(c).Actor, d.Event.Slug, code); err != nil {
		return o.showShare(c, err, d.Event, all, in.Get("county"))
	}
	return o.lead(c, o.path(c, "office_share", d.Event.Slug)+"?"+fieldDone+"=shared")
}

// sharePage is who arranges an event together with its owner.
type sharePage struct {
	formPage

	With []shareRow
}

type shareRow struct {
	Name string
	URL  string // to end it
}

func (o *Office) showShare(c *gin.Context, refusal error, e domain.Event, all []domain.Organiser, typed string) error {
	p := o.printer(c)
	options := []view.Option{{Label: p.T("office.share.choose")}}
	body := sharePage{formPage: formPage{
		Back: o.backTo(c, e), Notice: done(p, c), Heading: p.T("office.share.heading"), Lead: eventName(p, e),
		Action: o.path(c, "office_share", e.Slug),
	}}
	for _, org := range all {
		switch {
		case org.Code == e.Owner.Code:
		case slices.Contains(e.Rules.CoOrganisers, org.Code):
			body.With = append(body.With, shareRow{org.Name, o.path(c, "office_unshare", e.Slug, string(org.Code))})
		default:
			options = append(options, view.Option{Value: string(org.Code), Label: org.Name})
		}
	}
	if len(options) > 1 {
		body.Fields = []view.Field{{
			Kind: view.FieldSelect, Name: "county", Label: p.T("office.share.county"), Hint: p.T("office.share.hint"), Values: []string{typed}, Options: options,
		}}
		body.Buttons = []button{{Label: p.T("office.go_on")}}
	}
	status, err := o.faulty(c, refusal, &body.formPage)
	if err != nil {
		return err
	}
	return o.write(c, status, page{
		template: "share", route: "office_share", args: []string{e.Slug}, menu: "office_events",
		Page: view.Page{Title: body.Heading + " – " + body.Lead, Errors: len(body.Faults), Body: body},
	})
}

func (o *Office) askShare(c *gin.Context, e domain.Event, with domain.Organiser) error {
	p := o.printer(c)
	self := view.Crumb{URL: o.path(c, "office_share", e.Slug), Label: p.T("office.share.heading")}
	return o.answer(c, nil, "office_share", "office_events", formPage{
		Back: &self, Heading: p.T("office.share.ask", "county", with.Name), Lead: eventName(p, e),
		Text:   []string{p.T("office.share.means"), p.T("office.share.not")},
		Action: self.URL, Hidden: []hidden{{"county", string(with.Code)}},
		Buttons: []button{{Name: fieldStep, Value: stepConfirm, Label: p.T("office.share.button")}},
		Keep:    &view.Crumb{URL: self.URL, Label: p.T("office.keep")},
	}, e.Slug)
}

// sharedWith is the co-organiser that the address names.
func (o *Office) sharedWith(c *gin.Context) (domain.Event, domain.Organiser, error) {
	d, all, err := o.shared(c)
	if err != nil {
		return d.Event, domain.Organiser{}, err
	}
	i := slices.IndexFunc(all, func(org domain.Organiser) bool { return string(org.Code) == c.Param("name") })
	if i < 0 {
		return d.Event, domain.Organiser{}, domain.NotFound("organiser.not_found")
	}
	return d.Event, all[i], nil
}

func (o *Office) unshareShow(c *gin.Context) error {
	e, with, err := o.sharedWith(c)
	if err == nil && !slices.Contains(e.Rules.CoOrganisers, with.Code) {
		err = domain.NotFound("organiser.not_found")
	}
	if err != nil {
		return err
	}
	p := o.printer(c)
	back := view.Crumb{URL: o.path(c, "office_share", e.Slug), Label: p.T("office.share.heading")}
	return o.answer(c, nil, "office_unshare", "office_events", formPage{
		Back: &back, Heading: p.T("office.unshare.ask", "county", with.Name), Lead: eventName(p, e), Text: []string{p.T("office.unshare.means")},
		Action:  o.path(c, "office_unshare", e.Slug, string(with.Code)),
		Buttons: []button{{Label: p.T("office.unshare.button"), Kind: "danger"}}, Keep: &view.Crumb{URL: back.URL, Label: p.T("office.keep")},
	}, e.Slug, string(with.Code))
}

func (o *Office) unshareDo(c *gin.Context) error {
	e, with, err := o.sharedWith(c)
	if err != nil {
		return err
	}
	if _, err := server.ReadForm(c, nil); err != nil {
		return err
	}
	if err := o.Events.Unshare(c.Request.Context(), signedIn(c).Actor, e.Slug, with.Code); err != nil {
		return err
	}
	return o.lead(c, o.path(c, "office_share", e.Slug)+"?"+fieldDone+"=unshared")
}

// mayShare reports whether the actor may say which other counties see the event: her own county's, and
// none that it is shared with.
func mayShare(a domain.Actor, e domain.Event) bool {
	e.Rules.CoOrganisers = nil
	return a.MayAt(domain.PermEditProgramme, e)
}
