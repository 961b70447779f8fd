package domain

import (
	"slices"
	"strconv"
	"strings"
)

// Table is what a file with rows and columns holds: text alone, whatever the file was.
type Table struct {
	Sheet  string   // the one read; "" where the file has none
	Sheets []string // all that it has
	Rows   []TableRow
	Size   int // bytes of text in all cells
}

// TableRow is one row that holds anything. Line is its number in the file, from 1.
type TableRow struct {
	Line  int
	Cells []string
}

// The largest table that is read.
const (
	MaxTableRows    = 2001 // two thousand people and a head
	MaxTableColumns = 100
	MaxTableCell    = 4000 // characters
	MaxTableFile    = 5 << 20
	MaxTableText    = 8 << 20 // bytes in all cells
)

// HasHead reports whether the first row seems to name the columns: it holds no address, and at least
// one word that is known.
func (t Table) HasHead() bool {
	if len(t.Rows) == 0 {
		return false
	}
	known := false
	for _, c := range t.Rows[0].Cells {
		if _, ok := ParseEmail(strings.TrimSpace(c)); ok {
			return false
		}
		known = known || importWords()[headKey(c)] != ""
	}
	return known
}

// Width is how many columns the table has.
func (t Table) Width() int {
	n := 0
	for _, r := range t.Rows {
		n = max(n, len(r.Cells))
	}
	return n
}

// ImportField is what a column of an imported table holds.
type ImportField string

// The fields, beside those of an event's own questions: see Question.Field.
const (
	ImportNothing          ImportField = ""
	ImportName             ImportField = "name" // given and family name in one
	ImportGivenName        ImportField = "given_name"
	ImportFamilyName       ImportField = "family_name"
	ImportEmail            ImportField = "email"
	ImportPhone            ImportField = "phone"
	ImportOrganisation     ImportField = "organisation"
	ImportOrganisationType ImportField = "organisation_type"
	ImportTitle            ImportField = "title"
	ImportMunicipality     ImportField = "municipality"
)

// ImportFields lists what a column may hold at the event. Needs are never imported.
func (e Event) ImportFields() []ImportField {
	out := []ImportField{
		ImportName, ImportGivenName, ImportFamilyName, ImportEmail, ImportPhone, ImportOrganisation,
		ImportOrganisationType, ImportTitle, ImportMunicipality,
	}
	for _, q := range e.Questions {
		out = append(out, ImportField(q.Field()))
	}
	return out
}

// ImportMapping says what each column holds, from the first on; columns beyond it hold nothing.
type ImportMapping []ImportField

// Has reports whether some column holds the field.
func (m ImportMapping) Has(f ImportField) bool { return slices.Contains(m, f) }

// importWords are the heads that people write, folded and without anything but letters.
func importWords() map[string]ImportField {
	out := make(map[string]ImportField)
	for field, words := range map[ImportField]string{
		ImportName:             "namn deltagare deltagarensnamn fulltnamn foroefternamn forochefternamn name fullname participant",
		ImportGivenName:        "fornamn tilltalsnamn givenname firstname forename",
		ImportFamilyName:       "efternamn familjenamn slaktnamn familyname lastname surname",
		ImportEmail:            "epost epostadress email emailaddress mail mejl mejladress mailadress eposttilldeltagare eadress",
		ImportPhone:            "telefon telefonnummer telefonnr tel tfn mobil mobilnummer mobiltelefon phone phonenumber mobile telephone",
		ImportOrganisation:     "organisation arbetsplats arbetsgivare myndighet foretag forvaltning organization workplace employer company verksamhet",
		ImportOrganisationType: "organisationstyp typavorganisation typavarbetsplats typ sektor verksamhetsomrade organisationtype organizationtype typeoforganisation",
		ImportTitle:            "titel befattning yrke roll tjanst yrkestitel jobtitle title role position",
		ImportMunicipality:     "kommun hemkommun arbetskommun kommunnamn municipality ort",
	} {
		for _, w := range strings.Fields(words) {
			out[w] = field
		}
	}
	return out
}

// headKey is a head as it is compared.
func headKey(s string) string {
	return strings.Map(func(r rune) rune {
		if r >= 'a' && r <= 'z' || r >= '0' && r <= '9' {
			return r
		}
		return -1
	}, SearchKey(strings.ToValidUTF8(s, "")))
}

// GuessMapping reads the head of a table, and where it has none its first row: an address is known by
// its form. Each field is guessed for one column at most.
func (e Event) GuessMapping(t Table) ImportMapping {
	if len(t.Rows) == 0 {
		return nil
	}
	words := importWords()
	for _, q := range e.Questions {
		for _, label := range []string{q.Label.Sv, q.Label.En} {
			if key := headKey(label); key != "" {
				words[key] = ImportField(q.Field())
			}
		}
	}
	out := make(ImportMapping, t.Width())
	for i, c := range t.Rows[0].Cells {
		f := words[headKey(c)]
		if f == ImportNothing {
			if _, ok := ParseEmail(strings.TrimSpace(c)); ok {
				f = ImportEmail
			}
		}
		if f != ImportNothing && !out.Has(f) {
			out[i] = f
		}
	}
	if out.Has(ImportGivenName) && out.Has(ImportName) { // "Namn" beside "Förnamn" is the family name
		if i := slices.Index(out, ImportName); !out.Has(ImportFamilyName) {
			out[i] = ImportFamilyName
		} else {
			out[i] = ImportNothing
		}
	}
	return out
}

// Check refuses a mapping by which nobody could be registered: *Invalid for the field "mapping" with the
// keys "import.no_name" and "import.twice" (Args "field").
func (m ImportMapping) Check() error {
	v := &Invalid{}
	if !m.Has(ImportName) && !m.Has(ImportGivenName) {
		v.Add("mapping", "import.no_name", nil)
	}
	seen := make(map[ImportField]bool)
	for _, f := range m {
		if f != ImportNothing && seen[f] {
			v.Add("mapping", "import.twice", map[string]any{"field": string(f)})
		}
		seen[f] = true
	}
	return v.Err()
}

// ImportEntry is a row as it would have been typed into the form. What the row leaves empty is taken from
// defaults; types tells what words stand for a kind of organisation, by SearchKey.
func (e Event) ImportEntry(row TableRow, m ImportMapping, defaults Entry, types map[string]OrganisationType) Entry {
	in := defaults
	in.Answers = make(map[int64][]string)
	for i, f := range m {
		if i >= len(row.Cells) || strings.TrimSpace(row.Cells[i]) == "" {
			continue
		}
		cell := strings.TrimSpace(row.Cells[i])
		switch f {
		case ImportNothing:
		case ImportName:
			in.GivenName, in.FamilyName = splitName(cell)
		case ImportGivenName:
			in.GivenName = cell
		case ImportFamilyName:
			in.FamilyName = cell
		case ImportEmail:
			in.Email = strings.TrimPrefix(cell, "mailto:")
		case ImportPhone:
			in.Phone = importPhone(cell)
		case ImportOrganisation:
			in.Organisation = cell
		case ImportOrganisationType:
			in.OrganisationType = cell // where it is no known word, the form's own check says so
			if t, ok := types[SearchKey(cell)]; ok {
				in.OrganisationType = string(t)
			}
		case ImportTitle:
			in.Title = cell
		case ImportMunicipality:
			in.Municipality = cell
		default:
			for _, q := range e.Questions {
				if q.Field() == string(f) {
					in.Answers[q.ID] = q.importAnswer(cell)
				}
			}
		}
	}
	return in
}

// splitName takes a name apart: "Öberg, Åsa" and "Åsa Öberg". Of three words the last is the family name;
// whoever knows better uses two columns.
func splitName(s string) (given, family string) {
	if family, given, ok := strings.Cut(s, ","); ok {
		return strings.TrimSpace(given), strings.TrimSpace(family)
	}
	words := strings.Fields(s)
	if len(words) < 2 {
		return s, ""
	}
	return strings.Join(words[:len(words)-1], " "), words[len(words)-1]
}

// importPhone gives back the zero that a spreadsheet takes from a number.
func importPhone(s string) string {
	if _, err := strconv.ParseUint(s, 10, 64); err == nil && s[0] != '0' && (len(s) == 8 || len(s) == 9) {
		return "0" + s
	}
	return s
}

// importAnswer is a cell as the form would have sent it: choices by their words or their values.
func (q Question) importAnswer(cell string) []string {
	switch q.Kind {
	case QuestionText, QuestionLongText:
		return []string{cell}
	case QuestionYesNo:
		switch SearchKey(cell) {
		case "ja", "yes", "x", "1", "j", "y":
			return []string{"yes"}
		case "nej", "no", "0", "n":
			return []string{"no"}
		}
		return []string{cell}
	}
	if v, ok := q.choiceOf(cell); ok {
		return []string{v}
	}
	if q.Kind == QuestionChoice {
		return []string{cell}
	}
	parts := strings.FieldsFunc(cell, func(r rune) bool { return r == ';' || r == ',' || r == '\n' })
	for i, p := range parts {
		if v, ok := q.choiceOf(p); ok {
			parts[i] = v
		}
	}
	return parts
}

// choiceOf is the value of the choice that a word means.
func (q Question) choiceOf(s string) (string, bool) {
	key := SearchKey(s)
	for _, c := range q.Choices {
		if key == SearchKey(c.Value) || key == SearchKey(c.Label.Sv) || (c.Label.En != "" && key == SearchKey(c.Label.En)) {
			return c.Value, true
		}
	}
	return "", false
}
