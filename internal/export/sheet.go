package export

import (
	"io"
	"strconv"

	"github.com/xuri/excelize/v2"
)

// sheet writes one sheet of the workbook from top to bottom, as XML: a list has a million cells, and
// a library that makes an object of each takes several times as long. Styles, names and all else
// that a workbook is made of come from excelize.
type sheet struct {
	book    *excelize.File
	name    string // in the book
	mark    string // stands where a text is cut
	out     *pipe
	xml     []byte   // what is not handed over yet
	letters []string // of the columns so far
	number  []byte   // of the row, in figures
	row     int      // the last one written
	width   int      // cells in the widest row
	filters string   // the area with a filter
	links   []byte
	paper   paper
}

const sheetBegins = `<?xml version="1.0" encoding="UTF-8" standalone="yes"?>` + "\n" +
	`<worksheet xmlns="http://schemas.openxmlformats.org/spreadsheetml/2006/main">` +
	`<sheetPr><pageSetUpPr fitToPage="1"/></sheetPr><sheetViews><sheetView `

// openSheet begins the sheet called name of the book; its XML goes to out. Whoever opens a sheet
// stops it.
func openSheet(book *excelize.File, name, mark string, out io.Writer) *sheet {
	return &sheet{book: book, name: name, mark: mark, out: startPipe(out)}
}

// stop waits for what is being packed. It may follow close.
func (s *sheet) stop() { _ = s.out.close() }

// columns sets the widths of the columns from the first on, and what stays in sight when the sheet
// is scrolled. It comes before the first row.
func (s *sheet) columns(widths []float64, frozenRows, frozenColumns int) {
	b := append(s.xml, sheetBegins...)
	if s.book.GetSheetName(0) == s.name { // several selected sheets would be edited at once
		b = append(b, `tabSelected="1" `...)
	}
	b = append(b, `workbookViewId="0">`...)
	b = appendPane(b, frozenRows, frozenColumns)
	b = append(b, `</sheetView></sheetViews><sheetFormatPr defaultRowHeight="15"/><cols>`...)
	for i, w := range widths {
		n := itoa(i + 1)
		b = append(b, `<col min="`+n+`" max="`+n+`" width="`...)
		b = append(appendNumber(b, w), `" customWidth="1"/>`...)
	}
	s.xml = append(b, `</cols><sheetData>`...)
}

// appendPane freezes the first rows and columns.
func appendPane(b []byte, rows, columns int) []byte {
	pane, split := "bottomRight", ` xSplit="`+itoa(columns)+`" ySplit="`+itoa(rows)+`"`
	switch {
	case rows == 0 && columns == 0:
		return b
	case columns == 0:
		pane, split = "bottomLeft", ` ySplit="`+itoa(rows)+`"`
	case rows == 0:
		pane, split = "topRight", ` xSplit="`+itoa(columns)+`"`
	}
	first := cellName(columns+1, rows+1)
	b = append(b, `<pane`+split+` topLeftCell="`+first+`" activePane="`+pane+`" state="frozen"/>`...)
	return append(b, `<selection pane="`+pane+`" activeCell="`+first+`" sqref="`+first+`"/>`...)
}

// cell is one value with its style. Value is nil, a string, an int or a time.
type cell struct {
	value any
	style int
}

// write adds a row, height points high, or as high as the reader likes for 0.
func (s *sheet) write(height float64, cells ...cell) error {
	s.begin(height)
	for i, c := range cells {
		v := valueOf(c.value)
		v.text = cellText(v.text, s.mark)
		s.put(i, c.style, v)
	}
	return s.end()
}

// begin begins a row; put adds its cells, from left to right, and end ends it.
func (s *sheet) begin(height float64) {
	s.row++
	s.number = strconv.AppendInt(s.number[:0], int64(s.row), 10)
	s.xml = append(append(s.xml, `<row r="`...), s.number...)
	if height > 0 {
		s.xml = append(appendNumber(append(s.xml, `" ht="`...), height), `" customHeight="1`...)
	}
	s.xml = append(s.xml, `">`...)
}

// put adds the cell in the column with that index. Its text is one that a cell may hold.
func (s *sheet) put(column, style int, v value) {
	for len(s.letters) <= column {
		name, _ := excelize.ColumnNumberToName(len(s.letters) + 1) // there are fewer than it has names for
		s.letters = append(s.letters, name)
	}
	s.width = max(s.width, column+1)
	s.xml = appendCell(s.xml, s.letters[column], s.number, style, v)
}

func (s *sheet) end() (err error) {
	s.xml = append(s.xml, `</row>`...)
	if len(s.xml) >= chunk {
		s.xml, err = s.out.swap(s.xml)
	}
	return err
}

// skip leaves a row empty.
func (s *sheet) skip() { s.row++ }

// define gives one of the names that spreadsheets know to a part of the sheet.
func (s *sheet) define(name, area string) error {
	return s.book.SetDefinedName(&excelize.DefinedName{
		Name: name, RefersTo: "'" + s.name + "'!" + area, Scope: s.name,
	})
}

// repeatHead prints the first row again on each page.
func (s *sheet) repeatHead() error { return s.define("_xlnm.Print_Titles", "$1:$1") }

// printed keeps all but the first columns off the paper.
func (s *sheet) printed(columns int) error {
	return s.define("_xlnm.Print_Area", "$A$1:"+absolute(columns, s.row))
}

// filter puts the buttons of a filter on the first row, over all rows. The book has a name that goes
// with it.
func (s *sheet) filter() error {
	rows := max(s.row, 2)
	s.filters = "$A$1:" + absolute(s.width, rows)
	return s.book.AutoFilter(s.name, "A1:"+cellName(s.width, rows), nil)
}

// link makes the first cell of the last row lead to another sheet.
func (s *sheet) link(to string) {
	s.links = append(s.links, `<hyperlink ref="A`+itoa(s.row)+`" location="`...)
	s.links = append(appendEscaped(s.links, "'"+to+"'!A1"), `"/>`...)
}

// close ends the sheet. On paper it is one page wide and as many high as it takes. Numbers that
// stand as text are meant to.
func (s *sheet) close() error {
	b := append(s.xml, `</sheetData>`...)
	if s.filters != "" {
		b = append(b, `<autoFilter ref="`+s.filters+`"/>`...)
	}
	if s.links != nil {
		b = append(append(append(b, `<hyperlinks>`...), s.links...), `</hyperlinks>`...)
	}
	b = append(b, `<pageMargins left="0.4" right="0.4" top="0.95" bottom="0.65" header="0.35" footer="0.3"/>`+
		`<pageSetup paperSize="9" fitToWidth="1" fitToHeight="0" orientation="landscape"/>`+ // A4
		`<headerFooter><oddHeader>`...)
	b = append(appendEscaped(b, s.paper.header()), `</oddHeader><oddFooter>`...)
	b = append(appendEscaped(b, s.paper.footer()), `</oddFooter></headerFooter>`...)
	all := "A1:" + cellName(max(s.width, 1), max(s.row, 1))
	b = append(b, `<ignoredErrors><ignoredError sqref="`+all+`" numberStoredAsText="1"/></ignoredErrors></worksheet>`...)
	if _, err := s.out.swap(b); err != nil {
		return err
	}
	s.xml = nil
	return s.out.close()
}

func cellName(column, row int) string {
	name, err := excelize.CoordinatesToCellName(column, row)
	if err != nil {
		return "A1"
	}
	return name
}

func absolute(column, row int) string {
	name, err := excelize.CoordinatesToCellName(column, row, true)
	if err != nil {
		return "$A$1"
	}
	return name
}

func itoa(n int) string { return strconv.Itoa(n) }
