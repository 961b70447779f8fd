package office

import (
	"strings"

	"github.com/gin-gonic/gin"

	"github.com/temadag/temadag/internal/domain"
	"github.com/temadag/temadag/internal/i18n"
)

// proposeInvitation are the words that an invitation begins with: what is known of the event, and nothing that
// is not. Whoever sends it changes them as she likes.
func (o *Office) proposeInvitation(c *gin.Context, slug string) (subject, body domain.Text, err error) {
	e, err := o.Programme.Event(c.Request.Context(), slug)
	if err != nil {
		return subject, body, err
	}
	var others []domain.Event
	if e.SeriesSlug != "" {
		series, err := o.Programme.Series(c.Request.Context(), e.SeriesSlug)
		if err != nil {
			return subject, body, err
		}
		for _, other := range series.Events {
			over := !other.Day.IsZero() && !o.Now().Before(other.EndsAt())
			if other.ID != e.ID && other.State == domain.EventPublished && !over && other.Town != "" {
				others = append(others, other)
			}
		}
	}
	sv, en := o.Catalogue.For(domain.Swedish), o.Catalogue.For(domain.English)
	subject = domain.Text{Sv: sv.T("office.invite.words.subject"), En: en.T("office.invite.words.subject")}
	return subject, domain.Text{Sv: invitationWords(sv, e, others), En: invitationWords(en, e, others)}, nil
}

func invitationWords(p *i18n.Printer, e domain.Event, others []domain.Event) string {
	t := func(key string, args ...any) string { return p.T("office.invite.words."+key, args...) }
	parts := []string{t("hello"), t("open")}
	if lead := strings.TrimSpace(e.Lead.In(p.Lang())); lead != "" {
		parts = append(parts, escapeBraces(lead))
	}
	var facts []string
	switch {
	case domain.PlaceDay.Known(domain.Registration{}, e) && domain.PlaceHours.Known(domain.Registration{}, e):
		facts = append(facts, t("when_hours"))
	case domain.PlaceDay.Known(domain.Registration{}, e):
		facts = append(facts, t("when"))
	}
	if domain.PlaceVenue.Known(domain.Registration{}, e) {
		facts = append(facts, t("where"))
	} else if domain.PlaceTown.Known(domain.Registration{}, e) {
		facts = append(facts, t("town"))
	}
	if !e.RegisterUntil.IsZero() {
		facts = append(facts, t("last_day", "day", p.Date(e.RegisterUntil)))
	}
	if len(facts) > 0 {
		parts = append(parts, strings.Join(facts, "\n"))
	}
	if len(others) > 0 {
		lines := []string{t("others") + "\n"}
		for _, other := range others {
			line := "- " + escapeBraces(other.Town)
			if !other.Day.IsZero() {
				line += ", " + p.Days(other.Day, other.LastDay)
			}
			lines = append(lines, line)
		}
		parts = append(parts, strings.Join(lines, "\n"))
	}
	return strings.Join(append(parts, t("welcome")), "\n\n")
}

// escapeBraces is a text of the event's in which no placeholder stands.
func escapeBraces(s string) string {
	return strings.NewReplacer("{", `\{`, "}", `\}`).Replace(s)
}
