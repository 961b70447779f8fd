package service_test

import (
	"errors"
	"fmt"
	"testing"
	"time"

	"github.com/temadag/temadag/internal/domain"
	"github.com/temadag/temadag/internal/testkit"
)

// TestLife_whenTheClockIsTurned: an offer stands while the clock is put back an hour, and is nobody else's; it ends
// once, by a clock a year ahead too, and does not come back with it; the last day is the last day by the clock as it
// is. The twins have an offer that comes back, and one that is made twice.
func TestLife_whenTheClockIsTurned(t *testing.T) {
	t.Parallel()
	if f := overTurns(t, func(*world) {}); f != "" {
		t.Error(f)
	}
	for name, query := range map[string]string{
		"the offer comes back":        `UPDATE registrations SET status = 'offered', offer_until = 4102444800000000 WHERE email = 'person2@example.se'`,
		"the letter of it goes twice": `UPDATE letters SET kind = 'place_offered' WHERE registration_id = (SELECT id FROM registrations WHERE email = 'person2@example.se')`,
	} {
		found := overTurns(t, func(w *world) {
			if _, err := w.db.Exec(query); err != nil {
				t.Fatal(err)
			}
		})
		if found == "" {
			t.Errorf("the twin where %s is not found out", name)
		}
	}
}

// TestLife_whenTheClockIsPutOnMeanwhile: the clock is made sure of before it is asked what is due, and leaps after the
// first look at it: the offer stands.
func TestLife_whenTheClockIsPutOnMeanwhile(t *testing.T) {
	t.Parallel()
	k := openWorld(t).k
	at := time.Date(2027, time.February, 9, 13, 0, 0, 0, domain.Stockholm())
	token, letter := offeredAt(t, k, at, 24)
	looks := 0
	k.Registrations.Now = func() time.Time {
		if looks++; looks == 1 {
			return at
		}
		return letter.Details.Until.AddDate(0, 0, 300)
	}
	if _, err := k.Registrations.KeepTime(t.Context(), domain.Worker()); err != nil {
		t.Fatal(err)
	}
	k.Registrations.Now = k.Clock.Now
	if o := own(t, k, token); o.Registration.Status != domain.Offered {
		t.Errorf("the offer is %s", o.Registration.Status)
	}
}

// overTurns is what is wrong after an offer has lived through turns of the clock, between which breaking is done.
func overTurns(t *testing.T, breaking func(*world)) string {
	t.Helper()
	w := openWorld(t)
	k := w.k
	at := time.Date(2027, time.February, 9, 13, 0, 0, 0, domain.Stockholm())
	token, letter := offeredAt(t, k, at, 24)
	until := letter.Details.Until
	keep := func() {
		for range 2 {
			if _, err := k.Registrations.KeepTime(t.Context(), domain.Worker()); err != nil {
				t.Fatal(err)
			}
		}
	}
	for _, by := range []time.Duration{-time.Hour, time.Hour, -time.Hour} {
		k.Clock.Turn(by)
		keep()
		if o := own(t, k, token); o.Registration.Status != domain.Offered || !o.Options.Answer || !o.Registration.OfferUntil.Equal(until) {
			return fmt.Sprintf("turned by %v it is %s until %s", by, o.Registration.Status, o.Registration.OfferUntil)
		}
	}
	k.Clock.Set(at.AddDate(0, 0, 300)) // before the last day
	keep()
	breaking(w)
	k.Clock.Set(at)
	keep()
	if o := own(t, k, token); o.Registration.Status != domain.Cancelled || kinds(o) != "waitlisted offered expired" {
		return fmt.Sprintf("put right again it is %s: %s", o.Registration.Status, kinds(o))
	}
	var told int
	if err := w.db.Get(&told, `SELECT count(*) FROM letters WHERE kind = 'place_offered'`); err != nil || told != 1 {
		return fmt.Sprintf("%d letters of one offer (%v)", told, err)
	}
	e, err := k.Programme.Event(t.Context(), "lulea")
	if err != nil {
		t.Fatal(err)
	}
	for _, by := range []struct {
		d    time.Duration
		open bool
	}{{0, false}, {-time.Hour, true}} {
		k.Clock.Set(e.RegisterUntil.AddDays(1).Start().Add(by.d))
		_, err := k.Registrations.Register(t.Context(), domain.Visitor(), testkit.Input(e, testkit.Person(7)))
		if got := !errors.Is(err, closed); got != by.open || by.open && err != nil {
			return fmt.Sprintf("%v from the end of the last day it is open: %t, %v", by.d, got, err)
		}
	}
	sound(t, k)
	return ""
}
