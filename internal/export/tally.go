package export

import (
	"cmp"
	"slices"

	"github.com/temadag/temadag/internal/domain"
)

// tally counts the rows of one event as they are written.
type tally struct {
	registered, offered, waiting, cancelled int

	applied int // applications that nobody has answered yet

	protected      int // registered people who are left out below
	byType         map[domain.OrganisationType]int
	byMunicipality map[string]int
}

func newTally() *tally {
	return &tally{byType: make(map[domain.OrganisationType]int), byMunicipality: make(map[string]int)}
}

func (t *tally) count(r *domain.Registration, municipality string) {
	switch {
	case r.Status == domain.Confirmed && r.Protected:
		t.registered++
		t.protected++
	case r.Status == domain.Confirmed:
		t.registered++
		t.byType[r.OrganisationType]++
		t.byMunicipality[municipality]++
	case r.Status == domain.Offered:
		t.offered++
	case r.Status == domain.Waitlisted:
		t.waiting++
	case r.Status == domain.Pending:
		t.applied++
	default:
		t.cancelled++
	}
}

// add counts what o has counted too.
func (t *tally) add(o *tally) {
	t.registered += o.registered
	t.offered += o.offered
	t.waiting += o.waiting
	t.cancelled += o.cancelled
	t.applied += o.applied
	t.protected += o.protected
	for k, n := range o.byType {
		t.byType[k] += n
	}
	for k, n := range o.byMunicipality {
		t.byMunicipality[k] += n
	}
}

// municipalities lists those counted, in Swedish order, the one not given last.
func (t *tally) municipalities() []string {
	names := make([]string, 0, len(t.byMunicipality))
	for name := range t.byMunicipality {
		names = append(names, name)
	}
	slices.SortFunc(names, func(a, b string) int {
		if (a == "") != (b == "") {
			return cmp.Compare(len(b), len(a))
		}
		return cmp.Or(cmp.Compare(domain.SortKey(a), domain.SortKey(b)), cmp.Compare(a, b))
	})
	return names
}

// municipalityNames remembers what the names that people typed mean; there are few and they repeat.
type municipalityNames struct{ known map[string]string }

func (n *municipalityNames) of(typed string) string {
	if name, ok := n.known[typed]; ok {
		return name
	}
	if n.known == nil || len(n.known) > 5000 {
		n.known = make(map[string]string)
	}
	name := domain.NormalMunicipality(oneLine(typed))
	n.known[typed] = name
	return name
}
