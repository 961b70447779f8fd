package service_test

import (
	"crypto/sha256"
	"encoding/json"
	"fmt"
	"slices"
	"testing"
	"time"

	"github.com/temadag/temadag/internal/domain"
	"github.com/temadag/temadag/internal/service"
	"github.com/temadag/temadag/internal/store"
	"github.com/temadag/temadag/internal/testkit"
)

// hundredThousand is so many people at one event, none of them like another.
func hundredThousand(b *testing.B, k *testkit.Kit, e domain.Event, n int) {
	b.Helper()
	given := []string{"Åsa", "Anna", "Erik", "Ánne-Sárá", "Lars", "Eva", "Mohammed", "Göran", "Birgitta", "Oŋŋá", "Sven-Åke", "Maria"}
	family := []string{"Andersson", "Öberg", "Johansson", "Åkerström", "Nilsson", "Lindqvist", "Påve", "Blind", "Sjöström", "Hägg"}
	work := []string{"Piteå kommun", "Region Norrbotten", "Polismyndigheten", "Luleå kommun, socialförvaltningen", "Kvinnojouren Iris", "Härnösands kommun"}
	types := domain.OrganisationTypes()
	statuses := []domain.RegistrationStatus{domain.Confirmed, domain.Confirmed, domain.Confirmed, domain.Waitlisted, domain.Cancelled}
	for from := 0; from < n; from += 5000 {
		err := k.Store.Write(b.Context(), func(tx *store.Tx) error {
			for i := from; i < min(n, from+5000); i++ {
				h := sha256.Sum256(fmt.Append(nil, i))
				r := domain.Registration{
					EventID: e.ID, Status: statuses[h[0]%5], Channel: domain.ChannelWeb, Lang: domain.Swedish, TermsID: e.Terms.ID,
					LinkVersion: 1, ReceivedAt: k.Clock.Now().Add(time.Duration(i) * time.Second), Ref: domain.ReferenceOf(h[:]),
				}
				r.GivenName, r.FamilyName = given[int(h[1])%len(given)], fmt.Sprintf("%s-%s", family[int(h[2])%len(family)], family[int(h[3])%len(family)])
				r.Organisation, r.OrganisationType, r.Municipality = work[int(h[4])%len(work)], types[int(h[5])%len(types)], "Piteå"
				r.Email, r.Phone, r.Title = fmt.Sprintf("person.%x@exempelmyndighet.se", h[6:10]), "070-174 06 05", "Socialsekreterare"
				if _, _, err := tx.InsertRegistration(b.Context(), store.Kept{Registration: r, UID: h[:], LinkHash: h[:]}); err != nil {
					return err
				}
			}
			return nil
		})
		if err != nil {
			b.Fatal(err)
		}
	}
}

// BenchmarkPeople asks for pages of a list of 100,000 people, and prints how long the use case takes as
// JSON: the middle and the slowest of the runs.
func BenchmarkPeople(b *testing.B) {
	const people = 100_000
	k := testkit.OpenWith(b, store.Options{Synchronous: "OFF", Unsafe: true})
	e := k.AddEvent(b, testkit.Event("lulea", people))
	hundredThousand(b, k, e, people)
	s := &service.People{Store: k.Store, Registrations: k.Registrations, Now: k.Clock.Now}
	a := domain.Actor{Role: domain.RoleUser, Name: "Eva", Grants: []domain.Grant{{Role: domain.RoleOrganiser, County: "BD"}}}
	scope := domain.ListScope{Event: e.Slug}
	middle, err := s.Find(b.Context(), a, domain.PeopleQuery{Scope: scope, Search: "anna", Limit: 500})
	if err != nil {
		b.Fatal(err)
	}
	cases := []struct {
		name string
		q    domain.PeopleQuery
	}{
		{"first page", domain.PeopleQuery{Scope: scope}},
		{"later page", domain.PeopleQuery{Scope: scope, After: middle.Next}},
		{"of the county", domain.PeopleQuery{Scope: domain.ListScope{County: "BD"}}},
		{"one name", domain.PeopleQuery{Scope: scope, Search: "akerstrom"}},
		{"two words", domain.PeopleQuery{Scope: scope, Search: "åsa pitea"}},
		{"an address", domain.PeopleQuery{Scope: scope, Search: "person.0a1b"}},
		{"nobody", domain.PeopleQuery{Scope: scope, Search: "finns inte"}},
		{"a reference", domain.PeopleQuery{Scope: scope, Search: middle.Rows[7].Ref}},
		{"the queue", domain.PeopleQuery{Scope: scope, Filter: domain.PeopleFilter{Statuses: []domain.RegistrationStatus{domain.Waitlisted}}}},
		{"one type", domain.PeopleQuery{Scope: scope, Filter: domain.PeopleFilter{Types: []domain.OrganisationType{domain.OrgSchool}}}},
		{"by organisation", domain.PeopleQuery{Scope: scope, Sort: domain.SortByOrganisation}},
		{"the newest", domain.PeopleQuery{Scope: scope, Sort: domain.SortByNewest}},
		{"failed letters", domain.PeopleQuery{Scope: scope, Filter: domain.PeopleFilter{Letters: domain.LetterFailed}}},
		{"answered a question", domain.PeopleQuery{Scope: scope, Filter: domain.PeopleFilter{Question: 1}}},
	}
	for _, c := range cases {
		b.Run(c.name, func(b *testing.B) {
			var took []time.Duration
			found := 0
			for b.Loop() {
				start := time.Now()
				page, err := s.Find(b.Context(), a, c.q)
				took = append(took, time.Since(start))
				if err != nil {
					b.Fatal(err)
				}
				found = page.Total
			}
			slices.Sort(took)
			ms := func(d time.Duration) float64 { return float64(d.Microseconds()) / 1000 }
			line, err := json.Marshal(map[string]any{
				"figure": "people page: " + c.name, "people": people, "found": found, "median_ms": ms(took[len(took)/2]),
				"slowest_ms": ms(took[len(took)-1]), "runs": len(took),
			})
			if err != nil {
				b.Fatal(err)
			}
			b.ReportMetric(ms(took[len(took)/2]), "median-ms")
			fmt.Println(string(line))
		})
	}
}
