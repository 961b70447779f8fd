package office

import (
	"net/http"
	"slices"
	"strconv"

	"github.com/gin-gonic/gin"

	"github.com/temadag/temadag/internal/domain"
	"github.com/temadag/temadag/internal/i18n"
	"github.com/temadag/temadag/internal/server"
	"github.com/temadag/temadag/internal/view"
)

func (o *Office) userRoutes() []server.Route {
	p := domain.PermManageUsers
	rows := slices.Concat(
		read("office_users", "/anvandare", "/users", p, o.usersShow),
		change("office_user_new", "/anvandare/ny", "/users/new", p, o.userNewShow, o.userNewDo),
		read("office_user", "/anvandare/:id", "/users/:id", p, o.userShow),
		change("office_user_roles", "/anvandare/:id/roller", "/users/:id/roles", p, o.rolesShow, o.rolesDo),
	)
	for _, a := range userActs() {
		rows = append(rows, change(a.route, "/anvandare/:id/"+a.sv, "/users/:id/"+a.en, p, o.userActShow(a), o.userActDo(a))...)
	}
	return rows
}

// usersPage is the accounts that the reader may see, with what they have been granted where she manages users.
type usersPage struct {
	Notice *view.Notice
	Lead   string
	New    string
	Found  string
	Rows   []userRow
}

type userRow struct {
	domain.User
	URL    string
	Grants []string
	Closed bool
}

func (o *Office) usersShow(c *gin.Context) error {
	p, a := o.printer(c), signedIn(c).Actor
	users, err := o.Accounts.Users(c.Request.Context(), a)
	if err != nil {
		return err
	}
	names, err := o.grantNames(c)
	if err != nil {
		return err
	}
	body := usersPage{Notice: done(p, c), New: o.path(c, "office_user_new"), Found: p.T("users.found", "count", len(users))}
	body.Lead = p.T("users.lead")
	if len(managedCounties(a)) > 1 {
		body.Lead = p.T("users.lead_several")
	}
	for _, u := range users {
		row := userRow{User: u, URL: o.path(c, "office_user", userID(u)), Closed: u.State == domain.UserDisabled}
		row.Grants = names.all(u.Grants)
		body.Rows = append(body.Rows, row)
	}
	return o.write(c, http.StatusOK, page{
		template: "users", route: "office_users", menu: "office_users", Page: view.Page{Title: p.T("users.heading"), Body: body},
	})
}

func userID(u domain.User) string { return strconv.FormatInt(int64(u.ID), 10) }

// grantNames tells grants in words: it knows the events at which the reader may grant roles.
type grantNames struct {
	p      *i18n.Printer
	events []domain.Event
}

func (o *Office) grantNames(c *gin.Context) (grantNames, error) {
	events, err := o.Accounts.GrantEvents(c.Request.Context(), signedIn(c).Actor)
	return grantNames{o.printer(c), events}, err
}

// of is "Arrangör i Norrbottens län" or "Avprickare vid Temadag i Luleå, 1 december 2016".
func (n grantNames) of(g domain.Grant) string {
	role := n.p.T("role." + string(g.Role))
	if g.Event == 0 {
		return n.p.T("office.grant", "role", role, "county", countyName(g.County))
	}
	for _, e := range n.events {
		if e.ID == g.Event {
			return n.p.T("users.grant_at", "role", role, "event", datedName(n.p, e))
		}
	}
	return n.p.T("office.grant_event", "role", role, "county", countyName(g.County))
}

// all are grants in words. A role in every county is one line.
func (n grantNames) all(grants []domain.Grant) []string {
	everywhere, rest := inEveryCounty(grants)
	var out []string
	for _, r := range everywhere {
		out = append(out, n.p.T("users.grant_all", "role", n.p.T("role."+string(r))))
	}
	for _, g := range rest {
		out = append(out, n.of(g))
	}
	return out
}

// inEveryCounty are the roles that somebody has in every county, and the grants beside them.
func inEveryCounty(grants []domain.Grant) (everywhere []domain.Role, rest []domain.Grant) {
	count := make(map[domain.Role]int)
	for _, g := range grants {
		if g.Event == 0 {
			count[g.Role]++
		}
	}
	for _, r := range domain.StaffRoles() {
		if count[r] == len(domain.Counties()) {
			everywhere = append(everywhere, r)
		}
	}
	for _, g := range grants {
		if g.Event != 0 || !slices.Contains(everywhere, g.Role) {
			rest = append(rest, g)
		}
	}
	return everywhere, rest
}

func (n grantNames) event(slug string) (domain.Event, bool) {
	for _, e := range n.events {
		if slug != "" && e.Slug == slug {
			return e, true
		}
	}
	return domain.Event{}, false
}

func countyName(code domain.OrganiserCode) string {
	if known, ok := domain.CountyOf(code); ok {
		return known.Name
	}
	return string(code)
}

// datedName is the event's name and day: years of theme days have the same name.
func datedName(p *i18n.Printer, e domain.Event) string {
	if e.Day.IsZero() {
		return eventName(p, e)
	}
	return eventName(p, e) + ", " + p.DateNoWeekday(e.Day)
}

// userPage is one account: who it is, what she may do, and what can be done with the account.
type userPage struct {
	Back     view.Crumb
	Notice   *view.Notice
	Closed   bool
	User     domain.User
	Facts    []fact
	Counties []userCounty
	Acts     []view.Crumb
	Why      string // why nothing can be done with the account itself; "" where something can
}

type userCounty struct {
	Name, Change string
	Grants       []string
}

// managedUser is the user whom the address names, and whether the reader may touch the account itself.
func (o *Office) managedUser(c *gin.Context) (domain.User, bool, error) {
	id, err := strconv.ParseInt(c.Param("id"), 10, 64)
	if err != nil {
		return domain.User{}, false, domain.NotFound("user.not_found")
	}
	return o.Accounts.User(c.Request.Context(), signedIn(c).Actor, domain.UserID(id))
}

func (o *Office) userShow(c *gin.Context) error {
	u, whole, err := o.managedUser(c)
	if err != nil {
		return err
	}
	names, err := o.grantNames(c)
	if err != nil {
		return err
	}
	p := o.printer(c)
	body := userPage{
		Back: o.backToUsers(c), Notice: done(p, c), User: u, Closed: u.State == domain.UserDisabled, Facts: userFacts(p, u),
		Counties: o.userCounties(c, u, names),
	}
	switch {
	case u.ID == signedIn(c).User.ID:
		body.Why = p.T("users.why_own")
	case !whole:
		body.Why = p.T("users.why_shared")
	default:
		for _, a := range userActs() {
			if a.fits(u) {
				body.Acts = append(body.Acts, view.Crumb{URL: o.path(c, a.route, userID(u)), Label: p.T("users.act." + a.route)})
			}
		}
	}
	return o.write(c, http.StatusOK, page{
		template: "user", route: "office_user", args: []string{userID(u)}, menu: "office_users",
		Page: view.Page{Title: u.Name + " – " + p.T("users.heading"), Body: body},
	})
}

func (o *Office) backToUsers(c *gin.Context) view.Crumb {
	return view.Crumb{URL: o.path(c, "office_users"), Label: o.printer(c).T("users.heading")}
}

func (o *Office) backToUser(c *gin.Context, u domain.User) *view.Crumb {
	return &view.Crumb{URL: o.path(c, "office_user", userID(u)), Label: u.Name}
}

func userFacts(p *i18n.Printer, u domain.User) []fact {
	signedIn, factor, state := p.T("users.never"), p.T("users.factor_no"), p.T("users.state_active")
	if !u.SignedInAt.IsZero() {
		signedIn = p.Instant(u.SignedInAt)
	}
	if u.SecondFactor() {
		factor = p.T("users.factor_yes")
	}
	if u.State == domain.UserDisabled {
		state = p.T("users.state_disabled")
	}
	return []fact{
		{p.T("office.email"), u.Email},
		{p.T("users.state"), state},
		{p.T("users.lang"), p.T("lang." + string(u.Lang))},
		{p.T("users.factor"), factor},
		{p.T("users.signed_in"), signedIn},
		{p.T("users.created"), p.Instant(u.CreatedAt)},
	}
}

// userCounties are the counties where the reader may say what the user is granted, those first where she has
// been granted something.
func (o *Office) userCounties(c *gin.Context, u domain.User, names grantNames) []userCounty {
	var out []userCounty
	for _, code := range managedCounties(signedIn(c).Actor) {
		uc := userCounty{Name: countyName(code), Change: o.path(c, "office_user_roles", userID(u)) + "?" + fieldCounty + "=" + string(code)}
		for _, g := range u.Grants {
			if g.County == code {
				uc.Grants = append(uc.Grants, names.of(g))
			}
		}
		out = append(out, uc)
	}
	slices.SortStableFunc(out, func(a, b userCounty) int {
		switch {
		case len(a.Grants) > 0 && len(b.Grants) == 0:
			return -1
		case len(a.Grants) == 0 && len(b.Grants) > 0:
			return 1
		}
		return 0
	})
	return out
}

// managedCounties are those where the actor manages users, by number.
func managedCounties(a domain.Actor) []domain.OrganiserCode {
	var out []domain.OrganiserCode
	for _, known := range domain.Counties() {
		if a.MayIn(domain.PermManageUsers, known.Code) {
			out = append(out, known.Code)
		}
	}
	return out
}
