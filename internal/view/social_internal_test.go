package view

import (
	"strings"
	"testing"
)

// TestSocialFactsAreWhole holds SocialPicture to leaving out nothing of the lines at the foot.
func TestSocialFactsAreWhole(t *testing.T) {
	const width = socialWidth - 2*socialMargin
	lines := map[string]string{
		"day with hours":  "torsdag 22 september 2016 kl.\u00a009.00–16.00",
		"two days":        "onsdag 30 november–torsdag 1 december 2016, från kl.\u00a010.00 första dagen till kl.\u00a015.30 sista dagen",
		"in English":      "Wednesday 30 November 2016 09:00–16:00",
		"several rows":    strings.TrimSpace(strings.Repeat("Länsstyrelsen Västernorrland, ", 9)),
		"nothing to trim": "Luleå",
	}
	c, err := newCanvas()
	if err != nil {
		t.Fatal(err)
	}
	for name, text := range lines {
		t.Run(name, func(t *testing.T) {
			face, rows, _, err := c.fitFact(factLine{text, c.serif, 42, c.accent}, text, width)
			if err != nil {
				t.Fatal(err)
			}
			if got := strings.Join(rows, " "); got != text {
				t.Errorf("told %q of %q", got, text)
			}
			for _, row := range rows {
				if face.width(row) > width {
					t.Errorf("%q is %d wide, there is room for %d", row, face.width(row), width)
				}
			}
		})
	}
	// The twin: cut to the room beside the sun at full size, the day loses its last hours.
	full, err := c.face(c.serif, 42)
	if err != nil {
		t.Fatal(err)
	}
	if day := lines["day with hours"]; full.shorten(day, besideTheSun) == day {
		t.Error("the day fits at full size, so this test shows nothing")
	}
}
