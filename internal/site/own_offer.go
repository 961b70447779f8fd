package site

import (
	"context"
	"net/http"
	"time"

	"github.com/gin-gonic/gin"

	"github.com/temadag/temadag/internal/domain"
	"github.com/temadag/temadag/internal/server"
)

// offer is a place that waits for an answer, the first thing on the personal page.
type offer struct {
	Race   bool // free for whoever answers first
	Until  time.Time
	Pair   bool   // one place has come for two, who may wait for the second
	Cancel string // until when the place could be given back
	Fee    string // for staying away; "" for none
	Rules  rules
	Action string
}

// reply is a button of an offer.
type reply string

const (
	replyYes  reply = "yes"
	replyNo   reply = "no"
	replyWait reply = "wait"
)

// newOffer is the offer that is open to her now, or nil.
func (s *Site) newOffer(v ownVisit) *offer {
	if !v.Options.Answer && !v.Options.Claim {
		return nil
	}
	o := offer{
		Race: v.Options.Claim, Until: v.Registration.OfferUntil, Pair: v.Options.Answer && aloneOf(v.History),
		Rules: ownRules(v), Action: s.paths.For(v.lang(), "own_offer", v.token),
	}
	if v.Event.NoShowFee > 0 && v.Event.Binding {
		o.Fee = v.p.T("own.offer.fee", "kronor", v.Event.NoShowFee)
	}
	seated := v.Registration
	seated.Status = domain.Confirmed
	switch then := v.Event.Options(seated, s.now()); {
	case then.Cancel:
		o.Cancel = v.p.T("own.offer.cancel_until", "day", then.CancelUntil)
	case then.CancelUntil.IsZero():
		o.Cancel = v.p.T("own.offer.cancel_never")
	default:
		o.Cancel = v.p.T("own.offer.cancel_passed", "day", then.CancelUntil)
	}
	return &o
}

// aloneOf reports whether the latest offer is one place for a pair.
func aloneOf(history []domain.HistoryEntry) bool {
	for i := len(history) - 1; i >= 0; i-- {
		if history[i].Kind == domain.HistoryOffered {
			return history[i].Details.Alone
		}
	}
	return false
}

// ownOfferShow leads those who come back to the address of the buttons to where the buttons are.
func (s *Site) ownOfferShow(c *gin.Context) error {
	v, err := s.visit(c)
	if err != nil {
		return err
	}
	return s.toOwn(v, v.token, "")
}

// ownOfferDo answers the offer. An answer given before is shown as it was the first time, and one
// that came too late says so on the personal page.
func (s *Site) ownOfferDo(c *gin.Context) error {
	v, err := s.visit(c)
	if err != nil {
		return err
	}
	in, err := readOwn(c, []string{"reply"}, nil)
	if err != nil {
		return err
	}
	say, done := s.registrations.Accept, doneAccepted
	switch reply(in.Get("reply")) {
	case replyYes:
	case replyNo:
		say, done = s.registrations.Decline, doneRefused
	case replyWait:
		say, done = s.registrations.WaitForTwo, doneWaits
	default:
		return &server.Refusal{Status: http.StatusBadRequest, Key: "error.form_unknown"}
	}
	return s.replied(v, done, say)
}

func (s *Site) replied(v ownVisit, done string, say func(context.Context, domain.Actor, string) error) error {
	err := say(v.c.Request.Context(), server.ActorOf(v.c), v.token)
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
	if shows(done, v.OwnRegistration) { // by the other of two clicks
		return s.toOwn(v, v.token, done)
	}
	return s.showOwn(v, a)
}

func (s *Site) ownOfferCrowded(c *gin.Context) error {
	v, err := s.visit(c)
	if err != nil {
		return err
	}
	return s.showOwn(v, v.crowded())
}

// ownRules is what her registration binds to: the terms she accepted, with the event's days.
func ownRules(v ownVisit) rules {
	r := newRules(v.p, v.Event)
	r.Terms = v.Terms
	return r
}
