package office_test

import (
	"net/http"
	"testing"

	"github.com/temadag/temadag/internal/domain"
	"github.com/temadag/temadag/internal/testkit"
)

// editings are the pages of the editor in every state worth looking at.
func editings(t *testing.T) map[string][]byte {
	t.Helper()
	pages := make(map[string][]byte)
	w, eva, _ := editor(t)
	must(t, w.Editing.AddEvent(t.Context(), domain.Operator(), func() domain.Event {
		e := domain.NewEvent(testkit.Norrbotten(), domain.Text{Sv: "Barn som upplever våld"}, "barn")
		e.Slug = "barn"
		return e
	}(), nil))
	keep := func(name string, r *response, status int) *response {
		t.Helper()
		pages["/edit-"+name] = []byte(r.want(t, status).body)
		return r
	}
	const english = "/en/office/event/lulea/edit"
	keep("overview", eva.get(editPath), http.StatusOK)
	keep("overview-en", eva.get(english), http.StatusOK)
	for _, part := range editParts {
		keep(part, eva.get(editPath+"/"+part), http.StatusOK)
		keep(part+"-en", eva.get(english+"/"+part), http.StatusOK)
		keep(part+"-empty", eva.get("/handlaggare/tillfalle/barn/redigera/"+part), http.StatusOK)
	}
	keep("overview-empty", eva.get("/handlaggare/tillfalle/barn/redigera"), http.StatusOK)
	keep("program-open", eva.get(editPath+"/program?open=session_1"), http.StatusOK)
	keep("fragor-open", eva.get(editPath+"/fragor?open=question_2"), http.StatusOK)
	keep("saved", eva.get(eva.edit("grunder", "save", "cost_sv", "Gratis").to()), http.StatusOK)
	keep("when-wrong", eva.edit("tid-och-plats", "save", "day", "31 november 2026", "starts", "kvart över", "postal_code", "9"), http.StatusUnprocessableEntity)
	form := eva.get(editPath + "/program").sent()
	form["session_title_sv"][1], form["session_ends"][0] = "", "8"
	keep("program-wrong", eva.post(editPath+"/program", with(form, "do", "save")), http.StatusUnprocessableEntity)
	keep("drop", eva.get("/handlaggare/tillfalle/lulea/kasta-utkastet"), http.StatusOK)
	eva.post("/handlaggare/tillfalle/lulea/kasta-utkastet", nil)
	nils := w.user("Nils Nilsson", in(domain.RoleOrganiser))
	open := eva.get(editPath + "/grunder").sent()
	nils.edit("grunder", "save", "title_sv", "När tvånget tar över", "body_sv", "Ett helt nytt stycke.\n\nOch ett till.", "cost_sv", "100 kronor")
	nils.edit("kontakt-och-handlingar", "draft", "case_number", "1-1")
	to := eva.post(editPath+"/grunder", with(open, "title_sv", "Våld i nära relationer", "body_sv", "Det jag skrev i en timme.", "do", "save")).to()
	clash := keep("clash", eva.get(to), http.StatusOK)
	keep("clash-en", eva.get("/en/office/event/lulea/compare"), http.StatusOK)
	keep("clash-wrong", eva.post(to, clash.sent()), http.StatusUnprocessableEntity)
	keep("draft", eva.get(editPath+"/grunder"), http.StatusOK)
	keep("overview-draft", eva.get(editPath), http.StatusOK)
	keep("preview", eva.get("/handlaggare/tillfalle/lulea/forhandsgranska"), http.StatusOK)
	keep("preview-en", eva.get("/en/office/event/lulea/preview"), http.StatusOK)
	return pages
}

func TestEditorPages(t *testing.T) { lookAt(t, "editing an event", editings(t)) }
