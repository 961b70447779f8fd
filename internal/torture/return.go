package main

import (
	"context"
	"errors"
	"fmt"
	"net/http"
	"net/url"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"strconv"
	"strings"
	"sync"
	"sync/atomic"
	"time"

	"github.com/temadag/temadag/internal/auth"
)

// returnTrials are the loss of the file under load, and the way back.
func returnTrials() []trial {
	return []trial{{"lost and brought back: a backup under load, erasures after it", returnOften}}
}

const (
	returnRounds = 10
	returnPeople = 3_000 // before the backup, and as many after
)

func returnOften(ctx context.Context, s *session) (_ figures, err error) {
	var sum returned
	rounds := s.count(returnRounds)
	for n := range rounds {
		dir, err := os.MkdirTemp("", "temadag-return-")
		if err != nil {
			return nil, err
		}
		got, err := (&returning{binary: s.binary, people: s.count(returnPeople), callers: 32}).run(ctx, dir)
		if err = errors.Join(err, os.RemoveAll(dir)); err != nil {
			return nil, fmt.Errorf("round %d: %w", n, err)
		}
		sum.add(got)
	}
	f := sum.figures()
	f["rounds"] = rounds
	return f, nil
}

// returning is how a file is lost and brought back.
type returning struct {
	binary   string
	people   int  // who register before the backup begins; as many do afterwards
	callers  int  // at a time
	forgets  bool // the twin: nothing of what was erased is known any more
	forwards bool // the twin: letters that were held are let go before anybody has looked

	*site
	office  *postOffice
	backups string
	next    atomic.Int64
	mu      sync.Mutex
	visits  map[int]*visit
}

// visit is when somebody began to send her form, and when she was told that she is received.
type visit struct {
	began, told time.Time
	own         string
	erased      bool // she was told that what she had told of food is erased
}

// returned is what became of it.
type returned struct {
	registered, back, after int // told so; of them brought back; told so after the backup had begun and not
	erased, unanswered      int // told "erased" after the backup; erased in the lost file, and nobody told
	letters, held, twice    int // letters that came; held after the return; that came more than once in the end
	backupTook, restoreTook time.Duration
	rto                     time.Duration // from the command to the first page
}

func (r *returned) add(o returned) {
	r.registered, r.back, r.after = r.registered+o.registered, r.back+o.back, r.after+o.after
	r.erased, r.unanswered, r.letters, r.held, r.twice = r.erased+o.erased, r.unanswered+o.unanswered, r.letters+o.letters, r.held+o.held, r.twice+o.twice
	r.backupTook, r.restoreTook, r.rto = max(r.backupTook, o.backupTook), max(r.restoreTook, o.restoreTook), max(r.rto, o.rto)
}

func (r *returned) figures() figures {
	return figures{
		"registered": r.registered, "brought_back": r.back, "lost_after_the_backup": r.after, "erased": r.erased, "erased_unanswered": r.unanswered,
		"letters": r.letters, "held": r.held, "came_twice_once_released": r.twice, "slowest_backup_s": r.backupTook.Seconds(),
		"slowest_restore_s": r.restoreTook.Seconds(), "slowest_return_s": r.rto.Seconds(),
	}
}

// run lets people register, makes a backup beside, lets more register and some erase what they told, loses the
// file in the middle of it, and brings it back. The first promise that is broken ends it.
func (r *returning) run(ctx context.Context, dir string) (out returned, err error) {
	if r.office, err = openPostOffice(20 * time.Millisecond); err != nil {
		return out, err
	}
	defer func() { err = errors.Join(err, r.office.close()) }()
	if r.site, err = newSite(ctx, r.binary, dir, "", 100_000_000); err != nil {
		return out, err
	}
	r.visits, r.backups = map[int]*visit{}, filepath.Join(dir, "backups")
	r.env = []string{
		"TEMADAG_SMTP_URL=smtp://" + r.office.listener.Addr().String() + "?starttls=off", "TEMADAG_MAIL_FROM=anmalan@example.se",
		"TEMADAG_BACKUP_DIR=" + r.backups, "TEMADAG_BACKUP_EVERY=24h",
	}
	if err := errors.Join(os.MkdirAll(r.backups, 0o700), r.serveFood(ctx)); err != nil {
		return out, err
	}
	defer r.killAll()
	file := filepath.Join(dir, "copy.db")
	erasers, err := r.live(ctx, file, &out)
	if err != nil {
		return out, err
	}
	gone, err := r.withoutNeeds(ctx, erasers)
	if err != nil {
		return out, err
	}
	if err := r.lose(); err != nil {
		return out, err
	}
	if err := r.comeBack(ctx, file, &out); err != nil {
		return out, err
	}
	return out, r.judge(ctx, gone, &out)
}

// serveFood lets the form ask what people eat.
func (r *returning) serveFood(ctx context.Context) (err error) {
	db, err := look(r.url)
	if err != nil {
		return err
	}
	_, err = db.ExecContext(ctx, `UPDATE event_rules SET rules = json_set(rules, '$.food', json('true'))`)
	return errors.Join(err, db.Close())
}

// live is the time until the loss: it answers who asked for erasure.
func (r *returning) live(ctx context.Context, file string, out *returned) (erasers []int, err error) {
	if err := r.serve(ctx, 1); err != nil {
		return nil, err
	}
	c := newCrowd(r.site, 2*r.callers)
	defer c.client.CloseIdleConnections()
	var over atomic.Bool
	var all sync.WaitGroup
	defer func() { over.Store(true); r.each[0].kill(); all.Wait() }()
	for range r.callers {
		all.Go(func() { r.register(ctx, c, &over) })
	}
	if err := r.await(ctx, r.people); err != nil {
		return nil, err
	}
	before := r.told()
	began := time.Now()
	if _, err := r.temadag(ctx, "backup", "-o", file); err != nil {
		return nil, err
	}
	out.backupTook = time.Since(began)
	erasers = before[:min(len(before), max(4, len(before)/10))]
	cut := len(erasers) - len(erasers)/4 // the loss comes while the last of them are at it
	for i := range erasers {
		if i == cut {
			all.Go(func() { r.eraseAll(ctx, c, erasers[cut:]) })
			break
		}
		r.eraseAll(ctx, c, erasers[i:i+1])
	}
	if err := r.await(ctx, len(before)+r.people); err != nil {
		return nil, err
	}
	if len(c.journal.Wrong) > 0 {
		return nil, errors.New(c.journal.Wrong[0])
	}
	return erasers, nil
}

// register sends forms until it is over.
func (r *returning) register(ctx context.Context, c *crowd, over *atomic.Bool) {
	at := "http://" + r.each[0].addr + "/tillfalle/" + slug + "/anmalan"
	for !over.Load() && ctx.Err() == nil {
		n := int(r.next.Add(1))
		form := c.form(n)
		form.Set("diet", "vegetarian")
		key, _, err := r.keys.ReadFormToken(slug, form.Get("token"), time.Now())
		if err != nil {
			c.wrong("a token was not read: %v", err)
			return
		}
		v := &visit{began: time.Now(), own: r.keys.Link(auth.UID(key), 1)}
		r.mu.Lock()
		r.visits[n] = v
		r.mu.Unlock()
		switch a := c.insist(ctx, at, form); a.status {
		case http.StatusSeeOther:
			r.mu.Lock()
			v.told = time.Now()
			r.mu.Unlock()
		case 0:
			return // it is gone
		default:
			c.wrong("someone was answered %d: %.300s", a.status, a.body)
			return
		}
	}
}

func (r *returning) eraseAll(ctx context.Context, c *crowd, people []int) {
	for _, n := range people {
		r.mu.Lock()
		v := r.visits[n]
		r.mu.Unlock()
		a := c.insist(ctx, "http://"+r.each[0].addr+"/min-anmalan/"+v.own+"/behov", url.Values{"step": {"erase"}})
		switch a.status {
		case http.StatusSeeOther:
			r.mu.Lock()
			v.erased = true
			r.mu.Unlock()
		case 0:
			return
		default:
			c.wrong("someone who erased was answered %d: %.300s", a.status, a.body)
			return
		}
	}
}

// told are those who have been told that they are received.
func (r *returning) told() (out []int) {
	r.mu.Lock()
	defer r.mu.Unlock()
	for n, v := range r.visits {
		if !v.told.IsZero() {
			out = append(out, n)
		}
	}
	return out
}

func (r *returning) await(ctx context.Context, people int) error {
	end := time.After(5 * time.Minute)
	for len(r.told()) < people {
		select {
		case <-ctx.Done():
			return ctx.Err()
		case <-end:
			return fmt.Errorf("only %d registered in five minutes", len(r.told()))
		case <-r.each[0].gone:
			return errors.New("the program ended\n" + r.each[0].lastWords())
		case <-time.After(5 * time.Millisecond):
		}
	}
	return nil
}

// withoutNeeds are those of some people of whom the lost file held nothing of what they eat.
func (r *returning) withoutNeeds(ctx context.Context, people []int) (map[int]bool, error) {
	db, err := look(r.url)
	if err != nil {
		return nil, err
	}
	var have []string
	err = db.SelectContext(ctx, &have, `SELECT email FROM registrations r JOIN needs n ON n.registration_id = r.id`)
	if err = errors.Join(err, db.Close()); err != nil {
		return nil, err
	}
	tells := map[string]bool{}
	for _, e := range have {
		tells[e] = true
	}
	out := map[int]bool{}
	for _, n := range people {
		if !tells[email(n)] {
			out[n] = true
		}
	}
	return out, nil
}

// lose loses the disk with the database, and the log of erasures beside it.
func (r *returning) lose() error {
	var faults []error
	for _, end := range []string{"", "-wal", "-shm", "-senders", "-turns", "-schema"} {
		if err := os.Remove(r.url + end); err != nil && !errors.Is(err, os.ErrNotExist) {
			faults = append(faults, err)
		}
	}
	faults = append(faults, os.Remove(filepath.Join(r.dir, "program-0", "erasures.log")))
	if r.forgets {
		faults = append(faults, os.Remove(filepath.Join(r.backups, "erasures.log")))
	}
	return errors.Join(faults...)
}

// comeBack brings the file back, and serves again.
func (r *returning) comeBack(ctx context.Context, file string, out *returned) error {
	began := time.Now()
	command := []string{"restore", file}
	if r.forgets {
		command = append(command, "--without-erasures")
	}
	said, err := r.temadag(ctx, command...)
	if err != nil {
		return err
	}
	out.restoreTook = time.Since(began)
	if m := regexp.MustCompile(`letters held +(\d+)`).FindStringSubmatch(said); m != nil {
		out.held, _ = strconv.Atoi(m[1])
	}
	if _, err := r.temadag(ctx, "fsck"); err != nil {
		return err
	}
	if r.forwards {
		if _, err := r.temadag(ctx, "held", "--send"); err != nil {
			return err
		}
	}
	checked := time.Now()
	if err := r.start(ctx, 0); err != nil {
		return err
	}
	resp, err := http.Get("http://" + r.each[0].addr + "/tillfalle/" + slug)
	if err != nil {
		return err
	}
	if resp.StatusCode != http.StatusOK {
		err = fmt.Errorf("the first page is answered %d", resp.StatusCode)
	}
	out.rto = out.restoreTook + time.Since(checked)
	return errors.Join(err, resp.Body.Close())
}

// temadag runs a command of the program beside the server.
func (r *returning) temadag(ctx context.Context, args ...string) (string, error) {
	cmd := exec.CommandContext(ctx, r.binary, args...)
	cmd.Env = append(cleanEnvironment(), "TEMADAG_DATA_DIR="+filepath.Join(r.dir, "program-0"), "TEMADAG_DATABASE_URL="+r.url, "TEMADAG_SECRET="+secret)
	cmd.Env = append(cmd.Env, r.env...)
	said, err := cmd.CombinedOutput()
	if err != nil {
		return "", fmt.Errorf("temadag %s: %w\n%s", strings.Join(args, " "), err, said)
	}
	return string(said), nil
}
