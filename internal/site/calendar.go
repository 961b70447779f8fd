package site

import (
	"context"
	"errors"
	"net/url"
	"slices"
	"strconv"
	"strings"
	"time"

	"github.com/gin-gonic/gin"

	"github.com/temadag/temadag/internal/domain"
	"github.com/temadag/temadag/internal/i18n"
	"github.com/temadag/temadag/internal/view"
)

// calendarPage is what is coming, narrowed by the form above it.
type calendarPage struct {
	Filter  []view.Field // county, kind, town, words
	Narrow  bool         // something is narrowed
	Summary string       // "4 tillfällen i ett tema"
	Months  []month
	Later   []entry // those whose date is not announced
	News    []newsLine
	Feed    string // address of the calendar to subscribe to
}

// month is what comes in one month.
type month struct {
	Name    string // "december 2016"
	Entries []entry
}

// entry is one thing in the calendar: a series with its occasions, or an event of its own.
type entry struct {
	Series    *domain.Series
	Occasions []occasion // one where Series is nil
}

// The names of the fields of the filter. Anything else in the address is read over.
const (
	filterCounty = "county"
	filterKind   = "kind"
	filterTown   = "town"
	filterWords  = "q"
)

// longestFilter is the most characters of a filter that are read.
const longestFilter = 80

func readFilter(q url.Values) domain.CalendarFilter {
	word := func(name string) string {
		s, _ := domain.CleanLine(q.Get(name))
		if r := []rune(s); len(r) > longestFilter {
			s = string(r[:longestFilter])
		}
		return s
	}
	f := domain.CalendarFilter{Town: word(filterTown), Query: word(filterWords)}
	if c, ok := domain.CountyOf(domain.OrganiserCode(strings.ToUpper(word(filterCounty)))); ok {
		f.County = c.Code
	}
	if kind := domain.EventKind(word(filterKind)); slices.Contains(domain.EventKinds(), kind) {
		f.Kind = kind
	}
	return f
}

// filterQuery is the one way to write a filter in an address.
func filterQuery(f domain.CalendarFilter) string {
	if f.IsZero() {
		return ""
	}
	q := url.Values{}
	for name, value := range map[string]string{
		filterCounty: string(f.County), filterKind: string(f.Kind), filterTown: f.Town, filterWords: f.Query,
	} {
		if value != "" {
			q.Set(name, value)
		}
	}
	return "?" + q.Encode()
}

// calendarIndex is the first page: upcoming events by date.
func (s *Site) calendarIndex(c *gin.Context) error {
	path := c.Request.URL.Path
	if c.Request.URL.RawQuery == "" {
		return s.keep(c, path, s.calendar(domain.CalendarFilter{}))
	}
	f := readFilter(c.Request.URL.Query())
	return s.keep(c, path+filterQuery(f), s.calendar(f))
}

func (s *Site) calendar(f domain.CalendarFilter) func(context.Context, domain.Lang) (page, error) {
	return func(ctx context.Context, l domain.Lang) (page, error) {
		p := s.printer(l)
		body := calendarPage{Narrow: !f.IsZero(), Feed: s.paths.For(l, "calendarics")}
		events, err := s.programme.Upcoming(ctx, f)
		if err != nil {
			return page{}, err
		}
		around, err := s.surroundings(ctx)
		if err != nil {
			return page{}, err
		}
		dated, later := gather(p, events, around.series, s.now())
		body.Months, body.Later = months(p, dated), later
		body.Summary = calendarSummary(p, len(events), body.Narrow)
		body.Filter, body.News = filterFields(p, around, f), newsLines(around.news)
		return page{
			template: "public/home", route: "home", query: filterQuery(f),
			Page: view.Page{
				Title: p.T("calendar.title"), Description: p.T("calendar.description"), Nav: view.NavCalendar,
				NoIndex: body.Narrow, Body: body,
			},
		}, nil
	}
}

func calendarSummary(p *i18n.Printer, events int, narrow bool) string {
	switch {
	case events == 0 && narrow:
		return p.T("calendar.none_found")
	case events == 0:
		return p.T("calendar.none")
	case narrow:
		return p.T("calendar.found", "count", events)
	}
	return p.T("calendar.coming", "count", events)
}

// gather makes one entry of the occasions of a series, at the date of its first one. Events without
// a date come apart, last.
func gather(p *i18n.Printer, events []domain.Event, series []domain.Series, now time.Time) (dated, later []entry) {
	members := make(map[domain.SeriesID][]domain.Event)
	for _, e := range events {
		members[e.SeriesID] = append(members[e.SeriesID], e)
	}
	done := make(map[domain.SeriesID]bool)
	for _, e := range events {
		var next entry
		i := slices.IndexFunc(series, func(s domain.Series) bool { return s.ID == e.SeriesID })
		switch {
		case e.SeriesID == 0 || i < 0:
			next = entry{Occasions: occasions(p, []domain.Event{e}, now)}
		case done[e.SeriesID]:
			continue
		default:
			done[e.SeriesID] = true
			next = entry{Series: &series[i], Occasions: occasions(p, members[e.SeriesID], now)}
		}
		if e.Day.IsZero() {
			later = append(later, next)
		} else {
			dated = append(dated, next)
		}
	}
	return dated, later
}

// surroundings is what the calendar shows beside its events, the same for every filter and every
// language, and not touched by places left.
type surroundings struct {
	organisers []domain.Organiser
	towns      []string
	series     []domain.Series // for their texts
	news       []domain.News
}

func (s *Site) surroundings(ctx context.Context) (surroundings, error) {
	return s.around.get(ctx, "calendar", func(ctx context.Context) (around surroundings, err error) {
		if around.organisers, err = s.programme.Organisers(ctx); err != nil {
			return around, err
		}
		if around.towns, err = s.programme.Towns(ctx); err != nil {
			return around, err
		}
		if around.series, err = s.programme.AllSeries(ctx); err != nil {
			return around, err
		}
		around.news, err = s.programme.News(ctx, latestNews)
		return around, err
	})
}

// latestNews is how many items the first page shows.
const latestNews = 3

// months parts the entries, which are in order, by the month of their first occasion.
func months(p *i18n.Printer, entries []entry) []month {
	var out []month
	for _, e := range entries {
		day := e.Occasions[0].Day
		name := p.Month(day) + " " + strconv.Itoa(day.Year)
		if n := len(out); n == 0 || out[n-1].Name != name {
			out = append(out, month{Name: name})
		}
		last := &out[len(out)-1]
		last.Entries = append(last.Entries, e)
	}
	return out
}

func filterFields(p *i18n.Printer, around surroundings, f domain.CalendarFilter) []view.Field {
	every := view.Option{Label: p.T("calendar.filter.all")}
	counties, kinds, places := []view.Option{every}, []view.Option{every}, []view.Option{every}
	for _, o := range around.organisers {
		counties = append(counties, view.Option{Value: string(o.Code), Label: o.County})
	}
	for _, k := range domain.EventKinds() {
		kinds = append(kinds, view.Option{Value: string(k), Label: p.T("kind." + string(k))})
	}
	for _, t := range around.towns {
		places = append(places, view.Option{Value: t, Label: t})
	}
	choice := func(name, value string, options []view.Option) view.Field {
		return view.Field{
			Kind: view.FieldSelect, Name: name, Label: p.T("calendar.filter." + name),
			Value: value, Values: []string{value}, Options: options,
		}
	}
	return []view.Field{
		choice(filterCounty, string(f.County), counties),
		choice(filterKind, string(f.Kind), kinds),
		choice(filterTown, f.Town, places),
		{Kind: view.FieldSearch, Name: filterWords, Label: p.T("calendar.filter.q"), Value: f.Query},
	}
}

// plain is a page of running text that the look of the site brings along.
func (s *Site) plain(name string) func(*gin.Context) error {
	return func(c *gin.Context) error {
		return s.keepSteadyPage(c, func(ctx context.Context, l domain.Lang) (page, error) {
			return s.information(ctx, l, name, "")
		})
	}
}

// subscribeShow tells which calendars and feeds there are.
func (s *Site) subscribeShow(c *gin.Context) error {
	return s.keepSteadyPage(c, func(ctx context.Context, l domain.Lang) (page, error) {
		return s.information(ctx, l, "subscribe", view.NavSubscribe)
	})
}

func (s *Site) information(ctx context.Context, l domain.Lang, name, nav string) (page, error) {
	written, err := s.programme.Page(ctx, domain.NewsSite, name)
	if err == nil {
		return s.writtenPage(ctx, l, written, s.publicFiles(l))
	}
	if !errors.Is(err, domain.ErrNotFound) {
		return page{}, err
	}
	around, err := s.surroundings(ctx)
	if err != nil {
		return page{}, err
	}
	p := s.printer(l)
	return page{
		template: "public/" + name, route: name,
		Page: view.Page{
			Title: p.T("site." + name + ".title"), Description: p.T("site." + name + ".description"), Nav: nav,
			ProtectedTold: name == "privacy",
			Body:          view.Information{Organisers: around.organisers, Series: around.series},
		},
	}, nil
}
