package site

import (
	"context"
	"errors"
	"net/http"
	"strings"

	"github.com/gin-gonic/gin"

	"github.com/temadag/temadag/internal/domain"
	"github.com/temadag/temadag/internal/server"
	"github.com/temadag/temadag/internal/view"
)

// The pages whose words the authorities write themselves: those in place of ours, those they have added, and
// how to reach each county. What must stand there whatever they write, stands there.

// writtenPage is such a page.
type writtenPage struct {
	domain.News
	Figure     *figure
	Files      []fileLink
	Part       string             // which of our pages it stands in for: "privacy"; "" for none
	Organisers []domain.Organiser // of whom the page must tell; nil for none
	Organiser  *domain.Organiser  // of a county's contact
}

func (s *Site) pageShow(c *gin.Context) error {
	slug := c.Param("slug")
	return s.keepSteadyPage(c, func(ctx context.Context, l domain.Lang) (page, error) {
		n, err := s.programme.Page(ctx, domain.NewsPage, slug)
		if err != nil {
			return page{}, err
		}
		return s.writtenPage(ctx, l, n, s.publicFiles(l))
	})
}

func (s *Site) writtenPage(ctx context.Context, l domain.Lang, n domain.News, f files) (page, error) {
	body := writtenPage{News: n, Figure: s.figure(n.Picture, f), Files: f.links(n.Documents)}
	p := page{
		template: "public/written", route: "page", args: []string{n.Slug},
		Page: view.Page{Title: n.Title.In(l), Description: n.Lead.In(l)},
	}
	switch n.Kind {
	case domain.NewsContact:
		return s.countyPage(ctx, l, n.Slug, &n, f)
	case domain.NewsSite:
		p.route, p.args, body.Part, p.ProtectedTold = n.Slug, nil, n.Slug, n.Slug == "privacy"
	}
	if body.Part == "privacy" || body.Part == "accessibility" {
		around, err := s.surroundings(ctx)
		if err != nil {
			return p, err
		}
		body.Organisers = around.organisers
	}
	p.Body = body
	return p, nil
}

// contactIndex tells how to reach each county.
func (s *Site) contactIndex(c *gin.Context) error {
	return s.keepSteadyPage(c, func(ctx context.Context, l domain.Lang) (page, error) {
		around, err := s.surroundings(ctx)
		p := s.printer(l)
		return page{
			template: "public/contact", route: "contact",
			Page: view.Page{
				Title: p.T("site.contact.title"), Description: p.T("site.contact.description"),
				Body: view.Information{Organisers: around.organisers},
			},
		}, err
	})
}

func (s *Site) contactShow(c *gin.Context) error {
	slug := c.Param("slug")
	return s.keepSteadyPage(c, func(ctx context.Context, l domain.Lang) (page, error) {
		n, err := s.programme.Page(ctx, domain.NewsContact, slug)
		switch {
		case err == nil:
			return s.countyPage(ctx, l, slug, &n, s.publicFiles(l))
		case errors.Is(err, domain.ErrNotFound):
			return s.countyPage(ctx, l, slug, nil, files{})
		}
		return page{}, err
	})
}

// countyPage is how to reach a county, with what it has written itself where it has.
func (s *Site) countyPage(ctx context.Context, l domain.Lang, slug string, n *domain.News, f files) (page, error) {
	around, err := s.surroundings(ctx)
	if err != nil {
		return page{}, err
	}
	p := s.printer(l)
	for _, o := range around.organisers {
		if o.Slug != slug {
			continue
		}
		body := writtenPage{Organiser: &o}
		body.Title, body.Lead = domain.Text{Sv: o.Short}, domain.Text{}
		if n != nil {
			body.News, body.Figure, body.Files = *n, s.figure(n.Picture, f), f.links(n.Documents)
		}
		return page{
			template: "public/written", route: "county", args: []string{slug},
			Page: view.Page{Title: body.Title.In(l), Description: p.T("site.county.description", "name", o.Short), Organiser: &o, Body: body},
		}, nil
	}
	return page{}, domain.NotFound("page.not_found")
}

// footer are the pages that the authorities want the footer to lead to. A page is drawn without them
// where they cannot be read.
func (s *Site) footer(l domain.Lang) []view.Crumb {
	pages, err := s.added.get(context.Background(), "footer", s.programme.FooterPages)
	if err != nil {
		return nil
	}
	var out []view.Crumb
	for _, n := range pages {
		link := view.Crumb{URL: s.paths.For(l, "page", n.Slug), Label: n.Title.In(l)}
		if in := n.Title.LangIn(l); in != l {
			link.Lang = in
		}
		out = append(out, link)
	}
	return out
}

// uploadShow is a picture that was uploaded and drawn anew, while what it belongs to is public. Its address
// is made of what it holds.
func (s *Site) uploadShow(c *gin.Context) error {
	name := c.Param("name")
	content, err := s.programme.Picture(c.Request.Context(), name)
	if err != nil {
		return err
	}
	header := PictureHeader(name)
	header.Set("Cache-Control", "public, max-age=3600")
	s.packer.answer(content, header).write(c)
	return nil
}

// PictureHeader is of a picture that was uploaded, by its name. Whatever it holds, it is nothing but a
// picture.
func PictureHeader(name string) http.Header {
	kind := "image/jpeg"
	if strings.HasSuffix(name, ".png") {
		kind = "image/png"
	}
	return http.Header{
		"Content-Type": {kind}, "X-Content-Type-Options": {"nosniff"}, "Content-Security-Policy": {"default-src 'none'; sandbox"},
	}
}

// Preview is an item that nobody but its editors sees.
type Preview struct {
	Item      domain.News
	Back      view.Crumb
	Alternate map[domain.Lang]string
	Picture   func(name string) string // their addresses for editors
	Document  func(slug string) string
}

// Preview answers with an item as everyone would see it, drawn by what draws it for everyone.
func (s *Site) Preview(c *gin.Context, v Preview) error {
	l, f := server.LangOf(c), files{v.Picture, v.Document}
	p, err := s.newsPage(l, v.Item, f), error(nil)
	if v.Item.Kind != domain.NewsItem {
		p, err = s.writtenPage(c.Request.Context(), l, v.Item, f)
	}
	if err != nil {
		return err
	}
	p.route, p.Alternate, p.NoIndex, p.Preview = "", v.Alternate, true, &view.Preview{Back: v.Back}
	return s.write(c, http.StatusOK, p)
}
