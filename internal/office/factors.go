package office

import (
	"errors"
	"fmt"
	"strings"

	"github.com/boombuler/barcode/qr"
	"github.com/gin-gonic/gin"

	"github.com/temadag/temadag/internal/domain"
	"github.com/temadag/temadag/internal/server"
	"github.com/temadag/temadag/internal/view"
)

// isProveFirst reports whether a step asks for a recent proof of identity.
func isProveFirst(err error) bool {
	return errors.Is(err, &domain.Error{Code: domain.CodeClosed, Key: "account.prove_first"})
}

// atField is a refusal of what was typed, said of the field.
func atField(err error, field string) error {
	var e *domain.Error
	if !errors.As(err, &e) || e.Code != domain.CodeInvalid {
		return err
	}
	moved := *e
	moved.Field = field
	return &moved
}

// The steps of adding an app.
const (
	stepBegin   = "begin"
	stepConfirm = "confirm"
	stepRemove  = "remove"
)

func (o *Office) appShow(c *gin.Context) error { return o.showApp(c, nil) }

func (o *Office) showApp(c *gin.Context, refusal error) error {
	p, u := o.printer(c), signedIn(c).User
	body := formPage{
		Heading: p.T("office.app.heading"), Lead: p.T("office.app.lead"), Action: o.path(c, "office_app"),
		Buttons: []button{{Name: fieldStep, Value: stepBegin, Label: p.T("office.app.begin")}},
	}
	if u.TOTP {
		body.Text = []string{p.T("office.app.replace")}
		body.Buttons = append(body.Buttons, button{Name: fieldStep, Value: stepRemove, Label: p.T("office.app.remove"), Kind: "danger"})
	}
	return o.sensitive(c, refusal, "office_app", body)
}

func (o *Office) appDo(c *gin.Context) error {
	in, err := server.ReadForm(c, []string{fieldStep, fieldTicket, "code"})
	if err != nil {
		return err
	}
	ctx, me := c.Request.Context(), signedIn(c)
	switch in.Get(fieldStep) {
	case stepBegin:
		setup, err := o.Accounts.BeginTOTP(ctx, me)
		if err != nil {
			return o.showApp(c, err)
		}
		return o.showSetup(c, nil, setup)
	case stepRemove:
		token, err := o.Accounts.RemoveTOTP(ctx, me)
		if err != nil {
			return o.showApp(c, err)
		}
		o.cookie.Give(c, token)
		return o.lead(c, o.path(c, "office_me")+"?"+fieldDone+"=app_removed")
	case stepConfirm:
		added, err := o.Accounts.ConfirmTOTP(ctx, me, in.Get(fieldTicket), in.Get("code"))
		if err != nil {
			return o.setupAgain(c, err, in.Get(fieldTicket))
		}
		o.cookie.Give(c, added.Token)
		return o.added(c, added.Codes, "app_added")
	}
	return o.showApp(c, nil)
}

// setupAgain shows the code to scan once more, or begins anew where its time is over.
func (o *Office) setupAgain(c *gin.Context, refusal error, ticket string) error {
	if domain.CodeOf(refusal) != domain.CodeInvalid {
		return o.showApp(c, refusal)
	}
	setup, err := o.Accounts.ResumeTOTP(c.Request.Context(), signedIn(c), ticket)
	if err != nil {
		return o.showApp(c, err)
	}
	return o.showSetup(c, refusal, setup)
}

func (o *Office) showSetup(c *gin.Context, refusal error, setup domain.TOTPSetup) error {
	p := o.printer(c)
	code, err := newQRCode(setup.URI)
	if err != nil {
		return err
	}
	return o.sensitive(c, refusal, "office_app", formPage{
		Heading: p.T("office.app.scan"), Lead: p.T("office.app.scan_lead"), QR: code,
		Facts:  []fact{{p.T("office.app.secret"), inFours(setup.Secret)}, {p.T("office.app.account"), signedIn(c).User.Email}},
		Action: o.path(c, "office_app"), Hidden: []hidden{{fieldTicket, setup.Ticket}},
		Fields:  []view.Field{codeField(p, "office.app.code", "office.app.code_hint")},
		Buttons: []button{{Name: fieldStep, Value: stepConfirm, Label: p.T("office.app.confirm")}},
	})
}

// added tells that a factor was added; with its recovery codes where it is the first.
func (o *Office) added(c *gin.Context, codes []string, word string) error {
	if len(codes) == 0 {
		return o.lead(c, o.path(c, "office_me")+"?"+fieldDone+"="+word)
	}
	return o.showCodes(c, codes, "office.done."+word)
}

// showCodes shows recovery codes, once.
func (o *Office) showCodes(c *gin.Context, codes []string, what string) error {
	p := o.printer(c)
	return o.sensitive(c, nil, "office_codes", formPage{
		Notice:  &view.Notice{Kind: "done", Title: p.T(what)},
		Heading: p.T("office.codes.heading"), Lead: p.T("office.codes.lead"), Text: []string{p.T("office.codes.once")}, Codes: codes,
		Links: []view.Crumb{{URL: o.path(c, "office_me"), Label: p.T("office.codes.kept")}},
	})
}

func (o *Office) codesShow(c *gin.Context) error { return o.askCodes(c, nil) }

func (o *Office) askCodes(c *gin.Context, refusal error) error {
	p := o.printer(c)
	return o.sensitive(c, refusal, "office_codes", formPage{
		Heading: p.T("office.codes.new"), Lead: p.T("office.codes.new_lead"), Action: o.path(c, "office_codes"),
		Buttons: []button{{Name: fieldStep, Value: stepConfirm, Label: p.T("office.codes.button")}},
	})
}

func (o *Office) codesDo(c *gin.Context) error {
	if _, err := server.ReadForm(c, []string{fieldStep}); err != nil {
		return err
	}
	codes, err := o.Accounts.RecoveryCodes(c.Request.Context(), signedIn(c))
	if err != nil {
		return o.askCodes(c, err)
	}
	return o.showCodes(c, codes, "office.done.codes")
}

// qrCode is a drawing of squares.
type qrCode struct {
	Size int
	Path string
}

// quiet is the empty frame that readers need around a code.
const quiet = 4

func newQRCode(text string) (*qrCode, error) {
	code, err := qr.Encode(text, qr.M, qr.Auto)
	if err != nil {
		return nil, fmt.Errorf("office: QR code: %w", err)
	}
	size := code.Bounds().Dx()
	var b strings.Builder
	for y := range size {
		for x := 0; x < size; {
			run := 0
			for x+run < size {
				if r, _, _, _ := code.At(x+run, y).RGBA(); r != 0 {
					break
				}
				run++
			}
			if run > 0 {
				fmt.Fprintf(&b, "M%d %dh%dv1h-%dz", x+quiet, y+quiet, run, run)
			}
			x += max(run, 1)
		}
	}
	return &qrCode{Size: size + 2*quiet, Path: b.String()}, nil
}

// inFours writes a secret as people read it aloud.
func inFours(s string) string {
	var parts []string
	for len(s) > 4 {
		parts, s = append(parts, s[:4]), s[4:]
	}
	return strings.Join(append(parts, s), " ")
}
