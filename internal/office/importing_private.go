package office

import (
	"slices"
	"strings"

	"github.com/temadag/temadag/internal/domain"
)

// What a file may hold besides what is read is often what nobody should have sent: personal numbers, and what
// somebody needs. It is not shown, and whoever brought it is asked to take it out of the file.

// private reports whether a column that is not read in looks as if it held personal numbers or needs.
func (d importDraft) private(i int) bool {
	if i < len(d.mapping) && d.mapping[i] != domain.ImportNothing {
		return false
	}
	for n, r := range d.table.Rows {
		if i >= len(r.Cells) {
			continue
		}
		key := domain.SearchKey(shown(r.Cells[i]))
		if domain.HasPersonalNumber(r.Cells[i]) || holdsAny(key, "gluten", "laktos", "vegan", "vegetari", "allerg", "rullstol", "horsel", "teckensprak", "halal", "kosher") {
			return true
		}
		if n == 0 && (holdsAny(key, "personn", "samordningsn", "fodelse", "kost", "diet", "behov", "tillgangl", "personal n", "birth", "food", "access") || slices.Contains([]string{"pnr", "pers nr", "mat", "needs"}, key)) {
			return true
		}
	}
	return false
}

func holdsAny(s string, words ...string) bool {
	return slices.ContainsFunc(words, func(w string) bool { return strings.Contains(s, w) })
}

// mayShow reports whether a cell of a column that is not private is shown as an example of it.
func mayShow(cell string) bool {
	return strings.TrimSpace(cell) != "" && !domain.HasPersonalNumber(cell)
}
