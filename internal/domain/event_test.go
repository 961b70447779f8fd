package domain_test

import (
	"errors"
	"testing"
	"time"

	"github.com/temadag/temadag/internal/domain"
)

func at(t *testing.T, wall string) time.Time {
	t.Helper()
	got, err := time.ParseInLocation("2006-01-02 15:04:05", wall, domain.Stockholm())
	if err != nil {
		t.Fatal(err)
	}
	return got
}

func openEvent() domain.Event {
	day := domain.Date{Year: 2016, Month: 12, Day: 1}
	return domain.Event{
		State: domain.EventPublished, Day: day, Starts: 9 * 60, Ends: 16 * 60, Capacity: 80, Taken: 48, WaitingList: true,
		RegisterUntil: domain.Date{Year: 2016, Month: 11, Day: 17},
	}
}

func TestEventAdmit(t *testing.T) {
	t.Parallel()
	const before = "2016-11-01 12:00:00"
	tests := map[string]struct {
		change func(e *domain.Event)
		now    string
		want   domain.RegistrationStatus
		key    string
	}{
		"a place is left":                              {nil, before, domain.Confirmed, ""},
		"the last place":                               {func(e *domain.Event) { e.Taken = 79 }, before, domain.Confirmed, ""},
		"full, the queue is open":                      {func(e *domain.Event) { e.Taken = 80 }, before, domain.Waitlisted, ""},
		"full, no queue":                               {func(e *domain.Event) { e.Taken, e.WaitingList = 80, false }, before, "", "registration.full"},
		"a freed place belongs to the queue":           {func(e *domain.Event) { e.Waiting = 1 }, before, domain.Waitlisted, ""},
		"the last second of the last day":              {nil, "2016-11-17 23:59:59", domain.Confirmed, ""},
		"the first second after the last day":          {nil, "2016-11-18 00:00:00", "", "registration.closed"},
		"the event has begun, whatever the last day":   {func(e *domain.Event) { e.RegisterUntil = e.Day }, "2016-12-01 09:00:00", "", "registration.closed"},
		"a second before it begins":                    {func(e *domain.Event) { e.RegisterUntil = e.Day }, "2016-12-01 08:59:59", domain.Confirmed, ""},
		"over":                                         {nil, "2016-12-01 16:00:00", "", "registration.held"},
		"not open yet":                                 {func(e *domain.Event) { e.OpensAt = at(t, "2016-11-02 09:00:00") }, before, "", "registration.soon"},
		"the second it opens":                          {func(e *domain.Event) { e.OpensAt = at(t, before) }, before, domain.Confirmed, ""},
		"no capacity is decided":                       {func(e *domain.Event) { e.Capacity, e.Taken = 0, 0 }, before, "", "registration.undecided"},
		"no last day is decided":                       {func(e *domain.Event) { e.RegisterUntil = domain.Date{} }, before, "", "registration.undecided"},
		"no day is announced, but the last day passed": {func(e *domain.Event) { e.Day = domain.Date{} }, "2016-11-18 00:00:00", "", "registration.closed"},
		"cancelled":                                    {func(e *domain.Event) { e.State = domain.EventCancelled }, before, "", "registration.cancelled"},
		"a draft does not exist":                       {func(e *domain.Event) { e.State = domain.EventDraft }, before, "", "event.not_found"},
	}
	for name, tt := range tests {
		t.Run(name, func(t *testing.T) {
			e := openEvent()
			if tt.change != nil {
				tt.change(&e)
			}
			got, err := e.Admit(at(t, tt.now))
			key := ""
			var refusal *domain.Error
			if errors.As(err, &refusal) {
				key = refusal.Key
			}
			if got != tt.want || key != tt.key {
				t.Errorf("Admit = %q, %q; want %q, %q", got, key, tt.want, tt.key)
			}
		})
	}
}

// The day when summer time ends is 25 hours long, and a deadline on it lasts all of them.
func TestDateEnd_overTheClockChange(t *testing.T) {
	t.Parallel()
	autumn := domain.Date{Year: 2026, Month: 10, Day: 25}
	if got, want := autumn.End().Sub(autumn.Start()), 25*time.Hour; got != want {
		t.Errorf("autumn day = %v, want %v", got, want)
	}
	spring := domain.Date{Year: 2026, Month: 3, Day: 29}
	if got, want := spring.End().Sub(spring.Start()), 23*time.Hour; got != want {
		t.Errorf("spring day = %v, want %v", got, want)
	}
	e := openEvent()
	e.Day, e.RegisterUntil = autumn.AddDays(30), autumn
	if _, err := e.Admit(autumn.Start().Add(24*time.Hour + 59*time.Minute)); err != nil {
		t.Errorf("the 25th hour: %v", err)
	}
	if _, err := e.Admit(autumn.Start().Add(25 * time.Hour)); err == nil {
		t.Error("the first second of the next day was let in")
	}
}

func TestDate(t *testing.T) {
	t.Parallel()
	d, err := domain.ParseDate("2016-12-01")
	if err != nil {
		t.Fatal(err)
	}
	if d.Weekday() != time.Thursday || d.Week() != 48 {
		t.Errorf("2016-12-01 is %v in week %d, want Thursday in 48", d.Weekday(), d.Week())
	}
	for s, week := range map[string]int{"2027-01-01": 53, "2024-12-30": 1, "2021-01-01": 53} {
		if d, _ := domain.ParseDate(s); d.Week() != week {
			t.Errorf("%s is in week %d, want %d", s, d.Week(), week)
		}
	}
	if got := d.AddDays(-1).String(); got != "2016-11-30" {
		t.Errorf("the day before = %s", got)
	}
	if got := d.DaysUntil(domain.Date{Year: 2017, Month: 1, Day: 1}); got != 31 {
		t.Errorf("days until new year = %d, want 31", got)
	}
	for _, bad := range []string{"2016-02-30", "1 december", "2016-1-1"} {
		if _, err := domain.ParseDate(bad); err == nil {
			t.Errorf("%q was read as a day", bad)
		}
	}
}

func TestEventNextChange(t *testing.T) {
	t.Parallel()
	e := openEvent()
	e.CancelUntil = domain.Date{Year: 2016, Month: 11, Day: 10}
	now := at(t, "2016-11-01 00:00:00")
	for _, want := range []string{"2016-11-11 00:00:00", "2016-11-18 00:00:00", "2016-12-01 09:00:00", "2016-12-01 16:00:00"} {
		next := e.NextChange(now)
		if !next.Equal(at(t, want)) {
			t.Errorf("after %v comes %v, want %s", now, next, want)
		}
		now = next
	}
	if next := e.NextChange(now); !next.IsZero() {
		t.Errorf("after the end comes %v", next)
	}
}

func TestEventErasedOn(t *testing.T) {
	t.Parallel()
	e := openEvent()
	e.Retention = domain.Retention{Weeks: 12, Support: "RA-FS 2021:6"}
	if got := e.ErasedOn().String(); got != "2017-02-23" {
		t.Errorf("erased on %s, want 2017-02-23", got)
	}
	e.Retention.Support = ""
	if got := e.ErasedOn(); !got.IsZero() {
		t.Errorf("erased on %s without a decision", got)
	}
}

func TestRetryAfter(t *testing.T) {
	t.Parallel()
	var total time.Duration
	tries := 1
	for wait, again := domain.RetryAfter(tries); again; wait, again = domain.RetryAfter(tries) {
		if wait < time.Minute || wait > 4*time.Hour {
			t.Errorf("try %d waits %v", tries, wait)
		}
		total += wait
		tries++
	}
	if total < 4*24*time.Hour || total > 6*24*time.Hour {
		t.Errorf("tried for %v, want four to six days", total)
	}
}

func TestReference(t *testing.T) {
	t.Parallel()
	ref := domain.ReferenceOf([]byte{0xde, 0xad, 0xbe, 0xef, 0x42, 0x17})
	if len(ref) != 9 || ref[4] != '-' {
		t.Fatalf("reference = %q", ref)
	}
	for _, typed := range []string{ref, ref[:4] + ref[5:], " " + ref, string(append([]byte{}, ref...))} {
		if got, ok := domain.ParseReference(typed); !ok || got != ref {
			t.Errorf("ParseReference(%q) = %q, %v", typed, got, ok)
		}
	}
	wrong := []byte(ref)
	if wrong[0] = '0'; wrong[0] == ref[0] {
		wrong[0] = '1'
	}
	if _, ok := domain.ParseReference(string(wrong)); ok {
		t.Errorf("a slip in %q was not noticed: %q", ref, wrong)
	}
}

func TestActor(t *testing.T) {
	t.Parallel()
	of := func(c domain.OrganiserCode, id domain.EventID, co ...domain.OrganiserCode) domain.Event {
		return domain.Event{ID: id, Owner: domain.Organiser{Code: c}, Rules: domain.Rules{CoOrganisers: co}}
	}
	if (domain.Actor{}).May(domain.PermReadProgramme) || (domain.Actor{}).MayAt(domain.PermReadProgramme, of("BD", 1)) {
		t.Error("the zero actor may do something")
	}
	if domain.Visitor().May(domain.PermExport) || domain.Visitor().MayAt(domain.PermExport, of("BD", 1)) {
		t.Error("a visitor may export")
	}
	jamtland := domain.Actor{Role: domain.RoleOperator, County: "Z"}
	if jamtland.MayAt(domain.PermExport, of("BD", 1)) || !jamtland.MayAt(domain.PermExport, of("Z", 1)) {
		t.Error("the wall between counties does not stand")
	}
	two := domain.Actor{User: 7, Grants: []domain.Grant{
		{Role: domain.RoleOperator, County: "BD"}, {Role: domain.RoleNeedsOfficer, County: "Z", Event: 4},
	}}
	for name, c := range map[string]struct {
		p    domain.Permission
		e    domain.Event
		want bool
	}{
		"a role in its own county":               {domain.PermExport, of("BD", 1), true},
		"a role is not lent to another county":   {domain.PermExport, of("Z", 4), false},
		"a role at one event":                    {domain.PermReadNeeds, of("Z", 4), true},
		"not at the one beside it":               {domain.PermReadNeeds, of("Z", 5), false},
		"an event arranged together":             {domain.PermExport, of("AC", 9, "Y", "BD"), true},
		"an event arranged together by others":   {domain.PermExport, of("AC", 9, "Y"), false},
		"an event without an owner is nobody's":  {domain.PermExport, of("", 9), false},
		"a permission that none of them carries": {domain.PermDeliver, of("BD", 1), false},
	} {
		if got := two.MayAt(c.p, c.e); got != c.want {
			t.Errorf("%s: %v", name, got)
		}
	}
}
