package office_test

import (
	"net/http"
	"net/url"
	"strings"
	"testing"
	"time"

	"github.com/temadag/temadag/internal/domain"
)

// automaticScenes are the pages of the letters that go by themselves, in every state worth looking at.
func automaticScenes(t *testing.T) map[string][]byte {
	t.Helper()
	pages := make(map[string][]byte)
	w := newWorld(t)
	season(t, w)
	c := w.user("Anna Exempel", in(domain.RoleOrganiser))
	const at = "/handlaggare/tillfalle/lulea/automatiska-mejl"
	english := strings.NewReplacer("/handlaggare/tillfalle", "/en/office/event", "/automatiska-mejl", "/automatic-letters", "/granska/mejl", "/preview/letter", "/granska", "/preview")
	keep := func(name, path string) {
		t.Helper()
		pages["/"+name] = []byte(c.get(path).want(t, http.StatusOK).body)
		pages["/"+name+"-en"] = []byte(c.get(english.Replace(path)).want(t, http.StatusOK).body)
	}
	keep("automatics", at)
	for _, kind := range []string{"paminnelse", "tack", "andrat"} {
		keep("automatic-"+kind, at+"/"+kind)
	}
	for _, kind := range []string{"paminnelse", "tack", "praktiskt", "uteblivna", "andrat", "installt"} {
		pages["/automatic-look-"+kind] = []byte(c.get(at+"/"+kind+"/granska").want(t, http.StatusOK).body)
	}
	wrong := url.Values{
		"seen": {"0"}, "on": {"on"}, "days": {"många"}, "link": {"http://example.se"}, "subject_sv": {"Hej {namnn}"},
		"body_sv": {"Hej {förnam}!\n\nSe {plast} och {x}."}, "subject_en": {strings.Repeat("x", 400)}, "body_en": {"{"},
	}
	pages["/automatic-wrong"] = []byte(c.post(at+"/tack", wrong).want(t, http.StatusUnprocessableEntity).body)
	for _, kind := range []string{"tack", "uteblivna"} {
		c.post(at, url.Values{"kind": {kind}, "step": {"on"}}).want(t, http.StatusSeeOther)
	}
	w.deliver()
	w.Clock.Set(domain.Date{Year: 2016, Month: time.November, Day: 24}.At(9 * 60))
	if _, err := w.automatics.Begin(t.Context(), domain.Worker()); err != nil {
		t.Fatal(err)
	}
	c = w.user("Bo Exempel", in(domain.RoleOrganiser))
	c.post(at, url.Values{"kind": {"praktiskt"}, "step": {"on"}}).want(t, http.StatusSeeOther)
	c.post(at, url.Values{"kind": {"andrat"}, "step": {"off"}}).want(t, http.StatusSeeOther)
	keep("automatics-gone", at+"?done=automatic_on")
	return pages
}

func TestLookAutomatics(t *testing.T) {
	t.Parallel()
	lookAt(t, "automatics", automaticScenes(t))
}
