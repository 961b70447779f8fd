package domain_test

import (
	"fmt"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"github.com/temadag/temadag/internal/domain"
)

// proposals are the guesses of an invitation as field and value, a doubt after the value.
func proposals(inv domain.Invitation) map[string]string {
	out := map[string]string{}
	put(out, "lang", inv.Language)
	put(out, "kind", inv.Kind)
	put(out, "title", inv.Title)
	put(out, "cost", inv.Cost)
	put(out, "fee", inv.NoShowFee)
	put(out, "binding", inv.Binding)
	put(out, "case", inv.CaseNumber)
	putList(out, "target", inv.TargetGroup)
	putList(out, "by", inv.InvitedBy)
	for n, s := range inv.Speakers {
		v := s.Value.Name + "; " + s.Value.Title
		if s.Value.Organisation != "" {
			v += "; " + s.Value.Organisation
		}
		out[fmt.Sprintf("speaker%d", n+1)] = v
	}
	for n, s := range inv.Programme {
		v := s.Value.Starts.String()
		if s.Value.Ends.Known() {
			v += "–" + s.Value.Ends.String()
		}
		v += " " + s.Value.Title
		if len(s.Value.Speakers) > 0 {
			v += " (" + strings.Join(s.Value.Speakers, ", ") + ")"
		}
		out[fmt.Sprintf("row%d", n+1)] = v
	}
	for n, o := range inv.Occasions {
		putOccasion(out, fmt.Sprintf("o%d.", n+1), o)
	}
	return out
}

func putOccasion(out map[string]string, at string, o domain.InvitedOccasion) {
	put(out, at+"town", o.Town)
	put(out, at+"owner", o.Owner)
	put(out, at+"day", o.Day)
	put(out, at+"last", o.LastDay)
	put(out, at+"arrival", o.Arrival)
	put(out, at+"starts", o.Starts)
	put(out, at+"ends", o.Ends)
	put(out, at+"venue", o.Venue)
	put(out, at+"address", o.Address)
	put(out, at+"postal", o.PostalCode)
	put(out, at+"capacity", o.Capacity)
	put(out, at+"register", o.RegisterUntil)
	put(out, at+"cancel", o.CancelUntil)
	if o.Online.Found() {
		out[at+"online"] = "yes"
	}
	if c := o.Contact.Value; o.Contact.Found() {
		out[at+"contact"] = strings.TrimRight(c.Name+"; "+c.Phone+"; "+c.Email, " ")
	}
}

func put[T any](out map[string]string, field string, g domain.Guess[T]) {
	if g.Found() {
		v := fmt.Sprint(g.Value)
		if g.Doubt != "" {
			v += " " + string(g.Doubt)
		}
		out[field] = v
	}
}

func putList(out map[string]string, field string, list []domain.Guess[string]) {
	var values []string
	for _, g := range list {
		values = append(values, g.Value)
	}
	if len(values) > 0 {
		out[field] = strings.Join(values, " | ")
	}
}

// tally is what came of one text: fields right, wrong, missed, and found where there is nothing.
type tally struct{ right, wrong, missed, invented int }

// compare counts, and tells every difference.
func compare(got, want map[string]string) (n tally, faults []string) {
	for field, w := range want {
		g, ok := got[field]
		switch {
		case !ok:
			n.missed++
			faults = append(faults, fmt.Sprintf("missed   %s: %q", field, w))
		case g != w:
			n.wrong++
			faults = append(faults, fmt.Sprintf("wrong    %s: got %q, want %q", field, g, w))
		default:
			n.right++
		}
	}
	for field, g := range got {
		if _, ok := want[field]; !ok {
			n.invented++
			faults = append(faults, fmt.Sprintf("invented %s: %q", field, g))
		}
	}
	slices.Sort(faults)
	return n, faults
}

// readCase reads a text and the facts that a person found in it: "field: value" in each line.
func readCase(t *testing.T, name string) (text string, ref domain.Date, want map[string]string) {
	t.Helper()
	b, err := os.ReadFile(filepath.Join("testdata", "invitations", name+".txt"))
	if err != nil {
		t.Fatal(err)
	}
	facts, err := os.ReadFile(filepath.Join("testdata", "invitations", name+".want"))
	if err != nil {
		t.Fatal(err)
	}
	want = map[string]string{}
	for _, line := range strings.Split(strings.TrimSpace(string(facts)), "\n") {
		field, value, ok := strings.Cut(line, ": ")
		if !ok {
			t.Fatalf("%s: no field in %q", name, line)
		}
		want[field] = value
	}
	ref = date(t, want["ref"])
	delete(want, "ref")
	return string(b), ref, want
}

func invitationNames(t *testing.T) []string {
	t.Helper()
	files, err := filepath.Glob(filepath.Join("testdata", "invitations", "*.txt"))
	if err != nil || len(files) < 10 {
		t.Fatalf("found %d texts, %v", len(files), err)
	}
	for i, f := range files {
		files[i] = strings.TrimSuffix(filepath.Base(f), ".txt")
	}
	return files
}

// Every fact of every text is read, and nothing that is not there.
func TestParseInvitation_texts(t *testing.T) {
	t.Parallel()
	for _, name := range invitationNames(t) {
		text, ref, want := readCase(t, name)
		n, faults := compare(proposals(domain.ParseInvitation(text, ref)), want)
		t.Logf("%-18s right %d, wrong %d, missed %d, invented %d", name, n.right, n.wrong, n.missed, n.invented)
		for _, f := range faults {
			t.Errorf("%s: %s", name, f)
		}
	}
}
