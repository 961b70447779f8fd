package office_test

import (
	"context"
	"maps"
	"net/http"
	"net/url"
	"slices"
	"strings"
	"testing"

	"github.com/temadag/temadag/internal/domain"
	"github.com/temadag/temadag/internal/store"
)

// manageScenes are the pages on which something is done to participants, and those of an import, in every
// state worth looking at.
func manageScenes(t *testing.T) map[string][]byte {
	t.Helper()
	pages := make(map[string][]byte)
	w := newWorld(t)
	events := season(t, w)
	ctx, lulea := context.Background(), "/handlaggare/tillfalle/lulea"
	keep := func(name string, r *response, status int) *response {
		t.Helper()
		pages["/"+name] = []byte(r.want(t, status).body)
		return r
	}
	english := strings.NewReplacer("/handlaggare/tillfalle/", "/en/office/event/", "/deltagare", "/people", "/flera", "/several", "/dubbletter", "/duplicates",
		"/sla-ihop", "/merge", "/skydda", "/protect", "/visa", "/reveal", "/brev/", "/letter/", "/behov/personer", "/needs/people", "/las-in", "/import",
		"/kolumner", "/columns", "/granska", "/check", "/resultat", "/result")
	c := w.user("Anna Exempel", in(domain.RoleOrganiser), domain.Grant{Role: domain.RoleNeedsOfficer, County: "BD"})
	look := func(name, path string) *response {
		t.Helper()
		if got := c.get(english.Replace(path)); got.StatusCode != http.StatusOK {
			t.Fatalf("%s answers %d", english.Replace(path), got.StatusCode)
		}
		keep(name+"-en", c.get(english.Replace(path)), http.StatusOK)
		return keep(name, c.get(path), http.StatusOK)
	}
	one, two := personOf("Gunhild", "Ström"), personOf("Gunhild", "Ström")
	two.Email, two.Title = "gunhild.strom@example.se", "Verksamhetsutvecklare"
	w.enter(events["lulea"], one)
	w.enter(events["lulea"], two)
	a, b := w.refOf(events["lulea"], one.Email), w.refOf(events["lulea"], two.Email)
	must(t, w.Store.Write(ctx, func(tx *store.Tx) error {
		letters, err := tx.ClaimLetters(ctx, w.Clock.Now(), 1, 10_000)
		for _, l := range letters[len(letters)-5:] {
			must(t, tx.LetterFailed(ctx, l.ID, "mailbox full"))
		}
		return err
	}))
	list := look("manage-list", lulea+"/deltagare")
	refs := slices.DeleteFunc(list.refsIn(), func(ref string) bool { return ref == a || ref == b })
	choose := keep("bulk", c.post(lulea+"/flera", url.Values{"who": {"some"}, "query": {""}, "ref": refs[:6]}), http.StatusOK)
	keep("bulk-en", c.post(english.Replace(lulea+"/flera"), url.Values{"who": {"some"}, "query": {""}, "ref": refs[:6]}), http.StatusOK)
	keep("bulk-wrong", c.post(lulea+"/flera", with(choose.fields(), "step", "confirm", "action", "extend", "day", "x")), http.StatusUnprocessableEntity)
	keep("bulk-nobody", c.post(lulea+"/flera", url.Values{"who": {"some"}}), http.StatusConflict)
	form := with(choose.fields(), "step", "confirm", "action", "withdraw", "reason", "Lokalen är mindre än väntat")
	asked := c.post(lulea+"/flera", form).to()
	look("bulk-ask", asked)
	struck := c.post(lulea+"/flera", with(form, "ref", refs[0])).to()
	c.post(struck, url.Values{"step": {"confirm"}}).want(t, http.StatusSeeOther)
	look("bulk-ask-left", asked)
	c.post(asked, with(url.Values{}, "step", "confirm")).want(t, http.StatusSeeOther)
	look("bulk-done", asked)
	look("duplicates", lulea+"/dubbletter")
	look("duplicates-none", "/handlaggare/tillfalle/ansok/dubbletter")
	look("merge-other", lulea+"/deltagare/"+a+"/sla-ihop")
	merge := look("merge", lulea+"/deltagare/"+a+"/sla-ihop?med="+b)
	keep("merge-wrong", c.post(lulea+"/deltagare/"+a+"/sla-ihop", merge.fields()), http.StatusUnprocessableEntity)
	keep("merge-ask", c.post(lulea+"/deltagare/"+a+"/sla-ihop", with(merge.fields(), "keep", a, "reason", "Du var anmäld två gånger")), http.StatusOK)
	person := look("manage-person", lulea+"/deltagare/"+a)
	for _, link := range person.find("a") {
		if href := attr(link, "href"); strings.Contains(href, "/brev/") {
			look("letter", href)
			c.post(href, nil)
			keep("letter-not-now", c.get(href), http.StatusConflict)
		}
	}
	look("needs", lulea+"/behov/personer")
	look("needs-none", "/handlaggare/tillfalle/ansok/behov/personer")
	look("needs-open", lulea+"/behov/personer/"+a)
	keep("needs-shown", c.post(lulea+"/behov/personer/"+a, nil), http.StatusOK)
	look("protect", lulea+"/deltagare/"+b+"/skydda")
	c.post(lulea+"/deltagare/"+b+"/skydda", nil).want(t, http.StatusSeeOther)
	look("protect-already", lulea+"/deltagare/"+b+"/skydda")
	look("person-hidden", lulea+"/deltagare/"+b)
	look("reveal", lulea+"/deltagare/"+b+"/visa")
	keep("reveal-wrong", c.post(lulea+"/deltagare/"+b+"/visa", nil), http.StatusUnprocessableEntity)
	keep("reveal-shown", c.post(lulea+"/deltagare/"+b+"/visa", url.Values{"why": {"asked"}}), http.StatusOK)
	maps.Copy(pages, importScenes(t, w, c, english))
	return pages
}

func importScenes(t *testing.T, w *world, c *client, english *strings.Replacer) map[string][]byte {
	t.Helper()
	pages, at := make(map[string][]byte), "/handlaggare/tillfalle/lulea/las-in"
	keep := func(name string, r *response, status int) *response {
		t.Helper()
		pages["/"+name] = []byte(r.want(t, status).body)
		return r
	}
	keep("import", c.get(at), http.StatusOK)
	keep("import-en", c.get(english.Replace(at)), http.StatusOK)
	keep("import-wrong", c.bring(at, "a.pdf", []byte("%PDF-1.7")), http.StatusUnprocessableEntity)
	keep("import-pasted-wrong", c.bring(at, "", nil, "rows", strings.Repeat("a;", 200)), http.StatusUnprocessableEntity)
	keep("import-too-large", c.bring(at, "a.csv", make([]byte, 6<<20)), http.StatusRequestEntityTooLarge)
	columns := c.bring(at, "a.csv", []byte(newcomers)).to()
	keep("import-columns", c.get(columns), http.StatusOK)
	keep("import-columns-en", c.get(english.Replace(columns)), http.StatusOK)
	keep("import-columns-wrong", c.post(columns, with(filled(c.get(columns).fields(), c.get(columns)), "column_1", "given_name")), http.StatusUnprocessableEntity)
	check := c.toCheck(t, "lulea", newcomers)
	keep("import-check", c.get(check), http.StatusOK)
	keep("import-check-en", c.get(english.Replace(check)), http.StatusOK)
	done := c.post(check, with(c.get(check).fields(), "step", "confirm")).want(t, http.StatusSeeOther)
	keep("import-done", c.get(done.to()), http.StatusOK)
	keep("import-done-en", c.get(english.Replace(done.to())), http.StatusOK)
	keep("import-nobody", c.get(c.toCheck(t, "lulea", newcomers)), http.StatusOK)
	faulty := newcomers + ";Lind;lind@example.se;Kalix;Kalix\r\nEva 2;Ek;eva(at)example.se;Kalix kommun, socialförvaltningen, enheten för barn och unga;Kalix\r\n"
	keep("import-faults", c.get(c.toCheck(t, "lulea", faulty)), http.StatusOK)
	must(t, w.Registrations.SetCapacity(t.Context(), domain.Operator(), "lulea", domain.Seats(w.registered("lulea")+1)))
	keep("import-queue", c.get(c.toCheck(t, "lulea", strings.ReplaceAll(newcomers, "@", "2@"))), http.StatusOK)
	return pages
}

func TestManagePages(t *testing.T) {
	lookAt(t, "participants, and what is done to them,", manageScenes(t))
}
