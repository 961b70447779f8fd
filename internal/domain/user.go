package domain

import (
	"slices"
	"time"
)

// UserID identifies someone who signs in.
type UserID int64

// UserState is whether an account may be used.
type UserState string

// The two. A disabled user is out at her next request; her name stays in the audit log.
const (
	UserActive   UserState = "active"
	UserDisabled UserState = "disabled"
)

// User is someone who signs in, without anything secret.
type User struct {
	ID         UserID
	Email      string
	Name       string
	Lang       Lang // of letters to her
	State      UserState
	Grants     []Grant
	Password   bool // she has one
	TOTP       bool // she has an authenticator app
	Passkeys   int
	Codes      int // recovery codes left
	CreatedAt  time.Time
	SignedInAt time.Time // zero for never
}

// SecondFactor reports whether more than the password is asked of her.
func (u User) SecondFactor() bool { return u.TOTP || u.Passkeys > 0 }

// Counties are those where she has been granted anything, in order.
func (u User) Counties() []OrganiserCode {
	var out []OrganiserCode
	for _, g := range u.Grants {
		if !slices.Contains(out, g.County) {
			out = append(out, g.County)
		}
	}
	slices.Sort(out)
	return out
}

// Within reports whether everything she has been granted lies in counties where the actor manages
// users: only then may the actor touch the account itself, and not just the grants.
func (u User) Within(a Actor) bool {
	if a.AllCounties && a.Role.May(PermManageUsers) {
		return true
	}
	return len(u.Grants) > 0 && !slices.ContainsFunc(u.Counties(), func(c OrganiserCode) bool { return !a.MayIn(PermManageUsers, c) })
}

// SignInMethod is how someone proved who she is.
type SignInMethod string

// The ways in.
const (
	ByPassword SignInMethod = "password"
	ByTOTP     SignInMethod = "totp"     // password and a code of the app
	ByRecovery SignInMethod = "recovery" // password and a recovery code
	ByPasskey  SignInMethod = "passkey"
	ByLink     SignInMethod = "link"
	ByProvider SignInMethod = "provider" // the authority's own sign-in service
)

// SignInID numbers sign-ins.
type SignInID int64

// The limits of a sign-in, and for how long a proof of identity is recent enough for a sensitive step.
const (
	SignInIdle   = 60 * time.Minute
	SignInLife   = 12 * time.Hour
	SignInRecent = 10 * time.Minute
)

// SignIn is one browser in which a user is signed in ("Mina inloggningar").
type SignIn struct {
	ID        SignInID
	User      User
	Actor     Actor // as of this request
	Method    SignInMethod
	Agent     string    // the browser in a few words
	Network   string    // "192.0.2.0/24"
	At        time.Time // when she signed in
	SeenAt    time.Time // within a minute
	ProvedAt  time.Time // when she last proved who she is
	Current   bool      // it is the one that asks
	MustEnrol bool      // nothing is open to her but adding a second factor
}

// Ends is when the sign-in ends where nothing more is asked of it.
func (s SignIn) Ends() time.Time {
	if idle := s.SeenAt.Add(SignInIdle); idle.Before(s.At.Add(SignInLife)) {
		return idle
	}
	return s.At.Add(SignInLife)
}

// Live reports whether the sign-in holds at now. One that began later than that, by a clock that has been put
// back since, holds where it was put back by no more than a sign-in lasts.
func (s SignIn) Live(now time.Time) bool {
	return now.Before(s.Ends()) && !now.Before(s.At.Add(-SignInLife))
}

// Recent reports whether she has proved who she is a short while ago, as sensitive steps ask for.
// One later than now is as good as none much before.
func (s SignIn) Recent(now time.Time) bool { return now.Sub(s.ProvedAt).Abs() < SignInRecent }

// Passkey is a passkey as its owner sees it.
type Passkey struct {
	ID     int64
	Name   string
	At     time.Time
	UsedAt time.Time // zero for never
}

// TOTPSetup is what an authenticator app is given, once.
type TOTPSetup struct {
	Secret string // base32, for typing
	URI    string // otpauth://…, for the QR code
	Ticket string // to be sent back with the first code
}

// The length of a password. There are no rules of what it must hold; long ones are better (NIST SP
// 800-63B section 3.1.1.2), and the upper end only keeps the work of hashing bounded.
const (
	MinPassword = 12
	MaxPassword = 200 // characters
)

// NoticeKind is the occasion of a letter about an account.
type NoticeKind string

// The letters about accounts. The first two carry a link; the others only tell, so that a user notices
// what she has not done herself.
const (
	NoticeInvited   NoticeKind = "account_invited"
	NoticeReset     NoticeKind = "account_reset"
	NoticePassword  NoticeKind = "account_password"  // the password was changed
	NoticeFactors   NoticeKind = "account_factors"   // a second factor was added or removed
	NoticeRecovered NoticeKind = "account_recovered" // a recovery code was used
	NoticeNewPlace  NoticeKind = "account_new_place" // a sign-in from a network not seen before
	// NoticeListTaken goes to a county's data protection officer: somebody has taken a list of many.
	NoticeListTaken NoticeKind = "list_taken"
	// NoticeMailingTest is what staff write to participants, sent to the writer alone. It is composed as those
	// letters are, and therefore none of NoticeKinds.
	NoticeMailingTest NoticeKind = "mailing_test"
)

// NoticeKinds lists every kind that is composed from a Notice.
func NoticeKinds() []NoticeKind {
	return []NoticeKind{NoticeInvited, NoticeReset, NoticePassword, NoticeFactors, NoticeRecovered, NoticeNewPlace, NoticeListTaken}
}

// Notice is a letter to a user about her account, or about what she has taken.
type Notice struct {
	ID        int64
	Kind      NoticeKind
	User      UserID
	To        string
	Name      string
	Lang      Lang
	MessageID string // local part; the same on each try
	Date      time.Time
	Ends      time.Time // the last instant at which the link works; zero where there is none
	Link      string    // absolute; "" for none
	Network   string    // from where, for NoticeNewPlace
	Agent     string    // with what; "" where that is not known
	Left      int       // recovery codes, for NoticeRecovered
	Taken     ListTaken // for NoticeListTaken
	Attempts  int
}

// NoticeTold is what has become of a letter to a user.
type NoticeTold struct {
	To        string
	State     LetterState
	At        time.Time
	Accepted  time.Time // zero until a mail server has taken it
	LastError string
}

// ListTaken is what a data protection officer is told of a list: who took it, and nobody who is on it.
type ListTaken struct {
	By      string `json:"by"`
	List    Text   `json:"list"` // the event or the series
	Purpose string `json:"purpose"`
	Contact bool   `json:"contact,omitempty"` // it holds addresses or telephone numbers
	Rows    int    `json:"rows"`
}
