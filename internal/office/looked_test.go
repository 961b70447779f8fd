package office_test

import (
	"fmt"
	"net/http"
	"slices"
	"strings"
	"testing"

	"github.com/temadag/temadag/internal/domain"
	"github.com/temadag/temadag/internal/testkit/look"
)

// Every page of the table is looked at, in both languages, and so is what each form answers when it is sent
// empty. The states that take more to reach are looked at by the tests beside (scenes); this one sees to it
// that no route is forgotten.

// unseen are the routes that show no page when they are asked for by themselves, and why.
func unseen() map[string]string {
	return map[string]string{
		"office_mailing_new":         "asks about an event that its address tells: looked at in TestMailingPages",
		"office_mailing_letter":      "is the page in a letter, for a frame: looked at in TestMailingPages",
		"office_automatic_letter":    "is the page in a letter, for a frame: looked at in TestLookAutomatics",
		"office_person_letter_html":  "is the HTML of a letter, for a frame: looked at in TestPersonLetter",
		"office_factor":              "is the second step of signing in: looked at in TestPages",
		"office_passkey":             "is where a passkey is sent, and leads to signing in: what it refuses is looked at in TestPasskeyPages",
		"office_passkey_add":         "is where a new passkey is sent, and leads to one's own account: what it answers is looked at in TestPasskeyPages",
		"office_created":             "tells of what she has just made: looked at in TestBeginnings",
		"office_bulk":                "asks about people whom she has ticked: looked at in TestManagePages",
		"office_edit_clash":          "compares two editors' words, and nobody else has written: looked at in TestEditorPages",
		"office_news_picture_file":   "is a picture",
		"office_news_document_file":  "is a document",
		"office_bulk_go":             "tells of a list of people that she has ticked: looked at in TestManagePages",
		"office_news_unpublish":      "asks about news that are published: looked at in TestNewsPages",
		"office_news_restore":        "asks about news that were removed: looked at in TestNewsPages",
		"office_news_picture_remove": "asks about a picture: looked at in TestNewsPages",
		"office_edit_drop":           "asks about a draft, and she has none: looked at in TestEditorPages",
		"office_document_file":       "is a document",
		"office_needs_open":          "asks about someone who has told of needs: looked at in TestManagePages",
		"office_paper":               "is a paper that she has asked for: looked at in TestLists",
		"office_provider":            "leads on to the authority's own sign-in service",
		"office_provider_back":       "is where that service sends people back to",
		"office_passkey_remove":      "asks about a passkey, and she has none: looked at in TestPasskeyPages",
		"office_work":                "tells of long work that she has begun: looked at in TestLists",
		"office_work_file":           "is a file that such work has made",
		"office_import_template":     "is a workbook to fill in",
		"office_import_columns":      "asks about a file that she has sent: looked at in TestManagePages",
		"office_import_check":        "asks about a file that she has sent: looked at in TestManagePages",
		"office_import_done":         "tells of a file that she has sent: looked at in TestManagePages",
	}
}

// everyState is the page of every route that shows one, and what its form answers to nothing, by name; and
// the routes of which nothing was seen.
func everyState(t *testing.T) (pages map[string][]byte, forgotten []string) {
	t.Helper()
	w := newWorld(t)
	season(t, w)
	own, _ := w.twoCounties(t)
	c := w.user("Anna Exempel", in(domain.RoleAdministrator), domain.Grant{Role: domain.RoleNeedsOfficer, County: "BD"})
	pages, forgotten = make(map[string][]byte), nil
	for _, r := range w.office.Routes() {
		if r.Name == "office_sign_out" {
			continue
		}
		name := "/" + strings.ToLower(r.Method) + "-" + r.Name
		who := c
		if strings.HasPrefix(r.Paths[domain.Swedish], "/handlaggare/logga-in") {
			who = w.anyone()
		}
		for l, suffix := range map[domain.Lang]string{domain.Swedish: "", domain.English: "-en"} {
			path, unknown := own.in(r, l)
			if path == "" || unknown != "" {
				continue
			}
			got := who.do(r.Method, path, "")
			framed := strings.Contains(got.Header.Get("Content-Security-Policy"), "sandbox") // a letter, and no page of ours
			if got.page != nil && !framed && slices.Contains([]int{http.StatusOK, http.StatusConflict, http.StatusUnprocessableEntity}, got.StatusCode) {
				pages[name+suffix] = []byte(got.body)
			} else if r.Method == http.MethodGet && l == domain.Swedish && unseen()[r.Name] == "" {
				forgotten = append(forgotten, fmt.Sprintf("%s %s answers %d", r.Name, path, got.StatusCode))
			}
		}
	}
	return pages, forgotten
}

func TestEveryRoute_isLookedAt(t *testing.T) {
	pages, forgotten := everyState(t)
	for _, f := range forgotten {
		t.Errorf("%s: nothing of it is looked at; give aim_test.go what it takes, or say why not in unseen", f)
	}
	for name := range unseen() {
		if pages["/get-"+name] != nil {
			t.Errorf("%s is seen after all", name)
		}
	}
	judge(t, pages)
	lookAtOver(t, "every route of the office", pages, static(t), look.Dark())
}
