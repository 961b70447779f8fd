package office

import (
	"net/http"
	"slices"
	"strconv"

	"github.com/gin-gonic/gin"

	"github.com/temadag/temadag/internal/domain"
	"github.com/temadag/temadag/internal/server"
	"github.com/temadag/temadag/internal/service"
	"github.com/temadag/temadag/internal/site"
	"github.com/temadag/temadag/internal/view"
)

// newsPicturePage is the picture of an item, and the form for another one.
type newsPicturePage struct {
	Back    view.Crumb
	Faults  []view.Fault
	Notice  *view.Notice
	Heading string
	Lead    string
	Picture domain.Picture
	URL     string // of the picture there is; "" for none
	Remove  string
	Action  string
	File    view.Field
	Fields  []view.Field
	Button  string
	Keep    view.Crumb
}

func (o *Office) newsPictureShow(c *gin.Context) error {
	n, err := o.newsOf(c)
	if err != nil {
		return err
	}
	return o.showNewsPicture(c, nil, n, toldOf(n))
}

// toldOf is what is told of the picture that an item has.
func toldOf(n service.NewsEditing) service.NewPicture {
	return service.NewPicture{Alt: n.Picture.Alt, Decorative: n.Picture.Decorative, Credit: n.Picture.Credit}
}

func (o *Office) newsPictureDo(c *gin.Context) error {
	n, err := o.newsOf(c)
	if err != nil {
		return err
	}
	leave, err := o.bodies.enter(c.Request.Context().Done())
	if err != nil {
		return o.showNewsPicture(c, err, n, toldOf(n))
	}
	defer leave()
	in, files, err := server.ReadUpload(c, []string{"file"}, []string{"alt_sv", "alt_en", "decorative", "credit"})
	typed := service.NewPicture{
		Alt: domain.Text{Sv: in.Get("alt_sv"), En: in.Get("alt_en")}, Decorative: in.Get("decorative") == "yes", Credit: in.Get("credit"),
		Content: files["file"].Content,
	}
	switch {
	case server.TooLarge(err):
		c.Header("Connection", "close")
		wrong := &domain.Error{Code: domain.CodeInvalid, Key: "news.picture.large", Field: "file", Args: map[string]any{"max": service.MaxPicture >> 20}}
		return o.showNewsPicture(c, wrong, n, toldOf(n))
	case err != nil:
		return err
	}
	if err := o.News.PutPicture(c.Request.Context(), signedIn(c).Actor, n.ID, typed); err != nil {
		return o.showNewsPicture(c, err, n, typed)
	}
	return o.lead(c, o.newsPath(c, "office_news_edit", n.News)+"?"+fieldDone+"=news_picture")
}

func (o *Office) showNewsPicture(c *gin.Context, refusal error, n service.NewsEditing, typed service.NewPicture) error {
	p, status := o.printer(c), http.StatusOK
	label := func(name string) string { return p.T("office.news_picture." + name) }
	body := newsPicturePage{
		Back: *o.backToNews(c, n.News), Heading: label("heading"), Lead: n.Title.In(p.Lang()), Picture: n.Picture,
		Action: o.newsPath(c, "office_news_picture", n.News), Keep: *o.keepNews(c, n.News), Button: label("button"),
		File: view.Field{Name: "file", Label: label("file"), Hint: p.T("office.news_picture.file_hint", "max", service.MaxPicture>>20)},
		Fields: []view.Field{
			{Kind: view.FieldLongText, Name: "alt_sv", Label: label("alt_sv"), Hint: label("alt_hint"), Value: shown(typed.Alt.Sv), Max: domain.MaxEventNote},
			{Kind: view.FieldLongText, Name: "alt_en", Label: label("alt_en"), Value: shown(typed.Alt.En), Max: domain.MaxEventNote, Optional: true},
			{
				Kind: view.FieldCheckboxes, Name: "decorative", Label: label("decorative"),
				Options: []view.Option{{Value: "yes", Label: label("decorative_yes"), Hint: label("decorative_hint")}},
			},
			{Name: "credit", Label: label("credit"), Hint: label("credit_hint"), Value: shown(typed.Credit), Optional: true},
		},
	}
	if typed.Decorative {
		body.Fields[2].Values = []string{"yes"}
	}
	if !n.Picture.IsZero() {
		body.Remove, body.File.Label, body.File.Optional = o.newsPath(c, "office_news_picture_remove", n.News), label("file_other"), true
		if len(n.Picture.Sizes) > 0 {
			body.URL = o.newsPath(c, "office_news_picture_file", n.News, n.Picture.Sizes[len(n.Picture.Sizes)-1].Name)
		}
	}
	if refusal != nil {
		faults := faultsOf(refusal)
		if len(faults) == 0 || domain.CodeOf(refusal) == domain.CodeNotFound {
			return refusal
		}
		all := append([]view.Field{body.File}, body.Fields...)
		status, body.Faults = http.StatusUnprocessableEntity, told(p, all, faults)
		body.File, body.Fields = all[0], all[1:]
	}
	return o.write(c, status, page{
		template: "news_picture", route: "office_news_picture", args: []string{strconv.FormatInt(n.ID, 10)}, menu: "office_news",
		Page: view.Page{Title: body.Heading + " – " + body.Lead, Errors: len(body.Faults), Body: body},
	})
}

// newsPictureFile is the picture for those who write, before anybody else sees it.
func (o *Office) newsPictureFile(c *gin.Context) error {
	n, err := o.newsOf(c)
	if err != nil {
		return err
	}
	name := c.Param("name")
	content, err := o.News.Picture(c.Request.Context(), signedIn(c).Actor, n.ID, name)
	if err != nil {
		return err
	}
	header := site.PictureHeader(name)
	for key, values := range header {
		c.Writer.Header()[key] = values
	}
	c.Data(http.StatusOK, header.Get("Content-Type"), content)
	return nil
}

func (o *Office) newsPictureRemove(c *gin.Context) newsAct {
	return newsAct{
		route: "office_news_picture_remove", word: "picture_remove",
		may: func(n service.NewsEditing) bool { return !n.Picture.IsZero() },
		do: func(n service.NewsEditing) error {
			return o.News.RemovePicture(c.Request.Context(), signedIn(c).Actor, n.ID)
		},
	}
}

func (o *Office) newsPictureRemoveShow(c *gin.Context) error {
	return o.showNewsAct(c, o.newsPictureRemove(c))
}

func (o *Office) newsPictureRemoveDo(c *gin.Context) error {
	return o.doNewsAct(c, o.newsPictureRemove(c))
}

func (o *Office) newsDocumentsShow(c *gin.Context) error {
	n, err := o.newsOf(c)
	if err != nil {
		return err
	}
	return o.showNewsDocuments(c, nil, n, documentTyped{})
}

func (o *Office) newsDocumentsDo(c *gin.Context) error {
	n, err := o.newsOf(c)
	if err != nil {
		return err
	}
	leave, err := o.bodies.enter(c.Request.Context().Done())
	if err != nil {
		return o.showNewsDocuments(c, err, n, documentTyped{})
	}
	defer leave()
	in, files, err := server.ReadUpload(c, []string{"file"}, documentFieldNames())
	if server.TooLarge(err) {
		c.Header("Connection", "close")
		wrong := &domain.Error{Code: domain.CodeInvalid, Key: "edit.file.large", Field: "file", Args: map[string]any{"max": service.MaxDocument >> 20}}
		return o.showNewsDocuments(c, wrong, n, documentTyped{})
	}
	if err != nil {
		return err
	}
	typed := readDocumentTyped(in)
	err = o.News.AddDocument(c.Request.Context(), signedIn(c).Actor, n.ID, service.NewDocument{
		Title: typed.title, About: typed.about, Lang: typed.lang, Filename: files["file"].Filename, Content: files["file"].Content,
	})
	if err != nil {
		return o.showNewsDocuments(c, err, n, typed)
	}
	return o.lead(c, o.newsPath(c, "office_news_documents", n.News)+"?"+fieldDone+"=news_document_added")
}

// newsDocumentsPage is the documents of an item, and a form for one more.
type newsDocumentsPage struct {
	documentsPage
	Rows []newsDocumentRow
}

type newsDocumentRow struct {
	documentRow
	URL string
}

func (o *Office) showNewsDocuments(c *gin.Context, refusal error, n service.NewsEditing, typed documentTyped) error {
	p, status := o.printer(c), http.StatusOK
	body := newsDocumentsPage{documentsPage: documentsPage{
		Back: *o.backToNews(c, n.News), Notice: done(p, c), Heading: p.T("office.documents.heading"), Lead: n.Title.In(p.Lang()),
		Draft: !n.Live(o.Now()), Action: o.newsPath(c, "office_news_documents", n.News), Fields: newsDocumentFields(p, typed),
		File: view.Field{Name: "file", Label: p.T("office.documents.file"), Hint: p.T("office.documents.file_hint", "max", service.MaxDocument>>20)},
	}}
	if refusal != nil {
		faults := faultsOf(refusal)
		if len(faults) == 0 || domain.CodeOf(refusal) == domain.CodeNotFound {
			return refusal
		}
		all := append(slices.Clone(body.Fields), body.File)
		status, body.Notice, body.Faults = http.StatusUnprocessableEntity, nil, told(p, all, faults)
		body.Fields, body.File = all[:len(all)-1], all[len(all)-1]
	}
	for i, d := range n.Documents {
		body.Rows = append(body.Rows, newsDocumentRow{documentRow: documentRow{
			Document: d, At: i, First: i == 0, Last: i == len(n.Documents)-1, Facts: p.T("lang." + string(d.Lang)),
			Move: o.newsPath(c, "office_news_document_move", n.News, d.Slug), Edit: o.newsPath(c, "office_news_document", n.News, d.Slug),
			Drop: o.newsPath(c, "office_news_document_remove", n.News, d.Slug),
		}, URL: o.newsPath(c, "office_news_document_file", n.News, d.Slug)})
	}
	return o.write(c, status, page{
		template: "news_documents", route: "office_news_documents", args: []string{strconv.FormatInt(n.ID, 10)}, menu: "office_news",
		Page: view.Page{Title: body.Heading + " – " + body.Lead, Errors: len(body.Faults), Body: body},
	})
}
