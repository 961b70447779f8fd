package main

import (
	"strings"
	"testing"

	"github.com/temadag/temadag/internal/testkit"
)

// The file is lost under load, and brought back from a backup made under load: see returning. The twins have
// forgotten what was erased, and let letters go that may have gone.
func TestReturn(t *testing.T) {
	testkit.OnlySQLite(t)
	t.Parallel()
	binary := built(t)
	for _, tt := range []struct {
		name  string
		r     *returning
		found string
	}{
		{"as it is", &returning{}, ""},
		{"twin: forgets", &returning{forgets: true}, "who were erased are back"},
		{"twin: sends what was held", &returning{forwards: true}, "came twice, and nobody had let them go"},
	} {
		tt.r.binary, tt.r.people, tt.r.callers = binary, 40, 8
		t.Run(tt.name, func(t *testing.T) {
			t.Parallel()
			got, err := tt.r.run(t.Context(), t.TempDir())
			switch {
			case tt.found == "" && err != nil:
				t.Error(err)
			case tt.found != "" && (err == nil || !strings.Contains(err.Error(), tt.found)):
				t.Errorf("not found out: %v", err)
			}
			t.Logf("%+v", got)
		})
	}
}
