package office

import (
	"net/http"
	"strconv"

	"github.com/gin-gonic/gin"

	"github.com/temadag/temadag/internal/server"
	"github.com/temadag/temadag/internal/view"
)

// failurePage says what happened. Where something is not found it says the same whatever it was, and
// whether it is absent or somebody else's.
type failurePage struct {
	Title, Text string
	More        string
	RequestID   string
}

// FailOr draws the page for a failure: here for those who have signed in, and by otherwise for everyone
// else. It is server.Options.Fail.
func (o *Office) FailOr(otherwise func(*gin.Context, server.Failure) error) func(*gin.Context, server.Failure) error {
	return func(c *gin.Context, f server.Failure) error {
		_, ok := server.SignInOf(c)
		tooLarge := f.Status == http.StatusRequestEntityTooLarge && next(c.Request.URL.Path) != "" // refused before anyone is looked up
		if ok || tooLarge {
			return o.fail(c, f)
		}
		return otherwise(c, f)
	}
}

func (o *Office) fail(c *gin.Context, f server.Failure) error {
	p := o.printer(c)
	class := "office.error." + strconv.Itoa(f.Status)
	if !p.Has(class + ".title") {
		class = "office.error.400"
		if f.Status >= http.StatusInternalServerError {
			class = "office.error.500"
		}
	}
	body := failurePage{Title: p.T(class + ".title"), Text: p.T(class + ".text")}
	if f.Status != http.StatusNotFound && f.Key != "" && p.Has(f.Key) {
		body.More = p.T(f.Key, f.Args)
	}
	if f.Status >= http.StatusInternalServerError {
		body.RequestID = f.RequestID
	}
	return o.write(c, f.Status, page{template: "error", Page: view.Page{Title: body.Title, Body: body}})
}
