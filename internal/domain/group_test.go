package domain_test

import (
	"fmt"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/temadag/temadag/internal/domain"
)

func groupEvent() domain.Event {
	day := domain.Date{Year: 2016, Month: time.December, Day: 1}
	return domain.Event{
		State: domain.EventPublished, Day: day, Starts: 9 * 60,
		Rules:     domain.Rules{GroupLimit: 4, NameBy: day.AddDays(-7)},
		Questions: []domain.Question{{ID: 1, Kind: domain.QuestionYesNo, Required: true}},
	}
}

func groupEntry(people int) domain.GroupEntry {
	in := domain.GroupEntry{
		ContactName: "Eva Ek", ContactEmail: "eva@example.se", Mode: "some",
		Work: domain.Entry{Organisation: "Piteå kommun", OrganisationType: "social_services", Municipality: "piteå kommun"},
	}
	for i := range people {
		in.People = append(in.People, domain.Entry{GivenName: "Åsa", Email: fmt.Sprintf("asa%c@example.se", 'a'+i)})
	}
	return in
}

func TestEventReadGroup(t *testing.T) {
	t.Parallel()
	tests := map[string]struct {
		people int
		change func(e *domain.Event, in *domain.GroupEntry)
		want   []string
	}{
		"three people":        {3, func(*domain.Event, *domain.GroupEntry) {}, nil},
		"and one to be named": {3, func(_ *domain.Event, in *domain.GroupEntry) { in.Unnamed = " 1 " }, nil},
		"a row left empty": {3, func(_ *domain.Event, in *domain.GroupEntry) {
			in.People = append(in.People, domain.Entry{}, domain.Entry{})
		}, nil},
		"a pair":                  {2, func(_ *domain.Event, in *domain.GroupEntry) { in.Mode = "together" }, nil},
		"nobody":                  {0, func(*domain.Event, *domain.GroupEntry) {}, []string{"people group.nobody"}},
		"too many":                {5, func(*domain.Event, *domain.GroupEntry) {}, []string{"people group.too_many"}},
		"too many, some unnamed":  {3, func(_ *domain.Event, in *domain.GroupEntry) { in.Unnamed = "2" }, []string{"people group.too_many"}},
		"a pair of three":         {3, func(_ *domain.Event, in *domain.GroupEntry) { in.Mode = "together" }, []string{"mode group.two_only"}},
		"half a pair to be named": {1, func(_ *domain.Event, in *domain.GroupEntry) { in.Mode, in.Unnamed = "together", "1" }, []string{"mode group.two_only"}},
		"no wish":                 {3, func(_ *domain.Event, in *domain.GroupEntry) { in.Mode = "" }, []string{"mode group.mode_missing"}},
		"no number":               {3, func(_ *domain.Event, in *domain.GroupEntry) { in.Unnamed = "två" }, []string{"unnamed group.unnamed_wrong"}},
		"a number below nothing":  {3, func(_ *domain.Event, in *domain.GroupEntry) { in.Unnamed = "-1" }, []string{"unnamed group.unnamed_wrong"}},
		"names are due at once":   {3, func(e *domain.Event, in *domain.GroupEntry) { e.Rules.NameBy, in.Unnamed = domain.Date{}, "1" }, []string{"unnamed group.unnamed_closed"}},
		"each is approved":        {3, func(e *domain.Event, in *domain.GroupEntry) { e.Rules.Approval, in.Unnamed = true, "1" }, []string{"unnamed group.unnamed_closed"}},
		"an address twice": {
			3, func(_ *domain.Event, in *domain.GroupEntry) { in.People[2].Email = "ASAA@example.se" },
			[]string{"people_3_email group.same_address"},
		},
		"faults in several rows and for all": {3, func(_ *domain.Event, in *domain.GroupEntry) {
			in.People[0].GivenName, in.People[2].Email, in.Work.Organisation, in.ContactEmail = "", "x", "", ""
		}, []string{
			"contact_email field.email.missing", "organisation field.organisation.missing",
			"people_1_given_name field.given_name.missing", "people_3_email field.email.at_missing",
		}},
		"rows keep the numbers that they have in the form": {2, func(_ *domain.Event, in *domain.GroupEntry) {
			in.People = slices.Insert(in.People, 1, domain.Entry{})
			in.People[2].GivenName = "1"
		}, []string{"people_3_given_name field.given_name.wrong"}},
		"a contact person without a name": {
			2, func(_ *domain.Event, in *domain.GroupEntry) { in.ContactName = "" },
			[]string{"contact_name field.contact_name.missing"},
		},
		"the code is asked once": {
			3, func(e *domain.Event, _ *domain.GroupEntry) { e.Rules.AccessCode = "X" },
			[]string{"access_code field.access_code.missing"},
		},
		"the invoice is asked once": {
			3, func(e *domain.Event, _ *domain.GroupEntry) { e.NoShowFee = 500 },
			[]string{"invoice_reference field.invoice_reference.missing"},
		},
		"addresses of another kind": {
			2, func(e *domain.Event, _ *domain.GroupEntry) { e.Rules.EmailDomains = []string{"polisen.se"} },
			[]string{"people_1_email field.email.domain", "people_2_email field.email.domain"},
		},
	}
	for name, tt := range tests {
		t.Run(name, func(t *testing.T) {
			e, in := groupEvent(), groupEntry(tt.people)
			tt.change(&e, &in)
			g, err := e.ReadGroup(in, e.Day.AddDays(-30).Start())
			if got := faults(err); !slices.Equal(got, tt.want) {
				t.Fatalf("faults = %q, want %q", got, tt.want)
			}
			if err != nil {
				return
			}
			if len(g.People) != tt.people || g.Work.Municipality != "Piteå" || g.Contact.Organisation != "Piteå kommun" {
				t.Errorf("group = %+v", g)
			}
			for _, p := range g.People {
				if p.Organisation != "Piteå kommun" || p.Municipality != "Piteå" {
					t.Errorf("person = %+v", p)
				}
			}
		})
	}
}

// A form with a thousand rows is answered like one with a row too many, and not read.
func TestEventReadGroup_readsNoMoreThanMayCome(t *testing.T) {
	t.Parallel()
	_, err := groupEvent().ReadGroup(groupEntry(1000), time.Time{})
	if got := strings.Join(faults(err), ", "); !strings.HasPrefix(got, "people group.too_many") && !strings.Contains(got, "group.too_many") {
		t.Errorf("faults = %.200q", got)
	}
	if n := len(faults(err)); n > 5 {
		t.Errorf("%d faults were told", n)
	}
}

func TestEventReadNamed(t *testing.T) {
	t.Parallel()
	e := groupEvent()
	e.NoShowFee, e.Rules.AccessCode = 500, "X"
	place := domain.Participant{Organisation: "Piteå kommun", OrganisationType: domain.OrgSocialServices, Municipality: "Piteå", Invoice: domain.Invoice{Reference: "A12"}}
	got, err := e.ReadNamed(domain.Entry{GivenName: "Åsa", Email: "asa@example.se", Organisation: "Någon annan"}, place)
	if err != nil || got.Organisation != "Piteå kommun" || got.Invoice.Reference != "A12" || got.GivenName != "Åsa" {
		t.Errorf("named = %+v, %v", got, err)
	}
	if _, err := e.ReadNamed(domain.Entry{}, place); !slices.Equal(faults(err), []string{"given_name field.given_name.missing", "email field.email.missing"}) {
		t.Errorf("nothing typed: %q", faults(err))
	}
}

func TestEventNamesDue(t *testing.T) {
	t.Parallel()
	e := groupEvent() // to be named by Thursday 24 November
	warn, back := e.NamesDue()
	if want := (domain.Date{Year: 2016, Month: time.November, Day: 21}).At(9 * 60); !warn.Equal(want) {
		t.Errorf("warned at %v, want %v", warn, want)
	}
	if want := e.Rules.NameBy.End(); !back.Equal(want) || e.MayName(back) || !e.MayName(back.Add(-time.Second)) {
		t.Errorf("back at %v, want %v", back, want)
	}
	e.Rules.NameBy = domain.Date{}
	if warn, back := e.NamesDue(); !warn.IsZero() || !back.IsZero() || e.MayName(e.Day.AddDays(-30).Start()) {
		t.Error("names are due where all are named at once")
	}
}
