package service

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"

	"github.com/temadag/temadag/internal/auth"
	"github.com/temadag/temadag/internal/domain"
	"github.com/temadag/temadag/internal/store"
)

var (
	errNoProvider     = domain.NotFound("provider.not_possible")
	errProviderOver   = &domain.Error{Code: domain.CodeClosed, Key: "signin.ticket_over"}
	errProviderWrong  = &domain.Error{Code: domain.CodeInvalid, Key: "signin.provider_wrong"}
	errProviderNobody = &domain.Error{Code: domain.CodeInvalid, Key: "signin.provider_nobody"}
	errProviderDown   = &domain.Error{Code: domain.CodeUnavailable, Key: "signin.provider_down"}
)

// serviceName is who has granted what follows from the groups of the sign-in service.
const serviceName = "inloggningstjänsten"

// BeginProvider is the address of the authority's own sign-in service to send the browser to, and a
// ticket for a cookie, since the way back must end in the browser where it began. Refusals:
// domain.ErrNotFound where there is no such service; class CodeUnavailable "signin.provider_down".
func (s *Accounts) BeginProvider(ctx context.Context) (address, ticket string, err error) {
	if s.Provider == nil {
		return "", "", errNoProvider
	}
	address, visit, err := s.Provider.Begin(ctx)
	if err != nil {
		s.Log.WarnContext(ctx, "the sign-in service does not answer", "error", err)
		return "", "", errProviderDown
	}
	state, err := json.Marshal(visit)
	if err != nil {
		return "", "", fmt.Errorf("service: sign-in service: %w", err)
	}
	err = s.Store.Write(ctx, func(tx *store.Tx) error {
		ticket, err = s.ticket(ctx, tx, store.TicketProvider, 0, ticketLife, state)
		return err
	})
	return address, ticket, err
}

// SignInProvider ends what BeginProvider began, with the ticket of the cookie and the state and code of
// the address. What she is granted in counties that the mapping names follows from her groups, each time.
// A second factor is the service's to ask for. Refusals: class CodeInvalid "signin.provider_wrong" and,
// for someone whom neither groups nor an administrator here have granted anything,
// "signin.provider_nobody"; CodeClosed "signin.ticket_over".
func (s *Accounts) SignInProvider(ctx context.Context, ticket, state, code string, c Caller) (SignInResult, error) {
	if s.Provider == nil {
		return SignInResult{}, errNoProvider
	}
	who, err := s.whoCameBack(ctx, ticket, state, code)
	if err != nil {
		return SignInResult{}, err
	}
	var out SignInResult
	err = s.Store.Write(ctx, func(tx *store.Tx) error {
		acc, err := s.providerAccount(ctx, tx, who)
		if err != nil {
			return err
		}
		if acc, err = s.followGroups(ctx, tx, acc, who.Groups); err != nil {
			return err
		}
		if acc.State != domain.UserActive || len(acc.Grants) == 0 {
			return errProviderNobody
		}
		out.Lang = acc.Lang
		out.Token, err = s.enter(ctx, tx, acc, domain.ByProvider, c)
		return err
	})
	return out, err
}

// whoCameBack uses the ticket up before the service is asked, so that a code is tried once.
func (s *Accounts) whoCameBack(ctx context.Context, ticket, state, code string) (auth.Identity, error) {
	var visit auth.ProviderVisit
	err := s.Store.Write(ctx, func(tx *store.Tx) error {
		t, kept, err := s.held(ctx, tx.Queries, ticket, errProviderOver, store.TicketProvider)
		if err != nil {
			return err
		}
		if used, err := tx.UseTicket(ctx, t.Hash); err != nil || !used {
			return or2(err, errProviderOver)
		}
		return json.Unmarshal(kept, &visit)
	})
	if err != nil {
		return auth.Identity{}, err
	}
	who, err := s.Provider.Finish(ctx, visit, state, code)
	if errors.Is(err, auth.ErrProvider) {
		s.Log.WarnContext(ctx, "an answer of the sign-in service was refused", "error", err)
		return who, errProviderWrong
	}
	if err != nil {
		s.Log.WarnContext(ctx, "the sign-in service does not answer", "error", err)
		return who, errProviderDown
	}
	return who, nil
}

// providerAccount is the account of an identity: the one tied to its subject; else, where the service
// vouches for the address, the one with that address, which is tied to it from now on; else a new one.
// An account tied to another subject is never taken over by its address.
func (s *Accounts) providerAccount(ctx context.Context, tx *store.Tx, who auth.Identity) (store.Account, error) {
	acc, err := tx.AccountBySubject(ctx, who.Subject)
	if !errors.Is(err, domain.ErrNotFound) {
		return acc, err
	}
	email, ok := domain.ParseEmail(who.Email)
	if !who.Verified || !ok {
		return acc, errProviderNobody
	}
	acc, err = accountOrNone(tx.AccountByEmail(ctx, domain.EmailKey(email)))
	if err != nil {
		return acc, err
	}
	if acc.ID == 0 {
		return s.providerNew(ctx, tx, who, email)
	}
	if acc.Subject != "" {
		return acc, errProviderNobody
	}
	return acc, tx.SetSubject(ctx, acc.ID, who.Subject)
}

func (s *Accounts) providerNew(ctx context.Context, tx *store.Tx, who auth.Identity, email string) (store.Account, error) {
	grants := s.Groups.Of(who.Groups)
	if len(grants) == 0 {
		return store.Account{}, errProviderNobody
	}
	u, err := domain.ReadUser(email, who.Name, grants)
	if err != nil {
		if u, err = domain.ReadUser(email, email, grants); err != nil {
			return store.Account{}, errProviderNobody
		}
	}
	u.Lang, u.CreatedAt = domain.Swedish, s.Now()
	id, err := s.newAccount(ctx, tx, domain.Actor{Name: serviceName}, u, true)
	if err != nil {
		return store.Account{}, err
	}
	if err := tx.SetSubject(ctx, id, who.Subject); err != nil {
		return store.Account{}, err
	}
	return tx.AccountByID(ctx, id)
}

// followGroups makes what she is granted in the counties of the mapping what her groups say. Grants at
// single events, and in other counties, are left to the administrators here.
func (s *Accounts) followGroups(ctx context.Context, tx *store.Tx, acc store.Account, groups []string) (store.Account, error) {
	by, grants := domain.Actor{Name: serviceName, AllCounties: true}, s.Groups.Of(groups)
	seen := map[domain.OrganiserCode]bool{}
	for _, g := range acc.Grants {
		if seen[g.County] || !s.Groups.Reaches(g.County) {
			continue
		}
		seen[g.County] = true
		keep := grants
		for _, own := range acc.Grants {
			if own.Event != 0 {
				keep = append(keep[:len(keep):len(keep)], own)
			}
		}
		if err := s.take(ctx, tx, by, acc, g.County, keep); err != nil {
			return acc, err
		}
	}
	if err := s.give(ctx, tx, by, acc.ID, grants); err != nil {
		return acc, err
	}
	return tx.AccountByID(ctx, acc.ID)
}
