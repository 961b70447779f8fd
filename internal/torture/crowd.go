package main

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"io"
	"maps"
	"math/rand/v2"
	"net/http"
	"net/url"
	"slices"
	"strconv"
	"strings"
	"sync"
	"time"

	"golang.org/x/net/html"

	"github.com/temadag/temadag/internal/auth"
)

// crowd is a great many visitors who all want the same places. What each was told stands in its journal, where no
// program can touch it.
type crowd struct {
	site   *site
	client *http.Client
	hurry  time.Duration // the longest that a visitor waits before she comes again; 0: as long as she is told

	mu      sync.Mutex
	journal journal
}

// journal is what visitors were told.
type journal struct {
	Received  map[string]bool // who was told that her registration is received, by e-mail address
	GaveUp    map[string]bool // who was told that it is cancelled
	Queue     int             // times that someone was asked whether she wants the queue
	Again     int             // times that someone was asked to come again, with her form kept
	Wrong     []string        // answers that nobody should get
	Waits     []time.Duration // until each answer
	Unreached int             // requests without an answer
}

func newCrowd(s *site, visitors int) *crowd {
	return &crowd{site: s, client: &http.Client{
		Transport: &http.Transport{MaxIdleConns: visitors, MaxIdleConnsPerHost: visitors}, Timeout: 60 * time.Second,
		CheckRedirect: func(*http.Request, []*http.Request) error { return http.ErrUseLastResponse },
	}, journal: journal{Received: map[string]bool{}, GaveUp: map[string]bool{}}}
}

func (c *crowd) note(write func(j *journal)) {
	c.mu.Lock()
	defer c.mu.Unlock()
	write(&c.journal)
}

func (c *crowd) wrong(format string, args ...any) {
	c.note(func(j *journal) { j.Wrong = append(j.Wrong, fmt.Sprintf(format, args...)) })
}

// rush lets so many visitors, drawn by the seed, act at the same moment, and returns when the last is content.
func (c *crowd) rush(ctx context.Context, visitors int, seed uint64) {
	gate := make(chan struct{})
	var all sync.WaitGroup
	for i := range visitors {
		draw := rand.New(rand.NewPCG(seed, uint64(i)))
		all.Go(func() {
			<-gate
			c.visit(ctx, i, draw)
		})
	}
	close(gate)
	all.Wait()
	c.client.CloseIdleConnections()
}

// The habits of visitors, of a hundred.
const (
	inGroups   = 10 // for three
	impatient  = 20 // who send the form three times at once
	twice      = 30 // who fill it in twice
	cancelling = 45 // who give their place back as soon as they have it
)

func (c *crowd) visit(ctx context.Context, i int, draw *rand.Rand) {
	at := c.site.each[draw.IntN(len(c.site.each))].addr
	wantsQueue := draw.IntN(2) == 0
	switch habit := draw.IntN(100); {
	case habit < inGroups:
		c.comeInThree(ctx, at, i)
	case habit < impatient:
		form := c.form(i)
		var clicks sync.WaitGroup
		for range 3 {
			clicks.Go(func() { c.register(ctx, at, maps.Clone(form), wantsQueue) }) // each answer may change what is sent next
		}
		clicks.Wait()
	case habit < twice:
		c.register(ctx, at, c.form(i), wantsQueue)
		c.register(ctx, at, c.form(i), wantsQueue)
	case habit < cancelling:
		form := c.form(i)
		if c.register(ctx, at, form, false) == http.StatusSeeOther {
			c.giveUp(ctx, at, form)
		}
	default:
		c.register(ctx, at, c.form(i), wantsQueue)
	}
}

func email(i int) string { return fmt.Sprintf("deltagare.%d@example.se", i) }

// form is the form of the i-th visitor, filled in a while ago.
func (c *crowd) form(i int) url.Values {
	return url.Values{
		"token": {c.site.keys.FormToken(slug, time.Now().Add(-time.Minute))}, "step": {"send"}, "place": {"seat"},
		"terms":      {strconv.FormatInt(c.site.terms, 10)},
		"given_name": {"Åsa"}, "family_name": {"Öberg-" + letters(i)}, "email": {email(i)}, "organisation": {"Luleå kommun"},
		"organisation_type": {"social_services"}, "municipality": {"Luleå"},
	}
}

// letters is i in letters: there are no figures in names.
func letters(i int) string {
	b := []byte{'A' + byte(i%26)}
	for i /= 26; i > 0; i /= 26 {
		b = append(b, 'a'+byte(i%26))
	}
	return string(b)
}

func (c *crowd) comeInThree(ctx context.Context, at string, i int) {
	form := url.Values{
		"token": {c.site.keys.FormToken(slug+"/grupp", time.Now().Add(-time.Minute))}, "step": {"send"}, "mode": {"some"}, "rows": {"3"},
		"terms":        {strconv.FormatInt(c.site.terms, 10)},
		"contact_name": {"Åsa Öberg"}, "contact_email": {email(i)}, "organisation": {"Luleå kommun"},
		"organisation_type": {"social_services"}, "municipality": {"Luleå"},
	}
	people := make([]string, 3)
	for n := range people {
		people[n] = fmt.Sprintf("grupp.%d.%d@example.se", i, n)
		prefix := fmt.Sprintf("people_%d_", n+1)
		form.Set(prefix+"given_name", "Sára")
		form.Set(prefix+"family_name", "Länsman-"+letters(3*i+n))
		form.Set(prefix+"email", people[n])
	}
	a := c.insist(ctx, "http://"+at+"/tillfalle/"+slug+"/anmalan/grupp", form)
	switch a.status {
	case 0:
	case http.StatusSeeOther:
		c.note(func(j *journal) {
			for _, p := range people {
				j.Received[p] = true
			}
		})
	case http.StatusOK, http.StatusConflict:
		c.keeps(a, form, "contact_email")
	default:
		c.wrong("a group was answered %d: %.300s", a.status, a.body)
	}
}

// register sends a form until it has an answer, and tells the last status; 0 for none.
func (c *crowd) register(ctx context.Context, at string, form url.Values, wantsQueue bool) int {
	target := "http://" + at + "/tillfalle/" + slug + "/anmalan"
	a := c.insist(ctx, target, form)
	if a.status == http.StatusOK && c.keeps(a, form, "email") {
		c.note(func(j *journal) { j.Queue++ })
		if !wantsQueue {
			return a.status
		}
		form.Set("place", "queue")
		a = c.insist(ctx, target, form)
	}
	switch a.status {
	case 0, http.StatusOK:
	case http.StatusSeeOther:
		if !strings.HasPrefix(a.location, "/kvitto/") {
			c.wrong("someone was led to %s", a.location)
		}
		c.note(func(j *journal) { j.Received[form.Get("email")] = true })
	default:
		c.wrong("someone was answered %d: %.300s", a.status, a.body)
	}
	return a.status
}

// giveUp gives the place back that was got by the form.
func (c *crowd) giveUp(ctx context.Context, at string, form url.Values) {
	key, _, err := c.site.keys.ReadFormToken(slug, form.Get("token"), time.Now())
	if err != nil {
		c.wrong("a token was not read: %v", err)
		return
	}
	link := c.site.keys.Link(auth.UID(key), 1)
	a := c.insist(ctx, "http://"+at+"/min-anmalan/"+link+"/avboka", url.Values{"step": {"cancel"}, "seen": {"confirmed"}})
	switch a.status {
	case 0:
	case http.StatusSeeOther:
		c.note(func(j *journal) { j.GaveUp[form.Get("email")] = true })
	default:
		c.wrong("giving up was answered %d: %.300s", a.status, a.body)
	}
}

// answer is what a visitor was told; status 0 for nothing.
type answer struct {
	status   int
	location string
	body     []byte
}

// insist sends a form, and sends what she got back each time that she is asked to come again.
func (c *crowd) insist(ctx context.Context, target string, form url.Values) answer {
	for range 30 {
		a, wait, err := c.post(ctx, target, form)
		if err != nil {
			c.note(func(j *journal) { j.Unreached++ })
			return answer{}
		}
		if a.status != http.StatusServiceUnavailable {
			return a
		}
		action, kept := formIn(a.body)
		for name := range form {
			if kept.Get(name) != form.Get(name) {
				c.wrong("a page for those who wait has lost %s: %.300s", name, a.body)
				return answer{}
			}
		}
		c.note(func(j *journal) { j.Again++ })
		next, err := url.Parse(target)
		if err == nil {
			next, err = next.Parse(action)
		}
		if err != nil {
			c.wrong("the page for those who wait leads to %q", action)
			return answer{}
		}
		target = next.String()
		if c.hurry > 0 {
			wait = min(wait, c.hurry)
		}
		select {
		case <-ctx.Done():
			return answer{}
		case <-time.After(wait):
		}
	}
	c.wrong("someone was asked thirty times to come again")
	return answer{}
}

func (c *crowd) post(ctx context.Context, target string, form url.Values) (answer, time.Duration, error) {
	req, err := http.NewRequestWithContext(ctx, http.MethodPost, target, strings.NewReader(form.Encode()))
	if err != nil {
		return answer{}, 0, err
	}
	req.Header.Set("Content-Type", "application/x-www-form-urlencoded")
	start := time.Now()
	resp, err := c.client.Do(req)
	if err != nil {
		return answer{}, 0, err
	}
	body, err := io.ReadAll(resp.Body)
	err = errors.Join(err, resp.Body.Close())
	c.note(func(j *journal) { j.Waits = append(j.Waits, time.Since(start)) })
	seconds, _ := strconv.Atoi(resp.Header.Get("Retry-After"))
	return answer{resp.StatusCode, resp.Header.Get("Location"), body}, time.Duration(max(1, seconds)) * time.Second, err
}

// keeps reports whether a page that is shown once more has what was typed.
func (c *crowd) keeps(a answer, form url.Values, field string) bool {
	if a.status == http.StatusOK && bytes.Contains(a.body, []byte(form.Get(field))) {
		return true
	}
	if a.status == http.StatusOK {
		c.wrong("what was typed is gone: %.300s", a.body)
	}
	return false
}

// formIn is where the form of a page leads, and its hidden fields.
func formIn(page []byte) (action string, fields url.Values) {
	fields = url.Values{}
	root, err := html.Parse(bytes.NewReader(page))
	if err != nil {
		return "", fields
	}
	attr := func(n *html.Node, name string) string {
		for _, a := range n.Attr {
			if a.Key == name {
				return a.Val
			}
		}
		return ""
	}
	for n := range root.Descendants() {
		switch {
		case n.Type != html.ElementNode:
		case n.Data == "form" && attr(n, "method") == "post" && action == "":
			action = attr(n, "action")
		case n.Data == "input" && attr(n, "name") != "":
			fields.Set(attr(n, "name"), attr(n, "value"))
		}
	}
	return action, fields
}

// percentile is the wait that p of the answers did not exceed.
func (j *journal) percentile(p float64) time.Duration {
	if len(j.Waits) == 0 {
		return 0
	}
	slices.Sort(j.Waits)
	return j.Waits[min(len(j.Waits)-1, int(p*float64(len(j.Waits))))]
}

// faults is what is wrong between what visitors were told and what is in the books.
func (j *journal) faults(b books, places int) (out []string) {
	taken := b.confirmed + b.offered
	if taken > places {
		out = append(out, fmt.Sprintf("%d places were sold and there are %d", taken, places))
	}
	if taken < places && b.waiting > 0 {
		out = append(out, fmt.Sprintf("%d places are free and %d wait", places-taken, b.waiting))
	}
	lost, unasked := 0, 0
	for who := range j.Received {
		if !b.ever[who] {
			lost++
		}
	}
	for who := range b.ever {
		if !j.Received[who] && j.Unreached == 0 {
			unasked++
		}
	}
	for who := range j.GaveUp {
		if b.emails[who] {
			out = append(out, who+" gave up her place and has it")
		}
	}
	if lost > 0 {
		out = append(out, fmt.Sprintf("%d registrations were received and are gone", lost))
	}
	if unasked > 0 {
		out = append(out, fmt.Sprintf("%d are registered and were not told so", unasked))
	}
	out = append(out, b.findings...)
	return append(out, j.Wrong[:min(len(j.Wrong), 5)]...)
}
