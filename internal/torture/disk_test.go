package main

import (
	"net/url"
	"testing"
	"time"

	"github.com/temadag/temadag/internal/testkit"
)

func TestFailingDisk_keepsItsWord(t *testing.T) {
	testkit.OnlySQLite(t)
	t.Parallel()
	b := faultBench(t, built(t))
	base, err := b.newSite(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	faults := []fault{
		{slot: slotFailSync, n: 1},
		{slot: slotFailSync, n: 3, sticky: true},
		{slot: slotFailWrite, n: 1, sticky: true},
		{slot: slotFailWrite, n: 2},
		{slot: slotFailWrite, n: 17},
		{slot: slotFailWrite, n: 30, sticky: true},
		{slot: slotFailWrite, n: 51},
	}
	got, err := b.tryFaults(t.Context(), base, faults)
	if err != nil {
		t.Fatal(err)
	}
	t.Logf("%+v", got)
	if err := got.err(); err != nil {
		t.Error(err)
	}
	if got.refused == 0 || got.received == 0 {
		t.Errorf("%d received and %d refused: too few to prove anything", got.received, got.refused)
	}
	// The twin: a disk that fails and does not say so.
	twin, err := b.tryFaults(t.Context(), base, lies()[:2])
	if err != nil {
		t.Fatal(err)
	}
	if twin.lost+twin.corrupt == 0 {
		t.Error(errTame)
	}
}

func TestFullDisk_keepsTheFormAndGoesOn(t *testing.T) {
	testkit.OnlySQLite(t)
	t.Parallel()
	b := faultBench(t, built(t))
	base, err := b.newSite(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	for _, room := range []int64{0, 5000, 100_000} {
		got, err := b.fillDisk(t.Context(), base, room, false)
		if err != nil {
			t.Fatal(err)
		}
		t.Logf("%d bytes: %+v", room, got)
		if err := got.err(); err != nil {
			t.Errorf("with %d bytes left: %v", room, err)
		}
	}
	twin, err := b.fillDisk(t.Context(), base, 10_000, true)
	if err != nil {
		t.Fatal(err)
	}
	if twin.lost+twin.corrupt == 0 {
		t.Error(errTame)
	}
}

func TestHeldFile_asksPeopleToComeAgain(t *testing.T) {
	testkit.OnlySQLite(t)
	t.Parallel()
	b := faultBench(t, built(t))
	base, err := b.newSite(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	got, err := b.holdFile(t.Context(), base, 4*time.Second, false)
	if err != nil {
		t.Fatal(err)
	}
	t.Logf("%+v", got)
	if err := got.err(); err != nil {
		t.Error(err)
	}
	if got.refused == 0 {
		t.Error("nobody was asked to come again: the file was held too briefly to prove anything")
	}
	twin, err := b.holdFile(t.Context(), base, 4*time.Second, true)
	if err != nil {
		t.Fatal(err)
	}
	if t.Logf("twin: %+v", twin); twin.slowest <= answeredWithin {
		t.Error(errTame)
	}
}

// TestComplaint is the twin of every answer above: what a program without the defence would say.
func TestComplaint(t *testing.T) {
	testkit.OnlySQLite(t)
	t.Parallel()
	form := url.Values{"email": {email(7)}, "organisation": {"Luleå kommun"}}
	kept := `<input value="` + form.Get("email") + `"><input value="` + form.Get("organisation") + `">`
	for name, c := range map[string]struct {
		reply reply
		fine  bool
	}{
		"a receipt":                   {reply{status: 303, location: "/kvitto/x"}, true},
		"come again, with the form":   {reply{status: 503, retryAfter: "5", body: kept}, true},
		"a fault":                     {reply{status: 500, retryAfter: "5", body: kept}, false},
		"come again, without a time":  {reply{status: 503, body: kept}, false},
		"come again, without a form":  {reply{status: 503, retryAfter: "5", body: "database is locked"}, false},
		"led to somewhere else":       {reply{status: 303, location: "/"}, false},
		"a page that says it is fine": {reply{status: 200, body: kept}, false},
	} {
		if why := c.reply.complaint(form); (why == "") != c.fine {
			t.Errorf("%s: %q", name, why)
		}
	}
}
