package office

import (
	"strings"

	"github.com/gin-gonic/gin"

	"github.com/temadag/temadag/internal/domain"
	"github.com/temadag/temadag/internal/i18n"
)

// mailingTitle is what a mailing that has been let go is called: its subject, as its recipients read it where
// that is the same for all of them.
func (o *Office) mailingTitle(c *gin.Context, m domain.Mailing) string {
	p, l := o.printer(c), domain.Swedish
	if p.Lang() == domain.English && m.Subject.En != "" {
		l = domain.English
	}
	return o.filled(c, m.Audience.Scope.Event, l, mailingName(p, m))
}

// filled is a subject with what is told of the event, "" for none, in place of its placeholders. What differs
// from reader to reader, or is not known of the event, stays as it was written.
func (o *Office) filled(c *gin.Context, event string, l domain.Lang, subject string) string {
	if event == "" || !strings.Contains(subject, "{") {
		return subject
	}
	words, faults := domain.ParseWording(subject, l)
	if len(faults) > 0 {
		if words, faults = domain.ParseWording(subject, domain.English); len(faults) > 0 {
			return subject
		}
		l = domain.English
	}
	e, err := o.Desk.Facts(c.Request.Context(), signedIn(c).Actor, event)
	if err != nil { // she reads the mailing and not the event's page
		return subject
	}
	return words.Fill(eventValues(o.Catalogue.For(l), e), nil)
}

// eventValues are the placeholders that an event alone fills; the others stand for themselves.
func eventValues(p *i18n.Printer, e domain.Event) map[domain.Placeholder]string {
	told := map[domain.Placeholder]string{
		domain.PlaceEvent: e.Title.In(p.Lang()), domain.PlaceTown: e.Town, domain.PlaceDay: p.Days(e.Day, e.LastDay),
		domain.PlaceHours: p.Hours(e.Starts, e.Ends), domain.PlaceVenue: e.Venue.Name,
	}
	out := make(map[domain.Placeholder]string)
	for _, place := range domain.Placeholders() {
		if out[place] = told[place]; told[place] == "" || !place.Known(domain.Registration{}, e) {
			out[place] = "{" + place.Word(p.Lang()) + "}"
		}
	}
	return out
}
