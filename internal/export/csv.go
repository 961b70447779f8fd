package export

import (
	"bufio"
	"context"
	"encoding/csv"
	"fmt"
	"io"
	"math"
	"strconv"
	"strings"
	"time"
	"unicode/utf8"

	"github.com/temadag/temadag/internal/domain"
)

// CSV writes a list of chosen columns to out as text: in UTF-8 with its mark, semicolons between, CRLF
// after, as spreadsheets here open it. Where the spec asks for what has happened since last, that is what it
// holds, since text has no sheets.
//
// No cell is ever a formula: what begins like one has an apostrophe before it. A column is always a name of
// ours or the words of a question.
func CSV(ctx context.Context, out io.Writer, head domain.Export, rows ExportRows, o ChoiceOptions) error {
	b := bufio.NewWriter(out)
	if _, err := b.WriteString("\ufeff"); err != nil {
		return fmt.Errorf("export: csv: %w", err)
	}
	w := csv.NewWriter(b)
	w.Comma, w.UseCRLF = ';', true
	t := NewTexts(head, o)
	if err := w.Write(escaped(t.Heads())); err != nil {
		return fmt.Errorf("export: csv: %w", err)
	}
	err := t.Each(ctx, rows, func(cells []string) error { return w.Write(escaped(cells)) })
	w.Flush()
	if err == nil {
		err = w.Error()
	}
	if err == nil {
		err = b.Flush()
	}
	if err != nil {
		return fmt.Errorf("export: csv: %w", err)
	}
	return nil
}

func escaped(cells []string) []string {
	out := make([]string, len(cells))
	for i, c := range cells {
		out[i] = formulaSafe(c)
	}
	return out
}

// formulaSafe is s so that no spreadsheet reckons it: with an apostrophe where it begins with what a formula
// begins with, or with something that is thrown away before such.
func formulaSafe(s string) string {
	s = legalXML(s) // no zeros, no other controls
	if s == "" {
		return s
	}
	if strings.ContainsRune("\t\r\n", rune(s[0])) {
		return "'" + s
	}
	seen := strings.TrimLeft(s, " \u00a0\u200b\ufeff\u3000'\"")
	if first, size := utf8.DecodeRuneInString(seen); size > 0 && strings.ContainsRune("=+-@|＝＋－＠｜\t\r\n", first) {
		return "'" + s
	}
	return s
}

// Texts is a list of chosen columns as words: for text files, and for pages that are printed.
type Texts struct {
	head    domain.Export
	o       ChoiceOptions
	columns []column
	done    int
}

// NewTexts words a list. Where the spec asks for what has happened since last, that is the list.
func NewTexts(head domain.Export, o ChoiceOptions) *Texts {
	t := &Texts{head: head, o: o}
	t.columns = chosenColumns(o.Printer, shownColumns(head), eventsOf(head))
	if head.Spec.Since {
		t.columns = append(changeColumns(o.Printer), t.columns...)
	}
	return t
}

// Heads are the names of the columns.
func (t *Texts) Heads() []string {
	out := make([]string, len(t.columns))
	for i, c := range t.columns {
		out[i] = c.title
	}
	return out
}

// Row is a person of an event as words, in the order of the columns.
func (t *Texts) Row(r domain.ExportRow, e domain.Event) []string {
	l := lineOf(&r, &e, t.o.Printer)
	out := make([]string, len(t.columns))
	for i, c := range t.columns {
		out[i] = words(c, l)
	}
	return out
}

// words is a cell as it would be read.
func words(c column, l *line) string {
	v := c.value(l)
	switch {
	case !v.isNumber:
		return v.text
	case c.look == lookDate:
		return spreadsheetTime(v.number).Format("2006-01-02")
	case c.look == lookInstant:
		return spreadsheetTime(v.number).Format("2006-01-02 15:04:05")
	}
	return strconv.FormatFloat(v.number, 'f', -1, 64)
}

// spreadsheetTime is the clock that a number of days since the end of 1899 stands for.
func spreadsheetTime(days float64) time.Time {
	return time.Date(1899, 12, 30, 0, 0, 0, 0, time.UTC).Add(time.Duration(math.Round(days*secondsADay)) * time.Second)
}

// Each reads all rows of the list as words, in its order.
func (t *Texts) Each(ctx context.Context, rows ExportRows, yield func(cells []string) error) error {
	for _, e := range t.head.Events {
		page := func(page []domain.ExportRow) error {
			for _, r := range page {
				if err := yield(t.Row(r, e.Event)); err != nil {
					return err
				}
			}
			if t.done += len(page); t.o.Progress != nil {
				t.o.Progress(t.done)
			}
			return ctx.Err()
		}
		var err error
		if t.head.Spec.Since {
			err = page(e.Changes)
		} else {
			err = rows(ctx, e.Event.ID, page)
		}
		if err != nil {
			return err
		}
	}
	return nil
}
