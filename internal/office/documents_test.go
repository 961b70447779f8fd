package office_test

import (
	"bytes"
	"context"
	"net/http"
	"net/url"
	"strings"
	"testing"

	"github.com/temadag/temadag/internal/domain"
	"github.com/temadag/temadag/internal/service"
)

func TestDocuments(t *testing.T) {
	w := newWorld(t)
	season(t, w)
	c := w.user("Anna Exempel", in(domain.RoleOrganiser))
	const page = "/handlaggare/tillfalle/lulea/dokument"
	c.get(page).want(t, http.StatusOK, "Inga dokument än.")
	said := []string{"title_sv", "Program", "title_en", "", "about_sv", "Dagens tider.", "about_en", "", "lang", "sv"}
	pdf := []byte("%PDF-1.7\n%%EOF")
	c.upload(page, "program.pdf", pdf, "title_sv", "", "about_sv", "", "lang", "sv").want(t, http.StatusUnprocessableEntity,
		"Skriv en rubrik", "Skriv vad dokumentet innehåller")
	c.upload(page, "program.pdf", []byte("<html><script>alert(1)</script>"), said...).want(t, http.StatusUnprocessableEntity,
		"Filen är inte av det slag som namnet säger", "Dagens tider.")
	c.upload(page, "program.exe", []byte("MZ"), said...).want(t, http.StatusUnprocessableEntity, "Välj en pdf-")
	c.upload(page, "program.pdf", append(pdf, bytes.Repeat([]byte("x"), service.MaxDocument)...), said...).want(t, http.StatusUnprocessableEntity, "högst 15 megabyte")
	c.upload(page, "program.pdf", append(pdf, bytes.Repeat([]byte("x"), service.MaxDocument+2<<20)...), said...).want(t, http.StatusUnprocessableEntity, "högst 15 megabyte")
	if body := w.anyone().get("/tillfalle/lulea").body; strings.Contains(body, "Dagens tider.") {
		t.Error("a refused file is offered")
	}
	for range 2 { // a button pressed twice
		sent := c.upload(page, "program.pdf", pdf, said...).want(t, http.StatusSeeOther)
		c.get(sent.to()).want(t, http.StatusOK, "Dokumentet är tillagt", "program.pdf")
	}
	c.upload(page, "tider.txt", []byte("9–16"), "title_sv", "Tider", "about_sv", "Klockslag.", "lang", "en").want(t, http.StatusSeeOther)
	if got := w.documents("lulea"); got != "Program Tider" {
		t.Fatalf("documents: %s", got)
	}
	w.Clock.Turn(2e9)
	w.anyone().get("/tillfalle/lulea").want(t, http.StatusOK, "Dagens tider.", "Klockslag.", "Tider (engelska)")

	file := c.get(page + "/lulea-program/fil")
	if file.StatusCode != http.StatusOK || file.body != string(pdf) || !strings.HasPrefix(file.Header.Get("Content-Disposition"), "attachment") {
		t.Errorf("the file is answered by %d %v", file.StatusCode, file.Header)
	}
	move := page + "/lulea-tider/flytta"
	for range 2 {
		c.post(move, url.Values{"by": {"up"}, "at": {"1"}}).want(t, http.StatusSeeOther)
		if got := w.documents("lulea"); got != "Tider Program" {
			t.Fatalf("moved: %s", got)
		}
	}
	c.post(move, url.Values{"by": {"sideways"}, "at": {"0"}}).want(t, http.StatusSeeOther)

	form := c.get(page+"/lulea-tider").want(t, http.StatusOK, "Klockslag.", "tider.txt").fields()
	c.post(page+"/lulea-tider", with(form, "title_sv", "", "lang", "sv")).want(t, http.StatusUnprocessableEntity, "Skriv en rubrik")
	c.post(page+"/lulea-tider", with(form, "title_sv", "Tider för dagen", "lang", "sv")).want(t, http.StatusSeeOther)
	if got := w.documents("lulea"); got != "Tider för dagen Program" {
		t.Errorf("described: %s", got)
	}
	c.get(page+"/lulea-tider/ta-bort").want(t, http.StatusOK, "Ta bort ”Tider för dagen”?")
	if got := w.documents("lulea"); got != "Tider för dagen Program" {
		t.Errorf("asking took it away: %s", got)
	}
	for range 2 {
		c.post(page+"/lulea-tider/ta-bort", nil).want(t, http.StatusSeeOther)
	}
	if got := w.documents("lulea"); got != "Program" {
		t.Errorf("removed: %s", got)
	}
	for _, address := range []string{page, page + "/lulea-program", page + "/lulea-program/fil", page + "/lulea-program/ta-bort"} {
		w.user("Zoe "+address, domain.Grant{Role: domain.RoleOrganiser, County: "Z"}).get(address).want(t, http.StatusNotFound)
	}
	for _, address := range []string{"/handlaggare/tillfalle/pitea/dokument/lulea-program", "/handlaggare/tillfalle/lulea/dokument/finns-inte"} {
		c.get(address).want(t, http.StatusNotFound)
	}
}

// documents are the titles of an event's documents in their order.
func (w *world) documents(slug string) string {
	w.t.Helper()
	d, err := w.events().Draft(context.Background(), domain.Operator(), slug)
	must(w.t, err)
	var out []string
	for _, doc := range d.Event.Documents {
		out = append(out, doc.Title.Sv)
	}
	return strings.Join(out, " ")
}
