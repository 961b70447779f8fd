package site

import (
	"github.com/temadag/temadag/internal/domain"
	"github.com/temadag/temadag/internal/i18n"
)

// meantPlace asks on a review page whether a municipality that Sweden does not have was a slip of the
// finger. It refuses nobody: people also come from Finland and Norway, and know best where they work.
type meantPlace struct {
	Text  string
	Takes []meantTake
}

// meantTake is a button that puts the municipality in and shows the page again.
type meantTake struct{ Value, Label string }

// newMeantPlace is nil where there is nothing to ask.
func newMeantPlace(p *i18n.Printer, typed string) *meantPlace {
	meant := domain.MeantMunicipalities(typed)
	if len(meant) == 0 {
		return nil
	}
	m := &meantPlace{Text: p.T("registration.meant.several", "typed", typed)}
	if len(meant) == 1 {
		m.Text = p.T("registration.meant.one", "typed", typed, "municipality", meant[0])
	}
	for _, name := range meant {
		m.Takes = append(m.Takes, meantTake{Value: name, Label: p.T("registration.meant.take", "municipality", name)})
	}
	return m
}

// takeMeant puts the municipality of the button that was pressed into the entry; the page is then
// reviewed as if it had been typed. Nothing but a municipality is taken, and only where no other button
// was pressed.
func takeMeant(pressed step, meant string, in *domain.Entry) step {
	if meant == "" || pressed != "" || !domain.IsMunicipality(meant) {
		return pressed
	}
	in.Municipality = meant
	return stepReview
}
