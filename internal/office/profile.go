package office

import (
	"net/http"
	"net/url"
	"strconv"

	"github.com/gin-gonic/gin"

	"github.com/temadag/temadag/internal/domain"
	"github.com/temadag/temadag/internal/i18n"
	"github.com/temadag/temadag/internal/server"
	"github.com/temadag/temadag/internal/view"
)

// profilePage is one's own account.
type profilePage struct {
	Notice    *view.Notice
	User      domain.User
	Rows      []profileRow
	Keys      []keyRow
	AddKey    *passkeyForm
	MustEnrol bool
	Grants    []string
}

// profileRow is a thing of one's own, and the page that changes it.
type profileRow struct{ Label, Value, URL, Action string }

type keyRow struct {
	domain.Passkey
	Remove string
}

func (o *Office) meShow(c *gin.Context) error {
	return o.showMe(c, http.StatusOK, done(o.printer(c), c))
}

func (o *Office) showMe(c *gin.Context, status int, n *view.Notice) error {
	in, p := signedIn(c), o.printer(c)
	keys, err := o.Accounts.OwnPasskeys(c.Request.Context(), in.Actor)
	if err != nil {
		return err
	}
	body := profilePage{Notice: n, User: in.User, MustEnrol: in.MustEnrol, Grants: o.grantWords(c, in), Rows: o.profileRows(c, p, in.User)}
	if in.MustEnrol && n == nil {
		body.Notice = &view.Notice{Kind: "warning", Title: p.T("office.me.must_enrol"), Text: p.T("office.me.must_enrol_text")}
	}
	for _, k := range keys {
		body.Keys = append(body.Keys, keyRow{k, o.path(c, "office_passkey_remove", strconv.FormatInt(k.ID, 10))})
	}
	body.AddKey = o.passkeyAdd(c, p)
	return o.write(c, status, page{
		template: "me", route: "office_me", menu: "office_me", Page: view.Page{Title: p.T("office.me.heading"), Body: body},
	})
}

func (o *Office) profileRows(c *gin.Context, p *i18n.Printer, u domain.User) []profileRow {
	app, appAction := "office.me.app_off", "office.me.app_add"
	if u.TOTP {
		app, appAction = "office.me.app_on", "office.me.app_change"
	}
	rows := []profileRow{
		{p.T("office.email"), u.Email, "", ""},
		{p.T("office.password"), p.T("office.me.password_set"), o.path(c, "office_password"), p.T("office.me.password_change")},
		{p.T("office.me.app"), p.T(app), o.path(c, "office_app"), p.T(appAction)},
	}
	if !u.Password {
		rows[1].Value, rows[1].Action = p.T("office.me.password_none"), p.T("office.me.password_make")
	}
	if u.SecondFactor() {
		rows = append(rows, profileRow{
			p.T("office.me.codes"), p.T("office.me.codes_left", "count", u.Codes), o.path(c, "office_codes"), p.T("office.me.codes_new"),
		})
	}
	return append(rows, profileRow{
		p.T("office.me.sign_ins"), p.T("office.me.sign_ins_text"), o.path(c, "office_sign_ins"), p.T("office.me.sign_ins_show"),
	})
}

// grantWords are "Arrangör i Norrbottens län".
func (o *Office) grantWords(c *gin.Context, in domain.SignIn) []string {
	p := o.printer(c)
	var out []string
	everywhere, rest := inEveryCounty(in.User.Grants)
	for _, r := range everywhere {
		out = append(out, p.T("users.grant_all", "role", p.T("role."+string(r))))
	}
	for _, g := range rest {
		county := string(g.County)
		if known, ok := domain.CountyOf(g.County); ok {
			county = known.Name
		}
		key := "office.grant"
		if g.Event != 0 {
			key = "office.grant_event"
		}
		out = append(out, p.T(key, "role", p.T("role."+string(g.Role)), "county", county))
	}
	return out
}

// sensitive shows what is behind a recent proof of identity, or asks for one first.
func (o *Office) sensitive(c *gin.Context, refusal error, route string, body formPage) error {
	if refusal != nil && isProveFirst(refusal) {
		return o.lead(c, o.path(c, "office_prove")+"?"+url.Values{fieldNext: {toHere(c)}}.Encode())
	}
	if body.Back == nil {
		body.Back = &view.Crumb{URL: o.path(c, "office_me"), Label: o.printer(c).T("office.me.heading")}
	}
	return o.answer(c, refusal, route, "office_me", body)
}

func (o *Office) proveShow(c *gin.Context) error { return o.showProve(c, nil, c.Query(fieldNext)) }

func (o *Office) proveDo(c *gin.Context) error {
	in, err := server.ReadForm(c, []string{"proof", fieldNext})
	if err != nil {
		return err
	}
	token, err := o.Accounts.Prove(c.Request.Context(), o.cookie.Token(c), in.Get("proof"), callerOf(c))
	if err != nil {
		return o.showProve(c, atField(err, "proof"), in.Get(fieldNext))
	}
	o.cookie.Give(c, token)
	return o.lead(c, o.onward(c, in.Get(fieldNext)))
}

// showProve asks who it is once more. Someone with neither password nor app proves it by signing in anew.
func (o *Office) showProve(c *gin.Context, refusal error, to string) error {
	p, u := o.printer(c), signedIn(c).User
	body := formPage{
		Heading: p.T("office.prove.heading"), Lead: p.T("office.prove.lead"), Action: o.path(c, "office_prove"),
		Hidden: []hidden{{fieldNext, next(to)}},
		Fields: []view.Field{{
			Kind: view.FieldPassword, Name: "proof", Label: p.T("office.prove.proof"), Autocomplete: "current-password",
		}},
		Buttons: []button{{Label: p.T("office.prove.button")}},
	}
	if u.TOTP {
		body.Fields[0].Label = p.T("office.prove.proof_or_code")
	}
	return o.sensitive(c, refusal, "office_prove", body)
}

func (o *Office) passwordShow(c *gin.Context) error { return o.showPassword(c, nil) }

func (o *Office) passwordDo(c *gin.Context) error {
	in, err := server.ReadForm(c, []string{"old", "password"})
	if err != nil {
		return err
	}
	token, err := o.Accounts.ChangePassword(c.Request.Context(), signedIn(c), in.Get("old"), in.Get("password"), callerOf(c))
	if err != nil {
		return o.showPassword(c, err)
	}
	o.cookie.Give(c, token)
	word := "password_changed"
	if !signedIn(c).User.Password { // she had none before
		word = "password_made"
	}
	return o.lead(c, o.path(c, "office_me")+"?"+fieldDone+"="+word)
}

func (o *Office) showPassword(c *gin.Context, refusal error) error {
	p := o.printer(c)
	body := formPage{
		Heading: p.T("office.password.heading"), Lead: p.T("office.password.lead"), Action: o.path(c, "office_password"),
		Fields:  []view.Field{newPasswordField(p)},
		Buttons: []button{{Label: p.T("office.password.button")}},
	}
	if !signedIn(c).User.Password {
		body.Heading, body.Lead = p.T("office.me.password_make"), p.T("office.password.lead_make")
	} else {
		body.Fields = append([]view.Field{{
			Kind: view.FieldPassword, Name: "old", Label: p.T("office.password_old"), Autocomplete: "current-password",
		}}, body.Fields...)
	}
	return o.sensitive(c, refusal, "office_password", body)
}

// signInsPage is where one is signed in.
type signInsPage struct {
	Notice *view.Notice
	Rows   []signInRow
	Others bool
	Action string
}

type signInRow struct {
	domain.SignIn
	How string
}

func (o *Office) signInsShow(c *gin.Context) error {
	in, p := signedIn(c), o.printer(c)
	all, err := o.Accounts.SignIns(c.Request.Context(), in.Actor, in.ID)
	if err != nil {
		return err
	}
	body := signInsPage{Notice: done(p, c), Others: len(all) > 1, Action: o.path(c, "office_sign_ins")}
	for _, s := range all {
		body.Rows = append(body.Rows, signInRow{s, p.T("office.method." + string(s.Method))})
	}
	return o.write(c, http.StatusOK, page{
		template: "sign_ins", route: "office_sign_ins", menu: "office_me", Page: view.Page{Title: p.T("office.sign_ins.heading"), Body: body},
	})
}

// signInsDo ends one of them, or all but this one.
func (o *Office) signInsDo(c *gin.Context) error {
	in, err := server.ReadForm(c, []string{"id", "others"})
	if err != nil {
		return err
	}
	me, ctx := signedIn(c), c.Request.Context()
	if in.Get("others") != "" {
		_, err = o.Accounts.RevokeOthers(ctx, me.Actor, me.ID)
	} else {
		id, _ := strconv.ParseInt(in.Get("id"), 10, 64)
		err = o.Accounts.Revoke(ctx, me.Actor, domain.SignInID(id))
	}
	if err != nil && domain.CodeOf(err) != domain.CodeNotFound { // it had ended already
		return err
	}
	return o.lead(c, o.path(c, "office_sign_ins")+"?"+fieldDone+"=ended")
}
