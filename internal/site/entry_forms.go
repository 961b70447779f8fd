package site

import (
	"net/url"

	"github.com/gin-gonic/gin"

	"github.com/temadag/temadag/internal/domain"
	"github.com/temadag/temadag/internal/i18n"
	"github.com/temadag/temadag/internal/server"
	"github.com/temadag/temadag/internal/view"
)

// What follows lends the registration form to the pages of staff, who fill it in for someone on the phone:
// it asks the same of everyone, whoever holds the pen.

// FormPart, ReviewRow and HiddenField are the form's parts, what was answered in words, and what a review
// page carries along unseen.
type (
	FormPart    = formPart
	ReviewRow   = reviewRow
	HiddenField = hiddenField
)

// EntryForm is the registration form of an event as it was typed, with what is wrong in it. The address
// may be left out of it, with the hint that is given for that.
func (s *Site) EntryForm(p *i18n.Printer, e domain.Event, in domain.Entry, faults *domain.Invalid, hint string) ([]FormPart, []view.Fault) {
	parts := s.formParts(p, e, in)
	ofOther(p, e, parts)
	for _, part := range parts {
		for i := range part.Fields {
			if part.Fields[i].Name == "email" {
				part.Fields[i].Optional, part.Fields[i].Hint = true, hint
			}
			part.Fields[i].Autocomplete = "off" // it is somebody else's
		}
	}
	return parts, told(p, e, parts, faults)
}

// ReadEntry is what the form of an event sent, and the single fields beside.
func ReadEntry(c *gin.Context, e domain.Event, beside ...string) (domain.Entry, url.Values, error) {
	return readEntry(c, e, beside...)
}

// EntryRows is everything that a form which has been read tells, in its order.
func EntryRows(p *i18n.Printer, e domain.Event, code string, in domain.Application) []ReviewRow {
	return applicationRows(p, e, code, in)
}

// EntryFields is what a review page of the form carries along unseen.
func EntryFields(e domain.Event, in domain.Entry) []HiddenField {
	return posted{Entry: in}.hidden(e)
}

// Table is the routes without what they do: for the addresses, which are needed before the pages are.
func Table() []server.Route {
	s := &Site{}
	return append(s.public(), s.development()...)
}
