package service

import (
	"context"

	"github.com/temadag/temadag/internal/domain"
)

// ExpireFound is what an instance does that has found offers to be over, whatever others have done since. Without heed
// it ends again those that have ended.
func ExpireFound(ctx context.Context, s *Registrations, ids []domain.RegistrationID, heed bool) error {
	for _, id := range ids {
		err := s.write(ctx, domain.Worker(), domain.ChannelClock, func(st step) error {
			k, err := st.tx.RegistrationByID(ctx, id)
			if err != nil || heed || k.Status == domain.Offered {
				if err == nil {
					err = st.expire(ctx, id)
				}
				return err
			}
			k.Status = domain.Offered
			return st.end(ctx, k, domain.Cancelled, domain.HistoryExpired, domain.LetterExpired, domain.Details{Until: k.OfferUntil})
		})
		if err != nil {
			return err
		}
	}
	return nil
}
