package office

import (
	"net/http"
	"slices"
	"strconv"
	"strings"
	"time"

	"github.com/gin-gonic/gin"

	"github.com/temadag/temadag/internal/domain"
	"github.com/temadag/temadag/internal/i18n"
	"github.com/temadag/temadag/internal/server"
	"github.com/temadag/temadag/internal/view"
)

// eventPage is an event as those who look after it see it: numbers, what waits, and the ways on.
type eventPage struct {
	domain.EventDesk
	Back    view.Crumb
	Notice  *view.Notice
	Name    string
	State   string // what the public may do now, in words
	Numbers []fact
	Facts   []fact
	Todo    []todoLine
	Ways    []wayGroup
	Plots   plots
}

func (o *Office) eventShow(c *gin.Context) error {
	in, p := signedIn(c), o.printer(c)
	desk, err := o.Desk.Event(c.Request.Context(), in.Actor, c.Param("slug"))
	if err != nil {
		return err
	}
	e := desk.Event
	body := eventPage{
		EventDesk: desk, Back: view.Crumb{URL: o.path(c, "office_events"), Label: p.T("office.events.heading")}, Notice: done(p, c),
		Name: eventName(p, e), Todo: o.todoLines(c, desk.DeskEvent, "", false), Numbers: numbersOf(p, desk.DeskEvent),
		Facts: factsOf(p, e, o.Now()), Ways: o.ways(c, in.Actor, desk.DeskEvent), Plots: newPlots(p, desk.Spread, desk.Siblings, "office.plot.one"),
		State: p.T("office.state." + string(e.Availability(o.Now()))),
	}
	if e.State == domain.EventDraft {
		body.State = p.T("state.draft")
	}
	coming, err := o.Automatics.Coming(c.Request.Context(), in.Actor, e.Slug)
	if err != nil {
		return err
	}
	if coming > 0 {
		body.Numbers = slices.Insert(body.Numbers, 1, fact{p.T("office.number.coming"), p.Value(coming)})
	}
	return o.write(c, http.StatusOK, page{
		template: "event", route: "office_event", args: []string{e.Slug}, menu: "office_events", Page: view.Page{Title: body.Name, Body: body},
	})
}

func numbersOf(p *i18n.Printer, e domain.DeskEvent) []fact {
	n := func(status domain.RegistrationStatus) string { return p.Value(e.ByStatus[status]) }
	places := p.T("office.number.undecided")
	if e.Capacity > 0 {
		places = p.Value(int(e.Capacity))
	}
	out := []fact{
		{p.T("office.number.registered"), n(domain.Confirmed)},
		{p.T("office.number.capacity"), places},
		{p.T("office.number.queue"), p.Value(e.Waiting)},
		{p.T("office.number.cancelled"), n(domain.Cancelled)},
	}
	if e.ByStatus[domain.Offered] > 0 { // they hold a place and have not taken it
		out = slices.Insert(out, 1, fact{p.T("office.number.offered"), n(domain.Offered)})
	}
	if e.Rules.Approval {
		out = append(out, fact{p.T("office.number.pending"), n(domain.Pending)})
	}
	if e.Unnamed > 0 {
		out = append(out, fact{p.T("office.number.unnamed"), p.Value(e.Unnamed)})
	}
	return out
}

func factsOf(p *i18n.Printer, e domain.Event, now time.Time) []fact {
	day := func(d domain.Date) string {
		if d.IsZero() {
			return p.T("office.undecided")
		}
		return p.Date(d)
	}
	where := p.T("where.undecided")
	switch {
	case e.Online:
		where = p.T("where.online")
	case !e.Venue.IsZero():
		where = strings.Trim(e.Venue.Name+", "+e.Venue.Address, ", ")
	}
	until := day(e.RegisterUntil)
	if lapsed(e, now) {
		until += ", " + p.T("office.today.passed")
	}
	out := []fact{
		{p.T("office.fact.when"), p.When(e)},
		{p.T("office.fact.where"), where},
		{p.T("office.fact.register_until"), until},
		{p.T("office.fact.cancel_until"), day(e.CancelUntil)},
		{p.T("office.fact.owner"), e.Owner.Name},
	}
	if e.CaseNumber != "" {
		out = append(out, fact{p.T("office.fact.case"), e.CaseNumber})
	}
	erased := p.T("office.fact.erased_undecided")
	if d := e.ErasedOn(); !d.IsZero() {
		erased = p.Date(d)
	}
	return append(out, fact{p.T("office.fact.erased"), erased})
}

// lapsed reports whether the last day to register at an event that is still to come has passed.
func lapsed(e domain.Event, now time.Time) bool {
	ahead := e.State == domain.EventPublished && (e.Day.IsZero() || now.Before(e.EndsAt()))
	return ahead && !e.RegisterUntil.IsZero() && e.RegisterUntil.Before(domain.DateIn(now))
}

// eventFor is the event of the page, for those who hold the permission at it.
func (o *Office) eventFor(c *gin.Context, may domain.Permission) (domain.Event, error) {
	a := signedIn(c).Actor
	e, err := o.Desk.Facts(c.Request.Context(), a, c.Param("slug"))
	if err == nil && !a.MayAt(may, e) {
		err = domain.NotFound("event.not_found")
	}
	return e, err
}

// deskFor is eventFor with the event's numbers, which everyone who is registered is counted for.
func (o *Office) deskFor(c *gin.Context, may domain.Permission) (domain.EventDesk, error) {
	a := signedIn(c).Actor
	desk, err := o.Desk.Event(c.Request.Context(), a, c.Param("slug"))
	if err == nil && !a.MayAt(may, desk.Event) {
		err = domain.NotFound("event.not_found")
	}
	return desk, err
}

// backTo is the way back to an event.
func (o *Office) backTo(c *gin.Context, e domain.Event) *view.Crumb {
	return &view.Crumb{URL: o.path(c, "office_event", e.Slug), Label: eventName(o.printer(c), e)}
}

func (o *Office) capacityShow(c *gin.Context) error {
	desk, err := o.deskFor(c, domain.PermManage)
	if err != nil {
		return err
	}
	return o.showCapacity(c, nil, desk, strconv.Itoa(int(desk.Capacity)))
}

// capacityDo asks once more what the change brings about, and then makes it.
func (o *Office) capacityDo(c *gin.Context) error {
	desk, err := o.deskFor(c, domain.PermManage)
	if err != nil {
		return err
	}
	in, err := server.ReadForm(c, []string{"capacity", fieldStep})
	if err != nil {
		return err
	}
	typed := in.Get("capacity")
	n, wrong := readCapacity(typed)
	if wrong == nil && n < int(desk.Taken) {
		wrong = &domain.Error{Code: domain.CodeInvalid, Key: "capacity.below", Field: "capacity", Args: map[string]any{"taken": int(desk.Taken)}}
	}
	switch {
	case wrong != nil:
		return o.showCapacity(c, wrong, desk, typed)
	case in.Get(fieldStep) != stepConfirm:
		return o.askCapacity(c, desk, n)
	}
	if err := o.Registrations.SetCapacity(c.Request.Context(), signedIn(c).Actor, desk.Slug, domain.Seats(n)); err != nil {
		return o.showCapacity(c, err, desk, typed)
	}
	return o.lead(c, o.path(c, "office_event", desk.Slug)+"?"+fieldDone+"=capacity")
}

// mostPlaces is more than any hall holds.
const mostPlaces = 100_000

func readCapacity(typed string) (int, error) {
	n, err := strconv.Atoi(strings.Join(strings.Fields(typed), ""))
	if err != nil || n < 0 || n > mostPlaces {
		return 0, &domain.Error{Code: domain.CodeInvalid, Key: "office.capacity.wrong", Field: "capacity"}
	}
	return n, nil
}

func (o *Office) showCapacity(c *gin.Context, refusal error, desk domain.EventDesk, typed string) error {
	p := o.printer(c)
	return o.answer(c, refusal, "office_capacity", "office_events", formPage{
		Back: o.backTo(c, desk.Event), Heading: p.T("office.capacity.heading"),
		Lead:   p.T("office.capacity.lead", "taken", int(desk.Taken), "waiting", desk.Waiting),
		Action: o.path(c, "office_capacity", desk.Slug),
		Fields: []view.Field{{
			Name: "capacity", Label: p.T("office.capacity.label"), Hint: p.T("office.capacity.hint", "taken", int(desk.Taken)),
			Value: shown(typed), InputMode: "numeric", Width: "short",
		}},
		Buttons: []button{{Label: p.T("office.go_on")}},
	}, desk.Slug)
}

func (o *Office) askCapacity(c *gin.Context, desk domain.EventDesk, n int) error {
	p := o.printer(c)
	text := p.T("office.capacity.ask_less", "was", int(desk.Capacity), "is", n)
	switch more := n - int(desk.Capacity); {
	case more > 0 && desk.Waiting > 0:
		text = p.T("office.capacity.ask_queue", "was", int(desk.Capacity), "is", n, "count", min(n-int(desk.Taken), desk.Waiting))
	case more > 0:
		text = p.T("office.capacity.ask_more", "was", int(desk.Capacity), "is", n)
	}
	return o.answer(c, nil, "office_capacity", "office_events", formPage{
		Back: o.backTo(c, desk.Event), Heading: p.T("office.capacity.ask"), Lead: text, Action: o.path(c, "office_capacity", desk.Slug),
		Hidden:  []hidden{{"capacity", strconv.Itoa(n)}},
		Buttons: []button{{Name: fieldStep, Value: stepConfirm, Label: p.T("office.capacity.button", "n", n)}},
		Keep:    &view.Crumb{URL: o.path(c, "office_capacity", desk.Slug), Label: p.T("office.back")},
	}, desk.Slug)
}

// kitchenPage is what kitchen and venue need to know: numbers, and nothing of anyone.
type kitchenPage struct {
	domain.NeedsSheet
	Back   view.Crumb
	Tables []numbers
	When   string
}

func (o *Office) kitchenShow(c *gin.Context) error {
	p := o.printer(c)
	sheet, err := o.Registrations.Kitchen(c.Request.Context(), signedIn(c).Actor, c.Param("slug"))
	if err != nil {
		return err
	}
	body := kitchenPage{NeedsSheet: sheet, Back: *o.backTo(c, sheet.Event), When: p.When(sheet.Event)}
	table := func(caption string, texts int, rows [][]string) {
		rows = append(rows, []string{p.T("office.kitchen.texts"), p.Value(texts)})
		body.Tables = append(body.Tables, numbers{
			Caption: p.T(caption), Head: []string{p.T("office.kitchen.need"), p.T("office.plot.n")}, Rows: rows,
		})
	}
	if sheet.Event.Rules.Food || sheet.ToldFood > 0 {
		var rows [][]string
		for _, d := range domain.Diets() {
			rows = append(rows, []string{p.T("diet." + string(d)), p.Value(sheet.Diets[d])})
		}
		table("office.kitchen.food", sheet.DietTexts, rows)
	}
	if sheet.Event.Rules.Access || sheet.ToldAccess > 0 {
		var rows [][]string
		for _, n := range domain.AccessNeeds() {
			rows = append(rows, []string{p.T("access_need." + string(n)), p.Value(sheet.AccessNeeds[n])})
		}
		table("office.kitchen.access", sheet.AccessTexts, rows)
	}
	return o.write(c, http.StatusOK, page{
		template: "kitchen", route: "office_kitchen", args: []string{sheet.Event.Slug}, menu: "office_events",
		Page: view.Page{Title: p.T("office.kitchen.heading") + " – " + eventName(p, sheet.Event), Body: body},
	})
}
