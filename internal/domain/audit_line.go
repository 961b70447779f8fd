package domain

// AuditLine is a line of the audit log with what its numbers stand for today. Nothing of it tells who a
// participant is: a registration has its reference number.
type AuditLine struct {
	AuditEntry
	Whom   string // the user it is about; "" for none, or an account that is no more
	Event  Event  // an outline; zero for none
	Ref    string // of the registration it is about; "" for none, or one that is erased
	Other  string // of the registration that was kept beside it; "" as Ref
	Series Text   // zero for none
}

// AuditChoices is what lines can be chosen by: whoever has done something, and the events.
type AuditChoices struct {
	People []User // ids and names
	Events []Event
}
