// Package hostile makes files that nobody honest uploads: workbooks that unpack to a hundred times their
// size, lie about their parts or lead out of themselves, and files that are no table at all. Each is bad in
// one way of its own; whatever reads tables must refuse every one. Files are made when they are asked for,
// so that a corpus of bombs does not lie in memory.
package hostile

import (
	"archive/zip"
	"bytes"
	"compress/flate"
	"io"
	"maps"
	"slices"
	"testing"
)

// File is one hostile file by what is wrong with it.
type File struct {
	Name string
	Make func(t testing.TB) []byte
}

// Files is the whole corpus, in the order of names.
func Files() []File {
	all := make(map[string]maker)
	for _, some := range []map[string]maker{books(), parts(), cells(), names(), archives(), texts(), kinds()} {
		for name, make := range some {
			if all[name] != nil {
				panic("hostile: two files are called " + name)
			}
			all[name] = make
		}
	}
	var out []File
	for _, name := range slices.Sorted(maps.Keys(all)) {
		out = append(out, File{name, all[name]})
	}
	return out
}

type maker func(t testing.TB) []byte

// Honest is the parts of a small workbook that is as it should be; the hostile ones differ from it in one
// thing each.
func Honest() map[string]string {
	return map[string]string{
		"[Content_Types].xml": `<?xml version="1.0" encoding="UTF-8"?><Types/>`,
		bookPart: `<?xml version="1.0" encoding="UTF-8"?><workbook xmlns:r="http://schemas.openxmlformats.org/officeDocument/2006/relationships">` +
			`<sheets><sheet name="Ett" sheetId="1" r:id="rId1"/></sheets></workbook>`,
		relsPart:  `<Relationships><Relationship Id="rId1" Type="http://x/worksheet" Target="worksheets/sheet1.xml"/></Relationships>`,
		textsPart: `<sst><si><t>Namn</t></si></sst>`,
		sheetPart: `<worksheet><sheetData><row r="1"><c r="A1" t="s"><v>0</v></c></row></sheetData></worksheet>`,
	}
}

// The parts that are read.
const (
	bookPart  = "xl/workbook.xml"
	relsPart  = "xl/_rels/workbook.xml.rels"
	textsPart = "xl/sharedStrings.xml"
	sheetPart = "xl/worksheets/sheet1.xml"
)

// Book is a workbook of the honest parts, with some replaced; "" leaves one out.
func Book(t testing.TB, instead map[string]string) []byte {
	t.Helper()
	all := Honest()
	for name, body := range instead {
		all[name] = body
		if body == "" {
			delete(all, name)
		}
	}
	var out bytes.Buffer
	w := zip.NewWriter(&out)
	w.RegisterCompressor(zip.Deflate, func(w io.Writer) (io.WriteCloser, error) { return flate.NewWriter(w, flate.BestSpeed) })
	for _, name := range slices.Sorted(maps.Keys(all)) {
		p, err := w.Create(name)
		if err == nil {
			_, err = io.WriteString(p, all[name])
		}
		if err != nil {
			t.Fatal(err)
		}
	}
	if err := w.Close(); err != nil {
		t.Fatal(err)
	}
	return out.Bytes()
}

// book is Book put off until it is wanted.
func book(instead func() map[string]string) maker {
	return func(t testing.TB) []byte {
		t.Helper()
		return Book(t, instead())
	}
}

// part is a workbook with one part replaced.
func part(name string, body func() string) maker {
	return book(func() map[string]string { return map[string]string{name: body()} })
}

// just is a text that is there already.
func just(s string) func() string { return func() string { return s } }

// bytesOf is a file that needs no making.
func bytesOf(fn func() []byte) maker { return func(testing.TB) []byte { return fn() } }

// beside is a workbook with one more part under a header of its own.
func beside(h zip.FileHeader, body string) maker {
	return func(t testing.TB) []byte {
		t.Helper()
		var out bytes.Buffer
		w := zip.NewWriter(&out)
		all := Honest()
		for _, name := range slices.Sorted(maps.Keys(all)) {
			p, err := w.Create(name)
			if err == nil {
				_, err = p.Write([]byte(all[name]))
			}
			if err != nil {
				t.Fatal(err)
			}
		}
		p, err := w.CreateRaw(&h)
		if err == nil {
			_, err = p.Write([]byte(body))
		}
		if err == nil {
			err = w.Close()
		}
		if err != nil {
			t.Fatal(err)
		}
		return out.Bytes()
	}
}
