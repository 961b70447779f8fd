package site

import (
	"errors"
	"net/http"
	"strings"

	"github.com/gin-gonic/gin"

	"github.com/temadag/temadag/internal/domain"
	"github.com/temadag/temadag/internal/i18n"
	"github.com/temadag/temadag/internal/server"
	"github.com/temadag/temadag/internal/view"
)

// receiptPage is what everyone sees after the button, whether the address was new or registered
// already. Nothing in it comes from another registration than the one just sent.
type receiptPage struct {
	domain.Receipt
	Event  domain.Event
	Name   string
	Where  string
	Queue  bool
	Cancel string // how to give the place back, or leave the queue
	// Elsewhere is where the series has places, for the queue alone; "" for nowhere.
	Elsewhere string
	Kept      string // when it is erased
	Feed      string // calendar file of the event
	Page      string // the event
	Another   string // the form, for a colleague
}

func (s *Site) receiptShow(c *gin.Context) error {
	ctx, l := c.Request.Context(), server.LangOf(c)
	receipt, err := s.registrations.Receipt(ctx, c.Param("key"))
	if err != nil {
		return uniform(err, "receipt.not_found")
	}
	e, err := s.event(ctx, receipt.EventSlug)
	if err != nil {
		return err
	}
	p := s.printer(l)
	body := receiptPage{
		Receipt: receipt, Event: e, Name: eventName(l, e), Where: placeAndTown(p, e),
		Queue: receipt.Status == domain.Waitlisted, Cancel: cancelLine(p, e, receipt.Status), Kept: keptLine(p, e),
		Feed: s.paths.For(l, "eventics", e.Slug), Page: s.paths.For(l, "event", e.Slug),
		Another: s.paths.For(l, "register", e.Slug),
	}
	key := "receipt.title"
	if body.Queue {
		_, siblings, err := s.siblings(ctx, p, e)
		if err != nil {
			return err
		}
		body.Elsewhere = elsewhere(p, e, siblings)
		key = "receipt.title_queue"
	}
	return s.write(c, http.StatusOK, page{
		template: "public/receipt", route: "receipt", args: []string{c.Param("key")},
		Page: view.Page{
			Title: p.T(key) + " – " + eventTitle(l, e), NoIndex: true, Nav: view.NavCalendar, Organiser: footerContact(e), Body: body,
		},
	})
}

// cancelLine says how to give the place back and until when, and what can be done later; for someone
// in the queue, how to leave it. Where the place cannot be given back, it says that.
func cancelLine(p *i18n.Printer, e domain.Event, status domain.RegistrationStatus) string {
	phone := phoneOf(e)
	if status == domain.Waitlisted {
		return p.T("receipt.leave_queue", "phone", phone)
	}
	rules := newRules(p, e)
	line := p.T("receipt.cancel_any", "phone", phone)
	switch {
	case !e.CancelUntil.IsZero():
		line = p.T("receipt.cancel", "phone", phone, "day", e.CancelUntil)
	case e.Binding && rules.Cancel != "":
		line = rules.Cancel
	}
	return strings.TrimSpace(line + " " + rules.After)
}

// uniform makes everything that is not there look alike.
func uniform(err error, key string) error {
	if errors.Is(err, domain.ErrNotFound) {
		return domain.NotFound(key)
	}
	return err
}
