-- Editing events: drafts that nobody has saved yet, what was saved by whom, questions that are not asked
-- any more, and what a document holds.

-- +goose Up
-- A question that someone has answered is never deleted: its answers would mean nothing.
ALTER TABLE questions ADD COLUMN retired INTEGER NOT NULL DEFAULT 0 CHECK (retired IN (0, 1));
ALTER TABLE documents ADD COLUMN about_sv TEXT NOT NULL DEFAULT '';
ALTER TABLE documents ADD COLUMN about_en TEXT NOT NULL DEFAULT '';

-- What an editor has typed and not saved, as it was typed.
CREATE TABLE drafts (
  user_id  INTEGER NOT NULL REFERENCES users (id),
  event_id INTEGER NOT NULL REFERENCES events (id),
  at       INTEGER NOT NULL,
  mark     TEXT NOT NULL, -- of the entry that she began with
  entry    TEXT NOT NULL, -- JSON, see domain.EventEntry
  PRIMARY KEY (user_id, event_id)
) STRICT;
CREATE INDEX drafts_event ON drafts (event_id);

-- Each save of an event, so that two editors who meet can be told who changed what. The first row of an
-- event is how it stood before its first save.
CREATE TABLE editions (
  event_id INTEGER NOT NULL REFERENCES events (id),
  n        INTEGER NOT NULL,
  at       INTEGER NOT NULL,
  actor    TEXT NOT NULL,
  mark     TEXT NOT NULL,
  entry    TEXT NOT NULL, -- JSON, see domain.EventEntry
  PRIMARY KEY (event_id, n)
) STRICT;
