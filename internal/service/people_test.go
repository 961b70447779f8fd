package service_test

import (
	"errors"
	"fmt"
	"slices"
	"testing"

	"github.com/temadag/temadag/internal/domain"
	"github.com/temadag/temadag/internal/store"
	"github.com/temadag/temadag/internal/testkit"
)

func (o *office) find(t *testing.T, a domain.Actor, q domain.PeopleQuery) domain.PeoplePage {
	t.Helper()
	page, err := o.people.Find(t.Context(), a, q)
	if err != nil {
		t.Fatal(err)
	}
	return page
}

func TestPeople_Find_foldsAndFindsAnyPart(t *testing.T) {
	t.Parallel()
	o := openOffice(t)
	a := o.actor(t, domain.RoleReader, "BD")
	asa := o.add(t, o.lulea, who("Åsa", "Öberg-Ek", "Piteå kommun", "asa@example.se"))
	o.add(t, o.lulea, who("Ánne-Sárá", "Oŋŋá", "Kvinnojouren 100%", "anne_sara@example.se"))
	o.add(t, o.lulea, who("Bo", "", "Region Norrbotten", "bo@example.se"))
	cases := map[string]struct {
		search string
		want   []string
	}{
		"everyone, in Swedish order":      {"", []string{"Bo", "Ánne-Sárá Oŋŋá", "Åsa Öberg-Ek"}},
		"å as a":                          {"asa", []string{"Åsa Öberg-Ek"}},
		"ö as o, in the middle of a name": {"BERG-E", []string{"Åsa Öberg-Ek"}},
		"letters of the north":            {"onna", []string{"Ánne-Sárá Oŋŋá"}},
		"as it is written":                {"Åsa öberg", []string{"Åsa Öberg-Ek"}},
		"words in any order":              {"kommun asa", []string{"Åsa Öberg-Ek"}},
		"every word must be there":        {"asa region", nil},
		"the organisation":                {"pitea", []string{"Åsa Öberg-Ek"}},
		"the address":                     {"bo@", []string{"Bo"}},
		"the reference":                   {asa.Ref, []string{"Åsa Öberg-Ek"}},
		"the reference as it is said":     {" " + string(asa.Ref[:4]) + " " + string(asa.Ref[5:]), []string{"Åsa Öberg-Ek"}},
		"a sign that SQL reads otherwise": {"%", []string{"Ánne-Sárá Oŋŋá"}},
		"another such sign":               {"e_s", []string{"Ánne-Sárá Oŋŋá"}},
		"a backslash":                     {`\`, nil},
		"a quotation mark":                {`' OR 1=1 --`, nil},
		"not across fields":               {"ek pitea kommun asa@", []string{"Åsa Öberg-Ek"}},
		"no word reaches into the next":   {"ekpitea", nil},
		"a telephone number is no key":    {"070", nil},
	}
	for name, c := range cases {
		page := o.find(t, a, domain.PeopleQuery{Scope: domain.ListScope{Event: "lulea"}, Search: c.search})
		if got := names(page.Rows); !slices.Equal(got, c.want) || page.Total != len(c.want) {
			t.Errorf("%s: got %q (%d), want %q", name, got, page.Total, c.want)
		}
	}
}

// What a person tells anew is what she is found by from then on.
func TestPeople_Find_followsChanges(t *testing.T) {
	t.Parallel()
	o := openOffice(t)
	a := o.actor(t, domain.RoleReader, "BD")
	token := enter(t, o.Kit, o.lulea, 1, nil)
	if _, err := amend(t, o.Kit, token, 1, func(e *domain.Entry) { e.FamilyName = "Zetterström" }); err != nil {
		t.Fatal(err)
	}
	q := domain.PeopleQuery{Scope: domain.ListScope{Event: "lulea"}, Search: "onna"}
	if page := o.find(t, a, q); page.Total != 0 {
		t.Errorf("the old name finds %q", names(page.Rows))
	}
	q.Search = "zetterstrom"
	if page := o.find(t, a, q); page.Total != 1 {
		t.Errorf("the new name finds %q", names(page.Rows))
	}
}

// Nobody of another county is ever seen: not in a list, not in a count, not one at a time, whatever is
// asked. The twin asks the tables themselves with the scope left out, and finds her.
func TestPeople_neverShowsAnotherCounty(t *testing.T) {
	t.Parallel()
	o := openOffice(t)
	o.add(t, o.lulea, who("Åsa", "Öberg", "Piteå kommun", "asa@example.se"))
	o.add(t, o.kiruna, who("Bo", "Ek", "Kiruna kommun", "bo@example.se"))
	canary := o.add(t, o.ost, who("Kanarie", "Fågel", "Östersunds kommun", "kanarie@example.se"))
	for _, role := range domain.StaffRoles() {
		a := o.actor(t, role, "BD")
		for _, scope := range []domain.ListScope{{Event: "lulea"}, {Event: "ostersund"}, {Series: "efterfragan"}, {County: "BD"}, {County: "Z"}, {}} {
			for _, search := range []string{"", "kanarie", canary.Ref} {
				for _, after := range []domain.RegistrationID{0, canary.ID} {
					page, err := o.people.Find(t.Context(), a, domain.PeopleQuery{Scope: scope, Search: search, After: after, Reveal: true})
					if err != nil {
						if !errors.Is(err, domain.ErrNotFound) {
							t.Fatal(err)
						}
						continue
					}
					if slices.ContainsFunc(page.Rows, func(r domain.PersonRow) bool { return r.ID == canary.ID }) || (search != "" && page.Total > 0) {
						t.Errorf("%s in %+v for %q sees %q, %v", role, scope, search, names(page.Rows), page.Counts)
					}
					if slices.ContainsFunc(page.Events, func(e domain.PeopleEvent) bool { return e.Owner != "BD" }) {
						t.Errorf("%s in %+v reaches %v", role, scope, page.Events)
					}
				}
			}
		}
		for what, err := range map[string]error{
			"Person": second(o.people.Person(t.Context(), a, canary.ID)), "Reveal": second(o.people.Reveal(t.Context(), a, canary.ID, domain.RevealAsked)),
			"PersonByReference": second(o.people.PersonByReference(t.Context(), a, "ostersund", canary.Ref)),
		} {
			if !errors.Is(err, domain.ErrNotFound) {
				t.Errorf("%s as %s: %v", what, role, err)
			}
		}
	}
	unscoped := store.PeopleSearch{Events: []domain.EventID{o.lulea.ID, o.kiruna.ID, o.ost.ID}, Words: []string{"kanarie"}, Limit: 10}
	if found, _, err := o.Store.FindPeople(t.Context(), unscoped); err != nil || len(found) != 1 {
		t.Errorf("the twin finds %v, %v: nothing was proved", found, err)
	}
}

func second[T any](_ T, err error) error { return err }

func TestPeople_Find_reachesWhatIsArrangedTogether(t *testing.T) {
	t.Parallel()
	o := openOffice(t)
	shared := testkit.Event("delad", 5)
	shared.Owner, shared.Rules.CoOrganisers = testkit.Jamtland(), []domain.OrganiserCode{"AC", "BD"}
	e := o.AddEvent(t, shared)
	o.add(t, e, who("Åsa", "Öberg", "Piteå kommun", "asa@example.se"))
	page := o.find(t, o.actor(t, domain.RoleReader, "BD"), domain.PeopleQuery{Scope: domain.ListScope{County: "BD"}, Search: "asa"})
	if page.Total != 1 || len(page.Events) != 3 {
		t.Errorf("got %q of %d events", names(page.Rows), len(page.Events))
	}
	one := o.granted(t, domain.Grant{Role: domain.RoleReader, County: "Z", Event: o.ost.ID})
	if page := o.find(t, one, domain.PeopleQuery{Scope: domain.ListScope{County: "Z"}}); len(page.Events) != 1 || page.Total != 0 {
		t.Errorf("a grant at one event reaches %v", page.Events)
	}
}

// Someone with protected identity is no more than a line at the end, and is found by her reference number
// alone: by nothing that would tell that she comes, or where she works. The twin is the same search about
// her neighbour.
func TestPeople_protectedPeopleAreMasked(t *testing.T) {
	t.Parallel()
	o := openOffice(t)
	a := o.actor(t, domain.RoleOrganiser, "BD")
	hidden := o.add(t, o.lulea, who("Aina", "Aaberg", "Hemliga kommun", "aina@example.se"))
	o.add(t, o.lulea, who("Örjan", "Övik", "Öppna kommun", "orjan@example.se"))
	if err := o.Registrations.Protect(t.Context(), a, "lulea", "aina@example.se"); err != nil {
		t.Fatal(err)
	}
	scope := domain.ListScope{Event: "lulea"}
	for _, sort := range []domain.PeopleSort{domain.SortByName, domain.SortByOrganisation} {
		page := o.find(t, a, domain.PeopleQuery{Scope: scope, Sort: sort})
		if got := names(page.Rows); !slices.Equal(got, []string{"Örjan Övik", "(skyddad)"}) || page.Rows[1].Participant.Organisation != "" {
			t.Errorf("by %s: %q, %+v", sort, got, page.Rows[1])
		}
	}
	telling := map[string]domain.PeopleQuery{
		"name": {Search: "aina"}, "address": {Search: "aina@example.se"}, "organisation": {Search: "hemliga"}, "half a reference": {Search: hidden.Ref[:4]},
		"type":         {Filter: domain.PeopleFilter{Types: []domain.OrganisationType{domain.OrgSocialServices}}},
		"no such type": {Filter: domain.PeopleFilter{Types: []domain.OrganisationType{domain.OrgSchool}, Not: []domain.PeopleField{domain.FieldType}}},
		"municipality": {Filter: domain.PeopleFilter{Municipality: "Piteå"}},
		"question":     {Filter: domain.PeopleFilter{Question: 1, Not: []domain.PeopleField{domain.FieldQuestion}}},
		"session":      {Filter: domain.PeopleFilter{Session: 1, Not: []domain.PeopleField{domain.FieldSession}}},
	}
	for name, q := range telling {
		q.Scope = scope
		page := o.find(t, a, q)
		if slices.ContainsFunc(page.Rows, func(r domain.PersonRow) bool { return r.Protected }) || page.Total != len(page.Rows) {
			t.Errorf("%s finds %q (%d)", name, names(page.Rows), page.Total)
		}
		if q.Search == "" && page.Total != 1 {
			t.Errorf("%s finds %d: nothing was proved", name, page.Total)
		}
	}
	page := o.find(t, a, domain.PeopleQuery{Scope: scope, Search: hidden.Ref})
	if got := names(page.Rows); !slices.Equal(got, []string{"(skyddad)"}) {
		t.Errorf("her reference finds %q", got)
	}
	o.revealed(t, a, hidden)
}

// revealed looks at who protected people are, and that it is written down.
func (o *office) revealed(t *testing.T, a domain.Actor, hidden domain.Registration) {
	t.Helper()
	v, err := o.people.Person(t.Context(), a, hidden.ID)
	if err != nil || !v.Hidden || v.GivenName != "" || v.Email != "" || len(v.Letters) == 0 || v.Letters[0].To != "" || v.Versions != nil {
		t.Errorf("her page shows %+v, %v", v, err)
	}
	if n := o.logged(t, domain.AuditProtectedShown); n != 0 {
		t.Errorf("%d lines in the log before she was shown", n)
	}
	for _, role := range []domain.Role{domain.RoleReader, domain.RoleRegistrar} {
		weak := o.actor(t, role, "BD")
		if _, err := o.people.Reveal(t.Context(), weak, hidden.ID, domain.RevealAsked); !errors.Is(err, domain.ErrNotFound) {
			t.Errorf("%s may look: %v", role, err)
		}
		page := o.find(t, weak, domain.PeopleQuery{Scope: domain.ListScope{Event: "lulea"}, Search: "aina", Reveal: true})
		if page.Total != 0 {
			t.Errorf("%s finds %q", role, names(page.Rows))
		}
	}
	if v, err = o.people.Reveal(t.Context(), a, hidden.ID, domain.RevealAsked); err != nil || v.GivenName != "Aina" || v.Hidden {
		t.Errorf("revealed %+v, %v", v.Participant, err)
	}
	page := o.find(t, a, domain.PeopleQuery{Scope: domain.ListScope{County: "BD"}, Search: "aina", Reveal: true})
	if got := names(page.Rows); !slices.Equal(got, []string{"Aina Aaberg"}) {
		t.Errorf("revealed %q", got)
	}
	if n := o.logged(t, domain.AuditProtectedShown); n != 2 {
		t.Errorf("%d lines in the log, want one for each time", n)
	}
}

func (o *office) logged(t *testing.T, what domain.AuditAction) int {
	t.Helper()
	lines, err := o.Store.AuditEntries(t.Context(), store.AuditScope{All: true}, domain.AuditFilter{Action: what, Limit: 1000})
	if err != nil {
		t.Fatal(err)
	}
	return len(lines)
}

func TestPeople_Find_filters(t *testing.T) {
	t.Parallel()
	o := openOffice(t)
	ev := testkit.Event("fragor", 2)
	ev.Questions = []domain.Question{{Kind: domain.QuestionText, Label: domain.Text{Sv: "Vad vill du veta?", En: "What?"}}}
	e := o.AddEvent(t, ev)
	a := o.actor(t, domain.RoleOrganiser, "BD")
	asking := who("Åsa", "Öberg", "Piteå kommun", "asa@example.se")
	asking.Answers = map[int64][]string{e.Questions[0].ID: {"Hur?"}}
	o.add(t, e, asking)
	phoned := who("Bo", "Ek", "Region Norrbotten", "")
	phoned.OrganisationType = string(domain.OrgHealthCare)
	o.add(t, e, phoned)
	waits := who("Cia", "Alm", "Luleå kommun", "cia@example.se")
	waits.Municipality = "Luleå"
	o.add(t, e, waits)
	cases := map[string]struct {
		filter domain.PeopleFilter
		want   string
	}{
		"status":               {domain.PeopleFilter{Statuses: []domain.RegistrationStatus{domain.Waitlisted}}, "[Cia Alm]"},
		"two statuses":         {domain.PeopleFilter{Statuses: []domain.RegistrationStatus{domain.Waitlisted, domain.Confirmed}}, "[Cia Alm Bo Ek Åsa Öberg]"},
		"not that status":      {domain.PeopleFilter{Statuses: []domain.RegistrationStatus{domain.Waitlisted}, Not: []domain.PeopleField{domain.FieldStatus}}, "[Bo Ek Åsa Öberg]"},
		"type":                 {domain.PeopleFilter{Types: []domain.OrganisationType{domain.OrgHealthCare}}, "[Bo Ek]"},
		"municipality":         {domain.PeopleFilter{Municipality: "Luleå"}, "[Cia Alm]"},
		"channel":              {domain.PeopleFilter{Channels: []domain.Channel{domain.ChannelPhone}}, "[Bo Ek]"},
		"attendance":           {domain.PeopleFilter{Attendance: domain.Present}, "[]"},
		"answered":             {domain.PeopleFilter{Question: e.Questions[0].ID}, "[Åsa Öberg]"},
		"not answered":         {domain.PeopleFilter{Question: e.Questions[0].ID, Not: []domain.PeopleField{domain.FieldQuestion}}, "[Cia Alm Bo Ek]"},
		"letter on its way":    {domain.PeopleFilter{Letters: domain.LetterQueued}, "[Cia Alm Åsa Öberg]"},
		"letter never sent":    {domain.PeopleFilter{Letters: domain.LetterWithheld}, "[Bo Ek]"},
		"no failed letter":     {domain.PeopleFilter{Letters: domain.LetterFailed, Not: []domain.PeopleField{domain.FieldLetters}}, "[Cia Alm Bo Ek Åsa Öberg]"},
		"asks to be let off":   {domain.PeopleFilter{Asked: true}, "[]"},
		"does not ask":         {domain.PeopleFilter{Not: []domain.PeopleField{domain.FieldAsked}}, "[Cia Alm Bo Ek Åsa Öberg]"},
		"nobody is protected":  {domain.PeopleFilter{Protected: true}, "[]"},
		"both must hold":       {domain.PeopleFilter{Municipality: "Piteå", Channels: []domain.Channel{domain.ChannelWeb}}, "[Åsa Öberg]"},
		"a state that is none": {domain.PeopleFilter{Letters: "x' OR '1"}, "[]"},
	}
	for name, c := range cases {
		page := o.find(t, a, domain.PeopleQuery{Scope: domain.ListScope{Event: "fragor"}, Filter: c.filter})
		if got := fmt.Sprint(names(page.Rows)); got != c.want || page.Total != len(page.Rows) {
			t.Errorf("%s: got %s (%d), want %s", name, got, page.Total, c.want)
		}
		if c.filter.Statuses != nil && page.Counts[domain.Waitlisted] != 1 {
			t.Errorf("%s: the counts follow the statuses: %v", name, page.Counts)
		}
		for _, r := range page.Rows {
			if r.Status == domain.Waitlisted && r.QueuePosition != 1 {
				t.Errorf("%s: place %d in the queue, want 1", name, r.QueuePosition)
			}
		}
	}
}

// Page by page everyone is seen once, in whatever order, also where names are shared.
func TestPeople_Find_pagesHoldEveryoneOnce(t *testing.T) {
	t.Parallel()
	o := openOffice(t)
	a := o.actor(t, domain.RoleReader, "BD")
	for i := range 23 {
		e := []domain.Event{o.lulea, o.kiruna}[i%2]
		o.add(t, e, who("Åsa", []string{"Öberg", "Ek", "Alm"}[i%3], []string{"Å", "A"}[i%2], fmt.Sprintf("p%d@example.se", i)))
	}
	for _, sort := range []domain.PeopleSort{domain.SortByName, domain.SortByArrival, domain.SortByNewest, domain.SortByOrganisation} {
		q := domain.PeopleQuery{Scope: domain.ListScope{County: "BD"}, Sort: sort, Limit: 5, Search: "asa"}
		var seen []domain.RegistrationID
		for more := true; more; {
			page := o.find(t, a, q)
			if page.Total != 23 || len(page.Rows) > 5 {
				t.Fatalf("by %s: %d rows of %d", sort, len(page.Rows), page.Total)
			}
			for _, r := range page.Rows {
				seen = append(seen, r.ID)
			}
			q.After, more = page.Next, page.Next != 0
		}
		if len(seen) != 23 || len(slices.Compact(slices.Sorted(slices.Values(seen)))) != 23 {
			t.Errorf("by %s: saw %v", sort, seen)
		}
		if sort == domain.SortByArrival && !slices.IsSorted(seen) {
			t.Errorf("not in order of arrival: %v", seen)
		}
	}
}

func TestPeople_Person(t *testing.T) {
	t.Parallel()
	o := openOffice(t)
	token := enter(t, o.Kit, o.lulea, 1, nil)
	if _, err := amend(t, o.Kit, token, 1, func(e *domain.Entry) { e.Title = "Enhetschef" }); err != nil {
		t.Fatal(err)
	}
	k, err := o.Store.LiveRegistration(t.Context(), o.lulea.ID, "person1@example.se")
	if err != nil {
		t.Fatal(err)
	}
	for _, c := range []struct {
		role     domain.Role
		versions int
	}{{domain.RoleOrganiser, 1}, {domain.RoleReader, 0}} {
		v, err := o.people.Person(t.Context(), o.actor(t, c.role, "BD"), k.ID)
		if err != nil {
			t.Fatal(err)
		}
		if v.Title != "Enhetschef" || len(v.History) != 2 || len(v.Letters) != 2 || len(v.Versions) != c.versions || v.HasNeeds || v.Event.Slug != "lulea" {
			t.Errorf("%s sees %+v", c.role, v)
		}
	}
	for _, role := range []domain.Role{domain.RoleCheckIn, domain.RoleNeedsOfficer} {
		if _, err := o.people.Person(t.Context(), o.actor(t, role, "BD"), k.ID); !errors.Is(err, domain.ErrNotFound) {
			t.Errorf("%s opens her page: %v", role, err)
		}
	}
}
