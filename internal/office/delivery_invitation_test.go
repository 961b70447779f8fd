package office_test

import (
	"net/http"
	"net/mail"
	"net/url"
	"strings"
	"testing"

	"github.com/temadag/temadag/internal/domain"
	"github.com/temadag/temadag/internal/export"
)

// The archive of an invitation holds the message as those who had asked for it got it, and of each of them no
// more than where her address is.
func TestArchive_invitation(t *testing.T) {
	t.Parallel()
	d := newMailDesk(t, 0)
	d.subscribed("vill.veta@kommun.example.se", domain.Swedish, "BD")
	d.subscribed("wants.to.know@example.com", domain.English, "BD")
	d.subscribed("slutar@example.se", domain.Swedish, "BD")
	invite := "/handlaggare/tillfalle/lulea/bjud-in"
	to := d.staff.post(invite, url.Values{"step": {"next"}}).want(t, http.StatusSeeOther).to()
	draft, _, _ := strings.Cut(to, "/text")
	uid := strings.TrimPrefix(draft, "/handlaggare/utskick/")
	d.approve(uid, 3)
	must(t, d.subscribers.Remove(t.Context(), d.actor, []domain.OrganiserCode{"BD"}, "slutar@example.se"))
	d.Clock.Turn(domain.MailingUndo)
	d.settled()
	if n := len(d.server.to("List-Unsubscribe")); n != 2 {
		t.Fatalf("%d invitations went", n)
	}
	d.staff.get(draft).want(t, http.StatusOK, "Skickat", "Inbjudan: ")
	got := d.staff.post(draft+"/arkiv", nil).want(t, http.StatusSeeOther)
	var body string
	for _, a := range d.staff.get(got.to()).want(t, http.StatusOK, "utskick-").find("a") {
		if strings.HasSuffix(attr(a, "href"), "/fil") {
			body = d.staff.get(attr(a, "href")).body
		}
	}
	files := zipped(t, body)
	for lang, words := range map[string][]string{"sv": {"{dag}", "avsluta/exempel"}, "en": {"{day}", "end/exempel"}} {
		raw := files["mejl-"+lang+".eml"]
		if _, err := mail.ReadMessage(strings.NewReader(raw)); err != nil {
			t.Fatalf("%s: %v", lang, err)
		}
		plain := unquoted(t, strings.SplitN(raw, "\r\n\r\n", 2)[1])
		for _, w := range words {
			if !strings.Contains(plain, w) {
				t.Errorf("the message in %s lacks %q:\n%.2500s", lang, w, plain)
			}
		}
		if strings.Contains(plain, "min-anmalan") || strings.Contains(plain, "my-registration") || secretIn.MatchString(raw) {
			t.Errorf("the message in %s speaks of a registration, or holds somebody's link", lang)
		}
	}
	table, err := export.ReadTable(t.Context(), []byte(files["mottagare.xlsx"]), "Mottagare")
	must(t, err)
	list := ""
	for _, r := range table.Rows {
		list += strings.Join(r.Cells, "|") + "\n"
	}
	if strings.Count(list, "Någon som har bett om inbjudningar") < 2 {
		t.Errorf("the list reads:\n%s", list)
	}
	for name, content := range map[string]string{"the list": list, "the text": files["mottagare.csv"]} {
		for _, who := range []string{"vill.veta", "wants.to.know", "slutar@"} {
			if strings.Contains(content, who) {
				t.Errorf("%s tells of %s", name, who)
			}
		}
	}
}
