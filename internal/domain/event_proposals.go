package domain

import "strings"

// Proposal is one guess from an invitation as it is shown for approval. Nothing of it is kept unless its
// Key comes back.
type Proposal struct {
	Key      string // "title", "occasion_1_day", "speaker_2"
	Occasion int    // which occasion it is about, counted from 0; -1 for what all have in common
	// Field is the field that it fills in, as EventFieldNames has it; "occasion" for the occasion itself,
	// which is only made where that is approved; "owner", "contact", "speaker" and "session" for the rest.
	Field      string
	Value      string // as it stands in a form
	Fixed      bool   // it is approved as it is or not at all
	Source     string // the words it was read from
	Confidence Confidence
	Doubt      Doubt
}

// Proposals lists everything that an invitation proposes, first what all occasions have in common. An
// invitation without an occasion proposes one, of which nothing is known.
func (i Invitation) Proposals() []Proposal {
	p := &proposals{occasion: -1}
	propose(p, "language", "language", i.Language, func(l Lang) string { return string(l) })
	propose(p, "kind", "kind", i.Kind, func(k EventKind) string { return string(k) })
	propose(p, "title", "title_sv", i.Title, same)
	p.plain("lead", "lead_sv", i.Lead)
	p.plain("body", "body_sv", i.Body)
	propose(p, "terms", "terms_sv", i.Binding, same)
	propose(p, "binding", "binding", i.Bound, yesNo)
	propose(p, "food", "food", i.Food, yesNo)
	propose(p, "access", "access", i.Access, yesNo)
	propose(p, "photo_note", "photo_note_sv", i.PhotoNote, same)
	propose(p, "cost", "cost_sv", i.Cost, same)
	propose(p, "no_show_fee", "no_show_fee", i.NoShowFee, number)
	propose(p, "case_number", "case_number", i.CaseNumber, same)
	for n, g := range i.TargetGroup {
		propose(p, rowKey("target_group", n), "target_group", g, same)
	}
	for n, g := range i.InvitedBy {
		propose(p, rowKey("invited_by", n), "invited_by", g, same)
	}
	p.fixed = true
	for n, g := range i.Speakers {
		propose(p, rowKey("speaker", n), "speaker", g, func(s InvitedSpeaker) string { return speakerInvited(s).shown() })
	}
	for n, g := range i.Programme {
		propose(p, rowKey("session", n), "session", g, func(s InvitedSession) string { return i.sessionInvited(s).shown() })
	}
	for n, o := range i.occasions() {
		p.occasion, p.fixed = n, true
		p.add(Proposal{Key: rowKey("occasion", n), Field: "occasion", Value: o.shown(), Source: o.shown(), Confidence: Sure})
		o.propose(p)
	}
	return p.out
}

// occasions is never empty.
func (i Invitation) occasions() []InvitedOccasion {
	if len(i.Occasions) == 0 {
		return make([]InvitedOccasion, 1)
	}
	return i.Occasions
}

// Count is how many occasions can be made of it: one at least.
func (i Invitation) Count() int { return len(i.occasions()) }

// OwnerOf is the county that an occasion seems to belong to, where that is approved; "" where it is not.
func (i Invitation) OwnerOf(occasion int, approved map[string]string) OrganiserCode {
	return OrganiserCode(approved[RowField("occasion", occasion, "owner")])
}

func (o InvitedOccasion) shown() string {
	return joinShown([]string{o.Town.Value, o.Day.Value.String(), o.Venue.Value}, " ")
}

func (o InvitedOccasion) propose(p *proposals) {
	key := func(name string) string { return RowField("occasion", p.occasion, name) }
	p.fixed = false
	propose(p, key("owner"), "owner", o.Owner, func(c OrganiserCode) string { return string(c) })
	propose(p, key("town"), "town", o.Town, same)
	propose(p, key("day"), "day", o.Day, Date.String)
	propose(p, key("last_day"), "last_day", o.LastDay, Date.String)
	propose(p, key("arrival"), "arrival", o.Arrival, Clock.String)
	propose(p, key("starts"), "starts", o.Starts, Clock.String)
	propose(p, key("ends"), "ends", o.Ends, Clock.String)
	propose(p, key("venue"), "venue", o.Venue, same)
	propose(p, key("address"), "address", o.Address, same)
	propose(p, key("postal_code"), "postal_code", o.PostalCode, same)
	propose(p, key("online"), "online", o.Online, yesNo)
	propose(p, key("capacity"), "capacity", o.Capacity, func(s Seats) string { return number(int(s)) })
	propose(p, key("register_until"), "register_until", o.RegisterUntil, Date.String)
	propose(p, key("cancel_until"), "cancel_until", o.CancelUntil, Date.String)
	p.fixed = true
	propose(p, key("contact"), "contact", o.Contact, func(c Contact) string { return joinShown([]string{c.Name, c.Phone, c.Email}, ", ") })
}

type proposals struct {
	occasion int
	fixed    bool
	out      []Proposal
}

func (p *proposals) add(one Proposal) {
	one.Occasion, one.Fixed = p.occasion, p.fixed
	p.out = append(p.out, one)
}

// plain is running text: it is its own source.
func (p *proposals) plain(key, field, text string) {
	if text != "" {
		p.add(Proposal{Key: key, Field: field, Value: text, Source: text, Confidence: Likely})
	}
}

func propose[T any](p *proposals, key, field string, g Guess[T], shown func(T) string) {
	if g.Found() {
		p.add(Proposal{Key: key, Field: field, Value: shown(g.Value), Source: g.Source, Confidence: g.Confidence, Doubt: g.Doubt})
	}
}

// yesNo is a tick as it stands in a form.
func yesNo(b bool) string { return map[bool]string{true: "yes", false: "no"}[b] }

func same(s string) string { return s }

// rowKey is "speaker_2" for the second.
func rowKey(list string, row int) string { return list + "_" + number(row+1) }

func speakerInvited(s InvitedSpeaker) SpeakerEntry {
	return SpeakerEntry{Name: s.Name, Title: Text{Sv: s.Title}, Organisation: Text{Sv: s.Organisation}}
}

// Session is a row of the programme as it comes to stand in the draft: its title without those who take part,
// and them with what the text tells of them.
func (i Invitation) Session(row int) SessionEntry { return i.sessionInvited(i.Programme[row].Value) }

// sessionInvited finds the people of a row among those whom the invitation presents.
func (i Invitation) sessionInvited(s InvitedSession) SessionEntry {
	out := SessionEntry{Day: s.Day.String(), Starts: s.Starts.String(), Ends: s.Ends.String(), Title: Text{Sv: s.titleAlone()}}
	for _, name := range s.Speakers {
		one := SpeakerEntry{Name: name}
		for _, who := range s.Presented {
			if who.Name == name {
				one = speakerInvited(who)
			}
		}
		for _, g := range i.Speakers {
			if g.Value.Name == name {
				one = speakerInvited(g.Value)
			}
		}
		out.Speakers = append(out.Speakers, one)
	}
	return out
}

// titleAlone is the title without the names that end it: they stand below it as those who take part.
func (s InvitedSession) titleAlone() string {
	title := s.Title
	if s.head != "" {
		return s.head
	}
	for n := len(s.Speakers) - 1; n >= 0; n-- {
		rest, ok := strings.CutSuffix(title, s.Speakers[n])
		rest = strings.TrimRight(rest, " ")
		if cut := strings.TrimRight(rest, " ,;:–—-"); ok && cut != rest && cut != "" { // "Samtal med Anna Ek" is whole
			title = cut
		}
	}
	return title
}

// Fill is base with what has been approved of an invitation for one of its occasions: approved holds the Key
// of each Proposal that was, with its value as it stands in the form now. What is not there stays as it is in
// base, and no guess that was not approved is ever in it. The registration binds where that was approved and
// nowhere else: people must not be bound by what is usual.
func (i Invitation) Fill(base EventEntry, occasion int, approved map[string]string) EventEntry {
	out := base
	english := approved["language"] == string(English)
	take := func(key string, to *string) {
		if v, ok := approved[key]; ok {
			*to = v
		}
	}
	word := func(key string, to *Text) {
		take(key, &to.Sv)
		if _, ok := approved[key]; ok && english {
			to.En = to.Sv
		}
	}
	take("kind", &out.Kind)
	take("language", &out.Language)
	word("title", &out.Title)
	word("lead", &out.Lead)
	word("body", &out.Body)
	word("terms", &out.Terms)
	word("cost", &out.Cost)
	word("photo_note", &out.PhotoNote)
	out.Binding = strings.EqualFold(approved["binding"], "yes")
	for key, to := range map[string]*bool{"food": &out.Rules.Food, "access": &out.Rules.Access} {
		if v, ok := approved[key]; ok {
			*to = strings.EqualFold(v, "yes")
		}
	}
	take("no_show_fee", &out.NoShowFee)
	take("case_number", &out.CaseNumber)
	if rows := approvedRows(approved, "target_group", len(i.TargetGroup)); len(rows) > 0 {
		out.TargetGroup = nil
		for _, n := range rows {
			var t Text
			word(rowKey("target_group", n), &t)
			out.TargetGroup = append(out.TargetGroup, t)
		}
	}
	if rows := approvedRows(approved, "invited_by", len(i.InvitedBy)); len(rows) > 0 {
		out.InvitedBy = nil
		for _, n := range rows {
			out.InvitedBy = append(out.InvitedBy, approved[rowKey("invited_by", n)])
		}
	}
	for _, n := range approvedRows(approved, "speaker", len(i.Speakers)) {
		out.Speakers = append(out.Speakers, speakerInvited(i.Speakers[n].Value))
	}
	i.fillOccasion(&out, occasion, approved, take)
	for _, n := range approvedRows(approved, "session", len(i.Programme)) {
		out.Programme = append(out.Programme, i.sessionOn(out, i.Programme[n].Value))
	}
	return out
}

// sessionOn is an item as it can stand at the occasion: what of its hours contradicts itself is left out, and
// a day that the occasion does not have is its first.
func (i Invitation) sessionOn(in EventEntry, s InvitedSession) SessionEntry {
	if s.Ends.Known() && s.Ends < s.Starts {
		s.Ends = NoClock
	}
	first, _, _ := ReadDateInput(in.Day, s.Day)
	last, _, _ := ReadDateInput(in.LastDay, s.Day)
	if s.Day.Before(first) || last.Before(s.Day) {
		s.Day = first
	}
	return i.sessionInvited(s)
}

func approvedRows(approved map[string]string, list string, n int) []int {
	var rows []int
	for row := range n {
		if _, ok := approved[rowKey(list, row)]; ok {
			rows = append(rows, row)
		}
	}
	return rows
}

func (i Invitation) fillOccasion(out *EventEntry, occasion int, approved map[string]string, take func(string, *string)) {
	key := func(name string) string { return RowField("occasion", occasion, name) }
	for name, to := range map[string]*string{
		"town": &out.Town, "day": &out.Day, "last_day": &out.LastDay, "arrival": &out.Arrival, "starts": &out.Starts,
		"ends": &out.Ends, "venue": &out.Venue.Name, "address": &out.Venue.Address, "postal_code": &out.Venue.PostalCode,
		"capacity": &out.Capacity, "register_until": &out.RegisterUntil, "cancel_until": &out.CancelUntil,
	} {
		take(key(name), to)
	}
	if v, ok := approved[key("online")]; ok {
		out.Online = strings.EqualFold(v, "yes")
	}
	if _, ok := approved[key("contact")]; ok && occasion < len(i.Occasions) {
		out.Contact = i.Occasions[occasion].Contact.Value
	}
}

// OccasionKey is the key of an occasion itself, counted from 0: "occasion_1".
func OccasionKey(occasion int) string { return rowKey("occasion", occasion) }

// ProposalKey is the key of the proposal that fills in a field of an entry, for one occasion: of "day" it is
// "occasion_2_day", of "title_sv" it is "title".
func ProposalKey(occasion int, field string) string {
	switch field {
	case "town", "day", "last_day", "arrival", "starts", "ends", "venue", "address", "postal_code", "online", "capacity",
		"register_until", "cancel_until":
		return RowField("occasion", occasion, field)
	case "contact_name", "contact_phone", "contact_email":
		return RowField("occasion", occasion, "contact")
	}
	return strings.TrimSuffix(strings.TrimSuffix(field, "_sv"), "_en")
}
