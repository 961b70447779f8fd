package domain

import (
	"fmt"
	"slices"
	"strconv"
	"strings"
	"time"
)

// GroupID identifies a group of registrations made in one go.
type GroupID int64

// GroupMode is what the contact person wants where there are fewer places than people.
type GroupMode string

// The three wishes. GroupTogether is for exactly two people who queue as a pair.
const (
	GroupAll      GroupMode = "all"      // all get a place, or nobody is registered
	GroupSome     GroupMode = "some"     // as many as there are places for, in the order given; the rest queue
	GroupTogether GroupMode = "together" // two who come together or not at all
)

// Group is several registrations made by one contact person.
type Group struct {
	ID           GroupID
	EventID      EventID
	Name         string // of the contact person
	Email        string
	Phone        string
	Organisation string
	Lang         Lang
	Mode         GroupMode
	ReceivedAt   time.Time
	LinkVersion  int
	Places       []GroupPlace // in the order given; filled by readers that say so
}

// GroupPlace is one place of a group as its contact person sees it: never more than she told
// herself, and never what someone else has told since.
type GroupPlace struct {
	ID     RegistrationID
	Name   string // as the contact person wrote it; "" for a place that nobody has been named for
	Status RegistrationStatus
}

// GroupEntry is a group as it was typed. Work is told once for all; a row without anything in it is
// left out.
type GroupEntry struct {
	ContactName  string
	ContactEmail string
	ContactPhone string
	Work         Entry // organisation, its type, municipality, invoice and access code
	People       []Entry
	Unnamed      string // how many places are to be named later, as typed
	Mode         string
}

// GroupApplication is a group entry that has been read.
type GroupApplication struct {
	Contact Group       // name, address, telephone, organisation and mode
	Work    Participant // organisation, its type, municipality and invoice: what a place without a name holds
	People  []Application
	Unnamed int
}

// Places is how many places are asked for.
func (g GroupApplication) Places() int { return len(g.People) + g.Unnamed }

// GroupReceipt is what the page after the group's button shows, and what the letter to the contact
// person repeats: for each row what a newcomer got, in the order given. An address that was
// registered already looks like any other.
type GroupReceipt struct {
	EventSlug  string
	Email      string // of the contact person
	Mode       GroupMode
	ReceivedAt time.Time
	Lang       Lang
	Places     []GroupPlace // Status is "" for a row that there was neither a place nor a queue for
}

// OwnGroup is what the page of a group shows to its contact person. A place that has a person shows
// what the contact person was told then; what has happened to it since is that person's own.
type OwnGroup struct {
	Group   Group // with its places
	Event   Event
	Unnamed int  // places that wait for a name
	MayName bool // whether they can be named now
}

// MayName reports whether unnamed places can be named at now.
func (e Event) MayName(now time.Time) bool {
	return !e.begun(now) && !e.Rules.NameBy.IsZero() && now.Before(e.Rules.NameBy.End())
}

// warnWorkdays is how long before the last day to name a place its contact person is warned.
const warnWorkdays = 3

// NamesDue is the two instants at which something happens to places without a name: when their
// contact person is warned, at nine in the morning, and when they go back. Zero times where the
// event has no unnamed places.
func (e Event) NamesDue() (warn, back time.Time) {
	if e.Rules.NameBy.IsZero() {
		return time.Time{}, time.Time{}
	}
	return e.Rules.NameBy.AddWorkdays(-warnWorkdays).At(9 * 60), e.Rules.NameBy.End()
}

// GroupModes lists the wishes in the order the form offers them.
func GroupModes() []GroupMode { return []GroupMode{GroupSome, GroupAll, GroupTogether} }

// ReadGroup cleans and checks a group as it was typed at now. Every fault is reported together as
// *Invalid: those of the contact person in "contact_name", "contact_email" and "contact_phone", those
// of the workplace under the names that Event.ReadEntry gives them, and those of the n-th row typed
// under the same names after "people_n_", with the keys of Event.ReadEntry. Besides: "group.same_address" in
// a row's e-mail; in "people" "group.nobody" and "group.too_many" (Args "max"); in "unnamed"
// "group.unnamed_wrong" and "group.unnamed_closed"; in "mode" "group.mode_missing" and "group.two_only".
func (e Event) ReadGroup(in GroupEntry, now time.Time) (GroupApplication, error) {
	v := &Invalid{}
	g := GroupApplication{Contact: readContact(v, in), Work: e.readWork(v, in.Work)}
	g.Contact.EventID, g.Contact.Organisation = e.ID, g.Work.Organisation
	rows := e.readPeople(v, in, &g)
	g.Unnamed = e.readUnnamed(v, in.Unnamed, now)
	switch limit := e.Rules.GroupLimit; {
	case rows+g.Unnamed == 0:
		v.Add("people", "group.nobody", nil)
	case rows+g.Unnamed > limit:
		v.Add("people", "group.too_many", map[string]any{"max": limit})
	}
	g.Contact.Mode = readGroupMode(v, in.Mode, rows, g.Unnamed)
	if err := v.Err(); err != nil {
		return GroupApplication{}, err
	}
	return g, nil
}

func readContact(v *Invalid, in GroupEntry) Group {
	var g Group
	g.Name = readName(v, "contact_name", in.ContactName, true)
	readAs(v, "contact_", func(v *Invalid) {
		g.Email = readEmail(v, in.ContactEmail, true)
		g.Phone = readPhone(v, in.ContactPhone)
	})
	return g
}

// readAs puts the faults that read finds into fields whose names begin with prefix.
func readAs(v *Invalid, prefix string, read func(v *Invalid)) {
	var own Invalid
	read(&own)
	for _, f := range own.Faults {
		v.Add(prefix+f.Field, f.Key, f.Args)
	}
}

// readWork reads what is told once for everyone.
func (e Event) readWork(v *Invalid, in Entry) Participant {
	in.Email = "" // of nobody
	e.readAccess(v, in)
	return Participant{
		Organisation:     readLine(v, "organisation", in.Organisation, MaxOrganisation, true),
		OrganisationType: readOrganisationType(v, in.OrganisationType),
		Municipality:     NormalMunicipality(readLine(v, "municipality", in.Municipality, MaxMunicipality, true)),
		Invoice:          e.readInvoice(v, in.Invoice),
	}
}

// readPeople reads the rows that hold anything, each with the workplace of all, and answers how many
// there are. What is wrong with the workplace is told once, not in each row. What the event asks each
// person she answers herself, on her own page.
func (e Event) readPeople(v *Invalid, in GroupEntry, g *GroupApplication) int {
	rows, seen := 0, make(map[string]bool)
	e.Questions = optional(e.Questions)
	for i, row := range in.People {
		if row.empty() {
			continue
		}
		rows++
		if rows > max(e.Rules.GroupLimit, 1) {
			continue // told as too many; nobody reads a thousand rows
		}
		field := fmt.Sprintf("people_%d_", i+1)
		row.Organisation, row.OrganisationType, row.Municipality = in.Work.Organisation, in.Work.OrganisationType, in.Work.Municipality
		row.Invoice, row.AccessCode, row.EmailOptional = in.Work.Invoice, in.Work.AccessCode, false
		a, err := e.ReadEntry(row)
		if faults, ok := err.(*Invalid); ok {
			for _, f := range faults.Faults {
				if !ofWork(f.Field) {
					v.Add(field+f.Field, f.Key, f.Args)
				}
			}
		}
		email, _ := ParseEmail(row.Email)
		if key := EmailKey(email); key != "" && seen[key] {
			v.Add(field+"email", "group.same_address", nil)
		} else {
			seen[key] = true
		}
		g.People = append(g.People, a)
	}
	return rows
}

// optional is questions that need no answer.
func optional(questions []Question) []Question {
	out := slices.Clone(questions)
	for i := range out {
		out[i].Required = false
	}
	return out
}

// ReadNamed cleans and checks the person who is named for a place of a group, as a contact person
// typed it. The workplace and the invoice are those of the place, and what was asked for when the group
// came is not asked again. Faults as in ReadEntry.
func (e Event) ReadNamed(in Entry, place Participant) (Application, error) {
	e.Rules.AccessCode, e.NoShowFee, e.Questions = "", 0, optional(e.Questions)
	in.Organisation, in.OrganisationType = place.Organisation, string(place.OrganisationType)
	in.Municipality, in.EmailOptional = place.Municipality, false
	a, err := e.ReadEntry(in)
	a.Invoice = place.Invoice
	return a, err
}

// ofWork reports whether a field is about the workplace, which a group tells once.
func ofWork(field string) bool {
	switch field {
	case "organisation", "organisation_type", "municipality", "access_code":
		return true
	}
	return strings.HasPrefix(field, "invoice_")
}

// empty reports whether nothing was typed about the person.
func (in Entry) empty() bool {
	for _, typed := range in.Answers {
		if !blank(typed) {
			return false
		}
	}
	return blank([]string{in.GivenName, in.FamilyName, in.Email, in.Phone, in.Title, in.Needs.DietText, in.Needs.AccessText}) &&
		blank(in.Sessions) && blank(in.Needs.Diet) && blank(in.Needs.Access)
}

// readUnnamed is how many places wait for a name. An event where each application is decided has
// none: there is nobody to decide about.
func (e Event) readUnnamed(v *Invalid, typed string, now time.Time) int {
	typed = strings.TrimSpace(typed)
	if typed == "" {
		return 0
	}
	n, err := strconv.Atoi(typed)
	switch {
	case err != nil || n < 0 || n > 1000:
		v.Add("unnamed", "group.unnamed_wrong", nil)
		return 0
	case n > 0 && (!e.MayName(now) || e.Rules.Approval):
		v.Add("unnamed", "group.unnamed_closed", nil)
	}
	return n
}

func readGroupMode(v *Invalid, typed string, named, unnamed int) GroupMode {
	for _, m := range GroupModes() {
		if string(m) == typed {
			if m == GroupTogether && (named != 2 || unnamed != 0) {
				v.Add("mode", "group.two_only", nil)
			}
			return m
		}
	}
	v.Add("mode", "group.mode_missing", nil)
	return ""
}
