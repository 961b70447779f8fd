package export

import (
	"encoding/xml"
	"io"
	"time"

	"github.com/temadag/temadag/internal/domain"
	"github.com/temadag/temadag/internal/i18n"
)

// AtomOptions say how a news feed is written.
type AtomOptions struct {
	Title    string
	Subtitle string
	Author   string
	Domain   string                   // required: what the identities are made of
	SelfURL  string                   // absolute address of the feed
	PageURL  string                   // absolute address of the page with the same news
	ItemURL  func(domain.News) string // absolute address of an item's page
	Updated  time.Time                // for a feed without items
}

// Atom writes the news as a feed (RFC 4287) in the language of p, in the order given. An item has
// one identity in each language, which lasts as long as its slug.
func Atom(w io.Writer, p *i18n.Printer, news []domain.News, o AtomOptions) error {
	lang := string(p.Lang())
	feed := atomFeed{
		XMLNS: "http://www.w3.org/2005/Atom", Lang: lang,
		ID: tag(o.Domain, lang), Title: oneLine(o.Title), Subtitle: oneLine(o.Subtitle), Updated: stamp(o.Updated),
		Links: []atomLink{
			{Rel: "self", Type: "application/atom+xml", Href: plainURL(o.SelfURL)},
			{Rel: "alternate", Type: "text/html", Href: plainURL(o.PageURL)},
		},
		Author: atomAuthor{Name: oneLine(o.Author)}, Generator: "Temadag",
	}
	latest := time.Time{}
	for _, n := range news {
		changed := n.UpdatedAt
		if changed.Before(n.PublishedAt) {
			changed = n.PublishedAt
		}
		if changed.After(latest) {
			latest = changed
			feed.Updated = stamp(changed)
		}
		feed.Entries = append(feed.Entries, atomEntry{
			ID: tag(o.Domain, lang+"/"+n.Slug), Title: oneLine(n.Title.In(p.Lang())),
			Lang:      string(n.Title.LangIn(p.Lang())),
			Published: stamp(n.PublishedAt), Updated: stamp(changed),
			Summary: legalXML(n.Lead.In(p.Lang())),
			Link:    atomLink{Rel: "alternate", Type: "text/html", Href: plainURL(o.ItemURL(n))},
		})
	}
	if _, err := io.WriteString(w, xml.Header); err != nil {
		return err
	}
	enc := xml.NewEncoder(w)
	enc.Indent("", "  ")
	if err := enc.Encode(feed); err != nil {
		return err
	}
	_, err := io.WriteString(w, "\n")
	return err
}

// tag is an identity that stays the same when the site moves (RFC 4151).
func tag(host, what string) string { return "tag:" + host + ",2026:nyheter/" + what }

func stamp(t time.Time) string { return t.UTC().Format(time.RFC3339) }

type atomFeed struct {
	XMLName   xml.Name    `xml:"feed"`
	XMLNS     string      `xml:"xmlns,attr"`
	Lang      string      `xml:"xml:lang,attr"`
	ID        string      `xml:"id"`
	Title     string      `xml:"title"`
	Subtitle  string      `xml:"subtitle,omitempty"`
	Updated   string      `xml:"updated"`
	Links     []atomLink  `xml:"link"`
	Author    atomAuthor  `xml:"author"`
	Generator string      `xml:"generator"`
	Entries   []atomEntry `xml:"entry"`
}

type atomLink struct {
	Rel  string `xml:"rel,attr"`
	Type string `xml:"type,attr"`
	Href string `xml:"href,attr"`
}

type atomAuthor struct {
	Name string `xml:"name"`
}

type atomEntry struct {
	Lang      string   `xml:"xml:lang,attr"`
	ID        string   `xml:"id"`
	Title     string   `xml:"title"`
	Link      atomLink `xml:"link"`
	Published string   `xml:"published"`
	Updated   string   `xml:"updated"`
	Summary   string   `xml:"summary,omitempty"`
}
