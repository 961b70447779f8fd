package office

import (
	"errors"
	"slices"
	"strconv"

	"github.com/gin-gonic/gin"

	"github.com/temadag/temadag/internal/domain"
	"github.com/temadag/temadag/internal/i18n"
)

func stepOf(p *i18n.Printer, n int) string {
	return p.T("registration.step", "step", strconv.Itoa(n), "of", "3")
}

func asError(err error) *domain.Error {
	var e *domain.Error
	if errors.As(err, &e) {
		return e
	}
	return &domain.Error{}
}

// recipientsOf tells who gets a mailing, as many of them as stand on a page, and who gets nothing. self is the
// page that tells it; its query says how many stand on the pages before.
func (o *Office) recipientsOf(c *gin.Context, m domain.Mailing, all []domain.Recipient, self string) recipientsPart {
	p := o.printer(c)
	n, several := reached(all), false
	for _, r := range all {
		several = several || r.EventID != all[0].EventID
	}
	out := recipientsPart{Count: p.T("office.mailing_to.count", "count", n)}
	if m.Kind == domain.MailingInvitation { // of these no more is known than an address, and that stands on no page
		out.LeftOut = leftOut(p, all, false)
		return out
	}
	to := slices.DeleteFunc(slices.Clone(all), func(r domain.Recipient) bool { return r.Refusal != "" })
	from, _ := strconv.Atoi(c.Query(findSeen))
	from = max(0, min(from, len(to)-1))
	from -= from % mostRecipientsShown
	end := min(from+mostRecipientsShown, len(to))
	for _, r := range to[from:end] {
		out.Rows = append(out.Rows, recipientOf(p, r, several))
	}
	page := func(at int) string { return self + "?" + findSeen + "=" + strconv.Itoa(at) + "#to" }
	if len(to) > mostRecipientsShown {
		out.Place = p.T("office.people.place", "from", p.Value(from+1), "to", p.Value(end), "total", p.Value(len(to)))
		if from > 0 {
			out.Before = page(from - mostRecipientsShown)
		}
		if end < len(to) {
			out.After = page(end)
		}
	}
	out.LeftOut = leftOut(p, all, several)
	if left := len(all) - n; left > 0 {
		out.Left = p.T("office.mailing_to.left", "count", left)
	}
	return out
}

// leftOut is who gets nothing, by why.
func leftOut(p *i18n.Printer, all []domain.Recipient, several bool) []recipientGroup {
	var out []recipientGroup
	count := make(map[string]int)
	for _, r := range all {
		if r.Refusal == "" {
			continue
		}
		i := slices.IndexFunc(out, func(g recipientGroup) bool { return g.Why == r.Refusal })
		if i < 0 {
			i = len(out)
			out = append(out, recipientGroup{Why: r.Refusal})
		}
		if count[r.Refusal]++; r.Ref != "" && len(out[i].Rows) < mostRecipientsShown {
			out[i].Rows = append(out[i].Rows, recipientOf(p, r, several))
		}
	}
	for i, g := range out {
		n := count[g.Why]
		out[i].Why = p.T(g.Why, "count", n)
		if more := n - len(g.Rows); more > 0 && len(g.Rows) > 0 {
			out[i].More = p.T("office.mailing_to.more", "count", more)
		}
	}
	return out
}

func recipientOf(p *i18n.Printer, r domain.Recipient, several bool) recipientRow {
	row := recipientRow{Who: listName(p, r.Registration), Work: r.Organisation, Status: p.T("status." + string(r.Status))}
	if several {
		row.Event = r.Event.Title.In(p.Lang())
		if r.Event.Town != "" {
			row.Event = r.Event.Town
		}
		if !r.Event.Day.IsZero() {
			row.Event += ", " + p.DateShort(r.Event.Day)
		}
	}
	return row
}
