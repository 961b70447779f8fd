package office

import (
	"strings"

	"github.com/gin-gonic/gin"

	"github.com/temadag/temadag/internal/domain"
	"github.com/temadag/temadag/internal/i18n"
	"github.com/temadag/temadag/internal/server"
	"github.com/temadag/temadag/internal/view"
)

// The fields of the page that calls an event off.
const (
	fieldReasonSv = "reason_sv"
	fieldReasonEn = "reason_en"
	fieldSure     = "sure"
)

func (o *Office) callOffShow(c *gin.Context) error {
	plan, err := o.Events.PlanCancel(c.Request.Context(), signedIn(c).Actor, c.Param("slug"))
	if err != nil {
		return o.callOffRefused(c, err)
	}
	if plan.Was.State == domain.EventCancelled {
		return o.lead(c, o.path(c, "office_reach", plan.Was.Slug))
	}
	letter, err := o.Automatics.ForChange(c.Request.Context(), signedIn(c).Actor, plan.Was.Slug, domain.AutomaticCancelled)
	if err != nil {
		return err
	}
	typed := callOffTyped{reason: letter.Body, tell: domain.TellAll}
	if !letter.On {
		typed.tell = domain.TellNobody
	}
	return o.showCallOff(c, nil, plan, typed)
}

// callOffTyped is what was typed on the page.
type callOffTyped struct {
	reason domain.Text
	tell   domain.TellWhom
	sure   bool
}

// callOffDo calls the event off for good, once it is said why and that one is sure. Pressed twice it does
// it once.
func (o *Office) callOffDo(c *gin.Context) error {
	ctx, a := c.Request.Context(), signedIn(c).Actor
	plan, err := o.Events.PlanCancel(ctx, a, c.Param("slug"))
	if err != nil {
		return o.callOffRefused(c, err)
	}
	in, err := server.ReadForm(c, []string{fieldReasonSv, fieldReasonEn, fieldSure, fieldTell})
	if err != nil {
		return err
	}
	slug := plan.Was.Slug
	if plan.Was.State == domain.EventCancelled {
		return o.lead(c, o.path(c, "office_reach", slug))
	}
	typed := callOffTyped{
		reason: domain.Text{Sv: in.Get(fieldReasonSv), En: in.Get(fieldReasonEn)}, sure: in.Get(fieldSure) == "yes", tell: domain.TellAll,
	}
	if in.Get(fieldTell) != "" { // without the choice everyone is told
		typed.tell = domain.TellWhom(in.Get(fieldTell))
	}
	if !typed.sure {
		return o.showCallOff(c, unsure(typed.reason), plan, typed)
	}
	if _, err := o.Events.CallOff(ctx, a, slug, typed.reason, typed.tell); err != nil {
		return o.showCallOff(c, err, plan, typed)
	}
	return o.lead(c, o.path(c, "office_reach", slug)+"?"+fieldDone+"=called_off")
}

// unsure is what is missing where the box is not ticked, a missing reason too.
func unsure(reason domain.Text) error {
	v := &domain.Invalid{}
	if strings.TrimSpace(reason.Sv) == "" {
		v.Add(fieldReasonSv, "edit.reason.missing", nil)
	}
	v.Add(fieldSure, "office.call_off.sure_missing", nil)
	return v.Err()
}

// callOffRefused tells why an event cannot be called off.
func (o *Office) callOffRefused(c *gin.Context, err error) error {
	d, draftErr := o.draft(c)
	if draftErr != nil {
		return draftErr
	}
	p := o.printer(c)
	return o.answer(c, err, "office_call_off", "office_events", formPage{
		Back: o.backTo(c, d.Event), Heading: p.T("office.call_off.heading"), Lead: eventName(p, d.Event),
	}, d.Event.Slug)
}

func (o *Office) showCallOff(c *gin.Context, refusal error, plan domain.ChangePlan, typed callOffTyped) error {
	p, e, n := o.printer(c), plan.Was, plan.Holdings.Live()
	said := p.T("office.call_off.sure_nobody")
	if n > 0 {
		said = p.T("office.call_off.sure_yes", "count", n)
	}
	box := view.Field{Kind: view.FieldCheckboxes, Name: fieldSure, Label: p.T("office.call_off.sure"), Options: []view.Option{{Value: "yes", Label: said}}}
	if typed.sure {
		box.Values = []string{"yes"}
	}
	fields := []view.Field{
		{
			Kind: view.FieldLongText, Name: fieldReasonSv, Label: p.T("office.call_off.reason_sv"), Hint: p.T("office.call_off.reason_hint"),
			Value: shown(typed.reason.Sv), Max: domain.MaxReason,
		},
		{
			Kind: view.FieldLongText, Name: fieldReasonEn, Label: p.T("office.call_off.reason_en"), Hint: p.T("office.change.note_en_hint"),
			Value: shown(typed.reason.En), Max: domain.MaxReason, Optional: true,
		},
	}
	if n > 0 {
		fields = append(fields, callOffTells(p, plan.Holdings, typed.tell))
	}
	body := changePage{
		formPage: formPage{
			Back: o.backTo(c, e), Heading: p.T("office.call_off.heading"), Lead: eventName(p, e), Action: o.path(c, "office_call_off", e.Slug),
			Facts: []fact{{p.T("office.fact.when"), p.When(e)}, {p.T("office.fact.where"), whereWords(p, e)}}, Text: callOffMeans(p, plan.Holdings),
			Fields:  append(fields, box),
			Buttons: []button{{Label: p.T("office.call_off.button"), Kind: "danger"}},
			Keep:    &view.Crumb{URL: o.path(c, "office_event", e.Slug), Label: p.T("office.keep")},
			Links:   []view.Crumb{{URL: o.path(c, "office_change", e.Slug), Label: p.T("office.call_off.or_move")}},
		},
		Concerned: concernedBy(p, plan.Holdings),
	}
	status, err := o.faulty(c, refusal, &body.formPage)
	if err != nil {
		return err
	}
	return o.write(c, status, page{
		template: "change", route: "office_call_off", args: []string{e.Slug}, menu: "office_events",
		Page: view.Page{Title: body.Heading + " – " + eventName(p, e), Errors: len(body.Faults), Body: body},
	})
}

// callOffTells asks whether those concerned get a letter.
func callOffTells(p *i18n.Printer, h domain.Holdings, tell domain.TellWhom) view.Field {
	f := view.Field{Kind: view.FieldRadios, Name: fieldTell, Label: p.T("office.change.tell"), Values: []string{string(tell)}}
	for _, t := range []domain.TellWhom{domain.TellAll, domain.TellNobody} {
		f.Options = append(f.Options, view.Option{
			Value: string(t), Label: p.T("office.change.tell."+string(t), "count", h.Live(), "letters", h.Live()-h.NoEmail),
			Hint: p.T("office.call_off.tell_hint." + string(t)),
		})
	}
	return f
}

// callOffMeans is what happens when it is done.
func callOffMeans(p *i18n.Printer, h domain.Holdings) []string {
	out := []string{p.T("office.call_off.page")}
	if h.NoEmail > 0 {
		out = append(out, p.T("office.change.no_email", "count", h.NoEmail))
	}
	if h.Live() > 0 {
		out = append(out, p.T("office.call_off.places"))
	}
	return append(out, p.T("office.call_off.for_good"))
}
