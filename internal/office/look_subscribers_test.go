package office_test

import (
	"net/http"
	"net/url"
	"testing"

	"github.com/temadag/temadag/internal/domain"
)

// invitationScenes are the pages about those who have asked for invitations, in every state worth looking at.
func invitationScenes(t *testing.T, w *world) map[string][]byte {
	t.Helper()
	c := w.user("Anna Exempel", in(domain.RoleAdministrator))
	pages := map[string][]byte{"/invite-nobody": []byte(c.get("/handlaggare/tillfalle/lulea/bjud-in").want(t, http.StatusOK).body)}
	w.subscribed("vill.veta@example.se", domain.Swedish, "BD")
	w.subscribed("wants.to.know@example.se", domain.English, "BD")
	for name, path := range map[string]string{
		"invite": "/handlaggare/tillfalle/lulea/bjud-in", "invite-en": "/en/office/event/lulea/invite",
		"subscribers": "/handlaggare/inbjudningar?done=subscriber_removed", "subscribers-en": "/en/office/subscribers",
	} {
		pages["/"+name] = []byte(c.get(path).want(t, http.StatusOK).body)
	}
	wrong := url.Values{"email": {"fel"}, "county": {"BD"}}
	pages["/subscribers-wrong"] = []byte(c.post("/handlaggare/inbjudningar", wrong).want(t, http.StatusUnprocessableEntity).body)
	return pages
}

func TestSubscriberPages(t *testing.T) {
	w := newWorld(t)
	season(t, w)
	lookAt(t, "subscribers", invitationScenes(t, w))
}
