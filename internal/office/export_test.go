package office

import (
	"context"
	"errors"
	"io"

	"github.com/gin-gonic/gin"

	"github.com/temadag/temadag/internal/view"
)

// HelpPages are the pages of the help, and the routes that lead to each.
func HelpPages() map[string][]string {
	out := map[string][]string{}
	for _, h := range helpPages() {
		out[h.slug] = h.routes
	}
	return out
}

// BeginWork starts something long as a handler does. What it writes is a file with the name, "" for none.
func (o *Office) BeginWork(c *gin.Context, file string, fn func(context.Context, func(done, total int), io.Writer) error) error {
	back := view.Crumb{URL: o.path(c, "office_today"), Label: "I dag"}
	return o.begin(c, "Något långt", back, func(ctx context.Context, tell tell) (outcome, error) {
		if file == "" {
			return outcome{To: back.URL}, fn(ctx, tell, io.Discard)
		}
		f, err := newWorkFile(file, "text/plain; charset=utf-8", func(w io.Writer) error { return fn(ctx, tell, w) })
		return outcome{To: back.URL, File: f}, err
	}, func(err error) error { return errors.Join(err) })
}
