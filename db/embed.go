// Package db holds the migrations, and nothing that behaves.
//
// A file NNNN_name.sql runs on every engine; NNNN_name.sqlite.sql and NNNN_name.postgres.sql stand
// where the definition language differs. Migrations only go forward.
//
// On PostgreSQL a new program migrates while instances of the old one serve, so that a migration must leave
// everything that the program before it asks and writes as it was: first add, and take away a release later. What is
// added is a table, an index, or a column that is nullable or has a default; a CHECK may become wider. A column that
// is no longer used is left where it is until no program that names it is about, and is renamed never: a new one is
// added, both are written for a release, and then the old one goes. An old program that starts afterwards refuses
// the newer schema. Both engines get the same tables and columns, with one number: temadag copy refuses anything else.
package db

import "embed"

// Migrations are the files below migrations/.
//
//go:embed migrations/*.sql
var Migrations embed.FS
