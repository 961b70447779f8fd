package site

import (
	"bytes"
	"context"
	"errors"
	"net/http"
	"strconv"
	"strings"

	"github.com/gin-gonic/gin"

	"github.com/temadag/temadag/internal/domain"
	"github.com/temadag/temadag/internal/i18n"
	"github.com/temadag/temadag/internal/server"
	"github.com/temadag/temadag/internal/view"
)

// registrationFrame is what the form and the review page have in common.
type registrationFrame struct {
	Event   domain.Event
	Name    string // of the event, with its town
	Heading string // "Anmäl dig till Luleå"
	Queue   bool   // a place in the queue is what can be had
	Left    string // "32 av 80 platser kvar", of the form for several
	Apply   bool   // the organiser says yes or no to what is sent
	Place   place
	Token   string
	Terms   int64
	Rules   rules
	Group   string // the form for several; "" where one person registers one
	Offers  string // how a freed place finds the queue; "" where there is no queue
	Privacy []string
	Notice  *view.Notice
	Action  string // where the form is sent
	Trap    string // the name of the field that people leave empty
	Phone   string
}

// registrationNewPage is the form, empty or with what was typed.
type registrationNewPage struct {
	registrationFrame
	Faults []view.Fault
	Parts  []formPart
}

// registrationReviewPage is what was typed, to be read once more.
type registrationReviewPage struct {
	registrationFrame
	Email  string
	Hint   string // the address looks like a slip of the finger
	Meant  *meantPlace
	Rows   []reviewRow
	Hidden []hiddenField
}

type reviewRow struct {
	Field  string // the id to come back to
	Label  string
	Change string // "Ändra e-postadress"
	Values []string
	Lang   domain.Lang // of the label where it is not the page's
	Large  bool

	ValueLang domain.Lang // of the values where it is not the page's
	Note      string      // said after the values: "Fullt: du hamnar i kön till passet"
}

func (s *Site) registrationFrame(l domain.Lang, e domain.Event, token string) registrationFrame {
	p := s.printer(l)
	f := registrationFrame{
		Event: e, Name: eventName(l, e), Heading: p.T("occasion.register", "town", townOrTitle(l, e)), Place: placeSeat, Token: token, Terms: e.Terms.ID,
		Rules: newRules(p, e), Privacy: privacyLines(p, e), Action: s.paths.For(l, "register", e.Slug),
		Trap: fieldTrap, Phone: phoneOf(e),
	}
	switch {
	case s.applies(e):
		f.Apply = true
		f.Heading = p.T("occasion.apply", "town", townOrTitle(l, e))
	case e.Availability(s.now()) == domain.AvailableQueue:
		f.Queue, f.Place = true, placeQueue
		f.Heading = p.T("occasion.queue", "town", townOrTitle(l, e))
		f.Offers = offersLine(p, e)
	}
	if e.Rules.Groups() {
		f.Group = s.paths.For(l, "groupregister", e.Slug)
	}
	return f
}

// applies reports whether what is sent is an application, which the organiser answers.
func (s *Site) applies(e domain.Event) bool { return e.Rules.Approval && takes(e, s.now()) }

// privacyLines is the short notice at the form: who, what for, on what ground, who else, how
// long, and whom to turn to. Dates are those of this event.
func privacyLines(p *i18n.Printer, e domain.Event) []string {
	ground := p.T("privacy.ground_default")
	if !e.Owner.LegalBasis.IsZero() {
		ground = e.Owner.LegalBasis.In(p.Lang())
	}
	lines := []string{
		p.T("privacy.controller", "authority", e.Owner.Name),
		p.T("privacy.purpose"),
		p.T("privacy.ground", "ground", strings.TrimRight(ground, ". ")),
		p.T("privacy.optional"),
		p.T("privacy.recipients"),
		keptLine(p, e),
	}
	if e.Owner.DPO != "" {
		lines = append(lines, p.T("privacy.rights", "dpo", e.Owner.DPO))
	}
	return lines
}

func (s *Site) registrationPage(l domain.Lang, e domain.Event, name string, body any) page {
	p := s.printer(l)
	title := "registration." + name + ".page_title"
	if s.applies(e) && p.Has(title+"_apply") {
		title += "_apply"
	}
	return page{
		template: "public/registration_" + name, route: "register", args: []string{e.Slug},
		Page: view.Page{
			Title: p.T(title, "event", eventTitle(l, e)), NoIndex: true,
			Nav: view.NavCalendar, Organiser: footerContact(e), Body: body,
			ProtectedTold: name == "new",
		},
	}
}

// showForm shows the form with what was typed.
func (s *Site) showForm(c *gin.Context, status int, e domain.Event, in posted, faults *domain.Invalid, n *view.Notice) error {
	l := server.LangOf(c)
	body := s.form(l, e, in, s.renewed(e, in.Token), faults)
	body.Notice = n
	described := s.registrationPage(l, e, "new", body)
	described.Errors = len(body.Faults)
	return s.write(c, status, described)
}

// showFaults shows the form with everything that is wrong in it.
func (s *Site) showFaults(c *gin.Context, e domain.Event, in posted, err error) error {
	faults, err := faultsOf(err)
	if err != nil {
		return err
	}
	return s.showForm(c, http.StatusUnprocessableEntity, e, in, faults, nil)
}

// faultsOf is the faults that err tells of, or err itself where it tells of none.
func faultsOf(err error) (*domain.Invalid, error) {
	var faults *domain.Invalid
	if errors.As(err, &faults) {
		return faults, nil
	}
	var single *domain.Error
	if !errors.As(err, &single) {
		return nil, err
	}
	return &domain.Invalid{Faults: []*domain.Error{single}}, nil
}

// refusalText is what a refusal has to say, or the text of otherwise where it says nothing.
func refusalText(p *i18n.Printer, err error, otherwise string) string {
	var told *domain.Error
	if errors.As(err, &told) && p.Has(told.Key) {
		return p.T(told.Key, told.Args)
	}
	return p.T(otherwise)
}

// showReview shows what was typed, as it will be kept, with the button that makes it binding.
func (s *Site) showReview(c *gin.Context, status int, e domain.Event, in posted, n *view.Notice) error {
	application, err := e.ReadEntry(in.Entry)
	if err != nil {
		return s.showFaults(c, e, in, err)
	}
	l := server.LangOf(c)
	p := s.printer(l)
	body := registrationReviewPage{
		registrationFrame: s.registrationFrame(l, e, s.renewed(e, in.Token)),
		Email:             application.Email, Rows: applicationRows(p, e, in.Entry.AccessCode, application), Hidden: in.hidden(e),
	}
	body.Notice = n
	body.Meant = newMeantPlace(p, application.Municipality)
	if near := nearDomain(application.Email); near != "" {
		body.Hint = p.T("registration.email_hint", "email", application.Email, "near", near)
	}
	return s.write(c, status, s.registrationPage(l, e, "review", body))
}

// renewed is the token where it still holds, the same form's in a new one where it is too old, and
// a fresh one where it is not ours.
func (s *Site) renewed(e domain.Event, token string) string { return s.renewedFor(e.Slug, token) }

func (s *Site) renewedFor(purpose, token string) string {
	now := s.now()
	key, _, err := s.tokens.ReadFormToken(purpose, token, now)
	if err == nil {
		return token
	}
	if key != "" {
		if renewed, err := s.tokens.RenewFormToken(purpose, key, now); err == nil {
			return renewed
		}
	}
	return s.tokens.FormToken(purpose, now)
}

// registrationClosedPage tells why nobody can register and where to turn instead.
type registrationClosedPage struct {
	occasion
	Series *domain.Series
	Others []occasion
	Notice *view.Notice
	Posted bool // something was sent, and was not taken
	Phone  string
}

func (s *Site) closedPage(ctx context.Context, l domain.Lang, e domain.Event, sent bool) (page, error) {
	p := s.printer(l)
	series, siblings, err := s.siblings(ctx, p, e)
	if err != nil {
		return page{}, err
	}
	body := registrationClosedPage{
		occasion: newOccasion(p, e, s.now()), Series: series, Others: open(siblings), Posted: sent, Phone: phoneOf(e),
	}
	body.Notice = stateNotice(p, body.occasion, siblings)
	return s.registrationPage(l, e, "closed", body), nil
}

// showClosed answers what was sent to an event that takes nothing now.
func (s *Site) showClosed(c *gin.Context, e domain.Event) error {
	described, err := s.closedPage(c.Request.Context(), server.LangOf(c), e, true)
	if err != nil {
		return err
	}
	return s.write(c, http.StatusOK, described)
}

// registrationSentPage is for a form that has been sent already, with other answers in it.
type registrationSentPage struct {
	Event   domain.Event
	Name    string
	Receipt string
	New     string
}

func (s *Site) showSent(c *gin.Context, e domain.Event, in posted) error {
	l := server.LangOf(c)
	body := registrationSentPage{Event: e, Name: eventName(l, e), New: s.paths.For(l, "register", e.Slug)}
	if key, _, _ := s.tokens.ReadFormToken(e.Slug, in.Token, s.now()); key != "" {
		body.Receipt = s.paths.For(l, "receipt", key)
	}
	return s.write(c, http.StatusConflict, s.registrationPage(l, e, "sent", body))
}

// formPage is the empty form in two halves, between which the visitor's token goes; or, where
// nobody can register, the page that says so.
type formPage struct {
	before, after []byte
	closed        *answer
}

// tokenHole stands for the token while the form is drawn. It is of letters, so that no escaping
// touches it.
const tokenHole = "TOKENGOESHERE"

func (s *Site) newFormPage(ctx context.Context, l domain.Lang, slug string) (*formPage, error) {
	e, err := s.programme.Event(ctx, slug)
	if err != nil {
		return nil, err
	}
	if !takes(e, s.now()) {
		described, err := s.closedPage(ctx, l, e, false)
		if err != nil {
			return nil, err
		}
		body, err := s.draw(l, described)
		if err != nil {
			return nil, err
		}
		return &formPage{closed: s.packer.answer(body, pageHeader())}, nil
	}
	body, err := s.draw(l, s.registrationPage(l, e, "new", s.form(l, e, posted{}, tokenHole, nil)))
	if err != nil {
		return nil, err
	}
	before, after, found := bytes.Cut(body, []byte(tokenHole))
	if !found {
		return nil, errors.New("site: the form has no place for its token")
	}
	return &formPage{before: before, after: after}, nil
}

// write sends the form with the token in it.
func (f *formPage) write(c *gin.Context, token string) {
	if f.closed != nil {
		f.closed.write(c)
		return
	}
	body := make([]byte, 0, len(f.before)+len(token)+len(f.after))
	body = append(append(append(body, f.before...), token...), f.after...)
	c.Header("Content-Length", strconv.Itoa(len(body)))
	c.Data(http.StatusOK, "text/html; charset=utf-8", body)
}
