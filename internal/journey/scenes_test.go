package journey_test

import (
	"fmt"
	"maps"
	"net/http"
	"net/http/httptest"
	"net/http/httputil"
	"net/url"
	"strings"
	"testing"
)

// scene is a public page in one of its states, as the program answered it.
type scene struct {
	name string
	*document
}

// stage collects scenes from a program.
type stage struct {
	p      *program
	v      *visitor
	scenes []scene
}

func (s *stage) keep(name string, status int) {
	s.v.t.Helper()
	if s.v.page.status != status {
		s.v.t.Errorf("%s (%s): status %d, want %d", name, s.v.page.url, s.v.page.status, status)
	}
	s.scenes = append(s.scenes, scene{name, s.v.page})
}

// visit keeps a page that a plain address gives.
func (s *stage) visit(name, path string) {
	s.v.t.Helper()
	s.v.open(s.p.base() + path)
	s.keep(name, http.StatusOK)
}

// both keeps a page in Swedish and in English.
func (s *stage) both(name, sv, en string) {
	s.v.t.Helper()
	s.visit(name, sv)
	s.visit(name+"-en", en)
}

func (s *stage) event(name, slug string) {
	s.v.t.Helper()
	s.both("event-"+name, "/tillfalle/"+slug, "/en/event/"+slug)
}

func update(slug, set string) string {
	return fmt.Sprintf("UPDATE events SET %s WHERE slug = '%s'", set, slug)
}

// nobodyWaits is the statements, behind some that empty every queue of the demonstration.
func nobodyWaits(statements ...string) []string {
	const waiting = " IN (SELECT id FROM registrations WHERE status = 'waitlisted')"
	return append([]string{
		"DELETE FROM needs WHERE registration_id" + waiting,
		"DELETE FROM choices WHERE registration_id" + waiting,
		"DELETE FROM history WHERE registration_id" + waiting,
		"DELETE FROM repeats WHERE registration_id" + waiting,
		"DELETE FROM letter_bodies WHERE letter_id IN (SELECT id FROM letters WHERE registration_id" + waiting + ")",
		"DELETE FROM letters WHERE registration_id" + waiting,
		"DELETE FROM registrations WHERE status = 'waitlisted'",
		"UPDATE events SET waiting = 0",
	}, statements...)
}

// scenes is every page in every state, in both languages where words differ most: as the program
// answered them, once for all tests of this run.
func scenes(t testing.TB) []scene {
	t.Helper()
	h := house()
	h.play.Do(func() { h.scenes = append(publicScenes(t), lifeScenes(t)...) })
	if len(h.scenes) == 0 {
		t.Fatal("the scenes could not be made, see the first test that asked for them")
	}
	return h.scenes
}

// publicScenes is every public page, and the registration of one person.
func publicScenes(t testing.TB) []scene {
	t.Helper()
	a := &stage{v: newVisitor(t), p: unhurried(t,
		update("temadag-lulea", "capacity = seats_taken + 30, waiting_list = TRUE"),
		update("temadag-ostersund", "capacity = seats_taken + 3"),
		update("temadag-umea", "capacity = seats_taken, waiting_list = TRUE"),
		update("temadag-harnosand", "register_until = '2016-10-01'"),
		update(openEvent, "capacity = 0"),
	)}
	a.readable()
	a.events()
	a.registration()
	b := &stage{v: a.v, p: unhurried(t, nobodyWaits(
		update("temadag-lulea", "state = 'cancelled'"),
		update("temadag-ostersund", "day = '2016-09-01', last_day = '2016-09-01', register_until = '2016-08-20'"),
		update("temadag-umea", "capacity = seats_taken, waiting_list = FALSE"),
		update("temadag-harnosand", "opens_at = 1477000000000000"),
	)...)}
	b.event("cancelled", "temadag-lulea")
	b.event("past", "temadag-ostersund")
	b.event("full", "temadag-umea")
	b.event("soon", "temadag-harnosand")
	b.both("calendar-other", "/", "/en/")
	b.both("register-cancelled", "/tillfalle/temadag-lulea/anmalan", "/en/event/temadag-lulea/registration")
	b.visit("register-full", "/tillfalle/temadag-umea/anmalan")
	b.visit("register-soon", "/tillfalle/temadag-harnosand/anmalan")
	return append(a.scenes, b.scenes...)
}

// readable is the pages that only tell something.
func (s *stage) readable() {
	s.v.t.Helper()
	s.both("calendar", "/", "/en/")
	s.visit("calendar-county", "/?county=BD")
	s.visit("calendar-found", "/?q=lulea")
	s.both("calendar-empty", "/?q=finnsverkligeninte", "/en/?q=finnsverkligeninte")
	s.both("series", s.path("/tema/"), s.path("/en/theme/"))
	s.both("news", "/nyheter", "/en/news")
	s.both("news-item", s.path("/nyheter/"), s.path("/en/news/"))
	s.both("accessibility", "/tillganglighet", "/en/accessibility")
	s.both("privacy", "/personuppgifter", "/en/privacy")
	s.both("cookies", "/kakor", "/en/cookies")
	s.both("subscribe", "/prenumerera", "/en/subscribe")
	for name, path := range map[string]string{"not-found": "/finns/inte", "not-found-en": "/en/event/not-there"} {
		s.v.open(s.p.base() + path)
		s.keep(name, http.StatusNotFound)
	}
}

// path is the first address on the site map that begins with the prefix.
func (s *stage) path(prefix string) string {
	s.v.t.Helper()
	d := s.v.open(s.p.base() + "/sitemap.xml")
	for _, a := range addresses(s.v.t, s.p, d) {
		if strings.HasPrefix(a, prefix) {
			return a
		}
	}
	s.v.t.Fatalf("the site map has no address that begins with %s", prefix)
	return ""
}

func (s *stage) events() {
	s.v.t.Helper()
	s.event("open", "temadag-lulea")
	s.event("nearly-full", "temadag-ostersund")
	s.event("queue", "temadag-umea")
	s.event("closed", "temadag-harnosand")
	s.event("undecided", openEvent)
}

// registration is the form, its faults, the review, the receipt and the personal page.
func (s *stage) registration() {
	s.v.t.Helper()
	for _, way := range []struct{ suffix, form string }{
		{"", "/tillfalle/%s/anmalan"}, {"-en", "/en/event/%s/registration"},
	} {
		form := func(slug string) string { return fmt.Sprintf(way.form, slug) }
		s.visit("form"+way.suffix, form("temadag-lulea"))
		s.v.step("review", nil)
		s.keep("form-missing"+way.suffix, http.StatusUnprocessableEntity)
		s.v.step("review", url.Values{"email": {"asa(at)example"}, "phone": {"ring mig"}, "given_name": {"<b>Åsa</b>"}})
		s.keep("form-wrong"+way.suffix, http.StatusUnprocessableEntity)
		s.v.step("review", long())
		s.keep("form-long"+way.suffix, http.StatusUnprocessableEntity)

		s.visit("form-queue"+way.suffix, form("temadag-umea"))
		s.v.step("review", asa())
		s.keep("form-queue-missing"+way.suffix, http.StatusUnprocessableEntity)
		s.v.step("review", s.answered())
		s.keep("review-queue"+way.suffix, http.StatusOK)
		s.v.step("send", nil)
		s.keep("receipt-queue"+way.suffix, http.StatusOK)

		person := asa()
		person.Set("email", "asa"+way.suffix+"@example.se")
		s.visit("form-again"+way.suffix, form("temadag-lulea"))
		s.v.step("review", person)
		s.keep("review"+way.suffix, http.StatusOK)
		review := s.v.page
		s.v.step("edit", nil)
		s.keep("form-filled"+way.suffix, http.StatusOK)
		s.v.page = review
		s.v.step("send", url.Values{"token": {"forged"}})
		s.keep("review-again"+way.suffix, http.StatusOK)
		s.v.page = review
		s.v.step("send", nil)
		s.keep("receipt"+way.suffix, http.StatusOK)
		s.v.page = review
		s.v.step("send", url.Values{"email": {"nagon.annan@example.se"}})
		s.keep("already-sent"+way.suffix, http.StatusConflict)
		s.visit("register-closed"+way.suffix, form("temadag-harnosand"))
	}
	for name, email := range map[string]string{"own-queue": asa().Get("email"), "own": "asa@example.se", "own-en": "asa-en@example.se"} {
		l := s.p.letterTo(email, 1)
		s.v.open(l.link(s.v.t, "/my-registration/", "/min-anmalan/"))
		s.keep(name, http.StatusOK)
	}
}

// answered is Åsa with the first choice of every choice she has not made on the page.
func (s *stage) answered() url.Values {
	s.v.t.Helper()
	values := asa()
	for _, n := range find(s.v.page.root, "input") {
		if name := attr(n, "name"); strings.HasPrefix(name, "question") && attr(n, "type") == "radio" && !values.Has(name) {
			values.Set(name, attr(n, "value"))
		}
	}
	return values
}

// long is more than anyone writes, with words that do not break.
func long() url.Values {
	values := url.Values{}
	for name := range asa() {
		if name != "organisation_type" {
			values.Set(name, strings.Repeat("Länsstyrelsegemensamhetsutvecklingsarbetsgruppsmöte", 8))
		}
	}
	return values
}

// theatre shows the scenes again, each at an address of its own, with the program's styles,
// scripts and headers. So a browser sees states that otherwise come of sending forms.
func theatre(t testing.TB, all []scene) (base string) {
	t.Helper()
	p := unhurried(t)
	program, err := url.Parse(p.base())
	if err != nil {
		t.Fatal(err)
	}
	mux := http.NewServeMux()
	mux.Handle("/", httputil.NewSingleHostReverseProxy(program))
	for _, s := range all {
		mux.HandleFunc("GET /scene/"+s.name, func(w http.ResponseWriter, _ *http.Request) {
			maps.Copy(w.Header(), s.header)
			w.Header().Del("Content-Encoding")
			w.Header().Del("Content-Length")
			_, _ = w.Write(s.body) // the browser says when it got too little
		})
	}
	server := httptest.NewServer(mux)
	t.Cleanup(server.Close)
	return server.URL
}
