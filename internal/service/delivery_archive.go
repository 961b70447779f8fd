package service

import (
	"context"
	"encoding/json"
	"fmt"
	"strconv"
	"strings"

	"github.com/temadag/temadag/internal/auth"
	"github.com/temadag/temadag/internal/domain"
	"github.com/temadag/temadag/internal/store"
)

// archiveTo stands for every recipient in the message that the archive keeps: nobody can have such an address
// (RFC 2606).
const (
	archiveTo   = "mottagare@arkivet.invalid"
	archiveLink = "personlig"
)

// Archive hands out a mailing that has been let go, as the archive keeps it: the message in each of its
// languages with its files and with the placeholders unfilled, and to whom it went and what became of each.
// Protected people are masked, and personal links are in none of it. write makes the file; when it is made the
// audit log is told, and of a long list the data protection officer. Where any of it fails nobody may be given
// the file. Refusals: domain.ErrNotFound for who does not hold PermReadMail and PermExport at each event;
// CodeClosed "mailing.draft".
func (s *Mailings) Archive(ctx context.Context, a domain.Actor, uid, purpose string, write func(domain.MailingArchive) error) error {
	if _, err := s.own(ctx, s.Store.Queries, a, domain.PermExport, uid); err != nil {
		return err
	}
	m, c, err := s.Mailing(ctx, a, uid)
	if err != nil {
		return err
	}
	if m.State == domain.MailingDraft {
		return &domain.Error{Code: domain.CodeClosed, Key: "mailing.draft"}
	}
	out := domain.MailingArchive{Mailing: m, MailingCounts: c, Words: make(map[domain.Lang][]byte), MadeAt: s.Now(), MadeBy: a.Name}
	_, events, err := s.Store.MailingByID(ctx, m.ID)
	if err != nil {
		return err
	}
	for _, id := range events {
		e, err := namedEvent(ctx, s.Store.Queries, id)
		if err != nil {
			return err
		}
		out.Events = append(out.Events, e)
	}
	for _, l := range domain.Langs() {
		if strings.TrimSpace(m.Body.In(l)) == "" || l == domain.English && strings.TrimSpace(m.Body.En) == "" {
			continue
		}
		if out.Words[l], err = s.unfilled(ctx, m, events[0], l); err != nil {
			return err
		}
	}
	if out.Letters, err = s.letters(ctx, m, nil, 0, 10*mostRecipients); err != nil {
		return err
	}
	if err := write(out); err != nil {
		return err
	}
	told := false
	err = s.Store.Write(ctx, func(tx *store.Tx) (err error) {
		if told, err = s.tellOfficer(ctx, tx, a, out, purpose); err != nil {
			return err
		}
		return tx.Audit(ctx, s.line(a, m, domain.AuditMailingArchived, map[string]string{"count": strconv.Itoa(len(out.Letters))}))
	})
	if err == nil && told && s.WakeNotices != nil {
		s.WakeNotices()
	}
	return err
}

// unfilled is the message as it was composed, with the placeholders as they were written.
func (s *Mailings) unfilled(ctx context.Context, m domain.Mailing, event domain.EventID, l domain.Lang) ([]byte, error) {
	e, err := s.Outbox.event(ctx, event)
	if err != nil {
		return nil, err
	}
	plain := strings.NewReplacer(`\{`, `\{`, `\}`, `\}`, `{`, `\{`, `}`, `\}`).Replace
	m.Subject = domain.Text{Sv: plain(m.Subject.Sv), En: plain(m.Subject.En)}
	m.Body = domain.Text{Sv: plain(m.Body.Sv), En: plain(m.Body.En)}
	link := s.Outbox.OwnLink(l, archiveLink)
	f := domain.LetterFacts{
		Letter: domain.Letter{
			Kind: domain.LetterMailing, EventID: e.ID, To: archiveTo, Lang: l, Status: domain.Confirmed, Date: m.SendAt,
			MessageID: "arkiv." + m.UID + "." + string(l), Mailing: m.ID,
		},
		Registration: domain.Registration{EventID: e.ID, Status: domain.Confirmed, Lang: l},
		Event:        e, Link: link, EventLink: s.Outbox.EventLink(l, e.Slug), Mailing: &m, Coming: link, NotComing: link,
	}
	if len(m.Files) > 0 {
		if f.Enclosed, err = s.Store.MailingFiles(ctx, m.ID); err != nil {
			return nil, err
		}
	}
	if m.Kind == domain.MailingInvitation { // as subscribers had it: with the way to end it, and no registration
		s.Outbox.sampleInvitation(&f)
	}
	raw, err := s.Outbox.Composer.Compose(f)
	if err != nil {
		return nil, fmt.Errorf("service: mailing for the archive: %w", err)
	}
	return raw, nil
}

// tellOfficer owes the county's data protection officer a letter about a long list, as Exports does.
func (s *Mailings) tellOfficer(ctx context.Context, tx *store.Tx, a domain.Actor, m domain.MailingArchive, purpose string) (bool, error) {
	if len(m.Letters) <= DefaultTellAbove || a.User == 0 {
		return false, nil
	}
	all, err := tx.Organisers(ctx)
	if err != nil {
		return false, err
	}
	for _, o := range all {
		if o.Code != m.County || o.DPO == "" {
			continue
		}
		parts, err := json.Marshal(letterParts{Taken: &domain.ListTaken{By: a.Name, List: m.Subject, Purpose: purpose, Contact: true, Rows: len(m.Letters)}})
		if err != nil {
			return false, fmt.Errorf("service: notice: %w", err)
		}
		n := domain.Notice{
			Kind: domain.NoticeListTaken, User: a.User, To: o.DPO, Lang: domain.Swedish, Date: m.MadeAt,
			MessageID: s.Registrations.Keys.NoticeID(auth.NewToken()),
		}
		return true, tx.InsertNotice(ctx, n, func(id int64) []byte { return s.Registrations.Keys.Seal(parts, noticePlace(id, false)) })
	}
	return false, nil
}
