package store_test

import (
	"database/sql"
	"io/fs"
	"path/filepath"
	"strings"
	"testing"
	"testing/fstest"

	"github.com/temadag/temadag/db"
	"github.com/temadag/temadag/internal/store"
)

// upTo is the migrations up to and including a number: the program as it once was.
func upTo(t *testing.T, last string) fs.FS {
	t.Helper()
	out := fstest.MapFS{}
	files, err := fs.Glob(db.Migrations, "migrations/*.sql")
	if err != nil {
		t.Fatal(err)
	}
	for _, name := range files {
		if strings.TrimPrefix(name, "migrations/")[:4] > last {
			continue
		}
		b, err := fs.ReadFile(db.Migrations, name)
		if err != nil {
			t.Fatal(err)
		}
		out[name] = &fstest.MapFile{Data: b}
	}
	return out
}

// schema2 is one event with two registrations, of which the last one ever made has been removed
// again: its id must not come back.
const schema2 = `
INSERT INTO organisers VALUES ('BD', '25', 'norrbotten', 'a', 'b', 'c', 'd', 'e', 'f', 'g', 'h', 'i', 'j', 'k', 'l', 'm');
INSERT INTO events (slug, owner, kind, state, day, last_day, arrival, starts, ends, town, online, language, capacity,
  seats_taken, waiting, waiting_list, opens_at, register_until, cancel_until, after_cancel, no_show_fee, terms_version,
  binding, contact_name, contact_phone, contact_email, case_number, retention_weeks, retention_support, updated_at)
VALUES ('lulea', 'BD', 'theme_day', 'published', '2016-12-01', '', -1, -1, -1, 'Luleå', 0, 'sv', 1, 1, 1, 1, 0, '2016-11-24',
  '', 'transfer_only', 0, 1, 1, '', '', '', '', 0, '', 1);
INSERT INTO terms (event_id, version, text_sv, text_en) VALUES (1, 1, 'bindande', 'binding');
INSERT INTO registrations (uid, event_id, status, channel, lang, received_at, terms_id, link_hash, given_name, family_name,
  sort_key, email, email_key, phone, organisation, organisation_type, title, municipality, answers)
VALUES (x'01', 1, 'confirmed', 'web', 'sv', 7, 1, x'aa', 'Åsa', 'Öberg', 'k', 'asa@example.se', 'asa@example.se', '', 'o',
  'school', '', 'Luleå', '[{"q":1,"v":["ja"]}]'),
 (x'02', 1, 'waitlisted', 'phone', 'en', 8, 1, x'bb', 'Bo', '', 'k', '', '', '', 'o', 'school', '', 'Luleå', ''),
 (x'03', 1, 'cancelled', 'web', 'sv', 9, 1, x'cc', 'Eva', '', 'k', '', '', '', 'o', 'school', '', 'Luleå', '');
DELETE FROM registrations WHERE id = 3;
INSERT INTO history VALUES (1, 1, 7, 'registered', 'web', ''), (2, 1, 8, 'waitlisted', 'phone', 'Bo'), (1, 2, 9, 'repeated', 'web', '');
INSERT INTO repeats VALUES (x'04', 1, 1, 'waitlisted', 'asa@example.se', 'sv', 9);
INSERT INTO letters (kind, registration_id, n, recipient, lang, status, queue_position, message_id, queued_at, state, next_try)
VALUES ('registration_confirmed', 1, 0, 'asa@example.se', 'sv', 'confirmed', 0, 'm1', 7, 'accepted', 7),
 ('registration_waitlisted', 2, 0, '', 'en', 'waitlisted', 1, 'm2', 8, 'withheld', 8),
 ('already_registered', 1, 2, 'asa@example.se', 'sv', 'confirmed', 0, 'm3', 9, 'queued', 9);
INSERT INTO letter_bodies VALUES (1, x'0102');
`

func TestMigrate_theLifeOfRegistrationsKeepsWhatWasThere(t *testing.T) {
	t.Parallel()
	path := filepath.Join(t.TempDir(), "temadag.db")
	old, err := store.Open(t.Context(), store.Options{Path: path, Migrations: upTo(t, "0002")})
	if err != nil {
		t.Fatal(err)
	}
	if err := old.Close(); err != nil {
		t.Fatal(err)
	}
	raw, err := sql.Open("sqlite3", path+"?_foreign_keys=on")
	if err != nil {
		t.Fatal(err)
	}
	if _, err := raw.ExecContext(t.Context(), schema2); err != nil {
		t.Fatal(err)
	}
	tables := []string{"registrations", "history", "repeats", "letters", "letter_bodies"}
	before := counts(t, raw, tables)
	if err := raw.Close(); err != nil {
		t.Fatal(err)
	}
	s, err := store.Open(t.Context(), store.Options{Path: path, Migrations: db.Migrations})
	if err != nil {
		t.Fatal(err)
	}
	defer func() { _ = s.Close() }()
	if found, err := s.Check(t.Context()); err != nil || len(found) != 0 {
		t.Errorf("after the migration: %v, %v", found, err)
	}
	if raw, err = sql.Open("sqlite3", path); err != nil {
		t.Fatal(err)
	}
	defer func() { _ = raw.Close() }()
	for i, n := range counts(t, raw, tables) {
		if n != before[i] {
			t.Errorf("%s has %d rows, had %d", tables[i], n, before[i])
		}
	}
	k, err := s.RegistrationByID(t.Context(), 1)
	if err != nil || k.GivenName != "Åsa" || len(k.Answers) != 1 || !k.OfferUntil.IsZero() {
		t.Errorf("the first registration is %+v, %v", k, err)
	}
	var next int64
	if err := raw.QueryRowContext(t.Context(), `SELECT seq FROM sqlite_sequence WHERE name = 'registrations'`).Scan(&next); err != nil || next != 3 {
		t.Errorf("ids go on after %d (%v), want 3: an id is never used twice", next, err)
	}
}

func counts(t *testing.T, db *sql.DB, tables []string) []int {
	t.Helper()
	out := make([]int, len(tables))
	for i, name := range tables {
		if err := db.QueryRowContext(t.Context(), `SELECT count(*) FROM `+name).Scan(&out[i]); err != nil {
			t.Fatal(err)
		}
		if out[i] == 0 {
			t.Fatalf("%s is empty: nothing is proved", name)
		}
	}
	return out
}
