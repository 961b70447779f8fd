package main

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"time"

	"github.com/temadag/temadag/db"
	"github.com/temadag/temadag/internal/auth"
	"github.com/temadag/temadag/internal/domain"
	"github.com/temadag/temadag/internal/export"
	"github.com/temadag/temadag/internal/i18n"
	"github.com/temadag/temadag/internal/service"
	"github.com/temadag/temadag/internal/store"
	"github.com/temadag/temadag/web"
)

// largeBenchmarks are workbooks of a great many people, taken only where -only names them.
func largeBenchmarks() []benchmark {
	return []benchmark{
		{name: "size_workbook_1000000", aim: aim{AtMost: 500, Plain: true}, run: workbookPeak(1_000_000)},
		{name: "size_choice_100000", aim: aim{AtMost: 500, Plain: true}, run: choicePeak(100_000)},
		{name: "size_choice_1000000", aim: aim{AtMost: 500, Plain: true}, run: choicePeak(1_000_000)},
	}
}

// choicePeak is the peak of memory of a list that an officer takes in the back office: chosen columns, and it is
// remembered whom she has seen. The first list is of the rows, the second of the same once more.
func choicePeak(asked int) func(context.Context, *session) (*figure, error) {
	return func(ctx context.Context, s *session) (*figure, error) {
		rows := asked
		if s.quick {
			rows = min(asked, 2000)
		}
		f, err := s.newFixture(ctx, "choice", true)
		if err != nil {
			return nil, err
		}
		if err := f.fillRows(rows); err != nil {
			return nil, err
		}
		out := &figure{Unit: "MB"}
		out.extra("rows", rows)
		for _, which := range []string{"first", "again"} {
			file := filepath.Join(f.dir, which+".xlsx")
			w, err := workbookChild(ctx, "choice", f.dir, file)
			if err != nil {
				return nil, err
			}
			if n, err := allRows(file); err != nil || n < rows {
				return nil, errors.Join(err, fmt.Errorf("%s holds %d rows and not %d", file, n, rows))
			}
			out.Value = max(out.Value, w.PeakMB)
			out.extra(which+"_s", rounded(w.Seconds))
			out.extra(which+"_writer_s", rounded(w.WriterSeconds))
			out.extra(which+"_cpu_s", rounded(w.CPUSeconds))
			out.extra("file_mb", rounded(w.FileMB))
		}
		return out, os.RemoveAll(f.dir)
	}
}

// childChoice takes a list as the back office does. args: data directory, file.
func childChoice(ctx context.Context, args []string) error {
	if len(args) != 2 {
		return errors.New("usage: child choice DIRECTORY FILE")
	}
	catalogue, err := i18n.Load(web.Locales())
	if err != nil {
		return err
	}
	data, err := store.Open(ctx, store.Options{Path: filepath.Join(args[0], databaseName), Migrations: db.Migrations})
	if err != nil {
		return err
	}
	w, err := takeChoice(ctx, data, catalogue.For(domain.Swedish), args[1])
	if err = errors.Join(err, data.Close()); err != nil {
		return err
	}
	w.PeakMB = processMemory(os.Getpid(), "VmHWM")
	return json.NewEncoder(os.Stdout).Encode(w)
}

func takeChoice(ctx context.Context, data *store.Store, p *i18n.Printer, file string) (workbookWork, error) {
	keys, err := auth.New(fixtureSecret())
	if err != nil {
		return workbookWork{}, err
	}
	grants := []domain.Grant{{Role: domain.RoleOrganiser, County: fixtureOrganiser().Code}}
	accounts := &service.Accounts{Store: data, Keys: keys, Now: time.Now}
	id, err := accounts.AddUser(ctx, domain.Operator(), service.NewUser{Email: "lista@example.se", Name: "Lista", Grants: grants, Silent: true})
	if err != nil {
		return workbookWork{}, err
	}
	lists := &service.Exports{Store: data, Programme: &service.Programme{Store: data, Now: time.Now}, Keys: keys, Now: time.Now}
	spec := domain.ExportSpec{Purpose: "mätning", Format: domain.FormatWorkbook, Columns: domain.DefaultColumns()}
	a := domain.Actor{Role: domain.RoleUser, User: id, Name: "Lista", Grants: grants}
	start, stop := time.Now(), longestWait(ctx, data)
	_, err = lists.Take(ctx, a, domain.ListScope{Event: fixtureSlug}, spec, func(head domain.Export, rows service.ExportRows) error {
		f, err := os.Create(file)
		if err != nil {
			return err
		}
		err = export.WriteChoice(ctx, f, head, export.ExportRows(rows), export.ChoiceOptions{Printer: p})
		return errors.Join(err, f.Close())
	})
	took := time.Since(start)
	return workbookWork{Seconds: took.Seconds(), WriterSeconds: stop().Seconds(), FileMB: sizeMB(file)}, err
}

// longestWait changes nothing again and again, and stop tells how long the writer let it wait at most: whoever
// registers meanwhile waits as long.
func longestWait(ctx context.Context, data *store.Store) (stop func() time.Duration) {
	end, most := make(chan struct{}), make(chan time.Duration)
	go func() {
		var longest time.Duration
		for {
			select {
			case <-end:
				most <- longest
				return
			case <-time.After(10 * time.Millisecond):
			}
			start := time.Now()
			if data.Write(ctx, func(*store.Tx) error { return nil }) == nil {
				longest = max(longest, time.Since(start))
			}
		}
	}()
	return func() time.Duration { close(end); return <-most }
}
