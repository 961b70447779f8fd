package journey_test

import (
	"net/http"
	"net/url"
	"strings"
	"testing"

	"github.com/temadag/temadag/internal/domain"
)

// What the people of the story tell of food and access, found nowhere else.
const (
	firstNeed  = "kvitterfri kost med lingon"
	secondNeed = "landningsbana för vita käppar"
)

// autumn is the demonstration with few enough places for a story: two in Umeå, where one group has
// room for one more, and one in Östersund. Nobody waits.
func autumn() []string {
	return nobodyWaits(
		update("temadag-umea", "capacity = seats_taken + 2"),
		update("temadag-ostersund", "capacity = seats_taken + 1"),
		"UPDATE sessions SET capacity = taken + 1 WHERE title_sv LIKE '%uppsökande arbete på nätet%'",
	)
}

// TestLife_withoutScripts is the whole life of registrations, by people whose browsers know neither
// JavaScript nor pictures, from October to December: each step with the page it leads to, the line in
// the history, the letter and what that does to the calendar.
func TestLife_withoutScripts(t *testing.T) {
	s := &story{life: newLife(t, autumn()...)}
	s.queue()
	s.offer()
	s.changes()
	s.address()
	s.colleague()
	s.handOver()
	s.needs()
	s.move()
	s.runsOut()
	s.keepAndQueue()
	s.twoTowns()
	s.several()
	s.code()
	s.application()
	s.unnamed()
	s.tooLate()
	s.paper()
	s.afterwards()
	s.p.fsck()
	s.nowhere()
}

// story is the people, by their given names, with the town where one has been in several.
type story struct {
	*life
	anna, bo, asa, cilla, dag, eva, evaLulea, evaOstersund *guest
	frida, fridaHarnosand                                  *guest
	receipt                                                string // of Anna's registration
	group                                                  string // the link to the group
}

// inGroup chooses the group that has room for one more.
func (s *story) inGroup(person url.Values) url.Values {
	s.t.Helper()
	s.v.open(s.p.base() + "/tillfalle/temadag-umea/anmalan")
	return with(person, url.Values{"sessions": {s.v.page.sessionCalled(s.t, "uppsökande arbete på nätet")}})
}

// queue: the last places are taken, and those who come after stand in the queue.
func (s *story) queue() {
	s.t.Helper()
	needs := url.Values{"diet": {"vegetarian", "nut_free"}, "diet_text": {firstNeed}, "access": {"quiet_room"}, "access_text": {secondNeed}}
	anna := with(s.inGroup(who("Anna", "Ekorre")), needs)
	s.clash(anna)
	s.anna = s.arrive("temadag-umea", anna, domain.LetterConfirmed)
	s.receipt = s.receiptOf("Anna")
	s.anna.open("Du är anmäld", "Din plats är klar.", firstNeed, secondNeed, "Mat utan nötter", "uppsökande arbete på nätet Du har plats")
	s.anna.past("Du anmälde dig och fick en plats.")
	s.bo = s.arrive("temadag-umea", s.inGroup(who("Bo", "Berg")), domain.LetterConfirmed)
	s.bo.open("Fullt. Du står först i kön.")

	s.asa = s.arrive("temadag-umea", s.inGroup(asa()), domain.LetterWaitlisted)
	s.asa.open("Du står i kö", "Du är nummer 1 i kön.", "Ingen står före dig.", "Ingen plats har blivit ledig än.",
		"Du får besked när du har en plats på tillfället")
	s.asa.past("Du anmälde dig och fick en plats i kön.")
	s.cilla = s.arrive("temadag-umea", who("Cilla", "Cederlöv"), domain.LetterWaitlisted)
	s.cilla.open("Du är nummer 2 i kön.", "1 person står före dig.")
	s.v.lacks("Överlåt platsen till en kollega")
}

// clash is two groups held at once, wished for by a form that nobody's browser sends by itself.
func (s *story) clash(person url.Values) {
	s.t.Helper()
	both := with(person, url.Values{"sessions": {person.Get("sessions"), s.v.page.sessionCalled(s.t, "unga som säljer sex")}})
	s.v.step("review", s.v.complete(both))
	s.v.expect(http.StatusUnprocessableEntity, "hålls samtidigt. Välj ett av dem", "Rätta 1 fel")
	if got := s.v.page.faults(s.t); len(got) != 1 || got[0] != "sessions" {
		s.t.Errorf("two groups at once: faults %v", got)
	}
}

// receiptOf is the last receipt seen.
func (s *story) receiptOf(name string) string {
	s.t.Helper()
	for i := len(s.album) - 1; i >= 0; i-- {
		if strings.HasPrefix(s.album[i].url.Path, "/kvitto/") {
			return s.album[i].url.String()
		}
	}
	s.t.Fatalf("%s has no receipt", name)
	return ""
}

// offer: a place comes back and is held for the first in the queue until an hour that is told.
func (s *story) offer() {
	s.t.Helper()
	s.bo.way("Avboka platsen", "Du kan avboka till och med onsdag 23 november 2016", "2 personer väntar")
	s.v.twice("Avboka platsen", url.Values{"reason": {"Krock i kalendern"}}, "Platsen är avbokad", "Platsen avbokades")
	s.bo.past("Du avbokade platsen. Du skrev: Krock i kalendern")
	s.bo.letter(domain.LetterCancelled, domain.CalendarCancel, "Umeå")

	const until = "tisdag 4 oktober 2016 kl. 12.00"
	s.asa.letter(domain.LetterOffered, domain.CalendarNone, "En plats har blivit ledig", until)
	s.asa.open("Du har fått erbjudande om en plats", "Platsen är din om du tackar ja före "+until)
	s.asa.past("Du erbjöds en plats till " + until)
	s.cilla.open("En plats har blivit ledig och är erbjuden till någon före dig i kön.")
	s.v.open(s.p.base() + "/tillfalle/temadag-umea")
	s.v.expect(http.StatusOK, "Fullbokat, 1 person i kö") // the place is not for the public form

	s.asa.open()
	s.v.twice("Ja, jag tar platsen", nil, "Platsen är din", "Du är anmäld")
	s.asa.past("Du tackade ja till erbjudandet och fick en plats.")
	s.asa.letter(domain.LetterConfirmed, domain.CalendarRequest, "Folkets hus Umeå")
	s.asa.open("uppsökande arbete på nätet Fullt. Du står")
}

// changes: what she told can be changed, but not from a page that shows what no longer holds.
func (s *story) changes() {
	s.t.Helper()
	s.asa.way("Ändra dina uppgifter")
	if strings.Contains(s.v.page.words(), "Du önskar pass nu") {
		s.t.Error("someone with a place is told that she wishes for one")
	}
	old := s.v.page
	s.v.press("Spara ändringarna", url.Values{"email": {"asa(at)exempel"}})
	s.v.expect(http.StatusUnprocessableEntity, "E-postadressen saknar @")
	s.v.page = old
	s.v.press("Spara ändringarna", url.Values{"title": {"enhetschef"}})
	s.v.expect(http.StatusOK, "Ändringarna är sparade", "enhetschef")
	s.asa.past("Du ändrade uppgifter i anmälan: titel eller yrke.")
	s.asa.letter(domain.LetterChanged, domain.CalendarRequest, "titel eller yrke")
	s.v.page = old
	s.v.press("Spara ändringarna", url.Values{"title": {"avdelningschef"}})
	s.v.expect(http.StatusConflict, "Uppgifterna har ändrats på annat håll", "Ingenting är ändrat")
	if n := s.p.count("SELECT count(*) FROM versions"); n != 1 {
		s.t.Errorf("%d versions are kept of what was told before, want 1", n)
	}
}

// address: another address gets a link of its own; the old link dies, and the old address is told.
func (s *story) address() {
	s.t.Helper()
	before := *s.asa
	s.asa.way("Ändra dina uppgifter")
	s.v.press("Spara ändringarna", url.Values{"email": {"asa.ny@exempel.example.se"}})
	s.v.expect(http.StatusOK, "Din nya e-postadress är sparad")
	shown := s.v.page.url.Path
	s.asa.email = "asa.ny@exempel.example.se"
	s.asa.link = s.asa.letter(domain.LetterAddressNew, domain.CalendarRequest, "ny länk").link(s.t, "/min-anmalan/")
	if shown != "/adress-bytt" || s.asa.link == before.link {
		s.t.Errorf("the new link is %s, and the page shown is %s: who types an address has not shown that it is hers", s.asa.link, shown)
	}
	s.asa.past("Du bytte e-postadress och fick en ny länk.")
	s.v.open(before.link)
	s.v.expect(http.StatusNotFound, "Länken gäller inte")
	told := before.letter(domain.LetterAddressOld, domain.CalendarCancel, "har fått en ny")
	for _, link := range told.links() {
		if strings.Contains(link, "/min-anmalan/") {
			s.t.Errorf("the old address is sent the link %s", link)
		}
	}
	s.v.open(before.link + "/avboka")
	s.v.expect(http.StatusNotFound)
}

// colleague: a colleague's form begins with the workplace and nothing of the first person.
func (s *story) colleague() {
	s.t.Helper()
	s.v.open(s.receipt)
	s.v.follow("Anmäl en kollega till samma tillfälle")
	s.v.expect(http.StatusOK, "Steg 1 av 2")
	sent, _ := fields(find(s.v.page.root, "form")[0])
	if sent.Get("organisation") != asa().Get("organisation") || sent.Get("organisation_type") != asa().Get("organisation_type") {
		s.t.Errorf("the workplace has not come along: %v", sent)
	}
	for _, name := range []string{"given_name", "family_name", "email", "phone", "title", "diet_text", "access_text"} {
		if sent.Get(name) != "" {
			s.t.Errorf("the field %s of the colleague holds %q", name, sent.Get(name))
		}
	}
	for _, secret := range []string{"Ekorre", address("Anna"), asa().Get("phone"), firstNeed} {
		if strings.Contains(string(s.v.page.body), secret) {
			s.t.Errorf("the colleague's form shows %q", secret)
		}
	}
	dag := who("Dag", "Dahl")
	s.finish(url.Values{"given_name": dag["given_name"], "family_name": dag["family_name"], "email": dag["email"]})
	s.dag = s.guest(domain.LetterWaitlisted, address("Dag"))
	s.dag.open("Du är nummer 2 i kön.", asa().Get("organisation"))
}

// handOver: a colleague has the place at once, and nothing of the first person's.
func (s *story) handOver() {
	s.t.Helper()
	s.anna.way("Överlåt platsen till en kollega", "Det du har berättat om mat och tillgänglighet raderas direkt.")
	s.v.press("Överlåt platsen", nil)
	s.v.expect(http.StatusUnprocessableEntity, "Rätta 2 fel", "Ange kollegans förnamn", "Ange kollegans e-postadress")
	s.v.press("Överlåt platsen", url.Values{"given_name": {"Anna"}, "email": {s.anna.email}})
	s.v.expect(http.StatusUnprocessableEntity, "Det är din egen adress")
	s.v.press("Överlåt platsen", url.Values{"given_name": {"Åsa"}, "email": {s.asa.email}})
	s.v.expect(http.StatusUnprocessableEntity, "har redan en anmälan till tillfället")
	eva := url.Values{"given_name": {"Eva"}, "family_name": {"Falk"}, "email": {address("Eva")}}
	s.v.twice("Överlåt platsen", eva, "Platsen är överlåten", "Du har överlåtit platsen till en kollega")
	for _, gone := range []string{firstNeed, secondNeed, "Falk", address("Eva")} {
		if strings.Contains(s.anna.open().words(), gone) {
			s.t.Errorf("the old link still says %q", gone)
		}
	}
	s.v.lacks("Avboka platsen")
	s.anna.past("Du överlät platsen till en kollega.")
	s.anna.letter(domain.LetterHandedOver, domain.CalendarCancel, "gått över till din kollega")
	if n := s.p.count("SELECT count(*) FROM letters WHERE kind = 'place_offered'"); n != 1 {
		s.t.Errorf("%d offers: the place was free in between", n)
	}

	s.eva = s.guest(domain.LetterReceived, address("Eva"))
	if s.eva.uid == s.anna.uid || s.eva.uid == "" {
		s.t.Errorf("Eva's calendar entry is %q, Anna's %q", s.eva.uid, s.anna.uid)
	}
	notice := string(s.p.letterOf(domain.LetterReceived, s.eva.email).parts["text/plain"])
	for _, words := range []string{"En kollega har lämnat ditt namn", "är personuppgiftsansvarig", "Integritetsskyddsmyndigheten"} {
		if !strings.Contains(clean(notice), words) {
			s.t.Errorf("the privacy notice to Eva does not say %q:\n%s", words, notice)
		}
	}
	s.eva.past("Du tog över en kollegas plats.")
	s.eva.open("Du är anmäld", asa().Get("organisation"), "uppsökande arbete på nätet Du har plats")
	for _, others := range []string{"Ekorre", address("Anna"), firstNeed, secondNeed, asa().Get("phone")} {
		if strings.Contains(string(s.v.page.body), others) || strings.Contains(notice, others) {
			s.t.Errorf("Eva is told %q", others)
		}
	}
}

// needs: the new person tells her own, and can take it back.
func (s *story) needs() {
	s.t.Helper()
	s.eva.way("Berätta om mat och tillgänglighet", "Allt här är frivilligt.", "Svaret raderas onsdag 14 december 2016.")
	s.v.press("Spara", url.Values{"diet_text": {strings.Repeat("å", domain.MaxNeed+1)}})
	s.v.expect(http.StatusUnprocessableEntity, "får ha högst 300 tecken")
	s.v.press("Spara", url.Values{"diet_text": {""}, "access": {"hearing_loop"}, "access_text": {secondNeed}})
	s.v.expect(http.StatusOK, "Det du berättade är sparat", secondNeed, "Teleslinga", "Det raderas onsdag 14 december 2016.")
	s.eva.past("Du ändrade dina uppgifter om mat eller tillgänglighet.")
	s.v.follow("Ändra eller ta bort")
	s.v.twice("Ta bort allt jag har berättat", nil, "Det du hade berättat är raderat")
	if n := s.p.count("SELECT count(*) FROM needs n JOIN registrations r ON r.id = n.registration_id WHERE r.email = ?", s.eva.email); n != 0 {
		s.t.Errorf("%d rows of needs after they were erased", n)
	}
	s.eva.way("Berätta om mat och tillgänglighet")
	s.v.press("Spara", url.Values{"diet_text": {firstNeed}})
	s.v.expect(http.StatusOK, firstNeed)
}
