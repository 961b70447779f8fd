package domain_test

import (
	"strings"
	"testing"

	"github.com/temadag/temadag/internal/domain"
)

func TestRulesCodeFits(t *testing.T) {
	t.Parallel()
	tests := map[string]struct {
		code, typed string
		want        bool
	}{
		"no code is asked":            {"", "", true},
		"no code is asked, one typed": {"", "VADSOMHELST", true},
		"the code":                    {"LULEÅ-2016", "LULEÅ-2016", true},
		"small letters":               {"LULEÅ-2016", "luleå-2016", true},
		"with spaces around and in":   {"LULEÅ-2016", " Luleå -2016\t", true},
		"nothing":                     {"LULEÅ-2016", "", false},
		"a beginning":                 {"LULEÅ-2016", "LULEÅ", false},
		"without its ring":            {"LULEÅ-2016", "LULEA-2016", false},
	}
	for name, tt := range tests {
		t.Run(name, func(t *testing.T) {
			if got := (domain.Rules{AccessCode: tt.code}).CodeFits(tt.typed); got != tt.want {
				t.Errorf("CodeFits(%q) = %v, want %v", tt.typed, got, tt.want)
			}
		})
	}
}

func TestRulesDomainFits(t *testing.T) {
	t.Parallel()
	list := []string{"lansstyrelsen.se", " @Polisen.se "}
	tests := map[string]struct {
		domains []string
		email   string
		want    bool
	}{
		"no list":                      {nil, "eva@example.se", true},
		"the domain":                   {list, "eva@lansstyrelsen.se", true},
		"in capitals":                  {list, "EVA@LANSSTYRELSEN.SE", true},
		"below it":                     {list, "eva@bd.lansstyrelsen.se", true},
		"written with @ and spaces":    {list, "eva@polisen.se", true},
		"another":                      {list, "eva@example.se", false},
		"one that ends in the letters": {list, "eva@evil-lansstyrelsen.se", false},
		"one above it":                 {list, "eva@se", false},
		"the domain as a name":         {list, "lansstyrelsen.se@example.se", false},
		"an empty line lets nobody in": {[]string{""}, "eva@example.se", false},
	}
	for name, tt := range tests {
		t.Run(name, func(t *testing.T) {
			if got := (domain.Rules{EmailDomains: tt.domains}).DomainFits(tt.email); got != tt.want {
				t.Errorf("DomainFits(%q) = %v, want %v", tt.email, got, tt.want)
			}
		})
	}
	// The twin: comparing ends alone lets a look-alike in.
	if !strings.HasSuffix("eva@evil-lansstyrelsen.se", "lansstyrelsen.se") {
		t.Error("the look-alike of this test would not even fool a plain comparison")
	}
}

func TestEventReadEntry_closedEvents(t *testing.T) {
	t.Parallel()
	e := domain.Event{Rules: domain.Rules{AccessCode: "LULEÅ", EmailDomains: []string{"lansstyrelsen.se"}}}
	tests := map[string]struct {
		code, email string
		want        string
	}{
		"both fit":          {"luleå", "eva@lansstyrelsen.se", ""},
		"no code":           {" ", "eva@lansstyrelsen.se", "access_code field.access_code.missing"},
		"a wrong code":      {"piteå", "eva@lansstyrelsen.se", "access_code field.access_code.wrong"},
		"a wrong address":   {"luleå", "eva@example.se", "email field.email.domain"},
		"an address at all": {"luleå", "eva", "email field.email.at_missing"},
	}
	for name, tt := range tests {
		t.Run(name, func(t *testing.T) {
			in := entry()
			in.AccessCode, in.Email = tt.code, tt.email
			_, err := e.ReadEntry(in)
			if got := strings.Join(faults(err), ", "); got != tt.want {
				t.Errorf("faults = %q, want %q", got, tt.want)
			}
		})
	}
}

func TestRulesGroups(t *testing.T) {
	t.Parallel()
	for limit, want := range map[int]bool{0: false, 1: false, 2: true} {
		if got := (domain.Rules{GroupLimit: limit}).Groups(); got != want {
			t.Errorf("a limit of %d: groups %v, want %v", limit, got, want)
		}
	}
	if (domain.Rules{}).Closed() || !(domain.Rules{AccessCode: "x"}).Closed() || !(domain.Rules{EmailDomains: []string{"x.se"}}).Closed() {
		t.Error("Closed does not tell who may come")
	}
}
