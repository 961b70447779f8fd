package mail

import (
	"encoding/base64"
	"strings"

	"github.com/temadag/temadag/internal/domain"
)

// Messages are written here and not by go-mail's builder: it takes most of the time that a letter costs,
// and makes up boundaries that would have to be found and replaced. A test holds every kind of letter
// against the builder, byte by byte.

const (
	longestField = 76 // of a header line, as go-mail counts it
	longestCode  = 76 // of an encoded line (RFC 2045 sections 6.7 and 6.8)
)

// appendField writes a field of the header, folded at its spaces.
func appendField(out []byte, name, value string) []byte {
	out = append(append(out, name...), ": "...)
	left := longestField - 2 - len(name) - 2
	for first := true; ; first = false {
		word, rest, more := strings.Cut(value, " ")
		if left-len(word) <= 1 {
			if !first {
				out = out[:len(out)-1] // the space before the fold
			}
			out = append(out, "\r\n "...)
			left = longestField - 3
		}
		out = append(out, word...)
		left -= len(word)
		if !more {
			return append(out, "\r\n"...)
		}
		out = append(out, ' ')
		left--
		value = rest
	}
}

// part is one part of a multipart message.
type part struct {
	disposition, encoding, contentType string
	content                            []byte
}

func (p part) appendTo(out []byte) []byte {
	if p.disposition != "" {
		out = append(append(append(out, "Content-Disposition: "...), p.disposition...), "\r\n"...)
	}
	out = append(append(append(out, "Content-Transfer-Encoding: "...), p.encoding...), "\r\n"...)
	out = append(append(append(out, "Content-Type: "...), p.contentType...), "\r\n\r\n"...)
	if p.encoding == inBase64 {
		return appendBase64(out, p.content)
	}
	return appendQuoted(out, p.content)
}

const (
	inBase64 = "base64"
	inQuoted = "quoted-printable"
)

// attached is a file as a part of its own.
func attached(f domain.Enclosure) part {
	name := plainFilename(f.Filename)
	return part{
		disposition: withName("Content-Disposition", "attachment", "filename", name), encoding: inBase64,
		contentType: withName("Content-Type", f.MIME, "name", name), content: f.Content,
	}
}

// appendMultipart writes parts between boundaries, after the field that names the boundary.
func appendMultipart(out []byte, boundary string, parts int, write func(out []byte, i int) []byte) []byte {
	for i := range parts {
		if i > 0 {
			out = append(out, "\r\n"...)
		}
		out = append(append(append(out, "--"...), boundary...), "\r\n"...)
		out = write(out, i)
	}
	return append(append(append(out, "\r\n--"...), boundary...), "--\r\n"...)
}

func appendBase64(out, content []byte) []byte {
	const whole = longestCode / 4 * 3
	for len(content) > 0 {
		n := min(whole, len(content))
		out = base64.StdEncoding.AppendEncode(out, content[:n])
		out = append(out, "\r\n"...)
		content = content[n:]
	}
	return out
}

// literal tells which bytes stand for themselves in quoted-printable text, wherever in a line they are.
var literal = func() (t [256]bool) {
	for c := '!'; c <= '~'; c++ {
		t[c] = c != '='
	}
	return t
}()

// appendQuoted writes text as quoted-printable (RFC 2045 section 6.7), its lines ended by CR LF whatever
// ended them before.
func appendQuoted(out, text []byte) []byte {
	used := 0 // of the line
	escape := func(c byte) {
		if longestCode-1-used < 3 {
			out = append(out, "=\r\n"...)
			used = 0
		}
		const hex = "0123456789ABCDEF"
		out = append(out, '=', hex[c>>4], hex[c&15])
		used += 3
	}
	endLine := func() { // no line may end in a space
		if used == 0 {
			return
		}
		if c := out[len(out)-1]; c == ' ' || c == '\t' {
			out = out[:len(out)-1]
			used--
			escape(c)
		}
	}
	for i := 0; i < len(text); {
		switch c := text[i]; {
		case literal[c] || c == ' ' || c == '\t':
			if used == longestCode-1 {
				out = append(out, "=\r\n"...)
				used = 0
			}
			n := 1
			for most := min(longestCode-1-used, len(text)-i); n < most && (literal[text[i+n]] || text[i+n] == ' ' || text[i+n] == '\t'); n++ {
			}
			out = append(out, text[i:i+n]...)
			used += n
			i += n
			continue
		case c == '\n' || c == '\r':
			endLine()
			out = append(out, "\r\n"...)
			used = 0
			if c == '\r' && i+1 < len(text) && text[i+1] == '\n' {
				i++
			}
		default:
			escape(c)
		}
		i++
	}
	endLine()
	return out
}
