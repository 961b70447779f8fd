package office_test

import (
	"net/http"
	"net/url"
	"slices"
	"strings"
	"testing"

	"github.com/temadag/temadag/internal/domain"
)

// What is handed out as a file or on paper is made when a form is sent, so that no crawl sees it. Here all of
// it is taken, as everyone who may: each list that has a button, lists of one's own with every column there is
// in every format, papers for the door, the log. Of protected people none holds a word, and none what anybody
// needs.

// unpacked is a file as text: of a workbook its parts.
func unpacked(t testing.TB, content string) string {
	t.Helper()
	if strings.HasPrefix(content, "PK\x03\x04") {
		return wholeBook(t, content)
	}
	return content
}

// offered are the values of a form's boxes by a name.
func (r *response) offered(name string) (out []string) {
	for _, n := range r.find("input") {
		if attr(n, "name") == name && !slices.Contains(out, attr(n, "value")) {
			out = append(out, attr(n, "value"))
		}
	}
	return out
}

// handed is what came of a form: the file behind the work, or the paper; "" where it was refused.
func (c *client) handed(t testing.TB, answer *response) string {
	t.Helper()
	if answer.StatusCode != http.StatusSeeOther {
		return ""
	}
	got := c.get(answer.to())
	for got.Header.Get("Refresh") != "" { // it is being made
		got = c.get(answer.to())
	}
	got.want(t, http.StatusOK)
	for _, a := range got.find("a") {
		if strings.HasSuffix(attr(a, "href"), "/fil") {
			return unpacked(t, c.get(attr(a, "href")).want(t, http.StatusOK).body)
		}
	}
	return got.body
}

// allTaken is everything that somebody can take of the event and its series, by what it is.
func (c *client) allTaken(t testing.TB) map[string]string {
	t.Helper()
	out := make(map[string]string)
	for _, at := range []string{luleaLists, "/handlaggare/tema/efterfragan/listor"} {
		page := c.get(at)
		if page.StatusCode != http.StatusOK {
			continue
		}
		for _, step := range []string{"registered", "since", "door", "badges"} {
			out[at+" "+step] = c.handed(t, c.post(at, url.Values{"step": {step}}))
		}
		for _, format := range []string{"xlsx", "csv", "print"} {
			for _, since := range []string{"", "yes"} {
				form := own("step", "take", "format", format, "since", since)
				form["columns"], form["statuses"] = page.offered("columns"), page.offered("statuses")
				out[at+" own "+format+since] = c.handed(t, c.post(at, form))
			}
		}
	}
	out["log"] = c.handed(t, c.post("/handlaggare/logg/hamta", nil))
	return out
}

// filed takes everything as each role of the county, and answers which words stand in which files.
func filed(t *testing.T, words []string) (found, taken map[string]int) {
	t.Helper()
	w := newWorld(t)
	events := season(t, w)
	for _, b := range birds()[:2] {
		w.release(t, b)
	}
	found, taken = make(map[string]int), make(map[string]int)
	hidden := pathOf(w, "office_reveal", "lulea", w.refOf(events["lulea"], birds()[1].entry.Email))
	for _, role := range domain.StaffRoles() {
		c := w.user("Own "+string(role), in(role))
		c.post(hidden, url.Values{"why": {string(domain.RevealReasons()[0])}}) // what was opened is in no file either
		for what, content := range c.allTaken(t) {
			if content == "" {
				continue
			}
			taken[what]++
			for _, word := range words {
				if strings.Contains(content, word) {
					found[word+" in "+what]++
				}
			}
		}
	}
	return found, taken
}

func TestCanary_filesTellNothing(t *testing.T) {
	shown, hidden := birds()[0], birds()[1]
	secret := slices.Concat(hidden.words(), []string{shown.reason, shown.entry.Needs.DietText, hidden.entry.Needs.DietText, "Inget stekt", "vegan"})
	found, taken := filed(t, secret)
	for where := range found {
		t.Errorf("%s", where)
	}
	if len(taken) != 19 {
		t.Errorf("%d kinds of file were taken, want 19: %v", len(taken), taken)
	}
	// The twin: the same search finds whoever is not protected, her address and her telephone where they are
	// asked for.
	found, _ = filed(t, shown.words())
	for _, word := range []string{
		"Kanarie in " + luleaLists + " registered", "Kanarie in " + luleaLists + " door", "Kanarie in " + luleaLists + " badges",
		shown.entry.Email + " in " + luleaLists + " own csv", shown.entry.Email + " in " + luleaLists + " own xlsx", shown.entry.Email + " in " + luleaLists + " own print",
		"Kanarie in /handlaggare/tema/efterfragan/listor registered",
	} {
		if found[word] == 0 {
			t.Errorf("the search does not find %s: it proves nothing", word)
		}
	}
}
