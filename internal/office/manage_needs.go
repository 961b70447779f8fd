package office

import (
	"net/http"

	"github.com/gin-gonic/gin"

	"github.com/temadag/temadag/internal/domain"
	"github.com/temadag/temadag/internal/server"
	"github.com/temadag/temadag/internal/view"
)

// needsPage is those who have told of what they need, without what.
type needsPage struct {
	Back   view.Crumb
	Notice *view.Notice
	Name   string
	When   string
	Rows   []needsLine
}

type needsLine struct {
	Who, URL string
	Ref      string // "" where Who tells it
	Marks    []string
}

func (o *Office) needsShow(c *gin.Context) error {
	e, told, err := o.Registrations.WhoNeeds(c.Request.Context(), signedIn(c).Actor, c.Param("slug"))
	if err != nil {
		return err
	}
	p := o.printer(c)
	body := needsPage{Back: *o.backTo(c, e), Name: eventName(p, e), When: p.When(e)}
	for _, t := range told {
		line := needsLine{Who: listName(p, t.Registration), URL: o.path(c, "office_needs_open", e.Slug, t.Ref)}
		if !t.Protected {
			line.Ref = t.Ref
		}
		if t.Late {
			line.Marks = append(line.Marks, p.T("manage.needs.late"))
		}
		if t.Status != domain.Confirmed {
			line.Marks = append(line.Marks, p.T("status."+string(t.Status)))
		}
		body.Rows = append(body.Rows, line)
	}
	return o.write(c, http.StatusOK, page{
		template: "needs", route: "office_needs", args: []string{e.Slug}, menu: "office_events",
		Page: view.Page{Title: p.T("manage.needs.heading") + " – " + body.Name, Body: body},
	})
}

// needing is the one who has told under the reference number in the address. The needs officer reads no
// registrations: she is found among those who have told, and nowhere else.
func (o *Office) needing(c *gin.Context) (domain.Event, domain.NeedsTold, error) {
	e, told, err := o.Registrations.WhoNeeds(c.Request.Context(), signedIn(c).Actor, c.Param("slug"))
	if err != nil {
		return e, domain.NeedsTold{}, err
	}
	ref, _ := domain.ParseReference(c.Param("ref"))
	for _, t := range told {
		if t.Ref == ref {
			return e, t, nil
		}
	}
	return e, domain.NeedsTold{}, domain.NotFound("registration.not_found")
}

func (o *Office) needsOpenShow(c *gin.Context) error {
	e, t, err := o.needing(c)
	if err != nil {
		return err
	}
	return o.askNeeds(c, nil, e, t)
}

func (o *Office) askNeeds(c *gin.Context, refusal error, e domain.Event, t domain.NeedsTold) error {
	p := o.printer(c)
	back := view.Crumb{URL: o.path(c, "office_needs", e.Slug), Label: p.T("manage.needs.heading")}
	return o.answer(c, refusal, "office_needs_open", "office_events", formPage{
		Back: &back, Heading: p.T("manage.needs.open", "who", whoIs(p, t.Registration)), Lead: eventName(p, e),
		Text: []string{p.T("manage.needs.logged")}, Action: o.path(c, "office_needs_open", e.Slug, t.Ref),
		Buttons: []button{{Label: p.T("manage.needs.button")}}, Keep: &view.Crumb{URL: back.URL, Label: p.T("manage.needs.leave")},
	}, e.Slug, t.Ref)
}

// needsOpenDo shows what one person needs, once: the answer is the page, and it is kept nowhere.
func (o *Office) needsOpenDo(c *gin.Context) error {
	e, t, err := o.needing(c)
	if err != nil {
		return err
	}
	if _, err := server.ReadForm(c, nil); err != nil {
		return err
	}
	n, err := o.Registrations.OpenNeeds(c.Request.Context(), signedIn(c).Actor, t.ID)
	if err != nil {
		return o.askNeeds(c, err, e, t)
	}
	p := o.printer(c)
	back := view.Crumb{URL: o.path(c, "office_needs", e.Slug), Label: p.T("manage.needs.heading")}
	var facts []fact
	for _, d := range n.Diet {
		facts = append(facts, fact{p.T("office.kitchen.food"), p.T("diet." + string(d))})
	}
	if n.DietText != "" {
		facts = append(facts, fact{p.T("manage.needs.diet_text"), n.DietText})
	}
	for _, need := range n.Access {
		facts = append(facts, fact{p.T("office.kitchen.access"), p.T("access_need." + string(need))})
	}
	if n.AccessText != "" {
		facts = append(facts, fact{p.T("manage.needs.access_text"), n.AccessText})
	}
	return o.answer(c, nil, "office_needs_open", "office_events", formPage{
		Back: &back, Heading: p.T("manage.needs.of", "who", whoIs(p, t.Registration)), Lead: eventName(p, e),
		Notice: &view.Notice{Kind: "warning", Title: p.T("manage.needs.shown"), Text: p.T("manage.needs.shown_text")},
		Facts:  facts, Links: []view.Crumb{back},
	}, e.Slug, t.Ref)
}
