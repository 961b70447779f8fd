package service

import (
	"bytes"
	"context"
	"errors"
	"path"
	"slices"
	"strings"
	"unicode/utf8"

	"github.com/temadag/temadag/internal/domain"
	"github.com/temadag/temadag/internal/store"
)

// MaxDocument is the most that a document may hold, in bytes.
const MaxDocument = 15 << 20

// NewDocument is a file that is to be offered for download beside an event.
type NewDocument struct {
	Title    domain.Text
	About    domain.Text // what it holds, for those who cannot open it
	Lang     domain.Lang
	Filename string // its ending tells what it is, and the first bytes must agree
	Content  []byte
}

// documentKinds are what may be offered, by the ending of the name: the type that is told, and how it begins.
func documentKinds() map[string]struct{ mime, begins string } {
	const zip, office = "PK\x03\x04", "application/vnd.openxmlformats-officedocument."
	return map[string]struct{ mime, begins string }{
		".pdf":  {"application/pdf", "%PDF-"},
		".docx": {office + "wordprocessingml.document", zip},
		".xlsx": {office + "spreadsheetml.sheet", zip},
		".pptx": {office + "presentationml.presentation", zip},
		".odt":  {"application/vnd.oasis.opendocument.text", zip},
		".ods":  {"application/vnd.oasis.opendocument.spreadsheet", zip},
		".odp":  {"application/vnd.oasis.opendocument.presentation", zip},
		".txt":  {"text/plain; charset=utf-8", ""},
	}
}

// AddDocument offers a file beside an event, last of its documents, and answers its slug. Faults, for the
// fields "title_sv", "about_sv", "lang" and "file": what is said must be there and must fit, and the file be of a
// kind that is offered ("edit.file.kind"), what it says it is ("edit.file.other"), not empty and not too
// large. Pictures are none: they belong into the news, where they are made anew. The same file under the same
// title again is nil, and one document.
func (s *Events) AddDocument(ctx context.Context, a domain.Actor, slug string, in NewDocument) (document string, err error) {
	if _, err := s.reach(ctx, s.Store.Queries, a, domain.PermEditProgramme, slug); err != nil {
		return "", err
	}
	d, err := readDocument(in)
	if err != nil {
		return "", err
	}
	err = s.write(ctx, a, func(tx *store.Tx) error {
		e, err := s.reach(ctx, tx.Queries, a, domain.PermEditProgramme, slug)
		if err != nil {
			return err
		}
		if d.Slug, err = tx.SameDocument(ctx, e.ID, d, in.Content); !errors.Is(err, domain.ErrNotFound) {
			return err
		}
		d.Slug, err = freeSlug(domain.SlugOf(e.Slug+" "+d.Title.Sv, ""), func(slug string) (bool, error) { return tx.DocumentSlugTaken(ctx, slug) })
		if err != nil {
			return err
		}
		if err := tx.InsertDocument(ctx, store.DocumentOwner{Event: e.ID}, len(e.Documents), d, in.Content); err != nil {
			return err
		}
		return s.audit(ctx, tx, a, e, domain.AuditDocumentAdded, map[string]string{"document": d.Slug})
	})
	return d.Slug, err
}

func readDocument(in NewDocument) (domain.Document, error) {
	v := &domain.Invalid{}
	d := readAbout(v, domain.Document{Title: in.Title, About: in.About, Lang: in.Lang})
	d.Filename, d.MIME = readFile(v, in.Filename, in.Content, MaxDocument)
	return d, v.Err()
}

// readFile is the name and the type of a file of one of documentKinds with at most max bytes. What is wrong
// with it is a fault of the field "file".
func readFile(v *domain.Invalid, filename string, content []byte, max int) (name, mime string) {
	name, ok := domain.CleanLine(path.Base(strings.ReplaceAll(filename, `\`, "/")))
	kind, known := documentKinds()[strings.ToLower(path.Ext(name))]
	switch {
	case !ok || !known || utf8.RuneCountInString(name) > domain.MaxEventLine:
		v.Add("file", "edit.file.kind", nil)
	case len(content) == 0:
		v.Add("file", "edit.file.missing", nil)
	case len(content) > max:
		v.Add("file", "edit.file.large", map[string]any{"max": max >> 20})
	case !bytes.HasPrefix(content, []byte(kind.begins)), kind.begins == "" && !utf8.Valid(content):
		v.Add("file", "edit.file.other", nil)
	}
	return name, kind.mime
}

// readAbout reads what is said of a document. What it holds must be told: not everyone can open it.
func readAbout(v *domain.Invalid, d domain.Document) domain.Document {
	before := len(v.Faults)
	d = domain.ReadDocument(v, d)
	wrong := slices.ContainsFunc(v.Faults[before:], func(f *domain.Error) bool { return f.Field == "about_sv" })
	if d.About.Sv == "" && !wrong {
		v.Add("about_sv", "edit.about.missing", nil)
	}
	return d
}

// DescribeDocument changes what is said of a document. Faults as for AddDocument.
func (s *Events) DescribeDocument(ctx context.Context, a domain.Actor, slug, document string, title, about domain.Text, l domain.Lang) error {
	return s.onDocument(ctx, a, slug, document, domain.AuditDocumentChanged, func(tx *store.Tx, _ domain.Event, d domain.Document) error {
		v := &domain.Invalid{}
		next := readAbout(v, domain.Document{ID: d.ID, Title: title, About: about, Lang: l})
		if err := v.Err(); err != nil {
			return err
		}
		return tx.DescribeDocument(ctx, next)
	})
}

// Document is a document of an event with its bytes, whatever the event's state, for whoever may edit it.
func (s *Events) Document(ctx context.Context, a domain.Actor, slug, document string) (domain.Document, []byte, error) {
	e, err := s.reach(ctx, s.Store.Queries, a, domain.PermEditProgramme, slug)
	if err != nil {
		return domain.Document{}, nil, err
	}
	d, err := s.Store.DocumentFacts(ctx, e.ID, document)
	if err != nil {
		return d, nil, err
	}
	content, err := s.Store.DocumentContent(ctx, d.ID)
	return d, content, err
}

// RemoveDocument takes a document away.
func (s *Events) RemoveDocument(ctx context.Context, a domain.Actor, slug, document string) error {
	return s.onDocument(ctx, a, slug, document, domain.AuditDocumentRemoved, func(tx *store.Tx, _ domain.Event, d domain.Document) error {
		return tx.RemoveDocument(ctx, d.ID)
	})
}

// MoveDocument moves a document up (-1) or down (1) among those of its event.
func (s *Events) MoveDocument(ctx context.Context, a domain.Actor, slug, document string, by int) error {
	return s.onDocument(ctx, a, slug, document, domain.AuditDocumentChanged, func(tx *store.Tx, e domain.Event, d domain.Document) error {
		ids := make([]int64, len(e.Documents))
		for i, o := range e.Documents {
			ids[i] = o.ID
		}
		domain.Shift(ids, slices.Index(ids, d.ID), by)
		return tx.PlaceDocuments(ctx, e.ID, ids)
	})
}

func (s *Events) onDocument(ctx context.Context, a domain.Actor, slug, document string, action domain.AuditAction, fn func(tx *store.Tx, e domain.Event, d domain.Document) error) error {
	return s.write(ctx, a, func(tx *store.Tx) error {
		e, err := s.reach(ctx, tx.Queries, a, domain.PermEditProgramme, slug)
		if err != nil {
			return err
		}
		d, err := tx.DocumentFacts(ctx, e.ID, document)
		if err != nil {
			return err
		}
		if err := fn(tx, e, d); err != nil {
			return err
		}
		return s.audit(ctx, tx, a, e, action, map[string]string{"document": document})
	})
}
