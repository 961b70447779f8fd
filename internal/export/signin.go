package export

import (
	"strings"
	"unicode/utf8"

	"github.com/temadag/temadag/internal/domain"
)

// SignInRow is one line of the list at the door. One without a name is for someone who comes unannounced.
type SignInRow struct {
	Nr           int
	FamilyName   string
	GivenName    string
	Organisation string
	Reference    string
	Hidden       bool // protected: the page says so instead of a name
}

// SignInPage is what fits on one paper.
type SignInPage struct {
	Nr, Of int
	Rows   []SignInRow
}

// The measures of the list at the door on an A4 in 12 points. A row is signRow millimetres and has signLine
// more for each further line of text; the columns hold so many characters.
const (
	SignInLines = 24 // rows of one line on a paper
	SignInBlank = 10 // empty lines at the end
	signRow     = 9.2
	signLine    = 5.2

	signFamily, signGiven, signWork = 19, 17, 32
)

// SignIn lays out the list at the door: numbered through, with empty lines at the end for those who come
// unannounced. A paper holds so many rows of one line, and fewer where names are long, so that what stands on
// it is what comes out of the printer. There is always a paper, also where nobody is to come.
func SignIn(rows []domain.ExportRow, lines, blank int) []SignInPage {
	all := make([]SignInRow, 0, len(rows)+blank)
	for _, r := range rows {
		p := r.Masked()
		all = append(all, SignInRow{
			Nr: r.Nr, FamilyName: p.FamilyName, GivenName: p.GivenName, Organisation: p.Organisation, Reference: p.Reference(), Hidden: r.Protected,
		})
	}
	for i := range max(blank, 0) {
		all = append(all, SignInRow{Nr: len(rows) + i + 1})
	}
	pages, room := []SignInPage{{Nr: 1}}, float64(max(lines, 1))*signRow
	left := room
	for _, r := range all {
		high := signRow + float64(r.lines()-1)*signLine
		if left < high-0.01 && len(pages[len(pages)-1].Rows) > 0 {
			pages, left = append(pages, SignInPage{Nr: len(pages) + 1}), room
		}
		last := &pages[len(pages)-1]
		last.Rows, left = append(last.Rows, r), left-high
	}
	for i := range pages {
		pages[i].Of = len(pages)
	}
	return pages
}

// lines is how many lines of text the row takes.
func (r SignInRow) lines() int {
	return max(wrapped(r.FamilyName, signFamily), wrapped(r.GivenName, signGiven), wrapped(r.Organisation, signWork))
}

// wrapped is how many lines a text takes where so many characters fit on one, broken between words and
// within those that are longer.
func wrapped(s string, width int) int {
	lines, at := 1, 0
	for _, word := range strings.FieldsFunc(s, func(r rune) bool { return r == ' ' || r == '\n' }) {
		n := utf8.RuneCountInString(word)
		if at > 0 && at+1+n > width {
			lines, at = lines+1, 0
		} else if at > 0 {
			at++
		}
		for n > width {
			lines, n = lines+1, n-width
		}
		at += n
	}
	return lines
}
