package service_test

import (
	"slices"
	"testing"

	"github.com/temadag/temadag/internal/domain"
	"github.com/temadag/temadag/internal/service"
	"github.com/temadag/temadag/internal/testkit"
)

// A copy of an event has its letters as they were changed; the other towns of a series when they are given them,
// and another county's event never.
func TestAutomatics_copyAndSpread(t *testing.T) {
	t.Parallel()
	d := newAutomaticDesk(t, 1)
	pitea, ostersund := testkit.Event("pitea", 5), testkit.Event("ostersund", 5)
	ostersund.Owner = testkit.Jamtland()
	if err := d.Editing.PutOrganisers(t.Context(), domain.Operator(), []domain.Organiser{testkit.Norrbotten(), testkit.Jamtland()}); err != nil {
		t.Fatal(err)
	}
	lulea := testkit.Event("gallivare", 5)
	if err := d.Editing.AddSeries(t.Context(), domain.Operator(), domain.Series{
		Slug: "tema", Title: domain.Text{Sv: "Tema"}, Events: []domain.Event{lulea, pitea, ostersund},
	}, nil); err != nil {
		t.Fatal(err)
	}
	eva := domain.Actor{Role: domain.RoleUser, Name: "Eva", Grants: []domain.Grant{{Role: domain.RoleOrganiser, County: "BD"}}}
	in := domain.AutomaticEntry{On: true, Days: "4", Link: "https://example.se/enkat", Subject: domain.Text{Sv: "Tack!"}}
	if err := d.auto.Save(t.Context(), eva, "gallivare", domain.AutomaticThanks, 0, in); err != nil {
		t.Fatal(err)
	}
	thanks := func(a domain.Actor, slug string) domain.Automatic {
		t.Helper()
		e, err := d.auto.Of(t.Context(), a, slug)
		if err != nil {
			t.Fatal(err)
		}
		i := slices.IndexFunc(e.Letters, func(l service.AutomaticLetter) bool { return l.Kind == domain.AutomaticThanks })
		return e.Letters[i].Automatic
	}
	same := func(l domain.Automatic) bool {
		return l.On && l.Days == 4 && l.Link == "https://example.se/enkat" && l.Subject.Sv == "Tack!"
	}
	made, err := d.Events().Copy(t.Context(), eva, service.CopyInput{Slug: "gallivare", Towns: []string{"Kiruna"}})
	if err != nil || len(made) != 1 {
		t.Fatal(made, err)
	}
	if l := thanks(eva, made[0].Slug); !same(l) {
		t.Errorf("the copy has %+v", l)
	}
	if l := thanks(eva, "pitea"); same(l) {
		t.Error("the other town has it before anybody gave it to it")
	}
	if n, err := d.auto.Spread(t.Context(), eva, "gallivare", domain.AutomaticThanks); err != nil || n != 1 {
		t.Errorf("%d towns, %v", n, err)
	}
	zara := domain.Actor{Role: domain.RoleUser, Name: "Zara", Grants: []domain.Grant{{Role: domain.RoleOrganiser, County: "Z"}}}
	if l := thanks(eva, "pitea"); !same(l) {
		t.Errorf("the other town has %+v", l)
	}
	if l := thanks(zara, "ostersund"); same(l) {
		t.Error("another county's event has it too")
	}
}
