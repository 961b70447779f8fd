package main

import (
	"context"
	"errors"
	"fmt"
	"time"
)

// storageTrials are what a disk, and whoever else opens the file, may do to a database of SQLite.
func storageTrials() []trial {
	return []trial{
		{"never lost: power cut", powerCut},
		{"never lost: a write or a sync fails", failingDisk},
		{"never lost: a write or a sync fails while the log is folded", failingFold},
		{"never lost: the disk is full", fullDisk},
		{"never lost: another process holds the file", heldFile},
	}
}

// errTame is the fault of a trial that finds nothing where the defence is missing.
var errTame = errors.New("the twin was not found out: the trial is too tame to prove anything")

func withBench(ctx context.Context, s *session, try func(b *workbench) (figures, error)) (figures, error) {
	b, err := newBench(ctx, s.binary)
	if err != nil {
		return nil, err
	}
	f, err := try(b)
	return f, errors.Join(err, b.close())
}

const (
	cuts       = 100_000
	recordings = 8 // each of other people in another order
	recorded   = 240
)

// powerCut cuts the power after each operation on the files, and again and again with other losses.
func powerCut(ctx context.Context, s *session) (figures, error) {
	return withBench(ctx, s, func(b *workbench) (figures, error) {
		var total tally
		operations, syncs, received := 0, 0, 0
		start := time.Now()
		for range recordings {
			r, err := b.record(ctx, "", recorded, false)
			if err != nil {
				return nil, err
			}
			got, err := b.cutEvery(ctx, r, s.count(cuts/recordings), false)
			if err != nil {
				return nil, err
			}
			total.merge(got)
			operations, syncs, received = operations+len(r.operations), syncs+r.syncs(), received+len(r.acknowledged)
		}
		f := figures{
			"points": total.points, "lost": total.lost, "corrupt": total.corrupt, "operations": operations, "syncs": syncs, "received": received,
			"databases": total.images, "checked_whole": total.whole, "points_per_s": float64(total.points) / time.Since(start).Seconds(),
		}
		return f, errors.Join(total.err(), b.cutTwins(ctx, s.count(1000), f))
	})
}

// cutTwins cuts the power where a commit does not wait for the disk, and on a disk that says so and does not.
func (b *workbench) cutTwins(ctx context.Context, n int, f figures) error {
	for _, twin := range []struct {
		name, synchronous string
		swallow           bool
	}{{"twin_normal", "NORMAL", false}, {"twin_no_fsync", "", true}} {
		r, err := b.record(ctx, twin.synchronous, recorded, twin.swallow)
		if err != nil {
			return err
		}
		got, err := b.cutEvery(ctx, r, n, false)
		if err != nil {
			return err
		}
		f[twin.name] = fmt.Sprintf("lost at %d of %d points, at most %d registrations; %d files not sound", got.losing, got.points, got.most, got.corrupt)
		if got.losing == 0 {
			return fmt.Errorf("%s: %w", twin.name, errTame)
		}
	}
	return nil
}

// failingDisk fails each write and each sync of the first registrations, once and from then on.
func failingDisk(ctx context.Context, s *session) (figures, error) {
	return withBench(ctx, s, func(b *workbench) (figures, error) {
		base, err := b.newSite(ctx)
		if err != nil {
			return nil, err
		}
		got, err := b.tryFaults(ctx, base, everyFault(s.count(120), s.count(12)))
		f := got.figures()
		twin, terr := b.tryFaults(ctx, base, lies())
		f["twin_lost"], f["twin_corrupt"] = twin.lost, twin.corrupt
		if twin.lost+twin.corrupt == 0 {
			terr = errors.Join(terr, errTame)
		}
		return f, errors.Join(err, got.err(), terr)
	})
}

// failingFold fails the writes and the syncs with which what has been received goes from the log into the file.
func failingFold(ctx context.Context, s *session) (figures, error) {
	return withBench(ctx, s, func(b *workbench) (figures, error) {
		base, err := b.newUnfolded(ctx)
		if err != nil {
			return nil, err
		}
		got, err := b.tryFolds(ctx, base, foldingFaults(s.count(40), 500))
		f := got.figures()
		f["in_the_log"] = len(base.received)
		twin, terr := b.tryFolds(ctx, base, foldingLies())
		f["twin_lost"], f["twin_corrupt"] = twin.lost, twin.corrupt
		if twin.lost+twin.corrupt == 0 {
			terr = errors.Join(terr, errTame)
		}
		return f, errors.Join(err, got.err(), terr)
	})
}

func fullDisk(ctx context.Context, s *session) (figures, error) {
	return withBench(ctx, s, func(b *workbench) (figures, error) {
		base, err := b.newSite(ctx)
		if err != nil {
			return nil, err
		}
		var total outcome
		for i := range s.count(50) {
			got, err := b.fillDisk(ctx, base, int64(i)*3000, false)
			if err != nil {
				return total.figures(), err
			}
			total.add(got)
		}
		twin, err := b.fillDisk(ctx, base, 10_000, true)
		f := total.figures()
		f["twin_lost"], f["twin_corrupt"] = twin.lost, twin.corrupt
		if twin.lost+twin.corrupt == 0 {
			err = errors.Join(err, errTame)
		}
		return f, errors.Join(err, total.err())
	})
}

func heldFile(ctx context.Context, s *session) (figures, error) {
	return withBench(ctx, s, func(b *workbench) (figures, error) {
		base, err := b.newSite(ctx)
		if err != nil {
			return nil, err
		}
		got, err := b.holdFile(ctx, base, 10*time.Second, false)
		f := got.figures()
		f["held_s"], f["slowest_s"], f["slowest_page_s"] = 10, got.slowest.Seconds(), got.late.Seconds()
		twin, terr := b.holdFile(ctx, base, 10*time.Second, true)
		f["twin_slowest_s"] = twin.slowest.Seconds()
		if twin.slowest <= answeredWithin {
			terr = errors.Join(terr, errTame)
		}
		return f, errors.Join(err, got.err(), terr)
	})
}
