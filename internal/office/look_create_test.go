package office_test

import (
	"net/http"
	"testing"

	"github.com/temadag/temadag/internal/domain"
)

// beginnings are the pages on which events are found and begun, in every state worth looking at.
func beginnings(t *testing.T) map[string][]byte {
	t.Helper()
	pages := make(map[string][]byte)
	w := fourCounties(t)
	keep := func(name string, r *response, status int) *response {
		t.Helper()
		pages["/"+name] = []byte(r.want(t, status).body)
		return r
	}
	c := w.user("Yvonne Exempel", organiserIn("Y")...)
	all := w.user("Alla Exempel", organiserIn("BD", "AC", "Y", "Z")...)
	keep("events-empty", c.get("/handlaggare/tillfallen"), http.StatusOK)
	keep("new", c.get("/handlaggare/tillfallen/nytt"), http.StatusOK)
	keep("new-en", c.get("/en/office/events/new"), http.StatusOK)
	keep("invite", c.get(invitePath), http.StatusOK)
	keep("invite-wrong", c.post(invitePath, nil), http.StatusUnprocessableEntity)
	read := keep("invitation", c.read(t, invitation(t)), http.StatusOK)
	keep("invitation-all", c.post(invitePath, with(read.fields(), "step", "all")), http.StatusOK)
	keep("invitation-wrong", c.post(invitePath, with(read.fields(), "step", "create", "occasion_4_day", "31 november")), http.StatusUnprocessableEntity)
	keep("invitation-unread", c.read(t, "Kaffe & bulle?\n\n@@@ 44 %%% 31 november 2016\n\nSeminarium i Sundsvall\n22 okt, kl 16.00-9.00"), http.StatusOK)
	english := all.post("/en/office/events/new/invitation", with(read.fields(), "step", "all"))
	form := keep("invitation-many-en", english, http.StatusOK).fields()
	for n, code := range []string{"BD", "Z", "AC", "Y"} {
		form.Set(domain.RowField("occasion", n, "owner"), code)
	}
	form["ok"] = append(form["ok"], "occasion_4_day")
	made := all.post(invitePath, with(form, "step", "create"))
	keep("created", all.get(made.want(t, http.StatusSeeOther).to()), http.StatusOK)
	keep("events", all.get("/handlaggare/tillfallen"), http.StatusOK)
	keep("events-en", all.get("/en/office/events"), http.StatusOK)
	keep("events-none", all.get("/handlaggare/tillfallen?q=finnsinte&part=past"), http.StatusOK)
	keep("create", c.get("/handlaggare/tillfallen/nytt/fran-grunden"), http.StatusOK)
	keep("create-wrong", all.post("/handlaggare/tillfallen/nytt/fran-grunden", nil), http.StatusUnprocessableEntity)
	several := keep("series-new", all.get("/handlaggare/tillfallen/nytt/flera-orter"), http.StatusOK)
	keep("series-new-wrong", all.post("/handlaggare/tillfallen/nytt/flera-orter", with(several.fields(), "step", "create", "town_2_town", "Någonstans", "town_2_day", "tisdag 7 december 2016")), http.StatusUnprocessableEntity)
	keep("copy-choose", c.get("/handlaggare/tillfallen/nytt/kopia"), http.StatusOK)
	theme := "/handlaggare/tema/" + w.everything()[0].SeriesSlug
	copying := "/handlaggare/tillfalle/" + w.everything()[3].Slug + "/kopiera"
	keep("copy", all.get(copying), http.StatusOK)
	keep("copy-wrong", all.post(copying, with(all.get(copying).fields(), "owner", "")), http.StatusUnprocessableEntity)
	words := keep("series", c.get(theme), http.StatusOK).fields()
	all.post(theme, with(all.get(theme).fields(), "title_sv", "Efterfrågan i fyra län", "lead_sv", "Någon annan skrev det här."))
	keep("series-conflict", c.post(theme, with(words, "title_sv", "Min rubrik")), http.StatusConflict)
	keep("series-wrong", c.post(theme, with(c.get(theme).fields(), "title_sv", "")), http.StatusUnprocessableEntity)
	return pages
}

func TestBeginnings(t *testing.T) { lookAt(t, "beginning an event", beginnings(t)) }
