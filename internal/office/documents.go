package office

import (
	"net/http"
	"net/url"
	"slices"
	"strconv"

	"github.com/gin-gonic/gin"

	"github.com/temadag/temadag/internal/domain"
	"github.com/temadag/temadag/internal/i18n"
	"github.com/temadag/temadag/internal/server"
	"github.com/temadag/temadag/internal/service"
	"github.com/temadag/temadag/internal/view"
)

// mostUploaded is the most that is read of an upload: twice the largest document, so that whoever chose a
// file that is too large is told so at the field, and keeps what she has written.
const mostUploaded = 2*service.MaxDocument + 1<<20

// documentsPage is the documents of an event, and a form for one more.
type documentsPage struct {
	Back    view.Crumb
	Faults  []view.Fault
	Notice  *view.Notice
	Heading string
	Lead    string
	Rows    []documentRow
	Draft   bool // nobody can fetch them yet
	Action  string
	Fields  []view.Field
	File    view.Field
}

type documentRow struct {
	domain.Document
	Facts            string
	At               int
	First, Last      bool
	File             string
	Move, Edit, Drop string
}

// documentTyped is what is said of a document, as it was typed.
type documentTyped struct {
	title, about domain.Text
	lang         domain.Lang
}

func documentFieldNames() []string {
	return []string{"title_sv", "title_en", "about_sv", "about_en", "lang"}
}

func readDocumentTyped(in url.Values) documentTyped {
	return documentTyped{
		title: domain.Text{Sv: in.Get("title_sv"), En: in.Get("title_en")},
		about: domain.Text{Sv: in.Get("about_sv"), En: in.Get("about_en")}, lang: domain.Lang(in.Get("lang")),
	}
}

func documentFields(p *i18n.Printer, in documentTyped) []view.Field {
	if in.lang == "" {
		in.lang = domain.Swedish
	}
	var langs []view.Option
	for _, l := range domain.Langs() {
		langs = append(langs, view.Option{Value: string(l), Label: p.T("lang." + string(l))})
	}
	return []view.Field{
		{Name: "title_sv", Label: p.T("office.documents.title_sv"), Hint: p.T("office.documents.title_hint"), Value: shown(in.title.Sv)},
		{Name: "title_en", Label: p.T("office.documents.title_en"), Value: shown(in.title.En), Optional: true},
		{
			Kind: view.FieldLongText, Name: "about_sv", Label: p.T("office.documents.about_sv"), Hint: p.T("office.documents.about_hint"),
			Value: shown(in.about.Sv), Max: domain.MaxEventNote,
		},
		{
			Kind: view.FieldLongText, Name: "about_en", Label: p.T("office.documents.about_en"), Value: shown(in.about.En), Max: domain.MaxEventNote,
			Optional: true,
		},
		{Kind: view.FieldSelect, Name: "lang", Label: p.T("office.documents.lang"), Values: []string{string(in.lang)}, Options: langs},
	}
}

func (o *Office) documentsShow(c *gin.Context) error {
	d, err := o.draft(c)
	if err != nil {
		return err
	}
	return o.showDocuments(c, nil, d.Event, documentTyped{})
}

// documentsDo takes a file. It asks first whether she may, so that nobody else's is read at all.
func (o *Office) documentsDo(c *gin.Context) error {
	d, err := o.draft(c)
	if err != nil {
		return err
	}
	in, files, err := server.ReadUpload(c, []string{"file"}, documentFieldNames())
	if server.TooLarge(err) {
		wrong := &domain.Error{Code: domain.CodeInvalid, Key: "edit.file.large", Field: "file", Args: map[string]any{"max": service.MaxDocument >> 20}}
		c.Header("Connection", "close")
		return o.showDocuments(c, wrong, d.Event, documentTyped{})
	}
	if err != nil {
		return err
	}
	typed := readDocumentTyped(in)
	_, err = o.Events.AddDocument(c.Request.Context(), signedIn(c).Actor, d.Event.Slug, service.NewDocument{
		Title: typed.title, About: typed.about, Lang: typed.lang, Filename: files["file"].Filename, Content: files["file"].Content,
	})
	if err != nil {
		return o.showDocuments(c, err, d.Event, typed)
	}
	return o.lead(c, o.path(c, "office_documents", d.Event.Slug)+"?"+fieldDone+"=document_added")
}

func (o *Office) showDocuments(c *gin.Context, refusal error, e domain.Event, typed documentTyped) error {
	p, status := o.printer(c), http.StatusOK
	body := documentsPage{
		Back: *o.backTo(c, e), Notice: done(p, c), Heading: p.T("office.documents.heading"), Lead: eventName(p, e),
		Draft: e.State == domain.EventDraft, Action: o.path(c, "office_documents", e.Slug), Fields: documentFields(p, typed),
		File: view.Field{Name: "file", Label: p.T("office.documents.file"), Hint: p.T("office.documents.file_hint", "max", service.MaxDocument>>20)},
	}
	if refusal != nil {
		faults := faultsOf(refusal)
		if len(faults) == 0 || domain.CodeOf(refusal) == domain.CodeNotFound {
			return refusal
		}
		all := append(slices.Clone(body.Fields), body.File)
		status, body.Notice, body.Faults = http.StatusUnprocessableEntity, nil, told(p, all, faults)
		body.Fields, body.File = all[:len(all)-1], all[len(all)-1]
	}
	for i, d := range e.Documents {
		body.Rows = append(body.Rows, documentRow{
			Document: d, At: i, First: i == 0, Last: i == len(e.Documents)-1, Facts: p.T("lang." + string(d.Lang)),
			File: o.path(c, "office_document_file", e.Slug, d.Slug), Move: o.path(c, "office_document_move", e.Slug, d.Slug), Edit: o.path(c, "office_document", e.Slug, d.Slug),
			Drop: o.path(c, "office_document_remove", e.Slug, d.Slug),
		})
	}
	return o.write(c, status, page{
		template: "documents", route: "office_documents", args: []string{e.Slug}, menu: "office_events",
		Page: view.Page{Title: body.Heading + " – " + body.Lead, Errors: len(body.Faults), Body: body},
	})
}

// document is the document that the address names.
func (o *Office) document(c *gin.Context) (domain.Event, int, error) {
	d, err := o.draft(c)
	if err != nil {
		return d.Event, 0, err
	}
	i := slices.IndexFunc(d.Event.Documents, func(doc domain.Document) bool { return doc.Slug == c.Param("name") })
	if i < 0 {
		err = domain.NotFound("document.not_found")
	}
	return d.Event, i, err
}

func (o *Office) documentShow(c *gin.Context) error {
	e, i, err := o.document(c)
	if err != nil {
		return err
	}
	doc := e.Documents[i]
	return o.showDocument(c, nil, e, doc, documentTyped{doc.Title, doc.About, doc.Lang})
}

func (o *Office) documentDo(c *gin.Context) error {
	e, i, err := o.document(c)
	if err != nil {
		return err
	}
	in, err := server.ReadForm(c, documentFieldNames())
	if err != nil {
		return err
	}
	doc, typed := e.Documents[i], readDocumentTyped(in)
	err = o.Events.DescribeDocument(c.Request.Context(), signedIn(c).Actor, e.Slug, doc.Slug, typed.title, typed.about, typed.lang)
	if err != nil {
		return o.showDocument(c, err, e, doc, typed)
	}
	return o.lead(c, o.path(c, "office_documents", e.Slug)+"?"+fieldDone+"=document_saved")
}

func (o *Office) showDocument(c *gin.Context, refusal error, e domain.Event, doc domain.Document, typed documentTyped) error {
	p := o.printer(c)
	back := view.Crumb{URL: o.path(c, "office_documents", e.Slug), Label: p.T("office.documents.heading")}
	return o.answer(c, refusal, "office_document", "office_events", formPage{
		Back: &back, Heading: p.T("office.documents.edit"), Lead: doc.Filename, Action: o.path(c, "office_document", e.Slug, doc.Slug),
		Fields: documentFields(p, typed), Buttons: []button{{Label: p.T("office.documents.save")}}, Keep: &view.Crumb{URL: back.URL, Label: p.T("office.keep")},
	}, e.Slug, doc.Slug)
}

// documentFile is a document as it was uploaded, of a draft too. It is never shown inside our pages:
// whatever is in it has no rights here.
func (o *Office) documentFile(c *gin.Context) error {
	d, content, err := o.Events.Document(c.Request.Context(), signedIn(c).Actor, c.Param("slug"), c.Param("name"))
	if err != nil {
		return err
	}
	c.Header("Content-Disposition", server.Attachment(d.Filename))
	c.Header("Content-Security-Policy", "default-src 'none'; sandbox")
	c.Data(http.StatusOK, d.MIME, content)
	return nil
}

// documentMove moves a document among the others. Sent twice it moves once: the form tells where the
// document stood.
func (o *Office) documentMove(c *gin.Context) error {
	e, i, err := o.document(c)
	if err != nil {
		return err
	}
	in, err := server.ReadForm(c, []string{"by", "at"})
	if err != nil {
		return err
	}
	by := map[string]int{"up": -1, "down": 1}[in.Get("by")]
	if by != 0 && in.Get("at") == strconv.Itoa(i) {
		if err := o.Events.MoveDocument(c.Request.Context(), signedIn(c).Actor, e.Slug, e.Documents[i].Slug, by); err != nil {
			return err
		}
	}
	return o.lead(c, o.path(c, "office_documents", e.Slug)+"?"+fieldDone+"=document_moved")
}

func (o *Office) documentRemoveShow(c *gin.Context) error {
	e, i, err := o.document(c)
	if err != nil {
		return err
	}
	p, doc := o.printer(c), e.Documents[i]
	back := view.Crumb{URL: o.path(c, "office_documents", e.Slug), Label: p.T("office.documents.heading")}
	return o.answer(c, nil, "office_document_remove", "office_events", formPage{
		Back: &back, Heading: p.T("office.documents.remove_ask", "title", doc.Title), Lead: p.T("office.documents.remove_lead"),
		Facts:  []fact{{p.T("office.documents.file"), doc.Filename}},
		Action: o.path(c, "office_document_remove", e.Slug, doc.Slug), Buttons: []button{{Label: p.T("office.documents.remove"), Kind: "danger"}},
		Keep: &view.Crumb{URL: back.URL, Label: p.T("office.keep")},
	}, e.Slug, doc.Slug)
}

// documentRemoveDo takes a document away. One that is gone already leads on too, where she may edit the event.
func (o *Office) documentRemoveDo(c *gin.Context) error {
	d, err := o.draft(c)
	if err != nil {
		return err
	}
	if _, err := server.ReadForm(c, nil); err != nil {
		return err
	}
	err = o.Events.RemoveDocument(c.Request.Context(), signedIn(c).Actor, d.Event.Slug, c.Param("name"))
	if err != nil && domain.CodeOf(err) != domain.CodeNotFound {
		return err
	}
	return o.lead(c, o.path(c, "office_documents", d.Event.Slug)+"?"+fieldDone+"=document_removed")
}
