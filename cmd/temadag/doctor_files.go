package main

import (
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"syscall"

	"github.com/temadag/temadag/internal/backup"
)

const (
	// leastFree is how much room a disk should have, however small the database: the log may grow to some
	// hundred megabytes during a rush.
	leastFree = 1 << 30
	// longLog is as large as no rush has made the log. It is folded into the file while it grows, unless
	// somebody holds an old reading open.
	longLog = 1 << 30
	// fewFiles is what the program needs at least, and manyFiles what a rush may: a visitor who is let in, waits or keeps her
	// connection is an open file.
	fewFiles, manyFiles = 1024, 16384
)

// files looks at everything the program stands on that is no row of the database, before the database is
// opened: that may mend a mode or fold the log, and nobody would learn of it.
func (d *doctor) files(c *Config, s settings) {
	d.sayAll("modes", modes(c, s), "nobody else on this machine can read the data or the secret")
	d.sayAll("disk", disks(s), "can be written, with room for twice the database")
	if s.database != "" {
		size := fileSize(s.database + "-wal")
		d.say("log", logFault(s.database, size), fmt.Sprintf("%d MB of it beside a database of %d MB", size>>20, fileSize(s.database)>>20))
	}
	var l syscall.Rlimit
	err := syscall.Getrlimit(syscall.RLIMIT_NOFILE, &l)
	if err == nil {
		err = openFiles(l.Max) // the runtime takes all that it may have
	}
	d.say("open files", err, fmt.Sprintf("%d at a time", l.Max))
}

// modes finds what others on the machine can read or change. The secret and the database hang together: whoever
// reads both reads everybody's needs, and can make everybody's link.
func modes(c *Config, s settings) (found []error) {
	dir, err := os.Stat(s.dataDir)
	if err != nil {
		return []error{wrong("set TEMADAG_DATA_DIR to the directory that the server uses", "%v", err)}
	}
	switch mode := dir.Mode().Perm(); {
	case mode&0o022 != 0:
		found = append(found, wrong("chmod 700 "+s.dataDir, "%s can be written by others (mode %04o), who could put another secret in place", s.dataDir, mode))
	case mode&0o077 != 0:
		found = append(found, warn("chmod 700 "+s.dataDir, "%s can be looked into by others (mode %04o)", s.dataDir, mode))
	}
	if owner, ok := dir.Sys().(*syscall.Stat_t); ok && os.Geteuid() == 0 && owner.Uid != 0 {
		found = append(found, warn(fmt.Sprintf("run it as the server's own user: sudo -u '#%d' temadag doctor", owner.Uid),
			"you are root, and %s belongs to somebody else: what is made here could not be read by the server", s.dataDir))
	}
	private := []string{filepath.Join(s.dataDir, backup.LogName)}
	if c.Secret == "" {
		private = append(private, filepath.Join(s.dataDir, secretName))
		if !exists(private[1]) && exists(s.database) {
			found = append(found, wrong("put back the file that was there: without it no link that was mailed works, and no kept letter can be read",
				"the secret %s is gone", private[1]))
		}
	}
	if s.database != "" {
		private = append(private, s.database, s.database+"-wal", s.database+"-shm")
	}
	for _, path := range private {
		info, err := os.Stat(path)
		switch {
		case errors.Is(err, fs.ErrNotExist): // the secret is told of above, and the database when it is opened
		case err != nil:
			found = append(found, err)
		case info.Mode().Perm()&0o077 != 0:
			found = append(found, wrong("chmod 600 "+path+", and ask yourself who has read it",
				"%s can be read by others (mode %04o)", path, info.Mode().Perm()))
		}
	}
	return found
}

// disks finds a directory that cannot be written or is nearly full. Twice the database is what a backup and
// the file's own tidying (VACUUM) need at once.
func disks(s settings) (found []error) {
	if s.database == "" {
		return notNil(disk(s.dataDir, leastFree))
	}
	need := max(leastFree, 2*uint64(fileSize(s.database)+fileSize(s.database+"-wal")))
	found = notNil(disk(filepath.Dir(s.database), need))
	if filepath.Dir(s.database) != s.dataDir {
		found = append(found, notNil(disk(s.dataDir, leastFree))...)
	}
	if s.backups.dir != "" {
		found = append(found, notNil(disk(s.backups.dir, need/2))...)
	}
	return found
}

func disk(dir string, need uint64) error {
	const yield = "let the server's user write there, or put the directory on another disk"
	f, err := os.CreateTemp(dir, ".doctor-*")
	if err != nil {
		return wrong(yield, "cannot write in %s: %v", dir, err)
	}
	if err := errors.Join(f.Close(), os.Remove(f.Name())); err != nil {
		return wrong(yield, "cannot write in %s: %v", dir, err)
	}
	free, err := freeIn(dir)
	if err == nil && free < need {
		return wrong("make room or take a larger disk; on a full one nobody can register, and no backup is made",
			"%d MB are free in %s, and %d are needed: twice the database, a gigabyte at least", free>>20, dir, need>>20)
	}
	return err
}

// freeIn is how many bytes may still be written in a directory.
func freeIn(dir string) (uint64, error) {
	var fs syscall.Statfs_t
	if err := syscall.Statfs(dir, &fs); err != nil {
		return 0, fmt.Errorf("asking for free space: %w", err)
	}
	return fs.Bavail * uint64(fs.Bsize), nil
}

func logFault(database string, size int64) error {
	if size <= longLog {
		return nil
	}
	return warn("end what reads the file beside the server (sqlite3, a backup program); it shrinks when the server is started again, or at the next erasure",
		"the log %s has %d MB: something has held an old reading open, and reads grow slow", database+"-wal", size>>20)
}

// openFiles judges how many files and connections a process started from here may have open.
func openFiles(limit uint64) error {
	const raise = "raise it where the server is started: LimitNOFILE=65536 in the unit (temadag print unit), ulimit -Hn elsewhere"
	switch {
	case limit < fewFiles:
		return wrong(raise, "a process started like this one has %d open files at most: a crowd is refused its connections", limit)
	case limit < manyFiles:
		return warn(raise, "a process started like this one has %d open files at most, of which each visitor's connection is one", limit)
	}
	return nil
}

// fileSize is 0 for a file that is not there.
func fileSize(path string) int64 {
	info, err := os.Stat(path)
	if err != nil {
		return 0
	}
	return info.Size()
}

func notNil(err error) []error {
	if err == nil {
		return nil
	}
	return []error{err}
}
