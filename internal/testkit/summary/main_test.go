package main

import (
	"strings"
	"testing"
)

const module = "github.com/temadag/temadag/"

func TestSummarise(t *testing.T) {
	lines := func(l ...string) string {
		return strings.ReplaceAll(strings.Join(l, "\n"), "MODULE/", module)
	}
	passed := `{"Action":"pass","Package":"MODULE/internal/a","Test":"TestA","Elapsed":0.1}`
	whole := `{"Action":"pass","Package":"MODULE/internal/a","Elapsed":1.5}`
	why := `{"Action":"output","Package":"MODULE/internal/a","Test":"TestB","Output":"    a_test.go:7: REASON\n"}`
	left := `{"Action":"skip","Package":"MODULE/internal/a","Test":"TestB","Elapsed":0}`
	told := `{"Action":"output","Package":"MODULE/internal/a","Test":"TestC","Output":"    a_test.go:9: got 1\n"}`
	failed := `{"Action":"fail","Package":"MODULE/internal/a","Test":"TestC","Elapsed":0}`
	reasoned := func(r string) string { return strings.ReplaceAll(why, "REASON", r) }

	engine, absent := `{"Action":"engine","Output":"PostgreSQL"}`, `{"Action":"absent","Output":"it is not installed"}`
	cases := map[string]struct {
		in     string
		strict bool
		ok     bool
		want   []string
	}{
		"all is well":                       {lines(passed, whole), true, true, []string{"ok    internal/a", "1 passed, 0 failed, 0 left out"}},
		"a failure is told in full":         {lines(told, failed), false, false, []string{"got 1", "FAILED:\n  internal/a TestC"}},
		"left out is told with reason":      {lines(reasoned("no Chromium here"), left), false, true, []string{"internal/a TestB: no Chromium here"}},
		"left out fails where strict":       {lines(reasoned("no Chromium here"), left), true, false, []string{"although TEMADAG_TEST_STRICT"}},
		"left out by design is accepted":    {lines(reasoned("by design: slow"), left), true, true, []string{"by design: slow"}},
		"no reason is no design":            {lines(left), true, false, []string{"no reason given"}},
		"other lines pass through":          {lines("go: downloading x", passed), true, true, []string{"go: downloading x"}},
		"another engine has its own lines":  {lines(passed, whole, engine, told, failed), true, false, []string{"internal/a TestC on PostgreSQL"}},
		"an engine that is absent is told":  {lines(passed, whole, engine, absent), false, true, []string{"everything on PostgreSQL: it is not installed"}},
		"and fails where strict":            {lines(passed, whole, engine, absent), true, false, []string{"although TEMADAG_TEST_STRICT"}},
		"nothing on an engine is a failure": {lines(passed, whole, engine), false, false, []string{"nothing ran on PostgreSQL"}},
		"a build that fails is a failure": {
			lines(`{"Action":"build-output","ImportPath":"MODULE/internal/b","Output":"b.go:1: undefined: x\n"}`,
				`{"Action":"build-fail","ImportPath":"MODULE/internal/b"}`),
			false, false,
			[]string{"undefined: x", "internal/b"},
		},
	}
	for name, c := range cases {
		t.Run(name, func(t *testing.T) {
			var out strings.Builder
			ok, err := summarise(strings.NewReader(c.in), &out, c.strict)
			if err != nil || ok != c.ok {
				t.Errorf("got %v, %v, want %v", ok, err, c.ok)
			}
			for _, w := range c.want {
				if !strings.Contains(out.String(), w) {
					t.Errorf("%q is missing in\n%s", w, out.String())
				}
			}
		})
	}
}
