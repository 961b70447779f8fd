package store

import (
	"errors"
	"strings"
	"sync"
	"unicode/utf8"

	"github.com/jackc/pgx/v5/pgconn"
	"github.com/jmoiron/sqlx"
	sqlite3 "github.com/mattn/go-sqlite3"
)

// words are the few places where the engines' SQL differs. Queries are written once, with ? for
// every value; what cannot be said in the shared subset has a word or a phrase here and nowhere else.
type words struct {
	engine     string
	driver     string
	bind       int
	phrases    *strings.Replacer // SQLite's phrases below → this engine's
	rebound    *sync.Map         // query → the same as this engine reads it
	skipLocked string            // lets several workers claim side by side; SQLite has one writer
	forUpdate  string            // holds a row until the transaction ends; SQLite's transaction holds everything
}

// Phrases about JSON and texts, as SQLite reads them. Elsewhere they are replaced by their twins.
const (
	// The counties that arrange an event with its owner, as rows co.value, of a row er of event_rules.
	coOrganisers = `json_each(er.rules, '$.co_organisers') AS co`
	// The same where er may be missing.
	anyCoOrganisers = `json_each(coalesce(er.rules, '{}'), '$.co_organisers') AS co`
	// The values of the answers of a registration, as rows v.value and question.
	answerValues = `json_each(answers) AS a, json_each(a.value, '$.v') AS v`
	questionOf   = `json_extract(a.value, '$.q')`
	// What follows the @ of an address.
	hostOf = `substr(s.email, instr(s.email, '@') + 1)`
)

var sqliteWords = words{engine: "sqlite", driver: "sqlite3", bind: sqlx.QUESTION}

func postgresWords() words {
	return words{
		engine: "postgres", driver: "pgx", bind: sqlx.DOLLAR, rebound: new(sync.Map),
		skipLocked: "\n  FOR UPDATE SKIP LOCKED", forUpdate: "\nFOR UPDATE",
		phrases: strings.NewReplacer(
			coOrganisers, `jsonb_array_elements_text(CAST(er.rules AS jsonb) -> 'co_organisers') AS co (value)`,
			anyCoOrganisers, `jsonb_array_elements_text(CAST(coalesce(er.rules, '{}') AS jsonb) -> 'co_organisers') AS co (value)`,
			answerValues, `jsonb_array_elements(CAST(nullif(answers, '') AS jsonb)) AS a (value), jsonb_array_elements_text(a.value -> 'v') AS v (value)`,
			questionOf, `CAST(a.value ->> 'q' AS BIGINT)`,
			hostOf, `substr(s.email, strpos(s.email, '@') + 1)`,
		),
	}
}

// rebind is a query as the engine writes its parameters. What is asked is a few hundred fixed texts and filters
// made of fixed parts, so that all are kept.
func (w words) rebind(query string) string {
	if w.bind == sqlx.QUESTION {
		return query
	}
	if q, ok := w.rebound.Load(query); ok {
		return q.(string)
	}
	q := sqlx.Rebind(w.bind, w.phrases.Replace(query))
	w.rebound.Store(query, q)
	return q
}

// texts is the values of a query with U+FFFD for what PostgreSQL takes in no text: NUL, and bytes that are not
// UTF-8. What is asked for under such a name is not there, and what is kept is a little poorer, on no page of ours.
func (w words) texts(args []any) []any {
	if w.bind == sqlx.QUESTION {
		return args
	}
	var out []any // a copy, made when it is needed
	for i, a := range args {
		s, ok := a.(string)
		if !ok || !strings.Contains(s, "\x00") && utf8.ValidString(s) {
			continue
		}
		if out == nil {
			out = append(out, args...)
		}
		out[i] = strings.ReplaceAll(strings.ToValidUTF8(s, "\ufffd"), "\x00", "\ufffd")
	}
	if out == nil {
		return args
	}
	return out
}

// isBusy reports whether somebody else holds what was wanted for longer than we wait.
func isBusy(err error) bool {
	var e sqlite3.Error
	if errors.As(err, &e) {
		return e.Code == sqlite3.ErrBusy || e.Code == sqlite3.ErrLocked
	}
	switch postgresCode(err) {
	case "40001", "40P01", "55P03", "53300": // serialisation, deadlock, lock not available, too many connections
		return true
	}
	return false
}

// isFull reports whether the disk is full, after which writing may work again.
func isFull(err error) bool {
	var e sqlite3.Error
	return errors.As(err, &e) && e.Code == sqlite3.ErrFull || postgresCode(err) == "53100"
}

// isDiskFault reports whether the disk or the file failed, after which nothing may be trusted.
func isDiskFault(err error) bool {
	var e sqlite3.Error
	return errors.As(err, &e) &&
		(e.Code == sqlite3.ErrIoErr || e.Code == sqlite3.ErrCorrupt || e.Code == sqlite3.ErrNotADB || e.Code == sqlite3.ErrReadonly)
}

// isConstraint reports whether SQLite refused a row that the table does not take.
func isConstraint(err error) bool {
	var e sqlite3.Error
	return errors.As(err, &e) && e.Code == sqlite3.ErrConstraint
}

// postgresCode is the SQLSTATE of an error of PostgreSQL; "" of any other.
func postgresCode(err error) string {
	var e *pgconn.PgError
	if errors.As(err, &e) {
		return e.Code
	}
	return ""
}
