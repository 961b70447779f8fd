package service_test

import (
	"errors"
	"fmt"
	"strings"
	"testing"

	"github.com/temadag/temadag/internal/auth"
	"github.com/temadag/temadag/internal/domain"
	"github.com/temadag/temadag/internal/mail"
	"github.com/temadag/temadag/internal/service"
)

func anotherSecret(t *testing.T) *auth.Keys {
	t.Helper()
	k, err := auth.New([]byte("another secret for tests only, 32 bytes or more"))
	if err != nil {
		t.Fatal(err)
	}
	return k
}

// bounce is a delivery status notification to an address, about a recipient.
func bounce(to, about, action, status string) string {
	return strings.ReplaceAll(fmt.Sprintf(`Return-Path: <>
Delivered-To: %s
From: MAILER-DAEMON@mx.example.se
To: <%s>
Subject: Undelivered Mail Returned to Sender
Auto-Submitted: auto-replied
MIME-Version: 1.0
Content-Type: multipart/report; report-type=delivery-status; boundary="B"

--B
Content-Type: message/delivery-status

Reporting-MTA: dns; mx.example.se

Final-Recipient: rfc822; %s
Action: %s
Status: %s

--B--
`, to, to, about, action, status), "\n", "\r\n")
}

// TestReturned_forged hands in what anybody can send to the mailbox for returns: none of it changes anything.
func TestReturned_forged(t *testing.T) {
	t.Parallel()
	const box, letter = "studs@temadag.example.se", 1
	d := newMailingDesk(t, 2, nil)
	d.o.Returns = box
	mark := func(tag string) string { return strings.Replace(box, "@", "+"+tag+"@", 1) }
	ours, next, theirs := d.Keys.ReturnTag(letter), d.Keys.ReturnTag(2), anotherSecret(t).ReturnTag(letter)
	number, mac, _ := strings.Cut(ours, ".")
	nextNumber, nextMAC, _ := strings.Cut(next, ".")
	failed := func(to string) string { return bounce(to, "person1@example.se", "failed", "5.1.1") }
	if mac == nextMAC {
		t.Fatal("a mark fits every letter")
	}
	for name, raw := range map[string]string{
		"no mark":               failed(box),
		"half a mark":           failed(mark(number)),
		"an empty signature":    failed(mark(number + ".")),
		"a signature cut":       failed(mark(ours[:len(ours)-1])),
		"a signature and more":  failed(mark(ours + "a")),
		"the mark of another":   failed(mark(number + "." + nextMAC)),
		"another's number":      failed(mark(nextNumber + "." + mac)),
		"another secret":        failed(mark(theirs)),
		"number with a zero":    failed(mark("0" + ours)),
		"number with a sign":    failed(mark("%2B" + ours)),
		"letter of the future":  failed(mark(d.Keys.ReturnTag(4711))),
		"another mailbox":       failed("annat+" + ours + "@temadag.example.se"),
		"another host":          failed("studs+" + ours + "@ont.example.com"),
		"host and more":         failed("studs+" + ours + "@temadag.example.se.ont.example.com"),
		"quoted":                failed(`"studs+` + ours + `"@ont.example.com@temadag.example.se`),
		"mark in the subject":   strings.Replace(failed(box), "Subject: Undelivered", "Subject: "+mark(ours), 1),
		"mark in the body":      strings.Replace(failed(box), "Reporting-MTA: dns; ", "Reporting-MTA: dns; "+mark(ours), 1),
		"mark as the recipient": bounce(box, mark(ours), "failed", "5.1.1"),
		"mark as the sender":    strings.Replace(failed(box), "Return-Path: <>", "Return-Path: <"+mark(ours)+">", 1),
		"mark in From":          strings.Replace(failed(box), "From: MAILER-DAEMON@mx.example.se", "From: "+mark(ours), 1),
		"mark in Cc":            "Cc: " + mark(ours) + "\r\n" + failed(box),
		"mark as a name":        strings.Replace(failed(box), "To: <", `To: "`+mark(ours)+`" <`, 2),
		"mark in a comment":     strings.Replace(failed(box), "To: <", "To: ("+mark(ours)+") <", 2),
		"relayed":               bounce(mark(ours), "person1@example.se", "relayed", "2.0.0"),
		"delivered":             bounce(mark(ours), "person1@example.se", "delivered", "2.0.0"),
		"expanded":              bounce(mark(ours), "person1@example.se", "expanded", "2.0.0"),
		"delivered, and 5.1.1":  bounce(mark(ours), "person1@example.se", "delivered", "5.1.1"),
		"failed, and 2.0.0":     bounce(mark(ours), "person1@example.se", "failed", "2.0.0"),
		"no such action":        bounce(mark(ours), "person1@example.se", "exploded", "5.1.1"),
		"a person's words":      "To: " + mark(ours) + "\r\nSubject: Undelivered\r\n\r\nAction: failed\r\nStatus: 5.1.1\r\n",
	} {
		r, err := mail.ReadReturned(strings.NewReader(raw))
		if err != nil && !errors.Is(err, mail.ErrNoReturn) {
			t.Errorf("%s: %v", name, err)
		}
		if err != nil {
			continue // the command stops here
		}
		if known, err := d.o.Returned(t.Context(), domain.Worker(), r); known || err != nil {
			t.Errorf("%s is taken for a return: %+v %v", name, r, err)
		}
	}
	untouched(t, d, letter, 2)

	// The twins: the same message with the mark in its place is believed, each kind as what it is, and whoever
	// it names besides, it is about that letter and the address that went on it.
	for _, tt := range []struct {
		raw     string
		kind    domain.ReturnKind
		stopped bool
	}{
		{bounce(mark(ours), "person1@example.se", "delayed", "5.1.1"), domain.ReturnDelayed, false},
		{"To: " + mark(ours) + "\r\nAuto-Submitted: auto-replied\r\n\r\nStatus: 5.1.1\r\n", domain.ReturnReply, false},
		{bounce(strings.ToUpper(mark(ours)), "person2@example.se", "failed", "5.1.1"), domain.ReturnFailed, true},
	} {
		r, err := mail.ReadReturned(strings.NewReader(tt.raw))
		if err != nil || r.Kind != tt.kind {
			t.Fatalf("read as %+v %v, want %s", r, err, tt.kind)
		}
		if known, err := d.o.Returned(t.Context(), domain.Worker(), r); !known || err != nil {
			t.Errorf("%s: %v %v", tt.kind, known, err)
		}
		l, err := d.Store.LetterByID(t.Context(), letter)
		if err != nil {
			t.Fatal(err)
		}
		if got := stopped(t, d, l.To); got != tt.stopped {
			t.Errorf("after %s, mailings to her are stopped: %v", tt.kind, got)
		}
	}
	untouched(t, d, 2)
}

// TestReturned_notTaken: of a letter that no server has taken nothing can come back.
func TestReturned_notTaken(t *testing.T) {
	t.Parallel()
	d := newMailingDesk(t, 1, nil)
	d.o.Returns = "studs@temadag.example.se"
	d.o.Sender = &relay{answer: func(int, string) error {
		return &domain.DeliveryFault{Class: domain.FaultRetry, Reason: "later"}
	}, sent: map[string][][]byte{}}
	d.approve(d.begin(practical()), 1)
	if _, err := d.o.Deliver(t.Context(), domain.Worker()); err != nil {
		t.Fatal(err)
	}
	r := domain.Returned{To: []string{"studs+" + d.Keys.ReturnTag(2) + "@temadag.example.se"}, Kind: domain.ReturnFailed, Status: "5.1.1"}
	if known, err := d.o.Returned(t.Context(), domain.Worker(), r); known || err != nil {
		t.Errorf("%v %v", known, err)
	}
	if _, err := d.o.Returned(t.Context(), domain.Visitor(), r); err == nil {
		t.Error("a visitor may hand in returns")
	}
}

// untouched checks that nothing came back of the letters, that their addresses get mailings, and that nobody is
// owed an answer.
func untouched(t *testing.T, d *mailingDesk, letters ...domain.LetterID) {
	t.Helper()
	kept, err := d.Store.Returns(t.Context(), letters)
	if err != nil || len(kept) > 0 {
		t.Errorf("kept as returned: %v %v", kept, err)
	}
	for _, id := range letters {
		l, err := d.Store.LetterByID(t.Context(), id)
		if err != nil || stopped(t, d, l.To) {
			t.Errorf("mailings to letter %d's address are stopped: %v", id, err)
		}
	}
	box, err := d.Store.Outbox(t.Context())
	if err != nil || box.Waiting > 0 {
		t.Errorf("an answer is owed: %+v %v", box, err)
	}
}

func stopped(t *testing.T, d *mailingDesk, to string) bool {
	t.Helper()
	found, err := d.Store.Suppressed(t.Context(), "BD", d.Keys.AddressHash(domain.EmailKey(to)))
	if err != nil {
		t.Fatal(err)
	}
	return len(found) > 0
}

// The return path of each letter has a mark of its own, which is for it alone.
func TestReturned_markIsForOneLetter(t *testing.T) {
	t.Parallel()
	d := newMailingDesk(t, 1, nil)
	seen := make(map[string]bool)
	for id := range int64(2000) {
		tag := d.Keys.ReturnTag(id + 1)
		if got, ok := d.Keys.ReadReturnTag(tag); !ok || got != id+1 || seen[tag] {
			t.Fatalf("%s is read as %d %v", tag, got, ok)
		}
		seen[tag] = true
	}
	var none service.Outbox
	none.Keys, none.Store, none.Now = d.Keys, d.Store, d.o.Now
	r := domain.Returned{To: []string{"+" + d.Keys.ReturnTag(1) + "@"}, Kind: domain.ReturnFailed, Status: "5.1.1"}
	if known, err := none.Returned(t.Context(), domain.Worker(), r); known || err != nil {
		t.Errorf("without an address for returns: %v %v", known, err)
	}
}
