package site

import (
	"net/http"

	"github.com/gin-gonic/gin"

	"github.com/temadag/temadag/internal/domain"
	"github.com/temadag/temadag/internal/i18n"
	"github.com/temadag/temadag/internal/server"
	"github.com/temadag/temadag/internal/service"
	"github.com/temadag/temadag/internal/view"
)

// ownTownPage moves the place to one other town, in one step: with that event's own questions and
// terms, and the button that binds.
type ownTownPage struct {
	ownFrame
	To         occasion
	ToName     string
	ToTown     string
	Place      place // what she is told she would get
	Queue      bool
	Apply      bool // the organiser there says yes or no
	Needs      bool // what she has told of food and access does not come along
	Asks       bool // the other town asks about it
	Terms      int64
	Rules      rules
	Parts      []formPart
	Button     string
	Towns      string // back to the list
	Privacy    []string
	Controller string // who becomes responsible for her personal data; "" where nobody else does
	Erased     string // when her needs are erased there
}

// ownTownShow is the page of one town. Where she cannot move there, it leads to the list, which says
// why.
func (s *Site) ownTownShow(c *gin.Context) error {
	v, to, err := s.town(c)
	if err != nil {
		return err
	}
	if s.cannotMove(v, to) {
		return s.toTowns(v)
	}
	return s.showTown(v, to, posted{}, again{})
}

// town is the visit and the event she may want to move to, which must be of the same series.
func (s *Site) town(c *gin.Context) (ownVisit, domain.Event, error) {
	v, err := s.visit(c)
	if err != nil {
		return ownVisit{}, domain.Event{}, err
	}
	to, err := s.programme.Event(c.Request.Context(), c.Param("slug"))
	if err == nil && (to.SeriesID == 0 || to.SeriesID != v.Event.SeriesID || to.ID == v.Event.ID) {
		err = domain.NotFound("event.not_found")
	}
	return v, to, err
}

func (s *Site) cannotMove(v ownVisit, to domain.Event) bool {
	return !v.Options.Move || !takes(to, s.now()) || otherIn(v.OwnRegistration, to.Slug) != nil
}

func (s *Site) toTowns(v ownVisit) error {
	v.c.Redirect(http.StatusSeeOther, s.paths.For(v.lang(), "own_move", v.token))
	return nil
}

// ownTownDo moves the place, or stands in the queue of the other town while the place is kept. Who
// has moved already is led to where she went.
func (s *Site) ownTownDo(c *gin.Context) error {
	v, to, err := s.town(c)
	if err != nil {
		return err
	}
	in, err := readTown(c, to)
	if err != nil {
		return err
	}
	if token, done := movedBefore(v, to, in); token != "" {
		return s.toOwn(v, token, done)
	}
	token, err := s.registrations.Move(c.Request.Context(), server.ActorOf(c), v.token, service.Move{
		To: to.Slug, TermsID: in.TermsID, Queue: in.Place == placeQueue, Entry: in.Entry, Lang: v.lang(),
	})
	if err != nil {
		return s.notMoved(v, to, in, err)
	}
	return s.toOwn(v, token, doneMoved)
}

// movedBefore is where the second of two clicks leads: the registration that the first one made.
func movedBefore(v ownVisit, to domain.Event, in posted) (token, done string) {
	if v.MovedTo != nil && v.MovedTo.Event.Slug == to.Slug {
		return v.MovedTo.Token, doneMoved
	}
	there := otherIn(v.OwnRegistration, to.Slug)
	if there != nil && in.Place == placeQueue && there.Status == domain.Waitlisted {
		return there.Token, doneMoved
	}
	return "", ""
}

// notMoved shows the page again with what the use case had against the move. What is full, or has
// other terms than those that were read, is shown as it is now, to be decided anew.
func (s *Site) notMoved(v ownVisit, to domain.Event, in posted, err error) error {
	a, fault := v.refusal(err)
	if fault != nil {
		return fault
	}
	v, now, err := s.town(v.c)
	if err != nil {
		return err
	}
	if token, done := movedBefore(v, to, in); token != "" {
		return s.toOwn(v, token, done)
	}
	if s.cannotMove(v, now) {
		return s.showMove(v, a)
	}
	return s.showTown(v, now, in, a)
}

func (s *Site) ownTownCrowded(c *gin.Context) error {
	v, to, err := s.town(c)
	if err != nil {
		return err
	}
	in, err := readTown(c, to)
	if err != nil {
		return err
	}
	return s.showTown(v, to, in, v.crowded())
}

// readTown reads the form of the page: what the event asks of everyone, and not who she is.
func readTown(c *gin.Context, to domain.Event) (posted, error) {
	entry, in, err := readEntry(c, to, fieldPlace, fieldTerms)
	if err != nil {
		return posted{}, err
	}
	return posted{Place: place(in.Get(fieldPlace)), Terms: in.Get(fieldTerms), TermsID: number(in.Get(fieldTerms)), Entry: entry}, nil
}

func (s *Site) showTown(v ownVisit, to domain.Event, in posted, a again) error {
	p, l := v.p, v.lang()
	for _, f := range a.list() {
		if f.Field == "email" { // her address is not asked here, and is not let in there
			a = again{status: a.status, notice: &view.Notice{Kind: "warning", Title: p.T("own.again.refused.title"), Text: p.T(f.Key, f.Args)}}
			break
		}
	}
	body := ownTownPage{
		ownFrame: s.ownFrame(v, "own_town", v.p.T("own.move.heading"), to.Slug), To: newOccasion(p, to, s.now()), ToName: eventName(l, to),
		ToTown: townOrTitle(l, to), Place: placeSeat, Apply: to.Rules.Approval, Needs: !v.Needs.Empty(), Asks: to.AsksNeeds(),
		Terms: to.Terms.ID, Rules: newRules(p, to), Towns: s.paths.For(l, "own_move", v.token), Privacy: privacyLines(p, to),
	}
	if to.Owner.Code != v.Event.Owner.Code {
		body.Controller = p.T("own.move.controller", "authority", to.Owner.Name)
	}
	if day := to.NeedsErasedOn(); !day.IsZero() {
		body.Erased = p.T("own.move.needs_erased", "day", day)
	}
	if body.To.Queue {
		body.Queue, body.Place = true, placeQueue
	}
	body.Heading = p.T(moveKey(to, body.Queue), "town", body.ToTown)
	body.Button = body.Heading
	if body.Queue && !body.Apply {
		body.Button = p.T("own.move.button_queue", "town", body.ToTown, "here", body.Town)
	}
	body.Parts = s.townParts(p, to, in.Entry)
	body.Notice, body.Faults = a.notice, told(p, to, body.Parts, a.faults)
	return s.writeOwn(v, a, "town", "own_town", body.ownFrame, body, to.Slug)
}

// townParts is what the other event asks of everyone who comes, save who she is, which is known.
func (s *Site) townParts(p *i18n.Printer, to domain.Event, in domain.Entry) []formPart {
	var parts []formPart
	for _, part := range []formPart{
		codePart(p, to, in.AccessCode),
		{Heading: p.T("registration.new.questions"), Fields: questionFields(p, to.Questions, in.Answers)},
		s.sessionsPart(p, to, in.Sessions),
	} {
		if len(part.Fields) > 0 {
			parts = append(parts, part)
		}
	}
	return parts
}
