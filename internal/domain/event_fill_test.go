package domain_test

import (
	"slices"
	"testing"

	"github.com/temadag/temadag/internal/domain"
)

// Every field that is not a list is read and filled in by its name, and changes nothing but itself; every
// field at all is taken from another entry by its name.
func TestEventEntry_fillIn(t *testing.T) {
	lists := []string{"target_group", "invited_by", "programme", "speakers", "questions"}
	for _, name := range domain.EventFieldNames() {
		var in domain.EventEntry
		in.FillIn(map[string]string{name: "yes", "nonsense": "yes"})
		got, ok := in.Typed(name)
		if isList := slices.Contains(lists, name); ok == isList || (!isList && got != "yes") {
			t.Errorf("%s reads %q, %v", name, got, ok)
		} else if isList {
			continue
		}
		if changed := (domain.EventEntry{}).Changed(in); len(changed) != 1 || changed[0] != name {
			t.Errorf("%s changes %v", name, changed)
		}
		var taken domain.EventEntry
		taken.Take(in, name)
		if taken.Mark() != in.Mark() {
			t.Errorf("%s is not taken", name)
		}
		in.FillIn(map[string]string{name: ""})
		if in.Mark() != (domain.EventEntry{}).Mark() {
			t.Errorf("%s is not emptied", name)
		}
	}
	full, none := domain.EntryOf(edition()), domain.EventEntry{}
	none.Take(full, domain.EventFieldNames()...)
	if none.Mark() != full.Mark() {
		t.Error("taking every field leaves something behind")
	}
}
