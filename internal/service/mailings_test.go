package service_test

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"testing"
	"time"

	"github.com/temadag/temadag/internal/domain"
	"github.com/temadag/temadag/internal/service"
	"github.com/temadag/temadag/internal/store"
	"github.com/temadag/temadag/internal/testkit"
)

// desk is a case worker of Norrbotten with the mailings of a full event.
type mailingDesk struct {
	*testkit.Kit
	t     testing.TB
	s     *service.Mailings
	o     *service.Outbox
	r     *relay
	a     domain.Actor
	event domain.Event
}

func newMailingDesk(t *testing.T, people int, answer func(try int, to string) error) *mailingDesk {
	t.Helper()
	k := testkit.Open(t)
	d := &mailingDesk{Kit: k, t: t, event: k.AddEvent(t, testkit.Event("lulea", domain.Seats(people+5)))}
	for i := range people {
		register(t, k, testkit.Input(d.event, testkit.Person(i+1)))
	}
	if answer == nil {
		answer = func(int, string) error { return nil }
	}
	d.o, d.r = outbox(k, answer)
	drain(t, k, d.o)
	clear(d.r.sent)
	d.s = &service.Mailings{Store: k.Store, Registrations: k.Registrations, Outbox: d.o, Now: k.Clock.Now}
	d.a = domain.Actor{Name: "Bo Exempel", Grants: []domain.Grant{{Role: domain.RoleCaseWorker, County: "BD"}}}
	return d
}

func practical() domain.MailingEntry {
	return domain.MailingEntry{
		Audience: domain.Audience{Scope: domain.ListScope{Event: "lulea"}},
		Subject:  domain.Text{Sv: "Praktiskt inför {ort}"},
		Body:     domain.Text{Sv: "Hej {förnamn}!\n\nTa med legitimation."},
	}
}

func (d *mailingDesk) begin(in domain.MailingEntry) string {
	d.t.Helper()
	uid, err := d.s.Begin(d.t.Context(), d.a, in)
	if err != nil {
		d.t.Fatal(err)
	}
	return uid
}

func (d *mailingDesk) approve(uid string, n int) {
	d.t.Helper()
	m, _ := d.look(uid)
	if _, err := d.s.Approve(d.t.Context(), d.a, uid, service.Approval{Seen: m.Revision, Expected: n, Typed: fmt.Sprint(n)}); err != nil {
		d.t.Fatal(err)
	}
}

func (d *mailingDesk) look(uid string) (domain.Mailing, domain.MailingCounts) {
	d.t.Helper()
	m, c, err := d.s.Mailing(d.t.Context(), d.a, uid)
	if err != nil {
		d.t.Fatal(err)
	}
	return m, c
}

// run lets mailings and letters go until both rest.
func (d *mailingDesk) run() {
	d.t.Helper()
	for range 500 {
		next, err := d.s.Advance(d.t.Context(), domain.Worker())
		if err != nil {
			d.t.Fatal(err)
		}
		letters, err := d.o.Deliver(d.t.Context(), domain.Worker())
		if err != nil {
			d.t.Fatal(err)
		}
		if next.IsZero() && letters.IsZero() {
			return
		}
		at := next
		if at.IsZero() || !letters.IsZero() && letters.Before(at) {
			at = letters
		}
		if at.After(d.Clock.Now()) {
			d.Clock.Set(at)
		}
	}
	d.t.Fatal("the mailings never came to rest")
}

func (d *mailingDesk) sent() int {
	n := 0
	for _, tries := range d.r.sent {
		n += len(tries)
	}
	return n
}

func TestMailing_reachesEveryoneOnce(t *testing.T) {
	t.Parallel()
	d := newMailingDesk(t, 60, nil)
	uid := d.begin(practical())
	d.approve(uid, 60)
	if d.run(); d.sent() != 60 || len(d.r.sent) != 60 {
		t.Fatalf("%d letters to %d people, want 60", d.sent(), len(d.r.sent))
	}
	m, c := d.look(uid)
	if m.State != domain.MailingDone || c.Accepted != 60 || c.Total() != 60 {
		t.Errorf("it is %s: %+v", m.State, c)
	}
	// Approved and run again, nobody gets another.
	var refused *domain.Error
	if _, err := d.s.Approve(t.Context(), d.a, uid, service.Approval{Seen: m.Revision, Expected: 60, Typed: "60"}); !errors.As(err, &refused) || refused.Key != "mailing.approved" {
		t.Errorf("approved again: %v", err)
	}
	if d.run(); d.sent() != 60 {
		t.Errorf("%d letters after a second run", d.sent())
	}
	found, err := d.Store.Check(t.Context())
	if err != nil || len(found) > 0 {
		t.Errorf("fsck: %v %v", found, err)
	}
}

func TestMailing_canBeTakenBackForAMinute(t *testing.T) {
	t.Parallel()
	d := newMailingDesk(t, 3, nil)
	uid := d.begin(practical())
	d.approve(uid, 3)
	if next, err := d.s.Advance(t.Context(), domain.Worker()); err != nil || !next.Equal(d.Clock.Now().Add(time.Minute)) {
		t.Fatalf("it goes at %v, %v", next, err)
	}
	if err := d.s.TakeBack(t.Context(), d.a, uid); err != nil {
		t.Fatal(err)
	}
	d.Clock.Turn(time.Hour)
	if d.run(); d.sent() != 0 {
		t.Errorf("%d letters went", d.sent())
	}
	d.approve(uid, 3)
	d.Clock.Turn(time.Minute)
	if err := d.s.TakeBack(t.Context(), d.a, uid); err == nil {
		t.Error("it was taken back when its time had come")
	}
	if d.run(); d.sent() != 3 {
		t.Errorf("%d letters went", d.sent())
	}
}

func TestMailing_firstLettersFail(t *testing.T) {
	t.Parallel()
	bad := true
	d := newMailingDesk(t, 50, nil)
	d.r.answer = func(int, string) error {
		if bad {
			return &domain.DeliveryFault{Class: domain.FaultMessage, Reason: "refused"}
		}
		return nil
	}
	uid := d.begin(practical())
	d.approve(uid, 50)
	d.run()
	if m, c := d.look(uid); m.State != domain.MailingPaused || c.Failed != domain.MailingCanary || c.Left != 50-domain.MailingCanary {
		t.Fatalf("it is %s: %+v", m.State, c)
	}
	bad = false
	if err := d.s.Resume(t.Context(), d.a, uid); err != nil {
		t.Fatal(err)
	}
	d.run()
	if m, c := d.look(uid); m.State != domain.MailingDone || c.Accepted != 50 {
		t.Errorf("it is %s: %+v", m.State, c)
	}
}

func TestMailing_stops(t *testing.T) {
	t.Parallel()
	d := newMailingDesk(t, 50, nil)
	uid := d.begin(practical())
	d.approve(uid, 50)
	d.Clock.Turn(time.Minute)
	if _, err := d.s.Advance(t.Context(), domain.Worker()); err != nil {
		t.Fatal(err)
	}
	if err := d.s.Stop(t.Context(), d.a, uid); err != nil {
		t.Fatal(err)
	}
	if d.run(); d.sent() != 0 {
		t.Errorf("%d letters went after the stop", d.sent())
	}
	if m, c := d.look(uid); m.State != domain.MailingStopped || c.Withheld != 50 {
		t.Errorf("it is %s: %+v", m.State, c)
	}
}

// Whoever cancels between approving and sending is not told where to come.
func TestMailing_asksAgainAtTheLastMoment(t *testing.T) {
	t.Parallel()
	d := newMailingDesk(t, 3, nil)
	uid := d.begin(practical())
	d.approve(uid, 3)
	people, _, err := d.Store.FindPeople(t.Context(), searchOf(d.event))
	if err != nil {
		t.Fatal(err)
	}
	for _, p := range people {
		if p.Email == "person2@example.se" {
			if err := d.Registrations.CancelFor(t.Context(), domain.Operator(), p.ID, domain.ChannelPhone, "sjuk"); err != nil {
				t.Fatal(err)
			}
		}
	}
	drain(t, d.Kit, d.o)
	clear(d.r.sent)
	d.run()
	if _, wrote := d.r.sent["person2@example.se"]; wrote || d.sent() != 2 {
		t.Errorf("%d letters went, to her: %v", d.sent(), wrote)
	}
}

func TestMailing_refusals(t *testing.T) {
	t.Parallel()
	d := newMailingDesk(t, 120, nil)
	for name, tt := range map[string]struct {
		change func(*domain.MailingEntry)
		as     service.Approval
		want   string
	}{
		"no subject":          {func(in *domain.MailingEntry) { in.Subject = domain.Text{} }, service.Approval{Expected: 120, Typed: "120"}, "subject_sv: mailing.subject.missing"},
		"unknown placeholder": {func(in *domain.MailingEntry) { in.Body.Sv = "Hej\n{kost}" }, service.Approval{Expected: 120, Typed: "120"}, "body_sv: mailing.placeholder.unknown"},
		"empty placeholder":   {func(in *domain.MailingEntry) { in.Body.Sv = "Hej {länk} {sista avbokningsdag}" }, service.Approval{Expected: 120, Typed: "120"}, ""},
		"not typed":           {func(*domain.MailingEntry) {}, service.Approval{Expected: 120}, "typed: mailing.typed.wrong"},
		"typed with a space":  {func(*domain.MailingEntry) {}, service.Approval{Expected: 120, Typed: " 1 20 "}, ""},
		"another number":      {func(*domain.MailingEntry) {}, service.Approval{Expected: 119, Typed: "119"}, "mailing.changed"},
		"nobody": {func(in *domain.MailingEntry) {
			in.Audience.Filter.Statuses = []domain.RegistrationStatus{domain.Waitlisted}
		}, service.Approval{Expected: 0}, "mailing.nobody"},
		"passed": {func(*domain.MailingEntry) {}, service.Approval{Expected: 120, Typed: "120", At: d.Clock.Now().Add(-time.Hour)}, "at: mailing.at.passed"},
	} {
		in := practical()
		tt.change(&in)
		uid := d.begin(in)
		tt.as.Seen = 1
		_, err := d.s.Approve(t.Context(), d.a, uid, tt.as)
		if got := faultText(err); got != tt.want {
			t.Errorf("%s: %q, want %q", name, got, tt.want)
		}
		if err == nil {
			if err := d.s.TakeBack(t.Context(), d.a, uid); err != nil {
				t.Error(err)
			}
		}
	}
}

func faultText(err error) string {
	var invalid *domain.Invalid
	var single *domain.Error
	switch {
	case errors.As(err, &invalid):
		return invalid.Faults[0].Field + ": " + invalid.Faults[0].Key
	case errors.As(err, &single):
		return single.Key
	case err != nil:
		return err.Error()
	}
	return ""
}

// The wall: to those of another county, and to roles that may not write, there is no such mailing.
func TestMailing_wall(t *testing.T) {
	t.Parallel()
	d := newMailingDesk(t, 2, nil)
	uid := d.begin(practical())
	for name, a := range map[string]domain.Actor{
		"another county": {Name: "Z", Grants: []domain.Grant{{Role: domain.RoleCaseWorker, County: "Z"}}},
		"a reader":       {Name: "R", Grants: []domain.Grant{{Role: domain.RoleCheckIn, County: "BD"}}},
		"a visitor":      domain.Visitor(),
	} {
		errs := map[string]error{
			"save": d.s.Save(t.Context(), a, uid, 1, practical()), "drop": d.s.Drop(t.Context(), a, uid),
			"stop": d.s.Stop(t.Context(), a, uid), "take back": d.s.TakeBack(t.Context(), a, uid),
			"resume": d.s.Resume(t.Context(), a, uid), "enclose": d.s.Enclose(t.Context(), a, uid, "a.txt", []byte("a")),
			"take out": d.s.TakeOut(t.Context(), a, uid, 1), "ready": d.s.Ready(t.Context(), a, uid),
		}
		_, errs["approve"] = d.s.Approve(t.Context(), a, uid, service.Approval{Seen: 1, Expected: 2})
		_, _, errs["look"] = d.s.Mailing(t.Context(), a, uid)
		_, errs["recipients"] = d.s.Recipients(t.Context(), a, uid)
		_, errs["retry"] = d.s.Retry(t.Context(), a, uid)
		_, errs["begin"] = d.s.Begin(t.Context(), a, practical())
		_, errs["see"] = d.s.Look(t.Context(), a, uid, 1)
		for what, err := range errs {
			if !errors.Is(err, domain.ErrNotFound) {
				t.Errorf("%s: %s: %v", name, what, err)
			}
		}
		if list, err := d.s.List(t.Context(), a, "", 0); len(list) > 0 || err != nil && !errors.Is(err, domain.ErrNotFound) {
			t.Errorf("%s is shown %d mailings, %v", name, len(list), err)
		}
	}
	if list, err := d.s.List(t.Context(), d.a, "lulea", 0); err != nil || len(list) != 1 {
		t.Errorf("her own are %d, %v", len(list), err)
	}
}

// One address is written to once, however many registrations it has.
func TestMailing_sameAddress(t *testing.T) {
	t.Parallel()
	d := newMailingDesk(t, 2, nil)
	other := d.AddEvent(t, testkit.Event("pitea", 10))
	register(t, d.Kit, testkit.Input(other, testkit.Person(1)))
	drain(t, d.Kit, d.o)
	clear(d.r.sent)
	in := practical()
	in.Audience.Scope = domain.ListScope{County: "BD"}
	uid := d.begin(in)
	all, err := d.s.Recipients(t.Context(), d.a, uid)
	if err != nil {
		t.Fatal(err)
	}
	var refusals []string
	for _, r := range all {
		refusals = append(refusals, r.Refusal)
	}
	if !slices.Equal(refusals, []string{"", "", "mailing.refusal.same_address"}) {
		t.Errorf("the refusals are %v", refusals)
	}
	d.approve(uid, 2)
	if d.run(); d.sent() != 2 {
		t.Errorf("%d letters went", d.sent())
	}
}

func TestMailing_saveMeetsSave(t *testing.T) {
	t.Parallel()
	d := newMailingDesk(t, 1, nil)
	uid := d.begin(practical())
	in := practical()
	in.Subject.Sv = "Annat"
	if err := d.s.Save(t.Context(), d.a, uid, 1, in); err != nil {
		t.Fatal(err)
	}
	if got := faultText(d.s.Save(t.Context(), d.a, uid, 1, practical())); got != "mailing.saved_by_other" {
		t.Errorf("the second save: %q", got)
	}
	if m, _ := d.look(uid); m.Subject.Sv != "Annat" {
		t.Errorf("it says %q", m.Subject.Sv)
	}
	if err := d.s.Drop(t.Context(), d.a, uid); err != nil {
		t.Fatal(err)
	}
	if _, _, err := d.s.Mailing(t.Context(), d.a, uid); !errors.Is(err, domain.ErrNotFound) {
		t.Errorf("it was thrown away, and is there: %v", err)
	}
}

// Personal letters go before those to many, whichever were owed first.
func TestMailing_personalFirst(t *testing.T) {
	t.Parallel()
	d := newMailingDesk(t, 30, nil)
	uid := d.begin(practical())
	d.approve(uid, 30)
	d.Clock.Turn(time.Minute)
	if _, err := d.s.Advance(t.Context(), domain.Worker()); err != nil {
		t.Fatal(err)
	}
	d.Clock.Turn(time.Second)
	register(t, d.Kit, testkit.Input(d.event, testkit.Person(99)))
	letters, err := claim(d.Kit, 1)
	if err != nil || len(letters) != 1 || letters[0].To != "person99@example.se" {
		t.Errorf("the first to go is %+v, %v", letters, err)
	}
}

func searchOf(e domain.Event) store.PeopleSearch {
	return store.PeopleSearch{Events: []domain.EventID{e.ID}, Sort: domain.SortByArrival, Limit: 100}
}

func claim(k *testkit.Kit, n int) (out []domain.Letter, err error) {
	err = k.Store.Write(context.Background(), func(tx *store.Tx) (err error) {
		out, err = tx.ClaimLetters(context.Background(), k.Clock.Now(), time.Minute, n)
		return err
	})
	return out, err
}

// Where staff have chosen that everyone gets the Swedish text, who has chosen English is written to in Swedish, in
// the letter and in her history; where they have not, a text in English is asked for.
func TestMailing_swedishToAll(t *testing.T) {
	t.Parallel()
	d := newMailingDesk(t, 3, nil)
	in := testkit.Input(d.event, testkit.Person(70))
	in.Lang = domain.English
	register(t, d.Kit, in)
	drain(t, d.Kit, d.o)
	clear(d.r.sent)
	words := practical()
	uid := d.begin(words)
	var refused *domain.Invalid
	if err := d.s.Ready(t.Context(), d.a, uid); !errors.As(err, &refused) || refused.Faults[0].Key != "mailing.subject.missing" || refused.Faults[0].Field != "subject_en" {
		t.Fatalf("nobody has chosen: %v", err)
	}
	m, _ := d.look(uid)
	words.Audience.Swedish, words.Body.En = true, "Hello"
	if err := d.s.Save(t.Context(), d.a, uid, m.Revision, words); err != nil {
		t.Fatal(err)
	}
	if err := d.s.Ready(t.Context(), d.a, uid); !errors.As(err, &refused) || refused.Faults[0].Key != "mailing.swedish.both" {
		t.Errorf("both: %v", err)
	}
	words.Body.En = ""
	if err := d.s.Save(t.Context(), d.a, uid, m.Revision+1, words); err != nil {
		t.Fatal(err)
	}
	if m, _ := d.look(uid); !m.Audience.Swedish || d.s.Ready(t.Context(), d.a, uid) != nil {
		t.Errorf("chosen: %t, %v", m.Audience.Swedish, d.s.Ready(t.Context(), d.a, uid))
	}
	d.approve(uid, 4)
	if d.run(); d.sent() != 4 {
		t.Errorf("%d letters, want 4", d.sent())
	}
	k, err := d.Store.LiveRegistration(t.Context(), d.event.ID, domain.EmailKey(testkit.Person(70).Email))
	if err != nil {
		t.Fatal(err)
	}
	h, err := d.Store.History(t.Context(), k.ID)
	if last := h[len(h)-1]; err != nil || last.Kind != domain.HistoryWrittenTo || last.Details.Subject != "Praktiskt inför {ort}" {
		t.Errorf("her history: %+v, %v", h, err)
	}
	m, _ = d.look(uid)
	letters, _, err := d.s.Letters(t.Context(), d.a, uid, nil, 0)
	if err != nil || len(letters) != 4 {
		t.Errorf("%d letters, %v", len(letters), err)
	}
	if c, err := d.Store.Check(t.Context()); err != nil || len(c) > 0 || m.State != domain.MailingDone {
		t.Errorf("%s: %v, %v", m.State, c, err)
	}
}
