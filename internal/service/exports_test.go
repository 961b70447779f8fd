package service_test

import (
	"context"
	"errors"
	"fmt"
	"strings"
	"testing"
	"time"

	"github.com/temadag/temadag/internal/domain"
	"github.com/temadag/temadag/internal/service"
	"github.com/temadag/temadag/internal/store"
	"github.com/temadag/temadag/internal/testkit"
)

func (o *office) exports() *service.Exports {
	return &service.Exports{Store: o.Store, Programme: o.Programme, Keys: o.Keys, Now: o.Clock.Now}
}

// taken is what a list held.
type taken struct {
	head  domain.Export
	lines []string // "event: names …"
	told  domain.ExportTold
}

func (o *office) take(t *testing.T, a domain.Actor, scope domain.ListScope, spec domain.ExportSpec) (taken, error) {
	t.Helper()
	var out taken
	if spec.Purpose == "" {
		spec.Purpose = "Lokalens entré"
	}
	if spec.Format == "" {
		spec.Format = domain.FormatWorkbook
	}
	var err error
	out.told, err = o.exports().Take(t.Context(), a, scope, spec, func(head domain.Export, rows service.ExportRows) error {
		out.head = head
		for _, e := range head.Events {
			line := e.Event.Slug + ":"
			err := rows(t.Context(), e.Event.ID, func(page []domain.ExportRow) error {
				for _, r := range page {
					line += fmt.Sprintf(" %d %s", r.Nr, shown(r))
				}
				return nil
			})
			if err != nil {
				return err
			}
			out.lines = append(out.lines, line)
		}
		return nil
	})
	return out, err
}

func shown(r domain.ExportRow) string {
	if r.Protected {
		return "(skyddad)" + r.Organisation + r.Email
	}
	return r.Name()
}

func (out taken) changes() string {
	var b strings.Builder
	for _, e := range out.head.Events {
		for _, r := range e.Changes {
			fmt.Fprintf(&b, "%s %s", r.Change, shown(r))
			if r.Before != "" {
				fmt.Fprintf(&b, " after %s", r.Before)
			}
			b.WriteString("; ")
		}
	}
	return b.String()
}

func TestExports_Take_isWithinReachAndLogged(t *testing.T) {
	t.Parallel()
	o := openOffice(t)
	a := o.actor(t, domain.RoleOrganiser, "BD")
	o.add(t, o.lulea, who("Åsa", "Öberg", "Piteå kommun", "asa@example.se"))
	o.add(t, o.lulea, who("Aina", "Aaberg", "Hemliga kommun", "aina@example.se"))
	o.add(t, o.kiruna, who("Bo", "Ek", "Kiruna kommun", "bo@example.se"))
	o.add(t, o.ost, who("Kanarie", "Fågel", "Östersunds kommun", "kanarie@example.se"))
	if err := o.Registrations.Protect(t.Context(), a, "lulea", "aina@example.se"); err != nil {
		t.Fatal(err)
	}
	got, err := o.take(t, a, domain.ListScope{Event: "lulea"}, domain.ExportSpec{})
	if err != nil || fmt.Sprint(got.lines) != "[lulea: 1 Åsa Öberg 2 (skyddad)]" || got.told.Rows != 2 || fmt.Sprint(got.head.Spec.Columns) != "[name title organisation municipality]" {
		t.Errorf("got %q %+v, %v", got.lines, got.told, err)
	}
	if got, err = o.take(t, a, domain.ListScope{Series: "efterfragan"}, domain.ExportSpec{}); err != nil || fmt.Sprint(got.lines) != "[kiruna: 1 Bo Ek]" {
		t.Errorf("of the series: %q, %v", got.lines, err)
	}
	lines, err := o.Store.AuditEntries(t.Context(), store.AuditScope{All: true}, domain.AuditFilter{Action: domain.AuditExported, Limit: 10})
	if err != nil || len(lines) != 2 || lines[1].Details["rows"] != "2" || lines[1].Details["columns"] != "name title organisation municipality" ||
		lines[1].Details["purpose"] != "Lokalens entré" || lines[1].County != "BD" || lines[1].User != a.User {
		t.Errorf("the log: %+v, %v", lines, err)
	}
	both := o.granted(t, domain.Grant{Role: domain.RoleOrganiser, County: "BD"}, domain.Grant{Role: domain.RoleRegistrar, County: "Z"})
	if got, err = o.take(t, both, domain.ListScope{Series: "efterfragan"}, domain.ExportSpec{}); err != nil || fmt.Sprint(got.lines) != "[kiruna: 1 Bo Ek ostersund: 1 Kanarie Fågel]" {
		t.Errorf("the twin, with a grant in both: %q, %v", got.lines, err)
	}
}

func TestExports_Take_refuses(t *testing.T) {
	t.Parallel()
	o := openOffice(t)
	a := o.actor(t, domain.RoleOrganiser, "BD")
	for _, role := range domain.StaffRoles() {
		if !role.May(domain.PermExport) {
			if got, err := o.take(t, o.actor(t, role, "BD"), domain.ListScope{Event: "lulea"}, domain.ExportSpec{}); !errors.Is(err, domain.ErrNotFound) {
				t.Errorf("%s took %q, %v", role, got.lines, err)
			}
		}
	}
	cases := map[string]struct {
		scope domain.ListScope
		spec  domain.ExportSpec
		want  string
	}{
		"another county":           {domain.ListScope{Event: "ostersund"}, domain.ExportSpec{}, "not_found: list.not_found"},
		"a county of others":       {domain.ListScope{County: "Z"}, domain.ExportSpec{}, "not_found: list.not_found"},
		"no such column":           {domain.ListScope{Event: "lulea"}, domain.ExportSpec{Columns: []domain.ExportColumn{"needs"}}, "invalid columns: export.column_wrong"},
		"another event's question": {domain.ListScope{Event: "lulea"}, domain.ExportSpec{Columns: []domain.ExportColumn{"question_99"}}, "invalid columns: export.column_wrong"},
		"no purpose":               {domain.ListScope{Event: "lulea"}, domain.ExportSpec{Purpose: " \t "}, "invalid purpose: field.purpose.missing"},
		"no such format":           {domain.ListScope{Event: "lulea"}, domain.ExportSpec{Format: "exe"}, "invalid format: export.format_wrong"},
	}
	for name, c := range cases {
		if _, err := o.take(t, a, c.scope, c.spec); answered(err) != c.want {
			t.Errorf("%s: got %q, want %q", name, answered(err), c.want)
		}
	}
	stop := errors.New("the disk is full")
	_, err := o.exports().Take(t.Context(), a, domain.ListScope{Event: "lulea"}, domain.ExportSpec{Purpose: "x", Format: domain.FormatCSV},
		func(_ domain.Export, rows service.ExportRows) error {
			if err := rows(t.Context(), o.ost.ID, nil); !errors.Is(err, domain.ErrNotFound) {
				t.Errorf("the reader reads an event outside the list: %v", err)
			}
			return stop
		})
	if !errors.Is(err, stop) || o.logged(t, domain.AuditExported) != 0 {
		t.Errorf("a file that was never made: %v, %d lines in the log", err, o.logged(t, domain.AuditExported))
	}
}

// What is told since last time is what has happened since last time, to this user, and nothing twice.
func TestExports_Take_tellsWhatHasHappenedSince(t *testing.T) {
	t.Parallel()
	o := openOffice(t)
	a, other := o.actor(t, domain.RoleOrganiser, "BD"), o.actor(t, domain.RoleOrganiser, "BD")
	scope, spec := domain.ListScope{Event: "lulea"}, domain.ExportSpec{Since: true}
	stays := enter(t, o.Kit, o.lulea, 1, nil)
	leaves := enter(t, o.Kit, o.lulea, 2, func(e *domain.Entry) { e.GivenName = "Går" })
	gives := enter(t, o.Kit, o.lulea, 3, func(e *domain.Entry) { e.GivenName = "Ger" })
	enter(t, o.Kit, o.lulea, 4, func(e *domain.Entry) { e.GivenName = "Alltid" })
	first, err := o.take(t, a, scope, spec)
	if err != nil || first.changes() != "" || !first.head.Events[0].Taken.IsZero() {
		t.Fatalf("the first time: %q, %v", first.changes(), err)
	}
	o.Clock.Turn(time.Hour)
	if _, err := amend(t, o.Kit, stays, 1, func(e *domain.Entry) { e.Title = "Enhetschef" }); err != nil {
		t.Fatal(err)
	}
	if err := o.Registrations.Cancel(t.Context(), domain.Visitor(), leaves, ""); err != nil {
		t.Fatal(err)
	}
	err = o.Registrations.HandOver(t.Context(), domain.Visitor(), gives, service.HandOver{GivenName: "Tar", FamilyName: "Över", Email: "tar@example.se", Lang: domain.Swedish})
	if err != nil {
		t.Fatal(err)
	}
	enter(t, o.Kit, o.lulea, 5, func(e *domain.Entry) { e.GivenName = "Ny" })
	enter(t, o.Kit, o.lulea, 6, func(e *domain.Entry) { e.GivenName = "Ny och borta" })
	if err := o.Registrations.Withdraw(t.Context(), a, o.find(t, a, domain.PeopleQuery{Scope: scope, Search: "borta"}).Rows[0].ID, "Fel."); err != nil {
		t.Fatal(err)
	}
	want := "changed Ánne-Sárá Oŋŋá; new Ny Oŋŋá; handed_over Tar Över after Ger Oŋŋá; cancelled Går Oŋŋá; "
	second, err := o.take(t, a, scope, spec)
	if err != nil || second.changes() != want || second.told.Rows != 4 || second.told.Changes[domain.ChangeHandedOver] != 1 {
		t.Errorf("since then: got %q, want %q; %+v, %v", second.changes(), want, second.told, err)
	}
	if third, err := o.take(t, a, scope, spec); err != nil || third.changes() != "" || third.head.Events[0].Taken.IsZero() {
		t.Errorf("nothing more: %q, %v", third.changes(), err)
	}
	if got, err := o.take(t, other, scope, spec); err != nil || got.changes() != "" {
		t.Errorf("another user's first time: %q, %v", got.changes(), err)
	}
	sound(t, o.Kit)
}

func TestExports_templates(t *testing.T) {
	t.Parallel()
	o := openOffice(t)
	a, foreign, reader := o.actor(t, domain.RoleOrganiser, "BD"), o.actor(t, domain.RoleOrganiser, "Z"), o.actor(t, domain.RoleReader, "BD")
	spec := domain.ExportSpec{Columns: []domain.ExportColumn{domain.ColumnName, "question_7", domain.ColumnEmail}, Purpose: "Utskick", Format: domain.FormatCSV}
	s := o.exports()
	id, err := s.KeepTemplate(t.Context(), a, "BD", "Till lokalen", spec)
	if err != nil {
		t.Fatal(err)
	}
	spec.Purpose = "Ny text"
	if again, err := s.KeepTemplate(t.Context(), a, "BD", "TILL LOKALEN", spec); err != nil || again != id {
		t.Errorf("the same name: %d, %v", again, err)
	}
	all, err := s.Templates(t.Context(), a, "BD")
	if err != nil || len(all) != 1 || all[0].Name != "TILL LOKALEN" || all[0].Spec.Purpose != "Ny text" || fmt.Sprint(all[0].Spec.Columns) != "[name email]" {
		t.Errorf("kept %+v, %v", all, err)
	}
	for _, who := range []domain.Actor{foreign, reader, domain.Visitor()} {
		_, err1 := s.Templates(t.Context(), who, "BD")
		_, err2 := s.KeepTemplate(t.Context(), who, "BD", "x", spec)
		err3 := s.RemoveTemplate(t.Context(), who, id)
		_, err4 := s.Template(t.Context(), who, id)
		for i, err := range []error{err1, err2, err3, err4} {
			if !errors.Is(err, domain.ErrNotFound) {
				t.Errorf("%d: %v", i, err)
			}
		}
	}
	if _, err := s.KeepTemplate(t.Context(), a, "BD", " ", spec); answered(err) != "invalid name: field.name.missing" {
		t.Errorf("without a name: %v", err)
	}
	if one, err := s.Template(t.Context(), a, id); err != nil || one.Name != "TILL LOKALEN" {
		t.Errorf("her own is %+v, %v", one, err)
	}
	if err := s.RemoveTemplate(t.Context(), a, id); err != nil {
		t.Fatal(err)
	}
	if all, err := s.Templates(t.Context(), a, "BD"); err != nil || len(all) != 0 || o.logged(t, domain.AuditTemplateKept) != 2 || o.logged(t, domain.AuditTemplateGone) != 1 {
		t.Errorf("left %+v, %v", all, err)
	}
}

func TestExports_papersOfTheDay(t *testing.T) {
	t.Parallel()
	o := openOffice(t)
	ev := testkit.Event("pass", 2)
	ev.Programme = []domain.Session{{Title: domain.Text{Sv: "A", En: "A"}, Parallel: "p", Capacity: 5, Day: ev.Day}, {Title: domain.Text{Sv: "B", En: "B"}, Parallel: "p", Day: ev.Day}}
	e := o.AddEvent(t, ev)
	for i := range 3 {
		p := who("Åsa", "Öberg", "Piteå kommun", fmt.Sprintf("p%d@example.se", i))
		p.Sessions = []string{fmt.Sprint(e.Programme[0].ID)}
		o.add(t, e, p)
	}
	for _, role := range domain.StaffRoles() {
		a := o.actor(t, role, "BD")
		_, rows, err := o.exports().Door(t.Context(), a, "pass", "sign-in list")
		if may := role.May(domain.PermExport) || role.May(domain.PermCheckIn); (err == nil) != may {
			t.Errorf("%s has the list at the door: %v", role, err)
		} else if may && (len(rows) != 2 || rows[1].Nr != 2 || rows[0].Email != "" || rows[0].Phone != "" || rows[0].Title != "") {
			t.Errorf("%s sees %+v", role, rows)
		}
		v, err := o.exports().Venue(t.Context(), a, "pass")
		if err != nil || v.Coming != 2 || v.Waiting != 1 || len(v.Sessions) != 2 || v.Sessions[0].Taken != 2 {
			t.Errorf("%s is told %+v, %v", role, v, err)
		}
		_, _, err = o.exports().Door(t.Context(), a, "ostersund", "badges")
		_, err2 := o.exports().Venue(t.Context(), a, "ostersund")
		if !errors.Is(err, domain.ErrNotFound) || !errors.Is(err2, domain.ErrNotFound) {
			t.Errorf("%s in another county: %v, %v", role, err, err2)
		}
	}
	if n := o.logged(t, domain.AuditExported); n != 4 {
		t.Errorf("%d papers in the log, want one for each of the four who may", n)
	}
}

// A list can be stopped while it is read.
func TestExports_Take_canBeStopped(t *testing.T) {
	t.Parallel()
	o := openOffice(t)
	a := o.actor(t, domain.RoleOrganiser, "BD")
	o.crew(t, o.lulea, 3)
	ctx, stop := context.WithCancel(t.Context())
	_, err := o.exports().Take(ctx, a, domain.ListScope{Event: "lulea"}, domain.ExportSpec{Purpose: "x", Format: domain.FormatCSV},
		func(_ domain.Export, rows service.ExportRows) error {
			stop()
			return rows(ctx, o.lulea.ID, func([]domain.ExportRow) error { return nil })
		})
	if !errors.Is(err, context.Canceled) || o.logged(t, domain.AuditExported) != 0 {
		t.Errorf("%v, %d lines in the log", err, o.logged(t, domain.AuditExported))
	}
}
