package site_test

import (
	"context"
	"net/http"
	"net/url"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/temadag/temadag/internal/domain"
	"github.com/temadag/temadag/internal/server"
	"github.com/temadag/temadag/internal/site"
	"github.com/temadag/temadag/internal/store"
)

// TestOwn_crowded: too much from one network loses nothing of what was typed and does nothing.
func TestOwn_crowded(t *testing.T) {
	w := newWorld(t, func(_ *site.Options, so *server.Options) { so.RateLimit, so.PostsPerMinute = true, 1 })
	w.series(5, 5, func(lulea, umea *domain.Event) {
		lulea.Rules.Food = true
		umea.Questions = []domain.Question{{Kind: domain.QuestionText, Label: domain.Text{Sv: "Vilket spår?"}}}
	})
	own := w.take("lulea", 1)
	w.post(own+"/avboka", url.Values{"step": {"cancel"}, "seen": {"x"}})
	e, err := w.Programme.Event(quiet(), "umea")
	must(t, err)
	for path, form := range map[string]url.Values{
		"/avboka":       {"step": {"cancel"}, "seen": {"confirmed"}, "reason": {"Kanarie"}},
		"/overlat":      {"given_name": {"Kanarie"}, "email": {"x"}},
		"/byt-ort/umea": {e.Questions[0].Field(): {"Kanarie"}},
		"/andra":        {"title": {"Kanarie"}},
		"/behov":        {"step": {"keep"}, "diet_text": {"Kanarie"}},
		"/erbjudande":   {"reply": {"yes"}},
	} {
		page := w.post(own+path, form).want(t, http.StatusTooManyRequests, "Ingenting är ändrat", "Vänta en minut")
		if path != "/erbjudande" && !strings.Contains(page.body, "Kanarie") {
			t.Errorf("%s: what was typed is lost", path)
		}
	}
	if n := len(w.own(own).History); n != 1 {
		t.Errorf("%d lines of history", n)
	}
}

// TestOwn_busy: where the program cannot write it says that nothing was changed, and keeps what was sent.
func TestOwn_busy(t *testing.T) {
	w := newWorld(t)
	w.series(5, 5, nil)
	own := w.take("lulea", 1)
	form := w.get(own+"/avboka").filled("step", "cancel", "reason", "Kanarie")
	release := w.occupy()
	page := w.post(own+"/avboka", form).want(t, http.StatusServiceUnavailable, "ingenting är anmält eller ändrat")
	if page.fields().Get("reason") != "Kanarie" {
		t.Error("what was typed is lost")
	}
	if page.Header.Get("Retry-After") == "" {
		t.Error("no Retry-After")
	}
	w.post(own+"/overlat", url.Values{"given_name": {"Kanarie"}, "email": {"kanarie@example.se"}}).
		want(t, http.StatusServiceUnavailable, "ingenting är anmält eller ändrat")
	release()
	w.done(w.post(own+"/avboka", form), "avbokad")
}

// occupy fills the queue of writers until release is called.
func (w *world) occupy() (release func()) {
	w.t.Helper()
	stop, begun := make(chan struct{}), make(chan struct{})
	var all sync.WaitGroup
	all.Go(func() {
		_ = w.Store.Write(context.Background(), func(*store.Tx) error { close(begun); <-stop; return nil })
	})
	<-begun
	for w.Store.Stats().Queued < 4096 {
		for range 256 {
			all.Go(func() { _ = w.Store.Write(context.Background(), func(*store.Tx) error { return nil }) })
		}
		time.Sleep(time.Millisecond)
	}
	return func() { close(stop); all.Wait() }
}
