package service

import (
	"context"
	"errors"
	"strings"

	"github.com/temadag/temadag/internal/domain"
	"github.com/temadag/temadag/internal/store"
)

// returnPath is the envelope sender of a letter: where what comes back of it is sent, with a mark that only
// we can make. Without an address for returns it is From.
func (o *Outbox) returnPath(l domain.Letter) string {
	local, host, ok := strings.Cut(o.Returns, "@")
	if !ok {
		return o.From
	}
	return local + "+" + o.Keys.ReturnTag(int64(l.ID)) + "@" + host
}

// Returned notes what came back of a letter: it is found by the mark in the address that the message was sent
// to, and by nothing else. An address that will never work gets no more mailings. It reports false for a
// message that bears no mark of ours, or of a letter that no server has taken; nothing is changed then, and
// nothing when the same comes twice.
func (o *Outbox) Returned(ctx context.Context, a domain.Actor, r domain.Returned) (known bool, err error) {
	if err := a.Require(domain.PermDeliver); err != nil {
		return false, err
	}
	id, ok := o.marked(r.To)
	if !ok {
		return false, nil
	}
	err = o.Store.Write(ctx, func(tx *store.Tx) error {
		known = false
		l, err := tx.LetterByID(ctx, id)
		if errors.Is(err, domain.ErrNotFound) || err == nil && l.State != domain.LetterAccepted && l.State != domain.LetterSending {
			return nil
		}
		if err != nil {
			return err
		}
		known = true
		fresh, err := tx.PutReturn(ctx, id, r, o.Now())
		if err != nil || !fresh || !r.Unreachable() || l.To == "" { // whom it went to has been forgotten
			return err
		}
		return tx.Suppress(ctx, o.Keys.AddressHash(domain.EmailKey(l.To)), "", domain.SuppressUnreachable, a.Name, o.Now())
	})
	return known, err
}

func (o *Outbox) marked(to []string) (domain.LetterID, bool) {
	mine, host, ok := strings.Cut(o.Returns, "@")
	if !ok {
		return 0, false
	}
	for _, address := range to {
		at := strings.LastIndexByte(address, '@')
		if at < 0 || !strings.EqualFold(address[at+1:], host) {
			continue
		}
		local, tag, ok := strings.Cut(address[:at], "+")
		if !ok || !strings.EqualFold(local, mine) {
			continue
		}
		if id, ok := o.Keys.ReadReturnTag(tag); ok {
			return domain.LetterID(id), true
		}
	}
	return 0, false
}
