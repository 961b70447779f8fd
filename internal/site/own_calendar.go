package site

import (
	"cmp"
	"net/http"
	"strings"

	"github.com/gin-gonic/gin"

	"github.com/temadag/temadag/internal/domain"
	"github.com/temadag/temadag/internal/export"
)

// ownCalendar is the registration's own calendar entry, the one that its letters carry: private,
// under the event's neutral name, and replaced by the next letter. Who has no place has none.
func (s *Site) ownCalendar(c *gin.Context) error {
	v, err := s.visit(c)
	if err != nil {
		return err
	}
	from := cmp.Or(s.from, "temadag@"+s.host())
	_, host, _ := strings.Cut(from, "@")
	file, err := export.OwnFile(domain.LetterFacts{
		Letter: domain.Letter{Lang: v.lang(), Date: s.now()}, Registration: v.Registration, Event: v.Event,
		EventLink: s.base + s.paths.For(v.lang(), "event", v.Event.Slug),
	}, export.InvitationOptions{Catalogue: s.catalogue, Domain: host, From: from})
	if err != nil {
		return err
	}
	if file == nil {
		return domain.NotFound("own.not_found")
	}
	c.Header("Cache-Control", "no-store")
	c.Header("Content-Disposition", `attachment; filename="`+calendarName(v)+`.ics"`)
	c.Data(http.StatusOK, "text/calendar; charset=utf-8", file)
	return nil
}

// calendarName is what the file is called when it is saved, telling nothing of the event's subject.
func calendarName(v ownVisit) string { return fileName(strings.ToLower(v.Registration.Reference())) }
