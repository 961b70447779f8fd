package service_test

import (
	"bytes"
	"testing"

	"github.com/temadag/temadag/internal/domain"
	"github.com/temadag/temadag/internal/mail"
	"github.com/temadag/temadag/internal/service"
	"github.com/temadag/temadag/internal/testkit"
	judges "github.com/temadag/temadag/internal/testkit/check"
)

// plainLetter is a composer of the least that a mail server takes.
type plainLetter struct{}

func (plainLetter) Compose(f domain.LetterFacts) ([]byte, error) {
	return []byte("From: <temadag@temadag.example.se>\r\nTo: <" + f.Letter.To + ">\r\nSubject: Hej\r\nMessage-ID: <" +
		f.Letter.MessageID + "@temadag.example.se>\r\n\r\nEtt brev.\r\n"), nil
}

// TestReturned_byMailServers has real mail servers take a letter and find out afterwards that the address does not
// exist: the bounce of each is read, and known by its mark. Postfix says why, which stops mailings to that address
// alone; OpenSMTPD says of every letter that came back no more than that it did.
func TestReturned_byMailServers(t *testing.T) {
	t.Parallel()
	if testing.Short() {
		t.Skip("it starts mail servers")
	}
	t.Run("Postfix", func(t *testing.T) {
		t.Parallel()
		bouncedBy(t, judges.Postfix(t, "", ""), "5.1.1")
	})
	t.Run("OpenSMTPD", func(t *testing.T) {
		t.Parallel()
		bouncedBy(t, judges.OpenSMTPD(t, "1M"), "5.0.0")
	})
}

func bouncedBy(t *testing.T, m *judges.MTA, status string) {
	t.Helper()
	k := testkit.Open(t)
	slug := k.AddEvent(t, testkit.Event("lulea", domain.Seats(5)))
	nobody := testkit.Input(slug, testkit.Person(2))
	nobody.Entry.Email = "ingen@later.example.se"
	register(t, k, testkit.Input(slug, testkit.Person(1)))
	register(t, k, nobody)
	relay, err := mail.ParseRelay("smtp://" + m.Address(t, "all") + "?starttls=off")
	if err != nil {
		t.Fatal(err)
	}
	sender := mail.NewSMTP(relay, mail.Options{})
	t.Cleanup(func() { _ = sender.Close() })
	o, _ := outbox(k, nil)
	o.Sender, o.Composer, o.From, o.Returns = sender, plainLetter{}, "temadag@temadag.example.se", "studs@temadag.example.se"
	drain(t, k, o)
	if got := state(t, k)[domain.LetterAccepted]; got != 2 {
		t.Fatalf("%d letters were taken, want 2", got)
	}
	m.Letters(t, "all", 1)
	bounce := m.Letters(t, "returned", 1)[0]
	if bytes.Contains(bounce, []byte("Return-Path:")) && !bytes.Contains(bounce, []byte("Return-Path: <>")) {
		t.Errorf("the bounce can itself be answered:\n%s", bounce)
	}
	r, err := mail.ReadReturned(bytes.NewReader(bounce))
	if err != nil || r.Kind != domain.ReturnFailed || r.Status != status {
		t.Fatalf("the bounce is read as %+v %v:\n%s", r, err, bounce)
	}
	for range 2 {
		if known, err := o.Returned(t.Context(), domain.Worker(), r); err != nil || !known {
			t.Fatalf("the bounce bears no mark: %v, sent to %v", err, r.To)
		}
	}
	for _, id := range []domain.LetterID{1, 2} {
		l, err := k.Store.LetterByID(t.Context(), id)
		if err != nil {
			t.Fatal(err)
		}
		hers := l.To == nobody.Entry.Email
		kept, err := k.Store.Returns(t.Context(), []domain.LetterID{id})
		if err != nil || (len(kept[id]) == 1) != hers || hers && kept[id][0].Status != status {
			t.Errorf("of the letter to %s came back %+v %v", l.To, kept[id], err)
		}
		stopped, err := k.Store.Suppressed(t.Context(), "BD", k.Keys.AddressHash(domain.EmailKey(l.To)))
		if err != nil || (len(stopped) == 1) != (hers && status == "5.1.1") {
			t.Errorf("mailings to %s: %v %v", l.To, stopped, err)
		}
	}
	if box, err := k.Store.Outbox(t.Context()); err != nil || box.Waiting > 0 {
		t.Errorf("something is owed for a bounce: %+v %v", box, err)
	}
	// The twin: with another secret the same bounce says nothing.
	other := &service.Outbox{Store: k.Store, Keys: anotherSecret(t), Returns: o.Returns, Now: o.Now, Log: o.Log}
	if known, err := other.Returned(t.Context(), domain.Worker(), r); known || err != nil {
		t.Errorf("another's bounce is taken for ours: %v", err)
	}
}
