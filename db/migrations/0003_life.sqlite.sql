-- The life of a registration: queue and offers, handing over, moving, groups, changes, needs,
-- sessions that are chosen, applications, and what is erased when.
--
-- The states of a registration stand in a CHECK, which SQLite cannot change: the tables about
-- registrations are made anew, children first out and last in, so that no reference is ever broken.

-- +goose Up
CREATE TABLE event_rules (
  event_id INTEGER PRIMARY KEY REFERENCES events (id),
  rules    TEXT NOT NULL -- JSON, see domain.Rules
) STRICT;

ALTER TABLE sessions ADD COLUMN parallel TEXT NOT NULL DEFAULT '';
ALTER TABLE sessions ADD COLUMN capacity INTEGER NOT NULL DEFAULT 0 CHECK (capacity >= 0);
ALTER TABLE sessions ADD COLUMN taken INTEGER NOT NULL DEFAULT 0 CHECK (taken >= 0 AND (capacity = 0 OR taken <= capacity));

-- Several registrations made in one go. The contact person need not be one of them.
CREATE TABLE groups (
  id           INTEGER PRIMARY KEY AUTOINCREMENT,
  uid          BLOB NOT NULL UNIQUE,
  event_id     INTEGER NOT NULL REFERENCES events (id),
  name         TEXT NOT NULL,
  email        TEXT NOT NULL,
  phone        TEXT NOT NULL,
  organisation TEXT NOT NULL,
  lang         TEXT NOT NULL,
  mode         TEXT NOT NULL CHECK (mode IN ('all', 'some', 'together')),
  received_at  INTEGER NOT NULL,
  link_version INTEGER NOT NULL DEFAULT 1,
  link_hash    BLOB NOT NULL,
  warned_at    INTEGER NOT NULL DEFAULT 0,
  answer       TEXT NOT NULL DEFAULT '' -- JSON, see store.GroupPlace: what the contact person was told
) STRICT;
CREATE INDEX groups_event ON groups (event_id);

CREATE TABLE new_registrations (
  id                INTEGER PRIMARY KEY AUTOINCREMENT,
  uid               BLOB NOT NULL UNIQUE,
  event_id          INTEGER NOT NULL REFERENCES events (id),
  status            TEXT NOT NULL CHECK (status IN ('pending', 'confirmed', 'waitlisted', 'offered', 'cancelled', 'transferred', 'withdrawn', 'declined')),
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
  answers           TEXT NOT NULL, -- JSON, see domain.Answer; '' for none
  invoice           TEXT NOT NULL DEFAULT '', -- JSON, see domain.Invoice; '' for none
  offer_until       INTEGER NOT NULL DEFAULT 0,
  cancel_until      TEXT NOT NULL DEFAULT '', -- a later last day than the event's, given to this person
  group_id          INTEGER REFERENCES groups (id),
  together          INTEGER NOT NULL DEFAULT 0 CHECK (together IN (0, 1)),
  keeps_id          INTEGER REFERENCES new_registrations (id),
  follows_id        INTEGER REFERENCES new_registrations (id),
  race_told         INTEGER NOT NULL DEFAULT 0 CHECK (race_told IN (0, 1)),
  CHECK ((status = 'offered') = (offer_until > 0))
) STRICT;
INSERT INTO new_registrations (id, uid, event_id, status, attendance, channel, lang, received_at, terms_id, protected,
  link_version, link_hash, revision, given_name, family_name, sort_key, email, email_key, phone, organisation,
  organisation_type, title, municipality, answers)
SELECT id, uid, event_id, status, attendance, channel, lang, received_at, terms_id, protected, link_version, link_hash,
  revision, given_name, family_name, sort_key, email, email_key, phone, organisation, organisation_type, title,
  municipality, answers
FROM registrations ORDER BY id;
UPDATE sqlite_sequence SET seq = (SELECT o.seq FROM sqlite_sequence o WHERE o.name = 'registrations')
WHERE name = 'new_registrations' AND EXISTS (SELECT 1 FROM sqlite_sequence o WHERE o.name = 'registrations');

CREATE TABLE new_history (
  registration_id INTEGER NOT NULL REFERENCES new_registrations (id),
  n               INTEGER NOT NULL,
  at              INTEGER NOT NULL,
  kind            TEXT NOT NULL,
  channel         TEXT NOT NULL,
  actor           TEXT NOT NULL,
  details         TEXT NOT NULL DEFAULT '', -- JSON, see domain.Details; '' for none
  PRIMARY KEY (registration_id, n)
) STRICT, WITHOUT ROWID;
INSERT INTO new_history (registration_id, n, at, kind, channel, actor)
SELECT registration_id, n, at, kind, channel, actor FROM history;

CREATE TABLE new_repeats (
  uid             BLOB PRIMARY KEY,
  event_id        INTEGER NOT NULL REFERENCES events (id),
  registration_id INTEGER NOT NULL REFERENCES new_registrations (id),
  status          TEXT NOT NULL,
  email           TEXT NOT NULL,
  lang            TEXT NOT NULL,
  received_at     INTEGER NOT NULL,
  work            TEXT NOT NULL DEFAULT '' -- JSON: the workplace as typed, for a colleague's form
) STRICT, WITHOUT ROWID;
INSERT INTO new_repeats (uid, event_id, registration_id, status, email, lang, received_at)
SELECT uid, event_id, registration_id, status, email, lang, received_at FROM repeats;

CREATE TABLE new_letters (
  id              INTEGER PRIMARY KEY AUTOINCREMENT,
  kind            TEXT NOT NULL,
  registration_id INTEGER NOT NULL REFERENCES new_registrations (id),
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
  details         TEXT NOT NULL DEFAULT '', -- JSON, see domain.Details; '' for none
  UNIQUE (registration_id, kind, n)
) STRICT;
INSERT INTO new_letters (id, kind, registration_id, n, recipient, lang, status, queue_position, message_id, queued_at,
  state, attempts, next_try, lease_until, accepted_at, last_error)
SELECT id, kind, registration_id, n, recipient, lang, status, queue_position, message_id, queued_at, state, attempts,
  next_try, lease_until, accepted_at, last_error
FROM letters ORDER BY id;
UPDATE sqlite_sequence SET seq = (SELECT o.seq FROM sqlite_sequence o WHERE o.name = 'letters')
WHERE name = 'new_letters' AND EXISTS (SELECT 1 FROM sqlite_sequence o WHERE o.name = 'letters');

CREATE TABLE new_letter_bodies (
  letter_id INTEGER PRIMARY KEY REFERENCES new_letters (id),
  raw       BLOB NOT NULL
) STRICT;
INSERT INTO new_letter_bodies (letter_id, raw) SELECT letter_id, raw FROM letter_bodies;

DROP TABLE letter_bodies;
DROP TABLE letters;
DROP TABLE repeats;
DROP TABLE history;
DROP TABLE registrations;
ALTER TABLE new_registrations RENAME TO registrations;
ALTER TABLE new_history RENAME TO history;
ALTER TABLE new_repeats RENAME TO repeats;
ALTER TABLE new_letters RENAME TO letters;
ALTER TABLE new_letter_bodies RENAME TO letter_bodies;

CREATE UNIQUE INDEX registrations_person ON registrations (event_id, email_key)
  WHERE email_key <> '' AND status IN ('pending', 'confirmed', 'waitlisted', 'offered');
CREATE INDEX registrations_list ON registrations (event_id, sort_key, id);
CREATE INDEX registrations_queue ON registrations (event_id, id) WHERE status = 'waitlisted';
CREATE INDEX registrations_offers ON registrations (offer_until, id) WHERE offer_until > 0;
CREATE INDEX registrations_group ON registrations (group_id, id) WHERE group_id IS NOT NULL;
CREATE INDEX registrations_keeps ON registrations (keeps_id) WHERE keeps_id IS NOT NULL;
CREATE INDEX registrations_follows ON registrations (follows_id) WHERE follows_id IS NOT NULL;
CREATE INDEX repeats_registration ON repeats (registration_id);
CREATE INDEX repeats_event ON repeats (event_id);
CREATE INDEX letters_due ON letters (next_try, id) WHERE state IN ('queued', 'sending');

-- What was told before a change, so that what came in is kept as it came (R-45).
CREATE TABLE versions (
  registration_id INTEGER NOT NULL REFERENCES registrations (id),
  n               INTEGER NOT NULL,
  until           INTEGER NOT NULL, -- the instant at which it was replaced
  content         TEXT NOT NULL,    -- JSON, see domain.Participant
  PRIMARY KEY (registration_id, n)
) STRICT, WITHOUT ROWID;

-- Diet and access: sealed with a key that is not in the database. Nothing may be searched by them.
CREATE TABLE needs (
  registration_id INTEGER PRIMARY KEY REFERENCES registrations (id),
  sealed          BLOB NOT NULL,
  told_at         INTEGER NOT NULL,
  late            INTEGER NOT NULL CHECK (late IN (0, 1))
) STRICT;

-- Chosen sessions, in the order in which they were chosen.
CREATE TABLE choices (
  n               INTEGER PRIMARY KEY AUTOINCREMENT,
  registration_id INTEGER NOT NULL REFERENCES registrations (id),
  session_id      INTEGER NOT NULL REFERENCES sessions (id),
  status          TEXT NOT NULL CHECK (status IN ('wished', 'confirmed', 'waitlisted')),
  UNIQUE (registration_id, session_id)
) STRICT;
CREATE INDEX choices_queue ON choices (session_id, n) WHERE status = 'waitlisted';
CREATE INDEX choices_session ON choices (session_id);

-- Someone has asked to be let off after the last day to cancel, and waits for an answer.
CREATE TABLE requests (
  id              INTEGER PRIMARY KEY AUTOINCREMENT,
  registration_id INTEGER NOT NULL REFERENCES registrations (id),
  at              INTEGER NOT NULL,
  reason          TEXT NOT NULL,
  state           TEXT NOT NULL CHECK (state IN ('open', 'granted', 'refused'))
) STRICT;
CREATE UNIQUE INDEX requests_open ON requests (registration_id) WHERE state = 'open';
CREATE INDEX requests_registration ON requests (registration_id);

-- The archival record of what was erased, without personal data (R-42).
CREATE TABLE erasures (
  id          INTEGER PRIMARY KEY AUTOINCREMENT,
  event_id    INTEGER NOT NULL REFERENCES events (id),
  at          INTEGER NOT NULL,
  what        TEXT NOT NULL,
  rule        TEXT NOT NULL,
  records     INTEGER NOT NULL,
  actor       TEXT NOT NULL
) STRICT;
CREATE INDEX erasures_event ON erasures (event_id);
