package export

import (
	"slices"
	"strings"

	"github.com/temadag/temadag/internal/domain"
)

// summary writes the first sheet: the events with their numbers, and who the registered are.
func (w *workbook) summary() error {
	s, err := w.open(w.file.GetSheetName(0))
	if err != nil {
		return err
	}
	defer s.stop()
	s.columns(w.summaryWidths(), 0, 1)
	if err := w.summaryHead(s); err != nil {
		return err
	}
	if err := w.summaryEvents(s); err != nil {
		return err
	}
	if err := w.summaryGroups(s); err != nil {
		return err
	}
	s.paper = w.generalPaper(w.p.T("workbook.sheet.summary"))
	return s.close()
}

func (w *workbook) summaryWidths() []float64 {
	first := widthOf(w.p.T("workbook.protected_group"))
	for _, e := range w.list.Events {
		first = max(first, widthOf(e.Event.Title.In(w.p.Lang())))
	}
	for _, t := range domain.OrganisationTypes() {
		first = max(first, widthOf(w.p.T("organisation_type."+string(t))))
	}
	widths := []float64{min(first+edges, 62)}
	for range max(8, len(w.list.Events)+1) {
		widths = append(widths, 14)
	}
	widths[8] = 18 // the last day to register
	return widths
}

func (w *workbook) summaryHead(s *sheet) error {
	texts := []struct {
		text   string
		style  int
		height float64
	}{
		{w.list.Title.In(w.p.Lang()), w.styles.title, 28},
		{w.p.T("workbook.kind") + ". " + w.p.T("workbook.summary.as_of", "at", w.list.MadeAt) + ".", w.styles.note, 0},
		{w.p.T("workbook.summary.guide"), w.styles.note, 0},
	}
	for _, t := range texts {
		if err := s.write(t.height, cell{oneLine(t.text), t.style}); err != nil {
			return err
		}
	}
	s.skip()
	return nil
}

func (w *workbook) head(s *sheet, keys ...string) error {
	cells := make([]cell, len(keys))
	for i, k := range keys {
		cells[i] = cell{w.p.T("workbook.column." + k), w.styles.head}
		if slices.Contains([]string{"registered", "waiting", "cancelled", "capacity", "left"}, k) {
			cells[i].style = w.styles.headNum
		}
	}
	return s.write(38, cells...)
}

// summaryEvents is the table with a row for each event, leading to its sheet, and the sums.
func (w *workbook) summaryEvents(s *sheet) error {
	err := w.head(s, "event", "date", "town", "registered", "waiting", "cancelled", "capacity", "left", "register_until")
	if err != nil {
		return err
	}
	all, capacity := newTally(), 0
	for i := range w.list.Events {
		e, t := w.counted(i), w.tallies[i]
		all.add(t)
		capacity += int(e.Capacity)
		row := w.numbers(w.styles.plain, t, places(e, int(e.Capacity), w.p.T("workbook.undecided")), places(e, int(e.Left()), ""))
		cells := append([]cell{
			{oneLine(e.Title.In(w.p.Lang())), w.styles.link},
			w.dayCell(e.Day),
			{e.Town, w.styles.plain[lookText]},
		}, row...)
		if err := s.write(18, append(cells, w.dayCell(e.RegisterUntil))...); err != nil {
			return err
		}
		s.link(w.names[i])
	}
	if len(w.list.Events) < 2 {
		return nil
	}
	sum := w.styles.sum
	cells := append([]cell{{w.p.T("workbook.sum"), sum[lookText]}, {nil, sum[lookText]}, {nil, sum[lookText]}},
		w.numbers(sum, all, capacity, nil)...)
	return s.write(18, append(cells, cell{nil, sum[lookText]})...)
}

// counted is the i-th event with its places as the rows tell them.
func (w *workbook) counted(i int) domain.Event {
	e, t := w.list.Events[i].Event, w.tallies[i]
	e.Taken, e.Waiting = domain.Seats(t.registered+t.offered), t.waiting
	return e
}

// places is n, or other where the number of places is not decided.
func places(e domain.Event, n int, other any) any {
	if e.Capacity <= 0 {
		return other
	}
	return n
}

func (w *workbook) numbers(st [looks]int, t *tally, capacity, left any) []cell {
	n := st[lookNumber]
	return []cell{{t.registered, n}, {t.waiting + t.offered, n}, {t.cancelled, n}, {capacity, n}, {left, n}}
}

func (w *workbook) dayCell(d domain.Date) cell {
	return cell{day(d, w.p.T("workbook.undecided")), w.styles.plain[lookDate]}
}

// summaryGroups is the two tables of who the registered are, a column for each event.
func (w *workbook) summaryGroups(s *sheet) error {
	all := newTally()
	for _, t := range w.tallies {
		all.add(t)
	}
	var types []group
	for _, k := range domain.OrganisationTypes() {
		if all.byType[k] > 0 {
			types = append(types, group{w.p.T("organisation_type." + string(k)), func(t *tally) int { return t.byType[k] }})
		}
	}
	if all.byType[""] > 0 {
		types = append(types, group{w.p.T("workbook.not_given"), func(t *tally) int { return t.byType[""] }})
	}
	var towns []group
	for _, k := range all.municipalities() {
		label := k
		if k == "" {
			label = w.p.T("workbook.not_given")
		}
		towns = append(towns, group{label, func(t *tally) int { return t.byMunicipality[k] }})
	}
	if all.protected > 0 {
		hidden := group{w.p.T("workbook.protected_group"), func(t *tally) int { return t.protected }}
		types, towns = append(types, hidden), append(towns, hidden)
	}
	if err := w.groups(s, all, "organisation_type", w.p.T("workbook.summary.by_type"), types); err != nil {
		return err
	}
	return w.groups(s, all, "municipality", w.p.T("workbook.summary.by_municipality"), towns)
}

// group is a row of those tables: what it is called and how many of an event belong to it.
type group struct {
	label string
	count func(*tally) int
}

func (w *workbook) groups(s *sheet, all *tally, key, title string, groups []group) error {
	s.skip()
	if err := s.write(22, cell{title, w.styles.section}); err != nil {
		return err
	}
	tallies := slices.Clone(w.tallies)
	head := []cell{{w.p.T("workbook.column." + key), w.styles.head}}
	for _, e := range w.list.Events {
		head = append(head, cell{w.shortName(e.Event), w.styles.headNum})
	}
	if len(tallies) > 1 {
		tallies = append(tallies, all)
		head = append(head, cell{w.p.T("workbook.column.all"), w.styles.headNum})
	}
	if err := s.write(38, head...); err != nil {
		return err
	}
	row := func(st [looks]int, label string, count func(*tally) int) error {
		cells := []cell{{label, st[lookText]}}
		for _, t := range tallies {
			cells = append(cells, cell{count(t), st[lookNumber]})
		}
		return s.write(18, cells...)
	}
	for _, g := range groups {
		if err := row(w.styles.plain, g.label, g.count); err != nil {
			return err
		}
	}
	return row(w.styles.sum, w.p.T("workbook.sum"), func(t *tally) int { return t.registered })
}

// shortName tells events apart at the head of a column: "Luleå 1 dec".
func (w *workbook) shortName(e domain.Event) string {
	name := strings.TrimSpace(e.Town + " " + w.p.DateShort(e.Day))
	if name == "" {
		name = oneLine(e.Title.In(w.p.Lang()))
	}
	return name
}
