package office

import (
	"crypto/sha256"
	"net/url"
	"strconv"
	"sync"
	"time"

	"github.com/temadag/temadag/internal/domain"
)

// onces remembers for a day what each form of new events led to, so that a form sent twice, by a double
// click or a page loaded again, makes nothing twice. Every showing of a form holds a token of its own, so
// whoever begins anew, or changes what she wrote, is never held back.
type onces struct {
	mu   sync.Mutex
	made map[[sha256.Size]byte]*once
}

// once is one form: locked while what it asks for is made.
type once struct {
	mu sync.Mutex
	to string // where it led; "" as long as nothing is made
	at time.Time
}

const (
	onceLife = 24 * time.Hour
	mostOnce = 10_000 // forms remembered
)

func newOnces() *onces { return &onces{made: make(map[[sha256.Size]byte]*once)} }

// once is where a form of a user about something leads: what do answers, or what it answered when the same form came
// before. What failed is not remembered.
func (o *onces) once(who domain.UserID, what string, form url.Values, now time.Time, do func() (string, error)) (string, error) {
	one := o.entry(sha256.Sum256([]byte(strconv.FormatInt(int64(who), 10)+" "+what+" "+form.Encode())), now)
	one.mu.Lock()
	defer one.mu.Unlock()
	if one.to != "" {
		return one.to, nil
	}
	to, err := do()
	if err == nil {
		one.to = to
	}
	return to, err
}

func (o *onces) entry(key [sha256.Size]byte, now time.Time) *once {
	o.mu.Lock()
	defer o.mu.Unlock()
	if one, ok := o.made[key]; ok {
		return one
	}
	if len(o.made) >= mostOnce {
		clear(o.made)
	}
	for k, old := range o.made {
		if now.Sub(old.at) > onceLife {
			delete(o.made, k)
		}
	}
	one := &once{at: now}
	o.made[key] = one
	return one
}
