package site

import (
	"context"
	"errors"
	"net/http"
	"time"

	"github.com/gin-gonic/gin"

	"github.com/temadag/temadag/internal/domain"
	"github.com/temadag/temadag/internal/server"
	"github.com/temadag/temadag/internal/service"
	"github.com/temadag/temadag/internal/view"
)

// registrationNew shows the empty form. Its bytes are kept, with a hole for the visitor's token;
// those of a form that begins with a colleague's workplace are not.
func (s *Site) registrationNew(c *gin.Context) error {
	slug, l := c.Param("slug"), server.LangOf(c)
	if key := c.Query(colleagueParam); key != "" {
		if done, err := s.registrationColleague(c, slug, key); done || err != nil {
			return err
		}
	}
	f, err := s.forms.get(c.Request.Context(), c.Request.URL.Path, func(ctx context.Context) (*formPage, error) {
		return s.newFormPage(ctx, l, slug)
	})
	if err != nil {
		return err
	}
	f.write(c, s.tokens.FormToken(slug, s.now()))
	return nil
}

// registrationCreate takes what the form and the review page send.
func (s *Site) registrationCreate(c *gin.Context) error {
	e, err := s.event(c.Request.Context(), c.Param("slug"))
	if err != nil {
		return err
	}
	in, err := readPosted(c, e)
	if err != nil {
		return err
	}
	switch in.Step {
	case stepReview:
		return s.registrationReview(c, e, in)
	case stepEdit:
		if !takes(e, s.now()) {
			return s.showClosed(c, e)
		}
		return s.showForm(c, http.StatusOK, e, in, nil, nil)
	case stepSend:
		return s.registrationSend(c, e, in)
	}
	return &server.Refusal{Status: http.StatusBadRequest, Key: "error.form_unknown"}
}

// registrationCrowded answers when too much comes from one network. Nothing typed is lost.
func (s *Site) registrationCrowded(c *gin.Context) error {
	e, err := s.event(c.Request.Context(), c.Param("slug"))
	if err != nil {
		return err
	}
	in, err := readPosted(c, e)
	if err != nil {
		return err
	}
	again := s.again(c, "crowded")
	if in.Step == stepSend {
		return s.showReview(c, http.StatusTooManyRequests, e, in, again)
	}
	return s.showForm(c, http.StatusTooManyRequests, e, in, nil, again)
}

// registrationReview checks what was typed and shows it once more.
func (s *Site) registrationReview(c *gin.Context, e domain.Event, in posted) error {
	if !takes(e, s.now()) {
		return s.showClosed(c, e)
	}
	if _, err := e.ReadEntry(in.Entry); err != nil {
		return s.showFaults(c, e, in, err)
	}
	return s.showReview(c, http.StatusOK, e, in, nil)
}

// registrationSend makes the registration. What speaks against sending at once leads back to the
// review page, save where the same form has already been taken: then its receipt is the answer.
func (s *Site) registrationSend(c *gin.Context, e domain.Event, in posted) error {
	ctx := c.Request.Context()
	key, made, err := s.tokens.ReadFormToken(e.Slug, in.Token, s.now())
	if doubt := s.doubt(e, in, made, err); doubt != "" {
		if receipt, err := s.registrations.Receipt(ctx, key); key != "" && err == nil {
			return s.sentBefore(c, e, in, key, receipt)
		}
		in.Trap = ""
		return s.showReview(c, http.StatusOK, e, in, s.again(c, doubt))
	}
	_, err = s.registrations.Register(ctx, server.ActorOf(c), service.RegisterInput{
		EventSlug: e.Slug, Key: key, Entry: in.Entry, TermsID: in.TermsID,
		Lang: server.LangOf(c), Channel: domain.ChannelWeb, SeatOnly: in.Place != placeQueue,
	})
	if err != nil {
		return s.registrationRefused(c, e, in, err)
	}
	return s.toReceipt(c, key)
}

// quickest is the least time in which a person reads and fills in the form.
const quickest = 3 * time.Second

// doubt is the reason to show the review page again before anything is made binding, or "".
func (s *Site) doubt(e domain.Event, in posted, made time.Time, tokenErr error) string {
	switch {
	case tokenErr != nil:
		return "token"
	case in.TermsID != e.Terms.ID:
		return "terms"
	case in.Place != placeQueue && !s.applies(e) && e.Availability(s.now()) == domain.AvailableQueue:
		return "queue"
	case s.guard && (in.Trap != "" || s.tooQuick(made)):
		return "pause"
	}
	return ""
}

// tooQuick reports whether a form that was opened at made is back before anybody has read it. One that was opened
// later than now was so by a clock that has been put back since: nobody waits until the clock shows that time again.
func (s *Site) tooQuick(made time.Time) bool {
	took := s.now().Sub(made)
	return took >= 0 && took < quickest
}

// sentBefore answers a form that has been taken: with its receipt, or, where another address stands
// in it now, by saying so.
func (s *Site) sentBefore(c *gin.Context, e domain.Event, in posted, key string, receipt domain.Receipt) error {
	email, _ := domain.ParseEmail(in.Entry.Email)
	if domain.EmailKey(email) != domain.EmailKey(receipt.Email) {
		return s.showSent(c, e, in)
	}
	return s.toReceipt(c, key)
}

func (s *Site) toReceipt(c *gin.Context, key string) error {
	c.Writer.Header()["Location"] = []string{s.paths.For(server.LangOf(c), "receipt", key)}
	c.Status(http.StatusSeeOther)
	c.Writer.WriteHeaderNow()
	return nil
}

// registrationRefused shows what the service had against the registration.
func (s *Site) registrationRefused(c *gin.Context, e domain.Event, in posted, err error) error {
	if server.Busy(err) {
		return err
	}
	switch domain.CodeOf(err) {
	case domain.CodeInvalid:
		return s.showFaults(c, e, in, err)
	case domain.CodeClosed, domain.CodeFull:
		return s.refusedNow(c, e, in, err)
	case domain.CodeConflict:
		return s.registrationConflict(c, e, in, err)
	case domain.CodeUnavailable, domain.CodeTooMany:
		c.Header("Retry-After", "10")
		return s.showReview(c, http.StatusServiceUnavailable, e, in, s.again(c, unavailable(err)))
	}
	return err
}

// unavailable is why a fault of ours let nothing through: too much to do, a database that was lost just then,
// or a disk that takes nothing. Of the last nobody may be told that others were quicker.
func unavailable(err error) string {
	if errors.Is(err, domain.ErrUnsettled) {
		return "unknown"
	}
	if errors.Is(err, &domain.Error{Code: domain.CodeUnavailable, Key: "store.down"}) {
		return "down"
	}
	return "busy"
}

// registrationConflict is where the form meets something that changed since it was read: the terms,
// or itself, sent before with another address in it.
func (s *Site) registrationConflict(c *gin.Context, e domain.Event, in posted, err error) error {
	if !errors.Is(err, &domain.Error{Code: domain.CodeConflict, Key: "registration.terms_changed"}) {
		return s.showSent(c, e, in)
	}
	now, err := s.programme.Event(c.Request.Context(), e.Slug)
	if err != nil {
		return err
	}
	return s.showReview(c, http.StatusOK, now, in, s.again(c, "terms"))
}

// refusedNow tells what changed since the form was read, from the event as it was when that was decided: what is
// kept here may lag where another instance took the last place.
func (s *Site) refusedNow(c *gin.Context, e domain.Event, in posted, refusal error) error {
	now, err := s.programme.Event(c.Request.Context(), e.Slug)
	if err != nil {
		return err
	}
	now = now.AsRefused(refusal)
	switch a := now.Availability(s.now()); {
	case s.applies(now), a == domain.AvailableOpen: // a place came free in the meantime
		return s.showReview(c, http.StatusOK, now, in, s.again(c, "pause"))
	case a == domain.AvailableQueue:
		return s.showReview(c, http.StatusOK, now, in, s.again(c, "queue"))
	}
	return s.showClosed(c, now)
}

// takes reports whether the event takes registrations, for places or for the queue, or applications,
// which it takes also when it is full.
func takes(e domain.Event, now time.Time) bool {
	a := e.Availability(now)
	return a == domain.AvailableOpen || a == domain.AvailableQueue || (a == domain.AvailableFull && e.Rules.Approval)
}

// again is the notice on a page that is shown once more.
func (s *Site) again(c *gin.Context, why string) *view.Notice {
	p := s.printer(server.LangOf(c))
	return &view.Notice{Kind: "warning", Title: p.T("registration.again." + why + ".title"), Text: p.T("registration.again." + why + ".text")}
}
