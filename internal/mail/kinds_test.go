package mail_test

import (
	"strings"
	"testing"
	"time"

	"github.com/temadag/temadag/internal/domain"
)

// statusOf is where a registration stands after the step that a letter of the kind tells of.
func statusOf(k domain.LetterKind) (status domain.RegistrationStatus, position int) {
	switch k {
	case domain.LetterWaitlisted, domain.LetterApprovedQueue, domain.LetterMoveWaiting, domain.LetterRace,
		domain.LetterWaitsForTwo, domain.LetterPassedOver:
		return domain.Waitlisted, 4
	case domain.LetterApplied:
		return domain.Pending, 0
	case domain.LetterOffered:
		return domain.Offered, 0
	case domain.LetterDeclined:
		return domain.Declined, 0
	case domain.LetterWithdrawn, domain.LetterEventCancelled, domain.LetterGroupEventCancelled:
		return domain.Withdrawn, 0
	case domain.LetterHandedOver:
		return domain.Transferred, 0
	case domain.LetterCancelled, domain.LetterLeft, domain.LetterExpired, domain.LetterRefused, domain.LetterMovedFrom,
		domain.LetterMoveLapsed:
		return domain.Cancelled, 0
	}
	return domain.Confirmed, 0
}

// detailsOf are particulars as the step notes them. What a participant says of why she cannot come
// is for the organiser alone.
func detailsOf(k domain.LetterKind) domain.Details {
	d := domain.Details{Reason: "Hemlig anledning", Sequence: 2}
	switch k {
	case domain.LetterDeclined, domain.LetterWithdrawn, domain.LetterAskRefused, domain.LetterPassedOver:
		d.Reason = "Temadagen är till för dig som möter målgruppen i ditt arbete.\nDet framgår inte av ansökan."
	case domain.LetterOffered, domain.LetterExpired:
		d.Until = time.Date(2016, time.November, 3, 13, 0, 0, 0, time.UTC)
	case domain.LetterExtended:
		d.Day = day(2016, time.November, 28)
	case domain.LetterNameMissing, domain.LetterNameReturned:
		d.Reserved, d.Day = 2, day(2016, time.November, 10)
	case domain.LetterEventChanged, domain.LetterGroupEventChanged:
		d.Reason = "Tåget från Kiruna kommer först kl. 9.40.\nVi vill att alla ska hinna."
		d.Fields = []string{domain.BoundDay, domain.BoundHours, domain.BoundPlace}
		d.Was = domain.Occasion{
			Day: day(2016, time.November, 24), Starts: 9 * 60, Ends: domain.NoClock, Venue: "Stadshuset", Address: "Rådstugatan 11",
			PostalCode: "97231", VenueTown: "Luleå", Town: "Luleå",
		}
		d.Day = day(2016, time.November, 28)
		if k.ToContact() {
			d.Reserved = 2
		}
	case domain.LetterEventCancelled, domain.LetterGroupEventCancelled:
		d.Reason = "Föreläsaren är sjuk."
	case domain.LetterChanged:
		d.Fields = []string{"given_name", "phone", "answers", "no_such_field"}
	case domain.LetterSessionPlace:
		d.Sessions = []string{"Samtalet om våld"}
	case domain.LetterMoved, domain.LetterMovedFrom, domain.LetterMoveWaiting, domain.LetterMoveLapsed:
		d.Town, d.Event = "Umeå", "umea-2016"
	}
	return d
}

// umea is another event of the series.
func umea() domain.Event {
	e := theEvent()
	e.ID, e.Slug, e.Town, e.SeriesID = 2, "umea-2016", "Umeå", 1
	e.Day, e.LastDay = day(2016, time.December, 6), day(2016, time.December, 6)
	e.Venue = domain.Venue{ID: 2, Name: "Folkets hus", Address: "Skolgatan 59", PostalCode: "90329", Town: "Umeå"}
	return e
}

func group() domain.Group {
	return domain.Group{
		ID: 3, Name: "Bïengke Åhrén", Email: recipient, Lang: domain.Swedish, Mode: domain.GroupSome,
		Places: []domain.GroupPlace{
			{ID: 1, Name: "Anna Andersson", Status: domain.Confirmed},
			{ID: 2, Name: "D’Arcy Öberg", Status: domain.Waitlisted},
			{ID: 3, Status: domain.Confirmed},
			{ID: 4, Status: domain.Confirmed},
			{ID: 5, Status: domain.Cancelled}, // gone back: not told
			{ID: 6, Name: "www.evil.example", Status: domain.Confirmed},
			{Name: "Eva Ek"}, // there was no place for her
		},
	}
}

// theProgramme is two sessions to choose between.
func theProgramme() []domain.Session {
	var out []domain.Session
	for _, c := range sessions() {
		c.Session.Parallel = "em"
		out = append(out, c.Session)
	}
	return out
}

func sessions() []domain.ChosenSession {
	return []domain.ChosenSession{
		{Session: domain.Session{
			ID: 1, Day: day(2016, time.December, 1), Starts: 13 * 60, Ends: 14*60 + 30, Parallel: "A",
			Title: domain.Text{Sv: "Samtalet om våld", En: "Talking about violence"},
		}, Status: domain.ChoiceConfirmed},
		{
			Session: domain.Session{ID: 2, Day: day(2016, time.December, 1), Starts: domain.NoClock, Ends: domain.NoClock, Parallel: "B", Title: domain.Text{Sv: "Nätet"}},
			Status:  domain.ChoiceWaitlisted, Ahead: 3,
		},
	}
}

// particular adds the letters that have more to tell than others of their kind.
func particular(l domain.Lang, out map[string]domain.LetterFacts) {
	add := func(name string, k domain.LetterKind, change func(f *domain.LetterFacts)) {
		f := facts(k, l, theEvent())
		change(&f)
		out[string(l)+"_"+string(k)+"_"+name] = f
	}
	add("waiting", domain.LetterAlreadyRegistered, func(f *domain.LetterFacts) {
		f.Registration.Status, f.Registration.QueuePosition = domain.Waitlisted, 2
	})
	add("offered", domain.LetterAlreadyRegistered, func(f *domain.LetterFacts) { f.Registration.Status = domain.Offered })
	add("pending", domain.LetterAlreadyRegistered, func(f *domain.LetterFacts) { f.Registration.Status = domain.Pending })
	add("rich", domain.LetterConfirmed, func(f *domain.LetterFacts) {
		f.Event.SeriesID, f.Sisters, f.Registration.Group = 1, 1, 3
		f.Others, f.Sessions = []domain.Event{umea()}, sessions()
	})
	for _, k := range []domain.LetterKind{domain.LetterConfirmed, domain.LetterWaitlisted, domain.LetterApplied} {
		add("by_other", k, func(f *domain.LetterFacts) {
			f.Registration.Group, f.Group = 3, domain.Group{ID: 3, Name: "Bïengke Åhrén", Email: "biengke@example.se"}
			f.Event.Rules.Food, f.Event.Programme, f.Event.SeriesID, f.Sisters = true, theProgramme(), 1, 1
			f.Others, f.OtherStatus = []domain.Event{umea()}, []domain.RegistrationStatus{domain.Waitlisted}
		})
	}
	add("asks", domain.LetterConfirmed, func(f *domain.LetterFacts) {
		f.Event.Rules.Food, f.Event.Rules.ChangeUntil = true, day(2016, time.September, 1)
	})
	add("rules", domain.LetterWaitlisted, func(f *domain.LetterFacts) {
		f.Event.Rules.Offers = domain.OfferRules{ShortDays: 7, ShortHours: 4, RaceDays: 1}
	})
	add("together", domain.LetterOffered, func(f *domain.LetterFacts) { f.Letter.Details.Together = true })
	add("alone", domain.LetterOffered, func(f *domain.LetterFacts) { f.Letter.Details.Alone = true })
	add("keeps", domain.LetterApplied, func(f *domain.LetterFacts) { f.Registration.Keeps = 17 })
	add("keeps", domain.LetterApprovedQueue, func(f *domain.LetterFacts) { f.Registration.Keeps = 17 })
	add("keeps", domain.LetterRace, func(f *domain.LetterFacts) { f.Registration.Keeps = 17 })
	add("asks", domain.LetterReceived, func(f *domain.LetterFacts) { f.Event.Rules.Food, f.Sessions = true, sessions() })
	add("waiting", domain.LetterEventChanged, func(f *domain.LetterFacts) {
		f.Letter.Status, f.Registration.Status, f.Letter.Details.Reason = domain.Waitlisted, domain.Waitlisted, ""
	})
	add("series", domain.LetterEventCancelled, func(f *domain.LetterFacts) { f.Event.SeriesID, f.Sisters = 1, 1 })
	add("alone", domain.LetterEventCancelled, func(f *domain.LetterFacts) { f.Event.SeriesID = 1 })
	add("ordinary", domain.LetterEventChanged, func(f *domain.LetterFacts) { f.Letter.Details.Day = f.Event.CancelUntil })
	add("passed", domain.LetterEventChanged, func(f *domain.LetterFacts) { f.Event.CancelUntil = day(2016, time.September, 1) })
	add("late", domain.LetterReceived, func(f *domain.LetterFacts) { f.Event.CancelUntil = day(2016, time.September, 1) })
	add("one", domain.LetterNameMissing, func(f *domain.LetterFacts) {
		f.Letter.Details.Reserved = 1
	})
	add("asks", domain.LetterHandedOver, func(f *domain.LetterFacts) { f.Event.Rules.Access = true })
	add("back", domain.LetterExtended, func(f *domain.LetterFacts) { f.Letter.Details.Day = domain.Date{} })
	add("approval", domain.LetterLeft, func(f *domain.LetterFacts) { f.Event.Rules.Approval = true })
	add("pending", domain.LetterMoveWaiting, func(f *domain.LetterFacts) {
		f.Letter.Status, f.Registration.Status = domain.Pending, domain.Pending
	})
	add("bare", domain.LetterMoved, func(f *domain.LetterFacts) { f.Other, f.Letter.Details.Town, f.Event.Town = domain.Event{}, "", "" })
}

// TestCompose_byOther: someone registered by another is told who did it and what she has to do; the
// contact person herself, and who registered alone, is not.
func TestCompose_byOther(t *testing.T) {
	c, all := composer(t), cases(t)
	for name, words := range map[string][]string{
		"sv_registration_confirmed_by_other":  {"Bïengke Åhrén har anmält dig", "Det här behöver du göra", "Svara på frågorna om tillfället", "Välj pass"},
		"sv_registration_waitlisted_by_other": {"Bïengke Åhrén har anmält dig", "Det här behöver du göra", "Du står också i kö i Umeå"},
		"sv_application_received_by_other":    {"Bïengke Åhrén har skickat en ansökan för dig", "Det här behöver du göra"},
		"en_registration_confirmed_by_other":  {"Bïengke Åhrén has registered you", "What you need to do", "You are also in the queue in Umeå"},
	} {
		f := all[name]
		text := strings.Join(strings.Fields(parse(t, compose(t, c, f)).text), " ")
		for _, want := range words {
			if !strings.Contains(text, want) {
				t.Errorf("%s lacks %q:\n%s", name, want, text)
			}
		}
		f.Group.Email = f.Registration.Email
		if own := parse(t, compose(t, c, f)).text; strings.Contains(own, words[0]) || strings.Contains(own, words[1]) {
			t.Errorf("%s tells the contact person what she did herself", name)
		}
		f.Group = domain.Group{ID: 3, Name: "www.evil.example"}
		if strings.Contains(parse(t, compose(t, c, f)).text, "evil") {
			t.Errorf("%s repeats a name that could be a link", name)
		}
	}
}
