package main

import (
	"context"
	"errors"
	"fmt"
	"net/url"
	"time"

	"github.com/temadag/temadag/internal/auth"
	"github.com/temadag/temadag/internal/domain"
	"github.com/temadag/temadag/internal/mail"
	"github.com/temadag/temadag/internal/office"
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
	paths, err := office.Paths()
	if err != nil {
		return nil, err
	}
	p.people = &service.Accounts{
		Store: p.store, Keys: p.keys, Hasher: hasher, Passkeys: passkeys, Now: p.now, Log: p.log, Erased: p.registrations.Erased,
		ResetURL:  func(l domain.Lang, token string) string { return p.baseURL + paths.For(l, "office_reset", token) },
		SignInURL: func(l domain.Lang, token string) string { return p.baseURL + paths.For(l, "office_link", token) },
		// On one's own machine a second factor protects from nobody.
		RequireFactor: !p.loopback,
	}
	if p.provider != nil {
		p.people.Provider, p.people.Groups = auth.NewProvider(*p.provider), p.groups
	}
	return p.people, nil
}

// oidcConfig is the authority's own sign-in service, as it was written.
type oidcConfig struct {
	Issuer   string `group:"Settings" env:"TEMADAG_OIDC_ISSUER" help:"Sign-in service (OpenID Connect) that staff may use; none when absent." placeholder:"URL"`
	ClientID string `group:"Settings" env:"TEMADAG_OIDC_CLIENT_ID" help:"What the sign-in service knows the program by." placeholder:"ID"`
	Secret   string `group:"Settings" env:"TEMADAG_OIDC_SECRET" help:"What the program proves itself with there." placeholder:"TEXT"`
	Groups   string `group:"Settings" env:"TEMADAG_OIDC_GROUPS" help:"What its groups may do: group=role:county,county; group=role:all." placeholder:"LIST"`
	Claim    string `group:"Settings" env:"TEMADAG_OIDC_CLAIM" default:"groups" help:"Where it tells the groups." placeholder:"NAME"`
}

// providerPath is where the sign-in service sends people back to.
const providerPath = "/logga-in/tjanst"

func (c oidcConfig) read(s *settings) error {
	if c.Issuer == "" {
		if c.ClientID != "" || c.Secret != "" || c.Groups != "" {
			return errors.New("TEMADAG_OIDC_ISSUER is missing beside the other settings of the sign-in service")
		}
		return nil
	}
	u, err := url.Parse(c.Issuer)
	if err != nil || u.Host == "" || u.Scheme != "https" && !s.loopback {
		return fmt.Errorf("TEMADAG_OIDC_ISSUER is %q; write https:// and the address of the sign-in service", c.Issuer)
	}
	if c.ClientID == "" {
		return errors.New("TEMADAG_OIDC_CLIENT_ID is needed together with TEMADAG_OIDC_ISSUER")
	}
	if s.groups, err = domain.ParseGroupGrants(c.Groups); err != nil {
		return fmt.Errorf("TEMADAG_OIDC_GROUPS: %w", err)
	}
	s.provider = &auth.ProviderOptions{
		Issuer: c.Issuer, ClientID: c.ClientID, ClientSecret: c.Secret, RedirectURL: s.baseURL + providerPath, GroupsClaim: c.Claim, Now: s.now,
	}
	return nil
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

// demoStaff are the other users of the demonstration, one for each role, in Norrbotten. None has a
// password: temadag user link ADDRESS lets one in.
func demoStaff() []service.NewUser {
	var out []service.NewUser
	for _, u := range []struct {
		name, local string
		role        domain.Role
	}{
		{"Anna Exempel", "anna", domain.RoleOrganiser},
		{"Bo Exempel", "bo", domain.RoleCaseWorker},
		{"Cilla Exempel", "cilla", domain.RoleCheckIn},
		{"David Exempel", "david", domain.RoleNeedsOfficer},
		{"Elin Exempel", "elin", domain.RoleRegistrar},
		{"Frans Exempel", "frans", domain.RoleReader},
	} {
		out = append(out, service.NewUser{
			Email: u.local + ".exempel@temadag.example.se", Name: u.name, Lang: domain.Swedish, Silent: true,
			Grants: []domain.Grant{{Role: u.role, County: "BD"}},
		})
	}
	return out
}

func (p *program) addDemoStaff(ctx context.Context) error {
	s, err := p.accounts()
	if err != nil {
		return err
	}
	for _, u := range demoStaff() {
		if _, err := s.AddUser(ctx, domain.Operator(), u); err != nil {
			return err
		}
	}
	return nil
}

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
