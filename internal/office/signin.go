package office

import (
	"encoding/base64"
	"net/http"
	"net/url"
	"slices"
	"strings"

	"github.com/gin-gonic/gin"

	"github.com/temadag/temadag/internal/domain"
	"github.com/temadag/temadag/internal/i18n"
	"github.com/temadag/temadag/internal/server"
	"github.com/temadag/temadag/internal/service"
	"github.com/temadag/temadag/internal/view"
)

func (o *Office) signInShow(c *gin.Context) error {
	if _, ok := server.SignInOf(c); ok {
		return o.lead(c, o.onward(c, c.Query(fieldNext)))
	}
	return o.showSignIn(c, nil, "", c.Query(fieldNext))
}

// signInDo is the first step. Whatever was wrong, the page says the same.
func (o *Office) signInDo(c *gin.Context) error {
	in, err := server.ReadForm(c, []string{"email", "password", fieldNext})
	if err != nil {
		return err
	}
	result, err := o.Accounts.SignIn(c.Request.Context(), service.SignInInput{
		Email: in.Get("email"), Password: in.Get("password"), Caller: callerOf(c),
	})
	if err != nil {
		return o.showSignIn(c, err, in.Get("email"), in.Get(fieldNext))
	}
	return o.enter(c, result, in.Get(fieldNext))
}

func (o *Office) showSignIn(c *gin.Context, refusal error, email, to string) error {
	p := o.printer(c)
	body := formPage{
		Heading: p.T("office.sign_in.heading"), Lead: p.T("office.sign_in.lead"), Action: o.path(c, "office_sign_in"),
		Hidden: []hidden{{fieldNext, next(to)}},
		Fields: []view.Field{
			{
				Kind: view.FieldEmail, Name: "email", Label: p.T("office.email"), Value: shown(email), Autocomplete: "username",
				InputMode: "email", NoSpelling: true,
			},
			{Kind: view.FieldPassword, Name: "password", Label: p.T("office.password"), Autocomplete: "current-password"},
		},
		Buttons: []button{{Label: p.T("office.sign_in.button")}},
		Links:   []view.Crumb{{URL: o.path(c, "office_forgot"), Label: p.T("office.sign_in.forgot")}},
	}
	body.Passkey = o.passkeySignIn(c, p, "", to)
	if o.Accounts.Provider != nil {
		through := o.path(c, "office_provider")
		if to = next(to); to != "" {
			through += "?" + url.Values{fieldNext: {to}}.Encode()
		}
		body.Links = append([]view.Crumb{{URL: through, Label: p.T("office.provider")}}, body.Links...)
	}
	if body.Notice = o.unsentOnTheWay(c); c.Query(fieldDone) != "" {
		body.Notice = done(p, c)
	}
	return o.answer(c, refusal, "office_sign_in", "", body)
}

// enter lets someone in who has proved who she is, or asks for the second factor.
func (o *Office) enter(c *gin.Context, result service.SignInResult, to string) error {
	if result.Token == "" {
		return o.showFactor(c, nil, result.Ticket, result.Methods, to)
	}
	o.cookie.Give(c, result.Token)
	return o.lead(c, o.onward(c, to))
}

// factorShow is for those who come back to the second step by its address: it cannot be begun there.
func (o *Office) factorShow(c *gin.Context) error { return o.lead(c, o.path(c, "office_sign_in")) }

func (o *Office) factorDo(c *gin.Context) error {
	in, err := server.ReadForm(c, []string{fieldTicket, "code", fieldNext, "passkey"})
	if err != nil {
		return err
	}
	result, err := o.Accounts.SecondFactor(c.Request.Context(), in.Get(fieldTicket), in.Get("code"), callerOf(c))
	if err != nil {
		methods := []domain.SignInMethod{domain.ByTOTP, domain.ByRecovery}
		if in.Get("passkey") != "" {
			methods = append(methods, domain.ByPasskey)
		}
		return o.showFactor(c, err, in.Get(fieldTicket), methods, in.Get(fieldNext))
	}
	return o.enter(c, result, in.Get(fieldNext))
}

func (o *Office) showFactor(c *gin.Context, refusal error, ticket string, methods []domain.SignInMethod, to string) error {
	p := o.printer(c)
	if domain.CodeOf(refusal) == domain.CodeClosed { // the ticket is over: begin anew
		return o.showSignIn(c, refusal, "", to)
	}
	body := formPage{
		Heading: p.T("office.factor.heading"), Lead: p.T("office.factor.lead"), Action: o.path(c, "office_factor"),
		Hidden:  []hidden{{fieldTicket, ticket}, {fieldNext, next(to)}},
		Buttons: []button{{Label: p.T("office.factor.button")}},
		Links:   []view.Crumb{{URL: o.path(c, "office_sign_in"), Label: p.T("office.factor.anew")}},
	}
	if slices.Contains(methods, domain.ByTOTP) || slices.Contains(methods, domain.ByRecovery) {
		body.Fields = []view.Field{codeField(p, "office.factor.code", "office.factor.code_hint")}
	}
	if slices.Contains(methods, domain.ByPasskey) {
		body.Hidden = append(body.Hidden, hidden{"passkey", "yes"})
		body.Passkey = o.passkeySignIn(c, p, ticket, to)
	}
	return o.answer(c, refusal, "office_factor", "", body)
}

func codeField(p *i18n.Printer, label, hint string) view.Field {
	return view.Field{
		Name: "code", Label: p.T(label), Hint: p.T(hint), Autocomplete: "one-time-code", NoSpelling: true, Width: "medium",
	}
}

// providerShow sends the browser to the authority's own sign-in service. It is a link and no form: the
// page's policy lets forms lead nowhere else, and all it leaves behind is a ticket that runs out.
func (o *Office) providerShow(c *gin.Context) error {
	address, ticket, err := o.Accounts.BeginProvider(c.Request.Context())
	if err != nil {
		return o.orSignIn(c, err)
	}
	o.way.Give(c, ticket+"."+base64.RawURLEncoding.EncodeToString([]byte(next(c.Query(fieldNext)))))
	return o.lead(c, address)
}

// providerBack is where the service sends people back to.
func (o *Office) providerBack(c *gin.Context) error {
	ticket, onward, _ := strings.Cut(o.way.Token(c), ".")
	o.way.Take(c)
	result, err := o.Accounts.SignInProvider(c.Request.Context(), ticket, c.Query("state"), c.Query("code"), callerOf(c))
	if err != nil {
		return o.orSignIn(c, err)
	}
	o.cookie.Give(c, result.Token)
	if to, err := base64.RawURLEncoding.DecodeString(onward); err == nil && next(string(to)) != "" {
		return o.lead(c, next(string(to)))
	}
	return o.lead(c, o.Paths.For(result.Lang, "office_today"))
}

// orSignIn is the sign-in page with what was refused, unless there is no such way in.
func (o *Office) orSignIn(c *gin.Context, refusal error) error {
	if domain.CodeOf(refusal) == domain.CodeNotFound {
		return refusal
	}
	return o.showSignIn(c, refusal, "", "")
}

// linkShow asks for a button before a one-time link is used up: programs that read mail open links too.
func (o *Office) linkShow(c *gin.Context) error {
	return o.showLink(c, o.Accounts.LinkHolds(c.Request.Context(), c.Param("token")))
}

func (o *Office) linkDo(c *gin.Context) error {
	if _, err := server.ReadForm(c, nil); err != nil {
		return err
	}
	result, err := o.Accounts.SignInLink(c.Request.Context(), c.Param("token"), callerOf(c))
	if err != nil {
		return o.showLink(c, err)
	}
	return o.enter(c, result, "")
}

func (o *Office) showLink(c *gin.Context, refusal error) error {
	p, token := o.printer(c), c.Param("token")
	body := formPage{Heading: p.T("office.link.heading"), Action: o.path(c, "office_link", token)}
	if refusal == nil {
		body.Lead, body.Buttons = p.T("office.link.lead"), []button{{Label: p.T("office.link.button")}}
	} else {
		body.Links = []view.Crumb{{URL: o.path(c, "office_sign_in"), Label: p.T("office.sign_in.to")}}
	}
	return o.answer(c, refusal, "office_link", "", body, token)
}

// signOutDo ends the sign-in, here and in the database.
func (o *Office) signOutDo(c *gin.Context) error {
	if _, err := server.ReadForm(c, nil); err != nil {
		return err
	}
	if err := o.Accounts.SignOut(c.Request.Context(), o.cookie.Token(c)); err != nil {
		return err
	}
	o.cookie.Take(c)
	c.Header("Clear-Site-Data", `"cache"`)
	return o.lead(c, o.path(c, "office_sign_in")+"?"+fieldDone+"=signed_out")
}

func (o *Office) forgotShow(c *gin.Context) error { return o.showForgot(c, nil, "") }

// forgotDo answers the same whoever's address it was, and nobody's.
func (o *Office) forgotDo(c *gin.Context) error {
	in, err := server.ReadForm(c, []string{"email"})
	if err != nil {
		return err
	}
	if err := o.Accounts.RequestReset(c.Request.Context(), in.Get("email"), server.LangOf(c), callerOf(c)); err != nil {
		return o.showForgot(c, err, in.Get("email"))
	}
	p := o.printer(c)
	return o.answer(c, nil, "office_forgot", "", formPage{
		Heading: p.T("office.forgot.sent"), Lead: p.T("office.forgot.sent_lead", "count", int(domain.ResetLife.Minutes())), Text: []string{p.T("office.forgot.sent_none")},
		Links: []view.Crumb{{URL: o.path(c, "office_sign_in"), Label: p.T("office.sign_in.to")}},
	})
}

func (o *Office) showForgot(c *gin.Context, refusal error, email string) error {
	p := o.printer(c)
	return o.answer(c, refusal, "office_forgot", "", formPage{
		Back:    &view.Crumb{URL: o.path(c, "office_sign_in"), Label: p.T("office.sign_in.to")},
		Heading: p.T("office.forgot.heading"), Lead: p.T("office.forgot.lead"), Action: o.path(c, "office_forgot"),
		Fields: []view.Field{{
			Kind: view.FieldEmail, Name: "email", Label: p.T("office.email"), Value: shown(email), Autocomplete: "username",
			InputMode: "email", NoSpelling: true,
		}},
		Buttons: []button{{Label: p.T("office.forgot.button")}},
	})
}

func (o *Office) resetShow(c *gin.Context) error {
	return o.showReset(c, o.Accounts.ResetHolds(c.Request.Context(), c.Param("token")))
}

func (o *Office) resetDo(c *gin.Context) error {
	in, err := server.ReadForm(c, []string{"password"})
	if err != nil {
		return err
	}
	if err := o.Accounts.Reset(c.Request.Context(), c.Param("token"), in.Get("password"), callerOf(c)); err != nil {
		return o.showReset(c, err)
	}
	o.cookie.Take(c)
	return o.lead(c, o.path(c, "office_sign_in")+"?"+fieldDone+"=password")
}

func (o *Office) showReset(c *gin.Context, refusal error) error {
	p, token := o.printer(c), c.Param("token")
	body := formPage{Heading: p.T("office.reset.heading"), Action: o.path(c, "office_reset", token)}
	if domain.CodeOf(refusal) == domain.CodeClosed {
		body.Links = []view.Crumb{{URL: o.path(c, "office_forgot"), Label: p.T("office.reset.anew")}}
	} else {
		body.Fields = []view.Field{newPasswordField(p)}
		body.Buttons = []button{{Label: p.T("office.reset.button")}}
	}
	return o.answer(c, refusal, "office_reset", "", body, token)
}

func newPasswordField(p *i18n.Printer) view.Field {
	return view.Field{
		Kind: view.FieldPassword, Name: "password", Label: p.T("office.password_new"),
		Hint: p.T("office.password_hint", "count", domain.MinPassword), Autocomplete: "new-password",
	}
}

// signedIn is the sign-in of the request, on the routes that no one else reaches.
func signedIn(c *gin.Context) domain.SignIn {
	in, _ := server.SignInOf(c)
	return in
}

// toHere is where a page of the staff comes back to.
func toHere(c *gin.Context) string {
	if c.Request.Method == http.MethodGet {
		return c.Request.URL.RequestURI()
	}
	return c.Request.URL.Path
}
