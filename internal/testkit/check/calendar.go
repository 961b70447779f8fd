package check

import (
	"bytes"
	_ "embed"
	"encoding/json"
	"os/exec"
	"testing"
)

//go:embed read_calendar.py
var readWithPython string

//go:embed read_calendar.mjs
var readWithNode string

// CalendarEvent is one event of a calendar file as a foreign parser understood it. Times are in UTC
// ("20161201T080000Z"), days are plain ("20161201").
type CalendarEvent struct {
	Method, UID, Summary, Location, Description, Status string
	Start, End                                          string
	Sequence                                            int
	Organizer                                           string
	Attendees                                           []string
}

// CalendarByPython reads a calendar file with the icalendar library of Python.
func CalendarByPython(t testing.TB, raw []byte) []CalendarEvent {
	t.Helper()
	// The system's own Python comes first: that is the one the distribution's package serves.
	python := program(t, "Python 3", "/usr/bin/python3", "python3")
	if exec.CommandContext(t.Context(), python, "-I", "-c", "import icalendar").Run() != nil {
		LeaveOut(t, "the icalendar library of Python")
	}
	return read(t, exec.CommandContext(t.Context(), python, "-I", "-c", readWithPython), raw)
}

// CalendarByNode reads a calendar file with ical.js.
func CalendarByNode(t testing.TB, raw []byte) []CalendarEvent {
	t.Helper()
	node := program(t, "Node.js", "node", "nodejs")
	library := module(t, "ical.js/dist/ical.js")
	return read(t, exec.CommandContext(t.Context(), node, "--input-type=module", "-e", readWithNode, library), raw)
}

func read(t testing.TB, cmd *exec.Cmd, raw []byte) []CalendarEvent {
	t.Helper()
	var out, complaint bytes.Buffer
	cmd.Stdin, cmd.Stdout, cmd.Stderr = bytes.NewReader(raw), &out, &complaint
	if err := cmd.Run(); err != nil {
		t.Fatalf("check: the calendar could not be read: %v: %s\n%s", err, complaint.String(), raw)
	}
	var events []CalendarEvent
	if err := json.Unmarshal(out.Bytes(), &events); err != nil {
		t.Fatalf("check: %v: %s", err, out.String())
	}
	return events
}
