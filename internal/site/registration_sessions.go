package site

import (
	"slices"
	"strconv"
	"strings"

	"github.com/temadag/temadag/internal/domain"
	"github.com/temadag/temadag/internal/i18n"
	"github.com/temadag/temadag/internal/view"
)

// sessionsField is the field in which sessions are chosen. Those held at once are one choice, and
// each further choice is a field of its own, "sessions_2": radio buttons of one name exclude each
// other.
const sessionsField = "sessions"

// isSessions reports whether a field of that name holds chosen sessions.
func isSessions(name string) bool {
	rest, found := strings.CutPrefix(name, sessionsField)
	if !found || rest == "" {
		return found
	}
	number, found := strings.CutPrefix(rest, "_")
	n, err := strconv.Atoi(number)
	return found && err == nil && n > 1
}

// sessionChoice is sessions of which one can be chosen.
type sessionChoice struct {
	Field    string
	Label    string // "Välj pass kl. 13.00–14.30"
	Sessions []domain.Session
}

// sessionChoices parts the sessions that are chosen by the mark they carry, in the order of the
// programme.
func sessionChoices(p *i18n.Printer, e domain.Event) []sessionChoice {
	var choices []sessionChoice
	known := make(map[string]int)
	for _, s := range e.ChosenSessions() {
		i, ok := known[s.Parallel]
		if !ok {
			i = len(choices)
			known[s.Parallel] = i
			name := sessionsField
			if i > 0 {
				name += "_" + strconv.Itoa(i+1)
			}
			choices = append(choices, sessionChoice{Field: name})
		}
		choices[i].Sessions = append(choices[i].Sessions, s)
	}
	for i := range choices {
		choices[i].Label = choices[i].label(p, e, i+1)
	}
	return choices
}

// label is when the sessions are held, or their number among the choices where that is not known.
func (c sessionChoice) label(p *i18n.Printer, e domain.Event, n int) string {
	from, to := c.Sessions[0].Starts, c.Sessions[0].Ends
	for _, s := range c.Sessions[1:] {
		if s.Starts.Known() && (!from.Known() || s.Starts < from) {
			from = s.Starts
		}
		if s.Ends.Known() && (!to.Known() || s.Ends > to) {
			to = s.Ends
		}
	}
	when := p.Hours(from, to)
	if day := c.Sessions[0].Day; e.FinalDay() != e.Day && !day.IsZero() {
		when = strings.TrimSpace(p.Date(day) + " " + when)
	}
	if when == "" {
		return p.T("registration.sessions.label_number", "number", strconv.Itoa(n))
	}
	return p.T("registration.sessions.label", "when", when)
}

// sessionFields is one choice for each set of sessions held at once.
func sessionFields(p *i18n.Printer, e domain.Event, typed []string) []view.Field {
	var fields []view.Field
	for _, c := range sessionChoices(p, e) {
		f := view.Field{Kind: view.FieldRadios, Name: c.Field, Label: c.Label, Optional: true, Values: c.among(typed)}
		for _, s := range c.Sessions {
			f.Options = append(f.Options, view.Option{
				Value: strconv.FormatInt(s.ID, 10), Label: s.Title.In(p.Lang()), Lang: foreign(p.Lang(), s.Title), Hint: sessionHint(p, s, c),
			})
		}
		f.Options = append(f.Options, view.Option{Label: p.T("registration.sessions.none")})
		fields = append(fields, f)
	}
	return fields
}

// among is those of the values typed that this choice offers; "" where none of them was wanted.
func (c sessionChoice) among(typed []string) []string {
	var out []string
	for _, s := range c.Sessions {
		if id := strconv.FormatInt(s.ID, 10); slices.Contains(typed, id) {
			out = append(out, id)
		}
	}
	if out == nil && slices.Contains(typed, "") {
		out = []string{""}
	}
	return out
}

// sessionHint is the hours, where those of the choice are not all alike, who speaks, and how many
// places are left.
func sessionHint(p *i18n.Printer, s domain.Session, c sessionChoice) string {
	var parts []string
	for _, other := range c.Sessions {
		if hours := p.Hours(s.Starts, s.Ends); hours != p.Hours(other.Starts, other.Ends) {
			parts = append(parts, hours)
			break
		}
	}
	for _, speaker := range s.Speakers {
		parts = append(parts, speaker.Name)
	}
	words := strings.Join(parts, ", ")
	if seats := sessionSeats(p, s); seats != "" && words != "" {
		return words + ". " + seats
	} else if seats != "" {
		return seats
	}
	return words
}

// sessionSeats tells how many places are left in a session, or that what can be had is its queue;
// "" where as many as come have room.
func sessionSeats(p *i18n.Printer, s domain.Session) string {
	switch {
	case s.Capacity <= 0:
		return ""
	case s.Taken >= s.Capacity:
		return p.T("registration.sessions.full")
	}
	return p.T("seats.left", "count", int(s.Capacity-s.Taken), "of", int(s.Capacity))
}

// sessionRows is the sessions chosen, one row for each choice.
func sessionRows(p *i18n.Printer, e domain.Event, chosen []domain.SessionID) []reviewRow {
	wanted := make(map[domain.SessionID]bool)
	for _, id := range chosen {
		wanted[id] = true
	}
	var rows []reviewRow
	for _, c := range sessionChoices(p, e) {
		r := reviewRow{Field: c.Field, Label: c.Label, Change: p.T("registration.sessions.change", "label", c.Label)}
		for _, s := range c.Sessions {
			if wanted[domain.SessionID(s.ID)] {
				r.Values = append(r.Values, s.Title.In(p.Lang()))
				r.ValueLang = foreign(p.Lang(), s.Title)
				if s.Capacity > 0 && s.Taken >= s.Capacity {
					r.Note = sessionSeats(p, s)
				}
			}
		}
		if r.Values == nil {
			r.Values = given(p, "")
		}
		rows = append(rows, r)
	}
	return rows
}

// sessionOf is the field in which the session with the title is chosen.
func sessionOf(p *i18n.Printer, e domain.Event, title any) string {
	for _, c := range sessionChoices(p, e) {
		for _, s := range c.Sessions {
			if s.Title == title {
				return c.Field
			}
		}
	}
	return sessionsField
}
