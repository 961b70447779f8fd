package service_test

import (
	"bytes"
	"os"
	"strings"
	"testing"
	"time"

	"github.com/temadag/temadag/internal/domain"
	"github.com/temadag/temadag/internal/testkit"
)

// gone is nil's opposite: the token opens nothing.
func (d *desk) gone(t *testing.T, what, token string) {
	t.Helper()
	if in, err := d.Session(t.Context(), token, from(home)); domain.CodeOf(err) != domain.CodeNotFound || in.User.ID != 0 {
		t.Errorf("%s: %+v, %v; want nothing", what, in.User, err)
	}
}

func TestSession_limits(t *testing.T) {
	t.Parallel()
	d := newDesk(t)
	d.add(t, "eva@example.se", grant(domain.RoleOrganiser, "BD"))
	idle := d.enter(t, "eva@example.se")
	d.kit.Clock.Turn(59 * time.Minute)
	d.in(t, idle)
	d.kit.Clock.Turn(60 * time.Minute)
	d.gone(t, "an hour without a sign", idle)

	busy := d.enter(t, "eva@example.se")
	for range 15 {
		d.kit.Clock.Turn(47 * time.Minute)
		d.in(t, busy)
	}
	d.kit.Clock.Turn(15 * time.Minute)
	d.gone(t, "twelve hours of work", busy)
	for _, not := range []string{"", "x", busy + "a", strings.ToUpper(busy)} {
		d.gone(t, "no token", not)
	}
}

func TestSession_tokenIsNotKept(t *testing.T) {
	testkit.OnlySQLite(t) // it reads the files
	t.Parallel()
	d := newDesk(t)
	d.add(t, "eva@example.se", grant(domain.RoleOrganiser, "BD"))
	token := d.enter(t, "eva@example.se")
	secret, e := d.withTOTP(t, token)
	link, err := d.MakeLink(t.Context(), domain.Operator(), "eva@example.se")
	if err != nil {
		t.Fatal(err)
	}
	if err := d.RequestReset(t.Context(), "eva@example.se", domain.Swedish, from(home)); err != nil {
		t.Fatal(err)
	}
	reset := d.post(t, "eva@example.se", domain.NoticeReset)[0].Link
	for name, secret := range map[string]string{
		"token": e.Token, "old token": token, "link": tokenOf(link), "reset": tokenOf(reset), "secret": secret, "code": e.Codes[0],
		"bare code": strings.ReplaceAll(e.Codes[0], "-", ""), "password": goodPassword,
	} {
		for _, file := range []string{d.kit.Path, d.kit.Path + "-wal"} {
			b, err := os.ReadFile(file)
			if err != nil || len(b) == 0 {
				t.Fatal(file, err)
			}
			if bytes.Contains(b, []byte(secret)) {
				t.Errorf("%s stands in %s", name, file[len(file)-8:])
			}
			if !bytes.Contains(b, []byte("eva@example.se")) && file == d.kit.Path+"-wal" {
				t.Error("the twin: nothing is found at all")
			}
		}
	}
}

func TestSession_rolesAreReadEachTime(t *testing.T) {
	t.Parallel()
	d := newDesk(t)
	id := d.add(t, "eva@example.se", grant(domain.RoleReader, "BD"))
	token := d.enter(t, "eva@example.se")
	event := domain.Event{Owner: domain.Organiser{Code: "BD"}}
	may := func() bool { return d.in(t, token).Actor.MayAt(domain.PermManage, event) }
	if a := d.in(t, token).Actor; may() || !a.MayAt(domain.PermReadRegistrations, event) || a.Name != "Eva Exempel" {
		t.Fatalf("a reader is %+v", a)
	}
	op := domain.Operator()
	if err := d.SetGrants(t.Context(), op, id, "BD", []domain.Grant{grant(domain.RoleOrganiser, "BD")}); err != nil || !may() {
		t.Errorf("after she was made organiser: %v, %v", may(), err)
	}
	if err := d.SetGrants(t.Context(), op, id, "BD", nil); err != nil || may() || d.in(t, token).Actor.May(domain.PermReadRegistrations) {
		t.Errorf("after everything was taken back: %v", err)
	}
	if err := d.Disable(t.Context(), op, id); err != nil {
		t.Fatal(err)
	}
	d.gone(t, "a disabled user", token)
	if err := d.Enable(t.Context(), op, id); err != nil {
		t.Fatal(err)
	}
	d.gone(t, "the old sign-in of a user who is let in again", token)
	token = d.enter(t, "eva@example.se")
	// The sign-ins of a closed account are ended; one that was left by mistake opens nothing either.
	if _, err := d.raw(t).ExecContext(t.Context(), `UPDATE users SET state = 'disabled'`); err != nil {
		t.Fatal(err)
	}
	d.gone(t, "a sign-in that was left", token)
}

func TestSession_rotation(t *testing.T) {
	t.Parallel()
	d := newDesk(t)
	d.add(t, "eva@example.se", grant(domain.RoleOrganiser, "BD"))
	first := d.enter(t, "eva@example.se")
	if second := d.enter(t, "eva@example.se"); second == first {
		t.Error("two sign-ins have one token")
	}
	proved, err := d.Prove(t.Context(), first, goodPassword, from(home))
	if err != nil {
		t.Fatal(err)
	}
	d.gone(t, "the token before she proved herself", first)
	_, e := d.withTOTP(t, proved)
	d.gone(t, "the token before a factor was added", proved)
	changed, err := d.ChangePassword(t.Context(), d.in(t, e.Token), goodPassword, "en ny tjock katt", from(home))
	if err != nil {
		t.Fatal(err)
	}
	d.gone(t, "the token before the password was changed", e.Token)
	d.in(t, changed)
	if err := d.SignOut(t.Context(), changed); err != nil {
		t.Fatal(err)
	}
	d.gone(t, "a token after signing out", changed)
	if err := d.SignOut(t.Context(), changed); err != nil {
		t.Error("signing out twice:", err)
	}
}

func TestSignIns(t *testing.T) {
	t.Parallel()
	d := newDesk(t)
	d.add(t, "eva@example.se", grant(domain.RoleOrganiser, "BD"))
	d.add(t, "bo@example.se", grant(domain.RoleOrganiser, "BD"))
	a := d.enter(t, "eva@example.se")
	d.kit.Clock.Turn(time.Second)
	b := d.enter(t, "eva@example.se")
	c := d.enter(t, "eva@example.se")
	other := d.in(t, d.enter(t, "bo@example.se"))
	in := d.in(t, b)
	all, err := d.SignIns(t.Context(), in.Actor, in.ID)
	if err != nil || len(all) != 3 || all[0].Agent != "Firefox, Windows" || all[0].Network != "192.0.2.0/24" {
		t.Fatalf("%+v, %v", all, err)
	}
	if all[2].Current || !all[1].Current {
		t.Error("it is not told which one asks")
	}
	refused(t, "ending somebody else's", d.Revoke(t.Context(), in.Actor, other.ID), domain.CodeNotFound, "signin.not_found")
	if err := d.Revoke(t.Context(), in.Actor, d.in(t, a).ID); err != nil {
		t.Fatal(err)
	}
	d.gone(t, "one that was ended", a)
	if n, err := d.RevokeOthers(t.Context(), in.Actor, in.ID); err != nil || n != 1 {
		t.Errorf("ended %d, %v", n, err)
	}
	d.gone(t, "one of the others", c)
	d.in(t, b)
	if _, err := d.SignIns(t.Context(), domain.Visitor(), 0); domain.CodeOf(err) != domain.CodeNotFound {
		t.Error("a visitor has sign-ins:", err)
	}
}

func TestRequireFactor(t *testing.T) {
	t.Parallel()
	d := newDesk(t)
	d.RequireFactor = true
	d.add(t, "eva@example.se", grant(domain.RoleOrganiser, "BD"))
	token := d.enter(t, "eva@example.se")
	if in := d.in(t, token); !in.MustEnrol || in.Actor.May(domain.PermToday) || !in.Actor.May(domain.PermOwnAccount) {
		t.Errorf("without a second factor she is %+v", in.Actor)
	}
	_, e := d.withTOTP(t, token)
	in := d.in(t, e.Token)
	if in.MustEnrol || !in.Actor.May(domain.PermToday) {
		t.Errorf("with one she is %+v", in.Actor)
	}
	_, err := d.RemoveTOTP(t.Context(), in)
	refused(t, "removing the last factor", err, domain.CodeConflict, "account.last_factor")
}

func TestProve(t *testing.T) {
	t.Parallel()
	d := newDesk(t)
	d.add(t, "eva@example.se", grant(domain.RoleOrganiser, "BD"))
	token := d.enter(t, "eva@example.se")
	d.kit.Clock.Turn(domain.SignInRecent)
	in := d.in(t, token)
	for name, try := range map[string]func() error{
		"an app":         func() error { _, err := d.BeginTOTP(t.Context(), in); return err },
		"no app":         func() error { _, err := d.RemoveTOTP(t.Context(), in); return err },
		"a passkey":      func() error { _, _, err := d.BeginAddPasskey(t.Context(), in); return err },
		"no passkey":     func() error { _, err := d.RemovePasskey(t.Context(), in, 1); return err },
		"recovery codes": func() error { _, err := d.RecoveryCodes(t.Context(), in); return err },
	} {
		refused(t, name+" long after signing in", try(), domain.CodeClosed, "account.prove_first")
	}
	_, err := d.Prove(t.Context(), token, "fel häst batteri klammer", from(home))
	refused(t, "a wrong password", err, domain.CodeInvalid, "prove.wrong")
	if token, err = d.Prove(t.Context(), token, goodPassword, from(home)); err != nil {
		t.Fatal(err)
	}
	secret, e := d.withTOTP(t, token)
	if _, err = d.Prove(t.Context(), e.Token, d.code(t, secret), from(home)); err != nil {
		t.Error("a code of the app:", err)
	}
	if _, err := d.Prove(t.Context(), "x", goodPassword, from(home)); domain.CodeOf(err) != domain.CodeNotFound {
		t.Error("nobody proves herself:", err)
	}
}

func TestChangePassword(t *testing.T) {
	t.Parallel()
	d := newDesk(t)
	d.add(t, "eva@example.se", grant(domain.RoleOrganiser, "BD"))
	other, in := d.enter(t, "eva@example.se"), d.in(t, d.enter(t, "eva@example.se"))
	change := func(old, new string) error {
		_, err := d.ChangePassword(t.Context(), in, old, new, from(home))
		return err
	}
	refused(t, "a wrong old one", change("fel häst batteri klammer", "en ny tjock katt"), domain.CodeInvalid, "field.old_password.wrong")
	refused(t, "her own name", change(goodPassword, "EvaExempel2016"), domain.CodeInvalid, "field.password.guessable")
	if err := change(goodPassword, "en ny tjock katt"); err != nil {
		t.Fatal(err)
	}
	d.gone(t, "another sign-in", other)
	_, err := d.try(t, "eva@example.se", goodPassword, home)
	refused(t, "the old password", err, domain.CodeInvalid, "signin.wrong")
}

func TestNotices_leaveNothingBehind(t *testing.T) {
	t.Parallel()
	d := newDesk(t)
	d.add(t, "eva@example.se", grant(domain.RoleOrganiser, "BD"))
	d.enter(t, "eva@example.se")
	if _, err := d.try(t, "eva@example.se", goodPassword, away); err != nil {
		t.Fatal(err)
	}
	got := d.post(t, "eva@example.se", domain.NoticeNewPlace)
	if len(got) != 1 || got[0].Network != "203.0.113.0/24" || got[0].Name != "Eva Exempel" {
		t.Errorf("letters about a new place: %+v", got)
	}
	if _, err := d.try(t, "eva@example.se", goodPassword, away); err != nil {
		t.Fatal(err)
	}
	if got := d.post(t, "eva@example.se", domain.NoticeNewPlace); len(got) != 1 {
		t.Errorf("a place is told of %d times", len(got))
	}
	var kept, all int
	if err := d.raw(t).QueryRowContext(t.Context(), `SELECT count(sealed), count(*) FROM notices`).Scan(&kept, &all); err != nil || kept != 0 || all < 3 {
		t.Errorf("%d of %d letters that are sent can still be read (%v)", kept, all, err)
	}
	if err := d.RequestReset(t.Context(), "eva@example.se", domain.Swedish, from(home)); err != nil {
		t.Fatal(err)
	}
	if err := d.AnswerResets(t.Context(), domain.Worker()); err != nil {
		t.Fatal(err)
	}
	d.kit.Clock.Turn(31 * time.Minute)
	if got := d.post(t, "eva@example.se", domain.NoticeReset); len(got) != 0 {
		t.Error("a letter with a dead link was sent")
	}
	if _, err := d.outbox.DeliverNotices(t.Context(), domain.Visitor(), d); domain.CodeOf(err) != domain.CodeNotFound {
		t.Error("a visitor sends letters:", err)
	}
}

func TestSweep(t *testing.T) {
	t.Parallel()
	d := newDesk(t)
	d.add(t, "eva@example.se", grant(domain.RoleOrganiser, "BD"))
	live := d.enter(t, "eva@example.se")
	if _, err := d.try(t, "eva@example.se", "fel häst batteri klammer", away); err == nil {
		t.Fatal("in")
	}
	if _, err := d.Sweep(t.Context(), domain.Worker()); err != nil {
		t.Fatal(err)
	}
	d.in(t, live)
	d.kit.Clock.Turn(domain.SignInIdle + time.Minute)
	if _, err := d.Sweep(t.Context(), domain.Worker()); err != nil {
		t.Fatal(err)
	}
	if _, err := d.Ended(t.Context(), live); err != nil {
		t.Errorf("whose it was is forgotten at once: %v", err)
	}
	d.kit.Clock.Turn(domain.SignInLife + domain.EndedKnown)
	if _, err := d.Sweep(t.Context(), domain.Worker()); err != nil {
		t.Fatal(err)
	}
	var n int
	if err := d.raw(t).QueryRowContext(t.Context(), `SELECT (SELECT count(*) FROM sign_ins) + (SELECT count(*) FROM tickets) + (SELECT count(*) FROM attempts)`).Scan(&n); err != nil || n != 0 {
		t.Errorf("%d rows are left (%v)", n, err)
	}
	if _, err := d.Sweep(t.Context(), domain.Visitor()); domain.CodeOf(err) != domain.CodeNotFound {
		t.Error("a visitor sweeps:", err)
	}
}
