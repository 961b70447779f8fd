package main

import (
	"context"
	"errors"
	"fmt"
	"os"
	"slices"
	"strings"
	"text/tabwriter"

	"github.com/temadag/temadag/internal/domain"
	"github.com/temadag/temadag/internal/service"
)

// userCommand is what whoever runs the program can do with accounts. Who may do what in a county is
// otherwise for its own administrators, on the pages.
type userCommand struct {
	Add     userAddCommand     `cmd:"" help:"Make an account, or grant one more, and print a link to sign in with."`
	List    userListCommand    `cmd:"" help:"List the accounts with their roles."`
	Link    userLinkCommand    `cmd:"" help:"Print a link that signs a user in once, within a quarter of an hour."`
	Disable userDisableCommand `cmd:"" help:"Close an account; its user is out at once."`
	Enable  userEnableCommand  `cmd:"" help:"Open a closed account."`
	Reset   userResetCommand   `cmd:"" help:"Take away password and second factor of someone who has lost them, and print a link."`
}

// withUsers runs fn on the accounts of an existing database.
func (c *Config) withUsers(ctx context.Context, fn func(s *service.Accounts) error) error {
	return c.with(ctx, onAccounts(fn))
}

func onAccounts(fn func(s *service.Accounts) error) func(p *program) error {
	return func(p *program) error {
		s, err := p.accounts()
		if err != nil {
			return err
		}
		return fn(s)
	}
}

type userAddCommand struct {
	Email  string   `arg:"" help:"Address to sign in with."`
	Name   string   `help:"First name and family name." required:""`
	County []string `help:"County by its letter: BD, Z. Give several with commas, or \"all\"." required:"" placeholder:"CODE"`
	Role   string   `help:"What she may do there: administrator, organiser, case_worker, check_in, needs_officer, registrar or reader." default:"administrator" placeholder:"ROLE"`
}

// Run makes the account, and a database where nothing was ever kept: the first administrator comes
// before everything else.
func (v userAddCommand) Run(ctx context.Context, c *Config) error {
	grants, err := v.grants()
	if err != nil {
		return err
	}
	return c.begin(ctx, onAccounts(func(s *service.Accounts) error {
		_, err := s.AddUser(ctx, domain.Operator(), service.NewUser{
			Email: v.Email, Name: v.Name, Lang: domain.Swedish, Grants: grants, Silent: true,
		})
		if err != nil {
			return inWords(err)
		}
		return printLink(ctx, s, v.Email)
	}))
}

func (v userAddCommand) grants() ([]domain.Grant, error) {
	role := domain.Role(v.Role)
	if !role.Grantable() {
		return nil, fmt.Errorf("--role is %q; write one of %s", v.Role, roleNames())
	}
	known := make([]string, 0, 21)
	for _, county := range domain.Counties() {
		known = append(known, string(county.Code))
	}
	codes := v.County
	if len(codes) == 1 && codes[0] == "all" {
		codes = known
	}
	var grants []domain.Grant
	for _, code := range codes {
		code = strings.ToUpper(strings.TrimSpace(code))
		if !slices.Contains(known, code) {
			return nil, fmt.Errorf("--county is %q; write one of %s", code, strings.Join(known, ", "))
		}
		grants = append(grants, domain.Grant{Role: role, County: domain.OrganiserCode(code)})
	}
	return grants, nil
}

func roleNames() string {
	var names []string
	for _, r := range domain.StaffRoles() {
		names = append(names, string(r))
	}
	return strings.Join(names, ", ")
}

func printLink(ctx context.Context, s *service.Accounts, email string) error {
	link, err := s.MakeLink(ctx, domain.Operator(), email)
	if err != nil {
		return inWords(err)
	}
	fmt.Printf("Sign in once, within a quarter of an hour, here:\n%s\n", link)
	return nil
}

// inWords is a refusal as whoever typed the command is told of it.
func inWords(err error) error {
	var v *domain.Invalid
	switch {
	case errors.Is(err, domain.ErrNotFound):
		return errors.New("there is no open account with that address; temadag user list shows them")
	case errors.As(err, &v):
		switch v.Faults[0].Field {
		case "email":
			return errors.New("that is no address to sign in with; write name@domain")
		case "name":
			return errors.New("--name is missing or too long")
		}
	}
	return err
}

type userListCommand struct{}

// Run prints a line for each account.
func (userListCommand) Run(ctx context.Context, c *Config) error {
	return c.withUsers(ctx, func(s *service.Accounts) error {
		users, err := s.Users(ctx, domain.Operator())
		if err != nil {
			return err
		}
		w := tabwriter.NewWriter(os.Stdout, 0, 8, 2, ' ', 0)
		fmt.Fprintln(w, "ADDRESS\tNAME\tSTATE\tSECOND FACTOR\tLAST SIGN-IN\tROLES")
		for _, u := range users {
			last := "never"
			if !u.SignedInAt.IsZero() {
				last = u.SignedInAt.In(domain.Stockholm()).Format("2006-01-02 15:04")
			}
			fmt.Fprintf(w, "%s\t%s\t%s\t%s\t%s\t%s\n", u.Email, u.Name, u.State, factorsOf(u), last, grantsOf(u))
		}
		return w.Flush()
	})
}

func factorsOf(u domain.User) string {
	switch {
	case u.Passkeys > 0 && u.TOTP:
		return "app, passkey"
	case u.Passkeys > 0:
		return "passkey"
	case u.TOTP:
		return "app"
	}
	return "none"
}

// grantsOf is the roles with their counties: "administrator BD, Z".
func grantsOf(u domain.User) string {
	var parts []string
	for _, r := range domain.StaffRoles() {
		var counties []string
		for _, g := range u.Grants {
			if g.Role != r {
				continue
			}
			where := string(g.County)
			if g.Event != 0 {
				where += fmt.Sprintf(" (event %d)", g.Event)
			}
			counties = append(counties, where)
		}
		if len(counties) == len(domain.Counties()) {
			counties = []string{"everywhere"}
		}
		if len(counties) > 0 {
			parts = append(parts, string(r)+" "+strings.Join(counties, ", "))
		}
	}
	return strings.Join(parts, "; ")
}

type userLinkCommand struct {
	Email string `arg:"" help:"Address of the user."`
}

// Run prints the link; one that was printed before stops working.
func (v userLinkCommand) Run(ctx context.Context, c *Config) error {
	return c.withUsers(ctx, func(s *service.Accounts) error { return printLink(ctx, s, v.Email) })
}

type userDisableCommand struct {
	Email string `arg:"" help:"Address of the user."`
}

// Run closes the account.
func (v userDisableCommand) Run(ctx context.Context, c *Config) error {
	return c.withUsers(ctx, func(s *service.Accounts) error {
		u, err := s.UserByEmail(ctx, domain.Operator(), v.Email)
		if err == nil {
			err = s.Disable(ctx, domain.Operator(), u.ID)
		}
		if err != nil {
			return inWords(err)
		}
		fmt.Println("the account is closed, and its user is signed out:", u.Email)
		return nil
	})
}

type userEnableCommand struct {
	Email string `arg:"" help:"Address of the user."`
}

// Run opens the account.
func (v userEnableCommand) Run(ctx context.Context, c *Config) error {
	return c.withUsers(ctx, func(s *service.Accounts) error {
		u, err := s.UserByEmail(ctx, domain.Operator(), v.Email)
		if err == nil {
			err = s.Enable(ctx, domain.Operator(), u.ID)
		}
		if err != nil {
			return inWords(err)
		}
		fmt.Println("the account is open:", u.Email)
		return nil
	})
}

type userResetCommand struct {
	Email string `arg:"" help:"Address of the user."`
}

// Run takes away what the user proves herself with, and prints a link.
func (v userResetCommand) Run(ctx context.Context, c *Config) error {
	return c.withUsers(ctx, func(s *service.Accounts) error {
		u, err := s.UserByEmail(ctx, domain.Operator(), v.Email)
		if err == nil {
			err = s.Clear(ctx, domain.Operator(), u.ID)
		}
		if err != nil {
			return inWords(err)
		}
		fmt.Println("password and second factor are gone, and a letter is on its way:", u.Email)
		return printLink(ctx, s, v.Email)
	})
}
