package mail

import (
	"bytes"
	"crypto"
	"crypto/ed25519"
	"crypto/rand"
	"crypto/rsa"
	"crypto/sha256"
	"encoding/base64"
	"errors"
	"fmt"
	"regexp"
	"strconv"
	"strings"
	"time"
)

// Signing signs letters (DKIM, RFC 6376 and 8463), so that a receiver can tell that they come from our domain
// and were not changed. Make it with NewSigning. It is safe for use by several goroutines.
//
// The time in a signature is the letter's own, so that the same letter has the same bytes whenever it is signed.
type Signing struct {
	domain, selector string
	algorithm        string // "rsa" or "ed25519"
	key              crypto.Signer
	public           string // as it stands in the DNS
}

// The header fields that a signature covers where the letter has them. Of those that are shut none can be added
// either: a reader would be shown the one that was added. What mail servers add or change is not among them.
func signedFields() (shut, open []string) {
	return []string{"From", "Reply-To", "To", "Subject", "Date", "MIME-Version", "Content-Type"},
		[]string{
			"Message-ID", "In-Reply-To", "References", "Auto-Submitted", "Content-Language", "List-Id",
			"List-Unsubscribe", "List-Unsubscribe-Post",
		}
}

// Sign is a message that was written at the time given, with a signature before it: the same bytes each time.
func (s *Signing) Sign(raw []byte, at time.Time) ([]byte, error) {
	if err := checkBytes(raw); err != nil {
		return nil, err
	}
	header, body, ok := bytes.Cut(raw, []byte("\r\n\r\n"))
	if !ok {
		return nil, errors.New("mail: a letter without a body cannot be signed")
	}
	fields := fieldsOf(string(header))
	names := covered(fields)
	sum := sha256.Sum256(relaxedBody(body))
	signature := s.unsigned(names, base64.StdEncoding.EncodeToString(sum[:]), at)
	h := sha256.New()
	for _, name := range names {
		if list := fields[strings.ToLower(name)]; len(list) > 0 { // the last one first (section 5.4.2)
			h.Write([]byte(relaxedField(list[len(list)-1]) + "\r\n"))
			fields[strings.ToLower(name)] = list[:len(list)-1]
		}
	}
	h.Write([]byte(relaxedField(signature)))
	hash := crypto.SHA256
	if s.algorithm == "ed25519" {
		hash = 0 // it signs the sum as a message (RFC 8463 section 3)
	}
	b, err := s.key.Sign(rand.Reader, h.Sum(nil), hash)
	if err != nil {
		return nil, fmt.Errorf("mail: signing: %w", err)
	}
	out := make([]byte, 0, len(raw)+len(signature)+512)
	out = append(out, signature...)
	for text := base64.StdEncoding.EncodeToString(b); text != ""; {
		n := min(70, len(text))
		out = append(append(out, "\r\n\t"...), text[:n]...)
		text = text[n:]
	}
	return append(append(out, "\r\n"...), raw...), nil
}

// unsigned is the field with the signature, up to where the signature itself is to stand.
func (s *Signing) unsigned(names []string, bodyHash string, at time.Time) string {
	var b strings.Builder
	fmt.Fprintf(&b, "DKIM-Signature: v=1; a=%s-sha256; c=relaxed/relaxed;\r\n\td=%s;\r\n\ts=%s; t=%s;\r\n\th=",
		s.algorithm, s.domain, s.selector, strconv.FormatInt(at.Unix(), 10))
	width := len("\th=")
	for i, name := range names {
		if i > 0 {
			b.WriteByte(':')
		}
		if width += len(name) + 1; width > 76 {
			b.WriteString("\r\n\t")
			width = len(name) + 2
		}
		b.WriteString(name)
	}
	b.WriteString(";\r\n\tbh=" + bodyHash + ";\r\n\tb=")
	return b.String()
}

// covered is which fields the signature names: each as often as it is there, and those that are shut once more.
func covered(fields map[string][]string) []string {
	shut, open := signedFields()
	var out []string
	for _, name := range shut {
		for range fields[strings.ToLower(name)] {
			out = append(out, name)
		}
		out = append(out, name)
	}
	for _, name := range open {
		for range fields[strings.ToLower(name)] {
			out = append(out, name)
		}
	}
	return out
}

// fieldsOf is the fields of a header by name in small letters, each whole, in their order.
func fieldsOf(header string) map[string][]string {
	var lines []string
	for _, line := range strings.Split(header, "\r\n") {
		if len(lines) > 0 && (strings.HasPrefix(line, " ") || strings.HasPrefix(line, "\t")) {
			lines[len(lines)-1] += "\r\n" + line
			continue
		}
		lines = append(lines, line)
	}
	out := make(map[string][]string)
	for _, line := range lines {
		name, _, _ := strings.Cut(line, ":")
		name = strings.ToLower(strings.TrimSpace(name))
		out[name] = append(out[name], line)
	}
	return out
}

// relaxedField is a header field without what servers on the way may do to it (section 3.4.2).
func relaxedField(field string) string {
	name, value, _ := strings.Cut(strings.ReplaceAll(field, "\r\n", ""), ":")
	return strings.ToLower(strings.TrimSpace(name)) + ":" + strings.Join(strings.FieldsFunc(value, isBlank), " ")
}

// relaxedBody is a body without blanks at the ends of lines, empty lines at its end, and more than one blank in a
// row (section 3.4.4).
func relaxedBody(body []byte) []byte {
	out := make([]byte, 0, len(body)+2)
	kept := 0 // up to the last line that is not empty
	for len(body) > 0 {
		line, rest, _ := bytes.Cut(body, []byte("\r\n"))
		body = rest
		blank := false
		for _, c := range line {
			if isBlank(rune(c)) {
				blank = true
				continue
			}
			if blank {
				out = append(out, ' ')
			}
			blank = false
			out = append(out, c)
		}
		if out = append(out, "\r\n"...); len(bytes.TrimLeft(line, " \t")) > 0 {
			kept = len(out)
		}
	}
	return out[:kept]
}

func isBlank(r rune) bool { return r == ' ' || r == '\t' }

// signed is the letter with its signature, or as it is where letters are not signed here.
func (c *Composer) signed(raw []byte, err error, at time.Time) ([]byte, error) {
	if err != nil || c.Signing == nil {
		return raw, err
	}
	return c.Signing.Sign(raw, at)
}

var selectorPattern = regexp.MustCompile(`^[a-z0-9]([a-z0-9-]{0,61}[a-z0-9])?(\.[a-z0-9]([a-z0-9-]{0,61}[a-z0-9])?)*$`)

// public is the public half of a key as DNS has it, and the name of its algorithm.
func public(key crypto.Signer) (algorithm, p string, err error) {
	switch k := key.Public().(type) {
	case *rsa.PublicKey:
		der := pkixOf(k)
		return "rsa", base64.StdEncoding.EncodeToString(der), nil
	case ed25519.PublicKey:
		return "ed25519", base64.StdEncoding.EncodeToString(k), nil
	}
	return "", "", errors.New("it is neither an RSA nor an Ed25519 key")
}
