-- What is offered: organisers, series, events, their programme, and news.
--
-- Instants are microseconds since 1970 in UTC (0: not set), days are 2006-01-02 ('': not announced),
-- times of day are minutes after midnight (-1: not announced). Bilingual texts are pairs of columns.

-- +goose Up
CREATE TABLE settings (
  name  TEXT PRIMARY KEY,
  value TEXT NOT NULL
) STRICT, WITHOUT ROWID;

CREATE TABLE organisers (
  code           TEXT PRIMARY KEY,
  scb            TEXT NOT NULL,
  slug           TEXT NOT NULL UNIQUE,
  county         TEXT NOT NULL,
  name           TEXT NOT NULL,
  short          TEXT NOT NULL,
  region         TEXT NOT NULL,
  town           TEXT NOT NULL,
  phone          TEXT NOT NULL,
  email          TEXT NOT NULL,
  dpo            TEXT NOT NULL,
  org_number     TEXT NOT NULL,
  minority_sv    TEXT NOT NULL,
  minority_en    TEXT NOT NULL,
  legal_basis_sv TEXT NOT NULL,
  legal_basis_en TEXT NOT NULL
) STRICT, WITHOUT ROWID;

CREATE TABLE series (
  id        INTEGER PRIMARY KEY AUTOINCREMENT,
  slug      TEXT NOT NULL UNIQUE,
  announced TEXT NOT NULL,
  title_sv  TEXT NOT NULL,
  title_en  TEXT NOT NULL,
  kicker_sv TEXT NOT NULL,
  kicker_en TEXT NOT NULL,
  lead_sv   TEXT NOT NULL,
  lead_en   TEXT NOT NULL,
  body_sv   TEXT NOT NULL,
  body_en   TEXT NOT NULL
) STRICT;

CREATE TABLE venues (
  id          INTEGER PRIMARY KEY AUTOINCREMENT,
  name        TEXT NOT NULL,
  address     TEXT NOT NULL,
  postal_code TEXT NOT NULL,
  town        TEXT NOT NULL,
  access      TEXT NOT NULL, -- JSON, see domain.Access
  travel_sv   TEXT NOT NULL,
  travel_en   TEXT NOT NULL
) STRICT;

-- The facts and the counters, kept narrow: every registration rewrites this row.
CREATE TABLE events (
  id                INTEGER PRIMARY KEY AUTOINCREMENT,
  series_id         INTEGER REFERENCES series (id),
  slug              TEXT NOT NULL UNIQUE,
  owner             TEXT NOT NULL REFERENCES organisers (code),
  kind              TEXT NOT NULL CHECK (kind IN ('theme_day', 'conference', 'seminar', 'course', 'webinar')),
  state             TEXT NOT NULL CHECK (state IN ('draft', 'published', 'cancelled')),
  day               TEXT NOT NULL,
  last_day          TEXT NOT NULL,
  arrival           INTEGER NOT NULL,
  starts            INTEGER NOT NULL,
  ends              INTEGER NOT NULL,
  venue_id          INTEGER REFERENCES venues (id),
  town              TEXT NOT NULL,
  online            INTEGER NOT NULL CHECK (online IN (0, 1)),
  language          TEXT NOT NULL,
  capacity          INTEGER NOT NULL CHECK (capacity >= 0),
  seats_taken       INTEGER NOT NULL DEFAULT 0 CHECK (seats_taken >= 0),
  waiting           INTEGER NOT NULL DEFAULT 0 CHECK (waiting >= 0),
  waiting_list      INTEGER NOT NULL CHECK (waiting_list IN (0, 1)),
  opens_at          INTEGER NOT NULL,
  register_until    TEXT NOT NULL,
  cancel_until      TEXT NOT NULL,
  after_cancel      TEXT NOT NULL CHECK (after_cancel IN ('transfer_only', 'contact_us')),
  no_show_fee       INTEGER NOT NULL CHECK (no_show_fee >= 0),
  terms_version     INTEGER NOT NULL,
  binding           INTEGER NOT NULL CHECK (binding IN (0, 1)),
  contact_name      TEXT NOT NULL,
  contact_phone     TEXT NOT NULL,
  contact_email     TEXT NOT NULL,
  case_number       TEXT NOT NULL,
  retention_weeks   INTEGER NOT NULL,
  retention_support TEXT NOT NULL,
  revision          INTEGER NOT NULL DEFAULT 0,
  updated_at        INTEGER NOT NULL,
  CHECK (seats_taken <= capacity)
) STRICT;
CREATE INDEX events_series ON events (series_id);
CREATE INDEX events_owner ON events (owner);
CREATE INDEX events_venue ON events (venue_id);
CREATE INDEX events_day ON events (day, id);

CREATE TABLE event_texts (
  event_id       INTEGER PRIMARY KEY REFERENCES events (id),
  title_sv       TEXT NOT NULL,
  title_en       TEXT NOT NULL,
  lead_sv        TEXT NOT NULL,
  lead_en        TEXT NOT NULL,
  body_sv        TEXT NOT NULL,
  body_en        TEXT NOT NULL,
  cost_sv        TEXT NOT NULL,
  cost_en        TEXT NOT NULL,
  cancel_note_sv TEXT NOT NULL,
  cancel_note_en TEXT NOT NULL,
  photo_note_sv  TEXT NOT NULL,
  photo_note_en  TEXT NOT NULL,
  calendar_sv    TEXT NOT NULL,
  calendar_en    TEXT NOT NULL,
  target_group   TEXT NOT NULL, -- JSON list of texts
  invited_by     TEXT NOT NULL  -- JSON list of names
) STRICT;

-- One row a version, never changed: registrations point at what was on the screen.
CREATE TABLE terms (
  id       INTEGER PRIMARY KEY AUTOINCREMENT,
  event_id INTEGER NOT NULL REFERENCES events (id),
  version  INTEGER NOT NULL,
  text_sv  TEXT NOT NULL,
  text_en  TEXT NOT NULL,
  UNIQUE (event_id, version)
) STRICT;

CREATE TABLE speakers (
  id              INTEGER PRIMARY KEY AUTOINCREMENT,
  name            TEXT NOT NULL,
  title_sv        TEXT NOT NULL,
  title_en        TEXT NOT NULL,
  organisation_sv TEXT NOT NULL,
  organisation_en TEXT NOT NULL
) STRICT;

CREATE TABLE event_speakers (
  event_id   INTEGER NOT NULL REFERENCES events (id),
  position   INTEGER NOT NULL,
  speaker_id INTEGER NOT NULL REFERENCES speakers (id),
  PRIMARY KEY (event_id, position)
) STRICT, WITHOUT ROWID;
CREATE INDEX event_speakers_speaker ON event_speakers (speaker_id);

CREATE TABLE sessions (
  id          INTEGER PRIMARY KEY AUTOINCREMENT,
  event_id    INTEGER NOT NULL REFERENCES events (id),
  position    INTEGER NOT NULL,
  day         TEXT NOT NULL,
  starts      INTEGER NOT NULL,
  ends        INTEGER NOT NULL,
  title_sv    TEXT NOT NULL,
  title_en    TEXT NOT NULL,
  abstract_sv TEXT NOT NULL,
  abstract_en TEXT NOT NULL,
  UNIQUE (event_id, position)
) STRICT;

CREATE TABLE session_speakers (
  session_id INTEGER NOT NULL REFERENCES sessions (id),
  position   INTEGER NOT NULL,
  speaker_id INTEGER NOT NULL REFERENCES speakers (id),
  PRIMARY KEY (session_id, position)
) STRICT, WITHOUT ROWID;
CREATE INDEX session_speakers_speaker ON session_speakers (speaker_id);

CREATE TABLE questions (
  id       INTEGER PRIMARY KEY AUTOINCREMENT,
  event_id INTEGER NOT NULL REFERENCES events (id),
  position INTEGER NOT NULL,
  kind     TEXT NOT NULL CHECK (kind IN ('text', 'long_text', 'choice', 'choices', 'yes_no')),
  label_sv TEXT NOT NULL,
  label_en TEXT NOT NULL,
  hint_sv  TEXT NOT NULL,
  hint_en  TEXT NOT NULL,
  required INTEGER NOT NULL CHECK (required IN (0, 1)),
  choices  TEXT NOT NULL, -- JSON, see domain.Choice
  UNIQUE (event_id, position)
) STRICT;

CREATE TABLE news (
  id           INTEGER PRIMARY KEY AUTOINCREMENT,
  slug         TEXT NOT NULL UNIQUE,
  published_at INTEGER NOT NULL,
  updated_at   INTEGER NOT NULL,
  title_sv     TEXT NOT NULL,
  title_en     TEXT NOT NULL,
  lead_sv      TEXT NOT NULL,
  lead_en      TEXT NOT NULL,
  body_sv      TEXT NOT NULL,
  body_en      TEXT NOT NULL,
  picture      TEXT NOT NULL, -- JSON, see domain.Picture
  links        TEXT NOT NULL, -- JSON list, see domain.NewsLink
  organisers   TEXT NOT NULL  -- JSON list of codes
) STRICT;
CREATE INDEX news_published ON news (published_at, id);

CREATE TABLE documents (
  id       INTEGER PRIMARY KEY AUTOINCREMENT,
  slug     TEXT NOT NULL UNIQUE,
  event_id INTEGER REFERENCES events (id),
  news_id  INTEGER REFERENCES news (id),
  position INTEGER NOT NULL,
  title_sv TEXT NOT NULL,
  title_en TEXT NOT NULL,
  filename TEXT NOT NULL,
  mime     TEXT NOT NULL,
  size     INTEGER NOT NULL,
  lang     TEXT NOT NULL,
  CHECK ((event_id IS NULL) <> (news_id IS NULL))
) STRICT;
CREATE INDEX documents_event ON documents (event_id);
CREATE INDEX documents_news ON documents (news_id);

CREATE TABLE document_bodies (
  document_id INTEGER PRIMARY KEY REFERENCES documents (id),
  content     BLOB NOT NULL
) STRICT;
