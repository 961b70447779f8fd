package office

import (
	"cmp"
	"fmt"
	"slices"
	"strconv"
	"strings"

	"github.com/temadag/temadag/internal/domain"
	"github.com/temadag/temadag/internal/i18n"
)

// A plot is a drawing that says in words what it shows, with the numbers in a table behind it. Its text
// is never scaled with its lines, so that it can be read on a phone; its colours are the page's, so that
// it follows the reader's own.

// plots are the four drawings of a page; nil where there is nothing to draw.
type plots struct {
	Growth         *growthPlot
	Towns          *barPlot
	Types          *barPlot
	Municipalities *barPlot
}

// Any reports whether there is a drawing at all.
func (p plots) Any() bool { return p.Growth != nil || p.Towns != nil }

// numbers are the table behind a plot.
type numbers struct {
	Caption string
	Head    []string
	Rows    [][]string
}

// growthPlot is registrations over time against the capacity: x runs over 1000 units, y over 100 from the
// top.
type growthPlot struct {
	Title, Summary string
	Line, Area     string
	Lines          []int // hairlines
	Capacity       int
	CapacityY      int
	CapacityAt     string // of the drawing's whole height, in per cent
	ValueAt        string
	CapacityLabel  string
	ValueLabel     string
	First, Last    string
	Table          numbers
}

// barPlot is a bar for each of several things.
type barPlot struct {
	Title, Summary string
	Bars           []bar
	More           string // how many are in the table alone; "" for none
	Table          numbers
}

type bar struct {
	Label, Value string
	Part, Room   int // of 1000; Room 0 where there is no limit
}

// mostBars is how many bars are drawn; the rest stand in the table.
const mostBars = 12

// newPlots draws a spread. Towns are drawn where there is more than one event.
func newPlots(p *i18n.Printer, s domain.Spread, towns []domain.DeskEvent, area string) plots {
	var out plots
	if s.Total() > 0 {
		out.Growth = newGrowth(p, s, area)
		types := make(map[string]int, len(s.ByType))
		for t, n := range s.ByType {
			name := p.T("office.plot.untold")
			if t != "" {
				name = p.T("organisation_type." + string(t))
			}
			types[name] += n
		}
		out.Types = newBars(p, "types", types)
		out.Municipalities = newBars(p, "municipalities", named(p, s.ByMunicipality))
	}
	if len(towns) > 1 {
		out.Towns = newTowns(p, towns)
	}
	return out
}

func named(p *i18n.Printer, counts map[string]int) map[string]int {
	out := make(map[string]int, len(counts))
	for name, n := range counts {
		if name == "" {
			name = p.T("office.plot.untold")
		}
		out[name] += n
	}
	return out
}

func newGrowth(p *i18n.Printer, s domain.Spread, area string) *growthPlot {
	growth := s.Growth()
	first, last, total := growth[0].Day, growth[len(growth)-1].Day, s.Total()
	top := max(int(s.Capacity), total)
	g := &growthPlot{
		Title: p.T("office.plot.growth"), Lines: []int{0, 50, 100}, Capacity: int(s.Capacity),
		First: p.DateNoWeekday(first), Last: p.DateNoWeekday(last), ValueLabel: p.T("office.plot.registered", "count", total),
	}
	days := first.DaysUntil(last) + 1 // the last one has a width too
	y := func(n int) int { return 100 - n*100/top }
	var line strings.Builder
	fmt.Fprintf(&line, "M0 100V%d", y(growth[0].N))
	for _, d := range growth[1:] {
		fmt.Fprintf(&line, "H%dV%d", first.DaysUntil(d.Day)*1000/days, y(d.N))
	}
	line.WriteString("H1000")
	g.Line, g.Area = line.String(), line.String()+"V100H0Z"
	g.ValueAt, g.CapacityAt = onWhole(y(total)), onWhole(y(int(s.Capacity)))
	g.CapacityY = y(int(s.Capacity))
	if s.Capacity > 0 {
		g.CapacityLabel = p.T("office.plot.capacity", "count", int(s.Capacity))
		g.Summary = p.T(area+".growth", "count", total, "capacity", int(s.Capacity), "first", first, "last", last)
	} else {
		g.Summary = p.T(area+".growth_open", "count", total, "first", first, "last", last)
	}
	g.Table = numbers{Caption: p.T("office.plot.growth_table"), Head: []string{p.T("office.plot.day"), p.T("office.plot.sum")}}
	for _, d := range growth {
		g.Table.Rows = append(g.Table.Rows, []string{p.Date(d.Day), p.Value(d.N)})
	}
	return g
}

// onWhole is a height in the inner drawing as per cent of the outer one, which has a margin of 12 above.
func onWhole(y int) string { return strconv.Itoa(12 + y*74/100) }

func newBars(p *i18n.Printer, what string, counts map[string]int) *barPlot {
	names := make([]string, 0, len(counts))
	most := 1
	for name, n := range counts {
		names, most = append(names, name), max(most, n)
	}
	slices.SortFunc(names, func(a, b string) int {
		return cmp.Or(counts[b]-counts[a], strings.Compare(domain.SortKey(a), domain.SortKey(b)))
	})
	out := &barPlot{
		Title: p.T("office.plot." + what),
		Table: numbers{Caption: p.T("office.plot." + what), Head: []string{p.T("office.plot." + what + "_head"), p.T("office.plot.n")}},
	}
	for i, name := range names {
		if i < mostBars {
			out.Bars = append(out.Bars, bar{Label: name, Value: p.Value(counts[name]), Part: share(counts[name], most)})
		}
		out.Table.Rows = append(out.Table.Rows, []string{name, p.Value(counts[name])})
	}
	out.leaveOut(p)
	out.Summary = p.T("office.plot."+what+"_summary", "count", len(names), "name", names[0], "n", counts[names[0]])
	return out
}

// leaveOut tells how many things stand in the table and are not drawn.
func (b *barPlot) leaveOut(p *i18n.Printer) {
	if n := len(b.Table.Rows) - len(b.Bars); n > 0 {
		b.More = p.T("office.plot.more", "count", n)
	}
}

// newTowns draws the events beside each other: places taken of those there are.
func newTowns(p *i18n.Printer, events []domain.DeskEvent) *barPlot {
	most := 1
	for _, e := range events {
		most = max(most, int(e.Capacity), e.Registered())
	}
	out := &barPlot{
		Title: p.T("office.plot.towns"),
		Table: numbers{
			Caption: p.T("office.plot.towns"),
			Head:    []string{p.T("office.plot.event"), p.T("office.plot.n"), p.T("office.plot.places"), p.T("office.plot.queue")},
		},
	}
	full, seen := 0, make(map[string]bool)
	label := townAndDay
	for _, e := range events {
		if t := townAndDay(p, e.Event); seen[t] { // two at one place on one day: told apart by their names
			label = eventName
		} else {
			seen[t] = true
		}
	}
	for i, e := range events {
		n := e.Registered()
		if e.Capacity > 0 && n >= int(e.Capacity) {
			full++
		}
		name := label(p, e.Event)
		value, places := p.T("office.plot.of", "n", n, "all", int(e.Capacity)), p.Value(int(e.Capacity))
		if e.Capacity == 0 {
			value, places = p.T("office.plot.of_undecided", "n", n), p.T("office.number.undecided")
		}
		if i < mostBars {
			out.Bars = append(out.Bars, bar{
				Label: name, Value: value, Part: share(n, most), Room: share(int(e.Capacity), most),
			})
		}
		out.Table.Rows = append(out.Table.Rows, []string{name, p.Value(n), places, p.Value(e.Waiting)})
	}
	out.leaveOut(p)
	out.Summary = p.T("office.plot.towns_summary", "count", len(events), "full", full)
	return out
}

func townAndDay(p *i18n.Printer, e domain.Event) string {
	name := e.Town
	if name == "" {
		name = e.Title.In(p.Lang())
	}
	if e.Day.IsZero() {
		return name
	}
	return name + ", " + p.DateShort(e.Day)
}
