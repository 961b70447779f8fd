package service_test

import (
	"errors"
	"fmt"
	"sync"
	"testing"
	"time"

	"github.com/temadag/temadag/internal/auth"
	"github.com/temadag/temadag/internal/domain"
	"github.com/temadag/temadag/internal/service"
	"github.com/temadag/temadag/internal/store"
	"github.com/temadag/temadag/internal/testkit"
)

func register(t *testing.T, k *testkit.Kit, in service.RegisterInput) domain.Receipt {
	t.Helper()
	r, err := k.Registrations.Register(t.Context(), domain.Visitor(), in)
	if err != nil {
		t.Fatal(err)
	}
	return r
}

func sound(t *testing.T, k *testkit.Kit) {
	t.Helper()
	found, err := k.Store.Check(t.Context())
	if err != nil || len(found) > 0 {
		t.Errorf("fsck: %v %v", found, err)
	}
}

func letters(t *testing.T, k *testkit.Kit) (all []domain.Letter) {
	t.Helper()
	err := k.Store.Write(t.Context(), func(tx *store.Tx) error {
		var err error
		all, err = tx.ClaimLetters(t.Context(), k.Clock.Now(), time.Hour, 10000)
		return err
	})
	if err != nil {
		t.Fatal(err)
	}
	return all
}

// A thousand people at once: fifty get a place, the rest stand in the queue, each in a place of her
// own.
func TestRegister_neverOversells(t *testing.T) {
	t.Parallel()
	k := testkit.Open(t)
	e := k.AddEvent(t, testkit.Event("lulea", 50))
	var wg sync.WaitGroup
	var mu sync.Mutex
	got := map[domain.RegistrationStatus]int{}
	for i := range 1000 {
		wg.Go(func() {
			r, err := k.Registrations.Register(t.Context(), domain.Visitor(), testkit.Input(e, testkit.Person(i)))
			mu.Lock()
			defer mu.Unlock()
			if err != nil {
				t.Error(err)
			}
			got[r.Status]++
		})
	}
	wg.Wait()
	if got[domain.Confirmed] != 50 || got[domain.Waitlisted] != 950 {
		t.Errorf("got %v, want 50 confirmed and 950 waiting", got)
	}
	positions := map[int]bool{}
	for _, l := range letters(t, k) {
		if l.Kind == domain.LetterWaitlisted {
			positions[l.QueuePosition] = true
		}
	}
	if len(positions) != 950 || !positions[1] || !positions[950] {
		t.Errorf("%d different positions were told, want 1 to 950", len(positions))
	}
	sound(t, k)
}

func TestRegister_sameFormIsOneRegistration(t *testing.T) {
	t.Parallel()
	k := testkit.Open(t)
	e := k.AddEvent(t, testkit.Event("lulea", 50))
	in := testkit.Input(e, testkit.Person(1))
	first := register(t, k, in)
	var wg sync.WaitGroup
	for range 100 {
		wg.Go(func() {
			if again, err := k.Registrations.Register(t.Context(), domain.Visitor(), in); err != nil || again != first {
				t.Errorf("again = %+v, %v; want %+v", again, err, first)
			}
		})
	}
	wg.Wait()
	if n := len(letters(t, k)); n != 1 {
		t.Errorf("%d letters are owed, want 1", n)
	}
	k.Clock.Set(e.RegisterUntil.End()) // closed meanwhile: who had the place still has it
	if again := register(t, k, in); again != first {
		t.Errorf("after the last day = %+v, want %+v", again, first)
	}
	if again, err := k.Registrations.Receipt(t.Context(), in.Key); err != nil || again != first {
		t.Errorf("receipt = %+v, %v; want %+v", again, err, first)
	}
	other := testkit.Input(e, testkit.Person(2))
	other.Key = in.Key
	if _, err := k.Registrations.Register(t.Context(), domain.Visitor(), other); !errors.Is(err, &domain.Error{Code: domain.CodeConflict}) {
		t.Errorf("the same form for someone else: %v, want a conflict", err)
	}
	sound(t, k)
}

// Whoever registers an address that is there already learns nothing of it; its owner is told.
func TestRegister_sameAddressTellsOnlyItsOwner(t *testing.T) {
	t.Parallel()
	k := testkit.Open(t)
	e := k.AddEvent(t, testkit.Event("lulea", 2))
	register(t, k, testkit.Input(e, testkit.Person(1)))
	for i := range 5 {
		repeat := testkit.Input(e, testkit.Person(1))
		got := register(t, k, repeat)
		if got.Status != domain.Confirmed || got.Reference != domain.ReferenceOf(auth.UID(repeat.Key)) {
			t.Errorf("repeat %d = %+v, want what a newcomer gets", i, got)
		}
		if shown, err := k.Registrations.Receipt(t.Context(), repeat.Key); err != nil || shown != got {
			t.Errorf("its receipt = %+v, %v; want %+v", shown, err, got)
		}
	}
	kinds := map[domain.LetterKind]int{}
	for _, l := range letters(t, k) {
		kinds[l.Kind]++
	}
	if kinds[domain.LetterConfirmed] != 1 || kinds[domain.LetterAlreadyRegistered] != 2 {
		t.Errorf("letters = %v, want one confirmation and at most two that tell", kinds)
	}
	// A form that met someone, sent again for someone else, is refused like any other used form.
	used := testkit.Input(e, testkit.Person(1))
	register(t, k, used)
	other := testkit.Input(e, testkit.Person(3))
	other.Key = used.Key
	if _, err := k.Registrations.Register(t.Context(), domain.Visitor(), other); !errors.Is(err, &domain.Error{Code: domain.CodeConflict}) {
		t.Errorf("the used form for someone else: %v, want a conflict", err)
	}
	facts, err := k.Store.EventFacts(t.Context(), e.ID)
	if err != nil || facts.Taken != 1 {
		t.Errorf("%d places are taken (%v), want 1", facts.Taken, err)
	}
	register(t, k, testkit.Input(e, testkit.Person(2)))
	if got := register(t, k, testkit.Input(e, testkit.Person(1))); got.Status != domain.Waitlisted {
		t.Errorf("once it is full the repeat gets %s, want what a newcomer gets", got.Status)
	}
	sound(t, k)
}

func TestRegister_refusals(t *testing.T) {
	t.Parallel()
	k := testkit.Open(t)
	full := testkit.Event("full", 1)
	full.WaitingList = false
	full = k.AddEvent(t, full)
	register(t, k, testkit.Input(full, testkit.Person(1)))
	queue := k.AddEvent(t, testkit.Event("queue", 1))
	register(t, k, testkit.Input(queue, testkit.Person(1)))
	draft := testkit.Event("draft", 1)
	draft.State = domain.EventDraft
	k.AddEvent(t, draft)
	closed := testkit.Event("closed", 1)
	closed.RegisterUntil = domain.Date{Year: 2016, Month: 9, Day: 30}
	closed = k.AddEvent(t, closed)
	tests := map[string]struct {
		in   service.RegisterInput
		want *domain.Error
	}{
		"full":   {testkit.Input(full, testkit.Person(2)), &domain.Error{Code: domain.CodeFull}},
		"closed": {testkit.Input(closed, testkit.Person(2)), &domain.Error{Code: domain.CodeClosed, Key: "registration.closed"}},
		"only the queue": {func() service.RegisterInput {
			in := testkit.Input(queue, testkit.Person(2))
			in.SeatOnly = true
			return in
		}(), &domain.Error{Code: domain.CodeFull, Key: "registration.queue_only"}},
		"a draft":          {testkit.Input(draft, testkit.Person(2)), domain.ErrNotFound},
		"no such event":    {testkit.Input(domain.Event{Slug: "nothing"}, testkit.Person(2)), domain.ErrNotFound},
		"terms of another": {func() service.RegisterInput { in := testkit.Input(full, testkit.Person(2)); in.TermsID = 99; return in }(), &domain.Error{Code: domain.CodeConflict, Key: "registration.terms_changed"}},
	}
	for name, tt := range tests {
		t.Run(name, func(t *testing.T) {
			if _, err := k.Registrations.Register(t.Context(), domain.Visitor(), tt.in); !errors.Is(err, tt.want) {
				t.Errorf("err = %v, want %v", err, tt.want)
			}
		})
	}
	if _, err := k.Registrations.Register(t.Context(), domain.Actor{}, testkit.Input(full, testkit.Person(2))); !errors.Is(err, domain.ErrNotFound) {
		t.Errorf("an actor without permission got %v", err)
	}
	sound(t, k)
}

func TestOwn(t *testing.T) {
	t.Parallel()
	k := testkit.Open(t)
	e := k.AddEvent(t, testkit.Event("lulea", 1))
	register(t, k, testkit.Input(e, testkit.Person(1)))
	in := testkit.Input(e, testkit.Person(2))
	register(t, k, in)
	token := k.Keys.Link(auth.UID(in.Key), 1)
	own, err := k.Registrations.Own(t.Context(), domain.Visitor(), token)
	if err != nil {
		t.Fatal(err)
	}
	if own.Registration.QueuePosition != 1 || own.Registration.Status != domain.Waitlisted || len(own.History) != 1 || own.Terms.ID != e.Terms.ID {
		t.Errorf("own = %+v", own)
	}
	wrong := map[string]string{
		"nothing": "", "nonsense": "abc", "another version": k.Keys.Link(auth.UID(in.Key), 2), "nobody's": k.Keys.Link(auth.UID("x"), 1),
	}
	for name, token := range wrong {
		_, err := k.Registrations.Own(t.Context(), domain.Visitor(), token)
		if got, want := fmt.Sprint(err), domain.NotFound("registration.not_found").Error(); got != want {
			t.Errorf("%s: %s, want %s", name, got, want)
		}
	}
}

func TestLists_theWallBetweenCounties(t *testing.T) {
	t.Parallel()
	k := testkit.Open(t)
	bd := k.AddEvent(t, testkit.Event("lulea", 5))
	z := testkit.Event("ostersund", 5)
	z.Owner = testkit.Jamtland()
	z = k.AddEvent(t, z)
	register(t, k, testkit.Input(z, testkit.Person(1)))
	jamtland := domain.Actor{Role: domain.RoleOperator, County: "Z"}
	for _, scope := range []domain.ListScope{{Event: bd.Slug}, {County: "BD"}} {
		if _, err := k.Lists.Open(t.Context(), jamtland, scope); !errors.Is(err, domain.ErrNotFound) {
			t.Errorf("Jämtland opens %+v: %v", scope, err)
		}
	}
	none := func([]domain.Registration) error { t.Error("rows were read"); return nil }
	if err := k.Lists.Rows(t.Context(), jamtland, bd.ID, none); !errors.Is(err, domain.ErrNotFound) {
		t.Errorf("Jämtland reads the rows of Norrbotten: %v", err)
	}
	events := &service.Events{Store: k.Store, Registrations: k.Registrations, Now: k.Clock.Now}
	if _, err := events.Cancel(t.Context(), jamtland, bd.Slug, domain.Text{Sv: "Nej"}); !errors.Is(err, domain.ErrNotFound) {
		t.Errorf("Jämtland cancels an event of Norrbotten: %v", err)
	}
	if err := k.Editing.AddEvent(t.Context(), jamtland, testkit.Event("pitea", 5), nil); !errors.Is(err, domain.ErrNotFound) {
		t.Errorf("Jämtland adds an event of Norrbotten: %v", err)
	}
	if _, err := events.Cancel(t.Context(), domain.Operator(), bd.Slug, domain.Text{Sv: "Ja"}); err != nil {
		t.Errorf("the operator cancels: %v", err)
	}
	list, err := k.Lists.Open(t.Context(), jamtland, domain.ListScope{Event: z.Slug})
	if err != nil || list.Events[0].Confirmed != 1 || list.Events[0].ByMunicipality[0] != (domain.Count{Label: "Piteå", N: 1}) {
		t.Errorf("Jämtland's own list = %+v, %v", list, err)
	}
	if _, err := k.Lists.Open(t.Context(), domain.Visitor(), domain.ListScope{Event: z.Slug}); !errors.Is(err, domain.ErrNotFound) {
		t.Errorf("a visitor opens a list: %v", err)
	}
}

func TestUpcoming(t *testing.T) {
	t.Parallel()
	k := testkit.Open(t)
	lulea := k.AddEvent(t, testkit.Event("lulea", 5))
	undated := testkit.Event("later", 5)
	undated.Day, undated.Starts, undated.Ends, undated.Venue, undated.Town = domain.Date{}, domain.NoClock, domain.NoClock, domain.Venue{}, ""
	undated.Kind, undated.Owner = domain.KindConference, testkit.Jamtland()
	k.AddEvent(t, undated)
	tests := map[string]struct {
		filter domain.CalendarFilter
		want   []string
	}{
		"everything, undated last":       {domain.CalendarFilter{}, []string{"lulea", "later"}},
		"a county":                       {domain.CalendarFilter{County: "BD"}, []string{"lulea"}},
		"a kind":                         {domain.CalendarFilter{Kind: domain.KindConference}, []string{"later"}},
		"a town":                         {domain.CalendarFilter{Town: "Luleå"}, []string{"lulea"}},
		"words without their accents":    {domain.CalendarFilter{Query: "efterfragan LULEA"}, []string{"lulea", "later"}},
		"a word of the venue's address":  {domain.CalendarFilter{Query: "skeppsbro"}, []string{"lulea"}},
		"nothing of the kind":            {domain.CalendarFilter{Query: "fiske"}, nil},
		"county and kind that never met": {domain.CalendarFilter{County: "BD", Kind: domain.KindConference}, nil},
	}
	for name, tt := range tests {
		t.Run(name, func(t *testing.T) {
			events, err := k.Programme.Upcoming(t.Context(), tt.filter)
			var got []string
			for _, e := range events {
				got = append(got, e.Slug)
			}
			if err != nil || fmt.Sprint(got) != fmt.Sprint(tt.want) {
				t.Errorf("got %v, %v; want %v", got, err, tt.want)
			}
		})
	}
	next, err := k.Programme.NextChange(t.Context())
	if want := domain.DateIn(k.Clock.Now()).End(); err != nil || !next.Equal(want) {
		t.Errorf("pages change at %v (%v), want midnight", next, err)
	}
	k.Clock.Set(lulea.EndsAt())
	if events, _ := k.Programme.Upcoming(t.Context(), domain.CalendarFilter{}); len(events) != 1 {
		t.Errorf("%d events are ahead when the day is over, want the undated one", len(events))
	}
}
