package domain

// Venue is the house where an event is held, with what a visitor needs to know to get in. The
// zero Venue is one not announced.
type Venue struct {
	ID         int64
	Name       string
	Address    string // street and number
	PostalCode string // five digits as text, or ""
	Town       string
	Access     Access
	Travel     Text // how to get there
}

// IsZero reports whether the venue is not announced.
func (v Venue) IsZero() bool { return v.Name == "" }

// Known says whether a fact about a house is known, and which way.
type Known string

// The three answers to "does the house have it?".
const (
	Unknown Known = ""
	Yes     Known = "yes"
	No      Known = "no"
)

// Access is what the house offers, as the law on discrimination makes us ask of it (inadequate
// accessibility is discrimination).
type Access struct {
	StepFree         Known // entrance without steps
	Lift             Known
	HearingLoop      Known // teleslinga
	AccessibleToilet Known // RWC
	ScentFree        Known // the organiser asks visitors to leave perfume at home
	QuietRoom        Known
	Parking          Text
	DropOff          Text // where färdtjänst stops
	Note             Text
}
