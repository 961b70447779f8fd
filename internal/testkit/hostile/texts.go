package hostile

import (
	"bytes"
	"math/rand/v2"
	"strings"
	"unicode/utf16"

	"github.com/temadag/temadag/internal/domain"
)

// wide is s as UTF-16 or UTF-32, with or without its mark.
func wide(s string, bytesEach int, big, mark bool) []byte {
	var units []uint32
	if mark {
		units = append(units, 0xfeff)
	}
	for _, u := range utf16.Encode([]rune(s)) {
		units = append(units, uint32(u))
	}
	var out []byte
	for _, u := range units {
		one := make([]byte, bytesEach)
		one[0], one[1] = byte(u), byte(u>>8)
		if big {
			for i, j := 0, bytesEach-1; i < j; i, j = i+1, j-1 {
				one[i], one[j] = one[j], one[i]
			}
		}
		out = append(out, one...)
	}
	return out
}

func again(s string, n int) func() []byte {
	return func() []byte { return bytes.Repeat([]byte(s), n) }
}

func fixed(s string) func() []byte { return func() []byte { return []byte(s) } }

// texts are files with separators that cost too much, or are none.
func texts() map[string]maker {
	const head = "Namn;E-post\n"
	out := make(map[string]maker)
	for name, fn := range map[string]func() []byte{
		"nothing":                                    fixed(""),
		"a mark alone":                               fixed("\ufeff"),
		"a line's end alone":                         fixed("\r\n"),
		"the separator told, and nothing":            fixed("sep=;\r\n"),
		"spaces alone":                               again(" \n", 1000),
		"spaces that cannot be seen":                 again("\u00a0\u2003\n", 1000),
		"separators alone":                           again(";;;\n", 1<<18),
		"quotation marks of nothing":                 again(`"";`, 1<<18),
		"too large":                                  again("a;b\n", domain.MaxTableFile/4+1),
		"three thousand rows":                        again("a;b\n", 3000),
		"rows without a separator":                   again("a\n", 1<<20),
		"rows that end in returns":                   again("a;b\r", 1<<19),
		"ten thousand columns":                       fixed(strings.Repeat("a;", 10_000) + "b"),
		"a million columns":                          again("a;", 1<<20),
		"a hundred and one columns":                  fixed(strings.Repeat("a,", 100) + "b"),
		"columns by tabs":                            fixed(strings.Repeat("a\t", 500) + "b"),
		"a long text":                                again("x", 1<<20),
		"a long text in quotation marks":             fixed(head + `"` + strings.Repeat("x", 1<<20) + `";b`),
		"a long text late":                           fixed(strings.Repeat(head, 500) + strings.Repeat("å", 5000) + ";b"),
		"a quotation mark left open":                 func() []byte { return append([]byte(`a;"`), bytes.Repeat([]byte("x\n"), 1<<20)...) },
		"quotation marks in their own":               again(`"`, 1<<20),
		"lines in a text":                            fixed(head + `"` + strings.Repeat("a\n", 1<<18) + `";b`),
		"a zero":                                     fixed(head + "Eva\x00;eva@example.se\n"),
		"a zero at the end":                          fixed(head + "Eva;eva@example.se\n\x00"),
		"zeros alone":                                again("\x00", 1<<20),
		"control characters":                         again("\x01a", 100),
		"commands to a terminal":                     again("\x1b[2J\x1b[31m", 50),
		"bells":                                      again("\x07;", 100),
		"steps back":                                 again("a\b", 100),
		"UTF-16":                                     func() []byte { return wide(head, 2, false, true) },
		"UTF-16, the other way round":                func() []byte { return wide(head, 2, true, true) },
		"UTF-16 without a mark":                      func() []byte { return wide(head, 2, false, false) },
		"UTF-16 without a mark, the other way round": func() []byte { return wide(head, 2, true, false) },
		"UTF-32":                                     func() []byte { return wide(head, 4, false, true) },
		"UTF-32, the other way round":                func() []byte { return wide(head, 4, true, true) },
		"noise": func() []byte {
			noise, from := make([]byte, 1<<16), rand.New(rand.NewPCG(1, 2)) //nolint:gosec // the same noise each time
			for i := range noise {
				noise[i] = byte(from.UintN(256))
			}
			return noise
		},
	} {
		out[name] = bytesOf(fn)
	}
	return out
}

// kinds are files of another kind, by their beginnings.
func kinds() map[string]maker {
	out := make(map[string]maker)
	for name, begins := range map[string]string{
		"one letter of a zip": "P\x00", "a zip that has only begun": localSign, "an empty zip": endSign + strings.Repeat("\x00", 18),
		"an old workbook": "\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + strings.Repeat("\x00", 600), "a still older workbook": "\x09\x08\x10\x00\x00\x06\x05\x00",
		"a workbook of 1987": "\x09\x00\x04\x00\x02\x00\x10\x00", "Lotus 1-2-3": "\x00\x00\x02\x00\x06\x04\x06\x00", "dBase": "\x03\x5f\x07\x1a\x01\x00\x00\x00",
		"a database": "SQLite format 3\x00", "Access": "\x00\x01\x00\x00Standard Jet DB", "columns on disk": "PAR1\x15\x04\x15\x00",
		"a document": "%PDF-1.7 and so on", "a document after a line": "\n\n%PDF-1.7 and so on", "print": "%!PS-Adobe-3.0", "rich text": `{\rtf1 and so on`,
		"a page": "<html>and so on", "a page with its type": "<!DOCTYPE html>and so on", "a page in capitals": "<HTML>and so on", "a page after spaces": "   \t\n<html>and so on",
		"a page after a mark": "\ufeff<html>and so on", "a script in a page": "<script>alert(1)</script>", "a drawing": `<svg xmlns="http://www.w3.org/2000/svg" onload="alert(1)"/>`,
		"a table in XML": `<?xml version="1.0"?><?mso-application progid="Excel.Sheet"?>`, "XML after a mark": "\ufeff<?xml version=\"1.0\"?>", "a program in PHP": "<?php system($_GET[0]);",
		"a program for a shell": "#!/bin/sh\nrm -rf /", "a program for Windows": "MZ\x90\x00\x03", "a program for Linux": "\x7fELF\x02\x01\x01", "a program for a Mac": "\xcf\xfa\xed\xfe\x07\x00",
		"a program in Java": "\xca\xfe\xba\xbe\x00\x00\x00\x34", "a program for browsers": "\x00asm\x01\x00\x00\x00", "a shortcut": "L\x00\x00\x00\x01\x14\x02\x00",
		"a PNG": "\x89PNG\r\n\x1a\n", "a GIF": "GIF89a and so on", "a JPEG": "\xff\xd8\xff\xe0 and so on", "a TIFF": "II*\x00\x08\x00", "a WebP": "RIFF\x24\x00\x00\x00WEBP", "a BMP": "BM\x36\x00\x0c\x00",
		"an icon": "\x00\x00\x01\x00\x01\x00", "a film": "\x00\x00\x00\x18ftypmp42", "a song": "ID3\x03\x00\x00\x00", "a voice": "OggS\x00\x02\x00",
		"Rar": "Rar!\x1a\x07\x00", "gzip": "\x1f\x8b\x08 and so on", "7-zip": "7z\xbc\xaf\x27\x1c", "bzip2": "BZh91AY&SY\x00\x01", "xz": "\xfd7zXZ\x00\x00", "Zstandard": "\x28\xb5\x2f\xfd\x04\x00", "a cabinet": "MSCF\x00\x00\x00\x00",
		"tape": "lista.csv" + strings.Repeat("\x00", 248) + "ustar", "noise after a zip's start": localSign + strings.Repeat("\x9c\x01\xe7", 500),
	} {
		out["a file of another kind: "+name] = bytesOf(fixed(begins))
	}
	for name, mime := range map[string]string{"a text document": "word/document.xml", "slides": "ppt/presentation.xml", "a binary workbook": "xl/workbook.bin", "OpenDocument": "content.xml", "a Java archive": "META-INF/MANIFEST.MF", "a book to read": "OEBPS/content.opf", "Numbers": "Index/Document.iwa"} {
		out["a zip of another kind: "+name] = book(func() map[string]string {
			return map[string]string{bookPart: "", relsPart: "", textsPart: "", sheetPart: "", mime: "x"}
		})
	}
	return out
}
