package domain

// OrganiserCode is the letter code of a county (ISO 3166-2:SE without the prefix): "BD", "AB".
type OrganiserCode string

// Organiser is a county administration: it owns events, and its own people alone see who has
// registered for them.
type Organiser struct {
	Code       OrganiserCode
	SCB        string // county number, text with its leading zero: "25"
	Slug       string // "norrbotten"
	County     string // "Norrbottens län"
	Name       string // "Länsstyrelsen i Norrbottens län"
	Short      string // "Länsstyrelsen Norrbotten"
	Region     string // "Norrbotten"
	Town       string // residence town, "Luleå"
	Phone      string // switchboard, as written: "010-225 50 00"
	Email      string // function mailbox, where answers to letters go
	DPO        string // the data-protection officer's mailbox
	Minority   Text   // how to reach the county in Finnish, Meänkieli or Sámi; zero where not told
	OrgNumber  string // "202100-2478"
	LegalBasis Text   // the ground for keeping the registrations, as the lawyer put it, without capital and full stop: "uppgift av allmänt intresse (…)"
}
