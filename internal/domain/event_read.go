package domain

import (
	"slices"
	"strconv"
	"strings"
	"time"
	"unicode/utf8"
)

// The longest texts of an event, in characters, and the most rows of a list.
const (
	MaxEventTitle = 200
	MaxEventLine  = 200
	MaxEventLead  = 1_000
	MaxEventBody  = 20_000
	MaxEventTerms = 2_000
	MaxEventNote  = 1_000
	MaxSessions   = 200
	MaxSpeakers   = 100
	MaxQuestions  = 50
	MaxChoices    = 40
	MaxTargets    = 40
	MaxCapacity   = 100_000
)

// eventReader reads an entry into an event, and notes every fault.
type eventReader struct {
	v   *Invalid
	in  EventEntry
	was Event
	ref Date
	out Event
}

// ReadEvent is was with everything that an editor has filled in: what is not announced may be empty,
// what is filled in must be readable. Every fault is reported together as *Invalid, under the names of
// EventFieldNames and RowField; keys begin with "edit.", "field.date." or "field.clock.", and Args hold
// what their texts need ("max", "day"). ref is today.
//
// What an editor does not fill in is was's: slug, owner, state, counters, documents, and which counties
// arrange the event together. Terms of another wording have the next version and no ID. Sessions that
// stood on a day of the event follow it to its new day.
func (e Event) ReadEvent(in EventEntry, ref Date) (Event, error) {
	r := &eventReader{v: &Invalid{}, in: in, was: e, ref: ref, out: e}
	r.readTexts()
	r.readWhen()
	r.readWhere()
	r.readPlaces()
	r.readRules()
	r.readContact()
	r.readSessions()
	r.out.Speakers = r.readSpeakers("speakers", "speaker", in.Speakers)
	r.readQuestions()
	if err := r.v.Err(); err != nil {
		return Event{}, err
	}
	return r.out, nil
}

func (r *eventReader) readTexts() {
	in, out := r.in, &r.out
	out.Kind = oneOf(r, "kind", in.Kind, EventKinds(), KindThemeDay)
	out.Language = oneOf(r, "language", in.Language, Langs(), Swedish)
	out.Title = r.text("title", in.Title, MaxEventTitle, false)
	if out.Title.Sv == "" && !r.faulty("title_sv") {
		r.v.Add("title_sv", "edit.title.missing", nil)
	}
	out.Lead = r.text("lead", in.Lead, MaxEventLead, true)
	out.Body = r.text("body", in.Body, MaxEventBody, true)
	out.Cost = r.text("cost", in.Cost, MaxEventLine, false)
	out.PhotoNote = r.text("photo_note", in.PhotoNote, MaxEventNote, true)
	out.Calendar = r.text("calendar", in.Calendar, MaxEventLine, false)
	out.TargetGroup, out.InvitedBy = nil, nil
	for _, t := range r.most("target_group", len(in.TargetGroup), MaxTargets) {
		if g := r.text("target_group", in.TargetGroup[t], MaxEventLine, false); !g.IsZero() {
			out.TargetGroup = append(out.TargetGroup, g)
		}
	}
	for _, i := range r.most("invited_by", len(in.InvitedBy), MaxTargets) {
		if name := r.line("invited_by", in.InvitedBy[i], MaxEventLine); name != "" {
			out.InvitedBy = append(out.InvitedBy, name)
		}
	}
}

func (r *eventReader) readWhen() {
	in, out := r.in, &r.out
	out.Day, out.LastDay = r.day("day", in.Day), r.day("last_day", in.LastDay)
	out.Arrival, out.Starts, out.Ends = r.clock("arrival", in.Arrival), r.clock("starts", in.Starts), r.clock("ends", in.Ends)
	if out.LastDay == out.Day {
		out.LastDay = Date{}
	}
	switch {
	case out.LastDay.IsZero():
	case out.Day.IsZero() && !r.faulty("day"):
		r.v.Add("day", DateMissing, nil)
	case !out.Day.IsZero() && out.LastDay.Before(out.Day):
		r.v.Add("last_day", "edit.last_day.before", nil)
	}
	if out.Starts.Known() && out.Ends.Known() && out.LastDay.IsZero() && out.Ends <= out.Starts {
		r.v.Add("ends", "edit.ends.before", nil)
	}
	if out.Arrival.Known() && out.Starts.Known() && out.Arrival > out.Starts {
		r.v.Add("arrival", "edit.arrival.after", nil)
	}
}

func (r *eventReader) readWhere() {
	in, out := r.in, &r.out
	out.Town, out.Online = r.line("town", in.Town, MaxMunicipality), in.Online
	v := Venue{
		Name: r.line("venue", in.Venue.Name, MaxEventLine), Address: r.line("address", in.Venue.Address, MaxEventLine),
		Town: r.line("venue_town", in.Venue.Town, MaxMunicipality), Travel: r.text("travel", in.Venue.Travel, MaxEventNote, true),
	}
	v.PostalCode = strings.NewReplacer(" ", "", "-", "").Replace(strings.TrimPrefix(strings.ToUpper(plainDashes(in.Venue.PostalCode)), "SE-"))
	if _, err := strconv.Atoi(v.PostalCode); v.PostalCode != "" && (err != nil || len(v.PostalCode) != 5) {
		r.v.Add("postal_code", "edit.postal_code.wrong", nil)
	}
	a := in.Venue.Access
	known := []Known{Unknown, Yes, No}
	v.Access = Access{
		StepFree: oneOf(r, "step_free", string(a.StepFree), known, Unknown), Lift: oneOf(r, "lift", string(a.Lift), known, Unknown),
		HearingLoop:      oneOf(r, "hearing_loop", string(a.HearingLoop), known, Unknown),
		AccessibleToilet: oneOf(r, "accessible_toilet", string(a.AccessibleToilet), known, Unknown),
		ScentFree:        oneOf(r, "scent_free", string(a.ScentFree), known, Unknown),
		QuietRoom:        oneOf(r, "quiet_room", string(a.QuietRoom), known, Unknown),
		Parking:          r.text("parking", a.Parking, MaxEventNote, true), DropOff: r.text("drop_off", a.DropOff, MaxEventNote, true),
		Note: r.text("access_note", a.Note, MaxEventNote, true),
	}
	if v.IsZero() && v != (Venue{}) && !r.faulty("venue") {
		r.v.Add("venue", "edit.venue.missing", nil)
	}
	if v.Town == "" && !v.IsZero() {
		v.Town = out.Town
	}
	out.Venue = v
}

func (r *eventReader) readPlaces() {
	in, out := r.in, &r.out
	out.Capacity, out.WaitingList = Seats(r.count("capacity", in.Capacity, MaxCapacity)), in.WaitingList
	out.RegisterUntil, out.CancelUntil = r.day("register_until", in.RegisterUntil), r.day("cancel_until", in.CancelUntil)
	out.OpensAt = time.Time{}
	day, at := r.day("opens_day", in.OpensDay), r.clock("opens_at", in.OpensAt)
	switch {
	case !day.IsZero() && at.Known():
		out.OpensAt = day.At(at).UTC()
	case !day.IsZero():
		out.OpensAt = day.Start().UTC()
	case at.Known() && !r.faulty("opens_day"):
		r.v.Add("opens_day", DateMissing, nil)
	}
	out.AfterCancel = oneOf(r, "after_cancel", in.AfterCancel, []AfterLastCancelDay{TransferOnly, ContactUs}, TransferOnly)
	out.NoShowFee, out.Binding = r.count("no_show_fee", in.NoShowFee, 100_000), in.Binding
	terms := r.text("terms", in.Terms, MaxEventTerms, true)
	if terms != r.was.Terms.Text {
		out.Terms = Terms{Version: r.was.Terms.Version + 1, Text: terms}
	}
}

func (r *eventReader) readRules() {
	in, out := r.in.Rules, &r.out
	out.Rules = Rules{
		CoOrganisers: r.was.Rules.CoOrganisers, SameOrganisation: in.SameOrganisation,
		Offers: OfferRules{
			Hours: r.count("offer_hours", in.OfferHours, 24*14), ShortDays: r.count("short_days", in.ShortDays, 60),
			ShortHours: r.count("short_hours", in.ShortHours, 24*14), RaceDays: r.count("race_days", in.RaceDays, 60),
		},
		GroupLimit: r.count("group_limit", in.GroupLimit, 100), NameBy: r.day("name_by", in.NameBy),
		ChangeUntil: r.day("change_until", in.ChangeUntil), Approval: in.Approval, AccessCode: r.line("access_code", in.AccessCode, 60),
		Food: in.Food, Access: in.Access, NeedsBy: r.day("needs_by", in.NeedsBy), NeedsDays: r.count("needs_days", in.NeedsDays, 365),
	}
	for _, d := range strings.FieldsFunc(in.EmailDomains, func(c rune) bool { return strings.ContainsRune(", ;\n\r\t", c) }) {
		d = strings.ToLower(strings.TrimPrefix(d, "@"))
		if !isHost(d) {
			r.v.Add("email_domains", "edit.email_domains.wrong", nil)
			break
		}
		if !slices.Contains(out.Rules.EmailDomains, d) {
			out.Rules.EmailDomains = append(out.Rules.EmailDomains, d)
		}
	}
}

func (r *eventReader) readContact() {
	in, out := r.in, &r.out
	out.Contact = Contact{Name: r.line("contact_name", in.Contact.Name, MaxEventLine), Phone: r.line("contact_phone", in.Contact.Phone, MaxPhone)}
	if out.Contact.Phone != "" && !isPhone(out.Contact.Phone) {
		r.v.Add("contact_phone", "field.phone.wrong", nil)
	}
	if s := r.line("contact_email", in.Contact.Email, maxEmail); s != "" {
		email, ok := ParseEmail(s)
		if out.Contact.Email = email; !ok {
			r.v.Add("contact_email", EmailFault(s), nil)
		}
	}
	out.CaseNumber = r.line("case_number", in.CaseNumber, 60)
	out.Retention = Retention{
		Weeks: r.count("retention_weeks", in.RetentionWeeks, 52*20), Support: r.line("retention_support", in.RetentionSupport, MaxEventLine),
	}
}

// line reads one line that may be empty.
func (r *eventReader) line(name, s string, max int) string {
	s, ok := CleanLine(s)
	r.checkText(name, s, ok, max)
	return s
}

// text reads a text in both languages; of lines it may have several.
func (r *eventReader) text(name string, t Text, max int, lines bool) Text {
	clean := CleanLine
	if lines {
		clean = CleanText
	}
	sv, ok := clean(t.Sv)
	r.checkText(name+"_sv", sv, ok, max)
	en, ok := clean(t.En)
	r.checkText(name+"_en", en, ok, max)
	if sv == "" && en != "" {
		r.v.Add(name+"_sv", "edit.swedish.missing", nil)
	}
	return Text{Sv: sv, En: en}
}

func (r *eventReader) checkText(name, s string, ok bool, max int) {
	switch {
	case !ok:
		r.v.Add(name, "field.encoding", nil)
	case utf8.RuneCountInString(s) > max:
		r.v.Add(name, "edit.too_long", map[string]any{"max": max})
	}
}

// day reads a day that may be left out. The fault tells the day that seems to be meant, where there is
// one, as "day".
func (r *eventReader) day(name, s string) Date {
	if strings.TrimSpace(s) == "" {
		return Date{}
	}
	d, hint, ok := ReadDateInput(s, r.ref)
	if !ok {
		r.v.Add(name, hint, map[string]any{"day": d})
		return Date{}
	}
	return d
}

func (r *eventReader) clock(name, s string) Clock {
	if strings.TrimSpace(s) == "" {
		return NoClock
	}
	c, hint, ok := ReadClockInput(s)
	if !ok {
		r.v.Add(name, hint, nil)
		return NoClock
	}
	return c
}

// count reads a number that may be left out, with or without spaces between the thousands.
func (r *eventReader) count(name, s string, max int) int {
	s, _ = CleanLine(s)
	if s = strings.ReplaceAll(s, " ", ""); s == "" {
		return 0
	}
	n, err := strconv.Atoi(s)
	if err != nil || n < 0 || n > max {
		r.v.Add(name, "edit.number", map[string]any{"max": max})
		return 0
	}
	return n
}

// most is the rows of a list that are read: those past the limit are a fault of the whole list.
func (r *eventReader) most(name string, n, max int) []int {
	if n > max {
		r.v.Add(name, "edit.too_many", map[string]any{"max": max})
		n = max
	}
	rows := make([]int, n)
	for i := range rows {
		rows[i] = i
	}
	return rows
}

// faulty reports whether a fault has been noted in a field.
func (r *eventReader) faulty(name string) bool {
	return slices.ContainsFunc(r.v.Faults, func(e *Error) bool { return e.Field == name })
}

// oneOf reads a choice; nothing chosen is or.
func oneOf[T ~string](r *eventReader, name, s string, offered []T, or T) T {
	if s == "" {
		return or
	}
	if !slices.Contains(offered, T(s)) {
		r.v.Add(name, "edit.choice.wrong", nil)
		return or
	}
	return T(s)
}
