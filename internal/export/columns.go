package export

import (
	"strings"

	"github.com/temadag/temadag/internal/domain"
	"github.com/temadag/temadag/internal/i18n"
)

// line is one person on a list, as the columns may see her: masked already where she is protected.
type line struct {
	reg   domain.Registration
	event *domain.Event
	nr    int
	place int               // in the queue, 0 when not waiting
	more  *domain.ExportRow // what a list of chosen columns knows besides; nil elsewhere
}

// column is one column of a list of people. Its width is fitted to what stands in it, between min
// and max.
type column struct {
	title    string
	look     look
	min, max float64
	value    func(l *line) value
}

// doorColumns are those that a person at the door needs, in the order of the eye. The last is the
// box to sign in.
func doorColumns(p *i18n.Printer) []column {
	c := newColumns(p)
	return []column{
		c.number("number", func(l *line) value { return numberValue(l.nr) }),
		c.familyName(),
		c.wrapped("given_name", 14, 24, func(l *line) value { return textValue(l.reg.GivenName) }),
		c.wrapped("organisation", 20, 40, func(l *line) value { return textValue(l.reg.Organisation) }),
		c.wrapped("status", 12, 18, func(l *line) value { return textValue(c.status(l)) }),
		c.text("reference", 15, 15, func(l *line) value { return textValue(l.reg.Reference()) }),
		c.wrapped("signature", minSignature, minSignature, func(*line) value { return value{} }),
	}
}

// screenColumns are the rest of what was told, for the one who plans: seen on the screen alone.
func screenColumns(p *i18n.Printer, questions []domain.Question) []column {
	c := newColumns(p)
	columns := []column{
		c.text("title", 12, 36, func(l *line) value { return textValue(l.reg.Title) }),
		c.organisationType(),
		c.text("municipality", 12, 26, func(l *line) value { return textValue(l.reg.Municipality) }),
		c.text("email", 20, 44, func(l *line) value { return textValue(l.reg.Email) }),
		c.text("phone", 14, 22, func(l *line) value { return textValue(l.reg.Phone) }),
		c.received(),
	}
	for _, q := range questions {
		columns = append(columns, c.question(q))
	}
	return columns
}

// cancelledColumns are those of the sheet of people who are not to come, of all events together.
func cancelledColumns(p *i18n.Printer) []column {
	c := newColumns(p)
	undecided := p.T("workbook.undecided")
	date := c.text("date", 14, 14, func(l *line) value { return valueOf(day(l.event.Day, undecided)) })
	date.look = lookDate
	return []column{
		date,
		c.text("town", 12, 18, func(l *line) value { return textValue(l.event.Town) }),
		c.familyName(),
		c.wrapped("given_name", 14, 24, func(l *line) value { return textValue(l.reg.GivenName) }),
		c.wrapped("organisation", 20, 40, func(l *line) value { return textValue(l.reg.Organisation) }),
		c.wrapped("status", 12, 18, func(l *line) value { return textValue(c.status(l)) }),
		c.text("reference", 15, 15, func(l *line) value { return textValue(l.reg.Reference()) }),
		c.text("email", 20, 44, func(l *line) value { return textValue(l.reg.Email) }),
		c.text("phone", 14, 22, func(l *line) value { return textValue(l.reg.Phone) }),
		c.received(),
		c.wrapped("event", 30, 40, func(l *line) value { return textValue(oneLine(l.event.Title.In(p.Lang()))) }),
	}
}

// columnMaker words the columns in one language, asking the catalogues once for each word.
type columnMaker struct {
	p        *i18n.Printer
	statuses map[domain.RegistrationStatus]string
	types    map[domain.OrganisationType]string
	answers  map[string]string // yes and no
}

func newColumns(p *i18n.Printer) columnMaker {
	c := columnMaker{
		p:        p,
		statuses: make(map[domain.RegistrationStatus]string),
		types:    make(map[domain.OrganisationType]string),
		answers:  make(map[string]string),
	}
	for _, yesNo := range []string{"yes", "no"} {
		c.answers[yesNo] = p.T("answer." + yesNo)
	}
	for _, s := range domain.RegistrationStatuses() {
		if s != domain.Waitlisted {
			c.statuses[s] = p.T("workbook.status." + string(s))
		}
	}
	for _, t := range domain.OrganisationTypes() {
		c.types[t] = p.T("organisation_type." + string(t))
	}
	return c
}

func (c columnMaker) text(key string, min, max float64, value func(*line) value) column {
	return column{title: c.p.T("workbook.column." + key), look: lookText, min: min, max: max, value: value}
}

func (c columnMaker) wrapped(key string, min, max float64, value func(*line) value) column {
	col := c.text(key, min, max, value)
	col.look = lookWrapped
	return col
}

func (c columnMaker) familyName() column {
	unnamed := c.p.T("workbook.unnamed")
	col := c.text("family_name", 16, 28, func(l *line) value {
		if l.reg.Status.Live() && !l.reg.Protected && !l.reg.Named() && l.reg.FamilyName == "" {
			return textValue(unnamed) // a place of a group that nobody has been named for yet
		}
		return textValue(l.reg.FamilyName)
	})
	col.look = lookName
	return col
}

func (c columnMaker) number(key string, value func(*line) value) column {
	col := c.text(key, 7, 10, value)
	col.look = lookNumber
	return col
}

func (c columnMaker) received() column {
	stockholm := domain.Stockholm()
	col := c.text("received", 22, 22, func(l *line) value {
		if l.reg.ReceivedAt.IsZero() {
			return value{}
		}
		return timeValue(l.reg.ReceivedAt.In(stockholm))
	})
	col.look = lookInstant
	return col
}

func (c columnMaker) organisationType() column {
	return c.text("organisation_type", 20, 36, func(l *line) value {
		if word, ok := c.types[l.reg.OrganisationType]; ok {
			return textValue(word)
		}
		return textValue(string(l.reg.OrganisationType))
	})
}

func (c columnMaker) status(l *line) string {
	if l.reg.Status == domain.Waitlisted {
		return c.p.T("workbook.status.waitlisted", "place", l.place)
	}
	if word, ok := c.statuses[l.reg.Status]; ok {
		return word
	}
	return string(l.reg.Status)
}

func (c columnMaker) question(q domain.Question) column {
	return column{
		title: oneLine(q.Label.In(c.p.Lang())), look: lookText, min: 12, max: 48,
		value: func(l *line) value {
			for i := range l.reg.Answers {
				if a := &l.reg.Answers[i]; a.QuestionID == q.ID {
					return textValue(c.answer(&q, a))
				}
			}
			return value{}
		},
	}
}

func (c columnMaker) answer(q *domain.Question, a *domain.Answer) string {
	if q.Kind == domain.QuestionYesNo && len(a.Values) == 1 {
		if word, ok := c.answers[a.Values[0]]; ok {
			return word
		}
	}
	return strings.Join(q.Shown(*a, c.p.Lang()), ", ")
}

// masked is r as a list may show it: whole, or the reference and status alone where the person has
// protected identity.
func masked(r *domain.Registration, p *i18n.Printer) *domain.Registration {
	if !r.Protected {
		return r
	}
	return &domain.Registration{
		ID: r.ID, Ref: r.Ref, EventID: r.EventID, Status: r.Status, Protected: true,
		QueuePosition: r.QueuePosition,
		Participant:   domain.Participant{FamilyName: p.T("workbook.protected")},
	}
}
