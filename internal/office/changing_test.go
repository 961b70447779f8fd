package office_test

import (
	"context"
	"net/http"
	"net/url"
	"strconv"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/temadag/temadag/internal/domain"
	"github.com/temadag/temadag/internal/service"
	"github.com/temadag/temadag/internal/store"
	"github.com/temadag/temadag/internal/testkit"
)

// actor is who the client is to the use cases.
func (c *client) actor() domain.Actor {
	c.w.t.Helper()
	in, err := c.w.accounts.Session(context.Background(), c.cookie, service.Caller{})
	must(c.w.t, err)
	return in.Actor
}

// types keeps something typed and not saved, as the editor does when it refuses to save.
func (c *client) types(slug string, change func(in *domain.EventEntry)) {
	c.w.t.Helper()
	a, ctx := c.actor(), context.Background()
	d, err := c.w.events().Draft(ctx, a, slug)
	must(c.w.t, err)
	entry := domain.EntryOf(d.Event)
	change(&entry)
	must(c.w.t, c.w.events().KeepDraft(ctx, a, service.EditInput{Slug: slug, Seen: d.Mark, Entry: entry}))
}

func moved(in *domain.EventEntry) {
	in.Day, in.Starts, in.Venue.Name, in.Venue.Address = "8 december 2016", "10.00", "Kulturens hus", "Skeppsbrogatan 17"
}

// queued counts the letters of a kind that wait to be sent, to whoever is registered anywhere.
func (w *world) queued(kind domain.LetterKind) (n int) {
	w.t.Helper()
	ctx := context.Background()
	for _, e := range w.everything() {
		all, _, _, err := w.Store.ListPage(ctx, e.ID, store.ListKey{}, 1000)
		must(w.t, err)
		for _, r := range all {
			letters, err := w.Store.LettersOf(ctx, r.ID)
			must(w.t, err)
			for _, l := range letters {
				if l.Kind == kind && l.State == domain.LetterQueued {
					n++
				}
			}
		}
	}
	return n
}

// delivers tries every letter that waits: those of the kind become what become says of the n-th, accepted,
// failed, or else waiting as before, and so do all others.
func (w *world) delivers(kind domain.LetterKind, become func(n int, l domain.Letter) domain.LetterState) {
	w.t.Helper()
	ctx, now := context.Background(), w.Clock.Now()
	must(w.t, w.Store.Write(ctx, func(tx *store.Tx) error {
		letters, err := tx.ClaimLetters(ctx, now, time.Minute, 1000)
		if err != nil {
			return err
		}
		for n, l := range letters {
			state := domain.LetterQueued
			if l.Kind == kind {
				state = become(n, l)
			}
			switch state {
			case domain.LetterAccepted:
				err = tx.LetterAccepted(ctx, l.ID, now)
			case domain.LetterFailed:
				err = tx.LetterFailed(ctx, l.ID, "550 5.1.1 no such mailbox")
			default:
				err = tx.LetterGivenBack(ctx, l.ID, now)
			}
			if err != nil {
				return err
			}
		}
		return nil
	}))
}

const (
	changeAt = "/handlaggare/tillfalle/kiruna/andra"
	reachAt  = "/handlaggare/tillfalle/kiruna/besked"
)

// phones registers someone on the telephone who has no address.
func (w *world) phones(e domain.Event, n int, change ...func(*domain.Entry)) {
	w.t.Helper()
	input := testkit.Input(e, testkit.Person(n))
	input.Channel, input.Entry.Email = domain.ChannelPhone, ""
	for _, c := range change {
		c(&input.Entry)
	}
	_, err := w.Registrations.Register(context.Background(), domain.Operator(), input)
	must(w.t, err)
}

// TestChange: nothing is changed before it is shown what is changed and who is told what, and then once.
func TestChange(t *testing.T) {
	w := newWorld(t)
	events := season(t, w)
	w.phones(events["kiruna"], 500)
	c := w.user("Anna Exempel", in(domain.RoleOrganiser))
	all := w.counts("kiruna").Registered()
	c.get(changeAt).want(t, http.StatusOK, "Börja i redigeringen", "Till tid och plats i redigeringen")
	c.types("kiruna", func(in *domain.EventEntry) { moved(in); in.Lead.Sv = "Ny ingress." })
	first := c.get(changeAt).want(t, http.StatusOK, "onsdag 7 december 2016", "torsdag 8 december 2016", "Kulturens hus, Skeppsbrogatan 17", "kl. 10.00–16.00",
		"varav "+strconv.Itoa(all-1)+" får mejl", "Har plats", "Av dem utan egen e-post", "Samtidigt ändras: ingress på svenska.", "Vilka ska få ett mejl?")
	form := first.fields()
	if until := form.Get("until"); until == "" || strings.Contains(first.body, " checked") {
		t.Errorf("the last day is %q, or an answer is chosen in advance", until)
	}
	c.post(changeAt, form).want(t, http.StatusUnprocessableEntity, "Välj vilka som ska få ett mejl")
	c.post(changeAt, with(form, "tell", "all", "until", "2016-12-24")).want(t, http.StatusUnprocessableEntity, "kan inte komma efter tillfället")
	form.Set("until", "30 november 2016")
	review := c.post(changeAt, with(form, "note_sv", "Huset är dubbelbokat.", "note_en", "The house is double-booked.")).want(t, http.StatusOK,
		"Ändra och meddela?", "Det här står i mejlet", "Huset är dubbelbokat.", "The house is double-booked.", "onsdag 30 november 2016", "8 december 2016 Ändrat är", "Så var det förut", "1 av de berörda har ingen egen e-post")
	if w.queued(domain.LetterEventChanged) != 0 || w.day("kiruna") != "2016-12-07" {
		t.Fatal("looking changed something")
	}
	for range 2 {
		sent := c.post(changeAt, with(review.fields(), "step", "confirm")).want(t, http.StatusSeeOther)
		if !strings.HasPrefix(sent.to(), reachAt) {
			t.Errorf("leads to %s", sent.to())
		}
	}
	if n := w.queued(domain.LetterEventChanged); n != all-1 {
		t.Errorf("%d letters to %d people, one of them without an address", n, all)
	}
	if w.day("kiruna") != "2016-12-08" || w.audited("event.changed") != 1 {
		t.Errorf("on %s, changed %d times", w.day("kiruna"), w.audited("event.changed"))
	}
	before := c.get(reachAt).want(t, http.StatusOK, "Vilka beskedet har nått", "Saknar e-post", "070-174 06 05", "Mejlet är på väg")
	if again := c.get(reachAt); again.body != before.body {
		t.Error("the page is another when it is reloaded")
	}
	c.get(changeAt).want(t, http.StatusOK, "Börja i redigeringen", "Vilka beskedet har nått")
	c.get("/handlaggare/tillfalle/kiruna").want(t, http.StatusOK, "Vilka beskedet har nått")
}

func (w *world) day(slug string) string {
	w.t.Helper()
	e, err := w.Programme.Event(context.Background(), slug)
	must(w.t, err)
	return e.Day.String()
}

// TestChange_atOnce: a button pressed by many hands at once tells everyone once. The twin keeps the draft
// again and confirms it: then letters are sent again, and the count sees them.
func TestChange_atOnce(t *testing.T) {
	w := newWorld(t)
	season(t, w)
	c := w.user("Anna Exempel", in(domain.RoleOrganiser))
	c.types("kiruna", moved)
	sent := with(c.post(changeAt, with(c.get(changeAt).fields(), "tell", "all")).fields(), "step", "confirm")
	var wg sync.WaitGroup
	for range 8 {
		hand := &client{w: w, cookie: c.cookie}
		wg.Go(func() {
			if got := hand.do(http.MethodPost, changeAt, sent.Encode()).StatusCode; got != http.StatusSeeOther {
				t.Errorf("answers %d", got)
			}
		})
	}
	wg.Wait()
	all := w.counts("kiruna").Registered()
	if n := w.queued(domain.LetterEventChanged); n != all || w.audited("event.changed") != 1 {
		t.Errorf("%d letters to %d people, changed %d times", n, all, w.audited("event.changed"))
	}
	c.types("kiruna", func(in *domain.EventEntry) { in.Day = "9 december 2016" })
	again := c.post(changeAt, with(c.get(changeAt).fields(), "tell", "all"))
	c.post(changeAt, with(again.fields(), "step", "confirm")).want(t, http.StatusSeeOther)
	if n := w.queued(domain.LetterEventChanged); n != 2*all {
		t.Errorf("another change makes %d letters in all", n)
	}
}

// TestChange_fromTheEditor: what the editor does not save without asking is asked here, and is saved here.
func TestChange_fromTheEditor(t *testing.T) {
	w := newWorld(t)
	season(t, w)
	c := w.user("Anna Exempel", in(domain.RoleOrganiser))
	const part = "/handlaggare/tillfalle/kiruna/redigera/tid-och-plats"
	form := c.get(part).want(t, http.StatusOK).fields()
	sent := c.post(part, with(form, "day", "8 december 2016", "do", "save")).want(t, http.StatusSeeOther)
	if sent.to() != changeAt {
		t.Fatalf("the editor leads to %s", sent.to())
	}
	page := c.get(changeAt).want(t, http.StatusOK, "onsdag 7 december 2016", "torsdag 8 december 2016")
	review := c.post(changeAt, with(page.fields(), "tell", "all")).want(t, http.StatusOK)
	c.post(changeAt, with(review.fields(), "step", "confirm")).want(t, http.StatusSeeOther)
	if w.day("kiruna") != "2016-12-08" {
		t.Errorf("it is on %s", w.day("kiruna"))
	}
}

// TestChange_otherDraft: what is confirmed is what was reviewed, and nothing else.
func TestChange_otherDraft(t *testing.T) {
	w := newWorld(t)
	season(t, w)
	c := w.user("Anna Exempel", in(domain.RoleOrganiser))
	c.types("kiruna", moved)
	review := c.post(changeAt, with(c.get(changeAt).fields(), "tell", "all")).want(t, http.StatusOK, "torsdag 8 december 2016")
	c.types("kiruna", func(in *domain.EventEntry) { in.Day = "9 december 2016" })
	c.post(changeAt, with(review.fields(), "step", "confirm")).want(t, http.StatusConflict, "har ändrats sedan sidan öppnades", "fredag 9 december 2016")
	if w.day("kiruna") != "2016-12-07" || w.queued(domain.LetterEventChanged) != 0 {
		t.Error("what nobody has reviewed is done")
	}
	// Somebody else has changed the same meanwhile: the editor shows both.
	other := w.user("Bo Exempel", in(domain.RoleOrganiser))
	other.types("kiruna", func(in *domain.EventEntry) { in.Day = "6 december 2016" })
	theirs := other.post(changeAt, with(other.get(changeAt).fields(), "tell", "nobody"))
	other.post(changeAt, with(theirs.fields(), "step", "confirm")).want(t, http.StatusSeeOther)
	for _, got := range []*response{c.get(changeAt), c.post(changeAt, with(review.fields(), "step", "confirm"))} {
		if to := got.want(t, http.StatusSeeOther).to(); to != "/handlaggare/tillfalle/kiruna/jamfor" {
			t.Errorf("a clash leads to %s", to)
		}
	}
}

// TestChange_tellNobody: who is not told by letter stands on the list to be called.
func TestChange_tellNobody(t *testing.T) {
	w := newWorld(t)
	season(t, w)
	c := w.user("Anna Exempel", in(domain.RoleOrganiser))
	c.types("kiruna", moved)
	review := c.post(changeAt, with(c.get(changeAt).fields(), "tell", "nobody")).want(t, http.StatusOK, "Ingen får något mejl.", "Ändra utan att mejla")
	if strings.Contains(review.words(), "Det här står i mejlet") {
		t.Error("a letter is shown that nobody gets")
	}
	sent := c.post(changeAt, with(review.fields(), "step", "confirm")).want(t, http.StatusSeeOther)
	page := c.get(sent.to()).want(t, http.StatusOK, "Inga mejl skickas.", "Inget mejl skickades")
	if got, want := len(page.find("tr"))-1, w.counts("kiruna").Registered(); got != want || w.queued(domain.LetterEventChanged) != 0 {
		t.Errorf("%d to call of %d", got, want)
	}
}

// TestChange_inTheWay: faults of the draft are mended in the editor, and what binds nobody is saved there.
func TestChange_inTheWay(t *testing.T) {
	w := newWorld(t)
	season(t, w)
	c := w.user("Anna Exempel", in(domain.RoleOrganiser))
	for want, change := range map[string]func(*domain.EventEntry){
		"Dag: Den dagen finns inte": func(in *domain.EventEntry) { moved(in); in.Day = "31 november 2016" },
		"platser är redan upptagna": func(in *domain.EventEntry) { moved(in); in.Capacity = "1" },
		"Spara det där.":            func(in *domain.EventEntry) { in.Lead.Sv = "Ny ingress." },
		"Det här ändras":            moved,
	} {
		c.types("kiruna", change)
		page := c.get(changeAt)
		if !strings.Contains(page.words(), want) {
			t.Errorf("the page does not say %q:\n%s", want, page.words())
		}
		if want != "Det här ändras" {
			c.post(changeAt, url.Values{"tell": {"all"}, "step": {"confirm"}})
		}
	}
	if w.queued(domain.LetterEventChanged) != 0 || w.day("kiruna") != "2016-12-07" {
		t.Error("something is changed")
	}
}
