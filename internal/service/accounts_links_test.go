package service_test

import (
	"sync"
	"testing"
	"time"

	"github.com/temadag/temadag/internal/auth"
	"github.com/temadag/temadag/internal/domain"
)

func TestReset(t *testing.T) {
	t.Parallel()
	d := newDesk(t)
	d.add(t, "eva@example.se", grant(domain.RoleOrganiser, "BD"))
	token := d.enter(t, "eva@example.se")
	for _, email := range []string{"eva@example.se", "nobody@example.se"} {
		if err := d.RequestReset(t.Context(), email, domain.English, from(away)); err != nil {
			t.Fatal(err)
		}
	}
	if got := d.post(t, "nobody@example.se", domain.NoticeReset); len(got) != 0 {
		t.Errorf("nobody got %v", got)
	}
	letters := d.post(t, "eva@example.se", domain.NoticeReset)
	if len(letters) != 1 || letters[0].Lang != domain.English {
		t.Fatalf("%+v", letters)
	}
	link := tokenOf(letters[0].Link)
	for range 50 { // mail scanners follow links
		if err := d.ResetHolds(t.Context(), link); err != nil {
			t.Fatal(err)
		}
	}
	refused(t, "a short password", d.Reset(t.Context(), link, "kort", from(away)), domain.CodeInvalid, "field.password.short")
	d.in(t, token)
	if err := d.Reset(t.Context(), link, "en ny tjock katt", from(away)); err != nil {
		t.Fatal(err)
	}
	d.gone(t, "a sign-in from before", token)
	refused(t, "the link again", d.Reset(t.Context(), link, "en annan tjock katt", from(away)), domain.CodeClosed, "reset.over")
	refused(t, "its page", d.ResetHolds(t.Context(), link), domain.CodeClosed, "reset.over")
	if _, err := d.try(t, "eva@example.se", "en ny tjock katt", away); err != nil {
		t.Error(err)
	}
	if got := d.post(t, "eva@example.se", domain.NoticePassword); len(got) != 2 { // the first when she came
		t.Errorf("%d letters about the new password", len(got))
	}
	if err := d.RequestReset(t.Context(), "eva@example.se", domain.Swedish, from(home)); err != nil {
		t.Fatal(err)
	}
	letters = d.post(t, "eva@example.se", domain.NoticeReset)
	d.kit.Clock.Turn(30 * time.Minute)
	refused(t, "half an hour later", d.Reset(t.Context(), tokenOf(letters[len(letters)-1].Link), "en annan tjock katt", from(home)), domain.CodeClosed, "reset.over")
}

// However often others ask, the owner has a link that works, and her mailbox is not filled.
func TestRequestReset_often(t *testing.T) {
	t.Parallel()
	d := newDesk(t)
	d.add(t, "eva@example.se", grant(domain.RoleOrganiser, "BD"))
	for i := range 24 * 60 {
		d.kit.Clock.Turn(time.Minute)
		if err := d.RequestReset(t.Context(), "eva@example.se", domain.Swedish, from([]string{home, away, "198.51.100.4"}[i%3])); err != nil && domain.CodeOf(err) != domain.CodeTooMany {
			t.Fatal(err)
		}
		if i%10 == 0 {
			d.post(t, "eva@example.se", domain.NoticeReset)
		}
	}
	letters := d.post(t, "eva@example.se", domain.NoticeReset)
	if len(letters) < 5 || len(letters) > 65 {
		t.Errorf("%d letters in a day", len(letters))
	}
	if err := d.ResetHolds(t.Context(), tokenOf(letters[len(letters)-1].Link)); err != nil {
		t.Error("the latest does not work:", err)
	}
}

func TestReset_raceHasOneWinner(t *testing.T) {
	t.Parallel()
	d := newDesk(t)
	d.add(t, "eva@example.se", grant(domain.RoleOrganiser, "BD"))
	if err := d.RequestReset(t.Context(), "eva@example.se", domain.Swedish, from(home)); err != nil {
		t.Fatal(err)
	}
	link := tokenOf(d.post(t, "eva@example.se", domain.NoticeReset)[0].Link)
	slow, err := auth.NewHasher() // so that all have looked at the link before the first has used it
	if err != nil {
		t.Fatal(err)
	}
	d.Hasher = slow
	var wg sync.WaitGroup
	won := make(chan struct{}, 8)
	for range 8 {
		wg.Go(func() {
			if d.Reset(t.Context(), link, "en ny tjock katt", from(home)) == nil {
				won <- struct{}{}
			}
		})
	}
	wg.Wait()
	if len(won) != 1 {
		t.Errorf("%d used one link", len(won))
	}
}

func TestSignInLink(t *testing.T) {
	t.Parallel()
	d := newDesk(t)
	d.add(t, "eva@example.se", grant(domain.RoleOrganiser, "BD"))
	fresh := func() string {
		t.Helper()
		link, err := d.MakeLink(t.Context(), domain.Operator(), "eva@example.se")
		if err != nil {
			t.Fatal(err)
		}
		return tokenOf(link)
	}
	old, link := fresh(), fresh()
	refused(t, "one that was made before", d.LinkHolds(t.Context(), old), domain.CodeClosed, "signin.link_over")
	for range 50 {
		if err := d.LinkHolds(t.Context(), link); err != nil {
			t.Fatal(err)
		}
	}
	r, err := d.SignInLink(t.Context(), link, from(home))
	if err != nil || d.in(t, r.Token).Method != domain.ByLink {
		t.Fatalf("%+v, %v", r, err)
	}
	_, err = d.SignInLink(t.Context(), link, from(home))
	refused(t, "the link again", err, domain.CodeClosed, "signin.link_over")
	late := fresh()
	d.kit.Clock.Turn(15 * time.Minute)
	_, err = d.SignInLink(t.Context(), late, from(home))
	refused(t, "a quarter of an hour later", err, domain.CodeClosed, "signin.link_over")
	d.withTOTP(t, d.enter(t, "eva@example.se"))
	if r, err := d.SignInLink(t.Context(), fresh(), from(home)); err != nil || r.Token != "" || r.Ticket == "" {
		t.Errorf("a link passes by the second factor: %+v, %v", r, err)
	}
	for name, a := range map[string]domain.Actor{
		"a visitor": domain.Visitor(), "an administrator": {Role: domain.RoleUser, User: 1, Grants: []domain.Grant{grant(domain.RoleAdministrator, "BD")}},
	} {
		if _, err := d.MakeLink(t.Context(), a, "eva@example.se"); domain.CodeOf(err) != domain.CodeNotFound {
			t.Errorf("%s makes a link: %v", name, err)
		}
	}
}

func TestTickets_openNothingElse(t *testing.T) {
	t.Parallel()
	d := newDesk(t)
	d.add(t, "eva@example.se", grant(domain.RoleOrganiser, "BD"))
	link, err := d.MakeLink(t.Context(), domain.Operator(), "eva@example.se")
	if err != nil {
		t.Fatal(err)
	}
	refused(t, "a sign-in link as a reset", d.Reset(t.Context(), tokenOf(link), "en ny tjock katt", from(home)), domain.CodeClosed, "reset.over")
	if err := d.RequestReset(t.Context(), "eva@example.se", domain.Swedish, from(home)); err != nil {
		t.Fatal(err)
	}
	reset := tokenOf(d.post(t, "eva@example.se", domain.NoticeReset)[0].Link)
	_, err = d.SignInLink(t.Context(), reset, from(home))
	refused(t, "a reset as a sign-in link", err, domain.CodeClosed, "signin.link_over")
	_, err = d.SecondFactor(t.Context(), reset, "000000", from(home))
	refused(t, "a reset as a second step", err, domain.CodeClosed, "signin.ticket_over")
	d.gone(t, "a reset as a session", reset)
}
