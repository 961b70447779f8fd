package domain_test

import (
	"encoding/json"
	"errors"
	"os"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/temadag/temadag/internal/domain"
)

func edition() domain.Event {
	day := domain.Date{Year: 2016, Month: time.December, Day: 1}
	return domain.Event{
		ID: 7, Slug: "lulea", State: domain.EventPublished, Kind: domain.KindThemeDay, Language: domain.Swedish,
		Owner: domain.Organiser{Code: "BD", Short: "Länsstyrelsen Norrbotten", LegalBasis: domain.Text{Sv: "Allmänt intresse"}},
		Title: domain.Text{Sv: "Temadag om våld", En: "Theme day on violence"}, TargetGroup: []domain.Text{{Sv: "Socialtjänst"}},
		InvitedBy: []string{"Länsstyrelsen i Norrbottens län"}, Day: day, Arrival: 8*60 + 30, Starts: 9 * 60, Ends: 16 * 60,
		Town: "Luleå", Venue: domain.Venue{Name: "Clarion Sense", Address: "Skeppsbrogatan 34", PostalCode: "97231", Town: "Luleå"},
		Capacity: 80, Taken: 12, WaitingList: true, OpensAt: day.AddDays(-60).At(9 * 60).UTC(), RegisterUntil: day.AddDays(-14),
		CancelUntil: day.AddDays(-7), AfterCancel: domain.TransferOnly, Binding: true,
		Terms: domain.Terms{ID: 3, Version: 2, Text: domain.Text{Sv: "Anmälan är bindande."}},
		Rules: domain.Rules{
			CoOrganisers: []domain.OrganiserCode{"Z"}, GroupLimit: 5, Offers: domain.OfferRules{ShortDays: 7, ShortHours: 4}, EmailDomains: []string{"pitea.se"},
			NameBy: day.AddDays(-10), Food: true,
		},
		Contact: domain.Contact{Name: "Eva", Phone: "010-225 50 00", Email: "eva@example.se"}, CaseNumber: "801-1-16",
		Retention: domain.Retention{Weeks: 12, Support: "RA-FS 2021:6"}, Revision: 4,
		Programme: []domain.Session{
			{ID: 11, Day: day, Starts: 9 * 60, Ends: 10 * 60, Title: domain.Text{Sv: "Inledning"}, Speakers: []domain.Speaker{{Name: "Anna Ek"}}},
			{ID: 12, Day: day, Starts: 10 * 60, Ends: domain.NoClock, Title: domain.Text{Sv: "Samtal"}, Parallel: "A", Capacity: 20, Taken: 3},
		},
		Questions: []domain.Question{
			{ID: 21, Kind: domain.QuestionChoice, Label: domain.Text{Sv: "Buss?"}, Choices: []domain.Choice{
				{Value: "a", Label: domain.Text{Sv: "Ja"}}, {Value: "b", Label: domain.Text{Sv: "Nej"}},
			}},
			{ID: 22, Position: 1, Kind: domain.QuestionText, Label: domain.Text{Sv: "Varifrån?"}, Required: true},
		},
	}
}

var editDay = domain.Date{Year: 2016, Month: time.October, Day: 1}

// TestReadEvent_roundTrip: who changes nothing changes nothing, whatever the event holds.
func TestReadEvent_roundTrip(t *testing.T) {
	two := edition()
	two.LastDay = two.Day.AddDays(1)
	two.Programme[1].Day = two.LastDay
	for name, e := range map[string]domain.Event{"one day": edition(), "two days": two, "nothing known": domain.NewEvent(domain.Organiser{Code: "BD", Name: "Länsstyrelsen"}, domain.Text{Sv: "T"}, "")} {
		got, err := e.ReadEvent(domain.EntryOf(e), editDay)
		if err != nil {
			t.Fatalf("%s: %v", name, err)
		}
		want, have := asJSON(t, e), asJSON(t, got)
		if want != have {
			t.Errorf("%s:\ngot  %s\nwant %s", name, have, want)
		}
		if domain.EntryOf(got).Mark() != domain.EntryOf(e).Mark() {
			t.Errorf("%s: another mark", name)
		}
	}
}

func asJSON(t *testing.T, v any) string {
	t.Helper()
	b, err := json.Marshal(v)
	if err != nil {
		t.Fatal(err)
	}
	return string(b)
}

func faultsOf(err error) string {
	var v *domain.Invalid
	if !errors.As(err, &v) {
		return "none"
	}
	var out []string
	for _, f := range v.Faults {
		out = append(out, f.Field+" "+f.Key)
	}
	return strings.Join(out, ", ")
}

func TestReadEvent_faults(t *testing.T) {
	tests := map[string]struct {
		change func(in *domain.EventEntry)
		want   string
	}{
		"no title":             {func(in *domain.EventEntry) { in.Title = domain.Text{} }, "title_sv edit.title.missing"},
		"English alone":        {func(in *domain.EventEntry) { in.Lead = domain.Text{En: "x"} }, "lead_sv edit.swedish.missing"},
		"no year":              {func(in *domain.EventEntry) { in.Day = "1 december" }, "day field.date.year_missing"},
		"wrong weekday":        {func(in *domain.EventEntry) { in.Day = "fredag 1 december 2016" }, "day field.date.weekday_disagrees"},
		"no such day":          {func(in *domain.EventEntry) { in.RegisterUntil = "31 november 2016" }, "register_until field.date.no_such_day"},
		"hours swapped":        {func(in *domain.EventEntry) { in.Starts, in.Ends = "16", "9.00" }, "ends edit.ends.before"},
		"late arrival":         {func(in *domain.EventEntry) { in.Arrival = "10.00" }, "arrival edit.arrival.after"},
		"ends before":          {func(in *domain.EventEntry) { in.LastDay = "2016-11-30" }, "last_day edit.last_day.before, session_1_day field.date.missing, session_2_day field.date.missing"},
		"no number":            {func(in *domain.EventEntry) { in.Capacity = "åttio" }, "capacity edit.number"},
		"a kind of its own":    {func(in *domain.EventEntry) { in.Kind = "party" }, "kind edit.choice.wrong"},
		"a hasty postcode":     {func(in *domain.EventEntry) { in.Venue.PostalCode = "9723" }, "postal_code edit.postal_code.wrong"},
		"a house without name": {func(in *domain.EventEntry) { in.Venue.Name = "" }, "venue edit.venue.missing"},
		"a domain that is none": {
			func(in *domain.EventEntry) { in.Rules.EmailDomains = "pitea.se, <script>" },
			"email_domains edit.email_domains.wrong",
		},
		"places without choice": {func(in *domain.EventEntry) { in.Programme[0].Capacity = "5" }, "session_1_parallel edit.parallel.missing"},
		"one answer":            {func(in *domain.EventEntry) { in.Questions[0].Choices = in.Questions[0].Choices[:1] }, "question_1_choices edit.choices.few"},
		"a title of nobody":     {func(in *domain.EventEntry) { in.Speakers = []domain.SpeakerEntry{{Title: domain.Text{Sv: "Chef"}}} }, "speaker_1_name edit.name.missing"},
		"not text":              {func(in *domain.EventEntry) { in.Body.Sv = "\xff" }, "body_sv field.encoding"},
		"too long":              {func(in *domain.EventEntry) { in.Title.Sv = strings.Repeat("ö", domain.MaxEventTitle+1) }, "title_sv edit.too_long"},
		"two at once": {
			func(in *domain.EventEntry) { in.Title, in.CancelUntil = domain.Text{Sv: " "}, "snart" },
			"title_sv edit.title.missing, cancel_until field.date.wrong",
		},
		"ways to write": {func(in *domain.EventEntry) {
			in.Day, in.Starts, in.Venue.PostalCode, in.Capacity = "tors 1/12 2016", "kl 0900", "SE-972 31", "1 000"
		}, "none"},
	}
	for name, tt := range tests {
		t.Run(name, func(t *testing.T) {
			in := domain.EntryOf(edition())
			tt.change(&in)
			_, err := edition().ReadEvent(in, editDay)
			if got := faultsOf(err); got != tt.want {
				t.Errorf("got %s, want %s", got, tt.want)
			}
		})
	}
}

// TestReadEvent_followsTheEvent: what nobody has moved moves with the event.
func TestReadEvent_followsTheEvent(t *testing.T) {
	e := edition()
	in := domain.EntryOf(e)
	in.Day = "8 december 2016"
	got, err := e.ReadEvent(in, editDay)
	if err != nil || got.Programme[1].Day != e.Day.AddDays(7) {
		t.Errorf("one day: the session is on %v (%v)", got.Programme[1].Day, err)
	}
	e.LastDay = e.Day.AddDays(1)
	e.Programme[1].Day = e.LastDay
	in = domain.EntryOf(e)
	in.Day, in.LastDay = "2016-12-08", "2016-12-09"
	got, err = e.ReadEvent(in, editDay)
	if err != nil || got.Programme[0].Day != e.Day.AddDays(7) || got.Programme[1].Day != e.LastDay.AddDays(7) {
		t.Errorf("two days: the sessions are on %v and %v (%v)", got.Programme[0].Day, got.Programme[1].Day, err)
	}
	in.Programme[1].Day = "2016-12-20"
	if _, err = e.ReadEvent(in, editDay); faultsOf(err) != "session_2_day edit.day.outside" {
		t.Errorf("a day outside: %v", err)
	}
}

// TestReadEvent_keepsValues: a stored answer never comes to mean anything else.
func TestReadEvent_keepsValues(t *testing.T) {
	e := edition()
	in := domain.EntryOf(e)
	in.Questions[0].Choices = []domain.Choice{{Label: domain.Text{Sv: "Kanske"}}, {Value: "b", Label: domain.Text{Sv: "Aldrig"}}, {Value: "a", Label: domain.Text{Sv: "Ja"}}, {Value: "b", Label: domain.Text{Sv: "Tåg"}}, {Value: "zz", Label: domain.Text{Sv: "Bil"}}}
	got, err := e.ReadEvent(in, editDay)
	if err != nil {
		t.Fatal(err)
	}
	var values []string
	for _, c := range got.Questions[0].Choices {
		values = append(values, c.Value)
	}
	if want := []string{"c1", "b", "a", "c2", "c3"}; !slices.Equal(values, want) {
		t.Errorf("values %v, want %v", values, want)
	}
	if in.Terms.Sv = "Nya villkor."; got.Terms.ID != 3 {
		t.Error("terms of the same wording are another version")
	}
	if got, _ = e.ReadEvent(in, editDay); got.Terms.Version != 3 || got.Terms.ID != 0 {
		t.Errorf("terms of another wording are %+v", got.Terms)
	}
	if !slices.Equal(got.Rules.CoOrganisers, []domain.OrganiserCode{"Z"}) {
		t.Error("an editor can decide who arranges the event")
	}
}

func TestMayReplace(t *testing.T) {
	held := domain.Holdings{Confirmed: 12, Answered: map[int64][]string{21: {"a"}, 22: {"Piteå"}}, Chosen: map[domain.SessionID]int{12: 3}}
	tests := map[string]struct {
		change func(e *domain.Event)
		want   string
	}{
		"nothing":            {func(*domain.Event) {}, "none"},
		"too few places":     {func(e *domain.Event) { e.Capacity = 11 }, "capacity capacity.below"},
		"as many as taken":   {func(e *domain.Event) { e.Capacity = 12 }, "none"},
		"a fee":              {func(e *domain.Event) { e.NoShowFee = 500 }, "no_show_fee edit.fee.bound"},
		"a chosen one gone":  {func(e *domain.Event) { e.Programme = e.Programme[:1] }, "programme edit.session.chosen"},
		"one not chosen":     {func(e *domain.Event) { e.Programme = e.Programme[1:] }, "none"},
		"no choice any more": {func(e *domain.Event) { e.Programme[1].Parallel = "" }, "session_2_parallel edit.session.chosen"},
		"too small":          {func(e *domain.Event) { e.Programme[1].Capacity = 2 }, "session_2_capacity capacity.below"},
		"another kind":       {func(e *domain.Event) { e.Questions[1].Kind = domain.QuestionYesNo }, "question_2_kind edit.question.answered"},
		"a choice made gone": {func(e *domain.Event) { e.Questions[0].Choices = e.Questions[0].Choices[1:] }, "question_1_choices edit.choice.answered"},
		"one nobody made":    {func(e *domain.Event) { e.Questions[0].Choices = e.Questions[0].Choices[:1] }, "none"},
		"a question gone":    {func(e *domain.Event) { e.Questions = nil }, "none"},
	}
	for name, tt := range tests {
		t.Run(name, func(t *testing.T) {
			next := edition()
			tt.change(&next)
			if got := faultsOf(edition().MayReplace(next, held)); got != tt.want {
				t.Errorf("got %s, want %s", got, tt.want)
			}
		})
	}
}

// TestCompareEdits walks every field: what one has changed is told, both versions, and nothing is lost.
func TestCompareEdits(t *testing.T) {
	was := domain.EntryOf(edition())
	theirs, mine := was, was
	theirs.Title.Sv, theirs.Capacity, theirs.Town = "Deras", "90", "Boden"
	mine.Title.Sv, mine.Ends, mine.Town = "Min", "15.30", "Boden"
	c := domain.CompareEdits(was, true, theirs, mine)
	if c == nil || len(c.Fields) != 2 {
		t.Fatalf("clash %+v", c)
	}
	if want := (domain.FieldClash{Field: "title_sv", Was: was.Title.Sv, Theirs: "Deras", Mine: "Min", Both: true}); c.Fields[0] != want {
		t.Errorf("%+v", c.Fields[0])
	}
	if want := (domain.FieldClash{Field: "capacity", Was: "80", Theirs: "90", Mine: "80"}); c.Fields[1] != want {
		t.Errorf("%+v", c.Fields[1])
	}
	if m := c.Merged; m.Title.Sv != "Min" || m.Capacity != "90" || m.Ends != "15.30" || c.Mark != theirs.Mark() {
		t.Errorf("merged %+v", m)
	}
	if domain.CodeOf(c) != domain.CodeConflict {
		t.Errorf("the clash is %q", domain.CodeOf(c))
	}
	if domain.CompareEdits(was, true, was, mine) != nil || domain.CompareEdits(was, true, mine, mine) != nil {
		t.Error("a clash with nobody")
	}
	if c := domain.CompareEdits(domain.EventEntry{}, false, theirs, mine); c == nil || !c.Fields[0].Both || len(c.Fields) != 3 {
		t.Errorf("not knowing what she began with: %+v", c)
	}
}

// TestEventFields: a field that the comparison forgets could be lost. Each value of an entry is changed in
// turn, and must be told.
func TestEventFields(t *testing.T) {
	full := domain.EntryOf(edition())
	full.Speakers = []domain.SpeakerEntry{{Name: "A", Title: domain.Text{Sv: "B", En: "C"}, Organisation: domain.Text{Sv: "D", En: "E"}}}
	full.Programme[0].Speakers = full.Speakers
	full.Questions[0].Hint = domain.Text{Sv: "F", En: "G"}
	var tree any
	if err := json.Unmarshal([]byte(asJSON(t, full)), &tree); err != nil {
		t.Fatal(err)
	}
	n := 0
	walk(tree, func() {
		var changed domain.EventEntry
		if err := json.Unmarshal([]byte(asJSON(t, tree)), &changed); err != nil {
			t.Fatal(err)
		}
		n++
		if len(full.Changed(changed)) == 0 {
			t.Errorf("a change goes unnoticed: %s", asJSON(t, changed))
		}
	})
	if n < 60 {
		t.Errorf("only %d values were changed", n)
	}
	for _, l := range []string{"sv", "en"} {
		data, err := os.ReadFile("../../web/locales/" + l + "/edit.json")
		if err != nil {
			t.Fatal(err)
		}
		for _, name := range domain.EventFieldNames() {
			if !strings.Contains(string(data), `"edit.field.`+name+`"`) {
				t.Errorf("%s has no name for %s", l, name)
			}
		}
	}
}

// walk changes each text and truth in a tree, one at a time, but for what is no editor's: ids and stored
// values.
func walk(node any, tried func()) {
	try := func(key string, v any, set func(any)) {
		switch x := v.(type) {
		case string:
			if key == "value" {
				return
			}
			set(x + "x")
			tried()
			set(x)
		case bool:
			set(!x)
			tried()
			set(x)
		default:
			walk(v, tried)
		}
	}
	switch x := node.(type) {
	case map[string]any:
		for k, v := range x {
			try(k, v, func(to any) { x[k] = to })
		}
	case []any:
		for i, v := range x {
			try("", v, func(to any) { x[i] = to })
		}
	}
}

func TestBoundChanges(t *testing.T) {
	tests := map[string]struct {
		change func(e *domain.Event)
		want   string
	}{
		"nothing":             {func(*domain.Event) {}, ""},
		"another day":         {func(e *domain.Event) { e.Day = e.Day.AddDays(1) }, "day"},
		"a second day":        {func(e *domain.Event) { e.LastDay = e.Day.AddDays(1) }, "day"},
		"the same said twice": {func(e *domain.Event) { e.LastDay = e.Day }, ""},
		"no day any more":     {func(e *domain.Event) { e.Day = domain.Date{} }, "day"},
		"an hour earlier":     {func(e *domain.Event) { e.Starts -= 60 }, "hours"},
		"another house":       {func(e *domain.Event) { e.Venue.Name = "Stadshuset" }, "place"},
		"its access":          {func(e *domain.Event) { e.Venue.Access.Lift = domain.Yes }, ""},
		"on the web":          {func(e *domain.Event) { e.Online = true }, "place"},
		"arrival":             {func(e *domain.Event) { e.Arrival -= 30 }, ""},
		"everything":          {func(e *domain.Event) { e.Day, e.Ends, e.Town = e.Day.AddDays(2), 900, "Piteå" }, "day hours place"},
	}
	for name, tt := range tests {
		next := edition()
		tt.change(&next)
		if got := strings.Join(edition().Occasion().BoundChanges(next.Occasion()), " "); got != tt.want {
			t.Errorf("%s: got %q, want %q", name, got, tt.want)
		}
	}
	bare := domain.NewEvent(domain.Organiser{}, domain.Text{Sv: "T"}, "Luleå")
	told := edition()
	if got := bare.Occasion().BoundChanges(told.Occasion()); len(got) != 0 {
		t.Errorf("what is announced for the first time is told as changed: %v", got)
	}
}

func TestLaterCancelDay(t *testing.T) {
	e := edition()
	for name, tt := range map[string]struct {
		today, want domain.Date
	}{
		"long before":  {editDay, e.CancelUntil},
		"soon":         {e.Day.AddDays(-10), e.Day},
		"the same day": {e.Day, e.Day},
		"too late":     {e.Day.AddDays(1), domain.Date{}},
	} {
		if got := e.LaterCancelDay(tt.today); got != tt.want {
			t.Errorf("%s: %v, want %v", name, got, tt.want)
		}
	}
}

func TestSlugOf(t *testing.T) {
	for _, tt := range [][3]string{
		{"Temadag om våld", "Luleå", "temadag-om-vald-lulea"},
		{"Temadag i Luleå", "Luleå", "temadag-i-lulea"},
		{"Åäö & ß!", "", "aao-ss"},
		{"…", "", "tillfalle"},
		{"日本", "Östersund", "ostersund"},
		{strings.Repeat("förebyggande ", 12), "Härnösand", "forebyggande-forebyggande-forebyggande-harnosand"},
		{strings.Repeat("x", 200), "", strings.Repeat("x", 60)},
		{"<script>alert(1)</script>", "../..", "script-alert-1-script"},
	} {
		if got := domain.SlugOf(tt[0], tt[1]); got != tt[2] {
			t.Errorf("SlugOf(%q, %q) = %q, want %q", tt[0], tt[1], got, tt[2])
		}
	}
}

func TestShift(t *testing.T) {
	for _, tt := range []struct {
		i, by int
		want  string
	}{{0, 1, "bacd"}, {3, -1, "abdc"}, {0, -1, "abcd"}, {3, 1, "abcd"}, {0, 3, "bcda"}, {3, -3, "dabc"}, {-1, 1, "abcd"}, {9, -1, "abcd"}} {
		list := []string{"a", "b", "c", "d"}
		domain.Shift(list, tt.i, tt.by)
		if got := strings.Join(list, ""); got != tt.want {
			t.Errorf("Shift(%d, %d) = %s, want %s", tt.i, tt.by, got, tt.want)
		}
	}
}
