package domain

// Speaker is a person who takes part in an event, with the title the invitation gives.
type Speaker struct {
	ID           int64
	Name         string
	Title        Text
	Organisation Text
}

// Session is one item of an event's programme. Starts and Ends are wall times on Day; either may
// be NoClock.
type Session struct {
	ID       int64
	Day      Date
	Starts   Clock
	Ends     Clock
	Title    Text
	Abstract Text
	Speakers []Speaker
	Parallel string // sessions with the same mark are held at once and one is chosen; "": for everyone
	Capacity Seats  // of a session that is chosen; 0: as many as come
	Taken    Seats
}

// Document is a file offered for download beside an event or a news item.
type Document struct {
	ID       int64
	Slug     string // the last part of its address; documents are public
	Title    Text
	About    Text // what it holds, for those who cannot open it
	Filename string
	MIME     string
	Size     int64 // bytes
	Lang     Lang
}
