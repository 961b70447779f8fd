package domain

import "time"

// AutomaticKind is a letter about an event that goes by itself when its day has come.
type AutomaticKind string

// The letters that write themselves.
const (
	AutomaticPractical AutomaticKind = "practical" // what to know before one comes
	AutomaticReminder  AutomaticKind = "reminder"  // with two buttons: I am coming, I cannot come
	AutomaticThanks    AutomaticKind = "thanks"    // to those who were there, with documents and evaluation
	AutomaticAbsent    AutomaticKind = "absent"    // to those who were not
)

// AutomaticKinds lists every kind in the order in which they go.
func AutomaticKinds() []AutomaticKind {
	return []AutomaticKind{AutomaticPractical, AutomaticReminder, AutomaticThanks, AutomaticAbsent}
}

// Automatic is one such letter of an event.
type Automatic struct {
	Kind AutomaticKind
	On   bool
	Days int    // working days before the event, or after it
	Link string // to a form of evaluation, https; "" for none
	// Subject and Body are what staff have written, Markdown with placeholders; where empty, the program's
	// own words hold.
	Subject, Body Text
	ChangedBy     string
	Changed       time.Time // zero where nobody has changed anything
	Revision      int
}
