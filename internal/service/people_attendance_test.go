package service_test

import (
	"context"
	"fmt"
	"slices"
	"sync"
	"testing"
	"time"

	"github.com/temadag/temadag/internal/domain"
	"github.com/temadag/temadag/internal/service"
	"github.com/temadag/temadag/internal/testkit"
)

func mark(r domain.Registration, was, is domain.Attendance) domain.AttendanceMark {
	return domain.AttendanceMark{Ref: r.Ref, Was: was, Is: is}
}

// noted is what is noted of somebody, and the kinds of her history after the first.
func (o *office) noted(t *testing.T, id domain.RegistrationID) (domain.Attendance, []domain.HistoryKind) {
	t.Helper()
	k, err := o.Store.RegistrationByID(t.Context(), id)
	if err != nil {
		t.Fatal(err)
	}
	h, err := o.Store.History(t.Context(), id)
	if err != nil {
		t.Fatal(err)
	}
	var kinds []domain.HistoryKind
	for _, line := range h[1:] {
		kinds = append(kinds, line.Kind)
	}
	return k.Attendance, kinds
}

// What is noted is kept once with a line of the history, whoever notes it; again it changes nothing.
func TestPeople_MarkAttendance(t *testing.T) {
	t.Parallel()
	o := openOffice(t)
	woken := 0
	o.people.WakeAutomatics = func() { woken++ }
	a := o.actor(t, domain.RoleCheckIn, "BD")
	came := o.add(t, o.lulea, who("Åsa", "Öberg", "Piteå kommun", "asa@example.se"))
	not := o.add(t, o.lulea, who("Bo", "Ek", "Kiruna kommun", "bo@example.se"))
	o.Clock.Set(o.lulea.Day.Start())
	marks := []domain.AttendanceMark{mark(came, "unknown", "present"), mark(not, "unknown", "absent")}
	for i, want := range []int{2, 0} {
		if got, err := o.people.MarkAttendance(t.Context(), a, "lulea", marks); err != nil || got.Changed != want || got.Kept != nil || woken != 1 {
			t.Errorf("time %d: %+v, %v, woken %d times", i, got, err, woken)
		}
	}
	if got, kinds := o.noted(t, came.ID); got != domain.Present || !slices.Equal(kinds, []domain.HistoryKind{domain.HistoryPresent}) {
		t.Errorf("she came: %s %v", got, kinds)
	}
	if got, err := o.people.MarkAttendance(t.Context(), a, "lulea", []domain.AttendanceMark{mark(not, "absent", "unknown")}); err != nil || got.Changed != 1 {
		t.Errorf("taken back: %+v, %v", got, err)
	}
	if got, kinds := o.noted(t, not.ID); got != domain.AttendanceUnknown || !slices.Equal(kinds, []domain.HistoryKind{domain.HistoryAbsent, domain.HistoryNotNoted}) {
		t.Errorf("taken back: %s %v", got, kinds)
	}
	h, err := o.Store.History(t.Context(), came.ID)
	if err != nil || h[1].Actor != a.Name || !h[1].At.Equal(o.Clock.Now()) {
		t.Errorf("history %+v, %v", h, err)
	}
	l, err := o.people.Attendance(t.Context(), a, "lulea", domain.DoorSearch{}, 1)
	if err != nil || l.Noted() != 1 || l.All() != 2 || l.Present != 1 || l.Rows[0].FamilyName != "Ek" || l.Rows[1].Attendance != domain.Present || l.Rows[0].Email+l.Rows[0].Phone != "" {
		t.Errorf("the list: %+v, %v", l, err)
	}
	sound(t, o.Kit)
}

// Nobody notes anything before the day, of whom there is no place for, of another county's, or without the role.
func TestPeople_MarkAttendance_refuses(t *testing.T) {
	t.Parallel()
	o := openOffice(t)
	own, theirs := o.add(t, o.lulea, who("Bo", "Ek", "Kiruna kommun", "bo@example.se")), o.add(t, o.ost, who("Eva", "Ek", "Östersund", "eva@example.se"))
	a := o.actor(t, domain.RoleCheckIn, "BD")
	first := o.lulea.Day.Start()
	yes := []domain.AttendanceMark{mark(own, "unknown", "present")}
	cases := map[string]struct {
		who   domain.Actor
		at    time.Time
		marks []domain.AttendanceMark
		want  string
	}{
		"a moment before the day":   {a, first.Add(-1), yes, "closed: attendance.not_yet"},
		"no mark":                   {a, first, []domain.AttendanceMark{mark(own, "unknown", "late")}, "invalid: attendance.wrong"},
		"one of another county":     {a, first, append(slices.Clone(yes), mark(theirs, "unknown", "present")), "not_found: registration.not_found"},
		"who reads":                 {o.actor(t, domain.RoleReader, "BD"), first, yes, "not_found: page.not_found"},
		"who answers":               {o.actor(t, domain.RoleCaseWorker, "BD"), first, yes, "not_found: page.not_found"},
		"who ticks off in Jämtland": {o.actor(t, domain.RoleCheckIn, "Z"), first, yes, "not_found: list.not_found"},
		"who ticks off in Kiruna":   {o.granted(t, domain.Grant{Role: domain.RoleCheckIn, County: "BD", Event: o.kiruna.ID}), first, yes, "not_found: list.not_found"},
	}
	for name, c := range cases {
		o.Clock.Set(c.at)
		_, err := o.people.MarkAttendance(t.Context(), c.who, "lulea", c.marks)
		if got := answered(err); got != c.want {
			t.Errorf("%s: got %q, want %q", name, got, c.want)
		}
		if _, err := o.people.MarkTheRest(t.Context(), c.who, "lulea"); err == nil {
			t.Errorf("%s: the rest are noted", name)
		}
		if _, err := o.people.Attendance(t.Context(), c.who, "lulea", domain.DoorSearch{}, 1); (err == nil) != c.who.MayAt(domain.PermCheckIn, o.lulea) {
			t.Errorf("%s: the list: %v", name, err)
		}
	}
	if got, kinds := o.noted(t, own.ID); got != domain.AttendanceUnknown || kinds != nil {
		t.Errorf("%s %v", got, kinds)
	}
	// the twins: the day has come, and in Luleå she may
	o.Clock.Set(first)
	at := o.granted(t, domain.Grant{Role: domain.RoleCheckIn, County: "BD", Event: o.lulea.ID})
	if got, err := o.people.MarkAttendance(t.Context(), at, "lulea", yes); err != nil || got.Changed != 1 {
		t.Errorf("on the day: %+v, %v", got, err)
	}
}

// Two hold the page since before either saved: each changes what she changed, and who is first stands. A page
// that sent every row as it shows it, without what it was made with, would undo the other's.
func TestPeople_MarkAttendance_twoAtOnce(t *testing.T) {
	t.Parallel()
	both := func(firstSaw func(is domain.Attendance) domain.Attendance) (a, b domain.Attendance, kept int) {
		o := openOffice(t)
		door := o.actor(t, domain.RoleCheckIn, "BD")
		one, two := o.add(t, o.lulea, who("Bo", "Ek", "Kiruna", "bo@example.se")), o.add(t, o.lulea, who("Eva", "Ek", "Kiruna", "eva@example.se"))
		o.Clock.Set(o.lulea.Day.Start())
		if _, err := o.people.MarkAttendance(t.Context(), door, "lulea", []domain.AttendanceMark{mark(one, "unknown", "present")}); err != nil {
			t.Fatal(err)
		}
		k, _ := o.noted(t, one.ID)
		got, err := o.people.MarkAttendance(t.Context(), door, "lulea", []domain.AttendanceMark{
			mark(one, firstSaw(k), "unknown"), mark(two, "unknown", "absent"),
		})
		if err != nil {
			t.Fatal(err)
		}
		if got, err = o.people.MarkAttendance(t.Context(), door, "lulea", []domain.AttendanceMark{mark(two, "unknown", "present")}); err != nil {
			t.Fatal(err)
		}
		a, _ = o.noted(t, one.ID)
		b, _ = o.noted(t, two.ID)
		return a, b, len(got.Kept)
	}
	if a, b, kept := both(func(domain.Attendance) domain.Attendance { return domain.AttendanceUnknown }); a != domain.Present || b != domain.Absent || kept != 1 {
		t.Errorf("%s and %s, %d kept", a, b, kept)
	}
	if a, _, _ := both(func(is domain.Attendance) domain.Attendance { return is }); a != domain.AttendanceUnknown {
		t.Errorf("the twin that sends what it shows keeps %s: the test proves nothing", a)
	}

	o := openOffice(t)
	door := o.actor(t, domain.RoleCheckIn, "BD")
	r := o.add(t, o.lulea, who("Bo", "Ek", "Kiruna", "bo@example.se"))
	o.Clock.Set(o.lulea.Day.Start())
	var wg sync.WaitGroup
	var changed [8]int
	for i := range changed {
		wg.Go(func() {
			is := []domain.Attendance{domain.Present, domain.Absent}[i%2]
			got, err := o.people.MarkAttendance(context.Background(), door, "lulea", []domain.AttendanceMark{mark(r, "unknown", is)})
			if err != nil {
				t.Error(err)
			}
			changed[i] = got.Changed
		})
	}
	wg.Wait()
	sum := 0
	for _, n := range changed {
		sum += n
	}
	if _, kinds := o.noted(t, r.ID); sum != 1 || len(kinds) != 1 {
		t.Errorf("%d of eight changed it, history %v", sum, kinds)
	}
}

// Afterwards those of whom nothing is noted can be noted as absent at once, and no others.
func TestPeople_MarkTheRest(t *testing.T) {
	t.Parallel()
	o := openOffice(t)
	a := o.actor(t, domain.RoleOrganiser, "BD")
	came, rest := o.add(t, o.lulea, who("Bo", "Ek", "Kiruna", "bo@example.se")), o.add(t, o.lulea, who("Eva", "Ek", "Kiruna", "eva@example.se"))
	gone := o.add(t, o.lulea, who("Ada", "Ek", "Kiruna", "ada@example.se"))
	if err := o.Registrations.Withdraw(t.Context(), a, gone.ID, "Fel dag."); err != nil {
		t.Fatal(err)
	}
	if err := o.people.Protect(t.Context(), a, rest.ID); err != nil {
		t.Fatal(err)
	}
	o.Clock.Set(o.lulea.EndsAt().Add(-1))
	got, err := o.people.MarkAttendance(t.Context(), a, "lulea", []domain.AttendanceMark{mark(came, "unknown", "present"), mark(gone, "unknown", "present")})
	if err != nil || got.Changed != 1 || len(got.Kept) != 1 {
		t.Errorf("one without a place: %+v, %v", got, err)
	}
	if _, err := o.people.MarkTheRest(t.Context(), a, "lulea"); answered(err) != "closed: attendance.not_over" {
		t.Errorf("while it goes on: %v", err)
	}
	o.Clock.Set(o.lulea.EndsAt())
	for i, want := range []int{1, 0} {
		if n, err := o.people.MarkTheRest(t.Context(), a, "lulea"); err != nil || n != want {
			t.Errorf("time %d: %d, %v", i, n, err)
		}
	}
	for id, want := range map[domain.RegistrationID]domain.Attendance{came.ID: domain.Present, rest.ID: domain.Absent, gone.ID: domain.AttendanceUnknown} {
		if is, _ := o.noted(t, id); is != want {
			t.Errorf("%d is %s, want %s", id, is, want)
		}
	}
	l, err := o.people.Attendance(t.Context(), a, "lulea", domain.DoorSearch{}, 1)
	if err != nil || len(l.Rows) != 2 || l.Rows[1].Ref != rest.Ref || l.Rows[1].Name()+l.Rows[1].Organisation != "" || l.Rows[1].Attendance != domain.Absent {
		t.Errorf("the protected stands last and masked: %+v, %v", l.Rows, err)
	}
	sound(t, o.Kit)
}

// A long list is told a hundred at a time.
func TestPeople_Attendance_pages(t *testing.T) {
	t.Parallel()
	o := openOffice(t)
	e := o.AddEvent(t, testkit.Event("stor", 300))
	a := o.actor(t, domain.RoleCheckIn, "BD")
	for i := range 201 {
		o.add(t, e, who("Ada", fmt.Sprintf("Ek%c%c", 'a'+i/20, 'a'+i%20), "Kiruna", fmt.Sprintf("p%d@example.se", i)))
		if i == 199 {
			if l, err := o.people.Attendance(t.Context(), a, "stor", domain.DoorSearch{}, 7); err != nil || len(l.Pages) != 1 || len(l.Rows) != 200 {
				t.Errorf("two hundred: %d pages, %d rows, %v", len(l.Pages), len(l.Rows), err)
			}
		}
	}
	for page, want := range map[int]int{-1: 100, 1: 100, 2: 100, 3: 1, 9: 1} {
		l, err := o.people.Attendance(t.Context(), a, "stor", domain.DoorSearch{}, page)
		if err != nil || len(l.Pages) != 3 || len(l.Rows) != want || l.Pages[1].First.FamilyName != "Ekfa" || l.All() != 201 {
			t.Errorf("page %d: %d rows of %d pages, %v", page, len(l.Rows), len(l.Pages), err)
		}
	}
}

// The letter to those who did not come goes to exactly them, an hour after the last of them was noted: who
// notes page after page does not see it go to those on the first.
func TestAutomatics_goToThoseNotedAsAbsent(t *testing.T) {
	t.Parallel()
	d := newAutomaticDesk(t, 6)
	d.turn(domain.AutomaticReminder, false)
	d.turn(domain.AutomaticAbsent, true)
	o := &office{Kit: d.Kit}
	people := &service.People{Store: d.Store, Registrations: d.Registrations, Now: d.Clock.Now}
	door := o.actor(t, domain.RoleCheckIn, "BD")
	marks := func(is domain.Attendance, numbers ...int) {
		t.Helper()
		var all []domain.AttendanceMark
		for _, n := range numbers {
			k, err := d.Store.LiveRegistration(t.Context(), d.event.ID, domain.EmailKey(fmt.Sprintf("person%d@example.se", n)))
			if err != nil {
				t.Fatal(err)
			}
			all = append(all, mark(k.Registration, domain.AttendanceUnknown, is))
		}
		if _, err := people.MarkAttendance(t.Context(), door, "lulea", all); err != nil {
			t.Fatal(err)
		}
	}
	d.Clock.Set(wall(t, "2016-12-01 10:00"))
	marks(domain.Present, 1, 2)
	if _, went := d.begin(wall(t, "2016-12-06 09:00")); went != 0 {
		t.Fatalf("%d letters though nobody is noted as absent", went)
	}
	marks(domain.Absent, 3)
	if next, went := d.begin(wall(t, "2016-12-06 09:30")); went != 0 || !next.Equal(wall(t, "2016-12-06 10:00")) {
		t.Fatalf("half an hour after the first: %d letters, again at %v", went, next)
	}
	if l := d.letter(domain.AutomaticAbsent); !l.Waits.Equal(wall(t, "2016-12-06 10:00")) {
		t.Errorf("the page says that it waits until %v", l.Waits)
	}
	marks(domain.Absent, 5)
	if _, went := d.begin(wall(t, "2016-12-06 10:00")); went != 0 {
		t.Fatalf("an hour after the first, half after the last: %d letters", went)
	}
	if _, went := d.begin(wall(t, "2016-12-06 10:30")); went != 2 || len(d.r.sent["person3@example.se"]) != 1 || len(d.r.sent["person5@example.se"]) != 1 {
		t.Errorf("%d letters", went)
	}
	marks(domain.Absent, 6)
	if _, went := d.begin(wall(t, "2016-12-07 12:00")); went != 0 {
		t.Errorf("%d letters afterwards", went)
	}
}

// A long list is searched whole, and who is hidden in it is found by her number alone. One of a single page is there
// whole, with how many the search finds.
func TestPeople_Attendance_search(t *testing.T) {
	t.Parallel()
	o := openOffice(t)
	e := o.AddEvent(t, testkit.Event("stor", 300))
	a := o.actor(t, domain.RoleCheckIn, "BD")
	hidden := o.add(t, e, who("Hemlig", "Åberg", "Kvinnojouren", "hemlig@example.se"))
	if err := o.Registrations.Protect(t.Context(), domain.Operator(), "stor", "hemlig@example.se"); err != nil {
		t.Fatal(err)
	}
	for i := range 199 {
		o.add(t, e, who("Ada", "Ek", "Kiruna", fmt.Sprintf("p%d@example.se", i)))
	}
	ask := func(typed string, page int) domain.AttendanceList {
		t.Helper()
		l, err := o.people.Attendance(t.Context(), a, "stor", domain.ReadDoorSearch(typed), page)
		if err != nil {
			t.Fatal(err)
		}
		return l
	}
	if l := ask("ada", 1); !l.Whole || len(l.Rows) != 200 || l.Found != 199 || l.All() != 200 {
		t.Errorf("on one page: %d of %d found, %d rows", l.Found, l.All(), len(l.Rows))
	}
	late := o.add(t, e, who("Åsa", "Öhman", "Sámediggi", "asa.unik@example.se"))
	for typed, want := range map[string]struct{ found, rows, pages int }{
		"":            {201, 100, 3},
		"ohm":         {1, 1, 1},
		"sami":        {0, 0, 0},
		"samediggi":   {1, 1, 1},
		"ada kiruna":  {199, 199, 1},
		"åberg":       {0, 0, 0}, // her name
		"jouren":      {0, 0, 0}, // her workplace
		"hemlig":      {0, 0, 0},
		hidden.Ref:    {1, 1, 1},
		"p17@example": {0, 0, 0}, // what the list does not show
		"asa.unik":    {0, 0, 0},
	} {
		l := ask(typed, 1)
		if l.Whole || l.Found != want.found || len(l.Rows) != want.rows || len(l.Pages) != want.pages || l.All() != 201 {
			t.Errorf("%q: %d found, %d rows, %d pages; want %+v", typed, l.Found, len(l.Rows), len(l.Pages), want)
		}
	}
	if l := ask("åsa öhm", 7); len(l.Rows) != 1 || l.Rows[0].Ref != late.Ref || l.Page != 1 || l.Rows[0].Email != "" {
		t.Errorf("%+v", l.Rows)
	}
}
