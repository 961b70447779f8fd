package service_test

import (
	"archive/zip"
	"bytes"
	"context"
	"errors"
	"fmt"
	"io"
	"log/slog"
	"os/exec"
	"path/filepath"
	"strings"
	"sync"
	"testing"

	"github.com/temadag/temadag/internal/auth"
	"github.com/temadag/temadag/internal/domain"
	"github.com/temadag/temadag/internal/export"
	"github.com/temadag/temadag/internal/i18n"
	"github.com/temadag/temadag/internal/service"
	"github.com/temadag/temadag/internal/store"
	"github.com/temadag/temadag/internal/testkit"
	pages "github.com/temadag/temadag/web"
)

// marker is a need that stands nowhere else in the world.
const marker = "Kvickrotsallergi"

// hungry is an event that asks for food and access.
func hungry(slug string, capacity domain.Seats) domain.Event {
	e := testkit.Event(slug, capacity)
	e.Rules.Food, e.Rules.Access = true, true
	return e
}

// enter registers person n, changed by change, and answers her link.
func enter(t *testing.T, k *testkit.Kit, e domain.Event, n int, change func(in *domain.Entry)) string {
	t.Helper()
	in := testkit.Input(e, testkit.Person(n))
	if change != nil {
		change(&in.Entry)
	}
	register(t, k, in)
	return k.Keys.Link(auth.UID(in.Key), 1)
}

// own is what a link shows.
func own(t *testing.T, k *testkit.Kit, token string) domain.OwnRegistration {
	t.Helper()
	o, err := k.Registrations.Own(t.Context(), domain.Visitor(), token)
	if err != nil {
		t.Fatal(err)
	}
	return o
}

// kinds is a history in short.
func kinds(o domain.OwnRegistration) string {
	var out []string
	for _, h := range o.History {
		out = append(out, string(h.Kind))
	}
	return strings.Join(out, " ")
}

func needsOfficer() domain.Actor {
	return domain.Actor{Role: domain.RoleNeedsOfficer, County: "BD", Name: "Behovsansvarig Ek"}
}

// buffer is a log that may be written to at once by several.
type buffer struct {
	mu  sync.Mutex
	buf bytes.Buffer
}

func (b *buffer) Write(p []byte) (int, error) {
	b.mu.Lock()
	defer b.mu.Unlock()
	return b.buf.Write(p)
}

func (b *buffer) has(s string) bool {
	b.mu.Lock()
	defer b.mu.Unlock()
	return bytes.Contains(b.buf.Bytes(), []byte(s))
}

// gossip writes letters that tell everything that a letter could possibly tell.
type gossip struct{ told buffer }

func (g *gossip) Compose(f domain.LetterFacts) ([]byte, error) {
	raw := fmt.Appendf(nil, "%s %+v", f.Letter.MessageID, f)
	_, err := g.told.Write(raw)
	return raw, err
}

// Needs are told at the form and on the own page, late, by many; then everything is looked through that
// leaves the program: the file of the database and its log, what the program logs, what letters are
// made of, lists and the workbook. The marker is nowhere. The twin keeps needs as they are, and is seen.
func TestNeeds_areReadNowhere(t *testing.T) {
	testkit.OnlySQLite(t) // it reads the files
	t.Parallel()
	var log buffer
	logger := slog.New(slog.NewJSONHandler(&log, &slog.HandlerOptions{Level: slog.LevelDebug}))
	k := testkit.OpenWith(t, store.Options{Log: logger})
	e := k.AddEvent(t, hungry("lulea", 3))
	var token string
	for i := range 5 { // two of them in the queue
		token = enter(t, k, e, i, func(in *domain.Entry) { in.Needs = domain.NeedsEntry{DietText: marker, Access: []string{"quiet_room"}} })
	}
	if err := k.Registrations.TellNeeds(t.Context(), domain.Visitor(), token, domain.NeedsEntry{AccessText: marker, Diet: []string{"vegan"}}); err != nil {
		t.Fatal(err)
	}
	var pen gossip
	o, _ := outbox(k, func(int, string) error { return nil })
	o.Composer, o.Log = &pen, logger
	drain(t, k, o)
	if got := own(t, k, token).Needs; got.AccessText != marker || len(got.Diet) != 1 {
		t.Errorf("she reads her own needs as %+v", got)
	}
	// What fails tells nothing either.
	err := k.Registrations.TellNeeds(t.Context(), domain.Visitor(), token, domain.NeedsEntry{AccessText: strings.Repeat(marker, 40)})
	if err == nil || strings.Contains(err.Error(), marker) {
		t.Errorf("err = %v", err)
	}
	if where := readable(t, k); len(where) > 0 {
		t.Errorf("needs are readable in %v", where)
	}
	if log.has(marker) || pen.told.has(marker) || !pen.told.has("person1@example.se") {
		t.Errorf("in the log %v, in letters %v", log.has(marker), pen.told.has(marker))
	}
	for name, text := range lists(t, k, e) {
		if strings.Contains(text, marker) || strings.Contains(text, "quiet_room") || !strings.Contains(text, "Piteå kommun") {
			t.Errorf("%s: %.300s", name, text)
		}
	}
	sound(t, k)
	// The twin: the same bytes, kept as they are.
	first, err := k.Store.LiveRegistration(t.Context(), e.ID, "person0@example.se")
	if err != nil {
		t.Fatal(err)
	}
	err = k.Store.Write(t.Context(), func(tx *store.Tx) error {
		return tx.PutNeeds(t.Context(), store.SealedNeeds{RegistrationID: first.ID, Sealed: []byte(`{"diet_text":"` + marker + `"}`)}, k.Clock.Now())
	})
	if err != nil {
		t.Fatal(err)
	}
	if len(readable(t, k)) == 0 {
		t.Error("the twin keeps needs in plain text, and nobody sees it")
	}
}

// readable names the files of the database that hold the marker. Another program reads them: closing a
// file here would take the database's locks away.
func readable(t *testing.T, k *testkit.Kit) (where []string) {
	t.Helper()
	files, err := filepath.Glob(k.Path + "*")
	if err != nil || len(files) < 2 {
		t.Fatalf("files = %v, %v: is the log of the database not there?", files, err)
	}
	for _, name := range files {
		if strings.HasSuffix(name, "-shm") {
			continue
		}
		buf, err := exec.CommandContext(t.Context(), "cat", name).Output()
		if err != nil {
			t.Fatal(err)
		}
		if bytes.Contains(buf, []byte(marker)) {
			where = append(where, filepath.Base(name))
		}
	}
	return where
}

// lists is everything that the program hands out about those who are registered.
func lists(t *testing.T, k *testkit.Kit, e domain.Event) map[string]string {
	t.Helper()
	list, err := k.Lists.Open(t.Context(), domain.Operator(), domain.ListScope{Event: e.Slug})
	if err != nil {
		t.Fatal(err)
	}
	var rows strings.Builder
	err = k.Lists.Rows(t.Context(), domain.Operator(), e.ID, func(page []domain.Registration) error {
		fmt.Fprintf(&rows, "%+v", page)
		return nil
	})
	if err != nil {
		t.Fatal(err)
	}
	catalogue, err := i18n.Load(pages.Locales())
	if err != nil {
		t.Fatal(err)
	}
	path := filepath.Join(t.TempDir(), "lista.xlsx")
	read := func(ctx context.Context, id domain.EventID, yield func([]domain.Registration) error) error {
		return k.Lists.Rows(ctx, domain.Operator(), id, yield)
	}
	if err := export.Workbook(t.Context(), path, list, read, export.WorkbookOptions{Printer: catalogue.For(domain.Swedish)}); err != nil {
		t.Fatal(err)
	}
	return map[string]string{"rows": rows.String(), "workbook": unpacked(t, path)}
}

func unpacked(t *testing.T, path string) string {
	t.Helper()
	z, err := zip.OpenReader(path)
	if err != nil {
		t.Fatal(err)
	}
	defer z.Close()
	var all strings.Builder
	for _, part := range z.File {
		r, err := part.Open()
		if err != nil {
			t.Fatal(err)
		}
		if _, err := io.Copy(&all, r); err != nil {
			t.Fatal(err)
		}
	}
	return all.String()
}

// Whoever has the database and another secret reads nothing; nor does it help to put one person's
// needs in another's row.
func TestNeeds_openWithTheSecretInTheirOwnPlace(t *testing.T) {
	t.Parallel()
	k := testkit.Open(t)
	e := k.AddEvent(t, hungry("lulea", 3))
	with := func(in *domain.Entry) { in.Needs.DietText = marker }
	one, two := enter(t, k, e, 1, with), enter(t, k, e, 2, nil)
	if got := own(t, k, one).Needs.DietText; got != marker {
		t.Fatalf("needs = %q", got)
	}
	a, b := own(t, k, one).Registration.ID, own(t, k, two).Registration.ID
	keys, err := auth.New(bytes.Repeat([]byte("another"), 8))
	if err != nil {
		t.Fatal(err)
	}
	thief := &service.Registrations{Store: k.Store, Programme: k.Programme, Keys: keys, Now: k.Clock.Now}
	if got, err := thief.OpenNeeds(t.Context(), needsOfficer(), a); err == nil || !got.Empty() || strings.Contains(err.Error(), marker) {
		t.Errorf("with another secret: %+v, %v", got, err)
	}
	err = k.Store.Write(t.Context(), func(tx *store.Tx) error {
		n, _, err := tx.NeedsOf(t.Context(), a)
		if err != nil {
			return err
		}
		n.RegistrationID = b
		return tx.PutNeeds(t.Context(), n, k.Clock.Now())
	})
	if err != nil {
		t.Fatal(err)
	}
	if got, err := k.Registrations.OpenNeeds(t.Context(), needsOfficer(), b); err == nil || !got.Empty() {
		t.Errorf("in another's row: %+v, %v", got, err)
	}
	// The twin: bytes that are bound to nothing open anywhere.
	sealed := k.Keys.Seal([]byte(marker), "")
	if plain, err := k.Keys.Open(sealed, ""); err != nil || string(plain) != marker {
		t.Errorf("the twin does not open: %v", err)
	}
}

func TestTellNeeds(t *testing.T) {
	t.Parallel()
	k := testkit.Open(t)
	e := k.AddEvent(t, hungry("lulea", 3))
	token := enter(t, k, e, 1, nil)
	owed := len(letters(t, k))
	tell := func(in domain.NeedsEntry) error {
		return k.Registrations.TellNeeds(t.Context(), domain.Visitor(), token, in)
	}
	steps := []struct {
		name string
		in   domain.NeedsEntry
		want string
	}{
		{"nothing, where nothing was told", domain.NeedsEntry{}, "registered"},
		{"a diet", domain.NeedsEntry{Diet: []string{"vegan"}}, "registered needs_told"},
		{"the same again", domain.NeedsEntry{Diet: []string{"vegan"}}, "registered needs_told"},
		{"another", domain.NeedsEntry{Diet: []string{"vegetarian"}}, "registered needs_told needs_told"},
		{"nothing any more", domain.NeedsEntry{}, "registered needs_told needs_told needs_erased"},
	}
	for _, s := range steps {
		if err := tell(s.in); err != nil {
			t.Fatalf("%s: %v", s.name, err)
		}
		o := own(t, k, token)
		if got := kinds(o); got != s.want || len(o.Needs.Diet) != len(s.in.Diet) {
			t.Errorf("%s: %s, %+v", s.name, got, o.Needs)
		}
	}
	if err := tell(domain.NeedsEntry{Diet: []string{"gravel"}}); domain.CodeOf(err) != domain.CodeInvalid {
		t.Errorf("a diet that is not offered: %v", err)
	}
	if n := len(letters(t, k)); owed != 1 || n != 0 {
		t.Errorf("%d letters were owed, then %d more", owed, n)
	}
	if err := tell(domain.NeedsEntry{Diet: []string{"vegan"}}); err != nil {
		t.Fatal(err)
	}
	k.Clock.Set(e.StartsAt())
	if err := tell(domain.NeedsEntry{DietText: "x"}); !errors.Is(err, &domain.Error{Code: domain.CodeClosed, Key: "change.too_late"}) {
		t.Errorf("when it has begun: %v", err)
	}
	if err := tell(domain.NeedsEntry{}); err != nil || !own(t, k, token).Needs.Empty() {
		t.Errorf("to erase is always allowed: %v", err)
	}
	if err := k.Registrations.TellNeeds(t.Context(), domain.Visitor(), "nonsense", domain.NeedsEntry{}); !errors.Is(err, domain.ErrNotFound) {
		t.Errorf("without a link: %v", err)
	}
	sound(t, k)
}

// Needs go with the place: whoever cancels leaves none behind.
func TestNeeds_areErasedWithThePlace(t *testing.T) {
	t.Parallel()
	k := testkit.Open(t)
	e := k.AddEvent(t, hungry("lulea", 3))
	token := enter(t, k, e, 1, func(in *domain.Entry) { in.Needs.DietText = marker })
	if err := k.Registrations.Cancel(t.Context(), domain.Visitor(), token, ""); err != nil {
		t.Fatal(err)
	}
	if events, err := k.Store.EventsWithNeeds(t.Context()); err != nil || len(events) != 0 {
		t.Errorf("needs are kept at %v (%v)", events, err)
	}
	sound(t, k)
}
