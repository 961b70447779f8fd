package view

import (
	"errors"
	"fmt"
	"html/template"
	"io/fs"
	"path"
	"regexp"
	"strings"
	"time"

	"github.com/temadag/temadag/internal/domain"
	"github.com/temadag/temadag/internal/i18n"
)

// functions is what templates in l may call; doc.go tells of each.
func functions(o Options, l domain.Lang, icons map[string]template.HTML) template.FuncMap {
	p := o.Catalogue.For(l)
	md := newMarkdown()
	return template.FuncMap{
		"t":    p.T,
		"has":  p.Has,
		"lang": func() domain.Lang { return l },

		"date":          p.Date,
		"dateshort":     p.DateShort,
		"datenoweekday": p.DateNoWeekday,
		"month":         p.MonthShort,
		"weekday":       p.Weekday,
		"week":          p.Week,
		"days":          p.Days,
		"clock":         p.Time,
		"hours":         p.Hours,
		"span":          p.Span,
		"when":          p.When,
		"instant":       p.Instant,
		"newsday":       func(t time.Time) string { return p.DateNoWeekday(domain.DateIn(t)) },
		"num":           func(n any) string { return p.Value(n) },
		"day":           domain.ParseDate,
		"iso":           domain.Date.String,
		"isoat":         isoAt,
		"isoinstant":    isoInstant,

		"in":       func(t domain.Text) string { return t.In(l) },
		"langof":   func(t domain.Text) template.HTMLAttr { return langOf(t, l) },
		"text":     func(t domain.Text) template.HTML { return inline(t, l) },
		"numbers":  numbers(),
		"script":   func(data []byte) template.JS { return template.JS(data) }, //nolint:gosec // of our own making, see Page.JSONLD
		"markdown": func(t domain.Text, level ...int) (template.HTML, error) { return md.render(t, l, level) },
		"join":     func(parts []string) string { return joinWords(p, parts) },

		"static":   o.StaticURL,
		"path":     func(name string, args ...string) string { return o.Paths(l, name, args...) },
		"pathin":   o.Paths,
		"abs":      func(address string) string { return absolute(o.BaseURL, address) },
		"webcal":   func(address string) template.URL { return webcal(o.BaseURL, address) },
		"tel":      tel,
		"mailto":   func(address string) template.URL { return template.URL("mailto:" + address) },
		"filesize": func(bytes int64) string { return fileSize(p, bytes) },
		"icon":     func(name string) (template.HTML, error) { return pick(icons, name) },
		"dict":     dict,
		"crumb":    func(url, label string) Crumb { return Crumb{URL: url, Label: label} },
		"crumbs":   func(c ...Crumb) []Crumb { return c },
		"notice":   func(kind, title, text string) Notice { return Notice{Kind: kind, Title: title, Text: text} },
	}
}

// isoAt is the hour of a day for a datetime attribute, or the day alone where the hour is not known.
func isoAt(d domain.Date, c domain.Clock) string {
	if d.IsZero() || !c.Known() {
		return d.String()
	}
	return d.At(c).Format("2006-01-02T15:04-07:00")
}

func isoInstant(t time.Time) string {
	if t.IsZero() {
		return ""
	}
	return t.In(domain.Stockholm()).Format("2006-01-02T15:04:05-07:00")
}

// langOf is the lang attribute of a wording that is not in the page's language (WCAG 3.1.2), or
// nothing.
func langOf(t domain.Text, l domain.Lang) template.HTMLAttr {
	if t.IsZero() || t.LangIn(l) == l {
		return ""
	}
	return template.HTMLAttr(fmt.Sprintf(`lang="%s"`, t.LangIn(l)))
}

func inline(t domain.Text, l domain.Lang) template.HTML {
	s := template.HTMLEscapeString(t.In(l))
	if attr := langOf(t, l); attr != "" {
		return template.HTML("<span " + string(attr) + ">" + s + "</span>")
	}
	return template.HTML(s)
}

// unbroken finds what is read as one number: a telephone number, a case number, a regulation, a street with its
// number.
const unbroken = `\b0[0-9]{1,3}-[0-9][0-9 ]*[0-9]|\+46[0-9 -]*[0-9]|[0-9]+-[0-9]+-[0-9]{4}\b|RA-FS[ \x{a0}][0-9]{4}:[0-9]+|\p{Lu}\p{L}+ [1-9][0-9]{0,2}(?: ?[A-Z])?\b`

// numbers gives back text with its numbers kept on one line each.
func numbers() func(string) template.HTML {
	whole := regexp.MustCompile(unbroken)
	return func(text string) template.HTML {
		return template.HTML(whole.ReplaceAllString(template.HTMLEscapeString(text), `<span class="nowrap">$0</span>`))
	}
}

// joinWords is "Luleå, Umeå och Östersund".
func joinWords(p *i18n.Printer, parts []string) string {
	if len(parts) < 2 {
		return strings.Join(parts, "")
	}
	last := len(parts) - 1
	return strings.Join(parts[:last], ", ") + " " + p.T("frame.and") + " " + parts[last]
}

func absolute(base, address string) string {
	if strings.HasPrefix(address, "/") {
		return strings.TrimSuffix(base, "/") + address
	}
	return address
}

// webcal is the address that calendar programs subscribe to at a click.
func webcal(base, address string) template.URL {
	_, rest, ok := strings.Cut(absolute(base, address), "://")
	if !ok {
		return template.URL(address)
	}
	return template.URL("webcal://" + rest)
}

// tel is the link that dials a Swedish number however it is written.
func tel(number string) template.URL {
	var b strings.Builder
	for i, r := range strings.TrimSpace(number) {
		switch {
		case r >= '0' && r <= '9':
			b.WriteRune(r)
		case r == '+' && i == 0:
			b.WriteRune(r)
		}
	}
	digits := b.String()
	switch {
	case strings.HasPrefix(digits, "00"):
		digits = "+" + digits[2:]
	case strings.HasPrefix(digits, "0"):
		digits = "+46" + digits[1:]
	}
	return template.URL("tel:" + digits)
}

func fileSize(p *i18n.Printer, bytes int64) string {
	const kilo, mega = 1000, 1000 * 1000
	if bytes < mega {
		return p.Number(int((bytes+kilo-1)/kilo)) + "\u00a0kB"
	}
	tenths := (bytes + mega/20) / (mega / 10)
	return p.T("frame.megabytes", "whole", fmt.Sprint(tenths/10), "tenths", fmt.Sprint(tenths%10))
}

// dict gathers pairs for a partial that takes several things.
func dict(pairs ...any) (map[string]any, error) {
	if len(pairs)%2 != 0 {
		return nil, errors.New("dict: a name lacks its value")
	}
	m := make(map[string]any, len(pairs)/2)
	for i := 0; i < len(pairs); i += 2 {
		name, ok := pairs[i].(string)
		if !ok {
			return nil, fmt.Errorf("dict: %v is no name", pairs[i])
		}
		m[name] = pairs[i+1]
	}
	return m, nil
}

// readIcons reads the drawings in icons/*.svg, by name.
func readIcons(fsys fs.FS) (map[string]template.HTML, error) {
	names, err := fs.Glob(fsys, "icons/*.svg")
	if err != nil {
		return nil, fmt.Errorf("view: icons: %w", err)
	}
	icons := make(map[string]template.HTML, len(names))
	for _, name := range names {
		buf, err := fs.ReadFile(fsys, name)
		if err != nil {
			return nil, fmt.Errorf("view: icons: %w", err)
		}
		icons[strings.TrimSuffix(path.Base(name), ".svg")] = template.HTML(strings.TrimSpace(string(buf)))
	}
	return icons, nil
}

func pick(icons map[string]template.HTML, name string) (template.HTML, error) {
	icon, ok := icons[name]
	if !ok {
		return "", fmt.Errorf("no icon %q", name)
	}
	return icon, nil
}
