package mail

import (
	"errors"
	"net/textproto"
	"regexp"

	"github.com/temadag/temadag/internal/domain"
)

// phase is how far a delivery had come.
type phase int

const (
	phaseConnect phase = iota
	phaseGreeting
	phaseTLS
	phaseAuth
	phaseMail
	phaseRcpt
	phaseData
	phaseDot // the dot may have arrived: the letter may have been accepted
)

// refused tells what the server said no to.
func (p phase) refused() string {
	return [...]string{
		"the mail server refuses connections", "the mail server refuses to talk to us",
		"the mail server refuses encryption", "the mail server refuses the sign-in",
		"the mail server refuses the sender", "the mail server refuses the recipient",
		"the mail server refuses the message", "the mail server refuses the message",
	}[p]
}

// broke tells when nothing more was heard.
func (p phase) broke() string {
	return [...]string{
		"the mail server cannot be reached", "the mail server does not greet us",
		"the connection broke while encryption began", "the connection broke during sign-in",
		"the connection broke before the message", "the connection broke before the message",
		"the connection broke before the message", "no answer after the message: it may have arrived",
	}[p]
}

// faultOf is the fault that err means for the letter, when it came in the phase p.
func faultOf(p phase, err error) *domain.DeliveryFault {
	var reply *textproto.Error
	if errors.As(err, &reply) {
		return replyFault(p, reply.Code, reply.Msg)
	}
	return &domain.DeliveryFault{Class: domain.FaultRetry, Reason: p.broke(), Cause: err}
}

// replyFault classes an answer of the server. The text of the answer is not kept: servers like to
// repeat the address in it.
func replyFault(p phase, code int, text string) *domain.DeliveryFault {
	f := &domain.DeliveryFault{Code: code, Status: statusOf(text), Reason: p.refused()}
	switch {
	case code/100 == 4:
		f.Class = domain.FaultRetry
		f.Reason += " for now"
	case code/100 != 5:
		f.Class = domain.FaultRetry
		f.Reason = "the mail server answers out of turn"
	case concernsEveryLetter(p, code, f.Status):
		f.Class = domain.FaultRelay
		f.Alone = p > phaseMail && subject(f.Status) == "5.7" && !aboutSignIn(code)
	case concernsAddress(f.Status):
		f.Class = domain.FaultAddress
	default:
		f.Class = domain.FaultMessage
	}
	return f
}

// concernsEveryLetter reports whether the 5xx answer is about us and not about the one letter: all
// that comes before MAIL, the codes of sign-in (RFC 4954), policy (5.7.x), and an address fault that
// concerns the sender (RFC 3463 section 3.2: 5.1.7, 5.1.8; in answer to MAIL no other address is
// known yet).
func concernsEveryLetter(p phase, code int, status string) bool {
	switch {
	case p < phaseMail:
		return true
	case aboutSignIn(code):
		return true
	case subject(status) == "5.7" || status == "5.1.7" || status == "5.1.8":
		return true
	}
	return p == phaseMail && concernsAddress(status)
}

// aboutSignIn reports whether the answer is one of those that ask for a sign-in (RFC 4954 section 6).
func aboutSignIn(code int) bool { return code == 530 || code == 534 || code == 535 || code == 538 }

// concernsAddress reports whether the status says that an address will never work.
func concernsAddress(status string) bool { return subject(status) == "5.1" || status == "5.2.1" }

var enhanced = regexp.MustCompile(`^([245]\.[0-9]{1,3})\.[0-9]{1,3}(?:\s|$)`)

// statusOf is the enhanced status (RFC 3463) that text begins with, or "".
func statusOf(text string) string {
	m := enhanced.FindString(text)
	if m == "" {
		return ""
	}
	for i := range m {
		if m[i] != '.' && (m[i] < '0' || m[i] > '9') {
			return m[:i]
		}
	}
	return m
}

// subject is the class and subject of an enhanced status: "5.1" of "5.1.10".
func subject(status string) string {
	if m := enhanced.FindStringSubmatch(status); m != nil {
		return m[1]
	}
	return ""
}

// relayFault is a fault of ours or the server's that every letter would meet.
func relayFault(reason string, cause error) *domain.DeliveryFault {
	return &domain.DeliveryFault{Class: domain.FaultRelay, Reason: reason, Cause: cause}
}

// calledOff is a delivery that was stopped from our side before anything was decided.
func calledOff(cause error) *domain.DeliveryFault {
	return &domain.DeliveryFault{Class: domain.FaultRetry, Reason: "the delivery was called off", Cause: cause}
}
