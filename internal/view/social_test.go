package view_test

import (
	"bytes"
	"image/png"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/temadag/temadag/internal/view"
)

func TestSocialPicture(t *testing.T) {
	tests := map[string][4]string{
		"theme day":   {"Sex mot ersättning – med fokus på efterfrågan", "torsdag 1 december 2016", "Luleå, Clarion Sense", "Länsstyrelsen Norrbotten"},
		"series":      {"Sex mot ersättning – med fokus på efterfrågan", "1–8 december 2016", "Luleå, Östersund, Umeå och Härnösand", ""},
		"the site":    {"Temadagar, konferenser och kurser", "", "Länsstyrelsernas gemensamma anmälan", ""},
		"sámi":        {"Muoŧká Čáppa Đávvi Ŋuorbi Šállu Žuvra", "Thursday 1 December 2016", "Julevu / Luleå", "Länsstyrelsen Norrbotten"},
		"long":        {strings.Repeat("Samverkanskonferens om barnrättsperspektivet ", 6), strings.Repeat("torsdag ", 20), "Örnsköldsvik", "Länsstyrelsen Västernorrland"},
		"one word":    {strings.Repeat("Ordbehandlings", 12), "", "", ""},
		"nothing":     {},
		"not letters": {"\x00\xff 🙂 東京", "", "", ""},
	}
	for name, tt := range tests {
		t.Run(name, func(t *testing.T) {
			got, err := view.SocialPicture(tt[0], tt[1], tt[2], tt[3])
			if err != nil {
				t.Fatal(err)
			}
			picture, err := png.Decode(bytes.NewReader(got))
			if err != nil {
				t.Fatal(err)
			}
			if size := picture.Bounds().Size(); size.X != 1200 || size.Y != 630 {
				t.Errorf("got %v, want 1200 × 630", size)
			}
			if len(got) > 130_000 {
				t.Errorf("%d bytes are too many", len(got))
			}
			if *story != "" {
				if err := os.WriteFile(filepath.Join(*story, "social-"+strings.ReplaceAll(name, " ", "-")+".png"), got, 0o600); err != nil {
					t.Fatal(err)
				}
			}
		})
	}
}
