package domain

import "slices"

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

// The permissions of those who sign in.
const (
	PermSignIn            Permission = "account.sign_in"
	PermOwnAccount        Permission = "account.own" // one's own password, factors and sessions
	PermToday             Permission = "staff.today"
	PermReadEvent         Permission = "event.read" // drafts and numbers, nobody's name
	PermReadRegistrations Permission = "registration.read"
	PermReadMail          Permission = "mail.read"
	PermWriteMail         Permission = "mail.write"
	PermCheckIn           Permission = "checkin.mark"
	PermEditNews          Permission = "news.edit"
	PermEditCounty        Permission = "county.edit" // what is told of the county, its templates and settings
	PermReadAudit         Permission = "audit.read"
	PermManageUsers       Permission = "user.manage"
	PermManageRetention   Permission = "retention.manage"
)

// Permissions lists every permission.
func Permissions() []Permission {
	return []Permission{
		PermReadProgramme, PermRegister, PermReadOwn, PermChangeOwn, PermExport, PermProtect, PermEditProgramme,
		PermDeliver, PermInspect, PermRegisterOther, PermManage, PermCountNeeds, PermReadNeeds, PermKeepTime,
		PermSignIn, PermOwnAccount, PermToday, PermReadEvent, PermReadRegistrations, PermReadMail, PermWriteMail,
		PermCheckIn, PermEditNews, PermEditCounty, PermReadAudit, PermManageUsers, PermManageRetention,
	}
}

// Actor is who asks. The zero Actor may do nothing.
type Actor struct {
	Role Role
	// County limits the actor to the events of one organiser; "" with AllCounties unset reaches none
	// where a use case is limited by county.
	County      OrganiserCode
	AllCounties bool
	Name        string // for the history: "kommandoraden"
	// Grants are what a signed-in user may do, county by county; nil for everyone else.
	Grants []Grant
	User   UserID // 0 for everyone who has not signed in
}

// Grant is a role in one county administration, or at one of its events alone. It covers events that
// the county owns and those that it arranges with another.
type Grant struct {
	Role   Role
	County OrganiserCode
	Event  EventID // 0: every event of the county
}

// Visitor is anyone on the public pages.
func Visitor() Actor { return Actor{Role: RoleVisitor} }

// Operator is whoever runs the program on its own machine and so reaches every county.
func Operator() Actor { return Actor{Role: RoleOperator, AllCounties: true, Name: "driftansvarig"} }

// Worker is the program's own background work.
func Worker() Actor { return Actor{Role: RoleWorker, AllCounties: true, Name: "Temadag"} }

// May reports whether the actor holds p anywhere; MayAt tells where.
func (a Actor) May(p Permission) bool {
	return a.Role.May(p) || slices.ContainsFunc(a.Grants, func(g Grant) bool { return g.Role.May(p) })
}

// MayAt reports whether the actor may do p with what belongs to the event: through her own role where
// it reaches the event's county, or through a grant that covers the event. What one grant allows in
// one county is never lent to another.
func (a Actor) MayAt(p Permission, e Event) bool {
	if a.Role.May(p) && (a.AllCounties || (a.County != "" && a.County == e.Owner.Code)) {
		return true
	}
	for _, g := range a.Grants {
		if g.Role.May(p) && g.covers(e) {
			return true
		}
	}
	return false
}

// MayIn is MayAt for what belongs to a county and to no event yet.
func (a Actor) MayIn(p Permission, c OrganiserCode) bool {
	return a.MayAt(p, Event{Owner: Organiser{Code: c}})
}

func (g Grant) covers(e Event) bool {
	if g.County == "" || (g.Event != 0 && g.Event != e.ID) {
		return false
	}
	return g.County == e.Owner.Code || slices.Contains(e.Rules.CoOrganisers, g.County)
}

// Require is nil, or the same NotFound for "absent" and "not for you".
func (a Actor) Require(p Permission) error {
	if a.May(p) {
		return nil
	}
	return NotFound("page.not_found")
}
