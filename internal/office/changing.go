package office

import (
	"errors"
	"strings"

	"github.com/gin-gonic/gin"

	"github.com/temadag/temadag/internal/domain"
	"github.com/temadag/temadag/internal/i18n"
	"github.com/temadag/temadag/internal/server"
	"github.com/temadag/temadag/internal/service"
	"github.com/temadag/temadag/internal/view"
)

func (o *Office) changeRoutes() []server.Route {
	const sv, en = "/tillfalle/:slug", "/event/:slug"
	var all []server.Route
	for _, rows := range [][]server.Route{
		change("office_change", sv+"/andra", en+"/change", domain.PermEditProgramme, o.changeShow, o.changeDo),
		change("office_call_off", sv+"/stall-in", en+"/call-off", domain.PermEditProgramme, o.callOffShow, o.callOffDo),
		change("office_reach", sv+"/besked", en+"/reach", domain.PermReadRegistrations, o.reachShow, o.reachDo),
	} {
		all = append(all, rows...)
	}
	return all
}

// changeTyped is what those concerned are to be told, as it was typed.
type changeTyped struct {
	tell  string
	note  domain.Text
	until string
	of    string // the mark of what was typed in the editor when this page was made
}

// The fields of the wizard.
const (
	fieldTell   = "tell"
	fieldNoteSv = "note_sv"
	fieldNoteEn = "note_en"
	fieldUntil  = "until"
	fieldOf     = "of"
)

// changeShow tells what the editor's unsaved draft would change for those who are registered, and asks
// what they are to be told.
func (o *Office) changeShow(c *gin.Context) error {
	d, err := o.draft(c)
	if err != nil {
		return err
	}
	if d.Mine == nil {
		return o.nothingToChange(c, d.Event)
	}
	plan, err := o.Events.PlanChange(c.Request.Context(), signedIn(c).Actor, editOf(d))
	if err != nil {
		return o.changeRefused(c, err, d.Event)
	}
	if len(plan.Parts) == 0 {
		return o.nobodyBound(c, d.Event)
	}
	typed := changeTyped{of: d.Mine.Entry.Mark()}
	if !plan.Until.IsZero() {
		typed.until = o.printer(c).DateNoWeekday(plan.Until)
	}
	letter, err := o.Automatics.ForChange(c.Request.Context(), signedIn(c).Actor, d.Event.Slug, domain.AutomaticChanged)
	if err != nil {
		return err
	}
	if typed.note = letter.Body; !letter.On {
		typed.tell = string(domain.TellNobody)
	}
	return o.showChange(c, nil, plan, typed)
}

// editOf is what the editor has typed and not saved, as she would save it.
func editOf(d service.EventEditing) service.EditInput {
	return service.EditInput{Slug: d.Event.Slug, Seen: d.Mine.Mark, Entry: d.Mine.Entry}
}

// changeDo shows what would be done and told, and then does it. A button pressed twice does it once: what
// was typed is no draft any more when it is kept.
func (o *Office) changeDo(c *gin.Context) error {
	d, err := o.draft(c)
	if err != nil {
		return err
	}
	in, err := server.ReadForm(c, []string{fieldTell, fieldNoteSv, fieldNoteEn, fieldUntil, fieldOf, fieldStep})
	if err != nil {
		return err
	}
	if d.Mine == nil {
		return o.lead(c, o.path(c, "office_reach", d.Event.Slug))
	}
	typed := changeTyped{
		tell: in.Get(fieldTell), note: domain.Text{Sv: in.Get(fieldNoteSv), En: in.Get(fieldNoteEn)}, until: in.Get(fieldUntil), of: in.Get(fieldOf),
	}
	input := service.ChangeInput{EditInput: editOf(d), Tell: domain.TellWhom(typed.tell), Note: typed.note, Until: typed.until}
	ctx, a := c.Request.Context(), signedIn(c).Actor
	plan, err := o.Events.ReviewChange(ctx, a, input)
	if (err != nil || len(plan.Parts) == 0) && o.keptMeanwhile(c) {
		return o.lead(c, o.path(c, "office_reach", d.Event.Slug))
	}
	switch {
	case err != nil && plan.Parts == nil:
		return o.changeRefused(c, err, d.Event)
	case err != nil:
		return o.showChange(c, err, plan, typed)
	case len(plan.Parts) == 0:
		return o.nobodyBound(c, d.Event)
	case typed.of != d.Mine.Entry.Mark():
		typed.of = d.Mine.Entry.Mark()
		return o.showChange(c, &domain.Error{Code: domain.CodeConflict, Key: "office.change.other_draft"}, plan, typed)
	case in.Get(fieldStep) != stepConfirm:
		return o.askChange(c, plan, typed)
	}
	n, err := o.Events.Change(ctx, a, input)
	if err != nil && o.keptMeanwhile(c) {
		return o.lead(c, o.path(c, "office_reach", d.Event.Slug))
	}
	if err != nil {
		return o.changeRefused(c, err, d.Event)
	}
	word := "changed"
	if n == 0 {
		word = "changed_silent"
	}
	return o.lead(c, o.path(c, "office_reach", d.Event.Slug)+"?"+fieldDone+"="+word)
}

// keptMeanwhile is whether what was typed has been kept since this request read it: by the same button,
// pressed twice. The second press must not be told that there is nothing to change, or of a clash with
// herself.
func (o *Office) keptMeanwhile(c *gin.Context) bool {
	d, err := o.draft(c)
	return err == nil && d.Mine == nil
}

// changeRefused is a refusal that is mended in the editor: faults in what was typed, each with the way to its
// field, or somebody else's save.
func (o *Office) changeRefused(c *gin.Context, err error, e domain.Event) error {
	var clash *domain.EditClash
	if errors.As(err, &clash) {
		return o.lead(c, o.path(c, "office_edit_clash", e.Slug))
	}
	p, code := o.printer(c), domain.CodeOf(err)
	if code != domain.CodeInvalid && code != domain.CodeConflict && code != domain.CodeClosed {
		return err
	}
	body := formPage{
		Back: o.backTo(c, e), Heading: p.T("office.change.heading"), Lead: p.T("office.change.mend_first"),
		Links: []view.Crumb{{URL: o.path(c, "office_edit", e.Slug), Label: p.T("office.change.to_editor")}},
	}
	if fields := o.mendLinks(c, e.Slug, faultsOf(err)); len(fields) > 0 {
		body.Links = fields
	}
	shownAs := &domain.Error{Code: domain.CodeConflict, Key: "office.change.in_the_way"}
	if faults := faultsOf(err); code != domain.CodeInvalid && len(faults) == 1 {
		shownAs, body.Lead, body.Links = faults[0], "", nil
	}
	return o.answer(c, shownAs, "office_change", "office_events", body, e.Slug)
}

// nothingToChange tells how a change is made.
func (o *Office) nothingToChange(c *gin.Context, e domain.Event) error {
	p := o.printer(c)
	body := formPage{
		Back: o.backTo(c, e), Heading: p.T("office.change.heading"), Lead: p.When(e) + ". " + whereWords(p, e),
		Text:  []string{p.T("office.change.how"), p.T("office.change.how_then")},
		Links: []view.Crumb{{URL: o.path(c, "office_edit_part", e.Slug, partWhen) + "#day", Label: p.T("office.change.to_when")}},
	}
	if e.State == domain.EventCancelled {
		body.Text, body.Links = []string{p.T("registration.cancelled")}, nil
	}
	if e.Revision > 0 || e.State == domain.EventCancelled {
		body.Links = append(body.Links, view.Crumb{URL: o.path(c, "office_reach", e.Slug), Label: p.T("office.way.office_reach")})
	}
	return o.answer(c, nil, "office_change", "office_events", body, e.Slug)
}

// nobodyBound leads back to the editor: what is typed there concerns nobody's promise.
func (o *Office) nobodyBound(c *gin.Context, e domain.Event) error {
	p := o.printer(c)
	return o.answer(c, nil, "office_change", "office_events", formPage{
		Back: o.backTo(c, e), Heading: p.T("office.change.heading"), Lead: p.T("office.change.nobody_bound"),
		Links: []view.Crumb{{URL: o.path(c, "office_edit", e.Slug), Label: p.T("office.change.to_editor")}},
	}, e.Slug)
}

func (o *Office) showChange(c *gin.Context, refusal error, plan domain.ChangePlan, typed changeTyped) error {
	p, e := o.printer(c), plan.Was
	body := changePage{
		formPage: formPage{
			Back: o.backTo(c, e), Step: p.T("office.change.step", "n", 1), Heading: p.T("office.change.heading"), Lead: eventName(p, e),
			Action: o.path(c, "office_change", e.Slug), Hidden: []hidden{{fieldOf, typed.of}},
			Fields: changeFields(p, plan, typed), Buttons: []button{{Label: p.T("office.go_on")}},
			Keep: &view.Crumb{URL: o.path(c, "office_edit", e.Slug), Label: p.T("office.change.to_editor")},
		},
		Changes: changesOf(p, plan), Also: alsoChanged(p, plan.Fields), Concerned: concernedBy(p, plan.Holdings),
	}
	return o.writeChange(c, refusal, e, body)
}

func changeFields(p *i18n.Printer, plan domain.ChangePlan, typed changeTyped) []view.Field {
	h := plan.Holdings
	counts := map[domain.TellWhom]int{domain.TellAll: h.Live(), domain.TellPlaces: h.Confirmed + h.Offered}
	var whom []view.Option
	for _, t := range domain.TellWhoms() {
		whom = append(whom, view.Option{Value: string(t), Label: p.T("office.change.tell."+string(t), "count", counts[t], "letters", h.Live()-h.NoEmail), Hint: p.T("office.change.tell_hint." + string(t))})
	}
	return []view.Field{
		{Kind: view.FieldRadios, Name: fieldTell, Label: p.T("office.change.tell"), Values: []string{typed.tell}, Options: whom},
		{
			Kind: view.FieldLongText, Name: fieldNoteSv, Label: p.T("office.change.note_sv"), Hint: p.T("office.change.note_hint"),
			Value: shown(typed.note.Sv), Max: domain.MaxReason, Optional: true,
		},
		{
			Kind: view.FieldLongText, Name: fieldNoteEn, Label: p.T("office.change.note_en"), Hint: p.T("office.change.note_en_hint"),
			Value: shown(typed.note.En), Max: domain.MaxReason, Optional: true,
		},
		{
			Name: fieldUntil, Label: p.T("office.change.until"), Hint: p.T("office.change.until_hint"), Value: shown(typed.until), Width: "medium",
		},
	}
}

// askChange shows what the letter will tell.
func (o *Office) askChange(c *gin.Context, plan domain.ChangePlan, typed changeTyped) error {
	p, e, self := o.printer(c), plan.Was, o.path(c, "office_change", plan.Was.Slug)
	tell := domain.TellWhom(typed.tell)
	body := changePage{
		formPage: formPage{
			Back: &view.Crumb{URL: self, Label: p.T("office.back")}, Step: p.T("office.change.step", "n", 2),
			Heading: p.T("office.change.ask"), Lead: eventName(p, e), Action: self,
			Hidden: []hidden{
				{fieldOf, typed.of},
				{fieldTell, typed.tell},
				{fieldNoteSv, shown(typed.note.Sv)},
				{fieldNoteEn, shown(typed.note.En)},
				{fieldUntil, plan.Until.String()},
			},
			Buttons: []button{{Name: fieldStep, Value: stepConfirm, Label: p.T("office.change.button." + string(tell))}},
			Keep:    &view.Crumb{URL: self, Label: p.T("office.back")},
		},
		Changes: changesOf(p, plan), Also: alsoChanged(p, plan.Fields), Told: toldWords(p, plan.Holdings, tell),
	}
	if tell != domain.TellNobody {
		body.Letter = changeLetter(p, plan, typed.note)
	}
	return o.writeChange(c, nil, e, body)
}

// toldWords is who gets a letter, and who has to be told in some other way.
func toldWords(p *i18n.Printer, h domain.Holdings, tell domain.TellWhom) []string {
	n := map[domain.TellWhom]int{domain.TellAll: h.Live() - h.NoEmail, domain.TellPlaces: h.Confirmed + h.Offered}[tell]
	out := []string{p.T("office.change.told."+string(tell), "count", n, "all", h.Live())}
	if h.NoEmail > 0 && tell != domain.TellNobody {
		out = append(out, p.T("office.change.no_email", "count", h.NoEmail))
	}
	return out
}

// inSubject is an event as the subject of a letter has it: the name made for calendars, town and day.
func inSubject(p *i18n.Printer, e domain.Event) string {
	name, town := e.Calendar.In(p.Lang()), e.Town
	if strings.TrimSpace(name) == "" {
		name = e.Title.In(p.Lang())
	}
	if strings.Contains(name, town) {
		town = ""
	}
	day := p.Days(e.Day, e.LastDay)
	if e.FinalDay() == e.Day {
		day = p.DateNoWeekday(e.Day)
	}
	if rest := strings.TrimSpace(town + " " + day); rest != "" {
		return name + ", " + rest
	}
	return name
}

func changeLetter(p *i18n.Printer, plan domain.ChangePlan, note domain.Text) []fact {
	var parts []string
	for _, part := range plan.Parts {
		parts = append(parts, p.T("office.change.part."+part))
	}
	out := []fact{
		{p.T("office.change.letter_subject"), p.T("office.change.letter_subject_is", "title", inSubject(p, plan.Will))},
		{p.T("office.change.letter_changed"), inARow(p, parts)},
		{p.T("office.change.letter_was"), onLines(p.When(plan.Was), whereWords(p, plan.Was))},
		{p.T("office.change.letter_is"), onLines(p.When(plan.Will), whereWords(p, plan.Will))},
	}
	if s := strings.TrimSpace(note.Sv); s != "" {
		out = append(out, fact{p.T("office.change.letter_note"), shown(s)})
	}
	if s := strings.TrimSpace(note.En); s != "" {
		out = append(out, fact{p.T("office.change.letter_note_en"), shown(s)})
	}
	return append(out, fact{p.T("office.change.letter_until"), p.Date(plan.Until)}, fact{p.T("office.change.letter_also"), p.T("office.change.letter_calendar")})
}
