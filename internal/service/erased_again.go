package service

import (
	"context"
	"errors"
	"slices"
	"strconv"
	"strings"
	"time"

	"github.com/temadag/temadag/internal/auth"
	"github.com/temadag/temadag/internal/domain"
	"github.com/temadag/temadag/internal/store"
)

// Each line of the log of erasures is done in a database that may be older than it, or newer: where the database
// itself tells that something came after the line, the line changes nothing.

// reopened is what a line about an account says that was opened again.
const reopened = 1

// lastWords are the lines without those about an account that a later one takes back.
func lastWords(lines []domain.Erased) []domain.Erased {
	last := make(map[string]int)
	for i, l := range lines {
		if l.Kind == domain.ErasedAccount && (last[l.UID] == 0 || !l.At.Before(lines[last[l.UID]-1].At)) {
			last[l.UID] = i + 1
		}
	}
	out := make([]domain.Erased, 0, len(lines))
	for i, l := range lines {
		if l.Kind != domain.ErasedAccount || last[l.UID] == i+1 {
			out = append(out, l)
		}
	}
	return out
}

// again does one line, and reports whether that changed anything. What is not there came after the backup; a
// kind that is not known is a newer program's.
func (s *Backups) again(ctx context.Context, tx *store.Tx, l domain.Erased) (did bool, err error) {
	switch l.Kind {
	case domain.ErasedSubscriber:
		did, err = s.endAgain(ctx, tx, l)
	case domain.ErasedAccount:
		did, err = s.accountAgain(ctx, tx, l)
	case domain.ErasedNews, domain.ErasedPicture:
		did, err = s.newsAgain(ctx, tx, l)
	case domain.ErasedLink, domain.ErasedNeeds, domain.ErasedName:
		did, err = s.registrationAgain(ctx, tx, l)
	}
	if errors.Is(err, domain.ErrNotFound) {
		return false, nil
	}
	return did, err
}

func (s *Backups) registrationAgain(ctx context.Context, tx *store.Tx, l domain.Erased) (bool, error) {
	k, err := tx.RegistrationByUID(ctx, []byte(l.UID))
	if err != nil {
		return false, err
	}
	switch l.Kind {
	case domain.ErasedLink:
		if k.LinkVersion >= l.N {
			return false, nil
		}
		k.LinkVersion = l.N
		k.LinkHash = auth.LinkHash(s.Keys.Link(k.UID, k.LinkVersion))
		return true, tx.RenewLink(ctx, k)
	case domain.ErasedName:
		if k.Protected {
			return false, nil
		}
		if err := tx.Protect(ctx, k.ID); err != nil {
			return false, err
		}
		return true, s.history(ctx, tx, k, domain.HistoryProtected)
	default:
		return s.needsAgain(ctx, tx, k, l)
	}
}

func (s *Backups) needsAgain(ctx context.Context, tx *store.Tx, k store.Kept, l domain.Erased) (bool, error) {
	did, err := tx.EndTold(ctx, k.ID, l.At)
	if err != nil || !did {
		return false, err
	}
	if err := s.history(ctx, tx, k, domain.HistoryNeedsErased); err != nil {
		return false, err
	}
	return true, tx.NoteErasure(ctx, store.Erasure{
		EventID: k.EventID, At: s.now(), What: "needs", Rule: "behov: raderade på nytt efter återläst säkerhetskopia", Records: 1, Actor: domain.Worker().Name,
	})
}

func (s *Backups) history(ctx context.Context, tx *store.Tx, k store.Kept, kind domain.HistoryKind) error {
	_, err := tx.AppendHistory(ctx, domain.HistoryEntry{
		RegistrationID: k.ID, At: s.now(), Kind: kind, Channel: domain.ChannelClock, Actor: domain.Worker().Name,
	})
	return err
}

func (s *Backups) now() time.Time { return s.Now().UTC().Truncate(time.Microsecond) }

func (s *Backups) endAgain(ctx context.Context, tx *store.Tx, l domain.Erased) (bool, error) {
	line, err := tx.SubscriberByUID(ctx, l.UID)
	if err != nil {
		return false, err
	}
	subscribers := &Subscribers{Store: s.Store, Keys: s.Keys, Now: s.Now}
	return true, subscribers.end(ctx, tx, line, "")
}

// accountAgain closes an account that was closed, or opens it where it was opened again after that. What was
// done with it later, which another server's log may tell, stays.
func (s *Backups) accountAgain(ctx context.Context, tx *store.Tx, l domain.Erased) (bool, error) {
	acc, err := tx.AccountByHandle(ctx, []byte(l.UID))
	if err != nil {
		return false, err
	}
	to, what := domain.UserDisabled, domain.AuditUserDisabled
	if l.N == reopened {
		to, what = domain.UserActive, domain.AuditUserEnabled
	}
	if acc.State == to {
		return false, nil
	}
	later, err := tx.AuditEntries(ctx, store.AuditScope{All: true}, domain.AuditFilter{Object: "user", ObjectID: idOf(acc.ID), Limit: 200})
	if err != nil {
		return false, err
	}
	if slices.ContainsFunc(later, func(e domain.AuditEntry) bool {
		return (e.Action == domain.AuditUserDisabled || e.Action == domain.AuditUserEnabled) && e.At.After(l.At)
	}) {
		return false, nil
	}
	accounts := &Accounts{Store: s.Store, Keys: s.Keys, Now: s.Now}
	if err := tx.SetUserState(ctx, acc.ID, to); err != nil {
		return false, err
	}
	if err := accounts.void(ctx, tx, acc.ID); err != nil {
		return false, err
	}
	return true, accounts.logFor(ctx, tx, domain.Worker(), "", what, acc.ID, nil)
}

// newsAgain erases an item, or the picture that it bore. One that was saved later stays: it is another.
func (s *Backups) newsAgain(ctx context.Context, tx *store.Tx, l domain.Erased) (bool, error) {
	number, _, _ := strings.Cut(l.UID, " ")
	id, err := strconv.ParseInt(number, 10, 64)
	if err != nil {
		return false, nil //nolint:nilerr // a newer program's
	}
	n, err := tx.NewsByID(ctx, id)
	if err != nil || n.UpdatedAt.After(l.At) {
		return false, err
	}
	news := &News{Store: s.Store, Now: s.Now}
	if l.Kind == domain.ErasedNews {
		if err := tx.EraseNews(ctx, id); err != nil {
			return false, err
		}
		return true, news.audit(ctx, tx, domain.Worker(), n, domain.AuditNewsErased, nil)
	}
	if len(n.Picture.Sizes) == 0 || pictureUID(n) != l.UID {
		return false, nil
	}
	if err := tx.PutPictures(ctx, id, nil); err != nil {
		return false, err
	}
	return true, news.putPicture(ctx, tx, domain.Worker(), n, domain.Picture{})
}
