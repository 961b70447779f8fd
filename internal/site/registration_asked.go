package site

import (
	"strings"

	"github.com/temadag/temadag/internal/domain"
	"github.com/temadag/temadag/internal/i18n"
	"github.com/temadag/temadag/internal/view"
)

// formPart is a part of the form under a heading of its own. Intro says why it is asked.
type formPart struct {
	Heading string // "" for what stands before the first heading
	Intro   []string
	Fields  []view.Field
}

// formParts is the whole form as it was typed, in its order. What only some events ask is there
// only where this one does.
func (s *Site) formParts(p *i18n.Printer, e domain.Event, in domain.Entry) []formPart {
	parts := []formPart{
		codePart(p, e, in.AccessCode),
		{Heading: p.T("registration.new.person"), Fields: personFields(p, in)},
		{Heading: p.T("registration.new.work"), Fields: workFields(p, in)},
		invoicePart(p, e, in.Invoice),
		{Heading: p.T("registration.new.questions"), Fields: questionFields(p, e.Questions, in.Answers)},
		s.sessionsPart(p, e, in.Sessions),
		s.needsPart(p, e, in.Needs),
	}
	if e.Rules.Closed() && len(e.Rules.EmailDomains) > 0 {
		hintDomains(p, e, parts[1].Fields)
	}
	kept := parts[:0]
	for _, part := range parts {
		if len(part.Fields) > 0 {
			kept = append(kept, part)
		}
	}
	return kept
}

// hintDomains tells at the address whose addresses may register.
func hintDomains(p *i18n.Printer, e domain.Event, fields []view.Field) {
	for i := range fields {
		if fields[i].Name == "email" {
			fields[i].Hint = p.T("registration.email.hint_domains", "domains", domainList(p, e)) + " " + fields[i].Hint
		}
	}
}

// domainList is "pitea.se, lulea.se eller boden.se".
func domainList(p *i18n.Printer, e domain.Event) string {
	names := make([]string, 0, len(e.Rules.EmailDomains))
	for _, d := range e.Rules.EmailDomains {
		if d = strings.TrimPrefix(strings.TrimSpace(d), "@"); d != "" {
			names = append(names, d)
		}
	}
	if len(names) < 2 {
		return strings.Join(names, "")
	}
	last := len(names) - 1
	return strings.Join(names[:last], ", ") + " " + p.T("registration.or") + " " + names[last]
}

func codePart(p *i18n.Printer, e domain.Event, typed string) formPart {
	if e.Rules.AccessCode == "" {
		return formPart{}
	}
	return formPart{Fields: []view.Field{line(p, "access_code", typed, view.Field{
		Hint: p.T("registration.access_code.hint"), Autocomplete: "off", NoSpelling: true, Width: "medium",
	})}}
}

// invoicePart says when a fee can arise.
func invoicePart(p *i18n.Printer, e domain.Event, in domain.InvoiceEntry) formPart {
	if !e.AsksInvoice() {
		return formPart{}
	}
	return formPart{
		Heading: p.T("registration.invoice.heading"),
		Intro:   []string{feeLine(p, e)},
		Fields: []view.Field{
			line(p, "invoice_reference", in.Reference, view.Field{Hint: p.T("registration.invoice_reference.hint")}),
			line(p, "invoice_org_number", in.OrgNumber, view.Field{
				Hint: p.T("registration.invoice_org_number.hint"), Optional: true, Width: "medium", NoSpelling: true,
			}),
			line(p, "invoice_peppol", in.PeppolID, view.Field{
				Hint: p.T("registration.invoice_peppol.hint"), Optional: true, Width: "medium", NoSpelling: true,
			}),
			line(p, "invoice_address", in.Address, view.Field{Optional: true}),
		},
	}
}

func feeLine(p *i18n.Printer, e domain.Event) string {
	if e.CancelUntil.IsZero() {
		return p.T("registration.invoice.why_no_cancel", "kronor", e.NoShowFee)
	}
	return p.T("registration.invoice.why", "kronor", e.NoShowFee, "day", e.CancelUntil)
}

func (s *Site) sessionsPart(p *i18n.Printer, e domain.Event, typed []string) formPart {
	fields := sessionFields(p, e, typed)
	if len(fields) == 0 {
		return formPart{}
	}
	intro := p.T("registration.sessions.intro")
	if s.applies(e) || e.Availability(s.now()) == domain.AvailableQueue {
		intro = p.T("registration.sessions.intro_wish")
	}
	return formPart{Heading: p.T("registration.sessions.heading"), Intro: []string{intro}, Fields: fields}
}

// needsPart asks what someone needs in order to take part, and says why, who reads it and when it
// is erased.
func (s *Site) needsPart(p *i18n.Printer, e domain.Event, in domain.NeedsEntry) formPart {
	if !e.AsksNeeds() {
		return formPart{}
	}
	return formPart{Heading: p.T("registration.needs.heading." + needsAsked(e)), Intro: s.needsIntro(p, e), Fields: needsFields(p, e, in)}
}

// needsAsked is "both", "food" or "access".
func needsAsked(e domain.Event) string {
	switch {
	case e.Rules.Food && e.Rules.Access:
		return "both"
	case e.Rules.Food:
		return "food"
	}
	return "access"
}

func (s *Site) needsIntro(p *i18n.Printer, e domain.Event) []string {
	erased := p.T("registration.needs.erased_later")
	if day := e.NeedsErasedOn(); !day.IsZero() {
		erased = p.T("registration.needs.erased", "day", day)
	}
	lines := []string{
		p.T("registration.needs.why." + needsAsked(e)),
		p.T("registration.needs.who", "authority", e.Owner.Name) + " " + erased,
	}
	switch by := e.NeedsBy(); {
	case by.IsZero():
	case e.NeedsLate(s.now()):
		lines = append(lines, p.T("registration.needs.late", "day", by))
	default:
		lines = append(lines, p.T("registration.needs.by", "day", by))
	}
	return lines
}

// needsFields is the closed choices first and then words of her own.
func needsFields(p *i18n.Printer, e domain.Event, in domain.NeedsEntry) []view.Field {
	own := func(name, typed string) view.Field {
		return line(p, name, typed, view.Field{
			Kind: view.FieldLongText, Max: domain.MaxNeed, Optional: true, Hint: p.T("registration." + name + ".hint"),
		})
	}
	closed := func(name string, typed []string, options []view.Option) view.Field {
		return view.Field{
			Kind: view.FieldCheckboxes, Name: name, Label: p.T("registration." + name + ".label"), Values: typed, Options: options, Optional: true,
		}
	}
	var fields []view.Field
	if e.Rules.Food {
		fields = append(fields, closed("diet", in.Diet, named(p, "diet.", domain.Diets())), own("diet_text", in.DietText))
	}
	if e.Rules.Access {
		fields = append(fields, closed("access", in.Access, named(p, "access_need.", domain.AccessNeeds())), own("access_text", in.AccessText))
	}
	return fields
}

// named is the values of a closed list with their words.
func named[T ~string](p *i18n.Printer, prefix string, values []T) []view.Option {
	out := make([]view.Option, len(values))
	for i, v := range values {
		out[i] = view.Option{Value: string(v), Label: p.T(prefix + string(v))}
	}
	return out
}

// needsRows is what was told of needs, in the order of the form.
func needsRows(p *i18n.Printer, e domain.Event, n domain.Needs) []reviewRow {
	row := func(field string, values []string) reviewRow {
		if len(values) == 0 {
			values = given(p, "")
		}
		return reviewRow{
			Field: field, Label: p.T("registration." + field + ".label"), Change: p.T("registration." + field + ".change"), Values: values,
		}
	}
	var rows []reviewRow
	if e.Rules.Food {
		rows = append(rows, row("diet", words(p, "diet.", n.Diet)), row("diet_text", given(p, n.DietText)))
	}
	if e.Rules.Access {
		rows = append(rows, row("access", words(p, "access_need.", n.Access)), row("access_text", given(p, n.AccessText)))
	}
	return rows
}

func words[T ~string](p *i18n.Printer, prefix string, values []T) []string {
	out := make([]string, len(values))
	for i, v := range values {
		out[i] = p.T(prefix + string(v))
	}
	return out
}
