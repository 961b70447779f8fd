package domain_test

import (
	"slices"
	"strings"
	"testing"

	"github.com/temadag/temadag/internal/domain"
)

func TestCountiesAreTheTwentyOne(t *testing.T) {
	counties := domain.Counties()
	if len(counties) != 21 {
		t.Fatalf("there are %d counties, want 21", len(counties))
	}
	seen := map[string]bool{}
	last := ""
	for _, c := range counties {
		for _, key := range []string{string(c.Code), c.SCB, c.Slug, c.Name} {
			if key == "" || seen[key] {
				t.Errorf("%s: %q is empty or used twice", c.Code, key)
			}
			seen[key] = true
		}
		if len(c.SCB) != 2 || c.SCB <= last {
			t.Errorf("%s: number %q is out of order", c.Code, c.SCB)
		}
		last = c.SCB
		if !strings.HasSuffix(c.Name, " län") || strings.Trim(c.Slug, "abcdefghijklmnopqrstuvwxyz-") != "" {
			t.Errorf("%s: name %q or slug %q has the wrong form", c.Code, c.Name, c.Slug)
		}
		if len(domain.MunicipalitiesIn(c.Code)) == 0 {
			t.Errorf("%s has no municipalities", c.Code)
		}
	}
}

func TestCountyNames(t *testing.T) {
	c, ok := domain.CountyOf("BD")
	if !ok || c.Authority() != "Länsstyrelsen i Norrbottens län" || c.Short() != "Länsstyrelsen Norrbotten" {
		t.Errorf("BD is %+v, %v", c, ok)
	}
	if _, ok := domain.CountyOf("L"); ok {
		t.Error("L is taken for a county, though it ended in 1996")
	}
}

func TestMunicipalityCounts(t *testing.T) {
	want := map[domain.OrganiserCode]int{
		"AB": 26, "C": 8, "D": 9, "E": 13, "F": 13, "G": 8, "H": 12, "I": 1, "K": 5, "M": 33, "N": 6,
		"O": 49, "S": 16, "T": 12, "U": 10, "W": 15, "X": 10, "Y": 7, "Z": 8, "AC": 15, "BD": 14,
	}
	for _, c := range domain.Counties() {
		if got := len(domain.MunicipalitiesIn(c.Code)); got != want[c.Code] {
			t.Errorf("%s has %d municipalities, want %d", c.Code, got, want[c.Code])
		}
	}
	all := domain.Municipalities()
	if len(all) != 290 {
		t.Errorf("there are %d municipalities, want 290", len(all))
	}
	slices.Sort(all)
	if distinct := slices.Compact(all); len(distinct) != 290 {
		t.Errorf("%d names are distinct, want 290", len(distinct))
	}
}

func TestMunicipalitiesAreInSwedishOrder(t *testing.T) {
	all := domain.Municipalities()
	if all[0] != "Ale" || all[len(all)-1] != "Övertorneå" {
		t.Errorf("the list runs from %q to %q", all[0], all[len(all)-1])
	}
	at := func(name string) int { return slices.Index(all, name) }
	for _, pair := range [][2]string{{"Ystad", "Åmål"}, {"Övertorneå", ""}, {"Årjäng", "Älmhult"}, {"Ängelholm", "Öckerö"}, {"Vara", "Värmdö"}} {
		if at(pair[0]) < 0 || pair[1] != "" && at(pair[0]) > at(pair[1]) {
			t.Errorf("%q does not come before %q", pair[0], pair[1])
		}
	}
	all[0] = "changed"
	if domain.Municipalities()[0] != "Ale" {
		t.Error("a caller can change the list for everyone")
	}
	if got := domain.MunicipalitiesIn("L"); len(got) != 0 {
		t.Errorf("a county that is none has %v", got)
	}
}

func TestNormalMunicipality(t *testing.T) {
	for _, c := range []struct{ typed, want string }{
		{"Luleå", "Luleå"},
		{"Luleå kommun", "Luleå"},
		{"  LULEÅ \u00a0 KOMMUN ", "Luleå"},
		{"lulea", "Luleå"},
		{"Lulea\u030a", "Luleå"},
		{"Härnösands kommun", "Härnösand"},
		{"Stockholms stad", "Stockholm"},
		{"Malmö stad", "Malmö"},
		{"Borås stad", "Borås"},
		{"Torsås kommun", "Torsås"},
		{"TORSÅS KOMMUN", "Torsås"},
		{"Region Gotland", "Gotland"},
		{"Gotlands kommun", "Gotland"},
		{"upplands bro", "Upplands-Bro"},
		{"Malung Sälen", "Malung-Sälen"},
		{"Habo", "Habo"},
		{"Håbo kommun", "Håbo"},
		{"habo kommun", "Habo"},
		{"Marks kommun", "Mark"},
		{"Härnösands", "Härnösand"},
		{"LULEÅS", "Luleå"},
		{"Torsås", "Torsås"},
		{"Kils kommun", "Kil"},
		{"Skellefteå kn", "Skellefteå"},
		{"Jukkasjärvi", "Jukkasjärvi"},
		{"Torneå stad", "Torneå stad"},
		{"Exempelby kommun", "Exempelby kommun"},
		{"kommun", "kommun"},
		{"", ""},
	} {
		if got := domain.NormalMunicipality(c.typed); got != c.want {
			t.Errorf("NormalMunicipality(%q) is %q, want %q", c.typed, got, c.want)
		}
	}
	for _, m := range domain.Municipalities() {
		for _, typed := range []string{m, m + " kommun", strings.ToUpper(m) + "S KOMMUN", strings.ToLower(m)} {
			if got := domain.NormalMunicipality(typed); got != m {
				t.Errorf("NormalMunicipality(%q) is %q", typed, got)
			}
		}
	}
}

// What is near a municipality is asked about; what is one, or is somewhere else, is not.
func TestMeantMunicipalities(t *testing.T) {
	for typed, want := range map[string]string{
		"Luleå": "", "luleå kommun": "", "Lulea": "", "Härnösands": "", "": "", "kommun": "",
		"Lluleå": "Luleå", "Lulå": "Luleå", "Luelå kommun": "Luleå", "Luela": "Luleå", "Pitrå": "Piteå",
		"Skelefteå": "Skellefteå", "Skeleftå": "Skellefteå", "Örnsköldvik": "Örnsköldsvik", "Upsala": "Uppsala", "Ostersund": "", "Östresund": "Östersund",
		"Skjelleftjå": "Skellefteå", "Skjjellefttå": "", // three slips are another name
		"Habö": "Habo, Håbo", "Harparanda": "Haparanda", "Övre Torneå": "Övertorneå", "Narvik": "", "Vasa": "", "Övertorrneå": "Övertorneå",
		"Rovaniemi": "", "Helsingfors": "", "Tromsø": "", "Torneå": "", "Åbo": "", "Oslo": "", "Köpenhamn": "", "Exempelby kommun": "", "Jukkasjärvi": "", "Xyz": "", "Ky": "",
	} {
		if got := strings.Join(domain.MeantMunicipalities(typed), ", "); got != want {
			t.Errorf("MeantMunicipalities(%q) is %q, want %q", typed, got, want)
		}
	}
	for _, m := range domain.Municipalities() {
		if got := domain.MeantMunicipalities(m); len(got) > 0 || !domain.IsMunicipality(m) {
			t.Errorf("%s is asked about: %v", m, got)
		}
		typed := []rune(m)
		if len(typed) < 6 {
			continue
		}
		wrong := string(typed[:3]) + "x" + string(typed[3:]) // one slip is seen in every longer name
		if !slices.Contains(domain.MeantMunicipalities(wrong), m) {
			t.Errorf("%q is not asked about: %v", wrong, domain.MeantMunicipalities(wrong))
		}
	}
	for _, s := range []string{"", "luleå", "Luleå ", "Visby"} {
		if domain.IsMunicipality(s) {
			t.Errorf("%q is a municipality", s)
		}
	}
}

func BenchmarkMeantMunicipalities(b *testing.B) {
	for b.Loop() {
		domain.MeantMunicipalities("Lluleå kommun")
	}
}

func FuzzNormalMunicipality(f *testing.F) {
	for _, s := range []string{"Luleå kommun", "İstad", "region ", " kn", "\xff", "Ⱥ kommun"} {
		f.Add(s)
	}
	f.Fuzz(func(t *testing.T, s string) {
		once := domain.NormalMunicipality(s)
		if twice := domain.NormalMunicipality(once); twice != once {
			t.Errorf("%q becomes %q and then %q", s, once, twice)
		}
	})
}
