package site

import (
	"bytes"
	"context"
	"net/http"
	"net/url"

	"github.com/gin-gonic/gin"

	"github.com/temadag/temadag/internal/domain"
	"github.com/temadag/temadag/internal/export"
	"github.com/temadag/temadag/internal/i18n"
	"github.com/temadag/temadag/internal/server"
	"github.com/temadag/temadag/internal/view"
)

// calendar of the events that choose finds, under the name it gives.
func (s *Site) calendarFile(c *gin.Context, choose func(context.Context, *i18n.Printer) (name string, events []domain.Event, err error)) error {
	l := server.LangOf(c)
	p := s.printer(l)
	return s.keepSteady(c, calendarHeader(""), func(ctx context.Context) ([]byte, error) {
		name, events, err := choose(ctx, p)
		if err != nil {
			return nil, err
		}
		var b bytes.Buffer
		err = export.Feed(&b, p, name, events, s.feedOptions(l))
		return b.Bytes(), err
	})
}

// calendarHeader is of a calendar that is subscribed to or, with a filename, one that is saved.
func calendarHeader(filename string) http.Header {
	h := feedHeader("text/calendar; charset=utf-8")
	if filename != "" {
		h.Set("Content-Disposition", `attachment; filename="`+filename+`.ics"`)
	}
	return h
}

func (s *Site) feedOptions(l domain.Lang) export.FeedOptions {
	return export.FeedOptions{
		Domain:   s.host(),
		EventURL: func(e domain.Event) string { return s.base + s.paths.For(l, "event", e.Slug) },
	}
}

// host is the name that the identities in feeds end in.
func (s *Site) host() string {
	if u, err := url.Parse(s.base); err == nil && u.Hostname() != "" {
		return u.Hostname()
	}
	return "temadag"
}

func (s *Site) calendarFeed(c *gin.Context) error {
	return s.calendarFile(c, func(ctx context.Context, p *i18n.Printer) (string, []domain.Event, error) {
		events, err := s.programme.Upcoming(ctx, domain.CalendarFilter{})
		return p.T("feed.all"), events, err
	})
}

func (s *Site) countyFeed(c *gin.Context) error {
	slug := c.Param("slug")
	return s.calendarFile(c, func(ctx context.Context, p *i18n.Printer) (string, []domain.Event, error) {
		for _, county := range domain.Counties() {
			if county.Slug == slug {
				events, err := s.programme.Upcoming(ctx, domain.CalendarFilter{County: county.Code})
				return p.T("feed.county", "county", county.Name), events, err
			}
		}
		return "", nil, domain.NotFound("")
	})
}

func (s *Site) seriesFeed(c *gin.Context) error {
	slug := c.Param("slug")
	return s.calendarFile(c, func(ctx context.Context, p *i18n.Printer) (string, []domain.Event, error) {
		series, err := s.programme.Series(ctx, slug)
		return series.Title.In(p.Lang()), series.Events, err
	})
}

func (s *Site) eventFeed(c *gin.Context) error {
	l, slug := server.LangOf(c), c.Param("slug")
	return s.keepSteady(c, calendarHeader(fileName(slug)), func(ctx context.Context) ([]byte, error) {
		e, err := s.programme.Event(ctx, slug)
		if err != nil {
			return nil, err
		}
		var b bytes.Buffer
		err = export.EventFile(&b, s.printer(l), e, s.feedOptions(l))
		return b.Bytes(), err
	})
}

// fileName is the slug without anything that could end a header's quoted string.
func fileName(slug string) string {
	safe := []byte(slug)
	for i, b := range safe {
		if (b < 'a' || b > 'z') && (b < '0' || b > '9') {
			safe[i] = '-'
		}
	}
	return string(safe)
}

func (s *Site) newsFeed(c *gin.Context) error {
	l := server.LangOf(c)
	p := s.printer(l)
	return s.keepSteady(c, feedHeader("application/atom+xml; charset=utf-8"), func(ctx context.Context) ([]byte, error) {
		items, err := s.programme.News(ctx, mostNews)
		if err != nil {
			return nil, err
		}
		var b bytes.Buffer
		err = export.Atom(&b, p, items, export.AtomOptions{
			Title: p.T("feed.news"), Subtitle: p.T("news.description"), Author: p.T("feed.author"), Domain: s.host(),
			SelfURL: s.base + s.paths.For(l, "newsfeed"), PageURL: s.base + s.paths.For(l, "news"),
			ItemURL: func(n domain.News) string { return s.base + s.paths.For(l, "newsitem", n.Slug) },
			Updated: domain.DateIn(s.now()).Start(),
		})
		return b.Bytes(), err
	})
}

// eventData is what search engines are told of the event; nil where there is nothing to tell.
func (s *Site) eventData(l domain.Lang, e domain.Event) ([]byte, error) {
	return export.EventJSONLD(e, export.JSONLDOptions{
		Lang: l, Now: s.now(), URL: s.base + s.paths.For(l, "event", e.Slug), Image: s.base + s.paths.For(l, "og", e.Slug),
	})
}

// pictureShow is the picture that other sites show beside a link to an event.
func (s *Site) pictureShow(c *gin.Context) error {
	slug := c.Param("slug")
	header := http.Header{"Content-Type": {"image/png"}, "Cache-Control": {"public, max-age=300"}}
	header.Set("Cross-Origin-Resource-Policy", "cross-origin")
	return s.keepSteady(c, header, func(ctx context.Context) ([]byte, error) {
		e, err := s.programme.Event(ctx, slug)
		if err != nil {
			return nil, err
		}
		p := s.printer(domain.Swedish)
		return view.SocialPicture(e.Title.Sv, p.When(e), e.Town, e.Owner.Short)
	})
}
