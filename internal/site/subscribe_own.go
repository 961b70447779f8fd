package site

import (
	"errors"
	"mime"
	"net/http"
	"net/url"
	"time"

	"github.com/gin-gonic/gin"

	"github.com/temadag/temadag/internal/domain"
	"github.com/temadag/temadag/internal/i18n"
	"github.com/temadag/temadag/internal/server"
	"github.com/temadag/temadag/internal/service"
	"github.com/temadag/temadag/internal/view"
)

// invitationsOwnPage is behind the link in a letter: it asks whether the address is hers, or shows which
// counties invite her.
type invitationsOwnPage struct {
	Email   string
	Action  string
	Waiting []string // "Länsstyrelsen Norrbotten": whom she has asked and not yet said yes to
	Invited []string
	County  view.Field
	Done    *view.Notice
}

// The buttons of the page.
const (
	stepYes     step = "yes"
	stepSave    step = "save"
	stepEndThem step = "end"
)

// What the page tells was done a moment ago.
const (
	doneYes   = "ja"
	doneSaved = "sparat"
)

var errNoSubscription = &server.Refusal{Status: http.StatusNotFound, Key: "subscribers.not_found"}

// subscriptionRefusal is err, and for every link that leads nowhere the same page.
func subscriptionRefusal(err error) error {
	if errors.Is(err, domain.ErrNotFound) {
		return errNoSubscription
	}
	return err
}

func (s *Site) invitationsOwn(c *gin.Context) error {
	own, err := s.subscribers.Subscription(c.Request.Context(), server.ActorOf(c), c.Param("token"))
	if err != nil {
		return subscriptionRefusal(err)
	}
	l := server.LangOf(c)
	p := s.printer(l)
	around, err := s.surroundings(c.Request.Context())
	if err != nil {
		return err
	}
	body := invitationsOwnPage{
		Email: own.Email, Action: s.paths.For(l, "invitations_own", c.Param("token")),
		Waiting: shortNames(own.Waiting), Invited: shortNames(own.Invited), Done: doneInvitations(p, c.Query(fieldDone), own),
		County: countyField(p, around.organisers, codes(own.Invited), p.T("subscribers.own.counties"), ""),
	}
	body.County.Hint = ""
	title := p.T("subscribers.own.title")
	if len(body.Waiting) > 0 {
		title = p.T("subscribers.confirm.title")
	}
	return s.write(c, http.StatusOK, page{
		template: "public/invitations_own", route: "invitations_own", args: []string{c.Param("token")},
		Page: view.Page{Title: title, NoIndex: true, Nav: view.NavSubscribe, Body: body},
	})
}

func shortNames(all []domain.Organiser) []string {
	out := make([]string, len(all))
	for i, o := range all {
		out[i] = o.Short
	}
	return out
}

func codes(all []domain.Organiser) []string {
	out := make([]string, len(all))
	for i, o := range all {
		out[i] = string(o.Code)
	}
	return out
}

// doneInvitations tells what was done a moment ago, while it is so.
func doneInvitations(p *i18n.Printer, done string, own domain.Subscription) *view.Notice {
	if done != doneYes && done != doneSaved || len(own.Invited) == 0 || len(own.Waiting) > 0 {
		return nil
	}
	return &view.Notice{Kind: "done", Title: p.T("subscribers.done." + done + ".title"), Text: p.T("subscribers.done." + done + ".text")}
}

func (s *Site) invitationsChoose(c *gin.Context) error {
	in, err := readInvitations(c, []string{fieldStep})
	if err != nil {
		return err
	}
	ctx, a, l, token := c.Request.Context(), server.ActorOf(c), server.LangOf(c), c.Param("token")
	done := doneSaved
	switch step(in.Get(fieldStep)) {
	case stepYes:
		done, err = doneYes, s.subscribers.Confirm(ctx, a, token)
	case stepSave:
		token, err = s.subscribers.Choose(ctx, a, token, codesOf(in[fieldCounties]))
	case stepEndThem:
		token, err = s.subscribers.Choose(ctx, a, token, nil)
	default:
		return errInvitationForm
	}
	if err != nil {
		return subscriptionRefusal(err)
	}
	to := s.paths.For(l, "invitations_ended")
	if token != "" {
		to = s.paths.For(l, "invitations_own", token) + "?" + fieldDone + "=" + done
	}
	c.Redirect(http.StatusSeeOther, to)
	return nil
}

// endPage ends invitations, or tells that they are ended.
type endPage struct {
	Ended  bool
	All    bool   // of every county
	County string // "" where they have been ended before
	Others []string
	Rest   string // where the others are ended; "" where there are none
	Action string
	Again  string
	Days   int
}

// invitationsEnded tells that all have been ended.
func (s *Site) invitationsEnded(c *gin.Context) error {
	return s.showEnd(c, "invitations_ended", nil, endPage{Ended: true, All: true})
}

// unsubscribeShow changes nothing: mail is looked through by programs that follow every link in it.
func (s *Site) unsubscribeShow(c *gin.Context) error {
	token := c.Param("token")
	e, err := s.subscribers.Ending(c.Request.Context(), server.ActorOf(c), token)
	if err != nil {
		return subscriptionRefusal(err)
	}
	return s.showEnd(c, "unsubscribe", []string{token}, s.endPage(c, e, e.County.Code == ""))
}

func (s *Site) endPage(c *gin.Context, e service.Ending, ended bool) endPage {
	l := server.LangOf(c)
	body := endPage{Ended: ended, County: e.County.Short, Others: shortNames(e.Others), Action: s.paths.For(l, "unsubscribe", c.Param("token"))}
	if e.Rest != "" {
		body.Rest = s.paths.For(l, "unsubscribe", e.Rest)
	}
	return body
}

// unsubscribeDo ends them at once, for the button on the page and for the press in a mail program, which sends
// the same (RFC 8058): without cookies, from anywhere, answered without a redirect.
func (s *Site) unsubscribeDo(c *gin.Context) error {
	in, err := readOneClick(c)
	if err != nil {
		return err
	}
	e, err := s.subscribers.End(c.Request.Context(), server.ActorOf(c), c.Param("token"), in.Get(fieldAll) != "")
	if err != nil {
		return subscriptionRefusal(err)
	}
	body := s.endPage(c, e, true)
	if in.Get(fieldAll) != "" {
		body = endPage{Ended: true, All: true}
	}
	return s.showEnd(c, "unsubscribe", []string{c.Param("token")}, body)
}

// The fields of the form: the one that RFC 8058 names, and one of our own.
const (
	fieldOneClick = "List-Unsubscribe"
	oneClick      = "One-Click"
	fieldAll      = "all"
)

// mostOneClick is more than any such form has.
const mostOneClick = 4 << 10

// readOneClick reads the form in either of the two ways in which mail programs send it.
func readOneClick(c *gin.Context) (url.Values, error) {
	unknown := errInvitationForm
	var values url.Values
	switch kind, _, _ := mime.ParseMediaType(c.Request.Header.Get("Content-Type")); kind { //nolint:errcheck // "" is none of the two
	case "multipart/form-data":
		if err := c.Request.ParseMultipartForm(mostOneClick); err != nil {
			return nil, unknown
		}
		values = c.Request.MultipartForm.Value
	case "application/x-www-form-urlencoded":
		var err error
		if values, err = readValues(c.Request); err != nil {
			return nil, err
		}
	}
	if values.Get(fieldOneClick) != oneClick {
		return nil, unknown
	}
	return values, nil
}

func (s *Site) showEnd(c *gin.Context, route string, args []string, body endPage) error {
	l := server.LangOf(c)
	p := s.printer(l)
	title := p.T("subscribers.end.title")
	if body.Ended {
		title = p.T("subscribers.ended.title")
	}
	body.Again, body.Days = s.paths.For(l, "invitations"), int(domain.SubscriberWaits/(24*time.Hour))
	return s.write(c, http.StatusOK, page{
		template: "public/invitations_end", route: route, args: args,
		Page: view.Page{Title: title, NoIndex: true, Nav: view.NavSubscribe, Body: body},
	})
}

// ownInvitations is the wish on the page of a registration: her link proves the address.
type ownInvitations struct {
	County  string
	Invited bool
	Link    string // to what she has asked for; "" for nothing
	Action  string
}

// ownInvitations is nil for somebody whose registration has no address.
func (s *Site) ownInvitations(v ownVisit) (*ownInvitations, error) {
	o, err := s.subscribers.OfOwn(v.c.Request.Context(), server.ActorOf(v.c), v.token)
	if errors.Is(err, domain.ErrNotFound) {
		return nil, nil
	}
	if err != nil {
		return nil, err
	}
	out := &ownInvitations{County: o.County.Short, Invited: o.Invited, Action: s.paths.For(v.lang(), "own_invitations", v.token)}
	if o.Link != "" {
		out.Link = s.paths.For(v.lang(), "invitations_own", o.Link)
	}
	return out, nil
}

// ownInvitationsShow leads back to where the button is.
func (s *Site) ownInvitationsShow(c *gin.Context) error {
	v, err := s.visit(c)
	if err != nil {
		return err
	}
	return s.toOwn(v, v.token, "")
}

func (s *Site) ownInvitationsDo(c *gin.Context) error {
	v, err := s.visit(c)
	if err != nil {
		return err
	}
	if _, err := readOwn(c, nil, nil); err != nil {
		return err
	}
	err = s.subscribers.AskOwn(c.Request.Context(), server.ActorOf(c), v.token)
	if err == nil {
		return s.toOwn(v, v.token, doneInvited)
	}
	a, err := v.refusal(err)
	if err != nil {
		return err
	}
	return s.showOwn(v, a)
}

func (s *Site) ownInvitationsCrowded(c *gin.Context) error {
	v, err := s.visit(c)
	if err != nil {
		return err
	}
	return s.showOwn(v, v.crowded())
}

// doneInvited is the word for that she will be told of new events.
const doneInvited = "bjuds_in"
