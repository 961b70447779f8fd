package domain_test

import (
	"strings"
	"testing"
	"time"

	"github.com/temadag/temadag/internal/domain"
)

func TestOfferRulesPlan(t *testing.T) {
	t.Parallel()
	const held, race, none = domain.OfferHeld, domain.OfferRace, domain.OfferNone
	near := domain.OfferRules{ShortDays: 7, ShortHours: 4, RaceDays: 3}
	tests := map[string]struct {
		rules    domain.OfferRules
		now      string
		startsAt string // "" for an event without a day
		mode     domain.OfferMode
		until    string
	}{
		"an afternoon":                      {domain.OfferRules{}, "2026-11-24 13:00:00", "2026-12-17 09:00", held, "2026-11-25 13:00"},
		"a begun hour is given in full":     {domain.OfferRules{}, "2026-11-24 13:00:01", "2026-12-17 09:00", held, "2026-11-25 14:00"},
		"the last hour of the day":          {domain.OfferRules{}, "2026-11-24 16:00:00", "2026-12-17 09:00", held, "2026-11-25 16:00"},
		"a second past it":                  {domain.OfferRules{}, "2026-11-24 16:00:01", "2026-12-17 09:00", held, "2026-11-26 12:00"},
		"a morning is given in full":        {domain.OfferRules{}, "2026-11-24 09:20:00", "2026-12-17 09:00", held, "2026-11-25 12:00"},
		"a night":                           {domain.OfferRules{}, "2026-11-24 03:00:00", "2026-12-17 09:00", held, "2026-11-25 12:00"},
		"Friday afternoon":                  {domain.OfferRules{}, "2026-11-27 13:00:00", "2026-12-17 09:00", held, "2026-11-30 12:00"},
		"Sunday morning":                    {domain.OfferRules{}, "2026-11-29 09:00:00", "2026-12-17 09:00", held, "2026-11-30 12:00"},
		"Sunday evening":                    {domain.OfferRules{}, "2026-11-29 20:00:00", "2026-12-17 09:00", held, "2026-12-01 12:00"},
		"the day before Christmas Eve":      {domain.OfferRules{}, "2026-12-23 10:00:00", "2027-02-02 09:00", held, "2026-12-28 12:00"},
		"the turn of week 53":               {domain.OfferRules{}, "2026-12-30 14:00:00", "2027-02-02 09:00", held, "2027-01-04 12:00"},
		"before Good Friday":                {domain.OfferRules{}, "2026-04-02 10:00:00", "2026-05-05 09:00", held, "2026-04-07 12:00"},
		"before Midsummer's Eve":            {domain.OfferRules{}, "2026-06-18 10:00:00", "2026-09-01 09:00", held, "2026-06-22 12:00"},
		"less than 24 hours is 24":          {domain.OfferRules{Hours: 3}, "2026-11-24 13:00:00", "2026-12-17 09:00", held, "2026-11-25 13:00"},
		"more than 24 hours":                {domain.OfferRules{Hours: 72}, "2026-11-23 13:00:00", "2026-12-17 09:00", held, "2026-11-26 13:00"},
		"48 hours over the spring of 2026":  {domain.OfferRules{Hours: 48}, "2026-03-28 12:00:00", "2026-05-05 09:00", held, "2026-03-30 13:00"},
		"48 hours over the spring of 2030":  {domain.OfferRules{Hours: 48}, "2030-03-30 13:00:00", "2030-05-07 09:00", held, "2030-04-01 14:00"},
		"48 hours over the autumn of 2026":  {domain.OfferRules{Hours: 48}, "2026-10-24 13:00:00", "2026-12-17 09:00", held, "2026-10-26 13:00"},
		"48 hours over the autumn of 2027":  {domain.OfferRules{Hours: 48}, "2027-10-30 13:00:00", "2027-12-16 09:00", held, "2027-11-01 13:00"},
		"spring of 2027, which is Easter":   {domain.OfferRules{Hours: 72}, "2027-03-27 13:00:00", "2027-05-04 09:00", held, "2027-03-30 14:00"},
		"undated":                           {near, "2026-11-24 13:00:00", "", held, "2026-11-25 13:00"},
		"eight days before":                 {near, "2026-12-09 13:00:00", "2026-12-17 09:00", held, "2026-12-10 13:00"},
		"seven days before":                 {near, "2026-12-10 00:00:00", "2026-12-17 09:00", held, "2026-12-10 12:00"},
		"four hours of an afternoon":        {near, "2026-12-10 11:30:00", "2026-12-17 09:00", held, "2026-12-10 16:00"},
		"four hours would be an evening":    {near, "2026-12-10 12:30:00", "2026-12-17 09:00", held, "2026-12-11 12:00"},
		"never less than two hours":         {domain.OfferRules{ShortDays: 7}, "2026-12-10 11:30:00", "2026-12-17 09:00", held, "2026-12-10 14:00"},
		"the last minute of four days":      {near, "2026-12-13 23:59:59", "2026-12-17 09:00", held, "2026-12-14 12:00"},
		"three days before":                 {near, "2026-12-14 00:00:00", "2026-12-17 09:00", race, ""},
		"a minute before":                   {near, "2026-12-17 08:59:59", "2026-12-17 09:00", race, ""},
		"at the start":                      {near, "2026-12-17 09:00:00", "2026-12-17 09:00", none, ""},
		"after it":                          {near, "2026-12-18 09:00:00", "2026-12-17 09:00", none, ""},
		"no races, but too near":            {domain.OfferRules{}, "2026-12-16 08:00:00", "2026-12-17 09:00", race, ""},
		"ends twelve hours before":          {domain.OfferRules{}, "2026-12-14 13:00:00", "2026-12-16 01:00", held, "2026-12-15 13:00"},
		"ends eleven hours before":          {domain.OfferRules{}, "2026-12-14 13:00:01", "2026-12-16 01:00", race, ""},
		"a Friday before a Monday":          {domain.OfferRules{}, "2026-12-11 13:00:00", "2026-12-14 13:00", race, ""},
		"short, in the morning of an event": {domain.OfferRules{ShortDays: 2}, "2026-12-17 07:00:00", "2026-12-17 13:00", race, ""},
		"short, two days before":            {domain.OfferRules{ShortDays: 2}, "2026-12-15 13:00:00", "2026-12-17 09:00", held, "2026-12-15 15:00"},
	}
	for name, tt := range tests {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			var startsAt time.Time
			var day domain.Date
			if tt.startsAt != "" {
				startsAt = at(t, tt.startsAt+":00")
				day = domain.DateOf(startsAt)
			}
			// The store keeps UTC, whose day is another one around midnight.
			mode, until := tt.rules.Plan(at(t, tt.now).UTC(), startsAt.UTC(), day)
			got := ""
			if !until.IsZero() {
				got = until.In(domain.Stockholm()).Format("2006-01-02 15:04")
			}
			if mode != tt.mode || got != tt.until {
				t.Errorf("at %s: got %s %q, want %s %q", tt.now, mode, got, tt.mode, tt.until)
			}
		})
	}
}

func TestOfferRulesAnnounced(t *testing.T) {
	t.Parallel()
	tests := map[string]struct{ rules, want domain.OfferRules }{
		"nothing said":    {domain.OfferRules{}, domain.OfferRules{Hours: 24}},
		"all said":        {domain.OfferRules{48, 7, 4, 3}, domain.OfferRules{48, 7, 4, 3}},
		"too little":      {domain.OfferRules{1, 7, 1, 0}, domain.OfferRules{24, 7, 2, 0}},
		"below zero":      {domain.OfferRules{-1, -1, -1, -1}, domain.OfferRules{Hours: 24}},
		"never shortened": {domain.OfferRules{24, 0, 4, 3}, domain.OfferRules{Hours: 24, RaceDays: 3}},
		"short is longer": {domain.OfferRules{24, 7, 36, 3}, domain.OfferRules{24, 7, 24, 3}},
	}
	for name, tt := range tests {
		if got := tt.rules.Announced(); got != tt.want {
			t.Errorf("%s: got %+v, want %+v", name, got, tt.want)
		}
		if got := tt.want.Announced(); got != tt.want {
			t.Errorf("%s: a second time gives %+v, want %+v", name, got, tt.want)
		}
	}
}

type plan func(now time.Time) (domain.OfferMode, time.Time)

// offerFault asks p every half hour of three years and tells the first promise that an offer of at
// least the given hours breaks, or "".
func offerFault(p plan, hours int) string {
	zone := domain.Stockholm()
	end := time.Date(2029, 1, 1, 0, 0, 0, 0, zone)
	var last time.Time
	for now := time.Date(2026, 1, 1, 0, 0, 0, 0, zone); now.Before(end); now = now.Add(30 * time.Minute) {
		mode, until := p(now)
		if mode != domain.OfferHeld {
			return "not held at " + now.String()
		}
		local := until.In(zone)
		h, m, s := local.Clock()
		fault := ""
		switch {
		case until.Sub(now) < time.Duration(hours)*time.Hour:
			fault = "too short"
		case until.Sub(now) > time.Duration(hours)*time.Hour+8*24*time.Hour:
			fault = "too long"
		case !domain.DateOf(local).Workday():
			fault = "a day off"
		case h < 9 || h > 16 || h == 16 && m > 0:
			fault = "a night"
		case m != 0 || s != 0 || local.Nanosecond() != 0:
			fault = "a broken hour"
		case until.Before(last):
			fault = "before one made earlier"
		}
		if fault != "" {
			return fault + ": made " + now.String() + ", ends " + local.String()
		}
		last = until
	}
	return ""
}

func TestOfferRulesPlan_keepsItsPromisesForThreeYears(t *testing.T) {
	t.Parallel()
	startsAt := time.Date(2030, 1, 15, 9, 0, 0, 0, domain.Stockholm())
	tests := map[string]struct {
		rules domain.OfferRules
		hours int
	}{
		"a day":        {domain.OfferRules{}, 24},
		"two days":     {domain.OfferRules{Hours: 48}, 48},
		"three days":   {domain.OfferRules{Hours: 72}, 72},
		"all is short": {domain.OfferRules{ShortDays: 5000}, 2},
		"short is 8":   {domain.OfferRules{ShortDays: 5000, ShortHours: 8, RaceDays: 7}, 8},
	}
	for name, tt := range tests {
		p := func(now time.Time) (domain.OfferMode, time.Time) {
			return tt.rules.Plan(now, startsAt, domain.DateOf(startsAt))
		}
		if fault := offerFault(p, tt.hours); fault != "" {
			t.Errorf("%s: %s", name, fault)
		}
	}
}

// Every promise is seen to be asked for: plans that break one each are caught.
func TestOfferRulesPlan_promisesCatchPoorerPlans(t *testing.T) {
	t.Parallel()
	zone := domain.Stockholm()
	// settle is the house rule with the first and last hour of its ends left open.
	settle := func(end time.Time, from, to int, free bool) time.Time {
		d, h := domain.DateOf(end), end.Hour()
		if end.Minute() > 0 {
			h++
		}
		if free && !d.Workday() || h > to {
			return d.AddWorkdays(1).At(12 * 60)
		}
		if h < from {
			h = 12
		}
		return d.At(domain.Clock(60 * h))
	}
	wall := func(now time.Time, days int) time.Time { return now.In(zone).AddDate(0, 0, days) }
	tests := map[string]struct {
		until func(now time.Time) time.Time
		hours int
		want  string
	}{
		"24 hours and nothing else":  {func(now time.Time) time.Time { return now.Add(24 * time.Hour) }, 24, "a night"},
		"weekends are worked":        {func(now time.Time) time.Time { return settle(wall(now, 1), 12, 16, false) }, 24, "a day off"},
		"evenings are open":          {func(now time.Time) time.Time { return settle(wall(now, 1), 12, 20, true) }, 24, "a night"},
		"begun hours are not filled": {func(now time.Time) time.Time { return settle(wall(now, 1), 12, 16, true).Add(time.Minute) }, 24, "a broken hour"},
		"a night of 23 hours":        {func(now time.Time) time.Time { return settle(wall(now, 2), 12, 16, true) }, 48, "too short"},
		"ends from 09.00":            {func(now time.Time) time.Time { return settle(wall(now, 1), 9, 16, true) }, 24, "before one made earlier"},
	}
	for name, tt := range tests {
		fault := offerFault(func(now time.Time) (domain.OfferMode, time.Time) { return domain.OfferHeld, tt.until(now) }, tt.hours)
		if !strings.HasPrefix(fault, tt.want) {
			t.Errorf("%s: got %q, want a fault that starts with %q", name, fault, tt.want)
		}
	}
	if fault := offerFault(func(now time.Time) (domain.OfferMode, time.Time) {
		return domain.OfferHeld, settle(wall(now, 1), 12, 16, true)
	}, 24); fault != "" {
		t.Errorf("the house rule itself is caught: %s", fault)
	}
}

// Nearing the event, the modes come in one order and a place is never held into the last hours.
func TestOfferRulesPlan_nearingTheEvent(t *testing.T) {
	t.Parallel()
	rank := map[domain.OfferMode]int{domain.OfferHeld: 0, domain.OfferRace: 1, domain.OfferNone: 2}
	for _, rules := range []domain.OfferRules{{}, {RaceDays: 3}, {ShortDays: 7, RaceDays: 2}, {Hours: 72, RaceDays: 1}} {
		for _, start := range []string{
			"2026-03-30 09:00:00", "2026-10-26 09:00:00", "2027-03-30 13:00:00", "2027-11-01 08:30:00", "2027-01-04 09:00:00",
		} {
			startsAt := at(t, start)
			day, seen := domain.DateOf(startsAt), domain.OfferHeld
			for now := startsAt.AddDate(0, 0, -30); !now.After(startsAt); now = now.Add(30 * time.Minute) {
				mode, until := rules.Plan(now, startsAt, day)
				left := domain.DateIn(now).DaysUntil(day)
				switch {
				case (mode == domain.OfferHeld) == until.IsZero():
					t.Fatalf("%+v at %s: %s until %s", rules, now, mode, until)
				case mode == domain.OfferHeld && startsAt.Sub(until) < 12*time.Hour:
					t.Fatalf("%+v at %s: held until %s, event at %s", rules, now, until, startsAt)
				case mode == domain.OfferHeld && rules.RaceDays > 0 && left <= rules.RaceDays:
					t.Fatalf("%+v at %s: held in the last %d days", rules, now, rules.RaceDays)
				case rules.ShortDays == 0 && rank[mode] < rank[seen]:
					t.Fatalf("%+v at %s: %s after %s", rules, now, mode, seen)
				}
				seen = mode
			}
			if seen != domain.OfferNone {
				t.Errorf("%+v: %s at the start, want %s", rules, seen, domain.OfferNone)
			}
		}
	}
}
