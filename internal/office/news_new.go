package office

import (
	"strconv"

	"github.com/gin-gonic/gin"

	"github.com/temadag/temadag/internal/domain"
	"github.com/temadag/temadag/internal/server"
	"github.com/temadag/temadag/internal/service"
	"github.com/temadag/temadag/internal/view"
)

func (o *Office) newsNewShow(c *gin.Context) error {
	return o.showNewsNew(c, nil, service.NewNewsItem{Kind: domain.NewsKind(c.Query("kind"))})
}

func (o *Office) newsNewDo(c *gin.Context) error {
	if err := signedIn(c).Actor.Require(domain.PermEditNews); err != nil {
		return err
	}
	in, err := server.ReadForm(c, []string{"kind", "county", "title_sv"})
	if err != nil {
		return err
	}
	typed := service.NewNewsItem{Kind: domain.NewsKind(in.Get("kind")), County: domain.OrganiserCode(in.Get("county"))}
	typed.Entry.Title.Sv = in.Get("title_sv")
	if typed.Kind != domain.NewsPage && typed.Kind != domain.NewsItem {
		return o.showNewsNew(c, &domain.Error{Code: domain.CodeInvalid, Key: "news.kind.wrong", Field: "kind"}, typed)
	}
	id, err := o.News.Create(c.Request.Context(), signedIn(c).Actor, typed)
	if err != nil {
		return o.showNewsNew(c, err, typed)
	}
	return o.lead(c, o.path(c, "office_news_edit", strconv.FormatInt(id, 10))+"?"+fieldDone+"=news_made")
}

func (o *Office) showNewsNew(c *gin.Context, refusal error, typed service.NewNewsItem) error {
	p := o.printer(c)
	counties, err := o.News.Counties(c.Request.Context(), signedIn(c).Actor)
	if err != nil {
		return err
	}
	var options []view.Option
	for _, county := range counties {
		options = append(options, view.Option{Value: string(county.Code), Label: county.Short})
	}
	if len(options) == 1 {
		typed.County = counties[0].Code
	}
	back := view.Crumb{URL: o.path(c, "office_news"), Label: p.T("office.news.heading")}
	body := formPage{
		Back: &back, Heading: p.T("office.news_new.heading"), Lead: p.T("office.news_new.lead"), Action: o.path(c, "office_news_new"),
		Fields: []view.Field{{
			Kind: view.FieldRadios, Name: "kind", Label: p.T("office.news_new.kind"), Values: []string{string(typed.Kind)},
			Options: []view.Option{
				{Value: string(domain.NewsItem), Label: p.T("office.news_new.news"), Hint: p.T("office.news_new.news_hint")},
				{Value: string(domain.NewsPage), Label: p.T("office.news_new.page"), Hint: p.T("office.news_new.page_hint")},
			},
		}},
		Buttons: []button{{Label: p.T("office.news_new.button")}}, Keep: &back,
	}
	if len(options) == 1 {
		body.Hidden = []hidden{{"county", options[0].Value}}
	} else {
		body.Fields = append(body.Fields, view.Field{
			Kind: view.FieldRadios, Name: "county", Label: p.T("office.news_new.county"), Values: []string{string(typed.County)}, Options: options,
		})
	}
	body.Fields = append(body.Fields, view.Field{Name: "title_sv", Label: p.T("office.news_edit.title_sv"), Value: shown(typed.Entry.Title.Sv)})
	return o.answer(c, refusal, "office_news_new", "office_news", body)
}

// A page that comes with the program is taken over by a draft that begins with its words. Until the draft is
// published visitors see ours.

func (o *Office) sitePageShow(c *gin.Context) error {
	return o.takeOver(c, "office_site_page", domain.NewsSite, false)
}

func (o *Office) sitePageDo(c *gin.Context) error {
	return o.takeOver(c, "office_site_page", domain.NewsSite, true)
}

func (o *Office) countyPageShow(c *gin.Context) error {
	return o.takeOver(c, "office_county_page", domain.NewsContact, false)
}

func (o *Office) countyPageDo(c *gin.Context) error {
	return o.takeOver(c, "office_county_page", domain.NewsContact, true)
}

func (o *Office) takeOver(c *gin.Context, route string, k domain.NewsKind, do bool) error {
	a, name := signedIn(c).Actor, c.Param("name")
	in := service.NewNewsItem{Kind: k, Slug: name}
	title, public := "", ""
	switch {
	case k == domain.NewsSite && a.May(domain.PermEditCounty):
		for _, slug := range domain.SitePages() {
			if slug == name {
				title, public = o.printer(c).T("site."+slug+".title"), o.path(c, slug)
			}
		}
	case k == domain.NewsContact:
		counties, err := o.News.Counties(c.Request.Context(), a)
		if err != nil {
			return err
		}
		for _, county := range counties {
			if county.Slug == name && a.MayIn(domain.PermEditCounty, county.Code) {
				title, public, in.County = county.Short, o.path(c, "county", county.Slug), county.Code
			}
		}
	}
	if title == "" {
		return domain.NotFound("page.not_found")
	}
	if !do {
		return o.showTakeOver(c, route, name, title, public, k)
	}
	if _, err := server.ReadForm(c, nil); err != nil {
		return err
	}
	var err error
	if in.Entry, err = o.builtin(c, in, title); err != nil {
		return err
	}
	id, err := o.News.Create(c.Request.Context(), a, in)
	if err != nil {
		return err
	}
	return o.lead(c, o.path(c, "office_news_edit", strconv.FormatInt(id, 10))+"?"+fieldDone+"=news_taken")
}

func (o *Office) showTakeOver(c *gin.Context, route, name, title, public string, k domain.NewsKind) error {
	p := o.printer(c)
	back := view.Crumb{URL: o.path(c, "office_news"), Label: p.T("office.news.heading")}
	text := []string{p.T("office.take_over." + string(k)), p.T("office.take_over.draft")}
	if k == domain.NewsSite {
		text = append(text, p.T("office.take_over.shared"))
	}
	return o.answer(c, nil, route, "office_news", formPage{
		Back: &back, Heading: title, Text: text, Action: o.path(c, route, name), Buttons: []button{{Label: p.T("office.take_over.button")}}, Keep: &back,
		Links: []view.Crumb{{URL: public, Label: p.T("office.take_over.look")}},
	}, name)
}
