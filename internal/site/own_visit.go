package site

import (
	"errors"
	"net/http"
	"net/url"
	"slices"
	"strconv"

	"github.com/gin-gonic/gin"

	"github.com/temadag/temadag/internal/domain"
	"github.com/temadag/temadag/internal/i18n"
	"github.com/temadag/temadag/internal/server"
	"github.com/temadag/temadag/internal/view"
)

// ownVisit is one visit to the pages behind a personal link: whose registration it is, and in what
// language the pages speak.
type ownVisit struct {
	domain.OwnRegistration
	c     *gin.Context
	p     *i18n.Printer
	token string
}

// visit finds the registration behind the link. Every link that leads nowhere looks alike.
func (s *Site) visit(c *gin.Context) (ownVisit, error) {
	token := c.Param("token")
	own, err := s.registrations.Own(c.Request.Context(), server.ActorOf(c), token)
	if err != nil {
		return ownVisit{}, uniform(err, "own.not_found")
	}
	return ownVisit{OwnRegistration: own, c: c, p: s.printer(server.LangOf(c)), token: token}, nil
}

// lang is the language of the pages.
func (v ownVisit) lang() domain.Lang { return v.p.Lang() }

// status is where the registration stands.
func (v ownVisit) status() domain.RegistrationStatus { return v.Registration.Status }

// ownFrame is what the pages on which a participant does something have in common. Each is reached
// from the personal page and leads back to it.
type ownFrame struct {
	Event   domain.Event
	Name    string // of the event, with its town
	Town    string // or its title, where it has none
	Own     string // the personal page
	Action  string // where the form is sent
	Heading string
	Phone   string
	Seen    domain.RegistrationStatus // what the page told, so that it is never taken for something else
	Notice  *view.Notice
	Faults  []view.Fault
}

// ownFrame describes the page of the route.
func (s *Site) ownFrame(v ownVisit, route, heading string, args ...string) ownFrame {
	l := v.lang()
	return ownFrame{
		Event: v.Event, Name: eventName(l, v.Event), Town: townOrTitle(l, v.Event), Own: s.paths.For(l, "own", v.token),
		Action: s.paths.For(l, route, append([]string{v.token}, args...)...), Heading: heading,
		Phone: phoneOf(v.Event), Seen: v.status(),
	}
}

// again takes over what there is to say about what was sent.
func (f *ownFrame) again(a again, p *i18n.Printer, parts ...formPart) {
	f.Notice = a.notice
	f.Faults = told(p, f.Event, parts, a.faults)
}

// writeOwn answers with the page of the template below public/own_.
func (s *Site) writeOwn(v ownVisit, a again, template, route string, f ownFrame, body any, args ...string) error {
	status := a.status
	if status == 0 {
		status = http.StatusOK
	}
	return s.write(v.c, status, page{
		template: "public/own_" + template, route: route, args: append([]string{v.token}, args...),
		Page: view.Page{
			Title: f.Heading + " – " + eventTitle(v.lang(), f.Event), NoIndex: true, Nav: view.NavCalendar,
			Organiser: footerContact(v.Event), ProtectedTold: true, Errors: len(f.Faults), Body: body,
		},
	})
}

// again is why a page is shown once more: what is wrong in its form, or what happened meanwhile.
// The zero again is a page shown for the first time.
type again struct {
	status int
	faults *domain.Invalid
	notice *view.Notice
}

// list is the faults, none where the form has none.
func (a again) list() []*domain.Error {
	if a.faults == nil {
		return nil
	}
	return a.faults.Faults
}

// refusal is how a page says what the use case had against what was sent; err where it is not for
// the page to say. Nothing was changed then.
func (v ownVisit) refusal(err error) (again, error) {
	var invalid *domain.Invalid
	var single *domain.Error
	if server.Busy(err) {
		return again{}, err
	}
	switch code := domain.CodeOf(err); {
	case errors.As(err, &invalid):
		return again{status: http.StatusUnprocessableEntity, faults: invalid}, nil
	case code == domain.CodeInvalid && errors.As(err, &single):
		return again{status: http.StatusUnprocessableEntity, faults: &domain.Invalid{Faults: []*domain.Error{single}}}, nil
	case code == domain.CodeUnavailable || code == domain.CodeTooMany:
		v.c.Header("Retry-After", "10")
		return v.notice(http.StatusServiceUnavailable, unavailable(err)), nil
	case code != domain.CodeNotFound && errors.As(err, &single):
		return again{status: http.StatusConflict, notice: &view.Notice{
			Kind: "warning", Title: v.p.T("own.again.refused.title"), Text: v.p.T(single.Key, single.Args),
		}}, nil
	}
	return again{}, uniform(err, "own.not_found")
}

// notice is a page shown once more for the reason, whose words are below "own.again.".
func (v ownVisit) notice(status int, why string) again {
	return again{status: status, notice: &view.Notice{
		Kind: "warning", Title: v.p.T("own.again." + why + ".title"), Text: v.p.T("own.again." + why + ".text"),
	}}
}

// crowded is a page shown once more because too much came from the visitor's network.
func (v ownVisit) crowded() again { return v.notice(http.StatusTooManyRequests, "crowded") }

// toOwn leads to the personal page behind token, which tells what was done by a fixed word.
func (s *Site) toOwn(v ownVisit, token, word string) error {
	to := s.paths.For(v.lang(), "own", token)
	if word != "" {
		to += "?" + fieldDone + "=" + word
	}
	v.c.Redirect(http.StatusSeeOther, to)
	return nil
}

// The names of fields that more than one of the forms has.
const (
	fieldDone   = "klart" // in the address of the personal page
	fieldSeen   = "seen"
	fieldReason = "reason"
)

// readOwn is what a form sent. A field that is not named, or one of the single ones sent twice,
// means that the form is not ours and is refused: nobody who filled in a page meets it.
func readOwn(c *gin.Context, single, several []string) (url.Values, error) {
	values, err := readValues(c.Request)
	if err != nil {
		return nil, err
	}
	for name, given := range values {
		if slices.Contains(several, name) || (slices.Contains(single, name) && len(given) == 1) {
			continue
		}
		return nil, &server.Refusal{Status: http.StatusBadRequest, Key: "error.form_unknown"}
	}
	return values, nil
}

// readEntry is what a form sent that asks what the registration's asks, and the single fields beside.
// What the event no longer asks is read and dropped.
func readEntry(c *gin.Context, e domain.Event, beside ...string) (domain.Entry, url.Values, error) {
	values, err := readValues(c.Request)
	if err != nil {
		return domain.Entry{}, nil, err
	}
	p := posted{Entry: domain.Entry{Answers: make(map[int64][]string)}}
	for name, given := range values {
		line, list := entryLine(&p.Entry, name), p.list(name)
		q, asked := questionOf(e, name)
		switch {
		case asked && (len(given) == 1 || q.Kind == domain.QuestionChoices):
			p.Entry.Answers[q.ID] = given
		case list != nil:
			*list = append(*list, given...)
		case len(given) == 1 && slices.Contains(beside, name):
		case len(given) == 1 && line != nil:
			*line = given[0]
		default:
			return domain.Entry{}, nil, &server.Refusal{Status: http.StatusBadRequest, Key: "error.form_unknown"}
		}
	}
	slices.Sort(p.Entry.Sessions) // they came in fields of their own, in any order
	return p.Entry, values, nil
}

// number is the whole number in a hidden field, 0 where it holds none.
func number(s string) int64 {
	n, err := strconv.ParseInt(s, 10, 64)
	if err != nil {
		return 0
	}
	return n
}

// reasonField asks for a reason in the participant's own words.
func reasonField(p *i18n.Printer, typed, area string, optional bool) view.Field {
	return view.Field{
		Kind: view.FieldLongText, Name: fieldReason, Label: p.T("own." + area + ".reason"), Hint: p.T("own." + area + ".reason_hint"),
		Value: shown(typed), Optional: optional, Max: domain.MaxReason,
	}
}
