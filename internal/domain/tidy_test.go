package domain_test

import (
	"math/rand/v2"
	"strings"
	"testing"

	"github.com/temadag/temadag/internal/domain"
	"golang.org/x/text/unicode/norm"
)

// FuzzTidy: the short way for what nearly everybody types ends where the long way does.
func FuzzTidy(f *testing.F) {
	for _, s := range []string{
		"", " ", "a", " a", "a ", "a  b", "Åsa Öberg", "A\u030asa", "José", "Jose\u0301", "Čáhppes", "Łódź", "İstanbul",
		"so\u00adft", "a\u00a0b", "Straße", "Þór Æ", "a\tb", "n\u0149", "\xff", "a\u200db", "º¹²¼", "´a", "¨", "ſ",
	} {
		f.Add(s)
	}
	pick := rand.New(rand.NewPCG(1, 2))
	for range 2000 {
		var b strings.Builder
		for range pick.IntN(12) {
			b.WriteRune(rune(pick.IntN(0x310)))
		}
		f.Add(b.String())
	}
	f.Fuzz(func(t *testing.T, s string) {
		if !domain.IsTidy(s) {
			return
		}
		if long := domain.CleanLineLong(s); long != s || norm.NFC.String(s) != s {
			t.Errorf("%q is tidy, and is cleaned to %q", s, long)
		}
		if long, short := domain.SortKeyLong(s), domain.SortKey(s); long != short {
			t.Errorf("SortKey(%q) = %q, the long way %q", s, short, long)
		}
		if long, short := domain.SearchKeyLong(s), domain.SearchKey(s); long != short {
			t.Errorf("SearchKey(%q) = %q, the long way %q", s, short, long)
		}
	})
}

func TestTidy_isWhatPeopleType(t *testing.T) {
	for _, s := range []string{"Åsa-Märta Öberg", "Kiruna kommun, socialtjänsten", "Máret Ánne Sárá", "sjuksköterska (nätter)", "anna@example.se"} {
		if !domain.IsTidy(s) {
			t.Errorf("%q takes the long way", s)
		}
	}
}
