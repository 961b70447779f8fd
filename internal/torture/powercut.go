package main

import (
	"bufio"
	"bytes"
	"context"
	"encoding/binary"
	"errors"
	"fmt"
	"io"
	"math/rand/v2"
	"os"
	"os/exec"
	"path/filepath"
	"strconv"
)

// The operations of a record, as the layer numbers them.
const (
	opCreate = iota + 1
	opWrite
	opTruncate
	opSync
	opUnlink
)

// suffixes are those of the files of a database, by the layer's number.
func suffixes() [4]string { return [4]string{1: "", 2: "-wal", 3: "-journal"} }

// operation is one thing that was done to a file.
type operation struct {
	op, file uint32
	offset   int64 // of a write, or the length that a truncation leaves
	data     []byte
}

// recording is all that was done while people registered, and who was acknowledged when.
type recording struct {
	base         *site
	start        []byte // the database file before
	operations   []operation
	acknowledged []acknowledgement
}

type acknowledgement struct {
	after int64 // so many operations were over
	email string
}

// record lets people register with a child and reads what it did to the files.
func (b *workbench) record(ctx context.Context, synchronous string, people int, swallow bool) (*recording, error) {
	self, err := os.Executable()
	if err != nil {
		return nil, err
	}
	f, err := b.newSite(ctx)
	if err != nil {
		return nil, err
	}
	r := &recording{base: f}
	if r.start, err = os.ReadFile(f.url); err != nil {
		return nil, err
	}
	c, err := newControl(filepath.Join(f.dir, "control"))
	if err != nil {
		return nil, err
	}
	defer func() { _ = c.close() }()
	if swallow {
		c.set(slotSwallow, 1)
	}
	log := filepath.Join(f.dir, "record")
	cmd := exec.CommandContext(ctx, self, childWord, f.url, c.path, synchronous, strconv.Itoa(people))
	cmd.Env = append(os.Environ(), c.environment(b.library, f.url, log)...)
	var out, complaints bytes.Buffer
	cmd.Stdout, cmd.Stderr = &out, &complaints
	if err := cmd.Run(); err != nil {
		return nil, fmt.Errorf("the child that registers: %w\n%s", err, complaints.String())
	}
	if err := r.readAcknowledged(&out); err != nil {
		return nil, err
	}
	file, err := os.Open(log)
	if err != nil {
		return nil, err
	}
	defer func() { _ = file.Close() }()
	return r, r.readOperations(bufio.NewReaderSize(file, 1<<20))
}

func (r *recording) readAcknowledged(in io.Reader) error {
	lines := bufio.NewScanner(in)
	for lines.Scan() {
		var a acknowledgement
		if _, err := fmt.Sscan(lines.Text(), &a.after, &a.email); err != nil {
			return fmt.Errorf("acknowledgement %q: %w", lines.Text(), err)
		}
		r.acknowledged = append(r.acknowledged, a)
	}
	if len(r.acknowledged) == 0 {
		return errors.New("nobody was acknowledged")
	}
	return lines.Err()
}

func (r *recording) readOperations(in io.Reader) error {
	for {
		var head struct {
			Op, File       uint32
			Offset, Length int64
		}
		err := binary.Read(in, binary.LittleEndian, &head)
		if errors.Is(err, io.EOF) {
			break
		}
		if err != nil {
			return fmt.Errorf("record: %w", err)
		}
		o := operation{op: head.Op, file: head.File, offset: head.Offset, data: make([]byte, head.Length)}
		if _, err := io.ReadFull(in, o.data); err != nil {
			return fmt.Errorf("record: %w", err)
		}
		r.operations = append(r.operations, o)
	}
	if len(r.operations) == 0 {
		return errors.New("nothing was recorded: the layer does not lie below SQLite")
	}
	return nil
}

// promised are those who had been acknowledged when n operations were over.
func (r *recording) promised(n int) []string {
	var out []string
	for _, a := range r.acknowledged {
		if a.after <= int64(n) {
			out = append(out, a.email)
		}
	}
	return out
}

// media is what a disk holds of one file: what a sync has made certain, and what has been asked for
// since and may or may not be there after a power cut.
type media struct {
	exists  bool
	certain []byte
	pending []operation
}

func (m *media) apply(o operation) {
	switch o.op {
	case opCreate:
		m.exists = true
	case opUnlink:
		*m = media{}
	case opSync:
		if len(m.pending) > 0 {
			m.certain = bytes.Clone(m.certain) // what it was is still being looked at
		}
		for _, p := range m.pending {
			m.certain = p.done(m.certain)
		}
		m.pending = nil
	default:
		m.exists, m.pending = true, append(m.pending, o)
	}
}

// done is content after the operation.
func (o operation) done(content []byte) []byte {
	end := int(o.offset) + len(o.data)
	if o.op == opTruncate {
		if end <= len(content) {
			return content[:end:end]
		}
		return append(content, make([]byte, end-len(content))...)
	}
	if end > len(content) {
		content = append(content, make([]byte, end-len(content))...)
	}
	copy(content[o.offset:], o.data)
	return content
}

// The ways in which a power cut may take what was not certain.
const (
	takesAll  = iota // nothing of it has reached the disk
	takesSome        // each operation by chance, and of writes by chance some sectors
	takesLast        // all has reached it but some sectors of the last write
	takesTail        // what came after a moment by chance
	ways
)

const sector = 512

// after is what the disk holds after a power cut. Nobody may write to it.
func (m *media) after(way int, rng *rand.Rand) []byte {
	if len(m.pending) == 0 {
		return m.certain
	}
	content := bytes.Clone(m.certain)
	cut := rng.IntN(len(m.pending))
	for i, p := range m.pending {
		switch {
		case way == takesAll,
			way == takesTail && i > cut,
			way == takesSome && rng.IntN(3) == 0:
			continue
		case way == takesSome && rng.IntN(2) == 0,
			way == takesLast && i == len(m.pending)-1,
			way == takesTail && i == cut:
			content = p.torn(content, rng)
		default:
			content = p.done(content)
		}
	}
	return content
}

// torn is content after the operation when only some sectors of a write have reached the disk.
func (o operation) torn(content []byte, rng *rand.Rand) []byte {
	if o.op != opWrite {
		return o.done(content)
	}
	for at := 0; at < len(o.data); {
		next := min(len(o.data), at+sector-(int(o.offset)+at)%sector)
		if rng.IntN(2) == 0 {
			part := operation{op: opWrite, offset: o.offset + int64(at), data: o.data[at:next]}
			content = part.done(content)
		}
		at = next
	}
	return content
}

// tally is what the power cuts of a recording did.
type tally struct {
	points, losing, lost, corrupt int
	most                          int    // registrations lost at one point
	images, whole                 int    // different databases that the files led to, and looks of the store itself
	first                         string // what was wrong where something first was
}

func (t *tally) add(point int, v verdict) {
	t.points++
	t.lost += v.lost
	t.most = max(t.most, v.lost)
	if v.lost > 0 {
		t.losing++
	}
	if v.corrupt != "" {
		t.corrupt++
	}
	if t.first == "" && (v.lost > 0 || v.corrupt != "") {
		t.first = fmt.Sprintf("after operation %d: %d lost; %s", point, v.lost, v.corrupt)
	}
}

func (t *tally) merge(o tally) {
	t.points, t.losing, t.lost, t.corrupt = t.points+o.points, t.losing+o.losing, t.lost+o.lost, t.corrupt+o.corrupt
	t.images, t.whole, t.most = t.images+o.images, t.whole+o.whole, max(t.most, o.most)
	if t.first == "" {
		t.first = o.first
	}
}

func (t *tally) err() error {
	if t.lost > 0 || t.corrupt > 0 {
		return fmt.Errorf("%d of %d power cuts lost something and %d left a file that is not sound; the first: %s", t.losing, t.points, t.corrupt, t.first)
	}
	return nil
}

// eachPoint visits n points in order, evenly spread; more than there are means each several times.
func (r *recording) eachPoint(n int, visit func(point int, disk *[4]media) error) error {
	disk := [4]media{1: {exists: true, certain: bytes.Clone(r.start)}}
	last := len(r.operations)
	visited := 0
	for point := 0; point <= last; point++ {
		if point > 0 {
			o := r.operations[point-1]
			disk[o.file].apply(o)
		}
		for ; visited < n && visited*last <= point*(n-1); visited++ {
			if err := visit(point, &disk); err != nil {
				return err
			}
		}
	}
	return nil
}

// syncs counts those of the recording.
func (r *recording) syncs() (n int) {
	for _, o := range r.operations {
		if o.op == opSync {
			n++
		}
	}
	return n
}
