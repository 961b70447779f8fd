package export

import (
	"math"

	"github.com/xuri/excelize/v2"
)

const (
	sampled      = 500   // how many rows the widths are fitted to
	pageWidth    = 148.0 // columns of an A4 in landscape, in figures of the type
	minSignature = 30.0
	lineHeight   = 16.0
	rowHeight    = 28.0 // room to sign
	larger       = 1.05 // the list's type against the one widths are counted in
	edges        = 3.0  // what a cell needs beside its text
)

// people writes a list of people to a sheet: the head, one row for each, a filter over all. The
// first rows are held back until the widths of the columns can be fitted to them.
type people struct {
	sheet   *sheet
	styles  styles
	columns []column
	door    int // how many of the columns are printed, the last of them to sign in; 0 for all
	widths  []float64
	held    []line
	begun   bool // the head is written
	values  []value
	most    int                    // rows of people on a sheet, where there is a next one
	next    func() (*sheet, error) // begins the sheet that follows a full one; nil where one holds them all
	around  func() paper           // of a full one
}

// SheetRows is how many people a sheet holds at most, unless something else is asked for: about half of
// what a spreadsheet program takes, which is 1,048,576 rows.
const SheetRows = 500_000

func newPeople(s *sheet, st styles, columns []column, door int) *people {
	return &people{sheet: s, styles: st, columns: columns, door: door, values: make([]value, len(columns))}
}

// add writes l, now or when enough rows are known.
func (t *people) add(l *line) error {
	if t.begun {
		return t.write(l)
	}
	if t.held = append(t.held, *l); len(t.held) < sampled {
		return nil
	}
	return t.begin()
}

// begin writes the head and what was held back.
func (t *people) begin() error {
	t.fit()
	if err := t.head(); err != nil {
		return err
	}
	t.begun = true
	for i := range t.held {
		if err := t.write(&t.held[i]); err != nil {
			return err
		}
	}
	t.held = nil
	return nil
}

// head writes what stands first on each sheet.
func (t *people) head() error {
	frozen := 0
	if t.door > 0 {
		frozen = 3 // the number and the name stay beside what is read
	}
	t.sheet.columns(t.widths, 1, frozen)
	head, high := make([]cell, len(t.columns)), 1.0
	for i, c := range t.columns {
		head[i] = cell{c.title, t.styles.head}
		if c.look == lookNumber {
			head[i].style = t.styles.headNum
		}
		high = max(high, linesOf(c.title, t.widths[i]-2))
	}
	return t.sheet.write(high*lineHeight+10, head...)
}

// settle writes what is still held back.
func (t *people) settle() error {
	if t.begun {
		return nil
	}
	return t.begin()
}

// turn ends a full sheet and begins the one that follows it, just like it.
func (t *people) turn() error {
	if err := t.shut(t.around()); err != nil {
		return err
	}
	s, err := t.next()
	if err != nil {
		return err
	}
	t.sheet = s
	return t.head()
}

func (t *people) write(l *line) error {
	if t.next != nil && t.sheet.row > t.most { // the head is a row too
		if err := t.turn(); err != nil {
			return err
		}
	}
	st := &t.styles.list
	if t.door > 0 && !isRegistered(l) {
		st = &t.styles.tinted
	}
	lines := 1.0
	for i := range t.columns {
		c := &t.columns[i]
		v := c.value(l)
		v.text = cellText(v.text, t.sheet.mark)
		if c.wraps() && float64(len(v.text)) > t.widths[i]/2 {
			lines = max(lines, linesOf(v.text, t.widths[i]))
		}
		t.values[i] = v
	}
	t.sheet.begin(min(max(rowHeight, lines*lineHeight+4), excelize.MaxRowHeight))
	for i, v := range t.values {
		t.sheet.put(i, st[t.columns[i].look], v)
	}
	return t.sheet.end()
}

func (c *column) wraps() bool { return c.look == lookWrapped || c.look == lookName }

// fit sets the widths by what was held back, and gives the box to sign in what the page has left.
func (t *people) fit() {
	t.widths = make([]float64, len(t.columns))
	total := 0.0
	for i, c := range t.columns {
		width := max(c.min, min(widthOf(c.title)*larger+edges+3, c.max))
		for j := range t.held {
			if width < c.max {
				width = max(width, min(widthOf(c.value(&t.held[j]).text)*larger+edges, c.max))
			}
		}
		t.widths[i] = math.Ceil(width*10) / 10 // up, so that what was measured fits
		if i < t.door-1 {
			total += t.widths[i]
		}
	}
	if t.door > 0 {
		t.widths[t.door-1] = math.Floor(max(minSignature, pageWidth-total))
	}
}

// linesOf is how many lines s takes in a column so wide.
func linesOf(s string, width float64) float64 {
	return max(1, math.Ceil(widthOf(s)*larger/max(width-edges, 1)))
}

// close writes what is still held back and ends the sheet, with p around it in print.
func (t *people) close(p paper) error {
	if err := t.settle(); err != nil {
		return err
	}
	return t.shut(p)
}

func (t *people) shut(p paper) error {
	t.sheet.paper = p
	if err := t.sheet.filter(); err != nil {
		return err
	}
	if err := t.sheet.repeatHead(); err != nil {
		return err
	}
	if t.door > 0 {
		if err := t.sheet.printed(t.door); err != nil {
			return err
		}
	}
	return t.sheet.close()
}
