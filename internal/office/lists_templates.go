package office

import (
	"net/url"
	"strconv"

	"github.com/gin-gonic/gin"

	"github.com/temadag/temadag/internal/domain"
	"github.com/temadag/temadag/internal/server"
	"github.com/temadag/temadag/internal/view"
)

// templateRow is a way of handing out a list that the county has kept.
type templateRow struct{ Name, Text, Use, Remove string }

func templateID(t domain.ListTemplate) string { return strconv.FormatInt(t.ID, 10) }

// templateOf is the template with the number, for those who hand out lists in its county.
func (o *Office) templateOf(c *gin.Context, number string) (domain.ListTemplate, error) {
	id, err := strconv.ParseInt(number, 10, 64)
	if err != nil {
		return domain.ListTemplate{}, domain.NotFound("template.not_found")
	}
	return o.Exports.Template(c.Request.Context(), signedIn(c).Actor, id)
}

// countiesOf are the counties whose templates belong to the page, that of the events first.
func (o *Office) countiesOf(c *gin.Context, l listPlace) []domain.Organiser {
	a := signedIn(c).Actor
	var out []domain.Organiser
	seen := make(map[domain.OrganiserCode]bool)
	add := func(who domain.Organiser) {
		if !seen[who.Code] && a.MayIn(domain.PermExport, who.Code) {
			seen[who.Code] = true
			out = append(out, who)
		}
	}
	for _, e := range l.events {
		add(e.Owner)
	}
	for _, e := range l.events {
		for _, code := range e.Rules.CoOrganisers {
			add(domain.Organiser{Code: code})
		}
	}
	return out
}

func (o *Office) keepTemplate(c *gin.Context, l listPlace, choice listChoice, spec domain.ExportSpec) error {
	counties := o.countiesOf(c, l)
	if len(counties) == 0 {
		return domain.NotFound("list.not_found")
	}
	id, err := o.Exports.KeepTemplate(c.Request.Context(), signedIn(c).Actor, counties[0].Code, choice.name, spec)
	if err != nil {
		return o.showLists(c, err, l, choice, nil)
	}
	query := url.Values{fieldTemplate: {strconv.FormatInt(id, 10)}, fieldDone: {"template_kept"}}
	return o.lead(c, o.path(c, l.route, l.slug)+"?"+query.Encode())
}

func (o *Office) templateShow(c *gin.Context) error {
	t, err := o.templateOf(c, c.Param("id"))
	if err != nil {
		return err
	}
	p, to := o.printer(c), o.onward(c, c.Query(fieldNext))
	back := view.Crumb{URL: to, Label: p.T("lists.heading")}
	return o.answer(c, nil, "office_list_template", "office_today", formPage{
		Back: &back, Heading: p.T("lists.template_remove", "name", t.Name), Lead: p.T("lists.template_remove_text", "name", t.UpdatedBy, "at", t.UpdatedAt),
		Action: o.path(c, "office_list_template", c.Param("id")), Hidden: []hidden{{fieldNext, to}},
		Buttons: []button{{Label: p.T("lists.template_remove_button"), Kind: "danger"}},
		Keep:    &view.Crumb{URL: to, Label: p.T("lists.template_keep")},
	}, c.Param("id"))
}

func (o *Office) templateDo(c *gin.Context) error {
	t, err := o.templateOf(c, c.Param("id"))
	if err != nil {
		return err
	}
	in, err := server.ReadForm(c, []string{fieldNext})
	if err != nil {
		return err
	}
	if err := o.Exports.RemoveTemplate(c.Request.Context(), signedIn(c).Actor, t.ID); err != nil {
		return err
	}
	return o.lead(c, o.onward(c, in.Get(fieldNext))+"?"+fieldDone+"=template_removed")
}
