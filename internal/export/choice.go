package export

import (
	"bufio"
	"context"
	"fmt"
	"io"
	"strings"

	"github.com/temadag/temadag/internal/domain"
	"github.com/temadag/temadag/internal/i18n"
)

// ExportRows reads the rows of one event of a list in pages, in the order of the list. The pages may be
// reused after yield returns.
type ExportRows func(ctx context.Context, e domain.EventID, yield func([]domain.ExportRow) error) error

// ChoiceOptions say how a list of chosen columns is made.
type ChoiceOptions struct {
	Printer  *i18n.Printer  // required: the language of the list
	Progress func(done int) // told after each page of rows; nil for nobody
	BaseURL  string         // named as the source
}

// WriteChoice writes a list of chosen columns as a workbook: a sheet for each county that arranges any of the
// events, one of what has happened since the list was last taken where that was asked for, and one about the
// list. The caller throws away what was written where anything fails.
func WriteChoice(ctx context.Context, out io.Writer, head domain.Export, rows ExportRows, o ChoiceOptions) error {
	b := bufio.NewWriterSize(out, 1<<18)
	err := writeChoice(ctx, b, head, rows, o)
	if err == nil {
		err = b.Flush()
	}
	if err != nil {
		return fmt.Errorf("export: list: %w", err)
	}
	return nil
}

// choice is such a workbook while it is written.
type choice struct {
	*workbook
	head    domain.Export
	o       ChoiceOptions
	columns []domain.ExportColumn
	begun   bool // the first sheet has its name
	rows    int
}

func writeChoice(ctx context.Context, out io.Writer, head domain.Export, rows ExportRows, o ChoiceOptions) error {
	l := domain.List{Scope: head.Scope, Title: head.Title, MadeAt: head.MadeAt, MadeBy: head.MadeBy}
	w, err := newWorkbook(l, WorkbookOptions{Printer: o.Printer, BaseURL: o.BaseURL})
	if err != nil {
		return err
	}
	defer w.close()
	w.out = newPacker(ctx.Err, out)
	for _, e := range head.Events {
		w.list.Events = append(w.list.Events, domain.ListEvent{Event: e.Event})
	}
	c := &choice{workbook: w, head: head, o: o, columns: shownColumns(head)}
	for from := 0; from < len(head.Events); {
		to := from
		for to < len(head.Events) && head.Events[to].Event.Owner.Code == head.Events[from].Event.Owner.Code {
			to++
		}
		if err := c.county(ctx, head.Events[from:to], rows); err != nil {
			return err
		}
		from = to
	}
	if head.Spec.Since {
		if err := c.since(); err != nil {
			return err
		}
	}
	if err := c.aboutChoice(); err != nil {
		return err
	}
	return w.out.book(w.file)
}

// shownColumns are the chosen ones, with day and town where a list holds several events.
func shownColumns(head domain.Export) []domain.ExportColumn {
	out := head.Spec.Columns
	if len(head.Events) < 2 {
		return out
	}
	for _, c := range []domain.ExportColumn{domain.ColumnTown, domain.ColumnDate} {
		has := false
		for _, o := range out {
			has = has || o == c
		}
		if !has {
			out = append([]domain.ExportColumn{c}, out...)
		}
	}
	return out
}

// openNamed begins the sheet with a name of its own, and people on it.
func (c *choice) openNamed(wish string, columns []column) (*people, error) {
	name := c.taken.take(wish)
	var err error
	if c.begun {
		_, err = c.file.NewSheet(name)
	} else {
		c.begun, err = true, c.file.SetSheetName(c.file.GetSheetName(0), name)
	}
	if err != nil {
		return nil, err
	}
	s, err := c.open(name)
	if err != nil {
		return nil, err
	}
	t := newPeople(s, c.styles, columns, 0)
	t.most, t.around = c.workbook.o.mostRows(), func() paper { return c.generalPaper(wish) }
	t.next = func() (*sheet, error) {
		more, err := c.another(wish)
		if err != nil {
			return nil, err
		}
		return c.open(more)
	}
	return t, nil
}

// county writes the sheet of one county's events.
func (c *choice) county(ctx context.Context, events []domain.ExportEvent, rows ExportRows) error {
	name := events[0].Event.Owner.Region
	if len(c.head.Events) == 1 || name == "" {
		name = c.sheetName(events[0].Event)
	}
	t, err := c.openNamed(name, chosenColumns(c.p, c.columns, eventsOf(c.head)))
	if err != nil {
		return err
	}
	defer func() { t.sheet.stop() }()
	for i := range events {
		e := &events[i].Event
		err := rows(ctx, e.ID, func(page []domain.ExportRow) error {
			for i := range page {
				if err := t.add(lineOf(&page[i], e, c.p)); err != nil {
					return err
				}
			}
			if c.rows += len(page); c.o.Progress != nil {
				c.o.Progress(c.rows)
			}
			return ctx.Err()
		})
		if err != nil {
			return err
		}
	}
	return t.close(c.generalPaper(name))
}

// since writes the sheet of what has happened since the list was last taken.
func (c *choice) since() error {
	columns := chosenColumns(c.p, c.columns, eventsOf(c.head))
	columns = append(changeColumns(c.p), columns...)
	t, err := c.openNamed(c.p.T("list.sheet.since"), columns)
	if err != nil {
		return err
	}
	defer func() { t.sheet.stop() }()
	for i := range c.head.Events {
		e := &c.head.Events[i]
		for j := range e.Changes {
			if err := t.add(lineOf(&e.Changes[j], &e.Event, c.p)); err != nil {
				return err
			}
		}
	}
	return t.close(c.generalPaper(c.p.T("list.sheet.since")))
}

func eventsOf(head domain.Export) []domain.Event {
	out := make([]domain.Event, len(head.Events))
	for i, e := range head.Events {
		out[i] = e.Event
	}
	return out
}

// lineOf is a row as columns see it. The row is masked again here: this room shows nobody who is protected,
// whoever forgot it before.
func lineOf(r *domain.ExportRow, e *domain.Event, p *i18n.Printer) *line {
	l := &line{reg: *masked(&r.Registration, p), event: e, nr: r.Nr, place: r.QueuePosition, more: &domain.ExportRow{Change: r.Change, Before: r.Before}}
	if !r.Protected {
		l.more.Sessions = r.Sessions
	}
	return l
}

// aboutChoice writes the last sheet: what the list is for, what it holds, who took it.
func (c *choice) aboutChoice() error {
	name := c.p.T("workbook.sheet.about") // taken from the start
	if _, err := c.file.NewSheet(name); err != nil {
		return err
	}
	s, err := c.open(name)
	if err != nil {
		return err
	}
	defer s.stop()
	s.columns([]float64{34, 52, 22, 14, 50}, 0, 0)
	if err := s.write(28, cell{name, c.styles.title}); err != nil {
		return err
	}
	s.skip()
	for _, f := range c.choiceFacts() {
		if err := c.fact(s, f); err != nil {
			return err
		}
	}
	if err := c.retention(s); err != nil {
		return err
	}
	s.skip()
	for _, key := range []string{"protected", "left_out"} {
		if err := s.write(0, cell{c.p.T("workbook.about." + key), c.styles.note}); err != nil {
			return err
		}
	}
	s.paper = c.generalPaper(name)
	return s.close()
}

func (c *choice) choiceFacts() []fact {
	about := func(key string) string { return c.p.T("workbook.about." + key) }
	var columns, statuses []string
	for _, col := range chosenColumns(c.p, c.columns, eventsOf(c.head)) {
		columns = append(columns, col.title)
	}
	for _, status := range c.head.Spec.Filter.Statuses {
		statuses = append(statuses, c.p.T("status."+string(status)))
	}
	facts := []fact{
		{about("what"), c.p.T("workbook.about.what_text", "title", oneLine(c.head.Title.In(c.p.Lang()))), lookWrapped},
		{c.p.T("list.about.purpose"), oneLine(c.head.Spec.Purpose), lookWrapped},
		{about("organiser"), c.organisers(), lookWrapped},
		{c.p.T("list.about.rows"), c.rows, lookNumber},
		{c.p.T("list.about.statuses"), strings.Join(statuses, ", "), lookWrapped},
		{c.p.T("list.about.columns"), strings.Join(columns, ", "), lookWrapped},
		{about("made_at"), c.head.MadeAt.In(domain.Stockholm()), lookInstant},
		{about("made_by"), oneLine(c.head.MadeBy), lookWrapped},
	}
	for _, e := range c.head.Events {
		if c.head.Spec.Since && !e.Taken.IsZero() {
			facts = append(facts, fact{c.p.T("list.about.since"), e.Taken.In(domain.Stockholm()), lookInstant})
			break
		}
	}
	if c.workbook.o.BaseURL != "" {
		facts = append(facts, fact{about("source"), c.p.T("workbook.about.source_text", "address", c.workbook.o.BaseURL), lookWrapped})
	}
	return facts
}
