package office

import (
	"net/http"
	"slices"
	"strings"

	"github.com/gin-gonic/gin"

	"github.com/temadag/temadag/internal/domain"
	"github.com/temadag/temadag/internal/server"
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
	} {
		all = append(all, rows...)
	}
	for i := range all {
		if all[i].Method == http.MethodPost {
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
	for row, part := range map[string]string{"session_": partProgramme, "speaker_": partProgramme, "question_": partQuestions} {
		if strings.HasPrefix(field, row) {
			return part
		}
	}
	switch field {
	case "programme", "speakers":
		return partProgramme
	case "questions":
		return partQuestions
	case "target_group", "target_group_sv", "target_group_en", "invited_by":
		return partBasics
	}
	for part, names := range plainFields() {
		if slices.Contains(names, field) {
			return part
		}
	}
	return ""
}

// plainFields are the fields of one line, one text or one choice, by section.
func plainFields() map[string][]string {
	return map[string][]string{
		partBasics: {
			"kind", "language", "title_sv", "title_en", "lead_sv", "lead_en", "body_sv", "body_en", "cost_sv", "cost_en",
			"photo_note_sv", "photo_note_en", "calendar_sv", "calendar_en",
		},
		partWhen: {
			"day", "last_day", "arrival", "starts", "ends", "town", "online", "venue", "address", "postal_code", "venue_town",
			"travel_sv", "travel_en", "step_free", "lift", "hearing_loop", "accessible_toilet", "scent_free", "quiet_room",
			"parking_sv", "parking_en", "drop_off_sv", "drop_off_en", "access_note_sv", "access_note_en",
		},
		partPlaces: {
			"capacity", "waiting_list", "opens_day", "opens_at", "register_until", "cancel_until", "after_cancel", "binding",
			"terms_sv", "terms_en", "no_show_fee", "food", "access", "needs_by", "needs_days", "offer_hours", "short_days",
			"short_hours", "race_days", "group_limit", "name_by", "change_until", "same_organisation", "approval", "access_code", "email_domains",
		},
		partContact: {"contact_name", "contact_phone", "contact_email", "case_number", "retention_weeks", "retention_support"},
	}
}

func (o *Office) editShow(c *gin.Context) error {
	d, err := o.Events.Draft(c.Request.Context(), signedIn(c).Actor, c.Param("slug"))
	if err != nil {
		return err
	}
	return o.lead(c, o.path(c, "office_edit_part", d.Event.Slug, partBasics))
}

func (o *Office) editPartShow(c *gin.Context) error {
	_, err := o.Events.Draft(c.Request.Context(), signedIn(c).Actor, c.Param("slug"))
	if err == nil {
		err = domain.NotFound("event.not_found")
	}
	return err
}

func (o *Office) editPartDo(c *gin.Context) error { return o.editPartShow(c) }
