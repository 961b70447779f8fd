package domain_test

import (
	"strings"
	"testing"

	"github.com/temadag/temadag/internal/domain"
)

// The whole table of who may do what. A letter stands for a role in the order of the head; a dot for no.
// Whoever changes a permission changes it here too, on purpose.
const matrix = `
                          visitor operator worker user | administrator organiser case_worker check_in needs_officer registrar reader
programme.read            v o . u  a o c k n r l
registration.create       v o . u  . . . . . . .
registration.read_own     v . . u  . . . . . . .
registration.change_own   v . . u  . . . . . . .
registration.export       . o . .  a o . . . r .
registration.protect      . o . .  a o c . . . .
programme.edit            . o . .  a o . . . . .
outbox.deliver            . . w .  . . . . . . .
system.inspect            . o . .  . . . . . . .
registration.register_other . o . .  a o c . . . .
registration.manage       . o . .  a o c . . . .
needs.count               . o . .  a o . . n . .
needs.read                . . . .  . . . . n . .
registration.keep_time    . . w .  . . . . . . .
account.sign_in           v . . u  . . . . . . .
account.own               . . . u  . . . . . . .
staff.today               . . . .  a o c k n r l
event.read                . o . .  a o c k n r l
registration.read         . . . .  a o c . . r l
mail.read                 . . . .  a o c . . r .
mail.write                . . . .  a o c . . . .
checkin.mark              . . . .  a o . k . . .
news.edit                 . o . .  a o . . . . .
county.edit               . . . .  a . . . . . .
audit.read                . o . .  a . . . . r .
user.manage               . o . .  a . . . . . .
retention.manage          . . . .  a . . . . r .
`

func TestRole_matrix(t *testing.T) {
	t.Parallel()
	roles := domain.Roles()
	lines := strings.Split(strings.TrimSpace(matrix), "\n")
	head := strings.Fields(strings.ReplaceAll(lines[0], "|", ""))
	seen := map[domain.Permission]bool{}
	for i, r := range roles {
		if head[i] != string(r) {
			t.Fatalf("column %d is %s, the role is %s", i, head[i], r)
		}
	}
	for _, line := range lines[1:] {
		cells := strings.Fields(line)
		p := domain.Permission(cells[0])
		seen[p] = true
		if len(cells) != len(roles)+1 {
			t.Fatalf("%s has %d cells", p, len(cells)-1)
		}
		for i, r := range roles {
			if got, want := r.May(p), cells[i+1] != "."; got != want {
				t.Errorf("%s may %s: %v, want %v", r, p, got, want)
			}
		}
	}
	for _, p := range domain.Permissions() {
		if !seen[p] {
			t.Errorf("%s is not in the table", p)
		}
	}
	if len(seen) != len(domain.Permissions()) {
		t.Errorf("%d lines, %d permissions", len(seen), len(domain.Permissions()))
	}
	for _, r := range []domain.Role{"", "Administrator", "admin", "root"} {
		for _, p := range append(domain.Permissions(), "") {
			if r.May(p) {
				t.Errorf("%q may %s", r, p)
			}
		}
	}
}

// Whoever reads needs reads no names, and whoever manages users reads no needs.
func TestRole_keepsApart(t *testing.T) {
	t.Parallel()
	for _, r := range domain.Roles() {
		if r.May(domain.PermReadNeeds) && (r.May(domain.PermReadRegistrations) || r.May(domain.PermExport) || r.May(domain.PermManageUsers)) {
			t.Errorf("%s reads needs and who it is that has them", r)
		}
		if r.May("") || r.May("x") {
			t.Errorf("%s may do what is no permission", r)
		}
	}
	for _, r := range domain.StaffRoles() {
		if !r.Grantable() || !r.May(domain.PermToday) {
			t.Errorf("%s cannot be granted, or has no first page", r)
		}
	}
	for _, r := range []domain.Role{domain.RoleVisitor, domain.RoleOperator, domain.RoleWorker, domain.RoleUser, ""} {
		if r.Grantable() || r.AtEvent() {
			t.Errorf("%s can be granted", r)
		}
	}
}

// A grant reaches its county, its event and what the county arranges with another, and nothing else: for
// every role and permission.
func TestActor_reach(t *testing.T) {
	t.Parallel()
	own := domain.Event{ID: 1, Owner: domain.Organiser{Code: "BD"}}
	other := domain.Event{ID: 2, Owner: domain.Organiser{Code: "BD"}}
	far := domain.Event{ID: 3, Owner: domain.Organiser{Code: "Z"}}
	shared := domain.Event{ID: 4, Owner: domain.Organiser{Code: "Z"}, Rules: domain.Rules{CoOrganisers: []domain.OrganiserCode{"BD"}}}
	for _, r := range domain.StaffRoles() {
		for _, p := range domain.Permissions() {
			held := r.May(p)
			county := domain.Actor{Role: domain.RoleUser, User: 1, Grants: []domain.Grant{{Role: r, County: "BD"}}}
			event := domain.Actor{Role: domain.RoleUser, User: 1, Grants: []domain.Grant{{Role: r, County: "BD", Event: 1}}}
			for name, tt := range map[string]struct{ got, want bool }{
				"county, own event": {county.MayAt(p, own), held}, "county, shared": {county.MayAt(p, shared), held},
				"county, another county": {county.MayAt(p, far), false}, "county, county": {county.MayIn(p, "BD"), held},
				"county, another": {county.MayIn(p, "Z"), false}, "county, none": {county.MayIn(p, ""), false},
				"event, own": {event.MayAt(p, own), held}, "event, other": {event.MayAt(p, other), false},
				"event, shared": {event.MayAt(p, shared), false}, "event, county": {event.MayIn(p, "BD"), false},
			} {
				if tt.got != tt.want {
					t.Errorf("%s, %s, %s: %v, want %v", r, p, name, tt.got, tt.want)
				}
			}
		}
	}
	empty := domain.Actor{Role: domain.RoleUser, Grants: []domain.Grant{{Role: domain.RoleAdministrator}}}
	if empty.MayAt(domain.PermManage, domain.Event{}) || empty.MayIn(domain.PermManage, "") {
		t.Error("a grant without a county reaches something")
	}
}
