package export

import (
	"cmp"
	"context"

	"github.com/temadag/temadag/internal/domain"
)

const pagesAhead = 3

// ahead reads as r does, but a few pages before what yield is given, so that the database works
// while rows are written. It returns when both have ended.
func (r Rows) ahead(ctx context.Context, e domain.EventID, yield func([]domain.Registration) error) error {
	ctx, stop := context.WithCancel(ctx)
	defer stop()
	full, free := make(chan []domain.Registration, pagesAhead), make(chan []domain.Registration, pagesAhead)
	for range pagesAhead {
		free <- nil
	}
	var fault error // of the reader; read after full is closed
	go func() {
		defer close(full)
		fault = r(ctx, e, func(page []domain.Registration) error {
			select {
			case kept := <-free:
				full <- append(kept[:0], page...) // has room for all there are
				return nil
			case <-ctx.Done():
				return ctx.Err()
			}
		})
	}()
	var err error
	for page := range full {
		if err == nil {
			if err = yield(page); err != nil {
				stop()
			}
		}
		free <- page
	}
	return cmp.Or(err, fault)
}
