package main

import (
	"context"
	"errors"
	"fmt"
	"net"
	"net/netip"
	"runtime"
	"sync"
	"time"

	"github.com/temadag/temadag/internal/backup"
	"github.com/temadag/temadag/internal/domain"
	"github.com/temadag/temadag/internal/metrics"
	"github.com/temadag/temadag/internal/server"
	"github.com/temadag/temadag/internal/service"
	"github.com/temadag/temadag/internal/site"
)

// readMetrics keeps what only those who watch over the program need to know from everyone else.
func (c *Config) readMetrics(s *settings) error {
	if c.MetricsAddr == "" {
		return nil
	}
	host, port, err := net.SplitHostPort(c.MetricsAddr)
	if err != nil || port == "" {
		return fmt.Errorf("TEMADAG_METRICS_ADDR is %q; write host and port, like 127.0.0.1:9090", c.MetricsAddr)
	}
	if c.MetricsAddr == c.Addr {
		return errors.New("TEMADAG_METRICS_ADDR is where the pages are; give it an address of its own")
	}
	ip, err := netip.ParseAddr(host)
	if near := host == "localhost" || err == nil && ip.IsLoopback(); !near && !c.MetricsOpen {
		return fmt.Errorf("TEMADAG_METRICS_ADDR is %q, which other machines reach; set TEMADAG_METRICS_OPEN=true if none but Prometheus does", c.MetricsAddr)
	}
	s.metricsAddr = c.MetricsAddr
	return nil
}

// statusFor is how long a count of all registrations serves: it reads every one of them.
const statusFor = 5 * time.Minute

// measures is what Prometheus is told, or nil where it is told nothing.
func (p *program) measures(door *server.Door, kept func() []site.Kept) *metrics.Metrics {
	if p.metricsAddr == "" {
		return nil
	}
	s := metrics.Sources{Now: p.now, Writer: p.measureWriter, Books: p.measureBooks(), Kept: func() (out []metrics.Kept) {
		for _, k := range kept() {
			out = append(out, metrics.Kept(k))
		}
		return out
	}}
	if door != nil {
		s.Door = func() metrics.Door {
			d := door.Stats()
			return metrics.Door{Inside: d.Inside, Limit: d.Limit, Refused: d.Refused}
		}
	}
	if p.backups.dir != "" {
		s.Backup = p.newestBackup
	}
	return metrics.New(metrics.Build{Version: version, Commit: commit, Go: runtime.Version(), Engine: p.store.Engine()}, s)
}

func (p *program) measureWriter() metrics.Writer {
	w := p.store.Stats()
	return metrics.Writer{Commits: w.Commits, Writes: w.Writes, Largest: w.Largest, Queued: w.Queued, Sizes: w.Sizes[:]}
}

// newestBackup is when the newest backup was made; the zero time where there is none.
func (p *program) newestBackup() time.Time {
	all, err := backup.List(p.backups.dir)
	if err != nil || len(all) == 0 {
		return time.Time{}
	}
	return all[0].At
}

func (p *program) measureBooks() func(context.Context) (metrics.Books, error) {
	var mu sync.Mutex
	var counted time.Time
	var byStatus map[string]int
	return func(ctx context.Context) (metrics.Books, error) {
		mu.Lock()
		defer mu.Unlock()
		if now := p.now(); counted.IsZero() || now.Sub(counted) >= statusFor || now.Before(counted) {
			all, err := p.store.CountByStatus(ctx)
			if err != nil {
				return metrics.Books{}, err
			}
			byStatus, counted = all, now
		}
		m, err := p.store.Measure(ctx)
		if err != nil {
			return metrics.Books{}, err
		}
		_, paused, err := p.store.RelayPause(ctx)
		b := metrics.Books{Taken: m.Taken, Waiting: m.Waiting, Offered: m.Offered, Refused: m.Refused, Paused: paused, Registrations: byStatus}
		// Each lane and state is told, with 0 where nothing waits: a line that vanishes cannot be watched.
		for lane, name := range []string{"each", "many"} {
			for _, state := range []domain.LetterState{domain.LetterQueued, domain.LetterSending} {
				l := metrics.Lane{Name: name, State: string(state)}
				for _, row := range m.Lanes {
					if row.Lane == lane && row.State == state {
						l.Depth, l.Oldest = row.Depth, row.Oldest
					}
				}
				b.Lanes = append(b.Lanes, l)
			}
		}
		return b, err
	}
}

// countedSender counts the letters that go through it.
type countedSender struct {
	service.Sender
	count func(error)
}

// Send is service.Sender.
func (s countedSender) Send(ctx context.Context, from, to string, raw []byte) error {
	err := s.Sender.Send(ctx, from, to, raw)
	s.count(err)
	return err
}

// listenForScrapes is a socket of its own, or nil where nobody scrapes.
func (p *program) listenForScrapes(ctx context.Context, o *openings) (net.Listener, error) {
	if p.metricsAddr == "" {
		return nil, nil
	}
	ln, err := o.listen(ctx, "metrics", p.metricsAddr)
	if err != nil {
		return nil, fmt.Errorf("listening on TEMADAG_METRICS_ADDR: %w", err)
	}
	return ln, nil
}

// answerScrapes returns when ctx has ended and the last scrape is answered.
func (p *program) answerScrapes(ctx context.Context, ln net.Listener) {
	if err := server.Serve(ctx, ln, server.NewHTTP(p.watched.Handler(), p.log), time.Second); err != nil {
		p.log.ErrorContext(ctx, "telling how the program fares has ended", "error", err)
	}
}
