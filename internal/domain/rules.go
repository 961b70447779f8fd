package domain

import (
	"crypto/subtle"
	"strings"
)

// Rules are what an organiser has decided about the life of the registrations at one event, beyond
// the days that stand on the event itself. The zero Rules are the plain case: open to everyone, no
// groups, no needs asked, offers held for a day.
type Rules struct {
	CoOrganisers     []OrganiserCode `json:"co_organisers,omitempty"`     // other counties that arrange the event and see its list
	SameOrganisation bool            `json:"same_organisation,omitempty"` // a place is handed over within the workplace only
	Offers           OfferRules      `json:"offers,omitzero"`
	GroupLimit       int             `json:"group_limit,omitempty"`   // places one contact person may take in one go; 0 or 1: none
	NameBy           Date            `json:"name_by,omitzero"`        // last day to name unnamed places; zero: every place must be named at once
	ChangeUntil      Date            `json:"change_until,omitzero"`   // last day to change one's answers; zero: until the event begins
	Approval         bool            `json:"approval,omitempty"`      // the organiser says yes or no to each application
	AccessCode       string          `json:"access_code,omitempty"`   // only those who have been given it may register; "" for none
	EmailDomains     []string        `json:"email_domains,omitempty"` // only addresses that end so may register; nil for all
	Food             bool            `json:"food,omitempty"`          // something is served: diet is asked
	Access           bool            `json:"access,omitempty"`        // access needs are asked
	NeedsBy          Date            `json:"needs_by,omitzero"`       // later answers are taken and marked as late
	NeedsDays        int             `json:"needs_days,omitempty"`    // needs are erased so many days after the event; 0 means 7
}

// Groups reports whether one person may register several.
func (r Rules) Groups() bool { return r.GroupLimit > 1 }

// Closed reports whether the event is only for those who have a code or an address of a kind.
func (r Rules) Closed() bool { return r.AccessCode != "" || len(r.EmailDomains) > 0 }

// CodeFits reports whether the code that was typed is the event's. Case and surrounding space do
// not matter: codes are read out and written by hand.
func (r Rules) CodeFits(typed string) bool {
	plain := func(s string) []byte { return []byte(strings.ToUpper(strings.Join(strings.Fields(s), ""))) }
	return r.AccessCode == "" || subtle.ConstantTimeCompare(plain(typed), plain(r.AccessCode)) == 1
}

// DomainFits reports whether an address may register: its domain is one of the list or below one.
func (r Rules) DomainFits(email string) bool {
	if len(r.EmailDomains) == 0 {
		return true
	}
	at := emailDomain(email)
	for _, d := range r.EmailDomains {
		d = strings.ToLower(strings.TrimPrefix(strings.TrimSpace(d), "@"))
		if d != "" && (at == d || strings.HasSuffix(at, "."+d)) {
			return true
		}
	}
	return false
}

// emailDomain is what stands after the last @ of an address, in small letters.
func emailDomain(email string) string {
	return strings.ToLower(email[strings.LastIndexByte(email, '@')+1:])
}
