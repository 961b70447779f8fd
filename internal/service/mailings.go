package service

import (
	"context"
	"errors"
	"log/slog"
	"strconv"
	"time"

	"github.com/temadag/temadag/internal/auth"
	"github.com/temadag/temadag/internal/domain"
	"github.com/temadag/temadag/internal/store"
)

// Mailings is what staff write to many: whom it goes to first, then the words, then a look at it with a
// real person's particulars, and then it goes, evenly and after everything that one person waits for. The
// files beside hold what is looked at before (mailings_look.go), how it is let go and stopped
// (mailings_approve.go), and how it goes (mailings_send.go).
//
// Whom it goes to is frozen when it is approved, each once, however often it is approved or the program
// dies; at the moment of sending it is asked again whether she may still be written to. Each letter is one
// message to one address. Who may write to the participants of every event that a mailing is about may see
// it; for everyone else there is none.
type Mailings struct {
	Store         *store.Store
	Registrations *Registrations
	Outbox        *Outbox // composes what is looked at
	Now           func() time.Time
	Log           *slog.Logger
	// Wake is called when a mailing wants to be looked at; nil is allowed.
	Wake func()
	// WakeNotices is called when a letter to a user is owed; nil is allowed.
	WakeNotices func()
}

const mostRecipients = 20_000

// MailingsOnAPage is how many List answers at a time.
const MailingsOnAPage = 50

var errMailing = domain.NotFound("mailing.not_found")

// Begin keeps a new draft and answers its address. Refusals: domain.ErrNotFound for a scope without an event
// where the actor holds PermWriteMail; *domain.Invalid for what cannot be kept.
func (s *Mailings) Begin(ctx context.Context, a domain.Actor, in domain.MailingEntry) (uid string, err error) {
	r, err := reachOf(ctx, s.Store.Queries, a, domain.PermWriteMail, in.Audience.Scope)
	if err != nil {
		return "", err
	}
	if in, err = domain.NewMailing(in); err != nil {
		return "", err
	}
	m := domain.Mailing{UID: auth.NewKey(), County: r.events[0].Owner.Code, MailingEntry: in, By: a.Name, Created: s.Now()}
	return m.UID, s.Store.Write(ctx, func(tx *store.Tx) error {
		_, err := tx.InsertMailing(ctx, m, a.User, r.ids())
		return err
	})
}

// Mailing is one mailing and how far it has come; domain.ErrNotFound where it is not the actor's.
func (s *Mailings) Mailing(ctx context.Context, a domain.Actor, uid string) (domain.Mailing, domain.MailingCounts, error) {
	m, err := s.own(ctx, s.Store.Queries, a, domain.PermReadMail, uid)
	if err != nil {
		return m, domain.MailingCounts{}, err
	}
	c, err := s.Store.MailingCounts(ctx, m.ID)
	return m, c, err
}

// List is the mailings about the events that the actor may read the mail of, or about the one event with
// the slug, the newest first, 50 at a time; before is the last of the page before.
func (s *Mailings) List(ctx context.Context, a domain.Actor, slug string, before domain.MailingID) ([]domain.Mailing, error) {
	if err := a.Require(domain.PermReadMail); err != nil {
		return nil, err
	}
	var out []domain.Mailing
	for {
		all, err := s.Store.Mailings(ctx, store.ReachOf(a, domain.PermReadMail), slug, before, MailingsOnAPage)
		if err != nil {
			return nil, err
		}
		for _, m := range all {
			if _, err := s.own(ctx, s.Store.Queries, a, domain.PermReadMail, m.UID); err == nil {
				out = append(out, m)
			} else if !errors.Is(err, domain.ErrNotFound) {
				return nil, err
			}
			if before = m.ID; len(out) == MailingsOnAPage {
				return out, nil
			}
		}
		if len(all) < MailingsOnAPage { // there are no more, some of them others' or not
			return out, nil
		}
	}
}

// own is a mailing about events at each of which the actor holds p.
func (s *Mailings) own(ctx context.Context, q store.Queries, a domain.Actor, p domain.Permission, uid string) (domain.Mailing, error) {
	m, events, err := q.MailingByUID(ctx, uid)
	if errors.Is(err, domain.ErrNotFound) || err == nil && len(events) == 0 {
		return domain.Mailing{}, errMailing
	}
	if err != nil {
		return m, err
	}
	for _, id := range events {
		e, err := q.EventFacts(ctx, id)
		if err != nil {
			return m, err
		}
		if !a.MayAt(p, e) {
			return domain.Mailing{}, errMailing
		}
	}
	return m, nil
}

// Save replaces what a draft says and whom it goes to. seen is the Revision that the writer began with:
// where somebody has saved since, nothing is changed and the refusal is of class CodeConflict
// "mailing.saved_by_other"; where it has been approved, CodeClosed "mailing.approved". Other refusals are
// those of Begin.
func (s *Mailings) Save(ctx context.Context, a domain.Actor, uid string, seen int, in domain.MailingEntry) error {
	in, err := domain.NewMailing(in)
	if err != nil {
		return err
	}
	return s.Store.Write(ctx, func(tx *store.Tx) error {
		m, err := s.own(ctx, tx.Queries, a, domain.PermWriteMail, uid)
		if err != nil {
			return err
		}
		if m.Kind == domain.MailingInvitation { // whom it goes to is said elsewhere
			swedish := in.Audience.Swedish
			in.Audience = m.Audience
			in.Audience.Swedish = swedish
		}
		r, err := reachOf(ctx, tx.Queries, a, domain.PermWriteMail, in.Audience.Scope)
		if err != nil {
			return err
		}
		if m.State != domain.MailingDraft {
			return &domain.Error{Code: domain.CodeClosed, Key: "mailing.approved"}
		}
		m.MailingEntry, m.Revision, m.Changed = in, seen, s.Now()
		ok, err := tx.SaveMailing(ctx, m, r.ids())
		if err == nil && !ok {
			err = &domain.Error{Code: domain.CodeConflict, Key: "mailing.saved_by_other"}
		}
		return err
	})
}

// Drop throws a draft away. Refusal: class CodeClosed "mailing.approved" for what is no draft.
func (s *Mailings) Drop(ctx context.Context, a domain.Actor, uid string) error {
	return s.Store.Write(ctx, func(tx *store.Tx) error {
		m, err := s.own(ctx, tx.Queries, a, domain.PermWriteMail, uid)
		if err != nil {
			return err
		}
		ok, err := tx.DropMailing(ctx, m.ID)
		if err == nil && !ok {
			err = &domain.Error{Code: domain.CodeClosed, Key: "mailing.approved"}
		}
		return err
	})
}

// Enclose adds a file to a draft, which raises its Revision; a file that is enclosed already is so once. Its
// kind is told by its bytes, which must agree with the name. Refusals:
// *domain.Invalid for the field "file"; CodeClosed "mailing.approved".
func (s *Mailings) Enclose(ctx context.Context, a domain.Actor, uid, filename string, content []byte) error {
	if _, err := s.own(ctx, s.Store.Queries, a, domain.PermWriteMail, uid); err != nil {
		return err // the kind of a file is told to nobody else
	}
	v := &domain.Invalid{}
	name, mime := readFile(v, filename, content, domain.MailingFiles)
	if err := v.Err(); err != nil {
		return err
	}
	return s.Store.Write(ctx, func(tx *store.Tx) error {
		m, err := s.draft(ctx, tx, a, uid)
		if err != nil {
			return err
		}
		if has, err := s.encloses(ctx, tx, m, name, content); err != nil || has {
			return err
		}
		size := len(content)
		for _, f := range m.Files {
			size += f.Size
		}
		if size > domain.MailingFiles {
			return atFile("mailing.files.too_large", map[string]any{"max": domain.MailingFiles >> 20})
		}
		if len(m.Files) >= domain.MailingMostFiles {
			return atFile("mailing.files.too_many", map[string]any{"max": domain.MailingMostFiles})
		}
		if err := tx.AddMailingFile(ctx, m.ID, domain.Enclosure{Filename: name, MIME: mime, Content: content}); err != nil {
			return err
		}
		return tx.TouchMailing(ctx, m.ID, s.Now())
	})
}

func atFile(key string, args map[string]any) error {
	v := &domain.Invalid{}
	v.Add("file", key, args)
	return v
}

// TakeOut takes a file out of a draft, which raises its Revision; nothing where it is not there. Refusal: CodeClosed "mailing.approved".
func (s *Mailings) TakeOut(ctx context.Context, a domain.Actor, uid string, file int64) error {
	return s.Store.Write(ctx, func(tx *store.Tx) error {
		m, err := s.draft(ctx, tx, a, uid)
		if err != nil {
			return err
		}
		if err := tx.RemoveMailingFile(ctx, m.ID, file); err != nil {
			return err
		}
		return tx.TouchMailing(ctx, m.ID, s.Now())
	})
}

func (s *Mailings) draft(ctx context.Context, tx *store.Tx, a domain.Actor, uid string) (domain.Mailing, error) {
	m, err := s.own(ctx, tx.Queries, a, domain.PermWriteMail, uid)
	if err == nil && m.State != domain.MailingDraft {
		err = &domain.Error{Code: domain.CodeClosed, Key: "mailing.approved"}
	}
	return m, err
}

// setMailing fails where somebody else has turned it meanwhile, which one writer makes impossible.
func setMailing(ctx context.Context, tx *store.Tx, m domain.Mailing, from domain.MailingState) error {
	ok, err := tx.SetMailing(ctx, m, from)
	if err == nil && !ok {
		err = &domain.Error{Code: domain.CodeConflict, Key: "mailing.saved_by_other"}
	}
	return err
}

func (s *Mailings) line(a domain.Actor, m domain.Mailing, what domain.AuditAction, details map[string]string) domain.AuditEntry {
	return domain.AuditEntry{
		At: s.Now(), User: a.User, Actor: a.Name, County: m.County, Action: what, Object: "mailing",
		ObjectID: strconv.FormatInt(int64(m.ID), 10), Details: details,
	}
}

func (s *Mailings) wake() {
	if s.Wake != nil {
		s.Wake()
	}
}
