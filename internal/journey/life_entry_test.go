package journey_test

import (
	"fmt"
	"regexp"
	"strconv"
	"strings"
	"testing"

	"github.com/temadag/temadag/internal/domain"
)

// entry is what the calendar part of a letter says to a calendar; the zero entry is of a letter that
// has none.
type entry struct {
	method, uid, status string
	sequence            int
}

func readEntry(raw []byte) entry {
	if raw == nil {
		return entry{}
	}
	lines := strings.NewReplacer("\r\n ", "", "\r\n\t", "").Replace(string(raw))
	value := func(name string) string {
		m := regexp.MustCompile(`(?m)^` + name + `(?:;[^:\r\n]*)?:([^\r\n]*)`).FindStringSubmatch(lines)
		if m == nil {
			return ""
		}
		return m[1]
	}
	e := entry{method: value("METHOD"), uid: value("UID"), status: value("STATUS"), sequence: -1}
	if n, err := strconv.Atoi(value("SEQUENCE")); err == nil {
		e.sequence = n
	}
	return e
}

// faults is why a calendar would not do as the letter says: it needs one UID for good, a SEQUENCE
// that overrules the one before, and to be told twice that the entry is cancelled (RFC 5546).
func (e entry) faults(before entry, method domain.CalendarMethod) []string {
	var out []string
	wrong := func(is bool, format string, args ...any) {
		if is {
			out = append(out, fmt.Sprintf(format, args...))
		}
	}
	wrong(e.method != string(method), "the method is %q, want %q", e.method, method)
	if e.method == "" || method == "" {
		return out
	}
	wrong(e.uid == "" || before.uid != "" && e.uid != before.uid, "UID %q after %q", e.uid, before.uid)
	wrong(e.sequence < 0 || before.uid != "" && e.sequence <= before.sequence, "SEQUENCE %d after %d", e.sequence, before.sequence)
	wrong((e.status == "CANCELLED") != (method == domain.CalendarCancel), "method %s with the status %q", e.method, e.status)
	return out
}

// TestEntry_faultsAreSeen is the twin: letters that a calendar would not obey.
func TestEntry_faultsAreSeen(t *testing.T) {
	const sound = "BEGIN:VCALENDAR\r\nMETHOD:CANCEL\r\nBEGIN:VEVENT\r\nUID:1@exam\r\n ple.se\r\nSEQUENCE:2\r\nSTATUS:CANCELLED\r\nEND:VEVENT\r\n"
	before := entry{uid: "1@example.se", sequence: 1}
	for name, c := range map[string]struct {
		from, to string
		want     int
	}{
		"sound":           {"", "", 0},
		"another entry":   {"UID:1", "UID:2", 1},
		"not raised":      {"SEQUENCE:2", "SEQUENCE:1", 1},
		"no sequence":     {"SEQUENCE:2\r\n", "", 1},
		"still confirmed": {"STATUS:CANCELLED", "STATUS:CONFIRMED", 1},
		"a request":       {"METHOD:CANCEL", "METHOD:REQUEST", 1},
	} {
		got := readEntry([]byte(strings.Replace(sound, c.from, c.to, 1))).faults(before, domain.CalendarCancel)
		if len(got) != c.want {
			t.Errorf("%s: %q, want %d findings", name, got, c.want)
		}
	}
	if got := readEntry(nil).faults(before, domain.CalendarCancel); len(got) != 1 {
		t.Errorf("no calendar part: %q", got)
	}
}
