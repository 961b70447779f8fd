package office

import (
	"cmp"
	"errors"
	"net/http"
	"net/url"
	"slices"
	"strconv"
	"strings"
	"unicode"

	"github.com/gin-gonic/gin"

	"github.com/temadag/temadag/internal/domain"
	"github.com/temadag/temadag/internal/i18n"
	"github.com/temadag/temadag/internal/server"
	"github.com/temadag/temadag/internal/view"
)

// Who came is noted on a page that a telephone at the door holds: a name with its workplace, and two choices.
// Each row carries what it said when the page was made, so that a form sends no more than what its writer
// changed, however many write at once.

func (o *Office) attendanceRoutes() []server.Route {
	const sv, en = "/tillfalle/:slug/narvaro", "/event/:slug/attendance"
	return append(
		change("office_attendance", sv, en, domain.PermCheckIn, o.attendanceShow, o.attendanceDo),
		change("office_attendance_rest", sv+"/ovriga", en+"/rest", domain.PermCheckIn, o.attendanceRestShow, o.attendanceRestDo)...)
}

// attendancePage is who has a place at an event, and what is noted of each.
type attendancePage struct {
	Back   view.Crumb
	Notice *view.Notice
	Name   string
	Count  string
	Closed string // why nothing can be noted; "" where it can
	Find   *attendanceFind
	Action string
	Page   int
	Pages  []attendancePart
	Rows   []attendanceRow
	Index  []attendanceInitial // nil for a short list
	Rest   string              // the way to note all others as absent; "" where there is none
	Others string              // how many they are
}

// attendancePart is a page of a long list, by who is first and last on it.
type attendancePart struct {
	URL, Label string
	Current    bool
}

// attendanceInitial leads to the first row with a letter.
type attendanceInitial struct{ Letter, To string }

type attendanceRow struct {
	N            int
	Ref          string
	Who          string
	Organisation string
	Was          domain.Attendance
	Choices      []attendanceChoice
	Text, Number string // what the search compares, folded
	Away         bool   // the search does not find her
}

// attendanceFind is the search of the list. Where the whole list is on the page, who is not found is hidden on it
// and not left out: the script shows her again, and what was chosen for her is saved all the same.
type attendanceFind struct {
	Words  string // as typed
	All    int
	Told   string // how many are found; "" where nothing is searched for
	Whole  bool
	Action string // everyone
}

type attendanceChoice struct {
	Value   domain.Attendance
	Label   string
	Checked bool
}

// The fields of the form. A row has its own mark: mark0, mark1 and so on, in the order of the rows' who.
const (
	fieldPage = "page"
	fieldWho  = "who"
	fieldMark = "mark"

	mostMarks = 200 // rows on a page
)

func (o *Office) attendanceShow(c *gin.Context) error {
	page, _ := strconv.Atoi(c.Query(fieldPage))
	return o.showAttendance(c, http.StatusOK, nil, attendancePlace{page, shown(c.Query(findWords))})
}

// attendancePlace is where somebody stands in the list: what she searches for, and the page.
type attendancePlace struct {
	page  int
	words string
}

func (a attendancePlace) query() url.Values {
	q := make(url.Values)
	if a.page > 1 {
		q.Set(fieldPage, strconv.Itoa(a.page))
	}
	if a.words != "" {
		q.Set(findWords, a.words)
	}
	return q
}

func (o *Office) showAttendance(c *gin.Context, status int, notice *view.Notice, at attendancePlace) error {
	find := domain.ReadDoorSearch(at.words)
	l, err := o.People.Attendance(c.Request.Context(), signedIn(c).Actor, c.Param("slug"), find, at.page)
	if err != nil {
		return err
	}
	p, e := o.printer(c), l.Event
	body := attendancePage{
		Back: *o.backTo(c, e), Notice: notice, Name: eventName(p, e), Action: o.path(c, "office_attendance", e.Slug), Page: l.Page,
		Count: p.T("office.attendance.count", "noted", l.Noted(), "count", l.All(), "came", l.Present),
	}
	if notice == nil {
		body.Notice = done(p, c)
	}
	for _, f := range faultsOf(e.MayNoteAttendance(o.Now())) {
		body.Closed = p.T(f.Key, f.Args)
	}
	at.page = l.Page
	for i, s := range l.Pages {
		if len(l.Pages) > 1 {
			body.Pages = append(body.Pages, attendancePart{
				withQuery(body.Action, attendancePlace{i + 1, at.words}.query()), p.T("office.attendance.part", "first", shortName(s.First), "last", shortName(s.Last)), i+1 == l.Page,
			})
		}
	}
	if body.Closed == "" && l.All() > 0 {
		body.Find = &attendanceFind{Words: at.words, All: l.All(), Whole: l.Whole, Action: body.Action}
		if body.Index = initials(l.Rows); !find.Empty() {
			body.Find.Told = foundWords(p, l)
		}
		for i, r := range l.Rows {
			row := newAttendanceRow(p, i, r)
			row.Away = !find.Finds(r)
			body.Rows = append(body.Rows, row)
		}
	}
	if l.Unknown > 0 && e.MayNoteTheRest(o.Now()) == nil {
		body.Rest, body.Others = o.path(c, "office_attendance_rest", e.Slug), p.T("office.attendance.others", "count", l.Unknown)
	}
	query := withQuery("", at.query())
	return o.write(c, status, page{
		template: "attendance", route: "office_attendance", args: []string{e.Slug}, query: query, menu: "office_events",
		Page: view.Page{Title: p.T("office.attendance.heading") + " – " + body.Name, Body: body},
	})
}

// foundWords tells how many of all the search finds.
func foundWords(p *i18n.Printer, l domain.AttendanceList) string {
	if l.Found == 0 {
		return p.T("office.attendance.found_none")
	}
	return p.T("office.attendance.found", "n", p.Value(l.Found), "all", p.Value(l.All()))
}

func newAttendanceRow(p *i18n.Printer, n int, r domain.Registration) attendanceRow {
	row := attendanceRow{N: n, Ref: r.Ref, Who: listName(p, r), Organisation: r.Organisation, Was: r.Attendance}
	row.Text, row.Number = r.DoorKeys()
	choices := []domain.Attendance{domain.Present, domain.Absent}
	if r.Attendance != domain.AttendanceUnknown { // what was noted by mistake can be taken back
		choices = append(choices, domain.AttendanceUnknown)
	}
	for _, a := range choices {
		row.Choices = append(row.Choices, attendanceChoice{a, p.T("office.attendance.mark_" + string(a)), a == r.Attendance})
	}
	return row
}

// initialsFrom is how many rows are searched by eye alone: more than a telephone shows get a way to each letter.
const initialsFrom = 12

// initials leads to the first row of each letter that a name in the list begins with; nil for a short list, and where all begin with the same.
func initials(rows []domain.Registration) (out []attendanceInitial) {
	if len(rows) < initialsFrom {
		return nil
	}
	for i, r := range rows {
		name := []rune(strings.ToUpper(cmp.Or(r.FamilyName, r.GivenName)))
		if len(name) == 0 || !unicode.IsLetter(name[0]) {
			continue
		}
		if letter := string(name[0]); !slices.ContainsFunc(out, func(a attendanceInitial) bool { return a.Letter == letter }) {
			out = append(out, attendanceInitial{letter, "#who" + strconv.Itoa(i)})
		}
	}
	if len(out) < 2 {
		return nil
	}
	return out
}

// shortName is the name that the list is ordered by; the reference number where there is none to show.
func shortName(r domain.Registration) string {
	for _, s := range []string{r.FamilyName, r.GivenName} {
		if s != "" {
			return s
		}
	}
	return r.Ref
}

func (o *Office) attendanceDo(c *gin.Context) error {
	event, err := o.eventFor(c, domain.PermCheckIn)
	if err != nil {
		return err
	}
	at, marks, err := readMarks(c)
	if err != nil {
		return err
	}
	marked, err := o.People.MarkAttendance(c.Request.Context(), signedIn(c).Actor, event.Slug, marks)
	var refused *domain.Error
	switch {
	case errors.As(err, &refused) && refused.Code == domain.CodeClosed:
		status, notice := o.refused(c, refused)
		return o.showAttendance(c, status, notice, at)
	case err != nil:
		return err
	case len(marked.Kept) > 0:
		return o.showAttendance(c, http.StatusConflict, keptNotice(o.printer(c), marked), at)
	}
	word := "attendance"
	if marked.Changed == 0 {
		word = "attendance_same"
	}
	query := at.query()
	query.Set(fieldDone, word)
	return o.lead(c, withQuery(o.path(c, "office_attendance", event.Slug), query))
}

// keptNotice tells whom others have noted otherwise meanwhile.
func keptNotice(p *i18n.Printer, m domain.AttendanceMarked) *view.Notice {
	var who []string
	for _, r := range m.Kept {
		now := p.T("office.attendance.no_place")
		if r.Status == domain.Confirmed {
			now = p.T("office.attendance.now_" + string(r.Attendance))
		}
		who = append(who, whoIs(p, r)+" ("+now+")")
	}
	text := p.T("office.attendance.kept_text", "who", strings.Join(who, ", "))
	if m.Changed > 0 {
		text += " " + p.T("office.attendance.kept_saved", "count", m.Changed)
	}
	return &view.Notice{Kind: "warning", Title: p.T("office.attendance.kept", "count", len(m.Kept)), Text: text}
}

// readMarks is what the form says of each on its page, and where in the list that is.
func readMarks(c *gin.Context) (at attendancePlace, marks []domain.AttendanceMark, err error) {
	single := []string{fieldPage, findWords}
	for i := range mostMarks {
		single = append(single, fieldMark+strconv.Itoa(i))
	}
	in, err := server.ReadForm(c, single, fieldWho)
	if err != nil {
		return at, nil, err
	}
	notOurs := &server.Refusal{Status: http.StatusBadRequest, Key: "error.form_unknown"}
	if len(in[fieldWho]) > mostMarks {
		return at, nil, notOurs
	}
	for i, who := range in[fieldWho] {
		typed, was, _ := strings.Cut(who, " ")
		ref, ok := domain.ParseReference(typed)
		m := domain.AttendanceMark{Ref: ref, Was: domain.Attendance(was), Is: domain.Attendance(was)}
		if given := in.Get(fieldMark + strconv.Itoa(i)); given != "" {
			m.Is = domain.Attendance(given)
		}
		if !ok || !m.Was.Known() || !m.Is.Known() || slices.ContainsFunc(marks, func(o domain.AttendanceMark) bool { return o.Ref == ref }) {
			return at, nil, notOurs
		}
		marks = append(marks, m)
	}
	at.page, _ = strconv.Atoi(in.Get(fieldPage))
	at.words = shown(in.Get(findWords))
	return at, marks, nil
}

func (o *Office) attendanceRestShow(c *gin.Context) error {
	return o.showAttendanceRest(c, nil)
}

func (o *Office) attendanceRestDo(c *gin.Context) error {
	event, err := o.eventFor(c, domain.PermCheckIn)
	if err != nil {
		return err
	}
	if _, err := server.ReadForm(c, []string{fieldStep}); err != nil {
		return err
	}
	if _, err := o.People.MarkTheRest(c.Request.Context(), signedIn(c).Actor, event.Slug); err != nil {
		return o.showAttendanceRest(c, err)
	}
	return o.lead(c, o.path(c, "office_attendance", event.Slug)+"?"+fieldDone+"=attendance_rest")
}

// showAttendanceRest asks before everyone of whom nothing is noted is noted as absent.
func (o *Office) showAttendanceRest(c *gin.Context, refusal error) error {
	l, err := o.People.Attendance(c.Request.Context(), signedIn(c).Actor, c.Param("slug"), domain.DoorSearch{}, 1)
	if err != nil {
		return err
	}
	p, e := o.printer(c), l.Event
	back := view.Crumb{URL: o.path(c, "office_attendance", e.Slug), Label: p.T("office.attendance.heading")}
	body := formPage{Back: &back, Heading: p.T("office.attendance.rest"), Lead: eventName(p, e), Action: o.path(c, "office_attendance_rest", e.Slug)}
	closed := faultsOf(e.MayNoteTheRest(o.Now()))
	switch {
	case len(closed) > 0 && refusal == nil:
		body.Text = []string{p.T(closed[0].Key, closed[0].Args)}
	case len(closed) > 0:
	case l.Unknown == 0:
		body.Text = []string{p.T("office.attendance.rest_none")}
	default:
		body.Text = []string{p.T("office.attendance.rest_ask", "count", l.Unknown), p.T("office.attendance.rest_letter", "letter", p.T("office.automatic.absent"))}
		body.Buttons = []button{{Name: fieldStep, Value: stepConfirm, Label: p.T("office.attendance.rest_button", "count", l.Unknown)}}
		body.Keep = &view.Crumb{URL: back.URL, Label: p.T("office.back")}
	}
	return o.answer(c, refusal, "office_attendance_rest", "office_events", body, e.Slug)
}
