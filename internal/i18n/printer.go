package i18n

import (
	"fmt"
	"reflect"
	"strings"
	"time"

	goi18n "github.com/nicksnyder/go-i18n/v2/i18n"

	"github.com/temadag/temadag/internal/domain"
)

// Printer writes in one language. It is safe for use by several goroutines.
type Printer struct {
	lang      domain.Lang
	texts     map[string]text
	localizer *goi18n.Localizer
	words     words
	missing   func(l domain.Lang, key string)
}

// Lang is the language the printer writes in.
func (p *Printer) Lang() domain.Lang { return p.lang }

// Has reports whether the catalogues have the key.
func (p *Printer) Has(key string) bool {
	_, ok := p.texts[key]
	return ok
}

// T is the text of key with its holes filled. The args are pairs of a name and a value, or one
// map[string]any. Values are written as the language writes them: days, hours, instants, numbers
// and domain.Text alike; a hole that is not called count and must not be grouped takes a string. A
// value named count chooses the plural. An unknown key gives "⟨key⟩" and an unfilled hole
// "⟨key.hole⟩", so that neither can be overlooked.
func (p *Printer) T(key string, args ...any) string {
	t, ok := p.texts[key]
	if !ok {
		return p.lack(key)
	}
	if t.plain != "" {
		return t.plain
	}
	values, count := p.values(args)
	for _, hole := range t.holes {
		if _, ok := values[hole]; !ok {
			return p.lack(key + "." + hole)
		}
	}
	config := &goi18n.LocalizeConfig{MessageID: key, TemplateData: values}
	if t.plural {
		if count == nil {
			return p.lack(key + ".count")
		}
		config.PluralCount = *count
	}
	s, err := p.localizer.Localize(config)
	if err != nil {
		return p.lack(key)
	}
	return s
}

func (p *Printer) lack(key string) string {
	if p.missing != nil {
		p.missing(p.lang, key)
	}
	return "⟨" + key + "⟩"
}

// values writes each argument in the language, and finds the number that chooses the plural.
func (p *Printer) values(args []any) (map[string]any, *int) {
	given := make(map[string]any, len(args)/2+1)
	if len(args) == 1 {
		if m, ok := args[0].(map[string]any); ok {
			for name, v := range m {
				given[name] = v
			}
		}
	} else {
		for i := 0; i+1 < len(args); i += 2 {
			given[fmt.Sprint(args[i])] = args[i+1]
		}
	}
	var count *int
	if n, ok := whole(given["count"]); ok {
		count = &n
	}
	for name, v := range given {
		given[name] = p.Value(v)
	}
	return given, count
}

// Value is v as the language writes it: a day, an hour, an instant, a number, a wording; anything
// else as fmt.Sprint does.
func (p *Printer) Value(v any) string {
	switch v := v.(type) {
	case string:
		return v
	case domain.Date:
		return p.Date(v)
	case domain.Clock:
		return p.Time(v)
	case time.Time:
		return p.Instant(v)
	case domain.Text:
		return v.In(p.lang)
	case []string:
		return strings.Join(v, ", ")
	}
	if n, ok := whole(v); ok {
		return p.Number(n)
	}
	return fmt.Sprint(v)
}

// whole is the number in v, whatever its integer type.
func whole(v any) (int, bool) {
	r := reflect.ValueOf(v)
	switch {
	case !r.IsValid():
		return 0, false
	case r.CanInt():
		return int(r.Int()), true
	case r.CanUint():
		return int(r.Uint()), true
	}
	return 0, false
}
