package site_test

import (
	"net/http"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/temadag/temadag/internal/domain"
	"github.com/temadag/temadag/internal/testkit"
)

// approving is an event where the organiser answers each application.
func approving(e *domain.Event) { e.Rules.Approval = true }

func TestApplication_wholeWay(t *testing.T) {
	for _, c := range []struct{ path, event, act, warn, check, send, done, answer string }{
		{form, "/tillfalle/lulea", "Ansök till Luleå", "Du har en plats först när du har fått ja", "Granska och skicka din ansökan", "Skicka ansökan", "Din ansökan är mottagen", "Du har ingen plats än"},
		{"/en/event/lulea/registration", "/en/event/lulea", "Apply for Luleå", "You have a place only when", "Check and send your application", "Send application", "We have your application", "You do not have a place yet"},
	} {
		w := newWorld(t)
		w.AddEvent(t, change("lulea", 1, approving))
		w.get(c.event).want(t, http.StatusOK, c.act)
		page := w.get(c.path).want(t, http.StatusOK, c.act, c.warn)
		review := w.post(c.path, with(person(page.fields(), 1), "review")).want(t, http.StatusOK, c.check, c.send)
		w.Clock.Turn(time.Minute)
		sent := w.post(c.path, with(review.fields(), "send")).want(t, http.StatusSeeOther)
		receipt := w.get(sent.Header.Get("Location")).want(t, http.StatusOK, c.done, c.answer)
		if strings.Contains(receipt.body, "kalender.ics") || strings.Contains(receipt.body, "calendar.ics") {
			t.Error("who has no place is asked to put the day in the calendar")
		}
		if n := w.registrations("lulea"); n != 0 {
			t.Errorf("an application took %d places", n)
		}
	}
}

// TestApplication_takenWhenFull: applications are taken also when every place is, with a queue and
// without, and nobody is asked whether she wants to queue.
func TestApplication_takenWhenFull(t *testing.T) {
	for _, queue := range []bool{true, false} {
		w := newWorld(t)
		w.AddEvent(t, change("lulea", 1, func(e *domain.Event) { approving(e); e.WaitingList = queue }))
		own := w.take("lulea", 1)
		r, err := w.Registrations.Own(quiet(), domain.Visitor(), own[strings.LastIndexByte(own, '/')+1:])
		if err != nil {
			t.Fatal(err)
		}
		if err := w.Registrations.Decide(quiet(), domain.Operator(), r.Registration.ID, true, ""); err != nil {
			t.Fatal(err)
		}
		w.Clock.Turn(2 * time.Second)
		w.get("/tillfalle/lulea").want(t, http.StatusOK, "Ansök till Luleå", "Du kan ändå skicka en ansökan")
		w.register("lulea", 2).want(t, http.StatusOK, "Din ansökan är mottagen")
		w.AddEvent(t, change("umea", 1, func(e *domain.Event) { e.WaitingList = queue })) // the twin, where nobody applies
		w.take("umea", 1)
		w.Clock.Turn(2 * time.Second)
		if strings.Contains(w.get("/tillfalle/umea").want(t, http.StatusOK, "Alla platser är upptagna").body, "Ansök") {
			t.Error("an event without applications takes them")
		}
	}
}

func TestSoon_nobodyNeedsToReload(t *testing.T) {
	w := newWorld(t)
	w.AddEvent(t, change("lulea", 10, func(e *domain.Event) {
		e.OpensAt = domain.Date{Year: 2016, Month: 10, Day: 7}.At(9 * 60)
	}))
	for path, word := range map[string]string{
		form:                           "Anmälan öppnar fredag 7 oktober 2016 kl. 09.00. Du behöver inte ladda om sidan i förväg",
		"/tillfalle/lulea":             "Du behöver inte ladda om sidan i förväg",
		"/en/event/lulea/registration": "You need not reload the page beforehand",
	} {
		w.get(path).want(t, http.StatusOK, word)
	}
}

func TestEvent_tellsItsRules(t *testing.T) {
	w := newWorld(t)
	w.AddEvent(t, change("lulea", 10, func(e *domain.Event) {
		asking(e)
		e.Rules.SameOrganisation, e.Rules.GroupLimit = true, 8
		e.Rules.ChangeUntil = e.Day.AddDays(-2)
		e.Rules.Offers = domain.OfferRules{Hours: 48, ShortDays: 5, ShortHours: 4, RaceDays: 1}
	}))
	w.get("/tillfalle/lulea").want(t, http.StatusOK, "Du som har fått en åtkomstkod i inbjudan", "Till och med tisdag 29 november 2016",
		"Bara till en kollega på samma arbetsplats", "Upp till 8 personer på en gång", "Anmäl flera på en gång",
		"gäller i minst 48 timmar", "Från och med lördag 26 november 2016 gäller det i minst 4 timmar",
		"Från och med onsdag 30 november 2016 får den i kön som svarar först platsen", "Du väljer pass när du anmäler dig")
	w.get("/en/event/lulea").want(t, http.StatusOK, "given an access code", "Up to and including Tuesday 29 November 2016",
		"Only to a colleague at the same workplace", "Up to 8 people at once", "Register several people at once",
		"at least 48 hours", "From Saturday 26 November 2016 it holds for at least 4 hours")
	w.AddEvent(t, change("umea", 10, func(e *domain.Event) { e.WaitingList = false }))
	plain := w.get("/tillfalle/umea").want(t, http.StatusOK)
	for _, word := range []string{"åtkomstkod", "Anmäl flera", "erbjuds", "samma arbetsplats"} {
		if strings.Contains(plain.body, word) {
			t.Errorf("a plain event without a queue tells of %q", word)
		}
	}
}

// colleague is the address of the form for a colleague, as the receipt links to it.
func (r *response) colleague(t *testing.T) string {
	t.Helper()
	for _, a := range r.find("a") {
		if href := attr(a, "href"); strings.Contains(href, "kollega=") {
			return href
		}
	}
	t.Fatal("the receipt has no link for a colleague")
	return ""
}

func TestColleague_beginsWithTheWorkplaceAlone(t *testing.T) {
	w := newWorld(t)
	w.AddEvent(t, change("lulea", 10, asking))
	empty := w.get(form).body
	review := w.post(form, with(w.answered(w.get(form).fields(), 1), "review")).want(t, http.StatusOK)
	w.Clock.Turn(time.Minute)
	where := w.post(form, with(review.fields(), "send")).want(t, http.StatusSeeOther).Header.Get("Location")
	page := w.get(w.get(where).colleague(t)).want(t, http.StatusOK, "Steg 1 av 2")
	got := page.fields()
	for name, want := range map[string]string{
		"organisation": "Piteå kommun", "organisation_type": "social_services", "municipality": "Piteå", "invoice_reference": "Ref 4711",
		"invoice_org_number": "202100-2478", "invoice_peppol": "0007:2021002478", "invoice_address": "Box 1, 941 85 Piteå",
	} {
		if got.Get(name) != want {
			t.Errorf("%s begins with %q, want %q", name, got.Get(name), want)
		}
	}
	hers := []string{"Ánne-Sárá", "Oŋŋá", "person1@", "070-174 06 05", "Socialsekreterare", "älv16", "selleri", "nära talaren"}
	for _, word := range hers {
		if strings.Contains(page.body, word) {
			t.Errorf("the colleague's form tells %q", word)
		}
		if !strings.Contains(review.body, word) { // the twin: her own review page does
			t.Errorf("the check does not see %q where it stands", word)
		}
	}
	for _, name := range []string{"diet", "access", "sessions", "sessions_2"} {
		if got.Has(name) {
			t.Errorf("%s is chosen already: %v", name, got[name])
		}
	}
	if w.get(form).fields().Get("organisation") != "" || len(w.get(form).body) < len(empty)-200 {
		t.Error("the kept form has been touched by the colleague's")
	}
}

func TestColleague_wrongKeysGiveTheEmptyForm(t *testing.T) {
	w := newWorld(t)
	w.AddEvent(t, testkit.Event("lulea", 10))
	w.AddEvent(t, testkit.Event("umea", 10))
	other := w.register("umea", 1).colleague(t)
	_, key, _ := strings.Cut(other, "kollega=")
	for _, key := range []string{"x", "", key, "%00", strings.Repeat("a", 4000)} {
		page := w.get(form+"?kollega="+key).want(t, http.StatusOK, "Steg 1 av 2")
		if got := page.fields().Get("organisation"); got != "" {
			t.Errorf("the key %.20q begins the form with %q", key, got)
		}
	}
	if got := w.get(other).fields().Get("organisation"); got == "" { // the twin: the right key of the right event
		t.Error("no key begins any form")
	}
}

// TestColleague_ofARepeat: who registers an address that is there already gets her own words back,
// never those of the first registration.
func TestColleague_ofARepeat(t *testing.T) {
	w := newWorld(t)
	w.AddEvent(t, testkit.Event("lulea", 10))
	first := testkit.Person(1)
	first.Organisation, first.Municipality = "Kvinnojouren Iris", "Kiruna"
	w.enter("lulea", first)
	got := w.get(w.register("lulea", 1).colleague(t)).want(t, http.StatusOK).fields()
	if !slices.Equal([]string{got.Get("organisation"), got.Get("municipality")}, []string{"Piteå kommun", "Piteå"}) {
		t.Errorf("the form begins with %q, %q", got.Get("organisation"), got.Get("municipality"))
	}
}
