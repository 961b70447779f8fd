package service

import (
	"context"
	"encoding/hex"
	"slices"

	"github.com/temadag/temadag/internal/domain"
	"github.com/temadag/temadag/internal/store"
)

// No mailing goes to some addresses: mail does not reach them, or whoever has them has said no. What is kept is
// a keyed hash, so that nobody can read a list of them; an address is looked up by typing it.

// addressHash reads a typed address; *domain.Invalid for the field "email".
func (s *Mailings) addressHash(typed string) ([]byte, error) {
	email, ok := domain.ParseEmail(typed)
	if !ok {
		v := &domain.Invalid{}
		v.Add("email", domain.EmailFault(typed), nil)
		return nil, v
	}
	return s.Registrations.Keys.AddressHash(domain.EmailKey(email)), nil
}

// Counties are those in which the actor writes mail, and whose addresses she may stop and release.
func (s *Mailings) Counties(ctx context.Context, a domain.Actor) ([]domain.Organiser, error) {
	if err := a.Require(domain.PermWriteMail); err != nil {
		return nil, err
	}
	all, err := s.Store.Organisers(ctx)
	if err != nil {
		return nil, err
	}
	out := slices.DeleteFunc(all, func(o domain.Organiser) bool { return !a.MayIn(domain.PermWriteMail, o.Code) })
	if len(out) == 0 { // who writes at one event alone looks after no county's addresses
		return nil, domain.NotFound("page.not_found")
	}
	return out, nil
}

// Suppressions are why mailings do not go to an address, as far as it concerns the actor: in every county and
// in hers. Refusals: *domain.Invalid for "email"; domain.ErrNotFound for who writes mail in no county.
func (s *Mailings) Suppressions(ctx context.Context, a domain.Actor, typed string) ([]domain.Suppression, error) {
	if _, err := s.Counties(ctx, a); err != nil {
		return nil, err
	}
	hash, err := s.addressHash(typed)
	if err != nil {
		return nil, err
	}
	all, err := s.Store.Suppressions(ctx, hash)
	return slices.DeleteFunc(all, func(p domain.Suppression) bool {
		return p.County != "" && !a.MayIn(domain.PermWriteMail, p.County)
	}), err
}

// Release lets mailings go to an address again that mail did not reach, or that was stopped by hand; the audit
// log tells. Whoever has said no to invitations herself is not released by others. Refusals: those of
// Suppressions; CodeClosed "suppression.unsubscribed"; CodeClosed "suppression.none" where nothing stops it;
// *domain.Invalid for "why".
func (s *Mailings) Release(ctx context.Context, a domain.Actor, typed string, c domain.OrganiserCode, reason domain.SuppressionReason, why domain.ReleaseReason) error {
	if reason == domain.SuppressUnsubscribed {
		return &domain.Error{Code: domain.CodeClosed, Key: "suppression.unsubscribed"}
	}
	hash, in, err := s.stopping(ctx, a, typed, c, why, domain.ReleaseReasons())
	if err != nil {
		return err
	}
	return s.Store.Write(ctx, func(tx *store.Tx) error {
		ok, err := tx.Release(ctx, hash, c, reason)
		if err == nil && !ok {
			err = &domain.Error{Code: domain.CodeClosed, Key: "suppression.none"}
		}
		if err != nil {
			return err
		}
		return tx.Audit(ctx, s.addressLine(a, in, hash, domain.AuditAddressReleased, map[string]string{"reason": string(reason), "why": string(why)}))
	})
}

// SuppressByHand keeps mailings of a county from going to an address; the audit log tells. Stopped already is
// nil; that whoever has it wants no invitations is less than that. Refusals: those of Suppressions; *domain.Invalid for "county" and "why".
func (s *Mailings) SuppressByHand(ctx context.Context, a domain.Actor, typed string, c domain.OrganiserCode, why domain.ReleaseReason) error {
	if c == "" {
		if _, err := s.Counties(ctx, a); err != nil {
			return err
		}
		v := &domain.Invalid{}
		v.Add("county", "suppressed.county_missing", nil)
		return v
	}
	hash, in, err := s.stopping(ctx, a, typed, c, why, domain.StopReasons())
	if err != nil {
		return err
	}
	return s.Store.Write(ctx, func(tx *store.Tx) error {
		all, err := tx.Suppressions(ctx, hash)
		if err != nil || slices.ContainsFunc(all, func(p domain.Suppression) bool {
			return p.County == c && p.Reason.Against(domain.MailingParticipants)
		}) {
			return err
		}
		if err := tx.Suppress(ctx, hash, c, domain.SuppressByHand, a.Name, s.Now()); err != nil {
			return err
		}
		return tx.Audit(ctx, s.addressLine(a, in, hash, domain.AuditAddressStopped, map[string]string{"why": string(why)}))
	})
}

// stopping reads what is to be stopped or released, and where the log tells of it.
func (s *Mailings) stopping(ctx context.Context, a domain.Actor, typed string, c domain.OrganiserCode, why domain.ReleaseReason, reasons []domain.ReleaseReason) ([]byte, domain.OrganiserCode, error) {
	mine, err := s.Counties(ctx, a)
	if err != nil {
		return nil, "", err
	}
	in := c
	if c == "" {
		in = mine[0].Code // it holds everywhere, and is told of where she is
	} else if !a.MayIn(domain.PermWriteMail, c) {
		return nil, "", domain.NotFound("page.not_found")
	}
	hash, err := s.addressHash(typed)
	if err != nil {
		return nil, "", err
	}
	if !slices.Contains(reasons, why) {
		v := &domain.Invalid{}
		v.Add("why", "suppression.why_missing", nil)
		return nil, "", v
	}
	return hash, in, nil
}

// addressLine names the address by the beginning of its hash: enough to see that two lines are about the same
// one, and not whose it is.
func (s *Mailings) addressLine(a domain.Actor, c domain.OrganiserCode, hash []byte, what domain.AuditAction, details map[string]string) domain.AuditEntry {
	return domain.AuditEntry{
		At: s.Now(), User: a.User, Actor: a.Name, County: c, Action: what, Object: "address", ObjectID: hex.EncodeToString(hash[:4]), Details: details,
	}
}
