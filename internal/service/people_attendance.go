package service

import (
	"context"
	"slices"

	"github.com/temadag/temadag/internal/domain"
	"github.com/temadag/temadag/internal/store"
)

// A page of the list holds a hundred people where they are more than two hundred: a form that a telephone at a
// door can hold.
const (
	attendancePage    = 100
	attendanceOnePage = 200
)

// Attendance is a page of the list at the door, with what is noted of each who has a place. A page beyond the
// last is the last. A list of one page is whole whatever is searched for, so that what is hidden of it can be shown
// again; of a longer one there are those whom the search finds. It takes PermCheckIn at the event; domain.ErrNotFound for everyone else, and of drafts.
func (s *People) Attendance(ctx context.Context, a domain.Actor, slug string, find domain.DoorSearch, page int) (domain.AttendanceList, error) {
	var l domain.AttendanceList
	e, err := atDoor(ctx, s.Store.Queries, a, slug)
	if err != nil {
		return l, err
	}
	l.Event = e
	counts, err := s.Store.Attendance(ctx, e.ID)
	if err != nil {
		return l, err
	}
	l.Present, l.Absent, l.Unknown = counts[domain.Present], counts[domain.Absent], counts[domain.AttendanceUnknown]
	ids, err := s.Store.FindIDs(ctx, withPlace(e), mostRows)
	if err != nil {
		return l, err
	}
	l.Whole, l.Found = len(ids) <= attendanceOnePage, len(ids)
	if !l.Whole && !find.Empty() {
		if ids, err = s.foundAtDoor(ctx, ids, find); err != nil {
			return l, err
		}
		l.Found = len(ids)
	}
	size := attendanceOnePage
	if len(ids) > attendanceOnePage {
		size = attendancePage
	}
	pages := slices.Collect(slices.Chunk(ids, size))
	l.Page = max(1, min(page, len(pages)))
	for _, ids := range pages {
		ends, err := s.doorRows(ctx, []domain.RegistrationID{ids[0], ids[len(ids)-1]})
		if err != nil || len(ends) != 2 {
			return l, err
		}
		l.Pages = append(l.Pages, domain.AttendanceSpan{First: ends[0], Last: ends[1]})
	}
	if len(pages) > 0 {
		l.Rows, err = s.doorRows(ctx, pages[l.Page-1])
	}
	if l.Whole {
		l.Found = found(l.Rows, find)
	}
	return l, err
}

// foundAtDoor are those of ids whom a search finds. They are read as the list shows them and not asked for in the
// database, which would find by more than that.
func (s *People) foundAtDoor(ctx context.Context, ids []domain.RegistrationID, find domain.DoorSearch) ([]domain.RegistrationID, error) {
	rows, err := s.doorRows(ctx, ids)
	out := make([]domain.RegistrationID, 0, len(rows))
	for _, r := range rows {
		if find.Finds(r) {
			out = append(out, r.ID)
		}
	}
	return out, err
}

func found(rows []domain.Registration, find domain.DoorSearch) (n int) {
	for _, r := range rows {
		if find.Finds(r) {
			n++
		}
	}
	return n
}

// atDoor is an event, published once, where the actor ticks off who comes.
func atDoor(ctx context.Context, q store.Queries, a domain.Actor, slug string) (domain.Event, error) {
	r, err := reachOf(ctx, q, a, domain.PermCheckIn, domain.ListScope{Event: slug})
	if err != nil {
		return domain.Event{}, err
	}
	if r.events[0].State == domain.EventDraft {
		return domain.Event{}, domain.NotFound("list.not_found")
	}
	return r.events[0], nil
}

// withPlace finds those who have a place at an event, in the order of the list at the door.
func withPlace(e domain.Event) store.PeopleSearch {
	return store.PeopleSearch{
		Events: []domain.EventID{e.ID}, Filter: domain.PeopleFilter{Statuses: []domain.RegistrationStatus{domain.Confirmed}}, Sort: domain.SortByName,
	}
}

func (s *People) doorRows(ctx context.Context, ids []domain.RegistrationID) ([]domain.Registration, error) {
	people, err := s.Store.People(ctx, ids)
	for i, p := range people {
		people[i] = atTheDoor(p.Masked())
	}
	return people, err
}

// MarkAttendance notes who came. A mark whose Was is its Is says nothing; one that is noted already changes
// nothing; and one of somebody whom others have noted otherwise since the page was made is left to them, and
// told in Kept. Each change is a line of the history. It takes PermCheckIn at the event; domain.ErrNotFound for
// everyone else, and where anyone is not of the event. Refusals: those of Event.MayNoteAttendance, and of class
// CodeInvalid "attendance.wrong" for a mark that is none.
func (s *People) MarkAttendance(ctx context.Context, a domain.Actor, slug string, marks []domain.AttendanceMark) (domain.AttendanceMarked, error) {
	if err := a.Require(domain.PermCheckIn); err != nil {
		return domain.AttendanceMarked{}, err
	}
	var out domain.AttendanceMarked
	err := s.Registrations.write(ctx, a, domain.ChannelWeb, func(st step) error {
		out = domain.AttendanceMarked{}
		e, err := atDoor(ctx, st.tx.Queries, a, slug)
		if err != nil {
			return err
		}
		if err := e.MayNoteAttendance(st.now); err != nil {
			return err
		}
		for _, m := range marks {
			if !m.Is.Known() || !m.Was.Known() {
				return &domain.Error{Code: domain.CodeInvalid, Key: "attendance.wrong"}
			}
			if m.Was == m.Is {
				continue
			}
			if err := st.markOne(ctx, e, m, &out); err != nil {
				return err
			}
		}
		return nil
	})
	if err != nil {
		return domain.AttendanceMarked{}, err
	}
	s.attendanceNoted(out.Changed)
	return out, nil
}

func (st step) markOne(ctx context.Context, e domain.Event, m domain.AttendanceMark, out *domain.AttendanceMarked) error {
	k, err := st.tx.PersonByReference(ctx, e.ID, m.Ref)
	if err != nil {
		return err
	}
	if k.Status == domain.Confirmed && k.Attendance == m.Is {
		return nil
	}
	changed, err := st.tx.SetAttendance(ctx, k.ID, m.Was, m.Is)
	switch {
	case err != nil:
		return err
	case !changed:
		out.Kept = append(out.Kept, atTheDoor(k.Registration.Masked()))
		return nil
	}
	out.Changed++
	return st.record(ctx, k, m.Is.History(), "", domain.Details{})
}

// MarkTheRest notes everyone with a place of whom nothing is noted as absent, and answers how many they were.
// Again is nobody. It takes PermCheckIn at the event; domain.ErrNotFound for everyone else. Refusals: those of
// Event.MayNoteTheRest.
func (s *People) MarkTheRest(ctx context.Context, a domain.Actor, slug string) (int, error) {
	if err := a.Require(domain.PermCheckIn); err != nil {
		return 0, err
	}
	changed := 0
	err := s.Registrations.write(ctx, a, domain.ChannelWeb, func(st step) error {
		changed = 0
		e, err := atDoor(ctx, st.tx.Queries, a, slug)
		if err != nil {
			return err
		}
		if err := e.MayNoteTheRest(st.now); err != nil {
			return err
		}
		search := withPlace(e)
		search.Filter.Attendance = domain.AttendanceUnknown
		ids, err := st.tx.FindIDs(ctx, search, mostRows)
		if err != nil {
			return err
		}
		for _, id := range ids {
			if ok, err := st.tx.SetAttendance(ctx, id, domain.AttendanceUnknown, domain.Absent); err != nil || !ok {
				return err
			}
			k := store.Kept{Registration: domain.Registration{ID: id}}
			if err := st.record(ctx, k, domain.HistoryAbsent, "", domain.Details{}); err != nil {
				return err
			}
			changed++
		}
		return nil
	})
	if err != nil {
		return 0, err
	}
	s.attendanceNoted(changed)
	return changed, nil
}

// attendanceNoted lets the letters that go by who came look again.
func (s *People) attendanceNoted(changed int) {
	if changed > 0 && s.WakeAutomatics != nil {
		s.WakeAutomatics()
	}
}
