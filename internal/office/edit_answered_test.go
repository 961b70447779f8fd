package office_test

import (
	"net/http"
	"strconv"
	"strings"
	"testing"

	"github.com/temadag/temadag/internal/domain"
	"github.com/temadag/temadag/internal/testkit"
)

// TestQuestionsEditor_answered: a question that somebody has answered says so, keeps its kind and the answer
// that was chosen, and is told of when it is asked no more.
func TestQuestionsEditor_answered(t *testing.T) {
	w, eva, _ := editor(t)
	e := testkit.Event("pitea", 10)
	e.Questions = []domain.Question{{Kind: domain.QuestionChoice, Label: domain.Text{Sv: "Buss?", En: "Bus?"}, Choices: []domain.Choice{
		{Value: "a", Label: domain.Text{Sv: "Ja", En: "Yes"}}, {Value: "b", Label: domain.Text{Sv: "Nej", En: "No"}}, {Value: "c", Label: domain.Text{Sv: "Kanske", En: "Maybe"}},
	}}}
	e = w.AddEvent(t, e)
	const path = "/handlaggare/tillfalle/pitea/redigera/fragor"
	if strings.Contains(eva.get(path).words(), "redan besvarad") {
		t.Error("a question is answered before anyone has come")
	}
	p := testkit.Person(1)
	p.Answers = map[int64][]string{e.Questions[0].ID: {"a"}}
	w.enter(e, p)
	form := eva.get(path).want(t, http.StatusOK, "Frågan är redan besvarad").sent()
	if form.Get("question_kind") != "choice" || form.Get("question_id") != strconv.FormatInt(e.Questions[0].ID, 10) {
		t.Errorf("the form: %v", form)
	}
	form["question_choice_label_sv"][0], form["question_choice_label_en"][0] = "", ""
	eva.post(path, with(form, "do", "save")).want(t, http.StatusUnprocessableEntity, "Någon har redan valt ”Ja”")
	form = eva.get(path).sent()
	form.Set("question_kind", "text")
	eva.post(path, with(form, "do", "save")).want(t, http.StatusUnprocessableEntity, "kan inte bli av ett annat slag")
	eva.post("/handlaggare/tillfalle/pitea/kasta-utkastet", nil)
	gone := eva.post(path, with(eva.get(path).sent(), "do", "remove question 1")).to()
	eva.post(path, with(eva.get(strings.Split(gone, "#")[0]).sent(), "do", "save")).want(t, http.StatusSeeOther)
	eva.get(path).want(t, http.StatusOK, "Borttagna frågor som har svar", "Buss?")
}
