package site_test

import (
	"net/http"
	"net/http/httptest"
	"net/url"
	"strings"
	"testing"
	"time"

	"github.com/gin-gonic/gin"

	"github.com/temadag/temadag/internal/domain"
	"github.com/temadag/temadag/internal/server"
	"github.com/temadag/temadag/internal/site"
	"github.com/temadag/temadag/internal/testkit"
	"github.com/temadag/temadag/internal/testkit/browser"
	"github.com/temadag/temadag/internal/testkit/check"
	"github.com/temadag/temadag/internal/testkit/look"
)

// TestWaiting: when too many want to write, each form is given back whole, on a page that says that
// nothing has been done yet, and sent from there it does what it was to do, once.
func TestWaiting(t *testing.T) {
	w := newWorld(t)
	w.series(5, 5, func(lulea, _ *domain.Event) {
		lulea.Rules.GroupLimit = 8
		lulea.Questions = []domain.Question{{Kind: domain.QuestionLongText, Label: domain.Text{Sv: "Vad vill du veta?"}}}
	})
	own := w.take("umea", 1)
	e, err := w.Programme.Event(quiet(), "lulea")
	must(t, err)
	answer := "Två rader\r\nmed \"tecken\" & <b>så</b>"
	forms := map[string]url.Values{}
	path := "/tillfalle/lulea/anmalan"
	form := person(w.get(path).fields(), 2)
	form.Set(e.Questions[0].Field(), answer)
	forms[path] = with(w.post(path, with(form, "review")).want(t, http.StatusOK).fields(), "send")
	forms["/en/event/lulea/registration"] = with(w.post("/en/event/lulea/registration", with(person(w.get("/en/event/lulea/registration").fields(), 3), "review")).fields(), "send")
	forms[own+"/avboka"] = w.get(own+"/avboka").filled("step", "cancel", "reason", "Kanarie")
	w.Clock.Turn(5 * time.Second)

	pages := map[string]*response{}
	release := w.occupy()
	for path, form := range forms {
		words := []string{"Vi har inte tagit emot det du skickade", "Allt du skrev finns kvar", "Försök igen nu"}
		if strings.HasPrefix(path, "/en/") {
			words = []string{"We have not received what you sent", "Everything you typed is still on this page", "Try again now"}
		}
		page := w.post(path, form).want(t, http.StatusServiceUnavailable, words...)
		if page.Header.Get("Retry-After") == "" || page.Header.Get("Cache-Control") != "no-store" {
			t.Errorf("%s: headers %v", path, page.Header)
		}
		if got := page.fields(); got.Encode() != form.Encode() {
			t.Errorf("%s: what was sent is not what is kept:\n%v\n%v", path, form, got)
		}
		pages[path] = page
	}
	release()
	for path, page := range pages {
		action := attr(page.find("form")[0], "action")
		if !strings.HasPrefix(action, path+"?") {
			t.Errorf("%s: the page leads to %s", path, action)
		}
		first := w.post(action, page.fields()).want(t, http.StatusSeeOther)
		again := w.post(path, page.fields())
		if path != own+"/avboka" && again.Header.Get("Location") != first.Header.Get("Location") {
			t.Errorf("%s: sent again it leads to %q, at first to %q", path, again.Header.Get("Location"), first.Header.Get("Location"))
		}
	}
	after, err := w.Programme.Event(quiet(), "lulea")
	must(t, err)
	if after.Taken != 2 {
		t.Errorf("%d places taken by two people", after.Taken)
	}
}

// TestWaiting_twin: without the page for those who wait the form is lost.
func TestWaiting_twin(t *testing.T) {
	w := newWorld(t, func(_ *site.Options, so *server.Options) { so.Door = nil })
	w.series(5, 5, nil)
	path := "/tillfalle/lulea/anmalan"
	form := with(w.post(path, with(person(w.get(path).fields(), 2), "review")).want(t, http.StatusOK).fields(), "send")
	w.Clock.Turn(5 * time.Second)
	release := w.occupy()
	defer release()
	page := w.post(path, form).want(t, http.StatusServiceUnavailable)
	if strings.Contains(page.body, testkit.Person(2).Email) {
		t.Error("the twin keeps the form")
	}
}

// waitingScenes are the pages of those who wait.
func waitingScenes(t *testing.T) map[string][]byte {
	t.Helper()
	w := newWorld(t)
	pages := map[string][]byte{}
	for path, name := range map[string]string{"/tillfalle/lulea/anmalan": "", "/en/event/lulea/registration": "-en"} {
		for kind, wait := range map[string]server.Waiting{
			"/form": {Form: true, Action: path + "?turn=abc.def", Fields: []server.Field{{Name: "given_name", Value: `Åsa "Å" <Öberg>`}, {Name: "question_1", Value: "a\r\nb"}}},
			"/held": {Form: true, Held: true, Action: path, Fields: []server.Field{{Name: "given_name", Value: "Åsa"}}},
			"/page": {Action: path},
		} {
			rec := httptest.NewRecorder()
			c, _ := gin.CreateTestContext(rec)
			c.Request = httptest.NewRequest(http.MethodPost, path, nil)
			wait.Turn, wait.Seconds = w.Clock.Now().Add(12*time.Second), 12
			must(t, w.site.Wait(c, wait))
			pages[kind+name] = rec.Body.Bytes()
		}
	}
	return pages
}

func TestWaiting_markup(t *testing.T) {
	testkit.OncePerRun(t)
	for _, finding := range check.HTML(t, waitingScenes(t)) {
		t.Error(finding)
	}
}

// TestWaiting_inABrowser looks at the pages wide, narrow and dark.
func TestWaiting_inABrowser(t *testing.T) {
	lookInABrowser(t, "waiting", waitingScenes)
}

// TestWaiting_script: the page sends the form by itself when the turn has come, and does not once it is stopped.
func TestWaiting_script(t *testing.T) {
	path := browser.Find()
	if path == "" || testing.Short() {
		check.LeaveOut(t, "the script of those who wait")
		return
	}
	b, err := browser.Open(path)
	must(t, err)
	t.Cleanup(b.Close)
	d, err := drawing()
	must(t, err)
	w := newWorld(t)
	sent := make(chan url.Values, 10)
	at := look.Serve(t, nil, http.HandlerFunc(func(rw http.ResponseWriter, r *http.Request) {
		if strings.HasPrefix(r.URL.Path, "/static/") {
			d.static.ServeHTTP(rw, r)
			return
		}
		if r.Method == http.MethodPost {
			_ = r.ParseForm()
			sent <- r.PostForm
			_, _ = rw.Write([]byte("ok"))
			return
		}
		c, _ := gin.CreateTestContext(rw)
		c.Request = r
		must(t, w.site.Wait(c, server.Waiting{
			Form: true, Action: "/sent", Fields: []server.Field{{Name: "given_name", Value: "Åsa"}}, Turn: w.Clock.Now(), Seconds: 3600,
		}))
	}))
	tab := waiting(t, b.Tab(t, browser.Desktop()), at)
	browser.Eval[bool](tab, twoHoursLater)
	select {
	case form := <-sent:
		if form.Get("given_name") != "Åsa" {
			t.Errorf("sent: %v", form)
		}
	case <-time.After(time.Minute):
		t.Fatal("nothing was sent")
	}
	tab = waiting(t, b.Tab(t, browser.Desktop()), at) // the first is on its way to what it sent
	browser.Eval[bool](tab, `document.querySelector("[data-stop]").click() || true`)
	if told := tab.Text("[data-told]"); !strings.Contains(told, "inte igen automatiskt") {
		t.Errorf("stopped, and the page says %q", told)
	}
	browser.Eval[bool](tab, twoHoursLater)
	until(t, tab, `window.ticks > 2`)
	select {
	case form := <-sent:
		t.Errorf("stopped, and yet sent: %v", form)
	default: // the page looks at its clock every second, and has been able to thrice
	}
}

// twoHoursLater turns the clock of a page, and counts the seconds that its timers see pass from then on.
const twoHoursLater = `(() => {
	const now = Date.now;
	Date.now = () => now() + 2 * 3600 * 1000;
	window.ticks = 0;
	setInterval(() => { window.ticks++ }, 1000);
	return true;
})()`

// waiting is a tab with the page of those who wait, its script at work.
func waiting(t testing.TB, tab *browser.Tab, at string) *browser.Tab {
	t.Helper()
	tab.Go(at + "/wait")
	until(t, tab, `!document.querySelector("[data-stop]").hidden`)
	return tab
}

// until waits for a condition to hold in a tab.
func until(t testing.TB, tab *browser.Tab, condition string) {
	t.Helper()
	for end := time.Now().Add(time.Minute); !browser.Eval[bool](tab, condition); time.Sleep(20 * time.Millisecond) {
		if time.Now().After(end) {
			t.Fatalf("%s did not come about", condition)
		}
	}
}
