package office_test

import (
	"net/http"
	"strings"
	"testing"
	"time"

	"github.com/temadag/temadag/internal/domain"
	"github.com/temadag/temadag/internal/service"
	"github.com/temadag/temadag/internal/testkit"
)

// Administrators, and nobody else, are told that backups fail and that the database was brought back.
func TestToday_backups(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	w.register(w.AddEvent(t, testkit.Event("sakerhet", 5)), 1) // her letter waits, and is held
	b := &service.Backups{Store: w.Store, Keys: w.Keys, Now: w.Clock.Now}
	const broken, back = "Säkerhetskopieringen fungerar inte", "återlästa från en säkerhetskopia"
	_, err := b.Settle(t.Context(), domain.Operator(), w.Clock.Now().Add(-time.Hour), 0)
	must(t, err)
	must(t, b.Note(t.Context(), domain.Worker(), 10*time.Minute, "the disk is away"))
	admin, organiser := w.user("Ada Admin", in(domain.RoleAdministrator)), w.user("Olle Organisatör", in(domain.RoleOrganiser))
	admin.get("/handlaggare").want(t, http.StatusOK, broken, "Det finns ingen säkerhetskopia", back, "mejl som kan ha gått iväg")
	page := organiser.get("/handlaggare").want(t, http.StatusOK)
	if strings.Contains(page.body, broken) || strings.Contains(page.body, back) {
		t.Error("it is told to those who run nothing")
	}
	must(t, b.Note(t.Context(), domain.Worker(), 10*time.Minute, ""))
	_, err = b.EndHold(t.Context(), domain.Operator(), true)
	must(t, err)
	w.Clock.Turn(20 * time.Minute)
	if page := admin.get("/handlaggare").want(t, http.StatusOK, back); strings.Contains(page.body, broken) {
		t.Error("a fault that is over is told")
	}
	w.Clock.Turn(20 * time.Minute)
	admin.get("/handlaggare").want(t, http.StatusOK, broken, "Den senaste säkerhetskopian") // none for three times as long as between two
}
