package service

import (
	"context"
	"errors"
	"time"

	"github.com/temadag/temadag/internal/auth"
	"github.com/temadag/temadag/internal/domain"
	"github.com/temadag/temadag/internal/store"
)

// oweContact owes a letter to the contact person of a group, noted with one of its places.
func (st step) oweContact(ctx context.Context, n int, kind domain.LetterKind, k store.Kept, g store.KeptGroup, d domain.Details) error {
	d.Group = g.ID
	k.ReceivedAt, k.LinkVersion, k.QueuePosition = st.now, g.LinkVersion, 0
	return st.oweTo(ctx, n, kind, k, g.Email, g.Lang, d)
}

// group adds to the facts of a letter to a contact person her group with its places, and the link to
// it. Of the registration that the letter is noted with nothing is told: it need not be hers.
func (o *Outbox) group(ctx context.Context, k store.Kept, f *domain.LetterFacts) error {
	id := f.Letter.Details.Group
	if id == 0 {
		id = k.Group
	}
	g, err := o.Store.GroupByID(ctx, id)
	if err != nil {
		return err
	}
	if f.Group, err = groupNow(ctx, o.Store.Queries, g); err != nil {
		return err
	}
	f.Link = o.GroupLink(f.Letter.Lang, o.Keys.Link(g.UID, g.LinkVersion))
	f.Registration = domain.Registration{
		ID: k.ID, EventID: k.EventID, Status: k.Status, Lang: g.Lang, TermsID: k.TermsID, ReceivedAt: g.ReceivedAt, Group: g.ID,
	}
	return nil
}

// groupNow is a group as its contact person may see it: of places without a name what holds now, of
// the others what she was told. Only places that she can name have an id.
func groupNow(ctx context.Context, q store.Queries, g store.KeptGroup) (domain.Group, error) {
	out := g.Group
	out.Places = nil
	for _, p := range g.Places {
		if p.ID != 0 && p.Name == "" {
			k, err := q.RegistrationByID(ctx, p.ID)
			if err != nil {
				return out, err
			}
			p.Status = k.Status
		} else {
			p.ID = 0
		}
		out.Places = append(out.Places, p)
	}
	return out, nil
}

// Group is the group whose link is token; domain.ErrNotFound for every other token.
func (s *Registrations) Group(ctx context.Context, a domain.Actor, token string) (domain.OwnGroup, error) {
	if err := a.Require(domain.PermReadOwn); err != nil {
		return domain.OwnGroup{}, err
	}
	g, err := s.groupByLink(ctx, s.Store.Queries, token)
	if err != nil {
		return domain.OwnGroup{}, err
	}
	facts, err := s.Store.EventFacts(ctx, g.EventID)
	if err != nil {
		return domain.OwnGroup{}, err
	}
	out := domain.OwnGroup{}
	if out.Event, err = s.Programme.Event(ctx, facts.Slug); err != nil {
		return domain.OwnGroup{}, err
	}
	if out.Group, err = groupNow(ctx, s.Store.Queries, g); err != nil {
		return domain.OwnGroup{}, err
	}
	for _, p := range out.Group.Places {
		if p.ID != 0 && p.Status == domain.Confirmed {
			out.Unnamed++
		}
	}
	out.MayName = out.Unnamed > 0 && out.Event.State == domain.EventPublished && out.Event.MayName(s.Now())
	return out, nil
}

func (s *Registrations) groupByLink(ctx context.Context, q store.Queries, token string) (store.KeptGroup, error) {
	absent := domain.NotFound("group.not_found")
	uid, hash, ok := auth.ReadLink(token)
	if !ok {
		return store.KeptGroup{}, absent
	}
	g, err := q.GroupByUID(ctx, uid)
	if err == nil && !auth.SameHash(hash, g.LinkHash) {
		return store.KeptGroup{}, absent
	}
	return g, err
}

// NamePlace gives a place of a group its person, who gets the registration's first letter and link.
// Whoever waits at the event leaves the queue by this. Who has a place already is told so like anyone
// whose address is registered again, and the place goes back; to the contact person the two look the
// same. Named so already is nil.
//
// Errors: *domain.Invalid for what was typed, for the field "email" also "group.same_address" where
// someone else of the group has it; of class CodeClosed "group.name_closed" and
// "group.place_gone"; of class CodeConflict "group.named_already"; domain.ErrNotFound for a place that
// is not of this group.
func (s *Registrations) NamePlace(ctx context.Context, a domain.Actor, token string, id domain.RegistrationID, in domain.Entry) error {
	if err := a.Require(domain.PermChangeOwn); err != nil {
		return err
	}
	g, err := s.groupByLink(ctx, s.Store.Queries, token)
	if err != nil {
		return err
	}
	app, err := s.readName(ctx, g, id, in)
	if err != nil {
		return err
	}
	err = s.write(ctx, a, domain.ChannelWeb, func(st step) error {
		g, err := s.groupByLink(ctx, st.tx.Queries, token)
		if err != nil {
			return err
		}
		return st.namePlace(ctx, g, id, app)
	})
	if err == nil {
		s.clockSet()
	}
	return err
}

// readName reads the person who is named. What the contact person does not tell again is as it was
// for all, and what the event asks each person is asked of her on her own page.
func (s *Registrations) readName(ctx context.Context, g store.KeptGroup, id domain.RegistrationID, in domain.Entry) (domain.Application, error) {
	k, err := s.Store.RegistrationByID(ctx, id)
	if err != nil {
		return domain.Application{}, err
	}
	facts, err := s.Store.EventFacts(ctx, g.EventID)
	if err != nil {
		return domain.Application{}, err
	}
	e, err := s.Programme.Event(ctx, facts.Slug)
	if err != nil {
		return domain.Application{}, err
	}
	if k.Group != g.ID {
		return domain.Application{}, domain.NotFound("registration.not_found")
	}
	app, err := e.ReadNamed(in, k.Participant)
	return app, err
}

func (st step) namePlace(ctx context.Context, g store.KeptGroup, id domain.RegistrationID, app domain.Application) error {
	e, err := st.event(ctx, g.EventID)
	if err != nil {
		return err
	}
	k, err := st.tx.RegistrationByID(ctx, id)
	if err != nil {
		return err
	}
	place := placeOf(g, id)
	switch {
	case place == nil || k.Group != g.ID:
		return domain.NotFound("registration.not_found")
	case place.Name != "" && place.Name == app.Name() && (k.EmailKey() == app.EmailKey() || !k.Status.Live()):
		return nil
	case place.Name != "":
		return &domain.Error{Code: domain.CodeConflict, Key: "group.named_already"}
	case k.Status != domain.Confirmed:
		return &domain.Error{Code: domain.CodeClosed, Key: "group.place_gone"}
	case e.State != domain.EventPublished || !e.MayName(st.now):
		return &domain.Error{Code: domain.CodeClosed, Key: "group.name_closed"}
	}
	if there, err := st.tx.LiveRegistration(ctx, g.EventID, app.EmailKey()); err == nil && there.Group == g.ID {
		v := &domain.Invalid{} // she wrote that address herself, and may be told
		v.Add("email", "group.same_address", nil)
		return v
	} else if err != nil && !errors.Is(err, domain.ErrNotFound) {
		return err
	}
	place.Name, place.Status = app.Name(), domain.Confirmed
	if err := st.tx.PutGroupPlaces(ctx, g.ID, g.Places); err != nil {
		return err
	}
	there, err := st.tx.LiveRegistration(ctx, g.EventID, app.EmailKey())
	switch {
	case errors.Is(err, domain.ErrNotFound):
		return st.name(ctx, k, e, app)
	case err != nil:
		return err
	case there.Status == domain.Confirmed:
		return st.nameAgain(ctx, k, there, app)
	}
	if err := st.leave(ctx, there, domain.Cancelled); err != nil {
		return err
	}
	there.Status = domain.Cancelled
	if err := st.record(ctx, there, domain.HistoryLeft, "", domain.Details{}); err != nil {
		return err
	}
	if err := st.name(ctx, k, e, app); err != nil {
		return err
	}
	return st.settle(ctx, e.ID) // she may have held an offer
}

func placeOf(g store.KeptGroup, id domain.RegistrationID) *domain.GroupPlace {
	for i := range g.Places {
		if g.Places[i].ID == id {
			return &g.Places[i]
		}
	}
	return nil
}

// name fills a place and tells the person.
func (st step) name(ctx context.Context, k store.Kept, e domain.Event, app domain.Application) (err error) {
	k.Participant = app.Participant
	if k.Revision, err = st.tx.Rewrite(ctx, k); err != nil {
		return err
	}
	if err := st.keepNeeds(ctx, k, &e, app.Needs); err != nil {
		return err
	}
	if err := st.wishSessions(ctx, k, app.Sessions); err != nil {
		return err
	}
	if err := st.seatSessions(ctx, k); err != nil {
		return err
	}
	return st.record(ctx, k, domain.HistoryNamed, domain.LetterConfirmed, domain.Details{})
}

// nameAgain is what becomes of a place that was meant for someone who has one.
func (st step) nameAgain(ctx context.Context, k, there store.Kept, app domain.Application) error {
	again := st.s.newKept(auth.UID(auth.NewKey()), &domain.Event{ID: k.EventID}, app.Participant, k.Lang, st.channel)
	again.Status, again.ReceivedAt = domain.Confirmed, st.now
	if err := st.noteRepeat(ctx, &again, there); err != nil {
		return err
	}
	return st.end(ctx, k, domain.Withdrawn, domain.HistoryNameReturned, "", domain.Details{})
}

// namesForgotten is how many days after an event its places without a name are still looked at: as
// long as the program may have stood still.
const namesForgotten = 30

// keepNames warns contact persons, once, of places that nobody has been named for, and takes the
// places back when the day has passed: they go to the queue. next is when the next of that is due,
// the zero time for never.
func (s *Registrations) keepNames(ctx context.Context, a domain.Actor, now time.Time) (next time.Time, err error) {
	groups, err := s.Store.UnnamedGroups(ctx, domain.DateIn(now).AddDays(-namesForgotten))
	if err != nil {
		return next, err
	}
	var all []error // one group that fails must not hold the places of the others
	for _, g := range groups {
		e, err := s.Store.EventFacts(ctx, g.EventID)
		warn, back := e.NamesDue()
		switch {
		case err != nil:
		case back.IsZero():
		case !now.Before(back):
			err = s.write(ctx, a, domain.ChannelClock, func(st step) error { return st.returnPlaces(ctx, g.ID) })
		case g.Warned:
			next = sooner(next, back)
		case now.Before(warn):
			next = sooner(next, warn)
		default:
			next = sooner(next, back)
			err = s.write(ctx, a, domain.ChannelClock, func(st step) error { return st.warnOfNames(ctx, g.ID) })
		}
		all = append(all, err)
	}
	return next, errors.Join(all...)
}

// warnOfNames tells a contact person, once, how many places are without a name and until when.
func (st step) warnOfNames(ctx context.Context, id domain.GroupID) error {
	g, places, e, err := st.unnamed(ctx, id)
	if err != nil || len(places) == 0 {
		return err
	}
	first, err := st.tx.NoteGroupWarned(ctx, id, st.now)
	if err != nil || !first {
		return err
	}
	return st.tellContact(ctx, places[0], g, domain.HistoryNameMissing, domain.LetterNameMissing,
		domain.Details{Reserved: len(places), Day: e.Rules.NameBy})
}

// returnPlaces gives the places of a group that nobody was named for to the queue, and tells the
// contact person once for all.
func (st step) returnPlaces(ctx context.Context, id domain.GroupID) error {
	g, places, e, err := st.unnamed(ctx, id)
	if err != nil || len(places) == 0 {
		return err
	}
	if _, back := e.NamesDue(); st.now.Before(back) {
		return nil // the organiser has given them longer meanwhile
	}
	d := domain.Details{Reserved: len(places), Day: e.Rules.NameBy}
	for i, k := range places {
		if err := st.leave(ctx, k, domain.Withdrawn); err != nil {
			return err
		}
		k.Status = domain.Withdrawn
		if i == 0 {
			err = st.tellContact(ctx, k, g, domain.HistoryNameReturned, domain.LetterNameReturned, d)
		} else {
			err = st.record(ctx, k, domain.HistoryNameReturned, "", domain.Details{})
		}
		if err != nil {
			return err
		}
	}
	return st.settle(ctx, g.EventID)
}

func (st step) unnamed(ctx context.Context, id domain.GroupID) (store.KeptGroup, []store.Kept, domain.Event, error) {
	g, err := st.tx.GroupByID(ctx, id)
	if err != nil {
		return g, nil, domain.Event{}, err
	}
	e, err := st.event(ctx, g.EventID)
	if err != nil {
		return g, nil, e, err
	}
	places, err := st.tx.UnnamedPlaces(ctx, id)
	return g, places, e, err
}

// tellContact writes a step of a place without a name, with a letter to the contact person.
func (st step) tellContact(ctx context.Context, k store.Kept, g store.KeptGroup, kind domain.HistoryKind, letter domain.LetterKind, d domain.Details) error {
	n, err := st.tx.AppendHistory(ctx, domain.HistoryEntry{
		RegistrationID: k.ID, At: st.now, Kind: kind, Channel: st.channel, Actor: byWhom(st.a), Details: d,
	})
	if err != nil {
		return err
	}
	return st.oweContact(ctx, n, letter, k, g, d)
}
