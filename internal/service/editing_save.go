package service

import (
	"context"
	"errors"
	"slices"
	"strings"

	"github.com/temadag/temadag/internal/domain"
	"github.com/temadag/temadag/internal/store"
)

// EditInput is an event as an editor wants it to be: everything that its form holds.
type EditInput struct {
	Slug  string
	Seen  string // the mark of the entry that she began with
	Entry domain.EventEntry
}

// edited is an edit that has been weighed and may be done.
type edited struct {
	was, next domain.Event
	holdings  domain.Holdings
	fields    []string // in which the two differ; none where nothing is to be done
	parts     []string // of what people have bound themselves to; none where nobody has, or nothing of it changes
}

// Save makes an event what its editor wants it to be. What she typed is forgotten as a draft when it is
// kept, and kept as one where it is refused. Where nothing differs nothing happens.
//
// Refusals: *domain.Invalid with every fault together, also the duties of a published event; *domain.EditClash
// where somebody else has saved meanwhile; of class CodeConflict "event.people_bound" where day, hours or
// place would change of an event that people are registered at: PlanChange and Change are for that; of class
// CodeClosed "registration.cancelled" for a cancelled event.
func (s *Events) Save(ctx context.Context, a domain.Actor, in EditInput) error {
	return s.keepingTyped(ctx, a, in, s.Registrations.write(ctx, a, domain.ChannelWeb, func(st step) error {
		ed, err := s.weigh(ctx, st.tx.Queries, a, in)
		switch {
		case err != nil:
			return err
		case len(ed.parts) > 0:
			return &domain.Error{Code: domain.CodeConflict, Key: "event.people_bound", Args: map[string]any{"count": ed.holdings.Live()}}
		}
		return s.replace(ctx, st, ed, domain.AuditEventSaved, nil)
	}))
}

// keepingTyped is err, with what was typed kept as a draft where it was refused.
func (s *Events) keepingTyped(ctx context.Context, a domain.Actor, in EditInput, err error) error {
	if err == nil {
		s.Registrations.clockSet()
		return nil
	}
	if a.User != 0 && domain.CodeOf(err) != domain.CodeNotFound {
		_ = s.KeepDraft(ctx, a, in) // the refusal is what she must hear of
	}
	return err
}

// weigh decides whether an edit may be done, and what it would change.
func (s *Events) weigh(ctx context.Context, q store.Queries, a domain.Actor, in EditInput) (edited, error) {
	was, err := s.reach(ctx, q, a, domain.PermEditProgramme, in.Slug)
	if err != nil {
		return edited{}, err
	}
	if was.State == domain.EventCancelled {
		return edited{}, &domain.Error{Code: domain.CodeClosed, Key: "registration.cancelled"}
	}
	now := domain.EntryOf(was)
	if in.Seen != now.Mark() {
		if err := s.meets(ctx, q, was, in); err != nil {
			return edited{}, err
		}
	}
	ed := edited{was: was}
	if ed.next, err = was.ReadEvent(in.Entry, domain.DateIn(s.Now())); err != nil {
		return ed, err
	}
	if ed.holdings, err = q.Holdings(ctx, was.ID); err != nil {
		return ed, err
	}
	if err := was.MayReplace(ed.next, ed.holdings); err != nil {
		return ed, err
	}
	if ed.fields = now.Changed(domain.EntryOf(ed.next)); len(ed.fields) == 0 {
		return ed, nil
	}
	if was.State == domain.EventPublished {
		if ed.holdings.Live() > 0 {
			ed.parts = was.Occasion().BoundChanges(ed.next.Occasion())
		}
		err = s.stillReady(was, ed.next)
	}
	return ed, err
}

// meets is the clash with what others have saved since an editor began, nil where there is none.
func (s *Events) meets(ctx context.Context, q store.Queries, was domain.Event, in EditInput) error {
	id, mine := was.ID, in.Entry
	if next, err := was.ReadEvent(mine, domain.DateIn(s.Now())); err == nil {
		mine = domain.EntryOf(next) // "9.00" is not another hour than "09:00"
	}
	began, err := q.LastEdition(ctx, id, in.Seen)
	if err != nil && !errors.Is(err, domain.ErrNotFound) {
		return err
	}
	known := err == nil
	clash := domain.CompareEdits(began.Entry, known, domain.EntryOf(was), mine)
	if clash == nil {
		return nil
	}
	later, err := q.EditionsAfter(ctx, id, began.N)
	if err != nil {
		return err
	}
	before := began.Entry
	for _, l := range later {
		if l.By != "" {
			save := domain.EditorsSave{At: l.At, By: l.By}
			if known {
				save.Fields = before.Changed(l.Entry)
			}
			clash.Saves = append(clash.Saves, save)
		}
		before = l.Entry
	}
	if !known && len(clash.Saves) > 1 {
		clash.Saves = clash.Saves[len(clash.Saves)-1:] // when she began is not known: the last is enough
	}
	return clash
}

// stillReady refuses to take from a published event what it had to have. One that lacked something all the
// same (its duties have grown since) can be edited without mending that first.
func (s *Events) stillReady(was, next domain.Event) error {
	before := was.Checklist(s.Now())
	if domain.Publishable(before) || domain.Announceable(before) {
		before = nil
	}
	return s.blocked(next, before)
}

// blocked is a fault for each duty that is missing in an event, but for those that were missing before.
func (s *Events) blocked(e domain.Event, before []domain.Check) error {
	checks := e.Checklist(s.Now())
	if domain.Publishable(checks) || domain.Announceable(checks) {
		return nil
	}
	v := &domain.Invalid{}
	for _, c := range checks {
		had := slices.ContainsFunc(before, func(b domain.Check) bool { return b.Field == c.Field && b.Key == c.Key })
		if c.Level == domain.Blocks && !had {
			v.Add(domain.FormField(c.Field), c.Key, c.Args)
		}
	}
	return v.Err()
}

// replace does an edit: the event, the edition that tells of it, the audit log; then places that came by
// it are handed out.
func (s *Events) replace(ctx context.Context, st step, ed edited, action domain.AuditAction, details map[string]string) error {
	if len(ed.fields) == 0 {
		return st.tx.DropDraft(ctx, ed.was.ID, st.a.User)
	}
	live := ed.was.State == domain.EventPublished
	ed.next.UpdatedAt = st.now
	if live && ed.was.Occasion() != ed.next.Occasion() {
		ed.next.Revision++
	}
	if live && ed.next.CancelUntil.Before(ed.was.CancelUntil) {
		if err := st.tx.PromiseCancelDay(ctx, ed.was.ID, ed.was.CancelUntil); err != nil {
			return err
		}
	}
	if err := st.tx.ReplaceEvent(ctx, ed.was, ed.next, ed.holdings.Answered); err != nil {
		return err
	}
	if ed.was.Day != ed.next.Day { // they have said that they come on another day
		if err := st.tx.ForgetComing(ctx, ed.was.ID); err != nil {
			return err
		}
	}
	if err := s.noteEdition(ctx, st, ed.was); err != nil {
		return err
	}
	if details == nil {
		details = make(map[string]string)
	}
	details["fields"] = strings.Join(ed.fields, " ")
	if err := s.audit(ctx, st.tx, st.a, ed.was, action, details); err != nil {
		return err
	}
	if err := st.tx.DropDraft(ctx, ed.was.ID, st.a.User); err != nil {
		return err
	}
	if !live {
		return nil
	}
	for _, p := range ed.next.Programme {
		if p.ID == 0 || p.Parallel == "" {
			continue
		}
		if err := st.fillSession(ctx, domain.SessionID(p.ID)); err != nil {
			return err
		}
	}
	return st.settle(ctx, ed.was.ID)
}

// noteEdition keeps how the event stands now, and how it stood where nobody has kept that.
func (s *Events) noteEdition(ctx context.Context, st step, was domain.Event) error {
	before := domain.EntryOf(was)
	last, err := st.tx.LastEdition(ctx, was.ID, "")
	if err != nil && !errors.Is(err, domain.ErrNotFound) {
		return err
	}
	if mark := before.Mark(); err != nil || last.Mark != mark {
		if err := st.tx.AddEdition(ctx, was.ID, store.Edition{At: was.UpdatedAt, Mark: mark, Entry: before}); err != nil {
			return err
		}
	}
	next, err := st.tx.WholeEvent(ctx, was.Slug)
	if err != nil {
		return err
	}
	after := domain.EntryOf(next)
	return st.tx.AddEdition(ctx, was.ID, store.Edition{At: st.now, By: st.a.Name, Mark: after.Mark(), Entry: after})
}

// Publish shows an event to everyone. It is refused while a duty of the checklist is missing, with each as a
// fault in *domain.Invalid; what may be told later may be missing while nobody can register
// (domain.Announceable). Published already is nil.
func (s *Events) Publish(ctx context.Context, a domain.Actor, slug string) error {
	err := s.Store.Write(ctx, func(tx *store.Tx) error {
		e, err := s.reach(ctx, tx.Queries, a, domain.PermEditProgramme, slug)
		switch {
		case err != nil:
			return err
		case e.State == domain.EventPublished:
			return nil
		case e.State == domain.EventCancelled:
			return &domain.Error{Code: domain.CodeClosed, Key: "registration.cancelled"}
		}
		if err := s.blocked(e, nil); err != nil {
			return err
		}
		if err := tx.SetState(ctx, e.ID, domain.EventDraft, domain.EventPublished, s.Now()); err != nil {
			return err
		}
		return s.audit(ctx, tx, a, e, domain.AuditEventPublished, nil)
	})
	if err == nil {
		s.Registrations.clockSet() // its letters have days now
	}
	return err
}

// Unpublish makes a draft of an event again. It is refused as soon as anybody has registered, cancelled since
// or not: "event.has_registrations", with "count". A draft already is nil.
func (s *Events) Unpublish(ctx context.Context, a domain.Actor, slug string) error {
	return s.Store.Write(ctx, func(tx *store.Tx) error {
		e, err := s.reach(ctx, tx.Queries, a, domain.PermEditProgramme, slug)
		switch {
		case err != nil:
			return err
		case e.State == domain.EventDraft:
			return nil
		case e.State == domain.EventCancelled:
			return &domain.Error{Code: domain.CodeClosed, Key: "registration.cancelled"}
		}
		h, err := tx.Holdings(ctx, e.ID)
		if err != nil {
			return err
		}
		if h.Ever > 0 {
			return &domain.Error{Code: domain.CodeConflict, Key: "event.has_registrations", Args: map[string]any{"count": h.Ever}}
		}
		if err := tx.SetState(ctx, e.ID, domain.EventPublished, domain.EventDraft, s.Now()); err != nil {
			return err
		}
		return s.audit(ctx, tx, a, e, domain.AuditEventUnpublished, nil)
	})
}
