package domain_test

import (
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/temadag/temadag/internal/domain"
)

func sessionAt(id int64, mark string, day int, starts, ends domain.Clock) domain.Session {
	return domain.Session{
		ID: id, Parallel: mark, Day: domain.Date{Year: 2016, Month: time.December, Day: day}, Starts: starts, Ends: ends,
		Title: domain.Text{Sv: "Pass"},
	}
}

func TestSessionOverlaps(t *testing.T) {
	t.Parallel()
	at := sessionAt(1, "a", 1, 10*60, 11*60)
	tests := map[string]struct {
		other domain.Session
		want  bool
	}{
		"itself":                                {at, false},
		"one of the same mark":                  {sessionAt(2, "a", 1, 10*60, 11*60), true},
		"of the same mark at other hours":       {sessionAt(2, "a", 1, 11*60, 12*60), true},
		"of the same mark on another day":       {sessionAt(2, "a", 2, 10*60, 11*60), false},
		"of another mark, hours that meet":      {sessionAt(2, "b", 1, 10*60+30, 12*60), true},
		"one within it":                         {sessionAt(2, "b", 1, 10*60+15, 10*60+30), true},
		"just after it":                         {sessionAt(2, "b", 1, 11*60, 12*60), false},
		"just before it":                        {sessionAt(2, "b", 1, 9*60, 10*60), false},
		"at the same hour on another day":       {sessionAt(2, "b", 2, 10*60, 11*60), false},
		"of the same mark without hours":        {sessionAt(2, "a", 1, domain.NoClock, domain.NoClock), true},
		"of another mark without hours":         {sessionAt(2, "b", 1, domain.NoClock, domain.NoClock), false},
		"for everyone, at the same time or not": {sessionAt(2, "", 1, domain.NoClock, domain.NoClock), false},
	}
	for name, tt := range tests {
		t.Run(name, func(t *testing.T) {
			if got := at.Overlaps(tt.other); got != tt.want {
				t.Errorf("Overlaps = %v, want %v", got, tt.want)
			}
			if got := tt.other.Overlaps(at); got != tt.want {
				t.Errorf("the other way round = %v, want %v", got, tt.want)
			}
		})
	}
}

func TestEventReadEntry_sessions(t *testing.T) {
	t.Parallel()
	e := domain.Event{Programme: []domain.Session{
		sessionAt(7, "b", 1, 13*60, 14*60), sessionAt(1, "", 1, 9*60, 10*60), sessionAt(2, "a", 1, 10*60, 11*60),
		sessionAt(3, "a", 1, 10*60, 11*60), sessionAt(4, "b", 1, 10*60+30, 11*60+30),
	}}
	tests := map[string]struct {
		typed []string
		want  []domain.SessionID
		told  string
	}{
		"none":                          {nil, []domain.SessionID{}, ""},
		"an empty choice is none":       {[]string{""}, []domain.SessionID{}, ""},
		"in the order of the programme": {[]string{"2", "7"}, []domain.SessionID{7, 2}, ""},
		"the same twice is once":        {[]string{"2", "2"}, []domain.SessionID{2}, ""},
		"two of one mark":               {[]string{"2", "3"}, nil, "sessions field.sessions.clash"},
		"two that meet":                 {[]string{"2", "4"}, nil, "sessions field.sessions.clash"},
		"one for everyone":              {[]string{"1"}, nil, "sessions field.sessions.wrong"},
		"of another event":              {[]string{"99"}, nil, "sessions field.sessions.wrong"},
		"no number":                     {[]string{"02", "2"}, nil, "sessions field.sessions.wrong"},
	}
	for name, tt := range tests {
		t.Run(name, func(t *testing.T) {
			in := entry()
			in.Sessions = tt.typed
			got, err := e.ReadEntry(in)
			if told := strings.Join(faults(err), ", "); told != tt.told {
				t.Fatalf("faults = %q, want %q", told, tt.told)
			}
			if !slices.Equal(got.Sessions, tt.want) {
				t.Errorf("sessions = %v, want %v", got.Sessions, tt.want)
			}
		})
	}
	if got := len(e.ChosenSessions()); got != 4 {
		t.Errorf("%d sessions are chosen, want 4", got)
	}
}
