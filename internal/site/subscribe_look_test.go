package site_test

import (
	"net/http"
	"net/url"
	"strings"
	"testing"

	"github.com/temadag/temadag/internal/auth"
)

// invitationScenes adds the pages of those who want to be told of new events, in every state.
func invitationScenes(t *testing.T, pages map[string][]byte) {
	t.Helper()
	w := newWorld(t)
	w.counties()
	english := func(path string) string {
		return strings.NewReplacer("/inbjudningar/tack", "/en/invitations/thanks", "/inbjudningar/avslutade", "/en/invitations/ended",
			"/inbjudningar", "/en/invitations", "/avsluta", "/en/end").Replace(path)
	}
	both := func(name, path string) {
		pages["/invitations-"+name] = []byte(w.get(path).want(t, http.StatusOK).body)
		pages["/invitations-"+name+"-en"] = []byte(w.get(english(path)).want(t, http.StatusOK).body)
	}
	both("ask", "/inbjudningar")
	both("asked", "/inbjudningar/tack")
	both("ended-all", "/inbjudningar/avslutade")
	pages["/invitations-wrong"] = []byte(w.post("/inbjudningar", w.asking("fel@", "XX")).want(t, http.StatusUnprocessableEntity).body)
	again := w.asking("eva@example.se", "BD")
	again.Set("website", "x")
	pages["/invitations-again"] = []byte(w.post("/inbjudningar", again).want(t, http.StatusOK).body)
	long := strings.Repeat("mycketlangtnamn", 4) + "@" + strings.Repeat("kommun", 9) + ".example.se"
	w.post("/inbjudningar", w.asking(long, "BD", "Z")).want(t, http.StatusSeeOther)
	uid := w.subscriber(long).UID
	own, end := "/inbjudningar/"+w.Keys.SubscriberLink(uid, auth.SubscriberManages), "/avsluta/"+w.Keys.SubscriberLink(uid, auth.SubscriberEnds)
	both("confirm", own)
	to := w.post(own, url.Values{"step": {"yes"}}).want(t, http.StatusSeeOther).Header.Get("Location")
	both("own", to)
	both("end", end)
	pages["/invitations-ended"] = []byte(w.post(end, url.Values{"List-Unsubscribe": {"One-Click"}}).want(t, http.StatusOK).body)
	both("ended-before", end)
}
