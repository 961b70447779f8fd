package site

import (
	"errors"
	"testing"

	"github.com/temadag/temadag/internal/domain"
	"github.com/temadag/temadag/internal/i18n"
	"github.com/temadag/temadag/web"
)

// Every fault of ours that a form may meet has words of its own, below each form's prefix.
func TestUnavailable_isTold(t *testing.T) {
	c, err := i18n.Load(web.Locales())
	if err != nil {
		t.Fatal(err)
	}
	for _, fault := range []error{
		domain.ErrUnsettled, &domain.Error{Code: domain.CodeUnavailable, Key: "store.down"},
		&domain.Error{Code: domain.CodeUnavailable, Key: "store.busy"},
	} {
		why := unavailable(errors.Join(fault, errors.New("the cause")))
		for _, prefix := range []string{"registration.again.", "own.again."} {
			for _, l := range domain.Langs() {
				for _, part := range []string{".title", ".text"} {
					if !c.For(l).Has(prefix + why + part) {
						t.Errorf("%s: %s%s%s is missing", l, prefix, why, part)
					}
				}
			}
		}
	}
}
