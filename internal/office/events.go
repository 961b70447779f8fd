package office

import (
	"net/http"
	"net/url"
	"strconv"

	"github.com/gin-gonic/gin"

	"github.com/temadag/temadag/internal/domain"
	"github.com/temadag/temadag/internal/server"
	"github.com/temadag/temadag/internal/view"
)

func (o *Office) eventsRoutes() []server.Route {
	return read("office_events", "/tillfallen", "/events", domain.PermReadEvent, o.eventsShow)
}

// The fields of the list, as they stand in the address.
const (
	listWords = "q"
	listPart  = "part"
	listPage  = "page"
)

// eventsPage is every event that the user looks after.
type eventsPage struct {
	Notice *view.Notice
	Action string
	New    string // "" where the user may make none
	Words  string
	Part   domain.DeskPart
	Parts  []partLink
	Found  string
	Rows   []listRow
	Pages  view.Pages
}

// partLink is the way to a part of the list, with how many are in it.
type partLink struct {
	URL     string
	Label   string
	N       int
	Current bool
}

// listRow is an event in the list.
type listRow struct {
	eventRow
	County string // "" where the user looks after one alone
	Edit   string // where a draft is written on; "" where she may not
}

func (o *Office) eventsShow(c *gin.Context) error {
	in, p := signedIn(c), o.printer(c)
	asked := c.Request.URL.Query()
	number, _ := strconv.Atoi(asked.Get(listPage))
	q := domain.DeskQuery{Words: shown(asked.Get(listWords)), Part: domain.DeskPart(asked.Get(listPart)), Page: number}
	list, err := o.Desk.Events(c.Request.Context(), in.Actor, q)
	if err != nil {
		return err
	}
	owners, err := o.ownersFor(c)
	if err != nil {
		return err
	}
	body := eventsPage{
		Notice: done(p, c), Action: o.path(c, "office_events"), Words: q.Words, Part: list.Part,
		Found: p.T("office.events.found", "count", list.Counts[list.Part]), Rows: o.listRows(c, list),
	}
	if len(owners) > 0 {
		body.New = o.path(c, "office_new")
	}
	for _, part := range domain.DeskParts() {
		body.Parts = append(body.Parts, partLink{
			URL: o.listURL(c, q.Words, part, 1), Label: p.T("office.events.part." + string(part)), N: list.Counts[part], Current: part == list.Part,
		})
	}
	body.Pages = view.Pages{Current: list.Page, Total: list.Pages}
	if list.Page > 1 {
		body.Pages.Prev = o.listURL(c, q.Words, list.Part, list.Page-1)
	}
	if list.Page < list.Pages {
		body.Pages.Next = o.listURL(c, q.Words, list.Part, list.Page+1)
	}
	query := ""
	if len(asked) > 0 {
		query = "?" + asked.Encode()
	}
	return o.write(c, http.StatusOK, page{
		template: "events", route: "office_events", menu: "office_events", query: query,
		Page: view.Page{Title: p.T("office.events.heading"), Body: body},
	})
}

// listURL is the address of a page of the list. What stands in it by itself is left out.
func (o *Office) listURL(c *gin.Context, words string, part domain.DeskPart, number int) string {
	q := url.Values{}
	if words != "" {
		q.Set(listWords, words)
	}
	if part != domain.DeskAhead {
		q.Set(listPart, string(part))
	}
	if number > 1 {
		q.Set(listPage, strconv.Itoa(number))
	}
	return withQuery(o.path(c, "office_events"), q)
}

func (o *Office) listRows(c *gin.Context, list domain.DeskList) []listRow {
	a := signedIn(c).Actor
	counties := make(map[domain.OrganiserCode]bool)
	for _, g := range a.Grants {
		counties[g.County] = true
	}
	out := make([]listRow, len(list.Rows))
	for i, row := range o.eventRows(c, list.Rows) {
		e := list.Rows[i]
		out[i] = listRow{eventRow: row}
		if len(counties) > 1 || !counties[e.Owner.Code] {
			out[i].County = e.Owner.Short
		}
		if e.State == domain.EventDraft && a.MayAt(domain.PermEditProgramme, e.Event) {
			out[i].Edit = o.path(c, "office_edit", e.Slug)
		}
	}
	return out
}
