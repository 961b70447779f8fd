package service

import (
	"context"
	"encoding/json"
	"fmt"
	"slices"

	"github.com/temadag/temadag/internal/auth"
	"github.com/temadag/temadag/internal/domain"
	"github.com/temadag/temadag/internal/store"
)

// DefaultTellAbove is how many people a list holds before a data protection officer is told of it.
const DefaultTellAbove = 500

// tellOfficers owes a letter to the data protection officer of each county that people are taken from,
// where the list as a whole holds many. It says who took how many and why, and names nobody on the list.
func (s *Exports) tellOfficers(ctx context.Context, tx *store.Tx, t *taking) (told bool, err error) {
	most, all := s.TellAbove, 0
	if most <= 0 {
		most = DefaultTellAbove
	}
	rows, counties := make(map[domain.OrganiserCode]int), []domain.Organiser(nil)
	for _, e := range t.head.Events {
		n, owner := t.rows[e.Event.ID], e.Event.Owner
		if all += n; n > 0 && rows[owner.Code] == 0 {
			counties = append(counties, owner)
		}
		rows[owner.Code] += n
	}
	counties = slices.DeleteFunc(counties, func(o domain.Organiser) bool { return o.DPO == "" })
	if all <= most || t.actor.User == 0 {
		return false, nil // whoever runs the program on its own machine has no account to write from
	}
	for _, o := range counties {
		if err := s.tellOfficer(ctx, tx, t, o, rows[o.Code]); err != nil {
			return false, err
		}
	}
	return len(counties) > 0, nil
}

func (s *Exports) tellOfficer(ctx context.Context, tx *store.Tx, t *taking, o domain.Organiser, rows int) error {
	parts, err := json.Marshal(letterParts{Taken: &domain.ListTaken{
		By: t.actor.Name, List: t.head.Title, Purpose: t.head.Spec.Purpose, Contact: t.head.Spec.Contact(), Rows: rows,
	}})
	if err != nil {
		return fmt.Errorf("service: notice: %w", err)
	}
	n := domain.Notice{
		Kind: domain.NoticeListTaken, User: t.actor.User, To: o.DPO, Lang: domain.Swedish, Date: t.head.MadeAt,
		MessageID: s.Keys.NoticeID(auth.NewToken()),
	}
	return tx.InsertNotice(ctx, n, func(id int64) []byte { return s.Keys.Seal(parts, noticePlace(id, false)) })
}

// wake sees to it that what is owed is sent.
func (s *Exports) wake(owed bool) {
	if owed && s.Wake != nil {
		s.Wake()
	}
}
