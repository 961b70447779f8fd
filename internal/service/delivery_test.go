package service_test

import (
	"testing"

	"github.com/temadag/temadag/internal/domain"
)

// What a list of many says of a letter is what the letter itself says, whatever has become of it.
func TestLetters_sayWhatEachLetterSays(t *testing.T) {
	t.Parallel()
	d := newMailingDesk(t, 12, func(_ int, to string) error {
		switch to {
		case "person1@example.se":
			return &domain.DeliveryFault{Class: domain.FaultMessage, Reason: "the mail server refuses the message"}
		case "person2@example.se":
			return &domain.DeliveryFault{Class: domain.FaultRetry, Reason: "the mail server refuses the recipient for now"}
		}
		return nil
	})
	p := &paths{relay: d.r, from: map[string]string{}}
	d.o.Sender, d.o.Returns = p, "studs@temadag.example.se"
	uid := d.begin(practical())
	d.approve(uid, 12)
	d.Clock.Turn(domain.MailingUndo)
	for range 3 {
		if _, err := d.s.Advance(t.Context(), domain.Worker()); err != nil {
			t.Fatal(err)
		}
		if _, err := d.o.Deliver(t.Context(), domain.Worker()); err != nil {
			t.Fatal(err)
		}
	}
	for to, back := range map[string]domain.ReturnKind{
		"person3@example.se": domain.ReturnFailed, "person4@example.se": domain.ReturnDelayed, "person5@example.se": domain.ReturnReply,
	} {
		if known, err := d.o.Returned(t.Context(), domain.Worker(), domain.Returned{To: []string{p.from[to]}, Kind: back, Status: "5.0.0"}); err != nil || !known {
			t.Fatalf("%s: %v %v", to, known, err)
		}
	}
	all, more, err := d.s.Letters(t.Context(), d.a, uid, nil, 0)
	if err != nil || more || len(all) != 12 {
		t.Fatalf("%d letters, more: %v, %v", len(all), more, err)
	}
	seen := make(map[domain.LetterFate]int)
	for i, l := range all {
		seen[l.Fate]++
		if l.Fate != l.Letter.Fate() {
			t.Errorf("%s: the list says %s, the letter %s", l.Letter.To, l.Fate, l.Letter.Fate())
		}
		if i > 0 && order(l.Fate) < order(all[i-1].Fate) {
			t.Errorf("%s comes after %s", l.Fate, all[i-1].Fate)
		}
		only, _, err := d.s.Letters(t.Context(), d.a, uid, []domain.LetterFate{l.Fate}, 0)
		if err != nil || len(only) == 0 || only[0].Fate != l.Fate {
			t.Errorf("of those %s there are %d, %v", l.Fate, len(only), err)
		}
	}
	want := map[domain.LetterFate]int{domain.FateFailed: 1, domain.FateDeferred: 1, domain.FateReturned: 1, domain.FateDelayed: 1, domain.FateTaken: 8}
	for f, n := range want {
		if seen[f] != n {
			t.Errorf("%d are %s, want %d", seen[f], f, n)
		}
	}
	_, c := d.look(uid)
	if c.Failed != 1 || c.Returned != 1 || c.Deferred != 1 || c.Accepted != 10 {
		t.Errorf("the counts are %+v", c)
	}
}

func order(f domain.LetterFate) int {
	for i, other := range domain.LetterFates() {
		if other == f {
			return i
		}
	}
	return -1
}
