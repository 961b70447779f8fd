package office

import (
	"context"
	"net/http"
	"slices"
	"strings"

	"github.com/gin-gonic/gin"

	"github.com/temadag/temadag/internal/domain"
	"github.com/temadag/temadag/internal/export"
	"github.com/temadag/temadag/internal/server"
	"github.com/temadag/temadag/internal/view"
)

// Importing goes in four steps: a file or pasted rows, what each column holds, a page that tells what
// would come of it row by row, and the result. Between the steps the table is on the shelf.

const (
	mostUpload = domain.MaxTableFile + 64<<10 // the file, and the form around it
	mostBodies = 4                            // uploads that are received at once
	mostReads  = 2                            // files that are read at once
)

// The fields of the first page.
const (
	importFile = "file"
	importRows = "rows"
)

func (o *Office) importRoutes() []server.Route {
	may := domain.PermRegisterOther
	begin := change("office_import", "/tillfalle/:slug/las-in", "/event/:slug/import", may, o.importShow, o.importDo)
	begin[1].MaxBody = mostUpload
	return slices.Concat(begin,
		read("office_import_template", "/tillfalle/:slug/las-in/mall", "/event/:slug/import/template", may, o.importTemplate),
		change("office_import_columns", "/tillfalle/:slug/las-in/:id/kolumner", "/event/:slug/import/:id/columns", may, o.columnsShow, o.columnsDo),
		change("office_import_check", "/tillfalle/:slug/las-in/:id/granska", "/event/:slug/import/:id/check", may, o.checkShow, o.checkDo),
		read("office_import_done", "/tillfalle/:slug/las-in/:id/resultat", "/event/:slug/import/:id/result", may, o.importedShow),
	)
}

// importDraft is an import on its way. It is never changed: another takes its place.
type importDraft struct {
	table    domain.Table
	file     []byte // the book itself, where it has more than one sheet
	head     bool
	mapping  domain.ImportMapping
	defaults domain.Entry
	lang     domain.Lang
	channel  domain.Channel
	letters  string // whether letters go, as it was answered; "" before
	withhold bool
	ready    bool           // the columns have been looked at
	result   *domain.Import // once it has been run
}

// input is the draft as the use case wants it. key makes a repeat harmless.
func (d importDraft) input(slug, key string, types map[string]domain.OrganisationType) domain.ImportInput {
	return domain.ImportInput{
		EventSlug: slug, Key: key, Table: d.table, Head: d.head, Mapping: d.mapping, Defaults: d.defaults, Types: types,
		Channel: d.channel, Lang: d.lang, Withhold: d.withhold,
	}
}

// importPage is the first step.
type importPage struct {
	Back     view.Crumb
	Notice   *view.Notice
	Faults   []view.Fault
	Heading  string
	Lead     string
	Action   string
	File     view.Field
	Rows     view.Field
	Columns  []string // the heads of the template
	Template string
}

func (o *Office) importFor(c *gin.Context) (domain.Event, error) {
	return o.Importing.Event(c.Request.Context(), signedIn(c).Actor, c.Param("slug"))
}

func (o *Office) importShow(c *gin.Context) error {
	e, err := o.importFor(c)
	if err != nil {
		return err
	}
	return o.showImport(c, nil, e, "")
}

// importDo receives a file. What is too large is refused before it is read, and few are held in memory at
// the same time.
func (o *Office) importDo(c *gin.Context) error {
	e, err := o.importFor(c)
	if err != nil {
		return err
	}
	leave, err := o.bodies.enter(c.Request.Context().Done())
	if err != nil {
		return o.showImport(c, err, e, "")
	}
	defer leave()
	in, files, err := server.ReadUpload(c, []string{importFile}, []string{importRows})
	if err != nil {
		return err
	}
	data, pasted := files[importFile].Content, in.Get(importRows)
	wrong := importFile
	switch _, chosen := files[importFile]; {
	case !chosen && strings.TrimSpace(pasted) == "":
		return o.showImport(c, &domain.Error{Code: domain.CodeInvalid, Key: "import.nothing", Field: importFile}, e, pasted)
	case chosen && strings.TrimSpace(pasted) != "":
		return o.showImport(c, &domain.Error{Code: domain.CodeInvalid, Key: "import.both", Field: importFile}, e, pasted)
	case !chosen:
		data, wrong = []byte(strings.ReplaceAll(pasted, "\r\n", "\n")), importRows
	}
	d, err := o.readDraft(c.Request.Context(), e, data, "")
	if err == nil && d.head && len(d.table.Rows) == 1 && len(d.table.Sheets) < 2 {
		err = &domain.Error{Code: domain.CodeInvalid, Key: "import.heads_alone", Field: wrong}
	}
	if err != nil {
		return o.showImport(c, atField(err, wrong), e, pasted)
	}
	id := o.shelf.put(signedIn(c), e.Slug, sizeOf(d), d)
	return o.lead(c, o.path(c, "office_import_columns", e.Slug, id))
}

// readDraft reads a file, and guesses what its columns hold.
func (o *Office) readDraft(ctx context.Context, e domain.Event, data []byte, sheet string) (importDraft, error) {
	leave, err := o.reads.enter(ctx.Done())
	if err != nil {
		return importDraft{}, err
	}
	defer leave()
	table, err := export.ReadTable(ctx, data, sheet)
	if err != nil {
		return importDraft{}, err
	}
	d := importDraft{
		table: table, head: table.HasHead(), mapping: e.GuessMapping(table), lang: domain.Swedish, channel: domain.ChannelImport,
	}
	if len(table.Sheets) > 1 {
		d.file = data
	}
	return d, nil
}

// sizeOf is about how many bytes a draft takes.
func sizeOf(d importDraft) int {
	const cell, row = 16, 64
	return len(d.file) + d.table.Size + len(d.table.Rows)*(row+cell*d.table.Width())
}

func (o *Office) showImport(c *gin.Context, refusal error, e domain.Event, pasted string) error {
	p, status := o.printer(c), http.StatusOK
	body := importPage{
		Back: *o.backTo(c, e), Heading: p.T("import.heading"), Lead: eventName(p, e), Action: o.path(c, "office_import", e.Slug),
		File: view.Field{Name: importFile, Label: p.T("import.file"), Hint: p.T("import.file_hint", "max", domain.MaxTableFile>>20, "rows", p.Value(domain.MaxTableRows-1))},
		Rows: view.Field{
			Kind: view.FieldLongText, Name: importRows, Label: p.T("import.rows"), Hint: p.T("import.rows_hint"), Value: shown(pasted), NoSpelling: true,
		},
		Columns: o.templateHeads(p, e), Template: o.path(c, "office_import_template", e.Slug),
	}
	if refusal != nil {
		faults := faultsOf(refusal)
		switch {
		case len(faults) == 0 || domain.CodeOf(refusal) == domain.CodeNotFound:
			return refusal
		case domain.CodeOf(refusal) != domain.CodeInvalid:
			status, body.Notice = o.refused(c, faults[0])
		default:
			fields := []view.Field{body.File, body.Rows}
			status, body.Faults = http.StatusUnprocessableEntity, told(p, fields, faults)
			body.File, body.Rows = fields[0], fields[1]
		}
	}
	return o.write(c, status, page{
		template: "import", route: "office_import", args: []string{e.Slug}, menu: "office_events",
		Page: view.Page{Title: body.Heading + " – " + body.Lead, Errors: len(body.Faults), Body: body},
	})
}

// importOf is the import on its way that the address names, for whoever brought it, and its event.
func (o *Office) importOf(c *gin.Context) (domain.Event, importDraft, error) {
	e, err := o.importFor(c)
	if err != nil {
		return e, importDraft{}, err
	}
	thing, err := o.shelf.take(signedIn(c), e.Slug, c.Param("id"))
	d, ok := thing.(importDraft)
	if err == nil && !ok {
		err = domain.NotFound("page.not_found")
	}
	return e, d, err
}
