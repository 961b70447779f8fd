package server

import (
	"io"
	"net/http"
	"net/url"
	"slices"
	"strings"

	"github.com/gin-gonic/gin"
)

// ReadForm is the body of a form and nothing of its address. The single fields may stand in it once, the
// others as often as they like; any other field means that the form is not ours and is refused: nobody
// who filled in a page meets that.
func ReadForm(c *gin.Context, single []string, several ...string) (url.Values, error) {
	unknown := &Refusal{Status: http.StatusBadRequest, Key: "error.form_unknown"}
	kind, _, _ := strings.Cut(c.Request.Header.Get("Content-Type"), ";")
	if !strings.EqualFold(strings.TrimSpace(kind), "application/x-www-form-urlencoded") {
		return nil, &Refusal{Status: http.StatusUnsupportedMediaType, Key: "error.form_unknown"}
	}
	body, err := io.ReadAll(c.Request.Body)
	if TooLarge(err) {
		return nil, err
	}
	if err != nil {
		return nil, unknown
	}
	values, err := url.ParseQuery(string(body))
	if err != nil {
		return nil, unknown
	}
	for name, given := range values {
		if slices.Contains(several, name) || (slices.Contains(single, name) && len(given) == 1) {
			continue
		}
		return nil, unknown
	}
	return values, nil
}
