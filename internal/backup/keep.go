package backup

import (
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"slices"
	"strconv"
	"strings"
	"time"
)

// Keep is how many backups are kept: the last of each of so many hours, days and weeks.
type Keep struct{ Hours, Days, Weeks int }

// ParseKeep reads "24h 14d 8w".
func ParseKeep(s string) (Keep, error) {
	var k Keep
	for _, f := range strings.FieldsFunc(s, func(r rune) bool { return r == ' ' || r == ',' }) {
		n, err := strconv.Atoi(f[:len(f)-1])
		if err != nil || n < 0 || n > 1000 {
			return Keep{}, fmt.Errorf("%q is no number of hours, days or weeks", f)
		}
		switch f[len(f)-1] {
		case 'h':
			k.Hours = n
		case 'd':
			k.Days = n
		case 'w':
			k.Weeks = n
		default:
			return Keep{}, fmt.Errorf("%q is no number of hours, days or weeks", f)
		}
	}
	if k == (Keep{}) {
		return k, errors.New("it keeps nothing")
	}
	return k, nil
}

// Oldest is the greatest age that a backup reaches.
func (k Keep) Oldest() time.Duration {
	return max(time.Duration(k.Hours)*time.Hour, time.Duration(k.Days)*24*time.Hour, time.Duration(k.Weeks)*7*24*time.Hour)
}

const (
	prefix   = "temadag-"
	stamp    = "20060102T150405Z"
	plainExt = ".db"
	ageExt   = ".db.age"
)

// Name is what the backup of an instant is called.
func Name(at time.Time, sealed bool) string {
	if sealed {
		return prefix + at.UTC().Format(stamp) + ageExt
	}
	return prefix + at.UTC().Format(stamp) + plainExt
}

// File is a backup in a directory.
type File struct {
	Path string
	At   time.Time
	Size int64
}

// List are the backups in a directory, the newest first. Whatever has another name is none.
func List(dir string) ([]File, error) {
	entries, err := os.ReadDir(dir)
	if err != nil {
		return nil, fmt.Errorf("the backups: %w", err)
	}
	var out []File
	for _, e := range entries {
		name := strings.TrimSuffix(strings.TrimSuffix(e.Name(), ".age"), plainExt)
		at, err := time.Parse(prefix+stamp, name)
		if err != nil || name == e.Name() || !e.Type().IsRegular() {
			continue
		}
		if info, err := e.Info(); err == nil {
			out = append(out, File{filepath.Join(dir, e.Name()), at, info.Size()})
		}
	}
	slices.SortFunc(out, func(a, b File) int { return b.At.Compare(a.At) })
	return out, nil
}

// Made reports whether one of the files is of the time from an instant until another. What is later is of a clock
// that has been put back since, and no reason to make none.
func Made(all []File, from, until time.Time) bool {
	return slices.ContainsFunc(all, func(f File) bool { return !f.At.Before(from) && f.At.Before(until) })
}

// Spare are the files that need not be kept at now, of all, the newest first. The newest always is: an old backup
// is better than none. Those that are a day later than now, by a clock that has been put back since, must not take
// the places of others, and go when there are others.
func (k Keep) Spare(all []File, now time.Time) []File {
	ahead := 0
	for ahead < len(all) && all[ahead].At.Sub(now) > 24*time.Hour {
		ahead++
	}
	if ahead == len(all) {
		return nil
	}
	return append(k.spare(all[ahead:], now), all[:ahead]...)
}

func (k Keep) spare(all []File, now time.Time) []File {
	kept := map[string]bool{}
	keep := func(n int, unit time.Duration) {
		seen := map[time.Time]bool{}
		for _, f := range all { // the newest of each slot comes first
			slot := f.At.UTC().Truncate(unit)
			if age := now.Sub(f.At); !seen[slot] && age <= time.Duration(n)*unit && len(seen) < n {
				seen[slot], kept[f.Path] = true, true
			}
		}
	}
	keep(k.Hours, time.Hour)
	keep(k.Days, 24*time.Hour)
	keep(k.Weeks, 7*24*time.Hour)
	var out []File
	for i, f := range all {
		if i > 0 && !kept[f.Path] {
			out = append(out, f)
		}
	}
	return out
}
