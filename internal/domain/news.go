package domain

import "time"

// Picture is an image with its text for those who do not see it. Decorative pictures have an empty
// Alt and say so.
type Picture struct {
	File       string // name below the static files or the data directory
	Alt        Text
	Decorative bool
	Width      int
	Height     int
	Credit     string
}

// NewsLink is a link beside a news item.
type NewsLink struct {
	Label Text   `json:"label"`
	URL   string `json:"url"`
}

// News is a dated item on the news pages. It is seen from PublishedAt on.
type News struct {
	ID          int64
	Slug        string
	PublishedAt time.Time
	UpdatedAt   time.Time
	Title       Text
	Lead        Text
	Body        Text // Markdown
	Picture     Picture
	Links       []NewsLink
	Documents   []Document
	Organisers  []OrganiserCode
}
