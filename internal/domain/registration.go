package domain

import (
	"errors"
	"time"
)

// RegistrationID numbers registrations in order of arrival. It is never shown; pages and letters
// use the reference number, links use a token.
type RegistrationID int64

// RegistrationStatus is where a registration stands.
type RegistrationStatus string

// The states of a registration. Confirmed and Offered hold a seat.
const (
	Pending     RegistrationStatus = "pending" // the organiser has not said yes or no yet
	Confirmed   RegistrationStatus = "confirmed"
	Waitlisted  RegistrationStatus = "waitlisted"
	Offered     RegistrationStatus = "offered"
	Cancelled   RegistrationStatus = "cancelled"
	Transferred RegistrationStatus = "transferred"
	Withdrawn   RegistrationStatus = "withdrawn" // struck by the organiser
	Declined    RegistrationStatus = "declined"  // the organiser said no to the application
)

// RegistrationStatuses lists every status.
func RegistrationStatuses() []RegistrationStatus {
	return []RegistrationStatus{Pending, Confirmed, Waitlisted, Offered, Cancelled, Transferred, Withdrawn, Declined}
}

// Live reports whether the registration counts as the person's one at the event.
func (s RegistrationStatus) Live() bool {
	return s == Pending || s == Confirmed || s == Waitlisted || s == Offered
}

// HoldsSeat reports whether the registration takes up a place.
func (s RegistrationStatus) HoldsSeat() bool { return s == Confirmed || s == Offered }

// Attendance is whether the participant came.
type Attendance string

// The three answers.
const (
	AttendanceUnknown Attendance = "unknown"
	Present           Attendance = "present"
	Absent            Attendance = "absent"
)

// Channel is the way a registration or a change came in.
type Channel string

// The channels.
const (
	ChannelWeb    Channel = "web"
	ChannelPhone  Channel = "phone"
	ChannelEmail  Channel = "email"
	ChannelDoor   Channel = "door"
	ChannelImport Channel = "import"
	// ChannelClock is what the clock alone brought about; no registration arrives that way.
	ChannelClock Channel = "clock"
)

// OrganisationType is the kind of workplace, for the statistics the county reports.
type OrganisationType string

// The kinds of workplace, as the invitations name their target groups.
const (
	OrgHealthCare     OrganisationType = "health_care"
	OrgSocialServices OrganisationType = "social_services"
	OrgJustice        OrganisationType = "justice" // police, prosecutors, courts, probation
	OrgShelter        OrganisationType = "shelter" // kvinno- och tjejjourer
	OrgSchool         OrganisationType = "school"
	OrgStudentHealth  OrganisationType = "student_health"
	OrgResidence      OrganisationType = "residence" // HVB, boenden för unga
	OrgAuthority      OrganisationType = "authority"
	OrgCivil          OrganisationType = "civil_society"
	OrgOther          OrganisationType = "other"
)

// OrganisationTypes lists the kinds in the order the form offers them.
func OrganisationTypes() []OrganisationType {
	return []OrganisationType{
		OrgHealthCare, OrgSocialServices, OrgJustice, OrgShelter, OrgSchool,
		OrgStudentHealth, OrgResidence, OrgAuthority, OrgCivil, OrgOther,
	}
}

// Participant is what a person tells of herself, cleaned and checked: NFC, no control or
// direction characters, lengths within the limits of ReadEntry.
type Participant struct {
	GivenName        string
	FamilyName       string // "" for people with a single name
	Email            string // as typed, less surrounding space; "" only for registrations by phone
	Phone            string // as typed; "" where not given
	Organisation     string
	OrganisationType OrganisationType
	Title            string
	Municipality     string
	Answers          []Answer // in the order of the event's questions; only those answered
	Invoice          Invoice  // zero where the event asks none
}

// Name is the given and family name as they are said.
func (p Participant) Name() string {
	if p.FamilyName == "" {
		return p.GivenName
	}
	if p.GivenName == "" {
		return p.FamilyName
	}
	return p.GivenName + " " + p.FamilyName
}

// EmailKey is what makes two addresses the same person's: NFC and case folded.
func (p Participant) EmailKey() string { return EmailKey(p.Email) }

// SortKey orders participants in Swedish by family name and then given name; a single name stands
// where a family name would.
func (p Participant) SortKey() string {
	if p.FamilyName == "" {
		return SortKey(p.GivenName)
	}
	return SortKey(p.FamilyName) + "\x01" + SortKey(p.GivenName)
}

// Registration is one person's binding place, or place in the queue, at one event.
type Registration struct {
	Participant
	ID            RegistrationID
	Ref           string // see ReferenceOf
	EventID       EventID
	Status        RegistrationStatus
	Attendance    Attendance
	Channel       Channel
	Lang          Lang
	ReceivedAt    time.Time // "inkommen", to the second on paper
	TermsID       int64     // the wording that was on the screen
	Protected     bool      // skyddade personuppgifter: masked in every list
	LinkVersion   int       // raised to kill the personal link
	Revision      int       // the SEQUENCE of its calendar entry
	QueuePosition int       // 1 is next; 0 when not waiting; filled by readers that say so

	OfferUntil  time.Time      // an offer holds until then, exclusive; zero where none is open
	CancelUntil Date           // a later last day to cancel than the event's, given to this person; zero: none
	Group       GroupID        // the group it was made in; 0 for none
	Together    bool           // one of a pair that comes together or not at all
	Keeps       RegistrationID // the place in another town that is kept until one comes here; 0 for none
	Follows     RegistrationID // the registration whose place this took over, or moved from; 0 for none
	Coming      time.Time      // when she said, asked by the reminder, that she is coming; zero where she has not
}

// Named reports whether the place has a person: those of a group may be named later.
func (r Registration) Named() bool { return r.GivenName != "" }

// Reference is the number said on the phone: see ReferenceOf.
func (r Registration) Reference() string { return r.Ref }

// Admit decides what a newcomer gets at now: Pending where the organiser approves each application,
// Confirmed while places are left and nobody waits, Waitlisted where the event keeps a queue, else a
// refusal of class CodeClosed or CodeFull whose key is "registration." and the availability. It is
// the only way to a place.
func (e Event) Admit(now time.Time) (RegistrationStatus, error) {
	switch a := e.Availability(now); {
	case e.State == EventDraft:
		return "", NotFound("event.not_found")
	case e.Rules.Approval && (a == AvailableOpen || a == AvailableQueue || a == AvailableFull):
		return Pending, nil
	case a == AvailableOpen:
		return Confirmed, nil
	case a == AvailableQueue:
		return Waitlisted, nil
	case a == AvailableFull:
		return "", &Error{Code: CodeFull, Key: "registration.full"}
	default:
		return "", &Error{Code: CodeClosed, Key: "registration." + string(a)}
	}
}

// Refused is a refusal together with the event as it was when it was refused: pages that were kept may be older.
// To errors.Is, errors.As and CodeOf it is the refusal itself.
type Refused struct {
	Refusal error
	Event   Event // what Event.Admit needs; the rest may be missing
}

// Error is the refusal's.
func (r *Refused) Error() string { return r.Refusal.Error() }

// Unwrap is the refusal.
func (r *Refused) Unwrap() error { return r.Refusal }

// AsRefused is e with what decides about places as it was where err refused someone; e itself where err does not
// tell.
func (e Event) AsRefused(err error) Event {
	var r *Refused
	if !errors.As(err, &r) || r.Event.ID != e.ID {
		return e
	}
	now := r.Event
	e.State, e.Day, e.LastDay, e.Starts, e.Ends = now.State, now.Day, now.LastDay, now.Starts, now.Ends
	e.OpensAt, e.RegisterUntil = now.OpensAt, now.RegisterUntil
	e.Capacity, e.Taken, e.Waiting, e.WaitingList = now.Capacity, now.Taken, now.Waiting, now.WaitingList
	return e
}
