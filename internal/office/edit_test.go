package office_test

import (
	"context"
	"net/http"
	"net/url"
	"slices"
	"strconv"
	"strings"
	"testing"

	"golang.org/x/net/html"

	"github.com/temadag/temadag/internal/domain"
	"github.com/temadag/temadag/internal/service"
	"github.com/temadag/temadag/internal/testkit"
)

const editPath = "/handlaggare/tillfalle/lulea/redigera"

var editParts = []string{"grunder", "tid-och-plats", "platser-och-anmalan", "program", "fragor", "kontakt-och-handlingar"}

// rich is an event in which every field is filled in.
func rich(slug string) domain.Event {
	e := testkit.Event(slug, 40)
	both := func(s string) domain.Text { return domain.Text{Sv: s + " på svenska", En: s + " in English"} }
	e.Title, e.Lead, e.Body, e.Cost, e.PhotoNote, e.Calendar = both("Rubrik"), both("Ingress"), both("Stycke ett\n\nStycke två"), both("Kostnad"), both("Foto"), both("Möte")
	e.TargetGroup, e.InvitedBy = []domain.Text{both("Socialtjänst"), {Sv: "Skola"}, both("Vård")}, []string{"Länsstyrelsen", "Regionen"}
	e.LastDay, e.Arrival = e.Day.AddDays(1), e.Starts-30
	e.Venue = domain.Venue{
		Name: "Folkets hus", Address: "Storgatan 1", PostalCode: "97231", Town: "Luleå", Travel: both("Buss"),
		Access: domain.Access{
			StepFree: domain.Yes, Lift: domain.No, HearingLoop: domain.Yes, AccessibleToilet: domain.Yes, ScentFree: domain.No, QuietRoom: domain.Yes,
			Parking: both("Bakom huset"), DropOff: both("Vid entrén"), Note: both("Tung dörr"),
		},
	}
	e.WaitingList, e.Binding, e.AfterCancel, e.NoShowFee = true, true, domain.ContactUs, 500
	e.OpensAt, e.RegisterUntil, e.CancelUntil = e.Day.AddDays(-60).At(9*60).UTC(), e.Day.AddDays(-14), e.Day.AddDays(-7)
	e.Terms = domain.Terms{Version: 1, Text: both("Anmälan är bindande")}
	e.Rules = domain.Rules{
		SameOrganisation: true, Offers: domain.OfferRules{Hours: 30, ShortDays: 5, ShortHours: 4, RaceDays: 2}, GroupLimit: 6, NameBy: e.Day.AddDays(-9),
		ChangeUntil: e.Day.AddDays(-3), Approval: true, AccessCode: "TALL", EmailDomains: []string{"pitea.se", "lulea.se"}, Food: true, Access: true,
		NeedsBy: e.Day.AddDays(-8), NeedsDays: 10,
	}
	e.Contact, e.CaseNumber = domain.Contact{Name: "Eva Exempel", Phone: "010-225 50 00", Email: "eva@example.se"}, "801-1-16"
	e.Retention = domain.Retention{Weeks: 12, Support: "RA-FS 2021:6"}
	anna := domain.Speaker{Name: "Anna Ek", Title: both("Psykolog"), Organisation: both("Regionen")}
	e.Speakers = []domain.Speaker{{Name: "Moa Derator"}, anna}
	e.Programme = []domain.Session{
		{Day: e.Day, Starts: 9 * 60, Ends: 10 * 60, Title: both("Inledning"), Abstract: both("Välkomna"), Speakers: []domain.Speaker{anna, {Name: "Bo Ek"}}},
		{Day: e.Day, Starts: 10 * 60, Ends: 11 * 60, Title: both("Skola"), Parallel: "A", Capacity: 20},
		{Day: e.LastDay, Starts: 10 * 60, Ends: 11 * 60, Title: both("Vård"), Parallel: "A", Capacity: 15},
	}
	e.Questions = []domain.Question{
		{Kind: domain.QuestionText, Label: both("Varifrån"), Hint: both("För bussen"), Required: true},
		{Position: 1, Kind: domain.QuestionChoice, Label: both("Vilken buss"), Choices: []domain.Choice{{Value: "a", Label: both("Första")}, {Value: "b", Label: both("Andra")}}},
	}
	return e
}

// editor is a world with one rich event and someone who may edit it.
func editor(t testing.TB) (*world, *client, *service.Events) {
	t.Helper()
	w := newWorld(t)
	must(t, w.Editing.PutOrganisers(context.Background(), domain.Operator(), []domain.Organiser{testkit.Norrbotten(), testkit.Jamtland()}))
	must(t, w.Editing.AddEvent(context.Background(), domain.Operator(), rich("lulea"), nil))
	return w, w.user("Eva Exempel", in(domain.RoleOrganiser)), &service.Events{Store: w.Store, Registrations: w.Registrations, Now: w.Clock.Now}
}

// stands is how the event stands, and what its editors have typed.
func stands(t testing.TB, w *world) domain.EventEntry {
	t.Helper()
	e, err := w.Store.WholeEvent(context.Background(), "lulea")
	must(t, err)
	return domain.EntryOf(e)
}

// sent is what a browser sends for the form of the editor, its selects too, without its buttons.
func (r *response) sent() url.Values {
	out := url.Values{}
	for _, form := range r.find("form") {
		if !strings.Contains(attr(form, "class"), "edit") {
			continue
		}
		for n := range form.Descendants() {
			if n.Type == html.ElementNode && n.Data == "select" {
				out.Add(attr(n, "name"), selected(n))
			}
		}
	}
	for name, values := range r.fields() {
		out[name] = values
	}
	return out
}

func selected(n *html.Node) string {
	value, first := "", true
	for o := range n.Descendants() {
		if o.Type != html.ElementNode || o.Data != "option" {
			continue
		}
		chosen := slices.ContainsFunc(o.Attr, func(a html.Attribute) bool { return a.Key == "selected" })
		if first || chosen {
			value, first = attr(o, "value"), false
		}
	}
	return value
}

func (r *response) ids() []string {
	var out []string
	for n := range r.page.Descendants() {
		if n.Type == html.ElementNode && attr(n, "id") != "" {
			out = append(out, attr(n, "id"))
		}
	}
	return out
}

// TestEditor_everyField: each field of an event can be reached in the editor at the id that faults and
// checklist lead to. A field that is forgotten is found.
func TestEditor_everyField(t *testing.T) {
	_, eva, _ := editor(t)
	var ids []string
	for _, part := range editParts {
		ids = append(ids, eva.get(editPath+"/"+part).want(t, http.StatusOK).ids()...)
	}
	for _, name := range domain.EventFieldNames() {
		if !slices.Contains(ids, name) {
			t.Errorf("no page of the editor has %s", name)
		}
	}
	for _, name := range []string{
		"session_1_title_sv", "session_2_day", "session_3_capacity", "session_1_speaker_2_name", "speaker_2_organisation_en", "question_1_hint_en",
		"question_2_choices", "question_2_choice_2_label_sv", "question_1_kind",
	} {
		if !slices.Contains(ids, name) {
			t.Errorf("no page of the editor has %s", name)
		}
	}
	if slices.Contains(ids, "no_such_field") {
		t.Error("the test finds anything")
	}
}

// TestEditor_roundTrip: who opens every section and saves it as it is changes nothing, and keeps no draft.
func TestEditor_roundTrip(t *testing.T) {
	w, eva, events := editor(t)
	before := stands(t, w)
	for _, do := range []string{"draft", "save"} {
		for _, part := range editParts {
			form := eva.get(editPath + "/" + part).sent()
			eva.post(editPath+"/"+part, with(form, "do", do)).want(t, http.StatusSeeOther)
			if now := stands(t, w); now.Mark() != before.Mark() {
				t.Errorf("%s of %s changes %v", do, part, before.Changed(now))
			}
			d, err := events.Draft(t.Context(), actor(t, w, "eva.exempel@example.se"), "lulea")
			must(t, err)
			if d.Mine != nil && d.Mine.Entry.Mark() != before.Mark() {
				t.Errorf("%s of %s keeps %v", do, part, before.Changed(d.Mine.Entry))
			}
		}
	}
}

// actor is someone who has signed in, as the use cases know her.
func actor(t testing.TB, w *world, email string) domain.Actor {
	t.Helper()
	u, err := w.Store.AccountByEmail(context.Background(), domain.EmailKey(email))
	must(t, err)
	return domain.Actor{User: u.ID, Name: u.Name, Grants: []domain.Grant{in(domain.RoleOrganiser)}}
}

// TestEditor_everyFieldIsSaved types something else in each plain field of every section, and finds it in the
// event: nothing is lost between the form and the store, nor in the other sections.
func TestEditor_everyFieldIsSaved(t *testing.T) {
	w, eva, _ := editor(t)
	for _, part := range editParts {
		form := eva.get(editPath + "/" + part).sent()
		before := stands(t, w)
		typed := make(map[string]string)
		for name := range form {
			if value, ok := another(name, form.Get(name)); ok {
				form.Set(name, value)
				typed[name] = value
			}
		}
		for name := range form {
			if strings.HasPrefix(name, "session_title") || strings.HasPrefix(name, "speaker_name") || strings.HasPrefix(name, "question_label") {
				form[name][0] += "!"
			}
		}
		eva.post(editPath+"/"+part, with(form, "do", "save")).want(t, http.StatusSeeOther)
		now := stands(t, w)
		for name, want := range typed {
			if got, ok := now.Typed(name); ok && got != want {
				t.Errorf("%s: %q, want %q", name, got, want)
			}
		}
		for _, name := range before.Changed(now) {
			if _, ok := typed[name]; !ok && !slices.Contains([]string{"programme", "speakers", "questions", "target_group"}, name) {
				t.Errorf("%s loses %s: %q", part, name, now.Shown(name))
			}
		}
		if len(before.Changed(now)) == 0 {
			t.Errorf("nothing of %s is saved", part)
		}
	}
	now := stands(t, w)
	if now.Programme[0].Title.En != "Inledning in English!" || now.Speakers[0].Name != "Moa Derator!" || now.Questions[0].Label.Sv != "Varifrån på svenska!" {
		t.Errorf("rows: %+v", now)
	}
	if g := now.TargetGroup; len(g) != 4 || g[3].Sv != "Fler" || g[1].En != "" || g[2].En != "Vård in English" {
		t.Errorf("target groups: %+v", g)
	}
}

// another is a value for a field that is not the one it has.
func another(name, value string) (string, bool) {
	switch name {
	case "kind":
		return "seminar", true
	case "language":
		return "en", true
	case "after_cancel":
		return "transfer_only", true
	case "step_free", "hearing_loop", "accessible_toilet", "quiet_room":
		return "no", true
	case "postal_code":
		return "97199", true
	case "contact_phone":
		return "0920-123 45", true
	case "contact_email":
		return "bo@example.se", true
	case "email_domains":
		return "boden.se", true
	case "target_group_sv":
		return value + "\nFler", true
	case "invited_by":
		return value + "\nKommunen", true
	case "arrival", "starts":
		return "08:15", true
	case "ends":
		return "16:45", true
	case "opens_at":
		return "10:15", true
	case "seen", "do", "known_venue", "target_group_en":
		return "", false
	}
	if strings.HasPrefix(name, "session") || strings.HasPrefix(name, "speaker") || strings.HasPrefix(name, "question") {
		return "", false
	}
	if d, err := domain.ParseDate(value); err == nil && !d.IsZero() {
		return d.AddDays(1).String(), true
	}
	if n, err := strconv.Atoi(value); err == nil {
		return strconv.Itoa(n + 1), true
	}
	return value + " x", value != "" && value != "yes" && value != "no"
}

// TestEditor_ticks: a tick that is taken away is away, and one that is set is set.
func TestEditor_ticks(t *testing.T) {
	w, eva, _ := editor(t)
	path := editPath + "/platser-och-anmalan"
	form := eva.get(path).sent()
	ticks := []string{"waiting_list", "binding", "same_organisation", "approval", "food", "access"}
	for _, name := range ticks {
		if form.Get(name) != "yes" {
			t.Errorf("%s is not ticked", name)
		}
		form.Del(name)
	}
	eva.post(path, with(form, "do", "save")).want(t, http.StatusSeeOther)
	now := stands(t, w)
	for _, name := range ticks {
		if got, _ := now.Typed(name); got != "" {
			t.Errorf("%s is still ticked", name)
		}
	}
	eva.post(path, with(eva.get(path).sent(), "do", "save", "food", "yes")).want(t, http.StatusSeeOther)
	if !stands(t, w).Rules.Food {
		t.Error("the tick is not set")
	}
}
