package site

import (
	"github.com/gin-gonic/gin"

	"github.com/temadag/temadag/internal/domain"
	"github.com/temadag/temadag/internal/server"
)

// ownMovePage lists the towns that a place can be moved to.
type ownMovePage struct {
	ownFrame
	Can   bool
	Until domain.Date
	Why   string
	Towns []townChoice
}

// townChoice is one town of the series with the page on which to move there.
type townChoice struct {
	occasion
	To      string // "" where nobody can move there now
	Label   string // "Byt till Umeå"
	Already string // her own registration there; "" for none
}

func (s *Site) ownMoveShow(c *gin.Context) error {
	v, err := s.visit(c)
	if err != nil {
		return err
	}
	if !v.status().Live() {
		return s.toOwn(v, v.token, "")
	}
	return s.showMove(v, again{})
}

func (s *Site) showMove(v ownVisit, a again) error {
	body := ownMovePage{
		ownFrame: s.ownFrame(v, "own_move", v.p.T("own.move.heading")), Can: v.Options.Move, Until: v.Options.CancelUntil,
	}
	if !body.Can {
		body.Why = whyNotMove(v)
	} else {
		events, err := s.registrations.Towns(v.c.Request.Context(), server.ActorOf(v.c), v.token)
		if err != nil {
			return err
		}
		body.Towns = s.towns(v, events)
	}
	body.again(a, v.p)
	return s.writeOwn(v, a, "move", "own_move", body.ownFrame, body)
}

func (s *Site) towns(v ownVisit, events []domain.Event) []townChoice {
	choices := make([]townChoice, 0, len(events))
	for _, o := range occasions(v.p, events, s.now()) {
		t := townChoice{occasion: o}
		switch there := otherIn(v.OwnRegistration, o.Slug); {
		case there != nil:
			t.Already = s.paths.For(v.lang(), "own", there.Token)
		case o.Action != "":
			t.To = s.paths.For(v.lang(), "own_town", v.token, o.Slug)
			t.Label = v.p.T(moveKey(o.Event, o.Queue), "town", townOrTitle(v.lang(), o.Event))
		}
		choices = append(choices, t)
	}
	return choices
}

// moveKey is what the way to the town is called: to a place, to its queue, or to an organiser who
// says yes or no.
func moveKey(to domain.Event, queue bool) string {
	switch {
	case to.Rules.Approval:
		return "own.move.to_apply"
	case queue:
		return "own.move.to_queue"
	}
	return "own.move.to"
}

// otherIn is her live registration at the event with the slug, or nil.
func otherIn(own domain.OwnRegistration, slug string) *domain.OtherPlace {
	for i := range own.Others {
		if own.Others[i].Event.Slug == slug {
			return &own.Others[i]
		}
	}
	return nil
}
