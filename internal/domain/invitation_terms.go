package domain

import (
	"regexp"
	"strings"
	"unicode"
	"unicode/utf8"
)

var (
	caseNumber = regexp.MustCompile(`(?i)(?:\b(?:dnr|diarienr|diarienummer|ärendenummer|reference(?: number)?|our ref(?:erence)?|ref\.? no)\b\.?:? *((?:\p{Lu}{1,6}[ /]?)?\d{1,7}[-–/:]\d{1,7}(?:[-–/:]\d{2,4})?)|\b(\d{3}-(?:\d{3,6}-(?:20)?\d{2}|\d{1,2}-20\d{2}))\b)`)
	bareCase   = regexp.MustCompile(`^((?:\p{Lu}{1,6}[ /]?)?\d{1,7}[-–/:]\d{1,7}(?:[-–/:]\d{2,4})?)`)

	costWords    = regexp.MustCompile(`(?i)(?:kostnadsfri|utan kostnad|\bgratis\b|\bkostar\b|konferensavgift|deltagaravgift|\bavgift|självkostnad|free of charge|no fee|no charge|\bfree\b of|costs? (?:sek|nothing)|\bthe fee\b)`)
	noShowWords  = regexp.MustCompile(`(?i)(?:utebli|uteblev|inte kommer|inte dyker upp|utan att avboka|no-show|not attend|do not come|fail to)`)
	kronor       = regexp.MustCompile(`(?i)\b(\d{1,3}(?:[ .\x{a0}]\d{3})|\d{2,6}) ?(?:kr\b|kronor|sek\b|:-)|\bsek (\d{2,6})\b`)
	bindingWords = regexp.MustCompile(`(?i)\bbindande\b|\bbinding\b`)
	notBinding   = regexp.MustCompile(`(?i)\b(?:inte|ej|icke|not|non-?) ?binding\b|\b(?:inte|ej|icke) bindande\b`)
	targetLead   = regexp.MustCompile(`(?i)\b(?:vänder (?:vi )?(?:oss|sig) (?:främst |i första hand |särskilt )?till|riktar (?:vi )?(?:oss|sig) (?:främst |i första hand |särskilt )?till|riktad till|målgrupp(?:en|erna)? är|intended for|aimed at|open to|for those who work (?:in|with)|är till för|för dig som (?:arbetar|möter|är verksam) (?:inom|i|med)|^du som (?:arbetar|är verksam|möter)(?: inom| i| med)?)\b:? *`)
	targetTail   = regexp.MustCompile(`(?i) (?:är|are) (?:hjärtligt |varmt |most |warmly |also |också )?(?:välkom|welcome).*$`)
)

// readTerms finds what the whole invitation says of cost, binding, case and whom it is for.
func (r *invReader) readTerms() {
	for i := range r.lines {
		l := r.lines[i]
		if l.section == secSignature || l.section == secProgramme {
			r.readCase(i)
			continue
		}
		r.readCase(i)
		r.readMoney(i)
		if !r.out.Binding.Found() && bindingWords.MatchString(l.text) && !notBinding.MatchString(l.text) {
			r.out.Binding = guess(l.text, r.takeLine(i), Sure, "")
		}
		r.readTarget(i)
	}
}

func (r *invReader) readCase(i int) {
	l := r.lines[i]
	if r.out.CaseNumber.Found() {
		return
	}
	if m := caseNumber.FindStringSubmatchIndex(l.text); m != nil {
		c := Sure
		if m[2] < 0 {
			c = Likely
		}
		r.out.CaseNumber = guess(group(l.text, m, 1)+group(l.text, m, 2), r.take(i, m[0], m[1]), c, "")
		return
	}
	if l.section == secCase && l.own {
		if m := bareCase.FindStringSubmatch(l.value()); m != nil {
			r.out.CaseNumber = guess(m[1], r.take(i, 0, l.from+len(m[0])), Sure, "")
		}
	}
}

func (r *invReader) readMoney(i int) {
	l := r.lines[i]
	if noShowWords.MatchString(l.text) {
		if m := kronor.FindStringSubmatchIndex(l.text); m != nil && !r.out.NoShowFee.Found() {
			digits := strings.Map(onlyDigits, group(l.text, m, 1)+group(l.text, m, 2))
			r.out.NoShowFee = guess(figure(digits), r.clip(i, m[0], m[1]), Likely, "")
		}
		return
	}
	r.readCost(i)
}

// How plainly a line tells the cost: the plainest of the text stands, the first of several.
const (
	costAside    = iota + 1 // a word within the sentence that invites
	costSentence            // a sentence of its own
	costLabelled
)

func (r *invReader) readCost(i int) {
	l := r.lines[i]
	word := costWords.FindStringIndex(l.text)
	rank, c := costSentence, Likely
	switch {
	case l.section == secCost && l.own && l.value() != "":
		rank, c = costLabelled, Sure
	case word == nil:
		return
	case inviteVerb.MatchString(l.text):
		rank = costAside
	}
	if rank <= r.cost {
		return
	}
	r.cost = rank
	if rank == costAside {
		if c = Unsure; utf8.RuneCountInString(l.text) > longCost {
			free := r.take(i, word[0], word[1])
			r.out.Cost = guess(upperFirst(free), free, c, "")
			return
		}
	}
	value, source := strings.Trim(l.value(), " "), r.takeLine(i)
	for k := i + 1; k < len(r.lines) && r.lines[k].para == l.para && (rank == costLabelled || included.MatchString(r.lines[k].text)); k++ {
		value += " " + r.takeLine(k)
		source += " " + r.lines[k].text
	}
	r.out.Cost = guess(value, source, c, "")
}

// longCost is how many letters of a sentence that invites too are proposed as the cost.
const longCost = 140

// included tells what the cost holds: "Lunch och fika ingår."
var included = regexp.MustCompile(`(?i)\b(?:ingår|bjuder vi på|vi bjuder på|(?:is|are) included)\b`)

func onlyDigits(c rune) rune {
	if unicode.IsDigit(c) {
		return c
	}
	return -1
}

// readTarget finds whom the invitation is for: a list under its label, or what follows "vänder sig
// till".
func (r *invReader) readTarget(i int) {
	l := r.lines[i]
	if l.section == secTarget && l.value() != "" {
		from := l.from
		if m := targetLead.FindStringIndex(l.value()); m != nil && m[0] < 40 {
			from += m[1]
		} else if m := targetMeets.FindStringIndex(l.value()); m != nil {
			from += m[1]
		}
		r.addTargets(i, from, Sure)
		return
	}
	if len(r.out.TargetGroup) > 0 {
		return
	}
	if m := targetMeets.FindStringIndex(l.text); m != nil {
		r.addTargets(i, m[1], Likely)
	} else if m := targetLead.FindStringIndex(l.text); m != nil {
		r.addTargets(i, m[1], Likely)
	}
}

// targetMeets leads in a list of those who meet someone in their work: "dig som i ditt arbete möter barn:".
var targetMeets = regexp.MustCompile(`(?i)\b(?:du|dig|er|ni|alla) som (?:i (?:ditt|sitt|ert) (?:arbete|yrke|uppdrag|yrkesliv) |i yrket )?(?:möter|träffar|arbetar|kommer)\b[^.:,;]{0,60}: *`)

const maxTargets = 40

func (r *invReader) addTargets(i, from int, c Confidence) {
	l := r.lines[i]
	if l.bullet {
		c = Sure
	}
	source := ""
	for _, name := range splitList(strings.TrimRight(targetTail.ReplaceAllString(l.text[from:], ""), " .!")) {
		name = targetPrefix.ReplaceAllString(name, "")
		if utf8.RuneCountInString(name) < 3 || utf8.RuneCountInString(name) > 120 || len(r.out.TargetGroup) >= maxTargets {
			continue
		}
		if source == "" {
			source = r.takeLine(i)
		}
		r.out.TargetGroup = append(r.out.TargetGroup, guess(name, source, c, ""))
	}
}

var (
	targetPrefix = regexp.MustCompile(`(?i)^(?:främst |till exempel |bland annat )?(?:du som |dig som |er som |alla som |those who |you who |people who |staff (?:in|of|at) |personal (?:inom|i|på|från) |medarbetare (?:inom|i|på) |yrkesverksamma inom |professionals in )?(?:(?:arbetar|är verksam|möter|work|works) (?:inom|i|på|med|in|with|at) )?(?:the )?`)
	listAnd      = regexp.MustCompile(`^(.*\S) (?:och|samt|and|eller|or) (.+)$`)
)

// splitList cuts an enumeration at its commas and its last "och": "hälso- och sjukvård, skola och
// boenden" is three. A word that ends in a hyphen belongs to what follows "och".
func splitList(s string) (out []string) {
	parts := strings.FieldsFunc(s, func(r rune) bool { return r == ',' || r == ';' || r == '|' })
	for n, p := range parts {
		p = strings.Trim(p, " ")
		for _, lead := range []string{"och ", "samt ", "and ", "or "} {
			p = strings.TrimPrefix(p, lead)
		}
		if m := listAnd.FindStringSubmatch(p); m != nil && n == len(parts)-1 && n > 0 && !strings.HasSuffix(m[1], "-") && !strings.Contains(m[2], "- ") {
			out = append(out, strings.Trim(m[1], " "), strings.Trim(m[2], " "))
			continue
		}
		if p != "" {
			out = append(out, p)
		}
	}
	return out
}

var (
	inviteVerb  = regexp.MustCompile(`(?i)(?:bjuder|inbjud|arrang|anordn|i samarbete med|tillsammans med|samverkan med|\binvit|\bholds?\b|\bhåller\b|organis|\bhosted|in (?:co-?operation|collaboration) with|together with)`)
	withPartner = regexp.MustCompile(`(?i)(?:i samarbete med|tillsammans med|i samverkan med|in (?:co-?operation|collaboration) with|together with) *`)
	authorities = regexp.MustCompile(`(?i)(?:länsstyrelserna|county administrative boards)`)
	authority   = regexp.MustCompile(`(?i)(?:länsstyrelsen|county administrative board)`)
	networkName = regexp.MustCompile(`((?:\p{Lu}[\p{L}-]*(?:nätverket|centrum|kansliet|myndigheten|förbundet|institutet|akademin)|Region \p{Lu}\p{L}+|Polisregion \p{Lu}\p{L}+|Polismyndigheten|Polisen|Socialstyrelsen|Jämställdhetsmyndigheten)(?: [\p{Ll}]{2,6}/\p{L}+)?(?: \p{Lu}[\p{L}/-]*)*|(?:\p{Lu}\p{L}+ ){1,4}(?:Agency|Authority|Network|Institute|University)\b(?: \p{Lu}[\p{L}/-]*)*)`)
)

// readOrganisations finds who invites: county administrations, and those they do it with.
func (r *invReader) readOrganisations() {
	for i, l := range r.lines {
		if l.section == secHeader || l.section == secProgramme || l.section == secSpeakers {
			continue
		}
		if l.section != secInviter && !inviteVerb.MatchString(l.text) && (i > 4 || l.section != secNone) {
			continue
		}
		r.countiesIn(i, Sure)
		if l.section == secInviter || inviteVerb.MatchString(l.text) {
			r.partnersIn(i)
		}
	}
	if len(r.out.InvitedBy) > 0 {
		return
	}
	for i, l := range r.lines {
		if l.section == secSignature || l.section == secContact || l.section == secNone && i < 20 {
			r.countiesIn(i, Likely)
		}
	}
}

// countiesIn adds the county administrations that a line names.
func (r *invReader) countiesIn(i int, c Confidence) {
	text := r.lines[i].text
	several := authorities.FindStringIndex(text)
	for _, county := range Counties() {
		at := -1
		if several != nil {
			at = countyAfter(text[several[1]:], county)
		} else {
			for _, m := range authority.FindAllStringIndex(text, -1) {
				if n := countyAfter(text[m[1]:min(len(text), m[1]+len(county.Name)+14)], county); n >= 0 && n < 12 {
					at = n
				}
			}
			if english := strings.Index(text, county.Region+" County Administrative Board"); english >= 0 {
				at = english
			}
		}
		if at >= 0 {
			r.addInviter(county.Authority(), i, c)
		}
	}
}

// countyAfter is where a county is named in what follows "Länsstyrelsen", or -1.
func countyAfter(s string, c County) int {
	genitive, _ := strings.CutSuffix(c.Name, " län")
	for _, name := range []string{genitive, c.Region} {
		at := strings.Index(s, name)
		if at < 0 {
			continue
		}
		rest := s[at+len(name):]
		if next, _ := utf8.DecodeRuneInString(rest); rest == "" || !unicode.IsLetter(next) {
			return at
		}
	}
	return -1
}

func (r *invReader) partnersIn(i int) {
	text := r.lines[i].text
	for _, m := range networkName.FindAllStringIndex(text, -1) {
		c := Likely
		if lead := withPartner.FindStringIndex(text); lead != nil && lead[1] <= m[0] {
			c = Sure
		}
		r.addInviter(text[m[0]:m[1]], i, c)
	}
}

const maxInviters = 30

func (r *invReader) addInviter(name string, i int, c Confidence) {
	for _, g := range r.out.InvitedBy {
		if g.Value == name {
			return
		}
	}
	if len(r.out.InvitedBy) < maxInviters {
		r.out.InvitedBy = append(r.out.InvitedBy, guess(name, r.sourceOf(i), c, ""))
	}
}

// sourceOf is a line as a source, without saying that all of it was understood.
func (r *invReader) sourceOf(i int) string { return r.lines[i].text }
