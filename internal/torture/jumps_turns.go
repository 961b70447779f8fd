package main

import (
	"context"
	"encoding/json"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"time"

	"github.com/temadag/temadag/internal/domain"
)

const day = 24 * time.Hour

// The clock begins on a Tuesday, two minutes before 16.00: an offer that is made then holds for a day and two minutes.
const jumpsBegin = "2027-03-16T15:58:00"

// shortJumps are over in a moment.
func shortJumps(binary string) *jumping {
	return &jumping{
		binary: binary, places: 20, callers: 6, pause: 20 * time.Millisecond, patient: time.Minute, begins: jumpsBegin,
		turns: []turn{
			{by: -3 * time.Hour, hold: time.Second},
			{by: 3 * time.Hour, hold: 500 * time.Millisecond},
			{by: day + time.Hour, doubted: true, hold: 1500 * time.Millisecond},
			{by: -day - time.Hour, hold: 500 * time.Millisecond},
			{to: "2027-03-28T01:59:59", stopped: true, hold: 2 * time.Second}, // the night that loses an hour
			{to: "2027-10-31T02:59:59", stopped: true, hold: 2 * time.Second}, // the night that has one twice
			{to: jumpsBegin, hold: 1500 * time.Millisecond},                   // before all that was written
		},
	}
}

// longJumps take some minutes. Rounds differ in how much people do.
func longJumps(binary string, round uint64) *jumping {
	const hold = 3 * time.Second
	return &jumping{
		binary: binary, places: 20 + domain.Seats(round%3)*30, callers: 8, pause: time.Duration(5+10*(round%4)) * time.Millisecond,
		putOff: 50, patient: 3 * time.Minute, begins: jumpsBegin,
		turns: []turn{
			{by: 2 * time.Second, hold: hold},
			{by: -2 * time.Second, hold: hold},
			{by: 40 * time.Second, hold: hold},
			{by: -40 * time.Second, hold: hold},
			{by: time.Hour, hold: hold},
			{by: -time.Hour, hold: hold},
			{by: -11 * time.Hour, hold: hold},
			{by: 11 * time.Hour, hold: hold},
			{by: day, doubted: true, hold: hold},
			{by: 8 * day, doubted: true, hold: hold},
			{by: -9 * day, hold: hold},
			{by: -day, hold: hold},
			{by: 11 * time.Hour, hold: hold}, // by steps that are believed, until offers run out
			{by: 11 * time.Hour, hold: hold},
			{by: 11 * time.Hour, hold: hold},
			{by: 11 * time.Hour, hold: hold},
			{by: 11 * time.Hour, hold: hold},
			{to: "2027-03-27T01:59:55", stopped: true, hold: hold},
			{by: day, doubted: true, hold: 10 * time.Second}, // over the night that loses an hour
			{by: -day, hold: hold},
			{to: "2027-03-28T01:59:55", stopped: true, hold: 10 * time.Second},
			{by: -10 * time.Second, hold: 10 * time.Second},
			{by: -time.Hour, hold: hold},
			{by: time.Hour, hold: hold},
			{to: "2027-10-31T02:59:55", stopped: true, hold: 10 * time.Second}, // the night that has one twice
			{by: -time.Hour, hold: hold},
			{by: time.Hour, hold: hold},
			{by: -10 * time.Second, hold: hold},
			{to: jumpsBegin, hold: 10 * time.Second}, // before all that was written
			{by: 300 * day / 2, doubted: true, hold: hold},
			{by: -300 * day / 2, hold: hold},
			{by: -300 * day, stopped: true, hold: hold},
		},
	}
}

// jumpTwin is the program without one of its defences, and what is found out about it.
type jumpTwin struct {
	without, found string
	turns          []turn
}

// jumps is the twin under its turns.
func (t jumpTwin) jumps(binary string) *jumping {
	j := shortJumps(binary)
	j.turns, j.env, j.patient = t.turns, []string{jumpTwinVar + "=" + t.without}, 4*time.Second
	return j
}

// What a twin goes without: an offer is over by the clock as it is; the queue stands as the clock had it; a letter goes
// when the clock shows its time, and so does a form; whoever guessed waits until then.
func jumpTwins() []jumpTwin {
	return []jumpTwin{
		{"doubt", "no clock that is believed has shown", []turn{{by: day + time.Hour, doubted: true, hold: 1500 * time.Millisecond}}},
		{"order", "have been offered a place", []turn{{by: -day, hold: 3 * time.Second}}},
		{"letters", "letters are owed, and none has come", []turn{{by: -day, hold: 1500 * time.Millisecond}}},
		{"forms", "was shown her form", []turn{{by: -40 * time.Second, hold: 8 * time.Second}}},
		{"guesses", "whoever signs in", []turn{{by: -day, hold: time.Second}}},
	}
}

// jumpTwinVar names to the twin what it goes without.
const jumpTwinVar = "TORTURE_TWIN"

// jumpTwinEdits are the places of the program at which a defence stands, and what the twin has there.
var jumpTwinEdits = []struct{ file, had, has string }{
	{"cmd/temadag/leap.go", "return l.doubts\n", `return l.doubts && os.Getenv("TORTURE_TWIN") != "doubt"` + "\n"},
	{"cmd/temadag/leap.go", "\"log/slog\"\n", "\"log/slog\"\n\t\"os\"\n"},
	{
		"internal/store/life.go", "AND status = 'waitlisted' AND id > ?\nORDER BY id\n",
		"AND status = 'waitlisted' AND id > ?\nORDER BY `+map[bool]string{true: `received_at, id`, false: `id`}[os.Getenv(\"TORTURE_TWIN\") == \"order\"]+`\n",
	},
	{"internal/store/life.go", "\"fmt\"\n", "\"fmt\"\n\t\"os\"\n"},
	{"internal/service/outbox_clock.go", "case o.deaf:\n", `case o.deaf, os.Getenv("TORTURE_TWIN") == "letters":` + "\n"},
	{"internal/service/outbox_clock.go", "\"context\"\n", "\"context\"\n\t\"os\"\n"},
	{"internal/site/registration.go", "return took >= 0 && took < quickest\n", `return (took >= 0 || os.Getenv("TORTURE_TWIN") == "forms") && took < quickest` + "\n"},
	{"internal/site/registration.go", "\"net/http\"\n", "\"net/http\"\n\t\"os\"\n"},
	{"internal/service/throttle.go", "if counts[i].Last.After(now) {\n", `if counts[i].Last.After(now) && os.Getenv("TORTURE_TWIN") != "guesses" {` + "\n"},
	{"internal/service/throttle.go", "\"context\"\n", "\"context\"\n\t\"os\"\n"},
}

// buildJumpTwin builds the program of this tree with the places edited, into a folder.
func buildJumpTwin(ctx context.Context, dir string) (binary string, err error) {
	mod, err := exec.CommandContext(ctx, "go", "env", "GOMOD").Output()
	if err != nil {
		return "", fmt.Errorf("the twin of the program is built where its source is: %w", err)
	}
	root := filepath.Dir(strings.TrimSpace(string(mod)))
	texts := map[string]string{}
	for _, e := range jumpTwinEdits {
		if texts[e.file] == "" {
			b, err := os.ReadFile(filepath.Join(root, e.file))
			if err != nil {
				return "", err
			}
			texts[e.file] = string(b)
		}
		if n := strings.Count(texts[e.file], e.had); n != 1 {
			return "", fmt.Errorf("the defence that the twin goes without stands %d times in %s: %q", n, e.file, e.had)
		}
		texts[e.file] = strings.Replace(texts[e.file], e.had, e.has, 1)
	}
	replace := map[string]string{}
	for file, text := range texts {
		at := filepath.Join(dir, strings.ReplaceAll(file, "/", "-"))
		if err := os.WriteFile(at, []byte(text), 0o600); err != nil {
			return "", err
		}
		replace[filepath.Join(root, file)] = at
	}
	overlay := filepath.Join(dir, "overlay.json")
	b, err := json.Marshal(map[string]any{"Replace": replace})
	if err == nil {
		err = os.WriteFile(overlay, b, 0o600)
	}
	if err != nil {
		return "", err
	}
	binary = filepath.Join(dir, "twin")
	cmd := exec.CommandContext(ctx, "go", "build", "-tags=nomsgpack", "-trimpath", "-overlay", overlay, "-o", binary, "./cmd/temadag")
	cmd.Dir = root
	if said, err := cmd.CombinedOutput(); err != nil {
		return "", fmt.Errorf("build of the twin: %w\n%s", err, said)
	}
	return binary, nil
}
