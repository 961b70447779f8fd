package domain_test

import (
	"testing"
	"time"

	"github.com/temadag/temadag/internal/domain"
)

func TestSentLetter_fate(t *testing.T) {
	t.Parallel()
	at := time.Date(2016, 10, 1, 7, 0, 0, 0, time.UTC)
	back := func(k domain.ReturnKind, status string) []domain.LetterReturn {
		return []domain.LetterReturn{{Kind: k, Status: status, At: at}}
	}
	for name, c := range map[string]struct {
		letter  domain.SentLetter
		fate    domain.LetterFate
		trouble domain.Trouble
	}{
		"waits":                  {domain.SentLetter{State: domain.LetterQueued}, domain.FateQueued, ""},
		"is tried again":         {domain.SentLetter{State: domain.LetterQueued, Attempts: 2, LastError: "the mail server refuses the recipient for now"}, domain.FateDeferred, domain.TroubleLater},
		"waits for the relay":    {domain.SentLetter{State: domain.LetterQueued, Attempts: 1, LastError: "the mail server refuses the sign-in"}, domain.FateDeferred, domain.TroubleRelay},
		"was not answered":       {domain.SentLetter{State: domain.LetterQueued, Attempts: 1, LastError: "no answer after the message: it may have arrived"}, domain.FateDeferred, domain.TroubleNoAnswer},
		"broke off":              {domain.SentLetter{State: domain.LetterQueued, Attempts: 1, LastError: "the connection broke before the message"}, domain.FateDeferred, domain.TroubleNoAnswer},
		"has no address":         {domain.SentLetter{State: domain.LetterFailed, Attempts: 1, LastError: "the mail server refuses the recipient"}, domain.FateFailed, domain.TroubleAddress},
		"is refused":             {domain.SentLetter{State: domain.LetterFailed, Attempts: 1, LastError: "the mail server refuses the message"}, domain.FateFailed, domain.TroubleRefused},
		"cannot be written":      {domain.SentLetter{State: domain.LetterFailed, Attempts: 9, LastError: "compose"}, domain.FateFailed, domain.TroubleOurs},
		"fails in unknown words": {domain.SentLetter{State: domain.LetterFailed, Attempts: 9, LastError: "?"}, domain.FateFailed, domain.TroubleOther},
		"is taken":               {domain.SentLetter{State: domain.LetterAccepted, Attempts: 1}, domain.FateTaken, ""},
		"is answered":            {domain.SentLetter{State: domain.LetterAccepted, Returns: back(domain.ReturnReply, "")}, domain.FateTaken, ""},
		"is late":                {domain.SentLetter{State: domain.LetterAccepted, Returns: back(domain.ReturnDelayed, "4.4.1")}, domain.FateDelayed, domain.TroubleLater},
		"comes back":             {domain.SentLetter{State: domain.LetterAccepted, Returns: back(domain.ReturnFailed, "5.1.1")}, domain.FateReturned, domain.TroubleAddress},
		"meets a full mailbox":   {domain.SentLetter{State: domain.LetterAccepted, Returns: back(domain.ReturnFailed, "5.2.2")}, domain.FateReturned, domain.TroubleFull},
		"is too large":           {domain.SentLetter{State: domain.LetterAccepted, Returns: back(domain.ReturnFailed, "5.3.4")}, domain.FateReturned, domain.TroubleSize},
		"meets a filter":         {domain.SentLetter{State: domain.LetterAccepted, Returns: back(domain.ReturnFailed, "5.7.1")}, domain.FateReturned, domain.TroubleRefused},
		"comes back unexplained": {domain.SentLetter{State: domain.LetterAccepted, Returns: back(domain.ReturnFailed, "")}, domain.FateReturned, domain.TroubleOther},
		"is withheld":            {domain.SentLetter{State: domain.LetterWithheld}, domain.FateWithheld, ""},
	} {
		if got := c.letter.Fate(); got != c.fate {
			t.Errorf("a letter that %s is %s, want %s", name, got, c.fate)
		}
		if got := c.letter.Trouble(); got != c.trouble {
			t.Errorf("against a letter that %s is %q, want %q", name, got, c.trouble)
		}
		if answered := !c.letter.Answered().IsZero(); answered != (name == "is answered") {
			t.Errorf("a letter that %s is answered: %v", name, answered)
		}
	}
}

// A mailing that has no more recipients is not held for those who were not reached.
func TestMailingCounts_nobodyLeft(t *testing.T) {
	t.Parallel()
	c := domain.MailingCounts{Accepted: 15, Failed: 5}
	if n, pause := c.Release(100); n != 0 || pause {
		t.Errorf("%d more, paused: %v", n, pause)
	}
	if c.Left = 1; func() bool { _, pause := c.Release(100); return !pause }() {
		t.Error("it is not held where there is somebody to spare")
	}
}
