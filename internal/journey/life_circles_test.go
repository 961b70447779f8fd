package journey_test

import (
	"fmt"
	"net/http"
	"net/url"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/xuri/excelize/v2"

	"github.com/temadag/temadag/internal/domain"
	"github.com/temadag/temadag/internal/testkit"
)

// several: a contact person takes five places, two of them without a name, and names one.
func (s *story) several() {
	s.t.Helper()
	s.v.open(s.p.base() + "/tillfalle/temadag-lulea/anmalan")
	s.v.follow("Anmäl flera på en gång")
	s.v.expect(http.StatusOK, "Du kan anmäla upp till 5 personer på en gång.")
	s.v.step("review", nil)
	s.v.expect(http.StatusUnprocessableEntity, "Skriv minst en deltagare")
	s.v.step("rows", nil)
	s.v.expect(http.StatusOK, "Deltagare 5")
	s.v.step("review", s.v.complete(workplace()))
	s.v.expect(http.StatusOK, "Greta Gruva", "Inga", "Ivar", "Skicka bindande anmälan för 5 platser", address("Greta"))
	s.v.twice("Skicka bindande anmälan för 5 platser", nil, "5 platser är anmälda", "2 platser har inget namn än.", "torsdag 17 november 2016")
	s.group = s.p.letterOf(domain.LetterGroup, address("Greta")).link(s.t, "/grupp/")
	for _, name := range []string{"Inga", "Ivar", "Jon"} {
		s.guest(domain.LetterConfirmed, address(name)).open("Du är anmäld", asa().Get("organisation"))
		if strings.Contains(string(s.v.page.body), address("Greta")) {
			s.t.Errorf("%s is shown the contact person's address", name)
		}
	}

	s.v.open(s.group)
	s.v.expect(http.StatusOK, "Plats 4, utan namn", "Du kan sätta namn till och med torsdag 17 november 2016.")
	s.v.press("Ange vem som ska ha platsen (Plats 4)", url.Values{"place_4_given_name": {"Kajsa"}})
	s.v.expect(http.StatusUnprocessableEntity, "Rätta 1 fel")
	s.v.press("Ange vem som ska ha platsen (Plats 4)", url.Values{"place_4_family_name": {"Kvist"}, "place_4_email": {address("Kajsa")}})
	s.v.expect(http.StatusOK, "Platsen har fått ett namn", "Kajsa Kvist")
	s.guest(domain.LetterConfirmed, address("Kajsa")).past("Platsen fick ett namn.")
}

// workplace is a group of three with two places more.
func workplace() url.Values {
	values := url.Values{
		"contact_name": {"Greta Gruva"}, "contact_email": {address("Greta")}, "unnamed": {"2"}, "mode": {"all"},
		"organisation": asa()["organisation"], "organisation_type": asa()["organisation_type"], "municipality": asa()["municipality"],
	}
	for i, name := range []string{"Inga", "Ivar", "Jon"} {
		values.Set(fmt.Sprintf("people_%d_given_name", i+1), name)
		values.Set(fmt.Sprintf("people_%d_family_name", i+1), "Gruva")
		values.Set(fmt.Sprintf("people_%d_email", i+1), address(name))
	}
	return values
}

// unnamed: the contact person is warned, and the place that nobody was named for goes back.
func (s *story) unnamed() {
	s.t.Helper()
	taken := func() int { return s.p.count("SELECT seats_taken FROM events WHERE slug = 'temadag-lulea'") }
	held := taken()
	s.turn("2016-11-14T09:01")
	if l := s.p.letterOf(domain.LetterNameMissing, address("Greta")); !strings.Contains(l.subject, "En plats saknar namn") {
		s.t.Errorf("the warning is called %q", l.subject)
	}
	s.turn("2016-11-18T00:01")
	s.p.letterOf(domain.LetterNameReturned, address("Greta"))
	if got := taken(); got != held-1 {
		s.t.Errorf("%d places are taken in Luleå, want %d", got, held-1)
	}
	s.v.open(s.group)
	s.v.expect(http.StatusOK, "Kajsa Kvist")
	s.v.lacks("Ange vem som ska ha platsen (Plats 5)")
}

// code: an event for those who have been given a code, where staying away costs.
func (s *story) code() {
	s.t.Helper()
	s.v.open(s.p.base() + "/tillfalle/" + codeEvent + "/anmalan")
	s.v.step("review", s.v.complete(with(who("Lena", "Ljung"), url.Values{"access_code": {"midnattssol"}})))
	s.v.expect(http.StatusUnprocessableEntity, "Rätta 2 fel", "Koden stämmer inte.", "Ange en fakturareferens")
	s.finish(url.Values{"access_code": {" norrsken 16 "}, "invoice_reference": {"ZZ-4711"}})
	lena := s.guest(domain.LetterConfirmed, address("Lena"))
	lena.open("Du är anmäld", "ZZ-4711")
	if strings.Contains(strings.ToUpper(string(s.v.page.body)), "NORRSKEN") {
		s.t.Error("the personal page tells the code")
	}
}

// application: the organiser says yes to one and no to another.
func (s *story) application() {
	s.t.Helper()
	maja := s.arrive(approvalEvent, who("Maja", "Mård"), domain.LetterApplied)
	s.v.open(s.receiptOf("Maja"))
	s.v.expect(http.StatusOK, "Din ansökan är mottagen")
	nils := s.arrive(approvalEvent, who("Nils", "Näs"), domain.LetterApplied)
	maja.open("Din ansökan väntar på svar", "Ta tillbaka ansökan")
	maja.past("Du skickade en ansökan.")
	const reason = "Nätverket är för kommunernas samordnare."
	s.office("2016-10-05T09:00", func(k *testkit.Kit) error {
		if err := k.Registrations.Decide(s.t.Context(), domain.Operator(), s.idOf(nils), false, reason); err != nil {
			return err
		}
		return k.Registrations.Decide(s.t.Context(), domain.Operator(), s.idOf(maja), true, "")
	})
	maja.letter(domain.LetterConfirmed, domain.CalendarRequest, "Nätverk för samordnare")
	maja.past("Arrangören sa ja till din ansökan, och du fick en plats.")
	maja.open("Du är anmäld")
	nils.letter(domain.LetterDeclined, domain.CalendarNone, reason)
	nils.past("Arrangören sa nej till din ansökan. Skäl: " + reason)
	nils.open("Arrangören sa nej till din ansökan", "Arrangören skrev:", reason)
}

// idOf is the number of the guest's latest registration.
func (s *life) idOf(g *guest) domain.RegistrationID {
	s.t.Helper()
	return domain.RegistrationID(s.p.count("SELECT max(id) FROM registrations WHERE email = ?", g.email))
}

// answered: the organiser says no to the one who has asked.
func (s *story) answered(at, reason string) {
	s.t.Helper()
	request := s.p.count("SELECT id FROM requests WHERE state = 'open'")
	s.office(at, func(k *testkit.Kit) error {
		return k.Registrations.DecideRequest(s.t.Context(), domain.Operator(), int64(request), false, reason)
	})
}

// paper: the confirmation that can be printed.
func (s *story) paper() {
	s.t.Helper()
	s.asa.way("Skriv ut en bekräftelse", "Bekräftelse på anmälan", "Öhman-Ćurić", "onsdag 7 december 2016", "Folkets hus Umeå")
}

// afterwards: the days have been, and what was told of needs is gone.
func (s *story) afterwards() {
	s.t.Helper()
	s.evaOstersund.open(firstNeed)
	s.turn("2016-12-20T09:00")
	s.p.await("the needs to be erased", func() bool { return s.p.count("SELECT count(*) FROM needs") == 0 })
	s.evaOstersund.open("Tillfället har hållits", "Dina uppgifter om mat och tillgänglighet raderades.")
	s.v.lacks("Avboka platsen")
	s.v.lacks("Överlåt platsen till en kollega")
}

// nowhere: what was told of needs stood on the pages of the person who told it, and never anywhere
// else that anyone reads.
func (s *story) nowhere() {
	s.t.Helper()
	read := map[string][]byte{"the log": []byte(s.p.said.String())}
	for _, path := range s.p.letterFiles() {
		raw, err := os.ReadFile(path)
		if err != nil {
			s.t.Fatal(err)
		}
		l := readLetter(s.t, raw)
		read["a letter to "+l.to+" "+path] = []byte(l.subject)
		for kind, part := range l.parts {
			read["a letter to "+l.to+" "+path+" "+kind] = part
		}
	}
	for path, d := range crawl(s.t, s.p) {
		read[path] = d.body
	}
	shown := 0
	for _, d := range s.album {
		if strings.HasPrefix(d.url.Path, "/min-anmalan/") || strings.HasSuffix(d.url.Path, "/anmalan") {
			shown += len(reveals(map[string][]byte{"": d.body}, firstNeed, secondNeed))
			continue
		}
		read[d.url.String()] = d.body
	}
	for _, county := range []string{"AC", "BD", "Y", "Z"} {
		read["the workbook of "+county] = s.workbook(county)
	}
	files, err := filepath.Glob(filepath.Join(s.p.dir, "*.db*"))
	if s.p.url != "" {
		read["the database"] = []byte(s.p.contents())
	} else if err != nil || len(files) == 0 {
		s.t.Fatalf("no database: %v", err)
	}
	for _, file := range files {
		if read[file], err = os.ReadFile(file); err != nil {
			s.t.Fatal(err)
		}
	}
	for _, finding := range reveals(read, firstNeed, secondNeed) {
		s.t.Error(finding)
	}
	if shown == 0 {
		s.t.Error("nobody's own page ever showed the needs: this test sees nothing")
	}
	s.t.Logf("%d documents, and %d pages of the person's own that tell", len(read), shown)
}

// reveals lists what tells one of the secrets.
func reveals(read map[string][]byte, secrets ...string) []string {
	var out []string
	for name, content := range read {
		said := clean(string(content))
		for _, secret := range secrets {
			if strings.Contains(said, secret) {
				out = append(out, fmt.Sprintf("%s says %q", name, secret))
			}
		}
	}
	return out
}

// TestReveals is the twin: a letter and a workbook that tell.
func TestReveals(t *testing.T) {
	read := map[string][]byte{
		"sound": []byte("<p>Du är anmäld</p>"), "letter": []byte("Hej!\r\nDu har bett om " + strings.ReplaceAll(firstNeed, " ", "\r\n")),
		"workbook": []byte("Åsa\t" + secondNeed),
	}
	if got := reveals(read, firstNeed, secondNeed); len(got) != 2 {
		t.Errorf("%q, want 2 findings", got)
	}
}

// workbook is every cell of the county's workbook.
func (s *story) workbook(county string) []byte {
	s.t.Helper()
	path := filepath.Join(s.t.TempDir(), county+".xlsx")
	if out, err := s.p.run("export", "--county", county, "-o", path); err != nil {
		s.t.Fatalf("export: %v\n%s", err, out)
	}
	f, err := excelize.OpenFile(path)
	if err != nil {
		s.t.Fatal(err)
	}
	defer f.Close()
	var b strings.Builder
	for _, name := range f.GetSheetList() {
		rows, err := f.GetRows(name)
		if err != nil {
			s.t.Fatal(err)
		}
		for _, row := range rows {
			b.WriteString(strings.Join(row, "\t") + "\n")
		}
	}
	return []byte(b.String())
}
