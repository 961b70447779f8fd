package office

import (
	"net/url"
	"slices"
	"strings"

	"github.com/gin-gonic/gin"

	"github.com/temadag/temadag/internal/domain"
	"github.com/temadag/temadag/internal/i18n"
	"github.com/temadag/temadag/internal/view"
)

// The fields of a list of one's own. Its columns stand in the order in which they were sent.
const (
	fieldColumns  = "columns"
	fieldStatuses = "statuses"
	fieldPurpose  = "purpose"
	fieldFormat   = "format"
	fieldSort     = "sort"
	fieldSince    = "since"
	fieldShare    = "share"
	fieldName     = "name"
	fieldTemplate = "template"
)

// listChoice is a list as it was chosen, right or wrong.
type listChoice struct {
	columns  []string
	statuses []string
	purpose  string
	format   string
	sort     string
	since    bool
	share    bool   // it is to be given to others
	name     string // to be kept as a template under
}

func firstChoice() listChoice {
	return choiceOf(domain.ExportSpec{Columns: domain.DefaultColumns(), Format: domain.FormatWorkbook})
}

// choiceOf is a list as a template keeps it.
func choiceOf(s domain.ExportSpec) listChoice {
	l := listChoice{purpose: s.Purpose, format: string(s.Format), sort: string(s.Sort), since: s.Since}
	for _, c := range s.Columns {
		l.columns = append(l.columns, string(c))
	}
	for _, status := range s.Filter.Statuses {
		l.statuses = append(l.statuses, string(status))
	}
	if len(l.statuses) == 0 {
		l.statuses = []string{string(domain.Confirmed)}
	}
	return l
}

func readChoice(v url.Values) listChoice {
	return listChoice{
		columns: unique(v[fieldColumns]), statuses: unique(v[fieldStatuses]), purpose: v.Get(fieldPurpose), format: v.Get(fieldFormat),
		sort: v.Get(fieldSort), since: v.Get(fieldSince) == "yes", share: v.Get(fieldShare) == "yes", name: v.Get(fieldName),
	}
}

func unique(all []string) (out []string) {
	for _, s := range all {
		if !slices.Contains(out, s) {
			out = append(out, s)
		}
	}
	return out
}

// values is the choice as a form or an address sends it.
func (l listChoice) values() url.Values {
	v := url.Values{
		fieldColumns: l.columns, fieldStatuses: l.statuses, fieldPurpose: {l.purpose}, fieldFormat: {l.format}, fieldSort: {l.sort},
	}
	if l.since {
		v.Set(fieldSince, "yes")
	}
	if l.share {
		v.Set(fieldShare, "yes")
	}
	if l.name != "" {
		v.Set(fieldName, l.name)
	}
	return v
}

// spec is what the use case is asked for, and what is wrong that it would read over.
func (l listChoice) spec() (domain.ExportSpec, error) {
	s := domain.ExportSpec{Purpose: l.purpose, Format: domain.ExportFormat(l.format), Since: l.since}
	for _, c := range l.columns {
		s.Columns = append(s.Columns, domain.ExportColumn(c))
	}
	v := &domain.Invalid{}
	if len(s.Columns) == 0 {
		v.Add(fieldColumns, "lists.columns_missing", nil)
	}
	for _, status := range domain.RegistrationStatuses() {
		if slices.Contains(l.statuses, string(status)) {
			s.Filter.Statuses = append(s.Filter.Statuses, status)
		}
	}
	if len(s.Filter.Statuses) == 0 {
		v.Add(fieldStatuses, "lists.statuses_missing", nil)
	}
	if sort := domain.PeopleSort(l.sort); slices.Contains(peopleSorts(), sort) {
		s.Sort = sort
	}
	return s, v.Err()
}

// move puts a column a step nearer to the beginning or to the end.
func (l listChoice) move(column string, by int) listChoice {
	from := slices.Index(l.columns, column)
	if to := from + by; from >= 0 && to >= 0 && to < len(l.columns) {
		l.columns = slices.Clone(l.columns)
		l.columns[from], l.columns[to] = l.columns[to], l.columns[from]
	}
	return l
}

// columnsField is the columns of a list: those that are in it, in their order, and the others.
type columnsField struct {
	Error  string
	Chosen []columnRow
	Others []columnRow
}

type columnRow struct {
	Value, Label string
	ID           string
	Contact      bool
	Up, Down     bool // it can be moved that way
	Moved        bool // it is what was moved a moment ago
}

func (o *Office) columnsField(c *gin.Context, l listPlace, choice listChoice, moved string) columnsField {
	p := o.printer(c)
	may := signedIn(c).Actor.ExportColumns(l.events)
	row := func(col domain.ExportColumn) columnRow {
		return columnRow{Value: string(col), Label: columnName(p, col, l.events), ID: "column-" + string(col), Contact: col.Contact()}
	}
	var out columnsField
	for _, name := range choice.columns {
		if col := domain.ExportColumn(name); slices.Contains(may, col) {
			r := row(col)
			r.Moved = name == moved
			out.Chosen = append(out.Chosen, r)
		}
	}
	for _, col := range may {
		if !slices.Contains(choice.columns, string(col)) && makesSense(col, l) {
			out.Others = append(out.Others, row(col))
		}
	}
	for i := range out.Chosen {
		out.Chosen[i].Up, out.Chosen[i].Down = i > 0, i < len(out.Chosen)-1
	}
	switch { // a link to what is wrong leads to the first
	case len(out.Chosen) > 0:
		out.Chosen[0].ID = fieldColumns
	case len(out.Others) > 0:
		out.Others[0].ID = fieldColumns
	}
	return out
}

// makesSense leaves out columns in which nothing would stand, or the same on every row.
func makesSense(c domain.ExportColumn, l listPlace) bool {
	asks := func(ask func(domain.Event) bool) bool { return slices.ContainsFunc(l.events, ask) }
	switch c {
	case domain.ColumnSessions:
		return asks(func(e domain.Event) bool { return len(e.ChosenSessions()) > 0 })
	case domain.ColumnInvoice:
		return asks(domain.Event.AsksInvoice)
	case domain.ColumnDate, domain.ColumnTown:
		return l.series()
	}
	return true
}

func columnName(p *i18n.Printer, c domain.ExportColumn, events []domain.Event) string {
	for _, e := range events {
		if q, ok := c.Question(e); ok {
			return q.Label.In(p.Lang())
		}
	}
	return p.T("workbook.column." + string(c))
}

// ownList fills in the form for a list of one's own.
func (o *Office) ownList(c *gin.Context, l listPlace, choice listChoice, body *listsPage) error {
	p := o.printer(c)
	body.Columns = o.columnsField(c, l, choice, c.GetString(movedColumn))
	body.Fields = choiceFields(p, l, choice)
	body.Keep = view.Field{Name: fieldName, Label: p.T("lists.name"), Hint: p.T("lists.name_hint"), Value: shown(choice.name), Width: "medium"}
	counties, err := o.countiesOf(c, l)
	if err != nil {
		return err
	}
	if len(counties) > 0 {
		body.County = counties[0].Short
	}
	for _, county := range counties {
		all, err := o.Exports.Templates(c.Request.Context(), signedIn(c).Actor, county.Code)
		if err != nil {
			return err
		}
		self := o.path(c, l.route, l.slug)
		for _, t := range all {
			id := templateID(t)
			body.Templates = append(body.Templates, templateRow{
				Name: t.Name, Use: self + "?" + url.Values{fieldTemplate: {id}}.Encode() + "#own",
				Remove: o.path(c, "office_list_template", id) + "?" + url.Values{fieldNext: {self}}.Encode(),
				Text:   p.T("lists.template_text", "columns", strings.Join(columnNames(p, t.Spec.Columns, l.events), ", ")),
			})
		}
	}
	return nil
}

// movedColumn is where the request keeps which column was moved, so that its button has the focus again.
const movedColumn = "moved column"

func columnNames(p *i18n.Printer, columns []domain.ExportColumn, events []domain.Event) (out []string) {
	for _, c := range columns {
		out = append(out, columnName(p, c, events))
	}
	return out
}

func choiceFields(p *i18n.Printer, l listPlace, choice listChoice) []view.Field {
	var statuses, formats, sorts []view.Option
	for _, s := range []domain.RegistrationStatus{
		domain.Confirmed, domain.Offered, domain.Waitlisted, domain.Pending, domain.Cancelled, domain.Transferred, domain.Withdrawn, domain.Declined,
	} {
		n := l.event.ByStatus[s]
		often := s == domain.Confirmed || s == domain.Waitlisted || s == domain.Cancelled
		switch {
		case l.series():
			statuses = append(statuses, view.Option{Value: string(s), Label: p.T("status." + string(s))})
		case n > 0 || often || slices.Contains(choice.statuses, string(s)):
			statuses = append(statuses, view.Option{Value: string(s), Label: p.T("office.people.status", "status", p.T("status."+string(s)), "n", n)})
		}
	}
	for _, f := range []domain.ExportFormat{domain.FormatWorkbook, domain.FormatCSV, domain.FormatPrint} {
		formats = append(formats, view.Option{Value: string(f), Label: p.T("lists.format." + string(f)), Hint: p.T("lists.format." + string(f) + "_hint")})
	}
	for _, s := range peopleSorts() {
		sorts = append(sorts, view.Option{Value: string(s), Label: p.T("office.people.sort_" + string(s))})
	}
	yes := func(set bool) []string {
		if set {
			return []string{"yes"}
		}
		return nil
	}
	box := func(name string, set bool) view.Field {
		return view.Field{
			Kind: view.FieldCheckboxes, Name: name, Label: p.T("lists." + name), Values: yes(set),
			Options: []view.Option{{Value: "yes", Label: p.T("lists." + name + "_yes"), Hint: p.T("lists." + name + "_hint")}},
		}
	}
	return []view.Field{
		{Kind: view.FieldCheckboxes, Name: fieldStatuses, Label: p.T("lists.statuses"), Values: choice.statuses, Options: statuses},
		{Kind: view.FieldSelect, Name: fieldSort, Label: p.T("office.people.sort"), Values: []string{choice.sort}, Options: sorts},
		{Kind: view.FieldRadios, Name: fieldFormat, Label: p.T("lists.format"), Values: []string{choice.format}, Options: formats},
		{Name: fieldPurpose, Label: p.T("lists.purpose"), Hint: p.T("lists.purpose_hint"), Value: shown(choice.purpose)},
		box(fieldShare, choice.share),
		box(fieldSince, choice.since),
	}
}
