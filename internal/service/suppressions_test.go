package service_test

import (
	"testing"

	"github.com/temadag/temadag/internal/domain"
	"github.com/temadag/temadag/internal/store"
)

// Whoever wanted no invitations, and now wants no mailings at all, is noted so: the one is no word about the
// other. Once more is nothing, and her own word is not noted over what mail has told.
func TestSuppressions_byHandAgainstMore(t *testing.T) {
	t.Parallel()
	for was, want := range map[domain.SuppressionReason]domain.SuppressionReason{
		"":                          domain.SuppressByHand,
		domain.SuppressUnsubscribed: domain.SuppressByHand,
		domain.SuppressUnreachable:  domain.SuppressUnreachable,
	} {
		d := newInviting(t)
		hash := d.Keys.AddressHash(domain.EmailKey("eva@example.se"))
		if err := d.Store.Write(t.Context(), func(tx *store.Tx) error {
			if was == "" {
				return nil
			}
			return tx.Suppress(t.Context(), hash, "BD", was, "test", d.Clock.Now())
		}); err != nil {
			t.Fatal(err)
		}
		for range 2 {
			if err := d.mailingDesk.s.SuppressByHand(t.Context(), d.a, "eva@example.se", "BD", domain.StopAsked); err != nil {
				t.Fatal(err)
			}
		}
		why, err := d.Store.Suppressed(t.Context(), "BD", hash)
		if err != nil || why[string(hash)] != want {
			t.Errorf("after %q it is %q, not %q: %v", was, why[string(hash)], want, err)
		}
	}
}
