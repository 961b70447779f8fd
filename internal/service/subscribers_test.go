package service_test

import (
	"errors"
	"fmt"
	"strings"
	"testing"
	"time"

	"github.com/temadag/temadag/internal/auth"
	"github.com/temadag/temadag/internal/domain"
	"github.com/temadag/temadag/internal/service"
	"github.com/temadag/temadag/internal/store"
	"github.com/temadag/temadag/internal/testkit"
)

// inviting is a desk whose county somebody can ask for invitations.
type inviting struct {
	*mailingDesk
	t *testing.T
	s *service.Subscribers
}

func newInviting(t *testing.T) *inviting {
	d := newMailingDesk(t, 1, nil)
	d.o.PageLink = func(_ domain.Lang, route string, args ...string) string {
		return "https://example.se/" + route + "/" + strings.Join(args, "/")
	}
	return &inviting{d, t, &service.Subscribers{Store: d.Store, Keys: d.Keys, Now: d.Clock.Now}}
}

func asks(email string, counties ...domain.OrganiserCode) service.SubscriptionAsk {
	return service.SubscriptionAsk{
		SubscriptionEntry: domain.SubscriptionEntry{Email: email, Counties: counties}, Lang: domain.Swedish, Address: "192.0.2.7",
	}
}

func (d *inviting) ask(email string, counties ...domain.OrganiserCode) {
	d.t.Helper()
	if err := d.s.Ask(d.t.Context(), domain.Visitor(), asks(email, counties...)); err != nil {
		d.t.Fatal(err)
	}
}

func (d *inviting) line(email string, c domain.OrganiserCode) (domain.Subscriber, bool) {
	d.t.Helper()
	all, err := d.Store.SubscribersAt(d.t.Context(), domain.EmailKey(email))
	if err != nil {
		d.t.Fatal(err)
	}
	for _, l := range all {
		if l.County == c {
			return l, true
		}
	}
	return domain.Subscriber{}, false
}

func (d *inviting) link(email, what string) string {
	d.t.Helper()
	l, ok := d.line(email, "BD")
	if !ok {
		d.t.Fatalf("%s has asked for nothing", email)
	}
	return d.Keys.SubscriberLink(l.UID, what)
}

func (d *inviting) confirm(email string) {
	d.t.Helper()
	if err := d.s.Confirm(d.t.Context(), domain.Visitor(), d.link(email, auth.SubscriberManages)); err != nil {
		d.t.Fatal(err)
	}
}

// subscribe is someone who has asked and said that the address is hers.
func (d *inviting) subscribe(email string) {
	d.t.Helper()
	d.ask(email, "BD")
	d.confirm(email)
}

func (d *inviting) end(email string) {
	d.t.Helper()
	if _, err := d.s.End(d.t.Context(), domain.Visitor(), d.link(email, auth.SubscriberEnds), false); err != nil {
		d.t.Fatal(err)
	}
}

func (d *inviting) letters() map[string]int {
	d.t.Helper()
	clear(d.r.sent)
	drain(d.t, d.Kit, d.o)
	out := map[string]int{}
	for to, tries := range d.r.sent {
		out[to] = len(tries)
	}
	clear(d.r.sent)
	return out
}

func (d *inviting) invite(counties ...domain.OrganiserCode) string {
	d.t.Helper()
	uid, err := d.mailingDesk.s.Invite(d.t.Context(), d.a, "lulea", counties,
		domain.Text{Sv: "Välkommen till {ort}", En: "Welcome to {town}"}, domain.Text{Sv: "Nu kan du anmäla dig.", En: "You can register now."})
	if err != nil {
		d.t.Fatal(err)
	}
	return uid
}

func (d *inviting) addJamtland() {
	d.t.Helper()
	if err := d.Editing.PutOrganisers(d.t.Context(), domain.Operator(), []domain.Organiser{testkit.Jamtland()}); err != nil {
		d.t.Fatal(err)
	}
}

func (d *inviting) sound() {
	d.t.Helper()
	found, err := d.Store.Check(d.t.Context())
	if err != nil || len(found) > 0 {
		d.t.Errorf("fsck: %v %v", found, err)
	}
}

// Without an answer to the one letter that asks, nothing goes; a second letter is not sent the same day, and
// after two weeks nobody remembers her.
func TestSubscribers_nothingGoesBeforeSheHasAnswered(t *testing.T) {
	t.Parallel()
	d := newInviting(t)
	d.ask("eva@example.se", "BD")
	d.ask("eva@example.se", "BD")
	d.ask("EVA@example.se", "BD")
	if got := d.letters(); len(got) != 1 || got["eva@example.se"] != 1 {
		t.Fatalf("letters that ask: %v", got)
	}
	uid := d.invite()
	var refused *domain.Error
	m, _ := d.look(uid)
	if _, err := d.mailingDesk.s.Approve(t.Context(), d.a, uid, service.Approval{Seen: m.Revision}); !errors.As(err, &refused) || refused.Key != "mailing.nobody" {
		t.Fatalf("approved: %v", err)
	}
	d.Clock.Turn(25 * time.Hour)
	d.ask("eva@example.se", "BD")
	if got := d.letters(); got["eva@example.se"] != 1 {
		t.Errorf("the day after: %v", got)
	}
	next, err := d.s.KeepTime(t.Context(), domain.Worker())
	if err != nil || next.IsZero() {
		t.Fatalf("%v %v", next, err)
	}
	d.Clock.Set(next)
	if next, err = d.s.KeepTime(t.Context(), domain.Worker()); err != nil || !next.IsZero() {
		t.Fatalf("%v %v", next, err)
	}
	if _, ok := d.line("eva@example.se", "BD"); ok {
		t.Error("she is remembered")
	}
	d.sound()
	// The twin: once she has answered, she is invited.
	d.subscribe("eva@example.se")
	d.letters()
	d.approve(uid, 1)
	if d.run(); d.r.sent["eva@example.se"] == nil {
		t.Error("she who has answered got no invitation")
	}
	d.sound()
}

// What is asked is answered alike whether the address is known, wants nothing, cannot be reached, or is new.
func TestSubscribers_answersEveryoneAlike(t *testing.T) {
	t.Parallel()
	d := newInviting(t)
	d.subscribe("known@example.se")
	d.subscribe("ended@example.se")
	d.end("ended@example.se")
	for address, why := range map[string]domain.SuppressionReason{"dead@example.se": domain.SuppressUnreachable, "no@example.se": domain.SuppressByHand} {
		err := d.Store.Write(t.Context(), func(tx *store.Tx) error {
			return tx.Suppress(t.Context(), d.Keys.AddressHash(domain.EmailKey(address)), "", why, "test", d.Clock.Now())
		})
		if err != nil {
			t.Fatal(err)
		}
	}
	d.letters()
	d.Clock.Turn(48 * time.Hour)
	for _, who := range []string{"known", "ended", "dead", "no", "new"} {
		if err := d.s.Ask(t.Context(), domain.Visitor(), asks(who+"@example.se", "BD")); err != nil {
			t.Errorf("%s: %v", who, err)
		}
	}
	got := d.letters()
	for who, want := range map[string]int{"known": 1, "ended": 1, "dead": 0, "no": 0, "new": 1} {
		if got[who+"@example.se"] != want {
			t.Errorf("%s got %d letters, want %d", who, got[who+"@example.se"], want)
		}
	}
	// Her own wish lifts that she once wanted none, and nothing else does.
	d.confirm("ended@example.se")
	uid := d.invite()
	reach, err := d.mailingDesk.s.InvitationReach(t.Context(), d.a, uid)
	if err != nil || reach.Goes != 2 {
		t.Errorf("it goes to %+v, %v", reach, err)
	}
	d.sound()
}

func TestSubscribers_oneNetworkCannotAskForever(t *testing.T) {
	t.Parallel()
	d := newInviting(t)
	for i := range domain.SubscriptionsFromNetwork {
		d.ask(fmt.Sprintf("p%d@example.se", i), "BD")
	}
	var refused *domain.Error
	err := d.s.Ask(t.Context(), domain.Visitor(), asks("en.till@example.se", "BD"))
	if !errors.As(err, &refused) || refused.Code != domain.CodeTooMany {
		t.Errorf("one more: %v", err)
	}
	elsewhere := asks("en.till@example.se", "BD")
	elsewhere.Address = "198.51.100.1"
	if err := d.s.Ask(t.Context(), domain.Visitor(), elsewhere); err != nil {
		t.Errorf("from elsewhere: %v", err)
	}
}

// Where staff have chosen that everyone gets the Swedish text, an invitation to somebody who reads English is in
// Swedish, and keeps whose subscribers it goes to; where they have not, it is in English.
func TestSubscribers_swedishToAll(t *testing.T) {
	t.Parallel()
	d := newInviting(t)
	tongue := &tongue{Composer: d.o.Composer}
	d.o.Composer = tongue
	in := asks("edna@example.se", "BD")
	in.Lang = domain.English
	if err := d.s.Ask(t.Context(), domain.Visitor(), in); err != nil {
		t.Fatal(err)
	}
	d.confirm("edna@example.se")
	d.letters()
	lang := func(swedish bool) domain.Lang {
		t.Helper()
		uid := d.invite()
		if swedish {
			m, _ := d.look(uid)
			words := m.MailingEntry
			words.Audience.Swedish, words.Audience.Counties, words.Subject.En, words.Body.En = true, nil, "", ""
			if err := d.mailingDesk.s.Save(t.Context(), d.a, uid, m.Revision, words); err != nil {
				t.Fatal(err)
			}
			if now, _ := d.look(uid); !now.Audience.Swedish || len(now.Audience.Counties) != 1 {
				t.Errorf("kept: %+v", now.Audience)
			}
		}
		d.approve(uid, 1)
		d.run()
		if m, _ := d.look(uid); m.State != domain.MailingDone {
			t.Fatalf("it is %s", m.State)
		}
		return tongue.last
	}
	if got := lang(true); got != domain.Swedish {
		t.Errorf("chosen: the letter is in %q", got)
	}
	if got := lang(false); got != domain.English {
		t.Errorf("not chosen: the letter is in %q", got)
	}
	d.sound()
}

// tongue remembers in which language the last letter was to be.
type tongue struct {
	service.Composer

	last domain.Lang
}

func (k *tongue) Compose(f domain.LetterFacts) ([]byte, error) {
	k.last = f.Letter.Lang
	return k.Composer.Compose(f)
}
