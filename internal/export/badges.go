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
	Size         string // "large", "medium" or "small": what the longest line leaves room for
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
		all = append(all, Badge{Given: given, Family: family, Organisation: p.Organisation, Size: badgeSize(given, family, p.Organisation)})
	}
	for range max(blank, 0) {
		all = append(all, Badge{Size: "large"})
	}
	var pages []BadgePage
	for from := 0; from < len(all); from += onAPage {
		pages = append(pages, BadgePage{Badges: all[from:min(from+onAPage, len(all))]})
	}
	return pages
}

// badgeSize looks at the longest word, since lines may break between words.
func badgeSize(given, family, organisation string) string {
	word := 0
	for _, w := range strings.FieldsFunc(given+" "+family, func(r rune) bool { return r == ' ' || r == '-' }) {
		word = max(word, utf8.RuneCountInString(w))
	}
	name := utf8.RuneCountInString(given) + utf8.RuneCountInString(family)
	switch {
	case word <= 11 && name <= 22 && utf8.RuneCountInString(organisation) <= 40:
		return "large"
	case word <= 17 && name <= 44 && utf8.RuneCountInString(organisation) <= 80:
		return "medium"
	}
	return "small"
}
