package site

import (
	"errors"
	"net/http"
	"strconv"
	"strings"

	"github.com/gin-gonic/gin"

	"github.com/temadag/temadag/internal/domain"
	"github.com/temadag/temadag/internal/i18n"
	"github.com/temadag/temadag/internal/server"
	"github.com/temadag/temadag/internal/view"
)

// groupOwnPage is a group behind the link of its contact person: its places as she wrote them, and a
// form for each that has no name yet. It tells nothing that someone else has told since.
type groupOwnPage struct {
	domain.OwnGroup
	Name    string
	Where   string
	Lines   []groupLine
	Open    []placeForm // one for each place that can be named
	Faults  []view.Fault
	Done    *view.Notice
	Action  string
	By      domain.Date
	Kept    string
	Page    string
	Another string // the form for several
}

// placeForm names one place.
type placeForm struct {
	Number  int // of the place in the group, counted from one
	Heading string
	Fields  []view.Field
}

// namedParam tells in the address that a place has just been named.
const namedParam = "namn"

func (s *Site) groupShow(c *gin.Context) error {
	g, err := s.registrations.Group(c.Request.Context(), server.ActorOf(c), c.Param("token"))
	if err != nil {
		return uniform(err, "group.not_found")
	}
	return s.showGroup(c, http.StatusOK, g, 0, domain.Entry{}, nil, nil)
}

// groupNamePlace gives a place its person.
func (s *Site) groupNamePlace(c *gin.Context) error {
	ctx, token := c.Request.Context(), c.Param("token")
	n, in, err := readPlace(c)
	if err != nil {
		return err
	}
	g, err := s.registrations.Group(ctx, server.ActorOf(c), token)
	if err != nil {
		return uniform(err, "group.not_found")
	}
	if n < 1 || n > len(g.Group.Places) {
		return &server.Refusal{Status: http.StatusBadRequest, Key: "error.form_unknown"}
	}
	place := g.Group.Places[n-1]
	switch { // a place that has a name is its person's, and has no number here any longer
	case place.Name == "":
		err = s.registrations.NamePlace(ctx, server.ActorOf(c), token, place.ID, in)
	case place.Name != nameOf(in):
		err = &domain.Error{Code: domain.CodeConflict, Key: "group.named_already"}
	}
	if err == nil {
		c.Redirect(http.StatusSeeOther, s.paths.For(server.LangOf(c), "owngroup", token)+"?"+namedParam+"=1")
		return nil
	}
	return s.placeRefused(c, g, n, in, err)
}

// nameOf is the name that was typed, as it is kept.
func nameOf(in domain.Entry) string {
	given, _ := domain.CleanLine(in.GivenName)
	family, _ := domain.CleanLine(in.FamilyName)
	return domain.Participant{GivenName: given, FamilyName: family}.Name()
}

// placeRefused shows the group with what the service had against the person.
func (s *Site) placeRefused(c *gin.Context, g domain.OwnGroup, n int, in domain.Entry, err error) error {
	p := s.printer(server.LangOf(c))
	if server.Busy(err) {
		return err
	}
	switch domain.CodeOf(err) {
	case domain.CodeInvalid:
		faults, err := faultsOf(err)
		if err != nil {
			return err
		}
		return s.showGroup(c, http.StatusUnprocessableEntity, g, n, in, faults, nil)
	case domain.CodeUnavailable, domain.CodeTooMany:
		c.Header("Retry-After", "10")
		notice := &view.Notice{Kind: "warning", Title: p.T("group.own.not_named"), Text: p.T("group.own.busy")}
		if why := unavailable(err); why != "busy" {
			notice.Title, notice.Text = p.T("own.again."+why+".title"), p.T("own.again."+why+".text")
		}
		return s.showGroup(c, http.StatusServiceUnavailable, g, n, in, nil, notice)
	case domain.CodeClosed, domain.CodeConflict, domain.CodeFull, domain.CodeNotFound:
		// It changed in the meantime: what holds now is shown, with why.
		now, absent := s.registrations.Group(c.Request.Context(), server.ActorOf(c), c.Param("token"))
		if absent != nil {
			return uniform(absent, "group.not_found")
		}
		notice := &view.Notice{Kind: "warning", Title: p.T("group.own.not_named"), Text: refusalText(p, err, "group.own.changed")}
		if errors.Is(err, &domain.Error{Code: domain.CodeConflict, Key: "group.named_already"}) {
			notice.Title, notice.Text = p.T("group.named_already"), p.T("group.named_already_text")
		}
		return s.showGroup(c, http.StatusOK, now, n, in, nil, notice)
	}
	return err
}

// readPlace reads the form of one place: its number in the group, counted from one, and its person.
func readPlace(c *gin.Context) (int, domain.Entry, error) {
	values, err := readValues(c.Request)
	if err != nil {
		return 0, domain.Entry{}, err
	}
	unknown := &server.Refusal{Status: http.StatusBadRequest, Key: "error.form_unknown"}
	n, err := strconv.Atoi(values.Get("place"))
	if err != nil {
		return 0, domain.Entry{}, unknown
	}
	var in domain.Entry
	for name, given := range values {
		if name == "place" && len(given) == 1 {
			continue
		}
		var line *string
		switch field, _ := strings.CutPrefix(name, placeField(n, "")); field {
		case "given_name", "family_name", "email", "title":
			line = entryLine(&in, field)
		}
		if line == nil || len(given) != 1 {
			return 0, domain.Entry{}, unknown
		}
		*line = given[0]
	}
	return n, in, nil
}

// showGroup shows the group; number is the place that was just about to be named, with what was typed.
func (s *Site) showGroup(
	c *gin.Context, status int, g domain.OwnGroup, number int, in domain.Entry, faults *domain.Invalid, n *view.Notice,
) error {
	l, token := server.LangOf(c), c.Param("token")
	p, e := s.printer(l), g.Event
	body := groupOwnPage{
		OwnGroup: g, Name: eventName(l, e), Where: placeAndTown(p, e), Lines: groupLines(p, g.Group.Places), Done: n,
		Action: s.paths.For(l, "owngroup", token), By: e.Rules.NameBy, Kept: keptLine(p, e), Page: s.paths.For(l, "event", e.Slug),
	}
	if n == nil && faults == nil && c.Query(namedParam) != "" {
		body.Done = &view.Notice{Kind: "done", Title: p.T("group.own.named"), Text: p.T("group.own.named_text")}
	}
	if takes(e, s.now()) && e.Rules.Groups() {
		body.Another = s.paths.For(l, "groupregister", e.Slug)
	}
	body.Open = placeForms(p, g, number, in)
	for _, form := range body.Open {
		if form.Number == number {
			body.Faults = told(p, e, []formPart{{Fields: form.Fields}}, prefixed(p, faults, number))
		}
	}
	described := page{
		template: "public/group_own", route: "owngroup", args: []string{token},
		Page: view.Page{
			Title: p.T("group.own.title") + " – " + eventTitle(l, e), NoIndex: true, Nav: view.NavCalendar, Organiser: footerContact(e), ProtectedTold: true, Body: body,
		},
	}
	described.Errors = len(body.Faults)
	return s.write(c, status, described)
}

// prefixed is the faults under the names that the fields of that place have.
func prefixed(p *i18n.Printer, faults *domain.Invalid, number int) *domain.Invalid {
	if faults == nil {
		return nil
	}
	out := &domain.Invalid{}
	for _, f := range faults.Faults {
		out.Add(placeField(number, f.Field), ofAnother(p, f.Key), f.Args)
	}
	return out
}

func placeField(number int, field string) string {
	return "place_" + strconv.Itoa(number) + "_" + field
}

// placeForms is a form for each place without a name, while they can be named; typed is the one that
// was filled in.
func placeForms(p *i18n.Printer, g domain.OwnGroup, typed int, in domain.Entry) []placeForm {
	if !g.MayName {
		return nil
	}
	var forms []placeForm
	for i, place := range g.Group.Places {
		if place.ID == 0 || place.Name != "" || !place.Status.Live() { // hers no longer, or gone
			continue
		}
		number, entry := i+1, domain.Entry{}
		if number == typed {
			entry = in
		}
		forms = append(forms, placeForm{
			Number: number, Heading: p.T("group.own.place", "number", strconv.Itoa(number)),
			Fields: personRowFields(p, g.Event, entry, func(field string) string { return placeField(number, field) }),
		})
	}
	return forms
}
