package office_test

import (
	"net/http"
	"net/url"
	"strings"
	"testing"

	"github.com/temadag/temadag/internal/domain"
)

// TestShare: another county reaches the event while it is shared, and neither before nor after; it decides
// nothing of who else does.
func TestShare(t *testing.T) {
	w := newWorld(t)
	season(t, w)
	c := w.user("Anna Exempel", in(domain.RoleOrganiser))
	theirs := w.user("Zoe Exempel", domain.Grant{Role: domain.RoleOrganiser, County: "Z"})
	const page, event = "/handlaggare/tillfalle/lulea/medarrangorer", "/handlaggare/tillfalle/lulea"
	reaches := func(want int) {
		t.Helper()
		for _, address := range []string{event, event + "/deltagare", event + "/publicera", event + "/andra", event + "/stall-in", event + "/besked"} {
			if got := theirs.get(address).StatusCode; got != want {
				t.Errorf("%s answers %d, want %d", address, got, want)
			}
		}
		theirs.get(page).want(t, http.StatusNotFound)
		theirs.post(page, url.Values{"county": {"Z"}, "step": {"confirm"}}).want(t, http.StatusNotFound)
		theirs.post(page+"/BD", nil).want(t, http.StatusNotFound)
		if body := theirs.get(event).body; strings.Contains(body, "medarrangorer") {
			t.Error("a co-organiser is shown a way that is closed to her")
		}
	}
	reaches(http.StatusNotFound)
	c.get(page).want(t, http.StatusOK, "Ingen annan länsstyrelse arrangerar tillfället med er.")
	for _, wrong := range []string{"", "BD", "XX"} {
		c.post(page, url.Values{"county": {wrong}, "step": {"confirm"}}).want(t, http.StatusUnprocessableEntity, "Välj en annan länsstyrelse i listan")
	}
	ask := c.post(page, url.Values{"county": {"Z"}}).want(t, http.StatusOK, "Gör Länsstyrelsen i Jämtlands län till medarrangör?", "se vilka som är anmälda")
	reaches(http.StatusNotFound) // asking shares nothing
	for range 2 {
		sent := c.post(page, with(ask.fields(), "step", "confirm")).want(t, http.StatusSeeOther)
		c.get(sent.to()).want(t, http.StatusOK, "Länsstyrelsen är medarrangör", "Sluta dela med Länsstyrelsen i Jämtlands län")
	}
	reaches(http.StatusOK)
	if n := w.audited("event.shared"); n != 1 {
		t.Errorf("shared %d times", n)
	}
	theirs.get("/handlaggare/tillfalle/pitea").want(t, http.StatusNotFound)
	c.get(page+"/Z").want(t, http.StatusOK, "Sluta dela tillfället med Länsstyrelsen i Jämtlands län?")
	reaches(http.StatusOK)
	for range 2 {
		c.post(page+"/Z", nil).want(t, http.StatusSeeOther)
	}
	reaches(http.StatusNotFound)
	c.get(page+"/Z").want(t, http.StatusNotFound)
	c.get(page+"/XX").want(t, http.StatusNotFound)
}
