package office

import (
	"errors"
	"net/http"
	"net/url"
	"slices"
	"strconv"
	"strings"

	"github.com/gin-gonic/gin"

	"github.com/temadag/temadag/internal/domain"
	"github.com/temadag/temadag/internal/i18n"
	"github.com/temadag/temadag/internal/service"
	"github.com/temadag/temadag/internal/site"
	"github.com/temadag/temadag/internal/view"
)

// registerPage is the registration form, filled in for someone who called, wrote or stands at the door.
type registerPage struct {
	Back    view.Crumb
	Notice  *view.Notice
	Faults  []view.Fault
	Heading string
	Lead    string
	Action  string
	Step    string
	Token   string
	Terms   domain.Event
	TermsID int64
	Parts   []site.FormPart
	How     []view.Field
	Rows    []site.ReviewRow
	Hidden  []site.HiddenField
	Button  string
}

// The fields beside those of the form.
const (
	fieldToken   = "token"
	fieldTerms   = "terms"
	fieldChannel = "channel"
	fieldLang    = "lang"
	fieldReached = "reached" // by neither telephone nor e-mail
)

const (
	stepEdit = "edit"
	stepSend = "send"
)

// typed is what the form sent.
type typed struct {
	entry  domain.Entry
	beside url.Values
}

// terms is the version that stood on the page.
func (t typed) terms() int64 {
	n, _ := strconv.ParseInt(t.beside.Get(fieldTerms), 10, 64)
	return n
}

func (t typed) channel() domain.Channel { return domain.Channel(t.beside.Get(fieldChannel)) }

// fault is what is wrong in the fields beside: the way in which it came, and the language of the letters.
func (t typed) fault() error {
	v := &domain.Invalid{}
	if !slices.Contains(otherChannels(), t.channel()) {
		v.Add(fieldChannel, "office.register.channel_missing", nil)
	}
	if _, ok := domain.ParseLang(t.beside.Get(fieldLang)); !ok {
		v.Add(fieldLang, "office.register.lang_missing", nil)
	}
	return v.Err()
}

// unreached is what is wrong where nobody can reach the person and nobody has said that it is known. Someone
// with protected identity may well want to leave neither number nor address.
func (t typed) unreached() error {
	v := &domain.Invalid{}
	if strings.TrimSpace(t.entry.Phone+t.entry.Email) == "" && !t.otherwise() {
		v.Add("phone", "office.register.reach_missing", nil)
	}
	return v.Err()
}

func (t typed) otherwise() bool { return t.beside.Get(fieldReached) == "otherwise" }

func otherChannels() []domain.Channel {
	return []domain.Channel{domain.ChannelPhone, domain.ChannelEmail, domain.ChannelDoor}
}

// registerFor is the whole event, with its questions, for those who may register others at it.
func (o *Office) registerFor(c *gin.Context) (domain.Event, error) {
	event, err := o.eventFor(c, domain.PermRegisterOther)
	if err != nil {
		return event, err
	}
	return o.Programme.Event(c.Request.Context(), event.Slug)
}

func (o *Office) registerShow(c *gin.Context) error {
	e, err := o.registerFor(c)
	if err != nil {
		return err
	}
	t := typed{beside: url.Values{fieldLang: {string(domain.Swedish)}, fieldChannel: {string(domain.ChannelPhone)}}}
	return o.showRegister(c, http.StatusOK, e, t, nil, nil)
}

func (o *Office) registerDo(c *gin.Context) error {
	e, err := o.registerFor(c)
	if err != nil {
		return err
	}
	entry, beside, err := site.ReadEntry(c, e, fieldToken, fieldTerms, fieldChannel, fieldLang, fieldReached, fieldStep)
	if err != nil {
		return err
	}
	t := typed{entry, beside}
	t.entry.EmailOptional = true
	app, wrong := e.ReadEntry(t.entry)
	if all := allFaults(t.fault(), t.unreached(), wrong); len(all.Faults) > 0 {
		return o.showRegister(c, http.StatusUnprocessableEntity, e, t, all, nil)
	}
	if wrong != nil {
		return wrong
	}
	switch beside.Get(fieldStep) {
	case stepSend:
		return o.registerSend(c, e, t, app)
	case stepEdit:
		return o.showRegister(c, http.StatusOK, e, t, nil, nil)
	}
	return o.showReview(c, http.StatusOK, e, t, app, nil)
}

// allFaults is what is wrong in both halves of the form.
func allFaults(errs ...error) *domain.Invalid {
	all := &domain.Invalid{}
	for _, err := range errs {
		all.Faults = append(all.Faults, faultsOf(err)...)
	}
	return all
}

func (o *Office) registerSend(c *gin.Context, e domain.Event, t typed, app domain.Application) error {
	p := o.printer(c)
	key, _, err := o.Tokens.ReadFormToken(purpose(e), t.beside.Get(fieldToken), o.Now())
	if err != nil {
		return o.showReview(c, http.StatusOK, e, t, app, &view.Notice{Kind: "info", Title: p.T("office.register.again"), Text: p.T("office.register.again_text")})
	}
	lang, _ := domain.ParseLang(t.beside.Get(fieldLang))
	receipt, err := o.Registrations.Register(c.Request.Context(), signedIn(c).Actor, service.RegisterInput{
		EventSlug: e.Slug, Key: key, Entry: t.entry, TermsID: t.terms(), Lang: lang, Channel: t.channel(),
	})
	var single *domain.Error
	var invalid *domain.Invalid
	switch {
	case err == nil:
		return o.lead(c, o.path(c, "office_person", e.Slug, receipt.Reference)+"?"+fieldDone+"=registered")
	case errors.As(err, &invalid):
		return o.showRegister(c, http.StatusUnprocessableEntity, e, t, invalid, nil)
	case errors.As(err, &single) && single.Code != domain.CodeNotFound:
		status, n := o.refused(c, single)
		return o.showReview(c, status, e, t, app, n)
	}
	return err
}

// purpose keeps the tokens of this form apart from those of the visitors'.
func purpose(e domain.Event) string { return "office " + e.Slug }

func (o *Office) registerFrame(c *gin.Context, e domain.Event, t typed, n *view.Notice) registerPage {
	p := o.printer(c)
	f := registerPage{
		Back: *o.backTo(c, e), Notice: n, Heading: p.T("office.register.heading"), Lead: eventName(p, e), Terms: e, TermsID: e.Terms.ID,
		Action: o.path(c, "office_register", e.Slug), Token: t.beside.Get(fieldToken),
	}
	if _, _, err := o.Tokens.ReadFormToken(purpose(e), f.Token, o.Now()); err != nil {
		f.Token = o.Tokens.FormToken(purpose(e), o.Now())
	}
	switch e.Availability(o.Now()) {
	case domain.AvailableOpen:
		f.Button = p.T("office.register.button")
	case domain.AvailableQueue:
		f.Button = p.T("office.register.button_queue")
		if n == nil {
			text := p.T("office.register.full_text", "count", e.Waiting)
			if e.Waiting == 0 {
				text = p.T("office.register.full_first")
			}
			f.Notice = &view.Notice{Kind: "info", Title: p.T("office.register.full"), Text: text}
		}
	default:
		f.Button = p.T("office.register.button")
		if n == nil {
			f.Notice = &view.Notice{Kind: "warning", Title: p.T("availability." + string(e.Availability(o.Now()))), Text: p.T("office.register.closed_text")}
		}
	}
	return f
}

func (o *Office) showRegister(c *gin.Context, status int, e domain.Event, t typed, faults *domain.Invalid, n *view.Notice) error {
	p := o.printer(c)
	body := o.registerFrame(c, e, t, n)
	body.Step = p.T("registration.step", "step", "1", "of", "2")
	body.How = howFields(p, t)
	if faults != nil {
		body.Faults = told(p, body.How, beside(faults, true))
		faults = &domain.Invalid{Faults: beside(faults, false)}
	}
	var inForm []view.Fault
	body.Parts, inForm = o.Forms.EntryForm(p, e, t.entry, faults, p.T("office.register.email_hint"))
	body.Faults = append(body.Faults, inForm...)
	reachable(p, t, body.Parts)
	return o.write(c, status, page{
		template: "register", route: "office_register", args: []string{e.Slug}, menu: "office_events",
		Page: view.Page{Title: body.Heading + " – " + body.Lead, Errors: len(body.Faults), Body: body},
	})
}

// reachable sets the box for someone who is reached otherwise beside the telephone number.
func reachable(p *i18n.Printer, t typed, parts []site.FormPart) {
	for i := range parts {
		at := slices.IndexFunc(parts[i].Fields, func(f view.Field) bool { return f.Name == "phone" })
		if at < 0 {
			continue
		}
		parts[i].Fields = slices.Insert(parts[i].Fields, at+1, view.Field{
			Kind: view.FieldCheckboxes, Name: fieldReached, Label: p.T("office.register.reached"), Values: t.beside[fieldReached], Optional: true,
			Options: []view.Option{{Value: "otherwise", Label: p.T("office.register.reached_otherwise")}},
		})
	}
}

// beside is the faults of the fields beside the form's own, or of all others.
func beside(faults *domain.Invalid, own bool) []*domain.Error {
	var out []*domain.Error
	for _, f := range faults.Faults {
		if (f.Field == fieldChannel || f.Field == fieldLang) == own {
			out = append(out, f)
		}
	}
	return out
}

func howFields(p *i18n.Printer, t typed) []view.Field {
	var ways, langs []view.Option
	for _, ch := range otherChannels() {
		ways = append(ways, view.Option{Value: string(ch), Label: p.T("channel." + string(ch))})
	}
	for _, l := range domain.Langs() {
		langs = append(langs, view.Option{Value: string(l), Label: p.T("lang." + string(l))})
	}
	return []view.Field{
		{Kind: view.FieldRadios, Name: fieldChannel, Label: p.T("office.register.channel"), Values: t.beside[fieldChannel], Options: ways},
		{Kind: view.FieldRadios, Name: fieldLang, Label: p.T("office.register.lang"), Values: t.beside[fieldLang], Options: langs},
	}
}

func (o *Office) showReview(c *gin.Context, status int, e domain.Event, t typed, app domain.Application, n *view.Notice) error {
	p := o.printer(c)
	body := o.registerFrame(c, e, t, n)
	body.Heading, body.Step = p.T("office.register.review"), p.T("registration.step", "step", "2", "of", "2")
	body.Rows = append([]site.ReviewRow{
		{Field: fieldChannel, Label: p.T("office.register.channel"), Values: []string{p.T("channel." + string(t.channel()))}},
		{Field: fieldLang, Label: p.T("office.register.lang"), Values: []string{p.T("lang." + t.beside.Get(fieldLang))}},
	}, site.EntryRows(p, e, t.entry.AccessCode, app)...)
	body.Hidden = append(site.EntryFields(e, t.entry), site.HiddenField{Name: fieldChannel, Value: string(t.channel())},
		site.HiddenField{Name: fieldLang, Value: t.beside.Get(fieldLang)})
	if t.otherwise() {
		body.Hidden = append(body.Hidden, site.HiddenField{Name: fieldReached, Value: t.beside.Get(fieldReached)})
	}
	return o.write(c, status, page{
		template: "review", route: "office_register", args: []string{e.Slug}, menu: "office_events",
		Page: view.Page{Title: body.Heading + " – " + body.Lead, Body: body},
	})
}
