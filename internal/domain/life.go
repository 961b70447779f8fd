package domain

import (
	"slices"
	"time"
	"unicode/utf8"
)

// Options are what a participant may do with her registration at one instant. Pages show exactly
// these and use cases allow exactly these, so that a button never lies.
type Options struct {
	Cancel      bool // give the place back
	CancelUntil Date // last day to do so, personal extension counted; zero: none was promised
	Ask         bool // too late to cancel: the organiser can be asked, with a reason
	Leave       bool // leave the queue, or take back an application
	HandOver    bool // let a colleague take over the place
	Move        bool // change to another town of the series
	Change      bool // change name, address or answers
	Answer      bool // an offer waits for yes or no
	Claim       bool // a place is free for whoever answers first
}

// Options of a registration at now. Registrations that are no longer live have none.
func (e Event) Options(r Registration, now time.Time) Options {
	var o Options
	if !r.Status.Live() || e.State != EventPublished || e.begun(now) {
		return o
	}
	o.Change = r.Named() && (e.Rules.ChangeUntil.IsZero() || now.Before(e.Rules.ChangeUntil.End()))
	switch r.Status {
	case Confirmed:
		o.CancelUntil = later(e.CancelUntil, r.CancelUntil)
		o.Cancel = e.mayCancel(r, now)
		o.Ask = !o.Cancel && e.AfterCancel == ContactUs
		o.HandOver = r.Named()
		o.Move = o.Cancel && e.SeriesID != 0 && r.Named()
	case Offered:
		o.Answer = now.Before(r.OfferUntil)
	case Waitlisted:
		o.Leave = true
		o.Claim = e.Racing(now) && e.Taken < e.Capacity
	case Pending:
		o.Leave = true
	case Cancelled, Transferred, Withdrawn, Declined:
	}
	return o
}

// mayCancel reports whether the place can be given back at now: to and including the event's last
// day for it, or the later one that staff gave this person.
func (e Event) mayCancel(r Registration, now time.Time) bool {
	until := later(e.CancelUntil, r.CancelUntil)
	return !until.IsZero() && now.Before(until.End())
}

func (e Event) begun(now time.Time) bool {
	return !e.Day.IsZero() && !now.Before(e.StartsAt())
}

func later(a, b Date) Date {
	if a.IsZero() || (!b.IsZero() && a.Before(b)) {
		return b
	}
	return a
}

// MayCancel is nil where the participant may give her place back, leave the queue or take back her
// application at now. Otherwise the refusal says what she can do instead: "cancel.hand_over",
// "cancel.ask" or "cancel.begun".
func (e Event) MayCancel(r Registration, now time.Time) error {
	o := e.Options(r, now)
	switch {
	case o.Cancel || o.Leave || o.Answer || r.Status == Offered:
		return nil
	case o.Ask:
		return &Error{Code: CodeClosed, Key: "cancel.ask"}
	case o.HandOver:
		return &Error{Code: CodeClosed, Key: "cancel.hand_over"}
	}
	return &Error{Code: CodeClosed, Key: "cancel.begun"}
}

// MayHandOver is nil where the place may go to the colleague at now. Refusals: class
// CodeClosed, "hand_over.begun" or "hand_over.no_place"; CodeInvalid for the field "email":
// "hand_over.same_person", and "hand_over.other_organisation" where the organiser keeps places
// within the workplace, which is told by the domain of the address.
func (e Event) MayHandOver(r Registration, to Participant, now time.Time) error {
	switch {
	case e.begun(now):
		return &Error{Code: CodeClosed, Key: "hand_over.begun"}
	case !e.Options(r, now).HandOver:
		return &Error{Code: CodeClosed, Key: "hand_over.no_place"}
	}
	v := &Invalid{}
	switch {
	case r.EmailKey() == to.EmailKey():
		v.Add("email", "hand_over.same_person", nil)
	case e.Rules.SameOrganisation && emailDomain(r.Email) != emailDomain(to.Email):
		v.Add("email", "hand_over.other_organisation", map[string]any{"domain": emailDomain(r.Email)})
	}
	return v.Err()
}

// MayMove is nil where the participant may leave this event for to at now: both belong to one
// series and this one still lets her go. What the other one says is Admit's to tell. Refusals:
// CodeNotFound for an event of another series; CodeClosed, "move.too_late".
func (e Event) MayMove(r Registration, to Event, now time.Time) error {
	switch {
	case e.SeriesID == 0 || to.SeriesID != e.SeriesID || to.ID == e.ID || to.State == EventDraft:
		return NotFound("event.not_found")
	case !e.Options(r, now).Move:
		return &Error{Code: CodeClosed, Key: "move.too_late"}
	}
	return nil
}

// MayChange is nil where the participant may change what she told at now; what is then told is
// compared with what stood: a new name together with a new address is another person, who must take
// the place over instead ("change.another_person").
func (e Event) MayChange(r Registration, to Participant, now time.Time) error {
	if !e.Options(r, now).Change {
		return &Error{Code: CodeClosed, Key: "change.too_late"}
	}
	if r.EmailKey() != to.EmailKey() && SortKey(r.Name()) != SortKey(to.Name()) {
		v := &Invalid{}
		v.Add("email", "change.another_person", nil)
		return v
	}
	return nil
}

// Changed names the fields in which two participants differ, as the form names them.
func (p Participant) Changed(to Participant) []string {
	var fields []string
	for _, f := range []struct{ name, was, is string }{
		{"given_name", p.GivenName, to.GivenName},
		{"family_name", p.FamilyName, to.FamilyName},
		{"email", p.Email, to.Email},
		{"phone", p.Phone, to.Phone},
		{"organisation", p.Organisation, to.Organisation},
		{"organisation_type", string(p.OrganisationType), string(to.OrganisationType)},
		{"title", p.Title, to.Title},
		{"municipality", p.Municipality, to.Municipality},
	} {
		if f.was != f.is {
			fields = append(fields, f.name)
		}
	}
	if !sameAnswers(p.Answers, to.Answers) {
		fields = append(fields, "answers")
	}
	if p.Invoice != to.Invoice {
		fields = append(fields, "invoice")
	}
	return fields
}

// sameAnswers compares what was answered, in whatever order the questions were asked.
func sameAnswers(a, b []Answer) bool {
	if len(a) != len(b) {
		return false
	}
	for _, x := range a {
		i := slices.IndexFunc(b, func(y Answer) bool { return y.QuestionID == x.QuestionID })
		if i < 0 || !slices.Equal(x.Values, b[i].Values) {
			return false
		}
	}
	return true
}

// MaxReason is the longest reason.
const MaxReason = 500

// ReadReason cleans and checks a reason in free words; faults carry the field and the keys
// "field.reason.missing", "field.reason.too_long", "field.encoding" and those of free text.
func ReadReason(field, s string, required bool) (string, error) {
	v := &Invalid{}
	s, ok := CleanText(s)
	switch {
	case !ok:
		v.Add(field, "field.encoding", nil)
	case s == "" && required:
		v.Add(field, "field.reason.missing", nil)
	case utf8.RuneCountInString(s) > MaxReason:
		v.Add(field, "field.reason.too_long", map[string]any{"max": MaxReason})
	default:
		checkFreeText(v, field, s, nil)
	}
	return s, v.Err()
}

// ReadColleague cleans and checks the name and address of someone who is to have a place; faults
// carry the fields given_name, family_name and email.
func ReadColleague(given, family, email string) (Participant, error) {
	v := &Invalid{}
	p := Participant{
		GivenName: readName(v, "given_name", given, true), FamilyName: readName(v, "family_name", family, false),
		Email: readEmail(v, email, true),
	}
	return p, v.Err()
}

// ReadMove checks what someone with this address is asked who moves here from another town: the
// event's own questions, its sessions and whether she may come at all.
func (e Event) ReadMove(in Entry, email string) (Application, error) {
	v := &Invalid{}
	in.Email = email
	e.readAccess(v, in)
	a := Application{Sessions: e.readSessions(v, in.Sessions)}
	for _, q := range e.Questions {
		if values := q.read(v, in.Answers[q.ID]); len(values) > 0 {
			a.Answers = append(a.Answers, Answer{QuestionID: q.ID, Values: values})
		}
	}
	return a, v.Err()
}
