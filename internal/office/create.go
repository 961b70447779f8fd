package office

import (
	"net/http"
	"net/url"
	"slices"

	"github.com/gin-gonic/gin"

	"github.com/temadag/temadag/internal/domain"
	"github.com/temadag/temadag/internal/i18n"
	"github.com/temadag/temadag/internal/server"
	"github.com/temadag/temadag/internal/service"
	"github.com/temadag/temadag/internal/view"
)

func (o *Office) createRoutes() []server.Route {
	const may = domain.PermEditProgramme
	var all []server.Route
	for _, rows := range [][]server.Route{
		read("office_new", "/tillfallen/nytt", "/events/new", may, o.newShow),
		change("office_create", "/tillfallen/nytt/fran-grunden", "/events/new/blank", may, o.createShow, o.createDo),
		change("office_create_series", "/tillfallen/nytt/flera-orter", "/events/new/several-towns", may, o.createSeriesShow, o.createSeriesDo),
		invitationRoutes(o),
		read("office_copy_choose", "/tillfallen/nytt/kopia", "/events/new/copy", may, o.copyChooseShow),
		change("office_copy", "/tillfalle/:slug/kopiera", "/event/:slug/copy", may, o.copyShow, o.copyDo),
		read("office_created", "/tillfallen/skapade", "/events/created", may, o.createdShow),
		change("office_series", "/tema/:slug", "/theme/:slug", may, o.seriesShow, o.seriesDo),
	} {
		all = append(all, rows...)
	}
	for i := range all {
		if all[i].Method == http.MethodPost && all[i].MaxBody == 0 {
			all[i].MaxBody = mostWords
		}
	}
	return all
}

// mostWords is the most that a form of these may send, in bytes: the longest texts in two languages, each
// letter of them written as a browser writes å.
const mostWords = 512 << 10

// The fields of the forms that begin an event. Those that the domain finds fault with are called as it
// calls them.
const (
	fieldTitle  = "title_sv"
	fieldTitleE = "title_en"
	fieldKind   = "kind"
	fieldTown   = "town"
	fieldOwner  = "owner"
)

// ownersFor are the county administrations that the user may make events for, by name.
func (o *Office) ownersFor(c *gin.Context) ([]domain.Organiser, error) {
	a := signedIn(c).Actor
	if !a.May(domain.PermEditProgramme) {
		return nil, nil
	}
	all, err := o.Programme.Organisers(c.Request.Context())
	if err != nil {
		return nil, err
	}
	return slices.DeleteFunc(slices.Clone(all), func(w domain.Organiser) bool { return !a.MayIn(domain.PermEditProgramme, w.Code) }), nil
}

// mayBegin reports whether the actor may make events for some county, and not only work on one that is there.
func mayBegin(a domain.Actor) bool {
	return slices.ContainsFunc(a.Grants, func(g domain.Grant) bool { return g.Event == 0 && g.Role.May(domain.PermEditProgramme) })
}

// makersOf is ownersFor, for pages that are there only for those who may make something.
func (o *Office) makersOf(c *gin.Context) ([]domain.Organiser, error) {
	owners, err := o.ownersFor(c)
	if err == nil && len(owners) == 0 {
		err = domain.NotFound("page.not_found")
	}
	return owners, err
}

// ownerOf is who the form says that it belongs to. Where there is no choice nothing is asked.
func ownerOf(owners []domain.Organiser, asked string) domain.OrganiserCode {
	if len(owners) == 1 {
		return owners[0].Code
	}
	return domain.OrganiserCode(asked)
}

// ownerField is the question of which county administration it belongs to; none where there is no choice.
func ownerField(p *i18n.Printer, name string, owners []domain.Organiser, chosen string) []view.Field {
	if len(owners) < 2 {
		return nil
	}
	options := []view.Option{{Label: p.T("office.create.choose")}}
	for _, w := range owners {
		options = append(options, view.Option{Value: string(w.Code), Label: w.Short})
	}
	return []view.Field{{
		Kind: view.FieldSelect, Name: name, Label: p.T("office.create.owner"), Values: []string{chosen}, Options: options,
	}}
}

func kindField(p *i18n.Printer, chosen string) view.Field {
	f := view.Field{Kind: view.FieldSelect, Name: fieldKind, Label: p.T("office.create.kind"), Values: []string{chosen}}
	for _, k := range domain.EventKinds() {
		f.Options = append(f.Options, view.Option{Value: string(k), Label: p.T("kind." + string(k))})
	}
	return f
}

// newPage is the ways to begin.
type newPage struct {
	Back view.Crumb
	Ways []beginning
}

type beginning struct{ URL, Title, Text, Mark string }

func (o *Office) newShow(c *gin.Context) error {
	if _, err := o.makersOf(c); err != nil {
		return err
	}
	p := o.printer(c)
	body := newPage{Back: o.toEvents(c)}
	for _, route := range []string{"office_invitation", "office_copy_choose", "office_create_series", "office_create"} {
		w := beginning{URL: o.path(c, route), Title: p.T("office.new." + route), Text: p.T("office.new." + route + "_text")}
		if route == "office_invitation" {
			w.Mark = p.T("office.new.quickest")
		}
		body.Ways = append(body.Ways, w)
	}
	return o.write(c, http.StatusOK, page{
		template: "new", route: "office_new", menu: "office_events", Page: view.Page{Title: p.T("office.new.heading"), Body: body},
	})
}

func (o *Office) toEvents(c *gin.Context) view.Crumb {
	return view.Crumb{URL: o.path(c, "office_events"), Label: o.printer(c).T("office.events.heading")}
}

func (o *Office) toNew(c *gin.Context) *view.Crumb {
	return &view.Crumb{URL: o.path(c, "office_new"), Label: o.printer(c).T("office.new.heading")}
}

// anewToken makes each showing of a form its own, so that sending it twice does what sending it once does.
func (o *Office) anewToken(purpose string) string { return o.Tokens.FormToken(purpose, o.Now()) }

// tokenOr is the token that came with a form, or a new one.
func (o *Office) tokenOr(purpose, token string) string {
	if _, _, err := o.Tokens.ReadFormToken(purpose, token, o.Now()); err != nil {
		return o.anewToken(purpose)
	}
	return token
}

func (o *Office) createShow(c *gin.Context) error {
	owners, err := o.makersOf(c)
	if err != nil {
		return err
	}
	return o.showCreate(c, nil, owners, url.Values{fieldKind: {string(domain.KindThemeDay)}})
}

func (o *Office) createDo(c *gin.Context) error {
	owners, err := o.makersOf(c)
	if err != nil {
		return err
	}
	in, err := server.ReadForm(c, []string{fieldTitle, fieldTitleE, fieldKind, fieldTown, fieldOwner, fieldToken})
	if err != nil {
		return err
	}
	to, err := o.made.once(signedIn(c).User.ID, "create", in, o.Now(), func() (string, error) {
		slug, err := o.Events.Create(c.Request.Context(), signedIn(c).Actor, service.NewEvent{
			Owner: ownerOf(owners, in.Get(fieldOwner)), Kind: domain.EventKind(in.Get(fieldKind)),
			Title: domain.Text{Sv: in.Get(fieldTitle), En: in.Get(fieldTitleE)}, Town: in.Get(fieldTown),
		})
		return o.toMade(c, "created", slug), err
	})
	if err != nil {
		return o.showCreate(c, err, owners, in)
	}
	return o.lead(c, to)
}

func (o *Office) showCreate(c *gin.Context, refusal error, owners []domain.Organiser, in url.Values) error {
	p := o.printer(c)
	fields := []view.Field{
		{Name: fieldTitle, Label: p.T("office.create.title"), Hint: p.T("office.create.title_hint"), Value: shown(in.Get(fieldTitle))},
		{Name: fieldTitleE, Label: p.T("office.create.title_en"), Value: shown(in.Get(fieldTitleE)), Optional: true},
		kindField(p, in.Get(fieldKind)),
		{Name: fieldTown, Label: p.T("office.create.town"), Hint: p.T("office.create.town_hint"), Value: shown(in.Get(fieldTown)), Optional: true, Width: "medium", Suggestions: townsNear(owners)},
	}
	fields = append(fields, ownerField(p, fieldOwner, owners, in.Get(fieldOwner))...)
	return o.answer(c, refusal, "office_create", "office_events", formPage{
		Back: o.toNew(c), Heading: p.T("office.create.heading"), Lead: p.T("office.create.lead"), Action: o.path(c, "office_create"),
		Hidden: []hidden{{fieldToken, o.tokenOr("create", in.Get(fieldToken))}}, Fields: fields,
		Buttons: []button{{Label: p.T("office.create.button")}},
	})
}

// townsNear are the municipalities of the counties, for the form to suggest.
func townsNear(owners []domain.Organiser) []string {
	var towns []string
	for _, w := range owners {
		towns = append(towns, domain.MunicipalitiesIn(w.Code)...)
	}
	return towns
}
