-- Finding people, lists that are handed out, and what each user has taken before.
--
-- What is searched is kept folded (domain.SearchKey), since no engine folds å, ä and ö as people do; the
-- program fills it in for registrations that came before it. The index of the list holds all that a
-- page filters, searches and counts by, so that it is read alone: a hundred thousand take some twenty
-- milliseconds. Needs are in none of it (R-24).

-- +goose Up
ALTER TABLE registrations ADD COLUMN search TEXT NOT NULL DEFAULT '';
ALTER TABLE registrations ADD COLUMN work_key TEXT NOT NULL DEFAULT ''; -- sorts by the organisation
ALTER TABLE registrations ADD COLUMN answered TEXT NOT NULL DEFAULT ''; -- the questions answered: ',3,7,'; '' for none
-- A protected person's place in the alphabet would tell her initial: she stands last (R-30).
UPDATE registrations SET sort_key = char(1114111) WHERE protected = 1;
DROP INDEX registrations_list;
CREATE INDEX registrations_list ON registrations (event_id, sort_key, id, status, protected, organisation_type,
  municipality, channel, attendance, answered, work_key, search);
CREATE INDEX registrations_unread ON registrations (id) WHERE search = '';
CREATE INDEX letters_failed ON letters (registration_id) WHERE state = 'failed';

-- A county's own ways of handing out lists.
CREATE TABLE list_templates (
  id         INTEGER PRIMARY KEY AUTOINCREMENT,
  county     TEXT NOT NULL REFERENCES organisers (code),
  name       TEXT NOT NULL,
  name_key   TEXT NOT NULL,
  spec       TEXT NOT NULL, -- JSON, see domain.ExportSpec
  updated_at INTEGER NOT NULL,
  updated_by TEXT NOT NULL,
  UNIQUE (county, name_key)
) STRICT;

-- What a user has taken of an event, so that the next list can tell what is new. Of people it holds an
-- id and a mark that changes with them, and goes with them.
CREATE TABLE lists_taken (
  user_id  INTEGER NOT NULL REFERENCES users (id),
  event_id INTEGER NOT NULL REFERENCES events (id),
  at       INTEGER NOT NULL,
  PRIMARY KEY (user_id, event_id)
) STRICT, WITHOUT ROWID;
CREATE INDEX lists_taken_event ON lists_taken (event_id);
CREATE TABLE list_marks (
  user_id         INTEGER NOT NULL,
  event_id        INTEGER NOT NULL,
  registration_id INTEGER NOT NULL REFERENCES registrations (id) ON DELETE CASCADE,
  mark            TEXT NOT NULL,
  PRIMARY KEY (user_id, event_id, registration_id),
  FOREIGN KEY (user_id, event_id) REFERENCES lists_taken (user_id, event_id) ON DELETE CASCADE
) STRICT, WITHOUT ROWID;
CREATE INDEX list_marks_registration ON list_marks (registration_id);
