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

// How many rows the form for several shows at first, and how many more at a time. Rows beyond what
// the event allows are read and told of: the organiser may have changed that meanwhile.
const (
	firstRows = 3
	addedRows = 3
	mostRows  = 100
)

// postedGroup is everything the form for several may send, as it was typed.
type postedGroup struct {
	Token   string
	Step    step
	Terms   string
	Trap    string
	Meant   string // as in posted
	Rows    int    // rows on the page
	TermsID int64
	Entry   domain.GroupEntry
}

// newPostedGroup is the empty form.
func newPostedGroup(e domain.Event) postedGroup {
	return postedGroup{Rows: min(firstRows, e.Rules.GroupLimit)}
}

// moreRows adds some rows to the page, as far as the event allows.
func (p *postedGroup) moreRows(e domain.Event) {
	p.Rows = min(p.Rows+addedRows, e.Rules.GroupLimit)
	p.fit()
}

// fit makes the rows of the entry and those on the page equally many.
func (p *postedGroup) fit() {
	p.Rows = max(p.Rows, len(p.Entry.People))
	for len(p.Entry.People) < p.Rows {
		p.Entry.People = append(p.Entry.People, domain.Entry{})
	}
}

// peoplePrefix begins the name of every field about one participant: "people_2_email".
const peoplePrefix = "people_"

// personName is the name of a field about the n-th participant, counted from one.
func personName(n int, field string) string { return peoplePrefix + strconv.Itoa(n) + "_" + field }

// readPostedGroup reads the form for several. Anything that the form does not have is refused.
func readPostedGroup(c *gin.Context, e domain.Event) (postedGroup, error) {
	values, err := readValues(c.Request)
	if err != nil {
		return postedGroup{}, err
	}
	p := newPostedGroup(e)
	for name, given := range values {
		line := p.line(name)
		if line == nil || len(given) != 1 {
			return postedGroup{}, &server.Refusal{Status: http.StatusBadRequest, Key: "error.form_unknown"}
		}
		*line = given[0]
	}
	if n, err := strconv.Atoi(values.Get("rows")); err == nil {
		p.Rows = max(min(n, e.Rules.GroupLimit, mostRows), p.Rows)
	}
	p.fit()
	p.TermsID, _ = strconv.ParseInt(p.Terms, 10, 64)
	p.Step = takeMeant(p.Step, p.Meant, &p.Entry.Work)
	return p, nil
}

// readValues is a form, parsed.
func readValues(r *http.Request) (url.Values, error) {
	body, err := readForm(r)
	if err != nil {
		return nil, err
	}
	values, err := url.ParseQuery(body)
	if err != nil {
		return nil, &server.Refusal{Status: http.StatusBadRequest, Key: "error.form_unknown"}
	}
	return values, nil
}

// line is where the field of that name goes, nil where the form has none.
func (p *postedGroup) line(name string) *string {
	if rest, found := strings.CutPrefix(name, peoplePrefix); found {
		return p.person(rest)
	}
	switch name {
	case fieldToken:
		return &p.Token
	case fieldTrap:
		return &p.Trap
	case fieldStep:
		return (*string)(&p.Step)
	case fieldTerms:
		return &p.Terms
	case fieldMeant:
		return &p.Meant
	case "rows":
		return new(string) // read as a number
	case "contact_name":
		return &p.Entry.ContactName
	case "contact_email":
		return &p.Entry.ContactEmail
	case "contact_phone":
		return &p.Entry.ContactPhone
	case "unnamed":
		return &p.Entry.Unnamed
	case "mode":
		return &p.Entry.Mode
	case "organisation", "organisation_type", "municipality", "access_code",
		"invoice_org_number", "invoice_reference", "invoice_peppol", "invoice_address":
		return entryLine(&p.Entry.Work, name)
	}
	return nil
}

// person is where a field about one participant goes, "2_email"; nil where the form has no such row.
func (p *postedGroup) person(rest string) *string {
	number, field, _ := strings.Cut(rest, "_")
	n, err := strconv.Atoi(number)
	if err != nil || n < 1 || n > mostRows || strconv.Itoa(n) != number {
		return nil
	}
	for len(p.Entry.People) < n {
		p.Entry.People = append(p.Entry.People, domain.Entry{})
	}
	switch field {
	case "given_name", "family_name", "email", "title":
		return entryLine(&p.Entry.People[n-1], field)
	}
	return nil
}

// hidden is everything that the review page carries along unseen. Rows without anything are left out.
func (p postedGroup) hidden(e domain.Event) []hiddenField {
	in := p.Entry
	fields := []hiddenField{
		{"contact_name", in.ContactName},
		{"contact_email", in.ContactEmail},
		{"contact_phone", in.ContactPhone},
		{"organisation", in.Work.Organisation},
		{"organisation_type", in.Work.OrganisationType},
		{"municipality", in.Work.Municipality},
		{"unnamed", in.Unnamed},
		{"mode", in.Mode},
		{"rows", strconv.Itoa(p.Rows)},
	}
	fields = append(fields, askedOfWork(e, in.Work)...)
	for i, person := range in.People {
		for _, f := range []hiddenField{
			{"given_name", person.GivenName}, {"family_name", person.FamilyName}, {"email", person.Email}, {"title", person.Title},
		} {
			if f.Value != "" {
				fields = append(fields, hiddenField{personName(i+1, f.Name), f.Value})
			}
		}
	}
	for i := range fields {
		fields[i].Value = shown(fields[i].Value)
	}
	return fields
}
