package domain_test

import (
	"strings"
	"testing"

	"github.com/temadag/temadag/internal/domain"
)

// A name that ends the title of an item stands with those who take part, and not in the title too.
func TestInvitation_sessionTitles(t *testing.T) {
	for line, want := range map[string]string{
		"10.15 Efterfrågan: vad vi vet, Max Waltman":           "Efterfrågan: vad vi vet | Max Waltman",
		"10.15 Så arbetar vi – Anna Lagerdal, Simon Häggström": "Så arbetar vi | Anna Lagerdal Simon Häggström",
		"10.15 Paus":                   "Paus |",
		"10.15 Samtal med Max Waltman": "Samtal med Max Waltman | Max Waltman",
	} {
		inv := domain.ParseInvitation("Temadag i Luleå\n1 december 2016\n\nProgram\n09.00 Inledning\n"+line+"\n16.00 Avslutning\n", domain.Date{Year: 2016, Month: 9, Day: 28})
		approved := make(map[string]string)
		for _, p := range inv.Proposals() {
			approved[p.Key] = p.Value
		}
		in := inv.Fill(domain.EventEntry{}, 0, approved)
		if len(in.Programme) != 3 {
			t.Fatalf("%s: %d items", line, len(in.Programme))
		}
		var names []string
		for _, s := range in.Programme[1].Speakers {
			names = append(names, s.Name)
		}
		got := strings.TrimSpace(in.Programme[1].Title.Sv + " | " + strings.Join(names, " "))
		if got != want {
			t.Errorf("%s: %q, want %q", line, got, want)
		}
	}
}
