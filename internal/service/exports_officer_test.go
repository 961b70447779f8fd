package service_test

import (
	"context"
	"errors"
	"fmt"
	"log/slog"
	"strings"
	"testing"
	"time"

	"github.com/temadag/temadag/internal/domain"
	"github.com/temadag/temadag/internal/service"
)

// officers keeps what data protection officers are told.
type officers struct{ sent []domain.Notice }

func (s *officers) ComposeNotice(n domain.Notice) ([]byte, error) {
	s.sent = append(s.sent, n)
	return []byte("letter"), nil
}

// told delivers what is owed, and answers a line for each letter.
func (o *office) told(t *testing.T) string {
	t.Helper()
	var pen officers
	out := &service.Outbox{Store: o.Store, Keys: o.Keys, Sender: taker{}, From: "temadag@example.se", Now: o.Clock.Now, Log: slog.New(slog.DiscardHandler)}
	if _, err := out.DeliverNotices(t.Context(), domain.Worker(), &pen); err != nil {
		t.Fatal(err)
	}
	var lines []string
	for _, n := range pen.sent {
		lines = append(lines, fmt.Sprintf("%s %q: %s took %d of %s (contact %t) for %s", n.To, n.Name, n.Taken.By, n.Taken.Rows, n.Taken.List.Sv, n.Taken.Contact, n.Taken.Purpose))
	}
	return strings.Join(lines, "\n")
}

// A list of many is told of to the officer of each county that people are taken from, and to no other. The
// twins are a list of as many as may be taken in silence, and a file that was never made.
func TestExports_Take_tellsTheDataProtectionOfficers(t *testing.T) {
	t.Parallel()
	o := openOffice(t)
	officer := func(mailbox string, who domain.Organiser) domain.Organiser {
		who.DPO = mailbox
		return who
	}
	err := o.Editing.PutOrganisers(t.Context(), domain.Operator(), []domain.Organiser{
		officer("ombud.bd@example.se", o.kiruna.Owner), officer("ombud.z@example.se", o.ost.Owner),
	})
	if err != nil {
		t.Fatal(err)
	}
	o.crew(t, o.kiruna, 3)
	o.crew(t, o.ost, 2)
	a := o.granted(t, domain.Grant{Role: domain.RoleOrganiser, County: "BD"}, domain.Grant{Role: domain.RoleRegistrar, County: "Z"})
	woken := 0
	s := o.exports()
	s.Wake = func() { woken++ }
	all := func(_ domain.Export, rows service.ExportRows) error {
		for _, id := range []domain.EventID{o.kiruna.ID, o.ost.ID} {
			if err := rows(t.Context(), id, func([]domain.ExportRow) error { return nil }); err != nil {
				return err
			}
		}
		return nil
	}
	scope := domain.ListScope{Series: "efterfragan"}
	spec := domain.ExportSpec{Purpose: "Utskick om lokalen", Format: domain.FormatCSV, Columns: []domain.ExportColumn{domain.ColumnName, domain.ColumnEmail}}
	s.TellAbove = 5
	if _, err := s.Take(t.Context(), a, scope, spec, all); err != nil || o.told(t) != "" || woken != 0 {
		t.Errorf("five of five: %v, woken %d", err, woken)
	}
	s.TellAbove = 4
	broken := errors.New("the disk is full")
	_, err = s.Take(t.Context(), a, scope, spec, func(h domain.Export, rows service.ExportRows) error { return errors.Join(all(h, rows), broken) })
	if !errors.Is(err, broken) || o.told(t) != "" || woken != 0 {
		t.Errorf("a file that was never made: %v, woken %d", err, woken)
	}
	if _, err := s.Take(t.Context(), a, scope, spec, all); err != nil || woken != 1 {
		t.Fatalf("%v, woken %d", err, woken)
	}
	want := `ombud.bd@example.se "": Eva Exempel took 3 of Efterfrågan (contact true) for Utskick om lokalen` + "\n" +
		`ombud.z@example.se "": Eva Exempel took 2 of Efterfrågan (contact true) for Utskick om lokalen`
	if got := o.told(t); got != want {
		t.Errorf("told\n%s\nwant\n%s", got, want)
	}
	s.TellAbove = 3
	if _, _, err := s.Door(t.Context(), a, "kiruna", "Namnskyltar"); err != nil || o.told(t) != "" {
		t.Errorf("three of three at the door: %v", err)
	}
	s.TellAbove = 2
	if _, _, err := s.Door(t.Context(), a, "kiruna", "Namnskyltar"); err != nil {
		t.Fatal(err)
	}
	if got := o.told(t); !strings.HasPrefix(got, `ombud.bd@example.se "": Eva Exempel took 3 of `) || !strings.HasSuffix(got, "(contact false) for Namnskyltar") || woken != 2 {
		t.Errorf("a paper of many tells %q, woken %d", got, woken)
	}
}

// What has happened since last is told beforehand, as often as one looks, and taking it is what ends it.
func TestExports_News(t *testing.T) {
	t.Parallel()
	o := openOffice(t)
	a, foreign := o.actor(t, domain.RoleOrganiser, "BD"), o.actor(t, domain.RoleOrganiser, "Z")
	scope := domain.ListScope{Event: "lulea"}
	enter(t, o.Kit, o.lulea, 1, nil)
	news := func() domain.ExportNews {
		t.Helper()
		n, err := o.exports().News(t.Context(), a, scope)
		if err != nil {
			t.Fatal(err)
		}
		return n
	}
	if n := news(); !n.Taken.IsZero() || len(n.Changes) != 0 {
		t.Errorf("before the first: %+v", n)
	}
	at := o.Clock.Now()
	if _, err := o.take(t, a, scope, domain.ExportSpec{}); err != nil {
		t.Fatal(err)
	}
	o.Clock.Turn(time.Hour)
	enter(t, o.Kit, o.lulea, 2, nil)
	for range 2 {
		if n := news(); !n.Taken.Equal(at) || n.Changes[domain.ChangeNew] != 1 {
			t.Errorf("looked: %+v", n)
		}
	}
	told, err := o.exports().Take(t.Context(), a, scope, domain.ExportSpec{Purpose: "x", Format: domain.FormatCSV, Since: true},
		func(domain.Export, service.ExportRows) error { return nil })
	if err != nil || told.Rows != 1 {
		t.Errorf("a list of the changes alone holds %d, %v", told.Rows, err)
	}
	if n := news(); len(n.Changes) != 0 {
		t.Errorf("after it: %+v", n)
	}
	if _, err := o.exports().News(t.Context(), foreign, scope); !errors.Is(err, domain.ErrNotFound) {
		t.Errorf("another county: %v", err)
	}
}

// Who may not read registrations hands out no more than a paper at a door shows. The twin is who may.
func TestExports_Take_holdsNoColumnBeyondTheRole(t *testing.T) {
	t.Parallel()
	o := openOffice(t)
	operator, organiser := domain.Operator(), o.actor(t, domain.RoleOrganiser, "BD")
	o.crew(t, o.lulea, 1)
	take := func(a domain.Actor, c domain.ExportColumn) error {
		_, err := o.exports().Take(context.Background(), a, domain.ListScope{Event: "lulea"},
			domain.ExportSpec{Purpose: "x", Format: domain.FormatCSV, Columns: []domain.ExportColumn{domain.ColumnName, c}},
			func(domain.Export, service.ExportRows) error { return nil })
		return err
	}
	for _, c := range []domain.ExportColumn{domain.ColumnEmail, domain.ColumnPhone, domain.ColumnTitle, domain.ColumnInvoice, domain.ColumnMunicipality} {
		if err := take(operator, c); answered(err) != "invalid columns: export.column_wrong" {
			t.Errorf("%s: %v", c, err)
		}
		if err := take(organiser, c); err != nil {
			t.Errorf("%s for an organiser: %v", c, err)
		}
	}
	if err := take(operator, domain.ColumnOrganisation); err != nil {
		t.Error(err)
	}
}
