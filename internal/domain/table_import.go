package domain

// ImportInput is a table on its way to become registrations.
type ImportInput struct {
	EventSlug string
	Key       string // of the form, the same for every repeat: the same import again changes nothing
	Table     Table
	Head      bool // the first row names the columns
	Mapping   ImportMapping
	Defaults  Entry // what rows that leave it empty hold: organisation, its type, municipality
	// Types tells what words stand for a kind of organisation, by SearchKey of the word.
	Types   map[string]OrganisationType
	Channel Channel // ChannelImport, or how the people themselves let staff know
	Lang    Lang    // of the letters
	// Withhold keeps the letters from being sent: people have been told otherwise.
	Withhold bool
	// Queue is how many may end up in the queue: as many as the preview told.
	Queue int
}

// ImportTwin is where a row's person is met already.
type ImportTwin string

// The two places.
const (
	TwinInFile  ImportTwin = "file"  // on an earlier row
	TwinAtEvent ImportTwin = "event" // registered at the event
)

// ImportRow is one row of an import.
type ImportRow struct {
	Line   int
	Person Participant // as it is read; zero where there are faults
	Typed  Entry       // as it stands in the file
	Faults []*Error    // as the form would tell them
	Twin   ImportTwin  // "" for nobody met; such a row is left out
	Status RegistrationStatus
	ID     RegistrationID // of the registration it became; 0 in a preview
}

// Left reports whether the row becomes no registration.
func (r ImportRow) Left() bool { return r.Twin != "" }

// Import is what an import would do, or did.
type Import struct {
	Event     Event
	Rows      []ImportRow
	Faulty    int // rows with faults: while there is one, nothing is imported
	Twins     int // rows that are left out
	Confirmed int
	Queued    int
	Pending   int
	// Refusal is the text key of why the event takes nobody, or not all: "registration.closed"; "" where it
	// takes them.
	Refusal string
}

// Count counts a row that has been decided.
func (i *Import) Count(r ImportRow) {
	switch {
	case len(r.Faults) > 0:
		i.Faulty++
	case r.Left():
		i.Twins++
	case r.Status == Waitlisted:
		i.Queued++
	case r.Status == Pending:
		i.Pending++
	case r.Status == Confirmed:
		i.Confirmed++
	}
}
