package journey_test

import (
	"fmt"
	"net/http"
	"net/url"
	"os"
	"slices"
	"strings"
	"testing"

	"golang.org/x/net/html"

	"github.com/temadag/temadag/internal/domain"
	"github.com/temadag/temadag/internal/testkit"
)

// life is a program on its way through the autumn, and a visitor who is every person in turn.
type life struct {
	t     testing.TB
	p     *program
	v     *visitor
	album []*document
}

// newLife is a life in the demonstration after the statements, with the two events beside it that
// circles adds.
func newLife(t testing.TB, statements ...string) *life {
	t.Helper()
	p := furnished(t, statements...)
	p.env = append(p.env, "TEMADAG_RATE_LIMIT=off")
	testkit.InData(t, p.dir, p.url, "2016-10-03 09:00", func(k *testkit.Kit) { circles(t, k) })
	p.start()
	l := &life{t: t, p: p, v: newVisitor(t)}
	l.v.album = &l.album
	return l
}

const (
	codeEvent     = "kurs-med-kod"
	approvalEvent = "natverk-med-ansokan"
)

// circles adds an event for those who have been given a code, where staying away costs, and one
// where the organiser says yes or no.
func circles(t testing.TB, k *testkit.Kit) {
	t.Helper()
	coded := testkit.Event(codeEvent, 5)
	coded.Title = domain.Text{Sv: "Kurs i att fråga", En: "Course in asking"}
	coded.NoShowFee, coded.Rules = 500, domain.Rules{AccessCode: "NORRSKEN 16"}
	asked := testkit.Event(approvalEvent, 1)
	asked.Title = domain.Text{Sv: "Nätverk för samordnare", En: "Network for coordinators"}
	asked.Rules = domain.Rules{Approval: true}
	for _, e := range []domain.Event{coded, asked} {
		if err := k.Editing.AddEvent(t.Context(), domain.Operator(), e, nil); err != nil {
			t.Fatal(err)
		}
	}
}

// turn is program.turn, for a visitor who has kept a connection.
func (l *life) turn(at string) {
	l.t.Helper()
	l.p.turn(at)
	l.v.client.CloseIdleConnections()
}

// office is program.office, for a visitor who has kept a connection.
func (l *life) office(at string, fn func(k *testkit.Kit) error) {
	l.t.Helper()
	l.p.office(at, fn)
	l.v.client.CloseIdleConnections()
}

// turn starts the program again at another time in Stockholm, as "2016-11-25T09:00".
func (p *program) turn(at string) {
	p.t.Helper()
	p.stop()
	p.env = append(p.env, "TEMADAG_CLOCK="+at)
	p.start()
}

// office does what the organiser does and no page does yet: the program is stopped meanwhile, and
// its clock goes on from the same time afterwards.
func (p *program) office(at string, fn func(k *testkit.Kit) error) {
	p.t.Helper()
	p.stop()
	testkit.InData(p.t, p.dir, p.url, strings.Replace(at, "T", " ", 1), func(k *testkit.Kit) {
		if err := fn(k); err != nil {
			p.t.Fatal(err)
		}
	})
	p.env = append(p.env, "TEMADAG_CLOCK="+at)
	p.start()
}

// lettersLeft is what stands of those that have not gone.
func (p *program) lettersLeft() string {
	db := p.database()
	defer func() { _ = db.Close() }()
	var left []struct {
		ID       int64  `db:"id"`
		Kind     string `db:"kind"`
		State    string `db:"state"`
		Lane     int64  `db:"lane"`
		Attempts int64  `db:"attempts"`
		NextTry  int64  `db:"next_try"`
		Lease    int64  `db:"lease_until"`
		Error    string `db:"last_error"`
	}
	err := db.Select(&left, "SELECT id, kind, state, lane, attempts, next_try, lease_until, last_error FROM letters WHERE state IN ('queued', 'sending')")
	return fmt.Sprintf("letters left: %+v %v", left, err)
}

// post waits until no letter is on its way.
func (p *program) post() {
	p.t.Helper()
	defer func() {
		if p.t.Failed() {
			p.t.Log(p.lettersLeft())
		}
	}()
	p.await("the letters to be sent", func() bool {
		return p.count("SELECT count(*) FROM letters WHERE state IN ('queued', 'sending')") == 0
	})
}

// letterOf is the latest letter of the kind to the address, once no letter is on its way.
func (p *program) letterOf(kind domain.LetterKind, address string) *letter {
	p.t.Helper()
	var ids map[string]bool
	p.await("the letter "+string(kind)+" to "+address, func() bool {
		p.post()
		ids = p.emails("SELECT message_id FROM letters WHERE kind = '" + string(kind) + "' AND recipient = '" + address +
			"' AND state = 'accepted' ORDER BY id DESC LIMIT 1")
		return len(ids) > 0
	})
	for _, path := range p.letterFiles() {
		raw, err := os.ReadFile(path)
		if err != nil {
			p.t.Fatal(err)
		}
		l := readLetter(p.t, raw)
		if id, _, _ := strings.Cut(strings.Trim(l.header.Get("Message-Id"), "<>"), "@"); ids[id] && l.to == address {
			return l
		}
	}
	p.t.Fatalf("the letter %s to %s is not in the spool", kind, address)
	return nil
}

// guest is one registration and the person whose it is.
type guest struct {
	*life
	email    string
	link     string // to her personal page
	uid      string // of the entry in her calendar
	sequence int
}

// arrive registers someone at the event and follows the link in her letter of the kind.
func (l *life) arrive(slug string, person url.Values, kind domain.LetterKind) *guest {
	l.t.Helper()
	l.v.open(l.p.base() + "/tillfalle/" + slug + "/anmalan")
	l.finish(person)
	return l.guest(kind, person.Get("email"))
}

// finish fills in the form on the page and sends it. Choices that must be made are made.
func (l *life) finish(person url.Values) {
	l.t.Helper()
	l.v.step("review", l.v.complete(person))
	l.v.expect(http.StatusOK)
	l.v.step("send", nil)
	l.v.expect(http.StatusOK)
	if strings.Contains(l.v.page.words(), "Platserna tog slut medan du fyllde i") { // the form was a second old
		l.v.step("send", nil)
	}
	if !strings.HasPrefix(l.v.page.url.Path, "/kvitto/") {
		l.t.Fatalf("no receipt but %s:\n%s", l.v.page.url, l.v.page.words())
	}
}

// complete is the values with the first choice of every question the page asks besides, and without
// fields that the page does not have.
func (v *visitor) complete(values url.Values) url.Values {
	v.t.Helper()
	out := url.Values{}
	for _, form := range find(v.page.root, "form") {
		_, names := fields(form)
		for _, n := range find(form, "input") {
			name := attr(n, "name")
			if strings.HasPrefix(name, "question") && attr(n, "type") == "radio" && !out.Has(name) {
				out.Set(name, attr(n, "value"))
			}
		}
		for name, value := range values {
			if names[name] {
				out[name] = value
			}
		}
	}
	return out
}

// guest is whoever has the letter of the kind.
func (l *life) guest(kind domain.LetterKind, email string) *guest {
	l.t.Helper()
	got := l.p.letterOf(kind, email)
	g := &guest{life: l, email: email, link: got.link(l.t, "/min-anmalan/")}
	if raw := got.parts["text/calendar"]; raw != nil {
		g.entry(got, domain.CalendarRequest)
	}
	return g
}

// letter is her latest letter of the kind, with what the words say in its plain text, and what it
// does to her calendar.
func (g *guest) letter(kind domain.LetterKind, method domain.CalendarMethod, words ...string) *letter {
	g.t.Helper()
	l := g.p.letterOf(kind, g.email)
	for _, part := range []string{"text/plain", "text/html"} {
		said := clean(string(l.parts[part]))
		if part == "text/html" {
			said = clean(text(parse(g.t, said)))
		}
		for _, w := range words {
			if !strings.Contains(said, w) {
				g.t.Errorf("the letter %s does not say %q in %s:\n%s", kind, w, part, said)
			}
		}
	}
	g.entry(l, method)
	return l
}

// entry checks what the letter does to the entry in her calendar.
func (g *guest) entry(l *letter, method domain.CalendarMethod) {
	g.t.Helper()
	now := readEntry(l.parts["text/calendar"])
	for _, fault := range now.faults(entry{uid: g.uid, sequence: g.sequence}, method) {
		g.t.Errorf("the letter %q to %s: %s", l.subject, l.to, fault)
	}
	if now.uid != "" {
		g.uid, g.sequence = now.uid, now.sequence
	}
}

// open shows her personal page.
func (g *guest) open(words ...string) *document {
	g.t.Helper()
	g.v.open(g.link)
	g.v.expect(http.StatusOK, words...)
	return g.v.page
}

// way follows one of the links on her page.
func (g *guest) way(words string, says ...string) *document {
	g.t.Helper()
	g.open()
	g.v.follow(words)
	g.v.expect(http.StatusOK, says...)
	return g.v.page
}

// past fails the test unless the last line of her history says the words.
func (g *guest) past(words string) {
	g.t.Helper()
	g.open()
	lines := g.v.page.history()
	if len(lines) == 0 || !strings.Contains(lines[len(lines)-1], words) {
		g.t.Errorf("the history of %s ends %q, want %q", g.email, lines, words)
	}
}

// history is the lines of what has happened, oldest first.
func (d *document) history() []string {
	var lines []string
	for n := range d.root.Descendants() {
		if n.Type == html.ElementNode && n.Data == "ol" && attr(n, "class") == "history" {
			for _, li := range find(n, "li") {
				lines = append(lines, clean(text(li)))
			}
		}
	}
	return lines
}

// follow goes where the link with the words in the main part of the page leads.
func (v *visitor) follow(words string) *document {
	v.t.Helper()
	for _, main := range find(v.page.root, "main") {
		for _, a := range find(main, "a") {
			if clean(text(a)) == words {
				return v.open(v.resolve(attr(a, "href")))
			}
		}
	}
	v.t.Fatalf("no link %q on %s:\n%s", words, v.page.url, v.page.words())
	return nil
}

// lacks fails the test where the page has a link or button with the words.
func (v *visitor) lacks(words string) {
	v.t.Helper()
	for _, main := range find(v.page.root, "main") {
		for _, n := range find(main, "a", "button") {
			if clean(text(n)) == words {
				v.t.Errorf("%s offers %q", v.page.url, words)
			}
		}
	}
}

// press sends the form that has the button with the words.
func (v *visitor) press(words string, values url.Values) *document {
	v.t.Helper()
	form, button := v.button(words)
	return v.submit(form, button, values)
}

// button is the button with the words, and the form it sends.
func (v *visitor) button(words string) (form, button *html.Node) {
	v.t.Helper()
	for _, form := range find(v.page.root, "form") {
		for _, b := range find(form, "button") {
			if clean(text(b)) == words {
				return form, b
			}
		}
	}
	v.t.Fatalf("no button %q on %s:\n%s", words, v.page.url, v.page.words())
	return nil, nil
}

// twice presses the button, and again from the page as it was: people click twice. Both lead to the
// same page, which says the words.
func (v *visitor) twice(words string, values url.Values, says ...string) {
	v.t.Helper()
	before := v.page
	v.press(words, values)
	v.expect(http.StatusOK, says...)
	first := v.page
	v.page = before
	v.press(words, values)
	v.expect(http.StatusOK, says...)
	if fault := differs(first, v.page); fault != "" {
		v.t.Errorf("%q pressed twice: %s", words, fault)
	}
}

// differs tells how the second of two answers differs from the first; "" for not at all.
func differs(first, second *document) string {
	switch {
	case first.url.String() != second.url.String():
		return "the first answer is at " + first.url.String() + ", the second at " + second.url.String()
	case first.words() != second.words():
		return "the first answer says\n" + first.words() + "\nand the second\n" + second.words()
	}
	return ""
}

// who is Åsa under another name and address.
func who(given, family string) url.Values {
	p := asa()
	p.Set("given_name", given)
	p.Set("family_name", family)
	p.Set("email", address(given))
	return p
}

func address(given string) string {
	plain := strings.NewReplacer("å", "a", "ä", "a", "ö", "o").Replace(strings.ToLower(given))
	return plain + "@exempel.example.se"
}

// with is the values with more of them.
func with(values url.Values, more url.Values) url.Values {
	out := url.Values{}
	for _, v := range []url.Values{values, more} {
		for name, value := range v {
			out[name] = slices.Clone(value)
		}
	}
	return out
}

// sessionCalled is the value that chooses the session whose label on the page holds the words.
func (d *document) sessionCalled(t testing.TB, words string) string {
	t.Helper()
	for _, label := range find(d.root, "label") {
		if !strings.Contains(clean(text(label)), words) {
			continue
		}
		for _, in := range find(d.root, "input") {
			if attr(in, "id") == attr(label, "for") {
				return attr(in, "value")
			}
		}
	}
	t.Fatalf("no session called %q on %s", words, d.url)
	return ""
}

func parse(t testing.TB, s string) *html.Node {
	t.Helper()
	root, err := html.Parse(strings.NewReader(s))
	if err != nil {
		t.Fatal(err)
	}
	return root
}
