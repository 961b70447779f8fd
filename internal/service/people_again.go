package service

import (
	"context"

	"github.com/temadag/temadag/internal/auth"
	"github.com/temadag/temadag/internal/domain"
)

// SendAgain owes a letter once more that did not arrive or was lost: of the same kind, with what it told, and
// with a new link. The link before is nobody's from then on, wherever the first letter ended up; the history
// tells. Refusals: those of domain.PersonView.MaySendAgain, so that there are never two on their way;
// domain.ErrNotFound where the actor may not, or there is no such letter.
func (s *Registrations) SendAgain(ctx context.Context, a domain.Actor, id domain.RegistrationID, letter domain.LetterID) error {
	if err := a.Require(domain.PermWriteMail); err != nil {
		return err
	}
	return s.write(ctx, a, domain.ChannelWeb, func(st step) error {
		k, err := st.tx.RegistrationByID(ctx, id)
		if err != nil {
			return err
		}
		e, err := st.event(ctx, k.EventID)
		if err == nil && !a.MayAt(domain.PermWriteMail, e) {
			err = domain.NotFound("registration.not_found")
		}
		if err != nil {
			return err
		}
		sent, err := st.tx.Letter(ctx, id, letter)
		if err != nil {
			return err
		}
		v := domain.PersonView{Registration: k.Registration}
		if v.Letters, err = st.tx.LettersOf(ctx, id); err != nil {
			return err
		}
		if v.History, err = st.tx.History(ctx, id); err != nil {
			return err
		}
		if err := v.MaySendAgain(domain.SentLetter{ID: sent.ID, Kind: sent.Kind, Status: sent.Status}, st.now); err != nil {
			return err
		}
		if k.Status == domain.Waitlisted {
			if k.QueuePosition, err = st.tx.QueuePosition(ctx, k.EventID, k.ID); err != nil {
				return err
			}
		}
		k.LinkVersion = max(k.LinkVersion, 1) + 1
		k.LinkHash = auth.LinkHash(s.Keys.Link(k.UID, k.LinkVersion))
		if err := st.tx.RenewLink(ctx, k); err != nil {
			return err
		}
		n, err := st.tx.AppendHistory(ctx, domain.HistoryEntry{
			RegistrationID: k.ID, At: st.now, Kind: domain.HistoryLetterAgain, Channel: st.channel, Actor: byWhom(st.a),
		})
		if err != nil {
			return err
		}
		d := sent.Details
		d.LinkVersion, d.Sequence = 0, 0
		return st.mail(ctx, n, sent.Kind, k, d)
	})
}
