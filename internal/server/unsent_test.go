package server_test

import (
	"context"
	"net/http"
	"net/url"
	"strings"
	"testing"

	"github.com/gin-gonic/gin"

	"github.com/temadag/temadag/internal/domain"
	"github.com/temadag/temadag/internal/server"
)

const formPage = `<!doctype html><html lang="sv"><head><title>x</title></head><body><main><h1>Form</h1>
<form method="post" action="/elsewhere"><input name="name" value="other form"></form>
<form method="post" action="/staff/form">
<input type="hidden" name="version" value="2"><input name="name" value="old"><textarea name="text">old</textarea>
<input type="checkbox" name="c" value="1" checked><input type="checkbox" name="c" value="2">
<input type="radio" name="r" value="a" checked><input type="radio" name="r" value="b">
<select name="s"><option value="x" selected>X</option><option value="y">Y</option></select>
<input type="password" name="password" value=""><input type="file" name="f">
</form></main></body></html>`

// refilling is the staffed site with a form; what is sent with the token "old" is put by for the user 1.
func refilling(t *testing.T, of domain.UserID) http.Handler {
	o := staffed(t.Output())
	var kept server.Unsent
	for _, method := range []string{http.MethodGet, http.MethodPost} {
		o.Routes = append(o.Routes, server.Route{
			Name: "staff_form", Method: method, Paths: map[domain.Lang]string{"sv": "/staff/form"}, Permission: domain.PermToday, Class: server.ClassStaff,
			MaxBody: 1 << 20,
			Handler: func(c *gin.Context) error {
				c.Data(http.StatusOK, "text/html; charset=utf-8", []byte(formPage))
				return nil
			},
		})
	}
	o.Staff.Keep = func(_ context.Context, token string, form server.Unsent) string {
		if token != "old" {
			return ""
		}
		kept = form
		return "mark"
	}
	o.Staff.Kept = func(_ domain.Lang, in domain.SignIn, token string) (server.Unsent, bool) {
		kept.Rest = "Also"
		return kept, in.User.ID == of && token == "mark"
	}
	return newEngine(t, o)
}

func TestUnsent_fillsTheFormIn(t *testing.T) {
	hostile := `"><script>alert(1)</script>`
	sent := url.Values{
		"version": {"1"}, "name": {hostile}, "text": {"</textarea><b>new"}, "c": {"2"}, "r": {"b"}, "s": {"y"}, "password": {"secret word"},
		"gone": {"has no field <i>here</i>"}, "f": {""},
	}
	for name, tt := range map[string]struct {
		of     domain.UserID
		query  string
		filled bool
	}{
		"hers": {1, "?kept=yes", true}, "another user's": {2, "?kept=yes", false}, "nobody asks": {1, "", false}, "another word": {1, "?kept=no", false},
	} {
		engine := refilling(t, tt.of)
		led := ask(engine, http.MethodPost, "/staff/form", sent.Encode(), "Cookie", "__Host-temadag=old", "Sec-Fetch-Site", "same-origin")
		if led.Code != http.StatusSeeOther || led.Header().Get("Location") != "/in?next=%2Fstaff%2Fform%3Fkept%3Dyeskept" {
			t.Fatalf("%d to %q", led.Code, led.Header().Get("Location"))
		}
		if mark := strings.Join(led.Header().Values("Set-Cookie"), "\n"); !strings.Contains(mark, "__Host-temadag-unsent=mark; Path=/; Max-Age=1800; HttpOnly; Secure; SameSite=Lax") {
			t.Errorf("cookies: %s", mark)
		}
		page := ask(engine, http.MethodGet, "/staff/form"+tt.query, "", "Cookie", "__Host-temadag=reader; __Host-temadag-unsent=mark").Body.String()
		for _, part := range []string{
			`value="&#34;&gt;&lt;script&gt;alert(1)&lt;/script&gt;"`, `&lt;/textarea&gt;&lt;b&gt;new</textarea>`, `name="version" value="1"`,
			`name="c" value="2" checked`, `name="c" value="1"/>`, `name="r" value="b" checked`, `value="y" selected`,
			`<summary>Also</summary><ul><li>has no field &lt;i&gt;here&lt;/i&gt;</li></ul>`,
		} {
			if strings.Contains(page, part) != tt.filled {
				t.Errorf("%s: %q is there: %v\n%s", name, part, !tt.filled, page)
			}
		}
		if strings.Contains(page, "secret word") || strings.Contains(page, "<script>") || !strings.Contains(page, `value="other form"`) {
			t.Errorf("%s: too much is filled in:\n%s", name, page)
		}
	}
}

func TestUnsent_whatIsNotKept(t *testing.T) {
	for name, tt := range map[string]struct{ path, token, body, kind, want string }{
		"nobody's":     {"/staff/form", "", "name=x", "application/x-www-form-urlencoded", "/in?next=%2Fstaff%2Fformlost"},
		"no form":      {"/staff/form", "old", "name=x", "text/plain", "/in?next=%2Fstaff%2Fformlost"},
		"nothing":      {"/staff/form", "old", "", "application/x-www-form-urlencoded", "/in?next=%2Fstaff%2Fformlost"},
		"only secrets": {"/staff/form", "old", "password=x&code=1", "application/x-www-form-urlencoded", "/in?next=%2Fstaff%2Fformlost"},
		"too much":     {"/staff/form", "old", "name=" + strings.Repeat("x", server.MostUnsent), "application/x-www-form-urlencoded", "/in?next=%2Fstaff%2Fformlost"},
		"kept":         {"/staff/form?a=b", "old", "name=x", "application/x-www-form-urlencoded", "/in?next=%2Fstaff%2Fform%3Fa%3Db%26kept%3Dyeskept"},
	} {
		rec := ask(refilling(t, 1), http.MethodPost, tt.path, tt.body, "Cookie", "__Host-temadag="+tt.token, "Content-Type", tt.kind, "Sec-Fetch-Site", "same-origin")
		if got := rec.Header().Get("Location"); got != tt.want {
			t.Errorf("%s: led to %q, want %q", name, got, tt.want)
		}
	}
	// A page of another site cannot put anything by.
	rec := ask(refilling(t, 1), http.MethodPost, "/staff/form", "name=x", "Cookie", "__Host-temadag=old", "Sec-Fetch-Site", "cross-site")
	if rec.Code != http.StatusForbidden {
		t.Errorf("from another site: %d", rec.Code)
	}
}
