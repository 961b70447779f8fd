package site_test

import (
	"net/http"
	"net/url"
	"strconv"
	"strings"
	"testing"
	"time"

	"github.com/temadag/temadag/internal/auth"
	"github.com/temadag/temadag/internal/domain"
	"github.com/temadag/temadag/internal/service"
	"github.com/temadag/temadag/internal/testkit"
)

// series publishes the theme day in Luleå with room for here, and in Umeå with room for there.
func (w *world) series(here, there domain.Seats, fn func(lulea, umea *domain.Event)) {
	w.t.Helper()
	lulea, umea := testkit.Event("lulea", here), testkit.Event("umea", there)
	umea.Title, umea.Town = domain.Text{Sv: "Temadag i Umeå", En: "Theme day in Umeå"}, "Umeå"
	umea.Day = lulea.Day.AddDays(1)
	umea.RegisterUntil, umea.CancelUntil = lulea.RegisterUntil, lulea.CancelUntil
	if fn != nil {
		fn(&lulea, &umea)
	}
	w.addSeries(domain.Series{
		Slug: "tema", Title: domain.Text{Sv: "Temadagar", En: "Theme days"},
		Events: []domain.Event{lulea, umea},
	})
}

// tokenOf is the personal link behind the address of a personal page.
func tokenOf(own string) string { return own[strings.LastIndexByte(own, '/')+1:] }

// inEnglish is the same page in English.
func inEnglish(own string) string {
	return strings.NewReplacer("/min-anmalan/", "/en/my-registration/", "/avboka", "/cancel", "/overlat", "/hand-over", "/byt-ort", "/change-town",
		"/andra", "/change", "/behov", "/needs", "/utskrift", "/print", "/erbjudande", "/offer", "/lamna/", "/leave/",
		"/kommer-inte", "/not-coming", "/kommer", "/coming").Replace(own)
}

// own is the registration behind the address as the service has it.
func (w *world) own(path string) domain.OwnRegistration {
	w.t.Helper()
	out, err := w.Registrations.Own(quiet(), domain.Visitor(), tokenOf(path))
	if err != nil {
		w.t.Fatal(err)
	}
	return out
}

// passTime turns the clock to the end of a day and lets what the clock brings about happen.
func (w *world) passTime(to time.Time) {
	w.t.Helper()
	w.Clock.Set(to)
	if _, err := w.Registrations.KeepTime(quiet(), domain.Worker()); err != nil {
		w.t.Fatal(err)
	}
}

// must fails the test on an error of what prepares it.
func must(t testing.TB, err error) {
	t.Helper()
	if err != nil {
		t.Fatal(err)
	}
}

// offered is the personal page of someone in the queue who has just been offered a place.
func (w *world) offered(slug string) string {
	w.t.Helper()
	first, second := w.take(slug, 1), w.take(slug, 2)
	must(w.t, w.Registrations.Cancel(quiet(), domain.Visitor(), tokenOf(first), ""))
	return second
}

// pair queues two people who were registered in one go and is the pages of both.
func (w *world) pair(slug string) (one, other string) {
	w.t.Helper()
	e, err := w.Programme.Event(quiet(), slug)
	must(w.t, err)
	work, one1, other1 := testkit.Person(9), testkit.Person(10), testkit.Person(11)
	_, err = w.Registrations.RegisterGroup(quiet(), domain.Visitor(), service.GroupInput{
		EventSlug: slug, Key: auth.NewKey(), TermsID: e.Terms.ID, Lang: domain.Swedish,
		Entry: domain.GroupEntry{
			ContactName: "Eva Kontakt", ContactEmail: work.Email, Work: work, Mode: string(domain.GroupSome),
			People: []domain.Entry{
				{GivenName: "Ett", Email: one1.Email}, {GivenName: "Tva", Email: other1.Email},
			},
		},
	})
	must(w.t, err)
	return w.linkOf(slug, one1.Email), w.linkOf(slug, other1.Email)
}

// linkOf is the personal page of the live registration with the address.
func (w *world) linkOf(slug, email string) string {
	w.t.Helper()
	e, err := w.Programme.Event(quiet(), slug)
	must(w.t, err)
	k, err := w.Store.LiveRegistration(quiet(), e.ID, domain.EmailKey(email))
	must(w.t, err)
	return "/min-anmalan/" + w.Keys.Link(k.UID, k.LinkVersion)
}

// filled is the form of a page with its fields and some more.
func (r *response) filled(more ...string) url.Values {
	form := r.fields()
	for i := 0; i+1 < len(more); i += 2 {
		form.Set(more[i], more[i+1])
	}
	return form
}

// done follows the way back to the personal page after something was done.
func (w *world) done(r *response, word string) *response {
	w.t.Helper()
	to := r.want(w.t, http.StatusSeeOther).Header.Get("Location")
	if !strings.HasSuffix(to, "?klart="+word) {
		w.t.Errorf("leads to %s, want the word %q", to, word)
	}
	return w.get(to).want(w.t, http.StatusOK)
}

// has reports whether the page has a link or a form to the address.
func (r *response) has(address string) bool {
	for _, name := range []string{"a", "form"} {
		for _, n := range r.find(name) {
			if attr(n, "href") == address || attr(n, "action") == address {
				return true
			}
		}
	}
	return false
}

// linkByKey is the personal page of what was registered with the key.
func (w *world) linkByKey(key string) string { return "/min-anmalan/" + w.Keys.Link(auth.UID(key), 1) }

// sessionValue is what the form sends for the i-th session of the event.
func (w *world) sessionValue(e domain.Event, i int) string {
	return strconv.FormatInt(e.Programme[i].ID, 10)
}

func itoa(n int64) string { return strconv.FormatInt(n, 10) }
