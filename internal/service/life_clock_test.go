package service_test

import (
	"errors"
	"fmt"
	"testing"
	"time"

	"github.com/temadag/temadag/internal/auth"
	"github.com/temadag/temadag/internal/domain"
	"github.com/temadag/temadag/internal/service"
	"github.com/temadag/temadag/internal/testkit"
)

// far is an event long after everything here, with one place.
func far(slug string, hours int) domain.Event {
	e := testkit.Event(slug, 1)
	e.Day = domain.Date{Year: 2028, Month: time.February, Day: 2}
	e.RegisterUntil, e.CancelUntil = e.Day.AddDays(-1), e.Day.AddDays(-1)
	e.Rules.Offers.Hours = hours
	return e
}

// offeredAt is someone who is offered a place at an instant, and the letter that tells her.
func offeredAt(t *testing.T, k *testkit.Kit, at time.Time, hours int) (token string, letter domain.Letter) {
	t.Helper()
	k.Clock.Set(at.Add(-time.Hour))
	e := k.AddEvent(t, far("lulea", hours))
	first, next := testkit.Input(e, testkit.Person(1)), testkit.Input(e, testkit.Person(2))
	register(t, k, first)
	register(t, k, next)
	k.Clock.Set(at)
	if err := k.Registrations.Cancel(t.Context(), domain.Visitor(), k.Keys.Link(auth.UID(first.Key), 1), ""); err != nil {
		t.Fatal(err)
	}
	for _, l := range letters(t, k) {
		if l.Kind == domain.LetterOffered {
			letter = l
		}
	}
	return k.Keys.Link(auth.UID(next.Key), 1), letter
}

// Offers made over the nights when the clocks are turned, in the year of 53 weeks, at Christmas, Easter and
// Midsummer: the hour that the letter tells is the hour at which yes stops being taken, to the microsecond.
func TestLife_offersOverOddDays(t *testing.T) {
	t.Parallel()
	tests := map[string]struct {
		at    string // with its zone: one hour of an autumn night comes twice
		hours int
		until string
	}{
		"a plain week":                        {"2027-02-09T13:00:00+01:00", 24, "2027-02-10 13:00"},
		"an evening":                          {"2027-02-09T20:15:00+01:00", 24, "2027-02-11 12:00"},
		"the night of spring, before":         {"2027-03-28T01:59:59+01:00", 24, "2027-03-30 12:00"}, // Easter Day
		"the night of spring, after":          {"2027-03-28T03:00:00+02:00", 24, "2027-03-30 12:00"},
		"three days over the night of spring": {"2027-03-27T13:00:00+01:00", 72, "2027-03-30 14:00"},
		"the night of autumn, once":           {"2027-10-31T02:30:00+02:00", 24, "2027-11-01 12:00"},
		"the night of autumn, again":          {"2027-10-31T02:30:00+01:00", 24, "2027-11-01 12:00"},
		"two days over the night of autumn":   {"2027-10-30T13:00:00+02:00", 48, "2027-11-01 13:00"},
		"week 53":                             {"2026-12-30T14:00:00+01:00", 24, "2027-01-04 12:00"},
		"before Christmas Eve":                {"2026-12-23T10:00:00+01:00", 24, "2026-12-28 12:00"},
		"before Midsummer's Eve":              {"2027-06-24T13:00:00+02:00", 24, "2027-06-28 12:00"},
		"before Good Friday":                  {"2027-03-25T10:00:00+01:00", 24, "2027-03-30 12:00"},
	}
	for name, tt := range tests {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			at, err := time.Parse(time.RFC3339, tt.at)
			if err != nil {
				t.Fatal(err)
			}
			k := testkit.Open(t)
			token, letter := offeredAt(t, k, at, tt.hours)
			if got := letter.Details.Until.In(domain.Stockholm()).Format("2006-01-02 15:04"); got != tt.until {
				t.Errorf("the letter tells %s, want %s", got, tt.until)
			}
			if f := endsAt(t, k, token, letter.Details.Until); f != "" {
				t.Error(f)
			}
			sound(t, k)
			late := testkit.Open(t)
			token, letter = offeredAt(t, late, at, tt.hours)
			if f := lastInstant(t, late, token, letter.Details.Until); f != "" {
				t.Error(f)
			}
			sound(t, late)
		})
	}
}

// endsAt is what is wrong where an offer does not end at the instant that was told: it says no then, and the
// clock takes the place away.
func endsAt(t *testing.T, k *testkit.Kit, token string, until time.Time) string {
	t.Helper()
	k.Clock.Set(until.Add(-time.Microsecond))
	next, err := k.Registrations.KeepTime(t.Context(), domain.Worker())
	if err != nil || !next.Equal(until) {
		return fmt.Sprintf("the clock wants to be called at %s (%v), want %s", next, err, until)
	}
	if o := own(t, k, token); o.Registration.Status != domain.Offered || !o.Options.Answer {
		return fmt.Sprintf("a microsecond before the end it is %s, to be answered: %t", o.Registration.Status, o.Options.Answer)
	}
	k.Clock.Set(until)
	if err := k.Registrations.Accept(t.Context(), domain.Visitor(), token); !errors.Is(err, &domain.Error{Code: domain.CodeClosed, Key: "offer.expired"}) {
		return fmt.Sprintf("yes at the end is answered with %v", err)
	}
	if o := own(t, k, token); o.Options.Answer {
		return "the page offers an answer at the end"
	}
	if _, err := k.Registrations.KeepTime(t.Context(), domain.Worker()); err != nil {
		return err.Error()
	}
	o := own(t, k, token)
	if got := kinds(o); got != "waitlisted offered expired" || o.Registration.Status != domain.Cancelled {
		return fmt.Sprintf("after the end it is %s: %s", o.Registration.Status, got)
	}
	return ""
}

// lastInstant is what is wrong where yes is not taken in the last microsecond.
func lastInstant(t *testing.T, k *testkit.Kit, token string, until time.Time) string {
	t.Helper()
	k.Clock.Set(until.Add(-time.Microsecond))
	if err := k.Registrations.Accept(t.Context(), domain.Visitor(), token); err != nil {
		return fmt.Sprintf("yes in the last microsecond is answered with %v", err)
	}
	k.Clock.Set(until)
	if _, err := k.Registrations.KeepTime(t.Context(), domain.Worker()); err != nil {
		return err.Error()
	}
	if o := own(t, k, token); o.Registration.Status != domain.Confirmed {
		return fmt.Sprintf("accepted in time, and then %s", o.Registration.Status)
	}
	return ""
}

// An offer that ends at another instant than the letter told is found out, to the microsecond.
func TestLife_offersOverOddDays_twins(t *testing.T) {
	t.Parallel()
	at := time.Date(2026, time.December, 23, 10, 0, 0, 0, domain.Stockholm())
	type check func(*testing.T, *testkit.Kit, string, time.Time) string
	for name, tt := range map[string]struct {
		shift time.Duration
		check check
	}{
		"a microsecond early, in the last one": {-time.Microsecond, lastInstant},
		"a microsecond early, at the end":      {-time.Microsecond, endsAt},
		"a microsecond late, at the end":       {time.Microsecond, endsAt},
	} {
		t.Run(name, func(t *testing.T) {
			w := openWorld(t)
			token, letter := offeredAt(t, w.k, at, 24)
			_, err := w.db.Exec(`UPDATE registrations SET offer_until = offer_until + ? WHERE status = 'offered'`, tt.shift.Microseconds())
			if err != nil || tt.check(t, w.k, token, letter.Details.Until) == "" {
				t.Errorf("not found out (%v)", err)
			}
		})
	}
}

// The last day to cancel is 23 hours long in spring and 25 in autumn, and ends at midnight.
func TestLife_lastDayOverOddNights(t *testing.T) {
	t.Parallel()
	for _, day := range []domain.Date{{Year: 2027, Month: 3, Day: 28}, {Year: 2027, Month: 10, Day: 31}, {Year: 2026, Month: 12, Day: 31}, {Year: 2028, Month: 2, Day: 29}} {
		t.Run(day.String(), func(t *testing.T) {
			t.Parallel()
			k := testkit.Open(t)
			e := far("lulea", 0)
			e.Day = domain.Date{Year: 2028, Month: 6, Day: 1}
			e.RegisterUntil, e.CancelUntil = day, day
			midnight := time.Date(day.Year, day.Month, day.Day+1, 0, 0, 0, 0, domain.Stockholm())
			k.Clock.Set(midnight.Add(-time.Microsecond))
			e.Capacity = 3
			e = k.AddEvent(t, e)
			var tokens []string
			for i := range 2 {
				in := testkit.Input(e, testkit.Person(i))
				register(t, k, in)
				tokens = append(tokens, k.Keys.Link(auth.UID(in.Key), 1))
			}
			if err := k.Registrations.Cancel(t.Context(), domain.Visitor(), tokens[0], ""); err != nil {
				t.Errorf("a microsecond before midnight: %v", err)
			}
			k.Clock.Set(midnight)
			if err := k.Registrations.Cancel(t.Context(), domain.Visitor(), tokens[1], ""); !errors.Is(err, &domain.Error{Code: domain.CodeClosed, Key: "cancel.hand_over"}) {
				t.Errorf("at midnight: %v", err)
			}
			if _, err := k.Registrations.Register(t.Context(), domain.Visitor(), testkit.Input(e, testkit.Person(3))); !errors.Is(err, closed) {
				t.Errorf("registering at midnight: %v", err)
			}
			if err := k.Registrations.HandOver(t.Context(), domain.Visitor(), tokens[1], service.HandOver{GivenName: "Áile", Email: "aile@example.se", Lang: domain.Swedish}); err != nil {
				t.Errorf("handing over after the last day: %v", err)
			}
			sound(t, k)
		})
	}
}
