package office_test

import (
	"net/http"
	"regexp"
	"slices"
	"strings"
	"testing"

	"github.com/temadag/temadag/internal/domain"
	"github.com/temadag/temadag/internal/i18n"
	"github.com/temadag/temadag/internal/office"
	"github.com/temadag/temadag/web"
)

// Every page that is said to have help is one, and every page of the help is there, short, and names nothing
// that is not on the screen, in both languages.
func TestHelp(t *testing.T) {
	w := newWorld(t)
	catalogue, err := i18n.Load(web.Locales())
	must(t, err)
	named, other := regexp.MustCompile(`\[\[(.+?)\]\]`), regexp.MustCompile(`\(\((.+?)\)\)`)
	routes, slugs := map[string]bool{}, []string{}
	for _, r := range w.office.Routes() {
		routes[r.Name] = r.Method == http.MethodGet || routes[r.Name]
	}
	seen := map[string]string{}
	for slug, leads := range office.HelpPages() {
		slugs = append(slugs, slug)
		for _, r := range leads {
			if !routes[r] {
				t.Errorf("%s is said to help at %s, which is no page", slug, r)
			}
			if seen[r] != "" {
				t.Errorf("%s has two pages of help: %s and %s", r, slug, seen[r])
			}
			seen[r] = slug
		}
	}
	c := w.user("Eva Exempel", in(domain.RoleReader))
	for _, l := range domain.Langs() {
		p := catalogue.For(l)
		folder := map[domain.Lang]string{domain.Swedish: "/handlaggare/hjalp", domain.English: "/en/office/help"}[l]
		index := c.get(folder).want(t, http.StatusOK)
		for _, slug := range slugs {
			text := p.T("help." + slug + ".text")
			for _, m := range named.FindAllStringSubmatch(text, -1) {
				if !p.Has(m[1]) || strings.Contains(p.T(m[1]), "⟨") || strings.Contains(p.T(m[1]), "<no value>") {
					t.Errorf("%s, %s: there is no %s", l, slug, m[1])
				}
			}
			for _, m := range other.FindAllStringSubmatch(text, -1) {
				if !slices.Contains(slugs, m[1]) {
					t.Errorf("%s, %s: there is no page %s", l, slug, m[1])
				}
			}
			if !strings.Contains(index.body, folder+"/"+slug) {
				t.Errorf("%s: the first page does not lead to %s", l, slug)
			}
			page := c.get(folder+"/"+slug).want(t, http.StatusOK, p.T("help."+slug+".title"))
			if strings.Contains(page.body, "[[") || strings.Contains(page.body, "((") {
				t.Errorf("%s, %s: a sign was left", l, slug)
			}
			for _, a := range page.find("a") {
				if href := attr(a, "href"); strings.HasPrefix(href, folder+"/") {
					c.get(href).want(t, http.StatusOK)
				}
			}
			if n := len(strings.Fields(text)); n > 250 || n < 40 {
				t.Errorf("%s, %s has %d words", l, slug, n)
			}
			for _, word := range []string{"vänligen", "tyvärr", "klicka här", "ogiltig"} {
				if strings.Contains(strings.ToLower(text), word) {
					t.Errorf("%s, %s says %q", l, slug, word)
				}
			}
		}
	}
	c.get("/handlaggare/hjalp/finns-inte").want(t, http.StatusNotFound)
	w.anyone().get("/handlaggare/hjalp").want(t, http.StatusSeeOther)
}

// The page that has help leads to it, and a page without does not.
func TestHelp_isLinkedFromWhereItIsNeeded(t *testing.T) {
	w := newWorld(t)
	season(t, w)
	c := w.user("Eva Exempel", in(domain.RoleOrganiser))
	for path, want := range map[string]string{
		"/handlaggare/tillfalle/lulea/anmal": "/handlaggare/hjalp/telefon", "/handlaggare/tillfalle/lulea/behov": "/handlaggare/hjalp/behov",
		"/en/office/event/lulea/places": "/en/office/help/ko", "/handlaggare": "",
	} {
		got := ""
		for _, a := range c.get(path).want(t, http.StatusOK).find("a") {
			if attr(a.Parent, "class") == "office-help" {
				got = attr(a, "href")
			}
		}
		if got != want {
			t.Errorf("%s leads to %q, want %q", path, got, want)
		}
	}
}
