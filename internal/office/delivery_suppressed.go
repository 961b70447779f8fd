package office

import (
	"context"
	"strings"

	"github.com/gin-gonic/gin"

	"github.com/temadag/temadag/internal/domain"
	"github.com/temadag/temadag/internal/i18n"
	"github.com/temadag/temadag/internal/server"
	"github.com/temadag/temadag/internal/view"
)

// suppressedPage looks up one address: whether mailings go to it, why not, and what can be done. What is typed
// stands in no address of ours and in no log.
type suppressedPage struct {
	formPage
	Looked  string // the address that was looked up; "" before
	Stops   []suppression
	Stop    *formPage // leads on to stopping it by hand; nil where that is done already
	Nothing string    // said where nothing stops it
}

// suppression is one reason why no mailing goes to the address.
type suppression struct {
	Heading, Text, By string
	Release           *formPage // leads on to letting mailings go again; nil where others may not
}

// What the forms of the page send.
const (
	fieldEmail = "email"
	fieldStop  = "stops"

	stepAskRelease = "ask-release"
	stepAskStop    = "ask-stop"
	stepRelease    = "release"
	stepStop       = "stop"
)

func (o *Office) suppressedShow(c *gin.Context) error {
	if _, err := o.Mailings.Counties(c.Request.Context(), signedIn(c).Actor); err != nil {
		return err
	}
	return o.showSuppressed(c, nil, "", nil)
}

// stopping is what a form of the page says.
type stopping struct {
	step, email string
	county      domain.OrganiserCode
	reason      domain.SuppressionReason
	why         domain.ReleaseReason
}

func (o *Office) suppressedDo(c *gin.Context) error {
	ctx, a := c.Request.Context(), signedIn(c).Actor
	if _, err := o.Mailings.Counties(ctx, a); err != nil {
		return err
	}
	in, err := server.ReadForm(c, []string{fieldStep, fieldEmail, fieldCounty, fieldStop, fieldWhy})
	if err != nil {
		return err
	}
	s := stopping{
		in.Get(fieldStep), in.Get(fieldEmail), domain.OrganiserCode(in.Get(fieldCounty)),
		domain.SuppressionReason(in.Get(fieldStop)), domain.ReleaseReason(in.Get(fieldWhy)),
	}
	p := o.printer(c)
	switch s.step {
	case stepAskRelease, stepAskStop:
		return o.askStopping(c, nil, s)
	case stepRelease:
		err = o.Mailings.Release(ctx, a, s.email, s.county, s.reason, s.why)
	case stepStop:
		err = o.Mailings.SuppressByHand(ctx, a, s.email, s.county, s.why)
	default:
		found, err := o.Mailings.Suppressions(ctx, a, s.email)
		return o.showSuppressed(c, err, s.email, &lookedUp{found, nil})
	}
	if err != nil {
		return o.askStopping(c, err, s)
	}
	found, err := o.Mailings.Suppressions(ctx, a, s.email)
	return o.showSuppressed(c, err, s.email, &lookedUp{found, &view.Notice{Kind: "done", Title: p.T("suppressed.done_" + s.step)}})
}

// lookedUp is what is known of an address, and what was done about it a moment ago.
type lookedUp struct {
	found  []domain.Suppression
	notice *view.Notice
}

func (o *Office) showSuppressed(c *gin.Context, refusal error, email string, known *lookedUp) error {
	p, self := o.printer(c), o.path(c, "office_suppressed")
	body := suppressedPage{formPage: formPage{
		Heading: p.T("suppressed.heading"), Lead: p.T("suppressed.lead"), Text: []string{p.T("suppressed.hashed"), p.T("suppressed.letters")}, Action: self,
		Fields: []view.Field{{
			Kind: view.FieldEmail, Name: fieldEmail, Label: p.T("suppressed.email"), Value: shown(email), NoSpelling: true, Width: "wide",
		}},
		Buttons: []button{{Label: p.T("suppressed.look")}},
	}}
	status, err := o.faulty(c, refusal, &body.formPage)
	if err != nil {
		return err
	}
	if refusal == nil && known != nil {
		if body.Notice = known.notice; body.Notice == nil {
			body.Text = nil
		}
		if err := o.lookedUp(c.Request.Context(), p, signedIn(c).Actor, &body, strings.TrimSpace(email), known.found); err != nil {
			return err
		}
	}
	return o.write(c, status, page{
		template: "delivery_suppressed", route: "office_suppressed", menu: "office_mailings",
		Page: view.Page{Title: body.Heading, Errors: len(body.Faults), Body: body},
	})
}

// lookedUp adds what is known of an address, and the ways on from there.
func (o *Office) lookedUp(ctx context.Context, p *i18n.Printer, a domain.Actor, body *suppressedPage, email string, all []domain.Suppression) error {
	mine, err := o.Mailings.Counties(ctx, a)
	if err != nil {
		return err
	}
	on := func(step string, c domain.OrganiserCode, why domain.SuppressionReason, label, kind string) *formPage {
		return &formPage{
			Action: body.Action, Hidden: []hidden{{fieldStep, step}, {fieldEmail, email}, {fieldCounty, string(c)}, {fieldStop, string(why)}},
			Buttons: []button{{Label: label, Kind: kind}},
		}
	}
	stopped := make(map[domain.OrganiserCode]bool)
	for _, s := range all {
		stopped[s.County] = true
		line := suppression{
			Heading: p.T("suppressed.reason." + string(s.Reason)), Text: p.T("suppressed.text." + string(s.Reason)),
			By: p.T("suppressed.by", "who", stoppedBy(p, s), "at", p.Instant(s.At), "where", stoppedWhere(p, s)),
		}
		if s.Reason != domain.SuppressUnsubscribed {
			line.Release = on(stepAskRelease, s.County, s.Reason, p.T("suppressed.release"), "quiet")
		}
		body.Stops = append(body.Stops, line)
	}
	body.Looked = shown(email)
	if len(all) == 0 {
		body.Nothing = p.T("suppressed.nothing")
	}
	for _, c := range mine {
		if !stopped[c.Code] && !stopped[""] && body.Stop == nil {
			body.Stop = on(stepAskStop, "", "", p.T("suppressed.stop"), "quiet") // the next page asks whose
		}
	}
	return nil
}

// askStopping asks why an address is stopped or released.
func (o *Office) askStopping(c *gin.Context, refusal error, s stopping) error {
	p := o.printer(c)
	release := s.step == stepAskRelease || s.step == stepRelease
	name, step, reasons := "stop", stepStop, domain.StopReasons()
	if release {
		name, step, reasons = "release", stepRelease, domain.ReleaseReasons()
	}
	if release && s.reason == domain.SuppressUnsubscribed && refusal == nil {
		refusal = &domain.Error{Code: domain.CodeClosed, Key: "suppression.unsubscribed"}
	}
	why := view.Field{Kind: view.FieldRadios, Name: fieldWhy, Label: p.T("suppressed.why"), Values: []string{string(s.why)}}
	for _, r := range reasons {
		why.Options = append(why.Options, view.Option{Value: string(r), Label: p.T("suppressed." + name + "." + string(r))})
	}
	self := o.path(c, "office_suppressed")
	body := formPage{
		Back: &view.Crumb{URL: self, Label: p.T("suppressed.heading")}, Heading: p.T("suppressed.ask_" + name), Lead: shown(s.email), Action: self,
		Text:   []string{p.T("suppressed.ask_" + name + "_text")},
		Hidden: []hidden{{fieldStep, step}, {fieldEmail, shown(s.email)}, {fieldStop, shown(string(s.reason))}},
		Fields: []view.Field{why}, Buttons: []button{{Label: p.T("suppressed." + name)}}, Keep: &view.Crumb{URL: self, Label: p.T("office.keep")},
	}
	if release {
		body.Hidden = append(body.Hidden, hidden{fieldCounty, shown(string(s.county))})
	} else if err := o.askWhere(c, &body, s.county); err != nil {
		return err
	}
	return o.answer(c, refusal, "office_suppressed", "office_mailings", body)
}

// askWhere names the county whose mailings are stopped, and lets those who write for several choose: none is
// chosen beforehand.
func (o *Office) askWhere(c *gin.Context, body *formPage, chosen domain.OrganiserCode) error {
	p := o.printer(c)
	mine, err := o.Mailings.Counties(c.Request.Context(), signedIn(c).Actor)
	if err != nil {
		return err
	}
	if len(mine) == 1 {
		body.Hidden = append(body.Hidden, hidden{fieldCounty, string(mine[0].Code)})
		body.Text = append([]string{p.T("suppressed.ask_stop_one", "where", mine[0].Short)}, body.Text...)
		return nil
	}
	where := view.Field{Kind: view.FieldRadios, Name: fieldCounty, Label: p.T("suppressed.ask_stop_where"), Values: []string{shown(string(chosen))}}
	for _, m := range mine {
		where.Options = append(where.Options, view.Option{Value: string(m.Code), Label: p.T("suppressed.ask_stop_from", "where", m.Short)})
	}
	body.Fields = append([]view.Field{where}, body.Fields...)
	return nil
}

func stoppedBy(p *i18n.Printer, s domain.Suppression) string {
	if key := "audit_log.by." + s.By; p.Has(key) {
		return p.T(key)
	}
	return s.By
}

func stoppedWhere(p *i18n.Printer, s domain.Suppression) string {
	if s.County == "" {
		return p.T("suppressed.everywhere")
	}
	return countyName(s.County)
}
