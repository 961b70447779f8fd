package export

import "strings"

// paper is what stands above and below each printed page of a sheet.
type paper struct {
	title, under, right  string
	footLeft, footCentre string
	page                 string // with the codes of the page numbers
}

// The codes that choose the type of what follows them in a header.
const (
	boldType    = `&"` + typeface + `,Bold"`
	regularType = `&"` + typeface + `,Regular"`
)

func (p paper) header() string {
	const max = 255 // what a header takes, codes included
	right := `&R&11` + regularType + headerText(p.right, 60)
	left := "&L"
	if p.title != "" {
		left += `&14` + boldType + headerText(p.title, 75) + "\n"
	}
	left += "&11" + regularType
	return left + headerText(p.under, max-utf16Len(left+right)-5) + right
}

func (p paper) footer() string {
	return `&L&9` + regularType + headerText(p.footLeft, 90) + `&C&9` + regularType + p.footCentre +
		`&R&9` + regularType + p.page
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
