package view

import (
	"slices"

	"github.com/temadag/temadag/internal/domain"
)

// Fault is one fault in a form, told on top of the page with a link to its field.
type Fault struct {
	Field string // the name of the field, which is also its id
	Text  string
}

// FieldKind is the form of an input.
type FieldKind string

// The kinds of field. The zero kind is FieldText.
const (
	FieldText       FieldKind = "text"
	FieldEmail      FieldKind = "email"
	FieldTel        FieldKind = "tel"
	FieldSearch     FieldKind = "search"
	FieldPassword   FieldKind = "password"
	FieldLongText   FieldKind = "textarea"
	FieldSelect     FieldKind = "select"
	FieldRadios     FieldKind = "radios"
	FieldCheckboxes FieldKind = "checkboxes"
)

// Field is one question of a form, as the partial "field" shows it: label, hint, error, input, in
// that order. Nothing is required in the browser; the server tells what is missing.
type Field struct {
	Kind         FieldKind
	Name         string // also the id
	Label        string
	Hint         string   // plain text without links
	Error        string   // "" for none
	Value        string   // what was typed, also where it was wrong
	Values       []string // what was chosen among Options
	Options      []Option
	Optional     bool
	Autocomplete string // "given-name"
	InputMode    string // "email", "tel"
	NoSpelling   bool
	Max          int         // characters, told below a long text; 0 for no limit told
	Suggestions  []string    // offered while typing in a FieldText; anything may be typed all the same
	Width        string      // "short", "medium" or "" for the whole column
	Lang         domain.Lang // of the label, hint and options where it is not the page's; else ""
}

// Option is one answer that a field offers.
type Option struct {
	Value string
	Label string
	Hint  string
	Lang  domain.Lang // of the label where it is not the page's; else ""
}

// Form is the kind, with the zero kind named.
func (f Field) Form() FieldKind {
	if f.Kind == "" {
		return FieldText
	}
	return f.Kind
}

// Grouped reports whether the field is several inputs under one legend.
func (f Field) Grouped() bool { return f.Kind == FieldRadios || f.Kind == FieldCheckboxes }

// Chosen reports whether value is among those chosen.
func (f Field) Chosen(value string) bool {
	return slices.Contains(f.Values, value) || (len(f.Values) == 0 && f.Value != "" && f.Value == value)
}

// DescribedBy lists the ids of what describes the input, the error first; "" for none.
func (f Field) DescribedBy() string {
	ids := ""
	add := func(told bool, suffix string) {
		if !told {
			return
		}
		if ids != "" {
			ids += " "
		}
		ids += f.Name + suffix
	}
	add(f.Error != "", "-error")
	add(f.Hint != "", "-hint")
	add(f.Max > 0 && f.Kind == FieldLongText, "-max")
	return ids
}

// Crumb is one step on the way to a page. The last has no URL.
type Crumb struct {
	URL   string
	Label string
	Lang  domain.Lang // of the label where it is not the page's; else ""
}

// Notice is a message on a page. Kind is "info", "done", "warning", "cancelled" or "error"; Title
// and Text may each be empty, not both.
type Notice struct {
	Kind  string
	Title string
	Text  string
}

// Pages is the way through a long list. Prev and Next are "" at its ends.
type Pages struct {
	Current int
	Total   int
	Prev    string
	Next    string
}

// Information is the Body of the pages of running text: accessibility, privacy, cookies, subscribe.
type Information struct {
	Organisers []domain.Organiser
	Series     []domain.Series // those with a calendar to subscribe to
}

// SharedBasis is the legal basis where every organiser words it alike; zero where they differ.
func (i Information) SharedBasis() domain.Text {
	var shared domain.Text
	for n, o := range i.Organisers {
		if n > 0 && o.LegalBasis != shared {
			return domain.Text{}
		}
		shared = o.LegalBasis
	}
	return shared
}
