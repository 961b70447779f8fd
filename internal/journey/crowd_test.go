package journey_test

import (
	"bytes"
	"fmt"
	"net/http"
	"net/url"
	"sync"
	"testing"
	"time"

	"golang.org/x/net/html"
)

// openEvent is the event that crowds go to: it asks nothing of its own and has no participants.
const openEvent = "nationell-konferens"

// opened gives openEvent places, and a queue, until long after this test.
func opened(places int) string {
	return fmt.Sprintf(`UPDATE events SET capacity = %d, waiting_list = TRUE, opens_at = 0, register_until = '2099-12-31'
		WHERE slug = '%s'`, places, openEvent)
}

// crowd is a great many people at the form of openEvent.
type crowd struct {
	t      testing.TB
	client *http.Client
	form   string // the address of the form
}

func newCrowd(t testing.TB, p *program) *crowd {
	transport := &http.Transport{MaxIdleConns: 2000, MaxIdleConnsPerHost: 2000}
	t.Cleanup(transport.CloseIdleConnections)
	return &crowd{t: t, form: p.base() + "/tillfalle/" + openEvent + "/anmalan", client: &http.Client{
		Transport: transport, Timeout: 30 * time.Second,
		CheckRedirect: func(*http.Request, []*http.Request) error { return http.ErrUseLastResponse },
	}}
}

// fill gets the form and fills it in for the n-th person, ready to be made binding.
func (c *crowd) fill(n int) (url.Values, error) {
	resp, err := c.client.Get(c.form)
	if err != nil {
		return nil, err
	}
	root, err := html.Parse(bytes.NewReader(drain(resp.Body)))
	if err != nil {
		return nil, err
	}
	for _, form := range find(root, "form") {
		values, names := fields(form)
		if !names["given_name"] {
			continue
		}
		values.Set("given_name", "Deltagare")
		values.Set("family_name", "Demosson")
		values.Set("email", fmt.Sprintf("deltagare.%d@example.se", n))
		values.Set("organisation", "Luleå kommun")
		values.Set("organisation_type", "social_services")
		values.Set("municipality", "Luleå")
		values.Set("step", "send")
		return values, nil
	}
	return nil, fmt.Errorf("status %d and no form at %s", resp.StatusCode, c.form)
}

// answer is what the program said to a form that was sent.
type answer struct {
	status   int
	location string // of the receipt
	body     []byte
}

// received reports whether the program said that it has the registration.
func (a answer) received() bool { return a.status == http.StatusSeeOther }

func (c *crowd) send(values url.Values) (answer, error) {
	resp, err := c.client.PostForm(c.form, values)
	if err != nil {
		return answer{}, err
	}
	return answer{resp.StatusCode, resp.Header.Get("Location"), drain(resp.Body)}, nil
}

// together runs each of the n at the same moment and returns when the last is done.
func together(n int, each func(i int)) {
	var ready, done sync.WaitGroup
	start := make(chan struct{})
	for i := range n {
		ready.Add(1)
		done.Go(func() {
			ready.Done()
			<-start
			each(i)
		})
	}
	ready.Wait()
	close(start)
	done.Wait()
}

// rush has people send the form at once and returns what each was told.
func rush(t testing.TB, p *program, people int) []answer {
	t.Helper()
	c := newCrowd(t, p)
	forms, answers, faults := make([]url.Values, people), make([]answer, people), make([]error, people)
	for i := range people {
		if forms[i], faults[i] = c.fill(i); faults[i] != nil {
			t.Fatal(faults[i])
		}
	}
	together(people, func(i int) { answers[i], faults[i] = c.send(forms[i]) })
	for i, err := range faults {
		if err != nil {
			t.Fatalf("person %d: %v", i, err)
		}
	}
	return answers
}

// held counts the registrations for openEvent with a status.
func (p *program) held(status string) int {
	p.t.Helper()
	return p.count(`SELECT count(*) FROM registrations WHERE status = ?
		AND event_id = (SELECT id FROM events WHERE slug = ?)`, status, openEvent)
}

func TestRush_lastPlacesGoToExactlyAsMany(t *testing.T) {
	const places = 50
	people := 1000
	if testing.Short() {
		people = 200
	}
	p := unhurried(t, opened(places))
	receipts, again := 0, 0
	for _, a := range rush(t, p, people) {
		switch {
		case a.received():
			receipts++
		case a.status == http.StatusOK: // shown once more, now for the queue, or told that it is full
			again++
		default:
			t.Errorf("someone was answered %d: %.300s", a.status, a.body)
		}
	}
	confirmed, waiting := p.held("confirmed"), p.held("waitlisted")
	t.Logf("%d people: %d confirmed, %d in the queue, %d asked whether they want the queue", people, confirmed, waiting, again)
	if confirmed != places {
		t.Errorf("%d confirmed on %d places", confirmed, places)
	}
	if receipts != confirmed+waiting {
		t.Errorf("%d receipts for %d registrations", receipts, confirmed+waiting)
	}
	p.stop()
	p.fsck()
}

// TestRush_twinOversells is the same rush on a program that looks first and writes then.
func TestRush_twinOversells(t *testing.T) {
	const places = 50
	p := twin(t, twinLooksFirst, places)
	rush(t, p, 300)
	if confirmed := p.held("confirmed"); confirmed <= places {
		t.Errorf("the twin confirmed %d on %d places: the rush above is too tame to prove anything", confirmed, places)
	}
}

func TestDoubleClick(t *testing.T) {
	p := unhurried(t, opened(50))
	c := newCrowd(t, p)
	form, err := c.fill(1)
	if err != nil {
		t.Fatal(err)
	}
	answers := impatience(t, c, form)
	for i, a := range answers {
		if !a.received() || a.location != answers[0].location {
			t.Fatalf("click %d was answered %d %q, the first %d %q", i, a.status, a.location, answers[0].status, answers[0].location)
		}
	}
	if n := p.held("confirmed"); n != 1 {
		t.Errorf("%d registrations, want 1", n)
	}
	p.letterTo(form.Get("email"), 1)
	if n := p.count("SELECT count(*) FROM letters WHERE recipient = ?", form.Get("email")); n != 1 {
		t.Errorf("%d letters, want 1", n)
	}
	receipt := func() string {
		v := newVisitor(t)
		v.open(p.base() + answers[0].location)
		v.expect(http.StatusOK)
		return string(v.page.body)
	}
	if first := receipt(); first != receipt() {
		t.Error("the receipt differs from one look to the next")
	}
	form.Set("email", "en.annan@example.se") // the same form, sent for someone else
	if a, err := c.send(form); err != nil || a.status != http.StatusConflict {
		t.Errorf("the form sent again for someone else: %d %v, want 409", a.status, err)
	}
	if n := p.held("confirmed"); n != 1 {
		t.Errorf("%d registrations after that, want 1", n)
	}
}

// impatience sends one form a hundred times at once.
func impatience(t testing.TB, c *crowd, form url.Values) []answer {
	t.Helper()
	answers, faults := make([]answer, 100), make([]error, 100)
	together(len(answers), func(i int) { answers[i], faults[i] = c.send(form) })
	for _, err := range faults {
		if err != nil {
			t.Fatal(err)
		}
	}
	return answers
}

// TestDoubleClick_twinRegistersTwice is the same impatience with a program that has no key in its
// forms.
func TestDoubleClick_twinRegistersTwice(t *testing.T) {
	p := twin(t, twinLooksFirst, 1000)
	c := newCrowd(t, p)
	form, err := c.fill(1)
	if err != nil {
		t.Fatal(err)
	}
	impatience(t, c, form)
	if n := p.held("confirmed"); n < 2 {
		t.Errorf("the twin kept %d registrations: the clicks above are too tame to prove anything", n)
	}
}
