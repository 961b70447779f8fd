package journey_test

import (
	"encoding/pem"
	"fmt"
	"io"
	"log"
	"net/http"
	"net/http/httptest"
	"net/http/httputil"
	"net/url"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/temadag/temadag/internal/testkit"
)

// doctored is what "temadag doctor" says of a program, run with further settings, and whether it failed.
func doctored(p *program, env ...string) (string, error) {
	q := *p
	q.env = append(append([]string{}, p.env...), env...)
	return q.run("doctor")
}

// told is the line about a thing with its mark, "" where there is none.
func told(out, mark, what string) string {
	for line := range strings.Lines(out) {
		if f := strings.Fields(line); len(f) > 1 && f[0] == mark && strings.HasPrefix(strings.TrimSpace(line[len(mark):]), what) {
			return line
		}
	}
	return ""
}

// TestDoctor_findsEachFault makes each fault on the real thing. Before it, and after it is mended, the program is
// well: so each finding is the fault's own.
func TestDoctor_findsEachFault(t *testing.T) {
	testkit.OnlySQLite(t)
	t.Parallel()
	at := func(p *program, name string) string { return filepath.Join(p.dir, name) }
	mode := func(name string, m os.FileMode) func(*program) {
		return func(p *program) { must(p.t, os.Chmod(at(p, name), m)) }
	}
	huge := func(name string, size int64) func(*program) {
		return func(p *program) {
			f, err := os.OpenFile(at(p, name), os.O_CREATE|os.O_RDWR, 0o600)
			must(p.t, err)
			must(p.t, f.Truncate(size)) // no byte of it is on the disk
			must(p.t, f.Close())
		}
	}
	// What was written is moved by an hour beyond now, and the letters are as old as asked.
	ahead := fmt.Sprintf("UPDATE registrations SET received_at = %d WHERE id = (SELECT max(id) FROM registrations)", time.Now().Add(time.Hour).UnixMicro())
	owed := func(age time.Duration) func(*program) {
		return func(p *program) {
			p.change(fmt.Sprintf("UPDATE letters SET state = 'queued', queued_at = %d WHERE id = (SELECT max(id) FROM letters)", time.Now().Add(-age).UnixMicro()))
		}
	}
	change := func(statement string) func(*program) { return func(p *program) { p.change(statement) } }
	for name, tt := range map[string]struct {
		make func(*program)
		env  string
		mark string
		what string
		word string
	}{
		"the data can be looked into":     {mode(".", 0o755), "", "warn", "modes", "chmod 700"},
		"the data can be written":         {mode(".", 0o777), "", "WRONG", "modes", "another secret"},
		"the secret can be read":          {mode("secret", 0o640), "", "WRONG", "modes", "chmod 600"},
		"the database can be read":        {mode("temadag.db", 0o644), "", "WRONG", "modes", "temadag.db can be read"},
		"the secret is gone":              {func(p *program) { must(p.t, os.Remove(at(p, "secret"))) }, "", "WRONG", "modes", "is gone"},
		"the log is long":                 {huge("temadag.db-wal", 3<<29), "", "warn", "log", "old reading open"},
		"half the disk is the database's": {huge("temadag.db", 1<<43), "", "WRONG", "disk", "make room"},
		"the clock is behind":             {change(ahead), "", "WRONG", "clock", "newest row"},
		"a letter waits":                  {owed(20 * time.Minute), "", "warn", "outbox", "the oldest for 20m"},
		"a letter waits for long":         {owed(3 * time.Hour), "", "WRONG", "outbox", "the oldest for 3h"},
		"a letter was refused":            {change("UPDATE letters SET state = 'failed' WHERE id = (SELECT max(id) FROM letters)"), "", "warn", "outbox", "refused for good"},
		"sending is paused":               {change("INSERT INTO relay_pause (id, since, until, reason, code, status) VALUES (1, 1, 2, 'full up', 452, '')"), "", "WRONG", "outbox", "full up"},
		"a place too few is counted":      {change("UPDATE events SET seats_taken = seats_taken - 1 WHERE id = (SELECT max(id) FROM events WHERE seats_taken > 0)"), "", "WRONG", "promises", "temadag fsck"},
		"no backups":                      {nil, "TEMADAG_BACKUP_DIR=", "warn", "backup", "another disk"},
		"an old backup":                   {func(p *program) { oldBackup(p, 4*time.Hour) }, "", "WRONG", "backup", "every 1h"},
		"no backup yet":                   {func(p *program) { must(p.t, os.RemoveAll(at(p, "backups"))) }, "", "WRONG", "backup", "backup"},
		"not encrypted":                   {nil, "TEMADAG_BASE_URL=http://temadag.invalid", "WRONG", "address", "not encrypted"},
		"an address for nobody":           {nil, "TEMADAG_BASE_URL=http://0.0.0.0:8080", "WRONG", "address", "no address"},
		"an address for oneself":          {nil, "TEMADAG_ADDR=10.0.0.3:8080", "WRONG", "address", "each reader's own machine"},
		"nobody is trusted":               {nil, "TEMADAG_BASE_URL=https://temadag.invalid", "WRONG", "proxies", "count as one"},
		"everybody is trusted":            {nil, "TEMADAG_TRUSTED_PROXIES=10.0.0.1,0.0.0.0/0", "WRONG", "proxies", "everybody may say"},
		"a great many are trusted":        {nil, "TEMADAG_TRUSTED_PROXIES=2000::/3", "warn", "proxies", "more than proxies need"},
		"another host":                    {nil, "TEMADAG_BASE_URL=http://localhost:PORT", "WRONG", "visit", "calls itself by another address"},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			p := well(t, tt.word == "calls itself by another address")
			if out, err := doctored(p); err != nil || strings.Contains(out, "\nwarn ") && told(out, "warn", "visit") == "" {
				t.Fatalf("a program that is well: %v\n%s", err, out)
			}
			if tt.make != nil {
				tt.make(p)
			}
			_, port, _ := strings.Cut(p.addr, ":")
			out, err := doctored(p, strings.ReplaceAll(tt.env, "PORT", port))
			if (err != nil) != (tt.mark == "WRONG") {
				t.Errorf("the exit status is %v for what is marked %s", err, tt.mark)
			}
			line := told(out, tt.mark, tt.what)
			if _, after, _ := strings.Cut(out, line); line == "" || !strings.Contains(line+strings.SplitN(after, "\n", 2)[0], tt.word) {
				t.Errorf("no line that is marked %s about %s with the word %q:\n%s", tt.mark, tt.what, tt.word, out)
			}
		})
	}
}

func must(t testing.TB, err error) {
	t.Helper()
	if err != nil {
		t.Fatal(err)
	}
}

// well is a program with nothing for doctor to find: private, with a fresh backup and the real time.
func well(t *testing.T, serves bool) *program {
	t.Helper()
	p := furnished(t)
	must(t, os.Chmod(p.dir, 0o700))
	files, err := filepath.Glob(filepath.Join(p.dir, "*"))
	must(t, err)
	for _, path := range files { // what copied the demonstration has opened them
		if info, err := os.Stat(path); err == nil && info.Mode().IsRegular() {
			must(t, os.Chmod(path, 0o600))
		}
	}
	p.env = append(p.env, "TEMADAG_CLOCK=", "TEMADAG_BACKUP_DIR="+filepath.Join(p.dir, "backups"))
	oldBackup(p, time.Minute)
	if serves {
		p.start()
	}
	return p
}

// oldBackup leaves one backup, which is as old as that.
func oldBackup(p *program, age time.Duration) {
	p.t.Helper()
	dir := filepath.Join(p.dir, "backups")
	must(p.t, os.RemoveAll(dir))
	must(p.t, os.MkdirAll(dir, 0o700))
	name := "temadag-" + time.Now().UTC().Add(-age).Format("20060102T150405Z") + ".db"
	must(p.t, os.WriteFile(filepath.Join(dir, name), nil, 0o600))
}

// TestDoctor_openFiles looks at the limit that the program was started with, and at words for warnings: they fail
// with --strict alone.
func TestDoctor_openFiles(t *testing.T) {
	testkit.OnlySQLite(t)
	t.Parallel()
	p := well(t, false)
	for limit, want := range map[int]string{600: "WRONG", 4096: "warn", 20000: "ok"} {
		cmd := exec.CommandContext(t.Context(), "sh", "-c", fmt.Sprintf(`ulimit -n %d && exec "$0" doctor`, limit), p.bin)
		cmd.Env = p.env
		out, err := cmd.CombinedOutput()
		if told(string(out), want, "open files") == "" || (err != nil) != (want == "WRONG") {
			t.Errorf("with %d open files at most: %v\n%s", limit, err, out)
		}
	}
	p.env = append(p.env, "TEMADAG_BACKUP_DIR=")
	if out, err := p.run("doctor"); err != nil || !strings.Contains(out, "marked warn above") {
		t.Errorf("a warning: %v\n%s", err, out)
	}
	if out, err := p.run("doctor", "--strict"); err == nil {
		t.Errorf("a warning is nothing with --strict:\n%s", out)
	}
}

// TestDoctor_visits the program through a proxy with a certificate, as the public does.
func TestDoctor_visits(t *testing.T) {
	testkit.OnlySQLite(t)
	t.Parallel()
	p := well(t, false)
	target, err := url.Parse(p.base())
	must(t, err)
	keepHost := true
	front := httptest.NewUnstartedServer(&httputil.ReverseProxy{Rewrite: func(r *httputil.ProxyRequest) {
		r.SetURL(target)
		if r.SetXForwarded(); keepHost {
			r.Out.Host = r.In.Host
		} else {
			r.Out.Host = "temadag" // as nginx calls its upstream where it is not told otherwise
		}
	}})
	front.Config.ErrorLog = log.New(io.Discard, "", 0)
	front.StartTLS()
	t.Cleanup(front.Close)
	p.env = append(p.env, "TEMADAG_BASE_URL="+front.URL, "TEMADAG_TRUSTED_PROXIES=127.0.0.1")
	cmd := *p
	p.start()
	out, err := cmd.run("doctor")
	if line := told(out, "WRONG", "visit"); err == nil || !strings.Contains(line, "not to be trusted") {
		t.Errorf("a certificate that nobody has heard of: %v\n%s", err, out)
	}
	known := filepath.Join(t.TempDir(), "ca.pem")
	must(t, os.WriteFile(known, pemOf(front), 0o600))
	if out, err := doctored(p, "SSL_CERT_FILE="+known); err != nil || !strings.Contains(told(out, "ok", "visit"), "days more") {
		t.Errorf("a site behind its proxy: %v\n%s", err, out)
	}
	keepHost = false
	if out, err := doctored(p, "SSL_CERT_FILE="+known); err == nil || !strings.Contains(told(out, "WRONG", "visit"), "not the one for that host") {
		t.Errorf("a proxy that passes on another host: %v\n%s", err, out)
	}
	front.Config.Handler = http.NotFoundHandler()
	if out, _ := doctored(p, "SSL_CERT_FILE="+known); told(out, "warn", "visit") == "" {
		t.Errorf("a proxy that finds nothing:\n%s", out)
	}
}

func pemOf(s *httptest.Server) []byte {
	return pem.EncodeToMemory(&pem.Block{Type: "CERTIFICATE", Bytes: s.Certificate().Raw})
}
