package domain

import (
	"slices"
	"time"
)

// HistoryLetterAgain is told where staff sent a letter once more.
const HistoryLetterAgain HistoryKind = "letter_again"

// Between two letters that are sent again, and how many may be in a day: whoever gets none has another fault
// than that it was sent too seldom.
const (
	AgainWait = 10 * time.Minute
	AgainMost = 3
)

// MaySendAgain is nil where a letter may be sent once more at now, else why not: of class CodeClosed
// "letter.past" where it tells of what is no longer so, or later letters have told more; "letter.no_address";
// "letter.not_hers" for letters to others than the participant; "letter.of_mailing" for what staff wrote to many;
// "letter.on_its_way" while one of the same kind is; of class CodeTooMany "letter.wait" with Args "minutes", and "letter.enough".
func (v PersonView) MaySendAgain(l SentLetter, now time.Time) error {
	closed := func(key string) error { return &Error{Code: CodeClosed, Key: key} }
	switch {
	case l.Kind.ToContact() || l.Kind.Linkless():
		return closed("letter.not_hers")
	case l.Kind == LetterMailing:
		return closed("letter.of_mailing")
	case !v.tellsNow(l):
		return closed("letter.past")
	case !v.Hidden && v.Email == "":
		return closed("letter.no_address")
	}
	for _, other := range v.Letters {
		if other.Kind == l.Kind && (other.State == LetterQueued || other.State == LetterSending) {
			return closed("letter.on_its_way")
		}
	}
	today := 0
	for _, h := range v.History {
		if h.Kind != HistoryLetterAgain {
			continue
		}
		if left := h.At.Add(AgainWait).Sub(now); left > 0 {
			return &Error{Code: CodeTooMany, Key: "letter.wait", Args: map[string]any{"minutes": int((left + time.Minute - 1) / time.Minute)}}
		}
		if now.Before(h.At.Add(24 * time.Hour)) {
			today++
		}
	}
	if today >= AgainMost {
		return &Error{Code: CodeTooMany, Key: "letter.enough"}
	}
	return nil
}

// tellsNow reports whether a letter was written when the registration stood as it does now, and is the last
// of its kind.
func (v PersonView) tellsNow(l SentLetter) bool {
	later := slices.ContainsFunc(v.Letters, func(o SentLetter) bool { return o.ID > l.ID && o.Kind == l.Kind })
	return !later && l.Status == v.Status && l.Kind != LetterReserved
}

// RevealReason is why someone with protected identity is looked at.
type RevealReason string

// The reasons. They stand in the audit log.
const (
	RevealContact RevealReason = "contact" // she must be reached
	RevealAsked   RevealReason = "asked"   // she herself asks about her registration
	RevealDoor    RevealReason = "door"    // she is to be let in
	RevealFault   RevealReason = "fault"   // something in the registration is to be mended
)

// RevealReasons lists the reasons in the order in which a page offers them.
func RevealReasons() []RevealReason {
	return []RevealReason{RevealContact, RevealAsked, RevealDoor, RevealFault}
}

// NeedsTold is someone who has told of what she needs, and nothing of what.
type NeedsTold struct {
	Registration // masked where the identity is protected; of others no more than the name
	Late         bool
}
