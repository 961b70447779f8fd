package mail_test

import (
	"regexp"
	"strings"
	"testing"

	"github.com/temadag/temadag/internal/domain"
)

// TestCompose_tellsTheLastDayOnce: the day stands in the terms as they were accepted, or else in a
// sentence of the letter's own, and never in both.
func TestCompose_tellsTheLastDayOnce(t *testing.T) {
	const own = "till och med torsdag"
	terms := map[string]struct {
		text domain.Text
		told bool // by the terms
	}{
		"the day":              {domain.Text{Sv: "Avboka senast 24 november 2016."}, true},
		"with weekday":         {domain.Text{Sv: "Avboka senast torsdag 24 november 2016."}, true},
		"with no-break spaces": {domain.Text{Sv: "Avboka senast 24\u00a0november\u00a02016."}, true},
		"on two lines":         {domain.Text{Sv: "Avboka senast 24\nnovember 2016."}, true},
		"another day":          {domain.Text{Sv: "Avboka senast 23 november 2016."}, false},
		"a longer number":      {domain.Text{Sv: "Avboka senast 124 november 2016."}, false},
		"a longer year":        {domain.Text{Sv: "Avboka senast 24 november 20167."}, false},
		"second of two":        {domain.Text{Sv: "124 november 2016, nej, 24 november 2016."}, true},
		"no day":               {domain.Text{Sv: "Avboka i god tid."}, false},
		"none":                 {domain.Text{}, false},
	}
	c := composer(t)
	for name, at := range terms {
		for _, k := range []domain.LetterKind{domain.LetterConfirmed, domain.LetterWaitlisted} {
			f := facts(k, domain.Swedish, theEvent())
			f.Terms.Text = at.text
			p := parse(t, compose(t, c, f))
			for part, body := range map[string]string{"text": p.text, "html": strings.NewReplacer("<strong>", "", "\u00a0", " ").Replace(p.html)} {
				if strings.Contains(body, own) == at.told {
					t.Errorf("%s, %s, %s: %q is there: %t", name, k, part, own, !at.told)
				}
			}
		}
	}
}

// TestCompose_tellsTheLastDayToWhoCannotReadTheTerms: Swedish terms in an English letter do not
// count as told.
func TestCompose_tellsTheLastDayToWhoCannotReadTheTerms(t *testing.T) {
	f := facts(domain.LetterConfirmed, domain.English, theEvent())
	f.Terms.Text.En = ""
	text := strings.Join(strings.Fields(parse(t, compose(t, composer(t), f)).text), " ")
	for _, needed := range []string{"You can cancel up to and including Thursday 24 November 2016.", "Your registration is binding."} {
		if !strings.Contains(text, needed) {
			t.Errorf("the letter lacks %q", needed)
		}
	}
	f.Event = undecided()
	text = parse(t, compose(t, composer(t), f)).text
	if !strings.Contains(text, "The place cannot be cancelled.") {
		t.Error("the letter does not say that the place cannot be cancelled")
	}
}

// TestCompose_bindingIsToldOnce: by the terms where they do, else by the letter.
func TestCompose_bindingIsToldOnce(t *testing.T) {
	c := composer(t)
	for _, sv := range []string{"Anmälan är bindande: avboka i tid.", "Avboka i tid."} {
		for _, k := range []domain.LetterKind{domain.LetterConfirmed, domain.LetterWaitlisted} {
			f := facts(k, domain.Swedish, theEvent())
			f.Terms.Text = domain.Text{Sv: sv}
			p := parse(t, compose(t, c, f))
			for part, body := range map[string]string{"text": p.text, "html": p.html} {
				if n := strings.Count(strings.ToLower(body), "bindande"); n != 1 {
					t.Errorf("%s, %q, %s: told %d times", k, sv, part, n)
				}
			}
		}
	}
}

// TestCompose_aFreedPlaceIsOffered: whoever waits is asked, and has a place when she has said yes.
func TestCompose_aFreedPlaceIsOffered(t *testing.T) {
	c := composer(t)
	needed := map[domain.Lang][]string{
		domain.Swedish: {"erbjuder vi den", "frågar om du vill ha platsen", "förrän du har tackat ja", "Först då gäller villkoren"},
		domain.English: {"we offer it", "ask whether you want the place", "until you have said yes", "Only then do the terms apply"},
	}
	for l, sentences := range needed {
		p := parse(t, compose(t, c, facts(domain.LetterWaitlisted, l, theEvent())))
		for part, body := range map[string]string{"text": p.text, "html": p.html} {
			body = strings.Join(strings.Fields(body), " ")
			for _, s := range sentences {
				if !strings.Contains(body, s) {
					t.Errorf("%s %s lacks %q", l, part, s)
				}
			}
			for _, s := range []string{"reservlist", "waiting list", "brevet"} {
				if strings.Contains(strings.ToLower(body), s) {
					t.Errorf("%s %s says %q", l, part, s)
				}
			}
		}
	}
}

// TestCompose_numbersStayWhole: each number stands in a span that does not break, and the same
// letter without such spans is found out.
func TestCompose_numbersStayWhole(t *testing.T) {
	html := parse(t, compose(t, composer(t), facts(domain.LetterConfirmed, domain.Swedish, theEvent()))).html
	for _, number := range []string{"RA-FS 2021:6", "dnr 004-1-16", "801-2652-16", "010-225\u00a050\u00a012"} {
		if !isWhole(html, number) {
			t.Errorf("%q can break", number)
		}
		if isWhole(strings.ReplaceAll(html, "white-space:nowrap;", ""), number) {
			t.Errorf("a %q that can break is not noticed", number)
		}
	}
}

// isWhole reports whether the number stands alone in a span that does not break, wherever it stands
// outside a link.
func isWhole(html, number string) bool {
	const span = `<span class="whole" style="white-space:nowrap;">`
	rest := strings.ReplaceAll(html, span+number+"</span>", "")
	link := regexp.MustCompile(regexp.QuoteMeta(span) + `<a [^>]*>` + regexp.QuoteMeta(number) + `</a></span>`)
	rest = link.ReplaceAllString(rest, "")
	return rest != html && !strings.Contains(rest, number)
}
