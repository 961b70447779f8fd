package site

import (
	"net/http"
	"net/url"
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
	Terms int64
	Trap  string // filled in by robots alone
	Entry domain.Entry
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
	values, err := readForm(c.Request)
	if err != nil {
		return posted{}, err
	}
	p := posted{Entry: domain.Entry{Answers: make(map[int64][]string)}}
	lines := p.lines()
	questions := make(map[string]domain.Question, len(e.Questions))
	for _, q := range e.Questions {
		questions[q.Field()] = q
	}
	for name, given := range values {
		q, asked := questions[name]
		line, known := lines[name]
		switch {
		case asked && (len(given) == 1 || q.Kind == domain.QuestionChoices):
			p.Entry.Answers[q.ID] = given
		case known && len(given) == 1:
			line(given[0])
		default:
			return posted{}, &server.Refusal{Status: http.StatusBadRequest, Key: "error.form_unknown"}
		}
	}
	return p, nil
}

// lines is how each single field is taken in.
func (p *posted) lines() map[string]func(string) {
	into := func(to *string) func(string) { return func(s string) { *to = s } }
	return map[string]func(string){
		fieldToken: into(&p.Token),
		fieldTrap:  into(&p.Trap),
		fieldStep:  func(s string) { p.Step = step(s) },
		fieldPlace: func(s string) { p.Place = place(s) },
		fieldTerms: func(s string) { p.Terms, _ = strconv.ParseInt(s, 10, 64) },

		"given_name":        into(&p.Entry.GivenName),
		"family_name":       into(&p.Entry.FamilyName),
		"email":             into(&p.Entry.Email),
		"phone":             into(&p.Entry.Phone),
		"organisation":      into(&p.Entry.Organisation),
		"organisation_type": into(&p.Entry.OrganisationType),
		"title":             into(&p.Entry.Title),
		"municipality":      into(&p.Entry.Municipality),
	}
}

// readForm is the body of a form and nothing of its address.
func readForm(r *http.Request) (url.Values, error) {
	kind, _, _ := strings.Cut(r.Header.Get("Content-Type"), ";")
	if !strings.EqualFold(strings.TrimSpace(kind), "application/x-www-form-urlencoded") {
		return nil, &server.Refusal{Status: http.StatusUnsupportedMediaType, Key: "error.form_unknown"}
	}
	if err := r.ParseForm(); err != nil {
		if server.TooLarge(err) {
			return nil, err
		}
		return nil, &server.Refusal{Status: http.StatusBadRequest, Key: "error.form_unknown"}
	}
	return r.PostForm, nil
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
