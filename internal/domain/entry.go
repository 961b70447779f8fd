package domain

import (
	"maps"
	"strings"
	"unicode"
	"unicode/utf8"
)

// Entry is a registration as it was typed, nothing cleaned or checked. Answers holds what was
// chosen or typed for each of the event's questions, by question id.
type Entry struct {
	GivenName        string
	FamilyName       string
	Email            string
	Phone            string
	Organisation     string
	OrganisationType string
	Title            string
	Municipality     string
	Answers          map[int64][]string
	AccessCode       string
	Sessions         []string // ids of the sessions chosen
	Needs            NeedsEntry
	Invoice          InvoiceEntry
	// EmailOptional is set by staff who register someone on the phone.
	EmailOptional bool
}

// Application is an entry that has been read: the person, the sessions she wants, and her needs,
// which are kept apart from everything else.
type Application struct {
	Participant
	Sessions []SessionID // in the order of the programme
	Needs    Needs
}

// The longest answers, in characters as people count them.
const (
	MaxName         = 80
	MaxOrganisation = 120
	MaxTitle        = 120
	MaxMunicipality = 60
	MaxPhone        = 40
	MaxAnswer       = 200
	MaxLongAnswer   = 1000
)

// ReadEntry cleans and checks what was typed. Required are given name, e-mail, organisation, its
// type, municipality and the questions that say so; the family name may be empty for people with a
// single name. Every fault is reported together as *Invalid, in the order of the form, with keys
// "field.<name>.missing", ".too_long", ".wrong" and, for free text, "field.personal_number" and
// "field.web_address" and "field.encoding"; questions use the name "question". Args hold "max", for
// questions "label" (a Text), and for personal numbers "number": those found, masked.
func (e Event) ReadEntry(in Entry) (Application, error) {
	v := &Invalid{}
	e.readAccess(v, in)
	p := Participant{
		GivenName:        readName(v, "given_name", in.GivenName, true),
		FamilyName:       readName(v, "family_name", in.FamilyName, false),
		Email:            readEmail(v, in.Email, !in.EmailOptional),
		Phone:            readPhone(v, in.Phone),
		Organisation:     readLine(v, "organisation", in.Organisation, MaxOrganisation, true),
		OrganisationType: readOrganisationType(v, in.OrganisationType),
		Title:            readLine(v, "title", in.Title, MaxTitle, false),
		Municipality:     NormalMunicipality(readLine(v, "municipality", in.Municipality, MaxMunicipality, true)),
	}
	for _, q := range e.Questions {
		if values := q.read(v, in.Answers[q.ID]); len(values) > 0 {
			p.Answers = append(p.Answers, Answer{QuestionID: q.ID, Values: values})
		}
	}
	p.Invoice = e.readInvoice(v, in.Invoice)
	a := Application{Participant: p, Sessions: e.readSessions(v, in.Sessions), Needs: e.readNeeds(v, in.Needs)}
	if err := v.Err(); err != nil {
		return Application{}, err
	}
	return a, nil
}

// readAccess checks the code and the domain of an event that is not for everyone.
func (e Event) readAccess(v *Invalid, in Entry) {
	switch {
	case e.Rules.AccessCode == "" || e.Rules.CodeFits(in.AccessCode):
	case strings.TrimSpace(in.AccessCode) == "":
		v.Add("access_code", "field.access_code.missing", nil)
	default:
		v.Add("access_code", "field.access_code.wrong", nil)
	}
	if len(e.Rules.EmailDomains) == 0 {
		return
	}
	if email, ok := ParseEmail(in.Email); ok && !e.Rules.DomainFits(email) {
		v.Add("email", "field.email.domain", map[string]any{"domains": strings.Join(e.Rules.EmailDomains, ", ")})
	}
}

func readName(v *Invalid, field, s string, required bool) string {
	s, ok := CleanLine(s)
	switch {
	case !ok:
		v.Add(field, "field.encoding", nil)
	case s == "" && required:
		v.Add(field, "field."+field+".missing", nil)
	case s == "":
	case utf8.RuneCountInString(s) > MaxName:
		v.Add(field, "field."+field+".too_long", map[string]any{"max": MaxName})
	case !isName(s):
		v.Add(field, "field."+field+".wrong", nil)
	}
	return s
}

func readEmail(v *Invalid, s string, required bool) string {
	line, ok := CleanLine(s)
	if !ok {
		v.Add("email", "field.encoding", nil)
		return ""
	}
	if line == "" {
		if required {
			v.Add("email", "field.email.missing", nil)
		}
		return ""
	}
	email, ok := ParseEmail(line)
	if !ok {
		v.Add("email", EmailFault(line), nil)
	}
	return email
}

func readPhone(v *Invalid, s string) string {
	s, ok := CleanLine(s)
	if !ok {
		v.Add("phone", "field.encoding", nil)
		return ""
	}
	if s != "" && !isPhone(s) {
		v.Add("phone", "field.phone.wrong", nil)
	}
	return s
}

func isPhone(s string) bool {
	digits := 0
	for _, r := range s {
		switch {
		case r >= '0' && r <= '9':
			digits++
		case strings.ContainsRune(" +-–()/.", r):
		case unicode.IsLetter(r): // "ankn. 12", "vx"
		case strings.ContainsRune(",:", r):
		default:
			return false
		}
	}
	return digits >= 7 && digits <= 20 && utf8.RuneCountInString(s) <= MaxPhone
}

func readLine(v *Invalid, field, s string, max int, required bool) string {
	s, ok := CleanLine(s)
	switch {
	case !ok:
		v.Add(field, "field.encoding", nil)
	case s == "" && required:
		v.Add(field, "field."+field+".missing", nil)
	case utf8.RuneCountInString(s) > max:
		v.Add(field, "field."+field+".too_long", map[string]any{"max": max})
	default:
		checkFreeText(v, field, s, nil)
	}
	return s
}

func checkFreeText(v *Invalid, field, s string, args map[string]any) {
	switch {
	case HasPersonalNumber(s):
		told := maps.Clone(args)
		if told == nil {
			told = make(map[string]any, 1)
		}
		told["number"] = strings.Join(maskedPersonalNumbers(s), ", ")
		v.Add(field, "field.personal_number", told)
	case hasWebAddress(s):
		v.Add(field, "field.web_address", args)
	}
}

func readOrganisationType(v *Invalid, s string) OrganisationType {
	if s == "" {
		v.Add("organisation_type", "field.organisation_type.missing", nil)
		return ""
	}
	for _, t := range OrganisationTypes() {
		if string(t) == s {
			return t
		}
	}
	v.Add("organisation_type", "field.organisation_type.wrong", nil)
	return ""
}

// read is the cleaned answer to q, nil where it was left empty.
func (q Question) read(v *Invalid, typed []string) []string {
	var values []string
	switch q.Kind {
	case QuestionText, QuestionLongText:
		values = q.readText(v, typed)
	case QuestionChoice, QuestionYesNo:
		values = q.readChoices(v, typed)
		if len(values) > 1 {
			v.Add(q.Field(), "field.question.one_only", q.args())
		}
	case QuestionChoices:
		values = q.readChoices(v, typed)
	default:
		panic("domain: unknown kind of question " + string(q.Kind))
	}
	if q.Required && len(values) == 0 && !blank(typed) {
		return nil // already told what is wrong with it
	}
	if q.Required && len(values) == 0 {
		v.Add(q.Field(), "field.question.missing", q.args())
	}
	return values
}

func (q Question) readText(v *Invalid, typed []string) []string {
	if blank(typed) {
		return nil
	}
	clean, max := CleanLine, MaxAnswer
	if q.Kind == QuestionLongText {
		clean, max = CleanText, MaxLongAnswer
	}
	s, ok := clean(typed[0])
	args := q.args()
	args["max"] = max
	switch {
	case !ok:
		v.Add(q.Field(), "field.encoding", nil)
		return nil
	case len(typed) > 1:
		v.Add(q.Field(), "field.question.one_only", args)
		return nil
	case utf8.RuneCountInString(s) > max:
		v.Add(q.Field(), "field.question.too_long", args)
		return nil
	}
	checkFreeText(v, q.Field(), s, args)
	if s == "" {
		return nil
	}
	return []string{s}
}

// readChoices keeps the values that q offers, each once, in the order q offers them.
func (q Question) readChoices(v *Invalid, typed []string) []string {
	offered := []string{"yes", "no"}
	if q.Kind != QuestionYesNo {
		offered = offered[:0]
		for _, c := range q.Choices {
			offered = append(offered, c.Value)
		}
	}
	chosen := make(map[string]bool, len(typed))
	for _, t := range typed {
		chosen[t] = true
	}
	delete(chosen, "")
	var values []string
	for _, o := range offered {
		if chosen[o] {
			values = append(values, o)
			delete(chosen, o)
		}
	}
	if len(chosen) > 0 {
		v.Add(q.Field(), "field.question.wrong", q.args())
	}
	return values
}

func (q Question) args() map[string]any { return map[string]any{"label": q.Label} }

func blank(typed []string) bool {
	for _, t := range typed {
		if strings.TrimSpace(t) != "" {
			return false
		}
	}
	return true
}
