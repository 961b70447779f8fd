package view_test

import (
	"strings"
	"testing"

	"github.com/temadag/temadag/internal/domain"
	"github.com/temadag/temadag/internal/view"
)

func TestLettersPlain(t *testing.T) {
	w := view.NewLetters()
	for source, want := range map[string]string{
		"Hej **Åsa**!\n\nVi ses.":                                    "Hej Åsa!\n\nVi ses.",
		"# Praktiskt\n\n- ta med *legitimation*\n- kom i tid\n\nHej": "Praktiskt\n\n- ta med legitimation\n- kom i tid\n\nHej",
		"1. ett\n2. två":                                             "1. ett\n2. två",
		"[Programmet](https://a.example.se/p) finns":                 "Programmet (https://a.example.se/p) finns",
		"https://a.example.se":                                       "https://a.example.se",
		"rad ett\\\nrad två":                                         "rad ett\nrad två",
		"> citat":                                                    "> citat",
		domain.EscapeMarkdown("*Bo* [x](y) #1"):                      "*Bo* [x](y) #1",
		"<script>alert(1)</script>hej":                               "<script>alert(1)</script>hej",
		"Skriv <b>så</b>":                                            "Skriv <b>så</b>",
		"":                                                           "",
	} {
		if got := w.Plain(source); got != want {
			t.Errorf("%q becomes\n%q, want\n%q", source, got, want)
		}
	}
}

func TestLettersHTML(t *testing.T) {
	got, err := view.NewLetters().HTML("Hej " + domain.EscapeMarkdown("<b>www.ont.se</b> http://ont.se") + "\n\n<script>alert(1)</script>\n\n**ja**")
	if err != nil {
		t.Fatal(err)
	}
	for _, bad := range []string{"<b>", "<script", "<a "} {
		if strings.Contains(string(got), bad) {
			t.Errorf("there is %s in %s", bad, got)
		}
	}
	if !strings.Contains(string(got), "<strong>ja</strong>") {
		t.Errorf("nothing is left: %s", got)
	}
}
