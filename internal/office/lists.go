package office

import (
	"net/http"
	"net/url"
	"slices"
	"strings"

	"github.com/gin-gonic/gin"

	"github.com/temadag/temadag/internal/domain"
	"github.com/temadag/temadag/internal/server"
	"github.com/temadag/temadag/internal/view"
)

// The lists that are handed out. A page of an event, or of a series, has what is asked for most on a button
// each, and below a form for a list of one's own (lists_form.go). What is taken goes through works
// (lists_take.go), so that a long list can be stopped; what is to be printed becomes a page of papers
// (lists_paper.go). The use case writes the audit log before anything leaves.

func (o *Office) listRoutes() []server.Route {
	var all []server.Route
	for _, rows := range [][]server.Route{
		change("office_lists", "/tillfalle/:slug/listor", "/event/:slug/lists", domain.PermReadEvent, o.listsShow, o.listsDo),
		read("office_venue", "/tillfalle/:slug/lokal", "/event/:slug/venue", domain.PermReadEvent, o.venueShow),
		change("office_series_lists", "/tema/:slug/listor", "/theme/:slug/lists", domain.PermExport, o.seriesListsShow, o.seriesListsDo),
		change("office_list_template", "/listmall/:id/ta-bort", "/list-template/:id/remove", domain.PermExport, o.templateShow, o.templateDo),
		read("office_paper", "/utskrift/:id", "/print-out/:id", domain.PermOwnAccount, o.paperShow),
	} {
		all = append(all, rows...)
	}
	return all
}

// listPlace is what lists are taken of: an event or a series, with what the actor may take there.
type listPlace struct {
	scope  domain.ListScope
	route  string
	slug   string
	name   string
	towns  string // of a series, as far as she may hand out lists of them
	back   view.Crumb
	events []domain.Event   // that she may hand out lists of; nil for none
	event  domain.EventDesk // where it is one
	door   bool             // she may have the papers for the door
}

func (l listPlace) series() bool { return l.scope.Series != "" }

// listsOf is the event of the page. A draft has no lists.
func (o *Office) listsOf(c *gin.Context) (listPlace, error) {
	desk, err := o.deskFor(c, domain.PermReadEvent)
	if err == nil && desk.State == domain.EventDraft {
		err = domain.NotFound("event.not_found")
	}
	if err != nil {
		return listPlace{}, err
	}
	a := signedIn(c).Actor
	l := listPlace{
		scope: domain.ListScope{Event: desk.Slug}, route: "office_lists", slug: desk.Slug, event: desk,
		name: eventName(o.printer(c), desk.Event), back: *o.backTo(c, desk.Event),
	}
	may := a.MayAt(domain.PermExport, desk.Event)
	if l.door = may || a.MayAt(domain.PermCheckIn, desk.Event); may {
		l.events, err = o.Exports.Offer(c.Request.Context(), a, l.scope)
	}
	return l, err
}

// listsOfSeries is the series of the page, as far as she may hand out lists of it.
func (o *Office) listsOfSeries(c *gin.Context) (listPlace, error) {
	l := listPlace{scope: domain.ListScope{Series: c.Param("slug")}, route: "office_series_lists", slug: c.Param("slug")}
	series, err := o.Exports.Offer(c.Request.Context(), signedIn(c).Actor, l.scope)
	if err != nil {
		return l, err
	}
	p, title := o.printer(c), series[0].Title
	if all, err := o.Programme.Series(c.Request.Context(), l.slug); err == nil {
		title = all.Title // one that nobody may see yet goes by its first event
	}
	var towns []string
	for _, e := range series {
		if e.Town != "" && !slices.Contains(towns, e.Town) {
			towns = append(towns, e.Town)
		}
	}
	l.events, l.name, l.towns = series, title.In(p.Lang()), strings.Join(towns, ", ")
	l.back = view.Crumb{URL: o.path(c, "office_events"), Label: p.T("office.events.heading")}
	return l, nil
}

// listsPage is what can be taken of an event or of a series.
type listsPage struct {
	Back      view.Crumb
	Faults    []view.Fault
	Notice    *view.Notice
	Name      string
	Towns     string
	Action    string
	Ready     []readyList
	More      []view.Crumb // the lists of the whole series
	May       bool         // she may choose a list of her own
	Templates []templateRow
	Columns   columnsField
	Fields    []view.Field
	Keep      view.Field
	County    string // whose templates are kept
	Script    bool
}

// readyList is a list on a button: to be sent for by Step, or a page at URL.
type readyList struct {
	Step  string
	URL   string
	Label string
	Text  string
	First bool // what is asked for most
}

func (o *Office) listsShow(c *gin.Context) error {
	l, err := o.listsOf(c)
	if err != nil {
		return err
	}
	return o.firstLists(c, l)
}

func (o *Office) seriesListsShow(c *gin.Context) error {
	l, err := o.listsOfSeries(c)
	if err != nil {
		return err
	}
	return o.firstLists(c, l)
}

// firstLists shows the page as its address asks for: with what was chosen before the actor went to prove who
// she is, with a template, or as it is to begin with.
func (o *Office) firstLists(c *gin.Context, l listPlace) error {
	p, n := o.printer(c), done(o.printer(c), c)
	choice := firstChoice()
	query := c.Request.URL.Query()
	switch {
	case query.Has(fieldColumns):
		choice = readChoice(query)
		if signedIn(c).Recent(o.Now()) {
			n = &view.Notice{Kind: "done", Title: p.T("lists.proved")}
		}
	case query.Get(fieldTemplate) != "" && len(l.events) > 0:
		t, err := o.templateOf(c, query.Get(fieldTemplate))
		if err != nil {
			return err
		}
		choice = choiceOf(t.Spec)
		choice.name = t.Name
	}
	return o.showLists(c, nil, l, choice, n)
}

func (o *Office) listsDo(c *gin.Context) error {
	l, err := o.listsOf(c)
	if err == nil && !l.door {
		err = domain.NotFound("event.not_found")
	}
	if err != nil {
		return err
	}
	return o.doLists(c, l)
}

func (o *Office) seriesListsDo(c *gin.Context) error {
	l, err := o.listsOfSeries(c)
	if err != nil {
		return err
	}
	return o.doLists(c, l)
}

// showLists shows the page, after a refusal with what is wrong at its field.
func (o *Office) showLists(c *gin.Context, refusal error, l listPlace, choice listChoice, n *view.Notice) error {
	p := o.printer(c)
	body := listsPage{
		Back: l.back, Notice: n, Name: l.name, Towns: l.towns, Action: o.path(c, l.route, l.slug), May: len(l.events) > 0, Script: len(l.events) > 0,
	}
	ready, err := o.readyLists(c, l)
	if err != nil {
		return err
	}
	body.Ready = ready
	if l.event.SeriesSlug != "" && body.May {
		body.More = append(body.More, view.Crumb{URL: o.path(c, "office_series_lists", l.event.SeriesSlug), Label: p.T("lists.whole_series")})
	}
	if body.May {
		if err := o.ownList(c, l, choice, &body); err != nil {
			return err
		}
	}
	status := http.StatusOK
	if faults := faultsOf(refusal); len(faults) > 0 {
		status, body.Faults, body.Notice = o.toldOfList(c, &body, faults)
	} else if refusal != nil {
		return refusal
	}
	return o.write(c, status, page{
		template: "lists", route: l.route, args: []string{l.slug}, menu: "office_events",
		Page: view.Page{Title: p.T("lists.heading") + " – " + l.name, Errors: len(body.Faults), Body: body},
	})
}

// toldOfList puts faults at their fields, or on top where they concern none.
func (o *Office) toldOfList(c *gin.Context, body *listsPage, faults []*domain.Error) (int, []view.Fault, *view.Notice) {
	p := o.printer(c)
	if faults[0].Code != domain.CodeInvalid {
		status, n := o.refused(c, faults[0])
		return status, nil, n
	}
	columns := []view.Field{{Name: fieldColumns}}
	out := told(p, columns, faults)
	body.Columns.Error = columns[0].Error
	ofFields := make([]*domain.Error, 0, len(faults))
	for _, f := range faults {
		if f.Field != "" && f.Field != fieldColumns {
			ofFields = append(ofFields, f)
		}
	}
	out = append(out, told(p, body.Fields, ofFields)...)
	keep := []view.Field{body.Keep}
	out = append(out, told(p, keep, ofFields)...)
	body.Keep = keep[0]
	return http.StatusUnprocessableEntity, out, nil
}

// readyLists are what is asked for most, as far as the actor may have it.
func (o *Office) readyLists(c *gin.Context, l listPlace) ([]readyList, error) {
	p, a := o.printer(c), signedIn(c).Actor
	var out []readyList
	add := func(may bool, step, text string) {
		if may {
			out = append(out, readyList{Step: step, Label: p.T("lists.ready." + step), Text: text, First: len(out) == 0})
		}
	}
	link := func(may bool, route string) {
		if may {
			out = append(out, readyList{URL: o.path(c, route, l.slug), Label: p.T("lists.ready." + route), Text: p.T("lists.ready." + route + "_text")})
		}
	}
	may, text := len(l.events) > 0, "lists.ready.registered_text"
	if l.series() {
		text = "lists.ready.registered_series"
	}
	add(may, stepRegistered, p.T(text))
	add(l.door, stepDoor, p.T("lists.ready.door_text"))
	add(l.door, stepBadges, p.T("lists.ready.badges_text"))
	if !l.series() {
		e := l.event
		link(a.MayAt(domain.PermCountNeeds, e.Event) && (e.AsksNeeds() || e.Needs > 0), "office_kitchen")
		link(true, "office_venue")
	}
	if may {
		news, err := o.Exports.News(c.Request.Context(), a, l.scope)
		if err != nil {
			return nil, err
		}
		since := readyList{Label: p.T("lists.ready.since"), Text: newsText(p, news)}
		if len(news.Changes) > 0 {
			since.Step = stepSince
		}
		out = append(out, since)
	}
	return out, nil
}

// withChoice is the page with what was chosen, for whoever must first prove who she is.
func (o *Office) withChoice(c *gin.Context, l listPlace, choice listChoice) string {
	return o.path(c, "office_prove") + "?" + url.Values{fieldNext: {o.path(c, l.route, l.slug) + "?" + choice.values().Encode()}}.Encode()
}
