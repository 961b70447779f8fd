package office

import (
	"net/http"
	"strconv"
	"strings"

	"github.com/gin-gonic/gin"

	"github.com/temadag/temadag/internal/domain"
	"github.com/temadag/temadag/internal/i18n"
	"github.com/temadag/temadag/internal/server"
	"github.com/temadag/temadag/internal/view"
)

// personPage is one registration: who, where she stands, what can be done, and all that has happened.
type personPage struct {
	domain.PersonView
	Back    view.Crumb
	Notice  *view.Notice
	Name    string
	Event   string
	Status  string
	Facts   []fact
	Ways    []view.Crumb
	Lines   []historyLine
	Letters []letterLine
	Lost    *lostLetter // the latest that did not reach her
	Printed string      // when the confirmation was printed; "" on the page itself
}

type historyLine struct {
	domain.HistoryEntry
	Text string
	Who  string
}

type letterLine struct {
	domain.SentLetter
	letterWords
	What  string
	URL   string // of the letter as it was sent; "" where the actor may not read it
	Again string // where it is sent once more; "" where it cannot be
}

func (o *Office) person(c *gin.Context) (domain.PersonView, error) {
	ctx, a := c.Request.Context(), signedIn(c).Actor
	id, err := o.People.PersonByReference(ctx, a, c.Param("slug"), c.Param("ref"))
	if err != nil {
		return domain.PersonView{}, err
	}
	return o.People.Person(ctx, a, id)
}

func (o *Office) personShow(c *gin.Context) error { return o.showPerson(c, "person", "office_person") }

// personPrint is a confirmation on paper, for someone without an address.
func (o *Office) personPrint(c *gin.Context) error {
	return o.showPerson(c, "print", "office_person_print")
}

func (o *Office) showPerson(c *gin.Context, template, route string) error {
	v, err := o.person(c)
	if err != nil {
		return err
	}
	return o.drawPerson(c, v, template, route, doneTo(o.printer(c), c, v.Registration))
}

// doneTo is done about a person: the word stands in the address, where anyone can write it, so that it is
// shown only while what it says of her is true.
func doneTo(p *i18n.Printer, c *gin.Context, r domain.Registration) *view.Notice {
	holds := true
	switch c.Query(fieldDone) {
	case "office_protect":
		holds = r.Protected
	case "office_accept":
		holds = r.Status == domain.Confirmed
	case "office_refuse":
		holds = !r.Status.Live()
	case "office_cancel":
		holds = r.Status == domain.Cancelled
	case "office_withdraw":
		holds = r.Status == domain.Withdrawn
	}
	if !holds {
		return nil
	}
	return done(p, c)
}

// drawPerson shows someone as she stands in v: masked or not.
func (o *Office) drawPerson(c *gin.Context, v domain.PersonView, template, route string, n *view.Notice) error {
	p := o.printer(c)
	body := personPage{
		PersonView: v, Back: view.Crumb{URL: o.path(c, "office_people", v.Event.Slug), Label: p.T("office.people.heading")}, Notice: n,
		Name: whoIs(p, v.Registration), Event: eventName(p, v.Event), Status: p.T("status." + string(v.Status)), Facts: personFacts(p, v),
		Ways: o.personWays(c, v), Printed: p.Instant(o.Now()),
	}
	for _, h := range v.History {
		who := historyActor(p, h)
		body.Lines = append(body.Lines, historyLine{h, historyText(p, h), who})
	}
	for _, l := range v.Letters {
		line := letterLine{SentLetter: l, letterWords: o.wordsOf(p, l, l.Fate()), What: o.letterName(c, v.Event.Slug, l)}
		if signedIn(c).Actor.MayAt(domain.PermReadMail, v.Event) {
			line.URL = o.path(c, "office_person_letter", v.Event.Slug, v.Ref, letterNumber(l.ID))
		}
		if signedIn(c).Actor.MayAt(domain.PermWriteMail, v.Event) && v.MaySendAgain(l, o.Now()) == nil {
			line.Again = o.path(c, "office_letter", v.Event.Slug, v.Ref, strconv.FormatInt(int64(l.ID), 10))
		}
		body.Letters = append(body.Letters, line)
	}
	body.Lost = lostOf(p, v, body.Letters)
	return o.write(c, http.StatusOK, page{
		template: template, route: route, args: []string{v.Event.Slug, v.Ref}, menu: "office_events",
		Page: view.Page{Title: body.Name + " – " + body.Event, Body: body},
	})
}

// historyText is what happened, with the number of the other of two that were one person's.
func historyText(p *i18n.Printer, h domain.HistoryEntry) string {
	text := p.T("office.history." + string(h.Kind))
	if h.Details.Other != "" {
		text += " (" + h.Details.Other + ")"
	}
	return text
}

// historyActor is who did it. On the web nobody but the participant registers herself, also where whoever runs
// the program has made her up; a name of ours is told in the language of the page.
func historyActor(p *i18n.Printer, h domain.HistoryEntry) string {
	switch {
	case h.Actor == "", h.Actor == domain.Operator().Name && h.Channel == domain.ChannelWeb:
		return p.T("office.history.herself")
	case p.Has("audit_log.by." + h.Actor):
		return p.T("audit_log.by." + h.Actor)
	}
	return h.Actor
}

// lostLetter tells that mail does not reach someone, and what to do instead.
type lostLetter struct{ Title, Text, Phone string }

// lostOf is the last letter where it did not reach her; nil where it did, and where a later one of its kind went
// or she has a new address.
func lostOf(p *i18n.Printer, v domain.PersonView, lines []letterLine) *lostLetter {
	for i := len(lines) - 1; i >= 0; i-- {
		l := lines[i]
		if !l.Stands.Unreached() || l.Kind.ToContact() || l.Kind.Linkless() {
			continue
		}
		for _, later := range lines[i+1:] {
			if later.Kind == l.Kind || later.Kind == domain.LetterAddressNew {
				return nil
			}
		}
		lost := &lostLetter{Title: p.T("delivery.lost"), Text: p.T("delivery.lost_text", "what", l.What, "why", l.Why, "do", l.Do)}
		if !v.Hidden {
			lost.Phone = v.Phone
		}
		return lost
	}
	return nil
}

func personFacts(p *i18n.Printer, v domain.PersonView) []fact {
	out := []fact{{p.T("office.person.reference"), v.Ref}}
	add := func(key, value string) {
		if value != "" {
			out = append(out, fact{p.T(key), value})
		}
	}
	if v.QueuePosition > 0 {
		add("office.person.queue", p.Value(v.QueuePosition))
	}
	if !v.OfferUntil.IsZero() {
		add("office.person.offer", p.Instant(v.OfferUntil))
	}
	if v.Status == domain.Confirmed && !v.Coming.IsZero() {
		add("office.person.coming", p.T("office.person.coming_at", "at", v.Coming))
	}
	add("office.email", v.Email)
	add("office.person.phone", v.Phone)
	add("office.person.organisation", v.Organisation)
	if v.OrganisationType != "" {
		add("office.person.type", p.T("organisation_type."+string(v.OrganisationType)))
	}
	add("office.person.title", v.Title)
	add("office.person.municipality", v.Municipality)
	out = append(out, answerFacts(p, v.Event.Questions, v.Registration, func(label string) string { return label })...)
	out = append(out, answerFacts(p, v.Retired, v.Registration, func(label string) string { return p.T("manage.retired", "label", label) })...)
	if v.Channel != "" {
		add("office.person.channel", p.T("channel."+string(v.Channel)))
	}
	add("office.person.received", p.Instant(v.ReceivedAt))
	if !v.CancelUntil.IsZero() {
		add("office.person.cancel_until", p.Date(v.CancelUntil))
	}
	return out
}

// answerFacts are what someone answered to some questions, one line each.
func answerFacts(p *i18n.Printer, questions []domain.Question, r domain.Registration, name func(label string) string) []fact {
	var out []fact
	for _, q := range questions {
		for _, answer := range r.Answers {
			if words := answerWords(p, q, answer); answer.QuestionID == q.ID && len(words) > 0 {
				out = append(out, fact{name(q.Label.In(p.Lang())), strings.Join(words, "\n")})
			}
		}
	}
	return out
}

// answerWords is an answer in the words of its choices, or yes or no.
func answerWords(p *i18n.Printer, q domain.Question, a domain.Answer) []string {
	words := q.Shown(a, p.Lang())
	if q.Kind == domain.QuestionYesNo {
		for i, v := range a.Values {
			if key := "answer." + v; p.Has(key) {
				words[i] = p.T(key)
			}
		}
	}
	return words
}

// personWays are what the actor may do with the registration as it stands.
func (o *Office) personWays(c *gin.Context, v domain.PersonView) []view.Crumb {
	p := o.printer(c)
	out := []view.Crumb{{URL: o.path(c, "office_person_print", v.Event.Slug, v.Ref), Label: p.T("office.way.office_person_print")}}
	way := func(may bool, route string) {
		if may {
			out = append(out, view.Crumb{URL: o.path(c, route, v.Event.Slug, v.Ref), Label: p.T("office.way." + route)})
		}
	}
	a := signedIn(c).Actor
	way(revealable(a, v), "office_reveal")
	way(a.MayAt(domain.PermProtect, v.Event) && !v.Protected, "office_protect")
	if !a.MayAt(domain.PermManage, v.Event) {
		return out
	}
	way(v.Status.Live() && !v.Hidden, "office_merge")
	if v.Request != nil || v.Status == domain.Pending {
		out = append(out, view.Crumb{URL: o.path(c, "office_answer", v.Event.Slug, v.Ref), Label: p.T("office.way.office_answer")})
	}
	for _, act := range o.acts() {
		if act.fits(v) {
			out = append(out, view.Crumb{URL: o.path(c, act.route, v.Event.Slug, v.Ref), Label: p.T("office.way." + act.route)})
		}
	}
	return out
}

// act is something that is done to one registration, after a page that asks.
type act struct {
	route  string
	reason bool // one must be given
	asks   bool // for a reason
	day    bool // asks for a day
	danger bool
	fits   func(v domain.PersonView) bool
	do     func(o *Office, c *gin.Context, v domain.PersonView, in actInput) error
}

type actInput struct {
	reason string
	day    domain.Date
}

func (o *Office) acts() []act {
	live := func(v domain.PersonView) bool { return v.Status.Live() }
	return []act{
		{
			route: "office_accept", fits: func(v domain.PersonView) bool {
				may := v.Event.Options(v.Registration, o.Now())
				return may.Answer || may.Claim
			},
			do: func(o *Office, c *gin.Context, v domain.PersonView, _ actInput) error {
				return o.Registrations.AcceptFor(c.Request.Context(), signedIn(c).Actor, v.ID, domain.ChannelPhone)
			},
		},
		{
			route: "office_refuse", danger: true, fits: func(v domain.PersonView) bool { return v.Status == domain.Offered },
			do: func(o *Office, c *gin.Context, v domain.PersonView, _ actInput) error {
				return o.Registrations.RefuseFor(c.Request.Context(), signedIn(c).Actor, v.ID, domain.ChannelPhone)
			},
		},
		{
			route: "office_cancel", asks: true, danger: true, fits: live,
			do: func(o *Office, c *gin.Context, v domain.PersonView, in actInput) error {
				return o.Registrations.CancelFor(c.Request.Context(), signedIn(c).Actor, v.ID, domain.ChannelPhone, in.reason)
			},
		},
		{
			route: "office_extend", day: true, fits: func(v domain.PersonView) bool { return v.Status == domain.Confirmed },
			do: func(o *Office, c *gin.Context, v domain.PersonView, in actInput) error {
				return o.Registrations.Extend(c.Request.Context(), signedIn(c).Actor, v.ID, in.day)
			},
		},
		{
			route: "office_pass_over", asks: true, reason: true, fits: func(v domain.PersonView) bool { return v.Status == domain.Offered },
			do: func(o *Office, c *gin.Context, v domain.PersonView, in actInput) error {
				return o.Registrations.PassOver(c.Request.Context(), signedIn(c).Actor, v.ID, in.reason)
			},
		},
		{
			route: "office_withdraw", asks: true, reason: true, danger: true, fits: live,
			do: func(o *Office, c *gin.Context, v domain.PersonView, in actInput) error {
				return o.Registrations.Withdraw(c.Request.Context(), signedIn(c).Actor, v.ID, in.reason)
			},
		},
	}
}

// managed is the person of the page, for those who manage her registration.
func (o *Office) managed(c *gin.Context) (domain.PersonView, error) {
	v, err := o.person(c)
	if err == nil && !signedIn(c).Actor.MayAt(domain.PermManage, v.Event) {
		err = domain.NotFound("registration.not_found")
	}
	return v, err
}

func (o *Office) actShow(a act) func(*gin.Context) error {
	return func(c *gin.Context) error {
		v, err := o.managed(c)
		if err != nil {
			return err
		}
		return o.showAct(c, nil, a, v, "", "")
	}
}

func (o *Office) actDo(a act) func(*gin.Context) error {
	return func(c *gin.Context) error {
		v, err := o.managed(c)
		if err != nil {
			return err
		}
		in, err := server.ReadForm(c, []string{fieldReason, "day"})
		if err != nil {
			return err
		}
		given, err := a.read(in.Get(fieldReason), in.Get("day"), domain.DateIn(o.Now()))
		if err == nil {
			err = a.do(o, c, v, given)
		}
		if err != nil {
			return o.showAct(c, err, a, v, in.Get(fieldReason), in.Get("day"))
		}
		return o.lead(c, o.path(c, "office_person", v.Event.Slug, v.Ref)+"?"+fieldDone+"="+a.route)
	}
}

func (a act) read(reason, day string, today domain.Date) (actInput, error) {
	in := actInput{reason: reason}
	if !a.day {
		return in, nil
	}
	read, _, ok := domain.ReadDateInput(day, today)
	if !ok {
		return in, &domain.Error{Code: domain.CodeInvalid, Key: "office.day.wrong", Field: "day"}
	}
	in.day = read
	return in, nil
}

func (o *Office) showAct(c *gin.Context, refusal error, a act, v domain.PersonView, reason, day string) error {
	p, key := o.printer(c), "office.act."+a.route
	back := view.Crumb{URL: o.path(c, "office_person", v.Event.Slug, v.Ref), Label: whoIs(p, v.Registration)}
	body := formPage{
		Back: &back, Heading: p.T(key+".heading", "who", whoIs(p, v.Registration)), Lead: eventName(p, v.Event), Text: []string{p.T(key + ".text")},
		Facts:  []fact{{p.T("office.person.status"), p.T("status." + string(v.Status))}, {p.T("office.person.reference"), v.Ref}},
		Action: o.path(c, a.route, v.Event.Slug, v.Ref), Keep: &view.Crumb{URL: back.URL, Label: p.T("office.keep")},
	}
	if !a.fits(v) && refusal == nil {
		refusal = &domain.Error{Code: domain.CodeClosed, Key: key + ".not_now"}
	}
	if a.fits(v) {
		if a.asks {
			f := reasonField(p, reason, "office.act.reason_hint")
			f.Optional = !a.reason
			body.Fields = append(body.Fields, f)
		}
		if a.day {
			body.Fields = append(body.Fields, view.Field{
				Name: "day", Label: p.T(key + ".day"), Hint: p.T("office.day.hint"), Value: shown(day), Width: "medium", NoSpelling: true,
			})
		}
		b := button{Label: p.T(key + ".button")}
		if a.danger {
			b.Kind = "danger"
		}
		body.Buttons = []button{b}
	}
	return o.answer(c, refusal, a.route, "office_events", body, v.Event.Slug, v.Ref)
}
