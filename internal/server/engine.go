package server

import (
	"errors"
	"fmt"
	"log/slog"
	"net/http"
	"net/url"
	"strconv"
	"strings"
	"time"

	"github.com/gin-gonic/gin"
	"github.com/go-chi/httprate"

	"github.com/temadag/temadag/internal/domain"
)

// MaxBody is the most that may be posted where the route says nothing else: a form.
const MaxBody = 64 << 10

// PostsPerMinute is how many forms one network may send in a minute unless Options say otherwise.
// It is generous: a whole authority may stand behind one address on the morning a day is announced.
const PostsPerMinute = 300

// Options is what New needs.
type Options struct {
	Routes         []Route
	Fail           func(*gin.Context, Failure) error // draws the page for a failure, with its status
	BaseURL        string                            // where the public finds us; its host is the one we answer for
	TrustedProxies []string                          // addresses or networks whose X-Forwarded-For is believed
	RateLimit      bool
	PostsPerMinute int // 0 means PostsPerMinute
	// Together counts with other instances; nil where there is one only. CountKey makes of who sends what is
	// told to them.
	Together Together
	Peers    Peers
	CountKey func(key string) int64
	// Observe is told of every answered request: its route's pattern, "" for none. Nil where nobody counts.
	Observe func(pattern, method string, status int, took time.Duration)
	Log     *slog.Logger
	Now     func() time.Time // for the time that requests take
	Staff   *Staff           // nil where the table has no route for those who sign in
	// Door bounds how many visitors are answered at a time; Wait draws the page, with status 503, for
	// those who must wait. Without either everyone is let in.
	Door *Door
	Wait func(*gin.Context, Waiting) error
}

// server is what the middleware shares.
type server struct {
	log     *slog.Logger
	now     func() time.Time
	observe func(pattern, method string, status int, took time.Duration) // nil: nobody counts
	page    func(*gin.Context, Failure) error
	base    *url.URL
	headers []header
	cross   *http.CrossOriginProtection
	limiter *httprate.RateLimiter // nil: no limit
	counts  *shared               // of the limiter; nil: its own
	peers   Peers
	passing *http.Transport
	names   map[string]string // of routes, by the pattern of their path
	bodies  map[string]int64  // the most that may be posted, by method and pattern, where it is not MaxBody
	open    map[string]bool   // what may be sent from anywhere, by method and pattern
	gets    map[string]bool   // patterns that can be asked for as a page
	desks   map[string]bool   // patterns of those who sign in
	staff   *Staff
	cookie  Cookie
	unsent  Cookie
	door    *Door
	wait    func(*gin.Context, Waiting) error
}

// New is the router over the table. It refuses a table with a row that lacks a permission, a class,
// a path or a handler.
func New(o Options) (*gin.Engine, error) {
	base, err := url.Parse(o.BaseURL)
	if err != nil || base.Host == "" || (base.Scheme != "http" && base.Scheme != "https") {
		return nil, fmt.Errorf("server: base URL %q is not of the form https://host", o.BaseURL)
	}
	if o.Fail == nil || o.Log == nil || o.Now == nil {
		return nil, errors.New("server: Fail, Log and Now are needed")
	}
	s := &server{
		log: o.Log, now: o.Now, observe: o.Observe, page: o.Fail, base: base,
		headers: securityHeaders(base.Scheme == "https"),
		cross:   http.NewCrossOriginProtection(),
		names:   make(map[string]string, 2*len(o.Routes)),
		bodies:  make(map[string]int64),
		open:    make(map[string]bool),
		gets:    make(map[string]bool),
		desks:   make(map[string]bool),
		staff:   o.Staff, cookie: NewCookie(o.BaseURL), unsent: NewUnsentCookie(o.BaseURL),
		door: o.Door, wait: o.Wait, peers: o.Peers, passing: newPassing(),
	}
	if err := s.cross.AddTrustedOrigin(base.Scheme + "://" + base.Host); err != nil {
		return nil, fmt.Errorf("server: base URL: %w", err)
	}
	if o.RateLimit {
		if o.Together != nil {
			s.counts = newShared(o.Together, o.CountKey)
		}
		s.limiter = newLimiter(o.PostsPerMinute, s.counts)
	}
	engine, err := s.engine(o.TrustedProxies)
	if err != nil {
		return nil, err
	}
	return engine, s.mount(engine, o.Routes)
}

const rateWindow = time.Minute

func newLimiter(perMinute int, counts *shared) *httprate.RateLimiter {
	if perMinute == 0 {
		perMinute = PostsPerMinute
	}
	options := []httprate.Option{httprate.WithResponseHeaders(httprate.ResponseHeaders{RetryAfter: "Retry-After"})}
	if counts != nil {
		options = append(options, httprate.WithLimitCounter(counts))
	}
	return httprate.NewRateLimiter(perMinute, rateWindow, options...)
}

func (s *server) engine(proxies []string) (*gin.Engine, error) {
	gin.SetMode(gin.ReleaseMode)
	engine := gin.New()
	engine.RedirectTrailingSlash = false
	engine.HandleMethodNotAllowed = true
	if err := engine.SetTrustedProxies(proxies); err != nil {
		return nil, fmt.Errorf("server: trusted proxies: %w", err)
	}
	engine.Use(s.number, s.access, s.catch, s.secure, s.host, s.crossOrigin, s.body)
	engine.NoRoute(s.noRoute)
	engine.NoMethod(func(c *gin.Context) {
		s.fail(c, &Refusal{Status: http.StatusMethodNotAllowed})
	})
	return engine, nil
}

// mount puts the table into the router.
func (s *server) mount(engine *gin.Engine, routes []Route) error {
	var faults []error
	for _, r := range routes {
		err := r.fault()
		if err == nil && s.staff == nil && (r.Class == ClassStaff || r.Class == ClassEntry) {
			err = fmt.Errorf("route %s is for those who sign in, and nobody can", r.Name)
		}
		if err != nil {
			faults = append(faults, err)
			continue
		}
		for _, path := range r.Paths {
			s.names[path] = r.Name
			s.gets[path] = s.gets[path] || r.Method == http.MethodGet
			s.desks[path] = s.desks[path] || r.Class == ClassStaff
			s.open[r.Method+" "+path] = r.AnyOrigin
			if r.MaxBody > 0 {
				s.bodies[r.Method+" "+path] = r.MaxBody
			}
			handle := s.adapt(r)
			engine.Handle(r.Method, path, handle)
			if r.Method == http.MethodGet {
				engine.HEAD(path, handle)
			}
		}
	}
	if len(faults) > 0 {
		return fmt.Errorf("server: the table of routes has faults: %w", errors.Join(faults...))
	}
	return nil
}

// adapt makes a gin handler of a row: headers of its class, who asks, permission, limit, handler, errors.
func (s *server) adapt(r Route) gin.HandlerFunc {
	headers, handler := classHeaders(r.Class), s.atDoor(r, s.counted(r))
	return func(c *gin.Context) {
		put(c.Writer.Header(), headers)
		if !s.recognise(c, r) {
			return
		}
		if err := ActorOf(c).Require(r.Permission); err != nil {
			s.fail(c, err)
			return
		}
		handle := handler
		if r.Class == ClassStaff {
			if to, ok := s.elsewhere(c, c.Param("id")); ok {
				s.passOn(c, to)
				return
			}
			do := handle
			handle = func(c *gin.Context) error { return s.withUnsent(c, do) }
		}
		if err := handle(c); err != nil {
			s.fail(c, err)
		}
	}
}

// counted is the handler of the row, or what answers in its place when too much was posted.
func (s *server) counted(r Route) func(*gin.Context) error {
	if s.limiter == nil || r.Method == http.MethodGet || r.Class == ClassOperational || r.AnyOrigin { // machines sign what they send
		return r.Handler
	}
	instead := r.Crowded
	if instead == nil {
		instead = func(*gin.Context) error { return &Refusal{Status: http.StatusTooManyRequests} }
	}
	return func(c *gin.Context) error {
		if s.crowded(c) {
			return instead(c)
		}
		return r.Handler(c)
	}
}

// crowded counts what is posted and reports whether it was too much. People share addresses, and
// an IPv6 network is counted as one. A whole authority may work from one address, so those who have signed
// in are counted each for herself.
func (s *server) crowded(c *gin.Context) bool {
	if in, ok := SignInOf(c); ok {
		return s.limiter.OnLimit(c.Writer, c.Request, "user "+strconv.FormatInt(int64(in.User.ID), 10))
	}
	return s.limiter.OnLimit(c.Writer, c.Request, httprate.CanonicalizeIP(c.ClientIP()))
}

// noRoute mends an address with a slash at its end, or without the one that /en/ has.
func (s *server) noRoute(c *gin.Context) {
	path := c.Request.URL.Path
	get := c.Request.Method == http.MethodGet || c.Request.Method == http.MethodHead
	switch {
	case !get:
	case path == "/en":
		c.Redirect(http.StatusPermanentRedirect, "/en/")
		return
	case len(path) > 1 && strings.HasSuffix(path, "/") && !strings.Contains(path, "//") && !strings.Contains(path, `\`):
		to := url.URL{Path: strings.TrimSuffix(path, "/"), RawQuery: c.Request.URL.RawQuery}
		c.Redirect(http.StatusPermanentRedirect, to.String())
		return
	}
	if s.staff != nil && s.belowStaff(path) { // her page for what is not there, not everyone's
		put(c.Writer.Header(), classHeaders(ClassStaff))
		if in, known, err := s.signIn(c); err == nil && known {
			c.Set(signInKey, in)
		}
	}
	s.fail(c, domain.NotFound(""))
}

// belowStaff reports whether an address is below a page of those who sign in.
func (s *server) belowStaff(path string) bool {
	for i := len(path) - 1; i > 0; i-- {
		if path[i] == '/' && s.desks[path[:i]] {
			return true
		}
	}
	return false
}
