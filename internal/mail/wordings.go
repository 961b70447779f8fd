package mail

import (
	"sync"

	"github.com/temadag/temadag/internal/domain"
)

// wordings are the texts that staff have written, as they were read: the letters of a mailing are all made of
// the same two.
type wordings struct {
	mu   sync.Mutex
	kept map[wordingKey]domain.Wording
}

type wordingKey struct {
	source string
	lang   domain.Lang
}

const mostWordings = 32

// wording reads a text, or finds it read before; false where it has a placeholder that is none.
func (w *wordings) wording(source string, l domain.Lang) (domain.Wording, bool) {
	key := wordingKey{source, l}
	w.mu.Lock()
	defer w.mu.Unlock()
	if read, ok := w.kept[key]; ok {
		return read, true
	}
	read, faults := domain.ParseWording(source, l)
	if len(faults) > 0 {
		return read, false
	}
	if w.kept == nil || len(w.kept) >= mostWordings {
		w.kept = map[wordingKey]domain.Wording{}
	}
	w.kept[key] = read
	return read, true
}
