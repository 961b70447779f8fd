package site

import (
	"cmp"

	"github.com/gin-gonic/gin"

	"github.com/temadag/temadag/internal/domain"
	"github.com/temadag/temadag/internal/server"
)

// The reminder asks whether she is coming, and its two buttons lead here. Mail scanners follow links: looking
// at either page changes nothing, and the answer is what is pressed on it.

// ownComingPage has the one button that says yes.
type ownComingPage struct {
	ownFrame
	Said  string // when she has said so already
	Not   string // the page for who cannot come
	Where string
}

// ownNotComingPage tells what binding means and what can be done instead of staying away.
type ownNotComingPage struct {
	ownFrame
	Phone  string // to call at once
	Lines  []string
	Ways   []way  // what can be done now, the best first
	Alone  string // where it is told that nobody can take the place; "" where that is not needed, or is told
	Coming string // the page for who comes after all
	Rules  rules
}

const doneComing = "kommer"

// mayCome reports whether there is anything to come to.
func (s *Site) mayCome(v ownVisit) bool {
	return v.status() == domain.Confirmed && v.Event.State == domain.EventPublished && v.Event.Availability(s.now()) != domain.AvailableHeld
}

func (s *Site) ownComingShow(c *gin.Context) error {
	v, err := s.visit(c)
	if err != nil {
		return err
	}
	if !s.mayCome(v) {
		return s.toOwn(v, v.token, "")
	}
	return s.showComing(v, again{})
}

// ownComingDo notes that she is coming; pressed twice it says the same as the first time.
func (s *Site) ownComingDo(c *gin.Context) error {
	v, err := s.visit(c)
	if err != nil {
		return err
	}
	if _, err := readOwn(c, []string{fieldSeen}, nil); err != nil {
		return err
	}
	if !s.mayCome(v) {
		return s.toOwn(v, v.token, "")
	}
	err = s.registrations.SayComing(c.Request.Context(), server.ActorOf(c), v.token)
	if err == nil {
		return s.toOwn(v, v.token, doneComing)
	}
	a, err := v.refusal(err)
	if err != nil {
		return err
	}
	return s.showComing(v, a)
}

func (s *Site) ownComingCrowded(c *gin.Context) error {
	v, err := s.visit(c)
	if err != nil {
		return err
	}
	if _, err := readOwn(c, []string{fieldSeen}, nil); err != nil {
		return err
	}
	if !s.mayCome(v) {
		return s.toOwn(v, v.token, "")
	}
	return s.showComing(v, v.crowded())
}

func (s *Site) showComing(v ownVisit, a again) error {
	body := ownComingPage{
		ownFrame: s.ownFrame(v, "own_coming", v.p.T("own.coming.heading")),
		Not:      s.paths.For(v.lang(), "own_not_coming", v.token), Where: placeAndTown(v.p, v.Event),
	}
	if at := v.Registration.Coming; !at.IsZero() {
		body.Said = v.p.T("own.coming.said", "at", at)
	}
	body.again(a, v.p)
	return s.writeOwn(v, a, "coming", "own_coming", body.ownFrame, body)
}

// ownNotComingShow leads to what can be done at this moment: give the place back while that is free, else hand
// it over, else tell the organiser, which one button does. That she sees in her history, and staff among those
// who have asked to be let off.
func (s *Site) ownNotComingShow(c *gin.Context) error {
	v, err := s.visit(c)
	if err != nil {
		return err
	}
	if !s.mayCome(v) {
		return s.toOwn(v, v.token, "")
	}
	o, p := v.Options, v.p
	body := ownNotComingPage{
		ownFrame: s.ownFrame(v, "own_not_coming", p.T("own.not_coming.heading")), Phone: cmp.Or(v.Event.Contact.Phone, v.Event.Owner.Phone),
		Coming: s.paths.For(v.lang(), "own_coming", v.token), Rules: ownRules(v),
	}
	if v.Event.Binding {
		body.Lines = append(body.Lines, p.T("own.not_coming.binding"))
	}
	if v.Asked {
		body.Lines = append(body.Lines, p.T("own.now.asked"))
	}
	for _, w := range []struct {
		may                bool
		route, label, hint string
	}{
		{o.Cancel, "own_cancel", "own.way.cancel_place", "own.not_coming.cancel_hint"},
		{o.HandOver, "own_hand_over", "own.way.hand_over", "own.not_coming.hand_over_hint"},
	} {
		if w.may {
			body.Ways = append(body.Ways, way{URL: s.paths.For(v.lang(), w.route, v.token), Label: p.T(w.label), Hint: p.T(w.hint, "day", o.CancelUntil)})
		}
	}
	if !o.Cancel {
		key := "own.now.cancel_passed"
		if o.CancelUntil.IsZero() {
			key = "own.now.cancel_never"
		}
		body.Lines = append(body.Lines, p.T(key, "day", o.CancelUntil))
	}
	if o.HandOver && !o.Cancel && !v.Asked {
		body.Alone = s.paths.For(v.lang(), "own_cancel", v.token)
	}
	return s.writeOwn(v, again{}, "not_coming", "own_not_coming", body.ownFrame, body)
}
