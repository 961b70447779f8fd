package main

import (
	"context"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"runtime/debug"
	"slices"
	"strings"
	"time"

	"github.com/schollz/progressbar/v3"

	"github.com/temadag/temadag/internal/domain"
	"github.com/temadag/temadag/internal/export"
	"github.com/temadag/temadag/internal/i18n"
	"github.com/temadag/temadag/internal/store"
	"github.com/temadag/temadag/web"
)

type exportCommand struct {
	Event   string `xor:"scope" help:"One event, by the last part of its page's address." placeholder:"SLUG"`
	Series  string `xor:"scope" help:"All events of a series, by the last part of its page's address." placeholder:"SLUG"`
	County  string `xor:"scope" help:"All events of a county administration, by its letter: BD." placeholder:"CODE"`
	Lang    string `default:"sv" enum:"sv,en" help:"Language of the workbook: sv or en." placeholder:"sv|en"`
	Kitchen bool   `help:"Instead of the list, what kitchen and venue need to know of --event: numbers, and nothing of anyone."`
	Output  string `short:"o" type:"path" help:"File to write; it is replaced only when the new one is whole. Without it the file is named after the list and put where you stand." placeholder:"FILE.xlsx"`
}

// exportGC keeps what is written of a great many people from lying about: what lives is small and the same
// throughout, and to clear away more often costs a hundredth of the time.
const exportGC = 25

// Run writes the workbook, with a progress bar on a terminal.
func (x exportCommand) Run(ctx context.Context, c *Config) error {
	if os.Getenv("GOGC") == "" {
		debug.SetGCPercent(exportGC)
	}
	x.County = strings.ToUpper(x.County)
	scope := domain.ListScope{Event: x.Event, Series: x.Series, County: domain.OrganiserCode(x.County)}
	if scope == (domain.ListScope{}) {
		return errors.New("say which list: --event SLUG, --series SLUG or --county CODE")
	}
	if x.Kitchen && x.Event == "" {
		return errors.New("say which event the kitchen cooks for: --kitchen --event SLUG")
	}
	if x.Output == "" {
		x.Output = x.fileName()
	}
	if dir := filepath.Dir(x.Output); !isDirectory(dir) {
		return fmt.Errorf("there is no directory %s", dir)
	}
	catalogue, err := i18n.Load(web.Locales())
	if err != nil {
		return err
	}
	return c.with(ctx, func(p *program) error {
		actor := domain.Operator()
		if x.Kitchen {
			return x.kitchen(ctx, p, actor, catalogue.For(domain.Lang(x.Lang)))
		}
		list, err := p.lists.Open(ctx, actor, scope)
		if errors.Is(err, domain.ErrNotFound) {
			return fmt.Errorf("there is no event in %s%s", x.scopeWords(), x.others(ctx, p))
		}
		if err != nil {
			return err
		}
		rows := func(ctx context.Context, id domain.EventID, yield func([]domain.Registration) error) error {
			return p.lists.Rows(ctx, actor, id, yield)
		}
		err = export.Workbook(ctx, x.Output, list, rows, export.WorkbookOptions{
			Printer: catalogue.For(domain.Lang(x.Lang)), Progress: progress(), BaseURL: p.baseURL,
		})
		if err != nil {
			return err
		}
		fmt.Printf("%s\nevents: %d, registered: %d, waiting: %d\n", x.Output, len(list.Events), registered(list), waiting(list))
		return nil
	})
}

// kitchen writes the numbers about food and access at one event.
func (x exportCommand) kitchen(ctx context.Context, p *program, a domain.Actor, words *i18n.Printer) error {
	sheet, err := p.registrations.Kitchen(ctx, a, x.Event)
	if errors.Is(err, domain.ErrNotFound) {
		return fmt.Errorf("there is no event in %s%s", x.scopeWords(), x.others(ctx, p))
	}
	if err != nil {
		return err
	}
	if !sheet.Event.AsksNeeds() && sheet.Told == 0 {
		return fmt.Errorf("the event %s asks nobody about food or access", x.Event)
	}
	err = export.Kitchen(ctx, x.Output, sheet, export.KitchenOptions{Printer: words, MadeAt: p.now(), MadeBy: a.Name})
	if err != nil {
		return err
	}
	fmt.Printf("%s\nwith a place: %d, have told of needs: %d\n", x.Output, sheet.Coming, sheet.Told)
	return nil
}

func isDirectory(path string) bool {
	info, err := os.Stat(path)
	return err == nil && info.IsDir()
}

// fileName is what the file is called where nobody has said.
func (x exportCommand) fileName() string {
	name := "lista-"
	if x.Kitchen {
		name = "kok-"
	}
	return name + strings.ToLower(x.Event+x.Series+x.County) + ".xlsx"
}

// others names what could have been asked for, for whoever guessed something else.
func (x exportCommand) others(ctx context.Context, p *program) string {
	if x.County != "" {
		return p.counties(ctx)
	}
	events, err := p.store.Events(ctx, store.EventScope{Drafts: true})
	if err != nil || len(events) == 0 {
		return ""
	}
	var names []string
	for _, e := range events {
		name := e.Slug
		if x.Series != "" {
			name = e.SeriesSlug
		}
		if name != "" && !slices.Contains(names, name) && len(names) < 20 {
			names = append(names, name)
		}
	}
	return "; there are " + strings.Join(names, ", ")
}

// counties names the letters that --county takes, for whoever guessed another.
func (p *program) counties(ctx context.Context) string {
	organisers, err := p.programme.Organisers(ctx)
	if err != nil || len(organisers) == 0 {
		return ""
	}
	var codes []string
	for _, o := range organisers {
		codes = append(codes, string(o.Code))
	}
	return "; counties here: " + strings.Join(codes, ", ")
}

func (x exportCommand) scopeWords() string {
	switch {
	case x.Event != "":
		return "--event " + x.Event
	case x.Series != "":
		return "--series " + x.Series
	}
	return "--county " + x.County
}

func registered(l domain.List) (n int) {
	for _, e := range l.Events {
		n += e.Confirmed
	}
	return n
}

func waiting(l domain.List) (n int) {
	for _, e := range l.Events {
		n += e.Waiting
	}
	return n
}

// progress draws a bar on a terminal and is silent elsewhere.
func progress() func(done, total int) {
	if !isTerminal(os.Stderr) {
		return nil
	}
	var bar *progressbar.ProgressBar
	return func(done, total int) {
		if bar == nil {
			bar = progressbar.NewOptions(total, progressbar.OptionSetWriter(os.Stderr), progressbar.OptionShowCount(),
				progressbar.OptionSetDescription("rows"), progressbar.OptionThrottle(100*time.Millisecond),
				progressbar.OptionClearOnFinish(), progressbar.OptionSetWidth(30))
		}
		_ = bar.Set(done) // a bar that cannot be drawn is no reason to stop
	}
}
