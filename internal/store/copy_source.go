package store

import (
	"context"
	"errors"
	"fmt"
	"net/url"

	"github.com/jmoiron/sqlx"
)

const secretFingerprint = "secret fingerprint"

// origin is what a source tells of itself.
type origin struct {
	whose string // the fingerprint of its secret; "" where no server has used it yet
	moved bool   // its registrations live elsewhere now
}

// look reads the marks of a source before anything is made for it, and refuses what cannot be copied: what is no
// installation, another one than the secret's, and what is half of one or was moved away. A move that was ended
// between its last two steps may go on: claim sees whether this is one.
func look(ctx context.Context, o CarryOptions) (out origin, err error) {
	s, err := glance(ctx, o.From)
	if err != nil {
		return out, fmt.Errorf("store: the source cannot be read: %w", err)
	}
	defer func() { err = errors.Join(err, s.close()) }()
	there := `SELECT count(*) FROM sqlite_schema WHERE name IN ('settings', 'goose_db_version')`
	if s.postgres() {
		there = `SELECT count(to_regclass('settings')) + count(to_regclass('goose_db_version'))`
	}
	var n int
	if err := s.read.QueryRowxContext(ctx, there).Scan(&n); err != nil {
		return out, fmt.Errorf("store: the source cannot be read: %w", err)
	}
	if n < 2 {
		return out, errors.New("store: the source holds no installation of Temadag")
	}
	var marks [3]string
	for i, name := range []string{secretFingerprint, markCopying, markMoved} {
		if marks[i], err = s.setting(ctx, name); err != nil {
			return out, err
		}
	}
	out = origin{marks[0], marks[2] != ""}
	switch {
	case o.Fingerprint != "" && out.whose != "" && out.whose != o.Fingerprint:
		return out, errors.New("store: the secret is not the one that the source was made with: its links and letters could not be read, nor its audit log proved")
	case marks[1] != "":
		return out, errors.New("store: the source is an unfinished copy itself; copy from where it comes from, or end it first")
	case out.moved && !o.Move:
		return out, errMovedAway
	}
	return out, nil
}

var errMovedAway = errors.New("store: the registrations of the source were moved to another database with temadag copy --finish; copy from that one")

func glance(ctx context.Context, o Options) (*side, error) {
	if IsPostgres(o.URL) {
		return connectPostgres(ctx, o)
	}
	db := openFile(o.Path, url.Values{"_query_only": {"true"}, "_busy_timeout": {"5000"}})
	return connect(ctx, sqlx.NewDb(db, sqliteWords.driver), sqliteWords)
}
