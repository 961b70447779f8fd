package office

import (
	"sync"
	"time"

	"github.com/temadag/temadag/internal/auth"
	"github.com/temadag/temadag/internal/domain"
)

// What someone is in the middle of and that is too much for a form (a table that was uploaded, what came
// of a bulk action) is kept in memory for a while, for the sign-in that put it there and at the event it
// is about. It never reaches the disk, and what is there is gone when the program ends.

const (
	shelfKept  = 30 * time.Minute
	shelfMost  = 4        // things of one user; the oldest gives way
	shelfBytes = 32 << 20 // of all users together; the oldest give way
)

type shelf struct {
	now  func() time.Time
	here func(id string) string // names the instance that it is kept at
	mu   sync.Mutex
	n    int // how many have been put
	kept map[string]onShelf
}

type onShelf struct {
	of    domain.SignInID
	user  domain.UserID
	slug  string
	n     int
	at    time.Time
	size  int
	thing any
	going bool // something is being done with it
}

func newShelf(now func() time.Time, here func(string) string) *shelf {
	return &shelf{now: now, here: here, kept: make(map[string]onShelf)}
}

// put keeps a thing of about size bytes and answers the name under which it is found.
func (s *shelf) put(in domain.SignIn, slug string, size int, thing any) string {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.makeRoom(in.User.ID, size)
	id := s.here(auth.NewKey())
	s.n++
	s.kept[id] = onShelf{of: in.ID, user: in.User.ID, slug: slug, n: s.n, at: s.now(), size: size, thing: thing}
	return id
}

// makeRoom forgets what is old, and then the oldest until there is room. The caller holds the lock.
func (s *shelf) makeRoom(user domain.UserID, size int) {
	for id, k := range s.kept {
		if s.now().After(k.at.Add(shelfKept)) {
			delete(s.kept, id)
		}
	}
	for s.count(func(k onShelf) bool { return k.user == user }) >= shelfMost {
		s.dropOldest(func(k onShelf) bool { return k.user == user })
	}
	all := size
	for _, k := range s.kept {
		all += k.size
	}
	for all > shelfBytes && len(s.kept) > 0 {
		all -= s.dropOldest(func(onShelf) bool { return true })
	}
}

// count counts those that are meant.
func (s *shelf) count(meant func(onShelf) bool) int {
	n := 0
	for _, k := range s.kept {
		if meant(k) {
			n++
		}
	}
	return n
}

// dropOldest forgets the oldest of those that are meant, and answers its size.
func (s *shelf) dropOldest(meant func(onShelf) bool) int {
	first, n := "", 0
	for id, k := range s.kept {
		if meant(k) && (first == "" || k.n < n) {
			first, n = id, k.n
		}
	}
	size := s.kept[first].size
	delete(s.kept, first)
	return size
}

// take is the thing under a name, for the sign-in that put it there; NotFound for every other.
func (s *shelf) take(in domain.SignIn, slug, id string) (any, error) {
	s.mu.Lock()
	defer s.mu.Unlock()
	k, ok := s.kept[id]
	if !ok || k.of != in.ID || k.slug != slug || s.now().After(k.at.Add(shelfKept)) {
		return nil, domain.NotFound("page.not_found")
	}
	return k.thing, nil
}

// replace puts another thing of the same size in the place of one; nothing where that has gone.
func (s *shelf) replace(id string, thing any) {
	s.mu.Lock()
	defer s.mu.Unlock()
	if k, ok := s.kept[id]; ok {
		k.thing, k.at = thing, s.now()
		s.kept[id] = k
	}
}

// begin says that something is being done with a thing, and answers false where that is said already.
func (s *shelf) begin(id string) bool {
	s.mu.Lock()
	defer s.mu.Unlock()
	k, ok := s.kept[id]
	if !ok || k.going {
		return false
	}
	k.going = true
	s.kept[id] = k
	return true
}

// end takes back what begin said.
func (s *shelf) end(id string) {
	s.mu.Lock()
	defer s.mu.Unlock()
	if k, ok := s.kept[id]; ok {
		k.going = false
		s.kept[id] = k
	}
}

// gate lets a few in at a time.
type gate chan struct{}

// gatePatience is how long someone waits outside. An honest file takes a fraction of it.
const gatePatience = 5 * time.Second

// enter waits for a place, and answers how it is given back. A refusal of class CodeUnavailable says that
// none came free.
func (g gate) enter(done <-chan struct{}) (leave func(), err error) {
	select {
	case g <- struct{}{}:
		return func() { <-g }, nil
	case <-done:
	case <-time.After(gatePatience):
	}
	return nil, &domain.Error{Code: domain.CodeUnavailable, Key: "import.crowded"}
}
