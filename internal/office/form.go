package office

import (
	"errors"
	"net/http"
	"strings"

	"github.com/gin-gonic/gin"

	"github.com/temadag/temadag/internal/domain"
	"github.com/temadag/temadag/internal/i18n"
	"github.com/temadag/temadag/internal/view"
)

// formPage is a page with one form on it, or with a question and its button: most pages here are.
type formPage struct {
	Back    *view.Crumb
	Step    string
	Heading string
	Lead    string
	Notice  *view.Notice
	Faults  []view.Fault
	Text    []string
	Facts   []fact
	QR      *qrCode
	Codes   []string
	Action  string
	Hidden  []hidden
	Fields  []view.Field
	Buttons []button
	Keep    *view.Crumb // the way back beside the buttons
	Passkey *passkeyForm
	Links   []view.Crumb
}

type (
	fact   struct{ Label, Value string }
	hidden struct{ Name, Value string }
	button struct{ Name, Value, Label, Kind string }
)

// told marks the fields that are wrong, and lists one fault for each in their order. A fault of no field
// on the page stands with the first.
func told(p *i18n.Printer, fields []view.Field, faults []*domain.Error) []view.Fault {
	var out []view.Fault
	left := make(map[string]*domain.Error)
	for _, f := range faults {
		if left[f.Field] == nil {
			left[f.Field] = f
		}
	}
	for i := range fields {
		f := left[fields[i].Name]
		if f == nil && i == 0 {
			f = left[""]
		}
		if f == nil {
			continue
		}
		fields[i].Error = p.T(ofStaff(p, f.Key), f.Args)
		out = append(out, view.Fault{Field: fields[i].Name, Text: fields[i].Error})
	}
	return out
}

// ofStaff is the key of a text in the words for staff, where those for a participant are others.
func ofStaff(p *i18n.Printer, key string) string {
	if p.Has("office." + key) {
		return "office." + key
	}
	return key
}

// answer shows a page again after a refusal: the fault at its field, or a notice on top. It gives back
// what is not for the page to say. With a nil refusal it shows the page.
func (o *Office) answer(c *gin.Context, refusal error, route, menu string, body formPage, args ...string) error {
	status, err := o.faulty(c, refusal, &body)
	if err != nil {
		return err
	}
	return o.write(c, status, page{
		template: "form", route: route, args: args, menu: menu,
		Page: view.Page{Title: body.Heading, Errors: len(body.Faults), Body: body},
	})
}

// faulty marks in a form what a refusal has against it, and answers the status of the page. It gives back
// what is not for the page to say.
func (o *Office) faulty(c *gin.Context, refusal error, body *formPage) (int, error) {
	p, status := o.printer(c), http.StatusOK
	var invalid *domain.Invalid
	var single *domain.Error
	switch {
	case refusal == nil:
	case errors.As(refusal, &invalid):
		status, body.Faults = http.StatusUnprocessableEntity, told(p, body.Fields, invalid.Faults)
	case !errors.As(refusal, &single) || single.Code == domain.CodeNotFound:
		return 0, refusal
	case single.Code == domain.CodeInvalid && len(body.Fields) > 0:
		status, body.Faults = http.StatusUnprocessableEntity, told(p, body.Fields, []*domain.Error{single})
	default:
		status, body.Notice = o.refused(c, single)
	}
	return status, nil
}

// refused is a refusal that concerns no field.
func (o *Office) refused(c *gin.Context, e *domain.Error) (int, *view.Notice) {
	p, status, title := o.printer(c), http.StatusConflict, "office.refused"
	switch e.Code {
	case domain.CodeTooMany:
		status, title = http.StatusTooManyRequests, "office.wait"
	case domain.CodeUnavailable:
		status, title = http.StatusServiceUnavailable, "office.busy"
		c.Header("Retry-After", "10")
	}
	text := p.T("office.refused_text")
	if key := ofStaff(p, e.Key); p.Has(key) {
		text = p.T(key, e.Args)
	}
	return status, &view.Notice{Kind: "warning", Title: p.T(title), Text: text}
}

// shown is what was typed, fit to be shown again.
func shown(s string) string { return strings.ToValidUTF8(s, "\ufffd") }

// done is what was done a moment ago, by a word of ours in the address; nil for any other.
func done(p *i18n.Printer, c *gin.Context) *view.Notice {
	key := "office.done." + c.Query(fieldDone)
	if c.Query(fieldDone) == "" || !p.Has(key) {
		return nil
	}
	return &view.Notice{Kind: "done", Title: p.T(key)}
}

// The names of fields that more than one form has.
const (
	fieldNext   = "next"
	fieldDone   = "done"
	fieldTicket = "ticket"
	fieldReason = "reason"
	fieldStep   = "step"
)

// faultsOf is what a refusal has against what was typed or done; none where it is not for a page to say.
func faultsOf(err error) []*domain.Error {
	var invalid *domain.Invalid
	var single *domain.Error
	switch {
	case errors.As(err, &invalid):
		return invalid.Faults
	case errors.As(err, &single):
		return []*domain.Error{single}
	}
	return nil
}
