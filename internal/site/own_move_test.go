package site_test

import (
	"net/http"
	"strings"
	"testing"

	"github.com/temadag/temadag/internal/domain"
	"github.com/temadag/temadag/internal/testkit"
)

func TestOwn_handOver(t *testing.T) {
	w := newWorld(t)
	w.AddEvent(t, change("lulea", 1, func(e *domain.Event) { e.Rules.Food = true }))
	entry := testkit.Person(1)
	entry.Needs = domain.NeedsEntry{Diet: []string{string(domain.DietVegan)}, DietText: "Kanariefrön"}
	_, own := w.enter("lulea", entry)
	page := w.get(own+"/overlat").want(t, http.StatusOK, "Överlåt platsen till en kollega", "aldrig ledig för någon annan",
		"Det du har berättat om mat och tillgänglighet raderas direkt", "bindande för kollegan", "Din länk visar sedan att platsen är överlåten. Det går inte att ångra.")
	w.get(inEnglish(own+"/overlat")).want(t, http.StatusOK, "Your colleague’s e-mail address")

	form := page.fields()
	if form.Get("email") != "" || form.Get("given_name") != "" {
		t.Errorf("the form is filled in already: %v", form)
	}
	wrong := w.post(own+"/overlat", form).want(t, http.StatusUnprocessableEntity, "Rätta 2 fel", "Ange kollegans förnamn", "Ange kollegans e-postadress")
	for name, value := range map[string]string{"given_name": "Kolibri", "family_name": "Fågel", "email": "person1@example.se"} {
		form.Set(name, value)
	}
	if got := wrong.fields().Get("family_name"); got != "" {
		t.Errorf("the family name is %q", got)
	}
	again := w.post(own+"/overlat", form).want(t, http.StatusUnprocessableEntity, "Det är din egen adress")
	if got := again.fields().Get("given_name"); got != "Kolibri" {
		t.Errorf("the name is %q", got)
	}
	form.Set("email", "kolibri@hotmial.com")
	unsure := w.post(own+"/overlat", form).want(t, http.StatusOK, "Stämmer adressen?", "hotmail.com")
	if w.own(own).Registration.Status != domain.Confirmed {
		t.Error("the place went to an address that was asked about")
	}
	form.Set("sure", unsure.fields().Get("sure"))
	form.Set("email", "kolibri@example.se")
	for range 2 {
		told := w.done(w.post(own+"/overlat", form), "overlaten").want(t, http.StatusOK, "Platsen är överlåten", "Du har överlåtit platsen till en kollega")
		for _, canary := range []string{"Kolibri", "Fågel", "kolibri@", "Kanariefrön"} {
			if strings.Contains(told.body, canary) {
				t.Errorf("the old page tells %q", canary)
			}
		}
	}
	next := w.linkOf("lulea", "kolibri@example.se")
	theirs := w.get(next).want(t, http.StatusOK, "Kolibri", "Du tog över en kollegas plats.", "Villkor som gäller för platsen", "Piteå kommun", "Berätta om mat")
	for _, canary := range []string{"Ánne", "person1@", "070-174", "Socialsekreterare", "Kanariefrön", "Vegansk mat", tokenOf(own)} {
		if strings.Contains(theirs.body, canary) {
			t.Errorf("the colleague's page tells %q", canary)
		}
	}
	w.get(own+"/overlat").want(t, http.StatusSeeOther)
}

func TestOwn_handOverWithinTheWorkplace(t *testing.T) {
	w := newWorld(t)
	w.AddEvent(t, change("lulea", 1, func(e *domain.Event) { e.Rules.SameOrganisation = true }))
	own := w.take("lulea", 1)
	form := w.get(own+"/overlat").want(t, http.StatusOK, "ska sluta på @example.se").
		filled("given_name", "Kolibri", "email", "kolibri@annan.se")
	w.post(own+"/overlat", form).want(t, http.StatusUnprocessableEntity, "Ange en adress som slutar på @example.se")
	form.Set("email", "kolibri@example.se")
	w.done(w.post(own+"/overlat", form), "overlaten")
}

func TestOwn_handOverAfterTheStart(t *testing.T) {
	w := newWorld(t)
	e := w.AddEvent(t, testkit.Event("lulea", 1))
	own := w.take("lulea", 1)
	form := w.get(own+"/overlat").filled("given_name", "Kolibri", "email", "kolibri@example.se")
	w.Clock.Set(e.StartsAt())
	w.get(own+"/overlat").want(t, http.StatusOK, "Platsen kan inte överlåtas längre")
	w.post(own+"/overlat", form).want(t, http.StatusConflict, "Ingenting är ändrat", "Platsen kan inte överlåtas längre")
}

func TestOwn_move(t *testing.T) {
	w := newWorld(t)
	w.series(1, 5, func(_, umea *domain.Event) {
		umea.Questions = []domain.Question{{Kind: domain.QuestionText, Label: domain.Text{Sv: "Vilket spår?"}, Required: true}}
	})
	own, waiting := w.take("lulea", 1), w.take("lulea", 2)
	list := w.get(own+"/byt-ort").want(t, http.StatusOK, "Byt ort", "Umeå", "5 av 5 platser kvar", "Byt till Umeå")
	if !list.has(own + "/byt-ort/umea") {
		t.Error("no way to Umeå")
	}
	w.get(inEnglish(own+"/byt-ort")).want(t, http.StatusOK, "Change to Umeå")
	page := w.get(own+"/byt-ort/umea").want(t, http.StatusOK, "Byt till Umeå", "Vilket spår?", "Anmälan är bindande", "platsen i Luleå lämnas samtidigt")
	w.get(inEnglish(own+"/byt-ort/umea")).want(t, http.StatusOK, "Change to Umeå")
	form := page.fields()
	w.post(own+"/byt-ort/umea", form).want(t, http.StatusUnprocessableEntity, "Svara på frågan ”Vilket spår?”")
	e, err := w.Programme.Event(quiet(), "umea")
	must(t, err)
	form.Set(e.Questions[0].Field(), "Vården")
	first := w.post(own+"/byt-ort/umea", form)
	w.done(first, "bytt").want(t, http.StatusOK, "Du har bytt till Umeå", "Du är anmäld", "Temadag i Umeå", "Vården")
	if second := w.post(own+"/byt-ort/umea", form); second.Header.Get("Location") != first.Header.Get("Location") {
		t.Errorf("the second click leads to %s", second.Header.Get("Location"))
	}
	next := strings.TrimSuffix(first.Header.Get("Location"), "?klart=bytt")
	old := w.get(own).want(t, http.StatusOK, "Du har bytt till Umeå", "Visa anmälan till Umeå")
	if !old.has(next) {
		t.Error("the old page has no link to the new one")
	}
	if got := w.own(waiting).Registration.Status; got != domain.Offered {
		t.Errorf("the first in the queue of the old town is %s", got)
	}
}

func TestOwn_moveToAQueue(t *testing.T) {
	w := newWorld(t)
	w.series(5, 1, nil)
	there, own := w.take("umea", 1), w.take("lulea", 2)
	page := w.get(own+"/byt-ort/umea").want(t, http.StatusOK, "Ställ mig i kö i Umeå – jag behåller platsen i Luleå tills jag får en")
	first := w.post(own+"/byt-ort/umea", page.fields())
	w.done(first, "bytt").want(t, http.StatusOK, "Du står i kö till Umeå", "Du har kvar din plats i Luleå", "Du är nummer 1 i kön.")
	again := w.post(own+"/byt-ort/umea", page.fields())
	if again.Header.Get("Location") != first.Header.Get("Location") {
		t.Errorf("the second click leads to %s", again.Header.Get("Location"))
	}
	w.get(own).want(t, http.StatusOK, "Du är anmäld", "Du står i kö för att byta till Umeå")
	w.get(own+"/byt-ort").want(t, http.StatusOK, "Du är redan anmäld här.")
	must(t, w.Registrations.Cancel(quiet(), domain.Visitor(), tokenOf(there), ""))
	w.get(own).want(t, http.StatusOK, "Du har bytt till Umeå")
	w.get(strings.TrimSuffix(first.Header.Get("Location"), "?klart=bytt")).want(t, http.StatusOK, "Du är anmäld", "Du bytte hit från Luleå")
}

func TestOwn_moveFullMeanwhile(t *testing.T) {
	w := newWorld(t)
	w.series(5, 1, nil)
	own := w.take("lulea", 1)
	form := w.get(own+"/byt-ort/umea").want(t, http.StatusOK).fields()
	w.take("umea", 2)
	page := w.post(own+"/byt-ort/umea", form).want(t, http.StatusConflict, "Ingenting är ändrat", "Platserna tog slut", "Ställ mig i kö i Umeå")
	if got := w.own(own).Registration.Status; got != domain.Confirmed {
		t.Errorf("the place is %s", got)
	}
	if got := page.fields().Get("place"); got != "queue" {
		t.Errorf("the page offers %q", got)
	}
	w.done(w.post(own+"/byt-ort/umea", page.fields()), "bytt").want(t, http.StatusOK, "Du står i kö till Umeå")
}

func TestOwn_moveTooLate(t *testing.T) {
	w := newWorld(t)
	w.series(5, 5, nil)
	own := w.take("lulea", 1)
	form := w.get(own + "/byt-ort/umea").fields()
	w.Clock.Set(w.own(own).Event.CancelUntil.End())
	w.get(own+"/byt-ort/umea").want(t, http.StatusSeeOther)
	w.get(own+"/byt-ort").want(t, http.StatusOK, "Det går inte längre att byta ort")
	w.post(own+"/byt-ort/umea", form).want(t, http.StatusConflict, "Ingenting är ändrat")
	w.get(own+"/byt-ort/finns-inte").want(t, http.StatusNotFound)
}

func TestOwn_termsOfTheOtherTown(t *testing.T) {
	w := newWorld(t)
	w.series(5, 5, nil)
	own := w.take("lulea", 1)
	form := w.get(own+"/byt-ort/umea").filled("terms", "999")
	w.post(own+"/byt-ort/umea", form).want(t, http.StatusConflict, "Villkoren har ändrats")
	if got := w.own(own).Registration.Status; got != domain.Confirmed {
		t.Errorf("the place is %s", got)
	}
}

func TestOwn_moveWhereHerAddressIsNotLetIn(t *testing.T) {
	w := newWorld(t)
	w.series(5, 5, func(_, umea *domain.Event) { umea.Rules.EmailDomains = []string{"umea.se"} })
	own := w.take("lulea", 1)
	page := w.post(own+"/byt-ort/umea", w.get(own+"/byt-ort/umea").fields()).want(t, http.StatusUnprocessableEntity, "Ingenting är ändrat", "umea.se")
	if page.has("#email") {
		t.Error("the page points at a field that it does not have")
	}
}

func TestOwn_twoTowns(t *testing.T) {
	w := newWorld(t)
	w.series(5, 5, nil)
	here, there := w.take("lulea", 1), w.take("umea", 1)
	page := w.get(here).want(t, http.StatusOK, "Du har också en anmälan till Umeå (Anmäld)", "Behåll båda, eller bara den här?", "Lämna Umeå")
	if !page.has(here + "/lamna/umea") {
		t.Fatal("no way to leave Umeå")
	}
	w.get(inEnglish(here)).want(t, http.StatusOK, "Keep both, or this one alone?")
	form := w.get(here+"/lamna/umea").want(t, http.StatusOK, "Lämna Umeå", "behåller den här, till Luleå").filled("step", "cancel")
	for range 2 {
		w.done(w.post(here+"/lamna/umea", form), "annan").want(t, http.StatusOK, "Du har lämnat den andra orten", "Du är anmäld")
	}
	if got := w.own(there).Registration.Status; got != domain.Cancelled {
		t.Errorf("the other is %s", got)
	}
	if page := w.get(here); strings.Contains(page.body, "Behåll båda") {
		t.Error("still asks")
	}
}

func TestOwn_twoTownsTooLateToLeave(t *testing.T) {
	w := newWorld(t)
	w.series(5, 5, nil)
	here, _ := w.take("lulea", 1), w.take("umea", 1)
	form := w.get(here+"/lamna/umea").filled("step", "cancel")
	w.Clock.Set(w.own(here).Event.CancelUntil.End())
	if w.get(here).want(t, http.StatusOK, "Sista dag att avboka har passerat").has(here + "/lamna/umea") {
		t.Error("a way to leave that is shut")
	}
	w.post(here+"/lamna/umea", form).want(t, http.StatusConflict, "Ingenting är ändrat")
}

// TestOwn_elsewhere: who waits is told where the theme has places, and nobody else is; nor of a town
// in which she is registered already.
func TestOwn_elsewhere(t *testing.T) {
	w := newWorld(t)
	w.series(1, 5, nil)
	const told = "Det finns platser kvar i Umeå"
	seated, waiting := w.take("lulea", 1), w.take("lulea", 2)
	page := w.get(waiting).want(t, http.StatusOK, told, "ändå stå kvar i kön här", "Anmäl dig till Umeå")
	if !page.has("/tillfalle/umea") {
		t.Error("the town is no link")
	}
	w.get(inEnglish(waiting)).want(t, http.StatusOK, "There are places left in Umeå")
	if strings.Contains(w.get(seated).body, told) {
		t.Error("who has a place is sent elsewhere")
	}
	w.take("umea", 2)
	if strings.Contains(w.get(waiting).body, told) {
		t.Error("who is registered there is told to register there")
	}
}

// TestOwn_twoTownsInTheQueue: who waits in the other town is told that, and leaves a queue there.
func TestOwn_twoTownsInTheQueue(t *testing.T) {
	w := newWorld(t)
	w.series(5, 1, nil)
	w.take("umea", 9)
	here := w.take("lulea", 1)
	w.take("umea", 1)
	page := w.get(here).want(t, http.StatusOK, "Du står också i kö i Umeå", "Lämna Umeå")
	if strings.Contains(page.body, "Du har också en anmälan") {
		t.Error("a place in the queue is called a registration")
	}
	w.get(here+"/lamna/umea").want(t, http.StatusOK, "Du lämnar kön i Umeå och behåller anmälan till Luleå.")
}

// TestOwn_moveToAnotherCounty: who becomes responsible for her data is told where it changes, and
// when her needs are erased there.
func TestOwn_moveToAnotherCounty(t *testing.T) {
	for _, county := range []domain.OrganiserCode{"BD", "Z"} {
		w := newWorld(t)
		must(t, w.Editing.PutOrganisers(quiet(), domain.Operator(), []domain.Organiser{testkit.Norrbotten(), testkit.Jamtland()}))
		w.series(5, 5, func(lulea, umea *domain.Event) {
			lulea.Rules.Food, umea.Rules.Food = true, true
			if county == "Z" {
				umea.Owner = testkit.Jamtland()
			}
		})
		entry := testkit.Person(1)
		entry.Needs.DietText = "ingen fisk"
		_, own := w.enter("lulea", entry)
		page := w.get(own+"/byt-ort/umea").want(t, http.StatusOK, "mat och tillgänglighet följer med. Det raderas")
		if told := strings.Contains(page.body, "tar över ansvaret för dina personuppgifter"); told != (county == "Z") {
			t.Errorf("a move to %s tells of another controller: %v", county, told)
		}
	}
}
