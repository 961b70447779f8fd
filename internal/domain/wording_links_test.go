package domain_test

import (
	"strings"
	"testing"

	"github.com/temadag/temadag/internal/domain"
)

func TestWrongLinks(t *testing.T) {
	t.Parallel()
	for text, want := range map[string]string{
		"Läs [mer](https://example.se/a?b=c#d) och [Min anmälan]({länk}).": "",
		"[Ring](tel:+46980319210) eller [skriv](mailto:kurs@example.se)":   "",
		"[x](javascript:alert)": "javascript:alert",
		"[y](http://a b)":       "http://a b",
		"[y]( www.example.se )": "www.example.se",
		"[y](/sida)":            "/sida",
		"[y]()":                 "",
		"[y](https://)":         "https://",
		"[a](DATA:text/html) [b](https://b.example)": "DATA:text/html",
		"Se [bilagan] (den är kort).":                "",
		"[y](" + strings.Repeat("ö", 60) + ")":       strings.Repeat("ö", 40) + "…",
	} {
		got := domain.WrongLinks("Hej!\n" + text)
		switch {
		case text == "[y]()":
			if len(got) != 1 || got[0].To != "" {
				t.Errorf("an empty link: %v", got)
			}
		case want == "" && len(got) > 0, want != "" && (len(got) != 1 || got[0].To != want || got[0].Line != 2):
			t.Errorf("%q: %v, want %q", text, got, want)
		}
	}
}
