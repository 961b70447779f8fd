package mail

import (
	"strings"
	"unicode/utf8"

	"github.com/temadag/temadag/internal/domain"
	"github.com/temadag/temadag/internal/i18n"
)

// brief is the event in a few words for the subject, with the name made for calendars that others
// see: a subject shows on locked screens too.
type brief struct {
	name string
	rest string // town and day
}

func briefOf(e domain.Event, l domain.Lang, p *i18n.Printer) brief {
	b := brief{name: e.Calendar.In(l)}
	if strings.TrimSpace(b.name) == "" {
		b.name = e.Title.In(l)
	}
	day := p.Days(e.Day, e.LastDay)
	if e.FinalDay() == e.Day {
		day = p.DateNoWeekday(e.Day)
	}
	town := e.Town
	if strings.Contains(b.name, town) {
		town = ""
	}
	b.rest = strings.TrimSpace(town + " " + day)
	return b
}

func (b brief) String() string {
	if b.rest == "" {
		return b.name
	}
	return b.name + ", " + b.rest
}

// shortestName is what is left of an event's name at least, in characters.
const shortestName = 12

// fitSubject is the first line of the plain part as a subject. Where it is too long, the name of the
// event is shortened first, so that what has happened, the town and the day can still be read.
func (l *letter) fitSubject(line string) string {
	line = strings.TrimSpace(line)
	if over := utf8.RuneCountInString(line) - maxSubject; over > 0 {
		b := l.brief
		b.name = shorten(b.name, max(utf8.RuneCountInString(b.name)-over, shortestName))
		line = strings.Replace(line, l.Brief, b.String(), 1)
	}
	return shorten(strings.ReplaceAll(line, "\u00a0", " "), maxSubject)
}
