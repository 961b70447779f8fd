package service_test

import (
	"context"
	"errors"
	"log/slog"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/temadag/temadag/internal/auth"
	"github.com/temadag/temadag/internal/domain"
	"github.com/temadag/temadag/internal/service"
	"github.com/temadag/temadag/internal/testkit"
)

const (
	goodPassword = "rätt häst batteri klammer"
	home         = "192.0.2.7"
	away         = "203.0.113.9"
)

// desk is the accounts over a fresh database, with the letters about them as they would be sent.
type desk struct {
	*service.Accounts
	kit    *testkit.Kit
	outbox *service.Outbox

	mu   sync.Mutex
	sent []domain.Notice
}

func newDesk(t *testing.T) *desk {
	t.Helper()
	k := testkit.Open(t)
	hasher, err := auth.NewQuickHasher()
	if err != nil {
		t.Fatal(err)
	}
	passkeys, err := auth.NewPasskeys("https://temadag.example.se", "Temadag")
	if err != nil {
		t.Fatal(err)
	}
	d := &desk{kit: k, Accounts: &service.Accounts{
		Store: k.Store, Keys: k.Keys, Hasher: hasher, Passkeys: passkeys, Now: k.Clock.Now, Log: slog.New(slog.DiscardHandler),
		ResetURL: func(l domain.Lang, token string) string {
			return "https://temadag.example.se/" + string(l) + "/reset/" + token
		},
		SignInURL: func(l domain.Lang, token string) string {
			return "https://temadag.example.se/" + string(l) + "/link/" + token
		},
	}}
	d.outbox = &service.Outbox{
		Store: k.Store, Keys: k.Keys, Sender: taker{}, From: "temadag@example.se", Now: k.Clock.Now, Log: d.Log,
	}
	return d
}

// taker takes every letter.
type taker struct{}

func (taker) Send(context.Context, string, string, []byte) error { return nil }

// ComposeNotice keeps what the letter would say.
func (d *desk) ComposeNotice(n domain.Notice) ([]byte, error) {
	d.mu.Lock()
	defer d.mu.Unlock()
	d.sent = append(d.sent, n)
	return []byte("letter " + n.Link), nil
}

// post sends what is owed, and answers the letters to an address of one kind.
func (d *desk) post(t *testing.T, to string, k domain.NoticeKind) []domain.Notice {
	t.Helper()
	if err := d.AnswerResets(t.Context(), domain.Worker()); err != nil {
		t.Fatal(err)
	}
	for range 3 {
		if _, err := d.outbox.DeliverNotices(t.Context(), domain.Worker(), d); err != nil {
			t.Fatal(err)
		}
	}
	var out []domain.Notice
	for _, n := range d.sent {
		if n.To == to && n.Kind == k {
			out = append(out, n)
		}
	}
	return out
}

func tokenOf(link string) string { return link[strings.LastIndexByte(link, '/')+1:] }

func from(address string) service.Caller {
	return service.Caller{Address: address, Agent: "Mozilla/5.0 (Windows NT 10.0) Firefox/140.0"}
}

func grant(r domain.Role, c domain.OrganiserCode) domain.Grant {
	return domain.Grant{Role: r, County: c}
}

// add makes a user who has chosen goodPassword from home.
func (d *desk) add(t *testing.T, email string, grants ...domain.Grant) domain.UserID {
	t.Helper()
	id, err := d.AddUser(t.Context(), domain.Operator(), service.NewUser{Email: email, Name: "Eva Exempel", Grants: grants})
	if err != nil {
		t.Fatal(err)
	}
	letters := d.post(t, email, domain.NoticeInvited)
	if len(letters) != 1 {
		t.Fatalf("%d invitations", len(letters))
	}
	if err := d.Reset(t.Context(), tokenOf(letters[0].Link), goodPassword, from(home)); err != nil {
		t.Fatal(err)
	}
	return id
}

func (d *desk) try(t *testing.T, email, password, address string) (service.SignInResult, error) {
	t.Helper()
	return d.SignIn(t.Context(), service.SignInInput{Email: email, Password: password, Caller: from(address)})
}

// enter signs in from home, without a second factor.
func (d *desk) enter(t *testing.T, email string) string {
	t.Helper()
	r, err := d.try(t, email, goodPassword, home)
	if err != nil || r.Token == "" {
		t.Fatalf("sign in: %+v, %v", r, err)
	}
	return r.Token
}

func (d *desk) in(t *testing.T, token string) domain.SignIn {
	t.Helper()
	in, err := d.Session(t.Context(), token, from(home))
	if err != nil {
		t.Fatal(err)
	}
	return in
}

// withTOTP adds an app to the user who is signed in, and answers its secret, the recovery codes and the
// new token.
func (d *desk) withTOTP(t *testing.T, token string) (secret string, e service.Enrolled) {
	t.Helper()
	in := d.in(t, token)
	setup, err := d.BeginTOTP(t.Context(), in)
	if err != nil {
		t.Fatal(err)
	}
	e, err = d.ConfirmTOTP(t.Context(), in, setup.Ticket, d.code(t, setup.Secret))
	if err != nil {
		t.Fatal(err)
	}
	d.kit.Clock.Turn(time.Minute) // the code that proved it may not be used again
	return setup.Secret, e
}

func (d *desk) code(t *testing.T, secret string) string {
	t.Helper()
	code, err := auth.TOTPCode(secret, d.kit.Clock.Now())
	if err != nil {
		t.Fatal(err)
	}
	return code
}

func refused(t *testing.T, what string, err error, c domain.Code, key string) {
	t.Helper()
	var e *domain.Error
	var v *domain.Invalid
	if errors.As(err, &v) && len(v.Faults) == 1 {
		e = v.Faults[0]
	} else {
		errors.As(err, &e)
	}
	if e == nil || e.Code != c || e.Key != key {
		t.Errorf("%s: %v, want %s %s", what, err, c, key)
	}
}

// raw opens the database beside the program.
func (d *desk) raw(t *testing.T) testkit.Raw {
	t.Helper()
	return d.kit.Raw(t)
}
