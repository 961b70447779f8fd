package store

import (
	"errors"

	"github.com/jmoiron/sqlx"
	sqlite3 "github.com/mattn/go-sqlite3"
)

// words are the few places where the engines' SQL differs. Queries are written once, with ? for
// every value; what cannot be said in the shared subset has a word here and nowhere else.
type words struct {
	driver     string
	bind       int
	skipLocked string // lets several workers claim side by side; SQLite has one writer
	forUpdate  string // holds a row until the transaction ends; SQLite's transaction holds everything
}

var sqliteWords = words{driver: "sqlite3", bind: sqlx.QUESTION}

func (w words) rebind(query string) string {
	if w.bind == sqlx.QUESTION {
		return query
	}
	return sqlx.Rebind(w.bind, query)
}

// isBusy reports whether another process holds the database.
func isBusy(err error) bool {
	var e sqlite3.Error
	return errors.As(err, &e) && (e.Code == sqlite3.ErrBusy || e.Code == sqlite3.ErrLocked)
}

// isFull reports whether the disk is full, after which writing may work again.
func isFull(err error) bool {
	var e sqlite3.Error
	return errors.As(err, &e) && e.Code == sqlite3.ErrFull
}

// isDiskFault reports whether the disk or the file failed, after which nothing may be trusted.
func isDiskFault(err error) bool {
	var e sqlite3.Error
	return errors.As(err, &e) &&
		(e.Code == sqlite3.ErrIoErr || e.Code == sqlite3.ErrCorrupt || e.Code == sqlite3.ErrNotADB || e.Code == sqlite3.ErrReadonly)
}
