package hostile

import "strings"

// cells are workbooks whose rows and cells say what cannot be.
func cells() map[string]maker {
	out := map[string]maker{
		"a long cell": part(sheetPart, func() string {
			return rows(`<row><c t="inlineStr"><is><t>` + strings.Repeat("x", 5000) + `</t></is></c></row>`)
		}),
		"a long number": part(sheetPart, func() string { return rows(`<row><c><v>` + strings.Repeat("9", 5000) + `</v></c></row>`) }),
		"a cell in many pieces": part(sheetPart, func() string {
			return rows(`<row><c t="inlineStr"><is>` + strings.Repeat("<t>x</t>", 50_000) + `</is></c></row>`)
		}),
		"a hundred and one cells in a row": part(sheetPart, func() string {
			return rows(`<row>` + strings.Repeat(`<c t="str"><v>x</v></c>`, 101) + `</row>`)
		}),
		"a million cells in a row": part(sheetPart, func() string { return rows(`<row>` + strings.Repeat(`<c/>`, 1<<20) + `<c t="str"><v>x</v></c></row>`) }),
		"a row in a row":           part(sheetPart, just(rows(`<row r="1"><row r="2"><row r="1"/></row></row>`))),
	}
	for name, row := range map[string]string{
		"bytes that are no text": "<row><c t=\"str\"><v>\xff\xfe</v></c></row>",
		"half of a letter":       "<row><c t=\"str\"><v>\xed\xa0\x80</v></c></row>",
		"a zero in a text":       "<row><c t=\"str\"><v>a\x00b</v></c></row>",
		"a bell in a text":       "<row><c t=\"str\"><v>a\x07b</v></c></row>",
		"row 2^31":               `<row r="2147483648"/>`,
		"row 2^31-1":             `<row r="2147483647"/>`,
		"row 2^64":               `<row r="18446744073709551616"/>`,
		"row 2^20+1":             `<row r="1048577"/>`,
		"row -1":                 `<row r="-1"/>`,
		"row 0":                  `<row r="0"/>`,
		"row x":                  `<row r="x"/>`,
		"row 1e9":                `<row r="1e9"/>`,
		"row 0x10":               `<row r="0x10"/>`,
		"rows backwards":         `<row r="9"/><row r="8"/>`,
		"twice the same row":     `<row r="9"/><row r="9"/>`,
		"column ZZZZ":            `<row><c r="ZZZZ1"/></row>`,
		"column XFE":             `<row><c r="XFE1"/></row>`,
		"column 1A":              `<row><c r="1A"/></row>`,
		"column -1":              `<row><c r="-1"/></row>`,
		"column a":               `<row><c r="a1"/></row>`,
		"column Å":               `<row><c r="Å1"/></row>`,
		"column of a sum":        `<row><c r="R[-1]C[-1]"/></row>`,
		"columns backwards":      `<row><c r="C1"/><c r="B1"/></row>`,
		"twice the same column":  `<row><c r="C1" t="str"><v>x</v></c><c r="C1"/></row>`,
		"column XFD":             `<row><c r="XFD1" t="str"><v>x</v></c></row>`,
		"text -1":                `<row><c t="s"><v>-1</v></c></row>`,
		"text 1":                 `<row><c t="s"><v>1</v></c></row>`,
		"text 2^31":              `<row><c t="s"><v>2147483648</v></c></row>`,
		"text 2^63":              `<row><c t="s"><v>9223372036854775808</v></c></row>`,
		"text 10^30":             `<row><c t="s"><v>1000000000000000000000000000000</v></c></row>`,
		"text 0.5":               `<row><c t="s"><v>0.5</v></c></row>`,
		"text x":                 `<row><c t="s"><v>x</v></c></row>`,
		"text of nothing":        `<row><c t="s"/></row>`,
	} {
		out[name] = part(sheetPart, just(rows(row)))
	}
	return out
}
