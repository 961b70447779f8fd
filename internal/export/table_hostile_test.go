package export_test

import (
	"archive/zip"
	"bytes"
	"encoding/binary"
	"errors"
	"fmt"
	"hash/crc32"
	"io/fs"
	"math/rand/v2"
	"runtime"
	"strings"
	"testing"
	"time"

	"github.com/temadag/temadag/internal/domain"
	"github.com/temadag/temadag/internal/export"
)

// honest is the parts of a small workbook that is as it should be; the hostile ones differ from it in
// one thing each.
func honest() map[string]string {
	return map[string]string{
		"[Content_Types].xml": `<?xml version="1.0" encoding="UTF-8"?><Types/>`,
		"xl/workbook.xml": `<?xml version="1.0" encoding="UTF-8"?><workbook xmlns:r="http://schemas.openxmlformats.org/officeDocument/2006/relationships">` +
			`<sheets><sheet name="Ett" sheetId="1" r:id="rId1"/></sheets></workbook>`,
		"xl/_rels/workbook.xml.rels": `<Relationships><Relationship Id="rId1" Type="http://x/worksheet" Target="worksheets/sheet1.xml"/></Relationships>`,
		"xl/sharedStrings.xml":       `<sst><si><t>Namn</t></si></sst>`,
		"xl/worksheets/sheet1.xml":   `<worksheet><sheetData><row r="1"><c r="A1" t="s"><v>0</v></c></row></sheetData></worksheet>`,
	}
}

// made is a workbook of the honest parts, with some replaced; "" leaves one out.
func made(t testing.TB, instead map[string]string) []byte {
	t.Helper()
	parts := honest()
	for name, body := range instead {
		parts[name] = body
		if body == "" {
			delete(parts, name)
		}
	}
	var out bytes.Buffer
	w := zip.NewWriter(&out)
	for name, body := range parts {
		p, err := w.Create(name)
		if err == nil {
			_, err = p.Write([]byte(body))
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

// with is a workbook with one more part under a header of its own.
func with(t testing.TB, h zip.FileHeader, body string) []byte {
	t.Helper()
	var out bytes.Buffer
	w := zip.NewWriter(&out)
	for name, b := range honest() {
		p, err := w.Create(name)
		if err == nil {
			_, err = p.Write([]byte(b))
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

func sheetOf(rows string) map[string]string {
	return map[string]string{"xl/worksheets/sheet1.xml": `<worksheet><sheetData>` + rows + `</sheetData></worksheet>`}
}

const (
	sheet1 = "xl/worksheets/sheet1.xml"
	dtd    = `<?xml version="1.0"?><!DOCTYPE x [<!ENTITY e SYSTEM "file:///etc/passwd">]>`
	laughs = `<!DOCTYPE l [<!ENTITY a "ha"><!ENTITY b "&a;&a;&a;&a;&a;&a;&a;&a;"><!ENTITY c "&b;&b;&b;&b;&b;&b;&b;&b;">]>`
)

// hostileBooks are workbooks, each bad in one way.
func hostileBooks(t testing.TB) map[string][]byte {
	out := map[string][]byte{
		"a part that is no workbook's": made(t, map[string]string{"xl/workbook.xml": ""}),
		"no relations":                 made(t, map[string]string{"xl/_rels/workbook.xml.rels": ""}),
		"no sheet":                     made(t, map[string]string{sheet1: ""}),
		"macros":                       made(t, map[string]string{"xl/vbaProject.bin": "x"}),
		"macros in capitals":           made(t, map[string]string{"xl/VBAPROJECT.BIN": "x"}),
		"a way out":                    made(t, map[string]string{"../../etc/cron.d/x": "x"}),
		"a way out backwards":          made(t, map[string]string{`xl\..\x`: "x"}),
		"shared texts missing":         made(t, map[string]string{"xl/sharedStrings.xml": ""}),
		"a relation abroad": made(t, map[string]string{"xl/_rels/workbook.xml.rels": `<Relationships><Relationship Id="rId1" Type="http://x/worksheet"` +
			` TargetMode="External" Target="https://evil.example/x.xml"/></Relationships>`}),
		"a relation out of the file": made(t, map[string]string{"xl/_rels/workbook.xml.rels": `<Relationships><Relationship Id="rId1" Type="http://x/worksheet"` +
			` Target="../../../etc/passwd"/></Relationships>`}),
		"hidden sheets alone":    made(t, map[string]string{"xl/workbook.xml": strings.Replace(honest()["xl/workbook.xml"], "<sheet ", `<sheet state="veryHidden" `, 1)}),
		"a thousand sheets":      made(t, map[string]string{"xl/workbook.xml": strings.Replace(honest()["xl/workbook.xml"], "<sheets>", "<sheets>"+strings.Repeat(`<sheet name="x" r:id="rId1"/>`, 1000), 1)}),
		"a texts bomb":           made(t, map[string]string{"xl/sharedStrings.xml": "<sst><si><t>" + strings.Repeat(" ", 100<<20) + "</t></si></sst>"}),
		"a sheet bomb":           made(t, sheetOf(strings.Repeat(`<row r="1"/>`, 1<<20))),
		"a bomb that stays low":  made(t, sheetOf(strings.Repeat("<row></row>", 2<<20))),
		"a bomb in another part": made(t, map[string]string{"xl/media/image1.png": strings.Repeat("\x00", 64<<20)}),
		"many texts":             made(t, map[string]string{"xl/sharedStrings.xml": "<sst>" + strings.Repeat("<si/>", 250_000) + "</sst>"}),
		"many rows":              made(t, sheetOf(strings.Repeat(`<row><c t="inlineStr"><is><t>x</t></is></c></row>`, 3000))),
		"a long cell":            made(t, sheetOf(`<row><c t="inlineStr"><is><t>`+strings.Repeat("x", 5000)+`</t></is></c></row>`)),
		"a cell in many pieces":  made(t, sheetOf(`<row><c t="inlineStr"><is>`+strings.Repeat("<t>x</t>", 50_000)+`</is></c></row>`)),
		"bytes that are no text": made(t, sheetOf("<row><c t=\"str\"><v>\xff\xfe</v></c></row>")),
		"a zero in a text":       made(t, sheetOf("<row><c t=\"str\"><v>a\x00b</v></c></row>")),
		"a zip in a zip":         made(t, map[string]string{"xl/workbook.xml": "", "inner.xlsx": string(made(t, nil))}),
		"twice the same part":    with(t, zip.FileHeader{Name: sheet1, Method: zip.Store}, ""),
		"a password":             with(t, zip.FileHeader{Name: "x", Method: zip.Store, Flags: 1}, ""),
		"an unknown packing":     with(t, zip.FileHeader{Name: "x", Method: 99}, ""),
		"2^63 bytes":             with(t, zip.FileHeader{Name: "x", Method: zip.Deflate, UncompressedSize64: 1 << 63}, ""),
		"2^64-1 bytes":           with(t, zip.FileHeader{Name: "x", Method: zip.Deflate, UncompressedSize64: 1<<64 - 1}, ""),
	}
	link := zip.FileHeader{Name: "x", Method: zip.Store}
	link.SetMode(fs.ModeSymlink | 0o777)
	out["a link"] = with(t, link, "")
	for name, part := range map[string]string{"the book": "xl/workbook.xml", "the texts": "xl/sharedStrings.xml", "the sheet": sheet1, "the relations": "xl/_rels/workbook.xml.rels"} {
		body := honest()[part]
		plain := body[strings.LastIndex(body, "?>")+1:]
		plain = strings.TrimPrefix(plain, ">")
		out["an entity from outside in "+name] = made(t, map[string]string{part: dtd + plain})
		out["laughter in "+name] = made(t, map[string]string{part: laughs + strings.Replace(plain, ">", ">&c;", 1)})
		out["an entity nobody knows in "+name] = made(t, map[string]string{part: strings.Replace(plain, ">", ">&who;", 1)})
		out["depth in "+name] = made(t, map[string]string{part: strings.Repeat("<a>", 1<<20)})
		out["a tag without end in "+name] = made(t, map[string]string{part: "<a " + strings.Repeat(`b="c" `, 1<<20)})
		out["cut short: "+name] = made(t, map[string]string{part: body[:len(body)-9]})
		out["crossed tags in "+name] = made(t, map[string]string{part: "<a><b></a></b>"})
		out["another script in "+name] = made(t, map[string]string{part: `<?xml version="1.0" encoding="UTF-16"?>` + plain})
		out["a remark without end in "+name] = made(t, map[string]string{part: "<!--" + strings.Repeat("x", 1<<20)})
	}
	for name, cells := range map[string]string{
		"row 2^31": `<row r="2147483648"/>`, "row -1": `<row r="-1"/>`, "row x": `<row r="x"/>`, "rows backwards": `<row r="9"/><row r="8"/>`,
		"column ZZZZ": `<row><c r="ZZZZ1"/></row>`, "column 1A": `<row><c r="1A"/></row>`, "columns backwards": `<row><c r="C1"/><c r="B1"/></row>`,
		"column XFD": `<row><c r="XFD1" t="str"><v>x</v></c></row>`, "text -1": `<row><c t="s"><v>-1</v></c></row>`, "text 1": `<row><c t="s"><v>1</v></c></row>`,
		"text 10^30": `<row><c t="s"><v>1000000000000000000000000000000</v></c></row>`, "text x": `<row><c t="s"><v>x</v></c></row>`, "text of nothing": `<row><c t="s"/></row>`,
	} {
		out[name] = made(t, sheetOf(cells))
	}
	return out
}

// hostileFiles are files of every other kind.
func hostileFiles(t testing.TB) map[string][]byte {
	noise := make([]byte, 1<<16)
	for i := range noise {
		noise[i] = byte(rand.New(rand.NewPCG(1, uint64(i))).UintN(256))
	}
	good := made(t, nil)
	out := map[string][]byte{
		"nothing": {}, "one letter of a zip": []byte("P\x00"), "a zip that has only begun": []byte("PK\x03\x04"), "an empty zip": append([]byte("PK\x05\x06"), make([]byte, 18)...),
		"an old workbook":            append([]byte("\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1"), noise...),
		"too large":                  bytes.Repeat([]byte("a;b\n"), domain.MaxTableFile/4+1),
		"noise":                      noise,
		"noise after a zip's start":  append([]byte("PK\x03\x04"), noise...),
		"UTF-16":                     []byte("\xff\xfeN\x00a\x00m\x00n\x00"),
		"three thousand rows":        bytes.Repeat([]byte("a;b\n"), 3000),
		"ten thousand columns":       []byte(strings.Repeat("a;", 10_000) + "b"),
		"a long text":                bytes.Repeat([]byte("x"), 1<<20),
		"a quotation mark left open": append([]byte(`a;"`), bytes.Repeat([]byte("x\n"), 1<<20)...),
		"spaces alone":               bytes.Repeat([]byte(" \n"), 1000),
		"separators alone":           bytes.Repeat([]byte(";;;\n"), 1<<18),
		"control characters":         bytes.Repeat([]byte("\x01a"), 100),
		"a wrong sum":                wrongSum(good),
		"many names for one part":    manyNames(t),
	}
	for _, magic := range []string{"%PDF-1.7", "\x89PNG\r\n", "GIF89a", "\xff\xd8\xff\xe0", "Rar!", "\x1f\x8b\x08", "7z\xbc\xaf", "{\\rtf1", "<?xml version", "<html>", "<!DOCTYPE html>", "\x7fELF", "MZ\x90"} {
		out[fmt.Sprintf("begins as %q", magic)] = []byte(magic + " and so on")
	}
	for _, n := range []int{5, 40, len(good) / 4, len(good) / 2, len(good) - 30, len(good) - 1} {
		out[fmt.Sprintf("cut after %d", n)] = good[:n]
	}
	return out
}

// wrongSum is a workbook whose sums of parts do not fit.
func wrongSum(good []byte) []byte {
	out := bytes.Clone(good)
	for i := 0; i+20 < len(out); i++ {
		if string(out[i:i+4]) == "PK\x01\x02" {
			binary.LittleEndian.PutUint32(out[i+16:], crc32.ChecksumIEEE([]byte("something else")))
		}
		if string(out[i:i+4]) == "PK\x07\x08" {
			binary.LittleEndian.PutUint32(out[i+4:], crc32.ChecksumIEEE([]byte("something else")))
		}
	}
	return out
}

func manyNames(t testing.TB) []byte {
	parts := map[string]string{}
	for i := range 3000 {
		parts[fmt.Sprintf("x/%d", i)] = "x"
	}
	return made(t, parts)
}

// Every one is refused within two seconds, in words for the one who brought it, and without taking much
// memory on the way. That the bombs are bombs, and that an honest file is read, is looked at beside.
func TestReadTable_refusesHostileFiles(t *testing.T) {
	files := hostileBooks(t)
	for name, data := range hostileFiles(t) {
		files[name] = data
	}
	if len(files) < 60 {
		t.Errorf("only %d files", len(files))
	}
	var before, after runtime.MemStats
	slowest, most := time.Duration(0), uint64(0)
	for name, data := range files {
		runtime.ReadMemStats(&before)
		start := time.Now()
		got, err := export.ReadTable(t.Context(), data, "")
		took := time.Since(start)
		runtime.ReadMemStats(&after)
		slowest, most = max(slowest, took), max(most, after.TotalAlloc-before.TotalAlloc)
		var refusal *domain.Error
		if !errors.As(err, &refusal) || refusal.Code != domain.CodeInvalid || refusal.Field != "file" || !strings.HasPrefix(refusal.Key, "import.file.") {
			t.Errorf("%s: got %d rows, %v", name, len(got.Rows), err)
		}
		if took > 2*time.Second {
			t.Errorf("%s: took %v", name, took)
		}
		if used := after.TotalAlloc - before.TotalAlloc; used > 256<<20 {
			t.Errorf("%s: took %d MiB in all", name, used>>20)
		}
	}
	t.Logf("%d files, the slowest %v, the largest %d MiB in all", len(files), slowest, most>>20)
	if got, err := export.ReadTable(t.Context(), made(t, nil), ""); err != nil || cellsOf(got) != "1:Namn\n" {
		t.Errorf("the honest one: %q, %v", cellsOf(got), err)
	}
	for _, name := range []string{"a texts bomb", "a bomb that stays low", "a bomb in another part"} {
		z, err := zip.NewReader(bytes.NewReader(files[name]), int64(len(files[name])))
		if err != nil {
			t.Fatal(err)
		}
		var size uint64
		for _, f := range z.File {
			size += f.UncompressedSize64
		}
		if len(files[name]) > 1<<20 || size < 20<<20 {
			t.Errorf("%s is no bomb: %d bytes become %d", name, len(files[name]), size)
		}
	}
}
