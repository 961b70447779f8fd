package office

import (
	"slices"
	"strings"
	"time"

	"github.com/gin-gonic/gin"

	"github.com/temadag/temadag/internal/domain"
	"github.com/temadag/temadag/internal/i18n"
	"github.com/temadag/temadag/internal/service"
)

// checkList is findings of the checklist under one heading.
type checkList struct {
	Heading string
	Lines   []checkLine
}

// checkLine is one finding, with the place where it is mended.
type checkLine struct {
	Text  string
	URL   string // "" where it is not mended on the event
	Label string // what the field there is called
}

// checkLists is what blocks, and what is only advice, each in the order of the form.
func (o *Office) checkLists(c *gin.Context, d service.EventEditing) (blocks, advice checkList) {
	p := o.printer(c)
	for _, check := range d.Checks {
		line := checkLine{Text: checkText(p, check)}
		line.URL, line.Label = o.mendedAt(c, d.Event.Slug, check)
		if check.Level == domain.Blocks {
			blocks.Lines = append(blocks.Lines, line)
		} else {
			advice.Lines = append(advice.Lines, line)
		}
	}
	blocks.Heading, advice.Heading = p.T("office.publish.blocks"), p.T("office.publish.advice")
	if domain.Announceable(d.Checks) || d.Event.State != domain.EventDraft {
		blocks.Heading = p.T("office.publish.blocks_later")
	}
	return blocks, advice
}

// checkText is a finding in words. What a text names in the language of the page (days of the week, fields,
// facts of a house) is put into words first.
func checkText(p *i18n.Printer, check domain.Check) string {
	args := make(map[string]any, len(check.Args)+1)
	for name, v := range check.Args {
		args[name] = v
	}
	if wrote, ok := args["wrote"].(time.Weekday); ok {
		if day, ok := args["day"].(domain.Date); ok {
			args["weekday"], args["wrote"] = p.Weekday(day), p.Weekday(day.AddDays(int(wrote)-int(day.Weekday())))
			args["day"] = p.DateNoWeekday(day)
		}
	}
	if facts, ok := args["facts"].([]string); ok {
		args["facts"] = namesOf(p, "checklist.fact.", facts)
	}
	if fields, ok := args["fields"].([]string); ok {
		args["fields"] = namesOf(p, "checklist.of.", fields)
	}
	return p.T(check.Key, args)
}

// namesOf are the words for names, in a row; a question is called so whichever it is.
func namesOf(p *i18n.Printer, prefix string, names []string) string {
	var words []string
	for _, n := range names {
		if strings.HasPrefix(n, "question") {
			n = "question"
		}
		if w := p.T(prefix + n); !slices.Contains(words, w) {
			words = append(words, w)
		}
	}
	return inARow(p, words)
}

// inARow is words with the language's "and" before the last.
func inARow(p *i18n.Printer, words []string) string {
	if len(words) < 2 {
		return strings.Join(words, "")
	}
	last := len(words) - 1
	return strings.Join(words[:last], ", ") + " " + p.T("frame.and") + " " + words[last]
}

// mendedAt is the address of the field that mends a finding, and its name.
func (o *Office) mendedAt(c *gin.Context, slug string, check domain.Check) (address, label string) {
	p := o.printer(c)
	field := domain.FormField(check.Field)
	switch {
	case check.Field == "documents":
		return o.path(c, "office_documents", slug), p.T("office.way.office_documents")
	case field == "" || partOf(field) == "":
		return "", ""
	}
	english := check.Args["lang"] == domain.English || check.Key == "checklist.english.missing"
	if before, ok := strings.CutSuffix(field, "_sv"); ok && english {
		field = before + "_en"
	}
	label = p.T("edit.field." + field)
	if check.Field == "venue.access" {
		label = p.T("checklist.access")
	}
	return o.path(c, "office_edit_part", slug, partOf(field)) + "#" + field, label
}

// checkGroups are the subjects of the checklist, with the fields of each.
func checkGroups() []struct {
	name   string
	fields []string
} {
	return []struct {
		name   string
		fields []string
	}{
		{"texts", []string{"title", "lead", "body", "cost", "photo_note", "cancel_note"}},
		{"when", []string{"day", "last_day", "arrival", "starts", "ends"}},
		{"where", []string{"venue", "town", "venue.address", "venue.travel"}},
		{"access", []string{"venue.access"}},
		{"target_group", []string{"target_group"}},
		{"registering", []string{"capacity", "register_until", "opens_at"}},
		{"terms", []string{"terms", "cancel_until", "after_cancel"}},
		{"programme", []string{"programme", "documents"}},
		{"contact", []string{"contact"}},
		{"records", []string{"retention", "legal_basis", "case_number"}},
	}
}

// fineWords are the subjects of which nothing is to be said.
func fineWords(p *i18n.Printer, checks []domain.Check) string {
	var fine []string
	for _, g := range checkGroups() {
		if !slices.ContainsFunc(checks, func(c domain.Check) bool { return slices.Contains(g.fields, c.Field) }) {
			fine = append(fine, p.T("checklist.fine."+g.name))
		}
	}
	if len(fine) == 0 {
		return ""
	}
	return p.T("office.publish.fine", "what", inARow(p, fine))
}
