package store_test

import (
	"context"
	"errors"
	"fmt"
	"os"
	"sync"
	"testing"
	"time"

	"github.com/temadag/temadag/internal/domain"
	"github.com/temadag/temadag/internal/store"
	"github.com/temadag/temadag/internal/testkit"
)

// TestWrite_whileAnotherProcessHoldsTheFile: nobody waits for it much longer than a patience, however many came
// before her; nothing of theirs is done; and who is still waiting when it lets go is served without more ado. The
// twin's patience is SQLite's own, which counts anew for each batch.
func TestWrite_whileAnotherProcessHoldsTheFile(t *testing.T) {
	testkit.OnlySQLite(t)
	t.Parallel()
	for _, fault := range heldFileFaults(t, nil) {
		t.Error(fault)
	}
	if len(heldFileFaults(t, store.Stubborn)) == 0 {
		t.Error("the twin makes people wait for the file as long as it is held, and nobody sees it")
	}
}

func heldFileFaults(t *testing.T, breaking func(*store.Store, time.Duration)) (faults []string) {
	t.Helper()
	const patience = 400 * time.Millisecond
	k := testkit.OpenWith(t, store.Options{Patience: patience})
	if breaking != nil {
		breaking(k.Store, 3*patience)
	}
	must := elsewhere(t, k)
	write := func(name string) error {
		return k.Store.Write(context.Background(), func(tx *store.Tx) error { return tx.PutSetting(context.Background(), name, "here") })
	}
	must("BEGIN IMMEDIATE")
	var all sync.WaitGroup
	errs, waited := make([]error, 12), make([]time.Duration, 12)
	for i := range errs { // one after the other, so that the later ones queue behind the first
		all.Go(func() {
			start := time.Now()
			errs[i] = write(fmt.Sprint("held ", i))
			waited[i] = time.Since(start)
		})
		time.Sleep(patience / 8)
	}
	slack := latenessNow(t)
	all.Wait()
	for i := range errs {
		if !errors.Is(errs[i], &domain.Error{Code: domain.CodeUnavailable, Key: "store.held"}) {
			faults = append(faults, fmt.Sprintf("the %d. was answered %v", i+1, errs[i]))
		}
		if most := patience*3/2 + slack; waited[i] > most {
			faults = append(faults, fmt.Sprintf("the %d. waited for %v, more than %v", i+1, waited[i], most))
		}
	}
	late := make(chan error, 1)
	go func() { late <- write("late") }()
	time.Sleep(patience / 8)
	must("ROLLBACK")
	if err := <-late; err != nil {
		faults = append(faults, fmt.Sprintf("nobody is served after the file was let go: %v", err))
	}
	for i := range errs {
		if value, err := k.Store.Setting(t.Context(), fmt.Sprint("held ", i)); err != nil || value != "" {
			faults = append(faults, fmt.Sprintf("of the %d. is kept: %q, %v", i+1, value, err))
		}
	}
	return faults
}

// elsewhere asks the file on one connection that is not the store's own, as another process would.
func elsewhere(t *testing.T, k *testkit.Kit) func(query string) {
	db := k.Raw(t)
	db.SetMaxOpenConns(1)
	return func(query string) {
		t.Helper()
		if _, err := db.ExecContext(t.Context(), query); err != nil {
			t.Fatal(err)
		}
	}
}

// latenessNow is how much later than asked for things happen on a machine that has much to do.
func latenessNow(t *testing.T) (worst time.Duration) {
	t.Helper()
	for range 20 {
		start := time.Now()
		time.Sleep(10 * time.Millisecond)
		worst = max(worst, time.Since(start)-10*time.Millisecond)
	}
	return 4 * worst
}

// TestFoldLog_holdsUpNobody: while somebody reads the log it cannot be folded, and those who write go on. The twin
// lets SQLite wait for the reader with the writer's connection.
func TestFoldLog_holdsUpNobody(t *testing.T) {
	testkit.OnlySQLite(t)
	t.Parallel()
	writesMeanwhile := func(breaking func(*store.Store, time.Duration)) (writes int, err error) {
		k := testkit.Open(t)
		ask := elsewhere(t, k)
		write := func() {
			t.Helper()
			if err := k.Store.Write(t.Context(), func(tx *store.Tx) error { return tx.PutSetting(t.Context(), "a", fmt.Sprint(writes)) }); err != nil {
				t.Fatal(err)
			}
		}
		write()
		ask("BEGIN")
		ask("SELECT count(*) FROM settings")
		write()
		if breaking != nil {
			breaking(k.Store, 600*time.Millisecond)
		}
		ctx, cancel := context.WithTimeout(t.Context(), 500*time.Millisecond)
		defer cancel()
		folded := make(chan error, 1)
		go func() { folded <- k.Store.FoldLog(ctx) }()
		time.Sleep(20 * time.Millisecond)
		for {
			select {
			case err := <-folded:
				return writes, err
			default:
				write()
				writes++
			}
		}
	}
	if n, err := writesMeanwhile(nil); err == nil || n < 5 {
		t.Errorf("%d wrote while the log was to be folded, which ended with %v", n, err)
	}
	var n int
	for range 5 { // on a busy machine the fold may begin late, and those before it are let through
		if n, _ = writesMeanwhile(store.Stubborn); n < 5 {
			return
		}
	}
	t.Errorf("the twin lets %d write meanwhile, and proves nothing", n)
}

// TestFoldLog_later: a log that somebody reads when it is to be folded is folded when she has done, though nobody asks
// again and nobody writes. The twin leaves it for an hour.
func TestFoldLog_later(t *testing.T) {
	testkit.OnlySQLite(t)
	t.Parallel()
	foldedWithin := func(wait, again time.Duration) bool {
		k := testkit.Open(t)
		store.FoldsAgainIn(k.Store, again)
		ask := elsewhere(t, k)
		write := func(value string) {
			t.Helper()
			if err := k.Store.Write(t.Context(), func(tx *store.Tx) error { return tx.PutSetting(t.Context(), "a", value) }); err != nil {
				t.Fatal(err)
			}
		}
		write("1")
		ask("BEGIN")
		ask("SELECT count(*) FROM settings")
		write("2")
		ctx, cancel := context.WithTimeout(t.Context(), 200*time.Millisecond)
		defer cancel()
		if err := k.Store.FoldLog(ctx); err == nil {
			t.Error("the log is folded while somebody reads it")
		}
		ask("COMMIT")
		for end := time.Now().Add(wait); time.Now().Before(end); time.Sleep(20 * time.Millisecond) {
			if info, err := os.Stat(k.Path + "-wal"); err == nil && info.Size() == 0 {
				return true
			}
		}
		return false
	}
	if !foldedWithin(30*time.Second, 100*time.Millisecond) {
		t.Error("the log still holds what the file no longer does")
	}
	if foldedWithin(2*time.Second, time.Hour) {
		t.Error("the twin folds the log too, and proves nothing")
	}
}
