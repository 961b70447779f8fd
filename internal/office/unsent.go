package office

import (
	"context"
	"strings"
	"sync"
	"time"

	"github.com/gin-gonic/gin"

	"github.com/temadag/temadag/internal/auth"
	"github.com/temadag/temadag/internal/domain"
	"github.com/temadag/temadag/internal/server"
	"github.com/temadag/temadag/internal/view"
)

// fieldSent tells on the sign-in page what has become of a form that was sent too late.
const fieldSent = "sent"

// mostUnsentForms is how many forms are put by at once; the oldest gives way.
const mostUnsentForms = 200

// unsentForms are forms that were sent after the sign-in was over, until whoever sent them has signed in
// again. They stand in memory alone: what was typed may be needs, and is written nowhere.
type unsentForms struct {
	now  func() time.Time
	here func(id string) string // names the instance that it is kept at
	mu   sync.Mutex
	all  map[string]unsentForm // by the hash of the token
}

type unsentForm struct {
	of   domain.UserID
	form server.Unsent
	ends time.Time
}

func newUnsentForms(now func() time.Time, here func(string) string) *unsentForms {
	return &unsentForms{now: now, here: here, all: make(map[string]unsentForm)}
}

// keep puts a form by for a user, in place of the one before, and is the token that finds it.
func (u *unsentForms) keep(of domain.UserID, form server.Unsent) string {
	u.mu.Lock()
	defer u.mu.Unlock()
	oldest := ""
	for hash, f := range u.all {
		switch {
		case f.of == of || !u.now().Before(f.ends):
			delete(u.all, hash)
		case oldest == "" || f.ends.Before(u.all[oldest].ends):
			oldest = hash
		}
	}
	if len(u.all) >= mostUnsentForms {
		delete(u.all, oldest)
	}
	token := auth.NewToken()
	hash, _ := auth.TokenHash(token)
	u.all[string(hash)] = unsentForm{of, form, u.now().Add(domain.UnsentLife)}
	return u.here(token)
}

// kept is the form of a token, for whom it was put by.
func (u *unsentForms) kept(of domain.UserID, token string) (server.Unsent, bool) {
	hash, ok := auth.TokenHash(token[strings.LastIndexByte(token, '-')+1:])
	u.mu.Lock()
	defer u.mu.Unlock()
	f := u.all[string(hash)]
	if !ok || f.of == 0 || f.of != of || !u.now().Before(f.ends) {
		return server.Unsent{}, false
	}
	return f.form, true
}

// keepUnsent is server.Staff.Keep.
func (o *Office) keepUnsent(ctx context.Context, token string, form server.Unsent) string {
	of, err := o.Accounts.Ended(ctx, token)
	if err != nil || of == 0 {
		return ""
	}
	return o.unsent.keep(of, form)
}

// keptUnsent is server.Staff.Kept.
func (o *Office) keptUnsent(l domain.Lang, in domain.SignIn, token string) (server.Unsent, bool) {
	form, ok := o.unsent.kept(in.User.ID, token)
	form.Rest = o.Catalogue.For(l).T("unsent.rest")
	return form, ok
}

// unsentNotice tells that the form on the page holds what was typed before the sign-in was over.
func (o *Office) unsentNotice(c *gin.Context) *view.Notice {
	if !server.Refilled(c) {
		return nil
	}
	p := o.printer(c)
	return &view.Notice{Kind: "info", Title: p.T("unsent.back"), Text: p.T("unsent.back_text")}
}

// unsentOnTheWay tells on the sign-in page what has become of a form; nil where none was sent.
func (o *Office) unsentOnTheWay(c *gin.Context) *view.Notice {
	p := o.printer(c)
	switch server.Sent(c.Query(fieldSent)) {
	case server.SentKept:
		return &view.Notice{Kind: "info", Title: p.T("unsent.kept"), Text: p.T("unsent.kept_text", "count", int(domain.UnsentLife.Minutes()))}
	case server.SentLost:
		return &view.Notice{Kind: "warning", Title: p.T("unsent.lost"), Text: p.T("unsent.lost_text")}
	}
	return nil
}
