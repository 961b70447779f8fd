package store_test

import (
	"reflect"
	"testing"
	"time"

	"github.com/temadag/temadag/internal/domain"
	"github.com/temadag/temadag/internal/store"
	"github.com/temadag/temadag/internal/testkit"
)

// What was told comes back whole, in the order in which it was replaced.
func TestVersions(t *testing.T) {
	t.Parallel()
	k := testkit.Open(t)
	e := k.AddEvent(t, testkit.Event("lulea", 5))
	id := registered(t, k, e, 1)
	at := k.Clock.Now().UTC().Truncate(time.Microsecond)
	told := []domain.Participant{
		{GivenName: "Ánne-Sárá", FamilyName: "Oŋŋá", Email: "anne@example.se", Answers: []domain.Answer{{QuestionID: 3, Values: []string{"a", "b"}}}},
		{GivenName: "O", Email: "o@example.se", Invoice: domain.Invoice{Reference: "A12"}, OrganisationType: domain.OrgSocialServices},
	}
	for i, p := range told {
		if err := k.Store.Write(t.Context(), func(tx *store.Tx) error { return tx.KeepVersion(t.Context(), id, at.Add(time.Duration(i)), p) }); err != nil {
			t.Fatal(err)
		}
	}
	got, err := k.Store.Versions(t.Context(), id)
	if err != nil || len(got) != 2 {
		t.Fatalf("versions = %+v, %v", got, err)
	}
	for i, v := range got {
		if v.N != i+1 || !reflect.DeepEqual(v.Participant, told[i]) {
			t.Errorf("version %d = %+v, want %+v", v.N, v.Participant, told[i])
		}
	}
}

// The last word on one live registration for each address is the table's.
func TestRewrite(t *testing.T) {
	t.Parallel()
	k := testkit.Open(t)
	e := k.AddEvent(t, testkit.Event("lulea", 5))
	one, two := registered(t, k, e, 1), registered(t, k, e, 2)
	kept, err := k.Store.RegistrationByID(t.Context(), one)
	if err != nil {
		t.Fatal(err)
	}
	kept.GivenName, kept.Email, kept.LinkVersion, kept.LinkHash = "Åsa", "Asa@Example.se", 2, []byte("new")
	rewrite := func() error {
		return k.Store.Write(t.Context(), func(tx *store.Tx) (err error) { kept.Revision, err = tx.Rewrite(t.Context(), kept); return err })
	}
	if err := rewrite(); err != nil {
		t.Fatal(err)
	}
	got, err := k.Store.LiveRegistration(t.Context(), e.ID, "asa@example.se")
	if err != nil || !reflect.DeepEqual(got, kept) || got.Revision == 0 {
		t.Errorf("got %+v, %v; want %+v", got, err, kept)
	}
	kept.Email = "person2@example.se"
	if err := rewrite(); err == nil {
		t.Error("two people at one event have one address")
	}
	if other, err := k.Store.RegistrationByID(t.Context(), two); err != nil || other.Email != "person2@example.se" {
		t.Errorf("the other is %+v, %v", other, err)
	}
}
