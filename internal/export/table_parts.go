package export

import (
	"archive/zip"
	"bytes"
	"cmp"
	"encoding/binary"
	"encoding/xml"
	"errors"
	"io"
	"slices"
	"strings"
	"unicode/utf8"

	"github.com/temadag/temadag/internal/domain"
)

// The most that a workbook may be.
const (
	maxBookParts    = 2000
	maxBookUnpacked = 32 << 20 // of all its parts, as their directory tells
	maxPartRead     = 16 << 20 // of those that are read, as they turn out
	maxBookDepth    = 32
	maxBookTag      = 256 << 10 // from one bracket to the next
	maxSharedTexts  = 200_000
	maxSheets       = 200
	maxPartName     = 255
	maxBookRows     = 100_000   // with or without anything in them
	maxBookText     = 128 << 10 // of one cell: the programs themselves hold 32,767 characters
	maxElements     = 620_000   // of one part: a full table has three for each cell
)

var errTag = errors.New("export: a tag without end")

// directory looks at what the file says of its parts before anything is unpacked.
func (b *book) directory(data []byte) error {
	z, err := zip.NewReader(bytes.NewReader(data), int64(len(data)))
	if err != nil {
		return fileFault("broken")
	}
	if len(z.File) > maxBookParts || z.Comment != "" { // no spreadsheet program writes a remark: something hides there
		return fileFault("broken")
	}
	b.parts = make(map[string]*zip.File, len(z.File))
	seen := make(map[string]bool, len(z.File))
	var unpacked uint64
	for _, f := range z.File {
		name := strings.TrimPrefix(f.Name, "/")
		lower := strings.ToLower(name)
		switch {
		case runs(lower):
			return fileFault("macros")
		case f.Flags&1 != 0: // a password
			return fileFault("old")
		case f.Method != zip.Store && f.Method != zip.Deflate, !f.Mode().IsRegular() && !f.Mode().IsDir(), !isPartName(name), seen[lower]:
			return fileFault("broken")
		}
		seen[lower] = true
		if unpacked += f.UncompressedSize64; f.UncompressedSize64 > maxBookUnpacked || unpacked > maxBookUnpacked {
			return fileFault("too_large", "max", domain.MaxTableFile>>20)
		}
		b.parts[name] = f
	}
	if err := apart(z.File, data); err != nil {
		return err
	}
	if b.parts["xl/workbook.xml"] == nil {
		return fileFault("unknown")
	}
	return nil
}

// runs reports whether a part, named in small letters, holds something that a spreadsheet program would run
// or open: macros of any age, controls, and other documents inside.
func runs(name string) bool {
	for _, folder := range []string{"xl/macrosheets/", "xl/dialogsheets/", "xl/activex/", "xl/embeddings/"} {
		if strings.HasPrefix(name, folder) {
			return true
		}
	}
	return strings.HasSuffix(name, "vbaproject.bin") || strings.HasSuffix(name, ".exe") || strings.HasSuffix(name, ".dll")
}

// isPartName reports whether a name is one that the parts of a book have.
func isPartName(name string) bool {
	return name != "" && len(name) <= maxPartName && utf8.ValidString(name) && !strings.Contains(name, "..") &&
		!strings.ContainsFunc(name, func(r rune) bool { return r < ' ' || r == 0x7f || r == '\\' || r == ':' })
}

// apart refuses a file whose parts lie in one another, or that holds more than they and their directory: so a
// small file can unpack to very much, and be read as one thing by one program and as another by the next.
func apart(files []*zip.File, data []byte) error {
	const header, last = 30, 22 // bytes before a part's name, and of the record at the end
	if len(data) < header {
		return fileFault("broken")
	}
	end := data[len(data)-last:]
	directory := int64(binary.LittleEndian.Uint32(end[12:])) + int64(binary.LittleEndian.Uint32(end[16:]))
	if !bytes.HasPrefix(end, []byte("PK\x05\x06")) || directory != int64(len(data)-last) {
		return fileFault("broken")
	}
	type span struct{ from, to int64 }
	spans := make([]span, len(files))
	for i, f := range files {
		from, err := f.DataOffset()
		if err != nil || f.CompressedSize64 > domain.MaxTableFile {
			return fileFault("broken")
		}
		spans[i] = span{from, from + int64(f.CompressedSize64)}
	}
	slices.SortFunc(spans, func(a, b span) int { return cmp.Compare(a.from, b.from) })
	names := int64(binary.LittleEndian.Uint16(data[26:])) + int64(binary.LittleEndian.Uint16(data[28:]))
	if len(spans) == 0 || spans[0].from != header+names { // the first begins the file
		return fileFault("broken")
	}
	for i := 1; i < len(spans); i++ {
		if spans[i].from <= spans[i-1].to { // between two there is a header
			return fileFault("broken")
		}
	}
	return nil
}

// element is what walk tells of: a tag, or the text of the element that ended last.
type element struct {
	xml.StartElement
	path []string // the names from the root down to it
}

// walk goes through a part. text is called with an element and all the text right inside it, when it ends.
func (b *book) walk(name string, start func(e element) error, text func(e element, s string) error) error {
	f := b.parts[name]
	if f == nil {
		return fileFault("broken")
	}
	r, err := f.Open()
	if err != nil {
		return err
	}
	defer func() { _ = r.Close() }()
	d := xml.NewDecoder(&guarded{b: b, r: r})
	var open []element
	var names []string
	var inside [][]byte
	elements := 0
	for n := 0; ; n++ {
		if n%256 == 0 && b.ctx.Err() != nil {
			return b.ctx.Err()
		}
		token, err := d.RawToken()
		if errors.Is(err, io.EOF) && len(open) == 0 {
			return nil
		}
		if err != nil {
			return err
		}
		switch token := token.(type) {
		case xml.Directive: // a document type, and with it entities
			return fileFault("broken")
		case xml.StartElement:
			if len(open) >= maxBookDepth {
				return fileFault("broken")
			}
			if elements++; elements > maxElements {
				return fileFault("too_large", "max", domain.MaxTableFile>>20)
			}
			names = append(names, token.Name.Local)
			e := element{StartElement: token.Copy(), path: names}
			open, inside = append(open, e), append(inside, nil)
			if err := start(e); err != nil {
				return err
			}
		case xml.CharData:
			if len(inside) > 0 {
				inside[len(inside)-1] = append(inside[len(inside)-1], token...)
			}
		case xml.EndElement:
			last := len(open) - 1
			if last < 0 || open[last].Name != token.Name {
				return fileFault("broken")
			}
			e := open[last]
			e.path = names
			s := string(inside[last])
			open, inside = open[:last], inside[:last]
			if err := text(e, s); err != nil {
				return err
			}
			names = names[:last]
		}
	}
}

// guarded reads a part within the budget, and refuses what would make the decoder hold too much at once.
type guarded struct {
	b     *book
	r     io.Reader
	since int // bytes since the last bracket
}

// Read is io.Reader.
func (g *guarded) Read(p []byte) (int, error) {
	if err := g.b.ctx.Err(); err != nil {
		return 0, err
	}
	n, err := g.r.Read(p[:min(len(p), 32<<10)])
	if g.b.budget -= int64(n); g.b.budget < 0 {
		return 0, fileFault("too_large", "max", domain.MaxTableFile>>20)
	}
	rest := p[:n]
	for {
		i := bytes.IndexAny(rest, "<>")
		if i < 0 {
			break
		}
		if g.since += i; g.since > maxBookTag {
			return 0, errTag
		}
		g.since, rest = 0, rest[i+1:]
	}
	if g.since += len(rest); g.since > maxBookTag {
		return 0, errTag
	}
	return n, err
}

// attr is an attribute by its name, "" where there is none.
func (e element) attr(local string) string {
	for _, a := range e.Attr {
		if a.Name.Local == local {
			return a.Value
		}
	}
	return ""
}

func nothing(element) error               { return nil }
func nothingToTell(element, string) error { return nil }
