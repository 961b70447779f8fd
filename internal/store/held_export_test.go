package store

// Careless is the twin of a Store: what those made the table owe whose step is undone, it pays all the same.
// It reports false where nothing is owed.
func Careless(s *Store) bool {
	w, ok := s.engine.(*writer)
	if ok {
		w.undo = func() {}
	}
	return ok
}
