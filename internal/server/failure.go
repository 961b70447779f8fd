package server

import (
	"context"
	"errors"
	"net/http"
	"strconv"
	"time"

	"github.com/gin-gonic/gin"

	"github.com/temadag/temadag/internal/domain"
)

// Refusal is an error about the request itself and not about what it asks for: a form we did not
// make, a body too large. Key names a text that says more than the status does, "" for none.
type Refusal struct {
	Status int
	Key    string
	Retry  time.Duration // when to come back; 0 to say nothing
}

// Error is the status and the key.
func (r *Refusal) Error() string {
	return "refused: " + strconv.Itoa(r.Status) + " " + r.Key
}

// Failure is what the error page is drawn from.
type Failure struct {
	Status    int
	Key       string         // of a text that says more than the status does; "" for none
	Args      map[string]any // fill its holes
	RequestID string         // for whoever asks us about it
}

// retryLater is how long a visitor is asked to wait when the fault is ours.
const retryLater = 30 * time.Second

// failureOf turns an error into what the visitor is told. It is the only place where a class of
// refusal becomes a status.
func failureOf(err error) (f Failure, retry time.Duration) {
	var refusal *Refusal
	switch {
	case errors.As(err, &refusal):
		return Failure{Status: refusal.Status, Key: refusal.Key}, refusal.Retry
	case TooLarge(err):
		return Failure{Status: http.StatusRequestEntityTooLarge}, 0
	case errors.Is(err, context.DeadlineExceeded), errors.Is(err, context.Canceled):
		return Failure{Status: http.StatusServiceUnavailable}, retryLater
	}
	status := statusOf(domain.CodeOf(err))
	f = Failure{Status: status}
	var told *domain.Error
	if status != http.StatusInternalServerError && errors.As(err, &told) {
		f.Key, f.Args = told.Key, told.Args
	}
	if status == http.StatusServiceUnavailable || status == http.StatusTooManyRequests {
		retry = retryLater
	}
	return f, retry
}

func statusOf(code domain.Code) int {
	switch code {
	case domain.CodeInvalid:
		return http.StatusUnprocessableEntity
	case domain.CodeNotFound:
		return http.StatusNotFound
	case domain.CodeConflict, domain.CodeClosed, domain.CodeFull:
		return http.StatusConflict
	case domain.CodeTooMany:
		return http.StatusTooManyRequests
	case domain.CodeUnavailable:
		return http.StatusServiceUnavailable
	}
	return http.StatusInternalServerError
}

// fail answers with the page for err and stops the request. What is ours is logged here and nowhere
// else.
func (s *server) fail(c *gin.Context, err error) {
	c.Abort()
	f, retry := failureOf(err)
	ctx := c.Request.Context()
	f.RequestID = requestID(c)
	if f.Status >= http.StatusInternalServerError && !errors.Is(err, context.Canceled) {
		s.log.ErrorContext(ctx, "request failed", "request_id", f.RequestID, "route", s.routeName(c), "error", err)
	}
	if c.Writer.Written() {
		return
	}
	h := c.Writer.Header()
	h.Del("ETag")
	h.Del("Content-Encoding")
	h.Set("Cache-Control", "no-store")
	if retry > 0 && h.Get("Retry-After") == "" {
		h.Set("Retry-After", strconv.Itoa(int(retry.Seconds())))
	}
	if err := s.page(c, f); err != nil {
		s.log.ErrorContext(ctx, "error page failed", "request_id", f.RequestID, "error", err)
		if !c.Writer.Written() {
			c.String(f.Status, "%d %s\n", f.Status, http.StatusText(f.Status))
		}
	}
}

// TooLarge reports whether err says that more was sent than is read.
func TooLarge(err error) bool {
	var tooLarge *http.MaxBytesError
	return errors.As(err, &tooLarge)
}
