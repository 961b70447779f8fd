package office_test

import (
	"net/http"
	"strings"
	"testing"

	"github.com/temadag/temadag/internal/domain"
	"github.com/temadag/temadag/internal/testkit"
	"github.com/temadag/temadag/internal/testkit/browser"
	"github.com/temadag/temadag/internal/testkit/check"
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

func TestEditorPages_areValidHTML(t *testing.T) {
	pages := editings(t)
	for name, page := range pages {
		for _, sign := range []string{"⟨", "ZgotmplZ", "&lt;no value", " style=", "/static/missing/", "%!"} {
			if strings.Contains(string(page), sign) {
				t.Errorf("%s holds %q", name, sign)
			}
		}
		if n := strings.Count(string(page), "<h1"); n != 1 {
			t.Errorf("%s has %d headings of the first level", name, n)
		}
	}
	for _, finding := range check.HTML(t, pages) {
		t.Error(finding)
	}
}

// TestEditorPages_inABrowser looks at the pages wide, narrow and dark, under the policy that the server sets.
func TestEditorPages_inABrowser(t *testing.T) {
	path := browser.Find()
	if path == "" || testing.Short() {
		check.LeaveOut(t, "the pages of the editor in a browser")
		return
	}
	pages := editings(t)
	b, err := browser.Open(path)
	must(t, err)
	t.Cleanup(b.Close)
	at, axe := serve(t, pages), check.AxeScript(t)
	for kind, window := range map[string]browser.Window{
		"wide": browser.Desktop(), "narrow": browser.Phone(), "dark": {Width: 1280, Height: 900, Dark: true},
	} {
		t.Run(kind, func(t *testing.T) {
			tab := b.Tab(t, window)
			for name := range pages {
				if kind == "dark" && strings.HasSuffix(name, "-en") {
					continue
				}
				tab.Go(at + name)
				if width := browser.Eval[int](tab, "document.documentElement.scrollWidth"); width > window.Width {
					t.Errorf("%s is %d pixels wide in a window of %d", name, width, window.Width)
				}
				for _, v := range browser.Eval[check.AxeResult](tab, axe).Violations {
					t.Errorf("%s: %s", name, v)
				}
				tab.Shot("office-" + kind + strings.ReplaceAll(name, "/", "-"))
			}
			for _, c := range tab.Complaints() {
				t.Error(c)
			}
		})
	}
}
