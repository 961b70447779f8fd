package office

import (
	"net/http"
	"net/url"
	"slices"
	"strconv"
	"strings"

	"github.com/gin-gonic/gin"

	"github.com/temadag/temadag/internal/domain"
	"github.com/temadag/temadag/internal/server"
)

// The fields beside those of the event.
const (
	editSeen  = "seen"        // the mark of what the page began with
	editDo    = "do"          // which button
	editVenue = "known_venue" // a house used before
)

// Several rows of a list send the same names, and count by their order: a row that has been moved in the
// browser needs no new names.

func sessionColumns() []string {
	return []string{
		"session_id", "session_day", "session_starts", "session_ends", "session_title_sv", "session_title_en", "session_abstract_sv",
		"session_abstract_en", "session_parallel", "session_capacity", "session_speakers", "session_known",
	}
}

func speakerColumns(list string) []string {
	var out []string
	for _, name := range []string{"name", "title_sv", "title_en", "organisation_sv", "organisation_en"} {
		out = append(out, list+"_"+name)
	}
	return out
}

func questionColumns() []string {
	return []string{
		"question_id", "question_row", "question_kind", "question_label_sv", "question_label_en", "question_hint_sv", "question_hint_en", "question_choices",
	}
}

func choiceColumns() []string {
	return []string{"question_choice_value", "question_choice_label_sv", "question_choice_label_en"}
}

// readEdit is what the form of a section sent.
func readEdit(c *gin.Context, part string) (url.Values, error) {
	single := []string{editSeen, editDo}
	var several []string
	switch part {
	case partProgramme:
		single = append(single, "speaker_known")
		several = slices.Concat(sessionColumns(), speakerColumns("session_speaker"), speakerColumns("speaker"))
	case partQuestions:
		several = append(slices.Concat(questionColumns(), choiceColumns()), "question_required")
	default:
		single = slices.Concat(single, plainFields(part), lineLists(), []string{editVenue})
	}
	in, err := server.ReadForm(c, single, several...)
	if err != nil {
		return nil, err
	}
	for _, values := range in {
		for i := range values {
			values[i] = strings.ReplaceAll(values[i], "\r\n", "\n")
		}
	}
	return in, nil
}

// partTyped is what stands in a field of a section.
func partTyped(in domain.EventEntry, name string) string {
	var lines []string
	switch name {
	case "target_group_sv", "target_group_en":
		for _, t := range in.TargetGroup {
			lines = append(lines, map[string]string{"target_group_sv": t.Sv, "target_group_en": t.En}[name])
		}
	case "invited_by":
		lines = in.InvitedBy
	default:
		value, _ := in.Typed(name)
		return value
	}
	return strings.TrimRight(strings.Join(lines, "\n"), "\n")
}

// fillPart puts what a section sent into an entry, and leaves the other sections alone.
func fillPart(part string, in url.Values, to *domain.EventEntry) error {
	switch part {
	case partProgramme:
		return fillProgramme(in, to)
	case partQuestions:
		return fillQuestions(in, to)
	}
	typed := make(map[string]string)
	for _, name := range plainFields(part) {
		typed[name] = in.Get(name)
	}
	to.FillIn(typed)
	if part == partBasics {
		to.TargetGroup = typedTexts(in.Get("target_group_sv"), in.Get("target_group_en"))
		to.InvitedBy = typedLines(in.Get("invited_by"))
	}
	return nil
}

// typedLines are those of a text in which something is written.
func typedLines(s string) []string {
	var out []string
	for line := range strings.SplitSeq(s, "\n") {
		if line = strings.TrimSpace(line); line != "" {
			out = append(out, line)
		}
	}
	return out
}

// typedTexts are texts with a line each, the languages in the same order.
func typedTexts(sv, en string) []domain.Text {
	var out []domain.Text
	first, second := strings.Split(sv, "\n"), strings.Split(en, "\n")
	for i := range max(len(first), len(second)) {
		var t domain.Text
		if i < len(first) {
			t.Sv = strings.TrimSpace(first[i])
		}
		if i < len(second) {
			t.En = strings.TrimSpace(second[i])
		}
		if !t.IsZero() {
			out = append(out, t)
		}
	}
	return out
}

// sentRows gives back what is sent in rows, a row at a time.
type sentRows struct {
	in   url.Values
	rows map[string]int // how far each column has been read
	bad  bool
}

// next is the next value of a column; a column that has none left means that the form is not ours.
func (c *sentRows) next(name string) string {
	n := c.rows[name]
	if n >= len(c.in[name]) {
		c.bad = true
		return ""
	}
	c.rows[name] = n + 1
	return c.in[name][n]
}

func (c *sentRows) text(name string) domain.Text {
	return domain.Text{Sv: c.next(name + "_sv"), En: c.next(name + "_en")}
}

// count is how many rows of another list belong to this one.
func (c *sentRows) count(name string) int {
	n, err := strconv.Atoi(c.next(name))
	if err != nil || n < 0 || n > mostSent {
		c.bad = true
		return 0
	}
	return n
}

// mostSent is more than any list may hold; what is too much is told as a fault and not cut.
const mostSent = 1_000

func (c *sentRows) err() error {
	if c.bad {
		return &server.Refusal{Status: http.StatusBadRequest, Key: "error.form_unknown"}
	}
	for name, n := range c.rows {
		if n != len(c.in[name]) {
			return &server.Refusal{Status: http.StatusBadRequest, Key: "error.form_unknown"}
		}
	}
	return nil
}

func (c *sentRows) speaker(list string) domain.SpeakerEntry {
	return domain.SpeakerEntry{Name: c.next(list + "_name"), Title: c.text(list + "_title"), Organisation: c.text(list + "_organisation")}
}

func fillProgramme(in url.Values, to *domain.EventEntry) error {
	c := &sentRows{in: in, rows: make(map[string]int)}
	to.Programme, to.Speakers = nil, nil
	for range min(len(in["session_id"]), mostSent) {
		id, _ := strconv.ParseInt(c.next("session_id"), 10, 64)
		s := domain.SessionEntry{
			ID: id, Day: c.next("session_day"), Starts: c.next("session_starts"), Ends: c.next("session_ends"),
			Title: c.text("session_title"), Abstract: c.text("session_abstract"),
			Parallel: c.next("session_parallel"), Capacity: c.next("session_capacity"),
		}
		for range c.count("session_speakers") {
			s.Speakers = append(s.Speakers, c.speaker("session_speaker"))
		}
		c.next("session_known")
		to.Programme = append(to.Programme, s)
	}
	for range min(len(in["speaker_name"]), mostSent) {
		to.Speakers = append(to.Speakers, c.speaker("speaker"))
	}
	return c.err()
}

func fillQuestions(in url.Values, to *domain.EventEntry) error {
	c := &sentRows{in: in, rows: make(map[string]int)}
	to.Questions = nil
	for range min(len(in["question_id"]), mostSent) {
		id, _ := strconv.ParseInt(c.next("question_id"), 10, 64)
		q := domain.QuestionEntry{
			ID: id, Required: slices.Contains(in["question_required"], c.next("question_row")), Kind: c.next("question_kind"),
			Label: c.text("question_label"), Hint: c.text("question_hint"),
		}
		for range c.count("question_choices") {
			q.Choices = append(q.Choices, domain.Choice{Value: c.next("question_choice_value"), Label: c.text("question_choice_label")})
		}
		for len(q.Choices) < 2 && (q.Kind == string(domain.QuestionChoice) || q.Kind == string(domain.QuestionChoices)) {
			q.Choices = append(q.Choices, domain.Choice{}) // to be written in
		}
		to.Questions = append(to.Questions, q)
	}
	return c.err()
}
