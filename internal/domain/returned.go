package domain

import "strings"

// ReturnKind is what came back of a letter that a mail server had taken.
type ReturnKind string

// The kinds. A delayed letter may still arrive; an automatic reply says nothing of the letter.
const (
	ReturnFailed  ReturnKind = "failed"
	ReturnDelayed ReturnKind = "delayed"
	ReturnReply   ReturnKind = "reply"
)

// Returned is a message that came back. Nothing in it is to be trusted but that one of its addressees bears
// our mark.
type Returned struct {
	To     []string // where it may have been sent to
	Kind   ReturnKind
	Status string // enhanced status (RFC 3463), "" where none is told
}

// Unreachable reports whether the address will never work (RFC 3463: 5.1.x, and 5.2.1 for a mailbox that is
// closed). A full mailbox or a refused message says nothing of the next letter, and policy (5.7.x) is about us.
func (r Returned) Unreachable() bool {
	return r.Kind == ReturnFailed && (strings.HasPrefix(r.Status, "5.1.") && r.Status != "5.1.7" && r.Status != "5.1.8" || r.Status == "5.2.1")
}

// SuppressionReason is why no mailing goes to an address.
type SuppressionReason string

// The reasons.
const (
	SuppressUnreachable  SuppressionReason = "unreachable"
	SuppressUnsubscribed SuppressionReason = "unsubscribed"
	SuppressByHand       SuppressionReason = "by_hand"
)

// Against reports whether a reason keeps mailings of a kind from an address. Whoever wants no more invitations
// is still told what she needs for an event where she is registered.
func (r SuppressionReason) Against(k MailingKind) bool {
	return r != "" && (r != SuppressUnsubscribed || k == MailingInvitation)
}
