package service_test

import (
	"context"
	"errors"
	"fmt"
	"strings"
	"testing"

	"github.com/temadag/temadag/internal/domain"
	"github.com/temadag/temadag/internal/service"
	"github.com/temadag/temadag/internal/testkit"
)

// TestDeskEvents: every event within reach is on some page, once, and no other.
func TestDeskEvents(t *testing.T) {
	k := testkit.Open(t)
	ctx, today := context.Background(), domain.DateIn(k.Clock.Now())
	add := func(slug string, change func(*domain.Event)) {
		e := testkit.Event(slug, 5)
		change(&e)
		k.AddEvent(t, e)
	}
	for n := range 30 {
		add(fmt.Sprintf("gammal-%02d", n), func(e *domain.Event) {
			e.Day = today.AddDays(-100 * (n + 1))
			e.LastDay = e.Day
		})
	}
	add("kommande", func(e *domain.Event) { e.Town = "Älvsbyn" })
	add("utkast", func(e *domain.Event) { e.State, e.Day, e.LastDay = domain.EventDraft, domain.Date{}, domain.Date{} })
	add("pagar", func(e *domain.Event) { e.Day, e.LastDay = today.AddDays(-1), today })
	add("deras", func(e *domain.Event) { e.Owner = testkit.Jamtland() })
	d := &service.Desk{Store: k.Store, Now: k.Clock.Now}
	eva := staff(domain.Grant{Role: domain.RoleReader, County: "BD"})
	slugs := func(q domain.DeskQuery) (string, domain.DeskList) {
		t.Helper()
		list, err := d.Events(ctx, eva, q)
		if err != nil {
			t.Fatal(err)
		}
		var out []string
		for _, e := range list.Rows {
			out = append(out, e.Slug)
		}
		return strings.Join(out, " "), list
	}
	ahead, list := slugs(domain.DeskQuery{Part: "nonsense"})
	if ahead != "pagar kommande utkast" || list.Counts[domain.DeskPast] != 30 || list.Counts[domain.DeskAll] != 33 || list.Counts[domain.DeskDrafts] != 1 {
		t.Errorf("ahead: %s, %v", ahead, list.Counts)
	}
	if got, _ := slugs(domain.DeskQuery{Words: "alvsbyn", Part: domain.DeskAll}); got != "kommande" {
		t.Errorf("by words: %q", got)
	}
	first, list := slugs(domain.DeskQuery{Part: domain.DeskPast})
	second, _ := slugs(domain.DeskQuery{Part: domain.DeskPast, Page: 2})
	if !strings.HasPrefix(first, "gammal-00 gammal-01") || !strings.HasSuffix(second, "gammal-29") || list.Pages != 2 || strings.Count(first+" "+second, "gammal") != 30 {
		t.Errorf("past: %s, then %s", first, second)
	}
	if got, list := slugs(domain.DeskQuery{Part: domain.DeskPast, Page: 99}); got != second || list.Page != 2 {
		t.Errorf("a page past the last is %d: %s", list.Page, got)
	}
	if _, err := d.Events(ctx, domain.Visitor(), domain.DeskQuery{}); !errors.Is(err, domain.ErrNotFound) {
		t.Errorf("a visitor: %v", err)
	}
	// The twin: with a grant in the other county too, its event is there.
	eva.Grants = append(eva.Grants, domain.Grant{Role: domain.RoleReader, County: "Z"})
	if got, _ := slugs(domain.DeskQuery{}); !strings.Contains(got, "deras") {
		t.Errorf("with both counties: %s", got)
	}
}
