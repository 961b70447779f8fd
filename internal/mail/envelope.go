package mail

import (
	"bytes"
	"crypto/sha256"
	"encoding/hex"
	"errors"
	"fmt"
	netmail "net/mail"
	"regexp"
	"strconv"
	"time"

	"github.com/temadag/temadag/internal/domain"
)

// The file names of the enclosed calendar parts. The letters name them.
const (
	Attachment             = "inbjudan.ics"  // puts the event into the calendar, or changes it there
	CancellationAttachment = "avbokning.ics" // takes it out
)

// envelope is everything that a message is made of.
type envelope struct {
	fromName, fromAddress string
	replyTo               string // "" for none
	to                    string
	messageID             string // without its angle brackets
	date                  time.Time
	lang                  domain.Lang
	subject, text, html   string
	calendar              []byte // empty for none
	method                domain.CalendarMethod
	enclosed              []domain.Enclosure
	list                  list // zero for a letter to one person about what she has asked
}

var plainID = regexp.MustCompile(`^[A-Za-z0-9][A-Za-z0-9._-]{0,99}@[A-Za-z0-9.-]{1,150}$`)

// bytes builds the message and reads its own work: what does not consist of the expected header
// fields, each once, and of whole lines is not a letter.
func (e envelope) bytes() ([]byte, error) {
	raw, err := e.header(make([]byte, 0, e.guess()))
	if err != nil {
		return nil, err
	}
	parts, err := e.parts()
	if err != nil {
		return nil, err
	}
	raw = e.body(raw, parts)
	if err := e.verify(raw); err != nil {
		return nil, err
	}
	return raw, nil
}

// guess is about how long the message becomes.
func (e envelope) guess() int {
	n := 2048 + len(e.text) + len(e.text)/4 + len(e.html) + len(e.html)/4 + 3*len(e.calendar)
	for _, f := range e.enclosed {
		n += 512 + len(f.Content) + len(f.Content)*2/5
	}
	return n
}

// header writes all of the header but the type of what follows.
func (e envelope) header(out []byte) ([]byte, error) {
	from, ok := wireAddress(e.fromAddress)
	if !ok {
		return nil, errors.New("mail: the sender's address is no address")
	}
	to, ok := wireAddress(e.to)
	if !ok {
		return nil, errors.New("mail: the recipient's address is no address")
	}
	if !plainID.MatchString(e.messageID) {
		return nil, fmt.Errorf("mail: %q is no Message-ID", e.messageID)
	}
	if hasControl(e.subject) || hasControl(e.fromName) {
		return nil, errors.New("mail: control character in the header")
	}
	out = appendField(out, "Auto-Submitted", "auto-generated") // RFC 3834: no out-of-office answers
	out = appendField(out, "Content-Language", string(e.lang))
	out = appendField(out, "Date", e.date.In(domain.Stockholm()).Format(time.RFC1123Z))
	out = appendField(out, "MIME-Version", "1.0")
	out = appendField(out, "Message-ID", "<"+e.messageID+">")
	out = appendField(out, "Subject", encodeWords(e.subject))
	out = appendField(out, "X-Auto-Response-Suppress", "All") // as Auto-Submitted, for Exchange
	out = appendField(out, "From", (&netmail.Address{Name: e.fromName, Address: from}).String())
	out = appendField(out, "To", (&netmail.Address{Address: to}).String())
	if e.replyTo != "" {
		replyTo, ok := wireAddress(e.replyTo)
		if !ok {
			return nil, errors.New("mail: the reply address is no address")
		}
		out = appendField(out, "Reply-To", (&netmail.Address{Name: e.fromName, Address: replyTo}).String())
	}
	return e.list.fields(out)
}

// parts are the letter in each of its forms, the plainest first (RFC 2046 section 5.1.4), and then what is
// enclosed. What Outlook and Gmail read of the calendar is a form of the letter, and what Apple Mail reads
// is enclosed.
func (e envelope) parts() (p parts, err error) {
	p.forms = append(p.forms,
		part{encoding: inQuoted, contentType: "text/plain; charset=UTF-8", content: []byte(e.text)},
		part{encoding: inQuoted, contentType: "text/html; charset=UTF-8", content: []byte(e.html)})
	for _, f := range e.enclosed {
		if hasControl(f.MIME) {
			return p, errors.New("mail: control character in the type of a file")
		}
		p.files = append(p.files, attached(f))
	}
	if len(e.calendar) == 0 {
		return p, nil
	}
	method := string(e.method) // of the part, which must be the one inside (RFC 6047 section 2.4)
	if method == "" || !bytes.Contains(e.calendar, []byte("\r\nMETHOD:"+method+"\r\n")) {
		return p, fmt.Errorf("mail: the calendar part is not METHOD:%s", method)
	}
	name := Attachment
	if e.method == domain.CalendarCancel {
		name = CancellationAttachment
	}
	p.forms = append(p.forms, part{
		encoding: inBase64, contentType: "text/calendar; method=" + method + "; charset=UTF-8", content: e.calendar,
	})
	p.files = append(p.files, attached(domain.Enclosure{Filename: name, MIME: "application/ics", Content: e.calendar}))
	return p, nil
}

type parts struct{ forms, files []part }

// body writes the forms as alternatives and, where there are any, the files beside them.
func (e envelope) body(out []byte, p parts) []byte {
	alternatives := func(out []byte, boundary string) []byte {
		return appendMultipart(out, boundary, len(p.forms), func(out []byte, i int) []byte { return p.forms[i].appendTo(out) })
	}
	if len(p.files) == 0 {
		boundary := e.boundary(0)
		out = append(append(append(out, "Content-Type: multipart/alternative;\r\n boundary="...), boundary...), "\r\n\r\n"...)
		return alternatives(out, boundary)
	}
	outer, inner := e.boundary(0), e.boundary(1)
	out = append(append(append(out, "Content-Type: multipart/mixed;\r\n boundary="...), outer...), "\r\n\r\n"...)
	return appendMultipart(out, outer, 1+len(p.files), func(out []byte, i int) []byte {
		if i > 0 {
			return p.files[i-1].appendTo(out)
		}
		out = append(append(append(out, "Content-Type: multipart/alternative;\r\n boundary="...), inner...), "\r\n\r\n"...)
		return alternatives(out, inner)
	})
}

// boundary is the i-th boundary of the message. It follows from the Message-ID, and is too long to occur
// anywhere else by chance.
func (e envelope) boundary(i int) string {
	sum := sha256.Sum256([]byte(strconv.Itoa(i) + " " + e.messageID))
	return "part-" + hex.EncodeToString(sum[:18])
}

// verify reads raw as a receiver would.
func (e envelope) verify(raw []byte) error {
	if err := checkBytes(raw); err != nil {
		return err
	}
	m, err := netmail.ReadMessage(bytes.NewReader(raw))
	if err != nil {
		return fmt.Errorf("mail: %w", err)
	}
	expected := []string{
		"Auto-Submitted", "Content-Language", "Content-Type", "Date", "From", "Message-Id", "Mime-Version",
		"Subject", "To", "X-Auto-Response-Suppress",
	}
	if e.replyTo != "" {
		expected = append(expected, "Reply-To")
	}
	expected = append(expected, e.list.names()...)
	for _, name := range expected {
		if len(m.Header[name]) != 1 {
			return fmt.Errorf("mail: the header has %d times %s", len(m.Header[name]), name)
		}
	}
	if len(m.Header) != len(expected) {
		return errors.New("mail: the header has a field that nobody put there")
	}
	return nil
}
