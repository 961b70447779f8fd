package service_test

import (
	"context"
	"errors"
	"fmt"
	"strings"
	"testing"
	"time"

	"github.com/temadag/temadag/internal/auth"
	"github.com/temadag/temadag/internal/domain"
	"github.com/temadag/temadag/internal/store"
)

// Whoever ends it between the approval and her letter gets none, wherever the letter is: not begun with, in the
// queue, or tried and to be tried again. What has gone tells no more whom it went to.
func TestInvitation_endedGetsNone(t *testing.T) {
	t.Parallel()
	for name, when := range map[string]func(d *inviting, uid string){
		"before it is begun with": func(*inviting, string) {},
		"while it is in the queue": func(d *inviting, _ string) {
			d.Clock.Turn(time.Minute)
			if _, err := d.mailingDesk.s.Advance(d.t.Context(), domain.Worker()); err != nil {
				d.t.Fatal(err)
			}
		},
		"after a try": func(d *inviting, _ string) {
			d.Clock.Turn(time.Minute)
			d.r.answer = func(int, string) error {
				return &domain.DeliveryFault{Class: domain.FaultRetry, Reason: "greylisted", Code: 451}
			}
			for range 2 {
				if _, err := d.mailingDesk.s.Advance(d.t.Context(), domain.Worker()); err != nil {
					d.t.Fatal(err)
				}
				if _, err := d.o.Deliver(d.t.Context(), domain.Worker()); err != nil {
					d.t.Fatal(err)
				}
			}
			d.r.answer = func(int, string) error { return nil }
			clear(d.r.sent)
		},
		"while a sender held it that was killed": func(d *inviting, _ string) {
			d.Clock.Turn(time.Minute)
			if _, err := d.mailingDesk.s.Advance(d.t.Context(), domain.Worker()); err != nil {
				d.t.Fatal(err)
			}
			if err := d.Store.Write(d.t.Context(), func(tx *store.Tx) error {
				held, err := tx.ClaimLetters(d.t.Context(), d.Clock.Now(), time.Minute, 10)
				if err == nil && len(held) != 2 {
					err = fmt.Errorf("%d letters are held", len(held))
				}
				return err
			}); err != nil {
				d.t.Fatal(err)
			}
		},
	} {
		t.Run(name, func(t *testing.T) {
			d := newInviting(t)
			d.subscribe("eva@example.se")
			d.subscribe("bo@example.se")
			d.letters()
			uid := d.invite()
			d.approve(uid, 2)
			when(d, uid)
			d.end("eva@example.se")
			clear(d.r.sent)
			d.run()
			if d.r.sent["eva@example.se"] != nil || d.r.sent["bo@example.se"] == nil {
				t.Errorf("it went to %v", d.r.sent)
			}
			if m, c := d.look(uid); m.State != domain.MailingDone || c.Withheld != 1 || c.Accepted != 1 || c.Total() != 2 {
				t.Errorf("it is %s: %+v", m.State, c)
			}
			d.sound()
			d.forgotten("eva@example.se")
			d.end("bo@example.se") // who has had it
			d.forgotten("bo@example.se")
			d.sound()
		})
	}
}

// A letter that failed is not tried again for someone who has ended it since: there is nobody to try it for.
func TestInvitation_endedIsNotTriedAgain(t *testing.T) {
	t.Parallel()
	d := newInviting(t)
	d.subscribe("eva@example.se")
	d.subscribe("bo@example.se")
	d.letters()
	uid := d.invite()
	d.approve(uid, 2)
	d.r.answer = func(int, string) error {
		return &domain.DeliveryFault{Class: domain.FaultMessage, Reason: "too large", Code: 552}
	}
	d.run()
	if _, c := d.look(uid); c.Failed != 2 {
		t.Fatalf("not both failed: %+v", c)
	}
	if again, _, err := d.mailingDesk.s.Stuck(t.Context(), d.a, uid); err != nil || again != 2 {
		t.Fatalf("%d may be tried again, %v", again, err)
	}
	d.end("eva@example.se")
	if again, _, err := d.mailingDesk.s.Stuck(t.Context(), d.a, uid); err != nil || again != 1 {
		t.Errorf("%d may be tried again, %v", again, err)
	}
	if n, err := d.mailingDesk.s.Retry(t.Context(), d.a, uid); err != nil || n != 1 {
		t.Errorf("%d are tried again, %v", n, err)
	}
	d.sound()
}

// forgotten fails where the database still tells an address.
func (d *inviting) forgotten(email string) {
	d.t.Helper()
	for id := range domain.LetterID(60) {
		l, err := d.Store.LetterByID(d.t.Context(), id)
		if err == nil && l.To == email {
			d.t.Errorf("letter %d tells that it went to %s", id, email)
		}
		if raw, err := d.Store.LetterBody(d.t.Context(), id); err != nil || l.Kind.ToSubscriber() && l.To == "" && raw != nil {
			d.t.Errorf("letter %d is kept: %v", id, err)
		}
	}
	if _, ok := d.line(email, "BD"); ok {
		d.t.Error("she is remembered")
	}
}

// What nobody wants stands against invitations alone: whoever is registered is told what she needs to know.
func TestSubscribers_endingIsNoWordAboutARegistration(t *testing.T) {
	t.Parallel()
	d := newInviting(t)
	d.subscribe("person1@example.se")
	d.letters()
	if reach, err := d.mailingDesk.s.InvitationReach(t.Context(), d.a, d.invite()); err != nil || reach.Registered != 1 || reach.Goes != 0 {
		t.Errorf("who is registered is invited: %+v %v", reach, err)
	}
	d.end("person1@example.se")
	uid := d.begin(practical())
	d.approve(uid, 1)
	if d.run(); d.r.sent["person1@example.se"] == nil {
		t.Error("who has ended invitations got nothing about her registration")
	}
	d.sound()
}

// One press more, and a link from long ago, are answered as the first was; what is no link of ours is not.
func TestSubscribers_endsOnce(t *testing.T) {
	t.Parallel()
	d := newInviting(t)
	d.subscribe("eva@example.se")
	end, manage := d.link("eva@example.se", auth.SubscriberEnds), d.link("eva@example.se", auth.SubscriberManages)
	if _, err := d.s.Ending(t.Context(), domain.Visitor(), end); err != nil {
		t.Fatal(err)
	}
	if _, ok := d.line("eva@example.se", "BD"); !ok {
		t.Fatal("looking ended it")
	}
	for range 2 {
		if _, err := d.s.End(t.Context(), domain.Visitor(), end, false); err != nil {
			t.Fatal(err)
		}
	}
	for _, token := range []string{"", "x", manage, strings.ToUpper(end), end + "a", d.Keys.Link([]byte("0123456789abcdef"), 1)} {
		if _, err := d.s.End(t.Context(), domain.Visitor(), token, true); !errors.Is(err, domain.ErrNotFound) {
			t.Errorf("%q: %v", token, err)
		}
	}
	if _, err := d.s.Subscription(t.Context(), domain.Visitor(), end); !errors.Is(err, domain.ErrNotFound) {
		t.Errorf("the link that ends opens the page: %v", err)
	}
	why, err := d.Store.Suppressed(t.Context(), "BD", d.Keys.AddressHash(domain.EmailKey("eva@example.se")))
	if err != nil || len(why) != 1 {
		t.Errorf("what stands against her address: %v %v", why, err)
	}
}

func TestSubscribers_choosesCounties(t *testing.T) {
	t.Parallel()
	d := newInviting(t)
	d.addJamtland()
	d.subscribe("eva@example.se")
	token, err := d.s.Choose(t.Context(), domain.Visitor(), d.link("eva@example.se", auth.SubscriberManages), []domain.OrganiserCode{"Z"})
	if err != nil || token == "" {
		t.Fatalf("%q %v", token, err)
	}
	own, err := d.s.Subscription(t.Context(), domain.Visitor(), token)
	if err != nil || len(own.Invited) != 1 || own.Invited[0].Code != "Z" {
		t.Fatalf("%+v %v", own, err)
	}
	if token, err = d.s.Choose(t.Context(), domain.Visitor(), token, nil); err != nil || token != "" {
		t.Errorf("%q %v", token, err)
	}
	if n, err := d.s.Numbers(t.Context(), domain.Operator()); err == nil {
		for _, c := range n {
			if c.Invited+c.Waiting != 0 {
				t.Errorf("%+v", c)
			}
		}
	}
	d.sound()
}

// Her own registration's link proves the address: no letter asks.
func TestSubscribers_ownRegistration(t *testing.T) {
	t.Parallel()
	d := newInviting(t)
	k, err := d.Store.LiveRegistration(t.Context(), d.event.ID, domain.EmailKey("person1@example.se"))
	if err != nil {
		t.Fatal(err)
	}
	token := d.Keys.Link(k.UID, 1)
	if err := d.s.AskOwn(t.Context(), domain.Visitor(), token); err != nil {
		t.Fatal(err)
	}
	o, err := d.s.OfOwn(t.Context(), domain.Visitor(), token)
	if err != nil || !o.Invited || o.Link == "" || o.County.Short == "" {
		t.Errorf("%+v %v", o, err)
	}
	if got := d.letters(); len(got) != 0 {
		t.Errorf("letters: %v", got)
	}
	if l, _ := d.line("person1@example.se", "BD"); l.Source != domain.SubscribedOnOwn {
		t.Errorf("%+v", l)
	}
}

// Staff see numbers of their own county and end it for who asks them to; what they are answered tells nothing.
func TestSubscribers_staff(t *testing.T) {
	t.Parallel()
	d := newInviting(t)
	d.addJamtland()
	d.subscribe("eva@example.se")
	n, err := d.s.Numbers(t.Context(), d.a)
	if err != nil || len(n) != 1 || n[0].County.Code != "BD" || n[0].Invited != 1 {
		t.Fatalf("%+v %v", n, err)
	}
	if err := d.s.Remove(t.Context(), d.a, []domain.OrganiserCode{"Z"}, "eva@example.se"); !errors.Is(err, domain.ErrNotFound) {
		t.Errorf("another county's: %v", err)
	}
	for _, address := range []string{"eva@example.se", "nobody@example.se"} {
		if err := d.s.Remove(t.Context(), d.a, []domain.OrganiserCode{"BD"}, address); err != nil {
			t.Errorf("%s: %v", address, err)
		}
	}
	d.forgotten("eva@example.se")
	d.sound()
}

// An invitation tells nothing about a registration, since there is none: the line of each such word is told.
func TestInvitation_refusesWordsAboutARegistration(t *testing.T) {
	t.Parallel()
	d := newInviting(t)
	d.subscribe("eva@example.se")
	uid := d.invite()
	m, _ := d.look(uid)
	in := m.MailingEntry
	in.Body.Sv = "Hej!\n\n{förnamn}, {dag}"
	in.Audience = domain.Audience{Scope: domain.ListScope{Event: "lulea"}} // whom it goes to is said elsewhere
	if err := d.mailingDesk.s.Save(t.Context(), d.a, uid, m.Revision, in); err != nil {
		t.Fatal(err)
	}
	var v *domain.Invalid
	err := d.mailingDesk.s.Ready(t.Context(), d.a, uid)
	if !errors.As(err, &v) || len(v.Faults) != 1 || v.Faults[0].Key != "mailing.placeholder.not_invited" || v.Faults[0].Args["line"] != 3 {
		t.Errorf("%v", err)
	}
	if m, _ = d.look(uid); len(m.Audience.Counties) != 1 {
		t.Errorf("the counties are lost: %+v", m.Audience)
	}
	// The twin: to those who are registered the same words go.
	m.Kind = domain.MailingParticipants
	if err := m.Ready(false); err != nil {
		t.Errorf("%v", err)
	}
}

// A day that is called off meanwhile invites nobody, and one that nobody can see invites to nothing.
func TestInvitation_toNothing(t *testing.T) {
	t.Parallel()
	d := newInviting(t)
	d.subscribe("eva@example.se")
	d.letters()
	uid := d.invite()
	d.approve(uid, 1)
	if err := d.Store.Write(t.Context(), func(tx *store.Tx) error {
		return tx.SetState(t.Context(), d.event.ID, domain.EventPublished, domain.EventCancelled, d.Clock.Now())
	}); err != nil {
		t.Fatal(err)
	}
	if d.run(); d.r.sent["eva@example.se"] != nil {
		t.Error("she was invited to what is called off")
	}
	var refused *domain.Error
	if _, err := d.mailingDesk.s.Invite(context.Background(), d.a, "lulea", nil, domain.Text{}, domain.Text{}); !errors.As(err, &refused) || refused.Key != "invite.not_public" {
		t.Errorf("%v", err)
	}
}

// The twin of every fsck above: what should never be so is found.
func TestSubscribers_fsckFindsWhatIsWrong(t *testing.T) {
	t.Parallel()
	for name, wrong := range map[string]domain.Letter{
		"a letter to someone who has been forgotten": {Kind: domain.LetterSubscription, To: "eva@example.se", State: domain.LetterQueued},
		"an invitation of no mailing":                {Kind: domain.LetterInvitation, State: domain.LetterWithheld},
	} {
		d := newInviting(t)
		wrong.Lang, wrong.MessageID, wrong.Date, wrong.NextTry = domain.Swedish, name, d.Clock.Now(), d.Clock.Now()
		if err := d.Store.Write(t.Context(), func(tx *store.Tx) error { return tx.InsertLetter(t.Context(), 0, wrong) }); err != nil {
			t.Fatal(err)
		}
		if found, err := d.Store.Check(t.Context()); err != nil || len(found) == 0 {
			t.Errorf("%s is not found: %v", name, err)
		}
	}
}

// That somebody wants no invitations gives way to a reason that holds against every mailing, and her own wish
// does not lift that one.
func TestSubscribers_reasonsInTheirOrder(t *testing.T) {
	t.Parallel()
	d := newInviting(t)
	d.subscribe("eva@example.se")
	d.end("eva@example.se")
	hash := d.Keys.AddressHash(domain.EmailKey("eva@example.se"))
	note := func(why domain.SuppressionReason) domain.SuppressionReason {
		t.Helper()
		if why != "" {
			if err := d.Store.Write(t.Context(), func(tx *store.Tx) error {
				return tx.Suppress(t.Context(), hash, "BD", why, "test", d.Clock.Now())
			}); err != nil {
				t.Fatal(err)
			}
		}
		is, err := d.Store.Suppressed(t.Context(), "BD", hash)
		if err != nil {
			t.Fatal(err)
		}
		return is[string(hash)]
	}
	if is := note(domain.SuppressByHand); is != domain.SuppressByHand {
		t.Errorf("it is %q", is)
	}
	if is := note(domain.SuppressUnsubscribed); is != domain.SuppressByHand {
		t.Errorf("the weaker reason took its place: %q", is)
	}
	d.Clock.Turn(48 * time.Hour)
	d.ask("eva@example.se", "BD")
	if _, ok := d.line("eva@example.se", "BD"); ok {
		t.Error("she is kept although staff have noted that nothing goes to her")
	}
}
