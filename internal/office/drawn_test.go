package office_test

import (
	"sync"

	"github.com/temadag/temadag/internal/domain"
	"github.com/temadag/temadag/internal/i18n"
	"github.com/temadag/temadag/internal/office"
	"github.com/temadag/temadag/internal/server"
	"github.com/temadag/temadag/internal/view"
	"github.com/temadag/temadag/web"
)

// drawn is what every world draws its pages with. It holds nothing of any of them, and is made once: parsing
// all templates takes longer than most tests.
type drawn struct {
	catalogue *i18n.Catalogue
	static    *view.Static
	paths     server.Paths
	view      *view.Renderer
	missing   *missing
}

var drawing = sync.OnceValues(func() (drawn, error) {
	d := drawn{missing: &missing{}}
	catalogue, err := i18n.Load(web.Locales())
	if err != nil {
		return d, err
	}
	d.catalogue = catalogue.WithMissing(d.missing.note)
	if d.static, err = view.NewStatic(web.Static()); err != nil {
		return d, err
	}
	if d.paths, err = office.Paths(); err != nil {
		return d, err
	}
	d.view, err = view.New(view.Options{
		Templates: web.Templates(), Catalogue: d.catalogue, StaticURL: d.static.URL, Paths: d.paths.For, BaseURL: base,
	})
	return d, err
})

// missing is the texts that were asked for in vain.
type missing struct {
	mu    sync.Mutex
	texts []string
}

func (m *missing) note(l domain.Lang, key string) {
	m.mu.Lock()
	defer m.mu.Unlock()
	m.texts = append(m.texts, string(l)+" "+key)
}

// take is the texts since the last time.
func (m *missing) take() []string {
	m.mu.Lock()
	defer m.mu.Unlock()
	texts := m.texts
	m.texts = nil
	return texts
}
