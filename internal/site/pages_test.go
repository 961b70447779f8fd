package site_test

import (
	"bytes"
	"encoding/xml"
	"errors"
	"image"
	"image/png"
	"net/http"
	"net/url"
	"slices"
	"strings"
	"testing"
	"time"

	"golang.org/x/net/html"

	"github.com/temadag/temadag/internal/demo"
	"github.com/temadag/temadag/internal/domain"
	"github.com/temadag/temadag/internal/server"
	"github.com/temadag/temadag/internal/service"
	"github.com/temadag/temadag/internal/site"
	"github.com/temadag/temadag/internal/testkit"
)

// demonstration loads the demonstration programme as it stood on 1 October 2016.
func (w *world) demonstration() demo.Content {
	w.t.Helper()
	content := demo.Programme(demo.Historical())
	must := func(err error) {
		w.t.Helper()
		if err != nil {
			w.t.Fatal(err)
		}
	}
	files := func(documents []domain.Document) []service.File {
		var out []service.File
		for _, d := range documents {
			out = append(out, service.File{Document: d, Content: content.Files[d.Slug]})
		}
		return out
	}
	must(w.Editing.PutOrganisers(quiet(), domain.Operator(), content.Organisers))
	for _, s := range content.Series {
		of := make(map[string][]service.File)
		for _, e := range s.Events {
			of[e.Slug] = files(e.Documents)
		}
		must(w.Editing.AddSeries(quiet(), domain.Operator(), s, of))
	}
	for _, e := range content.Events {
		must(w.Editing.AddEvent(quiet(), domain.Operator(), e, files(e.Documents)))
	}
	for _, n := range content.News {
		must(w.Editing.AddNews(quiet(), domain.Operator(), n, files(n.Documents)))
	}
	must(w.addPage(content.Organisers[0].Code))
	return content
}

// addPage publishes a page of its own with a picture, in the footer.
func (w *world) addPage(county domain.OrganiserCode) error {
	news, a := service.NewNews(w.Store, w.Clock.Now), domain.Operator()
	id, err := news.Create(quiet(), a, service.NewNewsItem{Kind: domain.NewsPage, County: county, Entry: domain.NewsEntry{
		Title: domain.Text{Sv: "Ordna en temadag", En: "Arrange a theme day"}, Body: domain.Text{Sv: "Så här gör du.", En: "This is how."}, Footer: true,
	}})
	if err != nil {
		return err
	}
	var b bytes.Buffer
	if err := png.Encode(&b, image.NewGray(image.Rect(0, 0, 2000, 900))); err != nil {
		return err
	}
	err = news.PutPicture(quiet(), a, id, service.NewPicture{Content: b.Bytes(), Alt: domain.Text{Sv: "En svart yta.", En: "A black field."}})
	return errors.Join(err, news.Publish(quiet(), a, id, time.Time{}))
}

// crawl follows every link and source from the first page and answers what was found, by address.
func (w *world) crawl() map[string]*response {
	w.t.Helper()
	found := make(map[string]*response)
	queue := []string{"/", "/en/", "/sitemap.xml", "/robots.txt", "/finns-inte"}
	for len(queue) > 0 {
		path := queue[0]
		queue = queue[1:]
		if found[path] != nil {
			continue
		}
		r := w.get(path)
		found[path] = r
		if r.page == nil {
			continue
		}
		for n := range r.page.Descendants() {
			if n.Type != html.ElementNode {
				continue
			}
			for _, name := range []string{"href", "src", "content"} {
				if to, ok := local(attr(n, name)); ok {
					queue = append(queue, to)
				}
			}
		}
	}
	return found
}

// local is the path on our own host that an address leads to.
func local(address string) (string, bool) {
	u, err := url.Parse(strings.TrimPrefix(address, base))
	if err != nil || u.Host != "" || u.Scheme != "" || !strings.HasPrefix(u.Path, "/") {
		return "", false
	}
	u.Fragment = ""
	return u.String(), true
}

func TestEveryLinkLeadsSomewhere(t *testing.T) {
	w := newWorld(t)
	w.demonstration()
	found := w.crawl()
	if len(found) < 60 {
		t.Errorf("only %d addresses were found", len(found))
	}
	seen := make(map[string]bool)
	for path, r := range found {
		if path != "/finns-inte" && r.StatusCode != http.StatusOK {
			t.Errorf("%s answers %d", path, r.StatusCode)
		}
		if r.page != nil {
			w.check(path, r)
		}
		for _, route := range w.site.Routes() {
			if matches(route.Paths["sv"], path) || matches(route.Paths["en"], path) {
				seen[route.Name] = true
			}
		}
	}
	for _, route := range w.site.Routes() {
		hidden := []string{"health", "ready", "returned", "touchicon", "favicon", "countyics", "calendarics"}
		letters := route.Class == server.ClassPersonal // the way there is by letter, or by a button
		if !seen[route.Name] && !letters && !slices.Contains(hidden, route.Name) {
			t.Errorf("no link leads to %s", route.Name)
		}
	}
}

func matches(pattern, path string) bool {
	path, _, _ = strings.Cut(path, "?")
	a, b := strings.Split(pattern, "/"), strings.Split(path, "/")
	for i, part := range a {
		if strings.HasPrefix(part, "*") {
			return true
		}
		if i >= len(b) || (part != b[i] && !strings.HasPrefix(part, ":")) {
			return false
		}
	}
	return len(a) == len(b)
}

// check is what every page owes.
func (w *world) check(path string, r *response) {
	w.t.Helper()
	if n := len(r.find("h1")); n != 1 {
		w.t.Errorf("%s has %d h1", path, n)
	}
	want := "sv"
	if strings.HasPrefix(path, "/en/") {
		want = "en"
	}
	if got := attr(r.find("html")[0], "lang"); got != want {
		w.t.Errorf("%s: lang is %q", path, got)
	}
	ids, labelled := make(map[string]bool), make(map[string]bool)
	for n := range r.page.Descendants() {
		if id := attr(n, "id"); n.Type == html.ElementNode && id != "" {
			if ids[id] {
				w.t.Errorf("%s: the id %q stands twice", path, id)
			}
			ids[id] = true
		}
		if n.Type == html.ElementNode && n.Data == "label" {
			labelled[attr(n, "for")] = true
		}
		if attr(n, "style") != "" {
			w.t.Errorf("%s: a style attribute, which the policy forbids", path)
		}
		if n.Data == "script" && attr(n, "src") == "" && attr(n, "type") != "application/ld+json" {
			w.t.Errorf("%s: a script in the page, which the policy forbids", path)
		}
	}
	for _, n := range r.find("input") {
		if attr(n, "type") != "hidden" && !labelled[attr(n, "id")] {
			w.t.Errorf("%s: the field %q has no label", path, attr(n, "name"))
		}
	}
	if strings.Contains(r.body, "⟨") || strings.Contains(r.body, "ZgotmplZ") || strings.Contains(r.body, "<no value>") {
		w.t.Errorf("%s has a hole", path)
	}
}

func TestLanguageSwitchKeepsThePlace(t *testing.T) {
	w := newWorld(t)
	w.demonstration()
	for _, path := range []string{
		"/", "/?county=BD", "/tema/sex-mot-ersattning", "/tillfalle/temadag-lulea", "/tillfalle/temadag-lulea/anmalan",
		"/nyheter", "/personuppgifter", "/prenumerera",
	} {
		there := w.get(path).want(t, http.StatusOK).switchTo("en")
		if back := w.get(there).want(t, http.StatusOK).switchTo("sv"); back != path {
			t.Errorf("%s leads to %s and back to %s", path, there, back)
		}
	}
}

// switchTo is where the language switch of the menu leads.
func (r *response) switchTo(lang string) string {
	for _, a := range r.find("a") {
		if attr(a, "hreflang") == lang {
			return attr(a, "href")
		}
	}
	return ""
}

func TestCalendar_filter(t *testing.T) {
	w := newWorld(t)
	w.demonstration()
	for query, want := range map[string]struct{ there, gone string }{
		"?county=BD":              {"Luleå", "/tillfalle/temadag-umea"},
		"?county=bd&utm_source=x": {"Luleå", "/tillfalle/temadag-umea"},
		"?kind=conference":        {"Nationell heldagskonferens", "/tema/sex-mot-ersattning"},
		"?town=Ume%C3%A5":         {"Umeå", "/tillfalle/temadag-lulea"},
		"?q=harnosand":            {"Härnösand", "/tillfalle/temadag-lulea"},
		"?q=finns+ej":             {"Inget tillfälle stämmer med din sökning", "/tillfalle/"},
		"?kind=nonsense":          {"Luleå", "Inget tillfälle"},
		"?q=%3Cscript%3E":         {"Inget tillfälle", "<script>"},
	} {
		page := w.get("/"+query).want(t, http.StatusOK, want.there)
		if strings.Contains(page.body, want.gone) {
			t.Errorf("%s still shows %s", query, want.gone)
		}
	}
}

func TestRoutes(t *testing.T) {
	w := newWorld(t, func(o *site.Options, _ *server.Options) { o.Mailbox = kept{} })
	declared := make(map[string]bool)
	for _, route := range w.site.Routes() {
		for _, path := range route.Paths {
			declared[route.Method+" "+path] = true
			if route.Method == http.MethodGet {
				declared[http.MethodHead+" "+path] = true
			}
		}
		if route.Permission == "" {
			t.Errorf("%s declares no permission", route.Name)
		}
		forMachines := []string{"document", "og", "picture", "sitemap", "robots", "static", "favicon", "touchicon", "health", "ready", "returned"}
		oneLanguage := slices.Contains(forMachines, route.Name) || route.Class == server.ClassDevelopment
		if (route.Paths[domain.English] == "") != oneLanguage {
			t.Errorf("%s: paths %v", route.Name, route.Paths)
		}
	}
	for _, r := range w.engine.Routes() {
		if !declared[r.Method+" "+r.Path] {
			t.Errorf("the router answers %s %s, which the table does not declare", r.Method, r.Path)
		}
	}
}

func TestKeptPages(t *testing.T) {
	w := newWorld(t)
	w.AddEvent(t, testkit.Event("lulea", 10))
	for _, path := range []string{"/", "/en/", "/tillfalle/lulea", "/nyheter", "/kalender.ics", "/sitemap.xml", "/bild/lulea"} {
		first := w.get(path).want(t, http.StatusOK)
		tag := first.Header.Get("ETag")
		again := w.get(path, "If-None-Match", `"other", W/`+tag)
		if again.StatusCode != http.StatusNotModified || again.body != "" || again.Header.Get("ETag") != tag {
			t.Errorf("%s: known answers %d with %d bytes", path, again.StatusCode, len(again.body))
		}
		packed := w.get(path, "Accept-Encoding", "gzip, br")
		if packed.Header.Get("Content-Encoding") == "gzip" {
			if packed.Header.Get("ETag") == tag || packed.Header.Get("Vary") != "Accept-Encoding" || first.Header.Get("Vary") != "Accept-Encoding" {
				t.Errorf("%s: the packed form has tag %s and Vary %q", path, packed.Header.Get("ETag"), packed.Header.Get("Vary"))
			}
		} else if len(first.body) > 4096 && path != "/bild/lulea" {
			t.Errorf("%s is not packed", path)
		}
		if got := w.get(path, "Accept-Encoding", "gzip;q=0").Header.Get("Content-Encoding"); got != "" {
			t.Errorf("%s: refused gzip is sent all the same", path)
		}
	}
}

func TestKeptPages_placesLagASecondAtMost(t *testing.T) {
	w := newWorld(t)
	w.AddEvent(t, testkit.Event("lulea", 10))
	w.get("/").want(t, http.StatusOK, "10 av 10 platser kvar")
	w.take("lulea", 1)
	w.Clock.Turn(time.Second)
	w.get("/").want(t, http.StatusOK, "9 av 10 platser kvar")
	w.get("/tillfalle/lulea").want(t, http.StatusOK, "9 av 10 platser kvar")
	events := &service.Events{Store: w.Store, Registrations: w.Registrations, Now: w.Clock.Now}
	if _, err := events.Cancel(quiet(), domain.Operator(), "lulea", domain.Text{Sv: "Snöstorm."}); err != nil {
		t.Fatal(err)
	}
	w.get("/tillfalle/lulea").want(t, http.StatusOK, "Snöstorm.")
	w.get("/").want(t, http.StatusOK, "Inställd")
}

func TestFormHasItsOwnToken(t *testing.T) {
	w := newWorld(t)
	w.AddEvent(t, testkit.Event("lulea", 10))
	first, second := w.get(form), w.get(form)
	a, b := first.fields().Get("token"), second.fields().Get("token")
	if a == "" || a == b {
		t.Errorf("two visitors have the tokens %q and %q", a, b)
	}
	if strings.ReplaceAll(first.body, a, b) != second.body {
		t.Error("two visitors' forms differ in more than the token")
	}
	if strings.Count(first.body, a) != 1 || first.Header.Get("ETag") != "" || strings.Contains(first.Header.Get("Cache-Control"), "public") {
		t.Error("the form could be kept by someone else")
	}
}

func TestSitemap(t *testing.T) {
	w := newWorld(t)
	w.demonstration()
	var m struct {
		URLs []struct {
			Loc   string `xml:"loc"`
			Twins []struct {
				Href string `xml:"href,attr"`
				Lang string `xml:"hreflang,attr"`
			} `xml:"link"`
		} `xml:"url"`
	}
	if err := xml.Unmarshal([]byte(w.get("/sitemap.xml").body), &m); err != nil {
		t.Fatal(err)
	}
	if len(m.URLs) < 30 {
		t.Errorf("%d pages", len(m.URLs))
	}
	for _, u := range m.URLs {
		if len(u.Twins) != 2 {
			t.Errorf("%s has %d twins", u.Loc, len(u.Twins))
		}
		w.get(strings.TrimPrefix(u.Loc, base)).want(t, http.StatusOK)
	}
}
