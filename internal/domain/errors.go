package domain

import (
	"errors"
	"strings"
)

// Code classes a refusal; the server alone turns it into an HTTP status.
type Code string

// The classes of refusal.
const (
	CodeInvalid     Code = "invalid"     // something typed is missing or wrong
	CodeNotFound    Code = "not_found"   // absent, or not for this actor: the two look the same
	CodeConflict    Code = "conflict"    // the same key was used for something else
	CodeClosed      Code = "closed"      // the event does not take registrations now
	CodeFull        Code = "full"        // no place and no waiting list
	CodeTooMany     Code = "too_many"    // a rate limit
	CodeUnavailable Code = "unavailable" // a fault of ours; trying again later is safe
)

// Error is a refusal that a visitor may be told of. Key names a text in the catalogues, Args fill
// its holes, Field names the input it concerns ("" for none). Every other error is ours and is
// never shown.
type Error struct {
	Code  Code
	Key   string
	Field string
	Args  map[string]any
}

// Error is the class, field and message key, for logs; it holds nothing that was typed.
func (e *Error) Error() string {
	if e.Field == "" {
		return string(e.Code) + ": " + e.Key
	}
	return string(e.Code) + ": " + e.Key + " (" + e.Field + ")"
}

// Is lets errors.Is compare by code and key, so that a sentinel without a key matches its class.
func (e *Error) Is(target error) bool {
	t, ok := target.(*Error)
	return ok && t.Code == e.Code && (t.Key == "" || t.Key == e.Key)
}

// ErrNotFound is the class of everything absent or hidden from the actor.
var ErrNotFound = &Error{Code: CodeNotFound}

// ErrUnsettled says that nobody can tell whether something was kept: the database was lost while it was being
// committed. Sending the same again is safe wherever sending twice is.
var ErrUnsettled = &Error{Code: CodeUnavailable, Key: "store.unknown"}

// NotFound says that the thing named by key ("event.not_found") is absent or not for this actor.
func NotFound(key string) *Error { return &Error{Code: CodeNotFound, Key: key} }

// Invalid gathers every fault found in one form, in the order of its fields. An Invalid that is
// returned holds at least one.
type Invalid struct{ Faults []*Error }

// Error lists the faults by key and field, without what was typed.
func (v *Invalid) Error() string {
	parts := make([]string, len(v.Faults))
	for i, f := range v.Faults {
		parts[i] = f.Error()
	}
	return strings.Join(parts, "; ")
}

// Add notes a fault in a field.
func (v *Invalid) Add(field, key string, args map[string]any) {
	v.Faults = append(v.Faults, &Error{Code: CodeInvalid, Key: key, Field: field, Args: args})
}

// Err is v, or nil where no fault was noted.
func (v *Invalid) Err() error {
	if len(v.Faults) == 0 {
		return nil
	}
	return v
}

// CodeOf is the class of err, or "" where err is not a refusal.
func CodeOf(err error) Code {
	var e *Error
	if errors.As(err, &e) {
		return e.Code
	}
	var v *Invalid
	if errors.As(err, &v) {
		return CodeInvalid
	}
	return ""
}
