package office

import (
	"errors"
	"net/url"
	"slices"
	"strconv"

	"github.com/gin-gonic/gin"

	"github.com/temadag/temadag/internal/domain"
	"github.com/temadag/temadag/internal/i18n"
	"github.com/temadag/temadag/internal/server"
	"github.com/temadag/temadag/internal/service"
	"github.com/temadag/temadag/internal/view"
)

// The fields of the forms about users.
const (
	fieldCounty = "county"
	fieldGrants = "grants" // roles in the whole county
	fieldHeld   = "held"   // roles at single events that she has: "check_in lulea"
	fieldEvent  = "event"  // the event at which roles are added
	fieldAt     = "at"     // the roles added there
	fieldKnown  = "known"  // the account that the address has, which is meant
)

// errRolesAt says that roles at an event and the event must be chosen together.
func errRolesAt(field, key string) error {
	v := &domain.Invalid{}
	v.Add(field, key, nil)
	return v.Err()
}

func (o *Office) userNewShow(c *gin.Context) error {
	return o.showUserNew(c, nil, url.Values{fieldLang: {string(domain.Swedish)}})
}

func (o *Office) userNewDo(c *gin.Context) error {
	in, err := server.ReadForm(c, []string{"name", "email", fieldLang, fieldCounty, fieldEvent, fieldKnown}, fieldGrants, fieldAt)
	if err != nil {
		return err
	}
	names, err := o.grantNames(c)
	if err != nil {
		return err
	}
	grants, wrong := names.read(in, o.countyTyped(c, in.Get(fieldCounty)))
	lang, ok := domain.ParseLang(in.Get(fieldLang))
	if !ok {
		lang = domain.Swedish
	}
	if wrong != nil {
		_, others := domain.ReadUser(in.Get("email"), in.Get("name"), grants)
		return o.showUserNew(c, allFaults(others, wrong).Err(), in)
	}
	known, _ := strconv.ParseInt(in.Get(fieldKnown), 10, 64)
	_, err = o.Accounts.AddUser(c.Request.Context(), signedIn(c).Actor, service.NewUser{
		Email: in.Get("email"), Name: in.Get("name"), Lang: lang, Grants: grants, Ask: true, Known: domain.UserID(known),
	})
	if err != nil {
		var of *domain.Error
		if errors.As(err, &of) && of.Key == "user.known" {
			return o.askKnown(c, of, names, grants, in)
		}
		return o.showUserNew(c, err, in)
	}
	return o.lead(c, o.path(c, "office_users")+"?"+fieldDone+"=user_added")
}

// askKnown asks whether whoever has the address already is to be given the roles.
func (o *Office) askKnown(c *gin.Context, of *domain.Error, names grantNames, grants []domain.Grant, in url.Values) error {
	p := o.printer(c)
	body := formPage{
		Back: ptr(o.backToUsers(c)), Heading: p.T("users.known", of.Args), Text: []string{p.T("users.known_text", of.Args)},
		Action: o.path(c, "office_user_new"), Buttons: []button{{Label: p.T("users.known_give")}}, Keep: ptr(o.backToUsers(c)),
	}
	body.Keep.Label = p.T("office.keep")
	for _, g := range grants {
		body.Facts = append(body.Facts, fact{p.T("users.known_role"), names.of(g)})
	}
	for _, name := range []string{"name", "email", fieldLang, fieldCounty, fieldEvent, fieldGrants, fieldAt} {
		for _, v := range in[name] {
			body.Hidden = append(body.Hidden, hidden{name, shown(v)})
		}
	}
	id, _ := of.Args["id"].(string)
	body.Hidden = append(body.Hidden, hidden{fieldKnown, id})
	return o.answer(c, nil, "office_user_new", "office_users", body)
}

// countyTyped is the county that was chosen, or the only one there is to choose. One that is not the
// reader's to choose is handed on, for the use case to refuse.
func (o *Office) countyTyped(c *gin.Context, typed string) domain.OrganiserCode {
	if all := managedCounties(signedIn(c).Actor); typed == "" && len(all) > 0 {
		return all[0]
	}
	return domain.OrganiserCode(typed)
}

// read is what the checkboxes say.
func (n grantNames) read(in url.Values, county domain.OrganiserCode) (grants []domain.Grant, wrong error) {
	for _, role := range in[fieldGrants] {
		grants = append(grants, domain.Grant{Role: domain.Role(role), County: county})
	}
	for _, kept := range in[fieldHeld] {
		for _, e := range n.events {
			for _, role := range domain.StaffRoles() {
				if heldValue(role, e) == kept {
					grants = append(grants, domain.Grant{Role: role, County: county, Event: e.ID})
				}
			}
		}
	}
	e, ok := n.event(in.Get(fieldEvent))
	switch roles := in[fieldAt]; {
	case len(roles) == 0 && in.Get(fieldEvent) == "":
	case len(roles) == 0:
		return grants, errRolesAt(fieldAt, "users.at_missing")
	case !ok:
		return grants, errRolesAt(fieldEvent, "users.event_missing")
	default:
		for _, role := range roles {
			grants = append(grants, domain.Grant{Role: domain.Role(role), County: county, Event: e.ID})
		}
	}
	return grants, nil
}

func heldValue(r domain.Role, e domain.Event) string { return string(r) + " " + e.Slug }

func (o *Office) showUserNew(c *gin.Context, refusal error, in url.Values) error {
	names, err := o.grantNames(c)
	if err != nil {
		return err
	}
	p := o.printer(c)
	fields := []view.Field{
		{Name: "name", Label: p.T("users.name"), Value: shown(in.Get("name")), Autocomplete: "off", NoSpelling: true},
		{
			Kind: view.FieldEmail, Name: "email", Label: p.T("office.email"), Hint: p.T("users.email_hint"), Value: shown(in.Get("email")),
			Autocomplete: "off", InputMode: "email", NoSpelling: true,
		},
		{Kind: view.FieldRadios, Name: fieldLang, Label: p.T("users.lang"), Values: in[fieldLang], Options: langOptions(p)},
	}
	if counties := managedCounties(signedIn(c).Actor); len(counties) > 1 {
		var options []view.Option
		for _, code := range counties {
			options = append(options, view.Option{Value: string(code), Label: countyName(code)})
		}
		fields = append(fields, view.Field{Kind: view.FieldSelect, Name: fieldCounty, Label: p.T("users.county"), Values: in[fieldCounty], Options: options})
	}
	fields = append(fields, roleField(p, in[fieldGrants]))
	fields = append(fields, o.atFields(p, names.events, in)...)
	return o.answer(c, refusal, "office_user_new", "office_users", formPage{
		Back: ptr(o.backToUsers(c)), Heading: p.T("users.new"), Lead: p.T("users.new_lead", "count", int(domain.InviteLife.Hours()/24)),
		Action: o.path(c, "office_user_new"), Fields: fields, Buttons: []button{{Label: p.T("users.add")}},
	})
}

func ptr(c view.Crumb) *view.Crumb { return &c }

func langOptions(p *i18n.Printer) []view.Option {
	var out []view.Option
	for _, l := range domain.Langs() {
		out = append(out, view.Option{Value: string(l), Label: p.T("lang." + string(l))})
	}
	return out
}

// roleField is every role, each with what it opens.
func roleField(p *i18n.Printer, chosen []string) view.Field {
	f := view.Field{Kind: view.FieldCheckboxes, Name: fieldGrants, Label: p.T("users.roles"), Hint: p.T("users.roles_hint"), Values: chosen}
	for _, r := range domain.StaffRoles() {
		f.Options = append(f.Options, view.Option{Value: string(r), Label: p.T("role." + string(r)), Hint: p.T("users.role." + string(r))})
	}
	return f
}

// atFields ask for roles at one event alone.
func (o *Office) atFields(p *i18n.Printer, events []domain.Event, in url.Values) []view.Field {
	today := domain.DateOf(o.Now())
	at := view.Field{
		Kind: view.FieldSelect, Name: fieldEvent, Label: p.T("users.event"), Hint: p.T("users.event_hint"), Optional: true,
		Values: []string{in.Get(fieldEvent)}, Options: []view.Option{{Label: p.T("users.event_none")}},
	}
	for _, e := range events {
		if e.Day.IsZero() || !e.Day.Before(today.AddDays(-7)) || e.Slug == in.Get(fieldEvent) {
			at.Options = append(at.Options, view.Option{Value: e.Slug, Label: datedName(p, e)})
		}
	}
	roles := view.Field{Kind: view.FieldCheckboxes, Name: fieldAt, Label: p.T("users.at"), Optional: true, Values: in[fieldAt]}
	for _, r := range domain.StaffRoles() {
		if r.AtEvent() {
			roles.Options = append(roles.Options, view.Option{Value: string(r), Label: p.T("role." + string(r))})
		}
	}
	return []view.Field{at, roles}
}

// rolesOf is the user and the county of the page where roles are changed.
func (o *Office) rolesOf(c *gin.Context, county string) (domain.User, domain.OrganiserCode, error) {
	u, _, err := o.managedUser(c)
	if err != nil {
		return u, "", err
	}
	code := o.countyTyped(c, county)
	if !slices.Contains(managedCounties(signedIn(c).Actor), code) {
		return u, "", domain.NotFound("user.not_found")
	}
	return u, code, nil
}

func (o *Office) rolesShow(c *gin.Context) error {
	u, county, err := o.rolesOf(c, c.Query(fieldCounty))
	if err != nil {
		return err
	}
	names, err := o.grantNames(c)
	if err != nil {
		return err
	}
	in := url.Values{}
	for _, g := range u.Grants {
		switch e := names.byID(g.Event); {
		case g.County != county:
		case g.Event == 0:
			in.Add(fieldGrants, string(g.Role))
		default:
			in.Add(fieldHeld, heldValue(g.Role, e))
		}
	}
	return o.showRoles(c, nil, u, county, names, in)
}

func (n grantNames) byID(id domain.EventID) domain.Event {
	for _, e := range n.events {
		if e.ID == id {
			return e
		}
	}
	return domain.Event{ID: id}
}

func (o *Office) rolesDo(c *gin.Context) error {
	in, err := server.ReadForm(c, []string{fieldCounty, fieldEvent}, fieldGrants, fieldHeld, fieldAt)
	if err != nil {
		return err
	}
	u, county, err := o.rolesOf(c, in.Get(fieldCounty))
	if err != nil {
		return err
	}
	names, err := o.grantNames(c)
	if err != nil {
		return err
	}
	grants, wrong := names.read(in, county)
	if wrong == nil {
		wrong = o.Accounts.SetGrants(c.Request.Context(), signedIn(c).Actor, u.ID, county, grants)
	}
	switch {
	case wrong != nil:
		return o.showRoles(c, wrong, u, county, names, in)
	case u.ID == signedIn(c).User.ID && !slices.Contains(grants, domain.Grant{Role: domain.RoleAdministrator, County: county}):
		return o.lead(c, o.path(c, "office_me"))
	}
	if _, _, err := o.managedUser(c); errors.Is(err, domain.ErrNotFound) { // nothing of hers is the reader's any more
		return o.lead(c, o.path(c, "office_users")+"?"+fieldDone+"=user_roles")
	}
	return o.lead(c, o.path(c, "office_user", userID(u))+"?"+fieldDone+"=user_roles")
}

func (o *Office) showRoles(c *gin.Context, refusal error, u domain.User, county domain.OrganiserCode, names grantNames, in url.Values) error {
	p := o.printer(c)
	fields := []view.Field{roleField(p, in[fieldGrants])}
	held := view.Field{Kind: view.FieldCheckboxes, Name: fieldHeld, Label: p.T("users.held"), Hint: p.T("users.held_hint"), Values: in[fieldHeld]}
	for _, g := range u.Grants {
		if g.County == county && g.Event != 0 {
			held.Options = append(held.Options, view.Option{Value: heldValue(g.Role, names.byID(g.Event)), Label: names.of(g)})
		}
	}
	if len(held.Options) > 0 {
		fields = append(fields, held)
	}
	body := formPage{
		Back: o.backToUser(c, u), Heading: p.T("users.change_roles", "name", u.Name), Lead: p.T("users.change_lead", "county", countyName(county)),
		Action: o.path(c, "office_user_roles", userID(u)), Hidden: []hidden{{fieldCounty, string(county)}},
		Fields: append(fields, o.atFields(p, names.events, in)...), Buttons: []button{{Label: p.T("users.save_roles")}},
		Keep: &view.Crumb{URL: o.path(c, "office_user", userID(u)), Label: p.T("office.keep")},
	}
	if o.Accounts.Provider != nil && o.Accounts.Groups.Reaches(county) {
		body.Notice = &view.Notice{Kind: "info", Title: p.T("users.by_groups"), Text: p.T("users.by_groups_text", "county", countyName(county))}
	}
	return o.answer(c, refusal, "office_user_roles", "office_users", body, userID(u))
}
