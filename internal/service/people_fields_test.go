package service_test

import (
	"fmt"
	"slices"
	"testing"

	"github.com/temadag/temadag/internal/domain"
	"github.com/temadag/temadag/internal/store"
	"github.com/temadag/temadag/internal/testkit"
)

// Whom a mailing goes to is chosen by more than the list offered before: by town, event, organisation, the
// answer that was chosen, and whether the reminder was answered; each also the other way round.
func TestPeople_Find_moreFields(t *testing.T) {
	t.Parallel()
	o := openOffice(t)
	asks := testkit.Event("val", 20)
	asks.Questions = []domain.Question{{
		Kind: domain.QuestionChoice, Label: domain.Text{Sv: "Hur kommer du?", En: "How?"},
		Choices: []domain.Choice{{Value: "1", Label: domain.Text{Sv: "Buss", En: "Bus"}}, {Value: "12", Label: domain.Text{Sv: "Bil", En: "Car"}}},
	}}
	asks.Town = "Kalix"
	e := o.AddEvent(t, asks)
	a := o.actor(t, domain.RoleOrganiser, "BD")
	person := func(given, work, answer string) domain.Registration {
		p := who(given, "Ek", work, given+"@kommun.example.se")
		if answer != "" {
			p.Answers = map[int64][]string{e.Questions[0].ID: {answer}}
		}
		return o.add(t, e, p)
	}
	person("Anna", "Kalix kommun", "1")
	person("Bea", "Region 100%_Norr", "12")
	coming := person("Cia", "Bodens sjukhus", "")
	if err := o.Store.Write(t.Context(), func(tx *store.Tx) error { return tx.SetComing(t.Context(), coming.ID, o.Clock.Now()) }); err != nil {
		t.Fatal(err)
	}
	q := e.Questions[0].ID
	for name, c := range map[string]struct {
		field  domain.PeopleField
		filter domain.PeopleFilter
		want   string
	}{
		"the answer":            {domain.FieldAnswer, domain.PeopleFilter{Question: q, Answer: "1"}, "[Anna Ek]"},
		"another answer":        {domain.FieldAnswer, domain.PeopleFilter{Question: q, Answer: "12"}, "[Bea Ek]"},
		"an answer of nobody":   {domain.FieldAnswer, domain.PeopleFilter{Question: q, Answer: "%"}, "[]"},
		"another's question":    {domain.FieldAnswer, domain.PeopleFilter{Question: q + 1, Answer: "1"}, "[]"},
		"town":                  {domain.FieldTown, domain.PeopleFilter{Town: "Kalix"}, "[Anna Ek Bea Ek Cia Ek]"},
		"another town":          {domain.FieldTown, domain.PeopleFilter{Town: "Luleå"}, "[]"},
		"event":                 {domain.FieldEvent, domain.PeopleFilter{Event: "val"}, "[Anna Ek Bea Ek Cia Ek]"},
		"organisation":          {domain.FieldOrganisation, domain.PeopleFilter{Organisation: "KALIX kom"}, "[Anna Ek]"},
		"its marks are letters": {domain.FieldOrganisation, domain.PeopleFilter{Organisation: "%_n"}, "[Bea Ek]"},
		"a name is none":        {domain.FieldOrganisation, domain.PeopleFilter{Organisation: "anna"}, "[]"},
		"nor is an address":     {domain.FieldOrganisation, domain.PeopleFilter{Organisation: "example"}, "[]"},
		"has said she comes":    {domain.FieldComing, domain.PeopleFilter{Coming: true}, "[Cia Ek]"},
	} {
		found := o.find(t, a, domain.PeopleQuery{Scope: domain.ListScope{Event: "val"}, Filter: c.filter})
		if got := fmt.Sprint(names(found.Rows)); got != c.want {
			t.Errorf("%s: got %s, want %s", name, got, c.want)
		}
		c.filter.Not = []domain.PeopleField{c.field}
		rest := o.find(t, a, domain.PeopleQuery{Scope: domain.ListScope{Event: "val"}, Filter: c.filter})
		if found.Total+rest.Total != 3 {
			t.Errorf("%s: %d, and the other way round %d of 3", name, found.Total, rest.Total)
		}
		if !slices.Contains(domain.PeopleFields(), c.field) {
			t.Errorf("%s is no field", c.field)
		}
	}
	if err := o.Registrations.Protect(t.Context(), a, "val", "Anna@kommun.example.se"); err != nil {
		t.Fatal(err)
	}
	for name, f := range map[string]domain.PeopleFilter{
		"organisation": {Organisation: "kalix"}, "not the organisation": {Organisation: "x", Not: []domain.PeopleField{domain.FieldOrganisation}},
		"answer": {Question: q, Answer: "1"}, "not the answer": {Question: q, Answer: "12", Not: []domain.PeopleField{domain.FieldAnswer}},
	} {
		page := o.find(t, a, domain.PeopleQuery{Scope: domain.ListScope{Event: "val"}, Filter: f})
		if slices.ContainsFunc(page.Rows, func(r domain.PersonRow) bool { return r.Protected }) {
			t.Errorf("%s finds her who is protected", name)
		}
	}
}
