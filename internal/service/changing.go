package service

import (
	"context"
	"strconv"
	"strings"

	"github.com/temadag/temadag/internal/domain"
	"github.com/temadag/temadag/internal/store"
)

// changePage is how many people are told in one go; all within one transaction.
const changePage = 200

// PlanChange is what an edit would mean for those who are registered, before anything is done: which parts of
// what they have bound themselves to would change, how many they are, and until when they would be let off
// freely. It refuses what Save refuses, but for "event.people_bound".
func (s *Events) PlanChange(ctx context.Context, a domain.Actor, in EditInput) (domain.ChangePlan, error) {
	ed, err := s.weigh(ctx, s.Store.Queries, a, in)
	if err != nil {
		return domain.ChangePlan{}, s.keepingTyped(ctx, a, in, err)
	}
	return s.planOf(ed), nil
}

func (s *Events) planOf(ed edited) domain.ChangePlan {
	return domain.ChangePlan{
		Was: ed.was, Will: ed.next, Fields: ed.fields, Parts: ed.parts, Holdings: ed.holdings,
		Until: ed.next.LaterCancelDay(domain.DateIn(s.Now())),
	}
}

// ChangeInput is an edit of an event that people are registered at, and what they are told.
type ChangeInput struct {
	EditInput

	Tell  domain.TellWhom
	Note  domain.Text // in the organiser's own words; may be empty
	Until string      // the last day to cancel freely for those registered now; "" means the one proposed
}

// Change saves an edit that changes day, hours or place. Everyone who is registered, waits or has applied has
// it in her history and may cancel freely until a day, whatever the event's own last day is; whom Tell means
// gets a letter that changes the entry in her calendar. It answers how many letters are on their way. Where
// the edit changes nothing that anybody is bound to, it is Save.
//
// Refusals: those of Save; *domain.Invalid for "tell", "note_sv", "note_en" and "until"; CodeClosed
// "registration.held" for an event that is over.
func (s *Events) Change(ctx context.Context, a domain.Actor, in ChangeInput) (told int, err error) {
	err = s.Registrations.write(ctx, a, domain.ChannelWeb, func(st step) error {
		told = 0
		ed, err := s.weigh(ctx, st.tx.Queries, a, in.EditInput)
		if err != nil {
			return err
		}
		if len(ed.parts) == 0 {
			return s.replace(ctx, st, ed, domain.AuditEventSaved, nil)
		}
		c, err := s.readChange(ed, in)
		if err != nil {
			return err
		}
		if err := s.replace(ctx, st, ed, domain.AuditEventChanged, map[string]string{
			"parts": strings.Join(ed.parts, " "), "tell": string(in.Tell), "people": strconv.Itoa(ed.holdings.Live()),
		}); err != nil {
			return err
		}
		told, err = st.tellChanged(ctx, c)
		return err
	})
	return told, s.keepingTyped(ctx, a, in.EditInput, err)
}

// ReviewChange is PlanChange with what people are to be told: it refuses everything that Change refuses, does
// nothing, and its Until is the day as it was read.
func (s *Events) ReviewChange(ctx context.Context, a domain.Actor, in ChangeInput) (domain.ChangePlan, error) {
	ed, err := s.weigh(ctx, s.Store.Queries, a, in.EditInput)
	if err != nil {
		return domain.ChangePlan{}, err
	}
	plan := s.planOf(ed)
	if len(ed.parts) == 0 {
		return plan, nil
	}
	c, err := s.readChange(ed, in)
	plan.Until = c.until
	return plan, err
}

// change is what people are told of a change.
type change struct {
	event domain.EventID
	was   domain.Occasion
	parts []string
	tell  domain.TellWhom
	note  domain.Text
	until domain.Date
}

func (s *Events) readChange(ed edited, in ChangeInput) (change, error) {
	today := domain.DateIn(s.Now())
	c := change{
		event: ed.was.ID, was: ed.was.Occasion(), parts: ed.parts, tell: in.Tell, until: ed.next.LaterCancelDay(today),
	}
	if end := ed.was.EndsAt(); !end.IsZero() && !s.Now().Before(end) {
		return c, &domain.Error{Code: domain.CodeClosed, Key: "registration.held"}
	}
	v := &domain.Invalid{}
	if in.Tell != domain.TellAll && in.Tell != domain.TellPlaces && in.Tell != domain.TellNobody {
		v.Add("tell", "edit.tell.missing", nil)
	}
	c.note = readNote(v, "note", in.Note, false)
	if strings.TrimSpace(in.Until) != "" {
		d, hint, ok := domain.ReadDateInput(in.Until, today)
		switch {
		case !ok:
			v.Add("until", hint, map[string]any{"day": d})
		case d.Before(today):
			v.Add("until", "field.day.passed", nil)
		case !ed.next.Day.IsZero() && ed.next.Day.Before(d):
			v.Add("until", "edit.until.after", nil)
		}
		c.until = d
	} else if c.until.IsZero() {
		v.Add("until", domain.DateMissing, nil)
	}
	return c, v.Err()
}

// readNote reads a note to participants in both languages, as a reason is read.
func readNote(v *domain.Invalid, field string, t domain.Text, required bool) domain.Text {
	sv, err := domain.ReadReason(field+"_sv", t.Sv, required)
	addFaults(v, err)
	en, err := domain.ReadReason(field+"_en", t.En, false)
	addFaults(v, err)
	return domain.Text{Sv: sv, En: en}
}

func addFaults(v *domain.Invalid, err error) {
	if more, ok := err.(*domain.Invalid); ok { //nolint:errorlint // it is made right here
		for _, f := range more.Faults { // a reason is asked of participants in other words
			v.Add(f.Field, strings.Replace(f.Key, "field.reason.", "edit.reason.", 1), f.Args)
		}
	}
}

// tellChanged lets everyone who is live know, and off.
func (st step) tellChanged(ctx context.Context, c change) (told int, err error) {
	if err := st.tx.PromiseCancelDay(ctx, c.event, c.until); err != nil {
		return 0, err
	}
	d := domain.Details{Fields: c.parts, Was: c.was}
	all := everyone{kind: domain.HistoryEventChanged, letter: domain.LetterEventChanged, toContact: domain.LetterGroupEventChanged}
	err = st.each(ctx, c.event, func(k store.Kept) error {
		d.Day, d.Reason = c.until, c.note.In(k.Lang)
		sent, err := st.tellOne(ctx, k, d, c.tell.Tells(k.Status), &all)
		told += sent
		return err
	})
	return told, err
}

// each goes through everyone who is live at an event, in order of arrival; who waits has her place in the
// queue.
func (st step) each(ctx context.Context, event domain.EventID, fn func(k store.Kept) error) error {
	var after domain.RegistrationID
	waiting := 0
	for {
		page, err := st.tx.LiveAt(ctx, event, after, changePage)
		if err != nil {
			return err
		}
		for _, k := range page {
			after = k.ID
			if k.Status == domain.Waitlisted {
				waiting++
				k.QueuePosition = waiting
			}
			if err := fn(k); err != nil {
				return err
			}
		}
		if len(page) < changePage {
			return nil
		}
	}
}

// everyone is what all who are live at an event are told, and which groups' contact persons have been.
type everyone struct {
	kind              domain.HistoryKind
	letter, toContact domain.LetterKind

	groups map[domain.GroupID]int // unnamed places that are told of, by group
}

// tellOne writes a step of one registration and its letter, which is kept back where send is false. For a
// place without a name it goes to the contact person, once for all of them. It answers how many letters go.
func (st step) tellOne(ctx context.Context, k store.Kept, d domain.Details, send bool, all *everyone) (int, error) {
	if !send {
		quiet := *st.s
		quiet.Withhold = true
		st.s = &quiet
	}
	if k.Named() || k.Group == 0 {
		sent := 0
		if send && k.Email != "" && !st.s.Withhold {
			sent = 1
		}
		return sent, st.record(ctx, k, all.kind, all.letter, d)
	}
	if all.groups == nil {
		all.groups = make(map[domain.GroupID]int)
	}
	if all.groups[k.Group]++; all.groups[k.Group] > 1 {
		return 0, st.record(ctx, k, all.kind, all.letter, d)
	}
	g, err := st.tx.GroupByID(ctx, k.Group)
	if err != nil {
		return 0, err
	}
	places, err := st.tx.UnnamedPlaces(ctx, k.Group)
	if err != nil {
		return 0, err
	}
	if d.Reserved = len(places); !k.Status.Live() {
		d.Reserved++ // she was one of them until now
	}
	sent := 1
	if !send || st.s.Withhold {
		sent = 0
	}
	return sent, st.tellContact(ctx, k, g, all.kind, all.toContact, d)
}
