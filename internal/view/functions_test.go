package view_test

import (
	"strings"
	"testing"
	"testing/fstest"

	"github.com/temadag/temadag/internal/domain"
	"github.com/temadag/temadag/internal/view"
)

// render runs a small page whose content is body.
func render(t *testing.T, l domain.Lang, body string, dot any) (string, error) {
	t.Helper()
	o := options(t)
	o.Templates = fstest.MapFS{
		"layout/base.html":       {Data: []byte(`{{define "base"}}{{template "content" .}}{{end}}`)},
		"partials/part.html":     {Data: []byte(`{{define "part"}}{{end}}`)},
		"icons/yes.svg":          {Data: []byte(`<svg class="icon"></svg>`)},
		"pages/public/page.html": {Data: []byte(`{{define "content"}}` + body + `{{end}}`)},
	}
	r, err := view.New(o)
	if err != nil {
		return "", err
	}
	var b strings.Builder
	err = r.Page(&b, l, "public/page", view.Page{Body: dot})
	return b.String(), err
}

func TestFunctions(t *testing.T) {
	swedish := domain.Text{Sv: "Ett & två <b>"}
	both := domain.Text{Sv: "Ett", En: "One"}
	tests := map[string]struct {
		body   string
		dot    any
		sv, en string
	}{
		"in falls back on Swedish":          {`{{in .Body}}`, swedish, "Ett &amp; två &lt;b&gt;", "Ett &amp; två &lt;b&gt;"},
		"langof marks another language":     {`<p {{langof .Body}}></p>`, swedish, `<p ></p>`, `<p lang="sv"></p>`},
		"langof of a wording in both":       {`<p {{langof .Body}}></p>`, both, `<p ></p>`, `<p ></p>`},
		"text marks inside":                 {`{{text .Body}}`, swedish, "Ett &amp; två &lt;b&gt;", `<span lang="sv">Ett &amp; två &lt;b&gt;</span>`},
		"text of a wording in both":         {`{{text .Body}}`, both, "Ett", "One"},
		"tel from a Swedish number":         {`<a href="{{tel .Body}}"></a>`, "010-225 50 00", `<a href="tel:&#43;46102255000"></a>`, `<a href="tel:&#43;46102255000"></a>`},
		"tel from an international one":     {`<a href="{{tel .Body}}"></a>`, "+46 (0)10 225", `<a href="tel:&#43;46010225"></a>`, `<a href="tel:&#43;46010225"></a>`},
		"tel cannot be another scheme":      {`<a href="{{tel .Body}}"></a>`, "javascript:alert(1)", `<a href="tel:1"></a>`, `<a href="tel:1"></a>`},
		"mailto":                            {`<a href="{{mailto .Body}}"></a>`, "a@example.se", `<a href="mailto:a@example.se"></a>`, `<a href="mailto:a@example.se"></a>`},
		"path in the language":              {`{{path "event" "lulea"}}`, nil, "/eventlulea", "/en/eventlulea"},
		"abs":                               {`{{abs "/x"}} {{abs "https://a.se"}}`, nil, "https://temadag.example.se/x https://a.se", "https://temadag.example.se/x https://a.se"},
		"webcal":                            {`<a href="{{webcal "/x"}}"></a>`, nil, `<a href="webcal://temadag.example.se/x"></a>`, `<a href="webcal://temadag.example.se/x"></a>`},
		"small files":                       {`{{filesize .Body}}`, int64(1), "1\u00a0kB", "1\u00a0kB"},
		"large files":                       {`{{filesize .Body}}`, int64(2_450_678), "2,5\u00a0MB", "2.5\u00a0MB"},
		"join of three":                     {`{{join .Body}}`, []string{"Luleå", "Umeå", "Piteå"}, "Luleå, Umeå och Piteå", "Luleå, Umeå and Piteå"},
		"join of one":                       {`{{join .Body}}`, []string{"Luleå"}, "Luleå", "Luleå"},
		"join of none":                      {`{{join .Body}}`, []string{}, "", ""},
		"isoat":                             {`{{isoat (day "2016-12-01") .Body}}`, domain.Clock(540), "2016-12-01T09:00&#43;01:00", "2016-12-01T09:00&#43;01:00"},
		"isoat without an hour":             {`{{isoat (day "2016-12-01") .Body}}`, domain.NoClock, "2016-12-01", "2016-12-01"},
		"num of any whole number":           {`{{num .Body}}`, domain.Seats(1234), "1\u00a0234", "1,234"},
		"t fills holes":                     {`{{t "frame.pages.place" "current" 2 "total" 3}}`, nil, "Sida 2 av 3", "Page 2 of 3"},
		"markdown sets the highest heading": {`{{markdown .Body}}`, domain.Text{Sv: "### A\n\n# B\n\n### C", En: "x"}, "<h2>A</h2>\n<h2>B</h2>\n<h3>C</h3>\n", "<p>x</p>\n"},
		"markdown below a given level":      {`{{markdown .Body 4}}`, domain.Text{Sv: "# A\n\n## B\n\n### C\n\n#### D", En: "x"}, "<h4>A</h4>\n<h5>B</h5>\n<h6>C</h6>\n<h6>D</h6>\n", "<p>x</p>\n"},
		"markdown marks the language":       {`{{markdown .Body}}`, domain.Text{Sv: "a"}, "<p>a</p>\n", "<div lang=\"sv\"><p>a</p>\n</div>"},
		"markdown takes no HTML": {
			`{{markdown .Body}}`,
			domain.Text{Sv: "<script>x</script><b onclick=y>z</b>", En: "x"},
			"<p>&lt;script&gt;x&lt;/script&gt;&lt;b onclick=y&gt;z&lt;/b&gt;</p>\n", "<p>x</p>\n",
		},
		"markdown shows HTML within a line": {
			`{{markdown .Body}}`,
			domain.Text{Sv: "Skriv <b>så</b> & så", En: "<!-- x\n-->"},
			"<p>Skriv &lt;b&gt;så&lt;/b&gt; &amp; så</p>\n", "<p>&lt;!-- x\n--&gt;</p>\n",
		},
		"markdown takes no dangerous links":  {`{{markdown .Body}}`, domain.Text{Sv: "[a](javascript:alert(1)) [b](https://b.se)", En: "x"}, `<p>a <a href="https://b.se">b</a></p>` + "\n", "<p>x</p>\n"},
		"markdown takes no foreign pictures": {`{{markdown .Body}}`, domain.Text{Sv: "![a](https://x.se/y.png)", En: "x"}, "<p></p>\n", "<p>x</p>\n"},
		"dict":                               {`{{with dict "a" 1}}{{.a}}{{end}}`, nil, "1", "1"},
		"icon":                               {`{{icon "yes"}}`, nil, `<svg class="icon"></svg>`, `<svg class="icon"></svg>`},
	}
	for name, tt := range tests {
		t.Run(name, func(t *testing.T) {
			for l, want := range map[domain.Lang]string{domain.Swedish: tt.sv, domain.English: tt.en} {
				got, err := render(t, l, tt.body, tt.dot)
				if err != nil {
					t.Fatal(err)
				}
				if got != want {
					t.Errorf("%s: got %q, want %q", l, got, want)
				}
			}
		})
	}
}

func TestPage_writesNothingOnAnError(t *testing.T) {
	got, err := render(t, domain.Swedish, `before {{icon "no-such"}}`, nil)
	if err == nil || got != "" {
		t.Errorf("got %q, %v", got, err)
	}
}

func TestNew_refuses(t *testing.T) {
	tests := map[string]struct{ page, fault string }{
		"a template that does not parse":      {`{{define "content"}}{{end`, "page.html"},
		"a function there is not":             {`{{define "content"}}{{nosuch}}{{end}}`, "nosuch"},
		"a page without content":              {`<p>x</p>`, `defines no "content"`},
		"an attribute that cannot be escaped": {`{{define "content"}}<a href='{{.Title}}{{end}}`, "ends in a non-text context"},
		"a partial there is not":              {`{{define "content"}}{{template "nosuch"}}{{end}}`, "nosuch"},
	}
	for name, tt := range tests {
		t.Run(name, func(t *testing.T) {
			o := options(t)
			o.Templates = fstest.MapFS{
				"layout/base.html": {Data: []byte(`{{define "base"}}{{template "content" .}}{{end}}`)}, "partials/p.html": {Data: []byte(`x`)},
				"pages/public/page.html": {Data: []byte(tt.page)},
			}
			if _, err := view.New(o); err == nil || !strings.Contains(err.Error(), tt.fault) {
				t.Errorf("got %v, want %q", err, tt.fault)
			}
		})
	}
}

func TestNew_refusesAPageInOneLanguage(t *testing.T) {
	o := options(t)
	o.Templates = fstest.MapFS{
		"layout/base.html": {Data: []byte(`{{define "base"}}{{template "content" .}}{{end}}`)}, "partials/p.html": {Data: []byte(`x`)},
		"pages/public/page.sv.html": {Data: []byte(`{{define "content"}}{{end}}`)},
	}
	if _, err := view.New(o); err == nil || !strings.Contains(err.Error(), "missing in en") {
		t.Errorf("got %v, want a fault", err)
	}
}

func TestPage_frame(t *testing.T) {
	o := options(t)
	o.Templates = overlay(t, "../../web/templates")
	r, err := view.New(o)
	if err != nil {
		t.Fatal(err)
	}
	page := func(l domain.Lang, p view.Page) string {
		t.Helper()
		p.Body = view.Information{}
		var b strings.Builder
		if err := r.Page(&b, l, "public/cookies", p); err != nil {
			t.Fatal(err)
		}
		return b.String()
	}
	both := map[domain.Lang]string{domain.Swedish: "/kakor", domain.English: "/en/cookies"}
	tests := map[string]struct {
		got        string
		has, hasNo []string
	}{
		"a page in both languages": {
			page(domain.English, view.Page{Title: "A & B", Path: "/en/cookies", Alternate: both}),
			[]string{
				`<html lang="en">`, `<title>A &amp; B – Temadag</title>`, `hreflang="sv" href="https://temadag.example.se/kakor"`,
				`hreflang="x-default" href="https://temadag.example.se/kakor"`, `hreflang="en" href="https://temadag.example.se/en/cookies"`,
				`<link rel="canonical" href="https://temadag.example.se/en/cookies">`, `<a href="/kakor" lang="sv" hreflang="sv">Svenska</a>`,
			},
			[]string{"noindex", "ld+json"},
		},
		"a page to be left out of searches": {
			page(domain.Swedish, view.Page{Title: "Min", Path: "/min", Alternate: both, NoIndex: true}),
			[]string{`<meta name="robots" content="noindex">`, `<a href="/en/cookies" lang="en" hreflang="en">English</a>`},
			[]string{"canonical", "x-default"},
		},
		"a page with faults":       {page(domain.Swedish, view.Page{Title: "Anmäl dig", Errors: 2}), []string{"<title>Fel: Anmäl dig – Temadag</title>"}, nil},
		"a page in one language":   {page(domain.Swedish, view.Page{Title: "X", Path: "/x"}), []string{`<a href="/en/home" lang="en"`}, []string{"x-default"}},
		"structured data":          {page(domain.Swedish, view.Page{Title: "X", JSONLD: []byte(`{"@type":"Event"}`)}), []string{`<script type="application/ld+json">{"@type":"Event"}</script>`}, nil},
		"the organiser's contacts": {page(domain.Swedish, view.Page{Organiser: &sampleOrganisers()[0]}), []string{"Länsstyrelsen i Norrbottens län", "010-225 50 00", "meänkieli"}, nil},
		"a picture of its own":     {page(domain.Swedish, view.Page{Image: "/bild/x"}), []string{`content="https://temadag.example.se/bild/x"`}, nil},
	}
	for name, tt := range tests {
		for _, want := range tt.has {
			if !strings.Contains(tt.got, want) {
				t.Errorf("%s: no %s", name, want)
			}
		}
		for _, unwanted := range tt.hasNo {
			if strings.Contains(tt.got, unwanted) {
				t.Errorf("%s: holds %s", name, unwanted)
			}
		}
	}
}
