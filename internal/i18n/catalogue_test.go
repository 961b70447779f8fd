package i18n_test

import (
	"go/ast"
	"go/parser"
	"go/token"
	"os"
	"path/filepath"
	"strconv"
	"strings"
	"testing"
	"testing/fstest"

	"github.com/temadag/temadag/internal/domain"
	"github.com/temadag/temadag/internal/i18n"
)

func TestLoad_refusesCataloguesThatDiffer(t *testing.T) {
	tests := map[string]struct {
		sv, en string
		fault  string // "" for none
	}{
		"the same":                     {`{"a": "Ett {{.x}}"}`, `{"a": "One {{.x}}"}`, ""},
		"missing in English":           {`{"a": "Ett", "b": "Två"}`, `{"a": "One"}`, `"b" is missing in en`},
		"missing in Swedish":           {`{"a": "Ett"}`, `{"a": "One", "b": "Two"}`, `"b" is missing in sv`},
		"another hole":                 {`{"a": "Ett {{.x}}"}`, `{"a": "One {{.y}}"}`, `"a" has the holes [x] in sv and [y] in en`},
		"a hole fewer":                 {`{"a": "{{.x}} {{.y}}"}`, `{"a": "{{.x}}"}`, `"a" has the holes [x y]`},
		"counts in one language":       {`{"a": {"one": "ett", "other": "{{.count}}"}}`, `{"a": "many"}`, `"a" counts in one of`},
		"count may be left out of one": {`{"a": {"one": "ett", "other": "{{.count}}"}}`, `{"a": {"one": "{{.count}}", "other": "{{.count}}"}}`, ""},
		"an empty text":                {`{"a": " "}`, `{"a": "One"}`, `"a": has no text`},
		"a key twice":                  {`{"a": "Ett", "a": "Två"}`, `{"a": "One"}`, `"a" stands twice`},
		"no JSON":                      {`{"a": `, `{"a": "One"}`, "sv/a.json"},
		"an unknown plural":            {`{"a": {"one": "x", "othr": "y"}}`, `{"a": "One"}`, `"othr" is no plural form`},
		"braces that are no hole":      {`{"a": "{{x}}"}`, `{"a": "One"}`, "braces that are no hole"},
	}
	for name, tt := range tests {
		t.Run(name, func(t *testing.T) {
			_, err := i18n.Load(fstest.MapFS{"sv/a.json": {Data: []byte(tt.sv)}, "en/a.json": {Data: []byte(tt.en)}})
			switch {
			case tt.fault == "" && err != nil:
				t.Errorf("got %v, want no fault", err)
			case tt.fault != "" && (err == nil || !strings.Contains(err.Error(), tt.fault)):
				t.Errorf("got %v, want %q", err, tt.fault)
			}
		})
	}
}

func TestLoad_refusesAKeyInTwoFiles(t *testing.T) {
	_, err := i18n.Load(fstest.MapFS{
		"sv/a.json": {Data: []byte(`{"k": "Ett"}`)}, "sv/b.json": {Data: []byte(`{"k": "Två"}`)},
		"en/a.json": {Data: []byte(`{"k": "One"}`)},
	})
	if err == nil || !strings.Contains(err.Error(), "another file") {
		t.Errorf("got %v, want a fault", err)
	}
}

func TestLoad_refusesALanguageWithoutFiles(t *testing.T) {
	_, err := i18n.Load(fstest.MapFS{"sv/a.json": {Data: []byte(`{"k": "Ett"}`)}})
	if err == nil || !strings.Contains(err.Error(), "en: no catalogue files") {
		t.Errorf("got %v, want a fault", err)
	}
}

// Every value of domain's closed lists has its text. The lists are read from the source, so that a
// value added there without a text fails here.
func TestCatalogue_namesEveryValueOfTheDomain(t *testing.T) {
	areas := map[string]string{
		"EventKind": "kind.", "OrganisationType": "organisation_type.", "RegistrationStatus": "status.",
		"Availability": "availability.", "HistoryKind": "history.", "Channel": "channel.",
		"Attendance": "attendance.", "EventState": "state.", "AfterLastCancelDay": "after_cancel.",
		"LetterKind": "letter.", "LetterState": "letter_state.", "Lang": "lang.",
		"Diet": "diet.", "AccessNeed": "access_need.", "ChoiceStatus": "choice_status.", "WaitReason": "wait.",
	}
	p := load(t).For(domain.Swedish)
	seen := make(map[string]int)
	for typ, value := range domainConstants(t) {
		area, ok := areas[typ.name]
		if !ok {
			continue
		}
		seen[typ.name]++
		if !p.Has(area + value) {
			t.Errorf("%s %q has no text %q", typ.name, value, area+value)
		}
	}
	for name := range areas {
		if seen[name] < 2 {
			t.Errorf("found %d values of domain.%s: has it changed its name?", seen[name], name)
		}
	}
}

// Every refusal that domain can utter has its text.
func TestCatalogue_hasEveryRefusalOfTheDomain(t *testing.T) {
	p := load(t).For(domain.Swedish)
	for _, key := range []string{"full", "soon", "undecided", "closed", "held", "cancelled"} {
		if !p.Has("registration." + key) {
			t.Errorf("no text registration.%s", key)
		}
	}
	faulty := []domain.Entry{
		{},
		{GivenName: "1", FamilyName: "2", Email: "x", Phone: "1", OrganisationType: "x", Answers: map[int64][]string{2: {"x"}}},
		{
			GivenName: strings.Repeat("a", 400), FamilyName: strings.Repeat("a", 400), Organisation: strings.Repeat("a", 400),
			Title: strings.Repeat("a", 400), Municipality: strings.Repeat("a", 400), Answers: map[int64][]string{1: {strings.Repeat("a", 4000)}},
		},
		{Organisation: "811218-9876", Title: "https://example.se", GivenName: "\xff", Answers: map[int64][]string{2: {"a", "b"}}},
	}
	event := domain.Event{Questions: []domain.Question{
		{ID: 1, Kind: domain.QuestionText, Required: true, Label: domain.Text{Sv: "Vad?"}},
		{
			ID: 2, Kind: domain.QuestionChoice, Required: true, Label: domain.Text{Sv: "Vilken?"},
			Choices: []domain.Choice{{Value: "a", Label: domain.Text{Sv: "A"}}, {Value: "b", Label: domain.Text{Sv: "B"}}},
		},
	}}
	uttered := make(map[string]bool)
	for _, in := range faulty {
		_, err := event.ReadEntry(in)
		invalid, ok := err.(*domain.Invalid)
		if !ok {
			t.Fatalf("got %v, want faults", err)
		}
		for _, f := range invalid.Faults {
			uttered[f.Key] = true
			if got := p.T(f.Key, f.Args); strings.ContainsAny(got, "⟨") || strings.Contains(got, "no value") {
				t.Errorf("%s: got %q", f.Key, got)
			}
		}
	}
	if len(uttered) < 15 {
		t.Errorf("only %d refusals were tried", len(uttered))
	}
}

func TestCatalogue_hasEveryFactOfAccess(t *testing.T) {
	p := load(t).For(domain.English)
	for _, fact := range []string{"step_free", "lift", "hearing_loop", "accessible_toilet", "scent_free", "quiet_room"} {
		for _, key := range []string{"", ".yes", ".no", ".unknown"} {
			if !p.Has("access." + fact + key) {
				t.Errorf("no text access.%s%s", fact, key)
			}
		}
	}
}

// Plain language: words that Swedish authorities are advised against, and that the product's own
// rules forbid.
func TestCatalogue_speaksPlainly(t *testing.T) {
	files, err := filepath.Glob("../../web/locales/sv/*.json")
	if err != nil || len(files) == 0 {
		t.Fatal("no catalogues", err)
	}
	for _, name := range files {
		buf, err := os.ReadFile(name)
		if err != nil {
			t.Fatal(err)
		}
		for _, line := range strings.Split(string(buf), "\n") {
			for _, word := range avoided(line) {
				t.Errorf("%s says %q: %s", name, word, line)
			}
		}
	}
	if len(avoided("Vänligen fyll i ett obligatoriskt fält")) != 2 {
		t.Error("the check does not see what it should")
	}
}

func avoided(line string) []string {
	var found []string
	for _, word := range []string{"vänligen", "tyvärr", "ogiltig", "obligatorisk", "oj!", "klicka här", " - "} {
		if strings.Contains(strings.ToLower(line), word) {
			found = append(found, word)
		}
	}
	return found
}

type constant struct{ name, ident string }

// domainConstants maps each typed string constant of domain to its value.
func domainConstants(t *testing.T) map[constant]string {
	t.Helper()
	files, err := filepath.Glob("../domain/*.go")
	if err != nil {
		t.Fatal(err)
	}
	found := make(map[constant]string)
	for _, name := range files {
		file, err := parser.ParseFile(token.NewFileSet(), name, nil, 0)
		if err != nil {
			t.Fatal(err)
		}
		ast.Inspect(file, func(n ast.Node) bool {
			spec, ok := n.(*ast.ValueSpec)
			if !ok || len(spec.Names) != 1 || len(spec.Values) != 1 {
				return true
			}
			typ, named := spec.Type.(*ast.Ident)
			lit, literal := spec.Values[0].(*ast.BasicLit)
			if named && literal && lit.Kind == token.STRING {
				value, err := strconv.Unquote(lit.Value)
				if err != nil {
					t.Fatal(err)
				}
				found[constant{typ.Name, spec.Names[0].Name}] = value
			}
			return true
		})
	}
	return found
}
