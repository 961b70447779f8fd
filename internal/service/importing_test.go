package service_test

import (
	"context"
	"errors"
	"fmt"
	"strings"
	"testing"

	"github.com/temadag/temadag/internal/auth"
	"github.com/temadag/temadag/internal/domain"
	"github.com/temadag/temadag/internal/service"
	"github.com/temadag/temadag/internal/testkit"
)

// table is rows on lines, cells between bars.
func table(text string) domain.Table {
	var t domain.Table
	for i, line := range strings.Split(strings.TrimSpace(text), "\n") {
		t.Rows = append(t.Rows, domain.TableRow{Line: i + 1, Cells: strings.Split(line, "|")})
	}
	return t
}

func (o *office) importing() *service.Importing {
	return &service.Importing{Store: o.Store, Registrations: o.Registrations, Now: o.Clock.Now}
}

// importOf is an import whose columns are guessed.
func importOf(e domain.Event, text string) domain.ImportInput {
	t := table(text)
	return domain.ImportInput{
		EventSlug: e.Slug, Key: auth.NewKey(), Table: t, Head: t.HasHead(), Mapping: e.GuessMapping(t), Lang: domain.Swedish,
		Defaults: domain.Entry{OrganisationType: string(domain.OrgSocialServices), Municipality: "Piteå"},
		Types:    map[string]domain.OrganisationType{"skola": domain.OrgSchool},
	}
}

const threePeople = `Förnamn|Efternamn|E-post|Arbetsplats|Typ|Mobil
Åsa|Öberg|asa@example.se|Piteå kommun|Skola|701740605
Bo||bo@example.se|Region Norrbotten||
Cia|Alm||Luleå kommun||`

func outline(i domain.Import) string {
	var b strings.Builder
	for _, r := range i.Rows {
		fmt.Fprintf(&b, "%d", r.Line)
		for _, f := range r.Faults {
			fmt.Fprintf(&b, " %s", f.Key)
		}
		if r.Left() {
			fmt.Fprintf(&b, " left(%s)", r.Twin)
		}
		fmt.Fprintf(&b, " %s;", r.Status)
	}
	return b.String()
}

func TestImporting_previewsAndRuns(t *testing.T) {
	t.Parallel()
	o := openOffice(t)
	a := o.actor(t, domain.RoleCaseWorker, "BD")
	small := o.AddEvent(t, testkit.Event("liten", 2))
	in := importOf(small, threePeople)
	preview, err := o.importing().Preview(t.Context(), a, in)
	if err != nil || outline(preview) != "2 confirmed;3 confirmed;4 waitlisted;" || preview.Queued != 1 || preview.Refusal != "" {
		t.Fatalf("preview %s %+v, %v", outline(preview), preview, err)
	}
	if p := preview.Rows[0].Person; p.OrganisationType != domain.OrgSchool || p.Phone != "0701740605" || p.Municipality != "Piteå" {
		t.Errorf("the first is %+v", p)
	}
	if n := o.total(t, a, "liten"); n != 0 {
		t.Errorf("the preview registered %d", n)
	}
	if got := answered(second(o.importing().Run(t.Context(), a, in, nil))); got != "conflict: import.queue" || o.total(t, a, "liten") != 0 {
		t.Errorf("more would queue than was told: %s, %d registered", got, o.total(t, a, "liten"))
	}
	in.Queue = 1
	for range 2 { // the same again is the same
		told := 0
		out, err := o.importing().Run(t.Context(), a, in, func(done, total int) { told = done*10 + total })
		if err != nil || outline(out) != "2 confirmed;3 confirmed;4 waitlisted;" || told != 33 || out.Rows[2].ID == 0 {
			t.Fatalf("run %s, told %d, %v", outline(out), told, err)
		}
	}
	if n, lines := o.total(t, a, "liten"), o.logged(t, domain.AuditImported); n != 3 || lines != 1 {
		t.Errorf("%d registered, %d lines in the log", n, lines)
	}
	page := o.find(t, a, domain.PeopleQuery{Scope: domain.ListScope{Event: "liten"}, Search: "asa"})
	if v, err := o.people.Person(t.Context(), a, page.Rows[0].ID); err != nil || v.Channel != domain.ChannelImport || v.History[0].Actor != a.Name || v.Letters[0].State != domain.LetterQueued {
		t.Errorf("she is %+v, %v", v, err)
	}
	if again, err := o.importing().Preview(t.Context(), a, importOf(small, threePeople)); err != nil || again.Twins != 3 {
		t.Errorf("the same people under another key: %s, %v", outline(again), err)
	}
	sound(t, o.Kit)
}

func (o *office) total(t *testing.T, a domain.Actor, slug string) int {
	t.Helper()
	return o.find(t, a, domain.PeopleQuery{Scope: domain.ListScope{Event: slug}}).Total
}

func TestImporting_tellsEveryFaultAndRegistersNobody(t *testing.T) {
	t.Parallel()
	o := openOffice(t)
	a := o.actor(t, domain.RoleOrganiser, "BD")
	o.add(t, o.lulea, who("Dan", "Ek", "Piteå kommun", "dan@example.se"))
	o.add(t, o.lulea, who("Eva", "Ek", "Piteå kommun", ""))
	in := importOf(o.lulea, `Namn|E-post|Arbetsplats|Typ
Öberg, Åsa|asa@example.se|Piteå kommun|Skola
Åsa Öberg|ASA@example.se|Piteå kommun|
|x|Piteå kommun|
Bo|bo@example|811218-9876|
Cia|cia@example.se|Luleå|Cirkus
Dan Ek|dan@example.se|Annan|
Eva Ek||Pitea  kommun|
Eva Ek||Annan|
=1+1|formel@example.se|Piteå|`)
	preview, err := o.importing().Preview(t.Context(), a, in)
	want := "2 confirmed;3 left(file) ;4 field.given_name.missing field.email.at_missing ;5 field.email.dot_missing field.personal_number ;" +
		"6 field.organisation_type.wrong ;7 left(event) ;8 left(event) ;9 confirmed;10 field.given_name.wrong ;"
	if err != nil || outline(preview) != want || preview.Faulty != 4 || preview.Twins != 3 {
		t.Errorf("got  %s\nwant %s\n%+v, %v", outline(preview), want, preview, err)
	}
	if got := answered(second(o.importing().Run(t.Context(), a, in, nil))); got != "invalid: import.faulty" || o.total(t, a, "lulea") != 2 {
		t.Errorf("run: %s, %d registered", got, o.total(t, a, "lulea"))
	}
}

func TestImporting_isAllOrNothing(t *testing.T) {
	t.Parallel()
	o := openOffice(t)
	a := o.actor(t, domain.RoleOrganiser, "BD")
	ev := testkit.Event("utan-ko", 2)
	ev.WaitingList = false
	full := o.AddEvent(t, ev)
	in := importOf(full, threePeople)
	if p, err := o.importing().Preview(t.Context(), a, in); err != nil || p.Refusal != "registration.full" {
		t.Errorf("preview %s %q, %v", outline(p), p.Refusal, err)
	}
	if got := answered(second(o.importing().Run(t.Context(), a, in, nil))); got != "full: registration.full" || o.total(t, a, "utan-ko") != 0 {
		t.Errorf("%s, %d registered", got, o.total(t, a, "utan-ko"))
	}
	ctx, stop := context.WithCancel(t.Context())
	defer stop()
	_, err := o.importing().Run(ctx, a, importOf(o.lulea, threePeople), func(done, _ int) {
		if done == 2 {
			stop()
		}
	})
	if !errors.Is(err, context.Canceled) || o.total(t, a, "lulea") != 0 {
		t.Errorf("stopped: %v, %d registered", err, o.total(t, a, "lulea"))
	}
	withheld := importOf(o.lulea, threePeople)
	withheld.Withhold, withheld.Channel = true, domain.ChannelPhone
	if out, err := o.importing().Run(t.Context(), a, withheld, nil); err != nil || out.Confirmed != 3 {
		t.Errorf("the twin: %s, %v", outline(out), err)
	}
	if page := o.find(t, a, domain.PeopleQuery{Scope: domain.ListScope{Event: "lulea"}, Filter: domain.PeopleFilter{
		Letters: domain.LetterWithheld, Channels: []domain.Channel{domain.ChannelPhone},
	}}); page.Total != 3 {
		t.Errorf("%d letters are withheld, want 3", page.Total)
	}
	sound(t, o.Kit)
}

func TestImporting_isForThoseWhoMayRegisterOthers(t *testing.T) {
	t.Parallel()
	o := openOffice(t)
	for _, role := range domain.StaffRoles() {
		may := role.May(domain.PermRegisterOther)
		a := o.actor(t, role, "BD")
		for e, want := range map[string]bool{"lulea": may, "ostersund": false, "finns-inte": false} {
			_, err := o.importing().Preview(t.Context(), a, importOf(domain.Event{Slug: e}, threePeople))
			_, err2 := o.importing().Run(t.Context(), a, importOf(domain.Event{Slug: e}, threePeople), nil)
			if (err == nil) != want || (err2 == nil) != want || (!want && !errors.Is(errors.Join(err, err2), domain.ErrNotFound)) {
				t.Errorf("%s at %s: %v, %v", role, e, err, err2)
			}
		}
	}
	if n := o.total(t, o.actor(t, domain.RoleReader, "Z"), "ostersund"); n != 0 {
		t.Errorf("%d were registered in another county", n)
	}
}

func TestEvent_GuessMapping(t *testing.T) {
	t.Parallel()
	e := domain.Event{Questions: []domain.Question{{
		ID: 7, Kind: domain.QuestionChoice, Label: domain.Text{Sv: "Vill du äta?", En: "Lunch?"},
		Choices: []domain.Choice{{Value: "y", Label: domain.Text{Sv: "Gärna", En: "Please"}}},
	}}}
	cases := map[string]struct {
		table string
		head  bool
		want  string
	}{
		"Swedish":             {"Förnamn|Efternamn|E-postadress|Tfn|Organisation|Befattning|Kommun", true, "[given_name family_name email phone organisation title municipality]"},
		"English":             {"First name|LAST NAME|E-mail|Phone number|Workplace|Job title|Municipality", true, "[given_name family_name email phone organisation title municipality]"},
		"namn beside förnamn": {"Namn|Förnamn", true, "[family_name given_name]"},
		"one name":            {"Deltagare|Nr", true, "[name ]"},
		"each field once":     {"E-post|Mejl|Namn", true, "[email  name]"},
		"a question":          {"Namn|Vill du äta", true, "[name question_7]"},
		"no head":             {"Åsa Öberg|asa@example.se", false, "[ email]"},
		"nothing known":       {"a|b", false, "[ ]"},
	}
	for name, c := range cases {
		tab := table(c.table)
		if got := fmt.Sprint(e.GuessMapping(tab)); got != c.want || tab.HasHead() != c.head {
			t.Errorf("%s: got %s (head %t), want %s", name, got, tab.HasHead(), c.want)
		}
	}
	in := e.ImportEntry(domain.TableRow{Cells: []string{"gärna"}}, domain.ImportMapping{"question_7"}, domain.Entry{}, nil)
	if fmt.Sprint(in.Answers) != "map[7:[y]]" {
		t.Errorf("answers %v", in.Answers)
	}
	for name, m := range map[string]domain.ImportMapping{"no name": {domain.ImportEmail}, "twice": {domain.ImportName, domain.ImportName}} {
		if m.Check() == nil {
			t.Errorf("%s is taken", name)
		}
	}
}
