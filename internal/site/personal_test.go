package site_test

import (
	"net/http"
	"strings"
	"testing"
	"time"

	"github.com/temadag/temadag/internal/domain"
	"github.com/temadag/temadag/internal/server"
	"github.com/temadag/temadag/internal/site"
	"github.com/temadag/temadag/internal/testkit"
)

// sameButFor makes two receipts comparable: what is the submission's own becomes one word.
func sameButFor(r *response, path, email string) string {
	reference := ""
	for _, p := range r.find("p") {
		if attr(p, "class") == "reference" && p.LastChild != nil && p.LastChild.FirstChild != nil {
			reference = p.LastChild.FirstChild.Data
		}
	}
	key := path[strings.LastIndex(path, "/")+1:]
	return strings.NewReplacer(key, "KEY", email, "EMAIL", reference, "REFERENCE").Replace(r.body)
}

// TestReceipt_tellsNothingOfOthers: an address that is registered already gets the page that a new
// one gets, to the byte.
func TestReceipt_tellsNothingOfOthers(t *testing.T) {
	for name, capacity := range map[string]domain.Seats{"places left": 10, "the queue": 1} {
		t.Run(name, func(t *testing.T) {
			w := newWorld(t)
			w.AddEvent(t, testkit.Event("lulea", capacity))
			w.take("lulea", 99)
			w.take("lulea", 1) // person 1 is registered
			w.Clock.Turn(time.Hour)
			known, fresh := w.review("lulea", 1), w.review("lulea", 2)
			w.Clock.Turn(time.Minute)
			toKnown := w.post(form, with(known, "send")).want(t, http.StatusSeeOther)
			toFresh := w.post(form, with(fresh, "send")).want(t, http.StatusSeeOther)
			a, b := toKnown.Header.Get("Location"), toFresh.Header.Get("Location")
			pageA, pageB := w.get(a).want(t, http.StatusOK), w.get(b).want(t, http.StatusOK)
			if sameButFor(pageA, a, "person1@example.se") != sameButFor(pageB, b, "person2@example.se") {
				t.Errorf("the receipt of a known address differs:\n%s\n\n%s", pageA.words(), pageB.words())
			}
			if sameButFor(pageA, a, "person1@example.se") == sameButFor(pageB, b, "person1@example.se") {
				t.Error("the comparison sees no difference at all")
			}
		})
	}
}

func TestReceipt(t *testing.T) {
	w := newWorld(t)
	w.AddEvent(t, testkit.Event("lulea", 10))
	receipt := w.register("lulea", 1)
	for name, want := range map[string]string{
		"Cache-Control": "no-store", "Referrer-Policy": "no-referrer", "X-Robots-Tag": "noindex",
	} {
		if got := receipt.Header.Get(name); !strings.Contains(got, want) {
			t.Errorf("%s is %q, want %q", name, got, want)
		}
	}
	receipt.want(t, http.StatusOK, "Referensnummer", "23 februari 2017", "en fil till din kalender")
	if strings.Contains(receipt.body, "/min-anmalan/") {
		t.Error("the receipt holds the personal link, which only the mailbox may have")
	}
	w.get("/kvitto/aaaaaaaaaaaaaaaaaaaaaaaaaa").want(t, http.StatusNotFound, "Bekräftelsen finns inte")
}

func TestOwn(t *testing.T) {
	w := newWorld(t)
	w.AddEvent(t, testkit.Event("lulea", 1))
	first, second := w.take("lulea", 1), w.take("lulea", 2)
	page := w.get(first).want(t, http.StatusOK, "Du är anmäld", "Ánne-Sárá", "Oŋŋá", "person1@example.se", "Anmälan är bindande.",
		"Du anmälde dig och fick en plats.", "Version 1")
	for name, want := range map[string]string{
		"Cache-Control": "no-store", "Referrer-Policy": "no-referrer", "X-Robots-Tag": "noindex",
	} {
		if got := page.Header.Get(name); !strings.Contains(got, want) {
			t.Errorf("%s is %q, want %q", name, got, want)
		}
	}
	w.get(second).want(t, http.StatusOK, "Du står i kö", "Du är nummer 1 i kön")
	w.get(strings.Replace(first, "/min-anmalan/", "/en/my-registration/", 1)).want(t, http.StatusOK, "You are registered")
}

func TestOwn_everyWrongLinkLooksAlike(t *testing.T) {
	w := newWorld(t)
	w.AddEvent(t, testkit.Event("lulea", 10))
	right := w.take("lulea", 1)
	other := "a"
	if strings.HasSuffix(right, other) {
		other = "b"
	}
	want := w.get("/min-anmalan/x").want(t, http.StatusNotFound, "Länken gäller inte").body
	for _, path := range []string{
		right[:len(right)-1] + other, right[:len(right)-4], right + "a", strings.ToUpper(right[13:]), "/min-anmalan/" + strings.Repeat("a", 58),
	} {
		if !strings.HasPrefix(path, "/min-anmalan/") {
			path = "/min-anmalan/" + path
		}
		if got := w.get(path); got.StatusCode != http.StatusNotFound || got.body != want {
			t.Errorf("%s answers %d and looks different", path, got.StatusCode)
		}
	}
}

// TestReadingChangesNothing: mail programs open every link in a letter, some with a browser.
func TestReadingChangesNothing(t *testing.T) {
	w := newWorld(t)
	w.AddEvent(t, testkit.Event("lulea", 10))
	own := w.take("lulea", 1)
	before := w.get(own).body
	for range 5 {
		w.get(own)
		w.do(http.MethodHead, own, "")
		w.get(form)
	}
	if w.get(own).body != before {
		t.Error("looking at a personal page changed it")
	}
	for _, form := range w.get(own).find("form") { // nothing about the registration is one press away
		if attr(form, "action") != own+"/inbjudningar" || attr(form, "method") != "post" {
			t.Errorf("the personal page has a form: %v", form.Attr)
		}
	}
}

// TestPublicPagesTellOfNobody crawls everything that everyone may read for what only one person
// and her county may know.
func TestPublicPagesTellOfNobody(t *testing.T) {
	w := newWorld(t)
	w.demonstration()
	entry := testkit.Person(1)
	entry.GivenName, entry.FamilyName, entry.Email = "Kanarie", "Fågelsson", "kanarie@example.se"
	entry.Organisation, entry.Title, entry.Phone = "Kanarieholmen", "Sångfågel", "070-174 06 77"
	receipt, link := w.enter("temadag-lulea", entry)
	own := w.get(link).want(t, http.StatusOK)
	for path, r := range w.crawl() {
		for _, canary := range []string{"Kanarie", "Fågelsson", "kanarie@", "Sångfågel", "174 06 77", receipt.Reference} {
			if strings.Contains(r.body, canary) {
				t.Errorf("%s tells of %s", path, canary)
			}
			if !strings.Contains(own.body, canary) {
				t.Errorf("the personal page does not hold %s: the search above finds nothing", canary)
			}
		}
	}
}

// kept is a mailbox with one letter in it.
type kept struct{}

func (kept) Letters() ([]string, error) { return []string{"1"}, nil }

func (kept) Letter(id string) ([]byte, error) {
	if id != "1" {
		return nil, domain.NotFound("letter.not_found")
	}
	return []byte(strings.ReplaceAll(`From: =?utf-8?q?L=C3=A4nsstyrelsen?= <noreply@example.se>
To: person@example.se
Subject: =?utf-8?q?Du_=C3=A4r_anm=C3=A4ld?=
Date: Sat, 01 Oct 2016 09:00:00 +0200
MIME-Version: 1.0
Content-Type: multipart/mixed; boundary=a

--a
Content-Type: multipart/alternative; boundary=b

--b
Content-Type: text/plain; charset=utf-8
Content-Transfer-Encoding: quoted-printable

Hej =C3=85sa!
--b
Content-Type: text/html; charset=utf-8
Content-Transfer-Encoding: base64

PGh0bWw+PGhlYWQ+PHRpdGxlPng8L3RpdGxlPjwvaGVhZD48Ym9keT48c2NyaXB0PmFsZXJ0KDEp
PC9zY3JpcHQ+SGVqPC9ib2R5PjwvaHRtbD4=
--b--
--a
Content-Type: text/calendar; charset=utf-8; method=REQUEST
Content-Disposition: attachment; filename=inbjudan.ics

BEGIN:VCALENDAR
--a--
`, "\n", "\r\n")), nil
}

func TestKeptLetters(t *testing.T) {
	w := newWorld(t, func(o *site.Options, _ *server.Options) { o.Mailbox = kept{} })
	w.get("/dev/mail").want(t, http.StatusOK, "Du är anmäld", "person@example.se")
	w.get("/dev/mail/1").want(t, http.StatusOK, "Länsstyrelsen", "Hej Åsa!", "inbjudan.ics", "multipart/mixed")
	html := w.get("/dev/mail/1/html").want(t, http.StatusOK)
	csp := html.Header.Get("Content-Security-Policy")
	if !strings.Contains(csp, "sandbox") || strings.Contains(csp, "allow-scripts") || !strings.Contains(csp, "default-src 'none'") {
		t.Errorf("the letter is shown under %q", csp)
	}
	w.get("/dev/mail/1/3").want(t, http.StatusOK, "BEGIN:VCALENDAR")
	if got := w.get("/dev/mail/1/2").Header.Get("Content-Type"); got == "text/html" {
		t.Error("a part of a letter is a page of ours")
	}
	w.get("/dev/mail/1/0").want(t, http.StatusOK, "Subject:")
	for _, path := range []string{"/dev/mail/2", "/dev/mail/1/9", "/dev/mail/1/x", "/dev/mail/2/html"} {
		w.get(path).want(t, http.StatusNotFound)
	}
}

func TestKeptLetters_notWhereLettersAreSent(t *testing.T) {
	newWorld(t).get("/dev/mail").want(t, http.StatusNotFound)
}
