// Package testkit builds what tests stand on: a fresh database on a real file, the use cases wired
// to it, a clock that tests turn, and sample events and people. The program itself never imports it.
package testkit

import (
	"context"
	"fmt"
	"os"
	"path/filepath"
	"sync"
	"testing"
	"time"

	"github.com/temadag/temadag/db"
	"github.com/temadag/temadag/internal/auth"
	"github.com/temadag/temadag/internal/domain"
	"github.com/temadag/temadag/internal/service"
	"github.com/temadag/temadag/internal/store"
)

// Thorough reports whether tests that have a long way and a short way to the same promise take the long one:
// where TEMADAG_TEST_THOROUGH is set, as make thorough does.
func Thorough() bool { return os.Getenv("TEMADAG_TEST_THOROUGH") != "" }

// Clock is a clock that stands still until it is turned. It is safe for use by several goroutines.
type Clock struct {
	mu  sync.Mutex
	now time.Time
}

// NewClock stands at the wall time in Stockholm "2006-01-02 15:04".
func NewClock(t testing.TB, wall string) *Clock {
	t.Helper()
	at, err := time.ParseInLocation("2006-01-02 15:04", wall, domain.Stockholm())
	if err != nil {
		t.Fatal(err)
	}
	return &Clock{now: at}
}

// Now is the time it shows.
func (c *Clock) Now() time.Time {
	c.mu.Lock()
	defer c.mu.Unlock()
	return c.now
}

// Turn moves it by d, backwards for a negative d.
func (c *Clock) Turn(d time.Duration) {
	c.mu.Lock()
	defer c.mu.Unlock()
	c.now = c.now.Add(d)
}

// Set moves it to t.
func (c *Clock) Set(t time.Time) {
	c.mu.Lock()
	defer c.mu.Unlock()
	c.now = t
}

// Kit is the use cases over a fresh database.
type Kit struct {
	Path          string // of the database file; "" on PostgreSQL
	URL           string // of the database of PostgreSQL; "" on SQLite
	Store         *store.Store
	Keys          *auth.Keys
	Clock         *Clock
	Programme     *service.Programme
	Registrations *service.Registrations
	Lists         *service.Lists
	Editing       *service.Editing
}

// Open makes a Kit over a new database of this run's engine, with the clock at 1 October 2016, 09.00, and closes it
// with the test.
func Open(t testing.TB) *Kit {
	t.Helper()
	return OpenWith(t, store.Options{})
}

// OpenWith is Open with some of the database's settings changed. Settings of the file are SQLite's.
func OpenWith(t testing.TB, o store.Options) *Kit {
	t.Helper()
	switch {
	case o.Path != "" || o.URL != "":
	case o.Synchronous != "":
		o.Path = filepath.Join(t.TempDir(), "temadag.db")
	default:
		d := Database(t)
		o.Path, o.URL, o.Unsafe = d.Path, d.URL, o.Unsafe || d.Unsafe
	}
	o.Migrations = db.Migrations
	keys, err := auth.New([]byte("a secret for tests only, 32 bytes or more"))
	if err != nil {
		t.Fatal(err)
	}
	o.Chain = keys.Chain
	s, err := store.Open(context.Background(), o)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		if err := s.Close(); err != nil {
			t.Error(err)
		}
	})
	clock := NewClock(t, "2016-10-01 09:00")
	programme := &service.Programme{Store: s, Now: clock.Now}
	return &Kit{
		Path: o.Path, URL: o.URL, Store: s, Keys: keys, Clock: clock, Programme: programme,
		Registrations: &service.Registrations{Store: s, Programme: programme, Keys: keys, Now: clock.Now, Erased: writtenDown},
		Lists:         &service.Lists{Store: s, Now: clock.Now},
		Editing:       &service.Editing{Store: s, Now: clock.Now},
	}
}

// writtenDown is a log of erasures that nobody reads: with one, what erases runs as it does in the program.
func writtenDown(int64, []domain.Erased) (func(...domain.Erased) error, error) {
	return func(...domain.Erased) error { return nil }, nil
}

// Where is the database of the Kit, to be opened once more as another process would.
func (k *Kit) Where() store.Options {
	return store.Options{Path: k.Path, URL: k.URL}
}

// Events is the organisers' work with events, over the same database.
func (k *Kit) Events() *service.Events {
	return &service.Events{Store: k.Store, Registrations: k.Registrations, Now: k.Clock.Now}
}

// Norrbotten is the organiser of the sample events.
func Norrbotten() domain.Organiser {
	return domain.Organiser{
		Code: "BD", SCB: "25", Slug: "norrbotten", County: "Norrbottens län", Name: "Länsstyrelsen i Norrbottens län",
		Short: "Länsstyrelsen Norrbotten", Region: "Norrbotten", Town: "Luleå", Phone: "010-225 50 00",
		Email: "norrbotten@example.se", DPO: "dataskydd@example.se", OrgNumber: "202100-2478",
		LegalBasis: domain.Text{Sv: "Uppgift av allmänt intresse", En: "Task in the public interest"},
	}
}

// Jamtland is another organiser, for tests of the wall between them.
func Jamtland() domain.Organiser {
	o := Norrbotten()
	o.Code, o.SCB, o.Slug, o.County, o.Name = "Z", "23", "jamtland", "Jämtlands län", "Länsstyrelsen i Jämtlands län"
	o.Short, o.Region, o.Town, o.Email, o.OrgNumber = "Länsstyrelsen Jämtland", "Jämtland", "Östersund", "jamtland@example.se", "202100-2452"
	return o
}

// Event is a sample event of Norrbotten on 1 December 2016 that is open at the Kit's first hour.
func Event(slug string, capacity domain.Seats) domain.Event {
	day := domain.Date{Year: 2016, Month: time.December, Day: 1}
	return domain.Event{
		Slug: slug, Owner: Norrbotten(), Kind: domain.KindThemeDay, State: domain.EventPublished,
		Title: domain.Text{Sv: "Temadag i Luleå", En: "Theme day in Luleå"},
		Lead:  domain.Text{Sv: "En dag om efterfrågan.", En: "A day about demand."},
		Day:   day, Arrival: 8*60 + 30, Starts: 9 * 60, Ends: 16 * 60,
		Venue: domain.Venue{Name: "Clarion Sense", Address: "Skeppsbrogatan 34", Town: "Luleå"}, Town: "Luleå",
		Language: domain.Swedish, Capacity: capacity, WaitingList: true,
		RegisterUntil: day.AddDays(-14), CancelUntil: day.AddDays(-14), AfterCancel: domain.TransferOnly, Binding: true,
		Terms:     domain.Terms{Version: 1, Text: domain.Text{Sv: "Anmälan är bindande.", En: "The registration is binding."}},
		Contact:   domain.Contact{Name: "Eva Exempel", Phone: "010-225 50 00", Email: "eva@example.se"},
		Retention: domain.Retention{Weeks: 12, Support: "RA-FS 2021:6"},
	}
}

// AddEvent publishes an event, its owner too, and answers it as everyone reads it.
func (k *Kit) AddEvent(t testing.TB, e domain.Event) domain.Event {
	t.Helper()
	ctx := context.Background()
	if err := k.Editing.PutOrganisers(ctx, domain.Operator(), []domain.Organiser{e.Owner}); err != nil {
		t.Fatal(err)
	}
	if err := k.Editing.AddEvent(ctx, domain.Operator(), e, nil); err != nil {
		t.Fatal(err)
	}
	if e.State == domain.EventDraft {
		return e
	}
	out, err := k.Programme.Event(ctx, e.Slug)
	if err != nil {
		t.Fatal(err)
	}
	return out
}

// Person is a made-up participant; each n is another one.
func Person(n int) domain.Entry {
	return domain.Entry{
		GivenName: "Ánne-Sárá", FamilyName: "Oŋŋá", Email: fmt.Sprintf("person%d@example.se", n), Phone: "070-174 06 05",
		Organisation: "Piteå kommun", OrganisationType: string(domain.OrgSocialServices), Title: "Socialsekreterare",
		Municipality: "Piteå",
	}
}

// Input is a submission of the form of e by a person, with a fresh key.
func Input(e domain.Event, p domain.Entry) service.RegisterInput {
	return service.RegisterInput{
		EventSlug: e.Slug, Key: auth.NewKey(), Entry: p, TermsID: e.Terms.ID, Lang: domain.Swedish, Channel: domain.ChannelWeb,
	}
}
