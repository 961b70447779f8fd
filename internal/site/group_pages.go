package site

import (
	"net/http"
	"strconv"

	"github.com/gin-gonic/gin"

	"github.com/temadag/temadag/internal/domain"
	"github.com/temadag/temadag/internal/i18n"
	"github.com/temadag/temadag/internal/server"
	"github.com/temadag/temadag/internal/view"
)

// groupNewPage is the form for several, empty or with what was typed.
type groupNewPage struct {
	registrationFrame
	groupForm
	Faults   []view.Fault
	Rows     int
	More     bool   // further rows can be had
	MoreAt   string // the anchor of the first of them
	Limit    int
	AsksEach bool // each person answers questions of her own later
	Single   string
}

// groupReviewPage is what was typed, to be read once more.
type groupReviewPage struct {
	registrationFrame
	Contact  []reviewRow
	People   []reviewRow
	Places   int
	AsksEach bool
	Hidden   []hiddenField
	Meant    *meantPlace
}

// groupFrame is the frame of the form for several. What can be had is told by the mode and not by a
// hidden field.
func (s *Site) groupFrame(l domain.Lang, e domain.Event, token string) registrationFrame {
	f := s.registrationFrame(l, e, token)
	f.Action = s.paths.For(l, "groupregister", e.Slug)
	p := s.printer(l)
	f.Heading = p.T("group.heading", "town", townOrTitle(l, e))
	f.Left = newOccasion(p, e, s.now()).Line
	f.Queue = !f.Apply && e.Availability(s.now()) == domain.AvailableQueue
	return f
}

func (s *Site) groupPage(l domain.Lang, e domain.Event, name string, body any) page {
	described := s.registrationPage(l, e, name, body)
	described.template, described.route = "public/group_"+name, "groupregister"
	described.Title = s.printer(l).T("group."+name+".page_title", "event", eventTitle(l, e))
	return described
}

// showGroupForm shows the form with what was typed.
func (s *Site) showGroupForm(c *gin.Context, status int, e domain.Event, in postedGroup, faults *domain.Invalid, n *view.Notice) error {
	l := server.LangOf(c)
	p := s.printer(l)
	in.fit()
	body := groupNewPage{
		registrationFrame: s.groupFrame(l, e, s.renewedFor(groupTokenOf(e.Slug), in.Token)), groupForm: s.newGroupForm(p, e, in),
		Rows: len(in.Entry.People), Limit: e.Rules.GroupLimit, AsksEach: asksEach(e), Single: s.paths.For(l, "register", e.Slug),
	}
	body.More = body.Rows < e.Rules.GroupLimit
	body.MoreAt = personName(body.Rows+1, "given_name")
	body.Notice = n
	body.Faults = body.told(p, e, faults)
	described := s.groupPage(l, e, "new", body)
	described.Errors = len(body.Faults)
	return s.write(c, status, described)
}

// asksEach reports whether the event asks something that each person answers for herself.
func asksEach(e domain.Event) bool {
	return len(e.Questions) > 0 || len(e.ChosenSessions()) > 0 || e.AsksNeeds()
}

// showGroupFaults shows the form with everything that is wrong in it.
func (s *Site) showGroupFaults(c *gin.Context, e domain.Event, in postedGroup, err error) error {
	faults, err := faultsOf(err)
	if err != nil {
		return err
	}
	return s.showGroupForm(c, http.StatusUnprocessableEntity, e, in, faults, nil)
}

// showGroupReview shows what was typed, as it will be kept, with the button that makes it binding.
func (s *Site) showGroupReview(c *gin.Context, status int, e domain.Event, in postedGroup, n *view.Notice) error {
	g, err := e.ReadGroup(in.Entry, s.now())
	if err != nil {
		return s.showGroupFaults(c, e, in, err)
	}
	l := server.LangOf(c)
	p := s.printer(l)
	body := groupReviewPage{
		registrationFrame: s.groupFrame(l, e, s.renewedFor(groupTokenOf(e.Slug), in.Token)),
		Contact:           groupRows(p, e, in, g), People: peopleRows(p, e, s.namesLater(e), in, g), Places: g.Places(),
		AsksEach: asksEach(e), Hidden: in.hidden(e), Meant: newMeantPlace(p, g.Work.Municipality),
	}
	body.Notice = n
	return s.write(c, status, s.groupPage(l, e, "review", body))
}

// showGroupSent is for a form that has been sent already, with another contact person in it.
func (s *Site) showGroupSent(c *gin.Context, e domain.Event, in postedGroup) error {
	l := server.LangOf(c)
	body := registrationSentPage{Event: e, Name: eventName(l, e), New: s.paths.For(l, "groupregister", e.Slug)}
	if key, _, _ := s.tokens.ReadFormToken(groupTokenOf(e.Slug), in.Token, s.now()); key != "" {
		body.Receipt = s.paths.For(l, "groupreceipt", key)
	}
	return s.write(c, http.StatusConflict, s.registrationPage(l, e, "sent", body))
}

// groupReceiptPage is what everyone sees after the button for several, whether the addresses were new
// or registered already.
type groupReceiptPage struct {
	domain.GroupReceipt
	Event   domain.Event
	Name    string
	Heading string
	Where   string
	Lines   []groupLine
	Taken   int // places that came of it, in the queue too
	Unnamed int // of them, without a name
	Cancel  string
	Offers  string
	Kept    string
	Page    string
	Apply   bool
	Seat    bool
	Queue   bool // somebody waits
}

// groupLine is one row of a group, with what came of it in words.
type groupLine struct {
	domain.GroupPlace
	Label  string // the name, or "Plats utan namn"
	Status string
}

func (s *Site) groupReceiptShow(c *gin.Context) error {
	ctx, l := c.Request.Context(), server.LangOf(c)
	receipt, err := s.registrations.GroupReceipt(ctx, c.Param("key"))
	if err != nil {
		return uniform(err, "receipt.not_found")
	}
	e, err := s.event(ctx, receipt.EventSlug)
	if err != nil {
		return err
	}
	p := s.printer(l)
	body := groupReceiptPage{
		GroupReceipt: receipt, Event: e, Name: eventName(l, e), Where: placeAndTown(p, e), Lines: groupLines(p, receipt.Places),
		Offers: offersLine(p, e), Kept: keptLine(p, e), Page: s.paths.For(l, "event", e.Slug),
	}
	for _, place := range receipt.Places {
		body.count(place)
	}
	body.Heading = body.heading(p)
	body.Cancel = p.T("group.receipt.cancel", "phone", phoneOf(e))
	return s.write(c, http.StatusOK, page{
		template: "public/group_receipt", route: "groupreceipt", args: []string{c.Param("key")},
		Page: view.Page{
			Title: body.Heading + " – " + eventTitle(l, e), NoIndex: true, Nav: view.NavCalendar, Organiser: footerContact(e), ProtectedTold: true, Body: body,
		},
	})
}

func (g *groupReceiptPage) count(place domain.GroupPlace) {
	if place.Status == "" {
		return
	}
	g.Taken++
	if place.Name == "" {
		g.Unnamed++
	}
	switch place.Status {
	case domain.Waitlisted:
		g.Queue = true
	case domain.Pending:
		g.Apply = true
	default:
		g.Seat = true
	}
}

// heading says what came of it for the group as a whole.
func (g *groupReceiptPage) heading(p *i18n.Printer) string {
	switch {
	case g.Apply:
		return p.T("group.receipt.title_pending", "count", g.Taken)
	case g.Seat && g.Queue, g.Taken < len(g.Places):
		return p.T("group.receipt.title_some")
	case g.Queue:
		return p.T("group.receipt.title_queue", "count", g.Taken)
	}
	return p.T("group.receipt.title", "count", g.Taken)
}

// groupLines is the places of a group in words, in the order given.
func groupLines(p *i18n.Printer, places []domain.GroupPlace) []groupLine {
	lines := make([]groupLine, len(places))
	for i, place := range places {
		lines[i] = groupLine{GroupPlace: place, Label: place.Name, Status: p.T("group.place.none")}
		if place.Name == "" {
			lines[i].Label = p.T("group.place.unnamed", "number", strconv.Itoa(i+1))
		}
		switch {
		case place.Name == "" && place.Status == domain.Confirmed:
			lines[i].Status = p.T("group.place.waits")
		case place.Status != "":
			lines[i].Status = p.T("status." + string(place.Status))
		}
	}
	return lines
}
