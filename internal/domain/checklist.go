package domain

import (
	"cmp"
	"slices"
	"time"
)

// CheckLevel is what a finding of the checklist does.
type CheckLevel string

// The levels of a finding: duties block publishing, style advises.
const (
	Blocks  CheckLevel = "blocks"
	Advises CheckLevel = "advises"
)

// Check is one thing that is missing or looks wrong before an event is published. Field is the field
// of the event form that mends it, the same for every finding there ("day", "venue.access", "body");
// Key names the text and Args fill its holes.
type Check struct {
	Field string
	Key   string
	Level CheckLevel
	Later bool // may be told later: it hinders registering, not announcing; see Announceable
	Args  map[string]any
}

// CheckKeys lists every key that Checklist can utter, in no order that matters.
func CheckKeys() []string {
	return []string{
		"checklist.title.missing", "checklist.lead.missing", "checklist.body.missing",
		"checklist.day.missing", "checklist.day.past", "checklist.day.day_off", "checklist.last_day.before_first",
		"checklist.starts.missing", "checklist.ends.missing", "checklist.ends.before_start", "checklist.arrival.after_start",
		"checklist.venue.missing", "checklist.town.missing", "checklist.address.missing",
		"checklist.venue.access.missing", "checklist.venue.access.partly",
		"checklist.target_group.missing", "checklist.capacity.missing",
		"checklist.register_until.missing", "checklist.register_until.past", "checklist.register_until.after_event",
		"checklist.register_until.day_off", "checklist.register_until.after_cancel",
		"checklist.opens_at.after_last_day",
		"checklist.cancel_until.missing", "checklist.cancel_until.after_event", "checklist.cancel_until.day_off",
		"checklist.after_cancel.missing", "checklist.terms.missing",
		"checklist.contact.missing", "checklist.contact.phone_missing",
		"checklist.retention.missing", "checklist.legal_basis.missing", "checklist.case_number.missing",
		"checklist.documents.title_missing", "checklist.documents.only_pdf", "checklist.picture.alt_missing",
		"checklist.programme.missing", "checklist.programme.outside", "checklist.english.missing",
		"checklist.text.weekday", "checklist.text.year_missing", "checklist.text.no_such_day", "checklist.text.click_here",
		"checklist.text.link_nowhere", "checklist.text.vanligen",
		"checklist.text.capitals", "checklist.text.long_sentence",
	}
}

// Checklist is what is missing or looks wrong in the event at now, duties first, each group in the
// order of the form. Nothing of it changes what the event may do: the use case that publishes asks
// it. It needs an event with programme and documents.
func (e Event) Checklist(now time.Time) []Check {
	c := checking{event: e, today: DateIn(now)}
	c.texts()
	c.when()
	c.where()
	c.registering()
	c.duties()
	c.programme()
	c.style()
	slices.SortStableFunc(c.out, func(a, b Check) int { return cmp.Compare(rankOf(a.Level), rankOf(b.Level)) })
	return c.out
}

func rankOf(l CheckLevel) int {
	if l == Blocks {
		return 0
	}
	return 1
}

// Publishable reports whether nothing blocks.
func Publishable(checks []Check) bool {
	return !slices.ContainsFunc(checks, func(c Check) bool { return c.Level == Blocks })
}

// Announceable reports whether the event may be shown although it is not ready: all that blocks may
// be told later, and nobody can register meanwhile, since the capacity or the last day is not decided.
func Announceable(checks []Check) bool {
	shut := false
	for _, c := range checks {
		if c.Level == Blocks && !c.Later {
			return false
		}
		shut = shut || c.Key == "checklist.capacity.missing" || c.Key == "checklist.register_until.missing"
	}
	return shut
}

type checking struct {
	event Event
	today Date
	out   []Check
}

func (c *checking) block(field, key string) {
	c.out = append(c.out, Check{Field: field, Key: "checklist." + key, Level: Blocks})
}

// later blocks registering but not announcing.
func (c *checking) later(field, key string) {
	c.out = append(c.out, Check{Field: field, Key: "checklist." + key, Level: Blocks, Later: true})
}

func (c *checking) advise(field, key string, args map[string]any) {
	c.out = append(c.out, Check{Field: field, Key: "checklist." + key, Level: Advises, Args: args})
}

func (c *checking) texts() {
	if c.event.Title.Sv == "" {
		c.block("title", "title.missing")
	}
	if c.event.Lead.Sv == "" {
		c.advise("lead", "lead.missing", nil)
	}
	if c.event.Body.Sv == "" {
		c.advise("body", "body.missing", nil)
	}
}

func (c *checking) when() {
	e := c.event
	switch {
	case e.Day.IsZero():
		c.later("day", "day.missing")
	case !e.LastDay.IsZero() && e.LastDay.Before(e.Day):
		c.block("last_day", "last_day.before_first")
	case e.FinalDay().Before(c.today) && e.State == EventDraft: // nobody can come to it: it is a slip, or too late
		c.out = append(c.out, Check{Field: "day", Key: "checklist.day.past", Level: Blocks, Args: dayArgs(e.Day)})
	case e.FinalDay().Before(c.today):
		c.advise("day", "day.past", dayArgs(e.Day))
	case !e.Day.Workday():
		c.advise("day", "day.day_off", dayArgs(e.Day))
	}
	oneDay := e.FinalDay() == e.Day
	switch {
	case !e.Starts.Known():
		c.later("starts", "starts.missing")
	case e.Ends.Known() && e.Ends <= e.Starts && oneDay:
		c.block("ends", "ends.before_start")
	case e.Arrival.Known() && e.Arrival > e.Starts:
		c.advise("arrival", "arrival.after_start", nil)
	}
	if e.Starts.Known() && !e.Ends.Known() {
		c.advise("ends", "ends.missing", nil)
	}
}

func dayArgs(d Date) map[string]any { return map[string]any{"day": d} }

func (c *checking) where() {
	e := c.event
	if e.Online && e.Venue.IsZero() {
		return
	}
	switch {
	case e.Venue.IsZero():
		c.later("venue", "venue.missing")
		if e.Town == "" {
			c.later("town", "town.missing")
		}
		return
	case e.Venue.Address == "":
		c.later("venue.address", "address.missing")
	}
	if e.Town == "" && e.Venue.Town == "" {
		c.later("town", "town.missing")
	}
	told, unknown := e.Venue.Access.told()
	switch {
	case !told:
		c.block("venue.access", "venue.access.missing")
	case len(unknown) > 0:
		c.advise("venue.access", "venue.access.partly", map[string]any{"facts": unknown})
	}
}

// told reports whether anything is said of access, and which of its facts are not.
func (a Access) told() (told bool, unknown []string) {
	facts := []struct {
		name  string
		known Known
	}{
		{"step_free", a.StepFree},
		{"lift", a.Lift},
		{"hearing_loop", a.HearingLoop},
		{"accessible_toilet", a.AccessibleToilet},
		{"scent_free", a.ScentFree},
		{"quiet_room", a.QuietRoom},
	}
	for _, f := range facts {
		if f.known == Unknown {
			unknown = append(unknown, f.name)
		}
	}
	texts := []struct {
		name string
		text Text
	}{{"parking", a.Parking}, {"drop_off", a.DropOff}}
	for _, f := range texts {
		if f.text.IsZero() {
			unknown = append(unknown, f.name)
		}
	}
	return len(unknown) < len(facts)+len(texts) || !a.Note.IsZero(), unknown
}

func (c *checking) registering() {
	e := c.event
	if e.Capacity <= 0 {
		c.later("capacity", "capacity.missing")
	}
	until := e.RegisterUntil
	if until.IsZero() {
		c.later("register_until", "register_until.missing")
	} else {
		c.lastDay("register_until", until)
		if until.Before(c.today) {
			c.advise("register_until", "register_until.past", dayArgs(until))
		}
		if !e.CancelUntil.IsZero() && e.CancelUntil.Before(until) {
			c.advise("register_until", "register_until.after_cancel", dayArgs(until))
		}
		if !e.OpensAt.Before(until.End()) {
			c.block("opens_at", "opens_at.after_last_day")
		}
	}
	if !e.CancelUntil.IsZero() {
		c.lastDay("cancel_until", e.CancelUntil)
	}
	if !e.Binding && e.NoShowFee <= 0 {
		return
	}
	if e.Terms.Text.Sv == "" {
		c.block("terms", "terms.missing")
	}
	if e.AfterCancel == "" {
		c.block("after_cancel", "after_cancel.missing")
	}
	if e.CancelUntil.IsZero() {
		c.advise("cancel_until", "cancel_until.missing", nil)
	}
}

// lastDay advises on a last day that comes after the event, or when nobody is at work to answer.
func (c *checking) lastDay(field string, d Date) {
	switch final := c.event.FinalDay(); {
	case !final.IsZero() && final.Before(d):
		c.advise(field, field+".after_event", dayArgs(d))
	case !d.Workday():
		c.advise(field, field+".day_off", dayArgs(d))
	}
}

func (c *checking) duties() {
	e := c.event
	if len(e.TargetGroup) == 0 {
		c.block("target_group", "target_group.missing")
	}
	switch {
	case e.Contact.Email == "" && e.Contact.Phone == "":
		c.block("contact", "contact.missing")
	case e.Contact.Phone == "":
		c.advise("contact", "contact.phone_missing", nil)
	}
	if e.Retention.Weeks <= 0 || e.Retention.Support == "" {
		c.block("retention", "retention.missing")
	}
	if e.Owner.LegalBasis.IsZero() {
		c.block("legal_basis", "legal_basis.missing")
	}
	if e.CaseNumber == "" {
		c.advise("case_number", "case_number.missing", nil)
	}
}
