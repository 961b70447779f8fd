package site

import (
	"slices"
	"strconv"
	"strings"

	"github.com/temadag/temadag/internal/domain"
	"github.com/temadag/temadag/internal/i18n"
	"github.com/temadag/temadag/internal/view"
)

// personRow is the fields about one participant, under a legend of their own.
type personRow struct {
	Legend string // "Deltagare 2"
	ID     string // where the way back from the review page leads
	Fields []view.Field
}

// groupForm is the fields of the form for several, in its order.
type groupForm struct {
	Before []formPart // the code and the contact person
	Work   []formPart // told once for all
	People []personRow
	After  []view.Field // places without a name, and what to do where there are too few
}

// newGroupForm is the form as it was typed.
func (s *Site) newGroupForm(p *i18n.Printer, e domain.Event, in postedGroup) groupForm {
	f := groupForm{
		Before: []formPart{
			codePart(p, e, in.Entry.Work.AccessCode),
			{Heading: p.T("group.contact.heading"), Intro: []string{p.T("group.contact.intro")}, Fields: contactFields(p, in.Entry)},
		},
		Work: []formPart{{Heading: p.T("group.work.heading"), Intro: []string{p.T("group.work.intro")}, Fields: groupWorkFields(p, in.Entry.Work)}},
	}
	if invoice := invoicePart(p, e, in.Entry.Work.Invoice); len(invoice.Fields) > 0 {
		f.Work = append(f.Work, invoice)
	}
	for i, person := range in.Entry.People {
		f.People = append(f.People, newPersonRow(p, e, i+1, person))
	}
	if s.namesLater(e) {
		f.After = append(f.After, view.Field{
			Name: "unnamed", Label: p.T("group.unnamed.label"), Hint: p.T("group.unnamed.hint", "day", e.Rules.NameBy),
			Value: shown(in.Entry.Unnamed), Optional: true, InputMode: "numeric", Width: "short", Autocomplete: "off",
		})
	}
	f.After = append(f.After, modeField(p, e, in.Entry.Mode))
	return f
}

// namesLater reports whether places can be taken now and named later.
func (s *Site) namesLater(e domain.Event) bool { return e.MayName(s.now()) && !e.Rules.Approval }

func contactFields(p *i18n.Printer, in domain.GroupEntry) []view.Field {
	return []view.Field{
		{Name: "contact_name", Label: p.T("group.contact_name.label"), Value: shown(in.ContactName), Autocomplete: "name", NoSpelling: true},
		{
			Kind: view.FieldEmail, Name: "contact_email", Label: p.T("registration.email.label"), Value: shown(in.ContactEmail),
			Hint: p.T("group.contact_email.hint"), Autocomplete: "email", InputMode: "email", NoSpelling: true,
		},
		{
			Kind: view.FieldTel, Name: "contact_phone", Label: p.T("registration.phone.label"), Value: shown(in.ContactPhone),
			Autocomplete: "tel", InputMode: "tel", Optional: true, Width: "medium",
		},
	}
}

// groupWorkFields is workFields without what differs between people who work together.
func groupWorkFields(p *i18n.Printer, in domain.Entry) []view.Field {
	var fields []view.Field
	for _, f := range workFields(p, in) {
		if f.Name == "municipality" {
			f.Label, f.Hint = p.T("group.municipality.label"), p.T("group.municipality.hint")
		}
		if f.Name != "title" {
			fields = append(fields, f)
		}
	}
	return fields
}

func newPersonRow(p *i18n.Printer, e domain.Event, n int, in domain.Entry) personRow {
	return personRow{
		Legend: p.T("group.person", "number", strconv.Itoa(n)), ID: personName(n, "given_name"),
		Fields: personRowFields(p, e, in, func(field string) string { return personName(n, field) }),
	}
}

// personRowFields asks of others what the browser knows of the one who types: it must not fill it in.
func personRowFields(p *i18n.Printer, e domain.Event, in domain.Entry, name func(field string) string) []view.Field {
	ask := func(field, typed string, f view.Field) view.Field {
		f.Name, f.Label, f.Value, f.Autocomplete = name(field), p.T("registration."+field+".label"), shown(typed), "off"
		return f
	}
	fields := []view.Field{
		ask("given_name", in.GivenName, view.Field{NoSpelling: true}),
		ask("family_name", in.FamilyName, view.Field{NoSpelling: true}),
		ask("email", in.Email, view.Field{Kind: view.FieldEmail, InputMode: "email", NoSpelling: true}),
		ask("title", in.Title, view.Field{Optional: true}),
	}
	if len(e.Rules.EmailDomains) > 0 {
		fields[2].Hint = p.T("registration.email.hint_domains", "domains", domainList(p, e))
	}
	return fields
}

// modeField asks what to do where there are fewer places than people.
func modeField(p *i18n.Printer, e domain.Event, typed string) view.Field {
	f := view.Field{
		Kind: view.FieldRadios, Name: "mode", Label: p.T("group.mode.label"), Hint: p.T("group.mode.hint"), Values: []string{typed},
	}
	for _, m := range domain.GroupModes() {
		if (m == domain.GroupTogether && !e.WaitingList) || (m == domain.GroupAll && e.Rules.Approval) {
			continue // there is nothing to queue for as a pair, or nobody knows yet who gets a place
		}
		f.Options = append(f.Options, view.Option{Value: string(m), Label: modeLabel(p, e, m), Hint: modeHint(p, e, m)})
	}
	return f
}

// modeHint tells what becomes of those whom there is no place for.
func modeHint(p *i18n.Printer, e domain.Event, m domain.GroupMode) string {
	key := "group.mode." + string(m) + ".hint"
	switch {
	case m != domain.GroupSome:
	case e.Rules.Approval:
		key += "_apply"
	case !e.WaitingList:
		key += "_no_queue"
	}
	return p.T(key)
}

func modeLabel(p *i18n.Printer, e domain.Event, m domain.GroupMode) string {
	if m == domain.GroupSome && e.Rules.Approval {
		return p.T("group.mode.each")
	}
	return p.T("group.mode." + string(m))
}

// told marks what is wrong and lists one fault for each field, in the order of the form.
func (f groupForm) told(p *i18n.Printer, e domain.Event, faults *domain.Invalid) []view.Fault {
	parts := append(append([]formPart{}, f.Before...), f.Work...)
	for _, row := range f.People {
		parts = append(parts, formPart{Heading: row.Legend, Fields: row.Fields})
	}
	parts = append(parts, formPart{Fields: f.After})
	out := told(p, e, parts, f.ofOthers(p, e, faults))
	for i, fault := range out {
		if !ofAll(p, faults, fault) {
			out[i].Text = f.named(fault)
		}
	}
	return out
}

// ofOthers is the faults told of someone else than the one who types, and those of the group as a
// whole at its first row.
func (f groupForm) ofOthers(p *i18n.Printer, e domain.Event, faults *domain.Invalid) *domain.Invalid {
	if faults == nil {
		return nil
	}
	out := &domain.Invalid{}
	for _, fault := range faults.Faults {
		field, key := fault.Field, fault.Key
		if strings.HasPrefix(field, peoplePrefix) {
			key = ofAnother(p, key)
		}
		switch {
		case field == "people" && key == "group.too_many" && f.unnamed() >= e.Rules.GroupLimit:
			field = "unnamed" // no row alone is at fault
		case field == "people" && len(f.People) > 0:
			field = f.People[0].ID
		}
		out.Add(field, key, fault.Args)
	}
	return out
}

// unnamed is the number that was typed of places without a name; 0 where it is none.
func (f groupForm) unnamed() int {
	for _, field := range f.After {
		if field.Name == "unnamed" {
			n, _ := strconv.Atoi(strings.TrimSpace(field.Value))
			return n
		}
	}
	return 0
}

// ofAll reports whether what is told is about the group as a whole.
func ofAll(p *i18n.Printer, faults *domain.Invalid, told view.Fault) bool {
	return slices.ContainsFunc(faults.Faults, func(f *domain.Error) bool {
		return f.Field == "people" && p.T(f.Key, f.Args) == told.Text
	})
}

// ofAnother is the key of a fault that does not speak to the one who types: "Ange förnamnet" for
// "Ange ditt förnamn".
func ofAnother(p *i18n.Printer, key string) string {
	if p.Has("group." + key) {
		return "group." + key
	}
	return key
}

// named puts the legend of a row before its faults, so that ten of them differ in the summary.
func (f groupForm) named(fault view.Fault) string {
	for _, row := range f.People {
		for _, field := range row.Fields {
			if field.Name == fault.Field {
				return row.Legend + ": " + fault.Text
			}
		}
	}
	return fault.Text
}

// groupRows is what was typed about the contact person and the workplace, in the order of the form.
func groupRows(p *i18n.Printer, e domain.Event, in postedGroup, g domain.GroupApplication) []reviewRow {
	row := func(field, label, value string) reviewRow {
		return reviewRow{Field: field, Label: p.T(label + ".label"), Change: p.T(label + ".change"), Values: given(p, value)}
	}
	var rows []reviewRow
	if e.Rules.AccessCode != "" {
		rows = append(rows, row("access_code", "registration.access_code", shown(in.Entry.Work.AccessCode)))
	}
	email := row("contact_email", "registration.email", g.Contact.Email)
	email.Large = true
	rows = append(rows, row("contact_name", "group.contact_name", g.Contact.Name), email, row("contact_phone", "registration.phone", g.Contact.Phone))
	for _, r := range reviewRows(p, domain.Event{NoShowFee: e.NoShowFee}, g.Work) {
		switch r.Field {
		case "given_name", "family_name", "email", "phone", "title":
		case "municipality":
			r.Label = p.T("group.municipality.label")
			rows = append(rows, r)
		default:
			rows = append(rows, r)
		}
	}
	return rows
}

// peopleRows is those named, one row each, then the places without a name and the wish.
func peopleRows(p *i18n.Printer, e domain.Event, namesLater bool, in postedGroup, g domain.GroupApplication) []reviewRow {
	var rows []reviewRow
	numbers := typedRows(in)
	for i, person := range g.People {
		n := i + 1
		if i < len(numbers) {
			n = numbers[i]
		}
		legend := p.T("group.person", "number", strconv.Itoa(n))
		r := reviewRow{Field: personName(n, "given_name"), Label: legend, Change: legend, Values: []string{person.Name(), person.Email}}
		if person.Title != "" {
			r.Values = append(r.Values, person.Title)
		}
		rows = append(rows, r)
	}
	if namesLater {
		rows = append(rows, reviewRow{
			Field: "unnamed", Label: p.T("group.unnamed.label"), Change: p.T("group.unnamed.change"), Values: []string{strconv.Itoa(g.Unnamed)},
		})
	}
	return append(rows, reviewRow{
		Field: "mode", Label: p.T("group.mode.label"), Change: p.T("group.mode.change"),
		Values: []string{modeLabel(p, e, g.Contact.Mode)}, Note: modeHint(p, e, g.Contact.Mode),
	})
}

// typedRows is the numbers of the rows that hold anything, as the form counts them.
func typedRows(in postedGroup) []int {
	var out []int
	for i, person := range in.Entry.People {
		if person.GivenName+person.FamilyName+person.Email+person.Title != "" {
			out = append(out, i+1)
		}
	}
	return out
}
