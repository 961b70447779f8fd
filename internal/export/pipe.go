package export

import "sync/atomic"

// pipe hands the rows of a sheet, a batch at a time, to a goroutine that writes them, so that rows
// are read and written at once. Whoever starts a pipe closes it and thereby waits for it.
type pipe struct {
	batch  []row
	free   chan []row
	full   chan []row
	done   chan struct{}
	failed atomic.Bool
	err    error // of the first row that failed; read after done
}

// row is one row on its way, with the texts of its cells mended.
type row struct {
	height float64
	cells  []cell
}

const (
	batchRows    = 200
	batchesAhead = 4
)

func startPipe(s *sheet, columns int) *pipe {
	p := &pipe{
		free: make(chan []row, batchesAhead), full: make(chan []row, batchesAhead), done: make(chan struct{}),
	}
	for range batchesAhead {
		rows, cells := make([]row, batchRows), make([]cell, batchRows*columns)
		for i := range rows {
			rows[i].cells = cells[i*columns : (i+1)*columns]
		}
		p.free <- rows[:0]
	}
	p.batch = <-p.free
	go p.run(s)
	return p
}

// run writes what arrives. After a fault it goes on receiving, so that nobody waits for it in vain.
func (p *pipe) run(s *sheet) {
	defer close(p.done)
	for rows := range p.full {
		for i := range rows {
			if p.err != nil {
				break
			}
			if p.err = s.put(rows[i].height, rows[i].cells); p.err != nil {
				p.failed.Store(true)
			}
		}
		p.free <- rows[:0]
	}
}

// next is a row to be filled; it is written some time before close returns. It is nil where writing
// has failed and close will tell why.
func (p *pipe) next() *row {
	if p.failed.Load() {
		return nil
	}
	if len(p.batch) == cap(p.batch) {
		p.full <- p.batch
		p.batch = <-p.free
	}
	p.batch = p.batch[:len(p.batch)+1]
	return &p.batch[len(p.batch)-1]
}

// close waits until all rows are written and tells what failed.
func (p *pipe) close() error {
	if p.batch != nil {
		p.full <- p.batch
		p.batch = nil
		close(p.full)
	}
	<-p.done
	return p.err
}
