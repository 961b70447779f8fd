package main

import (
	"context"
	"errors"
	"strings"

	_ "github.com/jackc/pgx/v5/stdlib" // the databases are looked at from outside
	"github.com/jmoiron/sqlx"
	_ "github.com/mattn/go-sqlite3" // so are the files
)

// look opens a database without the program between.
func look(url string) (*sqlx.DB, error) {
	if strings.HasPrefix(url, "postgres") {
		return sqlx.Open("pgx", url)
	}
	return sqlx.Open("sqlite3", "file:"+url+"?_busy_timeout=10000&_foreign_keys=on")
}

// fill reads who is registered.
func (b *books) fill(ctx context.Context, url string) (err error) {
	db, err := look(url)
	if err != nil {
		return err
	}
	defer func() { err = errors.Join(err, db.Close()) }()
	var rows []struct{ Email, Status string }
	if err := db.SelectContext(ctx, &rows, `SELECT email, status FROM registrations`); err != nil {
		return err
	}
	for _, r := range rows {
		b.ever[r.Email] = true
		b.emails[r.Email] = b.emails[r.Email] || r.Status != "cancelled"
		switch r.Status {
		case "confirmed":
			b.confirmed++
		case "offered":
			b.offered++
		case "waitlisted":
			b.waiting++
		}
	}
	return nil
}
