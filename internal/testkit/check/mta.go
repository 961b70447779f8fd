package check

import (
	"bytes"
	"crypto/x509"
	"net"
	"net/smtp"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strings"
	"sync"
	"syscall"
	"testing"
	"time"
)

// MTA is a mail server of somebody else's, running on this machine with settings of its own, which keeps
// what it delivers in Maildirs. It ends with the test.
type MTA struct {
	Roots *x509.CertPool // of its certificate, which names localhost; nil where it has none

	mail  string // the folder of the Maildirs
	ports map[string]string
	log   *output
}

// output is what a program has said, which may be read while it speaks.
type output struct {
	mu sync.Mutex
	b  bytes.Buffer
}

func (o *output) Write(p []byte) (int, error) {
	o.mu.Lock()
	defer o.mu.Unlock()
	return o.b.Write(p)
}

func (o *output) String() string {
	o.mu.Lock()
	defer o.mu.Unlock()
	return o.b.String()
}

// Address is the host and port that listens with the named peculiarity.
func (m *MTA) Address(t testing.TB, which string) string {
	t.Helper()
	port, ok := m.ports[which]
	if !ok {
		t.Fatalf("check: the mail server has no port %q", which)
	}
	return net.JoinHostPort("localhost", port)
}

// Offers reports whether the named port offers an extension.
func (m *MTA) Offers(t testing.TB, which, extension string) bool {
	t.Helper()
	c, err := smtp.Dial(m.Address(t, which))
	if err != nil {
		t.Fatalf("check: %v", err)
	}
	defer c.Close()
	ok, _ := c.Extension(extension)
	return ok
}

// Letters waits until there are n letters in the named Maildir, and returns the newest last, as they were
// written there.
func (m *MTA) Letters(t testing.TB, box string, n int) [][]byte {
	t.Helper()
	var files []string
	for end := time.Now().Add(20 * time.Second); ; time.Sleep(20 * time.Millisecond) {
		files, _ = filepath.Glob(filepath.Join(m.mail, box, "new", "*"))
		if len(files) >= n {
			break
		}
		if time.Now().After(end) {
			t.Fatalf("check: %d letters of %d have come; the mail server says\n%s", len(files), n, m.log)
		}
	}
	slices.SortFunc(files, func(a, b string) int { return modified(t, a).Compare(modified(t, b)) })
	out := make([][]byte, 0, len(files))
	for _, f := range files {
		raw, err := os.ReadFile(f)
		if err != nil {
			t.Fatal(err)
		}
		out = append(out, raw)
	}
	return out
}

func modified(t testing.TB, path string) time.Time {
	t.Helper()
	info, err := os.Stat(path)
	if err != nil {
		t.Fatal(err)
	}
	return info.ModTime()
}

// Untraced is a delivered letter without the header fields that mail servers put before it (RFC 5321 section
// 4.4), in CR LF lines.
func Untraced(raw []byte) []byte {
	text := strings.ReplaceAll(string(raw), "\r\n", "\n")
	for {
		name, _, _ := strings.Cut(text, ":")
		switch strings.ToLower(name) {
		case "return-path", "delivered-to", "x-original-to", "received":
		default:
			return []byte(strings.ReplaceAll(text, "\n", "\r\n"))
		}
		_, text, _ = strings.Cut(text, "\n")
		for strings.HasPrefix(text, "\t") || strings.HasPrefix(text, " ") {
			_, text, _ = strings.Cut(text, "\n")
		}
	}
}

// unpacked is the folder where the package of that name lies: .ci/mta, the folder that TEMADAG_MTA names, or
// the machine itself. The two packages cannot both be installed, and need not be. has is a file of it. Both
// servers can only be started by root.
func unpacked(t testing.TB, name, has string) string {
	t.Helper()
	if os.Geteuid() != 0 {
		LeaveOut(t, name+", which only root can start,")
	}
	dir := os.Getenv("TEMADAG_MTA")
	if dir == "" {
		dir = filepath.Join(Root(t), ".ci", "mta")
	}
	for _, root := range []string{filepath.Join(dir, name), "/"} {
		if found, _ := filepath.Glob(filepath.Join(root, has)); len(found) > 0 {
			return root
		}
	}
	LeaveOut(t, name)
	return ""
}

// libraries is where the package in root has brought libraries that the machine lacks.
func libraries(root string) string {
	var out []string
	for _, pattern := range []string{"usr/lib/postfix", "usr/lib/*-linux-gnu*", "lib/*-linux-gnu*"} {
		found, _ := filepath.Glob(filepath.Join(root, pattern))
		out = append(out, found...)
	}
	return strings.Join(out, ":")
}

// house is a folder that every account of the machine can enter, with a path short enough for sockets.
func house(t testing.TB) string {
	t.Helper()
	dir, err := os.MkdirTemp("", "temadag-mta-")
	if err == nil {
		err = os.Chmod(dir, 0o755) //nolint:gosec // the accounts that deliver must enter
	}
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = os.RemoveAll(dir) }) // test data
	return dir
}

// freePorts gives each name a port that nobody listens on.
func freePorts(t testing.TB, names ...string) map[string]string {
	t.Helper()
	out := make(map[string]string)
	for _, name := range names {
		l, err := net.Listen("tcp", "127.0.0.1:0")
		if err != nil {
			t.Fatal(err)
		}
		defer l.Close()
		_, out[name], _ = net.SplitHostPort(l.Addr().String())
	}
	return out
}

// start runs the server until the test ends, and waits until it listens on every port.
func (m *MTA) start(t testing.TB, cmd *exec.Cmd) {
	t.Helper()
	m.log = &output{}
	cmd.Stdout, cmd.Stderr = m.log, m.log
	if cmd.SysProcAttr == nil {
		cmd.SysProcAttr = &syscall.SysProcAttr{}
	}
	cmd.SysProcAttr.Setpgid = true
	cmd.WaitDelay = 5 * time.Second // its children may hold what it writes to
	if err := cmd.Start(); err != nil {
		t.Fatalf("check: %v", err)
	}
	ended := make(chan struct{})
	go func() {
		_ = cmd.Wait() // it is told to end, and says so
		close(ended)
	}()
	t.Cleanup(func() {
		_ = syscall.Kill(-cmd.Process.Pid, syscall.SIGTERM)
		select {
		case <-ended:
		case <-time.After(5 * time.Second):
		}
		_ = syscall.Kill(-cmd.Process.Pid, syscall.SIGKILL) // whoever of the group is left
		<-ended
		if t.Failed() {
			said := m.log.String()
			t.Logf("the mail server says at last\n%s", said[max(0, len(said)-3000):])
		}
	})
	for end := time.Now().Add(15 * time.Second); !m.listens(); time.Sleep(20 * time.Millisecond) {
		select {
		case <-ended:
			t.Fatalf("check: the mail server has ended:\n%s", m.log)
		default:
		}
		if time.Now().After(end) {
			t.Fatalf("check: the mail server does not begin:\n%s", m.log)
		}
	}
}

func (m *MTA) listens() bool {
	for _, port := range m.ports {
		c, err := net.DialTimeout("tcp", net.JoinHostPort("127.0.0.1", port), time.Second)
		if err != nil {
			return false
		}
		_ = c.Close() // only asked
	}
	return true
}
