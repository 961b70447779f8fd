package domain

import "strings"

// Confidence is how surely a proposal was read.
type Confidence string

// The degrees of confidence.
const (
	Sure   Confidence = "sure"   // the text says so in so many words
	Likely Confidence = "likely" // the text says it beside something else, or in an unusual place
	Unsure Confidence = "unsure" // it could well mean something else; look
)

// Doubt is what looks wrong with a proposal, "" for nothing.
type Doubt string

// The doubts.
const (
	DoubtWeekday     Doubt = "weekday_disagrees" // the weekday is not that of the day
	DoubtYear        Doubt = "year_missing"      // the year was inferred
	DoubtPast        Doubt = "past"              // the day was before the day of reading
	DoubtWeekend     Doubt = "weekend"           // the day is no working day
	DoubtAfterEvent  Doubt = "after_event"       // a last day that comes after the event
	DoubtNoSuchDay   Doubt = "no_such_day"       // 31 November; the value is the zero Date
	DoubtSeveral     Doubt = "several"           // the text gives different answers; this is the first
	DoubtBeforeStart Doubt = "ends_before_start" // an hour of ending before that of the beginning
	DoubtCounty      Doubt = "other_county"      // the town lies in a county that is not among those who invite
)

// Doubts lists every doubt.
func Doubts() []Doubt {
	return []Doubt{
		DoubtWeekday, DoubtYear, DoubtPast, DoubtWeekend, DoubtAfterEvent, DoubtNoSuchDay, DoubtSeveral,
		DoubtBeforeStart, DoubtCounty,
	}
}

// Guess is one proposal read from an invitation. The zero Guess is "not found": a text that does not
// say is never filled in.
type Guess[T any] struct {
	Value      T
	Source     string // the words it was read from; never empty in a guess that was made
	Confidence Confidence
	Doubt      Doubt
}

// Found reports whether the text says anything about it.
func (g Guess[T]) Found() bool { return g.Source != "" }

// InvitedSpeaker is a person who takes part, as the invitation presents her.
type InvitedSpeaker struct {
	Name         string
	Title        string
	Organisation string // only where it stands apart from the title
}

// InvitedSession is one item of the programme. Day is zero where the programme names none.
type InvitedSession struct {
	Day      Date
	Starts   Clock
	Ends     Clock // NoClock where only the beginning is told
	Title    string
	Speakers []string // names that the row holds
	// Presented are those of them whose title or workplace the row tells.
	Presented []InvitedSpeaker
	head      string // the title without those who take part; "" where the whole of it is the title
}

// InvitedOccasion is one occasion that a text invites to. What the whole invitation has in common
// (capacity for each, one last day for all) is repeated in each, with the same source.
type InvitedOccasion struct {
	Town       Guess[string]
	Owner      Guess[OrganiserCode] // by the town's county, or the only county that invites
	Day        Guess[Date]
	LastDay    Guess[Date] // where it lasts several days
	Arrival    Guess[Clock]
	Starts     Guess[Clock]
	Ends       Guess[Clock]
	Venue      Guess[string]
	Address    Guess[string]
	PostalCode Guess[string] // five digits
	Online     Guess[bool]
	Capacity   Guess[Seats]

	RegisterUntil Guess[Date]
	CancelUntil   Guess[Date]
	Contact       Guess[Contact]
}

// Invitation is what was read from the text of an invitation: proposals for a person to approve,
// none of them kept by itself. Every word of the text is in the source of a guess, in Lead or Body,
// or in Unread, save labels ("Plats:") and the small words between what was understood.
type Invitation struct {
	Language    Guess[Lang]
	Kind        Guess[EventKind]
	Title       Guess[string]
	Lead        string // the first paragraph of running text
	Body        string // the rest of it, paragraphs divided by an empty line
	Occasions   []InvitedOccasion
	Cost        Guess[string]
	NoShowFee   Guess[int]    // kronor
	Binding     Guess[string] // the sentence that says so
	Bound       Guess[bool]   // that the registration binds, in so many words or as a charge for a late cancellation
	Food        Guess[bool]   // there is food, so people are to be asked what they cannot eat
	Access      Guess[bool]   // people may need something in order to take part, and are to be asked
	PhotoNote   Guess[string] // the sentences on photographs
	TargetGroup []Guess[string]
	InvitedBy   []Guess[string] // county administrations under their full names
	Speakers    []Guess[InvitedSpeaker]
	Programme   []Guess[InvitedSession]
	CaseNumber  Guess[string]
	Unread      []string // lines that no proposal and no running text has taken in, in order
	Cut         bool     // the text was longer than MaxInvitation; what follows is the last of Unread
}

// The limits of what is read from one text. They keep the time linear and the answer something a
// person can look through.
const (
	MaxInvitation = 100_000 // bytes: some thirty pages
	maxOccasions  = 40
	maxSpeakers   = 80
	maxSessions   = 200
	maxDates      = 400
	maxSentence   = 600 // bytes that are looked at as one sentence
)

// ParseInvitation reads the text of an invitation as it was pasted from an e-mail, a web page or a
// PDF, in Swedish or English, and proposes what to fill in. ref is the day of reading. It never
// fails: a text it cannot make sense of comes back as Lead, Body and Unread. The time it takes grows
// with the length of the text and no faster.
func ParseInvitation(text string, ref Date) Invitation {
	cut := len(text) > MaxInvitation
	text, rest := cutInvitation(text)
	r := &invReader{ref: ref, lines: invLines(text)}
	r.readLanguage()
	r.readSections()
	r.readProgramme()
	r.readDates()
	r.readHead()
	r.readOrganisations()
	r.readTerms()
	r.readAsks()
	r.readPeople()
	r.readOccasions()
	r.readRemainder()
	r.out.Cut = cut
	if rest, _ = CleanText(rest); rest != "" {
		r.out.Unread = append(r.out.Unread, rest)
	}
	return r.out
}

// invReader holds the text while it is read: one line for each sentence, label or row.
type invReader struct {
	ref   Date
	lines []invLine
	dates []invDate // in the order of the text
	years []int     // that its days are written with, the most common first
	cost  int       // how plainly the cost is told so far
	out   Invitation
}

// take marks a part of a line as understood and returns it as a source.
func (r *invReader) take(line, from, to int) string {
	l := &r.lines[line]
	l.used = append(l.used, invSpan{from, to})
	return strings.Trim(l.text[from:to], " ,;:|")
}

// takeLine marks all of a line as understood.
func (r *invReader) takeLine(line int) string { return r.take(line, 0, len(r.lines[line].text)) }

// guess is a value read from the given words, or not found where the words are empty.
func guess[T any](v T, source string, c Confidence, d Doubt) Guess[T] {
	return Guess[T]{Value: v, Source: source, Confidence: c, Doubt: d}
}
