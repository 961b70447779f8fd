package main

import (
	"context"
	"errors"
	"fmt"
	"io"
	"net/http"
	"net/url"
	"os"
	"path/filepath"
	"strings"
	"sync"
	"time"
)

// fault is what a disk does wrong: the n-th write or sync from now on fails.
type fault struct {
	slot   int // slotFailWrite, slotFailSync, slotFailFileWrite or slotFailFileSync
	n      int64
	sticky bool // everything after it fails too
	lie    bool // it says that it has succeeded
	full   bool // it says that there is no room
}

// counter is what the fault is counted by.
func (f fault) counter() int {
	return map[int]int{slotFailWrite: slotWrites, slotFailSync: slotSyncs, slotFailFileWrite: slotFileWrites, slotFailFileSync: slotFileSyncs}[f.slot]
}

func (f fault) String() string {
	what := map[int]string{slotFailWrite: "write", slotFailSync: "sync", slotFailFileWrite: "write in a fold", slotFailFileSync: "sync in a fold"}[f.slot]
	return fmt.Sprintf("%s %d (and all after it: %v; for want of room: %v)", what, f.n, f.sticky, f.full)
}

// everyFault is each of so many writes and syncs, once alone and once with all after it.
func everyFault(writes, syncs int) (out []fault) {
	for _, sticky := range []bool{false, true} {
		for n := range writes {
			out = append(out, fault{slot: slotFailWrite, n: int64(n) + 1, sticky: sticky})
		}
		for n := range syncs {
			out = append(out, fault{slot: slotFailSync, n: int64(n) + 1, sticky: sticky})
		}
	}
	return out
}

// lies are the twins: the same faults on a disk that does not tell of them.
func lies() (out []fault) {
	for n := range int64(4) {
		out = append(out, fault{slot: slotFailWrite, n: 5 + 10*n, sticky: true, lie: true})
	}
	return out
}

// outcome is what faults did to a site and its visitors.
type outcome struct {
	tries, injected, received, refused int
	lost, ghosts, corrupt              int
	wrong                              []string
	slowest                            time.Duration
	late                               time.Duration // the slowest page beside, which nothing held up
}

func (o *outcome) add(p outcome) {
	o.tries, o.injected, o.received, o.refused = o.tries+p.tries, o.injected+p.injected, o.received+p.received, o.refused+p.refused
	o.lost, o.ghosts, o.corrupt = o.lost+p.lost, o.ghosts+p.ghosts, o.corrupt+p.corrupt
	o.wrong, o.slowest = append(o.wrong, p.wrong...), max(o.slowest, p.slowest)
}

func (o *outcome) judge(v verdict) {
	o.lost, o.ghosts = o.lost+v.lost, o.ghosts+v.ghosts
	if v.corrupt != "" {
		o.corrupt++
		o.wrong = append(o.wrong, "the file is not sound: "+v.corrupt)
	}
	if v.lost > 0 {
		o.wrong = append(o.wrong, fmt.Sprintf("%d registrations are lost", v.lost))
	}
}

func (o outcome) figures() figures {
	return figures{
		"tries": o.tries, "faults": o.injected, "received": o.received, "refused_with_form": o.refused,
		"lost": o.lost, "corrupt": o.corrupt, "kept_without_answer": o.ghosts, "wrong": len(o.wrong),
	}
}

func (o outcome) err() error {
	if len(o.wrong) == 0 {
		return nil
	}
	return errors.New(strings.Join(o.wrong[:min(8, len(o.wrong))], "\n"))
}

// reply is what a visitor was answered.
type reply struct {
	status               int
	location, retryAfter string
	body                 string
}

func (r reply) received() bool {
	return r.status == http.StatusSeeOther && strings.HasPrefix(r.location, "/kvitto/")
}

// complaint is what is wrong with the answer to a form, or "". It is either a receipt, or a page that
// says that nothing could be written, when to try again, and still holds what was filled in.
func (r reply) complaint(form url.Values) string {
	switch {
	case r.received():
		return ""
	case r.status != http.StatusServiceUnavailable:
		return fmt.Sprintf("answered %d: %.200s", r.status, r.body)
	case r.retryAfter == "":
		return "answered 503 without Retry-After"
	case !strings.Contains(r.body, form.Get("email")) || !strings.Contains(r.body, form.Get("organisation")):
		return fmt.Sprintf("answered 503 without the form: %.200s", r.body)
	}
	return ""
}

// send sends a form once.
func (c *crowd) sendOnce(ctx context.Context, form url.Values) (reply, error) {
	req, err := http.NewRequestWithContext(ctx, http.MethodPost, "http://"+c.site.each[0].addr+"/tillfalle/"+slug+"/anmalan", strings.NewReader(form.Encode()))
	if err != nil {
		return reply{}, err
	}
	req.Header.Set("Content-Type", "application/x-www-form-urlencoded")
	resp, err := c.client.Do(req)
	if err != nil {
		return reply{}, err
	}
	body, err := io.ReadAll(resp.Body)
	return reply{resp.StatusCode, resp.Header.Get("Location"), resp.Header.Get("Retry-After"), string(body)}, errors.Join(err, resp.Body.Close())
}

// victim is a site whose only program has the layer below its SQLite, and what its visitors were told.
type victim struct {
	*site
	control *control
	crowd   *crowd

	mu           sync.Mutex
	outcome      outcome
	acknowledged []string
	said         string // the first refusal
}

// attack starts a program on a copy of the site.
func (b *workbench) attack(ctx context.Context, base *site) (*victim, error) {
	s, err := b.copied(base)
	if err != nil {
		return nil, err
	}
	c, err := newControl(filepath.Join(s.dir, "control"))
	if err != nil {
		return nil, err
	}
	s.env = c.environment(b.library, s.url, "")
	v := &victim{site: s, control: c, crowd: newCrowd(s, 16), outcome: outcome{tries: 1}}
	if err := s.serve(ctx, 1); err != nil {
		return nil, errors.Join(err, v.end())
	}
	return v, nil
}

// end kills the program and removes the copy.
func (v *victim) end() error {
	v.crowd.client.CloseIdleConnections()
	v.killAll()
	return errors.Join(v.control.close(), os.RemoveAll(v.dir))
}

// register lets the i-th visitor send her form once, and tells whether she was received.
func (v *victim) register(ctx context.Context, i int) bool {
	form := v.crowd.form(i)
	start := time.Now()
	r, err := v.crowd.sendOnce(ctx, form)
	took := time.Since(start)
	v.mu.Lock()
	defer v.mu.Unlock()
	v.outcome.slowest = max(v.outcome.slowest, took)
	if err != nil {
		v.outcome.wrong = append(v.outcome.wrong, "no answer: "+err.Error())
		return false
	}
	if v.control.get(slotFailed) > 0 && r.status == http.StatusServiceUnavailable && strings.Contains(r.body, "Väldigt många") {
		v.outcome.wrong = append(v.outcome.wrong, "a fault of the disk was told as a crowd")
	}
	if v.control.get(slotFailed) > 0 && strings.Contains(r.body, "inte skickad") {
		v.outcome.wrong = append(v.outcome.wrong, "it is told for certain that nothing was kept, though what was not synced may be there after a restart")
	}
	switch why := r.complaint(form); {
	case why != "":
		v.outcome.wrong = append(v.outcome.wrong, why)
	case r.received():
		v.outcome.received++
		v.acknowledged = append(v.acknowledged, form.Get("email"))
		return true
	default:
		v.outcome.refused++
		if v.said == "" {
			v.said = r.body
		}
	}
	return false
}

// mustRead complains where the calendar cannot be read.
func (v *victim) mustRead(when string) {
	resp, err := v.crowd.client.Get("http://" + v.each[0].addr + "/")
	if err == nil {
		err = resp.Body.Close()
		if resp.StatusCode != http.StatusOK {
			err = fmt.Errorf("status %d", resp.StatusCode)
		}
	}
	if err != nil {
		v.outcome.wrong = append(v.outcome.wrong, "the calendar "+when+": "+err.Error())
	}
}

// tryFaults has people register on a disk with each of the faults, and looks at what it holds after a kill.
func (b *workbench) tryFaults(ctx context.Context, base *site, faults []fault) (outcome, error) {
	var total outcome
	for _, f := range faults {
		if err := ctx.Err(); err != nil {
			return total, err
		}
		got, err := b.tryFault(ctx, base, f)
		if err != nil {
			return total, fmt.Errorf("%v: %w", f, err)
		}
		for i := range got.wrong {
			got.wrong[i] = f.String() + ": " + got.wrong[i]
		}
		total.add(got)
	}
	return total, nil
}

func (b *workbench) tryFault(ctx context.Context, base *site, f fault) (_ outcome, err error) {
	v, err := b.attack(ctx, base)
	if err != nil {
		return outcome{}, err
	}
	defer func() { err = errors.Join(err, v.end()) }()
	v.control.arm(f)
	for i := range 40 {
		if !v.register(ctx, i) && v.control.get(slotFailed) > 0 && i > 2 {
			break
		}
		if v.control.get(slotFailed) > 0 && !f.lie && !f.sticky && i > 20 {
			break
		}
	}
	v.outcome.injected = int(v.control.get(slotFailed))
	if v.outcome.injected == 0 {
		v.outcome.wrong = append(v.outcome.wrong, "the fault was never met")
	}
	if !f.lie {
		v.mustRead("after the fault")
	}
	v.killAll()
	v.outcome.judge(v.inspect(ctx, v.acknowledged))
	return v.outcome, nil
}

// arm lets the fault come about.
func (c *control) arm(f fault) {
	c.set(slotSticky, flag01(f.sticky))
	c.set(slotLie, flag01(f.lie))
	c.set(slotFull, flag01(f.full))
	c.set(f.slot, c.get(f.counter())+f.n)
}

func flag01(b bool) int64 {
	if b {
		return 1
	}
	return 0
}

// fillDisk leaves so many bytes on the disk, lets people come until they are refused, frees the disk, and
// expects the same program to receive the next.
func (b *workbench) fillDisk(ctx context.Context, base *site, room int64, lie bool) (_ outcome, err error) {
	v, err := b.attack(ctx, base)
	if err != nil {
		return outcome{}, err
	}
	defer func() { err = errors.Join(err, v.end()) }()
	v.register(ctx, 0)
	v.control.set(slotLie, flag01(lie))
	v.control.set(slotBudget, room)
	v.control.set(slotBudgetOn, 1)
	for i := 1; i < 40 && v.outcome.refused < 5; i++ {
		v.register(ctx, i)
	}
	v.outcome.injected = int(v.control.get(slotFailed))
	if v.outcome.injected == 0 {
		v.outcome.wrong = append(v.outcome.wrong, "the disk was never full")
	}
	if !lie {
		v.mustRead("while the disk is full")
	}
	v.control.set(slotBudgetOn, 0)
	if !v.register(ctx, 100) && !lie {
		v.outcome.wrong = append(v.outcome.wrong, "nobody is received after the disk has room again")
	}
	v.killAll()
	v.outcome.judge(v.inspect(ctx, v.acknowledged))
	return v.outcome, nil
}
