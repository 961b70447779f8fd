package site_test

import (
	"strings"
	"testing"

	"github.com/temadag/temadag/internal/domain"
	"github.com/temadag/temadag/internal/testkit"
)

// A theme that has no English name of its own is called on an English page what its event is called there.
func TestEvent_themeInEnglish(t *testing.T) {
	w := newWorld(t)
	e := testkit.Event("lulea", 5)
	e.Title = domain.Text{Sv: "Efterfrågan", En: "The demand"}
	must(t, w.Editing.PutOrganisers(t.Context(), domain.Operator(), []domain.Organiser{testkit.Norrbotten()}))
	must(t, w.Editing.AddSeries(t.Context(), domain.Operator(), domain.Series{
		Slug: "tema", Title: domain.Text{Sv: "Efterfrågan"}, Events: []domain.Event{e},
	}, nil))
	for path, want := range map[string]string{"/en/event/lulea": ">The demand</a>", "/tillfalle/lulea": ">Efterfrågan</a>"} {
		if got := w.get(path).body; !strings.Contains(got, want) {
			t.Errorf("%s: the theme is not called %q there", path, want)
		}
	}
}
