package server

import (
	"context"
	"errors"
	"net/http"
	"net/url"
	"path"
	"strings"
	"time"

	"github.com/gin-gonic/gin"

	"github.com/temadag/temadag/internal/domain"
)

// Staff is what the routes of those who sign in stand on.
type Staff struct {
	// SignIn is the sign-in that the cookie's token names, with the actor as of this moment;
	// domain.ErrNotFound for a token that opens nothing. It is asked at every request.
	SignIn func(ctx context.Context, token, address, agent string) (domain.SignIn, error)
	// Entry is the address of the page where one signs in to reach next, an address of ours or "" for none.
	// It tells what has become of a form that was sent.
	Entry func(l domain.Lang, next string, sent Sent) string
	// Enrol is the address of the page where a second factor is added: the only one that is open to
	// somebody who must.
	Enrol func(l domain.Lang) string
	// Keep puts a form by that was sent with a token whose time is over, and answers a token for the cookie
	// of that browser; "" where it is not known whose it was. Nil: nothing is put by.
	Keep func(ctx context.Context, token string, form Unsent) string
	// Kept is what Keep has put by under the token, for the same user and nobody else.
	Kept func(l domain.Lang, in domain.SignIn, token string) (Unsent, bool)
}

// Cookie holds a token: of a sign-in, or of the way to one through another service. No public page reads it.
type Cookie struct {
	name   string
	secure bool
	age    int // in seconds; 0 until the browser is closed
}

// NewCookie is the cookie of a site. Over https its name begins with __Host-, so that no other host and
// no plain connection can set it; a browser keeps it until it is closed, and the server decides for how
// long it opens anything.
func NewCookie(baseURL string) Cookie {
	if strings.HasPrefix(baseURL, "https://") {
		return Cookie{name: "__Host-temadag", secure: true}
	}
	return Cookie{name: "temadag"}
}

// NewWayCookie is the cookie of someone who is on her way through the authority's own sign-in service, and
// must come back in the browser where she began.
func NewWayCookie(baseURL string) Cookie {
	k := NewCookie(baseURL)
	k.name += "-way"
	k.age = int((10 * time.Minute).Seconds())
	return k
}

// Give sets it.
func (k Cookie) Give(c *gin.Context, token string) { k.set(c, token, k.age) }

// Take removes it from the browser.
func (k Cookie) Take(c *gin.Context) { k.set(c, "", -1) }

func (k Cookie) set(c *gin.Context, token string, age int) {
	http.SetCookie(c.Writer, &http.Cookie{
		Name: k.name, Value: token, Path: "/", MaxAge: age, Secure: k.secure, HttpOnly: true, SameSite: http.SameSiteLaxMode,
	})
}

// Token is what the request's cookie holds, "" for none.
func (k Cookie) Token(c *gin.Context) string {
	kept, err := c.Request.Cookie(k.name)
	if err != nil {
		return ""
	}
	return kept.Value
}

const signInKey = "temadag.sign_in"

// SignInOf is the sign-in of whoever asks, on the routes of those who sign in.
func SignInOf(c *gin.Context) (domain.SignIn, bool) {
	v, _ := c.Get(signInKey)
	in, ok := v.(domain.SignIn)
	return in, ok
}

// ActorOf is who asks: the actor of her sign-in on the routes that look at it, else a visitor.
func ActorOf(c *gin.Context) domain.Actor {
	if in, ok := SignInOf(c); ok {
		return in.Actor
	}
	return domain.Visitor()
}

// recognise finds out who asks, where the class of the route wants to know. False means that the request
// has been answered: by the way to the page where one signs in, or adds a second factor.
func (s *server) recognise(c *gin.Context, r Route) bool {
	if r.Class != ClassStaff && r.Class != ClassEntry {
		return true
	}
	in, known, err := s.signIn(c)
	switch {
	case err != nil:
		s.fail(c, err)
		return false
	case known:
		c.Set(signInKey, in)
	case r.Class == ClassStaff:
		s.turnAway(c, r)
		return false
	}
	if known && in.MustEnrol && r.Class == ClassStaff && r.Permission != domain.PermOwnAccount {
		s.lead(c, s.staff.Enrol(LangOf(c)))
		return false
	}
	return true
}

func (s *server) signIn(c *gin.Context) (domain.SignIn, bool, error) {
	token := s.cookie.Token(c)
	if token == "" {
		return domain.SignIn{}, false, nil
	}
	in, err := s.staff.SignIn(c.Request.Context(), token, c.ClientIP(), c.Request.UserAgent())
	if errors.Is(err, domain.ErrNotFound) {
		if c.Request.Method == http.MethodPost { // a page that is asked for meanwhile must not make a form homeless
			s.cookie.Take(c)
		}
		return in, false, nil
	}
	return in, err == nil, err
}

// lead answers with the way to another page of ours.
func (s *server) lead(c *gin.Context, to string) {
	c.Redirect(http.StatusSeeOther, to)
	c.Abort()
}

// OwnPath is the address of a page of ours below one of the folders, as it may stand in a parameter
// that anyone can write; "" for every other. Browsers read much as an address of another site: two
// slashes, a backslash, a control character that they leave out.
func OwnPath(address string, folders ...string) string {
	if strings.ContainsFunc(address, func(r rune) bool { return r <= ' ' || r == '\\' || r == 0x7f }) {
		return ""
	}
	u, err := url.Parse(address)
	if err != nil || u.Scheme != "" || u.Host != "" || u.User != nil || u.Fragment != "" || path.Clean(u.Path) != u.Path {
		return ""
	}
	for _, f := range folders {
		if u.Path == f || strings.HasPrefix(u.Path, f+"/") {
			return u.RequestURI()
		}
	}
	return ""
}
