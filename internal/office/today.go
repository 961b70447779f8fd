package office

import (
	"net/http"
	"strings"

	"github.com/gin-gonic/gin"

	"github.com/temadag/temadag/internal/domain"
	"github.com/temadag/temadag/internal/i18n"
	"github.com/temadag/temadag/internal/view"
)

// todayPage is the first page: what is to be done, and the events by their next day.
type todayPage struct {
	Notice *view.Notice
	Pause  *mailPause    // nil while letters go
	Backup []view.Notice // what an administrator is told of backups
	New    string        // "" for those who make no events
	Todos  []todoLine
	Coming []eventRow
	Past   []eventRow
	Plots  plots
}

// eventRow is an event in a table.
type eventRow struct {
	domain.DeskEvent
	URL       string
	Name      string
	State     string // "" for one that is published and not cancelled
	Todo      int    // how many things wait
	Room      int    // of a thousand: all places
	Part      int    // of a thousand: those taken
	Confirmed int
	Offered   int // those who hold a place and have not taken it
	Cancelled int
	Lapsed    bool // the last day to register has passed, and the event is still to come
}

// todoLine is one thing that waits, and where it is done.
type todoLine struct {
	Kind  domain.TodoKind
	Text  string
	URL   string
	Event string // "" on the event's own page
}

func (o *Office) todayShow(c *gin.Context) error {
	in, p := signedIn(c), o.printer(c)
	today, err := o.Desk.Today(c.Request.Context(), in.Actor)
	if err != nil {
		return err
	}
	body := todayPage{Notice: done(p, c), Coming: o.eventRows(c, today.Coming), Past: o.eventRows(c, today.Past)}
	if body.Pause, err = o.pauseOf(c); err != nil {
		return err
	}
	if body.Backup, err = o.backupNotices(c); err != nil {
		return err
	}
	owners, err := o.ownersFor(c)
	if err != nil {
		return err
	}
	if len(owners) > 0 {
		body.New = o.path(c, "office_new")
	}
	for _, kind := range domain.TodoKinds() {
		for _, e := range append(append([]domain.DeskEvent{}, today.Coming...), today.Past...) {
			body.Todos = append(body.Todos, o.todoLines(c, e, kind, true)...)
		}
	}
	body.Plots = newPlots(p, today.Spread, today.Coming, "office.plot.all")
	return o.write(c, http.StatusOK, page{
		template: "today", route: "office_today", menu: "office_today", Page: view.Page{Title: p.T("office.today.heading"), Body: body},
	})
}

// todoLines are the things of a kind that wait at an event; "" means every kind.
func (o *Office) todoLines(c *gin.Context, e domain.DeskEvent, kind domain.TodoKind, named bool) []todoLine {
	p := o.printer(c)
	var out []todoLine
	for _, todo := range e.Todos {
		if kind != "" && todo.Kind != kind {
			continue
		}
		line := todoLine{Kind: todo.Kind, URL: o.todoURL(c, e, todo.Kind)}
		key := "office.todo." + string(todo.Kind)
		if !todo.Until.IsZero() {
			line.Text = p.T(key, "count", todo.Count, "until", p.Instant(todo.Until))
		} else if todo.Day.IsZero() {
			line.Text = p.T(key, "count", todo.Count)
		} else {
			line.Text = p.T(key, "count", todo.Count, "day", todo.Day)
		}
		if named {
			line.Event = eventName(p, e.Event)
		}
		out = append(out, line)
	}
	return out
}

// todoURL is where a thing is done.
func (o *Office) todoURL(c *gin.Context, e domain.DeskEvent, kind domain.TodoKind) string {
	switch kind {
	case domain.TodoRequests, domain.TodoApplications:
		return o.path(c, "office_answers", e.Slug)
	case domain.TodoNeeds:
		return o.path(c, "office_kitchen", e.Slug)
	case domain.TodoLetters:
		return o.path(c, "office_people", e.Slug) + "?letters=failed"
	case domain.TodoCalls:
		return o.path(c, "office_people", e.Slug) + "?status=offered"
	case domain.TodoNames:
		return o.path(c, "office_people", e.Slug)
	case domain.TodoErasure, domain.TodoDecision:
	}
	return o.path(c, "office_event", e.Slug)
}

func (o *Office) eventRows(c *gin.Context, events []domain.DeskEvent) []eventRow {
	p := o.printer(c)
	out := make([]eventRow, len(events))
	for i, e := range events {
		out[i] = eventRow{
			DeskEvent: e, URL: o.path(c, "office_event", e.Slug), Name: eventName(p, e.Event), Todo: len(e.Todos),
			Confirmed: e.ByStatus[domain.Confirmed], Offered: e.ByStatus[domain.Offered], Cancelled: e.ByStatus[domain.Cancelled],
			Lapsed: lapsed(e.Event, o.Now()), Room: 1000, Part: share(e.Registered(), max(int(e.Capacity), e.Registered())),
		}
		if e.State != domain.EventPublished {
			out[i].State = p.T("state." + string(e.State))
		}
	}
	return out
}

// share is how many thousandths n is of all.
func share(n, all int) int {
	if all <= 0 {
		return 0
	}
	return n * 1000 / all
}

// eventName is the title with the town.
func eventName(p *i18n.Printer, e domain.Event) string {
	title := e.Title.In(p.Lang())
	if e.Town == "" || strings.Contains(" "+title+" ", " "+e.Town+" ") {
		return title // it says where
	}
	return title + ", " + e.Town
}
