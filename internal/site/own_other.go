package site

import (
	"github.com/gin-gonic/gin"

	"github.com/temadag/temadag/internal/domain"
	"github.com/temadag/temadag/internal/server"
)

// ownOther is another town in which the same person is registered.
type ownOther struct {
	Town   string
	Name   string
	Status string // "Anmäld"
	Page   string // her personal page there
	Waits  bool   // she queues there
	Moving bool   // she queues there to move from here
	Leave  string // where the place there can be given back; "" where it cannot
	Why    string // why it cannot
	Event  domain.Event
}

// others are the towns in which she is registered besides this one. Whether she can leave one of
// them is asked of its own registration, so that the button never lies.
func (s *Site) ownOthers(v ownVisit) ([]ownOther, error) {
	out := make([]ownOther, 0, len(v.Others))
	for _, o := range v.Others {
		other, err := s.ownOther(v, o)
		if err != nil {
			return nil, err
		}
		out = append(out, other)
	}
	return out, nil
}

func (s *Site) ownOther(v ownVisit, o domain.OtherPlace) (ownOther, error) {
	there, err := s.registrations.Own(v.c.Request.Context(), server.ActorOf(v.c), o.Token)
	if err != nil {
		return ownOther{}, err
	}
	l := v.lang()
	other := ownOther{
		Town: townOrTitle(l, o.Event), Name: eventName(l, o.Event), Status: v.p.T("status." + string(o.Status)),
		Page: s.paths.For(l, "own", o.Token), Event: o.Event, Waits: o.Status == domain.Waitlisted,
		Moving: there.Registration.Keeps == v.Registration.ID,
	}
	if refusal := there.Event.MayCancel(there.Registration, s.now()); refusal != nil {
		other.Why = v.sentence(refusal)
	} else {
		other.Leave = s.paths.For(l, "own_other", v.token, o.Event.Slug)
	}
	return other, nil
}

// ownOtherPage gives back the place in another town, and keeps this one.
type ownOtherPage struct {
	ownFrame
	Other ownOther
}

// ownOtherShow is the page for one other town. Where she is not registered there any more, it leads
// to the personal page.
func (s *Site) ownOtherShow(c *gin.Context) error {
	v, err := s.visit(c)
	if err != nil {
		return err
	}
	return s.showOther(v, again{})
}

func (s *Site) showOther(v ownVisit, a again) error {
	slug := v.c.Param("slug")
	o := otherIn(v.OwnRegistration, slug)
	if o == nil {
		return s.toOwn(v, v.token, "")
	}
	other, err := s.ownOther(v, *o)
	if err != nil {
		return err
	}
	body := ownOtherPage{ownFrame: s.ownFrame(v, "own_other", v.p.T("own.other.heading", "town", other.Town), slug), Other: other}
	body.again(a, v.p)
	return s.writeOwn(v, a, "other", "own_other", body.ownFrame, body, slug)
}

func (s *Site) ownOtherDo(c *gin.Context) error {
	v, err := s.visit(c)
	if err != nil {
		return err
	}
	if _, err := readOwn(c, []string{fieldStep}, nil); err != nil {
		return err
	}
	if otherIn(v.OwnRegistration, c.Param("slug")) == nil {
		return s.toOwn(v, v.token, doneLeftOther)
	}
	err = s.registrations.LeaveOther(c.Request.Context(), server.ActorOf(c), v.token, c.Param("slug"))
	if err == nil {
		return s.toOwn(v, v.token, doneLeftOther)
	}
	a, err := v.refusal(err)
	if err != nil {
		return err
	}
	if v, err = s.visit(c); err != nil {
		return err
	}
	return s.showOther(v, a)
}

func (s *Site) ownOtherCrowded(c *gin.Context) error {
	v, err := s.visit(c)
	if err != nil {
		return err
	}
	return s.showOther(v, v.crowded())
}
