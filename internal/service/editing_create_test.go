package service_test

import (
	"errors"
	"os"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/temadag/temadag/internal/domain"
	"github.com/temadag/temadag/internal/service"
)

// rich is an event with everything in it, and people at it.
func (b *backOffice) rich(t *testing.T) domain.Event {
	t.Helper()
	b.save(t, b.eva, "kiruna", func(in *domain.EventEntry) {
		ready(in)
		in.Town, in.Day, in.OpensDay = "Kiruna", "2016-12-01", "2016-09-01"
		in.RegisterUntil, in.CancelUntil, in.CaseNumber = "2016-11-17", "2016-11-20", "801-7-16"
		in.Rules = domain.RulesEntry{NameBy: "2016-11-18", ChangeUntil: "2016-11-18", NeedsBy: "2016-11-01", GroupLimit: "5", AccessCode: "NORR", Food: true, OfferHours: "48"}
		in.Programme = []domain.SessionEntry{{Title: domain.Text{Sv: "Samtal"}, Starts: "9", Parallel: "A", Capacity: "5", Speakers: []domain.SpeakerEntry{{Name: "Anna Ek"}}}}
		in.Questions = []domain.QuestionEntry{{Kind: "text", Label: domain.Text{Sv: "Fråga?"}}}
		in.Terms.Sv = "Avboka till och med den 20 november 2016."
	})
	if err := b.events.Share(t.Context(), b.eva, "kiruna", "Z"); err != nil {
		t.Fatal(err)
	}
	_, err := b.events.AddDocument(t.Context(), b.eva, "kiruna", service.NewDocument{Title: domain.Text{Sv: "Program"}, About: domain.Text{Sv: "Dagens tider."}, Filename: "program.pdf", Content: []byte("%PDF-1.7")})
	if err != nil {
		t.Fatal(err)
	}
	b.Clock.Set(domain.Date{Year: 2016, Month: time.October, Day: 1}.At(10 * 60))
	e := b.public(t, "kiruna")
	for n := range 3 {
		b.comes(t, e, n, func(in *domain.Entry) {
			in.AccessCode, in.Needs.DietText = "norr", "Nötter"
			in.Answers = map[int64][]string{e.Questions[0].ID: {"Hemligt"}}
		})
	}
	return e
}

// TestCopy: the texts, the form and the rules come along, and nothing of any person or any day.
func TestCopy(t *testing.T) {
	t.Parallel()
	b := openBackOffice(t)
	from := b.rich(t)
	made, err := b.events.Copy(t.Context(), b.eva, service.CopyInput{Slug: "kiruna", Towns: []string{"Kiruna", " Piteå ", ""}, Series: service.CopyNew})
	if err != nil || len(made) != 2 {
		t.Fatalf("%+v, %v", made, err)
	}
	for i, c := range made {
		d := b.open(t, b.eva, c.Slug)
		e := d.Event
		if e.State != domain.EventDraft || e.Title != from.Title || e.Questions[0].Label.Sv != "Fråga?" || e.Questions[0].ID == from.Questions[0].ID ||
			e.Programme[0].Title.Sv != "Samtal" || e.Programme[0].Starts != 9*60 || e.Programme[0].ID == from.Programme[0].ID ||
			e.Programme[0].Speakers[0].Name != "Anna Ek" || e.Rules.GroupLimit != 5 || !e.Rules.Closed() || e.Rules.Offers.Hours != 48 || e.Terms.Version != 1 ||
			e.SeriesID == from.SeriesID || e.SeriesID == 0 {
			t.Errorf("%s: what should come along: %+v", c.Slug, e)
		}
		none := domain.Date{}
		for name, day := range map[string]domain.Date{
			"day": e.Day, "last day": e.LastDay, "register": e.RegisterUntil, "cancel": e.CancelUntil, "names": e.Rules.NameBy,
			"change": e.Rules.ChangeUntil, "needs": e.Rules.NeedsBy, "session": e.Programme[0].Day,
		} {
			if day != none {
				t.Errorf("%s: %s is %v", c.Slug, name, day)
			}
		}
		if !e.OpensAt.IsZero() || e.CaseNumber != "" || e.Revision != 0 || len(e.Rules.CoOrganisers) != 0 || len(e.Documents) != 0 {
			t.Errorf("%s: what belongs to the occasion came along: %+v", c.Slug, e)
		}
		if d.Holdings.Ever != 0 || e.Taken != 0 || e.Waiting != 0 || e.Programme[0].Taken != 0 || len(d.Holdings.Answered) != 0 {
			t.Errorf("%s: people came along: %+v", c.Slug, d.Holdings)
		}
		if sameTown := i == 0; sameTown == e.Venue.IsZero() {
			t.Errorf("%s: the house is %+v", c.Slug, e.Venue)
		}
		if !slices.Equal(c.OldDays, []string{"terms_sv"}) {
			t.Errorf("%s: old days stand in %v", c.Slug, c.OldDays)
		}
		if err := b.events.Publish(t.Context(), b.eva, c.Slug); err == nil && b.public(t, c.Slug).Availability(b.Clock.Now()) != domain.AvailableUndecided {
			t.Errorf("%s takes registrations without a day", c.Slug)
		}
	}
	if made[0].Slug == "kiruna" || made[0].Slug == made[1].Slug || made[1].Town != "Piteå" {
		t.Errorf("made %+v", made)
	}
	if got := b.public(t, "kiruna"); got.Taken != from.Taken+3 || len(got.Questions) != 1 {
		t.Errorf("what was copied is %+v", got)
	}
	sound(t, b.Kit)
}

func TestCopy_refusals(t *testing.T) {
	t.Parallel()
	b := openBackOffice(t)
	if err := b.events.Share(t.Context(), b.eva, "kiruna", "Z"); err != nil {
		t.Fatal(err)
	}
	z := b.actor(t, domain.RoleOrganiser, "Z")
	for name, tt := range map[string]struct {
		who  domain.Actor
		in   service.CopyInput
		want string
	}{
		"a town twice":                    {b.eva, service.CopyInput{Slug: "lulea", Towns: []string{"Piteå", "pitea"}}, "towns: edit.towns.twice"},
		"a town that is a tale":           {b.eva, service.CopyInput{Slug: "lulea", Towns: []string{strings.Repeat("Å", 61)}}, "towns: edit.towns.too_long"},
		"for another county":              {b.eva, service.CopyInput{Slug: "lulea", Owner: "Z"}, "owner: edit.owner.wrong"},
		"for the owner, by a co-arranger": {z, service.CopyInput{Slug: "kiruna"}, "owner: edit.owner.wrong"},
		"for her own county":              {z, service.CopyInput{Slug: "kiruna", Owner: "Z"}, ""},
		"what is not hers":                {z, service.CopyInput{Slug: "lulea", Owner: "Z"}, "not_found: event.not_found"},
		"a series that is none":           {b.eva, service.CopyInput{Slug: "lulea", Series: "x"}, "series: edit.choice.wrong"},
	} {
		if _, err := b.events.Copy(t.Context(), tt.who, tt.in); faults(err) != tt.want {
			t.Errorf("%s: got %s, want %s", name, faults(err), tt.want)
		}
	}
}

func TestCreateSeries(t *testing.T) {
	t.Parallel()
	b := openBackOffice(t)
	both := b.granted(t, domain.Grant{Role: domain.RoleOrganiser, County: "BD"}, domain.Grant{Role: domain.RoleOrganiser, County: "Z"})
	in := service.NewSeries{
		Title: domain.Text{Sv: "Efterfrågan", En: "Demand"}, Lead: domain.Text{Sv: "Ingress"}, Body: domain.Text{Sv: "Text"},
		Towns: []domain.SeriesTown{{Town: "Luleå", Owner: "BD"}, {Town: "Östersund", Owner: "Z"}},
	}
	slug, events, err := b.events.CreateSeries(t.Context(), both, in)
	if err != nil || slug != "efterfragan-2" || strings.Join(events, " ") != "efterfragan-lulea efterfragan-ostersund" {
		t.Fatalf("%s, %v, %v", slug, events, err)
	}
	if e := b.open(t, b.eva, events[0]).Event; e.Lead.Sv != "Ingress" || e.Body.Sv != "Text" || e.Owner.Code != "BD" || e.SeriesSlug != slug || e.Title.En != "Demand" {
		t.Errorf("made %+v", e)
	}
	for name, towns := range map[string][]domain.SeriesTown{
		"town_2_owner: edit.owner.wrong": {{Town: "Luleå", Owner: "BD"}, {Town: "Östersund", Owner: "Z"}},
		"towns: edit.towns.missing":      {{Owner: "BD"}},
		"towns: edit.towns.twice":        {{Town: "Luleå", Owner: "BD"}, {Town: "Luleå", Owner: "BD"}},
		"town_2_day: field.date.weekday_disagrees": {
			{Town: "Luleå", Owner: "BD", Day: "1 december 2016"}, {Town: "Piteå", Owner: "BD", Day: "fredag 1 december 2016"},
		},
	} {
		in.Towns = towns
		if _, _, err := b.events.CreateSeries(t.Context(), b.eva, in); faults(err) != name {
			t.Errorf("got %s, want %s", faults(err), name)
		}
	}
	in.Towns = []domain.SeriesTown{{Town: "Kalix", Owner: "BD", Day: "5/12 2016", Starts: "9", Ends: "16.00", Venue: "Folkets hus", Address: "Köpmannagatan 12", Capacity: "70"}}
	_, told, err := b.events.CreateSeries(t.Context(), b.eva, in)
	if err != nil {
		t.Fatal(err)
	}
	if e := b.open(t, b.eva, told[0]).Event; e.Day.String() != "2016-12-05" || e.Starts.String() != "09:00" || e.Ends.String() != "16:00" || e.Venue.Name != "Folkets hus" || e.Venue.Address != "Köpmannagatan 12" || e.Capacity != 70 {
		t.Errorf("what was told of the town is %+v", e)
	}
	series, mark, err := b.events.Series(t.Context(), b.eva, slug)
	if err != nil || len(series.Events) != 1 {
		t.Fatalf("she may edit %d of its events, %v", len(series.Events), err)
	}
	words := domain.Series{Title: domain.Text{Sv: "Nytt"}, Lead: domain.Text{Sv: "Ny ingress"}}
	for range 2 {
		if err := b.events.SaveSeries(t.Context(), b.eva, slug, mark, words); err != nil {
			t.Errorf("save: %v", err)
		}
	}
	if err := b.events.SaveSeries(t.Context(), both, slug, mark, domain.Series{Title: domain.Text{Sv: "Annat"}}); inWords(err) != "conflict: event.edited_meanwhile" {
		t.Errorf("somebody else: %v", err)
	}
	if got := faults(b.events.SaveSeries(t.Context(), b.eva, slug, mark, domain.Series{})); got != "title_sv: edit.title.missing" {
		t.Errorf("no title: %s", got)
	}
	m := b.actor(t, domain.RoleOrganiser, "M")
	if _, _, err := b.events.Series(t.Context(), m, slug); !errors.Is(err, domain.ErrNotFound) {
		t.Errorf("a county without an event in it: %v", err)
	}
	sound(t, b.Kit)
}

// TestCreateFromInvitation: what was approved is there as approved, and no other guess is.
func TestCreateFromInvitation(t *testing.T) {
	t.Parallel()
	b := openBackOffice(t)
	text, err := os.ReadFile("../domain/testdata/invitations/four_towns_rows.txt")
	if err != nil {
		t.Fatal(err)
	}
	inv, err := b.events.ReadInvitation(b.eva, string(text))
	if err != nil {
		t.Fatal(err)
	}
	all, mine := map[string]string{}, map[string]string{}
	for _, p := range inv.Proposals() {
		if p.Source == "" || p.Value == "" {
			t.Errorf("%s: %q from %q", p.Key, p.Value, p.Source)
		}
		all[p.Key] = p.Value
		if p.Occasion <= 0 {
			mine[p.Key] = p.Value
		}
	}
	if all["occasion_1_day"] != "2016-12-01" || all["occasion_2_owner"] != "Z" || all["title"] == "" || len(all) < 30 {
		t.Fatalf("proposals %v", all)
	}
	mine["title"], mine["occasion_1_ends"] = "Min egen rubrik", "kl 16"
	delete(mine, "occasion_1_venue")
	delete(mine, "occasion_1_address")
	events, series, err := b.events.CreateFromInvitation(t.Context(), b.eva, service.FromInvitation{Text: string(text), Approved: mine, Owner: "BD"})
	if err != nil || len(events) != 1 || series != "" {
		t.Fatalf("%v, %q, %s", events, series, faults(err))
	}
	e := b.open(t, b.eva, events[0]).Event
	if e.Title.Sv != "Min egen rubrik" || e.Day.String() != "2016-12-01" || e.Town != "Luleå" || e.Ends != 16*60 || !e.Venue.IsZero() ||
		e.RegisterUntil.String() != "2016-11-17" || len(e.TargetGroup) < 5 || e.State != domain.EventDraft || e.Owner.Code != "BD" {
		t.Errorf("made %+v", e)
	}
	both := b.granted(t, domain.Grant{Role: domain.RoleOrganiser, County: "BD"}, domain.Grant{Role: domain.RoleOrganiser, County: "Z"})
	for _, k := range []string{"occasion_3", "occasion_4"} {
		delete(all, k)
	}
	events, series, err = b.events.CreateFromInvitation(t.Context(), both, service.FromInvitation{Text: string(text), Approved: all})
	if err != nil || len(events) != 2 || series == "" {
		t.Fatalf("%v, %q, %s", events, series, faults(err))
	}
	if words, _, err := b.events.Series(t.Context(), both, series); err != nil || !words.Body.IsZero() {
		t.Errorf("the text of a day is the text of its theme: %q, %v", words.Body.Sv, err)
	}
	for name, change := range map[string]func(in map[string]string){
		"occasion_2_owner: edit.owner.wrong": func(map[string]string) {},
		"title: edit.title.missing": func(in map[string]string) {
			delete(in, "occasion_2")
			delete(in, "title")
		},
		"occasion_1_day: field.date.year_missing": func(in map[string]string) {
			delete(in, "occasion_2")
			in["occasion_1_day"] = "1 december"
		},
		"occasions: edit.occasions.missing": func(in map[string]string) {
			delete(in, "occasion_1")
			delete(in, "occasion_2")
		},
	} {
		in := map[string]string{}
		for k, v := range all {
			in[k] = v
		}
		change(in)
		if _, _, err := b.events.CreateFromInvitation(t.Context(), b.eva, service.FromInvitation{Text: string(text), Approved: in}); faults(err) != name {
			t.Errorf("got %s, want %s", faults(err), name)
		}
	}
	sound(t, b.Kit)
}

// TestCreateFromInvitation_everyText: whatever the text, approving every proposal makes drafts.
func TestCreateFromInvitation_everyText(t *testing.T) {
	t.Parallel()
	b := openBackOffice(t)
	files, err := os.ReadDir("../domain/testdata/invitations")
	if err != nil {
		t.Fatal(err)
	}
	for _, f := range files {
		if !strings.HasSuffix(f.Name(), ".txt") {
			continue
		}
		text, err := os.ReadFile("../domain/testdata/invitations/" + f.Name())
		if err != nil {
			t.Fatal(err)
		}
		inv, _ := b.events.ReadInvitation(b.eva, string(text))
		approved := map[string]string{"title": "Utan rubrik"}
		for _, p := range inv.Proposals() {
			approved[p.Key] = p.Value
		}
		for n := range inv.Count() {
			approved[domain.RowField("occasion", n, "owner")] = "BD"
		}
		events, _, err := b.events.CreateFromInvitation(t.Context(), b.eva, service.FromInvitation{Text: string(text), Approved: approved})
		if err != nil || len(events) != inv.Count() {
			t.Errorf("%s: %v, %s", f.Name(), events, faults(err))
		}
	}
}

func TestDocuments(t *testing.T) {
	t.Parallel()
	b := openBackOffice(t)
	about := domain.Text{Sv: "Dagens tider och föreläsare."}
	add := func(name, content string) (string, error) {
		return b.events.AddDocument(t.Context(), b.eva, "lulea", service.NewDocument{
			Title: domain.Text{Sv: "Program"}, About: about, Filename: name, Content: []byte(content),
		})
	}
	for _, tt := range []struct{ name, content, want string }{
		{"program.exe", "MZ", "file: edit.file.kind"},
		{"program", "x", "file: edit.file.kind"},
		{"bild.svg", "<svg>", "file: edit.file.kind"},
		{"program.html", "<script>", "file: edit.file.kind"},
		{"program.pdf", "", "file: edit.file.missing"},
		{"program.pdf", "<html>", "file: edit.file.other"},
		{"program.docx", "%PDF-", "file: edit.file.other"},
		{"program.txt", "\xff\xfe", "file: edit.file.other"},
		{"program.pdf", "%PDF-" + strings.Repeat("x", service.MaxDocument), "file: edit.file.large"},
	} {
		if _, err := add(tt.name, tt.content); faults(err) != tt.want {
			t.Errorf("%s: got %s, want %s", tt.name, faults(err), tt.want)
		}
	}
	one, err := add(`C:\eva\..\Program för dagen.PDF`, "%PDF-1.7")
	two, err2 := add("program.txt", "Tider")
	if err != nil || err2 != nil || one == two {
		t.Fatal(one, two, err, err2)
	}
	if again, err := add("program.txt", "Tider"); err != nil || again != two {
		t.Errorf("sent twice: %s, %v", again, err)
	}
	if err := b.events.MoveDocument(t.Context(), b.eva, "lulea", two, -1); err != nil {
		t.Fatal(err)
	}
	if err := b.events.DescribeDocument(t.Context(), b.eva, "lulea", two, domain.Text{Sv: "Tider"}, about, domain.English); err != nil {
		t.Fatal(err)
	}
	docs := b.public(t, "lulea").Documents
	if len(docs) != 2 || docs[0].Slug != two || docs[0].Lang != domain.English || docs[1].Filename != "Program för dagen.PDF" || docs[1].About != about ||
		docs[1].MIME != "application/pdf" {
		t.Errorf("documents %+v", docs)
	}
	if got := faults(b.events.DescribeDocument(t.Context(), b.eva, "lulea", two, domain.Text{}, domain.Text{}, "")); got !=
		"title_sv: edit.title.missing, about_sv: edit.about.missing" {
		t.Errorf("nothing is said of it: %s", got)
	}
	if err := b.events.RemoveDocument(t.Context(), b.eva, "kiruna", two); !errors.Is(err, domain.ErrNotFound) {
		t.Errorf("another event's document: %v", err)
	}
	if err := b.events.RemoveDocument(t.Context(), b.eva, "lulea", two); err != nil {
		t.Fatal(err)
	}
	if _, _, err := b.Programme.Document(t.Context(), two); !errors.Is(err, domain.ErrNotFound) {
		t.Errorf("it can still be fetched: %v", err)
	}
	sound(t, b.Kit)
}
