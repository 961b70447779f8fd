package site

import (
	"context"

	"github.com/gin-gonic/gin"

	"github.com/temadag/temadag/internal/domain"
	"github.com/temadag/temadag/internal/i18n"
	"github.com/temadag/temadag/internal/view"
)

// eventPage is one event, with what may be done about it and where else to go when nothing can.
type eventPage struct {
	occasion
	Series    *domain.Series // nil for an event of its own
	Others    []occasion     // the other occasions of the series
	Notice    *view.Notice   // nil where places are left
	Days      []programmeDay
	Speakers  []domain.Speaker // none where the programme names every one
	Places    string           // what the line about places is called
	HoursLine string           // beside the day; with the days of several, the first and last hour
	Rules     rules
	Life      []fact // what holds beyond the days: who may register, how freed places go
	Group     string // the form for several; "" where one person registers one
	Protected string // for people with protected personal data
	Phone     string // whom to call to register or ask
	Email     string // whom to write to
	Feed      string // address of the calendar file
}

// programmeDay is the sessions of one day; Day is zero where the event has one day.
type programmeDay struct {
	Day       domain.Date
	Programme []domain.Session
}

// rules is what a registration binds to, in words.
type rules struct {
	Binding bool
	Terms   domain.Terms
	Cancel  string // until when the place can be given back, as a sentence; "" where it is not decided
	After   string // what can be done later, as a sentence
	Facts   []fact // the same and what staying away costs, briefly; none where nothing binds
}

// fact is a line in a list of facts.
type fact struct{ Label, Value string }

func newRules(p *i18n.Printer, e domain.Event) rules {
	r := rules{Binding: e.Binding, Terms: e.Terms, Cancel: p.T("rules.no_cancel")}
	switch {
	case !e.CancelUntil.IsZero():
		r.Cancel = p.T("rules.cancel_until", "day", e.CancelUntil)
	case e.Day.IsZero(): // nothing is decided yet
		r.Cancel = ""
	}
	if !e.Binding {
		return r
	}
	cancel, later := p.T("rules.cancel.never"), "rules.after.label_always"
	if !e.CancelUntil.IsZero() {
		cancel, later = p.Date(e.CancelUntil), "rules.after.label"
	}
	if r.Cancel != "" {
		r.Facts = append(r.Facts, fact{p.T("rules.cancel.label"), cancel})
	}
	if e.AfterCancel != "" {
		after := "rules.then."
		if e.CancelUntil.IsZero() { // there is no "after that"
			after = "rules.instead."
		}
		r.After = p.T(after + string(e.AfterCancel))
		r.Facts = append(r.Facts, fact{p.T(later), p.T("rules.after." + string(e.AfterCancel))})
	}
	fee := p.T("rules.no_show.free")
	if e.NoShowFee > 0 {
		fee = p.T("rules.no_show.fee", "kronor", e.NoShowFee)
	}
	r.Facts = append(r.Facts, fact{p.T("rules.no_show.label"), fee})
	return r
}

func (s *Site) eventShow(c *gin.Context) error {
	slug := c.Param("slug")
	return s.keep(c, c.Request.URL.Path, func(ctx context.Context, l domain.Lang) (page, error) {
		e, err := s.programme.Event(ctx, slug)
		if err != nil {
			return page{}, err
		}
		p := s.printer(l)
		body, err := s.eventBody(ctx, l, e)
		if err != nil {
			return page{}, err
		}
		data, err := s.eventData(l, e)
		if err != nil {
			return page{}, err
		}
		described := page{
			template: "public/event", route: "event", args: []string{slug},
			Page: view.Page{
				Title: eventTitle(l, e), Description: eventDescription(p, e), Nav: view.NavCalendar,
				Image: s.paths.For(l, "og", slug), Organiser: footerContact(e), Body: body,
				ProtectedTold: body.Action != "",
			},
		}
		described.JSONLD = data
		return described, nil
	})
}

// eventBody is what the page of an event tells.
func (s *Site) eventBody(ctx context.Context, l domain.Lang, e domain.Event) (eventPage, error) {
	p := s.printer(l)
	series, siblings, err := s.siblings(ctx, p, e)
	if err != nil {
		return eventPage{}, err
	}
	body := eventPage{
		occasion: newOccasion(p, e, s.now()), Series: series, Others: siblings,
		Days: programmeDays(e), Speakers: speakersBeside(e), HoursLine: hoursLine(p, e), Rules: newRules(p, e), Life: lifeFacts(p, e),
		Phone: phoneOf(e), Email: emailOf(e),
		Feed: s.paths.For(l, "eventics", e.Slug),
	}
	if body.Action != "" && e.Rules.Groups() {
		body.Group = s.paths.For(l, "groupregister", e.Slug)
	}
	body.Protected = p.T("event.protected", "phone", body.Phone)
	body.Notice = stateNotice(p, body.occasion, siblings)
	body.Places = placesLabel(p, body.Status)
	return body, nil
}

// placesLabel is what the line about places is about: places, or that nobody can register.
func placesLabel(p *i18n.Printer, status domain.Availability) string {
	switch status {
	case domain.AvailableOpen, domain.AvailableQueue, domain.AvailableFull:
		return p.T("event.places")
	}
	return p.T("event.registration")
}

// hoursLine is the hours of an event of one day with its week, "kl. 09.00–16.00, vecka 48"; of several
// days, when the first begins and the last ends.
func hoursLine(p *i18n.Printer, e domain.Event) string {
	if e.FinalDay() != e.Day {
		return p.When(e)
	}
	if hours := p.Hours(e.Starts, e.Ends); hours != "" {
		return hours + ", " + p.Week(e.Day)
	}
	return p.T("event.hour_later")
}

// siblings is the series of e and its other occasions; nil where e is on its own.
func (s *Site) siblings(ctx context.Context, p *i18n.Printer, e domain.Event) (*domain.Series, []occasion, error) {
	if e.SeriesSlug == "" {
		return nil, nil, nil
	}
	series, err := s.programme.Series(ctx, e.SeriesSlug)
	if err != nil {
		return nil, nil, err
	}
	if series.Title.En == "" && series.Title.Sv == e.Title.Sv {
		series.Title = e.Title // the theme by its name, which the event has in English
	}
	return &series, others(occasions(p, series.Events, s.now()), e.Slug), nil
}

// eventTitle is "Temadag om efterfrågan, Luleå – Länsstyrelsen Norrbotten".
func eventTitle(l domain.Lang, e domain.Event) string {
	return eventName(l, e) + " – " + e.Owner.Short
}

// eventName is the title with the town, which the title may have already.
func eventName(l domain.Lang, e domain.Event) string {
	title := e.Title.In(l)
	if e.Town == "" || containsWord(title, e.Town) {
		return title
	}
	return title + ", " + e.Town
}

func eventDescription(p *i18n.Printer, e domain.Event) string {
	return p.T("event.description", "when", p.When(e), "where", placeAndTown(p, e), "lead", e.Lead.In(p.Lang()))
}

func placeAndTown(p *i18n.Printer, e domain.Event) string {
	where := placeLine(p, e)
	if e.Town == "" || e.Online {
		return where
	}
	return where + ", " + e.Town
}

func phoneOf(e domain.Event) string {
	if e.Contact.Phone != "" {
		return e.Contact.Phone
	}
	return e.Owner.Phone
}

func emailOf(e domain.Event) string {
	if e.Contact.Email != "" {
		return e.Contact.Email
	}
	return e.Owner.Email
}

// footerContact is the organiser with the phone and mailbox of the event, so that the footer sends
// nobody elsewhere than the page does.
func footerContact(e domain.Event) *domain.Organiser {
	o := e.Owner
	o.Phone, o.Email = phoneOf(e), emailOf(e)
	return &o
}

// speakersBeside is the speakers, or none where each of them stands in the programme.
func speakersBeside(e domain.Event) []domain.Speaker {
	named := make(map[string]bool)
	for _, session := range e.Programme {
		for _, speaker := range session.Speakers {
			named[speaker.Name] = true
		}
	}
	for _, speaker := range e.Speakers {
		if !named[speaker.Name] {
			return e.Speakers
		}
	}
	return nil
}

// programmeDays parts the programme into days. An event of one day has one part without a name.
func programmeDays(e domain.Event) []programmeDay {
	var days []programmeDay
	for _, session := range e.Programme {
		day := session.Day
		if e.FinalDay() == e.Day {
			day = domain.Date{}
		}
		if n := len(days); n == 0 || days[n-1].Day != day {
			days = append(days, programmeDay{Day: day})
		}
		last := &days[len(days)-1]
		last.Programme = append(last.Programme, session)
	}
	return days
}

// stateNotice says why nobody can register here now, and where there is room. It is nil where
// places are left.
func stateNotice(p *i18n.Printer, o occasion, siblings []occasion) *view.Notice {
	if o.Status == domain.AvailableOpen {
		return nil
	}
	state := o.Status
	if o.Apply {
		state = "apply" // full, and yet open to applications
	}
	key := "state_notice." + string(state)
	n := view.Notice{Kind: "info", Title: p.T(key + ".title")}
	switch state {
	case domain.AvailableCancelled:
		n.Kind = "cancelled"
		n.Text = p.T(key + ".text")
		if !o.CancelNote.IsZero() {
			n.Text = o.CancelNote.In(p.Lang())
		}
	case domain.AvailableSoon:
		n.Text = p.T(key+".text", "at", o.OpensAt)
	case domain.AvailableClosed:
		n.Text = p.T(key + ".text")
		if !o.RegisterUntil.IsZero() {
			n.Text = p.T(key+".text_day", "day", o.RegisterUntil)
		}
	case domain.AvailableQueue:
		n.Text = p.T(key+".text", "count", o.Waiting)
		if o.Waiting == 0 {
			n.Text = p.T(key + ".text_empty")
		}
	default:
		n.Text = p.T(key + ".text")
	}
	if away := elsewhere(p, o.Event, siblings); away != "" && o.Status != domain.AvailableSoon {
		n.Text += " " + away
	}
	return &n
}
