package journey_test

import (
	"net/http"
	"net/url"
	"strings"
	"testing"

	"golang.org/x/net/html"
)

// step sends the page's registration form by the button that asks for the step.
func (v *visitor) step(step string, values url.Values) *document {
	v.t.Helper()
	for _, form := range find(v.page.root, "form") {
		for _, b := range find(form, "button") {
			if attr(b, "name") == "step" && attr(b, "value") == step {
				return v.submit(form, b, values)
			}
		}
	}
	v.t.Fatalf("no button for the step %q on %s:\n%s", step, v.page.url, v.page.words())
	return nil
}

// register signs a person up, and leaves the visitor at the receipt. The program must be unhurried.
func register(v *visitor, p *program, slug string, person url.Values) *document {
	v.t.Helper()
	v.open(p.base() + "/tillfalle/" + slug + "/anmalan")
	v.expect(http.StatusOK)
	v.step("review", person)
	v.expect(http.StatusOK)
	v.step("send", nil)
	v.expect(http.StatusOK)
	if !strings.HasPrefix(v.page.url.Path, "/kvitto/") {
		v.t.Fatalf("no receipt but %s:\n%s", v.page.url, v.page.words())
	}
	return v.page
}

// asa is the person of most journeys: letters beyond ASCII in every field.
func asa() url.Values {
	return url.Values{
		"given_name": {"Åsa"}, "family_name": {"Öhman-Ćurić"}, "email": {"asa.ohman@exempel.example.se"},
		"phone": {"070-174 06 01"}, "organisation": {"Socialtjänsten i Älvsbyn"}, "organisation_type": {"social_services"},
		"title": {"socialsekreterare"}, "municipality": {"Älvsbyn"},
	}
}

// row is the value beside a heading in the page's lists of facts, "" for none.
func (d *document) row(label string) string {
	for _, dt := range find(d.root, "dt", "th") {
		if clean(text(dt)) != label {
			continue
		}
		for n := dt.NextSibling; n != nil; n = n.NextSibling {
			if n.Type == html.ElementNode {
				return clean(text(n))
			}
		}
	}
	return ""
}

// faults lists the ids that the summary of faults leads to.
func (d *document) faults(t testing.TB) []string {
	t.Helper()
	for n := range d.root.Descendants() {
		if attr(n, "id") != "errors" {
			continue
		}
		var out []string
		for _, a := range find(n, "a") {
			out = append(out, strings.TrimPrefix(attr(a, "href"), "#"))
		}
		return out
	}
	return nil
}
