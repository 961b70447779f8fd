package main

import (
	"database/sql/driver"
	"fmt"
	"net/smtp"
	"path/filepath"
	"testing"
	"time"

	"github.com/xuri/excelize/v2"
)

func TestBareWorkbook_isAWorkbook(t *testing.T) {
	name := filepath.Join(t.TempDir(), "x.xlsx")
	err := bareWorkbook(name, 3, func(i int, cells []cell) []cell {
		return append(cells, cell{number: float64(i)}, cell{text: `Åsa <&> "Öberg"`}, cell{number: 46349.5, style: 1})
	})
	if err != nil {
		t.Fatal(err)
	}
	f, err := excelize.OpenFile(name)
	if err != nil {
		t.Fatal(err)
	}
	defer func() { _ = f.Close() }()
	rows, err := f.GetRows("Deltagare")
	if err != nil {
		t.Fatal(err)
	}
	if len(rows) != 3 || rows[2][0] != "2" || rows[1][1] != `Åsa <&> "Öberg"` || rows[0][2] != "2026-11-23 12:00" {
		t.Errorf("got %q", rows)
	}
	if n, err := allRows(name); n != 3 || err != nil {
		t.Errorf("mostRows = %d, %v", n, err)
	}
	if err := sameRows(name, name, 4); err == nil {
		t.Error("a workbook with a row too few passes")
	}
}

func TestBareCells_fillEveryColumn(t *testing.T) {
	if got := len(bareCells(7, nil)); got != workbookColumns {
		t.Errorf("%d cells, want %d", got, workbookColumns)
	}
}

func TestPerson_isSomeoneElseEachTime(t *testing.T) {
	seen := map[string]bool{}
	for i := range 20_000 {
		seen[person(i).EmailKey()] = true
		seen[person(i).Name()] = true
	}
	if len(seen) != 40_000 {
		t.Errorf("%d different names and addresses of 40,000", len(seen))
	}
}

func TestSink(t *testing.T) {
	k, err := newSink(sinkOptions{})
	if err != nil {
		t.Fatal(err)
	}
	defer k.close()
	body := []byte("Subject: x\r\n\r\n.\r\nen rad\r\n" + fmt.Sprintf("%0100000d", 1) + "\r\n")
	rate, err := bareMail(k, 2, 10, "a@example.se", "b@example.se", body)
	if err != nil || rate <= 0 || k.accepted.Load() != 10 {
		t.Errorf("%v mails a second, %d accepted, %v", rate, k.accepted.Load(), err)
	}
}

func TestSink_refuses(t *testing.T) {
	k, err := newSink(sinkOptions{Refuse: "550 5.7.1 closed"})
	if err != nil {
		t.Fatal(err)
	}
	defer k.close()
	if _, err := bareMail(k, 1, 1, "a@example.se", "b@example.se", nil); err == nil {
		t.Error("a closed mail server takes mail")
	}
}

func TestSink_answersAfterItsDelay(t *testing.T) {
	k, err := newSink(sinkOptions{Delay: 20 * time.Millisecond})
	if err != nil {
		t.Fatal(err)
	}
	defer k.close()
	c, err := smtp.Dial(k.addr())
	if err != nil {
		t.Fatal(err)
	}
	start := time.Now()
	if err := c.Hello("x.example"); err != nil {
		t.Fatal(err)
	}
	if took := time.Since(start); took < 20*time.Millisecond {
		t.Errorf("answered after %v", took)
	}
	if err := c.Quit(); err != nil {
		t.Fatal(err)
	}
}

func TestRegistrationFloor_writesEveryRow(t *testing.T) {
	s := &session{dir: t.TempDir()}
	f, err := s.newFixture(t.Context(), "rows", true)
	if err != nil {
		t.Fatal(err)
	}
	if err := f.fillRows(700); err != nil {
		t.Fatal(err)
	}
	loop, err := openBareLoop(f.database())
	if err != nil {
		t.Fatal(err)
	}
	for table, want := range map[string]int64{"registrations": 700, "history": 700, "letters": 700} {
		if got := loop.count(t, "SELECT count(*) FROM "+table); got != want {
			t.Errorf("%d rows in %s, want %d", got, table, want)
		}
	}
	if got := loop.count(t, "SELECT seats_taken FROM events WHERE slug = '"+fixtureSlug+"'"); got != 700 {
		t.Errorf("%d places taken, want 700", got)
	}
	if err := loop.close(); err != nil {
		t.Error(err)
	}
}

func (l *bareLoop) count(t *testing.T, query string) int64 {
	t.Helper()
	rows, err := l.conn.QueryContext(t.Context(), query, nil)
	if err != nil {
		t.Fatal(err)
	}
	defer func() { _ = rows.Close() }()
	dest := make([]driver.Value, 1)
	if err := rows.Next(dest); err != nil {
		t.Fatal(err)
	}
	return dest[0].(int64)
}
