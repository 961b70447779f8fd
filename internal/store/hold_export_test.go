package store

import "time"

// Stubborn is the twin of a Store: it leaves the waiting for another process to SQLite, as long as told.
func Stubborn(s *Store, wait time.Duration) {
	if err := s.engine.(*writer).conn.busyTimeout(wait); err != nil {
		panic(err)
	}
}

// Rude is the twin of a Store that gives way to nobody. It must not have written yet.
func Rude(s *Store) { s.engine.(*writer).turns.file = nil }

// FoldsAgainIn sets how long after a fold that somebody's reading stopped the next one comes. It must not have tried yet.
func FoldsAgainIn(s *Store, wait time.Duration) { s.engine.(*writer).foldLater = wait }
