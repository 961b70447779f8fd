package office_test

import (
	"net/http"
	"strings"
	"testing"

	"github.com/temadag/temadag/internal/domain"
)

// Where there is no page at all below the office, someone who has signed in is told so by the office; nobody
// else learns of it, and neither answer is kept.
func TestFail_noSuchPage(t *testing.T) {
	w := newWorld(t)
	c := w.user("Eva Exempel", in(domain.RoleReader))
	for path, menu := range map[string]string{"/handlaggare/finns-inte": "Min profil", "/en/office/no/such/page": "My profile"} {
		page := c.get(path).want(t, http.StatusNotFound, menu)
		if !strings.Contains(page.Header.Get("Cache-Control"), "no-store") {
			t.Errorf("%s may be kept: %q", path, page.Header.Get("Cache-Control"))
		}
		if strings.Contains(w.anyone().get(path).want(t, http.StatusNotFound).words(), menu) {
			t.Errorf("%s shows the menu to anyone", path)
		}
	}
	if strings.Contains(c.get("/finns-inte").want(t, http.StatusNotFound).words(), "Min profil") {
		t.Error("a public page looks at the cookie")
	}
}
