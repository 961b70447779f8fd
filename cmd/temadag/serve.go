package main

import (
	"context"
	"fmt"
	"os"
	"runtime"
	"runtime/debug"
	"sync"
	"time"

	"github.com/temadag/temadag/internal/server"
)

// drain is how long answers and letters under way may take when the program is told to stop.
const drain = 20 * time.Second

// gcPercent trades some tens of megabytes for a tenth of the processor's time in a rush: what lives
// long here is small, and each request leaves little behind.
const gcPercent = 400

// moreProcessors is how many processors Go is told of beyond those there are. In a rush one is inside the
// database nearly all the time, where Go cannot see that it waits, and the others never look up from what
// lies before them: readers of pages then wait for the end of it. With two more they wait half as long, and
// nobody registers any slower.
const moreProcessors = 2

type serveCommand struct {
	Dev bool `help:"Read templates, texts and static files from disk at every request; run it from the source tree."`
}

// Run serves until it is told to stop, and then lets everything under way finish.
func (v serveCommand) Run(ctx context.Context, c *Config) error {
	hangup := heed()
	if os.Getenv("GOGC") == "" {
		debug.SetGCPercent(gcPercent)
	}
	if os.Getenv("GOMAXPROCS") == "" {
		runtime.GOMAXPROCS(runtime.GOMAXPROCS(0) + moreProcessors)
	}
	return c.begin(ctx, func(p *program) error {
		if err := p.keepTemporary(); err != nil {
			p.log.WarnContext(ctx, "what is made for a moment is made elsewhere than in the data directory", "error", err)
		}
		erasures, err := p.eraseFirst(ctx)
		if err != nil {
			return err
		}
		defer func() { _ = erasures.Close() }() // each line is on disk already
		w, err := p.wire(v.Dev)
		if err != nil {
			return err
		}
		defer w.close()
		open, err := inherit(hangup)
		if err != nil {
			return err
		}
		ln, err := open.listen(ctx, "pages", p.addr)
		if err != nil {
			return fmt.Errorf("listening on TEMADAG_ADDR: %w; set it to another if something else is there", err)
		}
		scraped, err := p.listenForScrapes(ctx, open)
		if err != nil {
			return err
		}
		p.greet(ctx)
		go debug.FreeOSMemory() // what reading templates and texts has left behind is more than all that stays
		ctx, ended := context.WithCancel(ctx)
		defer ended()
		var wg sync.WaitGroup
		for _, job := range newLeaps(p.log).heed(append(w.jobs, p.backupJobs(erasures)...), "letters", "notices", "returned letters") {
			wg.Go(func() { job.Loop(ctx) })
		}
		wg.Go(func() { p.keepWatch(ctx) })
		closing, takeNoMore := context.WithCancel(context.WithoutCancel(ctx))
		defer takeNoMore()
		if scraped != nil {
			wg.Go(func() { p.answerScrapes(closing, scraped) })
		}
		wg.Go(func() {
			p.ending.wait(ctx, p, open, p.stopDelay)
			ended()
			takeNoMore()
		})
		if err := open.answering(); err != nil { // the socket is open: who comes now is answered in a moment
			p.log.WarnContext(ctx, "nobody could be told that the program answers", "error", err)
		}
		wg.Go(debug.FreeOSMemory) // what the pages were parsed with is four times what is kept of them
		err = server.Serve(closing, ln, server.NewHTTP(p.ending.polite(w.handler), p.log), drain)
		ended() // where it was the listener that failed
		takeNoMore()
		wg.Wait()
		fmt.Println("stopped; everything is on disk")
		return err
	})
}
