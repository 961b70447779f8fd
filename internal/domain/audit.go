package domain

import "time"

// AuditAction names what was done: "user.granted". The catalogue has a sentence for each.
type AuditAction string

// What is done with accounts.
const (
	AuditSignedIn     AuditAction = "account.signed_in"
	AuditSignedOut    AuditAction = "account.signed_out"
	AuditSlowed       AuditAction = "account.slowed" // so many failures that the account is slowed down
	AuditReset        AuditAction = "account.reset_asked"
	AuditPassword     AuditAction = "account.password_changed"
	AuditFactorOn     AuditAction = "account.factor_added"
	AuditFactorOff    AuditAction = "account.factor_removed"
	AuditRecovery     AuditAction = "account.recovery_used"
	AuditCodes        AuditAction = "account.codes_made"
	AuditUserAdded    AuditAction = "user.added"
	AuditUserDisabled AuditAction = "user.disabled"
	AuditUserEnabled  AuditAction = "user.enabled"
	AuditUserCleared  AuditAction = "user.cleared" // password, factors and sign-ins taken away
	AuditUserLink     AuditAction = "user.link_made"
	AuditUserInvited  AuditAction = "user.invited"         // a new letter with a link was sent
	AuditUserFactors  AuditAction = "user.factors_cleared" // and nothing else taken away
	AuditGranted      AuditAction = "user.granted"
	AuditRevoked      AuditAction = "user.revoked"
	AuditLogTaken     AuditAction = "audit.exported"
)

// What is done with mailings. The details tell their number of recipients, never who they are.
const (
	AuditMailingApproved AuditAction = "mailing.approved"
	AuditMailingTaken    AuditAction = "mailing.taken_back"
	AuditMailingStopped  AuditAction = "mailing.stopped"
	AuditMailingResumed  AuditAction = "mailing.resumed"
	AuditMailingRetried  AuditAction = "mailing.retried"
)

// AuditSubscriberRemoved is that the invitations to an address were ended for somebody who asked staff to.
// Neither the address nor whether it had asked for any is told.
const AuditSubscriberRemoved AuditAction = "subscriber.removed"

// What is done with the database as a whole. The lines belong to every county; their details tell the instant
// that the backup shows ("made", RFC 3339) and counts.
const (
	AuditReturned    AuditAction = "database.returned"        // from a backup
	AuditHeldSent    AuditAction = "database.letters_sent"    // that were held since
	AuditHeldDropped AuditAction = "database.letters_dropped" // and never go
)

// AuditDatabase is the object of lines about the database as a whole.
const AuditDatabase = "database"

// AuditEntry is one line of the audit log. Details hold what is needed to understand the line, and
// nobody's personal data beyond that: ids, roles, counts, names of columns; never what a participant
// has told.
type AuditEntry struct {
	ID       int64
	At       time.Time
	User     UserID // 0 for the operator and the program itself
	Actor    string // her name as it was
	County   OrganiserCode
	Action   AuditAction
	Object   string // "user", "event", "registration", "list"
	ObjectID string
	Details  map[string]string
}

// AuditFilter chooses lines of the audit log; the zero filter is all that the actor may read, the newest
// first.
type AuditFilter struct {
	County   OrganiserCode
	User     UserID
	Action   AuditAction // with a dot at the end, every action that begins so: "user."
	Object   string
	ObjectID string
	Event    EventID // 0 for all: the event itself, its registrations, and roles at it
	From, To Date    // inclusive days; zero for open
	Before   int64   // lines with lower ids, for the next page; 0 begins at the newest
	Limit    int     // 0 means 50, at most 1000
}
