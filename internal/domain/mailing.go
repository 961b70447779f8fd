package domain

import (
	"slices"
	"strings"
	"time"
	"unicode/utf8"
)

// MailingID numbers what staff write to participants.
type MailingID int64

// MailingState is where a mailing is on its way.
type MailingState string

// The states of a mailing. Waiting is approved, and can be taken back until its time has come; what was
// stopped is never begun again, but a new one can go to those who were left.
const (
	MailingDraft   MailingState = "draft"
	MailingWaiting MailingState = "waiting"
	MailingSending MailingState = "sending"
	MailingPaused  MailingState = "paused" // by its first letters, too many of which failed
	MailingStopped MailingState = "stopped"
	MailingDone    MailingState = "done"
)

// MailingStates lists every state in the order in which one follows the other.
func MailingStates() []MailingState {
	return []MailingState{MailingDraft, MailingWaiting, MailingSending, MailingPaused, MailingStopped, MailingDone}
}

// Ended reports whether nothing more goes out.
func (s MailingState) Ended() bool { return s == MailingStopped || s == MailingDone }

// What a mailing may be, and how it goes out.
const (
	MailingUndo   = time.Minute // between approving and the first letter
	MailingCanary = 20          // letters that go first; the rest wait for what becomes of them
	MailingTyped  = 100         // from more than this many recipients on, their number must be typed

	mostSubject = 150
	// MailingMostBody is the most characters of a text.
	MailingMostBody = 20_000

	MailingMostFiles = 5
	MailingFiles     = 8 << 20 // bytes, all files together
)

// Audience is whom a mailing goes to: everyone in the scope whom the filter finds, or of these the chosen
// alone. Needs are nothing to choose by.
type Audience struct {
	Scope  ListScope        `json:"scope"`
	Filter PeopleFilter     `json:"filter,omitzero"`
	Chosen []RegistrationID `json:"chosen,omitempty"`
	// Counties are whose subscribers an invitation goes to; for nothing else.
	Counties []OrganiserCode `json:"counties,omitempty"`
	// Swedish writes in Swedish to those who have chosen English too: somebody has decided that there is to be
	// no English text.
	Swedish bool `json:"swedish,omitempty"`
}

// Lang is the language in which someone who has chosen l is written to.
func (a Audience) Lang(l Lang) Lang {
	if a.Swedish {
		return Swedish
	}
	return l
}

// MailingEntry is a mailing as whoever writes it holds it.
type MailingEntry struct {
	Audience Audience `json:"audience"`
	Subject  Text     `json:"subject,omitzero"`
	Body     Text     `json:"body,omitzero"` // Markdown with placeholders
	ReplyTo  string   `json:"reply_to,omitempty"`
}

// MailingKind is whom a mailing goes to.
type MailingKind string

// The kinds.
const (
	MailingParticipants MailingKind = "participants" // of events
	MailingInvitation   MailingKind = "invitation"   // those who have asked a county for invitations
)

// AutoMailing is what the clock lets go instead of a person: one of each kind, event and day.
type AutoMailing struct {
	Kind  AutomaticKind // "" for what a person lets go
	Event EventID
	Day   Date   // the event's, as it was when the letter was due
	Link  string // to a form of evaluation; "" for none
}

// Mailing is one thing that staff write to many.
type Mailing struct {
	ID     MailingID
	UID    string // in addresses
	County OrganiserCode
	Kind   MailingKind // "" is participants when it is begun
	Auto   AutoMailing
	MailingEntry
	State      MailingState
	SendAt     time.Time // when the first letter goes; zero for a draft
	Recipients int       // as it was approved
	By         string    // who wrote it
	ApprovedBy string
	Created    time.Time
	Changed    time.Time
	Approved   time.Time
	Ended      time.Time
	Revision   int
	Files      []MailingFile
}

// MailingFile is a file enclosed in every letter of a mailing.
type MailingFile struct {
	ID       int64
	Filename string
	MIME     string
	Size     int
}

// MailingCounts is how far a mailing has come: letters by where they are.
type MailingCounts struct {
	Left     int // not begun with
	Queued   int // begun with, and no server has taken them
	Deferred int // of those queued: tried once at least, and to be tried again
	Sending  int // of those queued: on their way this moment
	Accepted int
	Returned int // of those accepted: came back
	Failed   int
	Withheld int // of someone who may not be written to any more, or stopped
}

// Total is everyone.
func (c MailingCounts) Total() int { return c.Left + c.Begun() + c.Withheld }

// Begun is the letters that have been written, whatever has become of them.
func (c MailingCounts) Begun() int { return c.Queued + c.Accepted + c.Failed }

// Release is how many more letters may be begun with, at most batch. The first MailingCanary go alone, and
// the rest when each of these has been tried and half of them taken. With pause nothing more goes: more than
// one in ten of the first failed, and so would the rest.
func (c MailingCounts) Release(batch int) (n int, pause bool) {
	switch begun := c.Begun(); {
	case c.Left == 0: // whatever has become of them, there is nobody to spare
		return 0, false
	case begun < MailingCanary:
		return min(MailingCanary-begun, c.Left), false
	case begun > MailingCanary:
		return min(batch, c.Left), false
	case c.Failed*10 > begun:
		return 0, true
	case c.Queued > c.Deferred || c.Accepted*2 < begun:
		return 0, false
	}
	return min(batch, c.Left), false
}

// NewMailing reads what was typed. A draft may be half done: only what cannot be kept at all is refused,
// with *Invalid. Whether it can be sent, Ready tells.
func NewMailing(in MailingEntry) (MailingEntry, error) {
	v := &Invalid{}
	for _, t := range []struct {
		field string
		text  *Text
		most  int
	}{{"subject", &in.Subject, mostSubject}, {"body", &in.Body, MailingMostBody}} {
		for _, l := range Langs() {
			s, field := t.text.of(l), t.field+"_"+string(l)
			clean, ok := CleanText(*s)
			switch {
			case !ok:
				v.Add(field, "mailing.unreadable", nil)
			case utf8.RuneCountInString(clean) > t.most:
				v.Add(field, "edit.too_long", map[string]any{"max": t.most})
			default:
				*s = clean
			}
		}
	}
	for _, l := range Langs() {
		s := in.Subject.of(l)
		*s = strings.Join(strings.Fields(*s), " ")
	}
	if in.ReplyTo = strings.TrimSpace(in.ReplyTo); in.ReplyTo != "" {
		address, ok := ParseEmail(in.ReplyTo)
		if !ok {
			v.Add("reply_to", EmailFault(in.ReplyTo), nil)
		} else {
			in.ReplyTo = address
		}
	}
	if len(in.Audience.Filter.Statuses) == 0 && len(in.Audience.Chosen) == 0 { // never those who have cancelled, by an oversight
		in.Audience.Filter.Statuses = []RegistrationStatus{Confirmed}
	}
	slices.Sort(in.Audience.Chosen)
	in.Audience.Chosen = slices.Compact(in.Audience.Chosen)
	if len(v.Faults) > 0 {
		return in, v
	}
	return in, nil
}

func (t *Text) of(l Lang) *string {
	if l == English {
		return &t.En
	}
	return &t.Sv
}

// Ready is what keeps a mailing from being sent, as *Invalid with the line of each fault, or nil. English
// is asked for where somebody reads it, unless everyone is to have the Swedish text; then there is to be none,
// so that nobody wonders who gets which.
func (in MailingEntry) Ready(english bool) error {
	v := &Invalid{}
	none := in.Subject.En == "" && in.Body.En == ""
	if in.Audience.Swedish && !none {
		v.Add("swedish", "mailing.swedish.both", nil)
	}
	for _, l := range Langs() {
		if l == English && none && (!english || in.Audience.Swedish) {
			continue
		}
		for _, t := range in.words(l) {
			if strings.TrimSpace(t.text) == "" {
				v.Add(t.field, "mailing."+t.name+".missing", nil)
			}
			t.slips(v)
		}
	}
	return v.Err()
}

// Slips are what is wrong in the words as far as they are written, as *Invalid with the line of each fault, or nil:
// placeholders that are none and links that lead nowhere. They are told while somebody writes; what is still to be
// written is not.
func (in MailingEntry) Slips() error {
	v := &Invalid{}
	for _, l := range Langs() {
		for _, t := range in.words(l) {
			t.slips(v)
		}
	}
	return v.Err()
}

// mailingText is what is written in one field of a mailing.
type mailingText struct {
	name, field string
	lang        Lang
	text        string
}

func (in MailingEntry) words(l Lang) []mailingText {
	return []mailingText{
		{"subject", "subject_" + string(l), l, *in.Subject.of(l)},
		{"body", "body_" + string(l), l, *in.Body.of(l)},
	}
}

func (t mailingText) slips(v *Invalid) {
	_, faults := ParseWording(t.text, t.lang)
	for _, f := range faults {
		key := "mailing.placeholder." + f.Fault
		if f.Meant != "" {
			key += "_meant"
		}
		v.Add(t.field, key, map[string]any{"line": f.Line, "word": f.Word, "meant": f.Meant})
	}
	if t.name != "body" {
		return
	}
	for _, f := range WrongLinks(t.text) {
		v.Add(t.field, "mailing.link.wrong", map[string]any{"line": f.Line, "link": f.To})
	}
}

// Missing adds a fault for each placeholder that has no value for some of those it goes to, with its line and
// how many they are. events are theirs, with their facts.
func (in MailingEntry) Missing(v *Invalid, to []Registration, events map[EventID]Event) {
	for _, l := range Langs() {
		for _, t := range in.words(l) {
			w, _ := ParseWording(t.text, l)
			for _, p := range w.parts {
				if p.place == "" {
					continue
				}
				n := 0
				for _, r := range to {
					if in.Audience.Lang(r.Lang) == l && !p.place.Known(r, events[r.EventID]) {
						n++
					}
				}
				if n > 0 {
					v.Add(t.field, "mailing.placeholder.empty", map[string]any{
						"line": p.line, "word": p.place.Word(l), "count": n,
					})
				}
			}
		}
	}
}

// Reaches reports whether a letter may still go to someone who was chosen when she stood at was and now
// stands at is: whoever has cancelled meanwhile is not told where to come, unless those who have cancelled
// are written to.
func (a Audience) Reaches(was, is RegistrationStatus) bool {
	return was == is || len(a.Filter.Statuses) > 0 && slices.Contains(a.Filter.Statuses, is) != a.Filter.Negated(FieldStatus)
}

// Recipient is someone a mailing would go to, or not.
type Recipient struct {
	PersonRow
	Subscriber SubscriberID // for an invitation: she has neither name nor registration
	// Refusal is the text key of why nothing goes to her, "" where it does: no address, the same address
	// as somebody before her, an address that mail does not reach.
	Refusal string
}
