package main

import (
	"context"
	"errors"
	"fmt"
	"os"
	"time"

	"github.com/temadag/temadag/internal/auth"
	"github.com/temadag/temadag/internal/domain"
	"github.com/temadag/temadag/internal/service"
	"github.com/temadag/temadag/internal/store"
)

// foldAt is the length of a log from which on it is about to be folded into the file: the program folds at 4,000
// pages, each with a head, and writes a few at its start.
const foldAt = 3950 * (4096 + 24)

// unfolded is a site whose people all stand in the log.
type unfolded struct {
	*site
	received []string
}

// newUnfolded lets people register until the log is about to be folded.
func (b *workbench) newUnfolded(ctx context.Context) (_ unfolded, err error) {
	s, err := b.newSite(ctx)
	if err != nil {
		return unfolded{}, err
	}
	data, err := s.open(ctx)
	if err != nil {
		return unfolded{}, err
	}
	defer func() { err = errors.Join(err, data.Close()) }()
	dir, err := os.MkdirTemp(b.dir, "site-")
	if err != nil {
		return unfolded{}, err
	}
	u := unfolded{site: s.at(dir)}
	if u.received, err = s.fillLog(ctx, data); err != nil {
		return unfolded{}, err
	}
	// Nobody writes now, so that what is copied belongs together.
	for _, suffix := range []string{"", "-wal"} {
		content, err := os.ReadFile(s.url + suffix)
		if err != nil {
			return unfolded{}, err
		}
		if err := os.WriteFile(u.url+suffix, content, 0o600); err != nil {
			return unfolded{}, err
		}
	}
	return u, nil
}

func (s *site) fillLog(ctx context.Context, data *store.Store) (received []string, err error) {
	programme := &service.Programme{Store: data, Now: time.Now}
	registrations := &service.Registrations{Store: data, Programme: programme, Keys: s.keys, Now: time.Now}
	for {
		info, err := os.Stat(s.url + "-wal")
		if err != nil {
			return nil, err
		}
		if info.Size() >= foldAt {
			return received, nil
		}
		i := 1_000_000 + len(received)
		if _, err := registrations.Register(ctx, domain.Visitor(), service.RegisterInput{
			EventSlug: slug, Key: auth.NewKey(), Entry: entry(i), TermsID: s.terms, Lang: domain.Swedish, Channel: domain.ChannelWeb,
		}); err != nil {
			return nil, err
		}
		received = append(received, email(i))
	}
}

// foldingFaults are faults of the writes and syncs with which a log is folded, spread over so many writes.
func foldingFaults(tries, writes int) (out []fault) {
	for i := range tries {
		n := 1 + int64(i*writes/tries)
		for k, f := range []fault{{}, {sticky: true}, {full: true}, {full: true, sticky: true}} {
			f.slot, f.n = slotFailFileWrite, n+int64(k)
			out = append(out, f)
		}
	}
	for _, f := range []fault{{}, {sticky: true}, {full: true}, {full: true, sticky: true}} {
		f.slot, f.n = slotFailFileSync, 1
		out = append(out, f)
	}
	return out
}

// foldingLies are the twins: the same on a disk that does not tell.
func foldingLies() []fault {
	return []fault{{slot: slotFailFileWrite, n: 20, sticky: true, lie: true}, {slot: slotFailFileWrite, n: 1, sticky: true, lie: true}}
}

// tryFolds has the log folded on a disk with each of the faults, and looks at what it holds after the program has been
// killed, or asked to stop, which folds once more.
func (b *workbench) tryFolds(ctx context.Context, base unfolded, faults []fault) (outcome, error) {
	var total outcome
	for i, f := range faults {
		got, err := b.tryFold(ctx, base, f, i%2 == 1)
		if err != nil {
			return total, fmt.Errorf("%v: %w", f, err)
		}
		for i := range got.wrong {
			got.wrong[i] = f.String() + ": " + got.wrong[i]
		}
		total.add(got)
	}
	return total, nil
}

func (b *workbench) tryFold(ctx context.Context, base unfolded, f fault, asked bool) (_ outcome, err error) {
	v, err := b.attack(ctx, base.site)
	if err != nil {
		return outcome{}, err
	}
	defer func() { err = errors.Join(err, v.end()) }()
	v.control.arm(f)
	after := 0
	for i := 0; i < 200 && after < 10; i++ {
		if v.control.get(slotFailed) > 0 {
			after++
		}
		v.register(ctx, i)
	}
	v.outcome.injected = int(v.control.get(slotFailed))
	if v.outcome.injected == 0 {
		v.outcome.wrong = append(v.outcome.wrong, "the fault was never met")
	}
	if v.outcome.refused > 0 {
		v.outcome.wrong = append(v.outcome.wrong, "people were refused, though the log takes them")
	}
	if !f.lie {
		v.mustRead("after the fault")
	}
	if asked {
		_ = v.stop() // it may say that the log could not be folded: nothing is lost by that
	}
	v.killAll()
	v.outcome.judge(v.inspect(ctx, append(v.acknowledged, base.received...)))
	return v.outcome, nil
}
