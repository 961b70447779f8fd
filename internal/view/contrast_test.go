package view_test

import (
	"math"
	"os"
	"regexp"
	"strconv"
	"strings"
	"testing"
)

// Contrast is measured on the colours of the style sheet itself, light and dark, also where no tool
// looks: borders of fields and the ring around what has the focus (WCAG 1.4.3, 1.4.11).
func TestColours_haveContrast(t *testing.T) {
	sheet, err := os.ReadFile("../../web/static/css/1-base.css")
	if err != nil {
		t.Fatal(err)
	}
	light, dark, ok := strings.Cut(string(sheet), "@media (prefers-color-scheme: dark)")
	if !ok {
		t.Fatal("the style sheet has no dark side")
	}
	pairs := []struct {
		upon, ground string
		least        float64
	}{
		{"ink", "paper", 7},
		{"ink", "card", 7},
		{"quiet", "paper", 4.5},
		{"quiet", "card", 4.5},
		{"accent", "paper", 4.5},
		{"accent", "card", 4.5},
		{"accent", "tint", 4.5},
		{"accent-deep", "paper", 4.5},
		{"on-accent", "accent", 4.5},
		{"on-accent", "accent-deep", 4.5},
		{"ink", "tint", 7},
		{"warn", "paper", 4.5},
		{"ink", "warn-tint", 7},
		{"warn", "warn-tint", 3},
		{"bad", "paper", 4.5},
		{"bad", "bad-tint", 4.5},
		{"bad-deep", "bad-tint", 4.5},
		{"ink", "bad-tint", 7},
		{"on-bad", "bad", 4.5},
		{"line", "paper", 3},
		{"line", "card", 3},
		{"focus", "paper", 3},
		{"focus", "card", 3},
		{"focus", "tint", 3},
		{"focus", "bad-tint", 3},
		{"paper", "ink", 7},
	}
	for side, css := range map[string]string{"light": light, "dark": dark} {
		colours := tokens(css)
		for _, p := range pairs {
			if got := contrast(t, colours[p.upon], colours[p.ground]); got < p.least {
				t.Errorf("%s: %s on %s has %.2f, want at least %.1f", side, p.upon, p.ground, got, p.least)
			}
		}
	}
	if got := contrast(t, "777", "fff"); got < 4.4 || got > 4.5 {
		t.Errorf("the measure is wrong: #777 on white has %.2f, want 4.48", got)
	}
}

func tokens(css string) map[string]string {
	found := make(map[string]string)
	for _, m := range regexp.MustCompile(`--([a-z-]+): #([0-9a-f]{3,6});`).FindAllStringSubmatch(css, -1) {
		found[m[1]] = m[2]
	}
	return found
}

func contrast(t *testing.T, a, b string) float64 {
	t.Helper()
	x, y := luminance(t, a), luminance(t, b)
	return (max(x, y) + 0.05) / (min(x, y) + 0.05)
}

func luminance(t *testing.T, hex string) float64 {
	t.Helper()
	if len(hex) == 3 {
		hex = string([]byte{hex[0], hex[0], hex[1], hex[1], hex[2], hex[2]})
	}
	n, err := strconv.ParseUint(hex, 16, 32)
	if err != nil || len(hex) != 6 {
		t.Fatalf("%q is no colour", hex)
	}
	linear := func(shift uint) float64 {
		c := float64(n>>shift&0xff) / 255
		if c <= 0.04045 {
			return c / 12.92
		}
		return math.Pow((c+0.055)/1.055, 2.4)
	}
	return 0.2126*linear(16) + 0.7152*linear(8) + 0.0722*linear(0)
}
