package check

import (
	"fmt"
	"os"
	"os/exec"
	"os/user"
	"path/filepath"
	"strconv"
	"strings"
	"testing"
)

// The accounts that Postfix wants. It asks that nobody else uses them, so they are two that every Debian has
// and that own nothing.
const (
	postfixOwner = "uucp"
	postfixGroup = "news"
	postfixBox   = "65534" // nobody, who owns the Maildirs
)

// postfixPorts are its ports and what each does in its own way.
func postfixPorts() map[string]string {
	return map[string]string{
		"all":        "",
		"7bit":       "-o smtpd_discard_ehlo_keywords=8bitmime,smtputf8",
		"no utf8":    "-o smtpd_discard_ehlo_keywords=smtputf8",
		"no pipe":    "-o smtpd_discard_ehlo_keywords=pipelining",
		"small":      "-o message_size_limit=20000",
		"small mute": "-o message_size_limit=20000 -o smtpd_discard_ehlo_keywords=size",
		"starttls":   "-o smtpd_tls_security_level=encrypt",
		"tls":        "-o smtpd_tls_wrappermode=yes -o smtpd_tls_security_level=encrypt",
		"sign in": "-o smtpd_tls_security_level=encrypt -o smtpd_sasl_auth_enable=yes -o smtpd_tls_auth_only=yes " +
			"-o smtpd_recipient_restrictions=permit_sasl_authenticated,reject -o smtpd_relay_restrictions=permit_sasl_authenticated,reject",
		"next": "-o myhostname=next.example.se -o relay_recipient_maps=inline:{known@later.example.se=x}",
	}
}

// Postfix is a Postfix that delivers whatever is for example.se to the Maildir "all" and for temadag.example.se
// to "returned". It takes letters to later.example.se and finds out afterwards, from the port "next", that nobody
// there has such a name; at nobody.example.se it knows of nobody from the start. The port "sign in" lets in
// whoever User says.
func Postfix(t testing.TB, user, password string) *MTA {
	t.Helper()
	root := unpacked(t, "postfix", "usr/lib/postfix/sbin/master")
	dir := house(t)
	peculiar := postfixPorts()
	names := make([]string, 0, len(peculiar))
	for name := range peculiar {
		names = append(names, name)
	}
	m := &MTA{mail: filepath.Join(dir, "mail"), ports: freePorts(t, names...)}
	postfixFolders(t, dir)
	m.Roots = certificate(t, filepath.Join(dir, "conf", "tls.pem"))
	saslServer(t, filepath.Join(dir, "auth.sock"), user, password)
	var services strings.Builder
	for name, options := range peculiar {
		fmt.Fprintf(&services, "127.0.0.1:%s inet n - n - - smtpd %s\n", m.ports[name], options)
	}
	services.WriteString(postfixServices)
	write(t, filepath.Join(dir, "conf", "master.cf"), services.String())
	write(t, filepath.Join(dir, "conf", "main.cf"),
		strings.NewReplacer("DIR", dir, "ROOT", strings.TrimSuffix(root, "/"), "NEXT", m.ports["next"]).Replace(postfixSettings))
	cmd := exec.CommandContext(t.Context(), filepath.Join(root, "usr/lib/postfix/sbin/master"), "-c", filepath.Join(dir, "conf"), "-d")
	cmd.Env = append(os.Environ(), "LD_LIBRARY_PATH="+libraries(root))
	cmd.Cancel = func() error { return nil } // start ends it, with its children
	m.start(t, cmd)
	return m
}

const postfixSettings = `compatibility_level = 2
queue_directory = DIR/queue
data_directory = DIR/data
command_directory = ROOT/usr/sbin
daemon_directory = ROOT/usr/lib/postfix/sbin
shlib_directory = ROOT/usr/lib/postfix
meta_directory = DIR/conf
mail_owner = ` + postfixOwner + `
setgid_group = ` + postfixGroup + `
default_privs = nobody
import_environment = MAIL_CONFIG LANG=C LD_LIBRARY_PATH
maillog_file = /dev/stdout
myhostname = mx.example.se
mydestination =
alias_maps =
local_recipient_maps =
inet_interfaces = 127.0.0.1
inet_protocols = ipv4
mynetworks = 127.0.0.0/8
smtp_host_lookup = native
smtputf8_enable = yes
recipient_delimiter = +
message_size_limit = 36000000
in_flow_delay = 0
smtpd_relay_restrictions = permit_mynetworks, reject
smtpd_forbid_bare_newline = reject
smtpd_forbid_bare_newline_exclusions =
smtpd_tls_chain_files = DIR/conf/tls.pem
smtpd_sasl_type = dovecot
smtpd_sasl_path = DIR/auth.sock
virtual_mailbox_domains = example.se, temadag.example.se, nobody.example.se
virtual_mailbox_base = DIR/mail
virtual_mailbox_maps = inline:{ {@example.se=all/}, {@temadag.example.se=returned/} }
virtual_mailbox_limit = 0
virtual_uid_maps = static:` + postfixBox + `
virtual_gid_maps = static:` + postfixBox + `
virtual_minimum_uid = 100
relay_domains = later.example.se
relay_recipient_maps =
transport_maps = inline:{ {later.example.se=smtp:[127.0.0.1]:NEXT} }
`

const postfixServices = `postlog unix-dgram n - n - 1 postlogd
cleanup unix n - n - 0 cleanup
qmgr unix n - n 300 1 qmgr
rewrite unix - - n - - trivial-rewrite
bounce unix - - n - 0 bounce
defer unix - - n - 0 bounce
trace unix - - n - 0 bounce
proxymap unix - - n - - proxymap
smtp unix - - n - - smtp
error unix - - n - - error
retry unix - - n - - error
virtual unix - n n - - virtual
anvil unix - - n - 1 anvil
tlsmgr unix - - n 1000? 1 tlsmgr
`

// postfixFolders makes what "postfix check" would make.
func postfixFolders(t testing.TB, dir string) {
	t.Helper()
	owner, group := account(t, postfixOwner)
	queue := []string{"active", "bounce", "corrupt", "defer", "deferred", "flush", "hold", "incoming", "private", "saved", "trace"}
	for _, name := range queue {
		folder(t, filepath.Join(dir, "queue", name), 0o700, owner, 0)
	}
	for name, mode := range map[string]os.FileMode{"maildrop": 0o730, "public": 0o710} {
		folder(t, filepath.Join(dir, "queue", name), mode, owner, group)
	}
	folder(t, filepath.Join(dir, "queue", "pid"), 0o755, 0, 0)
	folder(t, filepath.Join(dir, "data"), 0o700, owner, 0)
	folder(t, filepath.Join(dir, "conf"), 0o755, 0, 0)
	box, err := strconv.Atoi(postfixBox)
	if err != nil {
		t.Fatal(err)
	}
	folder(t, filepath.Join(dir, "mail"), 0o755, box, box)
}

func account(t testing.TB, name string) (uid, gid int) {
	t.Helper()
	u, err := user.Lookup(name)
	if err != nil {
		t.Fatalf("check: %v", err)
	}
	g, err := user.LookupGroup(postfixGroup)
	if err != nil {
		t.Fatalf("check: %v", err)
	}
	uid, errU := strconv.Atoi(u.Uid)
	gid, errG := strconv.Atoi(g.Gid)
	if errU != nil || errG != nil {
		t.Fatalf("check: %v %v", errU, errG)
	}
	return uid, gid
}

func folder(t testing.TB, path string, mode os.FileMode, uid, gid int) {
	t.Helper()
	err := os.MkdirAll(path, 0o755) //nolint:gosec // its mode is set below
	if err == nil {
		err = os.Chown(path, uid, gid)
	}
	if err == nil {
		err = os.Chmod(path, mode)
	}
	if err != nil {
		t.Fatal(err)
	}
}

func write(t testing.TB, path, text string) {
	t.Helper()
	if err := os.WriteFile(path, []byte(text), 0o644); err != nil { //nolint:gosec // settings that other accounts read
		t.Fatal(err)
	}
}
