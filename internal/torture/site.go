package main

import (
	"bytes"
	"cmp"
	"context"
	"errors"
	"fmt"
	"net"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"sync"
	"syscall"
	"time"

	"github.com/temadag/temadag/db"
	"github.com/temadag/temadag/internal/auth"
	"github.com/temadag/temadag/internal/domain"
	"github.com/temadag/temadag/internal/service"
	"github.com/temadag/temadag/internal/store"
)

// slug is the event that everybody wants to go to.
const slug = "dagen"

// secret lets the visitors make the tokens of forms themselves: a page for each would be asked for otherwise.
const secret = "0123456789abcdef0123456789abcdef0123456789abcdef0123456789abcdef"

// site is one database with one event, and the programs that serve it.
type site struct {
	binary string
	dir    string
	url    string // of the database: a path, or postgres://…
	keys   *auth.Keys
	terms  int64
	each   []*process
	env    []string // more of what each program is told
	host   string   // the address that the programs listen on; "" is 127.0.0.1
	twin   []string // what is run in place of the program, and its arguments; nil is the program
}

// newSite makes the database, which is empty or new at url; "" is a file in dir. Nothing is served yet.
func newSite(ctx context.Context, binary, dir, url string, places domain.Seats) (*site, error) {
	return newSiteOn(ctx, binary, dir, url, places, domain.DateIn(time.Now()).AddDays(60))
}

// newSiteOn is newSite for an event on a day.
func newSiteOn(ctx context.Context, binary, dir, url string, places domain.Seats, day domain.Date) (*site, error) {
	if url == "" {
		url = filepath.Join(dir, "temadag.db")
	}
	keys, err := auth.New([]byte(secret))
	if err != nil {
		return nil, err
	}
	s := &site{binary: binary, dir: dir, url: url, keys: keys}
	data, err := s.open(ctx)
	if err != nil {
		return nil, err
	}
	return s, errors.Join(s.furnish(ctx, data, places, day), data.Close())
}

// open is the database, beside the programs or after them.
func (s *site) open(ctx context.Context) (*store.Store, error) {
	o := store.Options{Migrations: db.Migrations, Chain: s.keys.Chain}
	if strings.HasPrefix(s.url, "postgres") {
		o.URL = s.url
	} else {
		o.Path = s.url
	}
	return store.Open(ctx, o)
}

func (s *site) furnish(ctx context.Context, data *store.Store, places domain.Seats, day domain.Date) error {
	editing := &service.Editing{Store: data, Now: time.Now}
	owner := domain.Organiser{
		Code: "BD", SCB: "25", Slug: "norrbotten", County: "Norrbottens län", Name: "Länsstyrelsen i Norrbottens län",
		Short: "Länsstyrelsen Norrbotten", Region: "Norrbotten", Town: "Luleå", Phone: "010-225 50 00",
		Email: "mote.norrbotten@example.se", DPO: "dataskydd.norrbotten@example.se", OrgNumber: "202100-2478",
	}
	if err := editing.PutOrganisers(ctx, domain.Operator(), []domain.Organiser{owner}); err != nil {
		return err
	}
	e := domain.Event{
		Slug: slug, Owner: owner, Kind: domain.KindThemeDay, State: domain.EventPublished,
		Title: domain.Text{Sv: "Att upptäcka och agera", En: "To notice and to act"}, Lead: domain.Text{Sv: "En dag.", En: "A day."},
		Day: day, Arrival: 8*60 + 30, Starts: 9 * 60, Ends: 16 * 60, Town: "Luleå", Language: domain.Swedish,
		Capacity: places, WaitingList: true, RegisterUntil: day.AddDays(-14), CancelUntil: day.AddDays(-14),
		AfterCancel: domain.TransferOnly, Binding: true, Rules: domain.Rules{GroupLimit: 5},
		Terms:   domain.Terms{Version: 1, Text: domain.Text{Sv: "Anmälan är bindande.", En: "The registration is binding."}},
		Contact: domain.Contact{Name: "Åsa Öberg", Phone: "010-225 50 00", Email: "asa.oberg@example.se"}, UpdatedAt: time.Now(),
	}
	if err := editing.AddEvent(ctx, domain.Operator(), e, nil); err != nil {
		return err
	}
	kept, err := (&service.Programme{Store: data, Now: time.Now}).Event(ctx, slug)
	s.terms = kept.Terms.ID
	return err
}

// process is a program that serves a site.
type process struct {
	cmd  *exec.Cmd
	addr string
	log  string
	gone chan struct{} // closed when it has ended; cmd.ProcessState tells how
}

// serve starts n more programs on the site and waits until each answers. Stop them with close.
func (s *site) serve(ctx context.Context, n int) error {
	for range n {
		p := &process{}
		s.each = append(s.each, p)
		if err := s.start(ctx, len(s.each)-1); err != nil {
			return err
		}
	}
	return nil
}

// start starts the i-th program, or starts it again on another port, and waits until it answers.
func (s *site) start(ctx context.Context, i int) error {
	if err := s.launch(ctx, i); err != nil {
		return err
	}
	return s.each[i].await(ctx)
}

// launch is start without the wait.
func (s *site) launch(ctx context.Context, i int) error {
	addr, err := freeAddress(s.host)
	if err != nil {
		return err
	}
	dir := filepath.Join(s.dir, fmt.Sprint("program-", i))
	if err := os.MkdirAll(dir, 0o700); err != nil {
		return err
	}
	p := &process{addr: addr, log: filepath.Join(dir, "log"), gone: make(chan struct{})}
	out, err := os.OpenFile(p.log, os.O_CREATE|os.O_WRONLY|os.O_APPEND, 0o600)
	if err != nil {
		return err
	}
	defer func() { _ = out.Close() }()
	command := []string{s.binary, "serve"}
	if s.twin != nil {
		command = s.twin
	}
	p.cmd = exec.CommandContext(ctx, command[0], command[1:]...)
	p.cmd.Env = append(cleanEnvironment(), "TEMADAG_ADDR="+addr, "TEMADAG_DATA_DIR="+dir, "TEMADAG_DATABASE_URL="+s.url,
		"TEMADAG_BASE_URL=http://127.0.0.1:1", "TEMADAG_SECRET="+secret, "TEMADAG_RATE_LIMIT=off")
	p.cmd.Env = append(p.cmd.Env, s.env...)
	p.cmd.Stdout, p.cmd.Stderr = out, out
	p.cmd.SysProcAttr = &syscall.SysProcAttr{Pdeathsig: syscall.SIGKILL}
	if err := p.cmd.Start(); err != nil {
		return err
	}
	go func() { _ = p.cmd.Wait(); close(p.gone) }()
	s.each[i] = p
	return nil
}

// await waits until the program answers.
func (p *process) await(ctx context.Context) error {
	ctx, cancel := context.WithTimeout(ctx, 20*time.Second)
	defer cancel()
	for {
		conn, err := net.Dial("tcp", p.addr) // cheaper than a question, and whoever listens will answer
		if err == nil {
			_ = conn.Close()
			return nil
		}
		select {
		case <-p.gone:
			return fmt.Errorf("the program ended at once:\n%s", p.lastWords())
		case <-ctx.Done():
			return fmt.Errorf("the program does not answer:\n%s", p.lastWords())
		case <-time.After(2 * time.Millisecond):
		}
	}
}

// lastWords is the end of what it wrote.
func (p *process) lastWords() string {
	b, err := os.ReadFile(p.log)
	if err != nil {
		return err.Error()
	}
	return string(b[max(0, len(b)-3000):])
}

// faults are the lines in which a program says that something failed. Where several share one file, that one has been
// kept from it for seconds by the others is none: on a machine with much to do they take turns, nobody fairly, and
// whoever was asked to come again did so.
func (s *site) faults() (out []string) {
	turns := len(s.each) > 1 && !strings.HasPrefix(s.url, "postgres")
	for i := range s.each {
		b, err := os.ReadFile(filepath.Join(s.dir, fmt.Sprint("program-", i), "log"))
		if err != nil {
			return append(out, err.Error())
		}
		for line := range bytes.Lines(b) {
			if turns && (bytes.Contains(line, []byte("another process holds the database")) || bytes.Contains(line, []byte("store.held"))) {
				continue
			}
			if bytes.Contains(line, []byte(`"level":"ERROR"`)) || bytes.Contains(line, []byte("panic")) {
				out = append(out, string(bytes.TrimSpace(line)))
			}
		}
	}
	return out
}

// kill ends a program as a power cut would.
func (p *process) kill() {
	_ = p.cmd.Process.Kill() // it may have ended
	<-p.gone
}

// stop asks a program to end and waits until it has, well.
func (p *process) stop() error {
	if err := p.cmd.Process.Signal(syscall.SIGTERM); err != nil {
		return fmt.Errorf("the program had ended: %w\n%s", err, p.lastWords())
	}
	select {
	case <-p.gone:
	case <-time.After(40 * time.Second):
		p.kill()
		return fmt.Errorf("the program did not end\n%s", p.lastWords())
	}
	if code := p.cmd.ProcessState.ExitCode(); code != 0 {
		return fmt.Errorf("the program ended with %v\n%s", p.cmd.ProcessState, p.lastWords())
	}
	return nil
}

// stop ends every program that still runs.
func (s *site) stop() error {
	var wg sync.WaitGroup
	errs := make([]error, len(s.each))
	for i, p := range s.each {
		select {
		case <-p.gone:
		default:
			wg.Go(func() { errs[i] = p.stop() })
		}
	}
	wg.Wait()
	return errors.Join(errs...)
}

// killAll is the last thing done with a site.
func (s *site) killAll() {
	for _, p := range s.each {
		if p.cmd != nil && p.cmd.Process != nil && p.gone != nil {
			p.kill()
		}
	}
}

// books is what the database holds in the end.
type books struct {
	confirmed, offered, waiting int
	emails                      map[string]bool // of the registrations that are alive
	ever                        map[string]bool // and of those that were
	findings                    []string
}

// read reads the books and checks every promise of the database.
func (s *site) read(ctx context.Context) (books, error) {
	data, err := s.open(ctx)
	if err != nil {
		return books{}, err
	}
	b := books{emails: map[string]bool{}, ever: map[string]bool{}}
	found, err := data.Check(ctx)
	for _, f := range found {
		b.findings = append(b.findings, f.Check+": "+f.Detail)
	}
	if err == nil {
		err = b.fill(ctx, s.url)
	}
	return b, errors.Join(err, data.Close())
}

// freeAddress is one that nobody listened on a moment ago. Nobody else takes it meanwhile where the host, which may
// be any of 127.0.0.0/8, is nobody else's.
func freeAddress(host string) (string, error) {
	l, err := net.Listen("tcp", net.JoinHostPort(cmp.Or(host, "127.0.0.1"), "0"))
	if err != nil {
		return "", err
	}
	return l.Addr().String(), l.Close()
}

// cleanEnvironment is the environment without what would configure the program.
func cleanEnvironment() (out []string) {
	for _, v := range os.Environ() {
		if !strings.HasPrefix(v, "TEMADAG_") {
			out = append(out, v)
		}
	}
	return out
}
