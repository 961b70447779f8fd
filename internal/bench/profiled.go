package main

import (
	"context"
	"errors"
	"fmt"
	"log/slog"
	"net"
	"net/http"
	"os"
	"os/exec"
	"path/filepath"
	"runtime"
	"runtime/debug"
	"runtime/pprof"
	"time"

	"github.com/temadag/temadag/db"
	"github.com/temadag/temadag/internal/auth"
	"github.com/temadag/temadag/internal/i18n"
	"github.com/temadag/temadag/internal/server"
	"github.com/temadag/temadag/internal/service"
	"github.com/temadag/temadag/internal/site"
	"github.com/temadag/temadag/internal/store"
	"github.com/temadag/temadag/internal/view"
	"github.com/temadag/temadag/web"
)

// startProfiled serves the fixture with a child of this command's own, wired as the program wires
// itself but without the sending of letters, which profiles itself until it is stopped. Its rates are
// a little lower than the program's.
func (s *session) startProfiled(ctx context.Context, f fixture) (*child, error) {
	self, err := os.Executable()
	if err != nil {
		return nil, err
	}
	prefix := s.profilePrefix()
	return startServer(ctx, f.dir, "/", func(addr string) *exec.Cmd {
		return exec.CommandContext(ctx, self, childWord, "serve", f.dir, addr, prefix)
	})
}

// serveProfiled is that child. args: data directory, address, beginning of the profiles' names.
func serveProfiled(ctx context.Context, args []string) error {
	if len(args) != 3 {
		return errors.New("usage: child serve DIRECTORY ADDRESS PROFILES")
	}
	dir, addr, prefix := args[0], args[1], args[2]
	if os.Getenv("GOGC") == "" {
		debug.SetGCPercent(400) // as serve does: a quarter of it would show the collector too large
	}
	if os.Getenv("GOMAXPROCS") == "" {
		runtime.GOMAXPROCS(runtime.GOMAXPROCS(0) + 2) // as serve does
	}
	data, err := store.Open(ctx, store.Options{Path: filepath.Join(dir, databaseName), Migrations: db.Migrations})
	if err != nil {
		return err
	}
	log := slog.New(slog.NewJSONHandler(os.Stderr, nil))
	handler, err := pages(data, "http://"+addr, log)
	if err != nil {
		return errors.Join(err, data.Close())
	}
	ln, err := net.Listen("tcp", addr)
	if err != nil {
		return errors.Join(err, data.Close())
	}
	finish, err := profile(prefix)
	if err != nil {
		return errors.Join(err, data.Close())
	}
	return errors.Join(server.Serve(ctx, ln, server.NewHTTP(handler, log), time.Second), finish(), data.Close())
}

// pages wires what serves, as the program does.
func pages(data *store.Store, base string, log *slog.Logger) (http.Handler, error) {
	keys, err := auth.New(fixtureSecret())
	if err != nil {
		return nil, err
	}
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
		Programme: programme, Tokens: keys, View: renderer, Catalogue: catalogue, Static: static, BaseURL: base, Now: time.Now,
		Registrations: &service.Registrations{Store: data, Programme: programme, Keys: keys, Now: time.Now},
	})
	if err != nil {
		return nil, err
	}
	return server.New(server.Options{Routes: all.Routes(), Fail: all.Fail, Door: server.NewDoor(0, time.Now), Wait: all.Wait, BaseURL: base, Log: log, Now: time.Now})
}

// profilePrefix is how the names of the next child's profiles begin, or "" where none are wanted.
func (s *session) profilePrefix() string {
	if s.profiles == "" {
		return ""
	}
	s.serial++
	prefix := filepath.Join(s.profiles, fmt.Sprintf("%s-%03d", s.current, s.serial))
	s.logf("profiles: %s.cpu.prof and others", prefix)
	return prefix
}

// profile begins to record where time, memory and waiting go; finish writes what was recorded, each
// kind to a file of its own. Without a prefix neither does anything.
func profile(prefix string) (finish func() error, err error) {
	if prefix == "" {
		return func() error { return nil }, nil
	}
	if err := os.MkdirAll(filepath.Dir(prefix), 0o755); err != nil {
		return nil, err
	}
	cpu, err := os.Create(prefix + ".cpu.prof")
	if err != nil {
		return nil, err
	}
	runtime.SetMutexProfileFraction(20)
	runtime.SetBlockProfileRate(int(100 * time.Microsecond))
	if err := pprof.StartCPUProfile(cpu); err != nil {
		return nil, errors.Join(err, cpu.Close())
	}
	return func() error {
		pprof.StopCPUProfile()
		faults := []error{cpu.Close()}
		runtime.GC() // what was allocated is told as of the last collection
		for _, kind := range []string{"allocs", "mutex", "block"} {
			faults = append(faults, writeProfile(prefix+"."+kind+".prof", kind))
		}
		return errors.Join(faults...)
	}, nil
}

func writeProfile(name, kind string) error {
	out, err := os.Create(name)
	if err != nil {
		return err
	}
	return errors.Join(pprof.Lookup(kind).WriteTo(out, 0), out.Close())
}
