package export

import (
	"context"
	"fmt"
	"io"
	"time"

	"github.com/temadag/temadag/internal/domain"
	"github.com/temadag/temadag/internal/i18n"
)

// KitchenOptions say how a sheet for kitchen and venue is made.
type KitchenOptions struct {
	Printer *i18n.Printer // required: the language of the sheet
	MadeAt  time.Time
	MadeBy  string
}

// Kitchen writes what a kitchen and a venue need to know about those who come to an event to the file
// path: one sheet of numbers about food and one about access, each where the event asks for it, and
// nothing about anyone. The file is replaced as Workbook replaces its own.
func Kitchen(ctx context.Context, path string, n domain.NeedsSheet, o KitchenOptions) error {
	err := replaceFile(path, func(out io.Writer) error { return writeKitchen(ctx, out, n, o) })
	if err != nil {
		return fmt.Errorf("export: kitchen: %w", err)
	}
	return nil
}

// countRow is a row with a number.
type countRow struct {
	label string
	n     int
}

func writeKitchen(ctx context.Context, out io.Writer, n domain.NeedsSheet, o KitchenOptions) error {
	title := o.Printer.T("kitchen.title")
	l := domain.List{
		Scope: domain.ListScope{Event: n.Event.Slug}, Title: domain.Text{Sv: title, En: title}, MadeAt: o.MadeAt, MadeBy: o.MadeBy,
	}
	w, err := newWorkbook(l, WorkbookOptions{Printer: o.Printer})
	if err != nil {
		return err
	}
	defer w.close()
	w.out = newPacker(ctx.Err, out)
	access := n.Event.Rules.Access || n.ToldAccess > 0 // told before the organiser ceased to ask
	food := n.Event.Rules.Food || n.ToldFood > 0 || !access
	if food {
		if err := w.needs("food", true, n, w.food(n)); err != nil {
			return err
		}
	}
	if access {
		if err := w.needs("access", !food, n, w.access(n)); err != nil {
			return err
		}
	}
	return w.out.book(w.file)
}

// food is what a kitchen counts. What nobody asks for is left out.
func (w *workbook) food(n domain.NeedsSheet) []countRow {
	rows := []countRow{
		{w.p.T("kitchen.coming"), n.Coming},
		{w.p.T("kitchen.usual"), n.Coming - n.ToldFood},
		{w.p.T("kitchen.special"), n.ToldFood},
	}
	for _, d := range domain.Diets() {
		if n.Diets[d] > 0 {
			rows = append(rows, countRow{w.p.T("diet." + string(d)), n.Diets[d]})
		}
	}
	return ownWords(rows, w.p.T("kitchen.own_words_food"), n.DietTexts)
}

// access is what a venue counts.
func (w *workbook) access(n domain.NeedsSheet) []countRow {
	rows := []countRow{{w.p.T("kitchen.coming"), n.Coming}, {w.p.T("kitchen.needing"), n.ToldAccess}}
	for _, a := range domain.AccessNeeds() {
		if n.AccessNeeds[a] > 0 {
			rows = append(rows, countRow{w.p.T("access_need." + string(a)), n.AccessNeeds[a]})
		}
	}
	return ownWords(rows, w.p.T("kitchen.own_words_access"), n.AccessTexts)
}

func ownWords(rows []countRow, label string, n int) []countRow {
	if n == 0 {
		return rows
	}
	return append(rows, countRow{label, n})
}

// needs writes the sheet about food or about access.
func (w *workbook) needs(area string, first bool, n domain.NeedsSheet, rows []countRow) error {
	name := w.p.T("kitchen.sheet." + area)
	if first {
		if err := w.file.SetSheetName(w.file.GetSheetName(0), name); err != nil {
			return err
		}
	} else if _, err := w.file.NewSheet(name); err != nil {
		return err
	}
	s, err := w.open(name)
	if err != nil {
		return err
	}
	defer s.stop()
	s.columns([]float64{62, 14}, 0, 0)
	notes := []string{oneLine(n.Event.Title.In(w.p.Lang())), w.p.When(n.Event), w.p.T("kitchen.as_of", "at", w.list.MadeAt)}
	if err := w.notes(s, cell{name, w.styles.title}, notes...); err != nil {
		return err
	}
	s.skip()
	if err := s.write(24, cell{w.p.T("kitchen.column." + area), w.styles.head}, cell{w.p.T("kitchen.column.people"), w.styles.headNum}); err != nil {
		return err
	}
	for _, r := range rows {
		if err := s.write(20, cell{r.label, w.styles.list[lookText]}, cell{r.n, w.styles.list[lookNumber]}); err != nil {
			return err
		}
	}
	s.skip()
	if err := w.notes(s, cell{w.p.T("kitchen.several"), w.styles.note}, w.footnotes(n)...); err != nil {
		return err
	}
	s.paper = w.kitchenPaper(n.Event, name)
	return s.close()
}

// notes writes lines of text, the first as it is given.
func (w *workbook) notes(s *sheet, first cell, texts ...string) error {
	height := 0.0
	if first.style == w.styles.title {
		height = 28
	}
	if err := s.write(height, first); err != nil {
		return err
	}
	for _, text := range texts {
		if err := s.write(0, cell{text, w.styles.note}); err != nil {
			return err
		}
	}
	return nil
}

func (w *workbook) footnotes(n domain.NeedsSheet) []string {
	texts := []string{w.p.T("kitchen.waiting")}
	if n.DietTexts+n.AccessTexts > 0 {
		texts = append(texts, w.p.T("kitchen.own_words"))
	}
	if n.Late > 0 {
		texts = append(texts, w.p.T("kitchen.late", "day", n.Event.NeedsBy(), "count", n.Late))
	}
	if erased := n.Event.NeedsErasedOn(); !erased.IsZero() {
		texts = append(texts, w.p.T("kitchen.erased", "day", erased))
	}
	return texts
}

func (w *workbook) kitchenPaper(e domain.Event, name string) paper {
	p := w.paper(&e, newTally())
	p.right, p.footLeft = name, ""
	if e.CaseNumber != "" {
		p.footLeft = w.p.T("workbook.paper.case_number", "number", e.CaseNumber)
	}
	return p
}
