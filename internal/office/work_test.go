package office_test

import (
	"context"
	"errors"
	"fmt"
	"io"
	"net/http"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/gin-gonic/gin"

	"github.com/temadag/temadag/internal/domain"
	"github.com/temadag/temadag/internal/server"
)

// long is something long that a test holds the end of.
type long func(ctx context.Context, tell func(done, total int), out io.Writer) error

// withWork is a world with a page that begins something long: what it is, and under which name its file comes.
func withWork(t *testing.T, file string, fn long) *world {
	t.Helper()
	var w *world
	w = newWorld(t, func(o *server.Options) {
		o.Routes = append(o.Routes, server.Route{
			Name: "test_work", Method: http.MethodPost, Paths: map[domain.Lang]string{"sv": "/handlaggare/prov"},
			Permission: domain.PermOwnAccount, Class: server.ClassStaff,
			Handler: func(c *gin.Context) error { return w.office.BeginWork(c, file, fn) },
		})
	})
	return w
}

// held writes a line, tells how far it has come, and waits until it is let go or stopped.
func held(letGo <-chan struct{}) long {
	return func(ctx context.Context, tell func(done, total int), out io.Writer) error {
		tell(3, 1200)
		select {
		case <-letGo:
			_, err := io.WriteString(out, "hemlig rad\n")
			return err
		case <-ctx.Done():
			return ctx.Err()
		}
	}
}

func TestWork_isOneSignInsAlone(t *testing.T) {
	letGo := make(chan struct{})
	w := withWork(t, "lista.txt", held(letGo))
	eva := w.user("Eva Exempel", in(domain.RoleReader))
	hersToo := w.anyone()
	w.signInAgain(hersToo, "eva.exempel@example.se")
	nils := w.user("Nils Exempel", in(domain.RoleAdministrator))
	at := eva.post("/handlaggare/prov", nil).want(t, http.StatusSeeOther).to()
	page := eva.get(at).want(t, http.StatusOK, "3 av 1 200")
	if page.Header.Get("Refresh") != "1" {
		t.Error("the page does not look again by itself")
	}
	eva.get(at+"/fil").want(t, http.StatusNotFound)
	none := nils.get("/handlaggare/arbete/finnsinte")
	for name, c := range map[string]*client{"another user": nils, "another sign-in of hers": hersToo} {
		got := c.get(at)
		if got.StatusCode != http.StatusNotFound {
			t.Errorf("%s: %d", name, got.StatusCode)
		}
		if c == nils && got.body != none.body {
			t.Error("absent and somebody else's look different")
		}
		c.get(at+"/fil").want(t, http.StatusNotFound)
		c.post(at, nil).want(t, http.StatusNotFound) // and she cannot stop it
	}
	close(letGo)
	eva.until(t, at, "lista.txt")
	file := eva.get(at+"/fil").want(t, http.StatusOK)
	if file.body != "hemlig rad\n" || file.Header.Get("Content-Disposition") != `attachment; filename="lista.txt"` || file.Header.Get("Cache-Control") != "no-store" {
		t.Errorf("the file: %q %v", file.body, file.Header)
	}
	for name, c := range map[string]*client{"another user": nils, "another sign-in of hers": hersToo} {
		if got := c.get(at + "/fil"); got.StatusCode != http.StatusNotFound || strings.Contains(got.body, "hemlig") {
			t.Errorf("%s fetches the file: %d", name, got.StatusCode)
		}
	}
	w.Clock.Turn(10*time.Minute + time.Second)
	eva.get(at+"/fil").want(t, http.StatusNotFound)
	eva.get(at).want(t, http.StatusNotFound)
}

// until waits until the page of something long says a word.
func (c *client) until(t *testing.T, at, word string) *response {
	t.Helper()
	for range 200 {
		if got := c.get(at); strings.Contains(got.words(), word) {
			return got
		}
		time.Sleep(10 * time.Millisecond)
	}
	t.Fatalf("the page never says %q: %s", word, c.get(at).words())
	return nil
}

func TestWork_canBeStopped(t *testing.T) {
	ended := make(chan error, 1)
	never := make(chan struct{})
	w := withWork(t, "lista.txt", func(ctx context.Context, tell func(int, int), out io.Writer) error {
		err := held(never)(ctx, tell, out)
		ended <- err
		return err
	})
	eva := w.user("Eva Exempel", in(domain.RoleReader))
	at := eva.post("/handlaggare/prov", nil).want(t, http.StatusSeeOther).to()
	eva.get(at).want(t, http.StatusOK, "Stoppa")
	for range 2 { // harmless when sent twice
		eva.post(at, nil).want(t, http.StatusSeeOther)
	}
	if err := <-ended; !errors.Is(err, context.Canceled) {
		t.Errorf("it ended with %v", err)
	}
	page := eva.until(t, at, "Du stoppade arbetet")
	if page.Header.Get("Refresh") != "" {
		t.Error("the page of what was stopped looks again")
	}
	eva.get(at+"/fil").want(t, http.StatusNotFound)
}

func TestWork_threeAtOnce(t *testing.T) {
	letGo := make(chan struct{})
	w := withWork(t, "lista.txt", held(letGo))
	eva, nils := w.user("Eva Exempel", in(domain.RoleReader)), w.user("Nils Exempel", in(domain.RoleReader))
	var all []string
	for range 3 {
		all = append(all, eva.post("/handlaggare/prov", nil).want(t, http.StatusSeeOther).to())
	}
	eva.post("/handlaggare/prov", nil).want(t, http.StatusTooManyRequests)
	nils.post("/handlaggare/prov", nil).want(t, http.StatusSeeOther) // hers do not count against his
	close(letGo)
	for _, at := range all {
		eva.until(t, at, "lista.txt")
	}
	eva.post("/handlaggare/prov", nil).want(t, http.StatusSeeOther) // what has ended does not count
}

func TestWork_aPanicIsAFault(t *testing.T) {
	begun := make(chan struct{})
	w := withWork(t, "lista.txt", func(_ context.Context, _ func(int, int), _ io.Writer) error {
		<-begun
		panic("oj, en hemlighet")
	})
	eva := w.user("Eva Exempel", in(domain.RoleReader))
	at := eva.post("/handlaggare/prov", nil).want(t, http.StatusSeeOther).to()
	close(begun)
	page := eva.until(t, at, "Det gick inte att bli klar")
	if strings.Contains(page.body, "hemlighet") {
		t.Error("the page tells what went wrong inside")
	}
	eva.get("/handlaggare").want(t, http.StatusOK)
}

// What is short is never seen: with nothing to fetch it leads on.
func TestWork_whatIsShort(t *testing.T) {
	w := withWork(t, "", func(context.Context, func(int, int), io.Writer) error { return nil })
	eva := w.user("Eva Exempel", in(domain.RoleReader))
	if to := eva.post("/handlaggare/prov", nil).want(t, http.StatusSeeOther).to(); to != "/handlaggare" {
		t.Errorf("led to %q", to)
	}
}

// Close stops what goes on and waits until it has ended; many may begin, look and stop at once.
func TestWork_closeEndsEverything(t *testing.T) {
	never := make(chan struct{})
	var mu sync.Mutex
	going := 0
	w := withWork(t, "lista.txt", func(ctx context.Context, tell func(int, int), out io.Writer) error {
		mu.Lock()
		going++
		mu.Unlock()
		err := held(never)(ctx, tell, out)
		mu.Lock()
		going--
		mu.Unlock()
		return err
	})
	var all sync.WaitGroup
	for i := range 4 {
		c := w.user(fmt.Sprintf("Eva %d", i), in(domain.RoleReader))
		all.Go(func() {
			at := c.post("/handlaggare/prov", nil).to()
			var inner sync.WaitGroup
			for range 3 {
				inner.Go(func() { c.get(at) })
			}
			inner.Wait()
		})
	}
	all.Wait()
	mu.Lock()
	before := going
	mu.Unlock()
	if before != 4 {
		t.Fatalf("%d go on: nothing is proved", before)
	}
	w.office.Close()
	mu.Lock()
	defer mu.Unlock()
	if going != 0 {
		t.Errorf("%d go on after the end", going)
	}
}
