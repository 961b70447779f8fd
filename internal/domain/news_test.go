package domain_test

import (
	"errors"
	"strings"
	"testing"
	"time"

	"github.com/temadag/temadag/internal/domain"
)

func TestReadWallTime(t *testing.T) {
	today := domain.Date{Year: 2026, Month: time.November, Day: 1}
	for name, c := range map[string]struct {
		day, clock string
		want       string // in UTC, or the keys of the faults
	}{
		"winter":                             {"1 december 2026", "9.00", "2026-12-01T08:00:00Z"},
		"summer":                             {"2027-07-01", "0900", "2027-07-01T07:00:00Z"},
		"a day that has been":                {"1/10 2016", "12", "2016-10-01T10:00:00Z"},
		"the last minute before the gap":     {"28 mars 2027", "1.59", "2027-03-28T00:59:00Z"},
		"an hour that the clocks pass over":  {"28 mars 2027", "2.30", "news.no_such_hour"},
		"the first minute of the gap":        {"28 mars 2027", "2.00", "news.no_such_hour"},
		"the first minute after the gap":     {"28 mars 2027", "3.00", "2027-03-28T01:00:00Z"},
		"an hour that comes twice":           {"31 oktober 2027", "2.30", "2027-10-31T00:30:00Z"},
		"before the hour that comes twice":   {"31 oktober 2027", "1.30", "2027-10-30T23:30:00Z"},
		"after the hour that comes twice":    {"31 oktober 2027", "3.00", "2027-10-31T02:00:00Z"},
		"no such day":                        {"31 november 2026", "9.00", domain.DateNoDay},
		"nothing":                            {"", "", domain.DateMissing + " " + domain.ClockMissing},
		"a weekday that is another one":      {"måndag 1 december 2026", "9.00", domain.DateWeekday},
		"an hour that is none":               {"1 december 2026", "25.00", domain.ClockUnread},
		"midnight when the summer time ends": {"31 oktober 2027", "0.00", "2027-10-30T22:00:00Z"},
	} {
		got, err := domain.ReadWallTime(c.day, c.clock, today)
		if said := keysOf(err); said != "" {
			if said != c.want {
				t.Errorf("%s: %s, want %s", name, said, c.want)
			}
			continue
		}
		if got.Format(time.RFC3339) != c.want {
			t.Errorf("%s: %s, want %s", name, got.Format(time.RFC3339), c.want)
		}
	}
}

func keysOf(err error) string {
	var invalid *domain.Invalid
	if !errors.As(err, &invalid) {
		return ""
	}
	var keys []string
	for _, f := range invalid.Faults {
		keys = append(keys, f.Key)
	}
	return strings.Join(keys, " ")
}

func TestReadNews(t *testing.T) {
	n := domain.News{Kind: domain.NewsItem, State: domain.NewsDraft, Slug: "gammal"}
	link := func(label, url string) []domain.NewsLink {
		return []domain.NewsLink{{Label: domain.Text{Sv: label}, URL: url}}
	}
	title := domain.Text{Sv: "Nytt"}
	for name, c := range map[string]struct {
		in   domain.NewsEntry
		want string
	}{
		"enough":                    {domain.NewsEntry{Title: title, Slug: "Ny Adress"}, ""},
		"no title":                  {domain.NewsEntry{Slug: "x"}, "edit.title.missing"},
		"English alone":             {domain.NewsEntry{Title: title, Slug: "x", Body: domain.Text{En: "Text"}}, "edit.swedish.missing"},
		"no address":                {domain.NewsEntry{Title: title, Slug: "!"}, "news.slug.missing"},
		"too long":                  {domain.NewsEntry{Title: title, Slug: "x", Body: domain.Text{Sv: strings.Repeat("å", domain.MaxNewsBody+1)}}, "edit.too_long"},
		"no UTF-8":                  {domain.NewsEntry{Title: domain.Text{Sv: "\xff"}, Slug: "x"}, "field.encoding"},
		"a link":                    {domain.NewsEntry{Title: title, Slug: "x", Links: link("Rapporten", "https://www.example.se/a?b=c")}, ""},
		"a link to a page of ours":  {domain.NewsEntry{Title: title, Slug: "x", Links: link("Om", "/om")}, ""},
		"a link that runs":          {domain.NewsEntry{Title: title, Slug: "x", Links: link("Hej", "javascript:alert(1)")}, "news.link.wrong"},
		"a link to another host":    {domain.NewsEntry{Title: title, Slug: "x", Links: link("Hej", "//evil.example")}, "news.link.wrong"},
		"a link with data":          {domain.NewsEntry{Title: title, Slug: "x", Links: link("Hej", "data:text/html,x")}, "news.link.wrong"},
		"a link without a name":     {domain.NewsEntry{Title: title, Slug: "x", Links: link("", "https://example.se")}, "news.link.label"},
		"an empty row of the links": {domain.NewsEntry{Title: title, Slug: "x", Links: link("", " ")}, ""},
	} {
		if _, err := n.ReadNews(c.in, time.Time{}); keysOf(err) != c.want {
			t.Errorf("%s: %q, want %q", name, keysOf(err), c.want)
		}
	}
	got, err := n.ReadNews(domain.NewsEntry{Title: title, Slug: "Ny Ådress, 2"}, time.Time{})
	if err != nil || got.Slug != "ny-adress-2" {
		t.Errorf("slug %q, %v", got.Slug, err)
	}
	n.State = domain.NewsPublished
	if got, _ = n.ReadNews(domain.NewsEntry{Title: title, Slug: "annan"}, time.Time{}); got.Slug != "gammal" {
		t.Errorf("what everyone sees has moved to %q", got.Slug)
	}
}

func TestCompareNews(t *testing.T) {
	was := domain.NewsEntry{Title: domain.Text{Sv: "A"}, Body: domain.Text{Sv: "B"}}
	theirs, mine := was, was
	theirs.Title.Sv, theirs.Footer = "Deras", true
	mine.Title.Sv, mine.Body.Sv = "Min", "Min text"
	c := domain.CompareNews(was, true, theirs, mine)
	if c == nil || len(c.Fields) != 2 || c.Mark != theirs.Mark() {
		t.Fatalf("clash %+v", c)
	}
	if c.Merged.Title.Sv != "Min" || c.Merged.Body.Sv != "Min text" || !c.Merged.Footer {
		t.Errorf("merged %+v", c.Merged)
	}
	if c.Fields[0].Theirs != "Deras" || !c.Fields[0].Both || c.Fields[1].Both {
		t.Errorf("fields %+v", c.Fields)
	}
	if c := domain.CompareNews(was, true, was, mine); c != nil {
		t.Errorf("nobody else changed anything, and there is a clash: %+v", c)
	}
	if c := domain.CompareNews(domain.NewsEntry{}, false, theirs, mine); c == nil || len(c.Fields) != 3 || !c.Fields[1].Both {
		t.Errorf("what she began with is not known: %+v", c)
	}
}

func TestNewsChecklist(t *testing.T) {
	fine := domain.News{
		Kind: domain.NewsItem, Title: domain.Text{Sv: "Rubrik", En: "Title"}, Lead: domain.Text{Sv: "Ingress.", En: "Lead."},
		Body: domain.Text{Sv: "Text.", En: "Text."},
	}
	picture := domain.Picture{Sizes: []domain.PictureSize{{Name: "a.jpg"}}}
	for name, c := range map[string]struct {
		change func(n *domain.News)
		want   string
		blocks bool
	}{
		"nothing":                     {func(*domain.News) {}, "", false},
		"a picture without words":     {func(n *domain.News) { n.Picture = picture }, "checklist.picture.alt_missing", true},
		"a picture that is no words":  {func(n *domain.News) { n.Picture = picture; n.Picture.Decorative = true }, "", false},
		"a picture in the text":       {func(n *domain.News) { n.Body.Sv = "![](https://example.se/a.png)" }, "checklist.picture.alt_missing", true},
		"no title":                    {func(n *domain.News) { n.Title = domain.Text{} }, "checklist.title.missing", true},
		"click here":                  {func(n *domain.News) { n.Body.Sv = "Klicka här för att läsa." }, "checklist.text.click_here", false},
		"a link that is called here":  {func(n *domain.News) { n.Body.Sv = "Läs [här](https://example.se)." }, "checklist.text.click_here", false},
		"a sentence without an end":   {func(n *domain.News) { n.Body.Sv = strings.Repeat("ord ", 40) + "." }, "checklist.text.long_sentence", false},
		"a day that contradicts":      {func(n *domain.News) { n.Body.Sv = "Vi ses måndag 1 december 2026." }, "checklist.text.weekday", false},
		"no English":                  {func(n *domain.News) { n.Body.En = "" }, "checklist.english.missing", false},
		"no lead of a news item":      {func(n *domain.News) { n.Lead = domain.Text{} }, "checklist.lead.missing", false},
		"no lead of a page":           {func(n *domain.News) { n.Lead, n.Kind = domain.Text{}, domain.NewsPage }, "", false},
		"a document without a title":  {func(n *domain.News) { n.Documents = []domain.Document{{}} }, "checklist.documents.title_missing", true},
		"a contact without any words": {func(n *domain.News) { n.Body, n.Lead, n.Kind = domain.Text{}, domain.Text{}, domain.NewsContact }, "", false},
	} {
		n := fine
		c.change(&n)
		checks := n.Checklist()
		var keys []string
		for _, check := range checks {
			keys = append(keys, check.Key)
		}
		if got := strings.Join(keys, " "); got != c.want {
			t.Errorf("%s: %q, want %q", name, got, c.want)
		}
		if domain.Publishable(checks) == c.blocks {
			t.Errorf("%s: blocks %v, want %v", name, !c.blocks, c.blocks)
		}
	}
}
