package office

import (
	"context"
	"net/http"

	"github.com/gin-gonic/gin"

	"github.com/temadag/temadag/internal/domain"
	"github.com/temadag/temadag/internal/server"
	"github.com/temadag/temadag/internal/view"
)

func (o *Office) bulkGoShow(c *gin.Context) error {
	event, d, err := o.bulkOf(c)
	switch {
	case err != nil:
		return err
	case d.result != nil:
		return o.showBulkDone(c, event, d)
	}
	return o.showBulk(c, nil, event, d)
}

// bulkGoDo does it, once: whoever sends the page again is shown what came of it the first time.
func (o *Office) bulkGoDo(c *gin.Context) error {
	event, d, err := o.bulkOf(c)
	if err != nil {
		return err
	}
	if _, err := server.ReadForm(c, []string{fieldStep}); err != nil {
		return err
	}
	id := c.Param("id")
	to := o.path(c, "office_bulk_go", event.Slug, id)
	if !o.shelf.begin(id) {
		if _, d, err = o.bulkOf(c); err == nil && d.result != nil {
			return o.lead(c, to)
		}
		return o.showBulk(c, &domain.Error{Code: domain.CodeConflict, Key: "manage.bulk.going_on"}, event, d)
	}
	actor := signedIn(c).Actor
	run := func(ctx context.Context, tell tell) (outcome, error) {
		result, err := o.People.Bulk(ctx, actor, d.input, tell)
		if err != nil && ctx.Err() == nil {
			o.shelf.end(id)
			return outcome{}, err
		}
		o.shelf.replace(id, bulkDraft{input: d.input, result: &result, stopped: err != nil})
		return outcome{To: to}, nil // what was done stays done: the page tells how far it came
	}
	p := o.printer(c)
	title := p.T("manage.bulk."+string(d.input.Action)+"_going", "event", eventName(p, event))
	back := view.Crumb{URL: o.path(c, "office_people", event.Slug), Label: p.T("manage.bulk.to_list")}
	return o.begin(c, title, back, run, func(refusal error) error {
		o.shelf.end(id)
		if changedBulk(refusal) {
			o.shelf.replace(id, o.expected(c, d))
		}
		return o.showBulk(c, refusal, event, d)
	})
}

// expected is the draft with as many as are meant now, who stand on the page that asks again.
func (o *Office) expected(c *gin.Context, d bulkDraft) bulkDraft {
	if preview, err := o.People.PreviewBulk(c.Request.Context(), signedIn(c).Actor, d.input); err == nil {
		d.input.Expected = len(preview.Rows)
	}
	return d
}

// showBulkDone tells how many it was done to, and who was refused and why.
func (o *Office) showBulkDone(c *gin.Context, event domain.Event, d bulkDraft) error {
	p := o.printer(c)
	notice := &view.Notice{Kind: "done", Title: p.T("manage.bulk."+string(d.input.Action)+"_done", "count", d.result.Done)}
	if d.stopped {
		notice.Kind, notice.Text = "warning", p.T("manage.bulk.stopped")
	}
	list := view.Crumb{URL: o.path(c, "office_people", event.Slug), Label: p.T("manage.bulk.to_list")}
	body := bulkPage{
		Back: list, Heading: p.T("manage.bulk.result"), Lead: eventName(p, event), Notice: notice,
		Facts: bulkFacts(p, d.input), Links: []view.Crumb{list},
	}
	body.Fit, body.Left = bulkTables(p, d.result.Rows, true, "manage.bulk.were", "manage.bulk.were_left")
	return o.writeBulk(c, http.StatusOK, event, body)
}
