package office

import (
	"bytes"
	"net/http"
	"strconv"

	"github.com/gin-gonic/gin"

	"github.com/temadag/temadag/internal/domain"
	"github.com/temadag/temadag/internal/server"
	"github.com/temadag/temadag/internal/view"
)

// previewShow is the public page of an event as it would be with what the actor has typed, marked as a
// preview on top and kept by nobody.
func (o *Office) previewShow(c *gin.Context) error {
	v, err := o.editing(c)
	if err != nil {
		return err
	}
	ctx, a := c.Request.Context(), signedIn(c).Actor
	e, err := o.Events.Preview(ctx, a, v.Event.Slug)
	if err != nil {
		return err
	}
	p, l := o.printer(c), server.LangOf(c)
	mark := view.Preview{Back: view.Crumb{URL: o.path(c, "office_edit", e.Slug), Label: p.T("event.preview_back")}, Text: p.T("office.edit.preview_saved")}
	if _, readable := o.as(v); v.Mine != nil && readable {
		mark.Text = p.T("office.edit.preview_draft")
	} else if v.Mine != nil {
		mark.Text = p.T("office.edit.preview_unreadable")
	}
	if e.State == domain.EventDraft {
		mark.Text += " " + p.T("event.preview_links")
	}
	template, shown, err := o.Forms.EventPreview(ctx, l, e, mark)
	if err != nil {
		return err
	}
	shown.NoIndex, shown.Demo = true, o.Demo
	shown.Path = o.path(c, "office_preview", e.Slug)
	for _, other := range domain.Langs() {
		shown.Alternate[other] = o.Paths.For(other, "office_preview", e.Slug)
	}
	var b bytes.Buffer
	if err := o.View.Page(&b, l, template, shown); err != nil {
		return err
	}
	c.Header("Content-Length", strconv.Itoa(b.Len()))
	c.Data(http.StatusOK, "text/html; charset=utf-8", b.Bytes())
	return nil
}
