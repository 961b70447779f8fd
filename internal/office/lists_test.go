package office_test

import (
	"archive/zip"
	"bytes"
	"context"
	"encoding/csv"
	"fmt"
	"io"
	"log/slog"
	"net/http"
	"net/url"
	"strings"
	"testing"
	"time"

	"github.com/temadag/temadag/internal/domain"
	"github.com/temadag/temadag/internal/service"
	"github.com/temadag/temadag/internal/store"
)

const luleaLists = "/handlaggare/tillfalle/lulea/listor"

// fetch follows the way to a file and answers its name and content.
func (c *client) fetch(t testing.TB, answer *response) (name, content string) {
	t.Helper()
	c.w.settle(t, answer)
	work := c.get(answer.want(t, http.StatusSeeOther).to()).want(t, http.StatusOK, "Klart")
	for _, a := range work.find("a") {
		if strings.HasSuffix(attr(a, "href"), "/fil") {
			file := c.get(attr(a, "href"))
			return file.Header.Get("Content-Disposition"), file.want(t, http.StatusOK).body
		}
	}
	t.Fatalf("no file to fetch: %s", work.words())
	return "", ""
}

// settle waits for what has been begun.
func (w *world) settle(t testing.TB, answer *response) {
	t.Helper()
	for range 100 {
		if !strings.Contains(answer.to(), "/arbete/") {
			return
		}
		time.Sleep(5 * time.Millisecond)
	}
}

// sheetsOf is the XML of the sheets of a workbook, by its part's name, with the texts in place.
func sheetsOf(t testing.TB, content string) map[string]string {
	t.Helper()
	z, err := zip.NewReader(strings.NewReader(content), int64(len(content)))
	must(t, err)
	out := make(map[string]string)
	for _, f := range z.File {
		r, err := f.Open()
		must(t, err)
		b, err := io.ReadAll(r)
		must(t, err)
		out[f.Name] = string(b)
	}
	return out
}

func wholeBook(t testing.TB, content string) string {
	t.Helper()
	var b strings.Builder
	for _, part := range sheetsOf(t, content) {
		b.WriteString(part)
	}
	return b.String()
}

// loggedLists are the lines of the audit log about lists, the newest first.
func (w *world) loggedLists(t testing.TB) (out []string) {
	t.Helper()
	lines, err := w.Store.AuditEntries(context.Background(), store.AuditScope{All: true}, domain.AuditFilter{Action: domain.AuditExported, Limit: 100})
	must(t, err)
	for _, l := range lines {
		out = append(out, fmt.Sprintf("%s: %s rows of %s for %s", l.Actor, l.Details["rows"], l.Details["columns"], l.Details["purpose"]))
	}
	return out
}

func TestLists_aButtonGivesTheFinishedList(t *testing.T) {
	w := newWorld(t)
	season(t, w)
	c := w.user("Anna Exempel", in(domain.RoleOrganiser))
	page := c.get(luleaLists).want(t, http.StatusOK, "Anmälda till Excel", "Avprickningslista att skriva ut", "Namnskyltar", "Köksunderlag",
		"Underlag till lokalen", "Du har inte tagit ut någon lista här än", "Listor för hela temat")
	n := w.counts("lulea").ByStatus[domain.Confirmed]
	name, content := c.fetch(t, c.post(luleaLists, with(page.fields(), "step", "registered")))
	if !strings.Contains(name, "anmalda-lulea-2016") || !strings.Contains(name, ".xlsx") {
		t.Errorf("the file is called %s", name)
	}
	book := wholeBook(t, content)
	for _, word := range []string{"Åsa Öberg", "Om listan", "Planering av temadagen", "Kommun"} {
		if !strings.Contains(book, word) {
			t.Errorf("the file lacks %q", word)
		}
	}
	if rows := strings.Count(sheetsOf(t, content)["xl/worksheets/sheet1.xml"], "<row "); rows != n+1 {
		t.Errorf("%d rows for %d people", rows-1, n)
	}
	if strings.Contains(book, "@example.se") || strings.Contains(book, "<f>") {
		t.Error("the file holds addresses or formulas")
	}
	want := fmt.Sprintf("Anna Exempel: %d rows of name title organisation municipality for Planering av temadagen", n)
	if got := w.loggedLists(t); len(got) != 1 || got[0] != want {
		t.Errorf("logged %q, want %q", got, want)
	}
	c.post(luleaLists, url.Values{"step": {"registered"}, "stray": {"x"}}).want(t, http.StatusBadRequest)
	w.user("Zara Exempel", domain.Grant{Role: domain.RoleOrganiser, County: "Z"}).post(luleaLists, url.Values{"step": {"registered"}}).want(t, http.StatusNotFound)
	if got := w.loggedLists(t); len(got) != 1 {
		t.Errorf("a refusal is logged as a list: %q", got)
	}
}

// What is new stands on the page before it is taken, and in the file; looking takes nothing.
func TestLists_sinceLast(t *testing.T) {
	w := newWorld(t)
	events := season(t, w)
	c, other := w.user("Anna Exempel", in(domain.RoleOrganiser)), w.user("Bo Exempel", in(domain.RoleOrganiser))
	c.fetch(t, c.post(luleaLists, url.Values{"step": {"registered"}}))
	c.get(luleaLists).want(t, http.StatusOK, "Inget har hänt sedan")
	w.Clock.Turn(30 * time.Minute)
	w.enter(events["lulea"], personOf("Nykomna", "Persson"))
	for range 2 {
		c.get(luleaLists).want(t, http.StatusOK, "1 ny. Ändringarna står på ett eget blad i filen.")
	}
	other.get(luleaLists).want(t, http.StatusOK, "Du har inte tagit ut någon lista här än")
	_, content := c.fetch(t, c.post(luleaLists, url.Values{"step": {"since"}}))
	if book := sheetsOf(t, content); !strings.Contains(book["xl/worksheets/sheet2.xml"]+book["xl/sharedStrings.xml"], "Nykomna") || !strings.Contains(book["xl/workbook.xml"], "Sedan sist") {
		t.Errorf("the sheet of changes lacks the newcomer: %s", book["xl/workbook.xml"])
	}
	c.get(luleaLists).want(t, http.StatusOK, "Inget har hänt sedan")
}

func own(pairs ...string) url.Values {
	v := url.Values{"columns": {"name", "organisation"}, "statuses": {"confirmed"}, "format": {"csv"}, "purpose": {"Bordsplacering"}, "step": {"take"}}
	return with(v, pairs...)
}

func TestLists_ownList(t *testing.T) {
	w := newWorld(t)
	season(t, w)
	c := w.user("Anna Exempel", in(domain.RoleOrganiser))
	bad := c.post(luleaLists, url.Values{"step": {"take"}, "purpose": {" "}, "name": {"x"}}).want(t, http.StatusUnprocessableEntity,
		"Rätta 4 fel", "Välj minst en kolumn", "Välj minst en grupp", "Välj ett filformat", "Skriv vad listan ska användas till")
	for _, a := range bad.find("a") {
		if to, ok := strings.CutPrefix(attr(a, "href"), "#"); ok && to != "content" && to != "own" && !strings.Contains(bad.body, `id="`+to+`"`) {
			t.Errorf("a fault leads to %q, which is not there", to)
		}
	}
	moved := c.post(luleaLists, own("step", "up:organisation")).want(t, http.StatusOK)
	if got := moved.own()["columns"]; fmt.Sprint(got) != "[organisation name]" {
		t.Errorf("moved up: %v", got)
	}
	if got := c.post(luleaLists, own("step", "down:organisation")).own()["columns"]; fmt.Sprint(got) != "[name organisation]" {
		t.Errorf("the last, moved down: %v", got)
	}
	_, content := c.fetch(t, c.post(luleaLists, with(moved.own(), "step", "take")))
	r := csv.NewReader(strings.NewReader(strings.TrimPrefix(content, "\ufeff")))
	r.Comma = ';'
	rows, err := r.ReadAll()
	if n := w.counts("lulea").ByStatus[domain.Confirmed]; err != nil || len(rows) != n+1 || fmt.Sprint(rows[0]) != "[Organisation Namn]" {
		t.Errorf("%d rows, want %d; %v, %v", len(rows)-1, n, rows[:1], err)
	}
	if got := w.loggedLists(t); len(got) != 1 || !strings.Contains(got[0], "of organisation name for Bordsplacering") {
		t.Errorf("logged %q", got)
	}
	c.post(luleaLists, own("columns", "needs")).want(t, http.StatusUnprocessableEntity, "Kolumnen needs finns inte")
	for _, column := range []string{"needs", "diet", "diet_text", "access"} {
		if strings.Contains(c.get(luleaLists).body, `value="`+column+`"`) {
			t.Errorf("the page offers %s", column)
		}
	}
	paper := c.post(luleaLists, own("format", "print")).want(t, http.StatusSeeOther)
	c.get(paper.to()).want(t, http.StatusOK, "Bordsplacering", "Åsa Öberg", "Utskriven")
}

// own is what the form for a list of one's own would send, without its buttons.
func (r *response) own() url.Values {
	sent := url.Values{}
	for _, n := range r.find("input") {
		checked := attr(n, "type") != "checkbox" && attr(n, "type") != "radio"
		for _, a := range n.Attr {
			checked = checked || a.Key == "checked"
		}
		if name := attr(n, "name"); checked && name != "" {
			sent.Add(name, attr(n, "value"))
		}
	}
	return sent
}

// Contact details ask who it is when that was proved long ago, and ask once more when the list goes to others.
// The twin is the same list without them.
func TestLists_contactDetailsAskWhoItIs(t *testing.T) {
	w := newWorld(t)
	season(t, w)
	email := w.withPassword("Anna Exempel", in(domain.RoleOrganiser))
	c := w.anyone()
	c.post("/handlaggare/logga-in", url.Values{"email": {email}, "password": {password}}).want(t, http.StatusSeeOther)
	contact := own()
	contact["columns"] = []string{"name", "email"}
	c.fetch(t, c.post(luleaLists, contact))
	w.Clock.Turn(11 * time.Minute)
	c.fetch(t, c.post(luleaLists, own()))
	asked := c.post(luleaLists, contact).want(t, http.StatusSeeOther)
	if !strings.HasPrefix(asked.to(), "/handlaggare/min-profil/visa-vem-du-ar?") || len(w.loggedLists(t)) != 2 {
		t.Fatalf("led to %s, logged %q", asked.to(), w.loggedLists(t))
	}
	prove := c.get(asked.to()).want(t, http.StatusOK, "Visa att det är du")
	back := c.post("/handlaggare/min-profil/visa-vem-du-ar", with(prove.fields(), "proof", password)).want(t, http.StatusSeeOther)
	again := c.get(back.to()).want(t, http.StatusOK, "Nu vet vi att det är du")
	if got := again.own(); fmt.Sprint(got["columns"]) != "[name email]" || got.Get("purpose") != "Bordsplacering" {
		t.Fatalf("what was chosen is lost: %v", got)
	}
	_, content := c.fetch(t, c.post(luleaLists, with(again.own(), "step", "take")))
	if !strings.Contains(content, "@example.se") || len(w.loggedLists(t)) != 3 {
		t.Errorf("the list: %.200s", content)
	}
	share := with(again.own(), "step", "take", "share", "yes")
	ask := c.post(luleaLists, share).want(t, http.StatusOK, "Ska e-post och telefon lämnas vidare?")
	if len(w.loggedLists(t)) != 3 {
		t.Error("asking took the list")
	}
	if _, content = c.fetch(t, c.post(luleaLists, with(ask.fields(), "step", "plain"))); strings.Contains(content, "@example.se") {
		t.Error("addresses are in the list without them")
	}
	if _, content = c.fetch(t, c.post(luleaLists, with(ask.fields(), "step", "anyway"))); !strings.Contains(content, "@example.se") {
		t.Error("addresses are missing")
	}
}

// What was taken is for the sign-in that took it, and for ten minutes.
func TestLists_theLinkDies(t *testing.T) {
	w := newWorld(t)
	season(t, w)
	c, other := w.user("Anna Exempel", in(domain.RoleOrganiser)), w.user("Bo Exempel", in(domain.RoleOrganiser))
	file, paper := c.post(luleaLists, own()).to(), c.post(luleaLists, url.Values{"step": {"door"}}).to()
	nothing := other.get("/handlaggare/utskrift/finns-inte").want(t, http.StatusNotFound)
	for _, path := range []string{file, file + "/fil", paper} {
		c.get(path).want(t, http.StatusOK)
		if got := other.get(path).want(t, http.StatusNotFound); got.body != nothing.body {
			t.Errorf("%s looks different to another than what is not there", path)
		}
	}
	w.Clock.Turn(11 * time.Minute)
	for _, path := range []string{file, file + "/fil", paper} {
		c.get(path).want(t, http.StatusNotFound)
	}
}

// officer keeps what data protection officers are told.
type officer struct{ sent []domain.Notice }

func (s *officer) ComposeNotice(n domain.Notice) ([]byte, error) {
	s.sent = append(s.sent, n)
	return []byte("letter"), nil
}

// Send takes every letter.
func (s *officer) Send(context.Context, string, string, []byte) error { return nil }

// A list of more than fifteen is told of here. The twin is a list of fewer.
func TestLists_manyAreToldOf(t *testing.T) {
	w := newWorld(t)
	events := season(t, w)
	c := w.user("Anna Exempel", in(domain.RoleOrganiser))
	told := func() []domain.Notice {
		pen := &officer{}
		out := &service.Outbox{Store: w.Store, Keys: w.Keys, Sender: pen, From: "temadag@example.se", Now: w.Clock.Now, Log: slog.New(slog.DiscardHandler)}
		_, err := out.DeliverNotices(t.Context(), domain.Worker(), pen)
		must(t, err)
		return pen.sent
	}
	c.fetch(t, c.post("/handlaggare/tillfalle/ansok/listor", own()))
	if n := told(); len(n) != 0 {
		t.Errorf("a short list is told of: %+v", n)
	}
	c.fetch(t, c.post("/handlaggare/tema/efterfragan/listor", own("purpose", "Uppföljning")))
	got := told()
	if len(got) != 1 || got[0].To != events["lulea"].Owner.DPO || got[0].Taken.By != "Anna Exempel" || got[0].Taken.Purpose != "Uppföljning" || got[0].Taken.Rows <= 15 {
		t.Errorf("told %+v", got)
	}
}

// Papers name nobody who is protected, and the venue is told numbers alone.
func TestLists_papers(t *testing.T) {
	w := newWorld(t)
	events := season(t, w)
	w.enter(events["lulea"], personOf("Kanarie", "Fågelsson"))
	vegan := personOf("Vega", "Grön")
	vegan.Needs.Diet, vegan.Needs.DietText = []string{"vegan"}, "Inget stekt"
	w.enter(events["lulea"], vegan)
	must(t, w.Registrations.Protect(context.Background(), domain.Operator(), "lulea", "kanarie@example.se"))
	c := w.user("Anna Exempel", in(domain.RoleOrganiser))
	n := w.counts("lulea").ByStatus[domain.Confirmed]
	door := c.get(c.post(luleaLists, url.Values{"step": {"door"}}).to()).want(t, http.StatusOK, "Deltagare (skyddad)", "Referens ", "Avprickning vid dörren",
		fmt.Sprintf("%d personer", n), "Utskriven", "av Anna Exempel")
	rows := 0
	for _, tr := range door.find("tr") {
		if attr(tr.FirstChild, "scope") == "row" {
			rows++
		}
	}
	if rows != n+10 {
		t.Errorf("%d rows for %d people and ten who come unannounced", rows, n)
	}
	badges := c.get(c.post(luleaLists, url.Values{"step": {"badges"}}).to()).want(t, http.StatusOK, "Åsa")
	if got := strings.Count(badges.body, `class="badge badge-`); got != n+4 {
		t.Errorf("%d badges for %d people", got, n)
	}
	for _, page := range []*response{door, badges} {
		if bytes.Contains([]byte(page.body), []byte("Kanarie")) || strings.Contains(page.body, "@example.se") {
			t.Error("a paper tells of someone protected, or an address")
		}
	}
	venue := c.get("/handlaggare/tillfalle/lulea/lokal").want(t, http.StatusOK, "Underlag till lokalen", "Personer som kommer", fmt.Sprintf("Personer som kommer: %d", n), "Vegansk mat: 1")
	if strings.Contains(venue.body, "Öberg") || strings.Contains(venue.body, "Inget stekt") {
		t.Error("the venue is told of someone")
	}
	w.user("Zara Exempel", domain.Grant{Role: domain.RoleOrganiser, County: "Z"}).get("/handlaggare/tillfalle/lulea/lokal").want(t, http.StatusNotFound)
	if got := len(w.loggedLists(t)); got != 2 {
		t.Errorf("%d papers in the log", got)
	}
}
