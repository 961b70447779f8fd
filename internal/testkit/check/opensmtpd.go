package check

import (
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"strings"
	"syscall"
	"testing"
)

const (
	smtpdBox = 873

	smtpdAccounts = `root:x:0:0::/:/bin/sh
opensmtpd:x:871:871::/var/lib/opensmtpd/empty:/bin/sh
opensmtpq:x:872:872::/var/lib/opensmtpd/empty:/bin/sh
box:x:873:873::/mail:/bin/sh
nobody:x:65534:65534::/:/bin/sh
`
	smtpdGroups   = "root:x:0:\nopensmtpd:x:871:\nopensmtpq:x:872:\nbox:x:873:\n"
	smtpdSettings = `smtp max-message-size "SIZE"
table boxes { "@example.se" = "box", "@temadag.example.se" = "box", "known@nobody.example.se" = "box" }
listen on 127.0.0.1 port PORT hostname mx.example.se
action "keep" maildir "/mail/all" virtual <boxes>
action "keep returned" maildir "/mail/returned" virtual <boxes>
action "hand on" relay host "smtp://127.0.0.1:NEXT"
match from any for domain { "example.se", "nobody.example.se" } action "keep"
match from any for domain "temadag.example.se" action "keep returned"
match from any for domain "later.example.se" action "hand on"
`
)

// OpenSMTPD is an OpenSMTPD that delivers whatever is for example.se to the Maildir "all" and for
// temadag.example.se to "returned", and takes letters up to size, like "1M". It takes letters to later.example.se
// and finds out afterwards that nobody there has such a name. It lives in a root of its own, since the paths and accounts it wants
// are built into it.
func OpenSMTPD(t testing.TB, size string) *MTA {
	t.Helper()
	root := unpacked(t, "opensmtpd", "usr/libexec/opensmtpd/mail.maildir")
	dir := house(t)
	m := &MTA{mail: filepath.Join(dir, "mail"), ports: freePorts(t, "all")}
	furnish(t, dir)
	programs := []string{"/usr/sbin/smtpd", "/usr/libexec/opensmtpd/mail.maildir", "/usr/libexec/opensmtpd/mail.mda"}
	for _, name := range programs {
		from := filepath.Join(root, name)
		bring(t, from, filepath.Join(dir, name))
		for _, library := range needs(t, root, from) {
			bring(t, library, filepath.Join(dir, strings.TrimPrefix(library, strings.TrimSuffix(root, "/"))))
		}
	}
	bring(t, "/bin/sh", filepath.Join(dir, "bin/sh"))
	for _, library := range needs(t, "/", "/bin/sh") {
		bring(t, library, filepath.Join(dir, library))
	}
	write(t, filepath.Join(dir, "etc/smtpd.conf"), strings.NewReplacer("SIZE", size, "PORT", m.ports["all"], "NEXT", nobodyServer(t)).Replace(smtpdSettings))
	cmd := exec.CommandContext(t.Context(), "/usr/sbin/smtpd", "-d")
	cmd.Err = nil // it is there once the root is
	cmd.Env, cmd.Dir = []string{"PATH=/bin"}, "/"
	cmd.Cancel = func() error { return nil } // start ends it, with its children
	cmd.SysProcAttr = &syscall.SysProcAttr{Chroot: dir}
	m.start(t, cmd)
	return m
}

// furnish makes the folders, the devices and the files that a program takes for granted.
func furnish(t testing.TB, dir string) {
	t.Helper()
	for _, name := range []string{"etc", "dev", "bin", "var/run", "var/lib/opensmtpd/empty", "run"} {
		folder(t, filepath.Join(dir, name), 0o755, 0, 0)
	}
	folder(t, filepath.Join(dir, "tmp"), 0o777|os.ModeSticky, 0, 0)
	folder(t, filepath.Join(dir, "var/spool/smtpd"), 0o711, 0, 0)
	folder(t, filepath.Join(dir, "mail"), 0o755, smtpdBox, smtpdBox)
	for name, minor := range map[string]int{"null": 3, "zero": 5, "random": 8, "urandom": 9} {
		path := filepath.Join(dir, "dev", name)
		err := syscall.Mknod(path, syscall.S_IFCHR|0o666, 1<<8|minor)
		if err == nil {
			err = os.Chmod(path, 0o666) //nolint:gosec // as the machine's own
		}
		if err != nil {
			t.Fatalf("check: the device %s: %v", name, err)
		}
	}
	for name, text := range map[string]string{
		"passwd": smtpdAccounts, "group": smtpdGroups, "hosts": "127.0.0.1 localhost mx.example.se\n", "mailname": "mx.example.se\n",
		"nsswitch.conf": "passwd: files\ngroup: files\nhosts: files\n", "resolv.conf": "nameserver 127.0.0.1\n", "aliases": "",
	} {
		write(t, filepath.Join(dir, "etc", name), text)
	}
}

var libraryPath = regexp.MustCompile(`/\S+\.so\S*`)

// needs are the libraries that a program loads.
func needs(t testing.TB, root, path string) []string {
	t.Helper()
	cmd := exec.CommandContext(t.Context(), "ldd", path)
	cmd.Env = append(os.Environ(), "LD_LIBRARY_PATH="+libraries(root))
	out, err := cmd.CombinedOutput()
	if err != nil || strings.Contains(string(out), "not found") {
		t.Fatalf("check: the libraries of %s: %v: %s", path, err, out)
	}
	return libraryPath.FindAllString(string(out), -1)
}

// bring puts a copy of a program or library into another root.
func bring(t testing.TB, from, to string) {
	t.Helper()
	if _, err := os.Stat(to); err == nil {
		return
	}
	data, err := os.ReadFile(from)
	if err == nil {
		err = os.MkdirAll(filepath.Dir(to), 0o755) //nolint:gosec // other accounts load it
	}
	if err == nil {
		err = os.WriteFile(to, data, 0o755) //nolint:gosec // it is run
	}
	if err != nil {
		t.Fatalf("check: %v", err)
	}
}
