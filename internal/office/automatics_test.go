package office_test

import (
	"net/http"
	"net/url"
	"strings"
	"testing"

	"github.com/temadag/temadag/internal/domain"
	"github.com/temadag/temadag/internal/testkit"
)

const automaticsAt = "/handlaggare/tillfalle/lulea/automatiska-mejl"

func TestAutomatics_editing(t *testing.T) {
	w := newWorld(t)
	season(t, w)
	c := w.user("Anna Exempel", in(domain.RoleOrganiser))
	page := c.get(automaticsAt).want(t, http.StatusOK)
	for _, said := range []string{"Skickas torsdag 24 november 2016 kl. 09.00.", "Till dem som har en plats då. Nu är det 17 personer.", "Avstängt, skickas inte. Om du slår på det skickas det fredag 2 december 2016 kl. 09.00."} {
		if !strings.Contains(strings.ReplaceAll(page.body, "\u00a0", " "), said) {
			t.Errorf("the page does not say %q", said)
		}
	}
	form := url.Values{
		"seen": {"0"}, "on": {"on"}, "days": {"3"}, "subject_sv": {"Ses vi {dag}?"}, "body_sv": {"Hej {förnam}!\n\nKom till {plast}."},
		"subject_en": {"Are you coming?"}, "body_en": {"Hello {given name}!"},
	}
	wrong := c.post(automaticsAt+"/paminnelse", form).want(t, http.StatusUnprocessableEntity)
	for _, said := range []string{"Rad 1", "Rad 3", "{förnam}", "Kom till {plast}."} {
		if !strings.Contains(wrong.body, said) {
			t.Errorf("what is wrong is not told: %q", said)
		}
	}
	form.Set("body_sv", "Hej {förnamn}!\n\nKom till {plats}.")
	c.post(automaticsAt+"/paminnelse", form).want(t, http.StatusSeeOther)
	c.post(automaticsAt+"/paminnelse", form).want(t, http.StatusConflict) // with what she began with, which is old now
	look := c.get(automaticsAt+"/paminnelse/granska?reader=exempel-sv").want(t, http.StatusOK)
	if text := strings.ReplaceAll(look.body, "\u00a0", " "); !strings.Contains(text, "Ses vi torsdag 1 december 2016?") || !strings.Contains(text, "Kom till Clarion Sense") {
		t.Error("the preview shows other words")
	}
	if !strings.Contains(look.body, "/min-anmalan/exempel/kommer") || strings.Contains(look.body, "%E2%80%A6") {
		t.Error("the buttons of the preview are no example")
	}
	if ours := c.post(automaticsAt+"/paminnelse", url.Values{"seen": {"1"}, "on": {"on"}, "days": {"3"}, "step": {"ours"}}).want(t, http.StatusOK); !strings.Contains(ours.body, "räkna med") {
		t.Error("our words do not come back")
	}
	if again := c.get(automaticsAt+"/paminnelse").want(t, http.StatusOK); !strings.Contains(again.body, "Kom till {plats}.") {
		t.Error("looking at our words has lost hers")
	}
}

// No page of automatic letters changes anything by being looked at.
func TestAutomatics_lookingChangesNothing(t *testing.T) {
	w := newWorld(t)
	season(t, w)
	c := w.user("Anna Exempel", in(domain.RoleOrganiser))
	a := w.actorOf(c)
	state := func() string {
		e, err := w.automatics.Of(t.Context(), a, "lulea")
		must(t, err)
		var all []string
		for _, l := range e.Letters {
			all = append(all, string(l.Kind), string(l.Plan.State), l.Subject.Sv, l.Body.Sv, l.ChangedBy)
		}
		return strings.Join(all, "|")
	}
	before := state()
	for _, at := range []string{"", "?step=off&kind=paminnelse", "/paminnelse", "/paminnelse?step=spread", "/paminnelse/granska", "/paminnelse/granska/mejl?reader=exempel-en", "/andrat", "/installt/granska"} {
		c.get(automaticsAt+at).want(t, http.StatusOK)
	}
	if now := state(); now != before {
		t.Errorf("it was %s and is %s", before, now)
	}
	c.post(automaticsAt, url.Values{"kind": {"paminnelse"}, "step": {"off"}}).want(t, http.StatusSeeOther)
	if state() == before { // the twin: what is pressed is seen
		t.Error("the button changes nothing: the test proves nothing")
	}
	c.post(automaticsAt, url.Values{"kind": {"alla"}, "step": {"off"}}).want(t, http.StatusBadRequest)
	c.get(automaticsAt+"/nagot").want(t, http.StatusNotFound)
}

// Someone with protected identity is not looked at, by no link and no guess.
func TestAutomatics_protectedIsNotLookedAt(t *testing.T) {
	w := newWorld(t)
	events := season(t, w)
	c := w.user("Anna Exempel", in(domain.RoleAdministrator))
	var her domain.Registration
	for n := 1; her.Ref == ""; n++ {
		if k, err := w.Store.LiveRegistration(t.Context(), events["lulea"].ID, testkit.Person(n).Email); err == nil {
			her = k.Registration
		}
	}
	ref := her.Ref
	letter := automaticsAt + "/paminnelse/granska/mejl?reader=" + ref
	c.get(letter).want(t, http.StatusOK)
	must(t, w.Registrations.Protect(t.Context(), domain.Operator(), "lulea", her.Email))
	c.get(letter).want(t, http.StatusNotFound)
	if page := c.get(automaticsAt+"/paminnelse/granska").want(t, http.StatusOK); strings.Contains(page.body, ref) {
		t.Error("she can be chosen")
	}
}

// What the letters are set to is what the wizard begins with.
func TestAutomatics_callingOff(t *testing.T) {
	w := newWorld(t)
	season(t, w)
	c := w.user("Anna Exempel", in(domain.RoleOrganiser))
	c.post(automaticsAt+"/installt", url.Values{"seen": {"0"}, "on": {"off"}, "body_sv": {"Föreläsaren är sjuk."}}).want(t, http.StatusSeeOther)
	page := c.get("/handlaggare/tillfalle/lulea/stall-in").want(t, http.StatusOK)
	if !strings.Contains(page.body, "Föreläsaren är sjuk.") || !strings.Contains(page.body, `value="nobody" checked`) {
		t.Error("the page begins with something else")
	}
	before := len(w.deliver())
	c.post("/handlaggare/tillfalle/lulea/stall-in", url.Values{"reason_sv": {"Föreläsaren är sjuk."}, "sure": {"yes"}, "tell": {"nobody"}}).want(t, http.StatusSeeOther)
	if n := len(w.deliver()) - before; n != 0 {
		t.Errorf("%d letters go to those who were to be told in some other way", n)
	}
}
