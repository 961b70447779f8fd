package office

import (
	"bytes"
	"context"
	"errors"
	"net/http"
	"net/url"
	"strconv"
	"time"

	"github.com/gin-gonic/gin"

	"github.com/temadag/temadag/internal/domain"
	"github.com/temadag/temadag/internal/i18n"
	"github.com/temadag/temadag/internal/server"
	"github.com/temadag/temadag/internal/service"
	"github.com/temadag/temadag/internal/site"
	"github.com/temadag/temadag/internal/view"
)

// Options is what New needs.
type Options struct {
	Accounts      *service.Accounts
	Desk          *service.Desk
	People        *service.People
	Registrations *service.Registrations
	Programme     *service.Programme
	Events        *service.Events
	Importing     *service.Importing
	Exports       *service.Exports
	Audit         *service.Audit
	News          *service.News
	Mailings      *service.Mailings
	Automatics    *service.Automatics
	Subscribers   *service.Subscribers
	Forms         *site.Site      // knows what an event asks
	Tokens        site.FormTokens // make a repeat harmless
	View          *view.Renderer
	Catalogue     *i18n.Catalogue
	Paths         server.Paths // of these pages and the public ones
	BaseURL       string
	Now           func() time.Time
	Peers         server.Peers // what someone is in the middle of stays with one of them
	Demo          bool
	LettersKept   bool // as files: there is no mail server
}

// Office answers for the pages of those who sign in. Make one with New.
type Office struct {
	Options
	cookie server.Cookie
	way    server.Cookie // through the authority's own sign-in service
	works  *works
	unsent *unsentForms
	made   *onces
	shelf  *shelf // what someone is in the middle of
	bodies gate   // uploads that are received
	reads  gate   // files that are read
}

// New is the pages. Its Routes, Fail and Staff belong in server.Options; Close it when the server has ended.
func New(o Options) (*Office, error) {
	if o.Accounts == nil || o.Desk == nil || o.People == nil || o.Registrations == nil || o.Programme == nil ||
		o.Forms == nil || o.Tokens == nil || o.View == nil || o.Catalogue == nil || o.Now == nil ||
		o.Events == nil || o.Importing == nil || o.Exports == nil || o.Audit == nil || o.News == nil ||
		o.Mailings == nil || o.Automatics == nil || o.Subscribers == nil {
		return nil, errors.New("office: everything in Options is needed")
	}
	return &Office{
		Options: o, cookie: server.NewCookie(o.BaseURL), way: server.NewWayCookie(o.BaseURL), works: newWorks(o.Now, o.Peers.Here), made: newOnces(),
		unsent: newUnsentForms(o.Now, o.Peers.Here),
		shelf:  newShelf(o.Now, o.Peers.Here), bodies: make(gate, mostBodies), reads: make(gate, mostReads),
	}, nil
}

// Staff is how the server finds out who asks.
func (o *Office) Staff() *server.Staff {
	return &server.Staff{
		SignIn: func(ctx context.Context, token, address, agent string) (domain.SignIn, error) {
			return o.Accounts.Session(ctx, token, service.Caller{Address: address, Agent: agent})
		},
		Entry: func(l domain.Lang, next string, sent server.Sent) string {
			query := url.Values{fieldNext: {next}}
			if sent != "" {
				query.Set(fieldSent, string(sent))
			}
			return o.Paths.For(l, "office_sign_in") + "?" + query.Encode()
		},
		Enrol: func(l domain.Lang) string { return o.Paths.For(l, "office_me") },
		Keep:  o.keepUnsent,
		Kept:  o.keptUnsent,
	}
}

// page is one page before it is drawn.
type page struct {
	template string
	route    string // the named route it is at, for its address in each language
	args     []string
	query    string
	menu     string // the route in the menu that it belongs to
	view.Page
}

// write answers with a page. It is this user's alone, and kept by nobody.
func (o *Office) write(c *gin.Context, status int, p page) error {
	l := server.LangOf(c)
	if p.route != "" {
		p.Path = o.Paths.For(l, p.route, p.args...) + p.query
		p.Alternate = make(map[domain.Lang]string, 2)
		for _, other := range domain.Langs() {
			p.Alternate[other] = o.Paths.For(other, p.route, p.args...) + p.query
		}
	}
	p.NoIndex, p.Demo, p.Staff = true, o.Demo, o.frame(c, p.menu)
	p.Staff.Help = o.helpFor(c, p.route)
	var b bytes.Buffer
	if err := o.View.Page(&b, l, "office/"+p.template, p.Page); err != nil {
		return err
	}
	c.Header("Content-Length", strconv.Itoa(b.Len()))
	c.Data(status, "text/html; charset=utf-8", b.Bytes())
	return nil
}

// frame is who is signed in, and the menu of what she may open.
func (o *Office) frame(c *gin.Context, current string) *view.Staff {
	in, ok := server.SignInOf(c)
	if !ok {
		return &view.Staff{}
	}
	l := server.LangOf(c)
	f := &view.Staff{Name: in.User.Name, Notice: o.unsentNotice(c)}
	for _, item := range menu() {
		if in.Actor.May(item.permission) {
			f.Menu = append(f.Menu, view.MenuItem{
				URL: o.Paths.For(l, item.route), Label: o.printer(c).T("office.menu." + item.route), Current: item.route == current,
			})
		}
	}
	return f
}

// menu is the pages in the menu, each with what it takes to open it.
func menu() []struct {
	route      string
	permission domain.Permission
} {
	return []struct {
		route      string
		permission domain.Permission
	}{
		{"office_today", domain.PermToday},
		{"office_events", domain.PermReadEvent},
		{"office_mailings", domain.PermReadMail},
		{"office_news", domain.PermEditNews},
		{"office_users", domain.PermManageUsers},
		{"office_audit", domain.PermReadAudit},
		{"office_help", domain.PermOwnAccount},
		{"office_me", domain.PermOwnAccount},
	}
}

func (o *Office) printer(c *gin.Context) *i18n.Printer { return o.Catalogue.For(server.LangOf(c)) }

// path is the address of a route in the language of the request.
func (o *Office) path(c *gin.Context, route string, args ...string) string {
	return o.Paths.For(server.LangOf(c), route, args...)
}

// lead answers with the way to another page.
func (o *Office) lead(c *gin.Context, to string) error {
	c.Redirect(http.StatusSeeOther, to)
	return nil
}

func callerOf(c *gin.Context) service.Caller {
	return service.Caller{Address: c.ClientIP(), Agent: c.Request.UserAgent()}
}

// next is where the request wants to go on to, "" where that is no page of ours.
func next(address string) string { return server.OwnPath(address, "/handlaggare", "/en/office") }

// onward is next, or the first page.
func (o *Office) onward(c *gin.Context, address string) string {
	if to := next(address); to != "" {
		return to
	}
	return o.path(c, "office_today")
}
