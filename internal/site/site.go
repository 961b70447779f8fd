package site

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"net/http"
	"strconv"
	"strings"
	"time"

	"github.com/gin-gonic/gin"

	"github.com/temadag/temadag/internal/domain"
	"github.com/temadag/temadag/internal/i18n"
	"github.com/temadag/temadag/internal/server"
	"github.com/temadag/temadag/internal/service"
	"github.com/temadag/temadag/internal/view"
)

// FormTokens signs and reads the tokens of forms; auth.Keys is one.
type FormTokens interface {
	FormToken(event string, now time.Time) string
	RenewFormToken(event, key string, now time.Time) (string, error)
	ReadFormToken(event, token string, now time.Time) (key string, made time.Time, err error)
}

// Options is what New needs.
type Options struct {
	Programme     *service.Programme
	Registrations *service.Registrations
	Subscribers   *service.Subscribers // nil: made over the same database
	Tokens        FormTokens
	View          *view.Renderer
	Catalogue     *i18n.Catalogue
	Static        *view.Static
	BaseURL       string // without a slash at the end
	MailFrom      string // the address that letters come from, as the composer has it
	Now           func() time.Time
	// Guard turns on the check that a form was not filled in by a robot. Load tests turn it off
	// together with the rate limit.
	Guard bool
	// Healthy reports whether the program can do its work; nil means that it can.
	Healthy func(context.Context) error
	// Ready reports whether visitors shall be sent here: not while the program stops.
	Ready func(context.Context) error
	// Returned takes a message that came back of a letter, handed in by a mail server that signed it for
	// the address it was delivered to; it reports false where the signature does not hold. nil: nobody may
	// hand in any.
	Returned func(ctx context.Context, signature, to string, message []byte) (signed bool, err error)
	// Mailbox shows the letters that were kept instead of sent; nil where they are sent.
	Mailbox Mailbox
	// Demo tells on every page that the programme has been moved in time and its participants are
	// made up.
	Demo bool
	Dev  bool // make every page anew
}

// Site answers for every page. Make one with New.
type Site struct {
	programme     *service.Programme
	registrations *service.Registrations
	subscribers   *service.Subscribers
	tokens        FormTokens
	view          *view.Renderer
	catalogue     *i18n.Catalogue
	static        *view.Static
	base          string
	from          string
	now           func() time.Time
	guard         bool
	demo          bool
	healthy       func(context.Context) error
	ready         func(context.Context) error
	mailbox       Mailbox
	returned      func(ctx context.Context, signature, to string, message []byte) (bool, error)
	paths         server.Paths

	packer  *packer
	answers *memory[*answer]
	steady  *memory[*answer] // what tells nothing of places left
	forms   *memory[*formPage]
	events  *memory[domain.Event]
	around  *memory[surroundings]
	added   *memory[[]domain.News] // pages that the footer leads to
	waiting *memory[waitingParts]
}

// How many pages, forms and events are kept.
const (
	keptAnswers = 512
	keptForms   = 128
	keptEvents  = 256
)

// New is a site. Its Routes and Fail belong in server.Options.
func New(o Options) (*Site, error) {
	if o.Programme == nil || o.Registrations == nil || o.Tokens == nil || o.View == nil ||
		o.Catalogue == nil || o.Static == nil || o.Now == nil {
		return nil, errors.New("site: everything in Options but Healthy, Ready and Mailbox is needed")
	}
	if r := o.Registrations; o.Subscribers == nil {
		o.Subscribers = &service.Subscribers{Store: r.Store, Keys: r.Keys, Now: o.Now, Wake: r.Wake, Withhold: r.Withhold}
	}
	s := &Site{
		programme: o.Programme, registrations: o.Registrations, subscribers: o.Subscribers, tokens: o.Tokens, view: o.View,
		catalogue: o.Catalogue, static: o.Static, base: strings.TrimSuffix(o.BaseURL, "/"), from: o.MailFrom, now: o.Now,
		guard: o.Guard, demo: o.Demo, healthy: o.Healthy, ready: o.Ready, mailbox: o.Mailbox, returned: o.Returned, paths: Paths(),
		packer:  newPacker(),
		answers: newMemory[*answer](o.Programme, o.Now, keptAnswers),
		steady:  newMemory[*answer](steady{o.Programme}, o.Now, keptAnswers),
		forms:   newMemory[*formPage](o.Programme, o.Now, keptForms),
		events:  newMemory[domain.Event](o.Programme, o.Now, keptEvents),
		around:  newMemory[surroundings](steady{o.Programme}, o.Now, 1),
		added:   newMemory[[]domain.News](steady{o.Programme}, o.Now, 1),
		waiting: newMemory[waitingParts](steady{o.Programme}, o.Now, 2*2),
	}
	s.answers.off, s.steady.off, s.forms.off = o.Dev, o.Dev, o.Dev
	return s, nil
}

// page is one page before it is drawn.
type page struct {
	template string
	route    string   // the named route it is at, for its address in each language
	args     []string // fill the holes of the route
	query    string   // "?county=BD", kept by the language switch
	view.Page
}

// draw renders the page in l.
func (s *Site) draw(l domain.Lang, p page) ([]byte, error) {
	if p.route != "" {
		p.Path = s.paths.For(l, p.route, p.args...) + p.query
		p.Alternate = make(map[domain.Lang]string, 2)
		for _, other := range domain.Langs() {
			p.Alternate[other] = s.paths.For(other, p.route, p.args...) + p.query
		}
	}
	p.Demo, p.Footer = s.demo, s.footer(l)
	var b bytes.Buffer
	if err := s.view.Page(&b, l, p.template, p.Page); err != nil {
		return nil, err
	}
	return b.Bytes(), nil
}

// keep answers with the page under key, which build describes when it is not at hand. Key must name
// everything the page depends on beside the programme, places left and the time.
func (s *Site) keep(c *gin.Context, key string, build func(context.Context, domain.Lang) (page, error)) error {
	if a, ok := s.answers.recall(key); ok {
		a.write(c)
		return nil
	}
	return s.keepIn(s.answers, c, key, pageHeader(), s.drawn(server.LangOf(c), build))
}

// keepSteady answers with bytes that do not tell of places left, and so outlast a rush. They depend
// on the path of the request alone.
func (s *Site) keepSteady(c *gin.Context, header http.Header, build func(context.Context) ([]byte, error)) error {
	return s.keepIn(s.steady, c, c.Request.URL.Path, header, build)
}

// keepSteadyPage is keepSteady for a page.
func (s *Site) keepSteadyPage(c *gin.Context, build func(context.Context, domain.Lang) (page, error)) error {
	return s.keepSteady(c, pageHeader(), s.drawn(server.LangOf(c), build))
}

func (s *Site) drawn(l domain.Lang, build func(context.Context, domain.Lang) (page, error)) func(context.Context) ([]byte, error) {
	return func(ctx context.Context) ([]byte, error) {
		p, err := build(ctx, l)
		if err != nil {
			return nil, err
		}
		return s.draw(l, p)
	}
}

func (s *Site) keepIn(m *memory[*answer], c *gin.Context, key string, header http.Header, build func(context.Context) ([]byte, error)) error {
	a, err := m.get(c.Request.Context(), key, func(ctx context.Context) (*answer, error) {
		body, err := build(ctx)
		if err != nil {
			return nil, err
		}
		return s.packer.answer(body, header), nil
	})
	if err != nil {
		return err
	}
	a.write(c)
	return nil
}

// pageHeader is of pages that may be kept by anyone who asks each time whether they still hold.
func pageHeader() http.Header {
	return http.Header{"Content-Type": {"text/html; charset=utf-8"}, "Cache-Control": {"no-cache"}}
}

// write answers with a page that is this visitor's alone.
func (s *Site) write(c *gin.Context, status int, p page) error {
	body, err := s.draw(server.LangOf(c), p)
	if err != nil {
		return err
	}
	if c.Writer.Header().Get("Cache-Control") == "" {
		c.Header("Cache-Control", "no-store")
	}
	c.Header("Content-Length", strconv.Itoa(len(body)))
	c.Data(status, "text/html; charset=utf-8", body)
	return nil
}

// event is the event as it was at most a second ago. Whoever decides about seats asks the service.
func (s *Site) event(ctx context.Context, slug string) (domain.Event, error) {
	e, err := s.events.get(ctx, slug, func(ctx context.Context) (domain.Event, error) {
		return s.programme.Event(ctx, slug)
	})
	if err != nil {
		return domain.Event{}, fmt.Errorf("site: event: %w", err)
	}
	return e, nil
}

func (s *Site) printer(l domain.Lang) *i18n.Printer { return s.catalogue.For(l) }
