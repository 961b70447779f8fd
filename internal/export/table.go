package export

import (
	"bytes"
	"context"
	"encoding/csv"
	"errors"
	"io"
	"strings"
	"time"
	"unicode/utf8"

	"golang.org/x/text/encoding/charmap"

	"github.com/temadag/temadag/internal/domain"
)

// readTime is the longest that a file is looked at. An honest one takes some hundredths of a second.
const readTime = 1500 * time.Millisecond

// ReadTable reads a file that people bring: a workbook (.xlsx) or text with separators, in UTF-8 or
// Windows-1252, with semicolons, commas or tabs. sheet chooses one of a workbook; "" is the first that
// holds anything. Of cells only what they show is taken; formulas, macros, links and pictures are not
// looked at.
//
// The file is not trusted: what it may cost is bounded before it is begun, in bytes, rows, columns,
// depth and time. Refusals are of class CodeInvalid for the field "file", with the keys
// "import.file.empty", ".too_large", ".too_many_rows" and ".too_many_columns" (Args "max"), ".cell" (Args
// "line"), ".old" for workbooks of before 2007 and those with a password, ".macros", ".sheet", ".broken" and
// ".unknown".
func ReadTable(ctx context.Context, data []byte, sheet string) (t domain.Table, err error) {
	ctx, stop := context.WithTimeout(ctx, readTime)
	defer stop()
	defer func() {
		if r := recover(); r != nil { // whatever a library stumbles over, it is the file's fault
			t, err = domain.Table{}, fileFault("broken")
		}
	}()
	switch {
	case len(data) == 0:
		return t, fileFault("empty")
	case len(data) > domain.MaxTableFile:
		return t, fileFault("too_large", "max", domain.MaxTableFile>>20)
	case bytes.HasPrefix(data, []byte("PK\x03\x04")):
		t, err = readBook(ctx, data, sheet)
	case bytes.HasPrefix(data, []byte("\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1")):
		return t, fileFault("old")
	default:
		t, err = readText(ctx, data)
	}
	if err != nil {
		return domain.Table{}, asFileFault(err)
	}
	if len(t.Rows) == 0 {
		return domain.Table{}, fileFault("empty")
	}
	return t, nil
}

func fileFault(key string, args ...any) *domain.Error {
	e := &domain.Error{Code: domain.CodeInvalid, Key: "import.file." + key, Field: "file"}
	for i := 0; i+1 < len(args); i += 2 {
		if e.Args == nil {
			e.Args = make(map[string]any)
		}
		e.Args[args[i].(string)] = args[i+1]
	}
	return e
}

// asFileFault lets refusals through, and makes one of everything else that a file can cause.
func asFileFault(err error) error {
	var refusal *domain.Error
	switch {
	case errors.As(err, &refusal):
		return refusal
	case errors.Is(err, context.Canceled):
		return err
	case errors.Is(err, context.DeadlineExceeded):
		return fileFault("too_large", "max", domain.MaxTableFile>>20)
	}
	return fileFault("broken")
}

// addRow keeps a row that holds anything, and refuses what is more than a list of people can be.
func addRow(t *domain.Table, line int, cells []string) error {
	for len(cells) > 0 && strings.TrimSpace(cells[len(cells)-1]) == "" {
		cells = cells[:len(cells)-1]
	}
	if len(cells) == 0 {
		return nil
	}
	switch {
	case len(t.Rows) >= domain.MaxTableRows:
		return fileFault("too_many_rows", "max", domain.MaxTableRows-1)
	case len(cells) > domain.MaxTableColumns:
		return fileFault("too_many_columns", "max", domain.MaxTableColumns)
	}
	for _, c := range cells {
		if utf8.RuneCountInString(c) > domain.MaxTableCell {
			return fileFault("cell", "line", line)
		}
		t.Size += len(c)
	}
	if t.Size > domain.MaxTableText { // many cells may share one text of a book
		return fileFault("too_large", "max", domain.MaxTableFile>>20)
	}
	t.Rows = append(t.Rows, domain.TableRow{Line: line, Cells: cells})
	return nil
}

// readText reads text with separators.
func readText(ctx context.Context, data []byte) (domain.Table, error) {
	var t domain.Table
	text, err := plainText(data)
	if err != nil {
		return t, err
	}
	text, separator := separatorOf(text)
	if tooWide(text, separator) {
		return t, fileFault("too_many_columns", "max", domain.MaxTableColumns)
	}
	r := csv.NewReader(strings.NewReader(text))
	r.Comma, r.FieldsPerRecord, r.LazyQuotes = separator, -1, true
	for {
		if err := ctx.Err(); err != nil {
			return t, err
		}
		cells, err := r.Read()
		if errors.Is(err, io.EOF) {
			return t, nil
		}
		if err != nil {
			return t, err
		}
		line, _ := r.FieldPos(0)
		if err := addRow(&t, line, cells); err != nil {
			return t, err
		}
	}
}

// mostInLine is more separators than one line of an honest file can have, whatever its texts hold.
const mostInLine = 20 * domain.MaxTableColumns

// tooWide looks at the lines before they are taken apart: a line of a million cells costs much.
func tooWide(text string, separator rune) bool {
	n := 0
	for i := range len(text) {
		switch text[i] {
		case '\n':
			n = 0
		case byte(separator):
			if n++; n > mostInLine {
				return true
			}
		}
	}
	return false
}

// plainText is data as text. What holds zeros is none: it is a picture, a document, or UTF-16.
func plainText(data []byte) (string, error) {
	if bytes.IndexByte(data, 0) >= 0 || looksBinary(data) {
		return "", fileFault("unknown")
	}
	data = bytes.TrimPrefix(data, []byte("\ufeff"))
	if utf8.Valid(data) {
		return string(data), nil
	}
	decoded, err := charmap.Windows1252.NewDecoder().Bytes(data)
	return string(decoded), err
}

// looksBinary reports whether the file begins as one of some other kind, or with more control characters
// than anyone types.
func looksBinary(data []byte) bool {
	start := bytes.TrimLeft(bytes.TrimPrefix(data[:min(len(data), 4096)], []byte("\ufeff")), " \t\r\n")
	start = bytes.Clone(start[:min(len(start), 16)])
	for i, c := range start {
		if c >= 'A' && c <= 'Z' {
			start[i] += 'a' - 'A'
		}
	}
	for _, magic := range []string{
		"%pdf", "%!ps", "\x89png", "gif8", "\xff\xd8\xff", "rar!", "\x1f\x8b", "7z\xbc\xaf", "bzh9", "{\\rtf", "<?", "<html", "<!doctype", "<script",
		"<svg", "#!/", "\x7felf", "mz\x90",
	} {
		if bytes.HasPrefix(start, []byte(magic)) {
			return true
		}
	}
	head, controls := data[:min(len(data), 4096)], 0
	for _, c := range head {
		if c < 0x20 && c != '\t' && c != '\n' && c != '\r' {
			controls++
		}
	}
	return controls*50 > len(head)
}

// separatorOf is the separator that the first line uses most, outside quotation marks; spreadsheets may
// tell it themselves on a line of its own, which is taken away.
func separatorOf(text string) (rest string, separator rune) {
	first, after, _ := strings.Cut(text, "\n")
	first = strings.TrimRight(first, "\r")
	if sep, ok := strings.CutPrefix(strings.ToLower(first), "sep="); ok && len(sep) == 1 && strings.Contains(";,\t", sep) {
		return after, rune(sep[0])
	}
	counts, quoted := make(map[rune]int), false
	for _, r := range first {
		if r == '"' {
			quoted = !quoted
		} else if !quoted {
			counts[r]++
		}
	}
	separator = ';'
	for _, r := range "\t," {
		if counts[r] > counts[separator] {
			separator = r
		}
	}
	return text, separator
}
