package export

import (
	"archive/zip"
	"bufio"
	"bytes"
	"compress/flate"
	"errors"
	"io"
	"io/fs"
	"os"
	"path/filepath"
	"time"

	"github.com/xuri/excelize/v2"
)

// replaceFile writes a file beside path, forces it to disk and then gives it the name path, so that
// path never names half a file. Where anything fails, path is as it was and nothing is left over.
// The file is for its owner alone: it is a list of people.
func replaceFile(path string, write func(io.Writer) error) (err error) {
	f, err := os.CreateTemp(filepath.Dir(path), partName(path))
	if err != nil {
		return err
	}
	defer func() {
		if err != nil {
			err = errors.Join(err, ignoreClosed(f.Close()), os.Remove(f.Name()))
		}
	}()
	sweep(f.Name(), filepath.Join(filepath.Dir(path), partName(path)))
	b := bufio.NewWriterSize(f, 1<<18)
	if err := write(b); err != nil {
		return err
	}
	if err := b.Flush(); err != nil {
		return err
	}
	if err := f.Sync(); err != nil {
		return err
	}
	if err := f.Close(); err != nil {
		return err
	}
	if err := os.Rename(f.Name(), path); err != nil {
		return err
	}
	syncDir(filepath.Dir(path))
	return nil
}

// partName is the pattern of the names of unfinished workbooks beside path.
func partName(path string) string { return "." + filepath.Base(path) + ".*.part" }

// leftOver is the age at which nobody can still be writing to a file of ours.
const leftOver = 24 * time.Hour

// sweep removes what matches the pattern and is much older than the file named young: left behind by
// a program that was killed. Ages are compared by the file system's own clock. What cannot be
// removed waits for the next time.
func sweep(young, pattern string) {
	now, err := os.Lstat(young)
	if err != nil {
		return
	}
	found, err := filepath.Glob(pattern)
	if err != nil {
		return // a name with a bracket in it; nothing is swept
	}
	for _, f := range found {
		if info, err := os.Lstat(f); err == nil && now.ModTime().Sub(info.ModTime()) > leftOver {
			_ = os.Remove(f)
		}
	}
}

func ignoreClosed(err error) error {
	if errors.Is(err, os.ErrClosed) {
		return nil
	}
	return err
}

// syncDir makes the new name last through a power cut where the file system can promise that; the
// file itself is whole either way.
func syncDir(dir string) {
	d, err := os.Open(dir)
	if err != nil {
		return
	}
	_ = d.Sync()
	_ = d.Close()
}

// maxPart is what one part of a workbook may weigh unpacked. Beyond it zip needs other headers than
// those written here, and spreadsheets call the file broken.
const maxPart = 1<<32 - 1

var errTooLarge = errors.New("export: the list is too large for one workbook")

// aside keeps a sheet that cannot be packed yet, because another is being packed, deflated in memory:
// a hundred bytes or so for each row.
type aside struct {
	kept  bytes.Buffer
	flate *flate.Writer
}

func newAside() (a *aside, err error) {
	a = &aside{}
	a.flate, err = flate.NewWriter(&a.kept, flate.BestSpeed)
	return a, err
}

// Write adds to what is kept.
func (a *aside) Write(b []byte) (int, error) { return a.flate.Write(b) }

// moveTo gives all that is kept to w.
func (a *aside) moveTo(w io.Writer) error {
	if err := a.flate.Close(); err != nil {
		return err
	}
	_, err := io.Copy(w, flate.NewReader(&a.kept))
	return err
}

// packer packs a workbook straight to a writer, so that the packed file is never held in memory, and
// ends early when stop says so. It packs fast rather than hard.
type packer struct {
	stop   func() error // why to stop, nil to go on
	zip    *zip.Writer
	packed map[string]bool
}

func newPacker(stop func() error, w io.Writer) *packer {
	z := zip.NewWriter(w)
	var one *flate.Writer // parts are packed one after the other, and a new packer weighs a megabyte
	z.RegisterCompressor(zip.Deflate, func(w io.Writer) (_ io.WriteCloser, err error) {
		if one != nil {
			one.Reset(w)
			return one, nil
		}
		one, err = flate.NewWriter(w, flate.BestSpeed)
		return one, err
	})
	return &packer{stop: stop, zip: z, packed: make(map[string]bool)}
}

// book packs f with all that is not packed yet, and ends the file. excelize offers a buffer to pack
// into, which stays empty.
func (p *packer) book(f *excelize.File) error {
	f.SetZipWriter(func(io.Writer) excelize.ZipWriter { return p })
	_, err := f.WriteToBuffer()
	return err
}

func sheetPart(id int) string { return "xl/worksheets/sheet" + itoa(id) + ".xml" }

// Create begins a part of the workbook. One that is packed already is thrown away.
func (p *packer) Create(name string) (io.Writer, error) {
	if p.packed[name] {
		return io.Discard, nil
	}
	p.packed[name] = true
	w, err := p.zip.Create(name)
	return &part{stop: p.stop, w: w}, err
}

// AddFS is never used: a workbook has no parts that are files already.
func (p *packer) AddFS(fs.FS) error { return errors.ErrUnsupported }

// Close ends the file.
func (p *packer) Close() error { return p.zip.Close() }

type part struct {
	stop func() error
	w    io.Writer
	n    int64
}

func (p *part) Write(b []byte) (int, error) {
	if err := p.stop(); err != nil {
		return 0, err
	}
	if p.n += int64(len(b)); p.n > maxPart {
		return 0, errTooLarge
	}
	return p.w.Write(b)
}
