package office_test

import (
	"fmt"
	"net/http"
	"slices"
	"strings"
	"testing"

	"github.com/temadag/temadag/internal/domain"
	"github.com/temadag/temadag/internal/testkit"
)

// titles are those of the programme in a form, in its order.
func titles(r *response) string { return strings.Join(r.sent()["session_title_sv"], "|") }

// press presses a button on the page that a client has got, and follows where it leads.
func (c *client) press(part string, page *response, do string, pairs ...string) *response {
	c.w.t.Helper()
	to := c.post(editPath+"/"+part, with(with(page.sent(), pairs...), "do", do)).want(c.w.t, http.StatusSeeOther).to()
	return c.get(strings.Split(to, "#")[0]).want(c.w.t, http.StatusOK)
}

// TestProgrammeEditor: rows are moved, added and removed by buttons; each keeps everything else that was
// typed, and nothing is saved before she says so.
func TestProgrammeEditor(t *testing.T) {
	w, eva, _ := editor(t)
	before := stands(t, w)
	const s1, s2, s3 = "Inledning på svenska", "Skola på svenska", "Vård på svenska"
	page := eva.get(editPath+"/program").want(t, http.StatusOK, "Ta bort : Inledning på svenska", "Ta bort : Anna Ek", "Flytta ner : Moa Derator")
	if strings.Contains(page.body, "{{") {
		t.Error("a button tells how its row is made up")
	}
	form := page.sent()
	form["session_abstract_sv"][2] = "Skrivet utan att sparas"
	to := eva.post(editPath+"/program", with(form, "do", "down session 1")).want(t, http.StatusSeeOther).to()
	if !strings.HasSuffix(to, "?open=session_2#session_2") {
		t.Errorf("leads to %s", to)
	}
	page = eva.get(editPath + "/program")
	if got := titles(page); got != s2+"|"+s1+"|"+s3 || page.sent()["session_abstract_sv"][2] != "Skrivet utan att sparas" {
		t.Errorf("%s %q", got, page.sent()["session_abstract_sv"])
	}
	steps := []struct{ do, want string }{
		{"up session 2", s1 + "|" + s2 + "|" + s3},
		{"up session 1", s1 + "|" + s2 + "|" + s3},
		{"down session 3", s1 + "|" + s2 + "|" + s3},
		{"remove session 2", s1 + "|" + s3},
		{"remove session 9", s1 + "|" + s3},
		{"add session", s1 + "|" + s3 + "|"},
		{"up session 3", s1 + "||" + s3},
		{"remove session 2", s1 + "|" + s3},
	}
	for _, s := range steps {
		if page = eva.press("program", page, s.do); titles(page) != s.want {
			t.Errorf("%s: %s", s.do, titles(page))
		}
	}
	page = eva.press("program", page, "down session 1 speaker 1")
	if got := page.sent()["session_speaker_name"]; !slices.Equal(got, []string{"Bo Ek", "Anna Ek"}) {
		t.Errorf("speakers: %v", got)
	}
	page = eva.press("program", page, "remove session 1 speaker 2")
	page = eva.press("program", page, "down speaker 1")
	if got := page.sent(); !slices.Equal(got["session_speaker_name"], []string{"Bo Ek"}) || got["speaker_name"][0] != "Anna Ek" {
		t.Errorf("speakers: %v %v", got["session_speaker_name"], got["speaker_name"])
	}
	if now := stands(t, w); now.Mark() != before.Mark() {
		t.Error("a button saves")
	}
	ids := []int64{before.Programme[0].ID, before.Programme[2].ID}
	eva.press("program", page, "save")
	now := stands(t, w)
	if len(now.Programme) != 2 || now.Programme[0].ID != ids[0] || now.Programme[1].ID != ids[1] || now.Programme[1].Abstract.Sv != "Skrivet utan att sparas" {
		t.Errorf("programme: %+v", now.Programme)
	}
}

// TestProgrammeEditor_dragged: rows that a script has moved are sent in their new order under the same names.
func TestProgrammeEditor_dragged(t *testing.T) {
	w, eva, _ := editor(t)
	form := eva.get(editPath + "/program").sent()
	for name, values := range form {
		if !strings.HasPrefix(name, "session_") {
			continue
		}
		switch {
		case strings.HasPrefix(name, "session_speaker_"): // two of the first row, none of the others
		case len(values) == 3:
			form[name] = []string{values[2], values[0], values[1]}
		}
	}
	eva.post(editPath+"/program", with(form, "do", "save")).want(t, http.StatusSeeOther)
	p := stands(t, w).Programme
	if p[0].Title.Sv != "Vård på svenska" || len(p[1].Speakers) != 2 || p[1].Speakers[0].Name != "Anna Ek" {
		t.Errorf("programme: %+v", p)
	}
}

// TestProgrammeEditor_known: who has taken part before is added with title and workplace by her line or her
// name, whichever button is pressed; a name that nobody has stands as it was written.
func TestProgrammeEditor_known(t *testing.T) {
	w, eva, _ := editor(t)
	other := testkit.Event("pitea", 10)
	other.Speakers = []domain.Speaker{{Name: "Åsa Öberg", Title: domain.Text{Sv: "Docent", En: "Docent"}, Organisation: domain.Text{Sv: "Luleå tekniska universitet"}}}
	must(t, w.Editing.AddEvent(t.Context(), domain.Operator(), other, nil))
	page := eva.get(editPath+"/program").want(t, http.StatusOK)
	if !strings.Contains(page.body, `value="Åsa Öberg, Docent, Luleå tekniska universitet"`) {
		t.Error("she is not suggested")
	}
	form := page.sent()
	form["session_known"][1] = "Åsa Öberg, Docent, Luleå tekniska universitet"
	form["session_known"][2] = "åsa öberg"
	form.Set("speaker_known", "Ny Person")
	eva.post(editPath+"/program", with(form, "do", "save")).want(t, http.StatusSeeOther)
	now := stands(t, w)
	for _, i := range []int{1, 2} {
		if s := now.Programme[i].Speakers; len(s) != 1 || s[0].Name != "Åsa Öberg" || s[0].Title.En != "Docent" || s[0].Organisation.Sv == "" {
			t.Errorf("session %d: %+v", i, s)
		}
	}
	if s := now.Speakers; len(s) != 3 || s[2].Name != "Ny Person" {
		t.Errorf("speakers: %+v", s)
	}
}

// TestProgrammeEditor_faults: a fault in a row is told at its field, with the row open.
func TestProgrammeEditor_faults(t *testing.T) {
	_, eva, _ := editor(t)
	form := eva.get(editPath + "/program").sent()
	form["session_title_sv"][1], form["session_ends"][0] = "", "8"
	form["session_speaker_name"][1], form["session_speaker_title_sv"][1] = "", "Någon"
	got := eva.post(editPath+"/program", with(form, "do", "save")).want(t, http.StatusUnprocessableEntity, "Skriv texten på svenska också", "Sluttiden ska vara senare", "Skriv personens namn")
	for _, id := range []string{"session_2_title_sv", "session_1_ends", "session_1_speaker_2_name"} {
		if !strings.Contains(got.body, `href="#`+id+`"`) || !slices.Contains(got.ids(), id) {
			t.Errorf("no way to %s", id)
		}
	}
	if n := strings.Count(got.body, "<details open>"); n != 3 {
		t.Errorf("%d rows stand open", n)
	}
}

// TestQuestionsEditor: questions and their choices are added, moved and removed; an answered one keeps its
// kind; and a question of choices gets two to write in.
func TestQuestionsEditor(t *testing.T) {
	w, eva, _ := editor(t)
	page := eva.press("fragor", eva.get(editPath+"/fragor"), "add question")
	form := page.sent()
	form["question_label_sv"][2], form["question_label_en"][2], form["question_kind"][2] = "Lunch", "Lunch", "choice"
	form.Add("question_required", "question_3")
	to := eva.post(editPath+"/fragor", with(form, "do", "kind question 3")).want(t, http.StatusSeeOther).to()
	page = eva.get(strings.Split(to, "#")[0])
	if got := page.sent()["question_choice_label_sv"]; len(got) != 4 {
		t.Errorf("choices: %q", got)
	}
	form = page.sent()
	form["question_choice_label_sv"][2], form["question_choice_label_sv"][3] = "Ja", "Nej"
	form["question_choice_label_en"][2], form["question_choice_label_en"][3] = "Yes", "No"
	to = eva.post(editPath+"/fragor", with(form, "do", "down question 3 choice 1")).want(t, http.StatusSeeOther).to()
	page = eva.get(strings.Split(to, "#")[0])
	page = eva.press("fragor", page, "up question 3")
	eva.press("fragor", page, "save")
	q := stands(t, w).Questions
	if len(q) != 3 || q[1].Label.Sv != "Lunch" || !q[1].Required || q[2].Required || !q[0].Required || q[1].Choices[0].Label.Sv != "Nej" || q[2].Choices[0].Value != "a" {
		t.Errorf("questions: %+v", q)
	}
	few := eva.get(editPath + "/fragor").sent()
	few["question_choice_label_sv"][0], few["question_choice_label_en"][0] = "", ""
	eva.post(editPath+"/fragor", with(few, "do", "save")).want(t, http.StatusUnprocessableEntity, "Skriv minst två svar")
}

// TestProgrammeEditor_large: a hundred items in two languages, each with long texts, are saved in one go.
func TestProgrammeEditor_large(t *testing.T) {
	w, eva, _ := editor(t)
	form := eva.get(editPath + "/program").sent()
	for name := range form {
		if strings.HasPrefix(name, "session_") {
			form.Del(name)
		}
	}
	for i := range 100 {
		for _, name := range []string{"day", "starts", "ends", "parallel", "capacity", "known", "title_en", "abstract_en", "id"} {
			form.Add("session_"+name, map[string]string{"day": "2016-12-01", "starts": "9", "ends": "10"}[name])
		}
		form.Add("session_title_sv", fmt.Sprintf("Punkt %d", i+1))
		form.Add("session_abstract_sv", strings.Repeat("åäö ", 600))
		form.Add("session_speakers", "1")
		for _, name := range []string{"title_sv", "title_en", "organisation_sv", "organisation_en"} {
			form.Add("session_speaker_"+name, "")
		}
		form.Add("session_speaker_name", "Anna Ek")
	}
	if n := len(form.Encode()); n < 1<<20 {
		t.Fatalf("only %d bytes", n)
	}
	eva.post(editPath+"/program", with(form, "do", "save")).want(t, http.StatusSeeOther)
	if p := stands(t, w).Programme; len(p) != 100 || p[99].Title.Sv != "Punkt 100" || p[99].Speakers[0].Name != "Anna Ek" {
		t.Errorf("%d items", len(p))
	}
	eva.get(editPath+"/program").want(t, http.StatusOK, "Punkt 100")
}

// TestEditor_foreignForms: a form whose rows do not fit together is refused and changes nothing.
func TestEditor_foreignForms(t *testing.T) {
	w, eva, _ := editor(t)
	before := stands(t, w)
	for name, change := range map[string]func(map[string][]string){
		"a column is short":   func(f map[string][]string) { f["session_starts"] = f["session_starts"][:1] },
		"a column is long":    func(f map[string][]string) { f["session_starts"] = append(f["session_starts"], "9") },
		"speakers too many":   func(f map[string][]string) { f["session_speakers"][0] = "999999999" },
		"speakers negative":   func(f map[string][]string) { f["session_speakers"][0] = "-1" },
		"no button":           func(f map[string][]string) { delete(f, "do") },
		"a button unheard of": func(f map[string][]string) { f["do"] = []string{"publish session 1"} },
		"a field unheard of": func(f map[string][]string) {
			f["owner"] = []string{"Z"}
		},
	} {
		form := with(eva.get(editPath+"/program").sent(), "do", "save")
		change(form)
		if got := eva.post(editPath+"/program", form); got.StatusCode != http.StatusBadRequest {
			t.Errorf("%s: %d", name, got.StatusCode)
		}
	}
	if now := stands(t, w); now.Mark() != before.Mark() {
		t.Error("something is saved")
	}
}

// TestEditor_hostile: whatever is typed is shown as the text it is, in the form, the overview, the comparison
// and the preview.
func TestEditor_hostile(t *testing.T) {
	w, eva, _ := editor(t)
	nils := w.user("Nils Nilsson", in(domain.RoleOrganiser))
	const bad = `<script>alert(1)</script>"'><img src=x onerror=alert(1)>{{.}}javascript:alert(1)`
	check := func(r *response) {
		t.Helper()
		for _, name := range []string{"script", "img"} {
			for _, n := range r.find(name) {
				if src := attr(n, "src"); src == "x" || (name == "script" && src == "" && attr(n, "type") != "application/ld+json") {
					t.Errorf("what was typed is a %s", name)
				}
			}
		}
		if strings.Contains(r.body, "alert(1)</script>") {
			t.Error("a script stands in the page")
		}
	}
	open := eva.get(editPath + "/grunder").sent()
	for _, part := range editParts {
		form := eva.get(editPath + "/" + part).sent()
		for name, values := range form {
			for i := range values {
				if !slices.Contains([]string{"seen", "session_speakers", "question_choices", "question_row", "session_id", "question_id"}, name) {
					values[i] = bad
				}
			}
		}
		check(eva.post(editPath+"/"+part, with(form, "do", "save")).want(t, http.StatusUnprocessableEntity))
		check(eva.get(editPath + "/" + part))
	}
	check(eva.get(editPath))
	check(eva.get("/handlaggare/tillfalle/lulea/kasta-utkastet"))
	eva.post("/handlaggare/tillfalle/lulea/kasta-utkastet", nil)
	nils.edit("grunder", "save", "title_sv", bad, "body_sv", bad).want(t, http.StatusSeeOther)
	to := eva.post(editPath+"/grunder", with(open, "title_sv", bad+"2", "body_sv", bad+"2", "do", "save")).want(t, http.StatusSeeOther).to()
	check(eva.get(to).want(t, http.StatusOK, "<script>alert(1)</script>"))
	check(eva.get("/handlaggare/tillfalle/lulea/forhandsgranska").want(t, http.StatusOK, "Förhandsgranskning", "<script>alert(1)</script>"))
}

// TestPreview shows the draft to her who has typed it, marked and kept out of search, and to nobody else.
func TestPreview(t *testing.T) {
	w, eva, _ := editor(t)
	eva.edit("grunder", "draft", "title_sv", "Bara i utkastet").want(t, http.StatusSeeOther)
	got := eva.get("/handlaggare/tillfalle/lulea/forhandsgranska").want(t, http.StatusOK, "Förhandsgranskning", "Bara i utkastet", "Storgatan 1", "med ditt utkast")
	if !strings.Contains(got.body, `content="noindex"`) || !strings.Contains(got.Header.Get("Cache-Control"), "no-store") {
		t.Error("a preview can be kept or indexed")
	}
	eva.get("/en/office/event/lulea/preview").want(t, http.StatusOK, "Preview", "Rubrik in English")
	public := w.anyone().get("/tillfalle/lulea")
	if strings.Contains(public.body, "Bara i utkastet") || strings.Contains(public.body, "Förhandsgranskning") {
		t.Error("everyone sees the draft")
	}
}

// TestEditor_venue: a house used before is taken over with everything that was found out of it.
func TestEditor_venue(t *testing.T) {
	w, eva, _ := editor(t)
	other := testkit.Event("kiruna", 10)
	other.Venue = domain.Venue{Name: "Stadshuset", Address: "Torget 1", PostalCode: "98131", Town: "Kiruna", Access: domain.Access{StepFree: domain.No, Note: domain.Text{Sv: "Ramp på baksidan"}}}
	must(t, w.Editing.AddEvent(t.Context(), domain.Operator(), other, nil))
	page := eva.press("tid-och-plats", eva.get(editPath+"/tid-och-plats"), "known_venue", "known_venue", "Stadshuset, Torget 1, Kiruna", "town", "Kiruna")
	f := page.sent()
	if f.Get("venue") != "Stadshuset" || f.Get("address") != "Torget 1" || f.Get("step_free") != "no" || f.Get("access_note_sv") != "Ramp på baksidan" || f.Get("town") != "Kiruna" {
		t.Errorf("the house: %v", f)
	}
	if stands(t, w).Venue.Name != "Folkets hus" {
		t.Error("it is saved")
	}
}
