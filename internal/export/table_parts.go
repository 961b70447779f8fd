package export

import (
	"archive/zip"
	"bytes"
	"encoding/xml"
	"errors"
	"io"
	"strings"

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
)

var errTag = errors.New("export: a tag without end")

// directory looks at what the file says of its parts before anything is unpacked.
func (b *book) directory(data []byte) error {
	z, err := zip.NewReader(bytes.NewReader(data), int64(len(data)))
	if err != nil {
		return fileFault("broken")
	}
	if len(z.File) > maxBookParts {
		return fileFault("broken")
	}
	b.parts = make(map[string]*zip.File, len(z.File))
	var unpacked uint64
	for _, f := range z.File {
		name := strings.TrimPrefix(f.Name, "/")
		switch {
		case strings.HasSuffix(strings.ToLower(name), "vbaproject.bin"):
			return fileFault("macros")
		case f.Flags&1 != 0: // a password
			return fileFault("old")
		case f.Method != zip.Store && f.Method != zip.Deflate, !f.Mode().IsRegular() && !f.Mode().IsDir(),
			strings.Contains(name, ".."), strings.Contains(name, `\`), b.parts[name] != nil:
			return fileFault("broken")
		}
		if unpacked += f.UncompressedSize64; f.UncompressedSize64 > maxBookUnpacked || unpacked > maxBookUnpacked {
			return fileFault("too_large", "max", domain.MaxTableFile>>20)
		}
		b.parts[name] = f
	}
	if b.parts["xl/workbook.xml"] == nil {
		return fileFault("unknown")
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
