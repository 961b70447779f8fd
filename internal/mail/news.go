package mail

import (
	"cmp"
	"strings"

	"github.com/temadag/temadag/internal/domain"
	"github.com/temadag/temadag/internal/i18n"
)

// news is what has happened to a registration, as its letter tells it.
type news struct {
	Until    string   // the day and hour until which an offer holds, or held
	Day      string   // a day that was given
	Reason   string   // in the words of whoever decided
	Fields   []string // what was changed, in words
	Together bool     // both of a pair are offered a place
	Alone    bool     // one place came for a pair
	Others   []place  // where else in the series she is registered
	Other    place    // the other event of a move
	Was      *place   // when and where the event was to be held before; nil where that has not changed
	Town     string   // of the letter's own event; "" where it has none
	Keeps    bool     // she waits here and keeps a place in another town
	Chosen   []choice // the sessions she has chosen
	Gained   []*wording
	Places   []groupPlace // of a group, in the order given
	Unnamed  int          // of them, those without a person
	NameBy   string       // last day to name them
	ByOther  bool         // someone else told us who she is: the contact person of a group
	By       string       // the contact person, where it is known
	Approval bool         // the organiser answers each application
	Move     bool         // the event has sisters in other towns, which everyone can see
	Ordinary bool         // Day is the event's own last day to cancel, which is still to come
	Passed   bool         // that day has passed
	Offers   domain.OfferRules
	Asks     bool   // the event asks about food or access
	AsksBy   string // when it wants to know; "" when that is past
	Picks    bool   // the event has sessions to choose among
	Answers  bool   // the event has questions of its own
	Change   bool   // what was told can still be changed
	ShortAt  string // from when an offer holds shorter; "" where the event has no day
	RaceAt   string // from when a free place goes to who answers first; "" as above, and where that has no days
}

// place is another event of the series.
type place struct {
	Title *wording
	Town  string // "" where nothing is known of it
	When  string
	Days  string
	Where string
	Waits bool // she waits there for a place
}

// choice is a session that was chosen, and where it stands.
type choice struct {
	Title  *wording
	When   string // "" where its hours are not announced
	Status string
}

// groupPlace is one place of a group. Its name is "" where there is none, and where it could be
// taken for something else.
type groupPlace struct {
	Name   string
	Named  bool
	Waits  bool // the place is held until it has a name
	Status string
}

func newsOf(f domain.LetterFacts, p *i18n.Printer) news {
	e, d, lang := f.Event, f.Letter.Details, f.Letter.Lang
	s := news{
		Until: p.Instant(d.Until), Day: p.Date(d.Day), Reason: plain(d.Reason), Fields: fieldWords(d.Fields, p),
		Together: d.Together, Alone: d.Alone, Keeps: f.Registration.Keeps != 0, Town: e.Town, Other: placeOf(f.Other, p),
		NameBy: p.Date(e.Rules.NameBy), ByOther: byOther(f), By: greetable(f.Group.Name, 2*maxGreeting), Approval: e.Rules.Approval,
		Move: f.Sisters > 0, Offers: e.Rules.Offers.Announced(), Asks: e.AsksNeeds(), Picks: len(e.ChosenSessions()) > 0,
		Answers: len(e.Questions) > 0, Change: until(f, e.Rules.ChangeUntil),
	}
	if !e.CancelUntil.IsZero() {
		s.Passed = !until(f, e.CancelUntil)
		s.Ordinary = !s.Passed && d.Day == e.CancelUntil
	}
	if until(f, e.NeedsBy()) {
		s.AsksBy = p.Date(e.NeedsBy())
	}
	if o := s.Offers; !e.Day.IsZero() {
		s.ShortAt, s.RaceAt = p.Date(e.Day.AddDays(-o.ShortDays)), p.Date(e.Day.AddDays(-o.RaceDays))
	}
	if f.Letter.Kind.ToContact() && !f.Letter.Kind.OfChange() { // the day as it was when the places were looked at
		s.NameBy = cmp.Or(s.Day, s.NameBy)
	}
	if !d.Was.IsZero() {
		was := d.Was.Event()
		s.Was = &place{When: p.When(was), Where: plain(where(was, p))}
	}
	s.Other.Town = cmp.Or(s.Other.Town, plain(d.Town))
	for i, o := range f.Others {
		there := placeOf(o, p)
		there.Waits = i < len(f.OtherStatus) && f.OtherStatus[i] == domain.Waitlisted
		s.Others = append(s.Others, there)
	}
	for _, c := range f.Sessions {
		s.Chosen = append(s.Chosen, choiceOf(c, e, p))
	}
	for _, title := range d.Sessions {
		s.Gained = append(s.Gained, gained(title, f, lang))
	}
	s.Places, s.Unnamed = groupPlaces(f.Group.Places, p)
	s.Unnamed = cmp.Or(d.Reserved, s.Unnamed)
	return s
}

// byOther reports whether a contact person told us who she is, and is not herself the one written to.
func byOther(f domain.LetterFacts) bool {
	return f.Registration.Group != 0 && !f.Letter.Kind.ToContact() && domain.EmailKey(f.Group.Email) != f.Registration.EmailKey()
}

// until reports whether the day is still to come or has not passed when the letter is written; no day
// never passes.
func until(f domain.LetterFacts, day domain.Date) bool {
	return day.IsZero() || f.Letter.Date.Before(day.End())
}

func placeOf(e domain.Event, p *i18n.Printer) place {
	if e.Title.IsZero() && e.Town == "" {
		return place{}
	}
	o := place{Title: in(e.Title, p.Lang()), Town: plain(e.Town), When: p.When(e), Days: p.Days(e.Day, e.LastDay), Where: plain(where(e, p))}
	if o.Title != nil {
		o.Title.text = plain(o.Title.text)
	}
	return o
}

// fieldWords are the names of the fields as one would say them. A field without a name in the
// catalogue is left out.
func fieldWords(fields []string, p *i18n.Printer) []string {
	var out []string
	for _, f := range fields {
		if key := "changed." + f; p.Has(key) {
			out = append(out, p.T(key))
		}
	}
	return out
}

func choiceOf(c domain.ChosenSession, e domain.Event, p *i18n.Printer) choice {
	s := c.Session
	when := p.Hours(s.Starts, s.Ends)
	if e.FinalDay() != e.Day {
		when = strings.TrimSpace(p.Date(s.Day) + " " + when)
	}
	return choice{Title: sessionTitle(s.Title, p.Lang()), When: when, Status: p.T("choice_status." + string(c.Status))}
}

func sessionTitle(t domain.Text, l domain.Lang) *wording {
	w := in(t, l)
	if w == nil {
		w = &wording{}
	}
	w.text = plain(w.text)
	return w
}

// gained is the title of a session as it was noted, in the letter's language where the programme
// still has it.
func gained(title string, f domain.LetterFacts, l domain.Lang) *wording {
	programme := f.Event.Programme
	for _, c := range f.Sessions {
		programme = append(programme[:len(programme):len(programme)], c.Session)
	}
	for _, s := range programme {
		if title != "" && (s.Title.Sv == title || s.Title.En == title) {
			return sessionTitle(s.Title, l)
		}
	}
	return &wording{text: plain(title)}
}

// groupPlaces are the places that the group has or has had a person for, and how many of those it
// holds are still without.
func groupPlaces(places []domain.GroupPlace, p *i18n.Printer) ([]groupPlace, int) {
	var out []groupPlace
	unnamed := 0
	for _, g := range places {
		named := g.Name != ""
		if !named && !g.Status.Live() {
			continue
		}
		if !named {
			unnamed++
		}
		place := groupPlace{
			Name: greetable(g.Name, 2*domain.MaxName), Named: named, Waits: !named && g.Status == domain.Confirmed,
		}
		if g.Status != "" { // else there was neither a place nor a queue
			place.Status = p.T("status." + string(g.Status))
		}
		out = append(out, place)
	}
	return out, unnamed
}

// plain is s on one line, without control characters.
func plain(s string) string {
	s = strings.Map(func(r rune) rune {
		if r < 0x20 || r >= 0x7f && r < 0xa0 || r == '\u2028' || r == '\u2029' {
			return ' '
		}
		return r
	}, strings.ToValidUTF8(s, ""))
	words := strings.FieldsFunc(s, func(r rune) bool { return r == ' ' })
	return strings.Join(words, " ")
}
