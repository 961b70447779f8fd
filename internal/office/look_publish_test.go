package office_test

import (
	"context"
	"net/http"
	"net/url"
	"strings"
	"testing"

	"github.com/temadag/temadag/internal/domain"
)

// publishings are the pages of publishing, documents, co-organisers and changes in every state worth
// looking at.
func publishings(t *testing.T) map[string][]byte {
	t.Helper()
	pages := make(map[string][]byte)
	w := newWorld(t)
	events := season(t, w)
	for _, e := range faultyDrafts() {
		w.AddEvent(t, e)
	}
	w.readyDraft("klar")
	c := w.user("Anna Exempel", in(domain.RoleAdministrator))
	keep := func(name string, r *response, status int) *response {
		t.Helper()
		pages["/"+name] = []byte(r.want(t, status).body)
		return r
	}
	look := func(name, path string) *response {
		t.Helper()
		english := strings.NewReplacer("/handlaggare/tillfalle/", "/en/office/event/", "/publicera", "/publish", "/avpublicera", "/unpublish",
			"/dokument", "/documents", "/ta-bort", "/remove", "/medarrangorer", "/co-organisers", "/andra", "/change", "/stall-in", "/call-off",
			"/besked", "/reach").Replace(path)
		keep(name+"-en", c.get(english), http.StatusOK)
		return keep(name, c.get(path), http.StatusOK)
	}
	const at = "/handlaggare/tillfalle/"
	look("publish-missing", at+"fel/publicera")
	look("publish-empty", at+"tomt/publicera")
	look("publish-past", at+"forr/publicera")
	keep("publish-refused", c.post(at+"fel/publicera", nil), http.StatusUnprocessableEntity)
	look("publish-ready", at+"klar/publicera")
	ask := keep("publish-ask", c.post(at+"klar/publicera", nil), http.StatusOK)
	keep("publish-done", c.get(c.post(at+"klar/publicera", with(ask.fields(), "step", "confirm")).to()), http.StatusOK)
	look("unpublish", at+"klar/avpublicera")
	keep("unpublish-refused", c.get(at+"lulea/avpublicera"), http.StatusConflict)
	look("publish-public", at+"lulea/publicera")

	look("documents-none", at+"pitea/dokument")
	for i, title := range []string{"Program för dagen", "Karta över parkeringsplatser och ingångar vid Clarion Sense", "Programme"} {
		c.upload(at+"lulea/dokument", "en-fil-med-ett-langt-namn-utan-mellanslag-i.pdf", []byte("%PDF-1.7\n"+strings.Repeat("x", i*900_000)),
			"title_sv", title, "about_sv", "Dagens tider, föreläsare och vad som serveras.\nSamma program står på tillfällets sida.", "lang", []string{"sv", "sv", "en"}[i])
	}
	look("documents", at+"lulea/dokument")
	keep("documents-wrong", c.upload(at+"lulea/dokument", "x.exe", []byte("MZ"), "title_sv", "", "about_sv", "", "lang", "sv"), http.StatusUnprocessableEntity)
	look("document", at+"lulea/dokument/lulea-program-for-dagen")
	look("document-remove", at+"lulea/dokument/lulea-program-for-dagen/ta-bort")
	w.Clock.Turn(2e9)
	keep("event-public", w.anyone().get("/tillfalle/lulea"), http.StatusOK)

	look("share-none", at+"lulea/medarrangorer")
	keep("share-ask", c.post(at+"lulea/medarrangorer", url.Values{"county": {"Z"}}), http.StatusOK)
	keep("share-wrong", c.post(at+"lulea/medarrangorer", url.Values{"county": {""}}), http.StatusUnprocessableEntity)
	c.post(at+"lulea/medarrangorer", url.Values{"county": {"Z"}, "step": {"confirm"}})
	look("share", at+"lulea/medarrangorer")
	look("unshare", at+"lulea/medarrangorer/Z")

	w.phones(events["kiruna"], 500)
	hidden := personOf("Kanarie", "Fågelsson")
	w.enter(events["kiruna"], hidden)
	must(t, w.Registrations.Protect(context.Background(), domain.Operator(), "kiruna", hidden.Email))
	look("change-how", at+"kiruna/andra")
	look("reach-none", at+"kiruna/besked")
	c.types("kiruna", func(in *domain.EventEntry) { moved(in); in.Day = "31/11 2016" })
	keep("change-in-the-way", c.get(at+"kiruna/andra"), http.StatusConflict)
	c.types("kiruna", func(in *domain.EventEntry) { in.Lead.Sv = "Ny." })
	look("change-nobody", at+"kiruna/andra")
	c.types("kiruna", func(in *domain.EventEntry) { moved(in); in.Lead.Sv, in.Capacity = "Ny.", "50" })
	form := look("change", at+"kiruna/andra").fields()
	keep("change-wrong", c.post(at+"kiruna/andra", with(form, "until", "i morgon")), http.StatusUnprocessableEntity)
	form = c.get(at + "kiruna/andra").fields()
	keep("change-quiet", c.post(at+"kiruna/andra", with(form, "tell", "nobody")), http.StatusOK)
	review := keep("change-ask", c.post(at+"kiruna/andra", with(form, "tell", "all", "note_sv", "Huset är dubbelbokat.", "note_en", "The house is double-booked.")), http.StatusOK)
	keep("change-done", c.get(c.post(at+"kiruna/andra", with(review.fields(), "step", "confirm")).to()), http.StatusOK)
	w.delivers(domain.LetterEventChanged, func(n int, l domain.Letter) domain.LetterState {
		if l.To == hidden.Email {
			return domain.LetterFailed
		}
		return []domain.LetterState{domain.LetterFailed, domain.LetterAccepted, domain.LetterQueued}[n%3]
	})
	look("reach", at+"kiruna/besked")
	keep("reach-shown", c.post(at+"kiruna/besked", nil), http.StatusOK)
	look("call-off", at+"pitea/stall-in")
	keep("call-off-wrong", c.post(at+"pitea/stall-in", nil), http.StatusUnprocessableEntity)
	keep("call-off-draft", c.get(at+"utkast/stall-in"), http.StatusConflict)
	keep("call-off-done", c.get(c.post(at+"pitea/stall-in", url.Values{"reason_sv": {"Föreläsaren är sjuk."}, "sure": {"yes"}}).to()), http.StatusOK)
	keep("publish-cancelled", c.get(at+"pitea/publicera"), http.StatusOK)
	keep("event-cancelled", c.get(at+"pitea"), http.StatusOK)
	return pages
}

func TestPublishings(t *testing.T) { lookAt(t, "publishing and changing", publishings(t)) }
