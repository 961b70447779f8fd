package office_test

import (
	"net/http"
	"testing"

	"github.com/temadag/temadag/internal/domain"
	"github.com/temadag/temadag/internal/service"
	"github.com/temadag/temadag/internal/testkit"
)

// What was answered to a question that is not asked any more is on the person's page all the same, and
// told as such.
func TestPerson_retiredQuestions(t *testing.T) {
	w := newWorld(t)
	season(t, w)
	events := &service.Events{Store: w.Store, Registrations: w.Registrations, Now: w.Clock.Now}
	editor := domain.Actor{Role: domain.RoleUser, Name: "Eva Exempel", Grants: []domain.Grant{in(domain.RoleOrganiser)}}
	save := func(change func(in *domain.EventEntry)) {
		t.Helper()
		d, err := events.Draft(t.Context(), editor, "kiruna")
		must(t, err)
		entry := service.EditInput{Slug: "kiruna", Seen: d.Mark, Entry: domain.EntryOf(d.Event)}
		change(&entry.Entry)
		must(t, events.Save(t.Context(), editor, entry))
	}
	save(func(e *domain.EventEntry) {
		e.Questions = []domain.QuestionEntry{{Kind: "text", Label: domain.Text{Sv: "Vad vill du lära dig?"}}, {Kind: "text", Label: domain.Text{Sv: "Kommer du med tåg?"}}}
	})
	e, err := w.Programme.Event(t.Context(), "kiruna")
	must(t, err)
	p := testkit.Person(800)
	p.Answers = map[int64][]string{e.Questions[0].ID: {"Mer om samverkan"}, e.Questions[1].ID: {"Med nattåget"}}
	w.enter(e, p)
	c, at := w.user("Bo Exempel", in(domain.RoleReader)), "/handlaggare/tillfalle/kiruna/deltagare/"+w.refOf(e, p.Email)
	c.get(at).want(t, http.StatusOK, "Vad vill du lära dig? Mer om samverkan", "Kommer du med tåg? Med nattåget")
	save(func(e *domain.EventEntry) { e.Questions = e.Questions[1:] })
	c.get(at).want(t, http.StatusOK, "Vad vill du lära dig? (frågas inte längre) Mer om samverkan", "Kommer du med tåg? Med nattåget")
}
