package domain

import (
	"slices"
	"strings"
	"time"
)

// PeopleSort is the order of a list of people.
type PeopleSort string

// The orders. People with protected identity stand last in those of names.
const (
	SortByName         PeopleSort = "name"
	SortByOrganisation PeopleSort = "organisation"
	SortByArrival      PeopleSort = "arrival" // the first to come first
	SortByNewest       PeopleSort = "newest"
)

// PeopleField is something that people can be chosen by. Needs are none.
type PeopleField string

// The fields of PeopleFilter.
const (
	FieldStatus       PeopleField = "status"
	FieldType         PeopleField = "type"
	FieldMunicipality PeopleField = "municipality"
	FieldChannel      PeopleField = "channel"
	FieldAttendance   PeopleField = "attendance"
	FieldSession      PeopleField = "session"
	FieldQuestion     PeopleField = "question"
	FieldLetters      PeopleField = "letters"
	FieldAsked        PeopleField = "asked"
	FieldProtected    PeopleField = "protected"
	FieldTown         PeopleField = "town"
	FieldEvent        PeopleField = "event"
	FieldOrganisation PeopleField = "organisation"
	FieldAnswer       PeopleField = "answer"
	FieldComing       PeopleField = "coming"
)

// PeopleFields lists the fields in the order in which a page offers them.
func PeopleFields() []PeopleField {
	return []PeopleField{
		FieldStatus, FieldEvent, FieldTown, FieldOrganisation, FieldType, FieldMunicipality, FieldChannel, FieldAttendance,
		FieldComing, FieldSession, FieldQuestion, FieldAnswer, FieldLetters, FieldAsked, FieldProtected,
	}
}

// Telling reports whether who is found by the field is told something of herself by it: someone with
// protected identity is found by none of these.
func (f PeopleField) Telling() bool {
	return slices.Contains([]PeopleField{
		FieldType, FieldMunicipality, FieldOrganisation, FieldSession, FieldQuestion, FieldAnswer,
	}, f)
}

// PeopleFilter chooses people; the zero filter is everyone. What is set must hold, all of it.
type PeopleFilter struct {
	Statuses     []RegistrationStatus `json:"statuses,omitempty"`
	Types        []OrganisationType   `json:"types,omitempty"`
	Municipality string               `json:"municipality,omitempty"`
	Channels     []Channel            `json:"channels,omitempty"`
	Attendance   Attendance           `json:"attendance,omitempty"`
	Session      SessionID            `json:"session,omitempty"`  // has chosen it, whether she has a place there or waits
	Question     int64                `json:"question,omitempty"` // has answered it
	Answer       string               `json:"answer,omitempty"`   // to Question: has chosen this value
	Letters      LetterState          `json:"letters,omitempty"`  // has a letter in that state
	Asked        bool                 `json:"asked,omitempty"`    // waits for an answer to her wish to be let off
	Protected    bool                 `json:"protected,omitempty"`
	Town         string               `json:"town,omitempty"`         // of the event
	Event        string               `json:"event,omitempty"`        // slug, where the scope holds several
	Organisation string               `json:"organisation,omitempty"` // any part of its name
	Coming       bool                 `json:"coming,omitempty"`       // has said so when the reminder asked
	Not          []PeopleField        `json:"not,omitempty"`          // of which the opposite must hold
}

// Negated reports whether the opposite of a field must hold.
func (f PeopleFilter) Negated(field PeopleField) bool { return slices.Contains(f.Not, field) }

// Telling reports whether the filter chooses by anything that tells of a person.
func (f PeopleFilter) Telling() bool {
	return len(f.Types) > 0 || f.Municipality != "" || f.Session != 0 || f.Question != 0 || f.Organisation != ""
}

// PeopleQuery asks for a page of the people of an event, a series or a county.
type PeopleQuery struct {
	Scope  ListScope
	Search string // any part of name, organisation, address or reference; each word must be there
	Filter PeopleFilter
	Sort   PeopleSort     // "" means by name
	After  RegistrationID // the last of the page before; 0 for the first page
	Limit  int            // 0 means 50, at most 500
	// Reveal shows people with protected identity as they are, where the actor may, and is logged.
	Reveal bool
}

// The most that a search looks at.
const (
	maxSearch      = 100
	maxSearchWords = 8
)

// SearchWords are the words of a search as they are compared. What means a reference number is one word.
func SearchWords(s string) []string {
	s, ok := CleanLine(s)
	if !ok {
		return nil
	}
	if ref, ok := ParseReference(s); ok {
		return []string{strings.ToLower(ref)}
	}
	if runes := []rune(s); len(runes) > maxSearch {
		s = string(runes[:maxSearch])
	}
	words := strings.Fields(SearchKey(s))
	return words[:min(len(words), maxSearchWords)]
}

// SearchText is what a registration is found by: name, organisation, address and reference number,
// folded, each on a line of its own, so that no word reaches from one into the next.
func (r Registration) SearchText() string {
	b := make([]byte, 0, len(r.GivenName)+len(r.FamilyName)+len(r.Organisation)+len(r.Email)+len(r.Ref)+4)
	b = append(appendSearchKey(b, r.GivenName), ' ')
	b = appendSearchKey(b, r.FamilyName)
	for _, s := range []string{r.Organisation, r.Email, r.Ref} {
		b = appendSearchKey(append(b, '\n'), s)
	}
	return string(b)
}

func appendSearchKey(b []byte, s string) []byte {
	if isTidy(s) {
		return tidySearchKeys().append(b, s)
	}
	return append(b, searchKey(s)...)
}

// Masked is the registration as a list may show it: whole, or where the identity is protected no more
// than that there is someone, and where she stands.
func (r Registration) Masked() Registration {
	if !r.Protected {
		return r
	}
	return Registration{
		ID: r.ID, Ref: r.Ref, EventID: r.EventID, Status: r.Status, Attendance: r.Attendance, Protected: true,
		ReceivedAt: r.ReceivedAt, QueuePosition: r.QueuePosition, OfferUntil: r.OfferUntil, Revision: r.Revision, Coming: r.Coming,
	}
}

// PeopleEvent is an event as a list of people names it.
type PeopleEvent struct {
	ID    EventID
	Slug  string
	Title Text
	Town  string
	Day   Date
	Owner OrganiserCode
}

// PersonRow is one line of a list of people.
type PersonRow struct {
	Registration // masked where Hidden
	Event        PeopleEvent
	Hidden       bool // protected, and not shown to this actor now
	Failed       bool // a letter has not reached her
	Asked        bool // she waits for an answer to her wish to be let off
}

// PeoplePage is one page of a list of people.
type PeoplePage struct {
	Rows   []PersonRow
	Events []PeopleEvent // those in scope that the actor reaches, by day
	// Counts is how many there are of each status, whatever statuses the filter chooses.
	Counts map[RegistrationStatus]int
	Total  int            // how many the whole query finds
	Next   RegistrationID // After for the next page; 0 at the end
}

// PersonView is all that staff may see of one registration.
type PersonView struct {
	Registration // masked where Hidden
	Event        Event
	Terms        Terms // what she agreed to
	Hidden       bool  // protected: opened by a step of its own, which is logged
	History      []HistoryEntry
	Letters      []SentLetter
	Versions     []Version // what she told before; nil where Hidden, and for those who only read
	Request      *PersonRequest
	Mates        []PersonRow // others of her group who are live
	Contact      *Group      // the contact person of the group; nil where Hidden, or there is none
	Sessions     []ChosenSession
	Retired      []Question // those of the event that are not asked any more and have been answered
	HasNeeds     bool       // what they are, the needs officer alone may open
	Follows      *PersonRow
	FollowedBy   *PersonRow
	Keeps        *PersonRow // the place in another town that is kept meanwhile
}

// PersonRequest is a wish to be let off that waits for an answer.
type PersonRequest struct {
	ID     int64
	At     time.Time
	Reason string // "" where Hidden, and for those who do not answer it
}

// SentLetter is a letter as its state is told; what stood in it is not kept here.
type SentLetter struct {
	ID         LetterID
	Kind       LetterKind
	Status     RegistrationStatus // what it told
	To         string             // "" where Hidden
	QueuedAt   time.Time
	AcceptedAt time.Time // zero until a mail server has taken it
	State      LetterState
	Attempts   int
	NextTry    time.Time // of a letter that is not taken yet
	LastError  string
	Subject    string    // of what staff wrote, with its placeholders; "" for the program's own
	Mailing    MailingID // 0 for the program's own
	Returns    []LetterReturn
}

// What is done with people and lists.
const (
	AuditProtectedShown AuditAction = "registration.protected_shown"
	AuditProtected      AuditAction = "registration.protected"
	AuditBulk           AuditAction = "registration.bulk"
	AuditMerged         AuditAction = "registration.merged"
	AuditImported       AuditAction = "list.imported"
	AuditExported       AuditAction = "list.exported"
	AuditTemplateKept   AuditAction = "list.template_kept"
	AuditTemplateGone   AuditAction = "list.template_removed"
)
