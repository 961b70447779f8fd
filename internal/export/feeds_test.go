package export_test

import (
	"bytes"
	"encoding/json"
	"encoding/xml"
	"strings"
	"testing"
	"time"

	"golang.org/x/text/unicode/norm"

	"github.com/temadag/temadag/internal/domain"
	"github.com/temadag/temadag/internal/export"
)

// mended is s without what neither XML nor a calendar may hold, thought of apart from the code.
func mended(s string) string {
	var b strings.Builder
	s = strings.ReplaceAll(strings.ReplaceAll(strings.ToValidUTF8(s, ""), "\r\n", "\n"), "\r", "\n")
	for _, r := range s {
		if r == '\t' || r == '\n' || r >= ' ' && r != 0x7f && r != 0xfffe && r != 0xffff {
			b.WriteRune(r)
		}
	}
	return norm.NFC.String(b.String())
}

func someNews() []domain.News {
	return []domain.News{
		{
			Slug: "temadagar", PublishedAt: time.Date(2016, 9, 28, 7, 0, 0, 0, time.UTC), UpdatedAt: time.Date(2016, 10, 1, 7, 0, 0, 0, time.UTC),
			Title: domain.Text{Sv: "Fyra temadagar <i norr> & mer", En: "Four theme days"}, Lead: domain.Text{Sv: "Kom\x00 till ”oss” ]]> 😀"},
		},
		{Slug: "samordnare", PublishedAt: time.Date(2016, 9, 26, 7, 0, 0, 0, time.UTC), Title: domain.Text{Sv: "Ny samordnare"}},
	}
}

func atom(t *testing.T, lang domain.Lang, news []domain.News) string {
	t.Helper()
	var b bytes.Buffer
	err := export.Atom(&b, catalogue(t).For(lang), news, export.AtomOptions{
		Title: "Nyheter", Author: "Länsstyrelserna", Domain: "temadag.example.se",
		SelfURL: "https://temadag.example.se/nyheter/atom.xml", PageURL: "https://temadag.example.se/nyheter",
		ItemURL: func(n domain.News) string { return "https://temadag.example.se/nyheter/" + n.Slug },
		Updated: time.Date(2016, 1, 1, 0, 0, 0, 0, time.UTC),
	})
	if err != nil {
		t.Fatal(err)
	}
	return b.String()
}

func TestAtom(t *testing.T) {
	type link struct {
		Rel  string `xml:"rel,attr"`
		Href string `xml:"href,attr"`
	}
	var feed struct {
		XMLName xml.Name `xml:"http://www.w3.org/2005/Atom feed"`
		Lang    string   `xml:"http://www.w3.org/XML/1998/namespace lang,attr"`
		ID      string   `xml:"id"`
		Updated string   `xml:"updated"`
		Links   []link   `xml:"link"`
		Author  string   `xml:"author>name"`
		Entries []struct {
			ID, Title, Summary, Published, Updated string
			Lang                                   string `xml:"http://www.w3.org/XML/1998/namespace lang,attr"`
			Link                                   link   `xml:"link"`
		} `xml:"entry"`
	}
	text := atom(t, domain.English, someNews())
	type entry struct {
		ID        string `xml:"id"`
		Title     string `xml:"title"`
		Summary   string `xml:"summary"`
		Published string `xml:"published"`
		Updated   string `xml:"updated"`
	}
	var entries struct {
		Entries []entry `xml:"entry"`
	}
	for _, to := range []any{&feed, &entries} {
		if err := xml.Unmarshal([]byte(text), to); err != nil {
			t.Fatal(err)
		}
	}
	if feed.Lang != "en" || feed.Author != "Länsstyrelserna" || feed.Updated != "2016-10-01T07:00:00Z" || len(feed.Links) != 2 {
		t.Errorf("the feed reads %+v", feed)
	}
	want := []entry{
		{"tag:temadag.example.se,2026:nyheter/en/temadagar", "Four theme days", "Kom till ”oss” ]]> 😀", "2016-09-28T07:00:00Z", "2016-10-01T07:00:00Z"},
		{"tag:temadag.example.se,2026:nyheter/en/samordnare", "Ny samordnare", "", "2016-09-26T07:00:00Z", "2016-09-26T07:00:00Z"},
	}
	for i := range want {
		if entries.Entries[i] != want[i] {
			t.Errorf("item %d reads %q, want %q", i, entries.Entries[i], want[i])
		}
	}
	if feed.Entries[1].Lang != "sv" || feed.Entries[0].Link.Href != "https://temadag.example.se/nyheter/temadagar" {
		t.Errorf("the items read %+v", feed.Entries)
	}
	if empty := atom(t, domain.Swedish, nil); !strings.Contains(empty, "<updated>2016-01-01T00:00:00Z</updated>") {
		t.Errorf("a feed without items: %s", empty)
	}
}

func described(t *testing.T, e domain.Event, now time.Time) map[string]any {
	t.Helper()
	buf, err := export.EventJSONLD(e, export.JSONLDOptions{
		Lang: domain.Swedish, Now: now, URL: "https://temadag.example.se/tillfalle/" + e.Slug, Image: "https://temadag.example.se/bild/x",
	})
	if err != nil {
		t.Fatal(err)
	}
	var m map[string]any
	if err := json.Unmarshal(buf, &m); err != nil {
		t.Fatal(err)
	}
	return m
}

func TestEventJSONLD(t *testing.T) {
	now := time.Date(2016, 10, 3, 7, 0, 0, 0, time.UTC)
	e := lulea()
	e.Speakers = []domain.Speaker{{Name: "Åsa Regnér", Title: domain.Text{Sv: "minister"}}}
	m := described(t, e, now)
	for name, want := range map[string]any{
		"@type": "Event", "startDate": "2016-12-01T09:00:00+01:00", "endDate": "2016-12-01T16:00:00+01:00",
		"eventStatus": "https://schema.org/EventScheduled", "inLanguage": "sv", "isAccessibleForFree": true,
	} {
		if m[name] != want {
			t.Errorf("%s is %v, want %v", name, m[name], want)
		}
	}
	if offer := m["offers"].(map[string]any); offer["price"] != 0.0 || offer["priceCurrency"] != "SEK" ||
		offer["availability"] != "https://schema.org/InStock" || offer["validThrough"] != "2016-11-17T23:59:59+01:00" {
		t.Errorf("the offer is %v", offer)
	}
	if p := m["performer"].([]any)[0].(map[string]any); p["name"] != "Åsa Regnér" {
		t.Errorf("the performer is %v", p)
	}
	full, cancelled, day, online := e, e, e, e
	full.Taken = 80
	cancelled.State = domain.EventCancelled
	day.Starts, day.Ends = domain.NoClock, domain.NoClock
	online.Online, online.Venue = true, domain.Venue{}
	if got := described(t, full, now)["offers"].(map[string]any)["availability"]; got != "https://schema.org/SoldOut" {
		t.Errorf("a full event is %v", got)
	}
	if got := described(t, cancelled, now); got["eventStatus"] != "https://schema.org/EventCancelled" || got["offers"] != nil {
		t.Errorf("a cancelled event is %v", got)
	}
	if got := described(t, day, now)["startDate"]; got != "2016-12-01" {
		t.Errorf("a day without hours starts %v", got)
	}
	if got := described(t, online, now)["location"].([]any)[0].(map[string]any)["@type"]; got != "VirtualLocation" {
		t.Errorf("an event on the web is in %v", got)
	}
	e.Day = domain.Date{}
	if buf, err := export.EventJSONLD(e, export.JSONLDOptions{Lang: domain.Swedish, Now: now}); buf != nil || err != nil {
		t.Errorf("an event without a day is described: %s (%v)", buf, err)
	}
}

func TestEventJSONLD_staysInItsScript(t *testing.T) {
	e := lulea()
	const attack = "</script><script>alert(1)</script><!--&\u2028\u2029"
	e.Title, e.Lead, e.Town = domain.Text{Sv: attack}, domain.Text{Sv: attack}, attack
	e.Venue.Name, e.Owner.Name, e.Speakers = attack, attack, []domain.Speaker{{Name: attack}}
	buf, err := export.EventJSONLD(e, export.JSONLDOptions{Lang: domain.Swedish, URL: "https://x.example/?a=1&b=" + attack})
	if err != nil {
		t.Fatal(err)
	}
	if bytes.ContainsAny(buf, "<>&\u2028\u2029") {
		t.Errorf("it may end its script: %s", buf)
	}
	var twin bytes.Buffer
	enc := json.NewEncoder(&twin)
	enc.SetEscapeHTML(false)
	if err := enc.Encode(e.Title); err != nil || !bytes.ContainsAny(twin.Bytes(), "<>&") {
		t.Error("the check finds nothing in JSON that is not escaped")
	}
}
