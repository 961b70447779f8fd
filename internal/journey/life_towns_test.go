package journey_test

import (
	"net/http"
	"net/url"
	"strings"

	"github.com/temadag/temadag/internal/domain"
)

// move: to a town with places, in one step.
func (s *story) move() {
	s.t.Helper()
	s.eva.way("Byt ort", "Du kan byta till och med onsdag 23 november 2016", "Härnösand")
	s.v.follow("Byt till Luleå")
	s.v.expect(http.StatusOK, "När du trycker på knappen får du platsen i Luleå", "Det du har berättat om mat och tillgänglighet följer med.")
	s.v.twice("Byt till Luleå", s.v.complete(nil), "Du har bytt till Luleå", "Du är anmäld", firstNeed)
	s.eva.open("Du har bytt till Luleå", "Platsen i Umeå lämnades samtidigt.")
	s.eva.past("Du bytte ort till Luleå och lämnade platsen.")
	s.eva.letter(domain.LetterMovedFrom, domain.CalendarCancel, "Umeå")
	s.evaLulea = s.guest(domain.LetterMoved, s.eva.email)
	if s.evaLulea.uid == s.eva.uid || s.evaLulea.uid == "" {
		s.t.Errorf("in Luleå Eva's calendar entry is %q, in Umeå %q", s.evaLulea.uid, s.eva.uid)
	}
	s.evaLulea.past("Du bytte hit från Umeå och fick en plats.")

	// What she left goes on: her place in the group to Åsa, her place to the first in the queue.
	s.asa.letter(domain.LetterSessionPlace, domain.CalendarRequest, "uppsökande arbete på nätet")
	s.asa.past("Du fick plats på Samtal i grupp: uppsökande arbete på nätet.")
	s.asa.open("uppsökande arbete på nätet Du har plats")
	s.cilla.letter(domain.LetterOffered, domain.CalendarNone, "tisdag 4 oktober 2016 kl. 12.00")
}

// runsOut: nobody answers, and the offer goes to the next.
func (s *story) runsOut() {
	s.t.Helper()
	s.cilla.open("Platsen är din om du tackar ja före tisdag 4 oktober 2016 kl. 12.00")
	stale := s.v.page
	s.turn("2016-10-04T12:01")
	s.cilla.letter(domain.LetterExpired, domain.CalendarNone, "Umeå")
	s.cilla.past("Erbjudandet gick ut tisdag 4 oktober 2016 kl. 12.00 utan svar, och du lämnade kön.")
	s.v.page = stale
	s.v.press("Ja, jag tar platsen", nil)
	s.v.expect(http.StatusConflict, "Ingenting är ändrat", "Du erbjöds en plats men svarade inte i tid.")

	s.dag.letter(domain.LetterOffered, domain.CalendarNone, "onsdag 5 oktober 2016 kl. 13.00")
	s.dag.open("onsdag 5 oktober 2016 kl. 13.00")
	s.v.twice("Nej tack", nil, "Du har tackat nej")
	s.dag.past("Du tackade nej till erbjudandet och lämnade kön.")
	s.dag.letter(domain.LetterRefused, domain.CalendarNone, "Umeå")
}

// keepAndQueue: the other town is full, so she queues there, keeps her place, and is moved when her
// turn comes.
func (s *story) keepAndQueue() {
	s.t.Helper()
	s.frida = s.arrive("temadag-ostersund", who("Frida", "Gran"), domain.LetterConfirmed)
	s.evaLulea.way("Byt ort")
	s.v.follow("Ställ dig i kö till Östersund")
	s.v.expect(http.StatusOK, "Det är fullt i Östersund.", "Till dess behåller du platsen i Luleå.")
	s.v.twice("Ställ mig i kö i Östersund – jag behåller platsen i Luleå tills jag får en", s.v.complete(nil),
		"Du står i kö till Östersund", "Du har kvar din plats i Luleå", "Du är nummer 1 i kön.")
	s.evaOstersund = s.guest(domain.LetterMoveWaiting, s.eva.email)
	s.evaOstersund.past("Du ställde dig i kö och behöll platsen i Luleå.")
	s.evaOstersund.letter(domain.LetterMoveWaiting, domain.CalendarNone, "Du behåller din plats i Luleå")
	s.evaLulea.open("Du är anmäld", "Du står i kö för att byta till Östersund")

	s.frida.way("Avboka platsen")
	s.v.press("Avboka platsen", nil)
	s.v.expect(http.StatusOK, "Platsen är avbokad")
	s.frida.letter(domain.LetterCancelled, domain.CalendarCancel, "Östersund")
	s.evaOstersund.letter(domain.LetterMoved, domain.CalendarRequest, "Östersund")
	s.evaOstersund.past("Du bytte hit från Luleå och fick en plats.")
	s.evaOstersund.open("Du är anmäld", firstNeed)
	s.evaLulea.letter(domain.LetterMovedFrom, domain.CalendarCancel, "Luleå")
	s.evaLulea.past("Du bytte ort till Östersund och lämnade platsen.")
	s.evaLulea.open("Du har bytt till Östersund")
	s.v.follow("Visa anmälan till Östersund")
	s.v.expect(http.StatusOK, "Du är anmäld", "Östersund")
}

// twoTowns: someone who is registered in two towns is asked which.
func (s *story) twoTowns() {
	s.t.Helper()
	lulea := s.arrive("temadag-lulea", who("Frida", "Gran"), domain.LetterConfirmed)
	s.fridaHarnosand = s.arrive("temadag-harnosand", who("Frida", "Gran"), domain.LetterConfirmed)
	lulea.open("Du har också en anmälan till Härnösand (Anmäld)")
	s.fridaHarnosand.open("Du har också en anmälan till Luleå (Anmäld)", "Behåll båda, eller bara den här?")
	s.v.follow("Lämna Luleå")
	s.v.expect(http.StatusOK, "Du lämnar din anmälan till Luleå och behåller den här, till Härnösand.")
	s.v.twice("Lämna Luleå", nil, "Du har lämnat den andra orten", "Du är anmäld")
	lulea.past("Du avbokade platsen.")
	lulea.letter(domain.LetterCancelled, domain.CalendarCancel, "Luleå")
	s.fridaHarnosand.open("Du är anmäld")
	if strings.Contains(s.v.page.words(), "Du har också en anmälan") {
		s.t.Error("Frida is still asked about two towns")
	}
}

// tooLate: after the last day the organiser is asked where the terms say so; elsewhere the place can
// only be handed over.
func (s *story) tooLate() {
	s.t.Helper()
	s.fridaHarnosand.way("Avboka platsen", "torsdag 24 november 2016")
	stale := s.v.page
	s.turn("2016-11-25T09:00")
	s.v.page = stale
	s.v.press("Avboka platsen", nil)
	s.v.expect(http.StatusConflict, "Sista dag att avboka har passerat. Du kan fråga arrangören om du får avboka ändå.")
	s.fridaHarnosand.way("Fråga arrangören om du får avboka", "Det enklaste är att överlåta platsen till en kollega.")
	s.v.lacks("Avboka platsen")
	s.v.press("Skicka frågan", nil)
	s.v.expect(http.StatusUnprocessableEntity, "Skriv varför du vill avboka")
	s.v.press("Skicka frågan", url.Values{"reason": {strings.Repeat("sjuk ", 200)}})
	s.v.expect(http.StatusUnprocessableEntity, "Skälet får ha högst 500 tecken")
	s.v.twice("Skicka frågan", url.Values{"reason": {"sjuk"}}, "Frågan är skickad till arrangören", "Platsen är din tills du får svar med mejl.")
	s.fridaHarnosand.past("Du bad arrangören om att få avboka.")
	s.fridaHarnosand.letter(domain.LetterAsked, domain.CalendarNone, "lika bindande som förut")
	s.answered("2016-11-25T10:00", "Lunchen är beställd.")
	s.fridaHarnosand.letter(domain.LetterAskRefused, domain.CalendarNone, "Lunchen är beställd.")
	s.fridaHarnosand.past("Arrangören sa nej till att du avbokar. Skäl: Lunchen är beställd.")

	s.asa.open("Sista dag att avboka var onsdag 23 november 2016. Får du förhinder kan du överlåta platsen till en kollega.")
	s.v.lacks("Avboka platsen")
	s.v.lacks("Byt ort")
	s.v.open(s.asa.link + "/avboka")
	s.v.expect(http.StatusOK, "Sista dag att avboka har passerat. Du kan överlåta platsen till en kollega.")
	s.v.open(s.asa.link + "/byt-ort")
	s.v.expect(http.StatusOK, "Det går inte längre att byta ort")
	s.v.open(s.asa.link + "/andra")
	s.v.expect(http.StatusOK, "Det går inte längre att ändra uppgifterna här.")
}
