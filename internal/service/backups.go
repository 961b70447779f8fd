package service

import (
	"context"
	"encoding/json"
	"fmt"
	"strconv"
	"time"

	"github.com/temadag/temadag/internal/auth"
	"github.com/temadag/temadag/internal/domain"
	"github.com/temadag/temadag/internal/store"
)

// Backups is what belongs to backups inside the database: what was erased after one was made is erased again
// when it is brought back, and how the last ones went. The files are the business of package backup.
type Backups struct {
	Store *store.Store
	Keys  *auth.Keys
	Now   func() time.Time
}

// The names under which the database remembers.
const (
	settingErasures = "erasures replayed"
	settingMeant    = "erasures meant"
	settingReturn   = "returned from a backup"
	settingOutcome  = "last backup"
	// SettingMadeAt stands in a backup alone: when it was made.
	SettingMadeAt = "backup made at"
)

// overlap is how far before a replay the next one begins: clocks are set right now and then, and doing
// something twice changes nothing.
const overlap = time.Hour

// ReplayedUntil is the instant before which every line of a log of erasures has been done here; the zero time
// where none has. log names the log, where several servers keep one each; "" for the only one.
func (s *Backups) ReplayedUntil(ctx context.Context, log string) (time.Time, error) {
	return readJSON[time.Time](ctx, s.Store.Queries, settingErasures+log)
}

// Remember notes that the whole of a log is done here, which every backup from now on holds.
func (s *Backups) Remember(ctx context.Context, a domain.Actor, log string) error {
	if err := a.Require(domain.PermKeepTime); err != nil {
		return err
	}
	until := s.Now().UTC().Add(-overlap)
	return s.Store.Write(ctx, func(tx *store.Tx) error { return putJSON(ctx, tx, settingErasures+log, until) })
}

// replayAtOnce is how many lines are done in one transaction.
const replayAtOnce = 200

// Replay erases once more what the lines tell, where it stands again, and answers how much that was. Doing it
// twice changes nothing. What somebody has told after it was erased stays.
func (s *Backups) Replay(ctx context.Context, a domain.Actor, lines []domain.Erased) (int, error) {
	if err := a.Require(domain.PermKeepTime); err != nil {
		return 0, err
	}
	all := 0
	lines = lastWords(lines)
	for len(lines) > 0 {
		some := lines[:min(replayAtOnce, len(lines))]
		lines = lines[len(some):]
		n := 0
		err := s.Store.Write(ctx, func(tx *store.Tx) error {
			n = 0
			for _, l := range some {
				did, err := s.again(ctx, tx, l)
				if err != nil {
					return fmt.Errorf("service: erase again: %w", err)
				}
				if did {
					n++
				}
			}
			return nil
		})
		if err != nil {
			return all, err
		}
		all += n
	}
	if all > 0 {
		_ = s.Store.FoldLog(ctx) // whoever reads the log, Litestream does all the time, keeps no page from being served
	}
	return all, nil
}

// Settle makes a database that has just been brought back safe to go on with, and remembers that it was: see
// store.Tx.Settle. Everything that was erased since must have been replayed.
func (s *Backups) Settle(ctx context.Context, a domain.Actor, made time.Time, erased int) (domain.Return, error) {
	out := domain.Return{Backup: made, At: s.Now().UTC(), Erased: erased}
	if err := a.Require(domain.PermInspect); err != nil {
		return out, err
	}
	err := s.Store.Write(ctx, func(tx *store.Tx) (err error) {
		if out.Letters, out.Mailings, err = tx.Settle(ctx, s.Now()); err != nil {
			return err
		}
		if err := putJSON(ctx, tx, settingReturn, out); err != nil {
			return err
		}
		return s.audit(ctx, tx, a, domain.AuditReturned, out.Letters, map[string]string{
			"made": made.UTC().Format(time.RFC3339), "erased": strconv.Itoa(erased),
		})
	})
	return out, err
}

// Hold is what is held since the last return, by kind.
func (s *Backups) Hold(ctx context.Context, a domain.Actor) (map[domain.LetterKind]int, error) {
	if err := a.Require(domain.PermInspect); err != nil {
		return nil, err
	}
	return s.Store.HeldLetters(ctx)
}

// EndHold lets held letters go, or keeps them unsent for good, and answers how many.
func (s *Backups) EndHold(ctx context.Context, a domain.Actor, send bool) (n int, err error) {
	if err := a.Require(domain.PermInspect); err != nil {
		return 0, err
	}
	err = s.Store.Write(ctx, func(tx *store.Tx) (err error) {
		if n, err = tx.EndHold(ctx, send, s.Now()); err != nil || n == 0 {
			return err
		}
		what := domain.AuditHeldDropped
		if send {
			what = domain.AuditHeldSent
		}
		return s.audit(ctx, tx, a, what, n, nil)
	})
	return n, err
}

// audit writes a line about the database as a whole.
func (s *Backups) audit(ctx context.Context, tx *store.Tx, a domain.Actor, what domain.AuditAction, letters int, details map[string]string) error {
	if details == nil {
		details = make(map[string]string)
	}
	details["letters"] = strconv.Itoa(letters)
	return tx.Audit(ctx, domain.AuditEntry{
		At: s.Now(), User: a.User, Actor: a.Name, Action: what, Object: domain.AuditDatabase, Details: details,
	})
}

// Note remembers how a scheduled backup went; fault is "" where it succeeded.
func (s *Backups) Note(ctx context.Context, a domain.Actor, every time.Duration, fault string) error {
	if err := a.Require(domain.PermKeepTime); err != nil {
		return err
	}
	return s.Store.Write(ctx, func(tx *store.Tx) error {
		was, err := readJSON[domain.BackupOutcome](ctx, tx.Queries, settingOutcome)
		if err != nil {
			return err
		}
		was.At, was.Fault, was.Every = s.Now().UTC(), fault, int64(every/time.Second)
		if fault == "" {
			was.Good = was.At
		}
		return putJSON(ctx, tx, settingOutcome, was)
	})
}

// Outcome is how the last scheduled backup went; zero where none is scheduled.
func (s *Backups) Outcome(ctx context.Context) (domain.BackupOutcome, error) {
	return readJSON[domain.BackupOutcome](ctx, s.Store.Queries, settingOutcome)
}

// Returned is the last return from a backup; zero for none.
func (s *Backups) Returned(ctx context.Context) (domain.Return, error) {
	return readJSON[domain.Return](ctx, s.Store.Queries, settingReturn)
}

// returnShown is for how long staff are told of a return.
const returnShown = 14 * 24 * time.Hour

// Backups is what an administrator is told about backups: how the last one failed, and that the database was
// brought back lately. Both zero for all is well, and for everyone else.
func (d *Desk) Backups(ctx context.Context, a domain.Actor) (fault domain.BackupOutcome, lately domain.Return, held int, err error) {
	if err = a.Require(domain.PermToday); err != nil || !a.May(domain.PermManageUsers) {
		return fault, lately, 0, err
	}
	b := &Backups{Store: d.Store, Now: d.Now}
	o, err := b.Outcome(ctx)
	if err != nil {
		return fault, lately, 0, err
	}
	if o.Fault != "" || o.Late(d.Now()) {
		fault = o
	}
	r, err := b.Returned(ctx)
	if err != nil || r.At.IsZero() {
		return fault, lately, 0, err
	}
	kinds, err := d.Store.HeldLetters(ctx)
	for _, n := range kinds {
		held += n
	}
	if held > 0 || d.Now().Sub(r.At) < returnShown {
		lately = r
	}
	return fault, lately, held, err
}

func putJSON(ctx context.Context, tx *store.Tx, name string, v any) error {
	text, err := json.Marshal(v)
	if err != nil {
		return err
	}
	return tx.PutSetting(ctx, name, string(text))
}

func readJSON[T any](ctx context.Context, q store.Queries, name string) (v T, err error) {
	text, err := q.Setting(ctx, name)
	if err != nil || text == "" {
		return v, err
	}
	return v, json.Unmarshal([]byte(text), &v)
}

// EraseDue erases the needs whose day has come: before the first page is served.
func (s *Registrations) EraseDue(ctx context.Context, a domain.Actor) error {
	if err := a.Require(domain.PermKeepTime); err != nil {
		return err
	}
	if _, err := s.eraseDueNeeds(ctx, a, s.Now().UTC()); err == nil {
		return nil
	}
	// Once more: where all was erased and the log alone could not be folded, since somebody reads it, that keeps
	// no page from being served.
	_, err := s.eraseDueNeeds(ctx, a, s.Now().UTC())
	return err
}
