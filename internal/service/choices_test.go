package service_test

import (
	"fmt"
	"strconv"
	"strings"
	"testing"

	"github.com/temadag/temadag/internal/domain"
	"github.com/temadag/temadag/internal/service"
	"github.com/temadag/temadag/internal/store"
	"github.com/temadag/temadag/internal/testkit"
)

// parallel is an event with two sessions of which one is chosen: talk holds capacity people, and net
// as many as come; late is at another hour and holds one.
func parallel(t *testing.T, k *testkit.Kit, places, capacity domain.Seats) (e domain.Event, talk, net, late string) {
	t.Helper()
	e = testkit.Event("lulea", places)
	e.Programme = []domain.Session{
		{Day: e.Day, Starts: 10 * 60, Ends: 11 * 60, Title: domain.Text{Sv: "Samtalet", En: "The talk"}, Parallel: "a", Capacity: capacity},
		{Day: e.Day, Starts: 10 * 60, Ends: 11 * 60, Title: domain.Text{Sv: "Nätet", En: "The net"}, Parallel: "a"},
		{Day: e.Day, Starts: 13 * 60, Ends: 14 * 60, Title: domain.Text{Sv: "Samverkan", En: "Together"}, Parallel: "b", Capacity: 1},
	}
	e = k.AddEvent(t, e)
	id := func(i int) string { return strconv.FormatInt(e.Programme[i].ID, 10) }
	return e, id(0), id(1), id(2)
}

func wants(sessions ...string) func(in *domain.Entry) {
	return func(in *domain.Entry) { in.Sessions = sessions }
}

// stands is where someone stands in her sessions, in short.
func stands(t *testing.T, k *testkit.Kit, token string) string {
	t.Helper()
	var out []string
	for _, c := range own(t, k, token).Sessions {
		s := c.Session.Title.Sv + " " + string(c.Status)
		if c.Status == domain.ChoiceWaitlisted {
			s += fmt.Sprintf(" %d", c.Ahead)
		}
		out = append(out, s)
	}
	return strings.Join(out, ", ")
}

// kindsOwed counts the letters that are owed since it was last asked.
func kindsOwed(t *testing.T, k *testkit.Kit) map[domain.LetterKind]int {
	t.Helper()
	out := map[domain.LetterKind]int{}
	for _, l := range letters(t, k) {
		out[l.Kind]++
	}
	return out
}

func TestSessions_fillAndQueueInOrder(t *testing.T) {
	t.Parallel()
	k := testkit.Open(t)
	e, talk, net, late := parallel(t, k, 10, 2)
	var token [6]string
	for i := range token {
		token[i] = enter(t, k, e, i, wants(talk))
	}
	enter(t, k, e, 10, wants(net, late))
	for i, want := range []string{"confirmed", "confirmed", "waitlisted 0", "waitlisted 1", "waitlisted 2", "waitlisted 3"} {
		if got := stands(t, k, token[i]); got != "Samtalet "+want {
			t.Errorf("number %d: %s, want %s", i, got, want)
		}
	}
	if shown, err := k.Programme.Event(t.Context(), e.Slug); err != nil || shown.Programme[0].Taken != 2 || shown.Programme[1].Taken != 1 {
		t.Errorf("the page shows %+v, %v", shown.Programme, err)
	}
	kindsOwed(t, k)
	// Somebody in the queue leaves, then somebody with a place: the first who still waits has it, and is told.
	for _, i := range []int{2, 0} {
		if err := k.Registrations.Cancel(t.Context(), domain.Visitor(), token[i], ""); err != nil {
			t.Fatal(err)
		}
	}
	for i, want := range map[int]string{1: "confirmed", 3: "confirmed", 4: "waitlisted 0", 5: "waitlisted 1"} {
		if got := stands(t, k, token[i]); got != "Samtalet "+want {
			t.Errorf("number %d: %s, want %s", i, got, want)
		}
	}
	if o := own(t, k, token[3]); !strings.HasSuffix(kinds(o), "session_place") || o.History[len(o.History)-1].Details.Sessions[0] != "Samtalet" {
		t.Errorf("her history is %+v", o.History)
	}
	if got := kindsOwed(t, k); got[domain.LetterSessionPlace] != 1 || got[domain.LetterCancelled] != 2 {
		t.Errorf("letters = %v", got)
	}
	sound(t, k)
}

// Who waits at the event wishes and holds nothing; with her place at the event she comes last to the
// sessions, behind those who stood there before.
func TestSessions_areNotHeldByThoseWhoWait(t *testing.T) {
	t.Parallel()
	k := testkit.Open(t)
	e, talk, _, _ := parallel(t, k, 2, 1)
	leaves := enter(t, k, e, 1, nil)
	stays := enter(t, k, e, 2, nil)
	waits := enter(t, k, e, 3, wants(talk))
	if got := stands(t, k, waits); got != "Samtalet wished" {
		t.Errorf("in the queue: %s", got)
	}
	change := func(token string, n int, sessions ...string) {
		t.Helper()
		in := testkit.Person(n)
		in.Sessions = sessions
		if _, err := k.Registrations.Change(t.Context(), domain.Visitor(), token, service.Change{Entry: in, Seen: own(t, k, token).Registration.Revision}); err != nil {
			t.Fatal(err)
		}
	}
	change(stays, 2, talk)
	if err := k.Registrations.Cancel(t.Context(), domain.Visitor(), leaves, ""); err != nil {
		t.Fatal(err)
	}
	if got := stands(t, k, waits); got != "Samtalet wished" {
		t.Errorf("with an offer: %s", got)
	}
	if err := k.Registrations.Accept(t.Context(), domain.Visitor(), waits); err != nil {
		t.Fatal(err)
	}
	if got := stands(t, k, stays) + ", " + stands(t, k, waits); got != "Samtalet confirmed, Samtalet waitlisted 0" {
		t.Errorf("they stand %s", got)
	}
	sound(t, k)
}

func TestChange_ofSessions(t *testing.T) {
	t.Parallel()
	k := testkit.Open(t)
	e, talk, net, late := parallel(t, k, 10, 1)
	one, two := enter(t, k, e, 1, wants(talk)), enter(t, k, e, 2, wants(talk))
	kindsOwed(t, k)
	change := func(n int, sessions ...string) error {
		in := testkit.Person(n)
		in.Sessions = sessions
		token := map[int]string{1: one, 2: two}[n]
		_, err := k.Registrations.Change(t.Context(), domain.Visitor(), token, service.Change{Entry: in, Seen: own(t, k, token).Registration.Revision})
		return err
	}
	if err := change(1, talk); err != nil || len(kindsOwed(t, k)) != 0 || kinds(own(t, k, one)) != "registered" {
		t.Errorf("the same again: %v, %s", err, kinds(own(t, k, one)))
	}
	if err := change(1, talk, net); domain.CodeOf(err) != domain.CodeInvalid {
		t.Errorf("two at once: %v", err)
	}
	if err := change(1, net, late); err != nil {
		t.Fatal(err)
	}
	if a, b := stands(t, k, one), stands(t, k, two); a != "Nätet confirmed, Samverkan confirmed" || b != "Samtalet confirmed" {
		t.Errorf("they stand %s and %s", a, b)
	}
	o := own(t, k, one)
	last := o.History[len(o.History)-1]
	if last.Kind != domain.HistorySessions || strings.Join(last.Details.Sessions, ", ") != "Nätet, Samverkan" || strings.Join(last.Details.Fields, ",") != "sessions" {
		t.Errorf("history = %+v", last)
	}
	if got := kindsOwed(t, k); got[domain.LetterChanged] != 1 || got[domain.LetterSessionPlace] != 1 || len(got) != 2 {
		t.Errorf("letters = %v", got)
	}
	if versions, err := k.Registrations.Versions(t.Context(), domain.Operator(), o.Registration.ID); err != nil || len(versions) != 0 {
		t.Errorf("what she told has not changed: %v, %v", versions, err)
	}
	sound(t, k)
}

// Whoever gives up a place in a session, takes another and gives that up, over and over and many at
// once, never overfills any, and leaves none idle. The checks that say so see a broken twin.
func TestSessions_neverOverfill(t *testing.T) {
	t.Parallel()
	k := testkit.Open(t)
	e, talk, net, late := parallel(t, k, 40, 5)
	done := make(chan error)
	for i := range 40 {
		token := enter(t, k, e, i, wants([]string{talk, net, late}[i%3]))
		go func() { done <- wander(t, k, token, i, talk, net, late) }()
	}
	for range 40 {
		if err := <-done; err != nil {
			t.Error(err)
		}
	}
	sound(t, k)
	session := domain.SessionID(e.Programme[0].ID)
	err := k.Store.Write(t.Context(), func(tx *store.Tx) error { // the twin frees a place and forgets the queue
		id := domain.RegistrationID(0)
		for n := domain.RegistrationID(1); n <= 40 && id == 0; n++ {
			chosen, err := tx.Choices(t.Context(), n)
			if err != nil {
				return err
			}
			for _, c := range chosen {
				if c.Session == session && c.Status == domain.ChoiceConfirmed {
					id = n
				}
			}
		}
		return tx.DropChoice(t.Context(), id, store.Choice{Session: session, Status: domain.ChoiceConfirmed})
	})
	if err != nil {
		t.Fatal(err)
	}
	enter2 := func(tx *store.Tx) error {
		if err := tx.WishSession(t.Context(), e.ID, 1, session); err != nil {
			return err
		}
		return tx.QueueForSession(t.Context(), 1, session)
	}
	_ = k.Store.Write(t.Context(), enter2) // she may stand there already
	if found, err := k.Store.Check(t.Context()); err != nil || len(found) == 0 {
		t.Errorf("a place stands idle while someone waits, and nobody sees it (%v)", err)
	}
}

// wander changes the sessions of one person again and again.
func wander(t *testing.T, k *testkit.Kit, token string, n int, sessions ...string) error {
	for i := range 8 {
		in := testkit.Person(n)
		if pick := (n + i*7) % 5; pick < 3 {
			in.Sessions = sessions[pick : pick+1]
		}
		for range 50 {
			o, err := k.Registrations.Own(t.Context(), domain.Visitor(), token)
			if err != nil {
				return err
			}
			_, err = k.Registrations.Change(t.Context(), domain.Visitor(), token, service.Change{Entry: in, Seen: o.Registration.Revision})
			if err == nil {
				break
			}
			if domain.CodeOf(err) != domain.CodeConflict { // a place came meanwhile: look again
				return err
			}
		}
	}
	return nil
}
