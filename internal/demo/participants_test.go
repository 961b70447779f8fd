package demo_test

import (
	"reflect"
	"regexp"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/temadag/temadag/internal/demo"
	"github.com/temadag/temadag/internal/domain"
)

func crowd(asOf domain.Date) demo.Crowd {
	return demo.Participants(asOf, demo.Programme(asOf).AllEvents()...)
}

func TestEveryStateIsSeen(t *testing.T) {
	asOf := demo.Historical()
	want := map[string][3]int{ // taken, left, waiting
		"temadag-lulea": {48, 32, 0}, "temadag-ostersund": {57, 3, 0}, "temadag-umea": {90, 0, 6},
		"temadag-harnosand": {52, 18, 0}, "nationell-konferens": {0, 0, 0},
	}
	arrivals := crowd(asOf).Arrivals
	for _, e := range demo.Programme(asOf).AllEvents() {
		for _, a := range arrivals {
			if a.EventSlug != e.Slug {
				continue
			}
			status, err := e.Admit(a.At)
			if err != nil {
				t.Fatalf("%s refuses %s: %v", e.Slug, a.Key, err)
			}
			if status == domain.Confirmed {
				e.Taken++
			} else {
				e.Waiting++
			}
		}
		got := [3]int{int(e.Taken), int(e.Left()), e.Waiting}
		if got != want[e.Slug] {
			t.Errorf("%s: taken, left, waiting are %v, want %v", e.Slug, got, want[e.Slug])
		}
	}
}

func TestArrivalsComeInOrderBeforeTheDay(t *testing.T) {
	everyDay(2026, 2026, func(asOf domain.Date) {
		if asOf.Day%5 != 0 {
			return
		}
		opens := demo.Programme(asOf).Series[0].Events[0].OpensAt
		last := map[string]time.Time{}
		keys := map[string]bool{}
		for _, a := range crowd(asOf).Arrivals {
			if !a.At.After(last[a.EventSlug]) || a.At.Before(opens) || !a.At.Before(asOf.Start()) {
				t.Fatalf("on %v, %s arrives %v after %v", asOf, a.Key, a.At, last[a.EventSlug])
			}
			last[a.EventSlug] = a.At
			if keys[a.Key] {
				t.Fatalf("%s is used twice", a.Key)
			}
			keys[a.Key] = true
		}
	})
}

func TestEntriesAreAccepted(t *testing.T) {
	asOf := demo.Historical()
	for _, e := range demo.Programme(asOf).AllEvents() {
		types := map[domain.OrganisationType]int{}
		places := domain.MunicipalitiesIn(e.Owner.Code)
		for _, a := range crowd(asOf).Arrivals {
			if a.EventSlug != e.Slug {
				continue
			}
			p, err := e.ReadEntry(a.Entry)
			if err != nil {
				t.Errorf("%s: %+v: %v", a.Key, a.Entry, err)
			}
			types[p.OrganisationType]++
			if !slices.Contains(places, p.Municipality) {
				t.Errorf("%s works in %q, which is not in the county", a.Key, p.Municipality)
			}
		}
		if e.Capacity > 0 && len(types) < 7 {
			t.Errorf("%s: only %d kinds of workplace come", e.Slug, len(types))
		}
	}
}

func TestAnswersFollowTheIdsOfTheStore(t *testing.T) {
	asOf := demo.Historical()
	e := demo.Programme(asOf).Series[0].Events[2]
	for i := range e.Questions {
		e.Questions[i].ID += 1000
	}
	for _, a := range demo.Participants(asOf, e).Arrivals {
		if _, err := e.ReadEntry(a.Entry); err != nil {
			t.Fatalf("%s: %v", a.Key, err)
		}
		if a.Entry.Answers[1000+6] == nil {
			t.Fatalf("%s does not answer the required question: %v", a.Key, a.Entry.Answers)
		}
	}
}

func TestPeopleAreDistinctAndMadeUp(t *testing.T) {
	for _, fault := range peopleFaults(crowd(demo.Historical()).Arrivals) {
		t.Error(fault)
	}
}

func TestPeopleFaultsAreFound(t *testing.T) {
	for name, spoil := range map[string]func(a []demo.Arrival){
		"a real number":    func(a []demo.Arrival) { a[0].Entry.Phone = "070-123 45 67" },
		"a real address":   func(a []demo.Arrival) { a[0].Entry.Email = "anna@lansstyrelsen.se" },
		"an address twice": func(a []demo.Arrival) { a[9].Entry.Email = strings.ToUpper(a[0].Entry.Email) },
		"a name twice": func(a []demo.Arrival) {
			a[9].Entry.GivenName, a[9].Entry.FamilyName = a[0].Entry.GivenName, a[0].Entry.FamilyName
		},
	} {
		arrivals := slices.Clone(crowd(demo.Historical()).Arrivals)
		spoil(arrivals)
		if len(peopleFaults(arrivals)) == 0 {
			t.Errorf("%s is not noticed", name)
		}
	}
}

func peopleFaults(arrivals []demo.Arrival) []string {
	var faults []string
	names, addresses := map[string]bool{}, map[string]bool{}
	for _, a := range arrivals {
		name := a.Entry.GivenName + " " + a.Entry.FamilyName
		key := domain.EmailKey(a.Entry.Email)
		if names[name] || addresses[key] {
			faults = append(faults, name+" <"+a.Entry.Email+"> is there twice")
		}
		names[name], addresses[key] = true, true
		if _, ok := domain.ParseEmail(a.Entry.Email); !ok || !strings.HasSuffix(key, "@example.se") {
			faults = append(faults, a.Entry.Email+" is no address of ours")
		}
		if a.Entry.Phone != "" && !fictional(a.Entry.Phone) {
			faults = append(faults, a.Entry.Phone+" may be someone's")
		}
	}
	return faults
}

// fictional reports whether the number is one of those the Swedish Post and Telecom Authority has
// set apart for books and films.
func fictional(phone string) bool {
	digits := regexp.MustCompile(`\D`).ReplaceAllString(phone, "")
	if strings.HasPrefix(phone, "+46") {
		digits = "0" + digits[2:]
	}
	return regexp.MustCompile(`^(07017406(0[5-9]|[1-9]\d)|08465004\d{2}|03139006\d{2}|04062804\d{2}|09803192\d{2})$`).MatchString(digits)
}

func TestNumbersOfTheProgrammeAreFictional(t *testing.T) {
	c := demo.Programme(demo.Historical())
	phones, emails := []string{}, []string{}
	for _, o := range c.Organisers {
		phones, emails = append(phones, o.Phone), append(emails, o.Email, o.DPO)
	}
	for _, e := range c.AllEvents() {
		phones, emails = append(phones, e.Contact.Phone), append(emails, e.Contact.Email)
	}
	for _, p := range phones {
		if !fictional(p) {
			t.Errorf("%q may be someone's", p)
		}
	}
	for _, m := range emails {
		if _, ok := domain.ParseEmail(m); !ok || !strings.HasSuffix(m, "@example.se") {
			t.Errorf("%q is no address of ours", m)
		}
	}
}

func TestRareNamesArrive(t *testing.T) {
	have := map[string]bool{}
	for _, a := range crowd(demo.Historical()).Arrivals {
		have[a.Entry.GivenName+" "+a.Entry.FamilyName] = true
	}
	for _, name := range []string{"Ánne-Sárá Oŋŋá", "Bïengke Åhrén", "O ", "Eva D'Arcy-Öberg", "A\u030Asa Ho\u0308glund"} {
		if !have[name] {
			t.Errorf("%q does not come", name)
		}
	}
}

func TestProtectedPeopleAreAmongThem(t *testing.T) {
	c := crowd(demo.Historical())
	if len(c.Protected) != 2 || c.Protected[0].EventSlug == c.Protected[1].EventSlug {
		t.Fatalf("protected are %v", c.Protected)
	}
	for _, p := range c.Protected {
		if !slices.ContainsFunc(c.Arrivals, func(a demo.Arrival) bool {
			return a.EventSlug == p.EventSlug && a.Entry.Email == p.Email
		}) {
			t.Errorf("%v is not among the participants", p)
		}
	}
}

func TestPeopleAreTheSameEachTime(t *testing.T) {
	if !reflect.DeepEqual(crowd(demo.Historical()), crowd(demo.Historical())) {
		t.Error("two crowds of one day differ")
	}
	asOf := domain.Date{Year: 2026, Month: time.November, Day: 23}
	events := demo.Programme(asOf).AllEvents()
	var alone []demo.Arrival
	for _, a := range crowd(asOf).Arrivals {
		if a.EventSlug == events[1].Slug {
			alone = append(alone, a)
		}
	}
	if !reflect.DeepEqual(alone, demo.Participants(asOf, events[1]).Arrivals) {
		t.Error("who comes to one event depends on the others asked for")
	}
}
