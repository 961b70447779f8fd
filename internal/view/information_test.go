package view_test

import (
	"regexp"
	"slices"
	"strings"
	"testing"

	"github.com/temadag/temadag/internal/domain"
	"github.com/temadag/temadag/internal/view"
)

func information(t *testing.T, l domain.Lang, name string, body view.Information) string {
	t.Helper()
	o := options(t)
	o.Templates = overlay(t, "../../web/templates")
	r, err := view.New(o)
	if err != nil {
		t.Fatal(err)
	}
	var b strings.Builder
	if err := r.Page(&b, l, "public/"+name, view.Page{Title: "Titel", Body: body}); err != nil {
		t.Fatal(err)
	}
	_, main, _ := strings.Cut(b.String(), "<main")
	main, _, _ = strings.Cut(main, "</main>")
	return main
}

// inOrder reports the first of wanted that does not stand in s after those before it.
func inOrder(s string, wanted []string) (string, bool) {
	for _, w := range wanted {
		_, after, ok := strings.Cut(s, w)
		if !ok {
			return w, false
		}
		s = after
	}
	return "", true
}

// what the statement must hold, in the order the supervising authority asks for.
func TestAccessibilityStatement(t *testing.T) {
	body := view.Information{Organisers: sampleOrganisers()}
	wanted := map[domain.Lang][]string{
		domain.Swedish: {
			"Länsstyrelsen i Norrbottens län", "Redogörelsen gäller Temadag", "delvis förenlig", "Innehåll som inte är tillgängligt",
			"Dokument att hämta", "12 §", "9 §", "Senaste bedömningen gjordes", `datetime="20`, "uppdaterades senast", `datetime="20`,
			"självskattning", "Rapportera brister", "mailto:norrbotten@example.se", "https://www.digg.se/tdosanmalan",
		},
		domain.English: {
			"Länsstyrelsen i Norrbottens län", "statement covers Temadag", "partially complies", "Content that is not accessible",
			"Documents to fetch", "section 12", "section 9", "latest assessment was made", `datetime="20`, "last updated", `datetime="20`,
			"self-assessment", "Report shortcomings", "mailto:norrbotten@example.se", "https://www.digg.se/tdosanmalan",
		},
	}
	for l, parts := range wanted {
		page := information(t, l, "accessibility", body)
		if lacking, ok := inOrder(page, parts); !ok {
			t.Errorf("%s: %q is missing or stands too early", l, lacking)
		}
		if _, ok := inOrder(page, append([]string{"tdosanmalan"}, parts...)); ok {
			t.Errorf("%s: the check does not see the order", l)
		}
	}
}

// what the notice must hold.
func TestPrivacyNotice(t *testing.T) {
	body := view.Information{Organisers: sampleOrganisers()}
	wanted := map[domain.Lang][]string{
		domain.Swedish: {
			"skyddade personuppgifter", "personuppgiftsansvarig", "gemensamt ansvariga", "010-225 50 00", "mailto:dataskydd.norrbotten@example.se",
			"Vad vi använder uppgifterna till", "6.1 e", "frivilliga", "personnummer", "Mat och tillgänglighet", "9.2 g", "bara veta antal, aldrig namn", "gallringsbeslut", "allmän handling",
			"kopia", "rättade", "begränsar", "invända", "raderas", "imy.se", "Inga automatiska beslut",
		},
		domain.English: {
			"protected personal data", "is the controller", "joint controllers", "010-225 50 00", "mailto:dataskydd.norrbotten@example.se",
			"What we use the data for", "6(1)(e)", "optional", "personal identity number", "Food and access needs", "9(2)(g)", "told numbers, never names", "decision on erasure", "public record",
			"copy", "corrected", "restrict", "object", "erased", "imy.se", "No automated decisions",
		},
	}
	for l, parts := range wanted {
		page := information(t, l, "privacy", body)
		if lacking, ok := inOrder(page, parts); !ok {
			t.Errorf("%s: %q is missing or stands too early", l, lacking)
		}
		if strings.Contains(page, "samtycker") {
			t.Errorf("%s: asks for consent", l)
		}
	}
}

func TestSubscribePage_listsEveryCalendar(t *testing.T) {
	body := view.Information{Organisers: sampleOrganisers(), Series: []domain.Series{{Slug: "efterfragan", Title: domain.Text{Sv: "Efterfrågan"}}}}
	for l, prefix := range map[domain.Lang]string{domain.Swedish: "", domain.English: "/en"} {
		page := information(t, l, "subscribe", body)
		for _, address := range []string{"/calendarics", "/countyicsnorrbotten", "/countyicsvasternorrland", "/seriesicsefterfragan"} {
			if !strings.Contains(page, `href="webcal://temadag.example.se`+prefix+address+`"`) ||
				!strings.Contains(page, ">https://temadag.example.se"+prefix+address+"<") {
				t.Errorf("%s: no link and address for %s", l, address)
			}
		}
		if !strings.Contains(page, `href="`+prefix+`/newsfeed"`) {
			t.Errorf("%s: no feed of news", l)
		}
	}
}

// The pages of running text say the same in both languages: the same parts, under the same ids.
func TestInformation_isWholeInBothLanguages(t *testing.T) {
	parts := regexp.MustCompile(`<h[1-6]|<li|<section|<dt| id="[^"]+"`)
	for _, name := range []string{"accessibility", "privacy", "cookies", "subscribe"} {
		for what, body := range map[string]view.Information{"full": {Organisers: sampleOrganisers()}, "empty": {}} {
			swedish := parts.FindAllString(information(t, domain.Swedish, name, body), -1)
			english := parts.FindAllString(information(t, domain.English, name, body), -1)
			if !slices.Equal(swedish, english) {
				t.Errorf("%s, %s: the languages differ:\n%v\n%v", name, what, swedish, english)
			}
		}
	}
}
