package office

import (
	"errors"
	"net/http"
	"net/url"
	"slices"

	"github.com/gin-gonic/gin"

	"github.com/temadag/temadag/internal/domain"
	"github.com/temadag/temadag/internal/i18n"
	"github.com/temadag/temadag/internal/server"
	"github.com/temadag/temadag/internal/service"
	"github.com/temadag/temadag/internal/view"
)

// editPage is one section of the editor.
type editPage struct {
	editFrame
	Step      string
	Seen      string
	Faults    []editFault
	Groups    []shownGroup
	Programme *programmeForm // in its section
	Questions *questionsForm // in its section
	Prev      *view.Crumb
	Next      *view.Crumb
}

// editFrame is what every page of the editor has.
type editFrame struct {
	Back    view.Crumb
	Notice  *view.Notice
	Heading string
	Lead    string
	Action  string
	Draft   *draftLine
	Told    []string // what the others are doing
	Parts   []editPart
	Whole   string // the overview
	Preview string
	Publish string // where it is published; "" where it is not a draft
	Closed  bool   // nothing can be changed any more
}

// draftLine tells that something is typed and not saved.
type draftLine struct {
	Title string
	Text  string
	Drop  string
	Clash string // where both have changed something; "" where nobody else has saved
}

// editPart is a section in the list of sections.
type editPart struct {
	Name, URL, Label string
	Current, Changed bool
}

// editFault is a fault with the way to its field, which may be in another section.
type editFault struct{ URL, Text string }

func (o *Office) frameOf(c *gin.Context, v editing, current string) editFrame {
	p, slug := o.printer(c), v.Event.Slug
	f := editFrame{
		Back: *o.backTo(c, v.Event), Notice: done(p, c), Preview: o.path(c, "office_preview", slug),
		Whole: o.path(c, "office_edit", slug), Closed: v.Event.State == domain.EventCancelled,
	}
	if v.Event.State == domain.EventDraft {
		f.Publish = o.path(c, "office_publish", slug)
	}
	for _, part := range editParts() {
		f.Parts = append(f.Parts, editPart{
			Name: part, URL: o.path(c, "office_edit_part", slug, part), Label: p.T("office.edit.part." + part), Current: part == current,
			Changed: slices.ContainsFunc(v.changed, func(field string) bool { return partOf(field) == part }),
		})
	}
	if f.Closed {
		f.Notice = &view.Notice{Kind: "cancelled", Title: p.T("office.edit.closed"), Text: p.T("office.edit.closed_text")}
	}
	if v.Mine != nil {
		f.Draft = &draftLine{
			Title: p.T("office.edit.draft"), Text: p.T("office.edit.draft_text", "at", p.Instant(v.Mine.At)), Drop: o.path(c, "office_edit_drop", slug),
		}
		if v.Mine.Stale {
			f.Draft.Clash = o.path(c, "office_edit_clash", slug)
		}
	}
	for _, other := range v.Others {
		f.Told = append(f.Told, p.T("office.edit.other", "name", other.By, "at", p.Instant(other.At)))
	}
	if v.Last != nil {
		f.Told = append(f.Told, p.T("office.edit.last", "name", v.Last.By, "at", p.Instant(v.Last.At)))
	}
	return f
}

// editPartFor is the section of the page.
func (o *Office) editPartFor(c *gin.Context) (editing, string, error) {
	v, err := o.editing(c)
	part := c.Param("name")
	if err == nil && !slices.Contains(editParts(), part) {
		err = domain.NotFound("event.not_found")
	}
	return v, part, err
}

func (o *Office) editPartShow(c *gin.Context) error {
	v, part, err := o.editPartFor(c)
	if err != nil {
		return err
	}
	return o.showPart(c, http.StatusOK, v, part, nil, nil)
}

// editPartDo does what the button says with what was typed. Whatever is refused is shown again as it was
// typed, and kept.
func (o *Office) editPartDo(c *gin.Context) error {
	v, part, err := o.editPartFor(c)
	if err != nil {
		return err
	}
	in, err := readEdit(c, part)
	if err != nil {
		return err
	}
	e, err := o.typedEntry(c, v, part, in)
	if err != nil {
		return err
	}
	a, slug, do := signedIn(c).Actor, v.Event.Slug, in.Get(editDo)
	at := "?" + fieldDone + "=draft"
	switch row, isRow := readRowAct(do); {
	case do == "save":
		return o.saveEdit(c, v, part, e)
	case do == editVenue:
		if err := o.takeVenue(c, slug, in.Get(editVenue), &e.Entry); err != nil {
			return err
		}
		at = "#venue"
	case isRow:
		id := row.do(&e.Entry)
		at = "?open=" + id + "#" + id
	case do != "draft" && do != "auto":
		return &server.Refusal{Status: http.StatusBadRequest, Key: "error.form_unknown"}
	}
	err = o.Events.KeepDraft(c.Request.Context(), a, e)
	switch {
	case err != nil:
		return o.showRefused(c, err, v, part, e)
	case do == "auto":
		c.String(http.StatusOK, o.printer(c).T("office.edit.kept", "at", o.printer(c).Instant(o.Now())))
		return nil
	}
	return o.lead(c, o.path(c, "office_edit_part", slug, part)+at)
}

// typedEntry is the whole event as the editor wants it: her draft, or the event as it was when she began,
// with the section as she sent it.
func (o *Office) typedEntry(c *gin.Context, v editing, part string, in url.Values) (service.EditInput, error) {
	a, slug, marks := signedIn(c).Actor, v.Event.Slug, []string{in.Get(editSeen)}
	if v.Mine != nil {
		marks = append(marks, v.Mine.Mark)
	}
	mark, began, err := o.Events.Began(c.Request.Context(), a, slug, marks...)
	if err != nil {
		return service.EditInput{}, err
	}
	e := service.EditInput{Slug: slug, Seen: mark, Entry: began}
	if v.Mine != nil {
		e.Entry = v.Mine.Entry
	}
	if err := fillPart(part, in, &e.Entry); err != nil {
		return e, err
	}
	return e, o.takeKnown(c, in, &e.Entry)
}

// saveEdit saves for real. What others have saved meanwhile, in other fields than hers, is kept beside it.
func (o *Office) saveEdit(c *gin.Context, v editing, part string, e service.EditInput) error {
	ctx, a := c.Request.Context(), signedIn(c).Actor
	err, word := o.Events.Save(ctx, a, e), "saved"
	var clash *domain.EditClash
	if errors.As(err, &clash) && !slices.ContainsFunc(clash.Fields, func(f domain.FieldClash) bool { return f.Both }) {
		e.Entry, e.Seen, word = clash.Merged, clash.Mark, "merged"
		err = o.Events.Save(ctx, a, e)
	}
	if err == nil {
		return o.lead(c, o.path(c, "office_edit_part", e.Slug, part)+"?"+fieldDone+"="+word)
	}
	return o.showRefused(c, err, v, part, e)
}

// showRefused leads on to where a refusal is dealt with, or shows the section again with its faults.
func (o *Office) showRefused(c *gin.Context, refusal error, v editing, part string, e service.EditInput) error {
	var clash *domain.EditClash
	var single *domain.Error
	switch {
	case errors.As(refusal, &clash):
		return o.lead(c, o.path(c, "office_edit_clash", e.Slug))
	case !errors.As(refusal, &single) && faultsOf(refusal) == nil:
		return refusal
	case single != nil && single.Code == domain.CodeNotFound:
		return refusal
	case single != nil && single.Key == "event.people_bound":
		return o.lead(c, o.changePath(c, e.Slug))
	}
	v.base, v.seen = e.Entry, e.Seen
	v.changed = v.Entry.Changed(e.Entry)
	if single != nil && single.Code != domain.CodeInvalid {
		status, notice := o.refused(c, single)
		return o.showPart(c, status, v, part, nil, notice)
	}
	return o.showPart(c, http.StatusUnprocessableEntity, v, part, faultsOf(refusal), nil)
}

// changePath is where it is decided what people who are registered are to be told.
func (o *Office) changePath(c *gin.Context, slug string) string {
	return o.path(c, "office_change", slug)
}

func (o *Office) showPart(c *gin.Context, status int, v editing, part string, faults []*domain.Error, notice *view.Notice) error {
	p := o.printer(c)
	form, told := o.editFormOf(c, v.Event.Slug, part, faults)
	body := editPage{
		editFrame: o.frameOf(c, v, part), Seen: v.seen, Faults: told, Groups: form.groups(part, v.base),
		Step: p.T("office.edit.step", "n", slices.Index(editParts(), part)+1, "of", len(editParts())),
	}
	body.Heading, body.Lead = p.T("office.edit.part."+part), p.T("office.edit.lead."+part)
	body.Action = o.path(c, "office_edit_part", v.Event.Slug, part)
	if notice != nil {
		body.Notice = notice
	}
	at := slices.Index(editParts(), part)
	if at > 0 {
		body.Prev = &view.Crumb{URL: body.Parts[at-1].URL, Label: body.Parts[at-1].Label}
	}
	if at+1 < len(body.Parts) {
		body.Next = &view.Crumb{URL: body.Parts[at+1].URL, Label: body.Parts[at+1].Label}
	}
	if err := o.fillPage(c, v, part, form, &body); err != nil {
		return err
	}
	return o.write(c, status, page{
		template: "edit_part", route: "office_edit_part", args: []string{v.Event.Slug, part}, menu: "office_events",
		Page: view.Page{Title: body.Heading + " – " + eventName(p, v.Event), Errors: len(told), Body: body},
	})
}

// fillPage adds what only one section has.
func (o *Office) fillPage(c *gin.Context, v editing, part string, form editForm, body *editPage) error {
	ctx, a := c.Request.Context(), signedIn(c).Actor
	switch part {
	case partWhen:
		if e, ok := o.as(v); ok && !e.Day.IsZero() {
			body.Lead = form.p.T("office.edit.when", "when", form.p.When(e), "week", form.p.Week(e.Day))
		}
		venues, err := o.Events.KnownVenues(ctx, a, v.Event.Slug)
		if err != nil {
			return err
		}
		for i := range body.Groups {
			if body.Groups[i].Name == "where" {
				body.Groups[i].Venues = venueChoice(form.p, venues)
			}
		}
	case partProgramme:
		known, err := o.Events.KnownSpeakers(ctx, a, "")
		if err != nil {
			return err
		}
		body.Programme = form.programme(v.base, known, c.Query("open"))
	case partQuestions:
		body.Questions = form.questions(v, c.Query("open"))
	}
	return nil
}

func venueChoice(p *i18n.Printer, venues []domain.Venue) *editField {
	f := editField{Field: view.Field{
		Kind: view.FieldSelect, Name: editVenue, Label: p.T("office.edit.venue"), Hint: p.T("office.edit.venue_hint"),
		Options: []view.Option{{Label: p.T("office.edit.venue_none")}},
	}}
	for _, venue := range venues {
		f.Options = append(f.Options, view.Option{Value: venueLine(venue), Label: venueLine(venue)})
	}
	if len(venues) == 0 {
		return nil
	}
	return &f
}

// editFormOf is the form of a section with its faults, and all faults for the top of the page: those of this
// section in the order of its fields, then those of the others.
func (o *Office) editFormOf(c *gin.Context, slug, part string, faults []*domain.Error) (editForm, []editFault) {
	p := o.printer(c)
	form := editForm{p: p, faults: make(map[string]string), today: domain.DateIn(o.Now())}
	var here, elsewhere []editFault
	for _, f := range faults {
		name := fieldID(f.Field)
		if _, ok := form.faults[name]; ok {
			continue
		}
		text := p.T(ofStaff(p, f.Key), f.Args)
		form.faults[name] = text
		switch other := partOf(name); other {
		case part:
			here = append(here, editFault{"#" + name, text})
		case "":
			to := "#content"
			if name == "documents" {
				to = o.path(c, "office_documents", slug)
			}
			here = append(here, editFault{to, text})
		default:
			elsewhere = append(elsewhere, editFault{o.fieldPath(c, slug, name), p.T("office.edit.part."+other) + ": " + text})
		}
	}
	return form, append(here, elsewhere...)
}
