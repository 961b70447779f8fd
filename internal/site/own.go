package site

import (
	"net/http"

	"github.com/gin-gonic/gin"

	"github.com/temadag/temadag/internal/domain"
	"github.com/temadag/temadag/internal/i18n"
	"github.com/temadag/temadag/internal/view"
)

// ownPage is a person's own registration behind her personal link: where it stands, what she can do,
// and everything that is kept of it. Looking at it changes nothing; each thing to do has a page or a
// button of its own.
type ownPage struct {
	domain.OwnRegistration
	Name         string
	Where        string
	Heading      string   // "Du är anmäld"
	Now          []string // what holds, in sentences
	Reason       string   // in the words of the organiser who ended it; "" for none
	Done         *view.Notice
	Again        *view.Notice // what was sent was not taken
	Offer        *offer
	Position     *queuePlace
	Others       []ownOther
	Open         *openTowns // for who waits; nil where there is nowhere else to go
	Keeps        *ownLink
	MovedTo      *ownLink
	Ways         []way // what she can do
	Register     *ownLink
	Live         bool
	Seat         bool
	Sessions     []chosenLine
	Needs        []reviewRow // none where she told nothing
	NeedsWay     string      // where they can be changed; "" for nowhere
	Late         string
	Erased       string
	Rows         []reviewRow
	Lines        []historyLine
	Rules        rules
	TermsHeading string
	NewTerms     bool // the event's terms have changed since; these still hold
	Kept         string
	Feed         string
	Page         string
	Print        view.Crumb
	Invitations  *ownInvitations // nil for who has no address
}

// openTowns are where the series has places while she waits here.
type openTowns struct {
	Title string
	Ways  []ownLink
}

// ownLink is the way to another page about her.
type ownLink struct{ URL, Town, Label string }

// chosenLine is a session that she has chosen.
type chosenLine struct {
	domain.ChosenSession
	When string
	Text string // "Du har plats."
}

func (s *Site) ownShow(c *gin.Context) error {
	v, err := s.visit(c)
	if err != nil {
		return err
	}
	return s.showOwn(v, again{})
}

// showOwn is the personal page, with what there is to say about what was sent a moment ago.
func (s *Site) showOwn(v ownVisit, a again) error {
	body, err := s.ownBody(v)
	if err != nil {
		return err
	}
	body.Again = a.notice
	if a.notice == nil {
		body.Done = doneNotice(v.p, v.c.Query(fieldDone), v.OwnRegistration)
	}
	status := a.status
	if status == 0 {
		status = http.StatusOK
	}
	return s.write(v.c, status, page{
		template: "public/own", route: "own", args: []string{v.token},
		Page: view.Page{
			Title: v.p.T("own.title") + " – " + eventTitle(v.lang(), v.Event), NoIndex: true, Nav: view.NavCalendar,
			Organiser: footerContact(v.Event), ProtectedTold: true, Body: body,
		},
	})
}

func (s *Site) ownBody(v ownVisit) (ownPage, error) {
	p, l, e, r := v.p, v.lang(), v.Event, v.Registration
	others, err := s.ownOthers(v)
	if err != nil {
		return ownPage{}, err
	}
	body := ownPage{
		OwnRegistration: v.OwnRegistration, Name: eventName(l, e), Where: placeAndTown(p, e),
		Heading: ownHeading(v, s.now()), Now: s.ownNow(v), Reason: endReason(v.History, r.Status),
		Offer: s.newOffer(v), Position: newQueuePlace(v, s.now()), Others: others,
		Keeps: s.ownLink(v, v.OwnRegistration.Keeps), MovedTo: s.ownLink(v, v.OwnRegistration.MovedTo), Ways: s.ways(v),
		Live: r.Status.Live(), Seat: r.Status == domain.Confirmed, Sessions: chosenLines(p, v.OwnRegistration.Sessions),
		Rows: reviewRows(p, e, r.Participant), Lines: historyLines(p, v.History), Rules: ownRules(v),
		TermsHeading: termsHeading(v), NewTerms: v.Terms.ID != e.Terms.ID, Kept: keptLine(p, e), Feed: s.ownFeed(v),
		Page: s.paths.For(l, "event", e.Slug), Print: view.Crumb{URL: s.paths.For(l, "own_print", v.token), Label: v.p.T("own.way.print" + printKind(v))},
	}
	if body.Invitations, err = s.ownInvitations(v); err != nil {
		return ownPage{}, err
	}
	if body.Open, err = s.openTowns(v); err != nil {
		return ownPage{}, err
	}
	if !body.Live {
		body.Register = s.registerAgain(v)
	}
	s.fillNeeds(v, &body)
	return body, nil
}

// openTowns finds the towns of the series with places left, for someone who waits here, has no place
// that she keeps meanwhile, and is not registered there already.
func (s *Site) openTowns(v ownVisit) (*openTowns, error) {
	if v.status() != domain.Waitlisted || !v.Options.Leave || v.OwnRegistration.Keeps != nil {
		return nil, nil
	}
	_, all, err := s.siblings(v.c.Request.Context(), v.p, v.Event)
	if err != nil {
		return nil, err
	}
	var towns []string
	var ways []ownLink
	for _, o := range all {
		if o.Status == domain.AvailableOpen && o.Action != "" && otherIn(v.OwnRegistration, o.Slug) == nil {
			towns = append(towns, townOrTitle(v.lang(), o.Event))
			ways = append(ways, ownLink{URL: s.paths.For(v.lang(), "event", o.Slug), Label: o.Action})
		}
	}
	if len(ways) == 0 {
		return nil, nil
	}
	return &openTowns{Title: v.p.T("own.elsewhere.title", "towns", listed(v.p, towns)), Ways: ways}, nil
}

// ownFeed is her own calendar entry; "" for who has no place, or no day to put it on.
func (s *Site) ownFeed(v ownVisit) string {
	if v.status() != domain.Confirmed || v.Event.Day.IsZero() || v.Event.State == domain.EventCancelled {
		return ""
	}
	return s.paths.For(v.lang(), "own_calendar", v.token)
}

// fillNeeds shows what she has told of food and access, until when it is kept, and whether it came
// late.
func (s *Site) fillNeeds(v ownVisit, body *ownPage) {
	if !v.OwnRegistration.Needs.Empty() {
		for _, row := range needsRows(v.p, v.Event, v.OwnRegistration.Needs) {
			if len(row.Values) > 1 || row.Values[0] != v.p.T("answer.none") {
				body.Needs = append(body.Needs, row)
			}
		}
		if day := v.Event.NeedsErasedOn(); !day.IsZero() {
			body.Erased = v.p.T("own.needs.erased_on", "day", day)
		}
		if late(v) {
			body.Late = v.p.T("own.needs.late", "day", v.Event.NeedsBy())
		}
	}
	if len(body.Needs) > 0 || mayTellNeeds(v, s.now()) {
		body.NeedsWay = s.paths.For(v.lang(), "own_needs", v.token)
	}
}

func (s *Site) ownLink(v ownVisit, o *domain.OtherPlace) *ownLink {
	if o == nil {
		return nil
	}
	l := &ownLink{Town: townOrTitle(v.lang(), o.Event)}
	if o.Token != "" {
		l.URL = s.paths.For(v.lang(), "own", o.Token)
	}
	return l
}

// registerAgain is the way back in for someone whose registration has ended; nil where nobody can
// register.
func (s *Site) registerAgain(v ownVisit) *ownLink {
	o := newOccasion(v.p, v.Event, s.now())
	if o.Action == "" {
		return nil
	}
	return &ownLink{URL: s.paths.For(v.lang(), "register", v.Event.Slug), Town: townOrTitle(v.lang(), v.Event), Label: o.Action}
}

func chosenLines(p *i18n.Printer, chosen []domain.ChosenSession) []chosenLine {
	lines := make([]chosenLine, len(chosen))
	for i, ch := range chosen {
		lines[i] = chosenLine{ChosenSession: ch, When: p.Hours(ch.Session.Starts, ch.Session.Ends), Text: p.T("choice_status." + string(ch.Status))}
		switch {
		case ch.Status == domain.ChoiceWaitlisted && ch.Ahead > 0:
			lines[i].Text = p.T("own.sessions.waiting", "count", ch.Ahead)
		case ch.Status == domain.ChoiceWaitlisted:
			lines[i].Text = p.T("own.sessions.waiting_first")
		}
	}
	return lines
}

// keptLine tells when a registration is erased, or that nobody has decided it yet.
func keptLine(p *i18n.Printer, e domain.Event) string {
	if day := e.ErasedOn(); !day.IsZero() {
		return p.T("privacy.kept_until", "day", p.DateNoWeekday(day), "support", e.Retention.Support)
	}
	return p.T("privacy.kept_undecided")
}
