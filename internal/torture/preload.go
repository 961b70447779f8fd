package main

import (
	"context"
	_ "embed"
	"errors"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"sync/atomic"
	"syscall"
	"unsafe"
)

//go:embed preload/faults.c
var layerSource []byte

// errNoCompiler says that nothing here can be tried, since what lies below a program cannot be compiled.
var errNoCompiler = errors.New("gcc is missing: neither storage faults nor turned clocks can be made")

// workbench is what storage faults are made with: the layer, and a folder to work in.
type workbench struct {
	binary  string
	dir     string // by its real name, as SQLite opens its files
	library string // the compiled layer
}

// newBench compiles the layer. Close it.
func newBench(ctx context.Context, binary string) (*workbench, error) {
	dir, err := os.MkdirTemp("", "temadag-torture-")
	if err != nil {
		return nil, err
	}
	b := &workbench{binary: binary}
	if b.dir, err = filepath.EvalSymlinks(dir); err != nil {
		return nil, err
	}
	if b.library, err = compile(ctx, b.dir, "faults", layerSource); err != nil {
		return nil, errors.Join(err, b.close())
	}
	return b, nil
}

// compile makes a library in a folder that a program can be started with.
func compile(ctx context.Context, dir, name string, text []byte) (library string, err error) {
	gcc, err := exec.LookPath("gcc")
	if err != nil {
		return "", errNoCompiler
	}
	source := filepath.Join(dir, name+".c")
	library = filepath.Join(dir, name+".so")
	if err := os.WriteFile(source, text, 0o600); err != nil {
		return "", err
	}
	if said, err := exec.CommandContext(ctx, gcc, "-O2", "-shared", "-fPIC", "-o", library, source, "-ldl", "-lpthread").CombinedOutput(); err != nil {
		return "", fmt.Errorf("compiling %s.c: %w\n%s", name, err, said)
	}
	return library, nil
}

func (b *workbench) close() error { return os.RemoveAll(b.dir) }

// newSite is a file with one event that takes everyone.
func (b *workbench) newSite(ctx context.Context) (*site, error) {
	dir, err := os.MkdirTemp(b.dir, "site-")
	if err != nil {
		return nil, err
	}
	return newSite(ctx, b.binary, dir, "", 1_000_000)
}

// at is the same site with its file in another folder, and no program.
func (s *site) at(dir string) *site {
	return &site{binary: s.binary, dir: dir, url: filepath.Join(dir, filepath.Base(s.url)), keys: s.keys, terms: s.terms}
}

// copied is the same site in a folder of its own.
func (b *workbench) copied(s *site) (*site, error) {
	dir, err := os.MkdirTemp(b.dir, "site-")
	if err != nil {
		return nil, err
	}
	return s.at(dir), os.CopyFS(dir, os.DirFS(s.dir))
}

// verdict is what was found when a database was opened again after a fault.
type verdict struct {
	lost    int    // registrations that were acknowledged and are not there
	ghosts  int    // registrations that are there and were not acknowledged
	corrupt string // why the file is no longer sound, or ""
}

// inspect opens the database as the program does, looks for everything that should never be so, and
// compares it with the addresses that were acknowledged.
func (s *site) inspect(ctx context.Context, acknowledged []string) verdict {
	return s.image(ctx).against(acknowledged)
}

// image opens the database as the program does and looks for everything that should never be so.
func (s *site) image(ctx context.Context) image {
	b, err := s.read(ctx)
	i := image{emails: b.emails}
	switch {
	case err != nil:
		i.corrupt = err.Error()
	case len(b.findings) > 0:
		i.corrupt = b.findings[0]
	}
	return i
}

// The numbers shared with the layer, as it names them.
const (
	slotRecords = iota
	slotWrites
	slotSyncs
	slotFailWrite // the number of the write that fails, counted from 1; 0 for none
	slotFailSync
	slotSticky  // 1: everything after it fails too
	slotLie     // 1: what fails is told to have succeeded
	slotSwallow // 1: syncs are told to have succeeded and are not done
	slotBudgetOn
	slotBudget // bytes that the files may still grow by
	slotFailed
	slotPatient    // 1: who asks for the lock of those who write waits until she has it
	slotFileWrites // of those, the ones to the database's own file: only a fold of the log writes there
	slotFileSyncs
	slotFailFileWrite
	slotFailFileSync
	slotFull // 1: what fails says that the disk is full
	slots
)

// control is what a layer is steered by, from another process.
type control struct {
	path string
	mem  []byte
}

// newControl makes the file that a layer is started with.
func newControl(path string) (*control, error) {
	if err := os.WriteFile(path, make([]byte, slots*8), 0o600); err != nil {
		return nil, err
	}
	return openControl(path)
}

func openControl(path string) (*control, error) {
	f, err := os.OpenFile(path, os.O_RDWR, 0)
	if err != nil {
		return nil, err
	}
	defer func() { _ = f.Close() }()
	mem, err := syscall.Mmap(int(f.Fd()), 0, slots*8, syscall.PROT_READ|syscall.PROT_WRITE, syscall.MAP_SHARED)
	if err != nil {
		return nil, fmt.Errorf("sharing %s: %w", path, err)
	}
	return &control{path, mem}, nil
}

func (c *control) close() error { return syscall.Munmap(c.mem) }

func (c *control) at(slot int) *int64 { return (*int64)(unsafe.Pointer(&c.mem[slot*8])) }

func (c *control) get(slot int) int64    { return atomic.LoadInt64(c.at(slot)) }
func (c *control) set(slot int, n int64) { atomic.StoreInt64(c.at(slot), n) }

// environment is what a process needs for the layer to lie below its SQLite. record may be "".
func (c *control) environment(library, database, record string) []string {
	return []string{
		"LD_PRELOAD=" + library, "TEMADAG_PRELOAD_FILE=" + database, "TEMADAG_PRELOAD_CONTROL=" + c.path, "TEMADAG_PRELOAD_LOG=" + record,
	}
}
