package service

import (
	"context"
	"errors"

	"github.com/temadag/temadag/internal/domain"
	"github.com/temadag/temadag/internal/store"
)

// ReadInvitation is what the text of an invitation proposes. It keeps nothing.
func (s *Events) ReadInvitation(a domain.Actor, text string) (domain.Invitation, error) {
	if err := a.Require(domain.PermEditProgramme); err != nil {
		return domain.Invitation{}, err
	}
	return domain.ParseInvitation(text, domain.DateIn(s.Now())), nil
}

// FromInvitation is what has been approved of an invitation.
type FromInvitation struct {
	Text     string
	Approved map[string]string    // by domain.Proposal.Key, its value as it stands in the form now
	Owner    domain.OrganiserCode // of occasions whose owner was not approved
}

// CreateFromInvitation makes a draft for each occasion that was approved, with what was approved of it, and a
// series where they are several: with their title and lead, since the text of one day is not that of its theme. It answers the slugs of the drafts, and that of the series or "".
//
// Faults are those of domain.Event.ReadEvent, under the keys of the proposals: "occasion_2_day". Besides:
// "occasions" where none was approved, "occasion_2_owner" for a county where the actor may make none, and
// "title" where there is none.
func (s *Events) CreateFromInvitation(ctx context.Context, a domain.Actor, in FromInvitation) (events []string, series string, err error) {
	inv, err := s.ReadInvitation(a, in.Text)
	if err != nil {
		return nil, "", err
	}
	err = s.write(ctx, a, func(tx *store.Tx) error {
		drafts, err := s.invited(ctx, tx.Queries, a, inv, in)
		if err != nil {
			return err
		}
		events, series = nil, ""
		var id domain.SeriesID
		if len(drafts) > 1 {
			first := drafts[0]
			made, err := s.addSeries(ctx, tx, a, first.Owner.Code, domain.Series{Title: first.Title, Lead: first.Lead})
			if err != nil {
				return err
			}
			id, series = made.ID, made.Slug
		}
		for _, e := range drafts {
			e.SeriesID = id
			slug, err := s.add(ctx, tx, a, e, domain.AuditEventCreated, map[string]string{"from": "invitation"})
			if err != nil {
				return err
			}
			events = append(events, slug)
		}
		return nil
	})
	return events, series, err
}

// invited reads the approved occasions, and gathers every fault of all of them.
func (s *Events) invited(ctx context.Context, q store.Queries, a domain.Actor, inv domain.Invitation, in FromInvitation) ([]domain.Event, error) {
	v := &domain.Invalid{}
	var out []domain.Event
	for n := range inv.Count() {
		if _, ok := in.Approved[domain.OccasionKey(n)]; !ok {
			continue
		}
		o, err := s.ownerOf(ctx, q, a, or(inv.OwnerOf(n, in.Approved), in.Owner))
		var wrong *domain.Invalid
		switch {
		case errors.As(err, &wrong):
			v.Add(domain.RowField("occasion", n, "owner"), "edit.owner.wrong", nil)
			continue
		case err != nil:
			return nil, err
		}
		e, err := s.begin(o, inv.Fill(domain.EntryOf(domain.NewEvent(o, domain.Text{}, "")), n, in.Approved))
		if errors.As(err, &wrong) {
			for _, f := range wrong.Faults {
				addOnce(v, domain.ProposalKey(n, f.Field), f)
			}
		} else if err != nil {
			return nil, err
		}
		out = append(out, e)
	}
	if len(out) == 0 && len(v.Faults) == 0 {
		v.Add("occasions", "edit.occasions.missing", nil)
	}
	return out, v.Err()
}

// addOnce notes a fault of what all occasions have in common once for all.
func addOnce(v *domain.Invalid, field string, f *domain.Error) {
	for _, had := range v.Faults {
		if had.Field == field && had.Key == f.Key {
			return
		}
	}
	v.Add(field, f.Key, f.Args)
}
