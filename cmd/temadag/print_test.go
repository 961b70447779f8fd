package main

import (
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"
)

// verified is what systemd says of the unit and the socket, changed so that it finds a program; "" where all is well.
func verified(t *testing.T, change func(unit string) string) string {
	t.Helper()
	systemd, err := exec.LookPath("systemd-analyze")
	if err != nil {
		t.Skip("by design: it is judged where systemd is")
	}
	self, err := os.Executable()
	if err != nil {
		t.Fatal(err)
	}
	dir := t.TempDir()
	args := []string{"verify"}
	for _, name := range []string{"temadag.service", "temadag.socket"} {
		text, err := printed.ReadFile("printed/" + name)
		if err != nil {
			t.Fatal(err)
		}
		path := filepath.Join(dir, name)
		unit := change(strings.ReplaceAll(string(text), "/usr/local/bin/temadag", self))
		if err := os.WriteFile(path, []byte(unit), 0o600); err != nil {
			t.Fatal(err)
		}
		args = append(args, path)
	}
	out, err := exec.CommandContext(t.Context(), systemd, args...).CombinedOutput()
	var about []string // other units of the machine may have faults of their own
	for line := range strings.Lines(string(out)) {
		if strings.Contains(line, "temadag.") {
			about = append(about, line)
		}
	}
	if err != nil && len(about) == 0 {
		t.Skipf("by design: systemd judges nothing on this machine: %v, %s", err, out)
	}
	return strings.Join(about, "")
}

func TestPrint_systemdUnderstandsTheUnit(t *testing.T) {
	t.Parallel()
	if said := verified(t, func(unit string) string { return unit }); said != "" {
		t.Errorf("systemd says:\n%s", said)
	}
	for name, r := range map[string][2]string{
		"a word that is none":  {"ProtectProc=", "ProtectPro="},
		"a value that is none": {"Restart=on-failure", "Restart=sometimes"},
		"no program":           {"ExecStart=", "ExecStart=/nowhere"},
		"an address of nobody": {"ListenStream=127.0.0.1:8080", "ListenStream=nowhere:port"},
	} {
		if verified(t, func(unit string) string { return strings.ReplaceAll(unit, r[0], r[1]) }) == "" {
			t.Errorf("%s: systemd finds nothing", name)
		}
	}
}
