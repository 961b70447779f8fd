package site

import (
	"bytes"
	"context"
	"encoding/xml"
	"net/http"

	"github.com/gin-gonic/gin"

	"github.com/temadag/temadag/internal/domain"
)

// sitemap is what search engines are told of: each page once in each language, with its twins.
type sitemap struct {
	XMLName xml.Name     `xml:"urlset"`
	Space   string       `xml:"xmlns,attr"`
	XHTML   string       `xml:"xmlns:xhtml,attr"`
	Pages   []sitemapURL `xml:"url"`
}

type sitemapURL struct {
	Loc     string        `xml:"loc"`
	LastMod string        `xml:"lastmod,omitempty"`
	Twins   []sitemapTwin `xml:"xhtml:link"`
}

type sitemapTwin struct {
	Rel  string `xml:"rel,attr"`
	Lang string `xml:"hreflang,attr"`
	Href string `xml:"href,attr"`
}

func (s *Site) sitemapShow(c *gin.Context) error {
	return s.keepSteady(c, feedHeader("application/xml; charset=utf-8"), s.sitemap)
}

func (s *Site) sitemap(ctx context.Context) ([]byte, error) {
	m := sitemap{Space: "http://www.sitemaps.org/schemas/sitemap/0.9", XHTML: "http://www.w3.org/1999/xhtml"}
	for _, name := range []string{"home", "news", "subscribe", "invitations", "about", "contact", "accessibility", "privacy", "cookies"} {
		m.add(s, "", name)
	}
	series, err := s.programme.AllSeries(ctx)
	if err != nil {
		return nil, err
	}
	for _, one := range series {
		m.add(s, "", "series", one.Slug)
	}
	events, err := s.programme.Upcoming(ctx, domain.CalendarFilter{})
	if err != nil {
		return nil, err
	}
	for _, e := range events {
		m.add(s, domain.DateIn(e.UpdatedAt).String(), "event", e.Slug)
	}
	news, err := s.programme.News(ctx, mostNews)
	if err != nil {
		return nil, err
	}
	for _, n := range news {
		m.add(s, domain.DateIn(n.UpdatedAt).String(), "newsitem", n.Slug)
	}
	pages, err := s.programme.OwnPages(ctx)
	if err != nil {
		return nil, err
	}
	for _, n := range pages {
		m.add(s, domain.DateIn(n.UpdatedAt).String(), "page", n.Slug)
	}
	var b bytes.Buffer
	b.WriteString(xml.Header)
	if err := xml.NewEncoder(&b).Encode(m); err != nil {
		return nil, err
	}
	return b.Bytes(), nil
}

func (m *sitemap) add(s *Site, changed, name string, args ...string) {
	var twins []sitemapTwin
	for _, l := range domain.Langs() {
		twins = append(twins, sitemapTwin{"alternate", string(l), s.base + s.paths.For(l, name, args...)})
	}
	for _, twin := range twins {
		m.Pages = append(m.Pages, sitemapURL{Loc: twin.Href, LastMod: changed, Twins: twins})
	}
}

func (s *Site) robotsShow(c *gin.Context) error {
	c.Header("Cache-Control", "public, max-age=3600")
	c.String(http.StatusOK, "User-agent: *\nAllow: /\n\nSitemap: %s\n", s.base+s.paths.For(domain.Swedish, "sitemap"))
	return nil
}

// feedHeader is of what programs fetch again and again.
func feedHeader(contentType string) http.Header {
	return http.Header{"Content-Type": {contentType}, "Cache-Control": {"no-cache"}}
}
