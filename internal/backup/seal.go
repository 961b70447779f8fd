package backup

import (
	"bufio"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"os"
	"path/filepath"
	"strings"

	"filippo.io/age"
)

// ErrSealed says that a backup can be read with an identity alone, and that none, or another, was given.
var ErrSealed = errors.New("the backup is encrypted: give the identity that belongs to its recipient")

// Recipients reads public keys, age1…, separated by spaces or commas. The program needs no more to write
// backups, and cannot read them again.
func Recipients(s string) ([]age.Recipient, error) {
	var out []age.Recipient
	for _, f := range strings.FieldsFunc(s, func(r rune) bool { return r == ' ' || r == ',' }) {
		r, err := age.ParseX25519Recipient(f)
		if err != nil {
			return nil, fmt.Errorf("%q is no recipient; write what temadag backup --make-key prints, age1…", f)
		}
		out = append(out, r)
	}
	return out, nil
}

// MakeIdentity writes a fresh private key to a new file that its owner alone may read, and answers the
// recipient that belongs to it.
func MakeIdentity(path string) (recipient string, err error) {
	id, err := age.GenerateX25519Identity()
	if err != nil {
		return "", err
	}
	f, err := os.OpenFile(path, os.O_CREATE|os.O_EXCL|os.O_WRONLY, 0o600)
	if err != nil {
		return "", err
	}
	_, err = fmt.Fprintf(f, "# public key: %s\n%s\n", id.Recipient(), id)
	return id.Recipient().String(), errors.Join(err, f.Sync(), f.Close())
}

// Publish puts the finished file src under a final name that nothing has yet, sealed for the recipients where
// there are any: whole and on disk, or not at all. src is gone afterwards. Both may be on different disks.
func Publish(src, final string, to []age.Recipient) (err error) {
	defer func() { err = errors.Join(err, ignoreAbsent(os.Remove(src))) }()
	if len(to) == 0 && filepath.Dir(src) == filepath.Dir(final) {
		if err := syncFile(src); err != nil {
			return err
		}
		return link(src, final)
	}
	in, err := os.Open(src)
	if err != nil {
		return err
	}
	defer func() { err = errors.Join(err, in.Close()) }()
	tmp, err := os.CreateTemp(filepath.Dir(final), ".temadag-*.partial")
	if err != nil {
		return err
	}
	defer func() { err = errors.Join(err, ignoreAbsent(os.Remove(tmp.Name()))) }()
	err = copyTo(tmp, in, to)
	if err = errors.Join(err, tmp.Sync(), tmp.Close()); err != nil {
		return err
	}
	return link(tmp.Name(), final)
}

func copyTo(out io.Writer, in io.Reader, to []age.Recipient) error {
	buffered := bufio.NewWriterSize(out, 1<<20)
	var w io.WriteCloser = nopCloser{buffered}
	if len(to) > 0 {
		sealed, err := age.Encrypt(buffered, to...)
		if err != nil {
			return err
		}
		w = sealed
	}
	_, err := io.Copy(w, in)
	return errors.Join(err, w.Close(), buffered.Flush())
}

type nopCloser struct{ io.Writer }

func (nopCloser) Close() error { return nil }

// Unpack writes what a backup holds to dst, a file of mode 0600 that is made anew. identity is the file with
// the private key, "" for none. Error: ErrSealed.
func Unpack(src, dst, identity string) (err error) {
	in, err := os.Open(src)
	if err != nil {
		return err
	}
	defer func() { err = errors.Join(err, in.Close()) }()
	var r io.Reader = bufio.NewReaderSize(in, 1<<20)
	if head, _ := r.(*bufio.Reader).Peek(21); string(head) == "age-encryption.org/v1" {
		if r, err = open(r, identity); err != nil {
			return err
		}
	}
	out, err := os.OpenFile(dst, os.O_CREATE|os.O_EXCL|os.O_WRONLY, 0o600)
	if err != nil {
		return err
	}
	_, err = io.Copy(out, r)
	return errors.Join(err, out.Sync(), out.Close())
}

func open(r io.Reader, identity string) (io.Reader, error) {
	if identity == "" {
		return nil, ErrSealed
	}
	f, err := os.Open(identity)
	if err != nil {
		return nil, err
	}
	ids, err := age.ParseIdentities(f)
	if err = errors.Join(err, f.Close()); err != nil {
		return nil, fmt.Errorf("the identity: %w", err)
	}
	plain, err := age.Decrypt(r, ids...)
	if err != nil {
		return nil, errors.Join(ErrSealed, err)
	}
	return plain, nil
}

// link gives a file its final name where nothing has it, and makes the name durable.
func link(tmp, final string) error {
	if err := os.Link(tmp, final); err != nil {
		if errors.Is(err, fs.ErrExist) {
			return err
		}
		if _, errStat := os.Stat(final); errStat == nil { // a file system without links: renaming would replace
			return fs.ErrExist
		}
		if err := os.Rename(tmp, final); err != nil {
			return err
		}
	}
	return syncDir(filepath.Dir(final))
}

func syncFile(path string) error {
	f, err := os.OpenFile(path, os.O_RDWR, 0)
	if err != nil {
		return err
	}
	return errors.Join(f.Sync(), f.Close())
}

func ignoreAbsent(err error) error {
	if errors.Is(err, fs.ErrNotExist) {
		return nil
	}
	return err
}
