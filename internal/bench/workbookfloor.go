package main

import (
	"archive/zip"
	"bufio"
	"fmt"
	"io"
	"os"
	"strconv"
	"strings"
)

// cell is one cell of the bare workbook: a text, or a number where text is "", or nothing but its
// style.
type cell struct {
	text   string
	number float64
	blank  bool
	style  int
}

// bareWorkbook is the floor of the workbooks: the same cells as hand-written XML, deflated into a
// zip as every workbook is. row fills the cells of row i; nothing else is kept in memory.
func bareWorkbook(path string, rows int, row func(i int, cells []cell) []cell) error {
	file, err := os.Create(path)
	if err != nil {
		return err
	}
	defer func() { _ = file.Close() }()
	z := zip.NewWriter(file)
	for _, part := range bareParts() {
		w, err := z.Create(part.name)
		if err != nil {
			return err
		}
		if _, err := io.WriteString(w, part.text); err != nil {
			return err
		}
	}
	w, err := z.Create("xl/worksheets/sheet1.xml")
	if err != nil {
		return err
	}
	if err := bareSheet(w, rows, row); err != nil {
		return err
	}
	if err := z.Close(); err != nil {
		return err
	}
	if err := file.Sync(); err != nil {
		return err
	}
	return file.Close()
}

func bareSheet(to io.Writer, rows int, row func(i int, cells []cell) []cell) error {
	w := bufio.NewWriterSize(to, 64<<10)
	put := func(s string) { _, _ = w.WriteString(s) } // the first error stays and comes back from Flush
	put(xmlHead + `<worksheet xmlns="http://schemas.openxmlformats.org/spreadsheetml/2006/main"><sheetData>`)
	var cells []cell
	var scratch []byte
	for i := range rows {
		number := strconv.Itoa(i + 1)
		put(`<row r="`)
		put(number)
		put(`" ht="28" customHeight="1">`)
		cells = row(i, cells[:0])
		for c, it := range cells {
			put(`<c r="`)
			put(columnName(c))
			put(number)
			if it.style != 0 {
				put(`" s="`)
				scratch = strconv.AppendInt(scratch[:0], int64(it.style), 10)
				_, _ = w.Write(scratch)
			}
			switch {
			case it.blank:
				put(`"></c>`)
				continue
			case it.text == "":
				put(`"><v>`)
				scratch = strconv.AppendFloat(scratch[:0], it.number, 'f', -1, 64)
				_, _ = w.Write(scratch)
				put(`</v></c>`)
				continue
			}
			put(`" t="inlineStr"><is><t>`)
			putEscaped(w, it.text)
			put(`</t></is></c>`)
		}
		put(`</row>`)
	}
	put(`</sheetData></worksheet>`)
	return w.Flush()
}

func putEscaped(w *bufio.Writer, s string) {
	for {
		i := strings.IndexAny(s, `&<>"`)
		if i < 0 {
			_, _ = w.WriteString(s)
			return
		}
		_, _ = w.WriteString(s[:i])
		fmt.Fprintf(w, "&#%d;", s[i])
		s = s[i+1:]
	}
}

// columnName is the letter of the column with index i, below 26.
func columnName(i int) string { return "ABCDEFGHIJKLMNOPQRSTUVWXYZ"[i : i+1] }

const xmlHead = `<?xml version="1.0" encoding="UTF-8" standalone="yes"?>` + "\n"

type part struct{ name, text string }

// bareParts is what a workbook must hold beside its one sheet.
func bareParts() []part {
	const office = "http://schemas.openxmlformats.org/officeDocument/2006/relationships"
	const packages = "http://schemas.openxmlformats.org/package/2006/"
	const sheets = "application/vnd.openxmlformats-officedocument.spreadsheetml."
	return []part{
		{"[Content_Types].xml", xmlHead + `<Types xmlns="` + packages + `content-types">` +
			`<Default Extension="rels" ContentType="application/vnd.openxmlformats-package.relationships+xml"/>` +
			`<Override PartName="/xl/workbook.xml" ContentType="` + sheets + `sheet.main+xml"/>` +
			`<Override PartName="/xl/styles.xml" ContentType="` + sheets + `styles+xml"/>` +
			`<Override PartName="/xl/worksheets/sheet1.xml" ContentType="` + sheets + `worksheet+xml"/></Types>`},
		{"_rels/.rels", xmlHead + `<Relationships xmlns="` + packages + `relationships">` +
			`<Relationship Id="rId1" Type="` + office + `/officeDocument" Target="xl/workbook.xml"/></Relationships>`},
		{"xl/workbook.xml", xmlHead + `<workbook xmlns="http://schemas.openxmlformats.org/spreadsheetml/2006/main" xmlns:r="` + office + `">` +
			`<sheets><sheet name="Deltagare" sheetId="1" r:id="rId1"/></sheets></workbook>`},
		{"xl/_rels/workbook.xml.rels", xmlHead + `<Relationships xmlns="` + packages + `relationships">` +
			`<Relationship Id="rId1" Type="` + office + `/worksheet" Target="worksheets/sheet1.xml"/>` +
			`<Relationship Id="rId2" Type="` + office + `/styles" Target="styles.xml"/></Relationships>`},
		{"xl/styles.xml", xmlHead + `<styleSheet xmlns="http://schemas.openxmlformats.org/spreadsheetml/2006/main">` +
			`<numFmts count="1"><numFmt numFmtId="164" formatCode="yyyy\-mm\-dd\ hh:mm"/></numFmts>` +
			`<fonts count="1"><font/></fonts><fills count="1"><fill/></fills><borders count="1"><border/></borders>` +
			`<cellStyleXfs count="1"><xf/></cellStyleXfs><cellXfs count="3"><xf/><xf numFmtId="164" applyNumberFormat="1"/><xf/></cellXfs></styleSheet>`},
	}
}
