package service

import (
	"context"
	"slices"
	"strings"

	"github.com/temadag/temadag/internal/auth"
	"github.com/temadag/temadag/internal/domain"
	"github.com/temadag/temadag/internal/store"
)

var (
	errNoUser     = domain.NotFound("user.not_found")
	errLastAdmin  = &domain.Error{Code: domain.CodeConflict, Key: "user.last_administrator"}
	errOwnAccount = &domain.Error{Code: domain.CodeConflict, Key: "user.own_account"}
)

// manages is the counties where the actor manages users; all for whoever runs the program.
func manages(a domain.Actor, p domain.Permission) (counties []domain.OrganiserCode, all bool) {
	if a.AllCounties && a.Role.May(p) {
		return nil, true
	}
	for _, g := range a.Grants {
		if a.MayIn(p, g.County) && !slices.Contains(counties, g.County) {
			counties = append(counties, g.County)
		}
	}
	return counties, false
}

// Users are those with a grant in a county where the actor manages users, in Swedish order of their
// names. Of their grants only those in such counties are told.
func (s *Accounts) Users(ctx context.Context, a domain.Actor) ([]domain.User, error) {
	if err := a.Require(domain.PermManageUsers); err != nil {
		return nil, err
	}
	counties, all := manages(a, domain.PermManageUsers)
	users, err := s.Store.Users(ctx, store.UserScope{Counties: counties, All: all})
	for i := range users {
		users[i].Grants = reached(a, users[i].Grants)
	}
	return users, err
}

// reached are the grants in counties where the actor manages users.
func reached(a domain.Actor, grants []domain.Grant) []domain.Grant {
	return slices.DeleteFunc(slices.Clone(grants), func(g domain.Grant) bool { return !a.MayIn(domain.PermManageUsers, g.County) })
}

// User is one of Users, and whether the actor may touch the account itself, and not just the grants;
// domain.ErrNotFound for everyone else.
func (s *Accounts) User(ctx context.Context, a domain.Actor, id domain.UserID) (u domain.User, whole bool, err error) {
	acc, err := s.reach(ctx, s.Store.Queries, a, id)
	if err != nil {
		return domain.User{}, false, err
	}
	u = acc.User
	u.Grants = reached(a, acc.Grants)
	return u, acc.Within(a), nil
}

// reach is an account with a grant where the actor manages users, with all its grants.
func (s *Accounts) reach(ctx context.Context, q store.Queries, a domain.Actor, id domain.UserID) (store.Account, error) {
	if err := a.Require(domain.PermManageUsers); err != nil {
		return store.Account{}, err
	}
	acc, err := q.AccountByID(ctx, id)
	if err != nil {
		return store.Account{}, err
	}
	if _, all := manages(a, domain.PermManageUsers); !all && len(reached(a, acc.Grants)) == 0 {
		return store.Account{}, errNoUser
	}
	return acc, nil
}

// NewUser is what is told of someone who is to sign in.
type NewUser struct {
	Email, Name string
	Lang        domain.Lang
	Grants      []domain.Grant // at least one, each in a county where the actor manages users
	Silent      bool           // no invitation is sent: whoever runs the program hands over a link
	Ask         bool           // an account that the actor may know of is given nothing before she has been asked
	Known       domain.UserID  // the account that she was asked about, and means
}

// AddUser makes an account and sends an invitation with a link to choose a password. An address that
// has an account already is given the grants, and nothing else changes. Refusals: *domain.Invalid for
// the fields "email", "name", "grants". With Ask, about an account that she reaches: of class CodeInvalid
// "user.closed" for the field "email", and of class CodeConflict "user.known", both with Args "name" and "id".
func (s *Accounts) AddUser(ctx context.Context, a domain.Actor, in NewUser) (id domain.UserID, err error) {
	if err := a.Require(domain.PermManageUsers); err != nil {
		return 0, err
	}
	u, err := domain.ReadUser(in.Email, in.Name, in.Grants)
	if err != nil {
		return 0, err
	}
	u.Lang, u.CreatedAt = or(in.Lang, domain.Swedish), s.Now()
	err = s.Store.Write(ctx, func(tx *store.Tx) error {
		if err := s.mayGrant(ctx, tx, a, in.Grants); err != nil {
			return err
		}
		acc, err := accountOrNone(tx.AccountByEmail(ctx, domain.EmailKey(u.Email)))
		if err != nil {
			return err
		}
		if err := known(a, in, acc); err != nil {
			return err
		}
		if id = acc.ID; id == 0 {
			if id, err = s.newAccount(ctx, tx, a, u, in.Silent); err != nil {
				return err
			}
		}
		return s.give(ctx, tx, a, id, in.Grants)
	})
	if err == nil {
		s.wake()
	}
	return id, err
}

// known asks about an account that the address has already. Of one that the actor does not reach nothing is
// told.
func known(a domain.Actor, in NewUser, acc store.Account) error {
	_, all := manages(a, domain.PermManageUsers)
	if !in.Ask || acc.ID == 0 || (!all && len(reached(a, acc.Grants)) == 0) {
		return nil
	}
	args := map[string]any{"name": acc.Name, "id": idOf(acc.ID)}
	switch {
	case acc.State == domain.UserDisabled:
		return &domain.Error{Code: domain.CodeInvalid, Key: "user.closed", Field: "email", Args: args}
	case in.Known != acc.ID:
		return &domain.Error{Code: domain.CodeConflict, Key: "user.known", Args: args}
	}
	return nil
}

func (s *Accounts) newAccount(ctx context.Context, tx *store.Tx, a domain.Actor, u domain.User, silent bool) (domain.UserID, error) {
	id, err := tx.InsertUser(ctx, u, auth.NewHandle())
	if err != nil {
		return 0, err
	}
	if err := s.logFor(ctx, tx, a, u.Grants[0].County, domain.AuditUserAdded, id, nil); err != nil || silent {
		return id, err
	}
	u.ID = id
	return id, s.sendReset(ctx, tx, u, domain.NoticeInvited, store.TicketInvite, domain.InviteLife)
}

// mayGrant is nil where every grant lies in a county where the actor manages users, and an event named
// is arranged by that county. What is wrong with another county's is not told.
func (s *Accounts) mayGrant(ctx context.Context, tx *store.Tx, a domain.Actor, grants []domain.Grant) error {
	var v domain.Invalid
	for _, g := range grants {
		ok := a.MayIn(domain.PermManageUsers, g.County)
		if ok && g.Event != 0 {
			counties, err := tx.EventCounty(ctx, g.Event)
			if err != nil && notFoundIs(err, err) == nil {
				return err
			}
			ok = slices.Contains(counties, g.County)
		}
		if !ok {
			v.Add("grants", "field.grants.wrong", nil)
			return v.Err()
		}
	}
	return nil
}

func (s *Accounts) give(ctx context.Context, tx *store.Tx, a domain.Actor, id domain.UserID, grants []domain.Grant) error {
	for _, g := range grants {
		isNew, err := tx.InsertGrant(ctx, id, g)
		if err == nil && isNew {
			err = s.logFor(ctx, tx, a, g.County, domain.AuditGranted, id, grantDetails(g))
		}
		if err != nil {
			return err
		}
	}
	return nil
}

func grantDetails(g domain.Grant) map[string]string {
	d := map[string]string{"role": string(g.Role)}
	if g.Event != 0 {
		d["event"] = idOf(domain.UserID(g.Event))
	}
	return d
}

// SetGrants replaces what a user is granted in one county, and nothing elsewhere. It takes effect at
// her next request. Refusals: *domain.Invalid for the field "grants"; class CodeConflict
// "user.last_administrator" where nobody would be left to manage the county.
func (s *Accounts) SetGrants(ctx context.Context, a domain.Actor, id domain.UserID, c domain.OrganiserCode, grants []domain.Grant) error {
	for _, g := range grants {
		if g.County != c || !domain.GrantsSound(grants) {
			var v domain.Invalid
			v.Add("grants", "field.grants.wrong", nil)
			return v.Err()
		}
	}
	return s.Store.Write(ctx, func(tx *store.Tx) error {
		acc, err := s.reach(ctx, tx.Queries, a, id)
		if err != nil {
			return err
		}
		if !a.MayIn(domain.PermManageUsers, c) {
			return errNoUser
		}
		if err := s.mayGrant(ctx, tx, a, grants); err != nil {
			return err
		}
		if err := s.take(ctx, tx, a, acc, c, grants); err != nil {
			return err
		}
		return s.give(ctx, tx, a, id, grants)
	})
}

// take revokes what she has in a county and is not to keep.
func (s *Accounts) take(ctx context.Context, tx *store.Tx, a domain.Actor, acc store.Account, c domain.OrganiserCode, keep []domain.Grant) error {
	for _, g := range acc.Grants {
		if g.County != c || slices.Contains(keep, g) {
			continue
		}
		if g.Role == domain.RoleAdministrator {
			if err := s.othersManage(ctx, tx, a, acc, c); err != nil {
				return err
			}
		}
		if err := tx.DeleteGrant(ctx, acc.ID, g); err != nil {
			return err
		}
		if err := s.logFor(ctx, tx, a, g.County, domain.AuditRevoked, acc.ID, grantDetails(g)); err != nil {
			return err
		}
	}
	return nil
}

// othersManage is errLastAdmin where nobody but this user manages the county's users. Whoever runs the
// program may take away the last one: a county may leave.
func (s *Accounts) othersManage(ctx context.Context, tx *store.Tx, a domain.Actor, acc store.Account, c domain.OrganiserCode) error {
	if a.AllCounties {
		return nil
	}
	n, err := tx.Administrators(ctx, c, acc.ID)
	if err == nil && n == 0 {
		err = errLastAdmin
	}
	return err
}

// whole runs fn for an account that lies altogether within the actor's counties.
func (s *Accounts) whole(ctx context.Context, a domain.Actor, id domain.UserID, fn func(tx *store.Tx, acc store.Account) error) error {
	return s.wholeForGood(ctx, a, id, func(tx *store.Tx, acc store.Account, _ *[]domain.Erased) error { return fn(tx, acc) })
}

// wholeForGood is whole for an fn that tells in gone what must stay so whatever becomes of the database.
func (s *Accounts) wholeForGood(ctx context.Context, a domain.Actor, id domain.UserID, fn func(tx *store.Tx, acc store.Account, gone *[]domain.Erased) error) error {
	run := func(do func(tx *store.Tx) error) error { return s.Store.Write(ctx, do) }
	err := forGood(ctx, s.Store, s.Erased, run, func(tx *store.Tx, gone *[]domain.Erased) error {
		acc, err := s.reach(ctx, tx.Queries, a, id)
		if err != nil {
			return err
		}
		if !acc.Within(a) {
			return errNoUser
		}
		if a.User != 0 && a.User == id {
			return errOwnAccount
		}
		return fn(tx, acc, gone)
	})
	if err == nil {
		s.wake()
	}
	return err
}

// Disable closes an account, and Enable opens it again. It takes an actor who manages users in every
// county where she has been granted anything; others take their own grants back instead. Refusals: class
// CodeConflict "user.own_account" and "user.last_administrator".
func (s *Accounts) Disable(ctx context.Context, a domain.Actor, id domain.UserID) error {
	return s.wholeForGood(ctx, a, id, func(tx *store.Tx, acc store.Account, gone *[]domain.Erased) error {
		if acc.State == domain.UserDisabled {
			return nil
		}
		for _, g := range acc.Grants {
			if g.Role == domain.RoleAdministrator {
				if err := s.othersManage(ctx, tx, a, acc, g.County); err != nil {
					return err
				}
			}
		}
		*gone = append(*gone, domain.Erased{At: s.Now().UTC(), Kind: domain.ErasedAccount, UID: string(acc.Handle)})
		if err := tx.SetUserState(ctx, id, domain.UserDisabled); err != nil {
			return err
		}
		if err := s.void(ctx, tx, id); err != nil {
			return err
		}
		return s.logFor(ctx, tx, a, "", domain.AuditUserDisabled, id, nil)
	})
}

// void ends whatever a user has open, and makes what she has been sent worth nothing.
func (s *Accounts) void(ctx context.Context, tx *store.Tx, id domain.UserID) error {
	if _, err := tx.EndSignIns(ctx, id, 0); err != nil {
		return err
	}
	return tx.DropTickets(ctx, id, store.TicketReset, store.TicketInvite, store.TicketLink, store.TicketSecondFactor,
		store.TicketPasskey, store.TicketPasskeyNew, store.TicketTOTP)
}

// Enable opens a disabled account; she signs in with what she had.
func (s *Accounts) Enable(ctx context.Context, a domain.Actor, id domain.UserID) error {
	return s.wholeForGood(ctx, a, id, func(tx *store.Tx, acc store.Account, gone *[]domain.Erased) error {
		if acc.State == domain.UserActive {
			return nil
		}
		*gone = append(*gone, domain.Erased{At: s.Now().UTC(), Kind: domain.ErasedAccount, UID: string(acc.Handle), N: reopened})
		if err := tx.SetUserState(ctx, id, domain.UserActive); err != nil {
			return err
		}
		return s.logFor(ctx, tx, a, "", domain.AuditUserEnabled, id, nil)
	})
}

// Clear takes away password, factors and sign-ins of someone who has lost them, and sends a new
// invitation. As Disable, for whom.
func (s *Accounts) Clear(ctx context.Context, a domain.Actor, id domain.UserID) error {
	return s.whole(ctx, a, id, func(tx *store.Tx, acc store.Account) error {
		if err := tx.SetPassword(ctx, id, ""); err != nil {
			return err
		}
		if err := s.dropFactors(ctx, tx, acc); err != nil {
			return err
		}
		if err := s.void(ctx, tx, id); err != nil {
			return err
		}
		if err := s.logFor(ctx, tx, a, "", domain.AuditUserCleared, id, nil); err != nil || acc.State != domain.UserActive {
			return err
		}
		return s.sendReset(ctx, tx, acc.User, domain.NoticeInvited, store.TicketInvite, domain.InviteLife)
	})
}

// UserByEmail is the user with an address, for whoever runs the program.
func (s *Accounts) UserByEmail(ctx context.Context, a domain.Actor, email string) (domain.User, error) {
	if _, all := manages(a, domain.PermManageUsers); !all {
		return domain.User{}, errNoUser
	}
	acc, err := s.Store.AccountByEmail(ctx, domain.EmailKey(strings.TrimSpace(email)))
	return acc.User, err
}

// logFor writes a line about an account that someone else has touched.
func (s *Accounts) logFor(ctx context.Context, tx *store.Tx, a domain.Actor, c domain.OrganiserCode, what domain.AuditAction, id domain.UserID, details map[string]string) error {
	return tx.Audit(ctx, domain.AuditEntry{
		At: s.Now(), User: a.User, Actor: a.Name, County: c, Action: what, Object: "user", ObjectID: idOf(id), Details: details,
	})
}
