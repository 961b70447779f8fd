package service

import (
	"context"
	"errors"
	"slices"
	"strconv"
	"strings"
	"time"

	"github.com/temadag/temadag/internal/domain"
	"github.com/temadag/temadag/internal/store"
)

// Events is the back office's work with events: they are made, edited by several people at once,
// published, changed when people have bound themselves to them, and cancelled. (Editing is for whole
// programmes that are loaded.)
//
// Everything that two editors could do to each other's work is decided by the mark of the entry that
// each began with; everything that could be done to those who have registered, by what they hold
// (domain.Holdings). What is absent and what is not the actor's look the same.
type Events struct {
	Store         *store.Store
	Registrations *Registrations
	Now           func() time.Time
}

// EventEditing is an event as its editor sees it.
type EventEditing struct {
	Event    domain.Event
	Entry    domain.EventEntry // as the event stands
	Mark     string            // to be sent with what is typed
	Mine     *KeptDraft        // what the actor has typed and not saved; nil for nothing
	Others   []KeptDraft       // who else has something unsaved, the newest first; without what it is
	Last     *domain.EditorsSave
	Checks   []domain.Check
	Holdings domain.Holdings
	Retired  []domain.Question // answered once, and not asked any more
	Shares   bool              // the actor may decide which other counties arrange the event
	Theme    *domain.Series    // a draft's series that nobody can see yet: it comes to be seen with the event; nil else
}

// KeptDraft is what an editor has typed and not saved.
type KeptDraft struct {
	By    string
	At    time.Time
	Mark  string // of the entry that she began with
	Entry domain.EventEntry
	Stale bool // the event has been saved since: saving will tell what the others have changed
}

// lately is for how long somebody's unsaved draft tells that she is at work.
const lately = 7 * 24 * time.Hour

// Draft is an event for whoever may edit it.
func (s *Events) Draft(ctx context.Context, a domain.Actor, slug string) (EventEditing, error) {
	e, err := s.reach(ctx, s.Store.Queries, a, domain.PermEditProgramme, slug)
	if err != nil {
		return EventEditing{}, err
	}
	out := EventEditing{Event: e, Entry: domain.EntryOf(e), Checks: e.Checklist(s.Now()), Shares: mayShare(a, e)}
	out.Mark = out.Entry.Mark()
	drafts, err := s.Store.Drafts(ctx, e.ID)
	if err != nil {
		return out, err
	}
	for _, d := range drafts {
		k := KeptDraft{By: d.By, At: d.At, Mark: d.Mark, Stale: d.Mark != out.Mark}
		switch {
		case d.User == a.User && a.User != 0:
			k.Entry = d.Entry
			out.Mine = &k
		case s.Now().Sub(d.At) < lately:
			out.Others = append(out.Others, k)
		}
	}
	if out.Last, err = s.lastSave(ctx, e.ID); err != nil {
		return out, err
	}
	if out.Holdings, err = s.Store.Holdings(ctx, e.ID); err != nil {
		return out, err
	}
	if out.Theme, err = s.unseenTheme(ctx, e); err != nil {
		return out, err
	}
	out.Retired, err = s.Store.RetiredQuestions(ctx, e.ID)
	return out, err
}

// unseenTheme is the series of a draft where none of its events is public, else nil.
func (s *Events) unseenTheme(ctx context.Context, e domain.Event) (*domain.Series, error) {
	if e.State != domain.EventDraft || e.SeriesID == 0 {
		return nil, nil
	}
	public, err := s.Store.Events(ctx, store.EventScope{Series: e.SeriesID})
	if err != nil || len(public) > 0 {
		return nil, err
	}
	series, err := s.Store.Series(ctx, e.SeriesSlug)
	return &series, err
}

func (s *Events) lastSave(ctx context.Context, id domain.EventID) (*domain.EditorsSave, error) {
	last, err := s.Store.LastEdition(ctx, id, "")
	if errors.Is(err, domain.ErrNotFound) || last.By == "" {
		return nil, nil
	}
	return &domain.EditorsSave{At: last.At, By: last.By}, err
}

// Preview is an event as it would be shown with what the actor has typed and not saved; as it stands where
// that is nothing, or cannot be read yet.
func (s *Events) Preview(ctx context.Context, a domain.Actor, slug string) (domain.Event, error) {
	d, err := s.Draft(ctx, a, slug)
	if err != nil || d.Mine == nil {
		return d.Event, err
	}
	if next, err := d.Event.ReadEvent(d.Mine.Entry, domain.DateIn(s.Now())); err == nil {
		return next, nil
	}
	return d.Event, nil
}

// reach is the whole event where the actor holds a permission, domain.ErrNotFound elsewhere.
func (s *Events) reach(ctx context.Context, q store.Queries, a domain.Actor, p domain.Permission, slug string) (domain.Event, error) {
	if err := a.Require(p); err != nil {
		return domain.Event{}, err
	}
	e, err := q.WholeEvent(ctx, slug)
	if err == nil && !a.MayAt(p, e) {
		return domain.Event{}, domain.NotFound("event.not_found")
	}
	return e, err
}

// KnownSpeakers are those who take part in events that everyone may see, or that the actor may edit, and
// whose name holds each of the words; each once, in Swedish order, at most 50.
func (s *Events) KnownSpeakers(ctx context.Context, a domain.Actor, words string) ([]domain.Speaker, error) {
	if err := a.Require(domain.PermEditProgramme); err != nil {
		return nil, err
	}
	known, err := s.Store.KnownSpeakers(ctx)
	if err != nil {
		return nil, err
	}
	var out []domain.Speaker
	wanted := strings.Fields(domain.SearchKey(words))
	for _, k := range known {
		k.Speaker.ID = 0
		if !mayReuse(a, k.Event) || slices.Contains(out, k.Speaker) || !hasWords(domain.SearchKey(k.Name), wanted) {
			continue
		}
		out = append(out, k.Speaker)
	}
	slices.SortStableFunc(out, func(x, y domain.Speaker) int {
		return strings.Compare(domain.SortKey(x.Name), domain.SortKey(y.Name))
	})
	return out[:min(len(out), 50)], nil
}

// mayReuse reports whether what an event tells of may be taken over: everyone may see it, or the actor may.
func mayReuse(a domain.Actor, e domain.Event) bool {
	return e.State != domain.EventDraft || a.MayAt(domain.PermEditProgramme, e)
}

func hasWords(hay string, words []string) bool {
	for _, w := range words {
		if !strings.Contains(hay, w) {
			return false
		}
	}
	return true
}

// KnownVenues are the houses where events of the event's county are or were held, with what was found
// out of access; each once, the last used first, at most 100.
func (s *Events) KnownVenues(ctx context.Context, a domain.Actor, slug string) ([]domain.Venue, error) {
	e, err := s.reach(ctx, s.Store.Queries, a, domain.PermEditProgramme, slug)
	if err != nil {
		return nil, err
	}
	known, err := s.Store.KnownVenues(ctx, e.Owner.Code)
	if err != nil {
		return nil, err
	}
	var out []domain.Venue
	for _, k := range known {
		k.Venue.ID = 0
		if mayReuse(a, k.Event) && !slices.Contains(out, k.Venue) {
			out = append(out, k.Venue)
		}
	}
	return out[:min(len(out), 100)], nil
}

// mayShare reports whether the actor may decide which other counties see the list of an event: those of
// its own county alone, and not those whom it is shared with.
func mayShare(a domain.Actor, e domain.Event) bool {
	e.Rules.CoOrganisers = nil
	return a.MayAt(domain.PermEditProgramme, e)
}

// Share lets another county administration arrange an event with its owner and see its list. Shared
// already is nil. The fault, for the field "county": "edit.county.wrong".
func (s *Events) Share(ctx context.Context, a domain.Actor, slug string, county domain.OrganiserCode) error {
	return s.share(ctx, a, slug, county, domain.AuditEventShared, func(now []domain.OrganiserCode) []domain.OrganiserCode {
		return append(slices.Clone(now), county)
	})
}

// Unshare ends what Share began: the other county reaches nothing of the event any more.
func (s *Events) Unshare(ctx context.Context, a domain.Actor, slug string, county domain.OrganiserCode) error {
	return s.share(ctx, a, slug, county, domain.AuditEventUnshared, func(now []domain.OrganiserCode) []domain.OrganiserCode {
		return slices.DeleteFunc(slices.Clone(now), func(c domain.OrganiserCode) bool { return c == county })
	})
}

func (s *Events) share(ctx context.Context, a domain.Actor, slug string, county domain.OrganiserCode, action domain.AuditAction, to func([]domain.OrganiserCode) []domain.OrganiserCode) error {
	return s.Store.Write(ctx, func(tx *store.Tx) error {
		e, err := s.reach(ctx, tx.Queries, a, domain.PermEditProgramme, slug)
		if err != nil {
			return err
		}
		if !mayShare(a, e) {
			return domain.NotFound("event.not_found")
		}
		if slices.Contains(e.Rules.CoOrganisers, county) == (action == domain.AuditEventShared) {
			return nil
		}
		if _, err := organiser(ctx, tx.Queries, county); err != nil || county == e.Owner.Code {
			return oneFault("county", "edit.county.wrong")
		}
		e.Rules.CoOrganisers = to(e.Rules.CoOrganisers)
		if err := tx.PutRules(ctx, e.ID, e.Rules); err != nil {
			return err
		}
		return s.audit(ctx, tx, a, e, action, map[string]string{"with": string(county)})
	})
}

// organiser is the county administration with a code; domain.ErrNotFound where there is none.
func organiser(ctx context.Context, q store.Queries, code domain.OrganiserCode) (domain.Organiser, error) {
	all, err := q.Organisers(ctx)
	if err != nil {
		return domain.Organiser{}, err
	}
	i := slices.IndexFunc(all, func(o domain.Organiser) bool { return o.Code == code })
	if i < 0 {
		return domain.Organiser{}, domain.NotFound("organiser.not_found")
	}
	return all[i], nil
}

func oneFault(field, key string) error {
	v := &domain.Invalid{}
	v.Add(field, key, nil)
	return v.Err()
}

// audit writes what was done with an event.
func (s *Events) audit(ctx context.Context, tx *store.Tx, a domain.Actor, e domain.Event, action domain.AuditAction, details map[string]string) error {
	if details == nil {
		details = make(map[string]string)
	}
	details["event"] = e.Slug
	return tx.Audit(ctx, domain.AuditEntry{
		At: s.Now(), User: a.User, Actor: a.Name, County: e.Owner.Code, Action: action, Object: "event",
		ObjectID: strconv.FormatInt(int64(e.ID), 10), Details: details,
	})
}
