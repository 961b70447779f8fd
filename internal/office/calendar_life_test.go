package office_test

import (
	"context"
	"encoding/base64"
	"regexp"
	"strconv"
	"strings"
	"testing"

	"github.com/temadag/temadag/internal/domain"
	"github.com/temadag/temadag/internal/export"
	"github.com/temadag/temadag/internal/mail"
	"github.com/temadag/temadag/internal/service"
)

var calendarPart = regexp.MustCompile(`(?s)Content-Type: text/calendar; method=([A-Z]+); charset=UTF-8\r\n\r\n(.*?)\r\n\r?\n?--`)

// calendarOf is the calendar part of a letter: what it does, to which entry, and the number of the change.
func calendarOf(t *testing.T, raw []byte) (method, uid string, sequence int) {
	t.Helper()
	part := calendarPart.FindSubmatch(raw)
	if part == nil {
		t.Fatalf("the letter has no calendar part:\n%s", raw)
	}
	text, err := base64.StdEncoding.DecodeString(strings.NewReplacer("\r", "", "\n", "").Replace(string(part[2])))
	must(t, err)
	line := func(name string) string {
		_, after, _ := strings.Cut(strings.ReplaceAll(string(text), "\r\n ", ""), "\r\n"+name+":")
		value, _, _ := strings.Cut(after, "\r\n")
		return value
	}
	sequence, err = strconv.Atoi(line("SEQUENCE"))
	must(t, err)
	if line("METHOD") != string(part[1]) {
		t.Errorf("the part is %s and holds %s", part[1], line("METHOD"))
	}
	return string(part[1]), line("UID"), sequence
}

// The entry that the confirmation made in somebody's calendar is the one that a change moves and a cancellation
// takes out: through the whole program, from the page where the day is changed to the letters as they are sent.
func TestCalendar_changeAndCancellationUpdateTheEntry(t *testing.T) {
	w := newWorld(t)
	season(t, w)
	ctx := context.Background()
	d, err := drawing()
	must(t, err)
	o := export.InvitationOptions{Catalogue: d.catalogue, Domain: "temadag.example.se", From: "noreply@temadag.example.se"}
	w.outbox.Composer.(*mail.Composer).Invite = func(f domain.LetterFacts) ([]byte, error) { return export.Invitation(f, o) }
	last := func(to string) []byte {
		t.Helper()
		var raw []byte
		for _, l := range w.deliver() {
			if l.to == to {
				raw = l.raw
			}
		}
		return raw
	}
	first := last("person1@example.se")
	method, uid, sequence := calendarOf(t, first)
	if method != "REQUEST" || uid == "" {
		t.Fatalf("the confirmation has %s of %q", method, uid)
	}
	a := domain.Operator()
	draft, err := w.events().Draft(ctx, a, "lulea")
	must(t, err)
	entry := domain.EntryOf(draft.Event)
	moved(&entry)
	_, err = w.events().Change(ctx, a, service.ChangeInput{
		EditInput: service.EditInput{Slug: "lulea", Seen: draft.Mark, Entry: entry}, Tell: domain.TellAll,
	})
	must(t, err)
	method, same, next := calendarOf(t, last("person1@example.se"))
	if method != "REQUEST" || same != uid || next <= sequence {
		t.Errorf("the change has %s %d of %q, after %d of %q", method, next, same, sequence, uid)
	}
	_, err = w.events().Cancel(ctx, a, "lulea", domain.Text{Sv: "Föreläsaren är sjuk."})
	must(t, err)
	method, same, end := calendarOf(t, last("person1@example.se"))
	if method != "CANCEL" || same != uid || end <= next {
		t.Errorf("the cancellation has %s %d of %q, after %d of %q", method, end, same, next, uid)
	}
}
