package office

import (
	"errors"
	"net/http"
	"net/url"
	"strconv"

	"github.com/gin-gonic/gin"

	"github.com/temadag/temadag/internal/domain"
	"github.com/temadag/temadag/internal/i18n"
	"github.com/temadag/temadag/internal/server"
	"github.com/temadag/temadag/internal/service"
	"github.com/temadag/temadag/internal/site"
	"github.com/temadag/temadag/internal/view"
)

// newsEditPage is an item with everything that can be written in it, and the ways on.
type newsEditPage struct {
	Back     view.Crumb
	Faults   []view.Fault
	Notice   *view.Notice
	Heading  string
	Lang     domain.Lang // of the heading where it is not the page's
	Stage    string
	Facts    []fact
	Ways     []view.Crumb
	Clash    *newsClash
	Action   string
	Preview  string
	Mark     string
	Slug     *view.Field // nil where the address stands
	Swedish  []view.Field
	English  []view.Field
	Links    [][]view.Field
	Footer   *view.Field
	Live     bool // what is saved is seen at once
	Removed  bool
	Blocking int
}

// newsClash is what somebody else has saved meanwhile.
type newsClash struct {
	Text string
	Rows []newsClashRow
}

type newsClashRow struct {
	Field, Label, Theirs string
	Both                 bool
}

const fieldSeen = "seen"

// spareLinks is how many empty rows for links the form offers beside those that are filled in.
const spareLinks = 2

func newsFieldNames() []string {
	names := []string{"slug", "title_sv", "title_en", "lead_sv", "lead_en", "body_sv", "body_en", "footer", fieldSeen}
	for i := range domain.MaxNewsLinks {
		for _, part := range []string{"label_sv", "label_en", "url"} {
			names = append(names, domain.RowField("links", i, part))
		}
	}
	return names
}

func readNewsTyped(in url.Values) domain.NewsEntry {
	e := domain.NewsEntry{
		Slug: in.Get("slug"), Title: domain.Text{Sv: in.Get("title_sv"), En: in.Get("title_en")},
		Lead: domain.Text{Sv: in.Get("lead_sv"), En: in.Get("lead_en")}, Body: domain.Text{Sv: in.Get("body_sv"), En: in.Get("body_en")},
		Footer: in.Get("footer") == "yes",
	}
	for i := range domain.MaxNewsLinks {
		of := func(part string) string { return in.Get(domain.RowField("links", i, part)) }
		e.Links = append(e.Links, domain.NewsLink{Label: domain.Text{Sv: of("label_sv"), En: of("label_en")}, URL: of("url")})
	}
	for len(e.Links) > 0 && e.Links[len(e.Links)-1] == (domain.NewsLink{}) {
		e.Links = e.Links[:len(e.Links)-1]
	}
	return e
}

func (o *Office) newsEditShow(c *gin.Context) error {
	n, err := o.newsOf(c)
	if err != nil {
		return err
	}
	return o.showNewsEdit(c, nil, n, n.Entry, n.Mark)
}

func (o *Office) newsEditDo(c *gin.Context) error {
	n, err := o.newsOf(c)
	if err != nil {
		return err
	}
	in, err := server.ReadForm(c, newsFieldNames())
	if err != nil {
		return err
	}
	typed := readNewsTyped(in)
	if !n.SlugOpen() {
		typed.Slug = n.Slug
	}
	err = o.News.Save(c.Request.Context(), signedIn(c).Actor, service.NewsInput{ID: n.ID, Seen: in.Get(fieldSeen), Entry: typed})
	if err != nil {
		return o.showNewsEdit(c, err, n, typed, in.Get(fieldSeen))
	}
	return o.lead(c, o.newsPath(c, "office_news_edit", n.News)+"?"+fieldDone+"=news_saved")
}

// showNewsEdit shows the editor with what is typed, and with the mark of what that began with.
func (o *Office) showNewsEdit(c *gin.Context, refusal error, n service.NewsEditing, typed domain.NewsEntry, mark string) error {
	p, status := o.printer(c), http.StatusOK
	body := newsEditPage{
		Back:   view.Crumb{URL: o.path(c, "office_news"), Label: p.T("office.news.heading")},
		Notice: done(p, c), Heading: n.Title.In(p.Lang()), Action: o.newsPath(c, "office_news_edit", n.News),
		Preview: o.newsPath(c, "office_news_preview", n.News), Mark: mark,
		Live: n.Live(o.Now()), Removed: n.State == domain.NewsRemoved,
	}
	if in := n.Title.LangIn(p.Lang()); in != p.Lang() {
		body.Lang = in
	}
	for _, check := range n.Checks {
		if check.Level == domain.Blocks {
			body.Blocking++
		}
	}
	var clash *domain.NewsClash
	if errors.As(refusal, &clash) {
		typed, body.Mark, status = clash.Merged, clash.Mark, http.StatusConflict
		body.Clash = clashOf(p, clash)
	}
	body.fill(p, n, typed)
	if refusal != nil && clash == nil {
		faults := faultsOf(refusal)
		if len(faults) == 0 || domain.CodeOf(refusal) == domain.CodeNotFound {
			return refusal
		}
		status, body.Notice = http.StatusUnprocessableEntity, nil
		body.tell(p, faults)
	}
	body.Stage, _ = o.stage(p, n.News)
	body.Facts, body.Ways = o.newsFacts(c, n), o.newsWays(c, n)
	return o.write(c, status, page{
		template: "news_edit", route: "office_news_edit", args: []string{strconv.FormatInt(n.ID, 10)}, menu: "office_news",
		Page: view.Page{Title: p.T("office.news_edit.title", "title", body.Heading), Errors: len(body.Faults), Body: body},
	})
}

// fill makes the fields of the form.
func (b *newsEditPage) fill(p *i18n.Printer, n service.NewsEditing, in domain.NewsEntry) {
	label := func(name string) string { return p.T("office.news_edit." + name) }
	if n.SlugOpen() {
		b.Slug = &view.Field{Name: "slug", Label: label("slug"), Hint: label("slug_hint"), Value: shown(in.Slug), NoSpelling: true}
	}
	text := func(name, value string, most int, optional bool) view.Field {
		f := view.Field{Kind: view.FieldLongText, Name: name, Label: label(name), Value: shown(value), Max: most, Optional: optional}
		if p.Has("office.news_edit." + name + "_hint") {
			f.Hint = label(name + "_hint")
		}
		return f
	}
	b.Swedish = []view.Field{
		{Name: "title_sv", Label: label("title_sv"), Value: shown(in.Title.Sv)},
		text("lead_sv", in.Lead.Sv, domain.MaxEventLead, n.Kind != domain.NewsItem),
		text("body_sv", in.Body.Sv, domain.MaxNewsBody, false),
	}
	b.English = []view.Field{
		{Name: "title_en", Label: label("title_en"), Value: shown(in.Title.En), Optional: true},
		text("lead_en", in.Lead.En, domain.MaxEventLead, true),
		text("body_en", in.Body.En, domain.MaxNewsBody, true),
	}
	for i := range min(len(in.Links)+spareLinks, domain.MaxNewsLinks) {
		var l domain.NewsLink
		if i < len(in.Links) {
			l = in.Links[i]
		}
		name := func(part string) string { return domain.RowField("links", i, part) }
		b.Links = append(b.Links, []view.Field{
			{Name: name("label_sv"), Label: p.T("office.news_edit.link_sv", "n", i+1), Value: shown(l.Label.Sv), Optional: true},
			{Name: name("label_en"), Label: p.T("office.news_edit.link_en", "n", i+1), Value: shown(l.Label.En), Optional: true},
			{Name: name("url"), Label: p.T("office.news_edit.link_url", "n", i+1), Value: shown(l.URL), Optional: true, NoSpelling: true, InputMode: "url"},
		})
	}
	if n.Kind == domain.NewsPage {
		b.Footer = &view.Field{
			Kind: view.FieldCheckboxes, Name: "footer", Label: label("footer"), Options: []view.Option{{Value: "yes", Label: label("footer_yes"), Hint: label("footer_hint")}},
		}
		if in.Footer {
			b.Footer.Values = []string{"yes"}
		}
	}
}

// tell marks the fields that are wrong.
func (b *newsEditPage) tell(p *i18n.Printer, faults []*domain.Error) {
	if b.Slug != nil {
		one := []view.Field{*b.Slug}
		b.Faults = append(b.Faults, told(p, one, faults)...)
		b.Slug = &one[0]
	}
	groups := [][]view.Field{b.Swedish, b.English}
	for _, fields := range append(groups, b.Links...) {
		b.Faults = append(b.Faults, told(p, fields, faults)...)
	}
}

func clashOf(p *i18n.Printer, clash *domain.NewsClash) *newsClash {
	out := &newsClash{Text: p.T("office.news_clash.somebody")}
	if clash.By != "" {
		out.Text = p.T("office.news_clash.by", "who", clash.By, "at", p.Instant(clash.At))
	}
	for _, f := range clash.Fields {
		row := newsClashRow{Field: f.Field, Label: p.T("office.news_field." + f.Field), Theirs: f.Theirs, Both: f.Both}
		if f.Field == "footer" {
			row.Theirs = p.T("office.news_clash." + f.Theirs)
		}
		out.Rows = append(out.Rows, row)
	}
	return out
}

// newsFacts is where the item is shown, and to whom it belongs.
func (o *Office) newsFacts(c *gin.Context, n service.NewsEditing) []fact {
	p := o.printer(c)
	out := []fact{{p.T("office.news_edit.kind"), p.T("office.news_edit.kind_" + string(n.Kind))}}
	owner := p.T("office.news_edit.shared")
	if counties, err := o.News.Counties(c.Request.Context(), signedIn(c).Actor); err == nil {
		for _, county := range counties {
			if county.Code == n.County {
				owner = county.Short
			}
		}
	}
	return append(out, fact{p.T("office.news_edit.owner"), owner}, fact{p.T("office.news_edit.address"), o.BaseURL + o.publicPath(n.News, domain.Swedish)})
}

// publicPath is where everyone finds an item.
func (o *Office) publicPath(n domain.News, l domain.Lang) string {
	switch n.Kind {
	case domain.NewsSite:
		return o.Paths.For(l, n.Slug)
	case domain.NewsContact:
		return o.Paths.For(l, "county", n.Slug)
	case domain.NewsPage:
		return o.Paths.For(l, "page", n.Slug)
	}
	return o.Paths.For(l, "newsitem", n.Slug)
}

// newsWays are the pages about an item.
func (o *Office) newsWays(c *gin.Context, n service.NewsEditing) []view.Crumb {
	p := o.printer(c)
	var out []view.Crumb
	add := func(route, label string) {
		out = append(out, view.Crumb{URL: o.newsPath(c, route, n.News), Label: p.T("office.news_way." + label)})
	}
	if n.State == domain.NewsRemoved {
		add("office_news_restore", "restore")
		add("office_news_history", "history")
		add("office_news_remove", "erase")
		return out
	}
	switch n.Stage {
	case "draft":
		add("office_news_publish", "publish")
	case "scheduled":
		add("office_news_publish", "reschedule")
		add("office_news_unpublish", "unschedule")
	default:
		out = append(out, view.Crumb{URL: o.publicPath(n.News, server.LangOf(c)), Label: p.T("office.news_way.public")})
		add("office_news_publish", "date")
		add("office_news_unpublish", "unpublish")
	}
	add("office_news_preview", "preview")
	if n.Picture.IsZero() {
		add("office_news_picture", "picture_add")
	} else {
		add("office_news_picture", "picture")
	}
	out = append(out, view.Crumb{URL: o.newsPath(c, "office_news_documents", n.News), Label: p.T("office.news_way.documents", "count", len(n.Documents))})
	add("office_news_history", "history")
	add("office_news_remove", "remove")
	return out
}

// newsPreviewShow is the item as it is kept, drawn as everyone would see it.
func (o *Office) newsPreviewShow(c *gin.Context) error {
	n, err := o.newsOf(c)
	if err != nil {
		return err
	}
	return o.previewNews(c, n.News)
}

// newsPreviewTyped is the item as it would be with what is typed; nothing is kept.
func (o *Office) newsPreviewTyped(c *gin.Context) error {
	n, err := o.newsOf(c)
	if err != nil {
		return err
	}
	in, err := server.ReadForm(c, newsFieldNames())
	if err != nil {
		return err
	}
	typed := readNewsTyped(in)
	next, err := o.News.Preview(c.Request.Context(), signedIn(c).Actor, service.NewsInput{ID: n.ID, Entry: typed})
	if err != nil {
		return o.showNewsEdit(c, err, n, typed, in.Get(fieldSeen))
	}
	return o.previewNews(c, next)
}

func (o *Office) previewNews(c *gin.Context, n domain.News) error {
	if n.PublishedAt.IsZero() || n.State != domain.NewsPublished {
		n.PublishedAt = o.Now()
	}
	alternate := make(map[domain.Lang]string)
	for _, l := range domain.Langs() {
		alternate[l] = o.Paths.For(l, "office_news_preview", strconv.FormatInt(n.ID, 10))
	}
	return o.Forms.Preview(c, site.Preview{
		Item: n, Alternate: alternate,
		Back:     view.Crumb{URL: o.newsPath(c, "office_news_edit", n), Label: o.printer(c).T("office.news_edit.back")},
		Picture:  func(name string) string { return o.newsPath(c, "office_news_picture_file", n, name) },
		Document: func(slug string) string { return o.newsPath(c, "office_news_document_file", n, slug) },
	})
}
