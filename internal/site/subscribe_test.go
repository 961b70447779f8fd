package site_test

import (
	"bytes"
	"mime/multipart"
	"net/http"
	"net/url"
	"strings"
	"testing"
	"time"

	"github.com/temadag/temadag/internal/auth"
	"github.com/temadag/temadag/internal/domain"
	"github.com/temadag/temadag/internal/server"
	"github.com/temadag/temadag/internal/site"
	"github.com/temadag/temadag/internal/testkit"
)

// counties are Norrbotten and Jämtland, each with an event.
func (w *world) counties() {
	w.t.Helper()
	w.AddEvent(w.t, testkit.Event("lulea", 10))
	must(w.t, w.Editing.PutOrganisers(quiet(), domain.Operator(), []domain.Organiser{testkit.Jamtland()}))
}

// asking is the form with an address in it, old enough to have been read.
func (w *world) asking(email string, counties ...string) url.Values {
	w.t.Helper()
	form := w.get("/inbjudningar").want(w.t, http.StatusOK).fields()
	form.Set("email", email)
	form["counties"] = counties
	w.Clock.Turn(5 * time.Second)
	return form
}

func (w *world) subscriber(email string) domain.Subscriber {
	w.t.Helper()
	all, err := w.Store.SubscribersAt(quiet(), domain.EmailKey(email))
	must(w.t, err)
	if len(all) == 0 {
		w.t.Fatalf("%s has asked for nothing", email)
	}
	return all[0]
}

// subscribed is the address of the pages of someone who has asked and said yes.
func (w *world) subscribed(email string, counties ...string) (own, end string) {
	w.t.Helper()
	w.post("/inbjudningar", w.asking(email, counties...)).want(w.t, http.StatusSeeOther)
	uid := w.subscriber(email).UID
	own = "/inbjudningar/" + w.Keys.SubscriberLink(uid, auth.SubscriberManages)
	w.post(own, url.Values{"step": {"yes"}}).want(w.t, http.StatusSeeOther)
	return own, "/avsluta/" + w.Keys.SubscriberLink(uid, auth.SubscriberEnds)
}

func (w *world) asked(email string) int {
	w.t.Helper()
	all, err := w.Store.SubscribersAt(quiet(), domain.EmailKey(email))
	must(w.t, err)
	return len(all)
}

// The answer to whoever asks is the same, byte for byte, whatever is known of the address.
func TestInvitations_answerEveryoneAlike(t *testing.T) {
	w := newWorld(t)
	w.counties()
	w.subscribed("kand@example.se", "BD")
	_, end := w.subscribed("avslutad@example.se", "BD")
	w.post(end, url.Values{"List-Unsubscribe": {"One-Click"}}).want(t, http.StatusOK)
	var first string
	for _, who := range []string{"kand", "avslutad", "ny", "Ny", "kand"} {
		r := w.post("/inbjudningar", w.asking(who+"@example.se", "BD")).want(t, http.StatusSeeOther)
		head := r.Header.Clone()
		head.Del("X-Request-Id")
		page := w.get(head.Get("Location")).want(t, http.StatusOK, "Titta i din inkorg")
		var b bytes.Buffer
		must(t, head.Write(&b))
		if all := b.String() + r.body + page.body; first == "" {
			first = all
		} else if all != first {
			t.Errorf("%s is answered otherwise:\n%s\n%s", who, all, first)
		}
	}
}

func TestInvitations_form(t *testing.T) {
	w := newWorld(t)
	w.counties()
	r := w.get("/inbjudningar").want(t, http.StatusOK, "Länsstyrelsen Norrbotten", "Länsstyrelsen Jämtland")
	w.check("/inbjudningar", r)
	wrong := w.post("/inbjudningar", w.asking("fel", "XX")).want(t, http.StatusUnprocessableEntity,
		"E-postadressen saknar @", "Välj minst en länsstyrelse")
	w.check("/inbjudningar", wrong)
	if !strings.Contains(wrong.body, "<title>Fel: ") || wrong.fields().Get("email") != "fel" {
		t.Error("what was typed is lost, or the title does not tell that something is wrong")
	}
	// Faster than anyone reads, and what robots alone fill in: asked once more, nothing is lost, nothing is done.
	quick := w.get("/inbjudningar").fields()
	quick.Set("email", "snabb@example.se")
	quick["counties"] = []string{"BD"}
	again := w.post("/inbjudningar", quick).want(t, http.StatusOK, "Tryck på knappen en gång till")
	if w.asked("snabb@example.se") != 0 {
		t.Error("it was taken")
	}
	w.post("/inbjudningar", again.fields()).want(t, http.StatusSeeOther)
	if w.asked("snabb@example.se") != 1 {
		t.Error("it was not taken the second time")
	}
	trapped := w.asking("robot@example.se", "BD")
	trapped.Set("website", "x")
	w.post("/inbjudningar", trapped).want(t, http.StatusOK)
	foreign := w.asking("eva@example.se", "BD")
	foreign.Set("confirmed_at", "1")
	broken := w.post("/inbjudningar", foreign).want(t, http.StatusBadRequest, "Ingenting har sparats.")
	if strings.Contains(broken.words(), "anmälan har gjorts") {
		t.Error("it speaks of a registration where there is none")
	}
	if w.asked("robot@example.se")+w.asked("eva@example.se") != 0 {
		t.Error("a robot's form was taken")
	}
}

// Programs that guard the mail follow every link in it: looking confirms nothing and ends nothing.
func TestInvitations_lookingChangesNothing(t *testing.T) {
	w := newWorld(t)
	w.counties()
	w.post("/inbjudningar", w.asking("eva@example.se", "BD")).want(t, http.StatusSeeOther)
	uid := w.subscriber("eva@example.se").UID
	own, end := "/inbjudningar/"+w.Keys.SubscriberLink(uid, auth.SubscriberManages), "/avsluta/"+w.Keys.SubscriberLink(uid, auth.SubscriberEnds)
	w.check(own, w.get(own).want(t, http.StatusOK, "Vill du få inbjudningar?", "eva@example.se"))
	for _, method := range []string{http.MethodGet, http.MethodHead} {
		w.do(method, own, "")
		w.do(method, end+"?List-Unsubscribe=One-Click", "")
	}
	if s := w.subscriber("eva@example.se"); !s.Confirmed.IsZero() {
		t.Error("looking confirmed it")
	}
	// The twin: the button does.
	to := w.post(own, url.Values{"step": {"yes"}}).want(t, http.StatusSeeOther).Header.Get("Location")
	w.check(own, w.get(to).want(t, http.StatusOK, "Mina inbjudningar", "Klart"))
	if s := w.subscriber("eva@example.se"); s.Confirmed.IsZero() {
		t.Error("the button did not")
	}
	w.check(end, w.get(end).want(t, http.StatusOK, "Avsluta inbjudningarna?", "Länsstyrelsen Norrbotten"))
	w.subscriber("eva@example.se")
	w.post(end, url.Values{"List-Unsubscribe": {"One-Click"}}).want(t, http.StatusOK, "Inbjudningarna är avslutade")
	if w.asked("eva@example.se") != 0 {
		t.Error("the button did not end it")
	}
}

// A mail program presses in its reader's name (RFC 8058): in either form, from anywhere, without cookies, and is
// answered without a redirect.
func TestUnsubscribe_oneClick(t *testing.T) {
	w := newWorld(t, func(_ *site.Options, o *server.Options) { o.RateLimit, o.PostsPerMinute = true, 100 })
	w.counties()
	forms := map[string]func() (string, string){
		"urlencoded": func() (string, string) { return "List-Unsubscribe=One-Click", "application/x-www-form-urlencoded" },
		"multipart": func() (string, string) {
			var b bytes.Buffer
			m := multipart.NewWriter(&b)
			must(t, m.WriteField("List-Unsubscribe", "One-Click"))
			must(t, m.Close())
			return b.String(), m.FormDataContentType()
		},
	}
	for name, form := range forms {
		_, end := w.subscribed(name+"@example.se", "BD")
		body, kind := form()
		for range 2 {
			r := w.do(http.MethodPost, end, body, "Content-Type", kind, "Sec-Fetch-Site", "cross-site", "Origin", "https://mail.example.com")
			if r.StatusCode != http.StatusOK || r.Header.Get("Location") != "" || len(r.Cookies()) > 0 {
				t.Errorf("%s: %d %v", name, r.StatusCode, r.Header)
			}
		}
		if w.asked(name+"@example.se") != 0 {
			t.Errorf("%s did not end it", name)
		}
	}
	own, end := w.subscribed("eva@example.se", "BD")
	for _, body := range []string{"", "List-Unsubscribe=No", "x=1"} {
		w.do(http.MethodPost, end, body).want(t, http.StatusBadRequest)
	}
	w.do(http.MethodPost, "/avsluta/"+strings.Repeat("a", 58), "List-Unsubscribe=One-Click").want(t, http.StatusNotFound)
	if w.asked("eva@example.se") != 1 {
		t.Fatal("something else ended it")
	}
	// The twin: what another site sends in her name to any other page is refused.
	w.do(http.MethodPost, own, "step=end", "Sec-Fetch-Site", "cross-site", "Origin", "https://mail.example.com").want(t, http.StatusForbidden)
	if w.asked("eva@example.se") != 1 {
		t.Error("another site ended it")
	}
}

// Nothing but the one press may be sent from anywhere.
func TestUnsubscribe_isAloneInBeingOpen(t *testing.T) {
	t.Parallel()
	var open []string
	for _, r := range site.Table() {
		if r.AnyOrigin {
			open = append(open, r.Name+" "+r.Method)
		}
	}
	if strings.Join(open, ", ") != "unsubscribe POST" {
		t.Errorf("open to any site: %v", open)
	}
}

func TestInvitations_counties(t *testing.T) {
	w := newWorld(t)
	w.counties()
	own, end := w.subscribed("eva@example.se", "BD", "Z")
	r := w.get(end).want(t, http.StatusOK, "Avsluta alla på en gång")
	w.check(end, r)
	r = w.post(end, url.Values{"List-Unsubscribe": {"One-Click"}}).want(t, http.StatusOK, "Du får också inbjudningar från", "Länsstyrelsen Jämtland")
	w.check(end, r)
	if strings.Contains(r.words(), "Vi har raderat din adress") {
		t.Error("it says that the address is erased, which it is not")
	}
	w.get(own).want(t, http.StatusNotFound) // it was of the county that has been ended
	rest := r.find("form")[0]
	w.post(attr(rest, "action"), url.Values{"List-Unsubscribe": {"One-Click"}, "all": {"1"}}).want(t, http.StatusOK, "Vi har raderat din adress")
	if w.asked("eva@example.se") != 0 {
		t.Error("she is remembered")
	}
	w.check(end, w.get(end).want(t, http.StatusOK, "redan avslutade"))
	own, _ = w.subscribed("bo@example.se", "BD")
	to := w.post(own, url.Values{"step": {"save"}, "counties": {"Z"}}).want(t, http.StatusSeeOther).Header.Get("Location")
	w.get(to).want(t, http.StatusOK, "Sparat")
	path, _, _ := strings.Cut(to, "?")
	to = w.post(path, url.Values{"step": {"end"}}).want(t, http.StatusSeeOther).Header.Get("Location")
	w.check(to, w.get(to).want(t, http.StatusOK, "Du får inga fler inbjudningar"))
}

// Beside her own registration one button is enough: the link there proves the address.
func TestInvitations_fromOwnRegistration(t *testing.T) {
	w := newWorld(t)
	w.counties()
	_, own := w.enter("lulea", testkit.Person(1))
	w.get(own).want(t, http.StatusOK, "Mejla mig om nya temadagar")
	w.get(own+"/inbjudningar").want(t, http.StatusSeeOther)
	if w.asked("person1@example.se") != 0 {
		t.Fatal("looking asked for it")
	}
	to := w.post(own+"/inbjudningar", nil).want(t, http.StatusSeeOther).Header.Get("Location")
	w.get(to).want(t, http.StatusOK, "Vi mejlar dig om nya temadagar", "Ändra eller avsluta inbjudningarna")
	if s := w.subscriber("person1@example.se"); s.Confirmed.IsZero() {
		t.Error("it is not confirmed")
	}
}

// Whatever is typed is shown again as it was typed, and is never a part of the page.
func TestInvitations_hostile(t *testing.T) {
	w := newWorld(t)
	w.counties()
	for _, text := range []string{`"><script>alert(1)</script>`, `{{.}}`, "a@b.se\r\nBcc: x@example.se", "\x00\u202e", strings.Repeat("å", 5000), `' OR 1=1 --`} {
		form := w.asking(text, "BD", `"><img src=x>`)
		r := w.post("/inbjudningar", form).want(t, http.StatusUnprocessableEntity, "Det finns fel i formuläret")
		if strings.Contains(r.body, "<script>alert") || strings.Contains(r.body, "<img src=x") {
			t.Errorf("%q became a part of the page", text)
		}
		w.check("/inbjudningar", r)
		w.get("/inbjudningar/"+url.PathEscape(text)).want(t, http.StatusNotFound)
		w.get("/avsluta/"+url.PathEscape(text)).want(t, http.StatusNotFound)
	}
}
