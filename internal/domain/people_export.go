package domain

import (
	"slices"
	"strings"
	"time"
	"unicode/utf8"
)

// ExportColumn is a column of a list that is handed out, beside those of an event's own questions: see
// Question.Field. Needs are none.
type ExportColumn string

// The columns.
const (
	ColumnName             ExportColumn = "name"
	ColumnGivenName        ExportColumn = "given_name"
	ColumnFamilyName       ExportColumn = "family_name"
	ColumnTitle            ExportColumn = "title"
	ColumnOrganisation     ExportColumn = "organisation"
	ColumnOrganisationType ExportColumn = "organisation_type"
	ColumnMunicipality     ExportColumn = "municipality"
	ColumnStatus           ExportColumn = "status"
	ColumnAttendance       ExportColumn = "attendance"
	ColumnReference        ExportColumn = "reference"
	ColumnReceived         ExportColumn = "received"
	ColumnChannel          ExportColumn = "channel"
	ColumnSessions         ExportColumn = "sessions"
	ColumnDate             ExportColumn = "date"
	ColumnTown             ExportColumn = "town"
	ColumnEmail            ExportColumn = "email"
	ColumnPhone            ExportColumn = "phone"
	ColumnInvoice          ExportColumn = "invoice"
)

// DefaultColumns is what a list tells where nobody has asked for more.
func DefaultColumns() []ExportColumn {
	return []ExportColumn{ColumnName, ColumnTitle, ColumnOrganisation, ColumnMunicipality}
}

// ExportColumns lists the columns that a list of these events can have, in the order of a page.
func ExportColumns(events []Event) []ExportColumn {
	out := []ExportColumn{
		ColumnName, ColumnGivenName, ColumnFamilyName, ColumnTitle, ColumnOrganisation, ColumnOrganisationType,
		ColumnMunicipality, ColumnStatus, ColumnAttendance, ColumnReference, ColumnReceived, ColumnChannel, ColumnSessions,
		ColumnDate, ColumnTown, ColumnEmail, ColumnPhone, ColumnInvoice,
	}
	for _, e := range events {
		for _, q := range e.Questions {
			out = append(out, ExportColumn(q.Field()))
		}
	}
	return out
}

// ExportColumns lists the columns that the actor may hand out of these events: all of them where she may
// read the registrations, else what a paper at a door may show.
func (a Actor) ExportColumns(events []Event) []ExportColumn {
	if !slices.ContainsFunc(events, func(e Event) bool { return !a.MayAt(PermReadRegistrations, e) }) {
		return ExportColumns(events)
	}
	return []ExportColumn{ColumnName, ColumnGivenName, ColumnFamilyName, ColumnOrganisation, ColumnStatus, ColumnDate, ColumnTown}
}

// Contact reports whether the column lets whoever gets the list reach people beside us: a page warns.
func (c ExportColumn) Contact() bool { return c == ColumnEmail || c == ColumnPhone }

// Question is the id of the question whose answers the column shows, 0 for none.
func (c ExportColumn) Question(e Event) (Question, bool) {
	for _, q := range e.Questions {
		if q.Field() == string(c) {
			return q, true
		}
	}
	return Question{}, false
}

// ExportFormat is the kind of file.
type ExportFormat string

// The formats.
const (
	FormatWorkbook ExportFormat = "xlsx"
	FormatCSV      ExportFormat = "csv"
	FormatPrint    ExportFormat = "print"
)

// ExportSpec is a way to hand out a list: what a template keeps.
type ExportSpec struct {
	Columns []ExportColumn `json:"columns"`
	Purpose string         `json:"purpose"` // what whoever gets the list needs it for
	Filter  PeopleFilter   `json:"filter,omitzero"`
	Sort    PeopleSort     `json:"sort,omitempty"`
	Format  ExportFormat   `json:"format"`
	// Since adds what has happened since this user last took a list of the event.
	Since bool `json:"since,omitempty"`
}

// MaxPurpose is the longest purpose.
const MaxPurpose = 200

// Read cleans and checks a spec for lists of some events. Without columns it has the default ones, without
// statuses those who are to come. *Invalid for the fields "columns" ("export.column_wrong"), "purpose"
// ("field.purpose.missing", "field.purpose.too_long", "field.encoding" and those of free text) and "format"
// ("export.format_wrong").
func (s ExportSpec) Read(events []Event) (ExportSpec, error) {
	v := &Invalid{}
	if len(s.Columns) == 0 {
		s.Columns = DefaultColumns()
	}
	known := ExportColumns(events)
	var columns []ExportColumn
	for _, c := range s.Columns {
		switch {
		case !slices.Contains(known, c):
			v.Add("columns", "export.column_wrong", map[string]any{"column": string(c)})
		case !slices.Contains(columns, c):
			columns = append(columns, c)
		}
	}
	s.Columns = columns
	if len(s.Filter.Statuses) == 0 {
		s.Filter.Statuses = []RegistrationStatus{Confirmed}
	}
	if !slices.Contains([]ExportFormat{FormatWorkbook, FormatCSV, FormatPrint}, s.Format) {
		v.Add("format", "export.format_wrong", nil)
	}
	purpose, ok := CleanLine(s.Purpose)
	switch s.Purpose = purpose; {
	case !ok:
		v.Add("purpose", "field.encoding", nil)
	case purpose == "":
		v.Add("purpose", "field.purpose.missing", nil)
	case utf8.RuneCountInString(purpose) > MaxPurpose:
		v.Add("purpose", "field.purpose.too_long", map[string]any{"max": MaxPurpose})
	default:
		checkFreeText(v, "purpose", purpose, nil)
	}
	return s, v.Err()
}

// Words is the columns as the audit log keeps them.
func (s ExportSpec) Words() string {
	out := make([]string, len(s.Columns))
	for i, c := range s.Columns {
		out[i] = string(c)
	}
	return strings.Join(out, " ")
}

// ListTemplate is a spec that a county keeps under a name.
type ListTemplate struct {
	ID        int64
	County    OrganiserCode
	Name      string
	Spec      ExportSpec
	UpdatedAt time.Time
	UpdatedBy string
}

// ExportChange is what has happened to someone since a list was last taken.
type ExportChange string

// The changes. HandedOver is the one who came, with the one who left.
const (
	ChangeNone       ExportChange = ""
	ChangeNew        ExportChange = "new"
	ChangeChanged    ExportChange = "changed"
	ChangeCancelled  ExportChange = "cancelled" // or left the list otherwise: her status tells
	ChangeHandedOver ExportChange = "handed_over"
)

// ExportRow is one person of a list that is handed out, masked where she is protected.
type ExportRow struct {
	Registration
	Nr       int      // from 1 within the event
	Sessions []string // titles, in the order of the programme
	Change   ExportChange
	Before   string // the name of the one whose place was taken over; "" where she is protected
}

// ExportEvent is one event of a list that is handed out.
type ExportEvent struct {
	Event   Event
	Changes []ExportRow // since Taken; only where the spec asks for it
	Taken   time.Time   // when this user last took a list of it; zero for never
}

// Export is the head of a list that is handed out. Events come by county and then day; the rows are read
// event by event.
type Export struct {
	Scope  ListScope
	Title  Text
	Spec   ExportSpec
	Events []ExportEvent
	MadeAt time.Time
	MadeBy string
	Rows   int // about how many there will be, for whoever waits
}

// Contact reports whether the list holds what people can be reached by.
func (s ExportSpec) Contact() bool { return slices.ContainsFunc(s.Columns, ExportColumn.Contact) }

// ExportNews is what has happened to a list since a user last took it.
type ExportNews struct {
	Taken   time.Time // zero for never
	Changes map[ExportChange]int
}

// ExportTold is what a list that was handed out held.
type ExportTold struct {
	Rows    int
	Changes map[ExportChange]int
}

// VenueSummary is what a venue is told: numbers, and nothing of anyone.
type VenueSummary struct {
	Event    Event
	Coming   int // have a place
	Offered  int // have been offered one
	Waiting  int
	Sessions []SessionCount
}

// SessionCount is how many have a place in a session that is chosen.
type SessionCount struct {
	Session Session
	Taken   int
	Waiting int
}
