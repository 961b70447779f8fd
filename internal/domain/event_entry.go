package domain

import (
	"slices"
	"strconv"
	"strings"
)

// EventEntry is an event as its editor holds it: what was typed, nothing cleaned or checked, so that
// half a date survives until it is a whole one. It is what a draft keeps and what two editors'
// versions are compared by. Documents are no part of it: they are put in one by one.
type EventEntry struct {
	Kind        string   `json:"kind,omitempty"`
	Title       Text     `json:"title,omitzero"`
	Lead        Text     `json:"lead,omitzero"`
	Body        Text     `json:"body,omitzero"`
	TargetGroup []Text   `json:"target_group,omitempty"`
	InvitedBy   []string `json:"invited_by,omitempty"`
	Cost        Text     `json:"cost,omitzero"`
	PhotoNote   Text     `json:"photo_note,omitzero"`
	Calendar    Text     `json:"calendar,omitzero"`
	Language    string   `json:"language,omitempty"`

	Day     string `json:"day,omitempty"`
	LastDay string `json:"last_day,omitempty"` // empty for one day
	Arrival string `json:"arrival,omitempty"`
	Starts  string `json:"starts,omitempty"`
	Ends    string `json:"ends,omitempty"`

	Town   string     `json:"town,omitempty"`
	Online bool       `json:"online,omitempty"`
	Venue  VenueEntry `json:"venue,omitzero"`

	Capacity      string     `json:"capacity,omitempty"`
	WaitingList   bool       `json:"waiting_list,omitempty"`
	OpensDay      string     `json:"opens_day,omitempty"`
	OpensAt       string     `json:"opens_at,omitempty"`
	RegisterUntil string     `json:"register_until,omitempty"`
	CancelUntil   string     `json:"cancel_until,omitempty"`
	AfterCancel   string     `json:"after_cancel,omitempty"`
	NoShowFee     string     `json:"no_show_fee,omitempty"`
	Binding       bool       `json:"binding,omitempty"`
	Terms         Text       `json:"terms,omitzero"`
	Rules         RulesEntry `json:"rules,omitzero"`

	Contact          Contact `json:"contact,omitzero"`
	CaseNumber       string  `json:"case_number,omitempty"`
	RetentionWeeks   string  `json:"retention_weeks,omitempty"`
	RetentionSupport string  `json:"retention_support,omitempty"`

	Programme []SessionEntry  `json:"programme,omitempty"`
	Speakers  []SpeakerEntry  `json:"speakers,omitempty"`
	Questions []QuestionEntry `json:"questions,omitempty"`
}

// VenueEntry is a house as it was typed, or taken over from a list of houses used before.
type VenueEntry struct {
	Name       string `json:"name,omitempty"`
	Address    string `json:"address,omitempty"`
	PostalCode string `json:"postal_code,omitempty"`
	Town       string `json:"town,omitempty"` // empty: the event's
	Access     Access `json:"access,omitzero"`
	Travel     Text   `json:"travel,omitzero"`
}

// RulesEntry is Rules as they were typed. Which counties arrange the event together is not among
// them: that is decided by a step of its own.
type RulesEntry struct {
	SameOrganisation bool   `json:"same_organisation,omitempty"`
	OfferHours       string `json:"offer_hours,omitempty"`
	ShortDays        string `json:"short_days,omitempty"`
	ShortHours       string `json:"short_hours,omitempty"`
	RaceDays         string `json:"race_days,omitempty"`
	GroupLimit       string `json:"group_limit,omitempty"`
	NameBy           string `json:"name_by,omitempty"`
	ChangeUntil      string `json:"change_until,omitempty"`
	Approval         bool   `json:"approval,omitempty"`
	AccessCode       string `json:"access_code,omitempty"`
	EmailDomains     string `json:"email_domains,omitempty"` // one a line, or divided by commas
	Food             bool   `json:"food,omitempty"`
	Access           bool   `json:"access,omitempty"`
	NeedsBy          string `json:"needs_by,omitempty"`
	NeedsDays        string `json:"needs_days,omitempty"`
}

// SessionEntry is an item of the programme as it was typed. ID is 0 for a new one.
type SessionEntry struct {
	ID       int64          `json:"id,omitempty"`
	Day      string         `json:"day,omitempty"` // empty at an event of one day
	Starts   string         `json:"starts,omitempty"`
	Ends     string         `json:"ends,omitempty"`
	Title    Text           `json:"title,omitzero"`
	Abstract Text           `json:"abstract,omitzero"`
	Speakers []SpeakerEntry `json:"speakers,omitempty"`
	Parallel string         `json:"parallel,omitempty"`
	Capacity string         `json:"capacity,omitempty"`
}

// SpeakerEntry is someone who takes part, as she was typed or taken over from another event.
type SpeakerEntry struct {
	Name         string `json:"name,omitempty"`
	Title        Text   `json:"title,omitzero"`
	Organisation Text   `json:"organisation,omitzero"`
}

// QuestionEntry is a question as it was typed. ID is 0 for a new one; a choice without a Value is new.
type QuestionEntry struct {
	ID       int64    `json:"id,omitempty"`
	Kind     string   `json:"kind,omitempty"`
	Label    Text     `json:"label,omitzero"`
	Hint     Text     `json:"hint,omitzero"`
	Required bool     `json:"required,omitempty"`
	Choices  []Choice `json:"choices,omitempty"`
}

// EntryOf is an event as its editor begins with it.
func EntryOf(e Event) EventEntry {
	in := EventEntry{
		Kind: string(e.Kind), Title: e.Title, Lead: e.Lead, Body: e.Body, TargetGroup: slices.Clone(e.TargetGroup),
		InvitedBy: slices.Clone(e.InvitedBy), Cost: e.Cost, PhotoNote: e.PhotoNote, Calendar: e.Calendar, Language: string(e.Language),
		Day: e.Day.String(), Arrival: e.Arrival.String(), Starts: e.Starts.String(), Ends: e.Ends.String(),
		Town: e.Town, Online: e.Online,
		Venue: VenueEntry{
			Name: e.Venue.Name, Address: e.Venue.Address, PostalCode: e.Venue.PostalCode, Town: e.Venue.Town,
			Access: e.Venue.Access, Travel: e.Venue.Travel,
		},
		Capacity: number(int(e.Capacity)), WaitingList: e.WaitingList, RegisterUntil: e.RegisterUntil.String(),
		CancelUntil: e.CancelUntil.String(), AfterCancel: string(e.AfterCancel), NoShowFee: number(e.NoShowFee),
		Binding: e.Binding, Terms: e.Terms.Text, Rules: rulesEntryOf(e.Rules),
		Contact: e.Contact, CaseNumber: e.CaseNumber, RetentionWeeks: number(e.Retention.Weeks), RetentionSupport: e.Retention.Support,
		Speakers: speakerEntries(e.Speakers),
	}
	if e.FinalDay() != e.Day {
		in.LastDay = e.LastDay.String()
	}
	if !e.OpensAt.IsZero() {
		t := e.OpensAt.In(stockholm)
		in.OpensDay, in.OpensAt = DateOf(t).String(), Clock(t.Hour()*60+t.Minute()).String()
	}
	for _, s := range e.Programme {
		in.Programme = append(in.Programme, sessionEntryOf(e, s))
	}
	for _, q := range e.Questions {
		in.Questions = append(in.Questions, QuestionEntry{
			ID: q.ID, Kind: string(q.Kind), Label: q.Label, Hint: q.Hint, Required: q.Required, Choices: slices.Clone(q.Choices),
		})
	}
	return in
}

func rulesEntryOf(r Rules) RulesEntry {
	return RulesEntry{
		SameOrganisation: r.SameOrganisation, OfferHours: number(r.Offers.Hours), ShortDays: number(r.Offers.ShortDays),
		ShortHours: number(r.Offers.ShortHours), RaceDays: number(r.Offers.RaceDays), GroupLimit: number(r.GroupLimit),
		NameBy: r.NameBy.String(), ChangeUntil: r.ChangeUntil.String(), Approval: r.Approval, AccessCode: r.AccessCode,
		EmailDomains: strings.Join(r.EmailDomains, "\n"), Food: r.Food, Access: r.Access, NeedsBy: r.NeedsBy.String(),
		NeedsDays: number(r.NeedsDays),
	}
}

// sessionEntryOf leaves the day out where the event has but one.
func sessionEntryOf(e Event, s Session) SessionEntry {
	in := SessionEntry{
		ID: s.ID, Starts: s.Starts.String(), Ends: s.Ends.String(), Title: s.Title, Abstract: s.Abstract,
		Speakers: speakerEntries(s.Speakers), Parallel: s.Parallel, Capacity: number(int(s.Capacity)),
	}
	if e.FinalDay() != e.Day || s.Day != e.Day {
		in.Day = s.Day.String()
	}
	return in
}

func speakerEntries(speakers []Speaker) []SpeakerEntry {
	var out []SpeakerEntry
	for _, s := range speakers {
		out = append(out, SpeakerEntry{Name: s.Name, Title: s.Title, Organisation: s.Organisation})
	}
	return out
}

// number is n as it is shown in a field: nothing where it is not set.
func number(n int) string {
	if n == 0 {
		return ""
	}
	return strconv.Itoa(n)
}

// Shift moves the item at i of a list by so many places, as buttons up and down do; past the ends
// it stays where it is.
func Shift[T any](list []T, i, by int) {
	to := i + by
	if i < 0 || i >= len(list) || to < 0 || to >= len(list) {
		return
	}
	item := list[i]
	rest := slices.Delete(slices.Clone(list), i, i+1)
	copy(list, slices.Insert(rest, to, item))
}
