package office

import (
	"errors"
	"net/http"
	"net/url"
	"strings"

	"github.com/gin-gonic/gin"

	"github.com/temadag/temadag/internal/domain"
	"github.com/temadag/temadag/internal/view"
)

// createdPage is the drafts that were made a moment ago, with the way on to each.
type createdPage struct {
	Back    view.Crumb
	Notice  *view.Notice
	Heading string
	Lead    string
	Series  *view.Crumb // the words that they have in common
	Drafts  []createdRow
}

// createdRow is one draft, its day in words.
type createdRow struct {
	domain.Event
	Name    string
	When    string
	Where   string
	Left    string // how much is left to do before it can be published
	OldDays string // the texts that still tell of the day of what was copied; "" for none
	Edit    string
}

// fieldDraft names a draft in the address; there may be several.
const fieldDraft = "e"

// toMade is the way on when drafts have been made: to the one, or to the list of them.
func (o *Office) toMade(c *gin.Context, word string, slugs ...string) string {
	done := url.Values{fieldDone: {word}}
	if len(slugs) == 1 {
		return withQuery(o.path(c, "office_edit", slugs[0]), done)
	}
	done[fieldDraft] = slugs
	return withQuery(o.path(c, "office_created"), done)
}

func (o *Office) createdShow(c *gin.Context) error {
	p := o.printer(c)
	copied := c.Query(fieldDone) == "copied"
	asked := c.Request.URL.Query()[fieldDraft]
	if len(asked) == 0 {
		return o.lead(c, o.path(c, "office_events"))
	}
	body := createdPage{Back: o.toEvents(c)}
	for _, slug := range asked[:min(len(asked), mostTowns)] {
		draft, err := o.Events.Draft(c.Request.Context(), signedIn(c).Actor, slug)
		if errors.Is(err, domain.ErrNotFound) {
			continue
		}
		if err != nil {
			return err
		}
		e := draft.Event
		row := createdRow{Event: e, Name: eventName(p, e), When: p.When(e), Edit: o.path(c, "office_edit", e.Slug)}
		if !e.Day.IsZero() {
			row.When += ", " + p.Week(e.Day)
		}
		row.Where = strings.Trim(strings.Join([]string{e.Venue.Name, e.Venue.Address}, ", "), ", ")
		duties := 0
		for _, check := range draft.Checks {
			if check.Level == domain.Blocks {
				duties++
			}
		}
		row.Left = p.T("office.created.left", "count", duties)
		if days := e.TextsWithDays(); copied && len(days) > 0 {
			names := make([]string, len(days))
			for i, field := range days {
				names[i] = p.T("edit.field." + field)
			}
			row.OldDays = p.T("office.created.old_days", "fields", strings.Join(names, ", "))
		}
		if e.SeriesSlug != "" {
			body.Series = &view.Crumb{URL: o.path(c, "office_series", e.SeriesSlug), Label: p.T("office.created.series")}
		}
		body.Drafts = append(body.Drafts, row)
	}
	if len(body.Drafts) == 0 {
		return domain.NotFound("event.not_found")
	}
	body.Heading, body.Lead = p.T("office.created.heading", "count", len(body.Drafts)), p.T("office.created.lead")
	return o.write(c, http.StatusOK, page{
		template: "created", route: "office_created", menu: "office_events", query: "?" + c.Request.URL.Query().Encode(),
		Page: view.Page{Title: body.Heading, Body: body},
	})
}
