package metrics

import (
	"context"
	"math"
	"sync"
	"time"

	"github.com/prometheus/client_golang/prometheus"
)

// Sources answer when somebody scrapes. Any of them may be nil.
type Sources struct {
	Writer func() Writer
	Door   func() Door
	Books  func(context.Context) (Books, error)
	Kept   func() []Kept
	// Backup is when the newest backup was made; the zero time where there is none.
	Backup func() time.Time
	Now    func() time.Time
	// Every is how long an answer of Books serves; 0 means 15 seconds.
	Every time.Duration
}

// Writer counts what was committed since the start.
type Writer struct {
	Commits, Writes int64
	Largest         int64 // callers in the largest commit
	Queued          int   // callers waiting now
	// Sizes counts commits by how many callers shared them: at most 1, 2, 4 and so on to 512; nil where
	// they are not counted.
	Sizes []int64
}

// Door counts visitors who are being answered.
type Door struct {
	Inside, Limit int
	Refused       int64 // asked to come again since the start
}

// Kept counts who asked for something that may be kept, since the start.
type Kept struct {
	What         string
	Hits, Misses int64
}

// Books are what the database tells.
type Books struct {
	Taken, Waiting, Offered int
	Lanes                   []Lane
	Refused                 int // letters that were given up
	Paused                  bool
	// Registrations counts by status, of all events.
	Registrations map[string]int
}

// Lane is what waits in one lane of the outbox.
type Lane struct {
	Name   string // "each" for letters to one person, "many" for mailings
	State  string
	Depth  int
	Oldest time.Time // when the oldest was owed; zero where none waits
}

const (
	keptFor   = 15 * time.Second
	askWithin = 10 * time.Second
)

type gathered struct {
	sources Sources

	mu    sync.Mutex
	asked time.Time
	books Books
	err   error
}

func desc(name, help string, labels ...string) *prometheus.Desc {
	return prometheus.NewDesc("temadag_"+name, help, labels, nil)
}

// Describe tells nothing: what is gathered depends on what may be asked.
func (g *gathered) Describe(chan<- *prometheus.Desc) {}

// Collect asks every source.
func (g *gathered) Collect(out chan<- prometheus.Metric) {
	gauge := func(v float64, d *prometheus.Desc, labels ...string) {
		out <- prometheus.MustNewConstMetric(d, prometheus.GaugeValue, v, labels...)
	}
	count := func(v float64, d *prometheus.Desc) {
		out <- prometheus.MustNewConstMetric(d, prometheus.CounterValue, v)
	}
	if g.sources.Writer != nil {
		w := g.sources.Writer()
		count(float64(w.Writes), desc("writes_total", "Changes that were asked for and committed, by this process."))
		gauge(float64(w.Queued), desc("writer_queue_length", "Changes that wait for their turn."))
		gauge(float64(w.Largest), desc("commit_batch_largest", "Changes in the largest commit since the start."))
		if w.Sizes != nil {
			out <- sizes(w)
		} else {
			count(float64(w.Commits), desc("commits_total", "Commits by this process."))
		}
	}
	if g.sources.Door != nil {
		d := g.sources.Door()
		gauge(float64(d.Inside), desc("visitors_inside", "Visitors who are being answered."))
		gauge(float64(d.Limit), desc("visitors_limit", "Visitors who are let in at a time."))
		count(float64(d.Refused), desc("visitors_turned_away_total", "Visitors who were shown the waiting page."))
	}
	if g.sources.Kept != nil {
		d := desc("kept_total", "Answers with what was kept (hit), and with what had to be made first (miss).", "what", "outcome")
		for _, k := range g.sources.Kept() {
			out <- prometheus.MustNewConstMetric(d, prometheus.CounterValue, float64(k.Hits), k.What, "hit")
			out <- prometheus.MustNewConstMetric(d, prometheus.CounterValue, float64(k.Misses), k.What, "miss")
		}
	}
	if g.sources.Backup != nil {
		if at := g.sources.Backup(); !at.IsZero() {
			gauge(g.sources.Now().Sub(at).Seconds(), desc("backup_age_seconds", "Since the newest backup was made."))
		}
	}
	if g.sources.Books != nil {
		g.collectBooks(gauge)
	}
}

func (g *gathered) collectBooks(gauge func(float64, *prometheus.Desc, ...string)) {
	b, err := g.read()
	up := 1.0
	if err != nil {
		up = 0
	}
	gauge(up, desc("database_up", "Whether the database answered the scrape."))
	if err != nil {
		return
	}
	gauge(float64(b.Taken), desc("places_taken", "Places that are taken, of all events."))
	gauge(float64(b.Waiting), desc("waiting", "Those who wait in a queue."))
	gauge(float64(b.Offered), desc("offered", "Places that are held for somebody who has not answered yet."))
	for status, n := range b.Registrations {
		gauge(float64(n), desc("registrations", "Registrations by what became of them.", "status"), status)
	}
	for _, l := range b.Lanes {
		gauge(float64(l.Depth), desc("outbox_depth", "Letters not taken by the mail server yet.", "lane", "state"), l.Name, l.State)
		age := 0.0
		if !l.Oldest.IsZero() {
			age = max(0, g.sources.Now().Sub(l.Oldest).Seconds())
		}
		gauge(age, desc("outbox_age_seconds", "For how long the oldest letter has waited.", "lane", "state"), l.Name, l.State)
	}
	gauge(float64(b.Refused), desc("letters_refused", "Letters that were given up and are still kept."))
	paused := 0.0
	if b.Paused {
		paused = 1
	}
	gauge(paused, desc("relay_paused", "Whether sending is paused because of the mail server."))
}

// read asks the database, or answers what it said a moment ago.
func (g *gathered) read() (Books, error) {
	g.mu.Lock()
	defer g.mu.Unlock()
	every := g.sources.Every
	if every == 0 {
		every = keptFor
	}
	if now := g.sources.Now(); g.asked.IsZero() || now.Sub(g.asked) >= every || now.Before(g.asked) {
		ctx, cancel := context.WithTimeout(context.Background(), askWithin)
		defer cancel()
		g.books, g.err = g.sources.Books(ctx)
		g.asked = now
	}
	return g.books, g.err
}

// sizes is the histogram of how many shared a commit.
func sizes(w Writer) prometheus.Metric {
	buckets := make(map[float64]uint64, len(w.Sizes))
	var all uint64
	for i, n := range w.Sizes {
		all += uint64(n)
		buckets[math.Exp2(float64(i))] = all
	}
	d := desc("commit_batch_size", "How many changes shared a commit.")
	return prometheus.MustNewConstHistogram(d, all, float64(w.Writes), buckets)
}
