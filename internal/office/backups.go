package office

import (
	"github.com/gin-gonic/gin"

	"github.com/temadag/temadag/internal/view"
)

// backupNotices tell an administrator that backups fail, and that the database was brought back from one: what
// that means for those she answers for, and what she has to look at.
func (o *Office) backupNotices(c *gin.Context) ([]view.Notice, error) {
	fault, lately, held, err := o.Desk.Backups(c.Request.Context(), signedIn(c).Actor)
	if err != nil {
		return nil, err
	}
	p := o.printer(c)
	var out []view.Notice
	if !fault.At.IsZero() {
		text := p.T("backup.failed.never")
		if !fault.Good.IsZero() {
			text = p.T("backup.failed.since", "good", p.Instant(fault.Good))
		}
		out = append(out, view.Notice{Kind: "warning", Title: p.T("backup.failed.title"), Text: text})
	}
	if !lately.At.IsZero() {
		text := p.T("backup.returned.means", "from", p.Instant(lately.Backup), "at", p.Instant(lately.At))
		if held > 0 {
			text += " " + p.T("backup.returned.held", "count", held)
		}
		if lately.Mailings > 0 {
			text += " " + p.T("backup.returned.mailings", "count", lately.Mailings)
		}
		out = append(out, view.Notice{
			Kind: "warning", Title: p.T("backup.returned.title", "from", p.Instant(lately.Backup)), Text: text + " " + p.T("backup.returned.look"),
		})
	}
	return out, nil
}
