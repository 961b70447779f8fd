package site_test

import (
	"net/http"
	"net/url"
	"strings"
	"testing"
	"time"

	"github.com/temadag/temadag/internal/domain"
	"github.com/temadag/temadag/internal/testkit"
)

// ownState is someone whose registration stands in some way.
type ownState struct {
	name string
	make func(w *world) (own string)
}

// ownStates are the ways in which a registration can stand.
func ownStates() []ownState {
	simple := func(here, there domain.Seats, fn func(lulea, umea *domain.Event)) func(w *world) string {
		return func(w *world) string {
			w.series(here, there, fn)
			return w.take("lulea", 1)
		}
	}
	asks := func(lulea, _ *domain.Event) { lulea.AfterCancel = domain.ContactUs }
	needs := func(lulea, _ *domain.Event) { lulea.Rules.Food, lulea.Rules.Access = true, true }
	late := func(make func(w *world) string, at func(e domain.Event) time.Time) func(w *world) string {
		return func(w *world) string {
			own := make(w)
			w.Clock.Set(at(w.own(own).Event))
			return own
		}
	}
	lastDay := func(e domain.Event) time.Time { return e.CancelUntil.End() }
	return []ownState{
		{"confirmed", simple(5, 5, needs)},
		{"confirmed, nobody can change", simple(5, 5, func(lulea, _ *domain.Event) { lulea.Rules.ChangeUntil = domain.Date{Year: 2016, Month: 9, Day: 1} })},
		{"confirmed, other town full", simple(5, 0, nil)},
		{"confirmed, too late, hand over", late(simple(5, 5, nil), lastDay)},
		{"confirmed, too late, ask", late(simple(5, 5, asks), lastDay)},
		{"confirmed, begun", late(simple(5, 5, needs), domain.Event.StartsAt)},
		{"waitlisted", func(w *world) string { w.series(1, 5, needs); w.take("lulea", 2); return w.take("lulea", 1) }},
		{"offered", func(w *world) string { w.series(1, 5, nil); return w.offered("lulea") }},
		{"offered, ran out", late(func(w *world) string { w.series(1, 5, nil); return w.offered("lulea") }, lastDay)},
		{"pair", func(w *world) string {
			w.series(1, 5, func(lulea, _ *domain.Event) { lulea.Rules.GroupLimit = 5 })
			first := w.take("lulea", 1)
			one, _ := w.pair("lulea")
			must(w.t, w.Registrations.Cancel(quiet(), domain.Visitor(), tokenOf(first), ""))
			return one
		}},
		{"race", func(w *world) string {
			w.series(1, 5, func(lulea, _ *domain.Event) {
				lulea.Rules.Offers.RaceDays = 60
				lulea.CancelUntil = lulea.Day.AddDays(-1)
			})
			w.Clock.Set(testkit.Event("", 0).Day.AddDays(-30).Start())
			return w.offered("lulea")
		}},
		{"pending", simple(5, 5, func(lulea, _ *domain.Event) { lulea.Rules.Approval = true })},
		{"cancelled", func(w *world) string {
			own := simple(5, 5, nil)(w)
			must(w.t, w.Registrations.Cancel(quiet(), domain.Visitor(), tokenOf(own), ""))
			return own
		}},
		{"struck", func(w *world) string {
			own := simple(5, 5, nil)(w)
			must(w.t, w.Registrations.Withdraw(quiet(), domain.Operator(), w.own(own).Registration.ID, "Dubblett"))
			return own
		}},
		{"two towns", func(w *world) string { w.series(5, 5, nil); w.take("umea", 1); return w.take("lulea", 1) }},
	}
}

// deed is one thing to do on the personal page and what its form would send.
type deed struct {
	name, path string
	form       url.Values
	shown      func(own string, page *response) bool
}

func deeds(status domain.RegistrationStatus) []deed {
	link := func(path string) func(string, *response) bool {
		return func(own string, page *response) bool { return page.has(own + path) }
	}
	button := func(value string) func(string, *response) bool {
		return func(_ string, page *response) bool {
			return strings.Contains(page.body, `name="reply" value="`+value+`"`)
		}
	}
	person := url.Values{}
	for name, value := range map[string]string{
		"given_name": "Ánne-Sárá", "family_name": "Oŋŋá", "email": "person1@example.se", "organisation": "Bodens kommun",
		"organisation_type": string(domain.OrgSchool), "municipality": "Boden", "revision": "0", "phone": "", "title": "",
	} {
		person.Set(name, value)
	}
	return []deed{
		{"cancel", "/avboka", url.Values{"step": {"cancel"}, "seen": {string(status)}}, nil},
		{"ask", "/avboka", url.Values{"step": {"ask"}, "seen": {string(status)}, "reason": {"Sjuk"}}, nil},
		{"hand over", "/overlat", url.Values{"given_name": {"Kolibri"}, "email": {"kolibri@example.se"}}, link("/overlat")},
		{"move", "/byt-ort/umea", url.Values{"place": {"queue"}}, link("/byt-ort")},
		{"change", "/andra", person, link("/andra")},
		{"needs", "/behov", url.Values{"step": {"keep"}, "diet": {"vegan"}}, link("/behov")},
		{"yes", "/erbjudande", url.Values{"reply": {"yes"}}, button("yes")},
		{"no", "/erbjudande", url.Values{"reply": {"no"}}, button("no")},
		{"wait", "/erbjudande", url.Values{"reply": {"wait"}}, button("wait")},
		{"leave the other", "/lamna/umea", url.Values{"step": {"cancel"}}, link("/lamna/umea")},
	}
}

// TestOwn_buttonsNeverLie tries everything in every state: what the personal page offers works, and
// what it does not offer is refused and changes nothing.
func TestOwn_buttonsNeverLie(t *testing.T) {
	offered, refused := 0, 0
	for _, state := range ownStates() {
		w := newWorld(t)
		own := state.make(w)
		for _, name := range deedNames() {
			d := w.deed(own, name)
			if w.offers(own, d) {
				offered++
				fresh := newWorld(t) // the others are tried on what this would change
				own := state.make(fresh)
				if r, done := fresh.try(own, fresh.deed(own, name)); !done {
					t.Errorf("%s: %s is offered and answers %d:\n%s", state.name, name, r.StatusCode, r.words())
				}
				continue
			}
			refused++
			if state.name == "offered, ran out" && name == "no" {
				continue // a no that comes late does what the clock is about to do
			}
			if r, done := w.try(own, d); done {
				t.Errorf("%s: %s is not offered and done all the same, with %d", state.name, name, r.StatusCode)
			}
		}
	}
	if offered < 20 || refused < 60 {
		t.Errorf("%d offered and %d refused: the states do not try much", offered, refused)
	}
}

func deedNames() []string {
	var names []string
	for _, d := range deeds("") {
		names = append(names, d.name)
	}
	return names
}

// deed is the deed as the holder of the registration would send it.
func (w *world) deed(own, name string) deed {
	w.t.Helper()
	r := w.own(own).Registration
	for _, d := range deeds(r.Status) {
		if d.name != name {
			continue
		}
		switch name {
		case "change":
			d.form.Set("email", r.Email)
			d.form.Set("revision", itoa(int64(r.Revision)))
		case "move":
			d.form = w.termsOf("umea", d.form)
		}
		return d
	}
	w.t.Fatalf("no deed is called %s", name)
	return deed{}
}

// offers reports whether the pages offer the deed.
func (w *world) offers(own string, d deed) bool {
	w.t.Helper()
	page := w.get(own).want(w.t, http.StatusOK)
	switch {
	case d.shown == nil: // two things on one page
		return page.has(own+d.path) && strings.Contains(w.get(own+d.path).body, `name="step" value="`+d.form.Get("step")+`"`)
	case d.name == "move": // on the page of the town
		return d.shown(own, page) && w.get(own+d.path).StatusCode == http.StatusOK
	}
	return d.shown(own, page)
}

// try does the deed and reports whether anything came of it.
func (w *world) try(own string, d deed) (r *response, done bool) {
	w.t.Helper()
	before := w.trace(own)
	r = w.post(own+d.path, d.form)
	return r, w.trace(own) != before
}

// trace is all that has happened to the registration and to those that belong to it.
func (w *world) trace(own string) string {
	w.t.Helper()
	o := w.own(own)
	var b strings.Builder
	for _, h := range o.History {
		b.WriteString(string(h.Kind) + " ")
	}
	for _, other := range o.Others {
		b.WriteString(other.Event.Slug + " " + string(other.Status) + " ")
	}
	return b.String()
}

func (w *world) termsOf(slug string, form url.Values) url.Values {
	w.t.Helper()
	e, err := w.Programme.Event(quiet(), slug)
	must(w.t, err)
	form.Set("terms", itoa(e.Terms.ID))
	return form
}

// TestOwn_lookingChangesNothing: mail programs open every link in a letter, and some the links on the
// page behind it.
func TestOwn_lookingChangesNothing(t *testing.T) {
	for _, state := range ownStates() {
		w := newWorld(t)
		own := state.make(w)
		before := w.trace(own)
		for _, path := range []string{own, own + "?klart=avbokad", inEnglish(own)} {
			page := w.get(path).want(t, http.StatusOK)
			for _, n := range page.find("a") {
				if to := attr(n, "href"); strings.HasPrefix(to, own) || strings.HasPrefix(to, inEnglish(own)) {
					w.follow(to)
				}
			}
		}
		for _, route := range w.site.Routes() {
			if route.Method == http.MethodGet && strings.HasPrefix(route.Name, "own_") {
				for _, path := range route.Paths {
					w.follow(strings.NewReplacer(":token", tokenOf(own), ":slug", "umea").Replace(path))
				}
			}
		}
		if w.trace(own) != before {
			t.Errorf("%s: looking at the pages changed something", state.name)
		}
	}
}

// follow opens a page behind a personal link and looks at what every such page owes.
func (w *world) follow(path string) {
	w.t.Helper()
	for _, method := range []string{http.MethodGet, http.MethodHead} {
		r := w.do(method, path, "")
		if r.StatusCode != http.StatusOK && r.StatusCode != http.StatusSeeOther && r.StatusCode != http.StatusNotFound {
			w.t.Errorf("%s %s answers %d", method, path, r.StatusCode)
		}
		for name, want := range map[string]string{"Cache-Control": "no-store", "Referrer-Policy": "no-referrer", "X-Robots-Tag": "noindex"} {
			if got := r.Header.Get(name); !strings.Contains(got, want) {
				w.t.Errorf("%s: %s is %q", path, name, got)
			}
		}
		if r.page != nil && r.StatusCode == http.StatusOK && method == http.MethodGet {
			if n := len(r.find("h1")); n != 1 {
				w.t.Errorf("%s has %d h1", path, n)
			}
			w.noBrowserChecks(path, r)
		}
	}
}

// noBrowserChecks: the server tells what is missing, in words.
func (w *world) noBrowserChecks(path string, r *response) {
	w.t.Helper()
	for _, n := range append(r.find("input"), r.find("textarea")...) {
		for _, a := range n.Attr {
			if a.Key == "required" || a.Key == "placeholder" || a.Key == "pattern" || a.Key == "maxlength" {
				w.t.Errorf("%s: %s has %s", path, attr(n, "name"), a.Key)
			}
		}
	}
	for _, n := range r.find("form") {
		if attr(n, "method") != "post" {
			w.t.Errorf("%s: a form is sent by %q", path, attr(n, "method"))
		}
	}
}

func TestOwn_wrongLinksLookAlike(t *testing.T) {
	w := newWorld(t)
	w.series(5, 5, nil)
	own := w.take("lulea", 1)
	right := tokenOf(own)
	wrong := []string{"x", right[:len(right)-1], strings.Repeat("a", len(right)), right + "a"}
	for _, route := range w.site.Routes() {
		if !strings.HasPrefix(route.Name, "own_") || !strings.Contains(route.Paths[domain.Swedish], ":token") {
			continue
		}
		var first string
		for _, token := range wrong {
			path := strings.NewReplacer(":token", token, ":slug", "umea").Replace(route.Paths[domain.Swedish])
			r := w.do(route.Method, path, "step=cancel")
			if r.StatusCode != http.StatusNotFound || (first != "" && r.body != first) {
				t.Errorf("%s %s answers %d, or differs", route.Method, path, r.StatusCode)
			}
			first = r.body
		}
	}
}

func TestOwn_refusesForeignForms(t *testing.T) {
	w := newWorld(t)
	w.series(5, 5, nil)
	own := w.take("lulea", 1)
	for _, d := range deeds(domain.Confirmed) {
		if d.name == "leave the other" {
			continue
		}
		form := url.Values{"extra": {"1"}}
		for name, values := range d.form {
			form[name] = values
		}
		w.post(own+d.path, form).want(t, http.StatusBadRequest, "Formuläret hade fält som vår sida inte har")
		if r := w.post(own+d.path, d.form, "Sec-Fetch-Site", "cross-site"); r.StatusCode != http.StatusForbidden {
			t.Errorf("%s from another site answers %d", d.name, r.StatusCode)
		}
	}
	for _, form := range []url.Values{{"step": {"cancel", "cancel"}}, {}, {"step": {"x"}}} {
		w.post(own+"/avboka", form).want(t, http.StatusBadRequest)
	}
	w.post(own+"/erbjudande", url.Values{"reply": {"maybe"}}).want(t, http.StatusBadRequest)
	if n := len(w.own(own).History); n != 1 {
		t.Errorf("%d lines of history", n)
	}
}

func TestOwn_unknownWordsShowNothing(t *testing.T) {
	w := newWorld(t)
	w.AddEvent(t, testkit.Event("lulea", 5))
	own := w.take("lulea", 1)
	for _, word := range []string{"x", "avbokad", "overlaten", "nej", "behov", "fragat", "vantar", "%3Cscript%3E", "bytt", "lamnat"} {
		if page := w.get(own + "?klart=" + word); strings.Contains(page.body, "notice-done") {
			t.Errorf("%s shows a notice", word)
		}
	}
	if page := w.get(own + "?klart=andrad"); !strings.Contains(page.body, "notice-done") {
		t.Error("the search above finds nothing")
	}
}
