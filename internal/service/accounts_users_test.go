package service_test

import (
	"fmt"
	"strings"
	"testing"

	"github.com/temadag/temadag/internal/domain"
	"github.com/temadag/temadag/internal/service"
	"github.com/temadag/temadag/internal/testkit"
)

// actor is the user as she is when she signs in.
func (d *desk) actor(t *testing.T, email string) domain.Actor {
	t.Helper()
	return d.in(t, d.enter(t, email)).Actor
}

// towns has an administrator in each of two counties, someone who works in both, and one in each.
func towns(t *testing.T) (d *desk, ids map[string]domain.UserID) {
	t.Helper()
	d = newDesk(t)
	ids = map[string]domain.UserID{}
	for email, grants := range map[string][]domain.Grant{
		"bd@example.se":   {grant(domain.RoleAdministrator, "BD")},
		"z@example.se":    {grant(domain.RoleAdministrator, "Z")},
		"both@example.se": {grant(domain.RoleOrganiser, "BD"), grant(domain.RoleReader, "Z")},
		"eva@example.se":  {grant(domain.RoleOrganiser, "BD")},
		"zoe@example.se":  {grant(domain.RoleOrganiser, "Z")},
	} {
		ids[email] = d.add(t, email, grants...)
	}
	return d, ids
}

func TestUsers_wallBetweenCounties(t *testing.T) {
	t.Parallel()
	d, ids := towns(t)
	bd := d.actor(t, "bd@example.se")
	users, err := d.Users(t.Context(), bd)
	if err != nil || len(users) != 3 {
		t.Fatalf("%d users, %v", len(users), err)
	}
	for _, u := range users {
		for _, g := range u.Grants {
			if g.County != "BD" {
				t.Errorf("%s is told to be granted %v", u.Email, g)
			}
		}
	}
	if _, _, err := d.User(t.Context(), bd, ids["zoe@example.se"]); domain.CodeOf(err) != domain.CodeNotFound {
		t.Errorf("a user of another county: %v", err)
	}
	if u, whole, err := d.User(t.Context(), bd, ids["both@example.se"]); err != nil || whole || len(u.Grants) != 1 {
		t.Errorf("a user of both: %+v, %v, %v", u, whole, err)
	}
	zoe, both := ids["zoe@example.se"], ids["both@example.se"]
	for name, err := range map[string]error{
		"closing another county's user":    d.Disable(t.Context(), bd, zoe),
		"clearing another county's user":   d.Clear(t.Context(), bd, zoe),
		"opening another county's user":    d.Enable(t.Context(), bd, zoe),
		"granting another county's user":   d.SetGrants(t.Context(), bd, zoe, "BD", []domain.Grant{grant(domain.RoleReader, "BD")}),
		"closing a user of both":           d.Disable(t.Context(), bd, both),
		"clearing a user of both":          d.Clear(t.Context(), bd, both),
		"granting in another county":       d.SetGrants(t.Context(), bd, both, "Z", nil),
		"one who is nobody":                d.Disable(t.Context(), bd, 999),
		"an organiser closing a colleague": d.Disable(t.Context(), d.actor(t, "eva@example.se"), both),
	} {
		if domain.CodeOf(err) != domain.CodeNotFound {
			t.Errorf("%s: %v", name, err)
		}
	}
	_, err = d.AddUser(t.Context(), bd, service.NewUser{Email: "bd@example.se", Name: "Jag", Grants: []domain.Grant{grant(domain.RoleAdministrator, "Z")}})
	refused(t, "granting herself another county", err, domain.CodeInvalid, "field.grants.wrong")
	if err := d.SetGrants(t.Context(), bd, both, "BD", nil); err != nil {
		t.Errorf("taking back what is hers to take: %v", err)
	}
	if u, _, err := d.User(t.Context(), d.actor(t, "z@example.se"), both); err != nil || len(u.Grants) != 1 {
		t.Errorf("what another county granted went too: %+v, %v", u.Grants, err)
	}
}

func TestUsers_lastAdministrator(t *testing.T) {
	t.Parallel()
	d, ids := towns(t)
	bd, me := d.actor(t, "bd@example.se"), ids["bd@example.se"]
	refused(t, "leaving the county to nobody", d.SetGrants(t.Context(), bd, me, "BD", nil), domain.CodeConflict, "user.last_administrator")
	refused(t, "closing her own account", d.Disable(t.Context(), bd, me), domain.CodeConflict, "user.own_account")
	if err := d.SetGrants(t.Context(), bd, ids["eva@example.se"], "BD", []domain.Grant{grant(domain.RoleAdministrator, "BD")}); err != nil {
		t.Fatal(err)
	}
	if err := d.SetGrants(t.Context(), bd, me, "BD", nil); err != nil {
		t.Errorf("leaving it to another: %v", err)
	}
	if _, err := d.Users(t.Context(), bd); err != nil { // as she was before: the pages read the actor anew
		t.Error(err)
	}
	if _, err := d.Users(t.Context(), d.actor(t, "bd@example.se")); domain.CodeOf(err) != domain.CodeNotFound {
		t.Errorf("she still manages users: %v", err)
	}
}

func TestAddUser(t *testing.T) {
	t.Parallel()
	d, ids := towns(t)
	bd := d.actor(t, "bd@example.se")
	for name, tt := range map[string]struct {
		in  service.NewUser
		key string
	}{
		"no address":                     {service.NewUser{Email: "x", Name: "Ny", Grants: []domain.Grant{grant(domain.RoleReader, "BD")}}, "field.user_email.wrong"},
		"no name":                        {service.NewUser{Email: "ny@example.se", Grants: []domain.Grant{grant(domain.RoleReader, "BD")}}, "field.user_name.missing"},
		"no role":                        {service.NewUser{Email: "ny@example.se", Name: "Ny"}, "field.grants.missing"},
		"a role that is none":            {service.NewUser{Email: "ny@example.se", Name: "Ny", Grants: []domain.Grant{grant(domain.RoleOperator, "BD")}}, "field.grants.wrong"},
		"a county that is none":          {service.NewUser{Email: "ny@example.se", Name: "Ny", Grants: []domain.Grant{grant(domain.RoleReader, "QQ")}}, "field.grants.wrong"},
		"another county":                 {service.NewUser{Email: "ny@example.se", Name: "Ny", Grants: []domain.Grant{grant(domain.RoleReader, "Z")}}, "field.grants.wrong"},
		"an event that is none":          {service.NewUser{Email: "ny@example.se", Name: "Ny", Grants: []domain.Grant{{Role: domain.RoleCheckIn, County: "BD", Event: 99}}}, "field.grants.wrong"},
		"an administrator at one event":  {service.NewUser{Email: "ny@example.se", Name: "Ny", Grants: []domain.Grant{{Role: domain.RoleAdministrator, County: "BD", Event: 1}}}, "field.grants.wrong"},
		"one's own county and another's": {service.NewUser{Email: "ny@example.se", Name: "Ny", Grants: []domain.Grant{grant(domain.RoleReader, "BD"), grant(domain.RoleReader, "Z")}}, "field.grants.wrong"},
	} {
		_, err := d.AddUser(t.Context(), bd, tt.in)
		refused(t, name, err, domain.CodeInvalid, tt.key)
	}
	id, err := d.AddUser(t.Context(), bd, service.NewUser{Email: "ZOE@example.se", Name: "Annat namn", Grants: []domain.Grant{grant(domain.RoleReader, "BD")}})
	if err != nil || id != ids["zoe@example.se"] {
		t.Fatalf("an address that has an account: %d, %v", id, err)
	}
	if u, _, err := d.User(t.Context(), bd, id); err != nil || u.Name != "Eva Exempel" || len(u.Grants) != 1 {
		t.Errorf("she is %+v, %v", u, err)
	}
	if n := len(d.post(t, "zoe@example.se", domain.NoticeInvited)); n != 1 {
		t.Errorf("%d invitations, one of them before", n)
	}
}

func TestGrant_atOneEvent(t *testing.T) {
	t.Parallel()
	d, _ := towns(t)
	mine, other := d.kit.AddEvent(t, testkit.Event("lulea", 10)), d.kit.AddEvent(t, testkit.Event("kiruna", 10))
	far := testkit.Event("ostersund", 10)
	far.Owner = testkit.Jamtland()
	far = d.kit.AddEvent(t, far)
	d.add(t, "door@example.se", domain.Grant{Role: domain.RoleCheckIn, County: "BD", Event: mine.ID})
	a := d.actor(t, "door@example.se")
	if !a.MayAt(domain.PermCheckIn, mine) || a.MayAt(domain.PermCheckIn, other) || a.MayAt(domain.PermCheckIn, far) || a.MayIn(domain.PermCheckIn, "BD") {
		t.Error("a grant at one event reaches another, or not its own")
	}
	_, err := d.AddUser(t.Context(), d.actor(t, "bd@example.se"), service.NewUser{
		Email: "ny@example.se", Name: "Ny", Grants: []domain.Grant{{Role: domain.RoleCheckIn, County: "BD", Event: far.ID}},
	})
	refused(t, "a grant at another county's event", err, domain.CodeInvalid, "field.grants.wrong")
	if found, err := d.Store.Check(t.Context()); err != nil || len(found) != 0 {
		t.Errorf("%v, %v", found, err)
	}
}

func TestClear(t *testing.T) {
	t.Parallel()
	d, ids := towns(t)
	_, e := d.withTOTP(t, d.enter(t, "eva@example.se"))
	_, e = d.withPasskey(t, e.Token)
	if err := d.Clear(t.Context(), d.actor(t, "bd@example.se"), ids["eva@example.se"]); err != nil {
		t.Fatal(err)
	}
	d.gone(t, "her sign-in", e.Token)
	_, err := d.try(t, "eva@example.se", goodPassword, home)
	refused(t, "her password", err, domain.CodeInvalid, "signin.wrong")
	letters := d.post(t, "eva@example.se", domain.NoticeInvited)
	if err := d.Reset(t.Context(), tokenOf(letters[len(letters)-1].Link), "en ny tjock katt", from(away)); err != nil {
		t.Fatal(err)
	}
	if r, err := d.try(t, "eva@example.se", "en ny tjock katt", away); err != nil || r.Token == "" {
		t.Errorf("with the new one: %+v, %v", r, err)
	}
	if found, err := d.Store.Check(t.Context()); err != nil || len(found) != 0 {
		t.Errorf("%v, %v", found, err)
	}
}

func TestAudit_entries(t *testing.T) {
	t.Parallel()
	d, ids := towns(t)
	log := &service.Audit{Store: d.Store, Now: d.Now}
	bd, z := d.actor(t, "bd@example.se"), d.actor(t, "z@example.se")
	if err := d.SetGrants(t.Context(), bd, ids["eva@example.se"], "BD", []domain.Grant{grant(domain.RoleReader, "BD")}); err != nil {
		t.Fatal(err)
	}
	entries := func(a domain.Actor, f domain.AuditFilter) []domain.AuditEntry {
		t.Helper()
		lines, _, err := log.Entries(t.Context(), a, f)
		if err != nil {
			t.Fatal(err)
		}
		return lines
	}
	mine := map[string]bool{"": true}
	for _, u := range []string{"bd@example.se", "eva@example.se", "both@example.se"} {
		mine[fmt.Sprint(int64(ids[u]))] = true
	}
	seen := map[domain.AuditAction]int{}
	for _, e := range entries(bd, domain.AuditFilter{Limit: 1000}) {
		seen[e.Action]++
		if e.County != "BD" && e.County != "" || !mine[e.ObjectID] {
			t.Errorf("the administrator of BD reads %+v", e)
		}
		for _, v := range e.Details {
			if strings.Contains(v, "@") || strings.Contains(v, goodPassword) {
				t.Errorf("details tell %q", v)
			}
		}
	}
	if seen[domain.AuditGranted] != 4 || seen[domain.AuditRevoked] != 1 || seen[domain.AuditSignedIn] != 1 || seen[domain.AuditPassword] != 3 {
		t.Errorf("the log of BD holds %v", seen)
	}
	if got := entries(z, domain.AuditFilter{County: "BD"}); len(got) != 0 {
		t.Errorf("the administrator of Z reads %v", got)
	}
	if got := entries(domain.Operator(), domain.AuditFilter{User: bd.User, Action: "user."}); len(got) != 2 || got[0].Actor != "Eva Exempel" {
		t.Errorf("what the administrator did: %+v", got)
	}
	day := domain.DateIn(d.kit.Clock.Now())
	if got := entries(domain.Operator(), domain.AuditFilter{From: day.AddDays(1)}); len(got) != 0 {
		t.Errorf("tomorrow: %v", got)
	}
	for _, a := range []domain.Actor{domain.Visitor(), d.actor(t, "eva@example.se"), domain.Worker()} {
		if _, _, err := log.Entries(t.Context(), a, domain.AuditFilter{}); domain.CodeOf(err) != domain.CodeNotFound {
			t.Errorf("%s reads the log: %v", a.Role, err)
		}
	}
}

func TestAudit_pages(t *testing.T) {
	t.Parallel()
	d, _ := towns(t)
	log := &service.Audit{Store: d.Store, Now: d.Now}
	var ids []int64
	for next := int64(0); ; {
		lines, more, err := log.Entries(t.Context(), domain.Operator(), domain.AuditFilter{Limit: 3, Before: next})
		if err != nil {
			t.Fatal(err)
		}
		for _, l := range lines {
			ids = append(ids, l.ID)
		}
		if next = more; next == 0 {
			break
		}
	}
	for i, id := range ids {
		if id != int64(len(ids)-i) {
			t.Fatalf("the pages hold %v", ids)
		}
	}
	if len(ids) < 10 {
		t.Errorf("only %d lines", len(ids))
	}
}
