package main

import (
	"context"
	"errors"
	"time"

	"github.com/temadag/temadag/internal/auth"
	"github.com/temadag/temadag/internal/domain"
	"github.com/temadag/temadag/internal/mail"
	"github.com/temadag/temadag/internal/service"
	"github.com/temadag/temadag/internal/worker"
)

// accounts is the use cases of signing in, made the first time they are asked for: most commands need
// none, and making them costs as much as a sign-in.
func (p *program) accounts() (*service.Accounts, error) {
	if p.people != nil {
		return p.people, nil
	}
	hasher, err := auth.NewHasher()
	if err != nil {
		return nil, err
	}
	passkeys, err := auth.NewPasskeys(p.baseURL, "Temadag")
	if err != nil {
		return nil, err
	}
	p.people = &service.Accounts{
		Store: p.store, Keys: p.keys, Hasher: hasher, Passkeys: passkeys, Now: p.now, Log: p.log,
		ResetURL: func(l domain.Lang, token string) string {
			return p.baseURL + inLang(l, "/logga-in/nytt-losenord/", "/en/sign-in/new-password/") + token
		},
		SignInURL: func(l domain.Lang, token string) string {
			return p.baseURL + inLang(l, "/logga-in/lank/", "/en/sign-in/link/") + token
		},
		// On one's own machine a second factor protects from nobody.
		RequireFactor: !p.loopback,
	}
	return p.people, nil
}

func inLang(l domain.Lang, sv, en string) string {
	if l == domain.English {
		return en
	}
	return sv
}

// accountJobs are the background work about accounts: their letters, and erasing what is over.
func (p *program) accountJobs(c *mail.Composer, o *service.Outbox) ([]*worker.Job, error) {
	accounts, err := p.accounts()
	if err != nil {
		return nil, err
	}
	if err := c.CheckNotices(); err != nil {
		return nil, err
	}
	notices := worker.New("notices", p.now, p.log, func(ctx context.Context) (time.Time, error) {
		asked := accounts.AnswerResets(ctx, domain.Worker())
		next, err := o.DeliverNotices(ctx, domain.Worker(), c)
		return next, errors.Join(asked, err)
	})
	accounts.Wake = notices.Wake
	sweep := worker.New("sign-ins", p.now, p.log, func(ctx context.Context) (time.Time, error) {
		return accounts.Sweep(ctx, domain.Worker())
	})
	return []*worker.Job{notices, sweep}, nil
}

// The user of the demonstration: she may do everything everywhere, and nobody has that address.
const (
	demoUser     = "eva.exempel@temadag.example.se"
	demoUserName = "Eva Exempel"
)

// demoLink is a one-time link into the back office of the demonstration. Its user is made the first time.
func (p *program) demoLink(ctx context.Context) (string, error) {
	s, err := p.accounts()
	if err != nil {
		return "", err
	}
	var grants []domain.Grant
	for _, c := range domain.Counties() {
		grants = append(grants, domain.Grant{Role: domain.RoleAdministrator, County: c.Code})
	}
	me := domain.Operator()
	if _, err := s.UserByEmail(ctx, me, demoUser); errors.Is(err, domain.ErrNotFound) {
		_, err = s.AddUser(ctx, me, service.NewUser{Email: demoUser, Name: demoUserName, Lang: domain.Swedish, Grants: grants, Silent: true})
		if err != nil {
			return "", err
		}
	}
	return s.MakeLink(ctx, me, demoUser)
}
