package service

import (
	"cmp"
	"context"
	"time"

	"github.com/temadag/temadag/internal/domain"
	"github.com/temadag/temadag/internal/store"
)

// What became of a mailing: how fast it goes, who has been reached and who has not, and what is tried again.

const (
	paceOver    = 2 * time.Minute // what the pace is reckoned from
	lettersPage = 50
)

// Pace is how fast a mailing of the actor's goes, and about when it ends.
func (s *Mailings) Pace(ctx context.Context, a domain.Actor, uid string) (domain.MailingPace, error) {
	m, err := s.own(ctx, s.Store.Queries, a, domain.PermReadMail, uid)
	if err != nil || m.State != domain.MailingSending {
		return domain.MailingPace{}, err
	}
	c, err := s.Store.MailingCounts(ctx, m.ID)
	if err != nil {
		return domain.MailingPace{}, err
	}
	now := s.Now()
	n, first, err := s.Store.TakenSince(ctx, m.ID, now.Add(-paceOver))
	if err != nil || n == 0 {
		return domain.MailingPace{}, err
	}
	over := max(now.Sub(first), time.Second)
	p := domain.MailingPace{PerMinute: max(1, int(float64(n)*float64(time.Minute)/float64(max(over, 10*time.Second))))}
	if left := c.Left + c.Queued - c.Deferred; left > 0 {
		p.Ends = now.Add(time.Duration(left) * time.Minute / time.Duration(p.PerMinute)).Truncate(time.Minute).Add(time.Minute)
	}
	return p, nil
}

// May is nil where the actor holds p at each event of a mailing, else domain.ErrNotFound.
func (s *Mailings) May(ctx context.Context, a domain.Actor, p domain.Permission, uid string) error {
	_, err := s.own(ctx, s.Store.Queries, a, p, uid)
	return err
}

// Letters are those whom a mailing of the actor's goes to, who has not been reached first, a page of 50 at a
// time from the page-th on, which is 0 for the first; and whether there are more. fates chooses some, none
// means all. Protected people are masked; of a subscriber no more is told than the domain of her address.
func (s *Mailings) Letters(ctx context.Context, a domain.Actor, uid string, fates []domain.LetterFate, page int) (out []domain.MailingLetter, more bool, err error) {
	m, err := s.own(ctx, s.Store.Queries, a, domain.PermReadMail, uid)
	if err != nil {
		return nil, false, err
	}
	if out, err = s.letters(ctx, m, fates, max(page, 0)*lettersPage, lettersPage+1); err != nil {
		return nil, false, err
	}
	return out[:min(len(out), lettersPage)], len(out) > lettersPage, nil
}

func (s *Mailings) letters(ctx context.Context, m domain.Mailing, fates []domain.LetterFate, skip, limit int) ([]domain.MailingLetter, error) {
	rows, err := s.Store.MailingRows(ctx, m.ID, fates, skip, limit)
	if err != nil {
		return nil, err
	}
	ids := make([]domain.RegistrationID, 0, len(rows))
	for _, r := range rows {
		if r.Registration != 0 {
			ids = append(ids, r.Registration)
		}
	}
	people, err := s.Store.People(ctx, ids)
	if err != nil {
		return nil, err
	}
	known := make(map[domain.RegistrationID]domain.Registration, len(people))
	for _, p := range people {
		known[p.ID] = p
	}
	events := make(map[domain.EventID]domain.PeopleEvent)
	out := make([]domain.MailingLetter, len(rows))
	for i, r := range rows {
		out[i] = domain.MailingLetter{Host: r.Host, Letter: r.Letter, Fate: r.Fate}
		p, ok := known[r.Registration]
		if !ok {
			out[i].Letter.To = ""
			continue
		}
		if _, ok := events[p.EventID]; !ok {
			if events[p.EventID], err = namedEvent(ctx, s.Store.Queries, p.EventID); err != nil {
				return nil, err
			}
		}
		out[i].Event, out[i].Registration, out[i].Phone, out[i].Hidden = events[p.EventID], p.Masked(), p.Phone, p.Protected
		if p.Protected {
			out[i].Phone, out[i].Letter.To = "", ""
		}
	}
	return out, nil
}

// Stuck is how many of the failed letters of a mailing went to addresses that mail does not reach: they are
// not tried again.
func (s *Mailings) Stuck(ctx context.Context, a domain.Actor, uid string) (again, stuck int, err error) {
	m, err := s.own(ctx, s.Store.Queries, a, domain.PermReadMail, uid)
	if err != nil {
		return 0, 0, err
	}
	ids, stuck, err := s.failed(ctx, s.Store.Queries, m)
	return len(ids), stuck, err
}

// failed are the failed letters that may be tried again, and how many may not.
func (s *Mailings) failed(ctx context.Context, q store.Queries, m domain.Mailing) (ids []domain.LetterID, stuck int, err error) {
	all, err := q.FailedLetters(ctx, m.ID)
	if err != nil {
		return nil, 0, err
	}
	hashes := make([][]byte, len(all))
	for i, l := range all {
		hashes[i] = s.Registrations.Keys.AddressHash(domain.EmailKey(l.To))
	}
	why, err := q.Suppressed(ctx, m.County, hashes...)
	if err != nil {
		return nil, 0, err
	}
	for i, l := range all {
		if !why[string(hashes[i])].Against(cmp.Or(m.Kind, domain.MailingParticipants)) {
			ids = append(ids, l.ID)
		}
	}
	return ids, len(all) - len(ids), nil
}

// again queues the failed letters of a mailing that may be tried again, and answers how many.
func (s *Mailings) again(ctx context.Context, tx *store.Tx, m domain.Mailing) (int, error) {
	ids, _, err := s.failed(ctx, tx.Queries, m)
	if err != nil {
		return 0, err
	}
	return len(ids), tx.RetryLetters(ctx, ids, s.Now())
}

// pastFirst begins with one letter more than the first, so that a mailing that somebody has let go on is not
// held for the same letters once more.
func (s *Mailings) pastFirst(ctx context.Context, tx *store.Tx, a domain.Actor, m domain.Mailing) error {
	st := step{s: s.Registrations, tx: tx, a: a, channel: domain.ChannelWeb, now: s.Now().UTC().Truncate(time.Microsecond)}
	for {
		c, err := tx.MailingCounts(ctx, m.ID)
		if err != nil || c.Left == 0 || c.Begun() > domain.MailingCanary {
			return err
		}
		if err := s.release(ctx, st, m, 1); err != nil {
			return err
		}
	}
}
