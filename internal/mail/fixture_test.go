package mail_test

import (
	"os"
	"path/filepath"
	"strings"
	"testing"
	"testing/fstest"
	"time"

	"github.com/temadag/temadag/internal/domain"
	"github.com/temadag/temadag/internal/i18n"
	"github.com/temadag/temadag/internal/mail"
	"github.com/temadag/temadag/web"
)

// catalogue is the texts that letters use.
func catalogue(t testing.TB) *i18n.Catalogue {
	t.Helper()
	files := fstest.MapFS{}
	for _, l := range domain.Langs() {
		name := string(l) + "/domain.json"
		data, err := os.ReadFile(filepath.Join("..", "..", "web", "locales", filepath.FromSlash(name)))
		if err != nil {
			t.Fatal(err)
		}
		files[name] = &fstest.MapFile{Data: data}
	}
	c, err := i18n.Load(files)
	if err != nil {
		t.Fatal(err)
	}
	return c.WithMissing(func(l domain.Lang, key string) { t.Errorf("%s has no text %s", l, key) })
}

// invitation stands in for the real calendar part.
func invitation(f domain.LetterFacts) ([]byte, error) {
	method, status := string(f.Letter.Kind.Calendar(f.Letter.Status)), "CONFIRMED"
	if method == "CANCEL" {
		status = "CANCELLED"
	}
	return []byte("BEGIN:VCALENDAR\r\nVERSION:2.0\r\nPRODID:-//Temadag//SV\r\nMETHOD:" + method + "\r\n" +
		"BEGIN:VEVENT\r\nUID:1@temadag.example.se\r\nDTSTAMP:20161001T101500Z\r\nSEQUENCE:0\r\nSTATUS:" + status + "\r\n" +
		"DTSTART:20161201T080000Z\r\nDTEND:20161201T150000Z\r\nSUMMARY:Temadag\\, Luleå\r\n" +
		"END:VEVENT\r\nEND:VCALENDAR\r\n"), nil
}

func composer(t testing.TB) *mail.Composer {
	t.Helper()
	return &mail.Composer{
		Catalogue: catalogue(t), Templates: web.Templates(), FromAddress: sender,
		MailDomain: "temadag.example.se", Invite: invitation,
	}
}

func day(year int, month time.Month, d int) domain.Date {
	return domain.Date{Year: year, Month: month, Day: d}
}

// theEvent is a theme day with everything told.
func theEvent() domain.Event {
	return domain.Event{
		ID: 1, Slug: "lulea-2016", Kind: domain.KindThemeDay, State: domain.EventPublished,
		Owner: domain.Organiser{
			Code: "BD", Name: "Länsstyrelsen i Norrbottens län", Short: "Länsstyrelsen Norrbotten", Town: "Luleå",
			Phone: "010-225 50 00", Email: "temadagar.norrbotten@example.se", DPO: "dataskydd.norrbotten@example.se",
		},
		Title: domain.Text{
			Sv: "Temadag om sex mot ersättning med fokus på efterfrågan",
			En: "Theme day on sex for compensation, with a focus on demand",
		},
		Calendar: domain.Text{Sv: "Temadag", En: "Theme day"},
		Cost:     domain.Text{Sv: "Kostnadsfritt. Lunch ingår.", En: "Free of charge. Lunch is included."},
		Day:      day(2016, time.December, 1), LastDay: day(2016, time.December, 1),
		Arrival: 8*60 + 30, Starts: 9 * 60, Ends: 16 * 60,
		Venue: domain.Venue{
			ID: 1, Name: "Clarion Sense", Address: "Skeppsbrogatan 34", PostalCode: "97231", Town: "Luleå",
			Travel: domain.Text{
				Sv: "Från Luleå station går du Storgatan österut i ungefär tio minuter. Flygbuss 4 stannar vid Smedjegatan.",
				En: "From Luleå station walk east along Storgatan for about ten minutes. Airport bus 4 stops at Smedjegatan.",
			},
			Access: domain.Access{
				StepFree: domain.Yes, Lift: domain.Yes, HearingLoop: domain.Yes, AccessibleToilet: domain.Yes,
				ScentFree: domain.Yes, QuietRoom: domain.No,
				DropOff: domain.Text{Sv: "Färdtjänsten stannar vid huvudentrén."},
			},
		},
		Town: "Luleå", Language: domain.Swedish, Capacity: 80, Taken: 12, WaitingList: true,
		RegisterUntil: day(2016, time.November, 17), CancelUntil: day(2016, time.November, 24),
		AfterCancel: domain.TransferOnly, Binding: true,
		Contact:    domain.Contact{Name: "Anna Öberg", Phone: "010-225 50 12", Email: "anna.oberg@example.se"},
		CaseNumber: "801-2652-16",
		Retention:  domain.Retention{Weeks: 12, Support: "RA-FS 2021:6, tillämpningsbeslut dnr 004-1-16"},
		Questions:  []domain.Question{{ID: 7, Kind: domain.QuestionText, Label: domain.Text{Sv: "Hemlig fråga"}}},
	}
}

// undecided is the event while nothing but its name and town is.
func undecided() domain.Event {
	e := theEvent()
	e.Day, e.LastDay, e.Venue, e.Contact = domain.Date{}, domain.Date{}, domain.Venue{}, domain.Contact{}
	e.Arrival, e.Starts, e.Ends = domain.NoClock, domain.NoClock, domain.NoClock
	e.CancelUntil, e.AfterCancel, e.Calendar, e.Cost = domain.Date{}, domain.ContactUs, domain.Text{}, domain.Text{}
	e.CaseNumber, e.Retention = "", domain.Retention{}
	return e
}

// facts are those of a letter of the kind about the event.
func facts(k domain.LetterKind, l domain.Lang, e domain.Event) domain.LetterFacts {
	status, position := statusOf(k)
	f := domain.LetterFacts{
		Letter: domain.Letter{
			ID: 9, Kind: k, RegistrationID: 4711, EventID: e.ID, To: recipient, Lang: l, Status: status,
			QueuePosition: position, MessageID: "q7xk2m0d9s4b", Date: time.Date(2016, time.October, 1, 10, 15, 2, 0, time.UTC),
		},
		Registration: domain.Registration{
			Participant: domain.Participant{
				GivenName: "Ánne-Sárá", FamilyName: "Oŋŋá", Email: recipient, Phone: "070-174 06 05",
				Organisation: "Hemliga arbetsplatsen", Title: "Hemlig titel", Municipality: "Hemlunda",
				Answers: []domain.Answer{{QuestionID: 7, Values: []string{"Hemligt svar"}}},
			},
			ID: 4711, Ref: domain.ReferenceOf([]byte{0xde, 0xad, 0xbe, 0xef, 0x42, 0x17}), EventID: e.ID, Status: status, QueuePosition: position, Lang: l,
			ReceivedAt: time.Date(2016, time.October, 1, 10, 15, 1, 0, time.UTC),
		},
		Event: e,
		Terms: domain.Terms{ID: 1, Version: 1, Text: domain.Text{
			Sv: "Anmälan är bindande: får du förhinder kan du avboka till och med den 24 november 2016. Därefter kan du bara lämna över platsen till en kollega.",
			En: "Your registration is binding: if you cannot come, you may cancel up to and including 24 November 2016. After that you can only hand the place over to a colleague.",
		}},
		Link:      "https://temadag.example.se/min-anmalan/mfrggzdfmztwq2lkmnxw4zdsmvqws3tf",
		EventLink: "https://temadag.example.se/tillfalle/lulea-2016",
	}
	f.Letter.Details = detailsOf(k)
	switch k {
	case domain.LetterMoved, domain.LetterMovedFrom, domain.LetterMoveWaiting, domain.LetterMoveLapsed:
		f.Other, f.Event.SeriesID, f.Sisters = umea(), 1, 1
	case domain.LetterGroup, domain.LetterNameMissing, domain.LetterNameReturned, domain.LetterGroupEventChanged,
		domain.LetterGroupEventCancelled:
		f.Registration.Group, f.Group = 3, group()
		if !e.Day.IsZero() {
			f.Event.Rules.NameBy = day(2016, time.November, 10)
		}
		f.Link = "https://temadag.example.se/grupp/mfrggzdfmztwq2lkmnxw4zdsmvqws3tf"
	case domain.LetterSessionPlace:
		f.Sessions = sessions()
	}
	return f
}

// cases are letters of every kind about every sort of event, and what is particular to some.
func cases(t testing.TB) map[string]domain.LetterFacts {
	t.Helper()
	out := map[string]domain.LetterFacts{}
	for _, l := range domain.Langs() {
		for _, k := range domain.LetterKinds() {
			name := string(l) + "_" + string(k)
			out[name] = facts(k, l, theEvent())
			out[name+"_undecided"] = facts(k, l, undecided())
			out[name+"_long"] = facts(k, l, endless())
			two := theEvent()
			two.LastDay, two.AfterCancel, two.NoShowFee, two.Binding = day(2016, time.December, 2), domain.ContactUs, 1500, true
			two.CancelUntil, two.Title.En, two.Calendar = day(2016, time.September, 1), "", domain.Text{}
			f := facts(k, l, two)
			f.Registration.GivenName = "http://evil.example"
			out[name+"_twodays"] = f
		}
		for _, k := range []domain.LetterKind{domain.LetterConfirmed, domain.LetterWaitlisted} {
			f := facts(k, l, theEvent())
			f.Terms.Text = domain.Text{Sv: "Vi bjuder på lunchen, så kom om du har anmält dig.", En: "Lunch is on us, so please come if you have registered."}
			out[string(l)+"_"+string(k)+"_brief"] = f
		}
		particular(l, out)
	}
	return out
}

// endless is an event where every text is as long as someone may make it.
func endless() domain.Event {
	e := theEvent()
	e.Title = domain.Text{Sv: strings.Repeat("Förebyggande arbete mot människohandel ", 12), En: strings.Repeat("Preventing trafficking in human beings ", 12)}
	e.Calendar = domain.Text{}
	e.Town, e.Venue.Town = strings.Repeat("Långtbortistan", 5), ""
	e.Venue.Name = strings.Repeat("Folkets hus ", 20)
	e.Venue.Travel = domain.Text{
		Sv: strings.Repeat("Gå rakt fram och sväng vänster.\n", 30),
		En: strings.Repeat("Walk straight ahead and turn left.\n", 30),
	}
	e.Contact.Name = strings.Repeat("Anna-Lisa ", 20)
	return e
}
