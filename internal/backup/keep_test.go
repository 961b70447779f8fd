package backup_test

import (
	"testing"
	"time"

	"github.com/temadag/temadag/internal/backup"
)

// TestKeep_clockPutBack: backups that were made while the clock was a year ahead neither stand in for those that are
// due now nor push them out.
func TestKeep_clockPutBack(t *testing.T) {
	now := time.Date(2026, 11, 24, 12, 30, 0, 0, time.UTC)
	slot := now.Truncate(time.Hour)
	file := func(at time.Time) backup.File { return backup.File{Path: backup.Name(at, false), At: at} }
	var all []backup.File
	for h := range 30 {
		all = append(all, file(slot.AddDate(1, 0, 0).Add(-time.Duration(h)*time.Hour)))
	}
	ahead := len(all)
	all = append(all, file(slot.Add(-time.Hour)), file(slot.Add(-2*time.Hour)))
	if backup.Made(all, slot, slot.Add(time.Hour)) {
		t.Error("one of next year stands in for this hour's")
	}
	if twin := !all[0].At.Before(slot); !twin {
		t.Error("the twin, which looks at the newest alone, makes one too: nothing is proved")
	}
	if !backup.Made(append(all, file(slot.Add(20*time.Minute))), slot, slot.Add(time.Hour)) {
		t.Error("one made by hand within the hour is not seen")
	}
	keep := backup.Keep{Hours: 24, Days: 14, Weeks: 8}
	spare := keep.Spare(all, now)
	if len(spare) != ahead {
		t.Errorf("%d may go, want the %d of next year", len(spare), ahead)
	}
	for _, f := range spare {
		if !f.At.After(now) {
			t.Errorf("%s may go", f.Path)
		}
	}
	if len(keep.Spare(all[:ahead], now)) != 0 {
		t.Error("where there are no others all may go")
	}
	if soon := []backup.File{file(slot.Add(time.Hour)), file(slot)}; len(keep.Spare(soon, now)) != 0 {
		t.Error("an hour back costs a backup")
	}
}
