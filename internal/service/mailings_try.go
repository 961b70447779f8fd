package service

import (
	"context"
	"strings"
	"time"

	"github.com/temadag/temadag/internal/auth"
	"github.com/temadag/temadag/internal/domain"
	"github.com/temadag/temadag/internal/store"
)

// mostTestLetters is how many letters to try a text with a writer may have in an hour.
const mostTestLetters = 30

// testMark stands before the subject of a letter that tries a text.
const testMark = "[Test] "

// Test owes the writer herself the letter that a mailing would be in a language: with the facts of an event that
// it is about, her own name, a link that leads nowhere, and a subject that says that it is a test. The
// bytes are composed now and go through the outbox. It answers the address. Refusals: *domain.Invalid where the
// words cannot be sent; CodeConflict "mailing.test.no_address" for whoever has no address; CodeTooMany
// "mailing.test.too_many"; those of Draft.
func (s *Mailings) Test(ctx context.Context, a domain.Actor, uid string, l domain.Lang) (to string, err error) {
	m, err := s.Draft(ctx, a, uid)
	if err != nil {
		return "", err
	}
	if l = m.Audience.Lang(l); l != domain.English {
		l = domain.Swedish
	}
	tried := m
	if l == domain.Swedish { // what is wrong in the other language is another letter's fault
		tried.Subject.En, tried.Body.En, tried.Audience.Swedish = "", "", false
	}
	if err := tried.Ready(l == domain.English); err != nil {
		return "", err
	}
	me, err := s.Store.AccountByID(ctx, a.User)
	if err != nil || me.Email == "" {
		return "", &domain.Error{Code: domain.CodeConflict, Key: "mailing.test.no_address"}
	}
	n := domain.Notice{
		Kind: domain.NoticeMailingTest, User: a.User, To: me.Email, Lang: l, Date: s.Now().Truncate(time.Second),
		MessageID: s.Registrations.Keys.NoticeID(auth.NewToken()),
	}
	raw, err := s.testBytes(ctx, a, m, n, me.Name)
	if err != nil {
		return "", err
	}
	err = s.Store.Write(ctx, func(tx *store.Tx) error {
		sent, err := tx.NoticesWithin(ctx, a.User, domain.NoticeMailingTest, s.Now(), time.Hour)
		if err == nil && sent >= mostTestLetters {
			err = &domain.Error{Code: domain.CodeTooMany, Key: "mailing.test.too_many", Args: map[string]any{"max": mostTestLetters}}
		}
		if err != nil {
			return err
		}
		return tx.InsertComposedNotice(ctx, n, func(id int64) []byte { return s.Registrations.Keys.Seal(raw, noticePlace(id, true)) })
	})
	if err == nil && s.WakeNotices != nil {
		s.WakeNotices()
	}
	return me.Email, err
}

// testBytes composes the letter for someone who is not registered anywhere: the writer.
func (s *Mailings) testBytes(ctx context.Context, a domain.Actor, m domain.Mailing, n domain.Notice, name string) ([]byte, error) {
	e, err := s.testEvent(ctx, a, m, n.Lang)
	if err != nil {
		return nil, err
	}
	given, family, _ := strings.Cut(name, " ")
	m.Subject = domain.Text{Sv: testMark + m.Subject.Sv, En: testMark + m.Subject.En}
	f := domain.LetterFacts{
		Letter: domain.Letter{
			Kind: domain.LetterMailing, EventID: e.ID, To: n.To, Lang: n.Lang, Status: domain.Confirmed, Date: n.Date,
			MessageID: n.MessageID, Mailing: m.ID,
		},
		Registration: domain.Registration{
			Participant: domain.Participant{GivenName: given, FamilyName: family, Email: n.To, Organisation: e.Owner.Name},
			Ref:         "TESTTEST", EventID: e.ID, Status: domain.Confirmed, Lang: n.Lang, ReceivedAt: n.Date,
		},
		Event: e, Link: s.Outbox.OwnLink(n.Lang, "test"), EventLink: s.Outbox.EventLink(n.Lang, e.Slug), Mailing: &m,
	}
	if m.Kind == domain.MailingInvitation {
		s.Outbox.sampleInvitation(&f)
	}
	if len(m.Files) > 0 {
		if f.Enclosed, err = s.Store.MailingFiles(ctx, m.ID); err != nil {
			return nil, err
		}
	}
	return s.Outbox.Composer.Compose(f)
}

// testEvent is the event of the first who would get the letter in a language, or else any that it is about.
func (s *Mailings) testEvent(ctx context.Context, a domain.Actor, m domain.Mailing, l domain.Lang) (domain.Event, error) {
	all, err := s.recipients(ctx, s.Store.Queries, a, m)
	if err != nil {
		return domain.Event{}, err
	}
	for _, r := range all {
		if r.Refusal == "" && m.Audience.Lang(r.Lang) == l && r.EventID != 0 {
			return s.Outbox.event(ctx, r.EventID)
		}
	}
	_, events, err := s.Store.MailingByID(ctx, m.ID)
	if err != nil || len(events) == 0 {
		return domain.Event{}, err
	}
	return s.Outbox.event(ctx, events[0])
}

// LastTest is what has become of the last letter that the actor tried a text with. false where there is none.
func (s *Mailings) LastTest(ctx context.Context, a domain.Actor) (domain.NoticeTold, bool, error) {
	if err := a.Require(domain.PermWriteMail); err != nil {
		return domain.NoticeTold{}, false, err
	}
	return s.Store.LastNotice(ctx, a.User, domain.NoticeMailingTest)
}
