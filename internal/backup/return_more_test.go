package backup_test

import (
	"bytes"
	"image"
	"image/png"
	"testing"
	"time"

	"github.com/temadag/temadag/internal/auth"
	"github.com/temadag/temadag/internal/backup"
	"github.com/temadag/temadag/internal/domain"
	"github.com/temadag/temadag/internal/service"
	"github.com/temadag/temadag/internal/store"
	"github.com/temadag/temadag/internal/testkit"
)

// office is what staff have made before a backup.
type office struct {
	k              *testkit.Kit
	accounts       *service.Accounts
	news           *service.News
	closed, opened domain.UserID
	gone, bare     int64 // news: erased, and without its picture
	masked         []byte
}

func beginOffice(t *testing.T, intend service.Intend) *office {
	t.Helper()
	k, ctx, op := testkit.Open(t), t.Context(), domain.Operator()
	k.Registrations.Erased = intend
	o := &office{k: k, news: service.NewNews(k.Store, k.Clock.Now)}
	o.news.Erased = intend
	o.accounts = &service.Accounts{Store: k.Store, Keys: k.Keys, Now: k.Clock.Now, Erased: intend}
	e := k.AddEvent(t, testkit.Event("lulea", 50))
	in := testkit.Input(e, testkit.Person(1))
	if _, err := k.Registrations.Register(ctx, domain.Visitor(), in); err != nil {
		t.Fatal(err)
	}
	o.masked = auth.UID(in.Key)
	var err error
	for i, id := range []*domain.UserID{&o.closed, &o.opened} {
		*id, err = o.accounts.AddUser(ctx, op, service.NewUser{
			Email: string(rune('a'+i)) + "@example.se", Name: "Eva Exempel", Silent: true,
			Grants: []domain.Grant{{Role: domain.RoleOrganiser, County: "BD"}},
		})
		if err != nil {
			t.Fatal(err)
		}
	}
	if err := o.accounts.Disable(ctx, op, o.opened); err != nil {
		t.Fatal(err)
	}
	var picture bytes.Buffer
	if err := png.Encode(&picture, image.NewRGBA(image.Rect(0, 0, 640, 480))); err != nil {
		t.Fatal(err)
	}
	for _, id := range []*int64{&o.gone, &o.bare} {
		*id, err = o.news.Create(ctx, op, service.NewNewsItem{
			Kind: domain.NewsItem, County: "BD", Entry: domain.NewsEntry{Title: domain.Text{Sv: "Maria berättar"}},
		})
		if err == nil {
			err = o.news.PutPicture(ctx, op, *id, service.NewPicture{Content: picture.Bytes(), Alt: domain.Text{Sv: "Maria"}})
		}
		if err != nil {
			t.Fatal(err)
		}
	}
	return o
}

// afterwards is what is done after the backup and must hold in it too.
func (o *office) afterwards(t *testing.T) {
	t.Helper()
	ctx, op := t.Context(), domain.Operator()
	o.k.Clock.Turn(time.Hour)
	for _, err := range []error{
		o.accounts.Disable(ctx, op, o.closed), o.accounts.Enable(ctx, op, o.opened), o.news.RemovePicture(ctx, op, o.bare),
		o.news.Remove(ctx, op, o.gone), o.news.Erase(ctx, op, o.gone),
		o.k.Registrations.Protect(ctx, op, "lulea", testkit.Person(1).Email),
	} {
		if err != nil {
			t.Fatal(err)
		}
	}
}

// wrong is how many of the five do not hold in a database.
func (o *office) wrong(t *testing.T, s *store.Store) (n int) {
	t.Helper()
	ctx := t.Context()
	count := func(yes bool, err error) {
		if err != nil {
			t.Fatal(err)
		}
		if yes {
			n++
		}
	}
	closed, err := s.AccountByID(ctx, o.closed)
	count(closed.State != domain.UserDisabled, err)
	opened, err := s.AccountByID(ctx, o.opened)
	count(opened.State != domain.UserActive, err)
	bare, err := s.NewsByID(ctx, o.bare)
	count(!bare.Picture.IsZero(), err)
	_, err = s.NewsByID(ctx, o.gone)
	count(err == nil, nil)
	k, err := s.RegistrationByUID(ctx, o.masked)
	count(!k.Protected, err)
	return n
}

// An account that was closed after the backup stays closed, one that was opened again is open, news and pictures
// that were erased are not shown, and whose identity is protected is masked. In the database that lived through
// all of it a replay changes nothing. The twin without one brings all five back.
func TestReturn_office(t *testing.T) {
	dir := t.TempDir()
	log, err := backup.OpenLog(keys(t), dir)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = log.Close() })
	o := beginOffice(t, log.Intend)
	copied := copyOf(t, o.k)
	o.afterwards(t)
	lines, err := backup.ReadLines(dir)
	if err != nil {
		t.Fatal(err)
	}
	gone, open, unread := backup.Read(o.k.Keys, lines)
	if len(open) != 0 || unread != 0 {
		t.Errorf("%d lines open, %d unread", len(open), unread)
	}
	back := reopenAt(t, o.k, copied)
	defer back.Store.Close()
	if n := o.wrong(t, back.Store); n != 5 {
		t.Errorf("in the copy %d of 5 stand: the test judges nothing", n)
	}
	for _, tt := range []struct {
		in   *store.Store
		want []int
	}{{o.k.Store, []int{0}}, {back.Store, []int{5, 0}}} {
		b := &service.Backups{Store: tt.in, Keys: o.k.Keys, Now: o.k.Clock.Now}
		for _, want := range tt.want {
			if n, err := b.Replay(t.Context(), domain.Worker(), gone); err != nil || n != want {
				t.Errorf("replayed %d, want %d: %v", n, want, err)
			}
		}
		if n := o.wrong(t, tt.in); n != 0 {
			t.Errorf("%d of 5 do not hold", n)
		}
		if found, err := tt.in.Check(t.Context()); err != nil || len(found) > 0 {
			t.Error(found, err)
		}
	}
}
