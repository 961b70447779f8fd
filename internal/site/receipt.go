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
	Event   domain.Event
	Name    string
	Where   string
	Heading string
	Seat    bool // she has a place
	Queue   bool
	Pending bool   // the organiser answers her application
	Offers  string // how a freed place finds the queue
	Cancel  string // how to give the place back, leave the queue or take back the application
	// Elsewhere is where the series has places, for the queue alone; "" for nowhere.
	Elsewhere string
	Kept      string // when it is erased
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
		Seat: receipt.Status == domain.Confirmed, Queue: receipt.Status == domain.Waitlisted, Pending: receipt.Status == domain.Pending,
		Offers: offersLine(p, e), Cancel: cancelLine(p, e, receipt.Status), Kept: keptLine(p, e),
		Page:    s.paths.For(l, "event", e.Slug),
		Another: s.colleaguePath(l, e.Slug, c.Param("key")),
	}
	key := "receipt.title"
	switch {
	case body.Pending:
		key = "receipt.title_pending"
	case body.Queue:
		_, siblings, err := s.siblings(ctx, p, e)
		if err != nil {
			return err
		}
		body.Elsewhere = elsewhere(p, e, siblings)
		key = "receipt.title_queue"
	}
	body.Heading = p.T(key)
	return s.write(c, http.StatusOK, page{
		template: "public/receipt", route: "receipt", args: []string{c.Param("key")},
		Page: view.Page{
			Title: p.T(key) + " – " + eventTitle(l, e), NoIndex: true, Nav: view.NavCalendar, Organiser: footerContact(e), ProtectedTold: true, Body: body,
		},
	})
}

// cancelLine says how to give the place back and until when, and what can be done later; for someone
// in the queue, how to leave it. Where the place cannot be given back, it says that.
func cancelLine(p *i18n.Printer, e domain.Event, status domain.RegistrationStatus) string {
	phone := phoneOf(e)
	switch status {
	case domain.Waitlisted:
		return p.T("receipt.leave_queue", "phone", phone)
	case domain.Pending:
		return p.T("receipt.take_back", "phone", phone)
	default: // a place
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
