package office_test

import (
	"html"
	"net/http"
	"net/url"
	"regexp"
	"strconv"
	"strings"
	"sync/atomic"
	"testing"
	"time"

	"github.com/temadag/temadag/internal/domain"
	"github.com/temadag/temadag/internal/testkit"
	"github.com/temadag/temadag/internal/testkit/browser"
	"github.com/temadag/temadag/internal/testkit/look"
)

// seen are the names that a list at the door shows.
func (r *response) seen() (out []string) {
	for _, row := range regexp.MustCompile(`(?s)<li data-text="[^"]*" data-number="[^"]*"( hidden)?>\s*<p id="who\d+"><strong>([^<]*)`).FindAllStringSubmatch(r.body, -1) {
		if row[1] == "" {
			out = append(out, html.UnescapeString(row[2]))
		}
	}
	return out
}

// Whoever stands at the door types a few letters and sees who it may be, without a script. What she searched for
// stands when she has saved, and when somebody else was there first.
func TestAttendance_search(t *testing.T) {
	w := newWorld(t)
	e := season(t, w)["kiruna"]
	w.twelveMore(e)
	refs := w.theDay(t, e)
	c, other := w.user("Cilla Exempel", in(domain.RoleCheckIn)), w.user("Didrik Exempel", in(domain.RoleOrganiser))
	for typed, want := range map[string]string{
		"ohm":            "Öhman",
		"ÅKE":            "Åkesson",
		"ŋuo":            "Ŋuolla",
		"nuo":            "Ŋuolla",
		"gunhildholm":    "Abrahamsson, Gunhild",
		"carlsson":       "",
		"hemlig":         "",
		"gunhild@":       "",
		refs[2]:          refs[2],
		refs[2][:4]:      refs[2],
		`"><script>x(1)`: "",
	} {
		page := c.get(attendanceAt+"?"+url.Values{"q": {typed}}.Encode()).want(t, http.StatusOK)
		got := page.seen()
		switch {
		case want == "" && len(got) == 0:
			page.want(t, http.StatusOK, "Ingen i listan passar")
		case want == "" || len(got) != 1 || !strings.Contains(got[0], want):
			t.Errorf("%q shows %q, want %q", typed, got, want)
		default:
			page.want(t, http.StatusOK, "1 av ")
		}
		if page.fields().Get("q") != typed && !strings.Contains(page.body, `value="`+html.EscapeString(typed)+`"`) {
			t.Errorf("%q does not stand on its page", typed)
		}
		for _, secret := range []string{"carlsson", "Carlsson", "hemligholmen"} {
			if !strings.Contains(typed, "carlsson") && strings.Contains(page.body, secret) {
				t.Errorf("%q tells %q of whoever is hidden", typed, secret)
			}
		}
	}

	at := attendanceAt + "?q=abra"
	page, theirs := c.get(at), other.get(at)
	to := c.post(attendanceAt, with(page.fields(), page.markOf(t, refs[0]), "present")).want(t, http.StatusSeeOther).to()
	back := c.get(to).want(t, http.StatusOK, "Närvaron är sparad", "1 kom")
	if got := back.seen(); len(got) != 1 || got[0] != "Abrahamsson, Gunhild" || !strings.Contains(to, "q=abra") {
		t.Errorf("%s shows %q", to, got)
	}
	kept := other.post(attendanceAt, with(theirs.fields(), theirs.markOf(t, refs[0]), "absent")).want(t, http.StatusConflict, "1 person ändrades inte")
	if got := kept.seen(); len(got) != 1 {
		t.Errorf("it shows %q to whoever came second", got)
	}
	if !strings.Contains(back.body, `href="/en/office/event/kiruna/attendance?q=abra"`) {
		t.Error("the page in English has forgotten what was searched for")
	}
	if all := c.get(attendanceAt).want(t, http.StatusOK); len(all.seen()) < 15 || strings.Contains(all.body, "visas") && !strings.Contains(all.body, "data-found") {
		t.Errorf("without a search it shows %q", all.seen())
	}
}

// A list of several pages is searched whole, and a page of what was found saves its own people.
func TestAttendance_searchPages(t *testing.T) {
	w := newWorld(t)
	e := season(t, w)["kiruna"]
	must(t, w.Registrations.SetCapacity(t.Context(), domain.Operator(), e.Slug, 500))
	for i := range 202 {
		p := testkit.Person(1000 + i)
		p.FamilyName, p.Organisation = "Ek"+string([]rune{rune('a' + i/20), rune('a' + i%20)}), "Måsen"
		w.enter(e, p)
	}
	w.Clock.Set(e.Day.At(9 * 60))
	c := w.user("Cilla Exempel", in(domain.RoleCheckIn))
	if got := c.get(attendanceAt+"?q=ekkb").want(t, http.StatusOK, "1 av ").seen(); len(got) != 1 {
		t.Errorf("the last of three pages: %q", got)
	}
	c.get(attendanceAt+"?q=ingen").want(t, http.StatusOK, "Ingen i listan passar", "Visa alla")
	second := c.get(attendanceAt+"?q=m%C3%A5sen&page=2").want(t, http.StatusOK, "202 av ")
	to := c.post(attendanceAt, with(second.fields(), "mark0", "present")).want(t, http.StatusSeeOther).to()
	if back := c.get(to); len(second.seen()) != 100 || back.fields().Get("mark0") != "present" || !strings.Contains(to, "page=2") || !strings.Contains(to, "q=m") {
		t.Errorf("%d people, and it leads to %s", len(second.seen()), to)
	}
}

// The script finds as the server does while somebody types, with nothing from the network, keeps what was chosen for
// those it hides, and tells how many there are.
func TestAttendance_script(t *testing.T) {
	b := open(t, "the search at the door")
	if b == nil {
		return
	}
	w := newWorld(t)
	e := season(t, w)["kiruna"]
	w.twelveMore(e)
	refs := w.theDay(t, e)
	c := w.user("Bo Exempel", in(domain.RoleOrganiser))
	files := static(t)
	var asked atomic.Int32
	at := look.Serve(t, nil, http.HandlerFunc(func(rw http.ResponseWriter, r *http.Request) {
		if !strings.HasPrefix(r.URL.Path, "/handlaggare") {
			files.ServeHTTP(rw, r)
			return
		}
		asked.Add(1)
		if r.Method == http.MethodPost {
			_ = r.ParseForm()
			to := c.post(r.URL.Path, r.PostForm).to()
			http.Redirect(rw, r, to, http.StatusSeeOther)
			return
		}
		answer := c.get(r.URL.RequestURI())
		rw.Header().Set("Content-Type", "text/html; charset=utf-8")
		_, _ = rw.Write([]byte(answer.body))
	}))
	tab := b.Tab(t, browser.Phone())
	tab.Go(at + attendanceAt)
	const rows = `[...document.querySelectorAll(".attendance-list > li")].filter((r) => r.checkVisibility()).map((r) => r.querySelector("strong").textContent).join("|")`
	typed := func(words string) string {
		return browser.Eval[string](tab, `(() => { const q = document.getElementById("q"); q.value = `+strconv.Quote(words)+`; q.dispatchEvent(new Event("input", { bubbles: true })); return `+rows+` })()`)
	}
	came := func(name string) {
		browser.Eval[bool](tab, `(() => { for (const r of document.querySelectorAll(".attendance-list > li")) if (r.checkVisibility() && r.textContent.includes(`+strconv.Quote(name)+`)) r.querySelector("input[value=present]").click(); return true })()`)
	}
	for _, words := range []string{"ohm", "ÅKE", "ŋuo", "nuo", "ärl", "gunhildholm", "carlsson", "hemlig", "gunhild@", refs[2], refs[2][:4], strings.ToLower(refs[2][:3]), "abra gun", " "} {
		want := strings.Join(c.get(attendanceAt+"?"+url.Values{"q": {words}}.Encode()).seen(), "|")
		if got := typed(words); got != want {
			t.Errorf("%q: the script shows %q, the server %q", words, got, want)
		}
	}
	asked.Store(0)

	// One is chosen, then another is looked for: both choices are sent, and the words stand.
	typed("bergs")
	came("Bergsten")
	typed("abra")
	told := ""
	for range 100 {
		if told = tab.Text("[data-told]"); told != "" {
			break
		}
		time.Sleep(50 * time.Millisecond)
	}
	if !strings.HasPrefix(told, "1 av ") {
		t.Errorf("it tells %q", told)
	}
	came("Abrahamsson")
	if n := asked.Load(); n > 0 {
		t.Errorf("typing has asked the network %d times", n)
	}
	tab.Follow("Spara")
	if got := browser.Eval[string](tab, rows); got != "Abrahamsson, Gunhild" || !strings.Contains(tab.URL(), "q=abra") {
		t.Errorf("after saving %s shows %q", tab.URL(), got)
	}
	c.get(attendanceAt).want(t, http.StatusOK, "2 kom")
	tab.Click("Visa alla")
	if got := browser.Eval[string](tab, rows); strings.Count(got, "|") < 14 || !browser.Eval[bool](tab, `document.activeElement.id === "q"`) {
		t.Errorf("everyone is %q", got)
	}
	for _, complaint := range tab.Complaints() {
		t.Error(complaint)
	}
}
