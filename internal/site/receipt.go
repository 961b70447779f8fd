package site

import (
	"errors"
	"net/http"

	"github.com/gin-gonic/gin"

	"github.com/temadag/temadag/internal/domain"
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
	Queue   bool
	Rules   rules
	Kept    string // when it is erased
	Feed    string // calendar file of the event
	Page    string // the event
	Another string // the form, for a colleague
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
		Queue: receipt.Status == domain.Waitlisted, Rules: newRules(p, e), Kept: keptLine(p, e),
		Feed: s.paths.For(l, "eventics", e.Slug), Page: s.paths.For(l, "event", e.Slug),
		Another: s.paths.For(l, "register", e.Slug),
	}
	key := "receipt.title"
	if body.Queue {
		key = "receipt.title_queue"
	}
	return s.write(c, http.StatusOK, page{
		template: "public/receipt", route: "receipt", args: []string{c.Param("key")},
		Page: view.Page{
			Title: p.T(key) + " – " + eventTitle(l, e), NoIndex: true, Nav: view.NavCalendar, Organiser: footerContact(e), Body: body,
		},
	})
}

// uniform makes everything that is not there look alike.
func uniform(err error, key string) error {
	if errors.Is(err, domain.ErrNotFound) {
		return domain.NotFound(key)
	}
	return err
}
