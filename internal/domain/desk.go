package domain

import (
	"slices"
	"strings"
)

// DeskPart is a part of the events that somebody looks after.
type DeskPart string

// The parts. A draft and a cancelled event are ahead, too, until their day is over.
const (
	DeskAhead     DeskPart = "ahead"     // not over, and those without a day
	DeskDrafts    DeskPart = "drafts"    // not published, whatever their day
	DeskPast      DeskPart = "past"      // over
	DeskCancelled DeskPart = "cancelled" // called off, whatever their day
	DeskAll       DeskPart = "all"
)

// DeskParts lists the parts in the order they are offered.
func DeskParts() []DeskPart {
	return []DeskPart{DeskAhead, DeskDrafts, DeskPast, DeskCancelled, DeskAll}
}

// Holds reports whether an event is in the part on a day.
func (p DeskPart) Holds(e Event, today Date) bool {
	over := !e.Day.IsZero() && e.FinalDay().Before(today)
	switch p {
	case DeskAhead:
		return !over
	case DeskDrafts:
		return e.State == EventDraft
	case DeskPast:
		return over
	case DeskCancelled:
		return e.State == EventCancelled
	case DeskAll:
		return true
	}
	return false
}

// DeskQuery is which of them are asked for. An unknown part is DeskAhead; a page that is not there is the
// nearest one.
type DeskQuery struct {
	Words string // each must stand somewhere in title, town, venue, county or case number; å, ä and ö are a and o
	Part  DeskPart
	Page  int // counted from 1
}

// DeskList is one page of them: what is to come by day, those without a day after, and then what is over,
// the latest first.
type DeskList struct {
	Rows   []DeskEvent
	Part   DeskPart
	Counts map[DeskPart]int // that hold the words
	Page   int
	Pages  int // 1 at least
}

// DeskPage is how many are on a page.
const DeskPage = 25

// PickDesk is the events that a query asks for, out of all in the order of DeskList, and where in them the
// page begins. Rows are left to the caller.
func PickDesk(all []Event, q DeskQuery, today Date) (shown []Event, list DeskList) {
	list = DeskList{Part: q.Part, Counts: make(map[DeskPart]int), Pages: 1}
	if !slices.Contains(DeskParts(), q.Part) {
		list.Part = DeskAhead
	}
	words := strings.Fields(SearchKey(q.Words))
	for _, e := range all {
		if !e.tellsOf(words) {
			continue
		}
		for _, p := range DeskParts() {
			if p.Holds(e, today) {
				list.Counts[p]++
			}
		}
		if list.Part.Holds(e, today) {
			shown = append(shown, e)
		}
	}
	list.Pages = max(1, (len(shown)+DeskPage-1)/DeskPage)
	list.Page = min(max(1, q.Page), list.Pages)
	from := (list.Page - 1) * DeskPage
	return shown[from:min(from+DeskPage, len(shown))], list
}

// tellsOf reports whether each of the words, folded already, stands somewhere in what an event is known by.
func (e Event) tellsOf(words []string) bool {
	hay := SearchKey(strings.Join([]string{e.Title.Sv, e.Title.En, e.Town, e.Venue.Name, e.Owner.Short, e.Owner.County, e.CaseNumber}, " "))
	for _, w := range words {
		if !strings.Contains(hay, w) {
			return false
		}
	}
	return true
}
