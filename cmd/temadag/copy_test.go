package main

import (
	"os"
	"path/filepath"
	"strings"
	"testing"
)

// What cannot be meant is told before anything is opened or made.
func TestCopy_arguments(t *testing.T) {
	dir := t.TempDir()
	t.Setenv("TEMADAG_DATA_DIR", filepath.Join(dir, "data"))
	t.Setenv("TEMADAG_SECRET", "")
	file := filepath.Join(dir, "some.db")
	if err := os.WriteFile(file, nil, 0o600); err != nil {
		t.Fatal(err)
	}
	const server = "postgres://nobody@127.0.0.1:1/none"
	for name, c := range map[string]struct {
		args []string
		want string
	}{
		"nothing":               {nil, "missing flags: --from=FILE|URL, --to=FILE|URL"},
		"no target":             {[]string{"--from", file}, "missing flags: --to"},
		"both files":            {[]string{"--from", file, "--to", filepath.Join(dir, "other.db")}, "one of --from and --to is a file"},
		"both servers":          {[]string{"--from", server, "--to", server}, "one of --from and --to is a file"},
		"no such file":          {[]string{"--from", filepath.Join(dir, "none.db"), "--to", server}, "there is no database to copy"},
		"a directory":           {[]string{"--from", dir, "--to", server}, "which is no file; name the file"},
		"another engine":        {[]string{"--from", file, "--to", "mysql://root@db/x"}, `--to begins with "mysql://"`},
		"an empty target":       {[]string{"--from", file, "--to", ""}, "--to is empty"},
		"a directory to fill":   {[]string{"--from", server, "--to", dir}, "--to is the directory"},
		"nowhere to fill":       {[]string{"--from", server, "--to", filepath.Join(dir, "no", "x.db")}, "there is no directory"},
		"kept and finished":     {[]string{"--from", file, "--to", server, "--keep", "--finish"}, "can't be used together"},
		"no secret to prove it": {[]string{"--from", file, "--to", server}, "the secret that belongs to the database is not in"},
	} {
		err := run(t.Context(), append([]string{"copy"}, c.args...))
		if err == nil || !strings.Contains(err.Error(), c.want) {
			t.Errorf("%s: %v, want %q", name, err, c.want)
		}
	}
	if left, err := os.ReadDir(dir); err != nil || len(left) != 1 {
		t.Errorf("left behind: %v, %v", left, err)
	}
}
