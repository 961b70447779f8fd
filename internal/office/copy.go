package office

import (
	"net/http"
	"net/url"
	"strconv"
	"strings"

	"github.com/gin-gonic/gin"

	"github.com/temadag/temadag/internal/domain"
	"github.com/temadag/temadag/internal/server"
	"github.com/temadag/temadag/internal/service"
	"github.com/temadag/temadag/internal/view"
)

// copyChoosePage is the events that can be copied, found by words.
type copyChoosePage struct {
	Back   *view.Crumb
	Action string
	Words  string
	Found  string
	Rows   []copyRow
	Pages  view.Pages
}

type copyRow struct {
	domain.Event
	URL, Name, When string
}

// fieldSeries says which series copies belong to.
const fieldSeries = "series"

func (o *Office) copyChooseShow(c *gin.Context) error {
	if _, err := o.makersOf(c); err != nil {
		return err
	}
	p, a := o.printer(c), signedIn(c).Actor
	asked := c.Request.URL.Query()
	number, _ := strconv.Atoi(asked.Get(listPage))
	q := domain.DeskQuery{Words: shown(asked.Get(listWords)), Part: domain.DeskAll, Page: number}
	list, err := o.Desk.Events(c.Request.Context(), a, q)
	if err != nil {
		return err
	}
	self := o.path(c, "office_copy_choose")
	at := func(n int) string {
		to := url.Values{listPage: {strconv.Itoa(n)}}
		if q.Words != "" {
			to.Set(listWords, q.Words)
		}
		return withQuery(self, to)
	}
	body := copyChoosePage{Back: o.toNew(c), Action: self, Words: q.Words, Pages: view.Pages{Current: list.Page, Total: list.Pages}}
	if list.Page > 1 {
		body.Pages.Prev = at(list.Page - 1)
	}
	if list.Page < list.Pages {
		body.Pages.Next = at(list.Page + 1)
	}
	for _, e := range list.Rows {
		if a.MayAt(domain.PermEditProgramme, e.Event) {
			body.Rows = append(body.Rows, copyRow{Event: e.Event, URL: o.path(c, "office_copy", e.Slug), Name: eventName(p, e.Event), When: p.When(e.Event)})
		}
	}
	body.Found = p.T("office.events.found", "count", list.Counts[domain.DeskAll])
	query := ""
	if len(asked) > 0 {
		query = "?" + asked.Encode()
	}
	return o.write(c, http.StatusOK, page{
		template: "copy_choose", route: "office_copy_choose", menu: "office_events", query: query,
		Page: view.Page{Title: p.T("office.copy.choose"), Body: body},
	})
}

// copied is the event of the page, and who a copy of it can belong to.
func (o *Office) copied(c *gin.Context) (domain.Event, []domain.Organiser, error) {
	event, err := o.eventFor(c, domain.PermEditProgramme)
	if err != nil {
		return event, nil, err
	}
	owners, err := o.ownersFor(c)
	if err == nil && len(owners) == 0 {
		err = domain.NotFound("event.not_found") // as for an event that is not there
	}
	return event, owners, err
}

func (o *Office) copyShow(c *gin.Context) error {
	e, owners, err := o.copied(c)
	if err != nil {
		return err
	}
	in := url.Values{fieldTowns: {e.Town}, fieldOwner: {""}, fieldSeries: {string(service.CopyAlone)}}
	for _, w := range owners {
		if w.Code == e.Owner.Code {
			in.Set(fieldOwner, string(w.Code))
		}
	}
	return o.showCopy(c, nil, e, owners, in)
}

func (o *Office) copyDo(c *gin.Context) error {
	e, owners, err := o.copied(c)
	if err != nil {
		return err
	}
	in, err := server.ReadForm(c, []string{fieldTowns, fieldOwner, fieldSeries, fieldToken})
	if err != nil {
		return err
	}
	to, err := o.made.once(signedIn(c).User.ID, "copy "+e.Slug, in, o.Now(), func() (string, error) {
		owner := ownerOf(owners, in.Get(fieldOwner))
		if owner == "" { // the use case would take it for the owner of what is copied
			v := &domain.Invalid{}
			v.Add(fieldOwner, "edit.owner.wrong", nil)
			return "", v
		}
		towns := strings.FieldsFunc(in.Get(fieldTowns), func(r rune) bool { return r == '\n' || r == ',' || r == ';' })
		if len(towns) > mostTowns {
			v := &domain.Invalid{}
			v.Add(fieldTowns, "edit.too_many", map[string]any{"max": mostTowns})
			return "", v
		}
		copies, err := o.Events.Copy(c.Request.Context(), signedIn(c).Actor, service.CopyInput{
			Slug: e.Slug, Towns: towns, Owner: owner, Series: service.CopySeries(in.Get(fieldSeries)),
		})
		return o.toCopies(c, copies), err
	})
	if err != nil {
		return o.showCopy(c, err, e, owners, in)
	}
	return o.lead(c, to)
}

// toCopies is the way on after copying: the list of them where they are several, or where a text tells of
// an old day, which has to be seen; otherwise the editor.
func (o *Office) toCopies(c *gin.Context, copies []service.Copied) string {
	var slugs []string
	old := false
	for _, one := range copies {
		slugs, old = append(slugs, one.Slug), old || len(one.OldDays) > 0
	}
	if len(slugs) == 1 && old {
		return withQuery(o.path(c, "office_created"), url.Values{fieldDone: {"copied"}, fieldDraft: slugs})
	}
	return o.toMade(c, "copied", slugs...)
}

func (o *Office) showCopy(c *gin.Context, refusal error, e domain.Event, owners []domain.Organiser, in url.Values) error {
	p := o.printer(c)
	fields := []view.Field{
		{Kind: view.FieldLongText, Name: fieldTowns, Label: p.T("office.copy.towns"), Hint: p.T("office.copy.towns_hint"), Value: shown(in.Get(fieldTowns))},
	}
	fields = append(fields, ownerField(p, fieldOwner, owners, in.Get(fieldOwner))...)
	series := view.Field{
		Kind: view.FieldRadios, Name: fieldSeries, Label: p.T("office.copy.series"), Values: []string{in.Get(fieldSeries)},
		Options: []view.Option{{Value: string(service.CopyAlone), Label: p.T("office.copy.series_alone")}},
	}
	if e.SeriesSlug != "" {
		series.Options = append(series.Options, view.Option{Value: string(service.CopySame), Label: p.T("office.copy.series_same"), Hint: p.T("office.copy.series_same_hint")})
	}
	series.Options = append(series.Options, view.Option{Value: string(service.CopyNew), Label: p.T("office.copy.series_new"), Hint: p.T("office.copy.series_new_hint")})
	fields = append(fields, series)
	return o.answer(c, refusal, "office_copy", "office_events", formPage{
		Back: o.backTo(c, e), Heading: p.T("office.copy.heading"), Lead: p.T("office.copy.lead", "event", eventName(p, e)),
		Text:   []string{p.T("office.copy.kept"), p.T("office.copy.left"), p.T("office.copy.people")},
		Hidden: []hidden{{fieldToken, o.tokenOr("copy", in.Get(fieldToken))}}, Fields: fields,
		Action: o.path(c, "office_copy", e.Slug), Buttons: []button{{Label: p.T("office.copy.button")}},
		Keep: &view.Crumb{URL: o.path(c, "office_event", e.Slug), Label: p.T("office.create.cancel")},
	}, e.Slug)
}
