package office_test

import (
	"context"
	"net/http"
	"net/url"
	"strings"
	"testing"

	"github.com/temadag/temadag/internal/domain"
	"github.com/temadag/temadag/internal/testkit"
	"github.com/temadag/temadag/internal/testkit/browser"
	"github.com/temadag/temadag/internal/testkit/look"
)

// mailingScenes are the pages where staff write to participants, in every state worth looking at, and the pages
// in letters that they frame.
func mailingScenes(t *testing.T) (pages map[string][]byte, frames map[string]*response) {
	t.Helper()
	pages, frames = make(map[string][]byte), make(map[string]*response)
	w := newWorld(t)
	events := season(t, w)
	p := testkit.Person(950)
	p.GivenName, p.FamilyName, p.Organisation, p.Email = "Nils-Ánte Ailo", "af Sandeberg-Kühlenthal", "Kooperativet för efterfrågan och samverkan i glesbygd, ekonomisk förening", "nils-ante@example.se"
	lulea := testkit.Input(events["lulea"], p)
	lulea.Lang = domain.English
	_, err := w.Registrations.Register(context.Background(), domain.Visitor(), lulea)
	must(t, err)
	again := testkit.Person(950)
	again.Email = "nils-ante@example.se"
	w.enter(events["kiruna"], again)
	c := w.user("Anna Exempel", in(domain.RoleCaseWorker))
	keep := func(name string, r *response, status int) *response {
		t.Helper()
		pages["/"+name] = []byte(r.want(t, status).body)
		for _, f := range r.find("iframe") {
			frames[attr(f, "src")] = c.get(attr(f, "src")).want(t, http.StatusOK)
		}
		return r
	}
	show := func(name, path string) *response { return keep(name, c.get(path), http.StatusOK) } // in English by TestEveryRoute
	show("mailings-none", "/handlaggare/utskick")
	show("mailing-new", "/handlaggare/utskick/nytt?event=lulea")
	show("mailing-new-series", "/handlaggare/utskick/nytt?series=efterfragan")
	keep("mailing-new-wrong", c.post("/handlaggare/utskick/nytt", url.Values{"event": {"lulea"}}), http.StatusUnprocessableEntity)
	at := c.beginMailing("lulea")
	audience := show("mailing-audience", at+"/mottagare")
	show("mailing-draft-empty", at)
	text := show("mailing-text-empty", at+"/text")
	keep("mailing-text-wrong", c.write(at, "subject_sv", "", "body_sv", "Hej {förnman}!\n\n{kost} {sista avbokningsdag", "body_en", "x", "reply_to", "eva"), http.StatusUnprocessableEntity)
	keep("mailing-text-placeholders", c.write(at, "subject_sv", "Ny lokal", "body_sv", "Hej {förnman}!\n\n{kost} {sista avbokningsdag", "body_en", "Hello {first name}", "reply_to", ""), http.StatusUnprocessableEntity)
	show("mailing-look-blocked", at+"/granska")
	keep("mailing-text-clash", c.sendForm(at+"/text", with(text.fields(), "step", "next", "subject_sv", "Mitt ämne", "body_sv", "Min text.")), http.StatusConflict)
	form := c.get(at + "/text").fields()
	form.Del("file")
	c.sendForm(at+"/text", with(form, "step", "attach", "subject_sv", "Ny lokal och ny tid för dagen i {ort}", "subject_en", "New venue in {town}",
		"body_sv", "Hej {förnamn}!\n\nDagen är flyttad till **Kulturens hus**. Kom senast kl. 8.30.\n\n## Ta med\n\n- legitimation\n- det du vill visa\n\n[Läs mer om dagen](https://www.example.se/dagen). Din anmälan: {länk}\n\nFrågor? {kontakt}",
		"body_en", "Hello {given name}!\n\nThe day has moved to **Kulturens hus**. Your registration: {link}"), "program-med-ett-langt-namn-utan-mellanslag-i.pdf", "%PDF-1.7\n%%EOF").want(t, http.StatusSeeOther)
	written := show("mailing-text", at+"/text")
	for _, b := range written.find("button") {
		if attr(b, "name") == "drop" {
			show("mailing-file", at+"/text/fil/"+attr(b, "value"))
		}
	}
	sure := show("mailing-look", at+"/granska")
	swedish := c.beginMailing("lulea")
	c.write(swedish, "step", "save", "swedish", "yes", "body_sv", "Hej {fornamn}!").want(t, http.StatusSeeOther)
	show("mailing-text-slips", swedish+"/text?done=mailing_saved")
	c.write(swedish, "swedish", "yes").want(t, http.StatusSeeOther)
	show("mailing-look-swedish", swedish+"/granska")
	keep("mailing-look-wrong", c.post(at+"/granska", with(approving(sure), "when", "at", "day", "31 november", "clock", "25")), http.StatusUnprocessableEntity)
	c.post(at+"/testmejl", url.Values{"lang": {"sv"}}).want(t, http.StatusSeeOther)
	keep("mailing-look-tested", c.get(at+"/granska?done=mailing_tested"), http.StatusOK)
	show("mailing-draft", at)
	show("mailing-drop", at+"/kasta")
	keep("mailing-audience-filtered", c.post(at+"/mottagare", with(audience.fields(), "seen", "0", "municipality", "Piteå", "not", "municipality")), http.StatusConflict)
	series := strings.Split(c.post("/handlaggare/utskick/nytt", url.Values{"series": {"efterfragan"}, "status": {"confirmed", "waitlisted"}}).want(t, http.StatusSeeOther).to(), "/mottagare")[0]
	show("mailing-audience-series", series+"/mottagare")
	show("mailings", "/handlaggare/utskick")
	show("mailings-event", "/handlaggare/tillfalle/lulea/utskick")
	return pages, frames
}

// approving is what the form that lets a mailing go holds: it is the last of its page.
func approving(r *response) url.Values {
	sent := url.Values{}
	for _, n := range r.find("input") {
		if name := attr(n, "name"); name == "seen" || name == "expected" || name == "day" || name == "clock" {
			sent.Set(name, attr(n, "value"))
		}
	}
	sent.Set("when", "now")
	return sent
}

// A placeholder is put in where the cursor stands, in the field that it stood in last.
func TestMailing_insertsAtTheCursor(t *testing.T) {
	b := open(t, "inserting placeholders in a browser")
	if b == nil {
		return
	}
	w := newWorld(t)
	season(t, w)
	c := w.user("Anna Exempel", in(domain.RoleCaseWorker))
	page := c.get(c.written() + "/text")
	tab := b.Tab(t, browser.Desktop())
	tab.Go(look.Serve(t, map[string][]byte{"/text": []byte(page.body)}, static(t)) + "/text")
	for field, want := range map[string]string{"body_sv": "Hej {förnamn}!", "subject_sv": "Hej {förnamn}!"} {
		browser.Eval[int](tab, `(() => { const f = document.getElementById("`+field+`"); f.focus(); f.value = "Hej !"; f.setSelectionRange(4, 4); return f.selectionStart })()`)
		tab.Click("{förnamn}")
		if got := browser.Eval[string](tab, `document.getElementById("`+field+`").value + " " + document.activeElement.id`); got != want+" "+field {
			t.Errorf("%s holds %q", field, got)
		}
	}
}

func TestMailingPages(t *testing.T) {
	pages, frames := mailingScenes(t)
	judge(t, pages)
	rest := static(t)
	lookAtOver(t, "mailings", pages, http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		frame, ok := frames[r.URL.Path]
		if !ok {
			rest.ServeHTTP(w, r)
			return
		}
		for _, name := range []string{"Content-Security-Policy", "Content-Type"} {
			w.Header().Set(name, frame.Header.Get(name))
		}
		_, _ = w.Write([]byte(frame.body))
	}), look.Wide(), look.Narrow())
}
