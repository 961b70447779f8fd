-- Those who sign in: accounts, what they prove themselves with, what they are granted, where they are
-- signed in, the letters about it, and the log of what was done.
--
-- The table of sign-ins is called so because sessions are the items of a programme.

-- +goose Up
CREATE TABLE users (
  id           INTEGER PRIMARY KEY AUTOINCREMENT,
  email        TEXT NOT NULL,
  email_key    TEXT NOT NULL UNIQUE,
  name         TEXT NOT NULL,
  sort_key     TEXT NOT NULL,
  lang         TEXT NOT NULL,
  state        TEXT NOT NULL CHECK (state IN ('active', 'disabled')),
  password     TEXT NOT NULL DEFAULT '', -- argon2id; '' for none
  totp         BLOB,                     -- the sealed secret of an app; NULL for none
  totp_step    INTEGER NOT NULL DEFAULT 0, -- of the last code taken: none is taken twice
  handle       BLOB NOT NULL UNIQUE,     -- what a passkey knows the user by; random
  subject      TEXT UNIQUE,              -- what the authority's sign-in service knows her by; NULL for none
  created_at   INTEGER NOT NULL,
  signed_in_at INTEGER NOT NULL DEFAULT 0
) STRICT;

-- The county need not be an organiser yet: the first administrator comes before everything else.
CREATE TABLE grants (
  id       INTEGER PRIMARY KEY AUTOINCREMENT,
  user_id  INTEGER NOT NULL REFERENCES users (id),
  role     TEXT NOT NULL CHECK (role IN ('administrator', 'organiser', 'case_worker', 'check_in', 'needs_officer', 'registrar', 'reader')),
  county   TEXT NOT NULL CHECK (county <> ''),
  event_id INTEGER REFERENCES events (id) -- NULL: every event of the county
) STRICT;
CREATE UNIQUE INDEX grants_one ON grants (user_id, role, county, coalesce(event_id, 0));
CREATE INDEX grants_county ON grants (county, role);
CREATE INDEX grants_event ON grants (event_id) WHERE event_id IS NOT NULL;

CREATE TABLE passkeys (
  id            INTEGER PRIMARY KEY AUTOINCREMENT,
  user_id       INTEGER NOT NULL REFERENCES users (id),
  credential_id BLOB NOT NULL UNIQUE,
  credential    TEXT NOT NULL, -- JSON: public key, flags and sign count, as the library keeps them
  name          TEXT NOT NULL,
  created_at    INTEGER NOT NULL,
  used_at       INTEGER NOT NULL DEFAULT 0
) STRICT;
CREATE INDEX passkeys_user ON passkeys (user_id);

CREATE TABLE recovery_codes (
  hash    BLOB PRIMARY KEY,
  user_id INTEGER NOT NULL REFERENCES users (id),
  used_at INTEGER NOT NULL DEFAULT 0
) STRICT, WITHOUT ROWID;
CREATE INDEX recovery_codes_user ON recovery_codes (user_id);

CREATE TABLE sign_ins (
  id         INTEGER PRIMARY KEY AUTOINCREMENT,
  user_id    INTEGER NOT NULL REFERENCES users (id),
  token_hash BLOB NOT NULL UNIQUE,
  method     TEXT NOT NULL CHECK (method IN ('password', 'totp', 'recovery', 'passkey', 'link', 'provider')),
  agent      TEXT NOT NULL,
  network    TEXT NOT NULL,
  at         INTEGER NOT NULL,
  seen_at    INTEGER NOT NULL,
  proved_at  INTEGER NOT NULL
) STRICT;
CREATE INDEX sign_ins_user ON sign_ins (user_id);
CREATE INDEX sign_ins_seen ON sign_ins (seen_at);

-- Whatever is handed out to be handed in once: the way from one step of signing in to the next, the
-- links in letters, the challenge of a passkey.
CREATE TABLE tickets (
  hash    BLOB PRIMARY KEY,
  kind    TEXT NOT NULL CHECK (kind IN ('second_factor', 'reset_asked', 'reset', 'invite', 'link', 'totp', 'passkey_new', 'passkey', 'provider')),
  user_id INTEGER REFERENCES users (id), -- NULL where it is not known yet whose it is
  made_at INTEGER NOT NULL,
  ends_at INTEGER NOT NULL,
  tries   INTEGER NOT NULL DEFAULT 0,
  sealed  BLOB -- what the next step needs; NULL for nothing
) STRICT, WITHOUT ROWID;
CREATE INDEX tickets_user ON tickets (user_id) WHERE user_id IS NOT NULL;
CREATE INDEX tickets_ends ON tickets (ends_at);
CREATE INDEX tickets_asked ON tickets (made_at) WHERE kind = 'reset_asked';

-- How often something was tried, per account and network. Keys are hashes: addresses that are nobody's
-- are counted too.
CREATE TABLE attempts (
  key     BLOB PRIMARY KEY,
  failed  INTEGER NOT NULL,
  last_at INTEGER NOT NULL
) STRICT, WITHOUT ROWID;
CREATE INDEX attempts_last ON attempts (last_at);

-- Networks from which a user has signed in: others' failures elsewhere never slow her down there.
CREATE TABLE known_networks (
  user_id INTEGER NOT NULL REFERENCES users (id),
  network TEXT NOT NULL,
  at      INTEGER NOT NULL,
  PRIMARY KEY (user_id, network)
) STRICT, WITHOUT ROWID;

-- Letters about accounts. They are not in the table of letters, each of which belongs to a registration
-- and is counted against its history; and the links in these open accounts, so that what was written is
-- erased as soon as it has been handed over.
CREATE TABLE notices (
  id          INTEGER PRIMARY KEY AUTOINCREMENT,
  kind        TEXT NOT NULL,
  user_id     INTEGER NOT NULL REFERENCES users (id),
  recipient   TEXT NOT NULL,
  lang        TEXT NOT NULL,
  sealed      BLOB, -- the particulars, later the bytes as composed; NULL when all is over
  composed    INTEGER NOT NULL DEFAULT 0 CHECK (composed IN (0, 1)),
  message_id  TEXT NOT NULL,
  queued_at   INTEGER NOT NULL,
  ends_at     INTEGER NOT NULL DEFAULT 0, -- after which it is not worth sending; 0 for never
  state       TEXT NOT NULL CHECK (state IN ('queued', 'sending', 'accepted', 'failed')),
  attempts    INTEGER NOT NULL DEFAULT 0,
  next_try    INTEGER NOT NULL,
  accepted_at INTEGER NOT NULL DEFAULT 0,
  last_error  TEXT NOT NULL DEFAULT '',
  CHECK ((sealed IS NULL) = (state IN ('accepted', 'failed')))
) STRICT;
CREATE INDEX notices_user ON notices (user_id);
CREATE INDEX notices_due ON notices (next_try, id) WHERE state IN ('queued', 'sending');

-- Who did what. Each line carries the hash of the one before, and the head tells which is the last, so
-- that no line can be changed or taken away unnoticed. Lines are added, never changed.
CREATE TABLE audit (
  id        INTEGER PRIMARY KEY,
  at        INTEGER NOT NULL,
  user_id   INTEGER REFERENCES users (id),
  actor     TEXT NOT NULL,
  county    TEXT NOT NULL,
  action    TEXT NOT NULL,
  object    TEXT NOT NULL,
  object_id TEXT NOT NULL,
  details   TEXT NOT NULL, -- JSON
  prev_hash BLOB NOT NULL,
  hash      BLOB NOT NULL
) STRICT;
CREATE INDEX audit_county ON audit (county, id);
CREATE INDEX audit_user ON audit (user_id, id) WHERE user_id IS NOT NULL;
CREATE INDEX audit_object ON audit (object, object_id, id);
CREATE INDEX audit_action ON audit (action, id);
CREATE TABLE audit_head (
  one  INTEGER PRIMARY KEY CHECK (one = 1),
  id   INTEGER NOT NULL,
  hash BLOB NOT NULL
) STRICT;
INSERT INTO audit_head (one, id, hash) VALUES (1, 0, x'');
-- +goose StatementBegin
CREATE TRIGGER audit_kept BEFORE DELETE ON audit BEGIN SELECT raise(ABORT, 'the audit log only grows'); END;
-- +goose StatementEnd
-- +goose StatementBegin
CREATE TRIGGER audit_unchanged BEFORE UPDATE ON audit BEGIN SELECT raise(ABORT, 'the audit log only grows'); END;
-- +goose StatementEnd
