package domain

import (
	"strconv"
	"strings"
	"time"
)

// CopyFor is a draft in a town with the texts, the form and the rules of the event, and nothing that
// belongs to its occasion: no person, no day, no hour of opening or deadline, no case number, no
// documents, and no other county that sees its list. Hours of the programme are kept, and the house
// where the town is the same. The slug, the owner's copy of terms and all ids are new.
func (e Event) CopyFor(town string) Event {
	out := e
	out.ID, out.SeriesID, out.SeriesSlug, out.Slug, out.State = 0, 0, "", "", EventDraft
	out.Day, out.LastDay, out.OpensAt, out.RegisterUntil, out.CancelUntil = Date{}, Date{}, time.Time{}, Date{}, Date{}
	out.Taken, out.Waiting, out.Revision, out.CaseNumber, out.CancelNote = 0, 0, 0, "", Text{}
	out.Rules.CoOrganisers, out.Rules.NameBy, out.Rules.ChangeUntil, out.Rules.NeedsBy = nil, Date{}, Date{}, Date{}
	out.Terms = Terms{Version: 1, Text: e.Terms.Text}
	out.Documents, out.UpdatedAt = nil, time.Time{}
	if town != "" && town != e.Town {
		out.Town, out.Venue = town, Venue{}
	}
	out.Venue.ID = 0
	out.Programme = make([]Session, len(e.Programme))
	for i, s := range e.Programme {
		s.ID, s.Taken, s.Day = 0, 0, Date{}
		out.Programme[i] = s
	}
	out.Questions = make([]Question, len(e.Questions))
	for i, q := range e.Questions {
		q.ID = 0
		out.Questions[i] = q
	}
	return out
}

// TextsWithDays names the fields of running text in which a day is written out: after a copy they tell
// of the old one.
func (e Event) TextsWithDays() []string {
	var fields []string
	for _, f := range []struct{ name, text string }{
		{"title_sv", e.Title.Sv},
		{"title_en", e.Title.En},
		{"lead_sv", e.Lead.Sv},
		{"lead_en", e.Lead.En},
		{"body_sv", e.Body.Sv},
		{"body_en", e.Body.En},
		{"cost_sv", e.Cost.Sv},
		{"cost_en", e.Cost.En},
		{"photo_note_sv", e.PhotoNote.Sv},
		{"photo_note_en", e.PhotoNote.En},
		{"calendar_sv", e.Calendar.Sv},
		{"calendar_en", e.Calendar.En},
		{"terms_sv", e.Terms.Text.Sv},
		{"terms_en", e.Terms.Text.En},
		{"travel_sv", e.Venue.Travel.Sv},
		{"travel_en", e.Venue.Travel.En},
	} {
		if len(scanDates(f.text)) > 0 {
			fields = append(fields, f.name)
		}
	}
	return fields
}

// NewEvent is an empty draft of a county, with the rules that most events have.
func NewEvent(owner Organiser, title Text, town string) Event {
	return Event{
		Owner: owner, Kind: KindThemeDay, State: EventDraft, Title: title, Town: town, Language: Swedish,
		Arrival: NoClock, Starts: NoClock, Ends: NoClock, WaitingList: true, Binding: true, AfterCancel: TransferOnly,
		Terms: Terms{Version: 1}, Contact: Contact{Name: owner.Short, Phone: owner.Phone, Email: owner.Email},
		InvitedBy: []string{owner.Name},
	}
}

// maxSlug is the longest slug in characters, without the number that makes it one of its kind.
const maxSlug = 60

// SlugOf is words as they stand in an address: "Temadag om våld" in "Luleå" is "temadag-om-vald-lulea".
// A town that the title names already is not said twice.
func SlugOf(title, town string) string {
	t := slugWords(title)
	if w := slugWords(town); w != "" && !strings.Contains("-"+t+"-", "-"+w+"-") {
		t = cutSlug(t, maxSlug-len(w)-1)
		t = strings.Trim(t+"-"+w, "-")
	}
	if t = cutSlug(t, maxSlug); t == "" {
		return "tillfalle"
	}
	return t
}

func slugWords(s string) string {
	var b strings.Builder
	dash := false
	for _, r := range SearchKey(s) {
		switch {
		case r >= 'a' && r <= 'z', r >= '0' && r <= '9':
			if dash && b.Len() > 0 {
				b.WriteByte('-')
			}
			b.WriteRune(r)
			dash = false
		default:
			dash = true
		}
	}
	return b.String()
}

// cutSlug cuts between words.
func cutSlug(s string, max int) string {
	if max = min(max, maxSlug); max < 1 {
		max = 1
	}
	if len(s) <= max {
		return s
	}
	if i := strings.LastIndexByte(s[:max+1], '-'); i > 0 {
		return s[:i]
	}
	return s[:max]
}

// NextSlug is the n-th try for a slug: the slug itself, then with 2, 3 and so on behind it.
func NextSlug(slug string, n int) string {
	if n <= 1 {
		return slug
	}
	return slug + "-" + strconv.Itoa(n)
}

// SeriesTown is one town of a new series, and what is known of its occasion already, as it was typed.
type SeriesTown struct {
	Town     string
	Owner    OrganiserCode
	Day      string
	Starts   string
	Ends     string
	Venue    string
	Address  string
	Capacity string
}

// Entry is a base with what is known of the town's occasion.
func (t SeriesTown) Entry(base EventEntry) EventEntry {
	base.Day, base.Starts, base.Ends, base.Capacity = t.Day, t.Starts, t.Ends, t.Capacity
	base.Venue.Name, base.Venue.Address = t.Venue, t.Address
	return base
}

// ReadSeries cleans and checks the words of a series. Faults carry the fields of the words, as those of an
// event: "title_sv", "kicker_sv", "lead_sv", "body_sv" and their English twins.
func ReadSeries(s Series) (Series, error) {
	r := &eventReader{v: &Invalid{}}
	s.Title = r.text("title", s.Title, MaxEventTitle, false)
	if s.Title.Sv == "" && !r.faulty("title_sv") {
		r.v.Add("title_sv", "edit.title.missing", nil)
	}
	s.Kicker = r.text("kicker", s.Kicker, MaxEventLine, false)
	s.Lead, s.Body = r.text("lead", s.Lead, MaxEventLead, true), r.text("body", s.Body, MaxEventBody, true)
	if err := r.v.Err(); err != nil {
		return Series{}, err
	}
	return s, nil
}

// SeriesMark tells whether the words of a series are those that an editor began with.
func SeriesMark(s Series) string {
	return EventEntry{Title: s.Title, Cost: s.Kicker, Lead: s.Lead, Body: s.Body}.Mark()
}

// ReadDocument cleans what is said of a document, and notes faults in "title_sv", "about_sv", their English
// twins and "lang".
func ReadDocument(v *Invalid, d Document) Document {
	r := &eventReader{v: v}
	d.Title = r.text("title", d.Title, MaxEventTitle, false)
	if d.Title.Sv == "" && !r.faulty("title_sv") {
		v.Add("title_sv", "edit.title.missing", nil)
	}
	d.About = r.text("about", d.About, MaxEventNote, true)
	d.Lang = oneOf(r, "lang", string(d.Lang), Langs(), Swedish)
	return d
}
