package mail

import (
	"bytes"
	"context"
	"crypto/sha256"
	"encoding/hex"
	"errors"
	"fmt"
	"io/fs"
	"mime"
	netmail "net/mail"
	"os"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"time"

	"github.com/temadag/temadag/internal/domain"
)

// SpoolListed is how many letters Spool.List shows at most.
const SpoolListed = 200

// Spool keeps letters as .eml files in a folder instead of sending them, for a machine without a
// mail server. Everything in the folder that Spool did not write is left alone and unseen. It is
// safe for use by several goroutines and processes.
type Spool struct{ Dir string }

// Kept is a letter in the spool, as a list shows it.
type Kept struct {
	ID      string // for Read; letters, figures and hyphens
	Subject string
	To      string
	Date    time.Time // when the letter was owed
}

// Send keeps raw. The same letter sent again replaces itself. Its faults are *domain.DeliveryFault:
// FaultMessage for what no server would take either, FaultRetry where the disk fails.
func (s *Spool) Send(ctx context.Context, from, to string, raw []byte) error {
	if err := ctx.Err(); err != nil {
		return calledOff(err)
	}
	if _, fault := newMessage(from, to, raw); fault != nil {
		return fault
	}
	id, err := spoolID(to, raw)
	if err != nil {
		return &domain.DeliveryFault{Class: domain.FaultMessage, Reason: "the message has no readable header", Cause: err}
	}
	if err := s.write(id, raw); err != nil {
		return &domain.DeliveryFault{Class: domain.FaultRetry, Reason: "the letter could not be kept on disk", Cause: err}
	}
	return nil
}

// Close does nothing: a spool holds nothing open.
func (s *Spool) Close() error { return nil }

// spoolID names a letter by its Date, so that names sort by it, and by a hash of its Message-ID and
// recipient, so that it has one name.
func spoolID(to string, raw []byte) (string, error) {
	m, err := netmail.ReadMessage(bytes.NewReader(raw))
	if err != nil {
		return "", err
	}
	date, err := m.Header.Date()
	if err != nil {
		date = time.Unix(0, 0)
	}
	sum := sha256.Sum256([]byte(m.Header.Get("Message-Id") + "\x00" + to))
	return date.UTC().Format("20060102T150405Z") + "-" + hex.EncodeToString(sum[:8]), nil
}

// write makes the file appear whole or not at all, readable by its owner alone.
func (s *Spool) write(id string, raw []byte) error {
	if err := os.MkdirAll(s.Dir, 0o700); err != nil {
		return err
	}
	f, err := os.CreateTemp(s.Dir, ".new-*") // 0600
	if err != nil {
		return err
	}
	_, err = f.Write(raw)
	err = errors.Join(err, f.Sync(), f.Close())
	if err == nil {
		err = os.Rename(f.Name(), s.path(id))
	}
	if err != nil {
		_ = os.Remove(f.Name())
	}
	return err
}

func (s *Spool) path(id string) string { return filepath.Join(s.Dir, id+".eml") }

var spoolName = regexp.MustCompile(`^[0-9]{8}T[0-9]{6}Z-[0-9a-f]{16}$`)

// List is the letters in the spool, the newest first, SpoolListed at most. A spool that nothing was
// sent to is empty.
func (s *Spool) List() ([]Kept, error) {
	entries, err := os.ReadDir(s.Dir)
	if errors.Is(err, fs.ErrNotExist) {
		return nil, nil
	}
	if err != nil {
		return nil, fmt.Errorf("mail: spool: %w", err)
	}
	var kept []Kept
	for _, e := range slices.Backward(entries) { // ReadDir sorts by name, and names begin with the date
		if len(kept) == SpoolListed {
			break
		}
		id, isLetter := strings.CutSuffix(e.Name(), ".eml")
		if !isLetter || !spoolName.MatchString(id) || !e.Type().IsRegular() {
			continue
		}
		k, err := s.head(id)
		if err != nil {
			continue // gone since, or spoilt by hand
		}
		kept = append(kept, k)
	}
	return kept, nil
}

func (s *Spool) head(id string) (Kept, error) {
	f, err := os.Open(s.path(id))
	if err != nil {
		return Kept{}, err
	}
	defer f.Close()
	m, err := netmail.ReadMessage(f)
	if err != nil {
		return Kept{}, err
	}
	return keptOf(id, m.Header), nil
}

// Opened is a letter taken out of the spool.
type Opened struct {
	Kept
	Raw []byte // as it would have been sent
}

// ErrNoLetter is the answer where the spool has no such letter.
var ErrNoLetter = errors.New("mail: no such letter")

// Read is the letter with the id; ErrNoLetter where there is none, whatever the id is.
func (s *Spool) Read(id string) (Opened, error) {
	if !spoolName.MatchString(id) {
		return Opened{}, ErrNoLetter
	}
	info, err := os.Lstat(s.path(id))
	if errors.Is(err, fs.ErrNotExist) || err == nil && !info.Mode().IsRegular() {
		return Opened{}, ErrNoLetter
	}
	if err != nil {
		return Opened{}, fmt.Errorf("mail: spool: %w", err)
	}
	raw, err := os.ReadFile(s.path(id))
	if err != nil {
		return Opened{}, fmt.Errorf("mail: spool: %w", err)
	}
	m, err := netmail.ReadMessage(bytes.NewReader(raw))
	if err != nil {
		return Opened{}, fmt.Errorf("mail: spool: %w", err)
	}
	return Opened{Kept: keptOf(id, m.Header), Raw: raw}, nil
}

func keptOf(id string, h netmail.Header) Kept {
	k := Kept{ID: id, Subject: decodeHeader(h.Get("Subject")), To: h.Get("To")}
	if list, err := h.AddressList("To"); err == nil && len(list) == 1 {
		k.To = list[0].Address
	}
	k.Date, _ = h.Date()
	return k
}

func decodeHeader(s string) string {
	out, err := new(mime.WordDecoder).DecodeHeader(s)
	if err != nil {
		return s
	}
	return out
}
