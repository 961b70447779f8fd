package office_test

import (
	"bytes"
	"context"
	"net/http"
	"net/url"
	"strings"
	"testing"
	"time"

	"github.com/temadag/temadag/internal/domain"
	"github.com/temadag/temadag/internal/service"
)

// counties puts the two counties there, and nothing else.
func (w *world) counties() {
	w.t.Helper()
	season(w.t, w)
}

// mainOf is what stands between the header and the footer of a page.
func mainOf(r *response) string {
	_, main, _ := strings.Cut(r.body, "<main")
	main, _, _ = strings.Cut(main, "</main>")
	return main
}

// From nothing to what everyone sees, by the pages alone; what is previewed is what is shown.
func TestNews_wholeWay(t *testing.T) {
	w := newWorld(t)
	w.counties()
	c, visitor := w.user("Anna Exempel", in(domain.RoleOrganiser)), w.anyone()
	c.get("/handlaggare").want(t, http.StatusOK, "Nyheter och sidor")
	c.get("/handlaggare/nyheter/ny").want(t, http.StatusOK)
	at := c.begin("news", "Ny rapport")
	page := c.get(at).want(t, http.StatusOK, "Ny rapport", "Utkast")
	c.post(at, with(page.fields(), newsWords()...)).want(t, http.StatusSeeOther)
	c.upload(at+"/bild", "x.jpg", photograph(t, 1000, 600), "alt_sv", "Berg under himmel.", "alt_en", "Hills.").want(t, http.StatusSeeOther)
	c.upload(at+"/dokument", "r.pdf", []byte("%PDF-1.7"), "title_sv", "Rapporten", "about_sv", "Allt.", "lang", "sv").want(t, http.StatusSeeOther)
	preview := c.get(at+"/forhandsvisning").want(t, http.StatusOK, "Förhandsgranskning")
	visitor.get("/nyheter/ny-rapport").want(t, http.StatusNotFound)
	visitor.get("/dokument/rapporten").want(t, http.StatusNotFound)
	c.post(at+"/publicera", url.Values{"when": {"now"}}).want(t, http.StatusSeeOther)
	public := visitor.get("/nyheter/ny-rapport").want(t, http.StatusOK, "efterfrågan", "Rapporten i sin helhet")
	shownTo := strings.NewReplacer(at+"/bild/", "/bilder/", at+"/dokument/rapporten/fil", "/dokument/rapporten").Replace(mainOf(preview))
	if shownTo != mainOf(public) {
		t.Errorf("previewed:\n%s\nshown:\n%s", shownTo, mainOf(public))
	}
	src := attr(public.find("img")[0], "src")
	picture := visitor.get(src)
	for name, want := range map[string]string{
		"Content-Type": "image/jpeg", "X-Content-Type-Options": "nosniff", "Cache-Control": "public, max-age=3600", "Content-Security-Policy": "default-src 'none'; sandbox",
	} {
		if got := picture.Header.Get(name); picture.StatusCode != http.StatusOK || got != want {
			t.Errorf("the picture has %s %q, want %q", name, got, want)
		}
	}
	if visitor.get(src, "If-None-Match", picture.Header.Get("ETag")).StatusCode != http.StatusNotModified {
		t.Error("the picture is sent twice")
	}
	visitor.get("/en/news/ny-rapport").want(t, http.StatusOK, "Theme days on demand")
	c.get(at+"/historik").want(t, http.StatusOK, "Publicerade", "Anna Exempel")
	if words := c.get(at + "/historik").words(); strings.Contains(words, "en nyhet eller sida") {
		t.Error("the history of an item does not know which item it is of")
	}
	log := w.user("Nora Exempel", in(domain.RoleAdministrator)).get("/handlaggare/logg?what=news")
	log.want(t, http.StatusOK, "Anna Exempel skapade ”Ny rapport”", "Anna Exempel publicerade ”")
	if strings.Contains(log.words(), "ny-rapport") {
		t.Error("the log tells the address for the headline")
	}
	c.post(at+"/avpublicera", nil).want(t, http.StatusSeeOther)
	for _, path := range []string{"/nyheter/ny-rapport", src, "/dokument/rapporten"} {
		visitor.get(path).want(t, http.StatusNotFound)
	}
	c.get(at+"/forhandsvisning").want(t, http.StatusOK)
}

// A scheduled item comes by the clock alone, to the page, the list, the feed and the first page, though all
// of them were kept a moment before.
func TestNews_comesByTheClock(t *testing.T) {
	w := newWorld(t)
	w.counties()
	c, visitor := w.user("Anna Exempel", in(domain.RoleOrganiser)), w.anyone()
	at := c.begin("news", "Kommer sedan")
	when := w.Clock.Now().Add(48 * time.Hour).In(domain.Stockholm()).Truncate(time.Minute)
	c.post(at+"/publicera", url.Values{"when": {"at"}, "day": {domain.DateOf(when).String()}, "clock": {when.Format("15.04")}}).want(t, http.StatusSeeOther)
	c.get(at).want(t, http.StatusOK, "Publiceras")
	seen := func() string {
		out := ""
		for _, path := range []string{"/", "/nyheter", "/nyheter/atom.xml", "/sitemap.xml", "/nyheter/kommer-sedan"} {
			body := visitor.get(path).body
			out += map[bool]string{true: "x", false: "-"}[strings.Contains(body, "Kommer sedan") || strings.Contains(body, "/nyheter/kommer-sedan<")]
		}
		return out
	}
	if got := seen(); got != "-----" {
		t.Errorf("two days before: %s", got)
	}
	w.Clock.Turn(when.Sub(w.Clock.Now()) - time.Millisecond)
	if got := seen(); got != "-----" {
		t.Errorf("a moment before: %s", got)
	}
	w.Clock.Turn(time.Millisecond)
	if got := seen(); got != "xxxxx" {
		t.Errorf("at the instant: %s", got)
	}
}

// An hour that does not exist is refused with the rest kept, and nothing is published.
func TestNews_hoursThatAreNone(t *testing.T) {
	w := newWorld(t)
	w.counties()
	c := w.user("Anna Exempel", in(domain.RoleOrganiser))
	at := c.begin("news", "Nyhet")
	for name, sent := range map[string]url.Values{
		"the clocks go forward": {"when": {"at"}, "day": {"28 mars 2027"}, "clock": {"2.30"}},
		"no hour":               {"when": {"at"}, "day": {"28 mars 2027"}},
		"no day":                {"when": {"at"}, "clock": {"9"}},
		"nothing":               {},
	} {
		got := c.post(at+"/publicera", sent).want(t, http.StatusUnprocessableEntity, "Det finns fel i formuläret")
		if day := sent.Get("day"); !strings.Contains(got.body, `value="`+day+`"`) {
			t.Errorf("%s: the day is lost", name)
		}
		c.get(at).want(t, http.StatusOK, "Utkast")
	}
}

// Nothing that two people type at once is lost, and nobody else's words are written over unseen.
func TestNews_twoAtOnce(t *testing.T) {
	w := newWorld(t)
	w.counties()
	anna, bo := w.user("Anna Exempel", in(domain.RoleOrganiser)), w.user("Bo Exempel", in(domain.RoleOrganiser))
	at := anna.begin("news", "Nyhet")
	hers, his := anna.get(at).fields(), bo.get(at).fields()
	anna.post(at, with(hers, "title_sv", "Annas rubrik", "lead_sv", "Annas ingress")).want(t, http.StatusSeeOther)
	clash := bo.post(at, with(his, "title_sv", "Bos rubrik", "body_sv", "Bos text")).want(t, http.StatusConflict,
		"Någon annan har sparat medan du skrev", "Anna Exempel", "Annas rubrik")
	merged := clash.fields()
	for name, want := range map[string]string{"title_sv": "Bos rubrik", "body_sv": "Bos text", "lead_sv": "Annas ingress"} {
		if got := merged.Get(name); got != want {
			t.Errorf("%s is %q in the form, want %q", name, got, want)
		}
	}
	bo.post(at, merged).want(t, http.StatusSeeOther)
	bo.get(at).want(t, http.StatusOK, "Bos rubrik", "Bos text", "Annas ingress")
	bo.get(at+"/historik").want(t, http.StatusOK, "Annas rubrik")
	// The twin: with the mark of what stands there now, nothing is told.
	bo.post(at, with(merged, "seen", bo.get(at).fields().Get("seen"), "title_sv", "En till")).want(t, http.StatusSeeOther)
}

// A page that comes with the program has its own words until others are published, and again when they are
// taken back; what must stand there stands there.
func TestNews_pagesOfTheSite(t *testing.T) {
	w := newWorld(t)
	w.counties()
	c, visitor := w.user("Anna Exempel", in(domain.RoleAdministrator)), w.anyone()
	for name, path := range map[string]string{"about": "/om", "privacy": "/personuppgifter", "accessibility": "/tillganglighet", "cookies": "/kakor"} {
		builtin := mainOf(visitor.get(path).want(t, http.StatusOK))
		at := strings.Split(c.post("/handlaggare/nyheter/sida/"+name, nil).want(t, http.StatusSeeOther).to(), "?")[0]
		again := strings.Split(c.post("/handlaggare/nyheter/sida/"+name, nil).want(t, http.StatusSeeOther).to(), "?")[0]
		if at != again {
			t.Errorf("%s is taken over twice, at %s and %s", name, at, again)
		}
		form := c.get(at).fields()
		if form.Get("title_sv") == "" || form.Get("body_en") == "" || strings.Contains(form.Get("body_sv"), "<") || !strings.Contains(form.Get("body_sv"), "## ") {
			t.Errorf("%s begins with %q", name, form)
		}
		c.post(at, with(form, "body_sv", "Våra egna ord om saken.")).want(t, http.StatusSeeOther)
		if mainOf(visitor.get(path)) != builtin {
			t.Errorf("%s: a draft is seen", path)
		}
		c.post(at+"/publicera", url.Values{"when": {"now"}}).want(t, http.StatusSeeOther)
		ours := visitor.get(path).want(t, http.StatusOK, "Våra egna ord om saken.")
		if name == "privacy" {
			ours.want(t, http.StatusOK, "Har du skyddade personuppgifter?", "Dataskyddsombud", "dataskydd@example.se")
		}
		if name == "accessibility" {
			ours.want(t, http.StatusOK, "Digg", "norrbotten@example.se")
		}
		c.post(at+"/avpublicera", nil).want(t, http.StatusSeeOther)
		if mainOf(visitor.get(path)) != builtin {
			t.Errorf("%s: what was written stays", path)
		}
	}
	organiser := w.user("Bo Exempel", in(domain.RoleOrganiser))
	organiser.get("/handlaggare/nyheter/sida/privacy").want(t, http.StatusNotFound)
	organiser.post("/handlaggare/nyheter/kontakt/norrbotten", nil).want(t, http.StatusNotFound)
	c.post("/handlaggare/nyheter/kontakt/jamtland", nil).want(t, http.StatusNotFound)
	contact := strings.Split(c.post("/handlaggare/nyheter/kontakt/norrbotten", nil).want(t, http.StatusSeeOther).to(), "?")[0]
	c.post(contact, with(c.get(contact).fields(), "body_sv", "Öppet 8–16.")).want(t, http.StatusSeeOther)
	c.post(contact+"/publicera", url.Values{"when": {"now"}}).want(t, http.StatusSeeOther)
	visitor.get("/kontakt/norrbotten").want(t, http.StatusOK, "Öppet 8–16.", "010-225 50 00")
	visitor.get("/kontakt/finns-inte").want(t, http.StatusNotFound)
}

// A page of one's own has an address and a place in the footer of every page, until it is removed.
func TestNews_ownPages(t *testing.T) {
	w := newWorld(t)
	w.counties()
	c, visitor := w.user("Anna Exempel", in(domain.RoleOrganiser)), w.anyone()
	at := c.begin("page", "Ordna en egen temadag")
	c.post(at, with(c.get(at).fields(), "footer", "yes", "slug", "ordna", "body_sv", "Så gör du.")).want(t, http.StatusSeeOther)
	inFooter := func() bool { return strings.Contains(visitor.get("/").body, `href="/sidor/ordna"`) }
	if inFooter() {
		t.Error("a draft stands in the footer")
	}
	c.post(at+"/publicera", url.Values{"when": {"now"}}).want(t, http.StatusSeeOther)
	visitor.get("/sidor/ordna").want(t, http.StatusOK, "Så gör du.")
	if !inFooter() {
		t.Error("the footer does not lead to the page")
	}
	if body := visitor.get("/nyheter").body; strings.Contains(body[:strings.Index(body, "site-footer")], "Ordna en egen temadag") {
		t.Error("a page stands among the news")
	}
	c.post(at+"/ta-bort", url.Values{}).want(t, http.StatusOK, "Ta bort ”Ordna en egen temadag”?")
	c.post(at+"/ta-bort", url.Values{"step": {"remove"}}).want(t, http.StatusSeeOther)
	visitor.get("/sidor/ordna").want(t, http.StatusNotFound)
	if inFooter() {
		t.Error("what was removed stands in the footer")
	}
	c.get(at).want(t, http.StatusOK, "Borttagen")
	c.post(at+"/ta-bort", url.Values{"step": {"erase"}}).want(t, http.StatusSeeOther)
	c.get(at).want(t, http.StatusNotFound)
}

// Hostile pictures are told of in plain words at the field, and those of a draft reach nobody else.
func TestNews_pictures(t *testing.T) {
	w := newWorld(t)
	w.counties()
	c := w.user("Anna Exempel", in(domain.RoleOrganiser))
	at := c.begin("news", "Nyhet")
	for name, sent := range map[string]struct {
		content []byte
		want    string
	}{
		"a drawing that runs": {[]byte(`<svg xmlns="http://www.w3.org/2000/svg" onload="alert(1)"/>`), "Filen är inte en bild som vi kan läsa"},
		"half a picture":      {photograph(t, 300, 200)[:900], "Bilden går inte att läsa"},
		"an enormous one":     {[]byte("\x89PNG\r\n\x1a\n\x00\x00\x00\x0dIHDR\x00\x00\xea\x60\x00\x00\xea\x60\x08\x06\x00\x00\x00\x80\xd2\x75\x42"), "Bilden har för många bildpunkter"},
		"too many bytes":      {make([]byte, service.MaxPicture+1), "Bilden får vara högst 10 megabyte"},
		"nothing":             {nil, "Välj en bild"},
	} {
		got := c.upload(at+"/bild", "x.png", sent.content, "alt_sv", "Berg.", "alt_en", "")
		if got.StatusCode != http.StatusUnprocessableEntity || !strings.Contains(got.words(), sent.want) {
			t.Errorf("%s: %d %s", name, got.StatusCode, got.words())
		}
		if !strings.Contains(got.body, "Berg.") {
			t.Errorf("%s: what was typed is lost", name)
		}
	}
	c.upload(at+"/bild", "x.png", make([]byte, service.MaxPicture+(2<<20)), "alt_sv", "Berg.").want(t, http.StatusRequestEntityTooLarge, "en bild 10 MB")
	c.upload(at+"/bild", "x.png", photograph(t, 30, 20), "alt_sv", "", "alt_en", "").want(t, http.StatusUnprocessableEntity, "Beskriv bilden")
	c.upload(at+"/bild", "x.png", photograph(t, 30, 20), "alt_sv", "Berg.").want(t, http.StatusSeeOther)
	src := attr(c.get(at + "/bild").find("img")[0], "src")
	if got := c.get(src); got.StatusCode != http.StatusOK || !bytes.HasPrefix([]byte(got.body), []byte{0xff, 0xd8}) || got.Header.Get("Cache-Control") != "no-store" {
		t.Errorf("the picture of a draft: %d, kept %q", got.StatusCode, got.Header.Get("Cache-Control"))
	}
	public := "/bilder/" + src[strings.LastIndex(src, "/")+1:]
	w.anyone().get(public).want(t, http.StatusNotFound)
	w.user("Bo Exempel", domain.Grant{Role: domain.RoleAdministrator, County: "Z"}).get(src).want(t, http.StatusNotFound)
	c.post(at+"/publicera", url.Values{"when": {"now"}}).want(t, http.StatusSeeOther)
	if got := w.anyone().get(public); got.StatusCode != http.StatusOK {
		t.Errorf("the picture of what is published: %d", got.StatusCode)
	}
}

// What is absent and what is another county's look the same to the byte. (The twin: to its own county it
// does not.)
func TestNews_foreignLooksAbsent(t *testing.T) {
	w := newWorld(t)
	w.counties()
	own, foreign := w.user("Anna Exempel", in(domain.RoleAdministrator)), w.user("Bo Exempel", domain.Grant{Role: domain.RoleAdministrator, County: "Z"})
	at := own.begin("news", "Kanarienyhet")
	absent := "/handlaggare/nyheter/987654"
	for _, more := range []string{"", "/forhandsvisning", "/publicera", "/avpublicera", "/ta-bort", "/historik", "/bild", "/dokument", "/lagg-tillbaka"} {
		for _, method := range []string{http.MethodGet, http.MethodPost} {
			theirs, nothing := foreign.do(method, at+more, ""), foreign.do(method, absent+more, "")
			if theirs.body != nothing.body || theirs.StatusCode != nothing.StatusCode || strings.Contains(theirs.body, "Kanarie") {
				t.Errorf("%s %s: %d, absent %d", method, more, theirs.StatusCode, nothing.StatusCode)
			}
		}
	}
	if own.get(at).body == own.get(absent).body {
		t.Error("its own county sees nothing either: the test proves nothing")
	}
	for _, c := range []*client{foreign, w.user("Cilla Exempel", in(domain.RoleReader))} {
		if strings.Contains(c.get("/handlaggare/nyheter").body, "Kanarienyhet") {
			t.Error("the list tells of another county's draft")
		}
	}
	if items, err := service.NewNews(w.Store, w.Clock.Now).All(context.Background(), domain.Visitor()); err == nil {
		t.Errorf("a visitor lists %d", len(items))
	}
}
