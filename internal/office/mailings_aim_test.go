package office_test

import (
	"context"
	"fmt"

	"github.com/temadag/temadag/internal/domain"
)

// mailingAims are a county's mailings: a draft to those who are registered at an event, with a file and without
// words; a new one where a form may end it. Of what has no words there is no letter to look at.
func (w *world) mailingAims(e domain.Event) aims {
	ctx, eva := context.Background(), domain.Actor{Role: domain.RoleUser, Name: "Eva", Grants: []domain.Grant{{Role: domain.RoleOrganiser, County: e.Owner.Code}}}
	var last string
	begin := func() string {
		var err error
		last, err = w.mailings.Begin(ctx, eva, domain.MailingEntry{Audience: domain.Audience{Scope: domain.ListScope{Event: e.Slug}}})
		must(w.t, err)
		return last
	}
	file := func() string {
		if last == "" {
			begin()
		}
		must(w.t, w.mailings.Enclose(ctx, eva, last, "program.pdf", []byte("%PDF-1.7\n%%EOF")))
		m, _, err := w.mailings.Mailing(ctx, eva, last)
		must(w.t, err)
		return fmt.Sprint(m.Files[0].ID)
	}
	lasting := begin()
	return aims{
		"utskick/:id": always(lasting), "granska/:name": always(w.firstAt(e)),
		"office_mailing_drop :id": begin, "office_mailing_file :id": begin, "office_mailing_file :name": file, "fil/:name": file,
	}
}
