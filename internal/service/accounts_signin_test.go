package service_test

import (
	"fmt"
	"sync"
	"testing"
	"time"

	"github.com/temadag/temadag/internal/auth"
	"github.com/temadag/temadag/internal/domain"
	"github.com/temadag/temadag/internal/service"
)

func TestSignIn_sameAnswerForEveryone(t *testing.T) {
	t.Parallel()
	d := newDesk(t)
	d.add(t, "eva@example.se", grant(domain.RoleOrganiser, "BD"))
	shut := d.add(t, "shut@example.se", grant(domain.RoleOrganiser, "BD"))
	if err := d.Disable(t.Context(), domain.Operator(), shut); err != nil {
		t.Fatal(err)
	}
	_, err := d.AddUser(t.Context(), domain.Operator(), service.NewUser{Email: "new@example.se", Name: "Ny", Grants: []domain.Grant{grant(domain.RoleReader, "BD")}})
	if err != nil {
		t.Fatal(err)
	}
	for name, in := range map[string][2]string{
		"a wrong password":     {"eva@example.se", "fel häst batteri klammer"},
		"an unknown address":   {"nobody@example.se", goodPassword},
		"a disabled account":   {"shut@example.se", goodPassword},
		"no password chosen":   {"new@example.se", ""},
		"no address at all":    {"", goodPassword},
		"a very long password": {"eva@example.se", string(make([]byte, 100_000))},
	} {
		_, err := d.try(t, in[0], in[1], away)
		refused(t, name, err, domain.CodeInvalid, "signin.wrong")
	}
	d.enter(t, " EVA@Example.se ") // the same person, however she types it
}

// What is written about a guess must not tell whether the address is anyone's.
func TestSignIn_sameTracesForEveryone(t *testing.T) {
	t.Parallel()
	d := newDesk(t)
	d.add(t, "eva@example.se", grant(domain.RoleOrganiser, "BD"))
	rows := func() (n int) {
		db := d.raw(t)
		if err := db.QueryRowContext(t.Context(), `SELECT (SELECT sum(failed) FROM attempts) + (SELECT count(*) FROM attempts) + (SELECT count(*) FROM audit) + (SELECT count(*) FROM tickets)`).Scan(&n); err != nil {
			t.Fatal(err)
		}
		return n
	}
	var grown [2][30]int
	for i := range grown[0] {
		for j, email := range []string{"eva@example.se", "nobody@example.se"} {
			before := rows()
			if _, err := d.try(t, email, "fel häst batteri klammer", fmt.Sprintf("198.51.%d.%d", 100*j+i, i)); err == nil {
				t.Fatal("a wrong password was right")
			}
			grown[j][i] = rows() - before
		}
	}
	if grown[0] != grown[1] {
		t.Errorf("a known address leaves %v, an unknown one %v", grown[0], grown[1])
	}
}

func TestSignIn_guessesFromOnePlaceMustWait(t *testing.T) {
	t.Parallel()
	d := newDesk(t)
	d.add(t, "eva@example.se", grant(domain.RoleOrganiser, "BD"))
	for range 5 {
		_, err := d.try(t, "eva@example.se", "fel häst batteri klammer", away)
		refused(t, "a guess", err, domain.CodeInvalid, "signin.wrong")
	}
	_, err := d.try(t, "eva@example.se", goodPassword, away)
	refused(t, "the right one, too soon", err, domain.CodeTooMany, "signin.wait")
	d.kit.Clock.Turn(31 * time.Second)
	if _, err := d.try(t, "eva@example.se", goodPassword, away); err != nil {
		t.Errorf("the right one, in time: %v", err)
	}
	// A hundred a day is the most that one place gets, however patient.
	looked := 0
	for range 24 * 60 {
		d.kit.Clock.Turn(time.Minute)
		if _, err := d.try(t, "eva@example.se", "fel häst batteri klammer", "198.51.100.1"); domain.CodeOf(err) == domain.CodeInvalid {
			looked++
		}
	}
	if looked > 110 {
		t.Errorf("%d guesses were looked at in a day", looked)
	}
}

func TestSignIn_manyAtOnceGainNothing(t *testing.T) {
	t.Parallel()
	d := newDesk(t)
	d.add(t, "eva@example.se", grant(domain.RoleOrganiser, "BD"))
	var wg sync.WaitGroup
	var mu sync.Mutex
	looked := 0
	for i := range 100 {
		wg.Go(func() {
			_, err := d.SignIn(t.Context(), service.SignInInput{Email: "eva@example.se", Password: fmt.Sprint("gissning nummer ", i), Caller: from(away)})
			if c := domain.CodeOf(err); c == domain.CodeInvalid || c == domain.CodeUnavailable {
				mu.Lock()
				looked++
				mu.Unlock()
			}
		})
	}
	wg.Wait()
	if looked != 5 {
		t.Errorf("%d of a hundred at once were looked at, want 5", looked)
	}
}

// An attacker with any number of networks cannot keep the owner out: not from where she has signed in
// before, and from elsewhere not beyond a letter to herself.
func TestSignIn_nobodyIsLockedOut(t *testing.T) {
	t.Parallel()
	d := newDesk(t)
	d.add(t, "eva@example.se", grant(domain.RoleOrganiser, "BD"))
	d.enter(t, "eva@example.se")
	attack := func(n int) (looked int) {
		for i := range n {
			_, err := d.try(t, "eva@example.se", "fel häst batteri klammer", fmt.Sprintf("198.%d.%d.1", 18+i/200, i%200))
			if domain.CodeOf(err) == domain.CodeInvalid {
				looked++
			}
		}
		return looked
	}
	if looked := attack(1000); looked > 25 {
		t.Errorf("%d guesses from a thousand networks were looked at", looked)
	}
	if _, err := d.try(t, "eva@example.se", goodPassword, home); err != nil {
		t.Errorf("the owner at home: %v", err)
	}
	_, err := d.try(t, "eva@example.se", goodPassword, away)
	refused(t, "the owner elsewhere", err, domain.CodeTooMany, "signin.wait") // the twin: the attack is slowed at all
	if err := d.RequestReset(t.Context(), "eva@example.se", domain.Swedish, from(away)); err != nil {
		t.Fatal(err)
	}
	letters := d.post(t, "eva@example.se", domain.NoticeReset)
	if len(letters) != 1 {
		t.Fatalf("%d letters", len(letters))
	}
	attack(200)
	if err := d.Reset(t.Context(), tokenOf(letters[0].Link), "en ny tjock katt", from(away)); err != nil {
		t.Fatal(err)
	}
	attack(200)
	if _, err := d.try(t, "eva@example.se", "en ny tjock katt", away); err != nil {
		t.Errorf("the owner elsewhere, after a letter: %v", err)
	}
	lines, _, err := (&service.Audit{Store: d.Store, Now: d.Now}).Entries(t.Context(), domain.Operator(), domain.AuditFilter{Action: domain.AuditSlowed})
	if err != nil || len(lines) == 0 || lines[0].Object != "user" {
		t.Errorf("the audit log tells %v, %v", lines, err)
	}
}

// One network that tries a few passwords on many addresses is slowed, and those who work there are not.
func TestSignIn_spraying(t *testing.T) {
	t.Parallel()
	d := newDesk(t)
	d.add(t, "eva@example.se", grant(domain.RoleOrganiser, "BD"))
	d.enter(t, "eva@example.se")
	looked := 0
	for i := range 500 {
		_, err := d.try(t, fmt.Sprintf("person%d@example.se", i), "sommar2016sommar", home)
		if domain.CodeOf(err) == domain.CodeInvalid {
			looked++
		}
	}
	if looked > 45 {
		t.Errorf("%d addresses were tried from one network", looked)
	}
	d.enter(t, "eva@example.se")
}

// A hash made at another cost is made anew when its user is there with the password.
func TestSignIn_hashesAnew(t *testing.T) {
	t.Parallel()
	d := newDesk(t)
	id := d.add(t, "eva@example.se", grant(domain.RoleOrganiser, "BD"))
	dear, err := auth.NewHasher()
	if err != nil {
		t.Fatal(err)
	}
	d.Hasher = dear
	for range 2 {
		d.enter(t, "eva@example.se")
		acc, err := d.Store.AccountByID(t.Context(), id)
		if err != nil || dear.Outdated(acc.Hash) {
			t.Errorf("the hash is %s, %v", acc.Hash, err)
		}
	}
}

func TestSecondFactor(t *testing.T) {
	t.Parallel()
	d := newDesk(t)
	d.add(t, "eva@example.se", grant(domain.RoleOrganiser, "BD"))
	secret, enrolled := d.withTOTP(t, d.enter(t, "eva@example.se"))
	if len(enrolled.Codes) != 10 {
		t.Fatalf("%d recovery codes", len(enrolled.Codes))
	}
	first := func() string {
		t.Helper()
		r, err := d.try(t, "eva@example.se", goodPassword, home)
		if err != nil || r.Token != "" || r.Ticket == "" || len(r.Methods) != 2 {
			t.Fatalf("first step: %+v, %v", r, err)
		}
		return r.Ticket
	}
	second := func(ticket, code string) (service.SignInResult, error) {
		return d.SecondFactor(t.Context(), ticket, code, from(home))
	}
	ticket, code := first(), d.code(t, secret)
	_, err := second(ticket, "000000")
	refused(t, "a wrong code", err, domain.CodeInvalid, "signin.code_wrong")
	r, err := second(ticket, code)
	if err != nil || d.in(t, r.Token).Method != domain.ByTOTP {
		t.Fatalf("a right code after a wrong one: %+v, %v", r, err)
	}
	_, err = second(ticket, code)
	refused(t, "the ticket again", err, domain.CodeClosed, "signin.ticket_over")
	_, err = second(first(), code)
	refused(t, "the code again", err, domain.CodeInvalid, "signin.code_wrong")
	d.kit.Clock.Turn(30 * time.Second)
	_, err = second(first(), code)
	refused(t, "the code again, a step later", err, domain.CodeInvalid, "signin.code_wrong")

	for i, want := range []bool{true, false} {
		r, err := second(first(), enrolled.Codes[3])
		if (err == nil) != want {
			t.Errorf("recovery code, time %d: %v", i+1, err)
		}
		if want && d.in(t, r.Token).Method != domain.ByRecovery {
			t.Error("the way in is not told")
		}
	}
	if got := d.post(t, "eva@example.se", domain.NoticeRecovered); len(got) != 1 || got[0].Left != 9 {
		t.Errorf("letters about the code: %+v", got)
	}
	d.kit.Clock.Turn(time.Hour)
	ticket = first()
	d.kit.Clock.Turn(10 * time.Minute)
	_, err = second(ticket, d.code(t, secret))
	refused(t, "an old ticket", err, domain.CodeClosed, "signin.ticket_over")
	if _, err := d.Session(t.Context(), first(), from(home)); err == nil {
		t.Error("a ticket opens a session")
	}
}

func TestSecondFactor_guesses(t *testing.T) {
	t.Parallel()
	d := newDesk(t)
	d.add(t, "eva@example.se", grant(domain.RoleOrganiser, "BD"))
	secret, _ := d.withTOTP(t, d.enter(t, "eva@example.se"))
	looked := 0
	for i := range 200 { // someone who has the password, from many networks
		address := fmt.Sprintf("198.18.%d.1", i)
		r, err := d.try(t, "eva@example.se", goodPassword, address)
		if err != nil {
			continue
		}
		for n := range 8 {
			if _, err := d.SecondFactor(t.Context(), r.Ticket, fmt.Sprintf("%06d", 8*i+n), from(address)); domain.CodeOf(err) == domain.CodeInvalid {
				looked++
			}
		}
	}
	if looked > 25 {
		t.Errorf("%d codes were looked at", looked)
	}
	r, err := d.try(t, "eva@example.se", goodPassword, home)
	if err != nil {
		t.Fatal(err)
	}
	if _, err := d.SecondFactor(t.Context(), r.Ticket, d.code(t, secret), from(home)); err != nil {
		t.Errorf("the owner at home: %v", err)
	}
}

func TestSecondFactor_ofAnother(t *testing.T) {
	t.Parallel()
	d := newDesk(t)
	d.add(t, "eva@example.se", grant(domain.RoleOrganiser, "BD"))
	d.add(t, "bo@example.se", grant(domain.RoleOrganiser, "BD"))
	d.withTOTP(t, d.enter(t, "eva@example.se"))
	secret, e := d.withTOTP(t, d.enter(t, "bo@example.se"))
	for name, code := range map[string]string{"app": d.code(t, secret), "recovery code": e.Codes[0]} {
		r, err := d.try(t, "eva@example.se", goodPassword, home)
		if err != nil {
			t.Fatal(err)
		}
		_, err = d.SecondFactor(t.Context(), r.Ticket, code, from(home))
		refused(t, "Bo's "+name, err, domain.CodeInvalid, "signin.code_wrong")
	}
}
