package auth_test

import (
	"bytes"
	"errors"
	"strings"
	"testing"
	"time"

	"github.com/temadag/temadag/internal/auth"
)

func keys(t *testing.T, secret string) *auth.Keys {
	t.Helper()
	k, err := auth.New([]byte(strings.Repeat(secret, 32)))
	if err != nil {
		t.Fatal(err)
	}
	return k
}

func TestFormToken(t *testing.T) {
	t.Parallel()
	k, now := keys(t, "a"), time.Unix(1480000000, 0)
	token := k.FormToken("lulea", now)
	key, made, err := k.ReadFormToken("lulea", token, now.Add(time.Hour))
	if err != nil || !made.Equal(now) || len(key) < 26 {
		t.Fatalf("ReadFormToken = %q, %v, %v", key, made, err)
	}
	if other, _, _ := k.ReadFormToken("lulea", k.FormToken("lulea", now), now); other == key {
		t.Error("two visits got the same key")
	}
	flip := func(s string) string {
		c := byte('a')
		if s[3] == c {
			c = 'b'
		}
		return s[:3] + string(c) + s[4:]
	}
	for name, tt := range map[string]struct {
		keys         *auth.Keys
		event, token string
		now          time.Time
		want         error
	}{
		"nothing":              {k, "lulea", "", now, auth.ErrForged},
		"nonsense":             {k, "lulea", "!!", now, auth.ErrForged},
		"another event":        {k, "umea", token, now, auth.ErrForged},
		"another secret":       {keys(t, "b"), "lulea", token, now, auth.ErrForged},
		"a changed letter":     {k, "lulea", flip(token), now, auth.ErrForged},
		"a day and a second":   {k, "lulea", token, now.Add(24*time.Hour + time.Second), auth.ErrExpired},
		"from the future":      {k, "lulea", token, now.Add(-2 * time.Minute), auth.ErrExpired},
		"the last second":      {k, "lulea", token, now.Add(24 * time.Hour), nil},
		"a clock a bit behind": {k, "lulea", token, now.Add(-30 * time.Second), nil},
	} {
		if _, _, err := tt.keys.ReadFormToken(tt.event, tt.token, tt.now); !errors.Is(err, tt.want) {
			t.Errorf("%s: %v, want %v", name, err, tt.want)
		}
	}
	renewed, err := k.RenewFormToken("lulea", key, now.Add(48*time.Hour))
	if err != nil {
		t.Fatal(err)
	}
	if same, _, err := k.ReadFormToken("lulea", renewed, now.Add(48*time.Hour)); err != nil || same != key {
		t.Errorf("renewed = %q, %v; want the same key %q", same, err, key)
	}
}

func TestLink(t *testing.T) {
	t.Parallel()
	k, uid := keys(t, "a"), auth.UID("key")
	link := k.Link(uid, 1)
	got, hash, ok := auth.ReadLink(link)
	if !ok || !bytes.Equal(got, uid) || !auth.SameHash(hash, auth.LinkHash(link)) {
		t.Errorf("ReadLink = %x, %x, %v", got, hash, ok)
	}
	for name, other := range map[string]string{
		"another version": k.Link(uid, 2), "another person": k.Link(auth.UID("other"), 1), "another secret": keys(t, "b").Link(uid, 1),
	} {
		if auth.SameHash(auth.LinkHash(other), auth.LinkHash(link)) {
			t.Errorf("%s has the same link", name)
		}
	}
	if strings.Contains(link, auth.NewKey()) || len(link) < 52 {
		t.Errorf("link %q holds too little", link)
	}
}

func TestSeal(t *testing.T) {
	t.Parallel()
	k, plain := keys(t, "a"), []byte("Hej Anna")
	sealed := k.Seal(plain, "letter 1")
	if bytes.Contains(sealed, plain) {
		t.Error("sealed bytes can be read")
	}
	if got, err := k.Open(sealed, "letter 1"); err != nil || !bytes.Equal(got, plain) {
		t.Errorf("Open = %q, %v", got, err)
	}
	for name, open := range map[string]func() ([]byte, error){
		"another place":  func() ([]byte, error) { return k.Open(sealed, "letter 2") },
		"another secret": func() ([]byte, error) { return keys(t, "b").Open(sealed, "letter 1") },
		"cut":            func() ([]byte, error) { return k.Open(sealed[:5], "letter 1") },
	} {
		if got, err := open(); err == nil {
			t.Errorf("%s: opened as %q", name, got)
		}
	}
}

func TestNew_refusesAShortSecret(t *testing.T) {
	t.Parallel()
	if _, err := auth.New([]byte("short")); err == nil {
		t.Error("a short secret was taken")
	}
}

func FuzzReadFormToken(f *testing.F) {
	f.Add("lulea", "aaaa")
	k, err := auth.New(bytes.Repeat([]byte("a"), 32))
	if err != nil {
		f.Fatal(err)
	}
	f.Fuzz(func(t *testing.T, event, token string) {
		if _, _, err := k.ReadFormToken(event, token, time.Unix(1480000000, 0)); err == nil {
			t.Errorf("a token of chance was taken: %q", token)
		}
	})
}
