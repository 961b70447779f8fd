package main

import (
	"context"
	"errors"
	"hash/maphash"
	"math/rand/v2"
	"os"
	"sync"

	sqlite3 "github.com/mattn/go-sqlite3"
)

// wholeWay of so many power cuts is looked at by the store itself, though the image is known.
const wholeWay = 200

// crash is what a disk holds after a power cut.
type crash struct {
	number int
	point  int // so many operations were over
	files  [4][]byte
	is     [4]bool
}

// image is a whole database as SQLite reads it, once it has gone through the log. Files that differ in what was lost
// or torn mostly lead to the same one: it is checked wholly once.
type image struct {
	emails  map[string]bool
	corrupt string
}

// images are those that have been checked, by what they hold.
type images struct {
	seed maphash.Seed
	mu   sync.Mutex
	seen map[uint64]image
	all  int // that were looked at by the store itself
}

func newImages() *images { return &images{seed: maphash.MakeSeed(), seen: map[uint64]image{}} }

// replay is a folder in which crashes are laid out, one after the other.
type replay struct {
	*site
	laid [4][]byte // what the files hold; nil when it is not known
}

// judge lays a crash out and tells what the database is then.
func (p *replay) judge(ctx context.Context, c crash, known *images) (image, error) {
	if err := p.lay(c); err != nil {
		return image{}, err
	}
	sum, err := p.digest(known.seed)
	if err == nil && c.number%wholeWay != 0 {
		known.mu.Lock()
		i, ok := known.seen[sum]
		known.mu.Unlock()
		if ok {
			return i, nil
		}
	}
	readable := err == nil
	p.laid = [4][]byte{}
	i := p.image(context.WithoutCancel(ctx))
	known.mu.Lock()
	defer known.mu.Unlock()
	known.all++
	if readable {
		known.seen[sum] = i
	}
	return i, nil
}

// digest is the sum of the image that SQLite makes of the files, which stay as they are.
func (p *replay) digest(seed maphash.Seed) (_ uint64, err error) {
	conn, err := (&sqlite3.SQLiteDriver{}).Open("file:" + p.url + "?mode=ro")
	if err != nil {
		return 0, err
	}
	defer func() { err = errors.Join(err, conn.Close()) }()
	whole, err := conn.(*sqlite3.SQLiteConn).Serialize("main")
	return maphash.Bytes(seed, whole), err
}

// lay makes the files hold what the disk holds.
func (p *replay) lay(c crash) error {
	if err := removed(p.url + "-shm"); err != nil {
		return err
	}
	for i, suffix := range suffixes() {
		name := p.url + suffix
		switch {
		case i == 0:
		case !c.is[i]:
			p.laid[i] = nil
			if err := removed(name); err != nil {
				return err
			}
		case !same(p.laid[i], c.files[i]):
			p.laid[i] = nil
			if err := overwrite(name, c.files[i]); err != nil {
				return err
			}
			p.laid[i] = c.files[i]
		}
	}
	return nil
}

// same reports whether two contents are one.
func same(a, b []byte) bool { return len(a) > 0 && len(a) == len(b) && &a[0] == &b[0] }

func removed(name string) error {
	if err := os.Remove(name); err != nil && !errors.Is(err, os.ErrNotExist) {
		return err
	}
	return nil
}

// overwrite is WriteFile in the place that the file has already.
func overwrite(name string, content []byte) error {
	f, err := os.OpenFile(name, os.O_WRONLY|os.O_CREATE, 0o600)
	if err != nil {
		return err
	}
	_, err = f.WriteAt(content, 0)
	return errors.Join(err, f.Truncate(int64(len(content))), f.Close())
}

// scratch is a folder in memory where there is one: what is laid there has survived already, so that
// making it durable proves nothing.
func (b *workbench) scratch() (string, error) {
	if info, err := os.Stat("/dev/shm"); err == nil && info.IsDir() {
		return os.MkdirTemp("/dev/shm", "torture-")
	}
	return os.MkdirTemp(b.dir, "replay-")
}

// cutEvery cuts the power at n points spread over the whole recording (all of them, and again with other
// losses, where n is more than there are), and counts. With stopAtFirst it is content with one loss.
func (b *workbench) cutEvery(ctx context.Context, r *recording, n int, stopAtFirst bool) (tally, error) {
	var total tally
	var mu sync.Mutex
	crashes := make(chan crash)
	known := newImages()
	var all sync.WaitGroup
	ctx, enough := context.WithCancel(ctx)
	defer enough()
	for range 2 {
		dir, err := b.scratch()
		if err != nil {
			return total, err
		}
		all.Go(func() {
			defer func() { _ = os.RemoveAll(dir) }()
			p := replay{site: r.base.at(dir)}
			for c := range crashes {
				i, err := p.judge(ctx, c, known)
				if err != nil {
					i.corrupt = err.Error()
				}
				v := i.against(r.promised(c.point))
				mu.Lock()
				if total.add(c.point, v); stopAtFirst && total.lost+total.corrupt > 0 {
					enough()
				}
				mu.Unlock()
			}
		})
	}
	err := r.cut(ctx, n, crashes)
	close(crashes)
	all.Wait()
	total.images, total.whole = len(known.seen), known.all
	if stopAtFirst && errors.Is(err, context.Canceled) && total.lost+total.corrupt > 0 {
		err = nil
	}
	return total, err
}

// cut makes n crashes of the recording.
func (r *recording) cut(ctx context.Context, n int, crashes chan<- crash) error {
	rng := rand.New(rand.NewPCG(1, uint64(n)))
	number := 0
	return r.eachPoint(n, func(point int, disk *[4]media) error {
		way := rng.IntN(ways)
		number++
		c := crash{number: number, point: point}
		for i := range disk {
			c.files[i], c.is[i] = disk[i].after(way, rng), disk[i].exists
		}
		select {
		case crashes <- c:
			return nil
		case <-ctx.Done():
			return ctx.Err()
		}
	})
}

// against compares an image with the addresses that were acknowledged.
func (i image) against(acknowledged []string) verdict {
	v := verdict{corrupt: i.corrupt}
	for _, email := range acknowledged {
		if !i.emails[email] {
			v.lost++
		}
	}
	v.ghosts = len(i.emails) - (len(acknowledged) - v.lost)
	return v
}
