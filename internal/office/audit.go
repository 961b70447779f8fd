package office

import (
	"context"
	"io"
	"net/http"
	"net/url"
	"strconv"
	"time"

	"github.com/gin-gonic/gin"

	"github.com/temadag/temadag/internal/domain"
	"github.com/temadag/temadag/internal/export"
	"github.com/temadag/temadag/internal/i18n"
	"github.com/temadag/temadag/internal/server"
	"github.com/temadag/temadag/internal/view"
)

func (o *Office) auditRoutes() []server.Route {
	p := domain.PermReadAudit
	return append(read("office_audit", "/logg", "/log", p, o.auditShow),
		post("office_audit_take", "/logg/hamta", "/log/take", p, server.ClassStaff, o.auditTake)...)
}

// auditPage is the log: who did what, the newest first.
type auditPage struct {
	Notice *view.Notice
	Faults []view.Fault
	Action string
	Open   bool // something is chosen: the filter stands open
	Fields []view.Field
	Lines  []auditRow
	Next   string
	First  string // back to the newest; "" on the first page
	Take   string
	Hidden []hidden
}

type auditRow struct {
	At   time.Time
	Text string
	More []string
}

// The fields of the filter, as they stand in the address.
const (
	auditWho   = "who"
	auditWhat  = "what"
	auditEvent = "event"
	auditFrom  = "from"
	auditTo    = "to"
	auditFirst = "before"
)

func auditFields() []string { return []string{auditWho, auditWhat, auditEvent, auditFrom, auditTo} }

func (o *Office) auditShow(c *gin.Context) error { return o.showAudit(c, nil, c.Request.URL.Query()) }

// readAudit is what the filter asks for. A choice that is none, and a day that cannot be read, is a fault: what
// was not understood must not show everything.
func (o *Office) readAudit(in url.Values, choices domain.AuditChoices) (domain.AuditFilter, error) {
	var f domain.AuditFilter
	for _, u := range choices.People {
		if in.Get(auditWho) == userID(u) {
			f.User = u.ID
		}
	}
	for _, kind := range auditKinds() {
		if in.Get(auditWhat) == kind {
			f.Action = domain.AuditAction(kind + ".")
		}
	}
	for _, e := range choices.Events {
		if in.Get(auditEvent) == e.Slug {
			f.Event = e.ID
		}
	}
	v := &domain.Invalid{}
	for name, found := range map[string]bool{auditWho: f.User != 0, auditWhat: f.Action != "", auditEvent: f.Event != 0} {
		if in.Get(name) != "" && !found {
			v.Add(name, "audit_log.not_a_choice", nil)
		}
	}
	f.Before, _ = strconv.ParseInt(in.Get(auditFirst), 10, 64)
	day := func(field string) domain.Date {
		if in.Get(field) == "" {
			return domain.Date{}
		}
		d, hint, ok := domain.ReadDateInput(in.Get(field), domain.DateOf(o.Now()))
		if !ok {
			v.Add(field, hint, map[string]any{"day": d})
		}
		return d
	}
	f.From, f.To = day(auditFrom), day(auditTo)
	if !f.To.IsZero() && f.To.Before(f.From) {
		v.Add(auditTo, "audit_log.wrong_order", nil)
	}
	return f, v.Err()
}

func (o *Office) showAudit(c *gin.Context, notice *view.Notice, in url.Values) error {
	p, ctx, a := o.printer(c), c.Request.Context(), signedIn(c).Actor
	choices, err := o.Audit.Choices(ctx, a)
	if err != nil {
		return err
	}
	filter, wrong := o.readAudit(in, choices)
	body := auditPage{
		Notice: notice, Action: o.path(c, "office_audit"), Take: o.path(c, "office_audit_take"), Fields: auditFilter(p, choices, in),
	}
	status, words := http.StatusOK, newAuditWords(p)
	if wrong != nil {
		status, body.Faults, body.Open = http.StatusUnprocessableEntity, told(p, body.Fields, faultsOf(wrong)), true
	} else {
		lines, next, err := o.Audit.Lines(ctx, a, filter)
		if err != nil {
			return err
		}
		for _, l := range lines {
			body.Lines = append(body.Lines, auditRow{l.At, words.sentence(l), words.more(l)})
		}
		o.auditWays(c, &body, in, next)
	}
	query := ""
	if c.Request.Method == http.MethodGet && c.Request.URL.RawQuery != "" {
		query = "?" + c.Request.URL.Query().Encode()
	}
	return o.write(c, status, page{
		template: "audit", route: "office_audit", menu: "office_audit", query: query,
		Page: view.Page{Title: p.T("audit_log.heading"), Errors: len(body.Faults), Body: body},
	})
}

// auditWays are the pages before and after, and what the file is to hold.
func (o *Office) auditWays(c *gin.Context, body *auditPage, in url.Values, next int64) {
	asked := url.Values{}
	for _, f := range auditFields() {
		if in.Get(f) != "" {
			asked.Set(f, in.Get(f))
			body.Open = true
			body.Hidden = append(body.Hidden, hidden{f, in.Get(f)})
		}
	}
	if in.Get(auditFirst) != "" {
		body.First = withQuery(body.Action, asked)
	}
	if next != 0 {
		asked.Set(auditFirst, strconv.FormatInt(next, 10))
		body.Next = withQuery(body.Action, asked)
	}
}

// auditKinds are the beginnings of the actions' names: what one may choose among.
func auditKinds() []string {
	return []string{"account", "user", "event", "document", "series", "registration", "list", "mailing", "automatic", "subscriber", "news", "audit", "database"}
}

func auditFilter(p *i18n.Printer, choices domain.AuditChoices, in url.Values) []view.Field {
	people := []view.Option{{Label: p.T("audit_log.anyone")}}
	for _, u := range choices.People {
		people = append(people, view.Option{Value: userID(u), Label: u.Name})
	}
	kinds := []view.Option{{Label: p.T("audit_log.anything")}}
	for _, kind := range auditKinds() {
		kinds = append(kinds, view.Option{Value: kind, Label: p.T("audit_log.kind." + kind)})
	}
	events := []view.Option{{Label: p.T("audit_log.anywhere")}}
	for _, e := range choices.Events {
		events = append(events, view.Option{Value: e.Slug, Label: datedName(p, e)})
	}
	pick := func(name string, options []view.Option) view.Field {
		return view.Field{Kind: view.FieldSelect, Name: name, Label: p.T("audit_log." + name), Values: []string{in.Get(name)}, Options: options}
	}
	day := func(name string) view.Field {
		return view.Field{Name: name, Label: p.T("audit_log." + name), Hint: p.T("office.day.hint"), Value: shown(in.Get(name)), NoSpelling: true}
	}
	return []view.Field{pick(auditWho, people), pick(auditWhat, kinds), pick(auditEvent, events), day(auditFrom), day(auditTo)}
}

// auditTake makes a file of what is chosen. That it was taken stands in the log before the file can be fetched.
func (o *Office) auditTake(c *gin.Context) error {
	in, err := server.ReadForm(c, auditFields())
	if err != nil {
		return err
	}
	a, words := signedIn(c).Actor, newAuditWords(o.printer(c))
	choices, err := o.Audit.Choices(c.Request.Context(), a)
	if err != nil {
		return err
	}
	filter, wrong := o.readAudit(in, choices)
	if wrong != nil {
		return o.showAudit(c, nil, in)
	}
	back := view.Crumb{URL: o.path(c, "office_audit"), Label: words.p.T("audit_log.heading")}
	name := words.p.T("audit_log.file") + "-" + domain.DateOf(o.Now()).String() + ".csv"
	return o.begin(c, words.p.T("audit_log.taking"), back, func(ctx context.Context, tell tell) (outcome, error) {
		file, err := newWorkFile(name, "text/csv; charset=utf-8", func(w io.Writer) error {
			return o.writeAudit(ctx, w, a, filter, words, tell)
		})
		return outcome{To: back.URL, File: file}, err
	}, func(err error) error {
		if faults := faultsOf(err); len(faults) > 0 && faults[0].Code != domain.CodeNotFound {
			_, notice := o.refused(c, faults[0])
			return o.showAudit(c, notice, in)
		}
		return err
	})
}

func (o *Office) writeAudit(ctx context.Context, w io.Writer, a domain.Actor, f domain.AuditFilter, words auditWords, tell tell) error {
	rows := 0
	return export.Plain(w, words.heads(), func(row func([]string) error) error {
		_, err := o.Audit.Export(ctx, a, f, func(l domain.AuditLine) error {
			if rows++; rows%500 == 0 {
				tell(rows, 0)
			}
			return row(words.cells(l))
		})
		return err
	})
}
