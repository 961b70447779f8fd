package auth_test

import (
	"bytes"
	"errors"
	"testing"

	"github.com/temadag/temadag/internal/auth"
	"github.com/temadag/temadag/internal/testkit"
)

const home = "https://temadag.example.se"

func passkeys(t *testing.T) *auth.Passkeys {
	t.Helper()
	p, err := auth.NewPasskeys(home, "Temadag")
	if err != nil || p == nil {
		t.Fatal(p, err)
	}
	return p
}

func enrol(t *testing.T, p *auth.Passkeys, a *testkit.Authenticator) (auth.PasskeyUser, error) {
	t.Helper()
	u := auth.PasskeyUser{Handle: auth.NewHandle(), Email: "eva@example.se", Name: "Eva"}
	options, state, err := p.BeginCreate(u)
	if err != nil {
		t.Fatal(err)
	}
	use, err := p.FinishCreate(u, state, bytes.NewReader(a.Create(t, options)))
	u.Credentials = append(u.Credentials, use.Credential)
	return u, err
}

func TestPasskeys(t *testing.T) {
	t.Parallel()
	p, device := passkeys(t), &testkit.Authenticator{Origin: home}
	u, err := enrol(t, p, device)
	if err != nil {
		t.Fatal(err)
	}
	find := func(handle []byte) (auth.PasskeyUser, error) {
		if !bytes.Equal(handle, u.Handle) {
			t.Errorf("asked for %x", handle)
		}
		return u, nil
	}
	for name, who := range map[string]*auth.PasskeyUser{"a user's": &u, "whoever's it is": nil} {
		options, state, err := p.BeginGet(who)
		if err != nil {
			t.Fatal(err)
		}
		response := device.Get(t, options)
		use, err := p.FinishGet(state, bytes.NewReader(response), find)
		if err != nil || use.Cloned || !bytes.Equal(use.Handle, u.Handle) {
			t.Fatalf("%s: %+v, %v", name, use, err)
		}
		u.Credentials[0] = use.Credential
		if again, err := p.FinishGet(state, bytes.NewReader(response), find); err == nil && !again.Cloned {
			t.Errorf("%s: the same answer was taken twice", name)
		}
	}
}

func TestPasskeys_refuses(t *testing.T) {
	t.Parallel()
	for name, lie := range map[string]func(*testkit.Authenticator){
		"another site's page":          func(a *testkit.Authenticator) { a.Origin = "https://temadag.example.com" },
		"a key for another site":       func(a *testkit.Authenticator) { a.RPID = "example.com" },
		"nobody touched the device":    func(a *testkit.Authenticator) { a.Absent = true },
		"nobody was asked who she is":  func(a *testkit.Authenticator) { a.Unasked = true },
		"an unencrypted page":          func(a *testkit.Authenticator) { a.Origin = "http://temadag.example.se" },
		"a page below another address": func(a *testkit.Authenticator) { a.Origin = "https://evil.temadag.example.se" },
	} {
		p := passkeys(t)
		device := &testkit.Authenticator{Origin: home}
		u, err := enrol(t, p, device)
		if err != nil {
			t.Fatal(err)
		}
		options, state, err := p.BeginGet(&u)
		if err != nil {
			t.Fatal(err)
		}
		lie(device)
		_, err = p.FinishGet(state, bytes.NewReader(device.Get(t, options)), func([]byte) (auth.PasskeyUser, error) { return u, nil })
		if !errors.Is(err, auth.ErrPasskey) {
			t.Errorf("signing in, %s: %v", name, err)
		}
		liar := &testkit.Authenticator{Origin: home}
		lie(liar)
		if _, err := enrol(t, p, liar); !errors.Is(err, auth.ErrPasskey) {
			t.Errorf("enrolling, %s: %v", name, err)
		}
	}
}

func TestPasskeys_anotherChallengeOrDevice(t *testing.T) {
	t.Parallel()
	p, device := passkeys(t), &testkit.Authenticator{Origin: home}
	u, err := enrol(t, p, device)
	if err != nil {
		t.Fatal(err)
	}
	find := func([]byte) (auth.PasskeyUser, error) { return u, nil }
	first, _, err := p.BeginGet(&u)
	if err != nil {
		t.Fatal(err)
	}
	second, state, err := p.BeginGet(&u)
	if err != nil {
		t.Fatal(err)
	}
	if _, err := p.FinishGet(state, bytes.NewReader(device.Get(t, first)), find); !errors.Is(err, auth.ErrPasskey) {
		t.Errorf("an answer to another challenge: %v", err)
	}
	other := &testkit.Authenticator{Origin: home}
	if _, err := enrol(t, p, other); err != nil {
		t.Fatal(err)
	}
	if _, err := p.FinishGet(state, bytes.NewReader(other.Get(t, second)), find); !errors.Is(err, auth.ErrPasskey) {
		t.Errorf("another device: %v", err)
	}
	if _, err := p.FinishGet(state, bytes.NewReader([]byte(`{"id":`)), find); !errors.Is(err, auth.ErrPasskey) {
		t.Errorf("nonsense: %v", err)
	}
}

func TestNewPasskeys_where(t *testing.T) {
	t.Parallel()
	for base, want := range map[string]bool{
		"https://temadag.example.se": true, "http://localhost:8080": true, "http://127.0.0.1:8080": false,
		"http://temadag.example.se": false, "https://192.0.2.1": false,
	} {
		p, err := auth.NewPasskeys(base, "Temadag")
		if err != nil || (p != nil) != want {
			t.Errorf("%s: %v, %v; want %v", base, p, err, want)
		}
	}
}
