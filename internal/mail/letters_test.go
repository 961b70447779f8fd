package mail_test

import (
	"bytes"
	"slices"
	"strings"
	"testing"
	"time"
	"unicode/utf8"

	"github.com/temadag/temadag/internal/domain"
)

// names are people's names in the scripts that come, and some that look alike.
func names() []string {
	return []string{
		"Ánne-Sárá", "Bïengke", "D’Arcy", "O", "Åke", "Çelik", "Łukasz", "Þórdís", "Αλέξανδρος", "Дмитрий", "იოანე", "Հայկ",
		"محمد", "דוד", "李小龍", "さくら", "김민준", "สมชาย", "ราตรี", "अनिता", "ተስፋዬ", "N̈guyễn", "A\u030asa",
	}
}

// TestCompose_everyLetter walks every kind in every language, with and without a day and a house, to
// people of all names: it is a message, it tells what a letter must and nothing that it must not.
func TestCompose_everyLetter(t *testing.T) {
	c := composer(t)
	bare := theEvent()
	bare.Venue, bare.Questions = domain.Venue{}, nil
	events := map[string]domain.Event{"whole": theEvent(), "undecided": undecided(), "without a house": bare}
	for _, l := range domain.Langs() {
		for _, k := range domain.LetterKinds() {
			for event, e := range events {
				for i, name := range names() {
					f := facts(k, l, e)
					f.Registration.GivenName, f.Group.Name = name, name
					if i > 1 && (event != "whole" || k != domain.LetterConfirmed && k != domain.LetterGroup) {
						continue // the greeting is one for all participants, and one for contact persons
					}
					checkEvery(t, string(l)+" "+string(k)+" "+event, f, name, parse(t, compose(t, c, f)))
				}
			}
		}
	}
}

func checkEvery(t *testing.T, what string, f domain.LetterFacts, name string, p parsed) {
	t.Helper()
	checkHeader(t, f, p)
	checkBodies(t, f, p)
	subject := decoded(t, p.header.Get("Subject"))
	if n := utf8.RuneCountInString(subject); n > 78 || strings.Contains(subject, name) && len(name) > 3 {
		t.Errorf("%s: subject %q", what, subject)
	}
	greeting := map[domain.Lang]string{domain.Swedish: "Hej " + name + "!", domain.English: "Hello " + name + ","}[f.Letter.Lang]
	if greeted := strings.Contains(p.text, greeting); greeted == f.Letter.Kind.Linkless() {
		t.Errorf("%s: greets %s: %t", what, name, greeted)
	}
	erased := "gallras"
	if f.Letter.Lang == domain.English {
		erased = "erased"
	}
	if !strings.Contains(p.text, erased) {
		t.Errorf("%s does not say when the data is erased", what)
	}
	want := f.Letter.Kind.Calendar(f.Letter.Status)
	if f.Event.Day.IsZero() {
		want = domain.CalendarNone
	}
	if p.method != string(want) {
		t.Errorf("%s: calendar method %q, want %q", what, p.method, want)
	}
	for _, word := range forbidden() {
		if strings.Contains(strings.ToLower(p.text), word) {
			t.Errorf("%s says %q", what, word)
		}
	}
}

// forbidden are words of needs, which are in no letter, and words that we do not use.
func forbidden() []string {
	return []string{
		"vegetari", "vegan", "gluten", "laktos", "lactose", "nöt", "allergi", "allerg", "rullstol", "wheelchair", "tolk",
		"interpreter", "assistent", "vänligen", "tyvärr", "ogiltig", "klicka här", "reservlist", "avanmäl", "unsubscribe",
	}
}

// TestCompose_keepsReasonsApart: the words of whoever decided are told, and what the participant said
// of why she cannot come is not.
func TestCompose_keepsReasonsApart(t *testing.T) {
	c := composer(t)
	told := []domain.LetterKind{
		domain.LetterDeclined, domain.LetterWithdrawn, domain.LetterAskRefused, domain.LetterPassedOver,
		domain.LetterEventChanged, domain.LetterEventCancelled, domain.LetterGroupEventChanged, domain.LetterGroupEventCancelled,
	}
	for _, l := range domain.Langs() {
		for _, k := range domain.LetterKinds() {
			f := facts(k, l, theEvent())
			f.Letter.Details.Reason = "Därför\r\natt\x00 skäl\u2028finns"
			p := parse(t, compose(t, c, f))
			for part, body := range map[string]string{"text": p.text, "html": p.html} {
				if got := strings.Contains(strings.Join(strings.Fields(body), " "), "Därför att skäl finns"); got != slices.Contains(told, k) {
					t.Errorf("%s %s, %s: tells the reason: %t", l, k, part, got)
				}
			}
		}
	}
}

// TestCompose_linkless: a letter to an address that is no longer hers needs no link and shows none,
// nor her name nor her new address; every other letter must have one.
func TestCompose_linkless(t *testing.T) {
	c := composer(t)
	for _, l := range domain.Langs() {
		for _, k := range domain.LetterKinds() {
			f := facts(k, l, theEvent())
			f.Letter.To, f.Registration.Email = "old@example.se", recipient
			f.Link = ""
			raw, err := c.Compose(f)
			if !k.Linkless() {
				if err == nil {
					t.Errorf("%s %s is composed without a link", l, k)
				}
				continue
			}
			if err != nil {
				t.Fatalf("%s %s: %v", l, k, err)
			}
			f.Link = "https://temadag.example.se/min-anmalan/mfrggzdfmztwq2lkmnxw4zdsmvqws3tf"
			for _, raw := range [][]byte{raw, compose(t, c, f)} {
				p := parse(t, raw)
				for _, secret := range []string{"http", recipient, f.Registration.GivenName} {
					if strings.Contains(p.text, secret) || strings.Contains(p.html, secret) {
						t.Errorf("%s %s holds %q", l, k, secret)
					}
				}
			}
		}
	}
}

// TestCompose_offerTellsTheHour: until when, by the clock, and never a link that acts.
func TestCompose_offerTellsTheHour(t *testing.T) {
	c := composer(t)
	want := map[domain.Lang]string{
		domain.Swedish: "till torsdag 3 november 2016 kl. 14.00", domain.English: "until Thursday 3 November 2016 at 14:00",
	}
	for l, hour := range want {
		f := facts(domain.LetterOffered, l, theEvent())
		p := parse(t, compose(t, c, f))
		text := strings.Join(strings.Fields(strings.ReplaceAll(p.text, "\u00a0", " ")), " ")
		if !strings.Contains(text, hour) {
			t.Errorf("%s: no %q in %s", l, hour, text)
		}
		if n := strings.Count(p.html, `href="http`); n != strings.Count(p.html, `href="`+f.Link+`"`)+strings.Count(p.html, `href="`+f.EventLink+`"`) {
			t.Errorf("%s: a link leads elsewhere than to the page with the buttons", l)
		}
		f.Letter.Details.Until = f.Letter.Details.Until.Add(time.Hour)
		if other := parse(t, compose(t, c, f)); other.text == p.text {
			t.Errorf("%s: the hour is not the offer's", l)
		}
	}
}

// TestCompose_personalDay: the longer time that one person has been given is hers in every letter.
func TestCompose_personalDay(t *testing.T) {
	f := facts(domain.LetterConfirmed, domain.Swedish, theEvent())
	f.Registration.CancelUntil = day(2016, time.November, 28)
	text := strings.ReplaceAll(parse(t, compose(t, composer(t), f)).text, "\u00a0", " ")
	if !strings.Contains(strings.Join(strings.Fields(text), " "), "avboka till och med måndag 28 november 2016") {
		t.Errorf("her own last day is missing:\n%s", text)
	}
}

// TestCompose_longNamesKeepTheDay: a long name is shortened in the subject, not the town and the day.
func TestCompose_longNamesKeepTheDay(t *testing.T) {
	f := facts(domain.LetterConfirmed, domain.Swedish, theEvent())
	f.Event.Calendar = domain.Text{}
	got := decoded(t, parse(t, compose(t, composer(t), f)).header.Get("Subject"))
	if want := "Du är anmäld: Temadag om sex mot ersättning med fokus…, Luleå 1 december 2016"; got != want {
		t.Errorf("got %q, want %q", got, want)
	}
}

// TestCompose_calendarMustFit: a calendar part that does something else than the letter is refused.
func TestCompose_calendarMustFit(t *testing.T) {
	c := composer(t)
	c.Invite = func(domain.LetterFacts) ([]byte, error) {
		return invitation(facts(domain.LetterConfirmed, domain.Swedish, theEvent()))
	}
	if _, err := c.Compose(facts(domain.LetterCancelled, domain.Swedish, theEvent())); err == nil {
		t.Error("a cancellation encloses an invitation")
	}
	raw := compose(t, c, facts(domain.LetterConfirmed, domain.Swedish, theEvent()))
	if !bytes.Contains(raw, []byte("method=REQUEST")) {
		t.Error("the fitting one is not enclosed; the test above would prove nothing")
	}
}
