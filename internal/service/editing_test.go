package service_test

import (
	"errors"
	"fmt"
	"reflect"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/temadag/temadag/internal/domain"
	"github.com/temadag/temadag/internal/service"
	"github.com/temadag/temadag/internal/testkit"
)

// TestSave: an edit of everything is kept whole, shown to everyone, told in the log, and asked no second time.
func TestSave(t *testing.T) {
	t.Parallel()
	b := openBackOffice(t)
	seen := b.Store.Version()
	in := edit(b.open(t, b.eva, "lulea"), func(in *domain.EventEntry) {
		ready(in)
		in.Title, in.Lead = domain.Text{Sv: "Ny rubrik", En: "New title"}, domain.Text{Sv: "Ny ingress"}
		in.Programme = []domain.SessionEntry{
			{Starts: "9.00", Ends: "10.00", Title: domain.Text{Sv: "Inledning"}, Speakers: []domain.SpeakerEntry{{Name: "Anna Ek", Title: domain.Text{Sv: "docent"}}}},
			{Starts: "10", Title: domain.Text{Sv: "Samtal"}, Parallel: "A", Capacity: "20"},
		}
		in.Speakers = []domain.SpeakerEntry{{Name: "Bo Bok", Organisation: domain.Text{Sv: "Polisen", En: "The police"}}}
		in.Questions = []domain.QuestionEntry{{Kind: "choice", Label: domain.Text{Sv: "Buss?"}, Choices: []domain.Choice{
			{Label: domain.Text{Sv: "Ja"}}, {Label: domain.Text{Sv: "Nej"}},
		}}}
		in.Rules.Food, in.Rules.GroupLimit = true, "4"
	})
	if err := b.events.Save(t.Context(), b.eva, in); err != nil {
		t.Fatal(err)
	}
	e := b.public(t, "lulea")
	if e.Title.En != "New title" || len(e.Programme) != 2 || e.Programme[0].Speakers[0].Name != "Anna Ek" || e.Programme[1].Parallel != "A" ||
		e.Speakers[0].Organisation.En != "The police" || e.Questions[0].Choices[1].Value != "c2" || !e.Rules.Food || e.Capacity != 40 ||
		e.Venue.Access.StepFree != domain.Yes || e.Programme[0].Day != e.Day || e.Revision != 1 || b.Store.Version() == seen {
		t.Errorf("the event is %+v", e)
	}
	if again := b.open(t, b.nils, "lulea"); !reflect.DeepEqual(again.Entry, domain.EntryOf(e)) || again.Last == nil || again.Last.By != "Eva Exempel" {
		t.Errorf("the next editor begins with %+v", again)
	}
	if got := b.audited(t, "lulea"); got != "event.saved" {
		t.Errorf("log: %s", got)
	}
	before := e.UpdatedAt
	b.Clock.Turn(time.Hour)
	b.save(t, b.nils, "lulea", func(*domain.EventEntry) {})
	if err := b.events.Save(t.Context(), b.eva, in); err != nil { // the button was pressed twice
		t.Errorf("sent again: %v", err)
	}
	if e := b.public(t, "lulea"); !e.UpdatedAt.Equal(before) || b.audited(t, "lulea") != "event.saved" {
		t.Error("nothing was changed, and something was written")
	}
	sound(t, b.Kit)
}

// TestSave_twoEditors: the second is told who changed what, both versions, and loses nothing.
func TestSave_twoEditors(t *testing.T) {
	t.Parallel()
	b := openBackOffice(t)
	evas, nilss := b.open(t, b.eva, "lulea"), b.open(t, b.nils, "lulea")
	b.Clock.Turn(10 * time.Minute)
	if err := b.events.Save(t.Context(), b.eva, edit(evas, func(in *domain.EventEntry) { in.Title.Sv, in.Capacity = "Evas", "60" })); err != nil {
		t.Fatal(err)
	}
	his := edit(nilss, func(in *domain.EventEntry) { in.Title.Sv, in.CaseNumber = "Nils", "801-1-16" })
	err := b.events.Save(t.Context(), b.nils, his)
	var clash *domain.EditClash
	if !errors.As(err, &clash) || domain.CodeOf(err) != domain.CodeConflict {
		t.Fatalf("the second editor is told %v", err)
	}
	want := []domain.FieldClash{
		{Field: "title_sv", Was: "Temadag i Luleå", Theirs: "Evas", Mine: "Nils", Both: true},
		{Field: "capacity", Was: "50", Theirs: "60", Mine: "50"},
	}
	if !slices.Equal(clash.Fields, want) || len(clash.Saves) != 1 || clash.Saves[0].By != "Eva Exempel" ||
		!clash.Saves[0].At.Equal(b.Clock.Now()) || strings.Join(clash.Saves[0].Fields, " ") != "title_sv capacity" {
		t.Errorf("clash %+v, saves %+v", clash.Fields, clash.Saves)
	}
	if b.public(t, "lulea").Title.Sv != "Evas" {
		t.Error("the second editor has overwritten the first")
	}
	back := b.open(t, b.nils, "lulea")
	if back.Mine == nil || !back.Mine.Stale || back.Mine.Entry.Title.Sv != "Nils" || back.Mine.Mark != his.Seen {
		t.Errorf("what he typed is %+v", back.Mine)
	}
	if evas := b.open(t, b.eva, "lulea"); evas.Mine != nil || len(evas.Others) != 1 || evas.Others[0].Entry.Title.Sv != "" {
		t.Errorf("she sees %+v", evas.Others)
	}
	if err := b.events.Save(t.Context(), b.nils, service.EditInput{Slug: "lulea", Seen: clash.Mark, Entry: clash.Merged}); err != nil {
		t.Fatal(err)
	}
	if e := b.public(t, "lulea"); e.Title.Sv != "Nils" || e.Capacity != 60 || e.CaseNumber != "801-1-16" {
		t.Errorf("both together are %s, %d, %s", e.Title.Sv, e.Capacity, e.CaseNumber)
	}
	if b.open(t, b.nils, "lulea").Mine != nil {
		t.Error("what was saved is still offered as unsaved")
	}
}

// TestSave_manyEditors: eight at once, each with a field of her own and all with the same list; when all have
// settled their clashes every word is there.
func TestSave_manyEditors(t *testing.T) {
	t.Parallel()
	b := openBackOffice(t)
	fields := []func(in *domain.EventEntry){
		func(in *domain.EventEntry) { in.Lead.Sv = "x" }, func(in *domain.EventEntry) { in.Lead.En = "x" },
		func(in *domain.EventEntry) { in.Body.Sv = "x" }, func(in *domain.EventEntry) { in.CaseNumber = "x" },
		func(in *domain.EventEntry) { in.Cost.Sv = "x" }, func(in *domain.EventEntry) { in.Contact.Name = "x" },
		func(in *domain.EventEntry) { in.PhotoNote.Sv = "x" }, func(in *domain.EventEntry) { in.RetentionSupport = "x" },
	}
	began := b.open(t, b.eva, "lulea")
	var wg sync.WaitGroup
	for i, change := range fields {
		wg.Go(func() {
			in := edit(began, func(in *domain.EventEntry) {
				change(in)
				in.InvitedBy = append(slices.Clone(in.InvitedBy), fmt.Sprintf("E%d", i))
			})
			for range 100 {
				var clash *domain.EditClash
				if !errors.As(b.events.Save(t.Context(), b.eva, in), &clash) {
					return
				}
				in.Seen, in.Entry = clash.Mark, clash.Merged
				for _, f := range clash.Fields {
					if f.Field == "invited_by" { // the list of both
						in.Entry.InvitedBy = append(strings.Split(f.Theirs, "\n"), fmt.Sprintf("E%d", i))
					}
				}
			}
		})
	}
	wg.Wait()
	if got := wordsKept(b.public(t, "lulea")); got != 2*len(fields) {
		t.Errorf("%d of %d words are there", got, 2*len(fields))
	}
}

func wordsKept(e domain.Event) int {
	return strings.Count(e.Lead.Sv+e.Lead.En+e.Body.Sv+e.CaseNumber+e.Cost.Sv+e.Contact.Name+e.PhotoNote.Sv+e.Retention.Support, "x") + len(e.InvitedBy)
}

// TestSave_manyEditors_twin: who sends a mark that she did not begin with overwrites others, and the count of
// words tells.
func TestSave_manyEditors_twin(t *testing.T) {
	t.Parallel()
	b := openBackOffice(t)
	first, second := b.open(t, b.eva, "lulea"), b.open(t, b.nils, "lulea")
	b.save(t, b.eva, "lulea", func(in *domain.EventEntry) { in.CaseNumber = "x" })
	in := edit(second, func(in *domain.EventEntry) { in.Cost.Sv = "x" })
	in.Seen = b.open(t, b.nils, "lulea").Mark
	if err := b.events.Save(t.Context(), b.nils, in); err != nil {
		t.Fatal(err)
	}
	if got := wordsKept(b.public(t, "lulea")) - wordsKept(first.Event); got != 1 {
		t.Errorf("%d words are there", got)
	}
}

// TestSave_capacityChangedElsewhere: what was not changed by an editor is told all the same.
func TestSave_capacityChangedElsewhere(t *testing.T) {
	t.Parallel()
	b := openBackOffice(t)
	d := b.open(t, b.eva, "lulea")
	if err := b.Registrations.SetCapacity(t.Context(), b.nils, "lulea", 70); err != nil {
		t.Fatal(err)
	}
	err := b.events.Save(t.Context(), b.eva, edit(d, func(in *domain.EventEntry) { in.CaseNumber = "1" }))
	var clash *domain.EditClash
	if !errors.As(err, &clash) || !slices.ContainsFunc(clash.Fields, func(f domain.FieldClash) bool { return f.Field == "capacity" && f.Theirs == "70" }) {
		t.Errorf("she is told %v", err)
	}
}

// TestSave_terms: who registered keeps the words that she saw.
func TestSave_terms(t *testing.T) {
	t.Parallel()
	b := openBackOffice(t)
	token := b.comes(t, b.lulea, 1)
	b.save(t, b.eva, "lulea", func(in *domain.EventEntry) { in.Terms.Sv = "Nya villkor." })
	if got := own(t, b.Kit, token).Terms.Text.Sv; got != b.lulea.Terms.Text.Sv {
		t.Errorf("she has agreed to %q", got)
	}
	e := b.public(t, "lulea")
	if e.Terms.Version != 2 || e.Terms.Text.Sv != "Nya villkor." {
		t.Errorf("terms %+v", e.Terms)
	}
	if _, err := b.Registrations.Register(t.Context(), domain.Visitor(), testkit.Input(b.lulea, testkit.Person(2))); inWords(err) != "conflict: registration.terms_changed" {
		t.Errorf("a form with the old terms: %v", err)
	}
	b.save(t, b.eva, "lulea", func(in *domain.EventEntry) { in.CaseNumber = "2" })
	if e := b.public(t, "lulea"); e.Terms.Version != 2 {
		t.Errorf("the same words are version %d", e.Terms.Version)
	}
	sound(t, b.Kit)
}

// TestSave_questions: an answered question is retired and its answers stay, one without is gone.
func TestSave_questions(t *testing.T) {
	t.Parallel()
	b := openBackOffice(t)
	b.save(t, b.eva, "lulea", func(in *domain.EventEntry) {
		in.Questions = []domain.QuestionEntry{
			{Kind: "text", Label: domain.Text{Sv: "Ett"}}, {Kind: "yes_no", Label: domain.Text{Sv: "Två"}}, {Kind: "text", Label: domain.Text{Sv: "Tre"}},
		}
	})
	e := b.public(t, "lulea")
	token := b.comes(t, e, 1, func(in *domain.Entry) {
		in.Answers = map[int64][]string{e.Questions[0].ID: {"svar"}, e.Questions[1].ID: {"yes"}}
	})
	b.save(t, b.eva, "lulea", func(in *domain.EventEntry) {
		domain.Shift(in.Questions, 2, -2)
		in.Questions = append(in.Questions[:1], in.Questions[2], domain.QuestionEntry{Kind: "text", Label: domain.Text{Sv: "Fyra"}})
	})
	now := b.open(t, b.eva, "lulea")
	var labels []string
	for _, q := range now.Event.Questions {
		labels = append(labels, q.Label.Sv)
	}
	if strings.Join(labels, " ") != "Tre Två Fyra" || len(now.Retired) != 1 || now.Retired[0].ID != e.Questions[0].ID {
		t.Errorf("asked %v, retired %+v", labels, now.Retired)
	}
	reg := own(t, b.Kit, token).Registration
	in := testkit.Person(1)
	in.Phone, in.Answers = "070-174 06 06", map[int64][]string{e.Questions[1].ID: {"yes"}}
	if _, err := b.Registrations.Change(t.Context(), domain.Visitor(), token, service.Change{Entry: in, Seen: reg.Revision}); err != nil {
		t.Fatal(err)
	}
	after := own(t, b.Kit, token)
	if len(after.Registration.Answers) != 2 || strings.Join(after.History[len(after.History)-1].Details.Fields, " ") != "phone" {
		t.Errorf("her answers are %+v, changed: %v", after.Registration.Answers, after.History)
	}
	err := b.events.Save(t.Context(), b.eva, edit(now, func(in *domain.EventEntry) { in.Questions[1].Kind = "text" }))
	if got := faults(err); got != "question_2_kind: edit.question.answered" {
		t.Errorf("another kind: %s", got)
	}
	b.save(t, b.eva, "lulea", func(in *domain.EventEntry) { in.Questions = nil })
	if now := b.open(t, b.eva, "lulea"); len(now.Event.Questions) != 0 || len(now.Retired) != 2 {
		t.Errorf("%d asked, %d retired", len(now.Event.Questions), len(now.Retired))
	}
	b.save(t, b.eva, "lulea", func(in *domain.EventEntry) {
		in.Questions = []domain.QuestionEntry{{Kind: "text", Label: domain.Text{Sv: "Ny"}}}
	})
	sound(t, b.Kit)
}

// TestSave_programme: items keep their ids and their people; who waited for one that has grown gets in.
func TestSave_programme(t *testing.T) {
	t.Parallel()
	b := openBackOffice(t)
	b.save(t, b.eva, "lulea", func(in *domain.EventEntry) {
		for _, name := range []string{"Ett", "Två", "Tre"} {
			in.Programme = append(in.Programme, domain.SessionEntry{Title: domain.Text{Sv: name}, Starts: "13"})
		}
		in.Programme[1].Parallel, in.Programme[1].Capacity = "A", "1"
	})
	e := b.public(t, "lulea")
	talk := fmt.Sprint(e.Programme[1].ID)
	first, second := b.comes(t, e, 1, wants(talk)), b.comes(t, e, 2, wants(talk))
	letters(t, b.Kit)
	for name, change := range map[string]func(in *domain.EventEntry){
		"programme: edit.session.chosen":            func(in *domain.EventEntry) { in.Programme = in.Programme[:1] },
		"session_2_parallel: edit.parallel.missing": func(in *domain.EventEntry) { in.Programme[1].Parallel = "" },
	} {
		if got := faults(b.events.Save(t.Context(), b.eva, edit(b.open(t, b.eva, "lulea"), change))); got != name {
			t.Errorf("got %s, want %s", got, name)
		}
	}
	b.save(t, b.eva, "lulea", func(in *domain.EventEntry) {
		domain.Shift(in.Programme, 1, -1)
		in.Programme = append(in.Programme[:2], domain.SessionEntry{Title: domain.Text{Sv: "Fyra"}, Starts: "14"})
		in.Programme[0].Capacity = "2"
	})
	now := b.public(t, "lulea")
	if len(now.Programme) != 3 || now.Programme[0].ID != e.Programme[1].ID || now.Programme[1].ID != e.Programme[0].ID || now.Programme[0].Taken != 2 {
		t.Errorf("programme %+v", now.Programme)
	}
	if stands(t, b.Kit, first) != "Två confirmed" || stands(t, b.Kit, second) != "Två confirmed" {
		t.Errorf("they stand at %q and %q", stands(t, b.Kit, first), stands(t, b.Kit, second))
	}
	if got := kindsOwed(t, b.Kit); got[domain.LetterSessionPlace] != 1 || len(got) != 1 {
		t.Errorf("letters %v", got)
	}
	sound(t, b.Kit)
}

// TestSave_places: fewer than are taken is refused at its field; more go to the queue first.
func TestSave_places(t *testing.T) {
	t.Parallel()
	b := openBackOffice(t)
	b.save(t, b.eva, "lulea", func(in *domain.EventEntry) { in.Capacity = "2" })
	e := b.public(t, "lulea")
	for n := range 4 {
		b.comes(t, e, n)
	}
	letters(t, b.Kit)
	err := b.events.Save(t.Context(), b.eva, edit(b.open(t, b.eva, "lulea"), func(in *domain.EventEntry) { in.Capacity = "1" }))
	if got := faults(err); got != "capacity: capacity.below" {
		t.Errorf("fewer: %s", got)
	}
	if b.open(t, b.eva, "lulea").Mine == nil {
		t.Error("what was refused is lost")
	}
	b.save(t, b.eva, "lulea", func(in *domain.EventEntry) { in.Capacity = "3" })
	if got := kindsOwed(t, b.Kit); got[domain.LetterOffered] != 1 || len(got) != 1 {
		t.Errorf("letters %v", got)
	}
	for name, change := range map[string]func(in *domain.EventEntry){
		"no_show_fee: edit.fee.bound": func(in *domain.EventEntry) { in.NoShowFee = "500" },
		"contact_name: checklist.contact.missing, retention_weeks: checklist.retention.missing": func(in *domain.EventEntry) {
			in.Contact, in.RetentionWeeks = domain.Contact{}, ""
		},
	} {
		if got := faults(b.events.Save(t.Context(), b.eva, edit(b.open(t, b.eva, "lulea"), change))); got != name {
			t.Errorf("got %s, want %s", got, name)
		}
	}
	sound(t, b.Kit)
}

// TestSave_promisedDay: a last day to cancel that comes earlier is not theirs who registered before.
func TestSave_promisedDay(t *testing.T) {
	t.Parallel()
	b := openBackOffice(t)
	early := b.comes(t, b.lulea, 1)
	promised := b.lulea.CancelUntil
	b.save(t, b.eva, "lulea", func(in *domain.EventEntry) { in.CancelUntil = promised.AddDays(-10).String() })
	late := b.comes(t, b.public(t, "lulea"), 2)
	b.Clock.Set(promised.At(12 * 60))
	if err := b.Registrations.Cancel(t.Context(), domain.Visitor(), early, ""); err != nil {
		t.Errorf("who registered before: %v", err)
	}
	if err := b.Registrations.Cancel(t.Context(), domain.Visitor(), late, ""); inWords(err) != "closed: cancel.hand_over" {
		t.Errorf("who registered after: %v", err)
	}
}

// TestSave_sharedByNobody: what is told of a speaker or a house at one event does not change at another, and
// what nobody names any more is gone.
func TestSave_sharedByNobody(t *testing.T) {
	t.Parallel()
	b := openBackOffice(t)
	anna := domain.SpeakerEntry{Name: "Anna Åberg", Title: domain.Text{Sv: "docent", En: "reader"}}
	for _, slug := range []string{"lulea", "kiruna"} {
		b.save(t, b.eva, slug, func(in *domain.EventEntry) { in.Speakers = []domain.SpeakerEntry{anna} })
	}
	b.save(t, b.eva, "kiruna", func(in *domain.EventEntry) {
		in.Speakers[0].Title.En, in.Venue.Access.Lift = "associate professor", domain.No
	})
	lulea, kiruna := b.public(t, "lulea"), b.public(t, "kiruna")
	if lulea.Speakers[0].Title.En != "reader" || kiruna.Speakers[0].Title.En != "associate professor" || lulea.Venue.Access.Lift != domain.Unknown {
		t.Errorf("Luleå tells %+v of a house with lift %q, Kiruna %+v", lulea.Speakers, lulea.Venue.Access.Lift, kiruna.Speakers)
	}
	found := func(words string) (out []string) {
		speakers, err := b.events.KnownSpeakers(t.Context(), b.eva, words)
		if err != nil {
			t.Fatal(err)
		}
		for _, s := range speakers {
			out = append(out, s.Name+" "+s.Title.En)
		}
		return out
	}
	if got := found("aberg an"); len(got) != 2 {
		t.Errorf("known speakers %v", got)
	}
	b.save(t, b.eva, "kiruna", func(in *domain.EventEntry) { in.Speakers = nil })
	if got := found(""); !slices.Equal(got, []string{"Anna Åberg reader"}) {
		t.Errorf("known speakers %v", got)
	}
	venues, err := b.events.KnownVenues(t.Context(), b.eva, "lulea")
	if err != nil || len(venues) != 2 || venues[0].Access.Lift != domain.No {
		t.Errorf("known houses %+v, %v", venues, err)
	}
}
