package office

import (
	"errors"
	"net/http"
	"net/url"
	"slices"
	"strings"

	"github.com/gin-gonic/gin"

	"github.com/temadag/temadag/internal/domain"
	"github.com/temadag/temadag/internal/i18n"
	"github.com/temadag/temadag/internal/server"
	"github.com/temadag/temadag/internal/view"
)

// Doing the same to many goes in three steps: on the list some are chosen, or everyone that it finds; a
// page asks what is to be done; another tells exactly to whom, who is left out and why, and asks. What was
// chosen is on the shelf from then on (manage_bulk_go.go).

// The fields of the form around the list, and of the page after it.
const (
	bulkRef    = "ref"
	bulkWho    = "who"
	bulkQuery  = "query"
	bulkAction = "action"
	bulkDay    = "day"
)

// Whom the form means.
const (
	whoSome = "some"
	whoAll  = "all"
)

// bulkForm is what the list and the page after it send.
type bulkForm struct {
	refs    []string
	who     string
	query   string // of the list as it stood
	action  string
	reason  string
	day     string
	channel string
}

// bulkShow leads to the list: there is nothing to see before anyone is chosen.
func (o *Office) bulkShow(c *gin.Context) error {
	event, err := o.eventFor(c, domain.PermManage)
	if err != nil {
		return err
	}
	return o.lead(c, o.path(c, "office_people", event.Slug))
}

func (o *Office) bulkDo(c *gin.Context) error {
	event, err := o.eventFor(c, domain.PermManage)
	if err != nil {
		return err
	}
	in, err := server.ReadForm(c, []string{bulkWho, bulkQuery, bulkAction, fieldReason, bulkDay, fieldChannel, fieldStep}, bulkRef)
	if err != nil {
		return err
	}
	f := bulkForm{
		refs: in[bulkRef], who: in.Get(bulkWho), query: in.Get(bulkQuery), action: in.Get(bulkAction), reason: in.Get(fieldReason),
		day: in.Get(bulkDay), channel: in.Get(fieldChannel),
	}
	if in.Get(fieldStep) != stepConfirm {
		return o.chooseBulk(c, nil, event, f)
	}
	input, err := o.readBulk(c, event, f)
	if err != nil {
		return o.chooseBulk(c, err, event, f)
	}
	preview, err := o.People.PreviewBulk(c.Request.Context(), signedIn(c).Actor, input)
	if err != nil {
		return o.chooseBulk(c, err, event, f)
	}
	input.Expected = len(preview.Rows)
	id := o.shelf.put(signedIn(c), event.Slug, 64*len(input.IDs), bulkDraft{input: input})
	return o.lead(c, o.path(c, "office_bulk_go", event.Slug, id))
}

// whom is those that the form means.
func (o *Office) whom(c *gin.Context, slug string, f bulkForm) (ids []domain.RegistrationID, query *domain.PeopleQuery, err error) {
	if f.who == whoAll {
		values, err := url.ParseQuery(f.query)
		if err != nil {
			values = nil
		}
		q := readQuery(values, slug)
		return nil, &q, nil
	}
	for _, ref := range f.refs {
		id, err := o.People.PersonByReference(c.Request.Context(), signedIn(c).Actor, slug, ref)
		if err != nil {
			return nil, nil, err
		}
		ids = append(ids, id)
	}
	if len(ids) == 0 {
		err = &domain.Error{Code: domain.CodeConflict, Key: "bulk.nobody"}
	}
	return ids, nil, err
}

func (o *Office) readBulk(c *gin.Context, event domain.Event, f bulkForm) (domain.BulkInput, error) {
	in := domain.BulkInput{Action: domain.BulkAction(f.action), Reason: strings.TrimSpace(f.reason)}
	v := &domain.Invalid{}
	if !slices.Contains(bulkActions(signedIn(c).Actor, event), in.Action) {
		v.Add(bulkAction, "manage.bulk.action_missing", nil)
		return in, v
	}
	if in.Action == domain.BulkExtend {
		day, _, ok := domain.ReadDateInput(f.day, domain.DateIn(o.Now()))
		if !ok {
			v.Add(bulkDay, "office.day.wrong", nil)
		}
		in.Day = day
	}
	if in.Action == domain.BulkCancel {
		if in.Channel = domain.Channel(f.channel); !slices.Contains(otherChannels(), in.Channel) {
			v.Add(fieldChannel, "manage.bulk.channel_missing", nil)
		}
	}
	if !in.Action.TellsReason() {
		in.Reason = ""
	}
	err := v.Err()
	if err != nil {
		return in, err
	}
	in.IDs, in.Query, err = o.whom(c, event.Slug, f)
	return in, err
}

// bulkActions are those that the actor may take at the event.
func bulkActions(a domain.Actor, e domain.Event) []domain.BulkAction {
	return slices.DeleteFunc(domain.BulkActions(), func(action domain.BulkAction) bool {
		asked := action == domain.BulkApprove || action == domain.BulkDecline
		return !a.MayAt(action.Permission(), e) || (asked && !e.Rules.Approval)
	})
}

// chooseBulk asks what is to be done to those who were chosen.
func (o *Office) chooseBulk(c *gin.Context, refusal error, event domain.Event, f bulkForm) error {
	p := o.printer(c)
	list := o.path(c, "office_people", event.Slug)
	if values, err := url.ParseQuery(f.query); err == nil {
		list = withQuery(list, values)
	}
	back := view.Crumb{URL: list, Label: p.T("manage.bulk.to_list")}
	body := formPage{
		Back: &back, Step: p.T("registration.step", "step", "2", "of", "3"), Heading: p.T("manage.bulk.heading"), Lead: eventName(p, event),
		Action: o.path(c, "office_bulk", event.Slug), Keep: &back,
	}
	_, query, err := o.whom(c, event.Slug, f)
	switch {
	case err != nil && domain.CodeOf(err) == domain.CodeNotFound:
		return err
	case err != nil:
		return o.answer(c, err, "office_bulk", "office_events", body, event.Slug)
	}
	n := len(f.refs)
	if query != nil {
		found, err := o.People.Find(c.Request.Context(), signedIn(c).Actor, *query)
		if err != nil {
			return err
		}
		n = found.Total
	}
	body.Text = []string{p.T("manage.bulk.chosen", "count", n)}
	body.Hidden = []hidden{{bulkWho, f.who}, {bulkQuery, shown(f.query)}}
	for _, ref := range f.refs {
		body.Hidden = append(body.Hidden, hidden{bulkRef, shown(ref)})
	}
	body.Fields = bulkFields(p, bulkActions(signedIn(c).Actor, event), f)
	body.Buttons = []button{{Name: fieldStep, Value: stepConfirm, Label: p.T("manage.bulk.to_ask")}}
	return o.answer(c, refusal, "office_bulk", "office_events", body, event.Slug)
}

func bulkFields(p *i18n.Printer, actions []domain.BulkAction, f bulkForm) []view.Field {
	action := view.Field{Kind: view.FieldRadios, Name: bulkAction, Label: p.T("manage.bulk.action"), Values: []string{f.action}}
	has := func(a domain.BulkAction) bool { return slices.Contains(actions, a) }
	for _, a := range actions {
		action.Options = append(action.Options, view.Option{
			Value: string(a), Label: p.T("manage.bulk." + string(a)), Hint: p.T("manage.bulk." + string(a) + "_hint"),
		})
	}
	hint := "manage.bulk.reason_hint"
	if has(domain.BulkDecline) {
		hint = "manage.bulk.reason_hint_decline"
	}
	reason := reasonField(p, f.reason, hint)
	out := []view.Field{action, reason}
	if has(domain.BulkExtend) {
		out = append(out, view.Field{
			Name: bulkDay, Label: p.T("manage.bulk.day"), Hint: p.T("manage.bulk.day_hint"), Value: shown(f.day), Width: "medium", NoSpelling: true,
		})
	}
	if has(domain.BulkCancel) {
		how := view.Field{Kind: view.FieldRadios, Name: fieldChannel, Label: p.T("manage.bulk.channel"), Hint: p.T("manage.bulk.channel_hint"), Values: []string{f.channel}}
		for _, ch := range otherChannels() {
			how.Options = append(how.Options, view.Option{Value: string(ch), Label: p.T("channel." + string(ch))})
		}
		out = append(out, how)
	}
	return out
}

// bulkDraft is a bulk action that was shown, and once it has been taken what came of it. It is never
// changed: another takes its place.
type bulkDraft struct {
	input   domain.BulkInput
	result  *domain.BulkResult
	stopped bool
}

// bulkPage asks, or tells what was done.
type bulkPage struct {
	Back    view.Crumb
	Notice  *view.Notice
	Step    string
	Heading string
	Lead    string
	Facts   []fact
	Text    []string
	Fit     bulkTable
	Left    bulkTable
	Action  string
	Button  string // "" where there is nothing to do
	Danger  bool
	Links   []view.Crumb
}

type bulkTable struct {
	Heading string
	Rows    []bulkLine
	More    string
}

type bulkLine struct{ Who, Work, Status, Why string }

// mostNamed is how many are named on a page. The number is of all.
const mostNamed = 500

// bulkOf is the action that the address names, for whoever chose it.
func (o *Office) bulkOf(c *gin.Context) (domain.Event, bulkDraft, error) {
	event, err := o.eventFor(c, domain.PermManage)
	if err != nil {
		return event, bulkDraft{}, err
	}
	thing, err := o.shelf.take(signedIn(c), event.Slug, c.Param("id"))
	d, ok := thing.(bulkDraft)
	if err == nil && !ok {
		err = domain.NotFound("page.not_found")
	}
	return event, d, err
}

// bulkTables are those whom it is done to, and those who are left out.
func bulkTables(p *i18n.Printer, rows []domain.BulkRow, done bool, fit, left string) (a, b bulkTable) {
	for _, r := range rows {
		line := bulkLine{Who: listName(p, r.Registration), Work: r.Organisation}
		if !done || r.Refusal != "" { // of those it was done to, the row tells how they stood before
			line.Status = p.T("status." + string(r.Status))
		}
		to := &a
		if r.Refusal != "" {
			to, line.Why = &b, refusalText(p, r.Refusal)
		}
		to.Rows = append(to.Rows, line)
	}
	a.Heading, b.Heading = p.T(fit, "count", len(a.Rows)), p.T(left, "count", len(b.Rows))
	for _, t := range []*bulkTable{&a, &b} {
		if n := len(t.Rows) - mostNamed; n > 0 {
			t.Rows, t.More = t.Rows[:mostNamed], p.T("manage.bulk.more", "count", n)
		}
	}
	return a, b
}

// refusalText is why it cannot be done to someone.
func refusalText(p *i18n.Printer, key string) string {
	if key = ofStaff(p, key); p.Has(key) {
		return p.T(key)
	}
	return p.T("office.refused_text")
}

func (o *Office) writeBulk(c *gin.Context, status int, event domain.Event, body bulkPage) error {
	return o.write(c, status, page{
		template: "bulk", route: "office_bulk_go", args: []string{event.Slug, c.Param("id")}, menu: "office_events",
		Page: view.Page{Title: body.Heading + " – " + eventName(o.printer(c), event), Body: body},
	})
}

// showBulk asks, with the number and the names.
func (o *Office) showBulk(c *gin.Context, refusal error, event domain.Event, d bulkDraft) error {
	p, key := o.printer(c), "manage.bulk."+string(d.input.Action)
	preview, err := o.People.PreviewBulk(c.Request.Context(), signedIn(c).Actor, d.input)
	if err != nil {
		return err
	}
	status := http.StatusOK
	list := view.Crumb{URL: o.path(c, "office_people", event.Slug), Label: p.T("office.keep")}
	body := bulkPage{
		Back: list, Step: p.T("registration.step", "step", "3", "of", "3"), Heading: p.T(key+"_ask", "count", preview.Fit), Lead: eventName(p, event),
		Facts: bulkFacts(p, d.input), Text: []string{p.T(key + "_means")}, Action: o.path(c, "office_bulk_go", event.Slug, c.Param("id")),
		Danger: d.input.Action == domain.BulkWithdraw || d.input.Action == domain.BulkCancel,
	}
	body.Back.Label = p.T("manage.bulk.to_list")
	body.Fit, body.Left = bulkTables(p, preview.Rows, false, "manage.bulk.fit", "manage.bulk.left")
	if preview.Fit > 0 {
		body.Button = p.T(key+"_button", "count", preview.Fit)
		body.Links = []view.Crumb{list}
	} else {
		body.Heading, body.Text = p.T("manage.bulk.none"), nil
	}
	if faults := faultsOf(refusal); len(faults) > 0 {
		status, body.Notice = o.refused(c, faults[0])
	}
	return o.writeBulk(c, status, event, body)
}

func bulkFacts(p *i18n.Printer, in domain.BulkInput) []fact {
	var out []fact
	if in.Reason != "" {
		out = append(out, fact{p.T("office.reason"), shown(in.Reason)})
	}
	if !in.Day.IsZero() {
		out = append(out, fact{p.T("manage.bulk.day"), p.Date(in.Day)})
	}
	if in.Channel != "" {
		out = append(out, fact{p.T("manage.bulk.channel"), p.T("channel." + string(in.Channel))})
	}
	return out
}

// changedBulk reports whether others are meant now than the page before told of.
func changedBulk(err error) bool {
	return errors.Is(err, &domain.Error{Code: domain.CodeConflict, Key: "bulk.changed"})
}
