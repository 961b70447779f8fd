package office

import (
	"net/http"
	"slices"
	"strconv"
	"strings"

	"github.com/gin-gonic/gin"

	"github.com/temadag/temadag/internal/domain"
	"github.com/temadag/temadag/internal/i18n"
	"github.com/temadag/temadag/internal/server"
	"github.com/temadag/temadag/internal/service"
	"github.com/temadag/temadag/internal/view"
)

// automaticPage is one automatic letter in its editor.
type automaticPage struct {
	formPage

	Places []automaticPlace // what differs from reader to reader; none for what is not Markdown
	Below  string           // what stands below the words, whatever they are
	Look   string
	Spread *automaticSpread
}

// automaticPlace is a placeholder as it is written in each language.
type automaticPlace struct{ Sv, En, About string }

// automaticSpread gives the other towns of the series the same letter.
type automaticSpread struct{ Action, Label string }

// The fields of the editor.
const (
	fieldOn   = "on"
	fieldDays = "days"
	fieldLink = "link"

	stepOurs   = "ours"
	stepSpread = "spread"
)

func automaticFieldNames() []string {
	return []string{fieldOn, fieldDays, fieldLink, "subject_sv", "body_sv", "subject_en", "body_en", "seen", fieldStep}
}

// automaticOf is the event and the letter that the address names.
func (o *Office) automaticOf(c *gin.Context) (service.AutomaticEvent, service.AutomaticLetter, error) {
	e, err := o.Automatics.Of(c.Request.Context(), signedIn(c).Actor, c.Param("slug"))
	if err != nil {
		return e, service.AutomaticLetter{}, err
	}
	k, err := automaticKind(c)
	if err != nil {
		return e, service.AutomaticLetter{}, err
	}
	return e, e.Letters[slices.IndexFunc(e.Letters, func(l service.AutomaticLetter) bool { return l.Kind == k })], nil
}

func (o *Office) automaticShow(c *gin.Context) error {
	e, l, err := o.automaticOf(c)
	if err == nil && !signedIn(c).Actor.MayAt(domain.PermWriteMail, e.Event) {
		err = domain.NotFound("event.not_found")
	}
	if err != nil {
		return err
	}
	return o.showAutomatic(c, nil, e, l, entryOf(l), l.Revision)
}

// entryOf is a letter as its editor shows it: with the words that hold.
func entryOf(l service.AutomaticLetter) domain.AutomaticEntry {
	words := l.Words(l.Own)
	in := domain.AutomaticEntry{On: l.On, Days: strconv.Itoa(l.Days), Link: l.Link, Subject: words.Subject, Body: words.Body}
	if !l.Kind.Timed() {
		in.Body = l.Body
	}
	return in
}

// automaticDo saves the letter, shows the program's own words, which are kept when they are saved, or gives
// the other towns the same.
func (o *Office) automaticDo(c *gin.Context) error {
	e, l, err := o.automaticOf(c)
	if err == nil && !signedIn(c).Actor.MayAt(domain.PermWriteMail, e.Event) {
		err = domain.NotFound("event.not_found")
	}
	if err != nil {
		return err
	}
	in, err := server.ReadForm(c, automaticFieldNames())
	if err != nil {
		return err
	}
	ctx, a, back := c.Request.Context(), signedIn(c).Actor, o.path(c, "office_automatics", e.Slug)
	if in.Get(fieldStep) == stepSpread {
		if _, err := o.Automatics.Spread(ctx, a, e.Slug, l.Kind); err != nil {
			return err
		}
		return o.lead(c, back+"?"+fieldDone+"=automatic_spread#"+automaticNames()[l.Kind])
	}
	seen, _ := strconv.Atoi(in.Get("seen"))
	typed := domain.AutomaticEntry{
		On: in.Get(fieldOn) == stepOn, Days: in.Get(fieldDays), Link: in.Get(fieldLink),
		Subject: domain.Text{Sv: in.Get("subject_sv"), En: in.Get("subject_en")}, Body: domain.Text{Sv: in.Get("body_sv"), En: in.Get("body_en")},
	}
	if in.Get(fieldStep) == stepOurs {
		typed.Subject, typed.Body = l.Own.Subject, l.Own.Body
		return o.showAutomatic(c, nil, e, l, typed, seen)
	}
	if err := o.Automatics.Save(ctx, a, e.Slug, l.Kind, seen, typed); err != nil {
		return o.showAutomatic(c, err, e, l, typed, seen)
	}
	return o.lead(c, back+"?"+fieldDone+"=automatic_saved#"+automaticNames()[l.Kind])
}

func (o *Office) showAutomatic(c *gin.Context, refusal error, e service.AutomaticEvent, l service.AutomaticLetter, typed domain.AutomaticEntry, seen int) error {
	p, name, key := o.printer(c), automaticNames()[l.Kind], "office.automatic."+string(l.Kind)
	body := automaticPage{
		formPage: formPage{
			Back:    &view.Crumb{URL: o.path(c, "office_automatics", e.Slug), Label: p.T("office.automatics.heading")},
			Heading: p.T(key), Lead: eventName(p, e.Event), Text: append([]string{p.T(key + "_about")}, automaticLines(p, e.Event, l, o.Now())...),
			Action: o.path(c, "office_automatic", e.Slug, name), Hidden: []hidden{{"seen", strconv.Itoa(seen)}},
			Fields: automaticFields(p, l, typed), Buttons: []button{{Label: p.T("office.automatic.save")}},
			Keep: &view.Crumb{URL: o.path(c, "office_automatics", e.Slug), Label: p.T("office.automatic.keep")},
		},
		Look: o.path(c, "office_automatic_look", e.Slug, name),
	}
	if l.Kind.Timed() {
		body.Buttons = append(body.Buttons, button{Name: fieldStep, Value: stepOurs, Label: p.T("office.automatic.ours"), Kind: "quiet"})
		for _, place := range domain.Placeholders() {
			body.Places = append(body.Places, automaticPlace{"{" + place.Word(domain.Swedish) + "}", "{" + place.Word(domain.English) + "}", p.T("office.automatic_place." + string(place))})
		}
	}
	if below := key + "_below"; p.Has(below) {
		body.Below = p.T(below)
	}
	if e.Series > 0 && l.Revision > 0 {
		body.Spread = &automaticSpread{Action: body.Action, Label: p.T("office.automatic.spread", "count", e.Series)}
	}
	status, err := o.faulty(c, refusal, &body.formPage)
	if err != nil {
		return err
	}
	everyLine(p, &body.formPage, refusal)
	return o.write(c, status, page{
		template: "automatic", route: "office_automatic", args: []string{e.Slug, name}, menu: "office_events",
		Page: view.Page{Title: body.Heading + " – " + body.Lead, Errors: len(body.Faults), Body: body},
	})
}

// everyLine tells at a field all that is wrong in it, line for line, and not the first alone.
func everyLine(p *i18n.Printer, body *formPage, refusal error) {
	for i := range body.Fields {
		f := &body.Fields[i]
		if f.Error == "" {
			continue
		}
		var all []string
		for _, fault := range faultsOf(refusal) {
			if fault.Field == f.Name {
				all = append(all, p.T(ofStaff(p, fault.Key), fault.Args))
			}
		}
		if len(all) > 1 {
			f.Error = strings.Join(all, " ")
		}
	}
}

func automaticFields(p *i18n.Printer, l service.AutomaticLetter, typed domain.AutomaticEntry) []view.Field {
	label := func(name string) string { return p.T("office.automatic." + name) }
	on := stepOff
	if typed.On {
		on = stepOn
	}
	onKey := "on_hint"
	if !l.Kind.Timed() {
		onKey = "on_hint_" + string(l.Kind)
	}
	fields := []view.Field{{
		Kind: view.FieldRadios, Name: fieldOn, Label: label("on"), Hint: label(onKey), Values: []string{on},
		Options: []view.Option{{Value: stepOn, Label: label("yes")}, {Value: stepOff, Label: label("no")}},
	}}
	if !l.Kind.Timed() {
		for _, lang := range domain.Langs() {
			fields = append(fields, view.Field{
				Kind: view.FieldLongText, Name: "body_" + string(lang), Label: label("note_" + string(lang)), Hint: label("note_hint"),
				Value: shown(typed.Body.In(lang)), Max: domain.MaxReason, Optional: true,
			})
		}
		fields[1].Value, fields[2].Value = shown(typed.Body.Sv), shown(typed.Body.En)
		return fields
	}
	fields = append(fields, view.Field{
		Name: fieldDays, Label: label("days" + side(l.Kind)), Hint: p.T("office.automatic.days_hint", "max", domain.AutomaticMostDays),
		Value: shown(typed.Days), InputMode: "numeric", Width: "short",
	})
	if l.Kind == domain.AutomaticThanks {
		fields = append(fields, view.Field{
			Name: fieldLink, Label: label("link"), Hint: label("link_hint"), Value: shown(typed.Link), InputMode: "url", NoSpelling: true, Optional: true,
		})
	}
	return append(fields,
		view.Field{Name: "subject_sv", Label: label("subject_sv"), Value: shown(typed.Subject.Sv)},
		view.Field{Kind: view.FieldLongText, Name: "body_sv", Label: label("body_sv"), Hint: label("body_hint"), Value: shown(typed.Body.Sv)},
		view.Field{Name: "subject_en", Label: label("subject_en"), Value: shown(typed.Subject.En)},
		view.Field{Kind: view.FieldLongText, Name: "body_en", Label: label("body_en"), Hint: label("body_hint"), Value: shown(typed.Body.En)},
	)
}

// automaticLookPage is a letter as somebody will get it.
type automaticLookPage struct {
	Back    view.Crumb
	Heading string
	Lead    string
	Self    string
	Reader  view.Field
	None    string // why there is no letter to look at
	Letter  *automaticLetter
	Edit    string
}

type automaticLetter struct {
	Head  []fact
	Text  string
	Frame string
}

// Made up readers, one for each language.
const madeUp = "exempel-"

func (o *Office) automaticLook(c *gin.Context) error {
	e, l, err := o.automaticOf(c)
	if err != nil {
		return err
	}
	p, name := o.printer(c), automaticNames()[l.Kind]
	readers, err := o.Automatics.Readers(c.Request.Context(), signedIn(c).Actor, e.Slug, l.Kind)
	if err != nil {
		return err
	}
	options := []view.Option{
		{Value: madeUp + "sv", Label: p.T("office.automatic_look.sample_sv")},
		{Value: madeUp + "en", Label: p.T("office.automatic_look.sample_en")},
	}
	for _, r := range readers {
		options = append(options, view.Option{Value: r.Ref, Label: listName(p, r)})
	}
	reader := c.Query("reader")
	if !slices.ContainsFunc(options, func(o view.Option) bool { return o.Value == reader }) {
		reader = madeUp + "sv"
	}
	body := automaticLookPage{
		Back:    view.Crumb{URL: o.path(c, "office_automatics", e.Slug), Label: p.T("office.automatics.heading")},
		Heading: p.T("office.automatic_look.heading", "name", lowered(p.T("office.automatic."+string(l.Kind)))), Lead: eventName(p, e.Event),
		Self: o.path(c, "office_automatic_look", e.Slug, name),
		Reader: view.Field{
			Kind: view.FieldSelect, Name: "reader", Label: p.T("office.automatic_look.reader"), Hint: p.T("office.automatic_look.reader_hint"),
			Values: []string{reader}, Options: options,
		},
	}
	if signedIn(c).Actor.MayAt(domain.PermWriteMail, e.Event) {
		body.Edit = o.path(c, "office_automatic", e.Slug, name)
	}
	if letter, err := o.automaticMessage(c, e.Slug, l.Kind, reader); err == nil {
		body.Letter = &automaticLetter{
			Head: []fact{
				{p.T("office.automatic_look.from"), letter.Header("From")},
				{p.T("office.automatic_look.to"), letter.Header("To")},
				{p.T("office.automatic_look.subject"), letter.Subject},
			},
			Text: letter.Text, Frame: o.path(c, "office_automatic_letter", e.Slug, name) + "?reader=" + reader,
		}
	} else {
		body.None = p.T("office.automatic_look.none")
	}
	return o.write(c, http.StatusOK, page{
		template: "automatic_look", route: "office_automatic_look", args: []string{e.Slug, name}, menu: "office_events",
		query: "?reader=" + reader, Page: view.Page{Title: body.Heading + " – " + body.Lead, Body: body},
	})
}

// automaticMessage is the letter to a reader, or to one who is made up.
func (o *Office) automaticMessage(c *gin.Context, slug string, k domain.AutomaticKind, reader string) (domain.OpenedLetter, error) {
	ref, lang := reader, domain.Swedish
	if l, ok := strings.CutPrefix(reader, madeUp); ok {
		ref = ""
		if l == string(domain.English) {
			lang = domain.English
		}
	}
	raw, err := o.Automatics.Look(c.Request.Context(), signedIn(c).Actor, slug, k, ref, lang)
	if err != nil {
		return domain.OpenedLetter{}, err
	}
	return service.ReadLetter(raw)
}

// automaticLetter is the page in a letter, for the frame alone.
func (o *Office) automaticLetter(c *gin.Context) error {
	e, l, err := o.automaticOf(c)
	if err != nil {
		return err
	}
	letter, err := o.automaticMessage(c, e.Slug, l.Kind, c.Query("reader"))
	if err != nil {
		return err
	}
	return o.showLetterPage(c, letter.HTML)
}
