package export_test

import (
	"strings"
	"testing"
	"time"

	"github.com/temadag/temadag/internal/domain"
	"github.com/temadag/temadag/internal/export"
	"github.com/temadag/temadag/internal/testkit/check"
)

// inbox is a calendar that does what RFC 5546 sections 3.2.2 and 3.2.5 say with what comes by mail:
// one entry for each UID, and the higher SEQUENCE wins. Each message is read by a parser that is not
// ours.
type inbox struct {
	read    func(testing.TB, []byte) []check.CalendarEvent
	entries map[string]check.CalendarEvent
	newest  map[string]int // the sequence of the last message that counted
}

func newInbox(read func(testing.TB, []byte) []check.CalendarEvent) *inbox {
	return &inbox{read: read, entries: map[string]check.CalendarEvent{}, newest: map[string]int{}}
}

func (i *inbox) take(t *testing.T, message []byte) {
	t.Helper()
	if message == nil {
		return
	}
	for _, e := range i.read(t, message) {
		if newest, known := i.newest[e.UID]; known && e.Sequence < newest {
			continue
		}
		switch e.Method {
		case "REQUEST":
			i.entries[e.UID], i.newest[e.UID] = e, e.Sequence
		case "CANCEL":
			if e.Status != "CANCELLED" {
				t.Errorf("a cancellation has the status %q", e.Status)
			}
			delete(i.entries, e.UID)
			i.newest[e.UID] = e.Sequence
		default:
			t.Errorf("method %q", e.Method)
		}
	}
}

// told is the calendar part of a letter about r.
func told(t *testing.T, r domain.Registration, e domain.Event, k domain.LetterKind, s domain.RegistrationStatus, sequence int) []byte {
	t.Helper()
	r.Status = s
	f := letter(r, e)
	f.Letter.Kind, f.Letter.Status, f.Letter.Details.Sequence = k, s, sequence
	f.Letter.Date = time.Date(2016, 10, 3+sequence, 7, 8, 9, 0, time.UTC)
	return invitation(t, f)
}

func parsers() map[string]func(testing.TB, []byte) []check.CalendarEvent {
	return map[string]func(testing.TB, []byte) []check.CalendarEvent{
		"ical.js": check.CalendarByNode, "icalendar": check.CalendarByPython,
	}
}

// TestInvitation_life follows the entry of one registration: each letter changes or removes what an
// earlier one made, and two people's entries have nothing to do with each other.
func TestInvitation_life(t *testing.T) {
	for name, read := range parsers() {
		t.Run(name, func(t *testing.T) {
			mine, theirs := person(1, 1), person(1, 2)
			moved := lulea()
			moved.Starts, moved.Revision = clock("10:00"), moved.Revision+1
			box := newInbox(read)
			for i, step := range []struct {
				part    []byte
				entries int
				start   string // of mine; "" for none
			}{
				{told(t, mine, lulea(), domain.LetterWaitlisted, domain.Waitlisted, 0), 0, ""},
				{told(t, mine, lulea(), domain.LetterConfirmed, domain.Confirmed, 1), 1, "20161201T080000Z"},
				{told(t, theirs, lulea(), domain.LetterConfirmed, domain.Confirmed, 0), 2, "20161201T080000Z"},
				{told(t, mine, moved, domain.LetterChanged, domain.Confirmed, 2), 2, "20161201T090000Z"},
				{told(t, mine, lulea(), domain.LetterConfirmed, domain.Confirmed, 1), 2, "20161201T090000Z"}, // comes late
				{told(t, mine, moved, domain.LetterHandedOver, domain.Transferred, 3), 1, ""},
				{told(t, mine, moved, domain.LetterChanged, domain.Confirmed, 2), 1, ""}, // comes late
				{told(t, theirs, moved, domain.LetterCancelled, domain.Cancelled, 1), 0, ""},
			} {
				box.take(t, step.part)
				if len(box.entries) != step.entries {
					t.Fatalf("after letter %d the calendar has %d entries, want %d", i, len(box.entries), step.entries)
				}
				start := ""
				for _, e := range box.entries {
					if e.Attendees[0] == "mailto:"+mine.Email {
						start = e.Start
					}
				}
				if start != step.start {
					t.Errorf("after letter %d mine starts at %q, want %q", i, start, step.start)
				}
			}
		})
	}
}

// TestInvitation_life_twin: a cancellation that is no newer, or another's, leaves the entry where it
// is, and the calendar of the test shows it.
func TestInvitation_life_twin(t *testing.T) {
	for name, cancellation := range map[string][]byte{
		"older":     told(t, person(1, 1), lulea(), domain.LetterCancelled, domain.Cancelled, 0),
		"another's": told(t, person(1, 2), lulea(), domain.LetterCancelled, domain.Cancelled, 9),
	} {
		box := newInbox(check.CalendarByNode)
		box.take(t, told(t, person(1, 1), lulea(), domain.LetterChanged, domain.Confirmed, 1))
		box.take(t, cancellation)
		if len(box.entries) != 1 {
			t.Errorf("%s: the entry is gone", name)
		}
	}
}

// TestInvitation_cancellation: the same entry in everything that finds it (RFC 5546 section 3.2.5),
// and no longer a promise.
func TestInvitation_cancellation(t *testing.T) {
	r := person(1, 2)
	request := parsed(t, told(t, r, lulea(), domain.LetterConfirmed, domain.Confirmed, 0)).Events()[0]
	for k, s := range map[domain.LetterKind]domain.RegistrationStatus{
		domain.LetterCancelled: domain.Cancelled, domain.LetterWithdrawn: domain.Withdrawn, domain.LetterMovedFrom: domain.Cancelled,
		domain.LetterHandedOver: domain.Transferred, domain.LetterAddressOld: domain.Confirmed,
	} {
		cancel := parsed(t, told(t, r, lulea(), k, s, 1)).Events()[0]
		for _, same := range []string{"UID", "ORGANIZER", "ATTENDEE", "DTSTART", "DTEND", "SUMMARY", "CLASS"} {
			if a, b := value(t, request, same), value(t, cancel, same); a != b {
				t.Errorf("%s: %s is %q and was %q", k, same, b, a)
			}
		}
		for name, want := range map[string]string{"STATUS": "CANCELLED", "SEQUENCE": "3", "DTSTAMP": "20161004T070809Z", "TRANSP": "TRANSPARENT"} {
			if got := value(t, cancel, name); got != want {
				t.Errorf("%s: %s is %q, want %q", k, name, got, want)
			}
		}
		if text := unfold([]byte(value(t, cancel, "DESCRIPTION"))); text == value(t, request, "DESCRIPTION") {
			t.Errorf("%s: the entry still says that she is registered", k)
		}
	}
}

// TestInvitation_leavesTheCalendarAlone: letters that change nothing there have no calendar part, and
// an event that is cancelled can still be left.
func TestInvitation_leavesTheCalendarAlone(t *testing.T) {
	for _, k := range domain.LetterKinds() {
		for _, s := range domain.RegistrationStatuses() {
			got, want := told(t, person(1, 1), lulea(), k, s, 1), k.Calendar(s)
			if k == domain.LetterAddressOld && s != domain.Confirmed {
				want = domain.CalendarNone // there never was an entry
			}
			if (got == nil) != (want == domain.CalendarNone) {
				t.Errorf("%s to someone %s: %q, want %q", k, s, got, want)
			}
		}
	}
	off := lulea()
	off.State = domain.EventCancelled
	if told(t, person(1, 1), off, domain.LetterCancelled, domain.Cancelled, 1) == nil {
		t.Error("the entry of a cancelled event cannot be taken away")
	}
	off.Day = domain.Date{}
	if told(t, person(1, 1), off, domain.LetterCancelled, domain.Cancelled, 1) != nil {
		t.Error("an entry without a day is cancelled")
	}
}

// TestOwnFile: the file of the personal page is the entry that the latest letter made, so that the
// two are one in the calendar; and it is nobody's invitation.
func TestOwnFile(t *testing.T) {
	r, e := person(1, 2), lulea()
	r.Status, r.Revision = domain.Confirmed, 3
	f := letter(r, e)
	o := export.InvitationOptions{Catalogue: catalogue(t), Domain: "example.se", From: "temadag@example.se"}
	f.Letter.Kind, f.Letter.Status, f.Letter.Details.Sequence = domain.LetterChanged, domain.Confirmed, 3
	request, err := export.Invitation(f, o)
	if err != nil {
		t.Fatal(err)
	}
	f.Letter.To, f.Letter.Details.Sequence = "", 0 // a page is no letter
	file, err := export.OwnFile(f, o)
	if err != nil {
		t.Fatal(err)
	}
	mine, theirs := parsed(t, file).Events()[0], parsed(t, request).Events()[0]
	for _, same := range []string{"UID", "SEQUENCE", "SUMMARY", "CLASS", "DTSTART", "DTEND", "ORGANIZER"} {
		if a, b := value(t, mine, same), value(t, theirs, same); a != b || a == "" {
			t.Errorf("%s is %q in the file and %q in the letter", same, a, b)
		}
	}
	for _, want := range []string{"METHOD:PUBLISH\r\n", "CLASS:PRIVATE\r\n"} {
		if !strings.Contains(string(file), want) {
			t.Errorf("the file lacks %q", want)
		}
	}
	if strings.Contains(string(file), "ATTENDEE") {
		t.Error("a published entry has an attendee")
	}
	if public := strings.Contains(string(request), "METHOD:PUBLISH"); public {
		t.Error("the search above finds its words in the letter, too")
	}
	for _, gone := range []domain.RegistrationStatus{domain.Waitlisted, domain.Cancelled, domain.Offered} {
		f.Registration.Status = gone
		if file, err := export.OwnFile(f, o); file != nil || err != nil {
			t.Errorf("someone %s has a file: %q, %v", gone, file, err)
		}
	}
}

// TestInvitation_oldAddress: who still has the place is not told that it is gone.
func TestInvitation_oldAddress(t *testing.T) {
	part := unfold(told(t, person(1, 1), lulea(), domain.LetterAddressOld, domain.Confirmed, 1))
	if !strings.Contains(part, "en annan adress") || strings.Contains(part, "inte längre din") {
		t.Errorf("the entry at the old address says:\n%s", part)
	}
	if gone := unfold(told(t, person(1, 1), lulea(), domain.LetterCancelled, domain.Cancelled, 1)); !strings.Contains(gone, "inte längre din") {
		t.Errorf("the entry of a place given back says:\n%s", gone)
	}
}
