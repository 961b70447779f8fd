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

	gomail "github.com/wneessen/go-mail"

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
}

var plainID = regexp.MustCompile(`^[A-Za-z0-9][A-Za-z0-9._-]{0,99}@[A-Za-z0-9.-]{1,150}$`)

// bytes builds the message and reads its own work: what does not consist of the expected header
// fields, each once, and of whole lines is not a letter.
func (e envelope) bytes() ([]byte, error) {
	m, err := e.message()
	if err != nil {
		return nil, err
	}
	var b bytes.Buffer
	if _, err := m.WriteTo(&b); err != nil {
		return nil, fmt.Errorf("mail: %w", err)
	}
	raw := fixBoundaries(b.Bytes(), e.messageID)
	if err := e.verify(raw); err != nil {
		return nil, err
	}
	return raw, nil
}

func (e envelope) message() (*gomail.Msg, error) {
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
	m := gomail.NewMsg(gomail.WithNoDefaultUserAgent(), gomail.WithCharset(gomail.CharsetUTF8), gomail.WithEncoding(gomail.EncodingQP))
	m.FromMailAddress(&netmail.Address{Name: e.fromName, Address: from})
	m.ToMailAddress(&netmail.Address{Address: to})
	if e.replyTo != "" {
		replyTo, ok := wireAddress(e.replyTo)
		if !ok {
			return nil, errors.New("mail: the reply address is no address")
		}
		m.ReplyToMailAddress(&netmail.Address{Name: e.fromName, Address: replyTo})
	}
	m.SetGenHeader("Subject", encodeWords(e.subject)) // go-mail leaves what is plain as it is
	m.SetMessageIDWithValue(e.messageID)
	m.SetDateWithValue(e.date.In(domain.Stockholm()))
	m.SetGenHeader("Content-Language", string(e.lang))
	m.SetGenHeader("Auto-Submitted", "auto-generated") // RFC 3834: no out-of-office answers
	m.SetGenHeader("X-Auto-Response-Suppress", "All")  // the same for Exchange
	return m, e.parts(m)
}

// parts fills the body, the plainest part first (RFC 2046 section 5.1.4).
func (e envelope) parts(m *gomail.Msg) error {
	m.SetBodyString(gomail.TypeTextPlain, e.text)
	m.AddAlternativeString(gomail.TypeTextHTML, e.html)
	for _, f := range e.enclosed {
		if err := m.AttachReader(f.Filename, bytes.NewReader(f.Content), gomail.WithFileContentType(gomail.ContentType(f.MIME))); err != nil {
			return fmt.Errorf("mail: %w", err)
		}
	}
	if len(e.calendar) == 0 {
		return nil
	}
	method := string(e.method)
	if method == "" || !bytes.Contains(e.calendar, []byte("\r\nMETHOD:"+method+"\r\n")) {
		return fmt.Errorf("mail: the calendar part is not METHOD:%s", method)
	}
	name := Attachment
	if e.method == domain.CalendarCancel {
		name = CancellationAttachment
	}
	// Outlook and Gmail read the part, Apple Mail the attachment. The method of the part must be the
	// one inside (RFC 6047 section 2.4).
	m.AddAlternativeString(gomail.ContentType("text/calendar; method="+method), string(e.calendar), gomail.WithPartEncoding(gomail.EncodingB64))
	return m.AttachReader(name, bytes.NewReader(e.calendar), gomail.WithFileContentType("application/ics"))
}

var madeUpBoundary = regexp.MustCompile(`\r\n boundary=([0-9a-f]{60})\r\n`)

// fixBoundaries replaces the random boundaries that the builder made by ones that follow from the
// Message-ID. The random ones are too long to occur anywhere else by chance.
func fixBoundaries(raw []byte, messageID string) []byte {
	for i, m := range madeUpBoundary.FindAllSubmatch(raw, -1) {
		sum := sha256.Sum256([]byte(strconv.Itoa(i) + " " + messageID))
		raw = bytes.ReplaceAll(raw, m[1], []byte("part-"+hex.EncodeToString(sum[:18])))
	}
	return raw
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
