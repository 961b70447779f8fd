package office_test

import (
	"net/http"
	"strings"
	"testing"
	"time"

	"github.com/temadag/temadag/internal/domain"
	"github.com/temadag/temadag/internal/testkit/browser"
	"github.com/temadag/temadag/internal/testkit/look"
)

// TestLive_script: whoever comes back to the window sees how many are registered now.
func TestLive_script(t *testing.T) {
	b := open(t, "the script that keeps numbers fresh")
	if b == nil {
		return
	}
	w := newWorld(t)
	events := season(t, w)
	c := w.user("Anna Exempel", in(domain.RoleOrganiser))
	files := static(t)
	at := look.Serve(t, nil, http.HandlerFunc(func(rw http.ResponseWriter, r *http.Request) {
		if !strings.HasPrefix(r.URL.Path, "/handlaggare") {
			files.ServeHTTP(rw, r)
			return
		}
		rw.Header().Set("Content-Type", "text/html; charset=utf-8")
		_, _ = rw.Write([]byte(c.get(r.URL.Path).body))
	}))
	tab := b.Tab(t, browser.Desktop())
	tab.Go(at + "/handlaggare/tillfalle/kiruna")
	before := tab.Text("#numbers dd")
	w.enter(events["kiruna"], personOf("Nykomna", "Persson"))
	browser.Eval[bool](tab, "window.dispatchEvent(new Event('focus'))")
	after := before
	for range 50 {
		if after = tab.Text("#numbers dd"); after != before {
			break
		}
		time.Sleep(100 * time.Millisecond)
	}
	if after == before {
		t.Errorf("one more has come, and the page still says %s", before)
	}
	for _, complaint := range tab.Complaints() {
		t.Error(complaint)
	}
}
