package export

import (
	"strings"

	"github.com/temadag/temadag/internal/domain"
)

// about writes the last sheet: where the list comes from, when it is erased, what its columns mean.
func (w *workbook) about() error {
	name := w.p.T("workbook.sheet.about")
	if _, err := w.file.NewSheet(name); err != nil {
		return err
	}
	s, err := w.open(name)
	if err != nil {
		return err
	}
	defer s.stop()
	s.columns([]float64{34, 52, 22, 14, 50}, 0, 0)
	if err := s.write(28, cell{name, w.styles.title}); err != nil {
		return err
	}
	s.skip()
	for _, f := range w.facts() {
		if err := w.fact(s, f); err != nil {
			return err
		}
	}
	if err := w.retention(s); err != nil {
		return err
	}
	if err := w.meanings(s); err != nil {
		return err
	}
	s.paper = w.generalPaper(name)
	return s.close()
}

// fact is a row with a name and a value.
type fact struct {
	label string
	value any
	look  look
}

func (w *workbook) fact(s *sheet, f fact) error {
	height := 18.0
	if text, ok := f.value.(string); ok {
		height = max(height, linesOf(text, 52)*15+3)
	}
	return s.write(height, cell{f.label, w.styles.sum[lookText]}, cell{f.value, w.styles.plain[f.look]})
}

func (w *workbook) facts() []fact {
	all := newTally()
	for _, t := range w.tallies {
		all.add(t)
	}
	about := func(key string, args ...any) string { return w.p.T("workbook.about."+key, args...) }
	facts := []fact{
		{about("what"), about("what_text", "title", oneLine(w.list.Title.In(w.p.Lang()))), lookWrapped},
		{about("scope"), w.scope(), lookWrapped},
		{about("organiser"), w.organisers(), lookWrapped},
		{about("numbers"), about("numbers_text", "registered", all.registered,
			"waiting", all.waiting+all.offered, "cancelled", all.cancelled), lookWrapped},
		{about("made_at"), w.list.MadeAt.In(domain.Stockholm()), lookInstant},
		{about("made_by"), oneLine(w.list.MadeBy), lookWrapped},
	}
	if all.applied > 0 {
		facts = append(facts, fact{about("applied"), all.applied, lookNumber})
	}
	if w.o.BaseURL != "" {
		facts = append(facts, fact{about("source"), about("source_text", "address", w.o.BaseURL), lookWrapped})
	}
	return facts
}

func (w *workbook) scope() string {
	switch s := w.list.Scope; {
	case s.Event != "":
		return w.p.T("workbook.about.scope_event", "name", s.Event)
	case s.Series != "":
		return w.p.T("workbook.about.scope_series", "name", s.Series)
	}
	name := string(w.list.Scope.County)
	for _, e := range w.list.Events {
		if e.Event.Owner.Code == w.list.Scope.County && e.Event.Owner.Short != "" {
			name = e.Event.Owner.Short
		}
	}
	return w.p.T("workbook.about.scope_county", "name", name)
}

// organisers names the owners of the events, each once.
func (w *workbook) organisers() string {
	var names []string
	seen := make(map[string]bool)
	for _, e := range w.list.Events {
		if n := oneLine(e.Event.Owner.Name); n != "" && !seen[n] {
			seen[n] = true
			names = append(names, n)
		}
	}
	return strings.Join(names, ", ")
}

// retention is the table of when each event's registrations are erased and on what decision.
func (w *workbook) retention(s *sheet) error {
	s.skip()
	if err := s.write(22, cell{w.p.T("workbook.about.retention"), w.styles.section}); err != nil {
		return err
	}
	if err := s.write(0, cell{w.p.T("workbook.about.copies"), w.styles.note}); err != nil {
		return err
	}
	if err := w.head(s, "event", "town", "case_number", "erased_on", "retention"); err != nil {
		return err
	}
	text := w.styles.plain[lookWrapped]
	for _, le := range w.list.Events {
		e := le.Event
		rule := w.p.T("workbook.about.no_retention")
		if e.Retention.Support != "" {
			rule = w.p.T("workbook.about.weeks", "weeks", e.Retention.Weeks, "support", oneLine(e.Retention.Support))
		}
		town := e.Town
		if !e.Day.IsZero() {
			town += " " + e.Day.String()
		}
		err := s.write(max(18, linesOf(rule, 50)*15+3),
			cell{oneLine(e.Title.In(w.p.Lang())), text}, cell{strings.TrimSpace(town), text},
			cell{e.CaseNumber, text}, cell{day(e.ErasedOn(), w.p.T("workbook.undecided")), w.styles.plain[lookDate]},
			cell{rule, text})
		if err != nil {
			return err
		}
	}
	return nil
}

// meanings explains the columns, and what is not there.
func (w *workbook) meanings(s *sheet) error {
	s.skip()
	if err := s.write(22, cell{w.p.T("workbook.about.columns"), w.styles.section}); err != nil {
		return err
	}
	for _, key := range []string{"number", "status", "reference", "signature", "received"} {
		f := fact{w.p.T("workbook.column." + key), w.p.T("workbook.about." + key), lookWrapped}
		if err := w.fact(s, f); err != nil {
			return err
		}
	}
	s.skip()
	for _, key := range []string{"paper", "cancelled", "protected", "left_out"} {
		if err := s.write(0, cell{w.p.T("workbook.about." + key), w.styles.note}); err != nil {
			return err
		}
	}
	return nil
}

// paper is what stands around an event's sheet in print.
func (w *workbook) paper(e *domain.Event, t *tally) paper {
	p := w.generalPaper("")
	p.title = e.Title.In(w.p.Lang())
	under := []string{w.p.When(*e)}
	for _, part := range []string{e.Venue.Name, e.Town} {
		if part != "" {
			under = append(under, part)
		}
	}
	p.under = strings.Join(under, ", ")
	p.right = w.p.T("workbook.paper.counts", "registered", t.registered, "waiting", t.waiting+t.offered)
	if e.CaseNumber != "" {
		p.footLeft = w.p.T("workbook.paper.case_number", "number", e.CaseNumber) + " · " + p.footLeft
	}
	return p
}

// generalPaper is what stands around the sheets about all events.
func (w *workbook) generalPaper(name string) paper {
	return paper{
		under:      strings.TrimSpace(name + " · " + w.list.Title.In(w.p.Lang())),
		footLeft:   w.p.T("workbook.paper.personal_data"),
		footCentre: w.p.T("workbook.paper.printed", "at", "&D &T"),
		page:       w.p.T("workbook.paper.page", "page", "&P", "pages", "&N"),
	}
}
