package office_test

import (
	"bytes"
	"context"
	"fmt"
	"mime/multipart"
	"net/http"
	"net/url"
	"strings"
	"testing"
	"time"

	"github.com/temadag/temadag/internal/domain"
	"github.com/temadag/temadag/internal/export"
)

// bring posts a form with a file.
func (c *client) bring(path, filename string, content []byte, fields ...string) *response {
	c.w.t.Helper()
	var b bytes.Buffer
	w := multipart.NewWriter(&b)
	if filename != "" {
		p, err := w.CreateFormFile("file", filename)
		if err == nil {
			_, err = p.Write(content)
		}
		must(c.w.t, err)
	}
	for i := 0; i+1 < len(fields); i += 2 {
		must(c.w.t, w.WriteField(fields[i], fields[i+1]))
	}
	must(c.w.t, w.Close())
	return c.do(http.MethodPost, path, b.String(), "Content-Type", w.FormDataContentType())
}

const newcomers = "Förnamn;Efternamn;E-post;Arbetsplats;Kommun\r\n" +
	"Åsa;Öberg;asa.oberg@example.se;Piteå kommun;Piteå\r\nBjörn;Åström;bjorn@example.se;Bodens kommun;Boden\r\n"

// toCheck brings rows to the page that tells what becomes of them, and answers its address.
func (c *client) toCheck(t testing.TB, slug, rows string, columns ...string) string {
	t.Helper()
	first := c.bring("/handlaggare/tillfalle/"+slug+"/las-in", "lista.csv", []byte(rows))
	first.want(t, http.StatusSeeOther)
	form := c.get(first.to()).want(t, http.StatusOK, "Vad innehåller kolumnerna?").fields()
	next := c.post(first.to(), with(filled(form, c.get(first.to())), append([]string{"letters", "send", "organisation_type", "authority"}, columns...)...))
	next.want(t, http.StatusSeeOther)
	return next.to()
}

// filled is a form with its lists as they stand: fields leaves them out.
func filled(form url.Values, page *response) url.Values {
	for _, list := range page.find("select") {
		for n := range list.Descendants() {
			if n.Data == "option" {
				for _, a := range n.Attr {
					if a.Key == "selected" {
						form.Set(attr(list, "name"), attr(n, "value"))
					}
				}
			}
		}
	}
	return form
}

func (w *world) registered(slug string) int {
	w.t.Helper()
	e, err := w.Programme.Event(context.Background(), slug)
	must(w.t, err)
	return int(e.Taken)
}

func TestImport(t *testing.T) {
	w := newWorld(t)
	season(t, w)
	c := w.user("Anna Exempel", in(domain.RoleOrganiser))
	c.get("/handlaggare/tillfalle/lulea").want(t, http.StatusOK, "Läs in deltagare från en fil")
	before := w.registered("lulea")
	check := c.toCheck(t, "lulea", newcomers)
	page := c.get(check).want(t, http.StatusOK, "Så här blir det", "Anmäl 2 personer", "Åsa Öberg", "Alla med e-postadress får en bekräftelse")
	if n := w.registered("lulea"); n != before {
		t.Fatalf("%d are registered before it was confirmed, want %d", n, before)
	}
	sent := with(page.fields(), "step", "confirm")
	done := c.post(check, sent).want(t, http.StatusSeeOther)
	c.get(done.to()).want(t, http.StatusOK, "2 personer är anmälda")
	if n := w.registered("lulea"); n != before+2 {
		t.Errorf("%d are registered, want %d", n, before+2)
	}
	// The same again, by a double click or the way back, changes nothing and tells the same.
	again := c.post(check, sent).want(t, http.StatusSeeOther)
	c.get(again.to()).want(t, http.StatusOK, "2 personer är anmälda")
	c.get(check).want(t, http.StatusSeeOther)
	if n := w.registered("lulea"); n != before+2 {
		t.Errorf("a repeat makes them %d, want %d", n, before+2)
	}
	// A new import of the same file finds nobody new.
	c.get(c.toCheck(t, "lulea", newcomers)).want(t, http.StatusOK, "Ingen ny att anmäla", "Är redan anmäld")
}

func TestImport_tellsWhatToMend(t *testing.T) {
	w := newWorld(t)
	season(t, w)
	c := w.user("Anna Exempel", in(domain.RoleOrganiser))
	before := w.registered("lulea")
	check := c.toCheck(t, "lulea", newcomers+";Lind;lind@example.se;Kalix;Kalix\r\nEva;Ek;eva(at)example.se;Kalix;Kalix\r\n")
	page := c.get(check).want(t, http.StatusOK, "2 rader behöver rättas", "Skriv förnamnet", "namn@exempel.se", "Kolumn C: E-post", "eva(at)example.se")
	if strings.Contains(page.body, `value="confirm"`) {
		t.Error("there is a button although rows are to be mended")
	}
	for _, line := range []string{">4<", ">5<"} {
		if !strings.Contains(page.body, line) {
			t.Errorf("the page does not name row %s", line)
		}
	}
	got := c.post(check, url.Values{"step": {"confirm"}, "queue": {"99"}})
	got.want(t, http.StatusConflict, "2 rader behöver rättas")
	if n := w.registered("lulea"); n != before {
		t.Errorf("%d are registered, want %d: all or nothing", n, before)
	}
}

func TestImport_refusesWhatIsNoTable(t *testing.T) {
	w := newWorld(t)
	season(t, w)
	c := w.user("Anna Exempel", in(domain.RoleOrganiser))
	at := "/handlaggare/tillfalle/lulea/las-in"
	c.bring(at, "", nil).want(t, http.StatusUnprocessableEntity, "Välj en fil eller klistra in rader")
	c.bring(at, "a.csv", []byte("a;b"), "rows", "a;b").want(t, http.StatusUnprocessableEntity, "inte båda")
	c.bring(at, "a.pdf", []byte("%PDF-1.7")).want(t, http.StatusUnprocessableEntity, "Filen är ingen tabell")
	c.bring(at, "a.csv", bytes.Repeat([]byte("a;b\n"), domain.MaxTableFile/4+1)).want(t, http.StatusUnprocessableEntity, "Filen är för stor")
	c.bring(at, "a.csv", bytes.Repeat([]byte("a"), 6<<20)).want(t, http.StatusRequestEntityTooLarge, "Filen är för stor")
	c.bring(at, "", nil, "rows", "Namn\tE-post\r\nEva Ek\teva@example.se").want(t, http.StatusSeeOther)
	first := c.bring(at, "a.csv", []byte(newcomers)).to()
	form := filled(c.get(first).fields(), c.get(first))
	c.post(first, with(form, "column_1", "given_name", "letters", "send")).want(t, http.StatusUnprocessableEntity, "Två kolumner")
	c.post(first, with(form, "column_1", "secret", "letters", "send")).want(t, http.StatusUnprocessableEntity, "Välj en av uppgifterna")
	c.post(first, with(form, "column_0", "", "column_1", "", "letters", "")).want(t, http.StatusUnprocessableEntity, "namnet eller förnamnet", "ska få mejl")
}

// What was uploaded is there for the sign-in that uploaded it, at its event, for half an hour.
func TestImport_isOnesOwn(t *testing.T) {
	w := newWorld(t)
	season(t, w)
	c, other := w.user("Anna Exempel", in(domain.RoleOrganiser)), w.user("Bo Exempel", in(domain.RoleOrganiser))
	at := c.bring("/handlaggare/tillfalle/lulea/las-in", "a.csv", []byte(newcomers)).to()
	c.get(at).want(t, http.StatusOK)
	nothing := other.get(strings.Replace(at, "/las-in/", "/las-in/x", 1)).want(t, http.StatusNotFound)
	for _, path := range []string{at, strings.Replace(at, "kolumner", "granska", 1), strings.Replace(at, "kolumner", "resultat", 1)} {
		if got := other.get(path).want(t, http.StatusNotFound); got.body != nothing.body {
			t.Errorf("%s looks like something to another organiser", path)
		}
	}
	other.post(strings.Replace(at, "kolumner", "granska", 1), url.Values{"step": {"confirm"}}).want(t, http.StatusNotFound)
	c.get(strings.Replace(at, "/lulea/", "/pitea/", 1)).want(t, http.StatusNotFound)
	w.Clock.Turn(31 * time.Minute)
	c.get(at).want(t, http.StatusNotFound)
	// Whoever uploads much makes room for it herself.
	first := c.bring("/handlaggare/tillfalle/lulea/las-in", "a.csv", []byte(newcomers)).to()
	for range 4 {
		c.bring("/handlaggare/tillfalle/lulea/las-in", "a.csv", []byte(newcomers)).want(t, http.StatusSeeOther)
	}
	c.get(first).want(t, http.StatusNotFound)
}

// More would queue than the page told: nothing is done, and the page tells the new number.
func TestImport_asksAnewWhenPlacesHaveGone(t *testing.T) {
	w := newWorld(t)
	events := season(t, w)
	c := w.user("Anna Exempel", in(domain.RoleOrganiser))
	e := events["kiruna"]
	must(t, w.Registrations.SetCapacity(t.Context(), domain.Operator(), e.Slug, domain.Seats(w.registered(e.Slug)+2)))
	check := c.toCheck(t, e.Slug, newcomers)
	page := c.get(check).want(t, http.StatusOK, "Anmäl 2 personer")
	w.register(e, 700)
	c.post(check, with(page.fields(), "step", "confirm")).want(t, http.StatusConflict, "1 personer skulle hamna i kön", "1 person ställs i kö")
}

// The template is read back with every column known.
func TestImport_template(t *testing.T) {
	w := newWorld(t)
	events := season(t, w)
	c := w.user("Anna Exempel", in(domain.RoleOrganiser))
	for _, path := range []string{"/handlaggare/tillfalle/lulea/las-in/mall", "/en/office/event/lulea/import/template"} {
		got := c.get(path).want(t, http.StatusOK)
		table, err := export.ReadTable(t.Context(), []byte(got.body), "")
		must(t, err)
		if mapping := events["lulea"].GuessMapping(table); mapping.Has(domain.ImportNothing) || len(mapping) != len(events["lulea"].ImportFields())-1 || !table.HasHead() {
			t.Errorf("%s: %v is read of %v", path, mapping, table.Rows)
		}
	}
}

// At most two files are read at the same time, however many arrive.
func TestImport_manyAtOnce(t *testing.T) {
	w := newWorld(t)
	season(t, w)
	c := w.user("Anna Exempel", in(domain.RoleOrganiser))
	var rows strings.Builder
	rows.WriteString("Namn;E-post\n")
	for i := range 1500 {
		fmt.Fprintf(&rows, "Eva Ek%d;eva%d@example.se\n", i, i)
	}
	done := make(chan int)
	for range 12 {
		go func() {
			mine := *c
			done <- mine.bring("/handlaggare/tillfalle/lulea/las-in", "a.csv", []byte(rows.String())).StatusCode
		}()
	}
	for range 12 {
		if status := <-done; status != http.StatusSeeOther {
			t.Errorf("one of many is answered %d", status)
		}
	}
}
