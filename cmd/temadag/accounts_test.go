package main

import (
	"path/filepath"
	"strings"
	"testing"

	"github.com/temadag/temadag/internal/domain"
)

func TestSettings_signInService(t *testing.T) {
	t.Parallel()
	for name, tt := range map[string]struct {
		oidc oidcConfig
		want string
	}{
		"none":              {oidcConfig{Claim: "groups"}, ""},
		"whole":             {oidcConfig{Issuer: "https://id.example.se", ClientID: "x", Groups: "a=reader:BD"}, ""},
		"no issuer":         {oidcConfig{ClientID: "x"}, "TEMADAG_OIDC_ISSUER"},
		"no client":         {oidcConfig{Issuer: "https://id.example.se"}, "TEMADAG_OIDC_CLIENT_ID"},
		"unencrypted":       {oidcConfig{Issuer: "http://id.example.se", ClientID: "x"}, "TEMADAG_OIDC_ISSUER"},
		"a role that isn't": {oidcConfig{Issuer: "https://id.example.se", ClientID: "x", Groups: "a=king:BD"}, "TEMADAG_OIDC_GROUPS"},
	} {
		c := Config{Addr: "0.0.0.0:80", BaseURL: "https://temadag.example.se", DataDir: t.TempDir(), RateLimit: "on", OIDC: tt.oidc}
		s, err := c.settings()
		if (err == nil) != (tt.want == "") || err != nil && !strings.Contains(err.Error(), tt.want) {
			t.Errorf("%s: %v", name, err)
		}
		if name == "whole" && (s.provider == nil || s.provider.RedirectURL != "https://temadag.example.se/logga-in/tjanst" || len(s.groups) != 1) {
			t.Errorf("%s: %+v", name, s.provider)
		}
	}
}

func TestUser_wholeLife(t *testing.T) {
	t.Parallel()
	c := &Config{Addr: "127.0.0.1:0", BaseURL: "http://localhost:1", DataDir: filepath.Join(t.TempDir(), "data"), RateLimit: "on"}
	add := userAddCommand{Email: "eva@example.se", Name: "Eva", County: []string{"bd", "Z"}, Role: "administrator"}
	steps := []struct {
		name string
		run  func() error
		want bool
	}{
		{"a link before there is a database", func() error { return userLinkCommand{"eva@example.se"}.Run(t.Context(), c) }, false},
		{"add", func() error { return add.Run(t.Context(), c) }, true},
		{"add again", func() error { return add.Run(t.Context(), c) }, true},
		{"list", func() error { return userListCommand{}.Run(t.Context(), c) }, true},
		{"link", func() error { return userLinkCommand{"EVA@example.se"}.Run(t.Context(), c) }, true},
		{"reset", func() error { return userResetCommand{"eva@example.se"}.Run(t.Context(), c) }, true},
		{"disable", func() error { return userDisableCommand{"eva@example.se"}.Run(t.Context(), c) }, true},
		{"link to a closed account", func() error { return userLinkCommand{"eva@example.se"}.Run(t.Context(), c) }, false},
		{"enable", func() error { return userEnableCommand{"eva@example.se"}.Run(t.Context(), c) }, true},
		{"link to nobody", func() error { return userLinkCommand{"bo@example.se"}.Run(t.Context(), c) }, false},
		{"fsck", func() error { return fsckCommand{}.Run(t.Context(), c) }, true},
	}
	for _, s := range steps {
		if err := s.run(); (err == nil) != s.want {
			t.Errorf("%s: %v", s.name, err)
		}
	}
	err := c.with(t.Context(), func(p *program) error {
		a, err := p.accounts()
		if err != nil {
			return err
		}
		u, err := a.UserByEmail(t.Context(), domain.Operator(), "eva@example.se")
		if got := grantsOf(u); got != "administrator BD, Z" || factorsOf(u) != "none" {
			t.Errorf("she is %q", got)
		}
		return err
	})
	if err != nil {
		t.Error(err)
	}
	for _, wrong := range []userAddCommand{
		{Email: "x", Name: "Eva", County: []string{"BD"}, Role: "reader"},
		{Email: "eva@example.se", Name: "Eva", County: []string{"QQ"}, Role: "reader"},
		{Email: "eva@example.se", Name: "Eva", County: []string{"BD"}, Role: "visitor"},
		{Email: "eva@example.se", County: []string{"BD"}, Role: "reader"},
	} {
		if err := wrong.Run(t.Context(), c); err == nil {
			t.Errorf("%+v was taken", wrong)
		}
	}
}
