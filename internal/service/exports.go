package service

import (
	"cmp"
	"context"
	"errors"
	"slices"
	"strconv"
	"time"

	"github.com/temadag/temadag/internal/auth"
	"github.com/temadag/temadag/internal/domain"
	"github.com/temadag/temadag/internal/store"
)

// Exports hands out lists: chosen columns, for a purpose that is told, each time written into the audit log
// before the file leaves. People with protected identity are masked in every one, and needs are in
// none. The files beside hold the county's templates (exports_templates.go) and what is made for the
// day itself (exports_day.go).
//
// Who takes a list of more than TellAbove people is told of to the data protection officer of each county
// concerned, in the same transaction as the line in the audit log (exports_officer.go).
type Exports struct {
	Store     *store.Store
	Programme *Programme
	Keys      *auth.Keys
	Now       func() time.Time
	TellAbove int    // rows; 0 for DefaultTellAbove
	Wake      func() // called when a letter has been owed; nil for nobody
}

// ExportRows reads the rows of one event, page by page, in the order of the list.
type ExportRows func(ctx context.Context, id domain.EventID, yield func([]domain.ExportRow) error) error

// Offer is what a list of a scope can hold: the events that the actor may hand out, with their questions.
// domain.ErrNotFound where there are none.
func (s *Exports) Offer(ctx context.Context, a domain.Actor, scope domain.ListScope) ([]domain.Event, error) {
	r, err := reachOf(ctx, s.Store.Queries, a, domain.PermExport, scope)
	if err != nil {
		return nil, err
	}
	for i := range r.events {
		e := &r.events[i]
		if e.State == domain.EventDraft {
			continue
		}
		full, err := s.Programme.Event(ctx, e.Slug)
		if err != nil {
			return nil, err
		}
		*e = full
	}
	slices.SortStableFunc(r.events, func(a, b domain.Event) int { return cmp.Compare(a.Owner.Code, b.Owner.Code) })
	return r.events, nil
}

// taking is a list on its way out.
type taking struct {
	head   domain.Export
	actor  domain.Actor
	were   map[domain.EventID]map[domain.RegistrationID]store.Mark
	are    map[domain.EventID]map[domain.RegistrationID]store.Mark
	rows   map[domain.EventID]int // that were read
	chosen map[domain.EventID]map[domain.RegistrationID][]string
}

// Take hands out a list. write gets its head and a reader of its rows, and makes the file; when that is
// made the audit log is told who took what, with the columns, the purpose and the number of rows, and it is
// remembered what this user has seen. Where any of it fails nobody may be given the file.
//
// With Spec.Since the events carry what has happened since this user last took a list of them; the first
// time nothing is new. Errors: those of Offer; *domain.Invalid, see domain.ExportSpec.Read.
func (s *Exports) Take(ctx context.Context, a domain.Actor, scope domain.ListScope, spec domain.ExportSpec, write func(head domain.Export, rows ExportRows) error) (domain.ExportTold, error) {
	t, err := s.begin(ctx, a, scope, spec)
	if err != nil {
		return domain.ExportTold{}, err
	}
	told := domain.ExportTold{Changes: make(map[domain.ExportChange]int)}
	for _, e := range t.head.Events {
		for _, r := range e.Changes {
			told.Changes[r.Change]++
		}
	}
	if err := write(t.head, s.reader(t)); err != nil {
		return domain.ExportTold{}, err
	}
	for _, e := range t.head.Events {
		if _, read := t.rows[e.Event.ID]; !read {
			t.rows[e.Event.ID] = len(e.Changes) // a list of these alone
		}
		told.Rows += t.rows[e.Event.ID]
	}
	return told, s.note(ctx, t)
}

// begin makes a list ready to be taken.
func (s *Exports) begin(ctx context.Context, a domain.Actor, scope domain.ListScope, spec domain.ExportSpec) (*taking, error) {
	events, err := s.Offer(ctx, a, scope)
	if err != nil {
		return nil, err
	}
	if spec, err = spec.Read(events); err != nil {
		return nil, err
	}
	may := a.ExportColumns(events)
	for _, c := range spec.Columns {
		if !slices.Contains(may, c) {
			v := &domain.Invalid{}
			v.Add("columns", "export.column_wrong", map[string]any{"column": string(c)})
			return nil, v
		}
	}
	t := &taking{
		actor: a, rows: make(map[domain.EventID]int), chosen: make(map[domain.EventID]map[domain.RegistrationID][]string),
		were: make(map[domain.EventID]map[domain.RegistrationID]store.Mark), are: make(map[domain.EventID]map[domain.RegistrationID]store.Mark),
		head: domain.Export{Scope: scope, Spec: spec, MadeAt: s.Now(), MadeBy: a.Name},
	}
	if t.head.Title, err = s.title(ctx, events, scope); err != nil {
		return nil, err
	}
	for _, e := range events {
		out, err := s.event(ctx, t, e)
		if err != nil {
			return nil, err
		}
		counts, err := s.Store.Lists(ctx).CountPeople(ctx, t.search(e.ID, spec.Filter))
		if err != nil {
			return nil, err
		}
		t.head.Rows += chosen(counts, spec.Filter)
		t.head.Events = append(t.head.Events, out)
	}
	return t, nil
}

// News is what has happened to the list of those who are to come since this user last took it, for her to
// see before she takes it. Nothing is taken by it. Errors: those of Offer.
func (s *Exports) News(ctx context.Context, a domain.Actor, scope domain.ListScope) (domain.ExportNews, error) {
	t, err := s.begin(ctx, a, scope, domain.ExportSpec{Purpose: "–", Format: domain.FormatWorkbook, Since: true})
	if err != nil {
		return domain.ExportNews{}, err
	}
	news := domain.ExportNews{Changes: make(map[domain.ExportChange]int)}
	for _, e := range t.head.Events {
		if e.Taken.After(news.Taken) {
			news.Taken = e.Taken
		}
		for _, r := range e.Changes {
			news.Changes[r.Change]++
		}
	}
	return news, nil
}

func (s *Exports) title(ctx context.Context, events []domain.Event, scope domain.ListScope) (domain.Text, error) {
	if scope.Series != "" {
		series, err := s.Store.Series(ctx, scope.Series)
		return series.Title, err
	}
	for _, e := range events {
		if e.Owner.Code == scope.County {
			return domain.Text{Sv: e.Owner.Short, En: e.Owner.Short}, nil
		}
	}
	return events[0].Title, nil
}

// event makes one event ready: what is marked there now, and what this user has seen of it.
func (s *Exports) event(ctx context.Context, t *taking, e domain.Event) (domain.ExportEvent, error) {
	out := domain.ExportEvent{Event: e}
	if slices.Contains(t.head.Spec.Columns, domain.ColumnSessions) {
		chosen, err := s.Store.ChosenBy(ctx, e.ID)
		if err != nil {
			return out, err
		}
		t.chosen[e.ID] = titlesOf(e, chosen)
	}
	if t.actor.User == 0 {
		return out, nil // nobody to remember it for
	}
	var err error
	if t.are[e.ID], err = s.Store.Marks(ctx, e.ID); err != nil {
		return out, err
	}
	if t.were[e.ID], out.Taken, err = s.Store.TakenMarks(ctx, t.actor.User, e.ID); err != nil {
		return out, err
	}
	if t.head.Spec.Since && !out.Taken.IsZero() {
		out.Changes, err = s.changes(ctx, t, e)
	}
	return out, err
}

func titlesOf(e domain.Event, chosen map[domain.RegistrationID][]domain.SessionID) map[domain.RegistrationID][]string {
	titles := make(map[domain.SessionID]string)
	for _, p := range e.Programme {
		titles[domain.SessionID(p.ID)] = p.Title.In(e.Language)
	}
	out := make(map[domain.RegistrationID][]string, len(chosen))
	for id, sessions := range chosen {
		for _, session := range sessions {
			out[id] = append(out[id], titles[session])
		}
	}
	return out
}

// search is who is on the list of an event.
func (t *taking) search(id domain.EventID, f domain.PeopleFilter) store.PeopleSearch {
	return store.PeopleSearch{Events: []domain.EventID{id}, Filter: f, Sort: t.head.Spec.Sort}
}

const (
	mostRows   = 1_000_000
	exportPage = 500
)

func (s *Exports) reader(t *taking) ExportRows {
	return func(ctx context.Context, id domain.EventID, yield func([]domain.ExportRow) error) error {
		if !slices.ContainsFunc(t.head.Events, func(e domain.ExportEvent) bool { return e.Event.ID == id }) {
			return domain.NotFound("list.not_found")
		}
		ids, err := s.Store.Lists(ctx).FindIDs(ctx, t.search(id, t.head.Spec.Filter), mostRows)
		if err != nil {
			return err
		}
		nr := 0
		for page := range slices.Chunk(ids, exportPage) {
			if err := ctx.Err(); err != nil {
				return err
			}
			rows, err := s.rowsOf(ctx, t, id, page)
			if err != nil {
				return err
			}
			for i := range rows {
				nr++
				rows[i].Nr = nr
			}
			if err := yield(rows); err != nil {
				return err
			}
			t.rows[id] = max(t.rows[id], nr) // read twice, it is still told once
		}
		return nil
	}
}

func (s *Exports) rowsOf(ctx context.Context, t *taking, event domain.EventID, ids []domain.RegistrationID) ([]domain.ExportRow, error) {
	people, err := s.Store.Lists(ctx).People(ctx, ids)
	if err != nil {
		return nil, err
	}
	var waiting []domain.RegistrationID
	for _, p := range people {
		if p.Status == domain.Waitlisted {
			waiting = append(waiting, p.ID)
		}
	}
	places, err := s.Store.Lists(ctx).QueuePositions(ctx, event, waiting)
	if err != nil {
		return nil, err
	}
	out := make([]domain.ExportRow, len(people))
	for i, p := range people {
		p.QueuePosition = places[p.ID]
		out[i] = domain.ExportRow{Registration: p.Masked()}
		if !p.Protected {
			out[i].Sessions = t.chosen[event][p.ID]
		}
	}
	return out, nil
}

// note writes the audit log, and what this user has seen, in one transaction.
func (s *Exports) note(ctx context.Context, t *taking) error {
	told := false
	err := s.Store.Write(ctx, func(tx *store.Tx) (err error) {
		if told, err = s.tellOfficers(ctx, tx, t); err != nil {
			return err
		}
		for _, e := range t.head.Events {
			if err := tx.Audit(ctx, s.line(t, e.Event)); err != nil {
				return err
			}
			if t.actor.User == 0 {
				continue
			}
			if err := tx.TakeList(ctx, t.actor.User, e.Event.ID, t.head.MadeAt, t.were[e.Event.ID], t.are[e.Event.ID]); err != nil {
				return err
			}
		}
		return nil
	})
	s.wake(told && err == nil)
	return err
}

func (s *Exports) line(t *taking, e domain.Event) domain.AuditEntry {
	spec := t.head.Spec
	return domain.AuditEntry{
		At: t.head.MadeAt, User: t.actor.User, Actor: t.actor.Name, County: e.Owner.Code, Action: domain.AuditExported, Object: "event",
		ObjectID: strconv.FormatInt(int64(e.ID), 10), Details: map[string]string{
			"columns": spec.Words(), "rows": strconv.Itoa(t.rows[e.ID]), "purpose": spec.Purpose, "format": string(spec.Format),
		},
	}
}

// changes is what has happened to the list of an event since it was taken: who is new, who reads otherwise,
// who has gone, and who has come in someone's place.
func (s *Exports) changes(ctx context.Context, t *taking, e domain.Event) ([]domain.ExportRow, error) {
	f := t.head.Spec.Filter
	on := func(m store.Mark) bool { return slices.Contains(f.Statuses, m.Status) != f.Negated(domain.FieldStatus) }
	were, are := t.were[e.ID], t.are[e.ID]
	gone := f
	gone.Not = slices.Clone(f.Not)
	if i := slices.Index(gone.Not, domain.FieldStatus); i >= 0 {
		gone.Not = slices.Delete(gone.Not, i, i+1)
	} else {
		gone.Not = append(gone.Not, domain.FieldStatus)
	}
	var out []domain.ExportRow
	add := func(f domain.PeopleFilter, change func(id domain.RegistrationID) domain.ExportChange) error {
		ids, err := s.Store.Lists(ctx).FindIDs(ctx, t.search(e.ID, f), mostRows)
		if err != nil {
			return err
		}
		ids = slices.DeleteFunc(ids, func(id domain.RegistrationID) bool { return change(id) == domain.ChangeNone })
		rows, err := s.rowsOf(ctx, t, e.ID, ids)
		for i := range rows {
			rows[i].Change = change(rows[i].ID)
		}
		out = append(out, rows...)
		return err
	}
	err := add(f, func(id domain.RegistrationID) domain.ExportChange {
		was, known := were[id]
		switch {
		case !known || !on(was):
			return domain.ChangeNew
		case was.Line != are[id].Line:
			return domain.ChangeChanged
		}
		return domain.ChangeNone
	})
	if err != nil {
		return nil, err
	}
	err = add(gone, func(id domain.RegistrationID) domain.ExportChange {
		if was, known := were[id]; known && on(was) {
			return domain.ChangeCancelled
		}
		return domain.ChangeNone
	})
	if err != nil {
		return nil, err
	}
	if out, err = s.handedOver(ctx, out); err != nil {
		return nil, err
	}
	for i := range out {
		out[i].Nr = i + 1
	}
	return out, nil
}

// handedOver makes one row of someone who left and someone who came in her place.
func (s *Exports) handedOver(ctx context.Context, rows []domain.ExportRow) ([]domain.ExportRow, error) {
	left := make(map[domain.RegistrationID]int)
	for i, r := range rows {
		if r.Change == domain.ChangeCancelled && r.Status == domain.Transferred {
			left[r.ID] = i
		}
	}
	taken := make(map[domain.RegistrationID]bool)
	for i := range rows {
		if rows[i].Change != domain.ChangeNew || len(left) == 0 {
			continue
		}
		k, err := s.Store.RegistrationByID(ctx, rows[i].ID)
		if errors.Is(err, domain.ErrNotFound) {
			continue
		}
		if err != nil {
			return nil, err
		}
		if at, ok := left[k.Follows]; ok && k.Follows != 0 {
			rows[i].Change, rows[i].Before = domain.ChangeHandedOver, rows[at].Name()
			taken[k.Follows] = true
		}
	}
	return slices.DeleteFunc(rows, func(r domain.ExportRow) bool { return taken[r.ID] }), nil
}
