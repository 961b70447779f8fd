package metrics_test

import (
	"context"
	"errors"
	"net/http/httptest"
	"strings"
	"testing"
	"time"

	"github.com/prometheus/client_golang/prometheus/testutil"

	"github.com/temadag/temadag/internal/metrics"
)

func full(books func(context.Context) (metrics.Books, error)) *metrics.Metrics {
	now := time.Date(2026, 11, 24, 9, 0, 0, 0, time.UTC)
	return metrics.New(metrics.Build{Version: "1", Commit: "c", Go: "go", Engine: "sqlite"}, metrics.Sources{
		Now: func() time.Time { return now },
		Writer: func() metrics.Writer {
			return metrics.Writer{Commits: 3, Writes: 7, Largest: 4, Sizes: []int64{1, 1, 1}}
		},
		Door:   func() metrics.Door { return metrics.Door{Inside: 2, Limit: 64, Refused: 1} },
		Backup: func() time.Time { return now.Add(-time.Hour) },
		Kept:   func() []metrics.Kept { return []metrics.Kept{{What: "pages", Hits: 3, Misses: 1}} },
		Books:  books,
	})
}

func someBooks(context.Context) (metrics.Books, error) {
	return metrics.Books{
		Taken: 5, Waiting: 2, Offered: 1, Registrations: map[string]int{"confirmed": 5},
		Lanes: []metrics.Lane{{Name: "each", State: "queued", Depth: 2}},
	}, nil
}

func scrape(t *testing.T, m *metrics.Metrics, path string) string {
	t.Helper()
	w := httptest.NewRecorder()
	m.Handler().ServeHTTP(w, httptest.NewRequestWithContext(t.Context(), "GET", path, nil))
	return w.Body.String()
}

func TestMetrics_areNamedAsPrometheusHasIt(t *testing.T) {
	m := full(someBooks)
	m.Request("/tillfalle/:slug", "GET", 200, time.Millisecond)
	faults, err := testutil.GatherAndLint(m.Gatherer())
	if err != nil {
		t.Fatal(err)
	}
	for _, f := range faults {
		t.Errorf("%s: %s", f.Metric, f.Text)
	}
}

func TestMetrics_tellWhatTheyWereTold(t *testing.T) {
	m := full(someBooks)
	m.Request("/tillfalle/:slug", "GET", 200, time.Millisecond)
	m.Request("/tillfalle/:slug/anmalan", "POST", 429, time.Millisecond)
	m.Request("", "BREW anna@example.se", 404, time.Millisecond)
	m.Letter(nil)
	m.Letter(errors.New("no"))
	got := scrape(t, m, "/metrics")
	for _, line := range []string{
		`temadag_http_request_duration_seconds_count{method="GET",route="/tillfalle/:slug",status="2xx"} 1`,
		`temadag_http_request_duration_seconds_count{method="other",route="none",status="4xx"} 1`,
		"temadag_rate_limit_refusals_total 1", "temadag_letters_sent_total 1", "temadag_letters_failed_total 1",
		`temadag_commit_batch_size_bucket{le="2"} 2`, "temadag_commit_batch_size_sum 7", "temadag_commit_batch_size_count 3",
		`temadag_registrations{status="confirmed"} 5`, "temadag_backup_age_seconds 3600", "temadag_database_up 1", "temadag_relay_paused 0",
		`temadag_kept_total{outcome="hit",what="pages"} 3`, `temadag_kept_total{outcome="miss",what="pages"} 1`,
		`temadag_outbox_depth{lane="each",state="queued"} 2`,
	} {
		if !strings.Contains(got, line+"\n") {
			t.Errorf("missing: %s", line)
		}
	}
	if strings.Contains(got, "anna") {
		t.Error("what a visitor wrote stands in a label")
	}
	if got := scrape(t, m, "/"); strings.Contains(got, "temadag_") {
		t.Error("another path than /metrics tells of the program")
	}
}

func TestMetrics_askTheDatabaseSeldomAndTellWhenItIsSilent(t *testing.T) {
	asked := 0
	m := full(func(context.Context) (metrics.Books, error) { asked++; return metrics.Books{}, errors.New("gone") })
	for range 5 {
		if got := scrape(t, m, "/metrics"); !strings.Contains(got, "temadag_database_up 0\n") || strings.Contains(got, "temadag_places_taken") {
			t.Fatalf("a silent database is not told of as such:\n%s", got)
		}
	}
	if asked != 1 {
		t.Errorf("the database was asked %d times in a moment, want once", asked)
	}
}

// BenchmarkRequest is what each request pays.
func BenchmarkRequest(b *testing.B) {
	m := full(someBooks)
	b.ReportAllocs()
	b.RunParallel(func(pb *testing.PB) {
		for pb.Next() {
			m.Request("/tillfalle/:slug/anmalan", "POST", 303, time.Millisecond)
		}
	})
}
