package site

import (
	"strings"

	"github.com/temadag/temadag/internal/domain"
	"github.com/temadag/temadag/internal/i18n"
	"github.com/temadag/temadag/internal/view"
)

// form is the page with the form as it was typed and everything that is wrong in it.
func (s *Site) form(l domain.Lang, e domain.Event, in posted, token string, faults *domain.Invalid) registrationNewPage {
	p := s.printer(l)
	body := registrationNewPage{
		registrationFrame: s.registrationFrame(l, e, token), Parts: s.formParts(p, e, in.Entry),
	}
	body.Faults = told(p, e, body.Parts, faults)
	return body
}

// told marks the fields that are wrong and lists one fault for each, in the order of the form.
func told(p *i18n.Printer, e domain.Event, parts []formPart, faults *domain.Invalid) []view.Fault {
	if faults == nil {
		return nil
	}
	first, numbers := make(map[string]string), make(map[string]any)
	for _, fault := range faults.Faults {
		field := fault.Field
		if field == sessionsField {
			field = sessionOf(p, e, fault.Args["second"])
		}
		if first[field] == "" {
			first[field] = p.T(ofField(p, fault), fault.Args)
			if fault.Key == "field.personal_number" {
				numbers[field] = fault.Args["number"]
			}
		}
	}
	var out []view.Fault
	for _, part := range parts {
		for i, f := range part.Fields {
			if text := first[f.Name]; text != "" {
				if number := numbers[f.Name]; number != nil { // in the summary it stands without its label
					text = personalNumber(p, f.Label, number)
				}
				part.Fields[i].Error = text
				out = append(out, view.Fault{Field: f.Name, Text: text})
				delete(first, f.Name)
			}
		}
	}
	for _, fault := range faults.Faults { // of no field that the form shows: told all the same
		if text := first[fault.Field]; text != "" {
			out = append(out, view.Fault{Field: fault.Field, Text: text})
			delete(first, fault.Field)
		}
	}
	return out
}

// personalNumber names the field in which a personal number stands, and the number, masked.
func personalNumber(p *i18n.Printer, label string, number any) string {
	if strings.ContainsAny(label, "?.!") {
		return p.T("field.personal_number_in_question", "label", label, "number", number)
	}
	return p.T("field.personal_number_in", "label", label, "number", number)
}

// ofField is the key of a fault that several fields share, in the words of this one where they have
// been written: in the summary it stands without its label.
func ofField(p *i18n.Printer, fault *domain.Error) string {
	if what, shared := strings.CutPrefix(fault.Key, "field.need_text."); shared {
		if key := "field." + fault.Field + "." + what; p.Has(key) {
			return key
		}
	}
	return fault.Key
}

func personFields(p *i18n.Printer, in domain.Entry) []view.Field {
	return []view.Field{
		line(p, "given_name", in.GivenName, view.Field{Autocomplete: "given-name", NoSpelling: true}),
		line(p, "family_name", in.FamilyName, view.Field{
			Autocomplete: "family-name", NoSpelling: true, Hint: p.T("registration.family_name.hint"),
		}),
		line(p, "email", in.Email, view.Field{
			Kind: view.FieldEmail, Autocomplete: "email", InputMode: "email", NoSpelling: true,
			Hint: p.T("registration.email.hint"),
		}),
		line(p, "phone", in.Phone, view.Field{
			Kind: view.FieldTel, Autocomplete: "tel", InputMode: "tel", Optional: true, Width: "medium",
			Hint: p.T("registration.phone.hint"),
		}),
	}
}

func workFields(p *i18n.Printer, in domain.Entry) []view.Field {
	types := make([]view.Option, 0, len(domain.OrganisationTypes()))
	for _, t := range domain.OrganisationTypes() {
		types = append(types, view.Option{Value: string(t), Label: p.T("organisation_type." + string(t))})
	}
	return []view.Field{
		line(p, "organisation", in.Organisation, view.Field{
			Autocomplete: "organization", Hint: p.T("registration.organisation.hint"),
		}),
		line(p, "organisation_type", in.OrganisationType, view.Field{Kind: view.FieldRadios, Options: types}),
		line(p, "title", in.Title, view.Field{Autocomplete: "organization-title", Optional: true}),
		line(p, "municipality", in.Municipality, view.Field{
			Autocomplete: "address-level2", Suggestions: domain.Municipalities(), Width: "medium", Hint: p.T("registration.municipality.hint"),
		}),
	}
}

// line fills in what every field has: its name, label and what was typed.
func line(p *i18n.Printer, name, value string, f view.Field) view.Field {
	f.Name, f.Label, f.Value = name, p.T("registration."+name+".label"), shown(value)
	if f.Kind == view.FieldRadios {
		f.Values = []string{value}
	}
	return f
}

// shown is what was typed, fit to be shown again.
func shown(s string) string { return strings.ToValidUTF8(s, "\ufffd") }

func questionFields(p *i18n.Printer, questions []domain.Question, answers map[int64][]string) []view.Field {
	fields := make([]view.Field, 0, len(questions))
	for _, q := range questions {
		fields = append(fields, questionField(p, q, answers[q.ID]))
	}
	return fields
}

func questionField(p *i18n.Printer, q domain.Question, typed []string) view.Field {
	l := p.Lang()
	f := view.Field{
		Name: q.Field(), Label: q.Label.In(l), Hint: q.Hint.In(l), Optional: !q.Required, Lang: foreign(l, q.Label),
	}
	switch q.Kind {
	case domain.QuestionText, domain.QuestionLongText:
		if len(typed) > 0 {
			f.Value = shown(typed[0])
		}
		if q.Kind == domain.QuestionLongText {
			f.Kind, f.Max = view.FieldLongText, domain.MaxLongAnswer
		}
	case domain.QuestionChoice, domain.QuestionYesNo:
		f.Kind, f.Values, f.Options = view.FieldRadios, typed, options(p, q)
		if !q.Required {
			f.Options = append(f.Options, view.Option{Label: p.T("registration.no_answer")})
		}
	case domain.QuestionChoices:
		f.Kind, f.Values, f.Options = view.FieldCheckboxes, typed, options(p, q)
	}
	return f
}

func options(p *i18n.Printer, q domain.Question) []view.Option {
	if q.Kind == domain.QuestionYesNo {
		return []view.Option{{Value: "yes", Label: p.T("answer.yes")}, {Value: "no", Label: p.T("answer.no")}}
	}
	out := make([]view.Option, 0, len(q.Choices))
	for _, c := range q.Choices {
		out = append(out, view.Option{Value: c.Value, Label: c.Label.In(p.Lang())})
	}
	return out
}

// foreign is the language of a wording where it is not the page's, else "".
func foreign(l domain.Lang, t domain.Text) domain.Lang {
	if in := t.LangIn(l); in != l {
		return in
	}
	return ""
}

// reviewRows is everything that will be kept, in the order of the form.
func reviewRows(p *i18n.Printer, e domain.Event, in domain.Participant) []reviewRow {
	row := func(field, value string) reviewRow {
		label := p.T("registration." + field + ".label")
		return reviewRow{Field: field, Label: label, Change: p.T("registration." + field + ".change"), Values: given(p, value)}
	}
	email := row("email", in.Email)
	email.Large = true
	rows := []reviewRow{
		row("given_name", in.GivenName), row("family_name", in.FamilyName), email, row("phone", in.Phone),
		row("organisation", in.Organisation),
		row("organisation_type", p.T("organisation_type."+string(in.OrganisationType))),
		row("title", in.Title), row("municipality", in.Municipality),
	}
	if e.AsksInvoice() {
		rows = append(rows, row("invoice_reference", in.Invoice.Reference), row("invoice_org_number", in.Invoice.OrgNumber),
			row("invoice_peppol", in.Invoice.PeppolID), row("invoice_address", in.Invoice.Address))
	}
	for _, q := range e.Questions {
		rows = append(rows, answerRow(p, q, in.Answers))
	}
	return rows
}

// applicationRows is everything that a form which has been read tells, in its order.
func applicationRows(p *i18n.Printer, e domain.Event, code string, in domain.Application) []reviewRow {
	rows := reviewRows(p, e, in.Participant)
	if e.Rules.AccessCode != "" {
		rows = append([]reviewRow{{
			Field: "access_code", Label: p.T("registration.access_code.label"), Change: p.T("registration.access_code.change"), Values: given(p, shown(code)),
		}}, rows...)
	}
	return append(append(rows, sessionRows(p, e, in.Sessions)...), needsRows(p, e, in.Needs)...)
}

func answerRow(p *i18n.Printer, q domain.Question, answers []domain.Answer) reviewRow {
	label := q.Label.In(p.Lang())
	r := reviewRow{
		Field: q.Field(), Label: label, Change: p.T("registration.question.change", "question", label),
		Values: given(p, ""), Lang: foreign(p.Lang(), q.Label),
	}
	for _, a := range answers {
		if a.QuestionID == q.ID {
			r.Values = answerWords(p, q, a)
		}
	}
	return r
}

func answerWords(p *i18n.Printer, q domain.Question, a domain.Answer) []string {
	if q.Kind != domain.QuestionYesNo {
		return q.Shown(a, p.Lang())
	}
	out := make([]string, len(a.Values))
	for i, v := range a.Values {
		out[i] = p.T("answer." + v)
	}
	return out
}

// given is the value, or that none was given.
func given(p *i18n.Printer, value string) []string {
	if value == "" {
		return []string{p.T("answer.none")}
	}
	return []string{value}
}

// nearDomain is the well-known mail domain that was perhaps meant (domain.EmailSuggestion), or "".
func nearDomain(email string) string {
	_, host, _ := strings.Cut(domain.EmailSuggestion(email), "@")
	return host
}
