package journey_test

import (
	"bytes"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"sync"
	"testing"

	"github.com/temadag/temadag/internal/testkit"
	"github.com/temadag/temadag/internal/testkit/browser"
	"github.com/temadag/temadag/internal/testkit/check"
)

func TestMain(m *testing.M) {
	if d := os.Getenv(envTwin); d != "" {
		serveTwin(defect(d))
	}
	code := m.Run()
	house().close()
	os.Exit(code)
}

// workshop is what all journeys share: the built program, a data folder with the demonstration
// programme, one Chromium, and the scenes. Each is made when it is first asked for.
type workshop struct {
	dir string

	build sync.Once
	built error

	furnish   sync.Once
	furnished error
	database  string // the name of the one that the demonstration was put into, on PostgreSQL

	chromium browser.Kept

	play   sync.Once
	scenes []scene
}

// house is the one workshop of this run.
var house = sync.OnceValue(func() *workshop {
	dir, err := os.MkdirTemp("", "temadag-journey-")
	if err != nil {
		panic(err) // nothing can be tested without a folder
	}
	return &workshop{dir: dir}
})

func (h *workshop) close() {
	h.chromium.Close()
	_ = os.RemoveAll(h.dir) // a folder left behind hurts nobody
}

// program is the path of the program, built from this tree.
func (h *workshop) program(t testing.TB) string {
	t.Helper()
	path := filepath.Join(h.dir, "temadag")
	h.build.Do(func() {
		cmd := exec.Command("go", "build", "-tags=nomsgpack", "-trimpath", "-o", path, "./cmd/temadag")
		cmd.Dir = check.Root(t)
		if out, err := cmd.CombinedOutput(); err != nil {
			h.built = fmt.Errorf("build: %w\n%s", err, out)
		}
	})
	if h.built != nil {
		t.Fatal(h.built)
	}
	return path
}

// morning is when every journey begins, in Stockholm: the days are those of the source, and so the
// same words stand on the screen each time.
const morning = "2016-10-03T09:00"

// demo is a data folder that holds the demonstration programme, on PostgreSQL with the database named beside it;
// copy them, never use them.
func (h *workshop) demo(t testing.TB) string {
	t.Helper()
	bin, dir := h.program(t), filepath.Join(h.dir, "demo")
	h.furnish.Do(func() {
		cmd := exec.Command(bin, "demo", "--as-of", "2016-10-01")
		cmd.Env = append(cleanEnvironment(), "TEMADAG_DATA_DIR="+dir, "TEMADAG_CLOCK="+morning)
		if testkit.Engine() == testkit.Postgres {
			var address string
			h.database, address = testkit.KeptPostgres(t)
			cmd.Env = append(cmd.Env, "TEMADAG_DATABASE_URL="+address)
		}
		if out, err := cmd.CombinedOutput(); err != nil {
			h.furnished = fmt.Errorf("demo: %w\n%s", err, out)
		}
	})
	if h.furnished != nil {
		t.Fatal(h.furnished)
	}
	return dir
}

// tab opens a tab in the shared Chromium, or leaves the test out where there is none.
func (h *workshop) tab(t testing.TB, w browser.Window) *browser.Tab {
	t.Helper()
	return h.browser(t).Tab(t, w)
}

// browser is the shared Chromium, or leaves the test out where there is none.
func (h *workshop) browser(t testing.TB) *browser.Browser {
	t.Helper()
	path := browser.Find()
	if path == "" {
		check.LeaveOut(t, "Chromium")
	}
	b, err := h.chromium.Open(path)
	if err != nil {
		t.Fatal(err)
	}
	return b
}

// cleanEnvironment is the environment without what would configure the program.
func cleanEnvironment() []string {
	var env []string
	for _, v := range os.Environ() {
		if !bytes.HasPrefix([]byte(v), []byte("TEMADAG_")) {
			env = append(env, v)
		}
	}
	return env
}
