package office_test

import (
	"context"
	"net/http"
	"net/url"
	"strings"
	"testing"

	"github.com/temadag/temadag/internal/domain"
	"github.com/temadag/temadag/internal/testkit"
)

// save opens a section, types and presses a button.
func (c *client) edit(part, do string, pairs ...string) *response {
	c.w.t.Helper()
	form := c.get(editPath + "/" + part).sent()
	return c.post(editPath+"/"+part, with(with(form, pairs...), "do", do))
}

// TestEditor_twoInOtherFields: what two people change in different fields is saved for both, and told.
func TestEditor_twoInOtherFields(t *testing.T) {
	w, eva, _ := editor(t)
	nils := w.user("Nils Nilsson", in(domain.RoleOrganiser))
	open := eva.get(editPath + "/grunder").sent()
	nils.edit("grunder", "save", "title_sv", "Nils rubrik").want(t, http.StatusSeeOther)
	nils.edit("kontakt-och-handlingar", "save", "case_number", "9-9").want(t, http.StatusSeeOther)
	to := eva.post(editPath+"/grunder", with(open, "lead_sv", "Evas ingress", "do", "save")).want(t, http.StatusSeeOther).to()
	if !strings.Contains(to, "done=merged") {
		t.Errorf("leads to %s", to)
	}
	eva.get(to).want(t, http.StatusOK, "kollegan har ändrat")
	if now := stands(t, w); now.Title.Sv != "Nils rubrik" || now.Lead.Sv != "Evas ingress" || now.CaseNumber != "9-9" {
		t.Errorf("something is lost: %q %q %q", now.Title.Sv, now.Lead.Sv, now.CaseNumber)
	}
}

// TestEditor_twoInOneField: what two people change in one field is shown side by side, nothing is saved
// before it is chosen, and everything that was not in question is kept.
func TestEditor_twoInOneField(t *testing.T) {
	w, eva, _ := editor(t)
	nils := w.user("Nils Nilsson", in(domain.RoleOrganiser))
	open := eva.get(editPath + "/grunder").sent()
	nils.edit("grunder", "save", "title_sv", "Nils rubrik", "cost_sv", "100 kronor").want(t, http.StatusSeeOther)
	to := eva.post(editPath+"/grunder", with(open, "title_sv", "Evas rubrik", "lead_sv", "Evas ingress", "do", "save")).want(t, http.StatusSeeOther).to()
	page := eva.get(to).want(t, http.StatusOK, "Två har ändrat samtidigt", "Nils rubrik", "Evas rubrik", "Rubrik på svenska", "Nils Nilsson sparade", "100 kronor")
	if now := stands(t, w); now.Title.Sv != "Nils rubrik" || now.Lead.Sv == "Evas ingress" {
		t.Error("something is saved before it is chosen")
	}
	again := eva.post(to, page.sent()).want(t, http.StatusUnprocessableEntity, "Välj vilket som ska gälla", "Evas rubrik")
	late := again.sent()
	nils.edit("grunder", "save", "title_en", "In the meantime").want(t, http.StatusSeeOther)
	eva.post(to, with(late, "pick_title_sv", "mine")).want(t, http.StatusUnprocessableEntity, "In the meantime")
	final := eva.get(to).sent()
	eva.post(to, with(final, "pick_title_sv", "mine")).want(t, http.StatusSeeOther)
	now := stands(t, w)
	for _, c := range [][2]string{{now.Title.Sv, "Evas rubrik"}, {now.Lead.Sv, "Evas ingress"}, {now.Cost.Sv, "100 kronor"}, {now.Title.En, "In the meantime"}} {
		if c[0] != c[1] {
			t.Errorf("%q, want %q", c[0], c[1])
		}
	}
	open = eva.get(editPath + "/grunder").sent()
	nils.edit("grunder", "save", "title_sv", "Nils igen").want(t, http.StatusSeeOther)
	to = eva.post(editPath+"/grunder", with(open, "title_sv", "Eva igen", "lead_en", "Kept", "do", "save")).to()
	eva.post(to, with(eva.get(to).sent(), "pick_title_sv", "theirs")).want(t, http.StatusSeeOther)
	if now = stands(t, w); now.Title.Sv != "Nils igen" || now.Lead.En != "Kept" {
		t.Errorf("%q %q", now.Title.Sv, now.Lead.En)
	}
}

// TestEditor_staleDraft: a draft that is older than the event and a form that is newer, and the other way
// about, never take back what a colleague has saved.
func TestEditor_staleDraft(t *testing.T) {
	w, eva, _ := editor(t)
	nils := w.user("Nils Nilsson", in(domain.RoleOrganiser))
	old := eva.get(editPath + "/kontakt-och-handlingar").sent()
	eva.edit("grunder", "draft", "lead_sv", "Evas utkast").want(t, http.StatusSeeOther)
	nils.edit("kontakt-och-handlingar", "save", "contact_name", "Nils Nilsson").want(t, http.StatusSeeOther)
	nils.edit("grunder", "save", "cost_sv", "Gratis").want(t, http.StatusSeeOther)
	eva.get(editPath+"/grunder").want(t, http.StatusOK, "ändringar som inte är sparade", "Någon annan har sparat")
	eva.post(editPath+"/kontakt-och-handlingar", with(old, "case_number", "7-7", "do", "save")).want(t, http.StatusSeeOther)
	now := stands(t, w)
	if now.Contact.Name != "Nils Nilsson" || now.Cost.Sv != "Gratis" || now.Lead.Sv != "Evas utkast" || now.CaseNumber != "7-7" {
		t.Errorf("%q %q %q %q", now.Contact.Name, now.Cost.Sv, now.Lead.Sv, now.CaseNumber)
	}
}

// TestEditor_draft: what is kept is shown to her alone in every section, told of on top, and thrown away
// only when she says so twice.
func TestEditor_draft(t *testing.T) {
	w, eva, _ := editor(t)
	nils := w.user("Nils Nilsson", in(domain.RoleOrganiser))
	before := stands(t, w)
	eva.edit("tid-och-plats", "draft", "day", "1 december", "venue", "Stadshotellet").want(t, http.StatusSeeOther)
	eva.edit("grunder", "draft", "title_sv", "Halv rubrik").want(t, http.StatusSeeOther)
	page := eva.get(editPath+"/tid-och-plats").want(t, http.StatusOK, "ändringar som inte är sparade", "ändrat, inte sparat")
	if f := page.sent(); f.Get("day") != "1 december" || f.Get("venue") != "Stadshotellet" {
		t.Errorf("the draft is not shown: %v", f)
	}
	if f := nils.get(editPath+"/tid-och-plats").want(t, http.StatusOK, "Eva Exempel håller också på att ändra").sent(); f.Get("venue") != "Folkets hus" {
		t.Error("a draft is shown to another")
	}
	refused := eva.edit("grunder", "save").want(t, http.StatusUnprocessableEntity, "Tid och plats: Skriv också vilket år")
	if !strings.Contains(refused.body, `href="`+editPath+`/tid-och-plats#day"`) {
		t.Error("the fault does not lead to its section")
	}
	ask := "/handlaggare/tillfalle/lulea/kasta-utkastet"
	eva.get(ask).want(t, http.StatusOK, "Kasta utkastet?", "Halv rubrik")
	eva.get(editPath+"/grunder").want(t, http.StatusOK, "ändringar som inte är sparade")
	eva.post(ask, url.Values{}).want(t, http.StatusSeeOther)
	eva.post(ask, url.Values{}).want(t, http.StatusSeeOther)
	if body := eva.get(editPath + "/grunder").words(); strings.Contains(body, "ändringar som inte är sparade") || strings.Contains(body, "Halv rubrik") {
		t.Error("the draft is still there")
	}
	if now := stands(t, w); now.Mark() != before.Mark() {
		t.Errorf("a draft changes %v", before.Changed(now))
	}
}

// TestEditor_autosave: a script keeps the draft and is answered a sentence.
func TestEditor_autosave(t *testing.T) {
	_, eva, _ := editor(t)
	got := eva.edit("grunder", "auto", "title_sv", "Medan hon skriver").want(t, http.StatusOK, "Utkastet sparades")
	if got.Header.Get("Content-Type") != "text/plain; charset=utf-8" {
		t.Errorf("answers %s", got.Header.Get("Content-Type"))
	}
	eva.get(editPath+"/grunder").want(t, http.StatusOK, "ändringar som inte är sparade")
}

// TestEditor_faults: everything that is wrong is told at its field, and everything typed is still there.
func TestEditor_faults(t *testing.T) {
	w, eva, _ := editor(t)
	before := stands(t, w)
	got := eva.edit("tid-och-plats", "save", "day", "31 november 2026", "starts", "kvart över", "venue", "Nya huset", "postal_code", "9").
		want(t, http.StatusUnprocessableEntity, "Den dagen finns inte i kalendern", "Skriv klockslaget så här", "Postnumret ska ha fem siffror", "3 fel")
	if f := got.sent(); f.Get("day") != "31 november 2026" || f.Get("starts") != "kvart över" || f.Get("venue") != "Nya huset" {
		t.Errorf("what was typed is lost: %v", f)
	}
	if now := stands(t, w); now.Mark() != before.Mark() {
		t.Error("something is saved")
	}
	eva.edit("tid-och-plats", "save", "day", "1/12 2016", "last_day", "2 december 2016", "starts", "0900", "postal_code", "972 31").want(t, http.StatusSeeOther)
	if now := stands(t, w); now.Day != "2016-12-01" || now.Starts != "09:00" || now.Venue.PostalCode != "97231" {
		t.Errorf("%s %s %s", now.Day, now.Starts, now.Venue.PostalCode)
	}
	eva.get(editPath+"/tid-och-plats").want(t, http.StatusOK, "torsdag 1 december 2016, vecka 48")
}

// TestEditor_bound: what people have bound themselves to is not changed by the editor; it leads to where it
// is decided what they are told, and keeps what was typed.
func TestEditor_bound(t *testing.T) {
	w, eva, events := editor(t)
	e := testkit.Event("lulea", 40)
	must(t, w.Editing.AddEvent(context.Background(), domain.Operator(), func() domain.Event { e.Slug = "pitea"; return e }(), nil))
	e, err := w.Programme.Event(t.Context(), "pitea")
	must(t, err)
	w.register(e, 1)
	path := "/handlaggare/tillfalle/pitea/redigera/tid-och-plats"
	to := eva.post(path, with(eva.get(path).sent(), "starts", "10", "do", "save")).want(t, http.StatusSeeOther).to()
	if to != "/handlaggare/tillfalle/pitea/andra" {
		t.Errorf("leads to %s", to)
	}
	d, err := events.Draft(t.Context(), actor(t, w, "eva.exempel@example.se"), "pitea")
	must(t, err)
	if d.Mine == nil || d.Mine.Entry.Starts != "10" || d.Entry.Starts != "09:00" {
		t.Errorf("the draft: %+v", d.Mine)
	}
}

// TestEditor_foreign: the editor of an event in another county is the page that is not there.
func TestEditor_foreign(t *testing.T) {
	w, _, _ := editor(t)
	theirs := w.user("Fia Främling", domain.Grant{Role: domain.RoleAdministrator, County: "Z"})
	reader := w.user("Lars Läsare", in(domain.RoleReader))
	for _, c := range []*client{theirs, reader} {
		for _, path := range []string{
			editPath, editPath + "/grunder", editPath + "/finns-inte", "/handlaggare/tillfalle/lulea/kasta-utkastet",
			"/handlaggare/tillfalle/lulea/jamfor", "/handlaggare/tillfalle/lulea/forhandsgranska",
		} {
			got := c.get(path).want(t, http.StatusNotFound)
			if absent := c.get(strings.Replace(path, "lulea", "finns-inte", 1)); absent.body != got.body {
				t.Errorf("%s: absent and forbidden look different", path)
			}
		}
		c.post(editPath+"/grunder", url.Values{"title_sv": {"Stulen"}, "do": {"save"}}).want(t, http.StatusNotFound)
		c.post("/handlaggare/tillfalle/lulea/kasta-utkastet", url.Values{}).want(t, http.StatusNotFound)
	}
	if stands(t, w).Title.Sv != "Rubrik på svenska" {
		t.Error("a stranger has changed the event")
	}
}

// TestEditor_unknownMark: a form that began with something nobody knows takes nothing from anyone.
func TestEditor_unknownMark(t *testing.T) {
	w, eva, _ := editor(t)
	form := eva.get(editPath + "/grunder").sent()
	eva.post(editPath+"/grunder", with(form, "seen", "nonsense", "lead_sv", "Evas", "do", "save")).want(t, http.StatusSeeOther)
	eva.get("/handlaggare/tillfalle/lulea/jamfor").want(t, http.StatusOK, "Evas")
	if stands(t, w).Lead.Sv == "Evas" {
		t.Error("saved without being asked")
	}
}
