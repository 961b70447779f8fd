package site

import (
	"context"
	"mime"
	"net/http"
	"strconv"

	"github.com/gin-gonic/gin"

	"github.com/temadag/temadag/internal/domain"
	"github.com/temadag/temadag/internal/view"
)

// newsPage is the latest items, newest first.
type newsPage struct {
	Items []newsLine
	Feed  string
}

// newsLine is an item in a list, with the day it came.
type newsLine struct {
	domain.News
	Day domain.Date
}

func newsLines(items []domain.News) []newsLine {
	lines := make([]newsLine, len(items))
	for i, item := range items {
		lines[i] = newsLine{News: item, Day: domain.DateIn(item.PublishedAt)}
	}
	return lines
}

// mostNews is how many items the page and the feed hold.
const mostNews = 100

func (s *Site) newsIndex(c *gin.Context) error {
	return s.keepSteadyPage(c, func(ctx context.Context, l domain.Lang) (page, error) {
		items, err := s.programme.News(ctx, mostNews)
		if err != nil {
			return page{}, err
		}
		p := s.printer(l)
		return page{
			template: "public/news", route: "news",
			Page: view.Page{
				Title: p.T("news.title"), Description: p.T("news.description"), Nav: view.NavNews,
				Body: newsPage{Items: newsLines(items), Feed: s.paths.For(l, "newsfeed")},
			},
		}, nil
	})
}

// newsItemPage is one item with the pictures, links and files that belong to it.
type newsItemPage struct {
	newsLine
	Figure *figure // nil where there is none
	Files  []fileLink
}

// figure is a picture with the addresses of its sizes.
type figure struct {
	domain.Picture
	URL    string
	Srcset string // "" where there is one size
}

// fileLink is a document with its address.
type fileLink struct {
	domain.Document
	URL string
}

// files are the addresses of what belongs to an item: others where nobody but its editors sees it.
type files struct{ picture, document func(name string) string }

func (s *Site) publicFiles(l domain.Lang) files {
	return files{
		picture:  func(name string) string { return s.paths.For(l, "picture", name) },
		document: func(slug string) string { return s.paths.For(l, "document", slug) },
	}
}

func (s *Site) figure(p domain.Picture, f files) *figure {
	if p.IsZero() {
		return nil
	}
	if p.File != "" {
		return &figure{Picture: p, URL: s.static.URL(p.File)}
	}
	out := &figure{Picture: p, URL: f.picture(p.Sizes[0].Name)}
	for i, size := range p.Sizes {
		if len(p.Sizes) == 1 {
			break
		}
		if i > 0 {
			out.Srcset += ", "
		}
		out.Srcset += f.picture(size.Name) + " " + strconv.Itoa(size.Width) + "w"
	}
	return out
}

func (f files) links(documents []domain.Document) []fileLink {
	out := make([]fileLink, len(documents))
	for i, d := range documents {
		out[i] = fileLink{d, f.document(d.Slug)}
	}
	return out
}

func (s *Site) newsShow(c *gin.Context) error {
	slug := c.Param("slug")
	return s.keepSteadyPage(c, func(ctx context.Context, l domain.Lang) (page, error) {
		item, err := s.programme.NewsItem(ctx, slug)
		if err != nil {
			return page{}, err
		}
		return s.newsPage(l, item, s.publicFiles(l)), nil
	})
}

func (s *Site) newsPage(l domain.Lang, item domain.News, f files) page {
	body := newsItemPage{newsLine: newsLine{item, domain.DateIn(item.PublishedAt)}, Figure: s.figure(item.Picture, f), Files: f.links(item.Documents)}
	p := page{
		template: "public/news_item", route: "newsitem", args: []string{item.Slug},
		Page: view.Page{Title: item.Title.In(l), Description: item.Lead.In(l), Nav: view.NavNews, Body: body},
	}
	if body.Figure != nil {
		p.Image = body.Figure.URL
	}
	return p
}

// documentShow sends a file to be saved. It is never shown inside our pages: whatever is in it has
// no rights here.
func (s *Site) documentShow(c *gin.Context) error {
	doc, body, err := s.programme.Document(c.Request.Context(), c.Param("slug"))
	if err != nil {
		return err
	}
	s.packer.answer(body, http.Header{
		"Content-Type":            {documentType(doc.MIME)},
		"Content-Disposition":     {mime.FormatMediaType("attachment", map[string]string{"filename": doc.Filename})},
		"Content-Language":        {string(doc.Lang)},
		"Cache-Control":           {"no-cache"},
		"Content-Security-Policy": {"default-src 'none'; sandbox"},
	}).write(c)
	return nil
}

// documentType keeps a file from being taken for a page of ours.
func documentType(given string) string {
	kind, _, err := mime.ParseMediaType(given)
	if err != nil || kind == "text/html" || kind == "application/xhtml+xml" || kind == "image/svg+xml" {
		return "application/octet-stream"
	}
	return given
}
