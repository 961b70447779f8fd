package export

import (
	"archive/zip"
	"context"
	"path"
	"slices"
	"strconv"
	"strings"

	"github.com/temadag/temadag/internal/domain"
)

// Workbooks that people bring are read here, part by part, and not with the library that writes ours: it
// opens the whole of a book before anyone can say stop. What is read is little: the names of the sheets,
// the shared texts, and the cells of one sheet.

// book is a workbook that is being read.
type book struct {
	ctx    context.Context // of this one reading
	parts  map[string]*zip.File
	budget int64 // bytes that may still be unpacked
	shared []string
}

func readBook(ctx context.Context, data []byte, sheet string) (domain.Table, error) {
	b := &book{ctx: ctx, budget: maxPartRead}
	if err := b.directory(data); err != nil {
		return domain.Table{}, err
	}
	if err := b.kind(); err != nil {
		return domain.Table{}, err
	}
	sheets, err := b.sheets()
	if err != nil {
		return domain.Table{}, err
	}
	if err := b.texts(); err != nil {
		return domain.Table{}, err
	}
	var t domain.Table
	for _, s := range sheets {
		t.Sheets = append(t.Sheets, s.name)
	}
	for _, s := range sheets {
		if sheet != "" && s.name != sheet {
			continue
		}
		t.Sheet, t.Rows = s.name, nil
		if err := b.rows(s.part, &t); err != nil {
			return domain.Table{}, err
		}
		if len(t.Rows) > 0 || sheet != "" {
			return t, nil
		}
	}
	if sheet != "" {
		return domain.Table{}, fileFault("sheet")
	}
	return domain.Table{}, nil
}

// kind refuses a book that calls itself one with macros.
func (b *book) kind() error {
	return b.walk("[Content_Types].xml", func(e element) error {
		if strings.Contains(strings.ToLower(e.attr("ContentType")), "macroenabled") {
			return fileFault("macros")
		}
		return nil
	}, nothingToTell)
}

// bookSheet is a sheet by its name and the part that holds it.
type bookSheet struct{ name, part string }

// sheets are those that can be seen, in their order.
func (b *book) sheets() ([]bookSheet, error) {
	targets := make(map[string]string)
	err := b.walk("xl/_rels/workbook.xml.rels", func(e element) error {
		if e.Name.Local == "Relationship" && e.attr("TargetMode") != "External" && strings.HasSuffix(e.attr("Type"), "/worksheet") {
			targets[e.attr("Id")] = relatedPart(e.attr("Target"))
		}
		return nil
	}, nothingToTell)
	if err != nil {
		return nil, err
	}
	var out []bookSheet
	err = b.walk("xl/workbook.xml", func(e element) error {
		if e.Name.Local != "sheet" || strings.Contains(strings.ToLower(e.attr("state")), "hidden") {
			return nil
		}
		id := ""
		for _, a := range e.Attr {
			if a.Name.Local == "id" && a.Name.Space != "" {
				id = a.Value
			}
		}
		if part := targets[id]; b.parts[part] != nil {
			out = append(out, bookSheet{name: e.attr("name"), part: part})
		}
		if len(out) > maxSheets {
			return fileFault("broken")
		}
		return nil
	}, nothingToTell)
	return out, err
}

// relatedPart is the part that a target of the book's relations names.
func relatedPart(target string) string {
	if rooted, ok := strings.CutPrefix(target, "/"); ok {
		return path.Clean(rooted)
	}
	return path.Join("xl", target)
}

// texts are the texts that cells share. Readings of Japanese beside them are left out.
func (b *book) texts() error {
	if b.parts["xl/sharedStrings.xml"] == nil {
		return nil
	}
	var one strings.Builder
	return b.walk("xl/sharedStrings.xml", nothing, func(e element, s string) error {
		switch e.Name.Local {
		case "t":
			if !slices.Contains(e.path, "rPh") {
				one.WriteString(s)
			}
			if one.Len() > maxBookText {
				return fileFault("broken")
			}
		case "si":
			if b.shared = append(b.shared, one.String()); len(b.shared) > maxSharedTexts {
				return fileFault("too_large", "max", domain.MaxTableFile>>20)
			}
			one.Reset()
		}
		return nil
	})
}

// rows reads the cells of a sheet.
func (b *book) rows(part string, t *domain.Table) error {
	line, column, rows := 0, 0, 0
	var cells []string
	var shown strings.Builder // an inline text
	var value string
	start := func(e element) error {
		switch e.Name.Local {
		case "row":
			if len(e.path) < 2 || e.path[len(e.path)-2] != "sheetData" {
				return fileFault("broken")
			}
			if rows++; rows > maxBookRows {
				return fileFault("too_many_rows", "max", domain.MaxTableRows-1)
			}
			line++
			if r := e.attr("r"); r != "" {
				n, err := strconv.Atoi(r)
				if err != nil || n < line || n > 1<<20 {
					return fileFault("broken")
				}
				line = n
			}
			cells, column = nil, 0
		case "c":
			if r := e.attr("r"); r != "" {
				n, ok := columnOf(r)
				if !ok || n < column {
					return fileFault("broken")
				}
				column = n
			}
			value = ""
			shown.Reset()
		}
		return nil
	}
	return b.walk(part, start, func(e element, s string) error {
		switch e.Name.Local {
		case "v":
			value = s
		case "t":
			if !slices.Contains(e.path, "rPh") {
				shown.WriteString(s)
			}
			if shown.Len() > maxBookText {
				return fileFault("broken")
			}
		case "c":
			text, err := b.cell(e.attr("t"), value, shown.String())
			if err != nil {
				return err
			}
			if strings.TrimSpace(text) != "" {
				if column >= domain.MaxTableColumns {
					return fileFault("too_many_columns", "max", domain.MaxTableColumns)
				}
				for len(cells) <= column {
					cells = append(cells, "")
				}
				cells[column] = text
			}
			column++
		case "row":
			return addRow(t, line, cells)
		}
		return nil
	})
}

// columnOf is the index of the column of a cell such as "AB12".
func columnOf(ref string) (int, bool) {
	n := 0
	for i := 0; i < len(ref); i++ {
		switch c := ref[i]; {
		case c >= 'A' && c <= 'Z' && i < 3:
			n = n*26 + int(c-'A') + 1
		case c >= '0' && c <= '9' && i > 0:
			return n - 1, n <= 1<<14
		default:
			return 0, false
		}
	}
	return n - 1, n > 0 && n <= 1<<14
}

// cell is what a cell shows. Numbers are written out, since telephone numbers may be kept as such.
func (b *book) cell(kind, value, inline string) (string, error) {
	switch kind {
	case "s":
		i, err := strconv.Atoi(strings.TrimSpace(value))
		if err != nil || i < 0 || i >= len(b.shared) {
			return "", fileFault("broken")
		}
		return b.shared[i], nil
	case "inlineStr":
		return inline, nil
	case "str", "d":
		return value, nil
	case "b":
		return map[bool]string{true: "1", false: "0"}[strings.TrimSpace(value) == "1"], nil
	case "e":
		return "", nil
	}
	return plainNumber(strings.TrimSpace(value)), nil
}

func plainNumber(s string) string {
	if !strings.ContainsAny(s, "eE.") {
		return s
	}
	f, err := strconv.ParseFloat(s, 64)
	if err != nil || f < -1e15 || f > 1e15 {
		return s
	}
	return strconv.FormatFloat(f, 'f', -1, 64)
}
