package office

import (
	"net/http"
	"strconv"
	"strings"

	"github.com/gin-gonic/gin"

	"github.com/temadag/temadag/internal/domain"
	"github.com/temadag/temadag/internal/i18n"
	"github.com/temadag/temadag/internal/server"
	"github.com/temadag/temadag/internal/service"
	"github.com/temadag/temadag/internal/view"
)

// News and pages that the authorities write themselves. All of them have one editor; what differs is where
// they are shown, and that what comes with the program is taken over before it is changed.

const (
	mostWritten  = 2 << 20 // bytes of an item's words with the form around them
	mostPictured = service.MaxPicture + 1<<20
)

func (o *Office) newsRoutes() []server.Route {
	edit := domain.PermEditNews
	wide := func(most int64, rows []server.Route) []server.Route {
		rows[len(rows)-1].MaxBody = most
		return rows
	}
	var all []server.Route
	for _, rows := range [][]server.Route{
		read("office_news", "/nyheter", "/news", edit, o.newsShow),
		change("office_news_new", "/nyheter/ny", "/news/new", edit, o.newsNewShow, o.newsNewDo),
		change("office_site_page", "/nyheter/sida/:name", "/news/page/:name", edit, o.sitePageShow, o.sitePageDo),
		change("office_county_page", "/nyheter/kontakt/:name", "/news/contact/:name", edit, o.countyPageShow, o.countyPageDo),
		wide(mostWritten, change("office_news_edit", "/nyheter/:id", "/news/:id", edit, o.newsEditShow, o.newsEditDo)),
		wide(mostWritten, change("office_news_preview", "/nyheter/:id/forhandsvisning", "/news/:id/preview", edit, o.newsPreviewShow, o.newsPreviewTyped)),
		change("office_news_publish", "/nyheter/:id/publicera", "/news/:id/publish", edit, o.newsPublishShow, o.newsPublishDo),
		change("office_news_unpublish", "/nyheter/:id/avpublicera", "/news/:id/unpublish", edit, o.newsUnpublishShow, o.newsUnpublishDo),
		change("office_news_remove", "/nyheter/:id/ta-bort", "/news/:id/remove", edit, o.newsRemoveShow, o.newsRemoveDo),
		change("office_news_restore", "/nyheter/:id/lagg-tillbaka", "/news/:id/restore", edit, o.newsRestoreShow, o.newsRestoreDo),
		read("office_news_history", "/nyheter/:id/historik", "/news/:id/history", edit, o.newsHistoryShow),
		wide(mostPictured, change("office_news_picture", "/nyheter/:id/bild", "/news/:id/picture", edit, o.newsPictureShow, o.newsPictureDo)),
		read("office_news_picture_file", "/nyheter/:id/bild/:name", "/news/:id/picture/:name", edit, o.newsPictureFile),
		change("office_news_picture_remove", "/nyheter/:id/ta-bort-bilden", "/news/:id/remove-picture", edit, o.newsPictureRemoveShow, o.newsPictureRemoveDo),
		wide(mostUploaded, change("office_news_documents", "/nyheter/:id/dokument", "/news/:id/documents", edit, o.newsDocumentsShow, o.newsDocumentsDo)),
		change("office_news_document", "/nyheter/:id/dokument/:name", "/news/:id/documents/:name", edit, o.newsDocumentShow, o.newsDocumentDo),
		post("office_news_document_move", "/nyheter/:id/dokument/:name/flytta", "/news/:id/documents/:name/move", edit, server.ClassStaff, o.newsDocumentMove),
		change("office_news_document_remove", "/nyheter/:id/dokument/:name/ta-bort", "/news/:id/documents/:name/remove", edit, o.newsDocumentRemoveShow, o.newsDocumentRemoveDo),
		read("office_news_document_file", "/nyheter/:id/dokument/:name/fil", "/news/:id/documents/:name/file", edit, o.newsDocumentFile),
	} {
		all = append(all, rows...)
	}
	return all
}

// newsListPage is what the actor may write, by kind.
type newsListPage struct {
	Notice *view.Notice
	New    string
	Words  string
	Found  string
	Groups []newsGroup
	Gone   *newsGroup // removed; nil for none
}

type newsGroup struct {
	Heading, Hint string
	Rows          []newsRow
}

type newsRow struct {
	Title  domain.Text
	URL    string
	Stage  string // its state in words, with the day
	Mark   bool   // it asks for attention: a draft, or words that wait for their hour
	County string
	Note   string
}

func (o *Office) newsShow(c *gin.Context) error {
	ctx, a, p := c.Request.Context(), signedIn(c).Actor, o.printer(c)
	items, err := o.News.All(ctx, a)
	if err != nil {
		return err
	}
	counties, err := o.News.Counties(ctx, a)
	if err != nil {
		return err
	}
	body := newsListPage{Notice: done(p, c), New: o.path(c, "office_news_new"), Words: shown(c.Query("q"))}
	groups, count := o.newsGroups(c, items, counties)
	for _, g := range groups[:len(groups)-1] {
		if len(g.Rows) > 0 {
			body.Groups = append(body.Groups, g)
		}
	}
	if gone := groups[len(groups)-1]; len(gone.Rows) > 0 {
		body.Gone = &gone
	}
	body.Found = p.T("office.news.found", "count", count)
	return o.write(c, http.StatusOK, page{
		template: "news", route: "office_news", menu: "office_news", Page: view.Page{Title: p.T("office.news.heading"), Body: body},
	})
}

// newsGroups are the items by kind, the removed ones last, and how many are news or pages of their own.
func (o *Office) newsGroups(c *gin.Context, items []domain.News, counties []domain.Organiser) (groups []newsGroup, count int) {
	p, a := o.printer(c), signedIn(c).Actor
	kinds := []domain.NewsKind{domain.NewsItem, domain.NewsPage, domain.NewsSite, domain.NewsContact}
	for _, k := range kinds {
		groups = append(groups, newsGroup{Heading: p.T("office.news.group_" + string(k)), Hint: p.T("office.news.group_" + string(k) + "_hint")})
	}
	groups = append(groups, newsGroup{Heading: p.T("office.news.group_removed"), Hint: p.T("office.news.group_removed_hint")})
	words := strings.Fields(domain.SearchKey(c.Query("q")))
	fits := func(t domain.Text) bool {
		hay := domain.SearchKey(t.Sv + " " + t.En)
		for _, w := range words {
			if !strings.Contains(hay, w) {
				return false
			}
		}
		return true
	}
	own := make(map[string]domain.News)
	for _, n := range items {
		if n.Kind == domain.NewsSite || n.Kind == domain.NewsContact {
			own[string(n.Kind)+n.Slug] = n
			continue
		}
		if !fits(n.Title) {
			continue
		}
		at := 0
		if n.Kind == domain.NewsPage {
			at = 1
		}
		if n.State == domain.NewsRemoved {
			at = len(groups) - 1
		} else {
			count++
		}
		groups[at].Rows = append(groups[at].Rows, o.newsRow(c, n, counties))
	}
	if len(words) > 0 || !a.May(domain.PermEditCounty) {
		return groups, count
	}
	for _, slug := range domain.SitePages() {
		row := newsRow{Title: domain.Text{Sv: p.T("site." + slug + ".title")}, URL: o.path(c, "office_site_page", slug), Stage: p.T("office.news.builtin")}
		groups[2].Rows = append(groups[2].Rows, o.ownWords(c, row, own[string(domain.NewsSite)+slug]))
	}
	for _, county := range counties {
		if !a.MayIn(domain.PermEditCounty, county.Code) {
			continue
		}
		row := newsRow{Title: domain.Text{Sv: county.Short}, URL: o.path(c, "office_county_page", county.Slug), Stage: p.T("office.news.facts_only")}
		groups[3].Rows = append(groups[3].Rows, o.ownWords(c, row, own[string(domain.NewsContact)+county.Slug]))
	}
	return groups, count
}

// ownWords is the row of a page that comes with the program, with what has been written in its place.
func (o *Office) ownWords(c *gin.Context, row newsRow, n domain.News) newsRow {
	if n.ID == 0 {
		return row
	}
	own := o.newsRow(c, n, nil)
	row.URL, row.Stage, row.Mark = own.URL, own.Stage, own.Mark
	return row
}

func (o *Office) newsRow(c *gin.Context, n domain.News, counties []domain.Organiser) newsRow {
	p := o.printer(c)
	row := newsRow{Title: n.Title, URL: o.path(c, "office_news_edit", strconv.FormatInt(n.ID, 10))}
	row.Stage, row.Mark = o.stage(p, n)
	for _, county := range counties {
		if county.Code == n.County {
			row.County = county.Short
		}
	}
	if n.Footer {
		row.Note = p.T("office.news.in_footer")
	}
	return row
}

// stage is how it stands with an item, in words, and whether that asks for attention.
func (o *Office) stage(p *i18n.Printer, n domain.News) (words string, attention bool) {
	stage := n.Stage(o.Now())
	return p.T("office.news.stage_"+stage, "at", p.Instant(n.PublishedAt)), stage == "draft" || stage == "scheduled"
}

// newsOf is the item that the address names, where it is the actor's.
func (o *Office) newsOf(c *gin.Context) (service.NewsEditing, error) {
	id, err := strconv.ParseInt(c.Param("id"), 10, 64)
	if err != nil {
		return service.NewsEditing{}, domain.NotFound("news.not_found")
	}
	return o.News.Item(c.Request.Context(), signedIn(c).Actor, id)
}

// newsPath is the address of a page about an item.
func (o *Office) newsPath(c *gin.Context, route string, n domain.News, more ...string) string {
	return o.path(c, route, append([]string{strconv.FormatInt(n.ID, 10)}, more...)...)
}

// backToNews is the way back to the editor of an item.
func (o *Office) backToNews(c *gin.Context, n domain.News) *view.Crumb {
	p := o.printer(c)
	back := &view.Crumb{URL: o.newsPath(c, "office_news_edit", n), Label: n.Title.In(p.Lang())}
	if in := n.Title.LangIn(p.Lang()); in != p.Lang() {
		back.Lang = in
	}
	return back
}

// keepNews is the way back to the editor beside a button.
func (o *Office) keepNews(c *gin.Context, n domain.News) *view.Crumb {
	return &view.Crumb{URL: o.newsPath(c, "office_news_edit", n), Label: o.printer(c).T("office.news_edit.keep")}
}
