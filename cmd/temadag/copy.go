package main

import (
	"context"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"time"

	"github.com/temadag/temadag/db"
	"github.com/temadag/temadag/internal/auth"
	"github.com/temadag/temadag/internal/store"
)

type copyCommand struct {
	From   string `required:"" help:"Database to read: a file, or postgres://user:password@host/database." placeholder:"FILE|URL"`
	To     string `required:"" help:"Database to fill, the other way round. It must be empty, or an unfinished copy of the same." placeholder:"FILE|URL"`
	Finish bool   `xor:"end" help:"Move: with every server stopped, bring over what has changed, open the copy for use and close the source for good."`
	Keep   bool   `xor:"end" help:"Open the copy for use and leave the source as it is: for a backup, or a trial."`
}

// Run copies, and says in words what was proved.
func (x copyCommand) Run(ctx context.Context, c *Config) error {
	from, to, err := x.sides()
	if err != nil {
		return err
	}
	keys, err := c.keysBeside(from.Path)
	if err != nil {
		return err
	}
	to.Chain = keys.Chain
	began := time.Now()
	done, err := store.Carry(ctx, store.CarryOptions{From: from, To: to, Move: x.Finish, Keep: x.Keep, Fingerprint: keys.Fingerprint(), Progress: carrying()})
	if errors.Is(err, context.Canceled) {
		return errors.New("stopped; the same command goes on from here")
	}
	if err != nil {
		return err
	}
	return x.tell(done, time.Since(began))
}

// sides are the databases that the arguments name, of which one is there and the other may be.
func (x copyCommand) sides() (from, to store.Options, err error) {
	from, errFrom := databaseAt("--from", x.From)
	to, errTo := databaseAt("--to", x.To)
	if err := errors.Join(errFrom, errTo); err != nil {
		return from, to, err
	}
	if store.IsPostgres(from.URL) == store.IsPostgres(to.URL) {
		return from, to, errors.New("one of --from and --to is a file of SQLite, and the other one postgres://…")
	}
	if from.Path != "" {
		info, err := os.Stat(from.Path)
		if err != nil {
			return from, to, fmt.Errorf("there is no database to copy: %w", err)
		}
		if !info.Mode().IsRegular() {
			return from, to, fmt.Errorf("--from is %s, which is no file; name the file of the database, like %s", from.Path, filepath.Join(from.Path, "temadag.db"))
		}
		return from, to, nil
	}
	if dir := filepath.Dir(to.Path); !isDirectory(dir) {
		return from, to, fmt.Errorf("there is no directory %s", dir)
	}
	if isDirectory(to.Path) {
		return from, to, fmt.Errorf("--to is the directory %s; name the file to be made, like %s", to.Path, filepath.Join(to.Path, "temadag.db"))
	}
	return from, to, nil
}

// keysBeside are the keys of the secret that was given, or is in the data directory or beside the file. None is made:
// the audit log of the copy would not verify.
func (c *Config) keysBeside(file string) (*auth.Keys, error) {
	for _, dir := range []string{c.DataDir, filepath.Dir(file)} {
		at := Config{DataDir: dir, Secret: c.Secret}
		if _, err := os.Stat(filepath.Join(dir, secretName)); c.Secret == "" && err != nil {
			continue
		}
		secret, err := at.readSecret()
		if err != nil {
			return nil, err
		}
		return auth.New(secret)
	}
	return nil, fmt.Errorf("the secret that belongs to the database is not in %s: set TEMADAG_DATA_DIR or TEMADAG_SECRET as for the server", c.DataDir)
}

// databaseAt is a database as an argument names it.
func databaseAt(flag, name string) (store.Options, error) {
	o := store.Options{Migrations: db.Migrations}
	scheme, rest, found := strings.Cut(name, "://")
	switch {
	case store.IsPostgres(name):
		o.URL = name
	case !found:
		o.Path = name
	case scheme == "sqlite" || scheme == "file":
		o.Path = rest
	default:
		return o, fmt.Errorf("%s begins with %q; write a file, or postgres://user:password@host/database", flag, scheme+"://")
	}
	if o.URL == "" && o.Path == "" {
		return o, fmt.Errorf("%s is empty; write a file, or postgres://user:password@host/database", flag)
	}
	return o, nil
}

// carrying tells on a terminal what is being done.
func carrying() func(doing, table string, rows int64) {
	if !isTerminal(os.Stderr) {
		return nil
	}
	return func(doing, table string, rows int64) {
		if rows == 0 {
			fmt.Fprintf(os.Stderr, "\r\x1b[K%s %s", doing, table)
			return
		}
		fmt.Fprintf(os.Stderr, "\r\x1b[K%s %s: %d rows", doing, table, rows)
	}
}

func (x copyCommand) tell(done store.Carried, took time.Duration) error {
	if isTerminal(os.Stderr) {
		fmt.Fprint(os.Stderr, "\r\x1b[K")
	}
	for _, t := range done.Tables {
		fmt.Printf("%-20s %9d rows  %s\n", t.Name, t.Rows, t.Sum[:16])
	}
	fmt.Printf("Every row of %d tables, %d in all, was read on both sides and is the same; %d were added and %d changed just now, in %s.\n",
		len(done.Tables), done.Rows, done.Added, done.Mended, took.Round(10*time.Millisecond))
	if len(done.Found) > 0 {
		for _, f := range done.Found {
			fmt.Printf("%s: %s\n", f.Check, f.Detail)
		}
		return fmt.Errorf("the copy is exact, but breaks promises: %d findings. It stays closed; look at the source with temadag fsck, with its secret", len(done.Found))
	}
	fmt.Println("Every promise holds on the copy, and its audit log is whole.")
	switch {
	case x.Finish:
		fmt.Println("The move is done: no server starts on the source any more. Set TEMADAG_DATABASE_URL to the copy, keep TEMADAG_SECRET or the file \"secret\", and start.")
	case x.Keep:
		fmt.Println("The copy may be used. The source goes on, and the two go different ways from now on.")
	default:
		fmt.Println("The copy stays closed until it is finished: stop every server, and run the same with --finish. It brings over what has changed until then.")
	}
	return nil
}
