package domain

// County is one of the counties of Sweden with its county administration, as they are written.
// Names are never built from each other: "Uppsala län" and "Skåne län" have no genitive s.
type County struct {
	Code   OrganiserCode // "BD"
	SCB    string        // number given by Statistics Sweden, text with its leading zero: "25"
	Slug   string        // "norrbotten"
	Name   string        // "Norrbottens län"
	Region string        // everyday name, "Norrbotten"
	Town   string        // residence town, "Luleå"
}

// Authority is the full name of the county administration: "Länsstyrelsen i Norrbottens län".
func (c County) Authority() string { return "Länsstyrelsen i " + c.Name }

// Short is the everyday name of the county administration: "Länsstyrelsen Norrbotten".
func (c County) Short() string { return "Länsstyrelsen " + c.Region }

// Counties lists the 21 counties in the order of their numbers. The gaps 02, 11, 15 and 16 are
// counties that no longer exist.
func Counties() []County {
	return []County{
		{"AB", "01", "stockholm", "Stockholms län", "Stockholm", "Stockholm"},
		{"C", "03", "uppsala", "Uppsala län", "Uppsala", "Uppsala"},
		{"D", "04", "sodermanland", "Södermanlands län", "Södermanland", "Nyköping"},
		{"E", "05", "ostergotland", "Östergötlands län", "Östergötland", "Linköping"},
		{"F", "06", "jonkoping", "Jönköpings län", "Jönköping", "Jönköping"},
		{"G", "07", "kronoberg", "Kronobergs län", "Kronoberg", "Växjö"},
		{"H", "08", "kalmar", "Kalmar län", "Kalmar", "Kalmar"},
		{"I", "09", "gotland", "Gotlands län", "Gotland", "Visby"},
		{"K", "10", "blekinge", "Blekinge län", "Blekinge", "Karlskrona"},
		{"M", "12", "skane", "Skåne län", "Skåne", "Malmö"},
		{"N", "13", "halland", "Hallands län", "Halland", "Halmstad"},
		{"O", "14", "vastra-gotaland", "Västra Götalands län", "Västra Götaland", "Göteborg"},
		{"S", "17", "varmland", "Värmlands län", "Värmland", "Karlstad"},
		{"T", "18", "orebro", "Örebro län", "Örebro", "Örebro"},
		{"U", "19", "vastmanland", "Västmanlands län", "Västmanland", "Västerås"},
		{"W", "20", "dalarna", "Dalarnas län", "Dalarna", "Falun"},
		{"X", "21", "gavleborg", "Gävleborgs län", "Gävleborg", "Gävle"},
		{"Y", "22", "vasternorrland", "Västernorrlands län", "Västernorrland", "Härnösand"},
		{"Z", "23", "jamtland", "Jämtlands län", "Jämtland", "Östersund"},
		{"AC", "24", "vasterbotten", "Västerbottens län", "Västerbotten", "Umeå"},
		{"BD", "25", "norrbotten", "Norrbottens län", "Norrbotten", "Luleå"},
	}
}

// CountyOf is the county with the letter code, or false where there is none.
func CountyOf(code OrganiserCode) (County, bool) {
	for _, c := range Counties() {
		if c.Code == code {
			return c, true
		}
	}
	return County{}, false
}
