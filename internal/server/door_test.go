package server_test

import (
	"fmt"
	"net/http"
	"net/http/httptest"
	"net/url"
	"strconv"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/gin-gonic/gin"

	"github.com/temadag/temadag/internal/domain"
	"github.com/temadag/temadag/internal/server"
)

// room is a program with a door, in which everyone stays until she is let go.
type room struct {
	engine http.Handler
	door   *server.Door
	clock  time.Time
	inside chan struct{}
	letGo  chan struct{}
	all    sync.WaitGroup
}

func newRoom(t *testing.T, most int, set func(*server.Options)) *room {
	t.Helper()
	r := &room{clock: time.Unix(1_800_000_000, 0), inside: make(chan struct{}, 100), letGo: make(chan struct{})}
	o := options(t.Output())
	r.door = server.NewDoor(most, func() time.Time { return r.clock })
	o.Door = r.door
	o.Wait = func(c *gin.Context, w server.Waiting) error {
		c.Header("X-Action", w.Action)
		c.Header("X-Held", strconv.FormatBool(w.Held))
		c.Header("X-Turn", w.Turn.UTC().Format(time.RFC3339Nano))
		c.String(http.StatusServiceUnavailable, "wait %v %d", w.Fields, w.Seconds)
		return nil
	}
	stay := func(*gin.Context) error { r.inside <- struct{}{}; <-r.letGo; return nil }
	o.Routes[1].Handler, o.Routes[2].Handler = stay, stay
	for name, err := range map[string]error{"full": &domain.Error{Code: domain.CodeUnavailable, Key: "store.busy"}, "held": &domain.Error{Code: domain.CodeUnavailable, Key: "store.held"}, "quick": nil} {
		o.Routes = append(o.Routes, server.Route{
			Name: name, Method: http.MethodPost, Paths: map[domain.Lang]string{"sv": "/" + name}, Permission: domain.PermReadProgramme,
			Class: server.ClassForm, Handler: func(*gin.Context) error { return err },
		})
	}
	if set != nil {
		set(&o)
	}
	r.engine = newEngine(t, o)
	return r
}

// send sends a form and reports whether it was let in; else what it was answered.
func (r *room) send(path, body string) (*httptest.ResponseRecorder, bool) {
	answered := make(chan *httptest.ResponseRecorder, 1)
	r.all.Go(func() { answered <- ask(r.engine, http.MethodPost, path, body) })
	select {
	case <-r.inside:
		return nil, true
	case rec := <-answered:
		return rec, false
	}
}

func (r *room) empty() {
	close(r.letGo)
	r.all.Wait()
}

// TestDoor_keepsWhatWasSent: past what the room holds everyone is given back what she sent, and a turn.
func TestDoor_keepsWhatWasSent(t *testing.T) {
	r := newRoom(t, 4, nil)
	for i := range 3 {
		if _, in := r.send("/form", fmt.Sprint("a=", i)); !in {
			t.Fatalf("the %d. was not let in", i+1)
		}
	}
	const form = "name=%C3%85sa+%C3%96&note=a%0D%0Ab%26&empty=&name=again"
	rec, in := r.send("/form", form)
	if in {
		t.Fatal("the room for those who come back was given away")
	}
	if rec.Code != http.StatusServiceUnavailable || rec.Header().Get("Retry-After") == "" || rec.Header().Get("Cache-Control") != "no-store" {
		t.Errorf("status %d, headers %v", rec.Code, rec.Header())
	}
	if want := fmt.Sprint([]server.Field{{"name", "Åsa Ö"}, {"note", "a\r\nb&"}, {"empty", ""}, {"name", "again"}}); !strings.Contains(rec.Body.String(), want) {
		t.Errorf("what was sent is not all there: %q", rec.Body)
	}
	if got := ask(r.engine, http.MethodGet, "/page", "").Code; got != http.StatusOK {
		t.Errorf("a page that is the same for everyone answers %d", got)
	}
	action := rec.Header().Get("X-Action")
	if again, in := r.send(action, form); in || again.Header().Get("X-Turn") != rec.Header().Get("X-Turn") {
		t.Error("who came before her turn was let in, or lost it")
	}
	r.clock = turnOf(t, rec)
	if _, in := r.send(action, strings.Replace(form, "empty=", "empty=not", 1)); in {
		t.Error("another form was let in with her turn")
	}
	if _, in := r.send("/form?turn=abc.def", form); in {
		t.Error("a turn that nobody gave was taken")
	}
	if _, in := r.send(action, form); !in {
		t.Error("who came at her turn was not let in")
	}
	if late, in := r.send(action, form); in || late.Header().Get("X-Action") != action {
		t.Error("the room held more than it may, or her turn was taken away")
	}
	if got := ask(r.engine, http.MethodGet, "/min/abc?a=b", ""); got.Code != http.StatusServiceUnavailable || !strings.Contains(got.Body.String(), "{a b}") {
		t.Errorf("a page of one's own, in a full room: %d %q", got.Code, got.Body)
	}
	r.empty()
	if s := r.door.Stats(); s.Inside != 0 || s.Refused != 6 {
		t.Errorf("left behind: %+v", s)
	}
}

// TestDoor_sharedTurns: a turn that another instance gave is good, one of an installation with another secret is not.
func TestDoor_sharedTurns(t *testing.T) {
	for key, want := range map[string]bool{"ours": true, "theirs": false} {
		given, met := newRoom(t, 1, nil), newRoom(t, 4, nil)
		given.door.Share([]byte("ours"))
		met.door.Share([]byte(key))
		if _, in := given.send("/form", "a=0"); !in {
			t.Fatal("an empty room let nobody in")
		}
		rec, _ := given.send("/form", "a=1")
		met.clock = turnOf(t, rec)
		for range 3 {
			met.send("/form", "b=1")
		}
		if _, in := met.send(rec.Header().Get("X-Action"), "a=1"); in != want {
			t.Errorf("with a turn signed with our key, where theirs is %s: let in %v", key, in)
		}
		given.empty()
		met.empty()
	}
}

// TestDoor_without is the twin: without a door nobody is asked to wait, however many are inside.
func TestDoor_without(t *testing.T) {
	r := newRoom(t, 4, func(o *server.Options) { o.Door = nil })
	for i := range 50 {
		if _, in := r.send("/form", fmt.Sprint("a=", i)); !in {
			t.Fatalf("the %d. was asked to wait", i+1)
		}
	}
	r.empty()
}

// TestDoor_turnsInOrder: each is given a later turn than those before.
func TestDoor_turnsInOrder(t *testing.T) {
	r := newRoom(t, 1, nil)
	if _, in := r.send("/form", "a=0"); !in {
		t.Fatal("an empty room let nobody in")
	}
	last := r.clock
	for i := range 50 {
		rec, _ := r.send("/form", fmt.Sprint("a=", i+1))
		turn := turnOf(t, rec)
		if !turn.After(last) || turn.Sub(r.clock) > 10*time.Second {
			t.Fatalf("turn %d is at %v, the one before at %v", i, turn, last)
		}
		last = turn
	}
	r.empty()
}

func turnOf(t *testing.T, rec *httptest.ResponseRecorder) time.Time {
	t.Helper()
	turn, err := time.Parse(time.RFC3339Nano, rec.Header().Get("X-Turn"))
	if err != nil {
		t.Fatal(err)
	}
	return turn
}

// TestDoor_busyDatabase: where the database's own queue is full, or another program holds it, the form is kept in
// the same way. Only the former is told as a crowd.
func TestDoor_busyDatabase(t *testing.T) {
	r := newRoom(t, 4, nil)
	for path, held := range map[string]string{"/full": "false", "/held": "true"} {
		rec := ask(r.engine, http.MethodPost, path, url.Values{"a": {"Kanarie"}}.Encode())
		if rec.Code != http.StatusServiceUnavailable || !strings.Contains(rec.Body.String(), "Kanarie") || rec.Header().Get("X-Held") != held {
			t.Errorf("%s: status %d, held %s: %q", path, rec.Code, rec.Header().Get("X-Held"), rec.Body)
		}
	}
	twin := newRoom(t, 4, func(o *server.Options) { o.Wait = nil })
	if rec := ask(twin.engine, http.MethodPost, "/full", url.Values{"a": {"Kanarie"}}.Encode()); strings.Contains(rec.Body.String(), "Kanarie") {
		t.Error("the twin keeps the form")
	}
}

// TestDoor_followsThePace: as many are let in as come out in the longest wait, on a slow machine fewer.
func TestDoor_followsThePace(t *testing.T) {
	const bound = server.DoorWait
	for _, perSecond := range []int{100, 500, 1500, 4000} {
		r := newRoom(t, 0, nil)
		for range 64 { // so many stay inside
			if _, in := r.send("/form", "a=b"); !in {
				t.Fatal("an empty room let nobody in")
			}
		}
		for range 24 { // six seconds
			for range perSecond / 4 {
				ask(r.engine, http.MethodPost, "/quick", "a=b")
				r.clock = r.clock.Add(time.Second / time.Duration(perSecond))
			}
		}
		s := r.door.Stats()
		if wait := time.Duration(float64(s.Limit) / float64(perSecond) * float64(time.Second)); s.Limit > 128 && (wait > bound*5/4 || s.Limit < 4096 && wait < bound*3/4) {
			t.Errorf("%d a second: %d are let in, who wait %v (%+v)", perSecond, s.Limit, wait, s)
		}
		r.empty()
	}
}

// TestDoor_clockPutBack: a turn that was given by a clock that has been put back an hour since makes nobody wait for
// that hour. The twin takes it as it stands.
func TestDoor_clockPutBack(t *testing.T) {
	r := newRoom(t, 4, nil)
	for range 3 {
		r.send("/form", "a=b")
	}
	rec, _ := r.send("/form", "a=c")
	again, given := rec.Header().Get("X-Action"), turnOf(t, rec)
	r.clock = r.clock.Add(-time.Hour)
	if wait := given.Sub(r.clock); wait < time.Hour {
		t.Fatalf("the twin would wait %v, and nothing is proved", wait)
	}
	rec, _ = r.send(again, "a=c")
	if wait := turnOf(t, rec).Sub(r.clock); rec.Code != http.StatusServiceUnavailable || wait > 3*time.Minute {
		t.Errorf("status %d, and a wait of %v", rec.Code, wait)
	}
	r.empty()
}
