package service_test

import (
	"errors"
	"testing"

	"github.com/temadag/temadag/internal/domain"
)

// TestBegan: of several things that an editor has open the oldest tells what others have changed since.
func TestBegan(t *testing.T) {
	b := openBackOffice(t)
	first := b.open(t, b.eva, "lulea")
	title := func(s string) func(*domain.EventEntry) {
		return func(in *domain.EventEntry) { in.Title.Sv = s }
	}
	b.save(t, b.nils, "lulea", title("Andra"))
	second := b.open(t, b.eva, "lulea")
	b.save(t, b.nils, "lulea", title("Tredje"))
	now := b.open(t, b.eva, "lulea")
	for name, c := range map[string]struct {
		marks       []string
		mark, title string
	}{
		"now":              {[]string{now.Mark}, now.Mark, "Tredje"},
		"nothing":          {nil, now.Mark, "Tredje"},
		"the first":        {[]string{first.Mark}, first.Mark, first.Entry.Title.Sv},
		"the older":        {[]string{now.Mark, second.Mark}, second.Mark, "Andra"},
		"the oldest":       {[]string{second.Mark, first.Mark, now.Mark}, first.Mark, first.Entry.Title.Sv},
		"one never heard":  {[]string{now.Mark, "nonsense"}, "nonsense", "Tredje"},
		"one that is left": {[]string{"", first.Mark}, "", "Tredje"},
	} {
		mark, entry, err := b.events.Began(t.Context(), b.eva, "lulea", c.marks...)
		if err != nil || mark != c.mark || entry.Title.Sv != c.title {
			t.Errorf("%s: %q %q %v", name, mark, entry.Title.Sv, err)
		}
	}
	if _, _, err := b.events.Began(t.Context(), b.actor(t, domain.RoleOrganiser, "Z"), "lulea"); !errors.Is(err, domain.ErrNotFound) {
		t.Errorf("another county: %v", err)
	}
}
