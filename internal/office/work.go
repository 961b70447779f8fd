package office

import (
	"context"
	"errors"
	"fmt"
	"io"
	"net/http"
	"os"
	"strconv"
	"sync"
	"sync/atomic"
	"time"

	"github.com/gin-gonic/gin"

	"github.com/temadag/temadag/internal/auth"
	"github.com/temadag/temadag/internal/domain"
	"github.com/temadag/temadag/internal/server"
	"github.com/temadag/temadag/internal/view"
)

// What takes long (an export, an import, something done to many) goes on by itself, while a page shows
// how far it has come and offers to stop it. Whoever began it, in that sign-in, is the only one who can
// see the page or fetch the file that came of it; for everyone else there is nothing there. What is short
// is never seen: the answer waits a moment before it leads to the page.

const (
	workPatience = 700 * time.Millisecond // how long an answer waits for the end before it shows the way
	workKept     = 10 * time.Minute       // how long what came of it can be fetched
	workMost     = 3                      // at once for one user
)

// outcome is what came of something long.
type outcome struct {
	To   string    // the page to go on to; with a file, the page that the way back leads to
	File *workFile // nil for none
	// Paper is a page to be printed, nil for none: it is shown for as long as a file can be fetched.
	Paper *page
}

// to is the page that what came of it is looked at on; "" for that of the work itself.
func (k *work) to(paper string) string {
	switch {
	case k.out.Paper != nil:
		return paper
	case k.out.File == nil:
		return k.out.To
	}
	return ""
}

// workFile is a file to be fetched. Its content stands in a file that has no name any more, so that
// nothing is left on the disk when the program ends, however it ends.
type workFile struct {
	Name    string
	Type    string
	content *os.File
	size    int64
}

// tell is called with how far something has come: done of total rows, total 0 while it is not known.
type tell func(done, total int)

// do is something long. It ends soon after ctx has, and has then changed nothing or all of it, as its
// use case promises.
type do func(ctx context.Context, tell tell) (outcome, error)

type work struct {
	id      string
	of      domain.SignInID
	user    domain.UserID
	title   string
	back    view.Crumb
	cancel  context.CancelFunc
	ended   chan struct{}
	stopped atomic.Bool

	mu          sync.Mutex
	done, total int
	out         outcome
	err         error
	at          time.Time // when it ended
}

// works is all that goes on, and what came of it for a while.
type works struct {
	now   func() time.Time
	here  func(id string) string // names the instance that it goes on at
	ctx   context.Context
	stop  context.CancelFunc
	wait  sync.WaitGroup
	mu    sync.Mutex
	going map[string]*work
}

func newWorks(now func() time.Time, here func(string) string) *works {
	ctx, stop := context.WithCancel(context.Background())
	return &works{now: now, here: here, ctx: ctx, stop: stop, going: make(map[string]*work)}
}

// Close stops everything that goes on and waits for its end.
func (o *Office) Close() {
	o.works.stop()
	o.works.wait.Wait()
	o.works.mu.Lock()
	defer o.works.mu.Unlock()
	for id := range o.works.going {
		o.works.drop(id)
	}
}

// drop forgets a work and its file. The caller holds the lock.
func (w *works) drop(id string) {
	if f := w.going[id].out.File; f != nil {
		_ = f.content.Close() // it is nowhere any more
	}
	delete(w.going, id)
}

// begin starts fn for whoever is signed in. A refusal of class CodeTooMany says that she has begun as
// much as one may.
func (w *works) begin(in domain.SignIn, title string, back view.Crumb, fn do) (*work, error) {
	w.mu.Lock()
	defer w.mu.Unlock()
	mine := 0
	for id, k := range w.going {
		switch k.state() {
		case workGoing:
			if k.user == in.User.ID {
				mine++
			}
		default:
			if w.now().After(k.at.Add(workKept)) {
				w.drop(id)
			}
		}
	}
	if mine >= workMost {
		return nil, &domain.Error{Code: domain.CodeTooMany, Key: "work.too_many"}
	}
	ctx, cancel := context.WithCancel(w.ctx)
	k := &work{id: w.here(auth.NewKey()), of: in.ID, user: in.User.ID, title: title, back: back, cancel: cancel, ended: make(chan struct{})}
	w.going[k.id] = k
	w.wait.Go(func() {
		defer close(k.ended)
		defer cancel()
		out, err := protected(ctx, fn, k.tell)
		k.mu.Lock()
		defer k.mu.Unlock()
		k.out, k.err, k.at = out, err, w.now()
	})
	return k, nil
}

// protected turns a panic into a fault, as the server does with those of an answer.
func protected(ctx context.Context, fn do, tell tell) (out outcome, err error) {
	defer func() {
		if v := recover(); v != nil {
			err = fmt.Errorf("office: panic: %v", v)
		}
	}()
	return fn(ctx, tell)
}

func (k *work) tell(done, total int) {
	k.mu.Lock()
	defer k.mu.Unlock()
	k.done, k.total = done, total
}

// workState is how it stands with something long.
type workState string

const (
	workGoing   workState = "going"
	workDone    workState = "done"
	workStopped workState = "stopped"
	workFailed  workState = "failed"
)

func (k *work) state() workState {
	select {
	case <-k.ended:
	default:
		return workGoing
	}
	switch {
	case k.err == nil:
		return workDone
	case k.stopped.Load() && errors.Is(k.err, context.Canceled):
		return workStopped
	}
	return workFailed
}

// find is the work of whoever asks; NotFound for every other.
func (w *works) find(in domain.SignIn, id string) (*work, error) {
	w.mu.Lock()
	defer w.mu.Unlock()
	k := w.going[id]
	if k == nil || k.of != in.ID {
		return nil, domain.NotFound("page.not_found")
	}
	if k.state() != workGoing && w.now().After(k.at.Add(workKept)) {
		w.drop(id)
		return nil, domain.NotFound("page.not_found")
	}
	return k, nil
}

// begin starts something long and answers: with the page that it led to where it was short, with its
// own page where it goes on or gave a file, with refused where it was refused at once.
func (o *Office) begin(c *gin.Context, title string, back view.Crumb, fn do, refused func(error) error) error {
	k, err := o.works.begin(signedIn(c), title, back, fn)
	if err != nil {
		return refused(err)
	}
	select {
	case <-k.ended:
	case <-time.After(workPatience):
	case <-c.Request.Context().Done():
	}
	switch k.state() {
	case workFailed:
		return refused(k.err)
	case workDone:
		if to := k.to(o.path(c, "office_paper", k.id)); to != "" {
			return o.lead(c, to)
		}
	}
	return o.lead(c, o.path(c, "office_work", k.id))
}

// newWorkFile is a file that write fills. It ends with whatever write ends with.
func newWorkFile(name, kind string, write func(io.Writer) error) (*workFile, error) {
	f, err := os.CreateTemp("", "temadag-*")
	if err != nil {
		return nil, err
	}
	if err := errors.Join(os.Remove(f.Name()), write(f)); err != nil {
		return nil, errors.Join(err, f.Close())
	}
	size, err := f.Seek(0, io.SeekEnd)
	if err != nil {
		return nil, errors.Join(err, f.Close())
	}
	return &workFile{Name: name, Type: kind, content: f, size: size}, nil
}

func (o *Office) workRoutes() []server.Route {
	own := domain.PermOwnAccount
	return append(change("office_work", "/arbete/:id", "/work/:id", own, o.workShow, o.workStop),
		read("office_work_file", "/arbete/:id/fil", "/work/:id/file", own, o.workFetch)...)
}

// workPage is something long on its way, or its end.
type workPage struct {
	State       workState
	Title, Text string
	Done, Total int
	Count       string // "1 200 av 10 000", "" while nothing is known
	Back        view.Crumb
	File        *view.Crumb
	Size        string
	Stop        string // where the button to stop it leads
}

func (o *Office) workShow(c *gin.Context) error {
	k, err := o.works.find(signedIn(c), c.Param("id"))
	if err != nil {
		return err
	}
	p := o.printer(c)
	k.mu.Lock()
	body := workPage{State: k.state(), Title: k.title, Back: k.back, Done: k.done, Total: k.total}
	k.mu.Unlock()
	switch {
	case body.State == workGoing:
		c.Header("Refresh", "1")
		body.Stop = o.path(c, "office_work", k.id)
	case body.State == workDone && k.out.File == nil:
		return o.lead(c, k.to(o.path(c, "office_paper", k.id)))
	case body.State == workDone:
		body.File = &view.Crumb{URL: o.path(c, "office_work_file", k.id), Label: k.out.File.Name}
		body.Size = p.T("office.work.size", "size", p.Value(int(k.out.File.size+1023)/1024))
	case body.State == workFailed:
		_, notice := o.refusedWork(c, k.err)
		body.Text = notice.Text
	}
	if body.Total > 0 {
		body.Count = p.T("office.work.count", "done", p.Value(body.Done), "total", p.Value(body.Total))
	}
	if body.Text == "" {
		body.Text = p.T("office.work." + string(body.State))
	}
	return o.write(c, http.StatusOK, page{
		template: "work", route: "office_work", args: []string{k.id}, menu: "office_today", Page: view.Page{Title: k.title, Body: body},
	})
}

func (o *Office) refusedWork(c *gin.Context, err error) (int, *view.Notice) {
	if faults := faultsOf(err); len(faults) > 0 {
		return o.refused(c, faults[0])
	}
	return http.StatusOK, &view.Notice{Kind: "warning", Text: o.printer(c).T("office.work.failed")}
}

// workStop stops it. What has been done already when it hears of it stays done.
func (o *Office) workStop(c *gin.Context) error {
	if _, err := server.ReadForm(c, nil); err != nil {
		return err
	}
	k, err := o.works.find(signedIn(c), c.Param("id"))
	if err != nil {
		return err
	}
	k.stopped.Store(true)
	k.cancel()
	select {
	case <-k.ended:
	case <-time.After(workPatience):
	}
	return o.lead(c, o.path(c, "office_work", k.id))
}

func (o *Office) workFetch(c *gin.Context) error {
	k, err := o.works.find(signedIn(c), c.Param("id"))
	if err != nil {
		return err
	}
	if k.state() != workDone || k.out.File == nil {
		return domain.NotFound("page.not_found")
	}
	f := k.out.File
	c.Header("Content-Type", f.Type)
	c.Header("Content-Disposition", server.Attachment(f.Name))
	c.Header("Content-Length", strconv.FormatInt(f.size, 10))
	c.Status(http.StatusOK)
	_, err = io.Copy(c.Writer, io.NewSectionReader(f.content, 0, f.size))
	return err
}
