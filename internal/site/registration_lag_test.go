package site_test

import (
	"net/http"
	"testing"
	"time"

	"github.com/temadag/temadag/internal/domain"
)

// Where another instance gave the last place away and the pages here do not know it yet, the answer to a form is
// what was decided: the queue, or that nothing is left.
func TestRegistration_tellsWhatWasDecidedWhereThePagesLag(t *testing.T) {
	tests := map[string]struct {
		elsewhere     string // how the event is changed past the program, which goes on with its pages
		person, group string // on the page that answers the form of one, and of two who come together or not at all
		status        int    // of the latter
	}{
		"the queue is left": {`UPDATE events SET capacity = 1`, "Skicka anmälan till kön", "Ni är 2", http.StatusUnprocessableEntity},
		"nothing is left":   {`UPDATE events SET capacity = 1, waiting_list = FALSE`, "Alla platser är upptagna", "Alla platser är upptagna", http.StatusOK},
	}
	for name, tt := range tests {
		t.Run(name, func(t *testing.T) {
			w := groupWorld(t, 10)
			w.take("lulea", 1)
			review := w.review("lulea", 2)
			two := w.post(groupPath, with(group(w.get(groupPath).fields(), string(domain.GroupAll), 0, 3, 4), "review")).want(t, http.StatusOK)
			w.Clock.Turn(time.Minute)
			if _, err := w.Raw(t).Exec(tt.elsewhere); err != nil {
				t.Fatal(err)
			}
			page := w.post(form, with(review, "send")).want(t, http.StatusOK, tt.person)
			w.post(groupPath, with(two.fields(), "send")).want(t, tt.status, tt.group)
			if n := w.registrations("lulea"); n != 1 {
				t.Errorf("%d registrations, want the first alone", n)
			}
			if tt.status == http.StatusOK {
				return
			}
			sent := w.post(form, with(page.fields(), "send")).want(t, http.StatusSeeOther)
			w.get(sent.Header.Get("Location")).want(t, http.StatusOK, "Du står i kö")
		})
	}
}
