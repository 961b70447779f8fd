package service_test

import (
	"testing"
	"time"

	"github.com/temadag/temadag/internal/domain"
)

// signedIn is the sign-in of a user who has just shown who she is.
func (d *desk) signedIn(t *testing.T, email string) domain.SignIn {
	t.Helper()
	return d.in(t, d.enter(t, email))
}

func TestClearFactors(t *testing.T) {
	t.Parallel()
	d, ids := towns(t)
	bd, eva := d.signedIn(t, "bd@example.se"), ids["eva@example.se"]
	_, enrolled := d.withTOTP(t, d.enter(t, "eva@example.se"))
	d.kit.Clock.Turn(domain.SignInRecent + time.Minute)
	refused(t, "long after signing in", d.ClearFactors(t.Context(), bd, eva), domain.CodeClosed, "account.prove_first")
	refused(t, "starting over long after signing in", d.ClearSurely(t.Context(), bd, eva), domain.CodeClosed, "account.prove_first")
	bd = d.signedIn(t, "bd@example.se")
	refused(t, "one's own", d.ClearFactors(t.Context(), bd, ids["bd@example.se"]), domain.CodeConflict, "user.own_account")
	for _, far := range []string{"zoe@example.se", "both@example.se"} {
		if err := d.ClearFactors(t.Context(), bd, ids[far]); domain.CodeOf(err) != domain.CodeNotFound {
			t.Errorf("%s: %v", far, err)
		}
	}
	if err := d.ClearFactors(t.Context(), bd, eva); err != nil {
		t.Fatal(err)
	}
	u, _, err := d.User(t.Context(), bd.Actor, eva)
	if err != nil || u.SecondFactor() || u.Codes != 0 || !u.Password {
		t.Errorf("left of her account: %+v, %v", u, err)
	}
	if _, err := d.Session(t.Context(), enrolled.Token, from(home)); domain.CodeOf(err) != domain.CodeNotFound {
		t.Errorf("her sign-in goes on: %v", err)
	}
	d.enter(t, "eva@example.se") // by password alone
}

func TestInvite(t *testing.T) {
	t.Parallel()
	d, ids := towns(t)
	bd, eva := d.actor(t, "bd@example.se"), ids["eva@example.se"]
	d.post(t, "eva@example.se", domain.NoticeInvited)
	if err := d.Invite(t.Context(), bd, eva); err != nil {
		t.Fatal(err)
	}
	if got := d.post(t, "eva@example.se", domain.NoticeInvited); len(got) != 2 || got[0].Link == got[1].Link {
		t.Errorf("letters: %+v", got)
	}
	d.enter(t, "eva@example.se") // what she had holds
	for _, far := range []string{"zoe@example.se", "both@example.se"} {
		if err := d.Invite(t.Context(), bd, ids[far]); domain.CodeOf(err) != domain.CodeNotFound {
			t.Errorf("%s: %v", far, err)
		}
	}
	if err := d.Disable(t.Context(), bd, eva); err != nil {
		t.Fatal(err)
	}
	refused(t, "a closed account", d.Invite(t.Context(), bd, eva), domain.CodeConflict, "user.disabled")
}

// Whose sign-in it was is told for a while after its time, and of no other token.
func TestEnded(t *testing.T) {
	t.Parallel()
	d, ids := towns(t)
	idle, out, closed := d.enter(t, "eva@example.se"), d.enter(t, "eva@example.se"), d.enter(t, "zoe@example.se")
	if _, err := d.Ended(t.Context(), idle); domain.CodeOf(err) != domain.CodeNotFound {
		t.Errorf("one that holds: %v", err)
	}
	if err := d.SignOut(t.Context(), out); err != nil {
		t.Fatal(err)
	}
	if err := d.Disable(t.Context(), domain.Operator(), ids["zoe@example.se"]); err != nil {
		t.Fatal(err)
	}
	d.kit.Clock.Turn(domain.SignInIdle + time.Minute)
	if id, err := d.Ended(t.Context(), idle); err != nil || id != ids["eva@example.se"] {
		t.Errorf("whose it was: %d, %v", id, err)
	}
	for what, token := range map[string]string{"one that was signed out": out, "one of a closed account": closed, "none": "", "nonsense": "x"} {
		if _, err := d.Ended(t.Context(), token); domain.CodeOf(err) != domain.CodeNotFound {
			t.Errorf("%s: %v", what, err)
		}
	}
	if _, err := d.Session(t.Context(), idle, from(home)); domain.CodeOf(err) != domain.CodeNotFound {
		t.Errorf("it opens something: %v", err)
	}
	d.kit.Clock.Turn(domain.EndedKnown)
	if _, err := d.Ended(t.Context(), idle); domain.CodeOf(err) != domain.CodeNotFound {
		t.Errorf("for ever: %v", err)
	}
}
