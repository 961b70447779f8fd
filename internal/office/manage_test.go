package office_test

import (
	"context"
	"errors"
	"net/http"
	"net/url"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/temadag/temadag/internal/domain"
	"github.com/temadag/temadag/internal/store"
)

const people = "/handlaggare/tillfalle/lulea/deltagare"

func (w *world) statusOf(e domain.Event, ref string) domain.RegistrationStatus {
	w.t.Helper()
	r, err := w.Store.PersonByReference(context.Background(), e.ID, ref)
	must(w.t, err)
	return r.Status
}

// refsIn are the reference numbers that the boxes of a list stand for.
func (r *response) refsIn() []string {
	var out []string
	for _, n := range r.find("input") {
		if attr(n, "name") == "ref" {
			out = append(out, attr(n, "value"))
		}
	}
	return out
}

func TestBulk(t *testing.T) {
	w := newWorld(t)
	events := season(t, w)
	c, at := w.user("Anna Exempel", in(domain.RoleOrganiser)), "/handlaggare/tillfalle/lulea/flera"
	list := c.get(people).want(t, http.StatusOK, "Gör samma sak med flera")
	refs := list.refsIn()
	first, err := w.Store.LiveRegistration(t.Context(), events["lulea"].ID, domain.EmailKey("person1@example.se"))
	must(t, err)
	must(t, w.Registrations.CancelFor(t.Context(), domain.Operator(), first.ID, domain.ChannelPhone, ""))
	refs = slices.DeleteFunc(refs, func(ref string) bool { return ref == first.Ref })
	two := url.Values{"who": {"some"}, "query": {""}, "ref": {refs[0], refs[1], first.Ref}}
	choose := c.post(at, two).want(t, http.StatusOK, "Du har valt 3 personer", "Stryk anmälningarna")
	if refs := choose.fields()["ref"]; len(refs) != 3 {
		t.Fatalf("the page holds %v", refs)
	}
	form := choose.fields()
	c.post(at, with(form, "step", "confirm")).want(t, http.StatusUnprocessableEntity, "Välj vad som ska göras")
	c.post(at, with(form, "step", "confirm", "action", "withdraw")).want(t, http.StatusUnprocessableEntity, "Skriv ett skäl")
	c.post(at, with(form, "step", "confirm", "action", "extend", "day", "i morgon")).want(t, http.StatusUnprocessableEntity, "Skriv dagen som")
	c.post(at, with(form, "step", "confirm", "action", "cancel")).want(t, http.StatusUnprocessableEntity, "Välj hur avbokningarna kom in")
	asked := c.post(at, with(form, "step", "confirm", "action", "withdraw", "reason", "Lokalen är mindre än väntat")).want(t, http.StatusSeeOther)
	ask := c.get(asked.to()).want(t, http.StatusOK, "2 anmälningar?", "2 personer som det gäller", "1 person som inte berörs", "Anmälan är redan avslutad", "Lokalen är mindre")
	for _, ref := range refs[:2] {
		if got := w.statusOf(events["lulea"], ref); !got.Live() {
			t.Fatalf("%s is %s before it was confirmed", ref, got)
		}
	}
	done := c.post(asked.to(), with(ask.fields(), "step", "confirm")).want(t, http.StatusSeeOther)
	c.get(done.to()).want(t, http.StatusOK, "2 anmälningar är strukna", "1 person som det inte gjordes med")
	for _, ref := range refs[:2] {
		if got := w.statusOf(events["lulea"], ref); got != domain.Withdrawn {
			t.Errorf("%s is %s", ref, got)
		}
	}
	// Sent once more it tells what was done the first time.
	again := c.post(asked.to(), url.Values{"step": {"confirm"}}).want(t, http.StatusSeeOther)
	c.get(again.to()).want(t, http.StatusOK, "2 anmälningar är strukna")
	w.user("Bo Exempel", in(domain.RoleOrganiser)).get(asked.to()).want(t, http.StatusNotFound)
}

// Everyone that the list finds is meant, on other pages too; and where others are found when the button is
// pressed, nothing is done.
func TestBulk_all(t *testing.T) {
	w := newWorld(t)
	events := season(t, w)
	c, at := w.user("Anna Exempel", in(domain.RoleCaseWorker)), "/handlaggare/tillfalle/ansok/flera"
	c.get("/handlaggare/tillfalle/ansok/deltagare?status=pending").want(t, http.StatusOK, "Alla i urvalet, 3 personer")
	form := c.post(at, url.Values{"who": {"all"}, "query": {"status=pending"}}).want(t, http.StatusOK, "Du har valt 3 personer", "Säg ja till ansökningarna").fields()
	asked := c.post(at, with(form, "step", "confirm", "action", "approve")).want(t, http.StatusSeeOther)
	c.get(asked.to()).want(t, http.StatusOK, "Säg ja till 3 ansökningar")
	w.register(events["ansok"], 400)
	changed := c.post(asked.to(), url.Values{"step": {"confirm"}}).want(t, http.StatusConflict, "Nu gäller det 4 deltagare", "Säg ja till 4 ansökningar")
	if n := w.registered("ansok"); n != 0 {
		t.Fatalf("%d were approved although others were meant", n)
	}
	c.post(asked.to(), with(changed.fields(), "step", "confirm")).want(t, http.StatusSeeOther)
	c.get(asked.to()).want(t, http.StatusOK, "4 ansökningar är godkända")
	if n := w.registered("ansok"); n != 4 {
		t.Errorf("%d are registered, want 4", n)
	}
	c.post(at, url.Values{"who": {"some"}}).want(t, http.StatusConflict, "Välj minst en deltagare")
	c.post(at, url.Values{"who": {"some"}, "ref": {w.refOf(events["lulea"], "person1@example.se")}}).want(t, http.StatusNotFound)
}

func TestMerge(t *testing.T) {
	w := newWorld(t)
	events := season(t, w)
	one, two := personOf("Gunhild", "Ström"), personOf("Gunhild", "Ström")
	two.Email = "gunhild.strom@example.se"
	w.enter(events["lulea"], one)
	w.enter(events["lulea"], two)
	a, b := w.refOf(events["lulea"], one.Email), w.refOf(events["lulea"], two.Email)
	c := w.user("Anna Exempel", in(domain.RoleOrganiser))
	c.get("/handlaggare/tillfalle/lulea/dubbletter").want(t, http.StatusOK, "Ström, Gunhild", "gunhild.strom@example.se", a, b)
	at := people + "/" + a + "/sla-ihop"
	c.get(at).want(t, http.StatusOK, "Den andra anmälans referensnummer")
	c.post(at, url.Values{"med": {"XXXX"}}).want(t, http.StatusUnprocessableEntity, "Det finns ingen annan anmälan")
	form := c.get(at+"?med="+b).want(t, http.StatusOK, "Vilken ska vara kvar?").fields()
	c.post(at, form).want(t, http.StatusUnprocessableEntity, "Välj vilken anmälan", "Skriv ett skäl")
	ask := c.post(at, with(form, "keep", b, "reason", "Du var anmäld två gånger")).want(t, http.StatusOK, "stryk den andra?")
	if w.statusOf(events["lulea"], a) != domain.Confirmed {
		t.Fatal("it was struck before it was confirmed")
	}
	done := c.post(people+"/"+b+"/sla-ihop", with(ask.fields(), "step", "confirm")).want(t, http.StatusSeeOther)
	c.get(done.to()).want(t, http.StatusOK, "Anmälningarna är sammanslagna", "En annan anmälan från samma person ströks")
	c.get(people+"/"+a).want(t, http.StatusOK, "Struken av arrangören", "Du var anmäld två gånger")
	c.post(people+"/"+b+"/sla-ihop", with(ask.fields(), "step", "confirm")).want(t, http.StatusSeeOther)
}

func TestProtectAndReveal(t *testing.T) {
	w := newWorld(t)
	events := season(t, w)
	p := personOf("Kanarie", "Fågelsson")
	w.enter(events["lulea"], p)
	at := people + "/" + w.refOf(events["lulea"], p.Email)
	c, reader := w.user("Anna Exempel", in(domain.RoleCaseWorker)), w.user("Bo Exempel", in(domain.RoleReader))
	c.get(at+"/skydda").want(t, http.StatusOK, "Skydda uppgifterna om Kanarie Fågelsson?")
	c.get(at).want(t, http.StatusOK, "Fågelsson")
	reader.post(at+"/skydda", nil).want(t, http.StatusNotFound)
	for _, word := range []string{"office_protect", "office_cancel", "office_withdraw"} { // anyone can write an address
		if page := c.get(at+"?done="+word).want(t, http.StatusOK); strings.Contains(page.body, "notice-done") {
			t.Errorf("?done=%s says what is not true", word)
		}
	}
	told := c.post(at+"/skydda", nil).want(t, http.StatusSeeOther)
	c.get(told.to()).want(t, http.StatusOK, "Personuppgifterna är skyddade")
	hidden := c.get(at).want(t, http.StatusOK, "Visa de skyddade uppgifterna")
	if strings.Contains(hidden.body, "Kanarie") || strings.Contains(c.get(at+"/visa").body, "Kanarie") {
		t.Error("a protected person is named")
	}
	reader.get(at+"/visa").want(t, http.StatusNotFound)
	c.post(at+"/visa", nil).want(t, http.StatusUnprocessableEntity, "Välj varför du behöver se uppgifterna")
	open := c.post(at+"/visa", url.Values{"why": {"asked"}}).want(t, http.StatusOK, "Kanarie Fågelsson", "kanarie@example.se", "Uppgifterna visas bara nu")
	if kept := open.Header.Get("Cache-Control"); !strings.Contains(kept, "no-store") {
		t.Errorf("the page may be kept: %q", kept)
	}
	if n := w.linesOf(t, domain.AuditProtectedShown); n != 1 {
		t.Errorf("%d lines of the log tell of it, want 1", n)
	}
	if strings.Contains(c.get(at).body, "Kanarie") {
		t.Error("she is still shown afterwards")
	}
	w.Clock.Turn(11 * time.Minute) // the proof of identity is an old one
	for _, got := range []*response{c.get(at + "/visa"), c.post(at+"/visa", url.Values{"why": {"asked"}})} {
		if got.StatusCode != http.StatusSeeOther || !strings.Contains(got.to(), "visa-vem-du-ar") {
			t.Errorf("without a proof of identity: %d to %q", got.StatusCode, got.to())
		}
	}
	if n := w.linesOf(t, domain.AuditProtectedShown); n != 1 {
		t.Errorf("%d lines of the log tell of it, want 1", n)
	}
}

func (w *world) linesOf(t testing.TB, what domain.AuditAction) int {
	t.Helper()
	lines, err := w.Store.AuditEntries(t.Context(), store.AuditScope{All: true}, domain.AuditFilter{Action: what, Limit: 1000})
	must(t, err)
	return len(lines)
}

func TestNeedsOfficer(t *testing.T) {
	w := newWorld(t)
	events := season(t, w)
	p := personOf("Kanarie", "Fågelsson")
	w.enter(events["lulea"], p)
	ref, at := w.refOf(events["lulea"], p.Email), "/handlaggare/tillfalle/lulea/behov/personer"
	c := w.user("Nils Exempel", in(domain.RoleNeedsOfficer))
	list := c.get(at).want(t, http.StatusOK, "Fågelsson, Kanarie")
	for _, secret := range []string{"Bara frön", "Kanarieholmen", "kanarie@", "Vegansk"} {
		if strings.Contains(list.body, secret) || strings.Contains(c.get(at+"/"+ref).body, secret) {
			t.Errorf("%q is told before it is opened", secret)
		}
	}
	history := func() string {
		return w.user("Eva"+time.Now().Format("150405.000000"), in(domain.RoleReader)).get(people + "/" + ref).words()
	}
	if strings.Contains(history(), "läste behoven") {
		t.Fatal("looking at the list is in the history")
	}
	open := c.post(at+"/"+ref, nil).want(t, http.StatusOK, "Bara frön", "Visas bara nu")
	if kept := open.Header.Get("Cache-Control"); !strings.Contains(kept, "no-store") {
		t.Errorf("the page may be kept: %q", kept)
	}
	if !strings.Contains(history(), "Behovsansvarig läste behoven, av Nils Exempel") {
		t.Error("the history does not tell who read them")
	}
	nothing := w.refOf(events["lulea"], "person1@example.se")
	c.get(at+"/"+nothing).want(t, http.StatusNotFound)
	c.get(people+"/"+ref).want(t, http.StatusNotFound)
	for _, role := range []domain.Role{domain.RoleAdministrator, domain.RoleOrganiser, domain.RoleCheckIn} {
		other := w.user("Other "+string(role), in(role))
		other.get(at).want(t, http.StatusNotFound)
		if got := other.post(at+"/"+ref, nil).want(t, http.StatusNotFound); strings.Contains(got.body, "Bara frön") {
			t.Errorf("%s reads needs", role)
		}
	}
	must(t, w.Registrations.Protect(t.Context(), domain.Operator(), "lulea", p.Email))
	if got := c.get(at).want(t, http.StatusOK, "Skyddade personuppgifter, "+ref); strings.Contains(got.body, "Kanarie") {
		t.Error("a protected person is named to the needs officer")
	}
}

func TestSendAgain(t *testing.T) {
	w := newWorld(t)
	events := season(t, w)
	w.enter(events["lulea"], personOf("Gunhild", "Ström"))
	ref := w.refOf(events["lulea"], "gunhild@example.se")
	was := w.linkOf(events["lulea"], "gunhild@example.se")
	fail := func() {
		must(t, w.Store.Write(t.Context(), func(tx *store.Tx) error {
			letters, err := tx.ClaimLetters(t.Context(), w.Clock.Now(), time.Hour, 10_000)
			for _, l := range letters {
				err = errors.Join(err, tx.LetterFailed(t.Context(), l.ID, "mailbox full"))
			}
			return err
		}))
	}
	fail()
	c := w.user("Anna Exempel", in(domain.RoleCaseWorker))
	c.get(people+"?letters=failed").want(t, http.StatusOK, "Ström, Gunhild")
	page := c.get(people+"/"+ref).want(t, http.StatusOK, "Skicka igen")
	at := ""
	for _, a := range page.find("a") {
		if strings.Contains(attr(a, "href"), "/brev/") {
			at = attr(a, "href")
		}
	}
	c.get(at).want(t, http.StatusOK, "Mejlet får en ny personlig länk")
	w.user("Bo Exempel", in(domain.RoleReader)).post(at, nil).want(t, http.StatusNotFound)
	c.post(at, nil).want(t, http.StatusSeeOther)
	c.get(people+"/"+ref).want(t, http.StatusOK, "Mejlet skickades igen med en ny länk")
	if got := c.get(people + "?letters=failed"); strings.Contains(got.words(), "Ström, Gunhild") {
		t.Error("a letter that was sent again still waits to be")
	}
	if _, err := w.Registrations.Own(t.Context(), domain.Visitor(), was); domain.CodeOf(err) != domain.CodeNotFound {
		t.Errorf("the link of the letter that was lost still opens: %v", err)
	}
	// Never two at once, and not again at once.
	c.post(at, nil).want(t, http.StatusConflict, "ett senare mejl redan gått")
	must(t, checkStore(t.Context(), w))
}

func checkStore(ctx context.Context, w *world) error {
	findings, err := w.Store.Check(ctx)
	for _, f := range findings {
		w.t.Error(f)
	}
	return err
}
