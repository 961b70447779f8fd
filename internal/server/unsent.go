package server

import (
	"bytes"
	"io"
	"net/http"
	"net/url"
	"strconv"
	"strings"
	"time"

	"github.com/gin-gonic/gin"

	"github.com/temadag/temadag/internal/domain"
)

// A form may be sent from a page that was left open until the sign-in was over. What was typed is put by, in
// memory and for a short time, for the user whose sign-in it was; her browser is given a cookie that finds it
// again. When she has signed in she comes back to the page with the form filled in, and sends it herself:
// nothing is ever sent for her. Somebody else who signs in in that browser gets nothing of it.

// Unsent is a form as it was sent when nobody was signed in any more.
type Unsent struct {
	Path   string
	Values url.Values
	Rest   string // how the page tells of what has no place in its form
}

// Sent is what has become of a form that was sent when nobody was signed in any more.
type Sent string

// The fates. The zero value is that of a page that was only asked for.
const (
	SentKept Sent = "kept" // she gets it back when she has signed in
	SentLost Sent = "lost" // it must be done again: a file, too much, or nobody knows whose it was
)

// MostUnsent is the most that is put by of one form.
const MostUnsent = 64 << 10

// unsentMark is the parameter that says that a page is to be filled in.
const unsentMark = "kept"

// NewUnsentCookie is the cookie that finds a form again.
func NewUnsentCookie(baseURL string) Cookie {
	k := NewCookie(baseURL)
	k.name += "-unsent"
	k.age = int(domain.UnsentLife / time.Second)
	return k
}

// secrets are the fields that are never put by, whatever form they stand in.
func secrets() []string {
	return []string{"password", "old", "proof", "code", "credential", "ticket"}
}

// turnAway leads someone who has not signed in, or not lately, to where she can. Where it was a form that was
// sent, it is put by if it may be, and the way leads back to the page that has it.
func (s *server) turnAway(c *gin.Context, r Route) {
	l, here := LangOf(c), c.Request.URL.RequestURI()
	if c.Request.Method == http.MethodGet || c.Request.Method == http.MethodHead {
		s.lead(c, s.staff.Entry(l, here, ""))
		return
	}
	if !s.gets[c.FullPath()] {
		s.lead(c, s.staff.Entry(l, "", SentLost))
		return
	}
	values, ok := typedIn(c)
	if !ok || s.staff.Keep == nil || r.Permission == domain.PermOwnAccount {
		s.lead(c, s.staff.Entry(l, here, SentLost))
		return
	}
	token := s.staff.Keep(c.Request.Context(), s.cookie.Token(c), Unsent{Path: c.Request.URL.Path, Values: values})
	if token == "" {
		s.lead(c, s.staff.Entry(l, here, SentLost))
		return
	}
	s.unsent.Give(c, token)
	query := c.Request.URL.Query()
	query.Set(unsentMark, "yes")
	s.lead(c, s.staff.Entry(l, c.Request.URL.EscapedPath()+"?"+query.Encode(), SentKept))
}

// typedIn is what a form holds, without secrets; false for files, for too much, and for what is no form.
func typedIn(c *gin.Context) (url.Values, bool) {
	kind, _, _ := strings.Cut(c.Request.Header.Get("Content-Type"), ";")
	if !strings.EqualFold(strings.TrimSpace(kind), "application/x-www-form-urlencoded") {
		return nil, false
	}
	body, err := io.ReadAll(io.LimitReader(c.Request.Body, MostUnsent+1))
	if err != nil || len(body) > MostUnsent {
		return nil, false
	}
	values, err := url.ParseQuery(string(body))
	for _, name := range secrets() {
		delete(values, name)
	}
	return values, err == nil && len(values) > 0
}

const refilledKey = "temadag.refilled"

// Refilled reports whether the page that is drawn gets back what was typed before the sign-in was over.
func Refilled(c *gin.Context) bool { return c.GetBool(refilledKey) }

// withUnsent is the handler of a page of those who sign in, filled in with what she typed where the address
// asks for it. Once she has sent the form again the cookie is taken back.
func (s *server) withUnsent(c *gin.Context, handle func(*gin.Context) error) error {
	token := s.unsent.Token(c)
	in, known := SignInOf(c)
	if token == "" || !known || s.staff.Kept == nil {
		return handle(c)
	}
	if to, ok := s.elsewhere(c, token); ok && c.Request.Method == http.MethodGet && c.Query(unsentMark) == "yes" {
		s.passOn(c, to)
		return nil
	}
	form, ok := s.staff.Kept(LangOf(c), in, token)
	switch {
	case !ok || form.Path != c.Request.URL.Path:
		return handle(c)
	case c.Request.Method == http.MethodPost:
		s.unsent.Take(c)
		return handle(c)
	case c.Request.Method != http.MethodGet || c.Query(unsentMark) != "yes":
		return handle(c)
	}
	c.Set(refilledKey, true)
	real := c.Writer
	held := &heldAnswer{ResponseWriter: real}
	c.Writer = held
	err := handle(c)
	c.Writer = real
	if err != nil {
		return err
	}
	page := held.body.Bytes()
	if strings.HasPrefix(real.Header().Get("Content-Type"), "text/html") && real.Status() == http.StatusOK {
		if page, err = refill(page, form); err != nil {
			return err
		}
		real.Header().Set("Content-Length", strconv.Itoa(len(page)))
	}
	_, err = real.Write(page)
	return err
}

// heldAnswer keeps what a handler writes until it has been filled in.
type heldAnswer struct {
	gin.ResponseWriter
	body bytes.Buffer
}

// Write keeps it.
func (h *heldAnswer) Write(b []byte) (int, error) { return h.body.Write(b) }

// WriteString keeps it.
func (h *heldAnswer) WriteString(s string) (int, error) { return h.body.WriteString(s) }

// ReadFrom keeps it.
func (h *heldAnswer) ReadFrom(r io.Reader) (int64, error) { return h.body.ReadFrom(r) }

// WriteHeaderNow waits until it is known how long the page is.
func (h *heldAnswer) WriteHeaderNow() {}
