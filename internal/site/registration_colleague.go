package site

import (
	"errors"
	"net/http"

	"github.com/gin-gonic/gin"

	"github.com/temadag/temadag/internal/domain"
)

// colleagueParam names, in the address of the form, the receipt whose workplace it begins with.
const colleagueParam = "kollega"

// colleaguePath is the form of the event beginning with the workplace of a receipt.
func (s *Site) colleaguePath(l domain.Lang, slug, key string) string {
	return s.paths.For(l, "register", slug) + "?" + colleagueParam + "=" + key
}

// registrationColleague shows the form with the workplace of an earlier registration: what two
// people who work together have in common, and nothing that is the first one's own. It is not done
// where the key leads nowhere or to another event, and the empty form is shown instead.
func (s *Site) registrationColleague(c *gin.Context, slug, key string) (done bool, err error) {
	receipt, err := s.registrations.Receipt(c.Request.Context(), key)
	if errors.Is(err, domain.ErrNotFound) || (err == nil && receipt.EventSlug != slug) {
		return false, nil
	}
	if err != nil {
		return false, err
	}
	e, err := s.event(c.Request.Context(), slug)
	if err != nil || !takes(e, s.now()) {
		return false, err
	}
	return true, s.showForm(c, http.StatusOK, e, posted{Entry: workplace(receipt)}, nil, nil)
}

// workplace is what a colleague's form begins with.
func workplace(r domain.Receipt) domain.Entry {
	return domain.Entry{
		Organisation: r.Organisation, OrganisationType: string(r.OrganisationType), Municipality: r.Municipality,
		Invoice: domain.InvoiceEntry{
			OrgNumber: r.Invoice.OrgNumber, Reference: r.Invoice.Reference, PeppolID: r.Invoice.PeppolID, Address: r.Invoice.Address,
		},
	}
}
