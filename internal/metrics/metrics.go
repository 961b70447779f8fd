// Package metrics tells Prometheus how the program fares. It knows no other room: cmd gives it functions that
// answer, and it asks them when it is asked itself. What a request pays is one observation, counted without a
// lock; everything else is gathered from counters that are kept anyway, or from the database, which is asked at
// most once in Books.For however often somebody scrapes.
//
// No label may tell of a person or an event: routes are named by their pattern, with ":slug" in it, never by
// their address.
package metrics

import (
	"net/http"
	"strconv"
	"sync"
	"sync/atomic"
	"time"

	"github.com/prometheus/client_golang/prometheus"
	"github.com/prometheus/client_golang/prometheus/collectors"
	"github.com/prometheus/client_golang/prometheus/promhttp"
)

// Build tells what runs.
type Build struct{ Version, Commit, Go, Engine string }

// Metrics counts, and answers scrapes. Make one with New; it is safe for use by several goroutines.
type Metrics struct {
	registry *prometheus.Registry
	latency  *prometheus.HistogramVec
	kept     sync.Map // of requestKey to prometheus.Observer
	refused  atomic.Int64
	sent     atomic.Int64
	failed   atomic.Int64
}

type requestKey struct {
	pattern, method string
	class           int
}

// New is a registry of its own with everything in it. Sources that are nil are left out.
func New(b Build, s Sources) *Metrics {
	m := &Metrics{
		registry: prometheus.NewRegistry(),
		latency: prometheus.NewHistogramVec(prometheus.HistogramOpts{
			Name: "temadag_http_request_duration_seconds", Help: "Time until a request was answered, by the pattern of its route.",
			Buckets: []float64{.0005, .001, .0025, .005, .01, .025, .05, .1, .25, .5, 1, 2.5, 5, 10},
		}, []string{"route", "method", "status"}),
	}
	build := prometheus.NewGauge(prometheus.GaugeOpts{
		Name: "temadag_build_info", Help: "What runs; always 1.",
		ConstLabels: prometheus.Labels{"version": b.Version, "commit": b.Commit, "go": b.Go, "engine": b.Engine},
	})
	build.Set(1)
	m.registry.MustRegister(m.latency, build, collectors.NewGoCollector(), collectors.NewProcessCollector(collectors.ProcessCollectorOpts{}),
		counter("temadag_rate_limit_refusals_total", "Forms refused with status 429, since too many came from one network.", &m.refused),
		counter("temadag_letters_sent_total", "Letters that the mail server, or the folder in its place, has taken from this process.", &m.sent),
		counter("temadag_letters_failed_total", "Tries at handing over a letter that failed, whether or not another follows.", &m.failed),
		&gathered{sources: s})
	return m
}

func counter(name, help string, n *atomic.Int64) prometheus.Collector {
	return prometheus.NewCounterFunc(prometheus.CounterOpts{Name: name, Help: help}, func() float64 { return float64(n.Load()) })
}

// Request counts an answered request. The pattern is that of the route, "" where there is none.
func (m *Metrics) Request(pattern, method string, status int, took time.Duration) {
	if status == http.StatusTooManyRequests {
		m.refused.Add(1)
	}
	key := requestKey{pattern, method, status / 100}
	o, ok := m.kept.Load(key)
	if !ok {
		o, _ = m.kept.LoadOrStore(key, m.observer(key))
	}
	o.(prometheus.Observer).Observe(took.Seconds())
}

func (m *Metrics) observer(k requestKey) prometheus.Observer {
	if k.pattern == "" {
		k.pattern = "none"
	}
	switch k.method {
	case http.MethodGet, http.MethodHead, http.MethodPost:
	default:
		k.method = "other" // a visitor may write any word
	}
	return m.latency.WithLabelValues(k.pattern, k.method, strconv.Itoa(k.class)+"xx")
}

// Letter counts one try at handing over a letter.
func (m *Metrics) Letter(err error) {
	if err != nil {
		m.failed.Add(1)
		return
	}
	m.sent.Add(1)
}

// Handler answers scrapes at /metrics, and nothing else.
func (m *Metrics) Handler() http.Handler {
	mux := http.NewServeMux()
	mux.Handle("GET /metrics", promhttp.HandlerFor(m.registry, promhttp.HandlerOpts{MaxRequestsInFlight: 2, Timeout: 20 * time.Second}))
	return mux
}

// Gatherer is the registry, for tests.
func (m *Metrics) Gatherer() prometheus.Gatherer { return m.registry }
