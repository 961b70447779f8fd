package office

import (
	"github.com/gin-gonic/gin"

	"github.com/temadag/temadag/internal/domain"
	"github.com/temadag/temadag/internal/view"
)

// wayGroup is the ways on from an event that belong together.
type wayGroup struct {
	ID, Heading string
	Ways        []view.Crumb
}

// ways are the pages about an event that the actor may open, in three groups: who comes, the event itself,
// and what is done when something has to change. A group without a way is left out.
func (o *Office) ways(c *gin.Context, a domain.Actor, e domain.DeskEvent) []wayGroup {
	var out []wayGroup
	group := func(id string, list func(way func(may bool, route string))) {
		g := wayGroup{ID: id, Heading: o.printer(c).T("office.event.ways." + id)}
		list(func(may bool, route string) {
			if may {
				g.Ways = append(g.Ways, o.wayTo(c, e, route))
			}
		})
		if len(g.Ways) > 0 {
			out = append(out, g)
		}
	}
	draft, public := e.State == domain.EventDraft, e.State == domain.EventPublished
	edits := a.MayAt(domain.PermEditProgramme, e.Event)
	people := func(way func(may bool, route string)) {
		registers := a.MayAt(domain.PermRegisterOther, e.Event) && public
		way(a.MayAt(domain.PermReadRegistrations, e.Event) && !draft, "office_people")
		way(a.MayAt(domain.PermManage, e.Event) && e.ByStatus[domain.Pending]+e.Asked > 0, "office_answers")
		if handsOut := a.MayAt(domain.PermExport, e.Event) || a.MayAt(domain.PermCheckIn, e.Event); handsOut {
			way(!draft, "office_lists")
		} else { // the one paper that is hers
			way(!draft, "office_venue")
		}
		way(a.MayAt(domain.PermCheckIn, e.Event) && !draft, "office_attendance")
		way(a.MayAt(domain.PermReadMail, e.Event), "office_automatics")
		way(a.MayAt(domain.PermReadMail, e.Event) && !draft, "office_event_mailings")
		way(a.MayAt(domain.PermWriteMail, e.Event) && public, "office_invitation_mail")
		way(registers, "office_register")
		way(registers, "office_import")
		way(a.MayAt(domain.PermCountNeeds, e.Event) && (e.AsksNeeds() || e.Needs > 0), "office_kitchen")
		way(a.MayAt(domain.PermReadNeeds, e.Event) && e.Needs > 0, "office_needs")
	}
	event := func(way func(may bool, route string)) {
		way(edits && e.State != domain.EventCancelled, "office_edit")
		way(edits, "office_documents")
		way(a.MayAt(domain.PermManage, e.Event) && e.State != domain.EventCancelled, "office_capacity")
		way(edits && e.SeriesSlug != "", "office_series")
		way(mayShare(a, e.Event), "office_share")
		way(edits, "office_preview")
		way(edits && (draft || public), "office_publish")
		way(!draft, "event")
		way(edits && mayBegin(a), "office_copy")
	}
	group("people", people)
	group("event", event)
	if draft { // nobody can have registered: what is to be done is to finish it
		out = nil
		group("event", event)
		group("people", people)
	}
	group("change", func(way func(may bool, route string)) {
		way(edits && public, "office_change")
		way(edits && public, "office_call_off")
		way(a.MayAt(domain.PermReadRegistrations, e.Event) && (e.Revision > 0 || e.State == domain.EventCancelled), "office_reach")
	})
	return out
}

func (o *Office) wayTo(c *gin.Context, e domain.DeskEvent, route string) view.Crumb {
	slug := e.Slug
	if route == "office_series" {
		slug = e.SeriesSlug
	}
	return view.Crumb{URL: o.path(c, route, slug), Label: o.printer(c).T("office.way." + route)}
}
