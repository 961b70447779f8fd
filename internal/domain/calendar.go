package domain

// CalendarFilter narrows the calendar. Zero fields narrow nothing.
type CalendarFilter struct {
	County OrganiserCode
	Kind   EventKind
	Town   string // exact
	Query  string // words, each found anywhere in title, town, venue, organiser or target group; å is found by a
}

// IsZero reports whether nothing is narrowed.
func (f CalendarFilter) IsZero() bool { return f == CalendarFilter{} }
