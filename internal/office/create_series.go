package office

import (
	"errors"
	"net/http"
	"net/url"
	"slices"
	"strconv"
	"strings"

	"github.com/gin-gonic/gin"

	"github.com/temadag/temadag/internal/domain"
	"github.com/temadag/temadag/internal/i18n"
	"github.com/temadag/temadag/internal/server"
	"github.com/temadag/temadag/internal/service"
	"github.com/temadag/temadag/internal/view"
)

// newSeriesPage asks for the words of a series and for its towns, each with what is known of its occasion.
type newSeriesPage struct {
	Back   *view.Crumb
	Notice *view.Notice
	Faults []view.Fault
	Action string
	Hidden []hidden
	Words  []view.Field
	Towns  []townRow
	More   bool // there may be one town more
}

// townRow is one town with its fields.
type townRow struct {
	Legend string
	Fields []view.Field
}

const (
	fieldRows   = "rows"
	fieldLead   = "lead_sv"
	fieldTowns  = "towns"
	fieldKicker = "kicker_sv"
	stepMore    = "more"
	firstTowns  = 2
	mostTowns   = 40
	townList    = "town"
)

// townFields are the fields of a town in their order; the owner stands last and only where there is a choice.
func townFields() []string {
	return []string{"town", "day", "starts", "ends", "venue", "address", "capacity", "owner"}
}

func (o *Office) createSeriesShow(c *gin.Context) error {
	owners, err := o.makersOf(c)
	if err != nil {
		return err
	}
	return o.showCreateSeries(c, nil, owners, url.Values{fieldKind: {string(domain.KindThemeDay)}}, firstTowns)
}

func (o *Office) createSeriesDo(c *gin.Context) error {
	owners, err := o.makersOf(c)
	if err != nil {
		return err
	}
	names := []string{fieldTitle, fieldTitleE, fieldKicker, fieldLead, fieldKind, fieldRows, fieldToken, fieldStep}
	for n := range mostTowns {
		for _, f := range townFields() {
			names = append(names, domain.RowField(townList, n, f))
		}
	}
	in, err := server.ReadForm(c, names)
	if err != nil {
		return err
	}
	rows := rowsOf(in)
	if in.Get(fieldStep) == stepMore {
		return o.showCreateSeries(c, nil, owners, in, min(rows+1, mostTowns))
	}
	towns, places := readTownRows(in, owners, rows)
	to, err := o.made.once(signedIn(c).User.ID, "series", in, o.Now(), func() (string, error) {
		_, events, err := o.Events.CreateSeries(c.Request.Context(), signedIn(c).Actor, service.NewSeries{
			Kind: domain.EventKind(in.Get(fieldKind)), Title: domain.Text{Sv: in.Get(fieldTitle), En: in.Get(fieldTitleE)},
			Kicker: domain.Text{Sv: in.Get(fieldKicker)}, Lead: domain.Text{Sv: in.Get(fieldLead)}, Towns: towns,
		})
		return o.toMade(c, "created", events...), err
	})
	if err != nil {
		return o.showCreateSeries(c, renumbered(err, places), owners, in, rows)
	}
	return o.lead(c, to)
}

// rowsOf is how many towns the form shows.
func rowsOf(in url.Values) int {
	n, _ := strconv.Atoi(in.Get(fieldRows))
	return min(max(n, firstTowns), mostTowns)
}

// readTownRows is the towns that something is told of, and which row of the form each stands in.
func readTownRows(in url.Values, owners []domain.Organiser, rows int) (towns []domain.SeriesTown, places []int) {
	for n := range rows {
		get := func(name string) string { return in.Get(domain.RowField(townList, n, name)) }
		t := domain.SeriesTown{
			Town: get("town"), Day: get("day"), Starts: get("starts"), Ends: get("ends"), Venue: get("venue"), Address: get("address"),
			Capacity: get("capacity"), Owner: ownerOf(owners, get("owner")),
		}
		if strings.TrimSpace(t.Town+t.Day+t.Starts+t.Ends+t.Venue+t.Address+t.Capacity) == "" {
			continue
		}
		if t.Owner == "" {
			t.Owner = countyOf(owners, t.Town)
		}
		towns, places = append(towns, t), append(places, n)
	}
	return towns, places
}

// countyOf is the one of the owners in whose county a town lies, "" where none is known to be.
func countyOf(owners []domain.Organiser, town string) domain.OrganiserCode {
	name := domain.NormalMunicipality(town)
	for _, w := range owners {
		if slices.Contains(domain.MunicipalitiesIn(w.Code), name) {
			return w.Code
		}
	}
	return ""
}

// renumbered is a refusal with the faults of each town at the row where it stands, since empty rows were
// passed over, and those of the towns as a whole at the first.
func renumbered(err error, places []int) error {
	var invalid *domain.Invalid
	if !errors.As(err, &invalid) {
		return err
	}
	out := &domain.Invalid{}
	for _, f := range invalid.Faults {
		field := f.Field
		if field == fieldTowns {
			field = domain.RowField(townList, 0, "town")
		}
		for i, n := range places {
			if rest, ok := strings.CutPrefix(f.Field, domain.RowField(townList, i, "")); ok {
				field = domain.RowField(townList, n, rest)
			}
		}
		out.Add(field, f.Key, f.Args)
	}
	return out
}

func (o *Office) showCreateSeries(c *gin.Context, refusal error, owners []domain.Organiser, in url.Values, rows int) error {
	status, faults, notice, err := o.objections(c, refusal)
	if err != nil {
		return err
	}
	p := o.printer(c)
	fields := []view.Field{
		{Name: fieldTitle, Label: p.T("office.create.title"), Hint: p.T("office.create.series_title_hint"), Value: shown(in.Get(fieldTitle))},
		{Name: fieldTitleE, Label: p.T("office.create.title_en"), Value: shown(in.Get(fieldTitleE)), Optional: true},
		{Name: fieldKicker, Label: p.T("office.create.kicker"), Hint: p.T("office.create.kicker_hint"), Value: shown(in.Get(fieldKicker)), Optional: true},
		{Kind: view.FieldLongText, Name: fieldLead, Label: p.T("office.create.lead_text"), Hint: p.T("office.create.lead_hint"), Value: shown(in.Get(fieldLead)), Optional: true, Max: domain.MaxEventLead},
		kindField(p, in.Get(fieldKind)),
	}
	words := len(fields)
	var ends []int
	for n := range rows {
		fields = append(fields, o.townRow(p, owners, in, n)...)
		ends = append(ends, len(fields))
	}
	body := newSeriesPage{
		Back: o.toNew(c), Notice: notice, Action: o.path(c, "office_create_series"), Faults: toldSomewhere(p, fields, faults), More: rows < mostTowns,
		Hidden: []hidden{{fieldToken, o.tokenOr("create", in.Get(fieldToken))}, {fieldRows, strconv.Itoa(rows)}},
	}
	body.Words = fields[:words]
	from := words
	for n, end := range ends {
		body.Towns = append(body.Towns, townRow{Legend: p.T("office.create.town_n", "n", n+1), Fields: fields[from:end]})
		from = end
	}
	return o.write(c, status, page{
		template: "series_new", route: "office_create_series", menu: "office_events",
		Page: view.Page{Title: p.T("office.create.series_heading"), Errors: len(body.Faults), Body: body},
	})
}

func (o *Office) townRow(p *i18n.Printer, owners []domain.Organiser, in url.Values, n int) []view.Field {
	name := func(field string) string { return domain.RowField(townList, n, field) }
	var out []view.Field
	for _, field := range townFields() {
		f := view.Field{Name: name(field), Label: p.T("office.create." + field), Value: shown(in.Get(name(field)))}
		switch field {
		case "owner":
			out = append(out, ownerField(p, f.Name, owners, f.Value)...)
			continue
		case "town":
			f.Suggestions = townsNear(owners)
		case "day":
			f.Hint = o.dayInWords(p, f.Value, p.T("office.create.day_hint"))
		case "starts", "ends":
			f.Width = "short"
		case "capacity":
			f.InputMode, f.Width = "numeric", "short"
		}
		f.Optional = field != "town"
		out = append(out, f)
	}
	return out
}

// dayInWords is a day that was typed, "torsdag 1 december 2016, vecka 48", or or where it cannot be read.
func (o *Office) dayInWords(p *i18n.Printer, typed, or string) string {
	d, _, ok := domain.ReadDateInput(typed, domain.DateIn(o.Now()))
	if !ok {
		return or
	}
	return p.Date(d) + ", " + p.Week(d)
}

// objections is what a refusal says to a page with a form: faults for its fields, or a notice. It gives back
// what is not for the page to say; a nil refusal is none.
func (o *Office) objections(c *gin.Context, refusal error) (status int, faults []*domain.Error, n *view.Notice, err error) {
	var invalid *domain.Invalid
	var single *domain.Error
	switch {
	case refusal == nil:
		return http.StatusOK, nil, nil, nil
	case errors.As(refusal, &invalid):
		return http.StatusUnprocessableEntity, invalid.Faults, nil, nil
	case !errors.As(refusal, &single) || single.Code == domain.CodeNotFound:
		return 0, nil, nil, refusal
	}
	status, n = o.refused(c, single)
	return status, nil, n, nil
}

// toldSomewhere is told where no fault is lost: one of a field that the page does not have stands with its
// first.
func toldSomewhere(p *i18n.Printer, fields []view.Field, faults []*domain.Error) []view.Fault {
	on := make(map[string]bool, len(fields))
	for _, f := range fields {
		on[f.Name] = true
	}
	at := make([]*domain.Error, len(faults))
	for i, f := range faults {
		at[i] = f
		if !on[f.Field] {
			at[i] = &domain.Error{Code: f.Code, Key: f.Key, Field: fields[0].Name, Args: f.Args}
		}
	}
	return told(p, fields, at)
}
