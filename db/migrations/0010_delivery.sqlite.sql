-- Letters that write themselves about an event, invitations to those who have asked for them, and a mail
-- server that refuses everything.
--
-- A letter may go to a subscriber instead of a participant, which SQLite cannot change in place: letters and
-- what refers to them are made anew, children first out and last in.

-- +goose Up
-- Whoever has asked for invitations to new events of a county. Before she has followed the link in the letter
-- that asks, confirmed_at is 0 and nothing but that letter goes to her.
CREATE TABLE subscribers (
  id           INTEGER PRIMARY KEY AUTOINCREMENT,
  uid          TEXT NOT NULL UNIQUE, -- her links are made of it
  county       TEXT NOT NULL REFERENCES organisers (code),
  email        TEXT NOT NULL,
  email_key    TEXT NOT NULL,
  lang         TEXT NOT NULL,
  source       TEXT NOT NULL CHECK (source IN ('page', 'own')), -- the public page, or her own registration's
  asked_at     INTEGER NOT NULL,
  confirmed_at INTEGER NOT NULL DEFAULT 0,
  UNIQUE (county, email_key)
) STRICT;
CREATE INDEX subscribers_email ON subscribers (email_key);
CREATE INDEX subscribers_county ON subscribers (county, id) WHERE confirmed_at > 0;
CREATE INDEX subscribers_unconfirmed ON subscribers (asked_at, id) WHERE confirmed_at = 0;

-- kind tells whom a mailing goes to: participants of events, or those who have asked for invitations.
-- auto_* are set for a letter that the clock lets go: one of each kind, event and day.
ALTER TABLE mailings ADD COLUMN kind TEXT NOT NULL DEFAULT 'participants' CHECK (kind IN ('participants', 'invitation'));
ALTER TABLE mailings ADD COLUMN auto_kind TEXT NOT NULL DEFAULT '';
ALTER TABLE mailings ADD COLUMN auto_event INTEGER REFERENCES events (id);
ALTER TABLE mailings ADD COLUMN auto_day TEXT NOT NULL DEFAULT '';
ALTER TABLE mailings ADD COLUMN auto_link TEXT NOT NULL DEFAULT ''; -- to a form of evaluation
CREATE UNIQUE INDEX mailings_auto ON mailings (auto_event, auto_kind, auto_day) WHERE auto_event IS NOT NULL;

-- Whom an invitation goes to, as it was approved: each of them once. Of someone who has ended it the line is
-- kept, so that the numbers hold, and nothing tells whose it was.
CREATE TABLE mailing_subscribers (
  id            INTEGER PRIMARY KEY,
  mailing_id    INTEGER NOT NULL REFERENCES mailings (id),
  subscriber_id INTEGER REFERENCES subscribers (id) ON DELETE SET NULL,
  state         TEXT NOT NULL DEFAULT 'left' CHECK (state IN ('left', 'begun', 'withheld')),
  UNIQUE (mailing_id, subscriber_id)
) STRICT;
CREATE INDEX mailing_subscribers_left ON mailing_subscribers (mailing_id, id) WHERE state = 'left';
CREATE INDEX mailing_subscribers_subscriber ON mailing_subscribers (subscriber_id);

CREATE TABLE new_letters (
  id              INTEGER PRIMARY KEY AUTOINCREMENT,
  kind            TEXT NOT NULL,
  registration_id INTEGER REFERENCES registrations (id), -- NULL for a letter to a subscriber
  subscriber_id   INTEGER REFERENCES subscribers (id) ON DELETE SET NULL,
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
  mailing_id      INTEGER REFERENCES mailings (id),
  lane            INTEGER NOT NULL DEFAULT 0 CHECK (lane IN (0, 1)),
  UNIQUE (registration_id, kind, n)
) STRICT;
INSERT INTO new_letters (id, kind, registration_id, n, recipient, lang, status, queue_position, message_id, queued_at,
  state, attempts, next_try, lease_until, accepted_at, last_error, details, mailing_id, lane)
SELECT id, kind, registration_id, n, recipient, lang, status, queue_position, message_id, queued_at,
  state, attempts, next_try, lease_until, accepted_at, last_error, details, mailing_id, lane
FROM letters ORDER BY id;
UPDATE sqlite_sequence SET seq = (SELECT o.seq FROM sqlite_sequence o WHERE o.name = 'letters')
WHERE name = 'new_letters' AND EXISTS (SELECT 1 FROM sqlite_sequence o WHERE o.name = 'letters');

CREATE TABLE new_letter_bodies (
  letter_id INTEGER PRIMARY KEY REFERENCES new_letters (id),
  raw       BLOB NOT NULL
) STRICT;
INSERT INTO new_letter_bodies (letter_id, raw) SELECT letter_id, raw FROM letter_bodies;

CREATE TABLE new_returns (
  letter_id INTEGER NOT NULL REFERENCES new_letters (id),
  kind      TEXT NOT NULL CHECK (kind IN ('failed', 'delayed', 'reply')),
  status    TEXT NOT NULL, -- enhanced status "5.1.1", '' where none is told
  at        INTEGER NOT NULL,
  PRIMARY KEY (letter_id, kind)
) STRICT;
INSERT INTO new_returns (letter_id, kind, status, at) SELECT letter_id, kind, status, at FROM returns;

DROP TABLE returns;
DROP TABLE letter_bodies;
DROP TABLE letters;
ALTER TABLE new_letters RENAME TO letters;
ALTER TABLE new_letter_bodies RENAME TO letter_bodies;
ALTER TABLE new_returns RENAME TO returns;

CREATE INDEX letters_due ON letters (lane, next_try, id) WHERE state IN ('queued', 'sending');
CREATE INDEX returns_failed ON returns (letter_id) WHERE kind = 'failed';
CREATE INDEX letters_failed ON letters (registration_id) WHERE state = 'failed';
CREATE UNIQUE INDEX letters_mailing ON letters (mailing_id, registration_id) WHERE mailing_id IS NOT NULL;
CREATE UNIQUE INDEX letters_subscriber ON letters (subscriber_id, mailing_id) WHERE subscriber_id IS NOT NULL;

-- When she has said, asked by the reminder, that she is coming; 0 where she has not.
ALTER TABLE registrations ADD COLUMN coming_at INTEGER NOT NULL DEFAULT 0;

-- When the event was published or given its days last: a letter that was due before then does not go late.
ALTER TABLE events ADD COLUMN timed_at INTEGER NOT NULL DEFAULT 0;

-- What staff have changed about the letters that write themselves about an event. Where there is no row, the
-- program's own words and days hold.
CREATE TABLE automatics (
  event_id   INTEGER NOT NULL REFERENCES events (id),
  kind       TEXT NOT NULL, -- see domain.AutomaticKind
  is_on      INTEGER NOT NULL CHECK (is_on IN (0, 1)),
  days       INTEGER NOT NULL, -- working days before the event, or after it
  link       TEXT NOT NULL, -- to a form of evaluation; '' for none
  subject_sv TEXT NOT NULL,
  subject_en TEXT NOT NULL,
  body_sv    TEXT NOT NULL,
  body_en    TEXT NOT NULL,
  changed_by TEXT NOT NULL,
  changed_at INTEGER NOT NULL,
  armed_at   INTEGER NOT NULL, -- since when it would go when it would go
  revision   INTEGER NOT NULL,
  PRIMARY KEY (event_id, kind)
) STRICT, WITHOUT ROWID;

-- Why no letter at all goes out: the mail server refuses our sign-in or our policy. One row or none.
CREATE TABLE relay_pause (
  id     INTEGER PRIMARY KEY CHECK (id = 1),
  since  INTEGER NOT NULL,
  until  INTEGER NOT NULL, -- when it is tried again
  reason TEXT NOT NULL,
  code   INTEGER NOT NULL,
  status TEXT NOT NULL -- enhanced status "5.7.8", '' where none is told
) STRICT;
