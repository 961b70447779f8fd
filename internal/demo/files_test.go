package demo_test

import (
	"bytes"
	"encoding/xml"
	"fmt"
	"os"
	"regexp"
	"slices"
	"strconv"
	"strings"
	"testing"

	"github.com/temadag/temadag/internal/demo"
	"github.com/temadag/temadag/internal/domain"
)

func documents(c demo.Content) []domain.Document {
	var out []domain.Document
	for _, e := range c.AllEvents() {
		out = append(out, e.Documents...)
	}
	for _, n := range c.News {
		out = append(out, n.Documents...)
	}
	return out
}

func TestDocumentsAreThereAndReadable(t *testing.T) {
	c := demo.Programme(demo.Historical())
	seen := map[string]bool{}
	for _, d := range documents(c) {
		if seen[d.Slug] {
			t.Errorf("%s is there twice", d.Slug)
		}
		seen[d.Slug] = true
		b := c.Files[d.Slug]
		if int64(len(b)) != d.Size || len(b) == 0 || len(b) > 60_000 {
			t.Errorf("%s: %d bytes, said to be %d", d.Slug, len(b), d.Size)
		}
		for _, fault := range pdfFaults(b, d.Lang) {
			t.Errorf("%s: %s", d.Slug, fault)
		}
	}
	if len(seen) != len(c.Files) || len(seen) < 11 {
		t.Errorf("%d documents, %d files", len(seen), len(c.Files))
	}
}

func TestPDFFaultsAreFound(t *testing.T) {
	good := demo.Programme(demo.Historical()).Files["handbok-i-korthet"]
	for _, mark := range []string{"/StructTreeRoot", "/Marked true", "/Lang (sv"} {
		broken := bytes.ReplaceAll(good, []byte(mark), []byte(strings.ToUpper(mark)))
		if len(pdfFaults(broken, domain.Swedish)) == 0 {
			t.Errorf("a document without %s is not noticed", mark)
		}
	}
	if len(pdfFaults(good, domain.English)) == 0 {
		t.Error("a document in another language than it says is not noticed")
	}
}

// pdfFaults tells what a reader with a screen reader would miss: the tags, their mark and the
// language (the rest is for a person to judge).
func pdfFaults(b []byte, lang domain.Lang) []string {
	var faults []string
	for _, mark := range []string{"%PDF-", "/StructTreeRoot", "/Marked true", "/Title", "/Lang (" + string(lang)} {
		if !bytes.Contains(b, []byte(mark)) {
			faults = append(faults, "lacks "+mark)
		}
	}
	return faults
}

func TestPicturesAreThereAndKeepToThemselves(t *testing.T) {
	pictures := 0
	for _, n := range demo.Programme(demo.Historical()).News {
		if n.Picture.File == "" {
			continue
		}
		pictures++
		b, err := os.ReadFile("../../web/static/" + n.Picture.File)
		if err != nil {
			t.Error(err)
			continue
		}
		for _, fault := range pictureFaults(b, n.Picture) {
			t.Errorf("%s: %s", n.Picture.File, fault)
		}
	}
	if pictures < 3 {
		t.Errorf("%d news have a picture", pictures)
	}
}

func TestPictureFaultsAreFound(t *testing.T) {
	p := domain.Picture{File: "p.svg", Alt: domain.Text{Sv: "Prick", En: "Dot"}, Width: 2, Height: 1}
	good := `<svg xmlns="http://www.w3.org/2000/svg" width="2" height="1"/>`
	if faults := pictureFaults([]byte(good), p); len(faults) != 0 {
		t.Fatalf("a good picture has %v", faults)
	}
	for name, svg := range map[string]string{
		"size":   strings.Replace(good, `width="2"`, `width="3"`, 1),
		"script": `<svg xmlns="http://www.w3.org/2000/svg" width="2" height="1"><script/></svg>`,
		"style":  `<svg xmlns="http://www.w3.org/2000/svg" width="2" height="1" style="color:red"/>`,
		"remote": `<svg xmlns="http://www.w3.org/2000/svg" width="2" height="1"><image href="https://example.se/x"/></svg>`,
		"broken": `<svg xmlns="http://www.w3.org/2000/svg" width="2" height="1">`,
	} {
		if len(pictureFaults([]byte(svg), p)) == 0 {
			t.Errorf("%s is not noticed", name)
		}
	}
	p.Alt = domain.Text{}
	if len(pictureFaults([]byte(good), p)) == 0 {
		t.Error("a picture without a text is not noticed")
	}
}

func pictureFaults(b []byte, p domain.Picture) []string {
	var faults []string
	var root struct {
		XMLName xml.Name `xml:"http://www.w3.org/2000/svg svg"`
		Width   string   `xml:"width,attr"`
		Height  string   `xml:"height,attr"`
	}
	if err := xml.Unmarshal(b, &root); err != nil {
		faults = append(faults, err.Error())
	}
	if root.Width != strconv.Itoa(p.Width) || root.Height != strconv.Itoa(p.Height) {
		faults = append(faults, fmt.Sprintf("is %s × %s", root.Width, root.Height))
	}
	if m := regexp.MustCompile(`<script|<style|style=|href|url\(|<foreignObject| on[a-z]+=`).Find(b); m != nil {
		faults = append(faults, fmt.Sprintf("holds %q", m))
	}
	if p.Decorative || p.Alt.Sv == "" || p.Alt.En == "" {
		faults = append(faults, "has no text for those who do not see it")
	}
	return faults
}

func TestLinksLeadToExampleHosts(t *testing.T) {
	c := demo.Programme(demo.Historical())
	url := regexp.MustCompile(`(?i)(https?://|www\.)[^\s)]*`)
	for _, n := range c.News {
		for _, l := range n.Links {
			if !strings.HasPrefix(l.URL, "https://example.se/") {
				t.Errorf("%s leads to %s", n.Slug, l.URL)
			}
		}
		for _, code := range n.Organisers {
			if !slices.ContainsFunc(c.Organisers, func(o domain.Organiser) bool { return o.Code == code }) {
				t.Errorf("%s names the organiser %s", n.Slug, code)
			}
		}
		if found := url.FindString(n.Body.Sv + n.Body.En); found != "" {
			t.Errorf("%s has %s in its text", n.Slug, found)
		}
	}
}
