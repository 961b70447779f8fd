package journey_test

import (
	"bytes"
	"net/http"
	"strings"
	"testing"
	"time"

	"github.com/xuri/excelize/v2"
)

// TestOffice_withoutScripts is the whole path of someone who organises, in a browser that knows no
// JavaScript: she gets in, makes an event of an invitation, publishes it, takes a registration on the phone
// and the lists, and copies the event to the next year.
func TestOffice_withoutScripts(t *testing.T) {
	p := furnished(t)
	p.env = append(p.env, "TEMADAG_RATE_LIMIT=off")
	started := time.Now()
	p.start()
	hands := newOfficer(t, p)
	o := &organising{hands: hands, t: t, p: p, started: started, email: "yvonne@example.se"}
	o.all()
	o.workbook(hands)
	for _, kept := range []string{"Mårtensson", o.secret, officePassword} {
		if strings.Contains(p.said.String(), kept) {
			t.Errorf("the log tells %q", kept)
		}
	}
	p.fsck()
}

// workbook: the list as a file, which another sign-in does not get.
func (o *organising) workbook(hands *officer) {
	o.t.Helper()
	o.visit(o.event + "/listor")
	form, button := hands.buttonOf("Anmälda till Excel")
	hands.submit(form, button, nil)
	for deadline := time.Now().Add(20 * time.Second); !isWorkbook(hands.page); {
		if time.Now().After(deadline) {
			o.t.Fatalf("no workbook at %s:\n%s", hands.page.url, hands.says())
		}
		if file := linkTo(hands.page, "/fil"); file != "" {
			hands.open(hands.resolve(file))
			continue
		}
		time.Sleep(100 * time.Millisecond)
		hands.open(hands.page.url.String())
	}
	file := hands.page.url.String()
	book, err := excelize.OpenReader(bytes.NewReader(hands.page.body))
	if err != nil {
		o.t.Fatal(err)
	}
	rows, err := book.GetRows(book.GetSheetName(0))
	if err != nil || !strings.Contains(strings.Join(flat(rows), " "), "Mårtensson") {
		o.t.Errorf("the workbook does not hold her: %v, %v", rows, err)
	}
	other := newOfficer(o.t, o.p)
	if other.open(file); isWorkbook(other.page) {
		o.t.Error("whoever has not signed in fetches the list")
	}
}

func isWorkbook(d *document) bool {
	return d.status == http.StatusOK && strings.Contains(d.header.Get("Content-Type"), "spreadsheetml")
}

// linkTo is the first address on the page that ends so.
func linkTo(d *document, end string) string {
	for _, a := range find(d.root, "a") {
		if strings.HasSuffix(attr(a, "href"), end) {
			return attr(a, "href")
		}
	}
	return ""
}

func flat(rows [][]string) (out []string) {
	for _, r := range rows {
		out = append(out, r...)
	}
	return out
}
