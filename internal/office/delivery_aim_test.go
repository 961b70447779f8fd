package office_test

import (
	"context"
	"strconv"

	"github.com/temadag/temadag/internal/domain"
	"github.com/temadag/temadag/internal/service"
	"github.com/temadag/temadag/internal/store"
)

// deliveryAims are a county's mailings that have been let go, one of which a form may take back, and a letter to
// the last who came, as it was sent.
func (w *world) deliveryAims(e domain.Event) aims {
	w.t.Helper()
	ctx := context.Background()
	a := domain.Actor{Name: "Eva", Grants: []domain.Grant{{Role: domain.RoleOrganiser, County: e.Owner.Code}}}
	approved := func() string {
		uid, err := w.mailings.Begin(ctx, a, domain.MailingEntry{
			Audience: domain.Audience{Scope: domain.ListScope{Event: e.Slug}}, Subject: domain.Text{Sv: "Praktiskt", En: "Practical"}, Body: domain.Text{Sv: "Ta med legitimation.", En: "Bring a card."},
		})
		must(w.t, err)
		all, err := w.mailings.Recipients(ctx, a, uid)
		must(w.t, err)
		n := 0
		for _, r := range all {
			if r.Refusal == "" {
				n++
			}
		}
		m, _, err := w.mailings.Mailing(ctx, a, uid)
		must(w.t, err)
		_, err = w.mailings.Approve(ctx, a, uid, service.Approval{Seen: m.Revision, Expected: n, Typed: strconv.Itoa(n), At: w.Clock.Now().AddDate(1, 0, 0)})
		must(w.t, err)
		return uid
	}
	found, err := w.people.Find(ctx, a, domain.PeopleQuery{Scope: domain.ListScope{Event: e.Slug}, Sort: domain.SortByNewest, Limit: 1})
	must(w.t, err)
	last := found.Rows[0] // the first is protected by a form
	letters, err := w.Store.LettersOf(ctx, last.ID)
	must(w.t, err)
	letter := strconv.FormatInt(int64(letters[0].ID), 10)
	const raw = "Subject: Bekräftelse\r\nContent-Type: text/html; charset=UTF-8\r\n\r\n<p>Hej!</p>"
	must(w.t, w.Store.Write(ctx, func(tx *store.Tx) error {
		_, err = tx.KeepBody(ctx, letters[0].ID, w.Keys.Seal([]byte(raw), "letter "+letter))
		return err
	}))
	gone := approved()
	out := aims{
		"office_person_letter :ref": always(last.Ref), "office_person_letter_html :ref": always(last.Ref),
		"mejl/:id": always(letter), "office_mailing_undo :id": always(approved()), "office_mailing_stop :id": always(approved()),
	}
	for _, route := range []string{"letters", "resume", "retry", "archive"} {
		out["office_mailing_"+route+" :id"] = always(gone)
	}
	return out
}
