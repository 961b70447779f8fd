package main

import (
	"fmt"
	"net/http"
	"net/http/httptest"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/temadag/temadag/internal/auth"
	"github.com/temadag/temadag/internal/testkit"
	"github.com/temadag/temadag/internal/testkit/check"
)

// workshop builds the program once for all tests.
var workshop = sync.OnceValues(func() (string, error) {
	dir, err := os.MkdirTemp("", "temadag-torture-")
	if err != nil {
		return "", err
	}
	return filepath.Join(dir, "temadag"), nil
})

var building sync.Once

func TestMain(m *testing.M) {
	if len(os.Args) > 1 && (os.Args[1] == childWord || os.Args[1] == twinWord) {
		main()
		return
	}
	code := m.Run()
	if path, err := workshop(); err == nil {
		_ = os.RemoveAll(filepath.Dir(path)) // a folder left behind hurts nobody
	}
	os.Exit(code)
}

// built is the program, built from this tree.
func built(t *testing.T) string {
	t.Helper()
	if testing.Short() {
		t.Skip("by design: it runs the whole program")
	}
	path, err := workshop()
	if err != nil {
		t.Fatal(err)
	}
	building.Do(func() {
		cmd := exec.Command("go", "build", "-tags=nomsgpack", "-trimpath", "-o", path, "./cmd/temadag")
		cmd.Dir = check.Root(t)
		if out, err := cmd.CombinedOutput(); err != nil {
			t.Fatalf("build: %v\n%s", err, out)
		}
	})
	return path
}

func TestRush_noPlaceIsSoldTwice(t *testing.T) {
	binary := built(t)
	modes := map[string]rushOf{
		"one program":                 {programs: 1},
		"two programs on one file":    {programs: 2},
		"two programs on one cluster": {programs: 2, url: "postgres"},
	}
	for name, r := range modes {
		t.Run(name, func(t *testing.T) {
			if r.url != "" {
				r.url = testkit.FreshPostgres(t)
			} else {
				testkit.OnlySQLite(t)
			}
			r.visitors, r.places, r.seed = 300, 50, uint64(time.Now().UnixNano())
			out, err := r.run(t.Context(), binary)
			if err != nil {
				t.Fatal(err)
			}
			for _, f := range out.faults {
				t.Error(f)
			}
			t.Logf("seed %d: %d confirmed, %d offered, %d waiting, %d told so, %d asked to come again, p99 %v, slowest %v, %v in all",
				r.seed, out.confirmed, out.offered, out.waiting, len(out.Received), out.Again, out.percentile(0.99), out.percentile(1), out.took)
			if out.waiting == 0 || len(out.GaveUp) == 0 {
				t.Error("the crowd was too tame to prove anything")
			}
		})
	}
}

// careless is a program that looks whether there is a place, and takes it then.
type careless struct {
	mu     sync.Mutex
	b      books
	places int
}

func (p *careless) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	address := r.PostFormValue("email")
	if address == "" { // a group, or somebody who gives up: it knows neither
		w.WriteHeader(http.StatusConflict)
		return
	}
	p.mu.Lock()
	full := p.b.confirmed >= p.places
	p.mu.Unlock()
	if full && r.PostFormValue("place") != "queue" {
		_, _ = fmt.Fprintf(w, "<form>%s</form>", address)
		return
	}
	time.Sleep(2 * time.Millisecond) // what a busy machine does anyway between looking and writing
	p.mu.Lock()
	defer p.mu.Unlock()
	if p.b.ever[address] = true; full {
		p.b.waiting++
	} else {
		p.b.confirmed++
	}
	http.Redirect(w, r, "/kvitto/x", http.StatusSeeOther)
}

// TestRush_twinSellsTwice is the same crowd before a program without the defence.
func TestRush_twinSellsTwice(t *testing.T) {
	keys, err := auth.New([]byte(secret))
	if err != nil {
		t.Fatal(err)
	}
	for range 10 { // a busy machine may let them come one by one, and then it sells each place once
		p := &careless{places: 20, b: books{emails: map[string]bool{}, ever: map[string]bool{}}}
		server := httptest.NewServer(p)
		s := &site{keys: keys, terms: 1, each: []*process{{addr: strings.TrimPrefix(server.URL, "http://")}}}
		c := newCrowd(s, 200)
		c.rush(t.Context(), 200, 1)
		server.Close()
		if strings.Contains(strings.Join(c.journal.faults(p.b, p.places), "\n"), "places were sold") {
			return
		}
	}
	t.Error("the twin sold places twice, and nobody noticed")
}

// TestJournal_tellsWhatIsWrong breaks the agreement between the journal and the books in each way once.
func TestJournal_tellsWhatIsWrong(t *testing.T) {
	t.Parallel()
	for want, change := range map[string]func(j *journal, b *books){
		"":                     func(*journal, *books) {},
		"places were sold":     func(_ *journal, b *books) { b.confirmed++ },
		"places are free":      func(_ *journal, b *books) { b.confirmed-- },
		"are gone":             func(j *journal, _ *books) { j.Received["b"] = true },
		"were not told so":     func(_ *journal, b *books) { b.ever["b"] = true },
		"gave up her place":    func(j *journal, _ *books) { j.GaveUp["a"] = true },
		"a finding":            func(_ *journal, b *books) { b.findings = []string{"a finding"} },
		"someone was answered": func(j *journal, _ *books) { j.Wrong = []string{"someone was answered 500"} },
	} {
		j := journal{Received: map[string]bool{"a": true}, GaveUp: map[string]bool{}}
		b := books{confirmed: 2, waiting: 1, emails: map[string]bool{"a": true}, ever: map[string]bool{"a": true}}
		change(&j, &b)
		found := strings.Join(j.faults(b, 2), "\n")
		if !strings.Contains(found, want) || (want == "") != (found == "") {
			t.Errorf("%q is told as %q", want, found)
		}
	}
}
