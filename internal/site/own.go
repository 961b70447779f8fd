package site

import (
	"net/http"

	"github.com/gin-gonic/gin"

	"github.com/temadag/temadag/internal/domain"
	"github.com/temadag/temadag/internal/i18n"
	"github.com/temadag/temadag/internal/server"
	"github.com/temadag/temadag/internal/view"
)

// ownPage is a person's own registration behind her personal link. It shows and changes nothing.
type ownPage struct {
	domain.OwnRegistration
	Name     string
	Where    string
	Heading  string // "Du är anmäld"
	Status   string
	Queue    bool
	Live     bool
	Rows     []reviewRow
	Lines    []historyLine
	Rules    rules
	NewTerms bool // the event's terms have changed since; these still hold
	Kept     string
	Feed     string
	Page     string
}

type historyLine struct {
	domain.HistoryEntry
	Text    string
	Channel string // how the registration came in, as a sentence; "" where the line tells of something else
}

func (s *Site) ownShow(c *gin.Context) error {
	l, token := server.LangOf(c), c.Param("token")
	own, err := s.registrations.Own(c.Request.Context(), server.ActorOf(c), token)
	if err != nil {
		return uniform(err, "own.not_found")
	}
	p := s.printer(l)
	e, r := own.Event, own.Registration
	body := ownPage{
		OwnRegistration: own, Name: eventName(l, e), Where: placeAndTown(p, e),
		Heading: p.T("own.heading." + string(r.Status)), Status: p.T("status." + string(r.Status)),
		Queue: r.Status == domain.Waitlisted, Live: r.Status.Live(), Rows: reviewRows(p, e, r.Participant),
		Lines: historyLines(p, own.History), Rules: newRules(p, e), NewTerms: own.Terms.ID != e.Terms.ID,
		Kept: keptLine(p, e), Feed: s.paths.For(l, "eventics", e.Slug), Page: s.paths.For(l, "event", e.Slug),
	}
	body.Rules.Terms = own.Terms
	return s.write(c, http.StatusOK, page{
		template: "public/own", route: "own", args: []string{token},
		Page: view.Page{
			Title: p.T("own.title") + " – " + eventTitle(l, e), NoIndex: true, Nav: view.NavCalendar, Organiser: footerContact(e), Body: body,
		},
	})
}

func historyLines(p *i18n.Printer, entries []domain.HistoryEntry) []historyLine {
	lines := make([]historyLine, len(entries))
	for i, h := range entries {
		lines[i] = historyLine{HistoryEntry: h, Text: p.T("history." + string(h.Kind))}
		if h.Kind == domain.HistoryRegistered || h.Kind == domain.HistoryWaitlisted {
			lines[i].Channel = p.T("own.channel." + string(h.Channel))
		}
	}
	return lines
}

// keptLine tells when a registration is erased, or that nobody has decided it yet.
func keptLine(p *i18n.Printer, e domain.Event) string {
	if day := e.ErasedOn(); !day.IsZero() {
		return p.T("privacy.kept_until", "day", p.DateNoWeekday(day), "support", e.Retention.Support)
	}
	return p.T("privacy.kept_undecided")
}
