package server

import (
	"errors"
	"fmt"
	"net/http"
	"net/url"
	"slices"
	"strings"

	"github.com/gin-gonic/gin"

	"github.com/temadag/temadag/internal/domain"
)

// Class says who may keep the answer of a route.
type Class string

// The classes of route.
const (
	ClassPublic      Class = "public"      // the same for everyone
	ClassForm        Class = "form"        // with something of this visitor's in it: her browser may keep it, for the way back
	ClassPersonal    Class = "personal"    // one person's: never kept, never indexed, never told as referrer
	ClassOperational Class = "operational" // for machines: answered for any host
	ClassDevelopment Class = "development" // only on the developer's own machine
	ClassStaff       Class = "staff"       // for those who have signed in: never kept; others are led to the sign-in page
	ClassEntry       Class = "entry"       // the way in: never kept, open to everyone
)

// Route is one row of the table: a name, its method, its path in each language, and what it takes
// to be let in. A path that is the same in every language stands under Swedish alone.
type Route struct {
	Name       string
	Method     string // GET answers HEAD too
	Paths      map[domain.Lang]string
	Permission domain.Permission
	Class      Class
	Handler    func(*gin.Context) error
	// MaxBody is the most that may be posted, in bytes; 0 means MaxBody, which is enough for a form.
	MaxBody int64
	// Crowded answers in place of Handler when too much was posted from the visitor's network; nil
	// means the page for 429. It lets a form keep what was typed.
	Crowded func(*gin.Context) error
	// AnyOrigin lets other programs and sites send it, as often as they like: for what mail programs send in
	// their reader's name (RFC 8058). What it does must hang on a signed token alone.
	AnyOrigin bool
}

// fault says what is wrong with the row, or nil. The permission must be one that somebody holds.
func (r Route) fault() error {
	switch {
	case r.Name == "":
		return errors.New("a route has no name")
	case r.Method != http.MethodGet && r.Method != http.MethodPost:
		return fmt.Errorf("route %s: method %q", r.Name, r.Method)
	case r.Paths[domain.Swedish] == "":
		return fmt.Errorf("route %s has no path", r.Name)
	case r.Permission == "":
		return fmt.Errorf("route %s declares no permission", r.Name)
	case !held(r.Permission):
		return fmt.Errorf("route %s: nobody holds the permission %q", r.Name, r.Permission)
	case r.Class == "":
		return fmt.Errorf("route %s has no class", r.Name)
	case r.Handler == nil:
		return fmt.Errorf("route %s has no handler", r.Name)
	case r.AnyOrigin && (r.Method != http.MethodPost || r.Class != ClassPersonal):
		return fmt.Errorf("route %s may not be sent from anywhere", r.Name)
	}
	return nil
}

func held(p domain.Permission) bool {
	return slices.ContainsFunc(domain.Roles(), func(r domain.Role) bool { return r.May(p) })
}

// Paths knows where each named route is. It is made from the table itself.
type Paths struct {
	patterns map[string]map[domain.Lang]string
}

// NewPaths reads the paths of a table. Rows of the same name (GET and POST) must agree on them.
func NewPaths(routes []Route) (Paths, error) {
	p := Paths{patterns: make(map[string]map[domain.Lang]string, len(routes))}
	for _, r := range routes {
		known, ok := p.patterns[r.Name]
		if !ok {
			p.patterns[r.Name] = r.Paths
			continue
		}
		for l, path := range r.Paths {
			if known[l] != path {
				return Paths{}, fmt.Errorf("server: route %s has two paths, %s and %s", r.Name, known[l], path)
			}
		}
	}
	return p, nil
}

// For is the path of the named route in l with its holes filled in order. A route without a path in
// l answers in Swedish. It panics where the name or the number of args is wrong, which is a fault
// in the program and is found when every page is rendered in tests.
func (p Paths) For(l domain.Lang, name string, args ...string) string {
	patterns, ok := p.patterns[name]
	if !ok {
		panic("server: no route is called " + name)
	}
	pattern, ok := patterns[l]
	if !ok {
		pattern = patterns[domain.Swedish]
	}
	var b strings.Builder
	for _, part := range strings.SplitAfter(pattern, "/") {
		if part == "" || (part[0] != ':' && part[0] != '*') {
			b.WriteString(part)
			continue
		}
		if len(args) == 0 {
			panic("server: too few values for " + pattern)
		}
		b.WriteString(escape(part[0], args[0]))
		if strings.HasSuffix(part, "/") {
			b.WriteByte('/')
		}
		args = args[1:]
	}
	if len(args) > 0 {
		panic("server: too many values for " + pattern)
	}
	return b.String()
}

func escape(hole byte, value string) string {
	if hole == ':' {
		return url.PathEscape(value)
	}
	parts := strings.Split(value, "/")
	for i, part := range parts {
		parts[i] = url.PathEscape(part)
	}
	return strings.Join(parts, "/")
}

// LangOf is the language the address asks for: English below /en, else Swedish.
func LangOf(c *gin.Context) domain.Lang {
	path := c.Request.URL.Path
	if path == "/en" || strings.HasPrefix(path, "/en/") {
		return domain.English
	}
	return domain.Swedish
}
