package service

import (
	"time"

	"github.com/temadag/temadag/internal/auth"
	"github.com/temadag/temadag/internal/store"
)

// Subscribers are those who have asked for invitations to new events.
type Subscribers struct {
	Store *store.Store
	Keys  *auth.Keys
	Now   func() time.Time
	// Wake is called when a letter is owed; nil is allowed.
	Wake func()
}
