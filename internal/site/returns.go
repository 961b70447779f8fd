package site

import (
	"io"
	"net/http"

	"github.com/gin-gonic/gin"

	"github.com/temadag/temadag/internal/domain"
)

// Where a mail server hands in what came back of a letter, and the header fields that say who it is from and
// whom it was for.
const (
	ReturnsPath      = "/retur"
	SignatureHeader  = "Temadag-Signature"
	DeliveredHeader  = "Temadag-To"
	mostReturnedBody = 1 << 20
)

// returnedDo takes a message from a mail server that has signed it. Nothing is told of what it was: the answer
// is the same for a message that is none of ours. Without a key on our side there is no such page.
func (s *Site) returnedDo(c *gin.Context) error {
	if s.returned == nil {
		return domain.NotFound("page.not_found")
	}
	message, err := io.ReadAll(c.Request.Body)
	if err != nil {
		return err
	}
	signed, err := s.returned(c.Request.Context(), c.GetHeader(SignatureHeader), c.GetHeader(DeliveredHeader), message)
	switch {
	case err != nil:
		return err // 503: nothing is kept, and the mail server hands it in again
	case !signed:
		c.String(http.StatusForbidden, "The signature is wrong or too old. The message was not read.\n")
	default:
		c.Status(http.StatusNoContent)
		c.Writer.WriteHeaderNow()
	}
	return nil
}
