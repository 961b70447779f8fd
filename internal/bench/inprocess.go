package main

import (
	"context"
	"errors"
	"fmt"
	"io"
	"log/slog"
	"net"
	"net/http"
	"os"
	"path/filepath"
	"runtime"
	"runtime/pprof"
	"time"

	"github.com/temadag/temadag/db"
	"github.com/temadag/temadag/internal/i18n"
	"github.com/temadag/temadag/internal/server"
	"github.com/temadag/temadag/internal/service"
	"github.com/temadag/temadag/internal/site"
	"github.com/temadag/temadag/internal/store"
	"github.com/temadag/temadag/internal/view"
	"github.com/temadag/temadag/web"
)

// startInside serves the fixture in this process, wired as the program wires itself but without the
// sending of letters, and begins to profile. Its rate is no figure: the clients share the heap and
// the scheduler with it.
func (s *session) startInside(ctx context.Context, f fixture) (*child, error) {
	addr, err := freeAddress()
	if err != nil {
		return nil, err
	}
	data, err := store.Open(ctx, store.Options{Path: f.database(), Migrations: db.Migrations})
	if err != nil {
		return nil, err
	}
	handler, err := pages(f, data, "http://"+addr)
	if err != nil {
		return nil, errors.Join(err, data.Close())
	}
	ln, err := net.Listen("tcp", addr)
	if err != nil {
		return nil, errors.Join(err, data.Close())
	}
	ctx, stop := context.WithCancel(ctx)
	done := make(chan error, 1)
	go func() {
		done <- errors.Join(server.Serve(ctx, ln, server.NewHTTP(handler, quiet()), time.Second), data.Close())
	}()
	c := &child{addr: addr, log: os.DevNull, gone: done, inside: stop}
	if err := c.await(ctx, getRequest(addr, "/")); err != nil {
		return nil, errors.Join(err, c.stop())
	}
	finish, err := s.profile()
	c.after = finish
	return c, err
}

// quiet is a log that does the work of writing lines and keeps none.
func quiet() *slog.Logger { return slog.New(slog.NewJSONHandler(io.Discard, nil)) }

func pages(f fixture, data *store.Store, base string) (http.Handler, error) {
	catalogue, err := i18n.Load(web.Locales())
	if err != nil {
		return nil, err
	}
	static, err := view.NewStatic(web.Static())
	if err != nil {
		return nil, err
	}
	paths := site.Paths()
	renderer, err := view.New(view.Options{
		Templates: web.Templates(), Catalogue: catalogue, StaticURL: static.URL, Paths: paths.For, BaseURL: base,
	})
	if err != nil {
		return nil, err
	}
	programme := &service.Programme{Store: data, Now: time.Now}
	all, err := site.New(site.Options{
		Programme: programme, Tokens: f.keys, View: renderer, Catalogue: catalogue, Static: static, BaseURL: base, Now: time.Now,
		Registrations: &service.Registrations{Store: data, Programme: programme, Keys: f.keys, Now: time.Now},
	})
	if err != nil {
		return nil, err
	}
	return server.New(server.Options{Routes: all.Routes(), Fail: all.Fail, BaseURL: base, Log: quiet(), Now: time.Now})
}

// profile begins to record where time, memory and waiting go; finish writes what was recorded, each
// kind to a file of its own with the same number.
func (s *session) profile() (finish func(), err error) {
	if err := os.MkdirAll(s.profiles, 0o755); err != nil {
		return nil, err
	}
	s.serial++
	run := filepath.Join(s.profiles, fmt.Sprintf("%s-%03d", s.current, s.serial))
	name := func(kind string) string { return run + "." + kind + ".prof" }
	cpu, err := os.Create(name("cpu"))
	if err != nil {
		return nil, err
	}
	runtime.SetMutexProfileFraction(20)
	runtime.SetBlockProfileRate(int(100 * time.Microsecond))
	if err := pprof.StartCPUProfile(cpu); err != nil {
		return nil, errors.Join(err, cpu.Close())
	}
	return func() {
		pprof.StopCPUProfile()
		faults := []error{cpu.Close()}
		for _, kind := range []string{"allocs", "mutex", "block"} {
			faults = append(faults, writeProfile(name(kind), kind))
		}
		runtime.SetMutexProfileFraction(0)
		runtime.SetBlockProfileRate(0)
		if err := errors.Join(faults...); err != nil {
			s.logf("profiles: %v", err)
			return
		}
		s.logf("profiles: %s and others", name("cpu"))
	}, nil
}

func writeProfile(name, kind string) error {
	out, err := os.Create(name)
	if err != nil {
		return err
	}
	return errors.Join(pprof.Lookup(kind).WriteTo(out, 0), out.Close())
}
