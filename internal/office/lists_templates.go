package office

import (
	"net/url"
	"slices"
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

// countiesOf are the counties whose templates belong to the page, those that own the events first.
func (o *Office) countiesOf(c *gin.Context, l listPlace) ([]domain.Organiser, error) {
	a := signedIn(c).Actor
	var codes []domain.OrganiserCode
	for _, e := range l.events {
		codes = append(codes, e.Owner.Code)
	}
	for _, e := range l.events {
		codes = append(codes, e.Rules.CoOrganisers...)
	}
	all, err := o.Programme.Organisers(c.Request.Context())
	if err != nil {
		return nil, err
	}
	var out []domain.Organiser
	for i, code := range codes {
		at := slices.IndexFunc(all, func(o domain.Organiser) bool { return o.Code == code })
		if at >= 0 && !slices.Contains(codes[:i], code) && a.MayIn(domain.PermExport, code) {
			out = append(out, all[at])
		}
	}
	return out, nil
}

func (o *Office) keepTemplate(c *gin.Context, l listPlace, choice listChoice, spec domain.ExportSpec) error {
	counties, err := o.countiesOf(c, l)
	if err == nil && len(counties) == 0 {
		err = domain.NotFound("list.not_found") // who hands out lists of one event alone keeps no templates
	}
	if err != nil {
		return err
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
	return o.answer(c, nil, "office_list_template", "office_events", formPage{
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
