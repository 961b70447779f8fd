package office

import (
	"strconv"
	"strings"

	"github.com/gin-gonic/gin"

	"github.com/temadag/temadag/internal/domain"
)

// mailPause tells that the mail server refuses everything: what it means, when it is tried again, and what to
// say to those who look after it.
type mailPause struct {
	Title string
	Text  []string
	Tell  string
	Facts []fact
}

// pauseOf is why no letter goes out; nil while they go, and for those whom it does not concern.
func (o *Office) pauseOf(c *gin.Context) (*mailPause, error) {
	m, on, err := o.Desk.MailPause(c.Request.Context(), signedIn(c).Actor)
	if err != nil || !on {
		return nil, err
	}
	p := o.printer(c)
	out := &mailPause{
		Title: p.T("delivery.pause.title"), Tell: p.T("delivery.pause.tell"),
		Text: []string{p.T("delivery.pause.means", "since", p.Instant(m.Since)), p.T("delivery.pause.kept"), p.T("delivery.pause.next", "at", p.Instant(m.Until))},
	}
	answer := m.Reason
	if m.Code != 0 {
		answer = strings.TrimSpace(strconv.Itoa(m.Code)+" "+m.Status) + ", " + m.Reason
	}
	out.Facts = []fact{
		{p.T("delivery.pause.why"), p.T("delivery.pause.why_" + pauseWhy(m))},
		{p.T("delivery.pause.answer"), answer},
		{p.T("delivery.pause.since"), p.Instant(m.Since)},
	}
	return out, nil
}

// pauseWhy is the last part of the key of what is to be looked at.
func pauseWhy(m domain.MailPause) string {
	switch {
	case m.RefusesSignIn() || strings.Contains(m.Reason, "sign-in"):
		return "sign_in"
	case strings.Contains(m.Reason, "sender"):
		return "sender"
	case strings.Contains(m.Reason, "encryption") || strings.Contains(m.Reason, "certificate"):
		return "encryption"
	}
	return "policy"
}
