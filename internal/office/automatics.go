package office

import (
	"net/http"
	"time"

	"github.com/gin-gonic/gin"

	"github.com/temadag/temadag/internal/domain"
	"github.com/temadag/temadag/internal/i18n"
	"github.com/temadag/temadag/internal/server"
	"github.com/temadag/temadag/internal/service"
	"github.com/temadag/temadag/internal/view"
)

// automaticsPage is the letters about an event that go by themselves: when each goes, and to how many.
type automaticsPage struct {
	Back    view.Crumb
	Notice  *view.Notice
	Heading string
	Lead    string
	Coming  string // how many have said that they are coming; "" where nobody has
	Rows    []automaticRow
}

type automaticRow struct {
	ID      string
	Name    string
	State   string // "På", "Av"
	On      bool
	About   string
	Lines   []string
	Blocked []string // what keeps it from going, by line
	Links   []automaticLink
	Switch  *automaticSwitch
}

// automaticLink is a way on, and which letter it is about where that is not seen.
type automaticLink struct{ URL, Label, Of string }

// automaticSwitch is the button that turns a letter on or off.
type automaticSwitch struct{ Action, Kind, Step, Label, Of string }

// automaticNames are the letters as addresses name them.
func automaticNames() map[domain.AutomaticKind]string {
	return map[domain.AutomaticKind]string{
		domain.AutomaticPractical: "praktiskt", domain.AutomaticReminder: "paminnelse", domain.AutomaticThanks: "tack",
		domain.AutomaticAbsent: "uteblivna", domain.AutomaticChanged: "andrat", domain.AutomaticCancelled: "installt",
	}
}

// automaticKind is the letter that the address names.
func automaticKind(c *gin.Context) (domain.AutomaticKind, error) {
	for k, name := range automaticNames() {
		if name == c.Param("name") {
			return k, nil
		}
	}
	return "", domain.NotFound("event.not_found")
}

func (o *Office) automaticRoutes() []server.Route {
	const sv, en = "/tillfalle/:slug/automatiska-mejl", "/event/:slug/automatic-letters"
	var all []server.Route
	for _, rows := range [][]server.Route{
		read("office_automatics", sv, en, domain.PermReadMail, o.automaticsShow),
		post("office_automatics", sv, en, domain.PermWriteMail, server.ClassStaff, o.automaticsDo),
		change("office_automatic", sv+"/:name", en+"/:name", domain.PermWriteMail, o.automaticShow, o.automaticDo),
		read("office_automatic_look", sv+"/:name/granska", en+"/:name/preview", domain.PermReadMail, o.automaticLook),
		read("office_automatic_letter", sv+"/:name/granska/mejl", en+"/:name/preview/letter", domain.PermReadMail, o.automaticLetter),
	} {
		all = append(all, rows...)
	}
	return all
}

func (o *Office) automaticsShow(c *gin.Context) error {
	e, err := o.Automatics.Of(c.Request.Context(), signedIn(c).Actor, c.Param("slug"))
	if err != nil {
		return err
	}
	p := o.printer(c)
	body := automaticsPage{
		Back: *o.backTo(c, e.Event), Notice: done(p, c), Heading: p.T("office.automatics.heading"), Lead: eventName(p, e.Event),
	}
	if e.Coming > 0 {
		body.Coming = p.T("office.automatics.coming", "count", e.Coming)
	}
	for _, l := range e.Letters {
		body.Rows = append(body.Rows, o.automaticRow(c, e.Event, l))
	}
	return o.write(c, http.StatusOK, page{
		template: "automatics", route: "office_automatics", args: []string{e.Slug}, menu: "office_events",
		Page: view.Page{Title: body.Heading + " – " + body.Lead, Body: body},
	})
}

func (o *Office) automaticRow(c *gin.Context, e domain.Event, l service.AutomaticLetter) automaticRow {
	p, name, key := o.printer(c), automaticNames()[l.Kind], "office.automatic."+string(l.Kind)
	writes := signedIn(c).Actor.MayAt(domain.PermWriteMail, e)
	row := automaticRow{ID: name, Name: p.T(key), On: l.On, About: p.T(key + "_about"), Lines: automaticLines(p, e, l, o.Now())}
	row.State = p.T("office.automatics.off")
	if l.On {
		row.State = p.T("office.automatics.on")
	}
	ahead := l.Plan.State == domain.AutomaticAhead || l.Plan.State == domain.AutomaticDue
	if ahead && l.People > 0 {
		for _, f := range faultsOf(l.Blocked) {
			row.Blocked = append(row.Blocked, p.T(ofStaff(p, f.Key), f.Args))
		}
	}
	add := func(url, label string) { row.Links = append(row.Links, automaticLink{url, label, row.Name}) }
	if s := l.Plan.Sent; s != nil && s.People > 0 {
		add(o.path(c, "office_mailing", s.Mailing), p.T("office.automatics.progress"))
	}
	if writes {
		add(o.path(c, "office_automatic", e.Slug, name), p.T("office.automatics.edit"))
	}
	add(o.path(c, "office_automatic_look", e.Slug, name), p.T("office.automatics.look"))
	if !l.Kind.Before() && l.Kind.Timed() && l.Plan.State != domain.AutomaticGone && e.State == domain.EventPublished && signedIn(c).Actor.MayAt(domain.PermCheckIn, e) {
		add(o.path(c, "office_attendance", e.Slug), p.T("office.automatics.attendance"))
	}
	if writes && e.State == domain.EventPublished && (l.Plan.State == domain.AutomaticMissed || l.Plan.State == domain.AutomaticClose || l.Plan.State == domain.AutomaticLapsed) {
		add(o.path(c, "office_mailing_new")+"?event="+e.Slug, p.T("office.automatics.instead"))
	}
	if writes && e.State != domain.EventCancelled {
		step := stepOn
		if l.On {
			step = stepOff
		}
		row.Switch = &automaticSwitch{
			Action: o.path(c, "office_automatics", e.Slug), Kind: name, Step: step, Label: p.T("office.automatics.turn_" + step), Of: row.Name,
		}
	}
	return row
}

// automaticLines say what becomes of a letter: when it goes and to how many, or why it does not.
func automaticLines(p *i18n.Printer, e domain.Event, l service.AutomaticLetter, now time.Time) []string {
	key := "office.automatic_state." + string(l.Plan.State)
	args := map[string]any{
		"at": l.Plan.At, "count": l.People, "days": workdays(p, l.Days), "max": domain.AutomaticMostDays, "until": l.Lapses(e), "waits": l.Waits,
	}
	if l.Plan.Sent != nil {
		args["sent"], args["day"] = l.Plan.Sent.At, l.Plan.Sent.Day
	}
	switch l.Plan.State {
	case domain.AutomaticOnChange, domain.AutomaticOff:
		switch {
		case !l.Kind.Timed():
			key += "_" + string(l.Kind)
		case e.State != domain.EventPublished || l.Plan.At.IsZero():
		case l.Plan.At.After(now):
			key += "_ahead"
		default:
			key += "_passed"
		}
	case domain.AutomaticUndecided, domain.AutomaticDraft:
		key += side(l.Kind)
	case domain.AutomaticGone:
		if l.People == 0 {
			key += "_nobody"
		}
	case domain.AutomaticAhead, domain.AutomaticDue:
		out := []string{p.T(key, args), p.T("office.automatic_to."+whom(l), args)}
		switch due := l.Plan.State == domain.AutomaticDue; {
		case due && l.People == 0:
			out = []string{p.T("office.automatic_state.waits", args)}
		case due && !l.Waits.IsZero():
			out[0] = p.T("office.automatic_state.settles", args)
		}
		if l.Refused > 0 {
			out = append(out, p.T("office.automatics.refused", "count", l.Refused))
		}
		return out
	}
	return []string{p.T(key, args)}
}

// side is the end of a key, by whether the letter goes before the event or after it.
func side(k domain.AutomaticKind) string {
	if k.Before() {
		return "_before"
	}
	return "_after"
}

// whom is the end of the key that tells to whom the letter goes.
func whom(l service.AutomaticLetter) string {
	switch {
	case l.Kind == domain.AutomaticThanks && !l.Marked:
		return "unmarked"
	case l.Kind == domain.AutomaticThanks:
		return "present"
	case l.Kind == domain.AutomaticAbsent:
		return "absent"
	}
	return "places"
}

func workdays(p *i18n.Printer, n int) string { return p.T("office.automatics.workdays", "count", n) }

// The steps of the switch.
const (
	stepOn  = "on"
	stepOff = "off"
)

// automaticsDo turns a letter on or off. What it is already it stays.
func (o *Office) automaticsDo(c *gin.Context) error {
	e, err := o.eventFor(c, domain.PermWriteMail)
	if err != nil {
		return err
	}
	in, err := server.ReadForm(c, []string{"kind", fieldStep})
	if err != nil {
		return err
	}
	step := in.Get(fieldStep)
	for k, name := range automaticNames() {
		if name != in.Get("kind") || step != stepOn && step != stepOff {
			continue
		}
		if err := o.Automatics.Switch(c.Request.Context(), signedIn(c).Actor, e.Slug, k, step == stepOn); err != nil {
			return err
		}
		return o.lead(c, o.path(c, "office_automatics", e.Slug)+"?"+fieldDone+"=automatic_"+step+"#"+name)
	}
	return &server.Refusal{Status: http.StatusBadRequest, Key: "error.form_unknown"}
}
