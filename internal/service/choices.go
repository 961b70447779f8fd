package service

import (
	"context"
	"slices"

	"github.com/temadag/temadag/internal/domain"
	"github.com/temadag/temadag/internal/store"
)

// Sessions that participants choose have places and a queue of their own. Only those with a place at
// the event are in them or in their queues; everyone else wishes.

// wishSessions notes the sessions that a newcomer chooses.
func (st step) wishSessions(ctx context.Context, k store.Kept, ids []domain.SessionID) error {
	for _, id := range ids {
		if err := st.tx.WishSession(ctx, k.EventID, k.ID, id); err != nil {
			return err
		}
	}
	return nil
}

// seatSessions gives someone who has come to a place at the event what she wished for: a place in
// each session that has one and no queue, else the last place of its queue.
func (st step) seatSessions(ctx context.Context, k store.Kept) error {
	chosen, err := st.tx.Choices(ctx, k.ID)
	if err != nil {
		return err
	}
	for _, c := range chosen {
		if c.Status != domain.ChoiceWished {
			continue
		}
		seated, err := st.tx.SeatInSession(ctx, k.ID, c.Session)
		if err == nil && !seated {
			err = st.tx.QueueForSession(ctx, k.ID, c.Session)
		}
		if err != nil {
			return err
		}
	}
	return nil
}

// freeSessions gives up everything that someone has chosen; the next in each queue gets her place
// and a letter about it.
func (st step) freeSessions(ctx context.Context, k store.Kept) error {
	chosen, err := st.tx.Choices(ctx, k.ID)
	if err != nil {
		return err
	}
	return st.dropChoices(ctx, k, chosen)
}

func (st step) dropChoices(ctx context.Context, k store.Kept, chosen []store.Choice) error {
	for _, c := range chosen {
		if err := st.tx.DropChoice(ctx, k.ID, c); err != nil {
			return err
		}
		if c.Status == domain.ChoiceConfirmed {
			if err := st.fillSession(ctx, c.Session); err != nil {
				return err
			}
		}
	}
	return nil
}

// fillSession lets those who wait for a session in while it has room, in strict order.
func (st step) fillSession(ctx context.Context, id domain.SessionID) error {
	for {
		next, promoted, err := st.tx.PromoteInSession(ctx, id)
		if err != nil || !promoted {
			return err
		}
		k, err := st.tx.RegistrationByID(ctx, next)
		if err != nil {
			return err
		}
		titles, err := st.titles(ctx, []domain.SessionID{id}, k.Lang)
		if err != nil {
			return err
		}
		if err := st.record(ctx, k, domain.HistorySessionPlace, domain.LetterSessionPlace, domain.Details{Sessions: titles}); err != nil {
			return err
		}
	}
}

func (st step) titles(ctx context.Context, ids []domain.SessionID, l domain.Lang) ([]string, error) {
	var out []string
	for _, id := range ids {
		t, err := st.tx.SessionTitle(ctx, id)
		if err != nil {
			return nil, err
		}
		out = append(out, t.In(l))
	}
	return out, nil
}

// chooseSessions makes ids what someone has chosen, and reports whether that is anything else than
// before. What she keeps she keeps as it stands; what she gives up goes to the next; for what is new
// she stands last.
func (st step) chooseSessions(ctx context.Context, k store.Kept, ids []domain.SessionID) (bool, error) {
	chosen, err := st.tx.Choices(ctx, k.ID)
	if err != nil {
		return false, err
	}
	var dropped []store.Choice
	for _, c := range chosen {
		if !slices.Contains(ids, c.Session) {
			dropped = append(dropped, c)
		}
	}
	if len(dropped) == 0 && len(ids) == len(chosen) {
		return false, nil
	}
	if err := st.dropChoices(ctx, k, dropped); err != nil {
		return false, err
	}
	if err := st.wishSessions(ctx, k, ids); err != nil {
		return false, err
	}
	if k.Status == domain.Confirmed {
		err = st.seatSessions(ctx, k)
	}
	return true, err
}

// chosenSessions are the sessions that a registration has chosen, in the order of the programme, with
// where it stands in each. It reads the programme where e has none.
func chosenSessions(ctx context.Context, q store.Queries, id domain.RegistrationID, e domain.Event) ([]domain.ChosenSession, error) {
	chosen, err := q.Choices(ctx, id)
	if err != nil || len(chosen) == 0 {
		return nil, err
	}
	if len(e.Programme) == 0 {
		if err := q.FillEvent(ctx, &e); err != nil {
			return nil, err
		}
	}
	var out []domain.ChosenSession
	for _, c := range chosen {
		for _, session := range e.Programme {
			if domain.SessionID(session.ID) == c.Session {
				out = append(out, domain.ChosenSession{Session: session, Status: c.Status, Ahead: c.Ahead})
			}
		}
	}
	return out, nil
}
