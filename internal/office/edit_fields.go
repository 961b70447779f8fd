package office

import (
	"slices"
	"strings"

	"github.com/temadag/temadag/internal/domain"
	"github.com/temadag/temadag/internal/i18n"
	"github.com/temadag/temadag/internal/view"
)

// editGroup is fields of a section below one heading; the fields of a row stand beside each other.
type editGroup struct {
	name string // of its heading; "" for none
	rows [][]string
}

// both are the fields of a text in each language.
func both(name string) []string { return []string{name + "_sv", name + "_en"} }

// editGroups are the fields of a section in the order of its page. The lists of programme and questions
// have forms of their own.
func editGroups(part string) []editGroup {
	switch part {
	case partBasics:
		return []editGroup{
			{"", [][]string{{"kind", "language"}, both("title"), both("lead"), both("body")}},
			{"for_whom", [][]string{both("target_group"), {"invited_by"}}},
			{"more", [][]string{both("cost"), both("photo_note"), both("calendar")}},
		}
	case partWhen:
		return []editGroup{
			{"when", [][]string{{"day", "last_day"}, {"starts", "ends", "arrival"}}},
			{"where", [][]string{{"town"}, {"online"}, {"venue"}, {"address"}, {"postal_code", "venue_town"}}},
			{"reach", [][]string{both("travel"), both("parking"), both("drop_off")}},
			{"access", [][]string{{"step_free", "lift", "hearing_loop", "accessible_toilet", "scent_free", "quiet_room"}, both("access_note")}},
		}
	case partPlaces:
		return []editGroup{
			{"seats", [][]string{{"capacity"}, {"waiting_list"}}},
			{"register", [][]string{{"opens_day", "opens_at"}, {"register_until"}}},
			{"cancel", [][]string{{"cancel_until"}, {"after_cancel"}, {"binding"}, both("terms"), {"no_show_fee"}}},
			{"who", [][]string{{"approval"}, {"access_code"}, {"email_domains"}}},
			{"group", [][]string{{"group_limit", "name_by"}}},
			{"needs", [][]string{{"food"}, {"access"}, {"needs_by", "needs_days"}}},
			{"after", [][]string{{"change_until"}, {"same_organisation"}}},
			{"offers", [][]string{{"offer_hours"}, {"short_days", "short_hours"}, {"race_days"}}},
		}
	case partContact:
		return []editGroup{
			{"contact", [][]string{{"contact_name"}, {"contact_phone", "contact_email"}}},
			{"record", [][]string{{"case_number"}, {"retention_weeks"}, {"retention_support"}}},
		}
	}
	return nil
}

// lineLists are the lists with a line for each row.
func lineLists() []string { return []string{"target_group_sv", "target_group_en", "invited_by"} }

// How a field is filled in.
func dateFields() []string {
	return []string{"day", "last_day", "opens_day", "register_until", "cancel_until", "name_by", "change_until", "needs_by"}
}

func clockFields() []string { return []string{"starts", "ends", "arrival", "opens_at"} }

func numberFields() []string {
	return []string{
		"capacity", "no_show_fee", "group_limit", "needs_days", "offer_hours", "short_days", "short_hours", "race_days", "retention_weeks", "postal_code",
	}
}

func tickFields() []string {
	return []string{"online", "waiting_list", "binding", "same_organisation", "approval", "food", "access"}
}

func knownFields() []string {
	return []string{"step_free", "lift", "hearing_loop", "accessible_toilet", "scent_free", "quiet_room"}
}

// longFields are the texts of several lines, each with how many its box shows.
func longFields() map[string]int {
	return map[string]int{
		"lead": 4, "body": 14, "photo_note": 3, "terms": 4, "travel": 4, "parking": 3, "drop_off": 3, "access_note": 3,
		"email_domains": 3, "target_group": 6, "invited_by": 4, "abstract": 4,
	}
}

// editField is a field of the editor. What is typed may be in another language than the page.
type editField struct {
	view.Field
	InLang domain.Lang // of what is typed; "" for the page's
	Tick   bool
	Lines  int
	Post   string // what it is sent as where rows share that; "" for its own name
	List   string // the id of suggestions that several fields share
}

// Sent is the name that the field is sent by.
func (f editField) Sent() string {
	if f.Post != "" {
		return f.Post
	}
	return f.Name
}

// editForm makes the fields of a page.
type editForm struct {
	p      *i18n.Printer
	faults map[string]string // by the name of the field
	today  domain.Date
}

// fieldStem is a field without its language, and which that is.
func fieldStem(name string) (string, domain.Lang) {
	for _, l := range domain.Langs() {
		if s, ok := strings.CutSuffix(name, "_"+string(l)); ok {
			return s, l
		}
	}
	return name, ""
}

// field is a field of the section, filled in.
func (f editForm) field(name, value string) editField {
	base, l := fieldStem(name)
	out := editField{InLang: l, Lines: longFields()[base], Field: view.Field{
		Name: name, Label: f.p.T("edit.field." + name), Value: shown(value), Error: f.faults[name],
	}}
	if hint := "office.edit.hint." + base; f.p.Has(hint) && l != domain.English {
		out.Hint = f.p.T(hint)
	}
	if out.Lines > 0 {
		out.Kind = view.FieldLongText
	}
	switch {
	case slices.Contains(dateFields(), name):
		out.Width, out.Hint = "medium", f.dayHint(out.Hint, value)
	case slices.Contains(clockFields(), name):
		out.Width, out.Hint = "short", f.clockHint(out.Hint, value)
	case slices.Contains(numberFields(), name):
		out.Width, out.InputMode = "short", "numeric"
	case slices.Contains(tickFields(), name):
		out.Tick = true
	case slices.Contains(knownFields(), name):
		out.Kind, out.Values = view.FieldRadios, []string{value}
		out.Options = f.options("office.edit.known.", "yes", "no", "")
	}
	f.choose(&out, name, value)
	return out
}

// choose gives the fields of one choice among several what they offer.
func (f editForm) choose(out *editField, name, value string) {
	switch name {
	case "kind":
		out.Kind, out.Values = view.FieldSelect, []string{value}
		for _, k := range domain.EventKinds() {
			out.Options = append(out.Options, view.Option{Value: string(k), Label: f.p.T("kind." + string(k))})
		}
	case "language":
		out.Kind, out.Values = view.FieldSelect, []string{value}
		for _, l := range domain.Langs() {
			out.Options = append(out.Options, view.Option{Value: string(l), Label: f.p.T("lang." + string(l))})
		}
	case "after_cancel":
		out.Kind, out.Values = view.FieldRadios, []string{value}
		out.Options = []view.Option{
			{Value: string(domain.TransferOnly), Label: f.p.T("rules.after." + string(domain.TransferOnly))},
			{Value: string(domain.ContactUs), Label: f.p.T("rules.after." + string(domain.ContactUs))},
		}
	case "contact_phone", "contact_email":
		out.Kind = map[string]view.FieldKind{"contact_phone": view.FieldTel, "contact_email": view.FieldEmail}[name]
		out.NoSpelling = true
	case "town", "venue_town":
		out.Suggestions = domain.Municipalities()
	case "access_code", "case_number", "email_domains":
		out.NoSpelling = true
	case "lead_sv", "lead_en":
		out.Max = domain.MaxEventLead
	case "terms_sv", "terms_en":
		out.Max = domain.MaxEventTerms
	}
}

func (f editForm) options(keys string, values ...string) []view.Option {
	var out []view.Option
	for _, v := range values {
		key := v
		if key == "" {
			key = "unknown"
		}
		out = append(out, view.Option{Value: v, Label: f.p.T(keys + key)})
	}
	return out
}

// dayHint tells a day that was typed in words, or how to type one.
func (f editForm) dayHint(hint, value string) string {
	if d, _, ok := domain.ReadDateInput(value, f.today); ok {
		return f.p.Date(d) + ", " + f.p.Week(d)
	}
	return strings.TrimSpace(hint + " " + f.p.T("office.edit.hint.date"))
}

func (f editForm) clockHint(hint, value string) string {
	if c, _, ok := domain.ReadClockInput(value); ok {
		return f.p.Hours(c, domain.NoClock)
	}
	return strings.TrimSpace(hint + " " + f.p.T("office.edit.hint.clock"))
}

// shownGroup is a group as its page shows it.
type shownGroup struct {
	Name    string
	Heading string
	Intro   string
	Venues  *editField // houses used before; nil for none
	Rows    []shownRow
}

type shownRow struct {
	ID     string // of a list with a field for each language; "" for every other
	Kind   string // "pair" for two languages, "beside" for several, "known" for what a house has
	Fields []editField
}

func (f editForm) groups(part string, in domain.EventEntry) []shownGroup {
	var out []shownGroup
	for _, g := range editGroups(part) {
		s := shownGroup{Name: g.name}
		if g.name != "" {
			s.Heading = f.p.T("office.edit.group." + g.name)
		}
		if intro := "office.edit.intro." + g.name; f.p.Has(intro) {
			s.Intro = f.p.T(intro)
		}
		for _, row := range g.rows {
			r := shownRow{Kind: "beside"}
			for _, name := range row {
				r.Fields = append(r.Fields, f.field(name, partTyped(in, name)))
			}
			if row[0] == "target_group_sv" {
				r.ID = "target_group"
			}
			switch {
			case len(row) == 1:
				r.Kind = ""
			case slices.Contains(knownFields(), row[0]):
				r.Kind = "known"
			case r.Fields[0].InLang != "":
				r.Kind = "pair"
			}
			s.Rows = append(s.Rows, r)
		}
		out = append(out, s)
	}
	return out
}
