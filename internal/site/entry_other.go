package site

import (
	"strings"

	"github.com/temadag/temadag/internal/domain"
	"github.com/temadag/temadag/internal/i18n"
)

// ofOther puts the form's words about "you" into words about somebody else, for staff who fill it in.
func ofOther(p *i18n.Printer, e domain.Event, parts []formPart) {
	other := make(map[string]string)
	add := func(key string, args ...any) {
		if said := "office." + key; p.Has(said) {
			other[p.T(key, args...)] = p.T(said, args...)
		}
	}
	for _, key := range []string{
		"registration.new.person", "registration.new.work", "registration.family_name.hint", "registration.phone.hint", "registration.municipality.label",
		"registration.municipality.hint", "registration.access_code.hint", "registration.sessions.intro_wish", "registration.sessions.full",
		"registration.needs.why.both", "registration.needs.why.food", "registration.needs.why.access", "registration.diet.label",
		"registration.access.label", "registration.access_text.hint", "registration.no_answer",
	} {
		add(key)
	}
	who := p.T("registration.needs.who", "authority", e.Owner.Name)
	add("registration.needs.who", "authority", e.Owner.Name)
	say := func(s *string) {
		if words, ok := other[*s]; ok {
			*s = words
			return
		}
		if rest, ok := strings.CutPrefix(*s, who); ok { // the day to erase stands after it
			*s = other[who] + rest
		}
	}
	for i := range parts {
		say(&parts[i].Heading)
		for j := range parts[i].Intro {
			say(&parts[i].Intro[j])
		}
		for j := range parts[i].Fields {
			f := &parts[i].Fields[j]
			say(&f.Label)
			say(&f.Hint)
			for k := range f.Options {
				say(&f.Options[k].Label)
				say(&f.Options[k].Hint)
			}
		}
	}
}
