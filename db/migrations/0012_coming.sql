-- How many have said that they are coming is told at the event's page, however many are registered. A
-- registration of which nothing has been said pays nothing for the index.

-- +goose Up
CREATE INDEX registrations_coming ON registrations (event_id, status) WHERE coming_at > 0;
