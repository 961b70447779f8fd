package export

import (
	"strings"

	"github.com/temadag/temadag/internal/domain"
	"github.com/temadag/temadag/internal/i18n"
)

// chosenColumns words the columns of a list of some events.
func chosenColumns(p *i18n.Printer, chosen []domain.ExportColumn, events []domain.Event) []column {
	c := newColumns(p)
	out := make([]column, 0, len(chosen))
	for _, k := range chosen {
		if col, ok := c.chosen(k); ok {
			out = append(out, col)
			continue
		}
		for _, e := range events {
			if q, ok := k.Question(e); ok {
				out = append(out, c.question(q))
				break
			}
		}
	}
	return out
}

// chosen is one of the columns that every list can have.
func (c columnMaker) chosen(k domain.ExportColumn) (column, bool) {
	own := func(min, max float64, show func(l *line) string) column {
		return c.wrapped(string(k), min, max, func(l *line) value { return textValue(show(l)) })
	}
	switch k {
	case domain.ColumnName:
		col := own(22, 40, func(l *line) string { return c.name(l) })
		col.look = lookName
		return col, true
	case domain.ColumnGivenName:
		return own(14, 24, func(l *line) string { return l.reg.GivenName }), true
	case domain.ColumnFamilyName:
		return c.familyName(), true
	case domain.ColumnTitle:
		return own(12, 36, func(l *line) string { return l.reg.Title }), true
	case domain.ColumnOrganisation:
		return own(20, 40, func(l *line) string { return l.reg.Organisation }), true
	case domain.ColumnOrganisationType:
		return c.organisationType(), true
	case domain.ColumnMunicipality:
		return own(12, 26, func(l *line) string { return l.reg.Municipality }), true
	case domain.ColumnStatus:
		return own(12, 18, c.status), true
	case domain.ColumnReference:
		return own(15, 15, func(l *line) string { return l.reg.Reference() }), true
	case domain.ColumnReceived:
		return c.received(), true
	case domain.ColumnEmail:
		return own(20, 44, func(l *line) string { return l.reg.Email }), true
	case domain.ColumnPhone:
		return own(14, 22, func(l *line) string { return l.reg.Phone }), true
	case domain.ColumnTown:
		return own(12, 18, func(l *line) string { return l.event.Town }), true
	}
	return c.chosenRarely(k, own)
}

func (c columnMaker) chosenRarely(k domain.ExportColumn, own func(min, max float64, value func(l *line) string) column) (column, bool) {
	switch k {
	case domain.ColumnDate:
		undecided := c.p.T("workbook.undecided")
		col := c.text("date", 14, 14, func(l *line) value { return valueOf(day(l.event.Day, undecided)) })
		col.look = lookDate
		return col, true
	case domain.ColumnAttendance:
		words := make(map[domain.Attendance]string)
		for _, a := range []domain.Attendance{domain.AttendanceUnknown, domain.Present, domain.Absent} {
			words[a] = c.p.T("attendance." + string(a))
		}
		return own(12, 18, func(l *line) string { return words[l.reg.Attendance] }), true
	case domain.ColumnChannel:
		return own(10, 18, func(l *line) string {
			if l.reg.Channel == "" {
				return ""
			}
			return c.p.T("channel." + string(l.reg.Channel))
		}), true
	case domain.ColumnSessions:
		return own(20, 48, func(l *line) string { return strings.Join(l.more.Sessions, "\n") }), true
	case domain.ColumnInvoice:
		return own(20, 48, func(l *line) string {
			i := l.reg.Invoice
			return strings.Join(strings.Fields(strings.Join([]string{i.Reference, i.PeppolID, i.Address}, " ")), " ")
		}), true
	}
	return column{}, false
}

// name is how a person is called, or what stands in its place.
func (c columnMaker) name(l *line) string {
	name := l.reg.Name()
	if name == "" && l.reg.Status.Live() {
		return c.p.T("workbook.unnamed")
	}
	return name
}

// changeColumns are those before the others on the sheet of what has happened.
func changeColumns(p *i18n.Printer) []column {
	c := newColumns(p)
	words := make(map[domain.ExportChange]string)
	for _, ch := range []domain.ExportChange{domain.ChangeNew, domain.ChangeChanged, domain.ChangeCancelled, domain.ChangeHandedOver} {
		words[ch] = p.T("list.change." + string(ch))
	}
	return []column{
		c.wrapped("change", 12, 18, func(l *line) value { return textValue(words[l.more.Change]) }),
		c.wrapped("before", 20, 40, func(l *line) value { return textValue(l.more.Before) }),
	}
}
