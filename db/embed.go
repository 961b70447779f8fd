// Package db holds the migrations, and nothing that behaves.
//
// A file NNNN_name.sql runs on every engine; NNNN_name.sqlite.sql and NNNN_name.postgres.sql stand
// where the definition language differs. Migrations only go forward.
package db

import "embed"

// Migrations are the files below migrations/.
//
//go:embed migrations/*.sql
var Migrations embed.FS
