package site

import (
	"bytes"
	"net/http"
	"net/url"
	"slices"
	"strconv"
	"strings"

	"github.com/gin-gonic/gin"

	"github.com/temadag/temadag/internal/domain"
	"github.com/temadag/temadag/internal/server"
)

// step is what a button of the registration asks for.
type step string

const (
	stepReview step = "review" // from the form: check it and show it again
	stepEdit   step = "edit"   // from the review page: back to the form
	stepSend   step = "send"   // from the review page: make it binding
)

// place is what the visitor was told she would get when she read the page.
type place string

const (
	placeSeat  place = "seat"
	placeQueue place = "queue"
)

// posted is everything the registration's form may send, as it was typed. Nothing else is read, and
// anything else is refused.
type posted struct {
	Token string
	Step  step
	Place place
	Terms string
	Trap  string // filled in by robots alone
	Meant string // the municipality that the review page proposed, where its button was pressed
	// TermsID is Terms as a number, 0 where it is none.
	TermsID int64
	Entry   domain.Entry
}

// The names of the fields that are not about the participant.
const (
	fieldToken = "token"
	fieldStep  = "step"
	fieldPlace = "place"
	fieldTerms = "terms"
	fieldTrap  = "website"
	fieldMeant = "meant"
)

// readPosted reads the form of the event. A field that the form does not have, or one sent twice,
// means that the form is not ours and is refused: nobody who filled in a page meets it.
func readPosted(c *gin.Context, e domain.Event) (posted, error) {
	body, err := readForm(c.Request)
	if err != nil {
		return posted{}, err
	}
	p := posted{Entry: domain.Entry{Answers: make(map[int64][]string)}}
	filled := make([]*string, 0, 32) // of the lines of p
	for pair := range strings.SplitSeq(body, "&") {
		if pair == "" {
			continue
		}
		name, value, ok := readPair(pair)
		switch line, list := p.line(name), p.list(name); {
		case ok && list != nil:
			*list = append(*list, value)
		case ok && line != nil && !slices.Contains(filled, line):
			*line, filled = value, append(filled, line)
		case ok && p.answer(e, name, value):
		default:
			return posted{}, &server.Refusal{Status: http.StatusBadRequest, Key: "error.form_unknown"}
		}
	}
	slices.Sort(p.Entry.Sessions) // they came in fields of their own, in any order
	p.TermsID, _ = strconv.ParseInt(p.Terms, 10, 64)
	p.Step = takeMeant(p.Step, p.Meant, &p.Entry)
	return p, nil
}

// readPair is one field of a form as it is sent.
func readPair(pair string) (name, value string, ok bool) {
	name, value, _ = strings.Cut(pair, "=")
	name, unreadable := url.QueryUnescape(name)
	if unreadable == nil {
		value, unreadable = url.QueryUnescape(value)
	}
	return name, value, unreadable == nil && !strings.Contains(pair, ";")
}

// answer keeps what was answered to one of the event's own questions. It reports false where the
// form has no such question, or room for one answer only and there was one already.
func (p *posted) answer(e domain.Event, name, value string) bool {
	q, asked := questionOf(e, name)
	if !asked || (len(p.Entry.Answers[q.ID]) > 0 && q.Kind != domain.QuestionChoices) {
		return false
	}
	p.Entry.Answers[q.ID] = append(p.Entry.Answers[q.ID], value)
	return true
}

func questionOf(e domain.Event, name string) (domain.Question, bool) {
	if !strings.HasPrefix(name, "question_") {
		return domain.Question{}, false
	}
	for _, q := range e.Questions {
		if q.Field() == name {
			return q, true
		}
	}
	return domain.Question{}, false
}

// line is where the single field of that name goes, nil where the form has none.
func (p *posted) line(name string) *string {
	switch name {
	case fieldToken:
		return &p.Token
	case fieldTrap:
		return &p.Trap
	case fieldStep:
		return (*string)(&p.Step)
	case fieldPlace:
		return (*string)(&p.Place)
	case fieldTerms:
		return &p.Terms
	case fieldMeant:
		return &p.Meant
	}
	return entryLine(&p.Entry, name)
}

// entryLine is where the single answer of that name goes, nil where nobody is asked it.
func entryLine(in *domain.Entry, name string) *string {
	switch name {
	case "given_name":
		return &in.GivenName
	case "family_name":
		return &in.FamilyName
	case "email":
		return &in.Email
	case "phone":
		return &in.Phone
	case "organisation":
		return &in.Organisation
	case "organisation_type":
		return &in.OrganisationType
	case "title":
		return &in.Title
	case "municipality":
		return &in.Municipality
	case "access_code":
		return &in.AccessCode
	case "diet_text":
		return &in.Needs.DietText
	case "access_text":
		return &in.Needs.AccessText
	case "invoice_org_number":
		return &in.Invoice.OrgNumber
	case "invoice_reference":
		return &in.Invoice.Reference
	case "invoice_peppol":
		return &in.Invoice.PeppolID
	case "invoice_address":
		return &in.Invoice.Address
	}
	return nil
}

// list is where the answers of the field of that name go, of which there may be several; nil where
// the form has no such field. What the event does not ask is read and dropped: the organiser may
// have taken the question away while someone filled in the form.
func (p *posted) list(name string) *[]string {
	switch {
	case name == "diet":
		return &p.Entry.Needs.Diet
	case name == "access":
		return &p.Entry.Needs.Access
	case isSessions(name):
		return &p.Entry.Sessions
	}
	return nil
}

// readForm is the body of a form and nothing of its address.
func readForm(r *http.Request) (string, error) {
	kind, _, _ := strings.Cut(r.Header.Get("Content-Type"), ";")
	if !strings.EqualFold(strings.TrimSpace(kind), "application/x-www-form-urlencoded") {
		return "", &server.Refusal{Status: http.StatusUnsupportedMediaType, Key: "error.form_unknown"}
	}
	if form := server.FormOf(r); form != nil {
		return string(form), nil
	}
	var body bytes.Buffer
	body.Grow(int(min(max(r.ContentLength, 0), server.MaxBody)) + bytes.MinRead)
	_, err := body.ReadFrom(r.Body)
	if server.TooLarge(err) {
		return "", err
	}
	if err != nil {
		return "", &server.Refusal{Status: http.StatusBadRequest, Key: "error.form_unknown"}
	}
	return body.String(), nil
}

// hidden is everything that the review page carries along unseen.
func (p posted) hidden(e domain.Event) []hiddenField {
	fields := []hiddenField{
		{"given_name", p.Entry.GivenName},
		{"family_name", p.Entry.FamilyName},
		{"email", p.Entry.Email},
		{"phone", p.Entry.Phone},
		{"organisation", p.Entry.Organisation},
		{"organisation_type", p.Entry.OrganisationType},
		{"title", p.Entry.Title},
		{"municipality", p.Entry.Municipality},
	}
	for _, q := range e.Questions {
		for _, v := range p.Entry.Answers[q.ID] {
			fields = append(fields, hiddenField{q.Field(), v})
		}
	}
	fields = append(fields, p.asked(e)...)
	for i := range fields {
		fields[i].Value = strings.ToValidUTF8(fields[i].Value, "\ufffd")
	}
	return fields
}

// asked is what only some events ask.
func (p posted) asked(e domain.Event) []hiddenField {
	fields := askedOfWork(e, p.Entry)
	several := func(name string, values []string) {
		for _, v := range values {
			fields = append(fields, hiddenField{name, v})
		}
	}
	several(sessionsField, p.Entry.Sessions)
	if e.Rules.Food {
		several("diet", p.Entry.Needs.Diet)
		fields = append(fields, hiddenField{"diet_text", p.Entry.Needs.DietText})
	}
	if e.Rules.Access {
		several("access", p.Entry.Needs.Access)
		fields = append(fields, hiddenField{"access_text", p.Entry.Needs.AccessText})
	}
	return fields
}

// askedOfWork is what only some events ask, and of a group once.
func askedOfWork(e domain.Event, in domain.Entry) []hiddenField {
	var fields []hiddenField
	if e.Rules.AccessCode != "" {
		fields = append(fields, hiddenField{"access_code", in.AccessCode})
	}
	if e.AsksInvoice() {
		fields = append(fields, hiddenField{"invoice_reference", in.Invoice.Reference}, hiddenField{"invoice_org_number", in.Invoice.OrgNumber},
			hiddenField{"invoice_peppol", in.Invoice.PeppolID}, hiddenField{"invoice_address", in.Invoice.Address})
	}
	return fields
}

type hiddenField struct{ Name, Value string }
