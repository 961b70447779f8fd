package office_test

import (
	"archive/zip"
	"bytes"
	"encoding/csv"
	"io"
	"mime/quotedprintable"
	"net/http"
	"net/mail"
	"net/url"
	"regexp"
	"strconv"
	"strings"
	"testing"

	"github.com/temadag/temadag/internal/domain"
	"github.com/temadag/temadag/internal/export"
	"github.com/temadag/temadag/internal/store"
	"github.com/temadag/temadag/internal/testkit"
)

// secretIn is what a personal link is made of.
var secretIn = regexp.MustCompile(`[a-z2-7]{58}`)

// tokens are those of every letter that the server took.
func (s *mailServer) tokens() (out []string) {
	s.mu.Lock()
	defer s.mu.Unlock()
	for _, l := range s.taken {
		plain := strings.NewReplacer("=\r\n", "", "=3D", "=").Replace(string(l.raw))
		out = append(out, secretIn.FindAllString(plain, -1)...)
	}
	return out
}

// A letter is read as it was sent, but for the links that are its recipient's own.
func TestPersonLetter(t *testing.T) {
	t.Parallel()
	d := newMailDesk(t, 2)
	d.gone(2)
	one := "/handlaggare/tillfalle/lulea/deltagare/" + d.refOf(d.event, person(1))
	shown := d.staff.get(one).want(t, http.StatusOK, "Utskick: Praktiskt", "Bekräftelse på anmälan", "Lämnat till mejlservern")
	var letters []string
	for _, a := range shown.find("a") {
		if strings.Contains(attr(a, "href"), "/mejl/") {
			letters = append(letters, attr(a, "href"))
		}
	}
	if len(letters) != 2 {
		t.Fatalf("her letters are at %v", letters)
	}
	secrets := d.server.tokens()
	if len(secrets) == 0 {
		t.Fatal("the letters hold no personal link: nothing is shown")
	}
	for _, at := range letters {
		page := d.staff.get(at).want(t, http.StatusOK, "Mejlet som text", "Personliga länkar är borttagna", "Message-ID", person(1))
		frame := d.staff.get(at + "/html")
		if frame.StatusCode != http.StatusOK || !strings.Contains(frame.body, "</html>") {
			t.Fatalf("%s has no HTML: %d", at, frame.StatusCode)
		}
		if csp := frame.Header.Get("Content-Security-Policy"); !strings.Contains(csp, "default-src 'none'") || !strings.HasSuffix(csp, "sandbox") || strings.Contains(csp, "script") {
			t.Errorf("the frame's policy is %s", csp)
		}
		for _, secret := range secrets {
			if strings.Contains(page.body, secret) || strings.Contains(frame.body, secret) {
				t.Fatalf("%s shows a personal link", at)
			}
		}
		if !strings.Contains(page.body, "min-anmalan/…") || !strings.Contains(frame.body, "min-anmalan/…") {
			t.Errorf("%s does not show that there was a link", at)
		}
	}
	d.staff.get(letters[1]).want(t, http.StatusOK, "Hej Namnab!")
	if got := d.user("Eva Exempel", in(domain.RoleReader)).get(letters[0]); got.StatusCode != http.StatusNotFound {
		t.Errorf("who reads no mail reads this: %d", got.StatusCode)
	}
	other := strings.Replace(letters[0], d.refOf(d.event, person(1)), d.refOf(d.event, person(2)), 1)
	if got := d.staff.get(other); got.StatusCode != http.StatusNotFound {
		t.Errorf("the letter of another is read at %s: %d", other, got.StatusCode)
	}
}

// What is looked for in the test above is found where nothing takes the links out.
func TestPersonLetter_findsALink(t *testing.T) {
	t.Parallel()
	d := newMailDesk(t, 1)
	if len(d.server.tokens()) == 0 {
		t.Fatal("no link is found in a letter as it was sent")
	}
	secret := d.server.tokens()[0]
	if d.anyone().get("/min-anmalan/"+secret).StatusCode != http.StatusOK {
		t.Error("what is looked for is no personal link")
	}
}

// The letter of someone with protected identity is shown to who may see her, for a reason that the log tells,
// and never by its address alone.
func TestPersonLetter_protected(t *testing.T) {
	t.Parallel()
	d := newMailDesk(t, 1)
	must(t, d.Registrations.Protect(t.Context(), domain.Operator(), "lulea", person(1)))
	letters, err := d.Store.LettersOf(t.Context(), 1)
	must(t, err)
	at := "/handlaggare/tillfalle/lulea/deltagare/" + d.refOf(d.event, person(1)) + "/mejl/" + strconv.FormatInt(int64(letters[0].ID), 10)
	for _, path := range []string{at, at + "/html"} {
		if got := d.staff.get(path); strings.Contains(got.body, "Namnab") || strings.Contains(got.body, person(1)) {
			t.Fatalf("%s names her", path)
		}
	}
	d.staff.post(at, nil).want(t, http.StatusUnprocessableEntity)
	opened := d.staff.post(at, url.Values{"why": {string(domain.RevealContact)}}).want(t, http.StatusOK, "Namnab")
	if secretIn.MatchString(opened.body) {
		t.Error("her link is shown")
	}
	if got := d.staff.get(at); strings.Contains(got.body, "Namnab") {
		t.Error("it stays open")
	}
	registrar := d.user("Ulla Exempel", in(domain.RoleRegistrar))
	registrar.get(at).want(t, http.StatusOK, "Bara den som får visa")
	if got := registrar.post(at, url.Values{"why": {string(domain.RevealContact)}}); got.StatusCode != http.StatusNotFound {
		t.Errorf("the registrar opens it: %d", got.StatusCode)
	}
	d.user("Log", in(domain.RoleAdministrator)).get("/handlaggare/logg").want(t, http.StatusOK, "Bo Exempel tog fram skyddade uppgifter")
}

// zipped is the files of an archive by name.
func zipped(t *testing.T, body string) map[string]string {
	t.Helper()
	z, err := zip.NewReader(strings.NewReader(body), int64(len(body)))
	must(t, err)
	out := make(map[string]string)
	for _, f := range z.File {
		r, err := f.Open()
		must(t, err)
		content, err := io.ReadAll(r)
		must(t, err)
		out[f.Name] = string(content)
	}
	return out
}

// unquoted is a message without its transfer encoding.
func unquoted(t *testing.T, s string) string {
	t.Helper()
	b, err := io.ReadAll(quotedprintable.NewReader(strings.NewReader(s)))
	must(t, err)
	return string(b)
}

// The archive gets the words as they were written, and to whom they went; nobody's link and nobody who is
// protected.
func TestArchive(t *testing.T) {
	t.Parallel()
	d := newMailDesk(t, 4)
	p := testkit.Person(9)
	p.GivenName, p.FamilyName, p.Organisation = "Formel", "Fara", "=HYPERLINK(\"//ont.example\")"
	d.enter(d.event, p)
	must(t, d.Registrations.Protect(t.Context(), domain.Operator(), "lulea", person(4)))
	d.server.say(person(2), refuses(domain.FaultAddress, "the mail server refuses the recipient"))
	_, page := d.gone(5)
	d.comesBack(person(1), domain.ReturnFailed, "5.2.2")
	d.staff.get(page+"/arkiv").want(t, http.StatusOK, "5 mottagare", "Personliga länkar är inte med")
	got := d.staff.post(page+"/arkiv", nil).want(t, http.StatusSeeOther)
	file := d.staff.get(got.to()).want(t, http.StatusOK, "utskick-").find("a")
	var body string
	for _, a := range file {
		if strings.HasSuffix(attr(a, "href"), "/fil") {
			body = d.staff.get(attr(a, "href")).body
		}
	}
	files := zipped(t, body)
	for lang, words := range map[string]string{"sv": "{förnamn}", "en": "{given name}"} {
		m, err := mail.ReadMessage(strings.NewReader(files["mejl-"+lang+".eml"]))
		must(t, err)
		raw, err := io.ReadAll(m.Body)
		must(t, err)
		if plain := unquoted(t, string(raw)); !strings.Contains(plain, words) || m.Header.Get("To") != "<mottagare@arkivet.invalid>" || m.Header.Get("Message-Id") == "" {
			t.Errorf("the message in %s is to %s:\n%.1500s", lang, m.Header.Get("To"), plain)
		}
		if secretIn.Match(raw) {
			t.Errorf("the message in %s holds a personal link", lang)
		}
	}
	sheet := func(name string) (rows [][]string) {
		t.Helper()
		table, err := export.ReadTable(t.Context(), []byte(files["mottagare.xlsx"]), name)
		must(t, err)
		for _, r := range table.Rows {
			rows = append(rows, r.Cells)
		}
		return rows
	}
	rows, about := sheet("Mottagare"), sheet("Om utskicket")
	text := func(rows [][]string) (out string) {
		for _, r := range rows {
			out += strings.Join(r, "|") + "\n"
		}
		return out
	}
	list := text(rows)
	for _, want := range []string{"Efternamn, Namnac|Piteå kommun|" + person(2), "Misslyckades|Adressen finns inte", "Kom tillbaka|Mottagarens brevlåda är full", "Deltagare (skyddad)||", "=HYPERLINK"} {
		if !strings.Contains(list, want) {
			t.Errorf("the list lacks %q:\n%s", want, list)
		}
	}
	if len(rows) != 6 || strings.Contains(list, "Namnae") || strings.Contains(list, person(4)) {
		t.Errorf("%d rows, or she who is protected is named:\n%s", len(rows), list)
	}
	for name, part := range zipped(t, files["mottagare.xlsx"]) {
		if strings.HasPrefix(name, "xl/worksheets/") && strings.Contains(part, "<f") {
			t.Errorf("%s holds a formula", name)
		}
	}
	if told := text(about); !strings.Contains(told, "Bo Exempel") || !strings.Contains(told, "Skickat") {
		t.Errorf("about the mailing:\n%s", told)
	}
	r := csv.NewReader(strings.NewReader(strings.TrimPrefix(files["mottagare.csv"], "\ufeff")))
	r.Comma = ';'
	lines, err := r.ReadAll()
	if err != nil || len(lines) != 6 || !strings.Contains(text(lines), "'=HYPERLINK") || bytes.Contains([]byte(files["mottagare.csv"]), []byte("Namnae")) {
		t.Errorf("as text: %v\n%s", err, text(lines))
	}
	d.user("Log", in(domain.RoleAdministrator)).get("/handlaggare/logg").want(t, http.StatusOK, "Bo Exempel hämtade ett utskick för arkivet, 5 mottagare")
	if got := d.user("Case", in(domain.RoleCaseWorker)).post(page+"/arkiv", nil); got.StatusCode != http.StatusNotFound {
		t.Errorf("who hands out no lists hands out this: %d", got.StatusCode)
	}
}

// An address is looked up by typing it, released for a reason, and stopped by hand; who has said no herself is
// released by nobody else.
func TestSuppressed(t *testing.T) {
	t.Parallel()
	d := newMailDesk(t, 2)
	d.server.say(person(1), refuses(domain.FaultAddress, "the mail server refuses the recipient"))
	d.gone(2)
	at := "/handlaggare/mejladresser"
	d.staff.get(at).want(t, http.StatusOK, "Slå upp en adress", "ingen lista")
	d.staff.post(at, url.Values{"email": {"ingen"}}).want(t, http.StatusUnprocessableEntity)
	d.staff.post(at, url.Values{"email": {person(2)}}).want(t, http.StatusOK, "Ingenting hindrar", "Stoppa utskick")
	d.staff.post(at, url.Values{"email": {" Person1@Example.se "}}).want(t, http.StatusOK, "Mejl når inte fram", "Temadag", "alla län", "Låt utskick gå dit igen")
	release := url.Values{"step": {"release"}, "email": {person(1)}, "stops": {"unreachable"}}
	d.staff.post(at, with(release, "why", "")).want(t, http.StatusUnprocessableEntity, "Välj varför")
	d.staff.post(at, with(release, "why", "works")).want(t, http.StatusOK, "Utskick går till adressen igen", "Ingenting hindrar")
	d.staff.post(at, with(release, "why", "works")).want(t, http.StatusConflict, "inte stoppad längre")
	stop := url.Values{"step": {"stop"}, "email": {person(2)}, "county": {"BD"}, "why": {"asked"}}
	d.staff.post(at, stop).want(t, http.StatusOK, "är stoppade", "Stoppad för hand", "Bo Exempel")
	d.staff.post(at, with(stop, "county", "Z")).want(t, http.StatusNotFound)
	must(t, d.Store.Write(t.Context(), func(tx *store.Tx) error {
		return tx.Suppress(t.Context(), d.Keys.AddressHash(domain.EmailKey("nej@example.se")), "BD", domain.SuppressUnsubscribed, "", d.Clock.Now())
	}))
	no := d.staff.post(at, url.Values{"email": {"nej@example.se"}}).want(t, http.StatusOK, "Har själv tackat nej", "Bara personen själv")
	if strings.Contains(no.words(), "Låt utskick gå dit igen") {
		t.Error("it is offered to release someone who has said no")
	}
	d.staff.post(at, url.Values{"step": {"release"}, "email": {"nej@example.se"}, "county": {"BD"}, "stops": {"unsubscribed"}, "why": {"works"}}).
		want(t, http.StatusConflict, "själv tackat nej")
	foreign := d.user("Åke Exempel", domain.Grant{Role: domain.RoleOrganiser, County: "Z"})
	if got := foreign.post(at, url.Values{"email": {person(2)}}); strings.Contains(got.body, "Bo Exempel") {
		t.Error("another county's stops are told")
	}
	log := d.user("Log", in(domain.RoleAdministrator)).get("/handlaggare/logg").want(t, http.StatusOK, "lät utskick gå till en adress igen", "stoppade utskick till en adress")
	if strings.Contains(log.body, person(1)) || strings.Contains(log.body, person(2)) {
		t.Error("the log names an address")
	}
}
