package site

import (
	"context"
	"mime"
	"net/http"

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
	PictureURL string // "" where there is none
}

func (s *Site) newsShow(c *gin.Context) error {
	slug := c.Param("slug")
	return s.keepSteadyPage(c, func(ctx context.Context, l domain.Lang) (page, error) {
		item, err := s.programme.NewsItem(ctx, slug)
		if err != nil {
			return page{}, err
		}
		body := newsItemPage{newsLine: newsLine{item, domain.DateIn(item.PublishedAt)}}
		if item.Picture.File != "" {
			body.PictureURL = s.static.URL(item.Picture.File)
		}
		return page{
			template: "public/news_item", route: "newsitem", args: []string{slug},
			Page: view.Page{
				Title: item.Title.In(l), Description: item.Lead.In(l), Nav: view.NavNews, Image: body.PictureURL,
				Body: body,
			},
		}, nil
	})
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
