package site

import (
	"net/http"

	"github.com/gin-gonic/gin"

	"github.com/temadag/temadag/internal/domain"
	"github.com/temadag/temadag/internal/server"
	"github.com/temadag/temadag/internal/view"
)

// ownCancelPage gives back a place, leaves the queue or takes back an application; where it is too
// late, it says what can be done instead.
type ownCancelPage struct {
	ownFrame
	Kind     string // "place", "queue" or "application": what is given up
	Can      bool   // it can be given up now
	Ask      bool   // the organiser can be asked
	Asked    bool   // and has been
	Until    domain.Date
	Longer   bool // Until is later for her than for others
	Waiting  int  // people who would be glad of the place
	Why      string
	Reason   view.Field
	HandOver string // where the place can be handed over; "" for nowhere
}

// The buttons of the page.
const (
	stepCancel step = "cancel"
	stepAsk    step = "ask"
	stepAlone  step = "alone" // cannot come and has nobody to hand the place over to; the button is on another page
)

func (s *Site) ownCancelShow(c *gin.Context) error {
	v, err := s.visit(c)
	if err != nil {
		return err
	}
	if !v.status().Live() {
		return s.toOwn(v, v.token, "")
	}
	return s.showCancel(v, "", again{})
}

// ownCancelDo gives up what the page told of, or asks the organiser. Whoever has given it up already
// is shown the same as the first time.
func (s *Site) ownCancelDo(c *gin.Context) error {
	v, err := s.visit(c)
	if err != nil {
		return err
	}
	in, err := readOwn(c, []string{fieldStep, fieldSeen, fieldReason}, nil)
	if err != nil {
		return err
	}
	seen, reason := domain.RegistrationStatus(in.Get(fieldSeen)), in.Get(fieldReason)
	switch asked := step(in.Get(fieldStep)); {
	case asked != stepCancel && asked != stepAsk && asked != stepAlone:
		return &server.Refusal{Status: http.StatusBadRequest, Key: "error.form_unknown"}
	case v.status() == domain.Cancelled:
		return s.toOwn(v, v.token, doneCancelled(seen))
	case v.status() == domain.Offered: // the offer has buttons of its own
		return s.showCancel(v, reason, again{status: http.StatusConflict})
	case v.status() != seen: // what she gave up is not what she has now
		return s.showCancel(v, reason, v.notice(http.StatusConflict, "changed"))
	case asked != stepCancel && v.Asked:
		return s.toOwn(v, v.token, doneAsked)
	case asked == stepAlone:
		err = s.registrations.SayNotComing(c.Request.Context(), server.ActorOf(c), v.token, v.p.T("own.not_coming.alone_reason"))
		return s.cancelled(v, "", doneAsked, err)
	case asked == stepAsk:
		err = s.registrations.AskToCancel(c.Request.Context(), server.ActorOf(c), v.token, reason)
		return s.cancelled(v, reason, doneAsked, err)
	}
	err = s.registrations.Cancel(c.Request.Context(), server.ActorOf(c), v.token, reason)
	return s.cancelled(v, reason, doneCancelled(seen), err)
}

func (s *Site) cancelled(v ownVisit, reason, done string, err error) error {
	if err == nil {
		return s.toOwn(v, v.token, done)
	}
	a, err := v.refusal(err)
	if err != nil {
		return err
	}
	if v, err = s.visit(v.c); err != nil {
		return err
	}
	return s.showCancel(v, reason, a)
}

func (s *Site) ownCancelCrowded(c *gin.Context) error {
	v, err := s.visit(c)
	if err != nil {
		return err
	}
	in, err := readOwn(c, []string{fieldStep, fieldSeen, fieldReason}, nil)
	if err != nil {
		return err
	}
	return s.showCancel(v, in.Get(fieldReason), v.crowded())
}

func (s *Site) showCancel(v ownVisit, reason string, a again) error {
	o, p := v.Options, v.p
	kind := kindOf(v.status())
	area := "cancel"
	if o.Ask {
		area = "ask"
	}
	body := ownCancelPage{
		ownFrame: s.ownFrame(v, "own_cancel", p.T("own.cancel."+kind+".heading")),
		Kind:     kind, Can: o.Cancel || o.Leave, Ask: o.Ask, Asked: v.Asked,
		Until: o.CancelUntil, Longer: v.Event.CancelUntil.Before(o.CancelUntil), Waiting: v.Event.Waiting,
	}
	if o.Ask {
		body.Heading = p.T("own.ask.heading")
	}
	if !body.Can {
		body.Why = whyNot(v, s.now())
	}
	if o.HandOver {
		body.HandOver = s.paths.For(v.lang(), "own_hand_over", v.token)
	}
	asked := formPart{Fields: []view.Field{reasonField(p, reason, area, !o.Ask)}}
	body.again(a, p, asked)
	body.Reason = asked.Fields[0]
	return s.writeOwn(v, a, "cancel", "own_cancel", body.ownFrame, body)
}

// kindOf is what someone with the status would give up.
func kindOf(status domain.RegistrationStatus) string {
	switch status {
	case domain.Waitlisted:
		return "queue"
	case domain.Pending:
		return "application"
	}
	return "place"
}
