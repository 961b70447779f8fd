package domain

import "time"

// Erased is one thing that must stay erased whatever becomes of the database: it is written down outside it,
// and done again in a database that was brought back from before. It names a row by an identity that
// is never used twice, and holds nothing of anyone.
type Erased struct {
	At   time.Time
	Kind ErasedKind
	UID  string // bytes of the row's random identity; of news their number, of a picture that and the sum of its content
	N    int    // for a link its version, for an account 1 where it was opened again, and 0 otherwise
}

// Meant is one thing that was about to be erased, and of which nobody wrote down the end.
type Meant struct {
	Erased
	Mark int64 // the number under which the database remembers it; a copy made before has a lower one
}

// ErasedKind is what was erased.
type ErasedKind string

// The kinds.
const (
	ErasedNeeds      ErasedKind = "needs"      // of the registration
	ErasedSubscriber ErasedKind = "subscriber" // somebody who has ended her invitations
	ErasedLink       ErasedKind = "link"       // every link of the registration below this version
	ErasedName       ErasedKind = "name"       // of a registration, for whoever may not see a protected identity
	ErasedAccount    ErasedKind = "account"    // closed, or opened again: the last line counts
	ErasedNews       ErasedKind = "news"       // with its picture, documents and earlier versions
	ErasedPicture    ErasedKind = "picture"    // of news that stay
)

// Return is what the database remembers of being brought back from a backup.
type Return struct {
	Backup   time.Time `json:"backup"`   // the instant that the backup shows
	At       time.Time `json:"at"`       // when it was brought back
	Erased   int       `json:"erased"`   // what was erased once more
	Letters  int       `json:"letters"`  // letters that may have gone already, and are held
	Mailings int       `json:"mailings"` // of staff, paused for the same reason
}

// BackupOutcome is how the last scheduled backup went.
type BackupOutcome struct {
	At    time.Time `json:"at"`
	Good  time.Time `json:"good"` // the last one that succeeded; zero for none
	Fault string    `json:"fault"`
	Every int64     `json:"every"` // seconds between them
}

// Late reports whether nothing good has been made for three times the time between two.
func (o BackupOutcome) Late(now time.Time) bool {
	return o.Every > 0 && now.Sub(o.Good) > 3*time.Duration(o.Every)*time.Second
}
