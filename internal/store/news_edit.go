package store

import (
	"context"
	"database/sql"
	"errors"
	"strings"
	"time"

	"github.com/temadag/temadag/internal/domain"
)

// NewsScope limits what AllNews answers: items of some counties, those that all share, or all of them. The
// zero scope holds nothing.
type NewsScope struct {
	Counties []domain.OrganiserCode
	Shared   bool
	All      bool
}

// AllNews are the items in the scope, drafts and removed ones too, the last published first and drafts
// before them, without their documents; at most 2,000.
func (q Queries) AllNews(ctx context.Context, s NewsScope) ([]domain.News, error) {
	where, args := `1 = 1`, []any(nil)
	if !s.All {
		parts := []string{`1 = 0`}
		for _, c := range s.Counties {
			parts, args = append(parts, `county = ?`), append(args, string(c))
		}
		if s.Shared {
			parts = append(parts, `kind = 'site'`)
		}
		where = `(` + strings.Join(parts, ` OR `) + `)`
	}
	return q.newsWhere(ctx, where+`
ORDER BY state = 'draft' DESC, published_at DESC, id DESC
LIMIT 2000`, args...)
}

// NewsByID is an item as its editors see it, with its documents.
func (q Queries) NewsByID(ctx context.Context, id int64) (domain.News, error) {
	var r newsRow
	if err := q.one(ctx, &r, "news", `SELECT `+newsColumns+` FROM news WHERE id = ?`, id); err != nil {
		return domain.News{}, err
	}
	return q.withDocuments(ctx, r)
}

// NewsID is the item of a kind with a slug, whatever its state; domain.ErrNotFound where there is none.
func (q Queries) NewsID(ctx context.Context, k domain.NewsKind, slug string) (int64, error) {
	var id int64
	err := q.one(ctx, &id, "news", `SELECT id FROM news WHERE slug = ?`, keyOf(k, slug))
	return id, err
}

// NewsSlugTaken reports whether another item of the kind has the slug.
func (q Queries) NewsSlugTaken(ctx context.Context, k domain.NewsKind, slug string, but int64) (bool, error) {
	id, err := q.NewsID(ctx, k, slug)
	if errors.Is(err, domain.ErrNotFound) {
		return false, nil
	}
	return id != but, err
}

// ReplaceNews makes an item what n is, but for its documents and the bytes of its picture.
func (tx *Tx) ReplaceNews(ctx context.Context, n domain.News) error {
	tx.changes.programme = true
	columns, values, err := newsValues(n)
	if err != nil {
		return err
	}
	return tx.changeOne(ctx, "news", `UPDATE news SET `+strings.Join(columns, ` = ?, `)+` = ? WHERE id = ?`, append(values, n.ID)...)
}

// EraseNews takes an item away with all that belongs to it. What the audit log tells of it stays.
func (tx *Tx) EraseNews(ctx context.Context, id int64) error {
	tx.changes.programme = true
	for _, query := range []string{
		`DELETE FROM document_bodies WHERE document_id IN (SELECT id FROM documents WHERE news_id = ?)`,
		`DELETE FROM documents WHERE news_id = ?`, `DELETE FROM pictures WHERE news_id = ?`, `DELETE FROM news_editions WHERE news_id = ?`,
	} {
		if _, err := tx.exec(ctx, query, id); err != nil {
			return wrap("erase news", err)
		}
	}
	return tx.changeOne(ctx, "news", `DELETE FROM news WHERE id = ?`, id)
}

// PutPictures keeps the bytes of an item's picture, by the names of its sizes, in place of those it had.
func (tx *Tx) PutPictures(ctx context.Context, id int64, sizes map[string][]byte) error {
	tx.changes.programme = true
	if _, err := tx.exec(ctx, `DELETE FROM pictures WHERE news_id = ?`, id); err != nil {
		return wrap("pictures", err)
	}
	for name, content := range sizes {
		if _, err := tx.exec(ctx, `INSERT INTO pictures (news_id, name, content) VALUES (?, ?, ?)`, id, name, content); err != nil {
			return wrap("picture", err)
		}
	}
	return nil
}

// PictureOf is a picture of an item in one width, whatever the state of the item.
func (q Queries) PictureOf(ctx context.Context, id int64, name string) ([]byte, error) {
	var content []byte
	err := q.one(ctx, &content, "picture", `SELECT content FROM pictures WHERE news_id = ? AND name = ?`, id, name)
	return content, err
}

// NewsDocument is a document of an item; domain.ErrNotFound where there is none.
func (q Queries) NewsDocument(ctx context.Context, id int64, slug string) (domain.Document, error) {
	docs, err := q.documents(ctx, `d.news_id = ? AND d.slug = ?`, id, slug)
	if err == nil && len(docs) == 0 {
		err = domain.NotFound("document.not_found")
	}
	if err != nil {
		return domain.Document{}, err
	}
	return docs[0], nil
}

// DocumentContent is the bytes of a document, whatever the state of what it belongs to.
func (q Queries) DocumentContent(ctx context.Context, id int64) ([]byte, error) {
	var content []byte
	err := q.one(ctx, &content, "document", `SELECT content FROM document_bodies WHERE document_id = ?`, id)
	return content, err
}

// PlaceNewsDocuments puts the documents of an item in an order.
func (tx *Tx) PlaceNewsDocuments(ctx context.Context, id int64, ids []int64) error {
	tx.changes.programme = true
	for i, d := range ids {
		if err := tx.changeOne(ctx, "order of documents", `UPDATE documents SET position = ? WHERE id = ? AND news_id = ?`, i, d, id); err != nil {
			return err
		}
	}
	return nil
}

// NewsEdition is an item as it stood after a save; the first is how it stood before any.
type NewsEdition struct {
	N     int
	At    time.Time
	By    string
	Mark  string
	Entry domain.NewsEntry
}

// AddNewsEdition keeps how an item stands, numbered from 1.
func (tx *Tx) AddNewsEdition(ctx context.Context, id int64, e NewsEdition) error {
	entry, err := pack(e.Entry)
	if err != nil {
		return err
	}
	_, err = tx.exec(ctx, `
INSERT INTO news_editions (news_id, n, at, actor, mark, entry)
SELECT ?, coalesce(max(n), 0) + 1, ?, ?, ?, ? FROM news_editions WHERE news_id = ?`, id, stamp(e.At), e.By, e.Mark, entry, id)
	return wrap("edition", err)
}

// NewsEditions are the versions of an item, the newest first, at most 200.
func (q Queries) NewsEditions(ctx context.Context, id int64) ([]NewsEdition, error) {
	return q.newsEditions(ctx, `news_id = ? ORDER BY n DESC LIMIT 200`, id)
}

// LastNewsEdition is the newest version of an item with a mark; domain.ErrNotFound where there is none.
func (q Queries) LastNewsEdition(ctx context.Context, id int64, mark string) (NewsEdition, error) {
	all, err := q.newsEditions(ctx, `news_id = ? AND mark = ? ORDER BY n DESC LIMIT 1`, id, mark)
	if err == nil && len(all) == 0 {
		err = domain.NotFound("edition.not_found")
	}
	if err != nil {
		return NewsEdition{}, err
	}
	return all[0], nil
}

func (q Queries) newsEditions(ctx context.Context, where string, args ...any) ([]NewsEdition, error) {
	var rows []editionRow
	err := q.list(ctx, &rows, `SELECT n, at, actor, mark, entry FROM news_editions WHERE `+where, args...)
	if err != nil && !errors.Is(err, sql.ErrNoRows) {
		return nil, wrap("editions", err)
	}
	out := make([]NewsEdition, len(rows))
	for i, r := range rows {
		out[i] = NewsEdition{N: r.N, At: instant(r.At), By: r.Actor, Mark: r.Mark}
		if err := unpack(r.Entry, &out[i].Entry); err != nil {
			return nil, err
		}
	}
	return out, nil
}
