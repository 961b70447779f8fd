package check

import (
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"syscall"
	"testing"
)

// Nginx runs nginx with a site's configuration, as it would stand in conf.d, until the test is over, or leaves the
// test out where there is none. What it makes, it makes in dir. A configuration about which it has any doubt
// fails the test.
func Nginx(t testing.TB, dir, site string) {
	t.Helper()
	bin := program(t, "nginx", "nginx", "/usr/sbin/nginx")
	whole := "daemon off;\npid " + dir + "/pid;\nerror_log " + dir + "/main.log;\nworker_processes 1;\n"
	if os.Geteuid() == 0 {
		whole += "user root;\n" // another could not enter the folder
	}
	whole += "events {}\nhttp {\n"
	for _, kind := range []string{"client_body", "proxy", "fastcgi", "uwsgi", "scgi"} {
		whole += kind + "_temp_path " + filepath.Join(dir, kind) + ";\n"
	}
	whole += "include site.conf;\n}\n"
	for name, text := range map[string]string{"nginx.conf": whole, "site.conf": site} {
		if err := os.WriteFile(filepath.Join(dir, name), []byte(text), 0o600); err != nil {
			t.Fatal(err)
		}
	}
	args := []string{"-p", dir, "-c", filepath.Join(dir, "nginx.conf"), "-e", filepath.Join(dir, "main.log")}
	out, err := exec.CommandContext(t.Context(), bin, append(args, "-t")...).CombinedOutput()
	if err != nil || strings.Contains(string(out), "[warn]") || strings.Contains(string(out), "[emerg]") {
		t.Fatalf("nginx -t: %v\n%s", err, out)
	}
	cmd := exec.Command(bin, args...)
	cmd.SysProcAttr = &syscall.SysProcAttr{Pdeathsig: syscall.SIGTERM}
	if err := cmd.Start(); err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		_ = cmd.Process.Signal(syscall.SIGTERM)
		_ = cmd.Wait()
	})
}
