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
	Sizes      []PictureSize // of a picture that was uploaded, the largest first; none where File is set
}

// PictureSize is an uploaded picture in one width. Its name is made of what it holds, so that what is
// under a name never changes.
type PictureSize struct {
	Name   string // "3f2a….jpg"
	Width  int
	Height int
}

// IsZero reports whether there is no picture.
func (p Picture) IsZero() bool { return p.File == "" && len(p.Sizes) == 0 }

// AltMissing reports whether the picture says something that those who do not see it are not told.
func (p Picture) AltMissing() bool { return !p.IsZero() && !p.Decorative && p.Alt.Sv == "" }

// NewsLink is a link beside a news item.
type NewsLink struct {
	Label Text   `json:"label"`
	URL   string `json:"url"`
}

// NewsKind says where what the authorities write themselves is shown.
type NewsKind string

// The kinds.
const (
	NewsItem    NewsKind = "news"    // dated, on the news pages and in the feed
	NewsPage    NewsKind = "page"    // a page of its own, in the footer where that is wanted
	NewsSite    NewsKind = "site"    // in place of a page that comes with the program; Slug is one of SitePages
	NewsContact NewsKind = "contact" // how to reach a county; Slug is the county's
)

// SitePages are the slugs of the pages that come with the program and whose words can be replaced.
func SitePages() []string { return []string{"about", "privacy", "accessibility", "cookies"} }

// NewsState is what its editors have decided of an item.
type NewsState string

// The states.
const (
	NewsDraft     NewsState = "draft"
	NewsPublished NewsState = "published" // seen from PublishedAt on
	NewsRemoved   NewsState = "removed"   // can be put back until it is erased
)

// NewsStages lists what News.Stage can answer.
func NewsStages() []string { return []string{"draft", "scheduled", "published", "removed"} }

// News is what the authorities write themselves: a dated item on the news pages, or a page of running
// text (Kind). It is seen from PublishedAt on while it is published.
type News struct {
	ID          int64
	Kind        NewsKind
	State       NewsState
	County      OrganiserCode // to whom it belongs; "" for what all share
	Footer      bool          // a page of its own that the footer leads to
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

// Live reports whether everyone can see the item at now.
func (n News) Live(now time.Time) bool { return n.State == NewsPublished && !now.Before(n.PublishedAt) }

// Stage is how it stands with the item at now: one of NewsStages.
func (n News) Stage(now time.Time) string {
	if n.State == NewsPublished && !n.Live(now) {
		return "scheduled"
	}
	return string(n.State)
}

// EditableBy reports whether the actor may write the item. What all counties share takes somebody who
// answers for a county.
func (n News) EditableBy(a Actor) bool {
	switch n.Kind {
	case NewsSite:
		return a.May(PermEditCounty)
	case NewsContact:
		return a.MayIn(PermEditCounty, n.County)
	case NewsItem, NewsPage:
		return a.MayIn(PermEditNews, n.County)
	}
	return false
}
