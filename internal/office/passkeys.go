package office

import (
	"encoding/json"
	"net/http"
	"strconv"
	"strings"

	"github.com/gin-gonic/gin"

	"github.com/temadag/temadag/internal/domain"
	"github.com/temadag/temadag/internal/i18n"
	"github.com/temadag/temadag/internal/server"
	"github.com/temadag/temadag/internal/view"
)

// passkeyForm is a form that a small script fills in with what a passkey says. It is hidden where there
// are no scripts; every page that has one has another way too.
type passkeyForm struct {
	Action  string
	Options string // where the script asks what the passkey is to sign
	Kind    string // "get" or "create"
	Ticket  string
	Next    string
	Label   string
	Fields  []view.Field
}

// asked is what the script is told.
type asked struct {
	Options json.RawMessage `json:"options"`
	Ticket  string          `json:"ticket"`
}

func (o *Office) passkeySignIn(c *gin.Context, p *i18n.Printer, ticket, to string) *passkeyForm {
	if o.Accounts.Passkeys == nil {
		return nil
	}
	return &passkeyForm{
		Action: o.path(c, "office_passkey"), Options: o.path(c, "office_passkey_options"), Kind: "get", Ticket: ticket,
		Next: next(to), Label: p.T("office.passkey.sign_in"),
	}
}

func (o *Office) passkeyAdd(c *gin.Context, p *i18n.Printer) *passkeyForm {
	if o.Accounts.Passkeys == nil {
		return nil
	}
	return &passkeyForm{
		Action: o.path(c, "office_passkey_add"), Options: o.path(c, "office_passkey_new"), Kind: "create", Label: p.T("office.passkey.add"),
		Fields: []view.Field{{Name: "name", Label: p.T("office.passkey.name"), Hint: p.T("office.passkey.name_hint"), Width: "medium"}},
	}
}

func (o *Office) tell(c *gin.Context, options []byte, ticket string) error {
	c.JSON(http.StatusOK, asked{options, ticket})
	return nil
}

// passkeyOptions is what a passkey is to sign in order to let someone in.
func (o *Office) passkeyOptions(c *gin.Context) error {
	in, err := server.ReadForm(c, []string{fieldTicket})
	if err != nil {
		return err
	}
	options, ticket, err := o.Accounts.BeginPasskey(c.Request.Context(), in.Get(fieldTicket))
	if err != nil {
		return err
	}
	return o.tell(c, options, ticket)
}

func (o *Office) passkeyShow(c *gin.Context) error { return o.lead(c, o.path(c, "office_sign_in")) }

// passkeyDo lets someone in by her passkey.
func (o *Office) passkeyDo(c *gin.Context) error {
	in, err := server.ReadForm(c, []string{fieldTicket, "credential", fieldNext})
	if err != nil {
		return err
	}
	result, err := o.Accounts.SignInPasskey(c.Request.Context(), in.Get(fieldTicket), strings.NewReader(in.Get("credential")), callerOf(c))
	if err != nil {
		return o.showSignIn(c, err, "", in.Get(fieldNext))
	}
	return o.enter(c, result, in.Get(fieldNext))
}

// passkeyNew is what a new passkey is to sign.
func (o *Office) passkeyNew(c *gin.Context) error {
	if _, err := server.ReadForm(c, []string{fieldTicket}); err != nil {
		return err
	}
	options, ticket, err := o.Accounts.BeginAddPasskey(c.Request.Context(), signedIn(c))
	if err != nil {
		return err
	}
	return o.tell(c, options, ticket)
}

func (o *Office) passkeyAddShow(c *gin.Context) error { return o.lead(c, o.path(c, "office_me")) }

func (o *Office) passkeyAddDo(c *gin.Context) error {
	in, err := server.ReadForm(c, []string{fieldTicket, "credential", fieldNext, "name"})
	if err != nil {
		return err
	}
	added, err := o.Accounts.AddPasskey(c.Request.Context(), signedIn(c), in.Get(fieldTicket), in.Get("name"), strings.NewReader(in.Get("credential")))
	if err != nil {
		return o.refusedMe(c, err)
	}
	o.cookie.Give(c, added.Token)
	return o.added(c, added.Codes, "passkey_added")
}

// refusedMe is one's own account with what was refused.
func (o *Office) refusedMe(c *gin.Context, err error) error {
	if isProveFirst(err) {
		return o.lead(c, o.path(c, "office_prove")+"?"+fieldNext+"="+o.path(c, "office_me"))
	}
	p := o.printer(c)
	faults := faultsOf(err)
	if len(faults) == 0 || faults[0].Code == domain.CodeNotFound {
		return err
	}
	return o.showMe(c, http.StatusUnprocessableEntity, &view.Notice{
		Kind: "error", Title: p.T("office.refused"), Text: p.T(faults[0].Key, faults[0].Args),
	})
}

func (o *Office) passkeyRemoveShow(c *gin.Context) error {
	key, err := o.ownPasskey(c)
	if err != nil {
		return err
	}
	return o.showPasskeyRemove(c, nil, key)
}

func (o *Office) showPasskeyRemove(c *gin.Context, refusal error, key domain.Passkey) error {
	p := o.printer(c)
	if refusal != nil && isProveFirst(refusal) {
		return o.refusedMe(c, refusal)
	}
	id := strconv.FormatInt(key.ID, 10)
	return o.answer(c, refusal, "office_passkey_remove", "office_me", formPage{
		Back:    &view.Crumb{URL: o.path(c, "office_me"), Label: p.T("office.me.heading")},
		Heading: p.T("office.passkey.remove_heading", "name", key.Name), Lead: p.T("office.passkey.remove_lead"),
		Action:  o.path(c, "office_passkey_remove", id),
		Buttons: []button{{Label: p.T("office.passkey.remove"), Kind: "danger"}},
		Keep:    &view.Crumb{URL: o.path(c, "office_me"), Label: p.T("office.keep")},
	}, id)
}

func (o *Office) ownPasskey(c *gin.Context) (domain.Passkey, error) {
	keys, err := o.Accounts.OwnPasskeys(c.Request.Context(), signedIn(c).Actor)
	for _, k := range keys {
		if strconv.FormatInt(k.ID, 10) == c.Param("id") {
			return k, nil
		}
	}
	if err == nil {
		err = domain.NotFound("page.not_found")
	}
	return domain.Passkey{}, err
}

func (o *Office) passkeyRemoveDo(c *gin.Context) error {
	if _, err := server.ReadForm(c, nil); err != nil {
		return err
	}
	key, err := o.ownPasskey(c)
	if err != nil {
		return err
	}
	token, err := o.Accounts.RemovePasskey(c.Request.Context(), signedIn(c), key.ID)
	if err != nil {
		return o.showPasskeyRemove(c, err, key)
	}
	o.cookie.Give(c, token)
	return o.lead(c, o.path(c, "office_me")+"?"+fieldDone+"=passkey_removed")
}
