package domain_test

import (
	"errors"
	"slices"
	"strings"
	"testing"

	"github.com/temadag/temadag/internal/domain"
)

func entry() domain.Entry {
	return domain.Entry{
		GivenName: "Ánne-Sárá", FamilyName: "Oŋŋá", Email: "anne@example.se", Organisation: "Piteå kommun",
		OrganisationType: "social_services", Municipality: "Piteå",
	}
}

func asked() domain.Event {
	label := domain.Text{Sv: "Fråga", En: "Question"}
	ab := []domain.Choice{{Value: "a", Label: domain.Text{Sv: "A"}}, {Value: "b", Label: domain.Text{Sv: "B"}}}
	return domain.Event{Questions: []domain.Question{
		{ID: 1, Kind: domain.QuestionText, Label: label},
		{ID: 2, Kind: domain.QuestionLongText, Label: label},
		{ID: 3, Kind: domain.QuestionChoice, Label: label, Choices: ab, Required: true},
		{ID: 4, Kind: domain.QuestionChoices, Label: label, Choices: ab},
		{ID: 5, Kind: domain.QuestionYesNo, Label: label},
	}}
}

func faults(err error) []string {
	var v *domain.Invalid
	if !errors.As(err, &v) {
		return nil
	}
	var out []string
	for _, f := range v.Faults {
		out = append(out, f.Field+" "+f.Key)
	}
	return out
}

func TestEventReadEntry(t *testing.T) {
	t.Parallel()
	tests := map[string]struct {
		change func(in *domain.Entry)
		want   []string
	}{
		"all is well":                    {func(*domain.Entry) {}, nil},
		"a single name of one letter":    {func(in *domain.Entry) { in.GivenName, in.FamilyName = "O", "" }, nil},
		"apostrophe and hyphen":          {func(in *domain.Entry) { in.FamilyName = "D'Arcy-Öberg" }, nil},
		"initials":                       {func(in *domain.Entry) { in.GivenName = "J.R. K." }, nil},
		"phone with extension":           {func(in *domain.Entry) { in.Phone = "010-225 50 00, ankn. 12" }, nil},
		"an organisation number":         {func(in *domain.Entry) { in.Organisation = "Piteå kommun 212000-2759" }, nil},
		"nothing at all":                 {func(in *domain.Entry) { *in = domain.Entry{} }, []string{"given_name field.given_name.missing", "email field.email.missing", "organisation field.organisation.missing", "organisation_type field.organisation_type.missing", "municipality field.municipality.missing", "question_3 field.question.missing"}},
		"a web address as name":          {func(in *domain.Entry) { in.GivenName = "www.evil.se" }, []string{"given_name field.given_name.wrong"}},
		"markup as name":                 {func(in *domain.Entry) { in.FamilyName = "<b>Ek</b>" }, []string{"family_name field.family_name.wrong"}},
		"too long a name":                {func(in *domain.Entry) { in.GivenName = strings.Repeat("å", 81) }, []string{"given_name field.given_name.too_long"}},
		"a name that just fits":          {func(in *domain.Entry) { in.GivenName = strings.Repeat("å", 80) }, nil},
		"no address":                     {func(in *domain.Entry) { in.Email = "anne" }, []string{"email field.email.at_missing"}},
		"not UTF-8":                      {func(in *domain.Entry) { in.Organisation = "\xff" }, []string{"organisation field.encoding"}},
		"a personal number":              {func(in *domain.Entry) { in.Title = "född 19121212-1212" }, []string{"title field.personal_number"}},
		"a personal number, short":       {func(in *domain.Entry) { in.Title = "121212-1212" }, []string{"title field.personal_number"}},
		"a phone number is none":         {func(in *domain.Entry) { in.Title = "tel 0701740605" }, nil},
		"a link in the organisation":     {func(in *domain.Entry) { in.Organisation = "https://evil.se" }, []string{"organisation field.web_address"}},
		"an unknown type":                {func(in *domain.Entry) { in.OrganisationType = "admin" }, []string{"organisation_type field.organisation_type.wrong"}},
		"letters for a phone":            {func(in *domain.Entry) { in.Phone = "ring mig" }, []string{"phone field.phone.wrong"}},
		"a choice that is not offered":   {func(in *domain.Entry) { in.Answers[3] = []string{"c"} }, []string{"question_3 field.question.wrong"}},
		"two answers where one may be":   {func(in *domain.Entry) { in.Answers[3] = []string{"a", "b"} }, []string{"question_3 field.question.one_only"}},
		"a long answer too long":         {func(in *domain.Entry) { in.Answers[2] = []string{strings.Repeat("å", 1001)} }, []string{"question_2 field.question.too_long"}},
		"a personal number in an answer": {func(in *domain.Entry) { in.Answers[1] = []string{"19121212-1212"} }, []string{"question_1 field.personal_number"}},
	}
	for name, tt := range tests {
		t.Run(name, func(t *testing.T) {
			in := entry()
			in.Answers = map[int64][]string{3: {"a"}}
			tt.change(&in)
			_, err := asked().ReadEntry(in)
			if got := faults(err); !slices.Equal(got, tt.want) {
				t.Errorf("faults = %q, want %q", got, tt.want)
			}
		})
	}
}

func TestEventReadEntry_cleans(t *testing.T) {
	t.Parallel()
	in := entry()
	in.GivenName = " \u00a0A\u030a\u200bsa\u202e " // NFD, no-break space, zero width, right-to-left override
	in.Municipality = "Luleå kommun"
	in.Email = " Åsa@Exämple.SE "
	in.Answers = map[int64][]string{2: {"rad 1\r\nrad 2\r\n\r\n\r\nrad 3"}, 3: {"b"}, 4: {"b", "a", "a"}, 5: {"no"}}
	p, err := asked().ReadEntry(in)
	if err != nil {
		t.Fatal(err)
	}
	for what, pair := range map[string][2]string{
		"given name":   {p.GivenName, "Åsa"},
		"municipality": {p.Municipality, "Luleå"},
		"email":        {p.Email, "Åsa@exämple.se"},
		"email key":    {p.EmailKey(), "åsa@xn--exmple-cua.se"},
		"long answer":  {p.Answers[0].Values[0], "rad 1\nrad 2\n\nrad 3"},
		"choices":      {strings.Join(p.Answers[2].Values, ","), "a,b"},
	} {
		if pair[0] != pair[1] {
			t.Errorf("%s = %q, want %q", what, pair[0], pair[1])
		}
	}
}

func TestParseEmail(t *testing.T) {
	t.Parallel()
	good := []string{"a@b.se", "anna.andersson+kurs@lansstyrelsen.se", "o'neil@example.se", "åsa@example.se", "a@exämple.se", strings.Repeat("a", 64) + "@example.se"}
	for _, s := range good {
		if _, ok := domain.ParseEmail(s); !ok {
			t.Errorf("%q was refused", s)
		}
	}
	bad := []string{
		"", "a", "a@", "@b.se", "a@b", "a@@b.se", "a b@c.se", `"a@evil.se"@b.se`, "a@[127.0.0.1]", "a(x)@b.se", "a@b.se> SIZE=1",
		"a@b.se\r\nRCPT TO:<x@y.se>", "Eva <eva@b.se>", ".a@b.se", "a.@b.se", "a..b@c.se", "a@-b.se", "a@b-.se", "a@b..se", "a@b.1",
		"a@b.se,c@d.se", "a@b.se;c@d.se", strings.Repeat("a", 65) + "@example.se", "a@" + strings.Repeat("b", 250) + ".se", "a\x00@b.se",
	}
	for _, s := range bad {
		if got, ok := domain.ParseEmail(s); ok && strings.ContainsAny(got, "\r\n\x00 ") || ok && s != "a@b.se\r\nRCPT TO:<x@y.se>" && s != "a\x00@b.se" {
			t.Errorf("%q was taken as %q", s, got)
		}
	}
	for _, s := range []string{"a\u200b@b.se", "a\u202e@b.se"} { // what cannot be seen is dropped, not kept
		if got, ok := domain.ParseEmail(s); !ok || got != "a@b.se" {
			t.Errorf("%q = %q, %v", s, got, ok)
		}
	}
}

// The slip is named where one is seen, and only then.
func TestEmailFault(t *testing.T) {
	t.Parallel()
	for typed, want := range map[string]string{
		"anna.ek@lulea,se": "comma", "anna ek@lulea.se": "space", " anna.ek@lulea.se. ": "wrong", "anna.ek": "at_missing",
		"anna@ek@lulea.se": "at_twice", "anna.ek@lulea": "dot_missing", "": "wrong", "anna..ek@lulea.se": "wrong", "@": "wrong",
		"a@lulea.se, b@lulea.se": "comma", "<anna.ek@lulea.se>": "wrong",
	} {
		if _, ok := domain.ParseEmail(typed); ok {
			t.Errorf("%q is an address", typed)
		}
		if got := domain.EmailFault(typed); got != "field.email."+want {
			t.Errorf("%q: %s, want %s", typed, got, want)
		}
	}
}

func FuzzParseEmail(f *testing.F) {
	for _, s := range []string{"a@b.se", "åsa@exämple.se", `"x"@y.se`, "a@b.se\r\n"} {
		f.Add(s)
	}
	f.Fuzz(func(t *testing.T, s string) {
		got, ok := domain.ParseEmail(s)
		if !ok {
			return
		}
		if len(got) > 254 || strings.ContainsAny(got, "\r\n\t\x00 <>()[]\\\",;:") || strings.Count(got, "@") != 1 {
			t.Errorf("%q was taken as %q", s, got)
		}
		if again, ok := domain.ParseEmail(got); !ok || again != got {
			t.Errorf("%q reads as %q the second time", got, again)
		}
	})
}

func TestEmailSuggestion(t *testing.T) {
	t.Parallel()
	for in, want := range map[string]string{
		"eva@hotnail.com": "eva@hotmail.com", "eva@gmial.com": "eva@gmail.com", "eva@gmail.co": "eva@gmail.com",
		"eva@gmail.com": "", "eva@region.se": "", "eva": "", "eva@telia.com": "",
	} {
		if got := domain.EmailSuggestion(in); got != want {
			t.Errorf("EmailSuggestion(%q) = %q, want %q", in, got, want)
		}
	}
}

func TestHasPersonalNumber(t *testing.T) {
	t.Parallel()
	for s, want := range map[string]bool{
		"191212121212": true, "19121212-1212": true, "121212+1212": true, "121212 1212": true, "a121212-1212b": true,
		"121212-1213": true, "19800101-1234": true, "121212 1213": false, "1212121213": false, "202100-2478": false, "0701740605": false, "12345": false, "1212121212123": false,
	} {
		if got := domain.HasPersonalNumber(s); got != want {
			t.Errorf("HasPersonalNumber(%q) = %v, want %v", s, got, want)
		}
	}
}

// A fault names the personal number it is about, so that it can be found, and gives no one its last figures; what
// the page advises about a number of another kind is taken.
func TestReadEntry_namesThePersonalNumber(t *testing.T) {
	t.Parallel()
	for typed, want := range map[string]string{
		"född 850709-9805 i Boden": "850709-XXXX",
		"19121212+1212":            "19121212+XXXX",
		"1212121212":               "121212XXXX",
		"850709-9805, 121212 1212, igen 850709-9805":                  "850709-XXXX, 121212 XXXX",
		"121212-1211 121212-1212 811218-9876 850709-9805 800101-1234": "121212-XXXX, 811218-XXXX, 850709-XXXX",
		"ref 12 och 5561234567 och 811218-9876":                       "811218-XXXX",
	} {
		in := entry()
		in.Title = typed
		_, err := domain.Event{}.ReadEntry(in)
		var told *domain.Invalid
		if !errors.As(err, &told) || len(told.Faults) != 1 {
			t.Fatalf("%q: %v", typed, err)
		}
		if got := told.Faults[0].Args["number"]; got != want {
			t.Errorf("%q: the fault names %q, want %q", typed, got, want)
		}
		if masked := domain.MaskPersonalNumbers(typed); domain.HasPersonalNumber(masked) {
			t.Errorf("%q masked is %q", typed, masked)
		}
		if strings.Contains(err.Error(), "XXXX") {
			t.Errorf("a log would hold %q", err)
		}
	}
	if got := domain.MaskPersonalNumbers("a 850709-9805 b 121212 1212 c 070-174 06 01"); got != "a 850709-XXXX b 121212 XXXX c 070-174 06 01" {
		t.Errorf("masked: %q", got)
	}
	if domain.HasPersonalNumber("85 07 09 98 05") {
		t.Error("figures two by two are still refused, against what the page says")
	}
}

func TestCleanLine_emojiSurvive(t *testing.T) {
	t.Parallel()
	family := "👩\u200d💻 och 🏳️\u200d🌈"
	if got, ok := domain.CleanLine(family); !ok || got != family {
		t.Errorf("CleanLine(%q) = %q, %v", family, got, ok)
	}
	if got, _ := domain.CleanLine("a\u200db"); got != "ab" {
		t.Errorf("a joiner between letters was kept: %q", got)
	}
}

func FuzzCleanText(f *testing.F) {
	f.Add("Åsa\u202e\r\n\x00")
	f.Fuzz(func(t *testing.T, s string) {
		got, ok := domain.CleanText(s)
		if !ok {
			return
		}
		for _, r := range got {
			if r < ' ' && r != '\n' || r >= 0x202a && r <= 0x202e || r >= 0x2066 && r <= 0x2069 {
				t.Fatalf("%q was cleaned to %q", s, got)
			}
		}
		if again, ok := domain.CleanText(got); !ok || again != got {
			t.Errorf("cleaning %q twice gives %q", got, again)
		}
	})
}

func TestSortKey(t *testing.T) {
	t.Parallel()
	order := []string{"Andersson", "Édith", "Müller", "Vb", "Wa", "Zorn", "Åberg", "Åström", "Ängström", "Öberg", "Øverland"}
	if !slices.IsSortedFunc(order, func(a, b string) int { return strings.Compare(domain.SortKey(a), domain.SortKey(b)) }) {
		t.Errorf("not in Swedish order: %q", order)
	}
	counties := []string{"Värmland", "Västerbotten", "Västernorrland", "Västmanland", "Västra Götaland", "Örebro", "Östergötland"}
	if !slices.IsSortedFunc(counties, func(a, b string) int { return strings.Compare(domain.SortKey(a), domain.SortKey(b)) }) {
		t.Errorf("not in Swedish order: %q", counties)
	}
	for _, same := range [][2]string{{"Müller", "Myller"}, {"ÅBERG", "åberg"}, {"A\u030aberg", "Åberg"}, {"Oŋŋá", "Onna"}, {"Đurić", "Duric"}} {
		if a, b := domain.SortKey(same[0]), domain.SortKey(same[1]); a != b {
			t.Errorf("%q and %q have keys %q and %q", same[0], same[1], a, b)
		}
	}
	if domain.SortKey("Ångström") == domain.SortKey("Angstrom") {
		t.Error("å sorts as a")
	}
	if got := domain.SearchKey("  Åsa  ÖBERG Oŋŋá "); got != "asa oberg onna" {
		t.Errorf("SearchKey = %q", got)
	}
}
