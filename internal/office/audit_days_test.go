package office_test

import (
	"net/http"
	"testing"

	"github.com/temadag/temadag/internal/domain"
)

// Days in the wrong order are a slip, and no reason to say that nothing has been done.
func TestAudit_daysInTheWrongOrder(t *testing.T) {
	c := newWorld(t).user("Nora Exempel", in(domain.RoleAdministrator))
	c.get("/handlaggare/logg?from=2016-10-01&to=2016-10-01").want(t, http.StatusOK)
	c.get("/handlaggare/logg?from=2016-10-02&to=2016-10-01").want(t, http.StatusUnprocessableEntity, "Den sista dagen är före den första")
}
