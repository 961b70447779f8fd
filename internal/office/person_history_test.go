package office_test

import (
	"errors"
	"net/http"
	"strings"
	"testing"
	"time"

	"github.com/temadag/temadag/internal/domain"
	"github.com/temadag/temadag/internal/store"
	"github.com/temadag/temadag/internal/testkit"
)

// Whoever runs the program is no name on a person's page: what is made up as if it came by the web was the
// participant's doing, and other acts are told in the language of the page.
func TestPerson_whoDidIt(t *testing.T) {
	w := newWorld(t)
	events := season(t, w)
	made := testkit.Input(events["lulea"], personOf("Gunhild", "Ström"))
	made.Channel = domain.ChannelWeb
	_, err := w.Registrations.Register(t.Context(), domain.Operator(), made)
	must(t, err)
	ref := w.refOf(events["lulea"], "gunhild@example.se")
	c := w.user("Anna Exempel", in(domain.RoleCaseWorker))
	c.get(people+"/"+ref).want(t, http.StatusOK, "Anmäld, fick en plats, av deltagaren")
	must(t, w.Registrations.Protect(t.Context(), domain.Operator(), "lulea", "gunhild@example.se"))
	c.get(people+"/"+ref).want(t, http.StatusOK, "av driften")
	if page := c.get("/en/office/event/lulea/people/"+ref).want(t, http.StatusOK, "by whoever runs the program").words(); strings.Contains(page, "driftansvarig") {
		t.Error("the name is not in English")
	}
}

// Where there is no mail server, no letter is said to have been handed to one.
func TestPerson_lettersKept(t *testing.T) {
	for kept, said := range map[bool]string{true: "Sparat som fil, inte skickat", false: "Lämnat till mejlservern"} {
		w := newWorld(t)
		events := season(t, w)
		must(t, w.Store.Write(t.Context(), func(tx *store.Tx) error {
			letters, err := tx.ClaimLetters(t.Context(), w.Clock.Now(), time.Hour, 10_000)
			for _, l := range letters {
				err = errors.Join(err, tx.LetterAccepted(t.Context(), l.ID, w.Clock.Now()))
			}
			return err
		}))
		w.office.LettersKept = kept
		ref := w.refOf(events["lulea"], "person1@example.se")
		c := w.user("Anna Exempel", in(domain.RoleCaseWorker))
		c.get(people+"/"+ref).want(t, http.StatusOK, said)
	}
}
