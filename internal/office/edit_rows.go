package office

import (
	"cmp"
	"slices"
	"strconv"
	"strings"

	"github.com/temadag/temadag/internal/domain"
	"github.com/temadag/temadag/internal/view"
)

// programmeForm is the programme and those who take part, as the editor shows them.
type programmeForm struct {
	Error    string
	Sessions []sessionForm
	Speakers speakersForm // of the whole event
	Known    []string     // who can be added by her line
}

// editRow is a row of a list, with its buttons.
type editRow struct {
	ID    string // "session_3"
	At    string // "session 3", as the values of its buttons have it
	Name  string // what its buttons say that they are about
	Typed bool   // it was typed, in Swedish
	When  string
	Open  bool
	First bool
	Last  bool
}

type sessionForm struct {
	editRow
	Key      int64
	Day      editField
	ShowDay  bool
	Hours    []editField
	Title    []editField
	Abstract []editField
	Choosing []editField // the mark of those held at the same time, and the places
	Speakers speakersForm
}

// speakersForm is a list of people, with a field that adds one.
type speakersForm struct {
	ID    string // "speakers", "session_3_speakers"
	At    string // "speaker", "session 3 speaker"
	Error string
	Rows  []speakerForm
	Add   editField
}

type speakerForm struct {
	editRow
	Called       editField // her name, which the row goes by
	Title        []editField
	Organisation []editField
}

// rowField is a field of a row: "session_3_starts", sent as "session_starts".
func (f editForm) rowField(prefix, list, name, value string) editField {
	base, l := fieldStem(name)
	id := prefix + "_" + name
	out := editField{InLang: l, Post: list + "_" + name, Lines: longFields()[base], Field: view.Field{
		Name: id, Label: f.p.T("office.edit.row." + list + "." + name), Value: shown(value), Error: f.faults[id],
	}}
	if hint := "office.edit.hint." + list + "." + base; f.p.Has(hint) && l != domain.English {
		out.Hint = f.p.T(hint)
	}
	if out.Lines > 0 {
		out.Kind = view.FieldLongText
	}
	return out
}

func (f editForm) rowText(prefix, list, name string, t domain.Text) []editField {
	return []editField{f.rowField(prefix, list, name+"_sv", t.Sv), f.rowField(prefix, list, name+"_en", t.En)}
}

// faultIn reports whether a row has a fault somewhere.
func (f editForm) faultIn(id string) bool {
	for name := range f.faults {
		if name == id || strings.HasPrefix(name, id+"_") {
			return true
		}
	}
	return false
}

func (f editForm) row(list string, i, n int, name, open string) editRow {
	row := editRow{ID: list + "_" + strconv.Itoa(i+1), At: list + " " + strconv.Itoa(i+1), Name: name, First: i == 0, Last: i == n-1}
	row.Open = row.ID == open || f.faultIn(row.ID)
	if row.Typed = row.Name != ""; !row.Typed {
		row.Name = f.p.T("office.edit.row."+list, "n", i+1)
	}
	return row
}

func (f editForm) programme(in domain.EventEntry, known []domain.Speaker, open string) *programmeForm {
	out := &programmeForm{Error: f.faults["programme"], Speakers: f.speakers("speakers", "speaker", "speaker", "speaker", in.Speakers)}
	out.Speakers.Add = f.adding("speaker_known", "speaker_known")
	days := in.LastDay != "" || slices.ContainsFunc(in.Programme, func(s domain.SessionEntry) bool { return s.Day != "" })
	for i, s := range in.Programme {
		row := f.row("session", i, len(in.Programme), strings.TrimSpace(s.Title.Sv), open)
		row.When = f.hours(s)
		one := sessionForm{
			editRow: row, Key: s.ID, ShowDay: days, Day: f.rowField(row.ID, "session", "day", s.Day),
			Hours: []editField{f.rowField(row.ID, "session", "starts", s.Starts), f.rowField(row.ID, "session", "ends", s.Ends)},
			Title: f.rowText(row.ID, "session", "title", s.Title), Abstract: f.rowText(row.ID, "session", "abstract", s.Abstract),
			Choosing: []editField{f.rowField(row.ID, "session", "parallel", s.Parallel), f.rowField(row.ID, "session", "capacity", s.Capacity)},
			Speakers: f.speakers(row.ID+"_speakers", row.ID+"_speaker", row.At+" speaker", "session_speaker", s.Speakers),
		}
		one.Day.Hint, one.Day.Width = f.dayHint("", s.Day), "medium"
		one.Speakers.Add = f.adding(row.ID+"_known", "session_known")
		out.Sessions = append(out.Sessions, one)
	}
	for _, k := range known {
		out.Known = append(out.Known, speakerLine(k))
	}
	return out
}

// hours is when an item is held, as it stands in the heading of its row.
func (f editForm) hours(s domain.SessionEntry) string {
	from, _, known := domain.ReadClockInput(s.Starts)
	if !known {
		return strings.TrimSpace(s.Starts)
	}
	to, _, known := domain.ReadClockInput(s.Ends)
	if !known {
		to = domain.NoClock
	}
	return f.p.Span(from, to)
}

func (f editForm) speakers(id, prefix, at, list string, in []domain.SpeakerEntry) speakersForm {
	out := speakersForm{ID: id, At: at, Error: f.faults[id]}
	for i, s := range in {
		row := editRow{
			ID: prefix + "_" + strconv.Itoa(i+1), At: at + " " + strconv.Itoa(i+1), Name: strings.TrimSpace(s.Name), First: i == 0, Last: i == len(in)-1,
		}
		if row.Name == "" {
			row.Name = f.p.T("office.edit.row.speaker", "n", i+1)
		}
		row.Open = f.faultIn(row.ID)
		one := speakerForm{
			editRow: row, Called: f.rowField(row.ID, "speaker", "name", s.Name),
			Title: f.rowText(row.ID, "speaker", "title", s.Title), Organisation: f.rowText(row.ID, "speaker", "organisation", s.Organisation),
		}
		one.Called.Post, one.Called.NoSpelling = list+"_name", true
		for i, l := range domain.Langs() {
			one.Title[i].Post, one.Organisation[i].Post = list+"_title_"+string(l), list+"_organisation_"+string(l)
		}
		out.Rows = append(out.Rows, one)
	}
	return out
}

// adding is the field that adds someone to a list.
func (f editForm) adding(id, post string) editField {
	return editField{Post: post, List: "known-speakers", Field: view.Field{
		Name: id, Label: f.p.T("office.edit.speaker_add"), Hint: f.p.T("office.edit.speaker_add_hint"), NoSpelling: true,
	}}
}

// questionsForm is the questions of the registration, as the editor shows them.
type questionsForm struct {
	Error   string
	Rows    []questionForm
	Retired []string // asked once, answered, and not asked any more
}

type questionForm struct {
	editRow
	Key      int64
	Kind     editField
	Fixed    string // the kind in words, where it can be no other any more
	Answered bool
	Required bool
	Label    []editField
	Hint     []editField
	Offers   bool // it offers choices
	Choices  []choiceForm
	Error    string // of the choices
}

type choiceForm struct {
	editRow
	Value string
	Label []editField
}

func (f editForm) questions(v editing, open string) *questionsForm {
	out := &questionsForm{Error: f.faults["questions"]}
	for _, q := range v.Retired {
		out.Retired = append(out.Retired, q.Label.In(f.p.Lang()))
	}
	for i, q := range v.base.Questions {
		row := f.row("question", i, len(v.base.Questions), strings.TrimSpace(q.Label.Sv), open)
		kind := cmp.Or(q.Kind, string(domain.QuestionText))
		one := questionForm{
			editRow: row, Key: q.ID, Required: q.Required, Error: f.faults[row.ID+"_choices"],
			Label: f.rowText(row.ID, "question", "label", q.Label), Hint: f.rowText(row.ID, "question", "hint", q.Hint),
			Kind: f.rowField(row.ID, "question", "kind", kind), Offers: kind == string(domain.QuestionChoice) || kind == string(domain.QuestionChoices),
		}
		one.When = f.p.T("office.edit.kind." + knownKind(kind))
		one.Kind.Kind, one.Kind.Values = view.FieldSelect, []string{kind}
		for _, k := range domain.QuestionKinds() {
			one.Kind.Options = append(one.Kind.Options, view.Option{Value: string(k), Label: f.p.T("office.edit.kind." + string(k))})
		}
		if len(v.Holdings.Answered[q.ID]) > 0 && q.ID != 0 {
			one.Answered, one.Fixed = true, one.When
		}
		for n, c := range q.Choices {
			one.Choices = append(one.Choices, f.choice(row, n, len(q.Choices), c))
		}
		out.Rows = append(out.Rows, one)
	}
	return out
}

func (f editForm) choice(question editRow, i, n int, c domain.Choice) choiceForm {
	id := question.ID + "_choice_" + strconv.Itoa(i+1)
	row := editRow{ID: id, At: question.At + " choice " + strconv.Itoa(i+1), Name: strings.TrimSpace(c.Label.Sv), First: i == 0, Last: i == n-1}
	if row.Name == "" {
		row.Name = f.p.T("office.edit.row.choice", "n", i+1)
	}
	label := f.rowText(id, "question_choice", "label", c.Label)
	return choiceForm{editRow: row, Value: c.Value, Label: label}
}

// knownKind is a kind of question there is; one that was made up is told of as text.
func knownKind(kind string) string {
	if slices.Contains(domain.QuestionKinds(), domain.QuestionKind(kind)) {
		return kind
	}
	return string(domain.QuestionText)
}
