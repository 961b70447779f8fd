package backup

import (
	"bytes"
	"encoding/base64"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"slices"
	"strconv"
	"strings"
	"sync"
	"time"

	"github.com/temadag/temadag/internal/domain"
)

// LogName is what the log of erasures is called, in every directory that holds one.
const LogName = "erasures.log"

// Sealer seals bytes with a key that is in no file of the backup; auth.Keys is one.
type Sealer interface {
	Seal(plain []byte, context string) []byte
	Open(sealed []byte, context string) ([]byte, error)
}

// Log writes down what was erased, in one file or, for the loss of a disk, in several alike. It is safe for
// use by several goroutines, and several processes may write to the same files.
type Log struct {
	keys  Sealer
	mu    sync.Mutex
	files []*os.File
	fault error
	owed  []([]byte) // for each file, what could not be written to it yet
}

// OpenLog opens the log in each directory, and makes it where there is none; the first directory is made too, the
// others are other disks. What one of them lacks of the others, since it could not be reached, is added.
func OpenLog(keys Sealer, dirs ...string) (*Log, error) {
	l := &Log{keys: keys}
	if err := os.MkdirAll(dirs[0], 0o700); err != nil {
		return nil, fmt.Errorf("the log of erasures: %w", err)
	}
	all, err := ReadLines(dirs...)
	if err != nil {
		return nil, err
	}
	for _, dir := range dirs {
		if err := l.open(dir, all); err != nil {
			return nil, errors.Join(err, l.Close())
		}
	}
	return l, nil
}

func (l *Log) open(dir string, all []string) error {
	path := filepath.Join(dir, LogName)
	had, err := os.ReadFile(path)
	if err != nil && !errors.Is(err, fs.ErrNotExist) {
		return fmt.Errorf("the log of erasures: %w", err)
	}
	f, err := os.OpenFile(path, os.O_CREATE|os.O_WRONLY|os.O_APPEND, 0o600)
	if err != nil {
		return fmt.Errorf("the log of erasures: %w", err)
	}
	l.files, l.owed = append(l.files, f), append(l.owed, nil)
	var add bytes.Buffer
	if len(had) > 0 && had[len(had)-1] != '\n' {
		add.WriteByte('\n') // a crash has cut the last line, and nobody was told of it
	}
	have := make(map[string]bool)
	for line := range strings.Lines(string(had)) {
		have[strings.TrimSuffix(line, "\n")] = true
	}
	for _, line := range all {
		if !have[line] {
			add.WriteString(line + "\n")
		}
	}
	_, err = f.Write(add.Bytes())
	if err = errors.Join(err, f.Sync(), syncDir(dir)); err != nil {
		return fmt.Errorf("the log of erasures: %w", err)
	}
	return nil
}

// Append writes down what was erased and returns when it is on disk in the first directory. The others are
// written too; what one of them cannot take is no error, but kept and told by Fault. After an error, too, it is
// kept, and written with what comes next.
func (l *Log) Append(gone ...domain.Erased) error {
	var text []byte
	for _, g := range gone {
		text = append(text, l.line(g)...)
	}
	return l.write(text, true)
}

// Intend writes down what is about to be erased, under the number that the database has given it, and returns
// when that is on disk in the first directory. settle writes what has been, none for nothing, and closes it;
// where it is never called, as after a crash, Read tells that it was meant. After an error nothing is kept.
func (l *Log) Intend(mark int64, gone []domain.Erased) (settle func(done ...domain.Erased) error, err error) {
	var open, closed []byte
	for _, g := range gone {
		line := l.meant(domain.Meant{Erased: g, Mark: mark})
		open = append(open, line+" ?\n"...)
		closed = append(closed, line+" -\n"...)
	}
	if err := l.write(open, false); err != nil {
		return nil, err
	}
	return func(done ...domain.Erased) error {
		var text []byte
		for _, g := range done {
			text = append(text, l.line(g)...)
		}
		return l.write(append(text, closed...), true)
	}, nil
}

// Settle closes an intention that a crash has left, and writes down that it was done where it was.
func (l *Log) Settle(o Open, done bool) error {
	var text string
	if done {
		text = l.line(o.Erased)
	}
	return l.write([]byte(text+o.line+" -\n"), true)
}

// write writes text to every file, after what is owed. keep says that what a file cannot take is owed to it.
func (l *Log) write(text []byte, keep bool) error {
	l.mu.Lock()
	defer l.mu.Unlock()
	faults := make([]error, len(l.files))
	for i, f := range l.files {
		was := len(l.owed[i])
		l.owed[i] = append(l.owed[i], text...)
		if len(l.owed[i]) == 0 {
			continue
		}
		n, err := f.Write(l.owed[i])
		if err == nil {
			l.owed[i], err = nil, f.Sync()
		} else {
			l.owed[i] = left(l.owed[i], n, was, keep || i > 0)
		}
		faults[i] = err
	}
	l.fault = errors.Join(faults...)
	if faults[0] != nil {
		return fmt.Errorf("the log of erasures: %w", faults[0])
	}
	return nil
}

// left is what a file is still owed of which it has taken n bytes: a line that was cut is written whole once
// more, on a line of its own. Of what is not to be kept, only the first was bytes are.
func left(owed []byte, n, was int, keep bool) []byte {
	whole := bytes.LastIndexByte(owed[:n], '\n') + 1
	rest := owed[whole:]
	if !keep {
		rest = rest[:max(0, was-whole)]
	}
	if n > whole {
		rest = append([]byte{'\n'}, rest...)
	}
	return rest
}

// Fault is why a directory could not take what was last written; nil where all of them have.
func (l *Log) Fault() error {
	l.mu.Lock()
	defer l.mu.Unlock()
	return l.fault
}

// Close closes the files.
func (l *Log) Close() error {
	var faults []error
	for _, f := range l.files {
		faults = append(faults, f.Close())
	}
	return errors.Join(faults...)
}

func (l *Log) line(g domain.Erased) string {
	return head(g) + " " + l.seal(g.UID, "erased "+head(g)) + "\n"
}

// meant is a line of what is about to be erased, without its end: " ?" where it is open, " -" where it is closed.
func (l *Log) meant(m domain.Meant) string {
	start := strconv.FormatInt(m.Mark, 10) + " " + head(m.Erased)
	return start + " " + l.seal(m.UID, "meant "+start)
}

func head(g domain.Erased) string {
	return g.At.UTC().Format(time.RFC3339Nano) + " " + string(g.Kind) + " " + strconv.Itoa(g.N)
}

func (l *Log) seal(uid, place string) string {
	return base64.RawURLEncoding.EncodeToString(l.keys.Seal([]byte(uid), place))
}

// ReadLines are the lines of the logs in the directories, each once, by time. A directory without a log has
// none.
func ReadLines(dirs ...string) ([]string, error) {
	var out []string
	for _, dir := range dirs {
		text, err := os.ReadFile(filepath.Join(dir, LogName))
		if errors.Is(err, fs.ErrNotExist) {
			continue
		}
		if err != nil {
			return nil, fmt.Errorf("the log of erasures: %w", err)
		}
		for line := range strings.Lines(string(text)) {
			if whole, ok := strings.CutSuffix(line, "\n"); ok && (strings.Count(whole, " ") == 3 || strings.Count(whole, " ") == 5) {
				out = append(out, whole)
			}
		}
	}
	slices.Sort(out)
	return slices.Compact(out), nil
}

// Exists reports whether any of the directories holds a log.
func Exists(dirs ...string) bool {
	return slices.ContainsFunc(dirs, func(dir string) bool {
		_, err := os.Stat(filepath.Join(dir, LogName))
		return err == nil
	})
}

// Open is something that was about to be erased, and of which the log does not tell what became of it.
type Open struct {
	domain.Meant
	line string // without its end
}

// Read is what the lines say, and how many of them no key of ours has sealed: cut by a crash, damaged, or
// another installation's.
func Read(keys Sealer, lines []string) (all []domain.Erased, open []Open, unread int) {
	closed := make(map[string]bool)
	for _, line := range lines {
		if start, ok := strings.CutSuffix(line, " -"); ok {
			closed[start] = true
		}
	}
	for _, line := range lines {
		start, meant := strings.CutSuffix(line, " ?")
		if _, end := strings.CutSuffix(line, " -"); end || meant && closed[start] {
			continue
		}
		m, err := read(keys, start, meant)
		switch {
		case err != nil:
			unread++
		case meant:
			open = append(open, Open{m, start})
		default:
			all = append(all, m.Erased)
		}
	}
	slices.SortStableFunc(all, func(a, b domain.Erased) int { return a.At.Compare(b.At) })
	slices.SortStableFunc(open, func(a, b Open) int { return a.At.Compare(b.At) })
	return all, open, unread
}

func read(keys Sealer, line string, meant bool) (m domain.Meant, err error) {
	place, rest := "erased ", line
	if meant {
		number, after, _ := strings.Cut(line, " ")
		if m.Mark, err = strconv.ParseInt(number, 10, 64); err != nil {
			return m, err
		}
		place, rest = "meant "+number+" ", after
	}
	part := strings.Split(rest, " ")
	if len(part) != 4 {
		return m, errors.New("no line of the log")
	}
	at, errAt := time.Parse(time.RFC3339Nano, part[0])
	n, errN := strconv.Atoi(part[2])
	sealed, errS := base64.RawURLEncoding.DecodeString(part[3])
	if err := errors.Join(errAt, errN, errS); err != nil {
		return m, err
	}
	uid, err := keys.Open(sealed, place+strings.Join(part[:3], " "))
	m.Erased = domain.Erased{At: at, Kind: domain.ErasedKind(part[1]), N: n, UID: string(uid)}
	return m, err
}

// Since are the erasures from an instant on; all of them from the zero time.
func Since(all []domain.Erased, from time.Time) []domain.Erased {
	return slices.DeleteFunc(all, func(g domain.Erased) bool { return g.At.Before(from) })
}

func syncDir(dir string) error {
	d, err := os.Open(dir)
	if err != nil {
		return err
	}
	return errors.Join(d.Sync(), d.Close())
}
