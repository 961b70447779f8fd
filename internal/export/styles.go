package export

import "github.com/xuri/excelize/v2"

// The colours of the house: spruce for headings, quiet lines, a tint for rows that are not the
// registered.
const (
	spruce   = "0A5C4A"
	white    = "FFFFFF"
	ink      = "17211E"
	hairline = "B9C6C0"
	tint     = "EEF3F1"
	quiet    = "55625D"
)

const typeface = "Calibri"

// The formats of cells. Text is declared as text, so that a telephone number keeps its zero and a
// sum stays unreckoned when someone edits the cell.
const (
	formatText    = 49 // "@"
	formatInteger = 1  // "0"
	formatDate    = "yyyy-mm-dd"
	formatInstant = "yyyy-mm-dd hh:mm:ss"
)

// look is what kind of thing a cell shows.
type look int

const (
	lookText look = iota
	lookWrapped
	lookName // what the eye runs down
	lookNumber
	lookDate
	lookInstant
	looks // how many there are
)

// styles are the numbers that excelize gave the styles.
type styles struct {
	head    int
	headNum int // above numbers
	title   int
	section int
	note    int
	link    int
	sum     [looks]int
	plain   [looks]int // rows of a table
	list    [looks]int // rows of a list of people: larger, to be read at arm's length
	tinted  [looks]int // the same for those who are not registered
}

func newStyles(f *excelize.File) (styles, error) {
	var s styles
	var err error
	add := func(st excelize.Style) int {
		id, e := f.NewStyle(&st)
		if e != nil && err == nil {
			err = e
		}
		return id
	}
	head := func(horizontal string) excelize.Style {
		return excelize.Style{
			Font: font(12, true, white), Fill: fill(spruce), Border: borders(),
			Alignment: &excelize.Alignment{Horizontal: horizontal, Vertical: "center", WrapText: true, Indent: 1},
		}
	}
	s.head, s.headNum = add(head("left")), add(head("right"))
	s.title = add(excelize.Style{Font: font(18, true, ink)})
	s.section = add(excelize.Style{Font: font(14, true, spruce)})
	s.note = add(excelize.Style{Font: font(11, false, quiet)})
	link := cellStyle(lookText, font(11, false, spruce))
	link.Font.Underline = "single"
	s.link = add(link)
	for k := range looks {
		s.plain[k] = add(cellStyle(k, font(11, false, ink)))
		s.sum[k] = add(cellStyle(k, font(11, true, ink)))
		s.list[k] = add(cellStyle(k, font(12, false, ink)))
		tinted := cellStyle(k, font(12, false, ink))
		tinted.Fill = fill(tint)
		s.tinted[k] = add(tinted)
	}
	return s, err
}

func cellStyle(k look, f *excelize.Font) excelize.Style {
	st := excelize.Style{Font: f, Border: borders()}
	st.Alignment = &excelize.Alignment{Horizontal: "left", Vertical: "center", Indent: 1}
	switch k {
	case lookWrapped, lookName:
		st.NumFmt, st.Alignment.WrapText = formatText, true
		f.Bold = f.Bold || k == lookName
	case lookNumber:
		st.NumFmt, st.Alignment.Horizontal = formatInteger, "right"
	case lookDate:
		st.CustomNumFmt = ptr(formatDate)
	case lookInstant:
		st.CustomNumFmt = ptr(formatInstant)
	default:
		st.NumFmt = formatText
	}
	return st
}

func font(size float64, bold bool, colour string) *excelize.Font {
	return &excelize.Font{Family: typeface, Size: size, Bold: bold, Color: colour}
}

func fill(colour string) excelize.Fill {
	return excelize.Fill{Type: "pattern", Pattern: 1, Color: []string{colour}}
}

func borders() []excelize.Border {
	var b []excelize.Border
	for _, side := range []string{"left", "top", "right", "bottom"} {
		b = append(b, excelize.Border{Type: side, Color: hairline, Style: 1})
	}
	return b
}

func ptr[T any](v T) *T { return &v }
