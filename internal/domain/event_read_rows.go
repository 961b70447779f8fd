package domain

import (
	"slices"
	"strconv"
)

func (r *eventReader) readSessions() {
	r.out.Programme = nil
	seen := make(map[int64]bool)
	for _, i := range r.most("programme", len(r.in.Programme), MaxSessions) {
		in := r.in.Programme[i]
		at := func(name string) string { return RowField("session", i, name) }
		s := Session{
			Starts: r.clock(at("starts"), in.Starts), Ends: r.clock(at("ends"), in.Ends),
			Title:    r.text(at("title"), in.Title, MaxEventTitle, false),
			Abstract: r.text(at("abstract"), in.Abstract, MaxEventBody, true),
			Parallel: r.line(at("parallel"), in.Parallel, 20), Capacity: Seats(r.count(at("capacity"), in.Capacity, MaxCapacity)),
			Speakers: r.readSpeakers(at("speakers"), at("speaker"), in.Speakers),
		}
		if before := r.sessionBefore(in.ID); before != nil && !seen[in.ID] {
			s.ID, s.Taken, seen[in.ID] = before.ID, before.Taken, true
		}
		s.Day = r.sessionDay(at("day"), in, s.ID)
		switch {
		case s.Title.Sv == "" && !r.faulty(at("title_sv")):
			r.v.Add(at("title_sv"), "edit.title.missing", nil)
		case s.Starts.Known() && s.Ends.Known() && s.Ends < s.Starts:
			r.v.Add(at("ends"), "edit.ends.before", nil)
		case s.Capacity > 0 && s.Parallel == "" && !r.faulty(at("parallel")):
			r.v.Add(at("parallel"), "edit.parallel.missing", nil)
		}
		r.out.Programme = append(r.out.Programme, s)
	}
}

func (r *eventReader) sessionBefore(id int64) *Session {
	i := slices.IndexFunc(r.was.Programme, func(s Session) bool { return id != 0 && s.ID == id })
	if i < 0 {
		return nil
	}
	return &r.was.Programme[i]
}

// sessionDay is the day of an item. At an event of one day it is that day; when the event moves, items
// that nobody has moved by themselves move as far.
func (r *eventReader) sessionDay(name string, in SessionEntry, id int64) Date {
	e := r.out
	if e.Day.IsZero() || e.FinalDay() == e.Day {
		return e.Day
	}
	d := r.day(name, in.Day)
	before := r.sessionBefore(id)
	if before != nil && !d.IsZero() && d == before.Day && !r.was.Day.IsZero() && r.was.Day != e.Day {
		d = d.AddDays(r.was.Day.DaysUntil(e.Day))
	}
	switch {
	case d.IsZero() && r.faulty(name):
	case d.IsZero():
		r.v.Add(name, DateMissing, nil)
	case d.Before(e.Day) || e.FinalDay().Before(d):
		r.v.Add(name, "edit.day.outside", nil)
	}
	return d
}

// readSpeakers leaves out rows where nothing is filled in.
func (r *eventReader) readSpeakers(list, row string, in []SpeakerEntry) []Speaker {
	var out []Speaker
	for _, i := range r.most(list, len(in), MaxSpeakers) {
		at := func(name string) string { return RowField(row, i, name) }
		s := Speaker{
			Name: r.line(at("name"), in[i].Name, MaxEventLine), Title: r.text(at("title"), in[i].Title, MaxEventLine, false),
			Organisation: r.text(at("organisation"), in[i].Organisation, MaxEventLine, false),
		}
		switch {
		case s.Name != "":
			out = append(out, s)
		case !s.Title.IsZero() || !s.Organisation.IsZero():
			r.v.Add(at("name"), "edit.name.missing", nil)
		}
	}
	return out
}

func (r *eventReader) readQuestions() {
	r.out.Questions = nil
	seen := make(map[int64]bool)
	for _, i := range r.most("questions", len(r.in.Questions), MaxQuestions) {
		in := r.in.Questions[i]
		at := func(name string) string { return RowField("question", i, name) }
		q := Question{
			Position: i, Required: in.Required,
			Kind:  oneOf(r, at("kind"), in.Kind, QuestionKinds(), QuestionText),
			Label: r.text(at("label"), in.Label, MaxEventLine, false), Hint: r.text(at("hint"), in.Hint, MaxEventNote, false),
		}
		var before Question
		if b := slices.IndexFunc(r.was.Questions, func(q Question) bool { return in.ID != 0 && q.ID == in.ID }); b >= 0 && !seen[in.ID] {
			before, seen[in.ID] = r.was.Questions[b], true
			q.ID = before.ID
		}
		if q.Label.Sv == "" && !r.faulty(at("label_sv")) {
			r.v.Add(at("label_sv"), "edit.label.missing", nil)
		}
		if q.Kind == QuestionChoice || q.Kind == QuestionChoices {
			q.Choices = r.readChoices(at, in.Choices, before.Choices)
		}
		r.out.Questions = append(r.out.Questions, q)
	}
}

// readChoices keeps the values of choices that were there before and gives new ones to the others: a
// value is stored with every answer, and never means anything else.
func (r *eventReader) readChoices(at func(string) string, in, before []Choice) []Choice {
	var out []Choice
	used := make(map[string]bool)
	for _, c := range before {
		used[c.Value] = true
	}
	kept := make(map[string]bool)
	for _, i := range r.most(at("choices"), len(in), MaxChoices) {
		label := r.text(RowField(at("choice"), i, "label"), in[i].Label, MaxEventLine, false)
		if label.IsZero() {
			continue
		}
		value := in[i].Value
		known := slices.ContainsFunc(before, func(c Choice) bool { return c.Value == value })
		if value == "" || !known || kept[value] {
			value = newValue(used)
		}
		used[value], kept[value] = true, true
		out = append(out, Choice{Value: value, Label: label})
	}
	if len(out) < 2 {
		r.v.Add(at("choices"), "edit.choices.few", nil)
	}
	return out
}

func newValue(used map[string]bool) string {
	for n := 1; ; n++ {
		if v := "c" + strconv.Itoa(n); !used[v] {
			return v
		}
	}
}

// QuestionKinds lists the kinds in the order they are offered.
func QuestionKinds() []QuestionKind {
	return []QuestionKind{QuestionText, QuestionLongText, QuestionChoice, QuestionChoices, QuestionYesNo}
}
