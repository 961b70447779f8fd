package journey_test

import (
	"fmt"
	"net/http"
	"net/http/httptest"
	"net/url"
	"strings"
	"sync"
	"testing"

	"github.com/temadag/temadag/internal/domain"
)

// TestLife_lookingChangesNothing: whoever scans mail follows every link, again and again. No link in
// a letter or on a personal page does anything.
func TestLife_lookingChangesNothing(t *testing.T) {
	times := 20
	if testing.Short() {
		times = 2
	}
	l := newLife(t, autumn()...)
	addresses := l.personal()
	l.p.post()
	before := l.p.contents()
	for _, address := range addresses {
		for range times {
			if d := l.v.open(address); d.status >= http.StatusInternalServerError {
				t.Errorf("%s: status %d", address, d.status)
			}
			resp, err := l.v.client.Head(address)
			if err != nil {
				t.Fatal(err)
			}
			drain(resp.Body)
		}
	}
	if l.p.contents() != before {
		t.Error("looking at personal pages changed the database")
	}
	// The twin: one button is noticed.
	l.v.open(addresses[0])
	l.v.follow("Avboka platsen")
	l.v.press("Avboka platsen", nil)
	if l.p.contents() == before {
		t.Error("a cancellation was not noticed: this test sees nothing")
	}
	t.Logf("%d addresses, %d times each by GET and HEAD", len(addresses), times)
}

// personal is the address of every page behind the links of people in several states.
func (l *life) personal() []string {
	l.t.Helper()
	seated := l.arrive("temadag-umea", with(who("Sara", "Sik"), url.Values{"diet_text": {firstNeed}}), domain.LetterConfirmed)
	giver := l.arrive("temadag-umea", who("Bo", "Berg"), domain.LetterConfirmed)
	offered := l.arrive("temadag-umea", asa(), domain.LetterWaitlisted)
	waiting := l.arrive("temadag-umea", who("Cilla", "Ceder"), domain.LetterWaitlisted)
	l.arrive("temadag-lulea", who("Sara", "Sik"), domain.LetterConfirmed)
	pending := l.arrive(approvalEvent, who("Maja", "Mård"), domain.LetterApplied)
	giver.way("Avboka platsen")
	l.v.press("Avboka platsen", nil)
	offered.open("Du har fått erbjudande om en plats")
	l.v.open(l.p.base() + "/tillfalle/temadag-lulea/anmalan/grupp")
	l.v.step("review", l.v.complete(with(couple(), url.Values{"unnamed": {"1"}, "mode": {"all"}})))
	l.v.step("send", nil)
	out := []string{seated.link}
	for _, g := range []*guest{seated, giver, offered, waiting, pending} {
		for _, path := range []string{
			"", "/utskrift", "/erbjudande", "/avboka", "/overlat", "/byt-ort", "/byt-ort/temadag-harnosand",
			"/byt-ort/temadag-umea", "/lamna/temadag-lulea", "/andra", "/behov",
		} {
			out = append(out, g.link+path, strings.Replace(g.link, "/min-anmalan/", "/en/my-registration/", 1))
		}
	}
	return append(out, l.p.letterOf(domain.LetterGroup, address("Greta")).link(l.t, "/grupp/"))
}

// TestLife_strangersForms: a form on somebody else's page cannot do anything with a link it knows.
// Each is sent from there first, and then, as the twin, from our own page.
func TestLife_strangersForms(t *testing.T) {
	l := newLife(t, autumn()...)
	sara := l.arrive("temadag-umea", who("Sara", "Sik"), domain.LetterConfirmed)
	lulea := l.arrive("temadag-lulea", who("Sara", "Sik"), domain.LetterConfirmed)
	bo := l.arrive("temadag-umea", who("Bo", "Berg"), domain.LetterConfirmed)
	asa := l.arrive("temadag-umea", asa(), domain.LetterWaitlisted)
	base := l.p.base() + "/tillfalle/temadag-harnosand/anmalan"

	l.v.open(base)
	l.v.step("review", l.v.complete(who("Nora", "Ny")))
	l.onlyFromUs("Skicka bindande anmälan", nil)
	l.v.open(base + "/grupp")
	l.v.step("review", l.v.complete(with(couple(), url.Values{"unnamed": {"1"}, "mode": {"all"}})))
	l.onlyFromUs("Skicka bindande anmälan för 3 platser", nil)
	l.v.open(l.p.letterOf(domain.LetterGroup, address("Greta")).link(t, "/grupp/"))
	l.onlyFromUs("Ange vem som ska ha platsen (Plats 3)", url.Values{
		"place_3_given_name": {"Kajsa"}, "place_3_family_name": {"Kvist"}, "place_3_email": {address("Kajsa")},
	})
	l.v.open(sara.link + "/behov")
	l.onlyFromUs("Spara", url.Values{"diet_text": {firstNeed}})
	l.v.open(sara.link + "/andra")
	l.onlyFromUs("Spara ändringarna", url.Values{"title": {"chef"}})
	l.v.open(sara.link + "/lamna/temadag-lulea")
	l.onlyFromUs("Lämna Luleå", nil)
	lulea.past("Du avbokade platsen.")
	l.v.open(bo.link + "/avboka")
	l.onlyFromUs("Avboka platsen", nil)
	l.v.open(asa.link)
	l.onlyFromUs("Ja, jag tar platsen", nil)
	l.v.open(asa.link + "/byt-ort/temadag-harnosand")
	l.onlyFromUs("Byt till Härnösand", nil)
	l.v.open(sara.link + "/overlat")
	l.onlyFromUs("Överlåt platsen", url.Values{"given_name": {"Eva"}, "family_name": {"Ek"}, "email": {address("Eva")}})
	l.p.fsck()
}

// onlyFromUs sends the form with the button from a stranger's page, which is refused and changes
// nothing, and then from ours, which does.
func (l *life) onlyFromUs(words string, values url.Values) {
	l.t.Helper()
	l.p.post()
	form, button := l.v.button(words)
	target, sent := l.v.filled(form, button, values)
	before := l.p.contents()
	for name, value := range map[string]string{"Origin": "https://fel.example", "Sec-Fetch-Site": "cross-site"} {
		req, err := http.NewRequestWithContext(l.t.Context(), http.MethodPost, target, strings.NewReader(sent.Encode()))
		if err != nil {
			l.t.Fatal(err)
		}
		req.Header.Set("Content-Type", "application/x-www-form-urlencoded")
		req.Header.Set(name, value)
		resp, err := l.v.client.Do(req)
		if err != nil {
			l.t.Fatal(err)
		}
		drain(resp.Body)
		if resp.StatusCode != http.StatusForbidden {
			l.t.Errorf("%q with %s %s: status %d, want 403", words, name, value, resp.StatusCode)
		}
	}
	if l.p.contents() != before {
		l.t.Errorf("%q from a stranger's page changed the database", words)
	}
	l.v.submit(form, button, values)
	l.v.expect(http.StatusOK)
	if l.p.contents() == before {
		l.t.Errorf("%q from our own page did nothing: this test sees nothing", words)
	}
}

// TestLife_manyClicks is a button pressed by eight fingers at once: one answer, one line in the
// history and one letter.
func TestLife_manyClicks(t *testing.T) {
	l := newLife(t, autumn()...)
	sara := l.arrive("temadag-umea", who("Sara", "Sik"), domain.LetterConfirmed)
	bo := l.arrive("temadag-umea", who("Bo", "Berg"), domain.LetterConfirmed)
	asa := l.arrive("temadag-umea", asa(), domain.LetterWaitlisted)
	for _, c := range []struct {
		page, words string
		values      url.Values
		letter      domain.LetterKind
	}{
		{bo.link + "/avboka", "Avboka platsen", nil, domain.LetterCancelled},
		{asa.link, "Ja, jag tar platsen", nil, domain.LetterConfirmed},
		{asa.link + "/byt-ort/temadag-harnosand", "Byt till Härnösand", nil, domain.LetterMoved},
		{sara.link + "/overlat", "Överlåt platsen", url.Values{"given_name": {"Eva"}, "family_name": {"Ek"}, "email": {address("Eva")}}, domain.LetterReceived},
	} {
		letters := func() int {
			return l.p.count("SELECT count(*) FROM letters WHERE state <> 'withheld' AND kind = '" + string(c.letter) + "'")
		}
		l.v.open(c.page)
		form, button := l.v.button(c.words)
		target, sent := l.v.filled(form, button, c.values)
		before := letters()
		ends := l.press(8, target, sent)
		if len(ends) != 1 {
			t.Errorf("%q by eight fingers leads to %v", c.words, sorted(ends))
		}
		if n := letters() - before; n != 1 {
			t.Errorf("%q by eight fingers: %d letters, want 1", c.words, n)
		}
	}
	l.p.fsck()
}

// press sends a form n times at once, and tells where that leads.
func (l *life) press(n int, target string, sent url.Values) map[string]bool {
	l.t.Helper()
	var mu sync.Mutex
	var all sync.WaitGroup
	ends := map[string]bool{}
	for range n {
		all.Go(func() {
			resp, err := http.PostForm(target, sent)
			where := fmt.Sprint(err)
			if err == nil {
				drain(resp.Body)
				where = fmt.Sprint(resp.StatusCode, " ", resp.Request.URL)
			}
			mu.Lock()
			defer mu.Unlock()
			ends[where] = true
		})
	}
	all.Wait()
	return ends
}

// TestDiffers is the twin of pressing twice: a page that counts, and one that leads elsewhere.
func TestDiffers(t *testing.T) {
	n := 0
	server := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, _ *http.Request) {
		n++
		fmt.Fprintf(w, "<main>%d</main>", n/2)
	}))
	defer server.Close()
	v := newVisitor(t)
	zero, one, same, elsewhere := v.open(server.URL), v.open(server.URL), v.open(server.URL), v.open(server.URL+"/andra")
	if differs(one, same) != "" || differs(zero, one) == "" || differs(one, elsewhere) == "" {
		t.Errorf("differences: %q, %q, %q", differs(one, same), differs(zero, one), differs(one, elsewhere))
	}
}

// TestCanary_throughLife: people whose every word is found nowhere else go through all of it, and
// nothing of them is on a public page, in a feed or in what a search engine is told.
func TestCanary_throughLife(t *testing.T) {
	l := newLife(t, autumn()...)
	needs := url.Values{"diet_text": {firstNeed}, "access_text": {secondNeed}}
	bird := l.arrive("temadag-umea", with(canary(), needs), domain.LetterConfirmed)
	bird.open(firstNeed, "Kvitterlina", "näbbvårdare") // the test itself sees what it looks for
	bird.way("Överlåt platsen till en kollega")
	l.v.press("Överlåt platsen", url.Values{"given_name": {"Tjattersine"}, "family_name": {"Gnissel"}, "email": {"tjatter@kanariebur.example.se"}})
	l.guest(domain.LetterReceived, "tjatter@kanariebur.example.se").way("Byt ort")
	l.v.follow("Byt till Härnösand")
	l.v.press("Byt till Härnösand", l.v.complete(nil))
	l.guest(domain.LetterMoved, "tjatter@kanariebur.example.se").open("Tjattersine", "Burverket")
	l.v.open(l.p.base() + "/tillfalle/temadag-lulea/anmalan/grupp")
	l.v.step("review", l.v.complete(with(couple(), url.Values{
		"contact_name": {"Fjäderhilda Burman"}, "people_1_given_name": {"Kvitterlina"}, "people_1_email": {"pip@kanariebur.example.se"},
	})))
	l.v.step("send", nil)
	secrets := []string{
		firstNeed, secondNeed, "Kvitterlina", "Zwitschermark", "pippifagel", "kanariebur", "070-174 06 77", "Burverket", "näbbvårdare",
		"Tjattersine", "Gnissel", "Fjäderhilda",
	}
	read := map[string][]byte{}
	for path, d := range crawl(t, l.p) {
		if !strings.HasPrefix(path, "/dev/") {
			read[path] = d.body
		}
	}
	for _, finding := range reveals(read, secrets...) {
		t.Error(finding)
	}
}
