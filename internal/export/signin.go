package export

import "github.com/temadag/temadag/internal/domain"

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

// The measures of the list at the door on an A4 in 12 points.
const (
	SignInLines = 24 // on a paper
	SignInBlank = 10 // empty lines at the end
)

// SignIn lays out the list at the door: numbered through, with empty lines at the end for those who come
// unannounced. There is always a paper, also where nobody is to come.
func SignIn(rows []domain.ExportRow, lines, blank int) []SignInPage {
	lines = max(lines, 1)
	all := make([]SignInRow, 0, len(rows)+blank)
	for _, r := range rows {
		p := r.Masked()
		all = append(all, SignInRow{
			Nr: r.Nr, FamilyName: p.FamilyName, GivenName: p.GivenName, Organisation: p.Organisation, Reference: p.Ref, Hidden: r.Protected,
		})
	}
	for i := range max(blank, 0) {
		all = append(all, SignInRow{Nr: len(rows) + i + 1})
	}
	var pages []SignInPage
	for from := 0; from < len(all) || from == 0; from += lines {
		pages = append(pages, SignInPage{Nr: len(pages) + 1, Rows: all[from:min(from+lines, len(all))]})
	}
	for i := range pages {
		pages[i].Of = len(pages)
	}
	return pages
}
