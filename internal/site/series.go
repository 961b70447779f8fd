package site

import (
	"context"

	"github.com/gin-gonic/gin"

	"github.com/temadag/temadag/internal/domain"
	"github.com/temadag/temadag/internal/view"
)

// seriesPage tells the subject once and compares the occasions.
type seriesPage struct {
	domain.Series
	Occasions []occasion
	Shared    shared
	Open      bool // somebody can register for one of them
	Feed      string
}

// shared is what holds for every occasion of the series, told once: the first occasion's, where
// they agree.
type shared struct {
	TargetGroup []domain.Text
	InvitedBy   []string
	Cost        domain.Text
	Terms       domain.Text
}

func (s *Site) seriesShow(c *gin.Context) error {
	slug := c.Param("slug")
	return s.keep(c, c.Request.URL.Path, func(ctx context.Context, l domain.Lang) (page, error) {
		series, err := s.programme.Series(ctx, slug)
		if err != nil {
			return page{}, err
		}
		p := s.printer(l)
		body := seriesPage{
			Series: series, Occasions: occasions(p, series.Events, s.now()), Shared: sharedBy(series.Events),
			Feed: s.paths.For(l, "seriesics", slug),
		}
		body.Open = len(open(body.Occasions)) > 0
		return page{
			template: "public/series", route: "series", args: []string{slug},
			Page: view.Page{
				Title: series.Title.In(l), Description: series.Lead.In(l), Nav: view.NavCalendar, Body: body,
			},
		}, nil
	})
}

// sharedBy is what every event says alike.
func sharedBy(events []domain.Event) shared {
	if len(events) == 0 {
		return shared{}
	}
	first := events[0]
	sh := shared{TargetGroup: first.TargetGroup, InvitedBy: first.InvitedBy, Cost: first.Cost, Terms: first.Terms.Text}
	for _, e := range events[1:] {
		if !sameTexts(e.TargetGroup, first.TargetGroup) {
			sh.TargetGroup = nil
		}
		if e.Cost != first.Cost {
			sh.Cost = domain.Text{}
		}
		if e.Terms.Text != first.Terms.Text {
			sh.Terms = domain.Text{}
		}
		sh.InvitedBy = union(sh.InvitedBy, e.InvitedBy)
	}
	return sh
}

func sameTexts(a, b []domain.Text) bool {
	if len(a) != len(b) {
		return false
	}
	for i := range a {
		if a[i] != b[i] {
			return false
		}
	}
	return true
}

// union is a followed by what only b has.
func union(a, b []string) []string {
	seen := make(map[string]bool, len(a))
	out := make([]string, 0, len(a)+len(b))
	for _, s := range append(append([]string{}, a...), b...) {
		if !seen[s] {
			seen[s] = true
			out = append(out, s)
		}
	}
	return out
}
