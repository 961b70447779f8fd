package internal_test

import (
	"cmp"
	"fmt"
	"go/parser"
	"go/token"
	"io/fs"
	"os"
	"path"
	"slices"
	"strconv"
	"strings"
	"testing"
	"testing/fstest"
)

const module = "github.com/temadag/temadag"

// doors lists, for each room, the rooms it may import. A room that is not listed may not exist.
// Tests may besides import testkit and, for fixtures, whatever tests lists.
func doors() map[string][]string {
	return map[string][]string{
		"db":      {},
		"web":     {},
		"domain":  {},
		"auth":    {},
		"worker":  {},
		"metrics": {},
		"i18n":    {"domain"},

		"store":  {"domain"},
		"backup": {"domain"},
		"mail":   {"domain", "i18n"},
		"export": {"domain", "i18n"},
		"view":   {"domain", "i18n"},
		"server": {"domain", "auth", "i18n"},

		"service": {"domain", "store", "auth"},
		"demo":    {"domain", "service"},
		"site":    {"domain", "service", "server", "view", "i18n", "export"},
		"office":  {"domain", "auth", "service", "server", "site", "view", "i18n", "export"},

		"cmd/temadag": {
			"db", "web", "domain", "auth", "worker", "i18n", "store", "mail", "export", "view",
			"server", "service", "demo", "site", "office", "metrics", "backup",
		},
		"bench": {
			"db", "web", "domain", "auth", "worker", "i18n", "store", "mail", "export", "view",
			"server", "service", "demo", "site", "testkit/cluster",
		},

		"torture": {"db", "domain", "auth", "store", "service", "testkit/cluster"},

		"internal":             {},
		"testkit":              {"domain", "store", "service", "auth", "db", "web", "demo"},
		"testkit/cluster":      {},
		"testkit/browser":      {},
		"testkit/check":        {},
		"testkit/hostile":      {"domain"},
		"testkit/look":         {"testkit/browser", "testkit/check"},
		"testkit/summary":      {},
		"testkit/withpostgres": {"testkit/cluster"},
		"journey":              {},
	}
}

// tests lists what a room's tests may import beyond its doors and its own package.
func tests() map[string][]string {
	fixtures := []string{"db", "web", "testkit", "testkit/cluster", "testkit/browser", "testkit/check", "testkit/hostile", "testkit/look"}
	more := map[string][]string{
		"i18n":        nil,
		"mail":        {"export"},
		"view":        {"auth"},
		"server":      {"view"},
		"backup":      {"auth", "service", "store"},
		"store":       {"auth", "service"}, // what the use cases make is what the tables must keep
		"service":     {"mail", "export", "i18n"},
		"site":        {"store", "auth", "mail", "demo"},
		"office":      {"store", "auth", "mail", "demo"},
		"demo":        {"store", "auth", "i18n"},
		"cmd/temadag": nil,
		"journey":     {"domain", "auth", "service"}, // an installation that has lived is made by the use cases
	}
	out := map[string][]string{}
	for room := range doors() {
		if room != "domain" && room != "internal" {
			out[room] = append(slices.Clone(more[room]), fixtures...)
		}
	}
	return out
}

// owners lists packages that only the named rooms may import (in code; their tests too). A name
// that ends in a slash stands for everything below it.
func owners() map[string][]string {
	databases := []string{"store", "bench", "journey", "torture", "testkit"} // all but store look from outside
	return map[string][]string{
		"database/sql":                  databases,
		"github.com/jmoiron/sqlx":       databases,
		"github.com/mattn/go-sqlite3":   append(databases, "cmd/temadag"), // it tells the version
		"github.com/jackc/pgx/":         databases,
		"filippo.io/age":                {"backup", "cmd/temadag"},
		"github.com/pressly/goose/":     {"store"},
		"github.com/wneessen/go-mail/":  {"mail"},
		"github.com/emersion/go-imap/":  {"mail", "journey"}, // the latter runs a server
		"github.com/xuri/excelize/":     {"export", "journey", "bench"},
		"github.com/gin-gonic/gin/":     {"server", "site", "office", "bench"},
		"github.com/chromedp/":          {"testkit/browser"},
		"github.com/alecthomas/kong":    {"cmd/temadag"},
		"github.com/prometheus/":        {"metrics"},
		"html/template":                 {"view", "mail", "server"},
		"github.com/yuin/goldmark/":     {"view"},
		"github.com/microcosm-cc/":      {"view"},
		"github.com/nicksnyder/go-i18n": {"i18n"},
		"github.com/alexedwards/":       {"auth"},
		"github.com/pquerna/otp/":       {"auth"},
		"github.com/go-webauthn/":       {"auth"},
		"golang.org/x/oauth2":           {"auth"},
		"github.com/coreos/go-oidc/":    {"auth", "service", "office"}, // tests run a provider
	}
}

// onlookers lists what a room's tests, and no code, may use besides: those of the use cases compare
// the tables themselves with a model of their own.
func onlookers() map[string][]string {
	return map[string][]string{"service": {"database/sql", "github.com/jmoiron/sqlx"}, "cmd/temadag": {"database/sql"}}
}

// strangers lists what a room must do without. Its tests may read their fixtures.
func strangers() map[string][]string {
	return map[string][]string{
		"domain": {"os", "os/", "net", "net/", "database/sql", "log", "log/", "io/fs", "html/template"},
		"auth":   {"net/http", "database/sql"},
		"worker": {"net/http", "database/sql"},
	}
}

// finding is one import that breaks a rule.
type finding struct{ room, file, imported, why string }

// inspect reads the imports of every Go file of the tree and returns those that break a rule, in
// order.
func inspect(tree fs.FS) ([]finding, error) {
	var out []finding
	err := fs.WalkDir(tree, ".", func(name string, d fs.DirEntry, err error) error {
		if err != nil {
			return err
		}
		if d.IsDir() {
			return skipFolder(d.Name(), name)
		}
		if !strings.HasSuffix(name, ".go") {
			return nil
		}
		found, err := inspectFile(tree, name)
		out = append(out, found...)
		return err
	})
	slices.SortFunc(out, func(a, b finding) int {
		return cmp.Or(strings.Compare(a.file, b.file), strings.Compare(a.imported, b.imported))
	})
	return out, err
}

func skipFolder(base, name string) error {
	if name != "." && (strings.HasPrefix(base, ".") || base == "node_modules" || base == "testdata" || base == "var") {
		return fs.SkipDir
	}
	return nil
}

func inspectFile(tree fs.FS, name string) ([]finding, error) {
	src, err := fs.ReadFile(tree, name)
	if err != nil {
		return nil, err
	}
	file, err := parser.ParseFile(token.NewFileSet(), name, src, parser.ImportsOnly)
	if err != nil {
		return nil, fmt.Errorf("imports: %w", err)
	}
	room := strings.TrimPrefix(path.Dir(name), "internal/")
	allowed, known := doors()[room]
	if !known {
		return []finding{{room, name, "", "is no room of the house"}}, nil
	}
	without := strangers()[room]
	looksOn := strings.HasSuffix(name, "_test.go")
	if looksOn {
		allowed = append(append(slices.Clone(allowed), tests()[room]...), room)
		without = nil
	}
	var out []finding
	for _, spec := range file.Imports {
		imported, err := strconv.Unquote(spec.Path.Value)
		if err != nil {
			return nil, err
		}
		if looksOn && slices.Contains(onlookers()[room], imported) {
			continue
		}
		if why := fault(room, imported, allowed, without); why != "" {
			out = append(out, finding{room, name, imported, why})
		}
	}
	return out, nil
}

// fault says what is wrong with the import, or "".
func fault(room, imported string, allowed, without []string) string {
	if own, ok := strings.CutPrefix(imported, module+"/"); ok {
		own = strings.TrimPrefix(own, "internal/")
		if !slices.Contains(allowed, own) {
			return "has no door to " + own
		}
		return ""
	}
	if slices.ContainsFunc(without, covers(imported)) {
		return "must do without " + imported
	}
	for name, rooms := range owners() {
		if covers(imported)(name) && !slices.Contains(rooms, room) {
			return "is not among the owners of " + name + " (" + strings.Join(rooms, ", ") + ")"
		}
	}
	return ""
}

// covers reports whether a name in a table means the imported package.
func covers(imported string) func(string) bool {
	return func(name string) bool {
		below, isFolder := strings.CutSuffix(name, "/")
		return imported == below || isFolder && strings.HasPrefix(imported, name)
	}
}

func TestImports(t *testing.T) {
	found, err := inspect(os.DirFS(".."))
	if err != nil {
		t.Fatal(err)
	}
	for _, f := range found {
		t.Errorf("%s: %s %s %s", f.file, f.room, f.why, f.imported)
	}
}

// TestImports_findsForbiddenDoors is the twin: a small house where each rule is broken once.
func TestImports_findsForbiddenDoors(t *testing.T) {
	source := func(imported ...string) *fstest.MapFile {
		return &fstest.MapFile{Data: []byte("package p\nimport (\n\"" + strings.Join(imported, "\"\n\"") + "\"\n)\n")}
	}
	cases := map[string]struct {
		file string
		tree *fstest.MapFile
		want int
	}{
		"a door that is open":                    {"internal/store/a.go", source(module + "/internal/domain"), 0},
		"the domain asks the store":              {"internal/domain/a.go", source(module + "/internal/store"), 1},
		"the domain reads a file":                {"internal/domain/a.go", source("os"), 1},
		"the domain opens a connection":          {"internal/domain/a.go", source("net/netip"), 1},
		"a page speaks SQL":                      {"internal/site/a.go", source("database/sql"), 1},
		"a page skips the use cases":             {"internal/site/a.go", source(module + "/internal/store"), 1},
		"the use cases speak SQL":                {"internal/service/a.go", source("database/sql"), 1},
		"their tests look at the tables":         {"internal/service/a_test.go", source("database/sql"), 0},
		"a test may use the store":               {"internal/site/a_test.go", source(module + "/internal/store"), 0},
		"the product uses the test kit":          {"cmd/temadag/a.go", source(module + "/internal/testkit"), 1},
		"letters know the router":                {"internal/mail/a.go", source("github.com/gin-gonic/gin"), 1},
		"a part of a library has the same owner": {"internal/mail/a.go", source("github.com/gin-gonic/gin/binding"), 1},
		"two faults in one file":                 {"internal/view/a.go", source("database/sql", module+"/internal/service"), 2},
		"a room nobody has planned":              {"internal/util/a.go", source("strings"), 1},
		"a room outside the house":               {"tools/a.go", source("strings"), 1},
		"an external test imports its own room":  {"internal/worker/a_test.go", source(module + "/internal/worker"), 0},
		"a name that merely begins like another": {"internal/worker/a.go", source("net/httpx"), 0},
		"the journey sees no table":              {"internal/journey/a_test.go", source(module + "/internal/store"), 1},
	}
	for name, c := range cases {
		t.Run(name, func(t *testing.T) {
			found, err := inspect(fstest.MapFS{c.file: c.tree})
			if err != nil {
				t.Fatal(err)
			}
			if len(found) != c.want {
				t.Errorf("found %d faults, want %d: %v", len(found), c.want, found)
			}
		})
	}
}
