package office_test

import (
	"net/http"
	"net/url"
	"strings"
	"testing"

	"github.com/temadag/temadag/internal/auth"
	"github.com/temadag/temadag/internal/domain"
	"github.com/temadag/temadag/internal/service"
)

// subscribed is someone who has asked a county for invitations and said yes.
func (w *world) subscribed(email string, l domain.Lang, county domain.OrganiserCode) {
	w.t.Helper()
	ctx, a := w.t.Context(), domain.Visitor()
	err := w.subscribers.Ask(ctx, a, service.SubscriptionAsk{
		SubscriptionEntry: domain.SubscriptionEntry{Email: email, Counties: []domain.OrganiserCode{county}}, Lang: l, Address: "192.0.2.7",
	})
	if err != nil {
		w.t.Fatal(err)
	}
	all, err := w.Store.SubscribersAt(ctx, domain.EmailKey(email))
	if err != nil || len(all) == 0 {
		w.t.Fatal("she has asked for nothing", err)
	}
	if err := w.subscribers.Confirm(ctx, a, w.Keys.SubscriberLink(all[0].UID, auth.SubscriberManages)); err != nil {
		w.t.Fatal(err)
	}
}

// From the event's page to the letter: the words are proposed, the number is told and no address is.
func TestInvite_wholeWay(t *testing.T) {
	w := newWorld(t)
	season(t, w)
	c := w.user("Anna Exempel", in(domain.RoleCaseWorker))
	at := "/handlaggare/tillfalle/lulea/bjud-in"
	c.get(at).want(t, http.StatusOK, "Ingen har bett om inbjudningar från er än.")
	w.subscribed("vill.veta@example.se", domain.Swedish, "BD")
	w.subscribed("wants.to.know@example.se", domain.English, "BD")
	c.get("/handlaggare/tillfalle/lulea").want(t, http.StatusOK, "Bjud in")
	c.get(at).want(t, http.StatusOK, "2 personer får inbjudan.", "1 av dem läser engelska")
	to := c.post(at, url.Values{"step": {"next"}}).want(t, http.StatusSeeOther).to()
	draft, _, _ := strings.Cut(to, "/text")
	form := c.get(to).want(t, http.StatusOK, "Inbjudan").fields()
	if !strings.Contains(form.Get("body_sv"), "{dag}") || !strings.Contains(form.Get("body_en"), "{day}") {
		t.Fatalf("proposed: %q", form)
	}
	form.Del("file")
	c.sendForm(to, with(form, "step", "next")).want(t, http.StatusSeeOther)
	look := c.get(draft+"/granska").want(t, http.StatusOK, "Avsluta inbjudningarna", "Läs mer och anmäl dig", "Visa mejlet på", "Svenska", "Engelska")
	if words := look.words(); strings.Contains(words, "skyddade") || strings.Contains(words, "ditt namn") || strings.Contains(words, "Ändra mottagarna") {
		t.Error("the review of an invitation speaks of names, or of choosing among them")
	}
	who := c.get(draft+"/mottagare").want(t, http.StatusOK)
	for _, r := range []*response{look, who} {
		if strings.Contains(r.body, "vill.veta") || strings.Contains(r.body, "wants.to.know") {
			t.Error("a page tells who has asked")
		}
	}
	// A word about a registration is refused, with its line.
	form = c.get(to).fields()
	form.Del("file")
	c.sendForm(to, with(form, "step", "next", "body_sv", "Hej\n{förnamn}"))
	c.get(draft+"/granska").want(t, http.StatusOK, "Rad 2: ”förnamn” finns bara för den som är anmäld")
}

func TestSubscribers_numbersAlone(t *testing.T) {
	w := newWorld(t)
	season(t, w)
	w.subscribed("vill.veta@example.se", domain.Swedish, "BD")
	c := w.user("Anna Exempel", in(domain.RoleCaseWorker))
	at := "/handlaggare/inbjudningar"
	r := c.get(at).want(t, http.StatusOK, "Länsstyrelsen Norrbotten", "Avsluta åt någon")
	if strings.Contains(r.body, "vill.veta") {
		t.Error("the page tells who has asked")
	}
	c.post(at, with(r.fields(), "email", "fel")).want(t, http.StatusUnprocessableEntity, "E-postadressen saknar @")
	for _, email := range []string{"vill.veta@example.se", "ingen@example.se"} {
		to := c.post(at, with(r.fields(), "email", email)).want(t, http.StatusSeeOther).to()
		c.get(to).want(t, http.StatusOK, "Inga inbjudningar går till adressen.")
	}
	if all, err := w.Store.SubscribersAt(t.Context(), "vill.veta@example.se"); err != nil || len(all) > 0 {
		t.Errorf("she is remembered: %v %v", all, err)
	}
	foreign := with(r.fields(), "email", "vill.veta@example.se", "county", "AC")
	c.post(at, foreign).want(t, http.StatusNotFound)
}

// No page of the staff may be sent from another site.
func TestSubscribers_noPageOfStaffIsOpenToOtherSites(t *testing.T) {
	for _, r := range newWorld(t).office.Routes() {
		if r.AnyOrigin {
			t.Errorf("%s %s is", r.Method, r.Name)
		}
	}
}
