package domain

import (
	"regexp"
	"slices"
	"strings"
	"sync"
	"unicode"
	"unicode/utf8"
)

// townCounties tells the county of every municipality and residence town, by name in lower case.
var townCounties = sync.OnceValue(func() map[string]County {
	m := map[string]County{}
	for _, c := range Counties() {
		for _, name := range append(MunicipalitiesIn(c.Code), c.Town) {
			m[strings.ToLower(name)] = c
		}
	}
	return m
})

// townNamed is the town that s names in just these letters, whatever their case.
func townNamed(s string) (string, bool) {
	s = strings.ToLower(s)
	if c, ok := townCounties()[s]; ok {
		if s == strings.ToLower(c.Town) {
			return c.Town, true
		}
		return gazetteer().byName[s], true
	}
	return "", false
}

// invTown is a town that a text names.
type invTown struct {
	from, to int
	name     string
	strong   bool // it says where: "i Luleå", or stands alone
}

var (
	wordToken  = regexp.MustCompile(`[\p{L}\p{M}]+(?:[-’'][\p{L}\p{M}]+)*`)
	townLike   = regexp.MustCompile(`(?i)(?:^|[ (])(?:i|till|in|from|från|orten|ort:|stad:)$`)
	notATown   = regexp.MustCompile(`(?i)(?:länsstyrelsen?(?: i)?|länsstyrelserna(?: i)?|region|polisregion|polisen(?: i)?|landstinget|hotell?|professor|biskop)$`)
	afterTown  = regexp.MustCompile(`(?i)^ ?(?:kommuns?|stads?|universitet|tekniska|högskola|läns?|tingsrätt|university|municipality|county|stift)\b`)
	postalTown = regexp.MustCompile(`(?i)\d{3} ?\d{2} *$`)
)

// doubtfulTown reports whether the name is more often a word or a surname: it counts only where the
// text says that it is a place.
func doubtfulTown(name string) bool {
	return slices.Contains([]string{
		"Ale", "Mark", "Vara", "Berg", "Mora", "Sala", "Lund", "Kil", "Eda", "Nora", "Salem", "Hjo", "Flen", "Habo",
		"Kinda", "Norberg", "Falkenberg", "Boden", "Sunne", "Tanum", "Orust", "Tierp", "Heby", "Ydre", "Åre", "Lerum",
	}, name)
}

// scanTowns finds the towns that s names with a capital letter.
func scanTowns(s string) (out []invTown) {
	words := wordToken.FindAllStringIndex(s, -1)
	for i := 0; i < len(words); i++ {
		for n := min(2, len(words)-i); n > 0; n-- {
			from, to := words[i][0], words[i+n-1][1]
			name, ok := townNamed(s[from:to])
			if r, _ := utf8.DecodeRuneInString(s[from:]); !ok || !unicode.IsUpper(r) {
				continue
			}
			before, after := strings.TrimRight(s[:from], " "), s[to:]
			if notATown.MatchString(tail(before, 40)) || afterTown.MatchString(after) {
				break
			}
			strong := townLike.MatchString(tail(before, 12)) || postalTown.MatchString(tail(s[:from], 12)) || aloneInCell(before, after)
			if strong || !doubtfulTown(name) {
				out = append(out, invTown{from, to, name, strong})
				i += n - 1
			}
			break
		}
	}
	return out
}

func tail(s string, n int) string {
	at := max(0, len(s)-n)
	for at < len(s) && !utf8.RuneStart(s[at]) {
		at++
	}
	return s[at:]
}

func aloneInCell(before, after string) bool {
	before, after = strings.TrimRight(before, " "), strings.TrimLeft(after, " ")
	first, _ := utf8.DecodeRuneInString(after)
	return (before == "" || strings.ContainsAny(before[len(before)-1:], ",;:(|")) && (after == "" || strings.ContainsRune(",;:)|.–-", first))
}

const streetEnds = `(?:gatan|vägen|gränden|gränd|torget|allén|esplanaden|kajen|stigen|leden|backen|brinken|stranden|ringen|slingan|gata|väg|plan|plats|torg|allé|esplanad|strand|hamn)`

var (
	streetAddress = regexp.MustCompile(`((?:\p{Lu}[\p{L}’'.]*[ -]){0,3}(?:\p{Lu}[\p{L}-]*` + streetEnds + `|(?:\p{Lu}[\p{L}’'.-]*) (?i:` + streetEnds + `)|\b(?:Esplanaden|Torget|Kajen|Stranden|Allén|Backen|Brinken|Gränden)))\.?,? (\d{1,4}(?:[-–]\d{1,4})?(?: ?[A-Z])?)\b`)
	postalCode    = regexp.MustCompile(`\b(?:SE?-)?(\d{3}) ?(\d{2}) {1,2}(\p{Lu}[\p{L}-]+(?: \p{Lu}[\p{L}-]+)?)`)
	writtenToday  = regexp.MustCompile(`(?i)\b(?:postadress|box|besöksadress|faktura)\b`)
	placeLater    = regexp.MustCompile(`(?i)\b(?:meddelas|återkommer|inte (?:klar|bestämd)|annonseras|to be (?:announced|confirmed|decided)|tba|tbc|later)\b`)
	onlineWords   = regexp.MustCompile(`(?i)\b(?:digitalt|online|zoom|teams|skype|webbinarium|webinar|via länk|webbsänd\w*|på webben|distans|livestream\w*)\b`)
	venueWords    = regexp.MustCompile(`(?i)(?:hotell?\b|clarion|scandic|quality|elite|teater|theatre|folkets hus|kulturhus|stadshus|rådhus|kongress|konferens(?:center|anläggning|lokal)|aula|hörsal|bibliotek|museum|museet|gården\b|slott|residenset|folkhögskol|församlingshem|centrum\b|centre\b|hall\b|salen\b|arena|bygdegård|universitetet\b|campus|huset\b)`)
	venueAfter    = regexp.MustCompile(`(?:^|[ (])(?:på|i|vid|med|är|at|in|with|is|:) (\p{Lu}[^,;|()]*)$`)
)

// readPlace finds venue, address, postal code and town within a stretch of the text.
func (r *invReader) readPlace(o *InvitedOccasion, at invRange) {
	var cells []invCell
	for i := at.first; i <= at.last; i++ {
		if from, to := at.within(i, len(r.lines[i].text)); from < to && r.tellsPlace(i) {
			cells = append(cells, r.cells(i, from, to)...)
		}
	}
	for n, c := range cells {
		switch c.kind {
		case cellAddress:
			if !o.Address.Found() {
				o.Address = guess(c.value, r.take(c.line, c.from, c.to), Sure, "")
				r.venueBefore(o, cells[:n])
			}
		case cellPostal:
			r.readPostal(o, c)
		case cellTown:
			if !o.Town.Found() {
				o.Town = guess(c.value, r.take(c.line, c.from, c.to), Sure, "")
			} else if o.Town.Value == c.value {
				r.take(c.line, c.from, c.to)
			}
		case cellText:
			r.roomAfter(o, c)
		}
	}
	if !o.Venue.Found() {
		r.venueByWords(o, cells)
	}
	if !o.Town.Found() {
		r.townInside(o, cells)
	}
}

func (r *invReader) readPostal(o *InvitedOccasion, c invCell) {
	if o.PostalCode.Found() {
		return
	}
	m := postalCode.FindStringSubmatch(r.lines[c.line].text[c.from:c.to])
	o.PostalCode = guess(m[1]+m[2], r.take(c.line, c.from, c.to), Sure, "")
	if town, ok := townNamed(m[3]); ok && !o.Town.Found() {
		o.Town = guess(town, o.PostalCode.Source, Sure, "")
	}
}

// venueBefore takes the house that is named just before its address.
func (r *invReader) venueBefore(o *InvitedOccasion, before []invCell) {
	for n := len(before) - 1; n >= 0 && n >= len(before)-3; n-- {
		c := before[n]
		if c.kind != cellText {
			continue
		}
		if name, from := houseName(c.value); name != "" {
			o.Venue = guess(name, r.take(c.line, c.from+from, c.to), Sure, "")
		}
		return
	}
}

// roomAfter adds the room that is named after the address of the house: "lokal Tonhallen".
func (r *invReader) roomAfter(o *InvitedOccasion, c invCell) {
	if o.Venue.Found() && o.Address.Found() && roomName.MatchString(c.value) && !strings.Contains(o.Venue.Value, c.value) {
		r.take(c.line, c.from, c.to)
		o.Venue.Value += ", " + c.value
		o.Venue.Source += ", " + c.value
	}
}

var roomName = regexp.MustCompile(`^(?i:lokal|sal|rum|room|våning|plan)(?:en)? [\p{Lu}\d][\p{L}\d -]{0,40}$`)

// venueByWords takes a house that stands without an address: by its label, or by a word such as
// "teater".
func (r *invReader) venueByWords(o *InvitedOccasion, cells []invCell) {
	for _, labelled := range []bool{true, false} {
		for _, c := range cells {
			name, from := houseName(c.value)
			inPlace := r.lines[c.line].section == secPlace || c.beside
			if c.kind != cellText || name == "" || labelled != inPlace || placeLater.MatchString(c.value) {
				continue
			}
			if inPlace || venueWords.MatchString(name) {
				o.Venue = guess(name, r.take(c.line, c.from+from, c.to), Likely, "")
				return
			}
		}
	}
}

// townInside takes a town from within the name of the house: "Härnösands teater".
func (r *invReader) townInside(o *InvitedOccasion, cells []invCell) {
	for _, c := range cells {
		if c.kind != cellText || c.value == "" {
			continue
		}
		if towns := scanTowns(c.value); len(towns) > 0 {
			t := towns[0]
			o.Town = guess(t.name, r.take(c.line, c.from+t.from, c.from+t.to), Likely, "")
			return
		}
		if word, _, _ := strings.Cut(o.Venue.Value, " "); word != "" && o.Venue.Found() {
			if town, ok := townNamed(strings.TrimSuffix(word, "s")); ok && strings.HasSuffix(word, "s") {
				o.Town = guess(town, o.Venue.Source, Unsure, "")
				return
			}
		}
	}
}

// houseName is the name of a house that a cell holds, and where in the cell it begins.
func houseName(s string) (name string, from int) {
	name = s
	if m := venueAfter.FindStringSubmatchIndex(s); m != nil {
		from, name = m[2], s[m[2]:m[3]]
	}
	name = strings.Trim(name, " .:–-")
	first, _ := utf8.DecodeRuneInString(name)
	words := len(strings.Fields(name))
	if !unicode.IsUpper(first) || words > 7 || words == 0 || strings.ContainsAny(name, "@?!") || placeLater.MatchString(name) {
		return "", 0
	}
	if _, town := townNamed(name); town || typedWeekday.MatchString(name) || utf8.RuneCountInString(name) < 3 {
		return "", 0
	}
	return name, from
}
