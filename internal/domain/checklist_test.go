package domain_test

import (
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/temadag/temadag/internal/domain"
)

func both(sv, en string) domain.Text { return domain.Text{Sv: sv, En: en} }

// readyEvent is an event of which nothing is to be said.
func readyEvent() domain.Event {
	yes := domain.Yes
	return domain.Event{
		State: domain.EventDraft, Title: both("Temadag om efterfrågan", "Theme day on demand"),
		Lead:  both("Vi ses torsdag 1 december 2016.", "We meet on Thursday 1 December 2016."),
		Body:  both("En dag om fakta.\n\n- Första punkten\n- [Läs rapporten](/rapport)", "A day of facts."),
		Owner: domain.Organiser{Code: "BD", LegalBasis: both("Allmänt intresse.", "Public interest.")},
		Day:   domain.Date{Year: 2016, Month: 12, Day: 1}, LastDay: domain.Date{Year: 2016, Month: 12, Day: 1},
		Arrival: 8*60 + 30, Starts: 9 * 60, Ends: 16 * 60, Town: "Luleå",
		Venue: domain.Venue{Name: "Clarion Sense", Address: "Skeppsbrogatan 34", Town: "Luleå", Access: domain.Access{
			StepFree: yes, Lift: yes, HearingLoop: yes, AccessibleToilet: yes, ScentFree: yes, QuietRoom: domain.No,
			Parking: both("Intill.", "Next door."), DropOff: both("Vid entrén.", "At the entrance."),
		}},
		TargetGroup: []domain.Text{both("Skola", "Schools")}, Cost: both("Kostnadsfritt.", "Free of charge."), Capacity: 80,
		RegisterUntil: domain.Date{Year: 2016, Month: 11, Day: 17}, CancelUntil: domain.Date{Year: 2016, Month: 11, Day: 17},
		AfterCancel: domain.TransferOnly, Binding: true, Terms: domain.Terms{Text: both("Anmälan är bindande.", "Registration is binding.")},
		Contact: domain.Contact{Name: "Aila", Phone: "0980-319 210", Email: "aila@example.se"}, CaseNumber: "851-1-2016",
		Retention: domain.Retention{Weeks: 12, Support: "RA-FS 2021:6"},
		Programme: []domain.Session{{Day: domain.Date{Year: 2016, Month: 12, Day: 1}, Starts: 8*60 + 30, Ends: 9 * 60, Title: both("Kaffe", "Coffee")}},
	}
}

type finding struct {
	key, field string
	level      domain.CheckLevel
}

func TestEventChecklist(t *testing.T) {
	t.Parallel()
	const b, a = domain.Blocks, domain.Advises
	day := func(s string) domain.Date { return date(t, s) }
	body := func(sv string) func(*domain.Event) { return func(e *domain.Event) { e.Body.Sv = sv } }
	long := strings.Repeat("ord ", 26) + "slut."
	tests := map[string]struct {
		change func(e *domain.Event)
		want   []finding
	}{
		"nothing is to be said": {func(*domain.Event) {}, nil},
		"no title":              {func(e *domain.Event) { e.Title = domain.Text{} }, []finding{{"title.missing", "title", b}}},
		"no lead":               {func(e *domain.Event) { e.Lead = domain.Text{} }, []finding{{"lead.missing", "lead", a}}},
		"no text":               {func(e *domain.Event) { e.Body = domain.Text{} }, []finding{{"body.missing", "body", a}}},
		"no day":                {func(e *domain.Event) { e.Day, e.LastDay = domain.Date{}, domain.Date{} }, []finding{{"day.missing", "day", b}}},
		"the day has been": {func(e *domain.Event) {
			e.Day, e.LastDay, e.Programme[0].Day = day("2016-09-27"), day("2016-09-27"), day("2016-09-27")
			e.RegisterUntil, e.CancelUntil = day("2016-09-20"), day("2016-09-20")
		}, []finding{{"day.past", "day", b}, {"register_until.past", "register_until", a}}},
		"the last day is today": {func(e *domain.Event) { e.RegisterUntil, e.CancelUntil = day("2016-09-28"), day("2016-09-28") }, nil},
		"a Saturday": {func(e *domain.Event) {
			e.Day, e.LastDay, e.Programme = day("2016-12-03"), day("2016-12-03"), e.Programme[:0]
		}, []finding{{"day.day_off", "day", a}, {"programme.missing", "programme", a}}},
		"ends before it begins":  {func(e *domain.Event) { e.LastDay = day("2016-11-30") }, []finding{{"last_day.before_first", "last_day", b}, {"programme.outside", "programme", a}}},
		"no hour":                {func(e *domain.Event) { e.Starts, e.Arrival = domain.NoClock, domain.NoClock }, []finding{{"starts.missing", "starts", b}}},
		"no hour of ending":      {func(e *domain.Event) { e.Ends = domain.NoClock }, []finding{{"ends.missing", "ends", a}}},
		"hours the wrong way":    {func(e *domain.Event) { e.Ends = 8 * 60 }, []finding{{"ends.before_start", "ends", b}, {"programme.outside", "programme", a}}},
		"over night is two days": {func(e *domain.Event) { e.Ends, e.LastDay = 8*60, day("2016-12-02") }, nil},
		"coffee after the start": {func(e *domain.Event) { e.Arrival = 10 * 60 }, []finding{{"arrival.after_start", "arrival", a}, {"programme.outside", "programme", a}}},
		"no house":               {func(e *domain.Event) { e.Venue = domain.Venue{} }, []finding{{"venue.missing", "venue", b}}},
		"no house, no town":      {func(e *domain.Event) { e.Venue, e.Town = domain.Venue{}, "" }, []finding{{"venue.missing", "venue", b}, {"town.missing", "town", b}}},
		"on line needs no house": {func(e *domain.Event) { e.Venue, e.Town, e.Online = domain.Venue{}, "", true }, nil},
		"no address":             {func(e *domain.Event) { e.Venue.Address = "" }, []finding{{"address.missing", "venue.address", b}}},
		"no town":                {func(e *domain.Event) { e.Venue.Town, e.Town = "", "" }, []finding{{"town.missing", "town", b}}},
		"nothing on access":      {func(e *domain.Event) { e.Venue.Access = domain.Access{} }, []finding{{"venue.access.missing", "venue.access", b}}},
		"a fact of access":       {func(e *domain.Event) { e.Venue.Access.Lift = domain.Unknown }, []finding{{"venue.access.partly", "venue.access", a}}},
		"no target group":        {func(e *domain.Event) { e.TargetGroup = nil }, []finding{{"target_group.missing", "target_group", b}}},
		"no capacity":            {func(e *domain.Event) { e.Capacity = 0 }, []finding{{"capacity.missing", "capacity", b}}},
		"no last day":            {func(e *domain.Event) { e.RegisterUntil = domain.Date{} }, []finding{{"register_until.missing", "register_until", b}}},
		"last day after the event": {func(e *domain.Event) { e.RegisterUntil, e.CancelUntil = day("2016-12-02"), day("2016-12-02") }, []finding{
			{"register_until.after_event", "register_until", a}, {"cancel_until.after_event", "cancel_until", a},
		}},
		"last day on a Sunday": {func(e *domain.Event) { e.RegisterUntil, e.CancelUntil = day("2016-11-20"), day("2016-11-20") }, []finding{
			{"register_until.day_off", "register_until", a}, {"cancel_until.day_off", "cancel_until", a},
		}},
		"last day after that to cancel": {func(e *domain.Event) { e.CancelUntil = day("2016-11-16") }, []finding{{"register_until.after_cancel", "register_until", a}}},
		"opens after it closes":         {func(e *domain.Event) { e.OpensAt = at(t, "2016-11-18 00:00:00") }, []finding{{"opens_at.after_last_day", "opens_at", b}}},
		"opens on its last day":         {func(e *domain.Event) { e.OpensAt = at(t, "2016-11-17 23:59:59") }, nil},
		"binding without terms":         {func(e *domain.Event) { e.Terms.Text = domain.Text{} }, []finding{{"terms.missing", "terms", b}}},
		"binding, and then what":        {func(e *domain.Event) { e.AfterCancel = "" }, []finding{{"after_cancel.missing", "after_cancel", b}}},
		"binding for ever":              {func(e *domain.Event) { e.CancelUntil = domain.Date{} }, []finding{{"cancel_until.missing", "cancel_until", a}}},
		"a fee without terms":           {func(e *domain.Event) { e.Binding, e.NoShowFee, e.Terms.Text = false, 400, domain.Text{} }, []finding{{"terms.missing", "terms", b}}},
		"not binding, no terms":         {func(e *domain.Event) { e.Binding, e.Terms.Text, e.AfterCancel = false, domain.Text{}, "" }, nil},
		"nobody to ask":                 {func(e *domain.Event) { e.Contact = domain.Contact{Name: "Aila"} }, []finding{{"contact.missing", "contact", b}}},
		"nobody to ring":                {func(e *domain.Event) { e.Contact.Phone = "" }, []finding{{"contact.phone_missing", "contact", a}}},
		"no decision to erase":          {func(e *domain.Event) { e.Retention.Support = "" }, []finding{{"retention.missing", "retention", b}}},
		"no time to erase":              {func(e *domain.Event) { e.Retention.Weeks = 0 }, []finding{{"retention.missing", "retention", b}}},
		"no legal basis":                {func(e *domain.Event) { e.Owner.LegalBasis = domain.Text{} }, []finding{{"legal_basis.missing", "legal_basis", b}}},
		"no case number":                {func(e *domain.Event) { e.CaseNumber = "" }, []finding{{"case_number.missing", "case_number", a}}},
		"a document without a name":     {func(e *domain.Event) { e.Documents = []domain.Document{{Filename: "a.docx"}} }, []finding{{"documents.title_missing", "documents", b}}},
		"a programme in PDF alone": {func(e *domain.Event) {
			e.Programme, e.Documents = nil, []domain.Document{{Title: both("Program", ""), MIME: "application/pdf"}}
		}, []finding{{"documents.only_pdf", "programme", a}}},
		"a session after the end": {func(e *domain.Event) { e.Programme[0].Ends = 17 * 60 }, []finding{{"programme.outside", "programme", a}}},
		"no English":              {func(e *domain.Event) { e.Title.En, e.Body.En = "", "" }, []finding{{"english.missing", "title", a}}},
		"a picture without words": {body("![](/a.png) ![En karta](/b.png)"), []finding{{"picture.alt_missing", "body", b}}},
		"the wrong weekday":       {body("Vi ses fredag 1 december 2016."), []finding{{"text.weekday", "body", a}}},
		"the event's own day, on the wrong weekday, without a year": {body("Vi ses fredag 1 december."), []finding{{"text.weekday", "body", a}}},
		"the right weekday":         {body("Vi ses torsdag 1 december 2016 kl. 9–16, alltså 2016-12-01."), nil},
		"no year":                   {body("Anmäl dig senast 29 september."), []finding{{"text.year_missing", "body", a}}},
		"no such day":               {body("Senast 31 november 2016."), []finding{{"text.no_such_day", "body", a}}},
		"klicka här":                {body("För att anmäla dig, Klicka  här: nej, klicka här."), []finding{{"text.click_here", "body", a}}},
		"a link called här":         {body("Läs programmet [här](/p)."), []finding{{"text.click_here", "body", a}}},
		"a link that says whereto":  {body("Läs [programmet för dagen](/HÄRÄRDET)."), nil},
		"a link that is no address": {body("[Program](javascript:alert(1)) och [karta](Data:x)."), []finding{{"text.link_nowhere", "body", a}, {"text.link_nowhere", "body", a}}},
		"a link without an address": {body("[Programmet]() kommer."), []finding{{"text.link_nowhere", "body", a}}},
		"links that lead somewhere": {body("[a b](https://b.se) [c d](/c) [e f](mailto:e@f.se) [g h](tel:+46) [i j](#k) [l m](<HTTPS://l.se>) [n o](p/q:r)."), nil},
		"vänligen":                  {body("Vänligen anmäl dig."), []finding{{"text.vanligen", "body", a}}},
		"med vänlig hälsning":       {body("Med vänlig hälsning, vänligheten."), nil},
		"capitals":                  {body("VIKTIGT: anmäl dig till VÅRDEN."), []finding{{"text.capitals", "body", a}, {"text.capitals", "body", a}}},
		"short capitals":            {body("Region JHN och UNICEF, HIV, EU och NATO."), nil},
		"a long sentence":           {body(long), []finding{{"text.long_sentence", "body", a}}},
		"25 words":                  {body(strings.Repeat("ord ", 24) + "slut."), nil},
		"a list is no sentence":     {body(strings.Repeat("- en rad i en lista\n", 12)), nil},
		"kl. 9 is no end":           {body(strings.Repeat("ord ", 15) + "kl. 9 " + strings.Repeat("ord ", 11) + "slut."), []finding{{"text.long_sentence", "body", a}}},
		"the English text too":      {func(e *domain.Event) { e.Body.En = "Click here before 29 September." }, []finding{{"text.click_here", "body", a}, {"text.year_missing", "body", a}}},
		"questions too": {func(e *domain.Event) {
			e.Questions = []domain.Question{{ID: 7, Label: both("Vänligen svara", "Answer")}}
		}, []finding{{"text.vanligen", "question_7", a}}},
	}
	uttered := map[string]bool{}
	for name, tt := range tests {
		e := readyEvent()
		tt.change(&e)
		var got []finding
		for _, c := range e.Checklist(at(t, "2016-09-28 12:00:00")) {
			uttered[c.Key] = true
			got = append(got, finding{strings.TrimPrefix(c.Key, "checklist."), c.Field, c.Level})
		}
		if !slices.Equal(got, tt.want) {
			t.Errorf("%s:\n got %v\nwant %v", name, got, tt.want)
		}
	}
	for _, key := range domain.CheckKeys() {
		if !uttered[key] {
			t.Errorf("no event utters %q", key)
		}
		delete(uttered, key)
	}
	for key := range uttered {
		t.Errorf("%q is not in CheckKeys", key)
	}
}

// Whoever wrote the wrong weekday is told which day it is, and which she wrote.
func TestEventChecklist_weekday(t *testing.T) {
	t.Parallel()
	for _, body := range []string{"Vi ses torsdag 1 december 2027.", "Vi ses onsdag 1 december 2027 och torsdag 1 december 2027."} {
		e := readyEvent()
		e.Body.Sv = body
		checks := e.Checklist(at(t, "2016-09-28 12:00:00"))
		if len(checks) != 1 || checks[0].Args["day"] != date(t, "2027-12-01") || checks[0].Args["wrote"] != time.Thursday {
			t.Errorf("%s: %+v", body, checks)
		}
	}
}

// What is not decided yet hinders registering and not announcing; a duty that can be met today
// hinders both.
func TestAnnounceable(t *testing.T) {
	t.Parallel()
	tests := map[string]struct {
		change                    func(e *domain.Event)
		publishable, announceable bool
	}{
		"all is told":                    {func(*domain.Event) {}, true, false},
		"no day, no capacity":            {func(e *domain.Event) { e.Day, e.LastDay, e.Capacity = domain.Date{}, domain.Date{}, 0 }, false, true},
		"no day, but one could register": {func(e *domain.Event) { e.Day, e.LastDay = domain.Date{}, domain.Date{} }, false, false},
		"no house and no last day":       {func(e *domain.Event) { e.Venue, e.RegisterUntil = domain.Venue{}, domain.Date{} }, false, true},
		"no capacity and no erasure":     {func(e *domain.Event) { e.Capacity, e.Retention.Support = 0, "" }, false, false},
	}
	for name, tt := range tests {
		e := readyEvent()
		tt.change(&e)
		checks := e.Checklist(at(t, "2016-09-28 12:00:00"))
		if got := domain.Publishable(checks); got != tt.publishable {
			t.Errorf("%s: publishable %v", name, got)
		}
		if got := domain.Announceable(checks); got != tt.announceable {
			t.Errorf("%s: announceable %v", name, got)
		}
		for _, c := range checks {
			if c.Later && c.Level != domain.Blocks {
				t.Errorf("%s: %s may be told later but does not block", name, c.Key)
			}
		}
	}
}

func FuzzChecklist(f *testing.F) {
	for _, s := range []string{"![](a)", "[här](b)", "fredag 1 december 2016", "VIKTIGT", strings.Repeat("ord ", 40), "\xff", strings.Repeat("\x87", 2000)} {
		f.Add(s)
	}
	now := domain.Date{Year: 2016, Month: 9, Day: 28}.Start()
	f.Fuzz(func(t *testing.T, s string) {
		e := readyEvent()
		e.Title, e.Body, e.Venue.Travel = both(s, s), both(s, s), both(s, s)
		for _, c := range e.Checklist(now) {
			if !slices.Contains(domain.CheckKeys(), c.Key) || c.Field == "" {
				t.Fatalf("%q: %+v", s, c)
			}
		}
	})
}

// A draft of a day that has passed cannot be published; a published one is told of it and no more.
func TestChecklist_passed(t *testing.T) {
	day := domain.Date{Year: 2016, Month: 12, Day: 1}
	for state, blocks := range map[domain.EventState]bool{domain.EventDraft: true, domain.EventPublished: false} {
		for after, want := range map[int]bool{1: blocks, 0: false} {
			found := false
			for _, c := range (domain.Event{State: state, Day: day}).Checklist(day.AddDays(after).At(12 * 60)) {
				found = found || c.Key == "checklist.day.past" && c.Level == domain.Blocks
			}
			if found != want {
				t.Errorf("%s, %d days after: blocked %t, want %t", state, after, found, want)
			}
		}
	}
}
