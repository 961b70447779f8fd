package domain_test

import (
	"slices"
	"strings"
	"testing"

	"github.com/temadag/temadag/internal/domain"
)

func values() map[domain.Placeholder]string {
	out := make(map[domain.Placeholder]string)
	for _, p := range domain.Placeholders() {
		out[p] = "<" + string(p) + ">"
	}
	return out
}

func TestWordingFill(t *testing.T) {
	for text, want := range map[string]string{
		"":                                    "",
		"Hej {förnamn}!":                      "Hej <given_name>!",
		"{ Förnamn }{NAMN}":                   "<given_name><name>",
		"{given name}, {sista avbokningsdag}": "<given_name>, <cancel_until>",
		`\{förnamn\}`:                         "{förnamn}",
		`C:\temp`:                             `C:\temp`,
		"a } b":                               "a } b",
		"{sista avbokningsdag}":               "<cancel_until>",
	} {
		w, faults := domain.ParseWording(text, domain.Swedish)
		if len(faults) > 0 {
			t.Errorf("%q has faults %v", text, faults)
		}
		if got := w.Fill(values(), nil); got != want {
			t.Errorf("%q becomes %q, want %q", text, got, want)
		}
	}
}

func TestParseWording_faults(t *testing.T) {
	for text, want := range map[string]domain.PlaceholderFault{
		"Hej\n{förnam}":                     {Line: 2, Word: "förnam", Fault: "unknown", Meant: "förnamn"},
		"{fornamn}":                         {Line: 1, Word: "fornamn", Fault: "unknown", Meant: "förnamn"},
		"{lank}":                            {Line: 1, Word: "lank", Fault: "unknown", Meant: "länk"},
		"{förnman}":                         {Line: 1, Word: "förnman", Fault: "unknown", Meant: "förnamn"},
		"{Tilfället}":                       {Line: 1, Word: "Tilfället", Fault: "unknown", Meant: "tillfälle"},
		"{dagen}":                           {Line: 1, Word: "dagen", Fault: "unknown", Meant: "dag"},
		"{efternamn}":                       {Line: 1, Word: "efternamn", Fault: "unknown", Meant: "namn"},
		"{venu}":                            {Line: 1, Word: "venu", Fault: "unknown", Meant: "plats"},
		"{allergi}":                         {Line: 1, Word: "allergi", Fault: "unknown"},
		"{}":                                {Line: 1, Word: "", Fault: "unknown"},
		"{{.Env}}":                          {Line: 1, Word: "{.Env}}", Fault: "open"},
		"{x.__class__}":                     {Line: 1, Word: "x.__class__", Fault: "unknown"},
		"a\n\nb {namn":                      {Line: 3, Word: "namn", Fault: "open"},
		"{na\nmn}":                          {Line: 1, Word: "na", Fault: "open"},
		"{kost}":                            {Line: 1, Word: "kost", Fault: "unknown"},
		"{" + strings.Repeat("å", 90) + "}": {Line: 1, Word: strings.Repeat("å", 40), Fault: "unknown"},
	} {
		_, faults := domain.ParseWording(text, domain.Swedish)
		if len(faults) == 0 || faults[0] != want {
			t.Errorf("%q: %+v, want %+v first", text, faults, want)
		}
	}
}

func TestWordingUses(t *testing.T) {
	w, _ := domain.ParseWording("Hej {förnamn}\nVi ses i {plats}, {förnamn}", domain.Swedish)
	if got := w.Uses(); !slices.Equal(got, []domain.Placeholder{domain.PlaceGivenName, domain.PlaceVenue}) {
		t.Errorf("it uses %v", got)
	}
}

// Every placeholder has a word of its own in both languages, and is read by it.
func TestPlaceholders(t *testing.T) {
	for _, l := range domain.Langs() {
		seen := make(map[string]bool)
		for _, p := range domain.Placeholders() {
			word := p.Word(l)
			if word == "" || seen[word] {
				t.Errorf("%s has the word %q in %s", p, word, l)
			}
			seen[word] = true
			w, faults := domain.ParseWording("{"+word+"}", l)
			if len(faults) > 0 || !slices.Equal(w.Uses(), []domain.Placeholder{p}) {
				t.Errorf("{%s} is read as %v %v", word, w.Uses(), faults)
			}
		}
	}
}

// FuzzWording: whatever is written, a value is put in as it is, once, and what is in it is never read.
func FuzzWording(f *testing.F) {
	for _, s := range []string{"Hej {förnamn}!", "{{namn}}", `\{namn}`, "{namn}{namn}", "{", "}", "\\", "{länk\n}", "{{.}}"} {
		f.Add(s, "{namn}")
	}
	f.Fuzz(func(t *testing.T, text, value string) {
		w, faults := domain.ParseWording(text, domain.Swedish)
		if len(faults) > 0 {
			return
		}
		all := make(map[domain.Placeholder]string)
		for _, p := range domain.Placeholders() {
			all[p] = value
		}
		var want strings.Builder
		marked := w.Fill(marks(), nil)
		for i, part := range strings.Split(marked, "\x00") {
			if i > 0 {
				want.WriteString(value)
			}
			want.WriteString(part)
		}
		if got := w.Fill(all, nil); !strings.Contains(text, "\x00") && got != want.String() {
			t.Errorf("%q with %q becomes %q, want %q", text, value, got, want.String())
		}
	})
}

// marks has the same mark for every placeholder.
func marks() map[domain.Placeholder]string {
	out := make(map[domain.Placeholder]string)
	for _, p := range domain.Placeholders() {
		out[p] = "\x00"
	}
	return out
}

func TestEscapeMarkdown(t *testing.T) {
	for s, want := range map[string]string{
		"torsdag 1\u00a0december": "torsdag 1\u00a0december",
		"\u00a0a\u00a0":           "a",
		"a\u2028b\u0085c":         "a b c",
		"Åsa Öberg":               "Åsa Öberg",
		"# Fel\n- [x](http://e)":  `\# Fel \- \[x\]\(http\:\/\/e\)`,
		"**a** _b_ <b>":           `\*\*a\*\* \_b\_ \<b\>`,
	} {
		if got := domain.EscapeMarkdown(s); got != want {
			t.Errorf("%q becomes %q, want %q", s, got, want)
		}
	}
}
