package office_test

import (
	"bytes"
	"image"
	"image/color"
	"image/jpeg"
	"net/http"
	"net/url"
	"strings"
	"testing"
	"time"

	"github.com/temadag/temadag/internal/domain"
	"github.com/temadag/temadag/internal/testkit/look"
)

// photograph is a picture of hills, as a JPEG.
func photograph(t testing.TB, w, h int) []byte {
	t.Helper()
	p := image.NewRGBA(image.Rect(0, 0, w, h))
	for y := range h {
		for x := range w {
			c := color.RGBA{180, 205, 220, 255}
			if y > h/2+(x*x/w-x)/6 {
				c = color.RGBA{70, 110, 80, 255}
			}
			if y > h*2/3+x/9 {
				c = color.RGBA{40, 70, 55, 255}
			}
			p.SetRGBA(x, y, c)
		}
	}
	var b bytes.Buffer
	must(t, jpeg.Encode(&b, p, nil))
	return b.Bytes()
}

// begin makes an item on its page and answers its address.
func (c *client) begin(kind, title string) string {
	c.w.t.Helper()
	to := c.post("/handlaggare/nyheter/ny", url.Values{"kind": {kind}, "county": {"BD"}, "title_sv": {title}}).want(c.w.t, http.StatusSeeOther).to()
	return strings.Split(to, "?")[0]
}

// newsWords are words that fill the editor.
func newsWords() []string {
	return []string{
		"title_en", "Theme days on demand in four towns", "lead_sv", "I december kommer temadagarna till Luleå, Piteå och Kiruna. Anmälan är öppen.",
		"lead_en", "In December the theme days come to Luleå, Piteå and Kiruna.",
		"body_sv", "Under dagen får du veta hur **efterfrågan** ser ut i dag.\n\n## Det här tar du med dig\n\n- ny kunskap om vilka som köper\n- metoder som du kan använda direkt\n\nLäs mer i [rapporten om arbetet i länet](https://example.se/rapport).",
		"body_en", "During the day you will learn what **demand** looks like today.",
		"links_1_label_sv", "Rapporten i sin helhet", "links_1_url", "https://example.se/en/ganska/lang/adress/utan/mellanslag/rapport-om-arbetet-i-lanet-2026.pdf",
	}
}

// newsScenes are the pages of news and pages in every state worth looking at, by name; she
// sees their pictures.
func newsScenes(t *testing.T) (*client, map[string][]byte) {
	t.Helper()
	pages := make(map[string][]byte)
	w := newWorld(t)
	season(t, w)
	c := w.user("Anna Exempel", in(domain.RoleAdministrator))
	keep := func(name string, r *response, status int) *response {
		t.Helper()
		pages["/"+name] = []byte(r.want(t, status).body)
		return r
	}
	english := strings.NewReplacer("/handlaggare/nyheter", "/en/office/news", "/publicera", "/publish", "/avpublicera", "/unpublish", "/ta-bort-bilden", "/remove-picture", "/ta-bort", "/remove",
		"/lagg-tillbaka", "/restore", "/historik", "/history", "/bild", "/picture", "/dokument", "/documents", "/forhandsvisning", "/preview", "/ny", "/new",
		"/sida", "/page", "/kontakt", "/contact")
	look := func(name, path string) *response {
		t.Helper()
		keep(name+"-en", c.get(english.Replace(path)), http.StatusOK)
		return keep(name, c.get(path), http.StatusOK)
	}
	look("news-empty", "/handlaggare/nyheter")
	look("news-new", "/handlaggare/nyheter/ny")
	keep("news-new-wrong", c.post("/handlaggare/nyheter/ny", url.Values{"county": {"BD"}}), http.StatusUnprocessableEntity)
	at := c.begin("news", "Temadagar om efterfrågan i fyra städer med ett ganska långt namn på rubriken")
	empty := look("news-edit-new", at)
	keep("news-edit-wrong", c.post(at, with(empty.fields(), "title_sv", "", "slug", "!", "links_1_url", "www.example.se", "body_en", "Only English", "body_sv", "")), http.StatusUnprocessableEntity)
	c.post(at, with(empty.fields(), newsWords()...)).want(t, http.StatusSeeOther)
	keep("news-clash", c.post(at, with(empty.fields(), "title_sv", "Fyra temadagar", "body_sv", "En annan text.")), http.StatusConflict)
	look("news-picture-none", at+"/bild")
	keep("news-picture-wrong", c.upload(at+"/bild", "x.svg", []byte("<svg/>"), "alt_sv", ""), http.StatusUnprocessableEntity)
	c.upload(at+"/bild", "x.jpg", photograph(t, 2400, 1350), "alt_sv", "Skogsklädda berg under en ljus himmel.", "alt_en", "Wooded hills under a pale sky.", "credit", "Eva Exempel").want(t, http.StatusSeeOther)
	look("news-picture", at+"/bild")
	look("news-picture-remove", at+"/ta-bort-bilden")
	look("news-documents-none", at+"/dokument")
	for _, title := range []string{"Rapporten", "Bilaga med tabeller"} {
		c.upload(at+"/dokument", "en-fil-med-ett-langt-namn-utan-mellanslag.pdf", []byte("%PDF-1.7"), "title_sv", title, "about_sv", "Hela rapporten, 40 sidor.", "lang", "sv").want(t, http.StatusSeeOther)
	}
	look("news-documents", at+"/dokument")
	look("news-document", at+"/dokument/rapporten")
	look("news-document-remove", at+"/dokument/rapporten/ta-bort")
	look("news-preview", at+"/forhandsvisning")
	publish := look("news-publish", at+"/publicera")
	keep("news-publish-wrong", c.post(at+"/publicera", with(publish.fields(), "when", "at", "day", "28 mars 2027", "clock", "2.30")), http.StatusUnprocessableEntity)
	c.post(at+"/publicera", with(publish.fields(), "when", "at", "day", "1 december 2026", "clock", "9")).want(t, http.StatusSeeOther)
	look("news-scheduled", at)
	c.post(at+"/publicera", url.Values{"when": {"now"}}).want(t, http.StatusSeeOther)
	keep("news-published", c.get(at+"?done=news_published"), http.StatusOK)
	look("news-unpublish", at+"/avpublicera")
	look("news-history", at+"/historik")
	w.Clock.Turn(2 * time.Second)
	keep("public-news-item", w.anyone().get("/nyheter/temadagar-om-efterfragan-i-fyra-stader-med-ett-ganska-langt"), http.StatusOK)
	advised := c.begin("page", "Bra att veta")
	form := c.get(advised).fields()
	c.post(advised, with(form, "body_sv", "Klicka här för att anmäla dig. "+strings.Repeat("och ", 40)+"slut. ![](x.png)", "footer", "yes"))
	look("news-publish-blocked", advised+"/publicera")
	form = c.get(advised).fields()
	c.post(advised, with(form, "body_sv", "Klicka här för att anmäla dig.")).want(t, http.StatusSeeOther)
	look("news-publish-advised", advised+"/publicera")
	c.post(advised+"/publicera", url.Values{"when": {"now"}}).want(t, http.StatusSeeOther)
	w.Clock.Turn(2 * time.Second)
	keep("public-page", w.anyone().get("/sidor/bra-att-veta"), http.StatusOK)
	look("news-site-page", "/handlaggare/nyheter/sida/privacy")
	taken := strings.Split(c.post("/handlaggare/nyheter/sida/privacy", nil).want(t, http.StatusSeeOther).to(), "?")[0]
	look("news-site-edit", taken)
	keep("news-site-preview", c.get(taken+"/forhandsvisning"), http.StatusOK)
	keep("news-site-preview-en", c.get(english.Replace(taken+"/forhandsvisning")), http.StatusOK)
	for _, name := range []string{"accessibility", "about", "cookies"} {
		page := strings.Split(c.post("/handlaggare/nyheter/sida/"+name, nil).to(), "?")[0]
		keep("news-site-preview-"+name, c.get(page+"/forhandsvisning"), http.StatusOK)
	}
	look("news-contact-page", "/handlaggare/nyheter/kontakt/norrbotten")
	contact := strings.Split(c.post("/handlaggare/nyheter/kontakt/norrbotten", nil).to(), "?")[0]
	c.post(contact, with(c.get(contact).fields(), "body_sv", "## Öppettider\n\nVardagar 8–16.")).want(t, http.StatusSeeOther)
	keep("news-contact-preview", c.get(contact+"/forhandsvisning"), http.StatusOK)
	gone := c.begin("news", "En gammal nyhet")
	look("news-remove", gone+"/ta-bort")
	c.post(gone+"/ta-bort", url.Values{"step": {"remove"}}).want(t, http.StatusSeeOther)
	look("news-removed", gone)
	look("news-erase", gone+"/ta-bort")
	look("news-restore", gone+"/lagg-tillbaka")
	look("news", "/handlaggare/nyheter")
	keep("public-about", w.anyone().get("/om"), http.StatusOK)
	keep("public-contact", w.anyone().get("/kontakt"), http.StatusOK)
	keep("public-county", w.anyone().get("/kontakt/norrbotten"), http.StatusOK)
	return c, pages
}

func TestNewsPages(t *testing.T) {
	c, pages := newsScenes(t)
	judge(t, pages)
	lookAtOver(t, "news and pages", pages, http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		got := c.get(r.URL.RequestURI()) // style sheets, and pictures that she alone sees
		w.Header().Set("Content-Type", got.Header.Get("Content-Type"))
		_, _ = w.Write([]byte(got.body))
	}), look.Wide(), look.Narrow())
}
