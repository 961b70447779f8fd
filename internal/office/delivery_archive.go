package office

import (
	"context"
	"errors"
	"io"

	"github.com/gin-gonic/gin"

	"github.com/temadag/temadag/internal/domain"
	"github.com/temadag/temadag/internal/export"
	"github.com/temadag/temadag/internal/server"
	"github.com/temadag/temadag/internal/view"
)

// archived is the mailing of the page, for those who may hand it out.
func (o *Office) archived(c *gin.Context) (domain.Mailing, domain.MailingCounts, error) {
	ctx, a := c.Request.Context(), signedIn(c).Actor
	if err := o.Mailings.May(ctx, a, domain.PermExport, c.Param("id")); err != nil {
		return domain.Mailing{}, domain.MailingCounts{}, err
	}
	return o.Mailings.Mailing(ctx, a, c.Param("id"))
}

func (o *Office) archiveShow(c *gin.Context) error {
	m, n, err := o.archived(c)
	if err != nil {
		return err
	}
	if ok, err := o.proved(c); !ok {
		return err
	}
	return o.showArchive(c, nil, m, n)
}

func (o *Office) showArchive(c *gin.Context, refusal error, m domain.Mailing, n domain.MailingCounts) error {
	p := o.printer(c)
	back := view.Crumb{URL: o.path(c, "office_mailing", m.UID), Label: o.mailingTitle(c, m)}
	body := formPage{
		Back: &back, Heading: p.T("delivery.archive.heading"), Lead: o.mailingTitle(c, m), Action: o.path(c, "office_mailing_archive", m.UID),
		Keep: &view.Crumb{URL: back.URL, Label: p.T("office.back")},
	}
	if refusal == nil && m.State == domain.MailingDraft {
		refusal = &domain.Error{Code: domain.CodeClosed, Key: "mailing.draft"}
	}
	if refusal == nil {
		body.Text = []string{p.T("delivery.archive.holds", "count", n.Total()), p.T("delivery.archive.without"), p.T("delivery.archive.logged")}
		if !m.State.Ended() {
			body.Notice = &view.Notice{Kind: "info", Title: p.T("delivery.archive.early"), Text: p.T("delivery.archive.early_text")}
		}
		body.Buttons = []button{{Label: p.T("delivery.archive.button")}}
	}
	return o.answer(c, refusal, "office_mailing_archive", "office_mailings", body, m.UID)
}

func (o *Office) archiveDo(c *gin.Context) error {
	m, n, err := o.archived(c)
	if err != nil {
		return err
	}
	if _, err := server.ReadForm(c, nil); err != nil {
		return err
	}
	if ok, err := o.proved(c); !ok {
		return err
	}
	p, a, back := o.printer(c), signedIn(c).Actor, o.path(c, "office_mailing", m.UID)
	name := p.T("archive.file.name") + "-" + domain.DateIn(o.Now()).String() + ".zip"
	work := func(ctx context.Context, tell tell) (out outcome, err error) {
		out.To = back
		err = o.Mailings.Archive(ctx, a, m.UID, p.T("delivery.archive.purpose"), func(m domain.MailingArchive) (err error) {
			out.File, err = newWorkFile(name, "application/zip", func(w io.Writer) error {
				return export.Archive(ctx, w, m, export.ArchiveOptions{Printer: p, Progress: tell, Kept: o.LettersKept})
			})
			return err
		})
		if err != nil && out.File != nil { // it was made, and may not be given to anyone
			err = errors.Join(err, out.File.content.Close())
			out.File = nil
		}
		return out, err
	}
	return o.begin(c, p.T("delivery.archive.work"), view.Crumb{URL: back, Label: o.mailingTitle(c, m)}, work,
		func(refusal error) error { return o.showArchive(c, refusal, m, n) })
}
