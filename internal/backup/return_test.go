package backup_test

import (
	"bytes"
	"errors"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"github.com/temadag/temadag/db"
	"github.com/temadag/temadag/internal/auth"
	"github.com/temadag/temadag/internal/backup"
	"github.com/temadag/temadag/internal/domain"
	"github.com/temadag/temadag/internal/service"
	"github.com/temadag/temadag/internal/store"
	"github.com/temadag/temadag/internal/testkit"
)

const canary = "kanariefagel"

// file is a Kit over a SQLite file of its own: what is told here of copies is of files.
func file(t *testing.T) *testkit.Kit {
	t.Helper()
	testkit.OnlySQLite(t)
	return testkit.OpenWith(t, store.Options{Path: filepath.Join(t.TempDir(), "temadag.db")})
}

// reopen is the use cases over a copy in a file.
func reopen(t *testing.T, k *testkit.Kit, path string) *testkit.Kit {
	t.Helper()
	return reopenAt(t, k, store.Options{Path: path})
}

func reopenAt(t *testing.T, k *testkit.Kit, o store.Options) *testkit.Kit {
	t.Helper()
	o.Migrations, o.MustExist, o.Chain = db.Migrations, true, k.Keys.Chain
	s, err := store.Open(t.Context(), o)
	if err != nil {
		t.Fatal(err)
	}
	out := *k
	out.Path, out.URL, out.Store = o.Path, o.URL, s
	r := *k.Registrations
	r.Store, r.Erased = s, nil
	out.Registrations = &r
	return &out
}

// copyOf copies the database as it stands, on either engine, and answers how it is opened.
func copyOf(t *testing.T, k *testkit.Kit) store.Options {
	t.Helper()
	if k.URL == "" {
		to := filepath.Join(t.TempDir(), "copy.db")
		if err := store.CopyFile(t.Context(), k.Path, to, nil); err != nil {
			t.Fatal(err)
		}
		return store.Options{Path: to}
	}
	to, dump := testkit.FreshPostgres(t), filepath.Join(t.TempDir(), "dump")
	for _, tool := range [][]string{
		{"pg_dump", "--format=custom", "--file=" + dump, k.URL},
		{"pg_restore", "--clean", "--if-exists", "--exit-on-error", "--dbname=" + to, dump},
	} {
		if out, err := exec.Command(tool[0], tool[1:]...).CombinedOutput(); err != nil {
			t.Fatalf("%s: %v\n%s", tool[0], err, out)
		}
	}
	return store.Options{URL: to}
}

// someone registers with needs, asks for invitations, and answers the links to both.
func someone(t *testing.T, k *testkit.Kit) (own string, subscribers *service.Subscribers, ends string) {
	t.Helper()
	ctx := t.Context()
	e := testkit.Event("lulea", 50)
	e.Rules.Food = true
	e = k.AddEvent(t, e)
	in := testkit.Input(e, testkit.Person(1))
	in.Entry.Email = canary + "@example.se"
	in.Entry.Needs = domain.NeedsEntry{Diet: []string{string(domain.DietVegetarian)}}
	if _, err := k.Registrations.Register(ctx, domain.Visitor(), in); err != nil {
		t.Fatal(err)
	}
	kept, err := k.Store.RegistrationByUID(ctx, auth.UID(in.Key))
	if err != nil {
		t.Fatal(err)
	}
	own = k.Keys.Link(kept.UID, 1)
	subscribers = &service.Subscribers{Store: k.Store, Keys: k.Keys, Now: k.Clock.Now, Erased: k.Registrations.Erased}
	if err := subscribers.AskOwn(ctx, domain.Visitor(), own); err != nil {
		t.Fatal(err)
	}
	lines, err := k.Store.SubscribersAt(ctx, kept.EmailKey())
	if err != nil || len(lines) != 1 {
		t.Fatal(lines, err)
	}
	return own, subscribers, k.Keys.SubscriberLink(lines[0].UID, auth.SubscriberEnds)
}

// Somebody erases what she told of food, ends her invitations and lets her old link die, all after the backup.
// Brought back, none of it stands again; without the replay, its twin, all of it does.
func TestReturn_erasedStaysErased(t *testing.T) {
	k, dir := file(t), t.TempDir()
	log, err := backup.OpenLog(k.Keys, dir)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = log.Close() })
	k.Registrations.Erased = log.Intend
	own, subscribers, ends := someone(t, k)
	sealed := sealedNeeds(t, k)
	copied := filepath.Join(dir, "copy.db")
	if err := store.CopyFile(t.Context(), k.Path, copied, nil); err != nil {
		t.Fatal(err)
	}
	k.Clock.Turn(time.Hour)
	if err := k.Registrations.TellNeeds(t.Context(), domain.Visitor(), own, domain.NeedsEntry{}); err != nil {
		t.Fatal(err)
	}
	if _, err := subscribers.End(t.Context(), domain.Visitor(), ends, true); err != nil {
		t.Fatal(err)
	}
	lines, err := backup.ReadLines(dir)
	if err != nil {
		t.Fatal(err)
	}
	gone, open, unread := backup.Read(k.Keys, lines)
	if len(gone) != 2 || len(open) != 0 || unread != 0 {
		t.Fatalf("the log holds %v, %d unread, %v open", gone, unread, open)
	}
	for _, replay := range []bool{true, false} {
		path := filepath.Join(t.TempDir(), "temadag.db")
		duplicate(t, copied, path)
		back := reopen(t, k, path)
		if replay {
			b := &service.Backups{Store: back.Store, Keys: k.Keys, Now: k.Clock.Now}
			for _, want := range []int{2, 0} { // once more changes nothing
				if n, err := b.Replay(t.Context(), domain.Worker(), gone); err != nil || n != want {
					t.Errorf("replayed %d, want %d: %v", n, want, err)
				}
			}
			if found, err := back.Store.Check(t.Context()); err != nil || len(found) > 0 {
				t.Error(found, err)
			}
		}
		subs, err := back.Store.SubscribersAt(t.Context(), canary+"@example.se")
		if err = errors.Join(err, back.Store.Close()); err != nil {
			t.Fatal(err)
		}
		if err := store.SealFile(t.Context(), path); err != nil {
			t.Fatal(err)
		}
		stands := len(subs) > 0 || holds(t, path, sealed)
		if stands == replay {
			t.Errorf("with replay %v what was erased stands: %v", replay, stands)
		}
	}
}

// What she told again after she had erased it stays.
func TestReturn_toldAgain(t *testing.T) {
	k := testkit.Open(t)
	var gone []domain.Erased
	k.Registrations.Erased = func(int64, []domain.Erased) (func(...domain.Erased) error, error) {
		return func(g ...domain.Erased) error { gone = append(gone, g...); return nil }, nil
	}
	own, _, _ := someone(t, k)
	k.Clock.Turn(time.Hour)
	if err := k.Registrations.TellNeeds(t.Context(), domain.Visitor(), own, domain.NeedsEntry{}); err != nil {
		t.Fatal(err)
	}
	k.Clock.Turn(time.Hour)
	if err := k.Registrations.TellNeeds(t.Context(), domain.Visitor(), own, domain.NeedsEntry{Diet: []string{string(domain.DietVegan)}}); err != nil {
		t.Fatal(err)
	}
	b := &service.Backups{Store: k.Store, Keys: k.Keys, Now: k.Clock.Now}
	if n, err := b.Replay(t.Context(), domain.Worker(), gone); err != nil || n != 0 {
		t.Errorf("replayed %d: %v", n, err)
	}
	if sealedNeeds(t, k) == nil {
		t.Error("what she told again is gone")
	}
}

// Needs whose day has come are gone before the first page, and letters that waited are held until somebody says.
func TestReturn_clockAndLetters(t *testing.T) {
	k := file(t)
	someone(t, k)
	copied := filepath.Join(t.TempDir(), "copy.db")
	if err := store.CopyFile(t.Context(), k.Path, copied, nil); err != nil {
		t.Fatal(err)
	}
	k.Clock.Turn(100 * 24 * time.Hour)
	back := reopen(t, k, copied)
	defer back.Store.Close()
	if err := back.Registrations.EraseDue(t.Context(), domain.Worker()); err != nil {
		t.Fatal(err)
	}
	if sealedNeeds(t, back) != nil {
		t.Error("needs stand whose day has come")
	}
	b := &service.Backups{Store: back.Store, Keys: k.Keys, Now: k.Clock.Now}
	r, err := b.Settle(t.Context(), domain.Operator(), k.Clock.Now(), 0)
	if err != nil || r.Letters == 0 {
		t.Errorf("%d letters held: %v", r.Letters, err)
	}
	if n, err := b.EndHold(t.Context(), domain.Operator(), true); err != nil || n != r.Letters {
		t.Errorf("%d of %d letters let go: %v", n, r.Letters, err)
	}
	if found, err := back.Store.Check(t.Context()); err != nil || len(found) > 0 {
		t.Error(found, err)
	}
	// Every county reads of it in the log, which stays whole; without the return there is no such line.
	eva := domain.Actor{User: 1, Role: domain.RoleAdministrator, Grants: []domain.Grant{{Role: domain.RoleAdministrator, County: "BD"}}}
	for s, want := range map[*store.Store][]domain.AuditAction{k.Store: nil, back.Store: {domain.AuditHeldSent, domain.AuditReturned}} {
		var got []domain.AuditAction
		lines, _, err := (&service.Audit{Store: s, Now: k.Clock.Now}).Lines(t.Context(), eva, domain.AuditFilter{Action: "database."})
		for _, l := range lines {
			got = append(got, l.Action)
		}
		if err != nil || !slices.Equal(got, want) {
			t.Errorf("the log tells %v, want %v: %v", got, want, err)
		}
	}
}

// Copies are made while people register: each is sound, and holds everybody who was told "you have a place"
// before it began. Its twin copies the files as they lie, the log a little later, as a script would.
func TestDrill(t *testing.T) {
	k := file(t)
	e := k.AddEvent(t, testkit.Event("lulea", 1_000_000))
	var acked sync.Map
	var n, stop atomic.Int64
	var wg sync.WaitGroup
	for range 8 {
		wg.Go(func() {
			for stop.Load() == 0 {
				in := testkit.Input(e, testkit.Person(int(n.Add(1))))
				if _, err := k.Registrations.Register(t.Context(), domain.Visitor(), in); err != nil {
					t.Error(err)
					return
				}
				acked.Store(string(auth.UID(in.Key)), true)
			}
		})
	}
	bad := 0
	for i := range 5 {
		time.Sleep(100 * time.Millisecond)
		before := told(&acked)
		path := filepath.Join(t.TempDir(), "copy.db")
		if err := store.CopyFile(t.Context(), k.Path, path, nil); err != nil {
			t.Fatal(err)
		}
		if why := judge(t, k, path, before); why != "" {
			t.Errorf("copy %d: %s", i, why)
		}
		before = told(&acked)
		path = filepath.Join(t.TempDir(), "naive.db")
		duplicate(t, k.Path, path)
		if judge(t, k, path, before) != "" {
			bad++
		}
	}
	stop.Store(1)
	wg.Wait()
	if bad == 0 { // one may happen to be made just when the log was folded in
		t.Error("copying the file as it lies went well 5 of 5 times: the drill judges nothing")
	}
	t.Logf("of 5 naive copies %d were bad; %d registrations", bad, n.Load())
}

func told(m *sync.Map) (out []string) {
	m.Range(func(k, _ any) bool { out = append(out, k.(string)); return true })
	return out
}

// judge says what is wrong with a copy, "" for nothing.
func judge(t *testing.T, k *testkit.Kit, path string, before []string) string {
	t.Helper()
	_, found, err := store.CheckCopy(t.Context(), path, k.Keys.Chain)
	if err != nil {
		return err.Error()
	}
	if len(found) > 0 {
		return found[0].Check + ": " + found[0].Detail
	}
	s, err := store.Open(t.Context(), store.Options{Path: path, Migrations: db.Migrations, MustExist: true, Chain: k.Keys.Chain})
	if err != nil {
		return err.Error()
	}
	defer s.Close()
	for _, uid := range before {
		if _, err := s.RegistrationByUID(t.Context(), []byte(uid)); err != nil {
			return "somebody is missing who was told that she has a place: " + err.Error()
		}
	}
	return ""
}

func sealedNeeds(t *testing.T, k *testkit.Kit) []byte {
	t.Helper()
	regs, err := k.Store.Events(t.Context(), store.EventScope{})
	if err != nil || len(regs) != 1 {
		t.Fatal(regs, err)
	}
	all, _, err := k.Store.NeedsComing(t.Context(), regs[0].ID)
	if err != nil {
		t.Fatal(err)
	}
	if len(all) == 0 {
		return nil
	}
	return all[0].Sealed
}

// holds reports whether bytes stand anywhere in a database's files.
func holds(t *testing.T, path string, what []byte) bool {
	t.Helper()
	for _, end := range []string{"", "-wal", "-shm", "-journal"} {
		if b, err := os.ReadFile(path + end); err == nil && bytes.Contains(b, what) {
			return true
		}
	}
	return false
}

func duplicate(t *testing.T, from, to string) {
	t.Helper()
	// Another process, since closing the file of a database in use would let go of this one's locks.
	if out, err := exec.Command("cp", from, to).CombinedOutput(); err != nil {
		t.Fatal(err, string(out))
	}
}

// A link that was replaced after the backup opens nothing again, and the one that replaced it does.
func TestReturn_links(t *testing.T) {
	k := testkit.Open(t)
	own, _, _ := someone(t, k)
	uid, _, _ := auth.ReadLink(own)
	b := &service.Backups{Store: k.Store, Keys: k.Keys, Now: k.Clock.Now}
	line := domain.Erased{At: k.Clock.Now(), Kind: domain.ErasedLink, UID: string(uid), N: 2}
	for _, want := range []int{1, 0} {
		if n, err := b.Replay(t.Context(), domain.Worker(), []domain.Erased{line}); err != nil || n != want {
			t.Errorf("replayed %d, want %d: %v", n, want, err)
		}
	}
	kept, err := k.Store.RegistrationByUID(t.Context(), uid)
	if err != nil {
		t.Fatal(err)
	}
	if auth.SameHash(kept.LinkHash, auth.LinkHash(own)) || !auth.SameHash(kept.LinkHash, auth.LinkHash(k.Keys.Link(uid, 2))) {
		t.Error("the old link opens the page, or the new one does not")
	}
}
