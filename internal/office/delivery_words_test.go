package office_test

import (
	"net/http"
	"net/url"
	"strings"
	"testing"

	"github.com/temadag/temadag/internal/domain"
	"github.com/temadag/temadag/internal/testkit"
)

// Where letters are kept as files no page says that they have been sent, or that a mail server has them.
func TestDelivery_keptIsNotSent(t *testing.T) {
	t.Parallel()
	d := newMailDesk(t, 2)
	_, page := d.gone(2)
	sent := "Lämnade till mejlservern"
	d.staff.get(page).want(t, http.StatusOK, "Skickat.", sent) // the twin: with a mail server it does say so
	d.office.LettersKept = true
	r := d.staff.get(page).want(t, http.StatusOK, "Klart. 2 mejl är sparade som filer. Inget har skickats.", "Sparade som filer")
	list := d.staff.get(page+"/mejl").want(t, http.StatusOK, "Sparade som filer")
	for at, body := range map[string]string{"page": r.words(), "list": list.words()} {
		if strings.Contains(body, sent) || strings.Contains(body, "Skickat.") {
			t.Errorf("the %s says that they were sent", at)
		}
	}
	if rows := d.staff.get("/handlaggare/utskick").want(t, http.StatusOK, written, "Klart").words(); strings.Contains(rows, "Skickat") {
		t.Error("the list of mailings says that they were sent")
	}
}

// The list for the archive names the event, and tells of letters what the pages tell of them.
func TestArchive_list(t *testing.T) {
	t.Parallel()
	d := newMailDesk(t, 2)
	_, page := d.gone(2)
	for kept, want := range map[bool]string{false: "Lämnat till mejlservern", true: "Sparat som fil, inte skickat"} {
		d.office.LettersKept = kept
		got := d.staff.post(page+"/arkiv", nil).want(t, http.StatusSeeOther)
		var list string
		for _, a := range d.staff.get(got.to()).want(t, http.StatusOK, "utskick-").find("a") {
			if href := attr(a, "href"); strings.HasSuffix(href, "/fil") {
				list = zipped(t, d.staff.get(href).body)["mottagare.csv"]
			}
		}
		if event := d.event.Title.Sv + ", " + d.event.Town; strings.Count(list, event) != 2 || strings.Count(list, want) < 2 {
			t.Errorf("kept as files: %t; the list lacks %q or %q:\n%s", kept, event, want, list)
		}
		if kept && strings.Contains(list, "Lämnat till mejlservern") {
			t.Errorf("the list says that letters kept as files were sent:\n%s", list)
		}
	}
}

// A mailing to one event is called what its readers see in their inbox; the words as they were written stand
// below, and say that they are.
func TestDelivery_headingIsFilled(t *testing.T) {
	t.Parallel()
	d := newMailDesk(t, 1)
	_, page := d.gone(1)
	want := written + " " + d.event.Town
	for _, at := range []string{page, page + "/mejl", page + "/arkiv", "/handlaggare/tillfalle/lulea/deltagare/" + d.refOf(d.event, person(1))} {
		if r := d.staff.get(at).want(t, http.StatusOK, want); at != page && strings.Contains(r.words(), "{ort}") {
			t.Errorf("%s shows the placeholder", at)
		}
	}
	d.staff.get(page).want(t, http.StatusOK, "Så här skrev ni", "{förnamn}", written+" {ort}")
	d.staff.get("/en/office/mailings/"+strings.TrimPrefix(page, "/handlaggare/utskick/")).want(t, http.StatusOK, want, "What you wrote")
}

// Those who were not reached come first, and then the Swedish alphabet decides.
func TestDelivery_orderOfRecipients(t *testing.T) {
	t.Parallel()
	d := newMailDesk(t, 0)
	for n, name := range []string{"Öman", "Zetterlund", "Åberg", "Ärlig", "Adamsson"} {
		p := testkit.Person(n + 1)
		p.FamilyName = name
		d.enter(d.event, p)
	}
	d.server.say(person(2), refuses(domain.FaultAddress, "the mail server refuses the recipient"))
	_, page := d.gone(5)
	body := d.staff.get(page+"/mejl").want(t, http.StatusOK, "Visar 1–5. De som inte har nåtts står först.").body
	last := 0
	for _, name := range []string{"Zetterlund", "Adamsson", "Åberg", "Ärlig", "Öman"} {
		at := strings.Index(body, name)
		if at < last {
			t.Errorf("%s stands too early", name)
		}
		last = at
	}
}

// Who writes for several counties chooses whose mailings she stops; none is chosen for her.
func TestSuppressed_whoseMailings(t *testing.T) {
	t.Parallel()
	d := newMailDesk(t, 1)
	must(t, d.Editing.PutOrganisers(t.Context(), domain.Operator(), []domain.Organiser{testkit.Jamtland()}))
	at := "/handlaggare/mejladresser"
	ask := url.Values{"step": {"ask-stop"}, "email": {person(1)}}
	d.staff.post(at, ask).want(t, http.StatusOK, "Inget utskick från Länsstyrelsen Norrbotten går till adressen.")
	both := d.user("Siv Exempel", in(domain.RoleOrganiser), domain.Grant{Role: domain.RoleOrganiser, County: "Z"})
	form := both.post(at, ask).want(t, http.StatusOK, "Från Länsstyrelsen Norrbotten", "Från Länsstyrelsen Jämtland")
	if form.fields().Get("county") != "" {
		t.Error("a county is chosen beforehand")
	}
	stop := url.Values{"step": {"stop"}, "email": {person(1)}, "why": {"asked"}}
	both.post(at, stop).want(t, http.StatusUnprocessableEntity, "Välj vilken länsstyrelse det gäller")
	both.post(at, with(stop, "county", "Z")).want(t, http.StatusOK, "Jämtlands län")
	d.staff.post(at, url.Values{"email": {person(1)}}).want(t, http.StatusOK, "Ingenting hindrar") // hers are not stopped
}

// Who writes for several counties ends the invitations of one or of all of hers, and of none by default.
func TestSubscribers_severalCounties(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	season(t, w)
	must(t, w.Editing.PutOrganisers(t.Context(), domain.Operator(), []domain.Organiser{testkit.Jamtland()}))
	w.subscribed("vill.veta@example.se", domain.Swedish, "BD")
	w.subscribed("vill.veta@example.se", domain.Swedish, "Z")
	c := w.user("Siv Exempel", in(domain.RoleOrganiser), domain.Grant{Role: domain.RoleOrganiser, County: "Z"})
	at := "/handlaggare/inbjudningar"
	form := c.get(at).want(t, http.StatusOK, "Alla dina länsstyrelser").fields()
	c.post(at, with(form, "email", "vill.veta@example.se")).want(t, http.StatusUnprocessableEntity, "Välj vilken länsstyrelse det gäller")
	left := func() int {
		all, err := w.Store.SubscribersAt(t.Context(), "vill.veta@example.se")
		must(t, err)
		return len(all)
	}
	if n := left(); n != 2 {
		t.Fatalf("%d are left after no choice", n)
	}
	c.post(at, with(form, "email", "vill.veta@example.se", "county", "all")).want(t, http.StatusSeeOther)
	if n := left(); n != 0 {
		t.Errorf("%d are left after all", n)
	}
}
