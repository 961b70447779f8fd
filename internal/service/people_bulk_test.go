package service_test

import (
	"context"
	"errors"
	"fmt"
	"testing"

	"github.com/temadag/temadag/internal/domain"
	"github.com/temadag/temadag/internal/testkit"
)

// crew registers n people and answers their ids in order of arrival.
func (o *office) crew(t *testing.T, e domain.Event, n int) (ids []domain.RegistrationID) {
	t.Helper()
	for i := range n {
		ids = append(ids, o.add(t, e, who(fmt.Sprintf("Å%c", 'a'+i), "Ek", "Piteå kommun", fmt.Sprintf("%s%d@example.se", e.Slug, i))).ID)
	}
	return ids
}

func TestPeople_Bulk_doesToManyWhatIsDoneToOne(t *testing.T) {
	t.Parallel()
	o := openOffice(t)
	a := o.actor(t, domain.RoleOrganiser, "BD")
	ids := o.crew(t, o.lulea, 4)
	in := domain.BulkInput{Action: domain.BulkWithdraw, IDs: []domain.RegistrationID{ids[2], ids[0], ids[2]}, Reason: "Fel dag."}
	preview, err := o.people.PreviewBulk(t.Context(), a, in)
	if err != nil || preview.Fit != 2 || len(preview.Rows) != 2 || preview.Rows[0].ID != ids[0] {
		t.Fatalf("preview %+v, %v", preview, err)
	}
	if k, err := o.Store.RegistrationByID(t.Context(), ids[0]); err != nil || k.Status != domain.Confirmed {
		t.Errorf("the preview changed something: %s, %v", k.Status, err)
	}
	var told []int
	out, err := o.people.Bulk(t.Context(), a, in, func(done, _ int) { told = append(told, done) })
	if err != nil || out.Done != 2 || len(told) != 2 {
		t.Errorf("done %+v, told %v, %v", out, told, err)
	}
	in.IDs = nil
	in.Query = &domain.PeopleQuery{Scope: domain.ListScope{Event: "lulea"}}
	if out, err = o.people.Bulk(t.Context(), a, in, nil); err != nil || out.Done != 2 || out.Rows[0].Refusal != "cancel.ended" {
		t.Errorf("by query: %+v, %v", out, err)
	}
	for _, id := range ids {
		if h, err := o.Store.History(t.Context(), id); err != nil || len(h) != 2 || h[1].Details.Reason != "Fel dag." || h[1].Actor != a.Name {
			t.Errorf("history of %d: %+v, %v", id, h, err)
		}
	}
	if n := o.logged(t, domain.AuditBulk); n != 2 {
		t.Errorf("%d lines in the log, want 2", n)
	}
	sound(t, o.Kit)
}

func TestPeople_Bulk_refuses(t *testing.T) {
	t.Parallel()
	o := openOffice(t)
	a := o.actor(t, domain.RoleOrganiser, "BD")
	own, foreign := o.crew(t, o.lulea, 2), o.crew(t, o.ost, 1)
	all := domain.PeopleQuery{Scope: domain.ListScope{Event: "lulea"}}
	cases := map[string]struct {
		who  domain.Actor
		in   domain.BulkInput
		want string
	}{
		"one of another county hides all": {a, domain.BulkInput{Action: domain.BulkCancel, IDs: []domain.RegistrationID{own[0], foreign[0]}}, "not_found: registration.not_found"},
		"a query in another county":       {a, domain.BulkInput{Action: domain.BulkCancel, Query: &domain.PeopleQuery{Scope: domain.ListScope{County: "Z"}}}, "not_found: list.not_found"},
		"an id that is none":              {a, domain.BulkInput{Action: domain.BulkCancel, IDs: []domain.RegistrationID{own[0], 999}}, "not_found: registration.not_found"},
		"a reader":                        {o.actor(t, domain.RoleReader, "BD"), domain.BulkInput{Action: domain.BulkCancel, Query: &all}, "not_found: page.not_found"},
		"no such action":                  {a, domain.BulkInput{Action: "erase", Query: &all}, "not_found: page.not_found"},
		"nobody":                          {a, domain.BulkInput{Action: domain.BulkCancel}, "invalid: bulk.nobody"},
		"struck without a reason":         {a, domain.BulkInput{Action: domain.BulkWithdraw, Query: &all}, "invalid reason: field.reason.missing"},
		"a day that has passed":           {a, domain.BulkInput{Action: domain.BulkExtend, Query: &all, Day: domain.Date{Year: 2016, Month: 9, Day: 30}}, "invalid day: field.day.passed"},
		"others than the page told":       {a, domain.BulkInput{Action: domain.BulkCancel, Query: &all, Expected: 3}, "conflict: bulk.changed"},
	}
	for name, c := range cases {
		_, err := o.people.Bulk(t.Context(), c.who, c.in, nil)
		if got := answered(err); got != c.want {
			t.Errorf("%s: got %q, want %q", name, got, c.want)
		}
	}
	for _, id := range append(own, foreign...) {
		if k, err := o.Store.RegistrationByID(t.Context(), id); err != nil || k.Status != domain.Confirmed {
			t.Errorf("registration %d is %s, %v", id, k.Status, err)
		}
	}
	if out, err := o.people.Bulk(t.Context(), a, domain.BulkInput{Action: domain.BulkCancel, Query: &all, Expected: 2}, nil); err != nil || out.Done != 2 {
		t.Errorf("the twin: %+v, %v", out, err)
	}
}

// Whoever is stopped has done some of it whole and the rest not at all.
func TestPeople_Bulk_canBeStopped(t *testing.T) {
	t.Parallel()
	o := openOffice(t)
	a := o.actor(t, domain.RoleOrganiser, "BD")
	ids := o.crew(t, o.lulea, 5)
	ctx, stop := context.WithCancel(t.Context())
	defer stop()
	out, err := o.people.Bulk(ctx, a, domain.BulkInput{Action: domain.BulkCancel, IDs: ids}, func(done, _ int) {
		if done == 2 {
			stop()
		}
	})
	if !errors.Is(err, context.Canceled) || out.Done != 2 || out.Rows[2].Refusal != "bulk.not_reached" || out.Rows[4].Refusal != "bulk.not_reached" {
		t.Errorf("%+v, %v", out, err)
	}
	for i, id := range ids {
		k, err := o.Store.RegistrationByID(t.Context(), id)
		if err != nil || (k.Status == domain.Cancelled) != (i < 2) {
			t.Errorf("number %d is %s, %v", i, k.Status, err)
		}
	}
	if n := o.logged(t, domain.AuditBulk); n != 1 {
		t.Errorf("%d lines in the log", n)
	}
	sound(t, o.Kit)
}

func TestPeople_Bulk_approvesInOrderOfArrival(t *testing.T) {
	t.Parallel()
	o := openOffice(t)
	ev := testkit.Event("ansokan", 2)
	ev.Rules.Approval = true
	e := o.AddEvent(t, ev)
	a := o.actor(t, domain.RoleCaseWorker, "BD")
	ids := o.crew(t, e, 4)
	out, err := o.people.Bulk(t.Context(), a, domain.BulkInput{Action: domain.BulkApprove, IDs: []domain.RegistrationID{ids[3], ids[1], ids[2], ids[0]}}, nil)
	if err != nil || out.Done != 4 {
		t.Fatalf("%+v, %v", out, err)
	}
	for i, id := range ids {
		want := map[bool]domain.RegistrationStatus{true: domain.Confirmed, false: domain.Waitlisted}[i < 2]
		if k, err := o.Store.RegistrationByID(t.Context(), id); err != nil || k.Status != want {
			t.Errorf("number %d is %s, want %s, %v", i, k.Status, want, err)
		}
	}
	day := domain.Date{Year: 2016, Month: 11, Day: 25}
	if out, err := o.people.Bulk(t.Context(), a, domain.BulkInput{Action: domain.BulkExtend, IDs: ids[:2], Day: day}, nil); err != nil || out.Done != 2 {
		t.Errorf("longer days: %+v, %v", out, err)
	}
	if out, err := o.people.Bulk(t.Context(), a, domain.BulkInput{Action: domain.BulkProtect, IDs: ids[:2]}, nil); err != nil || out.Done != 2 || out.Rows[0].GivenName == "" {
		t.Errorf("protected: %+v, %v", out, err)
	}
	if out, err := o.people.PreviewBulk(t.Context(), a, domain.BulkInput{Action: domain.BulkProtect, IDs: ids[:2]}); err != nil || out.Fit != 0 || !out.Rows[0].Hidden {
		t.Errorf("protected twice: %+v, %v", out, err)
	}
	sound(t, o.Kit)
}

func TestPeople_Merge(t *testing.T) {
	t.Parallel()
	o := openOffice(t)
	a := o.actor(t, domain.RoleOrganiser, "BD")
	small := o.AddEvent(t, testkit.Event("liten", 2))
	first := o.add(t, small, who("Åsa", "Öberg", "Piteå kommun", "asa@pitea.example.se"))
	o.add(t, small, who("Asa", "Öberg", "Piteå kommun", "other@example.se")) // a and å are two letters
	second := o.add(t, small, who("ÅSA", "öberg", "Annan kommun", "asa@home.example.se"))
	other := who("Åsa", "Öberg", "Kiruna kommun", "third@example.se")
	other.Phone = "+46 (0)70 999 88 77"
	o.add(t, small, other)
	pairs, err := o.people.Duplicates(t.Context(), a, "liten")
	if err != nil || len(pairs) != 1 || pairs[0].Keep.ID != first.ID || pairs[0].Drop.ID != second.ID || pairs[0].SameWork || !pairs[0].SamePhone {
		t.Fatalf("pairs %+v, %v", pairs, err)
	}
	foreign := o.add(t, o.ost, who("Åsa", "Öberg", "Piteå kommun", "asa@ost.example.se"))
	for name, c := range map[string]struct {
		keep, drop domain.RegistrationID
		reason     string
		want       string
	}{
		"without a reason":         {first.ID, second.ID, "", "invalid reason: field.reason.missing"},
		"with herself":             {first.ID, first.ID, "Dubbel.", "conflict: merge.not_two"},
		"the better place":         {second.ID, first.ID, "Dubbel.", "conflict: merge.other_way"},
		"with one elsewhere":       {foreign.ID, second.ID, "Dubbel.", "not_found: registration.not_found"},
		"one of another county":    {first.ID, foreign.ID, "Dubbel.", "not_found: registration.not_found"},
		"with one that is not one": {999, second.ID, "Dubbel.", "not_found: registration.not_found"},
	} {
		if got := answered(o.people.Merge(t.Context(), a, c.keep, c.drop, c.reason)); got != c.want {
			t.Errorf("%s: got %q, want %q", name, got, c.want)
		}
	}
	for range 2 {
		if err := o.people.Merge(t.Context(), a, first.ID, second.ID, "Anmäld två gånger."); err != nil {
			t.Fatal(err)
		}
	}
	for id, want := range map[domain.RegistrationID]domain.HistoryKind{first.ID: domain.HistoryMerged, second.ID: domain.HistoryWithdrawn} {
		h, err := o.Store.History(t.Context(), id)
		if err != nil || len(h) != 2 || h[1].Kind != want || h[1].Details.Reason != "Anmäld två gånger." {
			t.Errorf("history of %d: %+v, %v", id, h, err)
		}
	}
	if n := o.logged(t, domain.AuditMerged); n != 1 {
		t.Errorf("%d lines in the log", n)
	}
	if pairs, err = o.people.Duplicates(t.Context(), a, "liten"); err != nil || len(pairs) != 0 {
		t.Errorf("still %+v, %v", pairs, err)
	}
	sound(t, o.Kit)
}
