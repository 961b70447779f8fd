package site

import (
	"net/http"

	"github.com/gin-gonic/gin"

	"github.com/temadag/temadag/internal/domain"
	"github.com/temadag/temadag/internal/server"
)

// ownNeedsPage is what she has told of food and access, to be changed or erased. No other page but
// her own shows it.
type ownNeedsPage struct {
	ownFrame
	Can   bool
	Told  bool // something can be erased
	Parts []formPart
}

// The buttons of the page.
const (
	stepKeep  step = "keep"
	stepErase step = "erase"
)

func (s *Site) ownNeedsShow(c *gin.Context) error {
	v, err := s.visit(c)
	if err != nil {
		return err
	}
	if !mayTellNeeds(v, s.now()) && v.Needs.Empty() {
		return s.toOwn(v, v.token, "")
	}
	return s.showNeeds(v, needsEntryOf(v.Needs), again{})
}

func readNeeds(c *gin.Context) (domain.NeedsEntry, step, error) {
	in, err := readOwn(c, []string{fieldStep, "diet_text", "access_text"}, []string{"diet", "access"})
	if err != nil {
		return domain.NeedsEntry{}, "", err
	}
	asked := step(in.Get(fieldStep))
	if asked != stepKeep && asked != stepErase {
		return domain.NeedsEntry{}, "", &server.Refusal{Status: http.StatusBadRequest, Key: "error.form_unknown"}
	}
	return domain.NeedsEntry{
		Diet: in["diet"], DietText: in.Get("diet_text"), Access: in["access"], AccessText: in.Get("access_text"),
	}, asked, nil
}

// ownNeedsDo keeps what she told in place of what she told before, or erases it.
func (s *Site) ownNeedsDo(c *gin.Context) error {
	v, err := s.visit(c)
	if err != nil {
		return err
	}
	typed, asked, err := readNeeds(c)
	if err != nil {
		return err
	}
	kept := typed
	if asked == stepErase {
		kept = domain.NeedsEntry{}
	}
	err = s.registrations.TellNeeds(c.Request.Context(), server.ActorOf(c), v.token, kept)
	if err == nil {
		if blankNeeds(kept) {
			return s.toOwn(v, v.token, doneErased)
		}
		return s.toOwn(v, v.token, doneNeeds)
	}
	a, err := v.refusal(err)
	if err != nil {
		return err
	}
	if v, err = s.visit(c); err != nil {
		return err
	}
	return s.showNeeds(v, typed, a)
}

func (s *Site) ownNeedsCrowded(c *gin.Context) error {
	v, err := s.visit(c)
	if err != nil {
		return err
	}
	typed, _, err := readNeeds(c)
	if err != nil {
		return err
	}
	return s.showNeeds(v, typed, v.crowded())
}

func (s *Site) showNeeds(v ownVisit, in domain.NeedsEntry, a again) error {
	body := ownNeedsPage{
		ownFrame: s.ownFrame(v, "own_needs", v.p.T("own.needs.heading")), Can: mayTellNeeds(v, s.now()), Told: !v.Needs.Empty(),
	}
	if part := s.needsPart(v.p, v.Event, in); len(part.Fields) > 0 {
		part.Heading = ""
		body.Parts = []formPart{part}
	}
	body.again(a, v.p, body.Parts...)
	return s.writeOwn(v, a, "needs", "own_needs", body.ownFrame, body)
}

// needsEntryOf is what she told as if she had just typed it.
func needsEntryOf(n domain.Needs) domain.NeedsEntry {
	in := domain.NeedsEntry{DietText: n.DietText, AccessText: n.AccessText}
	for _, d := range n.Diet {
		in.Diet = append(in.Diet, string(d))
	}
	for _, a := range n.Access {
		in.Access = append(in.Access, string(a))
	}
	return in
}

func blankNeeds(in domain.NeedsEntry) bool {
	none := func(values []string) bool {
		for _, v := range values {
			if v != "" {
				return false
			}
		}
		return true
	}
	return none(in.Diet) && none(in.Access) && none([]string{in.DietText, in.AccessText})
}
