package service

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"strconv"

	"github.com/temadag/temadag/internal/domain"
	"github.com/temadag/temadag/internal/store"
)

// bulk is a bulk action made ready.
type bulk struct {
	in     domain.BulkInput
	reach  reach
	people []domain.Registration // in order of arrival
}

// PreviewBulk tells whom a bulk action would be done to, and for whom it cannot be. Nothing is changed.
// domain.ErrNotFound where anyone of them is not the actor's to do this to. Refusals: *domain.Invalid for
// the fields "reason" and "day"; of class CodeConflict "bulk.too_many" with Args "max"; of class CodeInvalid
// "bulk.nobody".
func (s *People) PreviewBulk(ctx context.Context, a domain.Actor, in domain.BulkInput) (domain.BulkPreview, error) {
	b, err := s.bulk(ctx, a, in)
	if err != nil {
		return domain.BulkPreview{}, err
	}
	rows, fit, err := s.bulkRows(ctx, b)
	return domain.BulkPreview{Action: in.Action, Rows: rows, Fit: fit}, err
}

// Bulk does to many what Registrations does to one: each is a step of its own, in order of arrival, with
// its own history and letter, so that whatever is done when it is stopped is done whole. progress is told
// after each; nil is allowed. Ending ctx stops it: the result tells how far it came, and the error is the
// context's. Refusals: those of PreviewBulk, and of class CodeConflict "bulk.changed" with Args "now" where
// there are more or fewer than Expected.
func (s *People) Bulk(ctx context.Context, a domain.Actor, in domain.BulkInput, progress func(done, total int)) (domain.BulkResult, error) {
	b, err := s.bulk(ctx, a, in)
	if err != nil {
		return domain.BulkResult{}, err
	}
	if in.Expected != 0 && in.Expected != len(b.people) {
		return domain.BulkResult{}, &domain.Error{Code: domain.CodeConflict, Key: "bulk.changed", Args: map[string]any{"now": len(b.people)}}
	}
	rows, _, err := s.bulkRows(ctx, b)
	if err != nil {
		return domain.BulkResult{}, err
	}
	out := domain.BulkResult{Action: in.Action, Rows: rows}
	done := make(map[domain.EventID]int)
	var stopped error
	for i := range rows {
		r := &rows[i]
		switch {
		case stopped != nil:
			r.Refusal = "bulk.not_reached"
			continue
		case r.Refusal == "":
			if stopped = ctx.Err(); stopped == nil {
				stopped = s.bulkOne(ctx, a, b.in, r)
			}
			if stopped != nil {
				r.Refusal = "bulk.not_reached"
				continue
			}
		}
		if r.Refusal == "" {
			out.Done++
			done[r.Event.ID]++
		}
		if progress != nil {
			progress(i+1, len(rows))
		}
	}
	return out, errors.Join(stopped, s.noteBulk(context.WithoutCancel(ctx), a, b, done))
}

// bulkOne does it to one. What a use case refuses stands in the row; other errors are ours and stop all.
func (s *People) bulkOne(ctx context.Context, a domain.Actor, in domain.BulkInput, r *domain.BulkRow) error {
	err := s.doOne(ctx, a, in, r.ID)
	var refused *domain.Error
	if errors.As(err, &refused) && refused.Code != domain.CodeUnavailable {
		r.Refusal = refused.Key
		return nil
	}
	return err
}

func (s *People) doOne(ctx context.Context, a domain.Actor, in domain.BulkInput, id domain.RegistrationID) error {
	switch in.Action {
	case domain.BulkWithdraw:
		return s.Registrations.Withdraw(ctx, a, id, in.Reason)
	case domain.BulkCancel:
		return s.Registrations.CancelFor(ctx, a, id, or(in.Channel, domain.ChannelWeb), in.Reason)
	case domain.BulkExtend:
		return s.Registrations.Extend(ctx, a, id, in.Day)
	case domain.BulkApprove, domain.BulkDecline:
		return s.Registrations.Decide(ctx, a, id, in.Action == domain.BulkApprove, in.Reason)
	case domain.BulkProtect:
		return s.Protect(ctx, a, id)
	}
	return fmt.Errorf("service: no bulk action %q", in.Action)
}

// bulk finds those that a bulk action is about. One that the actor may not do this to hides all.
func (s *People) bulk(ctx context.Context, a domain.Actor, in domain.BulkInput) (bulk, error) {
	b := bulk{in: in}
	if err := a.Require(in.Action.Permission()); err != nil {
		return b, err
	}
	if err := s.readBulk(&b.in); err != nil {
		return b, err
	}
	ids := slices.Clone(in.IDs)
	var err error
	if in.Query != nil && len(ids) == 0 {
		if b.reach, err = reachOf(ctx, s.Store.Queries, a, in.Action.Permission(), in.Query.Scope); err != nil {
			return b, err
		}
		q := *in.Query
		q.After, q.Sort, q.Reveal = 0, domain.SortByArrival, false
		if ids, err = s.Store.FindIDs(ctx, b.reach.search(q), mostPersons+1); err != nil {
			return b, err
		}
	}
	slices.Sort(ids)
	ids = slices.Compact(ids)
	switch {
	case len(ids) == 0:
		return b, &domain.Error{Code: domain.CodeInvalid, Key: "bulk.nobody"}
	case len(ids) > mostPersons:
		return b, &domain.Error{Code: domain.CodeConflict, Key: "bulk.too_many", Args: map[string]any{"max": mostPersons}}
	}
	if b.people, err = s.Store.People(ctx, ids); err != nil {
		return b, err
	}
	if len(b.people) != len(ids) {
		return b, domain.NotFound("registration.not_found")
	}
	return b, s.bulkReach(ctx, a, &b)
}

func (s *People) readBulk(in *domain.BulkInput) (err error) {
	if in.Reason, err = domain.ReadReason("reason", in.Reason, in.Action.NeedsReason()); err != nil {
		return err
	}
	if in.Action == domain.BulkExtend && (in.Day.IsZero() || in.Day.Before(domain.DateIn(s.Now()))) {
		v := &domain.Invalid{}
		v.Add("day", "field.day.passed", nil)
		return v
	}
	return nil
}

// bulkReach looks at the event of each.
func (s *People) bulkReach(ctx context.Context, a domain.Actor, b *bulk) error {
	known := make(map[domain.EventID]bool)
	for _, e := range b.reach.events {
		known[e.ID] = true
	}
	for _, p := range b.people {
		if known[p.EventID] {
			continue
		}
		e, err := s.Store.EventFacts(ctx, p.EventID)
		if err != nil {
			return err
		}
		if !a.MayAt(b.in.Action.Permission(), e) {
			return domain.NotFound("registration.not_found")
		}
		known[p.EventID] = true
		b.reach.events = append(b.reach.events, e)
	}
	return nil
}

func (s *People) bulkRows(ctx context.Context, b bulk) ([]domain.BulkRow, int, error) {
	rows, err := s.rows(ctx, b.people, b.reach.named(), nil)
	if err != nil {
		return nil, 0, err
	}
	out, fit := make([]domain.BulkRow, len(rows)), 0
	for i, r := range rows {
		out[i] = domain.BulkRow{PersonRow: r, Refusal: b.in.Action.Refusal(r.Registration)}
		if out[i].Refusal == "" {
			fit++
		}
	}
	return out, fit, nil
}

// noteBulk tells the audit log what was done, event by event.
func (s *People) noteBulk(ctx context.Context, a domain.Actor, b bulk, done map[domain.EventID]int) error {
	if len(done) == 0 {
		return nil
	}
	return s.Store.Write(ctx, func(tx *store.Tx) error {
		for _, e := range b.reach.events {
			if done[e.ID] == 0 {
				continue
			}
			details := map[string]string{"action": string(b.in.Action), "count": strconv.Itoa(done[e.ID])}
			if err := tx.Audit(ctx, s.line(a, e, domain.AuditBulk, "event", int64(e.ID), details)); err != nil {
				return err
			}
		}
		return nil
	})
}

// Protect marks someone's identity as protected: she is masked wherever she stands from then on, and
// the audit log tells who did it.
// Protected already is nil; domain.ErrNotFound where the actor may not.
func (s *People) Protect(ctx context.Context, a domain.Actor, id domain.RegistrationID) error {
	if err := a.Require(domain.PermProtect); err != nil {
		return err
	}
	return s.Registrations.write(ctx, a, domain.ChannelWeb, func(st step) error {
		k, err := st.tx.RegistrationByID(ctx, id)
		if err != nil {
			return err
		}
		e, err := st.tx.EventFacts(ctx, k.EventID)
		switch {
		case err != nil:
			return err
		case !a.MayAt(domain.PermProtect, e):
			return domain.NotFound("registration.not_found")
		case k.Protected:
			return nil
		}
		if err := st.protect(ctx, k); err != nil {
			return err
		}
		if err := st.tx.Audit(ctx, s.line(a, e, domain.AuditProtected, auditPerson, int64(id), nil)); err != nil {
			return err
		}
		return st.record(ctx, k, domain.HistoryProtected, "", domain.Details{})
	})
}

// protect masks someone, and has it written down that her name is not to be seen again.
func (st step) protect(ctx context.Context, k store.Kept) error {
	*st.gone = append(*st.gone, domain.Erased{At: st.now, Kind: domain.ErasedName, UID: string(k.UID)})
	return st.tx.Protect(ctx, k.ID)
}
