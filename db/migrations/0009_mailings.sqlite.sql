-- What staff write to participants: the words, whom they go to, and how far they have come.

-- +goose Up
CREATE TABLE mailings (
  id            INTEGER PRIMARY KEY AUTOINCREMENT,
  uid           TEXT NOT NULL UNIQUE, -- in addresses
  county        TEXT NOT NULL REFERENCES organisers (code),
  state         TEXT NOT NULL CHECK (state IN ('draft', 'waiting', 'sending', 'paused', 'stopped', 'done')),
  audience      TEXT NOT NULL, -- JSON, see domain.Audience
  subject_sv    TEXT NOT NULL,
  subject_en    TEXT NOT NULL,
  body_sv       TEXT NOT NULL,
  body_en       TEXT NOT NULL,
  reply_to      TEXT NOT NULL,
  send_at       INTEGER NOT NULL DEFAULT 0,
  recipients    INTEGER NOT NULL DEFAULT 0,
  written_by    INTEGER REFERENCES users (id),
  written_name  TEXT NOT NULL,
  approved_name TEXT NOT NULL DEFAULT '',
  created_at    INTEGER NOT NULL,
  changed_at    INTEGER NOT NULL,
  approved_at   INTEGER NOT NULL DEFAULT 0,
  ended_at      INTEGER NOT NULL DEFAULT 0,
  revision      INTEGER NOT NULL DEFAULT 1
) STRICT;
CREATE INDEX mailings_county ON mailings (county, id);
CREATE INDEX mailings_due ON mailings (send_at, id) WHERE state IN ('waiting', 'sending');

-- The events that a mailing is about: who may write at all of them may see and stop it.
CREATE TABLE mailing_events (
  mailing_id INTEGER NOT NULL REFERENCES mailings (id),
  event_id   INTEGER NOT NULL REFERENCES events (id),
  PRIMARY KEY (mailing_id, event_id)
) STRICT;
CREATE INDEX mailing_events_event ON mailing_events (event_id);

CREATE TABLE mailing_files (
  id         INTEGER PRIMARY KEY AUTOINCREMENT,
  mailing_id INTEGER NOT NULL REFERENCES mailings (id),
  filename   TEXT NOT NULL,
  mime       TEXT NOT NULL,
  content    BLOB NOT NULL
) STRICT;
CREATE INDEX mailing_files_mailing ON mailing_files (mailing_id, id);

-- Whom a mailing goes to, as it was approved: each of them once.
CREATE TABLE mailing_recipients (
  mailing_id      INTEGER NOT NULL REFERENCES mailings (id),
  registration_id INTEGER NOT NULL REFERENCES registrations (id),
  status          TEXT NOT NULL, -- as it was then
  state           TEXT NOT NULL DEFAULT 'left' CHECK (state IN ('left', 'begun', 'withheld')),
  PRIMARY KEY (mailing_id, registration_id)
) STRICT;
CREATE INDEX mailing_recipients_left ON mailing_recipients (mailing_id, registration_id) WHERE state = 'left';
CREATE INDEX mailing_recipients_registration ON mailing_recipients (registration_id);

-- Letters of mailings go when no other letter waits. Each person has one of each mailing at most.
ALTER TABLE letters ADD COLUMN mailing_id INTEGER REFERENCES mailings (id);
ALTER TABLE letters ADD COLUMN lane INTEGER NOT NULL DEFAULT 0 CHECK (lane IN (0, 1));
CREATE UNIQUE INDEX letters_mailing ON letters (mailing_id, registration_id) WHERE mailing_id IS NOT NULL;
DROP INDEX letters_due;
CREATE INDEX letters_due ON letters (lane, next_try, id) WHERE state IN ('queued', 'sending');

-- What came back of letters that a server had taken: told by a delivery status notification (RFC 3464) or
-- an automatic reply.
CREATE TABLE returns (
  letter_id INTEGER NOT NULL REFERENCES letters (id),
  kind      TEXT NOT NULL CHECK (kind IN ('failed', 'delayed', 'reply')),
  status    TEXT NOT NULL, -- enhanced status "5.1.1", '' where none is told
  at        INTEGER NOT NULL,
  PRIMARY KEY (letter_id, kind)
) STRICT;

-- Addresses that no mailing goes to, as keyed hashes. county '' stands for every county.
CREATE TABLE suppressions (
  hash   BLOB NOT NULL,
  county TEXT NOT NULL,
  reason TEXT NOT NULL CHECK (reason IN ('unreachable', 'unsubscribed', 'by_hand')),
  actor  TEXT NOT NULL,
  at     INTEGER NOT NULL,
  PRIMARY KEY (hash, county)
) STRICT;
