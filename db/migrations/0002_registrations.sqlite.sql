-- Who comes: registrations, their history, and the letters they are owed.

-- +goose Up
-- Ids are never used twice, since reference numbers are made of them. The uid is a hash of the
-- submission key and the only random index: it makes repeats harmless and finds personal pages.
CREATE TABLE registrations (
  id                INTEGER PRIMARY KEY AUTOINCREMENT,
  uid               BLOB NOT NULL UNIQUE,
  event_id          INTEGER NOT NULL REFERENCES events (id),
  status            TEXT NOT NULL CHECK (status IN ('confirmed', 'waitlisted', 'offered', 'cancelled', 'transferred', 'withdrawn')),
  attendance        TEXT NOT NULL DEFAULT 'unknown' CHECK (attendance IN ('unknown', 'present', 'absent')),
  channel           TEXT NOT NULL CHECK (channel IN ('web', 'phone', 'email', 'door', 'import')),
  lang              TEXT NOT NULL,
  received_at       INTEGER NOT NULL,
  terms_id          INTEGER NOT NULL REFERENCES terms (id),
  protected         INTEGER NOT NULL DEFAULT 0 CHECK (protected IN (0, 1)),
  link_version      INTEGER NOT NULL DEFAULT 1,
  link_hash         BLOB NOT NULL,
  revision          INTEGER NOT NULL DEFAULT 0,
  given_name        TEXT NOT NULL,
  family_name       TEXT NOT NULL,
  sort_key          TEXT NOT NULL,
  email             TEXT NOT NULL,
  email_key         TEXT NOT NULL,
  phone             TEXT NOT NULL,
  organisation      TEXT NOT NULL,
  organisation_type TEXT NOT NULL,
  title             TEXT NOT NULL,
  municipality      TEXT NOT NULL,
  answers           TEXT NOT NULL -- JSON, see domain.Answer; '' for none
) STRICT;
CREATE UNIQUE INDEX registrations_person ON registrations (event_id, email_key)
  WHERE email_key <> '' AND status IN ('confirmed', 'waitlisted', 'offered');
CREATE INDEX registrations_list ON registrations (event_id, sort_key, id);
CREATE INDEX registrations_queue ON registrations (event_id, id) WHERE status = 'waitlisted';

CREATE TABLE history (
  registration_id INTEGER NOT NULL REFERENCES registrations (id),
  n               INTEGER NOT NULL,
  at              INTEGER NOT NULL,
  kind            TEXT NOT NULL,
  channel         TEXT NOT NULL,
  actor           TEXT NOT NULL,
  PRIMARY KEY (registration_id, n)
) STRICT, WITHOUT ROWID;

-- A submission from an address that was registered already: it changes nothing, and its receipt is
-- the one that a newcomer would have had.
CREATE TABLE repeats (
  uid             BLOB PRIMARY KEY,
  event_id        INTEGER NOT NULL REFERENCES events (id),
  registration_id INTEGER NOT NULL REFERENCES registrations (id),
  status          TEXT NOT NULL,
  email           TEXT NOT NULL,
  lang            TEXT NOT NULL,
  received_at     INTEGER NOT NULL
) STRICT, WITHOUT ROWID;
CREATE INDEX repeats_registration ON repeats (registration_id);
CREATE INDEX repeats_event ON repeats (event_id);

-- The outbox. A letter is owed from the same transaction that caused it; n tells letters of one kind
-- to one registration apart.
CREATE TABLE letters (
  id              INTEGER PRIMARY KEY AUTOINCREMENT,
  kind            TEXT NOT NULL,
  registration_id INTEGER NOT NULL REFERENCES registrations (id),
  n               INTEGER NOT NULL,
  recipient       TEXT NOT NULL,
  lang            TEXT NOT NULL,
  status          TEXT NOT NULL,
  queue_position  INTEGER NOT NULL,
  message_id      TEXT NOT NULL,
  queued_at       INTEGER NOT NULL,
  state           TEXT NOT NULL CHECK (state IN ('queued', 'sending', 'accepted', 'failed', 'withheld')),
  attempts        INTEGER NOT NULL DEFAULT 0,
  next_try        INTEGER NOT NULL,
  lease_until     INTEGER NOT NULL DEFAULT 0,
  accepted_at     INTEGER NOT NULL DEFAULT 0,
  last_error      TEXT NOT NULL DEFAULT '',
  UNIQUE (registration_id, kind, n)
) STRICT;
CREATE INDEX letters_due ON letters (next_try, id) WHERE state IN ('queued', 'sending');

-- The bytes as composed, sealed; kept so that each try sends the same.
CREATE TABLE letter_bodies (
  letter_id INTEGER PRIMARY KEY REFERENCES letters (id),
  raw       BLOB NOT NULL
) STRICT;
