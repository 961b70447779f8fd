package office_test

import (
	"net/http"
	"strings"
	"testing"

	"github.com/temadag/temadag/internal/domain"
)

// Whether letters go is not decided for whoever forgets to answer.
func TestImport_lettersStayUnanswered(t *testing.T) {
	w := newWorld(t)
	season(t, w)
	c := w.user("Anna Exempel", in(domain.RoleOrganiser))
	first := c.bring("/handlaggare/tillfalle/lulea/las-in", "lista.csv", []byte(newcomers)).want(t, http.StatusSeeOther)
	page := c.get(first.to())
	again := c.post(first.to(), with(filled(page.fields(), page), "organisation_type", "authority")).want(t, http.StatusUnprocessableEntity)
	if got := again.fields()["letters"]; len(got) != 0 {
		t.Errorf("it is answered for her: %v", got)
	}
	kept := c.post(first.to(), with(filled(page.fields(), page), "letters", "withhold", "lang", "xx")).want(t, http.StatusUnprocessableEntity)
	if got := kept.fields().Get("letters"); got != "withhold" {
		t.Errorf("her answer became %q", got)
	}
}

// A row of heads alone is nobody to read in.
func TestImport_headsAlone(t *testing.T) {
	w := newWorld(t)
	season(t, w)
	c := w.user("Anna Exempel", in(domain.RoleOrganiser))
	heads, _, _ := strings.Cut(newcomers, "\r\n")
	c.bring("/handlaggare/tillfalle/lulea/las-in", "", nil, "rows", heads).want(t, http.StatusUnprocessableEntity, "Det finns bara rubriker")
	c.bring("/handlaggare/tillfalle/lulea/las-in", "lista.csv", []byte(heads)).want(t, http.StatusUnprocessableEntity, "Det finns bara rubriker")
}

// Also where rows are to be mended, each row tells what it would become.
func TestImport_rowsBesideFaults(t *testing.T) {
	w := newWorld(t)
	season(t, w)
	c := w.user("Anna Exempel", in(domain.RoleOrganiser))
	rows := newcomers + "Eva;Exempel;fel adress;Kalix kommun;Kalix\r\nFinns;Redan;person1@example.se;Kalix kommun;Kalix\r\n"
	c.get(c.toCheck(t, "lulea", rows)).want(t, http.StatusOK, "Rad för rad", "Rätta först", "Är redan anmäld, hoppas över")
}

// What no column of ours holds is not shown where it may be a personal number or what somebody needs.
func TestImport_noSamplesOfWhatIsNotForUs(t *testing.T) {
	w := newWorld(t)
	season(t, w)
	c := w.user("Anna Exempel", in(domain.RoleOrganiser))
	rows := "Förnamn;Efternamn;E-post;Arbetsplats;Personnummer;Specialkost;Nr;Anteckning\r\n" +
		"Åsa;Öberg;asa.oberg@example.se;Piteå kommun;19811218-9876;Glutenfritt;811218-9876;Kommer med tåg\r\n"
	first := c.bring("/handlaggare/tillfalle/lulea/las-in", "lista.csv", []byte(rows)).want(t, http.StatusSeeOther)
	page := c.get(first.to()).want(t, http.StatusOK, "Kommer med tåg", "Ta bort kolumnen ur filen")
	for _, secret := range []string{"9876", "Glutenfritt"} {
		if strings.Contains(page.body, secret) {
			t.Errorf("%q is shown", secret)
		}
	}
	if n := strings.Count(page.words(), "Ta bort kolumnen ur filen"); n != 3 {
		t.Errorf("it says of %d columns to remove them", n)
	}
}

// A personal number in what is read is told of by its day: its last figures are not shown.
func TestImport_numbersAreMasked(t *testing.T) {
	w := newWorld(t)
	season(t, w)
	c := w.user("Anna Exempel", in(domain.RoleOrganiser))
	rows := newcomers + "Eva;Exempel;eva.exempel@example.se;Kalix kommun 811218-9876;Kalix\r\n"
	page := c.get(c.toCheck(t, "lulea", rows)).want(t, http.StatusOK, "Kalix kommun 811218-XXXX", "Ta bort 811218-XXXX, som ser ut som ett personnummer")
	if strings.Contains(page.body, "9876") {
		t.Error("the whole number is shown")
	}
}
