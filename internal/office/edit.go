package office

import (
	"net/http"
	"slices"
	"strings"

	"github.com/gin-gonic/gin"

	"github.com/temadag/temadag/internal/domain"
	"github.com/temadag/temadag/internal/server"
	"github.com/temadag/temadag/internal/service"
)

// mostTyped is the most that a section of the editor may send, in bytes: a programme of two languages and
// a hundred rows, each letter of it written as a browser writes å.
const mostTyped = 4 << 20

func (o *Office) editRoutes() []server.Route {
	const may = domain.PermEditProgramme
	var all []server.Route
	for _, rows := range [][]server.Route{
		read("office_edit", "/tillfalle/:slug/redigera", "/event/:slug/edit", may, o.editShow),
		change("office_edit_part", "/tillfalle/:slug/redigera/:name", "/event/:slug/edit/:name", may, o.editPartShow, o.editPartDo),
		change("office_edit_drop", "/tillfalle/:slug/kasta-utkastet", "/event/:slug/discard-draft", may, o.editDropShow, o.editDropDo),
		change("office_edit_clash", "/tillfalle/:slug/jamfor", "/event/:slug/compare", may, o.editClashShow, o.editClashDo),
		read("office_preview", "/tillfalle/:slug/forhandsgranska", "/event/:slug/preview", may, o.previewShow),
	} {
		all = append(all, rows...)
	}
	for i := range all {
		if all[i].Method == http.MethodPost && all[i].Name == "office_edit_part" {
			all[i].MaxBody = mostTyped
		}
	}
	return all
}

// The sections of the editor, as their addresses name them.
const (
	partBasics    = "grunder"
	partWhen      = "tid-och-plats"
	partPlaces    = "platser-och-anmalan"
	partProgramme = "program"
	partQuestions = "fragor"
	partContact   = "kontakt-och-handlingar"
)

// editParts lists the sections in the order they are filled in.
func editParts() []string {
	return []string{partBasics, partWhen, partPlaces, partProgramme, partQuestions, partContact}
}

// partOf is the section of the editor where a field is mended, rows and all: "session_3_title_sv" stands in
// the programme. It is "" for what is not mended in the editor.
func partOf(field string) string {
	for _, rows := range []struct{ prefix, part string }{
		{"session_", partProgramme}, {"speaker_", partProgramme}, {"question_", partQuestions}, {"target_group", partBasics},
	} {
		if strings.HasPrefix(field, rows.prefix) {
			return rows.part
		}
	}
	switch field {
	case "programme", "speakers":
		return partProgramme
	case "questions":
		return partQuestions
	case "invited_by":
		return partBasics
	}
	for _, part := range editParts() {
		if slices.Contains(plainFields(part), field) {
			return part
		}
	}
	return ""
}

// plainFields are the fields of one line, one text, one choice or one tick in a section.
func plainFields(part string) []string {
	var out []string
	for _, g := range editGroups(part) {
		for _, row := range g.rows {
			for _, name := range row {
				if !slices.Contains(lineLists(), name) {
					out = append(out, name)
				}
			}
		}
	}
	return out
}

// fieldPath is the way to the field of the editor that mends what is said of a field: "" for what is mended
// elsewhere.
func (o *Office) fieldPath(c *gin.Context, slug, field string) string {
	part := partOf(field)
	if part == "" {
		return ""
	}
	return o.path(c, "office_edit_part", slug, part) + "#" + fieldID(field)
}

// fieldID is the id that a field has on its page.
func fieldID(field string) string {
	if field == "target_group" {
		return "target_group_sv"
	}
	return field
}

// editing is an event with what its editor has typed.
type editing struct {
	service.EventEditing
	base    domain.EventEntry // what the pages show: her draft, or the event as it stands
	seen    string            // the mark that the pages carry
	changed []string          // the fields in which her draft is another than the event
}

// editing is the event of the page for whoever may edit it. A draft that is the event itself is none.
func (o *Office) editing(c *gin.Context) (editing, error) {
	d, err := o.Events.Draft(c.Request.Context(), signedIn(c).Actor, c.Param("slug"))
	if err != nil {
		return editing{}, err
	}
	v := editing{EventEditing: d, base: d.Entry, seen: d.Mark}
	if d.Mine == nil {
		return v, nil
	}
	if v.changed = d.Entry.Changed(d.Mine.Entry); len(v.changed) == 0 {
		v.Mine = nil
		return v, nil
	}
	v.base, v.seen = d.Mine.Entry, d.Mine.Mark
	return v, nil
}

// as is the event as it would be with what is typed; as it stands where that cannot be read.
func (o *Office) as(v editing) (e domain.Event, ok bool) {
	e, err := v.Event.ReadEvent(v.base, domain.DateIn(o.Now()))
	if err != nil {
		return v.Event, false
	}
	return e, true
}
