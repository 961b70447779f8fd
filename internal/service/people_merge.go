package service

import (
	"context"
	"slices"
	"strconv"
	"strings"

	"github.com/temadag/temadag/internal/domain"
	"github.com/temadag/temadag/internal/store"
)

// Duplicates proposes pairs of live registrations of an event that may be one person's: the same name,
// and the same organisation or telephone. Addresses differ, or there would not be two. People with
// protected identity are left out.
func (s *People) Duplicates(ctx context.Context, a domain.Actor, slug string) ([]domain.Duplicate, error) {
	r, err := reachOf(ctx, s.Store.Queries, a, domain.PermManage, domain.ListScope{Event: slug})
	if err != nil {
		return nil, err
	}
	people, err := s.Store.SameNames(ctx, r.events[0].ID, mostSameNames)
	if err != nil {
		return nil, err
	}
	rows, err := s.rows(ctx, people, r.named(), nil)
	if err != nil {
		return nil, err
	}
	var out []domain.Duplicate
	for i, one := range rows {
		for _, two := range rows[i+1:] {
			if one.SortKey() != two.SortKey() {
				break // they stand in the order of names
			}
			d := domain.Duplicate{Keep: one, Drop: two, SameWork: sameWork(one, two), SamePhone: samePhone(one, two)}
			if !d.SameWork && !d.SamePhone {
				continue
			}
			if rank(two.Status) > rank(one.Status) {
				d.Keep, d.Drop = two, one
			}
			out = append(out, d)
		}
	}
	return out, nil
}

func sameWork(a, b domain.PersonRow) bool {
	key := domain.SearchKey(a.Organisation)
	return key != "" && key == domain.SearchKey(b.Organisation)
}

func samePhone(a, b domain.PersonRow) bool {
	key := digits(a.Phone)
	return len(key) >= 7 && key == digits(b.Phone)
}

// digits are the figures of a telephone number, without the country's.
func digits(phone string) string {
	out := strings.Map(func(r rune) rune {
		if r < '0' || r > '9' {
			return -1
		}
		return r
	}, strings.ReplaceAll(phone, "(0)", ""))
	out = strings.TrimPrefix(out, "00")
	return strings.TrimPrefix(strings.TrimPrefix(out, "46"), "0")
}

// rank orders what someone may have at an event by what it is worth to her.
func rank(s domain.RegistrationStatus) int {
	return slices.Index([]domain.RegistrationStatus{domain.Pending, domain.Waitlisted, domain.Offered, domain.Confirmed}, s)
}

// Merge ends one of two registrations that one person has at an event: it is struck with the reason, which
// the letter to its address tells, its place goes to the queue, and the history of both tells. What the one
// that is kept holds does not change. Merged already is nil. Refusals: *domain.Invalid for the field "reason";
// of class CodeConflict "merge.not_two" where they are not two live ones at one event, and
// "merge.other_way" where the one to go has the better place.
func (s *People) Merge(ctx context.Context, a domain.Actor, keep, drop domain.RegistrationID, reason string) error {
	reason, err := domain.ReadReason("reason", reason, true)
	if err != nil {
		return err
	}
	return s.Registrations.manage(ctx, a, domain.ChannelWeb, drop, func(st step, k store.Kept, e domain.Event) error {
		kept, err := st.tx.RegistrationByID(ctx, keep)
		switch {
		case err != nil:
			return err
		case kept.EventID != k.EventID: // it may be another county's: nothing is told of it
			return domain.NotFound("registration.not_found")
		case k.Status == domain.Withdrawn && kept.Status.Live():
			return nil
		case keep == drop || !k.Status.Live() || !kept.Status.Live():
			return &domain.Error{Code: domain.CodeConflict, Key: "merge.not_two"}
		case rank(k.Status) > rank(kept.Status):
			return &domain.Error{Code: domain.CodeConflict, Key: "merge.other_way"}
		}
		if err := st.record(ctx, kept, domain.HistoryMerged, "", domain.Details{Reason: reason, Other: k.Ref}); err != nil {
			return err
		}
		if err := st.end(ctx, k, domain.Withdrawn, domain.HistoryWithdrawn, domain.LetterWithdrawn, domain.Details{Reason: reason, Other: kept.Ref}); err != nil {
			return err
		}
		details := map[string]string{"kept": strconv.FormatInt(int64(keep), 10)}
		return st.tx.Audit(ctx, s.line(a, e, domain.AuditMerged, auditPerson, int64(drop), details))
	})
}
