package main

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"path/filepath"
	"time"

	"github.com/temadag/temadag/db"
	"github.com/temadag/temadag/internal/auth"
	"github.com/temadag/temadag/internal/domain"
	"github.com/temadag/temadag/internal/service"
	"github.com/temadag/temadag/internal/store"
)

// fixture is a data directory with a programme in it, made before anything is measured.
type fixture struct {
	dir    string
	secret []byte
	keys   *auth.Keys
	event  domain.Event // the one people register for
	terms  []int64      // of every event
	url    string       // of a database of PostgreSQL; "" for the file
	roomy  bool         // every event takes everyone
}

const (
	fixtureEvents   = 50        // in the calendar
	fixtureCapacity = 2_000_000 // of the event people register for
	fixtureSlug     = "dag-0"
)

// database is the file of the program below its data directory.
func (f fixture) database() string { return filepath.Join(f.dir, databaseName) }

const databaseName = "temadag.db"

// fixtureSecret lets the bench make the tokens of forms.
func fixtureSecret() []byte { return bytes.Repeat([]byte("0123456789abcdef"), 4) }

// newFixture makes a data directory with a calendar of events, the first of which takes everyone.
// Its questions, where it has any, bring the list of participants to fifteen columns.
func (s *session) newFixture(ctx context.Context, name string, questions bool) (fixture, error) {
	dir, err := s.newDir(name)
	if err != nil {
		return fixture{}, err
	}
	f := fixture{dir: dir, secret: fixtureSecret()}
	if f.keys, err = auth.New(f.secret); err != nil {
		return fixture{}, err
	}
	data, err := store.Open(ctx, store.Options{Path: f.database(), Migrations: db.Migrations})
	if err != nil {
		return fixture{}, err
	}
	err = errors.Join(f.fill(ctx, data, questions), data.Close())
	return f, err
}

func (f *fixture) fill(ctx context.Context, data *store.Store, questions bool) error {
	now := time.Now()
	editing := &service.Editing{Store: data, Now: time.Now}
	if err := editing.PutOrganisers(ctx, domain.Operator(), []domain.Organiser{fixtureOrganiser()}); err != nil {
		return err
	}
	for i := range fixtureEvents {
		e := fixtureEvent(i, now)
		if i == 0 && questions {
			e.Questions = fixtureQuestions()
		}
		if f.roomy {
			e.Capacity = fixtureCapacity
		}
		if err := editing.AddEvent(ctx, domain.Operator(), e, nil); err != nil {
			return err
		}
	}
	programme := &service.Programme{Store: data, Now: time.Now}
	for i := range fixtureEvents {
		e, err := programme.Event(ctx, fmt.Sprintf("dag-%d", i))
		if err != nil {
			return err
		}
		if f.terms = append(f.terms, e.Terms.ID); i == 0 {
			f.event = e
		}
	}
	return nil
}

// fillRows writes n registrations with answers, as fast as they can be written.
func (f fixture) fillRows(n int) error {
	loop, err := openBareLoop(f.database())
	if err != nil {
		return err
	}
	_, err = loop.write(bareRows(f, n, time.Now()), 512)
	return errors.Join(err, loop.close())
}

// answersOf is what the i-th participant answers, as it is stored.
func (f fixture) answersOf(i int) string {
	if len(f.event.Questions) < 2 {
		return ""
	}
	return fmt.Sprintf(`[{"q":%d,"v":[%q]},{"q":%d,"v":[%q]}]`, f.event.Questions[0].ID, [...]string{"yes", "no"}[i%2],
		f.event.Questions[1].ID, person(i).Municipality+" station")
}

func fixtureQuestions() []domain.Question {
	return []domain.Question{
		{Kind: domain.QuestionYesNo, Label: domain.Text{Sv: "Äter du lunch med oss?", En: "Will you have lunch with us?"}},
		{Kind: domain.QuestionText, Label: domain.Text{Sv: "Varifrån åker du?", En: "Where do you travel from?"}},
	}
}

func fixtureOrganiser() domain.Organiser {
	return domain.Organiser{
		Code: "BD", SCB: "25", Slug: "norrbotten", County: "Norrbottens län", Name: "Länsstyrelsen i Norrbottens län",
		Short: "Länsstyrelsen Norrbotten", Region: "Norrbotten", Town: "Luleå", Phone: "010-225 50 00",
		Email: "mote.norrbotten@example.se", DPO: "dataskydd.norrbotten@example.se", OrgNumber: "202100-2478",
	}
}

// fixtureEvent is the i-th event of the calendar, in as many words as a real one has.
func fixtureEvent(i int, now time.Time) domain.Event {
	towns := [...]string{"Luleå", "Boden", "Piteå", "Kiruna", "Gällivare", "Haparanda", "Kalix"}
	kinds := domain.EventKinds()
	day := domain.DateIn(now).AddDays(40 + 3*i)
	capacity := domain.Seats(120)
	if i == 0 {
		capacity = fixtureCapacity
	}
	return domain.Event{
		Slug: fmt.Sprintf("dag-%d", i), Owner: fixtureOrganiser(), Kind: kinds[i%len(kinds)], State: domain.EventPublished,
		Title:       domain.Text{Sv: fmt.Sprintf("Att upptäcka och agera, dag %d", i+1), En: fmt.Sprintf("To notice and to act, day %d", i+1)},
		Lead:        domain.Text{Sv: "En dag om hur vi tillsammans ser, förstår och hjälper den som far illa.", En: "A day on how we notice, understand and help together."},
		Body:        domain.Text{Sv: "Dagen vänder sig till dig som **möter människor** i ditt arbete.\n\n- föreläsningar\n- samtal\n- övningar"},
		TargetGroup: []domain.Text{{Sv: "hälso- och sjukvård"}, {Sv: "socialtjänst"}, {Sv: "rättsväsende"}},
		InvitedBy:   []string{"Länsstyrelsen i Norrbottens län", "Region Norrbotten"},
		Cost:        domain.Text{Sv: "Kostnadsfritt. Lunch ingår.", En: "Free of charge. Lunch is included."},
		Day:         day, Arrival: 8*60 + 30, Starts: 9 * 60, Ends: 16 * 60,
		Town: towns[i%len(towns)], Language: domain.Swedish, Capacity: capacity, WaitingList: true,
		RegisterUntil: day.AddDays(-14), CancelUntil: day.AddDays(-14), AfterCancel: domain.TransferOnly, Binding: true,
		Terms:   domain.Terms{Version: 1, Text: domain.Text{Sv: "Anmälan är bindande.", En: "The registration is binding."}},
		Contact: domain.Contact{Name: "Åsa Öberg", Phone: "010-225 50 00", Email: "asa.oberg@example.se"}, UpdatedAt: now,
	}
}
