package domain

import "slices"

// OfEvent reports whether a placeholder stands for something of the event, which everyone may read, and not
// for something of a registration.
func (p Placeholder) OfEvent() bool {
	switch p {
	case PlaceEvent, PlaceTown, PlaceDay, PlaceHours, PlaceVenue, PlaceCancelUntil, PlaceContact:
		return true
	case PlaceGivenName, PlaceName, PlaceOrganisation, PlaceReference, PlaceLink:
	}
	return false
}

// Placeholders are those that a mailing of the kind may use: whoever is invited is not registered, and has
// told nothing but her address.
func (k MailingKind) Placeholders() []Placeholder {
	if k != MailingInvitation {
		return Placeholders()
	}
	return slices.DeleteFunc(Placeholders(), func(p Placeholder) bool { return !p.OfEvent() })
}

// Ready is MailingEntry.Ready, and for an invitation also tells the lines of placeholders that stand for
// something that only somebody who is registered has.
func (m Mailing) Ready(english bool) error { return m.notInvited(m.MailingEntry.Ready(english)) }

// Slips is MailingEntry.Slips, and for an invitation what Ready tells besides.
func (m Mailing) Slips() error { return m.notInvited(m.MailingEntry.Slips()) }

// notInvited adds to a refusal the placeholders that mean nothing to those who are invited.
func (m Mailing) notInvited(err error) error {
	if m.Kind != MailingInvitation {
		return err
	}
	v := &Invalid{}
	if known, ok := err.(*Invalid); ok { //nolint:errorlint // Ready answers it as it is
		v = known
	} else if err != nil {
		return err
	}
	for _, l := range Langs() {
		for _, t := range m.words(l) {
			w, _ := ParseWording(t.text, l)
			for _, p := range w.parts {
				if p.place != "" && !p.place.OfEvent() {
					v.Add(t.field, "mailing.placeholder.not_invited", map[string]any{"line": p.line, "word": p.place.Word(l)})
				}
			}
		}
	}
	return v.Err()
}

// InvitingCounties are the counties whose subscribers may be invited to an event: its owner's and those that
// arrange it with her, the owner's first.
func (e Event) InvitingCounties() []OrganiserCode {
	out := []OrganiserCode{e.Owner.Code}
	for _, c := range e.Rules.CoOrganisers {
		if !slices.Contains(out, c) {
			out = append(out, c)
		}
	}
	return out
}
