package main

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"math"
	"net/http"
	"regexp"
	"strconv"
	"strings"
	"time"

	"github.com/jmoiron/sqlx"

	"github.com/temadag/temadag/internal/domain"
)

func readAll(resp *http.Response) ([]byte, error) {
	b, err := io.ReadAll(resp.Body)
	return b, errors.Join(err, resp.Body.Close())
}

// watch looks into the file while all this goes on: no place is sold twice at any moment.
func (j *jumping) watch(ctx context.Context, db *sqlx.DB) error {
	var rows []struct{ Email, Status string }
	if err := db.SelectContext(ctx, &rows, `SELECT email, status FROM registrations WHERE status IN ('confirmed', 'offered')`); err != nil {
		return err
	}
	if len(rows) > int(j.places) {
		j.broken("%d places are sold and there are %d", len(rows), j.places)
	}
	var seated, offered []int
	for _, r := range rows {
		var n int
		if _, err := fmt.Sscanf(r.Email, "deltagare.%d@", &n); err != nil {
			return fmt.Errorf("%s: %w", r.Email, err)
		}
		if r.Status == "offered" {
			offered = append(offered, n)
		} else {
			seated = append(seated, n)
		}
	}
	j.mu.Lock()
	defer j.mu.Unlock()
	j.seated, j.offered = seated, offered
	return nil
}

// judgeOffers: an offer that has run out since the last turn had had its time, by a clock that is believed.
func (j *jumping) judgeOffers(ctx context.Context, db *sqlx.DB, t turn) error {
	last := j.shown
	if now := j.clock.now(); !t.doubted && now.After(last) {
		last = now
	}
	j.doubting = t.doubted
	var rows []struct {
		ID      int64 `db:"registration_id"`
		Details string
	}
	if err := db.SelectContext(ctx, &rows, `SELECT registration_id, details FROM history WHERE kind = 'expired'`); err != nil {
		return err
	}
	for _, r := range rows {
		if j.ended[r.ID] {
			continue
		}
		j.ended[r.ID] = true
		until, err := untilIn(r.Details)
		if err != nil {
			return err
		}
		if until.After(last) {
			j.broken("an offer until %v has run out, and no clock that is believed has shown more than %v", until, last)
		}
	}
	j.out.ran = len(j.ended)
	return nil
}

func untilIn(details string) (time.Time, error) {
	var d struct{ Until time.Time }
	err := json.Unmarshal([]byte(details), &d)
	if err == nil && d.Until.IsZero() {
		err = fmt.Errorf("no end of an offer in %s", details)
	}
	return d.Until, err
}

// judge holds what people were told against what the file has in the end.
func (j *jumping) judge(ctx context.Context, db *sqlx.DB) error {
	if err := errors.Join(j.judgeLetters(ctx, db), j.judgePlans(ctx, db), j.judgeOrder(ctx, db), j.judgeNumbers(ctx, db), j.stop()); err != nil {
		return err
	}
	b, err := j.read(ctx)
	if err != nil {
		return err
	}
	for n, v := range j.visits {
		if !v.told.IsZero() {
			j.crowd.journal.Received[email(n)] = true
		}
	}
	told := &j.crowd.journal
	if told.Unreached > 0 {
		j.broken("%d got no answer", told.Unreached)
	}
	for _, f := range told.faults(b, int(j.places)) {
		j.broken("%s", f)
	}
	for _, line := range j.faults() {
		if !strings.Contains(line, "the clock was put on; jobs") { // whoever runs the program is to be told
			j.broken("the program says: %s", line)
		}
	}
	j.out.turns = int(j.turned.Load())
	j.out.received, j.out.gaveUp, j.out.slowest = len(told.Received), len(told.GaveUp), told.percentile(1)
	if j.out.slowest > slowestAnswer {
		j.broken("somebody waited %v for an answer", j.out.slowest)
	}
	return nil
}

// slowestAnswer is more than anybody waits on a machine with much else to do, and less than any turn of the clock that
// somebody could wait for.
const slowestAnswer = 30 * time.Second

// judgeLetters: what is owed comes, however the clock stands, and comes once.
func (j *jumping) judgeLetters(ctx context.Context, db *sqlx.DB) error {
	owed := ` FROM letters `
	if j.patient > noticesWait {
		owed = ` FROM (SELECT state, message_id FROM letters UNION ALL SELECT state, message_id FROM notices) l `
	}
	left, since := -1, time.Now()
	for left != 0 {
		var n int
		if err := db.GetContext(ctx, &n, `SELECT count(*)`+owed+`WHERE state IN ('queued', 'sending')`); err != nil {
			return err
		}
		if n != left {
			left, since = n, time.Now()
		}
		if time.Since(since) > j.patient {
			j.broken("%d letters are owed, and none has come for %v: %s", left, j.patient, j.oldestOwed(ctx, db))
			break
		}
		select {
		case <-ctx.Done():
			return ctx.Err()
		case <-time.After(50 * time.Millisecond):
		}
	}
	var all []struct {
		State string
		ID    string `db:"message_id"`
	}
	if err := db.SelectContext(ctx, &all, `SELECT state, message_id`+owed); err != nil {
		return err
	}
	j.office.mu.Lock()
	defer j.office.mu.Unlock()
	lost, given := 0, 0
	for _, l := range all {
		times := j.office.came["<"+l.ID+"@"+jumpMailDomain+">"]
		switch {
		case l.State == "accepted" && times == 0:
			lost++
		case l.State == "failed" || l.State == "withheld":
			given++
		}
		if j.out.letters += times; times > 1 {
			j.out.twice++
		}
	}
	if lost+given+j.out.twice > 0 {
		j.broken("%d letters are said to have come and have not, %d were given up, %d came more than once", lost, given, j.out.twice)
	}
	var without int
	err := db.GetContext(ctx, &without, `
SELECT (SELECT count(*) FROM registrations r WHERE 1 <> (SELECT count(*) FROM letters l WHERE l.registration_id = r.id AND l.n = 0))
  + abs((SELECT count(*) FROM history WHERE kind = 'offered') - (SELECT count(*) FROM letters WHERE kind = 'place_offered'))
  + abs((SELECT count(*) FROM history WHERE kind = 'expired') - (SELECT count(*) FROM letters WHERE kind = 'offer_expired'))`)
	if without > 0 {
		j.broken("%d letters are owed and nobody knows of them, or were written twice", without)
	}
	return err
}

// noticesWait is how long those who sign in may wait for a letter about it that was written by another clock: it is
// asked once a minute what is due to them.
const noticesWait = 90 * time.Second

// oldestOwed tells of a letter that does not come.
func (j *jumping) oldestOwed(ctx context.Context, db *sqlx.DB) string {
	var l struct {
		Kind, State, Error  string
		Attempts            int
		Queued, Next, Lease int64
	}
	if err := db.GetContext(ctx, &l, `
SELECT kind, state, last_error AS error, attempts, queued_at AS queued, next_try AS next, lease FROM (
  SELECT kind, state, last_error, attempts, queued_at, next_try, lease_until AS lease FROM letters
  UNION ALL SELECT kind, state, last_error, attempts, queued_at, next_try, 0 FROM notices
) l WHERE state IN ('queued', 'sending') ORDER BY next_try DESC LIMIT 1`); err != nil {
		return err.Error()
	}
	now := j.clock.now()
	return fmt.Sprintf("%s, %s, tried %d times, %q, written %v after now, next tried in %v", l.Kind, l.State, l.Attempts, l.Error,
		time.UnixMicro(l.Queued).Sub(now), time.UnixMicro(l.Next).Sub(now))
}

// judgePlans: each offer was made for a day at least, by the clock on the wall and by the stopwatch, and ends on a
// working day between 12 and 16.
func (j *jumping) judgePlans(ctx context.Context, db *sqlx.DB) error {
	var rows []struct {
		At      int64
		Details string
	}
	if err := db.SelectContext(ctx, &rows, `SELECT at, details FROM history WHERE kind = 'offered'`); err != nil {
		return err
	}
	for _, r := range rows {
		until, err := untilIn(r.Details)
		if err != nil {
			return err
		}
		at, end := time.UnixMicro(r.At).In(domain.Stockholm()), until.In(domain.Stockholm())
		wall := func(t time.Time) time.Time {
			return time.Date(t.Year(), t.Month(), t.Day(), t.Hour(), t.Minute(), t.Second(), t.Nanosecond(), time.UTC)
		}
		if until.Sub(at) < 24*time.Hour || wall(end).Sub(wall(at)) < 24*time.Hour || !domain.DateOf(end).Workday() ||
			end.Hour() < 12 || end.Hour() > 16 || end.Truncate(time.Hour) != end {
			j.broken("an offer was made at %v until %v", at, end)
		}
	}
	j.out.offers = len(rows)
	return nil
}

// judgeOrder: whoever was told "received" before another began stands before her, and nobody is offered a place while
// somebody waits who came before her.
func (j *jumping) judgeOrder(ctx context.Context, db *sqlx.DB) error {
	var rows []struct {
		ID      int64
		Email   string
		Offered bool
		Waits   bool
	}
	if err := db.SelectContext(ctx, &rows, `
SELECT id, email, status = 'waitlisted' AS waits,
  EXISTS (SELECT 1 FROM history h WHERE h.registration_id = r.id AND h.kind = 'offered') AS offered
FROM registrations r ORDER BY id DESC`); err != nil {
		return err
	}
	passed, turned := 0, 0
	var offered bool
	told := time.Unix(math.MaxInt32, 0) // the first time that somebody further behind was told so
	for _, r := range rows {
		var n int
		if _, err := fmt.Sscanf(r.Email, "deltagare.%d@", &n); err != nil {
			return fmt.Errorf("%s: %w", r.Email, err)
		}
		v := j.visits[n]
		if v == nil {
			return fmt.Errorf("nobody has registered %s", r.Email)
		}
		if v.began.After(told) {
			turned++
		}
		if !v.told.IsZero() && v.told.Before(told) {
			told = v.told
		}
		if r.Waits && offered {
			passed++
		}
		offered = offered || r.Offered
	}
	if passed > 0 {
		j.broken("%d wait, and others who came after them have been offered a place", passed)
	}
	if turned > 0 {
		j.broken("%d stand behind others who came after them", turned)
	}
	return nil
}

var placeInQueue = regexp.MustCompile(`Du är nummer ([0-9\s\p{Zs}]+) i kön`)

// judgeNumbers: the page of somebody who waits tells how many came before her and wait.
func (j *jumping) judgeNumbers(ctx context.Context, db *sqlx.DB) error {
	var waiting []string
	if err := db.SelectContext(ctx, &waiting, `SELECT email FROM registrations WHERE status = 'waitlisted' ORDER BY id`); err != nil {
		return err
	}
	for i := 0; i < len(waiting); i += max(1, len(waiting)/10) {
		var n int
		if _, err := fmt.Sscanf(waiting[i], "deltagare.%d@", &n); err != nil {
			return err
		}
		req, err := http.NewRequestWithContext(ctx, http.MethodGet, j.ownPage(n), nil)
		if err != nil {
			return err
		}
		resp, err := j.crowd.client.Do(req)
		if err != nil {
			return err
		}
		page, err := readAll(resp)
		if err != nil {
			return err
		}
		said := ""
		if m := placeInQueue.FindSubmatch(page); m != nil {
			said = strings.Join(strings.FieldsFunc(string(m[1]), func(r rune) bool { return r < '0' || r > '9' }), "")
		}
		if said != strconv.Itoa(i+1) {
			j.broken("number %d in the queue is told that she is number %q", i+1, said)
		}
	}
	return nil
}
