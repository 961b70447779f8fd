package main

import (
	"context"
	"errors"
	"fmt"
	"net/http"
	"os"
	"time"

	"github.com/temadag/temadag/db"
	"github.com/temadag/temadag/internal/auth"
	"github.com/temadag/temadag/internal/domain"
	"github.com/temadag/temadag/internal/service"
	"github.com/temadag/temadag/internal/store"
)

// twinWord is the first argument of this command when it serves a site in place of the program, most often without one
// of the program's defences: a trial that does not find that out proves nothing.
const twinWord = "twin"

// What a twin goes without.
const (
	goesWithoutPages = "pages"         // all that keeps what it promises is there, and starts in no time
	answersEarly     = "answers-early" // it says "received" and commits then
	leavesLocks      = "leaves-locks"  // it keeps others away by a file, which outlives it
	stopsAtOnce      = "stops-at-once" // it ends as soon as it is asked to, whoever waits for an answer
)

// twinOf is what a site runs in place of the program.
func twinOf(without string) ([]string, error) {
	self, err := os.Executable()
	return []string{self, twinWord, without}, err
}

// runTwin serves the form of the event from the real store and the real use case.
func runTwin(ctx context.Context, without string) error {
	keys, err := auth.New([]byte(os.Getenv("TEMADAG_SECRET")))
	if err != nil {
		return err
	}
	path := os.Getenv("TEMADAG_DATABASE_URL")
	data, err := store.Open(ctx, store.Options{Path: path, Migrations: db.Migrations, Chain: keys.Chain})
	if err != nil {
		return err
	}
	programme := &service.Programme{Store: data, Now: time.Now}
	registrations := &service.Registrations{Store: data, Programme: programme, Keys: keys, Now: time.Now}
	event, err := programme.Event(ctx, slug)
	if err != nil {
		return err
	}
	background := context.WithoutCancel(ctx)
	register := func(r *http.Request) error {
		key, _, err := keys.ReadFormToken(slug, r.PostFormValue("token"), time.Now())
		if err != nil {
			return err
		}
		n := 0
		if _, err := fmt.Sscanf(r.PostFormValue("email"), "deltagare.%d@", &n); err != nil {
			return err
		}
		_, err = registrations.Register(background, domain.Visitor(), service.RegisterInput{
			EventSlug: slug, Key: key, Entry: entry(n), TermsID: event.Terms.ID, Lang: domain.Swedish, Channel: domain.ChannelWeb,
		})
		return err
	}
	serve := &http.Server{Addr: os.Getenv("TEMADAG_ADDR"), ReadHeaderTimeout: time.Minute, Handler: heedless(without, path+"-taken", register)}
	go func() {
		<-ctx.Done()
		if without == stopsAtOnce {
			os.Exit(0)
		}
		_ = serve.Shutdown(background) // what is still under way ends with the process
	}()
	if err := serve.ListenAndServe(); !errors.Is(err, http.ErrServerClosed) {
		return err
	}
	return data.Close()
}

// heedless is the handler of a twin.
func heedless(without, lock string, register func(*http.Request) error) http.HandlerFunc {
	return func(w http.ResponseWriter, r *http.Request) {
		err := r.ParseForm()
		switch {
		case err != nil:
		case without == answersEarly:
			go func() {
				time.Sleep(time.Millisecond)
				if err := register(r); err != nil {
					fmt.Fprintln(os.Stderr, err)
				}
			}()
		case without == leavesLocks:
			if err = take(lock); err == nil {
				err = errors.Join(register(r), os.Remove(lock))
			}
		case without == goesWithoutPages:
			err = register(r)
		default:
			time.Sleep(20 * time.Millisecond) // so that somebody is under way when it ends
			err = register(r)
		}
		if err != nil {
			http.Error(w, err.Error(), http.StatusInternalServerError)
			return
		}
		http.Redirect(w, r, "/kvitto/x", http.StatusSeeOther)
	}
}

// take makes the file that keeps others away, once there is none.
func take(lock string) error {
	for range 500 {
		f, err := os.OpenFile(lock, os.O_CREATE|os.O_EXCL|os.O_WRONLY, 0o600)
		if err == nil {
			return f.Close()
		}
		if !errors.Is(err, os.ErrExist) {
			return err
		}
		time.Sleep(2 * time.Millisecond)
	}
	return errors.New("somebody keeps the lock")
}
