package office

import (
	"github.com/gin-gonic/gin"

	"github.com/temadag/temadag/internal/domain"
	"github.com/temadag/temadag/internal/server"
)

func (o *Office) deliveryRoutes() []server.Route {
	return nil
}

// mailingSent is the page of a mailing that has been let go: how far it has come, what went wrong, and what
// can be done about it.
func (o *Office) mailingSent(c *gin.Context, m domain.Mailing, _ domain.MailingCounts) error {
	return o.answer(c, nil, "office_mailing", "office_mailings", formPage{Heading: m.Subject.In(o.printer(c).Lang())}, m.UID)
}
