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
)

// stepRows asks for more rows in the form of a group.
const stepRows step = "rows"

// groupEvent is the event of a form for several; absent where the event takes one at a time.
func (s *Site) groupEvent(ctx context.Context, slug string) (domain.Event, error) {
	e, err := s.event(ctx, slug)
	if err == nil && !e.Rules.Groups() {
		err = domain.NotFound("event.not_found")
	}
	return e, err
}

// groupTokenOf is what the token of a group's form is signed for: it does not open the form for one,
// nor the other way round, so that no submission is both.
func groupTokenOf(slug string) string { return slug + "/grupp" }

// groupNew shows the empty form for several.
func (s *Site) groupNew(c *gin.Context) error {
	e, err := s.groupEvent(c.Request.Context(), c.Param("slug"))
	if err != nil {
		return err
	}
	if !takes(e, s.now()) {
		described, err := s.closedPage(c.Request.Context(), server.LangOf(c), e, false)
		if err != nil {
			return err
		}
		return s.write(c, http.StatusOK, described)
	}
	return s.showGroupForm(c, http.StatusOK, e, newPostedGroup(e), nil, nil)
}

// groupCreate takes what the form for several and its review page send.
func (s *Site) groupCreate(c *gin.Context) error {
	e, err := s.groupEvent(c.Request.Context(), c.Param("slug"))
	if err != nil {
		return err
	}
	in, err := readPostedGroup(c, e)
	if err != nil {
		return err
	}
	if in.Step != stepSend && !takes(e, s.now()) {
		return s.showClosed(c, e)
	}
	switch in.Step {
	case stepReview:
		return s.showGroupReview(c, http.StatusOK, e, in, nil)
	case stepRows:
		in.moreRows(e)
		return s.showGroupForm(c, http.StatusOK, e, in, nil, nil)
	case stepEdit:
		return s.showGroupForm(c, http.StatusOK, e, in, nil, nil)
	case stepSend:
		return s.groupSend(c, e, in)
	}
	return &server.Refusal{Status: http.StatusBadRequest, Key: "error.form_unknown"}
}

// groupCrowded answers when too much comes from one network. Nothing typed is lost.
func (s *Site) groupCrowded(c *gin.Context) error {
	e, err := s.groupEvent(c.Request.Context(), c.Param("slug"))
	if err != nil {
		return err
	}
	in, err := readPostedGroup(c, e)
	if err != nil {
		return err
	}
	if in.Step == stepSend {
		return s.showGroupReview(c, http.StatusTooManyRequests, e, in, s.again(c, "crowded"))
	}
	return s.showGroupForm(c, http.StatusTooManyRequests, e, in, nil, s.again(c, "crowded"))
}

// groupSend registers the group. What speaks against sending at once leads back to the review page,
// save where the same form has already been taken: then its receipt is the answer.
func (s *Site) groupSend(c *gin.Context, e domain.Event, in postedGroup) error {
	ctx := c.Request.Context()
	key, made, err := s.tokens.ReadFormToken(groupTokenOf(e.Slug), in.Token, s.now())
	if doubt := s.groupDoubt(e, in, made, err); doubt != "" {
		if receipt, err := s.registrations.GroupReceipt(ctx, key); key != "" && err == nil {
			return s.groupSentBefore(c, e, in, key, receipt)
		}
		in.Trap = ""
		return s.showGroupReview(c, http.StatusOK, e, in, s.again(c, doubt))
	}
	_, err = s.registrations.RegisterGroup(ctx, server.ActorOf(c), service.GroupInput{
		EventSlug: e.Slug, Key: key, Entry: in.Entry, TermsID: in.TermsID, Lang: server.LangOf(c),
	})
	if err != nil {
		return s.groupRefused(c, e, in, err)
	}
	return s.toGroupReceipt(c, key)
}

// groupDoubt is the reason to show the review page again before anything is made binding, or "".
func (s *Site) groupDoubt(e domain.Event, in postedGroup, made time.Time, tokenErr error) string {
	switch {
	case tokenErr != nil:
		return "token"
	case in.TermsID != e.Terms.ID:
		return "terms"
	case s.guard && (in.Trap != "" || s.tooQuick(made)):
		return "pause"
	}
	return ""
}

func (s *Site) groupSentBefore(c *gin.Context, e domain.Event, in postedGroup, key string, receipt domain.GroupReceipt) error {
	email, _ := domain.ParseEmail(in.Entry.ContactEmail)
	if domain.EmailKey(email) != domain.EmailKey(receipt.Email) {
		return s.showGroupSent(c, e, in)
	}
	return s.toGroupReceipt(c, key)
}

func (s *Site) toGroupReceipt(c *gin.Context, key string) error {
	c.Redirect(http.StatusSeeOther, s.paths.For(server.LangOf(c), "groupreceipt", key))
	return nil
}

// groupRefused shows what the service had against the group.
func (s *Site) groupRefused(c *gin.Context, e domain.Event, in postedGroup, err error) error {
	if server.Busy(err) {
		return err
	}
	switch domain.CodeOf(err) {
	case domain.CodeInvalid:
		return s.showGroupFaults(c, e, in, err)
	case domain.CodeClosed, domain.CodeFull:
		return s.groupRefusedNow(c, e, in, err)
	case domain.CodeConflict:
		if !errors.Is(err, &domain.Error{Code: domain.CodeConflict, Key: "registration.terms_changed"}) {
			return s.showGroupSent(c, e, in)
		}
		now, err := s.programme.Event(c.Request.Context(), e.Slug)
		if err != nil {
			return err
		}
		return s.showGroupReview(c, http.StatusOK, now, in, s.again(c, "terms"))
	case domain.CodeUnavailable, domain.CodeTooMany:
		c.Header("Retry-After", "10")
		return s.showGroupReview(c, http.StatusServiceUnavailable, e, in, s.again(c, unavailable(err)))
	}
	return err
}

// groupRefusedNow is where there are not places for everyone, or none at all: the form comes back
// with what can still be had.
func (s *Site) groupRefusedNow(c *gin.Context, e domain.Event, in postedGroup, refusal error) error {
	now, err := s.programme.Event(c.Request.Context(), e.Slug)
	if err != nil {
		return err
	}
	now = now.AsRefused(refusal)
	if !takes(now, s.now()) {
		return s.showClosed(c, now)
	}
	if errors.Is(refusal, &domain.Error{Code: domain.CodeFull, Key: "group.not_all"}) {
		return s.showGroupForm(c, http.StatusUnprocessableEntity, now, in, s.tooFew(now, in), nil)
	}
	p := s.printer(server.LangOf(c))
	n := s.again(c, "pause")
	n.Text = refusalText(p, refusal, "group.changed")
	return s.showGroupForm(c, http.StatusOK, now, in, nil, n)
}

// tooFew asks anew what to do where there are fewer places than people, at the field that says it.
func (s *Site) tooFew(now domain.Event, in postedGroup) *domain.Invalid {
	people := 0
	if g, err := now.ReadGroup(in.Entry, s.now()); err == nil {
		people = g.Places()
	}
	faults, left := &domain.Invalid{}, int(now.Left())
	if left <= 0 {
		faults.Add("mode", "group.too_few_none", map[string]any{"people": people})
		return faults
	}
	faults.Add("mode", "group.too_few", map[string]any{"people": people, "count": left})
	return faults
}
