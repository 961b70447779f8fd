package export

import (
	"io"
	"sync/atomic"
)

// pipe hands the XML of a sheet, a chunk at a time, to a goroutine that packs it, so that rows are
// read and packed at once. Whoever starts a pipe closes it and thereby waits for it.
type pipe struct {
	free   chan []byte
	full   chan []byte
	done   chan struct{}
	closed bool
	failed atomic.Bool
	err    error // of the first chunk that failed; read after done
}

const (
	chunk       = 64 << 10 // bytes handed over at a time, about
	chunksAhead = 4
)

func startPipe(w io.Writer) *pipe {
	p := &pipe{
		free: make(chan []byte, chunksAhead), full: make(chan []byte, chunksAhead), done: make(chan struct{}),
	}
	for range chunksAhead {
		p.free <- nil // grows to a chunk when it is needed
	}
	go p.run(w)
	return p
}

// run packs what arrives. After a fault it goes on receiving, so that nobody waits for it in vain.
func (p *pipe) run(w io.Writer) {
	defer close(p.done)
	for b := range p.full {
		if p.err == nil {
			if _, p.err = w.Write(b); p.err != nil {
				p.failed.Store(true)
			}
		}
		p.free <- b[:0]
	}
}

// swap takes b to be packed some time before close returns, and gives an empty buffer in its place.
// Its error is that of something handed over earlier.
func (p *pipe) swap(b []byte) ([]byte, error) {
	if p.failed.Load() {
		return b[:0], p.close()
	}
	p.full <- b
	empty := <-p.free
	if empty == nil {
		empty = make([]byte, 0, chunk+chunk/4)
	}
	return empty, nil
}

// close waits until all is packed and tells what failed. It may be called again.
func (p *pipe) close() error {
	if !p.closed {
		p.closed = true
		close(p.full)
	}
	<-p.done
	return p.err
}
