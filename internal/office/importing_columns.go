package office

import (
	"slices"
	"strconv"
	"strings"

	"github.com/gin-gonic/gin"

	"github.com/temadag/temadag/internal/domain"
	"github.com/temadag/temadag/internal/i18n"
	"github.com/temadag/temadag/internal/server"
	"github.com/temadag/temadag/internal/view"
)

// The fields of the page with the columns, beside one for each column.
const (
	columnSheet   = "sheet"
	columnHead    = "head"
	columnWork    = "organisation"
	columnType    = "organisation_type"
	columnTown    = "municipality"
	columnLetters = "letters"
)

func columnField(i int) string { return "column_" + strconv.Itoa(i) }

func (o *Office) columnsShow(c *gin.Context) error {
	e, d, err := o.importOf(c)
	if err != nil {
		return err
	}
	return o.showColumns(c, nil, e, d)
}

func (o *Office) columnsDo(c *gin.Context) error {
	e, d, err := o.importOf(c)
	if err != nil {
		return err
	}
	names := []string{columnSheet, columnHead, columnWork, columnType, columnTown, fieldLang, fieldChannel, columnLetters}
	for i := range d.table.Width() {
		names = append(names, columnField(i))
	}
	in, err := server.ReadForm(c, names)
	if err != nil {
		return err
	}
	id := c.Param("id")
	if sheet := in.Get(columnSheet); sheet != "" && sheet != d.table.Sheet && d.result == nil {
		other, err := o.readDraft(c.Request.Context(), e, d.file, sheet)
		if err != nil {
			return o.showColumns(c, atField(err, columnSheet), e, d)
		}
		o.shelf.replace(id, other)
		return o.lead(c, o.path(c, "office_import_columns", e.Slug, id))
	}
	d, err = d.with(e, in.Get)
	if err != nil {
		return o.showColumns(c, err, e, d)
	}
	o.shelf.replace(id, d)
	return o.lead(c, o.path(c, "office_import_check", e.Slug, id))
}

// with is the draft as the form tells what its columns hold. What is wrong is in the draft all the same, so
// that the page can show it again.
func (d importDraft) with(e domain.Event, get func(string) string) (importDraft, error) {
	v := &domain.Invalid{}
	known := e.ImportFields()
	d.mapping = make(domain.ImportMapping, d.table.Width())
	for i := range d.mapping {
		f := domain.ImportField(get(columnField(i)))
		if f != domain.ImportNothing && !slices.Contains(known, f) {
			v.Add(columnField(i), "import.column_wrong", nil)
			continue
		}
		if f != domain.ImportNothing && d.mapping.Has(f) {
			v.Add(columnField(i), "import.twice", nil)
		}
		d.mapping[i] = f
	}
	if !d.mapping.Has(domain.ImportName) && !d.mapping.Has(domain.ImportGivenName) {
		v.Add(columnField(0), "import.no_name", nil)
	}
	d.head = get(columnHead) == "yes"
	d.defaults = domain.Entry{Organisation: get(columnWork), OrganisationType: get(columnType), Municipality: get(columnTown)}
	lang, ok := domain.ParseLang(get(fieldLang))
	if !ok {
		v.Add(fieldLang, "office.register.lang_missing", nil)
	}
	d.lang, d.channel = lang, domain.Channel(get(fieldChannel))
	if !slices.Contains(importChannels(), d.channel) {
		v.Add(fieldChannel, "office.register.channel_missing", nil)
	}
	letters := get(columnLetters)
	if letters != "send" && letters != "withhold" {
		v.Add(columnLetters, "import.letters_missing", nil)
	}
	d.letters, d.withhold, d.ready = letters, letters == "withhold", true
	return d, v.Err()
}

func importChannels() []domain.Channel {
	return []domain.Channel{domain.ChannelImport, domain.ChannelEmail, domain.ChannelPhone, domain.ChannelDoor}
}

func (o *Office) showColumns(c *gin.Context, refusal error, e domain.Event, d importDraft) error {
	p := o.printer(c)
	fields := sheetField(p, d)
	fields = append(fields, view.Field{
		Kind: view.FieldCheckboxes, Name: columnHead, Label: p.T("import.head"), Values: checkedIf(d.head),
		Options: []view.Option{{Value: "yes", Label: p.T("import.head_yes"), Hint: strings.Join(firstCells(d), " · ")}},
	})
	fields = append(fields, columnFields(p, e, d)...)
	fields = append(fields, restFields(p, d)...)
	back, people := view.Crumb{URL: o.path(c, "office_import", e.Slug), Label: p.T("import.anew")}, len(d.table.Rows)
	if d.head {
		people--
	}
	return o.answer(c, refusal, "office_import_columns", "office_events", formPage{
		Back: &back, Step: p.T("registration.step", "step", "2", "of", "3"), Heading: p.T("import.columns"),
		Lead:   p.T("import.columns_lead", "count", people, "event", eventName(p, e)),
		Action: o.path(c, "office_import_columns", e.Slug, c.Param("id")), Fields: fields,
		Buttons: []button{{Label: p.T("import.to_check")}}, Keep: &back,
	}, e.Slug, c.Param("id"))
}

func checkedIf(yes bool) []string {
	if yes {
		return []string{"yes"}
	}
	return nil
}

// firstCells is the beginning of the first row. Of a row of heads all is shown.
func firstCells(d importDraft) []string {
	var out []string
	heads := d.table.HasHead()
	for i, cell := range d.table.Rows[0].Cells[:min(len(d.table.Rows[0].Cells), 6)] {
		if heads || (mayShow(cell) && !d.private(i)) {
			out = append(out, brief(cell))
		}
	}
	return out
}

// brief is the beginning of a text, for showing which one is meant.
func brief(s string) string {
	s = strings.Join(strings.Fields(shown(s)), " ")
	if r := []rune(s); len(r) > 40 {
		return string(r[:39]) + "…"
	}
	return s
}

func sheetField(p *i18n.Printer, d importDraft) []view.Field {
	if len(d.table.Sheets) < 2 {
		return nil
	}
	var options []view.Option
	for _, name := range d.table.Sheets {
		options = append(options, view.Option{Value: name, Label: shown(name)})
	}
	return []view.Field{{
		Kind: view.FieldSelect, Name: columnSheet, Label: p.T("import.sheet"), Hint: p.T("import.sheet_hint"), Values: []string{d.table.Sheet},
		Options: options,
	}}
}

// columnFields ask what each column holds, and show what stands in it.
func columnFields(p *i18n.Printer, e domain.Event, d importDraft) []view.Field {
	options := []view.Option{{Label: p.T("import.field.nothing")}}
	for _, f := range e.ImportFields() {
		options = append(options, view.Option{Value: string(f), Label: importFieldName(p, e, f)})
	}
	out := make([]view.Field, d.table.Width())
	for i := range out {
		label, private := p.T("import.column", "letter", columnLetter(i)), d.private(i)
		samples := columnSamples(d, i)
		if d.head && i < len(d.table.Rows[0].Cells) && strings.TrimSpace(d.table.Rows[0].Cells[i]) != "" {
			label = p.T("import.column_named", "letter", columnLetter(i), "name", brief(d.table.Rows[0].Cells[i]))
		}
		out[i] = view.Field{Kind: view.FieldSelect, Name: columnField(i), Label: label, Options: options}
		switch {
		case private:
			out[i].Hint = p.T("import.private")
		case len(samples) > 0:
			out[i].Hint = p.T("import.samples", "words", strings.Join(samples, ", "))
		}
		if i < len(d.mapping) {
			out[i].Values = []string{string(d.mapping[i])}
		}
	}
	return out
}

// columnLetter is how a spreadsheet calls a column.
func columnLetter(i int) string {
	if i < 26 {
		return string(rune('A' + i))
	}
	return columnLetter(i/26-1) + string(rune('A'+i%26))
}

// columnSamples are the first three texts in a column, of those that may be shown.
func columnSamples(d importDraft, i int) []string {
	var out []string
	rows := d.table.Rows
	if d.head {
		rows = rows[1:]
	}
	for _, r := range rows {
		if i < len(r.Cells) && mayShow(r.Cells[i]) {
			if out = append(out, brief(r.Cells[i])); len(out) == 3 {
				break
			}
		}
	}
	return out
}

// importFieldName is what a column may hold, as the form calls it.
func importFieldName(p *i18n.Printer, e domain.Event, f domain.ImportField) string {
	for _, q := range e.Questions {
		if q.Field() == string(f) {
			return q.Label.In(p.Lang())
		}
	}
	return p.T("import.field." + string(f))
}

// restFields ask what holds for everyone, and how they are told.
func restFields(p *i18n.Printer, d importDraft) []view.Field {
	types := []view.Option{{Label: p.T("import.default_none")}}
	for _, t := range domain.OrganisationTypes() {
		types = append(types, view.Option{Value: string(t), Label: p.T("organisation_type." + string(t))})
	}
	var ways, langs []view.Option
	for _, ch := range importChannels() {
		ways = append(ways, view.Option{Value: string(ch), Label: p.T("import.channel." + string(ch))})
	}
	for _, l := range domain.Langs() {
		langs = append(langs, view.Option{Value: string(l), Label: p.T("lang." + string(l))})
	}
	return []view.Field{
		{Name: columnWork, Label: p.T("import.default.organisation"), Hint: p.T("import.default_hint"), Value: shown(d.defaults.Organisation), Optional: true},
		{Kind: view.FieldSelect, Name: columnType, Label: p.T("import.default.organisation_type"), Values: []string{d.defaults.OrganisationType}, Options: types, Optional: true},
		{Name: columnTown, Label: p.T("import.default.municipality"), Value: shown(d.defaults.Municipality), Suggestions: domain.Municipalities(), Optional: true},
		{Kind: view.FieldRadios, Name: fieldChannel, Label: p.T("import.how"), Values: []string{string(d.channel)}, Options: ways},
		{Kind: view.FieldRadios, Name: fieldLang, Label: p.T("import.lang"), Values: []string{string(d.lang)}, Options: langs},
		{
			Kind: view.FieldRadios, Name: columnLetters, Label: p.T("import.letters"), Values: []string{d.letters},
			Options: []view.Option{
				{Value: "send", Label: p.T("import.letters_send")},
				{Value: "withhold", Label: p.T("import.letters_withhold"), Hint: p.T("import.letters_withhold_hint")},
			},
		},
	}
}
