package service

import (
	"context"
	"slices"
	"strconv"

	"github.com/temadag/temadag/internal/domain"
	"github.com/temadag/temadag/internal/store"
)

// AddDocument offers a file beside an item, last of its documents. Faults as for Events.AddDocument.
func (s *News) AddDocument(ctx context.Context, a domain.Actor, id int64, in NewDocument) error {
	if _, err := s.reach(ctx, s.Store.Queries, a, id); err != nil {
		return err
	}
	d, err := readDocument(in)
	if err != nil {
		return err
	}
	return s.write(ctx, a, id, func(tx *store.Tx, n domain.News) error {
		d.Slug, err = freeSlug(domain.SlugOf(d.Title.Sv, ""), func(slug string) (bool, error) { return tx.DocumentSlugTaken(ctx, slug) })
		if err != nil {
			return err
		}
		if err := tx.InsertDocument(ctx, store.DocumentOwner{News: id}, len(n.Documents), d, in.Content); err != nil {
			return err
		}
		return s.audit(ctx, tx, a, n, domain.AuditDocumentAdded, map[string]string{"document": d.Slug})
	})
}

// DescribeDocument changes what is said of a document. Faults as for AddDocument.
func (s *News) DescribeDocument(ctx context.Context, a domain.Actor, id int64, document string, title, about domain.Text, l domain.Lang) error {
	return s.onDocument(ctx, a, id, document, domain.AuditDocumentChanged, func(tx *store.Tx, _ domain.News, d domain.Document) error {
		v := &domain.Invalid{}
		next := domain.ReadDocument(v, domain.Document{ID: d.ID, Title: title, About: about, Lang: l})
		if err := v.Err(); err != nil {
			return err
		}
		return tx.DescribeDocument(ctx, next)
	})
}

// RemoveDocument takes a document away.
func (s *News) RemoveDocument(ctx context.Context, a domain.Actor, id int64, document string) error {
	return s.onDocument(ctx, a, id, document, domain.AuditDocumentRemoved, func(tx *store.Tx, _ domain.News, d domain.Document) error {
		return tx.RemoveDocument(ctx, d.ID)
	})
}

// MoveDocument moves a document up (-1) or down (1) among those of its item.
func (s *News) MoveDocument(ctx context.Context, a domain.Actor, id int64, document string, by int) error {
	return s.onDocument(ctx, a, id, document, domain.AuditDocumentChanged, func(tx *store.Tx, n domain.News, d domain.Document) error {
		ids := make([]int64, len(n.Documents))
		for i, o := range n.Documents {
			ids[i] = o.ID
		}
		domain.Shift(ids, slices.Index(ids, d.ID), by)
		return tx.PlaceNewsDocuments(ctx, id, ids)
	})
}

func (s *News) onDocument(ctx context.Context, a domain.Actor, id int64, document string, action domain.AuditAction, fn func(tx *store.Tx, n domain.News, d domain.Document) error) error {
	return s.write(ctx, a, id, func(tx *store.Tx, n domain.News) error {
		d, err := tx.NewsDocument(ctx, id, document)
		if err != nil {
			return err
		}
		if err := fn(tx, n, d); err != nil {
			return err
		}
		return s.audit(ctx, tx, a, n, action, map[string]string{"document": document})
	})
}

// Document is a document and its bytes, for whoever may write the item, shown or not.
func (s *News) Document(ctx context.Context, a domain.Actor, id int64, document string) (domain.Document, []byte, error) {
	if _, err := s.reach(ctx, s.Store.Queries, a, id); err != nil {
		return domain.Document{}, nil, err
	}
	d, err := s.Store.NewsDocument(ctx, id, document)
	if err != nil {
		return d, nil, err
	}
	content, err := s.Store.DocumentContent(ctx, d.ID)
	return d, content, err
}

// NewPicture is what is told of an item's picture, with its bytes where it is to be another one.
type NewPicture struct {
	Alt        domain.Text
	Decorative bool
	Credit     string
	Content    []byte // nil: the picture stays
}

// PutPicture gives an item a picture, or changes what is told of the one it has. Faults: of
// domain.ReadPicture, and for "file" of DrawPicture and "news.picture.missing".
func (s *News) PutPicture(ctx context.Context, a domain.Actor, id int64, in NewPicture) error {
	if _, err := s.reach(ctx, s.Store.Queries, a, id); err != nil {
		return err
	}
	told, err := domain.ReadPicture(in.Alt, in.Decorative, in.Credit)
	var sizes map[string][]byte
	if len(in.Content) > 0 {
		var drawn domain.Picture
		var refusal error
		if drawn, sizes, refusal = s.draw(ctx, in.Content); refusal != nil {
			return together(refusal, err)
		}
		told.Sizes, told.Width, told.Height = drawn.Sizes, drawn.Width, drawn.Height
	}
	if err != nil {
		return err
	}
	return s.erase(ctx, a, id, func(tx *store.Tx, n domain.News, gone *[]domain.Erased) error {
		if sizes == nil {
			if n.Picture.IsZero() {
				return oneFault("file", "news.picture.missing")
			}
			told.File, told.Sizes, told.Width, told.Height = n.Picture.File, n.Picture.Sizes, n.Picture.Width, n.Picture.Height
		} else if err := tx.PutPictures(ctx, id, sizes); err != nil {
			return err
		} else if !slices.Equal(n.Picture.Sizes, told.Sizes) {
			*gone = s.pictureGone(n)
		}
		return s.putPicture(ctx, tx, a, n, told)
	})
}

// pictureGone is the picture that an item no longer shows, none for one that comes with the program.
func (s *News) pictureGone(n domain.News) []domain.Erased {
	if len(n.Picture.Sizes) == 0 {
		return nil
	}
	return []domain.Erased{{At: s.Now().UTC(), Kind: domain.ErasedPicture, UID: pictureUID(n)}}
}

// pictureUID tells a picture of an item from every other it has had.
func pictureUID(n domain.News) string {
	return strconv.FormatInt(n.ID, 10) + " " + n.Picture.Sizes[0].Name
}

// RemovePicture takes the picture of an item away; none already is nil.
func (s *News) RemovePicture(ctx context.Context, a domain.Actor, id int64) error {
	return s.erase(ctx, a, id, func(tx *store.Tx, n domain.News, gone *[]domain.Erased) error {
		if n.Picture.IsZero() {
			return nil
		}
		*gone = s.pictureGone(n)
		if err := tx.PutPictures(ctx, id, nil); err != nil {
			return err
		}
		return s.putPicture(ctx, tx, a, n, domain.Picture{})
	})
}

func (s *News) putPicture(ctx context.Context, tx *store.Tx, a domain.Actor, n domain.News, p domain.Picture) error {
	n.Picture, n.UpdatedAt = p, s.Now()
	if err := tx.ReplaceNews(ctx, n); err != nil {
		return err
	}
	return s.audit(ctx, tx, a, n, domain.AuditNewsPicture, nil)
}

// Picture is an item's picture in one size, for whoever may write the item, shown or not.
func (s *News) Picture(ctx context.Context, a domain.Actor, id int64, name string) ([]byte, error) {
	if _, err := s.reach(ctx, s.Store.Queries, a, id); err != nil {
		return nil, err
	}
	return s.Store.PictureOf(ctx, id, name)
}

// together is the faults of two refusals as one.
func together(first, second error) error {
	v := &domain.Invalid{}
	for _, err := range []error{first, second} {
		if i, ok := err.(*domain.Invalid); ok {
			v.Faults = append(v.Faults, i.Faults...)
		} else if err != nil {
			return err
		}
	}
	return v.Err()
}
