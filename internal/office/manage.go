package office

import (
	"slices"

	"github.com/temadag/temadag/internal/domain"
	"github.com/temadag/temadag/internal/server"
)

// manageRoutes are the pages on which something is done to participants: to many at once (manage_bulk.go),
// to two that are one person's (manage_merge.go), to those with protected identity (manage_protect.go), with
// what someone needs (manage_needs.go), and with a letter that did not arrive (manage_letter.go).
func (o *Office) manageRoutes() []server.Route {
	one, of := "/tillfalle/:slug/deltagare/:ref/", "/event/:slug/people/:ref/"
	return slices.Concat(
		change("office_bulk", "/tillfalle/:slug/flera", "/event/:slug/several", domain.PermManage, o.bulkShow, o.bulkDo),
		change("office_bulk_go", "/tillfalle/:slug/flera/:id", "/event/:slug/several/:id", domain.PermManage, o.bulkGoShow, o.bulkGoDo),
		read("office_duplicates", "/tillfalle/:slug/dubbletter", "/event/:slug/duplicates", domain.PermManage, o.duplicatesShow),
		change("office_merge", one+"sla-ihop", of+"merge", domain.PermManage, o.mergeShow, o.mergeDo),
		change("office_protect", one+"skydda", of+"protect", domain.PermProtect, o.protectShow, o.protectDo),
		change("office_reveal", one+"visa", of+"reveal", domain.PermProtect, o.revealShow, o.revealDo),
		change("office_letter", one+"brev/:id", of+"letter/:id", domain.PermWriteMail, o.letterShow, o.letterDo),
		read("office_needs", "/tillfalle/:slug/behov/personer", "/event/:slug/needs/people", domain.PermReadNeeds, o.needsShow),
		change("office_needs_open", "/tillfalle/:slug/behov/personer/:ref", "/event/:slug/needs/people/:ref", domain.PermReadNeeds, o.needsOpenShow, o.needsOpenDo),
	)
}
