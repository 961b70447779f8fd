package export

import (
	"strconv"
	"strings"

	"github.com/xuri/excelize/v2"

	"github.com/temadag/temadag/internal/domain"
)

// sheet writes one sheet of the workbook from top to bottom.
type sheet struct {
	book   *excelize.File // where names are kept
	name   string         // in the book
	file   *excelize.File // where the rows are made: the book, or the piece at hand
	at     string         // its name in file
	parts  *parts         // of a sheet made in pieces, else nil
	stream *excelize.StreamWriter
	row    int // the last one written
	width  int // cells in the widest row
	cells  []excelize.Cell
	values []any // pointers into cells, or nil where nothing stands
	mark   string
}

// openSheet begins the sheet called name of the book.
func openSheet(book *excelize.File, name, mark string) (*sheet, error) {
	s := &sheet{book: book, name: name, mark: mark}
	return s, s.begin(book, name)
}

// openInPieces begins the sheet called name of the book, to be made in pieces.
func openInPieces(book *excelize.File, name, mark string, p *parts) (*sheet, error) {
	s := &sheet{book: book, name: name, mark: mark, parts: p}
	f, err := p.newPiece()
	if err != nil {
		return nil, err
	}
	return s, s.begin(f, pieceName)
}

// begin goes on in the empty sheet at of f. On paper a sheet is one page wide and as many high as it
// takes.
func (s *sheet) begin(f *excelize.File, at string) error {
	const a4 = 9
	s.file, s.at = f, at
	err := f.SetSheetProps(at, &excelize.SheetPropsOptions{FitToPage: ptr(true)})
	if err == nil {
		err = f.SetPageLayout(at, &excelize.PageLayoutOptions{
			Size: ptr(a4), Orientation: ptr("landscape"), FitToWidth: ptr(1), FitToHeight: ptr(0),
		})
	}
	if err == nil {
		err = f.SetPageMargins(at, &excelize.PageLayoutMarginsOptions{
			Left: ptr(0.4), Right: ptr(0.4), Top: ptr(0.95), Bottom: ptr(0.65), Header: ptr(0.35), Footer: ptr(0.3),
		})
	}
	if err == nil {
		s.stream, err = f.NewStreamWriter(at)
	}
	return err
}

// turn packs the piece at hand and begins the next.
func (s *sheet) turn() error {
	if err := s.stream.Flush(); err != nil {
		return err
	}
	if err := s.parts.pack(s.file, false); err != nil {
		return err
	}
	if err := s.file.Close(); err != nil {
		return err
	}
	f, err := s.parts.newPiece()
	if err != nil {
		return err
	}
	return s.begin(f, pieceName)
}

// release lets go of the piece at hand, packed or not.
func (s *sheet) release() {
	if s.parts != nil {
		_ = s.file.Close()
	}
}

// columns sets the widths of the columns from the first on, and what stays in sight when the sheet
// is scrolled. It comes before the first row.
func (s *sheet) columns(widths []float64, frozenRows, frozenColumns int) error {
	for i, w := range widths {
		if err := s.stream.SetColWidth(i+1, i+1, w); err != nil {
			return err
		}
	}
	if frozenRows == 0 && frozenColumns == 0 {
		return nil
	}
	pane := "bottomRight"
	switch {
	case frozenColumns == 0:
		pane = "bottomLeft"
	case frozenRows == 0:
		pane = "topRight"
	}
	first := cellName(frozenColumns+1, frozenRows+1)
	return s.stream.SetPanes(&excelize.Panes{
		Freeze: true, XSplit: frozenColumns, YSplit: frozenRows, ActivePane: pane, TopLeftCell: first,
		Selection: []excelize.Selection{{SQRef: first, ActiveCell: first, Pane: pane}},
	})
}

// cell is one value with its style. Value is nil, a string, an int or a time.
type cell struct {
	value any
	style int
}

// write adds a row, height points high, or as high as the reader likes for 0.
func (s *sheet) write(height float64, cells ...cell) error {
	for i := range cells {
		cells[i].value = s.text(cells[i].value)
	}
	return s.put(height, cells)
}

// text is v as the value of a cell. A text is one that a cell may hold, and nothing at all where it
// is empty.
func (s *sheet) text(v any) any {
	t, ok := v.(string)
	if !ok {
		return v
	}
	clean := cellText(t, s.mark)
	switch clean {
	case "":
		return nil
	case t:
		return v
	}
	return clean
}

// put adds a row of cells whose texts are mended already.
func (s *sheet) put(height float64, cells []cell) error {
	if len(cells) > len(s.cells) {
		s.cells, s.values = make([]excelize.Cell, len(cells)), make([]any, len(cells))
		for i := range s.cells {
			s.values[i] = &s.cells[i]
		}
	}
	weight := 0
	for i, c := range cells {
		s.cells[i] = excelize.Cell{StyleID: c.style, Value: c.value}
		text, _ := c.value.(string)
		weight += cellWeight + len(text)
	}
	s.row++
	s.width = max(s.width, len(cells))
	err := s.stream.SetRow("A"+itoa(s.row), s.values[:len(cells)], excelize.RowOpts{Height: height})
	if err != nil || s.parts == nil {
		return err
	}
	if s.parts.weight += weight; s.parts.weight > pieceWeight {
		return s.turn()
	}
	return nil
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

// filter puts the buttons of a filter on the first row, over all rows.
func (s *sheet) filter() error {
	area := "A1:" + cellName(s.width, max(s.row, 2))
	if s.file != s.book {
		if err := s.book.AutoFilter(s.name, area, nil); err != nil { // the name that goes with it
			return err
		}
	}
	return s.file.AutoFilter(s.at, area, nil)
}

// close ends the sheet. Numbers that stand as text are meant to.
func (s *sheet) close() error {
	area := "A1:" + cellName(max(s.width, 1), max(s.row, 1))
	if err := s.file.AddIgnoredErrors(s.at, area, excelize.IgnoredErrorsNumberStoredAsText); err != nil {
		return err
	}
	if err := s.stream.Flush(); err != nil || s.parts == nil {
		return err
	}
	return s.parts.pack(s.file, true)
}

// paper is what stands above and below each printed page.
type paper struct {
	title, under, right  string
	footLeft, footCentre string
	page                 string // with the codes of the page numbers
}

func (s *sheet) paper(p paper) error {
	const max = 255 // what a header takes, codes included
	bold, regular := `&"`+typeface+`,Bold"`, `&"`+typeface+`,Regular"`
	right := `&R&11` + regular + headerText(p.right, 60)
	left := "&L"
	if p.title != "" {
		left += `&14` + bold + headerText(p.title, 75) + "\n"
	}
	left += "&11" + regular
	left += headerText(p.under, max-utf16Len(left+right)-5)
	return s.file.SetHeaderFooter(s.at, &excelize.HeaderFooterOptions{
		OddHeader: left + right,
		OddFooter: `&L&9` + regular + headerText(p.footLeft, 90) + `&C&9` + regular + p.footCentre +
			`&R&9` + regular + p.page,
	})
}

// headerText is s as text of a header: one line, at most max long with its signs doubled.
func headerText(s string, max int) string {
	double := func(s string) string { return strings.ReplaceAll(s, "&", "&&") }
	s = oneLine(s)
	if utf16Len(double(s)) <= max {
		return double(s)
	}
	for s != "" && utf16Len(double(s)) > max-1 {
		s = firstRunes(s, len([]rune(s))-1)
	}
	return double(strings.TrimSpace(s)) + "…"
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

// day is d as a spreadsheet's day, or other where it is not announced.
func day(d domain.Date, other string) any {
	if d.IsZero() {
		return other
	}
	return d.At(0)
}

// link makes the first cell of the last row lead to another sheet.
func (s *sheet) link(to string) error {
	return s.file.SetCellHyperLink(s.at, "A"+itoa(s.row), "'"+to+"'!A1", "Location")
}
