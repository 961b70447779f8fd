package view_test

import (
	"flag"
	"io/fs"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"testing/fstest"
	"time"

	"github.com/temadag/temadag/internal/domain"
	"github.com/temadag/temadag/internal/testkit/browser"
	"github.com/temadag/temadag/internal/testkit/check"
	"github.com/temadag/temadag/internal/testkit/look"
	"github.com/temadag/temadag/internal/view"
)

// The storybook: the parts of the look on sample pages, in both languages, kept in the folder named
// by -story for whoever wants to look.
var story = flag.String("story", "", "folder to keep the storybook in")

// overlay is the real templates with the storybook's pages instead of the product's.
func overlay(t *testing.T, roots ...string) fs.FS {
	t.Helper()
	files := fstest.MapFS{}
	for _, root := range roots {
		err := fs.WalkDir(os.DirFS(root), ".", func(p string, d fs.DirEntry, err error) error {
			if err != nil || d.IsDir() {
				return err
			}
			data, err := os.ReadFile(filepath.Join(root, p))
			files[p] = &fstest.MapFile{Data: data}
			return err
		})
		if err != nil {
			t.Fatal(err)
		}
	}
	for name := range files {
		if strings.HasPrefix(name, "pages/public/") {
			base := strings.TrimPrefix(name, "pages/public/")
			switch stem, _, _ := strings.Cut(base, "."); stem {
			case "about", "contact", "accessibility", "privacy", "cookies", "subscribe":
			default:
				delete(files, name) // other rooms' pages need other rooms' bodies
			}
		}
	}
	return files
}

func stories(t *testing.T) map[string][]byte {
	t.Helper()
	o := options(t)
	o.Templates = overlay(t, "../../web/templates", "testdata")
	r, err := view.New(o)
	if err != nil {
		t.Fatal(err)
	}
	pages := make(map[string][]byte)
	for _, l := range domain.Langs() {
		for _, name := range r.Names() {
			if strings.HasPrefix(name, "office/") {
				continue // each needs a body of its own: they are looked at in their own room
			}
			var b strings.Builder
			if err := r.Page(&b, l, name, storyPage(name)); err != nil {
				t.Fatal(err)
			}
			pages["/"+string(l)+"/"+strings.ReplaceAll(name, "/", "-")] = []byte(b.String())
		}
	}
	return pages
}

func storyPage(name string) view.Page {
	nav := view.NavCalendar
	if strings.Contains(name, "news") {
		nav = view.NavNews
	}
	p := view.Page{
		Title: "Titel – Länsstyrelsen Norrbotten", Description: "En mening om sidan.", Path: "/sida",
		Alternate: map[domain.Lang]string{domain.Swedish: "/sida", domain.English: "/en/page"}, Nav: nav,
	}
	if strings.HasPrefix(name, "public/") {
		p.Body = view.Information{Organisers: sampleOrganisers(), Series: []domain.Series{{Slug: "efterfragan", Title: sampleEvent().Title}}}
		return p
	}
	e := sampleEvent()
	p.Organiser = &e.Owner
	if name == "story/form" {
		p.Errors = 2
	}
	p.Body = storyBody(e)
	return p
}

func TestStories_everyPartRendersInBothLanguages(t *testing.T) {
	for name, page := range stories(t) {
		got := string(page)
		for _, sign := range []string{"⟨", "ZgotmplZ", "&lt;no value", " style=", "/static/missing/", "%!"} {
			if strings.Contains(got, sign) {
				t.Errorf("%s holds %q", name, sign)
			}
		}
		if n := strings.Count(got, "<h1"); n != 1 {
			t.Errorf("%s has %d headings of the first level, want 1", name, n)
		}
	}
}

func TestStories_areValidHTML(t *testing.T) {
	for _, finding := range check.HTML(t, stories(t)) {
		t.Error(finding)
	}
}

// The pages in a real browser, under the strict policy the server will set: wide and narrow, light,
// dark, with forced colours and on paper.
func TestStories_inABrowser(t *testing.T) {
	path := browser.Find()
	if path == "" || testing.Short() {
		check.LeaveOut(t, "the storybook in a browser")
		return
	}
	static, err := view.NewStatic(os.DirFS("../../web/static"))
	if err != nil {
		t.Fatal(err)
	}
	b, err := browser.Open(path)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(b.Close)
	dark, contrast, pages := look.Dark(), look.Contrast(), stories(t)
	dark.Colours = true
	contrast.Only = func(name string) bool { return strings.HasPrefix(name, "/sv/story") }
	look.At(t, b, look.Options{
		Pages: pages, Rest: static, Windows: []look.Window{look.Wide(), look.Narrow(), dark, contrast}, Shots: "story",
		Each: func(window, name string, tab *browser.Tab) { keepStory(t, window, name, tab, pages[name]) },
	})
}

func keepStory(t *testing.T, kind, name string, tab *browser.Tab, page []byte) {
	t.Helper()
	if *story == "" || kind != "wide" {
		return
	}
	stem := filepath.Join(*story, strings.ReplaceAll(strings.Trim(name, "/"), "/", "-"))
	if err := os.WriteFile(stem+".html", page, 0o600); err != nil {
		t.Fatal(err)
	}
	if err := os.WriteFile(stem+".pdf", tab.PDF(), 0o600); err != nil {
		t.Fatal(err)
	}
}

func storyBody(e domain.Event) map[string]any {
	return map[string]any{
		"Event": e, "Events": sampleEvents(), "Undecided": domain.Event{Kind: domain.KindConference, Owner: e.Owner},
		"At": time.Date(2016, 10, 3, 6, 15, 0, 0, time.UTC), "Pages": view.Pages{Current: 2, Total: 3, Prev: "/1", Next: "/3"},
		"Filter": []view.Field{
			{Name: "q", Label: "Sök", Kind: view.FieldSearch},
			{Name: "lan", Label: "Län", Kind: view.FieldSelect, Options: []view.Option{{Label: "Alla län"}, {Value: "BD", Label: "Norrbottens län"}}},
			{Name: "sort", Label: "Typ", Kind: view.FieldSelect, Options: []view.Option{{Label: "Alla"}, {Value: "x", Label: "Temadag"}}},
			{Name: "ort", Label: "Ort", Kind: view.FieldSelect, Options: []view.Option{{Label: "Alla orter"}, {Value: "x", Label: "Luleå"}}},
		},
		"Faults": []view.Fault{{Field: "email", Text: "Ange din e-postadress"}, {Field: "organisation_type", Text: "Välj vilken sorts verksamhet du arbetar i"}},
		"Pair": []view.Field{
			{Name: "given_name", Label: "Förnamn", Value: "Ánne-Sárá", Autocomplete: "given-name", NoSpelling: true},
			{Name: "family_name", Label: "Efternamn", Value: "Oŋŋá", Optional: true, Autocomplete: "family-name", NoSpelling: true},
		},
		"Fields": []view.Field{
			{Name: "email", Label: "E-postadress", Hint: "Hit skickar vi bekräftelsen och din personliga länk.", Error: "Ange din e-postadress", Kind: view.FieldEmail, Autocomplete: "email", InputMode: "email", NoSpelling: true},
			{Name: "phone", Label: "Telefon", Kind: view.FieldTel, Optional: true, Width: "medium", Autocomplete: "tel"},
			{Name: "organisation_type", Label: "Vilken sorts verksamhet arbetar du i?", Kind: view.FieldRadios, Error: "Välj vilken sorts verksamhet du arbetar i", Options: []view.Option{
				{Value: "a", Label: "Hälso- och sjukvård"}, {Value: "b", Label: "Polis, åklagare, domstol eller kriminalvård"}, {Value: "c", Label: "HVB eller annat boende för unga", Hint: "Även stödboende och familjehem"},
			}},
			{Name: "question_1", Label: "Vilka delar vill du vara med på?", Kind: view.FieldCheckboxes, Optional: true, Values: []string{"f"}, Lang: domain.Swedish, Options: []view.Option{{Value: "f", Label: "Förmiddagen"}, {Value: "e", Label: "Eftermiddagen"}}},
			{Name: "question_2", Label: "Vad vill du veta mer om?", Hint: "Skriv inte om hälsa eller andra personers förhållanden.", Kind: view.FieldLongText, Optional: true, Max: 1000, Value: "\nEn rad\noch en till"},
		},
		"Long": domain.Text{Sv: "# Överst\n\nText med **fetstil** och [en länk](https://example.se).\n\n### Under\n\n- ett\n- två\n\n| Ort | Antal |\n|---|---|\n| Luleå | 3 |\n\n> Ett citat\n"},
	}
}
