package export_test

import (
	"context"
	"crypto/sha256"
	"fmt"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"testing/fstest"
	"time"

	"github.com/temadag/temadag/internal/domain"
	"github.com/temadag/temadag/internal/export"
	"github.com/temadag/temadag/internal/i18n"
)

// catalogue is the words of this room and those of the domain, with every miss reported.
func catalogue(t testing.TB) *i18n.Catalogue {
	t.Helper()
	files := fstest.MapFS{}
	for _, l := range domain.Langs() {
		for _, area := range []string{"domain", "workbook", "kitchen", "people"} {
			name := string(l) + "/" + area + ".json"
			buf, err := os.ReadFile(filepath.Join("../../web/locales", name))
			if err != nil {
				t.Fatal(err)
			}
			files[name] = &fstest.MapFile{Data: buf}
		}
	}
	c, err := i18n.Load(files)
	if err != nil {
		t.Fatal(err)
	}
	return c.WithMissing(func(l domain.Lang, key string) { t.Errorf("the %s catalogue lacks %q", l, key) })
}

func organiser() domain.Organiser {
	return domain.Organiser{
		Code: "BD", SCB: "25", Slug: "norrbotten", County: "Norrbottens län",
		Name: "Länsstyrelsen i Norrbottens län", Short: "Länsstyrelsen Norrbotten", Town: "Luleå",
		Phone: "010-225 50 00", Email: "seminarier.norrbotten@example.se",
	}
}

func date(s string) domain.Date {
	d, err := domain.ParseDate(s)
	if err != nil {
		panic(err)
	}
	return d
}

func clock(s string) domain.Clock {
	c, err := domain.ParseClock(s)
	if err != nil {
		panic(err)
	}
	return c
}

// lulea is an event with everything known.
func lulea() domain.Event {
	return domain.Event{
		ID: 1, Slug: "temadag-lulea", SeriesSlug: "efterfragan", Owner: organiser(),
		Kind: domain.KindThemeDay, State: domain.EventPublished,
		Title: domain.Text{Sv: "Temadag om sex mot ersättning, med fokus på efterfrågan", En: "Theme day on sex for compensation"},
		Lead:  domain.Text{Sv: "En dag för dig som möter människor i ditt arbete; kom & lyssna.", En: "A day for you who meet people."},
		Day:   date("2016-12-01"), LastDay: date("2016-12-01"),
		Arrival: clock("08:30"), Starts: clock("09:00"), Ends: clock("16:00"),
		Venue: domain.Venue{ID: 1, Name: "Clarion Sense", Address: "Skeppsbrogatan 34", PostalCode: "97231", Town: "Luleå"},
		Town:  "Luleå", Language: domain.Swedish,
		Capacity: 80, WaitingList: true, RegisterUntil: date("2016-11-17"), CancelUntil: date("2016-11-17"),
		Binding: true, CaseNumber: "801-2652-16", Revision: 2,
		Retention: domain.Retention{Weeks: 12, Support: "RA-FS 2021:6, tillämpningsbeslut dnr 100-1-16"},
		Contact:   domain.Contact{Name: "Åsa Berg", Phone: "070-174 06 05", Email: "asa.berg@example.se"},
		UpdatedAt: time.Date(2016, 9, 28, 8, 0, 0, 0, time.UTC),
		Questions: []domain.Question{
			{ID: 11, Kind: domain.QuestionYesNo, Label: domain.Text{Sv: "Kommer du till lunchen?", En: "Will you come to lunch?"}},
			{ID: 12, Kind: domain.QuestionChoices, Label: domain.Text{Sv: "Vilka pass vill du gå på?"}, Choices: []domain.Choice{
				{Value: "a", Label: domain.Text{Sv: "Samtalet"}}, {Value: "b", Label: domain.Text{Sv: "Nätet"}},
			}},
		},
	}
}

// person is the i-th made-up registration at an event.
func person(e domain.EventID, i int) domain.Registration {
	given := []string{"Anna-Karin", "Ánne-Sárá", "Bengt", "Çelik", "Eva", "Bïengke", "Märta", "O", "Wilma", "Åke", "Örjan"}
	family := []string{"Andersson", "Berglund", "D’Arcy-Öberg", "Lindqvist Holmström", "Oŋŋá", "Vb", "Wa", "Zorn", "Åhrén", "Ängström", "Øverland"}
	work := []string{
		"Piteå kommun, socialtjänsten", "Region Norrbotten", "Polismyndigheten, region Nord",
		"Kvinnojouren Iris", "Luleå gymnasieskola", "Arjeplogs kommun, enheten för ensamkommande barn och unga",
	}
	towns := []string{"Luleå", "Piteå", "Boden", "Kiruna", "Jokkmokk", "Övertorneå", "luleå kommun"}
	types := domain.OrganisationTypes()
	hash := sha256.Sum256(fmt.Append(nil, e, i))
	return domain.Registration{
		ID: domain.RegistrationID(int(e)*1_000_000 + i + 1), Ref: domain.ReferenceOf(hash[:]), EventID: e, Status: domain.Confirmed,
		Channel: domain.ChannelWeb, Lang: domain.Swedish,
		ReceivedAt: time.Date(2016, 10, 3, 6, 0, 0, 0, time.UTC).Add(time.Duration(i) * 37 * time.Minute),
		Participant: domain.Participant{
			GivenName: given[i%len(given)], FamilyName: family[(i*7/3)%len(family)],
			Email: fmt.Sprintf("person%d@example.se", i), Phone: fmt.Sprintf("070-174 06 %02d", i%100),
			Organisation: work[i%len(work)], OrganisationType: types[i%len(types)],
			Title: "Socialsekreterare", Municipality: towns[i%len(towns)],
			Answers: []domain.Answer{{QuestionID: 11, Values: []string{"yes"}}, {QuestionID: 12, Values: []string{"a", "b"}}},
		},
	}
}

// crowd is the registrations of one event in Swedish order: n of them, of which the last waiting
// are in the queue, and some have cancelled.
func crowd(e domain.EventID, n, waiting, cancelled int) []domain.Registration {
	people := make([]domain.Registration, n)
	for i := range people {
		people[i] = person(e, i)
		switch {
		case i >= n-waiting:
			people[i].Status, people[i].QueuePosition = domain.Waitlisted, i-(n-waiting)+1
		case i >= n-waiting-cancelled:
			people[i].Status = domain.Cancelled
		}
	}
	slices.SortStableFunc(people, func(a, b domain.Registration) int {
		return strings.Compare(a.SortKey(), b.SortKey())
	})
	return people
}

func listOf(events ...domain.Event) domain.List {
	l := domain.List{
		Scope: domain.ListScope{Series: "efterfragan"}, Title: domain.Text{Sv: "Temadagar om sex mot ersättning", En: "Theme days"},
		MadeAt: time.Date(2016, 11, 30, 14, 5, 9, 0, time.UTC), MadeBy: "kommandoraden",
	}
	for _, e := range events {
		l.Events = append(l.Events, domain.ListEvent{Event: e})
	}
	return l
}

// pagesOf is a reader of rows that are in memory, a few at a time, each page in the same slice.
func pagesOf(all map[domain.EventID][]domain.Registration) export.Rows {
	return func(_ context.Context, e domain.EventID, yield func([]domain.Registration) error) error {
		page := make([]domain.Registration, 0, 7)
		for part := range slices.Chunk(all[e], 7) {
			page = append(page[:0], part...)
			if err := yield(page); err != nil {
				return err
			}
			clear(page)
		}
		return nil
	}
}
