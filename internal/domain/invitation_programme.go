package domain

import (
	"regexp"
	"slices"
	"strings"
)

var programmeRow = regexp.MustCompile(`^(?:(?i:kl(?:ockan)?\.?) ?)?(\d{1,2})[.:](\d{2})(?: ?(?:[-–—]|till|to) ?(?:(?i:kl\.?) ?)?(\d{1,2})[.:](\d{2}))?(?:\.|:| [–—-]| \|)? +(\p{L}.*|[”"“].*)$`)

// wholeHour is a row with a whole hour alone, which "kl" makes an hour: "kl 10 | MI-andan".
var wholeHour = regexp.MustCompile(`^(?i:kl(?:ockan)?\.?) ?(\d{1,2})()(?: ?(?:[-–—]|till|to) ?(?:(?i:kl\.?) ?)?(\d{1,2})())?(\.|:| [–—-]| \|)? +(\p{L}.*|[”"“].*)$`)

// rowOf is where the parts of a row stand in a line, as programmeRow has them; nil where it is none.
func (l invLine) rowOf() []int {
	if m := programmeRow.FindStringSubmatchIndex(l.text); m != nil {
		return m
	}
	m := wholeHour.FindStringSubmatchIndex(l.text)
	if m == nil || m[10] < 0 && l.section != secProgramme {
		return nil
	}
	return append(m[:10:10], m[12], m[13])
}

// invRow is a line that begins with an hour and goes on with what happens then.
type invRow struct {
	line    int
	session InvitedSession
}

// readProgramme finds the rows of a programme: at least three lines that begin with an hour, or two
// under its heading, their hours rising within each day.
func (r *invReader) readProgramme() {
	var rows []invRow
	day := Date{}
	for i, l := range r.lines {
		if m := l.rowOf(); m != nil && l.section != secTime && l.section != secDate {
			if s, ok := readRow(l.text, m); ok && len(rows) < maxSessions {
				s.Day = day
				rows = append(rows, invRow{i, s})
			}
			continue
		}
		if l.quoted && (!l.own || l.section == secProgramme) {
			if d := scanDates(l.text); len(d) > 0 && d[0].year != 0 && d[0].exists() {
				day = d[0].date()
			}
		}
	}
	for from := 0; from < len(rows); {
		to := r.runOf(rows, from)
		need := 3
		if r.lines[rows[from].line].section == secProgramme {
			need = 2
		}
		if to-from >= need {
			r.addRows(rows[from:to])
		}
		from = to
	}
}

func readRow(text string, m []int) (InvitedSession, bool) {
	s := InvitedSession{Starts: clockOf(group(text, m, 1), group(text, m, 2), ""), Ends: NoClock}
	if m[6] >= 0 {
		s.Ends = clockOf(group(text, m, 3), group(text, m, 4), "")
	}
	s.Title = strings.Trim(group(text, m, 5), " .")
	return s, s.Starts.Known()
}

// runOf is the end of the rows that follow each other, with no more than a line or two between and
// with rising hours.
func (r *invReader) runOf(rows []invRow, from int) int {
	to := from + 1
	for to < len(rows) {
		a, b := rows[to-1], rows[to]
		apart := b.line-a.line > 4
		back := b.session.Starts < a.session.Starts && b.session.Day == a.session.Day
		if apart || back {
			break
		}
		to++
	}
	return to
}

func (r *invReader) addRows(rows []invRow) {
	for n, row := range rows {
		l := &r.lines[row.line]
		l.section = secProgramme
		source := r.takeLine(row.line)
		s := row.session
		s.Speakers = namesIn(s.Title)
		s.presentedIn(s.Title)
		for k := row.line + 1; k < len(r.lines) && (n+1 == len(rows) || k < rows[n+1].line) && !r.lines[k].own; k++ {
			more := r.lines[k]
			last := n+1 == len(rows) && more.para != l.para
			if last || more.section != secProgramme && more.block != l.block {
				break
			}
			source += r.peopleBelow(k, more.para == l.para, &s)
		}
		r.out.Programme = append(r.out.Programme, guess(s, source, Sure, ""))
	}
}

// presentedIn takes those who end a title out of it, with their titles: "Inledning – Anna Berg, länsråd".
func (s *InvitedSession) presentedIn(title string) {
	people := presented(title, 0)
	if len(people) == 0 || people[0].from == 0 {
		return
	}
	s.head = strings.TrimRight(title[:people[0].from], " ,;:.–—-(")
	for _, p := range people {
		s.present(p.who)
	}
}

func (s *InvitedSession) present(who InvitedSpeaker) {
	if len(s.Speakers) < maxRowSpeakers && !slices.Contains(s.Speakers, who.Name) {
		s.Speakers = append(s.Speakers, who.Name)
	}
	if who.Title == "" || len(s.Presented) >= maxRowSpeakers {
		return
	}
	// What comes after the title is the workplace: "barnrättsjurist, Barnombudsmannen".
	if at := strings.LastIndex(who.Title, ", "); at > 0 && who.Organisation == "" && startsUpper.MatchString(who.Title[at+2:]) {
		who.Title, who.Organisation = who.Title[:at], who.Title[at+2:]
	}
	s.Presented = append(s.Presented, who)
}

const maxRowSpeakers = 8

var startsUpper = regexp.MustCompile(`^\p{Lu}`)

// peopleBelow adds those whom a line under a row presents, and answers what it says where it goes on in the
// same paragraph: "Barnets rätt. Lena Ek, jurist, Barnombudsmannen".
func (r *invReader) peopleBelow(k int, goesOn bool, s *InvitedSession) (source string) {
	text := r.lines[k].text
	people := presented(text, 0)
	if len(people) == 0 || people[0].from != 0 || r.lines[k].prose() && !goesOn {
		s.Speakers = append(s.Speakers, namesIn(text)...)
		return ""
	}
	for _, p := range people {
		s.present(p.who)
	}
	if words := r.takeLine(k); goesOn {
		return " " + words
	}
	return ""
}

// namesIn are the people whom a row of a programme names, after a comma, a dash or "med".
func namesIn(s string) (out []string) {
	for _, part := range speakerParts(s, 0) {
		text := withName.ReplaceAllString(s[part.from:part.to], "")
		if part.from == 0 && text == s[part.from:part.to] {
			continue // the title itself
		}
		if name, _, ok := readPerson(text); ok && len(out) < maxRowSpeakers {
			out = append(out, name)
		}
	}
	return out
}

var withName = regexp.MustCompile(`(?i)^(?:.* )?(?:med|by|with) `)
