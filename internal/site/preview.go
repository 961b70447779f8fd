package site

import (
	"context"
	"errors"

	"github.com/temadag/temadag/internal/domain"
	"github.com/temadag/temadag/internal/view"
)

// EventPreview is the public page of an event that nobody else sees yet, marked as such, with the name of its
// template. Who asks must have been let in to the event; its address, and that nobody keeps it, are theirs to see to.
func (s *Site) EventPreview(ctx context.Context, l domain.Lang, e domain.Event, mark view.Preview) (template string, p view.Page, err error) {
	body, err := s.eventBody(ctx, l, e)
	if errors.Is(err, domain.ErrNotFound) { // its theme is not public either
		alone := e
		alone.SeriesSlug = ""
		body, err = s.eventBody(ctx, l, alone)
	}
	if err != nil {
		return "", p, err
	}
	return "public/event", view.Page{
		Title: s.printer(l).T("event.preview") + ": " + eventTitle(l, e), Nav: view.NavCalendar, NoIndex: true, Preview: &mark,
		Organiser: footerContact(e), Body: body, ProtectedTold: body.Action != "", Alternate: make(map[domain.Lang]string),
	}, nil
}
