package domain

import (
	"slices"
	"strconv"
	"strings"
	"time"
	"unicode/utf8"
)

// AutomaticKind is a letter about an event that nobody needs to think of: it goes when its day has come, or
// when staff change the event or call it off.
type AutomaticKind string

// The letters that write themselves.
const (
	AutomaticPractical AutomaticKind = "practical" // what to know before one comes
	AutomaticReminder  AutomaticKind = "reminder"  // with two buttons: I am coming, I cannot come
	AutomaticThanks    AutomaticKind = "thanks"    // to those who were there, with documents and evaluation
	AutomaticAbsent    AutomaticKind = "absent"    // to those who were not
	AutomaticChanged   AutomaticKind = "changed"   // goes when staff change day, hours or place
	AutomaticCancelled AutomaticKind = "cancelled" // goes when staff call the event off
)

// AutomaticKinds lists every kind, those of the clock in the order in which they go.
func AutomaticKinds() []AutomaticKind {
	return []AutomaticKind{
		AutomaticPractical, AutomaticReminder, AutomaticThanks, AutomaticAbsent, AutomaticChanged, AutomaticCancelled,
	}
}

// Timed reports whether the clock lets the letter go, and not what staff do.
func (k AutomaticKind) Timed() bool {
	return k.Before() || k == AutomaticThanks || k == AutomaticAbsent
}

// Before reports whether the letter goes before the event.
func (k AutomaticKind) Before() bool { return k == AutomaticPractical || k == AutomaticReminder }

// Automatic is one such letter of an event.
type Automatic struct {
	Kind AutomaticKind
	On   bool
	Days int    // working days before the event, or after it
	Link string // to a form of evaluation, https; "" for none
	// Subject and Body are what staff have written, Markdown with placeholders; where empty, the program's
	// own words hold. Of a letter that is not Timed, Body is what the organiser's note begins as.
	Subject, Body Text
	ChangedBy     string
	Changed       time.Time // zero where nobody has changed anything
	Armed         time.Time // since when it would go when it would go; zero for always
	Revision      int
}

// Limits of an automatic letter.
const (
	AutomaticMostDays = 30
	automaticClock    = Clock(9 * 60)       // when they go
	automaticApart    = 7 * 24 * time.Hour  // between two of a kind about one event
	automaticAfter    = 14 * 24 * time.Hour // how late a letter after the event may still go
	maxAutomaticLink  = 500
)

// DefaultAutomatic is the letter of an event whose staff have changed nothing: people are reminded, and told
// of changes, and everything else waits for someone who wants it.
func DefaultAutomatic(k AutomaticKind) Automatic {
	days := map[AutomaticKind]int{AutomaticPractical: 10, AutomaticReminder: 5, AutomaticThanks: 1, AutomaticAbsent: 2}
	return Automatic{Kind: k, On: k == AutomaticReminder || !k.Timed(), Days: days[k]}
}

// DueAt is when the letter goes: at nine in the morning, so many working days before the first day of the
// event or after its last. The zero time where the day is not announced, and for what is not Timed.
func (a Automatic) DueAt(e Event) time.Time {
	day := e.FinalDay().AddWorkdays(a.Days)
	if a.Kind.Before() {
		day = e.Day.AddWorkdays(-a.Days)
	}
	if day.IsZero() || !a.Kind.Timed() {
		return time.Time{}
	}
	return day.At(automaticClock)
}

// WrittenAt is the instant whose day the words of a letter speak of when it is looked at: when it is due, or now
// where that has passed or is not known.
func (a Automatic) WrittenAt(e Event, now time.Time) time.Time {
	if due := a.DueAt(e); due.After(now) {
		return due
	}
	return now
}

// Lapses is when the letter does not go any more, whatever kept it: when the event begins, or a fortnight
// after it was due.
func (a Automatic) Lapses(e Event) time.Time {
	if a.Kind.Before() {
		return e.StartsAt()
	}
	return a.DueAt(e).Add(automaticAfter)
}

// AutomaticState is what becomes of an automatic letter.
type AutomaticState string

// The states. Ahead and due go; the others do not, or have.
const (
	AutomaticOff       AutomaticState = "off"
	AutomaticDraft     AutomaticState = "draft"      // the event is not published
	AutomaticCalledOff AutomaticState = "called_off" // there is nothing to come to
	AutomaticUndecided AutomaticState = "undecided"  // the day is not announced
	AutomaticAhead     AutomaticState = "ahead"
	AutomaticDue       AutomaticState = "due"    // its time has come
	AutomaticGone      AutomaticState = "gone"   // it has been written for this day
	AutomaticMissed    AutomaticState = "missed" // switched on, published or moved after it was due: it does not go late
	AutomaticClose     AutomaticState = "close"  // one has gone for another day a moment ago
	AutomaticLapsed    AutomaticState = "lapsed" // the program was not running, or it could not go, until it was too late
	AutomaticOnChange  AutomaticState = "on_change"
)

// AutomaticSent is a letter that has been written for a day of the event.
type AutomaticSent struct {
	Kind    AutomaticKind
	Day     Date
	At      time.Time
	Mailing string // its UID
	People  int    // 0 for a letter that nobody was to get
}

// AutomaticPlan is when a letter goes, or why it does not.
type AutomaticPlan struct {
	State AutomaticState
	At    time.Time      // when it is due, or went; zero where that is not known
	Sent  *AutomaticSent // the last of the kind, for whichever day
}

// Plan tells what becomes of the letter. timed is when the event was published or given its days last, sent
// are those of the event that have been written.
//
// A letter whose time had passed when it was switched on, or the event was published or moved, does not go:
// it would reach people at an hour that nobody chose. After a move a new reminder goes for the new day, unless
// one went less than a week before: the letter about the change has told the new day already, and a second
// reminder would say nothing new.
func (a Automatic) Plan(e Event, timed time.Time, sent []AutomaticSent, now time.Time) AutomaticPlan {
	p := AutomaticPlan{At: a.DueAt(e)}
	for i, s := range sent {
		if s.Kind != a.Kind {
			continue
		}
		if p.Sent == nil || p.Sent.At.Before(s.At) {
			p.Sent = &sent[i]
		}
		if s.Day == e.Day {
			p.Sent, p.State, p.At = &sent[i], AutomaticGone, s.At
			break
		}
	}
	if p.State == "" {
		p.State = a.state(e, p, timed, now)
	}
	return p
}

func (a Automatic) state(e Event, p AutomaticPlan, timed, now time.Time) AutomaticState {
	switch {
	case e.State == EventCancelled:
		return AutomaticCalledOff
	case !a.On:
		return AutomaticOff
	case !a.Kind.Timed():
		return AutomaticOnChange
	case e.State == EventDraft:
		return AutomaticDraft
	case p.At.IsZero():
		return AutomaticUndecided
	case p.At.Before(timed) || p.At.Before(a.Armed):
		return AutomaticMissed
	case p.Sent != nil && p.At.Before(p.Sent.At.Add(automaticApart)):
		return AutomaticClose
	case now.Before(p.At):
		return AutomaticAhead
	case now.Before(a.Lapses(e)):
		return AutomaticDue
	}
	return AutomaticLapsed
}

// GoesTo reports whether the letter goes to someone: whoever has a place and had registered before it was
// due; after the event those alone who were there, or were not. Where nobody has noted who came, marked is
// false, and thanks go to everyone who had a place.
func (a Automatic) GoesTo(r Registration, due time.Time, marked bool) bool {
	if r.Status != Confirmed || !r.ReceivedAt.Before(due) {
		return false
	}
	switch a.Kind {
	case AutomaticThanks:
		return r.Attendance == Present || !marked
	case AutomaticAbsent:
		return r.Attendance == Absent
	}
	return true
}

// AutomaticEntry is an automatic letter as whoever edits it holds it.
type AutomaticEntry struct {
	On            bool
	Days          string
	Link          string
	Subject, Body Text
}

// Read makes the letter what was typed, or answers *Invalid with the fields "days", "link", "subject_sv",
// "body_sv" and their English twins; faults in the words tell their line. own is the program's own words:
// what agrees with them is kept as nothing, so that they hold when they are mended.
func (a Automatic) Read(in AutomaticEntry, own MailingEntry) (Automatic, error) {
	v := &Invalid{}
	a.On = in.On
	if a.Kind.Timed() {
		n, err := strconv.Atoi(strings.TrimSpace(in.Days))
		if err != nil || n < 1 || n > AutomaticMostDays {
			v.Add("days", "automatic.days.wrong", map[string]any{"max": AutomaticMostDays})
		}
		a.Days = n
	}
	if a.Kind == AutomaticThanks {
		a.Link = readAutomaticLink(v, in.Link)
	}
	if !a.Kind.Timed() {
		a.Body = a.readNotes(v, in.Body)
		return a, v.Err()
	}
	words, err := NewMailing(MailingEntry{Subject: in.Subject, Body: in.Body})
	long := v.take(err)
	for _, l := range Langs() {
		*a.Subject.of(l) = unlessSame(*words.Subject.of(l), *own.Subject.of(l))
		*a.Body.of(l) = unlessSame(*words.Body.of(l), *own.Body.of(l))
	}
	v.take(a.Words(own).Ready(true), long...)
	return a, v.Err()
}

// take adds the faults of another refusal, but for those of fields that have been told of, and answers which
// fields they are of.
func (v *Invalid) take(err error, but ...string) (fields []string) {
	more, ok := err.(*Invalid) //nolint:errorlint // it is made right there
	if !ok {
		return nil
	}
	for _, f := range more.Faults {
		if !slices.Contains(but, f.Field) {
			v.Faults = append(v.Faults, f)
			fields = append(fields, f.Field)
		}
	}
	return fields
}

func (a Automatic) readNotes(v *Invalid, in Text) Text {
	for _, l := range Langs() {
		s, field := in.of(l), "body_"+string(l)
		clean, ok := CleanText(*s)
		switch {
		case !ok:
			v.Add(field, "mailing.unreadable", nil)
		case utf8.RuneCountInString(clean) > MaxReason:
			v.Add(field, "edit.too_long", map[string]any{"max": MaxReason})
		default:
			*s = clean
		}
	}
	return in
}

func readAutomaticLink(v *Invalid, typed string) string {
	typed = strings.TrimSpace(typed)
	if typed == "" {
		return ""
	}
	rest, secure := strings.CutPrefix(typed, "https://")
	host := rest
	if i := strings.IndexAny(rest, "/?#"); i >= 0 {
		host = rest[:i]
	}
	plain := !strings.ContainsFunc(typed, func(r rune) bool { return r <= ' ' || r > '~' || strings.ContainsRune("<>\"'`\\^{|}", r) })
	if !secure || !plain || len(typed) > maxAutomaticLink || !strings.Contains(host, ".") || strings.ContainsAny(host, "@%") {
		v.Add("link", "automatic.link.wrong", nil)
	}
	return typed
}

func unlessSame(s, own string) string {
	if strings.TrimSpace(s) == strings.TrimSpace(own) {
		return ""
	}
	return s
}

// Words are the words that hold: those that staff have written, and the program's own where they have
// written none.
func (a Automatic) Words(own MailingEntry) MailingEntry {
	for _, l := range Langs() {
		if s := *a.Subject.of(l); s != "" {
			*own.Subject.of(l) = s
		}
		if s := *a.Body.of(l); s != "" {
			*own.Body.of(l) = s
		}
	}
	return own
}

// What is done with automatic letters. The details tell the kind, and of what went how many.
const (
	AuditAutomaticSaved AuditAction = "automatic.saved"
	AuditAutomaticBegun AuditAction = "automatic.begun"
)
