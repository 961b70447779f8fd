package domain

import (
	"strings"
	"time"
	"unicode/utf8"
)

// AttendanceMark is what somebody has noted of one participant: Is, where the page that she wrote on said Was.
type AttendanceMark struct {
	Ref     string
	Was, Is Attendance
}

// AttendanceMarked is what became of marks.
type AttendanceMarked struct {
	Changed int
	// Kept are those who were left as they are, because somebody else noted otherwise meanwhile or because
	// they have a place no more: as the list at the door shows them.
	Kept []Registration
}

// AttendanceList is a page of those who have a place at an event, and what is noted of them: name and
// organisation, in Swedish order, those with protected identity last and masked.
type AttendanceList struct {
	Event                    Event
	Rows                     []Registration
	Whole                    bool // Rows are all who have a place, found or not
	Found                    int  // of all pages; everyone where nothing is searched for
	Page                     int  // from 1
	Pages                    []AttendanceSpan
	Present, Absent, Unknown int // of all pages
}

// Noted is how many somebody has noted something of.
func (l AttendanceList) Noted() int { return l.Present + l.Absent }

// All is how many have a place.
func (l AttendanceList) All() int { return l.Noted() + l.Unknown }

// DoorSearch is what somebody at the door looks for. It finds by what the list shows and by nothing else: whoever
// stands there is not told, by searching, what a person's address or hidden name is.
type DoorSearch struct {
	words []string
	ref   string // how a reference number begins
}

// ReadDoorSearch reads what was typed: words that are each to be in a name or an organisation, or how a reference
// number begins, its first half at least.
func ReadDoorSearch(typed string) DoorSearch {
	typed, ok := CleanLine(typed)
	if !ok {
		return DoorSearch{}
	}
	if runes := []rune(typed); len(runes) > maxSearch {
		typed = string(runes[:maxSearch])
	}
	words := strings.Fields(SearchKey(typed))
	d := DoorSearch{words: words[:min(len(words), maxSearchWords)]}
	if ref := strings.NewReplacer("-", "", " ", "", "o", "0", "i", "1", "l", "1").Replace(SearchKey(typed)); utf8.RuneCountInString(ref) >= halfReference {
		d.ref = ref
	}
	return d
}

// Empty reports whether everyone is found.
func (d DoorSearch) Empty() bool { return len(d.words) == 0 }

// halfReference is how many characters of a reference number find: fewer would be found beside names by chance.
const halfReference = 4

// Finds reports whether r, as the list at the door shows her, is found.
func (d DoorSearch) Finds(r Registration) bool {
	text, ref := r.DoorKeys()
	if d.ref != "" && strings.HasPrefix(ref, d.ref) {
		return true
	}
	for _, w := range d.words {
		if !strings.Contains(text, w) {
			return false
		}
	}
	return true
}

// DoorKeys are what a DoorSearch compares: names and organisation folded, each on a line of its own and nothing of
// whoever is protected, and the reference number without its hyphen.
func (r Registration) DoorKeys() (text, ref string) {
	m := r.Masked()
	return SearchKey(m.GivenName+" "+m.FamilyName) + "\n" + SearchKey(m.Organisation), strings.ToLower(strings.ReplaceAll(m.Ref, "-", ""))
}

// AttendanceSpan is who is first and last on a page of the list.
type AttendanceSpan struct{ First, Last Registration }

// MayNoteAttendance is nil from the event's first day on. Before it, and where there is no such day, it is a
// refusal of class CodeClosed: "attendance.no_day", "attendance.called_off", or "attendance.not_yet" with Args
// "day".
func (e Event) MayNoteAttendance(now time.Time) error {
	switch {
	case e.State == EventCancelled:
		return &Error{Code: CodeClosed, Key: "attendance.called_off"}
	case e.Day.IsZero():
		return &Error{Code: CodeClosed, Key: "attendance.no_day"}
	case now.Before(e.Day.Start()):
		return &Error{Code: CodeClosed, Key: "attendance.not_yet", Args: map[string]any{"day": e.Day}}
	}
	return nil
}

// MayNoteTheRest is nil when the event is over. Before that it is a refusal of class CodeClosed: those of
// MayNoteAttendance, or "attendance.not_over".
func (e Event) MayNoteTheRest(now time.Time) error {
	if err := e.MayNoteAttendance(now); err != nil {
		return err
	}
	if now.Before(e.EndsAt()) {
		return &Error{Code: CodeClosed, Key: "attendance.not_over"}
	}
	return nil
}

// Known reports whether a is one of the three answers.
func (a Attendance) Known() bool { return a == AttendanceUnknown || a == Present || a == Absent }

// History is the step that noting it is.
func (a Attendance) History() HistoryKind {
	switch a {
	case Present:
		return HistoryPresent
	case Absent:
		return HistoryAbsent
	}
	return HistoryNotNoted
}

// AttendanceSettles is how long a letter that goes by who came waits after somebody has noted that last: whoever
// notes page after page is not to see it go to those on the first.
const AttendanceSettles = time.Hour

// WaitsUntil is until when a letter after the event waits because attendance was noted at last; the zero time
// where it does not. It never waits so long that it lapses.
func (a Automatic) WaitsUntil(e Event, last, now time.Time) time.Time {
	until := last.Add(AttendanceSettles)
	if a.Kind.Before() || !a.Kind.Timed() || last.IsZero() || !now.Before(until) || !until.Before(a.Lapses(e)) {
		return time.Time{}
	}
	return until
}
