package site

import (
	"strings"

	"github.com/temadag/temadag/internal/domain"
	"github.com/temadag/temadag/internal/i18n"
)

// historyLine is one line of what has happened, in words.
type historyLine struct {
	domain.HistoryEntry
	Text    string
	Details []string // the particulars, as sentences
	Channel string   // how the registration came in, or that the organiser did it; "" where it goes without saying
}

func historyLines(p *i18n.Printer, entries []domain.HistoryEntry) []historyLine {
	lines := make([]historyLine, len(entries))
	for i, h := range entries {
		d := h.Details
		lines[i] = historyLine{
			HistoryEntry: h, Details: detailLines(p, h), Channel: channelLine(p, h),
			Text: p.T("history."+string(h.Kind), map[string]any{
				"until": d.Until, "day": d.Day, "town": d.Town, "reason": d.Reason, "reserved": d.Reserved, "sessions": d.Sessions,
				"fields": fieldWords(p, d.Fields), "actor": h.Actor, "subject": d.Subject,
			}),
		}
		if h.Kind == domain.HistoryLeft && tookBack(entries[:i]) {
			lines[i].Text = p.T("own.taken_back")
		}
	}
	return lines
}

// channelLine is how a registration came in; of later steps, that staff took them.
func channelLine(p *i18n.Printer, h domain.HistoryEntry) string {
	switch h.Kind {
	case domain.HistoryRegistered, domain.HistoryWaitlisted, domain.HistoryApplied:
		return p.T("own.channel." + string(h.Channel))
	}
	if h.Actor == "" || h.Actor == domain.Worker().Name {
		return ""
	}
	return p.T("own.by_organiser")
}

// detailLines are the particulars of a step that its sentence leaves out. Needs are never among
// them, and nothing of other people.
func detailLines(p *i18n.Printer, h domain.HistoryEntry) []string {
	d := h.Details
	var lines []string
	add := func(told bool, key string, args ...any) {
		if told {
			lines = append(lines, p.T("own.detail."+key, args...))
		}
	}
	add(h.Kind == domain.HistoryOffered && d.Together, "together")
	add(h.Kind == domain.HistoryOffered && d.Alone, "alone")
	wrote := h.Kind == domain.HistoryCancelled || h.Kind == domain.HistoryLeft
	add(wrote && d.Reason != "" && h.Actor == "", "reason", "reason", d.Reason)
	add(wrote && d.Reason != "" && h.Actor != "", "reason_organiser", "reason", d.Reason)
	return lines
}

// fieldWords names fields as the form does: "e-postadress, telefonnummer".
func fieldWords(p *i18n.Printer, fields []string) string {
	words := make([]string, len(fields))
	for i, f := range fields {
		key := "own.field." + f
		if !p.Has(key) {
			key = "registration." + f + ".change"
		}
		words[i] = p.T(key)
	}
	return strings.Join(words, ", ")
}
