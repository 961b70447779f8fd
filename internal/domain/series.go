package domain

// SeriesID identifies a series inside the program; pages use its slug.
type SeriesID int64

// Series is one subject offered on several occasions in several towns ("tema"). Each occasion is
// an event with an owner of its own.
type Series struct {
	ID        SeriesID
	Slug      string
	Title     Text
	Kicker    Text // a few words above the title: "Temadagar i fyra län"
	Lead      Text
	Body      Text // Markdown
	Announced Date
	Events    []Event // by date, then town; filled by readers that say so
	Others    []Event // public ones that the reader's actor may not edit; filled by readers that say so
}
