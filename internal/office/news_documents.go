package office

import (
	"net/http"
	"slices"
	"strconv"

	"github.com/gin-gonic/gin"

	"github.com/temadag/temadag/internal/domain"
	"github.com/temadag/temadag/internal/i18n"
	"github.com/temadag/temadag/internal/server"
	"github.com/temadag/temadag/internal/service"
	"github.com/temadag/temadag/internal/view"
)

// newsDocument is the document that the address names.
func (o *Office) newsDocument(c *gin.Context) (service.NewsEditing, domain.Document, error) {
	n, err := o.newsOf(c)
	if err != nil {
		return n, domain.Document{}, err
	}
	i := slices.IndexFunc(n.Documents, func(d domain.Document) bool { return d.Slug == c.Param("name") })
	if i < 0 {
		return n, domain.Document{}, domain.NotFound("document.not_found")
	}
	return n, n.Documents[i], nil
}

func (o *Office) newsDocumentShow(c *gin.Context) error {
	n, d, err := o.newsDocument(c)
	if err != nil {
		return err
	}
	return o.showNewsDocument(c, nil, n, d, documentTyped{title: d.Title, about: d.About, lang: d.Lang})
}

func (o *Office) newsDocumentDo(c *gin.Context) error {
	n, d, err := o.newsDocument(c)
	if err != nil {
		return err
	}
	in, err := server.ReadForm(c, documentFieldNames())
	if err != nil {
		return err
	}
	typed := readDocumentTyped(in)
	err = o.News.DescribeDocument(c.Request.Context(), signedIn(c).Actor, n.ID, d.Slug, typed.title, typed.about, typed.lang)
	if err != nil {
		return o.showNewsDocument(c, err, n, d, typed)
	}
	return o.lead(c, o.newsPath(c, "office_news_documents", n.News)+"?"+fieldDone+"=news_document_saved")
}

func (o *Office) backToDocuments(c *gin.Context, n domain.News) *view.Crumb {
	return &view.Crumb{URL: o.newsPath(c, "office_news_documents", n), Label: o.printer(c).T("office.documents.heading")}
}

func (o *Office) showNewsDocument(c *gin.Context, refusal error, n service.NewsEditing, d domain.Document, typed documentTyped) error {
	p := o.printer(c)
	return o.answer(c, refusal, "office_news_document", "office_news", formPage{
		Back: o.backToDocuments(c, n.News), Heading: p.T("office.news_document.heading"), Lead: d.Filename,
		Action: o.newsPath(c, "office_news_document", n.News, d.Slug), Fields: newsDocumentFields(p, typed),
		Buttons: []button{{Label: p.T("office.news_edit.save")}}, Keep: o.backToDocuments(c, n.News),
	}, strconv.FormatInt(n.ID, 10), d.Slug)
}

// newsDocumentFields are those of an event's document, which speak of the event.
func newsDocumentFields(p *i18n.Printer, in documentTyped) []view.Field {
	fields := documentFields(p, in)
	for i, f := range fields {
		if own := "office.news_document." + f.Name + "_hint"; p.Has(own) {
			fields[i].Hint = p.T(own)
		}
	}
	return fields
}

// newsDocumentMove moves a document up or down. The place where it stood tells a repeat from a second move.
func (o *Office) newsDocumentMove(c *gin.Context) error {
	n, d, err := o.newsDocument(c)
	if err != nil {
		return err
	}
	in, err := server.ReadForm(c, []string{"by", "at"})
	if err != nil {
		return err
	}
	if by := map[string]int{"up": -1, "down": 1}[in.Get("by")]; by != 0 && in.Get("at") == strconv.Itoa(slices.Index(n.Documents, d)) {
		if err := o.News.MoveDocument(c.Request.Context(), signedIn(c).Actor, n.ID, d.Slug, by); err != nil {
			return err
		}
	}
	return o.lead(c, o.newsPath(c, "office_news_documents", n.News)+"#"+d.Slug)
}

func (o *Office) newsDocumentRemoveShow(c *gin.Context) error {
	n, d, err := o.newsDocument(c)
	if err != nil {
		return err
	}
	p := o.printer(c)
	return o.answer(c, nil, "office_news_document_remove", "office_news", formPage{
		Back: o.backToDocuments(c, n.News), Heading: p.T("office.news_document.remove", "title", d.Title.In(p.Lang())),
		Text: []string{p.T("office.news_document.remove_text")}, Action: o.newsPath(c, "office_news_document_remove", n.News, d.Slug),
		Buttons: []button{{Label: p.T("office.news_document.remove_button"), Kind: "danger"}}, Keep: o.backToDocuments(c, n.News),
	}, strconv.FormatInt(n.ID, 10), d.Slug)
}

func (o *Office) newsDocumentRemoveDo(c *gin.Context) error {
	n, d, err := o.newsDocument(c)
	if err != nil {
		return err
	}
	if _, err := server.ReadForm(c, nil); err != nil {
		return err
	}
	if err := o.News.RemoveDocument(c.Request.Context(), signedIn(c).Actor, n.ID, d.Slug); err != nil {
		return err
	}
	return o.lead(c, o.newsPath(c, "office_news_documents", n.News)+"?"+fieldDone+"=news_document_removed")
}

// newsDocumentFile is a document for those who write, before anybody else can fetch it.
func (o *Office) newsDocumentFile(c *gin.Context) error {
	n, d, err := o.newsDocument(c)
	if err != nil {
		return err
	}
	_, content, err := o.News.Document(c.Request.Context(), signedIn(c).Actor, n.ID, d.Slug)
	if err != nil {
		return err
	}
	c.Header("Content-Disposition", server.Attachment(d.Filename))
	c.Header("Content-Security-Policy", "default-src 'none'; sandbox")
	c.Data(http.StatusOK, d.MIME, content)
	return nil
}
