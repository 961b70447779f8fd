package export

import (
	"bytes"
	"errors"
	"io"
	"io/fs"

	"github.com/xuri/excelize/v2"
)

// parts is a large sheet that is made and packed a piece at a time. Each piece is a small workbook
// of its own, whose StreamWriter makes some of the rows; packed one after the other, without the
// ends and beginnings between them, they are one sheet. So a sheet takes up the memory of one piece,
// however many rows it has, and is packed while the next rows are read.
type parts struct {
	out    *packer
	id     int    // the number of the sheet in the book
	temp   string // folder for what excelize may put aside
	entry  io.Writer
	weight int // about how many bytes the piece at hand has grown to
}

const (
	pieceWeight = 4 << 20 // well below what excelize puts aside in a file
	cellWeight  = 48      // what a cell weighs beside its text
	pieceName   = "Piece"
)

var errPieces = errors.New("export: a piece of a sheet has no rows to cut at")

// newPiece is an empty workbook with a sheet for the next rows. That sheet is the second, because the
// first sheet of a file is always a selected one, and several selected sheets are edited at once.
func (p *parts) newPiece() (*excelize.File, error) {
	p.weight = 0
	f := excelize.NewFile(excelize.Options{TmpDir: p.temp})
	_, err := f.NewSheet(pieceName)
	return f, err
}

// pack adds the rows of a piece that is flushed; after the last one the sheet is whole.
func (p *parts) pack(f *excelize.File, last bool) error {
	first := p.entry == nil
	if first {
		var err error
		if p.entry, err = p.out.Create(sheetPart(p.id)); err != nil {
			return err
		}
	}
	var piece onlySheet
	f.SetZipWriter(func(io.Writer) excelize.ZipWriter { return &piece })
	if _, err := f.WriteToBuffer(); err != nil {
		return err
	}
	xml := piece.xml.Bytes()
	from, to := 0, len(xml)
	if begins := []byte("<sheetData>"); !first {
		if from = bytes.Index(xml, begins) + len(begins); from < len(begins) {
			return errPieces
		}
	}
	if !last {
		if to = bytes.LastIndex(xml, []byte("</sheetData>")); to < from {
			return errPieces
		}
	}
	_, err := p.entry.Write(xml[from:to])
	return err
}

// onlySheet takes the second sheet of a workbook and nothing else.
type onlySheet struct{ xml bytes.Buffer }

// Create begins the sheet, or something to be thrown away.
func (o *onlySheet) Create(name string) (io.Writer, error) {
	if name != sheetPart(2) {
		return io.Discard, nil
	}
	return &o.xml, nil
}

// AddFS is never used: a workbook has no parts that are files already.
func (o *onlySheet) AddFS(fs.FS) error { return errors.ErrUnsupported }

// Close has nothing to end.
func (o *onlySheet) Close() error { return nil }
