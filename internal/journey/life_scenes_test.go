package journey_test

import (
	"net/http"
	"net/url"
	"strings"
	"testing"

	"github.com/temadag/temadag/internal/domain"
	"github.com/temadag/temadag/internal/testkit"
)

// lifeScenes is the pages of a registration's life in every state: what has become of it, what can
// be done with it, and every form empty, with faults and filled in.
func lifeScenes(t testing.TB) []scene {
	t.Helper()
	l := newLife(t, nobodyWaits(
		update("temadag-umea", "capacity = seats_taken + 3"),
		update("temadag-ostersund", "capacity = seats_taken + 1"),
		"UPDATE sessions SET capacity = taken WHERE title_sv LIKE '%unga som säljer sex%'",
	)...)
	s := &lifeStage{stage: &stage{p: l.p, v: l.v}, life: l}
	s.forms()
	s.applications()
	s.groups()
	s.seated()
	s.queued()
	s.towns()
	s.ended()
	s.decided()
	s.late()
	s.last()
	return s.scenes
}

// lifeStage is a stage for the people of a life.
type lifeStage struct {
	*stage
	life                         *life
	rich, pair, pending, wanting *guest
	group                        string
}

// own keeps the personal page of the guest.
func (s *lifeStage) own(name string, g *guest) {
	s.v.t.Helper()
	s.v.open(g.link)
	s.keep(name, http.StatusOK)
}

// english keeps the page that the language switch on this one leads to.
func (s *lifeStage) english(name string) {
	s.v.t.Helper()
	back := s.v.page
	for _, n := range find(s.v.page.root, "a") {
		if attr(n, "hreflang") == "en" {
			s.v.open(s.v.resolve(attr(n, "href")))
			s.keep(name+"-en", http.StatusOK)
			s.v.page = back
			return
		}
	}
	s.v.t.Errorf("%s has no way to English", name)
}

// below keeps the page behind one of the guest's links, in Swedish and English.
func (s *lifeStage) below(name string, g *guest, path string) {
	s.v.t.Helper()
	s.v.open(g.link + path)
	s.keep(name, http.StatusOK)
	s.english(name)
}

// wrong keeps the page that a form with faults leads to.
func (s *lifeStage) wrong(name, button string, values url.Values) {
	s.v.t.Helper()
	s.v.press(button, values)
	s.keep(name, http.StatusUnprocessableEntity)
}

// forms asks what only some events ask.
func (s *lifeStage) forms() {
	s.v.t.Helper()
	s.visit("form-rich", "/tillfalle/temadag-umea/anmalan")
	s.english("form-rich")
	first, second := s.v.page.sessionCalled(s.v.t, "män som köper sex"), s.v.page.sessionCalled(s.v.t, "unga som säljer sex")
	rich := with(who("Rut", "Rik"), url.Values{
		"sessions": {second}, "diet": {"vegan", "egg_free"}, "diet_text": {firstNeed}, "access": {"wheelchair"}, "access_text": {secondNeed},
	})
	faults := with(rich, url.Values{"sessions": {first, second}, "diet": {"mask"}, "diet_text": {strings.Repeat("mat ", 100)}})
	s.v.step("review", faults)
	s.keep("form-rich-wrong", http.StatusUnprocessableEntity)
	s.v.step("review", s.v.complete(rich))
	s.keep("review-rich", http.StatusOK)
	s.v.step("send", nil)
	s.keep("receipt-rich", http.StatusOK)
	s.rich = s.life.guest(domain.LetterConfirmed, address("Rut"))
	s.v.follow("Anmäl en kollega till samma tillfälle")
	s.keep("form-colleague", http.StatusOK)

	s.event("code", codeEvent)
	s.visit("form-code", "/tillfalle/"+codeEvent+"/anmalan")
	s.english("form-code")
	s.v.step("review", url.Values{"access_code": {"fel"}, "invoice_org_number": {"12"}})
	s.keep("form-code-wrong", http.StatusUnprocessableEntity)
	s.v.step("review", with(asa(), url.Values{"access_code": {"norrsken 16"}, "invoice_reference": {"ZZ-4711"}, "invoice_org_number": {""}}))
	s.keep("review-code", http.StatusOK)
}

// applications: an organiser who says yes or no.
func (s *lifeStage) applications() {
	s.v.t.Helper()
	s.event("apply", approvalEvent)
	s.visit("form-apply", "/tillfalle/"+approvalEvent+"/anmalan")
	s.english("form-apply")
	s.v.step("review", s.v.complete(who("Pia", "Palm")))
	s.keep("review-apply", http.StatusOK)
	s.v.step("send", nil)
	s.keep("receipt-apply", http.StatusOK)
	s.pending = s.life.guest(domain.LetterApplied, address("Pia"))
	s.below("own-pending", s.pending, "")
	s.below("own-cancel-application", s.pending, "/avboka")
	s.wanting = s.life.arrive(approvalEvent, who("Viktor", "Vik"), domain.LetterApplied)
}

// groups: the form for several, its receipt, and the page of the group.
func (s *lifeStage) groups() {
	s.v.t.Helper()
	s.visit("group-form", "/tillfalle/temadag-lulea/anmalan/grupp")
	s.english("group-form")
	s.v.step("review", url.Values{"people_1_email": {"fel"}, "unnamed": {"många"}})
	s.keep("group-form-wrong", http.StatusUnprocessableEntity)
	s.v.step("rows", workplace())
	s.keep("group-form-filled", http.StatusOK)
	s.v.step("review", nil)
	s.keep("group-review", http.StatusOK)
	s.v.step("send", nil)
	s.keep("group-receipt", http.StatusOK)
	s.english("group-receipt")
	s.group = s.p.letterOf(domain.LetterGroup, address("Greta")).link(s.v.t, "/grupp/")
	s.v.open(s.group)
	s.keep("group-own", http.StatusOK)
	s.english("group-own")
	s.v.press("Ange vem som ska ha platsen (Plats 4)", url.Values{"place_4_email": {"fel"}})
	s.keep("group-own-wrong", http.StatusUnprocessableEntity)
	s.v.press("Ange vem som ska ha platsen (Plats 4)", url.Values{"place_4_given_name": {"Kajsa"}, "place_4_email": {address("Kajsa")}})
	s.keep("group-own-named", http.StatusOK)
}

// seated: everything that someone with a place can do.
func (s *lifeStage) seated() {
	s.v.t.Helper()
	s.below("own-rich", s.rich, "")
	s.below("own-cancel", s.rich, "/avboka")
	s.wrong("own-cancel-wrong", "Avboka platsen", url.Values{"reason": {strings.Repeat("skäl ", 150)}})

	s.below("own-hand-over", s.rich, "/overlat")
	s.wrong("own-hand-over-wrong", "Överlåt platsen", url.Values{"given_name": {"<b>"}, "email": {"fel"}})
	s.v.press("Överlåt platsen", url.Values{"given_name": {"Ester"}, "email": {"ester@hotnail.com"}})
	s.keep("own-hand-over-sure", http.StatusOK)

	s.below("own-change", s.rich, "/andra")
	form := s.v.page
	s.wrong("own-change-wrong", "Spara ändringarna", url.Values{"email": {"fel"}, "given_name": {""}})
	s.v.page = form
	s.v.press("Spara ändringarna", url.Values{"title": {"chef"}})
	s.keep("own-changed", http.StatusOK)
	s.v.page = form
	s.v.press("Spara ändringarna", url.Values{"title": {"direktör"}})
	s.keep("own-change-meanwhile", http.StatusConflict)

	s.below("own-needs", s.rich, "/behov")
	s.wrong("own-needs-wrong", "Spara", url.Values{"diet_text": {strings.Repeat("mat ", 100)}, "access_text": {strings.Repeat("hjälp ", 100)}})
	s.v.press("Spara", url.Values{"diet_text": {firstNeed}, "access_text": {""}})
	s.keep("own-needs-told", http.StatusOK)
	s.below("own-print", s.rich, "/utskrift")
	s.below("own-move", s.rich, "/byt-ort")
}

// queued: those who wait, alone and as a pair, and those who are offered a place.
func (s *lifeStage) queued() {
	s.v.t.Helper()
	s.life.arrive("temadag-ostersund", who("Petra", "Plan"), domain.LetterConfirmed) // the last place
	s.v.open(s.p.base() + "/tillfalle/temadag-ostersund/anmalan/grupp")
	s.v.step("review", s.v.complete(with(couple(), nil)))
	s.v.step("send", nil)
	s.keep("group-receipt-queue", http.StatusOK)
	s.pair = s.life.guest(domain.LetterWaitlisted, address("Tor"))
	s.below("own-queue-pair", s.pair, "")
	s.below("own-cancel-queue", s.pair, "/avboka")
	s.below("own-print-queue", s.pair, "/utskrift")
	s.v.open(s.rich.link + "/byt-ort/temadag-ostersund")
	s.keep("own-town-queue", http.StatusOK)
	s.v.press("Ställ mig i kö i Östersund – jag behåller platsen i Umeå tills jag får en", url.Values{})
	s.keep("own-keeps", http.StatusOK)
	s.english("own-keeps")
	s.own("own-moving", s.rich)
	s.english("own-moving")
	s.below("own-other-moving", s.rich, "/lamna/temadag-ostersund")
}

// couple is two who come together or not at all.
func couple() url.Values {
	values := workplace()
	for _, name := range []string{"people_3_given_name", "people_3_family_name", "people_3_email"} {
		values.Del(name)
	}
	values.Set("people_1_given_name", "Tor")
	values.Set("people_1_email", address("Tor"))
	values.Set("people_2_email", address("Tova"))
	values.Set("unnamed", "")
	values.Set("mode", "together")
	return values
}

// towns: a move to a place, and someone registered in two towns.
func (s *lifeStage) towns() {
	s.v.t.Helper()
	mover := s.life.arrive("temadag-umea", who("Moa", "Måne"), domain.LetterConfirmed)
	s.below("own-town", mover, "/byt-ort/temadag-harnosand")
	s.v.press("Byt till Härnösand", s.v.complete(nil))
	s.keep("own-moved-here", http.StatusOK)
	s.own("own-moved", mover)
	s.english("own-moved")
	s.life.arrive("temadag-lulea", who("Moa", "Måne"), domain.LetterConfirmed)
	there := s.life.guest(domain.LetterMoved, address("Moa"))
	s.below("own-two-towns", there, "")
	s.below("own-other", there, "/lamna/temadag-lulea")
}

// ended: a place given back, handed over, offered and refused.
func (s *lifeStage) ended() {
	s.v.t.Helper()
	giver := s.life.arrive("temadag-umea", who("Gun", "Gren"), domain.LetterConfirmed)
	s.v.open(giver.link + "/overlat")
	s.v.press("Överlåt platsen", url.Values{"given_name": {"Ester"}, "family_name": {"Ek"}, "email": {address("Ester")}})
	s.keep("own-transferred", http.StatusOK)
	s.english("own-transferred")
	ester := s.life.guest(domain.LetterReceived, address("Ester"))
	s.below("own-received", ester, "")

	done := s.life.arrive("temadag-lulea", who("Klara", "Klar"), domain.LetterConfirmed)
	s.v.open(done.link + "/avboka")
	s.v.press("Avboka platsen", nil)
	s.keep("own-cancelled", http.StatusOK)
	s.english("own-cancelled")
}

// decided: what only the organiser brings about.
func (s *lifeStage) decided() {
	s.v.t.Helper()
	struck := s.life.arrive("temadag-lulea", who("Stig", "Storm"), domain.LetterConfirmed)
	longer := s.life.arrive("temadag-lulea", who("Lars", "Lång"), domain.LetterConfirmed)
	wide := s.life.arrive("temadag-umea", who("Ottar", "Oja"), domain.LetterConfirmed)
	first := s.life.arrive("temadag-umea", who("Ulla", "Udd"), domain.LetterWaitlisted)
	s.life.arrive("temadag-umea", who("Uno", "Udd"), domain.LetterWaitlisted)
	s.own("own-queue-first", first)
	staff := domain.Operator()
	s.life.office("2016-10-04T09:00", func(k *testkit.Kit) error {
		ctx, r := s.v.t.Context(), k.Registrations
		for _, err := range []error{
			r.Withdraw(ctx, staff, s.life.idOf(struck), "Du deltar redan som föreläsare."),
			r.Extend(ctx, staff, s.life.idOf(longer), domain.Date{Year: 2016, Month: 11, Day: 28}),
			r.Decide(ctx, staff, s.life.idOf(s.wanting), false, "Nätverket är för kommunernas samordnare."),
			r.Withdraw(ctx, staff, s.life.idOf(wide), "Fel person."),
		} {
			if err != nil {
				return err
			}
		}
		return nil
	})
	s.below("own-withdrawn", struck, "")
	s.own("own-extended", longer)
	s.own("own-declined", s.wanting)
	s.english("own-declined")
	s.below("own-offered", first, "")
}

// late: the last days to cancel, to change and to name have passed.
func (s *lifeStage) late() {
	s.v.t.Helper()
	asks := s.life.arrive("temadag-harnosand", who("Harald", "Hed"), domain.LetterConfirmed)
	offered := s.life.guest(domain.LetterWaitlisted, address("Ulla"))
	s.life.turn("2016-11-25T09:00")
	s.p.letterOf(domain.LetterExpired, offered.email)
	s.own("own-expired", offered)
	s.own("own-late", s.rich)
	for name, path := range map[string]string{
		"own-cancel-late": "/avboka", "own-move-late": "/byt-ort", "own-change-late": "/andra", "own-needs-late": "/behov",
	} {
		s.v.open(s.rich.link + path)
		s.keep(name, http.StatusOK)
	}
	s.below("own-ask", asks, "/avboka")
	s.wrong("own-ask-wrong", "Skicka frågan", nil)
	s.v.press("Skicka frågan", url.Values{"reason": {"sjuk"}})
	s.keep("own-asked", http.StatusOK)
	s.v.open(asks.link + "/avboka")
	s.keep("own-ask-asked", http.StatusOK)
	s.v.open(s.group)
	s.keep("group-own-late", http.StatusOK)
}

// last: the race of the last days, an event that is called off, and one that has been.
func (s *lifeStage) last() {
	s.v.t.Helper()
	asks := s.life.guest(domain.LetterConfirmed, address("Harald"))
	s.life.office("2016-11-30T09:00", func(k *testkit.Kit) error {
		ctx, staff := s.v.t.Context(), domain.Operator()
		note := domain.Text{Sv: "Föreläsaren är sjuk.", En: "The lecturer is ill."}
		if _, err := k.Events().Cancel(ctx, staff, "temadag-harnosand", note); err != nil {
			return err
		}
		taken := s.p.count("SELECT seats_taken FROM events WHERE slug = 'temadag-ostersund'")
		return k.Registrations.SetCapacity(ctx, staff, "temadag-ostersund", domain.Seats(taken+1))
	})
	s.own("own-event-cancelled", asks)
	s.english("own-event-cancelled")
	s.below("own-race", s.pair, "")
	s.life.turn("2016-12-20T09:00")
	s.own("own-held", s.rich)
	s.english("own-held")
	s.own("own-queue-held", s.pair)
}
