package store

// Hasty is the twin of a Store: where one of those who owe their registrations is there already, the others are told
// that they have their places, and nobody writes them. It reports false where nothing is owed.
func Hasty(s *Store) bool {
	w, ok := s.engine.(*writer)
	if ok {
		w.again = func([]*job) error { return nil }
	}
	return ok
}

// Careless is the twin of a Store: what those made the table owe whose step is undone, it pays all the same.
// It reports false where nothing is owed.
func Careless(s *Store) bool {
	w, ok := s.engine.(*writer)
	if ok {
		w.undo = func() {}
	}
	return ok
}
