package service

import (
	"context"
	"errors"
	"fmt"

	"github.com/temadag/temadag/internal/auth"
	"github.com/temadag/temadag/internal/domain"
	"github.com/temadag/temadag/internal/store"
)

// GroupInput is one submission of the form for several.
type GroupInput struct {
	EventSlug string
	Key       string // the submission key of the form token: the same for every repeat of one form
	Entry     domain.GroupEntry
	TermsID   int64 // the terms that were on the screen
	Lang      domain.Lang
}

// groupUID is what the database knows a group by. It is no registration's, so that a link to a group
// opens no personal page even where one key was used for both.
func groupUID(key string) []byte { return auth.UID("group " + key) }

// RegisterGroup registers several people in one go, all in one transaction: by the wish of the contact
// person everyone or nobody, as many as there is room for in the order given and the rest in the
// queue, or two who queue as a pair. Each gets a registration and a letter of her own; the contact
// person gets a letter with the link to the group. Places without a name are held until the event's
// day for naming them; they do not queue.
//
// The same submission again answers the same receipt and changes nothing. An address that is
// registered already looks in the receipt like any other, takes no place, and its owner is told.
//
// Errors: those of Register, and *domain.Invalid with the fields of domain.Event.ReadGroup; of class
// CodeFull also "group.not_all" with Args "left"; CodeNotFound where the event takes one at a time.
func (s *Registrations) RegisterGroup(ctx context.Context, a domain.Actor, in GroupInput) (domain.GroupReceipt, error) {
	e, err := s.mayRegister(ctx, a, in.EventSlug, domain.ChannelWeb)
	if err != nil {
		return domain.GroupReceipt{}, err
	}
	if first, err := s.Store.GroupByUID(ctx, groupUID(in.Key)); err == nil {
		return sameGroup(first, *e, in)
	} else if !errors.Is(err, domain.ErrNotFound) {
		return domain.GroupReceipt{}, err
	}
	if !e.Rules.Groups() {
		return domain.GroupReceipt{}, domain.NotFound("event.not_found")
	}
	app, err := e.ReadGroup(in.Entry, s.Now())
	if err != nil {
		return domain.GroupReceipt{}, err
	}
	if in.TermsID != e.Terms.ID {
		return domain.GroupReceipt{}, &domain.Error{Code: domain.CodeConflict, Key: "registration.terms_changed"}
	}
	var out domain.GroupReceipt
	err = s.writeAt(ctx, e.ID, a, domain.ChannelWeb, func(st step) error {
		if first, err := st.tx.GroupByUID(ctx, groupUID(in.Key)); err == nil {
			out, err = sameGroup(first, *e, in)
			return err
		} else if !errors.Is(err, domain.ErrNotFound) {
			return err
		}
		g, err := st.registerGroup(ctx, *e, app, in)
		out = groupReceipt(e.Slug, g)
		return err
	})
	if err != nil {
		return domain.GroupReceipt{}, err
	}
	s.clockSet() // names may be due
	return out, nil
}

// sameGroup answers a repeat of a submission, and refuses another group under the same key.
func sameGroup(first store.KeptGroup, e domain.Event, in GroupInput) (domain.GroupReceipt, error) {
	email, _ := domain.ParseEmail(in.Entry.ContactEmail)
	if first.EventID != e.ID || domain.EmailKey(first.Email) != domain.EmailKey(email) {
		return domain.GroupReceipt{}, &domain.Error{Code: domain.CodeConflict, Key: "registration.already_sent"}
	}
	return groupReceipt(e.Slug, first), nil
}

// groupReceipt is what the contact person was told. Whether a row has a registration of its own is
// not hers to know.
func groupReceipt(slug string, g store.KeptGroup) domain.GroupReceipt {
	out := domain.GroupReceipt{EventSlug: slug, Email: g.Email, Mode: g.Mode, ReceivedAt: g.ReceivedAt, Lang: g.Lang}
	for _, p := range g.Places {
		out.Places = append(out.Places, domain.GroupPlace{Name: p.Name, Status: p.Status})
	}
	return out
}

// GroupReceipt is the receipt of the group that was sent with this key; domain.ErrNotFound where there
// is none. As with Receipt, the key is what opens it.
func (s *Registrations) GroupReceipt(ctx context.Context, key string) (domain.GroupReceipt, error) {
	g, err := s.Store.GroupByUID(ctx, groupUID(key))
	if err != nil {
		return domain.GroupReceipt{}, err
	}
	e, err := s.Store.EventFacts(ctx, g.EventID)
	return groupReceipt(e.Slug, g), err
}

// joining is a group on its way in.
type joining struct {
	event  domain.Event // outline: its rules hold, its counters may be old
	app    domain.GroupApplication
	key    string
	group  store.KeptGroup
	letter store.Kept // the registration that the contact person's letter is noted with
	held   int        // places without a name that were taken
}

func (st step) registerGroup(ctx context.Context, e domain.Event, app domain.GroupApplication, in GroupInput) (store.KeptGroup, error) {
	j := &joining{event: e, app: app, key: in.Key, group: store.KeptGroup{Group: app.Contact, UID: groupUID(in.Key)}}
	g := &j.group
	g.EventID, g.Lang, g.ReceivedAt, g.LinkVersion = e.ID, in.Lang, st.now, 1
	g.LinkHash = auth.LinkHash(st.s.Keys.Link(g.UID, 1))
	if err := st.roomForAll(ctx, j); err != nil {
		return *g, err
	}
	var err error
	if g.ID, err = st.tx.InsertGroup(ctx, *g); err != nil {
		return *g, err
	}
	if err := st.joinPeople(ctx, j); err != nil {
		return *g, err
	}
	if err := st.holdPlaces(ctx, j); err != nil {
		return *g, err
	}
	if j.letter.ID == 0 { // not one row came of it
		return *g, &domain.Error{Code: domain.CodeFull, Key: "registration.full"}
	}
	if err := st.tx.PutGroupPlaces(ctx, g.ID, g.Places); err != nil {
		return *g, err
	}
	return *g, st.tellGroup(ctx, j)
}

// roomForAll refuses a group that comes together where there are fewer places than people. An address
// that is registered already counts like any other: else the answer would tell of it.
func (st step) roomForAll(ctx context.Context, j *joining) error {
	e, err := st.tx.LockEvent(ctx, j.event.ID)
	if err != nil {
		return err
	}
	e.Rules = j.event.Rules
	status, err := e.Admit(st.now)
	if j.group.Mode != domain.GroupAll || (err != nil && domain.CodeOf(err) != domain.CodeFull) {
		if err = ignoreFull(err); err != nil {
			err = &domain.Refused{Refusal: err, Event: e}
		}
		return err
	}
	if status == domain.Pending || int(e.Left()) >= j.app.Places() {
		return nil
	}
	return &domain.Refused{
		Refusal: &domain.Error{Code: domain.CodeFull, Key: "group.not_all", Args: map[string]any{"left": int(e.Left())}}, Event: e,
	}
}

// ignoreFull lets a full event be told row by row.
func ignoreFull(err error) error {
	if domain.CodeOf(err) == domain.CodeFull {
		return nil
	}
	return err
}

// joinPeople registers those with a name, in the order given.
func (st step) joinPeople(ctx context.Context, j *joining) error {
	pair, err := st.mustQueueAsPair(ctx, j)
	if err != nil {
		return err
	}
	for i, p := range j.app.People {
		ar := j.arrival(st, i, p.Participant)
		ar.app = &p
		if pair {
			err = st.standTogether(ctx, &ar)
		} else {
			err = st.admit(ctx, &ar)
		}
		if err := j.note(ctx, st, ar, err); err != nil {
			return err
		}
	}
	if pair {
		return st.settle(ctx, j.event.ID)
	}
	return nil
}

// arrival is one person of a group on her way in, or a place for someone to be named.
func (j *joining) arrival(st step, i int, p domain.Participant) arrival {
	ar := arrival{event: &j.event, app: &domain.Application{}}
	ar.k = st.s.newKept(auth.UID(fmt.Sprintf("group %s %d", j.key, i+1)), &j.event, p, j.group.Lang, st.channel)
	ar.k.Group, ar.k.ReceivedAt = j.group.ID, st.now
	ar.k.Together = j.group.Mode == domain.GroupTogether && j.event.Rules.Approval
	return ar
}

// note remembers what came of one row. Where there was neither place nor queue, that is told too.
func (j *joining) note(ctx context.Context, st step, ar arrival, err error) error {
	place := domain.GroupPlace{Name: ar.k.Name(), Status: ar.k.Status, ID: ar.k.ID}
	if err != nil {
		if domain.CodeOf(err) != domain.CodeFull || j.group.Mode != domain.GroupSome {
			return err
		}
		place.Status, place.ID = "", 0
	}
	if ar.met && err == nil {
		place.ID = 0
		if ar.k, err = st.tx.LiveRegistration(ctx, ar.k.EventID, ar.k.EmailKey()); err != nil {
			return err
		}
	}
	if place.Status != "" && (j.letter.ID == 0 || (j.letter.Group != j.group.ID && !ar.met)) {
		j.letter = ar.k
	}
	j.group.Places = append(j.group.Places, place)
	return nil
}

// mustQueueAsPair reports whether two who come together or not at all find fewer than two places.
func (st step) mustQueueAsPair(ctx context.Context, j *joining) (bool, error) {
	if j.group.Mode != domain.GroupTogether || j.event.Rules.Approval {
		return false, nil
	}
	e, err := st.tx.LockEvent(ctx, j.event.ID)
	if err != nil || e.Left() >= 2 {
		return false, err
	}
	if !e.WaitingList {
		return false, &domain.Error{Code: domain.CodeFull, Key: "registration.full"}
	}
	return true, nil
}

// standTogether puts one of a pair into the queue. It takes no place that may be free: it would be for
// one alone. Settling is the caller's, when both stand there.
func (st step) standTogether(ctx context.Context, ar *arrival) error {
	e, err := st.tx.LockEvent(ctx, ar.k.EventID)
	if err != nil {
		return err
	}
	ar.k.Status, ar.k.Together = domain.Waitlisted, true
	var isNew bool
	if ar.k.ID, isNew, err = st.tx.InsertRegistration(ctx, ar.k); err != nil {
		return err
	}
	if !isNew {
		ar.met = true
		return st.meetEarlier(ctx, &ar.k)
	}
	ar.details.Together = true
	if err := st.arrive(ctx, e, ar); err != nil {
		return err
	}
	if err := st.keepNeeds(ctx, ar.k, ar.event, ar.app.Needs); err != nil {
		return err
	}
	return st.wishSessions(ctx, ar.k, ar.app.Sessions)
}

// holdPlaces takes the places that are to be named later, as many as are free: they do not queue.
func (st step) holdPlaces(ctx context.Context, j *joining) error {
	for i := range j.app.Unnamed {
		ar := j.arrival(st, len(j.app.People)+i, j.app.Work)
		ar.history, ar.letter, ar.seatOnly = domain.HistoryReserved, domain.LetterReserved, true
		err := st.admit(ctx, &ar)
		if err == nil {
			j.held++
		}
		if err := j.note(ctx, st, ar, err); err != nil {
			return err
		}
	}
	return nil
}

// tellGroup owes the contact person her letter. It stands beside the first line of a row of the group;
// where every address was registered already, beside the line that tells of the repeat, so that the
// letter comes all the same.
func (st step) tellGroup(ctx context.Context, j *joining) error {
	d := domain.Details{Group: j.group.ID, Reserved: j.held}
	if j.held > 0 {
		d.Day = j.event.Rules.NameBy
	}
	n, k := 1, j.letter
	for _, p := range j.group.Places { // what she was told, whoever the letter is noted with
		if k.Status = p.Status; k.Status != "" {
			break
		}
	}
	if k.Group != j.group.ID {
		last, kind, at, err := st.tx.LastHistory(ctx, k.ID)
		if err != nil {
			return err
		}
		if n = last; kind != domain.HistoryRepeated || !at.Equal(st.now) {
			if n, err = st.tx.AppendHistory(ctx, domain.HistoryEntry{
				RegistrationID: k.ID, At: st.now, Kind: domain.HistoryRepeated, Channel: st.channel,
			}); err != nil {
				return err
			}
		}
	}
	return st.oweContact(ctx, n, domain.LetterGroup, k, j.group, d)
}
