package service_test

import (
	"testing"
	"time"

	"github.com/temadag/temadag/internal/domain"
)

// A clock that was a year ahead for a while and is put right: nobody is kept out for a year by what was counted
// then, nothing that was given then opens anything, and what was counted is not forgotten.
func TestSignIn_afterAClockAYearAhead(t *testing.T) {
	t.Parallel()
	d := newDesk(t)
	const email = "eva@lansstyrelsen.example"
	d.add(t, email, grant(domain.RoleOrganiser, "BD"))
	d.kit.Clock.Turn(year)
	for range 30 {
		_, _ = d.try(t, email, "fel", away)
	}
	_, err := d.try(t, email, goodPassword, away)
	refused(t, "in that year", err, domain.CodeTooMany, "signin.wait")
	ahead := d.enter(t, email)
	if err := d.RequestReset(t.Context(), email, domain.Swedish, from(home)); err != nil {
		t.Fatal(err)
	}
	links := d.post(t, email, domain.NoticeReset)
	if len(links) != 1 {
		t.Fatalf("%d links in that year", len(links))
	}
	d.kit.Clock.Turn(-year)

	// The twin: what compares with the time of the count alone waits for it.
	var last int64
	if err := d.raw(t).Get(&last, `SELECT max(last_at) FROM attempts`); err != nil || time.UnixMicro(last).Sub(d.kit.Clock.Now()) < year/2 {
		t.Fatalf("counted at %v: nothing is proved, %v", time.UnixMicro(last), err)
	}
	_, err = d.try(t, email, "fel", away)
	refused(t, "the first guess", err, domain.CodeInvalid, "signin.wrong")
	_, err = d.try(t, email, "fel", away)
	refused(t, "the next guess", err, domain.CodeTooMany, "signin.wait")
	d.kit.Clock.Turn(20 * time.Minute)
	if r, err := d.try(t, email, goodPassword, away); err != nil || r.Token == "" {
		t.Errorf("she is kept out: %v", err)
	}

	_, err = d.Session(t.Context(), ahead, from(home))
	refused(t, "the sign-in of that year", err, domain.CodeNotFound, "signin.not_found")
	if err := d.Reset(t.Context(), tokenOf(links[0].Link), goodPassword+"2", from(home)); err == nil {
		t.Error("the link of that year opens the account")
	}
	if err := d.RequestReset(t.Context(), email, domain.Swedish, from(home)); err != nil {
		t.Fatal(err)
	}
	if again := d.post(t, email, domain.NoticeReset); len(again) != 2 {
		t.Errorf("%d links in all: what went in that year holds up another", len(again))
	}
}

// An hour back does not sign anybody out, and asks her who she is before a sensitive step.
func TestSignIn_anHourBack(t *testing.T) {
	t.Parallel()
	d := newDesk(t)
	const email = "eva@lansstyrelsen.example"
	d.add(t, email, grant(domain.RoleOrganiser, "BD"))
	token := d.enter(t, email)
	if err := d.RequestReset(t.Context(), email, domain.Swedish, from(home)); err != nil {
		t.Fatal(err)
	}
	link := tokenOf(d.post(t, email, domain.NoticeReset)[0].Link)
	if !d.in(t, token).Recent(d.kit.Clock.Now()) {
		t.Fatal("she has just proved who she is")
	}
	d.kit.Clock.Turn(-time.Hour)
	in := d.in(t, token)
	if in.Recent(d.kit.Clock.Now()) {
		t.Error("a proof that is to come is good for an hour more")
	}
	if naive := d.kit.Clock.Now().Before(in.ProvedAt.Add(domain.SignInRecent)); !naive {
		t.Error("the twin finds it over, and nothing is proved")
	}
	if err := d.Reset(t.Context(), link, goodPassword+"2", from(home)); err != nil {
		t.Errorf("the link of an hour ahead: %v", err)
	}
}
