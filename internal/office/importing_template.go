package office

import (
	"bytes"
	"net/http"
	"strconv"

	"github.com/gin-gonic/gin"

	"github.com/temadag/temadag/internal/domain"
	"github.com/temadag/temadag/internal/export"
	"github.com/temadag/temadag/internal/i18n"
	"github.com/temadag/temadag/internal/server"
)

// templateFields are the columns that we propose: given and family name apart, so that nobody has to guess
// where the one ends.
func templateFields(e domain.Event) []domain.ImportField {
	var out []domain.ImportField
	for _, f := range e.ImportFields() {
		if f != domain.ImportName {
			out = append(out, f)
		}
	}
	return out
}

// templateHeads are words that the reading of heads knows: see domain.Event.GuessMapping.
func (o *Office) templateHeads(p *i18n.Printer, e domain.Event) []string {
	var out []string
	for _, f := range templateFields(e) {
		out = append(out, importFieldName(p, e, f))
	}
	return out
}

const xlsxType = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"

func (o *Office) importTemplate(c *gin.Context) error {
	e, err := o.importFor(c)
	if err != nil {
		return err
	}
	p := o.printer(c)
	var b bytes.Buffer
	if err := export.Template(&b, p.T("import.template_sheet"), o.templateHeads(p, e)); err != nil {
		return err
	}
	c.Header("Content-Disposition", server.Attachment(p.T("import.template_name", "event", e.Slug)))
	c.Header("Content-Length", strconv.Itoa(b.Len()))
	c.Data(http.StatusOK, xlsxType, b.Bytes())
	return nil
}
