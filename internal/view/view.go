package view

import (
	"bytes"
	"errors"
	"fmt"
	"html/template"
	"io"
	"io/fs"
	"path"
	"slices"
	"strings"
	"text/template/parse"

	"github.com/temadag/temadag/internal/domain"
	"github.com/temadag/temadag/internal/i18n"
)

// Options is what a Renderer needs. Templates is the folder with layout, partials, icons and pages.
type Options struct {
	Templates fs.FS
	Catalogue *i18n.Catalogue
	StaticURL func(name string) string                                // Static.URL
	Paths     func(l domain.Lang, name string, args ...string) string // address of a named route
	BaseURL   string                                                  // "https://temadag.example.se", no slash at the end
	Dev       bool                                                    // parse anew for each page
}

// Page is one page as its handler describes it. Body is what the page's own template is about.
type Page struct {
	Title       string // without the name of the site
	Description string // a sentence for search engines and shared links; "" for none
	Path        string // address of this page in its language, from the root
	// Alternate holds the address of this page in each language it exists in. Where it is empty the
	// language switch leads to the first page.
	Alternate map[domain.Lang]string
	NoIndex   bool
	Image     string            // address of the social picture, from the root; "" for the common one
	JSONLD    []byte            // structured data, as json.Marshal writes it: without <, > and &
	Nav       string            // which item of the menu is current: NavCalendar, NavNews, NavSubscribe or none
	Organiser *domain.Organiser // whose contact block the footer shows; nil for the general one
	// ProtectedTold leaves the advice to people with protected personal data out of the footer,
	// because the page gives it.
	ProtectedTold bool
	Demo          bool // the programme is made up; a line below the header says so
	Errors        int  // faults in the form on the page; the title says so
	Refresh       int  // seconds after which a browser without scripts asks for the page again; 0 for never
	// Footer are the pages that the authorities have added to those of the footer.
	Footer []Crumb
	// Preview marks a page that nobody else sees yet; nil on every other.
	Preview *Preview
	// Staff is the frame of the pages for those who sign in; nil on the public ones.
	Staff *Staff
	Body  any
}

// Preview leads from a page that nobody else sees yet back to where it is written. Text tells what it shows; ""
// for the words that fit every page.
type Preview struct {
	Back Crumb
	Text string
}

// Staff is the frame of the pages for those who sign in: it takes the place of menu and footer.
type Staff struct {
	Name   string     // who is signed in; "" on the way in
	Menu   []MenuItem // none on the way in
	Help   *Crumb     // the page of the help that is about this one; nil for none
	Notice *Notice    // what is told above any page; nil for nothing
}

// MenuItem is a page in the menu.
type MenuItem struct {
	URL, Label string
	Current    bool
}

// The items of the menu.
const (
	NavCalendar  = "calendar"
	NavNews      = "news"
	NavSubscribe = "subscribe" // in the footer
)

// Renderer writes pages. It is safe for use by several goroutines.
type Renderer struct {
	options Options
	pages   map[pageKey]*template.Template
}

type pageKey struct {
	lang domain.Lang
	name string
}

// New parses every page in every language and returns the first fault found, so that a template
// that does not parse or cannot be escaped stops the program at start.
func New(o Options) (*Renderer, error) {
	if o.Templates == nil || o.Catalogue == nil || o.StaticURL == nil || o.Paths == nil {
		return nil, errors.New("view: templates, catalogue, static files and paths are needed")
	}
	pages, err := parseAll(o)
	if err != nil {
		return nil, err
	}
	return &Renderer{options: o, pages: pages}, nil
}

// Page writes the page named "public/home" in l. It writes the whole page or, on an error, nothing.
func (r *Renderer) Page(w io.Writer, l domain.Lang, name string, p Page) error {
	pages := r.pages
	if r.options.Dev {
		fresh, err := parseAll(r.options)
		if err != nil {
			return err
		}
		pages = fresh
	}
	t, ok := pages[pageKey{l, name}]
	if !ok {
		return fmt.Errorf("view: no page %q in %s", name, l)
	}
	var b bytes.Buffer
	if err := t.ExecuteTemplate(&b, "base", r.frame(l, p)); err != nil {
		return fmt.Errorf("view: %s in %s: %w", name, l, err)
	}
	if _, err := w.Write(b.Bytes()); err != nil {
		return fmt.Errorf("view: %s: %w", name, err)
	}
	return nil
}

// Names lists the pages there are, in alphabetical order.
func (r *Renderer) Names() []string {
	var names []string
	for key := range r.pages {
		if key.lang == domain.Swedish {
			names = append(names, key.name)
		}
	}
	slices.Sort(names)
	return names
}

// frame is the dot of the layout and of the page's "content".
type frame struct {
	Page
	Lang      domain.Lang
	Canonical string
	Image     string
	Languages []languageLink // every language this page exists in, this one too
	Switch    []languageLink // the other languages, for the menu
}

type languageLink struct {
	Lang domain.Lang
	URL  string // from the root
	Abs  string
}

func (r *Renderer) frame(l domain.Lang, p Page) frame {
	f := frame{Page: p, Lang: l, Image: r.absolute(p.Image)}
	if p.Image == "" {
		f.Image = r.absolute(r.options.StaticURL("img/social.png"))
	}
	if p.Path != "" {
		f.Canonical = r.absolute(p.Path)
	}
	for _, other := range domain.Langs() {
		link := languageLink{Lang: other, URL: p.Alternate[other]}
		if other == l && link.URL == "" {
			link.URL = p.Path
		}
		if link.URL != "" {
			link.Abs = r.absolute(link.URL)
			f.Languages = append(f.Languages, link)
		}
		if other == l {
			continue
		}
		if link.URL == "" {
			link.URL = r.options.Paths(other, "home")
		}
		f.Switch = append(f.Switch, link)
	}
	if len(f.Languages) < 2 || p.NoIndex {
		f.Languages = nil
	}
	return f
}

func (r *Renderer) absolute(p string) string {
	if strings.HasPrefix(p, "/") {
		return strings.TrimSuffix(r.options.BaseURL, "/") + p
	}
	return p
}

func parseAll(o Options) (map[pageKey]*template.Template, error) {
	names, err := pageFiles(o.Templates)
	if err != nil {
		return nil, err
	}
	icons, err := readIcons(o.Templates)
	if err != nil {
		return nil, err
	}
	pages := make(map[pageKey]*template.Template)
	for _, l := range domain.Langs() {
		funcs := functions(o, l, icons)
		base, err := template.New("base").Funcs(funcs).
			ParseFS(o.Templates, "layout/*.html", "partials/*.html")
		if err != nil {
			return nil, fmt.Errorf("view: %w", err)
		}
		for name, file := range names[l] {
			t, err := parsePage(base, funcs, o.Templates, file)
			if err != nil {
				return nil, err
			}
			pages[pageKey{l, name}] = t
		}
	}
	return pages, nil
}

// parsePage is a page with the layout and those partials that it uses: a copy of every partial for every page would
// be most of what the program keeps in memory.
func parsePage(base *template.Template, funcs template.FuncMap, fsys fs.FS, file string) (*template.Template, error) {
	t, err := template.New("page").Funcs(funcs).ParseFS(fsys, file)
	if err != nil {
		return nil, fmt.Errorf("view: %s: %w", file, err)
	}
	needed := []string{"base"}
	for _, own := range t.Templates() {
		if own.Tree != nil {
			needed = append(needed, referred(own.Tree.Root)...)
		}
	}
	for len(needed) > 0 {
		name := needed[len(needed)-1]
		needed = needed[:len(needed)-1]
		lent := base.Lookup(name)
		if have := t.Lookup(name); have != nil && have.Tree != nil || lent == nil || lent.Tree == nil {
			continue // its own, brought already, or told to be missing when the page is tried below
		}
		if _, err := t.AddParseTree(name, lent.Tree.Copy()); err != nil {
			return nil, fmt.Errorf("view: %s: %w", file, err)
		}
		needed = append(needed, referred(lent.Tree.Root)...)
	}
	if t.Lookup("content") == nil {
		return nil, fmt.Errorf(`view: %s defines no "content"`, file)
	}
	// Templates are escaped when they first run; running one on nothing finds those that cannot be.
	var unsafe *template.Error
	if err := t.ExecuteTemplate(io.Discard, "base", nil); errors.As(err, &unsafe) {
		return nil, fmt.Errorf("view: %s: %w", file, err)
	}
	return t, nil
}

// referred are the templates that a part of a template refers to.
func referred(n parse.Node) (names []string) {
	branch := func(b parse.BranchNode) {
		names = append(names, referred(b.List)...)
		if b.ElseList != nil {
			names = append(names, referred(b.ElseList)...)
		}
	}
	switch n := n.(type) {
	case *parse.ListNode:
		for _, each := range n.Nodes {
			names = append(names, referred(each)...)
		}
	case *parse.TemplateNode:
		names = append(names, n.Name)
	case *parse.IfNode:
		branch(n.BranchNode)
	case *parse.RangeNode:
		branch(n.BranchNode)
	case *parse.WithNode:
		branch(n.BranchNode)
	}
	return names
}

// pageFiles finds each page's file in each language: "pages/public/home.html" for all, or
// "pages/public/privacy.sv.html" and its twins for pages of running text.
func pageFiles(fsys fs.FS) (map[domain.Lang]map[string]string, error) {
	files := make(map[domain.Lang]map[string]string)
	for _, l := range domain.Langs() {
		files[l] = make(map[string]string)
	}
	err := fs.WalkDir(fsys, "pages", func(p string, d fs.DirEntry, err error) error {
		if err != nil || d.IsDir() || path.Ext(p) != ".html" {
			return err
		}
		name := strings.TrimSuffix(strings.TrimPrefix(p, "pages/"), ".html")
		if stem, tag, ok := strings.Cut(name, "."); ok {
			l, known := domain.ParseLang(tag)
			if !known {
				return fmt.Errorf("%s: %q is no language", p, tag)
			}
			files[l][stem] = p
			return nil
		}
		for _, l := range domain.Langs() {
			files[l][name] = p
		}
		return nil
	})
	if err != nil {
		return nil, fmt.Errorf("view: %w", err)
	}
	for _, l := range domain.Langs() {
		for name := range files[domain.Swedish] {
			if _, ok := files[l][name]; !ok {
				return nil, fmt.Errorf("view: page %q is missing in %s", name, l)
			}
		}
	}
	return files, nil
}
