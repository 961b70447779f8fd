package service

import (
	"context"
	"time"

	"github.com/temadag/temadag/internal/domain"
	"github.com/temadag/temadag/internal/store"
)

// AutomaticLetter is an automatic letter as staff see it.
type AutomaticLetter struct {
	domain.Automatic
	Plan    domain.AutomaticPlan
	Own     domain.MailingEntry // the program's own words
	People  int                 // whom it would go to now; of a letter that has gone, whom it went to
	Refused int                 // who would have got it, and has no address that mail reaches
	Marked  bool                // somebody has noted who came
	Waits   time.Time           // due, and waits until then for whoever is noting who came; zero where it does not
	Blocked error               // *domain.Invalid: what keeps it from going, by line; nil for nothing
}

// AutomaticEvent is an event with all its automatic letters.
type AutomaticEvent struct {
	domain.Event
	Letters []AutomaticLetter // in the order of domain.AutomaticKinds
	Coming  int               // how many have said that they are coming
	Series  int               // other events of the series that are not over and whose letters the actor may write
}

// Of is an event with its automatic letters, for those who may read its mail; domain.ErrNotFound for
// everyone else.
func (s *Automatics) Of(ctx context.Context, a domain.Actor, slug string) (AutomaticEvent, error) {
	e, stands, err := s.reach(ctx, s.Store.Queries, a, domain.PermReadMail, slug)
	if err != nil {
		return AutomaticEvent{}, err
	}
	out := AutomaticEvent{Event: e}
	for _, k := range domain.AutomaticKinds() {
		l, err := s.stand(ctx, e, stands, k)
		if err != nil {
			return out, err
		}
		out.Letters = append(out.Letters, l)
	}
	if out.Coming, err = s.Store.Coming(ctx, e.ID); err != nil {
		return out, err
	}
	others, err := s.sisters(ctx, s.Store.Queries, a, e)
	out.Series = len(others)
	return out, err
}

func (s *Automatics) stand(ctx context.Context, e domain.Event, stands store.AutomaticEvent, k domain.AutomaticKind) (AutomaticLetter, error) {
	l := AutomaticLetter{Automatic: letterOf(stands, k), Own: s.Words[k]}
	l.Plan = l.Automatic.Plan(e, stands.Timed, stands.Sent, s.Now())
	if l.Plan.State == domain.AutomaticGone {
		l.People = l.Plan.Sent.People
		return l, nil
	}
	if !k.Timed() {
		return l, nil
	}
	at := s.Now().Add(1) // those who have registered until now
	if l.Plan.State == domain.AutomaticDue {
		var err error
		at = l.Plan.At
		if l.Waits, err = s.waits(ctx, s.Store.Queries, e, l.Automatic); err != nil {
			return l, err
		}
	}
	to, err := s.recipients(ctx, s.Store.Queries, e, l.Automatic, at)
	if err != nil {
		return l, err
	}
	l.People, l.Refused, l.Marked, l.Blocked = len(to.goes), len(to.refused), to.marked, s.ready(e, l.Automatic, to)
	return l, nil
}

func (s *Automatics) reach(ctx context.Context, q store.Queries, a domain.Actor, p domain.Permission, slug string) (domain.Event, store.AutomaticEvent, error) {
	if err := a.Require(p); err != nil {
		return domain.Event{}, store.AutomaticEvent{}, err
	}
	e, err := q.WholeEvent(ctx, slug)
	if err == nil && !a.MayAt(p, e) {
		err = domain.NotFound("event.not_found")
	}
	if err != nil {
		return domain.Event{}, store.AutomaticEvent{}, err
	}
	stands, err := q.AutomaticEvent(ctx, e.ID)
	return e, stands, err
}

// Coming is how many of those with a place at an event have said that they are coming, for whoever may see the
// event's numbers.
func (s *Automatics) Coming(ctx context.Context, a domain.Actor, slug string) (int, error) {
	e, _, err := s.reach(ctx, s.Store.Queries, a, domain.PermReadEvent, slug)
	if err != nil {
		return 0, err
	}
	return s.Store.Coming(ctx, e.ID)
}

// ForChange is a letter that goes when staff change an event or call it off, for those who may do that.
func (s *Automatics) ForChange(ctx context.Context, a domain.Actor, slug string, k domain.AutomaticKind) (domain.Automatic, error) {
	_, stands, err := s.reach(ctx, s.Store.Queries, a, domain.PermEditProgramme, slug)
	return letterOf(stands, k), err
}

// Save keeps what staff have decided about a letter of an event. seen is the revision that they began with.
// Refusals: *domain.Invalid, with the line of each fault in the words; of class CodeConflict
// "automatic.saved_by_other"; domain.ErrNotFound. Where nothing differs nothing happens.
func (s *Automatics) Save(ctx context.Context, a domain.Actor, slug string, k domain.AutomaticKind, seen int, in domain.AutomaticEntry) error {
	return s.change(ctx, a, slug, k, func(tx *store.Tx, e domain.Event, was domain.Automatic) error {
		next, err := was.Read(in, s.Words[k])
		if err != nil {
			return err
		}
		if was.Revision != seen {
			return &domain.Error{Code: domain.CodeConflict, Key: "automatic.saved_by_other"}
		}
		return s.put(ctx, tx, a, e, was, next)
	})
}

// Switch turns a letter of an event on or off. What it is already is nil.
func (s *Automatics) Switch(ctx context.Context, a domain.Actor, slug string, k domain.AutomaticKind, on bool) error {
	return s.change(ctx, a, slug, k, func(tx *store.Tx, e domain.Event, was domain.Automatic) error {
		next := was
		next.On = on
		return s.put(ctx, tx, a, e, was, next)
	})
}

func (s *Automatics) change(ctx context.Context, a domain.Actor, slug string, k domain.AutomaticKind, fn func(*store.Tx, domain.Event, domain.Automatic) error) error {
	err := s.Store.Write(ctx, func(tx *store.Tx) error {
		e, stands, err := s.reach(ctx, tx.Queries, a, domain.PermWriteMail, slug)
		if err != nil {
			return err
		}
		return fn(tx, e, letterOf(stands, k))
	})
	if err == nil && s.Wake != nil {
		s.Wake()
	}
	return err
}

// put keeps a letter where it differs, with a line in the audit log. A letter that is switched on, or given
// other days, goes only if its time comes after this.
func (s *Automatics) put(ctx context.Context, tx *store.Tx, a domain.Actor, e domain.Event, was, next domain.Automatic) error {
	if was == next {
		return nil
	}
	if next.On && !was.On || next.Days != was.Days {
		next.Armed = s.Now()
	}
	next.Kind, next.ChangedBy, next.Changed, next.Revision = was.Kind, a.Name, s.Now(), was.Revision+1
	ok, err := tx.PutAutomatic(ctx, e.ID, next)
	if err != nil {
		return err
	}
	if !ok {
		return &domain.Error{Code: domain.CodeConflict, Key: "automatic.saved_by_other"}
	}
	on := "off"
	if next.On {
		on = "on"
	}
	return tx.Audit(ctx, s.line(a, e, domain.AuditAutomaticSaved, map[string]string{"kind": string(was.Kind), "state": on}))
}

// Spread gives the other events of the series that are not over the same letter, and answers how many there
// are. Where somebody has decided otherwise there, this holds from now on.
func (s *Automatics) Spread(ctx context.Context, a domain.Actor, slug string, k domain.AutomaticKind) (n int, err error) {
	err = s.change(ctx, a, slug, k, func(tx *store.Tx, e domain.Event, letter domain.Automatic) error {
		others, err := s.sisters(ctx, tx.Queries, a, e)
		if err != nil {
			return err
		}
		for _, o := range others {
			stands, err := tx.AutomaticEvent(ctx, o.ID)
			if err != nil {
				return err
			}
			was := letterOf(stands, k)
			next := was
			next.On, next.Days, next.Link, next.Subject, next.Body = letter.On, letter.Days, letter.Link, letter.Subject, letter.Body
			if err := s.put(ctx, tx, a, o, was, next); err != nil {
				return err
			}
		}
		n = len(others)
		return nil
	})
	return n, err
}

// sisters are the other events of the series that are not over and whose letters the actor may write.
func (s *Automatics) sisters(ctx context.Context, q store.Queries, a domain.Actor, e domain.Event) ([]domain.Event, error) {
	if e.SeriesID == 0 {
		return nil, nil
	}
	all, err := q.Events(ctx, store.EventScope{Series: e.SeriesID, Drafts: true})
	if err != nil {
		return nil, err
	}
	var out []domain.Event
	for _, o := range all {
		over := o.State == domain.EventCancelled || !o.Day.IsZero() && !s.Now().Before(o.EndsAt())
		if o.ID != e.ID && !over && a.MayAt(domain.PermWriteMail, o) {
			out = append(out, o)
		}
	}
	return out, nil
}
