-- The list in the order in which people came, and the counts of a whole event, read from an index that
-- grows at its end alone: a registration pays next to nothing for it.

-- +goose Up
CREATE INDEX registrations_arrival ON registrations (event_id, id, status, protected);
