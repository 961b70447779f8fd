package office_test

import (
	"bytes"
	"context"
	"fmt"
	"mime"
	"net/http"
	netmail "net/mail"
	"net/url"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/temadag/temadag/internal/domain"
	"github.com/temadag/temadag/internal/mail"
	"github.com/temadag/temadag/internal/testkit"
)

// written is a draft to everyone with a place at Luleå that can be sent.
func (c *client) written() string {
	c.w.t.Helper()
	at := c.beginMailing("lulea")
	c.write(at).want(c.w.t, http.StatusSeeOther)
	return at
}

func TestMailing_wrongPlaceholdersTellTheirLine(t *testing.T) {
	w := newWorld(t)
	season(t, w)
	c := w.user("Anna Exempel", in(domain.RoleCaseWorker))
	at := c.beginMailing("lulea")
	c.write(at, "body_sv", "Hej {förnamn}!\n\nVi ses i {orten} {kost").want(t, http.StatusUnprocessableEntity,
		"Rad 3: ”orten” inom klamrar finns inte", "Rad 3: en klammer öppnas men stängs inte", "Vi ses i {orten} {kost")
	c.get(at+"/granska").want(t, http.StatusOK, "Det här hindrar utskicket", "Rad 3: ”orten”")
	c.post(at+"/granska", url.Values{"when": {"now"}, "seen": {"2"}, "expected": {"17"}}).want(t, http.StatusUnprocessableEntity)
	// What is kept is what she wrote, and an empty placeholder is told of with its line too.
	bare := testkit.Event("utan-kontakt", 10)
	bare.Contact = domain.Contact{}
	w.register(w.AddEvent(t, bare), 960)
	at = c.beginMailing("utan-kontakt")
	c.write(at, "body_sv", "Hej {förnamn}!\n\nFrågor? {kontakt}").want(t, http.StatusUnprocessableEntity, "Rad 3: ”kontakt” saknas för 1 av mottagarna")
	if sent := w.deliver(); slices.ContainsFunc(sent, func(l takenLetter) bool { return strings.Contains(string(l.raw), "Praktiskt") }) {
		t.Error("something went")
	}
}

// What is wrong in the words is told when a draft is kept, where it stands and by its nearest name, and whenever the
// draft is opened; what is still to be written is not.
func TestMailing_slipsAreToldInTheDraft(t *testing.T) {
	w := newWorld(t)
	season(t, w)
	c := w.user("Anna Exempel", in(domain.RoleCaseWorker))
	at := c.beginMailing("lulea")
	kept := c.write(at, "step", "save", "subject_sv", "Vi ses {dagen}", "body_sv", "Hej {fornamn}!\n\n{allergi}", "body_en", "Hello {given nam}").want(t, http.StatusSeeOther)
	for name, page := range map[string]*response{"kept": c.get(kept.to()), "opened again": c.get(at + "/text")} {
		page.want(t, http.StatusOK, "Rad 1: ”fornamn” inom klamrar finns inte. Menar du ”förnamn”?", "Rad 3: ”allergi” inom klamrar",
			"Rad 1: ”dagen” inom klamrar finns inte. Menar du ”dag”?", "Menar du ”given name”?")
		if n := strings.Count(page.body, `aria-invalid="true"`); n != 3 {
			t.Errorf("%s: %d fields are marked, want 3", name, n)
		}
		if strings.Contains(page.words(), "Skriv ett ämne") || page.fields().Get("body_sv") != "Hej {fornamn}!\n\n{allergi}" {
			t.Errorf("%s: it asks for more, or has lost the text", name)
		}
	}
	c.get(kept.to()).want(t, http.StatusOK, "sparat")
	c.write(at, "step", "save", "subject_sv", "", "body_sv", "Hej {förnamn}!", "body_en", "").want(t, http.StatusSeeOther)
	if body := c.get(at+"/text").want(t, http.StatusOK).body; strings.Contains(body, `aria-invalid`) {
		t.Error("it complains of a text that is not written yet")
	}
}

// Staff may do without an English text where somebody reads English: chosen by itself, with what it means, told when
// it is let go and after, and written in the log. Without the choice English is asked for.
func TestMailing_swedishToAll(t *testing.T) {
	w := newWorld(t)
	events := season(t, w)
	reader := personOf("Edna", "Adams")
	input := testkit.Input(events["lulea"], reader)
	input.Lang = domain.English
	_, err := w.Registrations.Register(t.Context(), domain.Visitor(), input)
	must(t, err)
	before := len(w.deliver())
	c := w.user("Anna Exempel", in(domain.RoleCaseWorker))
	at := c.beginMailing("lulea")
	c.get(at+"/text").want(t, http.StatusOK, "1 person har valt engelska och får den svenska texten.", "Skicka den svenska texten till alla")
	c.write(at).want(t, http.StatusUnprocessableEntity, "Text på engelska") // the twin: nobody has chosen
	c.write(at, "swedish", "yes", "body_en", "Hello").want(t, http.StatusUnprocessableEntity, "Ta bort den engelska texten, eller krysset")
	c.write(at, "swedish", "yes", "body_en", "").want(t, http.StatusSeeOther)
	if c.get(at+"/text").fields().Get("swedish") != "yes" {
		t.Error("the choice is forgotten")
	}
	form := c.get(at + "/mottagare").fields()
	c.post(at+"/mottagare", with(form, "step", "next")).want(t, http.StatusSeeOther)
	look := c.get(at+"/granska").want(t, http.StatusOK, "Alla får den svenska texten", "1 person har valt engelska och får den svenska texten.", "Adams, Edna (har valt engelska)")
	c.get(at+"/granska?reader="+w.refOf(events["lulea"], reader.Email)).want(t, http.StatusOK, "Hej Edna!", "legitimation")
	if strings.Contains(look.body, `value="en"`) {
		t.Error("a test in English is offered")
	}
	c.post(at+"/granska", approving(look)).want(t, http.StatusSeeOther)
	w.Clock.Set(w.Clock.Now().Add(domain.MailingUndo))
	seen := false
	for _, l := range w.deliver()[before:] {
		m, err := netmail.ReadMessage(bytes.NewReader(l.raw))
		must(t, err)
		if l.to != reader.Email {
			continue
		}
		seen = true
		if got := m.Header.Get("Content-Language"); got != "sv" || !strings.Contains(string(l.raw), "Hej Edna!") || !strings.Contains(string(l.raw), "legitimation") {
			t.Errorf("she who has chosen English gets a letter in %q:\n%s", got, l.raw)
		}
	}
	if !seen {
		t.Error("she who has chosen English gets nothing")
	}
	c.get(at).want(t, http.StatusOK, "också till dem som har valt engelska")
	w.user("Bo Exempel", in(domain.RoleAdministrator)).get("/handlaggare/logg").want(t, http.StatusOK, "godkände ett utskick till", "Svensk text till dem som har valt engelska: 1")
}

func mustEvent(t testing.TB, w *world, slug string) domain.Event {
	t.Helper()
	e, err := w.Programme.Event(context.Background(), slug)
	must(t, err)
	return e
}

// The number is typed when they are many; pressed twice it goes once; and nobody else's page opens it.
// TestMailing_linksThatLeadNowhere: what mail programs would show as brackets is told before anyone gets it.
func TestMailing_linksThatLeadNowhere(t *testing.T) {
	w := newWorld(t)
	season(t, w)
	c := w.user("Anna Exempel", in(domain.RoleCaseWorker))
	c.get("/handlaggare/utskick").want(t, http.StatusOK, "Välj tillfälle")
	at := c.beginMailing("lulea")
	c.write(at, "body_sv", "Hej!\n\n[Programmet](www.example.se) och [svar](http://a b), se [här]({länk}).")
	wrong := c.get(at+"/granska").want(t, http.StatusOK, "Rad 3: länken ”www.example.se” fungerar inte", "Rad 3: länken ”http://a b” fungerar inte")
	if strings.Contains(wrong.words(), "Godkänn och skicka") {
		t.Error("it may be sent as it is")
	}
	c.write(at, "body_sv", "Hej!\n\n[Programmet](https://www.example.se/), se [här]({länk}).")
	c.get(at+"/granska").want(t, http.StatusOK, "Godkänn och skicka")
}

func TestMailing_approving(t *testing.T) {
	w := newWorld(t)
	season(t, w)
	many := testkit.Event("manga", 200)
	w.AddEvent(t, many)
	e := mustEvent(t, w, "manga")
	for i := range domain.MailingTyped + 1 {
		w.register(e, 1000+i)
	}
	before := len(w.deliver())
	c := w.user("Anna Exempel", in(domain.RoleCaseWorker))
	at := c.beginMailing("manga")
	c.write(at).want(t, http.StatusSeeOther)
	look := c.get(at+"/granska").want(t, http.StatusOK, "101 personer får mejlet.", "Skriv antalet mottagare")
	form := approving(look)
	c.post(at+"/granska", form).want(t, http.StatusUnprocessableEntity, "Skriv antalet mottagare: 101")
	c.post(at+"/granska", with(url.Values{}, "when", "now", "seen", form.Get("seen"), "expected", "100", "typed", "100")).want(t, http.StatusConflict, "Nu är de 101")
	c.post(at+"/granska", with(url.Values{}, "seen", form.Get("seen"), "expected", "101", "typed", "101")).want(t, http.StatusUnprocessableEntity, "Välj när mejlet ska skickas")
	form = with(approving(look), "typed", "101")
	for range 2 {
		if to := c.post(at+"/granska", form).want(t, http.StatusSeeOther).to(); to != at {
			t.Errorf("it leads to %s", to)
		}
	}
	for _, page := range []string{"/mottagare", "/text", "/granska", "/kasta"} { // it is no draft any more
		if to := c.get(at+page).want(t, http.StatusSeeOther).to(); to != at {
			t.Errorf("%s leads to %s", page, to)
		}
	}
	w.Clock.Turn(59 * time.Second)
	if n := len(w.deliver()) - before; n != 0 {
		t.Errorf("%d letters went within the minute", n)
	}
	for range 10 {
		w.Clock.Turn(time.Minute)
		w.deliver()
	}
	if n := len(w.deliver()) - before; n != domain.MailingTyped+1 {
		t.Errorf("%d letters went, want %d", n, domain.MailingTyped+1)
	}
}

// Those whom one page does not hold stand on the next one, on the last step as on the first.
func TestMailing_recipientsOnSeveralPages(t *testing.T) {
	w := newWorld(t)
	w.AddEvent(t, testkit.Event("manga", 201))
	e := mustEvent(t, w, "manga")
	for i := range 201 {
		w.register(e, 1000+i)
	}
	c := w.user("Anna Exempel", in(domain.RoleCaseWorker))
	at := c.beginMailing("manga")
	c.write(at).want(t, http.StatusSeeOther)
	for _, step := range []string{"/mottagare", "/granska"} {
		page := c.get(at+step).want(t, http.StatusOK, "201 personer får mejlet.", "1–200 av 201")
		next := ""
		for _, a := range page.find("a") {
			if attr(a, "rel") == "next" {
				next = strings.TrimSuffix(attr(a, "href"), "#to")
			}
		}
		c.get(next).want(t, http.StatusOK, "201–201 av 201")
	}
}

func TestMailing_goesAtATimeTyped(t *testing.T) {
	w := newWorld(t)
	season(t, w)
	c := w.user("Anna Exempel", in(domain.RoleCaseWorker))
	at := c.written()
	look := c.get(at + "/granska")
	if got := approving(look); got.Get("clock") != "09.00" || got.Get("day") == "" {
		t.Errorf("what is suggested is %v", got)
	}
	for name, tt := range map[string]struct{ day, clock, want string }{
		"no day":   {"31 november 2016", "9", ""},
		"no hour":  {"1 november 2016", "25", ""},
		"passed":   {"1 oktober 2016", "9.00", "Tiden har passerat"},
		"too far":  {"1 december 2018", "9.00", "Skriv en tid inom ett år"},
		"no words": {"", "", ""},
	} {
		form := with(approving(look), "when", "at", "day", tt.day, "clock", tt.clock)
		page := c.post(at+"/granska", form).want(t, http.StatusUnprocessableEntity, tt.want)
		if kept := approving(page); kept.Get("day") != tt.day || kept.Get("clock") != tt.clock {
			t.Errorf("%s: what was typed is %v", name, kept)
		}
	}
	// What is suggested can be sent as it stands.
	c.post(at+"/granska", with(approving(look), "when", "at")).want(t, http.StatusSeeOther)
	m, _, err := w.mailings.Mailing(context.Background(), caseWorker(), strings.TrimPrefix(at, "/handlaggare/utskick/"))
	must(t, err)
	on := domain.DateOf(m.SendAt.In(domain.Stockholm()))
	if m.State != domain.MailingWaiting || m.SendAt.In(domain.Stockholm()).Format("15.04") != "09.00" || !on.Workday() || !m.SendAt.After(w.Clock.Now()) {
		t.Errorf("it is %s and goes at %v", m.State, m.SendAt)
	}
}

func caseWorker() domain.Actor {
	return domain.Actor{Role: domain.RoleUser, Name: "Bo", Grants: []domain.Grant{in(domain.RoleCaseWorker)}}
}

// Two write at once: the second is shown both, and nothing of hers is lost.
func TestMailing_twoWriters(t *testing.T) {
	w := newWorld(t)
	season(t, w)
	c, other := w.user("Anna Exempel", in(domain.RoleCaseWorker)), w.user("Bo Exempel", in(domain.RoleOrganiser))
	at := c.written()
	mine := c.get(at + "/text").fields()
	mine.Del("file")
	other.write(at, "subject_sv", "Bos ämne", "body_sv", "Bos text.").want(t, http.StatusSeeOther)
	with(mine, "subject_sv", "Annas ämne", "body_sv", "Annas text.", "step", "save")
	page := c.sendForm(at+"/text", mine).want(t, http.StatusConflict, "Någon annan har sparat under tiden", "Bos ämne", "Bos text.", "Annas text.")
	again := page.fields()
	again.Del("file")
	if again.Get("subject_sv") != "Annas ämne" {
		t.Errorf("her subject is %q", again.Get("subject_sv"))
	}
	again.Set("step", "save")
	for range 2 { // pressed twice
		c.sendForm(at+"/text", again).want(t, http.StatusSeeOther)
	}
	if got := other.get(at + "/text").fields().Get("body_sv"); got != "Annas text." {
		t.Errorf("it says %q", got)
	}
	// Whoever approves what somebody has written on since looks at it first.
	look := approving(c.get(at + "/granska"))
	other.write(at, "body_sv", "Bos nya text.").want(t, http.StatusSeeOther)
	c.post(at+"/granska", look).want(t, http.StatusConflict, "Någon annan har sparat utskicket")
	look = approving(c.get(at + "/granska"))
	form := other.get(at + "/text").fields()
	form.Del("file")
	other.sendForm(at+"/text", with(form, "step", "attach"), "a.txt", "Hej").want(t, http.StatusSeeOther)
	c.post(at+"/granska", look).want(t, http.StatusConflict)
}

func TestMailing_files(t *testing.T) {
	w := newWorld(t)
	season(t, w)
	c := w.user("Anna Exempel", in(domain.RoleCaseWorker))
	at := c.written()
	attach := func(name, content string) *response {
		form := c.get(at + "/text").fields()
		form.Del("file")
		return c.sendForm(at+"/text", with(form, "step", "attach", "body_sv", "Ny text."), name, content)
	}
	attach("x.exe", "MZ").want(t, http.StatusUnprocessableEntity, "Välj en pdf-", "Ny text.")
	attach("x.pdf", "inget").want(t, http.StatusUnprocessableEntity)
	attach("x.txt", strings.Repeat("a", domain.MailingFiles+1)).want(t, http.StatusUnprocessableEntity)
	attach("x.txt", strings.Repeat("a", 2*domain.MailingFiles+2<<20)).want(t, http.StatusRequestEntityTooLarge)
	for range 2 { // pressed twice it is enclosed once
		attach("tider.txt", "Vi börjar nio.").want(t, http.StatusSeeOther)
	}
	page := c.get(at+"/text").want(t, http.StatusOK, "tider.txt", "1 fil")
	for i := range domain.MailingMostFiles - 1 {
		attach(fmt.Sprintf("%d.txt", i), fmt.Sprint(i)).want(t, http.StatusSeeOther)
	}
	attach("en-till.txt", "x").want(t, http.StatusUnprocessableEntity, "högst 5 bilagor")
	drop := ""
	for _, b := range page.find("button") {
		if attr(b, "name") == "drop" {
			drop = attr(b, "value")
		}
	}
	form := c.get(at + "/text").fields()
	form.Del("file")
	ask := c.sendForm(at+"/text", with(form, "drop", drop, "body_sv", "Sparad text.")).want(t, http.StatusSeeOther).to()
	c.get(ask).want(t, http.StatusOK, "Ta bort tider.txt?")
	c.post(ask, nil).want(t, http.StatusSeeOther)
	if left := c.get(at + "/text"); strings.Contains(left.words(), "tider.txt") || left.fields().Get("body_sv") != "Sparad text." {
		t.Error("the file stays, or the text went")
	}
	c.get(at+"/granska").want(t, http.StatusOK, "0.txt")
}

// A text is tried on its writer and on nobody else, with her own name and marked as a test.
func TestMailing_testLetter(t *testing.T) {
	w := newWorld(t)
	season(t, w)
	before := len(w.deliver())
	c := w.user("Anna Exempel", in(domain.RoleCaseWorker))
	at := c.written()
	c.post(at+"/testmejl", url.Values{"lang": {"sv"}}).want(t, http.StatusSeeOther)
	c.get(at+"/granska").want(t, http.StatusOK, "Testmejlet till anna.exempel@example.se från", "väntar på att skickas")
	w.notices()
	sent := w.deliver()[before:]
	if len(sent) != 1 || sent[0].to != "anna.exempel@example.se" {
		t.Fatalf("%d letters went: %+v", len(sent), sent)
	}
	m, err := netmail.ReadMessage(bytes.NewReader(sent[0].raw))
	must(t, err)
	if subject, err := new(mime.WordDecoder).DecodeHeader(m.Header.Get("Subject")); err != nil || subject != "[Test] Praktiskt inför Luleå" {
		t.Errorf("its subject is %q", subject)
	}
	raw := string(sent[0].raw)
	for _, want := range []string{"Hej Anna!", "legitimation"} {
		if !strings.Contains(raw, want) {
			t.Errorf("it does not say %q:\n%s", want, raw)
		}
	}
	for _, unwanted := range []string{"person1", "Öberg", "List-Unsubscribe"} {
		if strings.Contains(raw, unwanted) {
			t.Errorf("it says %q", unwanted)
		}
	}
	c.get(at+"/granska").want(t, http.StatusOK, "togs emot av mejlservern")
	c.write(at, "body_sv", "{fel}").want(t, http.StatusUnprocessableEntity)
	c.post(at+"/testmejl", url.Values{"lang": {"sv"}}).want(t, http.StatusUnprocessableEntity)
}

// notices sends the letters to users that are owed.
func (w *world) notices() {
	w.t.Helper()
	for range 20 {
		at, err := w.outbox.DeliverNotices(context.Background(), domain.Worker(), w.outbox.Composer.(*mail.Composer))
		must(w.t, err)
		if at.IsZero() || at.After(w.Clock.Now()) {
			return
		}
	}
}

// To another county, and to roles that may not write, what belongs to a draft is as if it were not there.
func TestMailing_foreign(t *testing.T) {
	w := newWorld(t)
	season(t, w)
	c := w.user("Anna Exempel", in(domain.RoleCaseWorker))
	at := c.written()
	frame := attr(c.get(at + "/granska").find("iframe")[0], "src")
	c.get(frame).want(t, http.StatusOK)
	nothing := "/handlaggare/utskick/finns-inte"
	for _, who := range []*client{w.user("Zara", domain.Grant{Role: domain.RoleOrganiser, County: "Z"}), w.user("Disa", in(domain.RoleCheckIn))} {
		for _, page := range []string{"", "/mottagare", "/text", "/granska", "/kasta", strings.TrimPrefix(frame, at)} {
			if theirs, none := who.get(at+page), who.get(nothing+page); theirs.StatusCode != http.StatusNotFound || !same(theirs, none) {
				t.Errorf("%s answers %d", page, theirs.StatusCode)
			}
		}
		if got := who.get("/handlaggare/utskick"); got.StatusCode == http.StatusOK && strings.Contains(got.words(), "Praktiskt") {
			t.Error("it is in another's list")
		}
	}
	reader := w.user("Rut", in(domain.RoleRegistrar)) // may read mail and not write it
	reader.get(at).want(t, http.StatusOK, "Utkast")
	for _, page := range []string{"/mottagare", "/text", "/granska", strings.TrimPrefix(frame, at)} {
		reader.get(at+page).want(t, http.StatusNotFound)
	}
}

// Those who were ticked in the list of participants get it and nobody else; someone with protected identity is
// masked, gets her letter, and is looked at by nobody.
func TestMailing_chosenPeople(t *testing.T) {
	w := newWorld(t)
	events := season(t, w)
	must(t, w.Registrations.Protect(context.Background(), domain.Operator(), "lulea", "person1@example.se"))
	c := w.user("Anna Exempel", in(domain.RoleOrganiser))
	list := c.get("/handlaggare/tillfalle/lulea/deltagare").want(t, http.StatusOK, "Skriv till dem")
	var refs []string
	for _, n := range list.find("input") {
		if attr(n, "name") == "ref" && len(refs) < 2 {
			refs = append(refs, attr(n, "value"))
		}
	}
	hidden := w.refOf(events["lulea"], "person1@example.se")
	to := c.post("/handlaggare/tillfalle/lulea/utskick/valda", url.Values{"who": {"some"}, "query": {""}, "ref": append(refs, hidden)}).want(t, http.StatusSeeOther).to()
	at, _, _ := strings.Cut(to, "/mottagare")
	c.get(at+"/mottagare").want(t, http.StatusOK, "3 personer får mejlet.", "De 3 personer som du valde")
	c.write(at, "body_sv", "Hej {förnamn} på {organisation}!").want(t, http.StatusSeeOther) // hers have values too
	look := c.get(at+"/granska").want(t, http.StatusOK, "3 personer får mejlet.")
	c.get(at+"/granska/"+hidden).want(t, http.StatusNotFound)
	c.get(at+"/granska/"+refs[0]).want(t, http.StatusOK)
	if strings.Contains(look.words(), "person1@") {
		t.Error("the page tells of her who is protected")
	}
	before := len(w.deliver())
	c.post(at+"/granska", approving(look)).want(t, http.StatusSeeOther)
	w.Clock.Turn(time.Minute)
	var got []string
	for _, l := range w.deliver()[before:] {
		got = append(got, l.to)
	}
	if len(got) != 3 || !slices.Contains(got, "person1@example.se") {
		t.Errorf("it went to %v", got)
	}
	// All that the list finds, and none of it.
	all := c.post("/handlaggare/tillfalle/lulea/utskick/valda", url.Values{"who": {"all"}, "query": {"organisation=Pite%C3%A5"}}).want(t, http.StatusSeeOther).to()
	c.get(strings.TrimSuffix(all, "#to")).want(t, http.StatusOK, "16 personer får mejlet.")
	c.post("/handlaggare/tillfalle/lulea/utskick/valda", url.Values{"who": {"all"}, "query": {"q=finnsinte"}}).want(t, http.StatusConflict, "Urvalet är tomt")
	c.post("/handlaggare/tillfalle/lulea/utskick/valda", url.Values{"who": {"some"}}).want(t, http.StatusConflict)
}

// Whatever is written, the letter holds it as the text it is, and the page that frames it too.
func TestMailing_hostileWords(t *testing.T) {
	w := newWorld(t)
	season(t, w)
	c := w.user("Anna Exempel", in(domain.RoleCaseWorker))
	at := c.beginMailing("lulea")
	shown := 0
	for _, batch := range batches(40) {
		words := strings.NewReplacer("{", `\{`, "}", `\}`).Replace(batch)
		if c.write(at, "subject_sv", "Hej "+mark, "body_sv", "Läs detta. "+words).StatusCode != http.StatusSeeOther {
			continue // it is refused
		}
		look := c.get(at+"/granska").want(t, http.StatusOK)
		frame := c.get(attr(look.find("iframe")[0], "src")).want(t, http.StatusOK)
		for what, page := range map[string]*response{"the page": look, "the letter": frame} {
			for _, h := range harm(page) {
				t.Errorf("%s: %s", what, h)
			}
		}
		if strings.Contains(frame.body, mark) {
			shown++
		}
	}
	if shown < 3 {
		t.Errorf("%d letters show what was written: nothing is proved", shown)
	}
}
