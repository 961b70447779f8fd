package main

import (
	"context"
	"errors"
	"fmt"
	"net/http"
	"time"
)

// judge holds what was brought back against what people were told before the loss. gone are those of whom the
// lost file held no needs, whether or not they were told so.
func (r *returning) judge(ctx context.Context, gone map[int]bool, out *returned) error {
	back, err := r.emailsBack(ctx)
	if err != nil {
		return err
	}
	if err := r.judgePrefix(back, out); err != nil {
		return err
	}
	if err := r.judgeErased(ctx, gone, out); err != nil {
		return err
	}
	if err := r.judgeLinks(ctx, back); err != nil {
		return err
	}
	if err := r.judgeLetters(ctx, out); err != nil {
		return err
	}
	return r.stop()
}

func (r *returning) emailsBack(ctx context.Context) (map[string]bool, error) {
	db, err := look(r.url)
	if err != nil {
		return nil, err
	}
	var all []string
	err = db.SelectContext(ctx, &all, `SELECT email FROM registrations`)
	out := map[string]bool{}
	for _, e := range all {
		out[e] = true
	}
	return out, errors.Join(err, db.Close())
}

// judgePrefix: of two people of whom one was told "received" before the other began, the later is not back
// without the earlier. The backup is an instant of what was acknowledged, and no selection of it.
func (r *returning) judgePrefix(back map[string]bool, out *returned) error {
	var last time.Time // when the last of those who are back began
	for n, v := range r.visits {
		if !v.told.IsZero() {
			out.registered++
		}
		if back[email(n)] {
			out.back++
			if v.began.After(last) {
				last = v.began
			}
		}
	}
	for n, v := range r.visits {
		if v.told.IsZero() || back[email(n)] {
			continue
		}
		out.after++
		if v.told.Before(last) {
			return fmt.Errorf("%s was told so before somebody began who is back, and is not back herself", email(n))
		}
	}
	if out.back < r.people {
		return fmt.Errorf("%d had been received before the backup, and %d are back", r.people, out.back)
	}
	return nil
}

// judgeErased: whoever was told "erased" stays so, and so does whoever the lost file held erased.
func (r *returning) judgeErased(ctx context.Context, gone map[int]bool, out *returned) error {
	var people []int
	for n, v := range r.visits {
		if v.erased {
			out.erased++
			people = append(people, n)
		} else if gone[n] {
			out.unanswered++
			people = append(people, n)
		}
	}
	still, err := r.withoutNeeds(ctx, people)
	if err != nil {
		return err
	}
	if n := len(people) - len(still); n > 0 {
		return fmt.Errorf("%d of %d who were erased are back", n, len(people))
	}
	return nil
}

// judgeLinks: whoever is back opens her page with the link that she has; the link of whoever is not leads nowhere.
func (r *returning) judgeLinks(ctx context.Context, back map[string]bool) error {
	want := map[int]int{http.StatusOK: 20, http.StatusNotFound: 20} // so many of each are tried
	for n, v := range r.visits {
		status := http.StatusNotFound
		if back[email(n)] {
			status = http.StatusOK
		} else if v.told.IsZero() {
			continue
		}
		if want[status]--; want[status] < 0 {
			continue
		}
		req, err := http.NewRequestWithContext(ctx, http.MethodGet, "http://"+r.each[0].addr+"/min-anmalan/"+v.own, nil)
		if err != nil {
			return err
		}
		resp, err := http.DefaultClient.Do(req)
		if err != nil {
			return err
		}
		if err := resp.Body.Close(); err != nil {
			return err
		}
		if resp.StatusCode != status {
			return fmt.Errorf("the link of %s answers %d and not %d", email(n), resp.StatusCode, status)
		}
	}
	return nil
}

// judgeLetters: nothing that may have gone goes again before somebody says so; then it goes with the number that
// it had, and whoever registers now has her letter.
func (r *returning) judgeLetters(ctx context.Context, out *returned) error {
	if out.held == 0 {
		return errors.New("no letter was held: too tame to prove anything")
	}
	c := newCrowd(r.site, 1)
	before, _ := r.office.counted()
	status := c.register(ctx, r.each[0].addr, c.form(int(r.next.Add(1))), false)
	if status != http.StatusSeeOther {
		return fmt.Errorf("whoever registers after the return is answered %d", status)
	}
	if err := r.awaitLetters(ctx, before+1); err != nil { // letters go in their order: what is not held had its turn
		return err
	}
	var twice int
	if out.letters, twice = r.office.counted(); twice > 0 {
		return fmt.Errorf("%d letters came twice, and nobody had let them go", twice)
	}
	if _, err := r.temadag(ctx, "held", "--send"); err != nil {
		return err
	}
	c.register(ctx, r.each[0].addr, c.form(int(r.next.Add(1))), false) // the program looks at once, and not in a minute
	if err := r.awaitNone(ctx); err != nil {
		return err
	}
	out.letters, out.twice = r.office.counted()
	if out.twice > out.held {
		return fmt.Errorf("%d letters came twice, and %d were held", out.twice, out.held)
	}
	return nil
}

func (r *returning) awaitLetters(ctx context.Context, n int) error {
	for end := time.Now().Add(2 * time.Minute); time.Now().Before(end) && ctx.Err() == nil; time.Sleep(20 * time.Millisecond) {
		if came, _ := r.office.counted(); came >= n {
			return nil
		}
	}
	return errors.New("the letter of whoever registered after the return did not come")
}

// awaitNone waits until no letter waits to be sent.
func (r *returning) awaitNone(ctx context.Context) error {
	db, err := look(r.url)
	if err != nil {
		return err
	}
	waiting := -1
	for end := time.Now().Add(5 * time.Minute); waiting != 0 && time.Now().Before(end) && err == nil; time.Sleep(20 * time.Millisecond) {
		err = db.GetContext(ctx, &waiting, `SELECT count(*) FROM letters WHERE state IN ('queued', 'sending')`)
	}
	if err = errors.Join(err, db.Close()); err == nil && waiting > 0 {
		err = fmt.Errorf("%d letters that were let go do not go", waiting)
	}
	return err
}
