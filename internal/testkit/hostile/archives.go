package hostile

import (
	"archive/zip"
	"bytes"
	"compress/flate"
	"encoding/binary"
	"fmt"
	"hash/crc32"
	"strings"
	"testing"
)

// The signatures of a zip file's records.
const (
	localSign   = "PK\x03\x04"
	centralSign = "PK\x01\x02"
	endSign     = "PK\x05\x06"
	end64Sign   = "PK\x06\x06"
	find64Sign  = "PK\x06\x07"
)

// patched is the honest book with its bytes changed.
func patched(change func(b []byte) []byte) maker {
	return func(t testing.TB) []byte {
		t.Helper()
		return change(Book(t, nil))
	}
}

// each changes every record with a signature.
func each(b []byte, sign string, change func(record []byte)) []byte {
	for at := 0; ; {
		i := bytes.Index(b[at:], []byte(sign))
		if i < 0 {
			return b
		}
		change(b[at+i:])
		at += i + len(sign)
	}
}

// end is where the record at the end of the file begins.
func end(b []byte) int { return bytes.LastIndex(b, []byte(endSign)) }

func put16(at int, v uint16) func([]byte) {
	return func(r []byte) { binary.LittleEndian.PutUint16(r[at:], v) }
}

func put32(at int, v uint32) func([]byte) {
	return func(r []byte) { binary.LittleEndian.PutUint32(r[at:], v) }
}

// inRecords is the honest book with a field of every record of a kind set.
func inRecords(sign string, change func([]byte)) maker {
	return patched(func(b []byte) []byte { return each(b, sign, change) })
}

// zip64 puts the records of large files before the end, with these numbers.
func zip64(entries, size, offset, at uint64) maker {
	return patched(func(b []byte) []byte {
		i := end(b)
		record := make([]byte, 56)
		copy(record, end64Sign)
		binary.LittleEndian.PutUint64(record[4:], 44)
		binary.LittleEndian.PutUint64(record[24:], entries)
		binary.LittleEndian.PutUint64(record[32:], entries)
		binary.LittleEndian.PutUint64(record[40:], size)
		binary.LittleEndian.PutUint64(record[48:], offset)
		find := make([]byte, 20)
		copy(find, find64Sign)
		if at == 0 {
			at = uint64(i)
		}
		binary.LittleEndian.PutUint64(find[8:], at)
		binary.LittleEndian.PutUint32(find[16:], 1)
		last := bytes.Clone(b[i:])
		put16(8, 0xffff)(last)
		put16(10, 0xffff)(last)
		put32(12, 0xffffffff)(last)
		put32(16, 0xffffffff)(last)
		return append(append(append(b[:i:i], record...), find...), last...)
	})
}

// raw is a book of which the sheet's packed bytes are given.
func raw(packed []byte, size uint64) maker {
	return func(t testing.TB) []byte {
		t.Helper()
		var out bytes.Buffer
		w := zip.NewWriter(&out)
		for name, body := range Honest() {
			if name == sheetPart {
				continue
			}
			p, err := w.Create(name)
			if err == nil {
				_, err = p.Write([]byte(body))
			}
			if err != nil {
				t.Fatal(err)
			}
		}
		h := &zip.FileHeader{Name: sheetPart, Method: zip.Deflate, CompressedSize64: uint64(len(packed)), UncompressedSize64: size}
		p, err := w.CreateRaw(h)
		if err == nil {
			_, err = p.Write(packed)
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

// deflated is s packed.
func deflated(s string) []byte {
	var b bytes.Buffer
	w, _ := flate.NewWriter(&b, flate.BestSpeed) // the level is one that there is
	_, _ = w.Write([]byte(s))                    // into memory
	_ = w.Close()
	return b.Bytes()
}

// shared is a bomb of which all parts are the same bytes of the file.
func shared(t testing.TB) []byte {
	t.Helper()
	b := Book(t, map[string]string{"xl/media/image1.png": strings.Repeat("\x00", 1<<20)})
	i := end(b)
	directory := b[binary.LittleEndian.Uint32(b[i+16:]):i]
	var one []byte
	for rest := directory; len(rest) > 46; {
		n := 46 + int(binary.LittleEndian.Uint16(rest[28:])) + int(binary.LittleEndian.Uint16(rest[30:])) + int(binary.LittleEndian.Uint16(rest[32:]))
		if bytes.Contains(rest[:n], []byte("image1.png")) {
			one = rest[:n]
		}
		rest = rest[n:]
	}
	more := bytes.Clone(directory)
	for c := byte('2'); c <= '9'; c++ {
		more = append(more, bytes.Replace(one, []byte("image1"), []byte{'i', 'm', 'a', 'g', 'e', c}, 1)...)
	}
	last := bytes.Clone(b[i:])
	n := binary.LittleEndian.Uint16(last[10:]) + 8
	put16(8, n)(last)
	put16(10, n)(last)
	put32(12, uint32(len(more)))(last)
	return append(append(b[:len(b)-len(last)-len(directory):len(b)-len(last)-len(directory)], more...), last...)
}

// wrongSum is a workbook whose sums of parts do not fit.
func wrongSum(b []byte) []byte {
	sum := crc32.ChecksumIEEE([]byte("something else"))
	return each(each(b, centralSign, put32(16, sum)), "PK\x07\x08", put32(4, sum))
}

// archives are workbooks whose zip file lies about itself.
func archives() map[string]maker {
	out := map[string]maker{
		"a wrong sum":                          patched(wrongSum),
		"parts that say they are smaller":      inRecords(centralSign, put32(24, 3)),
		"parts that say they are larger":       inRecords(centralSign, put32(24, 1<<20)),
		"packed parts that say they are more":  inRecords(centralSign, put32(20, 1<<30)),
		"packed parts that say they are plain": inRecords(centralSign, put16(10, zip.Store)),
		"parts that begin outside the file":    inRecords(centralSign, put32(42, 1<<30)),
		"parts that all begin in one place":    inRecords(centralSign, put32(42, 0)),
		"parts that begin nowhere":             inRecords(centralSign, put32(42, 7)),
		"parts without a beginning":            inRecords(localSign, put32(0, 0x12345678)),
		"names that reach beyond the file":     inRecords(centralSign, put16(28, 0xffff)),
		"extras that reach beyond the file":    inRecords(centralSign, put16(30, 0xffff)),
		"remarks that reach beyond the file":   inRecords(centralSign, put16(32, 0xffff)),
		"beginnings with names without end":    inRecords(localSign, put16(26, 0xffff)),
		"beginnings with extras without end":   inRecords(localSign, put16(28, 0xffff)),
		"everything has a password":            inRecords(centralSign, put16(8, 1)),
		"65535 parts":                          inRecords(endSign, func(r []byte) { put16(8, 0xffff)(r); put16(10, 0xffff)(r) }),
		"more parts than there are":            inRecords(endSign, func(r []byte) { put16(8, 50)(r); put16(10, 50)(r) }),
		"no parts by its own account":          inRecords(endSign, func(r []byte) { put16(8, 0)(r); put16(10, 0)(r) }),
		"a directory outside the file":         inRecords(endSign, put32(16, 1<<31)),
		"a directory at the beginning":         inRecords(endSign, put32(16, 0)),
		"a directory larger than the file":     inRecords(endSign, put32(12, 1<<31)),
		"a remark longer than the file":        inRecords(endSign, put16(20, 0xffff)),
		"2^64-1 parts":                         zip64(1<<64-1, 1<<20, 0, 0),
		"2^63 parts":                           zip64(1<<63, 1<<63, 1<<63, 0),
		"a large file's end that is its own":   zip64(5, 1<<64-1, 1<<64-1, 0),
		"a large file's end outside it":        zip64(5, 300, 0, 1<<62),
		"parts that are one another":           shared,
		"a remark":                             patched(func(b []byte) []byte { put16(20, 5)(b[end(b):]); return append(b, "hello"...) }),
		"another zip in the remark": patched(func(b []byte) []byte {
			more := bytes.Clone(b)
			put16(20, uint16(len(more)))(b[end(b):])
			return append(b, more...)
		}),
		"a script after the end":   patched(func(b []byte) []byte { return append(b, "\n<script>alert(1)</script>"...) }),
		"a document after the end": patched(func(b []byte) []byte { return append(b, "\n%PDF-1.7\n%%EOF"...) }),
		"a page before the start":  patched(func(b []byte) []byte { return append([]byte("<html><script>alert(1)</script>"), b...) }),
		"a picture before the start": patched(func(b []byte) []byte {
			return append([]byte("GIF89a\x01\x00\x01\x00\x00\x00\x00;"), b...)
		}),
		"a program before the start":           patched(func(b []byte) []byte { return append([]byte("MZ\x90\x00\x03\x00\x00\x00"), b...) }),
		"a start before the start":             patched(func(b []byte) []byte { return append([]byte(localSign+strings.Repeat("\x00", 26)), b...) }),
		"a kind of block that is none":         raw([]byte{0x07, 0xff, 0xff}, 100),
		"a piece copied from before the start": raw([]byte{0x4b, 0x04, 0x12, 0x00, 0xff, 0xff}, 100),
		"a packed part that goes on for ever":  raw(bytes.Repeat([]byte{0x00, 0x00, 0x00, 0xff, 0xff}, 400_000), 1<<20),
		"a bomb that calls itself small":       raw(deflated(rows(strings.Repeat(" ", 60<<20))), 100),
	}
	for name, tenths := range map[string]int{"the first bytes": 0, "a tenth": 1, "a quarter": 3, "a half": 5, "nine tenths": 9} {
		out["cut after "+name] = patched(func(b []byte) []byte { return b[:max(5, len(b)*tenths/10)] })
	}
	for _, n := range []int{1, 21, 30} {
		out[fmt.Sprintf("%d bytes short", n)] = patched(func(b []byte) []byte { return b[:len(b)-n] })
	}
	return out
}
