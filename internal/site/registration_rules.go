package site

import (
	"github.com/temadag/temadag/internal/domain"
	"github.com/temadag/temadag/internal/i18n"
)

// lifeFacts is what an event's page tells of its rules beyond the days: who may register, who
// decides, how a freed place is handed out, and until when things can be changed.
func lifeFacts(p *i18n.Printer, e domain.Event) []fact {
	var facts []fact
	add := func(key, value string) {
		if value != "" {
			facts = append(facts, fact{p.T("rules." + key + ".label"), value})
		}
	}
	add("open_to", openTo(p, e))
	if e.Rules.Approval {
		add("approval", p.T("rules.approval.text"))
	}
	if len(e.ChosenSessions()) > 0 {
		add("sessions", p.T("rules.sessions.text"))
	}
	if e.Rules.Groups() {
		add("group", p.T("rules.group.text", "count", e.Rules.GroupLimit))
	}
	if day := e.Rules.ChangeUntil; !day.IsZero() {
		add("change", p.T("rules.change.until", "day", day))
	}
	if e.Rules.SameOrganisation {
		add("same", p.T("rules.same.text"))
	}
	add("offers", offersLine(p, e))
	return facts
}

// openTo is who may register, of an event that is not for everyone; "" of one that is.
func openTo(p *i18n.Printer, e domain.Event) string {
	domains := domainList(p, e)
	switch {
	case domains == "" && e.Rules.AccessCode == "":
		return ""
	case domains == "":
		return p.T("rules.open_to.code")
	case e.Rules.AccessCode == "":
		return p.T("rules.open_to.domains", "domains", domains)
	}
	return p.T("rules.open_to.both", "domains", domains)
}

// offersLine is how a freed place finds its next participant, as the service applies the rules
// "" where the event has no queue.
func offersLine(p *i18n.Printer, e domain.Event) string {
	if !e.WaitingList {
		return ""
	}
	r := e.Rules.Offers.Announced()
	line := p.T("rules.offers.held", "hours", r.Hours)
	if r.ShortDays > 0 && r.ShortDays > r.RaceDays && r.ShortHours < r.Hours {
		line += " " + lastDays(p, e, "rules.offers.short", r.ShortDays, r.ShortHours)
	}
	if r.RaceDays > 0 {
		return line + " " + lastDays(p, e, "rules.offers.race", r.RaceDays, 0)
	}
	return line + " " + p.T("rules.offers.race_near")
}

// lastDays says from which day something holds, or during how many days where the event has none.
func lastDays(p *i18n.Printer, e domain.Event, key string, days, hours int) string {
	args := map[string]any{"count": days}
	if hours > 0 {
		args["hours"] = hours
	}
	if e.Day.IsZero() {
		return p.T(key, args)
	}
	delete(args, "count")
	args["day"] = e.Day.AddDays(-days)
	return p.T(key+"_day", args)
}
