package site

import (
	"strings"

	"github.com/gin-gonic/gin"

	"github.com/temadag/temadag/internal/domain"
)

// ownPrintPage is the confirmation on paper: what the letter tells, for those who have registered
// without an e-mail address, or want it in their hand.
type ownPrintPage struct {
	ownFrame
	Registration domain.Registration
	Person       string
	Status       string   // "Du är anmäld"
	Now          []string // as on the personal page
	Queue        *queuePlace
	Where        string
	Arrival      string
	Sessions     []chosenLine
	Facts        []fact // of the person
	Rules        rules
	Terms        domain.Terms
	TermsHeading string
	Cancel       string
	Privacy      []string
	Link         string // the personal page, to be typed; "" for who has had it by e-mail
	Ended        bool   // there is nothing left to confirm
	Page         string // the event's
	At           string
}

// printEnded reports whether the registration, or the event, holds no longer.
func printEnded(v ownVisit) bool {
	return !v.status().Live() || v.Event.State == domain.EventCancelled
}

// printKind is what the paper is, as its heading and the way to it are called after "own.print.heading"
// and "own.way.print". It never promises more than the registration gives: a place in the queue is no place.
func printKind(v ownVisit) string {
	switch {
	case printEnded(v):
		return ".ended"
	case v.status() == domain.Pending:
		return ".application"
	case v.status() == domain.Waitlisted, v.status() == domain.Offered:
		return ".queue"
	}
	return ""
}

func (s *Site) ownPrint(c *gin.Context) error {
	v, err := s.visit(c)
	if err != nil {
		return err
	}
	p, l, r := v.p, v.lang(), v.Registration
	body := ownPrintPage{
		ownFrame: s.ownFrame(v, "own_print", v.p.T("own.print.heading"+printKind(v))), Registration: r, Person: r.Name(),
		Status: ownHeading(v, s.now()), Now: s.ownNow(v), Queue: newQueuePlace(v, s.now()), Where: placeAndTown(p, v.Event),
		Arrival: p.Hours(v.Event.Arrival, v.Event.Arrival), Sessions: chosenLines(p, v.OwnRegistration.Sessions),
		Rules: ownRules(v), Terms: v.Terms, TermsHeading: termsHeading(v), Cancel: cancelLine(p, v.Event, r.Status),
		Privacy: []string{p.T("privacy.controller", "authority", v.Event.Owner.Name), keptLine(p, v.Event)},
		Page:    s.base + s.paths.For(l, "event", v.Event.Slug),
		At:      p.Instant(s.now()), Ended: printEnded(v),
	}
	if r.Channel != domain.ChannelWeb || r.Email == "" {
		body.Link = s.base + s.paths.For(l, "own", v.token)
	}
	for _, f := range []fact{
		{p.T("own.print.name"), body.Person},
		{p.T("registration.email.label"), r.Email},
		{p.T("registration.phone.label"), r.Phone},
		{p.T("registration.organisation.label"), r.Organisation},
	} {
		if f.Value != "" {
			body.Facts = append(body.Facts, f)
		}
	}
	if v.Event.Owner.DPO != "" {
		body.Privacy = append(body.Privacy, p.T("privacy.rights", "dpo", v.Event.Owner.DPO))
	}
	body.Where = strings.TrimSpace(body.Where)
	return s.writeOwn(v, again{}, "print", "own_print", body.ownFrame, body)
}
