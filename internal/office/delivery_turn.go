package office

import (
	"context"

	"github.com/gin-gonic/gin"

	"github.com/temadag/temadag/internal/domain"
	"github.com/temadag/temadag/internal/server"
	"github.com/temadag/temadag/internal/view"
)

// turn is something that is done to a mailing on its way, after a page that asks.
type turn struct {
	route, name string
	danger      bool
	do          func(ctx context.Context, o *Office, a domain.Actor, uid string) error
	fits        func(m domain.Mailing, n domain.MailingCounts) bool
}

func turnStop() turn {
	return turn{
		route: "office_mailing_stop", name: "stop", danger: true,
		do: func(ctx context.Context, o *Office, a domain.Actor, uid string) error {
			return o.Mailings.Stop(ctx, a, uid)
		},
		fits: func(m domain.Mailing, _ domain.MailingCounts) bool {
			return !m.State.Ended() && m.State != domain.MailingDraft
		},
	}
}

func turnResume() turn {
	return turn{
		route: "office_mailing_resume", name: "resume",
		do: func(ctx context.Context, o *Office, a domain.Actor, uid string) error {
			return o.Mailings.Resume(ctx, a, uid)
		},
		fits: func(m domain.Mailing, _ domain.MailingCounts) bool { return m.State == domain.MailingPaused },
	}
}

func turnRetry() turn {
	return turn{
		route: "office_mailing_retry", name: "retry",
		do: func(ctx context.Context, o *Office, a domain.Actor, uid string) error {
			_, err := o.Mailings.Retry(ctx, a, uid)
			return err
		},
		fits: func(m domain.Mailing, n domain.MailingCounts) bool {
			return m.State != domain.MailingStopped && n.Failed > 0
		},
	}
}

func (o *Office) turnShow(t turn) func(*gin.Context) error {
	return func(c *gin.Context) error {
		m, n, err := o.writtenBy(c)
		if err != nil {
			return err
		}
		return o.showTurn(c, nil, t, m, n)
	}
}

// writtenBy is the mailing of the page, for those who may write at each of its events.
func (o *Office) writtenBy(c *gin.Context) (domain.Mailing, domain.MailingCounts, error) {
	ctx, a := c.Request.Context(), signedIn(c).Actor
	if err := o.Mailings.May(ctx, a, domain.PermWriteMail, c.Param("id")); err != nil {
		return domain.Mailing{}, domain.MailingCounts{}, err
	}
	return o.Mailings.Mailing(ctx, a, c.Param("id"))
}

func (o *Office) turnDo(t turn) func(*gin.Context) error {
	return func(c *gin.Context) error {
		m, n, err := o.writtenBy(c)
		if err != nil {
			return err
		}
		if _, err := server.ReadForm(c, nil); err != nil {
			return err
		}
		if err := t.do(c.Request.Context(), o, signedIn(c).Actor, m.UID); err != nil {
			return o.showTurn(c, err, t, m, n)
		}
		return o.lead(c, o.path(c, "office_mailing", m.UID)+"?"+fieldDone+"="+t.route)
	}
}

func (o *Office) showTurn(c *gin.Context, refusal error, t turn, m domain.Mailing, n domain.MailingCounts) error {
	p, key := o.printer(c), "delivery."+t.name
	back := view.Crumb{URL: o.path(c, "office_mailing", m.UID), Label: o.mailingTitle(c, m)}
	body := formPage{
		Back: &back, Heading: p.T(key + ".heading"), Lead: o.mailingTitle(c, m), Action: o.path(c, t.route, m.UID),
		Keep: &view.Crumb{URL: back.URL, Label: p.T("office.keep")},
	}
	again, stuck, err := o.Mailings.Stuck(c.Request.Context(), signedIn(c).Actor, m.UID)
	if err != nil {
		return err
	}
	switch {
	case refusal == nil && (!t.fits(m, n) || t.name == "retry" && again == 0 && stuck == 0):
		refusal = &domain.Error{Code: domain.CodeClosed, Key: key + ".not_now"}
	case refusal == nil:
		body.Text = []string{p.T(key+".text", "count", n.Left+n.Queued, "taken", p.Value(n.Accepted), "failed", p.Value(n.Failed), "left", p.Value(n.Left), "again", p.Value(again))}
		if t.name != "stop" && stuck > 0 {
			body.Text = append(body.Text, p.T("delivery.stuck", "count", stuck))
		}
		if t.name == "retry" && again == 0 {
			break
		}
		b := button{Label: p.T(key + ".button")}
		if t.danger {
			b.Kind = "danger"
		}
		body.Buttons = []button{b}
	}
	return o.answer(c, refusal, t.route, "office_mailings", body, m.UID)
}

// mailingUndo makes a draft again of a mailing whose time has not come. Too late, the page tells so.
func (o *Office) mailingUndo(c *gin.Context) error {
	m, _, err := o.writtenBy(c)
	if err != nil {
		return err
	}
	if _, err := server.ReadForm(c, nil); err != nil {
		return err
	}
	ctx, a := c.Request.Context(), signedIn(c).Actor
	if err := o.Mailings.TakeBack(ctx, a, m.UID); err != nil {
		now, n, again := o.Mailings.Mailing(ctx, a, m.UID)
		if again != nil {
			return again
		}
		if now.State == domain.MailingDraft { // pressed twice
			return o.lead(c, o.path(c, "office_mailing", m.UID)+"?"+fieldDone+"=office_mailing_undo")
		}
		return o.showSent(c, err, now, n)
	}
	return o.lead(c, o.path(c, "office_mailing", m.UID)+"?"+fieldDone+"=office_mailing_undo")
}
