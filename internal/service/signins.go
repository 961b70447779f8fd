package service

import (
	"context"
	"errors"
	"time"

	"github.com/temadag/temadag/internal/auth"
	"github.com/temadag/temadag/internal/domain"
	"github.com/temadag/temadag/internal/store"
)

// seenEvery is how often at most it is written down that someone is still here.
const seenEvery = time.Minute

// errNoSignIn is the answer to every token that opens nothing.
var errNoSignIn = domain.NotFound("signin.not_found")

// Session is the sign-in that the cookie's token names, with the Actor as of this moment: roles are read
// each time, and a disabled user is out at once. domain.ErrNotFound for every other token, and for one
// whose time is over. It notes that she was here, once a minute at most.
func (s *Accounts) Session(ctx context.Context, token string, c Caller) (domain.SignIn, error) {
	in, err := s.session(ctx, s.Store.Queries, token)
	if err != nil {
		return domain.SignIn{}, err
	}
	now, network := s.Now(), networkOf(c)
	if now.Sub(in.SeenAt) >= seenEvery {
		err := s.Store.Write(ctx, func(tx *store.Tx) error { return tx.SignInSeen(ctx, in.ID, now, network) })
		if err != nil && domain.CodeOf(err) != domain.CodeUnavailable {
			return domain.SignIn{}, err // a full disk must not lock anyone out of what can be read
		}
		in.SeenAt, in.Network = now, network
	}
	return in, nil
}

func (s *Accounts) session(ctx context.Context, q store.Queries, token string) (domain.SignIn, error) {
	hash, ok := auth.TokenHash(token)
	if !ok {
		return domain.SignIn{}, errNoSignIn
	}
	in, err := q.SignInByHash(ctx, hash)
	if err != nil || !in.Live(s.Now()) {
		return domain.SignIn{}, or2(notFoundAs(err), errNoSignIn)
	}
	acc, err := q.AccountByID(ctx, in.User.ID)
	if err != nil || acc.State != domain.UserActive {
		return domain.SignIn{}, or2(notFoundAs(err), errNoSignIn)
	}
	in.User, in.Current = acc.User, true
	in.MustEnrol = s.RequireFactor && !acc.SecondFactor() && in.Method != domain.ByProvider
	in.Actor = domain.Actor{Role: domain.RoleUser, Name: acc.Name, User: acc.ID}
	if !in.MustEnrol {
		in.Actor.Grants = acc.Grants
	}
	return in, nil
}

// notFoundAs is errNoSignIn for what is absent, so that it does not matter what was missing.
func notFoundAs(err error) error {
	if errors.Is(err, domain.ErrNotFound) {
		return errNoSignIn
	}
	return err
}

// SignOut ends the sign-in of the token. An unknown token is nil.
func (s *Accounts) SignOut(ctx context.Context, token string) error {
	return s.Store.Write(ctx, func(tx *store.Tx) error {
		in, err := s.session(ctx, tx.Queries, token)
		if errors.Is(err, domain.ErrNotFound) {
			return nil
		}
		if err != nil {
			return err
		}
		if _, err := tx.EndSignIn(ctx, in.User.ID, in.ID); err != nil {
			return err
		}
		return s.log(ctx, tx, in.User, domain.AuditSignedOut, nil)
	})
}

// SignIns are the actor's own live sign-ins, the newest first; current marks the one that asks.
func (s *Accounts) SignIns(ctx context.Context, a domain.Actor, current domain.SignInID) ([]domain.SignIn, error) {
	if err := own(a); err != nil {
		return nil, err
	}
	all, err := s.Store.SignIns(ctx, a.User)
	var out []domain.SignIn
	for _, in := range all {
		if in.Live(s.Now()) {
			in.Current = in.ID == current
			out = append(out, in)
		}
	}
	return out, err
}

// own is nil for someone who has signed in.
func own(a domain.Actor) error {
	if a.User == 0 {
		return domain.NotFound("page.not_found")
	}
	return a.Require(domain.PermOwnAccount)
}

// Revoke ends one of the actor's own sign-ins. One that has ended already, or is somebody else's, is
// domain.ErrNotFound.
func (s *Accounts) Revoke(ctx context.Context, a domain.Actor, id domain.SignInID) error {
	if err := own(a); err != nil {
		return err
	}
	return s.Store.Write(ctx, func(tx *store.Tx) error {
		ended, err := tx.EndSignIn(ctx, a.User, id)
		if err != nil || !ended {
			return or2(err, errNoSignIn)
		}
		return s.log(ctx, tx, domain.User{ID: a.User, Name: a.Name}, domain.AuditSignedOut, map[string]string{"count": "1"})
	})
}

// RevokeOthers ends all of the actor's own sign-ins but the current, and answers how many there were.
func (s *Accounts) RevokeOthers(ctx context.Context, a domain.Actor, current domain.SignInID) (n int, err error) {
	if err := own(a); err != nil {
		return 0, err
	}
	err = s.Store.Write(ctx, func(tx *store.Tx) error {
		if n, err = tx.EndSignIns(ctx, a.User, current); err != nil || n == 0 {
			return err
		}
		return s.log(ctx, tx, domain.User{ID: a.User, Name: a.Name}, domain.AuditSignedOut, map[string]string{"count": idOf(domain.UserID(n))})
	})
	return n, err
}

// Prove asks a signed-in user once more who she is, before a sensitive step (SignIn.Recent): her
// password, or a code of the app. It answers a new token for the cookie; the old one is dead. Refusals
// as SignIn, with class CodeInvalid "prove.wrong".
func (s *Accounts) Prove(ctx context.Context, token, passwordOrCode string, c Caller) (string, error) {
	in, err := s.session(ctx, s.Store.Queries, token)
	if err != nil {
		return "", err
	}
	g := guess{what: "password", account: domain.EmailKey(in.User.Email), user: in.User.ID, network: networkOf(c)}
	var acc store.Account
	err = s.Store.Write(ctx, func(tx *store.Tx) (err error) {
		if acc, err = tx.AccountByID(ctx, in.User.ID); err != nil {
			return err
		}
		return s.charge(ctx, tx, g)
	})
	if err != nil {
		return "", err
	}
	byPassword := s.comparePassword(ctx, acc, passwordOrCode)
	if byPassword != nil && !errors.Is(byPassword, errWrong) {
		return "", byPassword
	}
	err = s.Store.Write(ctx, func(tx *store.Tx) error {
		now, err := s.unchanged(ctx, tx, acc)
		if err != nil {
			return err
		}
		if byPassword != nil {
			if _, err := s.takeCode(ctx, tx, now, passwordOrCode); err != nil {
				return &domain.Error{Code: domain.CodeInvalid, Key: "prove.wrong", Field: "proof"}
			}
		}
		if err := s.relieve(ctx, tx, g); err != nil {
			return err
		}
		token, err = s.rotate(ctx, tx, in, s.Now())
		return err
	})
	return token, err
}

// rotate gives a sign-in another token: at every change of what it may do, so that a token that leaked
// before is worth nothing after.
func (s *Accounts) rotate(ctx context.Context, tx *store.Tx, in domain.SignIn, proved time.Time) (string, error) {
	token := auth.NewToken()
	hash, _ := auth.TokenHash(token)
	ok, err := tx.RotateSignIn(ctx, in.ID, hash, s.Now(), proved)
	if err != nil || !ok {
		return "", or2(err, errNoSignIn)
	}
	return token, nil
}

// Ended is whose sign-in it was that the token named, where its time was over a short while ago (at most
// domain.EndedKnown); domain.ErrNotFound for one that still holds, one that was ended on purpose, and every
// other. It opens nothing.
func (s *Accounts) Ended(ctx context.Context, token string) (domain.UserID, error) {
	hash, ok := auth.TokenHash(token)
	if !ok {
		return 0, errNoSignIn
	}
	in, err := s.Store.SignInByHash(ctx, hash)
	if err != nil {
		return 0, notFoundAs(err)
	}
	if now := s.Now(); in.Live(now) || now.After(in.Ends().Add(domain.EndedKnown)) {
		return 0, errNoSignIn
	}
	return in.User.ID, nil
}

// Sweep erases what is over of signing in: ended sign-ins, tickets, counts of guesses and networks long
// unused. It answers when it wants to be called again.
func (s *Accounts) Sweep(ctx context.Context, a domain.Actor) (time.Time, error) {
	if err := a.Require(domain.PermKeepTime); err != nil {
		return time.Time{}, err
	}
	now := s.Now()
	err := s.Store.Write(ctx, func(tx *store.Tx) error {
		return tx.SweepSignIns(ctx, store.Sweep{
			Seen: now.Add(-domain.SignInIdle - domain.EndedKnown), Begun: now.Add(-domain.SignInLife - domain.EndedKnown), Tickets: now,
			Attempts: now.Add(-domain.GuessWindow), Networks: now.Add(-knownFor),
		})
	})
	return now.Add(time.Hour), err
}
