package site_test

import (
	"net/http"
	"strconv"
	"strings"
	"testing"

	"github.com/temadag/temadag/internal/domain"
	"github.com/temadag/temadag/internal/server"
	"github.com/temadag/temadag/internal/site"
	"github.com/temadag/temadag/internal/testkit"
)

// TestOwnCalendar: the file of the personal page is the entry of the letters, under the neutral
// name, and only for who has a place; the public file tells the event's own name.
func TestOwnCalendar(t *testing.T) {
	w := newWorld(t, func(o *site.Options, _ *server.Options) { o.MailFrom = "temadag@post.example.se" })
	e := testkit.Event("lulea", 1)
	e.Title = domain.Text{Sv: "Känsligt ämne", En: "Sensitive subject"}
	e.Calendar = domain.Text{Sv: "Heldag i Luleå", En: "A day in Luleå"}
	w.AddEvent(t, e)
	own, queued := w.take("lulea", 1), w.take("lulea", 2)
	page := w.get(own).want(t, http.StatusOK, "Lägg in i din kalender")
	if !page.has(own+"/kalender.ics") || page.has("/tillfalle/lulea/kalender.ics") {
		t.Error("the personal page leads to another file than its own")
	}
	r := w.own(own)
	for path, summary := range map[string]string{own + "/kalender.ics": "Heldag i Luleå", inEnglish(own) + "/calendar.ics": "A day in Luleå"} {
		file := w.get(path).want(t, http.StatusOK, "METHOD:PUBLISH", "CLASS:PRIVATE", "SUMMARY:"+summary,
			"UID:"+strings.ToLower(strings.ReplaceAll(r.Registration.Reference(), "-", ""))+"@post.example.se",
			"SEQUENCE:"+strconv.Itoa(r.Event.Revision+r.Registration.Revision))
		for _, secret := range []string{"Känsligt", "Sensitive", tokenOf(own)} {
			if strings.Contains(file.body, secret) {
				t.Errorf("%s tells %q", path, secret)
			}
		}
		if got := file.Header.Get("Cache-Control"); got != "no-store" {
			t.Errorf("%s may be kept: %q", path, got)
		}
	}
	w.get("/tillfalle/lulea/kalender.ics").want(t, http.StatusOK, "Känsligt")
	w.get(queued+"/kalender.ics").want(t, http.StatusNotFound)
	must(t, w.Registrations.Cancel(quiet(), domain.Visitor(), tokenOf(own), ""))
	w.get(own+"/kalender.ics").want(t, http.StatusNotFound)
}
