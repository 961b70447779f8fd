package store

import (
	"context"
	"errors"
	"fmt"
	"strings"
	"time"

	"github.com/temadag/temadag/internal/domain"
)

type newsRow struct {
	ID          int64  `db:"id"`
	Kind        string `db:"kind"`
	State       string `db:"state"`
	County      string `db:"county"`
	Footer      bool   `db:"footer"`
	Slug        string `db:"slug"`
	PublishedAt int64  `db:"published_at"`
	UpdatedAt   int64  `db:"updated_at"`
	TitleSv     string `db:"title_sv"`
	TitleEn     string `db:"title_en"`
	LeadSv      string `db:"lead_sv"`
	LeadEn      string `db:"lead_en"`
	BodySv      string `db:"body_sv"`
	BodyEn      string `db:"body_en"`
	Picture     string `db:"picture"`
	Links       string `db:"links"`
	Organisers  string `db:"organisers"`
}

const newsColumns = `id, kind, state, county, footer, slug, published_at, updated_at, title_sv, title_en, lead_sv, lead_en,
  body_sv, body_en, picture, links, organisers`

// newsLive is where everyone may see an item, for the instant that is its argument.
const newsLive = `state = 'published' AND published_at <= ?`

// keyOf is how a slug stands in the table, where it is the only one of its kind: a news item and a page
// may have the same.
func keyOf(k domain.NewsKind, slug string) string {
	if k == domain.NewsItem {
		return slug
	}
	return string(k) + "/" + slug
}

func (r newsRow) news() (domain.News, error) {
	n := domain.News{
		ID: r.ID, Kind: domain.NewsKind(r.Kind), State: domain.NewsState(r.State), County: domain.OrganiserCode(r.County), Footer: r.Footer,
		Slug: strings.TrimPrefix(r.Slug, r.Kind+"/"), PublishedAt: instant(r.PublishedAt), UpdatedAt: instant(r.UpdatedAt),
		Title: domain.Text{Sv: r.TitleSv, En: r.TitleEn}, Lead: domain.Text{Sv: r.LeadSv, En: r.LeadEn},
		Body: domain.Text{Sv: r.BodySv, En: r.BodyEn},
	}
	err := errors.Join(unpack(r.Picture, &n.Picture), unpack(r.Links, &n.Links), unpack(r.Organisers, &n.Organisers))
	return n, err
}

func (q Queries) newsWhere(ctx context.Context, where string, args ...any) ([]domain.News, error) {
	var rows []newsRow
	if err := q.list(ctx, &rows, `SELECT `+newsColumns+` FROM news WHERE `+where, args...); err != nil {
		return nil, fmt.Errorf("store: news: %w", err)
	}
	out := make([]domain.News, len(rows))
	for i, r := range rows {
		var err error
		if out[i], err = r.news(); err != nil {
			return nil, err
		}
	}
	return out, nil
}

// News are the items published at or before now, the newest first, without their documents.
func (q Queries) News(ctx context.Context, now time.Time, limit int) ([]domain.News, error) {
	return q.newsWhere(ctx, `kind = 'news' AND `+newsLive+`
ORDER BY published_at DESC, id DESC
LIMIT ?`, stamp(now), limit)
}

// NewsItem is the item of a kind with a slug and its documents, once it is published; domain.ErrNotFound
// until then.
func (q Queries) NewsItem(ctx context.Context, k domain.NewsKind, slug string, now time.Time) (domain.News, error) {
	var r newsRow
	err := q.one(ctx, &r, "news", `SELECT `+newsColumns+` FROM news WHERE slug = ? AND kind = ? AND `+newsLive, keyOf(k, slug), string(k), stamp(now))
	if err != nil {
		return domain.News{}, err
	}
	return q.withDocuments(ctx, r)
}

func (q Queries) withDocuments(ctx context.Context, r newsRow) (domain.News, error) {
	n, err := r.news()
	if err != nil {
		return n, err
	}
	n.Documents, err = q.documents(ctx, `news_id = ?`, n.ID)
	return n, err
}

// FooterPages are the pages that the footer leads to at now, in the order they were made, at most 20.
func (q Queries) FooterPages(ctx context.Context, now time.Time) ([]domain.News, error) {
	return q.newsWhere(ctx, `kind = 'page' AND footer = TRUE AND `+newsLive+` ORDER BY id LIMIT 20`, stamp(now))
}

// PublishedPages are the pages of one kind that are published at now, in the order they were made.
func (q Queries) PublishedPages(ctx context.Context, k domain.NewsKind, now time.Time) ([]domain.News, error) {
	return q.newsWhere(ctx, `kind = ? AND `+newsLive+` ORDER BY id LIMIT 500`, string(k), stamp(now))
}

// Picture is a picture in one width, where what it belongs to is published at now; domain.ErrNotFound
// otherwise.
func (q Queries) Picture(ctx context.Context, name string, now time.Time) ([]byte, error) {
	var content []byte
	err := q.one(ctx, &content, "picture", `
SELECT p.content
FROM pictures p
JOIN news n ON n.id = p.news_id
WHERE p.name = ? AND n.state = 'published' AND n.published_at <= ?
LIMIT 1`, name, stamp(now))
	return content, err
}

// NextNews is the first instant after now at which an item is published; the zero time for never.
func (q Queries) NextNews(ctx context.Context, now time.Time) (time.Time, error) {
	var at []int64
	err := q.list(ctx, &at, `
SELECT published_at FROM news
WHERE state = 'published' AND published_at > ?
ORDER BY published_at, id
LIMIT 1`, stamp(now))
	if err != nil {
		return time.Time{}, fmt.Errorf("store: next news: %w", err)
	}
	if len(at) == 0 {
		return time.Time{}, nil
	}
	return instant(at[0]), nil
}

// InsertNews writes an item without its documents. Nothing said of its kind is news, nothing of its
// state published, and nothing of its county the first of its organisers.
func (tx *Tx) InsertNews(ctx context.Context, n domain.News) (int64, error) {
	tx.changes.programme = true
	if n.Kind == "" {
		n.Kind = domain.NewsItem
	}
	if n.State == "" {
		n.State = domain.NewsPublished
	}
	if n.County == "" && n.Kind != domain.NewsSite && len(n.Organisers) > 0 {
		n.County = n.Organisers[0]
	}
	columns, values, err := newsValues(n)
	if err != nil {
		return 0, err
	}
	id, err := tx.insert(ctx, `
INSERT INTO news (`+strings.Join(columns, ", ")+`)
VALUES (`+marks(len(columns))+`)
RETURNING id`, values...)
	if err != nil {
		return 0, fmt.Errorf("store: news %s: %w", n.Slug, err)
	}
	return id, nil
}

// newsValues are the columns of an item but for its id, and what stands in them.
func newsValues(n domain.News) (columns []string, values []any, err error) {
	picture, err := pack(n.Picture)
	if err != nil {
		return nil, nil, err
	}
	links, err := pack(n.Links)
	if err != nil {
		return nil, nil, err
	}
	organisers, err := pack(n.Organisers)
	if err != nil {
		return nil, nil, err
	}
	for _, name := range strings.Split(strings.TrimPrefix(newsColumns, "id, "), ",") {
		columns = append(columns, strings.TrimSpace(name))
	}
	return columns, []any{
		string(n.Kind), string(n.State), string(n.County), n.Footer, keyOf(n.Kind, n.Slug), stamp(n.PublishedAt), stamp(n.UpdatedAt),
		n.Title.Sv, n.Title.En, n.Lead.Sv, n.Lead.En, n.Body.Sv, n.Body.En, picture, links, organisers,
	}, nil
}

type documentRow struct {
	ID       int64  `db:"id"`
	Slug     string `db:"slug"`
	TitleSv  string `db:"title_sv"`
	TitleEn  string `db:"title_en"`
	AboutSv  string `db:"about_sv"`
	AboutEn  string `db:"about_en"`
	Filename string `db:"filename"`
	MIME     string `db:"mime"`
	Size     int64  `db:"size"`
	Lang     string `db:"lang"`
}

const documentColumns = `d.id, d.slug, d.title_sv, d.title_en, d.about_sv, d.about_en, d.filename, d.mime, d.size, d.lang`

func (r documentRow) document() domain.Document {
	return domain.Document{
		ID: r.ID, Slug: r.Slug, Title: domain.Text{Sv: r.TitleSv, En: r.TitleEn},
		About: domain.Text{Sv: r.AboutSv, En: r.AboutEn}, Filename: r.Filename, MIME: r.MIME, Size: r.Size, Lang: domain.Lang(r.Lang),
	}
}

func (q Queries) documents(ctx context.Context, where string, args ...any) ([]domain.Document, error) {
	var rows []documentRow
	err := q.list(ctx, &rows, `
SELECT `+documentColumns+`
FROM documents d
WHERE `+where+`
ORDER BY d.position, d.id
LIMIT 200`, args...)
	if err != nil {
		return nil, fmt.Errorf("store: documents: %w", err)
	}
	var out []domain.Document
	for _, r := range rows {
		out = append(out, r.document())
	}
	return out, nil
}

// Document is a document with its bytes, where what it belongs to is published at now;
// domain.ErrNotFound otherwise.
func (q Queries) Document(ctx context.Context, slug string, now time.Time) (domain.Document, []byte, error) {
	var r struct {
		documentRow
		Content []byte `db:"content"`
	}
	err := q.one(ctx, &r, "document", `
SELECT `+documentColumns+`, b.content
FROM documents d
JOIN document_bodies b ON b.document_id = d.id
LEFT JOIN events e ON e.id = d.event_id
LEFT JOIN news n ON n.id = d.news_id
WHERE d.slug = ? AND (e.state <> 'draft' OR (n.state = 'published' AND n.published_at <= ?))`, slug, stamp(now))
	return r.document(), r.Content, err
}

// DocumentOwner says what a document belongs to: exactly one of the fields is set.
type DocumentOwner struct {
	Event domain.EventID
	News  int64
}

// InsertDocument writes a document and its bytes.
func (tx *Tx) InsertDocument(ctx context.Context, owner DocumentOwner, position int, d domain.Document, content []byte) error {
	tx.changes.programme = true
	id, err := tx.insert(ctx, `
INSERT INTO documents (slug, event_id, news_id, position, title_sv, title_en, about_sv, about_en, filename, mime, size, lang)
VALUES (`+marks(12)+`)
RETURNING id`, d.Slug, orNull(int64(owner.Event)), orNull(owner.News), position, d.Title.Sv, d.Title.En, d.About.Sv, d.About.En,
		d.Filename, d.MIME, int64(len(content)), string(d.Lang))
	if err != nil {
		return fmt.Errorf("store: document %s: %w", d.Slug, err)
	}
	if _, err := tx.exec(ctx, `INSERT INTO document_bodies (document_id, content) VALUES (?, ?)`, id, content); err != nil {
		return fmt.Errorf("store: document %s: %w", d.Slug, err)
	}
	return nil
}
