package export

import (
	"context"
	"fmt"
	"io"

	"github.com/xuri/excelize/v2"

	"github.com/temadag/temadag/internal/domain"
	"github.com/temadag/temadag/internal/i18n"
)

// Rows reads the registrations of one event in pages and calls yield with each, in Swedish order
// of the names. Those with any status are read. The pages, though not what their rows point
// to, may be reused after yield returns. It is called in a goroutine of its own, once at a time.
type Rows func(ctx context.Context, e domain.EventID, yield func([]domain.Registration) error) error

// WorkbookOptions say how a workbook is made.
type WorkbookOptions struct {
	Printer  *i18n.Printer         // required: the language of the workbook
	Progress func(done, total int) // told after each page of rows; nil for nobody
	BaseURL  string                // named as the source
	MostRows int                   // of people on a sheet, before another follows it; 0 for SheetRows
}

func (o WorkbookOptions) mostRows() int {
	if o.MostRows > 0 {
		return o.MostRows
	}
	return SheetRows
}

// Workbook writes the list l, with the rows of its events, to the file path. Under that name there
// is never half a workbook: when Workbook fails or ctx ends, what stood there before still does, and
// nothing else is left over; what a killed program left there a day or longer ago is removed, since
// it holds people's names. Only the owner of the file may read it.
func Workbook(ctx context.Context, path string, l domain.List, rows Rows, o WorkbookOptions) error {
	err := replaceFile(path, func(out io.Writer) error { return writeWorkbook(ctx, out, l, rows, o) })
	if err != nil {
		return fmt.Errorf("export: workbook: %w", err)
	}
	return nil
}

func writeWorkbook(ctx context.Context, out io.Writer, l domain.List, rows Rows, o WorkbookOptions) error {
	w, err := newWorkbook(l, o)
	if err != nil {
		return err
	}
	defer w.close()
	w.out = newPacker(ctx.Err, out)
	for i := range l.Events {
		if err := w.event(ctx, i, rows); err != nil {
			return err
		}
	}
	if err := w.finish(); err != nil {
		return err
	}
	return w.out.book(w.file)
}

// workbook is a workbook while it is written.
type workbook struct {
	file        *excelize.File
	out         *packer
	styles      styles
	p           *i18n.Printer
	o           WorkbookOptions
	list        domain.List
	names       []string   // of the sheets of the events
	further     [][]string // of those that follow them, where one does not hold them all
	taken       *sheetNames
	tallies     []*tally
	towns       municipalityNames
	cancelled   *people      // nil until someone has cancelled
	waiting     []asideSheet // that sheet and those that follow it, until the sheets of the events are packed
	lastly      []line       // those on that sheet with protected identity
	done, total int
}

// newWorkbook begins the workbook with an empty sheet for the summary and for each event.
func newWorkbook(l domain.List, o WorkbookOptions) (*workbook, error) {
	w := &workbook{
		file: excelize.NewFile(), p: o.Printer, o: o, list: l, taken: &sheetNames{},
	}
	var err error
	if w.styles, err = newStyles(w.file); err != nil {
		return nil, err
	}
	summary := w.taken.take(w.p.T("workbook.sheet.summary"))
	for _, key := range []string{"workbook.sheet.cancelled", "workbook.sheet.about"} {
		w.taken.take(w.p.T(key))
	}
	if err := w.file.SetSheetName("Sheet1", summary); err != nil {
		return nil, err
	}
	for _, e := range l.Events {
		name := w.taken.take(w.sheetName(e.Event))
		if _, err := w.file.NewSheet(name); err != nil {
			return nil, err
		}
		var further []string
		for n := w.o.mostRows(); n < e.Confirmed+e.Waiting; n += w.o.mostRows() {
			more, err := w.another(w.sheetName(e.Event))
			if err != nil {
				return nil, err
			}
			further = append(further, more)
		}
		w.names, w.further = append(w.names, name), append(w.further, further)
		w.tallies = append(w.tallies, newTally())
		w.total += e.Confirmed + e.Waiting + e.Cancelled
	}
	return w, w.properties()
}

// another adds a sheet at the end whose name is as much like wish as it may be.
func (w *workbook) another(wish string) (string, error) {
	name := w.taken.take(wish)
	_, err := w.file.NewSheet(name)
	return name, err
}

func (w *workbook) sheetName(e domain.Event) string {
	when := e.Day.String()
	if when == "" {
		when = w.p.T("workbook.sheet.undated")
	}
	where := e.Town
	if where == "" {
		where = e.Title.In(w.p.Lang())
	}
	return when + " " + where
}

func (w *workbook) properties() error {
	made := w.list.MadeAt.UTC().Format("2006-01-02T15:04:05Z")
	err := w.file.SetDocProps(&excelize.DocProperties{
		Title:          oneLine(w.list.Title.In(w.p.Lang())),
		Subject:        w.p.T("workbook.kind"),
		Creator:        oneLine(w.list.MadeBy),
		LastModifiedBy: oneLine(w.list.MadeBy),
		Created:        made, Modified: made,
		Language: map[domain.Lang]string{domain.Swedish: "sv-SE", domain.English: "en-GB"}[w.p.Lang()],
	})
	if err != nil {
		return err
	}
	return w.file.SetAppProps(&excelize.AppProperties{Application: "Temadag", Company: w.organisers()})
}

// partOf is the part of the file that holds the sheet called name.
func (w *workbook) partOf(name string) string {
	for id, n := range w.file.GetSheetMap() {
		if n == name {
			return sheetPart(id)
		}
	}
	return sheetPart(0)
}

// open begins the sheet called name, which the workbook has; it is packed as it is written. The one
// opened before it is closed by then.
func (w *workbook) open(name string) (*sheet, error) {
	part, err := w.out.Create(w.partOf(name))
	if err != nil {
		return nil, err
	}
	return openSheet(w.file, name, w.p.T("workbook.cut"), part), nil
}

// event writes the sheet of the i-th event, and sends those who have cancelled to their own.
func (w *workbook) event(ctx context.Context, i int, rows Rows) error {
	e := &w.list.Events[i].Event
	s, err := w.open(w.names[i])
	if err != nil {
		return err
	}
	door := doorColumns(w.p)
	t := newPeople(s, w.styles, append(door, screenColumns(w.p, e.Questions)...), len(door))
	defer func() { t.sheet.stop() }()
	foreseen := newTally() // not everyone is counted yet when a sheet is full
	foreseen.registered, foreseen.waiting = w.list.Events[i].Confirmed, w.list.Events[i].Waiting
	t.most, t.around = w.o.mostRows(), func() paper { return w.paper(e, foreseen) }
	t.next = func() (*sheet, error) { return w.follow(i) }
	if err := w.attend(ctx, i, &attendees{table: t, event: e}, rows); err != nil {
		return err
	}
	if err := t.settle(); err != nil {
		return err
	}
	for len(w.further[i]) > 0 { // there were more when the list was opened
		if err := t.turn(); err != nil {
			return err
		}
	}
	return t.close(w.paper(e, w.tallies[i]))
}

// follow begins the next sheet of the i-th event. Of those who came after the list was opened it stands last.
func (w *workbook) follow(i int) (*sheet, error) {
	if left := w.further[i]; len(left) > 0 {
		w.further[i] = left[1:]
		return w.open(left[0])
	}
	name, err := w.another(w.sheetName(w.list.Events[i].Event))
	if err != nil {
		return nil, err
	}
	return w.open(name)
}

// close lets go of everything, written or not.
func (w *workbook) close() {
	if w.cancelled != nil {
		w.cancelled.sheet.stop()
	}
	_ = w.file.Close()
}

// attend reads the rows of the i-th event and puts everyone where she belongs.
func (w *workbook) attend(ctx context.Context, i int, a *attendees, rows Rows) error {
	err := rows.ahead(ctx, a.event.ID, func(page []domain.Registration) error {
		if err := ctx.Err(); err != nil {
			return err
		}
		for j := range page {
			if err := w.registration(a, i, &page[j]); err != nil {
				return err
			}
		}
		w.tell(len(page))
		return nil
	})
	if err != nil {
		return err
	}
	return a.finish()
}

func (w *workbook) registration(a *attendees, i int, r *domain.Registration) error {
	w.tallies[i].count(r, w.towns.of(r.Municipality))
	shown := masked(r, w.p)
	if r.Status.Live() {
		return a.add(shown)
	}
	if w.cancelled == nil {
		if err := w.openCancelled(); err != nil {
			return err
		}
	}
	if r.Protected {
		w.lastly = append(w.lastly, line{reg: *shown, event: a.event})
		return nil
	}
	return w.cancelled.add(&line{reg: *shown, event: a.event})
}

func (w *workbook) openCancelled() error {
	name := w.p.T("workbook.sheet.cancelled")
	if _, err := w.file.NewSheet(name); err != nil {
		return err
	}
	s, err := w.setAside(name)
	if err != nil {
		return err
	}
	w.cancelled = newPeople(s, w.styles, cancelledColumns(w.p), 0)
	w.cancelled.most, w.cancelled.around = w.o.mostRows(), func() paper { return w.generalPaper(name) }
	w.cancelled.next = func() (*sheet, error) {
		more, err := w.another(name)
		if err != nil {
			return nil, err
		}
		return w.setAside(more)
	}
	return nil
}

// asideSheet is a sheet that is packed later.
type asideSheet struct {
	name string
	*aside
}

func (w *workbook) setAside(name string) (*sheet, error) {
	a, err := newAside()
	if err != nil {
		return nil, err
	}
	w.waiting = append(w.waiting, asideSheet{name, a})
	return openSheet(w.file, name, w.p.T("workbook.cut"), a), nil
}

func (w *workbook) closeCancelled() error {
	if w.cancelled == nil {
		return nil
	}
	for i := range w.lastly {
		if err := w.cancelled.add(&w.lastly[i]); err != nil {
			return err
		}
	}
	name := w.p.T("workbook.sheet.cancelled")
	if err := w.cancelled.close(w.generalPaper(name)); err != nil {
		return err
	}
	for _, s := range w.waiting {
		part, err := w.out.Create(w.partOf(s.name))
		if err != nil {
			return err
		}
		if err := s.moveTo(part); err != nil {
			return err
		}
	}
	return nil
}

func (w *workbook) tell(n int) {
	w.done += n
	w.total = max(w.total, w.done)
	if w.o.Progress != nil {
		w.o.Progress(w.done, w.total)
	}
}

// finish writes the sheets that tell of all events.
func (w *workbook) finish() error {
	if err := w.closeCancelled(); err != nil {
		return err
	}
	if err := w.summary(); err != nil {
		return err
	}
	if err := w.about(); err != nil {
		return err
	}
	return nil
}
