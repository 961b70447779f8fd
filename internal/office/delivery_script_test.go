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

// TestDelivery_script: the page of a mailing follows what happens without being asked for again.
func TestDelivery_script(t *testing.T) {
	b := open(t, "the script that follows a mailing")
	if b == nil {
		return
	}
	d := newMailDesk(t, 3)
	_, page := d.approved(3, time.Time{})
	files := static(t)
	at := look.Serve(t, nil, http.HandlerFunc(func(rw http.ResponseWriter, r *http.Request) {
		if !strings.HasPrefix(r.URL.Path, "/handlaggare") {
			files.ServeHTTP(rw, r)
			return
		}
		rw.Header().Set("Content-Type", "text/html; charset=utf-8")
		_, _ = rw.Write([]byte(d.staff.get(r.URL.Path).body))
	}))
	tab := b.Tab(t, browser.Desktop())
	tab.Go(at + page)
	if before := tab.Text("#delivery"); !strings.Contains(before, "ångra") {
		t.Fatalf("it cannot be undone: %s", before)
	}
	d.Clock.Turn(domain.MailingUndo)
	d.settled()
	after := ""
	for range 60 {
		if after = tab.Text("#delivery"); strings.Contains(after, "3 av 3 är klara") {
			break
		}
		time.Sleep(100 * time.Millisecond)
	}
	if !strings.Contains(after, "3 av 3 är klara") {
		t.Errorf("everything has gone, and the page still says %s", after)
	}
	if browser.Eval[bool](tab, "document.querySelector('[data-going]') !== null") {
		t.Error("it goes on asking when nothing more happens")
	}
	for _, complaint := range tab.Complaints() {
		t.Error(complaint)
	}
}
