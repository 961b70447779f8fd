package domain

import "slices"

// Role is a set of permissions.
type Role string

// The roles of those who have not signed in: RoleVisitor is everyone on the public pages;
// RoleOperator is whoever runs the program on its own machine; RoleWorker is the program's own
// background work.
const (
	RoleVisitor  Role = "visitor"
	RoleOperator Role = "operator"
	RoleWorker   Role = "worker"
)

// RoleUser is everyone who has signed in: a visitor who reaches her own account too, and nothing of any
// county. The rest comes by grants.
const RoleUser Role = "user"

// The roles that are granted in a county administration, or at one event.
const (
	RoleAdministrator Role = "administrator"
	RoleOrganiser     Role = "organiser"
	RoleCaseWorker    Role = "case_worker" // answers participants: reads and writes mail
	RoleCheckIn       Role = "check_in"    // ticks off at the door
	// RoleNeedsOfficer may open one person's needs at a time, and nothing else about her.
	RoleNeedsOfficer Role = "needs_officer"
	RoleRegistrar    Role = "registrar" // registry and archive: reads, and decides what is erased
	RoleReader       Role = "reader"
)

// StaffRoles lists the roles that can be granted, the most far-reaching first.
func StaffRoles() []Role {
	return []Role{
		RoleAdministrator, RoleOrganiser, RoleCaseWorker, RoleCheckIn, RoleNeedsOfficer, RoleRegistrar, RoleReader,
	}
}

// Roles lists every role.
func Roles() []Role {
	return append([]Role{RoleVisitor, RoleOperator, RoleWorker, RoleUser}, StaffRoles()...)
}

// Grantable reports whether the role can be given to a user.
func (r Role) Grantable() bool { return slices.Contains(StaffRoles(), r) }

// AtEvent reports whether the role can be granted at one event alone. Accounts, erasure and the audit
// log belong to a whole county.
func (r Role) AtEvent() bool { return r.Grantable() && r != RoleAdministrator && r != RoleRegistrar }

// May reports whether the role holds p. An unknown role holds nothing. This is the one table of who
// may do what; where is decided by the grant.
func (r Role) May(p Permission) bool {
	switch r {
	case RoleVisitor:
		return p.oneOf(PermReadProgramme, PermRegister, PermReadOwn, PermChangeOwn, PermSignIn)
	case RoleOperator:
		return p.oneOf(
			PermReadProgramme, PermRegister, PermExport, PermEditProgramme, PermEditNews, PermProtect, PermInspect,
			PermRegisterOther, PermManage, PermCountNeeds, PermReadEvent, PermReadAudit, PermManageUsers,
		)
	case RoleWorker:
		return p.oneOf(PermDeliver, PermKeepTime)
	case RoleUser:
		return p.oneOf(PermReadProgramme, PermRegister, PermReadOwn, PermChangeOwn, PermSignIn, PermOwnAccount)
	case RoleAdministrator:
		return p.oneOf(
			PermReadProgramme, PermToday, PermReadEvent, PermEditProgramme, PermEditNews, PermEditCounty,
			PermReadRegistrations, PermManage, PermRegisterOther, PermExport, PermProtect, PermReadMail, PermWriteMail,
			PermCheckIn, PermCountNeeds, PermReadAudit, PermManageUsers, PermManageRetention,
		)
	case RoleOrganiser:
		return p.oneOf(
			PermReadProgramme, PermToday, PermReadEvent, PermEditProgramme, PermEditNews, PermReadRegistrations,
			PermManage, PermRegisterOther, PermExport, PermProtect, PermReadMail, PermWriteMail, PermCheckIn,
			PermCountNeeds,
		)
	case RoleCaseWorker:
		return p.oneOf(
			PermReadProgramme, PermToday, PermReadEvent, PermReadRegistrations, PermManage, PermRegisterOther,
			PermProtect, PermReadMail, PermWriteMail,
		)
	case RoleCheckIn:
		return p.oneOf(PermReadProgramme, PermToday, PermReadEvent, PermCheckIn)
	case RoleNeedsOfficer:
		return p.oneOf(PermReadProgramme, PermToday, PermReadEvent, PermCountNeeds, PermReadNeeds)
	case RoleRegistrar:
		return p.oneOf(
			PermReadProgramme, PermToday, PermReadEvent, PermReadRegistrations, PermExport, PermReadMail, PermReadAudit,
			PermManageRetention,
		)
	case RoleReader:
		return p.oneOf(PermReadProgramme, PermToday, PermReadEvent, PermReadRegistrations)
	}
	return false
}

func (p Permission) oneOf(held ...Permission) bool { return slices.Contains(held, p) }
