-- What staff are told at their first page stays as fast when the file holds the people of many years. Places
-- that nobody has been named for are few; a registration with a name pays nothing for the index.

-- +goose Up
CREATE INDEX registrations_unnamed ON registrations (event_id, status) WHERE given_name = '';
