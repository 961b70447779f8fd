package domain

import (
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"strconv"
	"strings"
	"time"
)

// field is one thing that an editor fills in: what it is called in forms, how it is shown to somebody
// who compares two versions, and how it is taken over from another entry.
type field struct {
	name  string
	shown func(in *EventEntry) string
	take  func(to *EventEntry, from EventEntry)
	one   func(in *EventEntry) *string // of one line, one text or one choice; else nil
	yes   func(in *EventEntry) *bool   // of a tick; else nil
}

// eventFields lists every field of an entry in the order of its form. A list is one field: two editors
// of one programme have met.
func eventFields() []field {
	fields := []field{
		line("kind", func(in *EventEntry) *string { return &in.Kind }),
		line("language", func(in *EventEntry) *string { return &in.Language }),
	}
	for _, t := range []struct {
		name string
		of   func(in *EventEntry) *Text
	}{
		{"title", func(in *EventEntry) *Text { return &in.Title }},
		{"lead", func(in *EventEntry) *Text { return &in.Lead }},
		{"body", func(in *EventEntry) *Text { return &in.Body }},
		{"cost", func(in *EventEntry) *Text { return &in.Cost }},
		{"photo_note", func(in *EventEntry) *Text { return &in.PhotoNote }},
		{"calendar", func(in *EventEntry) *Text { return &in.Calendar }},
		{"terms", func(in *EventEntry) *Text { return &in.Terms }},
		{"travel", func(in *EventEntry) *Text { return &in.Venue.Travel }},
		{"parking", func(in *EventEntry) *Text { return &in.Venue.Access.Parking }},
		{"drop_off", func(in *EventEntry) *Text { return &in.Venue.Access.DropOff }},
		{"access_note", func(in *EventEntry) *Text { return &in.Venue.Access.Note }},
	} {
		fields = append(fields, words(t.name, t.of)...)
	}
	fields = append(fields, factFields()...)
	return append(fields,
		list("target_group", func(in *EventEntry) *[]Text { return &in.TargetGroup }, func(t Text) string { return t.shown() }),
		list("invited_by", func(in *EventEntry) *[]string { return &in.InvitedBy }, func(s string) string { return s }),
		list("programme", func(in *EventEntry) *[]SessionEntry { return &in.Programme }, SessionEntry.shown),
		list("speakers", func(in *EventEntry) *[]SpeakerEntry { return &in.Speakers }, SpeakerEntry.shown),
		list("questions", func(in *EventEntry) *[]QuestionEntry { return &in.Questions }, QuestionEntry.shown),
	)
}

// factFields are those of one line and those of yes and no.
func factFields() []field {
	var fields []field
	for _, f := range []struct {
		name string
		of   func(in *EventEntry) *string
	}{
		{"day", func(in *EventEntry) *string { return &in.Day }},
		{"last_day", func(in *EventEntry) *string { return &in.LastDay }},
		{"arrival", func(in *EventEntry) *string { return &in.Arrival }},
		{"starts", func(in *EventEntry) *string { return &in.Starts }},
		{"ends", func(in *EventEntry) *string { return &in.Ends }},
		{"town", func(in *EventEntry) *string { return &in.Town }},
		{"venue", func(in *EventEntry) *string { return &in.Venue.Name }},
		{"address", func(in *EventEntry) *string { return &in.Venue.Address }},
		{"postal_code", func(in *EventEntry) *string { return &in.Venue.PostalCode }},
		{"venue_town", func(in *EventEntry) *string { return &in.Venue.Town }},
		{"capacity", func(in *EventEntry) *string { return &in.Capacity }},
		{"opens_day", func(in *EventEntry) *string { return &in.OpensDay }},
		{"opens_at", func(in *EventEntry) *string { return &in.OpensAt }},
		{"register_until", func(in *EventEntry) *string { return &in.RegisterUntil }},
		{"cancel_until", func(in *EventEntry) *string { return &in.CancelUntil }},
		{"after_cancel", func(in *EventEntry) *string { return &in.AfterCancel }},
		{"no_show_fee", func(in *EventEntry) *string { return &in.NoShowFee }},
		{"offer_hours", func(in *EventEntry) *string { return &in.Rules.OfferHours }},
		{"short_days", func(in *EventEntry) *string { return &in.Rules.ShortDays }},
		{"short_hours", func(in *EventEntry) *string { return &in.Rules.ShortHours }},
		{"race_days", func(in *EventEntry) *string { return &in.Rules.RaceDays }},
		{"group_limit", func(in *EventEntry) *string { return &in.Rules.GroupLimit }},
		{"name_by", func(in *EventEntry) *string { return &in.Rules.NameBy }},
		{"change_until", func(in *EventEntry) *string { return &in.Rules.ChangeUntil }},
		{"access_code", func(in *EventEntry) *string { return &in.Rules.AccessCode }},
		{"email_domains", func(in *EventEntry) *string { return &in.Rules.EmailDomains }},
		{"needs_by", func(in *EventEntry) *string { return &in.Rules.NeedsBy }},
		{"needs_days", func(in *EventEntry) *string { return &in.Rules.NeedsDays }},
		{"contact_name", func(in *EventEntry) *string { return &in.Contact.Name }},
		{"contact_phone", func(in *EventEntry) *string { return &in.Contact.Phone }},
		{"contact_email", func(in *EventEntry) *string { return &in.Contact.Email }},
		{"case_number", func(in *EventEntry) *string { return &in.CaseNumber }},
		{"retention_weeks", func(in *EventEntry) *string { return &in.RetentionWeeks }},
		{"retention_support", func(in *EventEntry) *string { return &in.RetentionSupport }},
		{"step_free", func(in *EventEntry) *string { return (*string)(&in.Venue.Access.StepFree) }},
		{"lift", func(in *EventEntry) *string { return (*string)(&in.Venue.Access.Lift) }},
		{"hearing_loop", func(in *EventEntry) *string { return (*string)(&in.Venue.Access.HearingLoop) }},
		{"accessible_toilet", func(in *EventEntry) *string { return (*string)(&in.Venue.Access.AccessibleToilet) }},
		{"scent_free", func(in *EventEntry) *string { return (*string)(&in.Venue.Access.ScentFree) }},
		{"quiet_room", func(in *EventEntry) *string { return (*string)(&in.Venue.Access.QuietRoom) }},
	} {
		fields = append(fields, line(f.name, f.of))
	}
	return append(fields,
		tick("online", func(in *EventEntry) *bool { return &in.Online }),
		tick("waiting_list", func(in *EventEntry) *bool { return &in.WaitingList }),
		tick("binding", func(in *EventEntry) *bool { return &in.Binding }),
		tick("same_organisation", func(in *EventEntry) *bool { return &in.Rules.SameOrganisation }),
		tick("approval", func(in *EventEntry) *bool { return &in.Rules.Approval }),
		tick("food", func(in *EventEntry) *bool { return &in.Rules.Food }),
		tick("access", func(in *EventEntry) *bool { return &in.Rules.Access }),
	)
}

func line(name string, of func(in *EventEntry) *string) field {
	return field{
		name:  name,
		one:   of,
		shown: func(in *EventEntry) string { return strings.TrimSpace(*of(in)) },
		take:  func(to *EventEntry, from EventEntry) { *of(to) = *of(&from) },
	}
}

func tick(name string, of func(in *EventEntry) *bool) field {
	return field{
		name:  name,
		yes:   of,
		shown: func(in *EventEntry) string { return map[bool]string{true: "yes", false: "no"}[*of(in)] },
		take:  func(to *EventEntry, from EventEntry) { *of(to) = *of(&from) },
	}
}

func words(name string, of func(in *EventEntry) *Text) []field {
	return []field{
		line(name+"_sv", func(in *EventEntry) *string { return &of(in).Sv }),
		line(name+"_en", func(in *EventEntry) *string { return &of(in).En }),
	}
}

func list[T any](name string, of func(in *EventEntry) *[]T, shown func(T) string) field {
	return field{
		name: name,
		shown: func(in *EventEntry) string {
			lines := make([]string, len(*of(in)))
			for i, item := range *of(in) {
				lines[i] = shown(item)
			}
			return strings.Join(lines, "\n")
		},
		take: func(to *EventEntry, from EventEntry) { *of(to) = *of(&from) },
	}
}

// shown is every word of a text: two versions that show the same are the same.
func (t Text) shown() string {
	if t.En == "" {
		return t.Sv
	}
	return t.Sv + " / " + t.En
}

func (s SessionEntry) shown() string {
	parts := []string{s.Day, s.Starts + "–" + s.Ends, s.Title.shown(), s.Abstract.shown()}
	for _, sp := range s.Speakers {
		parts = append(parts, "("+sp.shown()+")")
	}
	if s.Parallel != "" || s.Capacity != "" {
		parts = append(parts, "["+s.Parallel+" "+s.Capacity+"]")
	}
	return joinShown(parts, " ")
}

func (s SpeakerEntry) shown() string {
	return joinShown([]string{s.Name, s.Title.shown(), s.Organisation.shown()}, ", ")
}

func (q QuestionEntry) shown() string {
	parts := []string{q.Label.shown(), q.Hint.shown(), q.Kind}
	if q.Required {
		parts = append(parts, "*")
	}
	for _, c := range q.Choices {
		parts = append(parts, "["+c.Label.shown()+"]")
	}
	return joinShown(parts, " ")
}

func joinShown(parts []string, between string) string {
	var out []string
	for _, p := range parts {
		if p = strings.TrimSpace(p); p != "" && p != "–" {
			out = append(out, p)
		}
	}
	return strings.Join(out, between)
}

// Mark tells whether an entry is the one that an editor began with: two entries have the same mark
// only where they are the same.
func (in EventEntry) Mark() string {
	sum := sha256.Sum256(in.packed())
	return hex.EncodeToString(sum[:16])
}

// Size is how much an entry holds, in bytes.
func (in EventEntry) Size() int { return len(in.packed()) }

func (in EventEntry) packed() []byte {
	data, err := json.Marshal(in)
	if err != nil {
		panic("domain: an entry is made of texts and numbers: " + err.Error())
	}
	return data
}

// Changed names the fields in which two entries differ, in the order of the form.
func (in EventEntry) Changed(to EventEntry) []string {
	var names []string
	for _, f := range eventFields() {
		if f.shown(&in) != f.shown(&to) {
			names = append(names, f.name)
		}
	}
	return names
}

// EventFieldNames lists the names of all fields, as faults and comparisons name them, in the order of
// the form. Fields of rows have names of their own: "session_3_title_sv", the rows counted from 1.
func EventFieldNames() []string {
	fields := eventFields()
	names := make([]string, len(fields))
	for i, f := range fields {
		names[i] = f.name
	}
	return names
}

// FormField is the field of the form that mends a finding of the checklist: "venue.access" is mended from
// "step_free" on. It is "" for what is not mended on the event at all.
func FormField(check string) string {
	switch check {
	case "venue.address":
		return "address"
	case "venue.access":
		return "step_free"
	case "venue.travel":
		return "travel_sv"
	case "contact":
		return "contact_name"
	case "retention":
		return "retention_weeks"
	case "title", "lead", "body", "cost", "terms", "photo_note", "calendar":
		return check + "_sv"
	case "documents":
		return check
	}
	if strings.HasPrefix(check, "question") {
		return "questions"
	}
	for _, f := range eventFields() {
		if f.name == check {
			return check
		}
	}
	return ""
}

// RowField is the name of a field in a row of a list: RowField("session", 0, "starts") is
// "session_1_starts".
func RowField(list string, row int, name string) string {
	return list + "_" + strconv.Itoa(row+1) + "_" + name
}

// FieldClash is a field that someone else has changed since an editor began.
type FieldClash struct {
	Field             string
	Was, Theirs, Mine string // as they are shown; of a tick "yes" or "no"
	Both              bool   // and so has the editor, to something else: one of the two must be chosen
}

// EditorsSave is one save by an editor.
type EditorsSave struct {
	At     time.Time
	By     string // her name as it was
	Fields []string
}

// EditClash says that an event was saved by someone else while an editor had it open. Nothing is lost:
// what she typed is kept as her draft, and Merged is both, hers where both have changed the same. It
// unwraps to an *Error of class CodeConflict, "event.edited_meanwhile".
type EditClash struct {
	Fields []FieldClash
	Saves  []EditorsSave // since she began, the oldest first; none where the change was not made by an editor
	Merged EventEntry
	Mark   string // what Merged is to be sent with
}

// Error tells that there is a clash and not of what.
func (c *EditClash) Error() string { return c.Unwrap().Error() }

// Unwrap is the refusal as any page can tell it.
func (c *EditClash) Unwrap() error { return &Error{Code: CodeConflict, Key: "event.edited_meanwhile"} }

// CompareEdits is the clash between what an editor began with, what stands there now and what she
// wants; nil where nobody else has changed anything that she has not changed to the same. Where it is
// not known what she began with (known is false), every difference is one that both have made.
func CompareEdits(was EventEntry, known bool, theirs, mine EventEntry) *EditClash {
	c := &EditClash{Merged: mine, Mark: theirs.Mark()}
	for _, f := range eventFields() {
		a, b, m := f.shown(&was), f.shown(&theirs), f.shown(&mine)
		if !known {
			a = b
		}
		if b == m || (known && a == b) {
			continue
		}
		both := !known || a != m
		if !both {
			f.take(&c.Merged, theirs)
		}
		c.Fields = append(c.Fields, FieldClash{Field: f.name, Was: a, Theirs: b, Mine: m, Both: both})
	}
	if len(c.Fields) == 0 {
		return nil
	}
	return c
}
