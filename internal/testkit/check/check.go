// Package check lets other people's programs judge what Temadag makes: axe-core its pages, the Nu
// HTML checker its markup, LibreOffice its workbooks, two foreign parsers its calendars, and a Postfix and an
// OpenSMTPD its letters.
//
// It is for tests alone and has no opinion of its own: it runs the judge and returns what it said.
// A judge that is missing leaves the test out, with a word about how to get it; where
// TEMADAG_TEST_STRICT is set, a missing judge is a failure.
package check

import (
	"os"
	"os/exec"
	"path/filepath"
	"testing"
)

// LeaveOut says that the test cannot be run here for want of what, which .ci/run installs.
func LeaveOut(t testing.TB, what string) {
	t.Helper()
	if os.Getenv("TEMADAG_TEST_STRICT") != "" {
		t.Fatalf("%s is missing on this machine, and TEMADAG_TEST_STRICT is set", what)
	}
	t.Skipf("%s is missing on this machine (.ci/run installs it)", what)
}

// program is the path of the first of the names that exists here, or leaves the test out.
func program(t testing.TB, what string, names ...string) string {
	t.Helper()
	for _, name := range names {
		if p, err := exec.LookPath(name); err == nil {
			return p
		}
	}
	LeaveOut(t, what)
	return ""
}

// module is the path of a file in .ci/node_modules, or in the folder that TEMADAG_NODE_MODULES
// names, or leaves the test out.
func module(t testing.TB, name string) string {
	t.Helper()
	dir := os.Getenv("TEMADAG_NODE_MODULES")
	if dir == "" {
		dir = filepath.Join(Root(t), ".ci", "node_modules")
	}
	p := filepath.Join(dir, filepath.FromSlash(name))
	if _, err := os.Stat(p); err != nil {
		LeaveOut(t, "the file "+name+" of the Node packages in .ci")
	}
	return p
}

// Root is the folder of the repository, found from the folder the test runs in.
func Root(t testing.TB) string {
	t.Helper()
	dir, err := os.Getwd()
	if err != nil {
		t.Fatal(err)
	}
	for {
		if _, err := os.Stat(filepath.Join(dir, "go.mod")); err == nil {
			return dir
		}
		if parent := filepath.Dir(dir); parent != dir {
			dir = parent
			continue
		}
		t.Fatal("check: no go.mod above the test's folder")
	}
}
