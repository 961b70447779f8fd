package office_test

import (
	"net/http"
	"net/url"
	"strconv"
	"strings"
	"testing"
	"time"

	"github.com/temadag/temadag/internal/domain"
	"github.com/temadag/temadag/internal/testkit"
)

// deliveryScenes are the pages on what became of mail, in every state worth looking at.
func deliveryScenes(t *testing.T) map[string][]byte {
	t.Helper()
	pages := make(map[string][]byte)
	keep := func(name string, r *response, status int) *response {
		t.Helper()
		pages["/delivery-"+name] = []byte(r.want(t, status).body)
		return r
	}
	english := strings.NewReplacer("/handlaggare/utskick", "/en/office/mailings", "/mejladresser", "/mail-addresses", "/handlaggare/tillfalle/", "/en/office/event/",
		"/deltagare", "/people", "/mejl", "/letters", "/stoppa", "/stop", "/fortsatt", "/resume", "/forsok-igen", "/retry", "/arkiv", "/archive", "/handlaggare", "/en/office")
	d := newMailDesk(t, 60)
	look := func(name, path string) *response {
		t.Helper()
		keep(name+"-en", d.staff.get(english.Replace(path)), http.StatusOK)
		return keep(name, d.staff.get(path), http.StatusOK)
	}
	_, soon := d.approved(60, time.Time{})
	look("waiting", soon)
	d.staff.post(soon+"/angra", nil)
	_, later := d.approved(60, d.Clock.Now().Add(30*time.Hour))
	look("scheduled", later)
	for n := 1; n <= 3; n++ {
		d.server.say(person(n), refuses(domain.FaultAddress, "the mail server refuses the recipient"))
	}
	d.server.say(person(4), refuses(domain.FaultMessage, "the mail server refuses the message"))
	d.server.say(person(5), refuses(domain.FaultRetry, "the mail server refuses the recipient for now"))
	must(t, d.Registrations.Protect(t.Context(), domain.Operator(), "lulea", person(6)))
	_, page := d.gone(60)
	look("paused", page)
	look("resume", page+"/fortsatt")
	keep("resumed", d.staff.post(page+"/fortsatt", nil), http.StatusSeeOther)
	delete(pages, "/delivery-resumed")
	_, err := d.mailings.Advance(t.Context(), domain.Worker())
	must(t, err)
	_, err = d.outbox.Deliver(t.Context(), domain.Worker())
	must(t, err)
	look("sending", page)
	look("stop", page+"/stoppa")
	d.settled()
	d.comesBack(person(7), domain.ReturnFailed, "5.2.2")
	d.comesBack(person(8), domain.ReturnReply, "")
	d.comesBack(person(9), domain.ReturnDelayed, "4.4.1")
	d.comesBack(person(6), domain.ReturnFailed, "5.1.1")
	look("done", page)
	look("letters", page+"/mejl")
	look("letters-chosen", page+"/mejl?fate=returned")
	keep("letters-none", d.staff.get(page+"/mejl?fate=sending"), http.StatusOK)
	look("retry", page+"/forsok-igen")
	look("archive", page+"/arkiv")
	keep("late", d.staff.post(page+"/angra", nil), http.StatusConflict)
	keep("not-now", d.staff.get(page+"/fortsatt"), http.StatusConflict)
	look("lost", "/handlaggare/tillfalle/lulea/deltagare/"+d.refOf(d.event, person(7)))
	for n, name := range map[int]string{7: "letter", 6: "letter-hidden", 1: "letter-failed"} {
		k, err := d.Store.LiveRegistration(t.Context(), d.event.ID, domain.EmailKey(person(n)))
		must(t, err)
		letters, err := d.Store.LettersOf(t.Context(), k.ID)
		must(t, err)
		at := "/handlaggare/tillfalle/lulea/deltagare/" + k.Ref + "/mejl/" + strconv.FormatInt(int64(letters[len(letters)-1].ID), 10)
		look(name, at)
		if n == 6 {
			keep("letter-hidden-wrong", d.staff.post(at, nil), http.StatusUnprocessableEntity)
			keep("letter-shown", d.staff.post(at, url.Values{"why": {"contact"}}), http.StatusOK)
		}
	}
	d.server.all = &domain.DeliveryFault{Class: domain.FaultRelay, Code: 535, Status: "5.7.8", Reason: "the mail server refuses the sign-in"}
	d.Clock.Turn(31 * time.Hour)
	d.staff = d.user("Siv Exempel", in(domain.RoleOrganiser))
	d.deliver()
	look("today", "/handlaggare")
	look("held", later)
	d.staff.post(later+"/stoppa", nil)
	look("stopped", later)
	at := "/handlaggare/mejladresser"
	look("suppressed", at)
	keep("suppressed-wrong", d.staff.post(at, url.Values{"email": {"ingen"}}), http.StatusUnprocessableEntity)
	keep("suppressed-none", d.staff.post(at, url.Values{"email": {"ingen@example.se"}}), http.StatusOK)
	keep("suppressed-found", d.staff.post(at, url.Values{"email": {person(1)}}), http.StatusOK)
	two := d.user("Ulla Exempel", in(domain.RoleOrganiser), domain.Grant{Role: domain.RoleOrganiser, County: "Z"})
	must(t, d.Editing.PutOrganisers(t.Context(), domain.Operator(), []domain.Organiser{testkit.Jamtland()}))
	stop := url.Values{"step": {"ask-stop"}, "email": {person(2)}}
	keep("suppressed-stop", d.staff.post(at, stop), http.StatusOK)
	keep("suppressed-stop-whose", two.post(at, stop), http.StatusOK)
	keep("suppressed-stop-wrong", two.post(at, with(stop, "step", "stop", "why", "asked")), http.StatusUnprocessableEntity)
	keep("subscribers-whose", two.post("/handlaggare/inbjudningar", url.Values{"email": {person(2)}, "county": {""}}), http.StatusUnprocessableEntity)
	release := url.Values{"step": {"ask-release"}, "email": {person(1)}, "stops": {"unreachable"}}
	keep("suppressed-ask", d.staff.post(at, release), http.StatusOK)
	keep("suppressed-ask-wrong", d.staff.post(at, with(release, "step", "release")), http.StatusUnprocessableEntity)
	keep("suppressed-released", d.staff.post(at, with(release, "step", "release", "why", "works")), http.StatusOK)
	keep("suppressed-gone", d.staff.post(at, release), http.StatusConflict)
	d.office.LettersKept = true
	look("kept", page)
	return pages
}

func TestDeliveryPages(t *testing.T) { lookAt(t, "delivery of mail", deliveryScenes(t)) }
