package i18n

import (
	"encoding/json"
	"errors"
	"fmt"
	"io/fs"
	"maps"
	"path"
	"slices"
	"strings"

	goi18n "github.com/nicksnyder/go-i18n/v2/i18n"
	"golang.org/x/text/language"

	"github.com/temadag/temadag/internal/domain"
)

// Catalogue holds every text in every language. It is safe for use by several goroutines.
type Catalogue struct {
	printers map[domain.Lang]*Printer
}

// Load reads the folder of each language in fsys ("sv/frame.json") and returns every fault found,
// together: a file that is no JSON, a key twice, an empty text, a key or hole or plural that one
// language has and another has not.
func Load(fsys fs.FS) (*Catalogue, error) {
	bundle := goi18n.NewBundle(language.Make(string(domain.Swedish)))
	texts := make(map[domain.Lang]map[string]text)
	var faults []error
	for _, l := range domain.Langs() {
		found, err := loadLang(bundle, fsys, l)
		if err != nil {
			faults = append(faults, err)
		}
		texts[l] = found
	}
	faults = append(faults, compare(texts)...)
	if len(faults) > 0 {
		return nil, fmt.Errorf("i18n: the catalogues have faults:\n%w", errors.Join(faults...))
	}
	c := &Catalogue{printers: make(map[domain.Lang]*Printer)}
	for _, l := range domain.Langs() {
		c.printers[l] = &Printer{
			lang:      l,
			texts:     texts[l],
			localizer: goi18n.NewLocalizer(bundle, string(l)),
			words:     wordsOf(l),
		}
	}
	return c, nil
}

// For is the printer of l; an unknown language gets the Swedish one.
func (c *Catalogue) For(l domain.Lang) *Printer {
	if p, ok := c.printers[l]; ok {
		return p
	}
	return c.printers[domain.Swedish]
}

// Keys lists every key in alphabetical order.
func (c *Catalogue) Keys() []string {
	return slices.Sorted(maps.Keys(c.printers[domain.Swedish].texts))
}

// WithMissing is a copy of the catalogue that calls report for each key or hole that a caller asks
// for in vain. Tests and the development server use it; report may be called by several goroutines.
func (c *Catalogue) WithMissing(report func(l domain.Lang, key string)) *Catalogue {
	loud := &Catalogue{printers: make(map[domain.Lang]*Printer)}
	for l, p := range c.printers {
		q := *p
		q.missing = report
		loud.printers[l] = &q
	}
	return loud
}

// text is what Load learns of one message, beside what the bundle keeps.
type text struct {
	plural bool
	holes  []string // sorted, without "count" in plural texts
	plain  string   // the whole text where it has no holes and no plural
}

func loadLang(bundle *goi18n.Bundle, fsys fs.FS, l domain.Lang) (map[string]text, error) {
	found := make(map[string]text)
	names, err := fs.Glob(fsys, string(l)+"/*.json")
	if err != nil || len(names) == 0 {
		return found, fmt.Errorf("%s: no catalogue files", l)
	}
	var faults []error
	for _, name := range names {
		buf, err := fs.ReadFile(fsys, name)
		if err != nil {
			faults = append(faults, fmt.Errorf("%s: %w", name, err))
			continue
		}
		if err := checkFlat(buf); err != nil {
			faults = append(faults, fmt.Errorf("%s: %w", name, err))
			continue
		}
		file, err := bundle.ParseMessageFileBytes(buf, path.Base(name)+"."+string(l)+".json")
		if err != nil {
			faults = append(faults, fmt.Errorf("%s: %w", name, err))
			continue
		}
		for _, m := range file.Messages {
			if _, twice := found[m.ID]; twice {
				faults = append(faults, fmt.Errorf("%s: %q stands in another file too", name, m.ID))
			}
			t, err := readText(m)
			if err != nil {
				faults = append(faults, fmt.Errorf("%s: %q: %w", name, m.ID, err))
			}
			found[m.ID] = t
		}
	}
	return found, errors.Join(faults...)
}

// checkFlat refuses what a map would hide, a key written twice in one file, and nesting other than
// plurals, which would make a text invisible to a search for its key.
func checkFlat(buf []byte) error {
	dec := json.NewDecoder(strings.NewReader(string(buf)))
	if t, err := dec.Token(); err != nil || t != json.Delim('{') {
		return errors.New("is not a JSON object")
	}
	seen := make(map[string]bool)
	for dec.More() {
		t, err := dec.Token()
		if err != nil {
			return err
		}
		key, _ := t.(string)
		if seen[key] {
			return fmt.Errorf("%q stands twice", key)
		}
		seen[key] = true
		var value any
		if err := dec.Decode(&value); err != nil {
			return fmt.Errorf("%q: %w", key, err)
		}
		if forms, ok := value.(map[string]any); ok {
			for form := range forms {
				if form != "one" && form != "other" {
					return fmt.Errorf("%q: %q is no plural form", key, form)
				}
			}
		}
	}
	return nil
}

func readText(m *goi18n.Message) (text, error) {
	if strings.TrimSpace(m.Other) == "" {
		return text{}, errors.New("has no text")
	}
	t := text{plural: m.One != "", holes: holesOf(m.One + m.Other)}
	if t.plural {
		t.holes = slices.DeleteFunc(t.holes, func(h string) bool { return h == "count" })
	} else if len(t.holes) == 0 {
		if strings.Contains(m.Other, "{{") {
			return text{}, errors.New("has braces that are no hole")
		}
		t.plain = m.Other
	}
	return t, nil
}

// holesOf lists the names of the holes {{.name}} in s, sorted, each once.
func holesOf(s string) []string {
	var holes []string
	for {
		_, rest, ok := strings.Cut(s, "{{")
		if !ok {
			break
		}
		inside, after, ok := strings.Cut(rest, "}}")
		if !ok {
			break
		}
		if name, ok := strings.CutPrefix(strings.TrimSpace(inside), "."); ok {
			holes = append(holes, name)
		}
		s = after
	}
	slices.Sort(holes)
	return slices.Compact(holes)
}

func compare(texts map[domain.Lang]map[string]text) []error {
	var faults []error
	first := domain.Swedish
	for _, l := range domain.Langs()[1:] {
		for _, key := range slices.Sorted(maps.Keys(texts[first])) {
			a := texts[first][key]
			b, ok := texts[l][key]
			switch {
			case !ok:
				faults = append(faults, fmt.Errorf("%q is missing in %s", key, l))
			case a.plural != b.plural:
				faults = append(faults, fmt.Errorf("%q counts in one of %s and %s only", key, first, l))
			case !slices.Equal(a.holes, b.holes):
				faults = append(faults, fmt.Errorf("%q has the holes %v in %s and %v in %s", key, a.holes, first, b.holes, l))
			}
		}
		for _, key := range slices.Sorted(maps.Keys(texts[l])) {
			if _, ok := texts[first][key]; !ok {
				faults = append(faults, fmt.Errorf("%q is missing in %s", key, first))
			}
		}
	}
	return faults
}
