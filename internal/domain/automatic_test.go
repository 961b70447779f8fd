package domain_test

import (
	"errors"
	"testing"
	"time"

	"github.com/temadag/temadag/internal/domain"
)

func on(t *testing.T, s string) domain.Date {
	t.Helper()
	d, err := domain.ParseDate(s)
	if err != nil {
		t.Fatal(err)
	}
	return d
}

func TestAutomatic_dueAt(t *testing.T) {
	t.Parallel()
	for name, c := range map[string]struct {
		kind      domain.AutomaticKind
		days      int
		day, last string
		want      string // UTC
	}{
		"five working days before a Thursday":              {domain.AutomaticReminder, 5, "2016-12-01", "", "2016-11-24T08:00:00Z"},
		"a weekend between":                                {domain.AutomaticReminder, 1, "2016-11-28", "", "2016-11-25T08:00:00Z"},
		"an event on a Saturday":                           {domain.AutomaticReminder, 1, "2016-11-26", "", "2016-11-25T08:00:00Z"},
		"over Easter":                                      {domain.AutomaticReminder, 2, "2016-03-29", "", "2016-03-23T08:00:00Z"},
		"over New Year and Epiphany":                       {domain.AutomaticReminder, 5, "2017-01-09", "", "2016-12-30T08:00:00Z"},
		"before the clock goes forward, for a day after":   {domain.AutomaticReminder, 1, "2016-03-28", "", "2016-03-24T08:00:00Z"},
		"in summer time":                                   {domain.AutomaticReminder, 5, "2016-09-15", "", "2016-09-08T07:00:00Z"},
		"in summer time, for a day in winter time":         {domain.AutomaticReminder, 1, "2016-10-31", "", "2016-10-28T07:00:00Z"},
		"the day after an event of two days":               {domain.AutomaticThanks, 1, "2016-12-01", "2016-12-02", "2016-12-05T08:00:00Z"},
		"after Midsummer":                                  {domain.AutomaticThanks, 1, "2016-06-23", "", "2016-06-27T07:00:00Z"},
		"after an event on the day before Ascension Day":   {domain.AutomaticAbsent, 2, "2016-05-04", "", "2016-05-09T07:00:00Z"},
		"before the first of two days, and not the second": {domain.AutomaticPractical, 10, "2016-12-01", "2016-12-02", "2016-11-17T08:00:00Z"},
		"no day":                 {domain.AutomaticReminder, 5, "", "", "0001-01-01T00:00:00Z"},
		"what the clock has not": {domain.AutomaticChanged, 0, "2016-12-01", "", "0001-01-01T00:00:00Z"},
	} {
		e := domain.Event{}
		if c.day != "" {
			e.Day = on(t, c.day)
		}
		if c.last != "" {
			e.LastDay = on(t, c.last)
		}
		if got := (domain.Automatic{Kind: c.kind, Days: c.days}).DueAt(e).UTC().Format(time.RFC3339); got != c.want {
			t.Errorf("%s: %s, want %s", name, got, c.want)
		}
	}
}

// A letter is looked at as it is on the day on which it goes, and where that has passed or is not known, today.
func TestAutomatic_writtenAt(t *testing.T) {
	t.Parallel()
	a, e := domain.DefaultAutomatic(domain.AutomaticReminder), domain.Event{Day: on(t, "2016-12-01")}
	due := a.DueAt(e)
	for now, want := range map[time.Time]time.Time{
		due.AddDate(0, 0, -30): due, due: due, due.Add(time.Hour): due.Add(time.Hour),
	} {
		if got := a.WrittenAt(e, now); !got.Equal(want) {
			t.Errorf("at %v: %v, want %v", now, got, want)
		}
	}
	if got := a.WrittenAt(domain.Event{}, due); !got.Equal(due) {
		t.Errorf("without a day: %v", got)
	}
}

func TestAutomatic_plan(t *testing.T) {
	t.Parallel()
	day := on(t, "2016-12-01")
	due := time.Date(2016, 11, 24, 8, 0, 0, 0, time.UTC)
	sentFor := func(s string, at time.Time) []domain.AutomaticSent {
		return []domain.AutomaticSent{
			{Kind: domain.AutomaticPractical, Day: day, At: at},
			{Kind: domain.AutomaticReminder, Day: on(t, s), At: at, People: 7},
		}
	}
	hour := time.Hour
	for name, c := range map[string]struct {
		change func(*domain.Automatic, *domain.Event)
		timed  time.Time
		sent   []domain.AutomaticSent
		now    time.Time
		want   domain.AutomaticState
	}{
		"before its time":                        {now: due.Add(-1), want: domain.AutomaticAhead},
		"on the instant":                         {now: due, want: domain.AutomaticDue},
		"program down until the event is near":   {now: day.At(9*60 - 1), want: domain.AutomaticDue},
		"program down until the event has begun": {now: day.At(9 * 60), want: domain.AutomaticLapsed},
		"sent":                                   {now: due, sent: sentFor("2016-12-01", due), want: domain.AutomaticGone},
		"off":                                    {change: func(a *domain.Automatic, _ *domain.Event) { a.On = false }, now: due, want: domain.AutomaticOff},
		"off after it went":                      {change: func(a *domain.Automatic, _ *domain.Event) { a.On = false }, now: due, sent: sentFor("2016-12-01", due), want: domain.AutomaticGone},
		"switched on a moment too late":          {change: func(a *domain.Automatic, _ *domain.Event) { a.Armed = due.Add(1) }, now: due.Add(hour), want: domain.AutomaticMissed},
		"switched on in time":                    {change: func(a *domain.Automatic, _ *domain.Event) { a.Armed = due }, now: due.Add(hour), want: domain.AutomaticDue},
		"published too late":                     {timed: due.Add(hour), now: due.Add(hour), want: domain.AutomaticMissed},
		"called off":                             {change: func(_ *domain.Automatic, e *domain.Event) { e.State = domain.EventCancelled }, now: due, want: domain.AutomaticCalledOff},
		"a draft":                                {change: func(_ *domain.Automatic, e *domain.Event) { e.State = domain.EventDraft }, now: due, want: domain.AutomaticDraft},
		"no day":                                 {change: func(_ *domain.Automatic, e *domain.Event) { e.Day = domain.Date{} }, now: due, want: domain.AutomaticUndecided},
		"moved here, one went long ago":          {sent: sentFor("2016-11-24", due.AddDate(0, 0, -7)), now: due, want: domain.AutomaticDue},
		"moved here, one went the other day":     {sent: sentFor("2016-11-30", due.AddDate(0, 0, -1)), now: due, want: domain.AutomaticClose},
		"what staff let go":                      {change: func(a *domain.Automatic, _ *domain.Event) { a.Kind = domain.AutomaticChanged }, now: due, want: domain.AutomaticOnChange},
		"no hour announced, on the day": {
			change: func(_ *domain.Automatic, e *domain.Event) { e.Starts = domain.NoClock }, now: day.Start(), want: domain.AutomaticLapsed,
		},
	} {
		a, e := domain.DefaultAutomatic(domain.AutomaticReminder), domain.Event{State: domain.EventPublished, Day: day, Starts: 9 * 60, Ends: 16 * 60}
		if c.change != nil {
			c.change(&a, &e)
		}
		if got := a.Plan(e, c.timed, c.sent, c.now); got.State != c.want {
			t.Errorf("%s: %s, want %s", name, got.State, c.want)
		}
	}
	thanks := domain.DefaultAutomatic(domain.AutomaticThanks)
	thanks.On = true
	e := domain.Event{State: domain.EventPublished, Day: day}
	for days, want := range map[int]domain.AutomaticState{0: domain.AutomaticDue, 13: domain.AutomaticDue, 14: domain.AutomaticLapsed} {
		if got := thanks.Plan(e, time.Time{}, nil, thanks.DueAt(e).AddDate(0, 0, days)); got.State != want {
			t.Errorf("thanks %d days late: %s, want %s", days, got.State, want)
		}
	}
}

func TestAutomatic_goesTo(t *testing.T) {
	t.Parallel()
	due := time.Date(2016, 11, 24, 8, 0, 0, 0, time.UTC)
	r := func(s domain.RegistrationStatus, a domain.Attendance, at time.Time) domain.Registration {
		return domain.Registration{Status: s, Attendance: a, ReceivedAt: at}
	}
	early := due.Add(-1)
	for name, c := range map[string]struct {
		kind   domain.AutomaticKind
		r      domain.Registration
		marked bool
		want   bool
	}{
		"a place":                       {domain.AutomaticReminder, r(domain.Confirmed, domain.AttendanceUnknown, early), false, true},
		"registered on the instant":     {domain.AutomaticReminder, r(domain.Confirmed, domain.AttendanceUnknown, due), false, false},
		"waits":                         {domain.AutomaticReminder, r(domain.Waitlisted, domain.AttendanceUnknown, early), false, false},
		"has cancelled":                 {domain.AutomaticReminder, r(domain.Cancelled, domain.AttendanceUnknown, early), false, false},
		"was there":                     {domain.AutomaticThanks, r(domain.Confirmed, domain.Present, early), true, true},
		"was not there":                 {domain.AutomaticThanks, r(domain.Confirmed, domain.Absent, early), true, false},
		"nobody has noted who came":     {domain.AutomaticThanks, r(domain.Confirmed, domain.AttendanceUnknown, early), false, true},
		"not noted among the noted":     {domain.AutomaticThanks, r(domain.Confirmed, domain.AttendanceUnknown, early), true, false},
		"absent":                        {domain.AutomaticAbsent, r(domain.Confirmed, domain.Absent, early), true, true},
		"not known, and never absent":   {domain.AutomaticAbsent, r(domain.Confirmed, domain.AttendanceUnknown, early), false, false},
		"was there, and is not missed":  {domain.AutomaticAbsent, r(domain.Confirmed, domain.Present, early), true, false},
		"practical, registered in time": {domain.AutomaticPractical, r(domain.Confirmed, domain.AttendanceUnknown, early), false, true},
	} {
		if got := (domain.Automatic{Kind: c.kind}).GoesTo(c.r, due, c.marked); got != c.want {
			t.Errorf("%s: %v", name, got)
		}
	}
}

func TestAutomatic_read(t *testing.T) {
	t.Parallel()
	own := domain.MailingEntry{Subject: domain.Text{Sv: "Tack", En: "Thanks"}, Body: domain.Text{Sv: "Hej {förnamn}!", En: "Hello {given name}!"}}
	thanks := domain.DefaultAutomatic(domain.AutomaticThanks)
	good := domain.AutomaticEntry{On: true, Days: " 3 ", Link: "https://example.se/enkat?x=1", Subject: own.Subject, Body: own.Body}
	a, err := thanks.Read(good, own)
	if err != nil || !a.On || a.Days != 3 || a.Link != good.Link || !a.Subject.IsZero() || !a.Body.IsZero() {
		t.Fatalf("%+v, %v", a, err)
	}
	for name, c := range map[string]struct {
		change func(*domain.AutomaticEntry)
		field  string
		line   any
	}{
		"no days":         {func(in *domain.AutomaticEntry) { in.Days = "" }, "days", nil},
		"too many days":   {func(in *domain.AutomaticEntry) { in.Days = "31" }, "days", nil},
		"no working day":  {func(in *domain.AutomaticEntry) { in.Days = "0" }, "days", nil},
		"http":            {func(in *domain.AutomaticEntry) { in.Link = "http://example.se" }, "link", nil},
		"a script":        {func(in *domain.AutomaticEntry) { in.Link = "javascript:alert(1)" }, "link", nil},
		"a password":      {func(in *domain.AutomaticEntry) { in.Link = "https://a:b@example.se" }, "link", nil},
		"a quotation":     {func(in *domain.AutomaticEntry) { in.Link = `https://example.se/"><b>` }, "link", nil},
		"two lines":       {func(in *domain.AutomaticEntry) { in.Link = "https://example.se/\nBcc: x" }, "link", nil},
		"an unknown word": {func(in *domain.AutomaticEntry) { in.Body.Sv = "Hej!\n\n{förnamm} {x}" }, "body_sv", 3},
		"an open brace":   {func(in *domain.AutomaticEntry) { in.Subject.En = "Hello {given" }, "subject_en", 1},
	} {
		in := good
		c.change(&in)
		var wrong *domain.Invalid
		if _, err := thanks.Read(in, own); !errors.As(err, &wrong) || wrong.Faults[0].Field != c.field || wrong.Faults[0].Args["line"] != c.line {
			t.Errorf("%s: %v", name, err)
		}
	}
	mine := good
	mine.Body.Sv = "Tack, {förnamn}!"
	if a, err = thanks.Read(mine, own); err != nil || a.Body.Sv != mine.Body.Sv || a.Body.En != "" || a.Words(own).Body.En != own.Body.En {
		t.Errorf("%+v, %v", a, err)
	}
	if own.Body.Sv != "Hej {förnamn}!" {
		t.Error("our own words were changed")
	}
}
