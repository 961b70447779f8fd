package domain

import (
	"slices"
	"time"
	"unicode/utf8"
)

// Diet is one of the closed choices about food.
type Diet string

// The diets a kitchen knows what to do with.
const (
	DietVegetarian Diet = "vegetarian"
	DietVegan      Diet = "vegan"
	DietLactose    Diet = "lactose_free"
	DietGluten     Diet = "gluten_free"
	DietMilk       Diet = "milk_protein_free"
	DietEgg        Diet = "egg_free"
	DietNuts       Diet = "nut_free"
	DietFish       Diet = "fish_free"
	DietPork       Diet = "no_pork"
)

// Diets lists the choices in the order the form offers them.
func Diets() []Diet {
	return []Diet{DietVegetarian, DietVegan, DietLactose, DietGluten, DietMilk, DietEgg, DietNuts, DietFish, DietPork}
}

// AccessNeed is one of the closed choices about taking part on equal terms.
type AccessNeed string

// What an organiser can arrange.
const (
	NeedWheelchair  AccessNeed = "wheelchair"
	NeedHearingLoop AccessNeed = "hearing_loop"
	NeedSignLang    AccessNeed = "sign_language"
	NeedSpeechText  AccessNeed = "speech_to_text" // skrivtolk
	NeedSight       AccessNeed = "sight"          // material to be read by a program
	NeedAssistant   AccessNeed = "assistant"      // a companion or assistance dog
	NeedQuiet       AccessNeed = "quiet_room"
	NeedScentFree   AccessNeed = "scent_free"
)

// AccessNeeds lists the choices in the order the form offers them.
func AccessNeeds() []AccessNeed {
	return []AccessNeed{
		NeedWheelchair, NeedHearingLoop, NeedSignLang, NeedSpeechText, NeedSight, NeedAssistant, NeedQuiet, NeedScentFree,
	}
}

// MaxNeed is the longest free text about needs.
const MaxNeed = 300

// Needs are what a participant has told of food and access: special-category data, kept sealed in
// a table of their own, never in letters, lists or logs.
type Needs struct {
	Diet       []Diet       `json:"diet,omitempty"`
	DietText   string       `json:"diet_text,omitempty"`
	Access     []AccessNeed `json:"access,omitempty"`
	AccessText string       `json:"access_text,omitempty"`
}

// Empty reports whether nothing was told.
func (n Needs) Empty() bool {
	return len(n.Diet) == 0 && n.DietText == "" && len(n.Access) == 0 && n.AccessText == ""
}

// Equal reports whether the two tell the same.
func (n Needs) Equal(o Needs) bool {
	return slices.Equal(n.Diet, o.Diet) && n.DietText == o.DietText && slices.Equal(n.Access, o.Access) && n.AccessText == o.AccessText
}

// NeedsEntry is needs as they were typed.
type NeedsEntry struct {
	Diet       []string
	DietText   string
	Access     []string
	AccessText string
}

// AsksNeeds reports whether the event asks anyone about needs.
func (e Event) AsksNeeds() bool { return e.Rules.Food || e.Rules.Access }

// defaultNeedsDays is how long needs are kept after the event where the organiser has not decided
// otherwise.
const defaultNeedsDays = 7

// NeedsKept is how many days after the event needs are kept.
func (e Event) NeedsKept() int {
	if e.Rules.NeedsDays <= 0 {
		return defaultNeedsDays
	}
	return e.Rules.NeedsDays
}

// NeedsErasedOn is the day on which needs are erased, as the form promises it; the zero Date where
// the event has no day yet.
func (e Event) NeedsErasedOn() Date {
	if e.FinalDay().IsZero() {
		return Date{}
	}
	return e.FinalDay().AddDays(e.NeedsKept())
}

// needsWeeks is how long before the event needs are wanted where the organiser names no day.
const needsWeeks = 3

// NeedsBy is the last day on which needs can surely be met; later ones are taken and marked as
// late. The zero Date where the event has no day.
func (e Event) NeedsBy() Date {
	if !e.Rules.NeedsBy.IsZero() || e.Day.IsZero() {
		return e.Rules.NeedsBy
	}
	return e.Day.AddDays(-7 * needsWeeks)
}

// NeedsLate reports whether needs told at now come late.
func (e Event) NeedsLate(now time.Time) bool {
	by := e.NeedsBy()
	return !by.IsZero() && !now.Before(by.End())
}

// NeedsSheet is what a kitchen and a venue are given: counts and nothing else. Of what participants
// wrote in their own words it tells how many did.
type NeedsSheet struct {
	Event       Event
	Coming      int // people with a place
	Told        int // of them, those who told of any need
	Late        int // of those, told after the day
	ToldFood    int // of them, those who told of food
	ToldAccess  int // and of access
	Diets       map[Diet]int
	AccessNeeds map[AccessNeed]int
	DietTexts   int // how many wrote something of their own about food: the needs officer codes it
	AccessTexts int
}

// NewNeedsSheet is a sheet with nothing counted yet.
func NewNeedsSheet(e Event, coming int) NeedsSheet {
	return NeedsSheet{Event: e, Coming: coming, Diets: make(map[Diet]int), AccessNeeds: make(map[AccessNeed]int)}
}

// Count adds what one person told, late or not.
func (s *NeedsSheet) Count(n Needs, late bool) {
	if n.Empty() {
		return
	}
	s.Told++
	if late {
		s.Late++
	}
	if len(n.Diet) > 0 || n.DietText != "" {
		s.ToldFood++
	}
	if len(n.Access) > 0 || n.AccessText != "" {
		s.ToldAccess++
	}
	for _, d := range n.Diet {
		s.Diets[d]++
	}
	for _, a := range n.Access {
		s.AccessNeeds[a]++
	}
	if n.DietText != "" {
		s.DietTexts++
	}
	if n.AccessText != "" {
		s.AccessTexts++
	}
}

// ReadNeeds cleans and checks needs as they were typed on their own page; faults as in ReadEntry.
func (e Event) ReadNeeds(in NeedsEntry) (Needs, error) {
	v := &Invalid{}
	n := e.readNeeds(v, in)
	if err := v.Err(); err != nil {
		return Needs{}, err
	}
	return n, nil
}

// MayTellNeeds is nil where the participant may tell or change her needs at now, late or not:
// until the event begins. The refusal is of class CodeClosed, "change.too_late". To take back what
// was told is always allowed.
func (e Event) MayTellNeeds(r Registration, now time.Time) error {
	if !r.Status.Live() || !r.Named() || e.State != EventPublished || e.begun(now) {
		return &Error{Code: CodeClosed, Key: "change.too_late"}
	}
	return nil
}

// readNeeds keeps the needs that the event asks for; faults carry the fields "diet", "diet_text",
// "access" and "access_text".
func (e Event) readNeeds(v *Invalid, in NeedsEntry) Needs {
	var n Needs
	if e.Rules.Food {
		n.Diet = readClosed(v, "diet", in.Diet, Diets())
		n.DietText = readNeedText(v, "diet_text", in.DietText)
	}
	if e.Rules.Access {
		n.Access = readClosed(v, "access", in.Access, AccessNeeds())
		n.AccessText = readNeedText(v, "access_text", in.AccessText)
	}
	return n
}

// readClosed keeps what a closed list holds, each once and in its order.
func readClosed[T ~string](v *Invalid, field string, typed []string, offered []T) []T {
	chosen := make(map[string]bool)
	for _, t := range typed {
		if t != "" {
			chosen[t] = true
		}
	}
	var out []T
	for _, o := range offered {
		if chosen[string(o)] {
			out = append(out, o)
			delete(chosen, string(o))
		}
	}
	if len(chosen) > 0 {
		v.Add(field, "field."+field+".wrong", nil)
	}
	return out
}

func readNeedText(v *Invalid, field, s string) string {
	if s == "" {
		return ""
	}
	s, ok := CleanText(s)
	switch {
	case !ok:
		v.Add(field, "field.encoding", nil)
	case utf8.RuneCountInString(s) > MaxNeed:
		v.Add(field, "field.need_text.too_long", map[string]any{"max": MaxNeed})
	case HasPersonalNumber(s): // not even masked: nothing that was typed here leaves the field
		v.Add(field, "field.need_text.personal_number", nil)
	default:
		checkFreeText(v, field, s, nil)
	}
	return s
}
