package export

import (
	"fmt"
	"math"
	"strconv"
	"time"

	"github.com/temadag/temadag/internal/domain"
)

// value is what stands in a cell: a text, a number, or nothing where the text is empty.
type value struct {
	text     string
	number   float64
	isNumber bool
}

func textValue(s string) value { return value{text: s} }

func numberValue(n int) value { return value{number: float64(n), isNumber: true} }

// timeValue is the clock t shows where it stands, as spreadsheets count: days since the end of 1899.
func timeValue(t time.Time) value {
	_, east := t.Zone()
	const epoch = -25569 * 24 * 60 * 60 // of Unix time
	whole := t.Unix() + int64(east) - epoch
	days, rest := whole/secondsADay, whole%secondsADay
	ns := float64(rest)*float64(time.Second) + float64(t.Nanosecond())
	return value{number: float64(days) + ns/(secondsADay*float64(time.Second)), isNumber: true}
}

const secondsADay = 24 * 60 * 60

// valueOf is v as a value: nil, a string, an int or a time.
func valueOf(v any) value {
	switch v := v.(type) {
	case nil:
		return value{}
	case string:
		return textValue(v)
	case int:
		return numberValue(v)
	case time.Time:
		return timeValue(v)
	}
	return textValue(fmt.Sprint(v))
}

// day is d as a spreadsheet's day, or other where it is not announced.
func day(d domain.Date, other string) any {
	if d.IsZero() {
		return other
	}
	return d.At(0)
}

// appendCell adds the cell that is called column and row. There is no way to write a formula. A cell
// with neither value nor style is left out; one with a style alone is there for its border.
func appendCell(b []byte, column string, row []byte, style int, v value) []byte {
	if v == (value{}) && style == 0 {
		return b
	}
	b = append(append(append(b, `<c r="`...), column...), row...)
	if style != 0 {
		b = strconv.AppendInt(append(b, `" s="`...), int64(style), 10)
	}
	switch {
	case v.isNumber:
		b = appendNumber(append(b, `"><v>`...), v.number)
		return append(b, `</v></c>`...)
	case v.text == "":
		return append(b, `"/>`...)
	case isSpace(v.text[0]) || isSpace(v.text[len(v.text)-1]):
		b = append(b, `" t="inlineStr"><is><t xml:space="preserve">`...)
	default:
		b = append(b, `" t="inlineStr"><is><t>`...)
	}
	return append(appendEscaped(b, v.text), `</t></is></c>`...)
}

func isSpace(c byte) bool { return c == ' ' || c == '\n' || c == '\t' }

func appendNumber(b []byte, n float64) []byte {
	if n == math.Trunc(n) && math.Abs(n) < 1<<53 {
		return strconv.AppendInt(b, int64(n), 10)
	}
	return strconv.AppendFloat(b, n, 'f', -1, 64)
}

// appendEscaped adds s, which is legal already, as text of an element or an attribute. Spreadsheets
// read _x0041_ as the letter A; what looks like that is written so that it is read as it stands.
func appendEscaped(b []byte, s string) []byte {
	from := 0
	for i := 0; i < len(s); i++ {
		var instead string
		switch s[i] {
		case '&':
			instead = "&amp;"
		case '<':
			instead = "&lt;"
		case '>':
			instead = "&gt;"
		case '"':
			instead = "&#34;"
		case '_':
			if !looksEscaped(s[i:]) {
				continue
			}
			instead = "_x005F_"
		default:
			continue
		}
		b = append(append(b, s[from:i]...), instead...)
		from = i + 1
	}
	return append(b, s[from:]...)
}

// looksEscaped tells whether s begins with _xHHHH_.
func looksEscaped(s string) bool {
	if len(s) < 7 || s[1] != 'x' || s[6] != '_' {
		return false
	}
	for _, c := range []byte(s[2:6]) {
		if (c < '0' || c > '9') && (c < 'a' || c > 'f') && (c < 'A' || c > 'F') {
			return false
		}
	}
	return true
}
