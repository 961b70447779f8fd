package domain

import "strconv"

// QuestionKind is the form a question takes.
type QuestionKind string

// The kinds of question.
const (
	QuestionText     QuestionKind = "text"
	QuestionLongText QuestionKind = "long_text"
	QuestionChoice   QuestionKind = "choice"
	QuestionChoices  QuestionKind = "choices"
	QuestionYesNo    QuestionKind = "yes_no"
)

// Choice is one answer that a question offers. Value is stored and never changes; Label is shown.
type Choice struct {
	Value string `json:"value"`
	Label Text   `json:"label"`
}

// Question is one of an event's own questions. Questions never ask for health, diet or belief:
// those are needs and have a room of their own.
type Question struct {
	ID       int64
	Position int
	Kind     QuestionKind
	Label    Text
	Hint     Text
	Required bool
	Choices  []Choice // for QuestionChoice and QuestionChoices
}

// Field is the name of the question's input in the form: "question_12".
func (q Question) Field() string { return "question_" + strconv.FormatInt(q.ID, 10) }

// Answer is what a participant answered to one question: the text, "yes" or "no", or the values of
// the choices made.
type Answer struct {
	QuestionID int64    `json:"q"`
	Values     []string `json:"v"`
}

// Shown is the answer as words in l.
func (q Question) Shown(a Answer, l Lang) []string {
	out := make([]string, 0, len(a.Values))
	for _, v := range a.Values {
		label := v
		for _, c := range q.Choices {
			if c.Value == v {
				label = c.Label.In(l)
			}
		}
		out = append(out, label)
	}
	return out
}
