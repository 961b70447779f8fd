package site_test

import (
	"net/http"
	"net/url"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/temadag/temadag/internal/auth"
	"github.com/temadag/temadag/internal/domain"
	"github.com/temadag/temadag/internal/server"
	"github.com/temadag/temadag/internal/service"
	"github.com/temadag/temadag/internal/site"
	"github.com/temadag/temadag/internal/testkit"
)

// reviewedGroup is the form of the review page for several, ready to be sent.
func (w *world) reviewedGroup(mode string, unnamed int, people ...int) url.Values {
	w.t.Helper()
	page := w.get(groupPath).want(w.t, http.StatusOK)
	review := w.post(groupPath, with(group(page.fields(), mode, unnamed, people...), "review")).want(w.t, http.StatusOK).fields()
	w.Clock.Turn(time.Minute)
	return review
}

func TestGroup_fewerPlacesThanPeople(t *testing.T) {
	for name, c := range map[string]struct {
		mode    string
		queue   bool
		status  int
		words   []string
		now     int // places and queue afterwards
		unnamed int
	}{
		"some, the rest queue": {"some", true, http.StatusSeeOther, []string{"Några av er fick plats", "Anmäld", "I kö"}, 3, 0},
		"some, no queue":       {"some", false, http.StatusSeeOther, []string{"Några av er fick plats", "Fick inte plats"}, 2, 0},
		"everyone or nobody":   {"all", true, http.StatusUnprocessableEntity, []string{"bara 2 platser är kvar", "Ingen är anmäld än", "Fel:"}, 0, 0},
		"unnamed do not queue": {"some", true, http.StatusSeeOther, []string{"Några av er fick plats", "Fick inte plats"}, 3, 1},
	} {
		t.Run(name, func(t *testing.T) {
			w := groupWorld(t, 2, func(e *domain.Event) { e.WaitingList = c.queue })
			page, status := w.sendGroup(c.mode, c.unnamed, 1, 2, 3).want(t, c.status), c.status
			if c.status == http.StatusSeeOther {
				page, status = w.get(page.Header.Get("Location")), http.StatusOK
			} else if got := page.fields().Get("people_3_email"); got != "person3@example.se" {
				t.Errorf("what was typed is lost: %q", got)
			}
			page.want(t, status, c.words...)
			if status != http.StatusOK && !page.has("#mode") {
				t.Error("the summary does not lead to the choice")
			}
			if n := w.registrations("lulea"); n != c.now {
				t.Errorf("%d registrations, want %d", n, c.now)
			}
		})
	}
}

func TestGroup_pairQueuesTogether(t *testing.T) {
	w := groupWorld(t, 1)
	w.groupReceipt("together", 0, 1, 2).want(t, http.StatusOK, "2 platser i kön", "I kö")
	w = groupWorld(t, 1, func(e *domain.Event) { e.WaitingList = false })
	if strings.Contains(w.get(groupPath).body, `value="together"`) {
		t.Error("an event without a queue offers to queue as a pair")
	}
}

func TestGroup_applications(t *testing.T) {
	w := groupWorld(t, 10, approving)
	if page := w.get(groupPath).want(t, http.StatusOK, "Den som har fått ja har en plats", "Var och en för sig"); strings.Contains(page.body, `name="unnamed"`) || strings.Contains(page.body, `value="all"`) {
		t.Error("nobody can be applied for, or all can be promised places")
	}
	w.groupReceipt("some", 0, 1, 2).want(t, http.StatusOK, "Ansökan för 2 platser är mottagen", "Ingen har en plats än")
}

// TestGroup_tellsNothingOfOthers: the answer is the same for people who are registered already.
func TestGroup_tellsNothingOfOthers(t *testing.T) {
	shown := func(before func(*world)) string {
		w := groupWorld(t, 10)
		before(w)
		page := w.groupReceipt("some", 0, 1, 2)
		return page.words()
	}
	fresh := shown(func(*world) {})
	if known := shown(func(w *world) { w.take("lulea", 1) }); known != fresh {
		t.Errorf("the receipt differs:\n%s\n%s", fresh, known)
	}
	if both := shown(func(w *world) { w.take("lulea", 1); w.take("lulea", 2) }); both != fresh {
		t.Errorf("the receipt differs:\n%s\n%s", fresh, both)
	}
	if full := shown(func(w *world) { // the twin: what may be told is told
		for n := range 9 {
			w.take("lulea", n+10)
		}
	}); full == fresh {
		t.Error("the check does not see a difference")
	}
}

func TestGroup_repeatsAreHarmless(t *testing.T) {
	w := groupWorld(t, 3)
	review := w.reviewedGroup("all", 1, 1, 2)
	var first string
	for range 3 {
		where := w.post(groupPath, with(review, "send")).want(t, http.StatusSeeOther).Header.Get("Location")
		if first == "" {
			first = where
		}
		if where != first {
			t.Errorf("a repeat leads to %s, want %s", where, first)
		}
		w.Clock.Turn(2 * time.Second)
	}
	if n := w.registrations("lulea"); n != 3 {
		t.Errorf("%d registrations, want 3", n)
	}
	w.Clock.Turn(25 * time.Hour)
	w.post(groupPath, with(review, "send")).want(t, http.StatusSeeOther) // an old page of a form that was taken
	review.Set("contact_email", "annan@example.se")
	w.post(groupPath, with(review, "send")).want(t, http.StatusConflict, "redan skickat")
}

func TestGroup_refusesForeignForms(t *testing.T) {
	w := groupWorld(t, 10)
	review := w.reviewedGroup("some", 0, 1)
	for _, name := range []string{"id", "status", "event_id", "people_0_email", "people_01_email", "people_1_phone", "people_999_email", "people_1_id", "given_name", "email", "diet", "place", "sessions"} {
		sent := url.Values{name: {"1"}}
		for k, v := range review {
			sent[k] = v
		}
		w.post(groupPath, with(sent, "send")).want(t, http.StatusBadRequest, "Ingen anmälan har gjorts")
	}
	w.post(groupPath, with(review, "confirm")).want(t, http.StatusBadRequest)
	w.do(http.MethodPost, groupPath, "people_1_email=%zz").want(t, http.StatusBadRequest)
	if n := w.registrations("lulea"); n != 0 {
		t.Fatalf("%d registrations, want none", n)
	}
	w.post(groupPath, with(review, "send")).want(t, http.StatusSeeOther)
}

// TestGroup_tokensAreNotExchanged: the token of the form for one opens not the one for several, nor
// the other way round.
func TestGroup_tokensAreNotExchanged(t *testing.T) {
	w := groupWorld(t, 10)
	review, single := w.reviewedGroup("some", 0, 1), w.review("lulea", 2)
	w.Clock.Turn(time.Minute)
	own, other := review.Get("token"), single.Get("token")
	review.Set("token", other)
	w.post(groupPath, with(review, "send")).want(t, http.StatusOK, "Anmälan är inte skickad än")
	single.Set("token", own)
	w.post(form, with(single, "send")).want(t, http.StatusOK, "Anmälan är inte skickad än")
	review.Set("token", own)
	w.post(groupPath, with(review, "send")).want(t, http.StatusSeeOther)
}

func TestGroup_robotsAndCrowds(t *testing.T) {
	w := groupWorld(t, 10)
	review := w.reviewedGroup("some", 0, 1)
	review.Set("website", "http://spam.example")
	page := w.post(groupPath, with(review, "send")).want(t, http.StatusOK, "Anmälan är inte skickad än")
	w.post(groupPath, with(page.fields(), "send")).want(t, http.StatusSeeOther)

	w = newWorld(t, func(_ *site.Options, so *server.Options) { so.RateLimit, so.PostsPerMinute = true, 2 })
	w.AddEvent(t, change("lulea", 10, grouping))
	review = w.reviewedGroup("some", 0, 1)
	w.post(groupPath, with(group(w.get(groupPath).fields(), "some", 0, 2), "review"))
	w.post(groupPath, with(group(w.get(groupPath).fields(), "some", 0, 2), "review"))
	crowded := w.post(groupPath, with(review, "send"))
	if crowded.StatusCode == http.StatusTooManyRequests && crowded.fields().Get("people_1_email") != "person1@example.se" {
		t.Error("what was typed is lost")
	} else if crowded.StatusCode != http.StatusTooManyRequests {
		t.Errorf("status %d, want 429", crowded.StatusCode)
	}
}

// groupLink registers a group behind the back of the pages and is the address of its page.
func (w *world) groupLink(unnamed string, people ...int) string {
	w.t.Helper()
	e, err := w.Programme.Event(quiet(), "lulea")
	if err != nil {
		w.t.Fatal(err)
	}
	in := service.GroupInput{EventSlug: "lulea", Key: auth.NewKey(), TermsID: e.Terms.ID, Lang: domain.Swedish, Entry: domain.GroupEntry{
		ContactName: "Eva Åström", ContactEmail: "eva@pitea.example.se", Work: testkit.Person(1), Unnamed: unnamed, Mode: string(domain.GroupSome),
	}}
	for _, n := range people {
		p := testkit.Person(n)
		in.Entry.People = append(in.Entry.People, domain.Entry{GivenName: p.GivenName, FamilyName: p.FamilyName, Email: p.Email})
	}
	if _, err := w.Registrations.RegisterGroup(quiet(), domain.Visitor(), in); err != nil {
		w.t.Fatal(err)
	}
	return site.Paths().For(domain.Swedish, "owngroup", w.Keys.Link(auth.UID("group "+in.Key), 1))
}

func TestOwnGroup_namesPlaces(t *testing.T) {
	w := groupWorld(t, 10)
	path := w.groupLink("2", 5)
	page := w.get(path).want(t, http.StatusOK, "Gruppens platser", "Ánne-Sárá Oŋŋá", "Plats 2, utan namn", "Ange vem som ska ha platsen (Plats 2)",
		"Du kan sätta namn till och med måndag 21 november 2016", "du kan inte ändra namnet här")
	if got := len(page.find("form")); got != 2 {
		t.Fatalf("%d forms, want 2", got)
	}
	if page.Header.Get("Cache-Control") != "no-store" {
		t.Error("the page may be kept")
	}
	wrong := url.Values{"place": {"2"}, "place_2_given_name": {"Åsa"}, "place_2_email": {"x"}, "place_2_family_name": {""}, "place_2_title": {""}}
	again := w.post(path, wrong).want(t, http.StatusUnprocessableEntity, "E-postadressen saknar @")
	if !strings.Contains(again.body, `href="#place_2_email"`) || !strings.Contains(again.body, `value="Åsa"`) {
		t.Error("the fault does not lead to its field, or what was typed is lost")
	}
	wrong.Set("place_2_email", "asa@example.se")
	where := w.post(path, wrong).want(t, http.StatusSeeOther).Header.Get("Location")
	w.post(path, wrong).want(t, http.StatusSeeOther) // a double click
	named := w.get(where).want(t, http.StatusOK, "Platsen har fått ett namn", "Åsa")
	if got := len(named.find("form")); got != 1 {
		t.Errorf("%d forms, want 1", got)
	}
	if strings.Contains(named.body, "asa@example.se") {
		t.Error("the page tells the address of someone who has taken over the place")
	}
	wrong.Set("place_2_given_name", "Britt")
	wrong.Set("place_2_email", "britt@example.se")
	w.post(path, wrong).want(t, http.StatusOK, "Platsen hade redan fått ett namn", "Det du skrev nu är inte sparat.")
	for _, sent := range []url.Values{
		{"place": {"9"}, "place_9_given_name": {"x"}},
		{"place": {"3"}, "place_2_given_name": {"x"}},
		{"place_2_given_name": {"x"}},
		{"place": {"3"}, "place_3_status": {"x"}},
	} {
		w.post(path, sent).want(t, http.StatusBadRequest)
	}
	e := w.english(path)
	w.get(e).want(t, http.StatusOK, "The places of the group", "Say who is to have the place (Place 3)")
}

// english is the address of the same page in English.
func (w *world) english(path string) string {
	return site.Paths().For(domain.English, "owngroup", path[strings.LastIndexByte(path, '/')+1:])
}

func TestOwnGroup_tooLate(t *testing.T) {
	w := groupWorld(t, 10)
	path := w.groupLink("1", 5)
	w.Clock.Set(domain.Date{Year: 2016, Month: 11, Day: 22}.At(0))
	page := w.get(path).want(t, http.StatusOK, "Sista dag var måndag 21 november 2016")
	if len(page.find("form")) != 0 {
		t.Error("a place can still be named")
	}
	w.post(path, url.Values{"place": {"2"}, "place_2_given_name": {"Åsa"}, "place_2_email": {"asa@example.se"}}).want(t, http.StatusOK, "har inte fått något namn")
}

func TestOwnGroup_everyWrongLinkLooksAlike(t *testing.T) {
	w := groupWorld(t, 10)
	right, single := w.groupLink("1", 5), w.take("lulea", 7)
	absent := w.get("/grupp/x").want(t, http.StatusNotFound, "Länken gäller inte")
	for _, token := range []string{right[len("/grupp/"):len(right)-1] + "0", single[strings.LastIndexByte(single, '/')+1:], strings.Repeat("a", 300)} {
		if got := w.get("/grupp/" + token); got.StatusCode != http.StatusNotFound || got.body != absent.body {
			t.Errorf("%.10q answers %d", token, got.StatusCode)
		}
		w.post("/grupp/"+token, url.Values{"place": {"1"}}).want(t, http.StatusNotFound)
	}
	if own := w.get("/min-anmalan/" + right[len("/grupp/"):]); own.StatusCode != http.StatusNotFound {
		t.Error("the link of a group opens a personal page")
	}
	w.get(right).want(t, http.StatusOK)
}

// TestOwnGroup_tellsNothingSince: what someone named does with her place is her own.
func TestOwnGroup_tellsNothingSince(t *testing.T) {
	w := groupWorld(t, 10)
	path := w.groupLink("", 5)
	before := w.get(path).words()
	e, err := w.Programme.Event(quiet(), "lulea")
	if err != nil {
		t.Fatal(err)
	}
	var hers domain.RegistrationID
	err = w.Lists.Rows(quiet(), domain.Operator(), e.ID, func(rows []domain.Registration) error {
		hers = rows[0].ID
		return nil
	})
	if err != nil {
		t.Fatal(err)
	}
	if err := w.Registrations.CancelFor(quiet(), domain.Operator(), hers, domain.ChannelPhone, "Förhinder"); err != nil {
		t.Fatal(err)
	}
	if w.registrations("lulea") != 0 {
		t.Fatal("she has not cancelled")
	}
	if after := w.get(path).words(); after != before || !slices.Contains(strings.Fields(after), "Anmäld") {
		t.Error("the page changed")
	}
}
