package office

import (
	"slices"
	"strconv"
	"strings"
	"unicode/utf8"

	"github.com/temadag/temadag/internal/domain"
	"github.com/temadag/temadag/internal/i18n"
	"github.com/temadag/temadag/internal/view"
)

// guessRow is one proposal with its words, or a field that the text says nothing of.
type guessRow struct {
	Key      string
	Field    view.Field // without a name for what is approved as it is or not at all
	Shown    string     // what that is
	Guessed  bool       // there is something to approve
	Ticked   bool
	Approve  string // what the tick is called, for those who hear it alone
	Mark     string // how surely it was read
	Look     bool   // it raises a question
	Line     int    // where in the text it stands; 0 where that cannot be told
	Source   string
	Verbatim bool // the source is the text itself
	Long     bool // it takes the whole width
	Doubt    string
	Error    string
}

// guessGroup is the rows of a list under one legend.
type guessGroup struct {
	Legend string
	Rows   []guessRow
}

// occasionCard is one occasion with what was read of it.
type occasionCard struct {
	Key     string // "" where there is only one, which needs no tick
	Heading string
	Ticked  bool
	Note    string // why it is not the user's to make
	Open    bool   // something is wrong or chosen in one that is folded away
	Error   string
	Owner   *view.Field
	Rows    []guessRow
}

// maxSource is how much of a source is quoted, in characters.
const maxSource = 220

// asTyped is the value of a proposal as it stands in its field: the reader understands it, and so does a
// person.
func asTyped(p *i18n.Printer, guess domain.Proposal) string {
	switch {
	case dayLike(guess.Field):
		d, _ := domain.ParseDate(guess.Value)
		return plainSpaces(p.DateNoWeekday(d))
	case clockLike(guess.Field):
		return strings.Replace(guess.Value, ":", ".", 1)
	case guess.Field == "postal_code" && len(guess.Value) == 5:
		return guess.Value[:3] + " " + guess.Value[3:]
	}
	return strings.ReplaceAll(guess.Value, "\r\n", "\n")
}

func plainSpaces(s string) string { return strings.ReplaceAll(s, "\u00a0", " ") }

// row shows a proposal: what was typed where something was, and what was read otherwise.
func (o *Office) row(p *i18n.Printer, r invited, guess domain.Proposal) guessRow {
	row := guessRow{Key: guess.Key, Guessed: true, Ticked: r.ticked(guess.Key), Source: cutSource(guess.Source), Look: questioned(guess)}
	row.Verbatim = guess.Source == guess.Value
	row.Mark = p.T("office.invitation.mark." + string(guess.Confidence))
	if guess.Doubt != "" {
		row.Mark, row.Doubt = p.T("office.invitation.mark.look"), p.T("office.invitation.doubt."+string(guess.Doubt))
	}
	row.Line = lineOf(r.text, guess.Source)
	label := p.T("office.guess." + guessName(guess))
	if guess.Fixed {
		row.Shown = r.fixed(p, guess)
		row.Approve = row.Shown
		return row
	}
	value := asTyped(p, guess)
	if r.in.Has(guess.Key) {
		value = shown(r.in.Get(guess.Key))
	}
	row.Field = o.guessField(p, guess.Key, guess.Field, label, value)
	row.Long = row.Field.Kind == view.FieldLongText || guess.Key == keyTitle
	row.Approve = label
	return row
}

// fixed is a proposal that is approved as it is or not at all, as a person reads it.
func (r invited) fixed(p *i18n.Printer, guess domain.Proposal) string {
	for n, g := range r.inv.Programme {
		if guess.Key != "session_"+strconv.Itoa(n+1) {
			continue
		}
		s := g.Value
		entry := r.inv.Session(n)
		out := strings.TrimSpace(p.Span(s.Starts, s.Ends) + " " + entry.Title.Sv)
		if slices.ContainsFunc(r.inv.Occasions, func(o domain.InvitedOccasion) bool { return o.LastDay.Found() }) && !s.Day.IsZero() {
			out = p.Date(s.Day) + " " + out
		}
		return out + takingPart(p, entry.Speakers)
	}
	return guess.Value
}

// takingPart names those whom a row of the programme brings, after what it is called; "" for none.
func takingPart(p *i18n.Printer, people []domain.SpeakerEntry) string {
	var names []string
	for _, who := range people {
		parts := slices.DeleteFunc([]string{who.Name, who.Title.Sv, who.Organisation.Sv}, func(s string) bool { return s == "" })
		names = append(names, strings.Join(parts, ", "))
	}
	if len(names) == 0 {
		return ""
	}
	return ". " + p.T("office.guess.speaker") + ": " + strings.Join(names, "; ")
}

// guessName is what a proposal is called.
func guessName(guess domain.Proposal) string {
	return strings.TrimSuffix(guess.Field, "_sv")
}

func (o *Office) guessField(p *i18n.Printer, key, field, label, value string) view.Field {
	f := view.Field{Name: key, Label: label, Value: value}
	switch {
	case dayLike(field):
		f.Hint = o.dayInWords(p, value, p.T("office.create.day_hint"))
	case clockLike(field), field == "capacity", field == "no_show_fee", field == "postal_code":
		f.Width = "short"
	case slices.Contains([]string{"lead_sv", "body_sv", "terms_sv", "photo_note_sv"}, field):
		f.Kind = view.FieldLongText
	case field == "kind":
		f = kindField(p, value)
		f.Name, f.Label = key, label
	case field == "language":
		f = guessChoice(key, label, value)
		for _, l := range domain.Langs() {
			f.Options = append(f.Options, view.Option{Value: string(l), Label: p.T("lang." + string(l))})
		}
	case slices.Contains([]string{"online", "binding", "food", "access"}, field):
		f = guessChoice(key, label, value)
		for _, v := range []string{"yes", "no"} {
			f.Options = append(f.Options, view.Option{Value: v, Label: p.T("answer." + v)})
		}
	}
	return f
}

func guessChoice(name, label, value string) view.Field {
	return view.Field{Kind: view.FieldSelect, Name: name, Label: label, Values: []string{value}}
}

// untold is a field that the text says nothing of.
func (o *Office) untold(p *i18n.Printer, r invited, key, field string) guessRow {
	f := o.guessField(p, key, field, p.T("office.guess."+field), shown(r.in.Get(key)))
	if dayLike(field) && f.Value == "" {
		f.Hint = ""
	}
	f.Optional = key != keyTitle
	return guessRow{Key: key, Field: f}
}

// unbound is the choice of whether the registration binds, where the text does not say: not as long as nobody
// has chosen it.
func (o *Office) unbound(p *i18n.Printer, r invited) guessRow {
	row := o.untold(p, r, keyBinding, keyBinding)
	if r.in.Get(keyBinding) == "" {
		row.Field.Values = []string{"no"}
	}
	return row
}

// commonOrder is the order in which what all occasions share is read.
func commonOrder() []string {
	return []string{"title_sv", "kind", "language", "lead_sv", "body_sv", "binding", "terms_sv", "cost_sv", "no_show_fee", "food", "access", "photo_note_sv", "case_number"}
}

// listOrder is the lists that they share.
func listOrder() []string { return []string{"session", "speaker", "target_group", "invited_by"} }

// common are the rows of what all occasions share: single ones, and those of lists under their legends.
func (o *Office) common(p *i18n.Printer, r invited) (single []guessRow, lists []guessGroup) {
	if !r.proposes(keyTitle) {
		single = append(single, o.untold(p, r, keyTitle, keyTitle))
		single[0].Long = true
	}
	for _, field := range commonOrder() {
		if field == keyBinding && !r.proposes(keyBinding) {
			single = append(single, o.unbound(p, r))
		}
		for _, guess := range r.all {
			if guess.Occasion < 0 && guess.Field == field {
				single = append(single, o.row(p, r, guess))
			}
		}
	}
	for _, field := range listOrder() {
		group := guessGroup{Legend: p.T("office.guess.list." + field)}
		before := ""
		for _, guess := range r.all {
			if guess.Field != field {
				continue
			}
			row := o.row(p, r, guess)
			if row.Source == before {
				row.Line = -1 // the same words as the one before
			}
			before = row.Source
			if row.Field.Name != "" {
				row.Field.Label += " " + strconv.Itoa(len(group.Rows)+1)
				row.Approve = row.Field.Label
			}
			group.Rows = append(group.Rows, row)
		}
		if len(group.Rows) > 0 {
			lists = append(lists, group)
		}
	}
	return single, lists
}

// fieldOrder is the order in which the fields of an occasion are read.
func fieldOrder() []string {
	return []string{
		"town", "day", "last_day", "arrival", "starts", "ends", "online", "venue", "address", "postal_code", "capacity",
		"register_until", "cancel_until", "contact",
	}
}

// card is what was read of an occasion, in the order of fieldOrder, with empty fields where the text is
// silent about what is always asked.
func (o *Office) card(p *i18n.Printer, r invited, n int) occasionCard {
	key := domain.OccasionKey(n)
	card := occasionCard{Key: key, Ticked: r.ticked(key), Heading: occasionName(p, r, n)}
	if r.inv.Count() == 1 {
		card.Key = ""
	}
	for _, field := range fieldOrder() {
		at := slices.IndexFunc(r.all, func(g domain.Proposal) bool { return g.Occasion == n && g.Field == field })
		switch {
		case at >= 0:
			card.Rows = append(card.Rows, o.row(p, r, r.all[at]))
		case slices.Contains(alwaysAsked(), field):
			card.Rows = append(card.Rows, o.untold(p, r, domain.RowField("occasion", n, field), field))
		}
	}
	card.Owner, card.Note = r.whose(p, n)
	card.Open = card.Ticked || slices.ContainsFunc(card.Rows, func(row guessRow) bool { return row.Ticked })
	return card
}

// whose is the question of whom an occasion belongs to, and what to know of it before.
func (r invited) whose(p *i18n.Printer, n int) (*view.Field, string) {
	var owner domain.Guess[domain.OrganiserCode]
	if n < len(r.inv.Occasions) {
		owner = r.inv.Occasions[n].Owner
	}
	note := ""
	if !r.mine(n) {
		county, _ := domain.CountyOf(owner.Value)
		note = p.T("office.invitation.not_yours", "county", county.Short())
	}
	name := domain.RowField("occasion", n, "owner")
	chosen := r.in.Get(name)
	if r.in == nil && r.mine(n) {
		chosen = string(owner.Value)
	}
	fields := ownerField(p, name, r.owners, chosen)
	if len(fields) == 0 {
		return nil, note
	}
	return &fields[0], note
}

// occasionName is the town, or the day, or its number.
func occasionName(p *i18n.Printer, r invited, n int) string {
	if n < len(r.inv.Occasions) {
		if town := r.inv.Occasions[n].Town.Value; town != "" {
			return town
		}
		if d := r.inv.Occasions[n].Day.Value; !d.IsZero() {
			return p.Date(d)
		}
	}
	return p.T("office.invitation.occasion", "n", n+1)
}

// lineOf is the number of the line of the text where words stand, 0 where they do not stand in so many words.
func lineOf(text, words string) int {
	first, _, _ := strings.Cut(words, "\n")
	at := strings.Index(text, first)
	if first == "" || at < 0 {
		return 0
	}
	return 1 + strings.Count(text[:at], "\n")
}

// cutSource is a source short enough to be looked at.
func cutSource(s string) string {
	if utf8.RuneCountInString(s) <= maxSource {
		return s
	}
	runes := []rune(s)[:maxSource]
	for i := len(runes) - 1; i > maxSource/2; i-- {
		if runes[i] == ' ' {
			runes = runes[:i]
			break
		}
	}
	return string(runes) + " …"
}
