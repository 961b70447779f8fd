package export

import (
	"strings"
	"unicode/utf8"

	"github.com/temadag/temadag/internal/domain"
)

// Badge is one name badge. One with nothing on it is to be written by hand: of those with protected
// identity, and for those who come unannounced.
type Badge struct {
	Given        string // the large line
	Family       string
	Organisation string
	Size         string // of the name, "large", "medium" or "small": what its length leaves room for
	Work         string // of the organisation, likewise
}

// BadgePage is the badges of one sheet of paper.
type BadgePage struct{ Badges []Badge }

// The badges on an A4 with two columns and four rows, 90 by 55 millimetres each.
const (
	BadgesOnAPage = 8
	BlankBadges   = 4
)

// Badges lays out name badges, page by page. Names are never cut: what is long is set in a smaller size. A
// place that nobody has been named for gets an empty one.
func Badges(rows []domain.ExportRow, onAPage, blank int) []BadgePage {
	onAPage = max(onAPage, 1)
	var all []Badge
	for _, r := range rows {
		p := r.Masked()
		given, family := p.GivenName, p.FamilyName
		if given == "" {
			given, family = family, ""
		}
		b := Badge{Given: given, Family: family, Organisation: p.Organisation, Size: nameSize(given, family), Work: sizeOf(p.Organisation, 34, 100)}
		if b.Work == sizeSmall && b.Size == sizeMedium {
			b.Size = sizeSmall // the two would not have room for each other
		}
		all = append(all, b)
	}
	for range max(blank, 0) {
		all = append(all, Badge{Size: sizeLarge, Work: sizeLarge})
	}
	var pages []BadgePage
	for from := 0; from < len(all); from += onAPage {
		pages = append(pages, BadgePage{Badges: all[from:min(from+onAPage, len(all))]})
	}
	return pages
}

// The sizes of type.
const (
	sizeLarge  = "large"
	sizeMedium = "medium"
	sizeSmall  = "small"
)

// nameSize looks at both names, and at the longest word, since lines break between words.
func nameSize(given, family string) string {
	word := 0
	for _, w := range strings.FieldsFunc(given, func(r rune) bool { return r == ' ' || r == '-' }) {
		word = max(word, utf8.RuneCountInString(w))
	}
	switch first, last := utf8.RuneCountInString(given), utf8.RuneCountInString(family); {
	case first <= 13 && last <= 24:
		return sizeLarge
	case word <= 17 && first <= 40 && last <= 58:
		return sizeMedium
	}
	return sizeSmall
}

func sizeOf(s string, large, medium int) string {
	switch n := utf8.RuneCountInString(s); {
	case n <= large:
		return sizeLarge
	case n <= medium:
		return sizeMedium
	}
	return sizeSmall
}
