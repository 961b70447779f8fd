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
	"github.com/temadag/temadag/internal/testkit"
)

// newsWorld is two counties, and somebody who writes in each.
func newsWorld(t *testing.T) (*testkit.Kit, *service.News) {
	t.Helper()
	k := testkit.Open(t)
	check(t, k.Editing.PutOrganisers(t.Context(), domain.Operator(), []domain.Organiser{testkit.Norrbotten(), testkit.Jamtland()}))
	return k, service.NewNews(k.Store, k.Clock.Now)
}

// writer is somebody with a role in a county.
func writer(name string, role domain.Role, county domain.OrganiserCode) domain.Actor {
	return domain.Actor{Role: domain.RoleUser, Name: name, Grants: []domain.Grant{{Role: role, County: county}}}
}

// wrote makes an item in Norrbotten, with words in both languages.
func wrote(t *testing.T, s *service.News, a domain.Actor, k domain.NewsKind, title string) int64 {
	t.Helper()
	id, err := s.Create(t.Context(), a, service.NewNewsItem{Kind: k, County: "BD", Entry: domain.NewsEntry{
		Title: domain.Text{Sv: title, En: "In English"}, Lead: domain.Text{Sv: "Ingress.", En: "Lead."}, Body: domain.Text{Sv: "Text.", En: "Text."},
	}})
	check(t, err)
	return id
}

func TestNews_roundTrip(t *testing.T) {
	k, s := newsWorld(t)
	ctx, a := t.Context(), writer("Anna", domain.RoleOrganiser, "BD")
	id := wrote(t, s, a, domain.NewsItem, "Ny rapport om våld")
	n, err := s.Item(ctx, a, id)
	check(t, err)
	if n.Slug != "ny-rapport-om-vald" || n.Stage != "draft" || n.County != "BD" || n.Organisers[0] != "BD" {
		t.Fatalf("made %+v", n.News)
	}
	entry := n.Entry
	entry.Slug, entry.Body.Sv = "rapporten", "## Rubrik\n\n- ett"
	entry.Links = []domain.NewsLink{{Label: domain.Text{Sv: "Rapporten", En: "The report"}, URL: "https://example.se/rapport"}, {}}
	check(t, s.Save(ctx, a, service.NewsInput{ID: id, Seen: n.Mark, Entry: entry}))
	check(t, s.PutPicture(ctx, a, id, service.NewPicture{Content: asPNG(t, corners(2000, 1000)), Alt: domain.Text{Sv: "Fyra färger."}, Credit: "Eva Exempel"}))
	check(t, s.AddDocument(ctx, a, id, service.NewDocument{Title: domain.Text{Sv: "Rapporten"}, About: domain.Text{Sv: "Hela rapporten."}, Lang: domain.Swedish, Filename: "r.pdf", Content: []byte("%PDF-1.7")}))
	check(t, s.AddDocument(ctx, a, id, service.NewDocument{Title: domain.Text{Sv: "Bilaga"}, About: domain.Text{Sv: "Tabeller."}, Lang: domain.Swedish, Filename: "b.txt", Content: []byte("hej")}))
	check(t, s.MoveDocument(ctx, a, id, "bilaga", -1))
	check(t, s.Publish(ctx, a, id, time.Time{}))
	got, err := k.Programme.NewsItem(ctx, "rapporten")
	check(t, err)
	if got.Title.En != "In English" || got.Body.Sv != entry.Body.Sv || len(got.Links) != 1 || len(got.Picture.Sizes) != 2 || got.Picture.Credit != "Eva Exempel" {
		t.Errorf("read %+v", got)
	}
	if len(got.Documents) != 2 || got.Documents[0].Slug != "bilaga" || got.Documents[1].Slug != "rapporten" {
		t.Errorf("documents %+v", got.Documents)
	}
	if content, err := k.Programme.Picture(ctx, got.Picture.Sizes[0].Name); err != nil || decoded(t, content).Bounds().Dx() != 1600 {
		t.Errorf("picture: %v", err)
	}
	lines, versions, err := s.History(ctx, a, id)
	check(t, err)
	var did []string
	for _, l := range lines {
		did = append(did, string(l.Action))
		if l.County != "BD" || l.Actor != "Anna" {
			t.Errorf("line %+v", l)
		}
	}
	want := "news.published document.changed document.added document.added news.picture news.saved news.created"
	if strings.Join(did, " ") != want || len(versions) != 2 || versions[1].By != "" || versions[0].Entry.Slug != "rapporten" {
		t.Errorf("history %v, versions %+v", did, versions)
	}
	findings, err := k.Store.Check(ctx)
	check(t, err)
	for _, f := range findings {
		t.Error(f)
	}
}

// An item is there from its instant on, for everything that shows it, and not a moment before.
func TestNews_schedule(t *testing.T) {
	k, s := newsWorld(t)
	ctx, a := t.Context(), writer("Anna", domain.RoleOrganiser, "BD")
	id := wrote(t, s, a, domain.NewsItem, "I morgon")
	at := k.Clock.Now().Add(3 * time.Hour)
	check(t, s.PutPicture(ctx, a, id, service.NewPicture{Content: asPNG(t, corners(20, 10)), Decorative: true}))
	check(t, s.AddDocument(ctx, a, id, service.NewDocument{Title: domain.Text{Sv: "Bilaga"}, About: domain.Text{Sv: "Tabeller."}, Lang: domain.Swedish, Filename: "b.txt", Content: []byte("hej")}))
	check(t, s.Publish(ctx, a, id, at))
	n, err := s.Item(ctx, a, id)
	check(t, err)
	if next, err := k.Programme.NextChange(ctx); err != nil || !next.Equal(at) {
		t.Errorf("the pages change next at %v, want %v (%v)", next, at, err)
	}
	seen := func() string {
		_, item := k.Programme.NewsItem(ctx, n.Slug)
		_, picture := k.Programme.Picture(ctx, n.Picture.Sizes[0].Name)
		_, _, document := k.Programme.Document(ctx, "bilaga")
		list, err := k.Programme.News(ctx, 10)
		check(t, err)
		out := ""
		for _, there := range []bool{item == nil, picture == nil, document == nil, len(list) == 1} {
			out += map[bool]string{true: "x", false: "-"}[there]
		}
		return out
	}
	k.Clock.Turn(3*time.Hour - time.Microsecond)
	if got := seen(); got != "----" {
		t.Errorf("a moment before: %s", got)
	}
	k.Clock.Turn(time.Microsecond)
	if got := seen(); got != "xxxx" {
		t.Errorf("at the instant: %s", got)
	}
	for name, hide := range map[string]func() error{
		"unpublished": func() error { return s.Unpublish(ctx, a, id) },
		"removed":     func() error { return s.Remove(ctx, a, id) },
	} {
		check(t, s.Restore(ctx, a, id))
		check(t, s.Publish(ctx, a, id, k.Clock.Now()))
		if got := seen(); got != "xxxx" {
			t.Fatalf("published again: %s", got)
		}
		check(t, hide())
		if got := seen(); got != "----" {
			t.Errorf("%s: %s", name, got)
		}
	}
}

// Nobody reaches what belongs to another county, and what is absent looks the same. Each act is tried by its
// own county too, so that a wall that stands everywhere is found out.
func TestNews_walls(t *testing.T) {
	_, s := newsWorld(t)
	ctx := t.Context()
	own := writer("Anna", domain.RoleAdministrator, "BD")
	item, page := wrote(t, s, own, domain.NewsItem, "Nyhet"), wrote(t, s, own, domain.NewsPage, "Sida")
	contact, err := s.Create(ctx, own, service.NewNewsItem{Kind: domain.NewsContact, County: "BD", Entry: domain.NewsEntry{Title: domain.Text{Sv: "Kontakt"}}})
	check(t, err)
	shared, err := s.Create(ctx, own, service.NewNewsItem{Kind: domain.NewsSite, Slug: "privacy", Entry: domain.NewsEntry{Title: domain.Text{Sv: "Personuppgifter"}}})
	check(t, err)
	acts := map[string]func(a domain.Actor, id int64) error{
		"read": func(a domain.Actor, id int64) error { _, err := s.Item(ctx, a, id); return err },
		"save": func(a domain.Actor, id int64) error {
			return s.Save(ctx, a, service.NewsInput{ID: id, Entry: domain.NewsEntry{Title: domain.Text{Sv: "Kapad"}}})
		},
		"preview": func(a domain.Actor, id int64) error {
			_, err := s.Preview(ctx, a, service.NewsInput{ID: id})
			return err
		},
		"publish":   func(a domain.Actor, id int64) error { return s.Publish(ctx, a, id, time.Time{}) },
		"unpublish": func(a domain.Actor, id int64) error { return s.Unpublish(ctx, a, id) },
		"remove":    func(a domain.Actor, id int64) error { return s.Remove(ctx, a, id) },
		"erase":     func(a domain.Actor, id int64) error { return s.Erase(ctx, a, id) },
		"restore":   func(a domain.Actor, id int64) error { return s.Restore(ctx, a, id) },
		"picture": func(a domain.Actor, id int64) error {
			return s.PutPicture(ctx, a, id, service.NewPicture{Content: asPNG(t, corners(9, 9)), Decorative: true})
		},
		"no picture": func(a domain.Actor, id int64) error { return s.RemovePicture(ctx, a, id) },
		"document":   func(a domain.Actor, id int64) error { return s.AddDocument(ctx, a, id, service.NewDocument{}) },
		"history":    func(a domain.Actor, id int64) error { _, _, err := s.History(ctx, a, id); return err },
		"file":       func(a domain.Actor, id int64) error { _, _, err := s.Document(ctx, a, id, "x"); return err },
	}
	strangers := map[string]domain.Actor{
		"nobody": {}, "a visitor": domain.Visitor(), "another county": writer("Bo", domain.RoleAdministrator, "Z"),
		"a case worker": writer("Cilla", domain.RoleCaseWorker, "BD"), "a reader": writer("David", domain.RoleReader, "BD"),
		"an organiser of one event": {Role: domain.RoleUser, Grants: []domain.Grant{{Role: domain.RoleOrganiser, County: "BD", Event: 7}}},
	}
	for act, do := range acts {
		for who, a := range strangers {
			for _, id := range []int64{item, page, contact} {
				if err := do(a, id); !errors.Is(err, domain.ErrNotFound) {
					t.Errorf("%s of %d by %s: %v", act, id, who, err)
				}
			}
			if who == "another county" {
				continue // it shares what all share
			}
			if err := do(a, shared); !errors.Is(err, domain.ErrNotFound) {
				t.Errorf("%s of what all share by %s: %v", act, who, err)
			}
		}
		organiser := writer("Eva", domain.RoleOrganiser, "BD")
		for _, id := range []int64{contact, shared} {
			if err := do(organiser, id); !errors.Is(err, domain.ErrNotFound) {
				t.Errorf("%s of %d by an organiser: %v", act, id, err)
			}
		}
		if act == "file" {
			continue // there is none
		}
		if err := do(own, item); errors.Is(err, domain.ErrNotFound) && act != "erase" {
			t.Errorf("%s by its own county: %v", act, err)
		}
		item = wrote(t, s, own, domain.NewsItem, "Nyhet")
	}
	if all, err := s.All(ctx, writer("Bo", domain.RoleOrganiser, "Z")); err != nil || len(all) != 0 {
		t.Errorf("another county lists %d, %v", len(all), err)
	}
	// The list holds what its reader may write and nothing else: an organiser's neither the county's contact nor
	// what all share, which somebody who answers for the county has there besides.
	listed := func(a domain.Actor) string {
		all, err := s.All(ctx, a)
		check(t, err)
		kinds := make(map[domain.NewsKind]bool)
		for _, n := range all {
			kinds[n.Kind] = true
		}
		return fmt.Sprint(kinds)
	}
	if got := listed(writer("Eva", domain.RoleOrganiser, "BD")); got != "map[news:true page:true]" {
		t.Errorf("an organiser lists %s", got)
	}
	if got := listed(own); got != "map[contact:true news:true page:true site:true]" {
		t.Errorf("who answers for the county lists %s", got)
	}
	counties, err := s.Counties(ctx, writer("Eva", domain.RoleOrganiser, "BD"))
	if err != nil || len(counties) != 1 || counties[0].Code != "BD" {
		t.Errorf("an organiser of one county writes in %+v, %v", counties, err)
	}
	_, err = s.Create(ctx, writer("Bo", domain.RoleAdministrator, "Z"), service.NewNewsItem{Kind: domain.NewsItem, County: "BD", Entry: domain.NewsEntry{Title: domain.Text{Sv: "x"}}})
	if err == nil || errors.Is(err, context.Canceled) {
		t.Error("another county writes in ours")
	}
	// A document and a picture that are there are no more a stranger's than those that are not.
	check(t, s.AddDocument(ctx, own, item, service.NewDocument{Title: domain.Text{Sv: "Bilaga"}, About: domain.Text{Sv: "Tabeller."}, Filename: "b.txt", Content: []byte("hej")}))
	check(t, s.PutPicture(ctx, own, item, service.NewPicture{Content: asPNG(t, corners(20, 10)), Decorative: true}))
	full, err := s.Item(ctx, own, item)
	check(t, err)
	fetch := func(a domain.Actor) (document, picture error) {
		_, _, document = s.Document(ctx, a, item, full.Documents[0].Slug)
		_, picture = s.Picture(ctx, a, item, full.Picture.Sizes[0].Name)
		return document, picture
	}
	if document, picture := fetch(own); document != nil || picture != nil {
		t.Errorf("her own are not there: %v, %v", document, picture)
	}
	for who, a := range strangers {
		if document, picture := fetch(a); !errors.Is(document, domain.ErrNotFound) || !errors.Is(picture, domain.ErrNotFound) {
			t.Errorf("%s fetches a document, or a picture: %v, %v", who, document, picture)
		}
	}
	// What all share, and how the county is reached, an organiser does not begin either.
	for _, in := range []service.NewNewsItem{{Kind: domain.NewsSite, Slug: domain.SitePages()[1]}, {Kind: domain.NewsContact, County: "BD"}} {
		if id, err := s.Create(ctx, writer("Eva", domain.RoleOrganiser, "BD"), in); err == nil {
			t.Errorf("an organiser begins %s: %d", in.Kind, id)
		}
	}
}

// Two who save: the second is told, keeps all she wrote, and neither loses a word.
func TestNews_conflict(t *testing.T) {
	_, s := newsWorld(t)
	ctx, anna, bo := t.Context(), writer("Anna", domain.RoleOrganiser, "BD"), writer("Bo", domain.RoleOrganiser, "BD")
	id := wrote(t, s, anna, domain.NewsItem, "Nyhet")
	n, err := s.Item(ctx, anna, id)
	check(t, err)
	theirs, mine := n.Entry, n.Entry
	theirs.Title.Sv, theirs.Lead.Sv = "Annas rubrik", "Annas ingress."
	mine.Title.Sv, mine.Body.Sv = "Bos rubrik", "Bos text."
	check(t, s.Save(ctx, anna, service.NewsInput{ID: id, Seen: n.Mark, Entry: theirs}))
	var clash *domain.NewsClash
	if err := s.Save(ctx, bo, service.NewsInput{ID: id, Seen: n.Mark, Entry: mine}); !errors.As(err, &clash) {
		t.Fatalf("error %v", err)
	}
	if clash.By != "Anna" || clash.Merged.Title.Sv != "Bos rubrik" || clash.Merged.Lead.Sv != "Annas ingress." || clash.Merged.Body.Sv != "Bos text." {
		t.Errorf("clash %+v", clash)
	}
	if now, _ := s.Item(ctx, bo, id); now.Title.Sv != "Annas rubrik" {
		t.Errorf("the title is %q before it is decided", now.Title.Sv)
	}
	check(t, s.Save(ctx, bo, service.NewsInput{ID: id, Seen: clash.Mark, Entry: clash.Merged}))
	_, versions, err := s.History(ctx, bo, id)
	check(t, err)
	if len(versions) != 3 || versions[0].Entry.Title.Sv != "Bos rubrik" || versions[1].Entry.Title.Sv != "Annas rubrik" {
		t.Errorf("versions %+v", versions)
	}
	// The twin: without the mark that she began with, the two would not be told apart.
	if err := s.Save(ctx, anna, service.NewsInput{ID: id, Seen: clash.Merged.Mark(), Entry: theirs}); err != nil {
		t.Errorf("with the mark of what stands there nothing is refused: %v", err)
	}
}

// Duties block, advice does not; what is erased is gone but for what the audit log tells.
func TestNews_dutiesAndEnds(t *testing.T) {
	k, s := newsWorld(t)
	ctx, a := t.Context(), writer("Anna", domain.RoleOrganiser, "BD")
	id := wrote(t, s, a, domain.NewsPage, "Sida")
	n, err := s.Item(ctx, a, id)
	check(t, err)
	n.Entry.Body.Sv = "![](https://example.se/x.png) Klicka här."
	check(t, s.Save(ctx, a, service.NewsInput{ID: id, Seen: n.Mark, Entry: n.Entry}))
	var invalid *domain.Invalid
	if err := s.Publish(ctx, a, id, time.Time{}); !errors.As(err, &invalid) || invalid.Faults[0].Key != "checklist.picture.alt_missing" {
		t.Fatalf("published without words for a picture: %v", err)
	}
	if err := s.PutPicture(ctx, a, id, service.NewPicture{Content: asPNG(t, corners(9, 9))}); !errors.As(err, &invalid) || invalid.Faults[0].Key != "news.alt.missing" {
		t.Errorf("a picture without words: %v", err)
	}
	open, err := s.Item(ctx, a, id)
	check(t, err)
	fine := open.Entry
	fine.Body.Sv = "Text."
	check(t, s.Save(ctx, a, service.NewsInput{ID: id, Seen: open.Mark, Entry: fine}))
	check(t, s.Publish(ctx, a, id, time.Time{}))
	if err := s.Save(ctx, a, service.NewsInput{ID: id, Seen: fine.Mark(), Entry: open.Entry}); !errors.As(err, &invalid) || invalid.Faults[0].Field != "body_sv" {
		t.Errorf("what everyone sees lost what it must have: %v", err)
	}
	if err := s.Erase(ctx, a, id); domain.CodeOf(err) != domain.CodeConflict {
		t.Errorf("erased what was not removed: %v", err)
	}
	check(t, s.Remove(ctx, a, id))
	check(t, s.Remove(ctx, a, id))
	check(t, s.Erase(ctx, a, id))
	if _, err := s.Item(ctx, a, id); !errors.Is(err, domain.ErrNotFound) {
		t.Errorf("it is still there: %v", err)
	}
	lines, _, err := (&service.Audit{Store: k.Store, Now: k.Clock.Now}).Entries(ctx, writer("D", domain.RoleAdministrator, "BD"), domain.AuditFilter{Object: "news"})
	check(t, err)
	if lines[0].Action != domain.AuditNewsErased {
		t.Errorf("the last line is %s", lines[0].Action)
	}
}
