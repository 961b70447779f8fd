package office

import (
	"net/http"
	"net/url"

	"github.com/gin-gonic/gin"

	"github.com/temadag/temadag/internal/domain"
	"github.com/temadag/temadag/internal/i18n"
	"github.com/temadag/temadag/internal/server"
	"github.com/temadag/temadag/internal/view"
)

// The fields of the pages on which two registrations become one.
const (
	mergeWith = "med"
	mergeKeep = "keep"
)

// duplicatesPage is pairs that may be one person's.
type duplicatesPage struct {
	Back   view.Crumb
	Notice *view.Notice
	Name   string
	Found  string
	Pairs  []pairView
}

// pairView is two registrations side by side.
type pairView struct {
	Heading string
	Why     string
	Head    [2]string
	Rows    []pairRow
	URL     string
}

type pairRow struct {
	Label  string
	Values [2]string
	Same   bool
}

func (o *Office) duplicatesShow(c *gin.Context) error {
	event, err := o.eventFor(c, domain.PermManage)
	if err != nil {
		return err
	}
	pairs, err := o.People.Duplicates(c.Request.Context(), signedIn(c).Actor, event.Slug)
	if err != nil {
		return err
	}
	p := o.printer(c)
	body := duplicatesPage{
		Back: *o.backTo(c, event), Notice: done(p, c), Name: eventName(p, event), Found: p.T("manage.duplicates.found", "count", len(pairs)),
	}
	for _, d := range pairs {
		v := newPair(p, d.Keep.Registration, d.Drop.Registration)
		v.Heading, v.URL = listName(p, d.Keep.Registration), o.mergePath(c, event.Slug, d.Keep.Ref, d.Drop.Ref)
		switch {
		case d.SameWork && d.SamePhone:
			v.Why = p.T("manage.duplicates.same_both")
		case d.SameWork:
			v.Why = p.T("manage.duplicates.same_work")
		default:
			v.Why = p.T("manage.duplicates.same_phone")
		}
		body.Pairs = append(body.Pairs, v)
	}
	return o.write(c, http.StatusOK, page{
		template: "duplicates", route: "office_duplicates", args: []string{event.Slug}, menu: "office_events",
		Page: view.Page{Title: p.T("manage.duplicates.heading") + " – " + body.Name, Body: body},
	})
}

func (o *Office) mergePath(c *gin.Context, slug, ref, with string) string {
	return o.path(c, "office_merge", slug, ref) + "?" + url.Values{mergeWith: {with}}.Encode()
}

func newPair(p *i18n.Printer, a, b domain.Registration) pairView {
	v := pairView{Head: [2]string{a.Ref, b.Ref}}
	add := func(key, one, two string) {
		if one != "" || two != "" {
			v.Rows = append(v.Rows, pairRow{p.T(key), [2]string{one, two}, one == two})
		}
	}
	add("office.person.name", a.Name(), b.Name())
	add("office.person.status", p.T("status."+string(a.Status)), p.T("status."+string(b.Status)))
	add("office.email", a.Email, b.Email)
	add("office.person.phone", a.Phone, b.Phone)
	add("office.person.organisation", a.Organisation, b.Organisation)
	add("office.person.title", a.Title, b.Title)
	add("office.person.municipality", a.Municipality, b.Municipality)
	add("office.person.received", p.Instant(a.ReceivedAt), p.Instant(b.ReceivedAt))
	return v
}

// mergePage is two registrations side by side, and the question which to keep.
type mergePage struct {
	formPage
	Pair *pairView
}

// pair is the two registrations of the page: the one in the address, and the other by its number; nil for
// the other where none is told yet.
func (o *Office) pair(c *gin.Context, with string) (a domain.PersonView, b *domain.PersonView, err error) {
	if a, err = o.managed(c); err != nil || with == "" {
		return a, nil, err
	}
	ctx, actor := c.Request.Context(), signedIn(c).Actor
	id, err := o.People.PersonByReference(ctx, actor, a.Event.Slug, with)
	if domain.CodeOf(err) == domain.CodeNotFound || id == a.ID {
		return a, nil, &domain.Error{Code: domain.CodeInvalid, Key: "manage.merge.nobody", Field: mergeWith}
	}
	if err != nil {
		return a, nil, err
	}
	v, err := o.People.Person(ctx, actor, id)
	return a, &v, err
}

func (o *Office) mergeShow(c *gin.Context) error {
	with := c.Query(mergeWith)
	a, b, err := o.pair(c, with)
	if err != nil && domain.CodeOf(err) != domain.CodeInvalid {
		return err
	}
	return o.showMerge(c, err, a, b, mergeForm{with: with})
}

type mergeForm struct{ with, keep, reason string }

func (o *Office) mergeDo(c *gin.Context) error {
	if _, err := o.managed(c); err != nil {
		return err
	}
	in, err := server.ReadForm(c, []string{mergeWith, mergeKeep, fieldReason, fieldStep})
	if err != nil {
		return err
	}
	f := mergeForm{in.Get(mergeWith), in.Get(mergeKeep), in.Get(fieldReason)}
	a, b, err := o.pair(c, f.with)
	switch {
	case err != nil && domain.CodeOf(err) != domain.CodeInvalid:
		return err
	case err == nil && b == nil:
		err = &domain.Error{Code: domain.CodeInvalid, Key: "manage.merge.nobody", Field: mergeWith}
	}
	if err != nil {
		return o.showMerge(c, err, a, nil, f)
	}
	keep, drop := a, *b
	if f.keep == b.Ref {
		keep, drop = *b, a
	}
	v := &domain.Invalid{}
	if f.keep != a.Ref && f.keep != b.Ref {
		v.Add(mergeKeep, "manage.merge.keep_missing", nil)
	}
	if _, err := domain.ReadReason(fieldReason, f.reason, true); err != nil {
		v.Faults = append(v.Faults, faultsOf(err)...)
	}
	if err := v.Err(); err != nil {
		return o.showMerge(c, err, a, b, f)
	}
	if in.Get(fieldStep) != stepConfirm {
		return o.askMerge(c, keep, drop, f)
	}
	if err := o.People.Merge(c.Request.Context(), signedIn(c).Actor, keep.ID, drop.ID, f.reason); err != nil {
		return o.showMerge(c, err, a, b, f)
	}
	return o.lead(c, o.path(c, "office_person", keep.Event.Slug, keep.Ref)+"?"+fieldDone+"=office_merge")
}

// showMerge shows the two, or asks for the number of the other.
func (o *Office) showMerge(c *gin.Context, refusal error, a domain.PersonView, b *domain.PersonView, f mergeForm) error {
	p, back := o.printer(c), o.personBack(c, a)
	body := mergePage{formPage: formPage{
		Back: &back, Heading: p.T("manage.merge.heading"), Lead: eventName(p, a.Event), Action: o.path(c, "office_merge", a.Event.Slug, a.Ref),
		Keep: &view.Crumb{URL: back.URL, Label: p.T("office.keep")}, Buttons: []button{{Label: p.T("office.go_on")}},
	}}
	if b == nil {
		body.Fields = []view.Field{{Name: mergeWith, Label: p.T("manage.merge.other"), Hint: p.T("manage.merge.other_hint"), Value: shown(f.with), Width: "medium", NoSpelling: true}}
	} else {
		pair := newPair(p, a.Registration, b.Registration)
		body.Pair, body.Hidden = &pair, []hidden{{mergeWith, b.Ref}}
		body.Fields = []view.Field{
			{
				Kind: view.FieldRadios, Name: mergeKeep, Label: p.T("manage.merge.keep"), Hint: p.T("manage.merge.keep_hint"), Values: []string{f.keep},
				Options: []view.Option{o.keepOption(p, a), o.keepOption(p, *b)},
			},
			reasonField(p, f.reason, "manage.merge.reason_hint"),
		}
	}
	status := http.StatusOK
	switch faults := faultsOf(refusal); {
	case refusal == nil:
	case domain.CodeOf(refusal) == domain.CodeNotFound || len(faults) == 0:
		return refusal
	case domain.CodeOf(refusal) == domain.CodeInvalid || len(faults) > 1:
		status, body.Faults = http.StatusUnprocessableEntity, told(p, body.Fields, faults)
	default:
		status, body.Notice = o.refused(c, faults[0])
	}
	return o.write(c, status, page{
		template: "merge", route: "office_merge", args: []string{a.Event.Slug, a.Ref}, menu: "office_events",
		Page: view.Page{Title: body.Heading + " – " + body.Lead, Errors: len(body.Faults), Body: body},
	})
}

func (o *Office) keepOption(p *i18n.Printer, v domain.PersonView) view.Option {
	hint := p.T("status." + string(v.Status))
	if v.Email != "" {
		hint += ", " + v.Email
	}
	return view.Option{Value: v.Ref, Label: whoIs(p, v.Registration) + ", " + v.Ref, Hint: hint}
}

// askMerge asks once more.
func (o *Office) askMerge(c *gin.Context, keep, drop domain.PersonView, f mergeForm) error {
	p := o.printer(c)
	self := view.Crumb{URL: o.mergePath(c, keep.Event.Slug, keep.Ref, drop.Ref), Label: p.T("office.back")}
	return o.answer(c, nil, "office_merge", "office_events", formPage{
		Back: &self, Heading: p.T("manage.merge.ask", "who", whoIs(p, keep.Registration)), Lead: eventName(p, keep.Event),
		Facts: []fact{
			{p.T("manage.merge.kept"), keep.Ref + ", " + p.T("status."+string(keep.Status))},
			{p.T("manage.merge.struck"), drop.Ref + ", " + p.T("status."+string(drop.Status))},
			{p.T("office.reason"), shown(f.reason)},
		},
		Text: []string{p.T("manage.merge.means")}, Action: o.path(c, "office_merge", keep.Event.Slug, keep.Ref),
		Hidden:  []hidden{{mergeWith, drop.Ref}, {mergeKeep, keep.Ref}, {fieldReason, shown(f.reason)}},
		Buttons: []button{{Name: fieldStep, Value: stepConfirm, Label: p.T("manage.merge.button"), Kind: "danger"}},
		Keep:    &view.Crumb{URL: o.path(c, "office_person", keep.Event.Slug, keep.Ref), Label: p.T("office.keep")},
	}, keep.Event.Slug, keep.Ref)
}
