package server_test

import (
	"context"
	"io"
	"net/http"
	"net/url"
	"strings"
	"testing"

	"github.com/gin-gonic/gin"

	"github.com/temadag/temadag/internal/domain"
	"github.com/temadag/temadag/internal/server"
)

// staffed is the small site with a staff page, a page of one's own account, a page for administrators
// and the way in. The tokens "reader", "fresh" and "broken" mean someone, someone who must add a factor,
// and a database that does not answer.
func staffed(log io.Writer) server.Options {
	o := options(log)
	row := func(name, path string, p domain.Permission, class server.Class) {
		o.Routes = append(o.Routes, server.Route{
			Name: name, Method: http.MethodGet, Paths: map[domain.Lang]string{"sv": path}, Permission: p, Class: class,
			Handler: func(c *gin.Context) error {
				in, _ := server.SignInOf(c)
				c.String(http.StatusOK, "for %s", in.User.Name)
				return nil
			},
		})
	}
	row("staff", "/staff", domain.PermToday, server.ClassStaff)
	row("me", "/staff/me", domain.PermOwnAccount, server.ClassStaff)
	row("users", "/staff/users", domain.PermManageUsers, server.ClassStaff)
	row("in", "/in", domain.PermSignIn, server.ClassEntry)
	o.Staff = &server.Staff{
		SignIn: func(_ context.Context, token, _, _ string) (domain.SignIn, error) {
			in := domain.SignIn{User: domain.User{ID: 1, Name: "Eva"}, Actor: domain.Actor{Role: domain.RoleUser, User: 1}}
			switch token {
			case "reader":
				in.Actor.Grants = []domain.Grant{{Role: domain.RoleReader, County: "BD"}}
				return in, nil
			case "fresh":
				in.MustEnrol = true
				return in, nil
			case "broken":
				return in, io.ErrUnexpectedEOF
			}
			return in, domain.NotFound("signin.not_found")
		},
		Entry: func(_ domain.Lang, next string, sent server.Sent) string {
			return "/in?next=" + url.QueryEscape(next) + string(sent)
		},
		Enrol: func(domain.Lang) string { return "/staff/me" },
	}
	return o
}

func TestStaff_whoIsLetIn(t *testing.T) {
	engine := newEngine(t, staffed(t.Output()))
	for _, tt := range []struct {
		path, token string
		status      int
		to          string
	}{
		{"/staff", "", 303, "/in?next=%2Fstaff"},
		{"/staff?day=1", "old", 303, "/in?next=%2Fstaff%3Fday%3D1"},
		{"/staff", "reader", 200, ""},
		{"/staff/users", "reader", 404, ""},
		{"/staff", "fresh", 303, "/staff/me"},
		{"/staff/me", "fresh", 200, ""},
		{"/staff", "broken", 500, ""},
		{"/in", "", 200, ""},
		{"/in", "reader", 200, ""},
	} {
		rec := ask(engine, http.MethodGet, tt.path, "", "Cookie", "__Host-temadag="+tt.token)
		if rec.Code != tt.status || rec.Header().Get("Location") != tt.to {
			t.Errorf("%s as %q: %d to %q, want %d to %q", tt.path, tt.token, rec.Code, rec.Header().Get("Location"), tt.status, tt.to)
		}
		if rec.Header().Get("Cache-Control") != "no-store" {
			t.Errorf("%s: Cache-Control %q", tt.path, rec.Header().Get("Cache-Control"))
		}
		if kept := rec.Header().Get("Set-Cookie"); kept != "" { // a form in another tab may need it to be known again
			t.Errorf("%s as %q: Set-Cookie %q", tt.path, tt.token, kept)
		}
	}
}

// A public page must look the same to someone who has signed in: its bytes are shared.
func TestStaff_publicPagesDoNotLookAtTheCookie(t *testing.T) {
	o := staffed(t.Output())
	o.Staff.SignIn = func(context.Context, string, string, string) (domain.SignIn, error) {
		t.Error("a public page asked who it is")
		return domain.SignIn{}, nil
	}
	rec := ask(newEngine(t, o), http.MethodGet, "/page", "", "Cookie", "__Host-temadag=reader")
	if rec.Code != http.StatusOK {
		t.Errorf("status %d", rec.Code)
	}
}

func TestStaff_aTableWithoutSignInIsRefused(t *testing.T) {
	o := staffed(t.Output())
	o.Staff = nil
	if _, err := server.New(o); err == nil {
		t.Error("a staff route was taken where nobody can sign in")
	}
}

func TestCookie(t *testing.T) {
	for base, want := range map[string]string{
		"https://temadag.example.se": "__Host-temadag=secret; Path=/; HttpOnly; Secure; SameSite=Lax",
		"http://127.0.0.1:8080":      "temadag=secret; Path=/; HttpOnly; SameSite=Lax",
	} {
		o := staffed(t.Output())
		o.BaseURL = base
		o.Routes[0].Handler = func(c *gin.Context) error {
			server.NewCookie(base).Give(c, "secret")
			return nil
		}
		host := strings.SplitAfter(base, "//")[1]
		if got := ask(newEngine(t, o), http.MethodGet, "/page", "", "Host", host).Header().Get("Set-Cookie"); got != want {
			t.Errorf("%s: %q, want %q", base, got, want)
		}
	}
}

func TestOwnPath(t *testing.T) {
	for address, want := range map[string]string{
		"/staff": "/staff", "/staff/a?b=c": "/staff/a?b=c", "/staffroom": "", "//evil.example/staff": "", "/\\evil.example": "",
		"https://evil.example/staff": "", "/staff/../in": "", "/staff//x": "", "/staff\n": "", "/staff#x": "", "": "", "staff": "",
		"/\t/evil.example": "", "https:evil.example": "", "/page": "", "/staff/%5c%5cevil.example": "/staff/%5C%5Cevil.example",
		"/staff/%2e%2e/in": "", "javascript:alert(1)": "", "@evil.example/staff": "",
	} {
		if got := server.OwnPath(address, "/staff"); !strings.EqualFold(got, want) {
			t.Errorf("%q: %q, want %q", address, got, want)
		}
	}
}
