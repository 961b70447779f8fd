package domain_test

import (
	"fmt"
	"os"
	"regexp"
	"slices"
	"strings"
	"testing"
	"time"
	"unicode/utf8"

	"github.com/temadag/temadag/internal/domain"
)

// kept is every word that the answer holds: what a person sees who looks it through.
func kept(inv domain.Invitation) map[string]bool {
	texts := []string{inv.Lead, inv.Body, inv.Title.Source, inv.Cost.Source, inv.NoShowFee.Source, inv.Binding.Source, inv.PhotoNote.Source, inv.Bound.Source, inv.Food.Source, inv.Access.Source, inv.CaseNumber.Source}
	texts = append(texts, inv.Unread...)
	for _, g := range slices.Concat(inv.TargetGroup, inv.InvitedBy) {
		texts = append(texts, g.Source)
	}
	for _, g := range inv.Speakers {
		texts = append(texts, g.Source)
	}
	for _, g := range inv.Programme {
		texts = append(texts, g.Source)
	}
	for _, o := range inv.Occasions {
		texts = append(texts, o.Town.Source, o.Day.Source, o.LastDay.Source, o.Arrival.Source, o.Starts.Source, o.Ends.Source, o.Venue.Source,
			o.Address.Source, o.PostalCode.Source, o.Online.Source, o.Capacity.Source, o.RegisterUntil.Source, o.CancelUntil.Source, o.Contact.Source)
	}
	words := map[string]bool{}
	for _, t := range texts {
		for _, w := range anyWord.FindAllString(t, -1) {
			words[w] = true
		}
	}
	return words
}

var (
	anyWord = regexp.MustCompile(`[\p{L}\d][\p{L}\d-]+`)
	divided = regexp.MustCompile(`\x{ad}\s*\n\s*|-\n(?:> )?`) // where a line divides a word
)

// undivided is a text with the words whole that its lines divide.
func undivided(s string) string {
	return divided.ReplaceAllString(strings.ReplaceAll(s, "-\noch", "- och"), "")
}

// labels are the words that may be understood without being shown: the label of what is proposed.
const labels = `datum tid plats kostnad antal platser sista anmälningsdag avbokningsdag avbokning diarienummer arrangör kontakt kontaktperson program
medverkande målgrupp ämne från skickat till när var anmälan för vem tillfällen bland talarna telefon time target group frågor questions den kl
speakers orter lokal adress ort beteckning
kontakta och på i är vi vid the at to of in senast`

// Nothing that was pasted is lost without a trace.
func TestParseInvitation_losesNoWord(t *testing.T) {
	t.Parallel()
	for _, name := range invitationNames(t) {
		text, ref, _ := readCase(t, name)
		words := kept(domain.ParseInvitation(text, ref))
		for _, w := range anyWord.FindAllString(undivided(text), -1) {
			if !words[w] && !slices.Contains(strings.Fields(labels), strings.ToLower(w)) && !partOfKept(words, w) {
				t.Errorf("%s: %q is nowhere in the answer", name, w)
			}
		}
	}
}

// partOfKept reports whether a word was only divided differently: "kvinno-" and "kvinno".
func partOfKept(words map[string]bool, w string) bool {
	for k := range words {
		if strings.Contains(k, strings.Trim(w, "-")) {
			return true
		}
	}
	return false
}

// hostile are texts made to be slow or to break something, of about n bytes.
func hostile(n int) map[string]string {
	fill := func(s string) string { return strings.Repeat(s, n/len(s)+1)[:n] }
	return map[string]string{
		"days":            fill("torsdag 1 december 2016 "),
		"days in places":  fill("Härnösand: 2016-12-02, Härnösands teater, Storgatan 9, 70 platser. åäö åäö\n"),
		"days in rows":    fill("Luleå torsdag 1 december 2016\n"),
		"days and rules":  fill("1–2 december till 3 januari – "),
		"towns":           fill("i Luleå Östersund Umeå, Härnösand "),
		"addresses":       fill("Stora Norra Östra Storgatan 1, 972 38 Luleå\n"),
		"capitals":        fill("Åäö Eva Berg "),
		"one word":        fill("å"),
		"one letter":      fill("A"),
		"figures":         fill("1"),
		"figures apart":   fill("1 2 3 "),
		"clocks":          fill("kl. 9–16 "),
		"rows":            fill("09.00 Registrering\n"),
		"labels":          fill("Plats: "),
		"label lines":     fill("Plats:\n"),
		"speakers":        fill("Medverkar gör Eva Berg, docent, Anna Lund, "),
		"deadlines":       fill("Anmäl dig senast 1/12. "),
		"mails":           fill("a@b.se 0980-319 200 "),
		"one mail":        fill("a.b-c_d@e-f.g."),
		"hyphens":         fill("a-\n"),
		"soft hyphens":    fill("a\u00ad\n"),
		"brackets":        fill("("),
		"commas":          fill(",,;"),
		"quotes":          fill("> > > "),
		"empty lines":     fill("\n"),
		"carriage":        fill("\r"),
		"tabs":            fill("\t"),
		"spaces":          fill(" "),
		"no-break spaces": fill("\u00a0"),
		"no text":         fill("\xff\xfe"),
		"zero bytes":      fill("\x00"),
		"marks":           fill("e\u0301\u0301\u0301"),
		"direction":       fill("\u202ea"),
		"emoji":           fill("👩\u200d💻"),
		"targets":         fill("Målgrupp: skola och vård, "),
		"counties":        fill("Länsstyrelserna i Norrbottens och Uppsala län bjuder in "),
		"authority":       fill("Länsstyrelsen "),
		"kronor":          fill("uteblir 1 000 000 kr "),
		"titles":          fill("VB: SV: "),
		"markup":          fill("<script>alert(1)</script>"),
	}
}

// A megabyte of anything is read without harm, and what was not looked at is told.
func TestParseInvitation_hostile(t *testing.T) {
	t.Parallel()
	ref := date(t, "2016-09-28")
	size := 1 << 20
	if testing.Short() {
		size = 3_000
	}
	for name, text := range hostile(size) {
		start := time.Now()
		inv := domain.ParseInvitation(text, ref)
		took := time.Since(start)
		t.Logf("%-16s %v", name, took.Round(time.Millisecond))
		if took > 30*time.Second && !testing.Short() {
			t.Errorf("%s: took %v", name, took)
		}
		if len(inv.Occasions) > 40 || inv.Cut != (size > domain.MaxInvitation) {
			t.Errorf("%s: %d occasions, cut %v", name, len(inv.Occasions), inv.Cut)
		}
	}
}

// growth is how much work grows when the text is four times as long: 4 where it is linear, 16 where it
// is quadratic.
func growth(text func(n int) string, ref domain.Date) float64 {
	took := func(n int) time.Duration {
		s := text(n)
		start := time.Now()
		domain.ParseInvitation(s, ref)
		return time.Since(start)
	}
	return float64(took(96_000)) / float64(took(24_000)+3*time.Millisecond)
}

func TestParseInvitation_linear(t *testing.T) {
	if testing.Short() {
		t.Skip("measures time: left out of the fast gate")
	}
	ref := date(t, "2016-09-28")
	for name := range hostile(10) {
		text := func(n int) string { return hostile(n)[name] }
		g := growth(text, ref)
		for try := 0; g > 8 && try < 4; try++ { // a busy machine can make one measurement long, not five
			g = growth(text, ref)
		}
		if g > 8 {
			t.Errorf("%s: four times the text took %.1f times as long", name, g)
		}
	}
}

func FuzzParseInvitation(f *testing.F) {
	for _, s := range hostile(300) {
		f.Add(s)
	}
	for _, name := range []string{"four_towns_rows", "conference_mail", "seminar", "english", "doubtful"} {
		b, err := os.ReadFile("testdata/invitations/" + name + ".txt")
		if err != nil {
			f.Fatal(err)
		}
		f.Add(string(b))
	}
	ref := domain.Date{Year: 2016, Month: 9, Day: 28}
	f.Fuzz(func(t *testing.T, s string) {
		inv := domain.ParseInvitation(s, ref)
		for _, text := range append([]string{inv.Title.Value, inv.Lead, inv.Body}, inv.Unread...) {
			if !utf8.ValidString(text) || strings.ContainsAny(text, "\x00\u202e\u00ad") {
				t.Fatalf("%q came through as %q", s, text)
			}
		}
		for _, o := range inv.Occasions {
			checkOccasion(t, s, o)
		}
	})
}

// checkOccasion asserts what holds for every occasion, whatever was pasted.
func checkOccasion(t *testing.T, text string, o domain.InvitedOccasion) {
	t.Helper()
	for field, g := range map[string]domain.Guess[domain.Date]{"day": o.Day, "last": o.LastDay, "register": o.RegisterUntil, "cancel": o.CancelUntil} {
		real, err := domain.ParseDate(g.Value.String())
		if err != nil || real != g.Value || g.Found() && g.Value.IsZero() && g.Doubt != domain.DoubtNoSuchDay && g.Doubt != domain.DoubtSeveral && g.Doubt != domain.DoubtAfterEvent {
			t.Fatalf("%q: %s is %v, %q, %v", text, field, g.Value, g.Doubt, err)
		}
		if !g.Found() && g != (domain.Guess[domain.Date]{}) {
			t.Fatalf("%q: %s was not found and is %v", text, field, fmt.Sprint(g))
		}
	}
	for field, g := range map[string]domain.Guess[domain.Clock]{"arrival": o.Arrival, "starts": o.Starts, "ends": o.Ends} {
		if g.Value < domain.NoClock || g.Value >= 24*60 || g.Found() != g.Value.Known() {
			t.Fatalf("%q: %s is %v of %q", text, field, g.Value, g.Source)
		}
	}
	if o.Town.Found() && domain.NormalMunicipality(o.Town.Value) != o.Town.Value && o.Town.Value != "Visby" {
		t.Fatalf("%q: no town %q", text, o.Town.Value)
	}
}
