package site

import (
	"errors"
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

// invitationRoutes are the pages of those who want to be told of new events. Looking changes nothing: links in
// letters are followed by programs that guard the mail.
func (s *Site) invitationRoutes() []server.Route {
	ask := both("/inbjudningar", "/en/invitations")
	own := both("/inbjudningar/:token", "/en/invitations/:token")
	end := both("/avsluta/:token", "/en/end/:token")
	form := func(method string, handle, crowded func(*gin.Context) error) server.Route {
		return server.Route{
			Name: "invitations", Method: method, Paths: ask, Handler: handle, Permission: domain.PermRegister,
			Class: server.ClassForm, Crowded: crowded,
		}
	}
	personal := func(name, method string, paths map[domain.Lang]string, p domain.Permission, handle func(*gin.Context) error) server.Route {
		return server.Route{Name: name, Method: method, Paths: paths, Handler: handle, Permission: p, Class: server.ClassPersonal}
	}
	oneClick := personal("unsubscribe", http.MethodPost, end, domain.PermChangeOwn, s.unsubscribeDo)
	oneClick.AnyOrigin = true
	return []server.Route{
		form(http.MethodGet, s.invitationsNew, nil),
		form(http.MethodPost, s.invitationsAsk, s.invitationsCrowded),
		personal("invitations_asked", http.MethodGet, both("/inbjudningar/tack", "/en/invitations/thanks"), domain.PermRegister, s.invitationsAsked),
		personal("invitations_ended", http.MethodGet, both("/inbjudningar/avslutade", "/en/invitations/ended"), domain.PermReadOwn, s.invitationsEnded),
		personal("invitations_own", http.MethodGet, own, domain.PermReadOwn, s.invitationsOwn),
		personal("invitations_own", http.MethodPost, own, domain.PermChangeOwn, s.invitationsChoose),
		personal("unsubscribe", http.MethodGet, end, domain.PermReadOwn, s.unsubscribeShow),
		oneClick,
	}
}

// invitationsPage asks which counties may write, and to which address.
type invitationsPage struct {
	Action  string
	Token   string
	Email   view.Field
	County  view.Field
	Trap    string
	Notice  *view.Notice
	Faults  []view.Fault
	Other   string // the page in the other language, which is the language of the letters
	Privacy string
	Days    int
}

// The names of the fields.
const (
	fieldEmail    = "email"
	fieldCounties = "counties"
)

// tokenOfInvitations is what the tokens of the form are made for.
const tokenOfInvitations = "invitations"

func (s *Site) invitationsNew(c *gin.Context) error {
	return s.showInvitations(c, http.StatusOK, url.Values{}, nil, nil)
}

// invitationsAsk answers everyone alike, whatever is known of the address.
func (s *Site) invitationsAsk(c *gin.Context) error {
	in, err := readInvitations(c, []string{fieldEmail, fieldToken, fieldTrap})
	if err != nil {
		return err
	}
	l := server.LangOf(c)
	if s.inDoubt(in) {
		return s.showInvitations(c, http.StatusOK, in, nil, s.invitationsAgain(c, "pause"))
	}
	err = s.subscribers.Ask(c.Request.Context(), server.ActorOf(c), service.SubscriptionAsk{
		SubscriptionEntry: domain.SubscriptionEntry{Email: in.Get(fieldEmail), Counties: codesOf(in[fieldCounties])},
		Lang:              l, Address: c.ClientIP(),
	})
	if server.Busy(err) {
		return err
	}
	switch domain.CodeOf(err) {
	case "":
		if err != nil {
			return err
		}
		c.Redirect(http.StatusSeeOther, s.paths.For(l, "invitations_asked"))
		return nil
	case domain.CodeInvalid:
		return s.showInvitations(c, http.StatusUnprocessableEntity, in, err, nil)
	case domain.CodeTooMany:
		return s.showInvitations(c, http.StatusTooManyRequests, in, nil, s.invitationsAgain(c, "crowded"))
	case domain.CodeUnavailable:
		c.Header("Retry-After", "10")
		return s.showInvitations(c, http.StatusServiceUnavailable, in, nil, s.invitationsAgain(c, "busy"))
	}
	return err
}

// readInvitations reads a form of these pages. Where it is none of ours nothing is said of a registration, as
// elsewhere: there is none here.
func readInvitations(c *gin.Context, fields []string) (url.Values, error) {
	in, err := readOwn(c, fields, []string{fieldCounties})
	var r *server.Refusal
	if errors.As(err, &r) && r.Key == "error.form_unknown" {
		return nil, errInvitationForm
	}
	return in, err
}

var errInvitationForm = &server.Refusal{Status: http.StatusBadRequest, Key: "subscribers.form_unknown"}

func (s *Site) invitationsCrowded(c *gin.Context) error {
	in, err := readInvitations(c, []string{fieldEmail, fieldToken, fieldTrap})
	if err != nil {
		return err
	}
	return s.showInvitations(c, http.StatusTooManyRequests, in, nil, s.invitationsAgain(c, "crowded"))
}

// inDoubt reports whether a person should look once more: the page was open for long, or was filled in faster
// than anyone reads.
func (s *Site) inDoubt(in url.Values) bool {
	_, made, err := s.tokens.ReadFormToken(tokenOfInvitations, in.Get(fieldToken), s.now())
	return err != nil || s.guard && (in.Get(fieldTrap) != "" || s.tooQuick(made))
}

func (s *Site) invitationsAgain(c *gin.Context, why string) *view.Notice {
	p := s.printer(server.LangOf(c))
	return &view.Notice{Kind: "warning", Title: p.T("subscribers.again." + why + ".title"), Text: p.T("subscribers.again." + why + ".text")}
}

func (s *Site) showInvitations(c *gin.Context, status int, in url.Values, fault error, notice *view.Notice) error {
	l := server.LangOf(c)
	p := s.printer(l)
	around, err := s.surroundings(c.Request.Context())
	if err != nil {
		return err
	}
	faults := invitationFaults(p, fault)
	body := invitationsPage{
		Action: s.paths.For(l, "invitations"), Token: s.tokens.FormToken(tokenOfInvitations, s.now().Add(-s.given(in))), Trap: fieldTrap,
		Notice: notice, Faults: faults, Other: s.paths.For(otherLang(l), "invitations"), Privacy: s.paths.For(l, "privacy") + "#inbjudningar",
		Days: int(domain.SubscriberWaits / (24 * time.Hour)),
		Email: view.Field{
			Kind: view.FieldEmail, Name: fieldEmail, Label: p.T("subscribers.ask.email"), Hint: p.T("subscribers.ask.email_hint"),
			Value: shown(in.Get(fieldEmail)), Autocomplete: "email", InputMode: "email", NoSpelling: true, Error: faultAt(faults, fieldEmail),
		},
		County: countyField(p, around.organisers, in[fieldCounties], p.T("subscribers.ask.counties"), faultAt(faults, fieldCounties)),
	}
	return s.write(c, status, page{
		template: "public/invitations", route: "invitations",
		Page: view.Page{Title: p.T("subscribers.ask.title"), Nav: view.NavSubscribe, Errors: len(faults), Body: body},
	})
}

// given is how much older than new a token is made: somebody who is asked to look once more is not asked to
// wait as well.
func (s *Site) given(in url.Values) time.Duration {
	if in.Get(fieldToken) == "" {
		return 0
	}
	return quickest
}

func otherLang(l domain.Lang) domain.Lang {
	if l == domain.English {
		return domain.Swedish
	}
	return domain.English
}

func codesOf(in []string) []domain.OrganiserCode {
	out := make([]domain.OrganiserCode, len(in))
	for i, c := range in {
		out[i] = domain.OrganiserCode(c)
	}
	return out
}

// countyField offers every county administration.
func countyField(p *i18n.Printer, all []domain.Organiser, chosen []string, label, fault string) view.Field {
	f := view.Field{Kind: view.FieldCheckboxes, Name: fieldCounties, Label: label, Hint: p.T("subscribers.ask.counties_hint"), Values: chosen, Error: fault}
	for _, o := range all {
		f.Options = append(f.Options, view.Option{Value: string(o.Code), Label: o.Short, Lang: domain.Swedish})
	}
	return f
}

// invitationFaults is what is wrong in a form, in words.
func invitationFaults(p *i18n.Printer, err error) []view.Fault {
	var v *domain.Invalid
	if !errors.As(err, &v) {
		return nil
	}
	var out []view.Fault
	for _, field := range []string{fieldEmail, fieldCounties} { // as they stand on the page
		for _, f := range v.Faults {
			if f.Field == field {
				out = append(out, view.Fault{Field: field, Text: p.T(f.Key, f.Args)})
				break
			}
		}
	}
	return out
}

func faultAt(faults []view.Fault, field string) string {
	for _, f := range faults {
		if f.Field == field {
			return f.Text
		}
	}
	return ""
}

// invitationsAsked tells that a letter is on its way if there is to be one. It tells everyone the same.
func (s *Site) invitationsAsked(c *gin.Context) error {
	l := server.LangOf(c)
	p := s.printer(l)
	return s.write(c, http.StatusOK, page{
		template: "public/invitations_asked", route: "invitations_asked",
		Page: view.Page{
			Title: p.T("subscribers.asked.title"), NoIndex: true, Nav: view.NavSubscribe,
			Body: map[string]any{"Calendar": s.paths.For(l, "home"), "Again": s.paths.For(l, "invitations"), "Days": int(domain.SubscriberWaits / (24 * time.Hour))},
		},
	})
}
