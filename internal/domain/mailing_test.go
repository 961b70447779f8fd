package domain_test

import (
	"errors"
	"slices"
	"strings"
	"testing"

	"github.com/temadag/temadag/internal/domain"
)

func TestMailingRelease(t *testing.T) {
	t.Parallel()
	for name, tt := range map[string]struct {
		c     domain.MailingCounts
		n     int
		pause bool
	}{
		"begins":             {domain.MailingCounts{Left: 100}, 20, false},
		"few":                {domain.MailingCounts{Left: 7}, 7, false},
		"waits":              {domain.MailingCounts{Left: 80, Queued: 1, Accepted: 19}, 0, false},
		"goes on":            {domain.MailingCounts{Left: 80, Accepted: 20}, 50, false},
		"two failed":         {domain.MailingCounts{Left: 80, Accepted: 18, Failed: 2}, 50, false},
		"three failed":       {domain.MailingCounts{Left: 80, Accepted: 17, Failed: 3}, 0, true},
		"put off by many":    {domain.MailingCounts{Left: 80, Accepted: 9, Queued: 11, Deferred: 11}, 0, false},
		"put off by some":    {domain.MailingCounts{Left: 80, Accepted: 10, Queued: 10, Deferred: 10}, 50, false},
		"later faults":       {domain.MailingCounts{Left: 30, Accepted: 40, Failed: 30}, 30, false},
		"withheld are fewer": {domain.MailingCounts{Left: 80, Accepted: 15, Withheld: 5}, 5, false},
	} {
		if n, pause := tt.c.Release(50); n != tt.n || pause != tt.pause {
			t.Errorf("%s: %d %v, want %d %v", name, n, pause, tt.n, tt.pause)
		}
	}
}

func TestNewMailing_audienceIsNeverEveryoneByOversight(t *testing.T) {
	t.Parallel()
	entry := domain.MailingEntry{
		Audience: domain.Audience{Scope: domain.ListScope{Event: "lulea"}},
		Subject:  domain.Text{Sv: "Praktiskt inför {ort}"}, Body: domain.Text{Sv: "Ta med legitimation."},
	}
	in, err := domain.NewMailing(entry)
	if err != nil || !slices.Equal(in.Audience.Filter.Statuses, []domain.RegistrationStatus{domain.Confirmed}) {
		t.Errorf("it goes to %v, %v", in.Audience.Filter.Statuses, err)
	}
	entry.Body.Sv = strings.Repeat("å", 20_001)
	_, err = domain.NewMailing(entry)
	var invalid *domain.Invalid
	if !errors.As(err, &invalid) || invalid.Faults[0].Field != "body_sv" || invalid.Faults[0].Key != "edit.too_long" {
		t.Errorf("too long: %v", err)
	}
}
