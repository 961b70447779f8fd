package site_test

import (
	"net/http"
	"net/url"
	"strconv"
	"strings"
	"testing"
	"time"

	"github.com/temadag/temadag/internal/domain"
	"github.com/temadag/temadag/internal/testkit"
)

const groupPath = "/tillfalle/lulea/anmalan/grupp"

// grouping is an event where one person registers up to six, and names some of them later.
func grouping(e *domain.Event) {
	e.Rules.GroupLimit, e.Rules.NameBy = 6, e.Day.AddDays(-10)
}

// groupWorld is a site with such an event, changed further.
func groupWorld(t *testing.T, capacity domain.Seats, further ...func(*domain.Event)) *world {
	t.Helper()
	w := newWorld(t)
	w.AddEvent(t, change("lulea", capacity, func(e *domain.Event) {
		grouping(e)
		for _, fn := range further {
			fn(e)
		}
	}))
	return w
}

// group fills the form for several in: the contact person, the workplace and people of the numbers.
func group(form url.Values, mode string, unnamed int, people ...int) url.Values {
	for name, value := range map[string]string{
		"contact_name": "Eva Åström", "contact_email": "eva@pitea.example.se", "contact_phone": "070-174 06 99",
		"organisation": "Piteå kommun", "organisation_type": "social_services", "municipality": "Piteå", "mode": mode,
	} {
		form.Set(name, value)
	}
	if unnamed > 0 {
		form.Set("unnamed", strconv.Itoa(unnamed))
	}
	for i, n := range people {
		prefix := "people_" + strconv.Itoa(i+1) + "_"
		form.Set(prefix+"given_name", "Anna"+string(rune('a'+n%26)))
		form.Set(prefix+"family_name", "Öberg")
		form.Set(prefix+"email", testkit.Person(n).Email)
		form.Set(prefix+"title", "Kurator")
	}
	return form
}

// sendGroup goes the whole way and is the answer to the last button.
func (w *world) sendGroup(mode string, unnamed int, people ...int) *response {
	w.t.Helper()
	page := w.get(groupPath).want(w.t, http.StatusOK)
	review := w.post(groupPath, with(group(page.fields(), mode, unnamed, people...), "review")).want(w.t, http.StatusOK, "Granska och skicka")
	w.Clock.Turn(time.Minute)
	return w.post(groupPath, with(review.fields(), "send"))
}

// groupReceipt is sendGroup and the receipt that it leads to.
func (w *world) groupReceipt(mode string, unnamed int, people ...int) *response {
	w.t.Helper()
	sent := w.sendGroup(mode, unnamed, people...).want(w.t, http.StatusSeeOther)
	return w.get(sent.Header.Get("Location")).want(w.t, http.StatusOK)
}

func TestGroup_wholeWay(t *testing.T) {
	w := groupWorld(t, 10)
	w.get(groupPath).want(t, http.StatusOK, "Anmäl flera till Luleå", "upp till 6 personer", "Du som fyller i är kontaktperson",
		"Deltagare 3", "Platser utan namn", "måndag 21 november 2016", "Två som kommer tillsammans eller inte alls")
	receipt := w.groupReceipt("some", 2, 1, 2)
	receipt.want(t, http.StatusOK, "4 platser är anmälda", "Annab Öberg", "Annac Öberg", "Plats 3, utan namn", "eva@pitea.example.se",
		"2 platser har inget namn än")
	if n := w.registrations("lulea"); n != 4 {
		t.Errorf("%d places are taken, want 4", n)
	}
}

func TestGroup_inEnglish(t *testing.T) {
	w := groupWorld(t, 10, func(e *domain.Event) {
		e.Questions = []domain.Question{{Kind: domain.QuestionText, Label: domain.Text{Sv: "Vad?"}, Required: true}}
	})
	const path = "/en/event/lulea/registration/group"
	page := w.get(path).want(t, http.StatusOK, "Register several people for Luleå", "Participant 1", "they also answer what we ask each participant")
	review := w.post(path, with(group(page.fields(), "all", 0, 1, 2), "review")).want(t, http.StatusOK,
		"Check and send the registration of several people", "What you send is for 2 places", "Register everyone or nobody", "Send binding registration for 2 places")
	w.Clock.Turn(time.Minute)
	sent := w.post(path, with(review.fields(), "send")).want(t, http.StatusSeeOther)
	w.get(sent.Header.Get("Location")).want(t, http.StatusOK, "2 places are registered", "Registered")
}

func TestGroup_onlyWhereTheEventTakesSeveral(t *testing.T) {
	w := newWorld(t)
	w.AddEvent(t, testkit.Event("lulea", 10))
	absent := w.get("/tillfalle/saknas/anmalan/grupp")
	if got := w.get(groupPath); got.StatusCode != http.StatusNotFound || got.body != absent.body {
		t.Errorf("it answers %d", got.StatusCode)
	}
	w.post(groupPath, url.Values{"step": {"send"}}).want(t, http.StatusNotFound)
	if strings.Contains(w.get("/tillfalle/lulea").body+w.get(form).body, groupPath) {
		t.Error("a page leads there")
	}
	if w := groupWorld(t, 10); !strings.Contains(w.get("/tillfalle/lulea").body, groupPath) || !strings.Contains(w.get(form).body, groupPath) {
		t.Error("no page leads there where there is such a form")
	}
}

func TestGroup_rowsAsManyAsAreAllowed(t *testing.T) {
	w := groupWorld(t, 10)
	sent := group(w.get(groupPath).fields(), "some", 0, 1, 2, 3)
	page := w.post(groupPath, with(sent, "rows")).want(t, http.StatusOK, "Deltagare 6")
	if strings.Contains(page.words(), "Visa fler rader") {
		t.Error("rows beyond the limit are offered")
	}
	again := page.fields()
	for name := range sent {
		if name != "step" && name != "rows" && again.Get(name) != sent.Get(name) {
			t.Errorf("%s: %q is shown, %q was typed", name, again.Get(name), sent.Get(name))
		}
	}
	if len(page.find("form")) != 1 || !again.Has("people_6_email") || again.Has("people_7_email") {
		t.Error("the rows are not six")
	}
}

func TestGroup_faultsKeepWhatWasTyped(t *testing.T) {
	w := groupWorld(t, 10, func(e *domain.Event) { e.NoShowFee, e.Rules.AccessCode = 500, "älv" })
	for name, c := range map[string]struct {
		set    map[string]string
		field  string
		sv, en string
	}{
		"no contact":       {map[string]string{"contact_name": ""}, "contact_name", "Ange ditt namn", "Enter your name"},
		"contact's mail":   {map[string]string{"contact_email": "x"}, "contact_email", "E-postadressen saknar @", "has no @"},
		"contact's phone":  {map[string]string{"contact_phone": "x"}, "contact_phone", "Telefonnumret", "telephone number"},
		"no workplace":     {map[string]string{"organisation": ""}, "organisation", "Ange arbetsplats", "Enter where you work"},
		"no code":          {map[string]string{"access_code": ""}, "access_code", "Skriv åtkomstkoden", "Enter the access code"},
		"no reference":     {map[string]string{"invoice_reference": ""}, "invoice_reference", "Ange en fakturareferens", "Enter an invoice reference"},
		"a name missing":   {map[string]string{"people_2_given_name": ""}, "people_2_given_name", "Deltagare 2: Ange förnamnet", "Participant 2: Enter the given name"},
		"a mail missing":   {map[string]string{"people_2_email": ""}, "people_2_email", "Deltagare 2: Ange e-postadressen", "Participant 2: Enter the e-mail"},
		"twice":            {map[string]string{"people_2_email": "person1@example.se"}, "people_2_email", "står redan hos en annan", "already given"},
		"too many":         {map[string]string{"unnamed": "5"}, "people_1_given_name", "högst 6 personer", "at most 6 people"},
		"not a number":     {map[string]string{"unnamed": "två"}, "unnamed", "med siffror", "in digits"},
		"no wish":          {map[string]string{"mode": ""}, "mode", "Välj vad vi gör", "Choose what we do"},
		"a pair of three":  {map[string]string{"mode": "together", "unnamed": "1"}, "mode", "exakt två", "exactly two"},
		"an unknown wish":  {map[string]string{"mode": "none"}, "mode", "Välj vad vi gör", "Choose what we do"},
		"too many unnamed": {map[string]string{"unnamed": "9"}, "unnamed", "högst 6 personer", "at most 6 people"},
		"personal numbers": {map[string]string{"people_1_title": "811218-9876"}, "people_1_title", "Titel eller yrke: 811218-XXXX ser ut som ett personnummer", "personal identity number"},
	} {
		t.Run(name, func(t *testing.T) {
			for path, words := range map[string]string{groupPath: c.sv, "/en/event/lulea/registration/group": c.en} {
				sent := group(w.get(path).fields(), "some", 0, 1, 2)
				sent.Set("access_code", "ÄLV")
				sent.Set("invoice_reference", "4711")
				for k, v := range c.set {
					sent.Set(k, v)
				}
				page := w.post(path, with(sent, "review")).want(t, http.StatusUnprocessableEntity, words)
				if !strings.Contains(page.body, `href="#`+c.field+`"`) || !strings.Contains(page.body, `id="`+c.field+`"`) {
					t.Errorf("the summary does not lead to %s", c.field)
				}
				again := page.fields()
				for field := range sent {
					if field != "step" && field != "mode" && again.Get(field) != sent.Get(field) {
						t.Errorf("%s: %q is shown, %q was typed", field, again.Get(field), sent.Get(field))
					}
				}
			}
		})
	}
	w.post(groupPath, with(w.get(groupPath).fields(), "review")).want(t, http.StatusUnprocessableEntity, "Skriv minst en deltagare")
	if n := w.registrations("lulea"); n != 0 {
		t.Errorf("%d registrations, want none", n)
	}
}

func TestGroup_reviewCarriesEverything(t *testing.T) {
	w := groupWorld(t, 10, func(e *domain.Event) { e.NoShowFee, e.Rules.AccessCode = 500, "älv" })
	sent := group(w.get(groupPath).fields(), "together", 0, 1, 2)
	for name, value := range map[string]string{"access_code": "älv", "invoice_reference": "4711", "invoice_org_number": "202100-2478", "invoice_peppol": "0007", "invoice_address": "Box 1"} {
		sent.Set(name, value)
	}
	review := w.post(groupPath, with(sent, "review")).want(t, http.StatusOK, "Eva Åström", "Annab Öberg", "person2@example.se", "Kurator", "4711", "Box 1")
	again := w.post(groupPath, with(review.fields(), "edit")).want(t, http.StatusOK).fields()
	for name := range sent {
		if name != "step" && name != "unnamed" && again.Get(name) != sent.Get(name) {
			t.Errorf("%s comes back as %q, %q was typed", name, again.Get(name), sent.Get(name))
		}
	}
}
