package site

import (
	"context"
	"net/http"
	"strconv"

	"github.com/gin-gonic/gin"

	"github.com/temadag/temadag/internal/i18n"
	"github.com/temadag/temadag/internal/server"
	"github.com/temadag/temadag/internal/view"
)

// failurePage says what happened, what did not, and what to do.
type failurePage struct {
	Status    int
	Title     string
	Text      string // what happened and what it means for what was sent
	Next      string // what to do; "" where the text says it
	More      string // what the refusal itself has to say; "" for none
	RequestID string // told where the fault is ours
}

// Fail draws the page for a failure; it is server.Options.Fail.
func (s *Site) Fail(c *gin.Context, f server.Failure) error {
	p := s.printer(server.LangOf(c))
	body := describe(p, f)
	return s.write(c, f.Status, page{
		template: "public/error",
		Page:     view.Page{Title: body.Title, NoIndex: true, Body: body},
	})
}

func describe(p *i18n.Printer, f server.Failure) failurePage {
	class := "error." + strconv.Itoa(f.Status)
	if !p.Has(class + ".title") {
		class = "error.400"
		if f.Status >= http.StatusInternalServerError {
			class = "error.500"
		}
	}
	body := failurePage{
		Status: f.Status, Title: p.T(class + ".title"), Text: p.T(class + ".text"), Next: p.T(class + ".next"),
	}
	switch {
	case f.Key == "" || !p.Has(f.Key):
	case p.Has(f.Key + ".title"): // it says everything itself
		body.Title, body.Text, body.Next = p.T(f.Key+".title"), p.T(f.Key, f.Args), ""
	default:
		body.More = p.T(f.Key, f.Args)
	}
	if f.Status >= http.StatusInternalServerError {
		body.RequestID = f.RequestID
	}
	return body
}

// healthShow tells machines whether the program can do its work.
func (s *Site) healthShow(c *gin.Context) error { return tellMachines(c, s.healthy) }

// readyShow tells machines whether to send visitors here: the program can do its work and is not stopping.
func (s *Site) readyShow(c *gin.Context) error { return tellMachines(c, s.ready) }

func tellMachines(c *gin.Context, ask func(context.Context) error) error {
	c.Header("Cache-Control", "no-store")
	if ask != nil {
		if err := ask(c.Request.Context()); err != nil {
			c.String(http.StatusServiceUnavailable, "unavailable: stopping, or the database cannot be written\n")
			return nil
		}
	}
	c.String(http.StatusOK, "ok\n")
	return nil
}
