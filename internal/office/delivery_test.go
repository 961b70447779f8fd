package office_test

import (
	"context"
	"fmt"
	"net/http"
	"net/url"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/temadag/temadag/internal/domain"
	"github.com/temadag/temadag/internal/service"
	"github.com/temadag/temadag/internal/store"
	"github.com/temadag/temadag/internal/testkit"
)

// mailServer takes letters as it is told to, by recipient, and keeps those that it takes.
type mailServer struct {
	mu    sync.Mutex
	says  map[string]error
	all   error
	taken []takenLetter
}

func (s *mailServer) Send(_ context.Context, from, to string, raw []byte) error {
	s.mu.Lock()
	defer s.mu.Unlock()
	if err := s.says[to]; err != nil {
		return err
	}
	if s.all != nil {
		return s.all
	}
	s.taken = append(s.taken, takenLetter{from, to, raw})
	return nil
}

func (s *mailServer) say(to string, err error) {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.says[to] = err
}

// to are those who have a letter of the mailing, whose subject holds the words.
func (s *mailServer) to(words string) (out []string) {
	s.mu.Lock()
	defer s.mu.Unlock()
	for _, l := range s.taken {
		if strings.Contains(string(l.raw), words) {
			out = append(out, l.to)
		}
	}
	return out
}

// desk is a county with an event, a case worker, and a mail server.
type mailDesk struct {
	*world
	event  domain.Event
	server *mailServer
	staff  *client
	actor  domain.Actor
}

func newMailDesk(t testing.TB, people int) *mailDesk {
	t.Helper()
	d := &mailDesk{world: newWorld(t), server: &mailServer{says: make(map[string]error)}}
	d.event = d.AddEvent(t, testkit.Event("lulea", 200))
	for n := 1; n <= people; n++ {
		p := testkit.Person(n)
		p.GivenName, p.FamilyName = nameOf(n), "Efternamn"
		d.enter(d.event, p)
	}
	d.outbox.Sender, d.outbox.Returns = d.server, "studs@temadag.example.se"
	d.deliver()
	d.staff = d.user("Bo Exempel", in(domain.RoleOrganiser))
	d.actor = domain.Actor{Name: "Bo Exempel", Grants: []domain.Grant{in(domain.RoleOrganiser)}}
	return d
}

const written = "Praktiskt"

// approved is the address of a mailing to everyone that has been let go, and its page.
func (d *mailDesk) approved(people int, at time.Time) (uid, page string) {
	d.t.Helper()
	ctx := context.Background()
	uid, err := d.mailings.Begin(ctx, d.actor, domain.MailingEntry{
		Audience: domain.Audience{Scope: domain.ListScope{Event: "lulea"}},
		Subject:  domain.Text{Sv: written + " {ort}", En: written + " {town}"}, Body: domain.Text{Sv: "Hej {förnamn}! Här är {länk}.", En: "Hello {given name}! Here is {link}."},
	})
	must(d.t, err)
	d.approveAt(uid, people, at)
	return uid, "/handlaggare/utskick/" + uid
}

// approve lets a draft to so many people go at once.
func (d *mailDesk) approve(uid string, people int) {
	d.t.Helper()
	d.approveAt(uid, people, time.Time{})
}

func (d *mailDesk) approveAt(uid string, people int, at time.Time) {
	d.t.Helper()
	ctx := context.Background()
	m, _, err := d.mailings.Mailing(ctx, d.actor, uid)
	must(d.t, err)
	_, err = d.mailings.Approve(ctx, d.actor, uid, service.Approval{Seen: m.Revision, Expected: people, Typed: fmt.Sprint(people), At: at})
	must(d.t, err)
}

// gone is approved, and everything sent that can be.
func (d *mailDesk) gone(people int) (uid, page string) {
	d.t.Helper()
	uid, page = d.approved(people, time.Time{})
	d.Clock.Turn(domain.MailingUndo)
	d.settled()
	return uid, page
}

// settled lets mailings and letters go until nothing more happens now.
func (d *mailDesk) settled() {
	d.t.Helper()
	for range 4 {
		d.deliver()
		d.Clock.Turn(3 * time.Second)
	}
}

// comesBack hands in what comes back of the letter of the mailing to somebody.
func (d *mailDesk) comesBack(to string, k domain.ReturnKind, status string) {
	d.t.Helper()
	d.server.mu.Lock()
	from := ""
	for _, l := range d.server.taken {
		if l.to == to {
			from = l.from
		}
	}
	d.server.mu.Unlock()
	known, err := d.outbox.Returned(context.Background(), domain.Worker(), domain.Returned{To: []string{from}, Kind: k, Status: status})
	if err != nil || !known {
		d.t.Fatalf("the return from %s is not known: %v", to, err)
	}
}

// nameOf is a name that nobody else has.
func nameOf(n int) string { return "Namn" + string(rune('a'+n/26)) + string(rune('a'+n%26)) }

func person(n int) string { return fmt.Sprintf("person%d@example.se", n) }

func refuses(class domain.FaultClass, reason string) error {
	return &domain.DeliveryFault{Class: class, Code: 550, Reason: reason}
}

// For a minute a mailing can be undone, and after that the page says that it is too late.
func TestDelivery_undo(t *testing.T) {
	t.Parallel()
	d := newMailDesk(t, 3)
	_, page := d.approved(3, time.Time{})
	d.Clock.Turn(18 * time.Second)
	got := d.staff.get(page).want(t, http.StatusOK, "42 sekunder", "Ångra utskicket")
	if !strings.Contains(got.body, `http-equiv="refresh"`) {
		t.Error("a browser without scripts does not follow")
	}
	for range 2 { // pressed twice
		if to := d.staff.post(page+"/angra", nil).want(t, http.StatusSeeOther).to(); !strings.HasSuffix(to, "?done=office_mailing_undo") {
			t.Fatalf("it leads to %s", to)
		}
	}
	d.Clock.Turn(5 * time.Minute)
	d.settled()
	if n := len(d.server.to(written)); n != 0 {
		t.Fatalf("%d letters of what was undone", n)
	}
	_, late := d.approved(3, time.Time{})
	d.Clock.Turn(domain.MailingUndo)
	d.settled()
	d.staff.post(late+"/angra", nil).want(t, http.StatusConflict, "inte längre att ångra")
	_, later := d.approved(3, d.Clock.Now().Add(24*time.Hour))
	d.staff.get(later).want(t, http.StatusOK, "Ta tillbaka utskicket", "ända till")
	d.staff.post(later+"/angra", nil).want(t, http.StatusSeeOther)
}

// A mailing that is stopped sends nothing more, and whoever has had it has it once.
func TestDelivery_stop(t *testing.T) {
	t.Parallel()
	d := newMailDesk(t, 40)
	_, page := d.approved(40, time.Time{})
	d.Clock.Turn(domain.MailingUndo)
	_, err := d.mailings.Advance(t.Context(), domain.Worker()) // the first 20 are written
	must(t, err)
	_, err = d.outbox.Deliver(t.Context(), domain.Worker())
	must(t, err)
	d.staff.get(page).want(t, http.StatusOK, "20 av 40 är klara", "mejl i minuten", "Stoppa utskicket")
	d.staff.get(page+"/stoppa").want(t, http.StatusOK, "20 mejl som inte har skickats", "20 mejl har redan lämnats")
	if len(d.server.to(written)) != 20 {
		t.Fatal("the page that asks has changed something")
	}
	d.staff.post(page+"/stoppa", nil).want(t, http.StatusSeeOther)
	d.settled()
	if n := len(d.server.to(written)); n != 20 {
		t.Fatalf("%d letters, want the 20 that had gone", n)
	}
	d.staff.get(page).want(t, http.StatusOK, "Stoppat", "20 mejl hann skickas", "20 skickades aldrig")
	d.staff.get(page+"/stoppa").want(t, http.StatusConflict, "redan klart eller stoppat")
}

// Where too many of the first fail the rest wait, the page tells why, and somebody lets it go on.
func TestDelivery_resume(t *testing.T) {
	t.Parallel()
	d := newMailDesk(t, 30)
	for n := 1; n <= 3; n++ {
		d.server.say(person(n), refuses(domain.FaultAddress, "the mail server refuses the recipient"))
	}
	d.server.say(person(4), refuses(domain.FaultMessage, "the mail server refuses the message"))
	_, page := d.gone(30)
	shown := d.staff.get(page).want(t, http.StatusOK, "Pausat", "väntar resten på dig", "Namnab", "Adressen finns inte", "Ring och fråga efter rätt adress", "070-174 06 05", "säger nej till mejlet")
	if !strings.Contains(shown.body, `href="tel:&#43;46701740605"`) {
		t.Error("there is no number to call")
	}
	if n := len(d.server.to(written)); n != 16 {
		t.Fatalf("%d letters while it is paused", n)
	}
	d.server.say(person(4), nil)
	d.staff.get(page+"/fortsatt").want(t, http.StatusOK, "1 mejl som misslyckades försöks igen. Därefter skickas de 10 som väntar", "3 mejl gick till adresser som inte finns")
	d.staff.post(page+"/fortsatt", nil).want(t, http.StatusSeeOther)
	d.settled()
	if n := len(d.server.to(written)); n != 27 {
		t.Fatalf("%d letters, want all but the three that cannot be", n)
	}
	d.staff.get(page).want(t, http.StatusOK, "Skickat", "3 personer har inte nåtts")
	d.staff.post(page+"/fortsatt", nil).want(t, http.StatusConflict)
}

// What failed is tried again, with the same bytes, and not where it never works.
func TestDelivery_retry(t *testing.T) {
	t.Parallel()
	d := newMailDesk(t, 30)
	d.server.say(person(1), refuses(domain.FaultMessage, "the mail server refuses the message"))
	d.server.say(person(2), refuses(domain.FaultAddress, "the mail server refuses the recipient"))
	_, page := d.gone(30)
	d.staff.get(page).want(t, http.StatusOK, "Skickat", "2 personer har inte nåtts")
	d.server.say(person(1), nil)
	d.server.say(person(2), nil)
	d.staff.get(page+"/forsok-igen").want(t, http.StatusOK, "1 av 2 mejl")
	d.staff.post(page+"/forsok-igen", nil).want(t, http.StatusSeeOther)
	d.settled()
	to := d.server.to(written)
	slices.Sort(to)
	if len(to) != 29 || len(slices.Compact(to)) != 29 || slices.Contains(to, person(2)) {
		t.Fatalf("the letters went to %v", to)
	}
	d.staff.get(page).want(t, http.StatusOK, "1 person har inte nåtts")
	d.staff.post(page+"/forsok-igen", nil).want(t, http.StatusSeeOther) // nothing happens
	d.settled()
	if n := len(d.server.to(written)); n != 29 {
		t.Errorf("%d letters after a second try", n)
	}
}

// What comes back is shown with the person, counted on the first page, and found in the list of participants.
func TestDelivery_returns(t *testing.T) {
	t.Parallel()
	d := newMailDesk(t, 5)
	must(t, d.Registrations.Protect(t.Context(), domain.Operator(), "lulea", person(5)))
	_, page := d.gone(5)
	for n, back := range map[int]struct {
		kind   domain.ReturnKind
		status string
	}{1: {domain.ReturnFailed, "5.1.1"}, 2: {domain.ReturnFailed, "5.2.2"}, 3: {domain.ReturnReply, ""}, 5: {domain.ReturnFailed, "5.1.1"}} {
		d.comesBack(person(n), back.kind, back.status)
	}
	ref := d.refOf(d.event, person(1))
	one := "/handlaggare/tillfalle/lulea/deltagare/" + ref
	d.staff.get(page).want(t, http.StatusOK, "3 personer har inte nåtts", "brevlåda är full")
	list := d.staff.get(page+"/mejl").want(t, http.StatusOK, "Efternamn, Namnab", "Kom tillbaka", "Ett autosvar kom", "Skyddade personuppgifter")
	if first, second := strings.Index(list.body, "Namnab"), strings.Index(list.body, "Namnad"); first > second || strings.Contains(list.body, "Namnaf") {
		t.Error("those who were not reached are not first, or someone who is protected is named")
	}
	found := d.staff.get(page+"/mejl?fate=returned").want(t, http.StatusOK, "Namnac")
	if strings.Contains(found.body, "Namnad") {
		t.Error("an automatic reply counts as a letter that came back")
	}
	d.staff.get(page+"/mejl?fate=taken").want(t, http.StatusOK, "Namnad", "Namnae")
	d.staff.get(page+"/mejl?fate=%3Cb%3E").want(t, http.StatusOK, "Ingen mottagare")
	d.staff.get(one).want(t, http.StatusOK, "Mejl når inte fram till personen", "Adressen finns inte", "070-174 06 05")
	d.staff.get("/handlaggare/tillfalle/lulea/deltagare?letters=failed").want(t, http.StatusOK, "Namnab", "Namnac", "Mejl nådde inte fram")
	if third := d.staff.get("/handlaggare/tillfalle/lulea/deltagare?letters=failed"); strings.Contains(third.body, "Namnad") {
		t.Error("she whose program answered is called unreached")
	}
	d.staff.get("/handlaggare").want(t, http.StatusOK, "3 mejl nådde inte fram")
}

// The first page tells that the mail server refuses everything, and what to say to whoever looks after it.
func TestDelivery_paused(t *testing.T) {
	t.Parallel()
	d := newMailDesk(t, 2)
	d.server.all = &domain.DeliveryFault{Class: domain.FaultRelay, Code: 535, Status: "5.7.8", Reason: "the mail server refuses the sign-in"}
	_, page := d.approved(2, time.Time{})
	d.Clock.Turn(domain.MailingUndo)
	d.deliver()
	for _, at := range []string{"/handlaggare", page} {
		d.staff.get(at).want(t, http.StatusOK, "Inga mejl skickas just nu", "535 5.7.8", "godtar inte programmets inloggning", "Inget mejl går förlorat")
	}
	if reader := d.user("Eva Exempel", in(domain.RoleReader)).get("/handlaggare"); strings.Contains(reader.body, "535 5.7.8") {
		t.Error("it is told to those who read no mail")
	}
	d.server.all = nil
	must(t, d.Store.Write(t.Context(), func(tx *store.Tx) error { return tx.ResumeRelay(t.Context()) }))
	if after := d.staff.get("/handlaggare"); strings.Contains(after.body, "535 5.7.8") {
		t.Error("it is told when letters go again")
	}
}

// Nobody else's mailing can be turned, and whoever only reads cannot turn it either.
func TestDelivery_wall(t *testing.T) {
	t.Parallel()
	d := newMailDesk(t, 2)
	_, page := d.approved(2, time.Time{})
	foreign := d.user("Åke Exempel", domain.Grant{Role: domain.RoleOrganiser, County: "Z"})
	registrar := d.user("Ulla Exempel", in(domain.RoleRegistrar))
	d.staff.get(page).want(t, http.StatusOK, "Ångra utskicket")
	if shown := registrar.get(page).want(t, http.StatusOK, "Väntar"); strings.Contains(shown.body, "/angra") {
		t.Error("the registrar is offered to undo")
	}
	for _, act := range []string{"/angra", "/stoppa", "/fortsatt", "/forsok-igen", "/arkiv"} {
		for name, c := range map[string]*client{"another county's": foreign, "the registrar": registrar} {
			if name == "the registrar" && act == "/arkiv" {
				continue
			}
			if got := c.post(page+act, url.Values{}); got.StatusCode != http.StatusNotFound {
				t.Errorf("%s does %s: %d", name, act, got.StatusCode)
			}
		}
	}
	if m, _, err := d.mailings.Mailing(t.Context(), d.actor, strings.TrimPrefix(page, "/handlaggare/utskick/")); err != nil || m.State != domain.MailingWaiting {
		t.Errorf("it is %s, %v", m.State, err)
	}
}
