package site_test

import (
	"net/http"
	"testing"

	"github.com/temadag/temadag/internal/testkit"
)

func TestRegistration_wholeWay(t *testing.T) {
	w := newWorld(t)
	w.AddEvent(t, testkit.Event("lulea", 10))
	w.get("/").want(t, http.StatusOK, "Temadag i Luleå", "10 av 10 platser kvar")
	w.get("/tillfalle/lulea").want(t, http.StatusOK, "Anmäl dig till Luleå", "Anmälan är bindande")
	receipt := w.register("lulea", 1)
	receipt.want(t, http.StatusOK, "Du är anmäld", "person1@example.se")
}
