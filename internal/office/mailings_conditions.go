package office

import (
	"net/url"
	"slices"
	"strconv"
	"strings"

	"github.com/temadag/temadag/internal/domain"
	"github.com/temadag/temadag/internal/i18n"
	"github.com/temadag/temadag/internal/view"
)

// mailingCondition is one thing that people are chosen by, and the box that turns it round.
type mailingCondition struct {
	view.Field
	Not    string // the value of the box; "" for a choice that has its opposite among its answers
	NotSet bool
	Set    bool
}

// The fields of the audience beside those of the list of participants.
const (
	pickEvent      = "at"
	pickTown       = "town"
	pickWork       = "organisation"
	pickAttendance = "attendance"
	pickComing     = "coming"
	pickSession    = "session"
	pickAnswer     = "answer"
)

func audienceFieldNames() []string {
	return []string{
		mailEvent, mailSeries, mailFrom, fieldSeen, fieldStep, pickEvent, pickTown, pickWork, findType, findTown, pickAttendance, pickComing,
		pickSession, pickAnswer, findLetter,
	}
}

func audienceSeveral() []string { return []string{findStatus, findNot} }

// readAudience is what was chosen. A choice that is none of ours finds nobody, and is not read over.
func readAudience(in url.Values, scope domain.ListScope) (domain.Audience, error) {
	a := domain.Audience{Scope: scope}
	f := &a.Filter
	for _, s := range domain.RegistrationStatuses() {
		if slices.Contains(in[findStatus], string(s)) {
			f.Statuses = append(f.Statuses, s)
		}
	}
	get := func(name string) string { return strings.TrimSpace(shown(in.Get(name))) }
	f.Event, f.Town, f.Organisation = get(pickEvent), get(pickTown), get(pickWork)
	if t := get(findType); t != "" {
		f.Types = []domain.OrganisationType{domain.OrganisationType(t)}
	}
	f.Municipality = domain.NormalMunicipality(get(findTown))
	f.Attendance, f.Letters = domain.Attendance(get(pickAttendance)), domain.LetterState(get(findLetter))
	for _, field := range domain.PeopleFields() {
		if slices.Contains(in[findNot], string(field)) {
			f.Not = append(f.Not, field)
		}
	}
	switch get(pickComing) {
	case "yes":
		f.Coming = true
	case "no":
		f.Not = append(f.Not, domain.FieldComing)
	}
	if n, err := strconv.ParseInt(get(pickSession), 10, 64); err == nil && n > 0 {
		f.Session = domain.SessionID(n)
	}
	question, value, _ := strings.Cut(get(pickAnswer), ":")
	if n, err := strconv.ParseInt(question, 10, 64); err == nil && n > 0 {
		f.Question, f.Answer = n, value
		if value == "" && f.Negated(domain.FieldAnswer) { // one box for both
			f.Not = append(f.Not, domain.FieldQuestion)
		}
	}
	if len(f.Statuses) == 0 && in.Get(mailFrom) != whoSome {
		v := &domain.Invalid{}
		v.Add(findStatus, "mailing.statuses_missing", nil)
		return a, v
	}
	return a, nil
}

// statusField is who stands how. What an event does not have is not asked for.
func statusField(p *i18n.Printer, f domain.PeopleFilter, events []domain.Event) view.Field {
	out := view.Field{
		Kind: view.FieldCheckboxes, Name: findStatus, Label: p.T("office.mailing_audience.status"),
	}
	applied := slices.ContainsFunc(events, func(e domain.Event) bool { return e.Rules.Approval })
	for _, s := range []domain.RegistrationStatus{
		domain.Confirmed, domain.Offered, domain.Waitlisted, domain.Pending, domain.Cancelled, domain.Declined, domain.Transferred, domain.Withdrawn,
	} {
		picked := slices.Contains(f.Statuses, s)
		if seldom := s == domain.Transferred || s == domain.Withdrawn; seldom && !picked {
			continue
		}
		if asks := s == domain.Pending || s == domain.Declined; asks && !applied && !picked {
			continue
		}
		if picked {
			out.Values = append(out.Values, string(s))
		}
		out.Options = append(out.Options, view.Option{Value: string(s), Label: p.T("office.mailing_audience.status_" + string(s))})
	}
	if len(out.Values) == 0 {
		out.Values = []string{""}
	}
	return out
}

// conditionFields are what the audience is narrowed by. What these events do not have is not asked for. Needs
// are none of it.
func conditionFields(p *i18n.Printer, f domain.PeopleFilter, events []domain.Event) []mailingCondition {
	b := conditionBuilder{p: p, f: f}
	var days, towns []view.Option
	for _, e := range events {
		days = append(days, view.Option{Value: e.Slug, Label: eventName(p, e)})
		if e.Town != "" && !slices.ContainsFunc(towns, func(o view.Option) bool { return o.Value == e.Town }) {
			towns = append(towns, view.Option{Value: e.Town, Label: e.Town})
		}
	}
	if len(events) > 1 || f.Event != "" {
		b.choice(pickEvent, domain.FieldEvent, f.Event, days)
	}
	if len(towns) > 1 || f.Town != "" {
		b.choice(pickTown, domain.FieldTown, f.Town, towns)
	}
	b.choice(pickAttendance, domain.FieldAttendance, string(f.Attendance), options(p, "office.mailing_audience.attendance_", domain.Present, domain.Absent, domain.AttendanceUnknown))
	coming := ""
	switch {
	case f.Coming:
		coming = "yes"
	case f.Negated(domain.FieldComing):
		coming = "no"
	}
	b.choice(pickComing, "", coming, options(p, "office.mailing_audience.coming_", "yes", "no"))
	if sessions := sessionOptions(p, events); len(sessions) > 0 || f.Session != 0 {
		b.choice(pickSession, domain.FieldSession, number(int64(f.Session)), sessions)
	}
	if answers := answerOptions(p, events); len(answers) > 0 || f.Question != 0 {
		value := number(f.Question)
		if f.Answer != "" {
			value += ":" + f.Answer
		}
		b.choice(pickAnswer, domain.FieldAnswer, value, answers)
	}
	b.text(pickWork, domain.FieldOrganisation, f.Organisation, nil)
	kind := ""
	if len(f.Types) > 0 {
		kind = string(f.Types[0])
	}
	b.choice(findType, domain.FieldType, kind, options(p, "organisation_type.", domain.OrganisationTypes()...))
	b.text(findTown, domain.FieldMunicipality, f.Municipality, domain.Municipalities())
	b.choice(findLetter, domain.FieldLetters, string(f.Letters), []view.Option{{Value: string(domain.LetterFailed), Label: p.T("office.people.letters_failed")}})
	return b.out
}

func number(n int64) string {
	if n == 0 {
		return ""
	}
	return strconv.FormatInt(n, 10)
}

func options[T ~string](p *i18n.Printer, prefix string, values ...T) []view.Option {
	out := make([]view.Option, len(values))
	for i, v := range values {
		out[i] = view.Option{Value: string(v), Label: p.T(prefix + string(v))}
	}
	return out
}

type conditionBuilder struct {
	p   *i18n.Printer
	f   domain.PeopleFilter
	out []mailingCondition
}

func (b *conditionBuilder) add(f view.Field, field domain.PeopleField, value string) {
	f.Label = b.p.T("office.mailing_audience." + f.Name)
	b.out = append(b.out, mailingCondition{Field: f, Not: string(field), NotSet: field != "" && b.f.Negated(field), Set: value != ""})
}

func (b *conditionBuilder) choice(name string, field domain.PeopleField, value string, list []view.Option) {
	all := view.Option{Label: b.p.T("office.mailing_audience.any")}
	b.add(view.Field{
		Kind: view.FieldSelect, Name: name, Values: []string{value}, Options: append([]view.Option{all}, withUnknown(b.p, list, value)...),
	}, field, value)
}

func (b *conditionBuilder) text(name string, field domain.PeopleField, value string, suggested []string) {
	b.add(view.Field{Name: name, Value: shown(value), Suggestions: suggested}, field, value)
}

func sessionOptions(p *i18n.Printer, events []domain.Event) (out []view.Option) {
	for _, e := range events {
		for _, s := range e.ChosenSessions() {
			label := s.Title.In(p.Lang())
			if len(events) > 1 {
				label = e.Town + ": " + label
			}
			out = append(out, view.Option{Value: number(s.ID), Label: label})
		}
	}
	return out
}

// answerOptions are the questions of the events, and of those that offer answers each of these.
func answerOptions(p *i18n.Printer, events []domain.Event) (out []view.Option) {
	for _, e := range events {
		for _, q := range e.Questions {
			name := q.Label.In(p.Lang())
			if len(events) > 1 {
				name = e.Town + ": " + name
			}
			id := number(q.ID)
			out = append(out, view.Option{Value: id, Label: p.T("office.mailing_audience.answered", "question", brief(name))})
			for _, choice := range q.Choices {
				out = append(out, view.Option{Value: id + ":" + choice.Value, Label: p.T("office.mailing_audience.answered_with", "question", brief(name), "answer", choice.Label.In(p.Lang()))})
			}
			if q.Kind == domain.QuestionYesNo {
				for _, v := range []string{"yes", "no"} {
					out = append(out, view.Option{Value: id + ":" + v, Label: p.T("office.mailing_audience.answered_with", "question", brief(name), "answer", p.T("answer."+v))})
				}
			}
		}
	}
	return out
}
