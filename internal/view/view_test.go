package view_test

import (
	"os"
	"strings"
	"testing"

	"github.com/temadag/temadag/internal/domain"
	"github.com/temadag/temadag/internal/i18n"
	"github.com/temadag/temadag/internal/view"
)

func catalogue(t *testing.T) *i18n.Catalogue {
	t.Helper()
	c, err := i18n.Load(os.DirFS("../../web/locales"))
	if err != nil {
		t.Fatal(err)
	}
	return c
}

func paths(l domain.Lang, name string, args ...string) string {
	prefix := ""
	if l == domain.English {
		prefix = "/en"
	}
	return prefix + "/" + name + strings.Join(args, "/")
}

func options(t *testing.T) view.Options {
	t.Helper()
	static, err := view.NewStatic(os.DirFS("../../web/static"))
	if err != nil {
		t.Fatal(err)
	}
	return view.Options{
		Templates: overlay(t, "../../web/templates"),
		Catalogue: catalogue(t),
		StaticURL: static.URL,
		Paths:     paths,
		BaseURL:   "https://temadag.example.se",
	}
}

func TestPage(t *testing.T) {
	r, err := view.New(options(t))
	if err != nil {
		t.Fatal(err)
	}
	for _, l := range domain.Langs() {
		for _, name := range []string{"public/accessibility", "public/privacy", "public/cookies", "public/subscribe"} {
			var b strings.Builder
			if err := r.Page(&b, l, name, view.Page{Title: "Titel", Body: view.Information{}}); err != nil {
				t.Errorf("%s in %s: %v", name, l, err)
			}
			if !strings.Contains(b.String(), `<html lang="`+string(l)+`">`) {
				t.Errorf("%s in %s has another language", name, l)
			}
		}
	}
}
