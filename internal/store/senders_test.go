package store_test

import (
	"context"
	"testing"
	"time"

	"github.com/temadag/temadag/internal/domain"
	"github.com/temadag/temadag/internal/store"
	"github.com/temadag/temadag/internal/testkit"
)

// Only who sends alone takes back what is leased, and only when it begins.
func TestJoinSenders(t *testing.T) {
	t.Parallel()
	k := testkit.Open(t)
	e := k.AddEvent(t, testkit.Event("lulea", 10))
	if _, err := k.Registrations.Register(t.Context(), domain.Visitor(), testkit.Input(e, testkit.Person(1))); err != nil {
		t.Fatal(err)
	}
	claim := func() (n int) {
		t.Helper()
		err := k.Store.Write(t.Context(), func(tx *store.Tx) error {
			letters, err := tx.ClaimLetters(context.Background(), k.Clock.Now(), time.Hour, 10)
			n = len(letters)
			return err
		})
		if err != nil {
			t.Fatal(err)
		}
		return n
	}
	join := func(s *store.Store, want int, who string) {
		t.Helper()
		if n, err := s.JoinSenders(t.Context(), k.Clock.Now()); n != want || err != nil {
			t.Errorf("%s takes back %d, %v, want %d", who, n, err, want)
		}
	}
	other := func() *store.Store { return testkit.OpenWith(t, k.Where()).Store }
	if claim() != 1 || claim() != 0 {
		t.Fatal("the letter was not leased")
	}
	first := other()
	join(first, 1, "the first")
	if claim() != 1 {
		t.Fatal("the letter was not due again")
	}
	join(first, 0, "the first, asked again,")
	second := other()
	join(second, 0, "the second")
	if claim() != 0 {
		t.Fatal("the letter was taken from whoever held it")
	}
}
