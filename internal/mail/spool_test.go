package mail_test

import (
	"bytes"
	"errors"
	"os"
	"path/filepath"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/temadag/temadag/internal/domain"
	"github.com/temadag/temadag/internal/mail"
)

func TestSpool(t *testing.T) {
	s := &mail.Spool{Dir: filepath.Join(t.TempDir(), "post", "ut")}
	if list, err := s.List(); err != nil || len(list) != 0 {
		t.Fatalf("got %v, %v, want an empty spool", list, err)
	}
	c := composer(t)
	older := facts(domain.LetterWaitlisted, domain.English, theEvent())
	older.Letter.MessageID, older.Letter.Date = "older", older.Letter.Date.Add(-time.Hour)
	newer := facts(domain.LetterConfirmed, domain.Swedish, theEvent())
	for _, f := range []domain.LetterFacts{newer, older, newer} {
		if err := s.Send(t.Context(), sender, f.Letter.To, compose(t, c, f)); err != nil {
			t.Fatal(err)
		}
	}
	list, err := s.List()
	if err != nil || len(list) != 2 {
		t.Fatalf("got %v, %v, want two letters", list, err)
	}
	first := list[0]
	if first.Subject != "Du är anmäld: Temadag, Luleå 1 december 2016" || first.To != recipient || !first.Date.Equal(newer.Letter.Date) {
		t.Errorf("got %+v, want the newer first", first)
	}
	o, err := s.Read(first.ID)
	if err != nil {
		t.Fatal(err)
	}
	if o.Kept != first || !bytes.Equal(o.Raw, compose(t, c, newer)) {
		t.Errorf("got %+v, want the letter as sent", o)
	}
}

func TestSpool_seesOnlyItsOwn(t *testing.T) {
	dir := t.TempDir()
	s := &mail.Spool{Dir: filepath.Join(dir, "mail")}
	raw := compose(t, composer(t), facts(domain.LetterConfirmed, domain.Swedish, theEvent()))
	if err := s.Send(t.Context(), sender, recipient, raw); err != nil {
		t.Fatal(err)
	}
	write := func(name string, data []byte) {
		if err := os.WriteFile(filepath.Join(s.Dir, name), data, 0o600); err != nil {
			t.Fatal(err)
		}
	}
	write("readme.txt", raw)
	write("hej.eml", raw)
	write(".new-123", raw)
	write("20161001T101502Z-0123456789abcdef.eml", []byte("no message"))
	if err := os.WriteFile(filepath.Join(dir, "secret.eml"), raw, 0o600); err != nil {
		t.Fatal(err)
	}
	link := "20990101T000000Z-0123456789abcdef"
	if err := os.Symlink(filepath.Join(dir, "secret.eml"), filepath.Join(s.Dir, link+".eml")); err != nil {
		t.Fatal(err)
	}
	list, err := s.List()
	if err != nil || len(list) != 1 {
		t.Errorf("got %+v, %v, want the one letter", list, err)
	}
	for _, id := range []string{
		"", ".", "..", "../secret", "..%2fsecret", "hej", link, list[0].ID + ".eml", "/etc/passwd", list[0].ID + "\x00", strings.ToUpper(list[0].ID),
		"20161001T101502Z-0000000000000000", "./" + list[0].ID, list[0].ID + "/../" + list[0].ID,
	} {
		if _, err := s.Read(id); !errors.Is(err, mail.ErrNoLetter) {
			t.Errorf("Read(%q): got %v, want ErrNoLetter", id, err)
		}
	}
}

func TestSpool_leavesWholeFilesForTheirOwner(t *testing.T) {
	s := &mail.Spool{Dir: filepath.Join(t.TempDir(), "mail")}
	raw := compose(t, composer(t), facts(domain.LetterConfirmed, domain.Swedish, theEvent()))
	var wait sync.WaitGroup
	for range 8 {
		wait.Add(1)
		go func() {
			defer wait.Done()
			if err := s.Send(t.Context(), sender, recipient, raw); err != nil {
				t.Error(err)
			}
		}()
	}
	wait.Wait()
	entries, err := os.ReadDir(s.Dir)
	if err != nil || len(entries) != 1 {
		t.Fatalf("got %v, %v, want one file", entries, err)
	}
	info, err := entries[0].Info()
	if err != nil || info.Mode().Perm() != 0o600 || info.Size() != int64(len(raw)) {
		t.Errorf("got %v, %v", info, err)
	}
}

func TestSpool_faults(t *testing.T) {
	s := &mail.Spool{Dir: filepath.Join(t.TempDir(), "mail")}
	raw := compose(t, composer(t), facts(domain.LetterConfirmed, domain.Swedish, theEvent()))
	file := filepath.Join(t.TempDir(), "file")
	if err := os.WriteFile(file, nil, 0o600); err != nil {
		t.Fatal(err)
	}
	cases := map[string]struct {
		err  error
		want domain.FaultClass
	}{
		"no address":      {s.Send(t.Context(), sender, "nobody", raw), domain.FaultAddress},
		"no lines":        {s.Send(t.Context(), sender, recipient, []byte("a\nb")), domain.FaultMessage},
		"no header":       {s.Send(t.Context(), sender, recipient, []byte("hej\r\n")), domain.FaultMessage},
		"no folder there": {(&mail.Spool{Dir: file}).Send(t.Context(), sender, recipient, raw), domain.FaultRetry},
	}
	for name, c := range cases {
		if got := fault(t, c.err); got == nil || got.Class != c.want {
			t.Errorf("%s: got %+v, want %s", name, got, c.want)
		}
	}
}
