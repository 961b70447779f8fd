-- News and pages that the authorities write themselves: drafts, whose they are, pictures, earlier versions.

-- +goose Up
ALTER TABLE news ADD COLUMN kind TEXT NOT NULL DEFAULT 'news' CHECK (kind IN ('news', 'page', 'site', 'contact'));
ALTER TABLE news ADD COLUMN state TEXT NOT NULL DEFAULT 'published' CHECK (state IN ('draft', 'published', 'removed'));
ALTER TABLE news ADD COLUMN county TEXT NOT NULL DEFAULT ''; -- '': shared by all
ALTER TABLE news ADD COLUMN footer INTEGER NOT NULL DEFAULT 0 CHECK (footer IN (0, 1));
-- What came before belongs to the first of those who stand as its senders.
UPDATE news SET county = coalesce(json_extract(organisers, '$[0]'), '') WHERE organisers <> '';

DROP INDEX news_published;
CREATE INDEX news_published ON news (kind, state, published_at, id);
CREATE INDEX news_county ON news (county, kind);

-- A picture in one width. Its name is a hash of its bytes, so that an address never shows anything else.
CREATE TABLE pictures (
  news_id INTEGER NOT NULL REFERENCES news (id),
  name    TEXT NOT NULL,
  content BLOB NOT NULL,
  PRIMARY KEY (news_id, name)
) STRICT;
CREATE INDEX pictures_name ON pictures (name);

-- Each save of an item; the first row is how it stood before its first save.
CREATE TABLE news_editions (
  news_id INTEGER NOT NULL REFERENCES news (id),
  n       INTEGER NOT NULL,
  at      INTEGER NOT NULL,
  actor   TEXT NOT NULL,
  mark    TEXT NOT NULL,
  entry   TEXT NOT NULL, -- JSON, see domain.NewsEntry
  PRIMARY KEY (news_id, n)
) STRICT;
