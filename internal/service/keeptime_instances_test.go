package service_test

import (
	"fmt"
	"sync"
	"testing"
	"time"

	"github.com/temadag/temadag/internal/auth"
	"github.com/temadag/temadag/internal/domain"
	"github.com/temadag/temadag/internal/service"
	"github.com/temadag/temadag/internal/testkit"
)

// instances are programs on one database, each with connections and kept pages of its own, and one clock.
func instances(t *testing.T, n int) []*testkit.Kit {
	t.Helper()
	all := []*testkit.Kit{testkit.Open(t)}
	for len(all) < n {
		k := testkit.OpenWith(t, all[0].Where())
		k.Clock = all[0].Clock
		k.Programme.Now, k.Registrations.Now = k.Clock.Now, k.Clock.Now
		all = append(all, k)
	}
	return all
}

// offeredTowns are events of one place each, offered to the first of two who wait, until the same instant.
func offeredTowns(t *testing.T, k *testkit.Kit, towns int) (until time.Time) {
	t.Helper()
	at := time.Date(2027, time.February, 9, 12, 0, 0, 0, time.UTC) // a Tuesday, 13.00 in Stockholm
	for i := range towns {
		k.Clock.Set(at.Add(-time.Hour))
		e := k.AddEvent(t, far(fmt.Sprintf("town-%d", i), 24))
		first := testkit.Input(e, testkit.Person(1))
		register(t, k, first)
		register(t, k, testkit.Input(e, testkit.Person(2)))
		register(t, k, testkit.Input(e, testkit.Person(3)))
		k.Clock.Set(at)
		if err := k.Registrations.Cancel(t.Context(), domain.Visitor(), k.Keys.Link(auth.UID(first.Key), 1), ""); err != nil {
			t.Fatal(err)
		}
	}
	return at.Add(24 * time.Hour)
}

// atOnce has every instance do a thing at the same time, and answers what went wrong.
func atOnce(all []*testkit.Kit, do func(k *testkit.Kit) error) []error {
	faults := make([]error, len(all))
	var wg sync.WaitGroup
	for i, k := range all {
		wg.Go(func() { faults[i] = do(k) })
	}
	wg.Wait()
	return faults
}

// Four instances keep time on one database: an offer that is over ends once, its place is offered once, and each of
// the two is told once. What the clock of one has done the others find done.
func TestKeepTime_severalInstances(t *testing.T) {
	t.Parallel()
	const towns = 12
	all := instances(t, 4)
	k := all[0]
	k.Clock.Set(offeredTowns(t, k, towns))
	for round := 1; round <= 2; round++ {
		for _, err := range atOnce(all, func(k *testkit.Kit) error {
			_, err := k.Registrations.KeepTime(t.Context(), domain.Worker())
			return err
		}) {
			if err != nil {
				t.Error(err)
			}
		}
		// In the second round the last who waited has not answered either.
		told := map[domain.LetterKind]int{domain.LetterExpired: round * towns, domain.LetterOffered: 2 * towns}
		for kind, want := range told {
			if got := count(t, k, `SELECT count(*) FROM letters WHERE kind = ?`, string(kind)); got != want {
				t.Errorf("round %d: %d letters %q, want %d", round, got, kind, want)
			}
		}
		if got := count(t, k, `SELECT count(*) FROM history WHERE kind = ?`, string(domain.HistoryExpired)); got != round*towns {
			t.Errorf("round %d: %d ends in the history, want %d", round, got, round*towns)
		}
		sound(t, k)
		k.Clock.Turn(21 * 24 * time.Hour)
	}
}

// All instances have found the same offers over before any of them wrote: each still ends once. The twin believes what
// it found.
func TestKeepTime_severalInstancesFoundTheSame(t *testing.T) {
	t.Parallel()
	const towns = 6
	race := func(heed bool) (faults []error, told int) {
		all := instances(t, 3)
		k := all[0]
		k.Clock.Set(offeredTowns(t, k, towns))
		ids, _, err := k.Store.OffersOver(t.Context(), k.Clock.Now(), 2*towns)
		if err != nil || len(ids) != towns {
			t.Fatalf("%d offers are over: %v", len(ids), err)
		}
		for _, err := range atOnce(all, func(k *testkit.Kit) error {
			return service.ExpireFound(t.Context(), k.Registrations, ids, heed)
		}) {
			if err != nil {
				faults = append(faults, err)
			}
		}
		if heed {
			sound(t, k)
		}
		return faults, count(t, k, `SELECT count(*) FROM letters WHERE kind = ?`, string(domain.LetterExpired))
	}
	if faults, told := race(true); len(faults) > 0 || told != towns {
		t.Errorf("%d people were told, want %d: %v", told, towns, faults)
	}
	if faults, told := race(false); len(faults) == 0 && told == towns {
		t.Error("the twin that believes what it found tells everyone once: the test proves nothing")
	}
}

func count(t *testing.T, k *testkit.Kit, query string, args ...any) (n int) {
	t.Helper()
	if err := k.Raw(t).Get(&n, query, args...); err != nil {
		t.Fatal(err)
	}
	return n
}
