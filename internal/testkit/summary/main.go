// Command summary reads what go test -json writes and tells a person how it went: one line for
// each package, the whole output of what failed, and at the end, in plain sight, every test that
// was left out and why. It leaves with status 1 when anything failed.
//
// A line {"Action":"engine","Output":"PostgreSQL"} says that what follows ran on that engine, and one with the action
// "absent" that nothing could, and why. Where nothing follows and nobody says why, the run has failed.
//
// With TEMADAG_TEST_STRICT set, a test that was left out counts as failed too, unless its reason
// begins with "by design": a machine that is to prove something may not quietly prove less.
package main

import (
	"bufio"
	"encoding/json"
	"fmt"
	"io"
	"os"
	"slices"
	"strings"
	"time"
)

// byDesign begins the reason of a test that is left out on purpose.
const byDesign = "by design"

func main() {
	ok, err := summarise(os.Stdin, os.Stdout, os.Getenv("TEMADAG_TEST_STRICT") != "")
	if err != nil {
		fmt.Fprintln(os.Stderr, "summary:", err)
	}
	if err != nil || !ok {
		os.Exit(1)
	}
}

// event is one line of go test -json.
type event struct {
	Action     string
	Package    string
	ImportPath string // of a build
	Test       string
	Output     string
	Elapsed    float64
}

// name is the package without its module and, where there is one, the test.
func (e event) name() string {
	pkg := e.Package
	if pkg == "" {
		pkg, _, _ = strings.Cut(e.ImportPath, " ")
	}
	pkg = strings.TrimPrefix(pkg, "github.com/temadag/temadag/")
	if e.Test == "" {
		return pkg
	}
	return pkg + " " + e.Test
}

// tally is what has been read so far.
type tally struct {
	w               io.Writer
	output          map[string][]string
	failed, left    []string
	passed, skipped int
	engine          string // "" before the first is named
	packages        int    // that were told of since then
}

// summarise copies the outcome of every package to w and reports whether all is well.
func summarise(r io.Reader, w io.Writer, strict bool) (bool, error) {
	t := &tally{w: w, output: map[string][]string{}}
	lines := bufio.NewScanner(r)
	lines.Buffer(make([]byte, 0, 1<<20), 1<<26)
	for lines.Scan() {
		var e event
		if err := json.Unmarshal(lines.Bytes(), &e); err != nil {
			fmt.Fprintln(w, lines.Text()) // the go command itself speaks
			continue
		}
		t.add(e)
	}
	if err := lines.Err(); err != nil {
		return false, err
	}
	return t.close(strict), nil
}

func (t *tally) add(e event) {
	name := e.name()
	if t.engine != "" {
		name += " on " + t.engine
	}
	switch e.Action {
	case "engine":
		t.turn(strings.TrimSpace(e.Output))
		return
	case "absent":
		t.packages++
		t.skipped++
		t.left = append(t.left, "everything on "+t.engine+": "+e.Output)
		return
	case "output", "build-output":
		t.output[name] = append(t.output[name], e.Output)
		return
	case "pass":
		if e.Test != "" {
			t.passed++
		} else {
			t.packageLine("ok", name, e.Elapsed)
		}
	case "skip":
		if e.Test != "" {
			t.skipped++
			t.left = append(t.left, name+": "+reason(t.output[name]))
		}
	case "fail", "build-fail":
		t.failed = append(t.failed, name)
		if e.Test == "" {
			t.packageLine("FAIL", name, e.Elapsed)
		}
		fmt.Fprint(t.w, strings.Join(t.output[name], ""))
	default:
		return
	}
	delete(t.output, name)
}

// turn ends what ran on one engine and begins with the next, "" for none.
func (t *tally) turn(engine string) {
	if t.engine != "" && t.packages == 0 {
		t.failed = append(t.failed, "nothing ran on "+t.engine)
	}
	t.engine, t.packages = engine, 0
	if engine != "" {
		fmt.Fprintf(t.w, "\non %s:\n", engine)
	}
}

func (t *tally) packageLine(word, name string, seconds float64) {
	t.packages++
	d := time.Duration(seconds * float64(time.Second)).Round(10 * time.Millisecond)
	fmt.Fprintf(t.w, "%-5s %-28s %8s\n", word, name, d)
}

// reason is what a test said when it was left out.
func reason(output []string) string {
	var said []string
	for _, line := range output {
		line = strings.TrimSpace(line)
		if line == "" || strings.HasPrefix(line, "===") || strings.HasPrefix(line, "---") {
			continue
		}
		if _, rest, found := strings.Cut(line, "_test.go:"); found {
			_, line, _ = strings.Cut(rest, ": ")
		}
		said = append(said, line)
	}
	if len(said) == 0 {
		return "no reason given"
	}
	return strings.Join(said, " ")
}

func (t *tally) close(strict bool) bool {
	t.turn("")
	fmt.Fprintf(t.w, "\n%d passed, %d failed, %d left out\n", t.passed, len(t.failed), t.skipped)
	missing := 0
	if len(t.left) > 0 {
		slices.Sort(t.left)
		fmt.Fprintln(t.w, "\nLEFT OUT, and so not proved by this run:")
		for _, l := range t.left {
			fmt.Fprintln(t.w, "  "+l)
			if !strings.Contains(l, ": "+byDesign) {
				missing++
			}
		}
	}
	if len(t.failed) > 0 {
		fmt.Fprintln(t.w, "\nFAILED:\n  "+strings.Join(t.failed, "\n  "))
	}
	if strict && missing > 0 {
		fmt.Fprintf(t.w, "\nFAILED: %d left out although TEMADAG_TEST_STRICT is set\n", missing)
	}
	return len(t.failed) == 0 && (!strict || missing == 0)
}
