package office_test

import (
	"go/ast"
	"go/parser"
	"go/token"
	"net/http"
	"net/url"
	"path/filepath"
	"strconv"
	"strings"
	"testing"
	"time"

	"github.com/temadag/temadag/internal/domain"
	"github.com/temadag/temadag/internal/i18n"
	"github.com/temadag/temadag/web"
)

// auditActions are the actions that the code knows, read out of it.
func auditActions(t *testing.T) []string {
	t.Helper()
	files, err := filepath.Glob("../domain/*.go")
	must(t, err)
	var out []string
	for _, name := range files {
		if strings.HasSuffix(name, "_test.go") {
			continue
		}
		file, err := parser.ParseFile(token.NewFileSet(), name, nil, 0)
		must(t, err)
		for _, d := range file.Decls {
			consts, ok := d.(*ast.GenDecl)
			if !ok || consts.Tok != token.CONST {
				continue
			}
			for _, spec := range consts.Specs {
				v := spec.(*ast.ValueSpec)
				if kind, ok := v.Type.(*ast.Ident); !ok || kind.Name != "AuditAction" {
					continue
				}
				action, err := strconv.Unquote(v.Values[0].(*ast.BasicLit).Value)
				must(t, err)
				out = append(out, action)
			}
		}
	}
	return out
}

// Everything that is written in the log has a sentence in both languages, and can be chosen.
func TestAudit_everyActionHasASentence(t *testing.T) {
	catalogue, err := i18n.Load(web.Locales())
	must(t, err)
	actions := auditActions(t)
	if len(actions) < 40 {
		t.Fatalf("only %d actions are found", len(actions))
	}
	for _, l := range domain.Langs() {
		p := catalogue.For(l)
		for _, a := range actions {
			kind, _, _ := strings.Cut(a, ".")
			if !p.Has("log." + a) {
				t.Errorf("%s: no sentence for %s", l, a)
			}
			if !p.Has("audit_log.kind." + kind) {
				t.Errorf("%s: nobody can choose %s", l, a)
			}
		}
		for _, b := range domain.BulkActions() {
			if !p.Has("audit_log.bulk." + string(b)) {
				t.Errorf("%s: no word for %s", l, b)
			}
		}
	}
}

func TestAudit_tellsWhoDidWhat(t *testing.T) {
	w := newWorld(t)
	season(t, w)
	anna := w.user("Anna Exempel", in(domain.RoleAdministrator))
	w.user("Nils Exempel", in(domain.RoleReader))
	nils := w.userBy("nils.exempel@example.se")
	anna.post(userPath(nils, "/roller"), url.Values{"county": {"BD"}, "event": {"lulea"}, "at": {"check_in"}}).want(t, http.StatusSeeOther)
	page := anna.get("/handlaggare/logg").want(t, http.StatusOK, "temadag fsck",
		"Anna Exempel gav Nils Exempel rollen Avprickare vid Temadag i Luleå",
		"Anna Exempel tog tillbaka rollen Läsare i Norrbottens län från Nils Exempel", "Nils Exempel loggade in med engångslänk")
	if strings.Contains(page.words(), "saknar beskrivning") {
		t.Error("a line has no sentence")
	}
	anna.get("/en/office/log").want(t, http.StatusOK, "Anna Exempel gave Nils Exempel the role Check-in at")
	only := func(query, has, not string) {
		t.Helper()
		var lines []string
		for _, li := range anna.get("/handlaggare/logg?"+query).want(t, http.StatusOK).find("li") {
			lines = append(lines, textOf(li))
		}
		shown := strings.Join(lines, "\n")
		if !strings.Contains(shown, has) || strings.Contains(shown, not) {
			t.Errorf("%s: %s", query, shown)
		}
	}
	only("what=user", "rollen Läsare", "loggade in")
	only("what=account", "loggade in", "rollen Läsare")
	only("who="+strconv.FormatInt(int64(nils.ID), 10), "Nils Exempel loggade in", "Anna Exempel gav")
	only("event=lulea", "Avprickare vid Temadag i Luleå", "rollen Läsare")
	today := domain.DateOf(w.Clock.Now())
	only("from="+today.String()+"&to="+today.String(), "Anna Exempel gav", "⟨")
	anna.get("/handlaggare/logg?to="+today.AddDays(-400).String()).want(t, http.StatusOK, "Inget i loggen stämmer")
	anna.get("/handlaggare/logg?from=ig%C3%A5r").want(t, http.StatusUnprocessableEntity)
}

// The log of a county is read there, by those who may, and nowhere else.
func TestAudit_wallBetweenCounties(t *testing.T) {
	w := newWorld(t)
	season(t, w)
	anna := w.user("Anna Exempel", in(domain.RoleAdministrator))
	w.user("Nils Exempel", in(domain.RoleReader))
	zoe := w.user("Zoe Exempel", domain.Grant{Role: domain.RoleRegistrar, County: "Z"})
	anna.get("/handlaggare/logg").want(t, http.StatusOK, "Nils Exempel")
	page := zoe.get("/handlaggare/logg").want(t, http.StatusOK, "Zoe Exempel")
	for _, theirs := range []string{"Nils", "Anna", "Norrbotten"} {
		if strings.Contains(page.words(), theirs) {
			t.Errorf("she reads %q", theirs)
		}
	}
	file := zoe.takeLog(t, nil)
	if strings.Contains(file, "Nils") || !strings.Contains(file, "Zoe Exempel") {
		t.Errorf("her file: %s", file)
	}
	for _, role := range []domain.Role{domain.RoleOrganiser, domain.RoleCaseWorker, domain.RoleCheckIn, domain.RoleNeedsOfficer, domain.RoleReader} {
		c := w.user("Utan "+string(role), in(role))
		c.get("/handlaggare/logg").want(t, http.StatusNotFound)
		c.post("/handlaggare/logg/hamta", nil).want(t, http.StatusNotFound)
	}
}

// takeLog takes the log as a file and answers what stands in it.
func (c *client) takeLog(t testing.TB, chosen url.Values) string {
	t.Helper()
	led := c.post("/handlaggare/logg/hamta", chosen).want(t, http.StatusSeeOther)
	for range 50 {
		got := c.get(led.to() + "/fil")
		if got.StatusCode == http.StatusOK {
			return got.body
		}
		time.Sleep(20 * time.Millisecond)
	}
	t.Fatal("no file came")
	return ""
}

func TestAudit_fileIsSafeAndNoted(t *testing.T) {
	w := newWorld(t)
	season(t, w)
	anna := w.user("Anna Exempel", in(domain.RoleAdministrator))
	anna.post("/handlaggare/anvandare/ny", url.Values{
		"name": {`=HYPERLINK("http://evil.example")`}, "email": {"evil@example.se"}, "lang": {"sv"}, "grants": {"reader"},
	}).want(t, http.StatusSeeOther)
	evil := &client{w: w}
	w.signInAgain(evil, "evil@example.se")
	file := anna.takeLog(t, nil)
	for _, line := range strings.Split(file, "\r\n") {
		for _, cell := range strings.Split(line, ";") {
			if c := strings.TrimLeft(cell, `"`); strings.HasPrefix(c, "=") || strings.HasPrefix(c, "+") || strings.HasPrefix(c, "@") {
				t.Errorf("a formula: %s", cell)
			}
		}
	}
	if !strings.Contains(file, "HYPERLINK") {
		t.Error("the line that could be a formula is not there: nothing is proved")
	}
	if chosen := anna.takeLog(t, url.Values{"what": {"user"}}); strings.Contains(chosen, "loggade in") || !strings.Contains(chosen, "lade till") {
		t.Error("the file does not hold what was chosen")
	}
	anna.get("/handlaggare/logg").want(t, http.StatusOK, "Anna Exempel hämtade loggen som fil")
}

// Who a participant is, and what she needs, never stands in the log, though staff did much with her.
func TestAudit_namesNoParticipant(t *testing.T) {
	w := newWorld(t)
	events := season(t, w)
	anna := w.user("Anna Exempel", in(domain.RoleAdministrator))
	p := personOf("Kanarie", "Fågelsson")
	w.enter(events["lulea"], p)
	must(t, w.Registrations.Protect(t.Context(), domain.Operator(), "lulea", p.Email))
	ref := w.refOf(events["lulea"], p.Email)
	_, err := w.people.Find(t.Context(), w.actorOf(anna), domain.PeopleQuery{Scope: domain.ListScope{Event: "lulea"}, Reveal: true})
	must(t, err)
	page := anna.get("/handlaggare/logg").want(t, http.StatusOK, ref)
	for _, canary := range []string{"Kanarie", "Fågelsson", "kanarie@", "Bara frön"} {
		if strings.Contains(page.body, canary) || strings.Contains(anna.takeLog(t, nil), canary) {
			t.Errorf("the log tells %q", canary)
		}
	}
}

// actorOf is the actor of a client's sign-in.
func (w *world) actorOf(c *client) domain.Actor {
	w.t.Helper()
	in, err := w.office.Staff().SignIn(w.t.Context(), c.cookie, "192.0.2.1", "test")
	must(w.t, err)
	return in.Actor
}

// The log is read page by page: nothing twice, nothing left out.
func TestAudit_pages(t *testing.T) {
	w := newWorld(t)
	anna := w.user("Anna Exempel", in(domain.RoleAdministrator))
	for i := range 60 {
		w.user("Nils "+strconv.Itoa(i), in(domain.RoleReader))
	}
	seen, path := 0, "/handlaggare/logg?what=user"
	for path != "" {
		page := anna.get(path).want(t, http.StatusOK)
		path = ""
		for _, li := range page.find("li") {
			if strings.Contains(textOf(li), "lade till") {
				seen++
			}
		}
		for _, a := range page.find("a") {
			if attr(a, "rel") == "next" {
				path = attr(a, "href")
			}
		}
	}
	if seen != 61 {
		t.Errorf("%d users were added, according to the log", seen)
	}
}
