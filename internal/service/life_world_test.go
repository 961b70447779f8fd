package service_test

import (
	"context"
	"database/sql"
	"errors"
	"fmt"
	"strings"
	"testing"
	"time"

	"github.com/temadag/temadag/internal/auth"
	"github.com/temadag/temadag/internal/domain"
	"github.com/temadag/temadag/internal/service"
	"github.com/temadag/temadag/internal/store"
	"github.com/temadag/temadag/internal/testkit"
)

// world is the use cases over a database, with a look at its tables that does not go through the
// program. It carries out the same acts as a model.
type world struct {
	k      *testkit.Kit
	db     testkit.Raw
	events []domain.Event
	tables []string // those that hold nothing in a new database
}

// openWorld makes a world whose database may forget everything at a power cut: nothing here is about
// that, and a sequence is hundreds of commits.
func openWorld(t testing.TB) *world {
	t.Helper()
	o := store.Options{}
	if testkit.Engine() == testkit.SQLite {
		o = store.Options{Synchronous: "OFF", Unsafe: true}
	}
	k := testkit.OpenWith(t, o)
	db := k.Raw(t)
	db.SetMaxOpenConns(1)
	w := &world{k: k, db: db}
	if err := w.lookAround(); err != nil {
		t.Fatal(err)
	}
	return w
}

func (w *world) lookAround() error {
	var all []string
	query := `SELECT name FROM sqlite_master WHERE type = 'table' AND name NOT LIKE 'sqlite%'`
	if w.k.URL != "" {
		query = `SELECT tablename FROM pg_tables WHERE schemaname = 'public' AND tablename NOT IN ('commit_marks', 'instances', 'rate_counts')`
	}
	if err := w.db.Select(&all, query); err != nil {
		return err
	}
	for _, t := range all {
		var n int
		if err := w.db.Get(&n, `SELECT count(*) FROM (SELECT 1 FROM `+t+` LIMIT 1) AS one`); err != nil {
			return err
		}
		if n == 0 {
			w.tables = append(w.tables, t)
		}
	}
	return nil
}

// begin empties the world and fills it with the events of a model, at the model's hour. Events with
// one number of series belong together.
func (w *world) begin(ctx context.Context, m *model) error {
	if err := w.empty(); err != nil {
		return err
	}
	w.k.Clock.Set(m.now)
	if err := w.k.Editing.PutOrganisers(ctx, domain.Operator(), []domain.Organiser{testkit.Norrbotten()}); err != nil {
		return err
	}
	towns := domain.Series{Slug: "serie", Title: domain.Text{Sv: "Temadagar", En: "Theme days"}}
	for i, e := range m.events {
		towns.Events = append(towns.Events, e.event(fmt.Sprintf("ort-%d", i)))
	}
	if err := w.k.Editing.AddSeries(ctx, domain.Operator(), towns, nil); err != nil {
		return err
	}
	w.events = nil
	for _, e := range towns.Events {
		kept, err := w.k.Programme.Event(ctx, e.Slug)
		if err != nil {
			return err
		}
		w.events = append(w.events, kept)
	}
	return nil
}

func (e mevent) event(slug string) domain.Event {
	out := testkit.Event(slug, domain.Seats(e.capacity))
	out.Town, out.WaitingList = slug, e.list
	out.Day, out.RegisterUntil, out.CancelUntil = e.day, e.registerUntil, e.cancelUntil
	if e.contact {
		out.AfterCancel = domain.ContactUs
	}
	out.Rules = domain.Rules{
		SameOrganisation: e.sameOrg, Approval: e.approval, GroupLimit: 5,
		Offers: domain.OfferRules{ShortDays: e.shortDays, ShortHours: e.shortHours, RaceDays: e.raceDays},
	}
	return out
}

func (w *world) empty() error {
	if w.k.URL != "" {
		return w.emptyPostgres()
	}
	for _, t := range w.tables {
		if _, err := w.db.Exec(`DELETE FROM ` + t); err != nil {
			return err
		}
	}
	_, err := w.db.Exec(`DELETE FROM sqlite_sequence`)
	return err
}

// emptyPostgres deletes what stands in the tables and begins their numbers anew, in one go: TRUNCATE makes new files
// for every table.
func (w *world) emptyPostgres() error {
	var all strings.Builder
	for _, t := range w.tables {
		all.WriteString("DELETE FROM " + t + ";")
	}
	all.WriteString(`
SELECT setval(pg_get_serial_sequence(c.table_name, c.column_name), 1, FALSE)
FROM information_schema.columns c
WHERE c.table_schema = 'public' AND c.is_identity = 'YES' AND c.table_name IN ('` + strings.Join(w.tables, "', '") + `')`)
	_, err := w.db.Exec(all.String())
	return err
}

// answered is err as the model writes what someone is told.
func answered(err error) string {
	var v *domain.Invalid
	var e *domain.Error
	switch {
	case err == nil:
		return "ok"
	case errors.As(err, &v):
		return "invalid " + v.Faults[0].Field + ": " + v.Faults[0].Key
	case errors.As(err, &e):
		return string(e.Code) + ": " + e.Key
	}
	return "fault: " + err.Error()
}

// token is the personal link of a registration that is in force now.
func (w *world) token(id int) string {
	var r struct {
		UID  []byte `db:"uid"`
		Link int    `db:"link_version"`
	}
	if err := w.db.Get(&r, `SELECT uid, link_version FROM registrations ORDER BY id LIMIT 1 OFFSET ?`, id-1); err != nil {
		return ""
	}
	return w.k.Keys.Link(r.UID, r.Link)
}

// id is what the program knows the n-th registration by: an address that is sent again uses one up.
func (w *world) id(n int) (id domain.RegistrationID) {
	if err := w.db.Get(&id, `SELECT id FROM registrations ORDER BY id LIMIT 1 OFFSET ?`, n-1); err != nil {
		return 0
	}
	return id
}

func (w *world) request(n int) (id int64) {
	if err := w.db.Get(&id, `SELECT id FROM requests ORDER BY id LIMIT 1 OFFSET ?`, n-1); err != nil {
		return 0
	}
	return id
}

func person(who int) domain.Entry {
	p := testkit.Person(who)
	p.Email = address(who)
	return p
}

// try carries an act out, once, with the key that a form of its own would have.
func (w *world) try(ctx context.Context, a act, key string) string {
	r, me, staff, id := w.k.Registrations, domain.Visitor(), domain.Operator(), w.id(a.Reg)
	switch a.Do {
	case "register", "phone":
		return w.register(ctx, a, key)
	case "group":
		return w.registerTwo(ctx, a, key)
	case "cancel":
		return answered(r.Cancel(ctx, me, w.token(a.Reg), ""))
	case "cancel for":
		return answered(r.CancelFor(ctx, staff, id, phone, ""))
	case "ask":
		return answered(r.AskToCancel(ctx, me, w.token(a.Reg), "Jag har blivit sjuk."))
	case "decide request":
		return answered(r.DecideRequest(ctx, staff, w.request(a.Reg), a.Yes, "Vi har svarat."))
	case "extend":
		return answered(r.Extend(ctx, staff, id, domain.DateIn(w.k.Clock.Now()).AddDays(a.A%5)))
	case "hand over":
		return answered(r.HandOver(ctx, me, w.token(a.Reg), service.HandOver{GivenName: "Áile", Email: address(a.A % people), Lang: domain.Swedish}))
	case "move":
		e := w.events[a.Ev]
		_, err := r.Move(ctx, me, w.token(a.Reg), service.Move{To: e.Slug, TermsID: e.Terms.ID, Queue: a.Yes, Lang: domain.Swedish})
		return answered(err)
	case "leave other":
		return answered(r.LeaveOther(ctx, me, w.token(a.Reg), w.events[a.Ev].Slug))
	case "accept":
		return answered(r.Accept(ctx, me, w.token(a.Reg)))
	case "decline":
		return answered(r.Decline(ctx, me, w.token(a.Reg)))
	case "wait for two":
		return answered(r.WaitForTwo(ctx, me, w.token(a.Reg)))
	case "pass over":
		reason := ""
		if a.Yes {
			reason = "Lokalen saknar hiss."
		}
		return answered(r.PassOver(ctx, staff, id, reason))
	case "withdraw":
		return answered(r.Withdraw(ctx, staff, id, "Anmälan gällde fel dag."))
	case "decide":
		return answered(r.Decide(ctx, staff, id, a.Yes, "Dagen är för socialtjänsten."))
	case "capacity":
		return answered(r.SetCapacity(ctx, staff, w.events[a.Ev].Slug, domain.Seats(a.A%4+1)))
	case "change":
		return w.change(ctx, a)
	case "clock":
		_, err := r.KeepTime(ctx, domain.Worker())
		return answered(err)
	case "wait":
		return "ok"
	}
	panic("no such act: " + a.Do)
}

func (w *world) register(ctx context.Context, a act, key string) string {
	actor, in := domain.Visitor(), testkit.Input(w.events[a.Ev], person(a.A%people))
	in.Key, in.SeatOnly = key, a.Yes
	if a.Do == "phone" {
		actor, in.Channel, in.SeatOnly, in.Entry.Email = domain.Operator(), phone, false, ""
	}
	receipt, err := w.k.Registrations.Register(ctx, actor, in)
	if err != nil {
		return answered(err)
	}
	return "ok " + string(receipt.Status)
}

func (w *world) registerTwo(ctx context.Context, a act, key string) string {
	in := service.GroupInput{EventSlug: w.events[a.Ev].Slug, Key: key, TermsID: w.events[a.Ev].Terms.ID, Lang: domain.Swedish}
	one := a.A % people
	two := (one + 1 + a.B%(people-1)) % people
	in.Entry = domain.GroupEntry{
		ContactName: "Eva Exempel", ContactEmail: contactAddress, Work: person(0), Mode: string(domain.GroupSome),
		People: []domain.Entry{person(one), person(two)},
	}
	if a.Yes {
		in.Entry.Mode = string(domain.GroupTogether)
	}
	_, err := w.k.Registrations.RegisterGroup(ctx, domain.Visitor(), in)
	return answered(err)
}

// change tells another address and nothing else.
func (w *world) change(ctx context.Context, a act) string {
	k, err := w.k.Store.RegistrationByID(ctx, w.id(a.Reg))
	if err != nil {
		return answered(err)
	}
	p := person(a.A % people)
	p.GivenName, p.FamilyName, p.Phone, p.Organisation, p.OrganisationType = k.GivenName, k.FamilyName, k.Phone, k.Organisation, string(k.OrganisationType)
	p.Title, p.Municipality = k.Title, k.Municipality
	_, err = w.k.Registrations.Change(ctx, domain.Visitor(), w.token(a.Reg), service.Change{Entry: p, Seen: k.Revision})
	return answered(err)
}

// do carries an act out, and sends it again where it is to be sent twice. It answers both answers.
func (w *world) do(ctx context.Context, a act) (first, second string) {
	key := auth.NewKey()
	first = w.try(ctx, a, key)
	if a.Twice {
		second = w.try(ctx, a, key)
	}
	return first, second
}

// dump is what stands in the tables, in the words of the model.
func (w *world) dump() ([]string, error) {
	var out []string
	err := w.lines(&out, `
SELECT 'event ' || (id - 1) || ': ' || seats_taken || ' of ' || capacity || ', ' || waiting || ' wait' FROM events ORDER BY id`)
	if err != nil {
		return nil, err
	}
	regs, err := w.rows()
	if err != nil {
		return nil, err
	}
	for _, r := range regs {
		out = append(out, r.line())
	}
	return out, w.lines(&out, `
SELECT 'request ' || (SELECT count(*) FROM requests o WHERE o.id <= r.id) || ': of ' ||
  (SELECT count(*) FROM registrations o WHERE o.id <= registration_id) || ', ' || state
FROM requests r ORDER BY id`)
}

func (w *world) lines(out *[]string, query string) error {
	var lines []string
	err := w.db.Select(&lines, query)
	*out = append(*out, lines...)
	return err
}

// rows are the registrations as they stand in the table, in the shape of the model's.
func (w *world) rows() ([]mreg, error) {
	var rows []struct {
		ID       int           `db:"id"`
		Event    int           `db:"event_id"`
		Email    string        `db:"email"`
		Status   string        `db:"status"`
		Until    int64         `db:"offer_until"`
		Day      string        `db:"cancel_until"`
		Keeps    sql.NullInt64 `db:"keeps_id"`
		Follows  sql.NullInt64 `db:"follows_id"`
		Group    sql.NullInt64 `db:"group_id"`
		Together bool          `db:"together"`
		Told     bool          `db:"race_told"`
		Link     int           `db:"link_version"`
		Steps    string        `db:"steps"`
		Letters  string        `db:"letters"`
	}
	err := w.db.Select(&rows, `
SELECT (SELECT count(*) FROM registrations o WHERE o.id <= r.id) AS id, event_id, email, status, offer_until, cancel_until,
  (SELECT count(*) FROM registrations o WHERE o.id <= r.keeps_id) AS keeps_id,
  (SELECT count(*) FROM registrations o WHERE o.id <= r.follows_id) AS follows_id,
  (SELECT count(*) FROM groups g WHERE g.id <= r.group_id) AS group_id, together, race_told, link_version,
  (SELECT string_agg(kind || '@' || channel, ' ' ORDER BY n) FROM history WHERE registration_id = r.id) AS steps,
  (SELECT string_agg(n || ' ' || kind || '>' || recipient, ' ' ORDER BY id) FROM letters WHERE registration_id = r.id) AS letters
FROM registrations r ORDER BY id`)
	if err != nil {
		return nil, err
	}
	out := make([]mreg, len(rows))
	for i, r := range rows {
		out[i] = mreg{
			id: r.ID, ev: r.Event - 1, who: whose(r.Email), status: domain.RegistrationStatus(r.Status), keeps: int(r.Keeps.Int64),
			follows: int(r.Follows.Int64), group: int(r.Group.Int64), together: r.Together, told: r.Told, link: r.Link,
			steps: []string{r.Steps}, letters: []string{r.Letters},
		}
		if r.Until != 0 {
			out[i].until = time.UnixMicro(r.Until)
		}
		if out[i].day, err = domain.ParseDate(r.Day); err != nil {
			return nil, err
		}
	}
	return out, nil
}

func whose(email string) int {
	for who := range people {
		if address(who) == email {
			return who
		}
	}
	return -1
}

func letterLine(n int, kind domain.LetterKind, to string) string {
	return fmt.Sprintf("%d %s>%s", n, kind, to)
}

// differences are the lines in which two dumps differ.
func differences(got, want []string) string {
	var out []string
	for i := range max(len(got), len(want)) {
		g, w := "nothing", "nothing"
		if i < len(got) {
			g = got[i]
		}
		if i < len(want) {
			w = want[i]
		}
		if g != w {
			out = append(out, "  got  "+g, "  want "+w)
		}
	}
	return strings.Join(out, "\n")
}
