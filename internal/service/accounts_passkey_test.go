package service_test

import (
	"bytes"
	"testing"
	"time"

	"github.com/temadag/temadag/internal/domain"
	"github.com/temadag/temadag/internal/service"
	"github.com/temadag/temadag/internal/testkit"
)

// withPasskey adds a passkey to the user who is signed in, and answers the device and the new token.
func (d *desk) withPasskey(t *testing.T, token string) (*testkit.Authenticator, service.Enrolled) {
	t.Helper()
	device := &testkit.Authenticator{Origin: "https://temadag.example.se"}
	in := d.in(t, token)
	options, ticket, err := d.BeginAddPasskey(t.Context(), in)
	if err != nil {
		t.Fatal(err)
	}
	e, err := d.AddPasskey(t.Context(), in, ticket, "Arbetsdatorn", bytes.NewReader(device.Create(t, options)))
	if err != nil {
		t.Fatal(err)
	}
	return device, e
}

func (d *desk) byPasskey(t *testing.T, device *testkit.Authenticator, ticket string) (service.SignInResult, error) {
	t.Helper()
	options, next, err := d.BeginPasskey(t.Context(), ticket)
	if err != nil {
		t.Fatal(err)
	}
	return d.SignInPasskey(t.Context(), next, bytes.NewReader(device.Get(t, options)), from(away))
}

func TestSignInPasskey(t *testing.T) {
	t.Parallel()
	d := newDesk(t)
	d.add(t, "eva@example.se", grant(domain.RoleOrganiser, "BD"))
	device, e := d.withPasskey(t, d.enter(t, "eva@example.se"))
	if len(e.Codes) != 10 {
		t.Errorf("%d recovery codes", len(e.Codes))
	}
	r, err := d.byPasskey(t, device, "")
	if err != nil || d.in(t, r.Token).Method != domain.ByPasskey {
		t.Fatalf("without a password: %+v, %v", r, err)
	}
	first, err := d.try(t, "eva@example.se", goodPassword, home)
	if err != nil || first.Token != "" || first.Methods[0] != domain.ByPasskey {
		t.Fatalf("the password alone: %+v, %v", first, err)
	}
	if r, err = d.byPasskey(t, device, first.Ticket); err != nil || r.Token == "" {
		t.Fatalf("as a second factor: %+v, %v", r, err)
	}
	keys, err := d.OwnPasskeys(t.Context(), d.in(t, r.Token).Actor)
	if err != nil || len(keys) != 1 || keys[0].Name != "Arbetsdatorn" || keys[0].UsedAt.IsZero() {
		t.Errorf("her passkeys: %+v, %v", keys, err)
	}
	token, err := d.RemovePasskey(t.Context(), d.in(t, r.Token), keys[0].ID)
	if err != nil {
		t.Fatal(err)
	}
	d.in(t, token)
	_, err = d.byPasskey(t, device, "")
	refused(t, "a passkey that was removed", err, domain.CodeInvalid, "signin.passkey_wrong")
	if r, err := d.try(t, "eva@example.se", goodPassword, home); err != nil || r.Token == "" {
		t.Errorf("the password, when the last factor is gone: %+v, %v", r, err)
	}
}

func TestSignInPasskey_refuses(t *testing.T) {
	t.Parallel()
	d := newDesk(t)
	d.add(t, "eva@example.se", grant(domain.RoleOrganiser, "BD"))
	bo := d.add(t, "bo@example.se", grant(domain.RoleOrganiser, "BD"))
	evas, _ := d.withPasskey(t, d.enter(t, "eva@example.se"))
	bos, e := d.withPasskey(t, d.enter(t, "bo@example.se"))

	options, next, err := d.BeginPasskey(t.Context(), "")
	if err != nil {
		t.Fatal(err)
	}
	response := evas.Get(t, options)
	if _, err := d.SignInPasskey(t.Context(), next, bytes.NewReader(response), from(home)); err != nil {
		t.Fatal(err)
	}
	_, err = d.SignInPasskey(t.Context(), next, bytes.NewReader(response), from(home))
	refused(t, "the same answer again", err, domain.CodeClosed, "signin.ticket_over")

	first, err := d.try(t, "eva@example.se", goodPassword, home)
	if err != nil {
		t.Fatal(err)
	}
	_, err = d.byPasskey(t, bos, first.Ticket)
	refused(t, "Bo's passkey after Eva's password", err, domain.CodeInvalid, "signin.passkey_wrong")

	evas.Counter = 0
	_, err = d.byPasskey(t, evas, "")
	refused(t, "a copy of a passkey", err, domain.CodeInvalid, "signin.passkey_wrong")

	options, next, err = d.BeginPasskey(t.Context(), "")
	if err != nil {
		t.Fatal(err)
	}
	d.kit.Clock.Turn(10 * time.Minute)
	_, err = d.SignInPasskey(t.Context(), next, bytes.NewReader(bos.Get(t, options)), from(home))
	refused(t, "ten minutes later", err, domain.CodeClosed, "signin.ticket_over")

	if err := d.Disable(t.Context(), domain.Operator(), bo); err != nil {
		t.Fatal(err)
	}
	_, err = d.byPasskey(t, bos, "")
	refused(t, "a disabled user", err, domain.CodeInvalid, "signin.passkey_wrong")
	d.gone(t, "her sign-in", e.Token)
}

func TestAddPasskey_ofAnother(t *testing.T) {
	t.Parallel()
	d := newDesk(t)
	d.add(t, "eva@example.se", grant(domain.RoleOrganiser, "BD"))
	d.add(t, "bo@example.se", grant(domain.RoleOrganiser, "BD"))
	eva, bo := d.in(t, d.enter(t, "eva@example.se")), d.in(t, d.enter(t, "bo@example.se"))
	device := &testkit.Authenticator{Origin: "https://temadag.example.se"}
	options, ticket, err := d.BeginAddPasskey(t.Context(), eva)
	if err != nil {
		t.Fatal(err)
	}
	response := device.Create(t, options)
	_, err = d.AddPasskey(t.Context(), bo, ticket, "Min", bytes.NewReader(response))
	refused(t, "Bo with Eva's ticket", err, domain.CodeClosed, "passkey.over")
	_, err = d.AddPasskey(t.Context(), eva, ticket, "", bytes.NewReader(response))
	refused(t, "no name", err, domain.CodeInvalid, "field.label.missing")
	_, err = d.AddPasskey(t.Context(), eva, ticket, "Min", bytes.NewReader([]byte("{}")))
	refused(t, "nonsense", err, domain.CodeInvalid, "passkey.refused")
	if _, err := d.AddPasskey(t.Context(), eva, ticket, "Min", bytes.NewReader(response)); err != nil {
		t.Error(err)
	}
}

func TestProvePasskey(t *testing.T) {
	t.Parallel()
	d := newDesk(t)
	d.add(t, "eva@example.se", grant(domain.RoleOrganiser, "BD"))
	d.add(t, "bo@example.se", grant(domain.RoleOrganiser, "BD"))
	device, e := d.withPasskey(t, d.enter(t, "eva@example.se"))
	d.kit.Clock.Turn(20 * time.Minute)
	other := d.enter(t, "bo@example.se")
	prove := func(token string) (string, error) {
		options, next, err := d.BeginPasskey(t.Context(), "")
		if err != nil {
			t.Fatal(err)
		}
		return d.ProvePasskey(t.Context(), token, next, bytes.NewReader(device.Get(t, options)))
	}
	_, err := prove(other)
	refused(t, "Eva's passkey for Bo", err, domain.CodeInvalid, "signin.passkey_wrong")
	token, err := prove(e.Token)
	if err != nil || !d.in(t, token).Recent(d.kit.Clock.Now()) {
		t.Errorf("she has not proved herself: %v", err)
	}
	d.gone(t, "the token before", e.Token)
}
