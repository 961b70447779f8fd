package testkit

import (
	"context"
	"encoding/hex"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/temadag/temadag/db"
	"github.com/temadag/temadag/internal/auth"
	"github.com/temadag/temadag/internal/service"
	"github.com/temadag/temadag/internal/store"
)

// InData runs fn on the use cases over the data folder of a program that is not serving, with the
// program's own secret and the clock at the wall time in Stockholm. Letters that come of it are left
// in the outbox. url is the address of its database of PostgreSQL, "" for the file in the folder.
func InData(t testing.TB, dir, url, wall string, fn func(k *Kit)) {
	t.Helper()
	text, err := os.ReadFile(filepath.Join(dir, "secret"))
	if err != nil {
		t.Fatal(err)
	}
	secret, err := hex.DecodeString(strings.TrimSpace(string(text)))
	if err != nil {
		t.Fatal(err)
	}
	keys, err := auth.New(secret)
	if err != nil {
		t.Fatal(err)
	}
	o := store.Options{URL: url, Migrations: db.Migrations, MustExist: true, Unsafe: url != "", Chain: keys.Chain}
	if url == "" {
		o.Path = filepath.Join(dir, "temadag.db")
	}
	s, err := store.Open(context.Background(), o)
	if err != nil {
		t.Fatal(err)
	}
	defer func() {
		if err := s.Close(); err != nil {
			t.Error(err)
		}
	}()
	clock := NewClock(t, wall)
	programme := &service.Programme{Store: s, Now: clock.Now}
	fn(&Kit{
		Path: o.Path, URL: o.URL, Store: s, Keys: keys, Clock: clock, Programme: programme,
		Registrations: &service.Registrations{Store: s, Programme: programme, Keys: keys, Now: clock.Now},
		Lists:         &service.Lists{Store: s, Now: clock.Now},
		Editing:       &service.Editing{Store: s, Now: clock.Now},
	})
}
