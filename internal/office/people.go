package office

import (
	"net/http"
	"net/url"
	"slices"
	"strconv"
	"strings"

	"github.com/gin-gonic/gin"

	"github.com/temadag/temadag/internal/domain"
	"github.com/temadag/temadag/internal/i18n"
	"github.com/temadag/temadag/internal/view"
)

// peoplePage is the participants of an event: searched, chosen and sorted by the server.
type peoplePage struct {
	Back     view.Crumb
	Name     string
	Words    string // as typed
	Action   string
	Open     bool // something is chosen: the filter stands open
	Fields   []view.Field
	Found    string
	Place    string // "1–50 av 96"; "" where all are on one page
	Rows     []personRow
	Next     string
	First    string // back to the first page; "" on it
	Register string // "" where the actor may not
	Bulk     string // where the same is done to several; "" where the actor may not
	Write    string // where a mailing to some of them is begun; "" where the actor may not
	Query    string // of the list, for whoever means all that it finds
	Twins    string // pairs that may be one person's; "" where the actor may not
	All      string // "Alla 12 i urvalet"
}

type personRow struct {
	domain.PersonRow
	URL    string
	Who    string
	Status string
	Marks  []string
}

// The fields of the filter, as they stand in the address.
const (
	findWords  = "q"
	findStatus = "status"
	findType   = "type"
	findTown   = "municipality"
	findBy     = "channel"
	findLetter = "letters"
	findNot    = "not"
	findSort   = "sort"
	findAfter  = "after"
	findSeen   = "seen" // how many stand on the pages before
)

func (o *Office) peopleShow(c *gin.Context) error {
	event, err := o.eventFor(c, domain.PermReadRegistrations)
	if err != nil {
		return err
	}
	query := readQuery(c.Request.URL.Query(), event.Slug)
	if ref := c.Query(findAfter); ref != "" {
		if query.After, err = o.People.PersonByReference(c.Request.Context(), signedIn(c).Actor, event.Slug, ref); err != nil {
			return err
		}
	}
	found, err := o.People.Find(c.Request.Context(), signedIn(c).Actor, query)
	if err != nil {
		return err
	}
	return o.showPeople(c, event, query, found)
}

// readQuery is what the address asks for. A choice that is none of ours finds nobody, and is not read over:
// what is found may be what something is done to.
func readQuery(in url.Values, slug string) domain.PeopleQuery {
	q := domain.PeopleQuery{Scope: domain.ListScope{Event: slug}, Search: in.Get(findWords), Sort: domain.SortByName}
	if sort := domain.PeopleSort(in.Get(findSort)); slices.Contains(peopleSorts(), sort) {
		q.Sort = sort
	}
	for _, s := range domain.RegistrationStatuses() {
		if slices.Contains(in[findStatus], string(s)) {
			q.Filter.Statuses = append(q.Filter.Statuses, s)
		}
	}
	if status := in.Get(findStatus); status != "" && len(q.Filter.Statuses) == 0 {
		q.Filter.Statuses = []domain.RegistrationStatus{domain.RegistrationStatus(shown(status))}
	}
	if t := in.Get(findType); t != "" {
		q.Filter.Types = []domain.OrganisationType{domain.OrganisationType(shown(t))}
	}
	if ch := in.Get(findBy); ch != "" {
		q.Filter.Channels = []domain.Channel{domain.Channel(shown(ch))}
	}
	q.Filter.Municipality = domain.NormalMunicipality(shown(in.Get(findTown)))
	q.Filter.Letters = domain.LetterState(shown(in.Get(findLetter)))
	q.Filter.Organisation = strings.TrimSpace(shown(in.Get(pickWork)))
	q.Filter.Attendance = domain.Attendance(shown(in.Get(pickAttendance)))
	coming := in.Get(pickComing)
	q.Filter.Coming = coming == "yes" || coming == "no"
	if in.Get(findNot) == "yes" {
		q.Filter.Not = []domain.PeopleField{
			domain.FieldStatus, domain.FieldType, domain.FieldMunicipality, domain.FieldChannel, domain.FieldLetters,
			domain.FieldOrganisation, domain.FieldAttendance,
		}
	}
	if turned := len(q.Filter.Not) > 0; q.Filter.Coming && turned != (coming == "no") {
		q.Filter.Not = append(q.Filter.Not, domain.FieldComing)
	}
	return q
}

// askedOf is what of the address the list reads, without the page.
func askedOf(in url.Values) url.Values {
	out := make(url.Values)
	for _, name := range []string{findWords, findStatus, findType, findTown, findBy, findLetter, pickWork, pickAttendance, pickComing, findNot, findSort} {
		for _, v := range in[name] {
			if v != "" {
				out.Add(name, shown(v))
			}
		}
	}
	return out
}

func peopleSorts() []domain.PeopleSort {
	return []domain.PeopleSort{domain.SortByName, domain.SortByOrganisation, domain.SortByArrival, domain.SortByNewest}
}

func channels() []domain.Channel {
	return []domain.Channel{domain.ChannelWeb, domain.ChannelPhone, domain.ChannelEmail, domain.ChannelDoor, domain.ChannelImport}
}

func (o *Office) showPeople(c *gin.Context, event domain.Event, q domain.PeopleQuery, found domain.PeoplePage) error {
	p, self := o.printer(c), o.path(c, "office_people", event.Slug)
	asked, seen := askedOf(c.Request.URL.Query()), 0
	if q.After != 0 {
		seen, _ = strconv.Atoi(c.Query(findSeen))
		seen = max(0, min(seen, found.Total-len(found.Rows)))
	}
	body := peoplePage{
		Back: *o.backTo(c, event), Name: eventName(p, event), Words: shown(q.Search), Action: self, Fields: queryFields(p, q, found), Query: asked.Encode(),
		Found: p.T("office.people.found", "count", found.Total), Open: chosen(q),
	}
	if q.After != 0 {
		body.First = withQuery(self, asked)
	}
	for _, r := range found.Rows {
		body.Rows = append(body.Rows, o.personRow(c, event.Slug, r))
	}
	if found.Next != 0 {
		asked := askedOf(asked)
		asked.Set(findAfter, found.Rows[len(found.Rows)-1].Ref)
		asked.Set(findSeen, strconv.Itoa(seen+len(found.Rows)))
		body.Next = withQuery(self, asked)
	}
	if n := len(found.Rows); n > 0 && n < found.Total && (q.After == 0 || seen > 0) {
		body.Place = p.T("office.people.place", "from", p.Value(seen+1), "to", p.Value(seen+n), "total", p.Value(found.Total))
	}
	if signedIn(c).Actor.MayAt(domain.PermRegisterOther, event) {
		body.Register = o.path(c, "office_register", event.Slug)
	}
	if signedIn(c).Actor.MayAt(domain.PermManage, event) {
		body.Bulk, body.Twins = o.path(c, "office_bulk", event.Slug), o.path(c, "office_duplicates", event.Slug)
	}
	if signedIn(c).Actor.MayAt(domain.PermWriteMail, event) {
		body.Write = o.path(c, "office_mailing_people", event.Slug)
	}
	body.All = p.T("manage.list.all", "count", found.Total)
	query := ""
	if c.Request.URL.RawQuery != "" {
		query = "?" + c.Request.URL.Query().Encode()
	}
	return o.write(c, http.StatusOK, page{
		template: "people", route: "office_people", args: []string{event.Slug}, menu: "office_events", query: query,
		Page: view.Page{Title: p.T("office.people.heading") + " – " + body.Name, Body: body},
	})
}

func withQuery(path string, query url.Values) string {
	if len(query) == 0 {
		return path
	}
	return path + "?" + query.Encode()
}

// chosen reports whether anything but words is asked for.
func chosen(q domain.PeopleQuery) bool {
	f := q.Filter
	return len(f.Statuses)+len(f.Types)+len(f.Channels) > 0 || f.Municipality+string(f.Letters)+f.Organisation+string(f.Attendance) != "" || f.Coming || q.Sort != domain.SortByName
}

func (o *Office) personRow(c *gin.Context, slug string, r domain.PersonRow) personRow {
	p := o.printer(c)
	row := personRow{
		PersonRow: r, URL: o.path(c, "office_person", slug, r.Ref), Who: listName(p, r.Registration), Status: p.T("status." + string(r.Status)),
	}
	if r.QueuePosition > 0 {
		row.Status = p.T("office.people.queue", "n", r.QueuePosition)
	}
	if r.Status == domain.Confirmed && !r.Coming.IsZero() {
		row.Marks = append(row.Marks, p.T("office.people.says_coming"))
	}
	if r.Failed {
		row.Marks = append(row.Marks, p.T("office.people.failed"))
	}
	if r.Asked {
		row.Marks = append(row.Marks, p.T("office.people.asked"))
	}
	if r.Protected && !r.Hidden {
		row.Marks = append(row.Marks, p.T("office.people.protected"))
	}
	return row
}

// listName is the name as lists are sorted by it.
func listName(p *i18n.Printer, r domain.Registration) string {
	if r.FamilyName == "" || r.GivenName == "" {
		return whoIs(p, r)
	}
	return r.FamilyName + ", " + r.GivenName
}

// queryFields is the filter. Its names have a word before them, since they stand on a page with others.
func queryFields(p *i18n.Printer, q domain.PeopleQuery, found domain.PeoplePage) []view.Field {
	all := view.Option{Label: p.T("office.people.all")}
	var statuses []view.Option
	for _, s := range domain.RegistrationStatuses() {
		if n := found.Counts[s]; n > 0 || slices.Contains(q.Filter.Statuses, s) {
			statuses = append(statuses, view.Option{Value: string(s), Label: p.T("office.people.status", "status", p.T("status."+string(s)), "n", n)})
		}
	}
	for _, s := range q.Filter.Statuses {
		statuses = withUnknown(p, statuses, string(s))
	}
	field := func(name, value string, options []view.Option) view.Field {
		return view.Field{
			Kind: view.FieldSelect, Name: name, Label: p.T("office.people." + name), Values: []string{value},
			Options: append([]view.Option{all}, withUnknown(p, options, value)...),
		}
	}
	first := func(values int, value func() string) string {
		if values == 0 {
			return ""
		}
		return value()
	}
	var types, by []view.Option
	for _, t := range domain.OrganisationTypes() {
		types = append(types, view.Option{Value: string(t), Label: p.T("organisation_type." + string(t))})
	}
	for _, ch := range channels() {
		by = append(by, view.Option{Value: string(ch), Label: p.T("channel." + string(ch))})
	}
	var sorts []view.Option
	for _, s := range peopleSorts() {
		sorts = append(sorts, view.Option{Value: string(s), Label: p.T("office.people.sort_" + string(s))})
	}
	not, coming := "", ""
	if q.Filter.Negated(domain.FieldStatus) {
		not = "yes"
	}
	if q.Filter.Coming {
		coming = map[bool]string{true: "yes", false: "no"}[q.Filter.Negated(domain.FieldComing) == (not == "yes")]
	}
	var picked []string
	for _, s := range q.Filter.Statuses {
		picked = append(picked, string(s))
	}
	return []view.Field{
		{Kind: view.FieldCheckboxes, Name: findStatus, Label: p.T("office.people.status_label"), Values: picked, Options: statuses},
		field(findType, first(len(q.Filter.Types), func() string { return string(q.Filter.Types[0]) }), types),
		{Name: findTown, Label: p.T("office.people.municipality"), Value: q.Filter.Municipality, Suggestions: domain.Municipalities()},
		field(findBy, first(len(q.Filter.Channels), func() string { return string(q.Filter.Channels[0]) }), by),
		{Name: pickWork, Label: p.T("office.people." + pickWork), Value: q.Filter.Organisation},
		field(pickAttendance, string(q.Filter.Attendance), options(p, "office.mailing_audience.attendance_", domain.Present, domain.Absent, domain.AttendanceUnknown)),
		field(pickComing, coming, options(p, "office.mailing_audience.coming_", "yes", "no")),
		field(findLetter, string(q.Filter.Letters), []view.Option{{Value: string(domain.LetterFailed), Label: p.T("office.people.letters_failed")}}),
		{Kind: view.FieldSelect, Name: findSort, Label: p.T("office.people.sort"), Values: []string{string(q.Sort)}, Options: sorts},
		{
			Kind: view.FieldCheckboxes, Name: findNot, Label: p.T("office.people.not"), Values: []string{not},
			Options: []view.Option{{Value: "yes", Label: p.T("office.people.not_yes"), Hint: p.T("office.people.not_hint")}},
		},
	}
}

// withUnknown is the options, and the value that the address asks for where it is none of them: what finds
// nobody is seen.
func withUnknown(p *i18n.Printer, options []view.Option, value string) []view.Option {
	if value == "" || slices.ContainsFunc(options, func(o view.Option) bool { return o.Value == value }) {
		return options
	}
	return append(options, view.Option{Value: value, Label: p.T("office.people.unknown", "value", brief(value))})
}
