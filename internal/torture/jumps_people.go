package main

import (
	"context"
	"errors"
	"fmt"
	"math/rand/v2"
	"net"
	"net/http"
	"net/url"
	"os/exec"
	"path/filepath"
	"slices"
	"strings"
	"time"

	"github.com/temadag/temadag/internal/auth"
)

// live is what one of many does all the time: she registers, or somebody who has told her link gives up her place or
// answers an offer.
func (j *jumping) live(ctx context.Context, draw *rand.Rand) {
	for !j.over.Load() && ctx.Err() == nil {
		j.still.RLock()
		switch what := draw.IntN(10); {
		case what < 5:
			n := int(j.next.Add(1))
			j.send(ctx, n, j.form(n))
		case what < 8:
			j.giveUp(ctx, j.oneOf(&j.seated, draw))
		default:
			j.answer(ctx, j.oneOf(&j.offered, draw), draw.IntN(3))
		}
		j.still.RUnlock()
		time.Sleep(j.pause)
	}
}

// oneOf is somebody of some, who is not taken twice; 0 for nobody.
func (j *jumping) oneOf(some *[]int, draw *rand.Rand) int {
	j.mu.Lock()
	defer j.mu.Unlock()
	if len(*some) == 0 {
		return 0
	}
	i := draw.IntN(len(*some))
	n := (*some)[i]
	*some = slices.Delete(*some, i, i+1)
	return n
}

// opened is a form that somebody has before her.
type opened struct {
	n    int
	form url.Values
}

// open opens the form as people do.
func (j *jumping) open(ctx context.Context) (opened, error) {
	n := int(j.next.Add(1))
	req, err := http.NewRequestWithContext(withNetwork(ctx, n), http.MethodGet, "http://"+j.each[0].addr+"/tillfalle/"+slug+"/anmalan", nil)
	if err != nil {
		return opened{}, err
	}
	resp, err := j.crowd.client.Do(req)
	if err != nil {
		return opened{}, err
	}
	page, err := readAll(resp)
	if err != nil {
		return opened{}, err
	}
	_, fields := formIn(page)
	if fields.Get("token") == "" {
		return opened{}, fmt.Errorf("a form without a token: %.300s", page)
	}
	form := j.crowd.form(n)
	form.Set("token", fields.Get("token"))
	return opened{n, form}, nil
}

// form is the form of the n-th visitor, who has had it before her for a minute.
func (j *jumping) form(n int) url.Values {
	form := j.crowd.form(n)
	form.Set("token", j.keys.FormToken(slug, j.clock.now().Add(-time.Minute)))
	return form
}

// asksAtMost is how often somebody is shown her form once more at most while the clock is not turned: for a form that was
// opened by another clock, for being too quick with the new one, and for the queue.
const asksAtMost = 3

// send sends a form until it is received. Whoever is shown it once more looks at it for a moment.
func (j *jumping) send(ctx context.Context, n int, form url.Values) {
	ctx = withNetwork(ctx, n)
	key, _, _ := j.keys.ReadFormToken(slug, form.Get("token"), j.clock.now())
	v := &visit{began: time.Now(), own: j.keys.Link(auth.UID(key), 1)}
	j.mu.Lock()
	j.visits[n] = v
	j.mu.Unlock()
	turned := j.turned.Load()
	for asked := 0; asked <= asksAtMost; asked++ {
		if now := j.turned.Load(); now != turned {
			turned, asked = now, 0
		}
		a := j.crowd.insist(ctx, "http://"+j.each[0].addr+"/tillfalle/"+slug+"/anmalan", form)
		switch {
		case a.status == http.StatusSeeOther && strings.HasPrefix(a.location, "/kvitto/"):
			j.mu.Lock()
			v.told = time.Now()
			j.mu.Unlock()
			return
		case (a.status == http.StatusOK || a.status == http.StatusConflict) && strings.Contains(string(a.body), form.Get("email")):
			_, shown := formIn(a.body)
			if token := shown.Get("token"); token != form.Get("token") || form.Get("place") == "queue" {
				form.Set("token", token)
				j.mu.Lock()
				j.out.again++
				j.mu.Unlock()
				select {
				case <-time.After(3100 * time.Millisecond):
				case <-ctx.Done():
				}
			}
			form.Set("place", "queue")
		case a.status == 0 && ctx.Err() != nil:
			return
		default:
			j.broken("someone who registers was answered %d: %.300s", a.status, a.body)
			return
		}
	}
	j.broken("someone was shown her form %d times, last when the clock showed %v", asksAtMost+1, j.clock.now())
}

func (j *jumping) ownPage(n int) string {
	j.mu.Lock()
	defer j.mu.Unlock()
	return "http://" + j.each[0].addr + "/min-anmalan/" + j.visits[n].own
}

func (j *jumping) giveUp(ctx context.Context, n int) {
	if n == 0 {
		return
	}
	a := j.crowd.insist(withNetwork(ctx, n), j.ownPage(n)+"/avboka", url.Values{"step": {"cancel"}, "seen": {"confirmed"}})
	switch a.status {
	case http.StatusSeeOther:
		j.crowd.note(func(j *journal) { j.GaveUp[email(n)] = true })
	case http.StatusOK, http.StatusConflict: // what she has is something else by now
	default:
		if ctx.Err() == nil {
			j.broken("someone who gives up her place was answered %d: %.300s", a.status, a.body)
		}
	}
}

// answer answers an offer in two cases of three.
func (j *jumping) answer(ctx context.Context, n, how int) {
	reply := []string{"", "yes", "no"}[how]
	if n == 0 || reply == "" {
		return
	}
	a := j.crowd.insist(withNetwork(ctx, n), j.ownPage(n)+"/erbjudande", url.Values{"reply": {reply}})
	switch a.status {
	case http.StatusSeeOther:
		j.mu.Lock()
		j.out.answered++
		j.mu.Unlock()
	case http.StatusOK, http.StatusConflict: // it ran out, by the clock as it is
	default:
		if ctx.Err() == nil {
			j.broken("someone who answers %s was answered %d: %.300s", reply, a.status, a.body)
		}
	}
}

type networkKey struct{}

// withNetwork is ctx for somebody who sends from a network of her own.
func withNetwork(ctx context.Context, n int) context.Context {
	return context.WithValue(ctx, networkKey{}, net.IPv4(127, byte(1+n/250%250), byte(n%250), 1))
}

func fromOwnNetwork(ctx context.Context, network, address string) (net.Conn, error) {
	d := net.Dialer{}
	if from, ok := ctx.Value(networkKey{}).(net.IP); ok {
		d.LocalAddr = &net.TCPAddr{IP: from}
	}
	return d.DialContext(ctx, network, address)
}

// signingIn is somebody who signs in by password, and another at the same desk who does not know it.
type signingIn struct{ password string }

const staffEmail = "eva.exempel@example.se"

func (j *jumping) newSigningIn(ctx context.Context) (*signingIn, error) {
	cmd := exec.CommandContext(ctx, j.binary, "user", "add", staffEmail, "--name", "Eva Exempel", "--county", "BD", "--role", "organiser")
	cmd.Env = append(cleanEnvironment(), "TEMADAG_DATA_DIR="+filepath.Join(j.dir, "program-0"), "TEMADAG_DATABASE_URL="+j.url,
		"TEMADAG_SECRET="+secret, "TEMADAG_BASE_URL=http://"+j.each[0].addr)
	cmd.Env = append(cmd.Env, j.clock.environment()...)
	said, err := cmd.CombinedOutput()
	if err != nil {
		return nil, fmt.Errorf("user add: %w\n%s", err, said)
	}
	_, link, found := strings.Cut(string(said), "http://"+j.each[0].addr)
	if !found {
		return nil, fmt.Errorf("user add prints no link:\n%s", said)
	}
	s := &signingIn{password: "tre små grå möss i Luleå"}
	status, cookie, err := s.post(ctx, j, strings.TrimSpace(link), nil, "")
	if err != nil || cookie == "" {
		return nil, errors.Join(err, fmt.Errorf("the link lets nobody in: %d", status))
	}
	if status, _, err = s.post(ctx, j, "/handlaggare/min-profil/losenord", url.Values{"password": {s.password}}, cookie); status != http.StatusSeeOther {
		return nil, errors.Join(err, fmt.Errorf("no password can be chosen: %d", status))
	}
	return s, err
}

// post sends a form from her network and answers the cookie that she is given.
func (s *signingIn) post(ctx context.Context, j *jumping, path string, form url.Values, cookie string) (status int, given string, err error) {
	req, err := http.NewRequestWithContext(withNetwork(ctx, 60_000), http.MethodPost, "http://"+j.each[0].addr+path, strings.NewReader(form.Encode()))
	if err != nil {
		return 0, "", err
	}
	req.Header.Set("Content-Type", "application/x-www-form-urlencoded")
	if cookie != "" {
		req.Header.Set("Cookie", cookie)
	}
	resp, err := j.crowd.client.Do(req)
	if err != nil {
		return 0, "", err
	}
	given, _, _ = strings.Cut(resp.Header.Get("Set-Cookie"), ";")
	return resp.StatusCode, given, resp.Body.Close()
}

// guess tries wrong passwords, until whoever is at this desk has to wait.
func (s *signingIn) guess(ctx context.Context, j *jumping) error {
	for range 7 {
		if _, _, err := s.post(ctx, j, "/handlaggare/logga-in", url.Values{"email": {staffEmail}, "password": {"fel " + s.password}}, ""); err != nil {
			return err
		}
	}
	return nil
}

// signIn signs in, at once, and opens her own page.
func (s *signingIn) signIn(ctx context.Context, j *jumping) error {
	status, cookie, err := s.post(ctx, j, "/handlaggare/logga-in", url.Values{"email": {staffEmail}, "password": {s.password}}, "")
	if err != nil {
		return err
	}
	if status != http.StatusSeeOther || cookie == "" {
		j.broken("whoever signs in when the clock shows %v is answered %d", j.clock.now(), status)
		return nil
	}
	req, err := http.NewRequestWithContext(ctx, http.MethodGet, "http://"+j.each[0].addr+"/handlaggare/min-profil", nil)
	if err != nil {
		return err
	}
	req.Header.Set("Cookie", cookie)
	resp, err := j.crowd.client.Do(req)
	if err != nil {
		return err
	}
	if resp.StatusCode != http.StatusOK {
		j.broken("whoever has signed in when the clock shows %v is answered %d", j.clock.now(), resp.StatusCode)
	}
	j.out.signIns++
	return resp.Body.Close()
}
