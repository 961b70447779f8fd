package office

import (
	"net/http"

	"github.com/gin-gonic/gin"

	"github.com/temadag/temadag/internal/domain"
	"github.com/temadag/temadag/internal/i18n"
	"github.com/temadag/temadag/internal/server"
	"github.com/temadag/temadag/internal/view"
)

// answersPage is those who wait for an answer at an event, the oldest first.
type answersPage struct {
	Back   view.Crumb
	Notice *view.Notice
	Name   string
	Left   int
	Rows   []answerRow
}

type answerRow struct {
	domain.AnswerDue
	What string
	Who  string
	URL  string
}

func (o *Office) answersShow(c *gin.Context) error {
	event, err := o.eventFor(c, domain.PermManage)
	if err != nil {
		return err
	}
	due, err := o.Desk.AnswersDue(c.Request.Context(), signedIn(c).Actor, event.Slug)
	if err != nil {
		return err
	}
	p := o.printer(c)
	body := answersPage{Back: *o.backTo(c, event), Notice: done(p, c), Name: eventName(p, event), Left: int(event.Left())}
	for _, d := range due {
		body.Rows = append(body.Rows, answerRow{
			AnswerDue: d, What: p.T(kindOf(d)), Who: whoIs(p, d.Registration), URL: o.path(c, "office_answer", event.Slug, d.Registration.Ref),
		})
	}
	return o.write(c, http.StatusOK, page{
		template: "answers", route: "office_answers", args: []string{event.Slug}, menu: "office_events",
		Page: view.Page{Title: p.T("office.answers.heading") + " – " + body.Name, Body: body},
	})
}

func kindOf(d domain.AnswerDue) string {
	if d.Request != 0 {
		return "office.answers.request"
	}
	return "office.answers.application"
}

// whoIs is the name as staff say it, or that the identity is protected.
func whoIs(p *i18n.Printer, r domain.Registration) string {
	switch {
	case r.Protected && r.Name() == "":
		return p.T("office.protected", "reference", r.Ref)
	case r.Name() == "":
		return p.T("office.unnamed", "reference", r.Ref)
	}
	return r.Name()
}

// due is who waits under the reference number in the address.
func (o *Office) due(c *gin.Context) (domain.AnswerDue, domain.Event, error) {
	event, err := o.eventFor(c, domain.PermManage)
	if err != nil {
		return domain.AnswerDue{}, event, err
	}
	all, err := o.Desk.AnswersDue(c.Request.Context(), signedIn(c).Actor, event.Slug)
	if err != nil {
		return domain.AnswerDue{}, event, err
	}
	ref, _ := domain.ParseReference(c.Param("ref"))
	for _, d := range all {
		if d.Registration.Ref == ref {
			return d, event, nil
		}
	}
	return domain.AnswerDue{}, event, domain.NotFound("registration.not_found")
}

func (o *Office) answerShow(c *gin.Context) error {
	d, event, err := o.due(c)
	if err != nil {
		return err
	}
	return o.showAnswer(c, nil, d, event, "", "")
}

// answerDo asks once more, and then says yes or no.
func (o *Office) answerDo(c *gin.Context) error {
	d, event, err := o.due(c)
	if err != nil {
		return err
	}
	in, err := server.ReadForm(c, []string{"answer", fieldReason, fieldStep})
	if err != nil {
		return err
	}
	answer, reason := in.Get("answer"), in.Get(fieldReason)
	if err := readAnswer(answer, reason); err != nil {
		return o.showAnswer(c, err, d, event, answer, reason)
	}
	if in.Get(fieldStep) != stepConfirm {
		return o.askAnswer(c, d, event, answer, reason)
	}
	ctx, a := c.Request.Context(), signedIn(c).Actor
	if d.Request != 0 {
		err = o.Registrations.DecideRequest(ctx, a, d.Request, answer == "yes", reason)
	} else {
		err = o.Registrations.Decide(ctx, a, d.Registration.ID, answer == "yes", reason)
	}
	if err != nil {
		return o.showAnswer(c, err, d, event, answer, reason)
	}
	return o.lead(c, o.path(c, "office_answers", event.Slug)+"?"+fieldDone+"=answered")
}

func readAnswer(answer, reason string) error {
	v := &domain.Invalid{}
	if answer != "yes" && answer != "no" {
		v.Add("answer", "office.answer.missing", nil)
	}
	if _, err := domain.ReadReason(fieldReason, reason, answer == "no"); err != nil {
		v.Faults = append(v.Faults, faultsOf(err)...)
	}
	return v.Err()
}

func (o *Office) answerFacts(p *i18n.Printer, d domain.AnswerDue) []fact {
	r := d.Registration
	out := []fact{{p.T("office.person.name"), whoIs(p, r)}, {p.T("office.person.reference"), r.Ref}}
	for _, f := range []fact{
		{p.T("office.person.organisation"), r.Organisation},
		{p.T("office.person.title"), r.Title},
		{p.T("office.answers.reason"), d.Reason},
	} {
		if f.Value != "" {
			out = append(out, f)
		}
	}
	return append(out, fact{p.T("office.answers.since"), p.Instant(d.At)})
}

func (o *Office) showAnswer(c *gin.Context, refusal error, d domain.AnswerDue, event domain.Event, answer, reason string) error {
	p, key := o.printer(c), kindOf(d)
	back := view.Crumb{URL: o.path(c, "office_answers", event.Slug), Label: p.T("office.answers.heading")}
	return o.answer(c, refusal, "office_answer", "office_events", formPage{
		Back: &back, Heading: p.T(key+"_heading", "who", whoIs(p, d.Registration)), Lead: eventName(p, event),
		Facts: o.answerFacts(p, d), Action: o.path(c, "office_answer", event.Slug, d.Registration.Ref),
		Fields: []view.Field{
			{
				Kind: view.FieldRadios, Name: "answer", Label: p.T("office.answer.label"), Values: []string{answer},
				Options: []view.Option{{Value: "yes", Label: p.T(key + "_yes")}, {Value: "no", Label: p.T(key + "_no")}},
			},
			reasonField(p, reason, "office.answer.reason_hint"),
		},
		Buttons: []button{{Label: p.T("office.go_on")}}, Keep: &back,
	}, event.Slug, d.Registration.Ref)
}

func (o *Office) askAnswer(c *gin.Context, d domain.AnswerDue, event domain.Event, answer, reason string) error {
	p, key := o.printer(c), kindOf(d)+"_"+answer
	facts := []fact{{p.T("office.answer.label"), p.T(key)}}
	if reason != "" {
		facts = append(facts, fact{p.T("office.reason"), shown(reason)})
	}
	self := o.path(c, "office_answer", event.Slug, d.Registration.Ref)
	return o.answer(c, nil, "office_answer", "office_events", formPage{
		Back: &view.Crumb{URL: self, Label: p.T("office.back")}, Heading: p.T("office.answer.ask", "who", whoIs(p, d.Registration)),
		Lead: p.T(key + "_means"), Facts: facts, Action: self, Hidden: []hidden{{"answer", answer}, {fieldReason, shown(reason)}},
		Buttons: []button{{Name: fieldStep, Value: stepConfirm, Label: p.T(key + "_button")}},
		Keep:    &view.Crumb{URL: self, Label: p.T("office.back")},
	}, event.Slug, d.Registration.Ref)
}

// reasonField asks for a reason that the person is told.
func reasonField(p *i18n.Printer, typed, hint string) view.Field {
	return view.Field{
		Kind: view.FieldLongText, Name: fieldReason, Label: p.T("office.reason"), Hint: p.T(hint), Value: shown(typed), Max: domain.MaxReason,
	}
}
