package domain

// Permission names one thing an actor may do.
type Permission string

// The permissions. Every route and every use case names the one it needs.
const (
	PermReadProgramme Permission = "programme.read"
	PermRegister      Permission = "registration.create"
	PermReadOwn       Permission = "registration.read_own"
	PermExport        Permission = "registration.export"
	PermProtect       Permission = "registration.protect"
	PermEditProgramme Permission = "programme.edit"
	PermDeliver       Permission = "outbox.deliver"
	PermInspect       Permission = "system.inspect"
	PermChangeOwn     Permission = "registration.change_own"
	PermRegisterOther Permission = "registration.register_other" // on the phone, by mail or at the door
	PermManage        Permission = "registration.manage"         // cancel, strike, approve, pass over, give a longer day
	PermCountNeeds    Permission = "needs.count"
	PermReadNeeds     Permission = "needs.read"             // one registration at a time, each reading logged
	PermKeepTime      Permission = "registration.keep_time" // what the clock alone does: offers run out, needs are erased
)

// Role is a set of permissions.
type Role string

// The roles. RoleVisitor is everyone on the public pages; RoleOperator is whoever runs the program
// on its own machine; RoleWorker is the program's own background work.
const (
	RoleVisitor  Role = "visitor"
	RoleOperator Role = "operator"
	RoleWorker   Role = "worker"
	// RoleNeedsOfficer may open one person's needs at a time, and nothing else about her.
	RoleNeedsOfficer Role = "needs_officer"
)

// May reports whether the role holds p. An unknown role holds nothing.
func (r Role) May(p Permission) bool {
	switch r {
	case RoleVisitor:
		return p == PermReadProgramme || p == PermRegister || p == PermReadOwn || p == PermChangeOwn
	case RoleOperator:
		return p == PermReadProgramme || p == PermExport || p == PermEditProgramme ||
			p == PermRegister || p == PermProtect || p == PermInspect || p == PermRegisterOther || p == PermManage ||
			p == PermCountNeeds
	case RoleNeedsOfficer:
		return p == PermReadProgramme || p == PermCountNeeds || p == PermReadNeeds
	case RoleWorker:
		return p == PermDeliver || p == PermKeepTime
	}
	return false
}

// Actor is who asks. The zero Actor may do nothing.
type Actor struct {
	Role Role
	// County limits the actor to the events of one organiser; "" with AllCounties unset reaches none
	// where a use case is limited by county.
	County      OrganiserCode
	AllCounties bool
	Name        string // for the history: "kommandoraden"
}

// Visitor is anyone on the public pages.
func Visitor() Actor { return Actor{Role: RoleVisitor} }

// Operator is whoever runs the program on its own machine and so reaches every county.
func Operator() Actor { return Actor{Role: RoleOperator, AllCounties: true, Name: "driftansvarig"} }

// Worker is the program's own background work.
func Worker() Actor { return Actor{Role: RoleWorker, AllCounties: true, Name: "Temadag"} }

// May reports whether the actor's role holds p.
func (a Actor) May(p Permission) bool { return a.Role.May(p) }

// Reaches reports whether the actor may see what belongs to the organiser c.
func (a Actor) Reaches(c OrganiserCode) bool {
	return a.AllCounties || (a.County != "" && a.County == c)
}

// Require is nil, or the same NotFound for "absent" and "not for you".
func (a Actor) Require(p Permission) error {
	if a.May(p) {
		return nil
	}
	return NotFound("page.not_found")
}
