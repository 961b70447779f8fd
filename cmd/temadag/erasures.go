package main

import (
	"errors"
	"sync"

	"github.com/temadag/temadag/internal/auth"
	"github.com/temadag/temadag/internal/backup"
	"github.com/temadag/temadag/internal/domain"
)

// lateLog is the log of erasures for a command that may erase something, and mostly does not: it is opened when
// it is needed first.
type lateLog struct {
	keys *auth.Keys
	dirs []string
	mu   sync.Mutex
	log  *backup.Log
}

func (l *lateLog) intend(mark int64, gone []domain.Erased) (func(done ...domain.Erased) error, error) {
	l.mu.Lock()
	defer l.mu.Unlock()
	if l.log == nil {
		log, err := backup.OpenLog(l.keys, l.dirs...)
		if err != nil && len(l.dirs) > 1 { // as the server does where the backups' disk is away
			log, err = backup.OpenLog(l.keys, l.dirs[0])
		}
		if err != nil {
			return nil, errors.Join(errors.New("what is to be erased cannot be written down"), err)
		}
		l.log = log
	}
	return l.log.Intend(mark, gone)
}

func (l *lateLog) close() error {
	l.mu.Lock()
	defer l.mu.Unlock()
	if l.log == nil {
		return nil
	}
	return l.log.Close()
}
