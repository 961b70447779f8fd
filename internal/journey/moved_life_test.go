package journey_test

import (
	"bytes"
	"fmt"
	"image"
	"image/png"
	"log/slog"
	"strings"
	"testing"
	"time"

	"github.com/temadag/temadag/internal/auth"
	"github.com/temadag/temadag/internal/domain"
	"github.com/temadag/temadag/internal/service"
	"github.com/temadag/temadag/internal/testkit"
)

const (
	fullEvent = "fullsatt" // five places, and a queue
	hungry    = 22         // who tells her diet
	otherTown = "fullsatt-pitea"
	tooLate   = "i-dag"
	evaEmail  = "eva.nyckel@example.se"
	diet      = "Tål inte hjortron"
	halfSent  = "Praktiskt inför dagen"
	passkeyAt = "https://temadag.example.se"
)

// lived is what a life leaves that only those hold who lived it.
type lived struct {
	device *testkit.Authenticator
	codes  []string // for Eva to get in without it
}

// living does with an installation what its people do in an autumn, so that no table is empty. The letters that
// come of it are left in the outbox.
type living struct {
	*testkit.Kit
	t testing.TB
	lived
	staff domain.Actor
	eva   domain.Actor
}

func live(t testing.TB, k *testkit.Kit) lived {
	l := &living{Kit: k, t: t, staff: domain.Actor{Name: "Bo Exempel", Grants: []domain.Grant{{Role: domain.RoleOrganiser, County: "BD"}}}}
	l.accounts()
	l.places()
	l.needs()
	l.office()
	l.written()
	l.mailings()
	l.today()
	l.left()
	return l.lived
}

func (l *living) must(err error) {
	l.t.Helper()
	if err != nil {
		l.t.Fatal(err)
	}
}

// accountsOf is the service of sign-ins. Passkeys are for the site's address in the tests of them.
func accountsOf(t testing.TB, k *testkit.Kit) *service.Accounts {
	t.Helper()
	hasher, err := auth.NewQuickHasher()
	if err != nil {
		t.Fatal(err)
	}
	passkeys, err := auth.NewPasskeys(passkeyAt, "Temadag")
	if err != nil {
		t.Fatal(err)
	}
	link := func(_ domain.Lang, token string) string { return passkeyAt + "/" + token }
	return &service.Accounts{
		Store: k.Store, Keys: k.Keys, Hasher: hasher, Passkeys: passkeys, Now: k.Clock.Now, Log: slog.New(slog.DiscardHandler),
		ResetURL: link, SignInURL: link,
	}
}

// accounts: Eva has a passkey and codes for when it is lost; someone tries passwords; someone is invited.
func (l *living) accounts() {
	ctx, s, home := l.t.Context(), accountsOf(l.t, l.Kit), service.Caller{Address: "192.0.2.7", Agent: "Firefox/140.0"}
	grants := []domain.Grant{{Role: domain.RoleOrganiser, County: "BD"}}
	_, err := s.AddUser(ctx, domain.Operator(), service.NewUser{Email: evaEmail, Name: "Eva Nyckel", Grants: grants, Silent: true})
	l.must(err)
	_, err = s.AddUser(ctx, domain.Operator(), service.NewUser{Email: "inbjuden@example.se", Name: "Inga Inbjuden", Grants: grants})
	l.must(err)
	link, err := s.MakeLink(ctx, domain.Operator(), evaEmail)
	l.must(err)
	in, err := s.SignInLink(ctx, strings.TrimPrefix(link, passkeyAt+"/"), home)
	l.must(err)
	session := func(token string) domain.SignIn {
		out, err := s.Session(ctx, token, home)
		l.must(err)
		return out
	}
	token, err := s.ChangePassword(ctx, session(in.Token), "", officePassword, home)
	l.must(err)
	l.device = &testkit.Authenticator{Origin: passkeyAt}
	options, ticket, err := s.BeginAddPasskey(ctx, session(token))
	l.must(err)
	e, err := s.AddPasskey(ctx, session(token), ticket, "Arbetsdatorn", bytes.NewReader(l.device.Create(l.t, options)))
	l.must(err)
	l.codes, l.eva = e.Codes, session(e.Token).Actor
	if _, err := s.SignIn(ctx, service.SignInInput{Email: evaEmail, Password: "fel lösenord här", Caller: home}); err == nil {
		l.t.Fatal("a wrong password lets in")
	}
	_, err = s.SignIn(ctx, service.SignInInput{Email: evaEmail, Password: officePassword, Caller: home}) // half way: the passkey is asked for
	l.must(err)
}

func (l *living) register(e domain.Event, n int, change ...func(*domain.Entry)) {
	l.t.Helper()
	p := testkit.Person(n)
	p.Organisation = "Piteå kommun \"Öst\"\nsocialtjänsten €"
	for _, fn := range change {
		fn(&p)
	}
	_, err := l.Registrations.Register(l.t.Context(), domain.Operator(), testkit.Input(e, p))
	l.must(err)
}

// whose is the id and the personal link of the person with a number at an event.
func (l *living) whose(slug string, n int) (id domain.RegistrationID, link string) {
	l.t.Helper()
	var r struct {
		ID   int64  `db:"id"`
		UID  []byte `db:"uid"`
		Link int    `db:"link_version"`
	}
	raw := l.Raw(l.t)
	err := raw.Get(&r, `
SELECT r.id, r.uid, r.link_version FROM registrations r JOIN events e ON e.id = r.event_id
WHERE e.slug = ? AND r.email = ? ORDER BY r.id DESC LIMIT 1`, slug, testkit.Person(n).Email)
	l.must(err)
	l.must(raw.Close())
	return domain.RegistrationID(r.ID), l.Keys.Link(r.UID, r.Link)
}

func (l *living) link(slug string, n int) string {
	l.t.Helper()
	_, link := l.whose(slug, n)
	return link
}

// places: people with places and in the queue, cancelled, offered, handed over, moved, changed, protected, in groups,
// and twice.
func (l *living) places() {
	ctx, r, me := l.t.Context(), l.Registrations, domain.Visitor()
	series := domain.Series{Slug: "fullsatta", Title: domain.Text{Sv: "Fullsatta dagar", En: "Full days"}}
	for _, slug := range []string{fullEvent, otherTown} {
		e := testkit.Event(slug, 5)
		if e.Rules = (domain.Rules{GroupLimit: 5, NameBy: e.Day.AddDays(-14), Food: true}); slug == otherTown {
			e.Capacity, e.Town = 20, "Piteå"
		}
		series.Events = append(series.Events, e)
	}
	l.must(l.Editing.AddSeries(ctx, domain.Operator(), series, nil))
	full, err := l.Programme.Event(ctx, fullEvent)
	l.must(err)
	for n := range 9 {
		l.register(full, n)
	}
	l.register(full, 1) // who does not remember
	l.must(r.Cancel(ctx, me, l.link(fullEvent, 0), "Jag flyttar."))
	l.must(r.HandOver(ctx, me, l.link(fullEvent, 1), service.HandOver{GivenName: "Áile", FamilyName: "Ny", Email: "aile@example.se", Lang: domain.Swedish}))
	town, err := l.Programme.Event(ctx, otherTown)
	l.must(err)
	_, err = r.Move(ctx, me, l.link(fullEvent, 3), service.Move{To: otherTown, TermsID: town.Terms.ID, Lang: domain.Swedish})
	l.must(err)
	l.must(l.group(town))
	l.register(town, 20)
	id, link := l.whose(otherTown, 20)
	k, err := l.Store.RegistrationByID(ctx, id)
	l.must(err)
	p := testkit.Person(20)
	p.GivenName = "Bytt"
	_, err = r.Change(ctx, me, link, service.Change{Entry: p, Seen: k.Revision})
	l.must(err)
	l.register(town, 21)
	id, _ = l.whose(otherTown, 21)
	l.must(r.Withdraw(ctx, domain.Operator(), id, "Anmälan gällde fel dag."))
	l.must(r.Protect(ctx, domain.Operator(), otherTown, p.Email))
}

func (l *living) group(e domain.Event) error {
	work := testkit.Person(0)
	_, err := l.Registrations.RegisterGroup(l.t.Context(), domain.Visitor(), service.GroupInput{
		EventSlug: e.Slug, Key: auth.NewKey(), TermsID: e.Terms.ID, Lang: domain.Swedish,
		Entry: domain.GroupEntry{
			ContactName: "Eva Exempel", ContactEmail: "kontakt@example.se", Work: work, Mode: string(domain.GroupSome),
			People: []domain.Entry{testkit.Person(30), testkit.Person(31)}, Unnamed: "1",
		},
	})
	return err
}

// needs: what somebody must not be served, sealed.
func (l *living) needs() {
	town, err := l.Programme.Event(l.t.Context(), otherTown)
	l.must(err)
	l.register(town, hungry, func(p *domain.Entry) { p.Needs.DietText = diet })
}

// office: an import, a list taken and its template, and somebody protected who is looked at.
func (l *living) office() {
	ctx := l.t.Context()
	town, err := l.Programme.Event(ctx, otherTown)
	l.must(err)
	table := domain.Table{Rows: []domain.TableRow{
		{Line: 1, Cells: []string{"Förnamn", "Efternamn", "E-post", "Arbetsplats"}},
		{Line: 2, Cells: []string{"Inläst", "Öberg", "inlast@example.se", "Älvsbyns kommun"}},
	}}
	imports := &service.Importing{Store: l.Store, Registrations: l.Registrations, Now: l.Clock.Now}
	_, err = imports.Run(ctx, l.eva, domain.ImportInput{
		EventSlug: otherTown, Key: auth.NewKey(), Table: table, Head: true, Mapping: town.GuessMapping(table), Lang: domain.Swedish,
		Defaults: domain.Entry{OrganisationType: string(domain.OrgSocialServices), Municipality: "Älvsbyn"},
	}, nil)
	l.must(err)
	s := &service.Exports{Store: l.Store, Programme: l.Programme, Keys: l.Keys, Now: l.Clock.Now}
	spec := domain.ExportSpec{Columns: []domain.ExportColumn{domain.ColumnName, domain.ColumnEmail}, Purpose: "Utskick", Format: domain.FormatCSV}
	_, err = s.KeepTemplate(ctx, l.eva, "BD", "Till lokalen", spec)
	l.must(err)
	_, err = s.Take(ctx, l.eva, domain.ListScope{Event: otherTown}, spec, func(head domain.Export, rows service.ExportRows) error {
		return rows(ctx, head.Events[0].Event.ID, func([]domain.ExportRow) error { return nil })
	})
	l.must(err)
	people := &service.People{Store: l.Store, Registrations: l.Registrations, Now: l.Clock.Now}
	id, _ := l.whose(otherTown, 20)
	_, err = people.Reveal(ctx, l.staff, id, domain.RevealContact)
	l.must(err)
}

// written: news with a picture and an edition, an event edited, and a draft that is not saved.
func (l *living) written() {
	ctx, s := l.t.Context(), service.NewNews(l.Store, l.Clock.Now)
	id, err := s.Create(ctx, l.eva, service.NewNewsItem{Kind: domain.NewsItem, County: "BD", Entry: domain.NewsEntry{Title: domain.Text{Sv: "Ny rapport"}}})
	l.must(err)
	n, err := s.Item(ctx, l.eva, id)
	l.must(err)
	n.Entry.Body.Sv = "## Rubrik\n\n- ett"
	l.must(s.Save(ctx, l.eva, service.NewsInput{ID: id, Seen: n.Mark, Entry: n.Entry}))
	var picture bytes.Buffer
	l.must(png.Encode(&picture, image.NewGray(image.Rect(0, 0, 20, 10))))
	l.must(s.PutPicture(ctx, l.eva, id, service.NewPicture{Content: picture.Bytes(), Decorative: true}))
	d, err := l.Events().Draft(ctx, l.eva, otherTown)
	l.must(err)
	in := service.EditInput{Slug: otherTown, Seen: d.Mark, Entry: d.Entry}
	in.Entry.Lead.Sv = "En dag till."
	l.must(l.Events().Save(ctx, l.eva, in))
	d, err = l.Events().Draft(ctx, l.eva, otherTown)
	l.must(err)
	in = service.EditInput{Slug: otherTown, Seen: d.Mark, Entry: d.Entry}
	in.Entry.Day = "den trettio"
	l.must(l.Events().KeepDraft(ctx, l.eva, in))
}

// mailings: one to those who come, with a file, which will be sent slowly; one to those who asked for invitations;
// and letters that write themselves.
func (l *living) mailings() {
	ctx := l.t.Context()
	subscribers := &service.Subscribers{Store: l.Store, Keys: l.Keys, Now: l.Clock.Now}
	for n := range 3 {
		email := fmt.Sprintf("vill%d@example.se", n)
		l.must(subscribers.Ask(ctx, domain.Visitor(), service.SubscriptionAsk{
			SubscriptionEntry: domain.SubscriptionEntry{Email: email, Counties: []domain.OrganiserCode{"BD"}}, Lang: domain.Swedish, Address: "192.0.2.7",
		}))
		all, err := l.Store.SubscribersAt(ctx, domain.EmailKey(email))
		l.must(err)
		if n > 0 {
			l.must(subscribers.Confirm(ctx, domain.Visitor(), l.Keys.SubscriberLink(all[0].UID, auth.SubscriberManages)))
		}
	}
	outbox := &service.Outbox{Store: l.Store, Keys: l.Keys, Now: l.Clock.Now, Log: slog.New(slog.DiscardHandler)}
	s := &service.Mailings{Store: l.Store, Registrations: l.Registrations, Outbox: outbox, Now: l.Clock.Now}
	uid, err := s.Begin(ctx, l.eva, domain.MailingEntry{
		Audience: domain.Audience{Scope: domain.ListScope{Event: "temadag-lulea"}},
		Subject:  domain.Text{Sv: halfSent, En: "Before the day"}, Body: domain.Text{Sv: "Hej {förnamn}!\n\nTa med legitimation.", En: "Bring identification."},
	})
	l.must(err)
	l.must(s.Enclose(ctx, l.eva, uid, "karta.txt", []byte("Gå åt höger.")))
	l.approve(s, uid)
	uid, err = s.Invite(ctx, l.eva, otherTown, []domain.OrganiserCode{"BD"}, domain.Text{Sv: "Välkommen", En: "Welcome"}, domain.Text{Sv: "Det finns platser.", En: "There are places."})
	l.must(err)
	l.approve(s, uid)
	l.must(s.SuppressByHand(ctx, l.eva, "inte.hit@example.se", "BD", domain.StopAsked))
	auto := &service.Automatics{Store: l.Store, Mailings: s, Now: l.Clock.Now, Log: slog.New(slog.DiscardHandler)}
	l.must(auto.Switch(ctx, l.eva, otherTown, domain.AutomaticKinds()[0], true))
}

func (l *living) approve(s *service.Mailings, uid string) {
	l.t.Helper()
	m, _, err := s.Mailing(l.t.Context(), l.eva, uid)
	l.must(err)
	reach, err := s.Recipients(l.t.Context(), l.eva, uid)
	l.must(err)
	_, err = s.Approve(l.t.Context(), l.eva, uid, service.Approval{Seen: m.Revision, Expected: len(reach), Typed: fmt.Sprint(len(reach))})
	l.must(err)
}

// today: an event whose day it is, with who came and who asks to be let off.
func (l *living) today() {
	e := testkit.Event(tooLate, 5)
	e.Day, e.Starts = domain.DateIn(l.Clock.Now()), 15*60
	e.RegisterUntil, e.CancelUntil = e.Day.AddDays(-2), e.Day.AddDays(-2)
	e.AfterCancel = domain.ContactUs
	l.Clock.Turn(-48 * time.Hour)
	e = l.AddEvent(l.t, e)
	l.register(e, 40)
	l.register(e, 41)
	l.Clock.Turn(24 * time.Hour)
	l.must(l.Registrations.AskToCancel(l.t.Context(), domain.Visitor(), l.link(tooLate, 41), "Jag har blivit sjuk."))
	l.Clock.Turn(24 * time.Hour)
	id, _ := l.whose(tooLate, 40)
	k, err := l.Store.RegistrationByID(l.t.Context(), id)
	l.must(err)
	people := &service.People{Store: l.Store, Registrations: l.Registrations, Now: l.Clock.Now}
	_, err = people.MarkAttendance(l.t.Context(), l.eva, tooLate, []domain.AttendanceMark{{Ref: k.Ref, Was: "unknown", Is: "present"}})
	l.must(err)
}

// left is what other machines and the passing of time bring about.
func (l *living) left() {
	raw := l.Raw(l.t)
	for _, query := range []string{
		`INSERT INTO returns (letter_id, kind, status, at) VALUES ((SELECT min(id) FROM letters), 'delayed', '4.2.2', 1475000000000000)`,
		`INSERT INTO erasures (event_id, at, what, rule, records, actor) VALUES ((SELECT min(id) FROM events), 1475000000000000, 'needs', 'R-25', 3, 'worker')`,
	} {
		_, err := raw.Exec(query)
		l.must(err)
	}
	l.must(raw.Close())
}
