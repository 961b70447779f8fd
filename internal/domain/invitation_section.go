package domain

import (
	"regexp"
	"strings"
)

// invSection is what a part of an invitation is about, as its label or heading says.
type invSection string

const (
	secNone      invSection = ""
	secHeader    invSection = "header" // the head of an e-mail
	secSubject   invSection = "subject"
	secTitle     invSection = "title"
	secDate      invSection = "date"
	secTime      invSection = "time"
	secPlace     invSection = "place"
	secTarget    invSection = "target"
	secCost      invSection = "cost"
	secCapacity  invSection = "capacity"
	secDeadline  invSection = "deadline"
	secCancel    invSection = "cancel"
	secSpeakers  invSection = "speakers"
	secProgramme invSection = "programme"
	secContact   invSection = "contact"
	secInviter   invSection = "inviter"
	secCase      invSection = "case"
	secSignature invSection = "signature"
)

// labelled tells the section of a label or heading in lower case.
func labelled(s string) invSection {
	switch s {
	case "från", "till", "kopia", "skickat", "from", "to", "cc", "sent", "bilagor", "attachments", "publicerad", "published",
		"uppdaterad", "senast uppdaterad", "updated", "handläggare", "beteckning", "vår beteckning", "er beteckning":
		return secHeader
	case "ämne", "subject":
		return secSubject
	case "titel", "rubrik", "title", "tema", "theme":
		return secTitle
	case "datum", "dag", "dagar", "när", "när?", "date", "dates", "when", "when?", "datum och tid", "tid och datum", "dag och tid",
		"date and time", "datum och orter", "orter och datum", "tid och plats", "när och var", "när och var?", "datum och plats",
		"time and place", "where and when", "when and where", "tillfällen", "orter", "välj ort":
		return secDate
	case "tid", "tider", "klockslag", "time", "hours":
		return secTime
	case "plats", "lokal", "lokaler", "var", "var?", "place", "venue", "venues", "where", "where?", "location", "adress", "address", "adresser", "ort":
		return secPlace
	case "målgrupp", "målgrupper", "för vem", "för vem?", "vem", "vem?", "vem kan delta?", "för vem är dagen?", "vem är dagen till för?",
		"target group", "target groups", "who", "who is it for?", "for whom", "for whom?", "vi vänder oss till", "deltagare", "audience":
		return secTarget
	case "kostnad", "pris", "avgift", "kostnader", "cost", "price", "fee":
		return secCost
	case "antal platser", "platser", "antal", "places", "seats":
		return secCapacity
	case "anmälan", "sista anmälningsdag", "sista anmälan", "anmälan senast", "anmäl dig", "anmäl dig senast", "sista dag för anmälan", "sista dag att anmäla sig",
		"registration", "last day to register", "register by", "deadline", "osa", "o.s.a.", "o.s.a", "så anmäler du dig", "how to register":
		return secDeadline
	case "avbokning", "sista avbokningsdag", "avboka", "avboka senast", "återbud", "cancellation", "last day to cancel", "avbokning senast", "sista dag för avbokning":
		return secCancel
	case "medverkande", "föreläsare", "talare", "medverkar", "medverkar gör", "speakers", "speaker", "lecturers", "bland talarna", "inbjudna talare":
		return secSpeakers
	case "program", "preliminärt program", "programme", "agenda", "dagens program", "preliminary programme", "schema":
		return secProgramme
	case "kontakt", "kontaktperson", "kontaktpersoner", "kontakta oss", "frågor", "frågor?", "har du frågor?", "contact", "questions", "questions?",
		"mer information", "vid frågor", "upplysningar", "kontaktuppgifter", "telefon", "tel", "e-post", "phone", "e-mail", "epost":
		return secContact
	case "arrangör", "arrangörer", "inbjudare", "bjuder in", "organiser", "organisers", "organizer", "organizers", "i samarbete med", "in cooperation with", "medarrangörer":
		return secInviter
	case "diarienummer", "dnr", "dnr.", "ärendenummer", "reference", "reference number", "our reference", "ref", "diarienr":
		return secCase
	}
	return secNone
}

var (
	labelPart = regexp.MustCompile(`^([\p{L}][\p{L}\d.?/ -]{0,40}?) ?: *(?:\| *)?`)
	signOff   = regexp.MustCompile(`(?i)^(?:med vänliga? hälsning(?:ar)?|vänliga hälsningar|hälsningar|mvh|varmt välkomna?|hjärtligt välkomna?|kind regards|best regards|yours sincerely|regards)\b[^.]{0,40}[!,.]?$`)
)

// carries reports whether what stands under a label goes on over lines without a bullet.
func (s invSection) carries() bool {
	switch s {
	case secPlace, secContact, secDate, secSpeakers, secProgramme, secInviter:
		return true
	}
	return false
}

// readSections gives each line the section that its own label, or the heading above it, says.
func (r *invReader) readSections() {
	current, block, alone := secNone, -1, false
	signed := false
	for i := range r.lines {
		l := &r.lines[i]
		if l.block != block {
			if !alone {
				current = secNone
			}
			block, alone = l.block, false
		}
		l.quoted = r.standsAlone(i)
		own := headRow(l)
		if own == secNone {
			own = r.readLabel(l)
		}
		signed = signed || signOff.MatchString(l.text) && i > len(r.lines)/3
		switch {
		case l.own && own == secNone: // the head of a table says nothing of its rows
			current = secNone
		case l.own && l.from == len(l.text): // a heading
			current, alone = own, true
			l.section = own
		case l.own:
			l.section, current = own, secNone
			if own.carries() || own == secTarget {
				current = own
			}
			alone = false
		case current == secTarget && !l.bullet && !r.headed(i) && !l.quoted:
			current = secNone
		case signed && current == secNone:
			l.section = secSignature
		default:
			l.section, alone = current, false
		}
	}
}

// headed reports whether the line before is a label with nothing after it.
func (r *invReader) headed(i int) bool {
	return i > 0 && r.lines[i-1].own && r.lines[i-1].from == len(r.lines[i-1].text)
}

// standsAlone reports whether the line is a paragraph of its own and no sentence.
func (r *invReader) standsAlone(i int) bool {
	return r.sole(i) && !strings.ContainsAny(lastRune(r.lines[i].text), ".!")
}

// headRow reads a row that holds nothing but labels: the head of a table, or of a letter, which says
// that the row below is about the letter itself.
func headRow(l *invLine) invSection {
	if !strings.Contains(l.text, " | ") {
		return secNone
	}
	letter := secNone
	for _, cell := range strings.Split(l.text, " | ") {
		switch labelled(strings.ToLower(strings.Trim(cell, " :"))) {
		case secNone:
			return secNone
		case secHeader, secCase:
			letter = secHeader
		}
	}
	l.own, l.from = true, len(l.text)
	l.used = append(l.used, invSpan{0, len(l.text)})
	return letter
}

// sole reports whether the line is all of its paragraph.
func (r *invReader) sole(i int) bool {
	p := r.lines[i].para
	return (i == 0 || r.lines[i-1].para != p) && (i+1 == len(r.lines) || r.lines[i+1].para != p)
}

// readLabel finds the label that a line begins with, or is.
func (r *invReader) readLabel(l *invLine) invSection {
	if l.quoted {
		if s := labelled(strings.ToLower(strings.Trim(l.text, " :"))); s != secNone {
			l.own, l.from = true, len(l.text)
			l.used = append(l.used, invSpan{0, len(l.text)})
			return s
		}
	}
	m := labelPart.FindStringSubmatchIndex(l.text)
	if m == nil {
		if word, _, ok := strings.Cut(l.text, " | "); ok {
			if s := labelled(strings.ToLower(strings.Trim(word, " :"))); s != secNone {
				l.own, l.from = true, len(word)+3
				l.used = append(l.used, invSpan{0, l.from})
				return s
			}
		}
		return secNone
	}
	s := labelled(strings.ToLower(l.text[m[2]:m[3]]))
	if s == secNone {
		return secNone
	}
	l.own, l.from = true, m[1]
	l.used = append(l.used, invSpan{0, m[1]})
	return s
}

var (
	swedishWords = regexp.MustCompile(`(?i)(?:^|[ (])(?:och|att|för|är|till|som|på|med|den|vi|du|av|om|inte|eller|senast|anmälan|kl|hos)\b`)
	englishWords = regexp.MustCompile(`(?i)(?:^|[ (])(?:the|and|of|to|for|is|on|with|you|we|by|are|from|your|will|at|please|registration)\b`)
)

// readLanguage tells Swedish from English by their small words.
func (r *invReader) readLanguage() {
	sv, en, sample := 0, 0, ""
	for i := range min(len(r.lines), 400) {
		t := r.lines[i].text
		sv += len(swedishWords.FindAllString(t, -1))
		en += len(englishWords.FindAllString(t, -1))
		if len(t) > len(sample) && len(t) < 200 {
			sample = t
		}
	}
	if sv+en < 4 {
		return
	}
	l, c := Swedish, Sure
	if en > sv {
		l = English
	}
	if max(sv, en) < 3*min(sv, en) {
		c = Unsure
	}
	r.out.Language = guess(l, sample, c, "")
}
