package main

import (
	"archive/zip"
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"os"
	"os/exec"
	"path/filepath"
	"strconv"
	"strings"
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

// workbookWork is what a child tells of a workbook it has written. The peak of memory is that of
// its whole process, the runtime included.
type workbookWork struct {
	Seconds       float64 `json:"seconds"`
	ReadSeconds   float64 `json:"read_seconds"`   // of it, reading the database; measured apart
	WriterSeconds float64 `json:"writer_seconds"` // the longest that anyone who writes waited meanwhile; of lists that are remembered
	FileMB        float64 `json:"file_mb"`
	PeakMB        float64 `json:"peak_mb"`
	CPUSeconds    float64 `json:"-"` // of the whole process, the start of the runtime and the reading once more included
}

// tell prints the work on standard output. The peak is asked for here and not of the parent: what
// wait4 tells of a child includes the parent's own size.
func (w workbookWork) tell() error {
	w.PeakMB = processMemory(os.Getpid(), "VmHWM")
	return json.NewEncoder(os.Stdout).Encode(w)
}

// workbook is how long a list of participants takes from the database to a finished file. The
// floor is the same cells, made up in memory, as hand-written XML: it reads no database.
func workbook(asked int) func(context.Context, *session) (*figure, error) {
	return func(ctx context.Context, s *session) (*figure, error) {
		rows := asked
		if s.quick {
			rows = min(asked, 2000)
		}
		f, err := s.newFixture(ctx, "workbook", true)
		if err != nil {
			return nil, err
		}
		if err := f.fillRows(rows); err != nil {
			return nil, err
		}
		file := filepath.Join(f.dir, "lista.xlsx")
		var app, floor []workbookWork
		err = s.alternate(func() error {
			w, err := workbookChild(ctx, "workbook", f.dir, file, s.profilePrefix())
			app = append(app, w)
			return err
		}, func() error {
			w, err := workbookChild(ctx, "workbook-floor", strconv.Itoa(rows), file+".floor.xlsx")
			floor = append(floor, w)
			return err
		})
		if err != nil {
			return nil, err
		}
		if err := sameRows(file, file+".floor.xlsx", rows); err != nil {
			return nil, err
		}
		s.workbooks[asked] = workbookFigure(rows, app, floor)
		return s.workbooks[asked], os.RemoveAll(f.dir)
	}
}

func workbookFigure(rows int, app, floor []workbookWork) *figure {
	seconds := func(w workbookWork) float64 { return w.Seconds }
	peak := func(w workbookWork) float64 { return w.PeakMB }
	f := &figure{Value: medianOf(app, seconds), Unit: "s", Floor: medianOf(floor, seconds)}
	f.extra("rows", rows)
	f.extra("columns", workbookColumns)
	f.extra("peak_mb", medianOf(app, peak))
	f.extra("floor_peak_mb", medianOf(floor, peak))
	f.extra("read_s", medianOf(app, func(w workbookWork) float64 { return w.ReadSeconds }))
	f.extra("cpu_s", medianOf(app, func(w workbookWork) float64 { return w.CPUSeconds }))
	f.extra("floor_cpu_s", medianOf(floor, func(w workbookWork) float64 { return w.CPUSeconds }))
	f.extra("file_mb", medianOf(app, func(w workbookWork) float64 { return w.FileMB }))
	f.extra("floor_file_mb", medianOf(floor, func(w workbookWork) float64 { return w.FileMB }))
	return f
}

// workbookPeak is the peak of memory of the same, told as a figure of its own. It is taken from the
// figure of the time where that has been taken already.
func workbookPeak(rows int) func(context.Context, *session) (*figure, error) {
	return func(ctx context.Context, s *session) (*figure, error) {
		f := s.workbooks[rows]
		if f == nil {
			var err error
			if f, err = workbook(rows)(ctx, s); err != nil {
				return nil, err
			}
		}
		out := &figure{Value: f.Extra["peak_mb"].(float64), Unit: "MB", Floor: f.Extra["floor_peak_mb"].(float64)}
		out.extra("rows", f.Extra["rows"])
		return out, nil
	}
}

// workbookChild runs one of this command's own children and reads what it tells.
func workbookChild(ctx context.Context, kind string, args ...string) (workbookWork, error) {
	self, err := os.Executable()
	if err != nil {
		return workbookWork{}, err
	}
	var out, faults bytes.Buffer
	cmd := exec.CommandContext(ctx, self, append([]string{childWord, kind}, args...)...)
	cmd.Stdout, cmd.Stderr = &out, &faults
	if err := cmd.Run(); err != nil {
		return workbookWork{}, fmt.Errorf("%s: %w: %s", kind, err, strings.TrimSpace(faults.String()))
	}
	var w workbookWork
	if err := json.Unmarshal(out.Bytes(), &w); err != nil {
		return w, fmt.Errorf("%s: %w", kind, err)
	}
	w.CPUSeconds = (cmd.ProcessState.UserTime() + cmd.ProcessState.SystemTime()).Seconds()
	return w, nil
}

// sameRows fails where a workbook does not hold the rows: a fast figure for half a list is none.
func sameRows(app, floor string, rows int) error {
	for _, name := range []string{app, floor} {
		all, err := allRows(name)
		if err != nil {
			return err
		}
		if all < rows {
			return fmt.Errorf("%s holds %d rows and not %d", filepath.Base(name), all, rows)
		}
	}
	return nil
}

// allRows counts the rows of all sheets of a workbook: a great many people stand on several.
func allRows(name string) (int, error) {
	z, err := zip.OpenReader(name)
	if err != nil {
		return 0, err
	}
	defer func() { _ = z.Close() }()
	all := 0
	for _, part := range z.File {
		if !strings.HasPrefix(part.Name, "xl/worksheets/") {
			continue
		}
		n, err := countIn(part, "<row ")
		if err != nil {
			return 0, err
		}
		all += n
	}
	return all, nil
}

func countIn(part *zip.File, what string) (int, error) {
	r, err := part.Open()
	if err != nil {
		return 0, err
	}
	defer func() { _ = r.Close() }()
	n, kept := 0, 0
	buf := make([]byte, 64<<10)
	for {
		m, err := r.Read(buf[kept:])
		n += bytes.Count(buf[:kept+m], []byte(what))
		tail := min(kept+m, len(what)-1)
		copy(buf, buf[kept+m-tail:kept+m])
		kept = tail
		if err != nil {
			if errors.Is(err, io.EOF) {
				err = nil
			}
			return n, err
		}
	}
}

// childWorkbook is the program's own way from the database to the file. args: data directory, file,
// beginning of the profiles' names or "".
func childWorkbook(ctx context.Context, args []string) error {
	if len(args) != 3 {
		return errors.New("usage: child workbook DIRECTORY FILE PROFILES")
	}
	finish, err := profile(args[2])
	if err != nil {
		return err
	}
	catalogue, err := i18n.Load(web.Locales())
	if err != nil {
		return err
	}
	data, err := store.Open(ctx, store.Options{Path: filepath.Join(args[0], databaseName), Migrations: db.Migrations})
	if err != nil {
		return err
	}
	lists := &service.Lists{Store: data, Now: time.Now}
	w, err := makeWorkbook(ctx, lists, catalogue.For(domain.Swedish), args[1])
	if err != nil {
		return errors.Join(err, data.Close())
	}
	return errors.Join(w.tell(), finish(), data.Close())
}

func makeWorkbook(ctx context.Context, lists *service.Lists, p *i18n.Printer, file string) (workbookWork, error) {
	actor := domain.Operator()
	rows := func(ctx context.Context, e domain.EventID, yield func([]domain.Registration) error) error {
		return lists.Rows(ctx, actor, e, yield)
	}
	start := time.Now()
	list, err := lists.Open(ctx, actor, domain.ListScope{Event: fixtureSlug})
	if err != nil {
		return workbookWork{}, err
	}
	err = export.Workbook(ctx, file, list, rows, export.WorkbookOptions{Printer: p, BaseURL: "https://temadag.example"})
	if err != nil {
		return workbookWork{}, err
	}
	w := workbookWork{Seconds: time.Since(start).Seconds(), FileMB: sizeMB(file)}
	start = time.Now()
	err = rows(ctx, list.Events[0].Event.ID, func([]domain.Registration) error { return nil })
	w.ReadSeconds = time.Since(start).Seconds()
	return w, err
}

// childWorkbookFloor writes the same cells by hand. args: number of rows, file.
func childWorkbookFloor(args []string) error {
	if len(args) != 2 {
		return errors.New("usage: child workbook-floor ROWS FILE")
	}
	rows, err := strconv.Atoi(args[0])
	if err != nil {
		return err
	}
	start := time.Now()
	if err := bareWorkbook(args[1], rows, bareCells); err != nil {
		return err
	}
	w := workbookWork{Seconds: time.Since(start).Seconds(), FileMB: sizeMB(args[1])}
	return w.tell()
}

const workbookColumns = 15

// bareCells are the cells of one participant as the program's list has them.
func bareCells(i int, cells []cell) []cell {
	p := person(i)
	cells = append(cells, cell{number: float64(i + 1)})
	for _, text := range [...]string{p.FamilyName, p.GivenName, p.Organisation, "Anmäld", reference(i)} {
		cells = append(cells, cell{text: text})
	}
	cells = append(cells, cell{blank: true}) // to sign in
	for _, text := range [...]string{p.Title, "Hälso- och sjukvård", p.Municipality, p.Email, p.Phone} {
		cells = append(cells, cell{text: text})
	}
	cells = append(cells, cell{number: 46349.5 + float64(i)/86400})
	for _, text := range [...]string{[...]string{"Ja", "Nej"}[i%2], p.Municipality + " station"} {
		cells = append(cells, cell{text: text})
	}
	for c := range cells {
		cells[c].style = 2
	}
	cells[12].style = 1
	return cells
}

// reference is made of a hash, as it is in the program, so that it deflates no better.
func reference(i int) string {
	return domain.ReferenceOf(auth.UID(strconv.Itoa(i)))
}

func sizeMB(file string) float64 {
	info, err := os.Stat(file)
	if err != nil {
		return 0
	}
	return float64(info.Size()) / (1 << 20)
}
