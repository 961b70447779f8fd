package domain

// BulkAction is what can be done to many registrations at once.
type BulkAction string

// The actions. Each does to every registration what it does to one.
const (
	BulkWithdraw BulkAction = "withdraw"
	BulkCancel   BulkAction = "cancel"
	BulkExtend   BulkAction = "extend" // a later last day to cancel
	BulkApprove  BulkAction = "approve"
	BulkDecline  BulkAction = "decline"
	BulkProtect  BulkAction = "protect"
)

// BulkActions lists the actions in the order in which a page offers them.
func BulkActions() []BulkAction {
	return []BulkAction{BulkApprove, BulkDecline, BulkExtend, BulkCancel, BulkWithdraw, BulkProtect}
}

// Permission is what it takes; an unknown action takes one that nobody holds.
func (a BulkAction) Permission() Permission {
	switch a {
	case BulkWithdraw, BulkCancel, BulkExtend, BulkApprove, BulkDecline:
		return PermManage
	case BulkProtect:
		return PermProtect
	}
	return ""
}

// NeedsReason reports whether nobody may be told of it without a reason.
func (a BulkAction) NeedsReason() bool { return a == BulkWithdraw || a == BulkDecline }

// TellsReason reports whether those it is done to are told a reason where one is given.
func (a BulkAction) TellsReason() bool { return a.NeedsReason() || a == BulkCancel }

// Refusal is the text key of why it cannot be done to a registration now, "" where it can.
func (a BulkAction) Refusal(r Registration) string {
	switch a {
	case BulkWithdraw, BulkCancel, BulkExtend:
		if !r.Status.Live() {
			return "cancel.ended"
		}
	case BulkApprove, BulkDecline:
		if r.Status != Pending {
			return "decide.not_pending"
		}
	case BulkProtect:
		if r.Protected {
			return "bulk.protected_already"
		}
	}
	return ""
}

// BulkInput says what is to be done, and to whom: to those with the IDs, or else to all whom the query
// finds, on whichever page.
type BulkInput struct {
	Action  BulkAction
	IDs     []RegistrationID
	Query   *PeopleQuery
	Reason  string
	Day     Date    // for BulkExtend
	Channel Channel // how a wish to cancel came in; "" means on the web
	// Expected is how many the page before told of: where there are others now nothing is done. 0 is not
	// looked at.
	Expected int
}

// BulkRow is one registration that something is done to.
type BulkRow struct {
	PersonRow
	Refusal string // text key of why not; "" where it can be done, and where it was
}

// BulkPreview is what would be done.
type BulkPreview struct {
	Action BulkAction
	Rows   []BulkRow // in order of arrival, which is the order they are taken in
	Fit    int       // how many of them it can be done to
}

// BulkResult is what was done. Rows that were not reached before it was stopped have the refusal
// "bulk.not_reached".
type BulkResult struct {
	Action BulkAction
	Rows   []BulkRow
	Done   int
}

// Duplicate is two registrations that may be one person's. Keep is the one that has more.
type Duplicate struct {
	Keep, Drop PersonRow
	SameWork   bool
	SamePhone  bool
}

// HistoryMerged is told of the registration that is kept: another of the same person was struck.
const HistoryMerged HistoryKind = "merged"
