package export

import (
	"cmp"
	"encoding/json"
	"time"

	"github.com/temadag/temadag/internal/domain"
)

// JSONLDOptions say how an event is described to search engines.
type JSONLDOptions struct {
	Lang  domain.Lang
	Now   time.Time // decides whether places are left
	URL   string    // absolute address of the event's page
	Image string    // absolute address of its picture; "" for none
}

// EventJSONLD describes an event as schema.org does, to stand inside a script element of its page:
// <, > and & are escaped and nothing in it can end the element. It is nil, without an error, for an
// event without a day, which search engines do not take.
func EventJSONLD(e domain.Event, o JSONLDOptions) ([]byte, error) {
	if e.Day.IsZero() {
		return nil, nil
	}
	d := eventData{
		Context: "https://schema.org", Type: "Event",
		Name: oneLine(e.Title.In(o.Lang)), Description: oneLine(e.Lead.In(o.Lang)), URL: o.URL,
		StartDate: schemaTime(e.Day, e.Starts), EndDate: schemaTime(e.FinalDay(), e.Ends),
		EventStatus:         "https://schema.org/EventScheduled",
		EventAttendanceMode: "https://schema.org/OfflineEventAttendanceMode",
		InLanguage:          string(cmp.Or(e.Language, domain.Swedish)), Free: true,
		Location: place(e), Organizer: schemaThing{Type: "GovernmentOrganization", Name: oneLine(e.Owner.Name), Email: e.Owner.Email},
		Offers: offer(e, o),
	}
	if e.State == domain.EventCancelled {
		d.EventStatus = "https://schema.org/EventCancelled"
	}
	if e.Online {
		d.EventAttendanceMode = "https://schema.org/OnlineEventAttendanceMode"
		if !e.Venue.IsZero() {
			d.EventAttendanceMode = "https://schema.org/MixedEventAttendanceMode"
		}
		d.Location = append(d.Location, schemaPlace{Type: "VirtualLocation", URL: o.URL})
	}
	if o.Image != "" {
		d.Image = []string{o.Image}
	}
	for _, s := range e.Speakers {
		d.Performer = append(d.Performer, schemaThing{Type: "Person", Name: oneLine(s.Name), JobTitle: oneLine(s.Title.In(o.Lang))})
	}
	return json.Marshal(d) // escapes what would end a script
}

// schemaTime is the day with its hour and offset, or alone where the hour is not announced.
func schemaTime(d domain.Date, c domain.Clock) string {
	if !c.Known() {
		return d.String()
	}
	return d.At(c).Format(time.RFC3339)
}

func place(e domain.Event) []schemaPlace {
	if e.Venue.IsZero() && (e.Town == "" || e.Online) {
		return nil
	}
	return []schemaPlace{{
		Type: "Place", Name: oneLine(cmp.Or(e.Venue.Name, e.Town)),
		Address: &schemaAddress{
			Type: "PostalAddress", Street: oneLine(e.Venue.Address), PostalCode: e.Venue.PostalCode,
			Locality: oneLine(cmp.Or(e.Venue.Town, e.Town)), Country: "SE",
		},
	}}
}

func offer(e domain.Event, o JSONLDOptions) *schemaOffer {
	out := &schemaOffer{Type: "Offer", URL: o.URL, PriceCurrency: "SEK", Availability: "https://schema.org/SoldOut"}
	switch e.Availability(o.Now) {
	case domain.AvailableCancelled, domain.AvailableUndecided:
		return nil
	case domain.AvailableOpen:
		out.Availability = "https://schema.org/InStock"
	case domain.AvailableSoon:
		out.Availability = "https://schema.org/PreOrder"
	}
	if !e.OpensAt.IsZero() {
		out.ValidFrom = e.OpensAt.In(domain.Stockholm()).Format(time.RFC3339)
	}
	if !e.RegisterUntil.IsZero() {
		out.ValidThrough = e.RegisterUntil.End().Add(-time.Second).Format(time.RFC3339)
	}
	return out
}

type eventData struct {
	Context             string        `json:"@context"`
	Type                string        `json:"@type"`
	Name                string        `json:"name"`
	Description         string        `json:"description,omitempty"`
	URL                 string        `json:"url,omitempty"`
	Image               []string      `json:"image,omitempty"`
	StartDate           string        `json:"startDate"`
	EndDate             string        `json:"endDate,omitempty"`
	EventStatus         string        `json:"eventStatus"`
	EventAttendanceMode string        `json:"eventAttendanceMode"`
	InLanguage          string        `json:"inLanguage"`
	Free                bool          `json:"isAccessibleForFree"`
	Location            []schemaPlace `json:"location,omitempty"`
	Organizer           schemaThing   `json:"organizer"`
	Performer           []schemaThing `json:"performer,omitempty"`
	Offers              *schemaOffer  `json:"offers,omitempty"`
}

type schemaThing struct {
	Type     string `json:"@type"`
	Name     string `json:"name"`
	Email    string `json:"email,omitempty"`
	JobTitle string `json:"jobTitle,omitempty"`
}

type schemaPlace struct {
	Type    string         `json:"@type"`
	Name    string         `json:"name,omitempty"`
	URL     string         `json:"url,omitempty"`
	Address *schemaAddress `json:"address,omitempty"`
}

type schemaAddress struct {
	Type       string `json:"@type"`
	Street     string `json:"streetAddress,omitempty"`
	PostalCode string `json:"postalCode,omitempty"`
	Locality   string `json:"addressLocality,omitempty"`
	Country    string `json:"addressCountry"`
}

type schemaOffer struct {
	Type          string `json:"@type"`
	URL           string `json:"url,omitempty"`
	Price         int    `json:"price"`
	PriceCurrency string `json:"priceCurrency"`
	Availability  string `json:"availability"`
	ValidFrom     string `json:"validFrom,omitempty"`
	ValidThrough  string `json:"validThrough,omitempty"`
}
