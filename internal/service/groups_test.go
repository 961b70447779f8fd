package service_test

import (
	"errors"
	"fmt"
	"reflect"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/temadag/temadag/internal/auth"
	"github.com/temadag/temadag/internal/domain"
	"github.com/temadag/temadag/internal/service"
	"github.com/temadag/temadag/internal/testkit"
)

const contact = "kontakt@example.se"

// forGroups is an event that takes ten in one go, with names due a week before.
func forGroups(slug string, capacity domain.Seats) domain.Event {
	e := testkit.Event(slug, capacity)
	e.Rules.GroupLimit, e.Rules.NameBy = 10, e.Day.AddDays(-7)
	return e
}

// several is a group of the people with those numbers.
func several(e domain.Event, mode domain.GroupMode, unnamed int, people ...int) service.GroupInput {
	in := service.GroupInput{EventSlug: e.Slug, Key: auth.NewKey(), TermsID: e.Terms.ID, Lang: domain.Swedish, Entry: domain.GroupEntry{
		ContactName: "Eva Exempel", ContactEmail: contact, Work: testkit.Person(0), Mode: string(mode), Unnamed: fmt.Sprint(unnamed),
	}}
	for _, n := range people {
		p := testkit.Person(n)
		in.Entry.People = append(in.Entry.People, domain.Entry{GivenName: p.GivenName, FamilyName: p.FamilyName, Email: p.Email})
	}
	return in
}

func join(t *testing.T, k *testkit.Kit, in service.GroupInput) domain.GroupReceipt {
	t.Helper()
	r, err := k.Registrations.RegisterGroup(t.Context(), domain.Visitor(), in)
	if err != nil {
		t.Fatal(err)
	}
	return r
}

// came is what came of each row, in short.
func came(places []domain.GroupPlace) string {
	var out []string
	for _, p := range places {
		s := string(p.Status)
		if s == "" {
			s = "nothing"
		}
		if p.Name == "" {
			s = "unnamed " + s
		}
		out = append(out, s)
	}
	return strings.Join(out, ", ")
}

// groupLink is the link to the group of a submission.
func groupLink(k *testkit.Kit, in service.GroupInput) string {
	return k.Keys.Link(auth.UID("group "+in.Key), 1)
}

func TestRegisterGroup(t *testing.T) {
	t.Parallel()
	tests := map[string]struct {
		capacity domain.Seats
		change   func(e *domain.Event)
		in       func(e domain.Event) service.GroupInput
		want     string // what came of each row
		refused  string
	}{
		"all, and there is room": {
			3, nil, func(e domain.Event) service.GroupInput { return several(e, domain.GroupAll, 0, 1, 2, 3) },
			"confirmed, confirmed, confirmed", "",
		},
		"all, with some to be named": {
			3, nil, func(e domain.Event) service.GroupInput { return several(e, domain.GroupAll, 2, 1) },
			"confirmed, unnamed confirmed, unnamed confirmed", "",
		},
		"all, and one place too few": {
			2, nil, func(e domain.Event) service.GroupInput { return several(e, domain.GroupAll, 0, 1, 2, 3) },
			"", "full: group.not_all",
		},
		"all, one too few for the unnamed": {
			2, nil, func(e domain.Event) service.GroupInput { return several(e, domain.GroupAll, 2, 1) },
			"", "full: group.not_all",
		},
		"some: the rest queue in order": {
			2, nil, func(e domain.Event) service.GroupInput { return several(e, domain.GroupSome, 0, 1, 2, 3, 4) },
			"confirmed, confirmed, waitlisted, waitlisted", "",
		},
		"some, without a queue: the rest is told": {
			2, func(e *domain.Event) { e.WaitingList = false },
			func(e domain.Event) service.GroupInput { return several(e, domain.GroupSome, 0, 1, 2, 3) }, "confirmed, confirmed, nothing", "",
		},
		"some: what is unnamed does not queue": {
			2, nil, func(e domain.Event) service.GroupInput { return several(e, domain.GroupSome, 2, 1) },
			"confirmed, unnamed confirmed, unnamed nothing", "",
		},
		"two together, and there is room": {
			2, nil, func(e domain.Event) service.GroupInput { return several(e, domain.GroupTogether, 0, 1, 2) },
			"confirmed, confirmed", "",
		},
		"two together, one place": {
			1, nil, func(e domain.Event) service.GroupInput { return several(e, domain.GroupTogether, 0, 1, 2) },
			"waitlisted, waitlisted", "",
		},
		"two together, no queue": {
			1, func(e *domain.Event) { e.WaitingList = false },
			func(e domain.Event) service.GroupInput { return several(e, domain.GroupTogether, 0, 1, 2) }, "", "full: registration.full",
		},
		"each is approved": {
			1, func(e *domain.Event) { e.Rules.Approval = true },
			func(e domain.Event) service.GroupInput { return several(e, domain.GroupAll, 0, 1, 2) }, "pending, pending", "",
		},
		"one at a time": {
			5, func(e *domain.Event) { e.Rules.GroupLimit = 0 },
			func(e domain.Event) service.GroupInput { return several(e, domain.GroupSome, 0, 1, 2) }, "", "not_found: event.not_found",
		},
		"closed": {
			5, func(e *domain.Event) { e.RegisterUntil = domain.Date{Year: 2016, Month: 9, Day: 30} },
			func(e domain.Event) service.GroupInput { return several(e, domain.GroupSome, 0, 1, 2) }, "", "closed: registration.closed",
		},
		"too many": {
			20, nil, func(e domain.Event) service.GroupInput { return several(e, domain.GroupSome, 9, 1, 2) },
			"", "invalid: group.too_many (people)",
		},
		"other terms": {5, nil, func(e domain.Event) service.GroupInput {
			in := several(e, domain.GroupSome, 0, 1)
			in.TermsID = 99
			return in
		}, "", "conflict: registration.terms_changed"},
	}
	for name, tt := range tests {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			k := testkit.Open(t)
			day := forGroups("lulea", tt.capacity)
			if tt.change != nil {
				tt.change(&day)
			}
			e := k.AddEvent(t, day)
			in := tt.in(e)
			r, err := k.Registrations.RegisterGroup(t.Context(), domain.Visitor(), in)
			if inWords(err) != tt.refused || came(r.Places) != tt.want {
				t.Fatalf("%q, %q; want %q, %q", came(r.Places), inWords(err), tt.want, tt.refused)
			}
			sound(t, k)
			after, err := k.Store.EventFacts(t.Context(), e.ID)
			if err != nil || int(after.Taken) != strings.Count(tt.want, "confirmed") || after.Waiting != strings.Count(tt.want, "waitlisted") {
				t.Errorf("%d places are taken and %d wait (%v)", after.Taken, after.Waiting, err)
			}
			if tt.refused != "" {
				if n := len(letters(t, k)); n != 0 {
					t.Errorf("%d letters are owed to people who were refused", n)
				}
				return
			}
			shown, err := k.Registrations.GroupReceipt(t.Context(), in.Key)
			if err != nil || !reflect.DeepEqual(shown, r) {
				t.Errorf("the receipt is %+v, %v; want %+v", shown, err, r)
			}
		})
	}
}

// Everyone gets a letter and a link of her own; the contact person one with the link to the group, and
// nobody's personal one.
func TestRegisterGroup_letters(t *testing.T) {
	t.Parallel()
	k := testkit.Open(t)
	e := k.AddEvent(t, forGroups("lulea", 3))
	in := several(e, domain.GroupSome, 1, 1, 2)
	in.Lang = domain.English
	join(t, k, in)
	o, r := outbox(k, func(int, string) error { return nil })
	o.GroupLink = func(_ domain.Lang, token string) string { return "https://example.se/grupp/" + token }
	o.Composer = &gossip{}
	drain(t, k, o)
	if len(r.sent) != 3 {
		t.Fatalf("letters went to %d addresses, want two people and their contact person", len(r.sent))
	}
	link := groupLink(k, in)
	for to, tries := range r.sent {
		text := string(tries[0])
		if len(tries) != 1 || strings.Contains(text, link) != (to == contact) {
			t.Errorf("%s got %d letters, the first %.600s", to, len(tries), text)
		}
	}
	mine := string(r.sent[contact][0])
	for i := range 3 {
		personal := k.Keys.Link(auth.UID(fmt.Sprintf("group %s %d", in.Key, i+1)), 1)
		if strings.Contains(mine, personal) {
			t.Error("the contact person has someone's personal link")
		}
		if _, err := k.Registrations.Group(t.Context(), domain.Visitor(), personal); !errors.Is(err, domain.ErrNotFound) {
			t.Errorf("a personal link opens the group: %v", err)
		}
	}
	if _, err := k.Registrations.Own(t.Context(), domain.Visitor(), link); !errors.Is(err, domain.ErrNotFound) {
		t.Errorf("the group's link opens a personal page: %v", err)
	}
	sound(t, k)
}

// One key for both forms: the group's link must not be the personal one. The twin takes the same hash
// for both, and then they are the same.
func TestRegisterGroup_linkIsNobodysOwn(t *testing.T) {
	t.Parallel()
	k := testkit.Open(t)
	e := k.AddEvent(t, forGroups("lulea", 10))
	victim := testkit.Input(e, testkit.Person(1))
	register(t, k, victim)
	in := several(e, domain.GroupSome, 0, 2)
	in.Key = victim.Key
	join(t, k, in)
	if groupLink(k, in) == k.Keys.Link(auth.UID(victim.Key), 1) {
		t.Error("the link to the group opens the page of someone else")
	}
	if _, err := k.Registrations.Own(t.Context(), domain.Visitor(), groupLink(k, in)); !errors.Is(err, domain.ErrNotFound) {
		t.Errorf("the link to the group opens a personal page: %v", err)
	}
	if twin := k.Keys.Link(auth.UID(in.Key), 1); own(t, k, twin).Registration.Email != victim.Entry.Email {
		t.Error("the twin opens nothing: this test sees nothing")
	}
}

// The same form sent a hundred times at once is one group with one letter each.
func TestRegisterGroup_sameFormIsOneGroup(t *testing.T) {
	t.Parallel()
	k := testkit.Open(t)
	e := k.AddEvent(t, forGroups("lulea", 3))
	in := several(e, domain.GroupAll, 1, 1, 2)
	first := join(t, k, in)
	var wg sync.WaitGroup
	for range 100 {
		wg.Go(func() {
			if again, err := k.Registrations.RegisterGroup(t.Context(), domain.Visitor(), in); err != nil || !reflect.DeepEqual(again, first) {
				t.Errorf("again = %+v, %v", again, err)
			}
		})
	}
	wg.Wait()
	if got := kindsOwed(t, k); got[domain.LetterConfirmed] != 2 || got[domain.LetterGroup] != 1 || len(got) != 2 {
		t.Errorf("letters = %v", got)
	}
	k.Clock.Set(e.RegisterUntil.End()) // closed meanwhile: what was taken is still answered
	if again := join(t, k, in); !reflect.DeepEqual(again, first) {
		t.Errorf("after the last day: %+v", again)
	}
	in.Entry.ContactEmail = "annan@example.se"
	if _, err := k.Registrations.RegisterGroup(t.Context(), domain.Visitor(), in); inWords(err) != "conflict: registration.already_sent" {
		t.Errorf("the used form with another contact person: %v", err)
	}
	sound(t, k)
}

// Twenty groups of three for ten places, all or nobody: three groups have nine places. The twin takes
// as many as there are, and then all ten are gone and someone's colleague is left behind.
func TestRegisterGroup_allOrNobody(t *testing.T) {
	t.Parallel()
	for mode, want := range map[domain.GroupMode]domain.Seats{domain.GroupAll: 9, domain.GroupSome: 10} {
		t.Run(string(mode), func(t *testing.T) {
			t.Parallel()
			k := testkit.Open(t)
			day := forGroups("lulea", 10)
			day.WaitingList = false
			e := k.AddEvent(t, day)
			var wg sync.WaitGroup
			for i := range 20 {
				wg.Go(func() {
					_, err := k.Registrations.RegisterGroup(t.Context(), domain.Visitor(), several(e, mode, i%2, 3*i+1, 3*i+2, 3*i+3)) // every other one is of four
					if err != nil && domain.CodeOf(err) != domain.CodeFull {
						t.Error(err)
					}
				})
			}
			wg.Wait()
			after, err := k.Store.EventFacts(t.Context(), e.ID)
			if err != nil || after.Taken > 10 || (mode == domain.GroupSome && after.Taken != want) {
				t.Errorf("%d places are taken (%v), want %d", after.Taken, err, want)
			}
			sound(t, k)
		})
	}
	k := testkit.Open(t)
	e := k.AddEvent(t, forGroups("lulea", 10))
	var wg sync.WaitGroup
	var mu sync.Mutex
	full := 0
	for i := range 20 {
		wg.Go(func() {
			r, err := k.Registrations.RegisterGroup(t.Context(), domain.Visitor(), several(e, domain.GroupAll, 0, 3*i+1, 3*i+2, 3*i+3))
			mu.Lock()
			defer mu.Unlock()
			var refusal *domain.Error
			switch {
			case errors.As(err, &refusal) && refusal.Key == "group.not_all" && refusal.Args["left"].(int) < 3:
				full++
			case err != nil:
				t.Error(err)
			case came(r.Places) != "confirmed, confirmed, confirmed":
				t.Errorf("a group got %s", came(r.Places))
			}
		})
	}
	wg.Wait()
	if after, err := k.Store.EventFacts(t.Context(), e.ID); err != nil || after.Taken != 9 || full != 17 {
		t.Errorf("%d places are taken and %d groups refused (%v), want 9 and 17", after.Taken, full, err)
	}
	sound(t, k)
}

// Whoever puts someone's address into a group learns nothing of her: the receipt, the page of the group
// and the letters to the contact person are those of a newcomer, whoever of them is registered. She is
// told, and takes no place. The twin puts in somebody who is not there, and must look the same.
func TestRegisterGroup_tellsNothingOfWhoIsThere(t *testing.T) {
	t.Parallel()
	for name, people := range map[string][]int{"one of two": {1, 2}, "all of them": {1}} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			look := func(known bool) (r domain.GroupReceipt, g domain.OwnGroup, to []string) {
				k := testkit.Open(t)
				e := k.AddEvent(t, forGroups("lulea", 10))
				if known {
					register(t, k, testkit.Input(e, testkit.Person(1)))
					letters(t, k)
				}
				in := several(e, domain.GroupSome, 0, people...)
				in.Key = "the same for both"
				r = join(t, k, in)
				g, err := k.Registrations.Group(t.Context(), domain.Visitor(), groupLink(k, in))
				if err != nil {
					t.Fatal(err)
				}
				for _, l := range letters(t, k) {
					if l.To == contact {
						to = append(to, fmt.Sprint(l.Kind, l.Status, l.Lang, l.Details.Reserved, l.QueuePosition))
					} else if known && l.To == "person1@example.se" && l.Kind != domain.LetterAlreadyRegistered {
						t.Errorf("she gets %s", l.Kind)
					}
				}
				o, sent := outbox(k, func(int, string) error { return nil })
				pen := &gossip{}
				o.Composer, o.GroupLink = pen, func(domain.Lang, string) string { return "" }
				k.Clock.Turn(2 * time.Hour) // what was looked at above is due again
				drain(t, k, o)
				if text := string(sent.sent[contact][0]); strings.Contains(text, "person1@example.se") {
					t.Errorf("the contact person's letter tells of her: %s", text)
				}
				after, err := k.Store.EventFacts(t.Context(), e.ID)
				if err != nil || int(after.Taken) != len(people) {
					t.Errorf("%d places are taken (%v), want %d: she takes no second one", after.Taken, err, len(people))
				}
				sound(t, k)
				return r, g, to
			}
			r1, g1, to1 := look(true)
			r2, g2, to2 := look(false)
			g1.Event, g2.Event = domain.Event{}, domain.Event{}
			if !reflect.DeepEqual(r1, r2) || !reflect.DeepEqual(g1, g2) || !reflect.DeepEqual(to1, to2) || len(to1) != 1 {
				t.Errorf("who is there is told:\n%+v\n%+v\n%+v\n%+v\n%v\n%v", r1, r2, g1, g2, to1, to2)
			}
		})
	}
}
