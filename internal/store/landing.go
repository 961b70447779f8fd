package store

/*
#include <errno.h>
#include <fcntl.h>
#include <stdlib.h>
#include <unistd.h>

static int log_open(const char *path) { return open(path, O_RDWR | O_CLOEXEC); }

static int log_sync(int fd) {
	int failed;
	do {
#if defined(__linux__)
		failed = fdatasync(fd);
#elif defined(__APPLE__)
		failed = fcntl(fd, F_FULLFSYNC);
#else
		failed = fsync(fd);
#endif
	} while (failed && errno == EINTR);
	return failed;
}

static int log_close(int fd) { return close(fd); }
*/
import "C"

import (
	"errors"
	"fmt"
	"sync/atomic"
	"unsafe"
)

// Nobody is answered before what she was told is on the disk. SQLite would wait for the disk within each COMMIT
// and let the processor rest meanwhile; so it is told not to on this connection, and the log is synced here,
// while the next batch is being written: a commit that nobody has been told of yet may be lost with the power,
// and with it those after it, never one before. SQLite itself still syncs before and after it folds the log into
// the file, which is what keeps the file whole. What is committed and not yet on the disk can be read for those few
// milliseconds; who asked for it learns nothing before.

// logSuffix is what the name of SQLite's log adds to the file's.
const logSuffix = "-wal"

// flight is a commit on its way to the disk.
type flight struct {
	live []*job
	err  error // why there was no commit
}

// landing brings commits to the disk, in their order, and answers those who wait for them.
type landing struct {
	log     *syncedFile  // nil where a twin is to show what is lost without
	flights chan flight  // none waits in it: the next is full of who came meanwhile
	aloft   atomic.Int32 // those there, and on their way to there
	failed  error        // of the first sync that failed: whatever came after it may be lost too
	ended   chan struct{}
}

// landOn makes ready to bring commits to the disk as the options want it.
func (w *writer) landOn(o Options) (err error) {
	w.landing = &landing{flights: make(chan flight), ended: make(chan struct{})}
	if o.Synchronous != "" {
		return nil
	}
	if w.landing.log, err = openSynced(o.Path + logSuffix); err != nil {
		return err
	}
	return w.conn.set("synchronous = NORMAL")
}

// bring has a flight landed. Where nobody else waits to be written it is done at once, and beside the next batch
// otherwise, which waits for it only when it has been committed itself.
func (w *writer) bring(f flight) {
	if len(w.jobs) == 0 && w.landing.aloft.Load() == 0 {
		w.land(f)
		return
	}
	w.landing.aloft.Add(1)
	w.landing.flights <- f
}

func (w *writer) landThem() {
	defer close(w.landing.ended)
	for f := range w.landing.flights {
		w.land(f)
		w.landing.aloft.Add(-1)
	}
}

// land syncs the log and answers everyone in a flight. It syncs for those too who changed nothing: what they are
// told may rest on a commit that another process has not brought to the disk yet.
func (w *writer) land(f flight) {
	l := w.landing
	if f.err == nil && l.log != nil {
		if l.failed == nil {
			if err := l.log.sync(); err != nil {
				l.failed = fmt.Errorf("store: sync: %w", err)
				w.down.Store(true)
				w.log.Error("the log could not be synced; nothing more is written", "error", err)
			}
		}
		if l.failed != nil {
			f.err = errors.Join(errDown, l.failed)
		}
	}
	w.answer(f.live, f.err)
}

// end returns when the last flight has landed, and lets SQLite wait for the disk again.
func (l *landing) end(conn *direct) error {
	close(l.flights)
	<-l.ended
	if l.log == nil {
		return nil
	}
	return errors.Join(conn.set("synchronous = FULL"), l.log.close())
}

// syncedFile is a file that somebody else writes to. It is opened, synced and closed by way of the C library, as
// SQLite's own files are, so that whatever stands between that and the system sees it all. No lock of SQLite's
// lies on its log: closing it takes none away.
type syncedFile struct{ fd C.int }

func openSynced(path string) (*syncedFile, error) {
	name := C.CString(path)
	defer C.free(unsafe.Pointer(name))
	fd, err := C.log_open(name)
	if fd < 0 {
		return nil, fmt.Errorf("store: open %s: %w", path, err)
	}
	return &syncedFile{fd}, nil
}

// sync returns when everything that was written to the file is on the disk.
func (f *syncedFile) sync() error {
	if failed, err := C.log_sync(f.fd); failed != 0 {
		return err
	}
	return nil
}

func (f *syncedFile) close() error {
	if failed, err := C.log_close(f.fd); failed != 0 {
		return err
	}
	return nil
}
