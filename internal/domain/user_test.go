package domain_test

import (
	"errors"
	"strings"
	"testing"
	"time"

	"github.com/temadag/temadag/internal/domain"
)

func TestReadPassword(t *testing.T) {
	t.Parallel()
	u := domain.User{Name: "Eva Öström", Email: "eva.ostrom@lansstyrelsen.se"}
	for password, key := range map[string]string{
		"":                              "field.password.missing",
		"elva tecken":                   "field.password.short",
		strings.Repeat("åäö ", 51):      "field.password.long",
		"\xff\xfe häst batteri klammer": "field.password.long",
		"aaaaaaaaaaaaaaaa":              "field.password.guessable",
		"123456789012":                  "field.password.guessable",
		"19740612-1234":                 "field.password.guessable",
		"Lösenord2016!":                 "field.password.guessable",
		"Sommar2016!!!!":                "field.password.guessable",
		"EvaOstrom2016":                 "field.password.guessable",
		"Temadag2016!!":                 "field.password.guessable",
		"Länsstyrelsen1":                "field.password.guessable",
		"qwertyuiop123":                 "field.password.guessable",
		"rätt häst batteri":             "",
		"tolv tecken!":                  "",
		"xK9$mP2vLq7w":                  "",
		"sommarstuga vid älven":         "",
		strings.Repeat("åäö éby ", 25):  "",
		"密码需要足够长才能安全呢":                  "",
	} {
		got, err := domain.ReadPassword("password", password, u)
		var v *domain.Invalid
		switch {
		case key == "" && (err != nil || got == ""):
			t.Errorf("%q: %v", password, err)
		case key != "" && (!errors.As(err, &v) || v.Faults[0].Key != key || v.Faults[0].Field != "password"):
			t.Errorf("%q: %v, want %s", password, err, key)
		}
	}
	decomposed := "rätt häst batteri"
	if got, err := domain.ReadPassword("password", decomposed, u); err != nil || got != "rätt häst batteri" {
		t.Errorf("å on another keyboard: %q, %v", got, err)
	}
}

func TestGuessWaits(t *testing.T) {
	t.Parallel()
	for name, tt := range map[string]struct {
		wait func(int) time.Duration
		free int
	}{
		"here": {domain.GuessWait, 5}, "elsewhere": {domain.GuessWaitElsewhere, 20}, "network": {domain.GuessWaitNetwork, 40},
	} {
		if tt.wait(0) != 0 || tt.wait(tt.free-1) != 0 || tt.wait(tt.free) <= 0 {
			t.Errorf("%s: not %d are free", name, tt.free)
		}
		for n := range 200 {
			if tt.wait(n+1) < tt.wait(n) || tt.wait(n) > 15*time.Minute {
				t.Errorf("%s: %v after %d, %v after %d", name, tt.wait(n), n, tt.wait(n+1), n+1)
			}
		}
		if tt.wait(1<<40) != 15*time.Minute {
			t.Errorf("%s: no end", name)
		}
	}
}

func TestSignIn_time(t *testing.T) {
	t.Parallel()
	at := time.Date(2016, 10, 1, 9, 0, 0, 0, time.UTC)
	for name, tt := range map[string]struct {
		seen, now    time.Duration
		live, recent bool
	}{
		"at once":                  {0, 0, true, true},
		"ten minutes later":        {10 * time.Minute, 10 * time.Minute, true, false},
		"the last idle second":     {0, time.Hour - time.Second, true, false},
		"an idle hour":             {0, time.Hour, false, false},
		"the last second":          {12*time.Hour - time.Minute, 12*time.Hour - time.Second, true, false},
		"twelve hours":             {12*time.Hour - time.Minute, 12 * time.Hour, false, false},
		"a clock put back a bit":   {0, -time.Minute, true, true},
		"a clock put back an hour": {0, -time.Hour, true, false},
		"a clock put back a day":   {0, -24 * time.Hour, false, false},
	} {
		s := domain.SignIn{At: at, SeenAt: at.Add(tt.seen), ProvedAt: at}
		if got := s.Live(at.Add(tt.now)); got != tt.live {
			t.Errorf("%s: live %v", name, got)
		}
		if got := s.Recent(at.Add(tt.now)); got != tt.recent {
			t.Errorf("%s: recent %v", name, got)
		}
	}
}
