package site_test

import (
	"net/http"
	"net/url"
	"strings"
	"testing"
	"time"

	"github.com/temadag/temadag/internal/testkit"
	"github.com/temadag/temadag/internal/testkit/check"
)

// meant is the values of the buttons that put another municipality in.
func (r *response) meant() string {
	var out []string
	for _, n := range r.find("button") {
		if attr(n, "name") == "meant" {
			out = append(out, attr(n, "value"))
		}
	}
	return strings.Join(out, ", ")
}

// place is the municipality that is kept of the n-th person.
func (w *world) place(slug string, n int) string {
	w.t.Helper()
	own := w.get(w.linkOf(slug, testkit.Person(n).Email)).want(w.t, http.StatusOK)
	_, after, _ := strings.Cut(own.words(), "Kommun där du arbetar ")
	place, _, _ := strings.Cut(after, " Villkor")
	return place
}

// TestMunicipality_isAskedAbout: a slip in the name of a municipality is asked about on the page before the last
// button, and mended by one; whoever lets it stand is registered as she wrote.
func TestMunicipality_isAskedAbout(t *testing.T) {
	w := newWorld(t)
	w.AddEvent(t, testkit.Event("lulea", 10))
	typed := func(path, municipality string, n int) *response {
		sent := person(w.get(path).fields(), n)
		sent.Set("municipality", municipality)
		return w.post(path, with(sent, "review")).want(t, http.StatusOK)
	}
	asks := typed(form, "Lluleå", 1).want(t, http.StatusOK, "Menade du Luleå? Du skrev Lluleå som kommun. Är det rätt kan du gå vidare.", "Ändra till Luleå")
	typed("/en/event/lulea/registration", "Lluleå", 1).want(t, http.StatusOK, "Did you mean Luleå? You entered Lluleå", "Change to Luleå")
	pressed := asks.fields()
	pressed.Set("meant", "Luleå")
	mended := w.post(form, pressed).want(t, http.StatusOK, "Granska och skicka")
	if got := mended.fields().Get("municipality"); got != "Luleå" || mended.meant() != "" {
		t.Errorf("mended, the page holds %q and asks about %q", got, mended.meant())
	}
	for name, want := range pressed {
		if name != "municipality" && name != "meant" && name != "token" && mended.fields().Get(name) != want[0] {
			t.Errorf("%s was %q, and is %q", name, want[0], mended.fields().Get(name))
		}
	}
	w.Clock.Turn(5 * time.Second)
	w.post(form, with(mended.fields(), "send")).want(t, http.StatusSeeOther)
	stands := typed(form, "Lluleå", 2)
	w.Clock.Turn(5 * time.Second)
	w.post(form, with(stands.fields(), "send")).want(t, http.StatusSeeOther)
	for n, want := range map[int]string{1: "Luleå", 2: "Lluleå"} {
		if got := w.place("lulea", n); got != want {
			t.Errorf("of %d is kept %q, want %q", n, got, want)
		}
	}
	for municipality, want := range map[string]string{"luleå KOMMUN": "", "Härnösands": "", "Rovaniemi": "", "Habö": "Habo, Håbo"} {
		if got := typed(form, municipality, 3).meant(); got != want {
			t.Errorf("%q: asked about %q, want %q", municipality, got, want)
		}
	}
}

// TestMunicipality_onlyAMunicipality: the button puts in what the page may have proposed, and nothing else.
func TestMunicipality_onlyAMunicipality(t *testing.T) {
	w := groupWorld(t, 10)
	for path, fill := range map[string]func(url.Values) url.Values{
		form:      func(f url.Values) url.Values { return person(f, 1) },
		groupPath: func(f url.Values) url.Values { return group(f, "some", 0, 1) },
	} {
		for _, wrong := range []string{"Mordor", "luleå", "<b>"} {
			sent := fill(w.get(path).fields())
			sent.Set("meant", wrong)
			w.post(path, sent).want(t, http.StatusBadRequest)
		}
		sent := fill(w.get(path).fields())
		sent.Set("meant", "Boden")
		if got := w.post(path, with(sent, "review")).want(t, http.StatusOK).fields().Get("municipality"); got != "Piteå" {
			t.Errorf("%s: beside another button it puts in %q", path, got)
		}
	}
}

// TestMunicipality_ofAGroup: the workplace of a group is asked about once, and mended for all.
func TestMunicipality_ofAGroup(t *testing.T) {
	w := groupWorld(t, 10)
	sent := group(w.get(groupPath).fields(), "some", 1, 1)
	sent.Set("municipality", "Pitrå")
	asks := w.post(groupPath, with(sent, "review")).want(t, http.StatusOK, "Menade du Piteå?", "Ändra till Piteå")
	pressed := asks.fields()
	pressed.Set("meant", asks.meant())
	mended := w.post(groupPath, pressed).want(t, http.StatusOK, "Granska och skicka")
	if strings.Contains(mended.words(), "Menade du") {
		t.Error("it is asked again")
	}
	w.Clock.Turn(time.Minute)
	w.post(groupPath, with(mended.fields(), "send")).want(t, http.StatusSeeOther)
	if got := w.place("lulea", 1); got != "Piteå" {
		t.Errorf("kept is %q", got)
	}
}

// meantScenes are the pages that ask about one municipality and about several.
func meantScenes(t *testing.T) map[string][]byte {
	t.Helper()
	w := groupWorld(t, 10)
	pages := map[string][]byte{}
	for name, path := range map[string]string{"": form, "-en": "/en/event/lulea/registration"} {
		for typed, scene := range map[string]string{"Lluleå": "/one", "Habö": "/several", strings.Repeat("Ö", 57) + "kil": "/none"} {
			sent := person(w.get(path).fields(), 1)
			sent.Set("municipality", typed)
			pages[scene+name] = []byte(w.post(path, with(sent, "review")).want(t, http.StatusOK).body)
		}
	}
	for name, path := range map[string]string{"": groupPath, "-en": "/en/event/lulea/registration/group"} {
		sent := group(w.get(path).fields(), "some", 1, 1)
		sent.Set("municipality", "Örnsköldvick")
		pages["/group"+name] = []byte(w.post(path, with(sent, "review")).want(t, http.StatusOK).body)
	}
	// Each fault about a personal number, which is a long sentence in a narrow window.
	sent := person(w.get(form).fields(), 1)
	sent.Set("title", "850709-9805")
	pages["/number"] = []byte(w.post(form, with(sent, "review")).want(t, http.StatusUnprocessableEntity).body)
	return pages
}

func TestMunicipality_markup(t *testing.T) {
	testkit.OncePerRun(t)
	for _, finding := range check.HTML(t, meantScenes(t)) {
		t.Error(finding)
	}
}

// TestMunicipality_inABrowser looks at the pages wide, narrow and dark.
func TestMunicipality_inABrowser(t *testing.T) {
	lookInABrowser(t, "meant", meantScenes)
}
