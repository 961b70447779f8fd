package office_test

import (
	"net/http"
	"net/url"
	"strings"
	"testing"

	"github.com/temadag/temadag/internal/domain"
)

const (
	blankPath  = "/handlaggare/tillfallen/nytt/fran-grunden"
	severalAt  = "/handlaggare/tillfallen/nytt/flera-orter"
	listPath   = "/handlaggare/tillfallen"
	newPath    = "/handlaggare/tillfallen/nytt"
	choosePath = "/handlaggare/tillfallen/nytt/kopia"
)

// TestEvents: the list shows what the user looks after and nothing else, and finds it by words and part.
func TestEvents(t *testing.T) {
	w := newWorld(t)
	season(t, w)
	eva := w.user("Eva Exempel", in(domain.RoleOrganiser))
	page := eva.get(listPath).want(t, http.StatusOK, "Nytt tillfälle", "Utkast", "Skriv vidare", "Kommande 5", "av 40")
	if strings.Contains(page.body, "ostersund") {
		t.Error("another county's event is in the list")
	}
	for query, want := range map[string]string{"?q=kiruna": "1 tillfälle", "?q=lulea&part=all": "Lule", "?part=drafts": "Konferens om samverkan", "?q=finnsinte": "Inget tillfälle stämmer", "?part=nonsense&page=-3": "5 tillfällen"} {
		eva.get(listPath+query).want(t, http.StatusOK, want)
	}
	if got := eva.get(listPath + "?part=drafts"); strings.Contains(got.body, "tillfalle/lulea") {
		t.Error("a published event is among the drafts")
	}
	reader := w.user("Läsare Exempel", in(domain.RoleReader)).get(listPath).want(t, http.StatusOK, "Utkast")
	for _, word := range []string{"Nytt tillfälle", "Skriv vidare"} {
		if strings.Contains(reader.words(), word) {
			t.Errorf("who may not make events is offered %q", word)
		}
	}
	// The twin: with the other county's grant the event is there.
	w.user("Alla Exempel", in(domain.RoleOrganiser), domain.Grant{Role: domain.RoleReader, County: "Z"}).get(listPath).want(t, http.StatusOK, "Länsstyrelsen Jämtland", "Länsstyrelsen Norrbotten")
}

// TestNew: who may make events in one county is not asked which; who may in none finds no such page.
func TestNew(t *testing.T) {
	w := fourCounties(t)
	one, two := w.user("En Exempel", organiserIn("Y")...), w.user("Två Exempel", organiserIn("Y", "Z")...)
	one.get(newPath).want(t, http.StatusOK, "Klistra in en inbjudan", "Kopiera ett tidigare tillfälle", "En serie på flera orter", "Deltagare kopieras aldrig")
	for _, path := range []string{blankPath, severalAt} {
		if strings.Contains(one.get(path).body, "Länsstyrelse som äger") {
			t.Errorf("%s asks what has one answer", path)
		}
		page := two.get(path).want(t, http.StatusOK, "Länsstyrelse som äger tillfället", "Länsstyrelsen Jämtland")
		if strings.Contains(page.body, "Norrbotten") {
			t.Errorf("%s offers a county where she may not", path)
		}
	}
	nobody := w.user("Läsare Exempel", domain.Grant{Role: domain.RoleReader, County: "Y"})
	for _, path := range []string{newPath, blankPath, severalAt, choosePath, "/handlaggare/tillfallen/skapade?e=x"} {
		nobody.get(path).want(t, http.StatusNotFound)
	}
	nobody.post(blankPath, url.Values{"title_sv": {"Mitt"}}).want(t, http.StatusNotFound)
}

func TestCreate(t *testing.T) {
	w := fourCounties(t)
	two := w.user("Två Exempel", organiserIn("Y", "Z")...)
	form := two.get(blankPath).fields()
	wrong := two.post(blankPath, with(form, "title_sv", "", "town", "<b>Ånge</b>", "owner", "BD", "kind", "seminar")).
		want(t, http.StatusUnprocessableEntity, "Välj en länsstyrelse som du arbetar för")
	if got := wrong.fields(); got.Get("town") != "<b>Ånge</b>" {
		t.Errorf("the town comes back as %q", got.Get("town"))
	}
	two.post(blankPath, with(form, "owner", "Y")).want(t, http.StatusUnprocessableEntity, "Skriv en rubrik")
	if n := len(w.everything()); n != 0 {
		t.Fatalf("%d events after refusals", n)
	}
	filled := with(form, "title_sv", "Temadag om <i>våld</i>", "town", "Ånge", "kind", "seminar")
	first := two.post(blankPath, filled).want(t, http.StatusSeeOther)
	again := two.post(blankPath, filled).want(t, http.StatusSeeOther)
	all := w.everything()
	if len(all) != 1 || first.to() != again.to() || !strings.Contains(first.to(), "/redigera") {
		t.Fatalf("%d events, %s and %s", len(all), first.to(), again.to())
	}
	if e := all[0]; e.Owner.Code != "Y" || e.Town != "Ånge" || e.Kind != domain.KindSeminar || e.State != domain.EventDraft {
		t.Errorf("made %+v", e)
	}
	if page := two.get(listPath).want(t, http.StatusOK, "Temadag om <i>våld</i>"); strings.Contains(page.body, "<i>våld") {
		t.Error("a title is markup")
	}
	// The twin: a form shown anew makes another.
	two.post(blankPath, with(two.get(blankPath).fields(), "title_sv", "Temadag om <i>våld</i>", "owner", "Y")).want(t, http.StatusSeeOther)
	if n := len(w.everything()); n != 2 {
		t.Errorf("%d events of two forms", n)
	}
}

func TestCreateSeries(t *testing.T) {
	w := fourCounties(t)
	two := w.user("Två Exempel", organiserIn("Y", "Z")...)
	form := two.get(severalAt).fields()
	more := two.post(severalAt, with(form, "step", "more", "town_1_town", "Sundsvall")).want(t, http.StatusOK, "Ort 3").fields()
	if more.Get("town_1_town") != "Sundsvall" || more.Get("rows") != "3" {
		t.Fatalf("one row more loses what was typed: %v", more)
	}
	two.post(severalAt, with(more, "step", "create", "town_1_town", "", "title_sv", "Efterfrågan")).want(t, http.StatusUnprocessableEntity, "Skriv minst en ort")
	filled := with(more, "step", "create", "title_sv", "Efterfrågan", "kicker_sv", "Temadagar i två län", "lead_sv", "Ingressen",
		"town_1_town", "Sundsvall", "town_1_owner", "Y", "town_1_day", "torsdag 8/12 2016", "town_1_starts", "9", "town_1_ends", "1600", "town_1_venue", "Folkets hus", "town_1_address", "Gatan 1", "town_1_capacity", "80",
		"town_3_town", "Östersund", "town_3_day", "fredag 8 december 2016")
	page := two.post(severalAt, filled).want(t, http.StatusUnprocessableEntity, "är det torsdag", "torsdag 8 december 2016, vecka 49")
	if got := page.fields().Get("town_3_day"); got != "fredag 8 december 2016" || !strings.Contains(page.body, `href="#town_3_day"`) {
		t.Errorf("the fault is not at its row, or the day is lost: %q", got)
	}
	got := two.post(severalAt, with(filled, "town_3_day", "9 dec 2016")).want(t, http.StatusSeeOther)
	two.get(got.to()).want(t, http.StatusOK, "2 utkast är skapade", "torsdag 8 december 2016 kl. 09.00–16.00, vecka 49", "Folkets hus, Gatan 1", "Länsstyrelsen Jämtland")
	all := w.everything()
	if len(all) != 2 || all[0].Capacity != 80 || all[1].Owner.Code != "Z" || all[1].Town != "Östersund" || all[0].SeriesSlug == "" {
		t.Errorf("made %+v", all)
	}
	// Each sees of the series what is hers.
	theme := "/handlaggare/tema/" + all[0].SeriesSlug
	mine := w.user("En Exempel", organiserIn("Y")...).get(theme).want(t, http.StatusOK, "Sundsvall")
	if strings.Contains(mine.body, "Östersund") {
		t.Error("another county's draft is told")
	}
	w.user("Annan Exempel", organiserIn("BD")...).get(theme).want(t, http.StatusNotFound)
}

// TestSeriesWords: two who edit the same words lose nothing.
func TestSeriesWords(t *testing.T) {
	w := fourCounties(t)
	one, two := w.user("En Exempel", organiserIn("Y")...), w.user("Två Exempel", organiserIn("Y", "Z")...)
	two.post(severalAt, with(two.get(severalAt).fields(), "step", "create", "title_sv", "Efterfrågan", "town_1_town", "Sundsvall", "town_2_town", "Östersund")).want(t, http.StatusSeeOther)
	theme := "/handlaggare/tema/" + w.everything()[0].SeriesSlug
	mine, theirs := one.get(theme).fields(), two.get(theme).fields()
	two.post(theme, with(theirs, "lead_sv", "Deras ingress")).want(t, http.StatusSeeOther)
	one.post(theme, with(mine, "title_sv", "")).want(t, http.StatusUnprocessableEntity, "Skriv en rubrik")
	clash := one.post(theme, with(mine, "title_sv", "Efterfrågan", "lead_sv", "Min ingress <b>")).want(t, http.StatusConflict, "Någon annan har sparat", "Deras ingress")
	kept := clash.fields()
	if kept.Get("lead_sv") != "Min ingress <b>" {
		t.Errorf("what she wrote is %q", kept.Get("lead_sv"))
	}
	one.get(theme).want(t, http.StatusOK, "Deras ingress")
	saved := one.post(theme, kept).want(t, http.StatusSeeOther)
	one.get(saved.to()).want(t, http.StatusOK, "De gemensamma texterna är sparade", "Min ingress <b>")
	long := strings.Repeat("å", domain.MaxEventBody)
	one.post(theme, with(one.get(theme).fields(), "body_sv", long, "body_en", long)).want(t, http.StatusSeeOther)
	one.post(theme, with(one.get(theme).fields(), "body_sv", long+"å")).want(t, http.StatusUnprocessableEntity, "högst 20 000 tecken")
}

// TestCopy: texts and rules follow, no day and nobody does.
func TestCopy(t *testing.T) {
	w := newWorld(t)
	season(t, w)
	eva := w.user("Eva Exempel", in(domain.RoleOrganiser))
	eva.get(choosePath+"?q=kiruna").want(t, http.StatusOK, "Kiruna")
	if page := eva.get(choosePath); strings.Contains(page.body, "ostersund") {
		t.Error("another county's event can be chosen")
	}
	from := "/handlaggare/tillfalle/lulea/kopiera"
	form := eva.get(from).want(t, http.StatusOK, "Deltagare kopieras aldrig", "Följer inte med: datum").fields()
	eva.post(from, with(form, "towns", "Boden\nboden")).want(t, http.StatusUnprocessableEntity, "Samma ort står två gånger")
	eva.post(from, with(form, "towns", strings.Repeat("Ort,", 41)+"x")).want(t, http.StatusUnprocessableEntity, "högst 40 rader")
	filled := with(form, "towns", "Boden\r\nKalix", "series", "new")
	got := eva.post(from, filled).want(t, http.StatusSeeOther)
	if again := eva.post(from, filled); again.to() != got.to() {
		t.Errorf("sent twice it leads to %s and %s", got.to(), again.to())
	}
	eva.get(got.to()).want(t, http.StatusOK, "2 utkast är skapade", "Datum meddelas senare")
	copies := 0
	for _, e := range w.everything() {
		if e.Town != "Boden" && e.Town != "Kalix" {
			continue
		}
		copies++
		people, err := w.Store.Holdings(t.Context(), e.ID)
		must(t, err)
		if !e.Day.IsZero() || !e.RegisterUntil.IsZero() || e.Taken != 0 || people.Ever != 0 || e.State != domain.EventDraft {
			t.Errorf("the copy has %+v, %+v", e, people)
		}
	}
	if copies != 2 {
		t.Errorf("%d copies", copies)
	}
	one := eva.post(from, with(eva.get(from).fields(), "towns", "Luleå")).want(t, http.StatusSeeOther)
	if !strings.Contains(one.to(), "redigera") && !strings.Contains(one.to(), "skapade") {
		t.Errorf("one copy leads to %s", one.to())
	}
	foreign := w.user("Zara Exempel", domain.Grant{Role: domain.RoleOrganiser, County: "Z"})
	nothing := foreign.get("/handlaggare/tillfalle/finns-inte/kopiera").want(t, http.StatusNotFound)
	if theirs := foreign.get(from).want(t, http.StatusNotFound); theirs.body != nothing.body {
		t.Error("absent and foreign look different")
	}
	foreign.post(from, filled).want(t, http.StatusNotFound)
}
