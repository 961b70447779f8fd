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
		switch line := p.line(name); {
		case ok && line != nil && !slices.Contains(filled, line):
			*line, filled = value, append(filled, line)
		case ok && p.answer(e, name, value):
		default:
			return posted{}, &server.Refusal{Status: http.StatusBadRequest, Key: "error.form_unknown"}
		}
	}
	p.TermsID, _ = strconv.ParseInt(p.Terms, 10, 64)
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
	case "given_name":
		return &p.Entry.GivenName
	case "family_name":
		return &p.Entry.FamilyName
	case "email":
		return &p.Entry.Email
	case "phone":
		return &p.Entry.Phone
	case "organisation":
		return &p.Entry.Organisation
	case "organisation_type":
		return &p.Entry.OrganisationType
	case "title":
		return &p.Entry.Title
	case "municipality":
		return &p.Entry.Municipality
	}
	return nil
}

// readForm is the body of a form and nothing of its address.
func readForm(r *http.Request) (string, error) {
	kind, _, _ := strings.Cut(r.Header.Get("Content-Type"), ";")
	if !strings.EqualFold(strings.TrimSpace(kind), "application/x-www-form-urlencoded") {
		return "", &server.Refusal{Status: http.StatusUnsupportedMediaType, Key: "error.form_unknown"}
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
	for i := range fields {
		fields[i].Value = strings.ToValidUTF8(fields[i].Value, "\ufffd")
	}
	return fields
}

type hiddenField struct{ Name, Value string }
